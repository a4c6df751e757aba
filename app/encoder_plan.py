"""A film planned so that one encoder has to make its picture, as if it had proven already that it can."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from analyzer import Analyzer
from core.encoders.family import Feature, ability
from core.encoders.proof import EncoderId, is_claim
from core.media.languages import parse_language
from core.media.model import Confidence, NativeLanguage
from core.plan import Plan
from core.planning.planner import build_plan
from core.settings.choices import MissingPropeditPolicy
from core.settings.tree import Settings, TemplateSettings
from core.text.sentence import joined
from core.tools import ToolInfo, Toolset
from processing.runner import ProcessRunner
from processing.stall import Limits

LIMITS = Limits(first_progress=60.0, stall=60.0)
_LARGER_IS_FINE = 1e6  # times the film's size: small noisy films grow


@dataclass(frozen=True)
class EncoderPlan:
    """The plan of a film, and what it is carried out with."""

    plan: Plan
    settings: Settings
    toolset: Toolset
    analyzer: Analyzer

    @property
    def why_not(self) -> str:
        """Why the picture would not be encoded; empty where it would."""
        if self.plan.video_encode is not None:
            return ""
        return joined(reason.message for reason in (*self.plan.refusals, *self.plan.omissions))


def plan_for(
    encoder: EncoderId, feature: Feature, film: Path, runner: ProcessRunner, toolset: Toolset
) -> EncoderPlan:
    """Plan a film that has this feature; raises AnalysisError and its like.

    An encoder on hardware says nothing of itself that could be believed; of the others it is known.
    """
    if encoder.on_hardware:
        toolset = _assumed(toolset, encoder, feature)
    depth = 8 if feature is Feature.PICTURE else 10
    settings = _settings(encoder.family.plain_template(encoder.name, depth))
    analyzer = Analyzer(runner, toolset)
    native = NativeLanguage(parse_language("eng"), Confidence.HIGH, (), "")
    plan = build_plan(analyzer.analyze(film), native, settings, toolset)
    return EncoderPlan(plan, settings, toolset, analyzer)


def _assumed(toolset: Toolset, encoder: EncoderId, feature: Feature) -> Toolset:
    """The tools as they would be if this encoder could do what is to be proven."""
    features = (Feature.PICTURE,) if feature is Feature.PICTURE else tuple(Feature)
    assumed = frozenset(ability(encoder.name, each) for each in features)

    def with_it(tool: ToolInfo) -> ToolInfo:
        if tool.name != encoder.tool:
            return tool
        told = frozenset(name for name in tool.abilities if not is_claim(tool.name, name))
        return replace(tool, abilities=told | assumed)

    return Toolset(tuple(with_it(tool) for tool in toolset.tools))


def _settings(template: str) -> Settings:
    """Settings under which every film is encoded by this template, and by no other."""
    plain = Settings()
    return replace(
        plain,
        templates=TemplateSettings(*(template, "") * 3),
        video=replace(plain.video, good_bits_per_pixel=0.0, drop_captions=True),
        files=replace(plain.files, largest_ratio=_LARGER_IS_FINE),
        processing=replace(
            plain.processing,
            stop_when_larger=False,
            missing_mkvpropedit=MissingPropeditPolicy.CONTINUE,
            first_progress_seconds=LIMITS.first_progress,
            stall_seconds=LIMITS.stall,
        ),
    )
