"""Sends letters by the library apprise, which knows more than a hundred services; it is loaded when needed.

Nothing of an address may come out: apprise's own log, whose lines quote addresses, goes nowhere, and its
errors are told in sentences of ours. It keeps nothing on the disk, fetches no pictures, and of its
services only the one that an address names is loaded (all of them cost 15 MB and a second).
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
import pkgutil
import re
import threading
from types import ModuleType
from typing import Any, Iterator, List, Optional, Tuple
from urllib.parse import unquote

from core.errors import MessageNotSent
from core.messages.letter import Letter
from core.text.sentence import Sentence

EXAMPLE = "ntfy://ntfy.sh/my-films"
_PLUGINS = "apprise.plugins"
# Services whose module is named otherwise than their address begins; any other is found by looking at all.
_MODULES = {
    "json": "custom_json",
    "xml": "custom_xml",
    "form": "custom_form",
    "mailto": "email",
    "mmost": "mattermost",
    "ncloud": "nextcloud",
    "nctalk": "nextcloudtalk",
    "pbul": "pushbullet",
    "pover": "pushover",
    "tgram": "telegram",
}
_STATUS = re.compile(r"error=(\d{3})\b")
_UNREACHED = ("Connection error", "timeout", "Timeout", "timed out", "resolve")
_SHORTEST_PIECE = 6  # characters of a part of an address that counts as a secret


class AppriseSender:
    """Thread-safe: one letter at a time is sent."""

    def __init__(self) -> None:
        self._guard = threading.Lock()

    @property
    def installed(self) -> bool:
        """Whether the library is there."""
        return importlib.util.find_spec("apprise") is not None

    def check(self, name: str, address: str) -> None:
        """Raise MessageNotSent where no service understands an address; nothing is sent."""
        with self._guard, _Overheard():
            self._service(name, address)

    def send(self, name: str, address: str, letter: Letter) -> None:
        """Send a letter; raises MessageNotSent, which holds nothing of the address."""
        with self._guard, _Overheard() as overheard:
            service = self._service(name, address)
            try:
                apprise = importlib.import_module("apprise")
                post = apprise.Apprise(asset=service.asset)
                post.add(service)
                sent = bool(
                    post.notify(
                        title=letter.title,
                        body=letter.body,
                        body_format=apprise.NotifyFormat.TEXT,
                    )
                )
            except Exception as error:  # noqa: BLE001 - its text may quote the address
                raise MessageNotSent(name, _problem([type(error).__name__])) from None
        if not sent:
            raise MessageNotSent(name, _problem(overheard.lines))

    def _service(self, name: str, address: str) -> Any:
        """Return apprise's object for an address; raises MessageNotSent."""
        try:
            apprise = importlib.import_module("apprise")
        except ImportError:
            raise MessageNotSent(
                name,
                Sentence(
                    "the Python package apprise is not installed (pip install apprise). All else "
                    "works without it."
                ),
            ) from None
        asset = apprise.AppriseAsset(
            app_id="MediaProcessor",
            app_desc="MediaProcessor",
            app_url="",
            async_mode=False,
            storage_mode="memory",
            image_url_mask="",
            image_url_logo="",
            image_path_mask="",
        )
        try:
            found = _found(address.strip())
            if found is not None:
                kind, arguments = found
                return kind(asset=asset, **arguments)
        except Exception:  # noqa: BLE001 - whatever an address does to it
            found = None
        raise MessageNotSent(
            name,
            Sentence(
                "apprise understands no such address. One looks like {example}; docs/messages.md names "
                "more.",
                example=EXAMPLE,
            ),
        )


def secret_pieces(address: str) -> Tuple[str, ...]:
    """Return what the log has to hide of an address: all of it, and each part that may be a token.

    The name of a server is none.
    """
    rest = address.partition("://")[2]
    place = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2]
    host = place.partition(":")[0]
    shown = (host, place) if "." in host or host == "localhost" else ()  # else it is a topic
    pieces = [address, rest, *re.split(r"[/:@?&=,]+", rest)]
    pieces += [unquote(piece) for piece in pieces]
    return tuple(
        piece
        for piece in dict.fromkeys(pieces)
        if len(piece) >= _SHORTEST_PIECE and piece not in shown
    )


def _found(address: str) -> Optional[Tuple[Any, Any]]:
    """Return the class of an address' service and what it is made with; None where there is none."""
    scheme = address.partition("://")[0].lower()
    if scheme in (
        "http",
        "https",
    ):  # as a service's own page shows it, such as a webhook of Discord's
        for module in _modules():
            for kind in _kinds(module):
                arguments = kind.parse_native_url(address)
                if arguments:
                    return kind, arguments
        return None
    for module in _modules_for(scheme):
        for kind in _kinds(module):
            if scheme in _schemes(kind):
                arguments = kind.parse_url(address)
                return (kind, arguments) if arguments else None
    return None


def _modules_for(scheme: str) -> Iterator[ModuleType]:
    """Yield the module that a scheme is likely to be in, then all others."""
    names = [name for _finder, name, _package in _listed()]
    plain = scheme[:-1] if scheme.endswith("s") else scheme
    likely = _MODULES.get(scheme) or _MODULES.get(plain)
    first = [name for name in names if name in (likely, scheme, plain)]
    yield from _imported(first)
    yield from _imported([name for name in names if name not in first])


def _modules() -> Iterator[ModuleType]:
    return _imported([name for _finder, name, _package in _listed()])


def _listed() -> List[Any]:
    package = importlib.import_module(_PLUGINS)
    return [found for found in pkgutil.iter_modules(package.__path__) if found[1] != "base"]


def _imported(names: List[str]) -> Iterator[ModuleType]:
    for name in names:
        try:
            yield importlib.import_module(f"{_PLUGINS}.{name}")
        except ImportError:  # it needs a library that is not here
            continue


def _kinds(module: ModuleType) -> List[Any]:
    """Return the services that a module defines, and none that it only imports."""
    found = (getattr(module, name) for name in dir(module) if name.startswith("Notify"))
    return [
        kind
        for kind in found
        if isinstance(kind, type)
        and hasattr(kind, "parse_url")
        and kind.__module__.startswith(module.__name__)
    ]


def _schemes(kind: Any) -> Tuple[str, ...]:
    both = (kind.protocol, kind.secure_protocol)
    return tuple(
        scheme
        for known in both
        if known
        for scheme in ((known,) if isinstance(known, str) else known)
    )


def _problem(lines: List[str]) -> Sentence:
    """Return why a letter was not taken, of what apprise told in its log; none of its words are used."""
    told = " ".join(lines)
    status = _STATUS.search(told)
    if status is not None:
        return Sentence(
            "the service refused it with error {status}. Is the address right?",
            status=status.group(1),
        )
    if any(word in told for word in _UNREACHED):
        return Sentence("the service cannot be reached.")
    return Sentence("the service did not take it. Is the address right?")


class _Overheard(logging.Handler):
    """Keeps apprise's log to itself while a letter is sent, and out of everybody else's for ever."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: List[str] = []

    def __enter__(self) -> _Overheard:
        log = logging.getLogger("apprise")
        log.propagate = False
        log.setLevel(logging.WARNING)
        log.addHandler(self)
        return self

    def __exit__(self, *_error: object) -> None:
        logging.getLogger("apprise").removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        self.lines.append(record.getMessage())
