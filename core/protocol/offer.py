"""The job that a master offers to a node: a film, what is known of it, and the settings; as JSON both ways.

The node analyzes the film and plans by itself, and proves by the plan's signature that it has the same plan.
So no decision is transferred, and none has to be trusted.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Mapping, Optional, Tuple

from core.encoders.listed import programs
from core.errors import ConfigError
from core.media.languages import LanguageTag
from core.media.model import Confidence, NativeLanguage
from core.peer_errors import PeerError
from core.protocol.offered_chunk import OfferedChunk, offered_chunk_from
from core.protocol.peer_fields import LONGEST_SENTENCE, LONGEST_TEXT, PeerFields
from core.queue.job import JobKind
from core.settings.declaring import Scope
from core.settings.fields import find_field, keys_of, value_of, with_values
from core.settings.path_mappings import is_plain
from core.settings.tree import Settings
from core.text.sentence import Sentence
from core.tools import ToolInfo, ToolName, ToolOrigin, Toolset

_MOST_NUMBER = 2**62  # of jobs and attempts, nanoseconds since the epoch, parts of versions
_LONGEST_LEASE = 86400.0  # seconds
_MOST_SOURCES = 100
_LONGEST_REASON = 10_000  # characters
_MOST_TAGS = 1000
_LARGEST_NUMBER = 1000.0  # of any encoder's quality
_MOST_TOOLS = 50
_MOST_NUMBERS = 50  # of one version
_MOST_ABILITIES = 5000  # ffmpeg has some hundred encoders, filters and decoders
# The settings that decide about a result, and none of the machine: no keys, no paths.
OFFERED = keys_of(Scope.OFFERED)


@dataclass(frozen=True)
class JobOffer:
    """One job for one node; ``lease`` in seconds, ``size`` in bytes, ``path`` as the master names it.

    ``content`` identifies the film (``media.content``), ``settings`` are those of ``OFFERED`` in JSON's
    types, ``tags`` the film's in Sonarr or Radarr. With a ``chunk`` only that is to be made, and ``attempt``
    is the chunk's, a number that no other attempt of the job has. ``number`` is the encoder's for the quality
    that is aimed at, where the master knows it: then the node looks for none.
    """

    job_id: int
    attempt: int
    lease: float
    path: str
    size: int
    mtime_ns: int
    content: str
    native: NativeLanguage
    signature: str
    kind: JobKind
    settings: Mapping[str, Any]
    tags: Tuple[str, ...] = ()
    chunk: Optional[OfferedChunk] = None
    number: Optional[float] = None

    def as_data(self) -> Dict[str, Any]:
        """Return the seal in JSON's types."""
        data = {
            "job": self.job_id,
            "attempt": self.attempt,
            "lease": self.lease,
            "path": self.path,
            "size": self.size,
            "mtime_ns": self.mtime_ns,
            "content": self.content,
            "native": {
                "language": self.native.language.bcp47,
                "confidence": self.native.confidence.value,
                "sources": list(self.native.sources),
                "reason": self.native.reason,
            },
            "signature": self.signature,
            "kind": self.kind.value,
            "settings": dict(self.settings),
            "tags": list(self.tags),
        }
        if self.number is not None:
            data["number"] = self.number
        return data if self.chunk is None else {**data, "chunk": self.chunk.as_data()}


def offer_from(data: Mapping[str, Any]) -> JobOffer:
    """Read an offer; raises PeerError for anything else."""
    fields = PeerFields(data, Sentence("The master's job"))
    native = fields.part("native")
    try:
        offer = JobOffer(
            job_id=fields.whole("job", 1, _MOST_NUMBER),
            attempt=fields.whole("attempt", 0, _MOST_NUMBER),
            lease=fields.number("lease", 0.0, _LONGEST_LEASE),
            path=fields.path("path"),
            size=fields.whole("size", 1),
            mtime_ns=fields.whole("mtime_ns", -_MOST_NUMBER, _MOST_NUMBER),
            content=fields.text("content"),
            native=NativeLanguage(
                LanguageTag(native.text("language")),
                Confidence(native.text("confidence")),
                native.texts("sources", _MOST_SOURCES, _LONGEST_REASON),
                native.text("reason", _LONGEST_REASON),
            ),
            signature=fields.text("signature"),
            kind=JobKind(fields.text("kind")),
            settings=dict(data["settings"]),
            tags=fields.texts("tags", _MOST_TAGS, LONGEST_SENTENCE) if fields.has("tags") else (),
            chunk=offered_chunk_from(fields.part("chunk")) if fields.has("chunk") else None,
            number=fields.number("number", 0.0, _LARGEST_NUMBER) if fields.has("number") else None,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PeerError(
            Sentence("The master's job cannot be read ({problem}).", problem=repr(error))
        ) from error
    if not is_plain(offer.path):
        raise PeerError(Sentence("The master's job names no film that could be worked on."))
    return offer


def settings_for_slaves(settings: Settings) -> Dict[str, Any]:
    """Return the settings that go with an offer."""
    return {key: find_field(key).to_json(value_of(settings, key)) for key in OFFERED}


def apply_master_settings(settings: Settings, given: Mapping[str, Any]) -> Settings:
    """Return a node's settings with those of the master that decide about the result; raises PeerError.

    A key that this version does not know is skipped: where it matters, the signature tells.
    """
    try:
        values = {key: find_field(key).from_json(given[key]) for key in OFFERED if key in given}
    except ConfigError as error:
        raise PeerError(
            Sentence("The master's settings cannot be used here: {problem}", problem=error)
        ) from error
    return with_values(settings, values)


def toolset_data(toolset: Toolset) -> Dict[str, Any]:
    """Return a node's tools in JSON's types."""
    return {
        tool.name.value: {
            "path": str(tool.path),
            "version": tool.version,
            "numbers": list(tool.numbers),
            "abilities": sorted(tool.abilities),
        }
        for tool in toolset.tools
    }


def toolset_from(data: Any) -> Toolset:
    """Read a node's tools; those that this version does not know are skipped.

    Raises WrongField where it cannot be read.
    """
    known = {program.name.value: program.name for program in programs()}
    tools = PeerFields({"tools": data}, Sentence("What a machine says of its tools"))
    return Toolset(
        tuple(
            _tool_from(known[name], tool)
            for name, tool in tools.parts("tools", _MOST_TOOLS)
            if name in known
        )
    )


def _tool_from(name: ToolName, fields: PeerFields) -> ToolInfo:
    numbers = fields.several("numbers", _MOST_NUMBERS)
    if not all(type(number) is int and 0 <= number < _MOST_NUMBER for number in numbers):
        raise fields.wrong("numbers")
    return ToolInfo(
        name,
        Path(fields.path("path")),
        fields.cut("version", LONGEST_TEXT),
        tuple(numbers),
        ToolOrigin.PATH,
        frozenset(fields.texts("abilities", _MOST_ABILITIES)),
    )
