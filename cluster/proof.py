"""How two instances prove to each other that they share a secret, without revealing it.

Both know a secret. Each proves it over what only this connection has: both random numbers, both names,
and the fingerprint of the master's certificate as the prover sees it. Whoever stands in between has
another certificate, so that what it passes on proves nothing; whoever recorded an older handshake has
other numbers.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from core.protocol.messages import InstanceRole

NONCE_SIZE = 32  # bytes
SECRET_SIZE = 32  # bytes
# Letters that are not confused when read aloud or typed (Crockford's base 32).
CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# 50 bits: with 30 ms of scrypt a guess, a million machines would need half a year for the half of them;
# a code is good for ten minutes.
CODE_LENGTH = 10
_SCRYPT = {"n": 2**14, "r": 8, "p": 1, "maxmem": 64 * 1024 * 1024}
_LIKE = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V", "-": None, " ": None})


@dataclass(frozen=True)
class Channel:
    """What only one connection has; nonces in hexadecimal, the fingerprint is the certificate's SHA-256."""

    master_id: str
    slave_id: str
    master_nonce: str
    slave_nonce: str
    fingerprint: str


def new_nonce() -> str:
    """Return a random number for one handshake, in hexadecimal."""
    return secrets.token_hex(NONCE_SIZE)


def new_secret() -> bytes:
    """Return a new secret for a master and one slave."""
    return secrets.token_bytes(SECRET_SIZE)


def new_code() -> str:
    """Return a pairing code, in two halves so that it can be read aloud: ``7QK2M-9TXWA``."""
    letters = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
    half = CODE_LENGTH // 2
    return f"{letters[:half]}-{letters[half:]}"


def plain_code(typed: str) -> str:
    """Return the code in its original form, however it was typed: small letters, O for 0, no dash."""
    return typed.upper().translate(_LIKE)


def code_key(code: str, channel: Channel) -> bytes:
    """Return the key of a pairing code on this connection; slow on purpose, so that guessing is."""
    salt = _message("pairing", channel)
    return hashlib.scrypt(plain_code(code).encode("utf-8"), salt=salt, dklen=SECRET_SIZE, **_SCRYPT)


def prove(key: bytes, role: InstanceRole, channel: Channel) -> str:
    """Return the proof that the instance of this role knows ``key``."""
    return hmac.new(key, _message(role.value, channel), hashlib.sha256).hexdigest()


def proven(proof: str, key: bytes, role: InstanceRole, channel: Channel) -> bool:
    """Whether the other end, of this role, knows ``key``; compared in constant time."""
    wanted = prove(key, role, channel)
    return hmac.compare_digest(proof.encode("utf-8", "surrogatepass"), wanted.encode("ascii"))


def _message(purpose: str, channel: Channel) -> bytes:
    """Join the parts with their lengths, so that no two lists of parts give the same bytes."""
    parts = (
        purpose,
        channel.master_id,
        channel.slave_id,
        channel.master_nonce,
        channel.slave_nonce,
        channel.fingerprint,
    )
    encoded = [part.encode("utf-8", "surrogatepass") for part in parts]
    return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)
