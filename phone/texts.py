"""The words of the page for the phone, which its HTML and script name in English.

``tests/phone/test_page.py`` holds that each word of theirs stands here and each here is used there.
"""

from __future__ import annotations

from enum import Enum
from typing import Dict

from core.chunk_progress import ChunkPhase
from core.events import JobState, QueueState
from core.protocol.machines import MachineState
from core.text.sentence import N_
from phone.language import PhoneLanguage


class PhoneCommand(str, Enum):
    """What the page's buttons ask for; the value is what is sent."""

    PAUSE = "pause"
    RESUME = "resume"
    FINISH = "finish"  # begin nothing new
    RETRY = "retry"  # one film that failed
    RETRY_ALL = "retry all"


PAGE_TEXTS = (
    N_("Pause"),
    N_("Resume"),
    N_("Start"),
    N_("Stop after this film"),
    N_("Retry"),
    N_("Retry all"),
    N_("In progress"),
    N_("Nothing is in progress."),
    N_("Waiting"),
    N_("No film is waiting."),
    N_("and {number} more"),
    N_("Saved"),
    N_("Films"),
    N_("Today"),
    N_("Last 7 days"),
    N_("In total"),
    N_("Machines"),
    N_("Problems"),
    N_("No problems."),
    N_("{time} left"),
    N_("{number} fps"),
    N_("{size} so far, about {projected} expected"),
    N_("{size} so far"),
    N_("original {size}"),
    N_("on {name}"),
    N_("until {time}"),
    N_("Token"),
    N_("Open"),
    N_("Enter the token that the program shows in Settings > Network, or scan its QR code."),
    N_("This token is not valid. It may have been replaced by a new one."),
    N_("Too many wrong tokens. Wait {number} seconds."),
    N_("No connection. Last update: {time}."),
    N_("Too many phones show this page already."),
    N_("Forget the token on this phone"),
    N_("Connecting…"),
    N_("It could not be done."),
    N_("Done."),
)
STATE_TEXTS: Dict[JobState, str] = {
    JobState.QUEUED: N_("Waiting"),
    JobState.ANALYZING: N_("Analysing"),
    JobState.PROCESSING: N_("In progress"),
    JobState.VERIFYING: N_("Verifying"),
    JobState.SWAP_PENDING: N_("Finished, waiting for the file to be closed"),
    JobState.PAUSED: N_("Paused"),
}
QUEUE_TEXTS: Dict[QueueState, str] = {
    QueueState.STOPPED: N_("The queue is stopped."),
    QueueState.RUNNING: N_("The queue is running."),
    QueueState.PAUSED: N_("The queue is paused."),
    QueueState.STOPPING: N_("Stopping after the current film."),
}
SLAVE_TEXTS: Dict[QueueState, str] = {
    QueueState.STOPPED: N_("This machine accepts no films from its master."),
    QueueState.RUNNING: N_("This machine works for its master; the films in its own queue wait."),
    QueueState.PAUSED: N_("Work for the master is paused."),
    QueueState.STOPPING: N_("Stopping after the master's current film."),
}
MACHINE_TEXTS: Dict[MachineState, str] = {
    MachineState.HERE: N_("this machine"),
    MachineState.ONLINE: N_("connected"),
    MachineState.OFFLINE: N_("offline"),
    MachineState.REVOKED: N_("removed"),
}
PHASES = tuple(ChunkPhase)  # a chunk's is sent as its place in here


def page_texts(language: PhoneLanguage) -> Dict[str, str]:
    """Return the page's words by their English ones."""
    return {english: language.text(english) for english in PAGE_TEXTS}
