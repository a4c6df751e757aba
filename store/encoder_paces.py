"""What was measured of encoders on this machine: how many of them side by side make a film quickest."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Dict, Tuple

from core.chunks.side_by_side import EncoderKey, Load, Measured, Pace
from store.connection import Database


class EncoderPaceStore:
    """One row for each machine, template, picture size, tool and number of cores; thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key: EncoderKey) -> Measured:
        """Return what is known; nothing where it was never measured, or with another tool or core count."""
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT measured FROM encoder_paces WHERE machine = ? AND template = ? AND width = ? "
                "AND height = ? AND tool = ? AND cores = ?",
                _values(key),
            ).fetchone()
        return _measured(row[0]) if row is not None else Measured()

    def keep(self, key: EncoderKey, measured: Measured) -> None:
        """Keep what was measured; what was measured with other tools or cores is forgotten."""
        with self._database.transaction() as connection:
            connection.execute(
                "DELETE FROM encoder_paces WHERE machine = ? AND template = ? AND width = ? "
                "AND height = ?",
                _values(key)[:4],
            )
            connection.execute(
                "INSERT INTO encoder_paces (machine, template, width, height, tool, cores, measured) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                (*_values(key), _text(measured)),
            )


def _values(key: EncoderKey) -> Tuple[object, ...]:
    template = hashlib.sha256(key.template.encode("utf-8", "surrogatepass")).hexdigest()
    return (key.machine, template, key.width, key.height, key.tool, key.cores)


def _text(measured: Measured) -> str:
    load = measured.load
    data: Dict[str, Any] = {
        "load": [load.used, load.idle, load.memory] if load else None,
        "paces": {
            str(encoders): [pace.chunks, pace.pictures, pace.seconds]
            for encoders, pace in measured.paces.items()
        },
    }
    return json.dumps(data)


def _measured(text: str) -> Measured:
    """What ``_text`` wrote; nothing where another version of the program wrote it."""
    try:
        data = json.loads(text)
        load = Load(*data["load"]) if data["load"] else None
        paces = {int(number): Pace(*pace) for number, pace in data["paces"].items()}
    except (ValueError, TypeError, KeyError):
        return Measured()
    return Measured(load, paces)
