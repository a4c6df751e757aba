"""How long a film's chunks are to be."""

from __future__ import annotations

from core.chunks.length import SHORTEST, chunk_seconds


def test_alone_a_machine_makes_chunks_of_the_wanted_length() -> None:
    assert chunk_seconds(180.0, 120.0, 1) == 120.0


def test_a_long_film_has_chunks_of_the_wanted_length_for_several_machines_too() -> None:
    assert chunk_seconds(7200.0, 120.0, 4) == 120.0


def test_a_short_film_is_cut_so_that_each_machine_gets_several() -> None:
    assert chunk_seconds(240.0, 120.0, 4) == 15.0


def test_chunks_are_never_so_short_that_they_cost_more_than_they_bring() -> None:
    assert chunk_seconds(60.0, 120.0, 4) == SHORTEST


def test_a_wanted_length_that_is_shorter_is_kept() -> None:
    assert chunk_seconds(240.0, 5.0, 4) == 5.0
