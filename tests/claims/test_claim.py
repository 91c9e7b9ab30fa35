"""Sealing and opening: the bytes, the salts, and who cannot guess (faults 24, 25, 46)."""

import decimal
import importlib.util
import json
from datetime import date
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.claims import claim as module
from habeas.claims.claim import (
    SENSITIVITIES,
    By,
    Claim,
    digest,
    digests,
    new_salts,
    opened_log,
    prefix_of,
    read_opening,
    seal,
    strictest,
)
from habeas.claims.locator import Page
from habeas.claims.values import File, Name, Point, Quantity, Text, Value, When, Where
from habeas.errors import InputError, IntegrityError

_spec = importlib.util.spec_from_file_location(
    "record_strategies", Path(__file__).parent / "record_strategies.py"
)
record = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(record)

LOG = "0123456789abcdef" * 2


def named(text="An invented name", **changes):
    fields = {
        "subject": "person:invented",
        "predicate": "name",
        "value": Name(text=text),
        "source": "source:invented",
        "sensitivity": "team",
    }
    return Claim(**{**fields, **changes})


def test_every_type_of_value_is_generated():
    assert set(record.VALUES) == set(Value.__args__)


@pytest.mark.parametrize("kind", record.VALUES, ids=lambda kind: kind.__name__)
@settings(max_examples=40, deadline=None)
@given(st.data())
def test_an_opening_is_rfc_8785_and_is_read_back(kind, data):
    claim = data.draw(record.claims(record.VALUES[kind]))
    (opening,) = seal([claim], LOG)
    salt, read = read_opening(opening)
    assert read == claim
    assert opening == rfc8785.dumps([salt, LOG, msgspec.to_builtins(claim)])
    assert b"null" not in opening or "null" in str(claim)
    assert opened_log(opening) == LOG
    assert digest(opening) == digests([opening])[0] == sha256(opening).hexdigest()


@settings(max_examples=30, deadline=None)
@given(st.lists(record.claims(), max_size=5))
def test_many_are_sealed_as_one_each_in_order(claims):
    openings = seal(claims, LOG)
    assert [read_opening(opening)[1] for opening in openings] == claims
    assert len({read_opening(opening)[0] for opening in openings}) == len(claims)


def respelled(opening):
    """Other spellings of one opening."""
    text = opening.decode()
    value = json.loads(text)
    body = value[2]
    first, *rest = body.items()
    yield json.dumps(value, ensure_ascii=False, sort_keys=True)
    yield text + "\n"
    yield text.replace("[", "[ ", 1)
    yield text.replace("{", '{"sensitivity":"public",', 1)
    yield json.dumps([*value[:2], dict([*rest, first])], ensure_ascii=False, separators=(",", ":"))
    yield text.replace('"subject"', '"s\\u0075bject"', 1)
    yield text.replace("{", '{"aaa":"x",', 1)
    yield text.replace("{", '{"aaa":null,', 1)
    for number in ("null", "NaN", "2.0", "2e0", "-0", "9007199254740993"):
        yield text.replace("{", f'{{"credibility":{number},', 1)


