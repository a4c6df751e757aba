"""The log's folder: how its files are called."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Tuple

TEXT_LOG = "mediaprocessor.log"
JSON_LOG = "mediaprocessor.jsonl"
JOBS_FOLDER = "jobs"
PAGE_NAME = re.compile(r"log-(\d{4}-\d{2}-\d{2})(?:-(\d+))?\.html")
KEPT_FILES = 5  # earlier ones of the text log and of the JSON lines


def job_log_path(folder: Path, job_id: int) -> Path:
    """Where the log of one job is."""
    return folder / JOBS_FOLDER / f"{job_id}.log"


def with_earlier(path: Path) -> Tuple[Path, ...]:
    """Return a log with those that it followed, oldest first, as far as they are there."""
    numbered = (path.with_name(f"{path.name}.{number}") for number in range(KEPT_FILES, 0, -1))
    return tuple(file for file in (*numbered, path) if file.is_file())
