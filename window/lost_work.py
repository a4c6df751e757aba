"""Asks before a click throws work away: what would be lost, once for all films that are meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Sequence, Tuple

from core.queue.work_in_hand import WorkInHand, loss_sentence
from views.shown import visible
from views.texts import _, ngettext
from window.services import WindowServices

_LEAST = 1.0  # seconds of work that are worth a question
_LISTED = 5  # films that are told one by one
_KEEP, _LOSE, _OTHER = range(3)


@dataclass(frozen=True)
class LossQuestion:
    """``answers``: keep the work, lose it, and perhaps a third way."""

    title: str
    text: str
    answers: Tuple[str, ...]


class LostWork:
    """Every command that ends films at work goes through ``ask``."""

    def __init__(self, services: WindowServices) -> None:
        self._services = services
        self._asking = False

    def ask(
        self,
        work: Callable[[], Sequence[WorkInHand]],
        question: Callable[[Sequence[str]], LossQuestion],
        lose: Callable[[], None],
        other: Callable[[], None] = lambda: None,
    ) -> None:
        """Do ``lose`` where that loses nothing or the user means it; ``work`` is asked beside Tk's thread."""
        if not self._asking:  # a second click on the same button
            self._asking = True
            self._services.commands.call(
                work, lambda found: self._ask(found, question, lose, other), self._failed
            )

    def _ask(
        self,
        found: Sequence[WorkInHand],
        question: Callable[[Sequence[str]], LossQuestion],
        lose: Callable[[], None],
        other: Callable[[], None],
    ) -> None:
        try:
            at_stake = [each for each in found if each.ready or each.seconds >= _LEAST]
            answer = _LOSE
            if at_stake:
                asked = question(_listed(at_stake))
                chosen = self._services.dialogs.choose(asked.title, asked.text, asked.answers)
                answer = _KEEP if chosen is None else chosen
        finally:
            self._asking = False
        if answer == _LOSE:
            lose()
        elif answer == _OTHER:
            other()

    def _failed(self, error: Exception) -> None:
        self._asking = False
        self._services.window.failed(error)


def cancel_question(lost: Sequence[str]) -> LossQuestion:
    """What is asked before films at work are cancelled."""
    return LossQuestion(
        ngettext("Cancel this film?", "Cancel these films?", len(lost)),
        _text(lost, _("The originals are not changed.")),
        (_("Keep working"), _("Cancel and lose this work")),
    )


def remove_question(lost: Sequence[str]) -> LossQuestion:
    """What is asked before films are removed whose result is finished."""
    return LossQuestion(
        _("Remove from the list"),
        _text(lost, _("The originals are not changed.")),
        (_("Keep them"), _("Remove and lose this work")),
    )


def stop_question(lost: Sequence[str]) -> LossQuestion:
    """What is asked before the queue is stopped with films at work."""
    return LossQuestion(
        _("Stop the queue"),
        _text(
            lost,
            _(
                "When the queue is started again, these films start over; films in chunks continue with the "
                "chunk that they were at."
            ),
        ),
        (_("Keep working"), _("Stop and lose this work"), _("Stop when they are finished")),
    )


def _listed(at_stake: Sequence[WorkInHand]) -> Tuple[str, ...]:
    most_work = sorted(at_stake, key=lambda work: (work.ready, work.seconds), reverse=True)
    lines = [visible(loss_sentence(work)) for work in most_work[:_LISTED]]
    more = len(at_stake) - _LISTED
    if more > 0:
        lines.append(
            ngettext("and of {number} more film", "and of {number} more films", more).format(
                number=more
            )
        )
    return tuple(lines)


def _text(lost: Sequence[str], after: str) -> str:
    lines = "\n".join(f"•  {line}" for line in lost)
    return f"{_('This would be lost:')}\n\n{lines}\n\n{after}"
