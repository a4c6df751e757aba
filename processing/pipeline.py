"""Making the result: the plan's steps one after the other, ended early when nothing is gained."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import List, Optional, Tuple

from core.commands import build_steps
from core.damage import Damage, Place, merged
from core.errors import (
    DeviceTrouble,
    DiskReadOnly,
    FilmDamaged,
    MachineTrouble,
    MediaProcessorError,
    NoGain,
    NotEnoughSpace,
    ToolCannot,
    ToolFailed,
    ToolNotFound,
    ToolStalled,
)
from core.plan import Plan, Reason, VideoEncode
from core.planning.planner import with_video_copied
from core.planning.projection import projection_of
from core.ports import Clock
from core.progress import ENOUGH_TO_PROJECT, Progress, ProgressListener
from core.settings.tree import Settings
from core.steps import StepName
from core.text.sentence import Bytes, Sentence
from core.tools import Toolset
from processing.chunks.maker import ChunkMaker
from processing.control import JobControl
from processing.decoding import demand_decoded
from processing.edges import Edges
from processing.filesystem import FileOperations
from processing.film_pass import parser_of, reads_film, with_outputs
from processing.film_read import FilmRead
from processing.health import look_through, speaks_of_the_film
from processing.maker import MadeResult
from processing.next_encoder import GoesOn, NextEncoder
from processing.packets import (
    PacketTables,
    packet_names,
    packet_outputs,
    read_packet_tables,
)
from processing.probing import Prober
from processing.runner import Forgives, ProcessRunner
from processing.step_tools import StepTools
from processing.swap import clear_scratch
from processing.target_quality.aiming import QualityAim
from processing.tool_trouble import ENDED, Cause, cause_of
from processing.verify import ends_at, size_limit, tolerance
from store.verdicts import fingerprint

# From this share of the film on the encode may be ended for its size; and the rest of the film is
# then believed to take at least this share of what the part so far took, second for second. An opening
# that is dense (a logo's noise, a storm) is thus given the benefit of the doubt.
_SHARE_TO_JUDGE = 0.1
_LEAST_REST = 0.5
_SPACE_CHECK_SECONDS = 2.0
# Of a film: what complains so much is no damage, the tool cannot read such films.
_DECODES_NOTHING = 0.9
_LAST_BYTES = 1024 * 1024  # a disk with less than this free is full


class _GrowsTooLarge(Exception):
    """The encode is not going to be worth it; ``size`` is the projected one, in bytes."""

    def __init__(self, size: int) -> None:
        self.size = size
        super().__init__(size)


class ResultMaker:
    """Runs a plan's steps for one job: the ``Maker`` of this machine."""

    is_local = True

    def __init__(
        self,
        runner: ProcessRunner,
        toolset: Toolset,
        settings: Settings,
        files: FileOperations,
        clock: Clock,
        log: logging.Logger,
        next_encoder: Optional[NextEncoder] = None,
        chunks: Optional[ChunkMaker] = None,
        aim: Optional[QualityAim] = None,
    ) -> None:
        """Without ``chunks`` every film is encoded in one piece, without ``aim`` by its template's number."""
        self._aim = aim
        self._next_encoder = next_encoder
        self._chunks = chunks
        self._runner = runner
        self.toolset = toolset
        self._settings = settings
        self._files = files
        self._clock = clock
        self._log = log

    def survives_shutdown(self) -> bool:
        """Its tools end with this program."""
        return False

    def make(
        self,
        plan: Plan,
        output: Path,
        control: JobControl,
        on_progress: ProgressListener,
    ) -> MadeResult:
        """Make ``output``; with the picture copied where encoding it gains nothing, and by the next encoder
        of the chain where the graphics are lost.

        Raises NoGain when even that is too large or cannot be made, ToolCannot where the encoder could not
        keep the Dolby Vision and nothing else needs doing, and whatever the steps raise.
        """
        notices: Tuple[str, ...] = ()
        while True:
            try:
                made = self._make(plan, output, control, on_progress)
                return replace(made, notices=(*notices, *made.notices))
            except (DeviceTrouble, ToolNotFound, ToolStalled) as error:
                goes_on = self._goes_on(plan, error)
                if goes_on is None:
                    raise
                self._log.warning("%s", goes_on.sentence)
                self._begin_anew(output, plan)
                plan, self.toolset = goes_on.plan, goes_on.toolset
                notices += (goes_on.sentence,)

    def _goes_on(self, plan: Plan, error: MediaProcessorError) -> Optional[GoesOn]:
        if self._next_encoder is None:
            return None
        if isinstance(error, ToolStalled):
            return self._next_encoder.after_stall(plan, error)
        return self._next_encoder.after_device_error(plan, error)

    def _make(
        self,
        plan: Plan,
        output: Path,
        control: JobControl,
        on_progress: ProgressListener,
    ) -> MadeResult:
        """The result, with the quality that is aimed at."""

        def encode(numbered: Plan, output: Path) -> MadeResult:
            return self._make_with_number(numbered, output, control, on_progress)

        def encode_again(numbered: Plan, output: Path) -> MadeResult:
            try:
                made = self._run_all(numbered, output, control, on_progress)
            except _GrowsTooLarge as error:
                raise NoGain(plan.media.size, error.size) from error
            size = self._size(output)
            if size > size_limit(numbered, self._settings):
                raise NoGain(plan.media.size, size)
            return made

        if self._aim is None:
            return encode(plan, output)
        return self._aim.make(plan, self._tools, output, control, on_progress, encode, encode_again)

    def _make_with_number(
        self,
        plan: Plan,
        output: Path,
        control: JobControl,
        on_progress: ProgressListener,
    ) -> MadeResult:
        try:
            made = self._run_all(plan, output, control, on_progress)
            plan = made.plan
            size = self._size(output)
            if plan.video_encode is None or size <= size_limit(plan, self._settings):
                return made
            reason = _too_large(plan.media.size, size)
        except _GrowsTooLarge as error:
            size, reason = error.size, _too_large(plan.media.size, error.size)
        except ToolFailed as error:
            size, reason = 0, self._dolby_vision_lost(error, output, plan)
            if with_video_copied(plan, self._settings, reason).empty:
                tool = self.toolset.identity(error.tool)
                raise ToolCannot(tool, Sentence("Dolby Vision")) from error
        self._log.info("%s", reason.message)
        copied = with_video_copied(plan, self._settings, reason)
        if copied.empty:
            raise NoGain(plan.media.size, size)
        self._begin_anew(output, plan)
        try:
            return replace(self._run_all(copied, output, control, on_progress), too_large=size)
        except ToolFailed as error:
            explained = self._explained(error, output, copied)
            if size and isinstance(explained, ToolFailed) and not speaks_of_the_film(error):
                # Encoding it gains nothing, and it cannot be copied: there is nothing to be had.
                self._log.info("The video cannot be copied: %s", explained)
                raise NoGain(plan.media.size, size) from error
            raise explained from error

    def _begin_anew(self, output: Path, plan: Plan) -> None:
        self._files.remove(output)
        clear_scratch(self._files, output)
        self._files.create(output, plan.media.path)

    def _run_all(
        self,
        plan: Plan,
        output: Path,
        control: JobControl,
        on_progress: ProgressListener,
    ) -> MadeResult:
        """Run the steps; where a tool complains about the film, look what of that is the film's own.

        Raises FilmDamaged where more of it is broken than the settings allow, CannotDecode where nearly all
        of a track is.
        """
        prober = self._tools.prober(control)
        edges = Edges(plan, prober)
        if plan.media.damage is None:
            try:
                return self._run(plan, output, control, on_progress, edges.explain)
            except ToolFailed as error:
                cause, _ = cause_of(error, _names(output, plan))
                if cause is not Cause.UNKNOWN or not speaks_of_the_film(error):
                    raise
                demand_decoded(prober, plan)
                health = look_through(prober, plan.media, plan.timed_streams, on_progress)
                undecodable = health.damage.seconds > _DECODES_NOTHING * plan.media.duration
                if undecodable or not health.explains(error.tail[-1]):
                    raise
                self._begin_anew(output, plan)
        else:
            health = look_through(prober, plan.media, plan.timed_streams, on_progress)
        lost = _with_missing_end(health.damage, plan, prober)
        if lost.seconds > self._settings.verification.damage_seconds:
            # Raises FileUnavailable: a share that went away is no damage.
            fingerprint(plan.media.path)
            raise FilmDamaged(plan.media.path, lost)
        plan = replace(plan, media=replace(plan.media, damage=health.damage))
        made = self._run(plan, output, control, on_progress, lambda line, _: health.explains(line))
        return replace(made, own_words=health.lines)

    def _dolby_vision_lost(self, error: ToolFailed, output: Path, plan: Plan) -> Reason:
        """Return why the picture is copied where it was Dolby Vision that the encoder could not keep.

        Raises what any other failure is: a machine's trouble ends no Dolby Vision.
        """
        encode = plan.video_encode
        cause, line = cause_of(error, _names(output, plan))
        if encode is None or encode.dolby_vision_profile is None or cause is not Cause.DOLBY_VISION:
            raise self._explained(error, output, plan) from error
        return Reason(
            "video.dolby_vision_failed",
            Sentence("The video is copied: the encoder could not keep its Dolby Vision."),
            line,
        )

    def _size(self, output: Path) -> int:
        identity = self._files.identity(output)
        return identity.size if identity else 0

    def _run(
        self,
        plan: Plan,
        output: Path,
        control: JobControl,
        on_progress: ProgressListener,
        forgives: Forgives,
    ) -> MadeResult:
        commands: List[Tuple[str, ...]] = []
        timings: List[Tuple[str, float]] = []
        film: Optional[PacketTables] = None
        watch = _Watch(plan, output, self._settings, self._files, self._clock, on_progress)
        told: Tuple[str, ...] = ()
        if self._chunks is not None:
            watch.joined_later = True
            prober = self._tools.prober(control)
            made, told = self._chunks.make(plan, self.toolset, prober, output, control, watch.saw)
            if made is not None:
                return made
            watch.joined_later = False
        for step in build_steps(plan, self._settings, self.toolset, output):
            counts = reads_film(step)
            if counts:
                step = with_outputs(step, packet_outputs(plan, output, film=True))
                watch.sizes_file = True
                watch.read = _picture_table(plan, output)
            commands += [command.argv for command in step.commands]
            result = self._tools.run(
                step,
                control,
                film=plan.media.path,
                parser=parser_of(step, plan),
                on_progress=watch.saw,
                forgives=forgives,
            )
            timings.append((step.name.value, round(result.seconds, 3)))
            if counts:
                film = read_packet_tables(plan, output)
        clear_scratch(self._files, output)
        return MadeResult(plan, tuple(commands), tuple(timings), film, notices=told)

    @property
    def _tools(self) -> StepTools:
        """With the programs of the encoder that is taken now."""
        return StepTools(self._runner, self.toolset, self._settings, self._files, self._log)

    def _explained(self, error: ToolFailed, output: Path, plan: Plan) -> MediaProcessorError:
        """A tool's complaint about the disk or the machine, as the sentence for it."""
        cause, line = cause_of(error, _names(output, plan))
        if cause is Cause.FULL_DISK:
            free = self._files.free_space(output.parent)
            return NotEnoughSpace(output.parent, plan.media.size, free)
        if cause is Cause.READ_ONLY:
            return DiskReadOnly(output.parent, line)
        if cause is Cause.DEVICE:
            return DeviceTrouble(error.tool, line or str(error))
        if cause is Cause.MACHINE:
            return MachineTrouble(error.tool, line or ENDED)
        return error


