"""The checks that a result must pass before it may replace a film, in their order (docs/safety.md).

The first check that fails ends the verification. One check reads the whole result; the others look at small
parts of it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Callable, Dict, FrozenSet, List, Optional, Sequence, Tuple

from core.errors import MediaProcessorError, NoGain, ProbeError, VerificationFailed
from core.media.model import HdrFormat, MediaFile, TrackKind, VideoTrack
from core.plan import OpusEncode, Plan, VideoEncode
from core.ports import Clock
from core.progress import Progress, ProgressListener
from core.rules.refusals import short_picture
from core.settings.tree import Settings
from core.text.sentence import Sentence, joined
from core.text.tool_lines import plain, spoken
from core.tools import ToolName, Toolset
from processing.checks import Differs, Figure, track_name
from processing.content_proof import ContentProof
from processing.contract import (
    copied_picture_problems,
    encoded_picture_problems,
    track_problems,
)
from processing.decoding import demand_decodable
from processing.edges import Edges
from processing.maker import MadeResult
from processing.probing import Prober, Spans, cannot_decode, without_seek_complaints

SAMPLE_SECONDS = 0.5
# A remux that changes names, flags or order cannot be smaller: what the container may add.
_CONTAINER_SHARE = 1.02
_CONTAINER_BYTES = 64 * 1024


@dataclass(frozen=True)
class Check:
    """A check that passed: its name, figures (seconds, bytes) and how long it took (seconds)."""

    name: str
    figures: Dict[str, Figure] = field(default_factory=dict)
    seconds: float = 0.0


@dataclass(frozen=True)
class Verification:
    """Everything measured about a result that passed verification."""

    checks: Tuple[Check, ...]

    def as_json(self) -> str:
        """Return the figures for the database and the history."""
        return json.dumps([asdict(check) for check in self.checks], ensure_ascii=False)

    def lines(self) -> Tuple[str, ...]:
        """Return a line a check with its figures, as people read them."""
        return tuple(
            f"{check.name} ({check.seconds:.1f} s)"
            + "".join(f"; {name}: {figure}" for name, figure in check.figures.items())
            for check in self.checks
        )


def ends_at(spans: Spans) -> float:
    """Return where the last track of a film ends, in seconds after its beginning."""
    return max(span.end for span in spans.streams.values()) - spans.origin


def missing_end(plan: Plan, spans: Spans) -> str:
    """What the history says of a film whose end is missing; empty where none is."""
    missing = plan.duration - ends_at(spans)
    if missing <= tolerance(plan.duration):
        return ""
    return Sentence(
        "The film is incomplete: its last {missing} seconds are missing.", missing=round(missing, 1)
    )


def tolerance(duration: float) -> float:
    """How far ends and durations may be from the film's, in seconds: max(1 s, 0.2 %)."""
    return max(1.0, 0.002 * duration)


