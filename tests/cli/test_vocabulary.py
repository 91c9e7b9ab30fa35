"""`habeas vocabulary`: what can be said, in two languages."""

from __future__ import annotations

import json

import pytest

from habeas.claims.claim import SENSITIVITIES
from habeas.claims.vocabulary import vocabulary
from habeas.cli import options


def test_everything_is_told_in_both_languages(case):
    told = json.loads(case.run("vocabulary", "--json").stdout)
    assert [one["name"] for one in told["predicates"]] == [p.name for p in vocabulary().predicates]
    assert {one["name"] for one in told["vocabularies"]} == set(vocabulary().lists)
    assert all(one["labels"]["fa"] for one in told["predicates"])


@pytest.mark.parametrize("name", ["site", "location", "location_kind", "remains_believed"])
def test_one_kind_of_entity_one_predicate_one_list(case, name):
    text = case.run("vocabulary", name).stdout
    assert name in text or "location" in text
    assert "father_name" not in text


def test_an_unknown_name_is_refused_with_the_nearest(case):
    assert "remains_believed" in case.run("vocabulary", "remains_beleived", code=2).stderr


def test_the_levels_of_the_options_are_those_of_claims():
    assert options.Level.__args__ == SENSITIVITIES
