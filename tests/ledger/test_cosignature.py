"""Cosignatures against a public witness, torchwood's ML-DSA-44, and the rule of a witness."""

import json
from base64 import b64decode
from pathlib import Path

import msgspec
import pytest

from habeas.errors import ForkError, InputError, IntegrityError
from habeas.ledger import cosignature as cosignature_module
from habeas.ledger.checkpoint import (
    Checkpoint,
    CheckpointForkError,
    SignedCheckpoint,
    parse_checkpoint,
    sign_checkpoint,
)
from habeas.ledger.cosignature import (
    CosignatureSigner,
    cosign,
    cosignatures,
    cosigned_message,
    open_verifier,
    require_quorum,
    witness,
)
from habeas.ledger.keys import SigningKey
from habeas.ledger.note import (
    SignatureType,
    VerifierKey,
    ed25519_sign,
    parse_note,
    parse_vkey,
    signature_of,
)
from habeas.ledger.tree import EMPTY_ROOT, Frontier, leaf_hash

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/ledger-cosignature.json").read_text())
LOG = SigningKey(origin="log.example", ed25519_seed=bytes(range(32)))
WITNESSES = [
    SigningKey(
        origin=f"witness{i}.example",
        ed25519_seed=bytes([i]) * 32,
        ml_dsa_44_seed=bytes([i + 100]) * 32,
    )
    for i in range(3)
]
ROOT = leaf_hash(b"an entry")
TIME = 1_764_000_000


def vectors(kind):
    tests = [test for test in VECTORS["tests"] if test["kind"] == kind]
    return pytest.mark.parametrize(
        "test", tests, ids=lambda test: f"{test['id']}-{test['comment']}"
    )


def as_signed(data):
    """A checkpoint whose log's signature is not the matter here."""
    note = parse_note(data)
    return SignedCheckpoint(checkpoint=parse_checkpoint(note.text), note=note)


def signed(size=1, root=ROOT):
    return sign_checkpoint(Checkpoint(origin=LOG.origin, size=size, root=root), LOG.signers())


def verifiers(*keys):
    return [verifier for key in keys for verifier in key.witness_verifiers()]


@vectors("quorum")
def test_t29_quorum_vectors(test):
    checkpoint = as_signed(bytes.fromhex(test["note_hex"]))
    known = [open_verifier(vkey) for vkey in test["vkeys"]]
    if test["result"] == "valid":
        found = require_quorum(checkpoint, known, test["quorum"])
        assert {name: cosignature.time for name, cosignature in found.items()} == test["witnesses"]
    else:
        with pytest.raises((IntegrityError, InputError)):
            require_quorum(checkpoint, known, test["quorum"])


@vectors("subtree")
def test_ml_dsa_44_messages_agree_with_torchwood(test):
    key = parse_vkey(test["vkey"])
    line = b64decode(test["signature"])
    assert line[:4] == key.key_id
    message = cosigned_message(
        name=key.name,
        time=int.from_bytes(line[4:12], "big"),
        origin=test["origin"],
        start=test["start"],
        end=test["end"],
        root=bytes.fromhex(test["root"]),
    )
    verified = cosignature_module._ml_dsa_44_verifies(key.public_key, line[12:], message)
    assert verified == (test["result"] == "valid")


@vectors("witness")
def test_t18_t19_t20_t21_witness_vectors(test):
    previous = test["previous"] and as_signed(bytes.fromhex(test["previous"]))
    arguments = (
        previous,
        bytes.fromhex(test["offered"]),
        [bytes.fromhex(digest) for digest in test["proof"]],
    )
    log = [open_verifier(vkey) for vkey in test["vkeys"]]
    signers = WITNESSES[0].cosigners(TIME)
    if test["result"] == "valid":
        made = witness(*arguments, log=log, signers=signers)
        assert made.to_bytes().startswith(arguments[1])
        assert cosignatures(made, verifiers(*WITNESSES))["witness0.example"].time == TIME
    else:
        with pytest.raises(IntegrityError) as caught:
            witness(*arguments, log=log, signers=signers)
        assert isinstance(caught.value, ForkError) == (test["error"] == "fork")
        if test["error"] == "fork":
            assert isinstance(caught.value, CheckpointForkError)
            assert caught.value.earlier.to_bytes().hex() == test["previous"]
            assert caught.value.later.to_bytes().hex() == test["offered"]


