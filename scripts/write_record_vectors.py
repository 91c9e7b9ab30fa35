"""Write `tests/vectors/record-{claims,openings,entries}.json`: docs/spec/record.md, by example.

    python scripts/write_record_vectors.py

For every rule of the record format an example that is accepted and one that is refused. The bytes
are spelled out here with the standard library alone and fixed salts, so a second run writes the
same files; `tests/claims/test_record_vectors.py` reads them with Habeas and with another reading.
Everything in them is invented.
"""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "tests" / "vectors"
LOG = "0123456789abcdef" * 2
SIZES = (4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768)
FLAGS = {
    "Canonical": "one value has one spelling (RFC 8785, no floats, no null)",
    "Field": "which fields a claim has, and their types",
    "Id": "entity ids and digests",
    "Value": "the forms of values",
    "Selector": "the forms of locators",
    "Vocabulary": "the form is right; the term or predicate is not in the vocabulary",
    "Meaning": "the form is right; no world can hold it",
    "Opening": "salt, log and claim",
    "Entry": "the form of an entry",
    "Digests": "the digests of an entry: sorted, once each, padded",
}

Case = tuple[str, str, bool, bytes]
"""Comment, flag, whether valid, bytes."""


def spell(value: object) -> bytes:
    """Canonical bytes of strings, small integers, booleans, arrays and objects with ASCII keys."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def salt(number: int) -> str:
    """A salt that is always the same: for examples only."""
    return sha256(f"invented salt {number}".encode()).hexdigest()


def claim(**changes: object) -> dict[str, Any]:
    """The smallest claim with some fields changed; None leaves a field out."""
    fields: dict[str, Any] = {
        "subject": "site:invented",
        "predicate": "label",
        "value": {"type": "text", "text": "The invented field"},
        "source": "source:invented",
        "sensitivity": "team",
        **changes,
    }
    return {name: value for name, value in fields.items() if value is not None}


def of(predicate: str, subject: str = "site:invented", **value: object) -> bytes:
    """A claim with a value of these fields; None leaves a field out."""
    given = {name: part for name, part in value.items() if part is not None}
    return spell(claim(predicate=predicate, subject=subject, value=given))


def when(**changes: object) -> dict[str, Any]:
    """A date with some fields changed."""
    fields: dict[str, Any] = {
        "type": "when",
        "text": "summer 1367",
        "calendar": "solar_hijri",
        "earliest": "1988-06-22",
        "latest": "1988-09-22",
        "precision": "season",
        **changes,
    }
    return {name: value for name, value in fields.items() if value is not None}


def where(**changes: object) -> dict[str, Any]:
    """A place with some fields changed."""
    fields: dict[str, Any] = {
        "type": "where",
        "kind": "approximate",
        "geometry": {"type": "Point", "coordinates": ["51.4", "35.70"]},
        "uncertainty": "250",
        **changes,
    }
    return {name: value for name, value in fields.items() if value is not None}


def canonical_cases() -> list[Case]:
    """The same claim in its one spelling and in others."""
    good = spell(claim())
    text = good.decode()
    odd = 'a"b\\c/d\b\t\n\f\r\x00\x1f\x7f\u2028é\U0001f600'
    deep = b'{"a":' * 2_000 + b"1" + b"}" * 2_000
    broken = {
        "white space": text.replace(":", ": "),
        "a newline at the end": text + "\n",
        "a byte order mark": "\ufeff" + text,
        "another order of keys": text[:-1].replace('"predicate":"label",', "")
        + ',"predicate":"label"}',
        "the tag of a value first": text.replace(
            '{"text":"The invented field","type":"text"}',
            '{"type":"text","text":"The invented field"}',
        ),
        "a key twice, equal": text.replace("{", '{"predicate":"label",', 1),
        "a key twice, different": text.replace("{", '{"predicate":"name",', 1),
        "a key twice within a value": text.replace('{"text"', '{"text":"other","text"'),
        "an escape that is not needed": text.replace("invented field", "\\u0069nvented field"),
        "an escaped slash": text.replace("invented field", "\\/"),
        "an escaped key": text.replace('"source"', '"\\u0073ource"'),
        "a short escape spelled long": text.replace("invented field", "\\u000a"),
        "an escape in capitals": text.replace("invented field", "\\u001F"),
        "a raw control character": text.replace("invented field", "\n"),
        "a lone surrogate": text.replace("invented field", "\\ud800"),
        "a surrogate pair, escaped": text.replace("invented field", "\\ud83d\\ude00"),
        "null for what is unknown": text.replace("{", '{"note":null,', 1),
        "NaN": text.replace("{", '{"credibility":NaN,', 1),
        "a float": text.replace("{", '{"credibility":2.0,', 1),
        "an exponent": text.replace("{", '{"credibility":2e0,', 1),
        "minus zero": text.replace("{", '{"credibility":-0,', 1),
        "a number with a leading zero": text.replace("{", '{"credibility":02,', 1),
        "2^53 + 1": text.replace("{", '{"credibility":9007199254740993,', 1),
        "a trailing comma": text[:-1] + ",}",
        "two values": text + "{}",
        "the end missing": text[:-1],
        "nothing": "",
    }
    return [
        ("the smallest claim", "Canonical", True, good),
        ("every kind of escape", "Canonical", True, spell(claim(note=odd))),
        ("text that is not normalised", "Canonical", True, spell(claim(note="e\u0301 \u064a"))),
        ("a composed letter: another claim", "Canonical", True, spell(claim(note="\u00e9 ی"))),
        *[(comment, "Canonical", False, bad.encode()) for comment, bad in broken.items()],
        ("not UTF-8", "Canonical", False, good.replace(b"field", b"\xff")),
        ("a surrogate in UTF-8", "Canonical", False, good.replace(b"field", b"\xed\xa0\x80")),
        ("an overlong letter", "Canonical", False, good.replace(b"field", b"\xc1\xa1")),
        ("deep nesting", "Canonical", False, deep),
    ]


def field_cases() -> list[Case]:
    """The table of a claim's fields."""
    good: dict[str, dict[str, object]] = {
        "to whom it is attributed": {"by": {"text": "families"}},
        "and known parties": {"by": {"text": "x", "parties": ["org:invented", "person:p-1"]}},
        "when it holds": {"holds": when()},
        "credibility 1": {"credibility": 1},
        "credibility 6": {"credibility": 6},
        "how it was read": {"reading": "source_itself"},
        "a note": {"note": "read from a copy"},
        "public": {"sensitivity": "public"},
        "partners": {"sensitivity": "partners"},
        "sealed": {"sensitivity": "sealed"},
        "said in a run": {"source": "run:r-1"},
        "said by the organisation": {"source": "org:invented"},
    }
    bad: dict[str, dict[str, object]] = {
        **{f"no {name}": {name: None} for name in claim()},
        "an unknown field": {"importance": "high"},
        "no words of attribution": {"by": {"parties": ["org:invented"]}},
        "an attribution that is text": {"by": "families"},
        "an unknown field of an attribution": {"by": {"text": "x", "name": "y"}},
        "an empty list of parties": {"by": {"text": "x", "parties": []}},
        "holds at a text": {"holds": "1988"},
        "holds at a value of another type": {"holds": {"type": "text", "text": "1988"}},
        "credibility 0": {"credibility": 0},
        "credibility 7": {"credibility": 7},
        "credibility as text": {"credibility": "2"},
        "credibility as a boolean": {"credibility": True},
        "a sensitivity of another name": {"sensitivity": "secret"},
        "a predicate in capitals": {"predicate": "Label"},
        "a number for a note": {"note": 1},
        "said by a person": {"source": "person:p-1"},
        "said by an item": {"source": "item:" + "a" * 64},
        "an empty locator": {"locator": []},
        "a locator that is no list": {"locator": {"type": "page", "number": 1}},
        "rests on nothing, written out": {"rests_on": []},
        "rests on what is no digest": {"rests_on": ["claim:1"], "standard": "reasonable_grounds"},
        "a value without type": {"value": {"text": "x"}},
        "a value of an unknown type": {"value": {"type": "number", "text": "1"}},
        "a value that is text": {"value": "x"},
    }
    return [
        *[(name, "Field", True, spell(claim(**changes))) for name, changes in good.items()],
        *[(name, "Field", False, spell(claim(**changes))) for name, changes in bad.items()],
        ("an array for a claim", "Field", False, spell([])),
    ]


