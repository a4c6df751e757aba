"""Processor: one film from its plan to a verified result in its place, or untouched.

The order of what is done, and why a crash at any moment loses nothing, is written in docs/safety.md.
"""

from __future__ import annotations

import errno
import logging
import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, Callable, Dict, FrozenSet, Optional, Tuple

from core.errors import (
    FileUnavailable,
    FilmMoved,
    MediaProcessorError,
    NoGain,
    ProbeError,
    SourceChanged,
    SwapError,
    SwapPending,
    ToolCannot,
    VerificationFailed,
)
from core.events import JobState
from core.media.model import MediaFile
from core.plan import Plan
from core.ports import Clock, Sleep
from core.progress import ProgressListener
from core.queue.job_facts import facts_of
from core.queue.job_kind import kind_of
from core.queue.kept_original import KeptOriginal
from core.settings.tree import Settings
from core.system_errors import system_problem
from core.text.sentence import N_, Sentence, joined
from core.tools import Toolset
from logger import log_fields, log_tool_line, log_verification
from processing import process_tree
from processing.again import AgainFromOriginal
from processing.chunks.dealing import DealtFilms
from processing.chunks.film import Workshop
from processing.chunks.maker import ChunkMaker
from processing.chunks.sets import ChunkSets
from processing.control import JobControl, StageListener
from processing.demands import Demands
from processing.disk_errors import disk_errors_told
from processing.filesystem import FileOperations, same_file
from processing.film_watch import FilmWatch, clear_moved
from processing.freeing import Freeing
from processing.holding import Holding, holding_path, staged_path, staging_folder
from processing.maker import Maker
from processing.next_encoder import NextEncoder
from processing.originals import Originals
from processing.pipeline import ResultMaker
from processing.probing import Prober, Spans
from processing.recovery import Recovered, Recovery
from processing.result import JobResult, report_text, result_of_entry
from processing.runner import ProcessRunner
from processing.seal import seal_of
from processing.stall import limits_of
from processing.swap import Swapper
from processing.target_quality.aiming import QualityAim
from processing.target_quality.chunk_numbers import ChunkNumbering
from processing.verify import Verifier, missing_end
from store.chunks import ChunkStore
from store.connection import Database
from store.encoder_paces import EncoderPaceStore
from store.held_time import BelievedClock
from store.journal import Journal, JournalEntry, Outcome, Stage
from store.quality_scores import QualityScores
from store.speeds import SpeedStore
from store.verdicts import fingerprint

__all__ = ["JobControl", "JobResult", "Processor", "Recovered"]

_FOLDER_TRIES = 5  # another job may tidy an empty dot folder away just when we made it
_KEPT = N_("{problem}. The result is kept and tried again.")
# After these the chunks of a film are of no use, whatever else becomes of it.
_CHUNKS_GO = (NoGain, ToolCannot, VerificationFailed)
_CHANGED = Sentence("it was changed while it was proved.")


