"""What is known before a search begins: of this film from earlier attempts, of others what they taught."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Protocol, Tuple

from core.target_quality.film_quality import FilmScore
from core.target_quality.trial import Trial, Yardstick


@dataclass(frozen=True)
class QualityKey:
    """What a trial belongs to: two encodes of equal keys and numbers come out alike.

    ``content`` is the film's (``store.verdicts.fingerprint``), ``encode`` a hash of the template without its
    number and of what becomes of the picture (``core.encoders.quality_number.encode_mark``), ``tool`` the
    encoder's name and version (``Toolset.identity``).
    """

    content: str
    encode: str
    tool: str


@dataclass(frozen=True)
class FilmKind:
    """What a film is, as far as it says how good an encoder's number comes out.

    ``encoder`` is the encoder's name (``libx265``), ``template`` a hash of its template without the number
    (``template_mark``); ``width`` and ``height`` are the result's pixels, ``bits_per_pixel`` the source's
    (None where that is not known), ``codec`` the source's, ``content_type`` "film" or "series".
    """

    encoder: str
    template: str
    width: int
    height: int
    hdr: bool
    codec: str
    bits_per_pixel: Optional[float]
    content_type: str


@dataclass(frozen=True)
class ScoredTrials:
    """Trials of one film that were measured alike, each number once."""

    yardstick: Yardstick
    trials: Tuple[Trial, ...]


@dataclass(frozen=True)
class TaughtFilm:
    """What an earlier film has taught: its trials, and the finished film, as if encoded with ``number``.

    ``score`` is None where the finished film was not measured.
    """

    kind: FilmKind
    scored: Tuple[ScoredTrials, ...]
    number: float
    score: Optional[FilmScore]


@dataclass(frozen=True)
class Known:
    """What a search begins with.

    ``scored`` are trials of this very film by this template and tool, of an earlier attempt or for another
    target; ``taught`` are other films, the newest first, those of the same template before others of the
    same encoder.
    """

    kind: FilmKind
    scored: Tuple[ScoredTrials, ...] = ()
    taught: Tuple[TaughtFilm, ...] = ()

    def trials(self, yardstick: Yardstick) -> Tuple[Trial, ...]:
        """This film's trials that may be compared with those of this yardstick."""
        found = [scored.trials for scored in self.scored if scored.yardstick == yardstick]
        return found[0] if found else ()


class TrialListener(Protocol):
    """Learns of each trial as soon as it is measured, so that a killed search goes on from there."""

    def __call__(self, yardstick: Yardstick, trial: Trial, /) -> None:
        """Keep the trial."""
