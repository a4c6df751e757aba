from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import List, Optional

import pytest

from core.media.probing.matroska import Read, Structure, structure
from tests.films import AudioSpec, make_film
from tests.mkv import mkvtoolnix
from tests.trait_films import CHAPTERS, TAGS


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("matroska") / "film.mkv"
    return make_film(path, audio=(AudioSpec(), AudioSpec()))


def read_of(path: Path) -> Read:
    data = path.read_bytes()
    return lambda offset, size: data[offset : offset + size]


def of(path: Path) -> Structure:
    found = structure(read_of(path), path.stat().st_size)
    assert found is not None
    return found


def muxed(plain: Path, name: str, *arguments: str) -> Path:
    """The film again, by mkvmerge with these arguments."""
    if shutil.which("mkvmerge") is None:
        pytest.skip("mkvmerge (mkvtoolnix) is not installed")
    made = plain.with_name(name)
    subprocess.run(["mkvmerge", "-q", "-o", str(made), *arguments, str(plain)], check=True)
    return made


def edited(path: Path, *arguments: str) -> Path:
    mkvtoolnix("mkvpropedit", "-q", path, *arguments)
    return path


def test_what_is_no_matroska_has_no_structure(tmp_path: Path) -> None:
    film = make_film(tmp_path / "film.mp4", audio=(AudioSpec(codec="aac"),))
    assert structure(read_of(film), film.stat().st_size) is None
    assert structure(lambda offset, size: b"", 0) is None


def test_a_film_that_ffmpeg_wrote_is_read(plain: Path) -> None:
    found = of(plain)
    assert [track.kind for track in found.tracks] == [1, 2, 2]
    assert not found.segment.ordered
    assert found.tracks[0].pixel_size != (0, 0)


def test_the_two_elements_of_a_language_are_told_apart_whichever_stands_last(plain: Path) -> None:
    film = muxed(plain, "languages.mkv", "--language", "1:en", "--language", "2:en")
    edited(film, "--edit", "track:a2", "--set", "language=ger")
    edited(film, "--edit", "track:a2", "--set", "language-ietf=nl")
    track = of(film).tracks[2]
    assert (track.language, track.language_bcp47) == ("ger", "nl")
    assert track.effective_language == "nl"


def test_a_track_without_any_language_element_is_english(plain: Path) -> None:
    film = muxed(plain, "no_language.mkv")
    edited(film, "--edit", "track:a1", "--delete", "language", "--delete", "language-ietf")
    assert of(film).tracks[1].effective_language == "eng"


def test_a_flag_that_is_absent_is_neither_on_nor_off(plain: Path) -> None:
    film = muxed(plain, "flags.mkv", "--original-flag", "1:1", "--original-flag", "2:0")
    assert [track.original for track in of(film).tracks] == [None, True, False]


def test_stereo_crop_projection_and_display_are_read(plain: Path) -> None:
    film = muxed(
        plain,
        "picture.mkv",
        *("--stereo-mode", "0:1", "--cropping", "0:2,4,6,8"),
        *("--projection-type", "0:1", "--display-dimensions", "0:400x300"),
    )
    track = of(film).tracks[0]
    assert (track.stereo_mode, track.crop, track.projection) == (1, (2, 4, 6, 8), 1)
    assert track.display_size == (400, 300)


def test_editions_chapters_and_their_links_are_read(plain: Path, tmp_path: Path) -> None:
    (tmp_path / "chapters.xml").write_text(CHAPTERS, encoding="utf-8")
    film = muxed(plain, "editions.mkv", "--chapters", str(tmp_path / "chapters.xml"))
    first, second = of(film).segment.editions
    assert (first.uid, first.default, first.ordered, first.languages) == (111, True, True, 2)
    assert first.linked == ("00112233445566778899aabbccddeeff",)
    assert (second.chapters, second.nested, second.hidden_chapters) == (2, True, 1)
    assert of(film).segment.ordered


def test_a_segments_own_name_and_its_neighbours_are_read(plain: Path) -> None:
    own, after = "00112233445566778899aabbccddeeff", "10112233445566778899aabbccddeeff"
    film = muxed(plain, "linked.mkv", "--segment-uid", own, "--link-to-next", after)
    found = of(film)
    segment = found.segment
    assert (segment.uid, segment.next_uid, segment.previous_uid) == (own, after, "")
    assert found.segment.ordered


def test_tags_are_read_with_whom_they_are_about(plain: Path, tmp_path: Path) -> None:
    (tmp_path / "chapters.xml").write_text(CHAPTERS, encoding="utf-8")
    (tmp_path / "tags.xml").write_text(TAGS, encoding="utf-8")
    chapters, tags = str(tmp_path / "chapters.xml"), str(tmp_path / "tags.xml")
    film = muxed(plain, "tags.mkv", "--chapters", chapters, "--global-tags", tags)
    by_names = {tag.names: tag for tag in of(film).tags}
    assert ("ACTOR", "CHARACTER") in by_names
    assert by_names[("SCENE",)].chapter_uids == (1,)
    assert by_names[("ACTOR", "CHARACTER")].nested


def test_what_mkvpropedit_has_moved_behind_the_film_is_found(plain: Path) -> None:
    film = muxed(plain, "moved.mkv")
    long = "long " * 2000
    edited(film, "--edit", "track:1", "--set", f"name={long}")
    assert [track.kind for track in of(film).tracks] == [1, 2, 2]


def test_little_of_a_film_is_read(plain: Path) -> None:
    read: List[int] = []
    data = plain.read_bytes()

    def counting(offset: int, size: int) -> bytes:
        read.append(len(data[offset : offset + size]))
        return data[offset : offset + size]

    structure(counting, len(data))
    assert len(read) < 40
    assert sum(read) < 16 * 1024


@pytest.mark.parametrize("share", [0.001, 0.01, 0.1, 0.5, 0.9])
def test_a_film_that_is_cut_off_is_read_as_far_as_it_goes(plain: Path, share: float) -> None:
    data = plain.read_bytes()[: max(64, int(plain.stat().st_size * share))]
    found: Optional[Structure] = structure(lambda o, n: data[o : o + n], len(data))
    assert found is not None
