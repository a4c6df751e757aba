"""The titles of tracks in the result: none names a codec that is no longer there."""

from __future__ import annotations

import re
from typing import Match, Optional

from core.media.languages import LanguageTag
from core.media.model import AudioTrack, VideoTrack
from core.plan import OpusEncode

# Names that programs write into MP4 files (the handler), which nobody chose.
_HANDLER = re.compile(
    r"(?:.*handler?|core media \w+|iso media file produced by .*|.*@gpac.*|vide|soun|sbtl)",
    re.IGNORECASE,
)
_CODEC = (
    r"(?:dolby[ -]?)?true[ -]?hd|dolby[ -]?digital(?:[ -]?plus|\+)?(?:[ -]?ex)?|dolby[ -]?atmos|atmos"
    r"|dolby[ -]?surround|dts(?:[ -:]?(?:x|es|hd)(?![a-z]))?"
    r"(?:[ -]?(?:ma|hra?|master audio|high resolution)(?![a-z]))?"
    r"|e-?ac-?3|ac-?3|dd(?:\+|p)?(?=\s*\d|\W|$)|eac3|joc|aac(?:-?lc)?|he-?aac(?:v2)?|l?pcm|flac|alac|mp[23]"
    r"|mpeg[ -]?audio|vorbis|wma|lossless|lossy"
)
_RATE = r"@?\s*~?\d[\d.,]*\s*(?:kb(?:ps|it/s|/s)?|kbits?/s|mb(?:ps|it/s|/s)|k)"
_SAMPLES = r"@?\s*\d+[ -]?bits?|@?\s*\d+(?:\.\d+)?\s*khz"
_TECHNICAL = re.compile(
    rf"(?<![a-z0-9])(?:(?:{_RATE}|{_SAMPLES})(?![a-z0-9])|(?:{_CODEC})(?![a-z]))", re.IGNORECASE
)
_LAYOUT = re.compile(
    r"(?<![\w.])(?:(?P<digits>\d{1,2}\.[0-3](?:\.\d)?)(?:[ -]?ch(?:annels?)?)?|\d{1,2}[ -]?ch(?:annels?)?"
    r"|stereo|mono)(?![\w.])",
    re.IGNORECASE,
)
_EMPTY_BRACKETS = re.compile(r"[(\[{]\s*[-,/|+&@:;.]*\s*[)\]}]")
_EDGES = " \t-–—,/|+&@:;·•_"
_PICTURE = re.compile(
    r"(?<![a-z0-9])(?:[xh]\.?26[345]|avc|hevc|av1|vp9|mpeg-?[24]|xvid|divx|vc-?1|remux|web-?dl|\d{3,4}[pi]"
    r"|[48]k|uhd|\d[\d.,]*\s*[km]b(?:ps|it/s|/s)|crf\s*\d+|\d+[ -]?bits?)(?![a-z0-9])",
    re.IGNORECASE,
)
_SPOKEN = {"mono": "Mono", "stereo": "Stereo"}


def kept_title(title: str, container: str) -> str:
    """The title of a track that is copied; names that a program wrote into an MP4 file go."""
    chosen = container in ("Matroska", "WebM") or not _HANDLER.fullmatch(title.strip())
    return title if chosen else ""


def audio_title(track: AudioTrack, encode: Optional[OpusEncode], container: str) -> str:
    """The title of a sound track after conversion.

    Words for codec, bit rate and sampling go, a channel layout becomes the new one, and everything
    else stays. Where only a layout is left, the language's name is put before it.
    """
    title = kept_title(track.title, container)
    if encode is None or not title:
        return title
    layout = _SPOKEN.get(encode.channel_layout, encode.channel_layout)
    if not (_TECHNICAL.search(title) or _LAYOUT.search(title)):
        return title
    plain = _tidy(_TECHNICAL.sub(" ", title))
    if not plain:
        return ""
    named = _tidy(_LAYOUT.sub(lambda match: _layout_word(match, layout), plain))
    return _with_language(layout, track.language) if named == layout and plain != title else named


def video_title(track: VideoTrack, encoded: bool, container: str) -> str:
    """The title of a picture; one that tells of codec or size goes when the picture is remade."""
    title = kept_title(track.title, container)
    return "" if encoded and _PICTURE.search(title) else title


def _layout_word(found: Match[str], layout: str) -> str:
    text = found.group()
    return text if text.casefold() == layout.casefold() else layout


def _with_language(layout: str, language: LanguageTag) -> str:
    return layout if language.is_special else f"{language.english_name} {layout}"


def _tidy(text: str) -> str:
    previous = None
    while text != previous:
        previous = text
        text = _EMPTY_BRACKETS.sub(" ", text)
        text = re.sub(r"([(\[{])[\s,/|@+&:;-]+", r"\1", text)
        text = re.sub(r"[\s,/|@+&:;-]+([)\]}])", r"\1", text)
        text = re.sub(r"([-,/|+&@])\s+[-,/|+&@]", r"\1", text)
        text = " ".join(text.split()).strip(_EDGES)
    whole = re.fullmatch(r"[(\[{]([^()\[\]{}]*)[)\]}]", text)
    return whole.group(1) if whole else text
