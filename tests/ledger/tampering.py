"""Bundles by dishonest senders: one thing changed, everything else as it should be.

`test_bundle.py` and `scripts/write_bundle_vectors.py` use them. Everything is invented.
"""

from __future__ import annotations

import json
import re
import tarfile
from collections.abc import Callable
from pathlib import Path

import exchange_parts as parts

from habeas.claims.claim import Claim, digest
from habeas.claims.values import File
from habeas.ledger.bundle import MANIFEST
from habeas.ledger.checkpoint import Checkpoint, sign_checkpoint
from habeas.ledger.keys import generate_key
from habeas.ledger.note import parse_note, sign_note
from habeas.ledger.tree import Frontier, leaf_hash
from habeas.registry.registry import Registry

PHOTO = b"\xff\xd8 an invented photograph"


def photograph(registry: Registry, folder: Path, sensitivity: str = "partners") -> Claim:
    """A claim about a photograph that the registry has kept."""
    path = folder / "photo.jpg"
    path.write_bytes(PHOTO)
    kept = registry.evidence.keep(path)
    return Claim(
        subject=f"item:{kept.sha256}",
        predicate="file",
        value=File(sha256=kept.sha256, size=kept.size, media_type="image/jpeg"),
        source=registry.organisation,
        sensitivity=sensitivity,
    )


# The archive


def tar_with(bundle: Path, target: Path, info: tarfile.TarInfo, data: bytes = b"evil") -> Path:
    """The bundle with one member more, put in by a tar program before the last block."""
    info.size = len(data) if info.isreg() else 0
    head = info.tobuf(tarfile.GNU_FORMAT, encoding="utf-8", errors="surrogateescape")
    body = data + bytes(-len(data) % 512) if info.isreg() else b""
    target.write_bytes(bundle.read_bytes()[:-1024] + head + body + bytes(1024))
    return target


