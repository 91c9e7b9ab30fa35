"""Checkpoints: vectors, the log's own keys, forks, and the signature by openssl."""

import base64
import json
import subprocess
from pathlib import Path

import pytest

from habeas.errors import ForkError, InputError, IntegrityError
from habeas.ledger import checkpoint as checkpoint_module
from habeas.ledger.checkpoint import (
    Checkpoint,
    CheckpointForkError,
    open_checkpoint,
    parse_checkpoint,
    require_continuation,
    require_same_history,
    sign_checkpoint,
)
from habeas.ledger.cosignature import open_verifier
from habeas.ledger.keys import SigningKey, generate_key, new_origin
from habeas.ledger.note import sign_note
from habeas.ledger.tile import TileReader, tiles_written
from habeas.ledger.tree import Frontier, consistency_proof, leaf_hash, verify_consistency

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/ledger-checkpoint.json").read_text())
KEY = SigningKey(
    origin="habeas.invalid/log/00112233445566778899aabbccddeeff",
    ed25519_seed=bytes(range(32)),
    ml_dsa_44_seed=bytes(range(32, 64)),
)
LEAVES = [leaf_hash(b"%d" % i) for i in range(20)]
REWRITTEN = [leaf_hash(b"rewritten"), *LEAVES[1:]]


def checkpoint(size, leaves=LEAVES, origin=KEY.origin):
    return Checkpoint(origin=origin, size=size, root=Frontier().append(leaves[:size]).root())


def signed(size, leaves=LEAVES, key=KEY):
    return sign_checkpoint(checkpoint(size, leaves, key.origin), key.signers())


def nodes(size, leaves=LEAVES):
    tiles = {(new.level, new.index): new.data for new in tiles_written(0, leaves[:size], {})}
    return TileReader(lambda level, index, _: tiles[level, index], size)


@pytest.mark.parametrize(
    "test", VECTORS["tests"], ids=lambda test: f"{test['id']}-{test['comment']}"
)
def test_checkpoint_vectors(test):
    data = bytes.fromhex(test["note_hex"])
    log = [open_verifier(vkey) for vkey in test["vkeys"]]
    if test["result"] == "valid":
        opened = open_checkpoint(data, log)
        said = opened.checkpoint
        assert (said.origin, said.size, said.root.hex()) == (
            test["origin"],
            test["size"],
            test["root"],
        )
        assert opened.to_bytes() == data
        assert said.text == opened.note.text
    else:
        with pytest.raises(IntegrityError) as caught:
            open_checkpoint(data, log, place="from a partner")
        assert caught.value.place == "from a partner"


def test_round_trip_with_both_kinds_of_signature():
    key = generate_key(new_origin(), post_quantum=True)
    made = signed(20, key=key)
    assert open_checkpoint(made.to_bytes(), key.log_verifiers()) == made
    assert len(made.note.signatures) == 2


def test_openssl_verifies_the_signature(tmp_path):
    (tmp_path / "checkpoint").write_bytes(signed(20).to_bytes())
    (tmp_path / "log.pem").write_text(KEY.public_pem())
    text, line = signed(20).note.text, signed(20).note.signatures[0].encode()
    (tmp_path / "cp.txt").write_text(text)
    (tmp_path / "cp.sig").write_bytes(base64.b64decode(line.split()[2])[4:])
    command = "openssl pkeyutl -verify -pubin -inkey log.pem -rawin -in cp.txt -sigfile cp.sig"

    def verified():
        run = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, check=False)
        return run.returncode == 0

    assert verified()
    (tmp_path / "cp.txt").write_text(text.replace("\n20\n", "\n21\n"))
    assert not verified()


def test_t21_a_checkpoint_signed_by_another_key_is_refused_though_all_its_hashes_are_right():
    stranger = generate_key(KEY.origin, post_quantum=True)
    forged = signed(20, key=stranger).to_bytes()
    assert open_checkpoint(forged, stranger.log_verifiers()).checkpoint == checkpoint(20)
    with pytest.raises(IntegrityError, match="not signed by the key"):
        open_checkpoint(forged, KEY.log_verifiers())


def test_t21_mutant_a_reader_that_asks_nobody_accepts_the_strangers_key(monkeypatch):
    forged = signed(20, key=generate_key(KEY.origin)).to_bytes()
    ids = KEY.log_verifiers()
    monkeypatch.setattr(
        checkpoint_module, "verify_note", lambda *_, **__: [verifier.key for verifier in ids]
    )
    assert open_checkpoint(forged, KEY.log_verifiers()).checkpoint == checkpoint(20)


def test_t21_leaving_out_the_post_quantum_line_is_refused():
    stripped = sign_checkpoint(checkpoint(20), KEY.signers()[:1]).to_bytes()
    assert open_checkpoint(stripped, KEY.log_verifiers()[:1])
    with pytest.raises(IntegrityError, match="not signed by the key"):
        open_checkpoint(stripped, KEY.log_verifiers())


def test_t18_two_roots_of_one_size_are_a_fork_and_both_are_kept():
    one, other = signed(20), signed(20, REWRITTEN)
    for check in (require_continuation, require_same_history):
        with pytest.raises(CheckpointForkError, match="two different roots") as caught:
            check(one, other, [] if check is require_continuation else nodes(20))
        assert isinstance(caught.value, ForkError)
        assert caught.value.earlier == one
        assert caught.value.later == other
        assert caught.value.earlier_root == other.checkpoint.root
        assert caught.value.proof == ()
        assert "record the fork" in str(caught.value)


