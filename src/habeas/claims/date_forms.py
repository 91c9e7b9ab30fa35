"""The forms of one date: which token is the year, the month, the day.

The kinds of the tokens make a short string, and `FORMS` says what each of them is. A form that is
not in the table is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from habeas.claims.date_tokens import NO_DATE, Token, kinds_of
from habeas.errors import InputError

FORMS = {
    "Y": "y", "Y-n": "y-m", "Y-n-n": "y-m-d", "n-n-Y": "?-?-y", "n-n-n": "?-?-?",
    "n-Y": "m-y", "n-n": "?-?",
    "nMY": "dmy", "YMn": "ymd", "YnM": "ydm", "MY": "my", "YM": "ym", "MnY": "mdy",
    "nMn": "dmy", "Mn": "my", "nM": "dm", "M": "m", "n": "y",
    "SY": "sy", "YS": "ys", "Sn": "sy", "SY-n": "sy-z", "SY-Y": "sy-z", "S": "s",
    "E": "e", "DY": "-e", "Dn": "-e", "DE": "-e", "DW": "-e", "W": "e",
    "JY": "jy", "Jn": "jy",
}  # fmt: skip
"""Kinds of the tokens to their roles: y year, m month, d day, s season, z the year in which a
winter ends, e decade, j day with a name, `?` told by the numbers. Y is a number of three digits or
more, n one of two or fewer, E a number with an s, W a decade in words; the other letters:
`date_meanings.KINDS`. Marks between numbers are written `-`."""

_PARTS = frozenset("PHXVL")


@dataclass(frozen=True, slots=True, kw_only=True)
class Partial:
    """What the words of one date give."""

    calendar: str = ""
    """The calendar that the month's name belongs to."""
    year: Token | None = None
    month: int | None = None
    day: int | None = None
    season: int | None = None
    winter_ends: int | None = None
    decade: Token | None = None
    part: Token | None = None
    """The third, half, ten days, week or edge that is meant."""
    weekday: Token | None = None
    note: str = ""
    """Of the month's name: `zodiac`, `kurdish`."""


def is_form(tokens: Sequence[Token]) -> bool:
    """Whether the tokens have the form of one date."""
    try:
        return _aside(tokens)[2] != ""
    except InputError:
        return False


def partial_of(
    tokens: Sequence[Token], *, begins: bool = False, month_first: bool = False
) -> Partial:
    """What the tokens of one date give, by the table of forms.

    Args:
        tokens: of one date, without bounds.
        begins: they begin a range, so that the end may give what they lack.
        month_first: in a range whose end is written as `August 3, 1988`.

    Raises:
        InputError: the table does not hold the form, or a number may be two things.
    """
    plain, given, kinds = _aside(tokens)
    if not kinds:
        raise InputError("this is no form of a date that is read here", mend=NO_DATE)
    if kinds in ("Y-n", "n-n") and plain[1].kind == "." and plain[0].number > 31:
        plain, kinds = _without_zero(plain, kinds)
    roles = FORMS[kinds]
    if kinds in ("Y-n", "SY-n"):
        _check_two_years(plain)
    if len({token.kind for token in plain if token.kind in "-/."}) > 1:
        raise InputError("hyphen and slash are mixed: is it a range?", mend=_ORDER)
    if "?" in roles:
        roles = _numeric_order(plain, roles)
    elif kinds == "Mn":
        roles = _month_and_number(plain, begins=begins, month_first=month_first)
    elif kinds == "n" and begins and plain[0].ordinal:
        roles = "d"
    for role, token in zip(roles, plain, strict=True):
        _fill(given, role, token)
    return Partial(**given)  # type: ignore[arg-type]


def _aside(tokens: Sequence[Token]) -> tuple[list[Token], dict[str, object], str]:
    """The tokens without weekday, part and commas; these; the key of the form or nothing."""
    given: dict[str, object] = {}
    kinds = kinds_of(tokens)
    if kinds in FORMS:
        return list(tokens), given, kinds
    plain = [token for token in tokens if token.kind not in "N,"]
    weekdays = [token for token in tokens if token.kind == "N"]
    if len(weekdays) > 1:
        raise InputError("two weekdays are named", mend=NO_DATE)
    if weekdays:
        given["weekday"] = weekdays[0]
    for end in (0, -1):
        if plain and plain[end].kind in _PARTS and "part" not in given:
            given["part"] = plain.pop(end)
    kinds = kinds_of(plain).replace("/", "-").replace(".", "-")
    if kinds not in FORMS:
        plain = _without_hyphens_of_names(plain)
        kinds = kinds_of(plain).replace("/", "-").replace(".", "-")
    return plain, given, kinds if kinds in FORMS else ""


