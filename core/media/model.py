"""What a film is: an immutable description of one file, on which the rules decide.

Units everywhere: sizes in bytes, durations and delays in seconds, bit rates in kbit/s, dimensions in
pixels. Names are Matroska's and MediaInfo's; codec and channel layout names are ffmpeg's.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from typing import Iterable, Optional, Tuple, Union

from core.damage import Damage
from core.media.languages import UNDETERMINED, LanguageTag
from core.text.sentence import Sentence


class TrackKind(str, Enum):
    """The kinds of tracks that the rules know."""

    VIDEO = "video"
    AUDIO = "audio"
    SUBTITLE = "subtitle"


class HdrFormat(str, Enum):
    """How a picture carries its dynamic range; one track can carry several."""

    SDR = "SDR"
    HDR10 = "HDR10"
    HDR10_PLUS = "HDR10+"
    HLG = "HLG"
    PQ = "PQ"  # PQ transfer without mastering data
    DOLBY_VISION = "Dolby Vision"


class ScanType(str, Enum):
    """How the lines of a frame were taken."""

    PROGRESSIVE = "progressive"
    INTERLACED_TFF = "interlaced, top field first"
    INTERLACED_BFF = "interlaced, bottom field first"
    INTERLACED = "interlaced, field order unknown"

    @property
    def interlaced(self) -> bool:
        """Whether the two fields of a frame come from different moments."""
        return self is not ScanType.PROGRESSIVE


class BitRateSource(str, Enum):
    """Where a track's bit rate was read, from sure to a guess."""

    STREAM = "stream"  # constant, from the codec's own header
    STATISTICS = "statistics"  # Matroska statistics tags or the container's sample sizes
    ESTIMATED = "estimated"  # overall rate less what the other tracks take
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class TrackFlags:
    """Matroska's track flags, whatever the container calls them."""

    default: bool = False
    forced: bool = False
    original: bool = False
    commentary: bool = False
    hearing_impaired: bool = False
    visual_impaired: bool = False
    text_descriptions: bool = False
    enabled: bool = True
    stated: Tuple[str, ...] = ()  # those without a default that the file sets, be it to no

    def same_as(self, other: TrackFlags) -> bool:
        """Whether both say the same; a flag that is absent says no."""
        return replace(self, stated=()) == replace(other, stated=())


@dataclass(frozen=True)
class DolbyVision:
    """The container's Dolby Vision record: profile 5, 7 or 8 (10 in AV1) and what it falls back to."""

    profile: int
    compatibility: Optional[int] = None  # 0 none, 1 HDR10, 2 SDR, 4 HLG, 6 Blu-ray
    enhancement_layer: bool = False
    rpu: bool = True


