"""What the packets of a film's and of a result's tracks are, so that the two can be compared.

Pictures and sound that go over unchanged are known by a hash over all their packets, subtitles by each
of theirs, encoded pictures by the number, time and size of theirs. ffmpeg writes that while it reads a
file anyway: the film during its encode, the result while it is read as a whole. One small file a track,
because a muxer waits for the first packet of each of its tracks and a subtitle can come late.
"""

from __future__ import annotations

import bisect
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, Iterator, List, Mapping, Optional, Sequence, Tuple

from core.errors import ToolFailed
from core.media.model import TrackKind
from core.plan import OpusEncode, Plan, SubtitleConvert, VideoEncode
from core.text.sentence import Sentence
from core.tools import ToolName

# Of what an ffmpeg has everywhere the fastest that nobody can find a second content for.
HASH = "md5"
_PASSAGE = 1.0  # seconds; each begins in the middle of the one before
_LEAN = 0.25  # of the usual share of the film's bytes
_NO_TIME = -(1 << 63)
_UNREADABLE = Sentence("what it wrote of the packets cannot be read")
_NOTHING = "d41d8cd98f00b204e9800998ecf8427e"  # MD5 of no bytes at all


@dataclass(frozen=True)
class Packet:
    """One packet: its time in seconds (None where the file has none), size in bytes and hash."""

    time: Optional[float]
    size: int
    digest: str


@dataclass(frozen=True)
class Pictures:
    """The packets of an encoded picture in the order in which they are shown."""

    times: Tuple[float, ...]  # seconds after the file's beginning; empty where some have none
    sizes: Tuple[int, ...]  # bytes

    @property
    def count(self) -> int:
        """How many packets there are."""
        return len(self.sizes)

    def gaps(self) -> Iterator[Tuple[float, float]]:
        """Yield each time between two pictures, in seconds, and where it begins."""
        return ((after - before, before) for before, after in zip(self.times, self.times[1:]))

    def largest_gap(self) -> Tuple[float, float]:
        """Return the longest time between two pictures, in seconds, and where it begins."""
        return max(self.gaps(), default=(0.0, 0.0))

    def bytes_between(self, start: float, end: float) -> int:
        """Return the bytes of the pictures from ``start`` up to ``end``, in seconds."""
        first, last = (bisect.bisect_left(self.times, time) for time in (start, end))
        return sum(self.sizes[first:last])

    def largest_near(self, time: float, reach: float) -> int:
        """Return the number of the largest picture within ``reach`` seconds: a key frame, as a rule."""
        first = bisect.bisect_left(self.times, time - reach)
        last = bisect.bisect_right(self.times, time + reach)
        if first >= last:
            return self.number_at(time)
        return max(range(first, last), key=lambda number: self.sizes[number])

    def number_at(self, time: float) -> int:
        """Return the number of the picture that is nearest to ``time``."""
        after = bisect.bisect_left(self.times, time)
        near = [number for number in (after - 1, after) if 0 <= number < len(self.times)]
        return min(near, key=lambda number: abs(self.times[number] - time))


@dataclass(frozen=True)
class PacketTables:
    """What was written of one file's packets, each by its track's place in the result."""

    digests: Mapping[int, str] = field(default_factory=dict)
    pictures: Mapping[int, Pictures] = field(default_factory=dict)
    subtitles: Mapping[int, Tuple[Packet, ...]] = field(default_factory=dict)


def packet_outputs(plan: Plan, base: Path, *, film: bool) -> Tuple[str, ...]:
    """Return further outputs of an ffmpeg command whose first input is the film, or the result.

    A subtitle that the plan converts is converted for its hash as well. ``base`` is the beginning of
    the names of the files that are written.
    """
    argv: List[str] = []
    for place, track in enumerate(plan.outputs):
        conversion = track.conversion
        if isinstance(conversion, OpusEncode):
            continue
        index = track.source.index if film else place
        convert = film and isinstance(conversion, SubtitleConvert)
        codec = conversion.codec if convert and isinstance(conversion, SubtitleConvert) else "copy"
        # Of a film's sound there are up to 1,200 packets a second: a hash over all of them has to do.
        whole = track.copied and track.kind is not TrackKind.SUBTITLE
        form = "streamhash" if whole else "framehash"
        argv += ["-map", f"0:{index}", "-c", codec, "-f", form, "-hash", HASH]
        # The picture's is followed while it is written (processing.film_read), not 256 kB at a time.
        argv += ["-flush_packets", "1"] if isinstance(conversion, VideoEncode) and film else []
        argv.append(f"file:{_name(base, place)}")
    return tuple(argv)


