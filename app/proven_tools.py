"""The programs and encoders of this machine in words: what is proven, what is not, what to do about it."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Iterable, Iterator, List, Optional, Sequence, Tuple

from app.encoder_proofs import named_encoders, with_proofs
from core.encoders.drivers import driver_hint
from core.encoders.proof import EncoderProof, Feature, Finding
from core.settings.tree import Settings
from core.tools import ToolInfo, ToolName
from tools.resolver import ToolReport, ToolStatus


def proven_statuses(
    report: ToolReport, proofs: Sequence[EncoderProof], system: str = sys.platform
) -> Tuple[ToolStatus, ...]:
    """The programs with what they have proven; one that only encodes and cannot has a problem."""
    toolset = with_proofs(report.toolset, {proof.encoder: proof for proof in proofs})
    return tuple(
        _status(status, toolset.get(status.name), proofs, system) for status in report.statuses
    )


def _status(
    status: ToolStatus, info: Optional[ToolInfo], proofs: Sequence[EncoderProof], system: str
) -> ToolStatus:
    if status.info is None or info is None:
        return status
    status = replace(status, info=info)
    own = [proof for proof in proofs if proof.encoder.tool is status.name]
    if status.name is ToolName.FFMPEG or not own or any(proof.offered for proof in own):
        return status
    problem = f"{info.path} cannot encode here, so it is not used. {own[0].why_not}"
    return replace(status, problem=problem, hint=driver_hint(own[0].encoder.family, system))


def encoder_lines(
    proofs: Iterable[EncoderProof], settings: Settings, system: str = sys.platform
) -> Iterator[str]:
    """A sentence for each encoder that works, and for each that the templates name and that does not.

    The others are told together: nobody needs a driver for a card that is not there.
    """
    named = named_encoders(settings)
    others: List[str] = []
    for proof in proofs:
        if proof.offered:
            yield f"{proof.encoder} is proven here: {_proven(proof)}."
        elif proof.encoder in named:
            hint = driver_hint(proof.encoder.family, system)
            why = f"{proof.why_not} {hint}".rstrip()
            yield f"{proof.encoder} stands in a template and is not used here: {why}"
        else:
            others.append(str(proof.encoder))
    if others:
        yield f"No test encode worked with {', '.join(others)}: there is no such graphics here, or no driver."


def _proven(proof: EncoderProof) -> str:
    """The features, and of those that are not proven why: ``8 bit, 10 bit; HDR10+ not tried (…)``."""
    works = ", ".join(feature.label for feature in Feature if feature in proof.proven)
    rest = [
        f"{feature.label} {answer.finding.value}" + (f" ({answer.why})" if answer.why else "")
        for feature, answer in proof.answers.items()
        if answer.finding is not Finding.WORKS
    ]
    return "; ".join((works, *rest))
