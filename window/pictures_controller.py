"""Pictures before and after: made beside Tk's thread, one place after the other, until the window closes."""

from __future__ import annotations

import tkinter as tk
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Callable, Dict, List, Optional, Tuple

from core.errors import JobCancelled
from core.queue.outcome import beside_film
from core.target_quality.trial import Metric
from core.text.sentence import Sentence
from views.before_after import BeforeAfter, Scores
from views.texts import _, sentence
from window.film_sides import JobSides
from window.opening import open_with_system
from window.services import WindowServices

if TYPE_CHECKING:
    from app.film_pictures import ComparedFilms, FittedPair, PlaceScore, StillPair

# The measure's name with its unit, and what its value is multiplied by.
_MEASURES = {
    Metric.VMAF: ("VMAF", 1.0),
    Metric.XPSNR: ("XPSNR (dB)", 1.0),
    Metric.SSIM: ("SSIM (%)", 100.0),
}

_HDR = Sentence("This film is HDR: both pictures are mapped alike to what this screen can show.")
_NO_HDR = Sentence(
    "This film is HDR, and this ffmpeg cannot map it to what this screen can show (it has no zscale): "
    "both pictures look paler than they are."
)
_UNLIKE = Sentence("The same picture was not found in both films here, so they are not scored.")


@dataclass(frozen=True)
class _Found:
    """What was found out about the films, in a thread that may wait."""

    sides: JobSides
    look: Optional[ComparedFilms]


