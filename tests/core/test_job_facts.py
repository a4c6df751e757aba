from __future__ import annotations

from pathlib import PurePath

import pytest

from core.queue.job_facts import content_type, resolution_class


@pytest.mark.parametrize(
    ("width", "height", "name"),
    [
        (3840, 2160, "2160p"),
        (3840, 1600, "2160p"),  # cinema width, black bars cut off
        (1920, 1080, "1080p"),
        (1920, 800, "1080p"),
        (1440, 1080, "1080p"),  # 4:3
        (1280, 720, "720p"),
        (1280, 536, "720p"),
        (720, 576, "576p"),
        (720, 480, "480p"),
        (1080, 1920, "1080p"),  # a telephone held upright
        (7680, 4320, "4320p"),
        (2560, 1440, "1440p"),
        (320, 240, "480p"),
        (0, 0, ""),
    ],
)
def test_a_picture_size_has_its_usual_name(width: int, height: int, name: str) -> None:
    assert resolution_class(width, height) == name


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Show - S01E02 - Title.mkv", "series"),
        ("show.s1e2.mkv", "series"),
        ("Show 3x07.mkv", "series"),
        ("Metropolis (1927).mkv", "film"),
        ("Se7en.mkv", "film"),
        ("Film 1920x1080.mkv", "film"),
    ],
)
def test_an_episode_is_known_by_its_name(name: str, kind: str) -> None:
    assert content_type(PurePath("/films") / name) == kind
