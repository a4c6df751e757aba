"""The settings form over a real database: what is typed is checked, kept, and comes back."""

from __future__ import annotations

import tkinter as tk
from pathlib import Path
from tkinter import ttk
from typing import Iterator, List, Mapping, Set

import pytest

from config import Config, SettingInfo
from core.errors import ConfigError
from core.settings.fields import FIELDS, Kind
from core.settings.quality_choice import loaded
from core.settings.tree import Settings
from scripts.texts import LANGUAGES, LOCALE
from store.connection import Database
from store.settings import SettingStore
from tests.views.window import pump
from views import texts
from views.settings_pages import KEPT_BY_ITSELF
from views.settings_tab import SettingsTab
from views.theme import Look

pytestmark = pytest.mark.window


class Form:
    """The tab on its configuration; what is applied is stored at once."""

    def __init__(self, root: tk.Tk, look: Look, config: Config) -> None:
        self.config = config
        self.applied: List[Mapping[str, str]] = []
        self.tab = SettingsTab(root, look, config.describe(), self.apply)
        self.tab.pack(fill="both", expand=True)
        root.geometry("900x600")
        root.update()

    def apply(self, texts: Mapping[str, str]) -> None:
        self.applied.append(texts)
        try:
            self.config.change(texts)
        except ConfigError as error:
            self.tab.show_refused(error)
        else:
            self.tab.show_stored(self.config.describe())

    def type(self, key: str, text: str) -> None:
        self.tab.field(key).text = text
        self.tab.update()

    def enabled(self) -> bool:
        return bool(self.tab.apply_button.instate(["!disabled"]))


@pytest.fixture
def config(tmp_path: Path) -> Iterator[Config]:
    with Database(tmp_path / "settings.db") as database:
        yield Config(SettingStore(database))


@pytest.fixture
def form(root: tk.Tk, look: Look, config: Config) -> Form:
    return Form(root, look, config)


def other_text(info: SettingInfo, folder: Path) -> str:
    """A value that the setting can have and has not."""
    program = folder / "program"
    program.touch(mode=0o755)
    if info.check == "folder":
        return str(folder)
    if info.check == "program":
        return str(program)
    if info.check in ("schedule", "hours"):
        return "mon-fri 22:00-07:00"
    if info.check in ("template", "templates"):
        return info.text.replace("$input", "$input ") or "$ffmpeg -i $input $tracks $output"
    if info.kind is Kind.BOOL:
        field = FIELDS[info.key]
        return field.text(not info.value)
    if info.kind in (Kind.INT, Kind.FLOAT):
        value = info.value + 1
        return str(value if info.maximum is None or value <= info.maximum else info.value / 2)
    if info.kind is Kind.CHOICE:
        return next(choice for choice in info.choices if choice != info.text)
    if info.check == "quality target":
        return "93.5"
    if info.check == "languages":
        return "tur, eng"
    if info.check == "path mappings":
        return "/films=>/mnt/films"
    if info.check == "encoder paths":
        return f"NVEncC={program}"
    return "vp9" if info.kind is Kind.LIST else "text"


SHOWN = [key for key in FIELDS if key not in KEPT_BY_ITSELF]


def test_every_setting_has_a_field(form: Form) -> None:
    assert {form.tab.field(key).setting.key for key in SHOWN} == set(form.tab.setting_keys)


GROUPS = sorted({key.split(".", 1)[0] for key in SHOWN})


