"""What the tests of bundles share: invented registries, bundles taken apart and put together."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from pathlib import Path

from habeas.claims.claim import Claim
from habeas.claims.values import Name, Ref, Text
from habeas.ledger import archive
from habeas.registry.registry import Registry, create_registry


def make(folder: Path, organisation: str = "Invented Organisation", **named) -> Registry:
    return create_registry(folder, organisation=organisation, **named)


def named(person: str, text: str, sensitivity: str = "partners") -> Claim:
    return Claim(
        subject=f"person:{person}",
        predicate="name",
        value=Name(text=text),
        source="source:invented-list",
        sensitivity=sensitivity,
    )


def about(digest: str, predicate: str, text: str = "invented", sensitivity: str = "partners"):
    return Claim(
        subject=f"claim:{digest}",
        predicate=predicate,
        value=Text(text=text),
        source="org:invented",
        sensitivity=sensitivity,
    )


def record(registry: Registry, *claims: Claim) -> tuple[str, ...]:
    with registry.recording() as recording:
        return recording.entry(claims)


def seen(registry: Registry) -> set[tuple]:
    """Everything visible, by digest, without local numbers."""
    return {
        (shown.digest, shown.claim, shown.sensitivity, shown.withdrawn)
        for shown in registry.view("sealed").claims()
    }


def state(registry: Registry) -> tuple:
    """The record itself, without local ids."""
    store = registry.store
    logs = {log.id: log for log in store.logs()}
    entries = {
        (logs[row.log].origin, row.position, row.data): row.id
        for log in logs
        for row in store.entries(log)
    }
    at = {id_: key[:2] for key, id_ in entries.items()}
    openings = {(row.digest, row.data, at[row.entry]) for row in store.openings_by_entry()}
    heads = {
        (log.origin, row.size, row.body, row.lines)
        for log in logs.values()
        for row in store.checkpoints(log.id)
    }
    return frozenset(entries), frozenset(openings), frozenset(heads), frozenset(seen(registry))


def members(path: Path) -> dict[str, bytes]:
    """The files of a bundle by path, the manifest under its own."""
    data = path.read_bytes()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        return {info.name: tar.extractfile(info).read() for info in tar}


def write(path: Path, files: dict[str, bytes], *, manifest: dict | bytes | None = None) -> Path:
    """A bundle of these files, with a manifest that announces them as they are."""
    files = dict(files)
    told = files.pop("bundle.json")
    if manifest is None:
        manifest = json.loads(told)
        manifest["members"] = announced(files)
    if isinstance(manifest, dict):
        manifest = json.dumps(
            manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False
        ).encode()
    with path.open("wb") as file:
        file.write(member("bundle.json", manifest))
        for name in sorted(files):
            file.write(member(name, files[name]))
        file.write(bytes(1024))
    return path


def announced(files: dict[str, bytes]) -> list[dict]:
    return [
        {"path": name, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
        for name, data in sorted(files.items())
    ]


def member(name: str, data: bytes) -> bytes:
    return archive.header(name, len(data)) + data + bytes(-len(data) % 512)


def edited(source: Path, target: Path, **edits) -> Path:
    """A bundle with some files of its first log changed: name -> function of the bytes."""
    files = members(source)
    for name, edit in edits.items():
        files[f"logs/0/{name}"] = edit(files[f"logs/0/{name}"])
    return write(target, files)


def organisation_ref(origin: str) -> Ref:
    return Ref(id=f"log:{origin.rpartition('/')[2]}")
