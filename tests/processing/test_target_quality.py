"""A film's number is chosen by real tools: spans are the film's own pictures, nothing is left behind."""

from __future__ import annotations

import bisect
import sys
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Dict, List, Tuple

import pytest

from core.commands.chunks import encoded_track
from core.encoders import listed
from core.encoders.quality_number import template_mark
from core.errors import JobCancelled
from core.plan import Plan, VideoEncode
from core.progress import Progress
from core.target_quality.known import FilmKind, Known, ScoredTrials
from core.target_quality.places import Lengths, Survey
from core.target_quality.trial import Trial, Yardstick
from core.target_quality.yardstick import yardstick_for
from core.tools import ToolInfo, ToolName, Toolset
from processing.control import JobControl
from processing.target_quality.chooser import QualityChooser, QualityWish
from processing.target_quality.measuring import Measurer
from processing.target_quality.spans import SPAN_SUFFIX, SpanEncoder
from processing.target_quality.survey import survey_film
from tests.chunk_campaign import TEMPLATES, Bench, FilmTrials
from tests.chunk_films import PLAIN, Recipe, shown_codes, shown_numbers
from tests.processing.patchwork import PATCHWORK, install
from tests.processing.patchwork import TEMPLATE as PATCHWORK_TEMPLATE

FILMS: Dict[str, Recipe] = {
    "mp4 from matroska, uneven": replace(PLAIN, container="mkv→mp4", variable="uneven"),
    "transport stream, late picture": replace(PLAIN, container="ts", rate="25", late=0.5),
    "matroska with open groups, begun an hour late": replace(PLAIN, offset=3600.5),
}
SHORT = Lengths(span=0.4, lead=0.25, tail=0.1)


def _most(seconds: float) -> float:
    """How much of a film so short is encoded for a trial: more would be all of it."""
    return 0.69 * seconds


@dataclass
class Tried:
    """A film with its plan, and what a search of it told."""

    film: FilmTrials
    bench: Bench
    folder: Path

    @property
    def plan(self) -> Plan:
        return self.film.plan

    @property
    def yardstick(self) -> Yardstick:
        tool = self.bench.toolset.get(ToolName.FFMPEG)
        found = yardstick_for(self.plan, tool.abilities if tool else frozenset())
        assert isinstance(found, Yardstick)
        return found

    def chooser(self, lengths: Lengths = SHORT) -> QualityChooser:
        return QualityChooser(self.film.tools, self.folder, lengths, _most)

    def wish(self, target: float, *trials: Trial) -> QualityWish:
        encode = self.plan.video_encode
        assert encode is not None
        mark = template_mark(encode.template)
        kind = FilmKind("libx265", mark, 128, 192, False, "h264", None, "film")
        scored = (ScoredTrials(self.yardstick, trials),) if trials else ()
        return QualityWish(target, self.yardstick, Known(kind, scored))


