"""What is hidden leaves no trace, and what little is shown is never more than what much is."""

from __future__ import annotations

import importlib.util
import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from habeas.claims.claim import SENSITIVITIES, Claim
from habeas.claims.values import Name, Quantity, Ref, Text
from habeas.errors import HabeasError, InputError, NotFoundError
from habeas.registry.registry import open_registry
from habeas.registry.sqlite_views import SqliteViews

_spec = importlib.util.spec_from_file_location(
    "exchange_parts", Path(__file__).parent / "exchange_parts.py"
)
parts = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(parts)

PERSONS = ("person:one", "person:two")
SITES = ("site:one", "site:two")
SOURCES = ("source:one", "source:two", "source:three")
WORDS = ("alpha", "beta", "gamma")
ENTITIES = (*PERSONS, *SITES, *SOURCES)

of = st.sampled_from


def claim(subject, predicate, value, source):
    return Claim(
        subject=subject, predicate=predicate, value=value, source=source, sensitivity="team"
    )


CLAIMS = st.one_of(
    st.builds(claim, of(PERSONS), st.just("name"), st.builds(Name, text=of(WORDS)), of(SOURCES)),
    st.builds(claim, of(ENTITIES), st.just("label"), st.builds(Text, text=of(WORDS)), of(SOURCES)),
    st.builds(claim, of(PERSONS), st.just("same_as"), st.builds(Ref, id=of(PERSONS)), of(SOURCES)),
    st.builds(
        claim,
        of(SITES),
        st.just("remains_believed"),
        st.builds(lambda n: Quantity(text=str(n), low=str(n), high=str(n)), st.integers(1, 9)),
        of(SOURCES),
    ),
    st.builds(
        claim, of(SOURCES), st.just("derived_from"), st.builds(Ref, id=of(SOURCES)), of(SOURCES)
    ),
)
BATCHES = st.lists(st.tuples(CLAIMS, of(SENSITIVITIES)), min_size=1, max_size=8)
"""Each claim with the sensitivity that it is recorded with."""


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    folder = tmp_path_factory.mktemp("view") / "empty"
    parts.make(folder, "A").close()
    return folder


@pytest.fixture
def fresh(empty, tmp_path):
    """A new registry each time it is called."""
    opened = []

    def make():
        folder = tmp_path / str(len(opened))
        shutil.copytree(empty, folder)
        opened.append(open_registry(folder))
        return opened[-1]

    yield make
    for registry in opened:
        registry.close()


def put(registry, batch) -> list[str]:
    if not batch:
        return []
    claims = [classified(one, sensitivity) for one, sensitivity in batch]
    return list(parts.record(registry, *claims))


def classified(one: Claim, sensitivity: str) -> Claim:
    fields = {name: getattr(one, name) for name in one.__struct_fields__}
    return Claim(**{**fields, "sensitivity": sensitivity})


def answers(view, digests) -> dict:
    """What every question that can be put to a view is answered."""
    said = {"clearance": view.clearance, "claims": view.claims()}
    said["stream"] = sorted(view.stream(), key=lambda shown: shown.digest)
    for entity in ENTITIES:
        said[entity] = (
            view.claims(subject=entity),
            view.claims(source=entity),
            view.claims(ref=entity),
            view.names(entity),
            view.label(entity),
            view.label(entity, "fa"),
            view.linked(entity),
            view.contradictions(entity),
        )
    for prefix in ("person", "site", "source"):
        said[prefix] = view.entities(prefix)
    for word in WORDS:
        said[word] = [view.find(word), view.find(word, limit=1), view.find(word, limit=2)]
    said["contradictions"] = view.contradictions()
    said["independent"] = view.independent(view.claims())
    for shown in view.claims():
        said[shown.digest] = (view.standing(shown), view.recorded(shown), view.about(shown.digest))
    for digest in digests:
        for digits in (digest, digest[:6], digest[:9].upper(), f"claim:{digest}"):
            said[digits] = asked(view.claim, digits)
    return said


def asked(question, *args):
    """An answer, or the error in its own words."""
    try:
        return question(*args)
    except HabeasError as error:
        return type(error).__name__, str(error)


