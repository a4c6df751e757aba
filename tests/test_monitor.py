from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import List

import pytest

from monitor import films_in, is_film
from monitoring.tree import NothingKnown, TreeReader


def make(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")


def fail(error: OSError) -> None:
    raise error


def listed(folder: Path) -> List[str]:
    return [path.relative_to(folder).as_posix() for path in films_in(folder, fail)]


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
        "Recording.dvr-ms",
        "VTS_2.vob",
        "Camera.M2T",
        "Camera.mxf",
        "VR_MOVIE.VRO",
        "Old.mpe",
        "Old.qt",
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
    ],
)
def test_other_names_make_none(name: str) -> None:
    assert not is_film(name)


def test_films_come_from_all_folders_in_the_order_of_names(tmp_path: Path) -> None:
    make(tmp_path, "b.mkv", "a.mp4", "series/S01/2.mkv", "series/S01/1.mkv", "notes.txt")
    assert listed(tmp_path) == ["a.mp4", "b.mkv", "series/S01/1.mkv", "series/S01/2.mkv"]


@pytest.mark.parametrize(
    "name",
    [
        "film-sample.mkv",
        "Film.Sample.mkv",
        "sample.mkv",
        "sample-film.mkv",
        "Film-trailer.mp4",
        "trailer.mov",
        "Film_trailer2.mp4",
        "film (2003)-behindthescenes.mkv",
        "VTS_01_1.VOB",
    ],
)
def test_samples_and_extras_beside_their_film_are_passed_over_with_a_sentence(
    tmp_path: Path, name: str
) -> None:
    make(tmp_path, "Film (2003)/Film (2003).mkv", f"Film (2003)/{name}")
    told: List[str] = []
    found = list(films_in(tmp_path, fail, told.append))
    assert [film.name for film in found] == ["Film (2003).mkv"]
    assert [sentence.partition(" is passed over: ")[0] for sentence in told] == [
        str(tmp_path / "Film (2003)" / name)
    ]


@pytest.mark.parametrize(
    "name",
    ["Exit-Interview.mkv", "Crime-Scene.mkv", "Free-Sample.mkv", "crime-scene.mkv", "Sample.mkv"],
)
def test_a_film_whose_name_only_looks_like_an_extra_is_a_film(tmp_path: Path, name: str) -> None:
    make(tmp_path, f"{Path(name).stem}/{name}", "Alien (1979)/Alien (1979).mkv")
    assert f"{Path(name).stem}/{name}" in listed(tmp_path)
    if name != "Sample.mkv":
        make(tmp_path, f"flat/{name}", "flat/Alien (1979).mkv", "flat/Brazil (1985).mkv")
        assert f"flat/{name}" in listed(tmp_path)


def test_films_of_one_letter_s_folder_and_articles_make_no_extras(tmp_path: Path) -> None:
    films = [
        "C/Casino (1995).mkv",
        "C/Crime-Scene.mkv",
        "flat/The Matrix.mkv",
        "flat/The-Interview.mkv",
    ]
    make(tmp_path, *films)
    assert listed(tmp_path) == films


def test_a_trailer_whose_film_is_still_missing_is_no_film(tmp_path: Path) -> None:
    make(tmp_path, "Film (2030)/Film (2030)-trailer.mkv")
    assert listed(tmp_path) == []


def test_a_sample_that_comes_before_its_release_is_known_by_its_name_or_its_archives(
    tmp_path: Path,
) -> None:
    make(tmp_path, "Some.Film.2003.1080p.BluRay-GRP-sample.mkv", "Packed/grp-film-sample.mkv")
    make(tmp_path, "Packed/grp-film.rar", "Packed/grp-film.r00")
    assert listed(tmp_path) == []


def test_a_series_that_is_named_extras_is_found_and_extras_of_a_film_are_not(
    tmp_path: Path,
) -> None:
    episodes = [
        "tv/Extras/Season 1/Extras - S01E01 - First Day.mkv",
        "tv/Interviews/Interviews - 1x02.mkv",
        "tv/Samples/Staffel 2/Samples 1.mkv",
        "tv/Trailer Park/Season 1/Trailer Park - S01E01.mkv",
        "tv/Trailers/loose.mkv",
    ]
    extras = [
        "films/Some Film (2003)/Extras/Making Of.mkv",
        "films/Some Film (2003)/CD1/Trailers/One.mkv",
        "tv/Show/Behind the Scenes/Set.mkv",
    ]
    make(tmp_path, *episodes, *extras)
    make(tmp_path, "films/Some Film (2003)/Some Film (2003).mkv", "tv/Show/Season 01/S01E01.mkv")
    told: List[str] = []
    found = [
        film.relative_to(tmp_path).as_posix() for film in films_in(tmp_path, fail, told.append)
    ]
    rest = ["films/Some Film (2003)/Some Film (2003).mkv", "tv/Show/Season 01/S01E01.mkv"]
    assert sorted(found) == sorted(episodes + rest)
    assert sorted(sentence.partition(" is passed over: ")[0] for sentence in told) == sorted(
        str((tmp_path / extra).parent) for extra in extras
    )
    for root in ("tv", "films"):
        below = {
            episode.partition("/")[2] for episode in episodes + rest if episode.startswith(root)
        }
        assert set(listed(tmp_path / root)) == below


def test_a_watched_series_named_extras_is_read_when_an_episode_comes(tmp_path: Path) -> None:
    make(tmp_path, "Extras/Season 1/Extras - S01E01.mkv", "Film/Film.mkv", "Film/Extras/Set.mkv")
    reader = TreeReader(tmp_path, lambda _: True)

    def read(start: str) -> List[str]:
        return [
            sighting.name
            for each in reader.read_all(NothingKnown(), fail, start)
            for sighting in each.sightings
        ]

    assert read("Extras/Season 1") == ["Extras - S01E01.mkv"]
    assert read("Film/Extras") == []


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
