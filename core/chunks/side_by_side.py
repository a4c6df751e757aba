"""How many encoders work on chunks of one film at the same time on one machine.

Many encoders leave cores idle: their threads wait for each other at small pictures and fast presets. Two side
by side, each with a chunk of its own, use those cores. Whether that makes a film quicker is measured, never
assumed: first what one encoder leaves idle, then the pictures a second of finished chunks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from typing import Dict, Mapping, Optional, Sequence, Tuple

from core.text.sentence import Sentence

MOST = 8  # encoders of one film on one machine
# One encoder has to leave so much idle before a second is tried: half a core, and a seventh of all.
_IDLE_CORES, _IDLE_SHARE = 0.5, 0.15
# What one more encoder has to gain to stay, as a share of the pictures a second before. Chunks differ among
# themselves, and each encoder costs memory.
_GAIN = 0.05
_CHUNKS_TO_JUDGE = (
    2  # for each number of encoders but one, which may be known from a film's first chunk
)
_FREE_SHARE = 0.8  # of the free memory, for further encoders
_CONTENDED = 0.5  # cores that others use: what is idle then says nothing of the encoder
_FADE = 40.0  # chunks: older ones count less


class Why(str, Enum):
    """What decides the number of encoders."""

    MEASURING = "measuring"
    BUSY = "busy"
    TRYING = "trying"
    QUICKEST = "quickest"
    MEMORY = "memory"
    SETTING = "setting"
    CHUNKS = "chunks"
    CHIP = "chip"


@dataclass(frozen=True)
class EncoderKey:
    """What a measurement holds for; with another tool or another number of cores it is made anew.

    ``template`` is the template's whole text, ``width`` and ``height`` the result's in pixels, ``tool`` the
    program with its version, ``cores`` how many of them the program may use.
    """

    machine: str
    template: str
    width: int
    height: int
    tool: str
    cores: float


@dataclass(frozen=True)
class Load:
    """What an encoder alone used over its first seconds.

    ``used`` and ``idle`` in cores: by the encoder, and by nobody on the whole machine; ``memory`` in bytes.
    """

    used: float
    idle: float
    memory: int

    def contended(self, cores: float) -> bool:
        """Whether others have worked meanwhile, so that it says nothing of the encoder."""
        return cores - self.used - self.idle > _CONTENDED


@dataclass(frozen=True)
class Pace:
    """Finished chunks that were made while the same number of encoders was at work.

    ``seconds`` is the sum of what each chunk's own encoder took.
    """

    chunks: float = 0.0
    pictures: float = 0.0
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Pictures a second of one encoder; 0 where nothing is known."""
        return self.pictures / self.seconds if self.seconds > 0 else 0.0

    def plus(self, pictures: int, seconds: float) -> Pace:
        """Return it with one more chunk; the oldest fade."""
        keep = min(1.0, (_FADE - 1) / self.chunks) if self.chunks else 1.0
        return Pace(
            self.chunks * keep + 1, self.pictures * keep + pictures, self.seconds * keep + seconds
        )


@dataclass(frozen=True)
class Measured:
    """What is known of an encoder on this machine; ``paces`` by the number of encoders side by side."""

    load: Optional[Load] = None
    paces: Mapping[int, Pace] = field(default_factory=dict)

    def with_load(self, load: Load) -> Measured:
        """Return it with what was measured of one encoder."""
        return Measured(load, self.paces)

    def with_chunk(self, encoders: int, pictures: int, seconds: float) -> Measured:
        """Return it with a finished chunk, made while so many encoders were at work."""
        paces: Dict[int, Pace] = dict(self.paces)
        paces[encoders] = paces.get(encoders, Pace()).plus(pictures, seconds)
        return Measured(self.load, paces)


@dataclass(frozen=True)
class Room:
    """What this machine has for the film at this moment.

    ``cores`` that the program may use, those that the template itself allows at most; ``free_memory`` in
    bytes beside what is at work; ``at_work`` encoders of the film here; ``chunks`` that are not finished;
    ``most`` encoders as the user has set it (0: automatic); ``on_chip``: a chip encodes, not the cores.
    """

    cores: float
    free_memory: int
    at_work: int
    chunks: int
    most: int = 0
    on_chip: bool = False


@dataclass(frozen=True)
class EncoderChoice:
    """How many encoders may work now, and what decided that."""

    encoders: int
    why: Why


