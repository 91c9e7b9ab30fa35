"""A list into the record: to the row, once, whole or not at all."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from invented_lists import HEADERS, MAPPING, ROWS, SOURCE, listed, registry, table, write_csv

from habeas.claims.claim import Claim
from habeas.claims.values import Name, Text
from habeas.errors import HabeasError, InputError
from habeas.exchange.lists import known_rows, survey
from habeas.exchange.lists.importing import plan, record
from habeas.exchange.lists.mapping import ClaimRule, Mapping
from habeas.exchange.lists.mended import NOTE, QUESTION, ROW
from habeas.exchange.lists.reconciliation import Totals
from habeas.exchange.tables.reading import open_table_file
from habeas.exchange.tables.table import Fault, Row
from habeas.registry.changing import withdraw
from habeas.registry.registry import open_registry
from habeas.registry.undoing import withdraw_run
from habeas.registry.verification import verify


@pytest.fixture
def archive(tmp_path):
    with registry(tmp_path / "registry") as made:
        yield made


def claims_of(archive, source=SOURCE):
    return [s for s in archive.view("sealed").claims(source=source) if not s.withdrawn]


def counts(totals: Totals):
    return totals.read, totals.recorded, totals.already, totals.held, totals.rejected


def put(archive, folder: Path, rows=ROWS, **more):
    path = folder / "list.csv"
    if not path.exists():
        write_csv(path, [row.cells if isinstance(row, Row) else row for row in rows])
    return record(archive, path, listed(table(rows)), MAPPING, **more)


# Planning


def test_a_plan_says_what_recording_does(archive, tmp_path):
    said = plan(archive.view("sealed"), listed(table()), MAPPING)
    assert archive.view("sealed").claims(source=SOURCE) == []
    assert counts(said.totals) == (4, 2, 0, 1, 1)
    done = put(archive, tmp_path)
    assert done.totals == said.totals
    assert done.claims == said.claims == len(claims_of(archive))
    assert done.questions == said.questions
    assert not said.source_known


def test_columns_are_accounted_for(archive):
    said = plan(archive.view("sealed"), listed(table()), MAPPING)
    dates = next(column for column in said.tables[0].columns if column.name == "تاریخ")
    assert (dates.predicates, dates.read, dates.asked, dates.empty) == (("died",), 2, 1, 1)
    for column in said.tables[0].columns:
        assert column.read + column.asked + column.empty == said.totals.read


def test_sheets_that_are_left_out_are_told_and_those_without_columns_rejected(archive):
    notes = table((("x",), ("y",)), ("یادداشت",), sheet="Notes")
    file = listed(table(sheet="People"), notes)
    people = msgspec.structs.replace(MAPPING, sheets=("People",))
    said = plan(archive.view("sealed"), file, people)
    assert (said.totals.read, said.sheets_left) == (4, ("Notes",))
    said = plan(archive.view("sealed"), file, MAPPING)
    assert counts(said.totals) == (6, 2, 0, 1, 3)
    assert "نام" in said.tables[1].missing


# Recording


def test_the_run_tells_of_itself_and_keeps_the_list(archive, tmp_path):
    done = put(archive, tmp_path)
    said = {
        s.claim.predicate: s.claim.value for s in archive.view("sealed").claims(subject=done.run)
    }
    assert said["method"].text == "habeas import"
    assert (said["rows_read"].low, said["rows_held"].low, said["rows_rejected"].low) == (
        "4",
        "1",
        "1",
    )
    assert said["recorded_entries"].counts.startswith("log:")
    assert int(said["recorded_entries"].high) - int(said["recorded_entries"].low) + 1 == 2
    files = [s.claim.value for s in archive.view("sealed").claims(predicate="input")]
    kept = next(file for file in files if file.text == "list.csv")
    assert archive.evidence.path(kept.sha256).read_bytes() == (tmp_path / "list.csv").read_bytes()
    assert not archive.view("public").claims(subject=done.run)
    assert not [p for check in verify(archive).checks for p in check.problems]


def test_a_row_is_one_entry_and_describes_its_own_person(archive, tmp_path):
    put(archive, tmp_path)
    found = claims_of(archive)
    assert len({s.position for s in found}) == len({s.claim.subject for s in found}) == 2
    assert all(s.claim.locator[0].row in (2, 3) for s in found)


def test_importing_twice_adds_nothing(archive, tmp_path):
    put(archive, tmp_path)
    size = archive.store.size(archive.log.id)
    again = put(archive, tmp_path)
    assert counts(again.totals) == (4, 2, 2, 1, 1)
    assert again.run is None
    assert archive.store.size(archive.log.id) == size


def test_a_longer_list_adds_what_is_new(archive, tmp_path):
    put(archive, tmp_path)
    more = (("", "", "New Inventedson", "", "", "", ""), *ROWS, ROWS[0])
    (tmp_path / "list.csv").unlink()
    done = put(archive, tmp_path, more, held=tmp_path / "other.csv")
    assert counts(done.totals) == (6, 4, 2, 1, 1)
    assert len({s.claim.subject for s in claims_of(archive)}) == 4


def test_two_equal_rows_of_one_list_are_two_rows(archive, tmp_path):
    done = put(archive, tmp_path, (ROWS[0], ROWS[0]))
    assert counts(done.totals) == (2, 2, 0, 0, 0)
    assert put(archive, tmp_path, (ROWS[0], ROWS[0])).totals.already == 2


def test_mutant_rows_known_by_a_set_would_lose_the_second_of_two(archive, tmp_path, monkeypatch):
    put(archive, tmp_path, (ROWS[0],))
    monkeypatch.setattr(known_rows.KnownRows, "take", lambda self, row: self._rows.get(row, 0) > 0)
    (tmp_path / "list.csv").unlink()
    assert put(archive, tmp_path, (ROWS[0], ROWS[0])).totals.already == 2  # one too many


def test_undone_and_imported_again(archive, tmp_path):
    done = put(archive, tmp_path)
    before = len(claims_of(archive))
    assert withdraw_run(archive, done.run, "a wrong mapping") == before
    assert claims_of(archive) == []
    Path(done.held_file).unlink()
    again = put(archive, tmp_path)
    assert counts(again.totals) == (4, 2, 0, 1, 1)
    assert len(claims_of(archive)) == before


def test_a_row_of_which_a_claim_was_withdrawn_does_not_come_again(archive, tmp_path):
    put(archive, tmp_path)
    withdraw(archive, claims_of(archive)[0].digest, "an invented mistake")
    assert put(archive, tmp_path).totals.already == 2


def test_changed_rows_and_erased_claims_are_told(archive, tmp_path):
    from habeas.registry.changing import erase

    put(archive, tmp_path)
    erase(archive, claims_of(archive)[0].digest, "asked by an invented family")
    changed = ((*ROWS[0][:3], "26", *ROWS[0][4:]), *ROWS[1:])
    said = plan(archive.view("sealed"), listed(table(changed)), MAPPING)
    assert said.changed
    assert said.erased == 1


# Held rows


def test_held_rows_come_back_with_their_question(archive, tmp_path):
    done = put(archive, tmp_path)
    held = Path(done.held_file)
    assert held.name == "list.held.csv"
    assert held.stat().st_mode & 0o777 == 0o600
    with held.open(encoding="utf-8-sig", newline="") as opened:
        head, *rows = csv.reader(opened)
    assert head == [ROW, QUESTION, *HEADERS]
    assert [row[0] for row in rows] == ["A4", "A5"]
    assert "which number is the day" in rows[1][1]
    assert tuple(rows[1][2:]) == ROWS[3]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["list.csv", "list.held.csv", "registry"]


def mended(archive, tmp_path, **more):
    """The held rows, with the date of the last one written in another order."""
    held = tmp_path / "list.held.csv"
    with held.open(encoding="utf-8-sig", newline="") as opened:
        head, *rows = csv.reader(opened)
    rows[1][6] = "1367/5/7"
    path = tmp_path / "mended.csv"
    write_csv(path, rows, head)
    return record(archive, path, listed(table(rows, head), name="mended.csv"), MAPPING, **more)


def test_mended_rows_keep_the_place_where_they_stood(archive, tmp_path):
    put(archive, tmp_path)
    before = {s.digest for s in claims_of(archive)}
    done = mended(archive, tmp_path)
    assert counts(done.totals) == (2, 1, 0, 0, 1)
    new = [s.claim for s in claims_of(archive) if s.digest not in before]
    assert {cell.row for claim in new for cell in claim.locator} == {5}
    died = next(claim for claim in new if claim.predicate == "died")
    assert [cell.column for cell in died.locator] == ["E"]
    assert {claim.note for claim in new} == {NOTE}
    assert mended(archive, tmp_path, held=tmp_path / "x.csv").run is None
    assert put(archive, tmp_path).totals.already == 2


def test_mutant_without_the_original_place_rows_would_stand_elsewhere(
    archive, tmp_path, monkeypatch
):
    put(archive, tmp_path)
    monkeypatch.setattr(survey, "is_mended", lambda _: False)
    mended(archive, tmp_path)
    rows = {c.row for s in claims_of(archive) for c in s.claim.locator}
    assert rows == {2, 3}  # the third row stands where another one stood


def test_held_rows_of_a_workbook_come_back_as_a_workbook(archive, tmp_path):
    from openpyxl import load_workbook

    people = table((*ROWS, Row(number=9, cells=("a", "", "", "=1+1", "28-Jul", "", ""),
                               days={4: "1988-07-28"})), sheet="People/1"[:6])  # fmt: skip
    other = table((("", "x"),), ("نام", "سن"), sheet="People")
    file = listed(people, other, format_="xlsx")
    path = write_csv(tmp_path / "list.xlsx")
    mapping = msgspec.structs.replace(MAPPING, claims=(
        *MAPPING.claims, ClaimRule(predicate="name", columns=("نام",), nothing=("a",)),
    ))  # fmt: skip
    done = record(archive, path, file, mapping)
    book = load_workbook(done.held_file)
    assert book.sheetnames == ["People", "People (2)"]
    sheet = book["People"]
    assert sheet["A1"].value == ROW
    last = sheet.max_row
    assert sheet.cell(last, 1).value == "People!A9"
    assert sheet.cell(last, 6).value == "'=1+1"
    assert sheet.cell(last, 7).value.isoformat()[:10] == "1988-07-28"
    assert Path(done.held_file).stat().st_mode & 0o777 == 0o600


def test_held_rows_of_one_of_several_tables_are_mended(archive, tmp_path):
    others = table((("Ava Oblak", "x"),), ("Person", "Sex"), sheet="others")
    file = listed(table(sheet="people"), others, format_="xlsx")
    mapping = msgspec.structs.replace(
        MAPPING,
        claims=(*MAPPING.claims, ClaimRule(predicate="name", columns=("Person",))),
        left_out=("Sex",),
    )
    done = record(archive, write_csv(tmp_path / "list.xlsx"), file, mapping)
    assert counts(done.totals) == (5, 3, 0, 1, 1)
    held = Path(done.held_file)
    again = record(archive, held, open_table_file(held), mapping, held=tmp_path / "rest.xlsx")
    assert counts(again.totals) == (2, 0, 0, 1, 1)


def test_nothing_is_overwritten_and_nothing_recorded_then(archive, tmp_path):
    (tmp_path / "list.held.csv").write_text("mine")
    size = archive.store.size(archive.log.id)
    with pytest.raises(InputError, match="not overwritten"):
        put(archive, tmp_path)
    for bad in ("held.txt", "nowhere/held.csv", "list.held.csv"):
        with pytest.raises(InputError):
            put(archive, tmp_path, held=tmp_path / bad)
    assert (tmp_path / "list.held.csv").read_text() == "mine"
    assert archive.store.size(archive.log.id) == size
    assert not list(archive.evidence)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["list.csv", "list.held.csv", "registry"]


def test_rows_of_several_tables_need_a_workbook(archive, tmp_path):
    file = listed(table(), table(headers=HEADERS, first=10))
    path = write_csv(tmp_path / "list.csv")
    with pytest.raises(InputError, match="several tables"):
        record(archive, path, file, MAPPING, held=tmp_path / "held.csv")
    assert claims_of(archive) == []
    assert record(archive, path, file, MAPPING).held_file.endswith("list.held.xlsx")


# Whole or not at all


def nothing_there(archive, tmp_path):
    assert claims_of(archive) == []
    assert not list(archive.evidence)
    assert not [p for p in tmp_path.iterdir() if p.name not in ("list.csv", "registry")]


def broken_after(count: int, error: BaseException):
    """A table that fails in the middle."""
    whole = table([ROWS[n % 2] if n % 3 else ROWS[3] for n in range(count)])

    def rows():
        yield from whole.rows()
        raise error

    return msgspec.structs.replace(whole, rows=rows)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), InputError("torn"), MemoryError()])
def test_a_fault_in_the_middle_leaves_nothing(archive, tmp_path, error):
    path = write_csv(tmp_path / "list.csv")
    with pytest.raises(type(error)):
        record(archive, path, listed(broken_after(3000, error)), MAPPING)
    nothing_there(archive, tmp_path)


def test_a_list_that_changes_meanwhile_is_refused(archive, tmp_path):
    path = write_csv(tmp_path / "list.csv")
    whole = table()

    def rows():
        path.write_text("something else")
        yield from whole.rows()

    changing = msgspec.structs.replace(whole, rows=rows)
    with pytest.raises(InputError, match="changed while it was read"):
        record(archive, path, listed(changing), MAPPING)
    nothing_there(archive, tmp_path)


def test_a_failing_signature_takes_the_kept_file_along(archive, tmp_path, monkeypatch):
    from habeas.registry import registry as module

    def refuse(*_):
        raise HabeasError("no signature today")

    monkeypatch.setattr(module, "sign_batch", refuse)
    with pytest.raises(HabeasError, match="no signature"):
        put(archive, tmp_path)
    nothing_there(archive, tmp_path)


def test_a_lost_row_is_found(archive, tmp_path, monkeypatch):
    """Mutant: a row whose fate nobody counts."""
    from habeas.exchange.lists.reconciliation import Tally

    became = Tally.became
    monkeypatch.setattr(
        Tally, "became", lambda self, read, fate: fate == "held" or became(self, read, fate)
    )
    with pytest.raises(HabeasError, match="the account is wrong"):
        put(archive, tmp_path)
    nothing_there(archive, tmp_path)


def test_a_row_that_is_counted_and_not_recorded_is_found(archive, tmp_path, monkeypatch):
    """Mutant: recording drops an entry."""
    from habeas.registry.recording import Recording

    add = Recording.add
    monkeypatch.setattr(
        Recording, "add", lambda self, entry: () if len(entry.named) == 5 else add(self, entry)
    )
    with pytest.raises(HabeasError, match="2 new rows were counted"):
        put(archive, tmp_path)
    nothing_there(archive, tmp_path)


CHILD = """
import sys, os, signal
sys.path.insert(0, {tests!r})
from pathlib import Path
from invented_lists import *
from habeas.exchange.lists.importing import record
from habeas.registry.registry import open_registry
whole = table([ROWS[n % 2] if n % 3 else ROWS[3] for n in range(9000)])
def rows():
    for n, row in enumerate(whole.rows()):
        if n == {at}:
            {strike}
        yield row
