"""Every field of what another machine says: what it may be is taken, all else is refused in a sentence."""

from __future__ import annotations

import json
import math
from typing import Any, Dict, List

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.damage import Damage, Place
from core.errors import FilmDamaged, NoGain, ToolFailed, ToolStalled
from core.film_errors import CannotDecode
from core.peer_errors import NodeTrouble, WrongField
from core.plan import Reason
from core.progress import Progress
from core.protocol.node_facts import facts_from, status_from
from core.protocol.peer_fields import shown
from core.protocol.slave_result import NotMade, SlaveResult, not_made, read_slave_result
from core.protocol.system_status import NodeStatus, SystemStatus, WorkStatus, system_status_from
from sharing.node_reports import progress_data, progress_from
from tests.core.made_media import sound

GOOD: Dict[str, Any] = SlaveResult(
    1000,
    "ab" * 32,
    False,
    "0",
    Reason("video.no_gain", "The picture is copied.", "2 MB instead of 1 MB"),
    (("ffmpeg", "-i", "x"),),
    (("remux", 1.5),),
).as_data()
SIZES: List[Any] = [-1, 0, 1.5, "1000", True, None, 2**60, []]
COMMANDS: List[Any] = ["rm", [[]], [[1, 2]], [["x"]] * 1000, [["x"] * 60_000], [["x" * 100_000]]]
WRONG: List[Dict[str, Any]] = [
    *({"size": size} for size in SIZES),
    *({"digest": digest} for digest in ("", "AB" * 32, "ab" * 31, "../../etc/passwd", 5)),
    *({"shared": shared} for shared in ("yes", 1, None)),
    *({"signature": signature} for signature in ("x" * 5000, 7, None)),
    {"copied": ["plan.already_done", "Nothing needs doing.", ""]},
    {"copied": "video.no_gain"},
    {"copied": ["video.no_gain", 1, 2]},
    *({"commands": commands} for commands in COMMANDS),
    *({"timings": [["remux", seconds]]} for seconds in (-5, 1e30, True, "1", math.inf, math.nan)),
    {"timings": [["dance", 1.0]]},
    {"timings": [["remux", 1.0]] * 100},
    {"timings": [["remux"]]},
]


def test_damage_that_another_machine_met_is_a_failed_attempt_with_its_place() -> None:
    met = FilmDamaged("/films/a.ts", Damage((Place(63.0, 65.0),)))
    told = read_slave_result(not_made(met).as_data())
    assert isinstance(told, NotMade)
    error = told.as_error("den")
    assert isinstance(error, ToolFailed)
    assert "damaged: 2.0 seconds at 0:01:03" in str(error)


def test_a_track_that_another_machine_cannot_decode_is_a_failed_attempt_with_its_name() -> None:
    told = read_slave_result(not_made(CannotDecode("/films/a.mkv", sound("dut"))).as_data())
    assert isinstance(told, NotMade)
    error = told.as_error("den")
    assert isinstance(error, ToolFailed)
    assert "ffmpeg cannot decode Audio 1 (Dolby Digital, Dutch)" in str(error)


@pytest.mark.parametrize("wrong", WRONG, ids=lambda one: str(one)[:50])
def test_a_result_with_a_field_that_cannot_be_is_refused_with_its_name(
    wrong: Dict[str, Any],
) -> None:
    with pytest.raises(WrongField, match=f"cannot be right: {next(iter(wrong))} is "):
        read_slave_result({**GOOD, **wrong})


@pytest.mark.parametrize("field", sorted(GOOD))
def test_a_result_without_a_field_is_refused_but_for_what_not_all_have(field: str) -> None:
    data = {key: value for key, value in GOOD.items() if key != field}
    if field in ("copied", "copied_parts", "decoded"):
        assert isinstance(read_slave_result(data), SlaveResult)
        return
    with pytest.raises(WrongField, match=f"{field} is missing"):
        read_slave_result(data)


def test_what_is_written_for_the_log_holds_no_control_characters() -> None:
    read = read_slave_result({**GOOD, "commands": [["ffmpeg", "\x1b[2J\u202egpj"]]})
    assert isinstance(read, SlaveResult)
    assert read.commands == (("ffmpeg", "\\x1b[2J\\u202egpj"),)


@pytest.mark.parametrize(
    "error",
    [
        "it failed",
        {"code": "no\ngain", "message": "", "fields": {}},
        {"code": "peer", "message": 5, "fields": {}},
        {"code": "peer", "message": "", "fields": []},
        {"code": "peer", "message": ""},
        {"code": "no_gain", "message": "", "fields": {"source_size": 5, "result_size": -1}},
        {"code": "no_gain", "message": "", "fields": {"source_size": 5.0, "result_size": 9}},
        {
            "code": "tool_failed",
            "message": "",
            "fields": {"tool": "rm", "returncode": 1, "tail": []},
        },
        {
            "code": "tool_failed",
            "message": "",
            "fields": {"tool": "ffmpeg", "returncode": 2**40, "tail": []},
        },
        {
            "code": "tool_failed",
            "message": "",
            "fields": {"tool": "ffmpeg", "returncode": 1, "tail": ["x" * 5000]},
        },
        {"code": "tool_stalled", "message": "", "fields": {"tool": "ffmpeg", "seconds": -1}},
        {"code": "tool_stalled", "message": "", "fields": {"tool": "ffmpeg", "seconds": math.nan}},
    ],
    ids=lambda one: str(one)[:60],
)
def test_an_error_with_a_field_that_cannot_be_is_refused(error: Any) -> None:
    with pytest.raises(WrongField):
        read_slave_result({"error": error})


