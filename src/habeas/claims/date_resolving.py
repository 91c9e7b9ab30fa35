"""From what the words of one date give to its first and last day, in the calendar that is meant."""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple

from habeas.claims.calendars import CALENDARS, Calendar, Span
from habeas.claims.date_forms import Partial
from habeas.claims.date_parts import part_of_month, part_of_season, part_of_years
from habeas.claims.date_tokens import NO_DATE, Token
from habeas.claims.date_words import IMPERIAL, RUMI
from habeas.errors import InputError


class Context(NamedTuple):
    """Which calendar the words name and which one is given from outside."""

    named: str
    given: str | None


NoteKey = Literal[
    "named", "given", "only", "century", "part", "weekday", "about", "time", "two_writings"
]  # fmt: skip


class Note(NamedTuple):
    """A convention by which a date was read; `habeas date` says it in words."""

    key: NoteKey
    """named: the words name the calendar. given: the caller gave it. only: no calendar is named
    and such a year is read in this one. century: a year of two digits was filled up. part: a part
    counted by days. weekday: it fits the day. about: no interval is read. time: the time of day
    stays in the words. two_writings: both agree, and the more precise one is taken."""
    fill: tuple[str, ...] = ()
    """What the sentence names: the part; the year as written and as read."""


class Read(NamedTuple):
    """One date, read."""

    calendar: Calendar
    span: Span
    precision: str
    edge: int = 0
    """1 or 2: the words mean the first or last day of the span, which only a range or a bound can
    take."""
    notes: tuple[Note, ...] = ()


def resolve(found: Partial, context: Context) -> Read:
    """The days of what the words give, in the calendar that they or the caller name.

    Raises:
        InputError: the words may mean two dates, or a day that the calendar does not hold.
    """
    token = found.decade or found.year
    if token is None:
        raise InputError("there is no year", mend="Write the year; none is taken from elsewhere")
    calendar, why = _calendar(found.calendar, token, context)
    if found.calendar == "gregorian" and context.given == "solar_hijri" and len(token.text) < 3:
        raise InputError(
            f"{token.text} may be a Gregorian year, as the month, or a Solar Hijri one, as others",
            mend="Write the year with four digits",
        )
    year = _full_year(calendar, token, found.note)
    notes = [Note(why)]
    if year != token.number:
        notes.append(Note("century", (token.text, str(year))))
    span, precision = _days(found, calendar, year)
    edge = 0
    if found.part is not None:
        precision = "part"
        edge = found.part.number if found.part.kind == "L" else 0
        notes.append(Note("part", (found.part.text,)))
    if found.weekday is not None:
        _check_weekday(span, precision, found.weekday)
        notes.append(Note("weekday"))
    return Read(calendar, span, precision, edge, tuple(notes))


def _days(found: Partial, calendar: Calendar, year: int) -> tuple[Span, str]:
    """First and last day, and how precise they are."""
    if found.note == "zodiac" and year < _LENGTHS_OF_TODAY:
        raise InputError(
            f"before {_LENGTHS_OF_TODAY} the months of the zodiac had other lengths",
            mend="Give earliest, latest and precision",
        )
    if found.decade is not None:
        if year % 10:
            raise InputError(f"no decade begins with {year}", mend="Write 1980s or دهه ۱۳۶۰")
        if found.decade.kind == "E" and year % 100 == 0 and year not in _CENTURIES_THAT_BEGIN:
            raise InputError(
                f"{found.decade.text}s may be ten years or a hundred",
                mend=f"Write {year}-{year + 9}, or {year}-{year + 99}",
            )
        return part_of_years(calendar, year, year + 9, found.part), "decade"
    if found.season is not None:
        return part_of_season(_season(calendar, year, found), found.part), "season"
    if found.month is None:
        if found.day is not None:
            raise InputError("there is a day and no month", mend="Write the month")
        return part_of_years(calendar, year, year, found.part), "year"
    if found.day is None:
        return part_of_month(calendar, year, found.month, found.part), "month"
    if found.part:
        raise InputError("a part of a day is not read", mend=NO_DATE)
    calendar.month(year, found.month)
    day = calendar.day(year, found.month, found.day)
    return (day, day), "day"


_CENTURIES_THAT_BEGIN = (1400, 2000)
"""Of these no source can mean a hundred years."""

_LENGTHS_OF_TODAY = 1337
"""The year from which the months of Afghanistan are as long as those of Iran."""

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _check_weekday(span: Span, precision: str, weekday: Token) -> None:
    """Refuse a weekday that does not fit the day."""
    if precision != "day":
        raise InputError("a weekday belongs to one day", mend="Write the day, or leave it away")
    if span[0].weekday() != weekday.number:
        raise InputError(
            f"the day ({span[0]}) was a {_WEEKDAYS[span[0].weekday()]}, not “{weekday.text}”",
            mend="Is the weekday wrong, or the day? Give earliest, latest and precision",
        )