import msgspec
with open_registry(Path({registry!r})) as archive:
    try:
        record(archive, Path({path!r}), listed(msgspec.structs.replace(whole, rows=rows)), MAPPING)
    except KeyboardInterrupt:
        print("stopped")
"""


def struck(tmp_path: Path, at: int, strike: str) -> subprocess.CompletedProcess[bytes]:
    """An import by a process of its own, struck at one row."""
    with registry(tmp_path / "registry"):
        pass
    path = write_csv(tmp_path / "list.csv")
    words = CHILD.format(
        tests=str(Path(__file__).parent), at=at, strike=strike,
        registry=str(tmp_path / "registry"), path=str(path),
    )  # fmt: skip
    return subprocess.run(
        [sys.executable, "-c", words], capture_output=True, check=False, start_new_session=True
    )


def check_as_before(tmp_path: Path) -> None:
    """Nothing was recorded, nothing left behind, and importing goes on."""
    with open_registry(tmp_path / "registry") as archive:
        nothing_there(archive, tmp_path)
        assert not [p for check in verify(archive).checks for p in check.problems]
        assert put(archive, tmp_path).totals.recorded == 2


@pytest.mark.parametrize("at", [1, 4000, 8999])
def test_killed_in_the_middle(tmp_path, at):
    child = struck(tmp_path, at, "os.kill(os.getpid(), signal.SIGKILL)")
    assert child.returncode == -9, child.stderr
    check_as_before(tmp_path)


def test_stopped_at_the_keyboard_while_two_processes_work(tmp_path):
    """Ctrl-C reaches every process of the terminal; one of them speaks."""
    child = struck(tmp_path, 8000, "os.killpg(0, signal.SIGINT)")
    assert (child.returncode, child.stdout, child.stderr) == (0, b"stopped\n", b"")
    check_as_before(tmp_path)


CHILDREN = "/proc/self/task/{}/children"


@pytest.mark.skipif(
    not Path(CHILDREN.format(os.getpid())).exists(), reason="NOT TESTED: no list of children here"
)
def test_the_second_process_leaves_the_keyboard_to_the_first(tmp_path):
    """What the terminal sends to both is answered by one: the other neither ends nor speaks."""
    strike = (
        f"children = Path({CHILDREN!r}.format(os.getpid())).read_text().split(); assert children; "
        "[os.kill(int(child), signal.SIGINT) for child in children]"
    )
    child = struck(tmp_path, 8000, strike)
    assert (child.returncode, child.stdout, child.stderr) == (0, b"", b"")
    with open_registry(tmp_path / "registry") as archive:
        assert len({s.claim.subject for s in claims_of(archive)}) == 6000


# Laws

CELLS = st.sampled_from(
    ["", " ", "پرند", "Parand", "25", "۱۳۶۷/۵/۷", "nonsense 9x", "زن", "=1", "-", "Pаr", "a\nb"]
)
MADE = st.lists(st.tuples(*[CELLS] * len(HEADERS)), max_size=12)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=MADE, more=MADE)
def test_laws(tmp_path_factory, rows, more):
    """Rows in = recorded + held + rejected; twice adds nothing; more adds what is more."""
    folder = tmp_path_factory.mktemp("laws")
    with registry(folder / "registry") as archive:
        path = write_csv(folder / "list.csv", rows)
        held = [folder / f"{n}.csv" for n in range(4)]
        said = plan(archive.view("sealed"), listed(table(rows)), MAPPING, held=held[0])
        done = record(archive, path, listed(table(rows)), MAPPING, held=held[1])
        assert said.totals == done.totals
        assert done.totals.read == len(rows)
        assert done.totals.read == done.totals.recorded + done.totals.held + done.totals.rejected
        subjects = {s.claim.subject for s in claims_of(archive)}
        assert len(subjects) == done.totals.recorded
        if done.totals.new:
            assert held[1].exists() == bool(done.totals.held + done.totals.rejected)
        again = record(archive, path, listed(table(rows)), MAPPING, held=held[2])
        assert (again.run, again.totals.new) == (None, 0)
        write_csv(path, [*more, *rows])
        longer = record(archive, path, listed(table([*more, *rows])), MAPPING, held=held[3])
        assert longer.totals.already == done.totals.recorded
        assert not [p for check in verify(archive).checks for p in check.problems]


def test_other_claims_about_a_person_do_not_hide_its_row(archive, tmp_path):
    put(archive, tmp_path)
    subject = claims_of(archive)[0].claim.subject
    with archive.recording() as recording:
        recording.entry([
            Claim(subject=subject, predicate="name", value=Name(text="x"), source=SOURCE,
                  sensitivity="team"),
            Claim(subject=subject, predicate="charge", value=Text(text="y"), source=SOURCE,
                  sensitivity="team"),
        ])  # fmt: skip
    assert put(archive, tmp_path).totals.already == 2


def test_a_mapping_that_does_not_fit_is_refused(archive, tmp_path):
    wrong = Mapping(source=SOURCE, claims=(ClaimRule(predicate="name", columns=("nowhere",)),))
    with pytest.raises(InputError, match="no column"):
        plan(archive.view("sealed"), listed(table()), wrong)
    with pytest.raises(InputError, match="no table"):
        plan(archive.view("sealed"), listed(), MAPPING)


def test_every_key_of_a_mapping_is_documented():
    written = (Path(__file__).parents[3] / "docs" / "lists.md").read_text("utf-8")
    for kind in (Mapping, ClaimRule):
        for field in msgspec.structs.fields(kind):
            assert f"`{field.encode_name}`" in written, field.encode_name


# Through real files


def read_again(path):
    from habeas.exchange.tables.reading import open_table_file

    return open_table_file(path)


def in_held(path: Path, change) -> None:
    """Change the rows of a held CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as opened:
        head, *rows = csv.reader(opened)
    path.unlink()
    write_csv(path, [change(dict(zip(head, row, strict=True))) for row in rows], head)


