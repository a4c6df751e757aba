"""Proving a finished chunk: as many pictures as the film has there, in their places, and joinable."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any, Mapping, Optional, Sequence, Tuple

from core.chunk_errors import ChunkUnproven
from core.chunks.chunk import Chunk, ChunkPlan, ChunkProof
from core.chunks.parameter_sets import header_of, parameter_sets
from core.commands.chunks import encoded_track
from core.media.model import HdrFormat, VideoTrack
from core.plan import Plan, VideoEncode
from core.progress import FfmpegProgress
from core.text.sentence import Sentence
from core.text.tool_lines import spoken
from processing.chunks.encoding import EncodedChunk
from processing.chunks.seams import SIDE, Numbered, PictureLook
from processing.packets import Packet, Pictures, as_pictures, parse_framehash
from processing.probing import Prober

# A chunk's container holds the film's own time base.
EXACT = 0.0005  # seconds
_LARGEST_MOVIE = 64 << 20  # bytes; that of an hour at 60 pictures a second has 8
_BEFORE = 1.0  # seconds: a transport stream is sought by guessing
_BEYOND = 2.0  # seconds that are read of the film beyond a chunk's end, as its encode does


def prove(
    plan: Plan,
    chunks: ChunkPlan,
    made: EncodedChunk,
    prober: Prober,
    neighbour: Optional[ChunkProof] = None,
) -> ChunkProof:
    """Return what the chunk is; raises ChunkUnproven with what is wrong.

    All pictures are decoded, unless whoever made them has done so (``made.decoded``). Where ``made.source``
    is not known, the film's packets in the span are read; and without a word of its maker the first and last
    pictures are compared with the film's, as those at all seams are in the end.
    ``neighbour`` is any other proof of the same film: both must have the same parameter sets.
    """
    return _Proof(plan, chunks, made, prober).run(neighbour)


class _Proof:
    def __init__(self, plan: Plan, chunks: ChunkPlan, made: EncodedChunk, prober: Prober) -> None:
        self._plan = plan
        self._chunks = chunks
        self._chunk = made.chunk
        self._path = made.path
        self._source = made.source
        self._decoded = made.decoded
        self._quality_number = made.quality_number
        self._prober = prober

    def run(self, neighbour: Optional[ChunkProof]) -> ChunkProof:
        if self._quality_number != self._chunks.quality_number(self._chunk.number):
            raise self._wrong(Sentence("was made with another number than it was to have."))
        codec, sets = self._header()
        if neighbour is not None and (codec, sets) != (neighbour.codec, neighbour.parameter_sets):
            raise self._wrong(
                Sentence("cannot be joined to the others: its encoder was set up differently.")
            )
        pictures = self._pictures()
        self._demand_in_place(pictures)
        if self._source is None and self._decoded is None:  # who made it is not known yet
            self._demand_likeness(pictures)
        self._demand_dynamic_range()
        start = float(self._chunks.begin_of(self._chunk) * self._chunks.time_base)
        origin = float(self._chunks.first_stamp * self._chunks.time_base)
        begin = self._chunks.chunks[0].start + start - origin
        return ChunkProof(
            number=self._chunk.number,
            pictures=pictures.count,
            first=begin + pictures.times[0],
            last=begin + pictures.times[-1],
            size=self._path.stat().st_size,
            codec=codec,
            parameter_sets=sets,
            quality_number=self._quality_number,
        )

    def _wrong(self, problem: str) -> ChunkUnproven:
        return ChunkUnproven(self._chunk.number, problem)

    def _header(self) -> Tuple[str, str]:
        """Return the codec and the hash of its parameter sets."""
        try:
            codec, configuration = header_of(movie_box(self._path))
        except OSError:
            codec, configuration = "", b""
        sets = parameter_sets(codec, configuration)
        if codec != encoded_track(self._plan).codec or not sets:
            raise self._wrong(Sentence("has no header that can be read."))
        return codec, sets

    def _pictures(self) -> Pictures:
        """Decode all pictures, where that was not done before; return them as their packets tell."""
        table = self._path.with_name(f"{self._path.name}.proof")
        parser = FfmpegProgress(self._chunk.seconds)
        decode = ("-map", "0:0", "-fps_mode", "passthrough", "-f", "null", "-")
        lines = self._prober.errors(
            [
                *("-i", f"file:{self._path}"),
                *(decode if self._decoded is None else ()),
                *("-map", "0:0", "-c", "copy", "-f", "framehash", "-hash", "adler32"),
                f"file:{table}",
            ],
            parser=parser,
        )
        pictures = as_pictures(_read(table))
        if lines:
            raise self._wrong(Sentence("cannot be decoded: {line}", line=spoken(lines[0])))
        latest, decoded = parser.latest(""), self._decoded
        if decoded is None:
            decoded = latest.frame if latest is not None else 0
        if not pictures.times or decoded != pictures.count:
            raise self._wrong(
                Sentence(
                    "has {count} pictures, of which {decoded} can be decoded.",
                    count=pictures.count,
                    decoded=decoded or 0,
                )
            )
        return pictures

    def _demand_in_place(self, pictures: Pictures) -> None:
        """Every picture of the film in this span is there, once and in time."""
        source = self._source or self._span()
        if source is None:
            raise self._wrong(Sentence("cannot be compared: the film does not tell its pictures."))
        if source.count != pictures.count:
            raise self._wrong(
                Sentence(
                    "has {found} pictures, the film has {count} there.",
                    found=pictures.count,
                    count=source.count,
                )
            )
        late = max(
            (abs(mine - theirs), number)
            for number, (mine, theirs) in enumerate(zip(pictures.times, source.times), 1)
        )
        if late[0] > EXACT:
            raise self._wrong(
                Sentence(
                    "has its picture {number} {milliseconds} ms from its place.",
                    number=late[1],
                    milliseconds=round(late[0] * 1000, 1),
                )
            )

    def _demand_likeness(self, pictures: Pictures) -> None:
        """The first and the last pictures are the film's of the same numbers."""
        base = self._path.with_name(f"{self._path.name}.look")
        look = PictureLook(self._prober, self._plan, base)
        # In place, so that they have the film's times.
        film = Numbered(self._plan.media.path, pictures, self._chunk.start)
        chunk = Numbered(self._path, pictures, alone=True)
        count = pictures.count
        for wanted in (range(min(SIDE, count)), range(max(0, count - SIDE), count)):
            problem = look.problem(film, chunk, wanted)
            if problem:
                raise self._wrong(
                    Sentence(
                        "{problem} near its picture {number}.",
                        problem=problem,
                        number=wanted[0] + 1,
                    )
                )

    def _span(self) -> Optional[Pictures]:
        """Read the film's packets in the chunk's span."""
        chunk, chunks, base = self._chunk, self._chunks, self._chunks.time_base
        index = encoded_track(self._plan).source.index
        begin = float(chunks.begin_of(chunk) * base)
        beyond = "" if chunk.end_stamp is None else f"{float(chunk.end_stamp * base) + _BEYOND:.6f}"
        early = "" if chunk.start_stamp is None else f"{max(0.0, begin - _BEFORE):.6f}"
        interval = f"{early}%{beyond}"
        shown = ["-select_streams", str(index), "-show_entries", "packet=pts,size"]
        interval_option = [] if interval == "%" else ["-read_intervals", interval]
        answer = self._prober.ask([*interval_option, *shown], self._plan.media.path)
        return _span_of(answer.get("packets", []), chunks, chunk)

    def _demand_dynamic_range(self) -> None:
        track = encoded_track(self._plan)
        encode, source = track.conversion, track.source
        assert isinstance(encode, VideoEncode)
        assert isinstance(source, VideoTrack)
        formats = set(encode.hdr_formats) - {HdrFormat.SDR}
        if not formats:
            return
        facts = self._prober.picture(self._path, 0)
        wanted = {HdrFormat.HLG: "arib-std-b67"}.get(next(iter(formats)), "smpte2084")
        if HdrFormat.DOLBY_VISION not in formats and facts.transfer not in ("", wanted):
            raise self._wrong(Sentence("has lost its HDR."))
        if HdrFormat.HDR10 in formats and source.mastering_display and not facts.mastering_display:
            raise self._wrong(Sentence("has lost its HDR10 mastering data."))
        if encode.dolby_vision_profile is not None:
            if facts.dolby_vision_profile != encode.dolby_vision_profile:
                raise self._wrong(Sentence("is not marked as Dolby Vision."))
            self._demand_dynamic_metadata()

    def _demand_dynamic_metadata(self) -> None:
        """Each picture has its Dolby Vision data: each packet is smaller without it."""
        tables = [self._path.with_name(f"{self._path.name}.{name}") for name in ("with", "without")]
        copy = ["-map", "0:0", "-c", "copy"]
        form = ["-f", "framehash", "-hash", "adler32"]
        lines = self._prober.errors(
            [
                *("-i", f"file:{self._path}"),
                *(*copy, *form, f"file:{tables[0]}"),
                *(*copy, "-bsf:v", "dovi_rpu=strip=1", *form, f"file:{tables[1]}"),
            ]
        )
        plain, stripped = (_read(table) for table in tables)
        carrying = sum(before.size > after.size for before, after in zip(plain, stripped))
        if lines or len(plain) != len(stripped) or carrying != len(plain):
            raise self._wrong(
                Sentence(
                    "has Dolby Vision data in {carrying} of {count} pictures.",
                    carrying=carrying,
                    count=len(plain),
                )
            )


