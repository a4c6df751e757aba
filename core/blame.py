"""Who is responsible for an error, and whether the verdict is remembered.

Only errors of the film under one plan, or of one version of a tool, are remembered beyond the job, since they
would repeat. Errors of the machine pass, and the film waits (``core.queue.retry``; docs/queue.md).
"""

from __future__ import annotations

from enum import Enum
from typing import Dict, Type

from core import errors, store_errors
from core.errors import MediaProcessorError
from core.peer_errors import PeerError


class Whose(str, Enum):
    """Who has to change for the next attempt to end otherwise."""

    FILM = "the film"
    SETTINGS = "the settings"
    TOOL = "the tool"
    MACHINE = "the machine"
    OTHER = "another machine"
    USER = "the user"
    OURS = "the program"


_OF: Dict[Type[MediaProcessorError], Whose] = {
    errors.UsageError: Whose.USER,
    errors.ConfigError: Whose.SETTINGS,
    errors.ProbeError: Whose.FILM,
    errors.FileUnavailable: Whose.MACHINE,
    errors.FilmGone: Whose.FILM,
    errors.PlanRefused: Whose.FILM,
    errors.ToolNotFound: Whose.MACHINE,
    errors.ToolFailed: Whose.TOOL,
    errors.MachineTrouble: Whose.MACHINE,
    errors.ToolStalled: Whose.TOOL,
    errors.JobCancelled: Whose.USER,
    errors.NotEnoughSpace: Whose.MACHINE,
    errors.FolderNotWritable: Whose.MACHINE,
    errors.HardLinked: Whose.SETTINGS,
    errors.NoGain: Whose.FILM,
    errors.ToolCannot: Whose.TOOL,
    errors.VerificationFailed: Whose.TOOL,
    errors.SourceChanged: Whose.FILM,
    errors.SwapError: Whose.FILM,
    errors.SwapPending: Whose.MACHINE,
    errors.RestoreError: Whose.FILM,
    errors.OriginalStays: Whose.FILM,
    errors.Excluded: Whose.USER,
    store_errors.StoreError: Whose.OURS,
    store_errors.StoreUnavailable: Whose.MACHINE,
    store_errors.StoreBusy: Whose.MACHINE,
    errors.MetadataError: Whose.OTHER,
    errors.PhoneError: Whose.SETTINGS,
    errors.SecretUnavailable: Whose.MACHINE,
    errors.MessageNotSent: Whose.OTHER,
    PeerError: Whose.OTHER,
}


def whose(error: Type[BaseException]) -> Whose:
    """Return whose an error of this class is; what nobody thought of is our own mistake."""
    return next((_OF[kind] for kind in error.__mro__ if kind in _OF), Whose.OURS)


def remembered(error: Type[BaseException]) -> str:
    """Return what a verdict is bound to that outlives the job; empty where none does."""
    if issubclass(error, errors.NoGain):
        return "content and plan"
    if issubclass(error, errors.ToolCannot):
        return "content, plan and the tool's version"
    return ""
