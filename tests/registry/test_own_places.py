"""The user's own places: what one view shows, and no more."""

from __future__ import annotations

import pytest

from habeas.claims.claim import Claim
from habeas.claims.gazetteer import match, units_on, where_of
from habeas.claims.values import Name, Point, Term, Text, When, Where
from habeas.registry.own_places import own_places
from habeas.registry.registry import create_registry

FIELD = "place:invented-field"


def said(predicate, value, sensitivity="public", subject=FIELD) -> Claim:
    return Claim(
        subject=subject, predicate=predicate, value=value, source="source:invented",
        sensitivity=sensitivity,
    )  # fmt: skip


@pytest.fixture
def registry(tmp_path):
    with create_registry(tmp_path / "r", organisation="Invented Organisation") as made:
        yield made


def record(registry, *claims: Claim) -> None:
    with registry.recording() as recording:
        recording.entry(claims)


def test_a_place_of_the_record_extends_the_gazetteer(registry):
    record(
        registry,
        said("name", Name(text="بلوط‌زار ساختگی", lang="fa")),
        said("other_name", Name(text="Invented Oak Field")),
        said("place_kind", Term(term="village")),
        said(
            "location",
            Where(
                kind="approximate", uncertainty="400",
                geometry=Point(coordinates=("50.9", "35.9")),
            ),
        ),
        said(
            "existed",
            When(
                text="since 1990", calendar="gregorian", earliest="1990-01-01", precision="after"
            ),
        ),
    )  # fmt: skip
    (mine,) = own_places(registry.view("team"))
    assert mine.kind == "village"
    assert [name.text for name in mine.names] == ["بلوط‌زار ساختگی", "Invented Oak Field"]
    assert str(mine.existed[0]) == "1990-01-01"
    assert where_of(mine).uncertainty == "400"
    found = match("بلوط زار ساختگي", own=[mine])
    assert found[0].place == mine
    assert found[0].reasons[0].startswith("your own place")


def test_the_id_in_the_gazetteer_gives_units_and_point(registry):
    record(
        registry,
        said("name", Name(text="گوهردشت ساختگی")),
        said("gazetteer_id", Text(text="geonames:128747")),
    )
    (mine,) = own_places(registry.view("team"))
    assert mine.country == "IR"
    assert units_on(mine)[0].unit == "habeas:IR-alborz"
    assert where_of(mine).geometry.coordinates == ("50.99155", "35.83266")


def test_nothing_above_the_clearance_is_in_them(registry):
    record(
        registry,
        said("name", Name(text="Invented Open Field")),
        said("other_name", Name(text="Invented Hidden Name"), sensitivity="sealed"),
        said(
            "location",
            Where(kind="exact", geometry=Point(coordinates=("50.9", "35.9"))),
            sensitivity="sealed",
        ),
        said("name", Name(text="Invented Secret"), "sealed", "place:invented-secret"),
    )
    (shown,) = own_places(registry.view("public"))
    assert [name.text for name in shown.names] == ["Invented Open Field"]
    assert shown.longitude is None
    everything = own_places(registry.view("sealed"))
    assert len(everything) == 2, "mutant: without the clearance they would all be shown"
    assert any(place.longitude for place in everything)


def test_a_place_without_a_name_and_withdrawn_names_are_left_out(registry):
    record(registry, said("place_kind", Term(term="village")))
    assert own_places(registry.view("team")) == ()
