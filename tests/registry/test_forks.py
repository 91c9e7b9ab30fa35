"""One key, two histories: seen, proven, kept, recorded; and witnesses, who make it hard to hide."""

from __future__ import annotations

import importlib.util
import json
import shutil
from contextlib import suppress
from pathlib import Path

import pytest

from habeas.errors import ForkError, InputError, IntegrityError, KeyFileError, NotFoundError
from habeas.ledger.checkpoint import Checkpoint, sign_checkpoint
from habeas.ledger.fork import read_fork_proof
from habeas.ledger.tree import Frontier
from habeas.registry import forks as forks_module
from habeas.registry import merging
from habeas.registry import registry as registry_module
from habeas.registry import view as view_module
from habeas.registry.appending import note_of
from habeas.registry.comparing import Verdict, compare
from habeas.registry.exporting import export_bundle
from habeas.registry.forks import forked_origins, forks, unrecorded_forks
from habeas.registry.importing import import_bundle
from habeas.registry.rebuilding import rebuild
from habeas.registry.registry import open_registry
from habeas.registry.verification import verify
from habeas.registry.witnessing import countersign, take_in_lines, witnesses_of

_spec = importlib.util.spec_from_file_location(
    "exchange_parts", Path(__file__).parent / "exchange_parts.py"
)
parts = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(parts)


@pytest.fixture
def forked(tmp_path):
    """A registry copied and written to in both places; a receiver; the fingerprint."""
    with parts.make(tmp_path / "a", "A") as a:
        parts.record(a, parts.named("p", "Before"))
        fingerprint = a.key().fingerprint()
    shutil.copytree(tmp_path / "a", tmp_path / "copy")
    with open_registry(tmp_path / "a") as a, open_registry(tmp_path / "copy") as copy:
        parts.record(a, parts.named("p", "Here"))
        parts.record(copy, parts.named("p", "There"))
        parts.record(copy, parts.named("p", "There again"))
        export_bundle(a, tmp_path / "here")
        export_bundle(copy, tmp_path / "there")
        with parts.make(tmp_path / "b", "B") as b:
            yield a, b, fingerprint, tmp_path


@pytest.mark.parametrize("order", [1, -1])
def test_t19_a_history_that_does_not_continue_what_is_known(forked, order):
    a, b, fingerprint, tmp_path = forked
    first, second = [tmp_path / "here", tmp_path / "there"][::order]
    assert not import_bundle(b, first, trust={fingerprint}).forks
    result = import_bundle(b, second)
    (fork,) = result.forks
    assert (fork.origin, fork.branch, fork.parted) == (a.log.origin, 1, 2)
    assert "two histories" in fork.describe()
    assert result.forks_recorded
    assert forked_origins(b.store) == {a.log.origin}
    names = {s.claim.value.text for s in b.view("partners").claims(subject="person:p")}
    assert names == {"Before", "Here", "There", "There again"}
    assert verify(b).passed
    assert not import_bundle(b, first).changed
    assert not import_bundle(b, second).changed
    assert len(b.store.logs()) == 3


def test_t18_two_heads_of_one_size(forked):
    a, b, fingerprint, tmp_path = forked
    with open_registry(tmp_path / "copy") as copy:
        parts.record(a, parts.named("p", "Here again"))
        assert a.store.size(a.log.id) == copy.store.size(copy.log.id)
    export_bundle(a, tmp_path / "same size")
    import_bundle(b, tmp_path / "same size", trust={fingerprint})
    (fork,) = import_bundle(b, tmp_path / "there").forks
    proof = read_fork_proof(fork.proof)
    assert proof.earlier.checkpoint.size == proof.later.checkpoint.size == 3
    assert proof.earlier.checkpoint.root != proof.later.checkpoint.root


def test_the_proof_is_kept_and_recorded_once(forked):
    _, b, fingerprint, tmp_path = forked
    import_bundle(b, tmp_path / "here", trust={fingerprint})
    import_bundle(b, tmp_path / "there")
    (claim,) = b.view("sealed").claims(predicate="forked")
    with b.evidence.open(claim.claim.value.sha256) as file:
        proof = read_fork_proof(file.read())
    assert proof.origin == forks(b.store)[0].origin
    assert unrecorded_forks(b.store, b.evidence) == []
    before = b.store.size(b.log.id)
    with b.recording():
        pass
    assert b.store.size(b.log.id) == before