def id_cases() -> list[Case]:
    """Entity ids."""
    kinds = ["person", "site", "event", "org", "place", "source", "case", "run", "log"]
    good = [f"{kind}:a" for kind in kinds] + [
        "site:0", "site:a._-z9", "site:" + "a" * 100, "claim:" + "a" * 64, "item:" + "0" * 64,
    ]  # fmt: skip
    bad = [
        "site", "site:", ":a", "tree:a", "Site:a", "site:A", "site:é", "site:a b", "site:-a",
        "site:.a", "site:_a", "site:" + "a" * 101, "site:a\n", "\nsite:a", "site:a:b", "site:a/b",
        "claim:a", "item:a", "item:scan-1", "item:" + "A" * 64,
        "claim:" + "a" * 63, "claim:" + "A" * 64, "claim:" + "a" * 65,
        "claim:" + "a" * 64 + "\n", " site:a",
    ]  # fmt: skip

    def naming(id_: str) -> bytes:
        return spell(claim(by={"text": "x", "parties": [id_]}))

    return [
        *[(f"the id {id_}", "Id", True, naming(id_)) for id_ in good],
        *[(f"no id: {id_!r}", "Id", False, naming(id_)) for id_ in bad],
        ("a subject that is no id", "Id", False, spell(claim(subject="the field"))),
        ("a source with a newline", "Id", False, spell(claim(source="source:a\n"))),
        ("a predicate with a newline", "Id", False, spell(claim(predicate="label\n"))),
    ]


