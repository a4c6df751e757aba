"""What people see of a film in chunks: a row of segments, its tooltip, a table."""

from __future__ import annotations

import tkinter as tk

import pytest

from core.chunk_progress import ChunkPhase, ChunkProgress
from core.events import JobState
from core.progress import Progress
from tests.views.window import pump
from views.chunk_row import pixel_colors
from views.chunk_texts import chunk_rows, chunks_text, chunks_tip, machines_text
from views.job_card import JobCard
from views.palette import LIGHT, between
from views.theme import Look

CHUNKS = (
    ChunkProgress(0, 0, 120, ChunkPhase.DONE, 2880, 1.0, "", 5_000_000, 90.0, quality_number=22.25),
    ChunkProgress(1, 120, 240, ChunkPhase.IN_HAND, None, 0.5, "k"),
    ChunkProgress(2, 240, 360, ChunkPhase.IN_HAND, None, 0.25),
    ChunkProgress(3, 360, 480),
)


class Actions:
    def machine_name(self, instance_id: str) -> str:
        return {"k": "Kitchen"}.get(instance_id, "")

    def open_job(self, job_id: int) -> None: ...

    def pause_job(self, job_id: int) -> None: ...

    def resume_job(self, job_id: int) -> None: ...

    def cancel_job(self, job_id: int) -> None: ...


name = Actions().machine_name


def test_a_row_is_as_wide_as_asked_and_shows_each_chunk_by_its_length() -> None:
    colors = pixel_colors(CHUNKS, 400, LIGHT)
    assert len(colors) == 400
    assert colors[:99] == [LIGHT.accent] * 99
    assert colors[99] == LIGHT.surface
    assert colors[100:150] == [LIGHT.success] * 50
    assert colors[150:199] == [between(LIGHT.success, LIGHT.surface, 0.6)] * 49
    assert colors[300:] == [LIGHT.raised] * 100


@pytest.mark.parametrize("width", [1, 3, 39, 40, 41, 399])
@pytest.mark.parametrize("count", [1, 7, 240])
def test_however_narrow_a_row_is_full(width: int, count: int) -> None:
    chunks = [ChunkProgress(number, number * 7.0, number * 7.0 + 7.0) for number in range(count)]
    assert len(pixel_colors(chunks, width, LIGHT)) == width


def test_the_tooltip_says_who_has_what() -> None:
    assert chunks_tip(CHUNKS, name).splitlines() == [
        "Done: 1 of 4 chunks",
        "this machine: 1 chunk",
        "Chunk 2, 0:02:00 – 0:04:00: Kitchen, 50%",
        "Chunk 3, 0:04:00 – 0:06:00: this machine, 25%",
    ]
    assert chunks_tip((), name) == ""


def test_the_table_has_a_row_for_each_chunk() -> None:
    assert chunk_rows(CHUNKS, name) == [
        ("1", "0:00:00 – 0:02:00", "2,880", "5.0 MB", "1:30", "22.25", "this machine", "proved"),
        ("2", "0:02:00 – 0:04:00", "", "", "", "", "Kitchen", "in progress, 50%"),
        ("3", "0:04:00 – 0:06:00", "", "", "", "", "this machine", "in progress, 25%"),
        ("4", "0:06:00 – 0:08:00", "", "", "", "", "", "waiting"),
    ]


def test_machines_are_named_where_it_is_not_this_one_alone() -> None:
    assert machines_text(CHUNKS, name) == "on this machine, Kitchen"
    assert machines_text(CHUNKS[2:], name) == ""
    assert chunks_text(CHUNKS) == "1 of 4 chunks"


@pytest.mark.window
def test_a_card_shows_its_films_chunks_and_is_no_higher_by_them(root: tk.Tk, look: Look) -> None:
    card = JobCard(root, look, 1, "/films/Long.mkv", Actions())
    card.pack(fill="x")
    card.show_state(JobState.PROCESSING)
    card.update()
    before = card.winfo_height()
    card.show_progress(Progress("encode", percent=40.0, chunks=CHUNKS))
    card.draw()
    pump(root, lambda: card.chunks.chunks == CHUNKS, "the row")
    card.update()
    assert card.winfo_height() == before
    assert "1 of 4 chunks" in card.line.cget("text")
    assert "on this machine, Kitchen" in card.sizes.cget("text")
    drawn = card.chunks.tk.call(card.chunks.cget("image")[0], "get", 0, 0)
    wanted = tuple(int(look.palette.accent[at : at + 2], 16) for at in (1, 3, 5))
    assert tuple(map(int, drawn)) == wanted
