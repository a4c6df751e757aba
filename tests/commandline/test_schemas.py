from __future__ import annotations

import pytest

from tests.commandline.schemas import SCHEMAS, assert_valid

documented = {path.stem for path in SCHEMAS.glob("*.json")} - {
    "common",
    "protocol",
}  # of no command


def test_every_command_has_a_schema() -> None:
    assert documented == {
        "analyze",
        "plan",
        "quality",
        "process",
        "queue",
        "restore",
        "originals",
        "exclusions",
        "settings",
        "presets",
        "setup",
        "apis",
        "messages",
        "doctor",
        "check-machine",
        "self-check",
        "log",
        "bundle",
        "library",
        "quit",
        "stats",
        "report",
        "folders",
        "network",
    }


@pytest.mark.parametrize("command", sorted(documented))
def test_every_command_may_answer_with_an_error_and_with_nothing_unknown(command: str) -> None:
    assert_valid(command, {"type": "error", "code": "probe", "message": "No.", "file": None})
    for wrong in ({"type": "riddle"}, {"type": "error", "code": "probe"}, {}):
        with pytest.raises(AssertionError):
            assert_valid(command, wrong)
