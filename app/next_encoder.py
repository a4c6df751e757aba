"""The same film goes on with the next encoder of its chain where graphics went away while it was encoded."""

from __future__ import annotations

from dataclasses import replace
from typing import Callable, Optional, Set

from app.encoder_proofs import EncoderProofs
from core.encoders.proof import EncoderId
from core.encoders.templates import parse_template
from core.plan import Plan, VideoEncode
from core.planning.planner import build_plan
from core.settings.tree import Settings
from core.tools import Toolset
from processing.making import EncoderLoss, GoesOn


class NextEncoders:
    """One job's; ``tell`` gives a sentence to the user."""

    def __init__(
        self,
        proofs: EncoderProofs,
        toolset: Toolset,
        settings: Settings,
        tell: Callable[[str], None],
    ) -> None:
        self._proofs = proofs
        self._toolset = toolset
        self._settings = settings
        self._tell = tell
        self._lost: Set[EncoderId] = set()

    def after(self, plan: Plan, loss: EncoderLoss) -> Optional[GoesOn]:
        """The plan with the next encoder that works now; None where there is none.

        The encoder that failed is not taken again for this film, whatever its test encode says now.
        """
        encode = plan.video_encode
        if encode is None:
            return None
        self._lost.add(loss.encoder)
        self._proofs.lost(loss.encoder, self._toolset, loss.problem)
        toolset = self._proofs.proven(self._toolset, self._settings)
        following = build_plan(
            plan.media, plan.native_language, self._settings, without(toolset, self._lost)
        )
        encode = following.video_encode
        if encode is None or following.refused:
            return None
        sentence = (
            f"{plan.media.path.name}: {loss.encoder} could not use the graphics any more ({loss.problem}); "
            f"the film goes on with {_name(encode)}."
        )
        self._tell(sentence)
        return GoesOn(following, toolset, sentence)


def without(toolset: Toolset, encoders: Set[EncoderId]) -> Toolset:
    """The tools as if they did not have these encoders."""
    lost = {(encoder.tool, encoder.name) for encoder in encoders}
    return Toolset(
        tuple(
            replace(
                tool,
                abilities=frozenset(name for name in tool.abilities if (tool.name, name) not in lost),
            )
            for tool in toolset.tools
        )
    )


def _name(encode: VideoEncode) -> str:
    template = parse_template(encode.template)
    return str(EncoderId(template.tool, template.encoder_name))
