"""Which of the planned films a machine gets next: the first in the queue's order that it does as well as any.

The rules are the same for this machine's own slots and for every node's. A film is planned with the tools
of the machine that asks: what it could not do, or would do worse than another machine that is there, is not
for it. Only the few films that are planned are looked at, never the whole queue.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Callable, Dict, FrozenSet, Iterable, List, Optional, Tuple

from core.plan import Plan
from core.planning.planner import build_plan
from core.queue.job import JobKind
from core.queue.job_kind import kind_of
from core.settings.choices import MissingPropeditPolicy
from core.tools import ToolName, Toolset
from scheduling.attempt import Attempts, Planned

_KEPT = 1024  # jobs whose plans are kept
_TOOLSETS = 256  # that are told apart
_Key = FrozenSet[Tuple[object, ...]]
_Worth = Tuple[bool, bool, bool, int]
_Groups = List[Tuple[int, List["CandidateMachine"]]]
_KEYS: Dict[_Key, _Key] = {}  # as many as there were different toolsets since the start


def key_of(toolset: Toolset) -> _Key:
    """Return what two toolsets have in common that come to the same plans."""
    key = frozenset((tool.name, tool.numbers, tool.abilities) for tool in toolset.tools)
    # The same object for equal ones: sixty machines are compared for each film that one of them asks for,
    # and who is the same object is equal without a look at hundreds of abilities.
    return _KEYS.setdefault(key, key)


@dataclass(frozen=True)
class CandidateMachine:
    """Who asks for a film: what it has, the kinds that it does at all, and those with a slot free now.

    ``largest`` is in bytes, 0 for any size. ``reads`` says whether it can come by a film of this path,
    ``chunks`` whether its program makes single chunks of a film, ``fetches`` that it is sent every film.
    """

    id: str
    toolset: Toolset
    kinds: FrozenSet[JobKind]
    free: FrozenSet[JobKind] = frozenset()
    largest: int = 0
    reads: Callable[[str], bool] = lambda path: True  # noqa: ARG005
    chunks: bool = False
    fetches: bool = False
    key: _Key = field(default=frozenset(), compare=False)

    def __post_init__(self) -> None:
        if not self.key:  # else it is a copy of one with the same tools
            object.__setattr__(self, "key", key_of(self.toolset))


@dataclass(frozen=True)
class FilmChoice:
    """A film for a machine, with the plan that its tools make of it."""

    job_id: int
    planned: Planned
    kind: JobKind


@dataclass(frozen=True)
class _View:
    """What a machine's tools make of a film; ``worth`` is None where they cannot carry it out."""

    plan: Plan
    kind: JobKind
    worth: Optional[_Worth]

    def worth_for(self, candidate: CandidateMachine) -> Optional[_Worth]:
        """How good that is for a machine with these tools; None where it has no slots for it."""
        return self.worth if self.plan.empty or self.kind in candidate.kinds else None


