"""The library on the command line: real films, from the watched folder to a table."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.commandline.calls import call, records
from tests.films import make_film


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("library")
    (place / "films").mkdir()
    make_film(place / "films" / "whole.mkv", seconds=2)
    spoilt = make_film(place / "films" / "spoilt.mkv", seconds=6)
    with spoilt.open("r+b") as file:
        file.seek(spoilt.stat().st_size // 2)
        file.write(b"\x55" * (spoilt.stat().st_size // 12))
    assert call(place, "library").stdout.splitlines()[-1].startswith("Watch a folder")
    assert call(place, "folders", "add", "films").returncode == 0
    assert call(place, "settings", "set", "monitor.still_seconds", "0").returncode == 0
    assert call(place, "folders", "scan").returncode == 0
    assert call(place, "library", "--look", "--check").returncode == 0
    return place


def test_films_are_listed_with_what_they_are_and_how_they_are(place: Path) -> None:
    sums, *films = records("library", call(place, "library", "--json", "--sort", "name"))
    assert (sums["films"], sums["with_work"], sums["not_looked_at"]["films"]) == (2, 2, 0)
    spoilt, whole = films
    assert (whole["codec"], whole["height"], whole["condition"]) == ("h264", 180, "ok")
    assert spoilt["condition"] == "damaged"
    assert 0 < spoilt["damage"][0]["start"] < 6
    assert "broken" in spoilt["condition_message"]


def test_damaged_films_alone_are_listed_and_written_to_a_table(place: Path) -> None:
    answer = call(place, "library", "--damaged", "--csv", "damaged.csv")
    assert "spoilt.mkv" in answer.stdout
    assert "whole.mkv" not in answer.stdout
    with (place / "damaged.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["film"], row["condition"]) == ("spoilt.mkv", "damaged")
    assert "broken" in row["what is wrong"]


def test_films_are_counted_by_what_they_have_in_common(place: Path) -> None:
    _sums, group = records("library", call(place, "library", "--by", "codec", "--json"))
    assert (group["label"], group["films"]) == ("h264", 2)
    shown = call(place, "library", "--by", "size").stdout
    assert "below 1 GB" in shown


def test_the_queue_is_put_in_order_by_a_word(place: Path) -> None:
    for word, first in (("largest", "spoilt.mkv"), ("found", None), ("oldest", "whole.mkv")):
        (told,) = records("queue", call(place, "queue", "order", word, "--json"))
        assert told["rule"] == word
        _queue, *jobs = records("queue", call(place, "queue", "list", "--json"))
        if first is not None:
            assert Path(jobs[0]["file"]).name == first
    assert call(place, "settings", "get", "queue.order").stdout == "oldest first\n"
    assert call(place, "settings", "set", "queue.order", "largest first").returncode == 0
    _queue, *jobs = records("queue", call(place, "queue", "list", "--json"))
    assert Path(jobs[0]["file"]).name == "spoilt.mkv", "the setting alone does it too"
