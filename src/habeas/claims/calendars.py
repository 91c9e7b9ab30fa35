"""Calendars: which days a year, a month or a day of each covers, as Gregorian days.

Solar Hijri follows jdatetime, Umm al-Qura follows hijridate (1343 to 1500 AH), the tabular Hijri
calendar is arithmetic (civil epoch of 16 July 622 Julian, leap years 2, 5, 7, 10, 13, 16, 18, 21,
24, 26 and 29 of thirty). A lunar day begins at sunset; its Gregorian day is the one in which
it ends. Nothing here reads words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from habeas.errors import InputError

CalendarName = Literal["gregorian", "solar_hijri", "hijri_umm_al_qura", "hijri_tabular"]

Span = tuple[date, date]
"""First and last day, both included."""

_TABULAR_EPOCH = date(622, 7, 19).toordinal()
"""1 Muharram 1, in the proleptic Gregorian calendar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """One calendar: the years it is read for, and how its days are Gregorian."""

    name: CalendarName
    years: range
    """The years that a source may mean; any other is refused rather than converted."""
    months: int
    to_day: Callable[[int, int, int], date]
    """Year, month, day to a Gregorian day.

    Raises:
        ValueError: there is no such day.
    """

    def day(self, year: int, month: int, day: int) -> date:
        """The Gregorian day of a day of this calendar.

        Raises:
            InputError: the calendar holds no such day.
        """
        if year not in self.years:
            self.check_year(year)
        try:
            return self.to_day(year, month, day)
        except ValueError as error:
            raise InputError(
                f"the calendar {self.name} holds no day {year:04}-{month:02}-{day:02}",
                mend="Look at the month and the day; a source that errs is kept as text",
            ) from error

    def month(self, year: int, month: int) -> Span:
        """The days of a month.

        Raises:
            InputError: there is no such month.
        """
        if not 1 <= month <= self.months:
            raise InputError(
                f"there is no month {month} in the calendar {self.name}",
                mend="Look at the order of year, month and day",
            )
        return self.day(year, month, 1), self._next_month(year, month) - timedelta(days=1)

    def year(self, year: int) -> Span:
        """The days of a year.

        Raises:
            InputError: the year is none that a source of this calendar means.
        """
        return self.day(year, 1, 1), self._next_month(year, self.months) - timedelta(days=1)

    def check_year(self, year: int) -> None:
        """Refuse a year that no source of this calendar means.

        Raises:
            InputError: the year lies outside.
        """
        if year not in self.years:
            raise InputError(
                f"{year} is no year that can be read in the calendar {self.name} "
                f"({self.years.start} to {self.years.stop - 1})",
                mend="Which calendar is meant? Name it in `calendar`",
            )

    def _next_month(self, year: int, month: int) -> date:
        if month < self.months:
            return self.to_day(year, month + 1, 1)
        return self.to_day(year + 1, 1, 1)


def solar_day(year: int, month: int, day: int) -> date:
    """The Gregorian day of a day of the Solar Hijri calendar.

    Raises:
        ValueError: there is no such day.
    """
    first, length = _solar_year(year)
    if not (1 <= month <= 12 and 1 <= day <= (31 if month < 7 else 30)):
        raise ValueError("no such day")
    count = 31 * (month - 1) - max(0, month - 7) + day
    if count > length:
        raise ValueError("no such day")
    return date.fromordinal(first + count - 1)


@lru_cache(maxsize=512)
def _solar_year(year: int) -> tuple[int, int]:
    """The ordinal of the first day, and the number of days."""
    import jdatetime

    first: int = jdatetime.date(year, 1, 1).togregorian().toordinal()
    return first, jdatetime.date(year + 1, 1, 1).togregorian().toordinal() - first


def solar_of(day: date) -> tuple[int, int, int]:
    """Year, month and day of the Solar Hijri calendar.

    Args:
        day: Gregorian.
    """
    import jdatetime

    found = jdatetime.date.fromgregorian(date=day)
    return found.year, found.month, found.day


def _umm_al_qura(year: int, month: int, day: int) -> date:
    from hijridate import Hijri

    try:
        found = Hijri(year, month, day).to_gregorian()
    except OverflowError as error:
        raise ValueError(str(error)) from error
    return date(found.year, found.month, found.day)


def _tabular(year: int, month: int, day: int) -> date:
    leap = (11 * year + 14) % 30 < 11
    length = 30 if month % 2 == 1 or (month == 12 and leap) else 29
    if not (1 <= month <= 12 and 1 <= day <= length):
        raise ValueError("no such day")
    before = (year - 1) * 354 + (3 + 11 * year) // 30 + 29 * (month - 1) + month // 2
    return date.fromordinal(_TABULAR_EPOCH + before + day - 1)


CALENDARS: dict[str, Calendar] = {
    "gregorian": Calendar(name="gregorian", years=range(1700, 2201), months=12, to_day=date),
    "solar_hijri": Calendar(
        name="solar_hijri", years=range(1200, 1501), months=12, to_day=solar_day
    ),
    "hijri_umm_al_qura": Calendar(
        name="hijri_umm_al_qura", years=range(1343, 1500), months=12, to_day=_umm_al_qura
    ),
    "hijri_tabular": Calendar(
        name="hijri_tabular", years=range(1100, 1601), months=12, to_day=_tabular
    ),
}


def calendar_named(name: str) -> Calendar:
    """The calendar of this name.

    Raises:
        InputError: there is none.
    """
    found = CALENDARS.get(name)
    if found is None:
        raise InputError(
            f"there is no calendar “{name}”", mend=f"It is one of {', '.join(CALENDARS)}"
        )
    return found
