"""Merge is set union: any order, any number of times, any pieces; and who may say what of whom."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from habeas.claims.values import File
from habeas.errors import InputError, IntegrityError, NotFoundError
from habeas.registry import changing, erasing, merging
from habeas.registry.changing import erase, reclassify, withdraw
from habeas.registry.clearance import Effects
from habeas.registry.exporting import export_bundle
from habeas.registry.importing import import_bundle
from habeas.registry.lineage import Lineages
from habeas.registry.rebuilding import rebuild
from habeas.registry.registry import open_registry
from habeas.registry.selection import Selection
from habeas.registry.verification import verify

_spec = importlib.util.spec_from_file_location(
    "exchange_parts", Path(__file__).parent / "exchange_parts.py"
)
parts = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(parts)


class World:
    """Two senders' pieces, an empty receiver, and the fingerprints of everybody."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.trust: set[str] = set()
        self.pieces: list[Path] = []
        one, two = (parts.make(folder / name, name) for name in ("one", "two"))
        with one, two:
            self._fill(one)
            self._exchange(one, two)
            self._speak(two)
            self._cut(one, two)
        parts.make(folder / "empty", "Empty").close()

    def _fill(self, one) -> None:
        self.names = []
        for number in range(4):
            claims = [parts.named(f"p{number}", f"N {number} {n}") for n in range(3)]
            self.names += parts.record(one, *claims)
        self.trust.add(one.key().fingerprint())
        export_bundle(one, self.folder / "early")
        self.pieces.append(self.folder / "early")
        self.withdrawal = withdraw(one, self.names[0], "a mistake").digest
        withdraw(one, withdraw(one, self.names[1], "wrong").digest, "right after all")
        reclassify(one, self.names[2], "public", "the family agreed")
        erase(one, self.names[3], "asked for")

    def _exchange(self, one, two) -> None:
        self.trust.add(two.key().fingerprint())
        export_bundle(one, self.folder / "late", clearance="sealed")
        import_bundle(two, self.folder / "late", trust=self.trust)
        self.pieces.append(self.folder / "late")

    def _speak(self, two) -> None:
        withdraw(two, self.names[4], "a stranger's word")
        erase_claim = parts.about(self.names[5], "erased")
        parts.record(two, erase_claim, parts.named("p9", "From two"))

    def _cut(self, one, two) -> None:
        for number, chosen in enumerate(
            [
                Selection(entities=("person:p0",)),
                Selection(entities=("person:p1", "person:p2")),
                Selection(claims=(self.withdrawal,)),
            ]
        ):
            path = self.folder / f"piece-{number}"
            export_bundle(one, path, selection=chosen, clearance="sealed")
            self.pieces.append(path)
        for name, relay in (("two", False), ("relayed", True)):
            export_bundle(two, self.folder / f"{name}.bundle", clearance="sealed", relay=relay)
            self.pieces.append(self.folder / f"{name}.bundle")

    def receive(self, pieces: list[Path], target: Path):
        shutil.copytree(self.folder / "empty", target)
        with open_registry(target) as registry:
            for piece in pieces:
                import_bundle(registry, piece, trust=self.trust)
            return parts.state(registry)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return World(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def all_of_it(world, tmp_path_factory):
    return world.receive(world.pieces, tmp_path_factory.mktemp("all") / "r")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_t17_any_order_any_number_of_times(world, all_of_it, tmp_path_factory, data):
    order = data.draw(st.permutations(world.pieces))
    again = data.draw(st.lists(st.sampled_from(world.pieces), max_size=3))
    assert world.receive([*order, *again], tmp_path_factory.mktemp("t17") / "r") == all_of_it


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_t17_grouping_makes_no_difference(world, tmp_path_factory, data):
    """(A u B) u C = A u (B u C): B and C meet in a third registry first."""
    chosen = data.draw(st.lists(st.sampled_from(world.pieces), min_size=2, max_size=5))
    cut = data.draw(st.integers(0, len(chosen)))
    folder = tmp_path_factory.mktemp("groups")
    straight = world.receive(chosen, folder / "straight")
    shutil.copytree(world.folder / "empty", folder / "between")
    with open_registry(folder / "between") as between:
        for piece in chosen[cut:]:
            import_bundle(between, piece, trust=world.trust)
        export_bundle(between, folder / "relayed", clearance="sealed", relay=True)
    with open_registry(folder / "between") as between:
        trust = {*world.trust, between.key().fingerprint()}
    world.trust = trust
    grouped = world.receive([*chosen[:cut], folder / "relayed"], folder / "grouped")
    assert strip(grouped) >= strip(straight)
    assert visible(grouped) == visible(straight)


def strip(state) -> frozenset:
    return state[0]


def visible(state) -> set:
    return {row for row in state[3] if row[1].predicate not in ("organisation", "name")} | {
        row for row in state[3] if row[1].subject.startswith("person:")
    }


def test_t17_mutant_a_merge_that_lets_the_first_word_stand(world, all_of_it, tmp_path, monkeypatch):
    """Without looking for earlier erasures, what was erased comes back."""
    early, late = world.folder / "early", world.folder / "late"
    monkeypatch.setattr(merging.Merger, "_refuses", lambda *_: False)
    monkeypatch.setattr(merging.Merger, "finish", lambda _: None)
    assert world.receive([late, early], tmp_path / "a") != all_of_it
    digests = {row[0] for row in world.receive([late, early], tmp_path / "b")[3]}
    assert world.names[3] in digests


def test_views_of_the_merged_registry_pass_every_check(world, tmp_path):
    world.receive(world.pieces[::-1], tmp_path / "r")
    with open_registry(tmp_path / "r") as registry:
        report = verify(registry)
        assert report.passed, report


def claim_in(world, tmp_path, pieces, digest):
    world.receive(pieces, tmp_path / "r")
    with open_registry(tmp_path / "r") as registry:
        found = [s for s in registry.view("sealed").claims() if s.digest == digest]
        return found[0] if found else None


@pytest.mark.parametrize("order", [1, -1])
def test_t26_a_withdrawal_before_its_claim(world, tmp_path, order):
    pieces = [world.folder / "early", world.folder / "piece-2"][::order]
    found = claim_in(world, tmp_path, pieces, world.names[0])
    assert found.withdrawn


def test_t26_mutant_a_merge_that_does_not_look_back(world, tmp_path, monkeypatch):
    from habeas.registry import recording

    monkeypatch.setattr(recording, "refold", lambda *_: None)
    pieces = [world.folder / "piece-2", world.folder / "early"]
    assert not claim_in(world, tmp_path, pieces, world.names[0]).withdrawn


def test_t27_a_strangers_withdrawal_and_erasure_do_nothing(world, tmp_path, monkeypatch):
    pieces = [world.folder / "early", world.folder / "two.bundle"]
    assert not claim_in(world, tmp_path / "1", pieces, world.names[4]).withdrawn
    assert claim_in(world, tmp_path / "2", pieces, world.names[5]) is not None
    monkeypatch.setattr(Lineages, "same", lambda *_: True)  # the mutant believes everybody
    assert claim_in(world, tmp_path / "3", pieces, world.names[4]).withdrawn
    assert claim_in(world, tmp_path / "4", pieces, world.names[5]) is None


def test_t27_a_withdrawal_that_is_withdrawn(world, tmp_path):
    found = claim_in(world, tmp_path, world.pieces, world.names[1])
    assert not found.withdrawn


@pytest.mark.parametrize("order", [1, -1])
def test_an_erasure_destroys_what_was_taken_in_before(world, tmp_path, order):
    pieces = [world.folder / "early", world.folder / "late"][::order]
    assert claim_in(world, tmp_path, pieces, world.names[3]) is None
    for path in (tmp_path / "r").rglob("*"):
        assert not path.is_file() or b"N 1 0" not in path.read_bytes(), path


def test_an_own_erasure_keeps_a_partners_claim_out(world, tmp_path):
    world.receive([world.folder / "early"], tmp_path / "r")
    with open_registry(tmp_path / "r") as registry:
        erase(registry, world.names[6], "we may not hold it")
        result = import_bundle(registry, world.folder / "early", trust=world.trust)
        assert result.refused == 1
        assert not registry.view("sealed").claims(subject="person:p2", predicate="x")
        assert world.names[6] not in {row[0] for row in parts.seen(registry)}


def test_a_file_whose_only_claim_is_erased_goes_too(tmp_path):
    (tmp_path / "photo").write_bytes(b"an invented photograph")
    with parts.make(tmp_path / "a", "A") as a, parts.make(tmp_path / "b", "B") as b:
        kept = a.evidence.keep(tmp_path / "photo")
        claim = parts.Claim(
            subject=f"item:{kept.sha256}",
            predicate="file",
            value=File(sha256=kept.sha256, size=kept.size, media_type="image/jpeg"),
            source=a.organisation,
            sensitivity="partners",
        )
        (named,) = parts.record(a, claim)
        trust = {a.key().fingerprint()}
        export_bundle(a, tmp_path / "1")
        import_bundle(b, tmp_path / "1", trust=trust)
        assert b.evidence.path(kept.sha256).exists()
        erase(a, named, "asked for")
        export_bundle(a, tmp_path / "2")
        result = import_bundle(b, tmp_path / "2", trust=trust)
        assert result.destroyed == 1
        assert not b.evidence.path(kept.sha256).exists()
        assert verify(b).passed


@pytest.mark.parametrize("checked", [True, False])
def test_t51_a_digest_that_another_log_copied(tmp_path, monkeypatch, checked):
    """A dishonest partner puts our claim's digest into an entry of its own and erases it.

    The mutant does not look which log a claim names: then the erasure takes our claim away.
    """
    from habeas.ledger import history
    from habeas.registry import preparing

    with (
        parts.make(tmp_path / "a", "A") as a,
        parts.make(tmp_path / "m", "M") as thief,
        parts.make(tmp_path / "b", "B") as b,
    ):
        (name,) = parts.record(a, parts.named("p", "N"))
        opening = a.store.opening(bytes.fromhex(name)).data
        claim = a.view("sealed").claim(name).claim
        monkeypatch.setattr(preparing, "seal", lambda claims, log: [opening])
        parts.record(thief, claim)
        monkeypatch.undo()
        export_bundle(thief, tmp_path / "0")
        erase_it = parts.about(name, "erased")
        parts.record(thief, erase_it)
        trust = {a.key().fingerprint(), thief.key().fingerprint()}
        export_bundle(a, tmp_path / "1")
        export_bundle(thief, tmp_path / "2")
        assert any(
            "another log" in line for check in verify(thief).checks for line in check.problems
        )
        if not checked:
            monkeypatch.setattr(history, "require_log", lambda *_: None)
            for part in ("0", "1", "2"):
                import_bundle(b, tmp_path / part, trust=trust)
            with pytest.raises(NotFoundError):
                b.view("sealed").claim(name)
            return
        with pytest.raises(IntegrityError, match="recorded in another log"):
            import_bundle(b, tmp_path / "2", trust=trust)
        import_bundle(b, tmp_path / "1", trust=trust)
        assert b.view("sealed").claim(name).claim == claim


@pytest.fixture
def erased(tmp_path):
    """A claim erased in its own log, its erasure told to be erased; a reader; the bundles."""
    with parts.make(tmp_path / "a", "A") as a, parts.make(tmp_path / "b", "B") as b:
        (name,) = parts.record(a, parts.named("p", "A secret"))
        export_bundle(a, tmp_path / "1")
        erasure = erase(a, name, "asked for").digest
        export_bundle(a, tmp_path / "2")
        parts.record(a, parts.about(erasure, "erased"))
        export_bundle(a, tmp_path / "3")
        yield a, b, name, erasure, {a.key().fingerprint()}


@pytest.mark.parametrize("checked", [True, False])
def test_an_erasure_cannot_be_erased(erased, tmp_path, checked, monkeypatch):
    a, _, name, erasure, _ = erased
    if checked:
        before = a.store.size(a.log.id)
        with pytest.raises(InputError, match="itself an erasure"):
            erase(a, erasure, "it tells too much")
        assert a.store.size(a.log.id) == before
    else:
        monkeypatch.setattr(changing, "_require_erasable", lambda _: None)  # the mutant
        erase(a, erasure, "it tells too much")
    import_bundle(a, tmp_path / "1")
    assert (name in {row[0] for row in parts.seen(a)}) is not checked
    assert verify(a).passed


@pytest.mark.parametrize("order", ["123", "321", "231", "3131"])
def test_an_erasure_that_a_bundle_erases_stays(erased, tmp_path, order):
    _, b, name, erasure, trust = erased
    for part in order:
        import_bundle(b, tmp_path / part, trust=trust)
    held = {row[0] for row in parts.seen(b)}
    assert erasure in held
    assert name not in held
    assert verify(b).passed


def test_mutant_a_merge_that_erases_erasures(erased, tmp_path, monkeypatch):
    _, b, name, _, trust = erased
    monkeypatch.setattr(merging, "is_final", lambda _: False)
    for part in "131":
        import_bundle(b, tmp_path / part, trust=trust)
    assert name in {row[0] for row in parts.seen(b)}


@pytest.mark.parametrize("refolded", [True, False])
def test_what_an_erased_claim_said_of_others_is_worked_out_again(tmp_path, refolded, monkeypatch):
    with parts.make(tmp_path / "a", "A") as a:
        (name,) = parts.record(a, parts.named("p", "N"))
        withdrawal = withdraw(a, name, "words that must go").digest
        if not refolded:
            monkeypatch.setattr(erasing, "refold", lambda *_: None)  # the mutant
        erase(a, withdrawal, "asked for")
        assert a.view("sealed").claim(name).withdrawn is not refolded
        assert verify(a).passed is refolded


def finding(digest: str):
    return parts.Claim(
        subject="person:p",
        predicate="name",
        value=parts.Name(text="What we conclude"),
        source="org:a",
        rests_on=(digest,),
        standard="reasonable_grounds",
        sensitivity="public",
    )


@pytest.mark.parametrize("order", [1, -1])
def test_what_rested_on_an_erased_claim_stays_as_hidden_as_it_was(tmp_path, order, monkeypatch):
    with parts.make(tmp_path / "a", "A") as a, parts.make(tmp_path / "b", "B") as b:
        (secret,) = parts.record(a, parts.named("p", "A secret", "sealed"))
        (rests,) = parts.record(a, finding(secret))
        export_bundle(a, tmp_path / "1", clearance="sealed")
        erase(a, secret, "asked for")
        export_bundle(a, tmp_path / "2", clearance="sealed")
        assert a.view("sealed").claim(rests).sensitivity == "sealed"
        for path in [tmp_path / "1", tmp_path / "2"][::order]:
            import_bundle(b, path, trust={a.key().fingerprint()})
        for registry in (a, b):
            assert verify(registry).passed
            rebuild(registry)
            assert registry.view("sealed").claim(rests).sensitivity == "sealed"
            assert verify(registry).passed
        monkeypatch.setattr(Effects, "_erasures_of", lambda *_: ())  # the mutant
        rebuild(b)
        assert b.view("public").claim(rests).sensitivity == "public"
