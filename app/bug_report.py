"""Everything for a bug report in one file, without keys and passwords."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Tuple

from app.diagnosis import diagnose, diagnosis_text
from core.version import VERSION
from logger import redact
from reports.bundle import BundleParts, database_text, settings_text, write_bundle

if TYPE_CHECKING:
    from app.program import Parts


def make_bundle(parts: Parts, path: Path) -> Tuple[str, ...]:
    """Write the bundle of this data folder; return the names inside. Raises FolderNotWritable."""

    def settings() -> str:
        return settings_text(parts.config.export())

    def services() -> str:
        # First of all: whoever knows the keys tells the filter that hides them.
        kinds = [one.service for one in parts.services.keys.statuses()]
        return "".join(f"{kind} {kinds.count(kind)}\n" for kind in sorted(set(kinds)))

    texts = {
        "services.txt": services,
        "settings.json": settings,
        "doctor.txt": lambda: diagnosis_text(diagnose(parts)) + "\n",
        "database.txt": lambda: database_text(parts.database),
    }
    return write_bundle(path, BundleParts(VERSION, parts.data_dir, parts.log_dir, texts, redact))