def _without_hyphens_of_names(tokens: Sequence[Token]) -> list[Token]:
    """`28-July-1988` as `28 July 1988`."""
    found: list[Token] = []
    for at, token in enumerate(tokens):
        around = tokens[max(0, at - 1) : at + 2 : 2]
        if token.kind != "-" or not any(one.kind in "MSJ" for one in around):
            found.append(token)
    return found


def _fill(given: dict[str, object], role: str, token: Token) -> None:
    """Put what a token means where its role says."""
    if token.ordinal and token.kind == "n" and role != "d":
        raise InputError(f"“{token.text}” is a day in words, and no day belongs here", mend=NO_DATE)
    match role:
        case "y":
            given["year"] = token
        case "m":
            given["month"] = token.number
            if token.kind == "M":
                given["calendar"], given["note"] = token.calendar, token.note
        case "d":
            given["day"] = token.number
        case "s":
            given["season"] = token.number
        case "z":
            given["winter_ends"] = token.number
        case "e":
            given["decade"] = token
        case "j":
            given["month"], given["day"] = divmod(token.number, 100)
            given["calendar"] = token.calendar
        case _:
            pass


_ORDERS = {5: ("y-m-d", "d-m-y", "m-d-y"), 3: ("y-m", "m-y")}
"""The orders in which numbers are written, by the number of tokens."""


def _numeric_order(tokens: Sequence[Token], roles: str) -> str:
    """Which of the numbers of a date without words is the day: the only order that can be."""
    orders = ("d-m-y", "m-d-y") if roles == "?-?-y" else _ORDERS[len(tokens)]
    possible = [order for order in orders if _possible(order, tokens)]
    if len(possible) == 1 or (possible == ["d-m-y", "m-d-y"] and _same(tokens[0], tokens[2])):
        return possible[0]
    if not possible:
        raise InputError("no order of day, month and year fits the numbers", mend=_ORDER)
    raise InputError("it is not told which number is the day", mend=_ORDER)


_ORDER = "Write year-month-day, such as 1988-07-28, or the month's name"


def _possible(order: str, tokens: Sequence[Token]) -> bool:
    for role, token in zip(order, tokens, strict=True):
        if role in "md" and not 1 <= token.number <= (12 if role == "m" else 31):
            return False
    return len(tokens) > 3 or max(token.number for token in tokens) > 31


def _same(day: Token, month: Token) -> bool:
    """`07/07/1988`: whichever is the day."""
    return day.number == month.number


def _month_and_number(tokens: Sequence[Token], *, begins: bool, month_first: bool) -> str:
    """`July 28`: a day without a year, or a year?"""
    number = tokens[1]
    if begins and month_first:
        return "md"
    if number.ordinal:
        return "md"
    if number.number <= 31:
        raise InputError(
            f"{number.text} may be a day or a year", mend="Write the year with four digits"
        )
    return "my"


def _without_zero(tokens: list[Token], kinds: str) -> tuple[list[Token], str]:
    """`1367.0`, a year as programs write numbers; `1367.1`, of which a zero may have been lost."""
    year, _, month = tokens
    if not month.number:
        return [year], "Y"
    if month.text == "1":
        raise InputError(
            f"{year.text}.1 may be month 1, or month 10 in a spreadsheet that drops the zero",
            mend=f"Write {year.text}-01 or {year.text}-10",
        )
    return tokens, kinds


def _check_two_years(tokens: Sequence[Token]) -> None:
    """`2008/09`, `1988-9`: a month, or two years?"""
    if tokens[0].kind != "Y":
        return
    first, mark, second = tokens
    following = mark.kind == "/" and second.number == (first.number + 1) % 100
    shortened = len(second.text) == 1 and second.number == (first.number + 1) % 10
    if following or (shortened and (mark.kind == "-" or first.number >= 1700)):
        raise InputError(
            f"{first.text}{mark.text}{second.text} may be a month or two years",
            mend=f"Write {first.text}-{second.number:02} for the month, or both years in full",
        )
