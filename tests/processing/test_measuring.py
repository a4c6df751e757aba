"""How a score is measured by the real ffmpegs, and each way of measuring wrongly that is known."""

from __future__ import annotations

import logging
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, List, Optional, Tuple

import pytest

from core.commands.scoring import (
    ScoredSide,
    Scoring,
    ScoringFiles,
    filter_text,
    read_scores,
    scoring_arguments,
)
from core.encoders.by_ffmpeg import video_filters
from core.errors import JobCancelled
from core.media.languages import UNDETERMINED
from core.media.model import (
    FileIdentity,
    HdrFormat,
    MediaFile,
    NativeLanguage,
    ScanType,
    TrackFlags,
    VideoTrack,
)
from core.plan import ContentClass, OutputTrack, Plan, VideoEncode
from core.progress import Progress
from core.quality_errors import NotComparable
from core.settings.tree import Settings
from core.target_quality.trial import Metric, Span, SpanScore, Yardstick
from core.target_quality.xpsnr import as_vmaf
from core.target_quality.yardstick import yardstick_for
from core.tools import ToolName, Toolset
from processing.control import JobControl
from processing.filesystem import FileOperations
from processing.runner import ProcessRunner
from processing.step_tools import StepTools
from processing.target_quality.measuring import Measurer
from tests.truth.pipeline import plain_toolset, toolset_with

RATE = "24000/1001"
SIZE = (192, 108)
FIRST, COUNT = 1.001, 24  # the second key frame, and how many pictures from there
TEMPLATE = "$ffmpeg -i $input -c:v libx264 -crf 30 -filter:v:0 $filters $tracks $output"
# What an encoder of today does to a picture, quickly.
X264 = ("-c:v", "libx264", "-preset", "superfast", "-crf", "32", "-pix_fmt", "yuv420p")
GOOD = ("-c:v", "libx264", "-preset", "superfast", "-crf", "8", "-pix_fmt", "yuv420p")
MOVING = "mandelbrot=s={}x{}:r={}:start_scale=0.3:end_scale=0.001,format=yuv420p"


@dataclass(frozen=True)
class Bench:
    """One ffmpeg, a folder, and what measures with them."""

    toolset: Toolset
    folder: Path

    @property
    def ffmpeg(self) -> str:
        tool = self.toolset.get(ToolName.FFMPEG)
        assert tool is not None
        return str(tool.path)

    def run(self, *arguments: object) -> None:
        argv = [self.ffmpeg, "-v", "error", "-nostdin", "-y", *map(str, arguments)]
        subprocess.run(argv, check=True, timeout=60, stderr=subprocess.DEVNULL)

    def film(self, name: str = "Film.mkv", *options: str, rate: str = RATE) -> Path:
        """2.5 seconds that move everywhere, with open groups of a second."""
        path = self.folder / name
        source = MOVING.format(*SIZE, rate)
        coded = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "12", "-x264-params")
        groups = "open-gop=1:keyint=24:min-keyint=24:scenecut=0:bframes=3"
        self.run("-f", "lavfi", "-i", source, "-t", "2.5", *coded, groups, *options, path)
        return path

    def span(
        self,
        film: Plan,
        name: str,
        *coded: str,
        first: float = FIRST,
        count: int = COUNT,
        filters: str = "null",
        origin: float = 0.0,
    ) -> Path:
        """Encode a part of the film with its own times, as a trial does."""
        path = self.folder / name
        track = film.outputs[0]
        assert isinstance(track.source, VideoTrack)
        assert isinstance(track.conversion, VideoEncode)
        begin = origin + first - 0.0015
        trim = f"trim=start={begin:.6f},trim=end_frame={count},setpts=PTS-STARTPTS"
        chain = f"{video_filters(track.source, track.conversion)},{trim},{filters}"
        times = ("-fps_mode", "passthrough", "-enc_time_base:v", "demux")
        self.run(
            *("-copyts", "-i", film.media.path, "-map", "0:v:0", "-vf", chain, *times),
            *(coded or X264), path,
        )  # fmt: skip
        return path

    def plan(self, film: Path, size: Tuple[int, int] = SIZE, **track: Any) -> Plan:
        codec = str(track.pop("encoder", "h264"))
        width, height = track.pop("stored", SIZE)
        source = VideoTrack(0, 1, "h264", width, height, frame_rate=24000 / 1001)
        source = replace(source, **track)
        encode = VideoEncode(
            ContentClass.NORMAL, "normal", TEMPLATE, codec, *size, 8, source.hdr_formats
        )
        media = MediaFile(film, FileIdentity(1, 1), "Matroska", 2.5, video=(source,))
        out = OutputTrack(source, codec, encode, UNDETERMINED, "", TrackFlags())
        return Plan(media, NativeLanguage(), film, (), (out,), (), "")

    def yardstick(self, film: Plan) -> Yardstick:
        tool = self.toolset.get(ToolName.FFMPEG)
        assert tool is not None
        found = yardstick_for(film, tool.abilities)
        assert isinstance(found, Yardstick)
        return found

    def measurer(self, control: Optional[JobControl] = None) -> Measurer:
        runner = ProcessRunner(low_priority=False)
        log = logging.getLogger("tests.measuring")
        tools = StepTools(runner, self.toolset, Settings(), FileOperations(), log)
        return Measurer(tools, self.folder, control or JobControl())

    def score(self, film: Plan, encoded: Path, first_number: int = 0, **span: Any) -> SpanScore:
        part = Span(span.get("first", FIRST), span.get("count", COUNT), 1.0)
        yardstick = self.yardstick(film)
        return self.measurer().score(film, part, encoded, first_number, yardstick)

    def score_film(self, film: Plan, result: Path) -> SpanScore:
        return self.measurer().score_film(
            film, Span(FIRST, COUNT, 1.0), result, self.yardstick(film)
        )


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """The ffmpeg with libvmaf."""
    toolset = toolset_with()
    if not toolset.can(ToolName.FFMPEG, "libvmaf", "libx264"):
        pytest.skip("no ffmpeg with libvmaf here")
    return Bench(toolset, tmp_path_factory.mktemp("newer it's [a],b;c"))


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """The ffmpeg without it."""
    return Bench(plain_toolset(), tmp_path_factory.mktemp("older"))


