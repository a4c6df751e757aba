"""What another machine says of a film's quality: what it may be is taken, all else is refused."""

from __future__ import annotations

import copy
import json
import math
from typing import Any, Callable, Dict, List

import pytest

from core.peer_errors import PeerError, WrongField
from core.plan import Reason
from core.protocol.slave_result import SlaveResult, read_slave_result
from core.target_quality.film_quality import FilmQuality, FilmScore
from core.target_quality.trial import ChosenNumber, Metric, Span, SpanScore, Trial, Yardstick
from core.text.sentence import Sentence

VMAF = Yardstick(Metric.VMAF, "vmaf_v0.6.1", (640, 360))
SPAN = SpanScore(Span(1.5, 48, 1.0), 94.25, 90.5, 1000, 2000)
FOUND = Reason("quality.found", Sentence("Found in {trials} trials.", trials=1))
CHOSEN = ChosenNumber(22.5, 94.0, 94.25, 0.3, (Trial(22.5, (SPAN,), 3.25),), FOUND)
QUALITY = FilmQuality("-crf", CHOSEN, VMAF, FilmScore(VMAF, (SPAN,), 2.0))


def told(quality: Any = QUALITY) -> Dict[str, Any]:
    result = SlaveResult(1000, "ab" * 32, False, "0", None, (), (), quality=quality)
    data: Dict[str, Any] = json.loads(json.dumps(result.as_data()))
    return data


def test_an_honest_machines_search_comes_over_whole() -> None:
    read = read_slave_result(told())
    assert isinstance(read, SlaveResult)
    assert read.quality == QUALITY


def test_a_machine_that_has_aimed_at_nothing_says_nothing() -> None:
    assert "quality" not in told(None)
    read = read_slave_result(told(None))
    assert isinstance(read, SlaveResult)
    assert read.quality is None


def _set(*path: Any) -> Callable[[Dict[str, Any]], None]:
    *places, value = path

    def change(quality: Dict[str, Any]) -> None:
        part: Any = quality
        for place in places[:-1]:
            part = part[place]
        part[places[-1]] = value

    return change


WRONG: List[Callable[[Dict[str, Any]], None]] = [
    _set("number", -1),
    _set("number", 1e9),
    _set("number", math.nan),
    _set("number", "22"),
    _set("target", 101),
    _set("expected", math.inf),
    _set("error", -3),
    _set("trials", "none"),
    _set("trials", [{}]),
    _set("trials", [{"number": 1, "spans": [], "seconds": 1}]),
    _set("trials", 0, "spans", [[0, 0, 1, 1, 1, 1, 1]]),
    _set("trials", 0, "spans", 0, 3, 400),
    _set("trials", 0, "seconds", -1),
    _set("yardstick", "metric", "eye"),
    _set("yardstick", "size", [0, 360]),
    _set("yardstick", "model", "x" * 10_000),
    _set("score", "spans", []),
    _set("score", "spans", 0, 2, 0.0),
    _set("parts", [[0.0, 9.0, -1.0]]),
    _set("parts", [[9.0, 0.0, 22.0]]),
    _set("parts", [[0.0, math.inf, 22.0]]),
    _set("parts", [[0.0, 9.0]]),
    _set("reason", None),
    _set("option", ["-crf"]),
]


@pytest.mark.parametrize("change", WRONG)
def test_a_figure_that_cannot_be_is_refused(change: Callable[[Dict[str, Any]], None]) -> None:
    data = told()
    change(data["quality"])
    if data["quality"]["number"] == "22" or data["quality"]["option"] == ["-crf"]:
        read = read_slave_result(data)  # a number and a text all the same
        assert isinstance(read, SlaveResult)
        return
    with pytest.raises((WrongField, PeerError), match="quality"):
        read_slave_result(data)


def test_its_texts_are_shown_in_one_line_without_control_characters() -> None:
    data = told()
    data["quality"]["reason"] = {"code": "x\x1b[2J", "message": "a\nb\x07", "matched": "\x00"}
    data["quality"]["option"] = "-crf\n" + "x" * 5000
    read = read_slave_result(copy.deepcopy(data))
    assert isinstance(read, SlaveResult)
    assert read.quality is not None
    reason = read.quality.chosen.reason
    texts = (reason.code, reason.message, reason.matched, read.quality.option)
    assert all(text.isprintable() and len(text) < 3000 for text in texts), texts
