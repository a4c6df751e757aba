"""What a node says of a film, held against the film, its plan and this machine's settings.

A machine that is broken, or lies, must neither end a film's story nor fill this machine's disk or books.
"""

from __future__ import annotations

from typing import Any, Dict

from core.errors import MediaProcessorError, NoGain
from core.peer_errors import NodeTrouble
from core.plan import Plan
from core.planning.planner import with_video_copied
from core.progress import Progress
from core.protocol.peer_fields import MOST_BYTES, PeerFields, is_number
from core.protocol.slave_result import COPIED_DOLBY_VISION, NotMade, SlaveResult
from core.settings.tree import Settings
from core.steps import FETCH, SEND, StepName
from core.text.sentence import Sentence
from processing.verify import size_limit

_STEPS = frozenset({FETCH, SEND, *(step.value for step in StepName)})
_MOST_TIMES = 3  # the film's size that a result may have: the setting for the largest goes to 2
_MOST_BESIDE = 64 * 1024 * 1024  # bytes more, for the small films
# The least and the most that a figure of a running step can be (``core.progress.Progress``).
_FIGURES = {
    "percent": (0.0, 100.0),
    "fps": (0.0, 1e7),
    "speed": (0.0, 1e6),
    "eta": (0.0, 1e9),
}
_COUNTS = ("frame", "output_size", "projected_size")


def progress_data(progress: Progress) -> Dict[str, Any]:
    """Return progress in JSON's types; a figure that a tool made up is left out."""
    data: Dict[str, Any] = {"step": progress.step}
    for key, (least, most) in _FIGURES.items():
        if is_number(getattr(progress, key), least, most):
            data[key] = getattr(progress, key)
    for key in _COUNTS:
        if is_number(getattr(progress, key), 0, MOST_BYTES):
            data[key] = int(getattr(progress, key))
    return data


def progress_from(data: Any) -> Progress:
    """Read a node's progress; raises WrongField where a figure is not what it can be."""
    reader = PeerFields(data, Sentence("A machine's progress"))
    step = reader.text("step")
    if step not in _STEPS:
        raise reader.wrong("step")
    figures: Dict[str, Any] = {
        key: reader.number(key, *limits) for key, limits in _FIGURES.items() if reader.has(key)
    }
    figures.update({key: reader.whole(key) for key in _COUNTS if reader.has(key)})
    return Progress(step, **figures)


def largest_result(film_size: int) -> int:
    """Return how many bytes a node's result may have before it is not even taken in."""
    return film_size * _MOST_TIMES + _MOST_BESIDE


def error_of(made: NotMade, plan: Plan, settings: Settings, node_name: str) -> MediaProcessorError:
    """Return the error that the master meets; one that does not fit the film is the node's trouble."""
    error = made.as_error(node_name)
    problem = _misfit(error, plan, settings) if isinstance(error, NoGain) else ""
    return NodeTrouble(node_name, problem) if problem else error


def _misfit(error: NoGain, plan: Plan, settings: Settings) -> str:
    """Say why this film cannot end without gain like this; "" where it can."""
    encode, size = plan.video_encode, plan.media.size
    if error.source_size != size:
        return Sentence(
            "it says that the film has {told} bytes; it has {size}.",
            told=error.source_size,
            size=size,
        )
    # An encoder that cannot keep Dolby Vision has made nothing; then the film's own size is told.
    dolby_vision = encode is not None and encode.dolby_vision_profile is not None
    as_large = dolby_vision and error.result_size == size
    if error.result_size <= size_limit(plan, settings) and not as_large:
        return Sentence(
            "it says 'no gain' of a result of {size} bytes, which is small enough.",
            size=error.result_size,
        )
    return ""


def plan_of(handed_in: SlaveResult, plan: Plan, settings: Settings, node_name: str) -> Plan:
    """Return the plan that was carried out in the end, which this machine works out by itself.

    Raises NodeTrouble where it is not the one that was ordered.
    """
    copied, encode = handed_in.copied, plan.video_encode
    if copied is not None:
        dolby_vision = encode is not None and encode.dolby_vision_profile is not None
        if encode is None or (copied.code == COPIED_DOLBY_VISION and not dolby_vision):
            raise NodeTrouble(
                node_name,
                Sentence("it copied the picture for no reason ({code}).", code=copied.code),
            )
        plan = with_video_copied(plan, settings, copied)
    if plan.signature != handed_in.signature:
        raise NodeTrouble(node_name, Sentence("it followed another plan."))
    return plan
