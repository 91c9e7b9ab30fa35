"""A claims table brings back every claim, with all its fields and effects, or says why not."""

from __future__ import annotations

import csv as table
import io
import itertools
import sys
import tempfile
import zipfile
from collections import Counter
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.append(str(Path(__file__).parent))

from table_registries import AWKWARD, held, histories, record

from habeas.claims.claim import By, Claim
from habeas.claims.locator import Page
from habeas.claims.values import File, Point, Quantity, Ref, Term, Text, When, Where, words
from habeas.errors import BusyError, InputError, StorageError
from habeas.evidence.item import keep_item
from habeas.exchange import (
    claims_table_effects,
    claims_table_matching,
    claims_table_reading,
    claims_table_recording,
    xlsx,
)
from habeas.exchange.claims_table import COLUMNS, checked, claims_grid, unchecked
from habeas.exchange.claims_table_reading import read_claims_table
from habeas.exchange.claims_table_recording import TableAccount, record_claims_table
from habeas.exchange.claims_table_remainder import unrecorded_rows
from habeas.exchange.csv import csv
from habeas.exchange.spreadsheet_cells import visible
from habeas.exchange.tables.reading import open_table_file
from habeas.exchange.xlsx import write_xlsx
from habeas.registry import verifying_files
from habeas.registry.changing import erase, reclassify, withdraw
from habeas.registry.exporting import export_bundle
from habeas.registry.importing import import_bundle
from habeas.registry.registry import Registry, create_registry
from habeas.registry.undoing import withdraw_run
from habeas.registry.verification import verify

ROUND = settings(
    max_examples=40, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow,
                           HealthCheck.data_too_large],
)  # fmt: skip


@pytest.fixture
def new(tmp_path):
    """Makes registries, each of an organisation of its own."""
    numbers = itertools.count()
    made = []

    def make(organisation: str = "") -> Registry:
        number = next(numbers)
        folder = tmp_path / f"registry-{number}"
        made.append(create_registry(folder, organisation=organisation or f"Invented {number}"))
        return made[-1]

    yield make
    for registry in made:
        registry.close()


def export(registry: Registry, form: str, clearance: str = "sealed", **more) -> Path:
    view = registry.view(clearance)
    number = len(list(registry.path.glob("table*")))
    path = registry.path / f"table-{number}.{form}"
    if form == "csv":
        path.write_bytes("".join(csv(view, **more)).encode())
    else:
        write_xlsx(view, path, **more)
    return path


def take(registry: Registry, path: Path, **more) -> TableAccount:
    account = record_claims_table(registry, read_claims_table(path), **more)
    unrecorded = len(account.held) + len(account.rejected)
    assert account.rows == account.recorded + account.there + unrecorded
    return account


def say(text: str, sensitivity: str = "public", subject: str = "site:a") -> Claim:
    return Claim(
        subject=subject, predicate="description", value=Text(text=text), source="source:a",
        sensitivity=sensitivity,
    )  # fmt: skip


def comes_back(new, form: str, history) -> None:
    first, second = new(), new()
    own = held(second.view("sealed"))
    record(first, history)
    account = take(second, export(first, form))
    assert not account.held
    assert not account.rejected
    assert account.recorded == sum(held(first.view("sealed")).values())
    before = held(second.view("sealed"))
    assert before == held(first.view("sealed")) + own + of_run(second, account)
    again = take(second, export(first, form))
    assert (again.recorded, again.there, again.run) == (0, again.rows, None)
    assert held(second.view("sealed")) == before
    third = new()
    own = held(third.view("sealed"))
    account = take(third, export(second, form))
    assert held(third.view("sealed")) == before + own + of_run(third, account)


def of_run(registry: Registry, account: TableAccount) -> Counter:
    """The claims that tell of the taking in itself."""
    everything_ = held(registry.view("sealed"))
    return Counter({key: n for key, n in everything_.items() if key[-1] == account.run})


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_is_exported_comes_back(new, form):
    @ROUND
    @given(history=histories())
    def check(history):
        comes_back(new, form, history)

    check()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_awkward_and_long_texts_come_back(new, form):
    comes_back(new, form, [[say(text) for text in AWKWARD]])


