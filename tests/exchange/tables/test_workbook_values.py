"""Numbers with their digits, days of both epochs: vectors, laws, and mutants of the epoch."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.exchange.tables import workbook_values
from habeas.exchange.tables.workbook_formats import shape_of
from habeas.exchange.tables.workbook_values import LOST, iso, number, shown, unescape

VECTORS = Path(__file__).parents[2] / "vectors" / "workbook-days.json"
CASES = json.loads(VECTORS.read_text(encoding="utf-8"))["tests"]
DAY = shape_of("yyyy-mm-dd")


def _agrees(case: dict[str, Any]) -> bool:
    shape = shape_of(case["format"])
    value = workbook_values.shown(case["serial"], shape, epoch=case["epoch"])
    return (
        value.text == case["text"]
        and value.day == case["day"]
        and (value.fault is not None) == (case["result"] == "fault")
        and shape.calendar == case.get("calendar")
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['id']}-{case['comment'][:30]}")
def test_days_are_those_of_the_vectors(case: dict[str, Any]) -> None:
    assert _agrees(case), shown(case["serial"], shape_of(case["format"]), epoch=case["epoch"])


def test_the_vectors_catch_a_wrong_epoch_and_a_forgotten_leap_year_bug(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    right = workbook_values._of_serial

    def one_epoch(serial: float, text: str, shape: Any, epoch: int) -> Any:
        return right(serial, text, shape, 1900)

    monkeypatch.setattr(workbook_values, "_of_serial", one_epoch)
    assert {case["id"] for case in CASES if not _agrees(case)} >= {6, 7, 13}

    def no_bug(serial: float, text: str, shape: Any, epoch: int) -> Any:
        return right(serial + (epoch == 1900 and serial <= 60), text, shape, epoch)

    monkeypatch.setattr(workbook_values, "_of_serial", no_bug)
    assert {case["id"] for case in CASES if not _agrees(case)} >= {1, 2, 3}


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("1367", "1367"), ("1367.0", "1367"), ("007", "7"), ("-5", "-5"), ("0", "0"), ("-0", "0"),
        ("0.1", "0.1"), ("0.10000000000000001", "0.1"), ("0.30000000000000004", "0.3"),
        ("35.689197000000004", "35.689197"), ("1E-3", "0.001"), ("1.5E+2", "150"),
        ("999999999999999", "999999999999999"), ("1e-300", "1E-300"),
    ],
)  # fmt: skip
def test_a_number_has_its_own_digits(raw: str, text: str) -> None:
    assert (number(raw).text, number(raw).fault) == (text, None)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("1234567890123456789", "1234567890123456789"),
        ("1.2345678901234568E+18", "1234567890123456800"),
        ("1000000000000000", "1000000000000000"),
        ("-1E15", "-1000000000000000"),
    ],
)
def test_long_identifiers_have_lost_digits(raw: str, text: str) -> None:
    assert (number(raw).text, number(raw).fault) == (text, LOST)
    assert shown(raw, shape_of("00000"), epoch=1900).fault == LOST


@pytest.mark.parametrize("raw", ["nan", "inf", "-Infinity", "1e999"])
def test_what_is_not_finite_is_a_fault(raw: str) -> None:
    assert number(raw).fault == "no finite number"


@pytest.mark.parametrize("raw", ["", "x", "1,5", "0x10"])
def test_what_is_no_number_is_an_error(raw: str) -> None:
    with pytest.raises(ValueError):
        number(raw)


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=5))
def test_a_number_of_few_digits_is_read_as_it_was_written(value: Decimal) -> None:
    assert Decimal(number(repr(float(value))).text) == value


@given(st.dates(datetime.date(1904, 1, 1)), st.sampled_from([1900, 1904]))
def test_every_day_comes_back_from_its_serial(day: datetime.date, epoch: int) -> None:
    start = datetime.date(1899, 12, 30) if epoch == 1900 else datetime.date(1904, 1, 1)
    serial = str((day - start).days)
    assert shown(serial, DAY, epoch=epoch).day == day.isoformat()


@given(st.text(max_size=20))
def test_any_number_format_has_a_shape(code: str) -> None:
    assert shape_of(code).kind in {"plain", "padded", "moment", "duration"}


def test_escapes_of_office_are_undone() -> None:
    assert unescape("a_x000D_b") == "a\rb"
    assert unescape("_x005F_x000D_") == "_x000D_"
    assert unescape("_xD83D__xDE00_") == "😀"
    assert unescape("_xD83D_!") == "\ufffd!"
    assert unescape("snake_case_x1") == "snake_case_x1"


def test_a_year_long_past_was_typed_in_another_calendar() -> None:
    value = iso("1367-05-03", DAY)
    assert (value.text, value.day) == ("1367-05-03", None)
    assert value.fault == (
        "held as a Gregorian date of the year 1367: it may have been typed in another calendar"
    )
    assert iso("1988-07-03T10:00:00.000Z", shape_of("yyyy-mm-dd h:mm")).text == "1988-07-03T10:00"
