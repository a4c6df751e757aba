"""OMDb's keys: rotation, rests and cool-down, and that nothing of it is lost or handed out twice."""

from __future__ import annotations

import sqlite3
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import List

import pytest

from core.errors import ConfigError
from core.settings.services import ArrInstance, Service
from core.settings.source import FixedSettings
from core.settings.tree import MetadataSettings, Settings
from tests.metadata.made import DAY, HandClock, api_keys

ONE_KEY = replace(Settings(), metadata=MetadataSettings(rotate_omdb_keys=False))

KEYS = [f"key{number}secret" for number in range(1, 6)]


LIMIT = 20  # in place of 1,000, where the number itself is not the point


def filled(folder: Path, clock: HandClock, count: int = 5) -> None:
    keys = api_keys(folder, clock)
    for secret in KEYS[:count]:
        keys.save_omdb_key(secret)


def taken(folder: Path, clock: HandClock, count: int, limit: int = LIMIT) -> List[str]:
    """So many keys asked for after a start of the program, as many as there were."""
    keys = api_keys(folder, clock, omdb_limit=limit)
    found = (keys.get_available_omdb_api_key() for _ in range(count))
    return [key for key in found if key is not None]


def test_five_keys_give_five_thousand_requests_and_the_next_one_waits(tmp_path: Path) -> None:
    clock = HandClock()
    filled(tmp_path, clock)
    first = taken(tmp_path, clock, 2000, 1000)
    clock.advance(3600)
    rest = taken(tmp_path, clock, 3001, 1000)  # after a restart, which forgets nothing
    assert Counter(first + rest) == dict.fromkeys(KEYS, 1000)
    keys = api_keys(tmp_path, clock)
    assert keys.cooldown_end(Service.OMDB) == clock.now() + DAY
    assert keys.statuses()[-1].name == "API COOLDOWN"
    clock.advance(DAY - 1)
    assert taken(tmp_path, clock, 1, 1000) == []
    clock.advance(1)
    assert len(taken(tmp_path, clock, 10, 1000)) == 10


def test_no_24_hours_ever_hold_more_than_the_limit_of_a_key(tmp_path: Path) -> None:
    clock = HandClock()
    filled(tmp_path, clock, 1)
    assert len(taken(tmp_path, clock, 1)) == 1
    clock.advance(DAY - 60)
    assert len(taken(tmp_path, clock, LIMIT - 1)) == LIMIT - 1
    clock.advance(120)  # the first one is out of the window, and midnight has passed
    assert len(taken(tmp_path, clock, 3)) == 1


def test_a_cool_down_that_ended_while_the_program_was_off_is_over_at_start(tmp_path: Path) -> None:
    clock = HandClock()
    filled(tmp_path, clock, 1)
    keys = api_keys(tmp_path, clock)
    keys.handle_api_error(Service.OMDB, KEYS[0], "Request limit reached!")
    assert keys.get_available_omdb_api_key() is None
    clock.advance(DAY + 1)
    again = api_keys(tmp_path, clock)
    assert again.get_available_omdb_api_key() == KEYS[0]
    assert [key.row.error_count for key in again.load_api_keys(Service.OMDB)] == [0]


@pytest.mark.parametrize("back", [60.0, DAY, 400 * DAY])
def test_a_clock_set_back_hands_out_no_more_and_heals_within_a_day(
    tmp_path: Path, back: float
) -> None:
    clock = HandClock()
    filled(tmp_path, clock, 2)
    assert len(taken(tmp_path, clock, 30)) == 30
    clock.time -= back
    assert len(taken(tmp_path, clock, 30)) == 10
    clock.advance(DAY - 1)
    assert taken(tmp_path, clock, 1) == []
    clock.advance(2)
    assert len(taken(tmp_path, clock, 50)) == 40


def test_a_clock_set_back_during_a_cool_down_does_not_prolong_it_beyond_a_day(
    tmp_path: Path,
) -> None:
    clock = HandClock()
    filled(tmp_path, clock, 1)
    taken(tmp_path, clock, LIMIT + 1)
    clock.time -= 400 * DAY
    assert taken(tmp_path, clock, 1) == []
    clock.advance(DAY + 1)
    assert taken(tmp_path, clock, 1) == [KEYS[0]]


def test_a_spent_key_rests_and_the_next_one_is_used(tmp_path: Path) -> None:
    clock = HandClock()
    filled(tmp_path, clock, 2)
    keys = api_keys(tmp_path, clock)
    keys.handle_api_error(Service.OMDB, KEYS[0], "Request limit reached!")
    assert set(taken(tmp_path, clock, 10)) == {KEYS[1]}
    assert [status.status for status in keys.statuses()] == ["Limit reached", "Active"]
    clock.advance(DAY + 1)
    assert KEYS[0] in taken(tmp_path, clock, 10)


def test_an_invalid_key_is_out_of_use_until_the_user_enables_it(tmp_path: Path) -> None:
    clock = HandClock()
    filled(tmp_path, clock, 2)
    keys = api_keys(tmp_path, clock)
    keys.handle_api_error(Service.OMDB, KEYS[0], "Invalid API key!")
    clock.advance(3 * DAY)
    assert set(taken(tmp_path, clock, 10)) == {KEYS[1]}
    first = keys.load_api_keys(Service.OMDB)[0]
    assert (first.row.is_active, first.row.last_error) == (False, "Invalid API key!")
    keys.save_omdb_key(KEYS[0], first.id)
    assert KEYS[0] in taken(tmp_path, clock, 15)


