"""What is never published stops the whole dossier, each rule with a mutant that lets it pass."""

import inspect

import invented
import pytest
from invented import CANARY, EVENT, PERSON, SITE, claim, figure, point, term
from msgspec.structs import replace

from habeas.claims.claim import By
from habeas.claims.values import Quantity, Text
from habeas.publishing import harm
from habeas.publishing.contents import RunPicture
from habeas.publishing.gathering import gather
from habeas.publishing.harm import HarmError, check_harm


def bad(contents, statement, **change):
    """The contents with one claim changed into something that must not leave the house."""
    changed = replace(statement, **change)
    claims = tuple(changed if one.number == changed.number else one for one in contents.claims)
    return replace(contents, claims=claims)


def of(contents, subject, predicate):
    return next(
        one
        for one in contents.claims
        if (one.subject, one.predicate) == (subject, predicate) and not one.withdrawn
    )


def picture_of(contents, entity):
    """With a picture that a run made of an entity; its claim is one that may be shown."""
    made = RunPicture(
        item="item:1", claim=text_of(contents).number, run="run:1", depicts=(entity,), sha256="1"
    )
    return replace(contents, pictures=(made,))


def text_of(contents):
    return of(contents, SITE, "description")


@pytest.fixture
def leaks(case_contents):
    """For each rule, contents that break it and no other check."""
    c = case_contents
    words = text_of(c)
    person = of(c, PERSON, "fate")
    return {
        "check_predicates": [
            bad(c, person, predicate=name)
            for name in (
                "sibling", "steps_taken", "dental_record", "national_id", "sexual_violence",
                "born_in_captivity", "alleged_perpetrator", "minority", "match_state",
            )
        ]
        + [bad(c, words, predicate=name) for name in ("guards", "planned_visit", "risk_assessment")]
        + [bad(c, words, predicate="a_predicate_of_tomorrow"), bad(c, words, sensitivity="team")],
        "check_witnesses": [
            bad(c, of(c, SITE, "description"), source="source:witness-7",
                by=By(text="one", parties=("person:somebody",))),
            bad(c, of(c, "source:witness-7", "source_kind"), predicate="title"),
            replace(c, sources=tuple(replace(card, withheld=False) for card in c.sources)),
            replace(c, sources=tuple(
                replace(card, withheld=True) if card.source == "source:paper" else card
                for card in c.sources)),
        ],
        "check_contacts": [
            bad(c, words, value=Text(text="write to someone@example.invalid")),
            bad(c, words, note="call +98 912 000 0000"),
            bad(c, words, value=Text(text="شمارهٔ ملی ۰۰۱۲۳۴۵۶۷۹")),
        ],
        "check_locations": [
            bad(c, words, value=point("51.4", "35.7", "exact")),
            bad(c, words, value=Text(text="at 35.71234, 51.41234")),
            bad(c, words, value=Text(text="در ۳۵٫۷۱۲۳، ۵۱٫۴۱۲۳")),
            bad(c, of(c, EVENT, "event_kind"), predicate="location",
                value=point("51.4", "35.7", "approximate")),
        ],
        "check_pictures": [picture_of(c, SITE), picture_of(c, EVENT)],
        "check_children": [
            bad(c, person, predicate="age", value=figure("sixteen", "16", "16")),
            bad(c, person, predicate="age", value=Quantity(text="under 15", high="14")),
        ],
        "check_matches": [bad(c, of(c, PERSON, "buried_at"), source="run:linkage-1")],
        "check_estimates": [
            bad(c, of(c, SITE, "remains_believed"), source="run:model-1",
                value=figure("5,000", "5000", "5000")),
            bad(c, of(c, SITE, "remains_believed"), source="run:model-1",
                value=figure("4,000 to 6,000", "4000", "6000")),
        ],
    }  # fmt: skip


NAMES = [check.__name__ for check in harm.CHECKS]


def passes(contents):
    try:
        check_harm(contents)
    except HarmError:
        return False
    return True


def test_sound_contents_pass_and_not_with_one_claim_of_the_team(case_contents, site_contents):
    for contents in (case_contents, site_contents):
        assert passes(contents)
        assert not passes(bad(contents, text_of(contents), sensitivity="team"))


@pytest.mark.parametrize("name", NAMES)
def test_what_breaks_a_rule_stops_the_dossier(name, leaks):
    for contents in leaks[name]:
        with pytest.raises(HarmError, match="do-no-harm rule") as refused:
            check_harm(contents)
        assert refused.value.mend
        assert refused.value.place


@pytest.mark.parametrize("name", NAMES)
def test_a_mutant_without_the_check_lets_it_pass(name, leaks, monkeypatch):
    others = tuple(check for check in harm.CHECKS if check.__name__ != name)
    assert len(others) == len(harm.CHECKS) - 1
    assert not any(map(passes, leaks[name]))
    monkeypatch.setattr(harm, "CHECKS", others)
    assert all(map(passes, leaks[name]))


def test_inside_the_team_the_gate_alone_decides(leaks):
    for contents in leaks["check_predicates"]:
        assert not passes(replace(contents, clearance="partners"))
        assert passes(replace(contents, clearance="team"))


def test_every_rule_of_the_list_is_named_by_a_check():
    told = " ".join(inspect.getdoc(check) or "" for check in harm.CHECKS)
    assert "Rules 1 to 12" in told
    assert "Rule 13" in told


def test_a_national_number_is_told_from_other_digits():
    assert harm._is_national_number("0012345679")
    assert not harm._is_national_number("0012345678")
    assert not harm._is_national_number("1111111111")


def test_a_published_location_passes_and_so_do_digits_that_are_no_place(tmp_path):
    allowed = claim(SITE, "publish_location", term("already_public", "printed in 1996"))
    harmless = claim(SITE, "description", "about 1,500 m2; from 12.05 to 14.30; ISBN 0012345678")
    with invented.build(tmp_path / "r", allowed, harmless) as registry:
        contents = gather(registry.view(), SITE)
    check_harm(contents)
    assert "35.712345" in {place.latitude for place in contents.places}


def test_a_child_is_shown_when_that_was_decided(tmp_path):
    young = claim(PERSON, "age", figure("16", "16", "16"), "source:report")
    decided = claim(PERSON, "display_level", term("public"))
    with invented.build(tmp_path / "a", young) as registry, pytest.raises(HarmError, match="child"):
        check_harm(gather(registry.view(), PERSON))
    with invented.build(tmp_path / "b", young, decided) as registry:
        check_harm(gather(registry.view(), PERSON))


def test_a_witness_is_nobody_to_a_reader(case_contents, tmp_path):
    card = case_contents.source("source:witness-7")
    assert card.withheld
    assert (card.title, card.kind) == ("", "witness_direct")
    assert CANARY not in str(case_contents)
    named = [
        claim("source:interview-sara", "source_kind", term("relative")),
        claim(SITE, "description", "what a relative said", "source:interview-sara"),
    ]
    with invented.build(tmp_path / "r", *named) as registry, pytest.raises(HarmError, match="id"):
        check_harm(gather(registry.view(), SITE))


def test_a_witness_who_published_is_a_source_like_any_other(tmp_path):
    memoir = [
        claim("source:memoir-invented", "source_kind", term("witness_direct")),
        claim("source:memoir-invented", "access_level", term("open")),
        claim("source:memoir-invented", "title", "An invented memoir"),
        claim(SITE, "description", "as I saw it", "source:memoir-invented"),
    ]
    with invented.build(tmp_path / "r", *memoir) as registry:
        contents = gather(registry.view(), SITE)
    check_harm(contents)
    assert contents.source("source:memoir-invented").title == "An invented memoir"
