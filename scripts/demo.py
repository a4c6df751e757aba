"""Make a sample film, process it with main.py as a user would, and show what became of it.

Started by ``scripts/run.sh --demo``. Everything stays in the project's ``demo`` folder.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List, Tuple

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from app.sample_film import Clip, SampleFilm, SampleSound, SampleSubtitle  # noqa: E402 - needs the path above
from core.media.track_text import flags_text  # noqa: E402 - needs the path above
from core.settings.tree import ToolSettings  # noqa: E402 - needs the path above
from core.text.formatting import saved_text, size_text  # noqa: E402 - needs the path above
from core.tools import ToolName  # noqa: E402 - needs the path above
from processing.runner import ProcessRunner  # noqa: E402 - needs the path above
from reports.shell_line import shell_line  # noqa: E402 - needs the path above
from reports.text_table import table  # noqa: E402 - needs the path above
from tools.resolver import find_tools  # noqa: E402 - needs the path above

DEMO = PROJECT / "demo"
FILM = DEMO / "Sample film (2024).mkv"
DATA = DEMO / "data"

SAMPLE = SampleFilm(
    Clip(960, 540, 12),
    (*"-c:v libx264 -preset ultrafast -b:v 4M -maxrate 5M -bufsize 5M -pix_fmt yuv420p".split(),),
    (
        SampleSound("jpn", "Japanese 5.1", "5.1", "eac3", 640, "default+original"),
        SampleSound("eng", "English dub", "stereo", "aac", 192),
        SampleSound("eng", "Commentary by the director", "mono", "aac", 96, "comment"),
    ),
    (
        SampleSubtitle("eng", "English", "The tide comes in at six.", "default"),
        SampleSubtitle(
            "eng",
            "English (SDH)",
            "[waves breaking] The tide comes in at six.",
            "hearing_impaired",
        ),
        SampleSubtitle("nld", "Nederlands (forced)", "STRANDWACHT", "forced"),
        SampleSubtitle("fre", "Français", "La marée monte à six heures."),
    ),
    "Sample film",
    chapters=True,
)


def make_film() -> None:
    """Write 12 seconds of 540p with 3 audio and 4 subtitle tracks and chapters."""
    ffmpeg = find_tools(ToolSettings(), ProcessRunner(low_priority=False)).toolset.get(
        ToolName.FFMPEG
    )
    if ffmpeg is None:
        sys.exit("No ffmpeg was found: scripts/run.sh doctor says how to get one.")
    DEMO.mkdir(exist_ok=True)
    partial = DEMO / "sample.partial"
    texts = SAMPLE.write_texts(DEMO)
    argv = SAMPLE.command(ffmpeg.path, texts, partial)
    subprocess.run(argv, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    partial.replace(FILM)
    for path in texts:
        path.unlink()


def main_py(*arguments: str) -> List[str]:
    """The argv of the program with the demo's own data folder."""
    return [sys.executable, str(PROJECT / "main.py"), "--data-dir", str(DATA), *arguments]


def ask(*arguments: str) -> Dict[str, Any]:
    """The first JSON record of a command's answer."""
    answer = subprocess.run(
        main_py("--json", *arguments), stdout=subprocess.PIPE, check=True, encoding="utf-8"
    )
    record: Dict[str, Any] = json.loads(answer.stdout.splitlines()[0])
    return record


def comparison(plan: Dict[str, Any], before: Dict[str, Any], after: Dict[str, Any]) -> str:
    """Each track of the original beside what it became, in the result's order."""
    tracks = {track["index"]: (kind, track) for kind, track in _tracks(before)}
    results = _tracks(after)
    rows: List[Tuple[str, ...]] = []
    for output, (_, result) in zip(plan["outputs"], results):
        kind, source = tracks.pop(output["track"])
        rows.append((kind, _shown(source), _shown(result), output["reasons"][0]["message"]))
    dropped = {
        decision["track"]: decision["rejections"]
        for decision in plan["decisions"]
        if not decision["kept"]
    }
    for index, (kind, source) in tracks.items():
        reasons = dropped.get(index, [])
        rows.append((kind, _shown(source), "–", "; ".join(reason["message"] for reason in reasons)))
    return table(("Kind", "Before", "After", "Why"), rows, indent="  ")


def _tracks(media: Dict[str, Any]) -> List[Tuple[str, Dict[str, Any]]]:
    kinds = (("video", "video"), ("audio", "audio"), ("subtitles", "subtitle"))
    every = [(kind, track) for key, kind in kinds for track in media[key]]
    return sorted(every, key=lambda row: row[1]["index"])


def _shown(track: Dict[str, Any]) -> str:
    facts = [track["codec"]]
    if "width" in track:
        facts.append(f"{track['width']}x{track['height']} {track['bit_depth']} bit")
    if "channels" in track:
        facts.append(track["channel_layout"] or f"{track['channels']} channels")
    if track["language"] != "und":
        facts.append(track["language"])
    flags = flags_text(track["flags"])
    title = f' "{track["title"]}"' if track["title"] else ""
    return " ".join(facts) + title + (f" ({flags})" if flags else "")


def main() -> int:
    """Run the demonstration; 0 when the film was processed."""
    print(f"Making a sample film of {SAMPLE.clip.seconds} seconds…", flush=True)
    make_film()
    if shutil.which("mkvpropedit") is None:
        subprocess.run(
            main_py("settings", "set", "processing.missing_mkvpropedit", "continue"),
            check=True,
            stdout=subprocess.DEVNULL,
        )
    before = ask("analyze", str(FILM))["media"]
    plan = ask("plan", str(FILM))
    print(f"Processing {FILM}…", flush=True)
    if subprocess.run(main_py("process", str(FILM)), check=False).returncode:
        return 1
    after = ask("analyze", str(FILM))["media"]
    sizes = before["identity"]["size"], after["identity"]["size"]
    print()
    print(comparison(plan, before, after))
    print()
    print(
        f"  Before: {size_text(sizes[0])}   After: {size_text(sizes[1])}   Saved: {saved_text(*sizes)}"
    )
    print(f"  The film:   {FILM}")
    print(f"  Its queue, history and logs:  {DATA}")
    print("  The original is kept for two weeks. To have it back:")
    print(
        f"    scripts/run.sh --data-dir {shell_line([str(DATA)])} restore {shell_line([str(FILM)])}"
    )
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError:  # the program has said on stderr what is wrong
        sys.exit("The demonstration ends here; what is wrong stands above.")
