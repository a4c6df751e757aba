"""The library's pure parts: groups, labels, what is kept of a plan, and savings with their bands."""

from __future__ import annotations

import dataclasses
from typing import List

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.library.film import rules_mark
from core.library.grouping import (
    SIZE_LIMITS,
    GroupBy,
    LibraryGroup,
    band_label,
    by_language,
    common_folder,
    in_order,
    size_band,
)
from core.library.savings import (
    LibrarySums,
    Share,
    WorkGroup,
    saving_of,
    saving_text,
    sums_sentence,
    total_saving,
)
from core.planning.forecast import Expected
from core.queue.overview import Estimate
from core.settings.tree import Settings
from core.text.sentence import Sentence

GB = 1_000_000_000


@pytest.mark.parametrize(
    ("size", "label"),
    [
        (0, "below 1 GB"),
        (GB - 1, "below 1 GB"),
        (GB, "1 to 2 GB"),
        (49 * GB, "20 to 50 GB"),
        (50 * GB, "50 GB and more"),
    ],
)
def test_every_size_lies_in_one_band(size: int, label: str) -> None:
    assert band_label(size_band(size)) == label


@given(st.integers(0, 10**14))
def test_a_band_holds_the_sizes_between_its_limits(size: int) -> None:
    band = size_band(size)
    assert band == len(SIZE_LIMITS) or size < SIZE_LIMITS[band]
    assert band == 0 or size >= SIZE_LIMITS[band - 1]


def test_resolutions_go_by_their_height_and_what_is_unknown_comes_last() -> None:
    groups = [LibraryGroup(name, 1, 1) for name in ("", "720p", "4320p", "480p", "1080p", "odd")]
    found = [group.value for group in in_order(GroupBy.RESOLUTION, groups)]
    assert found == ["4320p", "1080p", "720p", "480p", "odd", ""]


def test_codecs_go_by_what_they_take() -> None:
    groups = [LibraryGroup("av1", 9, 1), LibraryGroup("h264", 1, 5), LibraryGroup("", 1, 99)]
    assert [group.value for group in in_order(GroupBy.CODEC, groups)] == ["h264", "av1", ""]


def test_a_film_in_two_languages_counts_for_both() -> None:
    found = by_language([LibraryGroup(",en,nl,", 2, 20), LibraryGroup(",nl,", 1, 5)])
    assert found == [LibraryGroup("en", 2, 20), LibraryGroup("nl", 3, 25)]


@pytest.mark.parametrize(
    ("folders", "common"),
    [
        (["/srv/films/Movies", "/srv/films/Series"], "/srv/films/"),
        (["D:\\Films\\Movies", "D:\\Films\\Music"], "D:\\Films\\"),
        (["/srv/films", "/srv/films/Series"], "/srv/"),
        (["/one", "/two"], "/"),
        (["C:\\a", "D:\\b"], ""),
        (["/alone"], ""),
    ],
)
def test_what_all_folders_begin_with_is_left_out(folders: List[str], common: str) -> None:
    assert common_folder([LibraryGroup(folder, 1, 1) for folder in folders]) == common


def test_other_rules_make_another_mark_and_others_settings_do_not() -> None:
    plain = Settings()
    silent = dataclasses.replace(
        plain, audio=dataclasses.replace(plain.audio, drop_commentary=False)
    )
    busy = dataclasses.replace(plain, queue=dataclasses.replace(plain.queue, gpu_jobs=3))
    assert rules_mark(plain) == rules_mark(busy) != rules_mark(silent)


def test_one_film_saves_what_films_like_it_have_saved() -> None:
    saving = saving_of(10 * GB, Share(0.4, 0.2, 0.05))
    assert saving is not None
    assert saving.likely == pytest.approx(6 * GB)
    assert 3 * GB < saving.low < 5.5 * GB
    assert 6.2 * GB < saving.high < 8 * GB


def test_nothing_is_guessed_where_nothing_is_known() -> None:
    assert saving_of(10 * GB, None) is None
    assert total_saving([WorkGroup(3, 10 * GB)]) is None


def test_a_result_that_would_be_larger_costs_nothing() -> None:
    saving = saving_of(GB, None, Expected(2.0 * GB))
    assert saving is not None
    assert (saving.low, saving.likely, saving.high) == (0.0, 0.0, 0.0)


@given(
    st.lists(st.floats(0.05, 0.95), min_size=1, max_size=5),
    st.integers(1, 1000),
    st.floats(0.01, 0.5),
    st.floats(0.0, 0.2),
)
def test_the_band_of_all_holds_what_is_likely(
    shares: List[float], films: int, spread: float, error: float
) -> None:
    groups = [
        WorkGroup(films, films * GB, films * float(GB) ** 2, Share(share, spread, error))
        for share in shares
    ]
    saving = total_saving(groups)
    assert saving is not None
    assert 0.0 <= saving.low <= saving.likely <= saving.high <= len(shares) * films * GB
    expected = sum(films * GB * (1 - share) for share in shares)
    assert saving.likely == pytest.approx(expected, rel=1e-6)


def test_the_line_above_the_list_tells_all_in_one_sentence() -> None:
    saving = Estimate(1.1e12, 1.4e12, 1.7e12)
    sums = LibrarySums(412, 3_100_000_000_000, 300, saving, 2, 5 * GB, 9, 40 * GB)
    told = sums_sentence(sums)
    assert isinstance(told, Sentence)
    assert told == (
        "412 films, 3.1 TB; about 1.4 TB would be saved (1.1 TB to 1.7 TB); it is not known yet what 2 "
        "films (5.0 GB) would save; 9 films were not looked at yet (40.0 GB)"
    )
    assert sums_sentence(LibrarySums(1, GB)) == "1 film, 1.0 GB"


@pytest.mark.parametrize(
    ("saving", "text"),
    [
        (None, ""),
        (Estimate(1.7e9, 2.1e9, 2.6e9), "2.1 GB (1.7–2.6)"),
        (Estimate(810e6, 1.0e9, 1.2e9), "1.0 GB (0.8–1.2)"),
        (Estimate(100.8e6, 148.9e6, 188.9e6), "149 MB (101–189)"),
        (Estimate(2.5e9, 2.5e9, 2.5e9), "2.5 GB"),
        (Estimate(0.0, 0.0, 0.0), "0 bytes"),
    ],
)
def test_a_saving_fits_into_a_cell(saving: Estimate, text: str) -> None:
    assert saving_text(saving) == text