def read_packet_tables(plan: Plan, base: Path) -> PacketTables:
    """Read what ``packet_outputs`` had written; a track whose file cannot be read is left out.

    Raises ToolFailed where a file holds something else.
    """
    digests: Dict[int, str] = {}
    pictures: Dict[int, Pictures] = {}
    subtitles: Dict[int, Tuple[Packet, ...]] = {}
    for place, track in enumerate(plan.outputs):
        if isinstance(track.conversion, OpusEncode):
            continue
        try:
            text = _name(base, place).read_text("utf-8", errors="replace")
        except OSError:
            continue
        if isinstance(track.conversion, VideoEncode):
            pictures[place] = as_pictures(parse_framehash(text))
        elif track.kind is TrackKind.SUBTITLE:
            subtitles[place] = tuple(packet for packet in parse_framehash(text) if packet.size)
        else:
            digests[place] = _stream_digest(text)
    return PacketTables(digests, pictures, subtitles)


def packet_names(plan: Plan, base: Path) -> Tuple[Path, ...]:
    """Return the files that ``packet_outputs`` has written."""
    return tuple(_name(base, place) for place in range(len(plan.outputs)))


def _name(base: Path, place: int) -> Path:
    return base.with_name(f"{base.name}.packets{place}")


def _stream_digest(text: str) -> str:
    """Return the hash of the one stream; empty where it had no packet."""
    digest = text.strip().rpartition("=")[2].lower()
    return "" if digest == _NOTHING else digest


def parse_framehash(text: str) -> Tuple[Packet, ...]:
    """Read the packets of the one stream that ffmpeg's framehash muxer wrote.

    Raises ToolFailed for what is no such list: a broken ffmpeg writes anything.
    """
    try:
        return tuple(_packets(text))
    except (ValueError, IndexError, ZeroDivisionError) as error:
        raise ToolFailed(ToolName.FFMPEG.value, 0, [_UNREADABLE]) from error


def _packets(text: str) -> Iterator[Packet]:
    scale = 1.0
    for line in text.splitlines():
        if line.startswith("#tb "):
            numerator, _, denominator = line.rpartition(" ")[2].partition("/")
            scale = int(numerator) / int(denominator)
        elif line and not line.startswith("#"):
            fields = [field_text.strip() for field_text in line.split(",")]
            stamp = int(fields[2])
            time = None if stamp == _NO_TIME else stamp * scale
            yield Packet(time, int(fields[4]), fields[5])


def as_pictures(packets: Sequence[Packet]) -> Pictures:
    """Put the packets of a picture in the order in which they are shown."""
    times = [packet.time for packet in packets if packet.time is not None]
    if len(times) < len(packets):
        return Pictures((), tuple(packet.size for packet in packets))
    order = sorted(range(len(packets)), key=lambda number: times[number])
    return Pictures(
        tuple(times[number] for number in order), tuple(packets[number].size for number in order)
    )


def leanest_place(film: Pictures, result: Pictures) -> Optional[float]:
    """Return where, in seconds, an encoder spent suspiciously little on what took the film much.

    A picture that is black or stands still for a while takes next to nothing. None where no place
    stands out; both must have the times of their pictures.
    """
    end = min(film.times[-1], result.times[-1])
    shares: List[Tuple[float, float]] = []
    for number in range(int(2 * end / _PASSAGE) - 1):
        start = number * _PASSAGE / 2
        before = film.bytes_between(start, start + _PASSAGE)
        if before:
            shares.append((result.bytes_between(start, start + _PASSAGE) / before, start))
    if not shares:
        return None
    usual = sorted(share for share, _ in shares)[len(shares) // 2]
    share, start = min(shares)
    return start + _PASSAGE / 4 if share < _LEAN * usual else None


def without_lead(film: Sequence[Packet], result: Sequence[Packet], lead: float) -> Sequence[Packet]:
    """Leave out what a result lacks of the film's packets before ``lead`` seconds."""
    if not result:
        return film
    for number, packet in enumerate(film):
        if packet.digest == result[0].digest:
            return film[number:]
        if packet.time is None or packet.time > lead:
            break
    return film


def difference(film: Sequence[Packet], result: Sequence[Packet]) -> Optional[str]:
    """Say what differs between a track's packets and the film's; None where nothing does.

    Empty packets carry nothing: AVI has one for each picture that its recorder left out.
    """
    shown = [packet for packet in film if packet.size]
    found = [packet for packet in result if packet.size]
    if shown and not found:
        return Sentence("is empty; the film's has {number} packets.", number=len(shown))
    for before, after in zip(shown, found):
        if before.digest != after.digest:
            return _differs_from(before)
    if len(found) != len(shown):
        return Sentence(
            "has {found} packets instead of {wanted}.", found=len(found), wanted=len(shown)
        )
    return None


def _differs_from(packet: Packet) -> Sentence:
    time = packet.time or 0.0
    if time < 0.05:
        return Sentence("is not the film's: its packets differ from the beginning on.")
    return Sentence(
        "is not the film's: its packets differ from {seconds} seconds on.", seconds=round(time, 1)
    )
