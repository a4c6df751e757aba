"""After a swap: has the Sonarr or Radarr that owns the film rescan its folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.errors import MetadataError
from core.ports import Clock, InterruptibleSleep
from core.settings.services import Service
from core.text.sentence import Sentence
from metadata.arr import ArrClient
from metadata.instances import ArrInstances

PATIENCE = 120.0  # seconds that a rescan may take until we stop waiting
_PAUSE = 1.0  # seconds between two checks
_ENDS = ("completed", "failed", "aborted", "cancelled", "orphaned")


@dataclass(frozen=True)
class OwnerTold:
    """The result; ``told`` is False where no owner was told, and ``message`` says why."""

    told: bool
    message: str


def tell_owner(
    instances: ArrInstances,
    before: Path,
    after: Path,
    clock: Clock,
    sleep: InterruptibleSleep,
) -> OwnerTold:
    """Have the owner of a film that became ``after`` rescan it, and wait until it has.

    Under another name Radarr first takes the old file for deleted; where it then stops to monitor the
    film (docs/metadata.md), it is not told. Never raises for what a server does.
    """
    owner = instances.owner_of(str(before))
    if owner is None:
        return OwnerTold(False, Sentence("No Sonarr or Radarr has this film in its library."))
    label = owner.instance.label
    try:
        with instances.open_session() as session:
            client = instances.client(session, owner.instance)
            renamed = before.name != after.name
            if renamed and owner.instance.service is Service.RADARR and client.unmonitors_deleted():
                return OwnerTold(
                    False,
                    Sentence(
                        "{label} was not told: the file's name changed, and it would stop monitoring the "
                        'film ("Unmonitor Deleted Movies" is on there).',
                        label=label,
                    ),
                )
            state = _rescan(client, owner.title.id, clock, sleep)
    except MetadataError as error:
        return OwnerTold(
            False, Sentence("{label} could not be told: {problem}", label=label, problem=error)
        )
    if state == "completed":
        return OwnerTold(
            True, Sentence("{label} has rescanned {title}.", label=label, title=owner.title.title)
        )
    return OwnerTold(
        True,
        Sentence(
            "{label} was told; its rescan is {state}.",
            label=label,
            state=state or "of unknown state",
        ),
    )


def _rescan(client: ArrClient, title_id: int, clock: Clock, sleep: InterruptibleSleep) -> str:
    """Rescan and return the state that it ended in.

    A rescan that was running already may have read the file before the swap; then another one follows.
    """
    deadline = clock.monotonic() + PATIENCE
    command, state = client.start_rescan(title_id)
    ran_already = state == "started"
    state = _wait(client, command, state, deadline, clock, sleep)
    if ran_already and state in _ENDS:
        command, state = client.start_rescan(title_id)
        state = _wait(client, command, state, deadline, clock, sleep)
    return state


def _wait(
    client: ArrClient,
    command: int,
    state: str,
    deadline: float,
    clock: Clock,
    sleep: InterruptibleSleep,
) -> str:
    while state not in _ENDS and clock.monotonic() < deadline:
        if sleep(_PAUSE):
            break
        state = client.command_status(command)
    return state
