"""``folders``: which folders are watched, and what becomes of the films in them."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Dict, Iterator, List

import pytest

from tests.commandline.calls import (
    ROOT,
    Answer,
    call,
    film,
    needs_mkvpropedit,
    one_sentence,
    posix,
    records,
    start,
)
from tests.commandline.schemas import assert_valid
from tests.films import AudioSpec, make_film


class Watched:
    """A library of one folder, and the command that is tested."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.library = folder / "library"
        self.library.mkdir()

    def call(self, *words: object) -> Answer:
        return call(self.folder, "folders", *map(str, words))

    def records(self, *words: object) -> List[Dict[str, Any]]:
        return records("folders", self.call(*words, "--json"))

    def put(self, name: str) -> Path:
        """A real film that has lain there for an hour."""
        path = film(self.library / name)
        os.utime(path, (time.time() - 3600,) * 2)
        return path


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


def test_every_property_of_a_folder_is_kept_and_changed_alone(watched: Watched) -> None:
    assert watched.call("list").stdout.startswith("No folder is watched; ")
    options = ("--include", "*.mkv", "--ignore", "old/*", "--minimum-size", "1.5 GB")
    more = ("--content", "series", "--observer", "polling", "--priority", "7")
    own = ("--set", "video.encode=no", "--set", "files.keep_original_days=3")
    watched.call("add", watched.library, *options, *more, *own)
    (kept,) = watched.records("change", watched.library, "--flat", "--set", "video.encode=")
    assert kept == {
        "type": "folder",
        "path": str(watched.library),
        "enabled": True,
        "recursive": False,
        "include": ["*.mkv"],
        "ignore": ["old/*"],
        "minimum_size": 1_500_000_000,
        "content": "series",
        "observer": "polling",
        "priority": 7,
        "settings": {"files.keep_original_days": "3"},
        "state": "",
        "message": "",
    }
    assert watched.records("remove", watched.library) == []


@pytest.mark.parametrize(
    "words",
    [
        ("add", "missing"),
        ("add", "library", "--minimum-size", "large"),
        ("add", "library", "--set", "video.encode"),
        ("add", "library", "--set", "video.encode=perhaps"),
        ("add", "library", "--set", "queue.gpu_jobs=2"),
        ("add", "library", "--priority", "5000"),
        ("add", "library", "--ignore", "/library/old"),
        ("change", "library", "--off"),
        ("remove", "library"),
        ("scan", "library"),
        ("scan",),
    ],
)
def test_what_cannot_be_is_one_sentence_and_changes_nothing(
    watched: Watched, words: List[str]
) -> None:
    answer = watched.call(*words)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert one_sentence(answer.stderr), answer.stderr
    assert watched.records("list") == []


def test_a_look_queues_what_is_new_once_and_tells_what_it_found(watched: Watched) -> None:
    watched.call("add", watched.library)
    watched.put("film.mkv")
    (watched.library / "no film.mkv").write_bytes(b"text")
    os.utime(watched.library / "no film.mkv", (0, 0))
    counts = ("films", "queued", "moved", "results", "unfit", "gone", "waiting")
    (first,) = watched.records("scan")
    assert [first[count] for count in counts] == [2, 1, 0, 0, 1, 0, 0]
    (watched.library / "film.mkv").rename(watched.library / "renamed.mkv")
    (again,) = watched.records("scan", watched.library)
    assert [again[count] for count in counts] == [2, 0, 1, 0, 0, 0, 0]


def test_a_folder_for_new_films_only_leaves_those_alone_that_are_there_and_says_why(
    watched: Watched,
) -> None:
    old = watched.put("old.mkv")
    watched.call("add", watched.library, "--only-new")
    new = watched.put("new.mkv")
    new.write_bytes(old.read_bytes() + b"\xec\x81new")
    os.utime(new, (time.time() - 3600,) * 2)
    (scan,) = watched.records("scan")
    assert (scan["films"], scan["queued"]) == (2, 1)
    assert watched.records("list", "--ignored") == [
        {
            "type": "ignored",
            "folder": str(watched.library),
            "path": str(old),
            "reason": "it was there when the folder was added for new films only",
        }
    ]


def test_a_folder_that_is_away_is_a_problem_and_no_loss(watched: Watched) -> None:
    watched.call("add", watched.library)
    watched.library.rmdir()
    answer = watched.call("scan", "--json")
    assert answer.returncode == 1
    scan = next(record for record in records("folders", answer) if record["type"] == "scan")
    assert scan["problems"] == [f"{watched.library} is away (it is not there)."]
    assert len(watched.records("list")) == 1


@needs_mkvpropedit
def test_a_folders_own_settings_and_content_reach_its_films_alone(watched: Watched) -> None:
    watched.put("Pilot.mkv")
    other = film(watched.folder / "elsewhere.mkv")
    own = ("--set", "audio.drop_commentary=no", "--content", "series")
    watched.call("add", watched.library, *own)
    watched.call("scan")
    assert call(watched.folder, "process", str(other)).returncode == 0
    assert call(watched.folder, "--headless").returncode == 0
    (stats,) = records("stats", call(watched.folder, "stats", "--json"))
    assert {content["name"]: content["completed"] for content in stats["contents"]} == {
        "film": 1,
        "series": 1,
    }
    sound = {}
    for path in (watched.library / "Pilot.mkv", other):
        (found,) = records("analyze", call(watched.folder, "analyze", str(path), "--json"))
        sound[path.stem] = len(found["media"]["audio"])
    assert sound == {"Pilot": 2, "elsewhere": 1}


