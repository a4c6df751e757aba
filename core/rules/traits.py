"""What a film carries beyond its tracks, and what becomes of it: kept, converted, or lost with a word.

``FATES`` is the whole answer, and docs/rules.md shows it (a test holds the two together). Each cell was seen
with real tools (ffmpeg 9.0.2 and 8.1.2, mkvpropedit 74), except those of QSVEncC, which needs Intel graphics:
what is not proven there makes the picture a copy.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Iterable, Iterator, Mapping, Optional, Tuple

from core.model import FoundTrait, MediaFile, Trait
from core.plan import OutputTrack, Reason, VideoEncode
from core.settings import MissingPropeditPolicy, Settings
from core.tools import ToolName, Toolset

# What mkvpropedit's ability is called where mkvextract lies beside it.
EXTRACT = "mkvextract"


class Way(str, Enum):
    """How a track comes into the result."""

    COPIED = "copied"
    FFMPEG = "encoded by ffmpeg"
    QSVENC = "encoded by QSVEncC"


class Fate(str, Enum):
    """What becomes of a trait."""

    KEPT = "kept"
    CONVERTED = "converted, said"
    LOST = "lost, said"
    COPIES = "the picture is copied, said"


@dataclass(frozen=True)
class Fates:
    """One row: the fate on each way, and the sentence where the trait is converted or lost."""

    copied: Fate
    ffmpeg: Fate
    qsvenc: Fate
    sentence: str

    def of(self, way: Way) -> Fate:
        """The fate on this way."""
        return {Way.COPIED: self.copied, Way.FFMPEG: self.ffmpeg, Way.QSVENC: self.qsvenc}[way]


FATES: Mapping[Trait, Fates] = {
    Trait.CHAPTER_SETS: Fates(
        *(Fate.KEPT, Fate.KEPT, Fate.KEPT),
        "Its several or nested sets of chapters become one flat list: mkvextract was not found.",
    ),
    Trait.ORDERED_CHAPTERS: Fates(
        *(Fate.KEPT, Fate.KEPT, Fate.KEPT),
        "Its chapters say which parts of which files are played; without mkvpropedit and mkvextract they "
        "would be lost. Install MKVToolNix.",
    ),
    Trait.TRACK_TAGS: Fates(
        *(Fate.KEPT, Fate.KEPT, Fate.LOST),
        "The tags of tracks that are encoded anew are left out.",
    ),
    Trait.NESTED_TAGS: Fates(
        *(Fate.CONVERTED, Fate.CONVERTED, Fate.CONVERTED),
        "Tags within tags become plain ones (ACTOR/CHARACTER).",
    ),
    Trait.STEREO: Fates(
        *(Fate.KEPT, Fate.KEPT, Fate.COPIES),
        "QSVEncC is not proven to keep what says that the picture is stereo 3D.",
    ),
    Trait.PROJECTION: Fates(
        *(Fate.KEPT, Fate.KEPT, Fate.COPIES),
        "QSVEncC is not proven to keep what says that the picture is a sphere (360°).",
    ),
    Trait.CROPPING: Fates(
        *(Fate.KEPT, Fate.CONVERTED, Fate.COPIES),
        "The bars that players cut off are cut off for good.",
    ),
    Trait.ALPHA: Fates(
        *(Fate.KEPT, Fate.COPIES, Fate.COPIES),
        "No encoder here keeps a transparent picture.",
    ),
    Trait.TIME_CODE: Fates(
        *(Fate.CONVERTED, Fate.CONVERTED, Fate.LOST),
        "The time code track has no place in Matroska; its beginning stays as a tag of the picture.",
    ),
    Trait.PROGRAMS: Fates(
        *(Fate.CONVERTED, Fate.CONVERTED, Fate.CONVERTED),
        "The file holds several programs; their tracks stand side by side in one film.",
    ),
}


def way_of(output: Optional[OutputTrack], by_qsvenc: bool) -> Way:
    """How this track comes into the result; sound and subtitles are encoded by ffmpeg's libraries."""
    if output is None or output.copied:
        return Way.COPIED
    return Way.QSVENC if by_qsvenc else Way.FFMPEG


def objections(media: MediaFile, track: int, tool: ToolName) -> Iterator[Reason]:
    """What speaks against encoding this picture with this program."""
    way = Way.QSVENC if tool is ToolName.QSVENC else Way.FFMPEG
    for found in media.traits:
        fates = FATES[found.trait]
        if found.track == track and fates.of(way) is Fate.COPIES:
            yield Reason(_code(found), fates.sentence, found.detail)


def warnings(
    media: MediaFile, outputs: Iterable[OutputTrack], toolset: Toolset, by_qsvenc: bool
) -> Iterator[Reason]:
    """A word for each thing that does not stay as it is."""
    by_index = {output.source.index: output for output in outputs}
    encoded = tuple(output for output in by_index.values() if not output.copied)
    for found in media.traits:
        if found.track is not None and found.track not in by_index:
            continue  # its track goes, and that is said already
        output = by_index.get(found.track) if found.track is not None else _first(encoded)
        fate = FATES[found.trait].of(way_of(output, by_qsvenc))
        if found.trait is Trait.CHAPTER_SETS and not keeps_chapters(toolset):
            fate = Fate.LOST
        if found.trait is Trait.TRACK_TAGS and not toolset.get(ToolName.MKVPROPEDIT) and encoded:
            fate = Fate.LOST  # their statistics could not be told from the rest
        if fate in (Fate.CONVERTED, Fate.LOST):
            yield Reason(_code(found), FATES[found.trait].sentence, found.detail)


def refusals(media: MediaFile, settings: Settings, toolset: Toolset) -> Iterator[Reason]:
    """A film that would be another one without its chapters is not touched where they would be lost."""
    tool = toolset.get(ToolName.MKVPROPEDIT)
    waits = settings.processing.missing_mkvpropedit is MissingPropeditPolicy.WAIT
    if not media.segment.ordered or keeps_chapters(toolset) or (tool is None and waits):
        return
    yield Reason(
        "refused.ordered_chapters",
        FATES[Trait.ORDERED_CHAPTERS].sentence,
        Trait.ORDERED_CHAPTERS.value,
    )


def keeps_chapters(toolset: Toolset) -> bool:
    """Whether Matroska's chapters can be carried over whole."""
    return toolset.can(ToolName.MKVPROPEDIT, EXTRACT)


def encodes_by_qsvenc(outputs: Iterable[OutputTrack]) -> bool:
    """Whether the plan's picture is encoded by QSVEncC."""
    return any(
        isinstance(output.conversion, VideoEncode) and "$qsvenc" in output.conversion.template
        for output in outputs
    )


def _first(outputs: Tuple[OutputTrack, ...]) -> Optional[OutputTrack]:
    return outputs[0] if outputs else None


def _code(found: FoundTrait) -> str:
    """A picture's is the picture's, so that it goes where the picture is copied after all."""
    return f"{'film' if found.track is None else 'video'}.{found.trait.name.lower()}"
