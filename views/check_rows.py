"""The figures of a verification as readable rows."""

from __future__ import annotations

import json
import re
from typing import Any, Dict, List, Mapping, Tuple

from core.text.formatting import duration_text
from views.numbers import count_text, decimal_text, percent_text, size_text
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
    "copied tracks": N_("Copied tracks are unchanged"),
    "pictures": N_("Every picture is there, in time"),
    "sync": N_("Audio and subtitles are in step with the video"),
    "decodes": N_("Plays without errors"),
    "likeness": N_("Looks and sounds like the original"),
    "size": N_("Small enough"),
}
# As ``core.media.track_text`` names them; the second form is that of results of earlier versions.
_TRACK = re.compile(r"(Video|Audio|Subtitle) (\d+)|track (\d+) \((\w+)\)")
_TRACKS = {
    "Video": N_("Video {number}"),
    "Audio": N_("Audio {number}"),
    "Subtitle": N_("Subtitle {number}"),
    "video": N_("track {number} (video)"),
    "audio": N_("track {number} (audio)"),
    "subtitle": N_("track {number} (subtitle)"),
}
# What ``processing`` calls a figure, after the track's name where it is one track's; "" for the track itself.
_FIGURES = {
    "": N_("{what}: {figure}"),
    "pictures": N_("{what}, pictures: {figure}"),
    "in the film": N_("{what}, pictures in the original: {figure}"),
    "off by at most": N_("{what}, off by at most {figure} s"),
    "sound": N_("{what}, audio: {figure}"),
    "luma, share of what is allowed": N_("Difference in brightness: {figure} of what is allowed"),
    "chroma, share of what is allowed": N_("Difference in colour: {figure} of what is allowed"),
    "loudness, dB": N_("Difference in loudness: {figure} dB"),
    "sound, dB": N_("Difference in sound: {figure} dB"),
}
_SHARES = ("luma, share of what is allowed", "chroma, share of what is allowed")
_WORDS = {
    "the film's": N_("as in the original"),
    "the film's, in another container's form": N_(
        "as in the original, written for another container"
    ),
    "not compared: its clock jumps back in the film": N_("not compared: its clock jumps back"),
    "not decoded: this ffmpeg has no decoder for it": N_(
        "Video not decoded: this ffmpeg has no decoder for it"
    ),
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
        return [
            f"{track_text(track)}: {duration_text(seconds)}" for track, seconds in figures.items()
        ]
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
    return [_figure(key, value) for key, value in figures.items()]


def track_text(name: str) -> str:
    """Return a track's name (``Audio 2``) in the language in use."""
    found = _TRACK.fullmatch(name)
    kind = (found.group(1) or found.group(4)) if found else ""
    if found is None or kind not in _TRACKS:
        return name
    return _(_TRACKS[kind]).format(number=found.group(2) or found.group(3))


def _figure(key: str, value: object) -> str:
    if key == "samples":
        return _samples(int(str(value)))
    if key == "pictures":
        return ngettext("{number} picture", "{number} pictures", int(str(value))).format(
            number=count_text(int(str(value)))
        )
    found = _TRACK.match(key)
    what = found.group(0) if found else ""
    name = key[len(what) :].lstrip(", ") if what else key
    written = _written(value, share=name in _SHARES)
    text = _(_FIGURES[name]) if name in _FIGURES else f"{{what}} {name}: {{figure}}"
    return text.format(what=track_text(what), figure=written).strip()


def _written(value: object, *, share: bool) -> str:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return _(_WORDS.get(str(value), str(value)))
    if share:
        return percent_text(100 * value)
    return (
        count_text(value)
        if isinstance(value, int)
        else decimal_text(value, 3).rstrip("0").rstrip(".,")
    )


def _samples(number: int) -> str:
    return ngettext("{number} sample", "{number} samples", number).format(number=count_text(number))


def _ends(figures: Mapping[str, Any]) -> List[str]:
    found = []
    for key, end in figures.items():
        track, _comma, what = key.rpartition(", ")
        wanted = figures.get(f"{track}, end in the film")
        if what == "end" and wanted is not None:
            found.append(
                _("{track} ends at {end}, {seconds} s away from the original's").format(
                    track=track_text(track),
                    end=duration_text(end),
                    seconds=decimal_text(abs(end - wanted), 2),
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
        found.append(f"{track_text(track)}: {vision}, {data}")
    return found


def _counts(figures: Mapping[str, Any]) -> str:
    tracks, chapters = int(figures.get("tracks", 0)), int(figures.get("chapters", 0))
    told = [ngettext("{number} track", "{number} tracks", tracks).format(number=count_text(tracks))]
    if chapters:
        told.append(
            ngettext("{number} chapter", "{number} chapters", chapters).format(
                number=count_text(chapters)
            )
        )
    return ", ".join(told)


def _decoded(figures: Mapping[str, Any]) -> List[str]:
    if figures.get("decoded") == "all":
        return [_("all of it")]
    found = [_samples(int(figures.get("samples", 0)))]
    return found + ([_written(figures["picture"], share=False)] if "picture" in figures else [])
