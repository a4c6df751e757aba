"""The same film goes on with the next encoder of its chain where graphics went away while it was encoded."""

from __future__ import annotations

from dataclasses import replace
from typing import Callable, Optional, Set

from app.encoder_proofs import EncoderProofs
from core.encoders.proof import EncoderId, encoder_of
from core.encoders.templates import parse_template
from core.errors import DeviceTrouble, MediaProcessorError
from core.plan import Plan, VideoEncode
from core.planning.planner import build_plan
from core.settings.tree import Settings
from core.text.sentence import Sentence
from core.tools import Toolset
from processing.next_encoder import GoesOn


class NextEncoders:
    """One job's; ``find`` looks for the programs."""

    def __init__(
        self, proofs: EncoderProofs, settings: Settings, find: Callable[[], Toolset]
    ) -> None:
        self._proofs = proofs
        self._settings = settings
        self._find = find
        self._lost: Set[EncoderId] = set()

    def after_device_error(self, plan: Plan, error: MediaProcessorError) -> Optional[GoesOn]:
        """The plan with the next encoder that works now; None where there is none.

        The encoder that failed is not taken again for this film, whatever its test encode says now.
        """
        encoder = _encoder(plan)
        if encoder is None:
            return None
        toolset = self._find()
        problem = error.problem if isinstance(error, DeviceTrouble) else str(error)
        self._proofs.lost(encoder, toolset, problem)
        return self._after(plan, encoder, toolset, problem)

    def after_stall(self, plan: Plan, error: MediaProcessorError) -> Optional[GoesOn]:
        """The same; None where its test encodes work, so that it was something else that stood still."""
        encoder = _encoder(plan)
        toolset = self._find()
        if encoder is None or self._proofs.works_now(encoder, toolset):
            return None
        return self._after(plan, encoder, toolset, str(error))

    def _after(
        self, plan: Plan, encoder: EncoderId, found: Toolset, problem: str
    ) -> Optional[GoesOn]:
        self._lost.add(encoder)
        toolset = without(self._proofs.proven(found, self._settings), self._lost)
        following = build_plan(plan.media, plan.native_language, self._settings, toolset)
        encode = following.video_encode
        if encode is None or following.refused:
            return None
        sentence = Sentence(
            "{encoder} could not continue, so the film was started over with {other}. {problem}",
            encoder=encoder,
            other=_name(encode),
            problem=problem,
        )
        return GoesOn(following, toolset, sentence)


def _encoder(plan: Plan) -> Optional[EncoderId]:
    """The encoder on hardware that a plan uses."""
    encode = plan.video_encode
    if encode is None:
        return None
    encoder = encoder_of(parse_template(encode.template))
    return encoder if encoder.on_hardware else None


def without(toolset: Toolset, encoders: Set[EncoderId]) -> Toolset:
    """The tools as if they did not have these encoders."""
    lost = {(encoder.tool, encoder.name) for encoder in encoders}
    return Toolset(
        tuple(
            replace(
                tool,
                abilities=frozenset(
                    name for name in tool.abilities if (tool.name, name) not in lost
                ),
            )
            for tool in toolset.tools
        )
    )


def _name(encode: VideoEncode) -> str:
    return str(encoder_of(parse_template(encode.template)))


class LossesAreTold:
    """For a job of another machine's: it decides how its film goes on, by what is proven here from now on."""

    def __init__(self, proofs: EncoderProofs, toolset: Toolset) -> None:
        self._proofs = proofs
        self._toolset = toolset

    def after_device_error(self, plan: Plan, error: MediaProcessorError) -> Optional[GoesOn]:
        """Have the encoder asked anew."""
        encoder = _encoder(plan)
        if encoder is not None:
            self._proofs.lost(encoder, self._toolset, str(error))
        return None

    def after_stall(self, plan: Plan, error: MediaProcessorError) -> Optional[GoesOn]:  # noqa: ARG002
        """The same."""
        encoder = _encoder(plan)
        if encoder is not None:
            self._proofs.works_now(encoder, self._toolset)
        return None
