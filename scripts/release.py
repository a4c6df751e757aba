"""What a release consists of, out of a built ``dist``: programs, installer, sums, bill of materials, notes.

python -m scripts.release DIST INTO        (scripts/release.sh builds DIST first)
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any, Dict, List, Mapping, Sequence

from core.version import VERSION
from scripts import installer

_ROOT = Path(__file__).resolve().parent.parent
_PIECE = 1024 * 1024  # bytes that are hashed at once
_EPOCH = (2024, 1, 1, 0, 0, 0)  # of each file in the archive: the same files give the same archive
FOLDER = "MediaProcessor-folder"
UNRELEASED = "Unreleased"


class ReleaseError(Exception):
    """The sentence says why there is no release."""


def notes_of(changelog: str, version: str) -> str:
    """Return the changelog's section of a version, without its heading, or else what is unreleased.

    Raises ReleaseError where it says nothing.
    """
    sections = re.split(r"^## +", changelog, flags=re.MULTILINE)[1:]
    texts = {}
    for section in sections:
        heading, _newline, text = section.partition("\n")
        texts[re.split(r"[\s\]]", heading.strip(" ["))[0]] = text.strip()
    text = texts.get(version) or texts.get(UNRELEASED)
    if not text:
        raise ReleaseError(
            f"CHANGELOG.md has neither a section {version} nor anything under {UNRELEASED}."
        )
    return text


def sum_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for piece in iter(lambda: file.read(_PIECE), b""):
            digest.update(piece)
    return digest.hexdigest()


def bill_of_release(
    built: Mapping[str, Any], nsis: str, sums: Mapping[str, str]
) -> Mapping[str, Any]:
    """Return a build's bill of materials (CycloneDX) with the installer's own program and the released files.

    ``sums`` are their SHA-256 by name. Raises ReleaseError where the build is of another version.
    """
    version = built["metadata"]["component"]["version"]
    if version != VERSION:
        raise ReleaseError(
            f"What was built is {version}, core/version.py says {VERSION}: build it again."
        )
    stub = {
        "type": "application",
        "name": "NSIS",
        "version": nsis,
        "licenses": [{"license": {"id": "Zlib"}}],
        "externalReferences": [{"type": "website", "url": "https://nsis.sourceforge.io"}],
        "description": "the program that setup.exe and uninstall.exe are",
    }
    files: List[Dict[str, Any]] = [
        {"type": "file", "name": name, "hashes": [{"alg": "SHA-256", "content": content}]}
        for name, content in sums.items()
    ]
    return {**built, "components": [*built["components"], stub, *files]}


def pack(folder: Path, archive: Path) -> None:
    """Write a folder into a zip archive that has it as its one folder, named as the archive is."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            name = Path(archive.stem, path.relative_to(folder)).as_posix()
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            with path.open("rb") as file, packed.open(entry, "w") as written:
                shutil.copyfileobj(file, written, _PIECE)


def make(dist: Path, into: Path) -> List[Path]:
    """Write the release; return its files. Raises ReleaseError, OSError, subprocess.CalledProcessError."""
    notes = notes_of((_ROOT / "CHANGELOG.md").read_text("utf-8"), VERSION)
    built = json.loads((dist / "MediaProcessor.cdx.json").read_text("utf-8"))
    bill_of_release(built, "", {})  # of this version
    name = f"MediaProcessor-{VERSION}"
    into.mkdir(parents=True, exist_ok=True)
    program, archive = into / f"{name}.exe", into / f"{name}-folder.zip"
    setup = into / f"{name}-setup.exe"
    shutil.copyfile(dist / "MediaProcessor.exe", program)
    pack(dist / FOLDER, archive)
    installer.build(dist / FOLDER, setup)
    programs = [program, archive, setup]
    sums = {path.name: sum_of(path) for path in programs}
    bill = into / f"{name}.cdx.json"
    told = bill_of_release(built, installer.version_of_makensis(), sums)
    bill.write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    sums[bill.name] = sum_of(bill)
    listed = "".join(f"{content}  {file}\n" for file, content in sums.items())
    (into / "SHA256SUMS").write_text(listed, "ascii")
    (into / "RELEASE-NOTES.md").write_text(
        f"# MediaProcessor {VERSION}\n\n{notes}\n\n## Files (SHA-256)\n\n```\n{listed}```\n",
        "utf-8",
    )
    return [*programs, bill, into / "SHA256SUMS", into / "RELEASE-NOTES.md"]


def main(argv: Sequence[str]) -> int:
    """Make it and show its files; one sentence and 1 where that is not possible."""
    parser = argparse.ArgumentParser(prog="scripts.release")
    parser.add_argument("dist", type=Path, help="what scripts/build_exe.cmd or _wine.sh made")
    parser.add_argument("into", type=Path, help="the folder of the release")
    chosen = parser.parse_args(argv)
    try:
        files = make(chosen.dist, chosen.into)
    except (ReleaseError, OSError, ValueError, subprocess.CalledProcessError) as error:
        print(error, file=sys.stderr)
        return 1
    for path in files:
        print(f"{path.stat().st_size / 1e6:7.1f} MB  {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