class _Watch:
    """Looks at an encode's size and the disk's free space while it runs."""

    def __init__(
        self,
        plan: Plan,
        output: Path,
        settings: Settings,
        files: FileOperations,
        clock: Clock,
        on_progress: ProgressListener,
    ) -> None:
        self._limit = size_limit(plan, settings)
        self._judges = plan.video_encode is not None and settings.processing.stop_when_larger
        self._output = output
        self._files = files
        self._clock = clock
        self._on_progress = on_progress
        self._looked = clock.monotonic()
        self._source_size = plan.media.size
        self._projection = projection_of(plan)
        self.joined_later = False  # what is written now will be written once more, in one piece
        self.sizes_file = False  # of several outputs ffmpeg reports the first one's size
        self.read: Optional[FilmRead] = None  # where the film's packets are written down

    def saw(self, progress: Progress) -> None:
        """Pass the progress on; raises _GrowsTooLarge or NotEnoughSpace."""
        if self.sizes_file:
            progress = self._sized(progress)
        expected = progress.projected_size if self.joined_later else self._expected(progress)
        self._on_progress(replace(progress, projected_size=expected))
        if self._judges:
            least = least_size(progress)
            if least is not None and least > self._limit:
                raise _GrowsTooLarge(max(least, progress.projected_size or 0))
        now = self._clock.monotonic()
        if now - self._looked >= _SPACE_CHECK_SECONDS:
            self._looked = now
            self._demand_space(progress)

    def _expected(self, progress: Progress) -> Optional[int]:
        """The size to show: only one that is known well enough."""
        if progress.output_size is None or progress.percent is None:
            return None
        time = progress.percent / 100 * self._projection.duration
        read = None if self.read is None else self.read.bytes_until(time)
        return self._projection.size(time, progress.output_size, read)

    def _sized(self, progress: Progress) -> Progress:
        # Its size alone: its identity reads 192 KiB of it, twice a second.
        size = self._files.size(self._output) or 0
        share = (progress.percent or 0.0) / 100
        projected = size if size > self._source_size else None
        if share >= ENOUGH_TO_PROJECT:
            projected = round(size / share)
        return replace(progress, output_size=size, projected_size=projected)

    def _demand_space(self, progress: Progress) -> None:
        free = self._files.free_space(self._output.parent)
        expected = progress.projected_size or 0
        rest = max(expected - (progress.output_size or 0), _LAST_BYTES)
        if self.joined_later and progress.step == StepName.ENCODE.value:
            rest += expected
        if free < rest:
            raise NotEnoughSpace(self._output.parent, rest, free)


