"""Every byte counts: what is changed anywhere is found, and named in a sentence."""

from __future__ import annotations

import importlib.util
import shutil
import sqlite3
from pathlib import Path

import pytest

from habeas.claims.claim import Claim
from habeas.claims.values import Text
from habeas.errors import IntegrityError, NotFoundError
from habeas.evidence.custody import CustodyEvent
from habeas.registry import verification, verifying_claims, verifying_logs, verifying_views
from habeas.registry.changing import erase, withdraw
from habeas.registry.exporting import export_bundle
from habeas.registry.keeping import keep
from habeas.registry.registry import open_registry
from habeas.registry.stamping import queue, stamp
from habeas.registry.verification import verify

_spec = importlib.util.spec_from_file_location(
    "exchange_parts", Path(__file__).parent / "exchange_parts.py"
)
parts = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(parts)


@pytest.fixture(scope="module")
def whole(tmp_path_factory, timestamp_authority):
    """A registry with something in every table; it verifies."""
    folder = tmp_path_factory.mktemp("whole") / "a"
    with parts.make(folder, "A", post_quantum=True) as a:
        for number in range(3):
            parts.record(a, parts.named(f"p{number}", f"N{number}"), parts.named("q", "M"))
        (name,) = parts.record(a, parts.named("r", "R"))
        parts.record(a, titled())
        withdraw(a, name, "a mistake")
        erase(a, parts.record(a, parts.named("s", "S"))[0], "asked for")
        paper = folder.parent / "paper.txt"
        paper.write_text("An invented paper.\n")
        keep(a, paper, source="source:invented-list", custody=custody())
        queue(a)
        assert all(one.token for one in stamp(a, timestamp_authority.url))
        assert verify(a).passed
    return folder


def titled() -> Claim:
    return Claim(
        subject="source:invented-list",
        predicate="title",
        value=Text(text="An invented list"),
        source="org:a",
        sensitivity="public",
    )


def custody() -> CustodyEvent:
    return CustodyEvent(item="0" * 64, act="collected", time="2026-05-01T14:30:00+03:30")


@pytest.fixture
def copy(whole, tmp_path):
    shutil.copytree(whole, tmp_path / "a")
    return tmp_path / "a"


def problems(folder: Path) -> list[str]:
    with open_registry(folder) as registry:
        report = verify(registry)
        assert report.passed == (not any(check.problems for check in report.checks))
        return [problem for check in report.checks for problem in check.problems]


def sql(folder: Path, *statements: str | tuple) -> None:
    database = sqlite3.connect(folder / "registry.sqlite")
    database.create_function("flip", 2, flip)
    for statement in statements:
        database.execute(*((statement,) if isinstance(statement, str) else statement))
    database.commit()
    database.close()


def flip(value, at: int):
    """One bit of a value changed; text stays text."""
    if isinstance(value, int):
        return value ^ 4096
    data = bytearray(value.encode() if isinstance(value, str) else value)
    data[at % len(data)] ^= 1
    return data.decode() if isinstance(value, str) else bytes(data)


COLUMNS = [
    *(("log", column, "log ") for column in ("id", "vkeys")),
    ("log", "origin", "log"),
    *(("entry", column, "entr") for column in ("id", "log", "position", "bytes")),
    ("entry", "decoys", "is lost"),
    *(("opening", column, "claim") for column in ("id", "digest", "entry", "bytes")),
    *(("digest", column, "claim") for column in ("prefix", "opening")),
    *(("tile", column, "log ") for column in ("log", "level", "position", "hashes")),
    *(("checkpoint", column, "checkpoint") for column in ("log", "size", "body")),
    *(("signature", column, "checkpoint") for column in ("log", "size", "line")),
    *(("token", column, "timestamp") for column in ("log", "size", "note", "token")),
    *(
        ("claim", column, "view")
        for column in ("id", "subject", "predicate", "source", "sensitivity", "ref", "withdrawn")
    ),
    *(("about", column, "claims about claims") for column in ("claim", "relation", "target")),
]

ROWS = {
    "claim": "WHERE ref IS NOT NULL",
    "entry": "WHERE length(decoys) > 0",
    "checkpoint": "ORDER BY size DESC",
}


