"""A film through the product's own decisions and commands, without queue, verification and swap.

What comes out is measured with ffmpeg and numpy alone, so that a mistake of the product cannot hide
behind itself.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Optional, Tuple

import pytest

from analyzer import Analyzer
from core.commands import build_steps
from core.model import NativeLanguage
from core.plan import OutputTrack, Plan
from core.planner import build_plan
from core.settings import Settings, TemplateSettings, ToolSettings
from core.tools import ToolName, Toolset
from tests.films import FFMPEG, FFPROBE
from tests.truth.sound import CapturingRunner, run
from tools.resolver import find_tools


@functools.lru_cache(maxsize=None)
def toolset_with(ffmpeg: str) -> Toolset:
    """One given ffmpeg, the embedded ffprobe, and mkvtoolnix where the machine has it; no QSVEnc."""
    report = find_tools(ToolSettings(ffmpeg=ffmpeg, ffprobe=FFPROBE), CapturingRunner())
    return Toolset(tuple(tool for tool in report.toolset.tools if tool.name is not ToolName.QSVENC))


def embedded_toolset() -> Toolset:
    """The ffmpeg that comes with the product."""
    return toolset_with(FFMPEG)


def deep_toolset() -> Toolset:
    """An ffmpeg that keeps HDR (7.1 or newer, libx265 with 10 bits); skips where there is none.

    The embedded one's libx265 has 8 bits only; ``pip install imageio-ffmpeg`` brings one.
    """
    candidates = [shutil.which("ffmpeg")]
    if importlib.util.find_spec("imageio_ffmpeg"):
        candidates.append(importlib.import_module("imageio_ffmpeg").get_ffmpeg_exe())
    for path in candidates:
        tool = toolset_with(path).get(ToolName.FFMPEG) if path else None
        if tool and tool.at_least(7, 1) and "libx265_10bit" in tool.abilities:
            return toolset_with(str(tool.path))
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
    toolset = toolset or embedded_toolset()
    plan = plan_for(path, settings, toolset)
    assert not plan.refused, plan.refusals
    staged = path.with_name("result.mkv")
    for step in build_steps(plan, settings, toolset, staged):
        for command in step.commands:
            run(command.argv)
    return Converted(plan, staged)