def choose(measured: Measured, room: Room) -> EncoderChoice:
    """Return how many encoders of one film may work on this machine now; never less than one."""
    if room.most == 1:
        return EncoderChoice(1, Why.SETTING)
    if room.on_chip and not room.most:
        return EncoderChoice(1, Why.CHIP)
    most, why = _most(measured, room)
    if most is None:
        return EncoderChoice(1, why)
    best = _quickest(measured, most, why)
    return _as_memory_allows(_as_chunks_allow(best, room), measured, room)


def _most(measured: Measured, room: Room) -> Tuple[Optional[int], Why]:
    """How many may be tried at most; None: one, for this reason."""
    load = measured.load
    if room.on_chip:
        return min(room.most, MOST), Why.SETTING
    if load is None or load.contended(room.cores):
        return None, Why.MEASURING
    idle = room.cores - load.used
    if idle < max(_IDLE_CORES, _IDLE_SHARE * room.cores):
        return None, Why.BUSY
    fitting = int(room.cores / max(load.used, 0.1) + 0.5)
    most = min(max(fitting, 2), MOST)
    if room.most and room.most <= most:
        return room.most, Why.SETTING
    return most, Why.QUICKEST


def _quickest(measured: Measured, most: int, why: Why) -> EncoderChoice:
    """The number with most pictures a second, found by one more at a time."""
    if not measured.paces.get(1, Pace()).rate:
        return EncoderChoice(1, Why.MEASURING)
    best = 1
    for encoders in range(2, most + 1):
        pace = measured.paces.get(encoders, Pace())
        if pace.chunks < _CHUNKS_TO_JUDGE:
            return EncoderChoice(encoders, Why.TRYING)
        if encoders * pace.rate < (1 + _GAIN) * best * measured.paces[best].rate:
            return EncoderChoice(best, Why.QUICKEST)
        best = encoders
    return EncoderChoice(best, why)


def _as_chunks_allow(choice: EncoderChoice, room: Room) -> EncoderChoice:
    return (
        choice if choice.encoders <= room.chunks else EncoderChoice(max(1, room.chunks), Why.CHUNKS)
    )


def _as_memory_allows(choice: EncoderChoice, measured: Measured, room: Room) -> EncoderChoice:
    """Each encoder has its own pictures in memory: no more of them than fit in what is free."""
    memory = measured.load.memory if measured.load else 0
    if memory <= 0:
        return choice
    further = int(max(0, room.free_memory) * _FREE_SHARE / memory)
    fitting = max(1, room.at_work + further)
    return choice if choice.encoders <= fitting else EncoderChoice(fitting, Why.MEMORY)


def encoders_at(shared: float) -> Optional[int]:
    """Return the number of encoders that a chunk counts for, from how many there were on average meanwhile.

    None where the number changed too much while it was made.
    """
    whole = round(shared)
    return whole if whole >= 1 and abs(shared - whole) <= 0.2 else None


def share_of(choice: EncoderChoice, others: int) -> int:
    """Return how many of them a film may have beside ``others``, the encoders of other films here."""
    return max(1, choice.encoders - max(0, others))


# What a template says of threads: ffmpeg's, x265's pools and SVT-AV1's level of parallelism.
_THREADS = re.compile(r"(?:^|[:\s])-?threads[ =:](\d+)")
_POOLS = re.compile(r"(?:^|[:\s])pools?=([0-9,+*-]+)")
_PARALLEL = re.compile(r"(?:^|[:\s])lp=(\d+)")


def thread_limit(words: Sequence[str]) -> Optional[int]:
    """Return how many cores a template's own words let its encoder use; None where they set no limit.

    Who limits an encoder's threads wants the other cores for something else, not for a second encoder.
    """
    text = " ".join(words)
    found = [int(number) for number in _THREADS.findall(text) + _PARALLEL.findall(text)]
    for pools in _POOLS.findall(text):
        numbers = [int(part) for part in pools.split(",") if part.isdigit()]
        found.append(sum(numbers))
    limits = [number for number in found if number > 0]
    return min(limits) if limits else None


def choice_sentence(choice: EncoderChoice, measured: Measured, cores: float) -> str:
    """Return what the log says of a choice; "" where one encoder simply works as ever."""
    load = measured.load
    if choice.why is Why.BUSY and load is not None:
        return Sentence(
            "One encoder uses {used} of {cores} cores: chunks are encoded one after the other.",
            used=f"{load.used:.1f}",
            cores=f"{cores:g}",
        )
    if choice.encoders < 2 or load is None:
        return ""
    if choice.why is Why.TRYING:
        return Sentence(
            "One encoder uses {used} of {cores} cores: {encoders} are tried side by side.",
            used=f"{load.used:.1f}",
            cores=f"{cores:g}",
            encoders=choice.encoders,
        )
    return Sentence("{encoders} encoders work side by side.", encoders=choice.encoders)
