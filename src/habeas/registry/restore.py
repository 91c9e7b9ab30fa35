"""A registry restored from a backup.

A restored registry never writes to its old log again: somebody may hold more of that log than the
backup did, and a second history under one key is a fork. It gets a new key and a new log, and the
old key signs who follows it. Without the old key nothing can prove that; the new log then says whom
it follows in words only, and has no say over what stands in the old one.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from habeas.claims.claim import Claim, digest, read_opening
from habeas.claims.values import File, Name, Quantity, Ref, Text, Value
from habeas.errors import InputError, IntegrityError, KeyFileError, StorageError
from habeas.evidence.store import EvidenceStore
from habeas.ledger.archive import Limits, unpack
from habeas.ledger.entry import Entry, decoy_opening, log_id, log_name, require_log
from habeas.ledger.envelope import is_sealed, open_file
from habeas.ledger.history import History, Record, raw_entries, read_history, verify_entry
from habeas.ledger.keys import SigningKey, generate_key, new_origin, read_key_file, write_key_file
from habeas.ledger.note import decode_base64
from habeas.ledger.succession import sign_succession
from habeas.registry.backup import (
    ALLOWED,
    AUTHORITIES,
    MANIFEST,
    BackedLog,
    BackupManifest,
    read_backup_manifest,
)
from habeas.registry.lineage import PREDECESSOR
from habeas.registry.merging import Merger
from habeas.registry.quarantine import quarantine
from habeas.registry.rebuilding import rebuild
from habeas.registry.registry import DATABASE, Registry
from habeas.registry.settings import NAME
from habeas.registry.shredding import Salts, restore_file, restore_opening
from habeas.registry.sqlite import SqliteStore

UNPROVEN = (
    "the old log's key could not be opened: nothing proves that the new log follows it. It says so "
    "in words; withdrawals, erasures and reclassifications of what stands in the old log take no "
    "effect elsewhere"
)


class Restored(msgspec.Struct, frozen=True, kw_only=True):
    """What was restored."""

    path: Path
    old_origin: str
    new_origin: str
    proven: bool
    """Whether the old key signed that the new log follows it."""
    entries: int
    claims: int
    silent: int
    """Openings in the archive whose salts are gone: erased since, or recorded after the salts."""
    files: int
    warnings: tuple[str, ...]


def restore(
    archive: Path,
    salts: Path,
    folder: Path,
    passphrase: str | None,
    *,
    identities: Sequence[str] = (),
    unproven: bool = False,
    limits: Limits | None = None,
) -> Restored:
    """Make a registry from the two parts of a backup.

    Compare it afterwards with a checkpoint that a partner or a witness holds
    (`comparing.compare`): nothing inside a backup can tell whether it is the newest.

    Args:
        archive: what `backup` wrote, of any age.
        salts: the newest salts file.
        folder: new or empty.
        passphrase: of the old key; the new key gets the same.
        identities: age identities, if the parts are encrypted.
        unproven: go on without the old key.
        limits: what the archive may ask for.

    Raises:
        KeyFileError: the old key cannot be opened, and `unproven` was not given.
        IntegrityError: the backup is damaged. Nothing was left behind.
        InputError: the folder holds something.
        StorageError: the disk refused. Nothing was left behind.
    """
    _require_empty(folder)
    half = folder.with_name(folder.name + ".part")
    try:
        half.mkdir(parents=True, mode=0o700)
    except OSError as error:
        raise StorageError(
            f"the disk refused ({error.strerror})",
            place=str(half),
            mend="Remove it, or name another folder",
        ) from error
    try:
        restorer = _Restorer(half, passphrase, unproven)
        with quarantine(half) as hold:
            parts = _opened(archive, hold, identities), _opened(salts, hold, identities)
            old = restorer.take(hold, *parts, limits)
        restored = restorer.succeed(old, folder)
        half.replace(folder)
    finally:
        shutil.rmtree(half, ignore_errors=True)
    return restored


class _Restorer:
    """A registry in the making."""

    def __init__(self, folder: Path, passphrase: str | None, unproven: bool) -> None:
        self._folder = folder
        self._passphrase = passphrase
        self._unproven = unproven
        self._key: SigningKey | None = None
        self._entries = self._claims = self._files = self._silent = 0
        self._naming: dict[str, str] = {}

    def take(self, hold: Path, archive: Path, salts: Path, limits: Limits | None) -> BackedLog:
        """Everything but the new log; which log the registry wrote to."""
        unpacked = hold / "backup"
        unpacked.mkdir()
        data = unpack(
            archive,
            unpacked,
            name=MANIFEST,
            announce=lambda data: read_backup_manifest(data, str(archive)).members,
            allowed=ALLOWED,
            limits=limits or Limits(),
        )
        manifest = read_backup_manifest(data, str(archive))
        self._copy_settings(unpacked, str(archive))
        old = self._open_key(manifest, str(archive))
        opened = Salts(salts)
        try:
            self._fill(manifest, unpacked, opened, str(archive))
        finally:
            opened.close()
        return old

    def _copy_settings(self, unpacked: Path, place: str) -> None:
        if not (unpacked / NAME).is_file():
            raise IntegrityError(f"the backup holds no {NAME}", place=place)
        for name in (NAME, AUTHORITIES):
            if (unpacked / name).is_file():
                shutil.copyfile(unpacked / name, self._folder / name)
        (self._folder / "keys").mkdir(mode=0o700)
        for key in (unpacked / "keys").glob("*.key"):
            copy = self._folder / "keys" / key.name
            shutil.copyfile(key, copy)
            copy.chmod(0o600)

    def _open_key(self, manifest: BackupManifest, place: str) -> BackedLog:
        """Find the log that was written to, and open its key before any work is done."""
        own = [log for log in manifest.logs if log.own]
        if not own:
            raise IntegrityError("the backup is of a registry without a log", place=place)
        try:
            self._key = read_key_file(self._key_file(own[-1].origin), self._passphrase)
        except KeyFileError as error:
            if not self._unproven:
                raise KeyFileError(
                    f"the old log's key cannot be opened ({error.reason})",
                    place=place,
                    mend="Give its passphrase. If it is lost, restore with --unproven: then "
                    "nothing proves that the new log follows the old one",
                ) from error
        return own[-1]

    def _key_file(self, origin: str) -> Path:
        return self._folder / "keys" / f"{log_name(origin)}.key"

    def _fill(self, manifest: BackupManifest, unpacked: Path, salts: Salts, place: str) -> None:
        store = SqliteStore(self._folder / DATABASE, create=True)
        try:
            store.begin()
            merger = Merger(store)
            for number, part in enumerate(manifest.logs):
                where = unpacked / "logs" / str(number)
                placed = merger.place(read_history(where, part, f"{place}: logs/{number}"))
                merger.take(placed, self._records(placed.history, salts))
            merger.finish()
            self._restore_files(unpacked, salts)
            store.commit()
            self._entries, self._claims = merger.entries, merger.claims
        finally:
            store.rollback()
            store.close()

    def _records(self, history: History, salts: Salts) -> Iterator[Record]:
        with (
            (history.folder / "entries").open("rb") as file,
            (history.folder / "leaves").open("rb") as leaves,
        ):
            for position, data, lines in raw_entries(file, history.place):
                place = f"{history.place}, entry {position}"
                entry = verify_entry(leaves, position, data, place)
                openings = tuple(self._openings(lines, entry, salts, history.origin, place))
                yield Record(position, data, entry, openings, _decoys(entry, salts))

    def _openings(
        self, lines: Sequence[bytes], entry: Entry, salts: Salts, origin: str, place: str
    ) -> Iterator[tuple[bytes, bytes, Claim]]:
        for line in lines:
            id_, closed = (
                line[1:65].decode("ascii", "replace"),
                line[66:].decode("ascii", "replace"),
            )
            if id_ not in entry.claims or line[65:66] != b" ":
                raise IntegrityError("a claim of the backup is not in its entry", place=place)
            raw = bytes.fromhex(id_)
            salt = salts.get(raw)
            if salt is None:
                self._silent += 1
                continue
            where = f"{place}, claim {id_}"
            sealed = decode_base64(closed, "claim", place=where)
            opening = restore_opening(sealed, salt, raw, place=where)
            if digest(opening) != id_:
                raise IntegrityError("a claim of the backup is not the one recorded", place=where)
            claim = read_opening(opening)[1]
            require_log(opening, origin, where)
            if isinstance(claim.value, File):
                self._naming[id_] = claim.value.sha256
            yield raw, opening, claim

    def _restore_files(self, unpacked: Path, salts: Salts) -> None:
        evidence = EvidenceStore(self._folder / "evidence")
        evidence.folder.mkdir()
        for closed in sorted((unpacked / "files").glob("*")):
            sha256 = self._naming.get(closed.name)
            salt = salts.get(bytes.fromhex(closed.name))
            if sha256 is None or salt is None:
                continue
            clear = closed.with_name(f"{closed.name}.clear")
            restore_file(closed, clear, salt, sha256)
            if evidence.keep(clear).sha256 != sha256:
                raise IntegrityError("a file of the backup is not the one kept", place=str(closed))
            clear.unlink()
            self._files += 1

    def succeed(self, old: BackedLog, folder: Path) -> Restored:
        """The new key, the new log, and its first entry."""
        post_quantum = self._key is not None and self._key.ml_dsa_44_seed is not None
        key = generate_key(new_origin(), post_quantum=post_quantum)
        write_key_file(self._key_file(key.origin), key, self._passphrase)
        with Registry(self._folder, self._passphrase) as registry:
            vkeys = [verifier.key.encode() for verifier in key.log_verifiers()]
            registry.store.begin()
            registry.store.add_log(key.origin, 0, "\n".join(vkeys), own=True)
            registry.store.commit()
            with registry.recording() as recording:
                recording.entry(self._introduction(registry, old, key.origin, vkeys))
            rebuild(registry)
        return Restored(
            path=folder,
            old_origin=old.origin,
            new_origin=key.origin,
            proven=self._key is not None,
            entries=self._entries,
            claims=self._claims,
            silent=self._silent,
            files=self._files,
            warnings=() if self._key is not None else (UNPROVEN,),
        )

    def _introduction(
        self, registry: Registry, old: BackedLog, origin: str, vkeys: Sequence[str]
    ) -> list[Claim]:
        """Whose the new log is, and which one it follows."""
        own, log = registry.organisation, log_id(origin)
        values: dict[str, Value] = {
            "organisation": Ref(id=own),
            "predecessor": Ref(id=log_id(old.origin)),
            "predecessor_size": Quantity(text=str(old.size), low=str(old.size), high=str(old.size)),
        }
        if self._key is not None:
            values[PREDECESSOR] = Text(text=sign_succession(self._key, old.size, vkeys))
        else:
            del values["predecessor"]
            values["predecessor_unproven"] = Text(text=old.origin)
        claims = [
            Claim(subject=log, predicate=name, value=value, source=own, sensitivity="public")
            for name, value in values.items()
        ]
        name = Name(text=registry.settings.organisation)
        return [
            *claims,
            Claim(subject=own, predicate="name", value=name, source=own, sensitivity="public"),
        ]


def _decoys(entry: Entry, salts: Salts) -> bytes:
    """The salts of an entry's decoys that the salts file knows."""
    found = []
    for id_ in entry.claims:
        salt = salts.get(bytes.fromhex(id_))
        if salt is not None and digest(decoy_opening(salt.hex())) == id_:
            found.append(salt)
    return b"".join(found)


def _require_empty(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(
            "the folder is not empty", place=str(folder), mend="Name a new or an empty folder"
        )


def _opened(path: Path, hold: Path, identities: Sequence[str]) -> Path:
    if not is_sealed(path):
        return path
    target = hold / f"opened-{path.name}"
    open_file(path, target, identities)
    return target
