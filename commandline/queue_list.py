"""``queue list``: who works on the queue, and its jobs; asked most often, so that it is loaded alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Optional, Tuple

from app.running_program import ask_state
from commandline.command import Action, action, open_folder
from commandline.exit_codes import DONE
from commandline.numbers import count
from commandline.options import option, repeated
from commandline.output import Output
from commandline.queue_view import UNFINISHED, live_state, show_queue
from core.states import JobState

if TYPE_CHECKING:
    from app.data_folder import DataFolder
    from app.program import Program

_SHOWN_FOR_OTHERS = 500  # jobs: more would take a program at work from its own work for too long


@dataclass(frozen=True)
class QueueListOptions:
    """What ``queue list`` is asked for."""

    state: Tuple[str, ...] = repeated(
        "--state",
        default=(),
        choices=tuple(state.value for state in JobState),
        help="only jobs in this state; may be given more than once",
    )
    limit: int = option(
        "--limit",
        default=100,
        kind=count,
        metavar="N",
        help="show at most N jobs; 0: all (default 100)",
    )


def _list(folder: DataFolder, options: QueueListOptions, output: Output) -> int:
    live = ask_state(folder.data_dir, "queue", "state", "reason", "until") or {}
    show_queue(folder, _states(options), options.limit, output, live)
    return DONE


def _list_of_this(program: Program, options: QueueListOptions, output: Output) -> Optional[int]:
    if not 0 < options.limit <= _SHOWN_FOR_OTHERS:
        return None
    show_queue(program, _states(options), options.limit, output, live_state(program))
    return DONE


def _states(options: QueueListOptions) -> Tuple[JobState, ...]:
    return tuple(JobState(state) for state in options.state) or UNFINISHED


ACTION: Action[Any] = action(
    "list",
    "list unfinished jobs in their order",
    QueueListOptions,
    _list,
    shows=_list_of_this,
    opens=open_folder,
)
