"""Films cut off at random: ``python -m tests.edge_campaign [--runs N] [--seed S] [--only TEXT]``.

Recorders stop when their disk is full and downloads with their connection: at any byte. Each kind of film is
cut at its end, at its beginning, or at both, at random places, and processed. It must come out, or be refused
with a sentence that says that a good part of it is missing; a tool's or the proof's complaint is a failure.
Damage in the middle must be refused, with its place.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, Optional, Sequence, Tuple

from core.errors import FilmDamaged, NoGain, ProbeError
from core.settings.tree import Settings
from tests.films import AudioSpec, make_film
from tests.truth.pipeline import fast_settings
from tests.truth.whole_path import workshop

PROCESSED, REFUSED, DAMAGED, FAILED = "processed", "refused", "damaged", "FAILED"
END, BEGIN, BOTH, LAST_PACKET, MIDDLE = "end", "beginning", "both", "last packet", "middle"
_SECONDS = 8.0
_HOLE = 12000  # bytes: more than a packet of sound
_NOISE = ("-vf", "noise=alls=4:allf=t")
_PICTURES = {
    "h264": ("libx264", ("-b:v", "1500k", "-g", "25", "-bf", "2", *_NOISE)),
    "hevc": ("libx265", ("-b:v", "1500k", "-x265-params", "log-level=none:keyint=25", *_NOISE)),
    "mpeg2": ("mpeg2video", ("-b:v", "2M", "-g", "12", "-bf", "2", *_NOISE)),
    "mpeg4": ("mpeg4", ("-b:v", "2M", "-g", "25", *_NOISE)),
}


@dataclass(frozen=True)
class Kind:
    """A container with a picture and a sound; ``begins`` where a film may begin at any byte of it."""

    name: str
    picture: str
    sound: str
    options: Tuple[str, ...] = ()
    begins: bool = False
    states_its_length: bool = False  # then a good part that is missing is seen

    @property
    def cuts(self) -> Tuple[str, ...]:
        """How a film of this kind is cut."""
        return (END, BEGIN, BOTH) if self.begins else (END, LAST_PACKET)


_FRAGMENTED = ("-movflags", "frag_keyframe+empty_moov+default_base_moof")
KINDS = (
    Kind("h264-aac.ts", "h264", "aac", begins=True),
    Kind("hevc-ac3.ts", "hevc", "ac3", begins=True),
    Kind("mpeg2-mp2.ts", "mpeg2", "mp2", begins=True),
    Kind("h264-ac3.m2ts", "h264", "ac3", begins=True),
    Kind("mpeg2-ac3.vob", "mpeg2", "ac3", begins=True),
    Kind("mpeg2-mp2.mpg", "mpeg2", "mp2", ("-f", "vob"), begins=True),
    Kind("fragmented.mp4", "h264", "aac", _FRAGMENTED, states_its_length=True),
    Kind("h264-aac.mkv", "h264", "aac", states_its_length=True),
    Kind("recorded.mkv", "h264", "ac3", ("-live", "1")),
    Kind("mpeg4-mp3.avi", "mpeg4", "mp3", states_its_length=True),
)


@dataclass(frozen=True)
class Outcome:
    """What became of one film, and the sentence that says why."""

    kind: str
    sentence: str = ""


def make(kind: Kind, folder: Path) -> Path:
    """A film of this kind, whole."""
    encoder, options = _PICTURES[kind.picture]
    return make_film(
        folder / kind.name,
        seconds=_SECONDS,
        codec=encoder,
        audio=[AudioSpec(kind.sound, bit_rate=192)],
        video_options=options,
        output_options=kind.options,
    )


def cut(data: bytes, how: str, chance: random.Random) -> bytes:
    """The bytes of a film, cut or (in the middle) damaged."""
    begin, end = 0, len(data)
    if how == MIDDLE:
        at = len(data) // 2 + chance.randrange(-len(data) // 10, len(data) // 10)
        return data[:at] + bytes(_HOLE) + data[at + _HOLE :]
    if how in (BEGIN, BOTH):
        begin = chance.randrange(len(data) // 20, len(data) // 3)
    if how in (END, BOTH):
        end = chance.randrange(len(data) // 2, len(data))
    if how == LAST_PACKET:
        end -= chance.randrange(1, 6000)
    return data[begin:end]


def process(film: Path, settings: Optional[Settings] = None) -> Outcome:
    """Process a film as the program does and say what became of it."""
    try:
        with workshop(film.parent.parent, settings or fast_settings()) as shop:
            plan = shop.plan(film)
            if plan.refused:
                return Outcome(REFUSED, " ".join(reason.message for reason in plan.refusals))
            return Outcome(PROCESSED, shop.carry_out(plan).message)
    except FilmDamaged as error:
        return Outcome(DAMAGED, str(error))
    except NoGain as error:
        return Outcome(PROCESSED, str(error))
    except ProbeError as error:
        return Outcome(REFUSED, str(error))
    except Exception as error:  # noqa: BLE001 - that is what the campaign looks for
        return Outcome(FAILED, f"{type(error).__name__}: {error}")


def is_right(kind: Kind, how: str, outcome: Outcome) -> bool:
    """Whether a film of this kind may end like this."""
    if how == MIDDLE:  # a decoder may see nothing in it, and sound that is copied is as it was
        return outcome.kind in (DAMAGED, PROCESSED)
    missing = outcome.kind == REFUSED and "is incomplete" in outcome.sentence
    return outcome.kind == PROCESSED or (missing and how == END and kind.states_its_length)


def tries(kind: Kind, how: str, runs: int, chance: random.Random) -> Iterator[Outcome]:
    """Cut a film of this kind so often and process each."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = make(kind, folder / "whole").read_bytes()
        for number in range(runs):
            film = folder / str(number) / "films" / kind.name
            film.parent.mkdir(parents=True)
            film.write_bytes(cut(data, how, chance))
            yield process(film)


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Try all and print a table; 0 when each came out right."""
    parser = argparse.ArgumentParser(prog="python -m tests.edge_campaign")
    parser.add_argument("--runs", type=int, default=5, help="cuts of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="films whose name holds this text")
    options = parser.parse_args(argv)
    chance = random.Random(options.seed)
    total: Counter[str] = Counter()
    wrong = 0
    for kind in KINDS:
        if options.only not in kind.name:
            continue
        for how in (*kind.cuts, MIDDLE):
            counts: Counter[str] = Counter()
            for outcome in tries(kind, how, options.runs, chance):
                counts[outcome.kind] += 1
                if not is_right(kind, how, outcome):
                    wrong += 1
                    print(f"WRONG {kind.name}, {how}: {outcome.sentence}", flush=True)
            total += counts
            shown = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
            print(f"{kind.name:<16} {how:<12} {shown}", flush=True)
    print(", ".join(f"{count} {name}" for name, count in sorted(total.items())), end="")
    print(f"; {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