@pytest.mark.parametrize("group", GROUPS)
def test_every_setting_comes_back_from_the_database(
    root: tk.Tk, look: Look, form: Form, tmp_path: Path, group: str
) -> None:
    """Each alone: what one is may change another; two forms for a whole group, since they are dear."""
    again = Form(root, look, form.config)
    for info in form.config.describe():
        key = info.key
        if key not in SHOWN or key.split(".", 1)[0] != group:
            continue
        typed = other_text(info, tmp_path)
        form.type(key, typed)
        assert form.tab.field(key).problem == "", key
        form.tab.apply_button.invoke()
        assert set(form.applied.pop()) == {key}
        form.config.reload()
        again.tab.show_stored(form.config.describe())
        stored = FIELDS[key].parse(again.tab.field(key).text)
        assert stored == FIELDS[key].parse(typed), key
        assert stored != FIELDS[key].default, key
        assert not again.enabled(), key
        for changed in [setting for setting in form.config.describe() if setting.changed]:
            form.config.reset(changed.key)
        form.tab.show_stored(form.config.describe())
        for field in form.tab.fields.values():
            field.revert()
    assert not form.enabled()


def test_a_form_that_is_opened_anew_has_what_was_stored(
    root: tk.Tk, look: Look, form: Form
) -> None:
    form.type("audio.languages", "tur")
    form.tab.apply_button.invoke()
    form.config.reload()
    again = Form(root, look, form.config)
    assert (again.tab.field("audio.languages").text, again.enabled()) == ("tur", False)


def test_what_is_kept_by_itself_comes_back_and_has_no_field(form: Form, tmp_path: Path) -> None:
    for info in form.config.describe():
        if info.key in KEPT_BY_ITSELF:
            wanted = other_text(info, tmp_path)
            form.config.set(info.key, wanted)
            form.config.reload()
            assert form.config.get(info.key) == wanted, info.key
            assert info.key not in form.tab.setting_keys


def test_changes_of_several_pages_are_applied_at_once(form: Form) -> None:
    form.type("audio.languages", "tur")
    form.type("verification.sample_points", "9")
    form.tab.apply_button.invoke()
    assert form.applied == [{"audio.languages": "tur", "verification.sample_points": "9"}]


def test_a_quality_that_is_chosen_is_seen_in_the_templates_and_an_edited_one_in_the_quality(
    form: Form,
) -> None:
    template, quality = form.tab.field("templates.normal"), form.tab.field("video.quality")
    form.type("video.quality", "better")
    form.tab.apply_button.invoke()
    assert "--icq 21 " in template.text
    assert not form.enabled()
    form.type("templates.normal", template.text.replace("--icq 21 ", "--icq 20 "))
    form.tab.apply_button.invoke()
    assert quality.text == "by hand"
    form.type("video.codec", "av1")
    form.tab.apply_button.invoke()
    told = form.tab.field("video.codec").problem_label.cget("text")
    assert "Choose a quality first" in told
    form.type("video.quality", "better")
    form.tab.apply_button.invoke()
    assert "-c av1 " in template.text


def test_the_default_comes_back_by_its_button(form: Form) -> None:
    form.type("verification.sample_points", "9")
    form.tab.apply_button.invoke()
    assert form.config.settings.verification.sample_points == 9
    form.tab.field("verification.sample_points").default_button.invoke()
    form.tab.apply_button.invoke()
    assert form.config.settings == loaded({})


def test_a_page_goes_back_to_its_defaults_and_no_other_does(form: Form) -> None:
    form.type("audio.languages", "tur")
    form.type("audio.keep_object_audio", "yes")
    form.type("audio.mono_rate", "48")
    form.tab.apply_button.invoke()
    form.tab.open_section("audio")
    form.tab.defaults_button.invoke()
    form.tab.apply_button.invoke()
    audio = form.config.settings.audio
    assert (audio.keep_object_audio, audio.mono_rate) == (False, Settings().audio.mono_rate)
    assert audio.languages == ("tur",), "it stands on the first page"


@pytest.mark.parametrize(
    ("key", "text", "word"),
    [
        ("verification.sample_points", "many", "number"),
        ("verification.sample_points", "1", "2"),
        ("audio.languages", "eng, klingonese", "klingonese"),
        ("templates.normal", "$qsvenc -i $imput -o $output", "imput"),
        ("files.keep_original_days", "", ""),
    ],
)
def test_what_is_wrong_stands_beside_the_field_as_one_types(
    form: Form, key: str, text: str, word: str
) -> None:
    form.tab.open_section(form.tab.page_of(key))
    form.type(key, text)
    field = form.tab.field(key)
    assert field.problem_label.winfo_viewable()
    assert field.problem_label.cget("text") == field.problem != ""
    assert word in field.problem
    assert not form.enabled()
    form.tab.apply_changes()
    assert form.applied == []
    form.tab.revert_button.invoke()
    form.tab.update()
    assert not field.problem_label.winfo_viewable()


