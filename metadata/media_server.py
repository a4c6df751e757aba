"""What Plex, Jellyfin and Emby have in common for us: answers judged, the folders they see, who watches.

The requests are those of the servers' own OpenAPI documents: Plex Media Server 1.2.2 (the document's
version), Jellyfin 12, Emby 4.8; docs/apis.md names them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Mapping, Optional, Protocol, Tuple

from core.protocol.peer_fields import shown
from core.settings.path_mappings import PathMapping
from core.settings.services import ArrInstance, ConnectionReport, Service
from core.text.sentence import Sentence
from metadata.answers import answer_problem
from metadata.transport import (
    CONNECT_SECONDS,
    READ_SECONDS,
    STATUS_BYTES,
    HttpResponse,
    ServiceError,
    fetch,
)

if TYPE_CHECKING:
    import requests

_RETRY = (429, 502, 503, 504)
_KEY_PLACE = {
    Service.PLEX: Sentence(
        "The token is wrong. In Plex choose Get Info of any film, then View XML: it stands at the end of "
        "that page's address."
    ),
    Service.JELLYFIN: Sentence(
        "The API key is wrong. Jellyfin's dashboard makes one, under API Keys."
    ),
    Service.EMBY: Sentence("The API key is wrong. Emby's dashboard makes one, under API Keys."),
}


class MediaServerAnswerError(ServiceError):
    """The server answered, but not what was asked."""

    code = "media_server_answer"


@dataclass(frozen=True)
class Viewer:
    """Somebody who watches a film now; ``session`` is the server's name for that."""

    server: str  # its label
    session: str
    user: str
    title: str
    paused: bool = False


@dataclass(frozen=True)
class Refresh:
    """What a server was asked; ``asked`` is False where there was nothing to ask: ``message`` says why."""

    asked: bool
    message: str


class MediaServer(Protocol):
    """One Plex, Jellyfin or Emby; each method sends few requests, retrying is up to the caller."""

    def test_connection(self) -> ConnectionReport:
        """Return whether the server can be used, and if not, why."""

    def refresh(self, before: str, after: str, *, times_kept: bool) -> Refresh:
        """Have the server look at a replaced film again, and at nothing else.

        ``before`` and ``after`` are its paths here; ``times_kept``: its file looks as old as before. Raises
        ServiceError.
        """

    def viewers(self) -> Tuple[Viewer, ...]:
        """Return who watches now; raises ServiceError."""


class ServerCalls:
    """Sends requests to one server, with its key in ``headers``, and judges the answers."""

    def __init__(
        self,
        session: requests.Session,
        instance: ArrInstance,
        headers: Mapping[str, str],
        timeout: Tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS),
    ) -> None:
        self.instance = instance
        self._session = session
        self._headers = headers
        self._timeout = timeout

    def ask(
        self,
        method: str,
        path: str,
        *,
        params: Optional[Mapping[str, str]] = None,
        json: Optional[Mapping[str, Any]] = None,
        largest: int = STATUS_BYTES,
    ) -> HttpResponse:
        """Send one request; raises Unreachable."""
        return fetch(
            self._session,
            method,
            self.instance.url.rstrip("/") + path,
            headers=self._headers,
            params=params,
            json=json,
            timeout=self._timeout,
            largest=largest,
        )

    def checked(self, answer: HttpResponse, *, with_body: bool = True) -> Any:
        """Return the body of a good answer; raises MediaServerAnswerError."""
        problem = self.problem(answer, with_body=with_body)
        if problem:
            raise MediaServerAnswerError(
                Sentence("{instance}: {problem}", instance=self.instance.label, problem=problem),
                retry=answer.status in _RETRY,
                retry_after=answer.retry_after,
            )
        return answer.body

    def problem(self, answer: HttpResponse, *, with_body: bool = True) -> str:
        """Return what is wrong with a response, as a sentence; empty when nothing is."""
        app = self.instance.service.label
        if answer.status == 401:
            return _KEY_PLACE[self.instance.service]
        if answer.status == 403:
            return Sentence(
                "The key may not do this. Use the key of {app}'s administrator.", app=app
            )
        problem = answer_problem(answer, app)
        if problem:
            return problem
        if with_body and (not answer.is_json or answer.body is None):
            return Sentence(
                "A web page answered instead of {app}. Enter the address of the server itself, such "
                "as http://server:8096.",
                app=app,
            )
        return ""

    def unexpected(self) -> MediaServerAnswerError:
        """Return the error for an answer of another form than the server's document says."""
        return MediaServerAnswerError(
            Sentence("{instance} answered with something unexpected.", instance=self.instance.label)
        )

    def connected(self, version: str, name: str) -> ConnectionReport:
        """Return the outcome of a test that went well."""
        app = self.instance.service.label
        if name:
            told = Sentence(
                "Connected to {app} {version} ({name}).", app=app, version=version, name=name
            )
        else:
            told = Sentence("Connected to {app} {version}.", app=app, version=version)
        return ConnectionReport(True, told, version)

    def something_else(self) -> ConnectionReport:
        """Return the outcome of a test that met another program."""
        return ConnectionReport(
            False,
            Sentence(
                "Something other than {wanted} answers here. Check the address.",
                wanted=self.instance.service.label,
            ),
        )


def path_there(path: str, instance: ArrInstance) -> str:
    """Return a path of this machine as the server sees it, by the longest mapping that fits."""
    mappings = (PathMapping(theirs, ours) for theirs, ours in instance.path_mappings)
    for mapping in sorted(mappings, key=lambda mapping: -len(mapping.ours)):
        theirs = mapping.to_theirs(path)
        if theirs is not None:
            return theirs
    return path


def text_in(row: object, key: str) -> str:
    """Return a short text fit to be shown; "" for anything else."""
    value = row.get(key) if isinstance(row, dict) else None
    return shown(value) if isinstance(value, str) else ""


def watched_title(title: str, series: str) -> str:
    """Return how a film, or an episode of a series, is called."""
    return f"{series}: {title}" if series and title else title or series
