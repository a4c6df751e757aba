"""Pictures of a film before and after: the same one of both files, made by ffmpeg and kept for a while.

Both files are only read. Every call waits, so call it beside Tk's thread; ``control`` ends it.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import List, Optional, Sequence, Tuple

from app.data_place import STILLS_FOLDER
from app.ports import Equipper
from app.still_cache import StillCache
from core.commands.stills import (
    StillSource,
    best_metric,
    fit_arguments,
    maps_tones,
    probe_arguments,
    read_score,
    run_arguments,
    score_arguments,
    still_arguments,
    still_size,
)
from core.errors import ToolNotFound, UsageError
from core.media.picture_pairs import (
    SMALL_BYTES,
    THUMBNAIL_SHARE,
    PicturePair,
    PictureRun,
    pair,
    places,
)
from core.media.picture_stream import PictureStream, read_picture_stream
from core.media.still_png import from_png, to_png, to_ppm
from core.steps import Step, StepName, ToolCommand
from core.target_quality.trial import Metric
from core.text.sentence import Sentence
from core.tools import ToolName, Toolset
from processing.control import JobControl
from processing.packets import parse_framehash
from processing.runner import ProcessRunner
from processing.stall import Limits

_RESULT_PICTURES = 5
_AROUND = 8  # pictures of the film before and after the place
_LEAST_AROUND = 0.35  # seconds
_RUN_UPS = (0.0, 10.0)  # seconds, where a container seeks badly
# Seconds: so far in, a file that cannot be sought in is read from its beginning.
_LONGEST_RUN_UP = 600.0
_LIMITS = Limits(first_progress=180.0, stall=180.0)
_ANSWER_SECONDS = 60.0
NO_TOOL = Sentence("Without it no pictures can be shown.")
_VERSION = 2  # of what is kept: part of each name


@dataclass(frozen=True)
class FilmSides:
    """A film and its result; either may be missing. ``track`` is ffmpeg's index of the film's picture."""

    film: Optional[Path]
    result: Optional[Path]
    track: Optional[int] = None


@dataclass(frozen=True)
class ComparedFilms:
    """What can be shown: sizes in bytes, ``places`` in seconds after the beginning, size of the stills.

    ``maps_tones`` is False where a film is HDR and this ffmpeg cannot show that.
    """

    sides: FilmSides
    streams: Tuple[Optional[PictureStream], Optional[PictureStream]]
    places: Tuple[float, ...]
    size: Tuple[int, int]
    film_bytes: Optional[int]
    result_bytes: Optional[int]
    maps_tones: bool = True

    @property
    def hdr(self) -> bool:
        """Whether either side has to be mapped for an ordinary screen."""
        return any(stream is not None and stream.hdr for stream in self.streams)


@dataclass(frozen=True)
class StillPair:
    """One place: a PNG of either side, and when it is shown in each, in seconds.

    ``sure``: both show the same picture.
    """

    before: Optional[Path]
    after: Optional[Path]
    pair: PicturePair
    run_ups: Tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True)
class FittedPair:
    """Both stills of a place in the size of a window, as PPM."""

    before: Optional[bytes]
    after: Optional[bytes]


@dataclass(frozen=True)
class PlaceScore:
    """How alike both sides are at one place."""

    metric: Metric
    value: float


class FilmPictures:
    """Made on what the program works with."""

    def __init__(self, equipper: Equipper, runner: ProcessRunner, data_dir: Path) -> None:
        self._equipper = equipper
        self._runner = runner
        self.cache = StillCache(data_dir / STILLS_FOLDER)

    def viewing(self) -> FilmViewing:
        """Begin a look that can be ended."""
        return FilmViewing(self)

    def look(self, sides: FilmSides) -> ComparedFilms:
        """Look at the files; raises ToolNotFound, and UsageError where there is no picture."""
        toolset = self._equipper.equip().toolset
        film = self._stream(toolset, sides.film, sides.track)
        result = self._stream(toolset, sides.result, None)
        main = film or result
        if main is None:
            raise UsageError(Sentence("There is no film here that could be shown."))
        lengths = [stream.seconds for stream in (film, result) if stream and stream.seconds]
        ffmpeg = toolset.get(ToolName.FFMPEG)
        return ComparedFilms(
            sides=sides,
            streams=(film, result),
            places=places(min(lengths, default=0.0)),
            size=still_size(main),
            film_bytes=_bytes(sides.film),
            result_bytes=_bytes(sides.result),
            maps_tones=ffmpeg is not None and maps_tones(ffmpeg.abilities),
        )

    def stills(self, look: ComparedFilms, place: float, control: JobControl) -> StillPair:
        """Return the pictures of a place; raises UsageError, ToolFailed, ToolStalled,
        ToolNotFound and JobCancelled."""
        paths = [path for path in (look.sides.film, look.sides.result) if path is not None]
        key = self.cache.key(
            paths, _VERSION, round(place, 3), look.maps_tones, str(look.sides.track)
        )
        known = self._known(key, look)
        if known is not None:
            return known
        with self.cache.making() as folder:
            work = _Making(self._runner, self._ffmpeg(), control, folder)
            found = work.pair(look, place)
            for made, name in zip(work.stills, ("before", "after")):
                if made is not None:
                    self.cache.keep(made, f"{key}-{name}.png")
            told = folder / "told.json"
            told.write_text(json.dumps(_as_json(found)), encoding="ascii")
            self.cache.keep(told, f"{key}.json")
        kept = self._known(key, look)
        if kept is None:
            raise _no_picture(look.sides.film or look.sides.result)
        return kept

    def score(
        self, look: ComparedFilms, stills: StillPair, control: JobControl
    ) -> Optional[PlaceScore]:
        """Compare a second of both sides, picture by picture; None where nothing here can."""
        ffmpeg = self._equipper.equip().toolset.get(ToolName.FFMPEG)
        metric = best_metric(ffmpeg.abilities) if ffmpeg is not None else None
        film, result = look.streams
        if metric is None or film is None or result is None or not stills.pair.sure:
            return None
        assert look.sides.film is not None
        assert look.sides.result is not None
        key = self.cache.key(
            [look.sides.film, look.sides.result], _VERSION, stills.pair.film, metric
        )
        known = self.cache.get(f"{key}.score")
        text = known.read_text(encoding="ascii") if known is not None else ""
        if not text:
            sources = (
                _source(look.sides.film, film, stills.pair.film, stills.run_ups[0]),
                _source(look.sides.result, result, stills.pair.result, stills.run_ups[1]),
            )
            with self.cache.making() as folder:
                work = _Making(self._runner, self._ffmpeg(), control, folder)
                value = read_score(
                    metric, work.told(score_arguments(work.ffmpeg, metric, *sources))
                )
                if value is None:
                    return None
                text = str(value)
                (folder / "score").write_text(text, encoding="ascii")
                self.cache.keep(folder / "score", f"{key}.score")
        return PlaceScore(metric, float(text))

    def fit(self, still: Path, wanted: Tuple[int, int], control: JobControl) -> bytes:
        """Return a still in another size (pixels), as PPM; raises UsageError where it is no longer kept."""
        try:
            size, pixels = from_png(still.read_bytes())
        except (OSError, ValueError) as error:
            raise UsageError(Sentence("A picture is gone; open the window again.")) from error
        if size == wanted:
            return to_ppm(size, pixels)
        with self.cache.making() as folder:
            (folder / "still").write_bytes(pixels)
            work = _Making(self._runner, self._ffmpeg(), control, folder)
            argv = fit_arguments(work.ffmpeg, folder / "still", size, wanted, folder / "fitted")
            work.run(argv)
            return to_ppm(wanted, (folder / "fitted").read_bytes())

    def thumbnail(self, film: Path, largest: Tuple[int, int], control: JobControl) -> bytes:
        """Return a small picture of a film (in pixels), as a PNG; raises as ``look`` and ``stills`` do."""
        key = self.cache.key([film], _VERSION, str(largest))
        known = self.cache.get(f"{key}.png")
        if known is None:
            look = self.look(FilmSides(None, film))
            (stream,) = (stream for stream in look.streams if stream is not None)
            source = StillSource(film, stream, stream.seconds * THUMBNAIL_SHARE)
            with self.cache.making() as folder:
                work = _Making(self._runner, self._ffmpeg(), control, folder)
                target = folder / "thumbnail.png"
                size = still_size(stream, largest)
                work.still(source, size, target, tone_map=look.maps_tones)
                known = self.cache.keep(target, f"{key}.png")
        return known.read_bytes()

    def _known(self, key: str, look: ComparedFilms) -> Optional[StillPair]:
        told = self.cache.get(f"{key}.json")
        sides = [self.cache.get(f"{key}-{name}.png") for name in ("before", "after")]
        wanted = (look.streams[0] is not None, look.streams[1] is not None)
        if told is None or any(want and path is None for want, path in zip(wanted, sides)):
            return None
        found = json.loads(told.read_text(encoding="ascii"))
        times = PicturePair(found["film"], found["result"], found["sure"])
        return StillPair(sides[0], sides[1], times, (found["run_ups"][0], found["run_ups"][1]))

    def _stream(
        self, toolset: Toolset, path: Optional[Path], track: Optional[int]
    ) -> Optional[PictureStream]:
        if path is None:
            return None
        ffprobe = toolset.get(ToolName.FFPROBE)
        if ffprobe is None:
            raise ToolNotFound(ToolName.FFPROBE.value, NO_TOOL)
        answer = self._runner.capture(probe_arguments(ffprobe.path, path), timeout=_ANSWER_SECONDS)
        stream = read_picture_stream(answer.stdout, track)
        if stream is None:
            raise UsageError(Sentence("{film} has no picture that could be shown.", film=path.name))
        return stream

    def _ffmpeg(self) -> Path:
        ffmpeg = self._equipper.equip().toolset.get(ToolName.FFMPEG)
        if ffmpeg is None:
            raise ToolNotFound(ToolName.FFMPEG.value, NO_TOOL)
        return ffmpeg.path


class FilmViewing:
    """One look at a film's pictures, which ``close`` ends at any moment; raises as FilmPictures does."""

    def __init__(self, pictures: FilmPictures) -> None:
        self._pictures = pictures
        self._control = JobControl()

    def look(self, sides: FilmSides) -> ComparedFilms:
        """Look at the files."""
        self._control.check()
        return self._pictures.look(sides)

    def stills(self, look: ComparedFilms, place: float) -> StillPair:
        """Return the pictures of a place."""
        return self._pictures.stills(look, place, self._control)

    def score(self, look: ComparedFilms, stills: StillPair) -> Optional[PlaceScore]:
        """Compare a second of both sides."""
        return self._pictures.score(look, stills, self._control)

    def fit(self, stills: StillPair, wanted: Tuple[int, int]) -> FittedPair:
        """Return both stills in a size of pixels."""
        return FittedPair(
            *(
                None if still is None else self._pictures.fit(still, wanted, self._control)
                for still in (stills.before, stills.after)
            )
        )

    def thumbnail(self, film: Path, largest: Tuple[int, int]) -> bytes:
        """Return a small picture of a film, inside a size in pixels."""
        return self._pictures.thumbnail(film, largest, self._control)

    def close(self) -> None:
        """End what is being made, from any thread."""
        self._control.cancel()


