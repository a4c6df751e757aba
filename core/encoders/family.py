"""What an encoder family is: one object that knows all that is peculiar to one way of encoding a picture.

Everything else asks the family and never which program it is. ``core.encoders.listed`` has them all;
``OwnProgram`` and ``ByFfmpeg`` are the two kinds: programs that only encode, and encoders in ffmpeg.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from string import Template as StringTemplate
from typing import (
    ClassVar,
    Dict,
    FrozenSet,
    Iterable,
    Iterator,
    List,
    Mapping,
    Optional,
    Pattern,
    Protocol,
    Sequence,
    Tuple,
    Union,
)

from core.encoders.number_option import NumberOption
from core.encoders.quality import Choice, Codec, Graphics, Scale
from core.errors import TemplateError
from core.media.model import HdrFormat, MediaFile, VideoTrack
from core.media.picture_size import even_size, upright_size
from core.plan import ContentClass, Plan, Reason, VideoEncode
from core.programs.program import Ask, OutsideProgram
from core.steps import ToolCommand
from core.text.sentence import Sentence
from core.tools import ToolInfo, ToolName

Value = Union[str, Sequence[str]]


class Way(str, Enum):
    """How a track comes into the result."""

    COPIED = "copied"
    FFMPEG = "encoded by ffmpeg"
    OWN_PROGRAM = "encoded by a program of its own"


class Feature(str, Enum):
    """What is asked of an encoder; the value ends its ability's name, which is its own for 8 bits."""

    PICTURE = "8bit"
    TEN_BIT = "10bit"
    HDR10 = "hdr10"
    HDR10_PLUS = "hdr10plus"
    DOLBY_VISION = "dolby_vision"

    @property
    def label(self) -> str:
        """What the user reads."""
        return _LABELS[self]


_LABELS = {
    Feature.PICTURE: "8 bit",
    Feature.TEN_BIT: "10 bit",
    Feature.HDR10: "HDR10",
    Feature.HDR10_PLUS: "HDR10+",
    Feature.DOLBY_VISION: "Dolby Vision",
}
_NEEDED = {
    HdrFormat.HDR10: Feature.HDR10,
    HdrFormat.HDR10_PLUS: Feature.HDR10_PLUS,
    HdrFormat.DOLBY_VISION: Feature.DOLBY_VISION,
}


def needed_features(formats: Iterable[HdrFormat]) -> Iterator[Feature]:
    """What must be proven for a result that carries these; HLG and PQ are colours and 10 bits."""
    for hdr in formats:
        if hdr is not HdrFormat.SDR:
            yield _NEEDED.get(hdr, Feature.HDR10)


def ability(encoder_name: str, feature: Feature) -> str:
    """The name of an ability among ``ToolInfo.abilities``: ``hevc_nvenc``, ``hevc_nvenc_10bit``…"""
    return encoder_name if feature is Feature.PICTURE else f"{encoder_name}_{feature.value}"


@dataclass(frozen=True)
class Placeholder:
    """One name that a template may use; a list becomes any number of words and stands alone."""

    name: str
    meaning: str
    is_list: bool = False
    required: bool = False

    @property
    def spellings(self) -> Tuple[str, str]:
        """``$name`` and ``${name}``."""
        return f"${self.name}", f"${{{self.name}}}"


FILTERS = Placeholder(
    "filters",
    Sentence(
        "Deinterlacing, even sizes and downscaling as ffmpeg filters, or null when none is needed; "
        "your own can follow it: -filter:v:0 $filters,hqdn3d."
    ),
)
PIXEL_FORMAT = Placeholder(
    "pixel_format",
    Sentence(
        "What the encoder takes for 10 bits (yuv420p10le, p010le, vaapi); for 8 where the film has 8 bits "
        "and the encoder here makes no more."
    ),
)


@dataclass(frozen=True)
class HarmlessOptions:
    """A program's options that can name no file, send nothing and run nothing: alone, or with a value."""

    flags: FrozenSet[str]
    values: FrozenSet[str]


@dataclass(frozen=True)
class Template:
    """A template that can be used: its words, and what it makes of a picture.

    ``encoder_name`` is ffmpeg's name of the encoder, or a program's own of the codec: what begins the names
    of the encoder's abilities.
    """

    family: EncoderFamily
    words: Tuple[str, ...]
    encoder_name: str
    codec: str
    bit_depth: int

    @property
    def program(self) -> OutsideProgram:
        """What runs it."""
        return self.family.program

    @property
    def tool(self) -> ToolName:
        """The name of what runs it."""
        return self.family.program.name

    @property
    def encoder(self) -> str:
        """The family and the codec, as the plan names them."""
        return self.family.label(self.encoder_name, self.codec)

    def uses(self, name: str) -> bool:
        """Whether the placeholder of that name stands in the template."""
        return any(name in names_in(word) for word in self.words)

    def expand(self, values: Mapping[str, Value]) -> Tuple[str, ...]:
        """The argv list, with each placeholder's value in its place."""
        single = {name: value for name, value in values.items() if isinstance(value, str)}
        argv: List[str] = []
        for word in self.words:
            name = word.strip("${}")
            value = values.get(name) if word in (f"${name}", f"${{{name}}}") else None
            if value is None or isinstance(value, str):
                argv.append(StringTemplate(word).substitute(single))
            else:
                argv.extend(value)
        return tuple(argv)


