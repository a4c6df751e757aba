"""The programs and encoders of this machine in words: what is proven, what is not, what to do about it."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Iterator, Sequence, Tuple

from app.encoder_proofs import named_encoders, with_proofs
from core.encoders.family import Feature
from core.encoders.proof import EncoderId, EncoderProof, Finding, feature_finding
from core.settings.tree import Settings
from core.text.sentence import Listed, Sentence, listed
from core.tools import ToolName
from tools.resolver import ToolReport, ToolStatus


def proven_statuses(
    report: ToolReport,
    proofs: Sequence[EncoderProof],
    settings: Settings,
    system: str = sys.platform,
) -> Tuple[ToolStatus, ...]:
    """The programs with what they have proven.

    One whose encoder a template names, and which does not work, has a problem; the hint names the driver.
    """
    toolset = with_proofs(report.toolset, {proof.encoder: proof for proof in proofs})
    named = named_encoders(settings)
    statuses = []
    for status in report.statuses:
        info = toolset.get(status.name)
        if status.info is not None and info is not None:
            status = replace(status, info=info)
            missed = [proof for proof in proofs if _is_missed(proof, status.name, named)]
            if missed and not status.problem:
                problem = Sentence(
                    "{encoder} does not work here and is not used. {why_not}",
                    encoder=missed[0].encoder,
                    why_not=missed[0].why_not,
                )
                hint = missed[0].encoder.family.driver_hint(system)
                status = replace(status, problem=problem, hint=hint)
        statuses.append(status)
    return tuple(statuses)


def _is_missed(proof: EncoderProof, tool: ToolName, named: Sequence[EncoderId]) -> bool:
    return proof.encoder.tool == tool and proof.encoder in named and not proof.offered


def encoder_lines(proofs: Sequence[EncoderProof]) -> Iterator[str]:
    """A sentence for each encoder that works; the others are told together.

    Nobody needs a driver for a card that is not there.
    """
    yield from (
        Sentence(
            "{encoder} is proven here: {proven}.", encoder=proof.encoder, proven=_proven(proof)
        )
        for proof in proofs
        if proof.offered
    )
    others = [str(proof.encoder) for proof in proofs if not proof.offered]
    if others:
        yield Sentence("No test encode worked with {others}.", others=Listed(others))


def idle_encoders(proofs: Sequence[EncoderProof], settings: Settings) -> Iterator[str]:
    """A sentence where graphics can encode here, and the templates name others alone."""
    named = named_encoders(settings)
    working = [proof.encoder for proof in proofs if proof.offered]
    if working and not any(encoder in named for encoder in working):
        yield (
            Sentence(
                "The processor encodes, since no template names {encoders}. `settings set video.graphics "
                "any` makes templates that do.",
                encoders=Listed(map(str, working)),
            )
        )


def _proven(proof: EncoderProof) -> Sentence:
    """The features, and of those that are not proven why: ``8 bit, 10 bit; HDR10+ not tried (…)``."""
    works = listed(feature.label for feature in Feature if feature in proof.proven)
    rest = [
        feature_finding(feature, answer)
        for feature, answer in proof.answers.items()
        if answer.finding is not Finding.WORKS
    ]
    return listed((works, *rest), "; ")
