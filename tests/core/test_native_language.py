"""Which language a film was made in, as far as the file tells."""

from __future__ import annotations

from pathlib import Path
from typing import Tuple

from core.media.languages import UNDETERMINED, parse_language
from core.media.model import AudioTrack, Confidence, FileIdentity, MediaFile, TrackFlags
from core.media.native_language import native_language


def film(*audio: Tuple[str, str]) -> MediaFile:
    """A film with these languages; letters: d default, o original, c commentary."""
    tracks = tuple(
        AudioTrack(
            number,
            number,
            "ac3",
            2,
            language=parse_language(language),
            flags=TrackFlags(default="d" in flags, original="o" in flags, commentary="c" in flags),
        )
        for number, (language, flags) in enumerate(audio, 1)
    )
    return MediaFile(Path("film.mkv"), FileIdentity(1, 1), "Matroska", 60, audio=tracks)


def test_the_user_wins_over_everything() -> None:
    found = native_language(film(("jpn", "do"), ("eng", "")), "Dutch")
    assert (str(found.language), found.confidence) == ("nl", Confidence.HIGH)


def test_an_override_that_is_no_language_is_ignored() -> None:
    assert str(native_language(film(("jpn", "o"), ("eng", "d")), "xx?").language) == "ja"


def test_the_original_flag_is_trusted() -> None:
    found = native_language(film(("eng", "d"), ("jpn", "o")))
    assert (str(found.language), found.confidence) == ("ja", Confidence.HIGH)
    assert found.sources == (
        "The file's original flag: Japanese",
        "The file's default track: English",
    )


def test_original_flags_that_disagree_are_not() -> None:
    found = native_language(film(("eng", "do"), ("jpn", "o")))
    assert (found.language, found.confidence) == (UNDETERMINED, Confidence.NONE)
    assert "English, Japanese" in found.reason


def test_an_original_flag_on_an_undetermined_track_says_nothing() -> None:
    assert native_language(film(("und", "o"), ("eng", ""))).confidence is Confidence.NONE


def test_a_commentary_does_not_count() -> None:
    found = native_language(film(("jpn", "d"), ("eng", "c")))
    assert (str(found.language), found.confidence) == ("ja", Confidence.HIGH)


def test_the_only_language_is_certain_since_there_is_nothing_to_drop() -> None:
    assert native_language(film(("fre", ""), ("fra", ""))).confidence is Confidence.HIGH


def test_a_default_track_is_only_a_hint() -> None:
    found = native_language(film(("eng", "d"), ("jpn", "")))
    assert (str(found.language), found.confidence) == ("en", Confidence.LOW)


def test_two_defaults_no_default_und_and_zxx_say_nothing() -> None:
    for media in (
        film(("eng", "d"), ("jpn", "d")),
        film(("eng", ""), ("jpn", "")),
        film(("und", "d")),
        film(("zxx", "d"), ("eng", "")),
        film(),
    ):
        found = native_language(media)
        assert (found.language, found.confidence) == (UNDETERMINED, Confidence.NONE)
        assert found.reason
