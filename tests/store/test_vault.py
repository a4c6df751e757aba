"""Where secrets are kept, and that they come back."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Dict, Tuple

import pytest

from core.errors import SecretUnavailable
from store.vault import FileVault, KeyringVault, WindowsVault, open_vault


class Backend:
    """What ``keyring`` hands out on a desktop."""

    priority = 5.0

    def __init__(self) -> None:
        self.kept: Dict[Tuple[str, str], str] = {}

    def set_password(self, service: str, name: str, secret: str) -> None:
        self.kept[service, name] = secret

    def get_password(self, service: str, name: str) -> str:
        return self.kept[service, name]

    def delete_password(self, service: str, name: str) -> None:
        del self.kept[service, name]


def test_the_file_keeps_secrets_for_this_user_alone_across_restarts(tmp_path: Path) -> None:
    sealed = [FileVault(tmp_path).seal(secret) for secret in ("first ü", "second")]
    vault = FileVault(tmp_path)
    assert [vault.open(sealed_secret) for sealed_secret in sealed] == ["first ü", "second"]
    assert not any("second" in sealed_secret for sealed_secret in sealed)
    if os.name == "posix":
        assert stat.S_IMODE(vault.path.stat().st_mode) == 0o600
    vault.forget(sealed[0])
    with pytest.raises(SecretUnavailable):
        vault.open(sealed[0])
    assert vault.open(sealed[1]) == "second"
    assert str(vault.path) in vault.warning


def test_a_spoiled_file_is_not_written_over(tmp_path: Path) -> None:
    vault = FileVault(tmp_path)
    vault.path.write_text("{half", encoding="utf-8")
    with pytest.raises(SecretUnavailable):
        vault.seal("new")
    assert vault.path.read_text(encoding="utf-8") == "{half"


def test_a_keyring_keeps_them_under_a_reference() -> None:
    vault = KeyringVault(Backend())
    sealed = vault.seal("secret")
    assert "secret" not in sealed
    assert vault.open(sealed) == "secret"
    vault.forget(sealed)
    with pytest.raises(SecretUnavailable):
        vault.open(sealed)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has DPAPI")
def test_a_usable_keyring_is_preferred_to_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(open_vault(tmp_path), FileVault)
    backend = Backend()
    monkeypatch.setitem(sys.modules, "keyring", SimpleNamespace(get_keyring=lambda: backend))
    assert isinstance(open_vault(tmp_path), KeyringVault)
    backend.priority = 0.0  # keyring's own backend that refuses everything
    assert isinstance(open_vault(tmp_path), FileVault)


@pytest.mark.skipif(sys.platform != "win32", reason="needs Windows' DPAPI")
def test_windows_seals_for_the_user() -> None:
    vault = WindowsVault()
    sealed = vault.seal("secret ü")
    assert "secret" not in sealed
    assert vault.open(sealed) == "secret ü"


@pytest.mark.skipif(sys.platform == "win32", reason="there it can be opened")
def test_what_windows_sealed_is_told_apart_elsewhere(tmp_path: Path) -> None:
    for vault in (FileVault(tmp_path), KeyringVault(Backend()), WindowsVault()):
        with pytest.raises(SecretUnavailable):
            vault.open("dpapi:AAAA")
