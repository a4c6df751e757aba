"""Short samples of a file's video and audio, small enough to be compared in Python.

At each place of a file one ffmpeg for the pictures, in the size of ``likeness`` with their times, and the
sound, with the plan's own mix, so that both files are seen and heard as the result is meant to be. It reads
the place once; pictures behind the last one that is wanted are not decoded (measured: 8.1.2, 9.0.2). Where it
complains or a track gives nothing, pictures and sound are asked for apart: one's trouble may end the other.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, List, Mapping, Optional, Sequence, Tuple, Type, Union

from core.encoders.by_ffmpeg import video_filters
from core.encoders.opus import channel_filter, has_night_mode
from core.media.likeness import HEIGHT, PICTURE_BYTES, SOUND_RATE, WIDTH, Sound, channels_of
from core.media.model import AudioTrack, VideoTrack
from core.media.probing.changes import RECORDED
from core.plan import OpusEncode, Plan, VideoEncode
from processing.packets import parse_framehash
from processing.probing import Prober

SOUND_SECONDS = 1.5
_LEAST_PICTURES = 4
# Seconds that are read of a picture beyond its last: containers' times are not exact.
_MARGIN = 0.25
_JITTER = 0.02  # seconds: how exactly containers tell when a piece of sound begins
# Full range and RGB are compared as what they mean.
_SMALL = f"scale={WIDTH}:{HEIGHT}:flags=area:out_range=tv,format=yuv444p"
# Where a container seeks badly, or a picture builds up over many, a run-up is decoded first.
_RUN_UP = 10.0


@dataclass(frozen=True)
class SampleLook:
    """How much video is decoded at one place: ``seconds``, after a run-up of ``run_up`` seconds.

    ``sparse`` leaves out the result's pictures that no other leans on: more than half of what an encoder
    makes today, and those that are left are what they would be anyway. The film's are all decoded, so that
    each of the result's has its own. (Without the loop filter as well, errors pile up until a picture
    looks doubtful: not worth it.)
    """

    seconds: float
    run_up: float = 0.0
    sparse: bool = False
    placed: bool = False  # the film's sound is put together by the moments of its pieces


GLANCE = SampleLook(0.4, sparse=True)
LONG_LOOK = SampleLook(1.25)  # long enough to see a second's shift
LOOK_FROM_AFAR = SampleLook(1.25, _RUN_UP, placed=True)


@dataclass(frozen=True)
class Sample:
    """What was decoded at one place of a file, by the tracks' positions in the result.

    Pictures come with their times in seconds after the position that was asked for.
    """

    pictures: Mapping[int, Tuple[Tuple[float, bytes], ...]] = field(default_factory=dict)
    sound: Mapping[int, Tuple[Sound, ...]] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether nothing at all was decoded there."""
        heard = any(channel.loudness for track in self.sound.values() for channel in track)
        return not heard and not any(self.pictures.values())

    @property
    def whole(self) -> bool:
        """Whether each track gave something."""
        heard = all(channel.loudness for track in self.sound.values() for channel in track)
        return heard and all(self.pictures.values())


@dataclass
class _Wanted:
    """What one command is asked for: tracks of this kind, from ``seconds`` that are read."""

    kind: Union[Type[VideoEncode], Type[OpusEncode]]
    seconds: float
    inputs: List[str] = field(default_factory=list)
    graphs: List[str] = field(default_factory=list)
    outputs: List[str] = field(default_factory=list)