def movie_box(path: Path) -> bytes:
    """Return an MP4 file's ``moov`` box, of which a file that was not finished has none.

    Raises OSError.
    """
    with path.open("rb") as file:
        while True:
            head = file.read(16)
            size, name = int.from_bytes(head[:4], "big"), head[4:8]
            if len(head) < 8 or (size == 1 and len(head) < 16):
                return b""
            read = len(head)
            if size == 1:  # the length stands behind the name
                size = int.from_bytes(head[8:16], "big")
            if name == b"moov":
                return head + file.read(min(size, _LARGEST_MOVIE) - read)
            if size < 8:
                return b""
            file.seek(size - read, 1)


def _span_of(
    packets: Sequence[Mapping[str, Any]], chunks: ChunkPlan, chunk: Chunk
) -> Optional[Pictures]:
    begin = chunks.begin_of(chunk)
    try:
        stamps = sorted(int(packet["pts"]) for packet in packets)
    except (KeyError, ValueError):
        return None
    times = [float((stamp - begin) * chunks.time_base) for stamp in stamps if chunk.holds(stamp)]
    return Pictures(tuple(times), (0,) * len(times)) if times else None


def _read(table: Path) -> Tuple[Packet, ...]:
    try:
        text = table.read_text("utf-8", errors="replace")
    except OSError:
        return ()
    with suppress(OSError):
        table.unlink()
    return parse_framehash(text)
