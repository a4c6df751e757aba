"""Films are cut, encoded, joined and looked at picture by picture, until a great many were.

``python -m tests.chunk_campaign [--films N] [--seed S] [--workers N] [--json]``. Each trial is a random tiny
film (``tests.chunk_films``; several trials share one) with random borders and a quick template. Counted is
what came of it: exact, encoded in one piece with a reason, not proven, which in the program means in one
piece as well, or wrong: a picture lost, twice, moved or late that no proof had seen. Exit code 1 where
anything is wrong.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Dict, Iterator, List, Optional, Sequence, Tuple

from analyzer import Analyzer
from core.chunk_errors import ChunkUnproven, JoinUnproven
from core.chunks.chunk import ChunkNumber, ChunkPlan
from core.commands import build_steps
from core.commands.chunks import encoded_track
from core.encoders.quality_number import QualityNumber, quality_number
from core.encoders.templates import parse_template
from core.errors import MediaProcessorError
from core.media.model import NativeLanguage
from core.plan import Plan, Reason
from core.planning.planner import build_plan
from core.settings.choices import MissingPropeditPolicy
from core.settings.tree import Settings, ToolSettings
from core.target_quality.chunk_numbers import NUMBER_IN_HEADERS, REACH, films_numbers
from core.text.sentence import Sentence
from core.tools import ToolName, Toolset
from processing.chunks.borders import plan_chunks
from processing.chunks.encoding import CHUNK_SUFFIX, ChunkEncoder
from processing.chunks.joining import ChunkJoiner, FinishedChunk
from processing.chunks.proof import prove
from processing.control import JobControl
from processing.filesystem import FileOperations
from processing.probing import Prober
from processing.runner import ProcessRunner
from processing.stall import Limits
from processing.step_tools import StepTools
from tests.chunk_films import Recipe, make, random_recipe, shown_codes, shown_numbers
from tools.resolver import find_tools

_TAIL = "-pix_fmt $pixel_format -filter:v:0 $filters $hdr $tracks $output"
_X265 = "-preset ultrafast -x265-params log-level=none:pools=none:frame-threads=1"
_SVT = "-preset 9 -svtav1-params lp=1"  # quicker ones leave old blocks standing (findings)
_X264 = "threads=1:open-gop=1"
_DEPTH = "-crf 16 -pix_fmt yuv420p"
_ALL = "$tracks $output"
TEMPLATES = (
    f"$ffmpeg -i $input -c:v libx265 {_X265} -crf 18 -g 30 {_TAIL}",
    f"$ffmpeg -i $input -c:v libx265 {_X265}:bframes=4:open-gop=1 -crf 18 {_TAIL}",
    f"$ffmpeg -i $input -c:v libsvtav1 {_SVT} -crf 8 {_TAIL}",
    f"$ffmpeg -i $input -c:v libsvtav1 {_SVT} -crf 8 -g 40 {_TAIL}",
    f"$ffmpeg -i $input -c:v libx264 -preset ultrafast -bf 3 {_DEPTH} -filter:v:0 $filters {_ALL}",
    f"$ffmpeg -i $input -c:v libx264 -preset veryfast -x264-params {_X264} {_DEPTH} {_ALL}",
)
_ANY = Reason("chunks.campaign", Sentence("It may be any that is near the film's."))
_LATE = 0.001 + 0.0005  # seconds: both files round to 1 ms
_LIMITS = Limits(60.0, 60.0)
TRIALS_OF_A_FILM = 5


@dataclass
class Outcome:
    """What came of one trial; ``kind`` is exact, whole, unproven or wrong."""

    kind: str
    why: str = ""
    pictures: int = 0
    seams: int = 0
    recipe: Optional[Recipe] = None
    details: Dict[str, object] = field(default_factory=dict)


class Bench:
    """Tools and settings that all trials share."""

    def __init__(self, ffmpeg: str = "") -> None:
        self.runner = ProcessRunner(low_priority=False)
        self.toolset: Toolset = find_tools(ToolSettings(ffmpeg=ffmpeg), self.runner).toolset
        self.files = FileOperations()
        self.log = logging.getLogger("tests.chunks")
        tool = self.toolset.get(ToolName.FFMPEG)
        assert tool is not None
        self.ffmpeg = str(tool.path)

    def settings(self, template: str) -> Settings:
        """A new user's, with this template for every film."""
        settings = Settings()
        templates = {
            name: template
            for name in vars(settings.templates)
            if name.startswith(("normal", "dolby_vision", "downscale"))
        }
        return replace(
            settings,
            templates=replace(settings.templates, **templates),
            processing=replace(
                settings.processing, missing_mkvpropedit=MissingPropeditPolicy.CONTINUE
            ),
        )

    def plan(self, film: Path, settings: Settings) -> Plan:
        """What the program decides about the film."""
        media = Analyzer(self.runner, self.toolset).analyze(film)
        return build_plan(media, NativeLanguage(), settings, self.toolset)

    def prober(self) -> Prober:
        """What asks ffmpeg and ffprobe."""
        return Prober(self.runner, self.toolset, JobControl(), _LIMITS)


