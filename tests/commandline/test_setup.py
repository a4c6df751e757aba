"""``setup export|import``: all that a user has set up moves to another machine, whole or not at all."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any, Dict, List, Tuple

import pytest

from app.program import Program
from core.settings.services import ArrInstance, Service
from tests.commandline.calls import Answer, call, one_sentence, records

KEY, WORDS = "0123456789abcdef0123456789abcdef", "a passphrase of some words"
TEMPLATE = "$ffmpeg -i $input -c:v libx265 -preset slow $tracks $output"
OPTIONS = ("--flat", "--include", "*.mkv", "--minimum-size", "700 MB", "--content", "series")
MORE = ("--observer", "polling", "--priority", "7", "--set", "video.encode=no")


class Machine:
    """A data folder, and what is typed there."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        folder.mkdir()
        self.folder = folder
        self._patch = patch

    def call(self, *words: str, typed: str = "") -> Answer:
        self._patch.setattr(sys, "stdin", io.StringIO(typed))
        return call(self.folder, *words)

    def set_up(self) -> None:
        """Have something of everything."""
        (self.folder / "films").mkdir()
        self.program = self.folder / "mkvmerge"
        self.program.write_text("#!/bin/sh\n", "utf-8")
        self.program.chmod(0o755)
        for key, value in (
            ("templates.normal", TEMPLATE),
            ("audio.languages", "tr, nl"),
            ("network.path_mappings", "/films=>/mnt/films"),
            ("files.work_folder", str(self.folder / "films")),
            ("tools.mkvmerge", str(self.program)),
        ):
            assert self.call("settings", "set", key, value).returncode == 0
        assert (
            self.call("folders", "add", str(self.folder / "films"), *OPTIONS, *MORE).returncode == 0
        )
        with Program(self.folder / "data") as parts:
            keys = parts.services.keys
            pairs = (("/tv", "/mnt/tv"),)
            keys.save_arr_instance(
                ArrInstance(Service.SONARR, "Series", "http://nas:8989", KEY, path_mappings=pairs)
            )
            keys.save_omdb_key("abcdef01")
            self.webhook = keys.webhook_secret()

    def settings(self) -> Dict[str, Any]:
        shown: Dict[str, Any] = json.loads(self.call("settings", "export").stdout)["settings"]
        return shown

    def folders(self) -> List[Dict[str, Any]]:
        found = records("folders", self.call("folders", "list", "--json"))
        return [
            {key: record[key] for key in record if key not in ("state", "message")}
            for record in found
        ]

    def services(self) -> Tuple[object, ...]:
        with Program(self.folder / "data") as parts:
            keys = parts.services.keys
            return (
                tuple((instance.name, instance.url, instance.path_mappings, instance.api_key)
                      for instance in keys.load_arr_instances(Service.SONARR)),
                tuple(key.secret for key in keys.load_api_keys(Service.OMDB)),
            )  # fmt: skip


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine(tmp_path / "old", monkeypatch)
    machine.set_up()
    return machine


@pytest.fixture
def new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path / "new", monkeypatch)


def test_a_setup_with_its_keys_is_the_same_on_another_machine(
    old: Machine, new: Machine, tmp_path: Path
) -> None:
    file = tmp_path / "setup.json"
    told = old.call("setup", "export", "--with-keys", "--json", str(file), typed=WORDS)
    (record,) = records("setup", told)
    assert (record["keys"], record["instances"]) == (3, ["Sonarr (Series)"])
    for secret in (KEY, "abcdef01", old.webhook, WORDS):
        assert secret not in file.read_text("utf-8")
    taken = new.call("setup", "import", str(file), typed=WORDS)
    assert (taken.returncode, taken.stderr) == (0, "")
    assert "audio.languages" in taken.stdout
    assert new.settings() == old.settings()
    assert new.folders() == old.folders()
    assert new.services() == old.services() == ((("Series", "http://nas:8989", (("/tv", "/mnt/tv"),), KEY),), ("abcdef01",))  # fmt: skip  # noqa: E501
    assert old.webhook in new.call("apis", "webhook").stdout
    again = new.call("setup", "import", str(file), typed=WORDS)
    assert (again.returncode, again.stdout.splitlines()[0]) == (0, "No setting changes.")
    assert new.folders() == old.folders()


