"""A film is encoded with the number for the quality that is aimed at, and that never fails a film."""

from __future__ import annotations

import logging
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Callable, FrozenSet, List, Optional, Tuple

import pytest

from core.encoders.quality_number import number_in
from core.errors import JobCancelled
from core.plan import Plan, Reason
from core.progress import Progress
from core.target_quality.film_quality import FilmQuality
from core.target_quality.told import measured
from core.target_quality.trial import ChosenNumber, Metric
from core.target_quality.yardstick import yardstick_for
from core.tools import ToolName, Toolset
from processing.filesystem import DOT_FOLDER
from processing.target_quality.aiming import SEARCH_FOLDER, key_of, kind_of
from processing.target_quality.chooser import QualityChooser
from processor import JobControl
from store.quality_scores import QualityScores
from store.verdicts import fingerprint
from tests.processing.bench import Bench, fast_settings, with_section

TEMPLATE = (
    "$ffmpeg -i $input -c:v libx265 -preset ultrafast -crf 40 -x265-params log-level=none "
    "-filter:v:0 $filters $tracks $output"
)
DEEP = TEMPLATE.replace("-filter:v:0", "-pix_fmt $pixel_format -filter:v:0").replace(
    "$tracks", "$hdr $tracks"
)
TARGET = 90.0


def aiming_bench(
    folder: Path, toolset: Toolset, *, again: bool = False, template: str = TEMPLATE
) -> Bench:
    settings = fast_settings(encode=True, template=template)
    settings = with_section(settings, "video", target=f"{TARGET:g}", target_again=again)
    bench = Bench(folder, toolset, settings)
    bench.make(size=(160, 96), seconds=3.0)
    return bench


def crf_of(commands: Tuple[Tuple[str, ...], ...]) -> float:
    (argv,) = [argv for argv in commands if "-crf" in argv]
    return float(argv[argv.index("-crf") + 1])


def left_over(bench: Bench) -> List[Path]:
    return [path for path in bench.folder.rglob("*") if SEARCH_FOLDER in path.name]


def test_a_film_gets_its_number_and_neither_a_retry_nor_a_copy_searches_again(
    tmp_path: Path, toolset: Toolset, searches: List[Plan], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "tests.processing")
    bench = aiming_bench(tmp_path / "films", toolset)
    copy = bench.folder / "Copy.mkv"
    shutil.copyfile(bench.film, copy)
    result = bench.process()
    quality = result.quality
    assert quality is not None
    assert crf_of(result.commands) == quality.chosen.number != 40
    assert quality.score is not None
    assert quality.score.mean == pytest.approx(TARGET, abs=3.0)
    assert "search" in {progress.step for progress in bench.progress}
    assert dict(result.timings)["search"] > 0
    assert f"-crf {quality.chosen.number:g} in place of 40" in caplog.text
    assert left_over(bench) == []
    assert len(searches) == 1

    bench.take(copy)
    second = bench.process(bench.plan(copy), attempt=2)
    assert crf_of(second.commands) == quality.chosen.number
    assert "found before for the same film" in caplog.text
    assert len(searches) == 1, "the copy has the same content"


def test_an_hdr_film_keeps_its_templates_number_and_is_only_measured(
    tmp_path: Path, toolset: Toolset, searches: List[Plan]
) -> None:
    bench = aiming_bench(tmp_path / "films", toolset, template=DEEP)
    bench.make("Hdr.mkv", size=(160, 96), seconds=3.0, hdr="hlg", video_options=["-crf", "5"])
    result = bench.process()
    quality = result.quality
    assert searches == []
    assert quality is not None
    assert crf_of(result.commands) == quality.chosen.number == 40
    assert quality.chosen.reason.code == "target.hdr"
    assert quality.score is not None
    assert quality.difference is None, "no target is held against it"
    assert "Its relative quality is" in measured(quality)


def test_a_film_that_misses_its_target_is_encoded_once_more_and_not_a_third_time(
    tmp_path: Path, toolset: Toolset, searches: List[Plan]
) -> None:
    bench = aiming_bench(tmp_path / "films", toolset, again=True)
    remember_number(bench, 32.0)
    result = bench.process()
    assert searches == []
    assert result.quality is not None
    assert result.quality.again
    assert result.quality.score is not None
    first_step = {progress.step for progress in bench.progress}
    assert "encode" in first_step
    assert crf_of(result.commands) == result.quality.chosen.number < 32
    assert [path.name for path in bench.folder.joinpath(DOT_FOLDER).iterdir()] == ["originals"]


