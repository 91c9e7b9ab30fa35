"""The vectors of the record format, read by Habeas and by another reading of docs/spec/record.md.

The other reading is written here with json, rfc8785, hashlib and the vocabulary's YAML: it shares
no code with Habeas.
"""

import base64
import importlib.util
import json
import re
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest
import rfc8785
import yaml

from habeas.claims import checking
from habeas.claims.checking import check_claim
from habeas.claims.claim import digest, opened_log, read_opening
from habeas.claims.encoding import CanonicalReader
from habeas.errors import InputError, IntegrityError
from habeas.ledger import entry as entry_module
from habeas.ledger.entry import read_entry
from habeas.ledger.tree import leaf_hash

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "tests" / "vectors"
LOG, SALT = "0123456789abcdef" * 2, "5a" * 32


def load(name):
    return json.loads((FOLDER / name).read_text(encoding="ascii"))["tests"]


CLAIMS, OPENINGS, ENTRIES = (
    load(f"record-{name}.json") for name in ("claims", "openings", "entries")
)
EVERY = [*CLAIMS, *OPENINGS, *ENTRIES]


def data_of(vector):
    return vector["text"].encode() if "text" in vector else base64.b64decode(vector["base64"])


def opening_of(vector):
    return f'["{SALT}","{LOG}",'.encode() + data_of(vector) + b"]"


def by_comment(vector):
    return f"{vector['id']} {vector['comment']}".encode("ascii", "backslashreplace").decode()


# Another reading


class RefusedError(Exception):
    """The bytes are not what the specification describes."""


def need(truth):
    if not truth:
        raise RefusedError


def pairs(found):
    need(len({name for name, _ in found}) == len(found))
    return dict(found)


def refuse(_):
    raise RefusedError


def parse(data):
    try:
        value = json.loads(
            data.decode(), object_pairs_hook=pairs, parse_float=refuse, parse_constant=refuse
        )
        need(rfc8785.dumps(value) == data)
    except (ValueError, RecursionError) as error:
        raise RefusedError from error
    return value


def text(value):
    need(isinstance(value, str))


def integer(low, high=2**53 - 1):
    return lambda value: need(type(value) is int and low <= value <= high)


def shaped(pattern):
    return lambda value: need(isinstance(value, str) and re.fullmatch(pattern, value, re.ASCII))


def one_of(*allowed):
    return lambda value: need(value in allowed and isinstance(value, str))


def many(check, least=1):
    def check_all(values):
        need(isinstance(values, list) and len(values) >= least)
        for value in values:
            check(value)

    return check_all


def fields(required, optional=()):
    known = {**required, **dict(optional)}

    def check(value):
        need(isinstance(value, dict) and set(required) <= set(value) and set(value) <= set(known))
        for name, part in value.items():
            known[name](part)

    return check


def tagged(**kinds):
    def check(value):
        need(isinstance(value, dict) and value.get("type") in kinds)
        kinds[value["type"]]({name: part for name, part in value.items() if name != "type"})

    return check


