"""Command templates: text with named placeholders that becomes an argv list, split once.

A template is split into words first and filled afterwards, so a value (a path, a title) is never split,
unquoted or read as an option. The words are divided by white space; quotes of either kind keep a
word together; a backslash is an ordinary character, because Windows paths are full of them (a word
that holds one kind of quote is written in the other kind). Lines that begin with ``#`` are comments.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from string import Template as StringTemplate
from typing import Dict, List, Mapping, Optional, Sequence, Tuple, Union

from core.errors import TemplateError
from core.plan import Encoder
from core.tools import ToolName

# Why these values, and what of QSVEnc was run and what was only read: docs/templates.md.
_QSVENC_HEVC = """\
$qsvenc -i $input
-c hevc --profile main10 --output-depth 10
--icq {quality} --quality {preset}
--colormatrix auto --colorprim auto --transfer auto --colorrange auto --chromaloc auto
{extra}$hdr
$tracks
-o $output
"""
_FFMPEG_HEVC = """\
$ffmpeg -i $input
-c:v libx265 -preset {preset} -crf {quality} -pix_fmt $pixel_format
-filter:v:0 $filters
$hdr
$tracks
$output
"""
QSVENC_NORMAL = _QSVENC_HEVC.format(quality=23, preset="higher", extra="")
QSVENC_DOLBY_VISION = _QSVENC_HEVC.format(quality=21, preset="best", extra="")
QSVENC_DOWNSCALE = _QSVENC_HEVC.format(
    quality=23, preset="higher", extra="--output-res ${width}x${height}\n"
)
FFMPEG_NORMAL = _FFMPEG_HEVC.format(quality=22, preset="fast")
FFMPEG_DOLBY_VISION = _FFMPEG_HEVC.format(quality=20, preset="fast")
FFMPEG_DOWNSCALE = _FFMPEG_HEVC.format(quality=21, preset="fast")


@dataclass(frozen=True)
class Placeholder:
    """One name that a template may use; a list becomes any number of words and stands alone."""

    name: str
    meaning: str
    is_list: bool = False
    required: bool = False
    tool: Optional[ToolName] = None  # None: both


PLACEHOLDERS: Tuple[Placeholder, ...] = (
    Placeholder(
        "ffmpeg",
        "The first word of an ffmpeg template: the program, with the options that report progress, "
        "keep it from asking, and switch off Dolby's night-time compression of the sound.",
        is_list=True,
        tool=ToolName.FFMPEG,
    ),
    Placeholder(
        "qsvenc",
        "The first word of a QSVEnc template: the program, with the options that report progress "
        "and choose the right reader.",
        is_list=True,
        tool=ToolName.QSVENC,
    ),
    Placeholder("input", "The film; stands alone after -i.", required=True),
    Placeholder(
        "output",
        "The result; stands alone: after -o (QSVEnc), as the last word (ffmpeg).",
        required=True,
    ),
    Placeholder(
        "tracks",
        "All that is not the picture: which tracks in which order, sound to Opus, subtitles, "
        "chapters, attachments, names, languages and flags.",
        is_list=True,
        required=True,
    ),
    Placeholder(
        "hdr",
        "What this film's HDR10, HDR10+ or Dolby Vision needs to survive; nothing for other films. "
        "A template without it is used for films without HDR only.",
        is_list=True,
    ),
    Placeholder(
        "filters",
        "Deinterlacing, even sizes and downscaling as ffmpeg filters, or null when none is needed; "
        "your own can follow it: -filter:v:0 $filters,hqdn3d.",
        tool=ToolName.FFMPEG,
    ),
    Placeholder(
        "pixel_format",
        "yuv420p10le; yuv420p where the film has 8 bits and the encoder here is built for no more.",
        tool=ToolName.FFMPEG,
    ),
    Placeholder("width", "Width of the result in pixels, always even."),
    Placeholder("height", "Height of the result in pixels, always even."),
)
_BY_NAME = {placeholder.name: placeholder for placeholder in PLACEHOLDERS}

Value = Union[str, Sequence[str]]

_QSVENC_CODECS = ("h264", "hevc", "av1", "vp9", "mpeg2")
_FFMPEG_CODECS = (  # in an encoder's name: libx265, hevc_qsv, libsvtav1, av1_nvenc…
    ("265", "hevc"),
    ("hevc", "hevc"),
    ("264", "h264"),
    ("av1", "av1"),
    ("vp9", "vp9"),
)
_FFMPEG_ENCODER_OPTIONS = ("-c:v", "-c:v:0", "-codec:v", "-codec:v:0", "-vcodec")
_ENCODERS = {
    "libx265": Encoder.X265,
    "libsvtav1": Encoder.SVT_AV1,
    "hevc": Encoder.QSVENC_HEVC,
    "av1": Encoder.QSVENC_AV1,
}


@dataclass(frozen=True)
class Template:
    """A template that can be used: its words, and what it makes of a picture.

    ``encoder_name`` is ffmpeg's name of the encoder, or QSVEnc's of the codec.
    """

    tool: ToolName
    words: Tuple[str, ...]
    encoder_name: str
    codec: str
    bit_depth: int

    @property
    def encoder(self) -> Encoder:
        """The encoder as the plan names it."""
        other = Encoder.QSVENC_OTHER if self.tool is ToolName.QSVENC else Encoder.FFMPEG_OTHER
        return _ENCODERS.get(self.encoder_name, other)

    def uses(self, name: str) -> bool:
        """Whether the placeholder of that name stands in the template."""
        return any(name in _names(word) for word in self.words)

    def expand(self, values: Mapping[str, Value]) -> Tuple[str, ...]:
        """The argv list, with each placeholder's value in its place."""
        single = {name: value for name, value in values.items() if isinstance(value, str)}
        argv: List[str] = []
        for word in self.words:
            listed = _list_placeholder(word)
            if listed is None:
                argv.append(StringTemplate(word).substitute(single))
            else:
                argv.extend(values[listed.name])
        return tuple(argv)


