"""Children that look into films: held up, broken down, killed, replaced, and gone with the program."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Callable, Dict, Iterator, List, Tuple

import psutil
import pytest

from core.errors import FileUnavailable, ProbeError
from mediainfo.pool import MediaInfoPool
from tests.mediainfo.hooked import HOOKED, ROOT

TEMPLATE = "General;%VideoCount%"


def wait_until(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def pool() -> Iterator[MediaInfoPool]:
    pool = MediaInfoPool(HOOKED, limit=3.0)
    yield pool
    pool.close()


def named(film: Path, folder: Path, name: str) -> Path:
    return Path(shutil.copy(str(film), str(folder / name)))


class Asking(threading.Thread):
    """Asks about one film in a thread of its own."""

    def __init__(self, pool: MediaInfoPool, path: Path) -> None:
        super().__init__(daemon=True)
        self.error: List[ProbeError] = []
        self._pool, self._path = pool, path
        self.start()

    def run(self) -> None:
        try:
            self._pool.line(self._path, TEMPLATE)
        except ProbeError as error:
            self.error.append(error)


def test_one_child_answers_for_film_after_film(pool: MediaInfoPool, film: Path) -> None:
    assert [pool.line(film, TEMPLATE) for _ in range(3)] == ["1"] * 3
    assert [track["track_type"] for track in pool.tracks(film)] == ["General", "Video"]
    assert len(pool.pids()) == 1


def test_a_film_that_holds_mediainfo_up_holds_up_no_other(
    pool: MediaInfoPool, film: Path, tmp_path: Path
) -> None:
    held = [Asking(pool, named(film, tmp_path, f"held up {number}.mkv")) for number in range(6)]
    wait_until(lambda: len(pool.pids()) >= (os.cpu_count() or 1))
    assert pool.line(film, TEMPLATE) == "1"
    for question in held:
        question.join(60)
        assert isinstance(question.error[0], FileUnavailable)
        assert "could not be read within 3 s: its disk or share does not answer." in str(
            question.error
        )


def test_what_takes_mediainfo_too_long_to_compute_is_that_films_own_fault(
    pool: MediaInfoPool, film: Path, tmp_path: Path
) -> None:
    with pytest.raises(ProbeError) as caught:
        pool.line(named(film, tmp_path, "computing.mkv"), TEMPLATE)
    assert not isinstance(caught.value, FileUnavailable)
    assert caught.value.problem == "MediaInfo did not finish within 3 s."
    assert pool.line(film, TEMPLATE) == "1"


def test_a_child_that_is_killed_is_replaced_and_nobody_notices(
    pool: MediaInfoPool, film: Path
) -> None:
    pool.line(film, TEMPLATE)
    (before,) = pool.pids()
    psutil.Process(before).kill()
    assert pool.line(film, TEMPLATE) == "1"
    assert before not in pool.pids()


def test_a_film_that_mediainfo_breaks_down_at_is_no_film_and_the_next_is_looked_into(
    pool: MediaInfoPool, film: Path, tmp_path: Path
) -> None:
    with pytest.raises(ProbeError, match="MediaInfo crashed when it read this file"):
        pool.line(named(film, tmp_path, "breaks.mkv"), TEMPLATE)
    assert pool.line(film, TEMPLATE) == "1"


def answers_about(pool: MediaInfoPool, paths: List[Path]) -> Dict[str, str]:
    """What is answered about films that one child is asked about together, by their names."""
    pool._at_once = len(paths)
    found = pool.lines(paths, TEMPLATE)
    return {
        path.stem: str(answer.problem) if isinstance(answer, ProbeError) else answer
        for path, answer in zip(paths, found)
    }


def test_many_films_are_answered_for_in_their_order_by_a_few_messages(
    pool: MediaInfoPool, film: Path, tmp_path: Path
) -> None:
    films = [named(film, tmp_path, f"{number}.mkv") for number in range(8)]
    films[3].write_text("#EXTM3U\na.mkv\n", "utf-8")
    films[5].unlink()
    answers = answers_about(pool, films)
    assert list(answers) == [path.stem for path in films]
    assert answers.pop("3") == "this is a playlist, not a film."
    assert answers.pop("5").startswith("it cannot be read: ")
    assert set(answers.values()) == {"1"}
    assert len(pool.pids()) == 1


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("held up", "could not be read within 3 s: its disk or share does not answer."),
        ("computing", "MediaInfo did not finish within 3 s."),
        ("breaks", "MediaInfo crashed when it read this file."),
    ],
)
def test_of_films_that_are_asked_about_together_only_the_one_to_blame_has_the_trouble(
    pool: MediaInfoPool, film: Path, tmp_path: Path, name: str, problem: str
) -> None:
    names = ("A", "B", name, "Y", "Z")
    answers = answers_about(pool, [named(film, tmp_path, f"{each}.mkv") for each in names])
    assert answers == {"A": "1", "B": "1", name: problem, "Y": "1", "Z": "1"}


def test_a_child_that_has_died_is_replaced_also_where_it_was_to_answer_for_many(
    pool: MediaInfoPool, film: Path, tmp_path: Path
) -> None:
    pool.line(film, TEMPLATE)
    (before,) = pool.pids()
    psutil.Process(before).kill()
    films = [named(film, tmp_path, f"{number}.mkv") for number in range(4)]
    assert set(answers_about(pool, films).values()) == {"1"}


def test_where_mediainfo_cannot_start_no_film_is_blamed(film: Path) -> None:
    for argv in ((sys.executable, "-c", "raise SystemExit(1)"), (str(film),)):
        with pytest.raises(FileUnavailable) as caught:
            MediaInfoPool(argv).line(film, TEMPLATE)
        assert caught.value.problem.startswith("it cannot be analysed. ")
        assert "It could not be started (" in caught.value.problem


def test_a_child_may_begin_before_it_is_asked(pool: MediaInfoPool, film: Path) -> None:
    pool.begin()
    begun = pool.pids()
    pool.begin()
    assert pool.pids() == begun
    assert len(begun) == 1
    assert pool.line(film, TEMPLATE) == "1"
    assert pool.pids() == begun


def test_a_child_that_ends_while_it_begins_is_the_trouble_of_the_first_question(
    film: Path,
) -> None:
    for argv in (["/nowhere/python"], [sys.executable, "-c", "pass"]):
        broken = MediaInfoPool(argv)
        broken.begin()
        with pytest.raises(FileUnavailable, match="It could not be started"):
            broken.line(film, TEMPLATE)
        broken.close()


def test_a_child_that_nobody_asks_ends_with_its_pool(pool: MediaInfoPool) -> None:
    pool.begin()
    (pid,) = pool.pids()
    pool.close()
    assert not psutil.pid_exists(pid)


def test_a_child_loads_nothing_of_pythons_mail() -> None:
    """pymediainfo would have it, to look its own version up."""
    code = (
        "import os, sys; from mediainfo import child; child._load();"
        "print(*{'email', 'socket', 'zipfile', 'hashlib'} & set(sys.modules))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    assert answer.stdout.split() == []


def test_the_end_of_the_program_waits_for_no_film(
    pool: MediaInfoPool, film: Path, tmp_path: Path
) -> None:
    asking = Asking(pool, named(film, tmp_path, "held up.mkv"))
    wait_until(lambda: 0 not in pool.pids() and bool(pool.pids()))
    begin = time.monotonic()
    children = [psutil.Process(pid) for pid in pool.pids()]
    pool.close()
    asking.join(10)
    assert time.monotonic() - begin < 2.9  # sooner than the film's limit
    assert [str(failure.problem) for failure in asking.error] == [
        "it was not analysed: the program is closing."
    ]
    assert isinstance(asking.error[0], FileUnavailable)  # which is tried again
    assert not any(child.is_running() for child in children)


def test_children_end_when_nothing_was_asked_for_a_while(film: Path) -> None:
    pool = MediaInfoPool(idle=0.2)
    pool.line(film, TEMPLATE)
    (child,) = [psutil.Process(pid) for pid in pool.pids()]
    wait_until(lambda: not pool.pids())
    wait_until(lambda: not child.is_running())
    assert pool.line(film, TEMPLATE) == "1"
    pool.close()


PROGRAM = """
import sys, threading, time
from pathlib import Path
from mediainfo.pool import MediaInfoPool
pool = MediaInfoPool(sys.argv[3:])
pool.line(Path(sys.argv[1]), "General;%VideoCount%")
threading.Thread(target=pool.line, args=(Path(sys.argv[2]), ""), daemon=True).start()
pool.line(Path(sys.argv[1]), "General;%VideoCount%")
print(*pool.pids(), flush=True)
sys.stdin.read()
"""


def begun(film: Path, tmp_path: Path) -> Tuple[subprocess.Popen[str], List[psutil.Process]]:
    """A program with a child that is idle and one that hangs in the middle of a film."""
    argv = [sys.executable, "-c", PROGRAM, str(film)]
    argv += [str(named(film, tmp_path, "computing.mkv")), *HOOKED]
    program = subprocess.Popen(
        argv, cwd=str(ROOT), stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="ascii"
    )
    assert program.stdout is not None
    children = [psutil.Process(int(pid)) for pid in program.stdout.readline().split()]
    assert len(children) == 2
    return program, children


def test_no_child_outlives_a_program_that_was_killed(film: Path, tmp_path: Path) -> None:
    program, children = begun(film, tmp_path)
    with program:
        program.kill()
        wait_until(lambda: not any(map(_lives, children)))


def test_no_child_outlives_a_program_that_ends_and_it_ends_at_once(
    film: Path, tmp_path: Path
) -> None:
    program, children = begun(film, tmp_path)
    with program:
        assert program.stdin is not None
        program.stdin.close()
        assert program.wait(20) == 0
        wait_until(lambda: not any(map(_lives, children)))


def _lives(process: psutil.Process) -> bool:
    """Whether it does anything yet; in a container nobody may collect it."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
