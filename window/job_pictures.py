"""The pictures in the details of a job: a small one beside its facts, and the page before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional, Tuple

from core.errors import UsageError
from core.queue.job_record import JobRecord
from core.text.sentence import Sentence
from store.job_records import JobRecords
from views.before_after import BeforeAfter
from views.details_window import DetailsWindow
from window.film_sides import JobSides, sides_of
from window.pictures_controller import PicturesController
from window.services import WindowServices

if TYPE_CHECKING:
    from app.film_pictures import FilmViewing

_THUMBNAIL = (320, 180)  # pixels of a 96 dpi screen
_Shown = Tuple[str, Optional[int], int]


class JobPictures:
    """Made with the window of a job; begins anew where the job has ended or its original came back."""

    def __init__(self, services: WindowServices, job_id: int) -> None:
        self._services = services
        self._job_id = job_id
        self._records = JobRecords(services.program.database)
        self._window: Optional[DetailsWindow] = None
        self.page: Optional[PicturesController] = None
        self._view: Optional[BeforeAfter] = None
        self._viewing: Optional[FilmViewing] = None
        self._shown: Optional[_Shown] = None

    def attach(self, window: DetailsWindow) -> None:
        """Take the window that the pictures are shown in."""
        self._window = window

    def open(self) -> None:
        """Fill the page, when it is looked at first."""
        window = self._window
        if window is None or self.page is not None:
            return
        self.page = PicturesController(self._services, self._find)
        self._view = self.page.attach(window.pictures_page)
        self._view.pack(fill="both", expand=True)
        self._view.slider.focus_set()
        self.page.begin()

    def job_shown(self, record: JobRecord) -> None:
        """Show the film's picture; what was shown of other files than there are now goes."""
        last = record.attempts[-1].outcome if record.attempts else ""
        now = (last, record.job.processed_size, record.restorable)
        if now == self._shown or self._window is None:
            return
        self._shown = now
        if self._view is not None:
            self._view.destroy()
            self._view = self.page = None
            if self._window.open_page == "pictures":
                self.open()
        if self._viewing is None:
            self._viewing = self._services.program.film_pictures.viewing()
        px = self._services.look.px
        size = (px(_THUMBNAIL[0]), px(_THUMBNAIL[1]))
        self._services.tests.call(
            lambda: self._thumbnail(size), self._show_thumbnail, lambda _error: None
        )

    def recolor(self) -> None:
        """Take the colours of the present palette."""
        if self._view is not None:
            self._view.recolor()

    def _find(self) -> JobSides:
        """Called in a thread that may wait."""
        record = self._records.get(self._job_id)
        if record is None:
            return JobSides(None, None, Sentence("This job was removed from the list."))
        return sides_of(record, self._records.original(record.job))

    def _thumbnail(self, size: Tuple[int, int]) -> bytes:
        """Called in a thread that may wait; a film without a picture has none, and nothing is said."""
        sides = self._find()
        film = sides.result or sides.film
        if film is None or self._viewing is None:
            raise UsageError(sides.why)
        return self._viewing.thumbnail(film, size)

    def _show_thumbnail(self, png: bytes) -> None:
        if self._window is not None:
            self._window.show_thumbnail(png)

    def close(self) -> None:
        """The window is gone: end what is being made for it."""
        self._window = None
        if self._viewing is not None:
            self._viewing.close()
