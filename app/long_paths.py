"""Paths beyond 260 characters on Windows, for this process; its tools take care of themselves."""

from __future__ import annotations

import sys

if sys.platform == "win32":
    import ctypes

    # IsLongPathAwareProcess in the process environment block: what a program's manifest and the
    # machine's registry switch on together. The second is off on most machines and needs an administrator;
    # Go's programs set this bit at their start for the same reason. Windows 10 1703 was the first to heed it.
    _BIT_FIELD, _LONG_PATHS = 3, 0x80
    _FIRST_BUILD = 15063

    def allow_long_paths() -> None:
        """Let every call of this process take them, where this Windows can."""
        if sys.getwindowsversion().build < _FIRST_BUILD:
            return
        current = ctypes.WinDLL("ntdll").RtlGetCurrentPeb
        current.restype = ctypes.c_void_p
        address = current()
        if address:
            ctypes.c_ubyte.from_address(address + _BIT_FIELD).value |= _LONG_PATHS

else:

    def allow_long_paths() -> None:
        """Do nothing: they need no leave here."""
