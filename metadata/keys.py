"""API key management: which OMDb key is free, which Sonarrs, Radarrs and media servers there are.

The rules are the specification's (chapter API Management System), with what it leaves open: a key's
1,000 requests are counted over the last 24 hours and not by the calendar, so that no reset hour that
OMDb may have lets more through; and no timer runs: a cool-down's end is looked at when a key is asked for,
so that one that passed while the program was off is over.
"""

from __future__ import annotations

import logging
import secrets
import threading
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime
from typing import ContextManager, Dict, Optional, Protocol, Tuple

from core.errors import ConfigError, SecretUnavailable
from core.ports import Clock, KeyValueStore
from core.settings.services import (
    ARR,
    MEDIA_SERVERS,
    ApiKey,
    ApiKeyRow,
    ApiStatus,
    ArrInstance,
    Service,
)
from core.settings.source import FixedSettings, SettingsSource
from core.settings.tree import Settings
from core.text.sentence import Sentence

OMDB_LIMIT = 1000  # requests of a free key in WINDOW
WINDOW = 24 * 3600.0  # seconds
_log = logging.getLogger("mediaprocessor.metadata")


class KeyTable(Protocol):
    """Stores the rows; ``store.api_keys.ApiKeyStore`` is one and documents the methods."""

    def rows(self, service: Service, since: float = 0.0) -> Tuple[ApiKeyRow, ...]:
        """Rows in their order."""

    def save(self, row: ApiKeyRow) -> int:
        """Add or change a row."""

    def remove(self, key_id: int) -> None:
        """Forget a row."""

    def take_use(
        self, service: Service, now: float, window: float, limit: int, *, first_only: bool = False
    ) -> Optional[ApiKeyRow]:
        """Use a free key."""

    def settle(self, now: float, window: float) -> None:
        """Correct what a clock that was set back left in the future."""

    def note_use(self, key_id: int, now: float, window: float) -> None:
        """Count a use."""

    def note_error(
        self,
        key_id: int,
        message: str,
        *,
        blocked_until: Optional[float] = None,
        deactivate: bool = False,
    ) -> None:
        """Count an error."""

    def reset_errors(self, service: Service) -> None:
        """Forget errors."""


class SecretKeeper(Protocol):
    """Stores the secrets; ``store.vault`` has three."""

    warning: str

    def seal(self, secret: str) -> str:
        """Keep a secret."""

    def open(self, sealed: str) -> str:
        """Return it; raises SecretUnavailable."""

    def forget(self, sealed: str) -> None:
        """Drop it."""


class SecretFilter(Protocol):
    """Hides secrets from the log; ``logger.add_secret`` is one."""

    def __call__(self, secret: str, /) -> None:
        """Hide this text from now on."""


class Transactions(Protocol):
    """Makes several changes one; ``store.connection.Database`` is one."""

    def transaction(self, *, full_sync: bool = False) -> ContextManager[object]:
        """Write what the block writes, all or nothing; ``full_sync`` waits until the disk has it."""


