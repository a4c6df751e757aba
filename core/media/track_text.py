"""Describes a track in a few words, from a plan or a film in JSON's types (``planning.plan_json``).

What is missing is left out, so that what older versions have kept reads as well.
"""

from __future__ import annotations

from typing import Any, List, Mapping

from core.media.model import TEXT_SUBTITLES, HdrFormat, ScanType

Record = Mapping[str, Any]

_FLAGS = (
    ("default", "default"),
    ("forced", "forced"),
    ("original", "original"),
    ("commentary", "commentary"),
    ("hearing_impaired", "hearing impaired"),
    ("visual_impaired", "visual impaired"),
    ("text_descriptions", "text descriptions"),
)


def details_text(track: Record) -> str:
    """What tells a track from others of its codec: size and HDR, layout and bit rate."""
    if "width" in track:
        return ", ".join(_picture(track))
    if "channels" in track:
        return ", ".join(_sound(track))
    return ", ".join(_subtitle(track))


def flags_text(flags: Record) -> str:
    """The names of the flags that are set, and of ``enabled`` where it is not."""
    names = [name for key, name in _FLAGS if flags.get(key)]
    return ", ".join(names if flags.get("enabled", True) else [*names, "not enabled"])


def conversion_text(output: Record) -> str:
    """What becomes of a kept track."""
    made = output.get("conversion")
    if not made:
        return f"{output.get('codec', '')}, copied"
    if "bit_rate" in made:
        return f"opus {made.get('channel_layout', '')} {made['bit_rate']} kbit/s"
    if "width" not in made:
        return str(made.get("codec", ""))
    formats = [name for name in made.get("hdr_formats", ()) if name != HdrFormat.SDR.value]
    picture = [f"{made['width']}x{made.get('height')}", f"{made.get('bit_depth')} bit", *formats]
    return f"{made.get('codec')} {', '.join(picture)}, template {made.get('template_name')}"


def track_text(track: Record) -> str:
    """A track of the film as one line: codec, details, language, title and flags."""
    words = [f"{track.get('codec') or 'unknown'} {details_text(track)}"]
    return _named(words, track)


def output_text(output: Record) -> str:
    """A track of the result as one line: what it becomes, language, title and flags."""
    return _named([conversion_text(output)], output)


def _named(words: List[str], track: Record) -> str:
    language, title = track.get("language"), track.get("title")
    if language and language != "und":
        words.append(str(language))
    if title:
        words.append(f'"{title}"')
    flags = flags_text(track.get("flags") or {})
    return ", ".join(words) + (f" ({flags})" if flags else "")


def _picture(track: Record) -> List[str]:
    details = [f"{track['width']}x{track.get('height')}", f"{track.get('bit_depth', 8)} bit"]
    if track.get("frame_rate"):
        details.append(f"{track['frame_rate']:g} fps")
    details.extend(map(str, track.get("hdr_formats") or ()))
    if track.get("dolby_vision"):
        details.append(f"profile {track['dolby_vision'].get('profile')}")
    scan = track.get("scan_type", ScanType.PROGRESSIVE.value)
    if scan != ScanType.PROGRESSIVE.value:
        details.append(str(scan))
    return details + _rate(track)


def _sound(track: Record) -> List[str]:
    details = [track.get("channel_layout") or f"{track['channels']} channels"]
    if track.get("object_audio"):
        details.append("sound objects")
    elif track.get("lossless"):
        details.append("lossless")
    return details + _rate(track)


def _subtitle(track: Record) -> List[str]:
    details = ["text" if track.get("codec") in TEXT_SUBTITLES else "pictures"]
    lines, coverage = track.get("lines"), track.get("coverage")
    if lines is not None:
        details.append(f"{lines} line" if lines == 1 else f"{lines} lines")
    if coverage is not None:
        details.append(
            f"{coverage:.0%} of the film" if coverage >= 0.01 else "below 1% of the film"
        )
    return details


def _rate(track: Record) -> List[str]:
    rate = track.get("bit_rate")
    return [] if rate is None else [f"{rate:.0f} kbit/s"]
