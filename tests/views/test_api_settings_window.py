"""The API pages in the whole window: reached by the settings, read and written beside the event loop."""

from __future__ import annotations

import pytest

from core.settings.services import Service
from tests.views.api_bench import KEY, arr_server
from tests.window_program import Program

pytestmark = pytest.mark.window


def open_apis(program: Program) -> None:
    program.window.open_tab("settings").view.open_section("api")
    program.root.update()


def test_the_pages_are_third_in_the_settings_and_have_their_own_apply(program: Program) -> None:
    open_apis(program)
    settings, apis = program.window.tab("settings").view, program.window.tab("settings").apis
    assert settings.sections.get_children()[:3] == ("films", "folders", "api")
    assert apis.apply_button.winfo_viewable()
    assert not settings.apply_button.winfo_viewable()
    settings.open_section("audio")
    program.root.update()
    assert settings.apply_button.winfo_viewable()
    assert not apis.apply_button.winfo_viewable()


def test_an_instance_is_tested_saved_and_there_after_the_next_start(program: Program) -> None:
    open_apis(program)
    page = program.window.tab("settings").apis.arr[Service.RADARR]
    program.window.tab("settings").apis.pages.select(page)
    page.add_arr_instance()
    (card,) = page.cards
    with arr_server() as server:
        card.address.set(f"{server.address}/radarr")
        card.key.set(KEY)
        card.test_button.invoke()
        program.until(lambda: "Connected" in card.result.cget("text"), "the connection")
    program.window.tab("settings").apis.apply_button.invoke()
    program.until(
        lambda: program.window.tab("settings").apis.note.cget("text") == "Saved.", "the saving"
    )
    program.close()
    log = (program.folder / "data" / "logs" / "mediaprocessor.log").read_text("utf-8")
    assert KEY not in log
    program.open()
    open_apis(program)
    page = program.window.tab("settings").apis.arr[Service.RADARR]
    program.until(lambda: len(page.cards) == 1, "the instance")
    assert page.cards[0].key.get() == KEY


def test_the_smallest_window_cuts_no_button_off(program: Program) -> None:
    program.root.geometry("720x480")
    open_apis(program)
    apis = program.window.tab("settings").apis
    right = program.root.winfo_rootx() + program.root.winfo_width()
    apis.arr[Service.SONARR].add_arr_instance()
    for page in (apis.omdb, apis.arr[Service.SONARR], apis.status):
        apis.pages.select(page)
        program.root.update()
        buttons = [apis.apply_button, apis.omdb.rows[0].remove_button, apis.status.refresh_button]
        buttons += [apis.arr[Service.SONARR].add_button, apis.omdb.rows[0].field.button]
        buttons += [apis.arr[Service.SONARR].cards[0].remove_button]
        for button in buttons:
            if button.winfo_viewable():
                assert button.winfo_rootx() + button.winfo_width() <= right
                assert button.winfo_width() >= button.winfo_reqwidth()