class ApiKeys:
    """The keys and instances that the user entered; thread-safe.

    ``hide`` gets every secret before anything is done with it, so that the log can hide it. The settings
    say whether more than the first OMDb key may be used, ``omdb_limit`` how often each in 24 hours.
    """

    def __init__(
        self,
        table: KeyTable,
        vault: SecretKeeper,
        texts: KeyValueStore,
        clock: Clock,
        *,
        hide: Optional[SecretFilter] = None,
        settings: Optional[SettingsSource] = None,
        transactions: Optional[Transactions] = None,
        omdb_limit: int = OMDB_LIMIT,
    ) -> None:
        self._table = table
        self._vault = vault
        self._texts = texts
        self._clock = clock
        self._hide = hide
        self._settings = settings or FixedSettings(Settings())
        self._transactions = transactions
        self._limit = omdb_limit
        self._opened: Dict[str, str] = {}
        self._guard = threading.Lock()

    @property
    def warning(self) -> str:
        """Return a warning about where the secrets are kept; else empty."""
        return self._vault.warning

    def get_available_omdb_api_key(self) -> Optional[str]:
        """Return a free key and count its use; None when all are spent or none is usable."""
        if self.cooldown_end(Service.OMDB) is not None:
            return None
        while True:
            row = self._table.take_use(
                Service.OMDB,
                self._clock.now(),
                WINDOW,
                self._limit,
                first_only=not self._settings.settings.metadata.rotate_omdb_keys,
            )
            if row is None:
                break
            secret = self._secret(row)
            if secret:
                return secret
            self._table.note_error(
                row.id, Sentence("The stored key cannot be read."), deactivate=True
            )
        if any(row.is_active for row in self._table.rows(Service.OMDB)):
            self.schedule_api_cooldown(Service.OMDB, WINDOW)
        return None

    def handle_api_error(self, service: Service, api_key: str, error_message: str) -> None:
        """Note a service's error about a key; the kind of error is known by its text.

        "limit reached" lets the key rest for 24 hours, an invalid key is taken out of use, anything
        else counts as an error (three, and it is skipped). An outage of the service is not
        an error of the key and must not be reported here.
        """
        rows = [row for row in self._table.rows(service) if self._secret(row) == api_key]
        text = error_message.lower()
        limit, invalid = "limit reached" in text, "invalid api key" in text
        for row in rows:
            until = self._clock.now() + WINDOW if limit else None
            self._table.note_error(row.id, error_message, blocked_until=until, deactivate=invalid)
            if invalid:
                _log.warning("%s refused the key %s.", service.label, row.instance_name)
        if rows and service is Service.OMDB and not self._any_usable(service):
            self.schedule_api_cooldown(service, WINDOW)

    def _any_usable(self, service: Service) -> bool:
        """Whether a key is left; True where none is in use at all, since waiting would not help then."""
        now = self._clock.now()
        active = [row for row in self._table.rows(service, now - WINDOW) if row.is_active]
        return not active or any(
            row.error_count < 3
            and row.daily_uses < self._limit
            and (row.blocked_until is None or row.blocked_until <= now)
            for row in active
        )

    def schedule_api_cooldown(self, service: Service, cooldown_seconds: float) -> None:
        """Use none of the service's keys until so many seconds have passed, also after a restart."""
        end = self._clock.now() + cooldown_seconds
        self._texts.change({_cooldown_key(service): repr(end)})
        until = datetime.fromtimestamp(end).astimezone()
        _log.warning("%s: every key is spent; it rests until %s.", service.label, f"{until:%c}")

    def cooldown_end(self, service: Service) -> Optional[float]:
        """Return when the service's cool-down ends, in seconds since the epoch; None when there is none.

        One that has passed is ended here, and the keys are free again.
        """
        now = self._clock.now()
        try:
            end = float(self._texts.all().get(_cooldown_key(service), "0"))
        except ValueError:
            end = 0.0
        if end > now + WINDOW:
            self._table.settle(now, WINDOW)
            self._texts.change({_cooldown_key(service): repr(now + WINDOW)})
        if end > now:
            return min(end, now + WINDOW)
        if end:
            self.reset_api_errors(service)
        return None

    def reset_api_errors(self, service: Service) -> None:
        """End a cool-down: errors are forgotten; keys that were refused stay out of use."""
        self._table.reset_errors(service)
        self._texts.change({_cooldown_key(service): None})
        _log.info("%s: the keys are in use again.", service.label)

    def load_api_keys(self, service: Service) -> Tuple[ApiKey, ...]:
        """Return a service's keys in their order, each with its uses of the last 24 hours."""
        rows = self._table.rows(service, self._clock.now() - WINDOW)
        return tuple(ApiKey(row.id, self._secret(row), row) for row in rows)

    def load_arr_instances(self, service: Service) -> Tuple[ArrInstance, ...]:
        """Return the configured instances of a service, best first, also the disabled ones."""
        return tuple(
            ArrInstance(
                service,
                row.instance_name,
                row.url,
                self._secret(row),
                row.id,
                row.priority,
                row.is_active,
                row.path_mappings,
            )
            for row in self._table.rows(service)
        )

    def save_omdb_key(self, secret: str, key_id: int = 0, *, enabled: bool = True) -> int:
        """Add a key, or change or enable the one of that id; return its id.

        Another text is another key, with its own uses. Raises ConfigError for a sixth, a duplicate or an
        invalid key; SecretUnavailable where it cannot be stored.
        """
        secret = secret.strip()
        keys = self.load_api_keys(Service.OMDB)
        self._check_secret("OMDb key", secret)
        if any(key.secret == secret and key.id != key_id for key in keys):
            raise ConfigError(Sentence("OMDb key"), Sentence("this key is in the list already."))
        old = next((key for key in keys if key.id == key_id), None)
        if old is None:
            self._check_count(Service.OMDB, len(keys))
        position = (
            old.row.priority if old else 1 + max((key.row.priority for key in keys), default=0)
        )
        row = ApiKeyRow(
            Service.OMDB,
            Sentence("Key {position}", position=position),
            "",
            "",
            0,
            is_active=enabled,
        )
        if old is not None and old.secret == secret:
            return self._save(replace(old.row, is_active=enabled, priority=position), secret)
        return self._save(replace(row, priority=position), secret, old.row if old else None)

    def save_arr_instance(self, instance: ArrInstance) -> int:
        """Add an instance (``id`` 0) or change one; return its id. Raises as ``save_omdb_key`` does."""
        name = f"{instance.service.label} instance"
        self._check_secret(name, instance.api_key.strip())
        if not instance.url.strip().lower().startswith(("http://", "https://")):
            raise ConfigError(name, Sentence("the address must begin with http:// or https://."))
        if "@" in instance.url.split("//", 1)[-1].split("/", 1)[0]:
            raise ConfigError(name, Sentence("the address must hold no user name or password."))
        rows = {row.id: row for row in self._table.rows(instance.service)}
        if instance.id not in rows:
            self._check_count(instance.service, len(rows))
        row = ApiKeyRow(
            instance.service,
            instance.name.strip() or f"{instance.service.label} {len(rows) + 1}",
            instance.url.strip().rstrip("/"),
            rows[instance.id].api_key if instance.id in rows else "",
            instance.id if instance.id in rows else 0,
            is_active=instance.enabled,
            priority=instance.priority,
            path_mappings=instance.path_mappings,
        )
        return self._save(row, instance.api_key.strip())

    def remove(self, key_id: int) -> None:
        """Delete a key or an instance, and its secret."""
        for service in Service:
            for row in self._table.rows(service):
                if row.id == key_id:
                    self._table.remove(key_id)
                    self._vault.forget(row.api_key)

    def webhook_secret(self) -> str:
        """Return the secret part of our listener's address, created at the first call."""
        return self._own_secret(Service.WEBHOOK) or self._keep(
            Service.WEBHOOK, secrets.token_urlsafe(24)
        )

    def take_webhook_secret(self, secret: str) -> None:
        """Take over the listener's secret from another machine; raises ConfigError."""
        self._check_secret("webhook", secret)
        self._keep(Service.WEBHOOK, secret)

    def phone_token(self) -> str:
        """Return the token of the page for the phone; "" where there is none, or it cannot be read."""
        return self._own_secret(Service.PHONE)

    def take_phone_token(self, token: str) -> None:
        """Keep a token for the page for the phone, in place of the one before."""
        self._check_secret("phone", token)
        self._keep(Service.PHONE, token)

    def _own_secret(self, service: Service) -> str:
        rows = self._table.rows(service)
        return self._secret(rows[0]) if rows else ""

    def _keep(self, service: Service, secret: str) -> str:
        """Keep the one secret of a service of our own."""
        rows = self._table.rows(service)
        self._save(rows[0] if rows else ApiKeyRow(service, "Listener", "", ""), secret)
        return secret

    def note_answer(self, instance: ArrInstance) -> None:
        """Count a use: an instance answered."""
        self._table.note_use(instance.id, self._clock.now(), WINDOW)

    def note_failure(self, instance: ArrInstance, message: str) -> None:
        """Note that an instance did not answer as it should."""
        self._table.note_error(instance.id, message)

    def statuses(self) -> Tuple[ApiStatus, ...]:
        """Return the rows of the status dashboard, the cool-down last."""
        lines = []
        now = self._clock.now()
        for service in (Service.OMDB, *reversed(ARR), *MEDIA_SERVERS):
            for row in self._table.rows(service, now - WINDOW):
                usage = f"{row.daily_uses}/{self._limit}" if service is Service.OMDB else ""
                lines.append(
                    ApiStatus(
                        service.value.upper(),
                        row.instance_name,
                        _status(row, now, self._limit),
                        usage or str(row.daily_uses),
                        row.last_used,
                        row.error_count,
                        row.last_error,
                    )
                )
        end = self.cooldown_end(Service.OMDB)
        if end is not None:
            until = datetime.fromtimestamp(end).astimezone()
            text = f"Until {until:%Y-%m-%d %H:%M:%S}"
            lines.append(ApiStatus("OMDB", "API COOLDOWN", "Waiting", "", None, 0, text))
        return tuple(lines)

    def _secret(self, row: ApiKeyRow) -> str:
        """Return the secret of a row; empty where it cannot be read."""
        with self._guard:
            if row.api_key not in self._opened:
                try:
                    secret = self._vault.open(row.api_key)
                except SecretUnavailable as error:
                    _log.warning("%s (%s): %s", row.service.label, row.instance_name, error)
                    return ""
                self._hide_in_log(secret)
                self._opened[row.api_key] = secret
            return self._opened[row.api_key]

    def _save(self, row: ApiKeyRow, secret: str, instead_of: Optional[ApiKeyRow] = None) -> int:
        """Store a row, in place of another where one is given, in one transaction."""
        self._hide_in_log(secret)
        former = (instead_of or row).api_key
        same = row.api_key if row.api_key and self._secret(row) == secret else ""
        sealed = same or self._vault.seal(secret)
        try:
            with self._transaction():
                if instead_of is not None:
                    self._table.remove(instead_of.id)
                key_id = self._table.save(replace(row, api_key=sealed))
                if row.service is Service.OMDB:
                    # A new key can be used at once; the uses of the others still count.
                    self._texts.change({_cooldown_key(row.service): None})
        except BaseException:
            if not same:
                self._vault.forget(sealed)
            raise
        if former and former != sealed:
            self._vault.forget(former)
        return key_id

    def _transaction(self) -> ContextManager[object]:
        if self._transactions is None:
            return nullcontext()
        return self._transactions.transaction(full_sync=True)

    def _hide_in_log(self, secret: str) -> None:
        if self._hide is not None:
            self._hide(secret)

    @staticmethod
    def _check_secret(name: str, secret: str) -> None:
        if not secret or not secret.isascii() or not secret.isprintable() or " " in secret:
            raise ConfigError(
                name, Sentence("the API key is empty or holds something that no key has.")
            )

    @staticmethod
    def _check_count(service: Service, count: int) -> None:
        if count >= service.largest_count:
            raise ConfigError(
                service.label,
                Sentence(
                    "there can be up to {largest_count}.", largest_count=service.largest_count
                ),
            )


def _cooldown_key(service: Service) -> str:
    return f"{service.value}_cooldown_end"


def _status(row: ApiKeyRow, now: float, limit: int) -> str:
    if not row.is_active:
        return "Inactive"
    if row.blocked_until is not None and row.blocked_until > now:
        return "Limit reached"
    if row.service is Service.OMDB and row.daily_uses >= limit:
        return "Limit reached"
    return "Errors" if row.error_count >= 3 else "Active"
