"""What the kill campaign needs of a quality that is aimed at: deadly writes, and a film that misses it."""

from __future__ import annotations

import sys

from core.encoders.quality_number import encode_mark
from core.plan import Plan, Reason
from core.target_quality.film_quality import FilmQuality
from core.target_quality.known import FilmKind, QualityKey
from core.target_quality.trial import ChosenNumber, Trial, Yardstick
from core.target_quality.yardstick import yardstick_for
from core.tools import ToolName, Toolset
from processing.target_quality.aiming import kind_of
from store.connection import Database
from store.quality_scores import QualityScores
from store.verdicts import fingerprint
from tests.kill_steps import Countdown

if sys.platform == "win32":
    raise ImportError("SIGKILL and fork are POSIX")


class DeadlyScores(QualityScores):
    """What is remembered of films' quality, with a step after each write."""

    def __init__(self, database: Database, countdown: Countdown) -> None:
        super().__init__(database)
        self._countdown = countdown

    def remember_trial(self, key: QualityKey, yardstick: Yardstick, trial: Trial) -> None:
        super().remember_trial(key, yardstick, trial)
        self._countdown.step()

    def remember(self, key: QualityKey, kind: FilmKind, quality: FilmQuality) -> None:
        super().remember(key, kind, quality)
        self._countdown.step()


def remember_a_wrong_number(database: Database, plan: Plan, toolset: Toolset) -> None:
    """Have a number known, unless one is, with which the film comes out far from its target."""
    encode, ffmpeg = plan.video_encode, toolset.get(ToolName.FFMPEG)
    assert encode is not None
    assert encode.target is not None
    assert ffmpeg is not None
    yardstick = yardstick_for(plan, ffmpeg.abilities)
    assert isinstance(yardstick, Yardstick)
    tool = toolset.identity(ToolName.FFMPEG.value)
    key = QualityKey(fingerprint(plan.media.path), encode_mark(encode), tool)
    scores = QualityScores(database)
    if scores.quality(key, encode.target) is None:
        why = Reason("quality.found", "A wrong number.")
        wrong = ChosenNumber(40.0, encode.target, encode.target, 0.1, (), why)
        quality = FilmQuality("-crf", wrong, yardstick)
        scores.remember(key, kind_of(plan.media, encode), quality)