def test_names_that_are_not_renewed_are_caught(new, monkeypatch):
    """Mutant: a withdrawal that still names the claim of the other log."""
    first, second = new(), new()
    digests = record(first, [[say("one"), say("two")]])
    withdraw(first, digests[0], "misread")
    path = export(first, "csv")
    monkeypatch.setattr(claims_table_recording, "renamed", lambda claim, _: claim)
    account = take(second, path)
    assert [row.reason for row in account.held] == [
        "it was withdrawn, and what withdrew it is not recorded",
        f"it speaks of claim {digests[0][:12]}…, whose row is not recorded",
    ]


# --- cells that somebody changed -------------------------------------------------------------


def everything(registry: Registry) -> None:
    """A claim of every type, with every column filled somewhere."""
    place = Where(kind="approximate", text="there", uncertainty="15", method="map",
                  geometry=Point(coordinates=("-58.40", "10.123456789012345678")))  # fmt: skip
    day = When(text="تیر ۶۷", calendar="solar_hijri", earliest="1988-06-22", latest="1988-07-22",
               precision="month")  # fmt: skip
    many = Quantity(text="12 or so", low="10", high="14", unit="person", counts="graves")
    shared = {"source": "source:a", "sensitivity": "team", "subject": "site:a"}
    claims = [
        say("plain"),
        Claim(predicate="location", value=place, credibility=2, note="=n", **shared),
        Claim(predicate="discovered", value=day, locator=(Page(number=3),), **shared),
        Claim(predicate="remains_believed", value=many, by=By(text="families"), **shared),
    ]
    digests = record(registry, [claims])
    finding = Claim(
        subject="site:a", predicate="description", value=Text(text="found"),
        rests_on=(digests[0],), standard="balance_of_probabilities", source=registry.organisation,
        sensitivity="team",
    )  # fmt: skip
    record(registry, [[finding]])


def read_rows(path: Path) -> list[list[str]]:
    text = path.read_text("utf-8-sig")
    return list(table.reader(io.StringIO(text, newline="")))


def write_rows(path: Path, rows: list[list[str]], **how) -> Path:
    encoding = how.pop("encoding", "utf-8-sig")
    with path.open("w", encoding=encoding, newline="") as opened:
        table.writer(opened, **how).writerows(rows)
    return path


@pytest.mark.parametrize("column", COLUMNS)
def test_a_cell_that_was_changed_is_a_question(new, column):
    first, second = new(), new()
    everything(first)
    path = export(first, "csv")
    rows = read_rows(path)
    at = rows[0].index(column)
    changed = [row for row in rows[1:] if row[at]]
    assert changed, column
    for row in changed:
        row[at] = "99" if row[at] != "99" else "98"
    account = take(second, write_rows(path, rows))
    held = [row for row in account.held if "which is right?" in row.reason]
    assert len(held) == len(changed)
    assert all(f"“{column}” says “99”" in row.reason for row in held)
    assert account.recorded + len(account.held) == account.rows


def test_a_changed_cell_that_is_believed_is_caught(new, monkeypatch):
    """Mutant: no comparison."""
    monkeypatch.setattr(claims_table_reading, "_changed", lambda *_: "")
    with pytest.raises(AssertionError):
        test_a_cell_that_was_changed_is_a_question(new, "words")


def test_a_cell_changed_in_a_workbook_is_a_question(new):
    first, second = new(), new()
    everything(first)
    path = export(first, "xlsx")
    book = openpyxl.load_workbook(path)
    column = [cell.value for cell in book.active[1]].index("words") + 1
    changed = next(row for row in range(2, 20) if book.active.cell(row, column).value == "plain")
    book.active.cell(changed, column).value = "plainer"
    book.save(path)
    account = take(second, path)
    (held,) = (row for row in account.held if "plainer" in row.reason)
    assert (held.sheet, held.number) == ("claims", changed)
    # what rests on it waits for the answer
    assert [row.reason for row in account.held if row is not held] == [
        f"it speaks of claim {held.digest[:12]}…, whose row is not recorded"
    ]
    # and the rows come back as a table that can be mended
    left = path.with_name("left.csv")
    left.write_text("".join(unrecorded_rows(path, account)), "utf-8", newline="")
    rows = read_rows(left)
    assert [row[0] for row in rows] == [
        "not_recorded_because", *(visible(row.reason) for row in sorted(
            account.held, key=lambda row: row.number))]  # fmt: skip
    at = rows[0].index("words")
    for row in rows:
        row[at] = row[at].replace("plainer", "plain")
    mended = take(second, write_rows(left, rows))
    assert (mended.recorded, mended.remarks) == (2, ())
    assert take(second, export(first, "csv")).recorded == 0


