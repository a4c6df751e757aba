"""Builds the installer for Windows out of the built folder, with NSIS (makensis), on Linux or Windows.

python -m scripts.installer dist/MediaProcessor-folder dist/MediaProcessor-setup.exe
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path, PureWindowsPath
from typing import List, Sequence

from core.media.film_names import VIDEO_EXTENSIONS
from core.version import VERSION

_ROOT = Path(__file__).resolve().parent.parent
_SCRIPT = _ROOT / "installer" / "MediaProcessor.nsi"
_ICON = _ROOT / "assets" / "app_icon.ico"
_PICTURE_SIZE = (164, 314)  # pixels, as NSIS's last page has it
_GROUND = (24, 32, 48)
PROGRAMS = ("MediaProcessor.exe", "mediaprocessor-cli.exe")


def files_of(folder: Path) -> List[str]:
    r"""Return all that is installed, by Windows names: files, then folders (ending in ``\``), deepest first.

    The uninstaller removes just these. Raises ValueError for a name that its plain list cannot hold.
    """
    files, folders = [], []
    for path in sorted(folder.rglob("*")):
        name = str(PureWindowsPath(path.relative_to(folder)))
        if not name.isascii() or not name.isprintable():
            raise ValueError(f"{path}: the installer's list of files holds plain names only.")
        if path.is_dir():
            folders.append(f"{name}\\")
        else:
            files.append(name)
    return [*files, *sorted(folders, key=lambda name: (-name.count("\\"), name))]


def _makensis() -> str:
    found = shutil.which("makensis")
    if found is None:
        raise FileNotFoundError("makensis is missing: sudo apt install nsis")
    return found


def version_of_makensis() -> str:
    """Return NSIS's version; raises FileNotFoundError where it is missing."""
    told = subprocess.run([_makensis(), "-VERSION"], stdout=subprocess.PIPE, check=True)
    return told.stdout.decode("ascii").strip().lstrip("v")


def _picture(file: Path) -> None:
    """Draw the picture of the last page: the program's icon, on the colour of its night."""
    from PIL import Image

    ground = Image.new("RGB", _PICTURE_SIZE, _GROUND)
    with Image.open(_ROOT / "assets" / "app_icon.png") as icon:
        small = icon.convert("RGBA").resize((96, 96), Image.Resampling.LANCZOS)
    ground.paste(small, ((_PICTURE_SIZE[0] - 96) // 2, 72), small)
    ground.save(file, "BMP")


def build(folder: Path, out: Path, version: str = VERSION, *, quick: bool = False) -> None:
    """Make the installer ``out`` of a built ``folder``; ``quick`` does not compress.

    Raises FileNotFoundError where makensis or a program in the folder is missing, and
    subprocess.CalledProcessError where makensis refuses.
    """
    for name in PROGRAMS:
        if not (folder / name).is_file():
            raise FileNotFoundError(f"{folder / name} is missing: build the exe first.")
    with tempfile.TemporaryDirectory() as lists:
        names = files_of(folder)
        (Path(lists) / "files.txt").write_text("".join(f"{name}\r\n" for name in names), "ascii")
        types = "".join(
            f'!insertmacro VideoType "{ending}"\n' for ending in sorted(VIDEO_EXTENSIONS)
        )
        (Path(lists) / "videos.nsh").write_text(types, "ascii")
        _picture(Path(lists) / "side.bmp")
        defines = {
            "VERSION": version,
            "FOLDER": folder.resolve(),
            "FILES": Path(lists) / "files.txt",
            "LISTS": lists,
            "OUT": out.resolve(),
            "ICON": _ICON,
            **({"QUICK": ""} if quick else {}),
        }
        words = [f"-D{name}={value}" for name, value in defines.items()]
        subprocess.run(
            [_makensis(), "-V2", "-WX", "-INPUTCHARSET", "UTF8", *words, _SCRIPT], check=True
        )


def main(argv: Sequence[str]) -> int:
    """Build it; one sentence and 1 where that is not possible."""
    parser = argparse.ArgumentParser(prog="scripts.installer")
    parser.add_argument("folder", type=Path, help="the built folder, with MediaProcessor.exe")
    parser.add_argument("out", type=Path, help="the installer to write")
    parser.add_argument("--version", default=VERSION, help="another version, for tests")
    parser.add_argument("--quick", action="store_true", help="do not compress")
    chosen = parser.parse_args(argv)
    try:
        build(chosen.folder, chosen.out, chosen.version, quick=chosen.quick)
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
