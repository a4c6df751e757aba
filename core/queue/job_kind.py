"""Which kind of slot a planned job needs."""

from __future__ import annotations

from core.encoders.templates import runs_on_chip
from core.plan import Plan
from core.queue.job import JobKind


def kind_of(plan: Plan) -> JobKind:
    """Return what the plan loads the machine with."""
    encode = plan.video_encode
    if encode is None:
        return JobKind.REMUX
    return JobKind.GPU if runs_on_chip(encode.template) else JobKind.SOFTWARE