@pytest.mark.parametrize(
    "how",
    [
        {"delimiter": ";"},
        {"delimiter": "\t", "encoding": "utf-16"},
        {"quoting": table.QUOTE_ALL, "lineterminator": "\n"},
        {"encoding": "utf-8"},
    ],
    ids=["semicolons", "utf-16", "all quoted", "no mark"],
)
def test_what_spreadsheets_change_by_themselves_is_no_question(new, how):
    first, second = new(), new()
    everything(first)
    record(first, [[say(text) for text in AWKWARD if len(text) < 100]])
    path = export(first, "csv")
    rows = read_rows(path)
    for row in rows[1:]:
        for at, head in enumerate(rows[0]):
            if head in ("latitude", "longitude") and row[at]:
                row[at] = f"{float(row[at]):.15g}"
            elif not head.startswith("claim_json"):
                row[at] = row[at].replace("\n", "\r\n")
    account = take(second, write_rows(path, rows, **how))
    assert not account.held
    assert account.recorded == account.rows - account.there


def test_letters_lost_with_an_encoding_are_a_question(new):
    first, second = new(), new()
    record(first, [[say("دشت"), say("field")]])
    path = export(first, "csv")
    path.write_bytes(path.read_text("utf-8-sig").encode("cp1252", errors="replace"))
    account = take(second, path)
    assert ["دشت" in row.reason for row in account.held] == [True]


def test_columns_taken_away_and_added_are_told(new):
    first, second = new(), new()
    everything(first)
    path = export(first, "csv")
    rows = read_rows(path)
    gone = rows[0].index("note")
    rows = [[*row[:gone], *row[gone + 1 :], "mine" if at else "remark"]
            for at, row in enumerate(rows)]  # fmt: skip
    account = take(second, write_rows(path, rows))
    assert not account.held
    assert account.remarks == (
        "the column “note” is missing; claim_json has what it held",
        "the column “remark” is none of an export, and was left out",
    )
    assert held(first.view("sealed")) - held(second.view("sealed")) == Counter()


def broken(cell: str) -> dict[str, str]:
    """Ways to break `claim_json`; those behind which the check is made anew come from hostility."""
    body = unchecked(cell) or "{}"
    typed = body.replace('"type":"text"', '"type":"when"').replace("description", "discovered")
    return {
        "cut": cell[:-20],
        "letter": cell.replace("two", "tow"),
        "check": cell.replace('"check":"', '"check":"0'),
        "text": "x",
        "seam": cell + "|",
        "deep": checked("[" * 5_000),
        "predicate": checked(body.replace('"predicate":"description"', '"predicate":"undreamt"')),
        "field": checked(body.replace('"labels"', '"extra":1,"labels"')),
        "number": checked(body.replace('"position":', '"position":"x",')),
        "type": checked(typed),
        "surrogate": checked(body.replace("two", "\\ud800")),
        "digest": checked(body.replace('"digest":"', '"digest":"zz')),
    }


def changed(cell: str, old: str, new_: str) -> str:
    """A cell in which words are changed as one would who knows how."""
    if not cell.startswith('{"check"'):
        return cell.replace(old, new_)
    body = unchecked(cell)
    assert body
    return checked(body.replace(old, new_))


@pytest.mark.parametrize("kind", sorted(broken("")))
def test_a_broken_row_is_rejected_and_the_others_are_recorded(new, kind):
    first, second = new(), new()
    record(first, [[say("one"), say("two")]])
    path = export(first, "csv")
    rows = read_rows(path)
    row = next(row for row in rows[1:] if "two" in row)
    row[-1] = broken(row[-1])[kind]
    account = take(second, write_rows(path, rows))
    assert len(account.rejected) == 1
    assert not account.held
    assert account.recorded == account.rows - 1


