"""One of the master's films on this machine: found or fetched, planned as the master planned it, and made."""

from __future__ import annotations

import logging
import time
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Optional, Tuple

from analyzer import Analyzer
from cluster.ports import SlavePort
from core.errors import FileUnavailable, NotEnoughSpace
from core.media.content import times_agree
from core.media.model import MediaFile
from core.peer_errors import PeerError
from core.plan import Plan, Reason
from core.planning.planner import build_plan
from core.progress import Progress
from core.protocol.offer import JobOffer, apply_master_settings
from core.protocol.slave_result import SlaveResult
from core.settings.choices import FilmAccess
from core.settings.foreign_templates import demand_harmless
from core.settings.path_mappings import PathMapping, is_plain, places, pure_path
from core.settings.tree import Settings
from core.steps import FETCH
from core.text.sentence import Sentence
from core.tools import Toolset
from processing.filesystem import FileOperations
from processing.film_watch import FilmWatch
from processing.holding import staging_folder
from processing.maker import MadeResult
from processing.next_encoder import NextEncoder
from processing.pipeline import ResultMaker
from processing.process_tree import SystemClock
from processing.runner import ProcessRunner
from processing.target_quality.aiming import QualityAim
from sharing.remote_result import file_digest, remote_name
from sharing.slave.task import SlaveTask
from store.quality_scores import QualityScores
from store.slave_jobs import SlaveJob, SlaveJobStore
from store.verdicts import fingerprint

_SAME_TIME = 2_100_000_000  # ns: FAT keeps times to two seconds
_MASTER_SECONDS = 30.0  # until a master that writes to the same folder has begun to
_ROOM = 1.1  # of the film's size that a result may need beside the fetched film

_log = logging.getLogger("mediaprocessor")


@dataclass(frozen=True)
class SlaveTools:
    """What a slave works with; ``analyzer`` asks no services, ``work_folder`` is ours alone."""

    settings: Settings
    toolset: Toolset
    analyzer: Analyzer
    runner: ProcessRunner
    work_folder: Path
    mappings: Tuple[PathMapping, ...] = ()
    access: FilmAccess = FilmAccess.AUTOMATIC
    next_encoder: Optional[NextEncoder] = None  # is told of graphics that went away
    scores: Optional[QualityScores] = None  # without them no quality is aimed at


def job_of(offer: JobOffer, master_id: str, work_folder: Path) -> SlaveJob:
    """Return where an offer's work lies, to begin with."""
    short = "".join(letter for letter in master_id if letter.isalnum())[:12]
    folder = work_folder / f"{short}-{offer.job_id}-{offer.attempt}"
    result = folder / "result.partial"
    return SlaveJob(master_id, offer.job_id, offer.attempt, result, folder, {})


