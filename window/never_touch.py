"""What the user asks of a film from any row: never to touch it or its folder, or to make it once more."""

from __future__ import annotations

from pathlib import Path
from typing import Callable, List, Optional, Sequence, Tuple

from app.exclusion_list import ExclusionList, ExclusionResult
from store.jobs import JobStore
from views.numbers import count_text
from views.shown import visible
from views.texts import _, ngettext, sentence
from window.services import WindowServices

_MANY = 5  # folders that are named one by one


def _nothing() -> None:
    """Where nobody waits for the end."""


class FilmWishes:
    """``changed`` is called in Tk's thread when the list of what is never touched has become another."""

    def __init__(self, services: WindowServices, changed: Callable[[], None] = _nothing) -> None:
        self._services = services
        self._changed = changed

    def never_touch(self, films: Sequence[Path]) -> None:
        """Never touch these films; they can be taken off the list again."""
        if films:
            self._exclude(films)

    def never_touch_folders(self, films: Sequence[Path]) -> None:
        """Never touch the folders of these films, once the user has confirmed it."""
        folders = tuple(dict.fromkeys(film.parent for film in films))
        if not folders:
            return
        named = "\n".join(visible(folder) for folder in folders[:_MANY])
        if len(folders) > _MANY:
            named += "\n" + _("and {number} more").format(number=count_text(len(folders) - _MANY))
        text = ngettext(
            "Nothing in this folder, nor in folders below it, is touched from now on:\n\n{folders}\n\n"
            "Its films leave the queue. You can take it off the list again: Originals > Never touched.",
            "Nothing in these folders, nor in folders below them, is touched from now on:\n\n{folders}\n\n"
            "Their films leave the queue. You can take them off the list again: Originals > Never touched.",
            len(folders),
        ).format(folders=named)
        answers = (_("Never touch"), _("Cancel"))
        if self._services.dialogs.choose(_("Never touch a folder"), text, answers) == 0:
            self._exclude(folders)

    def again(self, films: Sequence[Path]) -> None:
        """Make these films once more with today's rules, once the user has confirmed it."""
        if not films:
            return
        text = ngettext(
            "The film is processed again with today's settings. Where its original is kept, that comes back "
            "first and is processed; else the present result is, and it loses quality once more.",
            "{number} films are processed again with today's settings. Where an original is kept, that "
            "comes back first and is processed; else the present result is, and it loses quality once more.",
            len(films),
        ).format(number=count_text(len(films)))
        answers = (_("Process again"), _("Cancel"))
        services = self._services
        if services.dialogs.choose(_("Process again"), text, answers) == 0:
            services.slow.call(
                lambda: services.manager.add(films, again=True),
                self._queued,
                services.window.failed,
            )

    def of_jobs(self, job_ids: Sequence[int], wish: Callable[[Sequence[Path]], None]) -> None:
        """Wish it for the films of jobs, as they are named now."""
        services = self._services
        jobs = JobStore(services.program.database)

        def paths() -> List[Path]:
            found = (jobs.get(job_id) for job_id in job_ids)
            return [job.result_path for job in found if job is not None]

        services.commands.call(paths, wish, services.window.failed)

    def _queued(self, jobs: Tuple[int, ...]) -> None:
        self._services.window.tell(
            ngettext(
                "{number} film was queued to be processed again.",
                "{number} films were queued to be processed again.",
                len(jobs),
            ).format(number=count_text(len(jobs)))
        )

    def _exclude(self, paths: Sequence[Path]) -> None:
        services = self._services
        services.slow.call(
            lambda: ExclusionList(services.program).add(services.manager, paths),
            self._excluded,
            services.window.failed,
        )

    def _excluded(self, done: ExclusionResult) -> None:
        services = self._services
        told = ngettext(
            "{number} entry was added to what is never touched (Originals > Never touched).",
            "{number} entries were added to what is never touched (Originals > Never touched).",
            len(done.added),
        ).format(number=count_text(len(done.added)))
        if done.cancelled:
            told += " " + ngettext(
                "{number} film left the queue.",
                "{number} films left the queue.",
                len(done.cancelled),
            ).format(number=count_text(len(done.cancelled)))
        services.window.tell(told)
        for problem in done.problems:
            services.window.tell(sentence(problem), error=True)
        self._changed()
        if done.running:
            self._ask_about(done.running)

    def _ask_about(self, running: Sequence[int]) -> None:
        """Ask whether what is being worked on is to end now."""
        services = self._services
        text = ngettext(
            "{number} film of it is being processed now.",
            "{number} films of it are being processed now.",
            len(running),
        ).format(number=count_text(len(running)))
        answers = (_("Cancel it now"), _("Let it finish"))
        if services.dialogs.choose(_("Never touch"), text, answers) == 0:
            for job_id in running:
                services.do(lambda job=job_id: services.manager.cancel(job))  # type: ignore[misc]


class RestoreQuestion:
    """Asks whether originals are to come back, and whether those films are to be left alone then."""

    def __init__(self, services: WindowServices) -> None:
        self._services = services

    def ask(self, title: str, text: str) -> Optional[bool]:
        """Return whether they are to be left alone; None where nothing is to be restored."""
        text = (
            text
            + "\n\n"
            + _(
                "May the film be processed again later? Left alone, it goes on the list of what is never "
                "touched (Originals > Never touched). Otherwise it is processed when you add it again."
            )
        )
        answers = (
            _("Restore and leave alone"),
            _("Restore, may be processed again"),
            _("Cancel"),
        )
        chosen = self._services.dialogs.choose(title, text, answers)
        return None if chosen not in (0, 1) else chosen == 0