@pytest.fixture(scope="module")
def film(newer: Bench) -> Plan:
    """A film whose times are not rounded, as MP4's are not."""
    return newer.plan(newer.film("Film.mp4"))


@pytest.fixture(scope="module")
def exact(newer: Bench, film: Plan) -> SpanScore:
    """The score of a part that keeps the film's times exactly."""
    return newer.score(film, newer.span(film, "exact.mp4"))


# ---- right


def by_hand(bench: Bench, film: Path, part: Path, form: str, count: int = COUNT) -> List[float]:
    """The scores of a part of the film from its 24th picture on, without any container or time."""
    raw: List[Path] = []
    for number, (path, first) in enumerate(((part, 0), (film, 24))):
        raw.append(bench.folder / f"{number}.yuv")
        trim = f"trim=start_frame={first}:end_frame={first + count},format={form}"
        written = ("-fps_mode", "passthrough", "-f", "rawvideo", raw[number])
        bench.run("-i", path, "-vf", trim, *written)
    log = bench.folder / "raw.csv"
    picture = ("-f", "rawvideo", "-pix_fmt", form, "-video_size", f"{SIZE[0]}x{SIZE[1]}", "-i")
    scored = f"libvmaf=log_fmt=csv:log_path={filter_text(str(log))}"
    bench.run(*(*picture, raw[0], *picture, raw[1], "-filter_complex", scored, "-f", "null", "-"))
    return list(read_scores(Metric.VMAF, log.read_text()))


def test_a_score_is_that_of_the_same_pictures_without_any_container(
    newer: Bench, film: Plan, exact: SpanScore
) -> None:
    scores = by_hand(newer, film.media.path, newer.folder / "exact.mp4", "yuv420p")
    assert len(scores) == COUNT
    # Without the first, which has no motion before it.
    assert exact.mean == pytest.approx(sum(scores[1:]) / (COUNT - 1), abs=0.01)
    assert exact.low <= exact.mean < 97
    assert 0 < exact.size < exact.source_size


def test_another_container_and_its_rounded_times_change_nothing(
    newer: Bench, film: Plan, exact: SpanScore
) -> None:
    rounded = newer.score(film, newer.span(film, "rounded.mkv"))
    assert (rounded.mean, rounded.low) == pytest.approx((exact.mean, exact.low), abs=0.01)


def test_a_part_may_begin_before_its_span_and_end_behind_it(newer: Bench, film: Plan) -> None:
    part = newer.span(film, "longer.mp4", first=0.5005, count=36)
    found = newer.score(film, part, first_number=12, count=20)
    alone = newer.score(film, part, first=0.5005, count=36)
    assert 60 < found.mean < 97
    assert found.size < alone.size
    with pytest.raises(NotComparable):
        newer.score(film, part, first_number=11, count=20)


def test_a_picture_that_is_lost_behind_the_span_is_an_error_too(newer: Bench, film: Plan) -> None:
    part = newer.span(film, "behind.mp4", count=30, filters="select='not(eq(n,25))'")
    with pytest.raises(NotComparable, match="has 29 pictures there, the film has 30"):
        newer.score(film, part, count=20)


