"""Files that show where a site is, or how it is watched: bound as tightly as the site's place.

Each rule hides what it should; take the rule away, and that appears.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from habeas.claims.claim import SENSITIVITIES, By, Claim
from habeas.claims.values import File, Point, Ref, Term, Text, Where
from habeas.errors import InputError
from habeas.registry import clearance
from habeas.registry.changing import erase, reclassify, withdraw
from habeas.registry.exporting import export_bundle
from habeas.registry.importing import import_bundle
from habeas.registry.rebuilding import rebuild
from habeas.registry.verifying_views import check_views

_spec = importlib.util.spec_from_file_location(
    "exchange_parts", Path(__file__).parent / "exchange_parts.py"
)
parts = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(parts)

SITE = "site:invented"
SHA = "ab" * 32
ITEM = f"item:{SHA}"
PICTURE = File(sha256=SHA, size=7, media_type="image/svg+xml")


@pytest.fixture
def registry(tmp_path):
    with parts.make(tmp_path / "a", "A") as registry:
        yield registry


def claim(subject, predicate, value, sensitivity="public", by=None) -> Claim:
    return Claim(subject=subject, predicate=predicate, value=value, source="org:a",
                 sensitivity=sensitivity, by=by)  # fmt: skip


def picture() -> tuple[Claim, ...]:
    """A picture that somebody thought could be public: what is said of it, and what names it."""
    return (
        claim(ITEM, "file", PICTURE),
        claim(ITEM, "depicts", Ref(id=SITE)),
        claim(ITEM, "description", Text(text="before and after")),
        claim("run:invented", "output", PICTURE),
        claim(SITE, "image", Ref(id=ITEM)),
    )


def shows(predicate="shows_location_of", sensitivity="public") -> Claim:
    return claim(ITEM, predicate, Ref(id=SITE), sensitivity)


def decision(term: str, by: str | None = None) -> Claim:
    return claim(SITE, "publish_location", Term(term=term), by=By(text=by) if by else None)


def views_agree(registry) -> bool:
    _, problems, _ = check_views(registry)
    return not problems


def levels(registry, digests) -> set[str]:
    """Of some claims; every clearance, and the views folded anew, agree with them."""
    found = {digest: registry.view("sealed").claim(digest).sensitivity for digest in digests}
    for clearance_ in SENSITIVITIES:
        shown = {one.digest for one in registry.view(clearance_).claims()}
        for digest, level in found.items():
            assert (digest in shown) == (
                SENSITIVITIES.index(clearance_) >= SENSITIVITIES.index(level)
            )
    rebuild(registry)
    again = {digest: registry.view("sealed").claim(digest).sensitivity for digest in digests}
    assert again == found
    return set(found.values())


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("predicate", ["shows_location_of", "shows_watch_of"])
def test_a_file_is_bound_by_what_it_shows(registry, first, predicate):
    if first:
        parts.record(registry, shows(predicate))
    digests = parts.record(registry, *picture())
    if not first:
        assert levels(registry, digests) == {"public"}
        parts.record(registry, shows(predicate))
    assert levels(registry, digests) == {"team"}
    assert registry.view("public").entities("item") == []
    assert views_agree(registry)


def test_nobody_can_reclassify_it_away(registry):
    digests = parts.record(registry, *picture(), shows())
    for digest in digests:
        reclassify(registry, digest, "public", "somebody pressed for it")
    assert levels(registry, digests) == {"team"}


@pytest.mark.parametrize(
    ("decisions", "level"),
    [
        ([decision("already_public")], "public"),
        ([decision("test_passed", "One")], "team"),
        ([decision("test_passed", "One"), decision("test_passed", "Two")], "public"),
        ([decision("already_public"), decision("withheld")], "team"),
    ],
)
def test_it_is_public_when_the_place_of_the_site_may_be(registry, decisions, level):
    digests = parts.record(registry, *picture(), shows())
    digests += parts.record(registry, *decisions)[:0]
    assert levels(registry, digests) == {level}


def test_a_decision_withdrawn_hides_it_again(registry):
    digests = parts.record(registry, *picture(), shows())
    (open_,) = parts.record(registry, decision("already_public"))
    assert levels(registry, digests) == {"public"}
    withdraw(registry, open_, "a mistake")
    assert levels(registry, digests) == {"team"}


def test_how_a_site_is_watched_stays_hidden_for_good(registry):
    digests = parts.record(registry, *picture(), shows("shows_watch_of"))
    parts.record(registry, decision("already_public"))
    assert levels(registry, digests) == {"team"}


def test_a_binding_made_in_error_is_withdrawn(registry):
    digests = parts.record(registry, *picture())
    (bound,) = parts.record(registry, shows())
    assert levels(registry, digests) == {"team"}
    withdraw(registry, bound, "another place")
    assert levels(registry, digests) == {"public"}
    assert views_agree(registry)


def test_a_binding_erased_leaves_the_views_as_the_record_gives_them(registry):
    digests = parts.record(registry, *picture())
    (bound,) = parts.record(registry, shows())
    erase(registry, bound, "asked for")
    levels(registry, digests)
    assert views_agree(registry)


def test_what_is_said_of_other_files_is_left_alone(registry):
    other = f"item:{'cd' * 32}"
    digests = parts.record(registry, claim(other, "depicts", Ref(id=SITE)))
    parts.record(registry, shows(), shows("shows_watch_of"))
    assert levels(registry, digests) == {"public"}


def test_a_stranger_cannot_hide_our_files_and_binds_their_own(registry, tmp_path):
    ours = parts.record(registry, *picture())
    with parts.make(tmp_path / "b", "B") as other:
        theirs = parts.record(other, *picture())
        parts.record(other, shows(sensitivity="partners"))
        assert levels(other, theirs) == {"team"}
        export_bundle(other, tmp_path / "b.habeas", clearance="team")
        known = {other.key().fingerprint()}
    import_bundle(registry, tmp_path / "b.habeas", trust=known)
    assert levels(registry, ours) == {"public"}
    assert levels(registry, theirs) == {"team"}
    assert views_agree(registry)


def test_our_own_word_binds_what_a_stranger_says_of_the_same_file(registry, tmp_path):
    with parts.make(tmp_path / "b", "B") as other:
        theirs = parts.record(other, *picture())
        export_bundle(other, tmp_path / "b.habeas", clearance="team")
        known = {other.key().fingerprint()}
    import_bundle(registry, tmp_path / "b.habeas", trust=known)
    assert levels(registry, theirs) == {"public"}
    parts.record(registry, shows())
    assert levels(registry, theirs) == {"team"}


@pytest.mark.parametrize("to", ["public", "partners"])
def test_no_bundle_below_the_team_carries_its_bytes(registry, tmp_path, to):
    kept = tmp_path / "picture.svg"
    kept.write_bytes(b"<svg/>")
    sha256 = registry.evidence.keep(kept).sha256
    value = File(sha256=sha256, size=6, media_type="image/svg+xml")
    parts.record(registry, claim("run:invented", "output", value))
    parts.record(registry, claim(f"item:{sha256}", "shows_location_of", Ref(id=SITE)))
    made = export_bundle(registry, tmp_path / "out.habeas", clearance=to)
    assert made.files == 0
    assert b"<svg/>" not in b"".join(parts.members(made.path).values())


# A place that is sealed


def place(sensitivity="sealed", predicate="location", kind="exact", rests_on=()) -> Claim:
    where = Where(kind=kind, geometry=Point(coordinates=("51.0", "35.0")))
    value = where if predicate == "location" else Text(text="behind the invented mill")
    finding = {"source": "org:a", "rests_on": rests_on, "standard": "reasonable_grounds"}
    return Claim(subject=SITE, predicate=predicate, value=value, sensitivity=sensitivity,
                 **finding if rests_on else {"source": "source:invented"})  # fmt: skip


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("binding", ["shows_location_of", "shows_watch_of"])
@pytest.mark.parametrize("predicate", ["location", "place_description", "grave_plots"])
def test_a_file_that_shows_a_sealed_place_is_sealed(registry, first, binding, predicate):
    if first:
        parts.record(registry, place(predicate=predicate))
    digests = parts.record(registry, *picture(), shows(binding))
    if not first:
        assert levels(registry, digests) == {"team"}
        parts.record(registry, place("team", predicate), place(predicate=predicate))
    assert levels(registry, digests) == {"sealed"}
    assert registry.view("team").entities("item") == []
    assert views_agree(registry)


def test_it_follows_the_place_there_and_back(registry):
    (where,) = parts.record(registry, place("team"))
    digests = parts.record(registry, *picture(), shows())
    for level in ("sealed", "team", "sealed"):
        reclassify(registry, where, level, "somebody asked for it")
        assert levels(registry, digests) == {level}
    parts.record(registry, decision("already_public"))
    assert levels(registry, digests) == {"sealed"}  # a decision opens no seal
    assert views_agree(registry)


def test_a_withdrawn_place_counts_where_none_stands(registry):
    (where,) = parts.record(registry, place())
    digests = parts.record(registry, *picture(), shows())
    withdraw(registry, where, "misread")
    assert levels(registry, digests) == {"sealed"}
    parts.record(registry, place("team"))
    assert levels(registry, digests) == {"team"}
    assert views_agree(registry)


@pytest.mark.parametrize("kind", ["representative", "random"])
def test_a_place_that_tells_nothing_seals_nothing(registry, kind):
    digests = parts.record(registry, *picture(), shows())
    parts.record(registry, place(kind=kind))
    assert levels(registry, digests) == {"team"}


def test_a_place_that_rests_on_what_shows_it_is_no_circle(registry):
    digests = parts.record(registry, *picture(), shows())
    (where,) = parts.record(registry, place("team", rests_on=(digests[0],)))
    assert levels(registry, [*digests, where]) == {"team"}
    reclassify(registry, where, "sealed", "somebody asked for it")
    assert levels(registry, [*digests, where]) == {"sealed"}
    assert views_agree(registry)


def test_a_strangers_sealed_place_hides_nothing_of_ours(registry, tmp_path):
    ours = parts.record(registry, *picture(), shows())
    with parts.make(tmp_path / "b", "B") as other:
        theirs = parts.record(other, *picture(), shows(), place())
        assert levels(other, theirs) == {"sealed"}
        export_bundle(other, tmp_path / "b.habeas", clearance="sealed")
        known = {other.key().fingerprint()}
    import_bundle(registry, tmp_path / "b.habeas", trust=known)
    assert levels(registry, ours) == {"team"}
    assert levels(registry, theirs) == {"sealed"}
    assert views_agree(registry)


def test_without_the_rule_the_team_would_see_the_file(registry, monkeypatch):
    digests = parts.record(registry, *picture(), shows(), place())
    monkeypatch.setattr(clearance.Effects, "_is_sealed_place", lambda *_: False)  # the mutant
    rebuild(registry)
    assert registry.view("sealed").claim(digests[0]).sensitivity == "team"


def test_without_looking_at_what_came_before_a_later_seal_would_miss_it(registry, monkeypatch):
    digests = parts.record(registry, *picture(), shows())
    with monkeypatch.context() as mutant:
        mutant.setattr(clearance, "_showing_site", lambda *_: iter(()))
        parts.record(registry, place())
    assert registry.view("sealed").claim(digests[0]).sensitivity == "team"
    assert not views_agree(registry)


MUTANTS = {
    "nothing binds": ("Effects._bound", lambda *_: 0),
    "floors are not asked": ("Effects._demanded", lambda *_: 0),
    "only the subject": (
        "files_of",
        lambda claim: {claim.subject} if claim.subject.startswith("item:") else set(),
    ),
    "only the value": (
        "files_of",
        lambda claim: {f"item:{claim.value.sha256}"} if isinstance(claim.value, File) else set(),
    ),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_each_part_of_the_rule_holds_something(registry, monkeypatch, name):
    digests = parts.record(registry, *picture(), shows())
    assert levels(registry, digests) == {"team"}
    where, mutant = MUTANTS[name]
    owner, _, attribute = where.rpartition(".")
    monkeypatch.setattr(getattr(clearance, owner) if owner else clearance, attribute, mutant)
    rebuild(registry)
    shown = [registry.view("sealed").claim(digest).sensitivity for digest in digests]
    assert "public" in shown


@pytest.mark.parametrize("predicate", ["shows_location_of", "shows_watch_of"])
def test_without_looking_at_what_came_before_a_later_binding_would_miss_it(
    registry, monkeypatch, predicate
):
    digests = parts.record(registry, *picture())
    with monkeypatch.context() as mutant:
        mutant.setattr(clearance, "_of_file", lambda *_: iter(()))
        parts.record(registry, shows(predicate))
    assert registry.view("sealed").claim(digests[0]).sensitivity == "public"
    assert not views_agree(registry)


def test_only_a_site_is_shown(registry):
    with pytest.raises(InputError, match="cannot name"):
        parts.record(registry, claim(ITEM, "shows_location_of", Ref(id="person:p")))
