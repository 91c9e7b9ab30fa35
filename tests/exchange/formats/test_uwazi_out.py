"""Uwazi's CSV, written and taken in again. All names are invented."""

from __future__ import annotations

import csv
import io

import pytest
from foreign_files import opened, said

from habeas.claims.claim import Claim
from habeas.claims.values import Name, Point, Term, Text, When, Where
from habeas.exchange import uwazi as out
from habeas.exchange.uwazi import uwazi
from habeas.registry.changing import withdraw
from habeas.registry.registry import Registry, create_registry

PERSON, SITE = "person:invented-1", "site:invented"


def claim(subject: str, predicate: str, value, **more) -> Claim:
    more.setdefault("sensitivity", "team")
    return Claim(subject=subject, predicate=predicate, value=value, source="source:a", **more)


def when(start: str | None, end: str | None) -> When:
    return When(text="x", calendar="gregorian", earliest=start, latest=end, precision="range")


def where(kind: str) -> Where:
    return Where(kind=kind, geometry=Point(coordinates=("51.40", "-35.5")))


CLAIMS = [
    claim(PERSON, "name", Name(text="Invented Stone", lang="en")),
    claim(PERSON, "name", Name(text="سنگ ساختگی", lang="fa")),
    claim(PERSON, "nickname", Name(text="ریگ")),
    claim(PERSON, "born", when("1960-01-01", "1960-12-31")),
    claim(PERSON, "died", when("1988-08-05", "1988-08-05")),
    claim(PERSON, "died", when("1988-07-20", "1988-09-01")),
    claim(PERSON, "sex", Term(term="female")),
    claim(PERSON, "occupation", Text(text='=HYPERLINK("http://example.org")', lang="en")),
    claim(PERSON, "charge", Text(text="a|b")),
    claim(PERSON, "remark", Text(text="behind the mill"), sensitivity="sealed"),
    claim("person:other", "name", Name(text="Invented Glass")),
    claim(SITE, "name", Name(text="Invented field", lang="en")),
    claim(SITE, "location", where("representative")),
    claim(SITE, "location", where("exact")),
]


@pytest.fixture
def registry(tmp_path) -> Registry:
    with create_registry(tmp_path / "registry", organisation="Invented archive") as made:
        with made.recording() as recording:
            for one in CLAIMS:
                recording.entry([one])
        yield made


def table(registry: Registry, clearance: str = "team", **asked) -> tuple[list[dict], str]:
    export = uwazi(registry.view(clearance), **asked)
    text = "".join(export.lines)
    return list(csv.DictReader(io.StringIO(text))), "\n".join(export.dropped())


def test_headers_are_those_that_the_importer_takes(registry):
    rows, _ = table(registry)
    headers = list(rows[0])
    assert headers[:2] == ["title__en", "title__fa"]
    in_languages = {name.rpartition("__")[0] for name in headers if "__" in name}
    assert in_languages.isdisjoint(headers)  # mixing the two is refused by Uwazi
    for name in in_languages:
        assert f"{name}__en" in headers
    assert "id" not in headers  # Uwazi would look for an entity of its own with this id


def test_languages_dates_and_terms(registry):
    (first, other), _ = table(registry)
    assert (first["title__en"], first["title__fa"]) == ("Invented Stone", "سنگ ساختگی")
    assert (first["nickname__en"], first["nickname__fa"]) == ("", "ریگ")
    assert first["born"] == "1960-01-01:1960-12-31"
    assert first["died"] == "1988-07-20:1988-09-01|1988-08-05:1988-08-05" or first["died"] == (
        "1988-08-05:1988-08-05|1988-07-20:1988-09-01"
    )
    assert first["sex"] == "female"
    assert other["title__fa"] == "Invented Glass"


def test_formulas_do_not_run(registry):
    (first, _), dropped = table(registry)
    assert first["occupation__en"] == '\'=HYPERLINK("http://example.org")'
    assert "1 cells begin like a formula" in dropped


def test_formulas_mutant(registry, monkeypatch):
    monkeypatch.setattr(out, "harmless", lambda cell: cell)
    assert table(registry)[0][0]["occupation__en"].startswith("=")


def test_only_an_exact_position_is_given(registry):
    (site,), dropped = table(registry, kind="site")
    assert site["location_geolocation"] == "-35.5|51.40"
    assert "1 × location (location) not carried: a position without" in dropped


def test_only_an_exact_position_mutant(registry, monkeypatch):
    monkeypatch.setattr(out, "bare_position", lambda value: value.geometry.coordinates)
    assert "a position without" not in table(registry, kind="site")[1]


def test_what_is_left_out_is_listed_and_the_counts_add_up(registry):
    view = registry.view("team")
    export = uwazi(view)
    list(export.lines)
    dropped = "\n".join(export.dropped())
    assert "1 × charge (charge) not carried: a bar in its words" in dropped
    assert "not carried: its subject is no person" in dropped
    assert "Never carried: the sensitivity" in dropped
    persons = [one for one in view.claims() if one.claim.subject.startswith("person:")]
    about_persons = sum(
        count for (_, reason), count in export.losses._claims.items() if "no person" not in reason
    )
    assert len(persons) - about_persons == 9


def test_the_gate_and_withdrawals(registry):
    assert "behind the mill" not in repr(table(registry))
    assert "behind the mill" in repr(table(registry, "sealed"))
    (name,) = registry.view("team").claims(subject=PERSON, predicate="nickname")
    withdraw(registry, name.digest, "misread")
    assert "ریگ" not in repr(table(registry)[0])


def test_one_entity(registry):
    rows, dropped = table(registry, subject=SITE)
    assert [row["Habeas id"] for row in rows] == [SITE]
    assert "its subject is no" not in dropped


def test_there_and_back(registry, tmp_path):
    text = "".join(uwazi(registry.view("team")).lines)
    file = opened(tmp_path, text)
    assert file.format == "uwazi"
    first = said(file)[0]
    assert not first.questions
    back = {(one.predicate, getattr(one.value, "lang", None), one.value.text)
            for one in first.claims}  # fmt: skip
    assert {("name", "en", "Invented Stone"), ("name", "fa", "سنگ ساختگی"),
            ("nickname", "fa", "ریگ")} <= back  # fmt: skip
    spans = {(one.value.earliest, one.value.latest) for one in first.claims
             if one.predicate in ("born", "died")}  # fmt: skip
    assert spans == {
        ("1960-01-01", "1960-12-31"), ("1988-08-05", "1988-08-05"), ("1988-07-20", "1988-09-01"),
    }  # fmt: skip
