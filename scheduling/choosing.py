"""Which of the planned films a machine gets next: the first in the queue's order that it does as well as any.

The rules are the same for this machine's own slots and for every node's. A film is planned with the tools
of the machine that asks: what it could not do, or would do worse than another machine that is there, is not
for it. Only the few films that are planned are looked at, never the whole queue.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Callable, Dict, FrozenSet, Iterable, List, Optional, Tuple

from core.job import JobKind
from core.job_kind import kind_of
from core.plan import Plan
from core.planner import build_plan
from core.settings import MissingPropeditPolicy
from core.tools import ToolName, Toolset
from scheduling.attempt import Planned

_KEPT = 1024  # jobs whose plans are kept
_Key = FrozenSet[Tuple[object, ...]]
_Worth = Tuple[bool, bool, bool, int]


def key_of(toolset: Toolset) -> _Key:
    """Return what two toolsets have in common that come to the same plans."""
    return frozenset((one.name, one.numbers, one.abilities) for one in toolset.tools)


@dataclass(frozen=True)
class Machine:
    """Who asks for a film: what it has, the kinds that it does at all, and those with a slot free now.

    ``largest`` is in bytes, 0 for any size. ``reads`` says whether it can come by a film of this path.
    """

    id: str
    toolset: Toolset
    kinds: FrozenSet[JobKind]
    free: FrozenSet[JobKind] = frozenset()
    largest: int = 0
    reads: Callable[[str], bool] = lambda path: True  # noqa: ARG005
    key: _Key = field(default=frozenset(), compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", key_of(self.toolset))


@dataclass(frozen=True)
class Choice:
    """A film for a machine, with the plan that its tools make of it."""

    job_id: int
    planned: Planned
    kind: JobKind


class Chooser:
    """``kept`` gives the plan of a waiting job, None where it is not known. Guarded by the queue's lock."""

    def __init__(self, kept: Callable[[int], Optional[Planned]]) -> None:
        self._kept = kept
        self._plans: Dict[int, Tuple[Planned, Dict[_Key, Plan]]] = {}

    def choose(
        self,
        machine: Machine,
        job_ids: Iterable[int],
        others: Iterable[Machine],
        avoided: Callable[[int], bool] = lambda job_id: False,  # noqa: ARG005
    ) -> Tuple[Optional[Choice], List[int]]:
        """Return what the machine gets of these jobs, and those whose plan is not known any more.

        ``others`` are the machines that are there beside it; ``avoided`` are jobs that went wrong on it.
        """
        there = _different((machine, *others))
        unknown: List[int] = []
        for job_id in job_ids:
            planned = self._kept(job_id)
            if planned is None:
                unknown.append(job_id)
                continue
            if avoided(job_id):
                continue
            kind = self.kind_for(machine, planned, job_id, there)
            if kind is not None and kind in machine.free:
                plan = self._plan(job_id, planned, machine)
                self._plans.pop(job_id, None)
                return Choice(job_id, replace(planned, plan=plan), kind), unknown
        return None, unknown

    def kind_for(
        self, machine: Machine, planned: Planned, job_id: int, there: Iterable[Machine]
    ) -> Optional[JobKind]:
        """Return the kind that a film is for a machine; None where it is not for it."""
        media = planned.plan.media
        if (machine.largest and media.size > machine.largest) or not machine.reads(str(media.path)):
            return None
        worth = self._worth(job_id, planned, machine)
        if worth is None or any(
            (self._worth(job_id, planned, one) or worth) > worth for one in there
        ):
            return None
        return kind_of(self._plan(job_id, planned, machine))

    def best(self, planned: Planned, job_id: int, there: Iterable[Machine]) -> Optional[Plan]:
        """Return the best plan that any of these machines could carry out; None where none can."""
        found: Optional[Tuple[_Worth, Plan]] = None
        for one in there:
            worth = self._worth(job_id, planned, one)
            if worth is not None and (found is None or worth > found[0]):
                found = (worth, self._plan(job_id, planned, one))
        return found[1] if found else None

    def forget(self, job_id: int) -> None:
        """Keep no plans of a job any longer."""
        self._plans.pop(job_id, None)

    def _worth(self, job_id: int, planned: Planned, machine: Machine) -> Optional[_Worth]:
        """How good a machine's plan is; None where it cannot carry it out."""
        plan = self._plan(job_id, planned, machine)
        if plan.refused or (not plan.empty and kind_of(plan) not in machine.kinds):
            return None
        waits = planned.equipment.settings.processing.missing_mkvpropedit
        if (
            waits is MissingPropeditPolicy.WAIT
            and machine.toolset.get(ToolName.MKVPROPEDIT) is None
        ):
            return None
        encode = plan.video_encode
        if encode is None:
            return (True, False, False, 0)
        return (True, True, encode.dolby_vision_profile is not None, len(encode.hdr_formats))

    def _plan(self, job_id: int, planned: Planned, machine: Machine) -> Plan:
        before = self._plans.get(job_id)
        if before is None or before[0] is not planned:
            if len(self._plans) > _KEPT:  # jobs that were cancelled meanwhile
                self._plans.clear()
            before = self._plans[job_id] = (planned, {})
        plans = before[1]
        if machine.key not in plans:
            plan, settings = planned.plan, planned.equipment.settings
            plans[machine.key] = build_plan(
                plan.media, plan.native_language, settings, machine.toolset
            )
        return plans[machine.key]


def _different(machines: Iterable[Machine]) -> Tuple[Machine, ...]:
    """One of those that are alike: sixty machines of a kind need one look."""
    return tuple({(one.key, one.kinds): one for one in machines}.values())