@dataclass(frozen=True)
class Sampler:
    """Takes samples of one plan's film and result; ``base`` is the prefix of the files that ffmpeg writes.

    ``exact``: pictures' times are the file's own, not rounded to its average rate (from ffmpeg 7 on).
    """

    prober: Prober
    plan: Plan
    base: Path
    picture: bool  # False: sound alone
    exact: bool = False

    def take(self, path: Path, position: float, look: SampleLook, *, film: bool) -> Sample:
        """Decode what begins ``position`` seconds after the file's beginning."""
        before = min(look.run_up, position)
        start = (path, position - before)
        sound = self._sound_wanted(before, film, film and self._is_placed(look))
        if not self.picture:
            self._decode(*start, film, sound)
            return self._read(before)
        pictures = self._pictures_wanted(before, film, look)
        # Recordings can be cut into only roughly: there a decoder always complains.
        exact = not film or self.plan.media.container not in RECORDED
        if pictures.graphs and sound.graphs and exact:
            complaints = self._decode(*start, film, pictures, sound)
            sample = self._read(before)
            if sample.whole and not complaints:
                return sample
        self._decode(*start, film, pictures)
        self._decode(*start, film, sound)
        return self._read(before)

    def _pictures_wanted(self, before: float, film: bool, look: SampleLook) -> _Wanted:
        seconds = before + look.seconds + _MARGIN
        # A second thread would decode pictures that nobody takes.
        wanted = _Wanted(VideoEncode, seconds, ["-threads", "1"])
        if look.sparse and not film:
            wanted.inputs += ["-skip_frame", "noref"]
        for place, track in enumerate(self.plan.outputs):
            if isinstance(track.conversion, VideoEncode):
                index = track.source.index if film else place
                wanted.graphs.append(self._picture_graph(place, index, film, before, seconds))
                wanted.outputs += self._picture_outputs(place, look.seconds)
        return wanted

    def _sound_wanted(self, before: float, film: bool, placed: bool) -> _Wanted:
        wanted = _Wanted(OpusEncode, before + SOUND_SECONDS)
        for place, track in enumerate(self.plan.outputs):
            if isinstance(track.conversion, OpusEncode):
                index = track.source.index if film else place
                if film and has_night_mode(track):
                    wanted.inputs += [f"-drc_scale:{index}", "0"]
                wanted.graphs.append(self._sound_graph(place, index, film, before, placed))
                wanted.outputs += self._sound_outputs(place, placed)
        return wanted

    def _is_placed(self, look: SampleLook) -> bool:
        """Whether a film's sound is put together by the moments of its pieces.

        Where the channels change ffmpeg rebuilds the graph, and what fills holes with silence begins with
        silence from 0 on again (measured: 9.0.2). Recordings change, also where nobody has looked.
        """
        return look.placed or self.plan.media.container in RECORDED

    def _sound_outputs(self, place: int, placed: bool) -> Sequence[str]:
        sound = ["-f", "f32le", f"file:{self._file(place, 'sound')}"]
        if not placed:
            return ["-map", f"[s{place}]", "-t", str(SOUND_SECONDS), *sound]
        times = ["-c:a", "pcm_f32le", "-f", "framehash", "-hash", "adler32"]
        return [
            *("-map", f"[s{place}]", *sound),
            *("-map", f"[m{place}]", *times, f"file:{self._file(place, 'moments')}"),
        ]

    def _beside(self, decoded: Tuple[type, ...]) -> Sequence[str]:
        """Return an output that reads the film's other tracks without decoding them.

        In a transport stream ffmpeg counts time from the first of the tracks that a command reads: it has
        to read what the encode has read.
        """
        others = [
            track.source.index
            for track in self.plan.outputs
            if not isinstance(track.conversion, decoded)
        ]
        if self.plan.media.container not in RECORDED or not others:
            return ()
        maps = [word for index in others for word in ("-map", f"0:{index}")]
        return (*maps, "-c", "copy", "-f", "null", "-")

    def _decode(self, path: Path, start: float, film: bool, *wanted: _Wanted) -> Sequence[str]:
        """Decode what is wanted, and return what was complained about: for the check "decodes" to report.

        Each graph is one of its own: where a track's channels change, ffmpeg rebuilds its whole graph,
        and fails where another track of it has nothing yet (measured: 8.1.2).
        """
        outputs = [word for part in wanted for word in part.outputs]
        if not outputs:
            return ()
        inputs = [word for part in wanted for word in part.inputs]
        inputs += _from(path, start, max(part.seconds for part in wanted))
        graphs = [graph for part in wanted for graph in part.graphs]
        filters = [word for graph in graphs for word in ("-filter_complex", graph)]
        beside = self._beside(tuple(part.kind for part in wanted)) if film else ()
        return self.prober.errors([*inputs, *filters, *outputs, *beside])

    def _picture_graph(self, place: int, index: int, film: bool, before: float, end: float) -> str:
        track = self.plan.outputs[place]
        filters = [f"trim=start={before:.6f}:end={end:.6f}"]  # the sound is read for longer
        if film and isinstance(track.source, VideoTrack):
            assert isinstance(track.conversion, VideoEncode)
            filters.append(video_filters(track.source, track.conversion))
        chain = ",".join([*filters, _SMALL])
        return f"[0:{index}]{chain},split[p{place}][t{place}]"

    def _picture_outputs(self, place: int, seconds: float) -> Sequence[str]:
        count = ["-frames:v", str(self._picture_count(place, seconds)), "-fps_mode", "passthrough"]
        pictures, times = self._file(place, "pictures"), self._file(place, "times")
        base = ["-enc_time_base", "filter"] if self.exact else []
        return [
            *("-map", f"[p{place}]", *count, "-f", "rawvideo", f"file:{pictures}"),
            *("-map", f"[t{place}]", *count, *base, "-f", "framehash", "-hash", "adler32"),
            f"file:{times}",
        ]

    def _picture_count(self, place: int, seconds: float) -> int:
        track = self.plan.outputs[place].source
        rate = track.frame_rate if isinstance(track, VideoTrack) else None
        return max(_LEAST_PICTURES, round(seconds * min(rate or 25.0, 60.0)))

    def _sound_graph(self, place: int, index: int, film: bool, before: float, placed: bool) -> str:
        track = self.plan.outputs[place]
        assert isinstance(track.conversion, OpusEncode)
        assert isinstance(track.source, AudioTrack)
        # The filter as it mixes the film; the result has its layout already.
        mix = channel_filter(track.source, track.conversion)
        if not film:
            mix = f"aformat=channel_layouts={track.conversion.channel_layout}"
        if placed:
            trim = f",atrim=start={before:.6f}" if before else ""
            return f"[0:{index}]{mix},aresample={SOUND_RATE}{trim},asplit[s{place}][m{place}]"
        # Sound that begins later, and a hole in it, are silence here.
        chain = f"{mix},aresample={SOUND_RATE}:async=1:first_pts=0"
        if before:
            chain += f",atrim=start={before:.6f},asetpts=PTS-STARTPTS"
        return f"[0:{index}]{chain}[s{place}]"

    def _file(self, place: int, kind: str) -> Path:
        return self.base.with_name(f"{self.base.name}.{kind}{place}")

    def _read(self, before: float) -> Sample:
        pictures: Dict[int, Tuple[Tuple[float, bytes], ...]] = {}
        sound: Dict[int, Tuple[Sound, ...]] = {}
        for place, track in enumerate(self.plan.outputs):
            if isinstance(track.conversion, VideoEncode) and self.picture:
                pictures[place] = self._pictures(place, before)
            elif isinstance(track.conversion, OpusEncode):
                channels = track.conversion.channels
                sound[place] = channels_of(self._sound(place, channels, before), channels)
        return Sample(pictures, sound)

    def _sound(self, place: int, channels: int, before: float) -> array[float]:
        """Return the samples that were written of a track; in their places where those were as well."""
        data = _content(self._file(place, "sound"))
        moments = _content(self._file(place, "moments")).decode("ascii", errors="replace")
        samples = array("f")
        whole = samples.itemsize * channels
        if not moments:
            samples.frombytes(data[: len(data) // whole * whole])
            return samples
        shown = bytearray(round(SOUND_SECONDS * SOUND_RATE) * whole)
        read = end = 0
        for packet in parse_framehash(moments):
            piece, read = data[read : read + packet.size], read + packet.size
            start = round(((packet.time or 0.0) - before) * SOUND_RATE)
            if abs(start - end) <= _JITTER * SOUND_RATE:
                start = end
            end = start + len(piece) // whole
            if start < 0:
                start, piece = 0, piece[-start * whole :]
            room = max(0, len(shown) - start * whole)
            shown[start * whole : start * whole + len(piece)] = piece[:room]
        samples.frombytes(bytes(shown[: max(0, end) * whole]))
        return samples

    def _pictures(self, place: int, before: float) -> Tuple[Tuple[float, bytes], ...]:
        data = _content(self._file(place, "pictures"))
        text = _content(self._file(place, "times")).decode("ascii", errors="replace")
        times: List[Optional[float]] = [packet.time for packet in parse_framehash(text)]
        return tuple(
            (time - before, data[number * PICTURE_BYTES : (number + 1) * PICTURE_BYTES])
            for number, time in enumerate(times)
            if time is not None and len(data) >= (number + 1) * PICTURE_BYTES
        )


def _from(path: Path, position: float, seconds: float) -> List[str]:
    """Input options; a limit, or a track that ends early would have the whole rest of the file read."""
    seek = (
        ["-ss", f"{position:.6f}"] if position > 0 else []
    )  # one to the very beginning skips some in FLV
    return [*seek, "-t", f"{seconds:.6f}", "-i", f"file:{path}"]


def _content(path: Path) -> bytes:
    """Read a file of the last sample and let it go, so that none is ever taken for the next one's."""
    try:
        data = path.read_bytes()
        path.unlink()
    except OSError:
        return b""
    return data
