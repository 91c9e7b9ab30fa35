"""The seal on a dossier: the organisation's signature over the list of all its files.

`SHA256SUMS` lists every file; the seal is a note (C2SP signed-note), in the manner of
`ledger.succession`, whose text is

    habeas-dossier/1
    <origin of the log whose key seals>
    <SHA-256 of SHA256SUMS, in hexadecimal>

The first line is no origin, so that the note can never be taken for a checkpoint. Beside the note
stand its text, its signature and the key, as openssl reads them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from habeas.claims.encoding import sha256_hex
from habeas.errors import InputError
from habeas.ledger.keys import SigningKey
from habeas.ledger.note import sign_note

HEAD: Final = "habeas-dossier/1"
SUMS: Final = "SHA256SUMS"

_PATH = re.compile(r"(?!.*(?:^|/)\.\.?(?:/|$))[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*", re.ASCII)


def seal_pack(files: Mapping[str, bytes], key: SigningKey | None) -> dict[str, bytes]:
    """A dossier's files with the list of them all, sealed.

    Only the Ed25519 half of a key seals: its note is no checkpoint, which ML-DSA-44 lines need.

    Args:
        files: path to bytes, all that the dossier shall hold.
        key: of the organisation's log; None leaves the dossier without a seal, and `verify.sh` says
            that only its claims are proved.

    Raises:
        InputError: a path that not every system writes alike, or one that the seal itself needs.
    """
    for path in files:
        if not _PATH.fullmatch(path) or path == SUMS or path.startswith("seal/"):
            raise InputError(
                f"a dossier cannot hold a file {path!r}",
                mend="Use ASCII letters, digits, '.', '_' and '-' in its name",
            )
    sums = "".join(f"{sha256_hex(files[path])}  {path}\n" for path in sorted(files)).encode()
    sealed = {**files, SUMS: sums}
    if key is not None:
        text = f"{HEAD}\n{key.origin}\n{sha256_hex(sums)}\n"
        note = sign_note(text, key.signers()[:1])
        sealed |= {
            "seal/note": note.to_bytes(),
            "seal/text": text.encode(),
            "seal/signature": note.signatures[0].signature,
            "seal/key.pem": key.public_pem().encode(),
        }
    return sealed