@posix
@needs_mkvpropedit
def test_a_program_that_stays_takes_films_as_they_come_with_the_settings_of_the_moment(
    watched: Watched,
) -> None:
    made = film(watched.folder / "made.mkv")
    call(watched.folder, "settings", "set", "monitor.still_seconds", "0.5")
    watched.call("add", watched.library)
    program = start(watched.folder, "--json", "--headless", "--watch")
    assert program.stdout is not None

    def results() -> Iterator[Dict[str, Any]]:
        for line in program.stdout or ():
            record = json.loads(line)
            assert_valid("process", record)
            if record["type"] == "result":
                yield record

    coming = results()

    def codec_of(name: str) -> str:
        """What becomes of the picture of a film that comes in now."""
        path = watched.library / name
        shutil.copy(made, path)
        with path.open("ab") as file:
            file.write(b"\xec\x81" + name[:1].encode())  # no other film is like it
        assert next(coming)["state"] == "completed"
        (found,) = records("analyze", call(watched.folder, "analyze", str(path), "--json"))
        return str(found["media"]["video"][0]["codec"])

    try:
        assert codec_of("first.mkv") == "hevc"
        call(watched.folder, "settings", "set", "video.encode", "no")
        assert any(codec_of(f"{number}.mkv") == "h264" for number in range(9))
        program.send_signal(signal.SIGTERM)
        assert program.wait(60) == 0, "a service that is told to end has not failed"
    finally:
        program.kill()
        program.wait()


@posix
def test_a_film_that_comes_again_is_queued_again_and_what_is_passed_over_is_listed(
    watched: Watched,
) -> None:
    """With the program's own swap, whose result has another ending than the film."""
    made = make_film(watched.library / "film.mp4", audio=[AudioSpec("aac", bit_rate=320)])
    (watched.library / "empty.mkv").touch()
    copy = watched.folder / "copy"
    shutil.copy(made, copy)
    for path in watched.library.iterdir():
        os.utime(path, (time.time() - 3600,) * 2)
    call(watched.folder, "settings", "set", "processing.missing_mkvpropedit", "continue")
    watched.call("add", watched.library)
    assert watched.records("scan")[0]["queued"] == 1
    assert call(watched.folder, "--headless").returncode == 0
    result = watched.library / "film.mkv"
    assert sorted(watched.library.glob("*.m??")) == [watched.library / "empty.mkv", result]
    os.utime(result, (time.time() - 3600,) * 2)
    (seen,) = watched.records("scan")
    assert (seen["queued"], seen["results"], seen["gone"]) == (0, 1, 1)
    for name in ("film.mp4", "second copy.mp4"):
        shutil.copy(copy, watched.library / name)
        os.utime(watched.library / name, (time.time() - 3600,) * 2)
    assert watched.records("scan")[0]["queued"] == 2
    assert [
        (Path(record["path"]).name, record["reason"])
        for record in watched.records("list", "--ignored")
    ] == [
        ("empty.mkv", "it is empty"),
        ("film.mkv", "this program made it"),
    ]
    log = (watched.folder / "data" / "logs" / "mediaprocessor.log").read_text("utf-8")
    assert log.count(f"{result} is passed over: this program made it.") == 1


@posix
def test_how_a_folder_is_watched_is_shown_by_every_start_and_by_doctor(watched: Watched) -> None:
    """While another start of the program watches it, in a world with a limit of its own."""
    own = ["unshare", "--user", "--map-root-user"]
    if (
        not sys.platform.startswith("linux")
        or subprocess.run([*own, "true"], check=False).returncode
    ):
        pytest.skip("needs user namespaces (unshare --user --map-root-user)")
    (watched.library / "below").mkdir()
    watched.call("add", watched.library)
    assert [record["state"] for record in watched.records("list")] == [""]
    limit = 'echo 1 > /proc/sys/user/max_inotify_watches && exec "$@"'
    command = [sys.executable, str(ROOT / "main.py"), "--data-dir", str(watched.folder / "data")]
    program = subprocess.Popen(
        [*own, "sh", "-c", limit, "sh", *command, "--headless", "--watch"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 60.0
        while True:
            (folder,) = watched.records("list")
            if folder["state"] == "polling":
                break
            assert time.monotonic() < deadline, folder
            time.sleep(0.2)
        assert "(user.max_inotify_watches, 1) is reached" in folder["message"]
        assert folder["message"] in watched.call("list").stdout
        while folder["message"] not in call(watched.folder, "doctor").stdout:
            assert time.monotonic() < deadline, "doctor shows what the program notes now and then"
            time.sleep(1.0)
    finally:
        program.terminate()
        program.wait()
    log = (watched.folder / "data" / "logs" / "mediaprocessor.log").read_text("utf-8")
    assert log.count(folder["message"]) == 1
