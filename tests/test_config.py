from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, Iterator, List

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import Config
from core.encoders.templates import FFMPEG_NORMAL
from core.errors import ConfigError, TemplateError, UsageError
from core.settings import quality_target
from core.settings.choices import HardLinkPolicy
from core.settings.fields import FIELDS, Kind, SettingDefinition
from core.settings.quality_choice import loaded
from core.settings.tree import Settings
from store.connection import Database
from store.settings import SettingStore

LANGUAGES = ("eng", "nld", "tur", "und", "nl", "Turkish", "pt-BR", "zh-Hant", "mul")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database(tmp_path / "data.db") as opened:
        yield opened


@pytest.fixture
def store(database: Database) -> SettingStore:
    return SettingStore(database)


@pytest.fixture
def config(store: SettingStore) -> Config:
    return Config(store)


def values(field: SettingDefinition) -> st.SearchStrategy[Any]:
    """Every value that a setting can have."""
    if field.kind is Kind.BOOL:
        return st.booleans()
    if field.kind is Kind.INT:
        return st.integers(int(field.minimum or 0), int(field.maximum or 10**9))
    if field.kind is Kind.FLOAT:
        return st.floats(field.minimum, field.maximum, allow_nan=False, allow_infinity=False)
    if field.kind is Kind.CHOICE:
        return st.sampled_from([type(field.default)(choice) for choice in field.choices])
    if field.kind is Kind.LIST:
        words = st.text("abcdefgh123-ü", min_size=1)
        if field.check == "languages":
            words = st.sampled_from(LANGUAGES)
        elif field.check == "path mappings":
            words = st.sampled_from(["/films=>Z:\\films", "//nas/a => /mnt/a", "D:\\=>/d"])
        elif field.check == "encoder paths":
            words = st.sampled_from(["NVEncC=C:\\NVEnc\\NVEncC64.exe", "VCEEncC = /opt/vceencc"])
        return st.lists(words, unique=True).map(tuple)
    if field.check in ("schedule", "hours"):
        return st.sampled_from(("", "mon-fri 22:00-07:00", "sat,sun 00:00-24:00; mon 1:00-2:30"))
    if field.check in ("template", "templates"):
        return st.sampled_from((field.default, FFMPEG_NORMAL, f"# mine\n{FFMPEG_NORMAL}"))
    if field.check == "quality target":
        numbers = st.floats(quality_target.LOWEST, quality_target.HIGHEST)
        return st.one_of(
            st.sampled_from(quality_target.WORDS), numbers.map(lambda number: f"{number:g}")
        )
    line_ends = "\0\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
    characters = st.characters(blacklist_characters=line_ends)  # surrogates are in: file names
    return st.text(characters, min_size=1).filter(str.strip)


@pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS)
@given(data=st.data())
def test_every_value_of_every_setting_comes_back_from_text_and_json(
    field: SettingDefinition, data: st.DataObject
) -> None:
    value = data.draw(values(field))
    assert field.parse(field.text(value)) == value
    assert field.from_json(json.loads(json.dumps(field.to_json(value)))) == value


@pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS)
def test_every_default_is_valid_and_explained(field: SettingDefinition) -> None:
    assert field.parse(field.text(field.default)) == field.default
    assert field.label
    assert field.help.endswith(".")


def test_a_new_users_settings_are_the_defaults(config: Config) -> None:
    assert config.settings == loaded({})
    assert config.notices == ()


def test_a_change_is_there_at_once_and_after_a_restart(config: Config, store: SettingStore) -> None:
    config.set("audio.languages", "eng, tur")
    config.set("files.hard_links", "Replace this name")
    for known in (config, Config(store)):
        assert known.settings.audio.languages == ("eng", "tur")
        assert known.settings.files.hard_links is HardLinkPolicy.REPLACE_THIS_NAME
        assert known.get("audio.languages") == "eng, tur"


def test_only_what_differs_from_the_default_is_stored(config: Config, store: SettingStore) -> None:
    config.set("video.encode", "no")
    assert store.all() == {"video.encode": "no"}
    config.set("video.encode", "yes")
    assert store.all() == {}


@pytest.mark.parametrize("text", ["yes", "On", "TRUE", "1", " yes "])
def test_yes_has_many_spellings(config: Config, text: str) -> None:
    config.set("verification.decode_whole", text)
    assert config.settings.verification.decode_whole is True


@pytest.mark.parametrize("text", ["no", "Off", "false", "0"])
def test_no_has_many_spellings(config: Config, text: str) -> None:
    config.set("audio.convert_to_opus", text)
    assert config.settings.audio.convert_to_opus is False


