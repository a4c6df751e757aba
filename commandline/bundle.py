"""``bundle FILE.zip``: everything for a bug report in one file, without keys and passwords."""

from __future__ import annotations

import argparse
import io
from pathlib import Path
from typing import Tuple

from app.program import Parts
from commandline import doctor
from commandline.new_file import new_file
from commandline.output import Output
from core.text.formatting import size_text, visible
from core.version import VERSION
from logger import redact
from reports.bundle import BundleParts, database_text, settings_text, write_bundle


def run(parts: Parts, arguments: argparse.Namespace, output: Output) -> int:
    """Write the bundle; raises FolderNotWritable."""
    path = new_file(arguments.file)
    names = make_bundle(parts, path)
    size = path.stat().st_size
    output.record("bundle", file=path, size=size, contents=names)
    output.text(
        f"The report was written to {visible(path)} ({size_text(size)}). API keys and passwords are "
        "left out; names of films are not."
    )
    return 0


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
        "doctor.txt": lambda: _doctor(parts),
        "database.txt": lambda: database_text(parts.database),
    }
    return write_bundle(path, BundleParts(VERSION, parts.data_dir, parts.log_dir, texts, redact))


def _doctor(parts: Parts) -> str:
    told = io.StringIO()
    doctor.run(parts, argparse.Namespace(), Output(as_json_lines=False, stream=told, errors=told))
    return told.getvalue()
