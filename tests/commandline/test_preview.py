"""``plan --csv``: a table of many films with the decisions of ``plan``, and nothing done."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Dict, List

from tests.commandline.calls import call, film, one_sentence, records


def rows(path: Path) -> List[Dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_folder_becomes_a_table_with_the_decisions_of_plan(tmp_path: Path) -> None:
    path = film(tmp_path / "films" / "below" / "Film.mkv")
    before = path.read_bytes()
    table = tmp_path / "table.csv"
    answer = call(tmp_path, "plan", "--json", "--csv", str(table), str(tmp_path / "films"))
    (told,) = records("plan", answer)
    assert answer.returncode == 0
    assert (told["films"], told["dropped"], told["file"]) == (1, 2, str(table))
    (row,) = rows(table)
    (plan,) = records("plan", call(tmp_path, "plan", "--json", str(path)))
    assert row["film"] == "Film.mkv"
    assert int(row["tracks kept"]) == len(plan["outputs"])
    assert int(row["tracks dropped"]) == sum(not decision["kept"] for decision in plan["decisions"])
    assert row["why"] == " ".join(change["message"] for change in plan["changes"])
    assert int(row["bytes"]) == len(before)
    assert path.read_bytes() == before
    assert sorted(file.name for file in path.parent.iterdir()) == ["Film.mkv"]


def test_people_read_the_sums(tmp_path: Path) -> None:
    film(tmp_path / "films" / "Film.mkv")
    table = tmp_path / "table.csv"
    text = call(tmp_path, "plan", "--csv", str(table), str(tmp_path / "films")).stdout
    for told in ("1 film", "tracks dropped", "time not known yet", "was written"):
        assert told in text


def test_a_film_that_cannot_be_read_has_its_row_and_code_1(tmp_path: Path) -> None:
    (tmp_path / "Broken.mkv").write_bytes(b"nothing of a film")
    table = tmp_path / "table.csv"
    answer = call(tmp_path, "plan", "--csv", str(table), str(tmp_path / "Broken.mkv"))
    assert answer.returncode == 1
    (row,) = rows(table)
    assert row["outcome"] == "unreadable"
    assert "Broken.mkv" in row["why"]


def test_a_native_language_holds_for_all_films(tmp_path: Path) -> None:
    film(tmp_path / "films" / "Film.mkv")
    kept = []
    for language in ("Japanese", "French"):
        table = tmp_path / f"{language}.csv"
        words = ("--native-language", language, "--csv", str(table), str(tmp_path / "films"))
        assert call(tmp_path, "plan", *words).returncode == 0
        kept.append(rows(table)[0]["why"])
    assert kept[0] != kept[1]


def test_a_table_that_cannot_be_written_is_said_before_any_work(tmp_path: Path) -> None:
    path = film(tmp_path / "Film.mkv")
    answer = call(tmp_path, "plan", "--csv", str(tmp_path / "gone" / "table.csv"), str(path))
    assert answer.returncode == 2
    assert one_sentence(answer.stderr)
