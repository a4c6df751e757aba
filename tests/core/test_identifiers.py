"""IMDb numbers in names."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.media.identifiers import find_imdb_id


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/films/Movie Name (2010) {imdb-tt1375666}/Movie Name (2010).mkv", "tt1375666"),
        ("/films/Movie Name (2010) [imdbid-tt1375666]/Movie.mkv", "tt1375666"),
        ("/films/Movie Name (2010) [imdb=tt1375666]/Movie.mkv", "tt1375666"),
        ("/films/Movie Name (tt1375666)/Movie.mkv", "tt1375666"),
        ("/films/Movie.Name.2010.tt1375666.1080p.mkv", "tt1375666"),
        ("/films/tt1375666.mkv", "tt1375666"),
        ("/films/Movie_tt1375666_x.mkv", "tt1375666"),
        ("/films/Movie {imdb-TT1375666}.mkv", "tt1375666"),
        ("/films/tt10872600.mkv", "tt10872600"),
        ("/films/tt123456789.mkv", "tt123456789"),
    ],
)
def test_every_usual_form_is_found(path: str, expected: str) -> None:
    assert find_imdb_id(Path(path)) == expected


@pytest.mark.parametrize(
    "path",
    [
        "/films/Movie Name (2010)/Movie.mkv",
        "/films/tt12345.mkv",  # too short
        "/films/tt1234567890.mkv",  # too long
        "/films/Watt1234567.mkv",  # inside a word
        "/films/tt1234567b.mkv",
        "/films/Movie {tmdb-27205}.mkv",
        "/films/.mkv",
        "",
    ],
)
def test_no_number_is_made_up(path: str) -> None:
    assert find_imdb_id(Path(path)) == ""


def test_the_file_wins_over_its_folder_and_the_nearer_folder_over_the_farther() -> None:
    assert find_imdb_id(Path("/a {imdb-tt0000001}/b (tt0000002)/c tt0000003.mkv")) == "tt0000003"
    assert find_imdb_id(Path("/a {imdb-tt0000001}/b (tt0000002)/Season 1/c.mkv")) == "tt0000002"


def test_a_marked_number_wins_over_a_bare_one_in_the_same_name() -> None:
    assert find_imdb_id(Path("/tt0000001 remake {imdb-tt0000002}.mkv")) == "tt0000002"
