"""Independent sources: what is counted, and that a repost never counts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.claims import derivation
from habeas.claims.claim import By, Claim
from habeas.claims.derivation import independent, origins, roots
from habeas.claims.values import Text

NAMES = [f"source:{letter}" for letter in "abcdef"]
SOURCES = st.sampled_from(NAMES)
GRAPHS = st.dictionaries(SOURCES, st.lists(SOURCES, max_size=3), max_size=6)
PUBLISHERS = st.dictionaries(
    SOURCES, st.lists(st.sampled_from(["The Paper", "the paper", "org:x"]), max_size=2)
)
BYS = st.none() | st.builds(
    By,
    text=st.sampled_from(["a witness", "The Paper"]),
    parties=st.lists(st.sampled_from(["org:x", "person:y"]), max_size=2).map(tuple),
)


def claim(source, by=None):
    return Claim(
        subject="site:a",
        predicate="label",
        value=Text(text="invented"),
        source=source,
        by=by,
        sensitivity="team",
    )


CLAIMS = st.lists(st.builds(claim, SOURCES, BYS), max_size=8)


def test_a_source_of_its_own_is_its_root():
    assert roots("source:a", {}) == {"source:a"}


def test_a_chain_goes_back_to_its_beginning_and_a_compilation_to_all_of_them():
    graph = {"source:a": ["source:b"], "source:b": ["source:c", "source:d"]}
    assert roots("source:a", graph) == roots("source:b", graph) == {"source:c", "source:d"}


def test_a_circle_is_one_text():
    graph = {"source:a": ["source:b"], "source:b": ["source:a"], "source:c": ["source:c"]}
    assert roots("source:a", graph) == roots("source:b", graph) == {"source:a", "source:b"}
    assert roots("source:c", graph) == {"source:c"}
    assert independent([claim("source:a"), claim("source:b")], graph, {}) == ((0, 1),)


def test_a_repost_shares_its_origin_and_an_own_report_does_not():
    claims = [claim(name) for name in NAMES[:3]]
    assert independent(claims, {}, {}) == ((0,), (1,), (2,))
    assert independent(claims, {"source:c": ["source:a"]}, {}) == ((0, 2), (1,))


def test_mutant_derivations_that_are_not_followed(monkeypatch):
    monkeypatch.setattr(derivation, "roots", lambda source, _: frozenset({source}))
    claims = [claim("source:a"), claim("source:b")]
    assert len(independent(claims, {"source:b": ["source:a"]}, {})) == 2


def test_two_texts_of_one_publisher_count_once():
    claims = [claim("source:a"), claim("source:b")]
    same = {"source:a": ["The Paper"], "source:b": ["the paper"]}
    other = {"source:a": ["The Paper"], "source:b": ["Another Paper"]}
    assert len(independent(claims, {}, same)) == 1
    assert len(independent(claims, {}, other)) == 2


def test_the_publisher_of_a_repost_is_that_of_its_origin():
    graph = {"source:b": ["source:a"]}
    claims = [claim("source:b"), claim("source:c")]
    assert len(independent(claims, graph, {"source:a": ["P"], "source:c": ["P"]})) == 1
    assert len(independent(claims, graph, {"source:b": ["P"], "source:c": ["P"]})) == 2


@pytest.mark.parametrize(
    ("one", "other", "groups"),
    [
        (By(text="a witness"), By(text="A witness"), 1),
        (By(text="a witness"), By(text="a neighbour"), 2),
        (By(text="x", parties=("person:y",)), By(text="z", parties=("org:x", "person:y")), 1),
        (By(text="x", parties=("person:y",)), By(text="x", parties=("person:z",)), 2),
        (By(text="x"), None, 2),
    ],
    ids=str,
)
def test_what_two_sources_attribute_to_one_party_counts_once(one, other, groups):
    assert len(independent([claim("source:a", one), claim("source:b", other)], {}, {})) == groups


@pytest.mark.parametrize(
    ("by", "publisher"),
    [(By(text="as told", parties=("org:x",)), "org:x"), (By(text="The Paper"), "the paper")],
    ids=["by id", "by name"],
)
def test_a_party_that_is_quoted_and_publishes_itself_counts_once(by, publisher):
    claims = [claim("source:a", by), claim("source:b")]
    assert len(independent(claims, {}, {"source:b": [publisher]})) == 1


def test_sharing_goes_on_through_a_third():
    by = By(text="x", parties=("org:x",))
    claims = [claim("source:a"), claim("source:b", by), claim("source:a", by), claim("source:c")]
    assert independent(claims, {}, {}) == ((0, 1, 2), (3,))


@settings(deadline=None)
@given(CLAIMS, GRAPHS, PUBLISHERS)
def test_groups_are_a_partition_and_share_nothing(claims, graph, publishers):
    groups = independent(claims, graph, publishers)
    assert sorted(at for group in groups for at in group) == list(range(len(claims)))
    assert len(groups) <= len(claims)
    marks = [
        frozenset().union(*(origins(claims[at], graph, publishers) for at in group))
        for group in groups
    ]
    assert not any(a & b for i, a in enumerate(marks) for b in marks[:i])


@settings(deadline=None)
@given(CLAIMS, GRAPHS, PUBLISHERS)
def test_the_count_does_not_hang_on_the_order(claims, graph, publishers):
    backwards = independent(claims[::-1], graph, publishers)
    assert len(backwards) == len(independent(claims, graph, publishers))


@settings(deadline=None)
@given(CLAIMS.filter(bool), GRAPHS, PUBLISHERS, st.data())
def test_a_repost_never_adds_a_group(claims, graph, publishers, data):
    original = data.draw(st.sampled_from(claims))
    by = data.draw(BYS)
    repost = claim("source:repost", by)
    before = len(independent(claims, graph, publishers))
    wider = {**graph, "source:repost": [original.source]}
    published = {**publishers, "source:repost": ["Somebody else"]}
    assert len(independent([*claims, repost], wider, published)) <= before
