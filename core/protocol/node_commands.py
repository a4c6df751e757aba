"""The commands of a master to its nodes; each is answered."""

from __future__ import annotations

from enum import Enum


class NodeCommand(str, Enum):
    """The command of a MASTER_COMMAND, with its arguments beside it."""

    START = "start"  # take jobs (again)
    PAUSE = "pause"  # pause running jobs, take none
    RESUME = "resume"
    DRAIN = "drain"  # finish what runs, take none
    CANCEL_JOB = "cancel_job"  # job, attempt
    PAUSE_JOB = "pause_job"  # job, attempt
    RESUME_JOB = "resume_job"  # job, attempt
    SET_SLOTS = "set_slots"  # gpu, software, remux
    RESCAN = "rescan"  # scan the watched folders
    SEND_LOG = "send_log"  # lines
    ADD_MAPPING = "add_mapping"  # theirs, ours: a folder of the master's and its name on the node
    DOCTOR_PATHS = "doctor_paths"  # folder, marker, content
    FOUND_KNOWN = "found_known"  # contents of films that the master now knows