def value_cases() -> list[Case]:
    """The table of values: every field there and not there, and of another type."""
    square = [["51", "35"], ["52", "35"], ["52", "36"], ["51", "35"]]
    digest = "a" * 64
    good = {
        "text with its language": of("label", type="text", text="میدان", lang="fa"),
        "empty text": of("label", type="text", text=""),
        "a name": of("name", type="name", text="Invented"),
        "a name with all its fields": of(
            "name", "person:p-1", type="name", text="Invented", lang="fa", script="Latn",
            scheme="as in the source", parts=[{"slot": "given", "text": "Invented"}],
        ),
        "a number": of("length", type="quantity", text="ten", low="10", high="10", unit="m"),
        "an open range": of("length", type="quantity", text="over ten", low="10"),
        "a number not read": of("length", type="quantity", text="many", counts="graves"),
        "zero and fractions": of("length", type="quantity", text="x", low="-0.50", high="0"),
        "a term": of("status", type="term", term="reported"),
        "a term and its words": of("status", type="term", term="reported", text="as written"),
        "an entity": of("in_case", type="ref", id="case:invented"),
        "an entity and its words": of("in_case", type="ref", id="case:invented", text="the case"),
        "a file": of("file", "item:" + digest, type="file", sha256=digest, size=0,
                     media_type="text/plain"),
        "the largest size": of("file", "item:" + digest, type="file", sha256=digest,
                               size=2**53 - 1, media_type="text/plain", text="a.txt"),
    }  # fmt: skip
    for calendar in ("gregorian", "solar_hijri", "hijri_umm_al_qura", "hijri_tabular"):
        good[f"a date, {calendar}"] = of("burials_in", **when(calendar=calendar))
    good |= {
        "a date open at its end": of("burials_in", **when(latest=None)),
        "a date not read": of("burials_in", **when(earliest=None, latest=None)),
        "one day": of("burials_in", **when(latest="1988-06-22")),
        "a leap day": of("burials_in", **when(earliest="1988-02-29")),
        "a path": of("location", **where(geometry={"type": "LineString",
                                                   "coordinates": square[:2]})),
        "an area": of("location", **where(geometry={"type": "Polygon", "coordinates": [square]})),
        "areas": of("location", **where(geometry={"type": "MultiPolygon",
                                                  "coordinates": [[square], [square]]})),
        "words of a place, and a method": of("location", **where(geometry=None, text="by the road",
                                                                method="told")),
    }  # fmt: skip
    for kind in ("exact", "approximate", "representative", "random"):
        good[f"a place, {kind}"] = of("location", **where(kind=kind))
    bad = {
        "text without words": of("label", type="text"),
        "words that are a number": of("label", type="text", text=1),
        "an unknown field of text": of("label", type="text", text="x", script="Latn"),
        "a name without words": of("name", type="name", lang="fa"),
        "a part of a name without slot": of("name", type="name", text="x", parts=[{"text": "x"}]),
        "a part of a name without words": of("name", type="name", text="x",
                                             parts=[{"slot": "given"}]),
        "no parts of a name, written out": of("name", type="name", text="x", parts=[]),
        "a date without words": of("burials_in", **when(text=None)),
        "a date without calendar": of("burials_in", **when(calendar=None)),
        "a date of an unknown calendar": of("burials_in", **when(calendar="julian")),
        "a date without precision": of("burials_in", **when(precision=None)),
        "a month 13": of("burials_in", **when(earliest="1988-13-01")),
        "a day 32": of("burials_in", **when(earliest="1988-01-32")),
        "a day without leading zero": of("burials_in", **when(earliest="1988-1-1")),
        "a day with a time": of("burials_in", **when(earliest="1988-01-01T00:00:00Z")),
        "a day and a newline": of("burials_in", **when(earliest="1988-01-01\n")),
        "a day in other digits": of("burials_in", **when(earliest="۱۹۸۸-۰۱-۰۱")),
        "a place without kind": of("location", **where(kind=None)),
        "a place of an unknown kind": of("location", **where(kind="precise")),
        "coordinates that are numbers": of("location", **where(
            geometry={"type": "Point", "coordinates": [51, 35]})),
        "three coordinates": of("location", **where(
            geometry={"type": "Point", "coordinates": ["51", "35", "0"]})),
        "one coordinate": of("location", **where(
            geometry={"type": "Point", "coordinates": ["51"]})),
        "a geometry of an unknown type": of("location", **where(
            geometry={"type": "Circle", "coordinates": ["51", "35"]})),
        "a path given as a point": of("location", **where(
            geometry={"type": "Point", "coordinates": square})),
        "an unknown field of a geometry": of("location", **where(
            geometry={"type": "Point", "coordinates": ["51", "35"], "bbox": []})),
        "an uncertainty that is a number": of("location", **where(uncertainty=250)),
        "a quantity without words": of("length", type="quantity", low="1"),
        "a quantity that is a number": of("length", type="quantity", text="x", low=1),
        "a term without term": of("status", type="term", text="x"),
        "an entity without id": of("in_case", type="ref", text="x"),
        "an entity that is no id": of("in_case", type="ref", id="the case"),
        "a file without size": of("file", "item:" + digest, type="file", sha256=digest,
                                  media_type="text/plain"),
        "a file without media type": of("file", "item:" + digest, type="file", sha256=digest,
                                        size=1),
        "a size below zero": of("file", "item:" + digest, type="file", sha256=digest, size=-1,
                                media_type="text/plain"),
        "a size of 2^53": of("file", "item:" + digest, type="file", sha256=digest, size=2**53,
                             media_type="text/plain"),
        "a size that is text": of("file", "item:" + digest, type="file", sha256=digest, size="1",
                                  media_type="text/plain"),
        "a digest in capitals": of("file", "item:" + digest, type="file", sha256="A" * 64, size=1,
                                   media_type="text/plain"),
        "a digest and a newline": of("file", "item:" + digest, type="file", sha256=digest + "\n",
                                     size=1, media_type="text/plain"),
    }  # fmt: skip
    for number in ("01", "1.", ".5", "1e3", "+1", "1,5", "--1", "", " 1", "1\n", "٥", "0x1", "NaN"):
        bad[f"no decimal: {number!r}"] = of("length", type="quantity", text="x", low=number)
    return [
        *[(name, "Value", True, data) for name, data in good.items()],
        *[(name, "Value", False, data) for name, data in bad.items()],
    ]


