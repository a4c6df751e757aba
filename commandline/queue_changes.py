"""How the actions of ``queue`` change jobs and the whole queue, here or in the program that is at work."""

from __future__ import annotations

import queue
import time
from dataclasses import dataclass
from typing import (
    TYPE_CHECKING,
    Callable,
    Collection,
    Generic,
    List,
    Optional,
    Protocol,
    Sequence,
    Tuple,
    Type,
    TypeVar,
)

from commandline.command import Action, action
from commandline.exit_codes import DONE
from commandline.options import Options
from commandline.output import Output
from commandline.queue_view import live_state, record_job, record_queue
from commandline.remote_call import run_here_or_there
from core.errors import MediaProcessorError
from core.events import JobState, QueueState, ServiceNotice
from core.queue.job import Job
from store.jobs import JobStore
from store.queue_state import QueueStateStore

if TYPE_CHECKING:
    from app.machine_control import MachineControl
    from app.program import Program
    from queue_manager import QueueManager

_LATER = " It holds from the next start of the program."
_END_SECONDS = 20.0  # that a cancelled job has to let go of its film before the answer
_PAUSE = 0.1

Run = Callable[["Program", Options, Output], int]


class NotPossible(MediaProcessorError):
    """A job is in a state in which this cannot be done with it."""

    code = "not_possible"

    def __init__(self, job: Job, participle: str) -> None:
        self.job_id = job.id
        super().__init__(f"Job {job.id} cannot be {participle}: it is {job.state.value}.")


@dataclass(frozen=True)
class QueueChange(Generic[Options]):
    """What an action does with the whole queue; both functions return what is said of it.

    ``now`` is for the program at work, ``later`` for the next start: with the state that is wished for, and
    until when (seconds since the epoch).
    """

    now: Callable[[MachineControl, Options], str]
    later: Callable[[Options], Tuple[QueueState, Optional[float], str]]


@dataclass(frozen=True)
class JobChange(Generic[Options]):
    """What an action does with jobs: ``change``, where that ``fits`` a job's state and its being in work.

    ``chosen`` are the jobs that are meant; it raises UsageError where one is not there. ``participle`` says
    what cannot be done with a job, ``done`` what was done with them. ``anew``: where a job's film has got a
    new job by it, that one is shown.
    """

    participle: str
    done: str
    fits: Callable[[JobState, bool], bool]
    change: Callable[[QueueManager, Sequence[int], Options], object]
    chosen: Callable[[JobStore, Options], Tuple[int, ...]]
    anew: bool = False


class NamesJobs(Protocol):
    """Options that name jobs."""

    @property
    def jobs(self) -> Tuple[int, ...]:
        """The jobs' numbers."""


Naming = TypeVar("Naming", bound=NamesJobs)


def on_queue(
    name: str, help_text: str, options: Type[Options], change: QueueChange[Options]
) -> Action[Program]:
    """An action on the whole queue."""
    return action(name, help_text, options, *_queue_functions(name, change))


def on_jobs(
    name: str, help_text: str, options: Type[Options], change: JobChange[Options]
) -> Action[Program]:
    """An action on jobs."""
    return action(name, help_text, options, *_job_functions(name, change))


def on_either(
    name: str,
    help_text: str,
    options: Type[Naming],
    change: JobChange[Naming],
    of_queue: QueueChange[Naming],
) -> Action[Program]:
    """An action on jobs or, where none is named, on the whole queue."""
    on_jobs, on_queue = _job_functions(name, change), _queue_functions(name, of_queue)

    def run(program: Program, given: Naming, output: Output) -> int:
        return (on_jobs if given.jobs else on_queue)[0](program, given, output)

    def at_work(program: Program, given: Naming, output: Output) -> int:
        return (on_jobs if given.jobs else on_queue)[1](program, given, output)

    return action(name, help_text, options, run, at_work)


def _keep_wish(program: Program, state: QueueState, until: Optional[float]) -> None:
    """Keep what the user wants of the whole queue for the next start of the program."""
    from core.settings.choices import NetworkMode

    with program.database.transaction():
        QueueStateStore(program.database).save(state, until)
        if program.config.settings.network.mode is NetworkMode.SLAVE:
            _keep_slaves_wish(program, state, until)