def least_size(progress: Progress) -> Optional[int]:
    """Return the size in bytes that a running encode will at least reach; None while unknown."""
    size, percent = progress.output_size, progress.percent
    if size is None:
        return None
    share = (percent or 0.0) / 100
    if share < _SHARE_TO_JUDGE:
        return size
    return int(size + size / share * (1 - share) * _LEAST_REST)


def _names(output: Path, plan: Plan) -> Tuple[str, ...]:
    """Return what a tool may call the job's files, and what they are called after."""
    paths = (output, plan.media.path, plan.target)
    own = (text for path in paths for text in (str(path), path.name, path.stem, str(path.parent)))
    return (*own, plan.media.title)


def _with_missing_end(damage: Damage, plan: Plan, prober: Prober) -> Damage:
    """What a damaged film lacks in all: an end that is missing is one more broken place."""
    spans = prober.spans(plan.media.path, plan.media.duration, plan.timed_streams)
    end = ends_at(spans) if spans.streams else 0.0
    if not damage.places or plan.duration - end <= tolerance(plan.duration):
        return damage
    return Damage(merged([*damage.places, Place(end, plan.duration)]))


def _picture_table(plan: Plan, output: Path) -> Optional[FilmRead]:
    """What follows the packets of the picture that is encoded anew; None where it is copied."""
    names = packet_names(plan, output)
    for name, track in zip(names, plan.outputs):
        if isinstance(track.conversion, VideoEncode):
            return FilmRead(name)
    return None


def _too_large(source: int, size: int) -> Reason:
    return Reason(
        "video.no_gain",
        Sentence("The video is copied: re-encoding would make the film larger."),
        Sentence(
            "{size} instead of {original}",
            size=Bytes(size),
            original=Bytes(source),
        ),
    )
