"""What docs/architecture.md says is enough to add a setting or a rule ("To add …")."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Iterator, Tuple

import pytest

from core.media.model import AudioTrack, MediaFile, NativeLanguage, SubtitleTrack
from core.plan import Reason
from core.planning.planner import build_plan
from core.rules import audio, refusals, subtitles
from core.settings.tree import Settings
from tests.core.made_media import COPY_PICTURE, NO_TOOLS, UNKNOWN, film, sound, text

ROOT = Path(__file__).parents[2]
GROUP = "class VideoSettings:"
DECLARATION = """
    grain: int = setting(
        4, "Film grain", "How much grain is made anew.", minimum=0, maximum=50
    )
"""
USE = """
from config import Config
from core.planning.signature import changed_settings

class Store(dict):
    def all(self):
        return dict(self)

    def change(self, values, along=None):
        self.update(values)

config = Config(Store())
config.set("video.target", "off")  # balanced aims at one
config.set("video.grain", "9")
shown = {info.key: info for info in config.describe()}["video.grain"]
print(shown.label, shown.value, shown.default, shown.maximum, changed_settings(config.settings))
try:
    config.set("video.grain", "99")
except Exception as error:
    print(type(error).__name__)
"""


def test_a_setting_is_one_declaration(tmp_path: Path) -> None:
    """It is stored, checked, shown and signed without another line."""
    shutil.copytree(ROOT / "core", tmp_path / "core")
    shutil.copy(ROOT / "config.py", tmp_path)
    tree = tmp_path / "core" / "settings" / "tree.py"
    head, group, rest = tree.read_text("utf-8").partition(GROUP)
    docstring, _blank, fields = rest.partition("\n\n")
    tree.write_text(head + group + docstring + "\n" + DECLARATION + fields, "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", USE], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert done.stderr == ""
    first, second = done.stdout.splitlines()
    assert first == "Film grain 9 4 50 {'video.grain': 9}"
    assert second == "ConfigError"


def no_third_language(track: SubtitleTrack, settings: object) -> Iterator[Reason]:
    if track.number == 3:
        yield Reason("subtitle.third", "Two are enough.")


def no_loud_sound(track: AudioTrack, *context: object) -> Iterator[Reason]:
    if track.channels > 6:
        yield Reason("audio.loud", "It is too loud.")


def no_short_film(media: MediaFile, settings: Settings) -> Iterator[Reason]:
    if media.duration < 36_000:
        yield Reason("refused.short", "It is too short.")


@pytest.mark.parametrize(
    ("module", "rules", "rule", "code"),
    [
        (subtitles, "REJECTIONS", no_third_language, "subtitle.third"),
        (audio, "REJECTIONS", no_loud_sound, "audio.loud"),
        (refusals, "FILE_RULES", no_short_film, "refused.short"),
    ],
)
def test_a_rule_is_one_function_in_its_list(
    module: Any, rules: str, rule: Any, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    media = film(
        *(sound("eng", channels=2), sound("eng", channels=8)),
        *(text("eng"), text("nld"), text("eng")),
    )
    assert code not in codes(media, UNKNOWN)
    monkeypatch.setattr(module, rules, (*getattr(module, rules), rule))
    assert code in codes(media, UNKNOWN)


def codes(media: MediaFile, native: NativeLanguage) -> Tuple[str, ...]:
    plan = build_plan(media, native, COPY_PICTURE, NO_TOOLS)
    rejections = (reason for decision in plan.decisions for reason in decision.rejections)
    return tuple(reason.code for reason in (*plan.refusals, *rejections))
