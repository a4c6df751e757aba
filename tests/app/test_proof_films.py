"""The small films that encoders are tried with: each carries exactly what it is made for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Tuple

import pytest

from analyzer import Analyzer
from app.proof_films import ProofFilms
from core.encoders.family import Feature
from core.media.dynamic_metadata import with_dolby_vision, with_hdr10_plus
from core.media.model import HdrFormat
from core.ports import CommandRunner
from core.tools import ToolInfo, ToolName, Toolset
from tests.truth.hdr import look

FORMATS = {
    Feature.PICTURE: (8, frozenset()),
    Feature.TEN_BIT: (10, frozenset()),
    Feature.HDR10: (10, frozenset({HdrFormat.HDR10})),
    Feature.HDR10_PLUS: (10, frozenset({HdrFormat.HDR10, HdrFormat.HDR10_PLUS})),
    Feature.DOLBY_VISION: (10, frozenset({HdrFormat.HDR10, HdrFormat.DOLBY_VISION})),
}


@pytest.fixture(scope="module")
def ffmpeg(toolset: Toolset) -> ToolInfo:
    found = toolset.get(ToolName.FFMPEG)
    assert found is not None
    if "libx265_10bit" not in found.abilities:
        pytest.skip("needs an ffmpeg whose libx265 makes 10 bits")
    return found


@pytest.fixture(scope="module")
def films(
    tmp_path_factory: pytest.TempPathFactory, ffmpeg: ToolInfo, runner: CommandRunner
) -> ProofFilms:
    return ProofFilms(tmp_path_factory.mktemp("films"), ffmpeg, runner)


@pytest.mark.parametrize("feature", Feature)
def test_a_film_carries_what_it_is_made_for(
    films: ProofFilms, toolset: Toolset, runner: CommandRunner, feature: Feature
) -> None:
    depth, formats = FORMATS[feature]
    assert films.why_none(feature) == ""
    picture = Analyzer(runner, toolset).analyze(films.film(feature)).video[0]
    assert (picture.bit_depth, frozenset(picture.hdr_formats)) == (depth, formats)
    if feature is Feature.DOLBY_VISION:
        record = picture.dolby_vision
        assert record is not None
        assert (record.profile, record.compatibility, record.rpu) == (8, 1, True)


def test_every_frame_carries_the_data(films: ProofFilms) -> None:
    plus, vision = look(films.film(Feature.HDR10_PLUS)), look(films.film(Feature.DOLBY_VISION))
    assert (plus.frames, plus.dynamic) == (12, 12)
    assert (vision.frames, vision.rpus) == (12, 12)


def test_a_film_is_made_once(films: ProofFilms) -> None:
    film = films.film(Feature.HDR10)
    made = film.stat().st_mtime_ns
    assert films.film(Feature.HDR10) == film
    assert film.stat().st_mtime_ns == made


def test_where_no_film_can_be_made_it_is_said(
    tmp_path: Path, ffmpeg: ToolInfo, runner: CommandRunner
) -> None:
    shallow = replace(ffmpeg, abilities=ffmpeg.abilities - {"libx265_10bit"})
    films = ProofFilms(tmp_path, shallow, runner)
    assert films.why_none(Feature.TEN_BIT) == ""
    assert films.why_none(Feature.HDR10_PLUS) == (
        "No film with HDR10+ can be made here: ffmpeg has no libx265 with 10 bits."
    )
    assert ProofFilms(tmp_path, None, runner).why_none(Feature.PICTURE) == (
        "There is no ffmpeg that could make a film to try it with."
    )


# A parameter set, a slice of an access unit, and a second one.
STREAM = b"\0\0\0\1\x42\x01set\0\0\1\x26\x01first\0\0\1\x02\x01second"


def units(stream: bytes) -> Tuple[bytes, ...]:
    return tuple(stream.split(b"\0\0\0\1")[1:])


def test_hdr10_plus_stands_before_every_picture_and_dolby_vision_after_it() -> None:
    plus, vision = units(with_hdr10_plus(STREAM)), units(with_dolby_vision(STREAM))
    assert [unit[:2] for unit in plus] == [
        *(b"\x42\x01", b"\x4e\x01", b"\x26\x01", b"\x4e\x01", b"\x02\x01")
    ]
    assert [unit[:2] for unit in vision] == [
        *(b"\x42\x01", b"\x26\x01", b"\x7c\x01", b"\x02\x01", b"\x7c\x01")
    ]
    for unit in (*plus, *vision):  # no start code inside
        assert b"\0\0\0" not in unit
        assert b"\0\0\1" not in unit
        assert b"\0\0\2" not in unit
