"""One attempt at one film: analyze, plan, and, once it has a slot, process; no word on what comes after."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Dict, Optional, Tuple

from core.chunk_progress import ChunkPhase, ChunkProgress
from core.encoders.listed import encoding_programs
from core.errors import FileUnavailable, FilmDamaged, FilmMoved, NoGain, ProbeError, ToolCannot
from core.events import JobState
from core.library.film import look_of, rules_mark
from core.media.model import MediaFile
from core.plan import Plan
from core.planning.plan_json import plan_text
from core.planning.planner import build_plan
from core.progress import Progress
from core.queue.job import Again, Job, JobEnd
from core.queue.job_facts import JobFacts, facts_of
from core.queue.outcome import skipped
from core.steps import StepName
from core.tools import Toolset
from processing.control import JobControl
from processing.maker import Maker
from processor import JobResult
from scheduling.exclusions import ExclusionGate
from scheduling.job_context import JobContext
from scheduling.ports import QueueEnvironment, QueueEvents
from store.jobs import JobStore
from store.library import LibraryStore
from store.verdicts import VerdictKind, VerdictStore, fingerprint

_KEPT = 512  # plans of jobs that wait for a slot, of whichever machine

_log = logging.getLogger("mediaprocessor.queue")


@dataclass(frozen=True)
class Planned:
    """A film with its plan, what it was planned with, and the proof of its content."""

    context: JobContext
    plan: Plan
    seen: Tuple[int, ...]  # the file's size and times when it was analyzed
    content: str
    written: Optional[Plan] = None  # the plan that the job's row has, where that is known


class Attempts:
    """Safe from any thread."""

    def __init__(
        self,
        jobs: JobStore,
        verdicts: VerdictStore,
        environment: QueueEnvironment,
        events: QueueEvents,
        exclusions: ExclusionGate,
        library: Optional[LibraryStore] = None,
    ) -> None:
        """``library`` keeps what is found out about films of watched folders."""
        self._exclusions = exclusions
        self._jobs = jobs
        self._verdicts = verdicts
        self._library = library
        self._environment = environment
        self._events = events
        self._guard = threading.Lock()
        self._plans: OrderedDict[int, Planned] = OrderedDict()
        self.toolset: Optional[Toolset] = None  # of this machine, as the last film was planned with

    def plan(self, job: Job) -> Planned:
        """Analyze and plan a film, and write down what was planned; raises what ``look`` does."""
        return self.write(job.id, self.look(job))

    def look(self, job: Job) -> Planned:
        """Analyze and plan a film, unless that was done a moment ago and nothing has changed since.

        Tools change as well: graphics may have gone while a film before this one was encoded. Raises Excluded
        for a film that is never to be touched.
        """
        self._exclusions.demand_allowed(job)
        context = self._environment.job_context_for(job)
        self.toolset = context.toolset
        with self._guard:
            kept = self._plans.pop(job.id, None)
        if kept is not None and kept.seen == _seen(job.path) and _alike(kept.context, context):
            return replace(kept, context=context)
        if job.again is Again.ORIGINAL:
            self._bring_back(context, job)
        media = _analyzed(context, job.path)
        if job.again is Again.RESULT:  # else the rules would leave it as it is
            media = replace(media, plan_signature="")
        native = context.analyzer.native_language(media, job.native_language)
        plan = build_plan(media, native, context.settings, context.toolset)
        return Planned(context, plan, _seen(job.path), fingerprint(job.path))

    def write(self, job_id: int, planned: Planned) -> Planned:
        """Write down what was planned, unless it is written already; return it as written."""
        plan = planned.plan
        if planned.written is not None:
            return planned
        self._jobs.keep_plan(job_id, plan_text(plan), facts_of(plan))
        self._keep_look(planned.context, plan)
        return replace(planned, written=plan)

    def _bring_back(self, context: JobContext, job: Job) -> None:
        """Let the original of a film lie under its name, to be made from that once more.

        Raises RestoreError, and FilmMoved where that is another name: the job takes it then.
        """
        film = context.processor.again.bring_back(job.path)
        if film != job.path:
            raise FilmMoved(job.path, film)

    def context_for(self, job: Job) -> JobContext:
        """Return what a job is worked on with now."""
        return self._environment.job_context_for(job)

    def kept(self, job_id: int) -> Optional[Planned]:
        """Return the plan that is kept for a waiting job, as it was made."""
        with self._guard:
            return self._plans.get(job_id)

    @property
    def plans_kept(self) -> int:
        """How many plans are kept for jobs that wait."""
        return len(self._plans)

    def drop_plan(self, job_id: int) -> None:
        """Keep a job's plan no longer: a machine has it."""
        with self._guard:
            self._plans.pop(job_id, None)

    def drop_all_plans(self) -> None:
        """Keep none: the settings have changed."""
        with self._guard:
            self._plans.clear()

    def known_end(self, content: str, plan: Plan, tools: Optional[Toolset]) -> Optional[JobEnd]:
        """Say how a film ends that this plan is known to make no smaller, or that ``tools`` cannot keep.

        None where nothing is known of it.
        """
        verdict = self._verdicts.find(content, plan.signature)
        if verdict is not None and verdict.no_gain:
            return skipped(plan, verdict.message, NoGain.code)
        encode = plan.video_encode
        if tools is None or encode is None or encode.dolby_vision_profile is None:
            return None
        for name in encoding_programs():
            tool = tools.identity(name)
            verdict = self._verdicts.find(content, plan.signature, tool=tool)
            if verdict is not None and verdict.kind is VerdictKind.TOOL:
                return skipped(plan, verdict.message, ToolCannot.code)
        return None

    def keep(self, job_id: int, planned: Planned) -> None:
        """Keep a plan in memory for a job that goes back to wait for a slot."""
        with self._guard:
            self._plans[job_id] = planned
            while len(self._plans) > _KEPT:
                self._plans.popitem(last=False)

    def carry_out(
        self, job: Job, planned: Planned, control: JobControl, maker: Optional[Maker] = None
    ) -> JobEnd:
        """Do what was planned; raises MediaProcessorError and JobCancelled as the processor does."""
        context, plan = planned.context, planned.plan
        content = fingerprint(job.path)
        if maker is not None and plan is not planned.written:  # another machine's tools made it
            self._jobs.keep_plan(job.id, plan_text(plan), facts_of(plan))
        known = self.known_end(content, plan, (maker or context).toolset)
        if known is not None:
            return known
        self._jobs.set_state(job.id, JobState.PROCESSING)
        self._events.job_changed(job.id)
        steps = _Steps(job.id, self._jobs, self._events, control)
        is_local = maker is None or maker.is_local
        try:
            result = context.processor.process(
                job.id,
                job.attempt,
                plan,
                control,
                steps,
                lambda state: self._come_into(job.id, state),
                maker,
            )
        except FilmDamaged as error:
            self._verdicts.remember_damage(plan.media.identity, error.damage)
            raise
        except NoGain as error:
            # Also a result that was found too large here is another machine's, which may have made it so.
            kind = VerdictKind.NO_GAIN if is_local else VerdictKind.TOLD_NO_GAIN
            self._verdicts.remember(content, plan.signature, kind, str(error))
            self._keep_look(context, plan, str(error))
            raise
        except ToolCannot as error:
            if is_local:  # another machine's word about a tool is nothing to remember ours by
                self._verdicts.remember(
                    content, plan.signature, VerdictKind.TOOL, str(error), tool=error.tool
                )
            raise
        self._verdicts.remember(fingerprint(result.path), plan.signature, VerdictKind.RESULT)
        context.tell_owner(job.path, result.path)
        end = completed(result, job.path)
        return replace(end, facts=replace(steps.facts(plan), quality=end.facts.quality))

    def _keep_look(self, context: JobContext, plan: Plan, no_gain: str = "") -> None:
        if self._library is not None:
            self._library.keep(look_of(plan, rules_mark(context.settings), no_gain))

    def _come_into(self, job_id: int, state: JobState) -> None:
        self._jobs.set_state(job_id, state)
        self._events.job_changed(job_id)


