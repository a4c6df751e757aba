"""This instance's identity: an id that never changes, a key, and a self-signed certificate.

No certificate authority is involved: the fingerprint is part of what both ends prove (``cluster.proof``).
"""

from __future__ import annotations

import datetime
import hashlib
import os
import threading
import uuid
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Tuple

from core.peer_errors import PeerError
from core.system_errors import system_problem
from core.text.sentence import Sentence

if TYPE_CHECKING:
    import ssl

KEY_FILE = "instance.key"
CERTIFICATE_FILE = "instance.crt"
_YEARS = 100  # nobody renews it; a node is shut out by revoking its secret
_making = threading.Lock()


@dataclass(frozen=True)
class Identity:
    """An instance's certificate on disk; ``fingerprint`` is its SHA-256 in hexadecimal."""

    instance_id: str
    certificate: Path
    key: Path
    fingerprint: str

    def server_context(self) -> ssl.SSLContext:
        """Return the TLS context of a master's socket."""
        import ssl  # each time: a machine alone has a name, and no sockets

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(str(self.certificate), str(self.key))
        return context


def client_context() -> ssl.SSLContext:
    """Return the TLS context of a slave's socket: encrypts to any certificate, which is proven afterwards."""
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def fingerprint_of(certificate: bytes) -> str:
    """Return the fingerprint of a certificate in DER, as TLS shows it."""
    return hashlib.sha256(certificate).hexdigest()


def load_identity(folder: Path) -> Identity:
    """Return this data folder's identity, made on the first call.

    Raises PeerError where the files cannot be read or written.
    """
    certificate, key = folder / CERTIFICATE_FILE, folder / KEY_FILE
    try:
        _make_missing(certificate, key)
        return _read(certificate, key)
    except OSError as error:
        raise _not_kept(folder, error) from error


def server_certificate(folder: Path) -> Tuple[ssl.SSLContext, str]:
    """Return a server's TLS context with this data folder's certificate, and its fingerprint.

    Needs nothing of ``cryptography``, which takes 5 MB, once the files are there. Raises PeerError.
    """
    import ssl

    certificate, key = folder / CERTIFICATE_FILE, folder / KEY_FILE
    try:
        _make_missing(certificate, key)
        shown = ssl.PEM_cert_to_DER_cert(certificate.read_text("ascii"))
        identity = Identity("", certificate, key, fingerprint_of(shown))
        return identity.server_context(), identity.fingerprint
    except (ssl.SSLError, ValueError) as error:  # an SSLError is an OSError
        raise PeerError(_damaged(certificate, key)) from error
    except OSError as error:
        raise _not_kept(folder, error) from error


def _make_missing(certificate: Path, key: Path) -> None:
    # Two threads that ask for the first time would each replace one file of the other's pair.
    with _making:
        if not (certificate.is_file() and key.is_file()):
            _make(certificate, key)


def _not_kept(folder: Path, error: OSError) -> PeerError:
    return PeerError(
        Sentence(
            "The key of this instance cannot be kept ({problem}): {folder}. Make the folder "
            "writable, or give another one with --data-dir.",
            problem=system_problem(error),
            folder=folder,
        )
    )


def _make(certificate: Path, key: Path) -> None:
    """Create both files; where only one of them exists it is useless and is replaced."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, str(uuid.uuid4()))])
    begin = datetime.datetime(
        2020, 1, 1, tzinfo=datetime.timezone.utc
    )  # also where the clock is wrong
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + datetime.timedelta(days=365 * _YEARS))
        .sign(private, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = private.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write(key, plain)
    _write(certificate, signed.public_bytes(pem))


def _write(path: Path, content: bytes) -> None:
    """Write a file atomically, readable by its user only."""
    new = path.with_name(path.name + ".new")
    with suppress(FileNotFoundError):
        new.unlink()
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _read(certificate: Path, key: Path) -> Identity:
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization

    try:
        signed = x509.load_pem_x509_certificate(certificate.read_bytes())
        private = serialization.load_pem_private_key(key.read_bytes(), None)
        fits = private.public_key() == signed.public_key()
        instance_id = str(signed.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value)
    except (ValueError, TypeError, IndexError) as error:
        raise PeerError(_damaged(certificate, key)) from error
    if not fits:
        raise PeerError(_damaged(certificate, key))
    der = signed.public_bytes(serialization.Encoding.DER)
    return Identity(instance_id, certificate, key, fingerprint_of(der))


def _damaged(certificate: Path, key: Path) -> str:
    return Sentence(
        "The key of this instance is damaged ({key}). Delete it and {certificate}, then pair this "
        "machine again.",
        key=key,
        certificate=certificate.name,
    )
