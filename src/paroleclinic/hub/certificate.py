"""A certificate that the hub makes for itself, good for the names and addresses this machine has in its network."""

from __future__ import annotations

import hashlib
import ipaddress
import os
import socket
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

LASTS = timedelta(days=397)
RENEW = timedelta(days=14)  # before its end


def addresses() -> list[str]:
    """The addresses under which others reach this machine, the most likely first."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.connect(("192.0.2.1", 9))  # nothing is sent: it only tells which way would be taken
        found.append(str(probe.getsockname()[0]))
    with suppress(OSError):
        found += [str(one[4][0]) for one in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    return [one for one in dict.fromkeys(found) if not ipaddress.ip_address(one).is_loopback]


def made(folder: Path, names: list[str], now: datetime) -> bytes:
    """The certificate in `folder` as DER; made anew when it lacks one of the names or ends soon."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    path = folder / "certificate.pem"
    if path.is_file() and (folder / "key.pem").is_file():
        kept = x509.load_pem_x509_certificate(path.read_bytes())
        there = kept.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        known = {str(one.value) for one in there}
        if {*names} <= known and kept.not_valid_after_utc - now > RENEW:
            return kept.public_bytes(Encoding.DER)
    return _new(folder, names, now)


def _new(folder: Path, names: list[str], now: datetime) -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Parole clinic, this room's own")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(own)
        .issuer_name(own)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + LASTS)
        .add_extension(x509.SubjectAlternativeName([_named(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, SHA256())
    )
    folder.mkdir(mode=0o700, exist_ok=True)
    _kept(folder / "key.pem", key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    _kept(folder / "certificate.pem", certificate.public_bytes(Encoding.PEM))
    return certificate.public_bytes(Encoding.DER)


def fingerprint(certificate: bytes) -> str:
    """The SHA-256 of a certificate as browsers show it."""
    return hashlib.sha256(certificate).digest().hex(":").upper()


def _named(name: str):  # type: ignore[no-untyped-def]
    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _kept(path: Path, data: bytes) -> None:
    aside = path.with_suffix(".part")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    aside.replace(path)
