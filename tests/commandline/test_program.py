"""The whole program: real films, real tools, a data folder of its own.

Most commands run inside this process, which saves its start; what the process itself does (signals,
pipes, encodings) is tested from outside.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Iterator, List, Sequence

import pytest

from tests.commandline.calls import (
    ROOT,
    call,
    film,
    needs_mkvpropedit,
    one_sentence,
    posix,
    records,
    start,
)
from tests.films import AudioSpec, make_film


def test_the_version_and_the_help_need_no_data_folder(tmp_path: Path) -> None:
    assert call(tmp_path, "--version").stdout.startswith("MediaProcessor ")
    assert "analyze" in call(tmp_path, "--help").stdout
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["fly"],
        ["plan"],
        ["settings"],
        ["settings", "get", "no.such.setting"],
        ["settings", "set", "files.keep_original_days", "many"],
        ["settings", "import", "missing.json"],
        ["plan", "--native-language", "gibberish!", "a.mkv"],
        ["--no-such-option"],
    ],
)
def test_a_wrong_command_line_is_one_sentence_and_code_2(
    tmp_path: Path, arguments: List[str]
) -> None:
    answer = call(tmp_path, *arguments)
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert one_sentence(answer.stderr), answer.stderr


def test_a_film_is_described_for_people_and_for_programs(tmp_path: Path) -> None:
    path = film(tmp_path / "a film.mkv")
    text = call(tmp_path, "analyze", str(path))
    assert text.returncode == 0, text.stderr
    assert "Commentary by the director" in text.stdout
    (record,) = records("analyze", call(tmp_path, "--json", "analyze", str(path)))
    assert record["media"]["audio"][0]["language"] == "ja"


@needs_mkvpropedit
def test_a_plan_tells_every_track_with_its_reason_and_every_command_and_does_nothing(
    tmp_path: Path,
) -> None:
    path = film(tmp_path / "a film.mkv")
    before = path.read_bytes()
    (record,) = records("plan", call(tmp_path, "plan", "--json", str(path)))
    dropped = [decision for decision in record["decisions"] if not decision["kept"]]
    assert [decision["track"] for decision in dropped] == [2, 4]
    assert dropped[0]["rejections"][0]["matched"]
    assert all(
        isinstance(command["argv"], list)
        for step in record["steps"]
        for command in step["commands"]
    )
    text = call(tmp_path, "plan", str(path)).stdout
    for told in ("drop", "keep", "Commentary", "ffmpeg", "opus"):
        assert told in text
    assert path.read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a film.mkv", "data"]


@needs_mkvpropedit
def test_a_native_language_given_by_the_user_keeps_its_tracks(tmp_path: Path) -> None:
    path = make_film(
        tmp_path / "film.mkv",
        audio=(AudioSpec(language="eng"), AudioSpec(language="fre"), AudioSpec(language="ger")),
    )
    answer = call(tmp_path, "plan", "--json", "--native-language", "French", str(path))
    (record,) = records("plan", answer)
    assert [decision["kept"] for decision in record["decisions"]] == [True, True, True, False]


@needs_mkvpropedit
def test_a_folder_is_processed_and_one_film_restored(tmp_path: Path) -> None:
    folder = tmp_path / "films"
    folder.mkdir()
    path = film(folder / "it's $(a) film; –e 🎬.mkv")
    before = path.read_bytes()
    (folder / "no film.mkv").write_bytes(b"\0" * 5000)

    answer = call(tmp_path, "process", "--json", str(folder))
    found = records("process", answer)
    ended = {Path(record["file"]).name: record for record in found if record["type"] == "result"}
    assert ended[path.name]["state"] == "completed", answer.stdout
    assert ended["no film.mkv"]["state"] == "failed"
    assert answer.returncode == 1
    assert found[-1]["type"] == "summary"
    assert (found[-1]["completed"], found[-1]["failed"]) == (1, 1)
    assert path.stat().st_size == ended[path.name]["processed_size"] < len(before)

    again = call(tmp_path, "process", str(path))
    assert again.returncode == 0, again.stderr
    assert "skipped" in again.stdout

    (record,) = records("restore", call(tmp_path, "restore", "--json", str(path)))
    assert record == {"type": "restored", "file": str(path), "asked": str(path)}
    assert path.read_bytes() == before


@needs_mkvpropedit
def test_all_films_of_a_renamed_folder_are_restored_and_each_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "Film (2020)"
    folder.mkdir()
    first, second = film(folder / "first.mkv"), film(folder / "second.mp4", ())
    before = first.read_bytes()
    kept = sum(path.stat().st_size for path in (first, second))
    assert call(tmp_path, "process", str(folder)).returncode == 0
    new = folder.rename(tmp_path / "Movie [2020]")

    told = records("originals", call(tmp_path, "originals", "list", "--json"))
    assert {Path(original["film"]).name for original in told} == {"first.mkv", "second.mkv"}
    assert {Path(original["original"]).name for original in told} == {"first.mkv", "second.mp4"}
    assert {Path(original["film"]).parent for original in told} == {new}
    assert sum(original["size"] for original in told) == kept
    shown = call(tmp_path, "originals", "list").stdout
    assert "was second.mkv" not in shown  # only its folder has another name
    assert f"2 originals, {kept / 1e3:.1f} kB." in shown
    listed = records("originals", call(tmp_path, "originals", "list", "--to", "l.txt", "--json"))
    assert listed == [{"type": "list", "file": str(tmp_path / "l.txt"), "originals": 2}]
    lines = (tmp_path / "l.txt").read_text("utf-8").splitlines()
    assert lines[0] == f"2 originals, {kept / 1e3:.1f} kB."
    assert lines[2] == str(Path(told[0]["path"]).parent)  # where they lie, for who has no program
    assert {f"        of {original['film']}" for original in told} < set(lines)

    (new / "second.mkv").write_bytes(b"somebody's own")
    answer = call(tmp_path, "restore", "--json", str(folder))
    assert answer.returncode == 1
    restored, error = records("restore", answer)
    assert restored["file"] == restored["asked"] == str(new / "first.mkv")
    assert error["file"] == str(new / "second.mkv")
    assert "was changed after it was processed" in answer.stderr
    assert (new / "first.mkv").read_bytes() == before

    (new / "second.mkv").unlink()
    answer = call(tmp_path, "restore", str(new))
    assert answer.returncode == 0, answer.stderr
    assert f"{new / 'second.mp4'} is the original again; it was asked for as" in answer.stdout
    assert call(tmp_path, "originals", "list").stdout == "No original is kept.\n"
    answer = call(tmp_path, "restore", str(new), str(tmp_path / "missing.mkv"))
    assert answer.returncode == 1
    assert "no original of any film in it is kept" in answer.stderr
    assert "no original of it is kept" in answer.stderr


@needs_mkvpropedit
def test_paths_that_hold_no_films_are_told_and_fail(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for name in ("missing.mkv", "empty"):
        answer = call(tmp_path, "process", name)
        assert answer.returncode == 1
        assert one_sentence(answer.stderr), answer.stderr


@posix
@needs_mkvpropedit
def test_names_that_no_terminal_should_see_are_shown_as_escapes(tmp_path: Path) -> None:
    plain = film(tmp_path / "plain.mkv")
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/-x\n\x1b[2J\xff.mkv"))
    shutil.move(str(plain), str(path))
    with start(tmp_path, "plan", str(path)) as process:
        shown, told = process.communicate(timeout=60)
    assert process.returncode == 0, told
    for text in (shown, call(tmp_path, "analyze", str(path)).stdout):
        assert r"-x\n\x1b[2J\udcff.mkv" in text
        assert "\x1b" not in text
    for command in ("analyze", "plan"):
        (record,) = records(command, call(tmp_path, "--json", command, str(path)))
        assert record["file"] == str(path)


def test_settings_are_changed_exported_and_imported(tmp_path: Path) -> None:
    key = "files.keep_original_days"
    (record,) = records("settings", call(tmp_path, "settings", "--json", "set", key, "30"))
    assert (record["value"], record["changed"]) == (30, True)
    assert call(tmp_path, "settings", "get", key).stdout.strip() == "30"
    call(tmp_path, "settings", "export", "mine.json")
    assert call(tmp_path, "settings", "reset", key).stdout.strip() == "14"
    call(tmp_path, "settings", "import", "mine.json")
    listed = records("settings", call(tmp_path, "settings", "list", "--json"))
    assert {setting["key"]: setting["value"] for setting in listed}[key] == 30
    assert json.loads(call(tmp_path, "settings", "export").stdout)["settings"][key] == 30
    assert key in call(tmp_path, "settings", "list").stdout


@needs_mkvpropedit
def test_the_doctor_tells_the_tools_and_makes_the_database(tmp_path: Path) -> None:
    answer = call(tmp_path, "doctor", "--json")
    (record,) = records("doctor", answer)
    assert answer.returncode == 0
    assert {tool["name"] for tool in record["tools"]} == {
        *("ffmpeg", "ffprobe", "QSVEncC", "NVEncC", "VCEEncC", "mkvpropedit", "mkvmerge")
    }
    assert all(" proven here: " in line or "No test encode" in line for line in record["encoders"])
    assert Path(record["database"]["path"]).read_bytes().startswith(b"SQLite format 3")
    text = call(tmp_path, "doctor").stdout
    assert "ffmpeg" in text
    assert "intact" in text


def test_the_self_check_answers_in_json(tmp_path: Path) -> None:
    answer = call(tmp_path, "--self-check")
    (record,) = records("self-check", answer)
    assert [check for check in record["checks"] if not check["ok"]] == []
    assert answer.returncode == 0


def test_a_data_folder_that_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way", encoding="utf-8")
    answer = call(tmp_path, "settings", "list")
    assert answer.returncode == 2
    assert one_sentence(answer.stderr), answer.stderr
    assert "--data-dir" in answer.stderr


@pytest.mark.parametrize(
    "command", ["settings list", "queue list", "stats", "doctor", "folders list"]
)
def test_a_database_that_was_damaged_is_kept_and_the_user_hears_of_it(
    tmp_path: Path, command: str
) -> None:
    database = tmp_path / "data" / "mediaprocessor.db"
    database.parent.mkdir()
    for options in ((), ("--json",)):
        database.write_bytes(b"no database " * 100)
        answer = call(tmp_path, *command.split(), *options)
        assert "was damaged" in answer.stderr
        assert one_sentence(answer.stderr), answer.stderr
        (kept,) = database.parent.glob("*.damaged-*")
        assert kept.name in answer.stderr
        assert kept.read_bytes() == b"no database " * 100
        kept.unlink()
    found = records(command.split()[0], answer)
    assert [record["error"] for record in found if record["type"] == "notice"] == [True]


@pytest.mark.parametrize("content", [b"no database " * 100, b""], ids=["damaged", "empty"])
@needs_mkvpropedit
def test_no_film_is_processed_by_defaults_where_the_settings_were_just_lost(
    tmp_path: Path, content: bytes
) -> None:
    call(tmp_path, "settings", "set", "subtitles.languages", "eng, fre")
    made = film(tmp_path / "films" / "Film.mkv")
    before = made.read_bytes()
    database = tmp_path / "data" / "mediaprocessor.db"
    for words in (["process", str(made)], ["--headless"]):
        database.write_bytes(content)
        answer = call(tmp_path, *words)
        assert answer.returncode == 1
        assert "Nothing was processed. Set what differs" in answer.stderr
        assert "Traceback" not in answer.stderr
    assert made.read_bytes() == before
    assert call(tmp_path, "process", str(made)).returncode == 0  # who starts again has read it
    assert made.read_bytes() != before


@posix
def test_a_reader_that_goes_away_is_no_error_to_shout_about(tmp_path: Path) -> None:
    with start(tmp_path, "settings", "list", "--json") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 141


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """What is started hears Ctrl+C, also where the tests are run in the background, which is deaf to it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@posix
@pytest.mark.usefixtures("ctrl_c")
@needs_mkvpropedit
def test_ctrl_c_cancels_the_job_and_a_restore_is_answered_meanwhile(
    tmp_path: Path,
) -> None:
    path = make_film(tmp_path / "long.mkv", seconds=300, size=(640, 360), audio=(AudioSpec("ac3"),))
    before = path.read_bytes()
    with start(tmp_path, "process", "--json", str(path)) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        lines = iter(process.stdout)
        assert any('"progress"' in line for line in lines)
        second = call(tmp_path, "restore", str(path))
        process.send_signal(signal.SIGINT)
        rest = [json.loads(line) for line in lines]
        told = process.stderr.read()
    assert (second.returncode, one_sentence(second.stderr)) == (1, True)
    assert "already working" not in second.stderr
    assert "is being worked on" in second.stderr
    assert process.returncode == 130
    assert told == "Interrupted.\n"
    assert [record["state"] for record in rest if record["type"] == "result"] == ["cancelled"]
    assert path.read_bytes() == before
    left = [file for file in (tmp_path / ".mediaprocessor").rglob("*") if file.is_file()]
    assert left == []


