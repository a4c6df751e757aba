"""Calls the program as somebody types it, in this process or as one of its own, and reads its answer."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Sequence, Tuple

import pytest

import main
from tests.commandline.schemas import assert_valid
from tests.films import AudioSpec, SubtitleSpec, make_film

ROOT = Path(__file__).resolve().parents[2]


needs_mkvpropedit = pytest.mark.skipif(
    shutil.which("mkvpropedit") is None, reason="mkvpropedit is not installed"
)


posix = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals and names")


@dataclass(frozen=True)
class Answer:
    """What a command answered."""

    returncode: int
    stdout: str
    stderr: str


def call(folder: Path, *arguments: str) -> Answer:
    """Run the program in ``folder`` with ``folder``/data as its data folder."""
    stdout, stderr = io.StringIO(), io.StringIO()
    before = Path.cwd()
    os.chdir(folder)
    try:
        with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
            code = main.main(["--data-dir", str(folder / "data"), *arguments])
    except SystemExit as ended:
        code = int(ended.code or 0)
    finally:
        os.chdir(before)
    return Answer(code, stdout.getvalue(), stderr.getvalue())


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start the program as a process of its own."""
    return subprocess.Popen(
        [sys.executable, str(ROOT / "main.py"), "--data-dir", str(folder / "data"), *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def records(command: str, answer: Answer) -> List[Dict[str, Any]]:
    """The JSON lines of an answer, each as its schema wants it."""
    found = [json.loads(line) for line in answer.stdout.splitlines()]
    for record in found:
        assert_valid(command, record)
    return found


def film(path: Path, subtitles: Sequence[str] = ("eng", "fre")) -> Path:
    """A small film with something to do in it: sound to convert, a commentary to drop."""
    return make_film(
        path,
        audio=(
            AudioSpec("ac3", 6, language="jpn", original=True),
            AudioSpec("aac", 2, language="eng", title="Commentary by the director"),
        ),
        subtitles=[SubtitleSpec(language=language) for language in subtitles],
    )


def one_sentence(text: str) -> bool:
    return text.count("\n") == 1 and "Traceback" not in text and text.strip().endswith(".")


def state_of(folder: Path) -> Dict[str, Tuple[str, int]]:
    """All films in a folder and below it: their bytes and when they were changed."""
    return {
        str(path): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def programs_at(folder: Path) -> Tuple[str, ...]:
    """The running programs that were told of a file in the folder."""
    if sys.platform != "linux":
        return ()
    found = []
    for process in Path("/proc").iterdir():
        try:
            words = (process / "cmdline").read_bytes() if process.name.isdecimal() else b""
        except OSError:
            continue
        if os.fsencode(folder) in words and int(process.name) != os.getpid():
            found.append(words.decode(errors="replace"))
    return tuple(found)