@pytest.mark.parametrize(
    ("key", "text", "sentence"),
    [
        ("video.encode", "maybe", "'maybe' is neither yes nor no."),
        ("video.downscale_height", "tall", "'tall' is not a whole number. It must be from 144 to"),
        ("video.downscale_height", "10", "10 is out of range. It must be from 144 to 4320 px."),
        ("files.keep_original_days", "-1", "It must be from 0 to 3650 days."),
        ("files.largest_ratio", "nan", "It must be from 0.1 to 2."),
        ("files.keep_original_gigabytes", "inf", "It must be at least 0 GB."),
        ("files.hard_links", "delete", "'delete' is not one of: skip, replace this name."),
        ("audio.languages", "eng, klingonese", "'klingonese' is not a known language."),
        ("video.downscale_tag", " ", "it must not be empty."),
        ("video.downscale_tag", "two\nlines", "it must be one line."),
        ("video.downscale_tag", "a\0b", "it must not contain a NUL character."),
        ("templates.normal", "", "it must not be empty."),
        ("files.work_folder", "somewhere", "'somewhere' is not a full path"),
        (
            "tools.encoders",
            "QSVEncC=/x",
            "'QSVEncC=/x' is not a program with its path. Write NVEncC=",
        ),
        ("tools.encoders", "NVEncC", "there are NVEncC, VCEEncC"),
        ("network.path_mappings", "/films", "'/films' is no pair of folders; write /films=>"),
        ("network.port", "0", "0 is out of range. It must be from 1 to 65535."),
        (
            "audio.langages",
            "eng",
            "there is no setting of this name. Did you mean audio.languages?",
        ),
        ("files.keep_days", "3", "Did you mean files.keep_original_days?"),
        ("colour", "red", "there is no setting of this name. `settings list` shows them all."),
    ],
)
def test_a_wrong_value_is_one_sentence_that_names_the_setting_and_changes_nothing(
    config: Config, store: SettingStore, key: str, text: str, sentence: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        config.set(key, text)
    assert str(caught.value).startswith(f"Setting {key}: ")
    assert sentence in str(caught.value)
    assert config.settings == loaded({})
    assert store.all() == {}


def test_a_template_is_read_before_it_is_saved(config: Config) -> None:
    with pytest.raises(TemplateError, match=r"Setting templates\.downscale: .*quote"):
        config.set("templates.downscale", '$ffmpeg -i "$input')


def test_a_fall_back_template_may_be_empty(config: Config) -> None:
    config.set("templates.normal_fallback", "")
    assert config.settings.templates.normal_fallback == ""


def test_a_folder_may_be_one_that_can_be_made(config: Config, tmp_path: Path) -> None:
    wish = tmp_path / "not" / "yet"
    config.set("files.work_folder", str(wish))
    assert config.settings.files.work_folder == str(wish)
    assert not wish.exists()
    config.set("files.work_folder", "")


def test_a_file_is_no_folder(config: Config, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(ConfigError, match="is not a folder"):
        config.set("files.work_folder", str(file))
    with pytest.raises(ConfigError, match="is a file"):
        config.set("files.work_folder", str(file / "below"))


def test_a_program_must_be_there_and_may_be_started(config: Config, tmp_path: Path) -> None:
    config.set("tools.ffmpeg", sys.executable)
    with pytest.raises(ConfigError, match="is not there"):
        config.set("tools.ffmpeg", str(tmp_path / "ffmpeg"))
    with pytest.raises(ConfigError, match="is not there"):
        config.set("tools.ffmpeg", str(tmp_path))
    if os.name == "posix":
        (tmp_path / "ffmpeg").touch(0o600)
        with pytest.raises(ConfigError, match="may be started"):
            config.set("tools.ffmpeg", str(tmp_path / "ffmpeg"))


def test_a_stored_folder_whose_disk_is_away_stays_set(
    config: Config, store: SettingStore, tmp_path: Path
) -> None:
    share = tmp_path / "share"
    share.mkdir()
    config.set("files.holding_folder", str(share / "held"))
    share.rmdir()
    share.touch()  # where the share was there is nothing usable now
    again = Config(store)
    assert again.settings.files.holding_folder == str(share / "held")
    again.change({"files.holding_folder": str(share / "held"), "video.encode": "no"})
    assert again.settings.video.encode is False


def test_a_stored_value_that_is_wrong_now_falls_back_is_told_and_is_kept(
    store: SettingStore,
) -> None:
    stored = {"video.downscale_height": "99999", "video.encode": "no", "omdb_cooldown_end": "5"}
    store.change(stored)
    config = Config(store)
    assert config.settings.video.downscale_height == Settings().video.downscale_height
    assert config.settings.video.encode is False
    (notice,) = config.notices
    assert "video.downscale_height" in notice
    assert "default is used" in notice
    assert store.all() == stored


def test_several_changes_are_all_or_nothing(config: Config, store: SettingStore) -> None:
    with pytest.raises(ConfigError):
        config.change({"video.encode": "no", "video.downscale_height": "0"})
    assert config.settings == loaded({})
    assert store.all() == {}


def test_reset_gives_the_default_again(config: Config) -> None:
    config.set("video.encode", "no")
    config.reset("video.encode")
    assert config.settings == loaded({})


def test_listeners_hear_of_changes_and_only_of_changes(config: Config, store: SettingStore) -> None:
    heard: List[Settings] = []
    config.on_change(heard.append)
    config.set("video.encode", "no")
    config.set("video.encode", "off")
    assert [event.video.encode for event in heard] == [False]
    store.change({"video.encode": None})
    config.reload()
    assert [event.video.encode for event in heard] == [False, True]


def test_describe_tells_all_that_a_form_needs(config: Config) -> None:
    config.set("video.downscale_height", "720")
    described = {setting.key: setting for setting in config.describe()}
    assert list(described) == list(FIELDS)
    height = described["video.downscale_height"]
    assert (height.value, height.default, height.text) == (720, 1080, "720")
    assert (height.unit, height.minimum, height.maximum) == ("px", 144, 4320)
    assert height.changed
    policy = described["files.hard_links"]
    assert policy.choices == ("skip", "replace this name")
    assert not policy.changed
    json.dumps([(setting.value, setting.default) for setting in described.values()])


def test_an_export_brings_another_machine_to_the_same_settings(
    config: Config, tmp_path: Path
) -> None:
    config.change({"audio.languages": "tur", "files.keep_original_days": "2.5"})
    text = json.dumps(config.export())
    with Database(tmp_path / "other.db") as database:
        other = Config(SettingStore(database))
        other.set("video.encode", "no")
        other.import_(json.loads(text))
        assert other.settings == config.settings


def test_an_import_may_hold_a_few_settings_and_leaves_the_others(config: Config) -> None:
    config.set("video.encode", "no")
    config.import_({"format": 1, "settings": {"audio.languages": ["tur"]}})
    assert config.settings.audio.languages == ("tur",)
    assert config.settings.video.encode is False


@pytest.mark.parametrize(
    "bad",
    [
        {"no.such": 1},
        {"video.downscale_height": "720"},
        {"video.downscale_height": True},
        {"video.encode": 0},
        {"audio.languages": "eng"},
        {"audio.languages": ["eng", 3]},
        {"files.hard_links": "burn"},
        {"files.keep_original_days": float("nan")},
    ],
)
def test_an_import_with_one_mistake_changes_nothing(config: Config, bad: object) -> None:
    assert isinstance(bad, dict)
    with pytest.raises(ConfigError):
        config.import_({"format": 1, "settings": {"video.dolby_vision_7": True, **bad}})
    assert config.settings == loaded({})


@pytest.mark.parametrize("other", [[], {}, {"format": 1}, {"format": 2, "settings": {}}, "x", None])
def test_something_else_than_an_export_is_refused(config: Config, other: object) -> None:
    with pytest.raises(UsageError, match="nothing was changed"):
        config.import_(other)


# ---- the choice of a quality, and the templates that it makes

MINE = f"# mine\n{FFMPEG_NORMAL}"


def test_a_choice_is_stored_and_no_template_that_it_makes(
    config: Config, store: SettingStore
) -> None:
    config.set("video.quality", "better")
    assert store.all() == {"video.quality": "better"}
    again = Config(store)
    assert again.settings == config.settings != loaded({})
    changed = [info.key for info in again.describe() if info.changed]
    assert changed == ["video.quality"]  # a form shows no template as edited


def test_an_edited_template_is_by_hand_also_after_a_restart(
    config: Config, store: SettingStore
) -> None:
    config.change({"video.quality": "best", "video.speed": "thorough"})
    made = config.settings.templates
    config.set("templates.normal", MINE)
    for each in (config, Config(store)):
        assert each.get("video.quality") == "by hand"
        assert each.settings.templates == replace(made, normal=MINE)
    config.set("video.quality", "balanced")
    assert store.all() == {"video.speed": "thorough"}


def test_what_an_earlier_version_stored_is_by_hand(store: SettingStore) -> None:
    store.change({"templates.normal": MINE})
    config = Config(store)
    assert config.get("video.quality") == "by hand"
    assert config.settings.templates == replace(Settings().templates, normal=MINE)
    config.reset("templates.normal")
    assert config.settings == loaded({})
    assert store.all() == {}


@pytest.mark.parametrize("mine", [True, False])
def test_an_export_takes_a_choice_or_the_edited_templates_along(
    config: Config, tmp_path: Path, mine: bool
) -> None:
    config.change({"video.quality": "better", "video.codec": "av1"})
    if mine:
        config.set("templates.downscale_fallback", "")
    exported = json.loads(json.dumps(config.export()))
    assert ("templates.normal" in exported["settings"]) is mine
    with Database(tmp_path / "other.db") as database:
        other = Config(SettingStore(database))
        other.set("templates.normal", MINE)
        other.import_(exported)
        assert other.settings == config.settings
