"""Client of one Sonarr or Radarr: connection test, look-ups of titles, rescans of a folder.

Both have the same API (v3); their differences are in ``_ROUTES``. What the servers really answer, from a
401 without a body to a login page with status 200, was taken from their sources (docs/metadata.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Tuple

from core.protocol.peer_fields import LONGEST_PATH, shown
from core.settings.services import ArrInstance, ConnectionReport, Service
from core.text.sentence import Sentence
from metadata.answers import answer_problem, nobody_there
from metadata.transport import (
    CONNECT_SECONDS,
    LIBRARY_BYTES,
    LIST_BYTES,
    READ_SECONDS,
    STATUS_BYTES,
    HttpResponse,
    ServiceError,
    Unreachable,
    fetch,
)

if TYPE_CHECKING:
    import requests


@dataclass(frozen=True)
class ArrTitle:
    """A series or a film as the server knows it; ``id`` 0: it is not in the server's library."""

    id: int
    title: str
    imdb_id: str = ""
    path: str = ""  # the title's folder, as the server sees it
    original_language: str = ""  # the server's English name; empty when it does not say
    tags: Tuple[str, ...] = ()


class ArrAnswerError(ServiceError):
    """The server answered, but not what was asked."""

    code = "arr_answer"


@dataclass(frozen=True)
class _Routes:
    library: str
    library_params: Mapping[str, str]
    lookup: str
    rescan: str
    rescan_key: str


_ROUTES = {
    Service.SONARR: _Routes("series", {}, "series/lookup", "RescanSeries", "seriesId"),
    # Without this Radarr checks every cover on its disk.
    Service.RADARR: _Routes(
        "movie", {"excludeLocalCovers": "true"}, "movie/lookup", "RescanMovie", "movieId"
    ),
}
# Both use these where they know nothing.
_NO_LANGUAGE = ("", "unknown", "any", "original")
_RETRY = (429, 502, 503, 504)


