"""The dashboard: one line for every key and instance, in the specification's columns."""

from __future__ import annotations

import tkinter as tk
from pathlib import Path
from typing import Iterator, List, Tuple

import pytest

from core.settings.services import ArrInstance, Service
from tests.views.api_bench import KEY, ApiBench
from views.palette import DARK, LIGHT
from views.theme import Look

pytestmark = pytest.mark.window


@pytest.fixture
def bench(root: tk.Tk, look: Look, tmp_path: Path) -> Iterator[ApiBench]:
    one = ApiBench(root, look, tmp_path)
    yield one
    one.close()


def lines(bench: ApiBench) -> List[Tuple[str, ...]]:
    """The dashboard after a press of its button."""
    bench.tab.pages.select(bench.tab.status)
    bench.tab.status.refresh_button.invoke()
    bench.settle()
    tree = bench.tab.status.tree
    return [tuple(map(str, tree.item(item, "values"))) for item in tree.get_children()]


def note(bench: ApiBench) -> str:
    return str(bench.tab.status.note.cget("text"))


def test_the_columns_are_those_of_the_specification(bench: ApiBench) -> None:
    tree = bench.tab.status.tree
    titles = [tree.heading(name, "text") for name in tree["columns"]]
    assert titles == ["Service", "Name", "Status", "Usage", "Last Used", "Errors"]


def test_an_empty_dashboard_says_what_to_do(bench: ApiBench) -> None:
    assert lines(bench) == []
    assert "enter an OMDb key" in note(bench)


def test_keys_and_instances_are_listed_with_their_uses(bench: ApiBench) -> None:
    bench.keys.save_omdb_key("12345678")
    bench.keys.save_arr_instance(ArrInstance(Service.SONARR, "Series", "http://a:1", KEY))
    bench.keys.save_arr_instance(
        ArrInstance(Service.RADARR, "Films", "http://b:1", KEY, enabled=False)
    )
    for _ in range(3):
        bench.keys.get_available_omdb_api_key()
    bench.keys.note_answer(bench.instances()[0])
    shown = {(service, name): rest for service, name, *rest in lines(bench)}
    assert set(shown) == {("OMDB", "Key 1"), ("SONARR", "Series"), ("RADARR", "Films")}
    assert shown["OMDB", "Key 1"][:2] == ["Active", "3/1000"]
    assert " 20" in shown["OMDB", "Key 1"][2]  # the year of its last use
    assert shown["OMDB", "Key 1"][3] == "0"
    assert shown["SONARR", "Series"][:2] == ["Active", "1"]
    assert shown["RADARR", "Films"] == ["Inactive", "0", "Never", "0"]


def test_a_selected_line_tells_its_last_error(bench: ApiBench) -> None:
    bench.keys.save_arr_instance(ArrInstance(Service.SONARR, "Series", "http://a:1", KEY))
    bench.keys.note_failure(bench.instances()[0], "The API key is wrong.")
    ((*_rest, errors),) = lines(bench)
    assert errors == "1"
    tree = bench.tab.status.tree
    tree.selection_set(tree.get_children()[0])
    bench.root.update()
    assert note(bench) == "SONARR Series: The API key is wrong."
    lines(bench)
    assert note(bench) == "SONARR Series: The API key is wrong.", "a refresh keeps the selection"


def test_the_cool_down_is_a_line_of_its_own(bench: ApiBench) -> None:
    bench.keys.save_omdb_key("12345678")
    bench.keys.handle_api_error(Service.OMDB, "12345678", "Request limit reached!")
    *_keys, last = lines(bench)
    assert last[:4] == ("OMDB", "API COOLDOWN", "Waiting", "")
    assert last[4].startswith("Until 20")
    assert last[5] == "Rate Limited"
    bench.clock.advance(24 * 3600 + 1)
    assert "API COOLDOWN" not in {line[1] for line in lines(bench)}


def test_no_key_is_on_the_dashboard(bench: ApiBench) -> None:
    bench.keys.save_omdb_key("12345678")
    bench.keys.save_arr_instance(ArrInstance(Service.SONARR, "Series", "http://a:1", KEY))
    assert not any(
        secret in cell for line in lines(bench) for cell in line for secret in (KEY, "12345678")
    )


def test_a_name_cannot_play_tricks(bench: ApiBench) -> None:
    name = "a {b} $c [d] \u202e\\ 📺"
    bench.keys.save_arr_instance(ArrInstance(Service.SONARR, name, "http://a:1", KEY))
    ((_service, shown, *_rest),) = lines(bench)
    assert shown == "a {b} $c [d] \\u202e\\ 📺"


def test_the_page_reads_anew_when_it_is_opened(bench: ApiBench) -> None:
    bench.keys.save_omdb_key("12345678")
    bench.tab.pages.select(bench.tab.status)
    bench.root.update()
    bench.settle()
    assert len(bench.tab.status.tree.get_children()) == 1


def test_the_colours_follow_the_theme(bench: ApiBench) -> None:
    bench.keys.save_omdb_key("12345678")
    lines(bench)
    for palette in (DARK, LIGHT):
        bench.look.apply(palette)
        bench.root.update()
        color = str(bench.tab.status.tree.tag_configure("good", "foreground"))
        assert color == palette.success
