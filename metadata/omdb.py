"""OMDb: which languages are spoken in a title, and which countries made it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Mapping, Tuple

from core.protocol.peer_fields import shown
from core.text.sentence import Sentence
from metadata.transport import CONNECT_SECONDS, READ_SECONDS, HttpResponse, ServiceError, fetch

if TYPE_CHECKING:
    import requests

OMDB_URL = "https://www.omdbapi.com/"
_IMDB_ID = re.compile(r"^tt\d{7,9}$")
_NOT_AVAILABLE = ("", "n/a", "none")


class OmdbStatus(str, Enum):
    """What an answer of OMDb means; known by its text, since status 401 stands for two of them."""

    FOUND = "found"
    NOT_FOUND = "not found"
    REFUSED = "refused"  # the request itself: no key sent, or a bug of ours
    LIMIT_REACHED = "limit reached"
    INVALID_KEY = "invalid key"


class OmdbOutage(ServiceError):
    """OMDb or a proxy in front of it is down; that says nothing about the key."""

    code = "omdb_outage"

    def __init__(self, answer: HttpResponse) -> None:
        super().__init__(
            Sentence(
                "OMDb is out of order (status {status}). It will be asked again.",
                status=answer.status,
            ),
            retry=True,
            retry_after=answer.retry_after,
        )


@dataclass(frozen=True)
class OmdbAnswer:
    """OMDb's answer about one IMDb id; names of languages and countries as it writes them."""

    status: OmdbStatus
    title: str = ""
    type: str = ""  # movie, series, episode, game
    languages: Tuple[str, ...] = ()
    countries: Tuple[str, ...] = ()
    imdb_id: str = ""  # may differ from the one asked for: merged titles
    series_id: str = ""  # of an episode
    message: str = ""


def ask_omdb(
    session: requests.Session,
    imdb_id: str,
    api_key: str,
    *,
    url: str = OMDB_URL,
    timeout: Tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS),
) -> OmdbAnswer:
    """Send one request about one title.

    Raises Unreachable when no answer came and OmdbOutage when it was none of OMDb's; neither is the
    key's fault. An invalid id is not sent: OMDb answers those with broken JSON.
    """
    if not _IMDB_ID.match(imdb_id):
        return OmdbAnswer(OmdbStatus.NOT_FOUND, message=f"{imdb_id!r} is no IMDb id.")
    answer = fetch(
        session,
        "GET",
        url,
        params={"i": imdb_id, "apikey": api_key, "plot": "short"},
        timeout=timeout,
    )
    return read_answer(answer)


def read_answer(answer: HttpResponse) -> OmdbAnswer:
    """Interpret an answer, by its text first and its status second.

    Raises OmdbOutage.
    """
    body = answer.body
    if '"Response":"False"' in answer.broken:  # its answer to some ids (docs/metadata.md)
        return OmdbAnswer(OmdbStatus.NOT_FOUND, message="OMDb's answer was no JSON.")
    if not isinstance(body, dict) or "Response" not in body:
        raise OmdbOutage(answer)
    message = _text(body, "Error")
    lowered = message.lower()
    if "limit reached" in lowered:
        return OmdbAnswer(OmdbStatus.LIMIT_REACHED, message=message)
    if "invalid api key" in lowered:
        return OmdbAnswer(OmdbStatus.INVALID_KEY, message=message)
    if answer.status == 401:
        return OmdbAnswer(OmdbStatus.REFUSED, message=message or "status 401")
    if answer.status >= 500 or answer.status in (403, 429):
        raise OmdbOutage(answer)
    if _text(body, "Response").lower() != "true":
        return OmdbAnswer(OmdbStatus.NOT_FOUND, message=message)
    return OmdbAnswer(
        OmdbStatus.FOUND,
        title=_text(body, "Title"),
        type=_text(body, "Type"),
        languages=_listed(body, "Language"),
        countries=_listed(body, "Country"),
        imdb_id=_text(body, "imdbID"),
        series_id=next(iter(_listed(body, "seriesID")), ""),
    )


def _listed(body: Mapping[str, Any], key: str) -> Tuple[str, ...]:
    parts = (part.strip() for part in _text(body, key).split(","))
    return tuple(part for part in parts if part.lower() not in _NOT_AVAILABLE)


def _text(body: Mapping[str, Any], key: str) -> str:
    """Return a short text fit to be shown; "" for anything else. All values of OMDb are texts."""
    value = body.get(key)
    return shown(value) if isinstance(value, str) else ""
