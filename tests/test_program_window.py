"""The whole program as its owner has it: a process with a window, worked by the keyboard alone."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Iterator, List, Optional

import psutil
import pytest

import app.program
from app.program import DATABASE_NAME
from core.events import JobState
from core.queue.job import Job, JobEnd, NewJob
from store.connection import Database
from store.jobs import JobStore
from store.settings import SettingStore
from tests.films import AudioSpec, make_film
from tests.screen import Program, screen, until

# Where they are seen in the window, in pixels; tabs and rows are larger than fonts differ.
_FAILED_TAB, _FIRST_ROW = (447, 327), (120, 432)
_REST = 0.2  # seconds; less than a text cursor is seen or not seen
_DIALOG = 10.0  # seconds in which a dialog is gone on any machine

pytestmark = pytest.mark.window

QUICK = (
    "$ffmpeg -i $input -c:v libx265 -preset ultrafast -x265-params log-level=none $tracks $output"
)
# Slow enough to be paused on any machine, quick enough to come to its end afterwards.
SLOWER = QUICK.replace("ultrafast", "medium").replace("none", "none:pools=1")


class Owner:
    """Who works with the program, and may look into its database."""

    def __init__(self, folder: Path, program: Program) -> None:
        self.folder = folder
        self.program = program
        self.database = Database(folder / "data" / DATABASE_NAME)

    def job(self, state: JobState, name: str = "") -> Optional[Job]:
        """The newest job in this state."""
        for job in JobStore(self.database).page([state], limit=10, newest_first=True):
            if name in job.path.name:
                return job
        return None

    def done(self, name: str) -> Job:
        """Wait for a film to be completed."""
        failed = self.job(JobState.FAILED)
        assert failed is None, failed.message
        found: Job = until(lambda: self.job(JobState.COMPLETED, name), f"{name} completed")
        return found

    def commands(self, job: Job) -> str:
        """The commands that a job was done with."""
        return JobStore(self.database).details(job.id)[1]

    def add_film(self, name: str, seconds: float = 1) -> Path:
        """Add a film by the dialog."""
        sound = [AudioSpec("flac"), AudioSpec("ac3", language="fra")]
        film = make_film(self.folder / "films" / name, seconds=seconds, audio=sound)
        program = self.program
        program.keys("ctrl+o")
        until(lambda: program.windows("Add films"), "the dialog")
        until(lambda: self._named(film), "the dialog to take the film")
        until(lambda: self.job(JobState.QUEUED, name), f"{name} in the queue")
        return film

    def _named(self, film: Path) -> bool:
        """Name a film in the open dialog; False where that was too early.

        The dialog is seen before it takes keys: on a busy machine the first ones are lost, and a box says
        that there is no film of that name.
        """
        program = self.program
        program.xdotool("windowactivate", "--sync", *program.windows("Add films"))
        program.keys("ctrl+slash")
        program.type(str(film))
        program.keys("Return")
        deadline = time.monotonic() + _DIALOG
        while program.windows("Add films"):
            if time.monotonic() > deadline:
                program.keys("Return")
                return False
        return True


@pytest.fixture
def owner(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Owner]:
    data = tmp_path / "data"
    with app.program.Program(data) as parts:
        settings = {
            "video.good_bits_per_pixel": "0",
            "metadata.enabled": "no",
            "processing.missing_mkvpropedit": "continue",
            "queue.pause_on_battery": "no",
            "queue.lowest_free_gigabytes": "0",
            "files.largest_ratio": "2",
            "processing.stop_when_larger": "no",
            "verification.sample_points": "2",
            "templates.normal": getattr(request, "param", QUICK),
            "templates.normal_fallback": "",
        }
        parts.config.change(settings)
    with screen() as environment:
        one = Owner(tmp_path, Program(environment, data))
        try:
            yield one
            one.database.close()
            assert one.program.quit() == 0
        finally:
            one.program.kill()


def test_a_film_added_by_the_dialog_is_seen_completed(owner: Owner) -> None:
    empty = owner.program.picture()
    film = owner.add_film("Film.mkv")
    size = film.stat().st_size
    waiting = until(lambda: changed(owner, empty), "the film in the window")
    owner.program.keys("F5")
    job = owner.done("Film.mkv")
    assert job.processed_size == film.stat().st_size != size
    until(lambda: changed(owner, waiting), "its end in the window")


def changed(owner: Owner, before: bytes) -> bytes:
    """The window's picture, once it is another than before and has come to rest."""
    now = owner.program.picture()
    time.sleep(_REST)
    return now if now != before and now == owner.program.picture() else b""