def test_three_errors_pass_a_key_over_and_all_keys_with_errors_cool_down(tmp_path: Path) -> None:
    clock = HandClock()
    filled(tmp_path, clock, 2)
    keys = api_keys(tmp_path, clock)
    for secret in KEYS[:2]:
        assert keys.cooldown_end(Service.OMDB) is None
        for _ in range(3):
            keys.handle_api_error(Service.OMDB, secret, "No API key provided.")
    assert keys.cooldown_end(Service.OMDB) == clock.now() + DAY


def test_invalid_keys_alone_start_no_cool_down_since_waiting_would_not_help(tmp_path: Path) -> None:
    clock = HandClock()
    filled(tmp_path, clock, 1)
    keys = api_keys(tmp_path, clock)
    keys.handle_api_error(Service.OMDB, KEYS[0], "Invalid API key!")
    assert keys.get_available_omdb_api_key() is None
    assert keys.cooldown_end(Service.OMDB) is None


def test_without_rotation_only_the_first_key_is_used(tmp_path: Path) -> None:
    clock = HandClock()
    filled(tmp_path, clock, 2)
    keys = api_keys(tmp_path, clock, settings=FixedSettings(ONE_KEY), omdb_limit=5)
    found = [keys.get_available_omdb_api_key() for _ in range(6)]
    assert found == [KEYS[0]] * 5 + [None]


def test_a_new_key_ends_the_cool_down_but_not_what_the_others_used(tmp_path: Path) -> None:
    clock = HandClock()
    filled(tmp_path, clock, 1)
    assert len(taken(tmp_path, clock, LIMIT + 1)) == LIMIT
    api_keys(tmp_path, clock).save_omdb_key(KEYS[1])
    assert Counter(taken(tmp_path, clock, LIMIT + 1)) == {KEYS[1]: LIMIT}


def test_a_sixth_key_the_same_key_and_no_key_are_refused(tmp_path: Path) -> None:
    clock = HandClock()
    filled(tmp_path, clock)
    keys = api_keys(tmp_path, clock)
    for secret, problem in (("sixth", "up to 5"), (KEYS[0], "already"), (" ", "empty")):
        with pytest.raises(ConfigError, match=problem):
            keys.save_omdb_key(secret)


def test_instances_come_in_their_order_with_their_mappings(tmp_path: Path) -> None:
    keys = api_keys(tmp_path, HandClock())
    mappings = (("/movies", "/mnt/films"),)
    keys.save_arr_instance(ArrInstance(Service.RADARR, "B", "http://b:7878/", "k1", priority=2))
    keys.save_arr_instance(
        ArrInstance(Service.RADARR, "A", "http://a", "k2", priority=1, path_mappings=mappings)
    )
    found = keys.load_arr_instances(Service.RADARR)
    assert [(instance.name, instance.url, instance.api_key) for instance in found] == [
        ("A", "http://a", "k2"),
        ("B", "http://b:7878", "k1"),
    ]
    assert found[0].path_mappings == mappings
    assert keys.load_arr_instances(Service.SONARR) == ()


def test_ten_instances_of_each_and_no_more(tmp_path: Path) -> None:
    keys = api_keys(tmp_path, HandClock())
    for service in (Service.SONARR, Service.RADARR):
        for number in range(10):
            keys.save_arr_instance(ArrInstance(service, "", f"http://h{number}", "key"))
        with pytest.raises(ConfigError, match="up to 10"):
            keys.save_arr_instance(ArrInstance(service, "", "http://h11", "key"))


def test_an_address_that_is_none_is_refused_in_one_sentence(tmp_path: Path) -> None:
    keys = api_keys(tmp_path, HandClock())
    for url, problem in (("server:7878", "must begin"), ("http://me:pw@server", "password")):
        with pytest.raises(ConfigError, match=problem):
            keys.save_arr_instance(ArrInstance(Service.RADARR, "", url, "key"))


def test_no_secret_is_in_the_database_or_printed_and_each_is_told_to_the_log(
    tmp_path: Path,
) -> None:
    told: List[str] = []
    keys = api_keys(tmp_path, HandClock(), hide=told.append)
    keys.save_omdb_key("planted-omdb")
    instance = ArrInstance(Service.SONARR, "S", "http://s", "planted-sonarr")
    keys.save_arr_instance(instance)
    webhook = keys.webhook_secret()
    assert keys.webhook_secret() == webhook
    assert {"planted-omdb", "planted-sonarr", webhook} <= set(told)
    shown = f"{instance!r}{keys.load_api_keys(Service.OMDB)!r}{keys.statuses()!r}"
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("keys.db*"))
    with sqlite3.connect(tmp_path / "keys.db") as connection:
        dumped = "\n".join(connection.iterdump())
    for secret in ("planted-omdb", "planted-sonarr", webhook):
        assert secret not in shown + dumped
        assert secret.encode() not in stored


def test_a_key_that_cannot_be_read_any_more_is_out_of_use(tmp_path: Path) -> None:
    clock = HandClock()
    filled(tmp_path, clock, 1)
    (tmp_path / "secrets.json").unlink()
    keys = api_keys(tmp_path, clock)
    assert keys.get_available_omdb_api_key() is None
    assert keys.load_api_keys(Service.OMDB)[0].row.last_error == "The stored key cannot be read."