def parse_template(text: str, setting: str = "template") -> Template:
    """Read a template and check that it can be used.

    Raises TemplateError, with the sentence that says what is wrong; ``setting`` is named there.
    """
    words = _split(text, setting)
    if not words:
        raise TemplateError(setting, "the template is empty.")
    tool = _tool(words[0], setting)
    _check_placeholders(words, tool, setting)
    _check_places(words, tool, setting)
    name, codec = _encoder(words, tool, setting)
    return Template(tool, words, name, codec, _bit_depth(words, tool))


# Options and filters that leave out, double or make up pictures.
_OTHER_COUNT = re.compile(
    r"^-(?:r|fpsmax|vsync|fps_mode|filter_complex|lavfi|frames|vframes|ss|t|to)(?::|$)"
    r"|^--(?:fps|avsync|trim|seek|seekto|frames|interlace|tff|bff)$"
    r"|^--vpp-(?:deinterlace|afs|nnedi|yadif|bwdif|decimate|mpdecimate|rff|select-every|frc)$"
    r"|(?:^|[,;\]])(?:fps|framerate|minterpolate|decimate|mpdecimate|select|framestep|trim|telecine|detelecine"
    r"|pullup|yadif\w*|bwdif\w*|w3fdif|estdif|nnedi|deinterlace_\w+|vpp_\w+|separatefields|interlace|tinterlace"
    r"|repeatfields|loop|tmix|shuffleframes)(?:$|[=,;@\[])"
)


def keeps_every_picture(text: str) -> bool:
    """Whether a template's result has as many pictures as the film, as far as its words tell."""
    return not any(_OTHER_COUNT.search(word) for word in _split(text, "template"))


def _split(text: str, setting: str) -> Tuple[str, ...]:
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    lexer = shlex.shlex("\n".join(lines), posix=True, punctuation_chars=False)
    lexer.whitespace_split = True
    lexer.commenters = lexer.escape = lexer.escapedquotes = ""
    try:
        return tuple(lexer)
    except ValueError:
        raise TemplateError(
            setting, "a quote is opened and never closed. Add the missing quote."
        ) from None


def _tool(word: str, setting: str) -> ToolName:
    for placeholder in (_BY_NAME["qsvenc"], _BY_NAME["ffmpeg"]):
        if placeholder.tool and word in _spellings(placeholder.name):
            return placeholder.tool
    raise TemplateError(
        setting, f"The command must begin with $qsvenc or $ffmpeg, but begins with {word!r}."
    )


def _spellings(name: str) -> Tuple[str, str]:
    return f"${name}", f"${{{name}}}"


