"""What past jobs have shown, without what looks at films: ``plan`` is not to load it."""

from __future__ import annotations

from core.planning.forecast import Past
from store.connection import Database
from store.ratios import read_ratios
from store.speeds import SpeedStore


def past_of(database: Database, instance_id: str = "") -> Past:
    """Return that from which sizes and times are expected, on the machine of this instance."""
    return Past(SpeedStore(database).pools(), read_ratios(database), instance_id)