@dataclass(frozen=True)
class Verifier:
    """Verifies one result against its plan."""

    prober: Prober
    probe: Callable[[Path], MediaFile]
    settings: Settings
    toolset: Toolset
    clock: Clock
    on_progress: ProgressListener

    def demand_whole_source(self, plan: Plan, kept: FrozenSet[int]) -> Spans:
        """Return where the film's kept tracks (by ffmpeg's index) end.

        Raises ProbeError when the film is cut short, or its picture is: a result would be, too; CannotDecode
        where a track cannot be decoded that has to be.
        """
        media = plan.media
        spans = self.prober.spans(media.path, media.duration, kept)
        if not spans.streams:
            raise ProbeError(
                media.path, Sentence("its end cannot be read; the file seems to be damaged.")
            )
        end, allowed = ends_at(spans), self.settings.verification.damage_seconds
        missing = plan.duration - end
        if (media.truncated and not allowed) or missing > max(allowed, tolerance(plan.duration)):
            raise ProbeError(
                media.path,
                Sentence(
                    "the file is incomplete: it ends after {end} of {duration} seconds. Get it again.",
                    end=round(end, 1),
                    duration=round(plan.duration, 1),
                ),
            )
        demand_decodable(self.prober, plan, spans)
        if media.video:
            spans = self._without_opening(media, spans)
        if not self.settings.video.allow_short_picture:
            _demand_whole_picture(plan, spans)
        return spans

    def _without_opening(self, media: MediaFile, spans: Spans) -> Spans:
        """A recording's picture begins with its first key frame: nothing before can be shown."""
        index = media.video[0].index
        opening = self.prober.opening(media.path, index)
        span = spans.streams.get(index)
        if opening is None or span is None:
            return spans
        begun = replace(span, start=span.start + opening.key_frame)
        return replace(spans, streams={**spans.streams, index: begun})

    def verify(
        self, plan: Plan, staged: Path, source: Spans, made: Optional[MadeResult] = None
    ) -> Verification:
        """Run all checks; raises VerificationFailed at the first one that fails, or NoGain.

        ``made`` holds what this machine saw of the film while it made the result, which saves reading
        the film a second time.
        """
        content = ContentProof(self.prober, plan, staged, made)
        try:
            return self._run_checks(_ResultChecks(self, plan, staged, source, content, made))
        except VerificationFailed as error:
            if made is not None and made.too_large:  # the picture is only copied for want of a gain
                raise NoGain(plan.media.size, made.too_large) from error
            raise
        finally:
            content.clear()

    def _run_checks(self, checks: _ResultChecks) -> Verification:
        in_order: Sequence[Tuple[str, Callable[[], Dict[str, Figure]]]] = (
            (Sentence("opens and reaches the end"), checks.ends),
            (Sentence("tracks"), checks.tracks),
            (Sentence("durations"), checks.durations),
            (Sentence("HDR"), checks.hdr),
            (Sentence("read as a whole"), checks.walk),
            (Sentence("copied tracks"), checks.packets),
            (Sentence("pictures"), checks.pictures),
            (Sentence("sync"), checks.sync),
            (Sentence("decodes"), checks.decode),
            (Sentence("likeness"), checks.likeness),
            (Sentence("size"), checks.size),
        )
        # Exit codes and error lines, the first check, were judged when each step ended.
        passed: List[Check] = [Check(Sentence("exit codes and error lines"))]
        for name, check in in_order:
            began = self.clock.monotonic()
            try:
                figures = check()
            except Differs as failed:
                raise VerificationFailed(name, str(failed)) from None
            passed.append(Check(name, figures, round(self.clock.monotonic() - began, 3)))
        return Verification(tuple(passed))


