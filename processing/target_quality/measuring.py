"""Measuring what was encoded against the film, picture by picture."""

from __future__ import annotations

from pathlib import Path

from core.plan import Plan
from core.progress import Progress, ProgressListener
from core.target_quality.trial import Span, SpanScore, Yardstick
from processing.control import JobControl
from processing.step_tools import StepTools


def _unheard(progress: Progress) -> None:
    """Where nobody wants to know how far it is."""


class Measurer:
    """Compares spans of one film's results with the film; usable from several threads.

    Files that are needed meanwhile lie in ``folder`` under names of their own and are gone afterwards.
    """

    def __init__(self, tools: StepTools, folder: Path, control: JobControl) -> None:
        self._tools = tools
        self._folder = folder
        self._control = control

    def score(
        self,
        plan: Plan,
        span: Span,
        encoded: Path,
        first_number: int,
        yardstick: Yardstick,
        on_progress: ProgressListener = _unheard,
    ) -> SpanScore:
        """Compare an encoded part of the film, a file that holds the picture alone.

        ``first_number`` is the number (from 0) of its picture that is the span's first: what was encoded
        before and behind the span is not scored, but must be in its place as well.

        Raises NotComparable where the pictures are not the film's one by one, and what each step raises.
        """
        raise NotImplementedError

    def score_film(
        self,
        plan: Plan,
        span: Span,
        result: Path,
        yardstick: Yardstick,
        on_progress: ProgressListener = _unheard,
    ) -> SpanScore:
        """Compare the finished film with the film in a span; raises as ``score`` does."""
        raise NotImplementedError
