"""The modules of the product, as files."""

from __future__ import annotations

from pathlib import Path
from typing import List

ROOT = Path(__file__).resolve().parent.parent


OURS = frozenset(
    {
        *(
            "analyzer",
            "app",
            "cluster",
            "commandline",
            "config",
            "core",
            "logger",
            "main",
            "mediainfo",
        ),
        *(
            "metadata",
            "monitor",
            "monitoring",
            "network",
            "phone",
            "processing",
            "processor",
            "queue_manager",
            "reports",
        ),
        *("scheduling", "sharing", "statistics", "store", "tools", "ui", "views", "window"),
    }
)


def sources() -> List[Path]:
    """Every product module."""
    tops = [path for path in ROOT.glob("*.py") if path.stem in OURS]
    return tops + [path for name in sorted(OURS) for path in (ROOT / name).rglob("*.py")]