@settings(max_examples=30, deadline=None)
@given(record.claims().filter(lambda claim: claim.by is None and claim.credibility is None))
def test_t25_every_other_spelling_is_refused(claim):
    (opening,) = seal([claim], LOG)
    for other in respelled(opening):
        assert other.encode() != opening
        with pytest.raises(IntegrityError):
            read_opening(other.encode())


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_refused_with_one_kind_of_error(data):
    with pytest.raises(IntegrityError):
        read_opening(data)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_t24_no_other_bytes_have_the_id(data):
    """One bit changed anywhere: another digest, whether it can still be read or not."""
    (opening,) = seal([named()], LOG)
    at = data.draw(st.integers(0, len(opening) * 8 - 1))
    changed = bytearray(opening)
    changed[at // 8] ^= 1 << at % 8
    assert digest(bytes(changed)) != digest(opening)


def test_t24_one_claim_twice_has_two_ids_and_two_spellings_are_not_both_read():
    one, other = seal([named(), named()], LOG)
    assert digest(one) != digest(other)
    with pytest.raises(IntegrityError):
        read_opening(one.replace(b",", b", "))


NAMES = [f"Invented Name {number}" for number in range(500)]


def test_t46_a_dictionary_does_not_find_a_name_by_its_digest(monkeypatch):
    secret = NAMES[321]

    def attack(target, salts):
        """Who knows the form, the log and all names tries every one."""
        for name in NAMES:
            for salt in salts:
                body = msgspec.to_builtins(named(name))
                guess = rfc8785.dumps([salt, LOG, body] if salt is not None else body)
                if sha256(guess).hexdigest() == target:
                    return name
        return None

    guessed = ["0" * 64, "f" * 64, *new_salts(1), None]
    assert attack(digest(seal([named(secret)], LOG)[0]), guessed) is None
    # The teeth: without a salt, and with one salt for all, the same attack succeeds.
    unsalted = sha256(rfc8785.dumps(msgspec.to_builtins(named(secret)))).hexdigest()
    assert attack(unsalted, guessed) == secret
    monkeypatch.setattr(module, "new_salts", lambda count: ["0" * 64] * count)
    assert attack(digest(seal([named(secret)], LOG)[0]), guessed) == secret


def test_salts_are_of_the_operating_system_and_never_twice(monkeypatch):
    salts = new_salts(1_000)
    assert len(set(salts)) == 1_000
    assert all(len(salt) == 64 and not salt.strip("0123456789abcdef") for salt in salts)
    assert new_salts(0) == []
    asked = []
    monkeypatch.setattr(module.os, "urandom", lambda size: asked.append(size) or b"\1" * size)
    new_salts(3)
    assert asked == [96]


def holding(value):
    return named(predicate="invented", value=value)


def cyclic():
    inside = []
    inside.append(inside)
    return named(locator=inside)


WRONG = {
    "a newline after an id": named(subject="person:a\n"),
    "no subject": named(subject=None),
    "bytes for an id": named(subject=b"person:a"),
    "a float for an integer": named(credibility=3.0),
    "NaN": named(credibility=float("nan")),
    "a boolean for an integer": named(credibility=True),
    "an integer beyond 64 bits": named(credibility=2**70),
    "a credibility of 7": named(credibility=7),
    "a sensitivity of another name": named(sensitivity="secret"),
    "a predicate in capitals": named(predicate="Name"),
    "a lone surrogate": named("\ud800"),
    "a lone surrogate in a note": named(note="x\udfff"),
    "bytes for words": holding(Text(text=b"abc")),
    "a number for words": holding(Text(text=5)),
    "nothing for words": holding(Text(text=None)),
    "an object for words": holding(Text(text=object())),
    "a Decimal for a decimal": holding(Quantity(text="x", low=decimal.Decimal("3"))),
    "a float for a decimal": holding(Quantity(text="x", low=3.5)),
    "a number with an exponent": holding(Quantity(text="x", low="1e3")),
    "a date for a day": holding(
        When(text="x", calendar="gregorian", precision="day", earliest=date(1988, 8, 1))
    ),
    "a calendar of another name": holding(When(text="x", calendar="julian", precision="day")),
    "a float for a size": holding(File(sha256="a" * 64, size=1.0, media_type="x")),
    "a size of 2^53": holding(File(sha256="a" * 64, size=2**53, media_type="x")),
    "a dictionary for a geometry": holding(
        Where(kind="exact", geometry={"type": "Point", "coordinates": ["200", "0"]})
    ),
    "numbers for coordinates": holding(Where(kind="exact", geometry=Point(coordinates=(1, 2)))),
    "a dictionary for a value": holding({"type": "text", "text": "x"}),
    "a dictionary without text keys": holding({1: 2}),
    "a class for a value": holding(Text),
    "a selector for a value": holding(Page(number=1)),
    "an empty list": named(rests_on=[]),
    "a list": named(rests_on=["a" * 64]),
    "a set": named(rests_on={"a" * 64}),
    "a list of parties": named(by=By(text="x", parties=["org:a"])),
    "text for an attribution": named(by="families"),
    "a list that holds itself": cyclic(),
    "no claim": "a claim",
    "nothing": None,
}


@pytest.mark.parametrize("claim", WRONG.values(), ids=WRONG)
def test_what_has_not_its_form_is_not_sealed(claim):
    with pytest.raises(InputError, match="cannot be written down") as caught:
        seal([named(), claim], LOG)
    assert "docs/spec/record.md" in caught.value.mend


@pytest.mark.parametrize(
    "log", ["", "abc", LOG + "0", LOG.upper(), "g" * 32, "٠" * 32, LOG[:-1] + "\n", None, 5]
)
def test_a_log_of_another_form_is_not_sealed_for(log):
    with pytest.raises(InputError, match="log"):
        seal([named()], log)


def test_mutant_sealing_without_reading_back(monkeypatch):
    monkeypatch.setattr(module, "_reads_back", lambda *_: True)
    (opening,) = seal([WRONG["bytes for words"]], LOG)
    assert read_opening(opening)[1].value.text == "YWJj"
    (opening,) = seal([WRONG["an empty list"]], LOG)
    with pytest.raises(IntegrityError):
        read_opening(opening)


def test_mutant_salts_and_logs_of_any_form(monkeypatch):
    opening = seal([named()], LOG)[0].replace(LOG.encode(), b"elsewhere")
    with pytest.raises(IntegrityError, match="not a salt"):
        read_opening(opening)
    monkeypatch.setattr(module, "_is_hex", lambda *_: True)
    assert read_opening(opening)[1] == named()


def test_the_strictest_of_levels():
    for at, level in enumerate(SENSITIVITIES):
        for other in SENSITIVITIES[: at + 1]:
            assert strictest(level, other) == strictest(other, level) == level


def test_prefix():
    assert prefix_of("site:khavaran") == "site"
    assert prefix_of("claim:" + "a" * 64) == "claim"
