"""Whether a film is whole: all of its picture and sound is decoded, and nothing of it is changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Sequence

from core.damage import Damage, Place, merged
from core.errors import FileUnavailable
from core.library.film import FilmHealth
from core.media.model import MediaFile, Track
from core.progress import ProgressListener
from core.text.sentence import Sentence
from processing.health import look_through
from processing.probing import Prober, cannot_decode
from processing.verify import ends_at, tolerance

# Of a film: what complains so much is no damage, this ffmpeg cannot read such films.
_DECODES_NOTHING = 0.9


@dataclass(frozen=True)
class CheckedFilm:
    """What a check has shown; ``damage`` where it is damaged."""

    health: FilmHealth
    damage: Optional[Damage] = None


def check_film(prober: Prober, media: MediaFile, on_progress: ProgressListener) -> CheckedFilm:
    """Decode a film and return how it is.

    Raises FileUnavailable where its disk fails meanwhile: that says nothing of the film. MachineTrouble,
    ToolStalled and JobCancelled pass through.
    """
    tracks: Sequence[Track] = (*media.video, *media.audio)
    streams = frozenset(track.index for track in tracks)
    health = look_through(prober, media, streams, on_progress)
    if health.disk_failed:
        raise FileUnavailable(media.path, Sentence("its disk could not be read to the end."))
    if cannot_decode(tuple(health.lines)):
        return CheckedFilm(FilmHealth.NO_DECODER)
    places = list(health.damage.places)
    spans = prober.spans(media.path, media.duration, streams)
    end = ends_at(spans) if spans.streams else 0.0
    if media.duration - end > tolerance(media.duration):
        places.append(Place(end, media.duration))
    damage = Damage(merged(places))
    if damage.seconds > _DECODES_NOTHING * media.duration and health.lines:
        return CheckedFilm(FilmHealth.UNREADABLE, damage)
    return CheckedFilm(FilmHealth.DAMAGED if places else FilmHealth.SOUND, damage)