@pytest.mark.parametrize(("table", "column", "named"), COLUMNS)
@pytest.mark.parametrize("at", [0, -3])
def test_t08_a_bit_changed_in_any_column(copy, table, column, named, at):
    keys = "rowid"
    if table in ("digest", "tile", "checkpoint", "signature", "about"):  # without a rowid
        keys = {
            "digest": "prefix, opening",
            "tile": "log, level, position",
            "checkpoint": "log, size",
            "signature": "log, size, line",
            "about": "claim, relation, target",
        }[table]
    chosen = f"SELECT {keys} FROM {table} {ROWS.get(table, '')} LIMIT 1"
    sql(copy, f"UPDATE {table} SET {column} = flip({column}, {at}) WHERE ({keys}) = ({chosen})")
    found = problems(copy)
    assert any(named in problem for problem in found), found


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("DELETE FROM entry WHERE position = 2", "entry 2 is missing"),
        ("DELETE FROM entry WHERE id = (SELECT max(id) FROM entry)", "are missing"),
        ("DELETE FROM opening WHERE id = 3", ": is lost"),
        ("DELETE FROM digest WHERE opening = 3", "cannot be found by its digest"),
        ("DELETE FROM tile", "hashes of 0 entries are held"),
        (
            "UPDATE tile SET hashes = CAST(hashes || zeroblob(32) AS BLOB)",
            "13 entries are held, 12 are",
        ),
        ("INSERT INTO tile VALUES(1, 1, 0, zeroblob(32))", "tile 1/0 is not what"),
        ("DELETE FROM signature WHERE size = 4", "checkpoint 4"),
        ("DELETE FROM token", "is lost or was changed"),
        ("DELETE FROM claim WHERE id = 3", "row in the view differs"),
        ("INSERT INTO claim VALUES(999, 'person:x', 'name', 'org:x', 0, NULL, 0)", "no claim"),
        ("DELETE FROM about", "claims about claims"),
        ("INSERT INTO about VALUES(1, 'withdrawn', x'00')", "claims about claims"),
        ("INSERT INTO search(rowid, words) VALUES(2, 'more')", "search index"),
        ("INSERT INTO search(search) VALUES('delete-all')", "search index"),
    ],
)
def test_t08_a_row_gone_or_added(copy, statement, named):
    sql(copy, statement)
    found = problems(copy)
    assert any(named in problem for problem in found), found


def test_a_post_quantum_signature_that_is_gone(copy):
    """A log that has two keys needs both: the weaker one alone is no signature of it."""
    sql(copy, "DELETE FROM signature WHERE size = 4 AND length(line) > 1000")
    assert any("checkpoint 4" in problem for problem in problems(copy))


def test_branches_and_ownership(copy):
    sql(copy, "UPDATE log SET branch = 1")
    assert any("do not count from 0" in problem for problem in problems(copy))
    sql(copy, "UPDATE log SET branch = 0, own = 0")
    with open_registry(copy) as registry:
        notes = [note for check in verify(registry).checks for note in check.notes]
    assert any("no log is this registry's own" in note for note in notes)


@pytest.mark.parametrize("column", ["origin", "vkeys"])
def test_bytes_that_are_no_text_are_damage_not_a_full_disk(copy, column):
    sql(copy, f"UPDATE log SET {column} = CAST(x'ff' AS TEXT)")
    found = problems(copy)
    assert any("damaged" in problem for problem in found)
    assert not any("disk refused" in problem for problem in found)


@pytest.mark.parametrize("damage", ["changed", "empty", "gone"])
def test_t11_a_file_that_is_not_the_one_kept(copy, damage):
    (path,) = (p for p in (copy / "evidence").rglob("*") if p.is_file() and len(p.name) == 64)
    path.chmod(0o600)
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(b"" if damage == "empty" else path.read_bytes().replace(b"A", b"B"))
    assert any(path.name in problem for problem in problems(copy))


def test_t51_an_opening_under_another_entry(copy):
    with open_registry(copy) as registry:
        row = registry.store.opening_by_id(3)
        sql(copy, f"UPDATE opening SET entry = {row.entry + 1} WHERE id = 3")
        with pytest.raises(IntegrityError, match="in no entry that names it"):
            registry.view("sealed").provenance(registry.view("sealed").claim(row.digest.hex()))
    place = f"claim {row.digest.hex()}: is held under an entry that does not commit to it"
    assert place in problems(copy)


def test_t51_an_opening_under_no_entry(copy):
    sql(copy, "UPDATE opening SET entry = 999 WHERE id = 3")
    assert any("claims are held for entry 999, which is not" in one for one in problems(copy))


