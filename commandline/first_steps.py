"""What a new user is led through: missing programs, how quick the machine is, the plan of one real film."""

from __future__ import annotations

import itertools
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterable, Iterator, Optional, Sequence, Tuple

from commandline.encoder_trial import EncoderTrial, EncoderTrials
from commandline.plan import prepare
from config import Config
from core.errors import MediaProcessorError
from core.figures import visible
from core.model import Track
from core.plan import Plan, Reason
from core.ports import CommandRunner
from core.settings import FirstSteps
from core.tools import ToolName
from core.track_text import conversion_text, details_text
from monitor import films_in
from scheduling.equipment import Equipment
from store.connection import Database
from tools.install import InstallOffer, offers, run

_LOOKED_AT = 20  # films of which the first that needs something is shown


@dataclass(frozen=True)
class PlannedTrack:
    """One track of a film: what it is, what becomes of it ("" where it is left out) and why."""

    kind: str
    before: str
    after: str
    why: str


@dataclass(frozen=True)
class FilmPlan:
    """A plan to read; ``refused`` says why the film is left alone, ``unchanged`` that nothing needs doing."""

    film: Path
    target: str  # the result's name
    tracks: Tuple[PlannedTrack, ...]
    notes: Tuple[str, ...]  # what is not done, and what the user should know before
    refused: Tuple[str, ...] = ()
    unchanged: bool = False


class FirstStepsServices:
    """Every call but ``cancel`` waits: make them beside Tk's thread."""

    def __init__(
        self,
        database: Database,
        config: Config,
        equip: Callable[[], Equipment],
        runner: CommandRunner,
        trials: EncoderTrials,
    ) -> None:
        self._database = database
        self._config = config
        self._equip = equip
        self._runner = runner
        self._trials = trials

    def due(self) -> bool:
        """Whether the data folder is a new user's: nothing was set, queued or watched there yet."""
        if self._config.settings.window.first_steps is not FirstSteps.NEW:
            return False
        if any(one.changed for one in self._config.describe()):
            return False
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT EXISTS (SELECT 1 FROM jobs) OR EXISTS (SELECT 1 FROM watched_folders)"
            ).fetchone()
        return not row[0]

    def offers(self, missing: Sequence[ToolName]) -> Tuple[InstallOffer, ...]:
        """Return how each of these programs can be had here."""
        is_root = sys.platform != "win32" and os.geteuid() == 0
        return offers(missing, sys.platform, shutil.which, is_root=is_root)

    def install(self, offer: InstallOffer) -> None:
        """Install what was offered; raises ToolFailed, ToolStalled and ToolNotFound."""
        run(offer, self._runner)

    def try_encoder(self, on_progress: Callable[[str, float], None]) -> EncoderTrial:
        """Encode a made-up clip; see ``EncoderTrials.run``."""
        return self._trials.run(on_progress)

    def cancel(self) -> None:
        """End that, from any thread."""
        self._trials.cancel()

    def plan(self, places: Iterable[Path]) -> Optional[FilmPlan]:
        """Plan the first of these films, and of the films in these folders, that needs something.

        None where there is no film; where none of the first films needs anything, the plan of the first.
        Raises the first one's MediaProcessorError where no plan could be made at all.
        """
        equipment = self._equip()
        first: Optional[FilmPlan] = None
        problem: Optional[MediaProcessorError] = None
        for film in itertools.islice(_films(places), _LOOKED_AT):
            try:
                plan, _steps = prepare(
                    equipment.analyzer, equipment.settings, equipment.toolset, film
                )
            except MediaProcessorError as error:
                problem = problem or error
                continue
            shown = _shown(plan)
            if not (plan.refused or plan.empty):
                return shown
            first = first or shown
        if first is None and problem is not None:
            raise problem
        return first


def _films(places: Iterable[Path]) -> Iterator[Path]:
    for place in places:
        if place.is_dir():
            yield from films_in(place, lambda _error: None)
        else:
            yield place


def _shown(plan: Plan) -> FilmPlan:
    told = (*plan.omissions, *plan.warnings)
    return FilmPlan(
        film=plan.media.path,
        target=plan.target.name,
        tracks=() if plan.refused else tuple(_tracks(plan)),
        notes=tuple(one.message for one in told),
        refused=tuple(one.message for one in plan.refusals),
        unchanged=plan.empty,
    )


def _tracks(plan: Plan) -> Iterator[PlannedTrack]:
    """The result's tracks in their order, then those that are left out."""
    before = {one.track.index: _before(one.track) for one in plan.decisions}
    notes = {one.track.index: one.notes for one in plan.decisions}
    for one in plan.outputs:
        index = one.source.index
        why = _sentences((*notes.get(index, ()), *one.reasons))
        yield PlannedTrack(one.kind.value, before[index], conversion_text(one), why)
    for gone in plan.decisions:
        if not gone.kept:
            track = gone.track
            why = _sentences(gone.rejections)
            yield PlannedTrack(track.kind.value, before[track.index], "", why)


def _sentences(reasons: Iterable[Reason]) -> str:
    return " ".join(dict.fromkeys(one.message for one in reasons))


def _before(track: Track) -> str:
    parts = [track.codec, details_text(track)]
    if not track.language.is_special:
        parts.append(track.language.english_name)
    if track.title:
        parts.append(f'"{track.title}"')
    return visible(", ".join(part for part in parts if part))
