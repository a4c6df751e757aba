"""A child process of MediaInfo that a test can lead astray."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


HOOKED = (sys.executable, str(Path(__file__).with_name("hooked_child.py")))
