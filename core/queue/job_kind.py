"""Which kind of slot a planned job needs."""

from __future__ import annotations

import re

from core.plan import Plan
from core.queue.job import JobKind

# The program that only knows Intel's chip, and ffmpeg's encoders that run on one
# (https://trac.ffmpeg.org/wiki/HWAccelIntro).
_ON_THE_CHIP = re.compile(r"\$qsvencc?\b|\b\w+_(qsv|nvenc|amf|vaapi|videotoolbox|mf|vulkan)\b")


def kind_of(plan: Plan) -> JobKind:
    """Return what the plan loads the machine with."""
    encode = plan.video_encode
    if encode is None:
        return JobKind.REMUX
    return JobKind.GPU if _ON_THE_CHIP.search(encode.template) else JobKind.SOFTWARE
