"""``log`` and ``bundle`` on a data folder in which a film was processed."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import List

import pytest

from reports.html_log_file import pages_of
from tests.commandline.calls import call, film, one_sentence, records
from tests.reports.log_page import entries_in, parse, words


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where one film was processed and one failed."""
    folder: Path = tmp_path_factory.mktemp("log")
    film(folder / "films" / "Film <b>.mkv")
    (folder / "films" / "Broken.mkv").write_bytes(b"no film")
    for setting in ("video.encode no", "processing.missing_mkvpropedit continue"):
        assert call(folder, "settings", "set", *setting.split()).returncode == 0
    assert call(folder, "process", str(folder / "films")).returncode == 1
    return folder


def messages(page: Path) -> List[str]:
    return [words(entry) for entry in entries_in(parse(page.read_text("utf-8")))]


def test_the_last_entries_are_shown_with_their_jobs(folder: Path) -> None:
    lines = call(folder, "log").stdout.splitlines()
    assert any(" WARNING  #1 Job 1: failed. " in line for line in lines)
    assert any(" INFO     #2 Job 2: completed." in line for line in lines)
    assert len(call(folder, "log", "--lines", "2").stdout.splitlines()) == 2
    assert call(folder, "log", "--lines", "0").stdout.splitlines() == lines


def test_json_has_every_field(folder: Path) -> None:
    found = records("log", call(folder, "log", "--json"))
    (completed,) = [record for record in found if record.get("state") == "completed"]
    assert completed["job"] == 2
    assert completed["processed_size"] < completed["original_size"]
    command = next(record for record in found if record["kind"] == "command")
    assert (command["job"], command["step"]) == (2, command["message"].partition(":")[0])
    (verified,) = [record for record in found if record["kind"] == "verification"]
    assert verified["step"] == "verify"
    assert verified["details"][0].startswith("exit codes and error lines")
    assert verified["details"][-1].startswith("size")
    assert all(record["machine"] for record in found)


def test_a_job_has_its_own_log_by_level(folder: Path) -> None:
    text = call(folder, "log", "--job", "1").stdout
    assert "Job 1: analyzing." in text
    assert "Job 2" not in text
    warnings = call(folder, "log", "--job", "1", "--level", "warnings").stdout
    assert warnings.count("\n") == 1
    assert "failed" in warnings


def test_a_job_without_a_log_is_one_sentence(folder: Path) -> None:
    answer = call(folder, "log", "--job", "77")
    assert answer.returncode == 2
    assert one_sentence(answer.stderr)
    assert call(folder, "log", "--lines", "-3").returncode == 2


def test_a_job_is_written_as_a_page(folder: Path) -> None:
    page = folder / "job.html"
    (answer,) = records("log", call(folder, "log", "--job", "2", "--html", str(page), "--json"))
    found = messages(page)
    assert len(found) == answer["entries"] > 5
    assert any("completed" in record for record in found)


def test_the_page_of_the_day_tells_the_whole_story_of_a_job(folder: Path) -> None:
    (page,) = pages_of(folder / "data" / "logs")
    body = parse(page.read_text("utf-8")).find("body")
    mine = [entry for entry in body if entry.get("data-job") == "2"]
    states = [entry.get("data-state") for entry in mine if entry.get("data-state")]
    assert states == ["analyzing", "processing", "verifying", "completed"]
    (completed,) = [entry for entry in mine if entry.get("data-state") == "completed"]
    assert int(completed.get("data-before")) > int(completed.get("data-after")) > 0
    assert any(entry.get("class") == "c" and "ffmpeg" in words(entry.find("pre")) for entry in mine)
    assert any("decodes (" in words(entry) for entry in mine)
    assert any("Film <b>.mkv" in words(entry) for entry in mine)


def test_a_bundle_is_made_and_said_to_be_without_secrets(folder: Path) -> None:
    (answer,) = records("bundle", call(folder, "bundle", "report.zip", "--json"))
    with zipfile.ZipFile(folder / "report.zip") as bundle:
        assert bundle.namelist() == answer["contents"]
        assert json.loads(bundle.read("settings.json"))["settings"]["video.encode"] is False
        assert b"Films can be processed here." in bundle.read("doctor.txt")
        assert b"  jobs                 2\n" in bundle.read("database.txt")
        assert b"completed" in bundle.read("logs/jobs/2.log")
    assert "left out" in call(folder, "bundle", "report.zip").stdout
    answer2 = call(folder, "bundle", str(folder / "no" / "report.zip"))
    assert answer2.returncode == 2
    assert one_sentence(answer2.stderr)


def test_a_bundle_of_a_broken_data_folder_says_what_is_broken(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "mediaprocessor.db").mkdir()
    assert call(tmp_path, "bundle", "report.zip").returncode == 0
    with zipfile.ZipFile(tmp_path / "report.zip") as bundle:
        assert b"This could not be found out: " in bundle.read("database.txt")
        assert b"Python" in bundle.read("versions.txt")