def test_a_film_of_variable_rate_is_measured_in_its_own_times(newer: Bench) -> None:
    uneven = newer.film("uneven.mkv", "-vf", "select='mod(n,5)*mod(n,7)'", "-fps_mode", "vfr")
    plan = newer.plan(uneven, variable_frame_rate=True)
    first, origin = 0.041, 0.042  # the film's second picture; its first is not shown at 0
    own = newer.span(plan, "own.mp4", first=first, origin=origin)
    assert 60 < newer.score(plan, own, first=first).mean < 97
    steady = f"fps={RATE}"
    constant = newer.span(plan, "steady.mp4", first=first, origin=origin, filters=steady, count=20)
    with pytest.raises(NotComparable):
        newer.score(plan, constant, first=first, count=20)


@pytest.mark.parametrize(
    ("size", "track", "options"),
    [
        ((128, 72), {}, ()),
        (SIZE, {"scan_type": ScanType.INTERLACED_TFF}, ("-vf", "interlace", "-flags", "+ilme+ildct")),
        ((190, 106), {"stored": (191, 107)}, ("-vf", "scale=191:107,format=yuv444p")),
        ((108, 192), {"rotation": 90.0}, ()),
    ],
    ids=["downscaled", "interlaced", "odd", "rotated"],
)  # fmt: skip
def test_the_film_is_seen_as_the_encoder_saw_it(
    newer: Bench, size: Tuple[int, int], track: Any, options: Any, request: Any
) -> None:
    name = request.node.callspec.id
    path = newer.film(f"{name}.mkv", *options)
    if track.get("rotation"):
        turned = newer.folder / "turned.mkv"
        newer.run("-display_rotation:v", "90", "-i", path, "-c", "copy", turned)
        path = turned
    plan = newer.plan(path, size, **track)
    first, count = (1.001, 12)
    encoded = newer.span(plan, f"{name}.mp4", *GOOD, first=first, count=count)
    found = newer.score(plan, encoded, first=first, count=count)
    assert found.mean > 93
    assert newer.yardstick(plan).size == size


def test_hdr_is_compared_in_ten_bits_and_named_relative(newer: Bench) -> None:
    tags = "-color_trc smpte2084 -color_primaries bt2020 -colorspace bt2020nc -pix_fmt yuv420p10le"
    plan = newer.plan(
        newer.film("hdr.mkv", *tags.split()), hdr_formats=(HdrFormat.PQ,), bit_depth=10
    )
    assert newer.yardstick(plan).relative
    deep = (*GOOD[:-1], "yuv420p10le")
    part = newer.span(plan, "hdr.mp4", *deep, count=12)
    scores = by_hand(newer, plan.media.path, part, "yuv420p10le", count=12)
    assert newer.score(plan, part, count=12).mean == pytest.approx(sum(scores[1:]) / 11, abs=0.001)


