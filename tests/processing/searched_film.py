"""A film whose number was searched before: what the search leaves for the attempts that follow."""

from __future__ import annotations

from typing import Sequence

from core.target_quality.film_quality import FilmQuality
from core.target_quality.trial import ChosenNumber, Span, SpanScore, Trial, Yardstick
from core.target_quality.yardstick import yardstick_for
from core.tools import ToolName
from processing.target_quality.aiming import key_of, kind_of
from store.quality_scores import QualityScores
from store.verdicts import fingerprint
from tests.film_qualities import FOUND
from tests.processing.bench import Bench

FILMS_NUMBER, TARGET = 30.0, 90.0


def searched(bench: Bench, scores: Sequence[float]) -> None:
    """Remember a search that took FILMS_NUMBER for TARGET, by places of such scores in equal parts."""
    plan = bench.plan()
    encode, tool = plan.video_encode, bench.toolset.get(ToolName.FFMPEG)
    assert encode is not None
    assert tool is not None
    yardstick = yardstick_for(plan, tool.abilities)
    assert isinstance(yardstick, Yardstick)
    part = plan.media.duration / len(scores)
    spans = tuple(
        SpanScore(Span((place + 0.2) * part, 10, 1 / len(scores)), score, score, 1000, 4000)
        for place, score in enumerate(scores)
    )
    trials = (Trial(FILMS_NUMBER, spans, 1.0),)
    chosen = ChosenNumber(FILMS_NUMBER, TARGET, TARGET, 0.3, trials, FOUND)
    key = key_of(fingerprint(bench.film), encode, bench.toolset)
    quality = FilmQuality("-crf", chosen, yardstick)
    QualityScores(bench.database).remember(key, kind_of(plan.media, encode), quality)
