"""The proof pack of a dossier: files with which a stranger proves each shown claim.

For whoever writes a dossier, in this order:

    shown = numbered claims, in the order of the numbers that the pages use (1, 2, 3...)
    pack = proof_pack(view, shown, language="en", authorities=pem, evidence=hashes)
    files = {**pages, **pack}                       # dossier.json, HTML, PDF...: path -> bytes
    files = seal_pack(files, key, evidence=hashes)  # adds SHA256SUMS and, if key, seal/
    write_pack(folder, files, evidence=paths)       # hash -> path of the kept file

Paths are of ASCII letters, digits, `.`, `_`, `-` and `/`. If there is a `dossier.json`, each shown
claim stands in it with `"digest":"<64 hexadecimal digits>"`, in the order of the numbers, and
nothing else in it bears the key `digest`: `verify.sh` checks that. Layout: `docs/spec/dossier.md`.

Everything here is a pure function of what the view shows; nothing is written or signed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from habeas.claims.claim import read_opening
from habeas.errors import InputError
from habeas.ledger.keys import ed25519_pem
from habeas.ledger.note import SignatureType, VerifierKey, parse_note, parse_vkey
from habeas.ledger.proof import PROOF_SUFFIX, TlogProof
from habeas.publishing.catalogue import LANGUAGES, Language
from habeas.registry.disclosure import (
    DisclosedEntry,
    DisclosedLog,
    Disclosure,
    PinnedCheckpoint,
    disclose,
)
from habeas.registry.view import Shown, View

FORMAT: Final = "habeas-proofs/1"

EVIDENCE: Final = "evidence"
"""The folder of evidence files, each under its SHA-256."""

SCRIPT: Final = Path(__file__).parent / "templates" / "verify.sh"

_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----\r?\n.*?-----END CERTIFICATE-----", re.DOTALL)


def proof_pack(
    view: View,
    shown: Sequence[Shown],
    *,
    language: Language = "en",
    authorities: bytes = b"",
    evidence: Sequence[str] = (),
) -> dict[str, bytes]:
    """Every file that proves the shown claims, and the script that checks them.

    Args:
        view: through which the claims were seen.
        shown: the claims, in the order of their numbers in the dossier; each once.
        language: in which the script speaks when nobody asks for another.
        authorities: root certificates of timestamp authorities, PEM; none if empty.
        evidence: SHA-256 of the kept files that go with the dossier, in hexadecimal. The files
            themselves are the caller's to write (`pack_folder.write_pack`).

    Returns:
        Path to bytes; the same for the same record, clearance and arguments.

    Raises:
        InputError: no claims, a claim twice, or a file of evidence that no shown claim names.
        NotFoundError: a claim is not to be seen through this view.
        IntegrityError: a claim is not covered by a signed checkpoint.
    """
    if not shown or len({one.digest for one in shown}) != len(shown):
        raise InputError("a dossier shows at least one claim, and each claim once")
    if language not in LANGUAGES:
        raise InputError(f"verify.sh does not speak {language!r}")
    disclosed = disclose(view, shown)
    files = {"verify.sh": SCRIPT.read_bytes()}
    files |= dict(zip(claim_files(len(shown)), disclosed.openings.values(), strict=True))
    files |= _entry_files(disclosed)
    for number, log in enumerate(disclosed.logs, 1):
        files |= _log_files(f"logs/{number}", log)
    for number, certificate in enumerate(_PEM.findall(authorities), 1):
        files[f"authorities/{number}.pem"] = certificate + b"\n"
    return dict(sorted((files | _lists(disclosed, language, evidence)).items()))


def claim_files(count: int) -> list[str]:
    """The names of the files of claims 1 to `count`, in that order."""
    width = max(4, len(str(count)))
    return [f"claims/{number:0{width}}.opening.json" for number in range(1, count + 1)]


def _entry_files(disclosed: Disclosure) -> dict[str, bytes]:
    """Each entry's exact bytes, and its proof as other C2SP tools read it."""
    files = {}
    for entry in disclosed.entries:
        checkpoint = disclosed.logs[entry.log].head.note
        proof = TlogProof(index=entry.position, hashes=entry.path, checkpoint=checkpoint)
        files[f"entries/{entry.leaf}.json"] = entry.data
        files[f"entries/{entry.leaf}{PROOF_SUFFIX}"] = proof.to_bytes()
    return files


def _log_files(folder: str, log: DisclosedLog) -> dict[str, bytes]:
    """A log's keys, and each checkpoint in the forms that openssl asks for."""
    files = {
        f"{folder}/key.pem": ed25519_pem(_signing_key(log)).encode(),
        f"{folder}/vkeys.txt": "".join(f"{vkey}\n" for vkey in log.vkeys).encode(),
    }
    for checkpoint in log.checkpoints:
        files |= _checkpoint_files(f"{folder}/{checkpoint.size}", log, checkpoint)
    return files


