"""Measurements against goals: ``python -m benchmarks.<name> [--json]``."""
