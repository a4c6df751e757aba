"""One encoder tried on small films of every kind, from the plan to the proof, as every film is worked on."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Dict

from app.encoder_plan import LIMITS, plan_for
from app.proof_films import SIZE, ProofFilms
from core.encoders.family import Feature, TrialEncode
from core.encoders.proof import EncoderId, FeatureAnswer, Finding
from core.errors import MediaProcessorError, ToolStalled, VerificationFailed
from core.ports import Captured
from core.text.sentence import Sentence, counted_sentence, joined
from core.text.tool_lines import spoken
from core.tools import Toolset
from processing.control import JobControl
from processing.filesystem import FileOperations
from processing.pipeline import ResultMaker
from processing.probing import Prober
from processing.process_tree import SystemClock
from processing.runner import ProcessRunner
from processing.verify import Verifier

FEATURES = tuple(Feature)
DEADLINE = 20.0  # seconds for the first encode of all: a driver that hangs never answers

_log = logging.getLogger("mediaprocessor")


class EncoderProver:
    """Every call waits; what it makes stands in ``folder``."""

    def __init__(
        self, runner: ProcessRunner, toolset: Toolset, films: ProofFilms, folder: Path
    ) -> None:
        self._runner = runner
        self._toolset = toolset
        self._films = films
        self._folder = folder

    def answers(self, encoder: EncoderId) -> Dict[Feature, FeatureAnswer]:
        """Try one feature after the other; none where it encodes nothing, and none after a hang."""
        first = self.starts(encoder)
        found = {Feature.PICTURE: first}
        for feature in FEATURES:
            last = tuple(found.values())[-1]
            works = found[Feature.PICTURE].finding is Finding.WORKS
            if not works or last.finding is Finding.SILENT:
                break
            found[feature] = self._answer(encoder, feature)
        return found

    def starts(self, encoder: EncoderId) -> FeatureAnswer:
        """Whether it encodes anything: one short command, whose answer comes at once or never."""
        tool = self._toolset.get(encoder.tool)
        if tool is None:
            return FeatureAnswer(
                Finding.FAILS, Sentence("{tool} was not found.", tool=encoder.tool)
            )
        if not encoder.codec:
            return self._answer(encoder, Feature.PICTURE)  # its family knows no command for it
        try:
            clip = self._films.film(Feature.PICTURE)
        except (MediaProcessorError, OSError) as error:
            return FeatureAnswer(
                Finding.UNTRIED,
                Sentence("No film could be made to try it with: {problem}", problem=error),
            )
        result = self._folder / f"result.{encoder.name}.mkv"
        try:
            trial = TrialEncode(encoder.codec, clip, result, SIZE)
            argv = encoder.family.trial_arguments(tool.path, trial)
            captured = self._runner.capture(argv, timeout=DEADLINE)
        except ToolStalled:
            return FeatureAnswer(Finding.SILENT, _silence(encoder))
        except MediaProcessorError as error:
            return FeatureAnswer(Finding.FAILS, str(error))
        if captured.returncode == 0:
            return FeatureAnswer(Finding.WORKS)
        return FeatureAnswer(Finding.FAILS, _complaint(encoder, captured))

    def _answer(self, encoder: EncoderId, feature: Feature) -> FeatureAnswer:
        missing = self._films.why_none(feature)
        if missing:
            return FeatureAnswer(Finding.UNTRIED, missing)
        try:
            film = self._films.film(feature)
        except (MediaProcessorError, OSError) as error:
            return FeatureAnswer(
                Finding.UNTRIED,
                Sentence("No film could be made to try it with: {problem}", problem=error),
            )
        try:
            return self._encoded(encoder, feature, film)
        except ToolStalled as error:
            return FeatureAnswer(Finding.SILENT, str(error))
        except VerificationFailed as error:
            return FeatureAnswer(Finding.FAILS, error.problem)
        except (MediaProcessorError, OSError) as error:
            return FeatureAnswer(Finding.FAILS, str(error))

    def _encoded(self, encoder: EncoderId, feature: Feature, film: Path) -> FeatureAnswer:
        planned = plan_for(encoder, feature, film, self._runner, self._toolset)
        if planned.why_not:
            return FeatureAnswer(Finding.FAILS, planned.why_not)
        plan, settings, toolset = planned.plan, planned.settings, planned.toolset
        result = self._folder / f"result.{encoder.name}.{feature.value}.mkv"
        control, clock = JobControl(), SystemClock()
        maker = ResultMaker(self._runner, toolset, settings, FileOperations(), clock, _log)
        prober = Prober(self._runner, toolset, control, LIMITS)
        verifier = Verifier(
            prober, planned.analyzer.analyze, settings, toolset, clock, lambda _progress: None
        )
        spans = verifier.demand_whole_source(plan, plan.timed_streams)
        result.touch()
        try:
            made = maker.make(plan, result, control, lambda _progress: None)
            if made.plan.video_encode is None:
                why = joined(reason.message for reason in made.plan.omissions)
                return FeatureAnswer(Finding.FAILS, why)
            verifier.verify(made.plan, result, spans, made)
        finally:
            result.unlink()
        return FeatureAnswer(Finding.WORKS)


def _complaint(encoder: EncoderId, captured: Captured) -> str:
    """What it said first: later lines tell what followed from that."""
    lines = (spoken(line) for line in captured.stderr.splitlines())
    said = next((line for line in lines if line), Sentence("it wrote no message"))
    return Sentence(
        "{tool} failed with exit code {code}: {line}",
        tool=encoder,
        code=str(captured.returncode),
        line=said,
    )


def _silence(encoder: EncoderId) -> str:
    return counted_sentence(
        "{encoder} did not answer within {number} second.",
        "{encoder} did not answer within {number} seconds.",
        round(DEADLINE),
        encoder=encoder,
    )
