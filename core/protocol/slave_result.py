"""What a node returns for a job: a result with its proof, or why there is none; as JSON both ways.

An error is sent as its code with its fields, so that the master treats it as its own. An error of the
machine, not of the film, becomes NodeTrouble there. Every field is validated
(``core.protocol.peer_fields``); whether it fits the film and its plan, the master checks
(``sharing.node_reports``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Dict, Mapping, Optional, Tuple, Union

from core.encoders.listed import program_of
from core.errors import (
    FilmDamaged,
    MediaProcessorError,
    NoGain,
    ProbeError,
    ToolCannot,
    ToolFailed,
    ToolStalled,
)
from core.film_errors import CannotDecode
from core.media.model import HdrFormat
from core.peer_errors import NodeTrouble
from core.plan import Reason
from core.protocol.peer_fields import LONGEST_SENTENCE, PeerFields, is_number, shown
from core.protocol.peer_quality import read_peer_quality
from core.steps import StepName
from core.system_errors import system_problem
from core.target_quality.film_quality import FilmQuality
from core.target_quality.quality_json import quality_to_json
from core.text.redaction import printable
from core.text.sentence import Sentence, from_json, listed, to_json
from core.tools import ToolName

# The only reasons to copy a picture that the plan encodes (``processing.pipeline``).
COPIED_NO_GAIN, COPIED_DOLBY_VISION = "video.no_gain", "video.dolby_vision_failed"
_TAIL = 20  # lines of a tool that are sent
_DIGEST = re.compile(r"[0-9a-f]{64}")  # cluster.transfer.WholeDigest
_EXIT_CODES = (-(2**31), 2**32 - 1)  # signals of POSIX are negative, Windows' codes are unsigned
_LONGEST_JOB = 100 * 86400.0  # seconds
_MOST_COMMANDS = 100
_MOST_WORDS = 50_000  # a film may have thousands of attachments, with some words each
_LONGEST_WORD = 65_536  # characters
_MOST_TIMINGS = 50
_WHAT = Sentence("What a machine handed in")


@dataclass(frozen=True)
class SlaveResult:
    """A finished result; ``size`` in bytes, ``digest`` as ``cluster.transfer`` has it.

    ``shared``: it lies in the film's own dot folder, else it was sent. ``copied`` says why the picture was
    copied although the plan encodes it. ``signature`` is that of the plan that was carried out in the end,
    ``quality`` what became of the quality that was aimed at. ``decoded``: of a chunk, how many pictures of it
    could be decoded there; None from older programs.
    """

    size: int
    digest: str
    shared: bool
    signature: str
    copied: Optional[Reason]
    commands: Tuple[Tuple[str, ...], ...]
    timings: Tuple[Tuple[str, float], ...]
    decoded: Optional[int] = None
    quality: Optional[FilmQuality] = None

    def as_data(self) -> Dict[str, Any]:
        """Return the seal in JSON's types."""
        copied = self.copied
        data = {
            "size": self.size,
            "digest": self.digest,
            "shared": self.shared,
            "signature": self.signature,
            "copied": [copied.code, copied.message, copied.matched] if copied else None,
            "copied_parts": [to_json(copied.message), to_json(copied.matched)] if copied else None,
            "commands": [list(argv) for argv in self.commands],
            "timings": [[name, seconds] for name, seconds in self.timings],
            "decoded": self.decoded,
        }
        quality = self.quality
        return data if quality is None else {**data, "quality": quality_to_json(quality)}


@dataclass(frozen=True)
class NotMade:
    """Why there is no result: the error's code, sentence and fields."""

    code: str
    message: str
    fields: Mapping[str, Any]

    def as_data(self) -> Dict[str, Any]:
        """Return the seal in JSON's types."""
        told = {"code": self.code, "message": self.message, "fields": dict(self.fields)}
        parts = to_json(self.message)
        return {"error": {**told, "parts": parts} if parts else told}

    def as_error(self, node: str) -> MediaProcessorError:
        """Return the error for the master; ``node`` is the machine's name."""
        fields = self.fields
        if self.code == NoGain.code:
            return NoGain(fields["source_size"], fields["result_size"], node)
        if self.code == ToolFailed.code:
            tool = Sentence("{tool} on {node}", tool=fields["tool"], node=node)
            return ToolFailed(tool, fields["returncode"], tuple(fields["tail"]))
        if self.code == ToolStalled.code:
            return ToolStalled(
                Sentence("{tool} on {node}", tool=fields["tool"], node=node), fields["seconds"]
            )
        if self.code == ToolCannot.code:
            return ToolCannot(fields["tool"], fields["thing"])
        return NodeTrouble(node, self.message)


