"""Numbers as people write them, read as a range of which the words really speak.

`>30000`, `at least 44`, `2800 or 3800`, `<24 h`, `۳۰٬۰۰۰` have ends; `thousands` and `~170` have
words only: “about 170” names a middle, and no ends. An end is never moved: “more than 30,000”
begins at 30000, and the words say that 30000 itself is not meant. Words with digits that fit no
form are refused, so that no number is lost unseen.
"""

from __future__ import annotations

import re
from decimal import Decimal

from habeas.claims.values import Quantity

_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩٬٫", "01234567890123456789,.")
_NUMBER = r"(?P<{0}>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_UNITS = "%|hours?|h|days?|months?|years?|min|s|m2|m²|km2|km²|ha|mm|cm|km|m|kg"
_UNIT = rf"(?:\s*(?P<unit>{_UNITS}))?"
_LOW = ">=|>|≥|at least|not less than|no fewer than|more than|over|above|بیش از|دست‌کم|دستکم|حداقل"
_HIGH = (
    "<=|<|≤|at most|not more than|no more than|fewer than|less than|under|up to|as many as|"
    "کمتر از|حداکثر|تا"
)
_ABOUT = r"~|≈|about|around|some|approximately|roughly|nearly|almost|حدود|نزدیک به"
_FORMS = (
    ("exact", rf"{_NUMBER.format('one')}{_UNIT}"),
    ("low", rf"(?:{_LOW})\s*{_NUMBER.format('one')}{_UNIT}"),
    ("low", rf"{_NUMBER.format('one')}(?:\s*\+|\s+or more){_UNIT}"),
    ("high", rf"(?:{_HIGH})\s*{_NUMBER.format('one')}{_UNIT}"),
    ("about", rf"(?:{_ABOUT})\s*{_NUMBER.format('one')}{_UNIT}"),
    (
        "about",
        rf"(?:{_ABOUT})\s*{_NUMBER.format('one')}\s*(?:-|–|to|or|تا|یا)\s*{_NUMBER.format('two')}{_UNIT}",
    ),
    ("range", rf"{_NUMBER.format('one')}\s*(?:-|–|to|or|تا|یا)\s*{_NUMBER.format('two')}{_UNIT}"),
    ("range", rf"between\s+{_NUMBER.format('one')}\s+and\s+{_NUMBER.format('two')}{_UNIT}"),
    (
        "at_least_range",
        rf"(?:{_LOW})\s*{_NUMBER.format('one')}\s*(?:-|–|to)\s*{_NUMBER.format('two')}{_UNIT}",
    ),
)
_READERS = tuple((kind, re.compile(form, re.IGNORECASE)) for kind, form in _FORMS)


def read_quantity(text: str) -> Quantity | None:
    """A number or range out of the words of a source.

    Args:
        text: the words; Persian, Arabic-Indic and Latin digits, thousands with commas.

    Returns:
        The quantity with the words as they stand, its ends where the words give them, and its unit;
        None when the words hold digits but fit no form that is read here.

    Raises:
        ValueError: the first number of a range is the larger one.
    """
    plain = " ".join(text.translate(_DIGITS).split())
    for kind, reader in _READERS:
        match = reader.fullmatch(plain)
        if match:
            return _quantity(text, kind, match)
    return None if any(c.isdigit() for c in plain) else Quantity(text=text)


def _quantity(text: str, kind: str, match: re.Match[str]) -> Quantity:
    groups = match.groupdict()
    one, two = _decimal(groups["one"]), _decimal(groups.get("two"))
    if one and two and Decimal(one) > Decimal(two):
        raise ValueError(f"the first number, {one}, is larger than the second, {two}")
    low = one if kind in {"exact", "low", "range", "at_least_range"} else None
    high = {"exact": one, "high": one, "range": two}.get(kind)
    return Quantity(text=text, low=low, high=high, unit=groups["unit"])


def _decimal(number: str | None) -> str | None:
    if number is None:
        return None
    whole, point, part = number.replace(",", "").partition(".")
    return f"{whole.lstrip('0') or '0'}{point}{part}"
