"""What the answers of a program hang on: its own file, and on Linux the libraries that it loads.

Only where all of it can be named are answers kept over the program's life (``tools.kept_answers``): for a
program that is statically linked, or whose libraries glibc's loader finds by its cache alone. A script, a
program with folders of its own for libraries, one of macOS or of Windows is asked each time.
"""

from __future__ import annotations

import os
import re
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Mapping, Optional, Sequence

from core.errors import ToolNotFound, ToolStalled
from core.ports import CommandRunner

# A file's device, inode, size and times; [] where there is none.
Files = Mapping[str, Sequence[int]]

_LOADER_SECONDS = 20.0
_LOADER_CACHE = "/etc/ld.so.cache"
_PRELOADED = "/etc/ld.so.preload"
# What else tells glibc's loader where to look, ld.so(8).
_LOADER_VARIABLES = ("LD_", "GLIBC_TUNABLES")
_LOADED = re.compile(r"\s*(?:\S+ => )?(/.+) \(0x[0-9a-f]+\)")
_VIRTUAL = re.compile(r"\s*linux-(?:vdso|gate)\S* \(0x[0-9a-f]+\)")  # the kernel's own

# elf(5): 64 bits, little-endian; kinds of segments, and tags that name folders or auditors.
_ELF = b"\x7fELF\x02\x01"
_DYNAMIC, _INTERPRETER = 2, 3
_NO_MORE = 0
_LARGEST = 1 << 20  # bytes: such a segment has a few hundred
_ELSEWHERE = {15, 29, 0x6FFFFEFB, 0x6FFFFEFC}  # RPATH, RUNPATH, DEPAUDIT, AUDIT


@dataclass(frozen=True)
class _Elf:
    loader: str  # "" where it needs none
    looks_elsewhere: bool  # for libraries, in folders that it names itself


def files_behind(path: Path, runner: CommandRunner) -> Optional[Files]:
    """All files that the program is made of, as they are now; None where that cannot be told."""
    if is_led_astray():
        return None
    try:
        program = _elf(path)
        if program is None or program.looks_elsewhere:
            return None
        if not program.loader:
            return as_they_are([str(path)])
        libraries = _libraries(path, program.loader, runner)
    except (OSError, ValueError, struct.error, ToolNotFound, ToolStalled):
        return None
    if libraries is None:
        return None
    return as_they_are([str(path), program.loader, *libraries, _LOADER_CACHE, _PRELOADED])


def is_led_astray() -> bool:
    """Whether the environment tells the loader to take other libraries."""
    return any(name.startswith(_LOADER_VARIABLES) for name in os.environ)


def as_they_are(paths: Sequence[str]) -> Dict[str, Sequence[int]]:
    """Each file's device, inode, size, and when it and what is known of it was changed, in nanoseconds."""
    return {path: _as_it_is(path) for path in paths}


def _as_it_is(path: str) -> List[int]:
    try:
        state = Path(path).stat()
    except OSError:
        return []
    return [state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns]


def _libraries(path: Path, loader: str, runner: CommandRunner) -> Optional[List[str]]:
    """What glibc's loader would load; None where more than its cache decides on it."""
    if not Path(loader).name.startswith("ld-linux"):
        return None
    listed = runner.capture([loader, "--list", str(path)], timeout=_LOADER_SECONDS)
    if listed.returncode != 0:
        return None
    cached = Path(_LOADER_CACHE).read_bytes()
    libraries: List[str] = []
    for line in listed.stdout.splitlines():
        found = _LOADED.fullmatch(line)
        if found and found[1] != loader:
            library = _elf(Path(found[1]))
            known = os.fsencode(found[1]) + b"\0" in cached
            if library is None or library.looks_elsewhere or not known:
                return None
            libraries.append(found[1])
        elif not found and not _VIRTUAL.fullmatch(line):
            return None
    return libraries


def _elf(path: Path) -> Optional[_Elf]:
    """Read how a program is linked; None where it is none of 64 bits.

    Raises OSError, ValueError and struct.error.
    """
    with path.open("rb") as file:
        head = file.read(64)
        if not head.startswith(_ELF):
            return None
        (offset,) = struct.unpack_from("<Q", head, 32)
        size, count = struct.unpack_from("<HH", head, 54)
        file.seek(offset)
        table = file.read(size * count)
        loader, looks_elsewhere = "", False
        for number in range(count):
            kind, _, where, _, _, length = struct.unpack_from("<IIQQQQ", table, number * size)
            if kind in (_DYNAMIC, _INTERPRETER):
                file.seek(where)
                content = file.read(min(length, _LARGEST))
                if kind == _INTERPRETER:
                    loader = os.fsdecode(content.rstrip(b"\0"))
                else:
                    looks_elsewhere = _names_folders(content)
        return _Elf(loader, looks_elsewhere)


def _names_folders(dynamic: bytes) -> bool:
    for tag, _value in struct.iter_unpack("<QQ", dynamic):
        if tag == _NO_MORE:
            break
        if tag in _ELSEWHERE:
            return True
    return False