def selector_cases() -> list[Case]:
    """Locators."""
    good: dict[str, dict[str, object]] = {
        "a page": {"type": "page", "number": 1},
        "a quotation": {"type": "quote", "exact": "x"},
        "a quotation among others": {"type": "quote", "exact": "x", "prefix": "a", "suffix": "b"},
        "a span": {"type": "position", "start": 0, "end": 1},
        "a row": {"type": "cell", "row": 1},
        "a cell": {"type": "cell", "row": 2, "sheet": "S", "column": "C"},
        "a moment": {"type": "time", "start": "0.5"},
        "a stretch": {"type": "time", "start": "0", "end": "9.25"},
        "a rectangle": {"type": "box", "x": "0", "y": "1.5", "width": "10", "height": "98.5"},
        "free words": {"type": "place", "text": "paragraph 12, second note"},
    }
    bad: dict[str, dict[str, object]] = {
        "page 0": {"type": "page", "number": 0},
        "a page by its label": {"type": "page", "number": "iv"},
        "a page of 2^53": {"type": "page", "number": 2**53},
        "a quotation without words": {"type": "quote", "prefix": "a"},
        "a span without end": {"type": "position", "start": 0},
        "a span before the beginning": {"type": "position", "start": -1, "end": 1},
        "row 0": {"type": "cell", "row": 0},
        "a column by number": {"type": "cell", "row": 1, "column": 1},
        "a moment as a number": {"type": "time", "start": 5},
        "a moment as a clock": {"type": "time", "start": "00:05"},
        "a rectangle without height": {"type": "box", "x": "0", "y": "0", "width": "1"},
        "free words without words": {"type": "place"},
        "an unknown selector": {"type": "chapter", "number": 1},
        "an unknown field of a selector": {"type": "page", "number": 1, "of": 3},
    }
    return [
        *[(name, "Selector", True, spell(claim(locator=[one]))) for name, one in good.items()],
        ("two selectors", "Selector", True, spell(claim(locator=list(good.values())[:2]))),
        *[(name, "Selector", False, spell(claim(locator=[one]))) for name, one in bad.items()],
    ]


