"""The socket of the page for the phone: TLS, how many callers there may be, and how long each may take.

Python's own ``http.server`` reads the requests (``phone.handler``), each connection in a thread of its own,
since a phone that is out of reach has to hold up nobody. A phone keeps its connection, so that asking every
second costs no handshake. Who has not shown the token is a stranger: of those only so many stay, the oldest
goes.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import ssl
import sys
import threading
import time
from typing import Collection, Optional, Set

from cluster.addresses import shown_place
from core.errors import PhoneError
from core.protocol.strangers import Strangers
from core.system_errors import system_problem
from core.text.sentence import Sentence
from phone.access import TokenGate
from phone.connection import PhoneConnection
from phone.handler import LARGEST_HEAD, PhoneHandler, TimedStream, redirection
from phone.ports import PhoneDesk

MOST_STRANGERS = 32  # connections that have not shown the token
STRANGERS_SHARE = 8  # the same, of one address
MOST_PHONES = 16  # connections that have
HELLO_SECONDS = 10.0  # in which a connection has to be encrypted
_BACKLOG = 128  # with a short one, strangers could fill the system's own queue
_PAUSE = 0.2  # seconds, where the system has no socket left
_TLS_RECORD = 0x16  # the first byte of a TLS handshake (RFC 8446, 5.1)

_log = logging.getLogger("mediaprocessor.phone")


class PhoneServer:
    """Listens in threads of its own from construction to ``close``.

    ``address`` is a name or number of this machine, "" for all; ``names`` are what this machine is called,
    beside its numbers. Raises PhoneError where it cannot listen there.
    """

    def __init__(
        self,
        address: str,
        port: int,
        context: ssl.SSLContext,
        gate: TokenGate,
        desk: PhoneDesk,
        names: Collection[str] = (),
    ) -> None:
        self.gate, self.desk, self.names = gate, desk, tuple(names)
        self._context = context
        self._guard = threading.Lock()
        self._strangers: Strangers[PhoneConnection] = Strangers(MOST_STRANGERS, STRANGERS_SHARE)
        self._phones: Set[PhoneConnection] = set()
        self._closed = False
        try:
            self._listener = _listen(address, port)
        except (OSError, OverflowError, UnicodeError) as error:
            raise PhoneError(
                Sentence(
                    "The page for the phone cannot be served on {place} ({problem}). Choose another port or "
                    "address in Settings > Network.",
                    place=shown_place(address, port)
                    if address
                    else Sentence("port {port}", port=str(port)),
                    problem=system_problem(error) if isinstance(error, OSError) else str(error),
                )
            ) from error
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._accept, name="phone", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening, and end every connection."""
        with self._guard:
            self._closed = True
            callers = (*self._strangers.all(), *self._phones)
        with contextlib.suppress(OSError):  # wakes the thread in accept()
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for caller in callers:
            caller.hang_up()
        self._thread.join(5.0)

    def let_in(self, caller: PhoneConnection) -> bool:
        """Note that this caller knows the token; False where there are too many of those already."""
        with self._guard:
            if caller not in self._phones:
                if len(self._phones) >= MOST_PHONES or not self._strangers.remove(caller):
                    return False
                self._phones.add(caller)
            return True

    def _accept(self) -> None:
        while not self._closed:
            try:
                plain, (address, *_rest) = self._listener.accept()
            except OSError:
                if not self._closed:
                    time.sleep(_PAUSE)  # the caller has gone again, or no socket is left
                continue
            caller = PhoneConnection(plain, str(address))
            with self._guard:
                for oldest in self._strangers.add(caller, caller.address):
                    oldest.hang_up()
            thread = threading.Thread(
                target=self._serve, args=(caller,), name="phone-answer", daemon=True
            )
            try:
                thread.start()
            except RuntimeError:  # the system has no thread left
                self._forget(caller)

    def _serve(self, caller: PhoneConnection) -> None:
        try:
            encrypted = self._encrypted(caller)
            if encrypted is not None:
                PhoneHandler(encrypted, caller, self)
        except (OSError, ValueError):
            pass  # it went away, was too slow, or speaks something else
        except Exception:  # noqa: BLE001 - one caller's trouble is nobody else's
            _log.exception("A request of a phone failed.")
        finally:
            self._forget(caller)

    def _forget(self, caller: PhoneConnection) -> None:
        with self._guard:
            self._strangers.remove(caller)
            self._phones.discard(caller)
            # Not outside: a socket that is closed could be another caller's when it is hung up.
            with contextlib.suppress(OSError):
                caller.socket.close()

    def _encrypted(self, caller: PhoneConnection) -> Optional[ssl.SSLSocket]:
        """Return the connection once it is encrypted; None for one that is not, and was told where to go."""
        caller.socket.settimeout(HELLO_SECONDS)
        first = caller.socket.recv(1, socket.MSG_PEEK)
        if not first:
            return None
        if first[0] != _TLS_RECORD:
            self._send_elsewhere(caller)
            return None
        with self._guard:
            encrypted = self._context.wrap_socket(
                caller.socket, server_side=True, do_handshake_on_connect=False
            )
            caller.socket = encrypted
        encrypted.do_handshake()  # has the socket's time as a whole, however its bytes are spread
        return encrypted

    def _send_elsewhere(self, caller: PhoneConnection) -> None:
        """Answer who types the address without https://, which phones take for http://."""
        stream = TimedStream(caller.socket, LARGEST_HEAD)
        caller.socket.sendall(redirection(stream, self.names))


def _listen(address: str, port: int) -> socket.socket:
    """Return a listening socket: of all addresses, IPv4 and IPv6, where none is named."""
    place = address.strip().strip("[]")
    if place in ("", "*") and socket.has_dualstack_ipv6():
        with contextlib.suppress(OSError):
            return _alone(socket.AF_INET6, ("::", port), dualstack=True)
    family, _kind, _protocol, _name, found = socket.getaddrinfo(
        place or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    return _alone(family, found)


def _alone(family: int, place: object, *, dualstack: bool = False) -> socket.socket:
    """Listen where nobody else does: on Windows, SO_REUSEADDR would share another program's port."""
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0 if dualstack else 1)
        listener.bind(place)  # type: ignore[arg-type]
        listener.listen(_BACKLOG)
    except BaseException:
        listener.close()
        raise
    return listener
