"""A chunk in a master's offer, as a machine reads it."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any, Dict

import pytest

from core.chunks.chunk import Chunk
from core.peer_errors import WrongField
from core.protocol.offered_chunk import OfferedChunk, offered_chunk_from
from core.protocol.peer_fields import PeerFields
from core.text.sentence import Sentence

CHUNK = OfferedChunk(Chunk(3, 30.03, 40.04, 720_720, None), Fraction(1, 24_000), 1_001, "7.chunks")


def read(**changed: object) -> OfferedChunk:
    data: Dict[str, Any] = {**json.loads(json.dumps(CHUNK.as_data())), **changed}
    return offered_chunk_from(PeerFields(data, Sentence("The master's job (chunk)")))


def test_a_chunk_comes_over_unchanged() -> None:
    assert read() == CHUNK


def test_what_a_newer_master_also_tells_is_passed_over() -> None:
    assert read(more=1) == CHUNK


@pytest.mark.parametrize(
    "changed",
    [
        {"number": -1},
        {"start": "0"},
        {"until": 30.03},
        {"start_stamp": 1.5},
        {"time_base": [1, 0]},
        {"time_base": [1]},
        {"time_base": "1/24000"},
        {"first_stamp": None},
        {"folder": "../other"},
        {"folder": "C:\\other"},
        {"folder": ".."},
        {"folder": 7},
    ],
)
def test_a_chunk_that_cannot_be_right_is_refused(changed: Dict[str, object]) -> None:
    with pytest.raises(WrongField):
        read(**changed)
