"""What another machine says of a film's quality: how its number was found there, and what it measured."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Iterator, Optional

from core.plan import Reason
from core.protocol.peer_fields import LONGEST_TEXT, PeerFields, is_number, sentence_in, shown
from core.target_quality.film_quality import FilmQuality
from core.target_quality.quality_json import quality_from_json
from core.target_quality.trial import SpanScore, Yardstick

_MOST_TRIALS = 50
_MOST_SPANS = 1000  # of one trial, and of the finished film
_MOST_PARTS = 100_000  # a chunk takes seconds, a film days at most
_LARGEST_NUMBER = 1000.0  # of an encoder
_MOST_BYTES = float(2**50)
_LONGEST_FILM = 100 * 86400.0  # seconds
_MOST_PICTURES = 10_000_000
_LARGEST_SIDE = 32_768  # pixels


def read_peer_quality(fields: PeerFields, key: str) -> FilmQuality:
    """Read a film's quality; raises WrongField where a figure of it cannot be right."""
    data = fields.value(key)
    try:
        quality = quality_from_json(data)
        chosen = replace(quality.chosen, reason=_reason(data["reason"]))
        unmeasured = None if quality.unmeasured is None else _reason(data["unmeasured"])
    except (ValueError, LookupError, TypeError, AttributeError):
        raise fields.wrong(key) from None
    quality = replace(
        quality,
        option=shown(quality.option, LONGEST_TEXT),
        chosen=chosen,
        unmeasured=unmeasured,
    )
    if not all(_figures(quality)):
        raise fields.wrong(key)
    return quality


def _reason(data: Any) -> Reason:
    """A reason whose texts may be shown."""
    return Reason(
        shown(str(data["code"]), LONGEST_TEXT),
        sentence_in(data, "message", "parts"),
        shown(str(data["matched"])),
    )


def _figures(quality: FilmQuality) -> Iterator[bool]:
    """Whether each figure can be right."""
    chosen, score = quality.chosen, quality.score
    yield is_number(chosen.number, 0.0, _LARGEST_NUMBER)
    yield is_number(chosen.target, 0.0, 100.0)
    yield _is_score(chosen.expected)
    yield _is_score(chosen.error)
    yield _is_yardstick(quality.yardstick)
    yield len(chosen.trials) <= _MOST_TRIALS
    for trial in chosen.trials:
        yield is_number(trial.number, 0.0, _LARGEST_NUMBER)
        yield is_number(trial.seconds, 0.0, _LONGEST_FILM)
        yield 0 < len(trial.spans) <= _MOST_SPANS
        yield from map(_is_span, trial.spans)
    yield len(quality.parts) <= _MOST_PARTS
    for part in quality.parts:
        yield is_number(part.begin, -_LONGEST_FILM, _LONGEST_FILM)
        yield is_number(part.end, part.begin, _LONGEST_FILM)
        yield is_number(part.number, 0.0, _LARGEST_NUMBER)
    if score is not None:
        yield _is_yardstick(score.yardstick)
        yield is_number(score.seconds, 0.0, _LONGEST_FILM)
        yield 0 < len(score.spans) <= _MOST_SPANS
        yield from map(_is_span, score.spans)


def _is_score(score: Optional[float]) -> bool:
    return score is None or is_number(score, 0.0, 100.0)


def _is_span(score: SpanScore) -> bool:
    span = score.span
    return (
        is_number(span.first, -_LONGEST_FILM, _LONGEST_FILM)
        and 0 < span.pictures <= _MOST_PICTURES
        and is_number(span.weight, 1e-9, 1.000001)
        and _is_score(score.mean)
        and _is_score(score.low)
        and 0 <= score.size <= _MOST_BYTES
        and 0 <= score.source_size <= _MOST_BYTES
    )


def _is_yardstick(yardstick: Optional[Yardstick]) -> bool:
    if yardstick is None:
        return True
    sides = all(0 < side <= _LARGEST_SIDE for side in yardstick.size)
    return sides and len(yardstick.model) <= LONGEST_TEXT and yardstick.model.isprintable()