def names_in(word: str) -> Tuple[str, ...]:
    """The placeholders in a word; raises ValueError at a dollar sign that begins none."""
    names: List[str] = []
    for match in StringTemplate.pattern.finditer(word):
        if match.group("invalid") is not None:
            raise ValueError(word)
        name = match.group("named") or match.group("braced")
        if name:
            names.append(name)
    return tuple(names)


def last_value(words: Sequence[str], *options: str) -> str:
    """The value of the last of these options; empty when none is there."""
    values = [words[place + 1] for place, word in enumerate(words[:-1]) if word in options]
    return values[-1] if values else ""


@dataclass(frozen=True)
class Candidate:
    """One template under test for one picture; ``tool`` is its program."""

    name: str
    text: str
    template: Template
    tool: ToolInfo
    track: VideoTrack
    media: MediaFile
    keep: Tuple[HdrFormat, ...]  # what the result must still carry
    width: int
    height: int

    @property
    def filtered(self) -> bool:
        """Whether the picture needs a filter of ffmpeg's."""
        size = (self.width, self.height)
        track = self.track
        return track.scan_type.interlaced or track.shape_changes or size != upright_size(track)

    @property
    def downscaled(self) -> bool:
        """Whether the result is smaller by more than an odd line."""
        return (self.width, self.height) != even_size(*upright_size(self.track))

    @property
    def bit_depth(self) -> int:
        """Bits of the result: 8 where the encoder here makes no more and the template lets it be."""
        template = self.template
        if not template.uses(PIXEL_FORMAT.name):
            return template.bit_depth
        shallow = template.family.tells_bit_depth(template) and not self.can(Feature.TEN_BIT)
        return 8 if shallow else template.bit_depth

    @property
    def dolby_vision_5(self) -> bool:
        """Whether the result must carry profile 5, which means nothing without its data."""
        record = self.track.dolby_vision
        kept = HdrFormat.DOLBY_VISION in self.keep
        return kept and record is not None and record.profile == 5

    def can(self, feature: Feature) -> bool:
        """Whether the encoder here is known to do this."""
        return ability(self.template.encoder_name, feature) in self.tool.abilities


class FfmpegPasses(Protocol):
    """What the family's commands need of ffmpeg, which carries all that is not the picture."""

    def over_film(
        self, template: Template, picture: Mapping[str, Value], before: Sequence[str]
    ) -> ToolCommand:
        """One pass over the film; ``picture`` fills the template, ``before`` stands before the film."""

    def behind_pipe(self, selectors: Mapping[int, str]) -> ToolCommand:
        """The other end of a pipe in which the picture comes finished.

        ``selectors`` say where the pipe has each stream of the film, by its index.
        """


@dataclass(frozen=True)
class EncodeRequest:
    """One picture to be encoded by the plan's template.

    ``program`` is the family's on this machine, ``staged`` the file to make; ``named_later``: mkvpropedit
    adds names, languages and flags afterwards.
    """

    plan: Plan
    encode: VideoEncode
    track: VideoTrack
    template: Template
    program: Path
    staged: Path
    named_later: bool
    ffmpeg: FfmpegPasses


@dataclass(frozen=True)
class TrialEncode:
    """A tiny film to encode in order to see what an encoder can do here.

    ``source`` is a film that has what ``formats`` names, ``size`` its pixels; ``bit_depth`` is the result's.
    """

    codec: str
    source: Path
    output: Path
    size: Tuple[int, int]
    bit_depth: int = 8
    formats: Tuple[HdrFormat, ...] = ()
    dolby_vision_profile: Optional[int] = None