@dataclass(frozen=True)
class VideoTrack:
    """One moving picture; covers are attachments and never stand here.

    ``index`` is ffmpeg's stream index in the file (from 0, all kinds counted); ``number`` counts
    the tracks of this kind in file order from 1, as QSVEnc and mkvpropedit do. ``ffmpeg_number``
    is the position among ffmpeg's streams of this kind (from 0, covers counted there).
    """

    index: int
    number: int
    codec: str  # ffmpeg's name: h264, hevc, av1, mpeg2video, mpeg4, vc1, vp9…
    width: int  # as stored, before rotation and pixel aspect
    height: int
    codec_profile: str = ""
    bit_depth: int = 8
    chroma: str = "4:2:0"
    frame_rate: Optional[float] = None
    variable_frame_rate: bool = False
    scan_type: ScanType = ScanType.PROGRESSIVE
    rotation: float = 0.0
    pixel_aspect: float = 1.0
    stream_aspect: Optional[float] = None  # the stream's, where its container says otherwise
    color_primaries: str = ""  # ffmpeg's names: bt709, bt2020…
    transfer: str = ""  # bt709, smpte2084, arib-std-b67…
    color_matrix: str = ""
    color_range: str = ""  # tv, pc
    hdr_formats: Tuple[HdrFormat, ...] = ()
    dolby_vision: Optional[DolbyVision] = None
    mastering_display: str = ""  # MediaInfo's text; empty when there is none
    max_cll: Optional[int] = None  # cd/m²
    max_fall: Optional[int] = None
    bit_rate: Optional[float] = None  # kbit/s
    bit_rate_source: BitRateSource = BitRateSource.UNKNOWN
    duration: Optional[float] = None
    language: LanguageTag = UNDETERMINED
    title: str = ""
    flags: TrackFlags = TrackFlags()
    ffmpeg_number: int = 0
    compression: str = ""  # of the packets inside Matroska: zlib, bzlib, lzo; empty: none
    stereo_mode: int = 0  # how two eyes share the picture, in Matroska's numbers; 0: one eye
    timeless: bool = False  # Video for Windows: nothing says when a picture is shown
    reordered: bool = False  # shown in another order than stored
    # Layers coded into one stream: 2 in MVC and MV-HEVC, and where one is transparency.
    views: int = 1
    captions: bool = False  # closed captions lie inside the picture
    edited: bool = False  # the container hides a part of it, which a copy would bring back
    shape_changes: bool = False  # inside the film; pixel_aspect is that of most of it
    size_changes: bool = False  # inside the film
    cropped: bool = False  # the header cuts off a part; width and height are those of the rest
    other_hdr: str = ""  # dynamic HDR that no encoder here knows: HDR Vivid, SL-HDR2…

    kind = TrackKind.VIDEO

    @property
    def hdr(self) -> HdrFormat:
        """The most demanding of the formats; SDR when there is none."""
        order = (
            HdrFormat.DOLBY_VISION,
            HdrFormat.HDR10_PLUS,
            HdrFormat.HDR10,
            HdrFormat.HLG,
            HdrFormat.PQ,
        )
        return next(
            (hdr_format for hdr_format in order if hdr_format in self.hdr_formats), HdrFormat.SDR
        )

    @property
    def shown_size(self) -> Tuple[int, int]:
        """Width and height as a viewer sees them: rotated, with the pixel aspect applied."""
        width, height = round(self.width * self.pixel_aspect), self.height
        return (height, width) if round(self.rotation) % 180 == 90 else (width, height)


@dataclass(frozen=True)
class AudioTrack:
    """One sound track; ``channel_layout`` in ffmpeg's names, empty when the file does not say."""

    index: int
    number: int
    codec: str  # ffmpeg's name: ac3, eac3, truehd, dts, flac, aac, opus, pcm_s24le…
    channels: int
    channel_layout: str = ""
    commercial_name: str = ""  # "Dolby TrueHD with Dolby Atmos"
    lossless: bool = False
    object_audio: bool = False  # Atmos, DTS:X: objects are lost by any re-encode
    bit_rate: Optional[float] = None  # kbit/s
    bit_rate_source: BitRateSource = BitRateSource.UNKNOWN
    sampling_rate: int = 48000
    delay: float = 0.0
    duration: Optional[float] = None
    language: LanguageTag = UNDETERMINED
    title: str = ""
    flags: TrackFlags = TrackFlags()
    compression: str = ""  # of the packets inside Matroska: zlib, bzlib, lzo; empty: none
    edited: bool = False  # the container hides a part of it, which a copy would bring back
    channels_met: Tuple[int, ...] = ()  # where they change inside the film; channels are the most
    dual_mono: bool = False  # its two channels are two programmes (1+1), not left and right

    kind = TrackKind.AUDIO


TEXT_SUBTITLES = frozenset({"subrip", "ass", "ssa", "webvtt", "mov_text", "text"})


