"""HDR10, HDR10+, HLG and Dolby Vision, from MediaInfo's lists.

Lists are split and matched item by item. ``hdr_format_commercial`` is never looked at: it says "HDR10" of
Dolby Vision 8.1. Profiles 8.1 and 8.4 differ in their compatibility alone.
"""

from __future__ import annotations

import re
from typing import List, Optional, Tuple

from core.media.model import DolbyVision, HdrFormat
from core.media.probing.fields import Fields, text

_DV_COMPATIBILITY = {"HDR10": 1, "SDR": 2, "HLG": 4, "Blu-ray": 6}


def hdr_formats(fields: Fields, transfer: str) -> Tuple[HdrFormat, ...]:
    """All the ways in which the track carries its dynamic range; empty for SDR."""
    formats = _items(fields, "hdr_format")
    compatible = text(fields, "hdr_format_compatibility")
    found: List[HdrFormat] = []
    if any(name.startswith("Dolby Vision") for name in formats):
        found.append(HdrFormat.DOLBY_VISION)
    if any("2094 App 4" in name for name in formats) or "HDR10+" in compatible:
        found.append(HdrFormat.HDR10_PLUS)
    if transfer == "smpte2084":
        mastered = any("2086" in name for name in formats) or mastering_display(fields)
        found.append(HdrFormat.HDR10 if mastered else HdrFormat.PQ)
    if transfer == "arib-std-b67":
        found.append(HdrFormat.HLG)
    return tuple(found)


def other(fields: Fields) -> str:
    """What is told of no other way: ``HDR Vivid``, ``SL-HDR2``; empty for none."""
    named = _items(fields, "hdr_format")
    known = ("Dolby Vision", "SMPTE ST 2086", "SMPTE ST 2094 App 4")
    return ", ".join(name for name in named if name and not name.startswith(known))


def dolby_vision(fields: Fields) -> Optional[DolbyVision]:
    """The container's record; profiles read ``dvhe.08``, ``dvav.09``, ``dav1.10``.

    What belongs together stands at the profile's place: of MP4, ``hdr_format`` has another order.
    """
    if not any(name.strip().startswith("Dolby Vision") for name in _items(fields, "hdr_format")):
        return None
    for position, name in enumerate(_items(fields, "hdr_format_profile")):
        profile = re.search(r"\.(\d+)", name)
        if not profile:
            continue
        layers = _item(fields, "hdr_format_settings", position).split("+")
        compatible = _item(fields, "hdr_format_compatibility", position)
        return DolbyVision(
            profile=int(profile.group(1)),
            compatibility=_DV_COMPATIBILITY.get(compatible, 0 if not compatible else None),
            enhancement_layer="EL" in layers,
            rpu="RPU" in layers,
        )
    return None


def _items(fields: Fields, key: str) -> List[str]:
    return [item.strip() for item in text(fields, key).split(" / ")]


def _item(fields: Fields, key: str, position: int) -> str:
    items = _items(fields, key)
    return items[position] if position < len(items) else ""


def mastering_display(fields: Fields) -> str:
    """The screen that the picture was graded on, as MediaInfo writes it; empty when nothing says."""
    primaries = text(fields, "mastering_display_color_primaries").split(" / ")[0]
    luminance = text(fields, "mastering_display_luminance").split(" / ")[0]
    return ", ".join(part for part in (primaries, luminance) if part)


def light(fields: Fields, key: str) -> Optional[int]:
    """A light level in cd/m²."""
    found = re.match(r"\d+", text(fields, key))
    return int(found.group(0)) if found else None