NAME = r"[a-z0-9][a-z0-9._-]{0,99}"
ID = shaped(
    rf"(person|site|event|org|place|source|case|run|log):{NAME}|(claim|item):[0-9a-f]{{64}}"
)
DIGEST = shaped("[0-9a-f]{64}")
DECIMAL = shaped(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
DAY = shaped("[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")


def position(value):
    many(DECIMAL)(value)
    need(len(value) == 2)


RINGS = many(many(position, 0), 0)
GEOMETRY = tagged(
    Point=fields({"coordinates": position}),
    LineString=fields({"coordinates": many(position, 0)}),
    Polygon=fields({"coordinates": RINGS}),
    MultiPolygon=fields({"coordinates": many(RINGS, 0)}),
)
WHEN = tagged(
    when=fields(
        {
            "text": text,
            "calendar": one_of("gregorian", "solar_hijri", "hijri_umm_al_qura", "hijri_tabular"),
            "precision": text,
        },
        {"earliest": DAY, "latest": DAY},
    )
)
PART = fields({"slot": text, "text": text})
VALUES = {
    "text": fields({"text": text}, {"lang": text}),
    "name": fields(
        {"text": text}, {"lang": text, "script": text, "scheme": text, "parts": many(PART)}
    ),
    "when": lambda value: WHEN({**value, "type": "when"}),
    "where": fields(
        {"kind": one_of("exact", "approximate", "representative", "random")},
        {"text": text, "geometry": GEOMETRY, "uncertainty": DECIMAL, "method": text},
    ),
    "quantity": fields(
        {"text": text}, {"low": DECIMAL, "high": DECIMAL, "unit": text, "counts": text}
    ),
    "term": fields({"term": text}, {"text": text}),
    "ref": fields({"id": ID}, {"text": text}),
    "file": fields({"sha256": DIGEST, "size": integer(0), "media_type": text}, {"text": text}),
}
SELECTOR = tagged(
    page=fields({"number": integer(1)}),
    quote=fields({"exact": text}, {"prefix": text, "suffix": text}),
    position=fields({"start": integer(0), "end": integer(1)}),
    cell=fields({"row": integer(1)}, {"sheet": text, "column": text}),
    time=fields({"start": DECIMAL}, {"end": DECIMAL}),
    box=fields(dict.fromkeys(("x", "y", "width", "height"), DECIMAL)),
    place=fields({"text": text}),
)
CLAIM = fields(
    {
        "subject": ID,
        "predicate": shaped("[a-z][a-z0-9_]{0,63}"),
        "value": tagged(**VALUES),
        "source": shaped(f"(source|run|org):{NAME}"),
        "sensitivity": one_of("public", "partners", "team", "sealed"),
    },
    {
        "locator": many(SELECTOR),
        "by": fields({"text": text}, {"parties": many(ID)}),
        "holds": WHEN,
        "credibility": integer(1, 6),
        "reading": text,
        "note": text,
        "rests_on": many(DIGEST),
        "standard": text,
    },
)
ENTRY = fields(
    {
        "claims": many(DIGEST),
        "recorded": shaped(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
        "recorder": shaped("[a-z0-9][a-z0-9._-]{0,39}"),
        "type": one_of("habeas-entry/1"),
    }
)
SIZES = (4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768)
FILES = [
    yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / "src/habeas/claims/vocabulary").glob("*.yaml"))
]
PREDICATES = {one["name"]: one for file in FILES for one in file.get("predicates", ())}
TERMS = {
    name: set(found["terms"])
    for file in FILES
    for name, found in file.get("vocabularies", {}).items()
}


def other_claim(data):
    value = parse(data)
    CLAIM(value)
    return value


def other_opening(data):
    value = parse(data)
    need(isinstance(value, list) and len(value) == 3)
    shaped("[0-9a-f]{64}")(value[0])
    shaped("[0-9a-f]{32}")(value[1])
    CLAIM(value[2])


def other_entry(data):
    need(len(data) <= 65_535)
    value = parse(data)
    ENTRY(value)
    need(value["claims"] == sorted(set(value["claims"])) and len(value["claims"]) in SIZES)


def other_meaning(claim):
    """The rules beyond form: vocabulary, intervals, positions, findings."""
    value, found = claim["value"], PREDICATES.get(claim["predicate"])
    need(found is not None and claim["subject"].split(":")[0] in found["subjects"])
    types = found["value"]
    need(value["type"] in ([types] if isinstance(types, str) else types))
    match value["type"]:
        case "term":
            need(value["term"] in TERMS[found["vocabulary"]])
        case "ref" if "targets" in found:
            need(value["id"].split(":")[0] in found["targets"])
        case "name":
            need(all(part["slot"] in TERMS["name_slot"] for part in value.get("parts", ())))
        case "when":
            other_interval(value)
        case "quantity" if "low" in value and "high" in value:
            need(Decimal(value["low"]) <= Decimal(value["high"]))
        case "where":
            other_where(value)
    other_interval(claim.get("holds", {}))
    need(claim.get("reading") in TERMS["reading_level"] | {None})
    if "rests_on" in claim or "standard" in claim:
        need("rests_on" in claim and claim.get("standard") in TERMS["standard_of_proof"])
        need(claim["source"].split(":")[0] in ("org", "run"))
        need(claim["rests_on"] == sorted(set(claim["rests_on"])))


def other_interval(value):
    try:
        ends = [date.fromisoformat(value[name]) for name in ("earliest", "latest") if name in value]
    except ValueError as error:
        raise RefusedError from error
    need(ends == sorted(ends))
    need(value.get("precision") in TERMS["date_precision"] | {None})


def other_where(value):
    need(not value.get("uncertainty", "0").startswith("-"))
    need("geometry" in value or value["kind"] != "exact")
    if "geometry" not in value:
        return
    kind, parts = value["geometry"]["type"], value["geometry"]["coordinates"]
    flat = json.dumps(parts)
    numbers = [Decimal(number) for number in re.findall(r'"([^"]+)"', flat)]
    need(all(abs(x) <= 180 for x in numbers[::2]) and all(abs(y) <= 90 for y in numbers[1::2]))
    need(kind != "LineString" or len(parts) > 1)
    polygons = {"Polygon": [parts], "MultiPolygon": parts}.get(kind, [[[0] * 4]])
    need(polygons and all(polygons))
    need(all(len(ring) > 3 and ring[0] == ring[-1] for polygon in polygons for ring in polygon))