@dataclass(frozen=True)
class SubtitleTrack:
    """One subtitle track, text or pictures."""

    index: int
    number: int
    codec: str  # subrip, ass, ssa, webvtt, mov_text, hdmv_pgs_subtitle, dvd_subtitle, dvb_subtitle…
    language: LanguageTag = UNDETERMINED
    title: str = ""
    flags: TrackFlags = TrackFlags()
    duration: Optional[float] = None
    compression: str = ""  # of the packets inside Matroska: zlib, bzlib, lzo; empty: none
    readable: bool = True  # False: ffmpeg does not know it and can neither copy nor convert it
    lines: Optional[int] = None  # how many it shows; None where the file does not tell
    coverage: Optional[float] = None  # share of the film with a line on the screen, 0 to 1
    holds_few: Optional[bool] = (
        None  # lines for its film, so that it is no full one; None: not sure
    )

    kind = TrackKind.SUBTITLE

    @property
    def is_text(self) -> bool:
        """Whether the track holds text (and can be converted) rather than pictures."""
        return self.codec in TEXT_SUBTITLES


Track = Union[VideoTrack, AudioTrack, SubtitleTrack]


@dataclass(frozen=True)
class Attachment:
    """A file inside the container: a font, a cover, anything else.

    ``picture_stream`` says that ffmpeg presents it as a video stream (an attached picture) at
    ``index``; otherwise ``index`` is that of an attachment stream, or None when ffmpeg does not
    show it.
    """

    name: str
    mime_type: str = ""
    index: Optional[int] = None
    picture_stream: bool = False
    readable: bool = True  # False: a picture that ffmpeg cannot open, so it cannot copy it either

    @property
    def is_font(self) -> bool:
        """Whether subtitles may need it: ASS and SSA name the fonts that they are drawn with."""
        mime = self.mime_type.lower()
        return "font" in mime or self.name.lower().endswith(
            (".ttf", ".otf", ".ttc", ".otc", ".woff")
        )


@dataclass(frozen=True)
class Edition:
    """One of a Matroska file's sets of chapters."""

    uid: int = 0
    hidden: bool = False
    default: bool = False
    ordered: bool = False  # its chapters say what is played, in which order
    chapters: int = 0  # with those inside others
    nested: bool = False  # a chapter holds chapters
    hidden_chapters: int = 0
    linked: Tuple[str, ...] = ()  # SegmentUUIDs of other files that it plays, in hexadecimal
    languages: int = 0  # the most names that one chapter has

    @property
    def plain(self) -> bool:
        """Whether every program can write it: one flat list of chapters with a name each."""
        odd = self.ordered or self.hidden or self.nested or self.hidden_chapters or self.linked
        return not odd and self.languages <= 1


@dataclass(frozen=True)
class Segment:
    """What a Matroska file is to other files, and its chapters; UIDs in hexadecimal, empty: none."""

    uid: str = ""
    previous_uid: str = ""
    next_uid: str = ""
    editions: Tuple[Edition, ...] = ()

    @property
    def ordered(self) -> bool:
        """Whether its chapters or its neighbours say what is played: without them it is another film."""
        return bool(self.previous_uid or self.next_uid) or any(
            edition.ordered or edition.linked for edition in self.editions
        )

    @property
    def plain(self) -> bool:
        """Whether nothing of its chapters is lost in the simplest form."""
        return len(self.editions) <= 1 and all(edition.plain for edition in self.editions)