def _checkpoint_files(
    folder: str, log: DisclosedLog, checkpoint: PinnedCheckpoint
) -> dict[str, bytes]:
    note = parse_note(checkpoint.note, place=log.origin)
    key = _signing_key(log)
    signature = next(
        line.signature
        for line in note.signatures
        if (line.name, line.key_id) == (key.name, key.key_id)
    )
    files = {
        f"{folder}/checkpoint": checkpoint.note,
        f"{folder}/checkpoint.txt": note.text.encode(),
        f"{folder}/checkpoint.sig": signature,
    }
    for number, token in enumerate(checkpoint.tokens, 1):
        files[f"{folder}/stamp-{number}.note"] = token.note
        files[f"{folder}/stamp-{number}.tsr"] = token.token
    for number, line in enumerate(checkpoint.witnesses, 1):
        text = f"cosignature/v1\ntime {line.time}\n{note.text}"
        files[f"{folder}/witness-{number}.txt"] = text.encode()
        files[f"{folder}/witness-{number}.sig"] = line.signature
        files[f"{folder}/witness-{number}.pem"] = ed25519_pem(line.key).encode()
    return files


def _signing_key(log: DisclosedLog) -> VerifierKey:
    """The log's Ed25519 key."""
    keys = [parse_vkey(vkey) for vkey in log.vkeys]
    return next(key for key in keys if key.type is SignatureType.ED25519)


def _lists(disclosed: Disclosure, language: str, evidence: Iterable[str]) -> dict[str, bytes]:
    """The lists that `verify.sh` reads: words separated by single spaces, one record a line."""
    openings = disclosed.openings
    numbers = {
        digest: Path(name).name.partition(".")[0]
        for digest, name in zip(openings, claim_files(len(openings)), strict=True)
    }
    claims = [f"{numbers[digest]} {digest} {disclosed.entry_of[digest]}" for digest in openings]
    lists = {
        "claims": [f"{FORMAT} {language} {len(claims)}", *claims],
        "erased": _erased(disclosed, numbers),
        "evidence": [
            f"{sha256} {numbers[_naming(sha256, openings)]}" for sha256 in sorted(set(evidence))
        ],
        "logs": [line for n, log in enumerate(disclosed.logs, 1) for line in _log_lines(n, log)],
        "paths": [_path_line(entry) for entry in disclosed.entries],
    }
    return {
        f"proofs/{name}.txt": "".join(f"{line}\n" for line in lines).encode()
        for name, lines in lists.items()
    }


def _log_lines(number: int, log: DisclosedLog) -> list[str]:
    lines = [f"log {number} {log.origin} {log.head.size}"]
    for checkpoint in reversed(log.checkpoints):
        size = checkpoint.size
        hashes = [digest.hex() for digest in checkpoint.growth]
        lines.append(" ".join(["checkpoint", str(number), str(size), *hashes]))
        lines += [f"stamp {number} {size} {n}" for n in range(1, len(checkpoint.tokens) + 1)]
        lines += [
            f"witness {number} {size} {n} {line.key.name}"
            for n, line in enumerate(checkpoint.witnesses, 1)
        ]
    return lines


def _path_line(entry: DisclosedEntry) -> str:
    hashes = [digest.hex() for digest in entry.path]
    return " ".join([entry.leaf, str(entry.log + 1), str(entry.position), *hashes])


def _erased(disclosed: Disclosure, numbers: Mapping[str, str]) -> list[str]:
    """Claims that a shown claim says were erased, and that stand in an entry of this pack."""
    entries = {digest: entry.leaf for entry in disclosed.entries for digest in entry.claims}
    lines = []
    for digest, opening in disclosed.openings.items():
        claim = read_opening(opening)[1]
        target = claim.subject.removeprefix("claim:")
        if claim.predicate == "erased" and target in entries and target not in numbers:
            lines.append(f"{target} {entries[target]} {numbers[digest]}")
    return lines


def _naming(sha256: str, openings: Mapping[str, bytes]) -> str:
    """The digest of the first shown claim that names a file."""
    named = re.compile(rb'"(?:sha256":"|item:|[^"]*":"item:)' + sha256.encode("ascii") + rb'"')
    for digest, opening in openings.items():
        if named.search(opening):
            return digest
    raise InputError(
        f"no claim that is shown names the file {sha256}",
        mend="Show a claim about the file, or leave the file out",
    )
