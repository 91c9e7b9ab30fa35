"""The second opinion on a timestamp: `openssl ts`, the tool that the court's expert will use.

Called when rfc3161-client refuses a token; it is stricter about encoding than many authorities are
(certificates not in DER order, among others). No configuration of the machine is read.
"""

from __future__ import annotations

import os
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from habeas.errors import IntegrityError

_TIMEOUT = 30
_FIELD = re.compile(r"^(Policy OID|Hash Algorithm|Serial number|Time stamp|Nonce|TSA): (.*)$", re.M)
_DUMP = re.compile(r"^ +[0-9a-f]{4} - ((?:[0-9a-f]{2}[ -])+)", re.M)
_REASON = re.compile(r"^[^\n]*?error:[0-9A-F]+:[^:]*:[^:]*:([^:\n]*):[^:\n]*:\d+:?([^\n]*)$", re.M)


def read_with_openssl(response: bytes) -> dict[str, str]:
    """The fields of a token as openssl prints them, by its names, with the imprint as `Imprint`.

    Only the signed part is printed: the status text before it could imitate any field.

    Raises:
        IntegrityError: openssl cannot read it, or is not there.
    """
    with TemporaryDirectory(prefix="habeas-ts-") as folder:
        (Path(folder) / "r.tsr").write_bytes(response)
        _run(folder, "-reply", "-in", "r.tsr", "-token_out", "-out", "r.tst")
        text = _run(folder, "-reply", "-token_in", "-in", "r.tst", "-text")
    fields: dict[str, str] = {}
    for name, value in _FIELD.findall(text):
        fields.setdefault(name, value.strip())
    imprint = text.partition("Message data:")[2].partition("Serial number:")[0]
    fields["Imprint"] = re.sub(r"[ -]", "", "".join(_DUMP.findall(imprint)))
    return fields


def openssl_time(text: str) -> datetime:
    """The time of a token as openssl prints it: `Nov 23 15:10:01.5 2026 GMT`.

    Raises:
        IntegrityError: it is not such a time.
    """
    clean = re.sub(r"\.\d+", "", text)
    try:
        return datetime.strptime(clean, "%b %d %H:%M:%S %Y GMT").replace(tzinfo=UTC)
    except ValueError as error:
        raise IntegrityError(f"the token's time, {text[:60]!r}, cannot be read") from error


def verify_with_openssl(
    response: bytes, imprint: str, *, time: datetime, roots: bytes, intermediates: bytes = b""
) -> None:
    """Verify a response with `openssl ts -verify`, its certificates judged at the token's time.

    Args:
        response: the stored DER bytes.
        imprint: the hash of the stamped bytes, in hexadecimal, by the token's algorithm.
        time: the token's time; it stands in the signed part, so it holds if the signature does.
        roots: trusted certificates, PEM.
        intermediates: certificates that may complete the chain, PEM.

    Raises:
        IntegrityError: openssl refuses it (its reason in the message), or is not there.
    """
    with TemporaryDirectory(prefix="habeas-ts-") as folder:
        (Path(folder) / "r.tsr").write_bytes(response)
        (Path(folder) / "roots.pem").write_bytes(roots)
        arguments = ["-verify", "-digest", imprint, "-in", "r.tsr", "-CAfile", "roots.pem",
                     "-attime", str(int(time.timestamp()))]  # fmt: skip
        if intermediates:
            (Path(folder) / "more.pem").write_bytes(intermediates)
            arguments += ["-untrusted", "more.pem"]
        _run(folder, *arguments)


def _run(folder: str, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ["openssl", "ts", *arguments],
            cwd=folder,
            env={"PATH": os.environ.get("PATH", os.defpath), "OPENSSL_CONF": os.devnull},
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_TIMEOUT,
            check=False,
        )
    except FileNotFoundError as error:
        raise IntegrityError(
            "openssl is not installed here, so the second opinion is missing",
            mend="Install openssl and verify again",
        ) from error
    except subprocess.TimeoutExpired as error:
        raise IntegrityError(f"openssl did not answer within {_TIMEOUT} s") from error
    if done.returncode != 0:
        raise IntegrityError(f"openssl refuses it: {_reason(done.stderr)}")
    return done.stdout


def _reason(stderr: str) -> str:
    reasons = [f"{what}{f' ({more})' if more else ''}" for what, more in _REASON.findall(stderr)]
    return "; ".join(dict.fromkeys(reasons)) or "without a reason"
