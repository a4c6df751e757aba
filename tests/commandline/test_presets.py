"""``presets``: what is made of a picture is kept under a name, used, and carried to another machine."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path
from typing import Any, Dict, List

import pytest

from tests.commandline.calls import (
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

MINE = "$ffmpeg -i $input -c:v libx265 -crf 12 -filter:v:0 $filters $hdr $tracks $output"


class Presets:
    """A data folder, and the commands that are tested."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def call(self, *words: str) -> Answer:
        return call(self.folder, *words)

    def done(self, line: str) -> str:
        """A command line that has to work; what it says."""
        answer = self.call(*line.split())
        assert answer.returncode == 0, answer
        return answer.stdout

    def records(self, line: str) -> List[Dict[str, Any]]:
        found = records("presets", self.call(*line.split(), "--json"))
        for record in found:
            assert_valid("presets", record)
        return found

    def setting(self, key: str) -> str:
        return self.done(f"settings get {key}").rstrip("\n")


@pytest.fixture
def presets(tmp_path: Path) -> Presets:
    return Presets(tmp_path)


def test_a_preset_brings_back_what_was_set_when_it_was_saved(presets: Presets) -> None:
    assert presets.done("presets list").startswith("There are no presets; `presets save NAME`")
    presets.done("settings set video.quality better")
    presets.done("settings set video.downscale_height 720")
    told = presets.done("presets save Tablet")
    assert told == "Preset Tablet (HEVC, better, normal, graphics: QSVEncC) was saved.\n"
    template = presets.setting("templates.normal")
    presets.done("settings reset video.quality")
    presets.done("settings reset video.downscale_height")
    assert presets.setting("templates.normal") != template
    changes = presets.records("presets use TABLET")  # capitals do not count
    assert {record["key"]: record["value"] for record in changes if record["key"][0] == "v"} == {
        "video.quality": "better",
        "video.target": "off",  # balanced aims at one
        "video.downscale_height": 720,
    }
    assert presets.setting("templates.normal") == template
    assert presets.done("presets use Tablet") == "No setting changes.\n"
    assert [line.split("  ")[0] for line in presets.done("presets list").splitlines()] == [
        "Preset",
        "Tablet",
    ]


def test_edited_templates_are_kept_and_come_back(presets: Presets) -> None:
    answer = presets.call("settings", "set", "templates.normal", MINE)
    assert answer.stdout == f"{MINE}\n\nvideo.quality: by hand\n"
    presets.done("presets save Mine")
    presets.done("settings set video.quality smaller")
    presets.done("presets use Mine")
    assert presets.setting("templates.normal") == MINE
    assert presets.setting("video.quality") == "by hand"


def test_a_preset_goes_to_another_machine_as_a_file(presets: Presets, tmp_path: Path) -> None:
    presets.done("settings set video.codec av1")
    presets.done("presets save Séance")
    presets.done("presets export séance preset.json")
    content = json.loads((tmp_path / "preset.json").read_text("utf-8"))
    assert (content["kind"], content["name"]) == ("preset", "Séance")
    other = Presets(tmp_path / "other")
    other.folder.mkdir()
    (other.folder / "preset.json").write_bytes((tmp_path / "preset.json").read_bytes())
    (taken,) = other.records("presets import preset.json")
    assert taken["settings"] == content["settings"]
    other.done("presets use Séance")
    assert other.setting("templates.normal") == presets.setting("templates.normal")


def test_a_preset_of_somebody_else_cannot_reach_other_files_unless_it_is_trusted(
    presets: Presets, tmp_path: Path
) -> None:
    writing = MINE.replace("-crf 12", f"-crf 12 -passlogfile {tmp_path / 'notes'}")
    presets.call("settings", "set", "templates.normal", writing)
    presets.done("presets save Odd")
    presets.done("presets export Odd preset.json")
    presets.done("presets remove Odd")
    refused = presets.call("presets", "import", "preset.json")
    assert refused.returncode == 2
    assert one_sentence(refused.stderr)
    assert refused.stderr.startswith("preset.json: ")
    assert "templates.normal of this preset has '-passlogfile" in refused.stderr
    assert presets.records("presets list") == []
    presets.done("presets import preset.json --trust")


def test_a_name_is_not_taken_from_another_preset(presets: Presets) -> None:
    presets.done("presets save One")
    presets.done("settings set video.quality best")
    refused = presets.call("presets", "save", "one")
    assert refused.returncode == 2
    assert "There is a preset 'one' already; nothing was changed." in refused.stderr
    assert (
        presets.records("presets list")[0]["words"] == "HEVC, balanced, normal, graphics: QSVEncC"
    )
    presets.done("presets save one --replace")
    (record,) = presets.records("presets list")
    assert (record["name"], record["words"]) == ("one", "HEVC, best, normal, graphics: QSVEncC")


def test_a_name_that_is_none_is_told_with_the_one_that_was_meant(presets: Presets) -> None:
    presets.done("presets save Evening")
    refused = presets.call("presets", "use", "Evning")
    assert refused.stderr == "There is no preset 'Evning'. Did you mean 'Evening'?\n"


@needs_mkvpropedit
def test_a_folders_films_are_made_by_the_preset_of_its_own(
    presets: Presets, tmp_path: Path
) -> None:
    library = tmp_path / "library"
    library.mkdir()
    made = film(library / "Film.mkv")
    os.utime(made, (time.time() - 3600,) * 2)
    presets.done("folders add library --set audio.mono_rate=48 --set video.speed=thorough")
    presets.done("settings set video.quality smaller")
    presets.done("settings set video.speed fast")
    presets.done("presets save Small")
    presets.done("settings reset video.quality")
    told = presets.done("presets use Small --folder library")
    assert (
        told == f"Preset Small (HEVC, smaller, fast, graphics: QSVEncC) holds for {library} now.\n"
    )
    (folder,) = records("folders", presets.call("folders", "list", "--json"))
    assert folder["settings"]["video.quality"] == "smaller"
    assert folder["settings"]["video.speed"] == "fast"
    assert folder["settings"]["audio.mono_rate"] == "48"
    assert presets.setting("video.quality") == "balanced"
    presets.done("folders scan")
    presets.done("--headless")
    assert b"crf=25.0" in made.read_bytes()  # which x265 writes down


@posix
def test_a_preset_holds_at_once_in_the_program_that_is_at_work(
    presets: Presets, tmp_path: Path
) -> None:
    presets.done("settings set network.discovery off")
    presets.done("settings set video.quality best")
    presets.done("presets save Best")
    presets.done("settings reset video.quality")
    with start(tmp_path, "--headless", "--watch") as process:
        try:
            presets.done("presets use Best")
            assert presets.setting("video.quality") == "best"
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=30)
