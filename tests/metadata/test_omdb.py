"""OMDb's answers: the body's text tells what they mean."""

from __future__ import annotations

import pytest
import requests

from metadata.omdb import OmdbOutage, OmdbStatus, ask_omdb
from metadata.transport import Unreachable
from tests.metadata.server import Reply, Server

KEY = "planted-omdb-key"


def refused(text: str) -> dict:  # type: ignore[type-arg]
    return {"Response": "False", "Error": text}


@pytest.mark.parametrize(
    ("reply", "status"),
    [
        (Reply(401, refused("Request limit reached!")), OmdbStatus.LIMIT_REACHED),
        (Reply(401, refused("Daily request limit reached!")), OmdbStatus.LIMIT_REACHED),
        (Reply(200, refused("Request limit reached!")), OmdbStatus.LIMIT_REACHED),
        (Reply(401, refused("Invalid API key!")), OmdbStatus.INVALID_KEY),
        (Reply(401, refused("No API key provided.")), OmdbStatus.REFUSED),
        (Reply(200, refused("Incorrect IMDb ID.")), OmdbStatus.NOT_FOUND),
        (Reply(200, refused("Error getting data.")), OmdbStatus.NOT_FOUND),
        (Reply(200, '{"Response":"False","Error":"Conversion from "x""}'), OmdbStatus.NOT_FOUND),
        (Reply(200, {"Response": "True", "Language": "Turkish"}), OmdbStatus.FOUND),
    ],
)
def test_the_text_decides(reply: Reply, status: OmdbStatus) -> None:
    with Server(lambda method, path, query: reply) as server:
        found = ask_omdb(requests.Session(), "tt0287803", KEY, url=server.url)
    assert found.status is status


@pytest.mark.parametrize("status", [403, 503, 520, 522, 524])
def test_an_outage_is_no_answer_about_the_key(status: int) -> None:
    page = Reply(status, "<html>", content_type="text/html", headers={"Retry-After": "3"})
    with Server(lambda method, path, query: page) as server, pytest.raises(OmdbOutage) as caught:
        ask_omdb(requests.Session(), "tt0287803", KEY, url=server.url)
    assert caught.value.retry
    assert caught.value.retry_after == 3.0


def test_languages_and_countries_are_listed_and_not_available_is_nothing() -> None:
    body = {
        "Response": "True",
        "Language": "English, Korean",
        "Country": "South Korea",
        "seriesID": "N/A",
    }
    with Server(lambda method, path, query: Reply(200, body)) as server:
        found = ask_omdb(requests.Session(), "tt1706620", KEY, url=server.url)
    assert (found.languages, found.countries) == (("English", "Korean"), ("South Korea",))
    assert found.series_id == ""


def test_an_id_that_is_none_is_not_sent() -> None:
    for wrong in ("", "tt12", "tt0000001&apikey=x", "nm0000001"):
        assert ask_omdb(requests.Session(), wrong, KEY, url="http://127.0.0.1:9").status is (
            OmdbStatus.NOT_FOUND
        )


def test_no_error_text_holds_the_key_although_the_address_does() -> None:
    with pytest.raises(Unreachable) as caught:
        ask_omdb(requests.Session(), "tt0000001", KEY, url="http://127.0.0.1:9/")
    assert KEY not in str(caught.value)
    assert KEY not in repr(caught.value)


def test_the_key_in_the_address_goes_to_no_other_place_and_stands_in_no_sentence() -> None:
    """Also where the server asks for it by name in the address that it sends its callers on to."""
    key = "planted-key-77"
    with Server(lambda method, path, query: Reply(200, {"Response": "True"})) as other:
        place = f"{other.url}/?i=tt0111161&apikey={key}"
        sent_on = Reply(301, headers={"Location": place})
        with Server(lambda method, path, query: sent_on) as server:
            with pytest.raises(Unreachable, match="gets no key") as met:
                ask_omdb(requests.Session(), "tt0111161", key, url=server.url)
            assert key not in str(met.value)
        assert other.total == 0


def test_values_of_another_kind_are_none() -> None:
    body = {"Response": "True", "Title": {"a": 1}, "Language": ["x"], "imdbID": 5, "Country": "X"}
    with Server(lambda method, path, query: Reply(200, body)) as server:
        answer = ask_omdb(requests.Session(), "tt0111161", "key", url=server.url)
    assert (answer.title, answer.languages, answer.imdb_id) == ("", (), "")
    assert answer.countries == ("X",)
