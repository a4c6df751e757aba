"""Whether what a film carried is in its result, or the plan has a word about it."""

from __future__ import annotations

from enum import Enum
from typing import FrozenSet, Iterator, Optional, Tuple

from core.media.model import Trait
from core.plan import Plan
from core.rules.traits import FATES
from tests.sightings import Sighting


class Found(str, Enum):
    """What became of one sighting."""

    KEPT = "kept"
    SAID = "said"
    SILENT = "LOST SILENTLY"


# Seconds by which two figures may differ: a packet of Opus, a tick of Matroska's clock.
_TOLERANCES = {
    Trait.LATE_PICTURE: 0.06,
    Trait.LATE_SOUND: 0.06,
    Trait.GAPLESS: 0.03,
    Trait.RATE_CHANGES: 1.0,  # pictures
}
_OTHER_CODES = {
    Trait.CAPTIONS: ("video.captions_dropped",),
    Trait.HIDDEN_PART: ("refused.edited",),
    Trait.OTHER_HDR: ("video.hdr_dropped",),
    Trait.RATE_CHANGES: ("video.deinterlaced",),
    Trait.CHANNELS_CHANGE: ("audio.channels_change",),
}


def compared(
    plan: Plan, before: FrozenSet[Sighting], after: FrozenSet[Sighting]
) -> Iterator[Tuple[Sighting, Found]]:
    """Each sighting of the film and what became of it; those of a track that goes are left out."""
    places = {track.source.index: place for place, track in enumerate(plan.outputs)}
    for sighting in before:
        if sighting.track is None or sighting.track in places:
            place = None if sighting.track is None else places[sighting.track]
            kept = any(same(sighting, other, place) for other in after)
            found = (
                Found.KEPT if kept else Found.SAID if said(plan, sighting.trait) else Found.SILENT
            )
            yield sighting, found


def same(before: Sighting, after: Sighting, place: Optional[int]) -> bool:
    """Whether the result's sighting is the film's, whose track lies at ``place`` there."""
    if before.trait is not after.trait or after.track != place:
        return False
    tolerance = _TOLERANCES.get(before.trait)
    if tolerance is None:
        return before.detail == after.detail
    figures = zip(before.detail.split(), after.detail.split())
    return all(abs(float(figure) - float(other)) <= tolerance for figure, other in figures)


def said(plan: Plan, trait: Trait) -> bool:
    """Whether the plan says what becomes of it, or why its track is copied."""
    codes = {f"{kind}.{trait.name.lower()}" for kind in ("film", "video", "audio")}
    codes |= {FATES[trait].said_as, *_OTHER_CODES.get(trait, ())} - {""}
    reasons = [*plan.warnings, *plan.omissions, *plan.refusals]
    reasons += [reason for track in plan.outputs for reason in track.reasons]
    return any(reason.code in codes for reason in reasons)