@pytest.fixture(scope="module")
def tried(chunk_bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Tried:
    made = tmp_path_factory.mktemp("film")
    return Tried(
        FilmTrials(chunk_bench, PLAIN, TEMPLATES[0], made),
        chunk_bench,
        tmp_path_factory.mktemp("spans"),
    )


def surveyed(film: FilmTrials, bench: Bench, lengths: Lengths = SHORT) -> Survey:
    found = survey_film(film.plan, bench.prober(), lengths)
    assert isinstance(found, Survey)
    return found


@pytest.mark.parametrize("name", FILMS)
def test_a_span_is_the_films_own_pictures_from_the_first_to_the_last(
    chunk_bench: Bench, tmp_path: Path, name: str
) -> None:
    film = FilmTrials(chunk_bench, FILMS[name], TEMPLATES[0], tmp_path)
    survey = surveyed(film, chunk_bench)
    codes = shown_codes(chunk_bench.ffmpeg, film.plan.media.path)
    place = survey.places[2]
    path = tmp_path / f"span{SPAN_SUFFIX}"
    encoder = SpanEncoder(film.tools, survey.time_base, survey.first_stamp)
    made = encoder.encode(film.plan, place, path, JobControl())
    assert made is not None
    index = encoded_track(film.plan).source.index
    times = sorted(chunk_bench.prober().packet_times(film.plan.media.path, index))
    after = float((place.first_stamp - survey.first_stamp) * survey.time_base)
    before = bisect.bisect_left(times, times[0] + after - 0.002)
    near = codes[before : before + made.span.pictures]
    found = shown_codes(chunk_bench.ffmpeg, path)[made.first_number :][: made.span.pictures]
    assert shown_numbers(found, near) == near
    assert made.span.pictures == place.pictures
    assert made.span.pictures > 5
    assert made.first_number > 4  # the lead
    packets = chunk_bench.prober().ask(["-show_entries", "packet=pts,size"], path)["packets"]
    sizes = [int(packet["size"]) for packet in sorted(packets, key=lambda found: int(found["pts"]))]
    own = sum(sizes[made.first_number :][: made.span.pictures])
    assert own < made.size < own + sizes[0]  # and the share of a key frame
    assert made.source_size > 0


@pytest.mark.skipif(sys.platform == "win32", reason="its program is a script")
def test_a_program_that_reads_whole_files_gets_the_span_as_a_file(
    tried: Tried, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = install(tmp_path, tried.bench.ffmpeg)
    monkeypatch.setattr(listed, "FAMILIES", (PATCHWORK, *listed.FAMILIES))
    info = ToolInfo(ToolName("patchwork"), program, "2.1", (2, 1))
    tools = replace(tried.film.tools, toolset=Toolset((*tried.film.tools.toolset.tools, info)))
    track = encoded_track(tried.plan)
    assert isinstance(track.conversion, VideoEncode)
    conversion = replace(track.conversion, template=PATCHWORK_TEMPLATE)
    plan = replace(tried.plan, outputs=(replace(track, conversion=conversion),))
    survey = surveyed(tried.film, tried.bench)
    path = tmp_path / f"span{SPAN_SUFFIX}"
    encoder = SpanEncoder(tools, survey.time_base, survey.first_stamp)
    made = encoder.encode(plan, survey.places[2], path, JobControl())
    assert made is not None
    score = Measurer(tools, tmp_path, JobControl()).score(
        plan, made.span, path, made.first_number, tried.yardstick
    )
    assert score.mean > 60  # beside the film's other pictures it would be near 0
    assert made.first_number > 4
    assert [left.name for left in tmp_path.iterdir() if "piece" in left.name] == []


def test_the_number_is_found_and_nothing_is_left_behind(tried: Tried) -> None:
    told: List[Tuple[Yardstick, Trial]] = []
    shown: List[Progress] = []
    survey = surveyed(tried.film, tried.bench)
    chosen = tried.chooser().choose(
        tried.plan,
        tried.wish(93.0),
        JobControl(),
        shown.append,
        lambda yardstick, trial: told.append((yardstick, trial)),
    )
    assert chosen.expected is not None
    assert 1 <= len(chosen.trials) <= 4
    assert all(1 < len(trial.spans) < len(survey.places) for trial in chosen.trials)
    assert [trial for _yardstick, trial in told] == list(chosen.trials)
    assert {yardstick for yardstick, _trial in told} == {tried.yardstick}
    assert list(tried.folder.iterdir()) == []
    percents = [progress.percent or 0.0 for progress in shown]
    assert percents == sorted(percents)
    assert 0 < percents[-1] <= 100
    assert all(sum(score.span.weight for score in trial.spans) == pytest.approx(1.0)
               for trial in chosen.trials)  # fmt: skip
    again = tried.chooser().choose(
        tried.plan, tried.wish(93.0, *chosen.trials), JobControl(), shown.append, None
    )
    assert (again.number, again.trials) == (chosen.number, chosen.trials)


def test_a_cancelled_search_ends_and_leaves_nothing(tried: Tried) -> None:
    control = JobControl()

    def cancel(_progress: Progress) -> None:
        control.cancel()

    with pytest.raises(JobCancelled):
        tried.chooser(Lengths(0.3, 0.1, 0.1)).choose(tried.plan, tried.wish(93.0), control, cancel)
    assert list(tried.folder.iterdir()) == []
    assert not [name for name in threading.enumerate() if name.name.startswith("span")]


def test_pictures_that_are_not_the_films_are_never_compared(tried: Tried) -> None:
    survey = surveyed(tried.film, tried.bench)
    place = replace(survey.places[1], pictures=survey.places[1].pictures + 40)
    path = tried.folder / f"span{SPAN_SUFFIX}"
    encoder = SpanEncoder(tried.film.tools, survey.time_base, survey.first_stamp)
    assert encoder.encode(tried.plan, place, path, JobControl()) is None
    path.unlink()


def test_fresh_places_lie_between_those_of_the_search(tried: Tried) -> None:
    first = surveyed(tried.film, tried.bench).places
    fresh = survey_film(tried.plan, tried.bench.prober(), SHORT, fresh=True)
    assert isinstance(fresh, Survey)
    assert not {place.first for place in first} & {place.first for place in fresh.places}


def test_a_long_film_is_looked_at_in_places_and_not_read_as_a_whole(
    chunk_bench: Bench, tmp_path: Path
) -> None:
    path = tmp_path / "long.mkv"
    source = "testsrc2=size=128x96:rate=4:duration=1210"
    encode = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "20", "-bf", "2")
    made = chunk_bench.runner.capture(
        (chunk_bench.ffmpeg, "-v", "error", "-f", "lavfi", "-i", source, *encode, str(path)),
        timeout=60,
    )
    assert made.returncode == 0, made.stderr
    plan = chunk_bench.plan(path, chunk_bench.settings(TEMPLATES[0]))
    found = survey_film(plan, chunk_bench.prober(), Lengths(4.0, 1.5, 0.5))
    assert isinstance(found, Survey)
    assert 100 <= len(found.places) <= 120
    assert max(place.first for place in found.places) > 1190
    assert {place.pictures for place in found.places} == {16}
    assert all(0 <= place.first - 1.5 - place.key < 5.1 for place in found.places[1:])
    assert found.places[0].begin_stamp is None
    assert all(place.begin_stamp is not None for place in found.places[1:])