def test_what_the_list_shows_odd_stays_asked_until_somebody_says_it_is_mended(archive, tmp_path):
    """A merged cell is an ordinary cell in the file of held rows: the question must not vanish."""
    odd = Row(number=7, cells=ROWS[0], faults=(Fault(reason="merged with A6", column=0),))
    path = write_csv(tmp_path / "list.csv")
    held = Path(record(archive, path, listed(table((*ROWS[:2], odd))), MAPPING).held_file)
    again = plan(archive.view("sealed"), read_again(held), MAPPING)
    assert counts(again.totals) == (1, 0, 0, 1, 0)
    assert "merged with A6" in again.questions[0].questions[0].reason
    rest = tmp_path / "rest.csv"
    plan(archive.view("sealed"), read_again(held), MAPPING, held=rest)
    assert plan(archive.view("sealed"), read_again(rest), MAPPING).totals.held == 1
    in_held(rest, lambda row: {**row, QUESTION: ""}.values())
    assert plan(archive.view("sealed"), read_again(rest), MAPPING).totals.recorded == 1


def test_mutant_without_the_mark_a_merged_cell_would_be_recorded_unmended(
    archive, tmp_path, monkeypatch
):
    from habeas.exchange.lists import mended as module

    odd = Row(number=7, cells=ROWS[0], faults=(Fault(reason="merged with A6", column=0),))
    path = write_csv(tmp_path / "list.csv")
    held = Path(record(archive, path, listed(table((*ROWS[:2], odd))), MAPPING).held_file)
    monkeypatch.setattr(module, "STILL_ASKED", "never written")
    assert plan(archive.view("sealed"), read_again(held), MAPPING).totals.recorded == 1


