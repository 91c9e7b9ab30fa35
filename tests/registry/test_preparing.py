"""What is made ready beforehand is what the claim gives, by the short way and by the long one."""

from __future__ import annotations

import importlib.util
import pickle
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.claims.claim import Claim
from habeas.claims.values import Text
from habeas.claims.vocabulary import vocabulary
from habeas.registry import preparing
from habeas.registry.clearance import FAR_REACHING
from habeas.registry.preparing import Preparation, plain_rows

_spec = importlib.util.spec_from_file_location(
    "record_strategies", Path(__file__).parents[1] / "claims" / "record_strategies.py"
)
strategies = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(strategies)

PREDICATES = sorted(one.name for one in vocabulary().predicates)


@st.composite
def known_claims(draw):
    claim = draw(strategies.claims())
    subject = draw(st.just(claim.subject) | st.just("person:p"))
    known = msgspec.structs.replace(
        claim, predicate=draw(st.sampled_from(PREDICATES)), subject=subject
    )
    if draw(st.booleans()):
        return msgspec.structs.replace(known, by=None, note=None, rests_on=())
    return known


def by_the_long_way(claim):
    simple = preparing._is_simple
    preparing._is_simple = lambda _: False
    try:
        return plain_rows(claim)
    finally:
        preparing._is_simple = simple


@settings(deadline=None, max_examples=200)
@given(known_claims())
def test_the_short_way_gives_what_the_long_one_gives(claim):
    assert plain_rows(claim) == by_the_long_way(claim)


@pytest.mark.parametrize("predicate", sorted(FAR_REACHING))
def test_what_has_a_say_over_claims_it_does_not_name_is_never_simple(predicate):
    """Chance seldom draws one of these with all else that makes a claim simple."""
    claim = Claim(
        subject="person:p",
        predicate=predicate,
        value=Text(text="invented"),
        source="source:s",
        sensitivity="public",
    )
    assert plain_rows(claim) == by_the_long_way(claim)
    assert by_the_long_way(claim)[7]  # it is entangled


@settings(deadline=None, max_examples=100)
@given(known_claims())
def test_a_claim_about_a_site_is_never_simple(claim):
    """The location of a site is for the team until it may be published."""
    located = msgspec.structs.replace(
        claim, subject="site:s", predicate="place_description", sensitivity="public"
    )
    assert not preparing._is_simple(located)


def test_a_prepared_entry_can_be_handed_over():
    prepare = pickle.loads(pickle.dumps(Preparation("ab" * 16, "recorder")))
    entry = prepare(
        [
            preparing.Claim(
                subject="person:p",
                predicate="name",
                value=preparing.Name(text="Parand Abr"),
                source="source:list",
                sensitivity="team",
            )
        ]
    )
    assert pickle.loads(pickle.dumps(entry)) == entry
