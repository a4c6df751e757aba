"""The tests. A busy machine is not a fault: hypothesis watches results here, not the clock."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("suite", deadline=None)
settings.load_profile("suite")
