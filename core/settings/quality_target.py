"""The quality that films are to have, as a setting: in words, or a number on VMAF's scale."""

from __future__ import annotations

from typing import Mapping, Optional

from core.text.sentence import Listed, Sentence

OFF = "off"
# What the words mean on VMAF's scale (0 to 100). Two films 6 apart are told from each other by most people at
# once, and 2 by few (docs/quality.md).
TARGETS: Mapping[str, float] = {
    "good": 92.0,
    "very good": 94.0,
    "as good as the original": 96.0,
}
WORDS = (OFF, *TARGETS)
# Below it nobody would want a film, above it even a copy without loss does not come with every model.
LOWEST, HIGHEST = 60.0, 99.0


def target_of(text: str) -> Optional[float]:
    """Return the score that a setting aims at; None where it is off. Raises ValueError with a sentence."""
    word = " ".join(text.split()).casefold()
    if word == OFF:
        return None
    if word in TARGETS:
        return TARGETS[word]
    try:
        number = float(word.replace(",", "."))
    except ValueError:
        raise ValueError(
            Sentence(
                "{value} is neither one of {words} nor a number.",
                value=repr(text),
                words=Listed(WORDS),
            )
        ) from None
    if not LOWEST <= number <= HIGHEST:
        raise ValueError(
            Sentence(
                "{value} is out of range. It must be from {low} to {high}.",
                value=text.strip(),
                low=f"{LOWEST:g}",
                high=f"{HIGHEST:g}",
            )
        )
    return number


def written(text: str) -> str:
    """Return a target as it is stored; raises ValueError with a sentence."""
    target, word = target_of(text), " ".join(text.split()).casefold()
    return word if target is None or word in TARGETS else f"{target:g}"
