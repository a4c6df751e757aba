"""What the machine does when the last film of the queue has ended."""

from __future__ import annotations

from enum import Enum
from typing import Mapping, Optional, Tuple

from core.events import JobState
from core.text.sentence import Sentence, counted_sentence

COUNTDOWN = 60  # seconds to say no


class WhenDone(str, Enum):
    """What the user chose for this session: one that is remembered would end a machine months later."""

    NOTHING = "nothing"
    SLEEP = "sleep"
    SHUT_DOWN = "shutdown"


def why_stay_on(completed: int, counts: Mapping[JobState, int]) -> Optional[Sentence]:
    """Return why the machine stays on after a run of the queue; None where it may be left.

    ``completed`` films were processed in the run, ``counts`` jobs are in each state after it. A film that
    waits, stands still or is open elsewhere counts; one that failed does not.
    """
    if not completed:
        return Sentence("The computer stays on: no film was processed.")
    waiting = sum(count for state, count in counts.items() if not state.final)
    if not waiting:
        return None
    return counted_sentence(
        "The computer stays on: {number} film is not done.",
        "The computer stays on: {number} films are not done.",
        waiting,
    )


def power_command(wish: WhenDone, platform: str) -> Tuple[str, ...]:
    """Return the argv that lets the machine sleep or shuts it down; ``platform`` as in ``sys.platform``.

    Empty where no program does it: Windows sleeps by a call of its own. Linux is asked by way of
    systemd-logind, which refuses where another user is at work or another program forbids it.
    """
    if wish is WhenDone.NOTHING or (platform == "win32" and wish is WhenDone.SLEEP):
        return ()
    sleeps = wish is WhenDone.SLEEP
    if platform == "win32":
        return ("shutdown", "/s", "/t", "0")
    if platform == "darwin":
        script = 'tell application "System Events" to shut down'
        return ("pmset", "sleepnow") if sleeps else ("osascript", "-e", script)
    return ("systemctl", "suspend" if sleeps else "poweroff")