@pytest.mark.parametrize(
    "error",
    [
        NoGain(5, 9),
        ToolFailed("ffmpeg", -9, ["\x1b[0m" + "x" * 9000]),
        ToolStalled("QSVEncC", 300.0),
    ],
)
def test_an_honest_error_comes_over_with_its_machines_name(error: Exception) -> None:
    read = read_slave_result(json.loads(json.dumps(not_made(error).as_data())))
    assert isinstance(read, NotMade)
    met = read.as_error("laptop")
    assert type(met) is type(error)
    assert "on laptop" in str(met)
    assert "\x1b" not in str(met)


def test_every_other_error_is_the_machines_trouble_whatever_it_is_called() -> None:
    for code in (
        "film_gone",
        "refused",
        "nothing_to_do",
        "hard_linked",
        "cancelled",
        "swap_pending",
    ):
        read = read_slave_result({"error": {"code": code, "message": "x", "fields": {"junk": "y"}}})
        assert isinstance(read, NotMade)
        assert read.fields == {}
        assert isinstance(read.as_error("laptop"), NodeTrouble)


@pytest.mark.parametrize(
    "progress",
    [
        *(
            {"step": "remux", "percent": percent}
            for percent in (140.0, -1, True, "5", math.nan, math.inf)
        ),
        *({"step": "remux", "speed": speed} for speed in (-2.0, 1e12)),
        {"step": "remux", "eta": 1e11},
        {"step": "remux", "frame": 1.5},
        {"step": "remux", "output_size": -1},
        {"step": "a new one each second"},
        {"step": 5},
        {},
        "half",
    ],
    ids=str,
)
def test_progress_that_cannot_be_is_refused(progress: Any) -> None:
    with pytest.raises(WrongField):
        progress_from(progress)


_ANY = st.one_of(st.none(), st.floats(), st.floats(0, 100))
_COUNT = st.one_of(st.none(), st.integers())


@given(_ANY, _ANY, _ANY, _ANY, _COUNT, _COUNT)
def test_whatever_a_tool_writes_an_honest_machine_says_nothing_that_is_refused(
    percent: Any, fps: Any, speed: Any, eta: Any, frame: Any, size: Any
) -> None:
    told = Progress("encode", percent, frame, fps, speed, eta, size, size)
    read = progress_from(json.loads(json.dumps(progress_data(told), allow_nan=False)))
    assert read.step == "encode"
    assert read.percent is None or 0 <= read.percent <= 100


@pytest.mark.parametrize(
    "wrong",
    [
        *({"load": load} for load in (-0.1, 1.5, "0.5", True, math.nan)),
        *({"free_space": space} for space in (-1, 1.5, "all")),
        *({"held": reason} for reason in (5, "x" * 5000)),
        {"running": -1},
    ],
    ids=lambda one: str(one)[:40],
)
def test_how_a_machine_cannot_be_is_refused(wrong: Dict[str, Any]) -> None:
    with pytest.raises(WrongField):
        status_from({"load": 0.5, "free_space": 1, "held": "", **wrong})


FACTS: Dict[str, Any] = {"tools": {}, "slots": {"gpu": 1}, "cores": 2}
TOOL: Dict[str, Any] = {"path": "", "version": "", "numbers": [1], "abilities": []}


@pytest.mark.parametrize(
    "wrong",
    [
        {"tools": []},
        {"tools": {"ffmpeg": {**TOOL, "path": 5}}},
        {"tools": {"ffmpeg": {**TOOL, "numbers": [-7]}}},
        {"tools": {"ffmpeg": {**TOOL, "numbers": [True]}}},
        {"tools": {"ffmpeg": {**TOOL, "abilities": ["x"] * 9999}}},
        {"tools": {str(number): TOOL for number in range(100)}},
        {"slots": {"gpu": True}},
        {"slots": [1]},
        {"cores": -4},
        {"largest": "all"},
        {"films": "by post"},
        {"mappings": [["one"]]},
    ],
    ids=lambda one: str(one)[:60],
)
def test_what_a_machine_cannot_be_is_refused(wrong: Dict[str, Any]) -> None:
    assert facts_from(FACTS)
    with pytest.raises(WrongField):
        facts_from({**FACTS, **wrong})


def test_another_machines_words_are_shown_in_one_line_and_not_for_ever() -> None:
    assert (
        shown("Bad\r\n\x1b[31mnews\u202e " + "x" * 9000, 30)
        == "Bad \\x1b[31mnews\\u202e " + "x" * 14
    )


STATUS: Dict[str, Any] = SystemStatus(
    5.0,
    (
        NodeStatus(
            *("n", "Laptop", "online", "1.2", 4.0, 0.5, 10**9, (("gpu", 1),), "", False),
            (WorkStatus(7, "Film.mkv", "encode", 12.5, 1.0, 60.0),),
        ),
    ),
    3,
    1,
    "running",
).as_data()


def test_how_all_machines_are_comes_over_and_what_cannot_be_is_refused() -> None:
    assert system_status_from(json.loads(json.dumps(STATUS))).as_data() == STATUS
    node = STATUS["nodes"][0]
    work = node["work"][0]
    for wrong in (
        {"at": -1},
        {"waiting": True},
        {"nodes": [1]},
        {"nodes": [{**node, "load": 7}]},
        {"nodes": [{**node, "slots": {"gpu": "many"}}]},
        {"nodes": [{**node, "name": "x" * 5000}]},
        {"nodes": [{**node, "work": [{**work, "percent": 140}]}]},
        {"nodes": [{**node, "work": [{**work, "job_id": None}]}]},
    ):
        with pytest.raises(WrongField):
            system_status_from({**STATUS, **wrong})
