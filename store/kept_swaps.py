"""The originals that wait in holding, in few words each: a list of a hundred thousand is read in one go."""

from __future__ import annotations

from typing import List, NamedTuple, Optional

from store.connection import Database, text_from_sql


class KeptSwap(NamedTuple):
    """A swap whose original waits; sizes in bytes, ``since`` in seconds since the epoch.

    Paths are text: to make objects of them all would take longer than everything else.
    """

    id: int
    film: str  # as it is named now
    holding: str  # where the original lies
    size: int
    result_size: Optional[int]
    since: Optional[float]


def kept_swaps(database: Database) -> List[KeptSwap]:
    """Return all of them, as the journal has them."""
    with database.read() as connection:
        rows = connection.execute(
            "SELECT id, target, holding, source_identity, result_identity, swapped_at FROM journal "
            "WHERE stage = 'done' AND original = 'held'"
        )
        return [
            KeptSwap(
                row[0],
                row[1] if type(row[1]) is str else text_from_sql(row[1]),
                row[2] if type(row[2]) is str else text_from_sql(row[2]),
                _size(row[3]),
                None if row[4] is None else _size(row[4]),
                row[5],
            )
            for row in rows
        ]


def _size(identity: str) -> int:
    """Return the size from an identity as ``store.journal`` writes it: the first number of a JSON list."""
    return int(identity[1 : identity.index(",")])
