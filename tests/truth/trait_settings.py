"""The settings that a trait is tried with."""

from __future__ import annotations

from dataclasses import replace

from core.rules.traits import Way
from core.settings.tree import Settings
from tests.truth.pipeline import fast_settings


def settings(way: Way) -> Settings:
    chosen = fast_settings()
    encode = way is not Way.COPIED
    return replace(
        chosen,
        video=replace(chosen.video, encode=encode, good_bits_per_pixel=0.0),
        audio=replace(chosen.audio, convert_to_opus=encode),
    )
