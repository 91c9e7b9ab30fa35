"""A registry: open it, record into it, look into it at a clearance."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from habeas.claims.claim import SENSITIVITIES, Claim, Sensitivity
from habeas.claims.values import Name, Ref
from habeas.errors import (
    BusyError,
    HabeasError,
    InputError,
    IntegrityError,
    NotFoundError,
    StorageError,
)
from habeas.evidence.store import EvidenceStore
from habeas.ledger.entry import log_id, log_name
from habeas.ledger.keys import (
    SigningKey,
    generate_key,
    new_origin,
    read_key_file,
    write_key_file,
)
from habeas.registry.appending import sign_batch
from habeas.registry.clearance import rank
from habeas.registry.forks import fork_claims
from habeas.registry.recording import Recording, check_recorder
from habeas.registry.settings import (
    Settings,
    check_settings,
    new_recorder,
    read_settings,
    write_settings,
)
from habeas.registry.sqlite import SqliteStore
from habeas.registry.store import LogRow
from habeas.registry.view import View

DATABASE = "registry.sqlite"

Passphrase = str | Callable[[], str] | None
"""The words that open the key, or a way to ask for them, or None for a key without protection."""


class Registry:
    """One organisation's registry. Use `create_registry` and `open_registry`.

    Attributes:
        path: its folder.
        store: the record and the views; for the rooms of this package only.
        evidence: the files.
    """

    def __init__(self, path: Path, passphrase: Passphrase = None) -> None:
        self.path = path
        self.settings = read_settings(path)
        self.store = SqliteStore(path / DATABASE)
        self.evidence = EvidenceStore(path / "evidence")
        self._passphrase = passphrase
        self._key: SigningKey | None = None

    @property
    def organisation(self) -> str:
        """The `org:` id of the organisation."""
        return self.settings.organisation_id

    @property
    def log(self) -> LogRow:
        """The log that this registry writes to."""
        own = [log for log in self.store.logs() if log.own]
        if not own:
            raise NotFoundError(
                "this registry has no log of its own",
                place=str(self.path),
                mend="Restore it as a registry of its own: `habeas restore`",
            )
        return own[-1]

    def key_file(self, origin: str) -> Path:
        """Where the key of a log is kept."""
        return self.path / "keys" / f"{log_name(origin)}.key"

    def key(self) -> SigningKey:
        """The key of the own log, opened once.

        Raises:
            KeyFileError: it is missing, or the passphrase is wrong.
        """
        if self._key is None:
            asked = self._passphrase() if callable(self._passphrase) else self._passphrase
            self._key = read_key_file(self.key_file(self.log.origin), asked)
        return self._key

    def view(self, clearance: Sensitivity = "public") -> View:
        """What may be seen at a clearance. Every reader goes through this.

        Raises:
            InputError: no such clearance.
        """
        if clearance not in SENSITIVITIES:
            raise InputError(
                f"there is no clearance {clearance!r}",
                mend=f"Use one of {', '.join(SENSITIVITIES)}",
            )
        return View(self.store, rank(clearance), self.organisation)

    def shows_whole(self, view: View, sha256: str) -> bool:
        """Whether a view shows all that is said of a kept file.

        A picture tells more than its claims: where one of them is hidden, so is the file.
        """
        item = f"item:{sha256}"
        every = {shown.digest for shown in self.view("sealed").stream(subject=item)}
        return every == {shown.digest for shown in view.stream(subject=item)}

    @contextmanager
    def recording(
        self, *, recorder: str | None = None, progress: Callable[[int], None] | None = None
    ) -> Iterator[Recording]:
        """Record one batch: all of it when the block ends, nothing of it if the block fails.

        Forks that were seen and not yet recorded (`forks`) become a last entry of the batch.

        Args:
            recorder: the handle of the one who records; that of the settings if left out.
            progress: called with the number of claims of each part written.

        Raises:
            BusyError: another process is writing.
            StorageError: the disk refused. Nothing was recorded.
            KeyFileError: the key cannot be opened.
        """
        log, key = self.log, self.key()
        batch = Recording(
            self.store, log, check_recorder(recorder or self.settings.recorder), progress
        )
        try:
            yield batch
            if not batch.empty:
                batch.write()
            self._tell_forks(batch)
            if batch.empty:
                return
            sign_batch(self.store, log, batch.leaves, key)
            self.store.commit()
        finally:
            self.store.rollback()

    @contextmanager
    def rehearsing(self) -> Iterator[Recording]:
        """A batch that is never recorded: what would become of it can be seen inside the block.

        It needs no key, and keeps others from recording until its end.

        Raises:
            BusyError: another process is writing.
        """
        try:
            yield Recording(self.store, self.log, self.settings.recorder, None)
        finally:
            self.store.rollback()

    def _tell_forks(self, batch: Recording) -> None:
        try:
            claims = fork_claims(self.store, self.evidence, self.organisation)
        except IntegrityError:
            return  # `verify` tells of that damage; it must not keep anybody from recording
        if claims:
            batch.entry(claims)
            batch.write()

    def close(self) -> None:
        """Let go of the files."""
        self.store.close()

    def __enter__(self) -> Registry:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def create_registry(
    path: Path | str,
    *,
    organisation: str,
    organisation_id: str | None = None,
    passphrase: Passphrase = None,
    recorder: str | None = None,
    post_quantum: bool = False,
) -> Registry:
    """Make a registry in a new or empty folder.

    Args:
        path: the folder.
        organisation: its name.
        organisation_id: its `org:` id; made from the name if left out.
        passphrase: protects the key file; None leaves it without protection, and it says so.
        recorder: the handle that entries bear; random if left out.
        post_quantum: whether checkpoints bear an ML-DSA-44 signature beside Ed25519.

    Raises:
        InputError: the folder holds something, or a name cannot be used.
        StorageError: the disk refused.
    """
    settings = Settings(
        format=1,
        organisation=organisation,
        organisation_id=organisation_id or organisation_id_of(organisation),
        recorder=check_recorder(recorder or new_recorder()),
    )
    check_settings(settings)
    folder = Path(path)
    _make_folder(folder)
    asked = passphrase() if callable(passphrase) else passphrase
    key = generate_key(new_origin(), post_quantum=post_quantum)
    with _whole_or_not_there(folder):
        registry = _found(folder, settings, key, asked)
        try:
            _introduce(registry)
        except HabeasError:
            registry.close()
            raise
    return registry


@contextmanager
def _whole_or_not_there(folder: Path) -> Iterator[None]:
    """The folder was empty before, and is again when the disk refuses a part of the registry."""
    try:
        yield
    except FileExistsError as error:  # another process makes one here: nothing of it is touched
        raise _not_empty(folder) from error
    except (OSError, StorageError) as error:
        for made in folder.iterdir():
            if made.is_dir():
                shutil.rmtree(made, ignore_errors=True)
            else:
                made.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _refused(error, folder) from error
        raise


def _found(folder: Path, settings: Settings, key: SigningKey, passphrase: str | None) -> Registry:
    """The files of a new registry; `habeas.toml` last, so that half a registry is none."""
    (folder / "keys").mkdir(mode=0o700)  # first: of two processes, one makes it
    (folder / "evidence").mkdir()
    store = SqliteStore(folder / DATABASE, create=True)
    with closing(store):
        store.begin()
        vkeys = "\n".join(verifier.key.encode() for verifier in key.log_verifiers())
        store.add_log(key.origin, 0, vkeys, own=True)
        store.commit()
    write_key_file(folder / "keys" / f"{log_name(key.origin)}.key", key, passphrase)
    write_settings(folder, settings)
    return Registry(folder, passphrase)


def _introduce(registry: Registry) -> None:
    """The first entry of a log: whose it is."""
    own = registry.organisation
    with registry.recording() as recording:
        recording.entry(
            [
                Claim(
                    subject=log_id(registry.log.origin),
                    predicate="organisation",
                    value=Ref(id=own),
                    source=own,
                    sensitivity="public",
                ),
                Claim(
                    subject=own,
                    predicate="name",
                    value=Name(text=registry.settings.organisation),
                    source=own,
                    sensitivity="public",
                ),
            ]
        )


def open_registry(path: Path | str, *, passphrase: Passphrase = None) -> Registry:
    """Open a registry.

    Args:
        path: its folder.
        passphrase: needed only to record; may be a function that asks for it.

    Raises:
        InputError: there is no registry in the folder.
        IntegrityError: its database is damaged.
    """
    registry = Registry(Path(path), passphrase)
    # An erasure that was cut short is finished; if it cannot be now, the next one to open tries.
    with suppress(BusyError, IntegrityError, StorageError):
        if registry.store.purge_wanted():
            registry.store.purge()
    return registry


def organisation_id_of(name: str) -> str:
    """An `org:` id made from a name: its ASCII letters and digits, or a random one."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60].rstrip("-")
    return f"org:{plain or os.urandom(4).hex()}"


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise _not_empty(folder)
    except OSError as error:
        raise _refused(error, folder) from error


def _not_empty(folder: Path) -> InputError:
    return InputError(
        "the folder is not empty", place=str(folder), mend="Name a new or an empty folder"
    )


def _refused(error: OSError, folder: Path) -> StorageError:
    return StorageError(
        f"the disk refused ({error.strerror})",
        place=str(error.filename or folder),
        mend="Free some space, or choose a folder that can be written to",
    )
