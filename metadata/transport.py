"""One HTTP request: with limits of time and size, JSON or the reason why not, and no key in any text.

A key is only sent to the server that the user named (``metadata.same_place``). The HTTP library is imported
with the first request, since the window does not need it to open.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from json import loads
from typing import TYPE_CHECKING, Any, Dict, Mapping, Optional, Protocol, Tuple
from urllib.parse import urlsplit

from core.errors import MetadataError
from core.text.redaction import redact
from core.text.sentence import Sentence
from metadata.same_place import SentElsewhere, next_place
from metadata.unpacking import ACCEPTED, Unpacker

if TYPE_CHECKING:
    import requests

CONNECT_SECONDS = 3.0
READ_SECONDS = 15.0
STATUS_BYTES = 1024 * 1024  # of an answer about one thing: a status, a command, a title
LIST_BYTES = 8 * 1024 * 1024  # of an answer about some: what a look-up finds, the labels
# A library of 5,000 films has about 16 MB (measured, docs/metadata.md).
LIBRARY_BYTES = 64 * 1024 * 1024
MOST_REDIRECTS = 5
_LONGEST_PAUSE = 3600.0  # seconds that a server may have us wait before it is asked again
_LONGEST_NUMBER = 40  # digits
_ERROR_NUMBER = re.compile(r"^\[(Errno|WinError) -?\d+\] ")
USER_AGENT = "MediaProcessor"


@dataclass(frozen=True)
class HttpResponse:
    """A server's response; ``body`` is None when it was not JSON."""

    status: int
    body: Any
    content_type: str = ""
    url: str = ""  # where redirects led, without the query
    retry_after: Optional[float] = None  # seconds

    broken: str = ""  # the beginning of a body that is not the JSON it claims to be

    @property
    def is_json(self) -> bool:
        """Whether the server meant to send JSON; a login page does not count, whatever its status."""
        return "json" in self.content_type


class ServiceError(MetadataError):
    """A service gave no usable answer; with ``retry`` another try may help, after ``retry_after`` seconds."""

    def __init__(
        self, message: str, *, retry: bool = False, retry_after: Optional[float] = None
    ) -> None:
        self.retry = retry
        self.retry_after = retry_after
        super().__init__(message)


class Unreachable(ServiceError):
    """A server could not be reached, or did not answer in time."""

    code = "unreachable"

    def __init__(self, message: str) -> None:
        super().__init__(message, retry=True)


class SessionFactory(Protocol):
    """Opens HTTP sessions; ``new_session`` is the one that is used outside of tests."""

    def __call__(self) -> requests.Session:
        """Return a new session, to be closed by the caller."""


def new_session() -> requests.Session:
    """Return a new HTTP session."""
    import requests

    return requests.Session()


def fetch(
    session: requests.Session,
    method: str,
    url: str,
    *,
    headers: Optional[Mapping[str, str]] = None,
    params: Optional[Mapping[str, str]] = None,
    json: Optional[Mapping[str, Any]] = None,
    timeout: Tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS),
    largest: int = STATUS_BYTES,
) -> HttpResponse:
    """Send one request; the whole response must arrive within the sum of both time limits, in seconds.

    It may have ``largest`` bytes, unpacked. Raises Unreachable with a sentence that holds no key.
    """
    import requests
    import urllib3

    deadline = time.monotonic() + sum(timeout)
    sent: Dict[str, str] = {
        "Accept": "application/json",
        "Accept-Encoding": ACCEPTED,
        "User-Agent": USER_AGENT,
    }
    sent.update(headers or {})
    request = requests.Request(method, url, headers=sent, params=params, json=json)
    try:
        return _followed(session, request, timeout, deadline, largest)
    except (requests.Timeout, urllib3.exceptions.TimeoutError, TimeoutError):
        raise Unreachable(Sentence("{host} did not answer in time.", host=_host(url))) from None
    except SentElsewhere as elsewhere:
        raise Unreachable(
            Sentence(
                "{host} sends its callers on to {elsewhere}, which is another address and gets no "
                "key. If it is the right one, enter it.",
                host=_host(url),
                elsewhere=elsewhere,
            )
        ) from None
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        raise Unreachable(
            Sentence("No connection to {host}: {problem}.", host=_host(url), problem=_short(error))
        ) from None


def _followed(
    session: requests.Session,
    request: requests.Request,
    timeout: Tuple[float, float],
    deadline: float,
    largest: int,
) -> HttpResponse:
    """Send, and follow redirects to the same server; raises SentElsewhere for others."""
    for _ in range(MOST_REDIRECTS):
        prepared = session.prepare_request(request)
        options = session.merge_environment_settings(prepared.url, {}, True, None, None)
        with session.send(prepared, timeout=timeout, allow_redirects=False, **options) as response:
            if not response.is_redirect:
                return _answer(response, deadline, largest)
            target = next_place(prepared.url or "", response.headers.get("Location", ""))
            keeps = response.status_code in (307, 308)
            if request.method != "GET" and not keeps:
                return _answer(response, deadline, largest)
            request.url, request.params = target, {}
    raise ValueError(Sentence("it redirects in a circle"))


def _answer(response: requests.Response, deadline: float, largest: int) -> HttpResponse:
    raw = _read(response, deadline, largest)
    content_type = response.headers.get("Content-Type", "").lower()
    body, broken = None, ""
    if "json" in content_type and raw:
        try:
            body = loads(raw.decode("utf-8"), parse_int=_whole)
        except RecursionError:
            broken = Sentence("its parts are nested too deep")
        except ValueError:
            broken = raw[:500].decode("utf-8", "replace")
    return HttpResponse(
        response.status_code,
        body,
        content_type,
        response.url.split("?")[0],
        _seconds(response.headers.get("Retry-After")),
        broken,
    )


def _whole(text: str) -> int:
    """Limit the digits: older versions of Python take minutes for a number of a million digits."""
    if len(text) > _LONGEST_NUMBER:
        raise ValueError(Sentence("a number is too long"))
    return int(text)


def _read(response: requests.Response, deadline: float, largest: int) -> bytes:
    """Return the body; a server that sends it slowly meets the deadline."""
    unpacker = Unpacker(response.headers.get("Content-Encoding", ""), largest)
    while True:
        # read1 returns what has arrived; read would wait for a whole block.
        piece = response.raw.read1(65536, decode_content=False)
        if not piece:
            return unpacker.finish()
        unpacker.feed(piece)
        if time.monotonic() > deadline:
            raise TimeoutError


def _seconds(value: Optional[str]) -> Optional[float]:
    try:
        return min(max(0.0, float(value)), _LONGEST_PAUSE) if value else None
    except ValueError:
        return None


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2] or "The server"


def _short(error: Exception) -> str:
    """Return the innermost reason; the HTTP library's own texts quote the address, and with it OMDb's key."""
    reason: Any = error
    while getattr(reason, "args", None) and isinstance(reason.args[0], Exception):
        reason = reason.args[0]
    reason = getattr(reason, "reason", reason)
    text = redact(str(reason)).rpartition(": ")[2] or type(error).__name__
    return _ERROR_NUMBER.sub("", text).rstrip(".")
