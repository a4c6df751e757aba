"""The MediaInfo library as a child uses it: it gets pieces of an open file and never sees a name."""

from __future__ import annotations

import ctypes
import os
from typing import Any, Dict, List, Sequence, Tuple

from pymediainfo import MediaInfo

# MediaInfo needs the file in several pieces: given all at once, it leaves out what it would have sought.
_PIECE = 64 * 1024
_FINISHED = 0x08  # a bit of MediaInfo_Open_Buffer_Continue's answer
_NO_SEEK = ctypes.c_uint64(-1).value


def library_version() -> str:
    """The version of the MediaInfo library; raises OSError or RuntimeError when it cannot be loaded."""
    library, handle, version, _ = MediaInfo._get_library()  # noqa: SLF001
    library.MediaInfo_Delete(handle)
    return str(version)


class Library:
    """Loads the library once. ``MediaInfo.parse`` does so for each file, and an option of a single file
    makes it reset them all, which takes longer (3 ms) than reading a film.

    Raises OSError or RuntimeError when it cannot be loaded.
    """

    def __init__(self) -> None:
        self._library, handle, _, _ = MediaInfo._get_library()  # noqa: SLF001
        self._library.MediaInfo_Delete(handle)
        self._told: Dict[str, str] = {}  # options of the whole library, which keeps them

    def line(self, file: int, size: int, template: str, parser: str = "") -> str:
        """Return MediaInfo's answer about an open file, by a template in its own language.

        ``parser`` is the one reader that may look at the file, where its format is known. That halves the
        time, and leaving out each value's forms for people halves it again.
        """
        options = (("ReadByHuman", "0"), ("File_ForceParser", parser))
        return self._inform(file, size, template, options).strip()

    def tracks(self, file: int, size: int) -> List[Dict[str, Any]]:
        """Return MediaInfo's report of an open file, one dictionary per track with pymediainfo's field names.

        Raises SyntaxError when its own report cannot be read.
        """
        options = (("ReadByHuman", "1"), ("File_ForceParser", ""))
        report = self._inform(file, size, "OLDXML", options)
        tracks: List[Dict[str, Any]] = MediaInfo(report, "replace").to_data()["tracks"]
        return tracks

    def _inform(self, file: int, size: int, output: str, options: Sequence[Tuple[str, str]]) -> str:
        library = self._library
        handle = library.MediaInfo_New()
        try:
            for option, value in (
                ("Cover_Data", ""),
                ("CharSet", "UTF-8"),
                ("Inform", output),
                ("Complete", "1"),
                ("ParseSpeed", "0"),
                ("LegacyStreamDisplay", ""),
                *options,
            ):
                if self._told.get(option) != value:
                    library.MediaInfo_Option(handle, option, value)
                    if not option.startswith("File_"):  # those are of this file alone
                        self._told[option] = value
            self._feed(handle, file, size)
            return str(library.MediaInfo_Inform(handle, 0))
        finally:
            library.MediaInfo_Close(handle)
            library.MediaInfo_Delete(handle)

    def _feed(self, handle: int, file: int, size: int) -> None:
        """Feed it the pieces that it asks for: it reads no byte twice and opens no VTS_01_2.VOB by itself."""
        library = self._library
        piece = max(1, min(_PIECE, size // 2))
        os.lseek(file, 0, os.SEEK_SET)
        library.MediaInfo_Open_Buffer_Init(handle, size, 0)
        while True:
            data = os.read(file, piece)
            if not data:
                break
            if library.MediaInfo_Open_Buffer_Continue(handle, data, len(data)) & _FINISHED:
                break
            position = library.MediaInfo_Open_Buffer_Continue_GoTo_Get(handle)
            if position != _NO_SEEK:
                os.lseek(file, position, os.SEEK_SET)
                library.MediaInfo_Open_Buffer_Init(handle, size, position)
        library.MediaInfo_Open_Buffer_Finalize(handle)
