"""The figures of a verification as readable rows."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Mapping, Tuple

from core.text.formatting import duration_text
from views.numbers import decimal_text, size_text
from views.spans import took_text
from views.texts import N_, _, ngettext

CheckRow = Tuple[str, str, str]  # what was looked at, what was found, how long it took

_NAMES = {
    "exit codes and error lines": N_("No tool reported an error"),
    "opens and reaches the end": N_("Opens and plays to the end"),
    "tracks": N_("All tracks match the plan"),
    "durations": N_("Every track has the right length"),
    "HDR": N_("HDR is as planned"),
    "read as a whole": N_("Readable from beginning to end"),
    "decodes": N_("Plays without errors"),
    "size": N_("Small enough"),
}


def check_rows(verification: str) -> Tuple[CheckRow, ...]:
    """Return a row a figure; the check's name and time stand in its first. None where nothing was kept."""
    try:
        checks = json.loads(verification) if verification else []
        return tuple(row for check in checks for row in _rows(check))
    except (ValueError, TypeError, KeyError, AttributeError):
        return ()


def _rows(check: Mapping[str, Any]) -> List[CheckRow]:
    name = str(check["name"])
    found = _found(name, check.get("figures") or {}) or [_("OK")]
    took = took_text(float(check.get("seconds") or 0))
    return [
        (_(_NAMES.get(name, name)) if number == 0 else "", figure, took if number == 0 else "")
        for number, figure in enumerate(found)
    ]


def _found(name: str, figures: Mapping[str, Any]) -> List[str]:
    if name == "opens and reaches the end":
        return _ends(figures)
    if name == "durations":
        return [f"{track}: {duration_text(seconds)}" for track, seconds in figures.items()]
    if name == "HDR":
        return _hdr(figures)
    if name == "tracks":
        return [_counts(figures)]
    if name == "read as a whole" and "bytes" in figures:
        return [size_text(figures["bytes"])]
    if name == "decodes":
        return _decoded(figures)
    if name == "size" and "limit" in figures:
        sizes = {key: size_text(figures.get(key)) for key in ("bytes", "film", "limit")}
        return [_("{bytes}; the original has {film}, and the limit was {limit}").format(**sizes)]
    return [f"{key}: {value}" for key, value in figures.items()]


def _ends(figures: Mapping[str, Any]) -> List[str]:
    found = []
    for key, end in figures.items():
        track, _comma, what = key.rpartition(", ")
        wanted = figures.get(f"{track}, end in the film")
        if what == "end" and wanted is not None:
            found.append(
                _("{track} ends at {end}, {seconds} s away from the original's").format(
                    track=track, end=duration_text(end), seconds=decimal_text(abs(end - wanted), 2)
                )
            )
    return found


def _hdr(figures: Mapping[str, Any]) -> List[str]:
    tracks: Dict[str, Dict[str, Any]] = {}
    for key, value in figures.items():
        track, _comma, what = key.rpartition(", ")
        tracks.setdefault(track, {})[what] = value
    found = []
    for track, values in tracks.items():
        profile, mastering = values.get("Dolby Vision"), values.get("mastering data")
        vision = (
            _("no Dolby Vision")
            if profile is None
            else _("Dolby Vision profile {number}").format(number=profile)
        )
        data = _("HDR10 mastering data") if mastering else _("no HDR10 mastering data")
        found.append(f"{track}: {vision}, {data}")
    return found


def _counts(figures: Mapping[str, Any]) -> str:
    tracks, chapters = int(figures.get("tracks", 0)), int(figures.get("chapters", 0))
    told = [ngettext("{number} track", "{number} tracks", tracks).format(number=tracks)]
    if chapters:
        told.append(
            ngettext("{number} chapter", "{number} chapters", chapters).format(number=chapters)
        )
    return ", ".join(told)


def _decoded(figures: Mapping[str, Any]) -> List[str]:
    if figures.get("decoded") == "all":
        return [_("all of it")]
    samples = int(figures.get("samples", 0))
    found = [ngettext("{number} sample", "{number} samples", samples).format(number=samples)]
    return found + ([str(figures["picture"])] if "picture" in figures else [])
