"""What a report for a bug holds, and what it never holds."""

from __future__ import annotations

import os
import sys
import zipfile
from pathlib import Path
from typing import Callable, Dict

import pytest

import logger
from core.errors import FolderNotWritable
from core.text.redaction import secret_forms
from reports.bundle import HEALTH_FILE, LOG_BYTES, BundleParts, database_text, write_bundle
from store.connection import Database
from store.settings import SettingStore

SECRET = "PL4nted/key+with=odd&signs"


def parts(folder: Path, texts: Dict[str, Callable[[], str]]) -> BundleParts:
    return BundleParts("1.2.3", folder, folder / "logs", texts, logger.redact)


def read(path: Path) -> Dict[str, str]:
    with zipfile.ZipFile(path) as bundle:
        assert bundle.testzip() is None
        return {name: bundle.read(name).decode("utf-8") for name in bundle.namelist()}


def test_a_bundle_has_versions_texts_health_and_the_ends_of_the_logs(tmp_path: Path) -> None:
    jobs = tmp_path / "logs" / "jobs"
    jobs.mkdir(parents=True)
    for number in range(15):
        (jobs / f"{number}.log").write_text(f"job {number}\n")
        os.utime(jobs / f"{number}.log", (number, number))
    line = "x" * 99 + "\n"
    (tmp_path / "logs" / "mediaprocessor.log.1").write_text("first\n" + line * 9000)
    (tmp_path / "logs" / "mediaprocessor.log").write_text(line * 5000 + "last\n")
    (tmp_path / HEALTH_FILE).write_text('{"threads": []}')
    names = write_bundle(tmp_path / "a.zip", parts(tmp_path, {"doctor.txt": lambda: "All well."}))
    found = read(tmp_path / "a.zip")
    assert tuple(found) == names
    assert "Python" in found["versions.txt"]
    assert "1.2.3" in found["versions.txt"]
    assert found["doctor.txt"] == "All well."
    assert found[HEALTH_FILE] == '{"threads": []}'
    log = found["logs/mediaprocessor.log"]
    assert log.endswith("last\n")
    assert set(log.splitlines()) == {"x" * 99, "last"}, "whole lines only"
    assert LOG_BYTES - 200 < len(log) <= LOG_BYTES
    logs = [name for name in found if name.startswith("logs/jobs/")]
    assert len(logs) == 10
    assert "logs/jobs/14.log" in logs
    assert "logs/jobs/4.log" not in logs


def test_no_planted_secret_is_in_it_whatever_it_came_from(tmp_path: Path) -> None:
    logger.add_secret(SECRET)
    everything = " ".join(secret_forms(SECRET)) + "\n"
    everything += "smb://user:PL4ntedpass@nas/films ftp://PL4ntedlogin:x@h/ \n"
    everything += 'X-Api-Key: PL4ntedheader\n"password": "PL4nted in json"\n?apikey=PL4ntedquery\n'
    (tmp_path / "logs" / "jobs").mkdir(parents=True)
    for name in ("mediaprocessor.log", "mediaprocessor.jsonl", "jobs/1.log"):
        (tmp_path / "logs" / name).write_text(everything)
    (tmp_path / HEALTH_FILE).write_text(everything)
    write_bundle(tmp_path / "a.zip", parts(tmp_path, {"settings.json": lambda: everything}))
    for name, text in read(tmp_path / "a.zip").items():
        assert "PL4nted" not in text, name
        assert not any(form in text for form in secret_forms(SECRET)), name


def test_what_cannot_be_found_out_says_why_and_the_rest_is_there(tmp_path: Path) -> None:
    def broken() -> str:
        raise ZeroDivisionError("apikey=PL4nted")

    write_bundle(tmp_path / "a.zip", parts(tmp_path, {"broken.txt": broken, "b.txt": lambda: "b"}))
    found = read(tmp_path / "a.zip")
    assert found["broken.txt"].startswith("This could not be found out: ZeroDivisionError(")
    assert "PL4nted" not in found["broken.txt"]
    assert found["b.txt"] == "b"


def test_of_a_database_only_form_and_counts_are_told(tmp_path: Path) -> None:
    with Database(tmp_path / "a.db") as database:
        SettingStore(database).change({"files.work_folder": "/a/private/place"})
        text = database_text(database)
    assert "  settings             1\n" in text
    assert "CREATE TABLE jobs" in text
    assert "private" not in text


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX folders")
def test_a_place_that_cannot_be_written_to_is_one_sentence_and_nothing_is_lost(
    tmp_path: Path,
) -> None:
    with pytest.raises(FolderNotWritable):
        write_bundle(tmp_path / "none" / "a.zip", parts(tmp_path, {}))
    (tmp_path / "taken.zip").mkdir()
    with pytest.raises(FolderNotWritable):
        write_bundle(tmp_path / "taken.zip", parts(tmp_path, {}))
    assert sorted(file.name for file in tmp_path.iterdir()) == ["taken.zip"]


def test_the_vault_is_never_in_it(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text('{"a": "PL4nted"}')
    (tmp_path / "logs").mkdir()
    assert "secrets.json" not in write_bundle(tmp_path / "a.zip", parts(tmp_path, {}))
