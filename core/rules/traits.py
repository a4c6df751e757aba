"""What a film carries beyond its tracks, and what becomes of it: kept, converted, or lost with a word.

``FATES`` is the whole answer, and docs/rules.md shows it (a test holds the two together). Each cell was seen
with real tools (ffmpeg 9.0.2 and 8.1.2, mkvpropedit 74), except those of programs that only encode (QSVEncC
and its like), which need a graphics chip: what is not proven there makes the picture a copy.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Iterable, Iterator, Mapping, Optional, Tuple

from core.encoders.family import EncoderFamily, Way
from core.encoders.templates import family_of
from core.media.model import FoundTrait, MediaFile, Trait
from core.plan import OutputTrack, Reason, VideoEncode
from core.settings.choices import MissingPropeditPolicy
from core.settings.tree import Settings
from core.text.sentence import N_, Sentence
from core.tools import ToolName, Toolset

# What mkvpropedit's ability is called where mkvextract lies beside it.
EXTRACT = "mkvextract"


class Fate(str, Enum):
    """What becomes of a trait."""

    KEPT = "kept"
    CONVERTED = "converted, said"
    LOST = "lost, said"
    COPIES = "the picture is copied, said"
    SOUND_COPIED = "the sound is copied, said"
    REFUSED = "refused"


@dataclass(frozen=True)
class Fates:
    """One row: the fate on each way, and the sentence's template where the trait is converted or lost.

    ``said_as`` is the reason's code where another rule, which decides more than this, says it.
    """

    copied: Fate
    ffmpeg: Fate
    own_program: Fate
    sentence: str = ""
    said_as: str = ""

    def of(self, way: Way) -> Fate:
        """The fate on this way."""
        fate: Fate = getattr(self, way.name.lower())
        return fate


_KEPT = (Fate.KEPT, Fate.KEPT, Fate.KEPT)
_CONVERTED = (Fate.CONVERTED, Fate.CONVERTED, Fate.CONVERTED)
_LOST = (Fate.LOST, Fate.LOST, Fate.LOST)
_KEPT_UNTIL_ENCODED = (Fate.KEPT, Fate.LOST, Fate.LOST)
_COPIED_FOR_OWN = (Fate.KEPT, Fate.KEPT, Fate.COPIES)
_COPIES = (Fate.KEPT, Fate.COPIES, Fate.COPIES)
_SOUND_COPIED = (Fate.KEPT, Fate.SOUND_COPIED, Fate.SOUND_COPIED)

FATES: Mapping[Trait, Fates] = {
    Trait.SEGMENT: Fates(
        *_KEPT,
        N_(
            "The number by which other files know this one is a new one: mkvpropedit was not found."
        ),
    ),
    Trait.CHAPTER_SETS: Fates(
        *_KEPT,
        N_(
            "Its several or nested sets of chapters become one flat list: mkvextract was not found."
        ),
    ),
    Trait.ORDERED_CHAPTERS: Fates(
        *_KEPT,
        N_(
            "Its chapters say which parts of which files are played; without mkvpropedit and mkvextract they "
            "would be lost. Install MKVToolNix."
        ),
    ),
    Trait.CHAPTER_TAGS: Fates(*_KEPT),
    Trait.TRACK_TAGS: Fates(
        *(Fate.KEPT, Fate.KEPT, Fate.LOST),
        N_("The tags of tracks that are re-encoded are removed."),
    ),
    Trait.TAG_LEVELS: Fates(
        *_CONVERTED,
        N_("Tags of a collection, a season or a set of chapters become tags of the film."),
    ),
    Trait.NESTED_TAGS: Fates(
        *_CONVERTED,
        N_("Tags within tags become plain ones (ACTOR/CHARACTER)."),
    ),
    Trait.PROGRAMS: Fates(
        *_CONVERTED,
        N_("The file holds several programs; their tracks stand side by side in one film."),
    ),
    Trait.DATA_TRACKS: Fates(*_LOST, said_as="plan.data_tracks"),
    Trait.TIME_CODE: Fates(
        *(Fate.CONVERTED, Fate.CONVERTED, Fate.LOST),
        N_(
            "The time code track has no place in Matroska; its beginning stays as a tag of the picture."
        ),
    ),
    Trait.PICTURE_TIME_CODE: Fates(
        *_KEPT_UNTIL_ENCODED,
        N_("The time code inside the video is removed."),
    ),
    Trait.CAPTIONS: Fates(*_COPIED_FOR_OWN, said_as="tool.captions_lost"),
    Trait.ACTIVE_FORMAT: Fates(
        *_KEPT_UNTIL_ENCODED,
        N_(
            "What tells a television which part of the picture matters (AFD, bars) is left out; the picture "
            "itself stays whole."
        ),
    ),
    Trait.STATIC_HDR: Fates(*_KEPT),
    Trait.OTHER_HDR: Fates(
        *_COPIES,
        N_("No encoder here keeps this kind of dynamic HDR."),
    ),
    Trait.AMBIENT_LIGHT: Fates(
        *_KEPT_UNTIL_ENCODED,
        N_("The video's information on ambient light is removed."),
    ),
    Trait.FILM_GRAIN: Fates(
        *(Fate.KEPT, Fate.CONVERTED, Fate.COPIES),
        N_("The film grain that a player adds becomes a part of the picture."),
    ),
    Trait.STEREO: Fates(
        *_COPIED_FOR_OWN,
        N_("{program} is not proven to keep what says that the picture is stereo 3D."),
    ),
    Trait.OTHER_STEREO: Fates(
        *_LOST,
        N_(
            "What the container says of its stereo 3D is left out: Matroska has no word for this way."
        ),
    ),
    Trait.FRAME_PACKING: Fates(
        *_COPIES,
        N_(
            "The video is marked as stereo 3D only inside the stream, and no encoder is proven to keep that."
        ),
    ),
    Trait.VIEWS: Fates(*_COPIES, said_as="video.views"),
    Trait.PROJECTION: Fates(
        *_COPIED_FOR_OWN,
        N_("{program} is not proven to keep what says that the picture is a sphere (360°)."),
    ),
    Trait.CROPPING: Fates(
        *(Fate.KEPT, Fate.CONVERTED, Fate.COPIES),
        N_("The bars that players cut off are cut off for good."),
    ),
    Trait.ALPHA: Fates(
        *_COPIES,
        N_("No encoder here keeps a transparent picture."),
    ),
    Trait.HIDDEN_PART: Fates(
        *(Fate.REFUSED, Fate.LOST, Fate.COPIES),
        N_("A part that was cut off without being removed is gone for good."),
    ),
    Trait.LATE_PICTURE: Fates(
        *_COPIED_FOR_OWN,
        N_("{program} leaves out the sound before the picture begins."),
    ),
    Trait.LATE_SOUND: Fates(*_KEPT),
    Trait.GAPLESS: Fates(*_KEPT),
    Trait.DUAL_MONO: Fates(*_SOUND_COPIED, said_as="audio.dual_mono"),
    Trait.CHANNELS_CHANGE: Fates(
        *(Fate.KEPT, Fate.CONVERTED, Fate.CONVERTED), said_as="audio.channels_change"
    ),
    Trait.SHAPE_CHANGES: Fates(
        *(Fate.CONVERTED, Fate.CONVERTED, Fate.COPIES), said_as="film.shape_changes"
    ),
    Trait.SIZE_CHANGES: Fates(*_COPIES, said_as="video.size_changes"),
    Trait.RATE_CHANGES: Fates(*_COPIED_FOR_OWN, said_as="tool.unproven"),
}


def way_of(output: Optional[OutputTrack], encoding: Way) -> Way:
    """How this track comes into the result; sound and subtitles are encoded by ffmpeg's libraries."""
    return Way.COPIED if output is None or output.copied else encoding