def test_folders_that_are_called_otherwise_are_found_and_what_is_missing_is_told(
    old: Machine, new: Machine, tmp_path: Path
) -> None:
    file, here = tmp_path / "setup.json", tmp_path / "here"
    assert old.call("setup", "export", str(file)).returncode == 0
    away = old.folder.rename(tmp_path / "gone")
    told = new.call("setup", "import", str(file))
    assert told.returncode == 1
    assert "tools.mkvmerge" not in told.stdout
    assert "audio.languages" in told.stdout
    lines = told.stderr.splitlines()
    assert len(lines) == 3
    assert "tools.mkvmerge" in lines[0]
    assert lines[0].endswith("It stays as it is.")
    assert "Sonarr (Series) was left out, since its key is not in the file" in lines[1]
    assert "does not exist here" in lines[2]
    # The disk is there now, under another name.
    (here / "films").mkdir(parents=True)
    moved = new.call("setup", "import", str(file), "--place", f"{old.folder}={here}")
    assert "does not exist" not in moved.stderr
    assert new.settings()["files.work_folder"] == str(here / "films")
    assert str(here / "films") in [folder["path"] for folder in new.folders()]
    assert away.is_dir()


@pytest.mark.parametrize(
    ("change", "typed", "sentence"),
    [
        ({}, "another passphrase", "the passphrase is another"),
        ({"kind": "shopping list"}, WORDS, "holds no setup"),
        ({"format": 99}, WORDS, "format 99"),
        ({"folders": [{"path": 7}]}, WORDS, "This setup is damaged"),
        ({"settings": {"no.such": 1}}, WORDS, "no.such"),
        ({"settings": {"verification.damage_seconds": []}}, WORDS, "[] is not a number."),
        ({"sealed_keys": "bm90aGluZw=="}, WORDS, "the file was changed"),
    ],
)
def test_a_setup_that_cannot_be_read_changes_nothing(
    old: Machine,
    new: Machine,
    tmp_path: Path,
    change: Dict[str, Any],
    typed: str,
    sentence: str,
) -> None:
    file = tmp_path / "setup.json"
    assert old.call("setup", "export", "--with-keys", str(file), typed=WORDS).returncode == 0
    file.write_text(json.dumps({**json.loads(file.read_text("utf-8")), **change}), "utf-8")
    before = (new.settings(), new.folders(), new.services())
    answer = new.call("setup", "import", str(file), typed=typed)
    assert (answer.returncode, one_sentence(answer.stderr)) == (2, True), answer.stderr
    assert sentence in answer.stderr
    assert (new.settings(), new.folders(), new.services()) == before


def test_a_passphrase_that_is_too_short_writes_nothing(old: Machine, tmp_path: Path) -> None:
    answer = old.call("setup", "export", "--with-keys", str(tmp_path / "s.json"), typed="short")
    assert (answer.returncode, one_sentence(answer.stderr)) == (2, True)
    assert not (tmp_path / "s.json").exists()


def test_an_import_of_settings_shows_each_that_changes_and_no_other(
    old: Machine, new: Machine, tmp_path: Path
) -> None:
    file = tmp_path / "settings.json"
    for key in ("files.work_folder", "tools.mkvmerge"):
        assert old.call("settings", "reset", key).returncode == 0
    assert old.call("settings", "export", str(file)).returncode == 0
    found = records("settings", new.call("settings", "import", "--json", str(file)))
    assert {
        record["key"]: (record["before"], record["value"])
        for record in found
        if record["key"] != "templates.normal"
    } == {
        "audio.languages": (found[0]["default"], ["tr", "nl"]),
        "network.path_mappings": ([], ["/films=>/mnt/films"]),
        "video.quality": ("balanced", "by hand"),  # by the template
        "video.target": ("very good", "off"),  # so has a number, which the template names
    }
    assert new.call("settings", "import", str(file)).stdout == "No setting changes.\n"