class _Making:
    """Runs ffmpeg for one question, in a folder that goes afterwards."""

    def __init__(
        self, runner: ProcessRunner, ffmpeg: Path, control: JobControl, folder: Path
    ) -> None:
        self._runner = runner
        self.ffmpeg = ffmpeg
        self._control = control
        self._folder = folder
        self.stills: List[Optional[Path]] = [None, None]

    def pair(self, look: ComparedFilms, place: float) -> StillPair:
        """Find the same picture of both sides near a place, and make the stills."""
        film, result = look.streams
        found = PicturePair(place, place)
        run_ups = (0.0, 0.0)
        if film is not None and result is not None:
            assert look.sides.film is not None
            assert look.sides.result is not None
            around = max(_LEAST_AROUND, _AROUND / film.rate)
            after, late = self._run(look.sides.result, result, place, _RESULT_PICTURES, 0.0)
            begin = max(0.0, (after.times[0] if after.times else place) - around)
            before, early = self._run(look.sides.film, film, begin, 4 * _AROUND, 2 * around)
            found = pair(before, after) or PicturePair(place, place, sure=False)
            run_ups = (early, late)
        for number, (path, stream, time) in enumerate(
            ((look.sides.film, film, found.film), (look.sides.result, result, found.result))
        ):
            if path is not None and stream is not None:
                target = self._folder / f"{number}.png"
                source = _source(path, stream, time, run_ups[number])
                self.still(source, look.size, target, tone_map=look.maps_tones)
                self.stills[number] = target
        return StillPair(None, None, found, run_ups)

    def still(
        self, source: StillSource, size: Tuple[int, int], target: Path, *, tone_map: bool
    ) -> None:
        """Make one still; a file that cannot be sought in is read from a place before."""
        for run_up in (source.run_up, *_RUN_UPS[1:]):
            moved = StillSource(source.path, source.stream, source.first, run_up)
            raw = target.with_suffix(".raw")
            self.run(still_arguments(self.ffmpeg, moved, size, raw, tone_map=tone_map))
            with suppress(ValueError, OSError):
                target.write_bytes(to_png(size, raw.read_bytes()))
                return
        raise _no_picture(source.path)

    def _run(
        self, path: Path, stream: PictureStream, first: float, count: int, seconds: float
    ) -> Tuple[PictureRun, float]:
        """Return pictures from ``first`` on, and the run-up that it took to come there."""
        gap = 1 / stream.rate
        run, run_up = PictureRun((), ()), 0.0
        for run_up in (*_RUN_UPS, first if first < _LONGEST_RUN_UP else _RUN_UPS[-1]):
            source = StillSource(path, stream, max(0.0, first - gap / 2), run_up)
            length = seconds + (count if not seconds else 2) * gap + _LEAST_AROUND
            base = self._folder / "run"
            self.run(run_arguments(self.ffmpeg, source, count, length, base))
            run = _read_run(base, stream.start)
            if run.times and run.times[0] < first + 1.5 * gap:
                break
        return run, run_up

    def run(self, argv: Sequence[str]) -> None:
        """Run ffmpeg to its end."""
        self.told(argv)

    def told(self, argv: Sequence[str]) -> str:
        """Run ffmpeg to its end and return what it said; damage in a film is no failure here."""
        lines: List[str] = []
        command = ToolCommand(ToolName.FFMPEG, tuple(argv))
        self._runner.run_step(
            Step(StepName.VERIFICATION, (command,), self._folder),
            control=self._control,
            limits=_LIMITS,
            on_line=lambda _tool, line: lines.append(line),
            forgives=lambda _line, _progress: True,
        )
        return "\n".join(lines)