def holds(reading, *args):
    try:
        reading(*args)
    except RefusedError:
        return False
    return True


# The vectors


def test_the_committed_vectors_are_those_that_the_script_writes():
    path = ROOT / "scripts" / "write_record_vectors.py"
    spec = importlib.util.spec_from_file_location("write_record_vectors", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, content in module.documents().items():
        assert (FOLDER / name).read_text(encoding="ascii") == content


@pytest.mark.parametrize(
    "vectors", [CLAIMS, OPENINGS, ENTRIES], ids=["claims", "openings", "entries"]
)
def test_they_are_numbered_and_every_one_is_another(vectors):
    assert [vector["id"] for vector in vectors] == list(range(1, len(vectors) + 1))
    assert {vector["result"] for vector in vectors} == {"valid", "invalid"}
    assert len({data_of(vector) for vector in vectors}) == len(vectors)
    assert len({vector["comment"] for vector in vectors}) == len(vectors)


@pytest.mark.parametrize("vector", CLAIMS, ids=by_comment)
def test_claim(vector):
    opening, flag = opening_of(vector), vector["flags"][0]
    if vector["result"] == "valid":
        assert read_opening(opening)[0] == SALT
        check_claim(read_opening(opening)[1])
        other_meaning(other_claim(data_of(vector)))
    elif flag in ("Vocabulary", "Meaning"):
        with pytest.raises(InputError):
            check_claim(read_opening(opening)[1])
        assert not holds(other_meaning, other_claim(data_of(vector)))
    else:
        with pytest.raises(IntegrityError):
            read_opening(opening)
        assert not holds(other_claim, data_of(vector))


@pytest.mark.parametrize("vector", OPENINGS, ids=by_comment)
def test_opening(vector):
    data = data_of(vector)
    valid = vector["result"] == "valid"
    assert holds(other_opening, data) is valid
    if not valid:
        with pytest.raises(IntegrityError):
            read_opening(data)
        return
    assert [read_opening(data)[0], opened_log(data)] == json.loads(data)[:2]
    assert digest(data) == sha256(data).hexdigest() == vector["digest"]


@pytest.mark.parametrize("vector", ENTRIES, ids=by_comment)
def test_entry(vector):
    data = data_of(vector)
    valid = vector["result"] == "valid"
    assert holds(other_entry, data) is valid
    if not valid:
        with pytest.raises(IntegrityError):
            read_entry(data)
        return
    assert list(read_entry(data).claims) == json.loads(data)["claims"]
    assert leaf_hash(data).hex() == sha256(b"\0" + data).hexdigest() == vector["leaf"]


def test_mutant_a_reader_that_does_not_compare_bytes(monkeypatch):
    (spaced,) = (data_of(one) for one in OPENINGS if one["comment"] == "white space")
    (twice,) = (data_of(one) for one in ENTRIES if one["comment"] == "a key twice")
    for reader, data in ((read_opening, spaced), (read_entry, twice)):
        with pytest.raises(IntegrityError):
            reader(data)
    monkeypatch.setattr(CanonicalReader, "read", lambda self, data: self._decoder.decode(data))
    assert read_opening(spaced)[0] == json.loads(spaced)[0]
    assert list(read_entry(twice).claims) == json.loads(twice)["claims"]


def test_mutant_an_entry_of_any_size(monkeypatch):
    unpadded = [data_of(one) for one in ENTRIES if "not padded" in one["comment"]]
    assert len(unpadded) == 6
    for data in unpadded:
        with pytest.raises(IntegrityError):
            read_entry(data)
    monkeypatch.setattr(entry_module, "SIZES", range(10_000))
    monkeypatch.setattr(entry_module, "MAX_ENTRY_BYTES", 10**9)
    for data in unpadded:
        assert list(read_entry(data).claims) == json.loads(data)["claims"]


def test_mutant_findings_that_are_not_looked_at(monkeypatch):
    vectors = (one for one in CLAIMS if one["comment"].startswith("a finding "))
    findings = [read_opening(opening_of(one))[1] for one in vectors]
    assert len(findings) == 5
    for finding in findings:
        with pytest.raises(InputError):
            check_claim(finding)
    monkeypatch.setattr(checking, "_check_finding", lambda *_: None)
    for finding in findings:
        check_claim(finding)