def test_days_of_a_workbook_are_days_again(archive, tmp_path):
    from datetime import date

    from openpyxl import Workbook

    book = Workbook()
    book.active.title = "ساختگی"
    for row in (HEADERS, ("پرند", "سنگی", "", "x9", date(1988, 7, 28), "زن", ""),
                ("شاهو", "ابری", "", "30", date(1988, 8, 1), "مرد", "=1")):  # fmt: skip
        book.active.append(row)
    path = tmp_path / "list.xlsx"
    book.save(path)
    done = record(archive, path, read_again(path), MAPPING)
    assert (counts(done.totals), done.run) == ((2, 0, 0, 2, 0), None)
    held = Path(done.held_file)
    mapping = msgspec.structs.replace(MAPPING, claims=tuple(
        msgspec.structs.replace(rule, unread="words") if rule.predicate == "age" else rule
        for rule in MAPPING.claims
    ))  # fmt: skip
    again = record(archive, held, read_again(held), mapping)
    assert counts(again.totals) == (2, 1, 0, 1, 0)
    days = {s.claim.value.earliest for s in claims_of(archive) if s.claim.predicate == "died"}
    assert days == {"1988-07-28"}
    places = {(c.sheet, c.row, c.column) for s in claims_of(archive) for c in s.claim.locator}
    assert ("ساختگی", 2, "E") in places


def test_several_values_of_one_cell_are_several_again(archive, tmp_path):
    path = tmp_path / "list.json"
    path.write_text(
        '[{"name": "پرند", "names": ["a", "ب؛ c"], "age": "9x9"}, {"name": "x", "names": []}]',
        "utf-8",
    )
    mapping = Mapping(source=SOURCE, claims=(
        ClaimRule(predicate="name", columns=("name",)),
        ClaimRule(predicate="nickname", columns=("names",)),
        ClaimRule(predicate="age", columns=("age",)),
    ))  # fmt: skip
    held = Path(record(archive, path, read_again(path), mapping).held_file)
    in_held(held, lambda row: {**row, "age": "99"}.values())
    record(archive, held, read_again(held), mapping)
    names = [s.claim for s in claims_of(archive) if s.claim.predicate == "nickname"]
    assert sorted(claim.value.text for claim in names) == ["a", "ب؛ c"]
    assert {(c.row, c.column) for claim in names for c in claim.locator} == {(1, "names")}