class SlaveFilm:
    """Used in the thread of its ``task``, which hears of progress; ``node_id`` is this machine's."""

    _decoded: Optional[int] = None  # pictures of a chunk

    def __init__(
        self,
        offer: JobOffer,
        task: SlaveTask,
        tools: SlaveTools,
        port: SlavePort,
        store: SlaveJobStore,
        node_id: str,
    ) -> None:
        self.job = task.job
        self._offer = offer
        self._tools = tools
        self._port = port
        self._store = store
        self._control = task.control
        self._on_progress = task.moved
        self._node_id = node_id
        self._files = FileOperations()

    def make(self) -> SlaveJob:
        """Make the result and return it with its report; raises what the steps raise, and PeerError.

        Whatever is written is known to the store before, so that a crash leaves nothing behind for long.
        """
        self._store.begin(self.job)
        settings = apply_master_settings(self._tools.settings, self._offer.settings)
        film = self._shared_film()
        shared = film is not None
        if film is None:
            film = self._fetched_film()
        plan = self._plan(film, settings)
        if shared:
            self._write_beside(film)
        self._create(self.job.result, film)
        beside = self.job.result.parent != self.job.folder
        with self._watched(plan) if shared else nullcontext():
            made = self._made(plan, settings)
        self._files.sync_file(self.job.result)
        report = SlaveResult(
            size=self.job.result.stat().st_size,
            digest=file_digest(self.job.result, self._control.check),
            shared=beside,
            signature=made.plan.signature,
            copied=_why_copied(plan, made.plan),
            commands=made.commands,
            timings=made.timings,
            decoded=self._decoded,
            quality=made.quality,
        )
        self.job = replace(self.job, report=report.as_data())
        self._store.finish(self.job)
        return self.job

    def _made(self, plan: Plan, settings: Settings) -> MadeResult:
        """Make the whole result."""
        maker = ResultMaker(
            self._tools.runner,
            self._tools.toolset,
            settings,
            self._files,
            SystemClock(),
            _log,
            self._tools.next_encoder,
            aim=self._aim(settings),
        )
        return maker.make(plan, self.job.result, self._control, self._on_progress)

    def _aim(self, settings: Settings) -> Optional[QualityAim]:
        """Find the number for the quality that is aimed at, unless the master knows it."""
        if self._tools.scores is None:
            return None
        return QualityAim(self._tools.scores, settings, self._offer.number)

    # ---- the film

    def _watched(self, plan: Plan) -> FilmWatch:
        """Look after the film on the share: it may be renamed or replaced, or the share go away."""
        media = plan.media
        return FilmWatch(media.path, media.identity, self._control, self._files)

    def _shared_film(self) -> Optional[Path]:
        """Return where this machine sees the very same film; None where it sees none."""
        if self._tools.access is FilmAccess.TRANSFER:
            return None
        for place in places(self._offer.path, self._tools.mappings):
            if is_plain(place) and Path(place).is_absolute() and self._is_same(Path(place)):
                return Path(place)
        if self._tools.access is FilmAccess.SHARED_PATH:
            raise PeerError(
                Sentence(
                    "{path} is not the same film here. Check how the master's folders are called on this "
                    "machine (network.path_mappings).",
                    path=self._offer.path,
                )
            )
        return None

    def _is_same(self, path: Path) -> bool:
        """Hold a file against the proof of the master's film."""
        try:
            status = path.stat()
            here, there = status.st_mtime_ns, self._offer.mtime_ns
            return (
                status.st_size == self._offer.size
                and (abs(here - there) < _SAME_TIME or times_agree(here, there))
                and fingerprint(path) == self._offer.content
            )
        except (OSError, ValueError, FileUnavailable):
            return False

    def _fetched_film(self) -> Path:
        """Fetch the film from the master."""
        offer, folder = self._offer, self.job.folder
        folder.mkdir(parents=True, exist_ok=True)
        needed = int(offer.size * (1 + _ROOM))
        free = self._files.free_space(folder)
        if free < needed:
            raise NotEnoughSpace(folder, needed, free)
        ending = pure_path(offer.path).suffix
        film = folder / f"film{ending if ending[1:].isalnum() else ''}"

        def received(count: int) -> None:
            self._on_progress(Progress(FETCH, percent=100.0 * count / offer.size))

        self._port.download(
            offer.job_id, offer.attempt, offer.size, film, self._control.check, received
        )
        if fingerprint(film) != offer.content:
            raise PeerError(
                Sentence("The film that came is not {path} as it was planned.", path=offer.path)
            )
        return film

    # ---- the plan

    def _analyzed(self, film: Path) -> MediaFile:
        return self._tools.analyzer.analyze(film)

    def _plan(self, film: Path, settings: Settings) -> Plan:
        """Plan the film as the master did.

        Raises PeerError where something else comes out, ForeignTemplate for what must not run here.
        """
        media = self._analyzed(film)
        offer, theirs = self._offer, pure_path(self._offer.path)
        # Rules read a film's name and its folder's; links are the master's business.
        named = Path(theirs.parent.name or "films") / theirs.name
        media = replace(media, path=named, tags=offer.tags, hard_links=1)
        plan = build_plan(media, offer.native, settings, self._tools.toolset)
        if plan.refused or plan.signature != offer.signature:
            why = " ".join(reason.message for reason in plan.refusals)
            raise PeerError(
                Sentence(
                    "This machine would encode {theirs} differently from its master. {why}",
                    theirs=theirs.name,
                    why=why or "Have the same version of MediaProcessor and its tools on both.",
                )
            )
        encode = plan.video_encode
        if encode is not None:
            own = self._tools.settings.templates
            demand_harmless(encode.template_name, encode.template, own)
        target = film if plan.target == named else film.with_suffix(".mkv")
        return replace(plan, media=replace(media, path=film), target=target)

    # ---- the result's place

    def _write_beside(self, film: Path) -> None:
        """Let the result grow beside the film, where the master is seen to write there as well.

        Else it is sent: the folder may be a copy of the master's, or read only.
        """
        folder, name = self._place_beside(film)
        deadline = time.monotonic() + _MASTER_SECONDS
        while not self._master_writes_to(folder):
            if time.monotonic() > deadline:
                return
            self._control.check()
            time.sleep(0.1)
        before = self.job
        self.job = replace(self.job, result=folder / name)
        self._store.begin(self.job)
        try:
            self._create(self.job.result, film)
        except OSError:
            self.job = before
            self._store.begin(self.job)

    def _place_beside(self, film: Path) -> Tuple[Path, str]:
        """Return the folder for a result beside the film, and its name there."""
        offer = self._offer
        return staging_folder(film), remote_name(offer.job_id, offer.attempt, self._node_id)

    def _master_writes_to(self, folder: Path) -> bool:
        prefix = f"{self._offer.job_id}-{self._offer.attempt}"
        with suppress(OSError):
            return any(
                file.name.startswith((f"{prefix}.", f"{prefix}-"))
                and file.name.endswith(".partial")
                for file in folder.iterdir()
            )
        return False

    def _create(self, path: Path, film: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            self._files.create(path, film)


def _why_copied(planned: Plan, made: Plan) -> Optional[Reason]:
    """Return why the picture was copied in the end although it was to be encoded."""
    if planned.video_encode is None or made.video_encode is not None:
        return None
    return next(reason for reason in made.omissions if reason not in planned.omissions)
