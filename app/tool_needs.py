"""The programs without which films wait, and what else is known before any film is looked at."""

from __future__ import annotations

from typing import Iterator, Tuple

from core.planning.everyday_picture import why_copied
from core.settings.choices import MissingPropeditPolicy
from core.settings.tree import Settings
from core.text.sentence import Sentence, joined
from core.tools import ToolName
from tools.resolver import ToolReport, ToolStatus

REQUIRED = (ToolName.FFMPEG, ToolName.FFPROBE)
_GO_ON_WITHOUT = Sentence(
    "Films go on without it after `settings set processing.missing_mkvpropedit continue`."
)


def known_beforehand(settings: Settings, tools: ToolReport) -> Iterator[Tuple[str, bool]]:
    """What would keep all films, or all of their pictures, as sentences; True where it is an error."""
    for sentence in tool_holds(settings, tools):
        yield Sentence("Films wait: {reason}", reason=sentence), True
    objections = why_copied(settings, tools.toolset)
    if objections and tools.toolset.get(ToolName.FFMPEG):
        yield (
            Sentence("Videos are only copied. {objections}", objections=joined(objections)),
            False,
        )


def tool_holds(settings: Settings, tools: ToolReport) -> Iterator[str]:
    """The programs without which every film waits, and how to get them."""
    waits = settings.processing.missing_mkvpropedit is MissingPropeditPolicy.WAIT
    for status in tools.statuses:
        if status.info is None and status.name in REQUIRED:
            yield _missing(status)
        elif status.info is None and status.name is ToolName.MKVPROPEDIT and waits:
            yield joined([_missing(status), _GO_ON_WITHOUT])


def _missing(status: ToolStatus) -> str:
    return joined([status.problem, status.hint])
