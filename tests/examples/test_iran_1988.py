"""The case of 1988 in coding sheets: nothing of the facts it was made from is lost.

`iran-1988-facts.yaml` is a frozen copy of those facts: 124 claims, 73 sources, 21 entities.
`losses` looks for every field of every one of them in what the sheets record; the mutants show that
it finds what is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from habeas.claims.claim import Claim, prefix_of
from habeas.claims.values import Quantity, Ref, Term, When, Where, words
from habeas.exchange.coding_sheet import Sheet
from habeas.exchange.sheet_claims import SheetClaim
from habeas.exchange.sheet_recording import SoundSheets, read_sheets, record_sheets

EXAMPLE = Path(__file__).parents[2] / "examples" / "iran-1988"
OWN = "org:own"


class _AsWritten(yaml.CSafeLoader):
    """Every scalar as the file has it."""


_AsWritten.yaml_implicit_resolvers = {}

FACTS: dict[str, Any] = yaml.load(  # a safe loader
    (Path(__file__).parent / "iran-1988-facts.yaml").read_bytes(), Loader=_AsWritten
)
READING = {"R": "source_itself", "S": "reported", "T": "tertiary", "P": "party_press"}
RENAMED = {
    "area_m2": "area",
    "coordinates_public": "location",
    "disturbance_kinds": "disturbance_reported",
}
ENTITIES = {
    "ev.1988": "event:iran-1988",
    "ev.1981": "event:iran-1981",
    "ev.1980s": "event:iran-1980s",
    "ev.all1979": "event:iran-since-1979",
    "case.nouri": "case:nouri",
    "org.wgeid_iran": "org:wgeid_iran",
    "org.painscapes": "org:painscapes",
    "org.ffm": "org:ffm_iran",
    "person.raisi": "person:ebrahim-raisi",
    "doc.unletter": "source:unletter",
    "doc.wgeid2021": "source:wgeid2021",
    "doc.a75384": "source:doc.a75384",
    "stmt.global_procedure": "source:global_procedure",
    **{name: name.replace(".", ":") for name in FACTS["entities"] if name.startswith("site.")},
}


@pytest.fixture(scope="module")
def sheets() -> SoundSheets:
    return read_sheets(sorted(EXAMPLE.glob("*.yaml")), organisation=OWN)


def said(sheets: tuple[Sheet, ...]) -> list[SheetClaim]:
    return [claim for sheet in sheets for claim in sheet.claims]


# ---- what is lost


def losses(claims: list[SheetClaim]) -> list[str]:
    """Every field of the facts that the claims do not have."""
    labelled: dict[str, list[SheetClaim]] = {}
    for found in claims:
        if found.label is not None:
            labelled.setdefault(found.label.partition("-")[0], []).append(found)
    own = [found.claim for found in claims if found.claim.source == OWN]
    lost = []
    for fact in FACTS["claims"]:
        mine = labelled.get(fact["id"], [])
        lost += [f"{fact['id']} {what}" for what in _of_fact(fact, mine, own)]
    lost += [
        f"{id_} {what}" for id_, s in FACTS["sources"].items() for what in _of_source(id_, s, own)
    ]
    lost += [
        f"{id_} {what}" for id_, e in FACTS["entities"].items() for what in _of_entity(id_, e, own)
    ]
    questions = {words(c.value) for c in own if c.predicate == "open_question"}
    lost += [gap for gap in FACTS["meta"]["gaps"] if gap not in questions]
    return lost


def _of_fact(fact: dict[str, Any], mine: list[SheetClaim], own: list[Claim]) -> Iterator[str]:
    claims = [found.claim for found in mine]
    if not claims:
        yield "is missing"
        return
    if not all(_about(fact, found, own) for found in mine):
        yield "subject"
    if not _is_predicate(fact, claims):
        yield "predicate"
    if any(c.source != f"source:{fact['source']}" for c in claims):
        yield "source"
    if any(c.by is None or c.by.text != fact["by"] for c in claims):
        yield "by"
    if any(c.reading != READING[fact["level"]] for c in claims):
        yield "level"
    if any(fact.get("confidence_note", "") not in (c.note or "") for c in claims):
        yield "confidence_note"
    if any(c.sensitivity != "public" for c in claims):
        yield "is not public"
    yield from _of_value(fact, claims)
    yield from _of_time(fact, claims)
    if fact.get("sensitivity") == "already_public" and not _published(claims[0].subject, own):
        yield "sensitivity"


def _about(fact: dict[str, Any], found: SheetClaim, own: list[Claim]) -> bool:
    if fact["subject"] == "n08":
        return found.about is not None and found.about.name == "n08"
    subject = ENTITIES[fact["subject"]]
    if fact["predicate"] != "event":
        return found.claim.subject == subject
    where = [c.value for c in own if (c.subject, c.predicate) == (found.claim.subject, "site")]
    return [value.id for value in where if isinstance(value, Ref)] == [subject]


def _is_predicate(fact: dict[str, Any], claims: list[Claim]) -> bool:
    name = fact["predicate"]
    if name != "event":
        return all(c.predicate == RENAMED.get(name, name) for c in claims)
    kinds = [
        c.value.text or c.value.term
        for c in claims
        if c.predicate in ("disturbance_kind", "event_kind") and isinstance(c.value, Term)
    ]
    asked = fact["kind"] if isinstance(fact["kind"], list) else [fact["kind"]]
    return kinds == asked


def _texts(claims: list[Claim]) -> str:
    parts = []
    for claim in claims:
        value = claim.value
        parts += [words(value), getattr(value, "term", "") or ""]
        if isinstance(value, Where) and value.geometry is not None:
            parts += value.geometry.coordinates
        if isinstance(value, Quantity):
            parts += [value.low or "", value.high or "", value.counts or "", value.unit or ""]
    return "\n".join(parts)


def _of_value(fact: dict[str, Any], claims: list[Claim]) -> Iterator[str]:
    value = fact.get("value")
    texts = _texts(claims)
    if isinstance(value, dict):
        if any(part not in texts for part in value.values()):
            yield "value"
    elif isinstance(value, list):
        given = [words(c.value) for c in claims]
        terms = [c.value.term for c in claims if isinstance(c.value, Term)]
        if value not in (given, terms):
            yield "value"
    elif value is not None and value not in texts.split("\n"):
        yield from _of_bounded(fact, texts.split("\n"))
    if fact.get("scope", "") not in texts:
        yield "scope"
    yield from _of_ends(fact, claims)


def _of_bounded(fact: dict[str, Any], texts: list[str]) -> Iterator[str]:
    """A bare number whose bound the sheet writes out: 32, at_least."""
    if fact.get("bound") != "at_least" or f"at least {fact['value']}" not in texts:
        yield "value"


def _of_ends(fact: dict[str, Any], claims: list[Claim]) -> Iterator[str]:
    quantity = next((c.value for c in claims if isinstance(c.value, Quantity)), None)
    bound = fact.get("bound")
    asked = fact.get("value", fact.get("low"))
    ends = {"exact": (asked, asked), "at_least": (asked, None)}
    if bound and (quantity is None or (quantity.low, quantity.high) != ends[bound]):
        yield "bound"
    if "low" not in fact:
        return
    when = next((c.value for c in claims if isinstance(c.value, When)), None)
    for end in ("low", "high"):
        if when is not None:
            day = when.earliest if end == "low" else when.latest
            if fact[end] not in when.text or not (day or "").startswith(fact[end]):
                yield end
        elif quantity is None or fact[end] not in quantity.text.replace(",", ""):
            yield end


def _of_time(fact: dict[str, Any], claims: list[Claim]) -> Iterator[str]:
    dates = [c.value for c in claims if isinstance(c.value, When)]
    dates += [c.holds for c in claims if c.holds is not None]
    for key in ("date", "period", "as_of"):
        if key in fact and not any(_is_date(when, fact[key]) for when in dates):
            yield key
    precision = fact.get("precision")
    if precision and not any(_is_precision(when, precision) for when in dates):
        yield "precision"


def _is_date(when: When, text: str) -> bool:
    first, _, last = text.partition("/")
    ends = (when.earliest or when.latest or "", when.latest or "")
    return text in when.text and ends[0].startswith(first) and ends[1].startswith(last or first)


def _is_precision(when: When, precision: str) -> bool:
    if precision == "month" and when.precision == "range":
        return all(len(end) == 7 for end in when.text.split(" to "))
    return precision in (when.precision, when.text) or precision in when.text


def _published(site: str, own: list[Claim]) -> bool:
    return any(
        (c.subject, c.predicate) == (site, "publish_location")
        and isinstance(c.value, Term)
        and c.value.term == "already_public"
        for c in own
    )


def _of_source(id_: str, source: dict[str, Any], own: list[Claim]) -> Iterator[str]:
    claims = [c for c in own if c.subject == f"source:{id_}"]
    texts = {
        predicate: [words(c.value) for c in claims if c.predicate == predicate]
        for predicate in ("title", "publisher", "url", "source_kind")
    }
    for field, predicate in (("title",) * 2, ("publisher",) * 2, ("kind", "source_kind")):
        if texts[predicate] != [source[field]]:
            yield field
    if source["url"] != "null" and texts["url"] != [source["url"]]:
        yield "url"
    published = [c for c in claims if c.predicate == "published"]
    if source["date"] == "null":
        if published:
            yield "has a date that nobody gave"
    elif not any(source["date"] in f"{words(c.value)} {c.note}" for c in published):
        yield "date"
    notes = [c.note or "" for c in claims] + [words(c.value) for c in claims]
    if source.get("note", "") not in notes and "note" in source:
        note = source["note"].partition("; ")
        if not all(any(part in held for held in notes) for part in (note[0], note[2])):
            yield "note"


def _of_entity(id_: str, entity: dict[str, Any], own: list[Claim]) -> Iterator[str]:
    claims = [c for c in own if c.subject == ENTITIES[id_]]
    labels = [c.value for c in claims if c.predicate == "label"]
    if entity["label"] not in [words(value) for value in labels]:
        yield "label"
    if not any(getattr(value, "lang", None) == "fa" for value in labels):
        yield "has no Persian label"
    admin = [f"{words(c.value)} {c.note}" for c in claims if c.predicate == "admin_unit"]
    if entity.get("admin") and not any(entity["admin"] in text for text in admin):
        yield "admin"
    kinds = [words(c.value) for c in claims] + [prefix_of(ENTITIES[id_])]
    type_ = {"organisation": "org", "document": "un_document", "public_figure": "public figure"}
    if type_.get(entity["type"], entity["type"]) not in kinds:
        yield "type"


# ---- tests


def test_nothing_is_lost(sheets: SoundSheets) -> None:
    assert len(FACTS["claims"]) == 124
    assert len(FACTS["sources"]) == 73
    assert losses(said(sheets.sheets)) == []


def test_nothing_is_left_to_look_at(sheets: SoundSheets) -> None:
    assert sheets.warnings == ()


Mutation = Callable[[Claim], Claim]
MUTANTS: dict[str, tuple[Callable[[Claim], bool], Mutation]] = {
    "confidence_note": (lambda c: bool(c.note), lambda c: msgspec.structs.replace(c, note=None)),
    "by": (lambda c: c.by is not None, lambda c: msgspec.structs.replace(c, by=None)),
    "level": (lambda c: True, lambda c: msgspec.structs.replace(c, reading=None)),
    "source": (lambda c: True, lambda c: msgspec.structs.replace(c, source="source:mine")),
    "is not public": (lambda c: True, lambda c: msgspec.structs.replace(c, sensitivity="team")),
}


@pytest.mark.parametrize("field", MUTANTS)
def test_mutant_a_field_dropped_from_any_claim_is_noticed(field: str, sheets: SoundSheets) -> None:
    claims = said(sheets.sheets)
    applies, mutate = MUTANTS[field]
    facts = {fact["id"]: fact for fact in FACTS["claims"]}
    tried = 0
    for place, found in enumerate(claims):
        fact = facts.get((found.label or "").partition("-")[0])
        if (
            fact is None
            or not applies(found.claim)
            or (field == "confidence_note" and field not in fact)
        ):
            continue
        mutant = [*claims[:place], replace(found, claim=mutate(found.claim)), *claims[place + 1 :]]
        assert f"{fact['id']} {field}" in losses(mutant)
        tried += 1
        if tried == 25:  # some of each; the check is the same for all
            break
    assert tried == 25


def test_mutant_any_claim_dropped_is_noticed(sheets: SoundSheets) -> None:
    claims = said(sheets.sheets)
    labelled = [place for place, found in enumerate(claims) if found.label]
    for place in labelled[::3]:
        assert losses([*claims[:place], *claims[place + 1 :]]), claims[place]


@pytest.mark.parametrize(
    "predicate",
    ["title", "publisher", "published", "url", "source_kind", "read_in", "label", "admin_unit"],
)
def test_mutant_what_is_said_of_sources_and_entities_dropped_is_noticed(
    predicate: str, sheets: SoundSheets
) -> None:
    known = {f"source:{id_}" for id_ in FACTS["sources"]} | set(ENTITIES.values())
    claims = said(sheets.sheets)
    mutant = [c for c in claims if c.claim.predicate != predicate or c.claim.subject not in known]
    assert len(mutant) < len(claims)
    assert losses(mutant)


@pytest.mark.parametrize("id_", ["n01", "n04", "t09", "k10-when", "a07-when", "g04", "u06"])
def test_mutant_a_number_or_date_changed_is_noticed(id_: str, sheets: SoundSheets) -> None:
    claims = said(sheets.sheets)
    place = next(place for place, found in enumerate(claims) if found.label == id_)
    found = claims[place]
    value, holds = found.claim.value, found.claim.holds
    if isinstance(value, When):
        value = msgspec.structs.replace(
            value, text="2001", earliest="2001-01-01", latest="2001-12-31"
        )
    elif isinstance(value, Quantity):
        value = msgspec.structs.replace(value, text="7000", low="7000", high="7001")
    claim = msgspec.structs.replace(found.claim, value=value, holds=holds)
    assert losses([*claims[:place], replace(found, claim=claim), *claims[place + 1 :]])


def test_claims_that_contradict_stand_side_by_side(sheets: SoundSheets) -> None:
    claims = [found.claim for found in said(sheets.sheets)]
    killed = [c for c in claims if c.predicate == "victims_killed"]
    assert len(killed) == 12
    ahvaz = [
        c for c in claims if c.subject == "event:ahvaz-destruction" and c.predicate == "occurred"
    ]
    assert [(words(c.value), c.source) for c in ahvaz] == [
        ("2018-07-20, first seen on", "source:ai_ua_2018"),
        ("2018-07, end of month", "source:jvmi_ahvaz"),
        ("2020-09", "source:pmoi_2021_05"),
    ]


def test_every_site_has_one_place_and_says_what_kind(sheets: SoundSheets) -> None:
    placed = {
        found.claim.subject: found.claim
        for found in said(sheets.sheets)
        if found.claim.predicate == "location"
    }
    assert set(placed) == {id_ for name, id_ in ENTITIES.items() if name.startswith("site.")}
    for site, claim in placed.items():
        assert isinstance(claim.value, Where)
        if site == "site:khavaran":
            assert (claim.value.kind, claim.value.uncertainty) == ("approximate", None)
            assert claim.source == "source:wiki_khavaran"
        else:
            assert (claim.value.kind, claim.value.text) == ("representative", "placed at the town")
            assert claim.source == OWN
            assert float(claim.value.uncertainty or 0) >= 10_000


def test_what_tells_a_place_was_decided_to_be_public(sheets: SoundSheets) -> None:
    claims = [found.claim for found in said(sheets.sheets)]
    telling = {
        c.subject
        for c in claims
        if c.predicate in ("place_description", "grave_plots")
        or (isinstance(c.value, Where) and c.value.kind in ("exact", "approximate"))
    }
    decided = {c.subject for c in claims if c.predicate == "publish_location"}
    assert telling == decided == {"site:khavaran", "site:ahvaz", "site:rasht", "site:mashhad"}


def test_it_is_recorded_into_a_registry_and_seen_by_everybody(
    tmp_path: Path, sheets: SoundSheets
) -> None:
    from habeas.registry.registry import create_registry

    with create_registry(tmp_path / "r", organisation="An invented organisation") as registry:
        organisation = registry.organisation
        sound = read_sheets(sorted(EXAMPLE.glob("*.yaml")), organisation=organisation)
        recorded = record_sheets(registry, sound.sheets)
        assert recorded.claims == len(said(sheets.sheets))
        view = registry.view("public")
        claims = [shown.claim for shown in view.claims(subject="event:iran-1988")]
        assert len([c for c in claims if c.predicate == "victims_killed"]) == 12
        n08 = recorded.digests["n08"][0]
        about = view.claims(subject=f"claim:{n08}")
        assert [words(shown.claim.value) for shown in about] == [
            "only the first days, and Tehran only"
        ]
        khavaran = view.claims(subject="site:khavaran", predicate="place_description")
        assert len(khavaran) == 2
        assert view.label("site:khavaran", "fa") == "خاوران (گلستان جاوید)، تهران"
        shown = registry.view("public").claims(subject="site:khavaran", predicate="location")
        assert len(shown) == 1


def test_the_frozen_facts_are_those_of_23_november_2026() -> None:
    assert date.fromisoformat(FACTS["meta"]["as_of"]) == date(2026, 11, 23)
