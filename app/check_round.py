"""One check of a machine: the films are made, and each encoder that is here works on them."""

from __future__ import annotations

import logging
import shutil
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Dict, Iterator, List, Optional, Tuple

from app.encoder_plan import EncoderPlan, plan_for
from app.encoder_proofs import is_there, template_encoders
from app.encoder_prover import EncoderProver
from app.ports import TrialWatcher
from app.proof_films import ProofFilms, hdr10_codec
from app.sample_film import Clip, SampleFilm, SampleSound, SampleSubtitle
from app.template_trial import TRIAL_LIMITS
from core.encoders.family import Feature
from core.encoders.listed import families
from core.encoders.proof import EncoderId, Finding
from core.errors import JobCancelled, MediaProcessorError, VerificationFailed
from core.progress import FfmpegProgress, Progress
from core.reporting.machine_check import FILMS, CheckOutcome, EncoderCheck, FilmCheck
from core.settings.tree import Settings
from core.steps import Step, StepName, ToolCommand
from core.system_errors import system_problem
from core.text.sentence import Sentence, joined
from core.tools import ToolName
from processing.control import JobControl
from processing.process_tree import SystemClock
from processing.runner import ProcessRunner
from processor import JobResult, Processor
from store.connection import Database
from tools.resolver import ToolReport

FEATURES = (Feature.PICTURE, Feature.HDR10)
_CODECS = {
    Feature.PICTURE: (*"-c:v mpeg4 -q:v 2 -pix_fmt yuv420p".split(),),  # every ffmpeg has it
    Feature.HDR10: hdr10_codec(),
}
_SOUNDS = (
    SampleSound("eng", "English 5.1", "5.1", "ac3", 448, "default"),
    SampleSound("nld", "Nederlands", "stereo", "aac", 160),
)
_SUBTITLES = (SampleSubtitle("eng", "English", "The tide comes in at six."),)

_log = logging.getLogger("mediaprocessor")


