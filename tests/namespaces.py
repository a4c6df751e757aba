"""Scenarios that need a world of their own: other limits, another network; a skip where there is none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Callable, Sequence

import pytest

ROOT = Path(__file__).resolve().parents[1]


def in_namespaces(
    scenario: Callable[[Path], None], place: Path, kinds: Sequence[str], tried_by: Sequence[str]
) -> None:
    """Run a scenario of a module in namespaces of these kinds (``--net``, ``--mount``), as their root.

    ``tried_by`` is a command that works there.
    """
    own = ["unshare", "--user", "--map-root-user", *kinds]
    linux = sys.platform.startswith("linux")
    if (
        not linux
        or subprocess.run([*own, *tried_by], stdout=subprocess.DEVNULL, check=False).returncode
    ):
        pytest.skip(f"needs namespaces, and {tried_by[0]} in them ({' '.join(own)})")
    name = scenario.__name__
    code = f"from pathlib import Path; from {scenario.__module__} import {name} as run; "
    answer = subprocess.run(
        [*own, sys.executable, "-c", f"{code}run(Path({str(place)!r}))"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout
