"""The program's version: said here and nowhere else."""

from __future__ import annotations

VERSION = "0.1.0"  # semantic versioning; also what the exe's properties show
