"""What a program that is at work with a data folder does for the commands of later starts."""

from __future__ import annotations

from typing import Any, Dict, Mapping

from app.local_control import ASK_STATE, Offered
from app.program import Parts
from commandline import folders, network, presets, process_remote, queue, restore, settings, setup
from commandline.remote_call import Deed, doing

_DEEDS: Mapping[str, Deed] = {
    "network": network.in_program,
    "queue": queue.in_program,
    "process": process_remote.in_program,
    "settings": settings.in_program,
    "presets": presets.in_program,
    "restore": restore.in_program,
    "folders": folders.in_program,
    "setup": setup.in_program,
}


def answering(parts: Parts) -> Dict[str, Offered]:
    """Each question by name, with what answers it."""

    def how_it_is(_asked: Mapping[str, Any]) -> Mapping[str, Any]:
        return queue.live_state(parts)

    def how_folders_are(_asked: Mapping[str, Any]) -> Mapping[str, Any]:
        return folders.states_here(parts)

    return {
        **doing(parts, _DEEDS),
        ASK_STATE: how_it_is,
        folders.ASK_FOLDERS: how_folders_are,
    }