class FilmTrials:
    """All trials of one film with one template, in a folder of their own."""

    def __init__(self, bench: Bench, recipe: Recipe, template: str, folder: Path) -> None:
        self._bench = bench
        self._recipe = recipe
        self._folder = folder
        self.settings = bench.settings(template)
        self.tools = StepTools(bench.runner, bench.toolset, self.settings, bench.files, bench.log)
        self._film = make(bench.ffmpeg, recipe, folder)
        self.plan = bench.plan(self._film, self.settings)
        self._numbers: Tuple[int, ...] = ()
        self._times: Tuple[float, ...] = ()

    def run(self, wanted: float) -> Outcome:
        """Cut the film into chunks of about ``wanted`` seconds."""
        outcome = self._run(wanted)
        return replace(outcome, recipe=self._recipe)

    def _run(self, wanted: float) -> Outcome:
        if self.plan.video_encode is None:
            return Outcome("whole", "not encoded at all")
        prober = self._bench.prober()
        chunks = plan_chunks(self.plan, prober, wanted)
        if chunks.whole:
            return Outcome("whole", chunks.whole[0].code)
        chunks = replace(chunks, numbers=self._numbers_for(chunks))
        result = self._folder / "result.mkv"
        try:
            pictures = self._joined(chunks, prober, result)
        except (ChunkUnproven, JoinUnproven) as error:
            return Outcome("unproven", str(error))
        problem = self._problem(result)
        kind = "wrong" if problem else "exact"
        return Outcome(kind, problem, pictures, len(chunks.chunks) - 1)

    def _numbers_for(self, chunks: ChunkPlan) -> Tuple[ChunkNumber, ...]:
        """Numbers as far from the film's, and from each other, as a plan may have them; by its cut."""
        encode = self.plan.video_encode
        assert encode is not None
        number = quality_number(encode.template)
        film = number.value if isinstance(number, QualityNumber) else 0.0
        encoder = parse_template(encode.template).encoder_name
        if encoder in NUMBER_IN_HEADERS or not film:
            return films_numbers(chunks.chunks, film, encoder) if film else ()
        dice = random.Random(chunks.key)
        return tuple(
            ChunkNumber(chunk.number, film + dice.uniform(-REACH, REACH), _ANY)
            for chunk in chunks.chunks
        )

    def _joined(self, chunks: ChunkPlan, prober: Prober, result: Path) -> int:
        plan, control = self.plan, JobControl()
        encoder = ChunkEncoder(self.tools, plan, chunks)
        finished: List[FinishedChunk] = []
        for chunk in chunks.chunks:
            path = self._folder / f"{chunk.number}{CHUNK_SUFFIX}"
            made = encoder.encode(chunk, path, control, lambda _: None)
            neighbour = finished[0].proof if finished else None
            if chunk.number % 2:
                made = replace(made, source=None)  # as if another machine had made it
            finished.append(FinishedChunk(path, prove(plan, chunks, made, prober, neighbour)))
        ChunkJoiner(self.tools).join(plan, chunks, finished, result, control, lambda _: None)
        return sum(chunk.proof.pictures for chunk in finished)

    def _problem(self, result: Path) -> str:
        """Compare with the film, picture by picture, and with an encode in one piece."""
        if not self._numbers:
            self._numbers = shown_codes(self._bench.ffmpeg, self._film)
            self._times = self._times_of(self._in_one_piece())
        found = shown_numbers(shown_codes(self._bench.ffmpeg, result), self._numbers)
        lost = Counter(self._numbers) - Counter(found)
        more = Counter(found) - Counter(self._numbers)
        if lost or more:
            return f"{sum(lost.values())} pictures lost, {sum(more.values())} too many"
        moved = sum(mine != theirs for mine, theirs in zip(found, self._numbers))
        if moved:
            return f"{moved} pictures moved"
        times = self._times_of(result)
        if len(times) != len(self._times):
            return f"{len(times)} times, {len(self._times)} in one piece"
        late = max(abs(mine - theirs) for mine, theirs in zip(times, self._times))
        return f"{1000 * late:.1f} ms from one piece" if late > _LATE else ""

    def _in_one_piece(self) -> Path:
        whole = self._folder / "whole.mkv"
        for step in build_steps(self.plan, self.settings, self._bench.toolset, whole):
            self._bench.runner.run_step(step, control=JobControl(), limits=_LIMITS)
        return whole

    def _times_of(self, path: Path) -> Tuple[float, ...]:
        place = self.plan.outputs.index(encoded_track(self.plan))
        return tuple(sorted(self._bench.prober().packet_times(path, place)))