def test_a_proof_convinces_a_third_registry_that_knows_nothing(forked):
    _, b, fingerprint, tmp_path = forked
    import_bundle(b, tmp_path / "here", trust={fingerprint})
    (fork,) = import_bundle(b, tmp_path / "there").forks
    text = fork.proof
    read_fork_proof(text)
    for at in range(0, len(text), 37):
        broken = bytearray(text)
        broken[at] ^= 1
        with pytest.raises(IntegrityError):
            read_fork_proof(bytes(broken))


def test_both_branches_travel_on_and_the_third_sees_the_fork(forked):
    a, b, fingerprint, tmp_path = forked
    import_bundle(b, tmp_path / "here", trust={fingerprint})
    import_bundle(b, tmp_path / "there")
    export_bundle(b, tmp_path / "relayed", relay=True, clearance="sealed")
    with parts.make(tmp_path / "c", "C") as c:
        result = import_bundle(c, tmp_path / "relayed", trust={fingerprint, b.key().fingerprint()})
        assert [fork.origin for fork in result.forks] == [a.log.origin]
        person = {s.digest for s in c.view("partners").claims(subject="person:p")}
        assert person == {s.digest for s in b.view("partners").claims(subject="person:p")}
        assert verify(c).passed


def test_the_own_log_forked_elsewhere(forked):
    a, _, _, tmp_path = forked
    result = import_bundle(a, tmp_path / "there")
    assert result.forks[0].own
    assert "own log" in result.forks[0].describe()
    parts.record(a, parts.named("p", "After"))
    assert verify(a).passed


# The mark on every claim


def marks(registry, clearance="sealed") -> set[tuple[str, bool]]:
    """Whose log each claim stands in, and whether it is marked, however it is asked for."""
    view = registry.view(clearance)
    for shown in view.claims():
        assert view.claim(shown.digest) == shown
        assert shown in list(view.stream(subject=shown.claim.subject))
    assert all(view.claim(shown.digest) == shown for shown in view.find("There"))
    return {(shown.origin, shown.forked) for shown in view.claims()}


@pytest.mark.parametrize("order", [1, -1])
def test_every_claim_of_both_histories_is_marked_and_no_other(forked, order):
    a, b, fingerprint, tmp_path = forked
    first, second = [tmp_path / "here", tmp_path / "there"][::order]
    import_bundle(b, first, trust={fingerprint})
    assert marks(b) == {(a.log.origin, False), (b.log.origin, False)}
    import_bundle(b, second)
    assert marks(b) == {(a.log.origin, True), (b.log.origin, False)}
    assert {s.forked for s in b.view("partners").claims(subject="person:p")} == {True}


def test_an_own_log_that_forked_is_marked(forked):
    a, _, _, tmp_path = forked
    assert marks(a) == {(a.log.origin, False)}
    import_bundle(a, tmp_path / "there")
    assert marks(a) == {(a.log.origin, True)}


def test_the_mark_survives_a_rebuild(forked):
    _, b, fingerprint, tmp_path = forked
    for name in ("here", "there"):
        import_bundle(b, tmp_path / name, trust={fingerprint})
    before = b.view("sealed").claims()
    rebuild(b)
    assert b.view("sealed").claims() == before
    assert {shown.forked for shown in before} == {True, False}


def test_the_mark_tells_nothing_of_what_is_hidden(forked):
    """It is there at every clearance, and the same whatever the other history hides."""
    a, b, fingerprint, tmp_path = forked
    with open_registry(tmp_path / "copy") as copy:
        parts.record(copy, parts.named("p", "Never to be seen", "sealed"))
        export_bundle(copy, tmp_path / "more", clearance="sealed")
    parts.record(a, parts.named("p", "Seen by all", "public"))
    export_bundle(a, tmp_path / "public")
    for name in ("public", "there"):
        import_bundle(b, tmp_path / name, trust={fingerprint})
    before = b.view("public").claims()
    assert (a.log.origin, True) in marks(b, "public")
    assert not b.view("public").claims(predicate="forked")
    import_bundle(b, tmp_path / "more")
    assert b.view("public").claims() == before