class _ResultChecks:
    """The checks of one result, and what earlier ones have read for later ones."""

    def __init__(
        self,
        verifier: Verifier,
        plan: Plan,
        staged: Path,
        source: Spans,
        content: ContentProof,
        made: Optional[MadeResult] = None,
    ) -> None:
        self._content = content
        self._own = made.own_words if made is not None else frozenset()
        self._decodes = True  # the picture, by this ffmpeg
        self._verifier = verifier
        self._prober = verifier.prober
        self._settings = verifier.settings
        self._plan = plan
        self._edges = Edges(plan, verifier.prober)
        self._staged = staged
        self._source = source
        self._duration = plan.duration
        self._tolerance = tolerance(self._duration)
        self._found: Optional[MediaFile] = None
        self._spans = Spans(0.0, {})
        self._timed = [
            (number, track)
            for number, track in enumerate(plan.outputs)
            if track.kind is not TrackKind.SUBTITLE
        ]

    @property
    def _copies_picture(self) -> bool:
        return any(track.copied for _, track in self._timed if track.kind is TrackKind.VIDEO)

    def ends(self) -> Dict[str, Figure]:
        """The file opens; picture and every soundtrack end where the film's do."""
        numbers = frozenset(number for number, _ in self._timed)
        self._spans = self._prober.spans(self._staged, self._duration, numbers)
        figures: Dict[str, Figure] = {}
        for number, track in self._timed:
            source = self._source.streams.get(track.source.index)
            found = self._spans.streams.get(number)
            name = track_name(track)
            if source is None:
                continue  # nothing to read in the film's track either
            if found is None:
                raise Differs(Sentence("{track} is empty.", track=name))
            wanted = source.end - self._source.origin
            figures[f"{name}, end in the film"] = round(wanted, 3)
            figures[f"{name}, end"] = round(found.end, 3)
            if abs(found.end - wanted) > self._tolerance:
                raise Differs(
                    Sentence(
                        "{track} ends after {end} seconds instead of {wanted}.",
                        track=name,
                        end=round(found.end, 1),
                        wanted=round(wanted, 1),
                    )
                )
        return figures

    def tracks(self) -> Dict[str, Figure]:
        """Tracks, chapters, attachments and tags are the plan's."""
        try:
            self._found = self._verifier.probe(self._staged)
        except MediaProcessorError as error:
            raise Differs(Sentence("it cannot be read back: {problem}", problem=error)) from error
        exact = self._verifier.toolset.get(ToolName.MKVPROPEDIT) is not None
        problems = track_problems(self._plan, self._found, exact_languages=exact)
        if problems:
            raise Differs(joined(problems))
        return {"tracks": len(self._plan.outputs), "chapters": self._found.chapter_count}

    def durations(self) -> Dict[str, Figure]:
        """Each track lasts as long as the film's."""
        figures: Dict[str, Figure] = {}
        for number, track in self._timed:
            source = self._source.streams.get(track.source.index)
            found = self._spans.streams.get(number)
            if source is None or found is None:
                continue
            wanted, seconds = source.end - source.start, found.end - found.start
            name = track_name(track)
            figures[name] = round(seconds, 3)
            if abs(seconds - wanted) > self._tolerance:
                raise Differs(
                    Sentence(
                        "{track} lasts {seconds} seconds instead of {wanted}.",
                        track=name,
                        seconds=round(seconds, 1),
                        wanted=round(wanted, 1),
                    )
                )
        return figures

    def hdr(self) -> Dict[str, Figure]:
        """Each picture carries what the plan says, and no label that it does not deserve."""
        figures: Dict[str, Figure] = {}
        videos = self._found.video if self._found else ()
        for number, track in enumerate(self._plan.outputs):
            if not isinstance(track.source, VideoTrack):
                continue
            after = self._prober.picture(self._staged, number)
            figures[f"{track_name(track)}, Dolby Vision"] = after.dolby_vision_profile
            figures[f"{track_name(track)}, mastering data"] = after.mastering_display
            if isinstance(track.conversion, VideoEncode):
                found = next(video for video in videos if video.index == number)
                problems = encoded_picture_problems(
                    track.conversion, track.source, after, found, self._plan.warnings
                )
            elif track.source.hdr is HdrFormat.SDR:
                continue
            else:
                before = self._prober.picture(self._plan.media.path, track.source.index)
                problems = copied_picture_problems(before, after)
            if problems:
                raise Differs(joined(problems))
        return figures

    def walk(self) -> Dict[str, Figure]:
        """Every packet can be read."""
        lines = self._prober.walk(
            self._staged,
            self._duration,
            self._verifier.on_progress,
            self._content.outputs(),
            self._explained if any(track.copied for _, track in self._timed) else None,
        )
        if lines:
            raise Differs(Sentence("reading it back fails: {line}.", line=spoken(lines[-1])))
        self._content.take_in()
        return {"bytes": self._staged.stat().st_size}

    def _explained(self, line: str, progress: Optional[Progress]) -> bool:
        """Whether copied packets are complained about as the film's own are."""
        return plain(line) in self._own or self._edges.explain(line, progress)

    def packets(self) -> Dict[str, Figure]:
        """What is copied is the film's, packet by packet."""
        return self._content.packets()

    def pictures(self) -> Dict[str, Figure]:
        """Every picture of the film is there."""
        return self._content.pictures()

    def sync(self) -> Dict[str, Figure]:
        """Every track comes when it comes in the film."""
        return self._content.sync(self._source, self._spans)

    def likeness(self) -> Dict[str, Figure]:
        """What is encoded shows and sounds what the film does."""
        encoded = any(
            isinstance(track.conversion, (VideoEncode, OpusEncode)) for _, track in self._timed
        )
        if not encoded:
            return {"samples": 0}
        points = sample_points(self._duration, self._settings.verification.sample_points)
        return self._content.likeness(points, picture=self._decodes)

    def decode(self) -> Dict[str, Figure]:
        """Samples of picture and sound decode, or all of it when the user asks for that."""
        if self._settings.verification.decode_whole:
            lines = self._prober.decode(
                self._staged,
                self._duration,
                self._verifier.on_progress,
            )
            if cannot_decode(lines):
                raise Differs(
                    Sentence(
                        "this ffmpeg cannot decode the result's picture, and decoding the whole result "
                        "is switched on."
                    )
                )
            if lines:
                raise Differs(Sentence("decoding it fails: {line}.", line=spoken(lines[-1])))
            return {"decoded": "all"}
        points = sample_points(self._duration, self._settings.verification.sample_points)
        figures: Dict[str, Figure] = {"samples": len(points)}
        picture = True
        for point in points:
            lines = self._sample(self._staged, point, picture)
            if picture and cannot_decode(lines):
                picture = self._decodes = False
                lines = self._sample(self._staged, point, picture)
                figures["picture"] = Sentence("not decoded: this ffmpeg has no decoder for it")
            if picture and self._copies_picture:
                lines = without_seek_complaints(lines)
            if lines and not self._is_the_films_own(point):
                raise Differs(
                    Sentence(
                        "decoding it at {point} seconds fails: {line}.",
                        point=round(point),
                        line=spoken(lines[-1]),
                    )
                )
        return figures

    def _sample(self, path: Path, point: float, picture: bool) -> Tuple[str, ...]:
        return self._prober.decode_at(path, point, SAMPLE_SECONDS, picture=picture)

    def _is_the_films_own(self, point: float) -> bool:
        """Whether copied packets complain at this place because the film's own do.

        Some pictures cannot be decoded cleanly from the middle (open groups of pictures).
        """
        if not any(track.copied for _, track in self._timed):
            return False
        position = point + self._source.origin
        return bool(self._sample(self._plan.media.path, position, self._copies_picture))

    def size(self) -> Dict[str, Figure]:
        """The result is small enough to be worth it."""
        size = self._staged.stat().st_size
        limit = size_limit(self._plan, self._settings)
        if size > limit:
            raise NoGain(self._plan.media.size, size)
        return {"bytes": size, "film": self._plan.media.size, "limit": limit}


