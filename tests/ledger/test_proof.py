"""`.tlog-proof` files: vectors, one changed character, and an independent reader."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.errors import HabeasError, InputError, IntegrityError
from habeas.ledger import proof as proof_module
from habeas.ledger.checkpoint import Checkpoint, sign_checkpoint
from habeas.ledger.cosignature import open_verifier
from habeas.ledger.keys import SigningKey, generate_key, key_fingerprint, new_origin
from habeas.ledger.note import MAX_NOTE_BYTES, parse_vkey
from habeas.ledger.proof import TlogProof, parse_proof
from habeas.ledger.tile import TileReader, tiles_written
from habeas.ledger.tree import Frontier, inclusion_proof, leaf_hash

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/ledger-proof.json").read_text())
KEY = generate_key(new_origin())
GOOD = VECTORS["tests"][0]


def make(index, size):
    entries = [b"entry %d" % i for i in range(size)]
    leaves = [leaf_hash(entry) for entry in entries]
    tiles = {(new.level, new.index): new.data for new in tiles_written(0, leaves, {})}
    reader = TileReader(lambda level, at, _: tiles[level, at], size)
    root = Frontier().append(leaves).root()
    signed = sign_checkpoint(Checkpoint(origin=KEY.origin, size=size, root=root), KEY.signers())
    proof = TlogProof(
        index=index,
        hashes=tuple(inclusion_proof(index, size, reader)),
        checkpoint=signed.to_bytes(),
    )
    return proof, entries[index], signed


@pytest.mark.parametrize(
    "test", VECTORS["tests"], ids=lambda test: f"{test['id']}-{test['comment']}"
)
def test_t28_proof_vectors(test):
    data, entry = bytes.fromhex(test["proof_hex"]), test["entry"].encode()
    log = [open_verifier(vkey) for vkey in test["vkeys"]]
    if test["result"] == "valid":
        proof = parse_proof(data)
        assert proof.index == test["index"]
        assert proof.verify(entry, log).checkpoint.size == test["size"]
        assert proof.to_bytes() == data
    else:
        with pytest.raises(IntegrityError) as caught:
            parse_proof(data, place="a.tlog-proof").verify(entry, log, place="a.tlog-proof")
        assert caught.value.place == "a.tlog-proof"


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 600), st.data())
def test_proofs_round_trip(size, data):
    proof, entry, signed = make(data.draw(st.integers(0, size - 1)), size)
    assert parse_proof(proof.to_bytes()) == proof
    assert proof.verify(entry, KEY.log_verifiers()) == signed


def test_t28_no_changed_character_verifies_to_another_meaning():
    data, entry = bytes.fromhex(GOOD["proof_hex"]), GOOD["entry"].encode()
    log = [open_verifier(vkey) for vkey in GOOD["vkeys"]]
    for at in range(len(data)):
        changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        with pytest.raises(HabeasError):
            parse_proof(changed).verify(entry, log)


def test_t28_mutant_without_the_inclusion_check_any_entry_passes(monkeypatch):
    proof, _, _ = make(2, 7)
    with pytest.raises(IntegrityError):
        proof.verify(b"never recorded", KEY.log_verifiers())
    monkeypatch.setattr(proof_module, "verify_inclusion", lambda *_, **__: None)
    proof.verify(b"never recorded", KEY.log_verifiers())


def test_files_that_end_early_or_never_are_no_proofs():
    for data, why in [
        (b"c2sp.org/tlog-proof@v1\n\ncheckpoint\n", "names no index"),
        (b"c2sp.org/tlog-proof@v1\nextra YQ==\n\ncheckpoint\n", "names no index"),
        (b"c2sp.org/tlog-proof@v1\nindex 0\n", "blank line"),
        (b"c2sp.org/tlog-proof@v1\nindex 0\n\n" + bytes(MAX_NOTE_BYTES), "too long"),
    ]:
        with pytest.raises(IntegrityError, match=why):
            parse_proof(data)


@pytest.mark.parametrize(
    "fields",
    [{"index": -1}, {"hashes": (b"short",)}, {"hashes": (bytes(32),) * 64}, {"extra": b""}],
    ids=str,
)
def test_what_no_proof_can_hold_is_refused(fields):
    with pytest.raises(InputError):
        TlogProof(**{"index": 0, "hashes": (), "checkpoint": b""} | fields)


def test_aics_tlog_agrees_on_checkpoint_and_proof():
    theirs = pytest.importorskip("aics_tlog", reason="needs Python 3.12")
    for index, size in [(0, 1), (2, 7), (299, 300), (255, 600)]:
        proof, entry, signed = make(index, size)
        note = theirs.parse_note(proof.checkpoint.decode())
        key = theirs.parse_vkey(KEY.signers()[0].key.encode())
        assert theirs.verify_checkpoint(note, key).log_ok
        read = theirs.parse_checkpoint(note.text)
        assert (read.origin, read.size, read.root) == (KEY.origin, size, signed.checkpoint.root)
        hashes = list(proof.hashes)
        assert theirs.verify_inclusion(theirs.leaf_hash(entry), index, size, hashes, read.root)
        assert not theirs.verify_inclusion(theirs.leaf_hash(b"x"), index, size, hashes, read.root)


SPECIFICATION = Path(__file__).parents[2] / "docs/spec/ledger.md"
WITNESS = SigningKey(
    origin="habeas.invalid/log/11111111111111111111111111111111", ed25519_seed=bytes(range(64, 96))
)


def by_hand(folder, test, blocks):
    """Run the commands of the specification on a vector; what they say, or None if they stop."""
    (folder / "entry.json").write_text(test["entry"])
    (folder / "entry.tlog-proof").write_bytes(bytes.fromhex(test["proof_hex"]))
    (folder / "witness.pem").write_text(WITNESS.public_pem())
    script = "set -e\n" + "".join(commands()[:blocks])
    run = subprocess.run(["sh", "-c", script], cwd=folder, capture_output=True, check=False)
    return run.stdout.decode() if run.returncode == 0 else None


def commands():
    return re.findall(r"^```sh\n(.*?)^```$", SPECIFICATION.read_text(), re.DOTALL | re.MULTILINE)


def test_the_example_in_the_specification_is_the_vector():
    text = SPECIFICATION.read_text()
    assert bytes.fromhex(GOOD["proof_hex"]).decode() in text
    assert all(f"'{vkey}'" in text for vkey in GOOD["vkeys"])
    assert key_fingerprint(parse_vkey(GOOD["vkeys"][0])) in text


def test_the_commands_in_the_specification_prove_an_entry(tmp_path):
    said = by_hand(tmp_path, GOOD, 3)
    assert "Signature Verified Successfully" in said
    assert "The entry stands in the log." in said
    assert key_fingerprint(parse_vkey(GOOD["vkeys"][0])) in said


def test_the_commands_in_the_specification_check_a_witness(tmp_path):
    cosigned = next(t for t in VECTORS["tests"] if t["id"] == 4)
    said = by_hand(tmp_path, cosigned, 4)
    assert said.count("Signature Verified Successfully") == 2
    assert "Witnessed at 1764000000." in said


@pytest.mark.parametrize(
    "test",
    [t for t in VECTORS["tests"] if {"NotIncluded", "WrongKey"} & set(t["flags"])],
    ids=lambda test: test["comment"],
)
def test_t28_the_commands_in_the_specification_stop_at_a_broken_proof(test, tmp_path):
    said = by_hand(tmp_path, test, 3)
    assert said is None or "The entry stands in the log." not in said


@pytest.mark.parametrize("index", [0, 6])
def test_the_commands_in_the_specification_agree_at_both_ends_of_a_log(index, tmp_path):
    # The other blocks are run with the example's key; here the tree alone is walked.
    proof, entry, _ = make(index, 7)
    (tmp_path / "checkpoint").write_bytes(proof.checkpoint)
    (tmp_path / "entry.json").write_bytes(entry)
    (tmp_path / "entry.tlog-proof").write_bytes(proof.to_bytes())
    run = subprocess.run(
        ["sh", "-ec", commands()[2]], cwd=tmp_path, capture_output=True, check=True
    )
    assert b"The entry stands in the log." in run.stdout
