"""Any folder of films through the real processor: ``python -m tests.corpus_campaign [FOLDER ...]``.

Without a folder it takes the film corpus and a film for each row of the rules' table of traits; ``--cases``
adds what the scripts of ../shared/cases make. Each file is copied, and then either processed, with the tracks
that the rules demand, or left byte-identical with one sentence that says why. What comes out is read with
ffprobe, MediaInfo and MKVToolNix, not by our code: for each trait it says how many films have it, and
whether it was kept, told of in the plan, or lost without a word. ``--json`` prints all of it for programs.
``--only TEXT`` takes the files whose name holds the text; ``--keep FOLDER`` keeps what was made.

Ends with 1 where a decision is wrong or something was lost silently.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple

from core.errors import MediaProcessorError, NoGain
from core.media.model import Trait
from core.plan import Plan, Reason
from core.planning.planner import with_video_copied
from processor import JobResult
from tests.films import FFPROBE
from tests.sightings import sightings
from tests.trait_comparison import Found, compared
from tests.trait_films import MissingTool, films
from tests.truth.pipeline import fast_settings
from tests.truth.sound import run, streams
from tests.truth.whole_path import Workshop, workshop

SHARED = Path(__file__).resolve().parents[2] / "shared"
CORPUS = SHARED / "media"
COMMENTARY = "a commentary stayed"
PROCESSED, EMPTY, NO_GAIN, REFUSED, WRONG = (
    "processed",
    "nothing to do",
    "no gain",
    "refused",
    "WRONG",
)


@dataclass(frozen=True)
class Outcome:
    """What became of one file; ``detail`` is the sentence, or what is wrong."""

    name: str
    kind: str
    detail: str
    seconds: float
    before: int = 0  # bytes
    after: int = 0
    traits: Tuple[Tuple[str, str], ...] = ()  # what it carries, and what became of that


def files_of(folder: Path) -> Iterator[Tuple[str, Path]]:
    """Each file of a folder, with those of the folders inside; hidden ones are left out."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not any(part.startswith(".") for part in path.parts[-2:]):
            yield str(path.relative_to(folder)), path


def made_films(folder: Path) -> Iterator[Tuple[str, Path]]:
    """One for each row of the table of traits; those that need MKVToolNix only where it is."""
    for trait, maker in films().items():
        place = folder / trait.name.lower()
        place.mkdir(parents=True)
        with contextlib.suppress(MissingTool):
            film = maker(place)
            yield f"made/{trait.name.lower()}{film.suffix}", film


