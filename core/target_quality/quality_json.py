"""How a film's quality is written down: in the journal, with a job's end, between machines, for programs."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional

from core.plan import Reason
from core.target_quality.film_quality import FilmQuality, FilmScore, NumberedPart
from core.target_quality.trial import ChosenNumber, Metric, Span, SpanScore, Trial, Yardstick
from core.text.sentence import from_json as sentence_from
from core.text.sentence import to_json as sentence_parts

Json = Dict[str, Any]


def quality_to_json(quality: FilmQuality) -> Json:
    """Return it in JSON's types."""
    chosen = quality.chosen
    return {
        "option": quality.option,
        "number": chosen.number,
        "target": chosen.target,
        "expected": chosen.expected,
        "error": chosen.error,
        "reason": _reason_to(chosen.reason),
        "trials": [trial_to_json(trial) for trial in chosen.trials],
        "yardstick": yardstick_to_json(quality.yardstick),
        "score": None if quality.score is None else score_to_json(quality.score),
        "unmeasured": None if quality.unmeasured is None else _reason_to(quality.unmeasured),
        "again": quality.again,
        "parts": [[part.begin, part.end, part.number] for part in quality.parts],
    }


def quality_from_json(found: Mapping[str, Any]) -> FilmQuality:
    """Return what ``quality_to_json`` wrote; raises ValueError for anything else."""
    try:
        chosen = ChosenNumber(
            float(found["number"]),
            float(found["target"]),
            _number_from(found["expected"]),
            _number_from(found["error"]),
            tuple(trial_from_json(trial) for trial in found["trials"]),
            _reason_from(found["reason"]),
        )
        score, unmeasured = found["score"], found["unmeasured"]
        return FilmQuality(
            str(found["option"]),
            chosen,
            yardstick_from_json(found["yardstick"]),
            None if score is None else score_from_json(score),
            None if unmeasured is None else _reason_from(unmeasured),
            bool(found["again"]),
            tuple(map(_part_from, found.get("parts", ()))),
        )
    except (ArithmeticError, AttributeError, LookupError, TypeError) as error:
        raise ValueError(str(error)) from error


def read_quality(found: object) -> Optional[FilmQuality]:
    """Return what was kept; None where nothing was, or where it cannot be read (a later version's)."""
    try:
        return quality_from_json(found) if isinstance(found, Mapping) else None
    except ValueError:
        return None


def shown_quality(quality: Optional[FilmQuality]) -> Optional[Json]:
    """Return what programs are told of a job's quality; None where its film was encoded for none."""
    if quality is None:
        return None
    score, difference = quality.score, quality.difference
    return {
        "target": quality.chosen.target,
        "option": quality.option,
        "number": quality.chosen.number,
        "lowest_number": min(
            (part.number for part in quality.parts), default=quality.chosen.number
        ),
        "expected": quality.chosen.expected,
        "score": None if score is None else round(score.mean, 2),
        "error": None if score is None else round(score.error, 2),
        "worst_second": None if score is None else round(score.low, 2),
        "relative": score is not None and score.yardstick.relative,
        "difference": None if difference is None else round(difference, 2),
    }


def score_to_json(score: FilmScore) -> Json:
    """Return it in JSON's types; ``mean``, ``error_of_mean`` and ``low`` are for whoever reads it."""
    return {
        "mean": round(score.mean, 3),
        "error_of_mean": round(score.error, 3),
        "low": round(score.low, 3),
        "yardstick": yardstick_to_json(score.yardstick),
        "spans": [_span_to(span) for span in score.spans],
        "seconds": score.seconds,
        "whole": score.whole,
    }


def score_from_json(found: Mapping[str, Any]) -> FilmScore:
    """Return what ``score_to_json`` wrote; raises ValueError for anything else."""
    try:
        yardstick = yardstick_from_json(found["yardstick"])
        spans = tuple(_span_from(span) for span in found["spans"])
        if yardstick is None or not spans or sum(score.span.weight for score in spans) <= 0:
            raise ValueError("a score of nothing")
        whole = bool(found.get("whole"))
        return FilmScore(yardstick, spans, float(found["seconds"]), whole)
    except (ArithmeticError, AttributeError, LookupError, TypeError) as error:
        raise ValueError(str(error)) from error


def trial_to_json(trial: Trial) -> Json:
    """Return it in JSON's types."""
    spans = [_span_to(span) for span in trial.spans]
    return {"number": trial.number, "spans": spans, "seconds": trial.seconds}


def trial_from_json(found: Mapping[str, Any]) -> Trial:
    """Return what ``trial_to_json`` wrote; raises LookupError, TypeError or ValueError."""
    spans = tuple(_span_from(span) for span in found["spans"])
    return Trial(float(found["number"]), spans, float(found["seconds"]))


def _part_from(found: List[Any]) -> NumberedPart:
    begin, end, number = found
    return NumberedPart(float(begin), float(end), float(number))


def _span_to(score: SpanScore) -> List[Any]:
    span = score.span
    place = [span.first, span.pictures, span.weight]
    return [*place, score.mean, score.low, score.size, score.source_size]


def _span_from(found: List[Any]) -> SpanScore:
    first, pictures, weight, mean, low, size, source_size = found
    span = Span(float(first), int(pictures), float(weight))
    return SpanScore(span, float(mean), float(low), int(size), int(source_size))


def yardstick_to_json(yardstick: Optional[Yardstick]) -> Optional[Json]:
    """Return it in JSON's types."""
    if yardstick is None:
        return None
    return {
        "metric": yardstick.metric.value,
        "model": yardstick.model,
        "size": list(yardstick.size),
        "relative": yardstick.relative,
    }


def yardstick_from_json(found: Optional[Mapping[str, Any]]) -> Optional[Yardstick]:
    """Return what ``yardstick_to_json`` wrote; raises LookupError, TypeError or ValueError."""
    if found is None:
        return None
    width, height = found["size"]
    model, relative = str(found["model"]), bool(found["relative"])
    return Yardstick(Metric(found["metric"]), model, (int(width), int(height)), relative)


def _reason_to(reason: Reason) -> Json:
    parts = sentence_parts(reason.message)
    told = {"code": reason.code, "message": str(reason.message), "matched": reason.matched}
    return {**told, "parts": parts} if parts else told


def _reason_from(found: Mapping[str, Any]) -> Reason:
    message = sentence_from(str(found["message"]), found.get("parts"))
    return Reason(str(found["code"]), message, str(found["matched"]))


def _number_from(found: object) -> Optional[float]:
    return None if found is None else float(found)  # type: ignore[arg-type]
