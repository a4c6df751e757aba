"""What speaks against a template for one picture, whatever its encoder; the rest is its family's word."""

from __future__ import annotations

from typing import Callable, Iterator, Tuple

from core.encoders.family import Candidate, Feature
from core.encoders.proof import encoder_of
from core.media.model import HdrFormat
from core.plan import Reason
from core.rules import traits
from core.text.sentence import Sentence

Rule = Callable[[Candidate], Iterator[Reason]]


def _program_is_new_enough(candidate: Candidate) -> Iterator[Reason]:
    tool, lowest = candidate.tool, candidate.template.family.lowest
    if tool.numbers and tool.numbers < lowest:
        needed = ".".join(map(str, lowest))
        yield Reason(
            "tool.too_old",
            Sentence(
                "{tool} {version} is too old to be relied on; {needed} or newer is needed.",
                tool=tool.name,
                version=tool.version,
                needed=needed,
            ),
            tool.version,
        )


def _program_has_it(candidate: Candidate) -> Iterator[Reason]:
    """What ffmpeg lists says nothing of an encoder on a chip: that one has to have worked here."""
    template, tool = candidate.template, candidate.tool
    encoder = encoder_of(template)
    doubted = encoder.on_hardware
    if template.encoder_name not in tool.abilities:
        missing = (
            Sentence("{encoder} is not proven to work here", encoder=encoder)
            if doubted
            else Sentence("{tool} here has no {encoder}", tool=tool.name, encoder=encoder)
        )
    elif (
        candidate.bit_depth > 8
        and template.family.tells_bit_depth(template)
        and not candidate.can(Feature.TEN_BIT)
    ):
        missing = (
            Sentence("{encoder} is not proven to make 10 bits here", encoder=encoder)
            if doubted
            else Sentence("{encoder} here does not make 10 bits", encoder=encoder)
        )
    else:
        return
    yield Reason(
        "template.ability_missing",
        Sentence(
            "Template {template} cannot be used: {missing}.",
            template=candidate.name,
            missing=missing,
        ),
        f"{tool.name} {tool.version}".strip(),
    )


def _template_has_what_is_needed(candidate: Candidate) -> Iterator[Reason]:
    if candidate.keep and not candidate.template.uses("hdr"):
        yield Reason(
            "template.no_hdr",
            Sentence(
                "Template {template} has no $hdr, but this video is HDR.", template=candidate.name
            ),
        )


def _bits_stay(candidate: Candidate) -> Iterator[Reason]:
    needed = 10 if candidate.track.hdr is not HdrFormat.SDR else min(candidate.track.bit_depth, 10)
    if candidate.bit_depth < needed:
        yield Reason(
            "template.bit_depth",
            Sentence(
                "Template {template} makes {bits} bits here, but this video needs {needed}.",
                template=candidate.name,
                bits=candidate.bit_depth,
                needed=needed,
            ),
        )


def _dolby_vision_stays(candidate: Candidate) -> Iterator[Reason]:
    if HdrFormat.DOLBY_VISION not in candidate.track.hdr_formats:
        return
    if candidate.template.codec not in ("hevc", "av1"):
        yield Reason("tool.dolby_vision_codec", Sentence("Dolby Vision needs HEVC or AV1."))
    if candidate.template.codec == "av1" and candidate.dolby_vision_5:
        yield Reason(
            "tool.profile_5", Sentence("No AV1 encoder is proven with Dolby Vision profile 5.")
        )


def _header_is_followed(candidate: Candidate) -> Iterator[Reason]:
    """Bars that the header cuts off: the shape must be the same whether a player does so or not."""
    track = candidate.track
    if track.cropped and abs(track.pixel_aspect - 1.0) > 0.005:
        yield Reason(
            "video.crop_unclear",
            Sentence(
                "The header crops the video, but gives the aspect ratio of the uncropped one."
            ),
        )


def _family_objects(candidate: Candidate) -> Iterator[Reason]:
    yield from candidate.template.family.objections(candidate)


def _traits_stay(candidate: Candidate) -> Iterator[Reason]:
    family = candidate.template.family
    yield from traits.objections(candidate.media, candidate.track.index, family)


def keeps_captions(candidate: Candidate) -> bool:
    """Whether closed captions inside the picture come through this encoder (seen with 8.1.2 and 9.0.2)."""
    return candidate.template.family.keeps_captions(candidate.template, candidate.tool)


def captions_stay(candidate: Candidate) -> Iterator[Reason]:
    """No rule among others: a setting lets captions go."""
    if candidate.track.captions and not keeps_captions(candidate):
        yield Reason(
            "tool.captions_lost",
            Sentence(
                "Template {template} would lose the closed captions inside the video (the setting "
                "video.drop_captions allows that).",
                template=candidate.name,
            ),
            candidate.template.encoder_name,
        )


RULES: Tuple[Rule, ...] = (
    _program_has_it,
    _program_is_new_enough,
    _template_has_what_is_needed,
    _bits_stay,
    _dolby_vision_stays,
    _family_objects,
    _header_is_followed,
    _traits_stay,
)
