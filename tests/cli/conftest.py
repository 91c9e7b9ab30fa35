"""An invented record for the command line: no person, place or organisation in it exists."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from habeas.claims.claim import By, Claim
from habeas.claims.locator import Page, Quote
from habeas.claims.values import Name, Point, Quantity, Ref, Term, Text, When, Where
from habeas.registry.registry import Registry, create_registry

ORG = "org:invented-archive"
SITE = "site:invented-field"


def claim(subject, predicate, value, source, **more) -> Claim:
    more.setdefault("sensitivity", "public")
    return Claim(subject=subject, predicate=predicate, value=value, source=source, **more)


def year(text: str, earliest: str, latest: str) -> When:
    return When(text=text, calendar="gregorian", earliest=earliest, latest=latest, precision="year")


def describe_source(source: str, title: str, lang: str, published: str, grade: str) -> list[Claim]:
    day = When(
        text=published, calendar="gregorian", earliest=published, latest=published, precision="day"
    )
    return [
        claim(source, "title", Text(text=title, lang=lang), ORG),
        claim(source, "published", day, ORG),
        claim(source, "reliability", Term(term=grade), ORG),
    ]


def record_invented(registry: Registry) -> dict[str, str]:
    """Record the invented case; the digests of some of its claims by a name."""
    found: dict[str, str] = {}
    with registry.recording() as recording:
        recording.entry(
            describe_source("source:report", "Invented report", "en", "2001-05-04", "B")
        )
        recording.entry(describe_source("source:akhbar", "اخبار ساختگی", "fa", "2003-02-01", "C"))
        recording.entry(
            [
                *describe_source("source:copy", "A copy of the report", "en", "2004-01-01", "D"),
                claim("source:copy", "derived_from", Ref(id="source:report"), ORG),
            ]
        )
        recording.entry(
            [
                claim(SITE, "label", Text(text="Invented field", lang="en"), ORG),
                claim(SITE, "label", Text(text="دشت ساختگی", lang="fa"), ORG),
                claim(SITE, "other_name", Name(text="دشتِ خیالی", lang="fa", script="Arab"), ORG),
            ]
        )
        found["two hundred"], found["place"] = recording.entry(
            [
                claim(
                    SITE, "remains_believed",
                    Quantity(text="about 200", low="150", high="250", unit="person"),
                    "source:report", locator=(Page(number=34), Quote(exact="about 200 people")),
                    by=By(text="families, as told to the authors"), credibility=2,
                ),
                claim(
                    SITE, "location",
                    Where(
                        kind="approximate", uncertainty="500", method="read off a sketch map",
                        geometry=Point(coordinates=("10.5", "20.25")),
                    ),
                    "source:report", sensitivity="team",
                ),
            ]
        )  # fmt: skip
        (found["four hundred"],) = recording.entry(
            [
                claim(
                    SITE, "remains_believed",
                    Quantity(text="بیش از ۴۰۰ نفر", low="400", unit="person"),
                    "source:akhbar", note="invented",
                )
            ]
        )  # fmt: skip
        (found["copy"],) = recording.entry(
            [
                claim(
                    SITE, "remains_believed", Quantity(text="200", low="200", high="200",
                    unit="person"), "source:copy",
                )
            ]
        )  # fmt: skip
        (found["event"],) = recording.entry(
            [
                claim("event:invented-works", "site", Ref(id=SITE), "source:report"),
            ]
        )
        (found["sealed"],) = recording.entry(
            [
                claim(
                    SITE, "description", Text(text="nightingale, a word nobody may see"),
                    "source:report", sensitivity="sealed",
                )
            ]
        )  # fmt: skip
    with registry.recording() as recording:
        (found["dispute"],) = recording.entry(
            [
                claim(
                    f"claim:{found['four hundred']}", "disputed",
                    Text(text="the number counts a whole province", lang="en"), "source:report",
                )
            ]
        )  # fmt: skip
        (found["finding"],) = recording.entry(
            [
                claim(
                    SITE, "remains_believed",
                    Quantity(text="150 or more", low="150", unit="person"), ORG,
                    rests_on=(found["two hundred"],), standard="reasonable_grounds",
                )
            ]
        )  # fmt: skip
    return found


@dataclass(frozen=True)
class Case:
    """A registry with the invented record, and the program to run on it."""

    path: Path
    claims: dict[str, str]

    def run(self, *args: str, code: int = 0, stdin: str | None = None):
        """The program in this process; fails when it ends with another code."""
        from habeas.cli.main import app

        words = [str(arg) for arg in args]
        result = CliRunner(env={"HABEAS_REGISTRY": str(self.path)}).invoke(
            app, words, input=stdin, catch_exceptions=False
        )
        assert result.exit_code == code, result.output
        return result


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """A fresh registry with the invented record, its key not protected."""
    path = tmp_path / "registry"
    with create_registry(path, organisation="Invented archive", organisation_id=ORG) as registry:
        claims = record_invented(registry)
    return Case(path, claims)
