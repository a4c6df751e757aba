"""Whether two machines encode a film's picture alike, so that their chunks can be joined.

Tools of the same name and version, given the same words. What they do not tell, such as another build of the
same version, shows with the first chunk that a machine makes: it is proved before there is a second.
"""

from __future__ import annotations

from pathlib import Path
from typing import Dict, FrozenSet, Optional, Tuple

from core.commands import build_steps
from core.encoders.quality_number import number_in, plan_with_number
from core.plan import Plan
from core.planning.planner import build_plan
from core.settings.tree import Settings
from core.steps import StepName
from core.tools import Toolset

_KEPT = 1000  # answers
_STAGED = Path("staged")

Mark = Tuple[Tuple[str, ...], ...]


class EncoderLikeness:
    """``encodes_alike``, worked out once for each film and kind of machine; guarded by whoever uses it."""

    def __init__(self) -> None:
        self._known: Dict[Tuple[object, ...], bool] = {}

    def of(self, plan: Plan, settings: Settings, ours: Toolset, theirs: Toolset) -> bool:
        """Whether ``theirs`` come to the same encode of this film as ``ours``."""
        key = (plan.media.path, plan.signature, _versions(ours), _versions(theirs))
        if key not in self._known:
            if len(self._known) > _KEPT:
                self._known.clear()
            self._known[key] = encodes_alike(plan, settings, ours, theirs)
        return self._known[key]


def _versions(toolset: Toolset) -> FrozenSet[Tuple[object, ...]]:
    return frozenset((tool.name, tool.version, tool.abilities) for tool in toolset.tools)


def encodes_alike(plan: Plan, settings: Settings, ours: Toolset, theirs: Toolset) -> bool:
    """Whether ``theirs`` come to the same encode of this film as ``ours``, which it was planned with."""
    other = build_plan(plan.media, plan.native_language, settings, theirs)
    if other.refused or other.signature != plan.signature or other.video_encode is None:
        return False
    number = number_in(plan)
    if number is not None:  # that was found for this film; a node is told it
        other = plan_with_number(other, number)
    mark = _mark(plan, settings, ours)
    return mark is not None and mark == _mark(other, settings, theirs)


def _mark(plan: Plan, settings: Settings, toolset: Toolset) -> Optional[Mark]:
    """The words of each command of the encode, with the tool's version for its path."""
    for step in build_steps(plan, settings, toolset, _STAGED):
        if step.name is StepName.ENCODE:
            return tuple(
                (toolset.identity(command.tool.value), *command.argv[1:])
                for command in step.commands
            )
    return None