def _names(word: str) -> Tuple[str, ...]:
    """The placeholders in a word; raises ValueError at a dollar sign that begins none."""
    names: List[str] = []
    for match in StringTemplate.pattern.finditer(word):
        if match.group("invalid") is not None:
            raise ValueError(word)
        name = match.group("named") or match.group("braced")
        if name:
            names.append(name)
    return tuple(names)


def _list_placeholder(word: str) -> Optional[Placeholder]:
    for name in _names(word):
        if word in _spellings(name) and _BY_NAME[name].is_list:
            return _BY_NAME[name]
    return None


def _check_placeholders(words: Sequence[str], tool: ToolName, setting: str) -> None:
    counts: Dict[str, int] = {}
    for word in words:
        try:
            names = _names(word)
        except ValueError:
            raise TemplateError(
                setting,
                f"the dollar sign in {word!r} begins no placeholder. Write $$ for a plain one.",
            ) from None
        for name in names:
            _check_placeholder(name, word, tool, setting)
            counts[name] = counts.get(name, 0) + 1
    for placeholder in PLACEHOLDERS:
        count = counts.get(placeholder.name, 0)
        if placeholder.required and count == 0:
            raise TemplateError(setting, f"${placeholder.name} is missing. {placeholder.meaning}")
        if (placeholder.required or placeholder.is_list) and count > 1:
            raise TemplateError(setting, f"${placeholder.name} may stand only once.")


def _check_placeholder(name: str, word: str, tool: ToolName, setting: str) -> None:
    placeholder = _BY_NAME.get(name)
    if placeholder is None:
        known = ", ".join(f"${each.name}" for each in PLACEHOLDERS)
        raise TemplateError(setting, f"${name} is not a placeholder. There are {known}.")
    if placeholder.tool not in (None, tool):
        raise TemplateError(setting, f"${name} does not belong in a template for {tool.value}.")
    if (placeholder.is_list or placeholder.required) and word not in _spellings(name):
        raise TemplateError(setting, f"${name} must stand alone, but is part of the word {word!r}.")


def _check_places(words: Sequence[str], tool: ToolName, setting: str) -> None:
    before = {word: words[place - 1] for place, word in enumerate(words)}
    place_of = {
        name: next(w for w in words if w in _spellings(name)) for name in ("input", "output")
    }
    if before[place_of["input"]] not in ("-i", "--input"):
        raise TemplateError(setting, "$input must follow -i.")
    if tool is ToolName.FFMPEG:
        if words[-1] != place_of["output"]:
            raise TemplateError(
                setting, "$output must be the last word: ffmpeg ignores what follows it."
            )
    elif before[place_of["output"]] not in ("-o", "--output"):
        raise TemplateError(setting, "$output must follow -o.")


def _option(words: Sequence[str], *names: str) -> str:
    """The value of the last of these options; empty when none is there."""
    values = [words[place + 1] for place, word in enumerate(words[:-1]) if word in names]
    return values[-1] if values else ""


def _encoder(words: Sequence[str], tool: ToolName, setting: str) -> Tuple[str, str]:
    if tool is ToolName.QSVENC:
        codec = _option(words, "-c", "--codec") or "h264"  # QSVEnc's own default
        if codec not in _QSVENC_CODECS:
            raise TemplateError(
                setting, f"-c {codec} is no codec of QSVEnc ({', '.join(_QSVENC_CODECS)})."
            )
        return codec, codec
    name = _option(words, *_FFMPEG_ENCODER_OPTIONS)
    for part, codec in _FFMPEG_CODECS:
        if part in name:
            return name, codec
    problem = f"-c:v {name} names none that is known" if name else "-c:v is missing"
    raise TemplateError(
        setting, f"{problem}. Name an encoder for HEVC, AV1, VP9 or H.264, such as libx265."
    )


def _bit_depth(words: Sequence[str], tool: ToolName) -> int:
    if tool is ToolName.QSVENC:
        depth = _option(words, "--output-depth")  # 8 without it, for 10-bit films too
        return int(depth) if depth.isdigit() else 8
    pixel_format = _option(words, "-pix_fmt", "-pix_fmt:v", "-pix_fmt:v:0")
    if pixel_format in _spellings("pixel_format"):
        return 10
    match = re.search(r"p0?(10|12)(le|be)?$", pixel_format)
    return int(match.group(1)) if match else 8
