from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import List

import pytest

from monitor import films_in, is_film


def make(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")


def listed(folder: Path) -> List[str]:
    def never(error: OSError) -> None:
        raise error

    return [path.relative_to(folder).as_posix() for path in films_in(folder, never)]


@pytest.mark.parametrize(
    "name",
    [
        "Film.mkv",
        "FILM.MKV",
        "The Free Sample (2012).mkv",
        "Sampler.mp4",
        "Trailer Park Boys S01E01.ts",
        "-dash.webm",
        "new\nline.avi",
        "f\udcffilm.m2ts",
    ],
)
def test_a_video_extension_makes_a_film(name: str) -> None:
    assert is_film(name)


@pytest.mark.parametrize(
    "name",
    [
        "Film.srt",
        "Film.mkv.part",
        "Film.mkv.!qB",
        "7-1.partial",
        "mkv",
        ".mkv",
        "._Film.mkv",
        "film-sample.mkv",
        "Film.Sample.mkv",
        "sample.mkv",
        "sample-film.mkv",
        "Film-trailer.mp4",
        "trailer.mov",
        "Film_trailer2.mp4",
    ],
)
def test_other_names_make_none(name: str) -> None:
    assert not is_film(name)


def test_films_come_from_all_folders_in_the_order_of_names(tmp_path: Path) -> None:
    make(tmp_path, "b.mkv", "a.mp4", "series/S01/2.mkv", "series/S01/1.mkv", "notes.txt")
    assert listed(tmp_path) == ["a.mp4", "b.mkv", "series/S01/1.mkv", "series/S01/2.mkv"]


def test_our_own_and_other_special_folders_are_left_out(tmp_path: Path) -> None:
    make(
        tmp_path,
        ".mediaprocessor/7/Film.mkv",
        "Film/Sample/film.mkv",
        "Film/Trailers/one.mkv",
        "@eaDir/Film.mkv",
        "disc/BDMV/STREAM/00001.m2ts",
        "Film/film.mkv",
    )
    assert listed(tmp_path) == ["Film/film.mkv"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")
def test_links_are_left_out_so_that_no_film_is_taken_twice_and_no_loop_is_walked(
    tmp_path: Path,
) -> None:
    make(tmp_path, "real/film.mkv")
    (tmp_path / "link.mkv").symlink_to(tmp_path / "real/film.mkv")
    (tmp_path / "real/loop").symlink_to(tmp_path)
    assert listed(tmp_path) == ["real/film.mkv"]


def test_what_only_looks_like_a_file_is_left_out(tmp_path: Path) -> None:
    if sys.platform != "win32":
        os.mkfifo(tmp_path / "pipe.mkv")
    (tmp_path / "folder.mkv").mkdir()
    assert listed(tmp_path) == []


def test_a_folder_that_cannot_be_read_is_reported(tmp_path: Path) -> None:
    told: List[OSError] = []
    assert list(films_in(tmp_path / "gone", told.append)) == []
    assert len(told) == 1
