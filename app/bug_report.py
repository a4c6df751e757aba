"""Everything for a bug report in one file, without keys and passwords."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Tuple

from app.diagnosis import Diagnosis, diagnosis_text
from core.ports import Translator
from core.version import VERSION
from logger import redact
from reports.bundle import BundleParts, database_text, settings_text, write_bundle

if TYPE_CHECKING:
    from app.metadata_services import MetadataServices
    from config import Config
    from store.connection import Database


class BugReportSource(Protocol):
    """What a bug report tells of; each is asked for when its file is written, and may fail for itself."""

    data_dir: Path
    log_dir: Path

    @property
    def config(self) -> Config:
        """The settings."""

    @property
    def database(self) -> Database:
        """Where everything is kept."""

    @property
    def services(self) -> MetadataServices:
        """What Sonarr, Radarr and OMDb are asked with."""

    def diagnose(self) -> Diagnosis:
        """What this machine has for the work; takes seconds."""


def make_bundle(
    source: BugReportSource, path: Path, say: Translator = lambda text: text
) -> Tuple[str, ...]:
    """Write the bundle of a data folder; return the names inside. Raises FolderNotWritable.

    ``say`` translates what the user is to read in it.
    """

    def settings() -> str:
        return settings_text(source.config.export())

    def services() -> str:
        # First of all: whoever knows the keys tells the filter that hides them.
        kinds = [status.service for status in source.services.keys.statuses()]
        return "".join(f"{kind} {kinds.count(kind)}\n" for kind in sorted(set(kinds)))

    texts = {
        "services.txt": services,
        "settings.json": settings,
        "doctor.txt": lambda: diagnosis_text(source.diagnose()) + "\n",
        "database.txt": lambda: database_text(source.database),
    }
    return write_bundle(
        path, BundleParts(VERSION, source.data_dir, source.log_dir, texts, redact, say)
    )
