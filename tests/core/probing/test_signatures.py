"""What is a film by its first bytes, and what is refused before anything looks into it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.media.probing.signatures import refusal

PLAYLIST = "a playlist, not a film."
MANIFEST = "a manifest or another XML text, not a film."
WEB_PAGE = "a web page, not a film: probably a download that failed."
SCRIPT = "a script or an edit list, not a film."
TEXTS = {
    "#EXTM3U\n#EXTINF:9,\nhttp://example.com/a.ts\n": PLAYLIST,
    "[playlist]\nFile1=http://example.com/a\n": PLAYLIST,
    "[Reference]\r\nRef1=http://example.com/a\r\n": PLAYLIST,
    "<ASX version='3.0'><entry/></ASX>": PLAYLIST,
    '<?xml version="1.0"?>\n<playlist xmlns="http://xspf.org/ns/0/"/>': PLAYLIST,
    '<?xml version="1.0"?>\n<MPD type="static"/>': MANIFEST,
    "<SmoothStreamingMedia/>": MANIFEST,
    "<P2Main><ClipContent/></P2Main>": MANIFEST,
    "<cpl:CompositionPlaylist/>": MANIFEST,
    "<!-- a comment --><MPD/>": MANIFEST,
    "<!DOCTYPE html>\n<title>404</title>": WEB_PAGE,
    "<html><body>Please log in</body></html>": WEB_PAGE,
    '<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "x">': WEB_PAGE,
    "ffconcat version 1.0\nfile 'a.mkv'\n": SCRIPT,
    'AviSource("a.avi")\n': SCRIPT,
    "import vapoursynth as vs\n": SCRIPT,
    "# mpv EDL v0\na.mkv\n": SCRIPT,
    "TITLE: A CUT\nFCM: NON-DROP FRAME\n": SCRIPT,
    "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\n": SCRIPT,
    "WEBVTT\n\n00:00.000 --> 00:01.000\n": "subtitles, not a film.",
    "1\n00:00:01,000 --> 00:00:02,000\nHello\n": "subtitles, not a film.",
    '{"error": "not found"}': "a JSON text, not a film.",
    "a note about a film\n": "a text, not a film.",
}
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be")


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_text_is_refused_by_what_it_is_however_it_is_written(text: str, encoding: str) -> None:
    assert refusal(text.encode(encoding)) == TEXTS[text]
    assert refusal(f"\r\n \t{text}".encode(encoding)) == TEXTS[text]


@pytest.mark.parametrize("text", ["#EXTM3U\n", "ffconcat version 1.0\n", f"<MPD{' ' * 99}>"])
def test_a_text_that_others_would_follow_is_refused_whatever_comes_after_it(text: str) -> None:
    assert refusal(text.encode() + bytes(range(256)) * 9)
    tag = b"ID3\x04\x00\x00\x00\x00\x00\x04abcd"  # which ffmpeg skips before it looks
    assert refusal(tag + tag + text.encode() + bytes(9))


@pytest.mark.parametrize(
    ("head", "sentence"),
    [
        (b"PK\x03\x04" + bytes(60), "an archive (ZIP), not a film. Unpack it first."),
        (b"Rar!\x1a\x07\x01\x00", "an archive (RAR), not a film. Unpack it first."),
        (b"7z\xbc\xaf\x27\x1c\x00\x04", "an archive (7-Zip), not a film. Unpack it first."),
        (b"\x1f\x8b\x08\x00\x00", "an archive (gzip), not a film. Unpack it first."),
        (b"a.mkv".ljust(257, b"\0") + b"ustar\0", "an archive (tar), not a film. Unpack it first."),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "a picture (JPEG), not a film."),
        (b"%PDF-1.7\n\x00", "a PDF document, not a film."),
        (b"d8:announce3:a:b4:infod6:", "a torrent, not a film: it only tells where to download one."),
        (b"MZ\x90\x00" + bytes(74) + b"PE\0\0", "a Windows program, not a film. It should not be run."),
        (b"MPLS0200" + bytes(60), "a Blu-ray's playlist, not a film: the films are in its folder STREAM."),
        (b"DVDVIDEO-VTS" + bytes(60), "a DVD's index, not a film: the film is in the VOB files beside it."),
        (b"ID3\x04\0\0\0\x7f\x7f\x7f" + bytes(90), "music with a cover (an MP3 file, say), not a film."),
    ],
)  # fmt: skip
def test_other_files_are_named(head: bytes, sentence: str) -> None:
    assert refusal(head) == sentence


@pytest.mark.parametrize("length", [188, 192, 204])
def test_transport_streams_of_every_packet_length_may_be_films(length: int) -> None:
    packet = b"\x47" + b"#EXT<html>" * 30
    lead = b"<abc" if length == 192 else b""
    assert refusal(lead + packet[:length].ljust(length, b".") * 9) == ""


@pytest.mark.parametrize(
    "head",
    [
        b"\x00\x00\x00<ftypisom" + b"text" * 9,  # a box of 60 bytes; 60 is "<"
        b"\x00\x00\x00\x01\x09\xf0" + b"text" * 9,  # an H.264 stream with an access unit delimiter
        b"YUV4MPEG2 W32 H32 F25:1\nFRAME\n" + b"a" * 99,
        b"SMK2" + bytes(99),
        b"NSVf" + bytes(99),
        b"\x00" * 99,
        b"",
    ],
)
def test_what_may_be_a_film_is_not_refused(head: bytes) -> None:
    assert refusal(head) == ""


@settings(max_examples=60)
@given(
    st.one_of(
        st.binary(max_size=700), st.text(max_size=200).map(lambda text: text.encode("utf-16"))
    )
)
def test_every_file_gets_an_answer(head: bytes) -> None:
    sentence = refusal(head)
    assert not sentence or sentence.endswith(".")


@given(
    st.binary(max_size=300),
    st.sampled_from([b"ID3\x04\x00\x00", b"\xff\xfe", b"\x47", b"MZ", b"d8:"]),
)
def test_signatures_cut_short_get_an_answer_too(rest: bytes, signature: bytes) -> None:
    assert isinstance(refusal(signature + rest), str)