_NORTHERN = {1: ((3, 1), (6, 21)), 2: ((6, 1), (9, 23)), 3: ((9, 1), (12, 22))}
"""Spring, summer, autumn of the northern hemisphere: from the first day by which meteorologists
count to the last by which astronomers do."""


def _season(calendar: Calendar, year: int, found: Partial) -> Span:
    season = found.season or 0
    if calendar.name not in ("solar_hijri", "gregorian"):
        raise InputError("a lunar year has no seasons", mend="Which calendar is meant?")
    winter = calendar.name == "gregorian" and season == 4
    if found.winter_ends is not None and not winter:
        raise InputError("this season lies in one year", mend="Write one year")
    if calendar.name == "solar_hijri":
        return calendar.month(year, 3 * season - 2)[0], calendar.month(year, 3 * season)[1]
    if not winter:
        first, last = _NORTHERN[season]
        return date(year, *first), date(year, *last)
    calendar.check_year(year + 1)
    if found.winter_ends is None or found.winter_ends not in (year + 1, (year + 1) % 100):
        raise InputError(
            f"the winter of {year} may be the one at its beginning or the one at its end",
            mend=f"Write winter {year - 1}/{year % 100:02} or {year}/{(year + 1) % 100:02}",
        )
    return date(year, 12, 1), date(year + 1, 3, 21)


# Calendars and centuries


def _calendar(of_month: str, year: Token, context: Context) -> tuple[Calendar, NoteKey]:
    """What the words of a date name, else what is given, else the only one possible; and why."""
    if len(year.text) > 4:
        raise InputError(
            f"{year.text} is no year", mend="Write year-month-day with hyphens, such as 1988-07-28"
        )
    _refuse_old_calendars(context.named or of_month, context, year)
    if name := _named(of_month, context):
        return CALENDARS[name], "named"
    if context.given:
        return CALENDARS[context.given], "given"
    if len(year.text) < 3:
        raise InputError(f"{year.text} is a year of more than one calendar", mend=_WHICH)
    return CALENDARS[_only_possible(year.number)], "only"


def _named(of_month: str, context: Context) -> str:
    """The calendar that the words name, empty when they name none."""
    if context.named == "either_hijri":
        if of_month:
            return _named(of_month, context._replace(named=""))
        if context.given is None or "hijri" not in context.given:
            raise InputError("hijri may be solar or lunar", mend=_WHICH)
        return context.given
    if of_month and context.named and not _same_family(of_month, context.named):
        raise InputError("the month belongs to another calendar than the one named", mend=_WHICH)
    name = context.named or of_month
    if name == "hijri":
        if context.given not in ("hijri_umm_al_qura", "hijri_tabular"):
            raise InputError("there are several lunar calendars", mend=_WHICH_HIJRI)
        return context.given
    return name


def _same_family(one: str, other: str) -> bool:
    return one.partition("_")[0] == other.partition("_")[0]


def _refuse_old_calendars(name: str, context: Context, year: Token) -> None:
    """The imperial calendar of Iran and the Rumi calendar are asked about, not read."""
    if context.named == "imperial" or (year.number in IMPERIAL and context.named == ""):
        raise InputError(
            "this looks like a year of the imperial calendar",
            mend=f"If so, write {max(year.number - 1180, 0) or 'the year less 1180'} "
            "with the calendar solar_hijri",
        )
    rumi = context.named == "" and name == "gregorian" and year.number in RUMI
    if context.named == "rumi" or rumi:
        raise InputError(
            "this looks like a year of the Rumi calendar",
            mend="If so, give earliest, latest and precision",
        )


def _only_possible(year: int) -> str:
    """The calendar of a year of four digits that nobody names."""
    if 1700 <= year <= 2200:
        return "gregorian"
    if 1300 <= year <= 1398:
        return "solar_hijri"
    raise InputError(f"{year} is a year of more than one calendar", mend=_WHICH)


def _full_year(calendar: Calendar, year: Token, note: str) -> int:
    """The year with its century; two digits have one only where no other is likely."""
    if len(year.text) > 2:
        calendar.check_year(year.number)
        return year.number
    if note == "kurdish":
        raise InputError("a Kurdish month may belong to two calendars", mend="Write four digits")
    if calendar.name == "solar_hijri" and year.number >= 10:
        return 1300 + year.number
    if calendar.name == "gregorian" and year.number >= 30:
        return 1900 + year.number
    raise InputError(
        f"the century of {year.text} is not told", mend="Write the year with four digits"
    )


_WHICH = (
    "Which calendar is meant? Name it: gregorian, solar_hijri, hijri_umm_al_qura or hijri_tabular"
)
_WHICH_HIJRI = (
    "Name it in `calendar`: hijri_umm_al_qura (Saudi Arabia) or hijri_tabular (arithmetic)"
)