@pytest.mark.parametrize("same", [True, False])
def test_t52_two_openings_for_one_digest(copy, same):
    bytes_ = "bytes" if same else "CAST(replace(bytes, 'invented', 'inventet') AS BLOB)"
    sql(
        copy,
        f"INSERT INTO opening SELECT 900, digest, entry, {bytes_} FROM opening WHERE id = 3",
        "INSERT INTO digest SELECT prefix, 900 FROM digest WHERE opening = 3",
        "INSERT INTO claim SELECT 900, subject, predicate, source, sensitivity, ref, withdrawn"
        " FROM claim WHERE id = 3",
    )
    expected = "is held twice" if same else "its words give another digest"
    assert any(expected in problem for problem in problems(copy))


def test_t53_an_entry_beyond_the_last_checkpoint(tmp_path):
    """As if a process had died between the entry and the signature."""
    with parts.make(tmp_path / "a", "A") as a:
        parts.record(a, parts.named("p", "N"))
        (late,) = parts.record(a, parts.named("q", "Late"))
        size = a.store.size(a.log.id)
        for table in ("checkpoint", "signature"):
            sql(tmp_path / "a", f"DELETE FROM {table} WHERE size = {size}")
        shown = a.view("sealed").claim(late)
        with pytest.raises(IntegrityError, match="counts for nothing"):
            a.view("sealed").provenance(shown)
        assert any("beyond the last signed checkpoint" in one for one in problems(tmp_path / "a"))
        export_bundle(a, tmp_path / "bundle", clearance="sealed")
    data = b"".join(parts.members(tmp_path / "bundle").values())
    assert late.encode() not in data
    assert b"Late" not in data


def test_t53_what_was_not_acknowledged_is_not_there(tmp_path):
    with parts.make(tmp_path / "a", "A") as a:
        lost = []
        with pytest.raises(ZeroDivisionError):
            cut_short(a, lost)
        with pytest.raises(NotFoundError):
            a.view("sealed").claim(lost[0])
        assert verify(a).passed


def cut_short(registry, told: list[str]) -> None:
    with registry.recording() as recording:
        told += recording.entry([parts.named("p", "N")])
        recording.write()
        raise ZeroDivisionError


def nothing(*_):
    return None


def without(monkeypatch, name: str) -> None:
    """One whole check taken away."""
    what, _ = verification._CHECKS[name]
    monkeypatch.setitem(verification._CHECKS, name, (what, lambda _: (0, [], [])))


@pytest.mark.parametrize(
    ("name", "statement"),
    [
        ("logs", "UPDATE signature SET line = flip(line, -3) WHERE size = 2"),
        ("claims", "DELETE FROM digest WHERE opening = 3"),
        ("views", "UPDATE claim SET sensitivity = 0"),
        ("views", "DELETE FROM about"),
        ("views", "INSERT INTO search(rowid, words) VALUES(2, 'more')"),
        ("timestamps", "UPDATE token SET note = flip(note, -3)"),
    ],
)
def test_mutant_each_kind_of_check_has_teeth(copy, monkeypatch, name, statement):
    sql(copy, statement)
    with open_registry(copy) as registry:
        failed = {check.name for check in verify(registry).checks if not check.passed}
        assert name in failed
        for one in failed:
            without(monkeypatch, one)
        assert verify(registry).passed


def test_mutant_evidence_that_nobody_hashes(copy, monkeypatch):
    (path,) = (p for p in (copy / "evidence").rglob("*") if p.is_file() and len(p.name) == 64)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes() + b"more")
    assert problems(copy)
    without(monkeypatch, "evidence")
    assert not problems(copy)


@pytest.mark.parametrize(
    ("module", "name", "statement"),
    [
        (verifying_logs, "_check_checkpoints", "UPDATE signature SET line = flip(line, -3)"),
        (
            verifying_logs,
            "_check_tiles",
            "INSERT INTO tile VALUES(1, 1, 0, zeroblob(32))",
        ),
        (verifying_claims, "_check_entry", "UPDATE entry SET decoys = flip(decoys, 0)"),
    ],
)
def test_mutant_a_check_within_a_check(copy, monkeypatch, module, name, statement):
    sql(copy, statement + (" WHERE length(decoys) > 0" if "decoys" in statement else ""))
    assert problems(copy)
    monkeypatch.setattr(module, name, nothing)
    assert not problems(copy)


def test_mutant_views_that_are_believed(copy, monkeypatch):
    sql(copy, "UPDATE claim SET sensitivity = 0 WHERE id = 3")
    assert problems(copy)
    rows = {}
    with open_registry(copy) as registry:
        rows = {row.id: row for row in registry.store.claim_rows()}
    monkeypatch.setattr(verifying_views._Walk, "_expected", lambda _, opening, __: rows[opening.id])
    assert not problems(copy)
