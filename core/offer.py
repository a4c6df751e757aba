"""What a master hands out to a node: a film, what is known of it, and what is to be made of it; as JSON.

The node analyzes and plans by itself. That it comes to the same plan is told by the plan's signature; so no
decision travels, and none is taken on trust.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Mapping, Tuple

from core.errors import ConfigError, PeerError
from core.job import JobKind
from core.languages import LanguageTag
from core.model import Confidence, NativeLanguage
from core.path_mappings import is_plain
from core.setting_fields import FIELDS, find_field, value_of, with_values
from core.settings import Settings
from core.tools import ToolInfo, ToolName, ToolOrigin, Toolset

# What decides about a result, and nothing of the machine that makes it: no keys, no paths.
_GROUPS = ("audio", "subtitles", "video", "templates", "verification")
_SINGLE = (
    "files.largest_ratio",
    "processing.missing_mkvpropedit",
    "processing.first_progress_seconds",
    "processing.stall_seconds",
    "processing.stop_when_larger",
    "metadata.downscale_tag",
)
OFFERED = tuple(key for key in FIELDS if key.partition(".")[0] in _GROUPS or key in _SINGLE)


@dataclass(frozen=True)
class Offer:
    """One job for one node; ``lease`` in seconds, ``size`` in bytes, ``path`` as the master names it.

    ``content`` proves the film (``core.content``), ``settings`` are those of ``OFFERED`` in JSON's types,
    ``tags`` the film's labels in Sonarr or Radarr.
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

    def as_data(self) -> Dict[str, Any]:
        """Return it in JSON's types."""
        return {
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


def offer_from(data: Mapping[str, Any]) -> Offer:
    """Read an offer; raises PeerError where it is none."""
    try:
        native = data["native"]
        offer = Offer(
            job_id=_whole(data["job"]),
            attempt=_whole(data["attempt"]),
            lease=float(data["lease"]),
            path=_text(data["path"]),
            size=_whole(data["size"]),
            mtime_ns=_whole(data["mtime_ns"]),
            content=_text(data["content"]),
            native=NativeLanguage(
                LanguageTag(_text(native["language"])),
                Confidence(native["confidence"]),
                tuple(map(_text, native["sources"])),
                _text(native["reason"]),
            ),
            signature=_text(data["signature"]),
            kind=JobKind(data["kind"]),
            settings=dict(data["settings"]),
            tags=tuple(map(_text, data.get("tags", ()))),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PeerError(f"The master's job cannot be read ({error!r}).") from error
    if not is_plain(offer.path) or offer.size <= 0:
        raise PeerError("The master's job names no film that could be worked on.")
    return offer


def offered(settings: Settings) -> Dict[str, Any]:
    """Return what of the settings goes with an offer."""
    return {key: find_field(key).to_json(value_of(settings, key)) for key in OFFERED}


def with_offered(settings: Settings, given: Mapping[str, Any]) -> Settings:
    """Return a node's own settings with the master's word on what is made; raises PeerError.

    A key that this version does not know is passed over: where it matters, the signature tells.
    """
    try:
        values = {key: find_field(key).from_json(given[key]) for key in OFFERED if key in given}
    except ConfigError as error:
        raise PeerError(f"The master's settings cannot be used here: {error}") from error
    return with_values(settings, values)


def toolset_data(toolset: Toolset) -> Dict[str, Any]:
    """Return what a node tells of its tools, in JSON's types."""
    return {
        one.name.value: {
            "path": str(one.path),
            "version": one.version,
            "numbers": list(one.numbers),
            "abilities": sorted(one.abilities),
        }
        for one in toolset.tools
    }


def toolset_from(data: Mapping[str, Any]) -> Toolset:
    """Read what a node told of its tools; one that this version does not know is passed over.

    Raises PeerError where it cannot be read.
    """
    known = {one.value: one for one in ToolName}
    try:
        return Toolset(
            tuple(
                ToolInfo(
                    known[name],
                    Path(_text(one["path"])),
                    _text(one["version"]),
                    tuple(map(_whole, one["numbers"])),
                    ToolOrigin.PATH,
                    frozenset(map(_text, one["abilities"])),
                )
                for name, one in data.items()
                if name in known
            )
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PeerError(f"A machine's tools cannot be read ({error!r}).") from error


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{value!r} is no whole number")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value