def test_what_only_the_disk_knows_is_said_when_it_is_applied(form: Form, tmp_path: Path) -> None:
    form.tab.open_section("audio")
    form.type("tools.ffmpeg", str(tmp_path / "gone"))
    form.tab.apply_button.invoke()
    form.tab.update()
    field = form.tab.field("tools.ffmpeg")
    assert "is not there" in field.problem_label.cget("text")
    assert field.problem_label.winfo_viewable(), "the section of the refused setting is opened"
    assert form.tab.status.cget("text") == "Nothing on the page “Tools” was saved."
    assert form.config.settings == loaded({})


def test_rows_of_the_channel_table_that_contradict_each_other_are_refused(form: Form) -> None:
    form.type("audio.surround_middle_limit", "300")
    form.tab.apply_button.invoke()
    assert "384" in form.tab.field("audio.surround_middle_limit").problem_label.cget("text")
    assert form.config.settings == loaded({})


def test_the_channel_table_is_reset_as_a_whole(form: Form) -> None:
    form.type("audio.mono_rate", "48")
    form.type("audio.surround_rate", "400")
    form.tab.apply_button.invoke()
    assert form.config.settings.audio.surround_rate == 400
    form.tab.channels.reset_button.invoke()
    form.tab.apply_button.invoke()
    assert form.config.settings == loaded({})


def test_revert_forgets_what_was_typed(form: Form) -> None:
    form.type("audio.languages", "tur")
    form.type("audio.drop_commentary", "no")
    assert form.enabled()
    assert form.tab.status.cget("text") == "2 unsaved changes."
    form.tab.revert_button.invoke()
    assert form.tab.field("audio.languages").text == "eng, nld, tur, und"
    assert not form.enabled()


def test_what_is_stored_elsewhere_does_not_undo_what_is_being_typed(form: Form) -> None:
    form.type("audio.languages", "tur")
    form.config.set("verification.sample_points", "9")
    form.tab.show_stored(form.config.describe())
    assert form.tab.field("audio.languages").text == "tur"
    assert form.tab.field("verification.sample_points").text == "9"


def seen(form: Form) -> Set[str]:
    """The pages of which something is on the screen."""
    return {
        form.tab.page_of(key) for key, field in form.tab.fields.items() if field.winfo_viewable()
    }


@pytest.mark.parametrize("section", ["logs", "templates", "video"])
def test_only_the_open_section_is_seen(form: Form, section: str) -> None:
    form.tab.open_section("audio")
    form.tab.open_section(section)
    pump(form.tab, lambda: seen(form) == {section}, "the section")


def test_a_page_is_made_when_it_is_opened(form: Form) -> None:
    assert "templates.normal" not in form.tab.fields
    form.tab.open_section("templates")
    assert "templates.normal" in form.tab.fields


def test_a_search_opens_the_page_of_what_was_looked_for(form: Form) -> None:
    form.tab.search.set("bit rate mono")
    pump(form.tab, lambda: seen(form) == {"audio"}, "the page of the sound")


def test_a_search_shows_the_setting_itself_and_stays_there(root: tk.Tk, form: Form) -> None:
    root.geometry("700x300")
    form.tab.search.set("allowed damage")
    field, page = form.tab.field("verification.damage_seconds").widget, form.tab._pages["files"]

    def in_sight() -> bool:
        top = field.winfo_rooty() - page.winfo_rooty()
        return bool(field.winfo_viewable()) and 0 <= top < page.winfo_height()

    pump(form.tab, in_sight, "the field")
    root.update()  # the list's own event comes after all others
    assert in_sight()


