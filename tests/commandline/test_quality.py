"""``quality FILE``: each trial with its number and score, while the film stays as it is, whatever ends it."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from tests.commandline.calls import (
    call,
    one_sentence,
    posix,
    programs_at,
    records,
    start,
    state_of,
)
from tests.films import make_film

QUICK = (
    "$ffmpeg -i $input -c:v libx265 -preset ultrafast -crf 31 -pix_fmt $pixel_format "
    "-filter:v:0 $filters $hdr $tracks $output"
)
BY_BIT_RATE = QUICK.replace("-crf 31", "-b:v 900k")


def set_up(folder: Path, template: str = QUICK) -> None:
    for key in ("templates.normal", "templates.normal_fallback"):
        assert call(folder, "settings", "set", key, template).returncode == 0


def test_the_trials_are_told_and_remembered_and_the_film_stays_as_it_is(tmp_path: Path) -> None:
    film = make_film(tmp_path / "films" / "Film.mkv", seconds=1)
    before = state_of(tmp_path / "films")
    set_up(tmp_path)
    (answer,) = records("quality", call(tmp_path, "--json", "quality", "--target", "93", str(film)))
    numbers = [trial["number"] for trial in answer["trials"]]
    assert numbers == sorted(numbers)
    assert answer["option"] == "-crf"
    assert (answer["target"], answer["template_number"]) == (93, 31)
    assert all(0 <= trial["score"] <= 100 and trial["seconds"] > 0 for trial in answer["trials"])
    sizes = [trial["expected_size"] for trial in answer["trials"]]
    assert sizes == sorted(sizes, reverse=True), "a higher number makes a smaller film"
    told = call(tmp_path, "quality", "--target", "93", str(film))
    assert f"-crf {answer['number']:g} would be taken" in told.stdout
    assert "Worst second" in told.stdout
    again = records("quality", call(tmp_path, "--json", "quality", "--target", "93", str(film)))
    assert [trial["seconds"] for trial in again[0]["trials"]] == [
        trial["seconds"] for trial in answer["trials"]
    ], "no trial was made once more"
    assert state_of(tmp_path / "films") == before
    assert not list((tmp_path / "data").glob("quality-test-*"))


@pytest.mark.parametrize(
    ("template", "sentence"),
    [(BY_BIT_RATE, "aims at no quality")],
)
def test_what_has_no_quality_to_choose_is_refused_in_one_sentence(
    tmp_path: Path, template: str, sentence: str
) -> None:
    film = make_film(tmp_path / "films" / "Film.mkv", seconds=1)
    set_up(tmp_path, template)
    answer = call(tmp_path, "quality", str(film))
    assert answer.returncode == 1
    assert one_sentence(answer.stderr)
    assert sentence in answer.stderr


@posix
def test_a_search_that_is_interrupted_leaves_no_encoder_and_no_file(tmp_path: Path) -> None:
    film = make_film(tmp_path / "films" / "Film.mkv", seconds=8)
    before = state_of(tmp_path / "films")
    set_up(tmp_path, QUICK.replace("ultrafast", "placebo"))
    search = start(tmp_path, "quality", str(film))
    data = tmp_path / "data"
    deadline = time.monotonic() + 120
    while not list(data.glob("quality-test-*/*/*.mp4")):
        assert search.poll() is None, search.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    search.send_signal(signal.SIGTERM)  # which the command takes for Ctrl+C
    _shown, told = search.communicate(timeout=120)
    assert (search.returncode, told.strip()) == (130, "Interrupted.")
    assert not list(data.glob("quality-test-*"))
    assert not programs_at(tmp_path)
    assert state_of(tmp_path / "films") == before
