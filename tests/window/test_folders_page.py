"""The page of the watched folders in the whole window, over the real database and monitor."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.media.seen_file import SeenKind
from core.settings.watched_folder import ContentType
from monitor import FolderList
from store.seen_files import SeenFileStore
from tests.window_program import Program
from views.folder_dialog import FolderDialog
from window.folders_controller import FoldersController

pytestmark = pytest.mark.window


@pytest.fixture
def folders(program: Program) -> FoldersController:
    settings = program.window.open_tab("settings")
    settings.view.open_section("folders")
    program.root.update()
    controller: FoldersController = settings.folders
    return controller


def open_dialog(program: Program, folders: FoldersController, path: Path) -> FolderDialog:
    assert folders.page is not None
    program.answers.chosen_folder = path
    folders.page.add_button.invoke()
    program.until(lambda: folders.dialog is not None, "the dialog")
    assert folders.dialog is not None
    return folders.dialog


def rows(folders: FoldersController) -> int:
    assert folders.page is not None
    return len(folders.page.table.get_children())


def add(program: Program, folders: FoldersController, path: Path) -> None:
    path.mkdir()
    dialog = open_dialog(program, folders, path)
    dialog.save_button.invoke()
    program.until(lambda: rows(folders) == 1, "the folder")


def test_every_field_of_a_folder_is_kept(
    program: Program, folders: FoldersController, tmp_path: Path
) -> None:
    (tmp_path / "films").mkdir()
    dialog = open_dialog(program, folders, tmp_path)
    typed = {
        "path": str(tmp_path / "films"),
        "include": "*.mkv, *.mp4",
        "ignore": "*sample*",
        "minimum_size": "50",
        "priority": "7",
        "content_type": "series",
        "observer": "polling",
    }
    for name, text in typed.items():
        dialog.values[name].set(text)
    dialog.checks["recursive"].set(False)
    dialog.choices.set("audio.languages", "eng, tur")
    dialog.save_button.invoke()
    program.until(lambda: rows(folders) == 1, "the folder")
    (stored,) = FolderList(program.parts.database).all()
    assert stored.path == tmp_path / "films"
    assert (stored.include, stored.ignore) == (("*.mkv", "*.mp4"), ("*sample*",))
    assert (stored.minimum_size, stored.priority) == (50_000_000, 7)
    assert (stored.content_type, stored.observer.value) == (ContentType.SERIES, "polling")
    assert (stored.enabled, stored.recursive) == (True, False)
    assert stored.own_settings == (("audio.languages", "eng, tur"),)
    assert not dialog.winfo_exists()


def test_what_is_wrong_stands_beside_its_field(
    program: Program, folders: FoldersController, tmp_path: Path
) -> None:
    dialog = open_dialog(program, folders, tmp_path)
    dialog.values["minimum_size"].set("big")
    dialog.values["path"].set("")
    dialog.save_button.invoke()
    assert dialog.problems["minimum_size"].cget("text")
    assert dialog.problems["path"].cget("text")
    dialog.values["minimum_size"].set("1")
    dialog.values["path"].set(str(tmp_path / "gone"))
    dialog.choices.set("files.keep_original_days", "many")
    dialog.save_button.invoke()
    assert "Keep originals for: 'many' is not a number" in dialog.note.cget("text")
    dialog.choices.set("files.keep_original_days", "3")
    dialog.save_button.invoke()
    program.until(lambda: dialog.problems["path"].cget("text"), "the reason")
    assert "does not exist" in dialog.problems["path"].cget("text")
    assert rows(folders) == 0
    dialog.destroy()


def test_a_folder_is_changed(program: Program, folders: FoldersController, tmp_path: Path) -> None:
    add(program, folders, tmp_path / "films")
    assert folders.page is not None
    page = folders.page
    page.table.selection_set(page.table.get_children()[0])
    page.update()
    page.edit_button.invoke()
    program.until(lambda: folders.dialog is not None, "the dialog")
    assert folders.dialog is not None
    assert folders.dialog.films is None, "its films were asked about when it was added"
    folders.dialog.values["priority"].set("9")
    folders.dialog.save_button.invoke()
    program.until(
        lambda: [folder.priority for folder in FolderList(program.parts.database).all()] == [9],
        "the change",
    )


def test_a_folder_is_removed_after_a_question(
    program: Program, folders: FoldersController, tmp_path: Path
) -> None:
    add(program, folders, tmp_path / "films")
    assert folders.page is not None
    page = folders.page
    for answer, left in ((1, 1), (0, 0)):
        page.table.selection_set(page.table.get_children()[0])
        page.update()
        program.answers.chosen = answer
        page.remove_button.invoke()
        program.until(lambda wanted=left: rows(folders) == wanted, "the table")
    assert FolderList(program.parts.database).all() == ()
    assert (tmp_path / "films").is_dir()


def test_a_new_folder_says_how_many_films_it_holds_and_may_leave_them_alone(
    program: Program, folders: FoldersController, tmp_path: Path
) -> None:
    for name in ("one.mkv", "below/two.mkv"):
        program.film(name)
    dialog = open_dialog(program, folders, program.folder / "films")
    films = dialog.films
    assert films is not None
    program.until(lambda: "2 films now" in films.count.cget("text"), "the count")
    films.new_button.invoke()
    dialog.save_button.invoke()
    program.until(lambda: rows(folders) == 1, "the folder")
    (stored,) = FolderList(program.parts.database).all()
    seen = SeenFileStore(program.parts.database)
    assert len(seen.of_kinds(stored.id, [SeenKind.LEFT_ALONE])) == 2


def test_the_count_follows_the_patterns_and_a_folder_may_be_looked_at_first(
    program: Program, folders: FoldersController, tmp_path: Path
) -> None:
    for name in ("one.mkv", "sample two.mkv"):
        program.film(name)
    dialog = open_dialog(program, folders, program.folder / "films")
    films = dialog.films
    assert films is not None
    program.until(lambda: "2 films now" in films.count.cget("text"), "the count")
    dialog.values["ignore"].set("*sample*")
    program.until(lambda: "1 film now" in films.count.cget("text"), "the count")
    films.look_button.invoke()
    preview = program.window.tab("queue").preview.window
    program.until(lambda: len(preview.films) == 2, "the preview")
    assert FolderList(program.parts.database).all() == (), "nothing is watched yet"
    assert dialog.winfo_exists()
    dialog.destroy()


def test_a_folder_is_given_a_preset_and_takes_it_back(
    program: Program, folders: FoldersController, tmp_path: Path
) -> None:
    (tmp_path / "films").mkdir()
    dialog = open_dialog(program, folders, tmp_path / "films")
    assert dialog.preset is not None
    dialog.preset.set("Near the original")
    dialog.preset.event_generate("<<ComboboxSelected>>")
    dialog.choices.set("subtitles.drop_sdh", "no")
    assert dialog.choices.rows["video.quality"].text == "best"
    assert dialog.preset.get() == "Near the original"
    own = dict(dialog.choices.own)
    assert own == {
        "subtitles.drop_sdh": "no",
        "video.codec": "hevc",
        "video.quality": "best",
        "video.speed": "thorough",
    }
    dialog.preset.current(0)
    dialog.preset.event_generate("<<ComboboxSelected>>")
    assert dict(dialog.choices.own) == {"subtitles.drop_sdh": "no"}
    dialog.destroy()