def test_grain_that_a_player_adds_is_not_measured(
    newer: Bench, film: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    svt = ("-c:v", "libsvtav1", "-preset", "12", "-crf", "35", "-svtav1-params")
    plan = newer.plan(film.media.path, encoder="av1")
    grainy = newer.span(plan, "grain.mp4", *svt, "film-grain=50:film-grain-denoise=0", count=12)
    without = newer.score(plan, grainy, count=12)
    plain = newer.span(plan, "plain.mp4", *svt, "film-grain=0", count=12)
    assert without.mean == pytest.approx(newer.score(plan, plain, count=12).mean, abs=0.3)
    monkeypatch.setattr("core.commands.scoring.NO_GRAIN", ())
    assert newer.score(plan, grainy, count=12).mean < without.mean - 0.3


# ---- wrong: an error, never a score


@pytest.mark.parametrize(
    "lost", ["not(eq(n,0))", "not(eq(n,11))", "not(eq(n,23))"], ids=["first", "middle", "last"]
)
def test_a_lost_picture_is_an_error(newer: Bench, film: Plan, lost: str) -> None:
    part = newer.span(film, "lost.mp4", *GOOD, filters=f"select='{lost}'")
    with pytest.raises(NotComparable, match=r"could not be measured: the result"):
        newer.score(film, part)
    assert sorted(path.name for path in newer.folder.glob("lost.mp4*")) == ["lost.mp4"]


def test_a_picture_too_many_is_an_error(newer: Bench, film: Plan) -> None:
    twice = "loop=loop=1:size=1:start=8,setpts=N*1001/24000/TB"
    with pytest.raises(NotComparable):
        newer.score(film, newer.span(film, "twice.mp4", *GOOD, filters=twice))


def test_pictures_that_are_one_off_are_an_error(newer: Bench, film: Plan) -> None:
    late = newer.span(film, "late.mp4", *GOOD, first=FIRST + 1001 / 24000)
    with pytest.raises(NotComparable, match="same numbers"):
        newer.score(film, late)


def test_another_size_than_planned_is_an_error(newer: Bench, film: Plan) -> None:
    with pytest.raises(NotComparable, match="96x54 and not 192x108"):
        newer.score(film, newer.span(film, "small.mp4", filters="scale=96:54"))


def test_the_last_pictures_are_scored_though_some_are_left_out(newer: Bench, film: Plan) -> None:
    spoiled = newer.span(film, "spoiled.mp4", *GOOD, filters=f"negate=enable='gte(n,{COUNT - 1})'")
    files = ScoringFiles(newer.folder / "thirds")
    first = FIRST - 0.0015
    scoring = Scoring(
        newer.yardstick(film),
        ScoredSide(film.media.path, 0, begin=first),
        ScoredSide(spoiled, 0),
        lead=0, count=COUNT, deep=False, threads=1, every=5,
    )  # fmt: skip
    subprocess.run(
        scoring_arguments(Path(newer.ffmpeg), scoring, files), check=True, stdout=subprocess.DEVNULL
    )
    scores = read_scores(Metric.VMAF, files.scores.read_text(), every=5)
    assert len(scores) == scoring.scores == 5
    assert min(scores[:-1]) > 60 > scores[-1]


# ---- the finished film


def test_the_finished_film_is_found_wherever_its_pictures_lie(
    newer: Bench, film: Plan, exact: SpanScore
) -> None:
    result = newer.folder / "result.mkv"
    # A sound that begins earlier moves the picture on the file's clock.
    late = ("-itsoffset", "0.2", "-i", film.media.path, "-f", "lavfi", "-i", "sine=d=2")
    newer.run(*late, "-map", "0", "-map", "1", *X264, result)
    found = newer.score_film(film, result)
    assert found.mean == pytest.approx(exact.mean, abs=4)
    assert found.size > 0


def test_another_film_is_not_the_result(newer: Bench, film: Plan) -> None:
    other = newer.folder / "other.mkv"
    newer.run("-f", "lavfi", "-i", f"testsrc2=s=192x108:r={RATE}:d=2.5", *X264, other)
    with pytest.raises(NotComparable):
        newer.score_film(film, other)


# ---- the other ffmpeg


def test_xpsnr_is_told_on_vmafs_scale_by_the_films_own_weights(older: Bench) -> None:
    plan = older.plan(older.film())
    part = older.span(plan, "part.mp4")
    assert older.yardstick(plan).metric is Metric.XPSNR
    found = older.score(plan, part)
    log = older.folder / "log"
    trim = f"trim=start_frame=24:end_frame={24 + COUNT},settb=1/25,setpts=N"
    graph = f"[0:v]{trim}[film];[1:v]settb=1/25,setpts=N[part];[film][part]xpsnr=stats_file={log}"
    older.run("-i", plan.media.path, "-i", part, "-filter_complex", graph, "-f", "null", "-")
    scores = [as_vmaf(score) for score in read_scores(Metric.XPSNR, log.read_text())]
    assert found.mean == pytest.approx(sum(scores[1:]) / (COUNT - 1), abs=0.05)


def test_xpsnr_of_ten_bits_is_not_noise_where_lines_are_padded_in_memory(newer: Bench) -> None:
    narrow = ("-vf", "scale=178:108", "-pix_fmt", "yuv420p10le")
    path = newer.film("deep.mkv", *narrow)
    film = newer.plan(path, (178, 108), stored=(178, 108), bit_depth=10)
    part = newer.span(film, "deep.mp4", *GOOD[:-1], "yuv420p10le", count=12)
    measured = newer.measurer().score(
        film, Span(FIRST, 12, 1.0), part, 0, Yardstick(Metric.XPSNR, "", (178, 108))
    )
    assert measured.mean > 80


# ---- as every step


def test_it_tells_how_far_it_is_and_ends_when_the_job_does(newer: Bench, film: Plan) -> None:
    heard: List[Progress] = []
    part, span = newer.folder / "exact.mp4", Span(FIRST, COUNT, 1.0)
    newer.measurer().score(film, span, part, 0, newer.yardstick(film), heard.append)
    assert heard[-1].frame == COUNT
    control = JobControl()
    control.cancel()
    with pytest.raises(JobCancelled):
        newer.measurer(control).score(film, span, part, 0, newer.yardstick(film))
