"""ffmpeg and ffprobe: their versions, what they were built with, and which of their lines are errors.

``-v repeat+error`` makes whatever they write to stderr an error, except for what encoders print past ffmpeg's
log level.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import FrozenSet, Mapping, Tuple

from core.programs.program import NO_VERSION, Ask, FilmLength, OutsideProgram, Package, Version
from core.progress import FfmpegProgress
from core.text.ansi import without_ansi
from core.text.sentence import Sentence
from core.tools import ONLY_FILES, ToolInfo, ToolName

# Below this release ffmpeg's encoders lose or falsify HDR (facts measured with 5.1, 6.0, 8.0 and 9.0).
HDR_SAFE = (7, 1)

# The major version of libavcodec that each release of FFmpeg began with (doc/APIchanges, RELEASE_NOTES).
# A build from git has no release number; its library says which release it comes after.
_RELEASES_BY_LIBAVCODEC: Mapping[int, Tuple[int, ...]] = {
    57: (3, 0),
    58: (4, 0),
    59: (5, 0),
    60: (6, 0),
    61: (7, 0),
    62: (8, 0),
    63: (9, 0),
}
# Minor versions of libavcodec 61 and 62 with which a later release of the same major began.
_LATER_RELEASES: Tuple[Tuple[Tuple[int, int], Tuple[int, ...]], ...] = (
    ((61, 19), (7, 1)),
    ((62, 28), (8, 1)),
)

_RELEASE = re.compile(r"n?(\d+(?:\.\d+)+)")
_LIBAVCODEC = re.compile(r"^\s*libavcodec\s+(\d+)\.\s*(\d+)\.", re.MULTILINE)
_LISTED_ENCODER = re.compile(r"^ [VAS][F.][S.][X.][B.][D.] (\w\S*)", re.MULTILINE)
_LISTED_FILTER = re.compile(r"^ [T.][S.][C.]? (\S+)\s+\S+->\S+", re.MULTILINE)
_HARMLESS = re.compile(
    r"""
      ^x265\ \[(?:info|warning|debug)\]   # x265 has a log of its own
    # Where a thread may run is about speed; Windows refuses it to some (measured).
    | ^x265\ \[error\]:\ unable\ to\ set\ thread\ affinity
    | ^\s*Svt\[(?:info|warn|debug)\]      # so has SVT-AV1
    | ^-{20,}$                            # the ruler around SVT-AV1's banner
    | ^\s*$
    | ^\[null\ @                          # the null muxer: frames of a variable rate, rounded together
    | ^\s*Last\ message\ repeated\ \d+\ times$  # the message itself has been judged
    | ^encoded\ \d+\ frames\ in\ [\d.]+s  # x265's farewell
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, eq=False)
class FfmpegProgram(OutsideProgram):
    """ffmpeg, or its ffprobe."""

    version_option: str = "-version"

    def version(self, answer: str) -> Version:
        """Read ``ffmpeg version …`` or ``ffprobe version …``."""
        found = re.match(rf"{self.name} version (\S+)", answer.lstrip())
        return Version(found[1], _numbers(found[1], answer)) if found else NO_VERSION

    def is_error(self, line: str, *, stdout: bool = False) -> bool:
        """Whatever it writes to stderr is one, unless known to be harmless."""
        return not stdout and not _HARMLESS.search(without_ansi(line))

    def is_counter(self, line: str) -> bool:  # noqa: ARG002
        """All that it writes to stdout is progress."""
        return True

    def progress(self, span: FilmLength) -> FfmpegProgress:
        """Read ``-progress pipe:1``."""
        known = span.duration and span.frame_rate
        frames = round(span.duration * span.frame_rate) if known else None  # type: ignore[operator]
        return FfmpegProgress(span.duration, frames, span.size)


@dataclass(frozen=True, eq=False)
class _Encoding(FfmpegProgram):
    """ffmpeg itself, whose build decides what it can do."""

    def abilities(self, ask: Ask, version: str) -> FrozenSet[str]:  # noqa: ARG002
        """All that it lists by name; what its encoders can do is their families' to ask."""
        return (
            parse_encoders(ask("-hide_banner", "-encoders").stdout)
            | parse_library_decoders(ask("-hide_banner", "-decoders").stdout)
            | parse_filters(ask("-hide_banner", "-filters").stdout)
            | parse_bitstream_filters(ask("-hide_banner", "-bsfs").stdout)
        )

    def capability(self, info: ToolInfo) -> Tuple[bool, ...]:
        """What counts more than age: sound and picture at all, HDR unspoilt, zlib, 10 bits in x265.

        Without zlib the packed subtitles of most Blu-ray films cannot be copied.
        """
        able = info.abilities
        return (
            "libopus" in able and bool(able & {"libx265", "libsvtav1"}),
            info.at_least(*HDR_SAFE),
            "zlib" in able,
            "libx265_10bit" in able,
        )

    def shortcoming(self, info: ToolInfo) -> str:
        """What its build or its age spoils."""
        if "libopus" not in info.abilities:
            return Sentence(
                "{path} was built without libopus, so no sound can be turned into Opus.",
                path=info.path,
            )
        if not info.at_least(*HDR_SAFE):
            return Sentence(
                "{path} is older than 7.1 and would ruin HDR, so it encodes no HDR pictures.",
                path=info.path,
            )
        return ""