class Processor:
    """Executes plans; one instance may be used by several threads.

    ``probe`` reads a result back (``Analyzer.analyze``). ``files``, ``journal``, ``chunks``,
    ``scores`` and ``wait`` are the disk, the journal, the stores of chunks and of what was measured, and the
    pause between tries, for whoever wants to put others in their place.
    ``next_encoder`` knows how a film goes on whose graphics went away; without it the job is put off.
    ``freeing`` removes kept originals before their time, ``again`` brings them back to be made once more;
    ``chunk_sets`` are the finished chunks of films. By ``instance_id`` this machine's speed is known;
    ``films_in_chunks`` are those of which other machines may take chunks.
    """

    def __init__(
        self,
        database: Database,
        toolset: Toolset,
        settings: Settings,
        runner: ProcessRunner,
        probe: Callable[[Path], MediaFile],
        clock: Clock,
        log: logging.Logger,
        *,
        files: Optional[FileOperations] = None,
        journal: Optional[Journal] = None,
        wait: Sleep = time.sleep,
        next_encoder: Optional[NextEncoder] = None,
        instance_id: Callable[[], str] = lambda: "",
        films_in_chunks: Optional[DealtFilms] = None,
        chunks: Optional[ChunkStore] = None,
        scores: Optional[QualityScores] = None,
    ) -> None:
        self._next_encoder = next_encoder
        self._films_in_chunks = films_in_chunks or DealtFilms()
        self._toolset = toolset
        self._settings = settings
        self._runner = runner
        self._probe = probe
        self._clock = clock
        self._log = log
        self._files = files or FileOperations()
        self._journal = journal or Journal(database)
        self._demands = Demands(self._files, settings)
        chunks = chunks or ChunkStore(database)
        self.chunk_sets = ChunkSets(chunks, self._files, clock, runner.run_id, log)
        self._paces = EncoderPaceStore(database)
        self._scores = scores or QualityScores(database)
        self._aim = QualityAim(self._scores, settings)
        speeds = SpeedStore(database)
        self._expected_seconds = lambda plan: speeds.expected(
            facts_of(plan), kind_of(plan), instance_id()
        )
        self._swapper = Swapper(
            self._journal, self._files, clock, settings.files, wait, self._log.warning
        )
        self._originals = Originals(database, self._journal, self._files, settings.files)
        own = (self._journal, self._files, self._swapper, self._originals)
        self._holding = Holding(*own, clock, settings.files, self._log.warning)
        self.freeing = Freeing(*own, self._holding)
        self.again = AgainFromOriginal(self._journal, self._files, self._originals, self._holding)
        believed = BelievedClock(clock, self._journal.held_time)
        self._recovery = Recovery(
            self._journal, self._files, self._swapper, self._holding, believed, runner.run_id
        )

    def process(
        self,
        job_id: int,
        attempt: int,
        plan: Plan,
        control: JobControl,
        on_progress: ProgressListener,
        on_stage: StageListener,
        maker: Optional[Maker] = None,
    ) -> JobResult:
        """Make the result, verify it and replace the film with it.

        With a ``maker`` another machine makes it; where that was begun by an earlier run of the program,
        it is taken up. Raises SwapPending (FileInUse) when only the last move is missing: the result
        is kept, and the next call for the same film, or the next start, takes it up. After every other
        MediaProcessorError (NoGain, JobCancelled, VerificationFailed, ToolFailed…) the film is as
        it was and nothing is left behind.
        """
        if maker is None:
            own = (self._runner, self._toolset, self._settings, self._files, self._clock, self._log)
            maker = ResultMaker(*own, self._next_encoder, self._chunk_maker(job_id), self._aim)
        begun = None if maker.is_local else self._begun(job_id, attempt, plan)
        self._journal.demand_there()
        finished = self._finish_earlier(plan) if begun is None else None
        if finished is not None:
            return finished
        with disk_errors_told(plan.media.path, plan.target.parent, plan.media.size):
            self._demands.demand_ready(plan, maker, again=begun is not None)
            prober = self._prober(control, plan.media.path)
            verifier = Verifier(
                prober, self._probe, self._settings, maker.toolset, self._clock, on_progress
            )
            spans = self._whole_source(verifier, plan)
            entry = begun or self._journal.write(self._new_entry(job_id, attempt, plan, maker))
            try:
                with FilmWatch(plan.media.path, plan.media.identity, control, self._files):
                    entry = self._make(
                        entry, plan, spans, verifier, maker, control, on_progress, on_stage
                    )
                self._journal.demand_there()  # a swap that nobody could undo
            except BaseException as error:
                if not maker.survives_shutdown():
                    self._undo(entry, error)
                if isinstance(error, _CHUNKS_GO):
                    self.chunk_sets.job_is_done(entry.source, job_id)
                elif isinstance(error, SourceChanged):
                    self.chunk_sets.film_changed(entry.source, job_id)
                raise
            try:
                result = self._swap(entry)
            except SwapPending:  # the result is kept
                self.chunk_sets.job_is_done(entry.source, job_id)
                raise
            self.chunk_sets.job_is_done(entry.source, job_id)
            return result

    def recover(self, others: FrozenSet[int] = frozenset()) -> Tuple[Recovered, ...]:
        """Clean up after a run that crashed; called at every start, before anything else. Idempotent.

        Work of other living programs is left alone, and of the jobs that ``others`` make for us what
        is not proved yet.
        """
        recovered = self._recovery.run(others)
        self.chunk_sets.recover(
            {path.parent for path in self._journal.staged_paths()},
            lambda job_id: self.result_of(job_id) is not None,
        )
        return recovered

    def result_of(self, job_id: int) -> Optional[JobResult]:
        """Return the result of a job whose swap is done, as the journal has it; None otherwise."""
        for entry in self._journal.of_job(job_id):
            if entry.stage is Stage.DONE and entry.swapped_at is not None:
                return result_of_entry(entry)
        return None

    def restore(self, path: Path) -> Path:
        """Bring the original of a film back; return its name. Raises RestoreError.

        The film may be named as it is now, as it was before it was processed, or as it was before it, or a
        folder above it, was renamed.
        """
        with disk_errors_told(path, path.parent, 0):
            return self._holding.restore(path)

    def restorable_below(self, folder: Path) -> Tuple[Path, ...]:
        """Return the films in and below a folder, named as it is or was, whose originals are kept."""
        return self._originals.below(folder)

    def originals(self, *, search: bool = True) -> Tuple[KeptOriginal, ...]:
        """Return every original that is kept; with ``search``, folders are read.

        Those that no film is known for are found then as well.
        """
        return self._originals.all() if search else self._originals.listed()

    def find_moved_originals(self) -> None:
        """Look in all known folders for originals that were moved while the program was not at work."""
        self._originals.search()

    def expire_originals(self) -> Tuple[Path, ...]:
        """Remove originals that are kept for too long or take too much; return their names."""
        return self._holding.expire()

    def abandon(self, path: Path) -> bool:
        """Discard a verified result that waits for its swap; return whether there was one.

        Raises FileUnavailable where the film's disk is away, on which the original may wait.
        """
        pending = self._open_entries(path)
        with disk_errors_told(path, path.parent, 0):
            for entry in pending:
                self._swapper.roll_back(entry)
        return bool(pending)

    # ---- before anything is written

    def _finish_earlier(self, plan: Plan) -> Optional[JobResult]:
        """Finish or roll back earlier attempts at the same film, so that only this one remains."""
        for entry in self._open_entries(plan.media.path):
            patience = self._settings.files.in_use_minutes * 60
            settled = self._recovery.settle(entry, patience)
            if settled.state is JobState.SWAP_PENDING:
                raise SwapPending(entry.source, settled.message)
            if settled.state is JobState.COMPLETED:
                return self.result_of(entry.job_id)
        return None

    def _open_entries(self, path: Path) -> Tuple[JournalEntry, ...]:
        found = self._journal.of_film(path)
        return tuple(entry for entry in found if entry.stage not in (Stage.DONE, Stage.RESTORING))

    def _begun(self, job_id: int, attempt: int, plan: Plan) -> Optional[JournalEntry]:
        """Take up what an earlier run of the program began to have made; None where there is nothing."""
        for entry in self._open_entries(plan.media.path):
            same = (entry.job_id, entry.attempt, entry.target) == (job_id, attempt, plan.target)
            if (
                same
                and entry.stage is Stage.INTENT
                and entry.work is None
                and same_file(entry.source_identity, plan.media.identity)
            ):
                return self._journal.write(replace(entry, **self._owner()))
        return None

    def _owner(self) -> Dict[str, Any]:
        """Return what marks a journal's entry as this program's."""
        pid = os.getpid()
        return {
            "run": self._runner.run_id,
            "owner_pid": pid,
            "owner_started": process_tree.start_time(pid),
        }

    def _whole_source(self, verifier: Verifier, plan: Plan) -> Spans:
        """Return where the film's tracks end; a film is called damaged only where its disk can be read.

        Tools say of a share that goes away while they read what they say of a film that is cut short.
        """
        try:
            return verifier.demand_whole_source(plan, plan.timed_streams)
        except FileUnavailable:
            raise
        except ProbeError:
            self._demands.demand_unchanged(plan.media)
            fingerprint(plan.media.path)  # raises FileUnavailable
            raise

    def _new_entry(self, job_id: int, attempt: int, plan: Plan, maker: Maker) -> JournalEntry:
        label = f"{job_id}-{attempt}"
        staged = staged_path(self._files, staging_folder(plan.target), label)
        work_folder = self._demands.work_folder(maker)
        return JournalEntry(
            job_id=job_id,
            attempt=attempt,
            source=plan.media.path,
            target=plan.target,
            staged=staged,
            holding=holding_path(self._files, plan.media.path, label, self._settings.files),
            source_identity=plan.media.identity,
            created_at=self._clock.now(),
            work=staged_path(self._files, work_folder, label) if work_folder else None,
            **self._owner(),
        )

    # ---- making, proving, swapping

    def _make(
        self,
        entry: JournalEntry,
        plan: Plan,
        spans: Spans,
        verifier: Verifier,
        maker: Maker,
        control: JobControl,
        on_progress: ProgressListener,
        on_stage: StageListener,
    ) -> JournalEntry:
        """Make and verify the result of an entry."""
        output = entry.work or entry.staged
        if maker.is_local or not self._files.taken(output):
            self._create(output, entry.source)
        made = maker.make(plan, output, control, on_progress)
        if not maker.is_local and made.quality is not None:
            self._aim.remember_of(plan, maker.toolset, made.quality)
        if entry.work is not None:
            self._bring_home(entry.work, entry.staged, control)
        on_stage(JobState.VERIFYING)
        before = seal_of(entry.staged)
        with log_fields(step="verify"):
            verification = verifier.verify(made.plan, entry.staged, spans, made)
            log_verification(self._log, verification.lines())
        control.check()
        if seal_of(entry.staged) != before:
            raise VerificationFailed(Sentence("proof"), _CHANGED)
        rights = self._files.take_after(
            entry.staged, entry.source, times=self._settings.files.keep_times
        )
        lost = joined((missing_end(plan, spans), rights))
        self._files.sync_file(entry.staged)
        self._files.sync_folder(entry.staged.parent)
        return self._journal.write(
            replace(
                entry,
                stage=Stage.VERIFIED,
                result_identity=self._files.identity(entry.staged),
                report=report_text(made, verification, seal_of(entry.staged), lost),
            )
        )

    def _create(self, path: Path, film: Path) -> None:
        """Take the staged name; fails when a file has it, so that no other machine's is written over.

        What of the film's rights cannot be kept is told before anything is made.
        """
        for attempt in range(_FOLDER_TRIES):
            self._files.make_folder(path.parent)
            try:
                lost = self._files.create(path, film)
            except FileNotFoundError:
                if attempt == _FOLDER_TRIES - 1:
                    raise
            else:
                if lost:
                    self._log.warning("%s", lost)
                return

    def _bring_home(self, work: Path, staged: Path, control: JobControl) -> None:
        """Move a result from the work folder to beside its film; a copy where that is another disk."""
        self._files.make_folder(staged.parent)
        try:
            self._files.move(work, staged)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            self._files.copy(work, staged, control.check)
            self._files.remove(work)

    def _undo(self, entry: JournalEntry, error: BaseException) -> JournalEntry:
        try:
            if isinstance(error, FilmMoved):
                label = f"{entry.job_id}-{entry.attempt}"
                clear_moved(self._files, entry.staged, label, Path(error.now))
            return self._swapper.roll_back(entry)
        except (OSError, MediaProcessorError) as error:
            # The entry stays open: the next start undoes it.
            self._log.warning("%s could not be tidied up yet: %s", entry.staged, error)
            return entry

    def _chunk_maker(self, job_id: int) -> ChunkMaker:
        shop = Workshop(
            *(self._runner, self._settings, self._files, self._clock, self._log),
            *(self.chunk_sets, self._paces, ChunkNumbering(self._scores, self._settings)),
            films=self._films_in_chunks,
        )
        return ChunkMaker(shop, self._expected_seconds, job_id)

    def _swap(self, entry: JournalEntry) -> JobResult:
        try:
            entry = self._swapper.finish(entry, patience=self._settings.files.in_use_minutes * 60)
        except SwapPending:
            raise
        except (SourceChanged, SwapError) as error:
            entry = self._undo(entry, error)
            if entry.outcome is not Outcome.REPLACED:  # else only the result was left in the place
                raise
        except OSError as error:
            raise SwapPending(
                entry.source, Sentence(_KEPT, problem=system_problem(error))
            ) from error
        return result_of_entry(entry)

    def _prober(self, control: JobControl, film: Path) -> Prober:
        return Prober(
            self._runner,
            self._toolset,
            control,
            limits_of(self._settings.processing),
            lambda tool, line: log_tool_line(self._log, tool.value, line),
            lambda output: self._files.create(output, film),
        )
