"""A film through the product's own decisions and commands, without queue, verification and swap.

What comes out is measured with ffmpeg and numpy alone, so that a mistake of the product cannot hide
behind itself.
"""

from __future__ import annotations

import functools
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Optional, Tuple

import pytest

from analyzer import Analyzer
from core.commands import build_steps
from core.media.model import NativeLanguage
from core.plan import OutputTrack, Plan
from core.planning.planner import build_plan
from core.settings.tree import Settings, TemplateSettings, ToolSettings
from core.tools import ToolName, Toolset
from tests.films import FFMPEG, FFPROBE
from tests.truth.sound import CapturingRunner, run
from tools.resolver import find_tools


@functools.lru_cache(maxsize=None)
def toolset_with(ffmpeg: str = "") -> Toolset:
    """The machine's tools without QSVEnc; with this ffmpeg, or with the one that the product prefers."""
    report = find_tools(ToolSettings(ffmpeg=ffmpeg, ffprobe=FFPROBE), CapturingRunner())
    return Toolset(
        tuple(tool for tool in report.toolset.tools if tool.name is not ToolName("QSVEncC"))
    )


def plain_toolset() -> Toolset:
    """The smaller of the ffmpegs that come with the product: x265 has 8 bits there, AV1 no decoder."""
    return toolset_with(FFMPEG)


def deep_toolset() -> Toolset:
    """The product's choice, if that keeps HDR (7.1 or newer, 10 bits in x265); a skip where none does."""
    tool = toolset_with().get(ToolName.FFMPEG)
    if tool and tool.at_least(7, 1) and "libx265_10bit" in tool.abilities:
        return toolset_with()
    return pytest.skip("needs an ffmpeg 7.1 or newer whose libx265 has 10 bits")


def fast_settings() -> Settings:
    """A new user's settings with the shipped software templates at their encoders' quickest.

    What is measured here does not depend on how hard an encoder thinks.
    """
    shipped = TemplateSettings()
    return Settings(
        templates=replace(
            shipped,
            normal=quick(shipped.normal_fallback),
            dolby_vision=quick(shipped.dolby_vision_fallback),
            downscale=quick(shipped.downscale_fallback),
        )
    )


def quick(template: str) -> str:
    """The same template with the quickest preset of its encoder."""
    words = template.split()
    preset = "13" if "libsvtav1" in words else "ultrafast"
    return " ".join(
        preset if before == "-preset" else word for before, word in zip(["", *words], words)
    )


@dataclass(frozen=True)
class Converted:
    """What was decided, and the file that the commands made of it."""

    plan: Plan
    path: Path

    def audio(self, number: int) -> Tuple[int, OutputTrack]:
        """Position in the result, and the decision, of the source's audio track ``number`` (from 1)."""
        sounds = [track for track in self.plan.outputs if track.kind.value == "audio"]
        return next(
            (position, track)
            for position, track in enumerate(sounds)
            if track.source.number == number
        )


def plan_for(path: Path, settings: Settings, toolset: Toolset) -> Plan:
    """What the product decides about a film."""
    media = Analyzer(CapturingRunner(), toolset).analyze(path)
    return build_plan(media, NativeLanguage(), settings, toolset)


def convert(path: Path, settings: Settings, toolset: Optional[Toolset] = None) -> Converted:
    """Analyse, plan and run the commands, into ``result.mkv`` beside the source."""
    toolset = toolset or toolset_with()
    plan = plan_for(path, settings, toolset)
    assert not plan.refused, plan.refusals
    staged = path.with_name("result.mkv")
    for step in build_steps(plan, settings, toolset, staged):
        for command in step.commands:
            if shutil.which(command.argv[0]) is None:
                pytest.skip(f"{Path(command.argv[0]).name} is not installed")
            run(command.argv)
    return Converted(plan, staged)
