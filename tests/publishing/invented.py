"""An invented registry: nobody and nothing in it is real. Canaries stand in all that is hidden."""

from __future__ import annotations

from pathlib import Path

from habeas.claims.claim import By, Claim
from habeas.claims.locator import Page, Quote
from habeas.claims.values import Name, Point, Quantity, Ref, Term, Text, When, Where
from habeas.evidence.custody import CustodyEvent
from habeas.registry.changing import withdraw
from habeas.registry.keeping import keep
from habeas.registry.registry import Registry, create_registry

CANARY = "KANARIENVOGEL"
"""Stands in everything that no public dossier may hold."""

SITE, EVENT, PERSON, CASE = (
    "site:invented-hill",
    "event:invented-works",
    "person:invented-1",
    ("case:invented"),
)
OWN = "org:invented-archive"


def claim(subject, predicate, value, source=OWN, sensitivity="public", **fields):
    """A claim in short: a bare string is a text."""
    value = Text(text=value) if isinstance(value, str) else value
    return Claim(
        subject=subject,
        predicate=predicate,
        value=value,
        source=source,
        sensitivity=sensitivity,
        **fields,
    )


def when(text, earliest=None, latest=None, precision="range", calendar="gregorian"):
    return When(text=text, calendar=calendar, earliest=earliest, latest=latest, precision=precision)


def figure(text, low=None, high=None, **fields):
    return Quantity(text=text, low=low, high=high, **fields)


def term(name, text=None):
    return Term(term=name, text=text)


def source(name, **about):
    """The claims that describe a source."""
    return [claim(f"source:{name}", key, value) for key, value in about.items()]


def point(longitude, latitude, kind="representative", **fields):
    return Where(kind=kind, geometry=Point(coordinates=(longitude, latitude)), **fields)


SOURCES = [
    *source(
        "report",
        title=Text(text="<script>alert('x')</script> Report & findings", lang="en"),
        publisher="Invented Institute",
        published=when("3 May 2019", "2019-05-03", "2019-05-03", "day"),
        url="https://example.invalid/report",
        source_kind=term("ngo_report"),
        reliability=term("B"),
    ),
    *source(
        "repost",
        title="Report, again",
        publisher="Invented Mirror",
        derived_from=Ref(id="source:report"),
    ),
    *source(
        "paper",
        title=Text(text="گزارش روزنامهٔ ساختگی", lang="fa"),
        publisher="Invented Daily",
    ),
    *source("evil", title="Evil", url="javascript:alert(1)"),
    *source("witness-7", title=f"Interview with {CANARY}", source_kind=term("witness_direct")),
]  # fmt: skip

SITES = [
    claim(CASE, "label", Text(text="Invented case", lang="en")),
    claim(CASE, "label", Text(text="پروندهٔ ساختگی ۱۹۸۸ (۱۳۶۷)", lang="fa")),
    claim(CASE, "concerns", Ref(id=SITE)),
    claim(CASE, "concerns", Ref(id=PERSON)),
    claim(SITE, "label", Text(text="Invented Hill", lang="en")),
    claim(SITE, "label", Text(text="تپهٔ ساختگی", lang="fa")),
    claim(SITE, "name", Name(text="The Hill"), "source:report"),
    claim(SITE, "location", point("51.40", "35.70", uncertainty="15000", method="town")),
    claim(SITE, "location", point("51.412345", "35.712345", "exact", method=CANARY)),
    claim(SITE, "place_description", f"behind {CANARY}"),
    claim(SITE, "guards", CANARY),
    claim(SITE, "description", f"{CANARY} partners", sensitivity="partners"),
    claim(SITE, "description", f"{CANARY} sealed", sensitivity="sealed"),
    claim(SITE, "status", term("alleged"), "source:report", locator=(Page(number=12),)),
    claim(SITE, "status", term("alleged"), "source:repost"),
    claim(SITE, "status", term("confirmed_by_remains", "remains were found"), "source:paper"),
    claim(SITE, "remains_believed", figure("about 40", "40", "40", counts="all"), "source:report",
          credibility=3, locator=(Quote(exact="about 40"),)),
    claim(SITE, "remains_believed", figure("10-12", "10", "12", counts="one trench"),
          "source:paper", by=By(text="families, as told to the paper"), reading="reported"),
    claim(SITE, "description", "stones, in the words of a witness", "source:witness-7"),
    claim(SITE, "description", "a link to see", "source:evil"),
    claim(SITE, "open_question", "Who ordered it?"),
    claim(SITE, "would_settle", "The order itself."),
    claim(EVENT, "label", Text(text="Hill: works", lang="en")),
    claim(EVENT, "event_kind", term("disturbance")),
    claim(EVENT, "site", Ref(id=SITE)),
    claim(EVENT, "occurred", when("June 2016", "2016-06-01", "2016-06-30", "month"),
          "source:report"),
    claim(EVENT, "occurred",
          when("شهریور ۱۳۹۶", "2017-08-23", "2017-09-22", "month", "solar_hijri"),
          "source:paper"),
]  # fmt: skip

PEOPLE = [
    claim(PERSON, "name", Name(text="Invented Person One", lang="en"), "source:report"),
    claim(PERSON, "fate", term("unknown"), "source:report"),
    claim(PERSON, "buried_at", Ref(id=SITE), "source:paper"),
    claim(PERSON, "national_id", CANARY, sensitivity="public"),
    claim(PERSON, "sibling", Name(text=CANARY), sensitivity="public"),
]


def build(folder: Path, *extra: Claim, organisation: str = "Invented Archive") -> Registry:
    """A registry with all of it, and with what a test adds."""
    registry = create_registry(
        folder, organisation=organisation, organisation_id=OWN, recorder="r-1"
    )
    with registry.recording() as recording:
        recording.entry(SOURCES)
        told = recording.entry(SITES)
        recording.entry(PEOPLE)
        if extra:
            recording.entry(list(extra))
    status = [d for d, one in zip(told, SITES, strict=True) if one.predicate == "status"]
    remains = [d for d, one in zip(told, SITES, strict=True) if one.predicate == "remains_believed"]
    with registry.recording() as recording:
        recording.entry(
            [
                claim(SITE, "conclusion", "There are grounds to investigate.",
                      rests_on=tuple(sorted(status[:1] + remains[:1])),
                      standard="reasonable_grounds"),
                claim(f"claim:{remains[1]}", "disputed", "it counts one trench only",
                      "source:report"),
            ]
        )  # fmt: skip
    withdraw(registry, status[1], "recorded twice, by mistake")
    return registry


def keep_a_file(registry: Registry, path: Path) -> str:
    """An item of evidence with its custody, and the canary in what its file says of itself."""
    path.write_bytes(f"{CANARY} file of evidence\n".encode())
    event = CustodyEvent(item="0" * 64, act="collected", time="2026-05-01T14:30:00+03:30",
                         receiver=OWN, place=CANARY)  # fmt: skip
    return keep(registry, path, source="source:report", custody=event, sensitivity="public").item.id
