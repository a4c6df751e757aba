"""How many encoders work on one film on this machine: measured while they do, and remembered."""

from __future__ import annotations

import platform
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Callable, Iterator, List, Optional, Protocol

from core.chunks.side_by_side import (
    EncoderChoice,
    EncoderKey,
    Load,
    Measured,
    Room,
    choice_sentence,
    choose,
    encoders_at,
    share_of,
    thread_limit,
)
from core.encoders.quality_number import template_mark
from core.encoders.templates import parse_template, runs_on_chip
from core.plan import Plan
from core.ports import TimeSource
from core.tools import Toolset
from processing import machine_limits
from processing.chunks.encoders_at_work import EncodersAtWork
from processing.chunks.load_meter import LoadMeter, Processes

_DISTURBED = 0.1  # of a chunk's time: more of it, and the chunk says nothing of its encoder


class Paces(Protocol):
    """Where measurements are kept; ``store.encoder_paces.EncoderPaceStore`` is one."""

    def get(self, key: EncoderKey) -> Measured:
        """Return what is known."""

    def keep(self, key: EncoderKey, measured: Measured) -> None:
        """Keep what was measured."""


@dataclass(frozen=True)
class MachineRoom:
    """What this machine has; another one in a test."""

    cores: Callable[[], float] = machine_limits.usable_cores
    free_memory: Callable[[], int] = machine_limits.free_memory
    meter: Callable[[TimeSource], LoadMeter] = LoadMeter


class SideBySide:
    """The encoders of one film in chunks; ``most`` as the user has set it, 0 for automatic.

    ``at_work`` counts those of all films. ``worked`` is the time in which the job was not held still.
    Thread-safe.
    """

    def __init__(
        self,
        plan: Plan,
        toolset: Toolset,
        paces: Paces,
        at_work: EncodersAtWork,
        worked: TimeSource,
        *,
        most: int = 0,
        machine: MachineRoom = MachineRoom(),
    ) -> None:
        encode = plan.video_encode
        assert encode is not None  # a film in chunks is encoded
        template = parse_template(encode.template)
        self._machine, self._paces, self._at_work = machine, paces, at_work
        self._worked, self._most = worked, most
        self._film = plan.media.path
        self._on_chip = runs_on_chip(encode.template)
        limit = thread_limit(template.words)
        cores = machine.cores()
        self._cores = cores if limit is None else min(cores, float(limit))
        self._key = EncoderKey(
            platform.node(),
            encode.template if encode.target is None else template_mark(encode.template),
            encode.width,
            encode.height,
            toolset.identity(template.program.name.value),
            self._cores,
        )
        self._guard = threading.Lock()
        self.measured = paces.get(self._key)
        self._meter: Optional[LoadMeter] = None
        self._running: List[_Encoder] = []
        self._changed_at = worked()
        self._choice = EncoderChoice(1, choose(self.measured, self._room(1)).why)

    @property
    def choice(self) -> EncoderChoice:
        """What was chosen last."""
        return self._choice

    def encoders(self, chunks: int) -> int:
        """Return how many encoders of this film may work now, where so many chunks are not finished."""
        with self._guard:
            self._choice = choose(self.measured, self._room(chunks))
            return share_of(self._choice, self._at_work.of_others(self._film))

    def sentence(self) -> str:
        """What the log says of the choice; "" where there is nothing to say."""
        return choice_sentence(self._choice, self.measured, self._cores)

    def _room(self, chunks: int) -> Room:
        return Room(
            self._cores,
            self._machine.free_memory(),
            max(1, self._at_work.of(self._film)),
            chunks,
            self._most,
            self._on_chip,
        )

    # ---- what is measured

    @contextmanager
    def encoder(self) -> Iterator[_Encoder]:
        """An encoder of this film works inside; what its chunk took counts once it says ``finished``."""
        mine = _Encoder()
        with self._guard:
            self._share_out()
            self._running.append(mine)
            # One alone is measured, and only while nothing of ours is beside it.
            alone = len(self._running) == 1 and not self._at_work.of_others(self._film)
            unknown = self.measured.load is None or self.measured.load.contended(self._cores)
            self._meter = self._machine.meter(self._worked) if alone and unknown else None
            self._at_work.begin(self._film)
        try:
            yield mine
        finally:
            with self._guard:
                self._share_out()
                self._running.remove(mine)
                self._meter = None
                self._at_work.end(self._film)
            if mine.pictures and mine.seconds > 0:
                self._count(mine)

    def saw(self, processes: Processes) -> Optional[Load]:
        """Look at the encoder that the calling thread runs; return its load once, when it is known."""
        with self._guard:
            meter = self._meter
            load = None if meter is None else meter.look(processes)
            if load is not None:
                self._meter = None
                self.measured = self.measured.with_load(load)
        if load is not None and not load.contended(self._cores):
            self._paces.keep(self._key, self.measured)
        return load

    def _share_out(self) -> None:
        """Let each encoder know with how many others it has worked since the last one came or went."""
        now = self._worked()
        passed = max(0.0, now - self._changed_at)
        disturbed = self._at_work.of_others(self._film) > 0
        for running in self._running:
            running.seconds += passed
            running.encoder_seconds += passed * len(self._running)
            running.disturbed += passed * disturbed
        self._changed_at = now

    def _count(self, mine: _Encoder) -> None:
        encoders = encoders_at(mine.encoder_seconds / mine.seconds)
        if encoders is not None and mine.disturbed < _DISTURBED * mine.seconds:
            with self._guard:
                self.measured = self.measured.with_chunk(encoders, mine.pictures, mine.seconds)
            self._paces.keep(self._key, self.measured)


class _Encoder:
    """One encoder at work; ``encoder_seconds`` is its time and that of all of its film beside it.

    ``disturbed`` is for how long another film was encoded as well.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self.encoder_seconds = 0.0
        self.disturbed = 0.0
        self.pictures = 0

    def finished(self, pictures: int) -> None:
        """Its chunk is made, and has so many pictures."""
        self.pictures = pictures