def test_without_the_setting_a_film_that_misses_its_target_stays(
    tmp_path: Path, toolset: Toolset
) -> None:
    bench = aiming_bench(tmp_path / "films", toolset)
    remember_number(bench, 32.0)
    result = bench.process()
    assert result.quality is not None
    assert not result.quality.again
    assert crf_of(result.commands) == 32


def remember_number(bench: Bench, number: float) -> None:
    """A number that an earlier attempt believed to be right."""
    plan = bench.plan()
    encode = plan.video_encode
    assert encode is not None
    ffmpeg = bench.toolset.get(ToolName.FFMPEG)
    assert ffmpeg is not None
    yardstick = yardstick_for(plan, ffmpeg.abilities)
    assert not isinstance(yardstick, Reason)
    why = Reason("quality.found", "")
    chosen = ChosenNumber(number, TARGET, TARGET, 0.1, (), why)
    key = key_of(fingerprint(bench.film), encode, bench.toolset)
    scores = QualityScores(bench.database)
    scores.remember(key, kind_of(plan.media, encode), FilmQuality("-crf", chosen, yardstick))


def without_metrics(toolset: Toolset) -> Toolset:
    def bare(abilities: FrozenSet[str]) -> FrozenSet[str]:
        return abilities - {metric.value for metric in Metric}

    return Toolset(tuple(replace(tool, abilities=bare(tool.abilities)) for tool in toolset.tools))


def test_what_cannot_be_measured_keeps_its_number_and_says_why(
    tmp_path: Path, toolset: Toolset, searches: List[Plan]
) -> None:
    bench = aiming_bench(tmp_path / "films", without_metrics(toolset))
    result = bench.process()
    assert searches == []
    assert crf_of(result.commands) == 40
    assert result.quality is not None
    assert result.quality.chosen.expected is None
    assert "-crf 40" in result.message
    assert "neither libvmaf nor xpsnr" in result.message


@pytest.mark.parametrize("trouble", [OSError(28, "No space left on device"), None])
def test_a_search_that_breaks_down_costs_the_quality_and_not_the_film(
    tmp_path: Path,
    toolset: Toolset,
    monkeypatch: pytest.MonkeyPatch,
    trouble: Optional[OSError],
) -> None:
    def breaks(self: QualityChooser, *rest: object, **more: object) -> ChosenNumber:
        if trouble is not None:
            raise trouble
        raise JobCancelled

    monkeypatch.setattr(QualityChooser, "choose", breaks)
    bench = aiming_bench(tmp_path / "films", toolset)
    if trouble is None:
        with pytest.raises(JobCancelled):
            bench.process()
        assert bench.film.exists()
        assert not bench.folder.joinpath(DOT_FOLDER).exists()
    else:
        assert crf_of(bench.process().commands) == 40


def test_a_template_with_a_bit_rate_says_in_the_plan_that_its_number_is_fixed(
    tmp_path: Path, toolset: Toolset
) -> None:
    bench = aiming_bench(tmp_path / "films", toolset)
    template = TEMPLATE.replace("-crf 40", "-b:v 200k")
    bench.settings = with_section(bench.settings, "templates", normal=template)
    plan = bench.plan()
    assert number_in(plan) is None
    reasons = {reason.code: reason.message for track in plan.outputs for reason in track.reasons}
    assert "aims at a bit rate" in reasons["video.target_fixed"]
    assert bench.process(plan).quality is None


@pytest.mark.parametrize("wish", ["cancel", "pause"])
def test_a_search_can_be_cancelled_and_paused(tmp_path: Path, toolset: Toolset, wish: str) -> None:
    bench = aiming_bench(tmp_path / "films", toolset)
    seen: List[str] = []

    def saw(control: JobControl) -> Callable[[Progress], None]:
        def listen(progress: Progress) -> None:
            if progress.step == "search" and not seen:
                seen.append(wish)
                control.cancel() if wish == "cancel" else control.pause()
                assert wish == "cancel" or control.paused
                control.resume()

        return listen

    processor, plan = bench.processor, bench.plan()
    arguments = (1, 1, plan, bench.control, saw(bench.control), bench.stages.append)
    if wish == "cancel":
        with pytest.raises(JobCancelled):
            processor.process(*arguments)
        assert not bench.folder.joinpath(DOT_FOLDER).exists()
    else:
        assert processor.process(*arguments).quality is not None
    assert seen == [wish]
