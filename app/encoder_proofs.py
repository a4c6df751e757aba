"""Which encoders are offered on this machine: those that have really encoded here, with this driver.

Each is asked once, before it is first needed, and its answers are kept; asked anew are those whose program
or driver has changed, that are old, that a job met a device error with, and all of them by "Find again".
"""

from __future__ import annotations

import logging
import threading
import time
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Callable, Dict, FrozenSet, Iterable, Iterator, List, Mapping, Tuple

from core.encoders.chain import parse_chain
from core.encoders.family import Feature, Way
from core.encoders.listed import families
from core.encoders.proof import (
    EncoderId,
    EncoderProof,
    FeatureAnswer,
    Finding,
    encoder_of,
    is_claim,
)
from core.errors import TemplateError
from core.settings.tree import Settings, TemplateSettings
from core.store_errors import StoreError
from core.text.sentence import Sentence
from core.tools import ToolInfo, ToolName, Toolset
from processing.runner import ProcessRunner
from store.encoder_proofs import EncoderProofStore
from tools.graphics import drivers

_DRIVER_SECONDS = 10.0
_ASIDE_SECONDS = 3600.0  # two device errors in this time, and the test encodes are believed no more

_log = logging.getLogger("mediaprocessor")


class EncoderProofs:
    """Usable from every thread; of several that need an answer, one asks and the others wait."""

    def __init__(
        self,
        store: EncoderProofStore,
        runner: ProcessRunner,
        data_dir: Path,
        now: Callable[[], float] = time.time,
        driver: Callable[[], str] = drivers,
    ) -> None:
        self._store = store
        self._runner = runner
        self._data_dir = data_dir
        self._now = now
        self._look_at_driver = driver
        self._driver_seen: Tuple[float, str] = (-_DRIVER_SECONDS, "")  # when, and what
        self._guard = threading.RLock()
        self._lost: Dict[str, float] = {}  # when a family last met a device error at work

    def proven(self, toolset: Toolset, settings: Settings) -> Toolset:
        """The tools with what they have proven; encoders that these settings name are asked where need be."""
        wanted = [encoder for encoder in named_encoders(settings) if is_there(encoder, toolset)]
        return with_proofs(toolset, self._asked(wanted, toolset))

    def ask_all(
        self, toolset: Toolset, settings: Settings, *, doubting: bool = False
    ) -> Tuple[EncoderProof, ...]:
        """What every encoder on hardware has proven that is here, and those that the settings name.

        With ``doubting`` those that did not work are asked anew, but for those that hung.
        """
        wanted = dict.fromkeys([*named_encoders(settings), *_listed(toolset)])
        here = [encoder for encoder in wanted if is_there(encoder, toolset)]
        proofs = self._asked(here, toolset, doubting=doubting)
        return tuple(proofs[encoder] for encoder in here)

    def with_all(self, toolset: Toolset, settings: Settings) -> Toolset:
        """The tools with all that is proven here: what other machines are told."""
        proofs = self.ask_all(toolset, settings)
        return with_proofs(toolset, {proof.encoder: proof for proof in proofs})

    def forget(self) -> None:
        """Ask all anew when they are next needed."""
        with self._guard:
            self._lost.clear()
            self._driver_seen = (-_DRIVER_SECONDS, "")
            self._store.forget()

    def lost(self, encoder: EncoderId, toolset: Toolset, why: str) -> None:
        """A job met a device error: what shares the device is asked anew.

        Where that happens again soon although the test encodes work, the encoder is set aside for a while.
        """
        with self._guard:
            self._store.forget(encoder.family.name)
            before = self._lost.get(encoder.family.name)
            self._lost[encoder.family.name] = self._now()
            if before is not None and self._now() - before <= _ASIDE_SECONDS:
                answer = FeatureAnswer(
                    Finding.FAILS, Sentence("It has failed at work again: {why}", why=why)
                )
                self._keep(encoder, toolset, self._driver(), {Feature.PICTURE: answer})

    def works_now(self, encoder: EncoderId, toolset: Toolset) -> bool:
        """Ask one encoder anew, whatever it has answered before."""
        with self._guard:
            self._store.forget(encoder.family.name)
            return self._asked([encoder], toolset)[encoder].offered

    def _driver(self) -> str:
        """The drivers of now; not looked at for every film."""
        seen, driver = self._driver_seen
        if not 0.0 <= self._now() - seen < _DRIVER_SECONDS:
            driver = self._look_at_driver()
            self._driver_seen = self._now(), driver
        return driver

    def _asked(
        self, wanted: Iterable[EncoderId], toolset: Toolset, *, doubting: bool = False
    ) -> Mapping[EncoderId, EncoderProof]:
        """Answers that hold: the kept ones, and those of the wanted encoders."""
        with self._guard:
            driver, now = self._driver(), self._now()
            holding = {
                encoder: proof
                for encoder, proof in self._kept().items()
                if proof.holds(_program(encoder, toolset), driver, now)
                and (proof.offered or proof.silent or not doubting)
            }
            missing = [encoder for encoder in wanted if encoder not in holding]
            if missing:
                dead = {
                    encoder.family.name: proof.answers
                    for encoder, proof in holding.items()
                    if _shares_its_fate(proof)
                }
                holding.update(self._ask(missing, toolset, driver, dead))
            return holding

    def _ask(
        self,
        encoders: Iterable[EncoderId],
        toolset: Toolset,
        driver: str,
        dead: Dict[str, Mapping[Feature, FeatureAnswer]],
    ) -> Iterator[Tuple[EncoderId, EncoderProof]]:
        """Ask each; not one whose family is known to be ``dead`` (its name, and what was answered)."""
        try:
            from app.encoder_prover import EncoderProver  # answers are kept, so few starts ask
            from app.proof_films import ProofFilms
            from app.trial_folder import trial_folder

            with trial_folder("encoder-test-", self._data_dir, self._runner.run_id) as folder:
                films = ProofFilms(folder, toolset.get(ToolName.FFMPEG), self._runner)
                prover = EncoderProver(self._runner, toolset, films, folder)
                for encoder in encoders:
                    answers = dead.get(encoder.family.name) or prover.answers(encoder)
                    proof = self._keep(encoder, toolset, driver, answers)
                    if _shares_its_fate(proof):
                        dead[encoder.family.name] = answers
                    told = ", ".join(proof.words())
                    _log.info("Test encodes with %s: %s. %s", encoder, told, proof.why_not)
                    yield encoder, proof
        except OSError as error:
            why = Sentence("No film could be made to try it with: {problem}", problem=error)
            for encoder in encoders:
                answers = {Feature.PICTURE: FeatureAnswer(Finding.UNTRIED, why)}
                yield encoder, self._keep(encoder, toolset, driver, answers)

    def _keep(
        self,
        encoder: EncoderId,
        toolset: Toolset,
        driver: str,
        answers: Mapping[Feature, FeatureAnswer],
    ) -> EncoderProof:
        program = _program(encoder, toolset)
        proof = EncoderProof(encoder, program, driver, self._now(), answers)
        with suppress(StoreError):  # it is asked again
            self._store.keep(proof)
        return proof

    def _kept(self) -> Mapping[EncoderId, EncoderProof]:
        try:
            return self._store.all()
        except StoreError:
            return {}


