"""OMDb's keys in the window: typed, checked, kept, shown with what became of them."""

from __future__ import annotations

import tkinter as tk
from pathlib import Path

import pytest

from core.settings.services import Service
from tests.views.api_bench import ApiBench
from views.secret_field import MASK

pytestmark = pytest.mark.window

FIVE = [f"{number}2345678" for number in range(1, 6)]


def fill(bench: ApiBench, *secrets: str) -> None:
    for row, secret in zip(bench.tab.omdb.rows, secrets):
        row.text = secret
    bench.apply()


def test_the_specifications_four_pages_are_there_and_one_for_each_media_server(
    bench: ApiBench,
) -> None:
    titles = [bench.tab.pages.tab(page, "text") for page in bench.tab.pages.tabs()]
    assert titles == ["OMDb API", "Sonarr", "Radarr", "Plex", "Jellyfin", "Emby", "API Status"]


def test_five_keys_are_kept_in_their_rows(bench: ApiBench) -> None:
    assert not bench.enabled()
    fill(bench, *FIVE)
    assert bench.omdb_secrets() == FIVE
    assert bench.note() == "Saved."
    assert not bench.enabled()
    again = bench.open()
    assert [row.text for row in again.omdb.rows] == FIVE
    assert all("Active · 0/1000" in row.status.cget("text") for row in again.omdb.rows)
    assert again.omdb.status.cget("text") == "Active (5 of 5 keys)"


def test_without_a_key_omdb_is_not_asked_and_the_page_says_so(bench: ApiBench) -> None:
    assert "is not used" in bench.tab.omdb.status.cget("text")
    assert {row.status.cget("text") for row in bench.tab.omdb.rows} == {"Not used"}


def test_a_key_is_masked_until_its_button_shows_it(bench: ApiBench) -> None:
    fill(bench, FIVE[0])
    field = bench.tab.omdb.rows[0].field
    assert field.entry.cget("show") == MASK
    assert field.masked
    field.button.invoke()
    assert field.entry.cget("show") == ""
    field.button.invoke()
    assert field.masked


def test_a_key_with_a_space_inside_is_refused_beside_its_row(bench: ApiBench) -> None:
    row = bench.tab.omdb.rows[1]
    row.text = "12 34"
    bench.root.update()
    assert "without spaces" in row.problem_label.cget("text")
    assert row.problem_label.winfo_viewable()
    bench.apply()
    assert bench.omdb_secrets() == []
    row.text = " 1234 "
    bench.root.update()
    assert not row.problem_label.winfo_viewable()
    bench.apply()
    assert bench.omdb_secrets() == ["1234"]


def test_the_same_key_twice_is_refused_and_the_other_rows_are_saved(bench: ApiBench) -> None:
    rows = bench.tab.omdb.rows
    fill(bench, FIVE[0], FIVE[0], FIVE[2])
    assert bench.omdb_secrets() == [FIVE[0], FIVE[2]]
    assert bench.note() == "Some changes could not be saved."
    refused = [row for row in rows if row.problem_label.cget("text")]
    assert len(refused) == 1
    assert "in the list already" in refused[0].problem_label.cget("text")
    bench.tab.revert_button.invoke()
    bench.settle()
    assert not bench.enabled()
    assert sorted(row.text for row in rows) == ["", "", "", FIVE[0], FIVE[2]]


def test_a_removed_key_leaves_its_row_empty_and_the_others_where_they_are(bench: ApiBench) -> None:
    fill(bench, *FIVE[:3])
    bench.tab.omdb.rows[1].remove_button.invoke()
    assert bench.omdb_secrets() == FIVE[:3], "nothing happens before it is applied"
    bench.apply()
    assert bench.omdb_secrets() == [FIVE[0], FIVE[2]]
    assert [row.text for row in bench.tab.omdb.rows] == [FIVE[0], "", FIVE[2], "", ""]


def test_another_text_is_another_key(bench: ApiBench) -> None:
    fill(bench, *FIVE[:2])
    bench.keys.get_available_omdb_api_key()
    bench.tab.omdb.rows[0].text = "abcdef12"
    bench.apply()
    assert bench.omdb_secrets() == ["abcdef12", FIVE[1]]
    assert "0/1000" in bench.tab.omdb.rows[0].status.cget("text")


