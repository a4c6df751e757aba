"""The numbers of a film's chunks, decided when the film is cut from what its search has measured."""

from __future__ import annotations

from typing import Tuple

from core.chunks.chunk import ChunkNumber, ChunkPlan
from core.encoders.quality_number import number_in, quality_number
from core.encoders.templates import parse_template
from core.plan import Plan, Reason
from core.settings.tree import Settings
from core.target_quality.chunk_numbers import NUMBER_IN_HEADERS, chunk_numbers, films_numbers
from core.target_quality.lessons import prior_for
from core.target_quality.model import curve_through
from core.tools import Toolset
from processing.target_quality.aiming import key_of, kind_of
from processing.verify import size_limit
from store.quality_scores import QualityScores
from store.verdicts import fingerprint


class ChunkNumbering:
    """Decides once for each film that is cut; what it decides is kept with the film's chunks.

    ``settings`` say how large a result may be.
    """

    def __init__(self, scores: QualityScores, settings: Settings) -> None:
        self._scores = scores
        self._settings = settings

    def of(self, plan: Plan, toolset: Toolset, chunks: ChunkPlan) -> Tuple[ChunkNumber, ...]:
        """Return each chunk's number, in order; none where no quality is aimed at.

        All have the film's where its search says nothing of them: another machine has found it, or the film
        was tried as a whole. Raises FileUnavailable where the film cannot be read, StoreError.
        """
        encode, film = plan.video_encode, number_in(plan)
        if encode is None or encode.target is None or film is None:
            return ()
        number = quality_number(encode.template)
        assert not isinstance(number, Reason)  # ``film`` is one
        encoder = parse_template(encode.template).encoder_name
        if encoder in NUMBER_IN_HEADERS:
            return films_numbers(chunks.chunks, film, encoder)
        key = key_of(fingerprint(plan.media.path), encode, toolset)
        quality = self._scores.quality(key, encode.target)
        if quality is None or quality.yardstick is None or quality.chosen.number != film:
            return films_numbers(chunks.chunks, film)
        known = self._scores.known(key, kind_of(plan.media, encode))
        prior = prior_for(encode.template, number, known, quality.yardstick)
        points = [(trial.number, trial.mean) for trial in quality.chosen.trials]
        curve = curve_through(prior, points, encode.target)
        share = size_limit(plan, self._settings) / max(1, plan.media.size)
        return chunk_numbers(chunks.chunks, quality.chosen, curve, number.scale, share)
