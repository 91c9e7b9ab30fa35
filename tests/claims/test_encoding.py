"""Canonical bytes: RFC 8785, and one spelling for one value (fault 25)."""

import json

import msgspec
import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.claims import encoding
from habeas.claims.encoding import CanonicalReader, canonical, canonical_lines, sha256_hex
from habeas.errors import IntegrityError

KEYS = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=6)
TEXT = st.text(max_size=12)
INTEGERS = st.integers(-(2**53) + 1, 2**53 - 1)
JSON = st.recursive(
    TEXT | INTEGERS | st.booleans(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


class Sample(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something to read."""

    b: str
    a: int = 0


READER = CanonicalReader(Sample, "sample")


@settings(deadline=None)
@given(JSON)
def test_it_is_rfc_8785(value):
    assert canonical(value) == rfc8785.dumps(value)


@settings(deadline=None)
@given(st.characters(exclude_categories=["Cs"]))
def test_every_character_is_spelled_as_in_rfc_8785(char):
    assert canonical([char]) == rfc8785.dumps([char])


@settings(deadline=None)
@given(st.lists(JSON, max_size=5))
def test_lines_are_the_values_and_no_value_holds_a_newline(values):
    lines = canonical_lines(values)
    assert lines == b"".join(rfc8785.dumps(value) + b"\n" for value in values)
    assert lines.count(b"\n") == len(values)


@settings(deadline=None)
@given(TEXT, INTEGERS)
def test_what_was_written_is_read(text, number):
    sample = Sample(b=text, a=number)
    assert READER.read(canonical(sample)) == sample
    assert canonical(sample) == rfc8785.dumps({"b": text, "a": number})


@settings(deadline=None)
@given(TEXT, INTEGERS, st.data())
def test_t25_any_other_spelling_of_the_value_is_refused(text, number, data):
    plain = {"b": text, "a": number}
    good = canonical(plain)
    spellings = st.sampled_from(
        [
            json.dumps(plain, ensure_ascii=False, separators=(",", ":")),
            json.dumps(plain, ensure_ascii=False, sort_keys=True),
            json.dumps(plain, sort_keys=True, indent=1),
            good.decode() + data.draw(st.sampled_from([" ", "\n", "\t", "\r"])),
            data.draw(st.sampled_from([" ", "\n", "\ufeff"])) + good.decode(),
            good.decode().replace('"b"', '"\\u0062"'),
            good.decode()[:-1] + ',"b":' + json.dumps(text) + "}",
            good.decode()[:-1] + ',"c":1}',
            f'{{"a":{number}.0,"b":{json.dumps(text, ensure_ascii=False)}}}',
            f'{{"a":{number}e0,"b":{json.dumps(text, ensure_ascii=False)}}}',
        ]
    )
    with pytest.raises(IntegrityError):
        READER.read(data.draw(spellings).encode())


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":NaN,"b":""}',
        b'{"a":Infinity,"b":""}',
        b'{"a":-0,"b":""}',
        b'{"a":null,"b":""}',
        b'{"a":1,"b":null}',
        b'{"a":1,"b":"\\ud800"}',
        b'{"a":1,"b":"\\udc00\\ud800"}',
        b'{"a":1,"b":"\xed\xa0\x80"}',
        b'{"a":1,"b":"\xff"}',
        b'{"a":1,"b":"\x00"}',
        b'{"a":1,"b":"\\/"}',
        b'{"a":1,"b":"\\u000A"}',
        b'{"a":1,"b":"\\u000a"}',
        b'{"a":0,"a":1,"b":""}',
        b'{"a":1,"b":"","b":""}',
        b"[" * 100_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b"",
        b"\x00",
    ],
    ids=lambda data: str(data[:24]),
)
def test_t25_bytes_that_are_refused(data):
    with pytest.raises(IntegrityError, match="sample") as caught:
        READER.read(data)
    assert caught.value.mend


def test_half_a_surrogate_pair_is_not_written():
    for write in (canonical, lambda value: canonical_lines([value])):
        with pytest.raises(IntegrityError, match="surrogate"):
            write({"b": "\ud800"})


def test_mutant_a_reader_that_does_not_compare(monkeypatch):
    class Agreeing:
        def encode(self, _):
            return SPACED

    monkeypatch.setattr(encoding, "_encoder", Agreeing())
    assert READER.read(SPACED) == Sample(b="x", a=1)


SPACED = b'{"b": "x", "a": 1}'


def test_the_mutants_bytes_are_refused_otherwise():
    with pytest.raises(IntegrityError, match="canonical form"):
        READER.read(SPACED)


def test_sha256():
    assert sha256_hex(b"abc").startswith("ba7816bf")
    assert len(sha256_hex(b"")) == 64