def test_t18_t20_mutant_a_witness_without_memory_signs_anything(monkeypatch):
    refused = [
        test
        for test in VECTORS["tests"]
        if test["kind"] == "witness"
        and test["result"] == "invalid"
        and test["previous"]
        and "WrongKey" not in test["flags"]
    ]
    assert len(refused) > 4
    monkeypatch.setattr(cosignature_module, "require_continuation", lambda *_, **__: None)
    for test in refused:
        witness(
            as_signed(bytes.fromhex(test["previous"])),
            bytes.fromhex(test["offered"]),
            [],
            log=[open_verifier(vkey) for vkey in test["vkeys"]],
            signers=WITNESSES[0].cosigners(TIME),
        )


def test_a_witness_that_signs_again_replaces_its_lines():
    first = witness(None, signed().to_bytes(), [], log=LOG.log_verifiers(), signers=[])
    for time in (TIME, TIME + 60):
        first = witness(
            first,
            first.to_bytes(),
            [],
            log=LOG.log_verifiers(),
            signers=WITNESSES[0].cosigners(time),
        )
    assert len(first.note.signatures) == 3
    assert cosignatures(first, verifiers(*WITNESSES))["witness0.example"].time == TIME + 60


def test_t29_one_witness_counts_once_whatever_it_signs_with():
    cosigned = cosign(signed(), [*WITNESSES[0].cosigners(TIME), *WITNESSES[1].cosigners(TIME + 1)])
    twice = msgspec.structs.replace(
        cosigned,
        note=msgspec.structs.replace(
            cosigned.note, signatures=cosigned.note.signatures + cosigned.note.signatures
        ),
    )
    for checkpoint in (cosigned, twice):
        assert len(require_quorum(checkpoint, verifiers(*WITNESSES), 2)) == 2
        with pytest.raises(IntegrityError, match="2 of the 3 witnesses"):
            require_quorum(checkpoint, verifiers(*WITNESSES), 3)


def test_t29_mutant_counting_lines_instead_of_witnesses_reaches_the_quorum(monkeypatch):
    cosigned = cosign(signed(), WITNESSES[0].cosigners(TIME))
    assert len(cosignatures(cosigned, verifiers(*WITNESSES))) == 1
    by_line = {
        line.key_id: line
        for line in cosignature_module.verify_note(cosigned.note, verifiers(*WITNESSES))
    }
    monkeypatch.setattr(cosignature_module, "cosignatures", lambda *_, **__: by_line)
    assert len(require_quorum(cosigned, verifiers(*WITNESSES), 2)) == 2


def test_t29_one_key_under_two_names_is_refused():
    alias = SigningKey(origin="alias.example", ed25519_seed=WITNESSES[0].ed25519_seed)
    cosigned = cosign(signed(), [*WITNESSES[0].cosigners(TIME)[:1], *alias.cosigners(TIME)])
    with pytest.raises(InputError, match="one witness: they share a key"):
        require_quorum(cosigned, verifiers(WITNESSES[0], alias), 2)


def test_t29_mutant_counting_names_alone_takes_one_key_for_two_witnesses(monkeypatch):
    alias = SigningKey(origin="alias.example", ed25519_seed=WITNESSES[0].ed25519_seed)
    cosigned = cosign(signed(), [*WITNESSES[0].cosigners(TIME)[:1], *alias.cosigners(TIME)])
    monkeypatch.setattr(
        cosignature_module, "_witness_keys", lambda witnesses, _: [v.key for v in witnesses]
    )
    assert len(require_quorum(cosigned, verifiers(WITNESSES[0], alias), 2)) == 2


def test_t29_the_log_does_not_witness_itself():
    both = SigningKey(
        origin=LOG.origin, ed25519_seed=LOG.ed25519_seed, ml_dsa_44_seed=bytes(range(32, 64))
    )
    checkpoint = Checkpoint(origin=LOG.origin, size=1, root=ROOT)
    own = cosign(sign_checkpoint(checkpoint, both.signers()), both.cosigners(TIME))
    assert cosignatures(own, verifiers(both)) == {}


def test_a_cosignature_is_not_taken_for_a_logs_signature_nor_the_other_way_round():
    text = signed().note.text
    note_line = signature_of(text, LOG.signers()[0]).signature
    cosigned = signature_of(text, LOG.cosigners(TIME)[0]).signature
    for_log, for_witness = LOG.log_verifiers()[0], LOG.witness_verifiers()[0]
    assert for_log.verify(text, note_line)
    assert for_witness.verify(text, cosigned)
    for wrong in (cosigned, cosigned[8:]):
        assert not for_log.verify(text, wrong)
    for wrong in (note_line, TIME.to_bytes(8, "big") + note_line):
        assert not for_witness.verify(text, wrong)


