"""The encoder families, one line each, and every program that a job may call.

To add a family: its file beside this one, and its line here.
"""

from __future__ import annotations

from typing import FrozenSet, Iterator, Optional, Sequence, Tuple

from core.encoders.family import EncoderFamily
from core.encoders.ffmpeg_amf import FFMPEG_AMF
from core.encoders.ffmpeg_nvenc import FFMPEG_NVENC
from core.encoders.ffmpeg_other import FFMPEG_OTHER
from core.encoders.ffmpeg_qsv import FFMPEG_QSV
from core.encoders.ffmpeg_vaapi import FFMPEG_VAAPI
from core.encoders.nvencc import NVENCC
from core.encoders.qsvenc import QSVENC
from core.encoders.svt_av1 import LIBSVTAV1
from core.encoders.vceencc import VCEENCC
from core.encoders.x265 import LIBX265
from core.programs.ffmpeg import FFMPEG, FFPROBE
from core.programs.mkvtoolnix import MKVMERGE, MKVPROPEDIT
from core.programs.program import OutsideProgram
from core.tools import ToolName

FAMILIES: Tuple[EncoderFamily, ...] = (
    QSVENC,
    NVENCC,
    VCEENCC,
    FFMPEG_QSV,
    FFMPEG_NVENC,
    FFMPEG_AMF,
    FFMPEG_VAAPI,
    LIBX265,
    LIBSVTAV1,
    FFMPEG_OTHER,  # the last one: it takes what the others do not
)
_TOOLS = (FFMPEG, FFPROBE, MKVPROPEDIT, MKVMERGE)


def families() -> Tuple[EncoderFamily, ...]:
    """Every family there is."""
    return FAMILIES


def programs() -> Tuple[OutsideProgram, ...]:
    """Every program that a job may call, each once: ffmpeg first, since others are judged beside it."""
    own = (family.program for family in families())
    return tuple(dict.fromkeys((*_TOOLS[:2], *own, *_TOOLS[2:])))


def encoding_programs() -> Tuple[ToolName, ...]:
    """The names of the programs that encode pictures."""
    return tuple(dict.fromkeys(family.program.name for family in families()))


def program_of(name: str) -> Optional[OutsideProgram]:
    """The program of that name; None where no program is called so."""
    return next((program for program in programs() if program.name == name), None)


def known_program(name: str) -> OutsideProgram:
    """The program of that name; raises KeyError where there is none."""
    program = program_of(name)
    if program is None:
        raise KeyError(name)
    return program


def families_of(program: str) -> Iterator[EncoderFamily]:
    """The families that this program encodes for."""
    return (family for family in families() if family.program.name == program)


def abilities_in_words(program: str, abilities: FrozenSet[str]) -> Tuple[str, ...]:
    """What a program can encode here, for people."""
    known = program_of(program)
    own = () if known is None else known.words
    encoders = (
        word for family in families_of(program) for word in family.abilities_in_words(abilities)
    )
    return (*(word for name, word in own if name in abilities), *encoders)


def is_device_error(program: str, returncode: int, lines: Sequence[str]) -> bool:
    """Whether a program failed because the graphics chip cannot be used (any more)."""
    known = program_of(program)
    if known is not None and known.is_device_code(returncode):
        return True
    return any(family.is_device_line(line) for family in families_of(program) for line in lines)
