"""Entities for FollowTheMoney, checked with the real library. All names are invented."""

from __future__ import annotations

import json

import pytest
from followthemoney import model
from followthemoney.proxy import EntityProxy
from foreign_files import opened, said

from habeas.claims.claim import By, Claim
from habeas.claims.locator import Page
from habeas.claims.values import Name, Point, Quantity, Ref, Term, Text, When, Where
from habeas.exchange import followthemoney as out
from habeas.exchange.followthemoney import entity_id, followthemoney
from habeas.registry.changing import withdraw
from habeas.registry.registry import Registry, create_registry

PERSON, SITE, EVENT = "person:invented-1", "site:invented", "event:invented_day"


def claim(subject: str, predicate: str, value, **more) -> Claim:
    more.setdefault("sensitivity", "team")
    return Claim(subject=subject, predicate=predicate, value=value, source="source:a", **more)


def when(start: str | None, end: str | None, precision: str = "range") -> When:
    return When(text="x", calendar="gregorian", earliest=start, latest=end, precision=precision)


def where(kind: str, uncertainty: str | None = None) -> Where:
    return Where(kind=kind, uncertainty=uncertainty, geometry=Point(coordinates=("51.40", "35.5")))


CLAIMS = [
    claim(PERSON, "name", Name(text="Invented  Stone")),
    claim(PERSON, "name", Name(text="سنگ‌زاده ساختگی"), locator=(Page(number=3),)),
    claim(PERSON, "nickname", Name(text="Pebble"), by=By(text="families"), credibility=2),
    claim(PERSON, "died", when("1988-08-01", "1988-08-31", "month")),
    claim(PERSON, "died", when("1988-01-01", "1988-12-31", "year")),
    claim(PERSON, "died", when("1988-07-20", "1988-09-01")),
    claim(PERSON, "born", when("1960-02-29", "1960-02-29", "day")),
    claim(PERSON, "sex", Term(term="female")),
    claim(PERSON, "sex", Term(term="unknown")),
    claim(PERSON, "nationality", Text(text="ایرانی")),
    claim(PERSON, "birthplace", Text(text="Invented town")),
    claim(PERSON, "affiliation", Text(text="Invented party")),
    claim(PERSON, "description", Text(text="behind the mill"), sensitivity="sealed"),
    claim("person:nameless", "born", when("1950-01-01", "1950-12-31", "year")),
    claim(SITE, "name", Name(text="Invented field")),
    claim(SITE, "location", where("representative", "15000")),
    claim(SITE, "remains_believed", Quantity(text="12", low="12", high="12")),
    claim(EVENT, "label", Text(text="Invented day", lang="en")),
    claim(EVENT, "occurred", when("1988-08-05", "1988-08-05", "day")),
    claim(EVENT, "victim", Ref(id=PERSON)),
    claim(EVENT, "victim", Ref(id="person:nameless")),
]


@pytest.fixture
def registry(tmp_path) -> Registry:
    with create_registry(tmp_path / "registry", organisation="Invented archive") as made:
        with made.recording() as recording:
            for one in CLAIMS:
                recording.entry([one])
        yield made


def written(registry: Registry, clearance: str = "team") -> tuple[dict[str, dict], str]:
    export = followthemoney(registry.view(clearance))
    found = [json.loads(line) for line in export.lines]
    return {one["id"]: one for one in found}, "\n".join(export.dropped())


def test_the_library_takes_every_entity_as_it_stands(registry):
    """Valid: no property is unknown or missing, and cleaning by the library changes nothing.

    Save that it takes out zero-width joiners, which belong to the spelling of Persian.
    """
    entities, _ = written(registry)
    assert set(entities) == {
        "person-invented-1", "site-invented", entity_id(EVENT), entity_id(registry.organisation),
    }  # fmt: skip
    for made in entities.values():
        proxy = EntityProxy.from_dict(made, cleaned=False)
        assert proxy.id == made["id"]
        assert {name: sorted(proxy.get(name)) for name in made["properties"]} == {
            name: sorted(text.replace("\u200c", "") for text in found)
            for name, found in made["properties"].items()
        }
        schema = model.get(made["schema"])
        assert schema is not None
        assert set(schema.required) <= set(made["properties"])


def test_contradictory_values_stand_side_by_side(registry):
    person = written(registry)[0]["person-invented-1"]["properties"]
    assert person["deathDate"] == ["1988-08", "1988"]
    assert person["birthDate"] == ["1960-02-29"]
    assert person["name"] == ["Invented Stone", "سنگ‌زاده ساختگی"]
    assert person["nationality"] == ["ir"]
    assert person["gender"] == ["female"]


