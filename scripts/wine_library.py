"""Gives an older Wine the library ``bcryptprimitives.dll``, which programs written in Rust ask for.

It has one function, and that does what ``SystemFunction036`` of advapi32 does: fill memory with random
bytes. So the library is an export table that points there, and no code.
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path

NAME, FUNCTION, TARGET = b"bcryptprimitives.dll", b"ProcessPrng", b"advapi32.SystemFunction036"
_PAGE, _BLOCK = 0x1000, 0x200  # where the only section lies in memory and in the file
_X86_64, _PE32_PLUS, _DLL, _GUI = 0x8664, 0x20B, 0x2022, 2


def library() -> bytes:
    """Return the DLL; the numbers are those of Microsoft's description of the PE format."""
    table, function, names, ordinals, texts = 0, 40, 44, 48, 52
    at_function = texts + len(NAME) + 1
    at_target = at_function + len(FUNCTION) + 1
    exports = struct.pack(
        *("<IIHHIIIIIII", 0, 0, 0, 0, _PAGE + texts, 1, 1, 1),
        *(_PAGE + function, _PAGE + names, _PAGE + ordinals),
    )
    exports += struct.pack("<IIHH", _PAGE + at_target, _PAGE + at_function, 0, 0)
    exports += b"".join(text + b"\0" for text in (NAME, FUNCTION, TARGET))
    optional = struct.pack("<HBBIIIII", _PE32_PLUS, 14, 0, 0, _BLOCK, 0, 0, _PAGE)
    optional += struct.pack(
        *("<QIIHHHHHHIIIIHHQQQQII", 0x180000000, _PAGE, _BLOCK, 6, 0, 0, 0, 6, 0, 0),
        *(2 * _PAGE, _BLOCK, 0, _GUI, 0x140, 0x100000, 0x1000, 0x100000, 0x1000, 0, 16),
    )
    optional += struct.pack("<II", _PAGE + table, len(exports)) + bytes(15 * 8)
    section = struct.pack(
        *("<8sIIIIIIHHI", b".edata", len(exports), _PAGE, _BLOCK, _BLOCK, 0, 0, 0, 0, 0x40000040)
    )
    header = b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0"
    header += struct.pack("<HHIIIHH", _X86_64, 1, 0, 0, 0, len(optional), _DLL)
    return (header + optional + section).ljust(_BLOCK, b"\0") + exports.ljust(_BLOCK, b"\0")


if __name__ == "__main__":
    wanted = Path(sys.argv[1]) / NAME.decode("ascii")
    if not wanted.exists():  # a newer Wine has its own
        wanted.write_bytes(library())
