"""A tag in Sonarr or Radarr selects the downscale template."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Tuple

import pytest

from core.media.model import VideoTrack
from core.plan import ContentClass
from core.rules.video import content_class
from core.settings.services import Service
from core.settings.tree import MetadataSettings, Settings
from tests.metadata.made import Bench, film
from tests.metadata.server import Server, arr, fixture

UHD = VideoTrack(0, 1, "h264", 3840, 2160)


@pytest.mark.parametrize(
    ("tags", "setting", "expected"),
    [
        (("downscale",), "downscale", ContentClass.DOWNSCALE),
        (("Downscale", "other"), "downscale", ContentClass.DOWNSCALE),
        (("no-downscale",), "downscale", ContentClass.NORMAL),
        (("downscale",), "", ContentClass.NORMAL),
        ((), "downscale", ContentClass.NORMAL),
    ],
)
def test_the_tag_counts_whole_and_can_be_switched_off(
    tags: Tuple[str, ...], setting: str, expected: ContentClass
) -> None:
    settings = replace(Settings(), metadata=replace(MetadataSettings(), downscale_tag=setting))
    media = replace(film("/m/x.mkv", "eng"), video=(UHD,), tags=tags)
    assert content_class(UHD, media, settings)[0] is expected


def test_tags_come_by_their_labels(tmp_path: Path) -> None:
    movies = arr("Radarr", fixture("movies.json"), tags=fixture("tags.json"))
    with Server(movies) as server, Bench(tmp_path) as bench:
        bench.add(Service.RADARR, server.url)
        assert bench.service.tags(film("/m/tt0096283.mkv", "jpn")) == ("downscale",)
        assert bench.service.tags(film("/m/tt5822536.mkv", "eng")) == ()
        assert bench.service.tags(film("/m/unknown.mkv", "eng")) == ()