def test_mutant_a_view_that_does_not_look_for_forks(forked, monkeypatch):
    a, b, fingerprint, tmp_path = forked
    for name in ("here", "there"):
        import_bundle(b, tmp_path / name, trust={fingerprint})
    monkeypatch.setattr(view_module, "forked_origins", lambda _: frozenset())
    assert marks(b) == {(a.log.origin, False), (b.log.origin, False)}


# What the own log tells of it


def told(registry) -> list:
    return registry.view("sealed").claims(predicate="forked")


@pytest.fixture
def untold(forked, monkeypatch):
    """A registry that saw a fork while its key was locked."""
    _, b, fingerprint, tmp_path = forked
    import_bundle(b, tmp_path / "here", trust={fingerprint})

    def locked():
        raise KeyFileError("no passphrase")

    monkeypatch.setattr(b, "key", locked)
    result = import_bundle(b, tmp_path / "there")
    assert result.forks
    assert not result.forks_recorded
    monkeypatch.undo()
    assert len(unrecorded_forks(b.store, b.evidence)) == 1
    assert told(b) == []
    return b


def test_a_fork_seen_while_the_key_was_locked_goes_in_with_the_next_batch(untold):
    before = untold.store.size(untold.log.id)
    parts.record(untold, parts.named("p", "Something else"))
    assert len(told(untold)) == 1
    assert untold.store.size(untold.log.id) == before + 2
    assert unrecorded_forks(untold.store, untold.evidence) == []
    parts.record(untold, parts.named("p", "And more"))
    assert len(told(untold)) == 1
    assert verify(untold).passed


def test_a_fork_goes_in_with_a_batch_of_nothing(untold):
    with untold.recording():
        pass
    assert len(told(untold)) == 1


def test_a_batch_that_fails_takes_the_fork_with_it(untold):
    with pytest.raises(InputError), untold.recording() as recording:
        recording.entry([])
    assert told(untold) == []
    assert len(unrecorded_forks(untold.store, untold.evidence)) == 1


def test_mutant_a_recording_that_does_not_look_for_forks(untold, monkeypatch):
    monkeypatch.setattr(registry_module, "fork_claims", lambda *_: [])
    parts.record(untold, parts.named("p", "Something else"))
    assert told(untold) == []


def test_damage_in_a_partners_log_keeps_nobody_from_recording(untold):
    log = next(log for log in untold.store.logs() if log.branch)
    hashes = bytearray(untold.store.tile(log.id, 0, 0))
    hashes[0] ^= 1
    untold.store.begin()
    untold.store.put_tiles(log.id, [(0, 0, bytes(hashes))])
    untold.store.commit()
    (name,) = parts.record(untold, parts.named("p", "Said in time"))
    assert untold.view("sealed").claim(name)
    assert told(untold) == []
    assert not verify(untold).passed


def test_a_fork_that_is_recorded_is_not_recorded_again_after_a_restore(untold):
    from habeas.registry.backup import backup
    from habeas.registry.restore import restore

    folder = untold.path.parent
    parts.record(untold, parts.named("p", "Something else"))
    backup(untold, folder / "archive", folder / "salts")
    restore(folder / "archive", folder / "salts", folder / "restored", None)
    with open_registry(folder / "restored") as restored:
        assert len(told(restored)) == 1
        assert verify(restored).passed


def test_t19_mutant_a_merge_that_does_not_compare_leaves(forked, monkeypatch):
    _, b, fingerprint, tmp_path = forked
    import_bundle(b, tmp_path / "here", trust={fingerprint})
    monkeypatch.setattr(
        merging.Merger, "_common", lambda _, log, size, history: min(size, history.size)
    )
    with pytest.raises(IntegrityError, match="damaged"):  # the second line of defence
        import_bundle(b, tmp_path / "there")
    monkeypatch.setattr(merging.Merger, "_extend", lambda *_: None)
    assert not import_bundle(b, tmp_path / "there").forks
    assert not verify(b).passed


