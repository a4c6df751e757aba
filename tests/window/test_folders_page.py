"""The page of the watched folders in the whole window, over the real database and monitor."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.settings.watched_folder import ContentType
from monitor import FolderList
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


def open_dialog(folders: FoldersController) -> FolderDialog:
    assert folders.page is not None
    folders.page.add_button.invoke()
    assert folders.dialog is not None
    return folders.dialog


def rows(folders: FoldersController) -> int:
    assert folders.page is not None
    return len(folders.page.table.get_children())


def add(program: Program, folders: FoldersController, path: Path) -> None:
    path.mkdir()
    dialog = open_dialog(folders)
    dialog.values["path"].set(str(path))
    dialog.save_button.invoke()
    program.until(lambda: rows(folders) == 1, "the folder")


def test_every_field_of_a_folder_is_kept(
    program: Program, folders: FoldersController, tmp_path: Path
) -> None:
    (tmp_path / "films").mkdir()
    dialog = open_dialog(folders)
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
    dialog.own.insert("1.0", "audio.languages = eng, tur")
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
    dialog = open_dialog(folders)
    dialog.values["minimum_size"].set("big")
    dialog.save_button.invoke()
    assert dialog.problems["minimum_size"].cget("text")
    assert dialog.problems["path"].cget("text")
    dialog.values["minimum_size"].set("1")
    dialog.values["path"].set(str(tmp_path / "gone"))
    dialog.own.insert("1.0", "window.theme = dark")
    dialog.save_button.invoke()
    program.until(lambda: dialog.problems["own_settings"].cget("text"), "the reason")
    assert rows(folders) == 0
    dialog.destroy()


def test_a_folder_is_changed(program: Program, folders: FoldersController, tmp_path: Path) -> None:
    add(program, folders, tmp_path / "films")
    assert folders.page is not None
    page = folders.page
    page.table.selection_set(page.table.get_children()[0])
    page.update()
    page.edit_button.invoke()
    assert folders.dialog is not None
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
