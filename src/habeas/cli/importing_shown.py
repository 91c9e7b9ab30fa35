"""How an import is shown: what was understood, what was not, and the account to the row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from habeas.cli.terminal import Words, isolated, say, screen, table, warn

if TYPE_CHECKING:
    from habeas.cli.used_mapping import Found
    from habeas.exchange.lists.reconciliation import RowQuestions, RowWarning, TableAccount
    from habeas.exchange.lists.survey import Plan

SHOWN: Final = 20
"""How many rows that are not recorded are shown."""


def show(plan: Plan, used: Found, *, yes: bool, every: bool) -> None:
    """Say everything about an import on the terminal.

    Args:
        plan: what was found.
        used: the mapping, and where it stands.
        yes: whether it was to be recorded.
        every: show all rows that are not recorded that the plan tells of, not the first only.
    """
    say(f"{isolated(plan.file)}: {plan.format}, {_tables(plan)}")
    for remark in plan.remarks:
        say(f"  {isolated(remark)}")
    if plan.loose:
        what = "1 line that is a title, a note or a total, and no row"
        several = f"{plan.loose} lines that are titles, notes or totals, and no rows"
        say(f"  {what if plan.loose == 1 else several}")
    for sheet in plan.sheets_left:
        say(f"  the sheet {isolated(sheet)} is left out, as the mapping says")
    what = "proposed now, look at it and change it" if used.new else "what the columns mean"
    say(f"mapping: {isolated(str(used.path))} ({what})")
    for account in plan.tables:
        _show_columns(account, used, several=len(plan.tables) > 1, planned=not yes)
    _show_rows(plan, every=every)
    _warnings(plan, used)
    _show_account(plan, yes=yes)


def _tables(plan: Plan) -> str:
    rows = _count(plan.totals.read, "row")
    return rows if len(plan.tables) == 1 else f"{len(plan.tables)} tables, {rows}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _show_columns(account: TableAccount, used: Found, *, several: bool, planned: bool) -> None:
    if several:
        where = "" if account.sheet is None else f"sheet {isolated(account.sheet)}, "
        header = account.header_row or "-"
        say(f"\n{where}header in row {header}: {account.totals.line(planned=planned)}")
    shown = table("column", "", "is read as", "read", "asked", "empty")
    for column in account.columns:
        made = ", ".join(column.predicates) + (f" ({column.slot})" if column.slot else "")
        is_left = column.name in used.mapping.left_out
        style = "" if made else "dim" if is_left else "yellow"
        shown.add_row(
            Words(column.name),
            "" if column.address == column.name else Words(column.address),
            Words(made or ("left out" if is_left else "not read"), style),
            Words(str(column.read)),
            Words(str(column.asked) if column.asked else "", "yellow"),
            Words(str(column.empty) if column.empty else ""),
        )
    screen().print(shown)
    if account.missing:
        names = ", ".join(isolated(name) for name in account.missing)
        say(f"  not in this table: {names}")


def _show_rows(plan: Plan, *, every: bool) -> None:
    if not plan.questions:
        return
    count = plan.totals.held + plan.totals.rejected
    some = plan.questions if every else plan.questions[:SHOWN]
    stand = "it stands" if count == 1 else "they stand"
    say(f"{_count(count, 'row')} cannot be recorded as {stand}:")
    shown = table("row", "column", "words", "why", leading=0)
    for found in some:
        for row, column, said, why in _lines(found):
            shown.add_row(Words(row), Words(column), Words(said), Words(why))
    screen().print(shown)
    if count > len(some):
        say(f"  and {count - len(some)} more: --all, or --held FILE writes them all into a file")


def _lines(found: RowQuestions) -> Iterator[tuple[str, str, str, str]]:
    row = _row(found.sheet, found.row)
    if found.rejected:
        yield row, "", "", f"rejected: {found.rejected}"
    for question in found.questions:
        end = "" if question.reason.endswith("?") else "."
        why = f"{question.reason}{end} {question.mend}" if question.mend else question.reason
        yield row, question.column, _short(question.words), why
        row = ""


def _row(sheet: str | None, row: int) -> str:
    return str(row) if sheet is None else f"{sheet} {row}"


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"


def _warnings(plan: Plan, used: Found) -> None:
    for line in used.unsure:
        warn(f"look at the column {line}")
    for found in plan.warnings[:SHOWN]:
        warn(_odd(found))
    if plan.warned > SHOWN:
        warn(f"and {plan.warned - SHOWN} more like these")
    if plan.changed:
        stand = "stands" if plan.changed == 1 else "stand"
        warn(
            f"{_count(plan.changed, 'new row')} {stand} where another row of this source was "
            "recorded before. If the list was corrected or the mapping changed, undo the run "
            "before: habeas import --undo RUN --why TEXT"
        )
    if plan.erased:
        warn(
            f"{_count(plan.erased, 'claim')} {'was' if plan.erased == 1 else 'were'} erased in "
            "this registry. If the list still says what was erased, importing it would bring that "
            "back: look first"
        )
    if not plan.source_known:
        warn(
            f"the registry knows nothing of {plan.source} yet: describe it (title, publisher, "
            "reliability) with a coding sheet: habeas record SHEET.yaml"
        )


def _odd(found: RowWarning) -> str:
    place = f"row {_row(found.sheet, found.row)}, {found.column}"
    return f"{place}: “{_short(found.words)}”: {found.warning}; it is recorded as it stands"


def _show_account(plan: Plan, *, yes: bool) -> None:
    say(plan.totals.line(planned=not yes))
    if plan.held_file is not None:
        say(f"rows to mend: {isolated(plan.held_file)}")
    if plan.run is not None:
        say(f"recorded {_count(plan.claims, 'claim')} as {plan.run}")
        say(f"to take it back: habeas import --undo {plan.run} --why TEXT")
    elif yes and plan.totals.read and not plan.totals.already:
        say("No row could be recorded as it stands, and nothing was.")
    elif yes:
        say("Nothing new was found, and nothing recorded.")
    else:
        say(f"Nothing is recorded yet. With --yes: {_count(plan.totals.new, 'new row')}, "
            f"{_count(plan.claims, 'claim')}.")  # fmt: skip
