"""The figures of a proof as people read them."""

from __future__ import annotations

import json
from typing import Any, List, Tuple

import pytest

from views.check_rows import check_rows


def rows(name: str, **figures: Any) -> List[Tuple[str, str, str]]:
    return list(check_rows(json.dumps([{"name": name, "figures": figures, "seconds": 1.25}])))


def test_a_check_of_several_tracks_has_a_row_a_track_and_its_name_once() -> None:
    found = rows(
        "opens and reaches the end",
        **{
            "track 1 (video), end in the film": 3600.0,
            "track 1 (video), end": 3600.25,
            "track 2 (audio), end in the film": 3600.0,
            "track 2 (audio), end": 3599.0,
        },
    )
    assert found == [
        (
            "Opens and plays to the end",
            "track 1 (video) ends at 1:00:00, 0.25 s away from the original's",
            "1.2 s",
        ),
        ("", "track 2 (audio) ends at 59:59, 1.00 s away from the original's", ""),
    ]


@pytest.mark.parametrize(
    ("name", "figures", "said"),
    [
        ("exit codes and error lines", {}, "OK"),
        ("tracks", {"tracks": 4, "chapters": 1}, "4 tracks, 1 chapter"),
        ("durations", {"track 1 (video)": 61.2}, "track 1 (video): 1:01"),
        ("durations", {"Audio 2": 61.2}, "Audio 2: 1:01"),
        (
            "HDR",
            {"track 1 (video), Dolby Vision": 8, "track 1 (video), mastering data": True},
            "track 1 (video): Dolby Vision profile 8, HDR10 mastering data",
        ),
        (
            "HDR",
            {"track 1 (video), Dolby Vision": None, "track 1 (video), mastering data": False},
            "track 1 (video): no Dolby Vision, no HDR10 mastering data",
        ),
        ("read as a whole", {"bytes": 1_500_000}, "1.5 MB"),
        ("decodes", {"decoded": "all"}, "all of it"),
        ("decodes", {"samples": 5}, "5 samples"),
        (
            "size",
            {"bytes": 1000, "film": 3000, "limit": 2000},
            "1.0 kB; the original has 3.0 kB, and the limit was 2.0 kB",
        ),
        ("a check of tomorrow", {"depth": 3}, "depth: 3"),
        ("sync", {"Audio 1, off by at most": 0.0}, "Audio 1, off by at most 0 s"),
        ("sync", {"Audio 1, off by at most": 0.25}, "Audio 1, off by at most 0.25 s"),
    ],
)
def test_every_check_reads_as_a_sentence(name: str, figures: Any, said: str) -> None:
    assert [row[1] for row in rows(name, **figures)] == [said]


@pytest.mark.parametrize("kept", ["", "nothing of JSON", "3", "[3]", '[{"seconds": 1}]', "{}"])
def test_what_is_no_proof_has_no_rows(kept: str) -> None:
    assert check_rows(kept) == ()
