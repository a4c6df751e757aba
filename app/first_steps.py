"""What a new user is led through: missing programs, how quick the machine is, the plan of one real film."""

from __future__ import annotations

import itertools
import os
import shutil
import sys
from pathlib import Path
from typing import Iterable, Iterator, Optional, Sequence, Tuple

from app.encoder_trial import EncoderTrial, EncoderTrials
from app.ports import TrialWatcher
from config import Config
from core.planning.preview import FilmPreview, PreviewOutcome
from core.ports import CommandRunner
from core.settings.choices import FirstSteps
from core.tools import InstallOffer, ToolName
from monitoring.tree import films_in
from scheduling.preview import FilmPreviews
from store.connection import Database
from tools.install import offers, run

_LOOKED_AT = 20  # films of which the first that needs something is shown


class FirstStepsServices:
    """Every call but ``cancel`` waits: make them beside Tk's thread."""

    def __init__(
        self,
        database: Database,
        config: Config,
        runner: CommandRunner,
        trials: EncoderTrials,
        previews: FilmPreviews,
    ) -> None:
        self._database = database
        self._config = config
        self._runner = runner
        self._trials = trials
        self._previews = previews

    def due(self) -> bool:
        """Whether the data folder is a new user's: nothing was set, queued or watched there yet."""
        if self._config.settings.window.first_steps is not FirstSteps.NEW:
            return False
        if any(setting.changed for setting in self._config.describe()):
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

    def try_encoder(self, watcher: TrialWatcher) -> EncoderTrial:
        """Encode a made-up clip; see ``EncoderTrials.run``."""
        return self._trials.run(watcher)

    def cancel(self) -> None:
        """End that, from any thread."""
        self._trials.cancel()

    def plan(self, places: Iterable[Path]) -> Optional[FilmPreview]:
        """Look at these films, and at the films in these folders, until one needs something.

        None where there is no film; where none of the first films needs anything, the best of them.
        """
        look = self._previews.look()
        best: Optional[FilmPreview] = None
        for film in itertools.islice(_films(places), _LOOKED_AT):
            preview = look.at(film)
            if preview.has_work:
                return preview
            if best is None or best.outcome is PreviewOutcome.UNREADABLE:
                best = preview
        return best


def _films(places: Iterable[Path]) -> Iterator[Path]:
    for place in places:
        if place.is_dir():
            yield from films_in(place, lambda _error: None)
        else:
            yield place
