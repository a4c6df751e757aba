"""What watching needs from the rest of the program: the queue, a short look into a film, supervision."""

from __future__ import annotations

from pathlib import Path
from typing import Callable, Iterator, Protocol, Sequence, Tuple, Union

from core.errors import ProbeError
from core.events import ServiceNotice
from core.media.seen_file import FilmGlance
from core.queue.job import NewJob
from core.settings.tree import MonitorSettings
from store.film_moves import Move


class Glances(Protocol):
    """Short looks into films; ``analyzer.Analyzer.glances`` is one."""

    def __call__(self, paths: Sequence[Path], /) -> Iterator[Union[FilmGlance, ProbeError]]:
        """Yield what a scan has to know of each, FileUnavailable, or ProbeError where it is not a film."""


class Heartbeat(Protocol):
    """Shows that a thread is alive; a thread that is slow calls it again and again."""

    def __call__(self) -> None:
        """Note that the thread is alive; raises whatever makes it end."""


class FolderReport(Protocol):
    """Takes the news of a watched folder, for the log and the user."""

    def __call__(self, sentence: str, error: bool, /) -> None:
        """Show a sentence; ``error`` says whether something is wrong."""


class ReadMonitorSettings(Protocol):
    """The settings of the monitor as they are at this moment."""

    def __call__(self) -> MonitorSettings:
        """Return them."""


class NoticeSink(Protocol):
    """Takes what the user is to know about the watching."""

    def __call__(self, notice: ServiceNotice, /) -> None:
        """Show a notice; called in any thread."""


class Watchman(Protocol):
    """Supervises threads; ``scheduling.supervision.Supervisor`` is one."""

    def watch(
        self,
        name: str,
        allowed: float,
        restart: Callable[[], None],
        alive: Callable[[], bool],
        remark: Callable[[], str] = lambda: "",
    ) -> Heartbeat:
        """Supervise a thread; return what it has to call at least every ``allowed`` seconds.

        ``remark`` returns what is shown with its health, such as why it cannot do its work as it should.
        """

    def forget(self, name: str) -> None:
        """Stop supervising a thread, which has ended as it should."""


class Intake(Protocol):
    """The queue, as far as watching goes; ``queue_manager.QueueManager`` is one."""

    def submit(self, films: Sequence[NewJob]) -> Tuple[int, ...]:
        """Queue films in one go; those that are queued already get no second job."""

    def film_moved(self, before: Path, after: Path) -> Move:
        """Let the job and the kept original of a film follow its move."""

    def film_gone(self, path: Path) -> bool:
        """End the waiting job of a film that was deleted; False where there is none."""

    def root_away(self, root: Path, until: float, message: str) -> None:
        """Let the queued jobs below an unreachable folder wait until a time; a past time ends that."""


class Unwatched:
    """Does nothing, where no threads are supervised, as in a single command."""

    def watch(
        self,
        name: str,  # noqa: ARG002
        allowed: float,  # noqa: ARG002
        restart: Callable[[], None],  # noqa: ARG002
        alive: Callable[[], bool],  # noqa: ARG002
        remark: Callable[[], str] = lambda: "",  # noqa: ARG002
    ) -> Heartbeat:
        """Do nothing."""
        return lambda: None

    def forget(self, name: str) -> None:
        """Do nothing."""
