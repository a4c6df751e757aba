from __future__ import annotations

import pytest

from core.progress import Progress
from core.text.tool_lines import plain
from processing.opening import Opening, key_frames

LINE = "[h264 @ 0x55ded0ba5800] non-existing PPS 0 referenced"
OPENING = Opening(0.4, 3.4, frozenset({"[h264] non-existing PPS 0 referenced"}))


def test_a_line_of_the_opening_is_the_film_s_own_and_the_same_line_later_is_damage() -> None:
    assert OPENING.explains(LINE, None, 100.0)
    assert OPENING.explains(LINE, Progress("encode", 3.0), 100.0)
    assert not OPENING.explains(LINE, Progress("encode", 4.0), 100.0)


def test_another_line_is_damage_from_the_beginning() -> None:
    assert not OPENING.explains("[h264 @ 0x55ded0ba5800] error while decoding MB", None, 100.0)


def test_addresses_do_not_count() -> None:
    assert plain(LINE) == "[h264] non-existing PPS 0 referenced"


@pytest.mark.parametrize(
    ("flags", "found"),
    [("K____", []), ("__K__K", [2.0, 5.0]), ("", []), ("___", [])],
)
def test_key_frames_are_counted_from_the_first_picture(flags: str, found: object) -> None:
    packets = [{"pts_time": f"{100 + at}.0", "flags": f"{flag}__"} for at, flag in enumerate(flags)]
    assert list(key_frames(packets)) == found
