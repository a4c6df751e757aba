"""The unit tests on a Python for Windows: those that need no root, network namespaces or screen."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path
from typing import List, Sequence

import pytest

from scripts.wine_desktop import WineDesktop, windows_path

ROOT = Path(__file__).resolve().parents[2]
PARTS = (
    *("tests/core", "tests/store", "tests/tools", "tests/commandline/test_unpacked.py"),
    *(f"tests/cluster/test_{name}.py" for name in ("handshake", "identity", "leases", "pairing")),
)
SECONDS = 900.0  # beside the whole suite

pytestmark = [pytest.mark.exe, pytest.mark.timeout(1200)]


def counted(report: Path) -> Counter[str]:
    """How many tests ended how, by what a JUnit report says."""
    found: Counter[str] = Counter()
    for case in ElementTree.parse(report).iter("testcase"):
        kinds = {child.tag for child in case} & {"failure", "error", "skipped"}
        found["failed" if kinds - {"skipped"} else "skipped" if kinds else "passed"] += 1
    return found


def failures(report: Path) -> List[str]:
    return [
        f"{case.get('classname')}::{case.get('name')}"
        for case in ElementTree.parse(report).iter("testcase")
        if case.find("failure") is not None or case.find("error") is not None
    ]


def collected_here(options: Sequence[str]) -> int:
    """How many of these tests there are on Linux, where the suite itself runs them."""
    answer = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "--collect-only", *PARTS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=SECONDS,
    )
    (number,) = re.findall(r"^(\d+)(?:/\d+)? tests collected", answer.stdout, re.MULTILINE)
    return int(number)


def test_the_unit_tests_pass_on_windows_as_on_linux(
    desktop: WineDesktop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    python = os.environ.get("MEDIAPROCESSOR_WINE_PYTHON", "")
    if not python:
        pytest.skip("MEDIAPROCESSOR_WINE_PYTHON is not set; scripts/test.sh sets it")
    options = ["-q", "-p", "no:cacheprovider", "-m", "not window and not corpus", "--timeout=120"]
    there = tmp_path / "windows.xml"
    answer = desktop.run(
        Path(python),
        *("-m", "pytest", *options, f"--junit-xml={windows_path(there)}", *PARTS),
        seconds=SECONDS,
        folder=ROOT,
    )
    found = counted(there)
    with capsys.disabled():
        print(f"\nunit tests on Windows: {dict(found)}")
    assert failures(there) == [], answer.stdout[-4000:]
    assert found["passed"] > 0.9 * collected_here(options)
