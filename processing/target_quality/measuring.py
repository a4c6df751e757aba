"""Measuring what was encoded against the film, picture by picture, by their numbers and never by time."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Dict, Sequence, Tuple

from core.commands.chunks import encoded_track
from core.commands.scoring import (
    SIDES,
    ScoredSide,
    Scoring,
    ScoringFiles,
    look_arguments,
    read_scores,
    scoring_arguments,
    small_pictures,
)
from core.errors import ToolFailed, ToolNotFound
from core.media.model import ScanType, VideoTrack
from core.media.picture_pairs import PictureRun, pair
from core.plan import Plan, Reason, VideoEncode
from core.progress import FfmpegProgress, Progress, ProgressListener
from core.quality_errors import NotComparable
from core.steps import Step, StepName, ToolCommand
from core.target_quality.film_filters import film_filters
from core.target_quality.pairing import ShownPictures, pairing_problem
from core.target_quality.pooling import pooled
from core.target_quality.trial import Metric, Span, SpanScore, Yardstick
from core.target_quality.xpsnr import as_vmaf
from core.target_quality.yardstick import scored_pictures
from core.text.sentence import Sentence
from core.tools import ToolName
from processing.control import JobControl
from processing.machine_limits import usable_cores
from processing.packets import parse_framehash
from processing.step_tools import StepTools
from processing.target_quality.stored_picture import StoredPicture, stored_picture

# Seconds before a span that are decoded, so that nothing leans on what a decoder has not seen; the second
# where a container is sought by guessing (transport streams come in late).
_RUN_UPS = (2.0, 12.0)
# Seconds: a span's first picture is known to a microsecond, containers' clocks are not.
_EARLY = 0.0015
_LATE = 0.004  # less than a picture at 240 a second
# Each thread of libvmaf holds pictures: at 2160 lines and 10 bits 1.3 GB with two, 2.0 GB with four (9.0.2).
_MOST_THREADS, _THREADS_OF_LARGE = 4, 2
_LARGE = 1920 * 1080  # pixels
_AROUND = 1.0  # seconds before and after where a picture of the result should be
_ALIKE = 24  # pictures that are laid over the result's to find the first
_DEFAULT_RATE = 25.0
_OPENING = "%+0.1"  # what is read where a file's first time stamp is all that is asked for


def _unheard(progress: Progress) -> None:
    """Where nobody wants to know how far it is."""


class Measurer:
    """Compares spans of one film's results with the film; usable from several threads.

    Files that are needed meanwhile lie in ``folder``; their names begin with that of what is measured, and
    they are gone afterwards.
    """

    def __init__(self, tools: StepTools, folder: Path, control: JobControl) -> None:
        self._tools = tools
        self._folder = folder
        self._control = control
        self._origins: Dict[Path, float] = {}

    def score(
        self,
        plan: Plan,
        span: Span,
        encoded: Path,
        first_number: int,
        yardstick: Yardstick,
        on_progress: ProgressListener = _unheard,
    ) -> SpanScore:
        """Compare an encoded part of the film, a file that holds the picture alone.

        ``first_number`` is the number (from 0) of its picture that is the span's first: what was encoded
        before and behind the span is not scored, but must be in its place as well.

        Raises NotComparable where the pictures are not the film's one by one, and what each step raises.
        """
        return self._work(plan, encoded, yardstick, on_progress).of_part(span, first_number)

    def score_film(
        self,
        plan: Plan,
        span: Span,
        result: Path,
        yardstick: Yardstick,
        on_progress: ProgressListener = _unheard,
    ) -> SpanScore:
        """Compare the finished film with the film in a span; raises as ``score`` does."""
        return self._work(plan, result, yardstick, on_progress).of_film(span)

    def _work(
        self, plan: Plan, measured: Path, yardstick: Yardstick, on_progress: ProgressListener
    ) -> _Work:
        files = ScoringFiles(self._folder / f"{measured.name}.{threading.get_ident()}")
        work = _Work(self._tools, self._control, files, plan, measured, yardstick, on_progress)
        work.origins = self._origins
        return work


class _Work:
    """One measurement."""

    def __init__(
        self,
        tools: StepTools,
        control: JobControl,
        files: ScoringFiles,
        plan: Plan,
        measured: Path,
        yardstick: Yardstick,
        on_progress: ProgressListener,
    ) -> None:
        filters = film_filters(plan)
        if isinstance(filters, Reason):  # nobody has asked for a yardstick
            raise NotComparable(filters.message)
        track = encoded_track(plan)
        source, encode = track.source, track.conversion
        assert isinstance(source, VideoTrack)
        assert isinstance(encode, VideoEncode)
        self._measured = measured
        self._tools = tools
        self._control = control
        self._files = files
        self.origins: Dict[
            Path, float
        ] = {}  # first time stamps of files that were looked at before
        self._plan = plan
        self._source = source
        self._encode = encode
        self._place = plan.outputs.index(track)
        self._filters = filters
        self._yardstick = yardstick
        self._on_progress = on_progress
        self._prober = tools.prober(control)
        self._rate = source.frame_rate or _DEFAULT_RATE

    def of_part(self, span: Span, lead: int) -> SpanScore:
        part = self._look(self._measured, 0)
        times = part.times
        if len(times) < lead + span.pictures:
            raise self._unequal(len(times), lead + span.pictures)
        begin = span.first - (times[lead] - times[0])
        film = self._film(begin, begin + times[-1] - times[0])
        self._demand_every_picture(film, begin, part)
        result = ScoredSide(self._measured, 0, grain=False)
        return self._scored(span, film, begin, part, result, lead)

    def of_film(self, span: Span) -> SpanScore:
        seconds = span.pictures / self._rate
        film = self._film(span.first, span.first + seconds)
        origin = self._origin(self._measured, self._place)
        begin = self._found(span, film, origin)
        interval = f"{max(0.0, begin - _AROUND):.6f}%{begin + seconds + 2 * _AROUND:.6f}"
        part = self._look(self._measured, self._place, interval)
        side = ScoredSide(
            self._measured,
            self._place,
            run_up=begin - origin - _RUN_UPS[0],
            begin=begin - _EARLY,
            grain=False,
        )
        return self._scored(span, film, span.first, part, side, 0)

    # ---- looking

    def _film(self, begin: float, end: float) -> StoredPicture:
        """Read the film's packets between two moments, in seconds after its beginning."""
        path, index = self._plan.media.path, self._source.index
        origin = self._origin(path, index)
        early = max(0.0, origin + begin - _RUN_UPS[0])
        interval = f"{early:.6f}%{origin + end + 2 * _AROUND:.6f}"
        return replace(self._look(path, index, interval), origin=origin)

    def _origin(self, path: Path, index: int) -> float:
        """Return a file's first time stamp, in seconds."""
        if path not in self.origins:
            self.origins[path] = self._look(path, index, _OPENING).origin
        return self.origins[path]

    def _look(self, path: Path, index: int, interval: str = "") -> StoredPicture:
        found = stored_picture(self._prober, path, index, interval)
        if found is None:
            raise NotComparable(Sentence("{path} has no picture there.", path=path.name))
        return found

    def _found(self, span: Span, film: StoredPicture, origin: float) -> float:
        """Return when the span's first picture is shown in the finished film, on its own clock."""
        count = min(span.pictures, _ALIKE)
        wanted = self._run("film", self._film_side(film, span.first, _RUN_UPS[0]), count)
        near = max(0.0, span.first - _AROUND)
        side = ScoredSide(
            self._measured,
            self._place,
            run_up=near - _RUN_UPS[0],
            begin=origin + near - _EARLY,
            grain=False,
        )
        around = round(2 * _AROUND * self._rate) + count
        shown = self._run("result", side, around)
        found = pair(
            PictureRun(tuple(time - origin for time in shown.times), shown.pictures),
            PictureRun(tuple(time - film.origin for time in wanted.times), wanted.pictures),
        )
        if found is None or not found.sure:
            raise NotComparable(
                Sentence(
                    "the film's picture at {seconds} seconds is not in the result.",
                    seconds=round(span.first, 1),
                )
            )
        return origin + found.film

    def _run(self, name: str, side: ScoredSide, count: int) -> ShownPictures:
        argv = look_arguments(self._ffmpeg, side, count, name, self._files)
        written = (self._files.times(name), self._files.pictures(name))
        try:
            self._step(argv, written, count, _unheard)
            return self._shown(name)
        finally:
            self._remove(written)

    # ---- comparing

    def _scored(
        self,
        span: Span,
        film: StoredPicture,
        begin: float,
        part: StoredPicture,
        result: ScoredSide,
        lead: int,
    ) -> SpanScore:
        """Score ``result``; ``begin`` is when the film shows the first picture that is read of it."""
        wanted = (self._encode.width, self._encode.height)
        if part.size != wanted:
            raise NotComparable(
                Sentence(
                    "the result is {found} and not {wanted}.",
                    found=f"{part.size[0]}x{part.size[1]}",
                    wanted=f"{wanted[0]}x{wanted[1]}",
                )
            )
        scores: Sequence[float] = ()
        for run_up in _RUN_UPS:
            scoring = Scoring(
                yardstick=self._yardstick,
                film=self._film_side(film, begin, run_up),
                result=result,
                lead=lead,
                count=span.pictures,
                deep=self._deep,
                threads=self._threads,
                every=scored_pictures(self._yardstick, span.pictures),
            )
            try:
                argv = scoring_arguments(self._ffmpeg, scoring, self._files)
                self._step(argv, self._files.all, scoring.pictures, self._on_progress)
                shown, seen = (self._shown(name) for name in SIDES)
                if run_up != _RUN_UPS[-1] and self._came_in_late(film, begin, shown):
                    continue
                scores = self._scores(scoring.every)
            finally:
                self._remove(self._files.all)
            self._demand_pairs(film, begin, shown, seen, scoring.pictures)
            if len(scores) != scoring.scores:
                raise self._unequal(len(scores), scoring.scores)
            break
        return self._span_score(span, scores, film, part, shown.times[lead:], seen.times[lead:])

    def _film_side(self, film: StoredPicture, begin: float, run_up: float) -> ScoredSide:
        return ScoredSide(
            film.path,
            film.index,
            self._filters,
            run_up=begin - run_up,
            begin=film.origin + begin - _EARLY,
        )

    @property
    def _threads(self) -> int:
        width, height = self._yardstick.size
        most = _THREADS_OF_LARGE if width * height > _LARGE else _MOST_THREADS
        return max(1, min(most, int(usable_cores())))

    @property
    def _deep(self) -> bool:
        """In 10 bits where either side has them; XPSNR in 8.

        In 10 bits the filter takes the width for the distance of two lines in memory, so that most widths
        come out as noise (3.6 dB for 32.9 at 418 pixels, run with 8.1.2 and 9.0.2).
        """
        deep = max(self._source.bit_depth, self._encode.bit_depth) > 8
        return deep and self._yardstick.metric is Metric.VMAF

    @staticmethod
    def _came_in_late(film: StoredPicture, begin: float, shown: ShownPictures) -> bool:
        return not shown.times or shown.times[0] - film.origin - begin > _LATE

    def _demand_every_picture(self, film: StoredPicture, begin: float, part: StoredPicture) -> None:
        """What was encoded has as many pictures as the film has packets in the same time."""
        fields = self._source.scan_type is not ScanType.PROGRESSIVE  # of which two make a picture
        if fields or not film.timed or not part.timed:
            return
        seconds = part.times[-1] - part.times[0]
        first = film.origin + begin - _EARLY
        there = [time for time in film.times if first <= time <= first + seconds + 2 * _EARLY]
        if len(there) != len(part.times):
            raise self._unequal(len(part.times), len(there))

    def _demand_pairs(
        self,
        film: StoredPicture,
        begin: float,
        shown: ShownPictures,
        seen: ShownPictures,
        count: int,
    ) -> None:
        problem = pairing_problem(shown, seen, count)
        if problem is None and self._came_in_late(film, begin, shown):
            problem = Sentence(
                "the film has no picture at {seconds} seconds.", seconds=round(begin, 3)
            )
        if problem is not None:
            raise NotComparable(problem)

    def _scores(self, every: int) -> Tuple[float, ...]:
        metric = self._yardstick.metric
        try:
            log = self._files.scores.read_text("utf-8", errors="replace")
            return read_scores(metric, log, every)
        except (OSError, ValueError) as error:
            raise NotComparable(
                Sentence("{filter} has told no scores.", filter=metric.value)
            ) from error

    def _span_score(
        self,
        span: Span,
        scores: Sequence[float],
        film: StoredPicture,
        part: StoredPicture,
        shown: Sequence[float],
        seen: Sequence[float],
    ) -> SpanScore:
        if self._yardstick.metric is Metric.XPSNR:
            scores = tuple(map(as_vmaf, scores))
        # Motion, by which VMAF weighs, is that to the picture before, and the first has none: 97.4 at best.
        found = pooled(scores[1:] or scores, self._rate_of(shown) * len(scores) / len(shown))
        length = shown[-1] - shown[0] + 1 / self._rate
        return SpanScore(
            span,
            found.mean,
            found.low,
            part.bytes_between(seen[0] - _EARLY, seen[0] + length - _EARLY),
            film.bytes_between(shown[0] - _EARLY, shown[0] + length - _EARLY),
        )

    def _rate_of(self, times: Sequence[float]) -> float:
        seconds = times[-1] - times[0]
        return (len(times) - 1) / seconds if seconds > 0 else self._rate

    def _unequal(self, found: int, wanted: int) -> NotComparable:
        return NotComparable(
            Sentence(
                "the result has {found} pictures there, the film has {wanted}.",
                found=found,
                wanted=wanted,
            )
        )

    # ---- running

    @property
    def _ffmpeg(self) -> Path:
        tool = self._tools.toolset.get(ToolName.FFMPEG)
        if tool is None:
            raise ToolNotFound(
                ToolName.FFMPEG.value, Sentence("Without it no quality can be measured.")
            )
        return tool.path

    def _step(
        self,
        argv: Tuple[str, ...],
        written: Sequence[Path],
        pictures: int,
        on_progress: ProgressListener,
    ) -> None:
        film = self._plan.media.path
        command = ToolCommand(ToolName.FFMPEG, argv)
        step = Step(StepName.MEASURE, (command,), written[0], tuple(written))
        self._tools.run(
            step,
            self._control,
            film=film,
            parser=FfmpegProgress(pictures / _DEFAULT_RATE, pictures),
            on_progress=on_progress,
            # What a decoder says of the run-up means nothing, and what it could not decode is missed below.
            forgives=lambda _line, _progress: True,
        )

    def _shown(self, name: str) -> ShownPictures:
        try:
            text = self._files.times(name).read_text("ascii", errors="replace")
            pictures = small_pictures(self._files.pictures(name).read_bytes())
            packets = parse_framehash(text)
        except (OSError, ValueError, ToolFailed):
            return ShownPictures((), ())
        times = [packet.time for packet in packets if packet.time is not None]
        count = min(len(times), len(pictures))
        return ShownPictures(tuple(times[:count]), pictures[:count])

    def _remove(self, paths: Sequence[Path]) -> None:
        for path in paths:
            with suppress(OSError):
                self._tools.files.remove(path)