def test_t18_mutant_a_check_of_sizes_alone_misses_the_fork(monkeypatch):
    monkeypatch.setattr(checkpoint_module, "verify_consistency", lambda *_, **__: None)
    require_continuation(signed(20), signed(20, REWRITTEN), [])


@pytest.mark.parametrize("size", [3, 4, 5, 8, 16, 19])
def test_t19_a_rewritten_log_is_a_fork_and_the_evidence_convinces_anybody(size):
    earlier, later = signed(size), signed(20, REWRITTEN)
    with pytest.raises(CheckpointForkError) as caught:
        require_same_history(earlier, later, nodes(20, REWRITTEN), place="bundle")
    found = caught.value
    assert found.earlier_root != found.earlier.checkpoint.root
    verify_consistency(size, 20, found.proof, found.earlier_root, found.later.checkpoint.root)


def test_t19_a_proof_can_show_the_fork_too():
    proof = consistency_proof(5, 20, nodes(20, REWRITTEN))
    with pytest.raises(CheckpointForkError) as caught:
        require_continuation(signed(5), signed(20, REWRITTEN), proof)
    found = caught.value
    assert found.proof == tuple(proof)
    verify_consistency(5, 20, found.proof, found.earlier_root, found.later.checkpoint.root)


def test_t19_a_wrong_proof_accuses_nobody():
    right = consistency_proof(5, 20, nodes(20))
    for wrong in ([], right[:-1], [*right[:-1], LEAVES[0]], right[::-1]):
        with pytest.raises(IntegrityError) as caught:
            require_continuation(signed(5), signed(20), wrong)
        assert not isinstance(caught.value, ForkError)


def test_t19_mutant_without_the_old_root_a_rewritten_log_passes(monkeypatch):
    earlier, later = signed(5), signed(20, REWRITTEN)
    monkeypatch.setattr(
        checkpoint_module,
        "frontier_of",
        lambda size, _: Frontier().append(LEAVES[:size]),
    )
    monkeypatch.setattr(checkpoint_module, "verify_consistency", lambda *_, **__: None)
    require_same_history(earlier, later, nodes(20, REWRITTEN))


def test_t19_nodes_of_another_tree_accuse_nobody():
    with pytest.raises(IntegrityError) as caught:
        require_same_history(signed(5), signed(20), nodes(20, REWRITTEN))
    assert not isinstance(caught.value, CheckpointForkError)


def test_t20_a_log_that_shrank_is_refused():
    for check, third in [(require_continuation, []), (require_same_history, nodes(20))]:
        with pytest.raises(IntegrityError, match="shrank from 20 to 8"):
            check(signed(20), signed(8), third)


def test_t20_mutant_a_check_that_sorts_by_size_lets_the_log_shrink(monkeypatch):
    proof = consistency_proof(8, 20, nodes(20))
    true = verify_consistency

    def careless(old, new, proof, old_root, new_root, **_):
        (low, low_root), (high, high_root) = sorted([(old, old_root), (new, new_root)])
        true(low, high, proof, low_root, high_root)

    monkeypatch.setattr(checkpoint_module, "verify_consistency", careless)
    require_continuation(signed(20), signed(8), proof)


@pytest.mark.parametrize("size", [0, 1, 4, 7, 20])
def test_a_log_that_grew_or_stood_still_continues(size):
    proof = consistency_proof(size, 20, nodes(20))
    require_continuation(signed(size), signed(20), proof)
    require_same_history(signed(size), signed(20), nodes(20))


def test_two_logs_do_not_continue_each_other():
    other = generate_key(new_origin())
    for check, third in [(require_continuation, []), (require_same_history, nodes(20))]:
        with pytest.raises(IntegrityError, match="does not continue"):
            check(signed(20), signed(20, key=other), third)


def test_only_the_logs_key_signs_its_checkpoint():
    with pytest.raises(InputError, match="cannot sign for the log"):
        sign_checkpoint(checkpoint(20, origin="another.example"), KEY.signers())


def test_t21_a_checkpoint_of_another_origin_is_refused_though_the_logs_key_signed_it():
    text = checkpoint(20, origin="another.example").text
    with pytest.raises(IntegrityError, match=r"of another\.example, not of habeas\.invalid"):
        open_checkpoint(sign_note(text, KEY.signers()[:1]).to_bytes(), KEY.log_verifiers())


def test_keys_of_no_log_or_of_two_open_nothing():
    both = [*KEY.log_verifiers(), *generate_key(new_origin()).log_verifiers()]
    for log in ([], both):
        with pytest.raises(InputError, match="exactly one log"):
            open_checkpoint(signed(20).to_bytes(), log)


@pytest.mark.parametrize(
    "fields",
    [
        {"origin": ""},
        {"origin": "a\nb"},
        {"size": -1},
        {"size": 2**63},
        {"root": b"short"},
        {"size": 0},
        {"extensions": ("",)},
    ],
    ids=str,
)
def test_what_no_checkpoint_can_say_is_refused(fields):
    good = {"origin": "log.example", "size": 1, "root": LEAVES[0]}
    assert parse_checkpoint(Checkpoint(**good).text) == Checkpoint(**good)
    with pytest.raises(InputError):
        Checkpoint(**good | fields)


def test_the_largest_size_is_read():
    largest = Checkpoint(origin="log.example", size=2**63 - 1, root=LEAVES[0])
    assert parse_checkpoint(largest.text) == largest


def test_a_text_without_its_last_newline_is_no_checkpoint():
    with pytest.raises(IntegrityError, match="three lines"):
        parse_checkpoint(checkpoint(20).text[:-1])
