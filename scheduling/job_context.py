"""What one job is worked on with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Callable

if TYPE_CHECKING:
    from analyzer import Analyzer
    from core.settings.tree import Settings
    from core.tools import Toolset
    from processor import Processor


@dataclass(frozen=True)
class JobContext:
    """Made for each job from the settings of that moment."""

    settings: Settings
    toolset: Toolset
    analyzer: Analyzer
    processor: Processor
    tell_owner: Callable[[Path, Path], None] = lambda before, after: None  # noqa: ARG005