class EncoderFamily(ABC):
    """One way of encoding a picture.

    ``encoders`` maps each codec (hevc, av1) to the encoder's name; ``words`` tells each ability that is
    worth a word to people. ``lowest`` is the lowest version of the program that is used at all.
    ``hardware``: it runs on a graphics chip (of ``graphics``), takes a slot of its kind, and is believed
    only after a trial here. ``device_lines`` is what the program says where the chip cannot be used.
    ``scales`` has what is behind the words of a user's choice, by codec; without one a family is used by
    hand alone. ``numbers`` are the options that hold a quality, by codec, the one that wins first.
    """

    name: str
    program: OutsideProgram
    placeholder: Placeholder
    placeholders: Tuple[Placeholder, ...] = ()  # beyond the first word and those of every family
    output_last: bool = False  # else it follows -o
    encoders: ClassVar[Mapping[str, str]]
    words: Tuple[Tuple[str, str], ...] = ()
    lowest: Tuple[int, ...] = ()
    hardware: bool = False
    graphics: FrozenSet[Graphics] = frozenset()
    scales: ClassVar[Mapping[Codec, Scale]] = {}
    numbers: ClassVar[Mapping[str, Tuple[NumberOption, ...]]] = {}
    way: Way = Way.OWN_PROGRAM
    keeps_lead: bool = True  # the sound before the first picture
    keeps_captions_since: Optional[Tuple[int, ...]] = None  # version; None: never
    harmless: HarmlessOptions
    device_lines: Union[AnyText, Pattern[str], None] = None
    driver_hints: ClassVar[Mapping[str, str]] = {}  # by sys.platform, "" for all others

    # ---- templates

    def claims(self, words: Sequence[str]) -> bool:  # noqa: ARG002
        """Whether a template that begins with the placeholder is this family's."""
        return True

    @abstractmethod
    def read(self, words: Tuple[str, ...], setting: str) -> Template:
        """Read a template's words; raises TemplateError where they name no encoder."""

    @abstractmethod
    def label(self, encoder_name: str, codec: str) -> str:
        """The encoder as the plan names it, by family and codec."""

    def is_encoder(self, name: str) -> bool:
        """Whether a program's ability of this name is one of the family's encoders."""
        return name in self.encoders.values()

    @abstractmethod
    def plain_template(self, encoder_name: str, bit_depth: int) -> str:
        """A template for an encoder that says as little as can be: what the encoder is proven with."""

    def template(self, choice: Choice, content: ContentClass) -> str:  # noqa: ARG002
        """The template that a user's choice makes; raises KeyError for a codec without a scale."""
        raise KeyError(choice.codec)

    def driver_hint(self, system: str) -> str:
        """What to install on a ``sys.platform`` where its chip is there and cannot be used; else empty."""
        hints = self.driver_hints or self.program.driver_hints
        return hints.get(system, hints.get("", ""))

    def writes_captions(self, template: Template) -> bool:  # noqa: ARG002
        """Whether closed captions inside the picture are kept by ffmpeg's ``-a53cc``."""
        return False

    def on_chip(self, words: Sequence[str]) -> bool:  # noqa: ARG002
        """Whether a template of these words needs a slot of the graphics chip."""
        return self.hardware

    def tells_bit_depth(self, template: Template) -> bool:  # noqa: ARG002
        """Whether the abilities say if this encoder makes 10 bits here."""
        return True

    def number_options(self, template: Template) -> Tuple[NumberOption, ...]:
        """The options by which a template can hold a quality, the one that wins first."""
        return self.numbers.get(template.codec, ())

    def holds_bit_rate(self, words: Sequence[str]) -> bool:  # noqa: ARG002
        """Whether a template of these words aims at a bit rate, which leaves no quality to choose."""
        return False

    # ---- what it can do

    def abilities(self, ask: Ask, found: FrozenSet[str]) -> FrozenSet[str]:  # noqa: ARG002
        """What is to be known of this family beyond what its program told (``found``)."""
        return frozenset()

    @property
    def all_abilities(self) -> FrozenSet[str]:
        """What it has where it can do everything."""
        names = self.encoders.values()
        deep = {ability(name, feature) for name in names for feature in Feature}
        return frozenset((*names, *deep))

    def abilities_in_words(self, abilities: FrozenSet[str]) -> Tuple[str, ...]:
        """What it can do here, for people."""
        return tuple(word for name, word in self.words if name in abilities)

    @abstractmethod
    def objections(self, candidate: Candidate) -> Iterator[Reason]:
        """What speaks against this family for this picture: what it would lose, or was never proven."""

    def keeps_captions(self, template: Template, tool: ToolInfo) -> bool:  # noqa: ARG002
        """Whether closed captions inside the picture come through."""
        since = self.keeps_captions_since
        return since is not None and tool.at_least(*since)

    # ---- commands

    @abstractmethod
    def commands(self, request: EncodeRequest) -> Tuple[ToolCommand, ...]:
        """The commands, each one's stdout piped into the next one's stdin."""

    @abstractmethod
    def trial_arguments(self, program: Path, trial: TrialEncode) -> Tuple[str, ...]:
        """The whole command of a trial; its result is a Matroska file with the picture alone."""

    # ---- trouble

    def is_device_line(self, line: str) -> bool:
        """Whether this line of the program says that the chip cannot be used (any more)."""
        return self.device_lines is not None and bool(self.device_lines.search(line))


def encoder_fault(setting: str, problem: str) -> TemplateError:
    """What is said of a template whose encoder is not known."""
    return TemplateError(
        setting,
        Sentence(
            "{problem}. Name an encoder for HEVC, AV1, VP9 or H.264, such as libx265.",
            problem=problem,
        ),
    )


def filled(values: Dict[str, Value], encode: VideoEncode) -> Dict[str, Value]:
    """The values that every family's templates have."""
    return {"width": str(encode.width), "height": str(encode.height), **values}


class AnyText:
    """Finds any of these texts, in any case. A pattern of so many takes milliseconds to compile."""

    def __init__(self, *texts: str) -> None:
        self._texts = tuple(text.lower() for text in texts)

    def search(self, line: str) -> bool:
        """Whether one of them stands in the line."""
        lower = line.lower()
        return any(text in lower for text in self._texts)
