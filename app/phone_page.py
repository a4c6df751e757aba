"""The page for the phone: served where the settings say so, with its address, token and QR code."""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional, Tuple

from app.phone_ports import AroundThePage
from core.errors import MediaProcessorError
from core.events import ServiceNotice
from core.queue.outcome import sentence_of

if TYPE_CHECKING:
    from app.phone_desk import ProgramDesk
    from phone.server import PhoneServer
    from queue_manager import QueueManager

_ALL = ("", "*", "0.0.0.0", "::")  # noqa: S104 - addresses of the setting that mean every one


@dataclass(frozen=True)
class PhoneEntry:
    """How a phone gets in. ``link`` is the address with the token, ``code`` its QR code, row by row.

    ``fingerprint`` is the certificate's SHA-256, as browsers show it. ``listens`` says whether the page is
    served now, ``trouble`` why it is not although it is switched on.
    """

    switched_on: bool
    listens: bool
    address: str
    link: str
    token: str
    fingerprint: str
    code: Tuple[Tuple[bool, ...], ...]
    trouble: str = ""


class PhonePage:
    """Follows the settings from ``begin`` to ``close``; what cannot be done is an event of the queue."""

    def __init__(self, program: AroundThePage) -> None:
        self._program = program
        self._guard = threading.Lock()
        self._manager: Optional[QueueManager] = None
        self._server: Optional[PhoneServer] = None
        self._desk: Optional[ProgramDesk] = None
        self._place: Optional[Tuple[str, int]] = None
        self._trouble = ""

    @property
    def listens_at(self) -> str:
        """The address of the page; "" where it is not served."""
        place = self._place
        return "" if place is None else _address(*place)

    def begin(self, manager: QueueManager) -> None:
        """Serve the page of this queue, from now on and as the settings have it each time."""
        self._manager = manager
        self._follow_settings()
        self._program.config.on_change(self._follow_settings)

    def close(self) -> None:
        """Serve it no more."""
        with self._guard:
            self._manager = None
            self._stop()

    def entry(self) -> PhoneEntry:
        """Return how a phone gets in; makes a token where there is none. Waits for the disk.

        Raises PeerError where the certificate cannot be made.
        """
        from cluster.identity import server_certificate

        settings = self._program.config.settings.network
        address = _address(settings.phone_address, settings.phone_port)
        token, (_context, digest) = self._token(), server_certificate(self._program.data_dir)
        link = f"{address}#{token}"
        return PhoneEntry(
            settings.phone,
            self._server is not None,
            address,
            link,
            token,
            ":".join(digest[at : at + 2] for at in range(0, len(digest), 2)).upper(),
            qr_code(link),
            self._trouble,
        )

    def renew_token(self) -> PhoneEntry:
        """Make a new token: phones that have the one before are shut out at once."""
        from phone.access import new_token

        self._program.services.keys.take_phone_token(new_token())
        with self._guard:
            self._stop()
        self._follow_settings()
        return self.entry()

    def _token(self) -> str:
        from phone.access import new_token

        keys = self._program.services.keys
        if not keys.phone_token():
            keys.take_phone_token(new_token())
        return keys.phone_token()

    def _follow_settings(self, _settings: object = None) -> None:
        try:
            self._trouble = ""
            self._serve()
        except MediaProcessorError as error:
            self._trouble = sentence_of(error)
            if self._manager is not None:
                self._manager.events.put(ServiceNotice(self._trouble, error=True))

    def _serve(self) -> None:
        """Serve it where the settings say; raises PhoneError, or PeerError, where that cannot be."""
        settings = self._program.config.settings.network
        place = (settings.phone_address, settings.phone_port) if settings.phone else None
        with self._guard:
            if self._manager is None or place == self._place:
                return
            self._stop()
            if place is not None:
                self._server = self._open(place, self._manager)
                self._place = place

    def _open(self, place: Tuple[str, int], manager: QueueManager) -> PhoneServer:
        from app.phone_desk import ProgramDesk
        from cluster.identity import server_certificate
        from phone.access import TokenGate
        from phone.server import PhoneServer

        program = self._program
        context, _fingerprint = server_certificate(program.data_dir)
        gate = TokenGate(self._token(), time.monotonic)
        self._desk = desk = ProgramDesk(program.database, manager, program)
        names = (socket.gethostname(), place[0])
        return PhoneServer(*place, context, gate, desk, names)

    def _stop(self) -> None:
        if self._server is not None:
            self._server.close()
        if self._desk is not None:
            self._desk.close()
        self._server = self._place = self._desk = None


def qr_code(text: str) -> Tuple[Tuple[bool, ...], ...]:
    """Return a text's QR code without the quiet zone around it, row by row; True is dark."""
    import segno

    return tuple(tuple(bool(dot) for dot in row) for row in segno.make(text, micro=False).matrix)


def _address(host: str, port: int) -> str:
    """Return where a phone finds the page; of all addresses the one that leads to the network."""
    place = host.strip().strip("[]")
    if place in _ALL:
        place = own_address()
    return f"https://[{place}]:{port}/" if ":" in place else f"https://{place}:{port}/"


def own_address() -> str:
    """Return the address by which the network reaches this machine; 127.0.0.1 where there is none.

    Nothing is sent: a datagram socket that is connected only chooses its route. The addresses are nobody's
    (RFC 5737, RFC 3849).
    """
    for family, somewhere in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((somewhere, 9))
                return str(probe.getsockname()[0])
        except OSError:
            continue
    return "127.0.0.1"