class ArrClient:
    """Client of one instance; each method sends one request, retrying is up to the caller."""

    def __init__(
        self,
        session: requests.Session,
        instance: ArrInstance,
        timeout: Tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS),
    ) -> None:
        self.instance = instance
        self._session = session
        self._timeout = timeout

    def test_connection(self) -> ConnectionReport:
        """Return whether the server can be used, and if not, why."""
        try:
            answer = self._ask("GET", "/api/v3/system/status")
            if answer.status == 404:  # Sonarr 2 only knows the old path
                old = self._ask("GET", "/api/system/status")
                answer = old if old.status == 200 else answer
        except Unreachable as error:
            return nobody_there(self.instance, error)
        return self._judge_status(answer)

    def _judge_status(self, answer: HttpResponse) -> ConnectionReport:
        problem = self._problem(answer)
        if problem:
            return ConnectionReport(False, problem)
        body = answer.body if isinstance(answer.body, dict) else {}
        version, app = _text(body, "version"), _text(body, "appName")
        wanted = self.instance.service.label
        if not version or (app and app != wanted):
            return ConnectionReport(
                False,
                Sentence(
                    "This is a {app}, not a {wanted}. Check the address.", app=app, wanted=wanted
                )
                if app
                else Sentence(
                    "This is something else, not a {wanted}. Check the address.", wanted=wanted
                ),
            )
        if self.instance.service is Service.SONARR and version.split(".")[0] in ("2", "3"):
            return ConnectionReport(
                True,
                Sentence(
                    "Connected, but {app} {version} does not know original languages; version 4 does.",
                    app=app or wanted,
                    version=version,
                ),
                version,
            )
        return ConnectionReport(
            True,
            Sentence("Connected to {app} {version}.", app=app or wanted, version=version),
            version,
        )

    def _problem(self, answer: HttpResponse) -> str:
        """Return what is wrong with a response, as a sentence; empty when nothing is."""
        app = self.instance.service.label
        if answer.status == 401:
            return Sentence("The API key is wrong. Copy it from {app}: Settings, General.", app=app)
        if answer.status == 503:
            said = _text(answer.body, "errorMessage") if isinstance(answer.body, dict) else ""
            if "starting up" in said:
                return Sentence("{app} is starting up. Try again in a minute.", app=app)
        problem = answer_problem(answer, app)
        if problem:
            return problem
        if not answer.is_json or answer.body is None:
            return Sentence(
                "A web page answered instead of {app}. If {app} has a URL base, add it to the "
                "address, such as http://server:8989/sonarr.",
                app=app,
            )
        return ""

    def library(self) -> Tuple[ArrTitle, ...]:
        """Return every title of the server, in one request (there is no filter by IMDb id).

        Raises Unreachable or ArrAnswerError.
        """
        routes = _ROUTES[self.instance.service]
        labels = self._tag_labels()
        rows = self._get_list(routes.library, routes.library_params, LIBRARY_BYTES)
        return tuple(_title(row, labels) for row in rows if isinstance(row, dict))

    def lookup(self, imdb_id: str) -> Optional[ArrTitle]:
        """Return what the server's own source knows of an IMDb id; None when it does not know the title.

        Raises Unreachable or ArrAnswerError.
        """
        rows = self._get_list(_ROUTES[self.instance.service].lookup, {"term": f"imdb:{imdb_id}"})
        for row in rows:
            if isinstance(row, dict) and _text(row, "imdbId").lower() == imdb_id.lower():
                return _title(row, {})
        return None  # also where it found another title for the id

    def start_rescan(self, title_id: int) -> Tuple[int, str]:
        """Have the server rescan one title's folder; return the command's id and state.

        A state other than "queued" is that of the same command asked for before.

        Raises Unreachable or ArrAnswerError. An id is never left out: without one the server would
        rescan everything.
        """
        if title_id <= 0:
            raise ValueError("a rescan needs the id of one title")
        routes = _ROUTES[self.instance.service]
        answer = self._ask(
            "POST", "/api/v3/command", json={"name": routes.rescan, routes.rescan_key: title_id}
        )
        body = self._checked(answer)
        if not isinstance(body, dict) or not isinstance(body.get("id"), int):
            raise ArrAnswerError(
                Sentence("{instance} did not accept the rescan.", instance=self.instance.label)
            )
        return int(body["id"]), _text(body, "status").lower()

    def command_status(self, command_id: int) -> str:
        """Return the state of a command: queued, started, completed, failed, aborted, cancelled, orphaned."""
        body = self._checked(self._ask("GET", f"/api/v3/command/{command_id}"))
        return _text(body, "status").lower() if isinstance(body, dict) else ""

    def unmonitors_deleted(self) -> bool:
        """Whether the server unmonitors a title whose file vanishes, as a new extension looks to it."""
        body = self._checked(self._ask("GET", "/api/v3/config/mediamanagement"))
        key = (
            "autoUnmonitorPreviouslyDownloadedMovies"
            if self.instance.service is Service.RADARR
            else "autoUnmonitorPreviouslyDownloadedEpisodes"
        )
        return bool(body.get(key)) if isinstance(body, dict) else True

    def _tag_labels(self) -> Dict[int, str]:
        rows = self._get_list("tag", {})
        return {
            row["id"]: _text(row, "label")
            for row in rows
            if isinstance(row, dict) and isinstance(row.get("id"), int)
        }

    def _get_list(
        self, route: str, params: Mapping[str, str], largest: int = LIST_BYTES
    ) -> List[Any]:
        answer = self._ask("GET", f"/api/v3/{route}", params=params, largest=largest)
        body = self._checked(answer)
        if not isinstance(body, list):
            raise ArrAnswerError(
                Sentence(
                    "{instance} answered with something unexpected.", instance=self.instance.label
                )
            )
        return body

    def _checked(self, answer: HttpResponse) -> Any:
        problem = self._problem(answer)
        if problem:
            raise ArrAnswerError(
                Sentence("{instance}: {problem}", instance=self.instance.label, problem=problem),
                retry=answer.status in _RETRY,
                retry_after=answer.retry_after,
            )
        return answer.body

    def _ask(
        self,
        method: str,
        path: str,
        *,
        params: Optional[Mapping[str, str]] = None,
        json: Optional[Mapping[str, Any]] = None,
        largest: int = STATUS_BYTES,
    ) -> HttpResponse:
        return fetch(
            self._session,
            method,
            self.instance.url.rstrip("/") + path,
            headers={"X-Api-Key": self.instance.api_key},
            params=params,
            json=json,
            timeout=self._timeout,
            largest=largest,
        )


def _title(row: Mapping[str, Any], labels: Mapping[int, str]) -> ArrTitle:
    language = row.get("originalLanguage")
    name = _text(language, "name") if isinstance(language, dict) else ""
    tags = row.get("tags")
    return ArrTitle(
        id=row["id"] if isinstance(row.get("id"), int) else 0,
        title=_text(row, "title"),
        imdb_id=_text(row, "imdbId").lower(),
        path=_path(row),
        # Ids of languages differ between the two programs; names do not.
        original_language="" if name.lower() in _NO_LANGUAGE else name,
        tags=tuple(
            labels[tag]
            for tag in (tags if isinstance(tags, list) else ())
            if isinstance(tag, int) and tag in labels
        ),
    )


def _text(row: Mapping[str, Any], key: str) -> str:
    """Return a short text fit to be shown; "" for anything else."""
    value = row.get(key)
    return shown(value) if isinstance(value, str) else ""


def _path(row: Mapping[str, Any]) -> str:
    value = row.get("path")
    return value if isinstance(value, str) and len(value) <= LONGEST_PATH else ""
