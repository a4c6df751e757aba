"""Pages on the disk: many writers, days and sizes, and programs that are killed while they write."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from reports.html_log import entry_html
from reports.html_log_file import DayPages, pages_of
from tests.reports.entries import moment, text
from tests.reports.log_page import messages

ROOT = Path(__file__).resolve().parents[2]
WRITER = """
import sys
from pathlib import Path
from reports.html_log_file import DayPages
from tests.reports.entries import text
pages = DayPages(Path(sys.argv[1]))
number = 0
while number < int(sys.argv[3]):
    pages.write(text(f"{sys.argv[2]} {number} <b>&" + "x" * (number * 37 % 9000)))
    number += 1
    if number == 1:
        print("began", flush=True)
"""


def writer(folder: Path, name: str, entries: int = 10**9) -> subprocess.Popen[str]:
    """A real program that writes pages, after its first entry."""
    argv = [sys.executable, "-c", WRITER, str(folder), name, str(entries)]
    process = subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "began\n"
    return process


def test_each_day_has_a_page_that_grows(tmp_path: Path) -> None:
    pages = DayPages(tmp_path / "logs")
    assert pages.write(text("One."))
    assert not pages.write(text("Two."))
    assert pages.write(text("Next day.", time=moment(hour=0, day=25)))
    pages.close()
    assert DayPages(tmp_path / "logs").write(text("Three.")) is False
    first, second = pages_of(tmp_path / "logs")
    assert (first.name, second.name) == ("log-2026-11-24.html", "log-2026-11-25.html")
    assert messages(first) == ["One.", "Two.", "Three."]
    assert messages(second) == ["Next day."]


def test_a_day_that_tells_very_much_goes_on_in_another_page(tmp_path: Path) -> None:
    pages = DayPages(tmp_path, largest=40_000)
    for number in range(200):
        pages.write(text(f"{number} {'x' * 300}"))
    pages.close()
    found = pages_of(tmp_path)
    assert [page.name for page in found][:2] == ["log-2026-11-24.html", "log-2026-11-24-2.html"]
    assert all(page.stat().st_size < 41_000 for page in found)
    told = [line.split()[0] for page in found for line in messages(page)]
    assert told == [str(number) for number in range(200)]


def test_an_entry_that_was_left_half_written_does_not_swallow_the_next(tmp_path: Path) -> None:
    pages = DayPages(tmp_path)
    pages.write(text("Whole."))
    (page,) = pages_of(tmp_path)
    half = entry_html(text("Half.", trace="lost <i>")).encode()[:-30]
    with page.open("ab") as other:
        other.write(half)
    pages.write(text("Afterwards."))  # the same program: another one died beside it
    with page.open("ab") as other:
        other.write(half)
    DayPages(tmp_path).write(text("At the next start."))
    found = messages(page)
    assert [found[0], found[2], found[4]] == ["Whole.", "Afterwards.", "At the next start."]


def test_a_page_that_was_deleted_is_begun_again(tmp_path: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("Windows does not delete open files")
    pages = DayPages(tmp_path)
    pages.write(text("One."))
    pages_of(tmp_path)[0].unlink()
    assert pages.write(text("Two."))
    assert messages(pages_of(tmp_path)[0]) == ["Two."]


def test_programs_and_threads_that_write_at_the_same_time_lose_and_mix_nothing(
    tmp_path: Path,
) -> None:
    programs = [writer(tmp_path, name, 300) for name in ("first", "second")]
    lock, own = threading.Lock(), DayPages(tmp_path)

    def write(name: str) -> None:
        for number in range(300):
            with lock:
                own.write(text(f"{name} {number} <b>&"))

    threads = [threading.Thread(target=write, args=(name,)) for name in ("third", "fourth")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for program in programs:
        program.communicate(timeout=60)
        assert program.returncode == 0
    (page,) = pages_of(tmp_path)
    told = [line.split()[:2] for line in messages(page)]
    for name in ("first", "second", "third", "fourth"):
        assert [word for word in told if word[0] == name] == [[name, str(n)] for n in range(300)]
    assert len(told) == 1200


def test_a_program_that_is_killed_leaves_a_page_that_reads_and_can_be_added_to(
    tmp_path: Path,
) -> None:
    chance = random.Random(7)
    for run in range(15):
        folder = tmp_path / str(run)
        program = writer(folder, "killed")
        deadline = time.monotonic() + chance.uniform(0.0, 0.01)
        while time.monotonic() < deadline:
            pass
        program.kill()
        program.communicate(timeout=30)
        (page,) = pages_of(folder)
        power_cut = run % 3 == 0  # which takes the end of the last entry with it
        if power_cut:
            os.truncate(page, page.stat().st_size - chance.randrange(1, 60))
        DayPages(folder).write(text("At the next start."))
        told = messages(page)
        assert told[-1] == "At the next start."
        whole = told[: -2 if power_cut else -1]
        numbers = [int(line.split()[1]) for line in whole]
        assert numbers == list(range(len(numbers)))
        assert numbers or power_cut
