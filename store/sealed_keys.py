"""API keys in a file that leaves the machine: sealed with a passphrase, never plain.

The passphrase becomes a key by scrypt (RFC 7914), what is sealed cannot be changed unseen (AES-256-GCM).
What a guess costs is a constant of ours and nothing that a file may choose.
"""

from __future__ import annotations

import base64
import json
import secrets
from typing import Any, Dict, Mapping

from core.errors import UsageError
from core.text.sentence import Sentence

SHORTEST = 8  # characters of a passphrase
_LABEL = b"MediaProcessor setup 1"
_SALT, _NONCE = 16, 12  # bytes
_COST = 2**16  # of scrypt with blocks of 8: 64 MiB and some tenths of a second for each guess


def seal_keys(keys: Mapping[str, str], passphrase: str) -> str:
    """Seal keys by name; raises UsageError for a passphrase that is too short."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if len(passphrase) < SHORTEST:
        raise UsageError(
            Sentence(
                "The passphrase needs at least {shortest} characters; nothing was written.",
                shortest=SHORTEST,
            )
        )
    salt, nonce = secrets.token_bytes(_SALT), secrets.token_bytes(_NONCE)
    plain = json.dumps(dict(keys)).encode("ascii")
    sealed = AESGCM(_key(passphrase, salt)).encrypt(nonce, plain, _LABEL)
    return base64.b64encode(salt + nonce + sealed).decode("ascii")


def open_keys(sealed: str, passphrase: str) -> Dict[str, str]:
    """Return the keys; raises UsageError where the passphrase is another, or the file was changed."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        content = base64.b64decode(sealed.encode("ascii"), validate=True)
        salt, nonce = content[:_SALT], content[_SALT : _SALT + _NONCE]
        cipher = AESGCM(_key(passphrase, salt))
        found: Any = json.loads(cipher.decrypt(nonce, content[_SALT + _NONCE :], _LABEL))
        return {str(name): str(key) for name, key in found.items()}
    except (InvalidTag, ValueError, AttributeError):
        raise UsageError(
            Sentence(
                "The keys in this file cannot be opened: the passphrase is another, or the file was changed. "
                "Nothing was changed; without a passphrase all but the keys is read."
            )
        ) from None


def _key(passphrase: str, salt: bytes) -> bytes:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    return Scrypt(salt=salt, length=32, n=_COST, r=8, p=1).derive(passphrase.encode("utf-8"))
