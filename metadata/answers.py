"""What an answer of Sonarr, Radarr or a media server says about it, in the same words for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.settings.services import ArrInstance, ConnectionReport
from core.text.sentence import Sentence, joined

if TYPE_CHECKING:
    from metadata.transport import HttpResponse, Unreachable


def answer_problem(answer: HttpResponse, app: str) -> str:
    """Return what is wrong with an answer, as a sentence; empty when it can be read.

    ``app`` is the server's name. Keys are each server's own matter.
    """
    if answer.status == 503:
        return Sentence("{app} is not ready. Try again in a minute.", app=app)
    if answer.status == 429:
        return Sentence("{app} has had too many requests. Try again in a minute.", app=app)
    if answer.status == 404:
        return Sentence(
            "There is no {app} at this address. Check the port and the URL base.", app=app
        )
    if answer.status >= 400:
        return Sentence(
            "{app} answered with error {status}. Its own log says more.",
            app=app,
            status=str(answer.status),
        )
    if answer.broken:
        return Sentence("{app}'s answer is broken. Its own log may say why.", app=app)
    return ""


def nobody_there(instance: ArrInstance, error: Unreachable) -> ConnectionReport:
    """Return the outcome of a connection test that met nobody."""
    question = Sentence(
        "Is {service} running, and is the address right?", service=instance.service.label
    )
    return ConnectionReport(False, joined([str(error), question]))
