"""A timestamp authority for tests: a small PKI, tokens by `openssl ts`, HTTP on loopback.

Everything is made when the tests start, so that no certificate expires under them. Faulty tokens
are made by signing a changed TSTInfo with `openssl cms`, which asks fewer questions.
"""

from __future__ import annotations

import hashlib
import subprocess
import threading
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CONFIG = """
[tsa]
default_tsa=here
[here]
serial={folder}/serial
signer_cert={folder}/tsa.pem
certs={folder}/intermediate.pem
signer_key={folder}/tsa.key
signer_digest=sha256
default_policy=1.3.6.1.4.1.99999.1
other_policies=1.3.6.1.4.1.99999.2
digests=sha256,sha384,sha512
accuracy=secs:1
tsa_name=yes
ess_cert_id_alg=sha256
"""
TST_INFO = "1.2.840.113549.1.9.16.1.4"
STAMPING, CODE_SIGNING = ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.CODE_SIGNING


@dataclass(frozen=True)
class Signer:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)


def issue(name, issuer=None, *, authority=False, usage=None, critical=True, years=(2001, 2099)):
    """A certificate by `issuer`, or by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(years[0], 1, 1))
        .not_valid_after(datetime(years[1], 1, 1))
        .add_extension(x509.BasicConstraints(authority, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if usage is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=critical)
    return Signer(builder.sign(issuer.key if issuer else key, hashes.SHA256()), key)


class Authority:
    """The PKI and what can be had from it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = ""
        self.requests: list[bytes] = []
        self.root = issue("Invented Root", authority=True)
        self.intermediate = issue("Invented Intermediate", self.root, authority=True)
        self.tsa = issue("Invented Authority", self.intermediate, usage=STAMPING)
        self.stranger = issue("Stranger Root", authority=True)
        self._write()

    @property
    def roots(self) -> bytes:
        """The trust root, as PEM."""
        return self.root.pem

    def _write(self) -> None:
        (self.folder / "ts.cnf").write_text(CONFIG.format(folder=self.folder))
        (self.folder / "serial").write_text("0100")
        (self.folder / "tsa.pem").write_bytes(self.tsa.pem)
        (self.folder / "intermediate.pem").write_bytes(self.intermediate.pem)
        self._write_key("tsa.key", self.tsa)

    def _write_key(self, name: str, signer: Signer) -> None:
        pem = signer.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (self.folder / name).write_bytes(pem)

    def _openssl(self, *arguments: str) -> None:
        subprocess.run(
            ["openssl", *arguments], cwd=self.folder, check=True, capture_output=True, timeout=30
        )

    def reply(self, request: bytes) -> bytes:
        """What `openssl ts` answers to a request; the certificates in DER order."""
        (self.folder / "in.tsq").write_bytes(request)
        self._openssl(
            "ts", "-reply", "-config", "ts.cnf", "-queryfile", "in.tsq", "-out", "out.tsr"
        )
        return self.ordered((self.folder / "out.tsr").read_bytes())

    def query(self, data: bytes, algorithm: str = "sha256") -> bytes:
        """A request made by openssl, for hashes that Habeas does not ask for."""
        (self.folder / "data").write_bytes(data)
        self._openssl("ts", "-query", "-data", "data", f"-{algorithm}", "-cert", "-out", "made.tsq")
        return (self.folder / "made.tsq").read_bytes()

    def ordered(self, response: bytes, *, reverse: bool = False) -> bytes:
        """The same response with its two certificates in DER order, or against it."""
        pair = sorted([self.tsa.der, self.intermediate.der], reverse=reverse)
        for found in (b"".join(pair), b"".join(reversed(pair))):
            if found in response:
                return response.replace(found, b"".join(pair))
        return response

    def forge(self, response: bytes, signer: Signer, *, time: str | None = None,
              certificates: tuple[Signer, ...] = ()) -> bytes:  # fmt: skip
        """The statement of a response, with another time perhaps, signed by another signer.

        Args:
            response: a good response.
            signer: who signs; need not have the right to.
            time: `YYYYMMDDHHMMSSZ`.
            certificates: sent along with the signer's.
        """
        (self.folder / "good.tsr").write_bytes(response)
        self._openssl("ts", "-reply", "-in", "good.tsr", "-token_out", "-out", "good.tst")
        self._openssl("cms", "-verify", "-noverify", "-inform", "DER", "-in", "good.tst", "-out",
                      "info.der")  # fmt: skip
        info = (self.folder / "info.der").read_bytes()
        if time is not None:
            at = info.index(b"\x18\x0f") + 2
            info = info[:at] + time.encode() + info[at + 15 :]
        (self.folder / "info.der").write_bytes(info)
        (self.folder / "forger.pem").write_bytes(signer.pem)
        (self.folder / "more.pem").write_bytes(b"".join(more.pem for more in certificates))
        self._write_key("forger.key", signer)
        more = ["-certfile", "more.pem"] if certificates else []
        self._openssl("cms", "-sign", "-binary", "-nodetach", "-econtent_type", TST_INFO, "-cades",
                      "-in", "info.der", "-signer", "forger.pem", "-inkey", "forger.key", *more,
                      "-nosmimecap", "-outform", "DER", "-out", "forged.tst")  # fmt: skip
        token = (self.folder / "forged.tst").read_bytes()
        return sequence(sequence(b"\x02\x01\x00") + token)


def sequence(content: bytes) -> bytes:
    """A DER sequence."""
    length = len(content)
    if length < 128:
        return b"\x30" + bytes([length]) + content
    digits = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return b"\x30" + bytes([0x80 | len(digits)]) + digits + content


class Handler(BaseHTTPRequestHandler):
    """RFC 3161, 3.4: a request posted, a response sent back. The path chooses a fault."""

    authority: Authority
    sleeping = threading.Event()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.authority.requests.append(body)
        fault = self.path.strip("/")
        if fault == "redirect":
            self._send(302, b"", Location=self.authority.url)
        elif fault == "error":
            self._send(503, b"closed for the night")
        elif fault == "html":
            self._send(200, b"<html>log in</html>", **{"Content-Type": "text/html"})
        elif fault == "huge":
            self._send(200, b"\x30" * 2_000_000)
        elif fault == "slow":
            self.sleeping.wait(5)
        elif fault == "cut":
            self._send(200, b"\x30", **{"Content-Length": "1000"})
        else:
            right = self.headers["Content-Type"] == "application/timestamp-query"
            self._send(200 if right else 415, self.authority.reply(body))

    def _send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        standing = {"Content-Type": "application/timestamp-reply", "Content-Length": str(len(body))}
        for name, value in (standing | headers).items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(body)
        except ConnectionError:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Quiet."""


def serve(authority: Authority) -> ThreadingHTTPServer:
    """Start the authority on a free port of 127.0.0.1; `authority.url` names it."""
    handler = type("BoundHandler", (Handler,), {"authority": authority})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    authority.url = f"http://127.0.0.1:{server.server_address[1]}/"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