class Trait(str, Enum):
    """Properties that some films have beyond their tracks' codecs, sizes and names."""

    SEGMENT = "a number by which other files know it"
    CHAPTER_SETS = "several or nested sets of chapters"
    ORDERED_CHAPTERS = "ordered chapters or linked files"
    CHAPTER_TAGS = "tags of chapters"
    TRACK_TAGS = "tags of tracks"
    TAG_LEVELS = "tags of a collection, a season or a set of chapters"
    NESTED_TAGS = "tags within tags"
    PROGRAMS = "several programs"
    DATA_TRACKS = "data tracks"
    TIME_CODE = "a time code track"
    PICTURE_TIME_CODE = "a time code in each picture"
    CAPTIONS = "closed captions inside the picture"
    ACTIVE_FORMAT = "a note of which part of the picture matters (AFD, bars)"
    STATIC_HDR = "the mastering screen and the content's light"
    OTHER_HDR = "HDR Vivid or SL-HDR"
    AMBIENT_LIGHT = "a note of the light around the viewer"
    FILM_GRAIN = "film grain that the player adds"
    STEREO = "stereo 3D"
    OTHER_STEREO = "stereo 3D in a way that Matroska does not know"
    FRAME_PACKING = "stereo 3D that the container does not tell of"
    VIEWS = "a second layer (MVC, MV-HEVC, transparency)"
    PROJECTION = "a spherical (360°) picture"
    CROPPING = "bars that the player cuts off"
    ALPHA = "a transparent picture"
    HIDDEN_PART = "a part that an edit list hides"
    LATE_PICTURE = "a picture that begins after the sound"
    LATE_SOUND = "sound that begins late or ends early"
    GAPLESS = "what a sound's encoder added at its ends"
    DUAL_MONO = "two programmes in one stereo sound (1+1)"
    CHANNELS_CHANGE = "a number of channels that changes inside the film"
    SHAPE_CHANGES = "a shape that changes inside the film"
    SIZE_CHANGES = "a size that changes inside the film"
    RATE_CHANGES = "a frame rate that changes inside the film"


@dataclass(frozen=True)
class FoundTrait:
    """One trait of one film; ``track`` is ffmpeg's index, None where it is the whole film's."""

    trait: Trait
    track: Optional[int] = None
    detail: str = ""


@dataclass(frozen=True)
class FileIdentity:
    """What tells one state of a file from another without reading all of it.

    Device and file number last until the disk is mounted again, on some file systems (exFAT, FAT, many
    network shares) no longer; then ``content`` tells (``core.media.content``), empty where it was not read.
    """

    size: int
    mtime_ns: int
    device: int = 0
    inode: int = 0
    content: str = ""


@dataclass(frozen=True)
class MediaFile:
    """One film as it lies on the disk, in the frozen form that every rule works on."""

    path: Path
    identity: FileIdentity
    container: str  # MediaInfo's format: Matroska, WebM, MPEG-4, AVI, MPEG-TS…
    duration: float
    video: Tuple[VideoTrack, ...] = ()
    audio: Tuple[AudioTrack, ...] = ()
    subtitles: Tuple[SubtitleTrack, ...] = ()
    attachments: Tuple[Attachment, ...] = ()
    chapter_count: int = 0
    data_track_count: int = 0
    title: str = ""
    imdb_id: str = ""  # tt1234567, from the folder's or the file's name
    bit_rate: Optional[float] = None  # kbit/s, the whole file
    hard_links: int = 1
    truncated: bool = False  # the container itself says that bytes are missing
    plan_signature: str = ""  # our own tag: this file is a result of ours
    tags: Tuple[str, ...] = ()  # the labels of its title in Sonarr or Radarr
    content: str = ""  # "film" or "series" where its watched folder says so, not its name
    flags_complete: bool = False  # commentary, SDH and original flags were read (one ffprobe call)
    segment: Segment = Segment()
    traits: Tuple[FoundTrait, ...] = ()
    damage: Optional[Damage] = None  # None where nobody has looked for damage

    @property
    def size(self) -> int:
        """The file's size in bytes."""
        return self.identity.size

    @property
    def tracks(self) -> Tuple[Track, ...]:
        """Every track, in the order of the file."""
        every: Iterable[Track] = (*self.video, *self.audio, *self.subtitles)
        return tuple(sorted(every, key=lambda track: track.index))


class Confidence(str, Enum):
    """How far an answer can be trusted; only HIGH lets a track be dropped."""

    HIGH = "high"
    LOW = "low"
    NONE = "none"


@dataclass(frozen=True)
class NativeLanguage:
    """The language that a film was made in, and where that was learned."""

    language: LanguageTag = UNDETERMINED
    confidence: Confidence = Confidence.NONE
    sources: Tuple[str, ...] = field(default=())
    reason: str = Sentence("Nothing says which language the film was made in.")
