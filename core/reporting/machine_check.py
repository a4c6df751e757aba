"""What the check of a machine has found: each encoder with its films, and what a bug report has to know."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Callable, Iterable, Iterator, List, Optional, Sequence, Tuple

from core.encoders.family import Feature
from core.text.sentence import N_, Sentence

Hide = Callable[[str], str]


class CheckOutcome(str, Enum):
    """What became of one film with one encoder; the value stands in JSON."""

    PROVED = "proved"
    FAILED = "failed"
    NOT_CLAIMED = "not claimed"  # the plan says that this encoder cannot keep such a film
    UNTRIED = "not tried"


OUTCOMES = {
    CheckOutcome.PROVED: N_("proved"),
    CheckOutcome.FAILED: N_("failed"),
    CheckOutcome.NOT_CLAIMED: N_("not claimed"),
    CheckOutcome.UNTRIED: N_("not tried"),
}
ABSENT = N_("not here")
HEADINGS = (
    N_("Encoder"),
    N_("Program"),
    N_("Film"),
    N_("Result"),
    N_("Pictures/s"),
    N_("× realtime"),
    N_("Size"),
    N_("Seconds"),
)


FILMS = {Feature.PICTURE: N_("8 bit"), Feature.HDR10: N_("10 bit, HDR10")}


@dataclass(frozen=True)
class FilmCheck:
    """One film through one encoder, from its plan to the result in its place.

    ``why`` is a sentence where it was not proved. ``pictures_a_second`` and ``times_realtime`` are those of
    the encode alone, ``share`` is the result's size by the film's, ``seconds`` all that it took.
    """

    feature: Feature
    outcome: CheckOutcome
    why: str = ""
    pictures_a_second: Optional[float] = None
    times_realtime: Optional[float] = None
    share: Optional[float] = None
    seconds: float = 0.0


@dataclass(frozen=True)
class EncoderCheck:
    """An encoder by its name; ``absent`` says why it is not here, and what it would need."""

    encoder: str
    family: str
    program: str = ""  # with its version
    films: Tuple[FilmCheck, ...] = ()
    absent: str = ""


@dataclass(frozen=True)
class MachineFact:
    """What a bug report has to know; ``key`` is its name in JSON."""

    key: str
    label: str
    value: str


@dataclass(frozen=True)
class MachineCheck:
    """``film`` says what the films are."""

    film: str
    encoders: Tuple[EncoderCheck, ...]
    facts: Tuple[MachineFact, ...]

    @property
    def healthy(self) -> bool:
        """Whether something encodes here, and all that is here was proved."""
        here = [encoder for encoder in self.encoders if not encoder.absent]
        pictures = [film for encoder in here for film in encoder.films[:1]]
        every = [film for encoder in here for film in encoder.films]
        return (
            bool(pictures)
            and all(film.outcome is CheckOutcome.PROVED for film in pictures)
            and not any(film.outcome is CheckOutcome.FAILED for film in every)
        )

    @property
    def verdict(self) -> Sentence:
        """How it ended, in a sentence."""
        if self.healthy:
            return Sentence("All encoders that are here were proved.")
        if not any(not encoder.absent for encoder in self.encoders):
            return Sentence("No encoder is here, so no film can be made smaller.")
        return Sentence("Not all encoders that are here were proved.")

    def remarks(self) -> Iterator[Sentence]:
        """A sentence for each film that was not proved, then for each encoder that is not here."""
        for encoder in self.encoders:
            for film in encoder.films:
                if film.why:
                    yield _ended(
                        Sentence(
                            "{encoder}, {film}: {why}",
                            encoder=encoder.encoder,
                            film=Sentence(FILMS[film.feature]),
                            why=film.why,
                        )
                    )
        for encoder in self.encoders:
            if encoder.absent:
                yield Sentence(
                    "{encoder} is not here. {why}", encoder=encoder.encoder, why=encoder.absent
                )


def _ended(sentence: Sentence) -> Sentence:
    """With a full stop, which what a tool has said may lack."""
    return sentence if sentence.endswith(".") else Sentence("{sentence}.", sentence=sentence)


def report(check: MachineCheck, hide: Hide) -> str:
    """The whole check as Markdown, in English, to be pasted into a report.

    ``hide`` takes out of what tools and systems say what is nobody's business.
    """
    rows = [row for encoder in check.encoders for row in _rows(encoder)]
    lines = ["**MediaProcessor: check of a machine**", "", check.verdict]
    if rows:
        lines += ["", *_table(HEADINGS, rows, numbers=4), "", check.film]
    remarks = list(check.remarks())
    lines += ["", *(f"- {remark}" for remark in remarks)] if remarks else []
    facts = [(fact.label, fact.value) for fact in check.facts]
    lines += ["", *_table(("This machine", ""), facts)]
    return "\n".join(hide(line) for line in lines)


def _rows(encoder: EncoderCheck) -> Iterator[Tuple[str, ...]]:
    for film in encoder.films:
        yield (
            encoder.encoder,
            encoder.program,
            FILMS[film.feature],
            film.outcome.value,
            _number(film.pictures_a_second, 1),
            _number(film.times_realtime, 2),
            "" if film.share is None else f"{film.share:.0%}",
            _number(film.seconds or None, 1),
        )
    if encoder.absent:
        yield (encoder.encoder, "", "", ABSENT, "", "", "", "")


def _number(value: Optional[float], digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f}"


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]], numbers: int = 0) -> List[str]:
    """Lines of Markdown that are a table as plain text too; the last ``numbers`` columns are figures."""
    cells = [[_cell(text) for text in row] for row in (headings, *rows)]
    widths = [max(3, *(len(row[column]) for row in cells)) for column in range(len(headings))]
    figures = len(headings) - numbers

    def line(row: Sequence[str]) -> str:
        padded = (
            text.rjust(width) if column >= figures else text.ljust(width)
            for column, (text, width) in enumerate(zip(row, widths))
        )
        return f"| {' | '.join(padded)} |"

    rules = ["-" * (width - 1) + (":" if at >= figures else "-") for at, width in enumerate(widths)]
    return [line(cells[0]), line(rules), *map(line, cells[1:])]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
