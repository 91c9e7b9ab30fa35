"""Whether the cells of a column are dates, and of which calendar when they leave no doubt."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from habeas.claims.dates import read_date
from habeas.errors import InputError
from habeas.exchange.lists.column_contents import ASCII_DIGITS, Contents, in_range
from habeas.exchange.lists.mapping import CalendarName

MOST: Final = 0.9
"""The part of the cells that has to be read for a column to be taken for what it seems."""

_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_FIVE = re.compile(r"\d{5}(?:\.\d+)?\Z")
_ORDERLESS = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}\Z")
_LIKE = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}\Z|\d{5}\Z")
_SOLAR_NOW: Final = range(1399, 1411)
"""Years that are solar or lunar by themselves, and solar where other years of the column are."""

WHICH: Final = 'write calendar = "solar_hijri" or "gregorian" into the rule'
WHICH_HIJRI: Final = 'write calendar = "hijri_umm_al_qura" or "hijri_tabular" into the rule'


@dataclass(frozen=True, slots=True, kw_only=True)
class DatesFound:
    """What the cells of a column are as dates."""

    read: float
    """The part of the filled cells, 0 to 1, that is a date in some calendar, or looks like one."""
    calendar: CalendarName | None = None
    """The one of all cells that name none; None when there is no need or a doubt."""
    sure: bool = False
    """Whether a reader has nothing to decide."""
    says: str = ""
    """What was found, in words; without any cell."""


def dates_in(column: Contents, named: str = "", lunar_likely: bool = False) -> DatesFound:
    """The dates of a column of whole dates.

    Args:
        column: its first cells.
        named: the calendar that the header names: `solar_hijri`, `gregorian`, `hijri`, or empty.
        lunar_likely: whether the list is of a kind that may count lunar years (Arabic headers).
    """
    if not column.filled:
        return DatesFound(read=0, says="no cell is filled")
    if odd := sum(1 for day in column.days if not "1700" <= day[:4] <= "2199"):
        says = (
            f"{odd} cells are days of the spreadsheet in years such as 13..: typed as solar dates?"
        )
        return DatesFound(read=0, says=says)
    if column.days and not column.cells:
        says = f"all {len(column.days)} cells are days of the spreadsheet"
        return DatesFound(read=1, calendar="gregorian", sure=named != "solar_hijri", says=says)
    if column.share(lambda cell: bool(_FIVE.match(cell))) >= MOST:
        says = 'the cells are numbers of days? Then write serial = "1900" or "1904" into the rule'
        return DatesFound(read=1, says=says)
    return _words(column, named, lunar_likely)


def _words(column: Contents, named: str, lunar_likely: bool) -> DatesFound:
    """Dates in words and digits, with days of the spreadsheet beside them or not."""
    plain, doubtful, unread = _sorted(column.cells)
    days = len(column.days)
    read = 1 - len(unread) / column.filled
    like = sum(1 for cell in unread if _LIKE.match(cell.translate(ASCII_DIGITS))) / column.filled
    note = f"{column.filled - len(unread)} of {column.filled} cells can be read"
    if orderless := sum(1 for cell in unread if _ORDERLESS.match(cell.translate(ASCII_DIGITS))):
        do = "does" if orderless == 1 else "do"
        note += f" ({orderless} {do} not tell which number is the day)"
    if named:
        return _named(column, named, plain, read + like)
    solar, gregorian = plain["solar_hijri"], plain["gregorian"]
    if solar and lunar_likely:
        return DatesFound(read=0, says=f"{note}; years such as 13.. may be lunar or solar: {WHICH}")
    if not doubtful:
        sure = read >= MOST
        if solar and gregorian:
            return DatesFound(read=read + like, sure=sure, says=f"{note}, in two calendars")
        if not solar and not gregorian and not days:
            return DatesFound(read=read + like, says=note)
        calendar: CalendarName = "solar_hijri" if solar else "gregorian"
        says = f"{note}, all {_called(calendar)}"
        return DatesFound(read=read + like, calendar=calendar, sure=sure, says=says)
    if solar and not gregorian and not days and all(_only_solar(cell) for cell in doubtful):
        says = f"{note}, all {_called('solar_hijri')}"
        sure = read >= MOST
        return DatesFound(read=read + like, calendar="solar_hijri", sure=sure, says=says)
    fit = "fits" if len(doubtful) == 1 else "fit"
    says = f"{note}; {len(doubtful)} of them {fit} more than one calendar: {WHICH}"
    return DatesFound(read=read + like, says=says)


def _named(column: Contents, named: str, plain: Counter[str], read: float) -> DatesFound:
    """The header names the calendar: it holds unless cells say otherwise."""
    if named == "hijri":
        says = f"the header says a lunar calendar, or does not say which: {WHICH_HIJRI}"
        return DatesFound(read=read or 1, says=says)
    calendar: CalendarName = "solar_hijri" if named == "solar_hijri" else "gregorian"
    others = sum(count for name, count in plain.items() if name not in (calendar, "unknown"))
    within = sum(1 for cell in column.cells if _reads(cell, calendar)) + len(column.days)
    share = within / column.filled
    if others:
        says = f"the header says {_called(calendar)}, and {others} cells say otherwise: {WHICH}"
        return DatesFound(read=read, says=says)
    says = (
        f"{within} of {column.filled} cells can be read as {_called(calendar)}, as the header says"
    )
    return DatesFound(read=share, calendar=calendar, sure=share >= MOST, says=says)


def years_in(column: Contents, named: str = "", lunar_likely: bool = False) -> DatesFound:
    """The years of a column in which only the year stands; as `dates_in`."""
    if not column.filled:
        return DatesFound(read=0, says="no cell is filled")
    four = column.share(in_range(1200, 2200))
    two = column.share(in_range(0, 99))
    if four + two < MOST:
        return DatesFound(read=four + two, says=f"{four + two:.0%} of the cells are years")
    if two and not named:
        return DatesFound(read=1, says=f"years of two digits fit more than one calendar: {WHICH}")
    return dates_in(column, named, lunar_likely)


def _sorted(cells: Iterable[str]) -> tuple[Counter[str], list[str], list[str]]:
    """Cells read without a calendar, counted by theirs; cells that need one; the rest."""
    plain: Counter[str] = Counter()
    doubtful: list[str] = []
    unread: list[str] = []
    for cell in cells:
        calendar = _calendar(cell)
        if calendar:
            plain[calendar] += 1
        elif _reads(cell, "solar_hijri") or _reads(cell, "gregorian"):
            doubtful.append(cell)
        else:
            unread.append(cell)
    return plain, doubtful, unread


def _calendar(cell: str) -> str:
    try:
        found = read_date(cell)
    except InputError:
        return ""
    if found.precision == "unknown":  # “unknown” is of no calendar
        return "unknown"
    return found.calendar


def _reads(cell: str, calendar: str) -> bool:
    try:
        read_date(cell, calendar)
    except InputError:
        return False
    return True


def _only_solar(cell: str) -> bool:
    """Whether the years of a cell are written in full, and are of the last solar years."""
    years = [int(year) for year in _YEAR.findall(cell.translate(ASCII_DIGITS))]
    return bool(years) and all(year in _SOLAR_NOW for year in years) and _reads(cell, "solar_hijri")


def _called(calendar: str) -> str:
    return {"solar_hijri": "Solar Hijri", "gregorian": "Gregorian"}.get(calendar, calendar)


PARTS: Final[dict[str, Callable[[str], bool]]] = {"month": in_range(1, 12), "day": in_range(1, 31)}
"""What a cell of a month or a day is, when it is a number."""