def test_the_signed_message_of_the_specification():
    # The example of C2SP tlog-cosignature, "Ed25519 signed message".
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    key = WITNESSES[0].cosigners(0)[0].key
    assert cosignature_module._message(key, text, 1679315147) == (
        b"cosignature/v1\ntime 1679315147\n" + text.encode()
    )


def test_ml_dsa_44_does_not_sign_what_it_does_not_cover():
    extended = Checkpoint(origin=LOG.origin, size=1, root=ROOT, extensions=("more",))
    long_origin = Checkpoint(origin="o" * 256, size=1, root=ROOT)
    ed25519, ml_dsa = WITNESSES[0].cosigners(TIME)
    for checkpoint, why in [(extended, "extension lines"), (long_origin, "255 bytes")]:
        assert ed25519.sign(checkpoint.text)
        with pytest.raises(IntegrityError, match=why):
            ml_dsa.sign(checkpoint.text)
    longest = Checkpoint(origin="o" * 255, size=1, root=ROOT).text
    last = msgspec.structs.replace(ml_dsa, time=2**63 - 1)
    assert open_verifier(last.key.encode()).verify(longest, last.sign(longest))
    bad = msgspec.structs.replace(ml_dsa, time=2**63)
    with pytest.raises(InputError, match="time"):
        bad.sign(signed().note.text)


def test_times_that_the_format_forbids_do_not_verify_even_if_signed():
    signer = WITNESSES[0].cosigners(0)[0]
    message = cosignature_module._message(signer.key, signed().note.text, 2**63)
    line = (2**63).to_bytes(8, "big") + ed25519_sign(signer.seed, message)
    assert not open_verifier(signer.key.encode()).verify(signed().note.text, line)
    assert not open_verifier(signer.key.encode()).verify(signed().note.text, b"")


def test_a_logs_key_is_no_witnesss_key():
    with pytest.raises(InputError, match="a log's key, not a witness's"):
        cosignatures(signed(), LOG.log_verifiers())


def test_only_checkpoints_are_cosigned():
    for signer in WITNESSES[0].cosigners(TIME):
        with pytest.raises(IntegrityError, match="not a checkpoint"):
            signer.sign("a letter\n")
        verifier = open_verifier(signer.key.encode())
        assert not verifier.verify("a letter\n", bytes(72))


def test_a_signer_shows_no_secret():
    for signer in (*WITNESSES[0].cosigners(TIME), *LOG.signers()):
        assert signer.seed.hex() not in repr(signer)
        assert repr(signer.seed) not in repr(signer)
        assert "key=" in repr(signer)


def test_every_type_has_its_verifier():
    for kind, key in zip(
        SignatureType, [LOG.signers()[0], *WITNESSES[0].cosigners(0)], strict=True
    ):
        assert key.key.type is kind
        assert open_verifier(key.key.encode()).key == key.key


def test_an_empty_log_can_be_witnessed_and_then_grow():
    first = witness(
        None,
        signed(0, EMPTY_ROOT).to_bytes(),
        [],
        log=LOG.log_verifiers(),
        signers=WITNESSES[0].cosigners(TIME),
    )
    grown = signed(3, Frontier().append([ROOT] * 3).root())
    made = witness(
        first, grown.to_bytes(), [], log=LOG.log_verifiers(), signers=WITNESSES[1].cosigners(TIME)
    )
    assert list(cosignatures(made, verifiers(*WITNESSES))) == ["witness1.example"]


def test_ed25519_cosignature_key_ids_follow_the_type():
    key = VerifierKey(
        name=LOG.origin,
        type=SignatureType.ED25519_COSIGNATURE,
        public_key=LOG.signers()[0].key.public_key,
    )
    assert key.key_id != LOG.signers()[0].key.key_id
    assert CosignatureSigner(key=key, seed=LOG.ed25519_seed, time=0).key == key


def test_aics_tlog_agrees_on_cosignatures():
    theirs = pytest.importorskip("aics_tlog", reason="needs Python 3.12")
    cosigned = cosign(signed(), [key.cosigners(TIME)[0] for key in WITNESSES])
    witness_keys = [theirs.parse_vkey(key.cosigners(0)[0].key.encode()) for key in WITNESSES[:2]]
    log_key = theirs.parse_vkey(LOG.signers()[0].key.encode())
    note = theirs.parse_note(cosigned.to_bytes().decode())
    result = theirs.verify_checkpoint(note, log_key, witness_keys, quorum=2)
    assert result.ok, result
    assert not theirs.verify_checkpoint(note, log_key, witness_keys[:1], quorum=2).ok
