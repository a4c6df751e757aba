"""A small day of the log, as entries."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import List

from core.reporting.log_entry import EntryKind, LogEntry

HOSTILE = (
    "<script>alert(1)</script>.mkv",
    "</pre></details><img src=x onerror=alert(2)>.mkv",
    '" onmouseover="alert(3)" x=".mkv',
    "--><!-- &lt;b&gt; &#60;.mkv",
    "line\u2028separator \u202egnp.exe \x00\x1b[2J \udce9.mkv",
    "a\nb<div class=e data-job=99>forged</div>.mkv",
)


def moment(hour: int = 14, minute: int = 0, second: float = 0.0, day: int = 24) -> float:
    """A time of November 2026, here."""
    whole = datetime(2026, 11, day, hour, minute, int(second)).astimezone()
    return whole.timestamp() + second % 1


def text(
    message: str, *, time: float = 0.0, level: int = logging.INFO, **fields: object
) -> LogEntry:
    return LogEntry(time or moment(), level, message, **fields)  # type: ignore[arg-type]


def state(job: int, name: str, film: str, minute: int, **sizes: int) -> LogEntry:
    return LogEntry(
        moment(minute=minute),
        logging.WARNING if name == "failed" else logging.INFO,
        f"Job {job}: {name}.",
        job=job,
        kind=EntryKind.STATE,
        state=name,
        film=film,
        original_size=sizes.get("before"),
        processed_size=sizes.get("after"),
    )


def tool(job: int, line: str, minute: int) -> LogEntry:
    return LogEntry(
        moment(minute=minute),
        logging.DEBUG,
        line,
        source="ffmpeg",
        job=job,
        step="encode",
        kind=EntryKind.TOOL,
    )


def small_day(film: str = "/films/Metropolis (1927)/Metropolis (1927).mkv") -> List[LogEntry]:
    """Two jobs that overlap, one of them failed, and what the program itself tells."""
    command = ("ffmpeg -i '/films/A & B.mkv' -c:v libx265 out.mkv",)
    return [
        text("The program starts."),
        state(7, "analyzing", film, 1, before=17_349_174),
        state(8, "analyzing", "/films/Broken.mkv", 1, before=1000),
        LogEntry(
            moment(minute=2),
            logging.INFO,
            f"encode: {command[0]}",
            job=7,
            step="encode",
            kind=EntryKind.COMMAND,
            details=command,
        ),
        tool(7, "x265 [info]: frame I: 12", 2),
        state(8, "failed", "/films/Broken.mkv", 2, before=1000),
        tool(7, "x265 [info]: frame P: 99", 3),
        LogEntry(
            moment(minute=4),
            logging.INFO,
            "The result passed 2 checks.",
            job=7,
            step="verify",
            kind=EntryKind.VERIFICATION,
            details=("tracks (0.1 s); tracks: 3", "decodes (0.4 s); samples: 5"),
        ),
        state(7, "completed", film, 5, before=17_349_174, after=2_810_113),
        text("A warning of the program.", time=moment(minute=6), level=logging.WARNING),
    ]
