"""Bundles taken in: from an untrusted file, all of it or nothing.

Until every byte is verified a bundle lies in quarantine; then one transaction adds it by set union
(`merging`). A log whose key is not known here is refused until the reader says, by fingerprint,
that it is the organisation's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from pathlib import Path

import msgspec

from habeas.errors import IntegrityError, KeyFileError
from habeas.evidence.timestamp import read_token
from habeas.ledger.archive import Limits
from habeas.ledger.bundle import Bundle, open_bundle
from habeas.ledger.envelope import is_sealed, open_file
from habeas.ledger.history import History, records, stamps
from habeas.registry.erasing import destroy_files
from habeas.registry.forks import Fork, unrecorded_forks
from habeas.registry.merging import Merger
from habeas.registry.quarantine import quarantine
from habeas.registry.registry import Registry
from habeas.registry.store import Store


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What a bundle brought."""

    dry_run: bool
    """True when nothing was changed."""
    origins: tuple[str, ...]
    logs: int
    """Not known before."""
    entries: int
    claims: int
    files: int
    held: int
    """Claims of the bundle that were held already."""
    refused: int
    """Openings that were not taken in: their claims are erased."""
    destroyed: int
    """Openings that an erasure in the bundle destroyed here."""
    forks: tuple[Fork, ...]
    """Histories that contradict what was known: to be told loudly."""
    forks_recorded: bool
    """False when the own key could not be opened: then the next recording does it."""
    overtaken: tuple[str, ...]
    """Own logs of which the bundle knew more: this registry is an old copy, put back."""

    @property
    def changed(self) -> bool:
        """Whether anything is here now that was not here before."""
        return bool(self.logs or self.entries or self.claims or self.files or self.destroyed)


def import_bundle(
    registry: Registry,
    path: Path,
    *,
    trust: Collection[str] = (),
    identities: Sequence[str] = (),
    dry_run: bool = False,
    limits: Limits | None = None,
) -> Imported:
    """Take in a bundle, all of it or nothing.

    Args:
        registry: where.
        path: the bundle, from anybody.
        trust: fingerprints of keys that are not known here and are to be trusted from now on.
        identities: age identities, if it is encrypted.
        dry_run: say what it would bring, and change nothing.
        limits: what it may ask for.

    Raises:
        IntegrityError: it is damaged, forged, signed by a key that is not trusted, or not in the
            form of `docs/spec/bundle.md`. Nothing was changed.
        KeyFileError: it is encrypted to somebody else.
        InputError: a claim in it is none that the vocabulary allows.
        StorageError: the disk refused. Nothing was changed.
    """
    with quarantine(registry.path) as folder:
        bundle = open_bundle(_opened(path, folder, identities), _new(folder, "bundle"), limits)
        _require_trust(registry.store, bundle.histories, {print_.lower() for print_ in trust})
        _check_tokens(bundle.histories)
        merger, files = _merge(registry, bundle, dry_run)
    if merger.destroyed and not dry_run:
        destroy_files(registry, merger.destroyed)
        registry.store.purge()
    return _result(bundle, merger, files, dry_run, _record(registry, merger.forks, dry_run))


def _merge(registry: Registry, bundle: Bundle, dry_run: bool) -> tuple[Merger, int]:
    """Everything in one transaction; evidence is kept before it ends."""
    store = registry.store
    store.begin()
    try:
        merger = Merger(store)
        places = [merger.place(history) for history in bundle.histories]
        for place in places:
            merger.take(place, records(place.history))
        merger.finish()
        files = _wanted_files(registry, bundle, merger)
        if not dry_run:
            for file in files.values():
                registry.evidence.keep(file)
            store.commit()
    finally:
        store.rollback()
    return merger, len(files)


def _wanted_files(registry: Registry, bundle: Bundle, merger: Merger) -> dict[str, Path]:
    """The files of the bundle that are new and named by a claim that is held.

    Raises:
        IntegrityError: a file that no claim of the bundle names.
    """
    wanted = {}
    for sha256, file in bundle.files.items():
        if sha256 not in merger.files:
            raise IntegrityError(
                f"the file {sha256} is named by no claim of the bundle",
                mend="Nothing was taken in; ask its sender why the file is there",
            )
        is_held = any(registry.store.opening(digest) for digest in merger.files[sha256])
        if is_held and not registry.evidence.path(sha256).is_file():
            wanted[sha256] = file
    return wanted


def _require_trust(store: Store, histories: Sequence[History], trust: set[str]) -> None:
    known = {log.origin for log in store.logs()}
    strange = {
        history.fingerprint: history.origin
        for history in histories
        if history.origin not in known and history.fingerprint not in trust
    }
    if strange:
        found = "; ".join(f"{print_} (log {origin})" for print_, origin in strange.items())
        raise IntegrityError(
            f"the bundle is signed by a key that is not known here: {found}",
            mend="Compare the fingerprint with the list that the organisation publishes, over "
            "another way than the one the bundle came; if it is the same, import again with "
            "--trust FINGERPRINT. Nothing was taken in",
        )


def _check_tokens(histories: Sequence[History]) -> None:
    """Refuse timestamp tokens that are none, or are for other data than the note beside them."""
    for history in histories:
        for _, note, token in stamps(history):
            read = read_token(token)
            if read.imprint != hashlib.new(read.hash_algorithm, note).hexdigest():
                raise IntegrityError(
                    "a timestamp token is for other data than the checkpoint beside it",
                    place=history.place,
                    mend="Nothing was taken in; ask its sender for the bundle again",
                )


def _record(registry: Registry, forks: Sequence[Fork], dry_run: bool) -> bool:
    """Whether the forks are recorded; if not, the next recording does it."""
    if not forks or dry_run:
        return False
    try:
        with registry.recording():
            pass  # every recording adds the forks that are not yet recorded
        return not unrecorded_forks(registry.store, registry.evidence)
    except (KeyFileError, IntegrityError):
        return False


def _opened(path: Path, folder: Path, identities: Sequence[str]) -> Path:
    """The bundle itself, out of its envelope if it has one."""
    if not is_sealed(path):
        return path
    target = folder / "opened"
    open_file(path, target, identities)
    return target


def _new(folder: Path, name: str) -> Path:
    new = folder / name
    new.mkdir()
    return new


def _result(bundle: Bundle, merger: Merger, files: int, dry_run: bool, recorded: bool) -> Imported:
    return Imported(
        dry_run=dry_run,
        origins=tuple(history.origin for history in bundle.histories),
        logs=merger.logs,
        entries=merger.entries,
        claims=merger.claims,
        files=files,
        held=merger.held,
        refused=merger.refused,
        destroyed=len(merger.destroyed),
        forks=tuple(merger.forks),
        forks_recorded=recorded,
        overtaken=tuple(merger.overtaken),
    )
