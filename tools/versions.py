"""What the programs say about themselves, read from their output: pure functions on text."""

from __future__ import annotations

import re
from typing import FrozenSet, Mapping, NamedTuple, Set, Tuple

from core.tools import ToolName


class Version(NamedTuple):
    """A version as the program writes it, and as numbers that compare; () when it has none."""

    text: str
    numbers: Tuple[int, ...]


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

_FFMPEG = re.compile(r"^ff(?:mpeg|probe) version (\S+)", re.MULTILINE)
_RELEASE = re.compile(r"n?(\d+(?:\.\d+)+)")
_LIBAVCODEC = re.compile(r"^\s*libavcodec\s+(\d+)\.\s*(\d+)\.", re.MULTILINE)
_MKVTOOLNIX = re.compile(r"^mkv(?:propedit|merge) v(\d+(?:\.\d+)*)", re.MULTILINE)
_QSVENC = re.compile(r"QSVEncC(?:64)?(?:\.exe)? \(x\d+\) (\d+(?:\.\d+)*)((?: \(r\d+\))?)")
_LISTED_ENCODER = re.compile(r"^ [VAS][F.][S.][X.][B.][D.] (\w\S*)", re.MULTILINE)
_LISTED_FILTER = re.compile(r"^ [T.][S.][C.]? (\S+)\s+\S+->\S+", re.MULTILINE)


def parse_version(name: ToolName, output: str) -> Version:
    """Read a program's version out of what it answers to ``-version`` or ``--version``.

    ``Version("", ())`` when the text does not come from that program at all.
    """
    if name in (ToolName.FFMPEG, ToolName.FFPROBE):
        found = _FFMPEG.search(output)
        if not found or not output.lstrip().startswith(name.value):
            return Version("", ())
        return Version(found.group(1), _ffmpeg_numbers(found.group(1), output))
    if name is ToolName.QSVENC:
        found = _QSVENC.search(output)
        text = found.group(1) + found.group(2) if found else ""
    else:
        found = _MKVTOOLNIX.search(output)
        found = found if found and output.lstrip().startswith(name.value) else None
        text = found.group(1) if found else ""
    return Version(text, _numbers(found.group(1)) if found else ())


def _numbers(text: str) -> Tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


def _ffmpeg_numbers(text: str, output: str) -> Tuple[int, ...]:
    """Releases are ``8.1.2``, ``n8.1.2``, ``5.1.9-0+deb12u1``, ``7.1-full_build-www.gyan.dev``;
    builds from git are ``N-123456-g0123abc`` or ``2024-11-03-git-df00705e00-full_build``."""
    release = _RELEASE.match(text)
    if release:
        return _numbers(release.group(1))
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


_QSV_CODECS = {"H.265/HEVC": "hevc", "AV1": "av1", "H.264/AVC": "h264", "VP9": "vp9"}


def parse_qsvenc_abilities(check_hw: str, check_features: str, version: str) -> FrozenSet[str]:
    """What QSVEncC can really encode on this machine, from ``--check-hw``, ``--check-features`` and
    ``--version``.

    ``hevc`` or ``av1`` where ``--check-hw`` lists the codec, ``hevc_10bit`` where ``--check-features``
    marks "10bit depth" with an ``o`` in any mode, ``libdovi`` where Dolby Vision profile 7 can be
    turned into 8.1.
    """
    found: Set[str] = set()
    if "hw encoding) available" in check_hw:
        for line in check_hw.splitlines():
            codec = _QSV_CODECS.get(line.strip().split(" ")[0])
            if codec:
                found.add(codec)
        found |= _ten_bit_codecs(check_features) & {f"{codec}_10bit" for codec in found}
    if re.search(r"^\s*libdovi\s*:\s*enabled", version, re.MULTILINE):
        found.add("libdovi")
    return frozenset(found)


def _ten_bit_codecs(check_features: str) -> Set[str]:
    found: Set[str] = set()
    codec = ""
    for line in check_features.splitlines():
        heading = re.match(r"\s*Codec:\s*(\S+)", line)
        if heading:
            codec = _QSV_CODECS.get(heading.group(1), "")
        row = re.match(r"\s*10bit depth\s+(.*)", line)
        if row and codec and re.search(r"\bo\b", row.group(1)):
            found.add(f"{codec}_10bit")
    return found
