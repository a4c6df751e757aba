"""What a file is by its first bytes: whether anything may look for a film in it at all.

MediaInfo and ffmpeg follow what playlists and manifests name, whatever the file's own ending is: other
files of the machine, and addresses on the network. So text of every kind is refused, and so is what is
known to be something else. A list of what may pass would be the wrong way round: films come in more
containers than anyone has listed, many without a signature, and not one of them is text.
"""

from __future__ import annotations

import re
from typing import Optional, Tuple

from core.text.sentence import N_, Sentence

# Bytes that are read of a file's beginning to judge it.
HEAD = 64 * 1024

# The signatures of what most films come in: no look at the rest is needed.
_FILMS = re.compile(
    rb"\x1a\x45\xdf\xa3"  # Matroska, WebM
    rb"|....(?:ftyp|moov|moof|mdat|wide|free|skip|pnot|styp|sidx)"  # MP4, MOV
    rb"|(?:RIFF|RIFX|RF64)....AVI|AVF0"
    rb"|\x30\x26\xb2\x75\x8e\x66\xcf\x11"  # ASF, WMV
    rb"|\x00\x00\x01[\xb3\xba\xb0]|\x00?\x00\x00\x01[\x40-\x67]"  # MPEG program and video streams
    rb"|FLV\x01|OggS|\.RMF|YUV4MPEG2 |DKIF|nut/multimedia container"
    rb"|\x06\x0e\x2b\x34|\x00\x00\x00\x00\x01\xbc"  # MXF, GXF
    rb"|\xb7\xd8\x00\x20\x37\x49\xda\x11",  # WTV, DVR-MS
    re.DOTALL,
)
_TRANSPORT_PACKETS = (
    188,
    192,
    204,
)  # bytes: plain, with a time stamp (M2TS), with error correction
_SYNC, _SYNCS = 0x47, 4

_UNPACK = N_("an archive ({kind}), not a film. Unpack it first.")
_PICTURE = N_("a picture ({kind}), not a film.")
_OTHERS: Tuple[Tuple[int, bytes, str], ...] = (
    (0, b"PK\x03\x04", Sentence(_UNPACK, kind="ZIP")),
    (0, b"PK\x05\x06", Sentence(_UNPACK, kind="ZIP")),
    (0, b"Rar!\x1a\x07", Sentence(_UNPACK, kind="RAR")),
    (0, b"7z\xbc\xaf\x27\x1c", Sentence(_UNPACK, kind="7-Zip")),
    (0, b"\x1f\x8b\x08", Sentence(_UNPACK, kind="gzip")),
    (0, b"BZh", Sentence(_UNPACK, kind="bzip2")),
    (0, b"\xfd7zXZ\x00", Sentence(_UNPACK, kind="xz")),
    (0, b"\x28\xb5\x2f\xfd", Sentence(_UNPACK, kind="Zstandard")),
    (257, b"ustar", Sentence(_UNPACK, kind="tar")),
    (0, b"\xff\xd8\xff", Sentence(_PICTURE, kind="JPEG")),
    (0, b"\x89PNG\r\n\x1a\n", Sentence(_PICTURE, kind="PNG")),
    (0, b"GIF8", Sentence(_PICTURE, kind="GIF")),
    (0, b"II*\x00", Sentence(_PICTURE, kind="TIFF")),
    (0, b"MM\x00*", Sentence(_PICTURE, kind="TIFF")),
    (8, b"WEBPVP8", Sentence(_PICTURE, kind="WebP")),
    (0, b"8BPS", Sentence(_PICTURE, kind="Photoshop")),
    (0, b"%PDF-", Sentence("a PDF document, not a film.")),
    (
        0,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        Sentence("a document of an office or editing program, not a film."),
    ),
    (0, b"\x7fELF", Sentence("a program, not a film. It should not be run.")),
    (0, b"SQLite format 3\x00", Sentence("a database, not a film.")),
    (
        0,
        b"DVDVIDEO-V",
        Sentence("a DVD's index, not a film: the film is in the VOB files beside it."),
    ),
    (0, b"INDX0", Sentence("a Blu-ray's index, not a film: the films are in its folder STREAM.")),
    (0, b"MOBJ0", Sentence("a Blu-ray's index, not a film: the films are in its folder STREAM.")),
    (
        0,
        b"MPLS0",
        Sentence("a Blu-ray's playlist, not a film: the films are in its folder STREAM."),
    ),
    (0, b"HDMV0", Sentence("a Blu-ray's index, not a film: the films are in its folder STREAM.")),
    (
        0,
        b"\x00\x05\x16\x07",
        Sentence("what a Mac keeps beside a file (a resource fork), not a film."),
    ),
)
_TORRENT = re.compile(rb"d\d{1,2}:")

