"""Numbers as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.exchange.sheet_quantities import read_quantity

READ = [
    # words, low, high, unit
    ("12", "12", "12", None),
    ("30,000", "30000", "30000", None),
    ("007", "7", "7", None),
    ("9.5 m", "9.5", "9.5", "m"),
    (">30000", "30000", None, None),
    ("> 30,000", "30000", None, None),
    (">=44", "44", None, None),
    ("≥44", "44", None, None),
    ("at least 32", "32", None, None),
    ("more than 4,482", "4482", None, None),
    ("44 or more", "44", None, None),
    ("44+", "44", None, None),
    ("<=5000", None, "5000", None),
    ("up to 300", None, "300", None),
    ("as many as 5,000", None, "5000", None),
    ("<24 h", None, "24", "h"),
    ("~170", None, None, None),
    ("about 170", None, None, None),
    ("some 20 to 30", None, None, None),
    ("2800 or 3800", "2800", "3800", None),
    ("2,500-30,000", "2500", "30000", None),
    ("2500–30000", "2500", "30000", None),
    ("between 3 and 4", "3", "4", None),
    ("at least 4,000-5,000", "4000", None, None),
    ("thousands", None, None, None),
    ("several hundred", None, None, None),
    ("۳۰٬۰۰۰", "30000", "30000", None),
    ("٤٤", "44", "44", None),
    ("بیش از ۳۰٬۰۰۰", "30000", None, None),
    ("حدود ۱۷۰", None, None, None),
    ("۲۸۰۰ یا ۳۸۰۰", "2800", "3800", None),
    (">50%", "50", None, "%"),
]


@pytest.mark.parametrize(("text", "low", "high", "unit"), READ)
def test_what_is_read(text: str, low: str | None, high: str | None, unit: str | None) -> None:
    found = read_quantity(text)
    assert found is not None
    assert (found.text, found.low, found.high, found.unit) == (text, low, high, unit)


@pytest.mark.parametrize(
    "text",
    [
        "40 in one trench and 20 in the other",
        "9,5 m",
        "1.000.000",
        "1,00",
        "5 to 10 bodies",
        "12 A.D.",
    ],
)
def test_digits_that_fit_no_form_are_not_guessed(text: str) -> None:
    assert read_quantity(text) is None


def test_a_range_written_backwards_is_refused() -> None:
    with pytest.raises(ValueError, match="larger"):
        read_quantity("3800 or 2800")


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_law_a_range_keeps_its_ends(one: int, two: int) -> None:
    low, high = sorted((one, two))
    for text in (f"{low}-{high}", f"{low:,} to {high:,}", f"between {low} and {high}"):
        found = read_quantity(text)
        assert found is not None
        assert (found.low, found.high) == (str(low), str(high))


@given(st.text(max_size=40))
def test_law_the_words_are_kept_and_digits_never_vanish(text: str) -> None:
    try:
        found = read_quantity(text)
    except ValueError:
        return
    if found is not None:
        assert found.text == text