def meaning_cases() -> list[Case]:
    """What has the form of a claim, and may not be recorded all the same."""
    rests = [salt(1), salt(2)]
    rests.sort()
    finding: dict[str, object] = {
        "source": "org:invented",
        "standard": "reasonable_grounds",
        "rests_on": rests,
    }
    ring = [["51", "35"], ["52", "35"], ["52", "36"], ["51", "36"]]
    vocabulary = {
        "an unknown predicate": spell(claim(predicate="importance")),
        "a predicate of another subject": of("label", "claim:" + salt(3), type="text", text="x"),
        "a value of a type that the predicate has not": of("label", type="ref", id="case:a"),
        "an unknown term": of("status", type="term", term="rumoured"),
        "a target that the predicate does not name": of("in_case", type="ref", id="org:a"),
        "an unknown precision": of("burials_in", **when(precision="fortnight")),
        "an unknown precision of when it holds": spell(claim(holds=when(precision="fortnight"))),
        "an unknown slot": of("name", type="name", text="x", parts=[{"slot": "x", "text": "x"}]),
        "an unknown reading": spell(claim(reading="hearsay")),
        "an unknown standard": spell(claim(**{**finding, "standard": "certainty"})),
    }
    meaning = {
        "30 February": of("burials_in", **when(earliest="1988-02-30")),
        "29 February of another year": of("burials_in", **when(earliest="1987-02-29")),
        "year 0": of("burials_in", **when(earliest="0000-01-01")),
        "an interval that ends before it begins": of("burials_in", **when(latest="1988-06-21")),
        "a time of holding that does": spell(claim(holds=when(latest="1988-06-21"))),
        "a range that ends before it begins": of("length", type="quantity", text="x", low="10",
                                                 high="9.5"),
        "a longitude outside the earth": of("location", **where(
            geometry={"type": "Point", "coordinates": ["180.5", "0"]})),
        "a latitude outside the earth": of("location", **where(
            geometry={"type": "Point", "coordinates": ["0", "-90.5"]})),
        "a ring that is open": of("location", **where(
            geometry={"type": "Polygon", "coordinates": [ring]})),
        "a ring of three": of("location", **where(
            geometry={"type": "Polygon", "coordinates": [[ring[0], ring[1], ring[0]]]})),
        "an area without outline": of("location", **where(
            geometry={"type": "Polygon", "coordinates": []})),
        "a path of one position": of("location", **where(
            geometry={"type": "LineString", "coordinates": ring[:1]})),
        "a negative uncertainty": of("location", **where(uncertainty="-1")),
        "exact without geometry": of("location", **where(kind="exact", geometry=None)),
        "a finding without standard": spell(claim(**{**finding, "standard": None})),
        "a finding that rests on nothing": spell(claim(**{**finding, "rests_on": None})),
        "a finding of a source": spell(claim(**{**finding, "source": "source:invented"})),
        "a finding on unsorted claims": spell(claim(**{**finding, "rests_on": rests[::-1]})),
        "a finding on one claim twice": spell(claim(**{**finding, "rests_on": rests[:1] * 2})),
    }  # fmt: skip
    return [
        ("a finding", "Meaning", True, spell(claim(**finding))),
        *[(name, "Vocabulary", False, data) for name, data in vocabulary.items()],
        *[(name, "Meaning", False, data) for name, data in meaning.items()],
    ]


