"""The SQLite driver: the views, which can be thrown away and folded again from the record.

Every question a reader may ask carries a clearance, and the database answers with nothing above it.
The search index keeps no words (it is contentless): they stand in the opening alone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing

from habeas.registry.store import AboutRow, ClaimRow, HeldClaim, NameReadingRow

VIEWS = """
CREATE TABLE IF NOT EXISTS claim(
  id INTEGER PRIMARY KEY, subject TEXT NOT NULL, predicate TEXT NOT NULL, source TEXT NOT NULL,
  sensitivity INTEGER NOT NULL, ref TEXT, withdrawn INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS claim_subject ON claim(subject);
CREATE INDEX IF NOT EXISTS claim_source ON claim(source);
CREATE INDEX IF NOT EXISTS claim_ref ON claim(ref) WHERE ref IS NOT NULL;
CREATE TABLE IF NOT EXISTS about(
  claim INTEGER NOT NULL, relation TEXT NOT NULL, target BLOB NOT NULL,
  PRIMARY KEY(claim, relation, target)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS about_target ON about(target);
CREATE TABLE IF NOT EXISTS name(
  claim INTEGER PRIMARY KEY, form TEXT NOT NULL, tokens TEXT NOT NULL, keys TEXT NOT NULL,
  given TEXT NOT NULL, given_keys TEXT NOT NULL, surname TEXT NOT NULL, surname_keys TEXT NOT NULL,
  father TEXT NOT NULL, father_keys TEXT NOT NULL, grandfather TEXT NOT NULL,
  honorific TEXT NOT NULL, sure INTEGER NOT NULL);
CREATE VIRTUAL TABLE IF NOT EXISTS search USING fts5(
  words, content='', columnsize=0, detail=none, tokenize='ascii');
"""

_HELD = (
    "SELECT claim.id, opening.digest, opening.entry, opening.bytes, claim.sensitivity,"
    " claim.withdrawn, entry.log, entry.position"
    " FROM claim JOIN opening ON opening.id = claim.id JOIN entry ON entry.id = opening.entry"
)


class SqliteViews:
    """The view half of the driver."""

    _db: sqlite3.Connection

    def clear_views(self) -> None:
        """Throw the views away."""
        self._db.execute("DELETE FROM claim")
        self._db.execute("DELETE FROM about")
        self._db.execute("DELETE FROM name")
        self._db.execute("INSERT INTO search(search) VALUES('delete-all')")

    def add_claims(
        self,
        claims: Sequence[ClaimRow],
        about: Sequence[AboutRow],
        search: Sequence[tuple[int, str]],
    ) -> None:
        """Rows of the views: claims, claims about claims, words to find them by."""
        self._db.executemany("INSERT INTO claim VALUES(?,?,?,?,?,?,?)", claims)
        self._db.executemany("INSERT INTO about VALUES(?,?,?)", about)
        self._db.executemany("INSERT INTO search(rowid, words) VALUES(?,?)", search)

    def add_names(self, rows: Sequence[NameReadingRow]) -> None:
        """Rows of the view of names."""
        self._db.executemany("INSERT INTO name VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)", rows)

    def name_rows(self) -> Iterator[NameReadingRow]:
        """The whole view of names, by claim."""
        for row in self._db.execute("SELECT * FROM name ORDER BY claim"):
            yield NameReadingRow(*row)

    def names(self, clearance: int) -> Iterator[tuple[bytes, str, str, str, NameReadingRow]]:
        """Names at or below a clearance that stand; see `Store.names`."""
        rows = self._db.execute(
            "SELECT opening.digest, claim.subject, claim.predicate, claim.source, name.*"
            " FROM name JOIN claim ON claim.id = name.claim JOIN opening ON opening.id = claim.id"
            " WHERE claim.sensitivity <= ? AND claim.withdrawn = 0 ORDER BY name.claim",
            (clearance,),
        )
        for digest, subject, predicate, source, *reading in rows:
            yield digest, subject, predicate, source, NameReadingRow(*reading)

    def remove_claim(self, claim: int, words: str) -> None:
        """Take one claim out of the views; `words` are those it was added with."""
        self._db.execute("DELETE FROM claim WHERE id = ?", (claim,))
        self._db.execute("DELETE FROM name WHERE claim = ?", (claim,))
        self._db.execute("DELETE FROM about WHERE claim = ?", (claim,))
        self._db.execute(
            "INSERT INTO search(search, rowid, words) VALUES('delete', ?, ?)", (claim, words)
        )

    def set_effects(self, effects: Iterable[tuple[int, int, int]]) -> None:
        """Rows of (claim, sensitivity, withdrawn)."""
        self._db.executemany(
            "UPDATE claim SET sensitivity = ?, withdrawn = ? WHERE id = ?",
            ((sensitivity, withdrawn, claim) for claim, sensitivity, withdrawn in effects),
        )

    def claim_rows(self) -> Iterator[ClaimRow]:
        """The whole view over claims, by id."""
        for row in self._db.execute("SELECT * FROM claim ORDER BY id"):
            yield ClaimRow(*row)

    def claim_row(self, claim: int) -> ClaimRow | None:
        """One row of the view."""
        row = self._db.execute("SELECT * FROM claim WHERE id = ?", (claim,)).fetchone()
        return ClaimRow(*row) if row else None

    def about_rows(self) -> Iterator[AboutRow]:
        """Every claim about a claim."""
        for row in self._db.execute("SELECT * FROM about ORDER BY claim, relation, target"):
            yield AboutRow(*row)

    def has_about(self) -> bool:
        """Whether any claim speaks of another."""
        return self._db.execute("SELECT 1 FROM about LIMIT 1").fetchone() is not None

    def about(self, target: bytes) -> list[AboutRow]:
        """The claims that speak of a claim or rest on it."""
        rows = self._db.execute(
            "SELECT * FROM about WHERE target = ? ORDER BY claim, relation", (target,)
        )
        return [AboutRow(*row) for row in rows]

    def targets(self, claim: int) -> list[AboutRow]:
        """What a claim speaks of or rests on."""
        rows = self._db.execute(
            "SELECT * FROM about WHERE claim = ? ORDER BY relation, target", (claim,)
        )
        return [AboutRow(*row) for row in rows]

    def search_differs(self, words: Iterable[tuple[int, str]]) -> bool:
        """Whether the search index is another than one built from these words.

        A second index is built beside the first, and the two are compared term by term: how many
        claims hold it, and the sums of their ids and of the squares of those.
        """
        self._db.execute("SAVEPOINT again")  # it may be asked within a snapshot
        try:
            for statement in _SECOND_INDEX:
                self._db.execute(statement)
            self._db.executemany("INSERT INTO again(rowid, words) VALUES(?,?)", words)
            sums = "SELECT term, count(*), sum(doc), sum(doc * (doc % 65521)) FROM {} GROUP BY term"
            with (
                closing(self._db.execute(sums.format("temp.terms"))) as first,
                closing(self._db.execute(sums.format("temp.again_terms"))) as second,
            ):
                return any(one != other for one, other in _pairs(first, second))
        finally:
            self._db.execute("ROLLBACK TO again")
            self._db.execute("RELEASE again")

    def held(
        self,
        clearance: int,
        *,
        subject: str | None = None,
        predicate: str | None = None,
        source: str | None = None,
        ref: str | None = None,
    ) -> Iterator[HeldClaim]:
        """Claims at or below a clearance that match all that is given; see `Store.held`."""
        given = {"subject": subject, "predicate": predicate, "source": source, "ref": ref}
        asked = {name: value for name, value in given.items() if value is not None}
        where = "".join(f" AND claim.{name} = :{name}" for name in asked)
        rows = self._db.execute(
            f"{_HELD} WHERE claim.sensitivity <= :clearance{where}",
            {**asked, "clearance": clearance},
        )
        for row in rows:
            yield HeldClaim(*row)

    def crowded(
        self, clearance: int, predicates: Iterable[str], subject: str | None
    ) -> Iterator[tuple[str, str]]:
        """Subjects and predicates of which more than one claim is held; see `Store.crowded`."""
        asked = sorted(predicates)
        marks = ",".join("?" * len(asked))
        narrowed = "" if subject is None else " AND subject = ?"
        yield from self._db.execute(
            f"SELECT subject, predicate FROM claim WHERE predicate IN ({marks})"
            f" AND sensitivity <= ? AND withdrawn = 0{narrowed}"
            " GROUP BY subject, predicate HAVING count(*) > 1 ORDER BY subject, predicate",
            (*asked, clearance, *(() if subject is None else (subject,))),
        )

    def held_by_digest(self, clearance: int, prefix: str, limit: int) -> list[HeldClaim]:
        """Claims whose digest in hexadecimal begins with `prefix`."""
        low = bytes.fromhex(prefix + "0" * (64 - len(prefix)))
        high = bytes.fromhex(prefix + "f" * (64 - len(prefix)))
        rows = self._db.execute(
            f"{_HELD} JOIN digest ON digest.opening = opening.id"
            " WHERE digest.prefix BETWEEN ? AND ? AND opening.digest BETWEEN ? AND ?"
            " AND claim.sensitivity <= ? ORDER BY opening.digest LIMIT ?",
            (digest_prefix(low), digest_prefix(high), low, high, clearance, limit),
        )
        return [HeldClaim(*row) for row in rows]

    def found(self, clearance: int, words: Sequence[str], limit: int) -> list[HeldClaim]:
        """Claims that hold all these words, by subject, then digest."""
        query = " ".join('"' + word.replace('"', '""') + '"' for word in words)
        rows = self._db.execute(
            f"{_HELD} WHERE claim.id IN (SELECT rowid FROM search WHERE search MATCH ?)"
            " AND claim.sensitivity <= ? ORDER BY claim.subject, opening.digest LIMIT ?",
            (query, clearance, limit),
        )
        return [HeldClaim(*row) for row in rows]

    def subjects(self, clearance: int, prefix: str) -> Iterator[str]:
        """The entities of one kind (`site:`) that at least one claim is about, in order."""
        rows = self._db.execute(
            "SELECT DISTINCT subject FROM claim WHERE subject >= ? AND subject < ?"
            " AND sensitivity <= ? ORDER BY subject",
            (prefix, prefix + "\U0010ffff", clearance),
        )
        for (subject,) in rows:
            yield subject


def digest_prefix(digest: bytes) -> int:
    """The first 7 bytes of a digest as a number.

    An index over whole digests, which are random, would be most of what recording costs; one over
    such numbers, added to in order within a batch, costs little.
    """
    return int.from_bytes(digest[:7], "big")


_SECOND_INDEX = (
    "CREATE VIRTUAL TABLE temp.again USING fts5("
    "words, content='', columnsize=0, detail=none, tokenize='ascii')",
    "CREATE VIRTUAL TABLE temp.again_terms USING fts5vocab('temp', 'again', 'instance')",
    "CREATE VIRTUAL TABLE temp.terms USING fts5vocab('main', 'search', 'instance')",
)


def _pairs(
    first: Iterable[tuple[object, ...]], second: Iterable[tuple[object, ...]]
) -> Iterator[tuple[tuple[object, ...] | None, tuple[object, ...] | None]]:
    from itertools import zip_longest

    return zip_longest(first, second)
