"""What is said of the chunks of a film that are encoded one by one."""

from __future__ import annotations

from typing import Callable, List, Sequence, Tuple

from core.chunk_progress import ChunkPhase, ChunkProgress, counted, shares
from views.numbers import count_text, number_text, percent_text, size_text
from views.shown import visible
from views.spans import took_text
from views.texts import N_, _, ngettext

_MOST_IN_HAND = 8  # that a tooltip names

MachineName = Callable[[str], str]
_PHASES = {
    ChunkPhase.WAITING: N_("waiting"),
    ChunkPhase.IN_HAND: N_("in progress"),
    ChunkPhase.DONE: N_("proved"),
}


def chunks_text(chunks: Sequence[ChunkProgress]) -> str:
    """How many chunks of a film are done: ``5 of 12 chunks``."""
    counts = counted(chunks)
    text = ngettext("{done} of {number} chunk", "{done} of {number} chunks", counts.total)
    return text.format(done=counts.done, number=counts.total)


def machines_of(chunks: Sequence[ChunkProgress]) -> Tuple[str, ...]:
    """The machines that have chunks in hand, this one ("") first."""
    at_work = {chunk.machine for chunk in chunks if chunk.phase is ChunkPhase.IN_HAND}
    return tuple(sorted(at_work))


def machines_text(chunks: Sequence[ChunkProgress], machine_name: MachineName) -> str:
    """Who works on a film's chunks now; "" where it is this machine alone, or nobody."""
    at_work = machines_of(chunks)
    if not any(at_work):
        return ""
    names = ", ".join(_named(machine, machine_name) for machine in at_work)
    return _("on {name}").format(name=names)


def chunks_tip(chunks: Sequence[ChunkProgress], machine_name: MachineName) -> str:
    """The whole story of a film's chunks, for a tooltip; "" where it is in one piece."""
    if not chunks:
        return ""
    lines = [_("Done: {chunks}").format(chunks=chunks_text(chunks))]
    for share in shares(chunks):
        made = ngettext("{name}: {number} chunk", "{name}: {number} chunks", share.chunks)
        lines.append(made.format(name=_named(share.machine, machine_name), number=share.chunks))
    in_hand = [chunk for chunk in chunks if chunk.phase is ChunkPhase.IN_HAND]
    for chunk in in_hand[:_MOST_IN_HAND]:
        lines.append(
            _("Chunk {number}, {span}: {name}, {percent}").format(
                number=chunk.number + 1,
                span=span_text(chunk),
                name=_named(chunk.machine, machine_name),
                percent=percent_text(100 * chunk.share),
            )
        )
    return "\n".join(lines)


def span_text(chunk: ChunkProgress) -> str:
    """From when to when in the film: ``0:20:00 – 0:22:04``."""
    return f"{_clock(chunk.begin)} – {_clock(chunk.end)}"


def chunk_rows(chunks: Sequence[ChunkProgress], machine_name: MachineName) -> List[Tuple[str, ...]]:
    """Return the rows of a table: chunk, span, pictures, size, time, number, machine, state."""
    return [
        (
            str(chunk.number + 1),
            span_text(chunk),
            "" if chunk.pictures is None else count_text(chunk.pictures),
            size_text(chunk.size),
            took_text(chunk.seconds),
            "" if chunk.quality_number is None else number_text(f"{chunk.quality_number:g}"),
            _named(chunk.machine, machine_name) if chunk.phase is not ChunkPhase.WAITING else "",
            _state(chunk),
        )
        for chunk in chunks
    ]


def _state(chunk: ChunkProgress) -> str:
    if chunk.proof:
        return visible(chunk.proof)
    state = _(_PHASES[chunk.phase])
    if chunk.phase is ChunkPhase.IN_HAND and chunk.share:
        return f"{state}, {percent_text(100 * chunk.share)}"
    return state


def _named(machine: str, machine_name: MachineName) -> str:
    return machine_name(machine) or _("this machine")


def _clock(seconds: float) -> str:
    """A place in a film, always with hours."""
    whole = max(0, round(seconds))
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"
