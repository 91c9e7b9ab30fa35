"""A backup, in two parts: an archive that may grow old anywhere, and a small file of salts.

The archive holds everything, but each opening and each file in it is encrypted under a key that
comes from the claim's own salt (`shredding`). Who erases a claim and replaces the salts file makes
every archive ever written silent about that claim. So: keep archives as long as you like, and
*exactly one* salts file, the newest; destroy the one before when you write the next. An archive and
an old salts file together can still give back what was erased since. Format: `docs/spec/bundle.md`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Literal

import msgspec

from habeas.claims.claim import read_opening
from habeas.claims.encoding import CanonicalReader, canonical
from habeas.claims.values import File
from habeas.errors import IntegrityError
from habeas.ledger.archive import Member, compressed, member_of, pack
from habeas.ledger.bundle import require_files
from habeas.ledger.entry import decoy_digests
from habeas.ledger.history import MEND, LogPart, entry_line
from habeas.ledger.note import encode_base64
from habeas.registry.exporting import log_members, write_log
from habeas.registry.handing_out import hand_out
from habeas.registry.quarantine import quarantine
from habeas.registry.registry import Registry
from habeas.registry.settings import NAME
from habeas.registry.shredding import shred_file, shred_opening, write_salts
from habeas.registry.store import LogRow

MANIFEST = "backup.json"
AUTHORITIES = "authorities.pem"
ALLOWED = re.compile(
    r"logs/(?:0|[1-9][0-9]{0,3})/(?:checkpoints|entries|leaves|tokens|vkeys)"
    r"|files/[0-9a-f]{64}|keys/[0-9a-f]{32}\.key|habeas\.toml|authorities\.pem",
    re.ASCII,
)
"""Every path that a backup can hold besides its manifest."""


class BackedLog(LogPart, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A log in a backup."""

    own: bool
    """Whether the registry wrote to it."""


class BackupManifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`backup.json`."""

    format: Literal["habeas-backup/1"] = "habeas-backup/1"
    logs: tuple[BackedLog, ...]
    members: tuple[Member, ...]


class BackedUp(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds."""

    archive: Path
    sha256: str
    salts: Path
    entries: int
    claims: int
    files: int
    unprotected_key: bool
    """True when the key file in it has no passphrase: then the archive is to be kept like a key."""


_manifests = CanonicalReader(BackupManifest, "manifest")


def read_backup_manifest(data: bytes, place: str) -> BackupManifest:
    """Read `backup.json`.

    Raises:
        IntegrityError: it is none.
    """
    manifest = _manifests.read(data)
    if not isinstance(manifest, BackupManifest):
        raise IntegrityError("this is no manifest", place=place, mend=MEND)
    require_files(manifest.members, len(manifest.logs), place)
    return manifest


def backup(
    registry: Registry, archive: Path, salts: Path, *, recipients: Sequence[str] = ()
) -> BackedUp:
    """Write both parts of a backup into new files.

    Args:
        registry: which.
        archive: everything, openings and files encrypted under their salts.
        salts: the salts; keep it apart from the archives, and only the newest.
        recipients: age recipients to encrypt both files to.

    Raises:
        InputError: a file exists.
        IntegrityError: an evidence file is damaged.
        StorageError: the disk refused; no half-written file is left.
    """
    with quarantine(registry.path) as folder:
        registry.store.begin()
        try:
            writer = _Writer(registry, folder)
            for log in registry.store.logs():
                if registry.store.size(log.id):
                    writer.add(log)
        finally:
            registry.store.rollback()
        writer.add_files()
        sha256 = hand_out(archive, writer.pack, folder, recipients)
        hand_out(salts, lambda file: write_salts(file, writer.salts), folder, recipients)
    return BackedUp(
        archive=archive,
        sha256=sha256,
        salts=salts,
        entries=writer.entries,
        claims=writer.claims,
        files=writer.files,
        unprotected_key=any(
            path.read_bytes().startswith(b"#") for path in (registry.path / "keys").glob("*.key")
        ),
    )


class _Writer:
    """The files of a backup, gathered."""

    def __init__(self, registry: Registry, folder: Path) -> None:
        self._registry = registry
        self._folder = folder
        self._naming: dict[str, bytes] = {}
        self.logs: list[BackedLog] = []
        self.salts: list[bytes] = []
        self.entries = self.claims = self.files = 0

    def add(self, log: LogRow) -> None:
        """One log or branch, all that is held of it."""
        size = self._registry.store.size(log.id)
        write_log(
            self._registry.store, log, self._folder / str(len(self.logs)), self._lines(log, size)
        )
        self.logs.append(BackedLog(origin=log.origin, size=size, own=log.own))

    def _lines(self, log: LogRow, size: int) -> Iterator[bytes]:
        for entry in self._registry.store.entries(log.id):
            if entry.position >= size:
                return
            self.entries += 1
            yield entry_line(entry.position, entry.data)
            self._note_decoys(entry.decoys)
            openings = self._registry.store.openings_of(entry.id)
            for opening in sorted(openings, key=lambda row: row.digest):
                yield self._shredded(opening.digest, opening.data)

    def _shredded(self, digest: bytes, opening: bytes) -> bytes:
        """The line of an opening; its salt and the file it names are noted."""
        self.claims += 1
        salt = bytes.fromhex(opening[2:66].decode("ascii"))
        self.salts.append(digest + salt)
        if b'"file"' in opening:
            value = read_opening(opening)[1].value
            if isinstance(value, File):
                held = self._naming.setdefault(value.sha256, digest + salt)
                self._naming[value.sha256] = min(held, digest + salt)
        closed = encode_base64(shred_opening(opening, salt, digest))
        return f"={digest.hex()} {closed}".encode()

    def _note_decoys(self, decoys: bytes) -> None:
        digests = decoy_digests(decoys)
        for number, digest in enumerate(digests):
            self.salts.append(bytes.fromhex(digest) + decoys[32 * number : 32 * number + 32])

    def add_files(self) -> None:
        """Every file that a claim names, encrypted under the salt of the first such claim."""
        (self._folder / "files").mkdir()
        for sha256, named in sorted(self._naming.items()):
            source = self._registry.evidence.path(sha256)
            if source.is_file():
                self._registry.evidence.check(sha256)
                target = self._folder / "files" / named[:32].hex()
                shred_file(source, target, named[32:], sha256)
                self.files += 1

    def pack(self, file: IO[bytes]) -> None:
        """Write the archive."""
        path = self._registry.path
        plain = [path / NAME, path / AUTHORITIES, *sorted((path / "keys").glob("*.key"))]
        placed = log_members(self._folder, len(self.logs))
        placed += [
            (member_of(str(one.relative_to(path)), one), one) for one in plain if one.is_file()
        ]
        closed = sorted((self._folder / "files").iterdir())
        placed += [(member_of(f"files/{one.name}", one), one) for one in closed]
        placed.sort(key=lambda one: one[0].path)
        manifest = canonical(
            BackupManifest(logs=tuple(self.logs), members=tuple(member for member, _ in placed))
        )
        with compressed(file) as stream:
            pack(stream, MANIFEST, manifest, placed)  # type: ignore[arg-type]
