"""Describes a track in a few words, from a plan or a film in JSON's types (``planning.plan_json``).

What is missing is left out, so that what older versions have kept reads as well.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, List, Mapping, Union

from core.media.languages import LanguageTag
from core.media.model import TEXT_SUBTITLES, HdrFormat, ScanType, Track, TrackKind
from core.text.sentence import Sentence, counted_sentence, listed

Record = Mapping[str, Any]

# Matroska's track flags, as the user reads them.
FLAG_NAMES = {
    "default": Sentence("default"),
    "forced": Sentence("forced"),
    "original": Sentence("original"),
    "commentary": Sentence("commentary"),
    "hearing_impaired": Sentence("hearing impaired"),
    "visual_impaired": Sentence("visual impaired"),
    "text_descriptions": Sentence("text descriptions"),
    "enabled": Sentence("enabled"),
}
_SCANS = {
    ScanType.PROGRESSIVE.value: Sentence("progressive"),
    ScanType.INTERLACED_TFF.value: Sentence("interlaced, top field first"),
    ScanType.INTERLACED_BFF.value: Sentence("interlaced, bottom field first"),
    ScanType.INTERLACED.value: Sentence("interlaced, field order unknown"),
}


def track_name(track: Track) -> Sentence:
    """What a track of the film is called: "Video 1", "Audio 2", "Subtitle 3"."""
    return _track_name(track.kind, track.number)


@lru_cache(maxsize=100)
def _track_name(kind: TrackKind, number: int) -> Sentence:
    if kind is TrackKind.VIDEO:
        return Sentence("Video {number}", number=number)
    if kind is TrackKind.AUDIO:
        return Sentence("Audio {number}", number=number)
    return Sentence("Subtitle {number}", number=number)


def scan_text(scan: ScanType) -> Sentence:
    """How the lines of a picture were taken."""
    return _SCANS[scan.value]


def details_text(track: Record) -> Sentence:
    """What tells a track from others of its codec: size and HDR, layout and bit rate."""
    if "width" in track:
        return listed(_picture(track))
    if "channels" in track:
        return listed(_sound(track))
    return listed(_subtitle(track))


def flags_text(flags: Record) -> Sentence:
    """The names of the flags that are set, and of ``enabled`` where it is not."""
    names = [name for key, name in FLAG_NAMES.items() if key != "enabled" and flags.get(key)]
    return listed(names if flags.get("enabled", True) else [*names, Sentence("not enabled")])


def conversion_text(output: Record) -> Sentence:
    """What becomes of a kept track."""
    made = output.get("conversion")
    if not made:
        return Sentence("{codec}, copied", codec=output.get("codec", ""))
    if "bit_rate" in made:
        rate = Sentence("{rate} kbit/s", rate=str(made["bit_rate"]))
        return listed(["opus", made.get("channel_layout", ""), rate], " ")
    if "width" not in made:
        return listed([str(made.get("codec", ""))])
    formats = [name for name in made.get("hdr_formats", ()) if name != HdrFormat.SDR.value]
    picture = [f"{made['width']}x{made.get('height')}", f"{made.get('bit_depth')} bit", *formats]
    return Sentence(
        "{codec} {picture}, template {template}",
        codec=made.get("codec"),
        picture=", ".join(picture),
        template=made.get("template_name"),
    )


def track_text(track: Record) -> Sentence:
    """A track of the film as one line: codec, details, language, title and flags."""
    codec = track.get("codec") or Sentence("unknown")
    return _named([listed([codec, details_text(track)], " ")], track)


def output_text(output: Record) -> Sentence:
    """A track of the result as one line: what it becomes, language, title and flags."""
    return _named([conversion_text(output)], output)


def _named(words: List[str], track: Record) -> Sentence:
    language, title = track.get("language"), track.get("title")
    if language and language != "und":
        words.append(LanguageTag(str(language)).name)
    if title:
        words.append(f'"{title}"')
    flags = flags_text(track.get("flags") or {})
    line = listed(words)
    return listed([line, listed(["(", flags, ")"], "")], " ") if flags else line


def _picture(track: Record) -> List[str]:
    details: List[str] = [
        f"{track['width']}x{track.get('height')}",
        f"{track.get('bit_depth', 8)} bit",
    ]
    if track.get("frame_rate"):
        details.append(Sentence("{rate} fps", rate=_short(track["frame_rate"])))
    details.extend(map(str, track.get("hdr_formats") or ()))
    if track.get("dolby_vision"):
        profile = track["dolby_vision"].get("profile")
        details.append(Sentence("profile {profile}", profile=profile))
    scan = track.get("scan_type", ScanType.PROGRESSIVE.value)
    if scan != ScanType.PROGRESSIVE.value:
        details.append(_SCANS.get(scan, str(scan)))
    return details + _rate(track)


def _short(number: float) -> Union[int, float]:
    """A number without zeros behind its point: 25, 23.976."""
    short = float(f"{number:g}")
    return int(short) if short.is_integer() else short


def _sound(track: Record) -> List[str]:
    layout = track.get("channel_layout")
    details: List[str] = [layout or Sentence("{channels} channels", channels=track["channels"])]
    if track.get("object_audio"):
        details.append(Sentence("sound objects"))
    elif track.get("lossless"):
        details.append(Sentence("lossless"))
    return details + _rate(track)


def _subtitle(track: Record) -> List[str]:
    text = track.get("codec") in TEXT_SUBTITLES
    details: List[str] = [Sentence("text") if text else Sentence("pictures")]
    lines, coverage = track.get("lines"), track.get("coverage")
    if lines is not None:
        details.append(counted_sentence("{number} line", "{number} lines", lines))
    if coverage is not None and coverage >= 0.01:
        details.append(Sentence("{percent}% of the film", percent=round(coverage * 100)))
    elif coverage is not None:
        details.append(Sentence("below 1% of the film"))
    return details


def _rate(track: Record) -> List[str]:
    rate = track.get("bit_rate")
    return [] if rate is None else [Sentence("{rate} kbit/s", rate=str(round(rate)))]