def _numbers(text: str, output: str) -> Tuple[int, ...]:
    """Releases are ``8.1.2``, ``n8.1.2``, ``5.1.9-0+deb12u1``, ``7.1-full_build-www.gyan.dev``;
    builds from git are ``N-123456-g0123abc`` or ``2024-11-03-git-df00705e00-full_build``."""
    release = _RELEASE.match(text)
    if release:
        return tuple(int(part) for part in release.group(1).split("."))
    library = _LIBAVCODEC.search(output)
    if not library:
        return ()
    major, minor = int(library.group(1)), int(library.group(2))
    numbers = _RELEASES_BY_LIBAVCODEC.get(major, ())
    for (at_major, at_minor), later in _LATER_RELEASES:
        if major == at_major and minor >= at_minor:
            numbers = later
    return numbers


def parse_encoders(output: str) -> FrozenSet[str]:
    """The names in ``ffmpeg -encoders``."""
    return frozenset(_LISTED_ENCODER.findall(output))


def parse_library_decoders(output: str) -> FrozenSet[str]:
    """The decoders in ``ffmpeg -decoders`` that come from a library; AV1 has no other."""
    return frozenset(name for name in _LISTED_ENCODER.findall(output) if name.startswith("lib"))


def parse_filters(output: str) -> FrozenSet[str]:
    """The names in ``ffmpeg -filters``."""
    return frozenset(_LISTED_FILTER.findall(output))


def parse_bitstream_filters(output: str) -> FrozenSet[str]:
    """The names in ``ffmpeg -bsfs``, one a line below a heading."""
    _, _, names = output.partition("Bitstream filters:")
    return frozenset(names.split())


def encodes_10_bit(encoder_help: str) -> bool:
    """Whether ``ffmpeg -h encoder=…`` lists a pixel format of 10 bits (some libx265 have 8 only)."""
    formats = re.search(r"Supported pixel formats: (.*)", encoder_help)
    return bool(formats and re.search(r"\b(?:yuv4\d\dp10le|p010le)\b", formats.group(1)))


_PACKAGE = Package(
    "ffmpeg",
    "https://ffmpeg.org/download.html",
    {"winget": "Gyan.FFmpeg", "apt-get": "ffmpeg", "pacman": "ffmpeg", "brew": "ffmpeg"},
)
# Every line on stderr is an error then, and comes each time that it is said: what the film's opening explains
# is damage when it is said again in the middle.
_PROGRESS = ("-progress", "pipe:1", "-nostats", "-stats_period", "0.5")
CONTROL = ("-hide_banner", "-nostdin", "-y", "-v", "repeat+error", *_PROGRESS, *ONLY_FILES)

FFMPEG = _Encoding(
    ToolName.FFMPEG,
    ("ffmpeg",),
    _PACKAGE,
    {
        "win32": Sentence("Install it with: winget install Gyan.FFmpeg"),
        "darwin": Sentence("Install it with: brew install ffmpeg"),
        "": Sentence("Install it with: sudo apt install ffmpeg"),
    },
    windows_folders=(r"ffmpeg\bin", "ffmpeg"),
    windows_names=("ffmpeg",),
    windows_product="ffmpeg",
    setting="ffmpeg",
    words=(("libopus", "Opus"),),
)
FFPROBE = FfmpegProgram(
    ToolName.FFPROBE,
    ("ffprobe",),
    _PACKAGE,
    {
        "win32": Sentence("It comes with ffmpeg: winget install Gyan.FFmpeg"),
        "darwin": Sentence("It comes with ffmpeg: brew install ffmpeg"),
        "": Sentence("It comes with ffmpeg: sudo apt install ffmpeg"),
    },
    windows_folders=(r"ffmpeg\bin", "ffmpeg"),
    windows_names=("ffprobe", "ffmpeg"),
    windows_product="ffmpeg",
    setting="ffprobe",
)
