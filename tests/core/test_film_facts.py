"""A film's facts, as a machine is told of them that gets only a part of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, Dict

import pytest

from core.damage import Damage, Place
from core.media.languages import LanguageTag
from core.media.model import (
    Attachment,
    AudioTrack,
    DolbyVision,
    FileIdentity,
    FoundTrait,
    HdrFormat,
    MediaFile,
    SubtitleTrack,
    Trait,
    VideoTrack,
)
from core.peer_errors import WrongField
from core.planning.plan_json import as_json
from core.protocol.film_facts import film_data, film_from

FILM = MediaFile(
    Path("/films/Film (2020).mkv"),
    FileIdentity(1_000_000, 1_700_000_000_000_000_000, 1, 2, "abc"),
    "Matroska",
    5400.25,
    video=(
        VideoTrack(
            0,
            1,
            "hevc",
            3840,
            2160,
            frame_rate=23.976,
            hdr_formats=(HdrFormat.HDR10, HdrFormat.DOLBY_VISION),
            dolby_vision=DolbyVision(8, 1),
            language=LanguageTag("nl"),
        ),
    ),
    audio=(AudioTrack(1, 2, "truehd", 8, channels_met=(6, 8)),),
    subtitles=(SubtitleTrack(2, 3, "subrip", lines=900),),
    attachments=(Attachment("cover.jpg", "image/jpeg", 3),),
    tags=("keep",),
    traits=(FoundTrait(next(iter(Trait)), 0, "something"),),
    damage=Damage((Place(1.0, 2.5),)),
)


def sent(media: MediaFile) -> Any:
    return json.loads(json.dumps(film_data(media), allow_nan=False))


def test_a_films_facts_come_over_unchanged() -> None:
    assert film_from(sent(FILM)) == FILM


def test_what_a_newer_master_also_tells_is_passed_over() -> None:
    assert film_from({**sent(FILM), "something": 1}) == FILM


@pytest.mark.parametrize(
    "change",
    [
        {"duration": "long"},
        {"duration": True},
        {"video": {}},
        {"video": [{"index": 0}]},
        {"video": [[]]},
        {"tags": [1]},
        {"identity": None},
        {"traits": [{"trait": "unheard of"}]},
        {"audio": [{}] * 10_001},
        {"title": "x" * 40_000},
        {"video": [{**as_json(FILM.video[0]), "transfer": "bt709 -i other"}]},
    ],
)
def test_facts_that_cannot_be_right_are_refused(change: Dict[str, Any]) -> None:
    with pytest.raises(WrongField):
        film_from({**sent(FILM), **change})


@pytest.mark.parametrize("data", [None, [], "film", 1])
def test_what_is_no_film_is_refused(data: object) -> None:
    with pytest.raises(WrongField):
        film_from(data)


def test_a_film_without_anything_comes_over_as_well() -> None:
    bare = replace(FILM, video=(), audio=(), subtitles=(), attachments=(), traits=(), damage=None)
    assert film_from(sent(bare)) == bare