def _shares_its_fate(proof: EncoderProof) -> bool:
    """Whether its sisters need not be asked: it hung, or its device is not there."""
    hung = proof.answers[Feature.PICTURE].finding is Finding.SILENT
    return hung or proof.encoder.family.is_device_line(proof.why_not)


def with_proofs(toolset: Toolset, proofs: Mapping[EncoderId, EncoderProof]) -> Toolset:
    """The tools with those encoders on hardware alone that have proven to work."""

    def with_own(tool: ToolInfo) -> ToolInfo:
        proven = (proof.abilities for proof in proofs.values() if proof.encoder.tool == tool.name)
        return replace(tool, abilities=_facts(tool).union(*proven))

    return Toolset(tuple(with_own(tool) for tool in toolset.tools))


@lru_cache(maxsize=64)  # ffmpeg has a thousand abilities
def _facts(tool: ToolInfo) -> FrozenSet[str]:
    """A program's abilities without what it only says of hardware."""
    return frozenset(name for name in tool.abilities if not is_claim(tool.name, name))


def named_encoders(settings: Settings) -> Tuple[EncoderId, ...]:
    """The encoders on hardware that templates name."""
    return tuple(encoder for encoder in template_encoders(settings) if encoder.on_hardware)


def template_encoders(settings: Settings) -> Tuple[EncoderId, ...]:
    """All encoders that templates name."""
    return _named(settings.templates)


@lru_cache(maxsize=64)  # they are asked for with every film
def _named(templates: TemplateSettings) -> Tuple[EncoderId, ...]:
    found: List[EncoderId] = []
    for key, text in vars(templates).items():
        try:
            found += map(encoder_of, parse_chain(text, f"templates.{key}"))
        except TemplateError:
            continue  # it is told where it is used
    return tuple(dict.fromkeys(found))


def _listed(toolset: Toolset) -> Iterator[EncoderId]:
    """The encoders on hardware of every family whose program is here."""
    for family in families():
        name = family.program.name
        for encoder in map(partial(EncoderId, name), family.encoders.values()):
            if encoder.on_hardware and is_there(encoder, toolset):
                yield encoder


def is_there(encoder: EncoderId, toolset: Toolset) -> bool:
    """Whether there is anything to ask: ffmpeg lists what it was built with, the others leave it open."""
    tool = toolset.get(encoder.tool)
    if tool is None:
        return False
    return encoder.family.way is not Way.FFMPEG or encoder.name in tool.abilities


def _program(encoder: EncoderId, toolset: Toolset) -> str:
    """The program that an encoder belongs to: which file, of which version and date."""
    tool = toolset.get(encoder.tool)
    if tool is None:
        return ""
    try:
        state = tool.path.stat()
    except OSError:
        return ""
    return f"{tool.path} {tool.version} {state.st_size} {state.st_mtime_ns}"