def _source(path: Path, stream: PictureStream, time: float, run_up: float) -> StillSource:
    """From half a picture before that time on: containers round, and seeks to a time can come too late."""
    return StillSource(path, stream, max(0.0, time - 0.5 / stream.rate), run_up)


def _read_run(base: Path, start: float) -> PictureRun:
    pictures, times = base.with_name("run.pictures"), base.with_name("run.times")
    try:
        data, text = pictures.read_bytes(), times.read_text("ascii", errors="replace")
    except OSError:
        return PictureRun((), ())
    shown = [
        (packet.time - start, data[number * SMALL_BYTES : (number + 1) * SMALL_BYTES])
        for number, packet in enumerate(parse_framehash(text))
        if packet.time is not None and len(data) >= (number + 1) * SMALL_BYTES
    ]
    return PictureRun(tuple(time for time, _ in shown), tuple(picture for _, picture in shown))


def _no_picture(film: Optional[Path]) -> UsageError:
    name = film.name if film is not None else ""
    return UsageError(Sentence("ffmpeg could make no picture of {film} at this place.", film=name))


def _as_json(found: StillPair) -> object:
    times = found.pair
    return {
        "film": times.film,
        "result": times.result,
        "sure": times.sure,
        "run_ups": list(found.run_ups),
    }


def _bytes(path: Optional[Path]) -> Optional[int]:
    try:
        return path.stat().st_size if path is not None else None
    except OSError:
        return None