def test_a_row_without_json_is_a_question(new):
    first, second = new(), new()
    record(first, [[say("one")]])
    path = export(first, "csv")
    rows = read_rows(path)
    rows.append(["", "site:a", "", "description", "", "by hand"])
    account = take(second, write_rows(path, rows))
    assert ["by hand" in row.reason or "empty" in row.reason for row in account.held] == [True]


def test_one_claim_in_two_rows(new):
    first, second = new(), new()
    record(first, [[say("one"), say("two")]])
    path = export(first, "csv")
    rows = read_rows(path)
    one = next(row for row in rows if "one" in row)
    rows.append(list(one))
    account = take(second, write_rows(path, rows))
    assert (len(account.held), account.there) == (0, 1)
    other = [changed(cell, "one", "won") for cell in one]
    third = new()
    account = take(third, write_rows(path, [*rows, other]))
    assert [row.digest for row in account.held] == [one[0]] * 3
    assert "other words" in account.held[0].reason


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "claim_json"),
        (b"name,father\nx,y\n", "claim_json"),
        (b"claim,claim_json\n\"{", "any further"),
        (b"claim,claim,claim_json\n", "twice"),
        (b"PK\x03\x04 and nothing more", "zip package"),
        (b"\x00\x01\x02", "claim_json"),
    ],
)  # fmt: skip
def test_what_is_no_claims_table_is_refused(tmp_path, data, says):
    path = tmp_path / "file"
    path.write_bytes(data)
    with pytest.raises(InputError, match=says):
        read_claims_table(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_claims_table(tmp_path / "missing")


def test_a_workbook_that_unpacks_to_too_much_is_refused(new, monkeypatch):
    path = export(new(), "xlsx")
    monkeypatch.setattr("habeas.exchange.tables.archive.MAX_TOTAL", 1_000)
    with pytest.raises(InputError, match="bomb"):
        read_claims_table(path)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_door_for_lists_knows_a_claims_table(new, form):
    registry = new()
    record(registry, [[say(text) for text in AWKWARD]])
    assert open_table_file(export(registry, form)).format == "habeas"


# --- claims about claims ---------------------------------------------------------------------


def test_what_speaks_of_nothing_waits(new):
    first, second = new(), new()
    digests = record(first, [[say("one"), say("two")]])
    withdraw(first, withdraw(first, digests[0], "misread").digest, "not misread")
    path = export(first, "csv")
    rows = [row for row in read_rows(path) if row[0] != digests[0]]
    account = take(second, write_rows(path, rows))
    assert [row.reason.split("…")[1] for row in account.held] == [
        ", which is not in the table", ", whose row is not recorded",
    ]  # fmt: skip


def test_a_circle_is_told(new):
    first, second = new(), new()
    digests = record(first, [[say("one")], [lambda found: about(found[0], "disputed")]])
    path = export(first, "csv")
    old, new_ = (f"claim:{digest}" for digest in digests)
    rows = [[changed(cell, old, new_) for cell in row] for row in read_rows(path)]
    account = take(second, write_rows(path, rows))
    assert ["in the end speaks of it" in row.reason for row in account.held] == [True]


def about(digest: str, predicate: str, value=None, sensitivity: str = "public") -> Claim:
    return Claim(
        subject=f"claim:{digest}", predicate=predicate, value=value or Text(text="why"),
        source="org:own", sensitivity=sensitivity,
    )  # fmt: skip


def test_of_equal_claims_the_withdrawn_one_stays_the_withdrawn_one(new):
    first, second = new(), new()
    for _ in range(3):
        record(first, [[say("the same")]])
    same = [shown.digest for shown in first.view("sealed").claims(subject="site:a")]
    withdraw(first, same[1], "twice")
    take(second, export(first, "csv"))
    assert not held(first.view("sealed")) - held(second.view("sealed"))
    withdraw(first, withdraw(first, same[2], "thrice").digest, "no")
    assert take(second, export(first, "csv")).recorded == 2
    assert not held(first.view("sealed")) - held(second.view("sealed"))
    assert [shown.withdrawn for shown in second.view("sealed").claims(subject="site:a")] == [
        False, True, False,
    ]  # fmt: skip


def test_of_equal_claims_the_withdrawn_one_stays_the_withdrawn_one_mutant(new, monkeypatch):
    """Mutant: equal claims are put together the wrong way round."""

    def crossed(digest, said, _):
        in_table = said.__name__ == "_in_table"
        return () if bool(list(said(digest))) is in_table else (b"x",)

    monkeypatch.setattr(claims_table_matching, "_signature", crossed)
    with pytest.raises(AssertionError):
        test_of_equal_claims_the_withdrawn_one_stays_the_withdrawn_one(new)


def test_an_erasure_is_not_carried_and_nothing_erased_comes_back(new):
    first, second = new(), new()
    digests = record(first, [[say("one"), say("two")]])
    before = export(first, "csv")
    erase(first, digests[0], "asked for")
    account = take(second, export(first, "csv"))
    assert ["an erasure destroys" in row.reason for row in account.held] == [True]
    account = take(first, before)
    assert ["was erased here" in row.reason for row in account.held] == [True]
    assert account.recorded == 0


def partners(new, tmp_path, *more) -> tuple[Registry, str]:
    """A registry that holds the log of a partner; the digest of the partner's claim."""
    own, other = new(), new()
    theirs = record(other, [[say("theirs", "team")], *more])[0]
    bundle = tmp_path / "bundle"
    export_bundle(other, bundle, clearance="sealed")
    import_bundle(own, bundle, trust=[other.key().fingerprint()])
    return own, theirs


def location(text: str, sensitivity: str = "public") -> Claim:
    place = Where(kind="exact", text=text, geometry=Point(coordinates=("1", "2")))
    return Claim(
        subject="site:a", predicate="location", value=place, source="source:a",
        sensitivity=sensitivity,
    )  # fmt: skip


ALREADY = Claim(
    subject="site:a", predicate="publish_location", value=Term(term="already_public"),
    source="org:own", sensitivity="public",
)  # fmt: skip


def level(registry: Registry, text: str) -> tuple[str, bool]:
    (found,) = (s for s in registry.view("sealed").stream() if words(s.claim.value) == text)
    return found.sensitivity, found.withdrawn


def test_what_had_no_effect_there_has_none_here(new, tmp_path):
    own, theirs = partners(new, tmp_path)
    record(own, [
        [about(theirs, "withdrawn", sensitivity="team")],
        [about(theirs, "reclassified", Term(term="public"))],
    ])  # fmt: skip
    assert level(own, "theirs") == ("team", False)
    second = new()
    account = take(second, export(own, "csv"))
    assert level(second, "theirs") == ("team", False)
    assert len(account.held) == 2
    assert any("no effect where" in row.reason for row in account.held)
    assert any("would open" in row.reason for row in account.held)
    assert take(own, export(own, "csv")).recorded == 0


def test_what_had_no_effect_there_has_none_here_mutant(new, tmp_path, monkeypatch):
    """Mutant: nobody looks at what came of it."""
    none = claims_table_effects.Objections(reasons={}, withdrawn=0)
    monkeypatch.setattr(claims_table_recording, "objections", lambda *_: none)
    with pytest.raises(AssertionError):
        test_what_had_no_effect_there_has_none_here(new, tmp_path)


def test_a_partners_decision_opens_no_location(new, tmp_path):
    own, _ = partners(new, tmp_path, [location("their place")], [ALREADY])
    record(own, [[location("our place")]])
    assert level(own, "our place") == ("team", False)
    second = new()
    account = take(second, export(own, "csv"))
    assert level(second, "our place") == level(second, "their place") == ("team", False)
    assert [row.reason.split(" claim")[0] for row in account.held] == ["it would open"]


def test_a_decision_that_counted_counts_but_opens_nothing_that_is_here(new):
    first, second, third = new(), new(), new()
    record(first, [[location("a place")], [ALREADY]])
    assert level(first, "a place") == ("public", False)
    path = export(first, "csv")
    assert not take(second, path).held
    assert level(second, "a place") == ("public", False)
    record(third, [[location("another place")]])
    account = take(third, path)
    assert [row.reason for row in account.held] == ["it would open claims that this registry holds"]
    assert level(third, "another place") == level(third, "a place") == ("team", False)


def test_what_was_sealed_by_a_row_that_is_missing_is_a_question(new):
    first, second = new(), new()
    digests = record(first, [[say("grave")]])
    reclassify(first, digests[0], "sealed", "in danger")
    path = export(first, "csv")
    rows = [row for row in read_rows(path) if "reclassified" not in row]
    account = take(second, write_rows(path, rows))
    assert ["it was sealed, and would be public" in row.reason for row in account.held] == [True]
    assert not any(words(s.claim.value) == "grave" for s in second.view("sealed").stream())


def test_one_entity_brings_what_is_said_of_its_claims(new):
    first, second = new(), new()
    digests = record(first, [[say("one"), say("two", subject="site:b")]])
    withdraw(first, digests[0], "misread")
    path = export(first, "csv", subject="site:a")
    assert not take(second, path).held
    assert level(second, "one") == ("public", True)
    assert len(read_rows(path)) == 3


def test_a_dry_run_tells_the_same_and_changes_nothing(new):
    first, second = new(), new()
    everything(first)
    path = export(first, "csv")
    before = held(second.view("sealed")), second.store.size(second.log.id)
    dry = take(second, path, dry_run=True)
    assert (held(second.view("sealed")), second.store.size(second.log.id)) == before
    real = take(second, path)
    assert (dry.recorded, dry.there, dry.held, dry.dry_run) == (
        real.recorded, real.there, real.held, True,
    )  # fmt: skip
    assert verify(second).passed


def test_a_table_is_taken_back_by_its_run(new):
    first, second = new(), new()
    everything(first)
    account = take(second, export(first, "csv"))
    said = {s.claim.predicate: words(s.claim.value)
            for s in second.view("team").claims(subject=account.run)}  # fmt: skip
    assert said["rows_read"] == said["rows_recorded"] == str(account.rows)
    assert said["input"] == account.name
    assert withdraw_run(second, account.run, "the wrong table") == account.recorded
    about_site = second.view("sealed").claims(subject="site:a")
    assert about_site
    assert all(shown.withdrawn for shown in about_site)


def test_a_disk_that_refuses_leaves_nothing(new, monkeypatch):
    first, second = new(), new()
    everything(first)
    table_ = read_claims_table(export(first, "csv"))
    before = held(second.view("sealed"))

    def refuse(*_: object) -> None:
        raise StorageError("the disk refused")

    monkeypatch.setattr("habeas.registry.registry.sign_batch", refuse)
    with pytest.raises(StorageError):
        record_claims_table(second, table_)
    assert held(second.view("sealed")) == before


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("clearance", ["public", "team"])
def test_hidden_claims_leave_no_trace(new, form, clearance):
    registry = new()
    digests = record(registry, [[say("shown", clearance), say("behind the mill", "sealed")]])
    hidden = digests[1]
    for change in (
        about(hidden, "disputed", Text(text="no mill")),
        about(digests[0], "duplicate_of", Ref(id=f"claim:{hidden}")),
    ):
        record(registry, [[change]])
    withdraw(registry, hidden, "the mill was elsewhere")
    path = export(registry, form, clearance)
    if form == "csv":
        text = path.read_text("utf-8-sig")
    else:
        with zipfile.ZipFile(path) as archive:
            text = "".join(archive.read(name).decode() for name in archive.namelist())
    assert "shown" in text
    assert "mill" not in text
    assert hidden[:8] not in text
    table_ = read_claims_table(path)
    assert {row.line.digest for row in table_.rows} == {
        shown.digest for shown in registry.view(clearance).stream()
    }


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_many_sheets_and_all_the_marks_of_a_workbook(new, monkeypatch, form):
    monkeypatch.setattr(xlsx, "MAX_ROWS", 4)
    first, second = new(), new()
    record(first, [[say(f"words {number} {text}") for number, text in enumerate(AWKWARD)]])
    path = export(first, form, lang="fa")
    assert take(second, path).recorded == sum(held(first.view("sealed")).values())


def test_a_workbook_is_plain_and_laid_out(new):
    registry = new()
    record(registry, [[say(text) for text in AWKWARD]])
    path = export(registry, "xlsx", lang="fa")
    book = openpyxl.load_workbook(path)
    sheet = book["claims"]
    assert sheet.sheet_view.rightToLeft
    assert sheet.freeze_panes == "B2"
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "inlineStr", "n"}
    for row in sheet.iter_rows():
        for cell in row:
            assert cell.value is None or isinstance(cell.value, str)
            assert cell.value is None or cell.number_format == "@"
            assert cell.hyperlink is None
            assert len((cell.value or "").encode("utf-16-le")) <= 2 * 32_767
    assert sheet.column_dimensions["AF"].hidden
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        assert not [name for name in names if "vba" in name.lower() or "external" in name.lower()]
        assert not any(b"<f>" in archive.read(name) for name in names)
    plain = openpyxl.load_workbook(export(registry, "xlsx"))["claims"]
    assert not plain.sheet_view.rightToLeft
    assert list(path.parent.glob(".habeas-*")) == []