def test_damage_here_is_not_taken_for_a_fork(forked, monkeypatch):
    a, b, fingerprint, tmp_path = forked
    import_bundle(b, tmp_path / "here", trust={fingerprint})
    log = next(log for log in b.store.logs() if log.origin == a.log.origin)
    hashes = bytearray(b.store.tile(log.id, 0, 0))
    hashes[40] ^= 1
    b.store.begin()
    b.store.put_tiles(log.id, [(0, 0, bytes(hashes))])
    b.store.commit()
    parts.record(a, parts.named("p", "More"))
    export_bundle(a, tmp_path / "more")
    with pytest.raises(IntegrityError, match="damaged"):
        import_bundle(b, tmp_path / "more")
    assert forked_origins(b.store) == frozenset()
    assert forks_module.forks(b.store) == []


def test_t20_an_older_bundle_shrinks_nothing(tmp_path):
    with parts.make(tmp_path / "a", "A") as a, parts.make(tmp_path / "b", "B") as b:
        trust = {a.key().fingerprint()}
        export_bundle(a, tmp_path / "old")
        parts.record(a, parts.named("p", "N"))
        export_bundle(a, tmp_path / "new")
        import_bundle(b, tmp_path / "new", trust=trust)
        after = parts.state(b)
        result = import_bundle(b, tmp_path / "old")
        assert not result.changed
        assert parts.state(b) == after
        assert b.store.size(2) == 2


def test_t20_a_smaller_tree_of_other_entries_is_a_fork(tmp_path):
    """A 'shrunken' log: a smaller checkpoint over something else."""
    with parts.make(tmp_path / "a", "A") as a, parts.make(tmp_path / "b", "B") as b:
        parts.record(a, parts.named("p", "N"))
        export_bundle(a, tmp_path / "x", compress=False)
        import_bundle(b, tmp_path / "x", trust={a.key().fingerprint()})
        files = parts.members(tmp_path / "x")
        leaf = bytes(32)
        root = Frontier().append([leaf]).root()
        signed = sign_checkpoint(
            Checkpoint(origin=a.log.origin, size=1, root=root), a.key().signers()
        )
        files["logs/0/leaves"] = leaf
        files["logs/0/entries"] = b""
        note = signed.to_bytes().decode()
        files["logs/0/checkpoints"] = json.dumps(note, ensure_ascii=False).encode() + b"\n"
        told = json.loads(files["bundle.json"])
        told["logs"][0]["size"] = 1
        files["bundle.json"] = json.dumps(told).encode()
        (fork,) = import_bundle(b, parts.write(tmp_path / "y", files)).forks
        assert fork.parted == 0


def test_an_old_copy_put_back_learns_of_it_from_a_partner(tmp_path):
    with parts.make(tmp_path / "a", "A") as a:
        shutil.copytree(tmp_path / "a", tmp_path / "old")
        parts.record(a, parts.named("p", "N"))
        export_bundle(a, tmp_path / "x")
    with open_registry(tmp_path / "old") as old:
        result = import_bundle(old, tmp_path / "x")
        assert result.overtaken == (old.log.origin,)
        parts.record(old, parts.named("p", "Continued"))
        assert old.store.size(old.log.id) == 3
        failed = [check for check in verify(old).checks if not check.passed]
        # What no bundle brings (decoys' salts, claims above its clearance) is said to be lost.
        assert [check.name for check in failed] == ["claims"]
        assert all("is lost" in problem for problem in failed[0].problems)


# An outside checkpoint