class _Steps:
    """Publishes all progress, writes down only which step it is, and how long each has taken."""

    def __init__(
        self, job_id: int, jobs: JobStore, events: QueueEvents, control: JobControl
    ) -> None:
        self._job_id = job_id
        self._jobs = jobs
        self._events = events
        self._control = control
        self._step: Optional[str] = None
        self._since = self._clock()
        self._seconds: Dict[str, float] = {}
        self._chunks: Tuple[ChunkProgress, ...] = ()
        self._chunks_before: Tuple[int, ...] = ()

    def __call__(self, progress: Progress) -> None:
        if progress.step != self._step:
            self.seconds()
            self._step = progress.step
            self._jobs.set_step(self._job_id, progress.step)
        if progress.chunks or progress.step == StepName.ENCODE.value:
            self._keep_chunks(progress.chunks)
        self._events.job_progressed(self._job_id, progress)

    def _keep_chunks(self, chunks: Tuple[ChunkProgress, ...]) -> None:
        if len(chunks) != len(self._chunks):
            done = (chunk.number for chunk in chunks if chunk.phase is ChunkPhase.DONE)
            self._chunks_before = tuple(done)
        self._chunks = chunks

    def facts(self, plan: Plan) -> JobFacts:
        """Return what is known of the film in the end.

        The encode has also taken the time of those chunks that earlier attempts have made here.
        """
        seconds, encode = dict(self.seconds()), StepName.ENCODE.value
        for chunk in self._chunks:
            if chunk.number in self._chunks_before and not chunk.machine:
                seconds[encode] = seconds.get(encode, 0.0) + (chunk.seconds or 0.0)
        return replace(facts_of(plan, seconds), chunks=self._chunks)

    def seconds(self) -> Dict[str, float]:
        """Return how long each step has taken up to now, without the time that it stood still."""
        now = self._clock()
        if self._step is not None:
            before = self._seconds.get(self._step, 0.0)
            self._seconds[self._step] = before + max(0.0, now - self._since)
        self._since = now
        return self._seconds

    def _clock(self) -> float:
        return time.monotonic() - self._control.paused_seconds


def completed(result: JobResult, source: Path) -> JobEnd:
    """Return how a job ends whose result has taken the film's place."""
    return JobEnd(
        result.state,
        result.message,
        original_size=result.original_size,
        processed_size=result.processed_size,
        target=None if result.path == source else result.path,
        commands=result.commands,
        verification=result.verification,
        facts=JobFacts(quality=() if result.quality is None else (result.quality,)),
    )


def _alike(before: JobContext, now: JobContext) -> bool:
    """Whether a film's plan would be the same one."""
    return (before.settings, before.toolset) == (now.settings, now.toolset)


def _analyzed(context: JobContext, path: Path) -> MediaFile:
    """Look into a film; where it cannot be understood, first see whether its disk can be read at all.

    Tools say of a share that went away while they read what they say of a damaged film.
    """
    try:
        return context.analyzer.analyze(path)
    except FileUnavailable:
        raise
    except ProbeError:
        fingerprint(path)  # raises FileUnavailable
        raise


def _seen(path: Path) -> Tuple[int, ...]:
    try:
        status = path.stat()
    except OSError:
        return ()
    return (status.st_size, status.st_mtime_ns, status.st_ino)
