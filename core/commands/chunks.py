"""The ffmpeg commands of a picture that is encoded in chunks: one for each chunk, one list to join them.

Each picture keeps its own time from the film to the result. A chunk's clock begins at 0 with its first
picture, by ``-copyts`` and ``-itsoffset``, which move whole numbers of the film's time base; so what is
sought may lie anywhere before, and ``trim`` takes the chunk's pictures by their stamps (seeking exactly is
off by one picture where a container's times are rounded ones). MP4 holds the film's time base, where
Matroska would round to 1 ms.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

from core.chunks.chunk import Chunk, ChunkPlan
from core.chunks.eligibility import filter_places
from core.commands import ffmpeg
from core.encoders.family import EncodeRequest, Template, Value
from core.encoders.ffmpeg_other import FFMPEG_OTHER
from core.encoders.templates import parse_template
from core.media.model import HdrFormat, VideoTrack
from core.plan import OutputTrack, Plan, VideoEncode
from core.programs.ffmpeg import CONTROL
from core.steps import Step, StepName, ToolCommand
from core.tools import ONLY_FILES, ToolInfo, ToolName, Toolset

# Seconds before a chunk's first picture that are sought: less than a picture would do in Matroska and MP4,
# a transport stream is sought by guessing and may come in later.
_EARLY, _EARLY_IN_STREAMS = 0.02, 1.0
_STREAMS = ("MPEG-TS", "BDAV")
# Seconds of the film that are read beyond a chunk's end for the table of its packets: in an open group the
# last pictures of a chunk are stored behind the key frame that begins the next.
_BEYOND = 2.0
_JOIN_WORDS = (
    *("$ffmpeg", "-i", "$input", "-itsoffset", "$shown_at", *ONLY_FILES),
    *("-f", "concat", "-safe", "0", "-auto_convert", "0", "-i", "$chunks"),
    *("-c:v", "copy", "$tracks", "$output"),
)
JOIN_TEMPLATE = Template(FFMPEG_OTHER, _JOIN_WORDS, encoder_name="copy", codec="", bit_depth=0)


@dataclass(frozen=True)
class JoinedPicture:
    """A picture that lies in chunks: their ``listing`` (``chunk_list``), and when the first one is shown.

    ``shown_at`` in seconds, as in ``ChunkPlan``.
    """

    listing: Path
    shown_at: float

    @property
    def values(self) -> Mapping[str, Value]:
        """What the placeholders of ``JOIN_TEMPLATE`` stand for."""
        return {"shown_at": f"{self.shown_at:.6f}", "chunks": ffmpeg.file_argument(self.listing)}

    def picture_from_chunks(self, argv: Sequence[str], plan: Plan) -> Tuple[str, ...]:
        """Return the command with the picture taken from the second input."""
        stream = f"0:{encoded_track(plan).source.index}"
        pairs = zip(("", *argv), argv)
        return tuple(
            "1:0" if before == "-map" and word == stream else word for before, word in pairs
        )


@dataclass(frozen=True)
class ChunkFiles:
    """Where a chunk is written, and the table of the film's packets that were read for it."""

    chunk: Path
    table: Path


def encoded_track(plan: Plan) -> OutputTrack:
    """Return the picture that is encoded; raises StopIteration where there is none."""
    return next(track for track in plan.outputs if isinstance(track.conversion, VideoEncode))


def chunk_step(
    plan: Plan, toolset: Toolset, chunks: ChunkPlan, chunk: Chunk, files: ChunkFiles
) -> Step:
    """Return the step that encodes one chunk by the plan's template.

    Raises TemplateError when the template cannot be used.
    """
    builder = _ChunkBuilder(plan, toolset, chunks, chunk, files)
    return Step(StepName.ENCODE, builder.commands(), files.chunk, (files.table,))