def not_made(error: Exception) -> NotMade:
    """Return a node's report of an error in its job."""
    fields: Dict[str, Any] = {}
    if isinstance(error, NoGain):
        fields = {"source_size": error.source_size, "result_size": error.result_size}
    elif isinstance(error, (CannotDecode, FilmDamaged)):
        # The master has the film and its settings, and decides.
        return not_made(ToolFailed(ToolName.FFMPEG.value, 0, (error.problem,)))
    elif isinstance(error, ToolFailed):
        tail = [line[:LONGEST_SENTENCE] for line in error.tail[-_TAIL:]]
        fields = {"tool": error.tool, "returncode": error.returncode, "tail": tail}
    elif isinstance(error, ToolStalled):
        fields = {"tool": error.tool, "seconds": error.seconds}
    elif isinstance(error, ToolCannot):
        fields = {"tool": error.tool, "thing": error.thing}
    if isinstance(error, OSError):
        said = listed((str(error.filename or ""), system_problem(error)), ": ")
        return NotMade(ProbeError.code, said, fields)
    if isinstance(error, MediaProcessorError):
        return NotMade(error.code, str(error), fields)
    return NotMade(
        "unexpected", Sentence("An unexpected error ({name}).", name=type(error).__name__), {}
    )


def read_slave_result(data: Any) -> Union[SlaveResult, NotMade]:
    """Read JOB_COMPLETE; raises WrongField where it is neither, or a field is not valid."""
    fields = PeerFields(data, _WHAT)
    if fields.has("error"):
        return _read_not_made(fields.part("error"))
    return SlaveResult(
        size=fields.whole("size", 1),
        digest=fields.text("digest", form=_DIGEST),
        shared=fields.flag("shared"),
        signature=fields.text("signature"),
        copied=_copied(fields) if fields.has("copied") else None,
        commands=_commands(fields),
        timings=_timings(fields),
        decoded=fields.whole("decoded", 1) if fields.has("decoded") else None,
        quality=read_peer_quality(fields, "quality") if fields.has("quality") else None,
    )


def _read_not_made(error: PeerFields) -> NotMade:
    code, fields = error.identifier("code"), error.part("fields")
    known: Dict[str, Any] = {}
    if code == NoGain.code:
        known = {key: fields.whole(key, 1) for key in ("source_size", "result_size")}
    elif code in (ToolFailed.code, ToolStalled.code):
        known["tool"] = fields.text("tool")
        if program_of(known["tool"]) is None:
            raise fields.wrong("tool")
    if code == ToolFailed.code:
        known["returncode"] = fields.whole("returncode", *_EXIT_CODES)
        known["tail"] = list(fields.texts("tail", _TAIL, LONGEST_SENTENCE))
    elif code == ToolCannot.code:
        known = {"tool": fields.text("tool"), "thing": fields.text("thing")}
        if known["thing"] != HdrFormat.DOLBY_VISION.value:
            raise fields.wrong("thing")
    elif code == ToolStalled.code:
        known["seconds"] = fields.number("seconds", most=_LONGEST_JOB)
    return NotMade(code, error.sentence("message", "parts"), known)


def _copied(fields: PeerFields) -> Reason:
    values = fields.several("copied", 3)
    texts = [shown(value) for value in values if isinstance(value, str)]
    if len(texts) != 3 or texts[0] not in (COPIED_NO_GAIN, COPIED_DOLBY_VISION):
        raise fields.wrong("copied")
    parts = fields.several("copied_parts", 2) if fields.has("copied_parts") else []
    message, matched = (
        from_json(text, made) for text, made in zip(texts[1:], [*parts, None, None])
    )
    return Reason(texts[0], message, matched)


def _commands(fields: PeerFields) -> Tuple[Tuple[str, ...], ...]:
    found = []
    words = 0
    for argv in fields.several("commands", _MOST_COMMANDS):
        if not (isinstance(argv, list) and argv and all(map(_is_word, argv))):
            raise fields.wrong("commands")
        words += len(argv)
        found.append(tuple(map(printable, argv)))
    if words > _MOST_WORDS:
        raise fields.wrong("commands")
    return tuple(found)


def _is_word(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST_WORD


def _timings(fields: PeerFields) -> Tuple[Tuple[str, float], ...]:
    steps = {step.value for step in StepName}
    found = []
    for timing in fields.several("timings", _MOST_TIMINGS):
        good = isinstance(timing, list) and len(timing) == 2 and isinstance(timing[0], str)
        if not good or timing[0] not in steps or not is_number(timing[1], 0.0, _LONGEST_JOB):
            raise fields.wrong("timings")
        found.append((timing[0], float(timing[1])))
    return tuple(found)
