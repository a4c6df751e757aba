"""What a user can do about a film that failed or was left alone, by the code of its error."""

from __future__ import annotations

from typing import Mapping, Optional

from core.text.sentence import Sentence

# The codes are those of core.errors, core.peer_errors and core.queue.outcome.
_ADVICE: Mapping[str, Sentence] = {
    "probe": Sentence(
        "Try whether a player shows the film to its end. Where it does not, get another copy of it; "
        "where it does, update the tools and retry."
    ),
    "file_unavailable": Sentence(
        "Check that its disk or network share is there and that you may read the file, then retry."
    ),
    "film_gone": Sentence(
        "Nothing needs doing if you moved or deleted it. Otherwise bring it back and retry."
    ),
    "damaged": Sentence(
        "Get another copy of the film if you can. To process it as it is, allow more damage in "
        "the settings and retry."
    ),
    "undecodable": Sentence(
        "Try whether a player plays that track. Where none does, get another copy of the film; where one "
        "does, update ffmpeg, or have the track copied instead of converted, and retry."
    ),
    "refused": Sentence(
        "The film stays as it is. The plan on the page Tracks says which rule refuses it; some can be "
        "changed in the settings."
    ),
    "tool_not_found": Sentence(
        "Install the program, or say in the settings where it is, then retry."
    ),
    "tool_failed": Sentence(
        "Retry once: it may have been a passing fault. If it fails again, the page Log shows the "
        "program's own words; update the program, or choose another encoder."
    ),
    "machine_trouble": Sentence(
        "Close programs that need much memory or the graphics card, or let fewer films be processed "
        "at once, then retry."
    ),
    "tool_stalled": Sentence(
        "Retry once. If it stops again, allow it more time in the settings, or choose another "
        "encoder."
    ),
    "disk_full": Sentence("Free some space on that disk, then retry."),
    "folder_not_writable": Sentence(
        "Let MediaProcessor write into that folder, or choose another work folder, then retry."
    ),
    "disk_read_only": Sentence(
        "Check that disk for errors. The film is tried again when it can be written to."
    ),
    "hard_linked": Sentence(
        "Wait until it is no longer seeded, then retry; or allow such films in the settings."
    ),
    "no_gain": Sentence(
        "Nothing needs doing. Retry after you have chosen another quality or codec."
    ),
    "tool_cannot": Sentence("Nothing needs doing. Retry after an update of that program."),
    "verification_failed": Sentence(
        "The original is safe. Retry once; if the result is rejected again, choose another encoder or "
        "update the tools. The page Checks shows what was compared."
    ),
    "source_changed": Sentence(
        "Wait until no download or other program writes to the film, then retry."
    ),
    "swap": Sentence("Close the programs that use the film, and retry."),
    "excluded": Sentence(
        "Take it off the list first (Originals > Never touched), then add it again."
    ),
    "target_taken": Sentence("Move or rename the other file, then retry."),
    "file_in_use": Sentence("Close the program that plays or copies the film."),
    "store_unavailable": Sentence("Check the disk of the data folder, then retry."),
    "template": Sentence("Correct the command template in the settings, then retry."),
    "config": Sentence("Correct that setting, then retry."),
    "no_machine": Sentence(
        "Switch on a machine that can do it, or install the missing encoder on one, then retry."
    ),
    "node_lost": Sentence("Check that the machine is on and in the network, then retry."),
    "node_trouble": Sentence(
        "Retry, on another machine if there is one; the log of that machine says more."
    ),
    "unexpected": Sentence(
        "Retry once. If it happens again, make a bug report (menu Help): it collects what is needed."
    ),
}


def advice(code: str) -> Optional[Sentence]:
    """Return what to do about an error of this code; None where there is nothing to say."""
    return _ADVICE.get(code)