def opening_cases() -> list[Case]:
    """Salt, log, claim; and what is none."""
    body = spell(claim()).decode()

    def opening(first: str = salt(0), second: str = LOG) -> str:
        return f'["{first}","{second}",{body}]'

    bad = {
        "a salt of 31 bytes": opening(salt(0)[:62]),
        "a salt of 33 bytes": opening(salt(0) + "00"),
        "a salt in capitals": opening(salt(0).upper()),
        "a salt and a newline": opening(salt(0)[:63] + "\\n"),
        "a salt that is no hexadecimal": opening("g" * 64),
        "a salt in other digits": opening("٠" * 64),
        "no salt": f'["{LOG}",{body}]',
        "no log": f'["{salt(0)}",{body}]',
        "a log of 15 bytes": opening(second=LOG[:30]),
        "a log in capitals": opening(second=LOG.upper()),
        "a whole origin": opening(second="habeas.invalid/log/" + LOG),
        "log before salt": opening(LOG, salt(0)),
        "the claim first": f'[{body},"{salt(0)}","{LOG}"]',
        "a fourth part": opening()[:-1] + ",1]",
        "an object": f'{{"claim":{body},"log":"{LOG}","salt":"{salt(0)}"}}',
        "a decoy, which opens no claim": f'["{salt(0)}","decoy"]',
        "white space": opening().replace(",", ", "),
        "a newline at the end": opening() + "\n",
        "an escaped salt": opening().replace(salt(0)[0], f"\\u00{ord(salt(0)[0]):02x}", 1),
        "a claim that is none": f'["{salt(0)}","{LOG}",{{}}]',
        "the claim alone": body,
        "nothing": "",
    }
    return [
        ("an opening", "Opening", True, opening().encode()),
        ("another salt: another digest", "Opening", True, opening(salt(9)).encode()),
        ("another log: another digest", "Opening", True, opening(second="f" * 32).encode()),
        *[(name, "Opening", False, data.encode()) for name, data in bad.items()],
    ]