def test_what_is_left_out_is_listed(registry):
    _, dropped = written(registry)
    for line in (
        "1 × died (died) not carried: it is not exactly", "1 × sex (sex) not carried",
        "1 × alleged affiliation (affiliation) not carried: what somebody alleges",
        "1 × born (born) not carried: its subject has no name",
        "1 × location (location) not carried: a position without",
        "(remains_believed) not carried: the model has no property",
        "1 × victim (victim) not carried: whom it names",
        "1 × not carried with a claim: where in the source",
        "1 × not carried with a claim: how cred", "1 × not carried with a claim: to whom",
        "Never carried: the sensitivity",
    ):  # fmt: skip
        assert line in dropped, line


def test_every_claim_is_carried_or_listed(registry):
    """The counts add up: nothing disappears between the two."""
    view = registry.view("team")
    export = followthemoney(view)
    list(export.lines)
    dropped = sum(export.losses._claims.values())
    carried = sum(
        len(values)
        for made in written(registry)[0].values()
        for name, values in made["properties"].items()
        if name != "full" and not (made["schema"] in ("Event",) and name == "name")
    )
    assert carried + dropped == len(view.claims())


def test_the_gate(registry):
    assert "behind the mill" not in json.dumps(written(registry)[0])
    assert "behind the mill" in json.dumps(written(registry, "sealed")[0])
    assert written(registry, "public")[0].keys() <= {entity_id(registry.organisation)}


def test_withdrawn_claims_are_not_carried(registry):
    name = next(s for s in registry.view("team").claims(subject=PERSON, predicate="nickname"))
    assert "Pebble" in json.dumps(written(registry)[0])
    withdraw(registry, name.digest, "misread")
    entities, dropped = written(registry)
    assert "Pebble" not in json.dumps(entities)
    assert "not carried: it was withdrawn" in dropped


def test_a_position_that_stands_in_for_a_place_is_not_given(registry):
    assert "longitude" not in written(registry)[0]["site-invented"]["properties"]
    with registry.recording() as recording:
        recording.entry([claim(SITE, "location", where("exact", "5"))])
    site = written(registry)[0]["site-invented"]["properties"]
    assert (site["longitude"], site["latitude"]) == (["51.40"], ["35.5"])


def test_a_position_mutant(registry, monkeypatch):
    monkeypatch.setattr(out, "bare_position", lambda value: value.geometry.coordinates)
    assert "longitude" in written(registry)[0]["site-invented"]["properties"]


def test_a_date_mutant(registry, monkeypatch):
    """A span cut down to its first day would be a day that nobody said."""
    monkeypatch.setattr(out, "_date", lambda value: (value.earliest, ""))
    assert "1988-07-20" in written(registry)[0]["person-invented-1"]["properties"]["deathDate"]


@pytest.mark.parametrize(
    ("start", "end", "precision", "prefix"),
    [("1988-02-01", "1988-02-29", "month", "1988-02"),
     ("1987-02-01", "1987-02-28", "range", "1987-02"),
     ("1988-02-01", "1988-02-28", "range", ""), ("1988-01-01", "1989-12-31", "range", ""),
     ("1988-01-01", "1988-12-31", "about", ""), (None, "1988-12-31", "before", ""),
     (None, None, "unknown", ""), ("1988-01-01", "1988-01-31", "month", "1988-01")],
)  # fmt: skip
def test_dates_that_are_exactly_a_prefix(start, end, precision, prefix):
    assert out._date(when(start, end, precision))[0] == prefix


def test_ids_are_stable_and_allowed():
    assert entity_id("person:a.b-1") == "person-a.b-1"
    odd = entity_id("person:a_b")
    assert odd == entity_id("person:a_b") != entity_id("person:a-b")
    from followthemoney.types import registry as types

    for name in ("a", "a_b", "a-", "0.1", "a."):
        assert types.entity.validate(entity_id(f"person:{name}"))


def test_there_and_back(registry, tmp_path):
    lines = "".join(followthemoney(registry.view("team")).lines)
    file = opened(tmp_path, lines)
    persons = [read for read in said(file) if read.claims]
    assert len(persons) == 1
    back = {(one.predicate, one.value.text) for one in persons[0].claims}
    assert back == {
        ("name", "Invented Stone"), ("name", "سنگ‌زاده ساختگی"), ("name", "Pebble"),
        ("died", "1988-08"), ("died", "1988"), ("born", "1960-02-29"), ("sex", "female"),
        ("nationality", "ir"), ("birthplace", "Invented town"),
    }  # fmt: skip