class Chooser:
    """Guarded by the queue's lock. ``plans`` are those of the jobs that wait.

    What each kind of tools makes of a film is worked out once, when it is planned; so a machine that asks
    waits for a few look-ups alone.
    """

    def __init__(self, plans: Attempts) -> None:
        self._plans = plans
        self._numbers: Dict[_Key, int] = {}  # of toolsets that come to the same plans
        self._views: Dict[int, Tuple[Planned, Dict[int, _View]]] = {}
        self._grouped: Tuple[Optional[Iterable[CandidateMachine]], _Groups] = (None, [])

    def choose(
        self,
        candidate: CandidateMachine,
        job_ids: Iterable[int],
        others: Iterable[CandidateMachine],
        avoided: FrozenSet[int] = frozenset(),
    ) -> Tuple[Optional[FilmChoice], List[int]]:
        """Return what the machine gets of these jobs, and those whose plan is not known any more.

        ``others`` are the machines that are there beside it; ``avoided`` are jobs that went wrong on it.
        """
        self._forget_toolsets()
        there = self._alike(others)
        number = self._number(candidate)
        unknown: List[int] = []
        for job_id in job_ids:
            planned = self._plans.kept(job_id)
            if planned is None:
                unknown.append(job_id)
                continue
            view = self._view(job_id, planned, candidate, number)
            worth = view.worth_for(candidate)
            if worth is None or view.kind not in candidate.free or job_id in avoided:
                continue
            if fits(candidate, planned.plan) and not self._better(job_id, planned, there, worth):
                self._views.pop(job_id, None)
                return FilmChoice(job_id, replace(planned, plan=view.plan), view.kind), unknown
        return None, unknown

    def best(
        self, planned: Planned, job_id: int, there: Iterable[CandidateMachine]
    ) -> Optional[Plan]:
        """Return the best plan that any of these machines could carry out; None where none can."""
        self._forget_toolsets()
        best: Optional[Tuple[_Worth, Plan]] = None
        for number, alike in self._alike(there):
            view = self._view(job_id, planned, alike[0], number)
            worth = view.worth_for(alike[0])
            better = worth is not None and (best is None or worth > best[0])
            if worth is not None and better and _any_fits(alike, planned):
                best = (worth, view.plan)
        return best[1] if best else None

    def forget(self, job_id: int) -> None:
        """Keep no plans of a job any longer."""
        self._views.pop(job_id, None)

    def _better(
        self,
        job_id: int,
        planned: Planned,
        there: _Groups,
        worth: _Worth,
    ) -> bool:
        """Whether another machine that is there would make more of a film, and takes films like it."""
        for number, alike in there:
            its = self._view(job_id, planned, alike[0], number).worth_for(alike[0])
            if its is not None and its > worth and _any_fits(alike, planned):
                return True
        return False

    def _alike(self, machines: Iterable[CandidateMachine]) -> _Groups:
        """Those that come to the same plans together: sixty machines of a kind need one look."""
        if self._grouped[0] is not machines:
            self._grouped = machines, self._groups_of(machines)
        return self._grouped[1]

    def _groups_of(self, machines: Iterable[CandidateMachine]) -> _Groups:
        groups: Dict[Tuple[int, FrozenSet[JobKind]], List[CandidateMachine]] = {}
        for candidate in machines:
            key = self._number(candidate), candidate.kinds
            groups.setdefault(key, []).append(candidate)
        return [(number, alike) for (number, _kinds), alike in groups.items()]

    def _forget_toolsets(self) -> None:
        """Keep no more kinds of tools than there can be; a machine could tell of others all day."""
        if len(self._numbers) > _TOOLSETS:
            self._numbers.clear()
            self._views.clear()
            self._grouped = (None, [])

    def _number(self, candidate: CandidateMachine) -> int:
        return self._numbers.setdefault(candidate.key, len(self._numbers))

    def _view(
        self, job_id: int, planned: Planned, candidate: CandidateMachine, number: int
    ) -> _View:
        before = self._views.get(job_id)
        if before is None or before[0] is not planned:
            if len(self._views) > _KEPT:  # jobs that were cancelled meanwhile
                self._views.clear()
            before = self._views[job_id] = (planned, {})
        views = before[1]
        if number not in views:
            views[number] = _view_of(planned, candidate.toolset)
        return views[number]


def fits(candidate: CandidateMachine, plan: Plan) -> bool:
    """Whether a machine takes films of this size, and can come by this one."""
    media = plan.media
    return not (candidate.largest and media.size > candidate.largest) and candidate.reads(
        str(media.path)
    )


def _any_fits(machines: Iterable[CandidateMachine], planned: Planned) -> bool:
    return any(fits(candidate, planned.plan) for candidate in machines)


def _view_of(planned: Planned, toolset: Toolset) -> _View:
    plan, settings = planned.plan, planned.context.settings
    if key_of(toolset) is not key_of(planned.context.toolset):
        plan = build_plan(plan.media, plan.native_language, settings, toolset)
    waits = settings.processing.missing_mkvpropedit is MissingPropeditPolicy.WAIT
    if plan.refused or (waits and toolset.get(ToolName.MKVPROPEDIT) is None):
        return _View(plan, kind_of(plan), None)
    encode = plan.video_encode
    worth: _Worth = (True, False, False, 0)
    if encode is not None:
        dolby_vision = encode.dolby_vision_profile is not None
        worth = (True, True, dolby_vision, len(encode.hdr_formats))
    return _View(plan, kind_of(plan), worth)
