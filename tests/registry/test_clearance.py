"""The one gate: every rule hides what it should; take the rule away, and that appears."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from habeas.claims.claim import SENSITIVITIES, By, Claim
from habeas.claims.values import Name, Point, Ref, Term, Text, Where
from habeas.registry import clearance, fold
from habeas.registry.changing import erase, reclassify, withdraw
from habeas.registry.clearance import PUBLIC, Effects
from habeas.registry.exporting import export_bundle
from habeas.registry.importing import import_bundle
from habeas.registry.rebuilding import rebuild
from habeas.registry.verification import verify

_spec = importlib.util.spec_from_file_location(
    "exchange_parts", Path(__file__).parent / "exchange_parts.py"
)
parts = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(parts)

SITE = "site:invented"


@pytest.fixture
def registry(tmp_path):
    with parts.make(tmp_path / "a", "A") as registry:
        yield registry


def level(registry, digest: str) -> str:
    """Of a claim; what each clearance shows of it agrees with that."""
    found = registry.view("sealed").claim(digest).sensitivity
    for clearance_ in SENSITIVITIES:
        shown = {one.digest for one in registry.view(clearance_).claims()}
        assert (digest in shown) == (SENSITIVITIES.index(clearance_) >= SENSITIVITIES.index(found))
    return found


def folded_again(registry, digest: str) -> str:
    """The level after the views are folded anew, as a mutant would fold them."""
    rebuild(registry)
    return registry.view("sealed").claim(digest).sensitivity


def finding(*digests: str, sensitivity: str = "public") -> Claim:
    return Claim(
        subject="person:p",
        predicate="name",
        value=Name(text="What we conclude"),
        source="org:a",
        rests_on=tuple(sorted(digests)),
        standard="reasonable_grounds",
        sensitivity=sensitivity,
    )


def where(kind: str = "exact") -> Claim:
    point = Point(coordinates=("51.0", "35.0"))
    return Claim(
        subject=SITE,
        predicate="location",
        value=Where(kind=kind, geometry=point, uncertainty="10"),
        source="source:invented-list",
        sensitivity="public",
    )


def decision(term: str, by: str | None = None, *, sensitivity: str = "public") -> Claim:
    return Claim(
        subject=SITE,
        predicate="publish_location",
        value=Term(term=term),
        source="org:a",
        by=By(text=by) if by else None,
        sensitivity=sensitivity,
    )


@pytest.mark.parametrize("own", SENSITIVITIES)
def test_a_claim_is_as_hidden_as_it_says_itself(registry, own, monkeypatch):
    (name,) = parts.record(registry, parts.named("p", "N", own))
    assert level(registry, name) == own
    monkeypatch.setattr(clearance, "_RANKS", dict.fromkeys(SENSITIVITIES, 0))  # the mutant
    assert folded_again(registry, name) == "public"


def test_a_predicate_sets_the_least(registry, monkeypatch):
    (identity,) = parts.record(
        registry,
        Claim(
            subject="source:invented-witness",
            predicate="real_identity",
            value=Text(text="An invented witness"),
            source="org:a",
            sensitivity="public",
        ),
    )
    assert level(registry, identity) == "sealed"
    reclassify(registry, identity, "public", "somebody pressed for it")
    assert level(registry, identity) == "sealed"  # the never-publish list stays under it
    with monkeypatch.context() as mutant:
        mutant.setattr(clearance, "least", lambda _: PUBLIC)
        assert folded_again(registry, identity) == "public"
    rebuild(registry)
    with monkeypatch.context() as mutant:
        mutant.setattr(clearance, "_rule", lambda _: (PUBLIC, False))
        assert folded_again(registry, identity) == "public"


def test_where_a_site_is_stays_in_the_team(registry, monkeypatch):
    (exact, near, words) = parts.record(
        registry,
        where(),
        where("approximate"),
        Claim(
            subject=SITE,
            predicate="place_description",
            value=Text(text="behind the invented mill"),
            source="source:invented-list",
            sensitivity="public",
        ),
    )
    (town,) = parts.record(registry, where("representative"))
    assert {level(registry, one) for one in (exact, near, words)} == {"team"}
    assert level(registry, town) == "public"
    monkeypatch.setattr(clearance, "tells_location", lambda _: False)  # the mutant
    assert {folded_again(registry, one) for one in (exact, near, words)} == {"public"}


@pytest.mark.parametrize(
    ("decisions", "shown"),
    [
        ([], False),
        ([decision("already_public")], True),
        ([decision("test_passed", "One")], False),
        ([decision("test_passed")] * 2, False),
        ([decision("test_passed", "One"), decision("test_passed", " one ")], False),
        ([decision("test_passed", "One"), decision("test_passed", "Two")], True),
        ([decision("already_public"), decision("withheld")], False),
        ([decision("withheld"), decision("test_passed", "1"), decision("test_passed", "2")], False),
    ],
)
def test_what_it_takes_to_publish_a_location(registry, decisions, shown):
    (exact,) = parts.record(registry, where())
    for one in decisions:
        parts.record(registry, one)
    assert level(registry, exact) == ("public" if shown else "team")
    assert verify(registry).passed


def test_a_withdrawn_decision_decides_nothing(registry, monkeypatch):
    (exact,) = parts.record(registry, where())
    (decided,) = parts.record(registry, decision("already_public"))
    withdraw(registry, decided, "it was not public")
    assert level(registry, exact) == "team"
    assert verify(registry).passed
    monkeypatch.setattr(Effects, "_withdrawals", lambda *_: ())  # the mutant
    assert folded_again(registry, exact) == "public"


def test_mutant_a_withdrawal_that_reaches_no_further_than_the_decision(registry, monkeypatch):
    (exact,) = parts.record(registry, where())
    (decided,) = parts.record(registry, decision("already_public"))
    monkeypatch.setattr(clearance, "_of_site", lambda *_: ())
    withdraw(registry, decided, "it was not public")
    assert level(registry, exact) == "public"
    monkeypatch.undo()
    assert not verify(registry).passed


@pytest.mark.parametrize(
    ("term", "before", "after"),
    [("already_public", "public", "team"), ("withheld", "team", "team")],
)
def test_an_erased_decision_decides_nothing(registry, term, before, after):
    (exact,) = parts.record(registry, where())
    (decided,) = parts.record(registry, decision(term))
    assert level(registry, exact) == before
    erase(registry, decided, "it named somebody")
    assert level(registry, exact) == after
    assert verify(registry).passed


def test_mutant_a_location_that_nobody_has_to_decide_about(registry, monkeypatch):
    (exact,) = parts.record(registry, where())
    parts.record(registry, decision("withheld"))
    monkeypatch.setattr(Effects, "_may_publish_location", lambda *_: True)
    assert folded_again(registry, exact) == "public"


def test_a_strangers_decision_publishes_nothing(tmp_path, monkeypatch):
    with parts.make(tmp_path / "a", "A") as a, parts.make(tmp_path / "b", "B") as b:
        (exact,) = parts.record(a, where())
        parts.record(b, decision("already_public"))
        export_bundle(b, tmp_path / "1", clearance="sealed")
        import_bundle(a, tmp_path / "1", trust={b.key().fingerprint()})
        assert level(a, exact) == "team"
        monkeypatch.setattr(clearance.Lineages, "own", lambda *_: True)  # the mutant
        assert folded_again(a, exact) == "public"


def test_what_speaks_of_a_hidden_claim_is_as_hidden(registry, monkeypatch):
    (name,) = parts.record(registry, parts.named("p", "N", "sealed"))
    (said,) = parts.record(registry, parts.about(name, "disputed", sensitivity="public"))
    (of_that,) = parts.record(registry, parts.about(said, "disputed", sensitivity="public"))
    assert level(registry, said) == level(registry, of_that) == "sealed"
    monkeypatch.setattr(Effects, "_demanding", lambda *_: ())  # the mutant
    assert folded_again(registry, said) == "public"


def test_what_names_a_hidden_claim_in_its_value_is_as_hidden(registry, monkeypatch):
    (hidden,) = parts.record(registry, parts.named("p", "Hidden", sensitivity="sealed"))
    (seen,) = parts.record(registry, parts.named("p", "Seen", sensitivity="public"))
    corrects = Claim(
        subject=f"claim:{seen}",
        predicate="corrected_by",
        value=Ref(id=f"claim:{hidden}"),
        source="org:a",
        sensitivity="public",
    )
    (digest,) = parts.record(registry, corrects)
    assert level(registry, digest) == "sealed"
    speaks_only = fold.about_rows

    def without_names(id_, claim):
        return tuple(row for row in speaks_only(id_, claim) if row.relation != "names")

    monkeypatch.setattr(fold, "about_rows", without_names)  # the mutant
    assert folded_again(registry, digest) == "public"


def test_a_hidden_claim_is_named_by_no_run_and_no_attribution(registry, monkeypatch):
    """The digest of a hidden claim, too, is a trace of it, whatever the subject that names it."""
    (hidden,) = parts.record(registry, parts.named("p", "Hidden", sensitivity="sealed"))
    read = Claim(
        subject="run:r",
        predicate="input",
        value=Ref(id=f"claim:{hidden}"),
        source="run:r",
        sensitivity="public",
    )
    told = Claim(
        subject="person:p",
        predicate="occupation",
        value=Text(text="teacher"),
        source="org:a",
        by=By(text="somebody", parties=(f"claim:{hidden}",)),
        sensitivity="public",
    )
    one, other = parts.record(registry, read, told)
    assert level(registry, one) == level(registry, other) == "sealed"
    monkeypatch.setattr(fold, "_named_claims", lambda _: ())  # the mutant
    assert folded_again(registry, one) == folded_again(registry, other) == "public"


def test_a_finding_is_as_hidden_as_what_it_rests_on(registry, monkeypatch):
    (secret, known) = parts.record(
        registry, parts.named("p", "S", "sealed"), parts.named("p", "K", "public")
    )
    (found,) = parts.record(registry, finding(secret, known))
    (further,) = parts.record(registry, finding(found))
    (open_,) = parts.record(registry, finding(known))
    assert level(registry, found) == level(registry, further) == "sealed"
    assert level(registry, open_) == "public"
    monkeypatch.setattr(Effects, "_demanding", lambda *_: ())  # the mutant
    assert folded_again(registry, further) == "public"


def test_what_is_withdrawn_is_as_hidden_as_its_withdrawal(registry, monkeypatch):
    (name,) = parts.record(registry, parts.named("p", "N", "public"))
    (rests,) = parts.record(registry, finding(name))
    parts.record(registry, parts.about(name, "withdrawn", sensitivity="sealed"))
    assert level(registry, name) == "sealed"
    assert level(registry, rests) == "sealed"  # it names a claim that may not be seen
    assert registry.view("sealed").claim(name).withdrawn
    assert verify(registry).passed
    monkeypatch.setattr(Effects, "_withdrawals", lambda *_: ())  # the mutant
    assert folded_again(registry, name) == "public"


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("time", range(4))
def test_of_two_withdrawals_the_stricter_counts(registry, order, time):
    """Digests are random: chance must not decide, so it is tried more than once."""
    (name,) = parts.record(registry, parts.named("p", "N", "public"))
    for sensitivity in ("public", "sealed")[::order]:
        parts.record(registry, parts.about(name, "withdrawn", sensitivity=sensitivity))
    assert level(registry, name) == "sealed"
    assert folded_again(registry, name) == "sealed"


def test_a_withdrawn_withdrawal_hides_nothing(registry):
    (name,) = parts.record(registry, parts.named("p", "N", "public"))
    (gone,) = parts.record(registry, parts.about(name, "withdrawn", sensitivity="sealed"))
    withdraw(registry, gone, "it was right")
    assert level(registry, name) == "public"
    assert not registry.view("public").claim(name).withdrawn


def test_the_last_reclassification_counts(registry, monkeypatch):
    (name,) = parts.record(registry, parts.named("p", "N", "public"))
    reclassify(registry, name, "sealed", "a threat")
    assert level(registry, name) == "sealed"
    last = reclassify(registry, name, "partners", "the threat is over")
    assert level(registry, name) == "partners"
    withdraw(registry, last.digest, "it is not over")
    assert level(registry, name) == "sealed"
    monkeypatch.setattr(Effects, "_reclassified", lambda *_: None)  # the mutant
    assert folded_again(registry, name) == "public"


def test_a_stranger_neither_reclassifies_nor_withdraws(tmp_path, monkeypatch):
    with parts.make(tmp_path / "a", "A") as a, parts.make(tmp_path / "b", "B") as b:
        (name,) = parts.record(a, parts.named("p", "N", "sealed"))
        (open_,) = parts.record(a, parts.named("p", "M", "public"))
        lowered = Claim(
            subject=f"claim:{name}",
            predicate="reclassified",
            value=Term(term="public"),
            source="org:b",
            sensitivity="public",
        )
        parts.record(b, lowered, parts.about(open_, "withdrawn", sensitivity="sealed"))
        export_bundle(b, tmp_path / "1", clearance="sealed")
        import_bundle(a, tmp_path / "1", trust={b.key().fingerprint()})
        assert level(a, name) == "sealed"
        assert level(a, open_) == "public"
        assert not a.view("public").claim(open_).withdrawn
        assert verify(a).passed
        monkeypatch.setattr(clearance.Lineages, "same", lambda *_: True)  # the mutant
        assert folded_again(a, name) == "public"
        assert a.view("sealed").claim(open_).withdrawn


def test_a_withdrawal_that_rests_on_what_rests_on_its_claim(registry):
    """Claims lead back to where they began; the answer is the same from each of them."""
    (name,) = parts.record(registry, parts.named("p", "N", "public"))
    (found,) = parts.record(registry, finding(name))
    withdrawal = Claim(
        subject=f"claim:{name}",
        predicate="withdrawn",
        value=Text(text="the finding shows it"),
        source="org:a",
        rests_on=(found,),
        standard="reasonable_grounds",
        sensitivity="team",
    )
    (gone,) = parts.record(registry, withdrawal)
    assert {level(registry, one) for one in (name, found, gone)} == {"team"}
    rebuild(registry)
    assert {level(registry, one) for one in (name, found, gone)} == {"team"}
    assert verify(registry).passed


def test_a_chain_of_withdrawals_may_be_as_long_as_a_stranger_likes(registry):
    (first,) = parts.record(registry, parts.named("p", "N", "public"))
    last = first
    with registry.recording() as recording:
        for _ in range(1201):
            (last,) = recording.entry([parts.about(last, "withdrawn", sensitivity="public")])
    assert registry.view("public").claim(first).withdrawn
    withdraw(registry, last, "one more")
    assert not registry.view("public").claim(first).withdrawn


def test_what_an_erased_claim_demanded_still_holds(registry):
    (secret,) = parts.record(registry, parts.named("p", "S", "sealed"))
    (found,) = parts.record(registry, finding(secret))
    erase(registry, secret, "asked for")
    assert level(registry, found) == "sealed"
