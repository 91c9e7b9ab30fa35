"""Values: their types, their words, and the forms of ids, days, decimals and digests."""

import re
from decimal import Decimal as Number

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.claims.claim import SourceId
from habeas.claims.values import (
    PREFIXES,
    Decimal,
    EntityId,
    File,
    IsoDate,
    Name,
    Quantity,
    Ref,
    SafeInteger,
    Sha256,
    Term,
    Text,
    Value,
    When,
    Where,
    value_type,
    words,
)

A, B = "a" * 64, "b" * 64
CASES = [
    (Text(text="w"), "text", "w"),
    (Name(text="w"), "name", "w"),
    (When(text="w", calendar="gregorian", precision="day"), "when", "w"),
    (Where(kind="random"), "where", ""),
    (Where(kind="random", text="w"), "where", "w"),
    (Quantity(text="w", low="1"), "quantity", "w"),
    (Term(term="t"), "term", "t"),
    (Term(term="t", text="w"), "term", "w"),
    (Ref(id="site:a"), "ref", "site:a"),
    (Ref(id="site:a", text="w"), "ref", "w"),
    (File(sha256=A, size=1, media_type="m"), "file", A),
    (File(sha256=A, size=1, media_type="m", text="w"), "file", "w"),
    (Term(term="t", text=""), "term", ""),
]


def takes(type_, value):
    try:
        msgspec.json.decode(msgspec.json.encode(value), type=type_)
    except msgspec.ValidationError:
        return False
    return True


@pytest.mark.parametrize(("value", "kind", "text"), CASES, ids=str)
def test_type_and_words(value, kind, text):
    assert value_type(value) == kind
    assert words(value) == text
    assert msgspec.to_builtins(value)["type"] == kind


def test_every_value_has_its_type():
    assert {type(case[0]) for case in CASES} == set(Value.__args__)


@pytest.mark.parametrize("value", [case[0] for case in CASES], ids=str)
def test_values_do_not_change_and_hide_nothing(value):
    with pytest.raises(AttributeError):
        value.text = "other"
    written = msgspec.to_builtins(value)
    assert None not in written.values()
    assert not takes(Value, {**written, "more": "x"})
    assert msgspec.convert(written, Value) == value


@pytest.mark.parametrize("prefix", PREFIXES)
def test_ids_of_every_prefix(prefix):
    digest = prefix in ("claim", "item")
    assert takes(EntityId, f"{prefix}:{A}")
    assert takes(EntityId, f"{prefix}:khavaran") is not digest
    assert takes(SourceId, f"{prefix}:khavaran") is (prefix in ("source", "run", "org"))


@pytest.mark.parametrize(
    ("type_", "good"),
    [
        (EntityId, "site:a"),
        (EntityId, f"claim:{A}"),
        (SourceId, "source:a"),
        (IsoDate, "1988-08-01"),
        (Sha256, A),
        (Decimal, "1.5"),
    ],
)
def test_nothing_stands_before_or_after(type_, good):
    assert takes(type_, good)
    for around in ("\n", "\r", " ", "\0", "\u2028", "é", "\u0660"):
        assert not takes(type_, good + around)
        assert not takes(type_, around + good)


def test_mutant_a_pattern_that_ends_in_a_dollar():
    dollar = msgspec.Meta(pattern=r"^[0-9a-f]{64}$")
    assert re.search(dollar.pattern, A + "\n")
    assert not takes(Sha256, A + "\n")


@settings(deadline=None)
@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**17)))
def test_decimals_are_plain_numbers(number):
    text = f"{number:f}"
    if len(text) < 18:
        assert takes(Decimal, text)


@settings(deadline=None)
@given(st.text("0123456789.-+eE_ ", max_size=10))
def test_what_is_taken_for_a_decimal_is_one_number_spelled_plainly(text):
    if takes(Decimal, text):
        assert f"{Number(text):f}" == text


@pytest.mark.parametrize(
    ("number", "taken"), [(0, True), (2**53 - 1, True), (2**53, False), (-1, False), (1.5, False)]
)
def test_integers_are_safe(number, taken):
    assert takes(SafeInteger, number) is taken
