"""The interface of whoever makes a result: this machine, or another one on its behalf."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import FrozenSet, Optional, Protocol, Tuple

from core.plan import Plan
from core.progress import ProgressListener
from core.target_quality.film_quality import FilmQuality, NumberedPart
from core.tools import Toolset
from processing.control import JobControl
from processing.packets import PacketTables


@dataclass(frozen=True)
class MadeResult:
    """A result that has not been verified yet: its plan, and how it was made.

    What this machine itself saw of the film's packets while it made the result saves reading the film
    once more; None where another machine made it, or a tool that does not tell.
    """

    plan: Plan
    commands: Tuple[Tuple[str, ...], ...]
    timings: Tuple[Tuple[str, float], ...]  # step, seconds
    film: Optional[PacketTables] = None
    own_words: FrozenSet[str] = (
        frozenset()
    )  # what tools say of the film by itself, without addresses
    too_large: int = 0  # bytes that the encode had that gained nothing; the picture is copied then
    notices: Tuple[str, ...] = ()  # what its user should know of how it was made
    quality: Optional[FilmQuality] = None  # where it was asked for by a target
    parts: Tuple[NumberedPart, ...] = ()  # chunks that have a number of their own


class Maker(Protocol):
    """Makes one job's result; ``processing.pipeline.ResultMaker`` does so on this machine."""

    @property
    def is_local(self) -> bool:
        """Whether it runs on this machine: in its work folder, and only while this program runs."""

    @property
    def toolset(self) -> Toolset:
        """The tools that it uses."""

    def make(
        self,
        plan: Plan,
        output: Path,
        control: JobControl,
        on_progress: ProgressListener,
    ) -> MadeResult:
        """Make ``output``, an empty file or what an earlier run of the program has left there.

        Raises MediaProcessorError; JobCancelled where the job is to end.
        """

    def survives_shutdown(self) -> bool:
        """Whether the work continues although this program ends; staged files are kept then."""
