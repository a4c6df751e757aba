"""Why a film's quality is not measured, as a plan says it."""

from __future__ import annotations

from core.plan import Reason
from core.text.sentence import Sentence


def unmeasured(code: str, why: str, matched: str = "") -> Reason:
    """Return the reason; ``why`` is the rest of the sentence, with its full stop."""
    full_code = f"quality.{code}"
    return Reason(full_code, Sentence("The quality is not measured: {why}", why=why), matched)
