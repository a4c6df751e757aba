"""What a node hands in for a job: a result with its proof, or why there is none; as JSON both ways.

An error goes over as its code with its fields, so that the master answers it as it answers its own. What is
the machine's fault, not the film's, becomes NodeTrouble there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Mapping, Optional, Tuple, Union

from core.errors import (
    MediaProcessorError,
    NodeTrouble,
    NoGain,
    PeerError,
    ProbeError,
    ToolCannot,
    ToolFailed,
    ToolStalled,
)
from core.plan import Reason

_TAIL = 20  # lines of a tool that are sent
_LONGEST = 1000  # characters of a sentence or a line that are kept


@dataclass(frozen=True)
class HandedIn:
    """A finished result; ``size`` in bytes, ``digest`` as ``cluster.transfer`` has it.

    ``shared``: it lies in the film's own dot folder, else it was sent. ``copied`` says why the picture was
    copied although the plan encodes it. ``signature`` is that of the plan that was carried out in the end.
    """

    size: int
    digest: str
    shared: bool
    signature: str
    copied: Optional[Reason]
    commands: Tuple[Tuple[str, ...], ...]
    timings: Tuple[Tuple[str, float], ...]

    def as_data(self) -> Dict[str, Any]:
        """Return it in JSON's types."""
        copied = self.copied
        return {
            "size": self.size,
            "digest": self.digest,
            "shared": self.shared,
            "signature": self.signature,
            "copied": [copied.code, copied.message, copied.matched] if copied else None,
            "commands": [list(one) for one in self.commands],
            "timings": [[name, seconds] for name, seconds in self.timings],
        }


@dataclass(frozen=True)
class NotMade:
    """Why there is no result: the error's code, its sentence, and its fields."""

    code: str
    message: str
    fields: Mapping[str, Any]

    def as_data(self) -> Dict[str, Any]:
        """Return it in JSON's types."""
        return {"error": {"code": self.code, "message": self.message, "fields": dict(self.fields)}}

    def as_error(self, node: str) -> MediaProcessorError:
        """Return the error that the master meets; ``node`` is the machine's name."""
        if self.code == NoGain.code:
            return NoGain(int(self.fields["source_size"]), int(self.fields["result_size"]))
        if self.code == ToolFailed.code:
            tool, tail = str(self.fields["tool"]), _lines(self.fields["tail"])
            return ToolFailed(f"{tool} on {node}", int(self.fields["returncode"]), tail)
        if self.code == ToolStalled.code:
            return ToolStalled(f"{self.fields['tool']} on {node}", float(self.fields["seconds"]))
        if self.code == ToolCannot.code:
            return ToolCannot(*(str(self.fields[name])[:_LONGEST] for name in ("tool", "thing")))
        return NodeTrouble(node, self.message)


def not_made(error: Exception) -> NotMade:
    """Return what a node tells of an error that its job met."""
    fields: Dict[str, Any] = {}
    if isinstance(error, NoGain):
        fields = {"source_size": error.source_size, "result_size": error.result_size}
    elif isinstance(error, ToolFailed):
        tail = list(error.tail[-_TAIL:])
        fields = {"tool": error.tool, "returncode": error.returncode, "tail": tail}
    elif isinstance(error, ToolStalled):
        fields = {"tool": error.tool, "seconds": error.seconds}
    elif isinstance(error, ToolCannot):
        fields = {"tool": error.tool, "thing": error.thing}
    if isinstance(error, (MediaProcessorError, OSError)):
        return NotMade(getattr(error, "code", ProbeError.code), str(error), fields)
    return NotMade("unexpected", f"An unexpected error ({type(error).__name__}).", {})


def read_handed_in(data: Mapping[str, Any]) -> Union[HandedIn, NotMade]:
    """Read JOB_COMPLETE; raises PeerError where it says neither."""
    try:
        if "error" in data:
            error = data["error"]
            message = str(error["message"])[:_LONGEST]
            made = NotMade(str(error["code"]), message, dict(error["fields"]))
            made.as_error("")  # its fields can be read
            return made
        copied = data["copied"]
        return HandedIn(
            size=int(data["size"]),
            digest=str(data["digest"]),
            shared=bool(data["shared"]),
            signature=str(data["signature"]),
            copied=Reason(*map(str, copied)) if copied else None,
            commands=tuple(tuple(map(str, one)) for one in data["commands"]),
            timings=tuple((str(name), float(seconds)) for name, seconds in data["timings"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PeerError(f"What a machine handed in cannot be read ({error!r}).") from error


def _lines(told: Any) -> Tuple[str, ...]:
    return tuple(str(one)[:_LONGEST] for one in told[-_TAIL:])
