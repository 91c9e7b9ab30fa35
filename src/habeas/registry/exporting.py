"""Bundles written: what two organisations exchange, by a stick if need be.

Nothing above the reader's clearance goes into one: such claims stay digests. The salts of decoys
never do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

import msgspec

from habeas.claims.claim import SENSITIVITIES, Sensitivity, read_opening
from habeas.claims.encoding import canonical
from habeas.claims.values import File
from habeas.ledger.archive import Member, compressed, member_of, pack
from habeas.ledger.bundle import MANIFEST, Manifest
from habeas.ledger.history import LOG_FILES, LogPart, entry_line, write_history
from habeas.ledger.tile import TILE_WIDTH
from habeas.ledger.tree import HASH_SIZE
from habeas.registry.appending import note_of
from habeas.registry.handing_out import hand_out
from habeas.registry.quarantine import quarantine
from habeas.registry.registry import Registry
from habeas.registry.selection import Selection, chosen_claims, entries_with, logs_to_export
from habeas.registry.store import LogRow, OpeningRow, Store


class Exported(msgspec.Struct, frozen=True, kw_only=True):
    """What a bundle holds."""

    path: Path
    sha256: str
    """Of the file: to be told apart from the stick, so that the receiver can compare."""
    size: int
    logs: int
    entries: int
    claims: int
    files: int
    missing: tuple[str, ...]
    """SHA-256 of files that exported claims name and that are not held here."""


def export_bundle(
    registry: Registry,
    path: Path,
    *,
    selection: Selection | None = None,
    clearance: Sensitivity = "partners",
    relay: bool = False,
    recipients: Sequence[str] = (),
    compress: bool = True,
) -> Exported:
    """Write a bundle into a new file.

    Args:
        registry: what to export from.
        path: the file; must not exist.
        selection: which claims; everything if left out.
        clearance: of those who will read it. Claims above it stay digests.
        relay: also what other organisations' logs say, not the own logs alone.
        recipients: age recipients (`age1...`) to encrypt to.
        compress: with gzip.

    Raises:
        InputError: the file exists, or the selection cannot be read.
        NotFoundError: the selection holds nothing that may be seen.
        IntegrityError: an evidence file is damaged.
        StorageError: the disk refused; no half-written bundle is left.
    """
    view = registry.view(clearance)
    with quarantine(registry.path) as folder:
        registry.store.begin()
        try:
            chosen = None
            if selection is not None and not selection.everything:
                chosen = chosen_claims(registry, view, selection)
            writer = _Writer(registry, folder, SENSITIVITIES.index(clearance), chosen)
            for log in logs_to_export(registry.store, relay):
                writer.add(log)
        finally:
            registry.store.rollback()
        sha256 = hand_out(path, lambda file: writer.pack(file, compress), folder, recipients)
        return Exported(
            path=path,
            sha256=sha256,
            size=path.stat().st_size,
            logs=len(writer.parts),
            entries=writer.entries,
            claims=writer.claims,
            files=len(writer.files()),
            missing=tuple(sorted(set(writer.named) - set(writer.files()))),
        )


class _Writer:
    """The files of a bundle, gathered."""

    def __init__(
        self, registry: Registry, folder: Path, clearance: int, chosen: set[bytes] | None
    ) -> None:
        self._registry = registry
        self._folder = folder
        self._clearance = clearance
        self._chosen = chosen
        self.parts: list[LogPart] = []
        self.named: set[str] = set()
        self.entries = self.claims = 0

    def add(self, log: LogRow) -> None:
        """One log: all its hashes, and what was chosen of it."""
        size = self._registry.store.size(log.id)
        write_log(
            self._registry.store, log, self._folder / str(len(self.parts)), self._lines(log, size)
        )
        self.parts.append(LogPart(origin=log.origin, size=size))

    def _lines(self, log: LogRow, size: int) -> Iterator[bytes]:
        store = self._registry.store
        for entry, openings in entries_with(store, log, size, self._chosen, self._clearance):
            yield entry_line(entry.position, entry.data)
            self.entries += 1
            for opening in openings:
                yield opening.data
                self._note(opening)

    def _note(self, opening: OpeningRow) -> None:
        self.claims += 1
        if b'"file"' in opening.data:
            claim = read_opening(opening.data)[1]
            if isinstance(claim.value, File) and claim.predicate != "timestamp_token":
                self.named.add(claim.value.sha256)

    def files(self) -> dict[str, Path]:
        """The evidence files that exported claims name and that are held here."""
        evidence = self._registry.evidence
        return {
            sha256: evidence.path(sha256)
            for sha256 in sorted(self.named)
            if evidence.path(sha256).is_file()
        }

    def pack(self, file: IO[bytes], compress: bool) -> None:
        """Write the archive."""
        placed = log_members(self._folder, len(self.parts))
        placed += evidence_members(self.files())
        placed.sort(key=lambda one: one[0].path)
        manifest = canonical(
            Manifest(logs=tuple(self.parts), members=tuple(member for member, _ in placed))
        )
        if not compress:
            pack(file, MANIFEST, manifest, placed)
            return
        with compressed(file) as stream:
            pack(stream, MANIFEST, manifest, placed)  # type: ignore[arg-type]


def write_log(store: Store, log: LogRow, folder: Path, lines: Iterator[bytes]) -> None:
    """Write the files of one stored log: every hash and checkpoint, and these lines of entries."""
    size = store.size(log.id)
    write_history(
        folder,
        vkeys=log.vkeys,
        checkpoints=(note_of(row) for row in store.checkpoints(log.id)),
        leaves=(
            store.tile(log.id, 0, index)[: HASH_SIZE * (size - index * TILE_WIDTH)]
            for index in range(-(-size // TILE_WIDTH))
        ),
        entries=lines,
        tokens=((row.note, row.token) for row in store.tokens(log.id) if row.size <= size),
    )


def log_members(folder: Path, logs: int) -> list[tuple[Member, Path]]:
    """The members of an archive that hold its logs."""
    return [
        (member_of(f"logs/{number}/{name}", file), file)
        for number in range(logs)
        for name in LOG_FILES
        if (file := folder / str(number) / name)
    ]


def evidence_members(files: dict[str, Path]) -> list[tuple[Member, Path]]:
    """The members of an archive that hold evidence; their bytes are hashed while they are written.

    Raises:
        IntegrityError: a file is empty.
    """
    members = []
    for sha256, file in files.items():
        size = file.stat().st_size
        members.append((Member(path=f"evidence/{sha256}", size=size, sha256=sha256), file))
    return members