def test_t14_compare_with_a_checkpoint_from_outside(forked, monkeypatch):
    a, b, _, tmp_path = forked
    note = note_of(a.store.checkpoints(a.log.id)[-1])
    assert compare(a, note).verdict is Verdict.FINE
    assert compare(a, note_of(a.store.checkpoints(a.log.id)[0])).verdict is Verdict.FINE
    with open_registry(tmp_path / "copy") as copy:
        assert compare(copy, note).verdict is Verdict.FORKED
        there = note_of(copy.store.checkpoints(copy.log.id)[-1])
    behind = compare(a, there)
    assert behind.verdict is Verdict.BEHIND
    assert "old copy" in behind.describe()
    with pytest.raises(NotFoundError):
        compare(b, note)
    with pytest.raises(IntegrityError):
        compare(a, note.replace(b"\n3\n", b"\n2\n"))
    from habeas.registry import comparing

    monkeypatch.setattr(comparing, "_root", lambda store, log, size: None)
    assert compare(a, note).verdict is Verdict.FORKED  # the root is really looked at


# Witnesses


@pytest.fixture
def partners(tmp_path):
    with parts.make(tmp_path / "a", "A") as a, parts.make(tmp_path / "b", "B") as b:
        trust = {registry.key().fingerprint() for registry in (a, b)}
        for sender, receiver, name in ((a, b, "1"), (b, a, "2")):
            export_bundle(sender, tmp_path / name)
            import_bundle(receiver, tmp_path / name, trust=trust)
        yield a, b, tmp_path


def head(registry) -> bytes:
    return note_of(registry.store.checkpoints(registry.log.id)[-1])


def test_a_partner_countersigns_and_the_line_comes_home(partners):
    a, b, _ = partners
    cosigned = countersign(b, head(a))
    assert take_in_lines(a, cosigned) == (b.log.origin,)
    assert list(witnesses_of(a.store, a.log, 1)) == [b.log.origin]
    assert cosigned.splitlines()[-1].decode() in head(a).decode()
    assert verify(a).passed


def test_cosignatures_travel_in_bundles(partners):
    a, b, tmp_path = partners
    countersign(b, head(a))
    export_bundle(b, tmp_path / "x", relay=True)
    import_bundle(a, tmp_path / "x")
    assert list(witnesses_of(a.store, a.log, 1)) == [b.log.origin]


def test_a_witness_does_not_go_back_or_beyond_or_sign_for_itself(partners):
    a, b, tmp_path = partners
    old = head(a)
    parts.record(a, parts.named("p", "N"))
    with pytest.raises(InputError, match="are known here"):
        countersign(b, head(a))
    export_bundle(a, tmp_path / "x")
    import_bundle(b, tmp_path / "x")
    countersign(b, head(a))
    with pytest.raises(InputError, match="never goes back"):
        countersign(b, old)
    with pytest.raises(InputError, match="no witness to itself"):
        countersign(a, old)
    with parts.make(tmp_path / "c", "C") as c, pytest.raises(NotFoundError):
        countersign(c, old)


def test_a_witness_refuses_a_fork(forked):
    a, b, fingerprint, tmp_path = forked
    import_bundle(b, tmp_path / "there", trust={fingerprint})
    with pytest.raises(ForkError):
        countersign(b, head(a))
    import_bundle(b, tmp_path / "here")
    with pytest.raises(ForkError):
        countersign(b, head(a))


def test_lines_of_strangers_are_kept_up_to_a_bound_and_never_counted(partners):
    from habeas.ledger.keys import generate_key, new_origin

    a, b, _ = partners
    text = head(a).decode().partition("\n\n")[0] + "\n"
    from habeas.ledger.note import signature_of

    lines = [
        signature_of(text, generate_key(new_origin()).cosigners(1)[0]).encode() for _ in range(60)
    ]
    forged = signature_of(text, b.key().cosigners(1)[0]).encode()[:-8] + "AAAAAAA=\n"
    noisy = head(a) + "".join(lines).encode()
    assert take_in_lines(a, noisy) == ()
    held = head(a).decode()
    assert sum(line in held for line in lines) == 32
    with suppress(IntegrityError):
        take_in_lines(a, head(a) + forged.encode())
    assert list(witnesses_of(a.store, a.log, 1)) == []
    take_in_lines(a, countersign(b, head(a)))
    assert list(witnesses_of(a.store, a.log, 1)) == [b.log.origin]
