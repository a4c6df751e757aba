"""The product's own search on a film whose truth is known: real spans, really encoded and compared by it."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Tuple

from benchmarks.quality.films import RATE
from benchmarks.quality.known_films import KnownFilm
from benchmarks.quality.methods import kind_of
from core.plan import Reason
from core.target_quality.known import Known
from core.target_quality.trial import ChosenNumber
from core.target_quality.yardstick import yardstick_for
from core.tools import ToolName
from processing.control import JobControl
from processing.step_tools import StepTools
from processing.target_quality.chooser import QualityChooser, QualityWish
from tests.chunk_campaign import Bench


@dataclass(frozen=True)
class RealSearch:
    """What it chose, and by how much its spans scored higher than the same pictures of the whole film.

    ``higher`` has a value for each trial, at its number.
    """

    chosen: ChosenNumber
    true: float
    higher: Tuple[float, ...]


def really_searched(bench: Bench, film: KnownFilm, target: float, seconds: float) -> RealSearch:
    """Let the product choose, with so many seconds of the film a trial; raises SystemExit where it cannot."""
    settings = bench.settings(film.encoder.template)
    tools = StepTools(bench.runner, bench.toolset, settings, bench.files, bench.log)
    plan = bench.plan(film.path, settings)
    ffmpeg = bench.toolset.get(ToolName.FFMPEG)
    assert ffmpeg is not None
    yardstick = yardstick_for(plan, ffmpeg.abilities)
    if isinstance(yardstick, Reason):
        raise SystemExit(yardstick.message)
    wish = QualityWish(target, yardstick, Known(kind_of(film)))
    with tempfile.TemporaryDirectory(prefix="quality-") as folder:
        chooser = QualityChooser(tools, Path(folder), seconds_of=lambda _length: seconds)
        chosen = chooser.choose(plan, wish, JobControl(), lambda _progress: None)
    higher = []
    for trial in chosen.trials:
        same = sum(
            film.score(round(score.span.first * RATE), score.span.pictures, trial.number).mean
            * score.span.weight
            for score in trial.spans
        )
        higher.append(trial.mean - same)
    return RealSearch(chosen, film.all[0].at(chosen.number), tuple(higher))
