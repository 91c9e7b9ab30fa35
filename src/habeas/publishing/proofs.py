"""The proof pack of a dossier: files with which a stranger proves each shown claim.

For whoever writes a dossier, in this order:

    shown = numbered claims, in the order of the numbers that the pages use (1, 2, 3...)
    pack = proof_pack(view, shown, language="en", authorities=pem, evidence=hashes)
    files = {**pages, **pack}                       # dossier.json, HTML, PDF...: path -> bytes
    files = seal_pack(files, key, evidence=hashes)  # adds SHA256SUMS and, if key, seal/

and then writes `files`, copies the evidence to `evidence/<sha256>`, makes `verify.sh` executable.
Paths are of ASCII letters, digits, `.`, `_`, `-` and `/`. If there is a `dossier.json`, each shown
claim stands in it with `"digest":"<64 hexadecimal digits>"`, in the order of the numbers, and
nothing else in it bears the key `digest`: `verify.sh` checks that. Layout: `docs/spec/dossier.md`.

Everything here is a pure function of what the view shows; nothing is written or signed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec

from habeas.claims.encoding import sha256_hex
from habeas.errors import InputError, IntegrityError
from habeas.ledger.keys import ed25519_pem
from habeas.ledger.note import Note, SignatureType, VerifierKey, parse_note, parse_vkey
from habeas.ledger.proof import PROOF_SUFFIX
from habeas.ledger.tree import leaf_hash
from habeas.publishing.catalogue import Language
from habeas.publishing.cosigned import witness_files
from habeas.registry.provenance import Provenance, Token
from habeas.registry.view import Shown, View

FORMAT: Final = "habeas-proofs/1"
SCRIPT: Final = "verify.sh"
CLAIM_LIST: Final = "proofs/claims.txt"
ENTRY_LIST: Final = "proofs/entries.txt"

_NAMED_FILE = re.compile(rb'"(?:sha256":"|item:)([0-9a-f]{64})"')


class _Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """One checkpoint that proofs of the pack lead to."""

    note: bytes
    """The signed note."""
    tokens: tuple[Token, ...]
    """The timestamps of just this checkpoint."""


class _Log(msgspec.Struct, kw_only=True):
    """A log in which claims of the pack stand."""

    number: int
    vkeys: tuple[str, ...]
    checkpoints: dict[int, _Checkpoint]
    """By size."""


class _Placed(msgspec.Struct, frozen=True, kw_only=True):
    """An entry with its proof."""

    log: int
    size: int
    provenance: Provenance


def proof_pack(
    view: View,
    shown: Sequence[Shown],
    *,
    lang: Language = "en",
    authorities: bytes = b"",
    witnesses: Sequence[VerifierKey] = (),
    evidence: Mapping[str, bytes] | None = None,
) -> dict[str, bytes]:
    """The files that prove the shown claims, and `verify.sh`, which checks them.

    An entry is proved under the first checkpoint that covers it and bears a timestamp; without one,
    under the newest.

    Args:
        view: at the clearance of the dossier's readers.
        shown: the claims in the order of their numbers.
        lang: in which `verify.sh` speaks unless told otherwise.
        authorities: certificates of timestamp authorities (PEM), if the organisation has them.
        witnesses: keys of witnesses (`0x04`) whose cosignatures are to be checked too.
        evidence: files that the readers may have, by SHA-256; each named by a shown claim.

    Returns:
        Path in the dossier to bytes.

    Raises:
        InputError: no claim; or a file that no shown claim names.
        NotFoundError, IntegrityError: as `View.provenance`.
    """
    if not shown:
        raise InputError("a dossier without a claim proves nothing", mend="Show at least one claim")
    logs: dict[str, _Log] = {}
    entries: dict[str, _Placed] = {}
    openings: list[tuple[str, str, bytes]] = []
    for claim in shown:
        found = view.provenance(claim)
        leaf = leaf_hash(found.entry).hex()
        if leaf not in entries:
            entries[leaf] = _place(view, claim, found, logs)
        openings.append((claim.digest, leaf, found.opening))
    files = {
        SCRIPT: script(),
        "proofs/format.txt": f"{FORMAT}\nlanguage {lang}\n".encode(),
        CLAIM_LIST: _claim_list(openings),
        ENTRY_LIST: "".join(_entry_lines(entries)).encode(),
    }
    files |= _openings(openings) | _entries(entries) | _evidence(evidence or {}, openings)
    for log in logs.values():
        files |= _log_files(log, witnesses)
    if authorities:
        files["authorities.pem"] = authorities
    return files


def script() -> bytes:
    """`verify.sh`; the same bytes in every dossier that this version makes."""
    return (Path(__file__).parent / "templates" / SCRIPT).read_bytes()


def claim_file(number: int) -> str:
    """Where the words of a claim stand in a dossier: `claims/0012.opening.json`."""
    return f"claims/{number:04d}.opening.json"


def _place(view: View, claim: Shown, newest: Provenance, logs: dict[str, _Log]) -> _Placed:
    """Choose the checkpoint to prove an entry under, and remember it with its log."""
    chosen, tokens = _under_stamp(view, claim, newest)
    log = logs.setdefault(
        newest.origin, _Log(number=len(logs) + 1, vkeys=newest.vkeys, checkpoints={})
    )
    note = chosen.proof.checkpoint
    size = _size(note)
    log.checkpoints.setdefault(size, _Checkpoint(note=note, tokens=tokens))
    return _Placed(log=log.number, size=size, provenance=chosen)


def _under_stamp(
    view: View, claim: Shown, newest: Provenance
) -> tuple[Provenance, tuple[Token, ...]]:
    """The proof under the first stamped checkpoint that is held; else the newest, not stamped."""
    for size in sorted({_size(token.note) for token in newest.tokens}):
        try:
            found = view.provenance(claim, size=size)
        except IntegrityError:
            continue
        text = _text(found.proof.checkpoint)
        tokens = tuple(token for token in newest.tokens if _text(token.note) == text)
        if tokens:
            return found, tokens
    return newest, ()


def _text(note: bytes) -> bytes:
    return note.partition(b"\n\n")[0]


def _size(note: bytes) -> int:
    return int(note.split(b"\n", 2)[1])


def _claim_list(openings: Sequence[tuple[str, str, bytes]]) -> bytes:
    lines = [
        f"claim {number:04d} {digest} {leaf}\n"
        for number, (digest, leaf, _) in enumerate(openings, 1)
    ]
    return "".join(lines).encode()


def _entry_lines(entries: Mapping[str, _Placed]) -> Iterator[str]:
    for leaf, placed in entries.items():
        proof = placed.provenance.proof
        yield f"entry {leaf} {placed.log} {placed.size} {proof.index}\n"
        yield from (f"node {node.hex()}\n" for node in proof.hashes)


def _openings(openings: Sequence[tuple[str, str, bytes]]) -> dict[str, bytes]:
    return {claim_file(number): data for number, (_, _, data) in enumerate(openings, 1)}


def _entries(entries: Mapping[str, _Placed]) -> dict[str, bytes]:
    files = {}
    for leaf, placed in entries.items():
        files[f"entries/{leaf}.json"] = placed.provenance.entry
        files[f"proofs/{leaf}{PROOF_SUFFIX}"] = placed.provenance.proof.to_bytes()
    return files


def _evidence(
    evidence: Mapping[str, bytes], openings: Sequence[tuple[str, str, bytes]]
) -> dict[str, bytes]:
    named = {found for _, _, data in openings for found in _NAMED_FILE.findall(data)}
    for name, data in evidence.items():
        if sha256_hex(data) != name:
            raise IntegrityError("the file is not the one that was kept", place=f"item:{name}")
        if name.encode() not in named:
            raise InputError(
                "no claim of the dossier names this file",
                place=f"item:{name}",
                mend="Show the claim that does, or leave the file out",
            )
    return {f"evidence/{name}": data for name, data in sorted(evidence.items())}


def _log_files(log: _Log, witnesses: Sequence[VerifierKey]) -> dict[str, bytes]:
    """The keys of a log and its checkpoints, in the parts that openssl reads."""
    folder = f"logs/{log.number}"
    key = next(key for key in map(parse_vkey, log.vkeys) if key.type is SignatureType.ED25519)
    files = {
        f"{folder}/key.pem": ed25519_pem(key).encode(),
        f"{folder}/vkeys.txt": "".join(f"{vkey}\n" for vkey in log.vkeys).encode(),
    }
    for size, checkpoint in sorted(log.checkpoints.items()):
        note = parse_note(checkpoint.note)
        base = f"{folder}/{size}"
        files[f"{base}/checkpoint"] = checkpoint.note
        files[f"{base}/checkpoint.txt"] = note.text.encode()
        files[f"{base}/checkpoint.sig"] = signature_by(note, key)
        for number, token in enumerate(_ordered(checkpoint.tokens), 1):
            files[f"{base}/stamp-{number}.tsr"] = token.token
            files[f"{base}/stamp-{number}.note"] = token.note
        files |= witness_files(note, witnesses, base)
    return files


def _ordered(tokens: Sequence[Token]) -> list[Token]:
    return sorted(tokens, key=lambda token: sha256(token.token).digest())


def signature_by(note: Note, key: VerifierKey) -> bytes:
    """The signature of a key under a note, without its key id.

    Raises:
        IntegrityError: the key did not sign.
    """
    for line in note.signatures:
        if (line.name, line.key_id) == (key.name, key.key_id):
            return line.signature
    raise IntegrityError("the checkpoint is not signed by its log", place=key.name)