def objections(media: MediaFile, track: int, family: EncoderFamily) -> Iterator[Reason]:
    """What speaks against encoding this picture with this family."""
    for found in media.traits:
        fates = FATES[found.trait]
        if found.track == track and fates.of(family.way) is Fate.COPIES and not fates.said_as:
            sentence = Sentence(fates.sentence, program=family.program.name)
            yield Reason(_code(found, media), sentence, found.detail)


def warnings(
    media: MediaFile, outputs: Iterable[OutputTrack], toolset: Toolset
) -> Iterator[Reason]:
    """A word for each thing that does not stay as it is."""
    outputs = tuple(outputs)
    encoding = _encoding(outputs)
    by_index = {output.source.index: output for output in outputs}
    encoded = tuple(output for output in by_index.values() if not output.copied)
    for found in media.traits:
        if found.track is not None and found.track not in by_index:
            continue  # its track goes, and that is said already
        output = by_index.get(found.track) if found.track is not None else _first(encoded)
        fates = FATES[found.trait]
        fate = fates.of(way_of(output, encoding))
        if found.trait is Trait.CHAPTER_SETS and not keeps_chapters(toolset):
            fate = Fate.LOST
        if not toolset.get(ToolName.MKVPROPEDIT) and (
            found.trait is Trait.SEGMENT
            or (found.trait is Trait.TRACK_TAGS and encoded)  # their statistics among them
        ):
            fate = Fate.LOST
        if fate in (Fate.CONVERTED, Fate.LOST) and not fates.said_as:
            yield Reason(_code(found, media), Sentence(fates.sentence), found.detail)


def refusals(media: MediaFile, settings: Settings, toolset: Toolset) -> Iterator[Reason]:
    """A film that would be another one without its chapters is not touched where they would be lost."""
    tool = toolset.get(ToolName.MKVPROPEDIT)
    waits = settings.processing.missing_mkvpropedit is MissingPropeditPolicy.WAIT
    if not media.segment.ordered or keeps_chapters(toolset) or (tool is None and waits):
        return
    yield Reason(
        "refused.ordered_chapters",
        Sentence(FATES[Trait.ORDERED_CHAPTERS].sentence),
        Sentence("ordered chapters or linked files"),
    )


def keeps_chapters(toolset: Toolset) -> bool:
    """Whether Matroska's chapters can be carried over whole."""
    return toolset.can(ToolName.MKVPROPEDIT, EXTRACT)


def _encoding(outputs: Iterable[OutputTrack]) -> Way:
    """How the plan's picture is encoded."""
    encodes = (track.conversion for track in outputs if isinstance(track.conversion, VideoEncode))
    family = next((family_of(encode.template) for encode in encodes), None)
    return Way.FFMPEG if family is None else family.way


def _first(outputs: Tuple[OutputTrack, ...]) -> Optional[OutputTrack]:
    return outputs[0] if outputs else None


def _code(found: FoundTrait, media: MediaFile) -> str:
    """A track's is the track's, so that it goes where a picture is copied after all and keeps it by that."""
    kinds = {track.index: track.kind.value for track in media.tracks}
    lasts = found.track is None or FATES[found.trait].copied in (Fate.LOST, Fate.CONVERTED)
    kind = "film" if lasts else kinds.get(found.track or 0, "film")
    return f"{kind}.{found.trait.name.lower()}"