def test_the_same_view_gives_the_same_bytes(new):
    registry = new()
    everything(registry)
    one, two = export(registry, "xlsx"), export(registry, "xlsx")
    assert one.read_bytes() == two.read_bytes()
    assert export(registry, "csv").read_bytes() == export(registry, "csv").read_bytes()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_damaged_file_is_an_error_or_tells_its_rows(new, form):
    """Whatever happens to the bytes, a claim is what was exported, or it is not recorded."""
    registry = new()
    everything(registry)
    path = export(registry, form)
    data = path.read_bytes()
    claims = {repr(shown.claim) for shown in registry.view("sealed").stream()}
    change = st.tuples(st.integers(0, len(data) - 1), st.integers(0, 255))

    @settings(max_examples=120, deadline=None)
    @given(changes=st.lists(change, min_size=1, max_size=4), cut=st.integers(0, len(data)))
    def check(changes, cut):
        damaged = bytearray(data)
        for at, byte in changes:
            damaged[at] = byte
        path.write_bytes(damaged[: cut or len(data)])
        try:
            table_ = read_claims_table(path)
        except InputError:
            return
        assert table_.count == len(table_.rows) + len(table_.held) + len(table_.rejected)
        assert {repr(row.line.claim) for row in table_.rows} <= claims

    check()


