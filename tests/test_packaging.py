"""What a packaged build is made from; the built program itself is driven in ``tests/exe``."""

from __future__ import annotations

import json
import re
from importlib import metadata
from pathlib import Path

import pytest

from commandline import self_check
from core.version import VERSION
from scripts import bill_of_materials
from tests.product import OURS

ROOT = Path(__file__).resolve().parents[1]


def test_the_version_stands_in_one_place() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", VERSION)
    places = [
        path
        for path in (
            *ROOT.glob("*.py"),
            *(ROOT / "commandline").glob("*.py"),
            ROOT / "MediaProcessor.spec",
        )
        if f'"{VERSION}"' in path.read_text("utf-8")
    ]
    assert places == []


def test_the_self_check_knows_every_module_and_package() -> None:
    assert {*self_check.MODULES, *self_check.PACKAGES, "main"} == OURS


def test_the_spec_puts_our_statistics_before_the_standard_librarys() -> None:
    text = (ROOT / "MediaProcessor.spec").read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert lines[0] == "import sys"
    assert lines[1].startswith("sys.path.insert(0, SPECPATH)")


def test_a_bill_of_materials_names_what_lies_inside_and_brings_its_licence(tmp_path: Path) -> None:
    import requests
    import urllib3

    files = [str(Path(str(module.__file__))) for module in (requests, urllib3)]
    bill_of_materials.write(files, tmp_path / "licences", VERSION)
    bill = json.loads((tmp_path / "licences" / "sbom.cdx.json").read_text("utf-8"))
    assert bill["metadata"]["component"]["version"] == VERSION
    packages = {
        component["name"]: component for component in bill["components"] if "purl" in component
    }
    assert set(packages) == {"requests", "urllib3"}
    assert packages["requests"]["version"] == metadata.version("requests")
    assert packages["urllib3"]["licenses"] == [{"license": {"name": "MIT"}}]
    assert {path.name for path in (tmp_path / "licences").iterdir()} >= {"requests", "urllib3"}
    assert {"CPython", "OpenSSL", "SQLite", "Tcl/Tk"} <= {
        component["name"] for component in bill["components"]
    }


def test_a_program_that_a_package_carries_is_listed_with_its_hash(tmp_path: Path) -> None:
    imageio_ffmpeg = pytest.importorskip("imageio_ffmpeg", reason="its wheel needs Python 3.10")
    (program,) = (Path(imageio_ffmpeg.__file__).parent / "binaries").glob("ffmpeg-*")
    bill_of_materials.write([str(program)], tmp_path, VERSION)
    bill = json.loads((tmp_path / "sbom.cdx.json").read_text("utf-8"))
    (ffmpeg,) = (component for component in bill["components"] if component["name"] == "FFmpeg")
    assert ffmpeg["licenses"] == [{"license": {"id": "GPL-3.0-or-later"}}]
    assert re.fullmatch(r"[\d.]+", ffmpeg["version"])
    assert len(ffmpeg["hashes"][0]["content"]) == 64


def test_what_only_linux_can_import_is_left_out_of_the_self_check_elsewhere() -> None:
    from commandline.self_check import LINUX_ALONE

    guarded = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for package in (
            "cluster",
            "core",
            "mediainfo",
            "monitoring",
            "processing",
            "store",
            "tools",
        )
        for path in (ROOT / package).rglob("*.py")
        if '\nassert sys.platform == "linux"' in path.read_text("utf-8")
    }
    assert guarded == set(LINUX_ALONE)