def _keep_slaves_wish(program: Program, state: QueueState, until: Optional[float]) -> None:
    from core.protocol.node_commands import NodeCommand
    from sharing.slave.state import SlaveState
    from store.slave_jobs import SlaveJobStore

    told = {
        QueueState.RUNNING: NodeCommand.START,
        QueueState.STOPPED: NodeCommand.DRAIN,
        QueueState.PAUSED: NodeCommand.PAUSE,
    }
    SlaveState(SlaveJobStore(program.database).requests).take_own(told[state], until)


def _queue_functions(name: str, change: QueueChange[Options]) -> Tuple[Run[Options], Run[Options]]:
    """``run`` and ``at_work`` of an action on the whole queue."""

    def run(program: Program, options: Options, output: Output) -> int:
        def here() -> int:
            state, until, sentence = change.later(options)
            _keep_wish(program, state, until)
            output.text(sentence + _LATER)
            record_queue(program, {}, output)
            return DONE

        return run_here_or_there(program, f"queue {name}", options, output, here)

    def at_work(program: Program, options: Options, output: Output) -> int:
        output.text(change.now(program.machine_control(program.manager_at_work()), options))
        record_queue(program, live_state(program), output)
        return DONE

    return run, at_work


def _job_functions(name: str, change: JobChange[Options]) -> Tuple[Run[Options], Run[Options]]:
    """``run`` and ``at_work`` of an action on jobs; 1 where a job is in a state that does not allow it."""

    def run(program: Program, options: Options, output: Output) -> int:
        def here() -> int:
            from app.network_role import handed_out  # not needed where another program does it

            ids = change.chosen(JobStore(program.database), options)
            manager = program.queue_manager()
            manager.recover(handed_out(program.database, program.config.settings))
            try:
                failed = _change(program, manager, ids, change, options)
            finally:
                manager.shutdown()
            _show_notices(manager, output)
            return _answer(program, ids, failed, change, output)

        return run_here_or_there(program, f"queue {name}", options, output, here)

    def at_work(program: Program, options: Options, output: Output) -> int:
        manager = program.manager_at_work()
        ids = change.chosen(JobStore(program.database), options)
        failed = _change(program, manager, ids, change, options)
        if name == "cancel":
            _wait_for_end(manager, ids)
        return _answer(program, ids, failed, change, output)

    return run, at_work


def _change(
    program: Program,
    manager: QueueManager,
    ids: Sequence[int],
    change: JobChange[Options],
    options: Options,
) -> List[NotPossible]:
    """Do it with every job that is in a fitting state; return what was not possible."""
    in_work = manager.in_hand
    refused = {
        job.id: NotPossible(job, change.participle)
        for job in _present(program, ids)
        if not change.fits(job.state, job.id in in_work)
    }
    present = [job.id for job in _present(program, ids)]
    change.change(manager, [job_id for job_id in present if job_id not in refused], options)
    return list(refused.values())


def _wait_for_end(manager: QueueManager, ids: Collection[int]) -> None:
    """Let cancelled jobs let go of their films, so that the answer shows how they ended."""
    deadline = time.monotonic() + _END_SECONDS
    while time.monotonic() < deadline and not manager.in_hand.keys().isdisjoint(ids):
        time.sleep(_PAUSE)


def _answer(
    program: Program,
    ids: Sequence[int],
    failed: Sequence[NotPossible],
    change: JobChange[Options],
    output: Output,
) -> int:
    for error in failed:
        output.error(error)
    store, refused = JobStore(program.database), {error.job_id for error in failed}
    for job in _present(program, ids):
        shown = _job_now(store, job) if change.anew and job.id not in refused else job
        record_job(shown, {}, output)
    number = len(ids) - len(failed)
    output.text(f"{number} {'job' if number == 1 else 'jobs'} {change.done}.")
    return int(bool(failed))


def _job_now(store: JobStore, job: Job) -> Job:
    """The job that does this job's film again: a completed one stays as it is, and the film gets another."""
    if not job.state.final:
        return job
    return store.open_job(job.result_path) or store.open_job(job.path) or job


def _present(program: Program, ids: Sequence[int]) -> List[Job]:
    store = JobStore(program.database)
    return [job for job in map(store.get, ids) if job is not None]


def _show_notices(manager: QueueManager, output: Output) -> None:
    while True:
        try:
            event = manager.events.get_nowait()
        except queue.Empty:
            return
        if isinstance(event, ServiceNotice):
            output.notice(event.message, error=event.error)