def link(name: str) -> tarfile.TarInfo:
    """A symbolic link to a file of the reader's."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
    return info


def announcing(bundle: Path, target: Path, name: str) -> Path:
    """The bundle with a manifest that names one file more, of four bytes."""
    files = parts.members(bundle)
    told = json.loads(files[MANIFEST])
    extra = {"path": name, "sha256": "0" * 64, "size": 4}
    told["members"] = sorted([*told["members"], extra], key=lambda one: one["path"])
    return parts.write(target, files, manifest=told)


def announcing_twice(bundle: Path, target: Path) -> Path:
    """The bundle with a manifest that names its first file twice."""
    files = parts.members(bundle)
    told = json.loads(files[MANIFEST])
    told["members"].insert(0, told["members"][0])
    return parts.write(target, files, manifest=told)


def flipped(bundle: Path, target: Path, after: bytes, distance: int) -> Path:
    """The bundle with one bit flipped, some bytes after the place where others stand."""
    data = bytearray(bundle.read_bytes())
    data[data.index(after) + distance] ^= 1
    target.write_bytes(data)
    return target


# Entries and openings under a log that does not know of it


def change_opening(data: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """The entries with the first opening put in another spelling."""
    lines = data.split(b"\n")
    at = next(n for n, line in enumerate(lines) if line.startswith(b"["))
    lines[at] = change(lines[at])
    return b"\n".join(lines)


def other_salt(opening: bytes) -> bytes:
    """The opening with another salt."""
    return opening[:2] + (b"1" if opening[2:3] != b"1" else b"2") + opening[3:]


def twice(opening: bytes) -> bytes:
    """The line of an opening, and the same line again."""
    return opening + b"\n" + opening


def earlier(entries: bytes) -> bytes:
    """The entries, the first as if it had been recorded a thousand years before."""
    return entries.replace(b'"recorded":"2', b'"recorded":"1', 1)


def leaf_beyond(bundle: Path, target: Path) -> Path:
    """The bundle with one leaf and its entry more than the newest checkpoint covers."""
    files = parts.members(bundle)
    entries = files["logs/0/entries"]
    first = next(line for line in entries.split(b"\n") if line.startswith(b"0 "))[2:]
    size = b"%d" % json.loads(files[MANIFEST])["logs"][0]["size"]
    return parts.edited(
        bundle,
        target,
        entries=lambda data: data + size + b" " + first + b"\n",
        leaves=lambda data: data + leaf_hash(first),
    )


# Signed by the log itself


def relogged(bundle: Path, target: Path, change: Callable[[bytes], bytes], **edits) -> Path:
    """A bundle by a dishonest sender: one opening changed, and the log signed again over it."""
    files = parts.members(bundle)
    lines = files["logs/0/entries"].split(b"\n")[:-1]
    at = next(n for n, line in enumerate(lines) if line.startswith(b"["))
    head = max(n for n in range(at) if not lines[n].startswith(b"["))
    changed = change(lines[at])
    old, new = digest(lines[at]), digest(changed)
    position, _, entry = lines[head].partition(b" ")
    told = json.loads(entry)
    told["claims"] = sorted(new if one == old else one for one in told["claims"])
    told = edits.get("entry", lambda entry: entry)(told)
    again = json.dumps(told, sort_keys=True, separators=(",", ":")).encode()
    rest: list[list[bytes]] = []
    for n, line in enumerate(lines):
        if n == head:
            rest.append([position + b" " + again])
        elif line.startswith(b"["):
            rest[-1].append(changed if n == at else line)
        else:
            rest.append([line])
    entries = [group[0].partition(b" ")[2] for group in rest]
    out = [one for group in rest for one in (group[0], *sorted(group[1:], key=digest))]
    files["logs/0/entries"] = b"\n".join(out) + b"\n"
    return parts.write(target, signed_again(files, entries))


def signed_again(files: dict[str, bytes], entries: list[bytes]) -> dict[str, bytes]:
    """The files of a bundle of one log, its leaves and one checkpoint made anew by a new key."""
    key = generate_key(json.loads(files[MANIFEST])["logs"][0]["origin"])
    leaves = [leaf_hash(entry) for entry in entries]
    root = Frontier().append(leaves).root()
    checkpoint = Checkpoint(origin=key.origin, size=len(leaves), root=root)
    note = sign_checkpoint(checkpoint, key.signers()).to_bytes().decode()
    manifest = json.loads(files[MANIFEST])
    manifest["logs"][0] = {"origin": key.origin, "size": len(leaves)}
    vkeys = "".join(verifier.key.encode() + "\n" for verifier in key.log_verifiers())
    return {
        **files,
        MANIFEST: json.dumps(manifest).encode(),
        "logs/0/vkeys": vkeys.encode(),
        "logs/0/leaves": b"".join(leaves),
        "logs/0/checkpoints": json.dumps(note, ensure_ascii=False).encode() + b"\n",
    }


def digest_twice(entry: dict) -> dict:
    """An entry in which its smallest digest stands again in the place of its greatest."""
    return {**entry, "claims": sorted([*entry["claims"][:-1], entry["claims"][0]])}


def resigned(data: bytes) -> bytes:
    """Each checkpoint signed by another key under the log's name."""
    out = b""
    for line in data.splitlines():
        note = parse_note(json.loads(line).encode())
        stranger = generate_key(note.text.split("\n")[0])
        signed = sign_note(note.text, stranger.signers()).to_bytes().decode()
        out += json.dumps(signed, ensure_ascii=False).encode() + b"\n"
    return out


DEEP = b"[" * 90_000 + b"]" * 90_000
SPELLINGS = {
    "duplicate key": lambda o: o.replace(b'"predicate":', b'"predicate":"x","predicate":', 1),
    "white space": lambda o: o.replace(b'"predicate":', b'"predicate": ', 1),
    "needless escape": lambda o: o.replace(b'"source":"o', b'"source":"\\u006f', 1),
    "lone surrogate": lambda o: re.sub(rb'"subject":"[^"]*"', rb'"subject":"\\ud800"', o),
    "NaN": lambda o: o.replace(b'"source":', b'"credibility":NaN,"source":', 1),
    "2^53+1": lambda o: o.replace(b'"predicate"', b'"credibility":9007199254740993,"predicate"', 1),
    "float": lambda o: o.replace(b'"predicate"', b'"credibility":1.0,"predicate"', 1),
    "deep nesting": lambda o: o.replace(b'"predicate"', b'"a":' + DEEP + b',"predicate"', 1),
    "null": lambda o: o.replace(b'"predicate"', b'"note":null,"predicate"', 1),
    "unknown field": lambda o: o.replace(b'"predicate"', b'"more":"x","predicate"', 1),
}  # fmt: skip
"""Openings that are not canonical, by what is wrong with them."""

_BOUND = re.compile(rb'^\["([0-9a-f]{64})","([0-9a-f]{32})",')
OTHER_LOGS = {
    "another log": lambda o: _BOUND.sub(rb'["\1","' + b"0" * 32 + b'",', o),
    "no log": lambda o: _BOUND.sub(rb'["\1",', o),
    "31 digits": lambda o: _BOUND.sub(lambda m: b'["%s","%s",' % (m[1], m[2][:-1]), o),
}
"""Openings that are not bound to the log that shows them, by what is wrong with them."""