quick = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@quick
@given(BATCHES, BATCHES, of(SENSITIVITIES[:-1]))
def test_a_hidden_claim_leaves_no_trace(fresh, known, secrets, clearance):
    registry = fresh()
    stricter = SENSITIVITIES[SENSITIVITIES.index(clearance) + 1 :]
    secrets = [(one, level if level in stricter else stricter[0]) for one, level in secrets]
    shown = put(registry, known)
    before = answers(registry.view(clearance), shown)
    hidden = put(registry, secrets)
    hidden += [withdrawn_again(registry, digest) for digest in hidden]
    view = registry.view(clearance)
    assert answers(view, shown) == before
    for digest in hidden:
        nowhere = "0" * 64
        for length in (6, 12, 64):
            error = asked(view.claim, digest[:length])
            assert error[0] == "NotFoundError"
            there = str(error[1]).replace(digest[:length], "")
            assert there == asked(view.claim, nowhere[:length])[1].replace(nowhere[:length], "")
        assert view.about(digest) == []


def withdrawn_again(registry, digest: str) -> str:
    return parts.record(registry, parts.about(digest, "disputed", sensitivity="public"))[0]


@quick
@given(BATCHES)
def test_redaction_never_widens(fresh, batch):
    registry = fresh()
    put(registry, batch)
    views = [registry.view(clearance) for clearance in SENSITIVITIES]
    for low, high in pairwise(views):
        digests = {shown.digest: shown for shown in high.claims()}
        assert all(digests.get(shown.digest) == shown for shown in low.claims())
        for entity in ENTITIES:
            assert set(low.linked(entity)) <= set(high.linked(entity))
            assert {s.digest for s in low.names(entity)} <= {s.digest for s in high.names(entity)}
        for prefix in ("person", "site", "source"):
            assert set(low.entities(prefix)) <= set(high.entities(prefix))
        for word in WORDS:
            found = [shown.digest for shown in high.find(word)]
            seen = [shown.digest for shown in low.find(word)]
            assert seen == [digest for digest in found if digest in set(seen)]  # in the same order
        there = {(d.subject, d.predicate) for d in high.contradictions()}
        assert {(d.subject, d.predicate) for d in low.contradictions()} <= there


def test_mutant_a_question_that_forgets_its_clearance(fresh, monkeypatch):
    registry = fresh()
    put(registry, [(claim("person:one", "name", Name(text="alpha"), "source:one"), "sealed")])
    before = registry.view("public").find("alpha"), registry.view("public").entities("person")
    assert before == ([], [])
    for method in ("found", "held", "subjects", "held_by_digest"):
        right = getattr(SqliteViews, method)
        with monkeypatch.context() as mutant:

            def forgets(self, clearance, *args, _right=right, **named):
                return _right(self, 3, *args, **named)

            mutant.setattr(type(registry.store), method, forgets)
            view = registry.view("public")
            seen = {
                "found": lambda view=view: view.find("alpha"),
                "held": lambda view=view: view.claims(subject="person:one"),
                "subjects": lambda view=view: view.entities("person"),
                "held_by_digest": lambda view=view: [view.claim(every(registry)[0])],
            }[method]()
            assert seen, method


def every(registry) -> list[str]:
    return [shown.digest for shown in registry.view("sealed").claims(subject="person:one")]


def test_a_claim_by_too_few_or_wrong_digits(fresh):
    registry = fresh()
    (name,) = put(registry, [(claim("person:one", "name", Name(text="a b"), "source:one"), "team")])
    view = registry.view("team")
    assert view.claim(name[:6]).digest == view.claim(f"claim:{name.upper()[:-1]}").digest == name
    for wrong in ("", name[:5], name + "0", "xyzxyz", "é" * 6):
        with pytest.raises(InputError, match="names no claim"):
            view.claim(wrong)
    with pytest.raises(NotFoundError):
        registry.view("partners").claim(name)
    with pytest.raises(InputError, match="there is no word"):
        view.find(" ?! ")
    with pytest.raises(InputError, match="there is no clearance"):
        registry.view("secret")


@pytest.mark.parametrize("text", ['"b" OR c', "a* OR b", "NEAR(b c)", "words:b c", "b -c", "c;--"])
def test_a_search_is_words_never_a_query(fresh, text):
    registry = fresh()
    put(registry, [(claim("person:one", "name", Name(text="b"), "source:one"), "public")])
    assert registry.view("public").find(text) == []
    assert registry.view("public").find("^b")


def test_persian_and_latin_spellings_find_each_other(fresh):
    registry = fresh()
    put(registry, [(claim("person:one", "name", Name(text="علی"), "source:one"), "public")])
    arabic_yeh = registry.view("public").find("علي")
    assert [shown.claim.subject for shown in arabic_yeh] == ["person:one"]