@dataclass(frozen=True)
class _ChunkBuilder:
    plan: Plan
    toolset: Toolset
    chunks: ChunkPlan
    chunk: Chunk
    files: ChunkFiles

    def commands(self) -> Tuple[ToolCommand, ...]:
        track, encode = encoded_track(self.plan), self.plan.video_encode
        assert encode is not None
        assert isinstance(track.source, VideoTrack)
        template = parse_template(encode.template)
        tool = self.tool
        request = EncodeRequest(
            plan=self.plan,
            encode=encode,
            track=track.source,
            template=template,
            program=tool.path if tool else Path(template.tool.value),
            staged=self.files.chunk,
            named_later=False,
            ffmpeg=self,
        )
        return template.family.commands(request)

    @property
    def tool(self) -> Optional[ToolInfo]:
        return self.toolset.get(ToolName.FFMPEG)

    def behind_pipe(self, selectors: Mapping[int, str]) -> ToolCommand:
        """Never asked for: ``core.chunks.eligibility`` keeps families that pipe in one piece."""
        raise AssertionError(selectors)

    def over_film(
        self, template: Template, picture: Mapping[str, Value], before: Sequence[str]
    ) -> ToolCommand:
        """One pass over the chunk's part of the film."""
        track, tool = encoded_track(self.plan), self.tool
        path = tool.path if tool else Path(ToolName.FFMPEG.value)
        values: Dict[str, Value] = dict(picture)
        values["ffmpeg"] = (
            *(str(path), *CONTROL),
            *before,
            *self.seek(),
        )
        values["input"] = ffmpeg.file_argument(self.plan.media.path)
        values["tracks"] = self.track_arguments(track)
        values["output"] = ffmpeg.file_argument(self.files.chunk)
        argv = self.with_trim(template.expand(values))
        # Last, since the first output's pictures are those that ffmpeg reports.
        return ToolCommand(ToolName.FFMPEG, (*argv, *self.table_arguments(track)))

    def seek(self) -> Tuple[str, ...]:
        begin = float(self.chunks.begin_of(self.chunk) * self.chunks.time_base)
        clock = ("-copyts", "-itsoffset", f"{-begin:.6f}")
        streams = self.plan.media.container in _STREAMS
        early = self.chunk.start - (_EARLY_IN_STREAMS if streams else _EARLY)
        if self.chunk.start_stamp is None or early <= 0:
            return clock
        return (*clock, "-noaccurate_seek", "-ss", f"{early:.6f}")

    def table_arguments(self, track: OutputTrack) -> Tuple[str, ...]:
        """The film's packets in the chunk's time, from that of its first picture on."""
        argv = ["-map", f"0:{track.source.index}", "-c", "copy"]
        length = self.chunks.length_of(self.chunk)
        if length is not None:
            argv += ["-t", f"{float(length * self.chunks.time_base) + _BEYOND:.6f}"]
        table = ffmpeg.file_argument(self.files.table)
        return (*argv, "-f", "framehash", "-hash", "adler32", table)

    def track_arguments(self, track: OutputTrack) -> Tuple[str, ...]:
        encode = track.conversion
        assert isinstance(encode, VideoEncode)
        time_base = ffmpeg.source_time_base(self.tool)
        options = ffmpeg.encoded_picture(self.plan, track, encode, 0, time_base)
        argv = ["-map", f"0:{track.source.index}", "-map_metadata", "-1", "-map_chapters", "-1"]
        argv += [word for name, value in options.items() for word in (f"-{name}", value)]
        if HdrFormat.DOLBY_VISION in encode.hdr_formats:
            argv += ["-strict", "unofficial"]  # else MP4's muxer leaves its record out
        argv += ["-f", "mp4", "-video_track_timescale", str(self.chunks.time_base.denominator)]
        return tuple(argv)

    def with_trim(self, argv: Tuple[str, ...]) -> Tuple[str, ...]:
        """Put the taking of the chunk's pictures in front of the filters."""
        trim: List[str] = []
        if self.chunk.start_stamp is not None:
            trim.append("start_pts=0")
        length = self.chunks.length_of(self.chunk)
        if length is not None:
            trim.append(f"end_pts={length}")
        filters = f"trim={':'.join(trim)}"
        places = filter_places(argv)
        if not places:
            return (*argv[:-1], "-filter:v:0", filters, argv[-1])
        last = places[-1]  # of several, ffmpeg takes the last
        return (*argv[:last], f"{filters},{argv[last]}", *argv[last + 1 :])


def chunk_list(chunks: ChunkPlan, paths: Sequence[Path]) -> str:
    """Return the list for ffmpeg's concat demuxer.

    Each length is the difference of two moments that were rounded to a microsecond, so that nothing adds
    up over many chunks.
    """
    base = chunks.time_base
    ends = [_microseconds(stamp - chunks.first_stamp, base) for stamp in _ends(chunks)]
    lines = ["ffconcat version 1.0"]
    for path, begin, end in zip(paths, (0, *ends), (*ends, None)):
        quoted = f"file:{path}".replace("'", r"'\''")
        lines.append(f"file '{quoted}'")
        if end is not None:
            lines.append(f"duration {end - begin}us")
    return "\n".join((*lines, ""))


def _ends(chunks: ChunkPlan) -> List[int]:
    return [chunk.end_stamp for chunk in chunks.chunks if chunk.end_stamp is not None]


def _microseconds(stamps: int, time_base: Fraction) -> int:
    return round(stamps * time_base * 1_000_000)
