"""Looks for damage in a film: all of it is decoded once, by itself, and what complains is looked at closely.

Only done where a tool has complained about a film, or is known to; a film that nobody complains about costs
nothing. First ffmpeg decodes all on all cores, and tells roughly where it complains; then ffprobe tells of
those passages frame by frame.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import FrozenSet, Iterator, List, Optional, Sequence, Set, Tuple

from core.damage import EDGE, Damage, Frame, Place, damaged_places, holes, merged, skipped
from core.errors import ToolFailed
from core.media.model import MediaFile
from core.progress import Progress, ProgressListener
from core.text.tool_lines import plain
from core.tools import ToolName
from processing.probing import Prober

# How far from where ffmpeg has told to be a complaint may belong: decoders work ahead and behind.
_AROUND = 10.0
_RUN_UP = 10.0  # seconds before a passage: a decoder that begins in the middle complains about that
# Seconds of a film: what is damaged all over is not looked at frame by frame.
_MOST_CLOSELY = 1800.0
_MOST_LINES = 100_000
# What begins a line that is about the result: encoders, filters, muxers. (``[matroska,webm`` reads.)
_OF_THE_RESULT = re.compile(
    r"\[(?:lib(?!dav1d)|out#|[vas]ost|enc:|Parsed_|auto_|graph|[vaf][fc]#|matroska @|null @|\w*hash @|sw[sr])"
)
# What the system says of a disk or share that cannot be read: nothing follows from it for the film.
_OF_THE_DISK = re.compile(
    r"input/output error|i/o error|stale file handle|transport endpoint|no such (?:file|device)"
    r"|permission denied|host is down|network|timed out|resource temporarily",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Health:
    """What is damaged, and every decoder message about the film, without memory addresses."""

    damage: Damage = Damage()
    lines: FrozenSet[str] = field(default_factory=frozenset)
    disk_failed: bool = False  # then nothing is known of the film

    def explains(self, line: str) -> bool:
        """Whether the film says it by itself."""
        return plain(line) in self.lines


@dataclass(frozen=True)
class _Heard:
    """A complaint without addresses, and the passage of the film that it must be about."""

    line: str
    passage: Place


class _Listener:
    """Records complaints and ffmpeg's position: a complaint belongs between two progress reports.

    Lines and reports come through two pipes, so that each may be a report early or late.
    """

    def __init__(self, duration: float, on_progress: ProgressListener) -> None:
        self._duration = duration
        self._on_progress = on_progress
        self._reports = [0.0]  # seconds of the film
        self._lines: List[Tuple[str, int]] = []

    def follow(self, progress: Progress) -> None:
        """Take down where ffmpeg is."""
        self._reports.append((progress.percent or 0.0) * self._duration / 100)
        self._on_progress(progress)

    def hear(self, line: str, _: Optional[Progress]) -> bool:
        """Take down a complaint; there is nothing that this decode does not bear."""
        if len(self._lines) < _MOST_LINES:
            self._lines.append((plain(line), len(self._reports)))
        return True

    @property
    def heard(self) -> Sequence[_Heard]:
        """All complaints with their passages, once the film has come to its end."""
        return [_Heard(line, self._passage(reports)) for line, reports in self._lines]

    def _passage(self, reports: int) -> Place:
        before, after = self._reports[max(0, reports - 2)], self._reports[reports + 1 : reports + 2]
        end = min(self._duration, after[0] + _AROUND) if after else self._duration
        return Place(max(0.0, before - _AROUND), end)


def speaks_of_the_film(error: ToolFailed) -> bool:
    """Whether a tool's first complaint is about its input, not about its output."""
    if error.tool != ToolName.FFMPEG.value or not error.tail:
        return False
    line = error.tail[-1].lstrip()
    about_it = line.startswith("[") and not _OF_THE_RESULT.match(line)
    return about_it and not any(map(_OF_THE_DISK.search, error.tail))


def look_through(
    prober: Prober, media: MediaFile, streams: FrozenSet[int], on_progress: ProgressListener
) -> Health:
    """Decode these tracks of a film (by ffmpeg's index) and return how it is, as far as its disk lets it be
    read."""
    listener = _Listener(media.duration, on_progress)
    maps = [word for index in sorted(streams) for word in ("-map", f"0:{index}")]
    options = ["-i", f"file:{media.path}", *maps, "-f", "null", "-"]
    prober.errors(options, media.duration, listener.follow, hear=listener.hear)
    heard = listener.heard
    lines = frozenset(complaint.line for complaint in heard)
    if any(map(_OF_THE_DISK.search, lines)):
        return Health(disk_failed=True)
    passages = merged(complaint.passage for complaint in heard)
    if sum(place.end - place.start for place in passages) > _MOST_CLOSELY:
        return Health(Damage(passages), lines)
    closely = _Closely(prober, media, streams)
    return Health(Damage(merged(closely.places(heard, passages))), lines)


class _Closely:
    """Looks at passages of a film frame by frame."""

    def __init__(self, prober: Prober, media: MediaFile, streams: FrozenSet[int]) -> None:
        self._prober = prober
        self._path = media.path
        self._duration = media.duration
        self._streams = streams
        pictures = media.video
        opening = prober.opening(self._path, pictures[0].index) if pictures else None
        self._first = opening.seconds if opening else 0.0
        ending = prober.ending(self._path, self._duration, self._streams)
        self._edges = (opening.lines if opening else frozenset()) | (
            ending.lines if ending else frozenset()
        )

    def places(self, heard: Sequence[_Heard], passages: Sequence[Place]) -> Iterator[Place]:
        """Yield what is damaged in these passages."""
        for passage in passages:
            told = {
                complaint.line
                for complaint in heard
                if passage.start <= complaint.passage.start <= passage.end
            }
            yield from self._places(passage, told)

    def _places(self, passage: Place, told: Set[str]) -> Sequence[Place]:
        """Where nobody complains about a frame, what a reader skipped; all of it where nothing is missing."""
        to_the_end = passage.end >= self._duration - EDGE
        begin = max(0.0, passage.start - _RUN_UP)
        end = None if to_the_end else passage.end + _RUN_UP
        frames = self._frames(begin, end)
        first = max(self._first, passage.start)
        last = None if to_the_end else passage.end
        silent = [place for place in skipped(frames) if first < place.end]
        silent += self._unread(frames, passage)
        found = merged([*damaged_places(frames, first=first, last=last), *silent])
        if found or told <= self._edges:
            return found
        return holes(frames, first=first, last=passage.end) or (passage,)

    def _unread(self, frames: Sequence[Frame], passage: Place) -> Sequence[Place]:
        """Behind a long stretch that it cannot read ffprobe gives up: the rest counts as broken."""
        reached = max((frame.time for frame in frames), default=passage.start)
        there = self._prober.end(self._path, self._duration, self._streams)
        end = min(passage.end, there)
        return [Place(reached, end)] if reached < end - 2 * EDGE else []

    def _frames(self, begin: float, end: Optional[float]) -> Sequence[Frame]:
        """The frames of a passage; one that ends where nothing can be read goes on to where it can again."""
        while True:
            shown = self._prober.frames(self._path, begin, end)
            frames = [frame for frame in shown if frame.stream in self._streams]
            if end is None or any(frame.time >= end - EDGE for frame in frames):
                return frames
            end += max(_RUN_UP, end - begin)
            if end >= self._duration:
                end = None