_PLAYLIST = Sentence("a playlist, not a film.")
_WEB_PAGE = Sentence("a web page, not a film: probably a download that failed.")
_MANIFEST = Sentence("a manifest or another XML text, not a film.")
_SCRIPT = Sentence("a script or an edit list, not a film.")
_SUBTITLES = Sentence("subtitles, not a film.")
_TEXT = Sentence("a text, not a film.")
# What these texts begin with, in lower case; the first that fits decides.
_TEXTS: Tuple[Tuple[str, str], ...] = (
    (r"#ext|\[playlist\]|\[reference\]|<asx|<smil|<\?wpl|<playlist", _PLAYLIST),
    (r"<!doctype html|<html|<head|<body|<script|<title|<div|<!--[^>]*-->\s*<html", _WEB_PAGE),
    (r"<\?xml[^>]*>\s*<!doctype html|<\?xml[^>]*>\s*<html", _WEB_PAGE),
    (r"<\?xml[^>]*>\s*<(?:playlist|smil|asx)\b", _PLAYLIST),
    (r"<[a-z_?!]", _MANIFEST),
    (r"ffconcat|# mpv edl|mplayer edl|v=0\r?\n|import |from \w+ import|title:|\w+source\(", _SCRIPT),
    (r"webvtt|\[script info\]|\d+\r?\n\d\d:\d\d:\d\d,\d+ -->|\{\d+\}\{\d+\}", _SUBTITLES),
    (r"[\[{]\s*[\"{\]}\d]", Sentence("a JSON text, not a film.")),
)  # fmt: skip
_TEXT_BYTES = bytes({*range(0x20, 0x100), *b"\t\n\v\f\r\x1b"} - {0x7F})
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe\0\0", "utf-32-le"), (b"\0\0\xfe\xff", "utf-32-be"),
          (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))  # fmt: skip
_WIDE = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
_BEGINNING = 512  # bytes or letters that tell what kind a text is
_SURE = 64  # bytes that have to be text where what follows is not


def refusal(head: bytes) -> str:
    """Why a file that begins so is not a film, in words after "is"; empty where it may be one.

    ``head`` are the first ``HEAD`` bytes of the file, or all of it. Signatures: those of the formats'
    own specifications, and https://www.nationalarchives.gov.uk/PRONOM.
    """
    rest = _after_id3(head)
    if rest is None:
        return Sentence("music with a cover (an MP3 file, say), not a film.")
    if not rest or _is_film(rest):
        return ""
    for offset, signature, sentence in _OTHERS:
        if rest[offset : offset + len(signature)] == signature:
            return sentence
    if rest[:2] == b"MZ" and (b"This program" in rest[:1024] or b"PE\0\0" in rest[:1024]):
        return Sentence("a Windows program, not a film. It should not be run.")
    if _TORRENT.match(rest) and (b"4:info" in rest or b"8:announce" in rest):
        return Sentence("a torrent, not a film: it only tells where to download one.")
    return _text_refusal(rest)


def is_matroska(head: bytes) -> bool:
    """Whether the file is Matroska or WebM, whose reader need not be searched for."""
    return head.startswith(b"\x1a\x45\xdf\xa3") and (
        b"matroska" in head[:64] or b"webm" in head[:64]
    )


def is_mp4(head: bytes) -> bool:
    """Whether the file is MP4 or MOV, whose reader need not be searched for."""
    return head[4:8] == b"ftyp"


def _is_film(head: bytes) -> bool:
    return _FILMS.match(head) is not None or _is_transport_stream(head)


def _is_transport_stream(head: bytes) -> bool:
    """Whether packets of one of the known lengths follow each other from the start."""
    for length in _TRANSPORT_PACKETS:
        first = 4 if length == 192 else 0
        syncs = head[first : first + length * _SYNCS : length]
        if len(syncs) == _SYNCS and set(syncs) == {_SYNC}:
            return True
    return False


def _after_id3(head: bytes) -> Optional[bytes]:
    """What follows tags in front, which ffmpeg skips before it looks; None where they fill ``head``."""
    while head[:3] == b"ID3" and len(head) >= 10:
        size = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0)))
        if head[5] & 0x10:
            size += 10  # a footer
        if size > len(head):
            return None
        head = head[size:]
    return head


def _text_refusal(head: bytes) -> str:
    text = _beginning_of_text(head)
    if text is None:
        return ""
    for pattern, sentence in _TEXTS:
        if re.match(pattern, text):
            return sentence
    return _TEXT


def _beginning_of_text(head: bytes) -> Optional[str]:
    """The first letters of a text without blanks, in lower case; None where it is no text."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            text = head[len(mark) : len(mark) + 4 * _BEGINNING].decode(encoding, "replace")
            if encoding == "utf-8" or _is_wide_text(text[:_SURE]):
                return text.lstrip().lower()
    for encoding in _WIDE:
        text = head[: 4 * _BEGINNING].decode(encoding, "replace")
        if _is_wide_text(text[:_SURE]):
            return text.lstrip().lower()
    text = head[:_BEGINNING].decode("latin-1").lstrip().lower()
    begins_as_text = not head[:_SURE].translate(None, _TEXT_BYTES)
    whole = not head.translate(None, _TEXT_BYTES)
    # Such a beginning is enough, whatever bytes follow it.
    if whole or re.match("#ext|ffconcat", text) or (begins_as_text and re.match("<[a-z_?!]", text)):
        return text
    return None


def _is_wide_text(text: str) -> bool:
    """Whether this reads as a text of two or four bytes a letter: mostly plain letters, all printable."""
    plain = sum(letter < "\x7f" for letter in text)
    printable = all(letter.isprintable() or letter in "\t\n\r" for letter in text.rstrip("\ufffd"))
    return len(text) > 1 and 2 * plain > len(text) and printable
