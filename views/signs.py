"""The pictures of states in tables: each has a shape of its own, for who does not tell colours apart."""

from __future__ import annotations

from typing import Dict, Optional

from core.events import JobState
from core.protocol.machines import Machine, MachineState
from core.settings.watched_folder import RootState
from views.table_parts import Sign

OF_JOBS: Dict[JobState, Sign] = {
    JobState.QUEUED: Sign("waiting", "muted"),
    JobState.PAUSED: Sign("pause", "warning"),
    JobState.SWAP_PENDING: Sign("done", "accent"),
}
OF_FOLDERS: Dict[RootState, Sign] = {
    RootState.STARTING: Sign("waiting", "muted"),
    RootState.SCANNING: Sign("search", "accent"),
    RootState.WATCHING: Sign("eye", "success"),
    RootState.POLLING: Sign("retry", "success"),
    RootState.OFFLINE: Sign("warning", "error"),
    RootState.SWITCHED_OFF: Sign("off", "muted"),
}
OF_TRACKS: Dict[str, Sign] = {
    "video": Sign("film"),
    "audio": Sign("audio"),
    "subtitle": Sign("subtitle"),
}
PRESENT, ABSENT = Sign("done", "success"), Sign("off", "muted")  # a program
FILM, FOLDER = Sign("film", "muted"), Sign("folder", "muted")


def of_folder(state: str) -> Optional[Sign]:
    """Return the picture of a watched folder's state; None where none is known yet."""
    return OF_FOLDERS[RootState(state)] if state else None


def of_machine(machine: Machine) -> Sign:
    """Return the picture of a machine: this one, another, or one that is away."""
    if not machine.there:
        return Sign("off", "muted")
    if machine.held:
        return Sign("pause", "warning")
    return Sign("machines", "text" if machine.state is MachineState.HERE else "success")