def test_a_refused_key_says_why_and_can_be_taken_into_use_again(bench: ApiBench) -> None:
    fill(bench, *FIVE[:2])
    bench.keys.handle_api_error(Service.OMDB, FIVE[0], "Invalid API key!")
    bench.tab.load()
    bench.settle()
    row = bench.tab.omdb.rows[0]
    assert row.status.cget("text") == "Inactive · 0/1000"
    assert row.problem_label.cget("text") == "Invalid API key!"
    assert bench.tab.omdb.status.cget("text") == "Active (1 of 2 keys)"
    assert not bench.enabled(), "what the program changed is no change of the user's"
    row.check.invoke()
    bench.apply()
    assert row.status.cget("text").startswith("Active")
    assert row.problem_label.cget("text") == ""


def test_the_cool_down_is_told_with_its_end(bench: ApiBench) -> None:
    fill(bench, FIVE[0])
    bench.keys.handle_api_error(Service.OMDB, FIVE[0], "Request limit reached!")
    bench.tab.load()
    bench.settle()
    assert "All keys have reached their limit" in bench.tab.omdb.status.cget("text")
    assert "Until 2" in bench.tab.omdb.status.cget("text")
    bench.clock.advance(24 * 3600 + 1)
    bench.tab.load()
    bench.settle()
    assert bench.tab.omdb.status.cget("text") == "Active (1 of 1 keys)"


def test_rotation_can_be_switched_off_and_stays_so(bench: ApiBench) -> None:
    fill(bench, *FIVE[:2])
    bench.tab.omdb.rotate_check.invoke()
    assert bench.note() == "1 unsaved change."
    bench.apply()
    assert not bench.config.settings.metadata.rotate_omdb_keys
    assert not bench.open().omdb.rotate.get()


def test_the_page_says_what_the_terms_of_omdb_leave_open(bench: ApiBench) -> None:
    texts = [
        str(child.cget("text")) for child in bench.tab.omdb.inside.winfo_children() if _label(child)
    ]
    assert any("patreon.com/omdb" in text and "terms" in text for text in texts)


def test_the_user_is_told_where_the_keys_are(bench: ApiBench) -> None:
    assert "secrets.json" in bench.tab.omdb.warning_label.cget("text")


def test_what_is_being_typed_survives_what_is_shown_meanwhile(bench: ApiBench) -> None:
    fill(bench, FIVE[0])
    bench.tab.omdb.rows[1].text = "half a k"
    bench.keys.get_available_omdb_api_key()
    bench.tab.load()
    bench.settle()
    assert bench.tab.omdb.rows[1].text == "half a k"
    assert "1/1000" in bench.tab.omdb.rows[0].status.cget("text")


def test_a_key_that_cannot_be_read_any_more_is_told_and_can_be_entered_again(
    bench: ApiBench, tmp_path: Path
) -> None:
    fill(bench, FIVE[0])
    (tmp_path / "secrets.json").write_text("{}", encoding="utf-8")
    bench.keys = bench._keys(tmp_path)
    row = bench.open().omdb.rows[0]
    assert "can no longer be read" in row.problem_label.cget("text")
    row.text = FIVE[3]
    bench.apply()
    assert bench.omdb_secrets() == [FIVE[3]]


def test_a_failing_database_is_one_sentence_and_what_was_typed_stays(bench: ApiBench) -> None:
    with bench.database.transaction() as connection:
        connection.execute("ALTER TABLE api_keys RENAME TO elsewhere")
    bench.tab.omdb.rows[0].text = FIVE[0]
    bench.apply()
    assert bench.tab.note.cget("style") == "Error.TLabel"
    assert bench.note()
    assert bench.tab.omdb.rows[0].text == FIVE[0]
    assert bench.enabled()
    with bench.database.transaction() as connection:
        connection.execute("ALTER TABLE elsewhere RENAME TO api_keys")


def _label(widget: tk.Misc) -> bool:
    return widget.winfo_class() == "TLabel"
