"""Other programs use their own libraries, not those that a packaged program for Linux brings."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_PACKAGED = """
import contextlib, subprocess, sys
sys.frozen, sys._MEIPASS = sys.argv[1] == "packaged", "/inside"
import main
with contextlib.suppress(SystemExit):
    main.main(["--help"])
from processing import libraries, process_tree
kind = libraries.for_own_children() if len(sys.argv) > 2 else {}
child = ["sh", "-c", "echo ${LD_LIBRARY_PATH-unset} ${LD_LIBRARY_PATH_ORIG-unset}"]
print(process_tree.spawn(child, run_id="1", environment=kind).communicate()[0].decode())
"""

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux looks for libraries there"
)


def inherited(*kind: str, **environment: str) -> str:
    """What a child of the program sees, as the loader has set it."""
    plain = {key: value for key, value in os.environ.items() if not key.startswith("LD_LIBRARY")}
    answer = subprocess.run(
        [sys.executable, "-c", _PACKAGED, *kind],
        cwd=ROOT,
        env={**plain, **environment},
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    )
    return answer.stdout.split("\n")[-3]


def test_a_packaged_programs_children_do_not_see_its_libraries() -> None:
    assert inherited("packaged", LD_LIBRARY_PATH="/tmp/_MEI1") == "unset unset"


def test_what_the_user_has_set_is_as_it_was() -> None:
    found = inherited("packaged", LD_LIBRARY_PATH="/m:/opt/x", LD_LIBRARY_PATH_ORIG="/opt/x")
    assert found == "/opt/x unset"


def test_a_child_that_is_this_program_again_has_them() -> None:
    found = inherited("packaged", "itself", LD_LIBRARY_PATH="/inside")
    assert found == "/inside unset"


def test_a_program_that_is_not_packaged_leaves_it_alone() -> None:
    assert inherited("plain", LD_LIBRARY_PATH="/opt/x") == "/opt/x unset"