def _demand_whole_picture(plan: Plan, spans: Spans) -> None:
    """A picture that ends long before every sound is damaged, though each track may read well."""
    ends: Dict[TrackKind, List[float]] = {TrackKind.VIDEO: [], TrackKind.AUDIO: []}
    for track in plan.outputs:
        span = spans.streams.get(track.source.index)
        if span is not None and track.kind in ends:
            ends[track.kind].append(span.end - spans.origin)
    if not all(ends.values()):
        return
    picture, sound = max(ends[TrackKind.VIDEO]), min(ends[TrackKind.AUDIO])
    problem = short_picture(picture, sound)
    if problem:
        raise ProbeError(plan.media.path, problem)


def size_limit(plan: Plan, settings: Settings) -> int:
    """Return how many bytes the result may have.

    Where every track is copied the plan is about names, flags or order, not about size.
    """
    limit = plan.media.size * settings.files.largest_ratio
    if all(track.copied for track in plan.outputs):
        limit = max(limit, plan.media.size * _CONTAINER_SHARE + _CONTAINER_BYTES)
    return int(limit)


def sample_points(duration: float, count: int) -> Tuple[float, ...]:
    """Return the places that are decoded, in seconds: first, last and evenly between."""
    last = max(duration - 2 * SAMPLE_SECONDS, 0.0)
    points = [last * number / (count - 1) for number in range(count)]
    # A short film has fewer moments than points.
    return tuple(
        point
        for number, point in enumerate(points)
        if number == 0 or point - points[number - 1] >= SAMPLE_SECONDS or number == count - 1
    )