def test_a_damaged_file_mutant(new, monkeypatch):
    """Mutant: `claim_json` is believed as it stands."""
    monkeypatch.setattr(claims_table_reading, "unchecked", lambda text: "{" + text[28:])
    registry = new()
    everything(registry)
    path = export(registry, "csv")
    rows = [[cell.replace('"method":"map"', '"method":"spa"') for cell in row]
            for row in read_rows(path)]  # fmt: skip
    with pytest.raises(AssertionError):
        assert not any("spa" in repr(row.line.claim)
                       for row in read_claims_table(write_rows(path, rows)).rows)  # fmt: skip


def test_a_workbook_passes_through_no_folder_but_its_own(new, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", "/nonexistent")
    registry = new()
    everything(registry)
    assert export(registry, "xlsx").stat().st_size > 1_000


def test_a_claim_that_comes_while_the_table_is_written(new):
    registry = new()
    grid = claims_grid(registry.view("sealed"))
    record(registry, [[say("x" * 70_000)]])
    with pytest.raises(BusyError, match="longer claim"):
        list(grid.rows)


def test_files_that_a_table_names_are_not_missed_as_ones_own(new, tmp_path, monkeypatch):
    """A table brings claims and no files; who lost a file of their own is told all the same."""
    one, other = new(), new()
    kept = tmp_path / "list.txt"
    kept.write_text("an invented list", encoding="utf-8")
    item = keep_item(one.evidence, kept)
    file = File(sha256=item.sha256, size=item.size, media_type="text/plain")
    with one.recording() as recording:
        recording.entry(
            [
                Claim(
                    subject=item.id,
                    predicate="file",
                    value=file,
                    source="source:list",
                    sensitivity="team",
                )
            ]
        )
    record_claims_table(other, read_claims_table(export(one, "csv")))
    report = verify(other)
    assert report.passed
    assert any("table of claims" in note for check in report.checks for note in check.notes)
    path = next(path for path in one.evidence.folder.rglob("*") if path.is_file())
    path.unlink()
    assert not verify(one).passed
    monkeypatch.setattr(verifying_files, "_tables", lambda _: [])  # the mutant
    assert not verify(other).passed
