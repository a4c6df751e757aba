"""One film of the library: what it is, whether it is whole, and what would be done with it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Optional, Tuple

from core.damage import Damage
from core.media.model import FileIdentity, HdrFormat, MediaFile
from core.plan import Plan
from core.planning.forecast import Expected, Past, expected_size
from core.planning.preview import WORK, PreviewOutcome, outcome_of
from core.planning.signature import RULES_VERSION, changed_settings
from core.queue.job_facts import resolution_class
from core.queue.overview import Estimate
from core.settings.tree import Settings
from core.text.sentence import Sentence

_NO_PAST = Past({}, {})


class LibraryState(str, Enum):
    """Where a film stands with this program."""

    PROCESSED = "processed"  # it is a result of ours
    PENDING = "pending"  # a job of it waits or runs
    TO_PROCESS = "to process"  # it would be processed
    LEFT_ALONE = "left alone"  # nothing needs doing, nothing is gained, or a rule refuses it
    UNREADABLE = "not readable"
    UNKNOWN = "not looked at"


class FilmHealth(str, Enum):
    """What decoding a whole film has shown."""

    UNKNOWN = ""  # nobody has looked
    SOUND = "ok"
    DAMAGED = "damaged"
    UNREADABLE = "not readable"
    NO_DECODER = "no decoder"  # the ffmpeg of this machine cannot decode it


LEFT_ALONE = (PreviewOutcome.NOTHING, PreviewOutcome.NO_GAIN, PreviewOutcome.LEFT_ALONE)


@dataclass(frozen=True)
class FilmFacts:
    """What was found in a film; ``codec`` is ffmpeg's name, ``duration`` in seconds, sizes in pixels.

    ``languages`` are those of its sound as BCP 47 tags, each once, in their order.
    """

    codec: str = ""
    width: int = 0
    height: int = 0
    resolution: str = ""  # the usual class of its height, as "1080p"
    hdr: str = ""  # "" for a picture without
    duration: float = 0.0
    languages: Tuple[str, ...] = ()


@dataclass(frozen=True)
class FilmOutlook:
    """What would be done with a film, and why; ``message`` is the sentence.

    Of a picture that is encoded only the ``template`` is kept: what share of its size stays is learned
    from film to film. ``expected`` is the result's size where the picture is copied.
    """

    outcome: PreviewOutcome
    message: str = ""
    template: str = ""
    expected: Optional[Expected] = None


@dataclass(frozen=True)
class FilmLook:
    """What one look at a film has shown; ``rules`` is ``rules_mark`` of the settings of its plan."""

    path: Path
    identity: FileIdentity
    facts: FilmFacts
    outlook: FilmOutlook
    rules: str


@dataclass(frozen=True)
class LibraryFilm:
    """One row of the library; sizes in bytes. ``saving`` is None where nothing is known of it yet."""

    id: int
    path: Path
    size: int
    state: LibraryState
    facts: FilmFacts = FilmFacts()
    message: str = ""
    outcome: Optional[PreviewOutcome] = None
    health: FilmHealth = FilmHealth.UNKNOWN
    damage: Damage = Damage()
    health_message: str = ""  # why it cannot be read
    saving: Optional[Estimate] = None

    @property
    def bit_rate(self) -> Optional[float]:
        """Return kbit/s of the whole file; None where its length is not known."""
        return self.size * 8 / 1000 / self.facts.duration if self.facts.duration > 0 else None

    @property
    def health_sentence(self) -> str:
        """Return what is wrong with it, as a sentence; "" where nothing is known to be."""
        if self.health is FilmHealth.DAMAGED and self.damage.places:
            return self.damage.sentence
        if self.health is FilmHealth.NO_DECODER:
            return Sentence(
                "The ffmpeg of this machine cannot decode it, so it could not be checked."
            )
        return self.health_message


@lru_cache(maxsize=16)  # the program's settings and those of its folders
def rules_mark(settings: Settings) -> str:
    """Return a short text that changes when a plan may: with the settings that plans read, and the rules."""
    content = json.dumps([RULES_VERSION, changed_settings(settings)], sort_keys=True)
    return hashlib.blake2b(content.encode("utf-8"), digest_size=8).hexdigest()


def facts_of_film(media: MediaFile) -> FilmFacts:
    """Return what the library keeps of a film."""
    video = media.video[0] if media.video else None
    hdr = video.hdr if video else HdrFormat.SDR
    return FilmFacts(
        codec=video.codec if video else "",
        width=video.width if video else 0,
        height=video.height if video else 0,
        resolution=resolution_class(video.width, video.height) if video else "",
        hdr="" if hdr is HdrFormat.SDR else hdr.value,
        duration=media.duration,
        languages=tuple(dict.fromkeys(str(track.language) for track in media.audio)),
    )


def look_of(plan: Plan, rules: str, no_gain: str = "") -> FilmLook:
    """Return what a plan tells the library; ``no_gain`` is the message of an earlier attempt with it."""
    outcome, message = outcome_of(plan, no_gain)
    outlook = FilmOutlook(outcome, message)
    if outcome in WORK:
        template = plan.video_encode.template_name if plan.video_encode else ""
        outlook = FilmOutlook(outcome, message, template, expected_size(plan, _NO_PAST))
    media = plan.media
    return FilmLook(media.path, media.identity, facts_of_film(media), outlook, rules)