def test_the_keyboard_reaches_a_field_below_the_edge(root: tk.Tk, form: Form) -> None:
    root.geometry("700x300")
    form.tab.open_section("templates")
    root.update()
    last = form.tab.field("templates.downscale_fallback").widget
    root.focus_force()
    last.focus_force()
    root.update()
    page = form.tab._pages["templates"]
    top = last.winfo_rooty() - page.winfo_rooty()
    assert 0 <= top < page.winfo_height()


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_no_title_of_a_page_is_cut_off_in_any_language(
    root: tk.Tk, look: Look, config: Config, language: str
) -> None:
    texts.use_language(language, LOCALE)
    tab = Form(root, look, config).tab
    texts.use_language("en", LOCALE)
    tab.sidebar.open_expert(True)
    tab.sidebar.mark(dict.fromkeys(tab.sidebar.pages, "Something is wrong."))
    tab.update()
    for page in tab.sidebar.pages:
        box = tab.sections.bbox(page)
        assert box, "its row is seen"
        left, top, width, height = (int(length) for length in box)
        title = tab.sections.item(page, "text")
        text_at = next(
            x
            for x in range(left, left + width)
            if tab.sections.identify_element(x, top + height // 2) == "text"
        )
        measured = int(root.tk.call("font", "measure", "TkDefaultFont", title))
        assert text_at + measured <= left + width, title


def test_experts_pages_stand_in_a_group_that_is_closed_at_first(form: Form) -> None:
    sidebar = form.tab.sidebar
    assert sidebar.chosen == "films"
    pages = ("films", "general", "queue", "network", "messages", "expert")
    assert form.tab.sections.get_children() == pages
    assert not sidebar.expert_open
    form.tab.open_section("templates")
    assert sidebar.expert_open


def test_language_and_theme_of_the_window_are_seen_first_on_the_general_page(
    root: tk.Tk, form: Form
) -> None:
    root.geometry("900x600")
    form.tab.open_section("general")
    root.update()
    tops = [form.tab.field(f"window.{name}").winfo_y() for name in ("language", "theme")]
    others = [
        field.winfo_y()
        for key, field in form.tab.fields.items()
        if form.tab.page_of(key) == "general"
    ]
    assert tops == sorted(others)[:2]


def test_a_choice_says_what_it_does_as_it_is_chosen(form: Form) -> None:
    form.tab.open_section("films")
    form.type("video.quality", "better")
    labels = form.tab.field("video.quality").wrapped
    assert labels[0].cget("text").startswith("About a third larger than “balanced”")
    form.type("video.quality", "best")
    assert labels[0].cget("text").startswith("Nearly twice the size of “balanced”")


def test_pages_that_are_right_are_applied_and_the_wrong_one_is_named_and_marked(form: Form) -> None:
    form.type("queue.gpu_jobs", "2")
    form.type("verification.sample_points", "many")
    form.type("files.keep_times", "yes")
    assert form.enabled()
    assert form.tab.sections.item("files", "text") == "● Files and verification"
    assert form.tab.sections.item("expert", "text") == "● Expert settings", "it hides the page"
    assert "Test samples: 'many' is not" in form.tab.sidebar.problems["files"]
    form.tab.apply_button.invoke()
    assert form.config.settings.queue.gpu_jobs == 2
    assert form.tab.unsaved == {"files.keep_times": "yes", "verification.sample_points": "many"}
    assert "“Files and verification” has an error: Test samples" in form.tab.status.cget("text")
    assert not form.enabled()
    form.type("verification.sample_points", "9")
    assert form.tab.sections.item("files", "text") == "Files and verification"
    form.tab.apply_button.invoke()
    assert form.config.settings.files.keep_times
    assert form.tab.unsaved == {}


def test_the_tooltip_of_a_marked_page_says_what_is_wrong(form: Form) -> None:
    form.type("queue.gpu_jobs", "many")
    assert form.tab.sidebar._told("queue").startswith("Something is wrong here:\nFilms on the GPU")
    assert form.tab.sidebar._told("general") == ""


def look_for(form: Form, wanted: str) -> str:
    """The page and setting that a search shows."""
    form.tab.search.set(wanted)
    form.tab.sidebar.find()
    form.tab.update()
    return form.tab.sidebar.hits[0] if form.tab.sidebar.hits else ""


@pytest.mark.parametrize(
    ("wanted", "key"),
    [
        ("crf", "video.quality"),
        ("recycle bin", "files.keep_original_days"),
        ("dark mode", "window.theme"),
        ("hearing impaired", "subtitles.drop_sdh"),
        ("still be shared by a torrent", "files.hard_links"),
        ("queue.schedule", "queue.schedule"),
        ("twice the size", "video.quality"),
        ("gibberish", ""),
    ],
)
def test_a_setting_is_found_by_other_words_and_its_explanation(
    form: Form, wanted: str, key: str
) -> None:
    assert look_for(form, wanted) == key
    if key:
        assert seen(form) == {form.tab.page_of(key)}
        marked = form.tab._marked
        assert marked is not None
        field = form.tab.field(key)
        top = field.winfo_rooty() - marked.winfo_rooty()
        assert (top, marked.winfo_height()) == (0, field.winfo_height()), "the mark is beside it"
    form.tab.search.set("")
    form.tab.sidebar.find()
    assert form.tab._marked is None


@pytest.mark.parametrize(
    ("language", "wanted", "key"),
    [
        ("nl", "prullenbak", "files.keep_original_days"),
        ("nl", "recycle bin", "files.keep_original_days"),
        ("tr", "altyazi dilleri", "subtitles.languages"),
        ("tr", "karanlik kip", "window.theme"),
    ],
)
def test_a_search_understands_the_windows_language_and_english(
    root: tk.Tk, look: Look, config: Config, language: str, wanted: str, key: str
) -> None:
    texts.use_language(language, LOCALE)
    try:
        assert look_for(Form(root, look, config), wanted) == key
    finally:
        texts.use_language("en", LOCALE)


def test_the_arrow_keys_go_from_hit_to_hit_and_enter_goes_into_the_field(
    root: tk.Tk, form: Form
) -> None:
    assert look_for(form, "languages") == "audio.languages"
    hits = form.tab.sidebar.hits
    assert "subtitles.languages" in hits
    form.tab.sidebar.step(1)
    assert form.tab.sidebar.told.cget("text").startswith(f"2 of {len(hits)}")
    form.tab.sidebar.step(-1)
    root.update()
    form.tab.sidebar.search_field.focus_force()
    form.tab.sidebar.search_field.event_generate("<Return>")
    root.update()
    assert str(root.focus_get()).startswith(str(form.tab.field(hits[0]).widget))


def test_settings_of_the_first_page_are_pointed_to_where_their_group_is(form: Form) -> None:
    form.tab.open_section("video")
    form.tab.update()
    inside = form.tab._pages["video"].inside.winfo_children()
    (button,) = [child for child in inside if isinstance(child, ttk.Button)]
    assert button.cget("text") == "More about this stands on the page “What becomes of my films”."
    button.invoke()
    assert form.tab.sidebar.chosen == "films"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nl", "'veel' is geen getal. Het moet tussen 0 en 3650 dagen liggen."),
        ("tr", "'veel' bir sayı değil. 0 ile 3650 gün arasında olmalı."),
    ],
)
def test_what_is_wrong_is_said_in_the_windows_language(
    root: tk.Tk, look: Look, config: Config, language: str, said: str
) -> None:
    texts.use_language(language, LOCALE)
    try:
        form = Form(root, look, config)
        form.type("files.keep_original_days", "veel")
        field = form.tab.field("files.keep_original_days")
        assert field.problem_label.cget("text") == said
        assert form.tab.status.cget("text").endswith(said)
    finally:
        texts.use_language("en", LOCALE)
