"""Samples of a film: pictures and sound of a place by one reading, apart where one would spoil the other."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any, List

import pytest

from core.plan import OpusEncode, Plan, VideoEncode
from processing.probing import Prober
from processing.samples import GLANCE, LONG_LOOK, LOOK_FROM_AFAR, SampleLook, Sampler
from tests.chunk_campaign import Bench
from tests.films import AudioSpec, make_film

ENCODE = (
    "$ffmpeg -i $input -c:v libx265 -preset ultrafast -crf 28 -pix_fmt $pixel_format "
    "-filter:v:0 $filters $hdr $tracks $output"
)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> List[List[str]]:
    """What ffmpeg was asked."""
    found: List[List[str]] = []
    errors = Prober.errors

    def noted(prober: Prober, options: Any, *more: Any, **named: Any) -> Any:
        found.append(list(options))
        return errors(prober, options, *more, **named)

    monkeypatch.setattr(Prober, "errors", noted)
    return found


def planned(film: Path) -> Plan:
    bench = Bench()
    plan = bench.plan(film, bench.settings(ENCODE))
    kinds = {type(track.conversion) for track in plan.outputs}
    assert {VideoEncode, OpusEncode} <= kinds, plan.omissions
    return plan


def sampler(plan: Plan, folder: Path, *, picture: bool = True) -> Sampler:
    return Sampler(Bench().prober(), plan, folder / "sample", picture)


def with_pictures_alone(plan: Plan) -> Plan:
    return replace(
        plan,
        outputs=tuple(
            track if isinstance(track.conversion, VideoEncode) else replace(track, conversion=None)
            for track in plan.outputs
        ),
    )


@pytest.mark.parametrize("look", [GLANCE, LONG_LOOK, LOOK_FROM_AFAR])
@pytest.mark.parametrize(("ending", "times"), [("mkv", 1), ("mp4", 1), ("ts", 2)])
def test_a_place_is_read_once_but_of_recordings_and_gives_what_both_give_apart(
    tmp_path: Path, asked: List[List[str]], look: SampleLook, ending: str, times: int
) -> None:
    sound = [AudioSpec("ac3", 6, language="eng"), AudioSpec("ac3", 2, language="dut")]
    film = make_film(tmp_path / f"Film.{ending}", seconds=5, size=(160, 90), audio=sound)
    plan = planned(film)
    together = sampler(plan, tmp_path).take(film, 2.0, look, film=True)
    assert len(asked) == times
    assert together.pictures
    assert len(together.sound) == 2
    heard = sampler(plan, tmp_path, picture=False).take(film, 2.0, look, film=True)
    seen = sampler(with_pictures_alone(plan), tmp_path).take(film, 2.0, look, film=True)
    assert together.sound == heard.sound
    assert together.pictures == seen.pictures
    assert not list(tmp_path.glob("sample*")), "nothing is left for the next place"


def test_a_place_where_the_sound_is_over_still_gives_its_pictures(
    tmp_path: Path, asked: List[List[str]]
) -> None:
    whole = make_film(tmp_path / "Whole.mkv", seconds=5, size=(160, 90), audio=[AudioSpec("ac3")])
    film = tmp_path / "Film.mkv"
    argv = [
        Bench().ffmpeg,
        "-v",
        "error",
        "-nostdin",
        "-i",
        str(whole),
        "-t",
        "1",
        "-i",
        str(whole),
    ]
    argv += ["-map", "0:v", "-map", "1:a", "-c", "copy", str(film)]
    subprocess.run(argv, check=True)
    plan = planned(film)
    found = sampler(plan, tmp_path).take(film, 3.0, GLANCE, film=True)
    assert len(asked) == 3, "together, then apart"
    seen = sampler(with_pictures_alone(plan), tmp_path).take(film, 3.0, GLANCE, film=True)
    assert found.pictures == seen.pictures
    assert all(found.pictures.values())
