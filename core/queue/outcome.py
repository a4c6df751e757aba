"""How a job ends that needs no work or failed: its final state and the sentence for the user."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from core.errors import (
    DiskReadOnly,
    Excluded,
    FilmGone,
    FolderNotWritable,
    HardLinked,
    JobCancelled,
    MediaProcessorError,
    NoGain,
    NotEnoughSpace,
    OriginalStays,
    PlanRefused,
    ProbeError,
    RestoreError,
    SourceChanged,
    SwapError,
    ToolCannot,
)
from core.events import JobState
from core.queue.job import JobEnd
from core.text.sentence import Bytes, Sentence, joined

if TYPE_CHECKING:  # whoever only reads what became of a job needs none
    from core.plan import Plan

_SEEDING = "refused.hard_links"  # core.rules.refusals
_OF_A_FILM = (ProbeError, SwapError, RestoreError, OriginalStays)  # they have a path and a problem


def end_without_work(plan: Plan) -> Optional[JobEnd]:
    """Return the end of a film that is refused or needs nothing; None where there is work to do.

    A film that may still be seeding is skipped; every other refusal is a failure.
    """
    if plan.refused:
        sentence = joined(reason.message for reason in plan.refusals)
        if all(reason.code == _SEEDING for reason in plan.refusals):
            return skipped(plan, sentence, HardLinked.code)
        return JobEnd(JobState.FAILED, sentence, PlanRefused.code, original_size=plan.media.size)
    if plan.empty:
        why = next(
            (
                omission
                for omission in reversed(plan.omissions)
                if omission.code.startswith("plan.")
            ),
            None,
        )
        return skipped(
            plan, why.message if why else Sentence("Nothing needs doing."), "nothing_to_do"
        )
    return None


def skipped(plan: Plan, message: str, code: str) -> JobEnd:
    """Return the end of a film that stays as it is, which is no failure."""
    return JobEnd(JobState.SKIPPED, message, code, original_size=plan.media.size)


CANCELLED = JobEnd(JobState.CANCELLED, str(JobCancelled()), JobCancelled.code)  # by its user


def end_of_error(error: Exception) -> JobEnd:
    """Return the end of a job that met an error; an unexpected one is reported in one sentence."""
    if not isinstance(error, MediaProcessorError):
        return JobEnd(JobState.FAILED, sentence_of(error), "unexpected")
    passed_over = isinstance(error, (Excluded, FilmGone, HardLinked, NoGain, ToolCannot))
    sentence = beside_film(error)
    if isinstance(error, SourceChanged):
        busy = Sentence("Something writes to it again and again; retry it when that has ended.")
        sentence = joined([sentence, busy])
    return JobEnd(JobState.SKIPPED if passed_over else JobState.FAILED, sentence, error.code)


def beside_film(error: Exception) -> str:
    """What the user reads of an error in a place that shows the film's path already, such as its row."""
    if isinstance(error, PlanRefused):
        return joined(error.reasons)
    if isinstance(error, _OF_A_FILM):
        return Sentence("{Problem}", problem=error.problem)
    if isinstance(error, SourceChanged):
        return Sentence("It changed while it was being processed.")
    if isinstance(error, HardLinked):
        return Sentence(
            "It has {links} hard links and may still be seeding. The setting files.hard_links can allow "
            "replacing it.",
            links=error.links,
        )
    return _about_folder(error) or sentence_of(error)


def _about_folder(error: Exception) -> str:
    """An error of the folder that the result goes to, with what is wrong first; "" for any other."""
    if isinstance(error, NotEnoughSpace):
        return Sentence(
            "Only {free} are free in {folder}, but this film may need {needed}. Free some space and try "
            "again.",
            folder=error.folder,
            free=Bytes(error.free),
            needed=Bytes(error.needed),
        )
    if isinstance(error, FolderNotWritable) and not isinstance(error, DiskReadOnly):
        return Sentence(
            "Nothing can be written to {folder} ({problem}). {way_on}",
            folder=error.folder,
            problem=error.problem,
            way_on=error.way_on,
        )
    return ""


def sentence_of(error: Exception) -> str:
    """Return the sentence that the user reads about an error."""
    if isinstance(error, MediaProcessorError):
        return str(error)
    return Sentence(
        "Something went wrong inside the program ({kind}). The log has the details; Help > Make a bug "
        "report collects them.",
        kind=type(error).__name__,
    )