class PicturesController:
    """Fills a page; ``find`` says where the films are, in a thread that may wait. ``begin`` starts it."""

    def __init__(self, services: WindowServices, find: Callable[[], JobSides]) -> None:
        self._services = services
        self._find = find
        self._viewing = services.program.film_pictures.viewing()
        self._begun = self._closed = False
        self._sides = JobSides(None, None)
        self._look: Optional[ComparedFilms] = None
        self._stills: Dict[int, StillPair] = {}
        self._scores: Dict[int, Optional[PlaceScore]] = {}
        self._failed: Dict[int, str] = {}
        self._number = 0
        self._working = False
        self._fitted: Tuple[int, Tuple[int, int]] = (
            -1,
            (0, 0),
        )  # what is on the screen, or is being made
        self.view: BeforeAfter

    def attach(self, parent: tk.Misc) -> BeforeAfter:
        """Make the page."""
        self.view = BeforeAfter(parent, self._services.look, self)
        self.view.bind("<Destroy>", lambda _event: self.close(), add=True)
        return self.view

    def begin(self) -> None:
        """Look for the films, the first time that the page is seen."""
        if self._begun:
            return
        self._begun = True
        self.view.slider.tell(_("Looking for the pictures…"))
        self._services.tests.call(self._find_out, self._found, self._not_found)

    def close(self) -> None:
        """End whatever is being made."""
        self._closed = True
        self._viewing.close()

    def go_to(self, number: int) -> None:
        """Show another place."""
        self._number = number
        self._show_place()
        self._work()

    def resized(self, room: Tuple[int, int]) -> None:  # noqa: ARG002 - the view is asked
        """Make the stills of the present place as large as there is room now."""
        self._fit()

    def play(self, *, result: bool) -> None:
        """Play one of the films in the system's own player."""
        sides, services = self._sides, self._services
        path, name = (sides.result, "") if result else (sides.film, sides.film_name)
        if path is not None:
            services.slow.call(lambda: self._play(path, name), lambda _done: None, self._unplayed)

    def _play(self, path: Path, name: str) -> None:
        from app.playable import playable

        film = playable(path, name, self._services.program.data_dir) if name else path
        open_with_system(film)

    def _find_out(self) -> _Found:
        from app.film_pictures import FilmSides

        sides = self._find()
        if sides.film is None and sides.result is None:
            return _Found(sides, None)
        return _Found(sides, self._viewing.look(FilmSides(sides.film, sides.result, sides.track)))

    def _found(self, found: _Found) -> None:
        if self._closed:
            return
        sides, look = found.sides, found.look
        self._sides, self._look = sides, look
        self.view.show_sides(original=sides.film is not None, result=sides.result is not None)
        if look is None:
            self.view.slider.tell(sentence(sides.why))
            return
        self.view.show_sizes(look.film_bytes, look.result_bytes)
        self._number = len(look.places) // 2
        self._tell_note()
        self.view.slider.tell(_("Making the pictures…"))
        self._show_place()
        self._work()

    def _not_found(self, error: Exception) -> None:
        if not self._closed:
            self.view.slider.tell(_told(error))

    def _tell_note(self) -> None:
        """Say why a side is missing, or what has to be known about what is seen."""
        look = self._look
        if look is None:
            return
        notes: List[str] = [sentence(self._sides.why)] if self._sides.why else []
        if look.hdr:
            notes.append(sentence(_HDR if look.maps_tones else _NO_HDR))
        found = self._stills.get(self._number)
        if found is not None and not found.pair.sure:
            notes.append(sentence(_UNLIKE))
        if self._number in self._failed:
            notes.append(self._failed[self._number])
        self.view.tell(" ".join(notes), wrong=self._number in self._failed)

    def _show_place(self) -> None:
        assert self._look is not None
        self.view.show_place(self._number, len(self._look.places), self._look.places[self._number])
        self._show_scores()
        self._tell_note()
        if self._number in self._stills:
            self._fit()
        elif self._number in self._failed:
            self.view.slider.tell(self._failed[self._number])

    def _work(self) -> None:
        """Make what is missing next: the place that is looked at, its score, then the others."""
        look = self._look
        if look is None or self._working or self._closed:
            return
        for place in (self._number, *range(len(look.places))):
            if place in self._failed:
                continue
            if place not in self._stills:
                self._make(look, place)
                return
            if place not in self._scores and None not in look.streams:
                self._score(look, place)
                return

    def _make(self, look: ComparedFilms, place: int) -> None:
        self._working = True
        self._services.tests.call(
            lambda: self._viewing.stills(look, look.places[place]),
            lambda stills: self._made(place, stills),
            lambda error: self._unmade(place, error),
        )

    def _score(self, look: ComparedFilms, place: int) -> None:
        self._working = True
        stills = self._stills[place]
        self._services.tests.call(
            lambda: self._viewing.score(look, stills),
            lambda score: self._scored(place, score),
            lambda _error: self._scored(place, None),
        )

    def _made(self, place: int, stills: StillPair) -> None:
        self._working = False
        self._stills[place] = stills
        if not self._closed:
            if place == self._number:
                self._tell_note()
                self._fit()
            self._work()

    def _unmade(self, place: int, error: Exception) -> None:
        self._working = False
        self._failed[place] = _told(error)
        if not self._closed and not isinstance(error, JobCancelled):
            if place == self._number:
                self._show_place()
            self._work()

    def _scored(self, place: int, score: Optional[PlaceScore]) -> None:
        self._working = False
        self._scores[place] = score
        if not self._closed:
            self._show_scores()
            self._work()

    def _show_scores(self) -> None:
        found = {place: score for place, score in self._scores.items() if score is not None}
        if not found or self._look is None:
            self.view.show_scores(None)
            return
        name, factor = _MEASURES[next(iter(found.values())).metric]
        values = {place: factor * score.value for place, score in found.items()}
        here = values.get(self._number)
        self.view.show_scores(Scores(name, here, tuple(values.values()), len(self._look.places)))

    def _fit(self) -> None:
        """Show the stills of the present place in the size of the room, unless they are there already."""
        look, stills = self._look, self._stills.get(self._number)
        if look is None or stills is None or self._closed:
            return
        wide, high = self.view.slider.room
        share = min(wide / look.size[0], high / look.size[1])
        if wide < 2 or high < 2:
            return
        size = (max(2, int(look.size[0] * share)), max(2, int(look.size[1] * share)))
        wanted = (self._number, size)
        if wanted != self._fitted:
            self._fitted = wanted
            self._services.tests.call(
                lambda: self._viewing.fit(stills, size),
                lambda fitted: self._show(wanted, fitted),
                lambda error: self._unfitted(wanted, error),
            )

    def _show(self, wanted: Tuple[int, Tuple[int, int]], fitted: FittedPair) -> None:
        if not self._closed and wanted == self._fitted and wanted[0] == self._number:
            self.view.slider.show(fitted.before, fitted.after)

    def _unfitted(self, wanted: Tuple[int, Tuple[int, int]], error: Exception) -> None:
        if not self._closed and wanted == self._fitted:
            self._fitted = (-1, (0, 0))
            self.view.slider.tell(_told(error))

    def _unplayed(self, error: Exception) -> None:
        if not self._closed:
            self.view.tell(_told(error), wrong=True)


def _told(error: Exception) -> str:
    return sentence(beside_film(error))
