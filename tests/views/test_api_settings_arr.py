"""Sonarrs and Radarrs in the window: added, ordered, tested against a real server, removed."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Iterator

import pytest

from core.settings.services import ArrInstance, Service
from tests.views.api_bench import KEY, ApiBench, ArrServer, arr_server
from tests.views.window import pump
from views.arr_instances import ArrInstancesPage, InstanceCard

pytestmark = pytest.mark.window


@pytest.fixture
def server() -> Iterator[ArrServer]:
    with arr_server() as one:
        yield one


def page_of(bench: ApiBench, service: Service = Service.SONARR) -> ArrInstancesPage:
    page = bench.tab.arr[service]
    bench.tab.pages.select(page)
    bench.root.update()
    return page


def add(
    bench: ApiBench, name: str, address: str, service: Service = Service.SONARR
) -> InstanceCard:
    page = page_of(bench, service)
    page.add_button.invoke()
    card = page.cards[-1]
    card.name.set(name)
    card.address.set(address)
    card.key.set(KEY)
    bench.root.update()
    return card


def outcome(bench: ApiBench, card: InstanceCard) -> str:
    """Press the button and wait for the sentence."""
    card.test_button.invoke()
    assert card.result.cget("text") == "Testing…"
    assert card.test_button.instate(["disabled"])
    bench.settle()
    assert card.test_button.instate(["!disabled"])
    assert card.result.winfo_viewable()
    return str(card.result.cget("text"))


def test_an_instance_is_added_and_kept(bench: ApiBench) -> None:
    card = add(bench, "Living room", " http://nas:8989/ ")
    card.paths.insert("1.0", "/tv = /mnt/tv\n/anime = /mnt/anime")
    bench.root.update()
    bench.apply()
    (stored,) = bench.instances()
    assert stored == ArrInstance(
        Service.SONARR,
        "Living room",
        "http://nas:8989",
        KEY,
        stored.id,
        stored.priority,
        True,
        (("/tv", "/mnt/tv"), ("/anime", "/mnt/anime")),
    )
    assert bench.instances(Service.RADARR) == []
    assert not bench.enabled()
    (again,) = bench.open().arr[Service.SONARR].cards
    assert again.typed == stored
    assert not bench.enabled()


def test_a_new_card_has_a_name_and_complains_only_when_it_is_saved(bench: ApiBench) -> None:
    page = page_of(bench)
    page.add_button.invoke()
    page.add_button.invoke()
    bench.root.update()
    assert [card.name.get() for card in page.cards] == ["Sonarr 1", "Sonarr 2"]
    labels = page.cards[0].problem_labels
    assert not any(label.winfo_viewable() for label in labels.values())
    bench.apply()
    assert labels["address"].winfo_viewable()
    assert "8989" in labels["address"].cget("text")
    assert labels["key"].winfo_viewable()
    assert bench.instances() == []


@pytest.mark.parametrize(
    ("field", "text", "word"),
    [
        ("name", "", "name"),
        ("address", "nas:8989", "http://"),
        ("address", "http://me:pass@nas", "password"),
        ("key", "two words", "spaces"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_is_not_saved(
    bench: ApiBench, field: str, text: str, word: str
) -> None:
    card = add(bench, "One", "http://nas:8989")
    getattr(card, field).set(text)
    bench.root.update()
    assert card.problem_labels[field].winfo_viewable()
    assert word in card.problem_labels[field].cget("text")
    bench.apply()
    assert bench.instances() == []
    assert bench.tab.note.cget("style") == "Error.TLabel"


def test_half_a_path_mapping_is_told(bench: ApiBench) -> None:
    card = add(bench, "One", "http://nas:8989")
    card.paths.insert("1.0", "/tv")
    bench.root.update()
    assert "no pair of folders" in card.problem_labels["paths"].cget("text")
    bench.apply()
    assert bench.instances() == []


def test_two_instances_cannot_have_one_name(bench: ApiBench) -> None:
    first = add(bench, "Films", "http://nas:7878", Service.RADARR)
    second = add(bench, "films", "http://nas:7879", Service.RADARR)
    for card in (first, second):
        assert "Another Radarr" in card.problem_labels["name"].cget("text")
    second.name.set("4K")
    bench.root.update()
    assert not first.problem_labels["name"].winfo_viewable()


def test_there_can_be_ten_of_each(bench: ApiBench) -> None:
    for service in (Service.SONARR, Service.RADARR):
        for number in range(10):
            add(bench, f"No {number}", f"http://nas:{8000 + number}", service)
        page = page_of(bench, service)
        assert page.add_button.instate(["disabled"])
        page.add_arr_instance()
        assert len(page.cards) == 10
    bench.apply()
    for service in (Service.SONARR, Service.RADARR):
        assert [instance.name for instance in bench.instances(service)] == [
            f"No {n}" for n in range(10)
        ]
    page.cards[4].remove_button.invoke()
    assert page.add_button.instate(["!disabled"])


def test_removing_counts_when_it_is_applied_and_can_be_reverted(bench: ApiBench) -> None:
    for name in ("One", "Two", "Three"):
        add(bench, name, f"http://{name}:8989")
    bench.apply()
    page = page_of(bench)
    page.cards[1].remove_button.invoke()
    assert bench.note() == "1 unsaved change."
    bench.tab.revert_button.invoke()
    bench.settle()
    assert [card.name.get() for card in page.cards] == ["One", "Two", "Three"]
    assert not bench.enabled()
    page.cards[1].remove_button.invoke()
    bench.apply()
    assert [instance.name for instance in bench.instances()] == ["One", "Three"]
    assert not bench.enabled()


def test_up_and_down_change_the_order_in_which_they_are_asked(bench: ApiBench) -> None:
    for name in ("One", "Two", "Three"):
        add(bench, name, f"http://{name}:8989")
    bench.apply()
    page = page_of(bench)
    assert page.cards[0].up_button.instate(["disabled"])
    assert page.cards[2].down_button.instate(["disabled"])
    page.cards[2].up_button.invoke()
    page.cards[0].down_button.invoke()
    bench.apply()
    assert [instance.name for instance in bench.instances()] == ["Three", "One", "Two"]
    again = bench.open().arr[Service.SONARR]
    assert [card.name.get() for card in again.cards] == ["Three", "One", "Two"]
    assert not bench.enabled()


def test_nothing_is_renumbered_where_the_order_is_right(bench: ApiBench) -> None:
    for name in ("One", "Two"):
        bench.keys.save_arr_instance(ArrInstance(Service.SONARR, name, f"http://{name}:1", KEY))
    bench.tab.load()
    bench.settle()
    add(bench, "Three", "http://three:1")
    assert bench.note() == "1 unsaved change."
    bench.apply()
    assert [instance.name for instance in bench.instances()] == ["One", "Two", "Three"]
    page_of(bench).cards[2].up_button.invoke()
    bench.apply()
    assert [instance.name for instance in bench.instances()] == ["One", "Three", "Two"]


def test_a_disabled_instance_stays_in_the_list(bench: ApiBench) -> None:
    card = add(bench, "One", "http://nas:8989")
    card.enabled.set(False)
    bench.apply()
    assert not bench.instances()[0].enabled
    assert not bench.open().arr[Service.SONARR].cards[0].enabled.get()


@pytest.mark.parametrize(
    ("kind", "key", "word"),
    [
        ("", KEY, "Connected to Sonarr 4.0.19.1."),
        ("", "f" * 32, "API key is wrong"),
        ("html", KEY, "web page"),
        ("other", KEY, "a Lidarr, not a Sonarr"),
        ("starting", KEY, "starting up"),
        ("url/base", KEY, "Connected"),
        ("nothing", KEY, "no Sonarr at this address"),
        ("slow", KEY, "did not answer in time"),
    ],
)
def test_the_connection_test_says_what_is_the_matter(
    bench: ApiBench, server: ArrServer, kind: str, key: str, word: str
) -> None:
    card = add(bench, "One", f"{server.address}/{kind}")
    card.key.set(key)
    text = outcome(bench, card)
    assert word in text
    good = "Connected" in word
    assert card.result.cget("style") == ("Success.TLabel" if good else "Error.TLabel")
    assert key not in text
    assert bench.instances() == [], "testing saves nothing"


def test_nobody_at_home_is_told_too(bench: ApiBench) -> None:
    with arr_server() as gone:
        address = gone.address
    assert "No connection to " in outcome(bench, add(bench, "One", address))


def test_without_address_and_key_nothing_is_asked(bench: ApiBench, server: ArrServer) -> None:
    page = page_of(bench)
    page.add_button.invoke()
    card = page.cards[0]
    card.test_button.invoke()
    bench.root.update()
    assert card.problem_labels["address"].winfo_viewable()
    assert not card.result.winfo_viewable()
    assert server.asked == []


def test_the_window_lives_on_while_a_slow_server_is_tested(
    bench: ApiBench, server: ArrServer
) -> None:
    card = add(bench, "Slow", f"{server.address}/slow")
    begin = time.monotonic()
    card.test_button.invoke()
    assert time.monotonic() - begin < 0.3
    turns = []
    bench.root.after(1, lambda: turns.append(1))
    pump(bench.root, lambda: turns, "a turn of the window")
    assert card.result.cget("text") == "Testing…"
    bench.settle()
    assert "in time" in card.result.cget("text")


def test_an_answer_to_what_was_typed_before_is_not_shown(
    bench: ApiBench, server: ArrServer
) -> None:
    card = add(bench, "Slow", f"{server.address}/slow")
    card.test_button.invoke()
    card.address.set("http://elsewhere:8989")
    assert card.test_button.instate(["!disabled"])
    bench.settle()
    assert card.result.cget("text") == ""


def test_a_card_that_is_removed_while_it_is_tested_harms_nothing(
    bench: ApiBench, server: ArrServer
) -> None:
    card = add(bench, "Slow", f"{server.address}/slow")
    card.test_button.invoke()
    card.remove_button.invoke()
    bench.settle()
    assert page_of(bench).cards == []


def test_what_is_typed_survives_what_is_shown_meanwhile(bench: ApiBench) -> None:
    add(bench, "One", "http://nas:8989")
    bench.apply()
    (stored,) = bench.instances()
    card = page_of(bench).cards[0]
    card.address.set("http://other:8989")
    bench.keys.save_arr_instance(replace(stored, name="Elsewhere"))
    bench.tab.load()
    bench.settle()
    assert card.address.get() == "http://other:8989"


def test_what_is_stored_elsewhere_is_shown_when_nothing_is_typed(bench: ApiBench) -> None:
    bench.keys.save_arr_instance(ArrInstance(Service.RADARR, "By command", "http://a:1", KEY))
    bench.tab.load()
    bench.settle()
    assert [card.name.get() for card in page_of(bench, Service.RADARR).cards] == ["By command"]
    assert not bench.enabled()


def test_no_key_is_seen_before_it_is_asked_for(bench: ApiBench) -> None:
    card = add(bench, "One", "http://nas:8989")
    bench.apply()
    assert card.secret.masked
    card.secret.button.invoke()
    assert not card.secret.masked
    assert bench.open().arr[Service.SONARR].cards[0].secret.masked
