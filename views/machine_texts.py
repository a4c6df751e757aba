"""Texts about machines: the mode in the control panel, their states, jobs and positions."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath
from typing import List, Mapping

from core.protocol.machines import ClusterOverview, Machine, MachineState
from core.protocol.system_status import WorkStatus
from core.settings.choices import NetworkMode
from core.steps import step_title
from core.text.formatting import duration_text
from views.numbers import moment_text, pace_text, percent_text, size_text
from views.shown import visible
from views.texts import N_, _, ngettext

MODE_NAMES = {
    NetworkMode.STANDALONE: N_("Standalone"),
    NetworkMode.MASTER: N_("Master"),
    NetworkMode.SLAVE: N_("Slave"),
}
_STATES = {
    MachineState.HERE: N_("this machine"),
    MachineState.ONLINE: N_("connected"),
    MachineState.OFFLINE: N_("offline"),
    MachineState.REVOKED: N_("removed"),
}
_KINDS = {
    "gpu": N_("on the GPU"),
    "software": N_("on the CPU"),
    "remux": N_("with copied video"),
}


class MachineNames:
    """What the machines of jobs are called; ``learn`` in Tk's thread, ``name`` in any.

    ``changes`` counts how often a name has changed, appeared or gone.
    """

    def __init__(self) -> None:
        self.changes = 0
        self._names: Mapping[str, str] = {}

    def learn(self, cluster: ClusterOverview) -> None:
        """Take in what the machines are called now."""
        names = {
            machine.id: "" if machine.state is MachineState.HERE else machine.name
            for machine in cluster.machines
        }
        self.changes += names != self._names
        self._names = names

    @property
    def several(self) -> bool:
        """Whether any machine is known beside this one."""
        return any(self._names.values())

    def name(self, instance_id: str) -> str:
        """The machine's name; that of one that was forgotten is not known any more."""
        return self.other(instance_id) or _("this machine")

    def other(self, instance_id: str) -> str:
        """The name of another machine; "" for this one."""
        if not instance_id:
            return ""
        return visible(self._names.get(instance_id, _("another machine")))


def mode_text(cluster: ClusterOverview) -> str:
    """The mode with its peers' state: ``Master · 2 of 3 machines connected``."""
    mode = _(MODE_NAMES[cluster.mode])
    if cluster.mode is NetworkMode.SLAVE:
        return _slave_text(cluster, mode)
    if cluster.mode is NetworkMode.STANDALONE:
        return mode
    others = cluster.others
    if not others:
        return " · ".join((mode, _("no machine paired yet")))
    there = sum(machine.there for machine in others)
    text = ngettext(
        "{there} of {number} machine connected",
        "{there} of {number} machines connected",
        len(others),
    )
    return " · ".join((mode, text.format(there=there, number=len(others))))


def _slave_text(cluster: ClusterOverview, mode: str) -> str:
    master = cluster.master
    if master is None:
        return " · ".join((mode, _("not paired yet")))
    state = _("connected") if cluster.connected else _("not connected")
    return " · ".join((_("Slave of {name}").format(name=visible(master.name)), state))


def state_text(machine: Machine) -> str:
    """Whether a machine is there, and whether it takes films."""
    told = [_(_STATES[machine.state])]
    if machine.there and machine.quarantined:
        told.append(_("gets no films"))
    elif machine.there and machine.held:
        told.append(_("accepts no films"))
    return ", ".join(told)


def slots_text(machine: Machine) -> str:
    """How many films it works on, of how many at most."""
    most = sum(limit for _kind, limit in machine.slots)
    if not most:
        return str(len(machine.jobs)) if machine.jobs else ""
    return _("{busy} of {most}").format(busy=len(machine.jobs), most=most)


def kind_text(kind: str) -> str:
    """What a kind of slot stands for."""
    return _(_KINDS.get(kind, kind))


def free_text(machine: Machine) -> str:
    """The free space where a machine works."""
    return size_text(machine.free_space) if machine.free_space is not None else ""


def seen_text(machine: Machine, now: float) -> str:
    """When a machine was last heard of; ``now`` in seconds since the epoch."""
    if machine.there:
        return _("now")
    if not machine.last_seen:
        return _("never")
    age = max(0.0, now - machine.last_seen)
    if age < 86400:
        return _("{time} ago").format(time=duration_text(age))
    return moment_text(machine.last_seen)


def speed_text(machine: Machine) -> str:
    """The pace of all its films together, and how busy its processor is."""
    told = [pace_text(machine.speed)] if machine.speed else []
    told += (
        [_("{percent} busy").format(percent=percent_text(100 * machine.load))]
        if machine.there and machine.load is not None
        else []
    )
    return " · ".join(told)


def job_name(job: WorkStatus) -> str:
    """A film's name without its folder, whatever system the path is of."""
    path = job.film
    whole = PureWindowsPath(path) if "\\" in path else PurePosixPath(path)
    return visible(whole.name or path)


def job_text(job: WorkStatus) -> str:
    """The step of a film and how far it is."""
    told: List[str] = [_("Paused")] if job.paused else []
    told += [_(step_title(job.step))] if job.step else []
    if job.percent is not None:
        told.append(percent_text(job.percent))
    if job.eta is not None:
        told.append(_("{time} left").format(time=duration_text(job.eta)))
    return " · ".join(told)


def job_speed(job: WorkStatus) -> str:
    """The pace of one film."""
    return pace_text(job.speed) if job.speed and not job.paused else ""


def details_text(machine: Machine) -> str:
    """Details of a machine below its row: problems, address, version, encoders."""
    lines: List[str] = [visible(machine.held)] if machine.held else []
    facts = [visible(fact) for fact in (machine.address, machine.version) if fact]
    if abs(machine.skew) >= 2 and machine.state is not MachineState.HERE:
        ahead = machine.skew > 0
        text = _("clock {time} ahead") if ahead else _("clock {time} behind")
        facts.append(text.format(time=duration_text(abs(machine.skew))))
    if facts:
        lines.append(" · ".join(facts))
    if any(limit for _kind, limit in machine.slots):
        at_once = ", ".join(f"{limit} {kind_text(kind)}" for kind, limit in machine.slots if limit)
        lines.append(_("Parallel films: {slots}").format(slots=at_once))
    if machine.abilities:
        lines.append(_("Encoders: {names}").format(names=", ".join(map(_, machine.abilities))))
    return "\n".join(lines)
