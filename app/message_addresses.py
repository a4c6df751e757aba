"""Where messages go: the stored addresses, opened for use; the database has what the vault made of them."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from typing import Dict, Mapping, Protocol, Tuple

from app.apprise_sender import secret_pieces
from core.errors import ConfigError, SecretUnavailable
from core.messages.message import MessageAddress, MessageKind
from core.text.sentence import Sentence
from store.messages import MessageStore
from store.vault import Vault

MOST = 10  # addresses
_LONGEST = 2000  # characters of an address
_KEY = "message/"  # what an address is called among the keys of a setup

_log = logging.getLogger("mediaprocessor.messages")


class SecretHider(Protocol):
    """Hides secrets from the log; ``logger.add_secret`` is one."""

    def __call__(self, secret: str, /) -> None:
        """Hide this text from now on."""


class MessageAddresses:
    """Thread-safe. ``hide`` gets every part of an address before anything is done with it."""

    def __init__(
        self,
        store: MessageStore,
        vault: Vault,
        hide: SecretHider,
    ) -> None:
        self._store = store
        self._vault = vault
        self._hide = hide
        self._opened: Dict[str, str] = {}

    @property
    def warning(self) -> str:
        """What the user should know about where addresses are kept; else empty."""
        return self._vault.warning

    def all(self) -> Tuple[MessageAddress, ...]:
        """Return every address; one that cannot be read has an empty text."""
        return tuple(
            replace(address, address=self._open(address)) for address in self._store.addresses()
        )

    def save(self, address: MessageAddress) -> int:
        """Add an address (``id`` 0) or change one; return its id. Raises ConfigError, SecretUnavailable."""
        text, name = address.address.strip(), address.name.strip()
        stored = {known.id: known for known in self._store.addresses()}
        self._check(name, text, address.id, stored)
        for piece in secret_pieces(text):
            self._hide(piece)
        former = stored.get(address.id)
        same = former is not None and self._open(former) == text
        sealed = former.address if former is not None and same else self._vault.seal(text)
        known_id = address.id if former is not None else 0
        try:
            made = self._store.save(replace(address, id=known_id, name=name, address=sealed))
        except BaseException:
            if not same:
                self._vault.forget(sealed)
            raise
        if former is not None and not same:
            self._vault.forget(former.address)
        return made

    def remove(self, address_id: int) -> None:
        """Forget an address and its secret."""
        for known in self._store.addresses():
            if known.id == address_id:
                self._store.remove(address_id)
                self._vault.forget(known.address)

    # ---- a setup that moves to another machine

    def as_keys(self) -> Dict[str, str]:
        """Return the addresses as keys of a setup, by name, to be sealed."""
        return {
            f"{_KEY}{known.name}": json.dumps(
                {
                    "address": known.address,
                    "kinds": sorted(kind.value for kind in known.kinds),
                    "enabled": known.enabled,
                }
            )
            for known in self.all()
            if known.address
        }

    def take_keys(self, opened: Mapping[str, str]) -> None:
        """Take the addresses of another machine over; one of the same name takes its place."""
        there = {known.name: known.id for known in self._store.addresses()}
        names = {kind.value: kind for kind in MessageKind}
        for key, value in opened.items():
            if key.startswith(_KEY):
                found, name = json.loads(value), key[len(_KEY) :]
                kinds = frozenset(names[kind] for kind in found["kinds"] if kind in names)
                enabled = bool(found["enabled"])
                address = str(found["address"])
                self.save(MessageAddress(name, address, kinds, enabled, there.get(name, 0)))

    def _open(self, address: MessageAddress) -> str:
        if address.address not in self._opened:
            try:
                text = self._vault.open(address.address)
            except SecretUnavailable as error:
                _log.warning("%s: %s", address.name, error)
                return ""
            for piece in secret_pieces(text):
                self._hide(piece)
            self._opened[address.address] = text
        return self._opened[address.address]

    @staticmethod
    def _check(name: str, text: str, own_id: int, stored: Mapping[int, MessageAddress]) -> None:
        if not name or not name.isprintable():
            raise ConfigError(Sentence("Message address"), Sentence("give it a name."))
        if any(
            known.name.casefold() == name.casefold() and known.id != own_id
            for known in stored.values()
        ):
            raise ConfigError(
                Sentence("Message address"), Sentence("another address has this name.")
            )
        if "://" not in text or not text.isprintable() or len(text) > _LONGEST:
            raise ConfigError(
                Sentence("Message address"),
                Sentence("it looks like ntfy://ntfy.sh/my-films; docs/messages.md names more."),
            )
        if own_id not in stored and len(stored) >= MOST:
            raise ConfigError(
                Sentence("Message address"),
                Sentence("there can be up to {largest_count}.", largest_count=MOST),
            )
