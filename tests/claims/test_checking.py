"""Which claims may be recorded: each check with a claim that it refuses, and its mutant."""

import pytest
from msgspec.structs import replace

from habeas.claims import checking
from habeas.claims.checking import check_claim
from habeas.claims.claim import Claim
from habeas.claims.values import (
    Name,
    NamePart,
    Point,
    Quantity,
    Ref,
    Term,
    Text,
    When,
    Where,
)
from habeas.claims.vocabulary import vocabulary
from habeas.errors import InputError

DIGESTS = tuple(digit * 64 for digit in "ab")
PLACE = "sheet.yaml:12"


def claim(**changes):
    fields = {
        "subject": "site:invented",
        "predicate": "label",
        "value": Text(text="x"),
        "source": "source:invented",
        "sensitivity": "team",
    }
    return Claim(**{**fields, **changes})


def when(earliest=None, latest=None, precision="day"):
    return When(
        text="x", calendar="gregorian", precision=precision, earliest=earliest, latest=latest
    )


def finding(**changes):
    fields = {
        "source": "org:invented",
        "standard": "reasonable_grounds",
        "rests_on": DIGESTS,
    }
    return claim(**{**fields, **changes})


def burials(**given):
    return claim(predicate="burials_in", value=when(**given))


def long(low, high):
    return claim(predicate="length", value=Quantity(text="x", low=low, high=high, unit="m"))


def is_taken(one):
    try:
        check_claim(one)
    except InputError:
        return False
    return True


GOOD = {
    "text": claim(),
    "a term": claim(predicate="status", value=Term(term="reported")),
    "a target": claim(predicate="in_case", value=Ref(id="case:invented")),
    "a name": claim(
        predicate="name", value=Name(text="x", parts=(NamePart(slot="given", text="x"),))
    ),
    "one day": burials(earliest="1988-08-01", latest="1988-08-01"),
    "a leap day": burials(earliest="1988-02-29"),
    "an open interval": burials(latest="1988-08-01"),
    "no interval": burials(precision="unknown"),
    "equal ends": long("1.50", "1.5"),
    "numbers, not letters": long("9", "10"),
    "an open range": long("9", None),
    "a place": claim(
        predicate="location", value=Where(kind="exact", geometry=Point(coordinates=("51", "35")))
    ),
    "when it holds": claim(holds=when("1988-08-01", "1988-08-02")),
    "a reading": claim(reading="source_itself"),
    "a finding": finding(),
    "a finding of a run": finding(source="run:r"),
    "a finding on one claim": finding(rests_on=DIGESTS[:1]),
}
BAD = {
    "an unknown predicate": (claim(predicate="lable"), "no predicate"),
    "a predicate of another subject": (
        claim(predicate="born", value=when("1950-01-01")),
        "not said of a site",
    ),
    "a value of another type": (claim(value=Term(term="reported")), "no value of type term"),
    "an unknown term": (claim(predicate="status", value=Term(term="rumoured")), "no term"),
    "a term of another vocabulary": (
        claim(predicate="status", value=Term(term="executed")),
        "no term of site_status",
    ),
    "another target": (claim(predicate="in_case", value=Ref(id="org:a")), "cannot name org:a"),
    "an unknown slot": (
        claim(predicate="name", value=Name(text="x", parts=(NamePart(slot="x", text="x"),))),
        "no term of name_slot",
    ),
    "an unknown precision": (burials(precision="fortnight"), "no term of date_precision"),
    "30 February": (burials(earliest="1988-02-30"), "no day"),
    "no leap day": (burials(latest="1987-02-29"), "no day"),
    "31 June": (burials(latest="1988-06-31"), "no day"),
    "year 0": (burials(earliest="0000-01-01"), "no day"),
    "a week": (burials(earliest="1988-W01-1"), "no day"),
    "a day without hyphens": (burials(earliest="19880801"), "no day"),
    "an interval backwards": (
        burials(earliest="1988-08-02", latest="1988-08-01"),
        "ends before it begins",
    ),
    "a range backwards": (long("10", "9"), "ends before it begins"),
    "a range backwards below zero": (long("-1", "-2"), "ends before it begins"),
    "outside the earth": (
        claim(
            predicate="location",
            value=Where(kind="exact", geometry=Point(coordinates=("35.7", "151.4"))),
        ),
        "outside the earth",
    ),
    "holds backwards": (claim(holds=when("1988-08-02", "1988-08-01")), "ends before it begins"),
    "holds on no day": (claim(holds=when("1988-02-30")), "no day"),
    "an unknown reading": (claim(reading="hearsay"), "no term of reading_level"),
    "no standard": (finding(standard=None), "one is missing"),
    "rests on nothing": (finding(rests_on=()), "one is missing"),
    "an unknown standard": (finding(standard="certainty"), "no term of standard_of_proof"),
    "a finding of a source": (finding(source="source:invented"), "organisation's own"),
    "not sorted": (finding(rests_on=DIGESTS[::-1]), "not sorted"),
    "twice": (finding(rests_on=DIGESTS[:1] * 2), "stands twice"),
}


@pytest.mark.parametrize("one", GOOD.values(), ids=GOOD)
def test_what_can_be_said_is_taken_and_with_an_unknown_reading_refused_for_that_alone(one):
    assert is_taken(one)
    with pytest.raises(InputError, match="no term of reading_level"):
        check_claim(replace(one, reading="hearsay"))


@pytest.mark.parametrize(("one", "reason"), BAD.values(), ids=BAD)
def test_what_cannot_is_refused_with_its_place(one, reason):
    with pytest.raises(InputError, match=reason) as caught:
        check_claim(one, PLACE)
    assert caught.value.place == PLACE
    assert caught.value.mend


def test_every_predicate_with_targets_refuses_others():
    tried = 0
    for predicate in vocabulary().predicates:
        if not predicate.targets:
            continue
        digest = {"claim": DIGESTS[0], "item": DIGESTS[0]}
        subject = f"{predicate.subjects[0]}:{digest.get(predicate.subjects[0], 'a')}"
        for prefix in ("person", "site", "org", "case", "item", "source", "claim", "run"):
            value = Ref(id=f"{prefix}:{digest.get(prefix, 'a')}")
            one = claim(subject=subject, predicate=predicate.name, value=value)
            if prefix in predicate.targets:
                assert is_taken(one)
            else:
                tried += 1
                with pytest.raises(InputError, match="cannot name"):
                    check_claim(one)
    assert tried > 100


@pytest.mark.parametrize(
    ("check", "names"),
    [
        ("_check_target", ["another target"]),
        ("_check_quantity", ["a range backwards"]),
        ("_check_when", ["30 February", "an interval backwards", "holds backwards"]),
        ("check_where", ["outside the earth"]),
        ("_check_finding", ["no standard", "not sorted", "twice", "a finding of a source"]),
        ("_is_day", ["31 June", "year 0"]),
    ],
)
def test_mutant_without_the_check_it_passes(monkeypatch, check, names):
    broken = [BAD[name][0] for name in names]
    assert not any(map(is_taken, broken))
    monkeypatch.setattr(checking, check, lambda *_: True)
    assert all(map(is_taken, broken))
