"""Keeps keys and passwords: with the platform's own means where there are any, else in a private file.

The database holds only what ``seal`` returns. Windows seals the value itself for the user's account
(DPAPI, https://learn.microsoft.com/windows/win32/api/dpapi/); ``keyring`` and the file keep it under a
reference.
"""

from __future__ import annotations

import base64
import contextlib
import importlib
import json
import logging
import os
import sys
import threading
import uuid
from pathlib import Path
from typing import Any, Dict, Iterator, Optional, Protocol

from core.errors import SecretUnavailable
from core.text.sentence import Sentence

FILE_NAME = "secrets.json"
_SERVICE = "MediaProcessor"
_log = logging.getLogger("mediaprocessor")


class Vault(Protocol):
    """Keeps secrets; ``warning`` is a sentence for the user where that is not as safe as it could be."""

    warning: str

    def seal(self, secret: str) -> str:
        """Store a secret; return its reference for the database."""

    def open(self, sealed: str) -> str:
        """Return the secret; raises SecretUnavailable."""

    def forget(self, sealed: str) -> None:
        """Delete a secret that is no longer needed."""


@contextlib.contextmanager
def sealed_for(vault: Vault, secret: str) -> Iterator[str]:
    """Seal a secret for the block, which stores its reference; where that fails the secret is deleted."""
    sealed = vault.seal(secret)
    try:
        yield sealed
    except BaseException:
        vault.forget(sealed)
        raise


def open_vault(folder: Path) -> Vault:
    """Return the best vault of this machine; ``folder`` is the program's data folder."""
    if sys.platform == "win32":
        return WindowsVault()
    backend = _keyring_backend()
    return FileVault(folder) if backend is None else KeyringVault(backend)


class FileVault:
    """A JSON file that only this user can read. Whoever has the user's rights has the keys."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE_NAME
        self.warning: str = Sentence(
            "This machine has no place of its own for passwords, so API keys are in {path}, "
            "readable by you alone.",
            path=self.path,
        )
        self._guard = threading.Lock()

    def seal(self, secret: str) -> str:
        """Keep a secret under a new reference."""
        reference = uuid.uuid4().hex
        with self._guard:
            self._write({**self._read(), reference: secret})
        return f"file:{reference}"

    def open(self, sealed: str) -> str:
        """Return the secret; raises SecretUnavailable."""
        kind, _, reference = sealed.partition(":")
        with self._guard:
            secrets = self._read()
        if kind != "file" or reference not in secrets:
            raise SecretUnavailable(Sentence("{path} does not hold it.", path=self.path))
        return secrets[reference]

    def forget(self, sealed: str) -> None:
        """Take a secret out of the file; where that cannot be written the log says so."""
        with self._guard:
            secrets = self._read()
            if secrets.pop(sealed.partition(":")[2], None) is not None:
                try:
                    self._write(secrets)
                except OSError as error:  # nothing refers to it any more
                    _log.warning("A secret that is not used stays in %s (%s).", self.path, error)

    def _read(self) -> Dict[str, str]:
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise SecretUnavailable(Sentence("{path} is not readable.", path=self.path)) from error
        return {str(key): str(value) for key, value in found.items()}

    def _write(self, secrets: Dict[str, str]) -> None:
        # Made with its rights, never opened to others for a moment; replaced, never half written.
        staged = self.path.with_name(f"{FILE_NAME}.{os.getpid()}")
        with contextlib.suppress(FileNotFoundError):
            staged.unlink()
        handle = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with open(handle, "w", encoding="utf-8") as file:  # noqa: PTH123 - an open descriptor
                json.dump(secrets, file)
                file.flush()
                os.fsync(file.fileno())
            staged.replace(self.path)
        except BaseException:
            with contextlib.suppress(OSError):
                staged.unlink()
            raise


class KeyringVault:
    """The desktop's own store (Secret Service, KWallet, macOS Keychain) by the ``keyring`` package."""

    warning = ""

    def __init__(self, backend: Any) -> None:
        self._backend = backend

    def seal(self, secret: str) -> str:
        """Keep a secret under a new reference; raises SecretUnavailable."""
        reference = uuid.uuid4().hex
        try:
            self._backend.set_password(_SERVICE, reference, secret)
        except Exception as error:  # every backend has its own exceptions
            raise SecretUnavailable(Sentence("the desktop's password store refused it.")) from error
        return f"keyring:{reference}"

    def open(self, sealed: str) -> str:
        """Return the secret; raises SecretUnavailable."""
        kind, _, reference = sealed.partition(":")
        secret: Optional[str] = None
        if kind == "keyring":
            try:
                secret = self._backend.get_password(_SERVICE, reference)
            except Exception as error:  # every backend has its own exceptions
                raise SecretUnavailable(
                    Sentence("the desktop's password store is locked.")
                ) from error
        if secret is None:
            raise SecretUnavailable(Sentence("the desktop's password store does not hold it."))
        return secret

    def forget(self, sealed: str) -> None:
        """Take a secret out of the store; one that is not there is forgotten already."""
        with contextlib.suppress(Exception):
            self._backend.delete_password(_SERVICE, sealed.partition(":")[2])


def _keyring_backend() -> Optional[Any]:
    """A usable backend, or None: without a desktop ``keyring`` only has one that refuses everything."""
    try:
        backend: Any = importlib.import_module("keyring").get_keyring()
        return backend if backend.priority > 0 else None
    except Exception:  # noqa: BLE001 - not installed, or a backend that fails on being looked at
        return None


class WindowsVault:
    """DPAPI: the value in the database can be opened by this Windows user alone."""

    warning = ""

    def seal(self, secret: str) -> str:
        """Seal a secret for this user; raises SecretUnavailable."""
        return "dpapi:" + base64.b64encode(_dpapi("CryptProtectData", secret.encode())).decode()

    def open(self, sealed: str) -> str:
        """Return the secret; raises SecretUnavailable."""
        kind, _, value = sealed.partition(":")
        if kind != "dpapi":
            raise SecretUnavailable(Sentence("it was stored on another machine."))
        return _dpapi("CryptUnprotectData", base64.b64decode(value)).decode()

    def forget(self, sealed: str) -> None:
        """Nothing is kept outside of the database."""


def _dpapi(function: str, data: bytes) -> bytes:
    """Call one of DPAPI's two functions, without any window of its own (flag 1)."""
    if sys.platform != "win32":
        raise SecretUnavailable(Sentence("it was stored on a Windows machine."))
    import ctypes
    from ctypes import wintypes

    class Blob(ctypes.Structure):
        """DATA_BLOB."""

        _fields_ = (("size", wintypes.DWORD), ("data", ctypes.POINTER(ctypes.c_char)))

    buffer = ctypes.create_string_buffer(data, len(data))
    given = Blob(len(data), ctypes.cast(buffer, ctypes.POINTER(ctypes.c_char)))
    made = Blob()
    call = getattr(ctypes.windll.crypt32, function)
    if not call(ctypes.byref(given), None, None, None, None, 1, ctypes.byref(made)):
        raise SecretUnavailable(Sentence("it was stored by another user or on another machine."))
    try:
        return ctypes.string_at(made.data, made.size)
    finally:
        local_free = ctypes.windll.kernel32.LocalFree
        local_free.argtypes = (ctypes.c_void_p,)
        local_free(ctypes.cast(made.data, ctypes.c_void_p))
