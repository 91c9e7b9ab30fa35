"""The values of workbook cells as text: numbers with their digits, dates as ISO days.

A date is a count of days since an epoch. In the system of 1900, day 60 is a 29 February 1900 that
never was (kept from Lotus 1-2-3), so that days before March 1900 count from one day later.
"""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import Final

import msgspec

from habeas.exchange.tables.workbook_formats import Shape

LOST: Final = "stored as a number: digits after the fifteenth are lost"
"""Reason of the fault of a number that is longer than a workbook can hold."""

_DIGITS: Final = 15
_LAST_SERIAL: Final = 2_958_466  # 1 January 10000
_MILLISECONDS: Final = 86_400_000
_OLD: Final = 1800
_ESCAPE: Final = re.compile("_x([0-9A-Fa-f]{4})_")


class Value(msgspec.Struct, frozen=True, gc=False):
    """What a cell says."""

    text: str
    day: str | None = None
    """ISO day, where the cell is a date."""
    fault: str | None = None


NOTHING: Final = Value("")
"""What an empty cell says."""


def unescape(text: str) -> str:
    """Text of Office Open XML without its `_xHHHH_` escapes (ECMA-376 part 1, 22.9.2.19)."""
    if "_x" not in text:
        return text
    plain = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    # Escaped halves of one character make it whole; a lone half is no text.
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def number(raw: str) -> Value:
    """A stored number, as many digits as a workbook keeps: `1367`, `0.1`.

    Raises:
        ValueError: it is no number.
    """
    if raw.isdecimal() and raw.isascii() and len(raw) <= _DIGITS:
        return Value(raw if raw[0] != "0" else str(int(raw)))
    stored = float(raw)
    if stored != stored or stored in {float("inf"), float("-inf")}:  # noqa: PLR0124
        return Value(raw, fault="no finite number")
    if abs(stored) >= 10**_DIGITS:
        return Value(_plain(Decimal(raw.strip())), fault=LOST)
    return Value(_plain(Decimal(format(stored, f".{_DIGITS}g"))))


def _plain(value: Decimal) -> str:
    """A decimal without an exponent and without zeros that say nothing."""
    if not value or abs(value.adjusted()) > 40:
        return str(value) if value else "0"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def shown(raw: str, shape: Shape, *, epoch: int) -> Value:
    """A stored number as its number format shows it.

    Args:
        raw: the number as it stands in the file.
        shape: its number format.
        epoch: 1900 or 1904.

    Raises:
        ValueError: it is no number.
    """
    plain = number(raw)
    if shape.kind == "plain" or plain.fault is not None:
        return plain
    if shape.kind == "padded":
        return Value(padded(plain.text, shape.width))
    return _of_serial(float(raw), plain.text, shape, epoch)


def padded(text: str, width: int) -> str:
    """A whole number with leading zeros; any other number as it is."""
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    return sign + digits.zfill(width) if digits.isdecimal() else text


def _of_serial(serial: float, text: str, shape: Shape, epoch: int) -> Value:
    if shape.kind == "duration":
        return Value(_duration(serial, shape))
    if serial < 0:
        return Value(text, fault="shown as a date, but the number of days is below zero")
    if serial >= _LAST_SERIAL - (1462 if epoch == 1904 else 0):
        return Value(text, fault="shown as a date, but it lies after the year 9999")
    days, rest = divmod(round(serial * _MILLISECONDS), _MILLISECONDS)
    clock = datetime.time.min
    if rest:
        whole = datetime.datetime.min + datetime.timedelta(milliseconds=rest)
        clock = whole.time()
    if not (shape.year or shape.month or shape.day):
        return Value(_clock(clock, shape))
    if epoch == 1904:
        day = datetime.date(1904, 1, 1) + datetime.timedelta(days)
    elif days == 0:
        return Value(text, fault="shown as a date, but it is day 0, which is none")
    elif days == 60:
        reason = "29 February 1900 is no day: the spreadsheet counts one that never was"
        return Value("1900-02-29", fault=reason)
    else:
        day = datetime.date(1899, 12, 31 if days < 60 else 30) + datetime.timedelta(days)
    return moment(day, clock, shape)


def moment(day: datetime.date, clock: datetime.time, shape: Shape) -> Value:
    """A day and time as its format shows it, with the ISO day where the file shows one."""
    iso = day.isoformat()
    if day.year < _OLD:
        reason = (
            f"held as a Gregorian date of the year {day.year}: it may have been typed in "
            "another calendar"
        )
        return Value(iso, fault=reason)
    if not shape.year:
        reason = "the spreadsheet shows no year: it may have filled in that of the day of typing"
        return Value(iso if shape.day else iso[:7], fault=reason)
    if not shape.day:
        return Value(iso[:7] if shape.month else iso[:4])
    return Value(f"{iso}T{_clock(clock, shape)}" if shape.time and clock != clock.min else iso, iso)


def _clock(clock: datetime.time, shape: Shape) -> str:
    return clock.isoformat("seconds" if shape.seconds or clock.second else "minutes")


def _duration(serial: float, shape: Shape) -> str:
    sign = "-" if serial < 0 else ""
    minutes, seconds = divmod(round(abs(serial) * 86_400), 60)
    text = f"{sign}{minutes // 60}:{minutes % 60:02}"
    return f"{text}:{seconds:02}" if shape.seconds or seconds else text


def truth(raw: str) -> Value:
    """A truth value as spreadsheets show it: `TRUE`, `FALSE`."""
    return Value("TRUE" if raw.strip().lower() in {"1", "true"} else "FALSE")


def iso(raw: str, shape: Shape) -> Value:
    """A date or moment that the file holds in ISO 8601.

    Raises:
        ValueError: it is none.
    """
    text = raw.strip().removesuffix("Z")
    found = datetime.datetime.fromisoformat(text[:26] if "." in text else text)
    return moment(found.date(), found.time().replace(tzinfo=None), shape)