@pytest.mark.parametrize(
    "words",
    [
        ("settings", "export"),
        ("setup", "export"),
        ("report",),
        ("bundle",),
        ("log", "--html"),
        ("plan", "film.mkv", "--csv"),
    ],
)
def test_a_file_that_cannot_be_there_is_a_wrong_argument_and_told_as_it_is(
    tmp_path: Path, words: Sequence[str]
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("", "utf-8")
    for name, sentence in (
        ("missing/new", f"{tmp_path / 'missing'} does not exist."),
        ("file/new", f"{tmp_path / 'file'} is no folder."),
        ("folder", "it is a folder. Name a file in it."),
    ):
        answer = call(tmp_path, *words, name)
        assert (answer.returncode, one_sentence(answer.stderr)) == (2, True), answer.stderr
        assert answer.stderr.rstrip().endswith(sentence)


@pytest.mark.parametrize(
    "words",
    [
        ("settings", "export"),
        ("setup", "export"),
        ("presets", "export", "evening"),
        ("report",),
        ("bundle",),
        ("log", "--html"),
        ("plan", "film.mkv", "--csv"),
    ],
)
def test_a_film_that_is_named_by_mistake_is_not_written_over(
    tmp_path: Path, words: Sequence[str]
) -> None:
    (tmp_path / "film.mkv").write_bytes(b"a film")
    if words[0] == "presets":
        call(tmp_path, "presets", "save", "evening")
    answer = call(tmp_path, *words, "film.mkv")
    assert (answer.returncode, one_sentence(answer.stderr)) == (2, True), answer.stderr
    assert f"{tmp_path / 'film.mkv'} exists, and was not replaced" in answer.stderr
    assert (tmp_path / "film.mkv").read_bytes() == b"a film"


def test_nothing_is_printed_below_the_sentence_that_says_what_went_wrong(tmp_path: Path) -> None:
    """Libraries go on in threads of their own when a command has ended with its sentence."""
    program = f"""
import asyncio, dataclasses, logging, sys, threading
sys.path.insert(0, {str(ROOT)!r})
import commandline.queue, commandline.queue_list, main
from core.errors import UsageError
def fail(*_):
    raise ValueError("late")
def run(*_):
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    raise UsageError("This is wrong.")
commandline.queue_list.ACTION = dataclasses.replace(commandline.queue_list.ACTION, run=run)
code = main.main(["--data-dir", {str(tmp_path / "data")!r}, "queue", "list"])
try:
    fail()
except ValueError:
    logging.getLogger("zeroconf").exception("late")
sys.exit(code)
"""
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (2, "", "This is wrong.\n")
    assert "ValueError: late" in (tmp_path / "data/logs/mediaprocessor.log").read_text("utf-8")
