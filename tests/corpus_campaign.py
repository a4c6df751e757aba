"""Every file of the film corpus through the real processor: ``python -m tests.corpus_campaign``.

Each file is copied, and then either processed, with the tracks that the rules demand, or left
byte-identical with one sentence that says why. What comes out is read with ffprobe, not by our code.
``--only TEXT`` takes the files whose name holds the text; ``--keep FOLDER`` keeps what was made.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import sys
import tarfile
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator, List, Mapping, Optional, Sequence, Tuple

from core.errors import MediaProcessorError, NoGain
from core.plan import Plan, Reason
from core.planner import with_video_copied
from processor import JobResult
from tests.films import FFPROBE
from tests.truth.pipeline import fast_settings
from tests.truth.sound import run, streams
from tests.truth.whole_path import Workshop, workshop

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "media"
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
    kind, detail, problems = _process(film, shop)
    if kind != PROCESSED and digest(film) != before:
        problems.append("the original was changed")
    if kind != PROCESSED and (not detail.strip() or "\n" in detail.replace(str(film), "")):
        problems.append(f"this is no sentence: {detail!r}")
    left = [one.name for one in folder.iterdir() if one.name != film.name]
    allowed = {film.with_suffix(".mkv").name, ".mediaprocessor"} if kind == PROCESSED else set()
    if not set(left) <= allowed:
        problems.append(f"left behind: {left}")
    result = film if film.exists() else film.with_suffix(".mkv")
    after = result.stat().st_size if result.is_file() else 0
    seconds = time.monotonic() - began
    if problems:
        return Outcome(name, WRONG, "; ".join(problems), seconds, size, after)
    return Outcome(name, kind, detail, seconds, size, after)


def _process(film: Path, shop: Workshop) -> Tuple[str, str, List[str]]:
    try:
        plan = shop.plan(film)
        if plan.refused:
            return REFUSED, " ".join(reason.message for reason in plan.refusals), []
        if plan.empty:
            return EMPTY, "Nothing needs doing.", problems_of_empty(plan)
        source = streams(film, strict=False)
        result = shop.carry_out(plan)
        if result.plan_signature != plan.signature:  # encoding gained nothing
            plan = with_video_copied(plan, shop.settings, Reason("test", "It grew."))
        return PROCESSED, _summary(plan), problems_of_result(plan, source, result)
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
    dropped = [one for one in plan.decisions if not one.kept]
    return [f"{len(dropped)} tracks should go, yet the plan is empty"] if dropped else []


def problems_of_result(
    plan: Plan, source: Sequence[Mapping[str, Any]], result: JobResult
) -> List[str]:
    """What is wrong with a result, by ffprobe: against the plan, and against what must never happen."""
    after = streams(result.path)
    found = [one for one in after if one["codec_type"] in ("video", "audio", "subtitle")]
    found = [one for one in found if not one["disposition"]["attached_pic"]]
    problems = [] if result.plan_signature == plan.signature else ["made by another plan"]
    planned = [(track.kind.value, track.codec) for track in plan.outputs]
    if planned != [(one["codec_type"], one["codec_name"]) for one in found]:
        problems.append(f"planned {planned}, found {[one['codec_name'] for one in found]}")
    problems += _broken_invariants(source, after)
    if _chapters(result.path) < plan.media.chapter_count:
        problems.append("chapters are lost")
    return problems


def _broken_invariants(
    source: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> List[str]:
    def of(kind: str, some: Sequence[Mapping[str, Any]]) -> List[Mapping[str, Any]]:
        picked = [one for one in some if one.get("codec_type") == kind]
        return [one for one in picked if not one["disposition"]["attached_pic"]]

    def unnamed(some: Sequence[Mapping[str, Any]]) -> int:
        """Sound without a language or a title: nothing that any rule could drop it for."""
        told = [one for one in of("audio", some) if not one["disposition"]["comment"]]
        tags = [{key.lower(): text for key, text in one.get("tags", {}).items()} for one in told]
        return sum(1 for one in tags if one.get("language", "und") == "und" and "title" not in one)

    problems = []
    pictures = [one for one in of("video", source) if one["codec_name"] not in ("mjpeg", "png")]
    if len(of("video", after)) != len(pictures):
        problems.append("the number of pictures changed")
    if of("audio", source) and not of("audio", after):
        problems.append("all sound is lost")
    if unnamed(after) < unnamed(source):
        problems.append("sound of no known language is lost")
    commentaries = [bool(one["disposition"]["comment"]) for one in of("audio", source)]
    stayed = any(one["disposition"]["comment"] for one in of("audio", after))
    if stayed and not all(commentaries):
        problems.append("a commentary stayed")
    if sum(one["disposition"]["default"] for one in of("audio", after)) > 1:
        problems.append("two sound tracks are the default")
    fonts = [one for one in source if "font" in one.get("tags", {}).get("mimetype", "")]
    styled = [one for one in after if one.get("codec_name") == "ass"]
    kept = [one for one in after if "font" in one.get("tags", {}).get("mimetype", "")]
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
    """One line a file, then the sums."""
    lines = []
    for one in outcomes:
        name = shown(one.name)[-60:]
        sizes = f"{one.before / 1000:8.0f} {one.after / 1000:8.0f} kB"
        detail = shown(one.detail)
        lines.append(f"{name:<60} {one.kind:<13} {sizes} {one.seconds:5.1f} s  {detail}")
    counts = Counter(one.kind for one in outcomes)
    total = ", ".join(f"{count} {kind}" for kind, count in counts.most_common())
    return "\n".join([*lines, f"{len(outcomes)} files: {total}"])


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Process all and print; 0 when nothing is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpus_campaign")
    parser.add_argument("--only", default="", help="files whose name holds this text")
    parser.add_argument("--keep", type=Path, help="an empty folder for what is made")
    options = parser.parse_args(argv)
    if not (CORPUS / "index.json").is_file():
        print(f"The film corpus is not at {CORPUS}.")
        return 2
    outcomes: List[Outcome] = []
    with tempfile.TemporaryDirectory() as temporary:
        work = options.keep or Path(temporary)
        with workshop(Path(temporary), fast_settings()) as shop:
            for number, (name, path) in enumerate(corpus_files(Path(temporary) / "names")):
                if options.only in name:
                    outcomes.append(process_copy(name, path, work / str(number), shop))
                    print(".", end="", file=sys.stderr, flush=True)
    print(table(outcomes))
    return 1 if any(one.kind == WRONG for one in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