def trials(bench: Bench, seed: int, count: int) -> Iterator[Outcome]:
    """Make one random film and cut it ``count`` times."""
    dice = random.Random(seed)
    recipe, template = random_recipe(dice), dice.choice(TEMPLATES)
    if recipe.hdr:
        template = dice.choice(TEMPLATES[:4])
    with tempfile.TemporaryDirectory(prefix="chunks-") as folder:
        try:
            film = FilmTrials(bench, recipe, template, Path(folder))
        except subprocess.CalledProcessError as error:
            yield Outcome("unmade", str(error.stderr)[-300:], recipe=recipe)
            return
        for _ in range(count):
            wanted = recipe.seconds / dice.uniform(1.7, 5.0)
            try:
                outcome = film.run(wanted)
            except MediaProcessorError as error:
                outcome = Outcome("failed", f"{error} {getattr(error, 'tail', '')}", recipe=recipe)
            outcome.details = {"seed": seed, "wanted": wanted, "template": template}
            yield outcome


def campaign(bench: Bench, films: int, seed: int, workers: int) -> Iterator[Outcome]:
    """Yield the outcome of each of so many films × borders."""
    seeds = [seed * 1_000_003 + number for number in range(-(-films // TRIALS_OF_A_FILM))]
    with ThreadPoolExecutor(workers) as pool:
        for outcomes in pool.map(lambda at: list(trials(bench, at, TRIALS_OF_A_FILM)), seeds):
            yield from outcomes


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Run the campaign; 0 when nothing was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.chunk_campaign")
    parser.add_argument("--films", type=int, default=2000, help="films × borders")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--ffmpeg", default="", help="another ffmpeg than the program's choice")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(argv)
    bench, began = Bench(options.ffmpeg), time.monotonic()
    counts: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    pictures = seams = 0
    for outcome in campaign(bench, options.films, options.seed, options.workers):
        counts[outcome.kind] += 1
        pictures += outcome.pictures
        seams += outcome.seams
        if outcome.kind != "exact":
            reasons[f"{outcome.kind}: {outcome.why}"] += 1
        if outcome.kind not in ("exact", "whole"):
            print(
                f"{outcome.kind}: {outcome.why} {outcome.details} {outcome.recipe}", file=sys.stderr
            )
    seconds = time.monotonic() - began
    if options.json:
        print(json.dumps({"counts": counts, "reasons": reasons, "pictures": pictures,
                          "seams": seams, "seconds": round(seconds)}))  # fmt: skip
    else:
        for reason, number in reasons.most_common():
            print(f"{number:>6}  {reason[:160]}")
        print(f"{dict(counts)}: {pictures} pictures, {seams} seams, {seconds:.0f} s")
    return 1 if counts["wrong"] or counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