def entry_cases() -> list[Case]:
    """Leaves of a log."""

    def digests(count: int) -> list[str]:
        return sorted(sha256(f'["{salt(n)}","decoy"]'.encode()).hexdigest() for n in range(count))

    def entry(claims: object = digests(4), **changes: object) -> bytes:
        fields: dict[str, Any] = {
            "claims": claims,
            "recorded": "2026-11-23T15:04:05Z",
            "recorder": "r-5f2c9a",
            "type": "habeas-entry/1",
            **changes,
        }
        return spell({name: value for name, value in fields.items() if value is not None})

    four = digests(4)
    good = {f"{size} digests": entry(digests(size)) for size in SIZES}
    good["the longest handle"] = entry(recorder="a" * 40)
    unfit = {
        "no digest": entry([]),
        **{f"{n} digests: not padded": entry(digests(n)) for n in (1, 3, 5, 9, 769, 1024)},
        "not sorted": entry(four[::-1]),
        "the last two exchanged": entry([four[0], four[1], four[3], four[2]]),
        "one digest twice": entry([four[0], four[0], four[1], four[2]]),
        "the last digest twice": entry([*four[:3], four[2]]),
    }
    bad = {
        "a digest in capitals": entry([*four[:3], "F" * 64]),
        "a digest that is too short": entry([*four[:3], "f" * 63]),
        "a digest and a newline": entry([*four[:3], "f" * 64 + "\n"]),
        "a digest that is a number": entry([*four[:3], 1]),
        "digests that are one text": entry("".join(four)),
        **{f"no {name}": entry(**{name: None}) for name in json.loads(entry())},
        "another type": entry(type="habeas-entry/2"),
        "an unknown field": entry(subject="site:a"),
        "a time with an offset": entry(recorded="2026-11-23T15:04:05+00:00"),
        "a time with fractions": entry(recorded="2026-11-23T15:04:05.5Z"),
        "a day": entry(recorded="2026-11-23"),
        "a time and a newline": entry(recorded="2026-11-23T15:04:05Z\n"),
        "a handle with a space": entry(recorder="a b"),
        "a handle and a newline": entry(recorder="r-5f2c9a\n"),
        "a handle in capitals": entry(recorder="R"),
        "an empty handle": entry(recorder=""),
        "a handle of 41": entry(recorder="a" * 41),
        "white space": entry().replace(b",", b", "),
        "a newline at the end": entry() + b"\n",
        "a key twice": entry().replace(b"{", b'{"recorder":"a",', 1),
        "another order of keys": b'{"type":"habeas-entry/1",' + entry()[1:-24] + b"}",
        "an escape that is not needed": entry().replace(b"r-5f", b"\\u0072-5f"),
        "an array": spell(four),
        "nothing": b"",
        "not UTF-8": entry().replace(b"r-5f", b"\xff"),
    }  # fmt: skip
    return [
        *[(name, "Digests", True, data) for name, data in good.items()],
        *[(name, "Digests", False, data) for name, data in unfit.items()],
        *[(name, "Entry", False, data) for name, data in bad.items()],
    ]


def vector(number: int, case: Case) -> dict[str, object]:
    """One test in wycheproof's shape."""
    comment, flag, valid, data = case
    found: dict[str, object] = {"id": number, "comment": comment, "flags": [flag]}
    found["result"] = "valid" if valid else "invalid"
    try:
        found["text"] = data.decode()
    except UnicodeDecodeError:
        found["base64"] = base64.b64encode(data).decode()
    if valid and flag == "Opening":
        found["digest"] = sha256(data).hexdigest()
    if valid and flag == "Digests":
        found["leaf"] = sha256(b"\0" + data).hexdigest()
    return found


def document(what: str, cases: list[Case]) -> str:
    """The file of vectors."""
    tests = [vector(number, case) for number, case in enumerate(cases, 1)]
    flags = {name: FLAGS[name] for name in FLAGS if any(name == case[1] for case in cases)}
    head = {"format": f"habeas record/1, {what}", "source": "scripts/write_record_vectors.py"}
    return json.dumps({**head, "flags": flags, "tests": tests}, indent=1) + "\n"


def documents() -> dict[str, str]:
    """File name to content."""
    claims = canonical_cases() + field_cases() + id_cases() + value_cases()
    claims += selector_cases() + meaning_cases()
    return {
        "record-claims.json": document("claims", claims),
        "record-openings.json": document("openings", opening_cases()),
        "record-entries.json": document("entries", entry_cases()),
    }


def main() -> None:
    """Write the files."""
    for name, text in documents().items():
        (FOLDER / name).write_text(text, encoding="ascii")


if __name__ == "__main__":
    main()
