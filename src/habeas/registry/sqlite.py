"""The SQLite driver: the record half. `sqlite_views` holds the half that can be folded again.

Settings: write-ahead log, `synchronous=FULL` (an acknowledged batch survives a power cut),
`secure_delete` (what is erased is overwritten). Only the Python standard library is used.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from habeas.errors import BusyError, IntegrityError, StorageError
from habeas.registry.said import in_our_words, said
from habeas.registry.sqlite_views import VIEWS, SqliteViews, digest_prefix
from habeas.registry.store import CheckpointRow, EntryRow, LogRow, OpeningRow, TokenRow

RECORD = """
CREATE TABLE IF NOT EXISTS log(
  id INTEGER PRIMARY KEY, origin TEXT NOT NULL, branch INTEGER NOT NULL,
  vkeys TEXT NOT NULL, own INTEGER NOT NULL, UNIQUE(origin, branch));
CREATE TABLE IF NOT EXISTS entry(
  id INTEGER PRIMARY KEY, log INTEGER NOT NULL, position INTEGER NOT NULL,
  bytes BLOB NOT NULL, decoys BLOB NOT NULL, UNIQUE(log, position));
CREATE TABLE IF NOT EXISTS opening(
  id INTEGER PRIMARY KEY, digest BLOB NOT NULL, entry INTEGER NOT NULL, bytes BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS digest(
  prefix INTEGER NOT NULL, opening INTEGER NOT NULL, PRIMARY KEY(prefix, opening)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS opening_entry ON opening(entry);
CREATE TABLE IF NOT EXISTS tile(
  log INTEGER NOT NULL, level INTEGER NOT NULL, position INTEGER NOT NULL, hashes BLOB NOT NULL,
  PRIMARY KEY(log, level, position)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS checkpoint(
  log INTEGER NOT NULL, size INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY(log, size)
  ) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS signature(
  log INTEGER NOT NULL, size INTEGER NOT NULL, line TEXT NOT NULL, PRIMARY KEY(log, size, line)
  ) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS purge(wanted INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS token(
  log INTEGER NOT NULL, size INTEGER NOT NULL, note BLOB NOT NULL, token BLOB NOT NULL,
  UNIQUE(log, size, token));
"""

CACHE = 131_072
"""KiB of pages that are kept in memory."""

READING = f"""
PRAGMA cache_size=-{CACHE}; PRAGMA temp_store=MEMORY; PRAGMA trusted_schema=OFF;
"""

LARGE_CACHE = 524_288
"""KiB, while a batch of more than a million claims is written."""

SETTINGS = f"""
PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;
PRAGMA wal_autocheckpoint=8192; {READING}
"""

APPLICATION_ID = 0x48424541
"""`HBEA` in the file's header: `file` and a reader can tell what it is."""

FORMAT = 1


@in_our_words
class SqliteStore(SqliteViews):
    """A `Store` in one SQLite file."""

    def __init__(self, path: Path, *, create: bool = False) -> None:
        """Open the file, or make it.

        Raises:
            IntegrityError: the file is no registry of this format, or is damaged.
            StorageError: the file cannot be opened.
        """
        self._path = path
        self._large = False
        with said(path):
            if create or _writable(path):
                self._db = self._opened("rwc" if create else "rw", SETTINGS)
                if create:
                    self._db.executescript(
                        RECORD
                        + VIEWS
                        + f"PRAGMA application_id={APPLICATION_ID}; PRAGMA user_version={FORMAT};"
                    )
            else:
                self._db = self._read_only()
            try:
                self._check_format()
            except (sqlite3.Error, IntegrityError):
                self._db.close()  # a file that is refused must not stay locked
                raise

    def _opened(self, mode: str, settings: str) -> sqlite3.Connection:
        database = sqlite3.connect(
            f"{self._path.resolve().as_uri()}?mode={mode}",
            uri=True,
            isolation_level=None,
            timeout=5,
            check_same_thread=False,
        )
        try:
            database.executescript(settings)
        except sqlite3.Error:
            database.close()
            raise
        return database

    def _read_only(self) -> sqlite3.Connection:
        """A registry on a disk that may not be written to: read, with what its journal holds.

        SQLite reads a database with a write-ahead log only where it may write beside it, or where
        there is nothing in the log (sqlite.org/wal.html, "Read-Only Databases").
        """
        try:
            return self._opened("ro", READING + "SELECT count(*) FROM sqlite_schema;")
        except sqlite3.OperationalError:
            journal = self._path.with_name(self._path.name + "-wal")
            if journal.exists() and journal.stat().st_size:
                raise StorageError(
                    "the disk is read-only, and the registry's journal holds what is not yet in "
                    "the database",
                    place=str(journal),
                    mend="Copy the whole folder to a disk that can be written to, and open that",
                ) from None
            return self._opened("ro&immutable=1", READING)

    def _check_format(self) -> None:
        application = self._db.execute("PRAGMA application_id").fetchone()[0]
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if (application, version) != (APPLICATION_ID, FORMAT):
            raise IntegrityError(
                f"this is no registry of format {FORMAT} (it says {application:#x}, {version})",
                place=str(self._path),
                mend="Restore it from a backup, or open it with the version that wrote it",
            )

    def begin(self) -> None:
        """Begin a transaction: nobody else writes until its end."""
        self._db.execute("BEGIN IMMEDIATE")

    def expect_much(self) -> None:
        """Keep more of the indexes in memory until the transaction ends."""
        self._large = True
        self._db.execute(f"PRAGMA cache_size=-{LARGE_CACHE}")

    def commit(self) -> None:
        """Make the transaction durable."""
        self._db.execute("COMMIT")

    def rollback(self) -> None:
        """Undo the transaction, if one has begun."""
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")
        if self._large:
            self._large = False
            self._db.execute(f"PRAGMA cache_size=-{CACHE}")

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All that is read inside is of one moment, whatever others record meanwhile."""
        self._db.execute("BEGIN")
        try:
            yield
        finally:
            self._db.execute("ROLLBACK")

    def logs(self) -> list[LogRow]:
        """Every log and branch, in the order they were added."""
        rows = self._db.execute("SELECT id, origin, branch, vkeys, own FROM log ORDER BY id")
        return [
            LogRow(id_, origin, branch, vkeys, bool(own))
            for id_, origin, branch, vkeys, own in rows
        ]

    def add_log(self, origin: str, branch: int, vkeys: str, own: bool) -> LogRow:
        """A new log, empty."""
        cursor = self._db.execute(
            "INSERT INTO log(origin, branch, vkeys, own) VALUES(?,?,?,?)",
            (origin, branch, vkeys, int(own)),
        )
        return LogRow(int(cursor.lastrowid or 0), origin, branch, vkeys, own)

    def disown(self, log: int) -> None:
        """Never write to this log again."""
        self._db.execute("UPDATE log SET own = 0 WHERE id = ?", (log,))

    def next_ids(self) -> tuple[int, int]:
        """The next free ids of an entry and of an opening."""
        entry, opening = self._db.execute(
            "SELECT (SELECT coalesce(max(id), 0) FROM entry),"
            " (SELECT coalesce(max(id), 0) FROM opening)"
        ).fetchone()
        return entry + 1, opening + 1

    def add_entries(self, rows: Iterable[EntryRow]) -> None:
        """Entries, each at a position of its log that was free."""
        self._db.executemany("INSERT INTO entry VALUES(?,?,?,?,?)", rows)

    def add_openings(self, rows: Iterable[OpeningRow]) -> None:
        """Openings, each with a digest that was not held."""
        held = list(rows)
        self._db.executemany("INSERT INTO opening VALUES(?,?,?,?)", held)
        self._db.executemany(
            "INSERT INTO digest VALUES(?,?)",
            sorted((digest_prefix(row.digest), row.id) for row in held),
        )

    def entry(self, entry: int) -> EntryRow | None:
        """One entry by its id."""
        row = self._db.execute("SELECT * FROM entry WHERE id = ?", (entry,)).fetchone()
        return EntryRow(*row) if row else None

    def entry_at(self, log: int, position: int) -> EntryRow | None:
        """One entry by its place."""
        row = self._db.execute(
            "SELECT * FROM entry WHERE log = ? AND position = ?", (log, position)
        ).fetchone()
        return EntryRow(*row) if row else None

    def entries(self, log: int) -> Iterator[EntryRow]:
        """The held entries of a log, by position."""
        for row in self._db.execute("SELECT * FROM entry WHERE log = ? ORDER BY position", (log,)):
            yield EntryRow(*row)

    def entries_by_id(self) -> Iterator[EntryRow]:
        """Every held entry, by id."""
        for row in self._db.execute("SELECT * FROM entry ORDER BY id"):
            yield EntryRow(*row)

    def many(self, count: int) -> bool:
        """Whether at least so many openings are held, roughly (gaps of erased ones count)."""
        return self.next_ids()[1] > count

    def openings_of(self, entry: int) -> list[OpeningRow]:
        """The held openings of an entry, by id."""
        rows = self._db.execute("SELECT * FROM opening WHERE entry = ? ORDER BY id", (entry,))
        return [OpeningRow(*row) for row in rows]

    def openings_by_entry(self) -> Iterator[OpeningRow]:
        """Every opening, by entry, then id."""
        for row in self._db.execute("SELECT * FROM opening ORDER BY entry, id"):
            yield OpeningRow(*row)

    def opening(self, digest: bytes) -> OpeningRow | None:
        """One opening by its digest."""
        row = self._db.execute(
            "SELECT opening.* FROM digest JOIN opening ON opening.id = digest.opening"
            " WHERE digest.prefix = ? AND opening.digest = ?",
            (digest_prefix(digest), digest),
        ).fetchone()
        return OpeningRow(*row) if row else None

    def indexed(self) -> Callable[[OpeningRow], bool]:
        """Whether an opening is found by its digest, for many of them; see `Store.indexed`."""
        rows = self._db.execute("SELECT opening, prefix FROM digest")
        prefixes: dict[int, int] = dict(rows.fetchall())
        return lambda row: prefixes.get(row.id) == digest_prefix(row.digest)

    def opening_by_id(self, opening: int) -> OpeningRow | None:
        """One opening by its id."""
        row = self._db.execute("SELECT * FROM opening WHERE id = ?", (opening,)).fetchone()
        return OpeningRow(*row) if row else None

    def erase_opening(self, row: OpeningRow) -> None:
        """Destroy the words and the salt."""
        self._db.execute("DELETE FROM opening WHERE id = ?", (row.id,))
        self._db.execute("DELETE FROM digest WHERE opening = ?", (row.id,))

    def openings(self) -> Iterator[OpeningRow]:
        """Every opening, by id."""
        for row in self._db.execute("SELECT * FROM opening ORDER BY id"):
            yield OpeningRow(*row)

    def want_purge(self) -> None:
        """Remember that erased words still stand in free pages, until `purge` has run."""
        self._db.execute("INSERT INTO purge VALUES(1) ON CONFLICT DO NOTHING")

    def purge_wanted(self) -> bool:
        """Whether an erasure was cut short before its `purge`."""
        return self._db.execute("SELECT 1 FROM purge").fetchone() is not None

    def purge(self) -> None:
        """Leave nothing of what was erased in free pages, the search index or the journal."""
        self._db.execute("INSERT INTO search(search) VALUES('optimize')")
        busy, _, _ = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise BusyError(
                "erased words may still stand in the journal: somebody is reading",
                place=str(self._path),
                mend="Close the other program; whoever opens the registry next purges again",
            )
        self._db.execute("DELETE FROM purge")

    def size(self, log: int) -> int:
        """The size of a log: that of its newest checkpoint, or 0."""
        row = self._db.execute("SELECT max(size) FROM checkpoint WHERE log = ?", (log,)).fetchone()
        return int(row[0] or 0)

    def tile(self, log: int, level: int, position: int) -> bytes:
        """The hashes of a tile as far as they are known; empty if there are none."""
        row = self._db.execute(
            "SELECT hashes FROM tile WHERE log = ? AND level = ? AND position = ?",
            (log, level, position),
        ).fetchone()
        return bytes(row[0]) if row else b""

    def tiles(self, log: int) -> Iterator[tuple[int, int, bytes]]:
        """Every tile: level, position, hashes."""
        yield from self._db.execute(
            "SELECT level, position, hashes FROM tile WHERE log = ? ORDER BY level, position",
            (log,),
        )

    def put_tiles(self, log: int, rows: Iterable[tuple[int, int, bytes]]) -> None:
        """Tiles, new or wider than before."""
        self._db.executemany(
            "INSERT INTO tile VALUES(?,?,?,?) ON CONFLICT DO UPDATE SET hashes = excluded.hashes",
            ((log, level, position, hashes) for level, position, hashes in rows),
        )

    def add_checkpoint(self, row: CheckpointRow) -> None:
        """A checkpoint, or more signatures under one that is held."""
        self._db.execute(
            "INSERT INTO checkpoint VALUES(?,?,?) ON CONFLICT DO NOTHING",
            (row.log, row.size, row.body),
        )
        self._db.executemany(
            "INSERT INTO signature VALUES(?,?,?) ON CONFLICT DO NOTHING",
            ((row.log, row.size, line) for line in row.lines),
        )

    def checkpoints(self, log: int) -> list[CheckpointRow]:
        """The checkpoints of a log, by size."""
        # bodies first: a batch recorded in between must not show up without its signatures
        rows = self._db.execute(
            "SELECT size, body FROM checkpoint WHERE log = ? ORDER BY size", (log,)
        ).fetchall()
        lines: dict[int, list[str]] = {}
        for size, line in self._db.execute(
            "SELECT size, line FROM signature WHERE log = ? ORDER BY size, line", (log,)
        ):
            lines.setdefault(size, []).append(line)
        return [CheckpointRow(log, size, body, tuple(lines.get(size, ()))) for size, body in rows]

    def checkpoint(self, log: int, size: int) -> CheckpointRow | None:
        """The smallest checkpoint that covers `size` entries."""
        row = self._db.execute(
            "SELECT size, body FROM checkpoint WHERE log = ? AND size >= ? ORDER BY size LIMIT 1",
            (log, size),
        ).fetchone()
        if row is None:
            return None
        lines = self._db.execute(
            "SELECT line FROM signature WHERE log = ? AND size = ? ORDER BY line", (log, row[0])
        )
        return CheckpointRow(log, row[0], row[1], tuple(line for (line,) in lines))

    def add_token(self, row: TokenRow) -> None:
        """A timestamp token."""
        self._db.execute("INSERT INTO token VALUES(?,?,?,?) ON CONFLICT DO NOTHING", row)

    def tokens(self, log: int) -> list[TokenRow]:
        """The timestamp tokens of a log, by size."""
        rows = self._db.execute("SELECT * FROM token WHERE log = ? ORDER BY size, token", (log,))
        return [TokenRow(*row) for row in rows]

    def check_structure(self) -> None:
        """SQLite's own check of pages and indexes.

        Raises:
            IntegrityError: what it finds first.
        """
        found = [row[0] for row in self._db.execute("PRAGMA integrity_check(3)")]
        if found != ["ok"]:
            raise IntegrityError(
                f"the database is damaged: {found[0]}",
                place=str(self._path),
                mend="Restore from a backup: `habeas restore`",
            )
        strays = self._db.execute(
            "SELECT count(*) FROM digest WHERE opening NOT IN (SELECT id FROM opening)"
        ).fetchone()[0]
        if strays:
            raise IntegrityError(
                f"the index of digests names {strays} claims that are not held",
                place=str(self._path),
                mend="Restore from a backup: `habeas restore`",
            )

    def close(self) -> None:
        """Let go of the database."""
        self._db.close()


def _writable(path: Path) -> bool:
    """Whether the database and files beside it may be written; a missing one is no matter here."""
    return not path.exists() or (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))