class CheckRound:
    """All that it makes stands in ``folder``, also the database that the films' journal is in."""

    def __init__(
        self,
        report: ToolReport,
        settings: Settings,
        runner: ProcessRunner,
        folder: Path,
        clip: Clip,
        control: JobControl,
        watcher: Optional[TrialWatcher] = None,
    ) -> None:
        self._report, self._toolset = report, report.toolset
        self._settings = settings
        self._runner = runner
        self._folder = folder
        self._clip = clip
        self._control = control
        self._films: Dict[Feature, Path] = {}
        self._why_none: Dict[Feature, str] = {}
        # Families that did not answer, and what is said of them: that costs long enough once.
        self._hung: Dict[str, str] = {}
        self._small = ProofFilms(folder, self._toolset.get(ToolName.FFMPEG), runner)
        self._prover = EncoderProver(runner, self._toolset, self._small, folder)
        self._progress = _RoundProgress(watcher)

    def encoders(self) -> Tuple[EncoderCheck, ...]:
        """Try each encoder of each family, or say why it is not here; raises JobCancelled."""
        known = dict(self._known())
        self._progress.steps = len(FEATURES) * (1 + sum(not why for why in known.values()))
        for feature in FEATURES:
            self._make(feature)
        found = [
            EncoderCheck(str(encoder), encoder.family.name, absent=why)
            if why
            else self._tried(encoder)
            for encoder, why in known.items()
        ]
        return tuple(sorted(_by_family(found), key=lambda check: bool(check.absent)))

    def _known(self) -> Iterator[Tuple[EncoderId, str]]:
        """The encoders of every family, each with the reason where it is not here."""
        named = template_encoders(self._settings)
        for family in families():
            own = [EncoderId(family.program.name, name) for name in family.encoders.values()]
            own += [encoder for encoder in named if encoder.family is family]
            away = ""  # where the device is not there, no other codec is tried
            for encoder in dict.fromkeys(own):
                missing = self._why_missing(encoder)
                away = "" if missing else away or self._why_away(encoder)
                yield encoder, missing or away

    def _why_missing(self, encoder: EncoderId) -> str:
        if is_there(encoder, self._toolset):
            return ""
        status = next(status for status in self._report.statuses if status.name == encoder.tool)
        if status.info is None:
            return joined((status.problem, status.hint))
        return Sentence(
            "{program} here was built without {encoder}.", program=encoder.tool, encoder=encoder
        )

    def _why_away(self, encoder: EncoderId) -> str:
        """Why its device is not here; empty where it is, or where something else is wrong with it."""
        family = encoder.family
        if not encoder.on_hardware or family.name in self._hung:
            return ""
        self._control.check()
        self._progress.tell(Sentence("{encoder}: is its device here?", encoder=encoder))
        answer = self._prover.starts(encoder)
        if answer.finding is Finding.SILENT:
            self._hung[family.name] = answer.why
        if answer.finding is not Finding.FAILS or not family.is_device_line(answer.why):
            return ""
        hint = family.driver_hint(sys.platform)
        if answer.why.endswith("."):
            return joined((answer.why, hint))
        return Sentence("{problem}. {hint}", problem=answer.why, hint=hint)

    # ---- the films

    def _make(self, feature: Feature) -> None:
        """Make the film with this feature, or keep the sentence that says why there is none."""
        self._progress.begin(Sentence("The films are made…"))
        ffmpeg = self._toolset.get(ToolName.FFMPEG)
        why = self._small.why_none(feature)
        if ffmpeg is None or why:
            self._why_none[feature] = why
            return
        sample = SampleFilm(self._clip, _CODECS[feature], _SOUNDS, _SUBTITLES)
        film = self._folder / f"clip.{feature.value}.mkv"
        argv = sample.command(ffmpeg.path, sample.write_texts(self._folder), film)
        try:
            self._runner.run_step(
                Step(StepName.REMUX, (ToolCommand(ToolName.FFMPEG, argv),), film),
                control=self._control,
                limits=TRIAL_LIMITS,
                parser=FfmpegProgress(self._clip.seconds, self._clip.pictures),
                on_progress=self._progress.saw,
            )
        except JobCancelled:
            raise
        except MediaProcessorError as error:
            self._why_none[feature] = Sentence(
                "No film could be made to try it with: {problem}", problem=error
            )
        else:
            self._films[feature] = film

    # ---- one encoder

    def _tried(self, encoder: EncoderId) -> EncoderCheck:
        films: List[FilmCheck] = []
        for feature in FEATURES:
            self._progress.begin(
                Sentence("{encoder}, {film}…", encoder=encoder, film=Sentence(FILMS[feature]))
            )
            if films and films[0].outcome is CheckOutcome.FAILED:
                films.append(FilmCheck(feature, CheckOutcome.UNTRIED))
            else:
                films.append(self._film(encoder, feature))
        program = self._toolset.identity(encoder.tool)
        return EncoderCheck(str(encoder), encoder.family.name, program, tuple(films))

    def _film(self, encoder: EncoderId, feature: Feature) -> FilmCheck:
        missing, hung = self._why_none.get(feature), self._hung.get(encoder.family.name)
        if missing or hung:
            outcome = CheckOutcome.FAILED if hung else CheckOutcome.UNTRIED
            return FilmCheck(feature, outcome, hung or missing or "")
        began = time.monotonic()
        place = self._folder / f"result.{encoder.name}.{feature.value}"
        try:
            place.mkdir()
            film = place / "Film.mkv"
            shutil.copyfile(self._films[feature], film)
            planned = plan_for(encoder, feature, film, self._runner, self._toolset)
            if planned.why_not:
                claimed = feature is Feature.PICTURE
                outcome = CheckOutcome.FAILED if claimed else CheckOutcome.NOT_CLAIMED
                return FilmCheck(feature, outcome, planned.why_not)
            result = self._processed(planned, place)
        except JobCancelled:
            raise
        except VerificationFailed as error:
            return FilmCheck(feature, CheckOutcome.FAILED, error.problem)
        except MediaProcessorError as error:
            return FilmCheck(feature, CheckOutcome.FAILED, str(error))
        except OSError as error:
            return FilmCheck(feature, CheckOutcome.FAILED, system_problem(error))
        finally:
            shutil.rmtree(place, ignore_errors=True)
        return self._figures(feature, planned, result, time.monotonic() - began)

    def _processed(self, planned: EncoderPlan, place: Path) -> JobResult:
        """Make the result, prove it and put it in the film's place, as with every film."""
        with closing(Database(place / "result.db")) as database:
            processor = Processor(
                database,
                planned.toolset,
                planned.settings,
                self._runner,
                planned.analyzer.analyze,
                SystemClock(),
                _log,
            )
            return processor.process(
                1, 1, planned.plan, self._control, self._progress.saw, lambda _stage: None
            )

    def _figures(
        self, feature: Feature, planned: EncoderPlan, result: JobResult, seconds: float
    ) -> FilmCheck:
        if result.plan_signature != planned.plan.signature:
            why = result.message or Sentence("The picture was copied instead of encoded.")
            return FilmCheck(feature, CheckOutcome.FAILED, why)
        took = max(0.001, dict(result.timings).get(StepName.ENCODE.value, seconds))
        return FilmCheck(
            feature,
            CheckOutcome.PROVED,
            pictures_a_second=self._clip.pictures / took,
            times_realtime=self._clip.seconds / took,
            share=result.processed_size / max(1, result.original_size),
            seconds=seconds,
        )


class _RoundProgress:
    """How far all of a check is, step after step; each is a film that is made or worked on."""

    def __init__(self, watcher: Optional[TrialWatcher]) -> None:
        self._watcher = watcher
        self.steps = 1
        self._begun = 0
        self._doing = ""
        self._percent = 0.0  # of the step

    def begin(self, doing: str) -> None:
        """The next step begins."""
        self._begun += 1
        self._percent = 0.0
        self.tell(doing)

    def saw(self, progress: Progress) -> None:
        """A program of the step is so far; its proof begins anew, and is not told."""
        self._percent = max(self._percent, progress.percent or 0.0)
        self.tell(self._doing)

    def tell(self, doing: str) -> None:
        """Say what is being done."""
        self._doing = doing
        if self._watcher is not None:
            whole = max(0, self._begun - 1) + self._percent / 100
            self._watcher.progressed(doing, min(100.0, 100 * whole / self.steps))


def _by_family(found: List[EncoderCheck]) -> Iterator[EncoderCheck]:
    """A family of which nothing is here stands there once, by its own name."""
    told = set()
    for check in found:
        own = [other for other in found if other.family == check.family]
        if any(not other.absent for other in own):
            yield check
        elif check.family not in told:
            told.add(check.family)
            yield EncoderCheck(check.family, check.family, absent=own[0].absent)
