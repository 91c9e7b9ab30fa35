"""Bundles: what two organisations exchange. The format only; no registry is known here.

A bundle is an archive (`ledger.archive`) of the histories of one or more logs. For each it holds
the verifier keys, the signed checkpoints, the hash of *every* leaf, and those entries, openings and
timestamp tokens that were chosen. A leaf hash tells nothing, so a bundle shows the whole tree and
still only what its sender chose. Format: `docs/spec/bundle.md`.

Whatever is read here was checked: signatures, roots, every entry against its leaf, every opening
against its entry. What is *not* checked is whether the keys are to be trusted; the reader's
registry decides that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec

from habeas.claims.encoding import CanonicalReader
from habeas.errors import IntegrityError
from habeas.ledger.archive import Limits, Member, unpack
from habeas.ledger.history import LOG_FILES, MEND, History, LogPart, read_history, records

MANIFEST = "bundle.json"
ALLOWED = re.compile(
    r"logs/(?:0|[1-9][0-9]{0,3})/(?:checkpoints|entries|leaves|tokens|vkeys)|evidence/[0-9a-f]{64}",
    re.ASCII,
)
"""Every path that a bundle can hold besides its manifest."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`bundle.json`. The files of `logs[n]` lie under `logs/<n>/`."""

    format: Literal["habeas-bundle/1"] = "habeas-bundle/1"
    logs: tuple[LogPart, ...]
    members: tuple[Member, ...]


class Bundle(msgspec.Struct, frozen=True, kw_only=True):
    """An unpacked bundle."""

    folder: Path
    manifest: Manifest
    histories: tuple[History, ...]

    @property
    def files(self) -> dict[str, Path]:
        """The evidence files by SHA-256."""
        return {
            member.sha256: self.folder / member.path
            for member in self.manifest.members
            if member.path.startswith("evidence/")
        }


_manifests = CanonicalReader(Manifest, "manifest")


def open_bundle(archive: Path, folder: Path, limits: Limits | None = None) -> Bundle:
    """Take an untrusted bundle apart into an empty folder and verify all that it shows.

    Args:
        archive: the file.
        folder: empty; stays in use as long as the bundle.
        limits: what it may ask for.

    Raises:
        IntegrityError: anything in it is not as the format demands, not signed, or not the bytes
            that were hashed.
        StorageError: the disk refused.
    """
    data = unpack(
        archive,
        folder,
        name=MANIFEST,
        announce=lambda data: read_manifest(data, str(archive)).members,
        allowed=ALLOWED,
        limits=limits or Limits(),
    )
    manifest = read_manifest(data, str(archive))
    histories = tuple(
        read_history(folder / "logs" / str(number), part, f"{archive}: logs/{number}")
        for number, part in enumerate(manifest.logs)
    )
    for history in histories:
        for _ in records(history):
            pass
    return Bundle(folder=folder, manifest=manifest, histories=histories)


def read_manifest(data: bytes, place: str) -> Manifest:
    """Read `bundle.json`, and check that it announces what the format demands.

    Raises:
        IntegrityError: it does not.
    """
    try:
        manifest = _manifests.read(data)
    except IntegrityError as error:
        raise IntegrityError(error.reason, place=f"{place}: {MANIFEST}", mend=error.mend) from error
    if not isinstance(manifest, Manifest):
        raise IntegrityError("this is no manifest", place=place, mend=MEND)
    require_files(manifest.members, len(manifest.logs), place)
    return manifest


def require_files(members: Sequence[Member], logs: int, place: str) -> None:
    """Check that a manifest announces all files of each log, and evidence by its own name.

    Raises:
        IntegrityError: it does not.
    """
    expected = {f"logs/{number}/{name}" for number in range(logs) for name in LOG_FILES}
    found = {member.path for member in members if member.path.startswith("logs/")}
    if expected != found:
        odd = sorted(expected ^ found)[0]
        raise IntegrityError(
            f"its manifest announces other files of logs than it should ({odd})",
            place=place,
            mend=MEND,
        )
    for member in members:
        kind, _, name = member.path.rpartition("/")
        if kind == "evidence" and (member.sha256 != name or member.size == 0):
            raise IntegrityError(
                f"the file {member.path} is announced with another SHA-256 or empty",
                place=place,
                mend=MEND,
            )
