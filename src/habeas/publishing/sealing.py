"""The list of every file of a dossier, and the organisation's signature over it.

Without the seal the claims prove themselves, while the pages (HTML, PDF, JSON, pictures) are only
what somebody wrote around them: `SHA256SUMS` alone stops nobody who rewrites it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from habeas.claims.encoding import sha256_hex
from habeas.errors import InputError
from habeas.ledger.keys import SigningKey
from habeas.publishing.proofs import EVIDENCE

SUMS: Final = "SHA256SUMS"

SEAL: Final = "habeas-dossier-seal/1"
"""The first line of what is signed. No checkpoint, cosignature or succession begins like it, so
that a signature made for one is never good for another."""

_PATH = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(?:[./][A-Za-z0-9_-]+)*", re.ASCII)
_KEY_FILE = "seal/key.pem"
_STATEMENT = "seal/statement.txt"
_SIGNATURE = "seal/statement.sig"


def seal_pack(
    files: Mapping[str, bytes], key: SigningKey | None, *, evidence: Iterable[str] = ()
) -> dict[str, bytes]:
    """The files of a dossier with their list, sealed if there is a key.

    Args:
        files: path to bytes: pages and proof pack together.
        key: of the organisation that makes the dossier; None leaves it without a seal, and
            `verify.sh` says so. Its Ed25519 half seals.
        evidence: SHA-256 of the files that the caller puts into `evidence/`.

    Returns:
        The same files, with `SHA256SUMS`, and with `seal/` if there is a key.

    Raises:
        InputError: a path that not every system writes alike, or that the seal itself needs.
    """
    for path in files:
        _check_path(path)
    sealed = dict(files)
    if key is not None:
        sealed[_KEY_FILE] = key.public_pem().encode()
    sums = {path: sha256_hex(data) for path, data in sealed.items()}
    sums |= {f"{EVIDENCE}/{digest}": digest for digest in evidence}
    listed = "".join(f"{digest}  {path}\n" for path, digest in sorted(sums.items())).encode()
    sealed[SUMS] = listed
    if key is not None:
        statement = f"{SEAL}\n{sha256_hex(listed)}\n"
        sealed[_STATEMENT] = statement.encode()
        sealed[_SIGNATURE] = key.signers()[0].sign(statement)
    return dict(sorted(sealed.items()))


def _check_path(path: str) -> None:
    if not _PATH.fullmatch(path):
        raise InputError(
            "a file of a dossier cannot have this name",
            place=path,
            mend="Use ASCII letters, digits, underscore and dash, and single dots between them",
        )
    if path == SUMS or path.startswith("seal/"):
        raise InputError("this name is kept for the seal", place=path)
