"""What an encoder has proven on this machine, by really encoding: kept by program and driver, for a while.

That a program lists an encoder says nothing: ffmpeg lists hevc_nvenc on machines without a card.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import FrozenSet, Mapping, Tuple

from core.encoders.family import EncoderFamily, Feature, Template, ability
from core.encoders.listed import families_of
from core.text.sentence import N_, Sentence
from core.tools import ToolName

_DAY = 86400.0
_PROVEN_SECONDS = 7 * _DAY  # a driver's parts change without telling a version
_REFUSED_SECONDS = 3600.0  # graphics that were away are used again after so long


class Finding(str, Enum):
    """What a test encode has shown."""

    WORKS = "works"
    FAILS = "fails"
    SILENT = "did not answer"
    UNTRIED = "not tried"


@dataclass(frozen=True)
class FeatureAnswer:
    """One test encode: what it has shown, and the sentence that says why where it did not work."""

    finding: Finding
    why: str = ""


@dataclass(frozen=True)
class EncoderId:
    """An encoder as templates name it: ffmpeg's name of it, or another program's name of its codec."""

    tool: ToolName
    name: str

    def __str__(self) -> str:
        """``hevc_nvenc``, or ``QSVEncC hevc``."""
        return self.name if self.tool is ToolName.FFMPEG else f"{self.tool.value} {self.name}"

    @property
    def family(self) -> EncoderFamily:
        """The family that it belongs to; the program's last one takes what the others do not know."""
        own = tuple(families_of(self.tool))
        return next((family for family in own if self.name in family.encoders.values()), own[-1])

    @property
    def codec(self) -> str:
        """The codec that its family makes with it; empty for one that a user's template alone names."""
        encoders = self.family.encoders.items()
        return next((codec for codec, name in encoders if name == self.name), "")

    @property
    def on_hardware(self) -> bool:
        """Whether it needs graphics: then it is offered only after a test encode."""
        return self.family.on_chip(("-c:v", self.name))


def encoder_of(template: Template) -> EncoderId:
    """The encoder that a template names."""
    return EncoderId(template.program.name, template.encoder_name)


_ENDINGS = tuple(f"_{feature.value}" for feature in Feature)  # ffmpeg has a thousand abilities


def is_claim(tool: ToolName, name: str) -> bool:
    """Whether an ability is what a program says of its encoders on hardware, which proves nothing."""
    for ending in _ENDINGS:
        name = name[: -len(ending)] if name.endswith(ending) else name
    family = next((family for family in families_of(tool) if family.is_encoder(name)), None)
    return family is not None and family.on_chip(("-c:v", name))


_FOUND = {
    Finding.WORKS: N_("{feature}"),
    Finding.FAILS: N_("{feature} fails"),
    Finding.SILENT: N_("{feature} did not answer"),
    Finding.UNTRIED: N_("{feature} not tried"),
}


def feature_finding(feature: Feature, answer: FeatureAnswer, *, with_why: bool = True) -> Sentence:
    """One feature with what was found: ``10 bit``, ``HDR10+ not tried``, and why."""
    found = Sentence(_FOUND[answer.finding], feature=feature.label)
    if not (with_why and answer.why):
        return found
    return Sentence("{finding} ({why})", finding=found, why=answer.why)


@dataclass(frozen=True)
class EncoderProof:
    """What is known of one encoder with one ``program`` and ``driver``; ``asked_at`` since the epoch.

    ``program`` and ``driver`` are texts that differ when these do.
    """

    encoder: EncoderId
    program: str
    driver: str
    asked_at: float
    answers: Mapping[Feature, FeatureAnswer]

    @property
    def offered(self) -> bool:
        """Whether it encodes at all."""
        return Feature.PICTURE in self.proven

    @property
    def silent(self) -> bool:
        """Whether it hung, in whatever test."""
        return any(answer.finding is Finding.SILENT for answer in self.answers.values())

    @property
    def proven(self) -> FrozenSet[Feature]:
        """What works."""
        return frozenset(
            feature for feature, answer in self.answers.items() if answer.finding is Finding.WORKS
        )

    @property
    def abilities(self) -> FrozenSet[str]:
        """What is proven, as ``ToolInfo.abilities`` names it; nothing without a picture."""
        if not self.offered:
            return frozenset()
        return frozenset(ability(self.encoder.name, feature) for feature in self.proven)

    @property
    def why_not(self) -> str:
        """Why it is not offered; empty where it is."""
        return (
            ""
            if self.offered
            else self.answers.get(Feature.PICTURE, FeatureAnswer(Finding.UNTRIED)).why
        )

    def holds(self, program: str, driver: str, now: float) -> bool:
        """Whether it need not be asked anew: nothing has changed, and it is not too old.

        A time to come is none that can be trusted.
        """
        lasts = _PROVEN_SECONDS if self.offered and not self.silent else _REFUSED_SECONDS
        same = (self.program, self.driver) == (program, driver)
        return same and 0.0 <= now - self.asked_at <= lasts

    def words(self) -> Tuple[str, ...]:
        """Each feature with what was found, as people read it: ``10 bit``, ``HDR10+ not tried``."""
        found = ((feature, self.answers.get(feature)) for feature in Feature)
        return tuple(
            feature_finding(feature, answer, with_why=False)
            for feature, answer in found
            if answer is not None
        )