def test_a_changed_template_makes_the_next_films_command(owner: Owner) -> None:
    program = owner.program
    queue = program.picture()
    program.keys("ctrl+comma")
    settings = until(lambda: changed(owner, queue), "the settings")
    program.keys("alt+n")
    program.type("Normal content")
    templates = until(lambda: changed(owner, settings), "the page of the templates")
    program.keys("Return", "ctrl+slash")
    until(lambda: changed(owner, templates), "the chosen text")
    program.keys("Delete")
    wanted = QUICK.replace("-preset", "-crf 31 -preset")
    program.type(wanted)
    program.keys("alt+l")
    stored = SettingStore(owner.database)
    until(lambda: stored.all().get("templates.normal") == wanted, "the template in the database")
    owner.add_film("Film.mkv")
    program.keys("F5")
    assert '"-crf", "31"' in owner.commands(owner.done("Film.mkv"))


@pytest.mark.parametrize("owner", [SLOWER], indirect=True)
def test_a_running_film_is_paused_and_goes_on(owner: Owner) -> None:
    program = owner.program
    owner.add_film("Long.mkv", seconds=60)
    program.keys("F5")
    until(lambda: program.tools("ffmpeg") and owner.job(JobState.PROCESSING), "the encoder at work")
    until(lambda: pressed(program, "F6") and stopped(program), "the encoder to stand still")
    assert owner.job(JobState.COMPLETED) is None
    until(lambda: pressed(program, "F5") and not stopped(program), "the encoder to go on")
    owner.done("Long.mkv")


def pressed(program: Program, key: str) -> bool:
    """Press a key, again and again: nothing comes of it before the window knows what the queue does."""
    program.keys(key)
    return True


def stopped(program: Program) -> bool:
    """Whether an encoder is there and stands still."""
    found = program.tools("ffmpeg")
    return any(
        encoder.status() == psutil.STATUS_STOPPED for encoder in found if encoder.is_running()
    )


def test_a_column_is_hidden_for_good_and_a_failed_film_is_retried_from_its_details(
    owner: Owner,
) -> None:
    film = make_film(owner.folder / "films" / "Film.mkv")
    store = JobStore(owner.database)
    (job_id,) = store.add([NewJob(film)])
    store.finish(job_id, JobEnd(JobState.FAILED, "There was no space.", "disk_full"))
    program = owner.program
    before = program.picture()
    program.keys("alt+v", "c")
    until(lambda: changed(owner, before), "the menu of the columns")
    program.keys("Down", "Return")  # the first of them is the size
    stored = SettingStore(owner.database)

    def hidden() -> object:
        return json.loads(stored.all().get("window.tables", "{}")).get("pending", {}).get("hidden")

    assert program.quit() == 0
    assert hidden() == ["size"]
    owner.program = program = program.again()

    def opened() -> List[str]:
        """The details, once the row is there to be clicked."""
        program.click(_FAILED_TAB)
        program.click(_FIRST_ROW, times=2)
        return program.windows("Details of Film.mkv")

    details = until(opened, "its details")
    program.xdotool("windowactivate", "--sync", *details)
    program.keys("alt+t")
    until(lambda: owner.job(JobState.QUEUED, "Film.mkv"), "the film in the queue again")