def case_films(folder: Path) -> Iterator[Tuple[str, Path]]:
    """What the scripts of public reports make, each in a folder of its own."""
    for script in sorted((SHARED / "cases").glob("[0-9]*.sh")):
        place = folder / script.stem
        place.mkdir(parents=True)
        argv = ["bash", str(script), str(place)]
        done = subprocess.run(argv, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
        if done.returncode:
            print(f"{script.name} makes no films here: {done.stderr[-200:]!r}", file=sys.stderr)
        for name, path in files_of(place):
            yield f"cases/{script.stem}/{name}", path


def corpus_files(names: Path) -> Iterator[Tuple[str, Path]]:
    """Each file of the index and of the HDR set; ``names`` is where the odd names are unpacked to."""
    with tarfile.open(CORPUS / "names.tar.xz", encoding="utf-8") as archive:
        archive.extraction_filter = lambda member, _: member  # a dangling link is there on purpose
        archive.extractall(names)
    for entry in json.loads((CORPUS / "index.json").read_text("utf-8")):
        # Bytes that are no UTF-8 stand in the index as Python shows them: \udce9.
        name = re.sub(r"\\u(dc[89a-f][0-9a-f])", lambda m: chr(int(m[1], 16)), entry["file"])
        unpacked = names / name.replace("library/", "", 1)
        there = unpacked.is_symlink() or unpacked.exists()
        yield name, unpacked if there else CORPUS / name
    for path in sorted((CORPUS / "hdr").glob("*.mkv")):
        yield f"hdr/{path.name}", path


def process_copy(name: str, path: Path, folder: Path, shop: Workshop) -> Outcome:
    """Process a copy of one file in ``folder`` and judge what came of it."""
    film = folder / path.name
    folder.mkdir(parents=True)
    if path.is_dir():
        film.mkdir()
    else:
        shutil.copy2(path, film, follow_symlinks=False)
    before, size = digest(film), film.stat().st_size if film.is_file() else 0
    began = time.monotonic()
    traits: List[Tuple[str, str]] = []
    kind, detail, problems = _process(film, shop, traits)
    if kind != PROCESSED and (not os.path.lexists(film) or digest(film) != before):
        problems.append("the original was changed")
    if kind != PROCESSED and (not detail.strip() or "\n" in detail.replace(str(film), "")):
        problems.append(f"this is no sentence: {detail!r}")
    left = [entry.name for entry in folder.iterdir() if entry.name != film.name]
    allowed = {film.with_suffix(".mkv").name, ".mediaprocessor"} if kind == PROCESSED else set()
    if not set(left) <= allowed:
        problems.append(f"left behind: {left}")
    result = film if film.exists() else film.with_suffix(".mkv")
    after = result.stat().st_size if result.is_file() else 0
    seconds = time.monotonic() - began
    if problems:
        return Outcome(name, WRONG, "; ".join(problems), seconds, size, after, tuple(traits))
    return Outcome(name, kind, detail, seconds, size, after, tuple(traits))


def _process(
    film: Path, shop: Workshop, traits: List[Tuple[str, str]]
) -> Tuple[str, str, List[str]]:
    """Kind, sentence and problems; ``traits`` gets what was seen and what became of it."""
    try:
        plan = shop.plan(film)
        if plan.refused:
            return REFUSED, " ".join(reason.message for reason in plan.refusals), []
        if plan.empty:
            return EMPTY, "Nothing needs doing.", problems_of_empty(plan)
        source = streams(film, strict=False)
        before = sightings(film)
        result = shop.carry_out(plan)
        if result.plan_signature != plan.signature:  # encoding gained nothing
            plan = with_video_copied(plan, shop.settings, Reason("test", "It grew."))
        found = list(compared(plan, before, sightings(result.path)))
        traits += sorted({(sighting.trait.name, fate.value) for sighting, fate in found})
        problems = [
            f"lost silently: {sighting.trait.value} ({sighting.detail[:60]})"
            for sighting, fate in found
            if fate is Found.SILENT
        ]
        return PROCESSED, _summary(plan), problems + problems_of_result(plan, source, result)
    except NoGain as error:
        return NO_GAIN, str(error), []
    except MediaProcessorError as error:
        return REFUSED, str(error), []
    except Exception as error:  # noqa: BLE001 - that is what the campaign looks for
        return WRONG, "", [f"{type(error).__name__}: {error}"]


def digest(path: Path) -> str:
    """The content's SHA-256; a link's target or a folder's listing for what has none."""
    if path.is_symlink():
        return str(path.readlink()) if sys.version_info >= (3, 9) else "link"
    if path.is_dir():
        return repr(sorted(path.iterdir()))
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _summary(plan: Plan) -> str:
    kinds = Counter(track.kind.value for track in plan.outputs)
    how = "picture encoded" if plan.video_encode else "picture copied"
    return f"{how}; " + ", ".join(f"{count} {kind}" for kind, count in kinds.items())


def problems_of_empty(plan: Plan) -> List[str]:
    """A film that is left alone must already be what the rules want."""
    dropped = [decision for decision in plan.decisions if not decision.kept]
    return [f"{len(dropped)} tracks should go, yet the plan is empty"] if dropped else []


def problems_of_result(
    plan: Plan, source: Sequence[Mapping[str, Any]], result: JobResult
) -> List[str]:
    """What is wrong with a result, by ffprobe: against the plan, and against what must never happen."""
    after = streams(result.path)
    found = [stream for stream in after if stream["codec_type"] in ("video", "audio", "subtitle")]
    found = [stream for stream in found if not stream["disposition"]["attached_pic"]]
    problems = [] if result.plan_signature == plan.signature else ["made by another plan"]
    planned = [(track.kind.value, track.codec) for track in plan.outputs]
    if planned != [(stream["codec_type"], stream["codec_name"]) for stream in found]:
        problems.append(f"planned {planned}, found {[stream['codec_name'] for stream in found]}")
    notes = {note.code for decision in plan.decisions for note in decision.notes}
    broken = _broken_invariants(source, after)
    # Beside wordless sound alone a spoken commentary is what the film is followed with.
    problems += [
        invariant
        for invariant in broken
        if invariant != COMMENTARY or "audio.last_one" not in notes
    ]
    if _chapters(result.path) < plan.media.chapter_count:
        problems.append("chapters are lost")
    return problems


def _broken_invariants(
    source: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> List[str]:
    def of(kind: str, some: Sequence[Mapping[str, Any]]) -> List[Mapping[str, Any]]:
        picked = [stream for stream in some if stream.get("codec_type") == kind]
        return [stream for stream in picked if not stream["disposition"]["attached_pic"]]

    def unnamed(some: Sequence[Mapping[str, Any]]) -> int:
        """Sound without a language or a title: nothing that any rule could drop it for."""
        told = [stream for stream in of("audio", some) if not stream["disposition"]["comment"]]
        tags = [
            {key.lower(): text for key, text in stream.get("tags", {}).items()} for stream in told
        ]
        return sum(1 for tag in tags if tag.get("language", "und") == "und" and "title" not in tag)

    problems = []
    pictures = [
        stream for stream in of("video", source) if stream["codec_name"] not in ("mjpeg", "png")
    ]
    if len(of("video", after)) != len(pictures):
        problems.append("the number of pictures changed")
    if of("audio", source) and not of("audio", after):
        problems.append("all sound is lost")
    if unnamed(after) < unnamed(source):
        problems.append("sound of no known language is lost")
    commentaries = [bool(stream["disposition"]["comment"]) for stream in of("audio", source)]
    stayed = any(stream["disposition"]["comment"] for stream in of("audio", after))
    if stayed and not all(commentaries):
        problems.append(COMMENTARY)
    if sum(stream["disposition"]["default"] for stream in of("audio", after)) > 1:
        problems.append("two sound tracks are the default")
    fonts = [stream for stream in source if "font" in stream.get("tags", {}).get("mimetype", "")]
    styled = [stream for stream in after if stream.get("codec_name") == "ass"]
    kept = [stream for stream in after if "font" in stream.get("tags", {}).get("mimetype", "")]
    if styled and len(kept) < len(fonts):
        problems.append("fonts are lost")
    return problems


def _chapters(path: Path) -> int:
    argv = [FFPROBE, "-v", "error", "-show_chapters", "-of", "json", "-i", f"file:{path}"]
    return len(json.loads(run(argv))["chapters"])


def shown(text: str) -> str:
    """On one line, whatever the terminal can show."""
    return text.encode("unicode_escape", "backslashreplace").decode("ascii")


def table(outcomes: Sequence[Outcome]) -> str:
    """One line a file, then the traits, then the sums."""
    lines = []
    for outcome in outcomes:
        name = shown(outcome.name)[-60:]
        sizes = f"{outcome.before / 1000:8.0f} {outcome.after / 1000:8.0f} kB"
        detail = shown(outcome.detail)
        lines.append(f"{name:<60} {outcome.kind:<13} {sizes} {outcome.seconds:5.1f} s  {detail}")
    lines += trait_table(outcomes)
    counts = Counter(outcome.kind for outcome in outcomes)
    total = ", ".join(f"{count} {kind}" for kind, count in counts.most_common())
    return "\n".join([*lines, f"{len(outcomes)} files: {total}"])


def trait_counts(outcomes: Sequence[Outcome]) -> Dict[str, Dict[str, int]]:
    """By a trait's words: films that have it, and how many have each fate (a film's tracks may differ)."""
    counts: Dict[str, Dict[str, int]] = {}
    for outcome in outcomes:
        for name in {name for name, _ in outcome.traits}:
            row = counts.setdefault(
                Trait[name].value, {"films": 0, **{fate.value: 0 for fate in Found}}
            )
            row["films"] += 1
        for name, fate in outcome.traits:
            counts[Trait[name].value][fate] += 1
    return dict(sorted(counts.items()))


def trait_table(outcomes: Sequence[Outcome]) -> List[str]:
    """A line a trait."""
    heads = ("films", *(fate.value for fate in Found))
    lines = ["", f"{'trait':<60}" + "".join(f"{head:>15}" for head in heads)]
    for name, row in trait_counts(outcomes).items():
        lines.append(f"{shown(name):<60}" + "".join(f"{row[head]:>15}" for head in heads))
    return [*lines, ""]


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Process all and print; 0 when nothing is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpus_campaign")
    parser.add_argument("folders", nargs="*", type=Path, help="folders of films of any kind")
    parser.add_argument("--cases", action="store_true", help="also the films of ../shared/cases")
    parser.add_argument("--json", action="store_true", help="print for programs")
    parser.add_argument("--only", default="", help="files whose name holds this text")
    parser.add_argument("--keep", type=Path, help="an empty folder for what is made")
    options = parser.parse_args(argv)
    missing = [folder for folder in options.folders if not folder.is_dir()]
    if missing or (not options.folders and not (CORPUS / "index.json").is_file()):
        print(f"There are no films at {missing[0] if missing else CORPUS}: name a folder.")
        return 2
    outcomes: List[Outcome] = []
    with tempfile.TemporaryDirectory() as temporary:
        work = options.keep or Path(temporary) / "work"
        with workshop(Path(temporary), fast_settings()) as shop:
            for number, (name, path) in enumerate(_chosen(options, Path(temporary))):
                if options.only in name:
                    outcomes.append(process_copy(name, path, work / str(number), shop))
                    print(".", end="", file=sys.stderr, flush=True)
    if options.json:
        found = {
            "files": [asdict(outcome) for outcome in outcomes],
            "traits": trait_counts(outcomes),
        }
        print(json.dumps(found, indent=1))
    else:
        print(table(outcomes))
    return 1 if any(outcome.kind == WRONG for outcome in outcomes) else 0


def _chosen(options: argparse.Namespace, temporary: Path) -> Iterator[Tuple[str, Path]]:
    for folder in options.folders:
        yield from files_of(folder)
    if not options.folders:
        yield from corpus_files(temporary / "names")
        yield from made_films(temporary / "made")
    if options.cases:
        yield from case_films(temporary / "cases")


if __name__ == "__main__":
    sys.exit(main())
