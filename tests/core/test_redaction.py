from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.text.redaction import SHORTEST_SECRET, printable, redact, secret_forms, secrets_pattern

SECRET = "k3y/with+odd=chars&\"ü'"


@pytest.mark.parametrize(
    "text",
    [
        "GET http://www.omdbapi.com/?i=tt0078748&apikey=PLANTED",
        "http://www.omdbapi.com/?apikey=PLANTED&i=tt0078748",
        "X-Api-Key: PLANTED",
        "{'X-Api-Key': 'PLANTED', 'Accept': '*/*'}",
        '{"apiKey": "PLANTED with blanks", "name": "Sonarr"}',
        "api_key = PLANTED",
        "https://user:PLANTED@host:8989/sonarr",
        "https://PLANTED@host/",
        "Authorization: Bearer PLANTED",
        "Authorization: Basic PLANTED",
        "{'Authorization': 'Digest username=\"u\", response=\"PLANTED\"'}",
        "Proxy-Authorization: Basic PLANTED",
        "Cookie: session=PLANTED; other=PLANTED",
        "Set-Cookie: session=PLANTED",
        "password=PLANTED",
        "http://host/hook?token=PLANTED",
    ],
)
def test_what_looks_like_a_secret_is_hidden(text: str) -> None:
    hidden = redact(text)
    assert "PLANTED" not in hidden
    assert "***" in hidden


@pytest.mark.parametrize(
    "text",
    [
        "/films/The Secret - Key & Peele (2012)/token.mkv",
        "ffmpeg -i file:/films/a@b.mkv -map 0:v:0 -c:v libx265 -x265-params keyint=240:key=1",
        "https://host:8989/sonarr/api/v3/series?page=2",
        "Password (2019).mkv",
    ],
)
def test_ordinary_lines_stay_as_they_are(text: str) -> None:
    assert redact(text) == text


def test_the_rest_of_an_address_stays_readable() -> None:
    text = "http://u:p@host/?i=tt1&apikey=abcdef&page=2"
    assert redact(text) == "http://***@host/?i=tt1&apikey=***&page=2"


@pytest.mark.parametrize(
    "spelled",
    [
        SECRET,
        quote(SECRET, safe=""),
        quote(SECRET),
        quote_plus(SECRET),
        quote(SECRET, safe="").replace("%2F", "%2f").replace("%3D", "%3d"),
        json.dumps(SECRET),
        repr(SECRET),
        html.escape(SECRET),
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
    ],
)
def test_a_registered_secret_is_hidden_however_it_is_spelled(spelled: str) -> None:
    pattern = secrets_pattern([SECRET])
    hidden = redact(f"before {spelled} after", pattern)
    assert spelled not in hidden
    assert hidden.startswith("before ")
    assert hidden.endswith(" after")


@given(st.text(min_size=6, max_size=20), st.binary(max_size=8), st.binary(max_size=8))
def test_a_secret_inside_longer_base64_is_hidden(secret: str, before: bytes, after: bytes) -> None:
    assume(not any("\ud800" <= char <= "\udfff" for char in secret))
    coded = base64.b64encode(before + secret.encode() + after).decode()
    assert "***" in redact(coded, secrets_pattern([secret]))


@given(st.text(min_size=SHORTEST_SECRET, max_size=30), st.text(), st.text())
def test_no_registered_secret_is_ever_left(secret: str, before: str, after: str) -> None:
    assume("***" not in secret and secret not in before + "***" + after)
    hidden = redact(before + secret + after, secrets_pattern([secret]))
    assert secret not in hidden.replace("***", "\0")


def test_a_longer_secret_is_hidden_whole_though_it_holds_a_shorter_one() -> None:
    assert redact("abcd-efgh", secrets_pattern(["abcd", "abcd-efgh"])) == "***"


def test_very_short_secrets_are_not_registered() -> None:
    assert secret_forms("abc") == frozenset()
    assert secrets_pattern(["abc", ""]) is None


def test_text_for_people_has_no_control_characters_left() -> None:
    assert printable("a\x1b[31m\rb\u202egpj.exe\udcff\x00") == (
        "a\\x1b[31m\\rb\\u202egpj.exe\\udcff\\x00"
    )
    assert printable("tab\tline\nü🎬") == "tab\tline\nü🎬"


@given(st.text())
def test_text_for_people_can_always_be_written(text: str) -> None:
    printable(text).encode("utf-8")


@pytest.mark.parametrize("piece", ["a-", "a.", "api", "password ", "http://", "&key=", "=", "%2"])
def test_long_lines_take_no_longer_than_their_length(piece: str) -> None:
    pattern = secrets_pattern([SECRET])
    redact(piece * 20_000, pattern)  # the suite's time-out would end a quadratic one
