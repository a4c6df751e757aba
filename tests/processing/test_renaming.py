"""File operations that never write over anything, on every kind of file system."""

from __future__ import annotations

from pathlib import Path

import pytest

from processing.filesystem import DOT_FOLDER, FileOperations, outgoing
from tests.processing.file_systems import Plain


class Linkless(Plain):
    """Nor has it hard links."""

    def link(self, existing: Path, new: Path) -> bool:
        return False


@pytest.fixture(params=[FileOperations, Plain, Linkless])
def files(request: pytest.FixtureRequest) -> FileOperations:
    made = request.param()
    assert isinstance(made, FileOperations)
    return made


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "Film.mkv"
    path.write_bytes(b"film")
    return path


@pytest.fixture
def result(tmp_path: Path) -> Path:
    path = tmp_path / "1-1.aside"
    path.write_bytes(b"result")
    return path


def test_what_is_replaced_is_afterwards_where_the_new_one_was(
    files: FileOperations, film: Path, result: Path
) -> None:
    files.replace(result, film)
    assert (film.read_bytes(), result.read_bytes()) == (b"result", b"film")
    assert not outgoing(result).exists()


def test_nothing_is_put_under_a_name_that_nothing_has_by_replacing(
    files: FileOperations, film: Path, result: Path
) -> None:
    film.unlink()
    with pytest.raises(FileNotFoundError):
        files.replace(result, film)
    assert result.read_bytes() == b"result"


@pytest.mark.parametrize("operation", ["move", "take"])
def test_a_taken_name_is_refused(
    files: FileOperations, film: Path, result: Path, operation: str
) -> None:
    with pytest.raises(FileExistsError):
        getattr(files, operation)(result, film)
    assert (film.read_bytes(), result.read_bytes()) == (b"film", b"result")
    film.unlink()
    getattr(files, operation)(result, film)
    assert film.read_bytes() == b"result"
    assert not result.exists()


def test_a_film_that_cannot_be_replaced_after_all_has_its_name_again(
    film: Path, result: Path
) -> None:
    class InUse(Plain):
        def move(self, old: Path, new: Path) -> None:
            if old == result:
                raise PermissionError(13, "another program has it open", str(old))
            super().move(old, new)

    with pytest.raises(PermissionError):
        InUse().replace(result, film)
    assert (film.read_bytes(), result.read_bytes()) == (b"film", b"result")


def test_a_film_that_comes_between_two_renames_stays(film: Path, result: Path) -> None:
    class Quick(Plain):
        def move(self, old: Path, new: Path) -> None:
            if old == result:
                film.write_bytes(b"newer")
            super().move(old, new)

    with pytest.raises(FileExistsError):
        Quick().replace(result, film)
    assert film.read_bytes() == b"newer"
    assert outgoing(result).read_bytes() == b"film"  # ``Placing.straighten`` gives it a name
    assert result.read_bytes() == b"result"


def test_a_films_folder_that_is_gone_is_not_made_again(tmp_path: Path) -> None:
    folder = tmp_path / "Film (2020)" / DOT_FOLDER / "originals"
    with pytest.raises(FileNotFoundError):
        FileOperations().make_folder(folder)
    assert not folder.parent.parent.exists()
    folder.parent.parent.mkdir()
    FileOperations().make_folder(folder)
    assert folder.is_dir()
