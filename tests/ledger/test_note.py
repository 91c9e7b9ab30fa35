"""Signed notes against Go's test data, a public log's tree heads, and broken notes."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.errors import InputError, IntegrityError
from habeas.ledger import note as note_module
from habeas.ledger.cosignature import open_verifier
from habeas.ledger.keys import SigningKey
from habeas.ledger.note import (
    MAX_NOTE_BYTES,
    MAX_SIGNATURES,
    Ed25519Signer,
    Ed25519Verifier,
    SignatureType,
    VerifierKey,
    check_key_name,
    decode_base64,
    parse_note,
    parse_vkey,
    sign_note,
    verify_note,
)

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/ledger-note.json").read_text())
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
KEY = SigningKey(origin="log.example", ed25519_seed=bytes(range(32)))


def vectors(kind):
    tests = [test for test in VECTORS["tests"] if test["kind"] == kind]
    return pytest.mark.parametrize(
        "test", tests, ids=lambda test: f"{test['id']}-{test['comment']}"
    )


@vectors("note")
def test_note_vectors(test):
    data = bytes.fromhex(test["note_hex"])
    verifiers = [open_verifier(vkey) for vkey in test["vkeys"]]
    if test["result"] == "valid":
        note = parse_note(data)
        assert note.to_bytes() == data
        assert [line.name for line in verify_note(note, verifiers)] == test["verified"]
    else:
        with pytest.raises(IntegrityError) as caught:
            verify_note(parse_note(data, place="here"), verifiers, place="here")
        malformed = "not a signed note" in caught.value.reason
        assert malformed == ("Malformed" in test["flags"])
        assert caught.value.place == "here"


@vectors("vkey")
def test_vkey_vectors(test):
    if test["result"] == "valid":
        assert parse_vkey(test["vkey"]).encode() == test["vkey"]
    else:
        with pytest.raises(InputError):
            parse_vkey(test["vkey"])


def test_no_part_of_a_vkey_and_no_changed_character_passes():
    # As Go's TestNewVerifier does.
    parts = {PETER[i:j] for i in range(len(PETER)) for j in range(i + 1, len(PETER) + 1)}
    changed = {PETER[:i] + chr(ord(PETER[i]) + 1) + PETER[i + 1 :] for i in range(len(PETER))}
    for vkey in (parts | changed) - {PETER}:
        with pytest.raises(InputError):
            parse_vkey(vkey)


def test_the_note_of_gos_test_data_is_made_byte_for_byte():
    seed = decode_base64("gQoUAtUUbI2E8kQzMPVAgOv5juF9nHT2JS/F1ccoMXM=", "seed")
    assert len(seed) == 32
    signer = Ed25519Signer(key=parse_vkey(PETER), seed=seed)
    text = VECTORS["tests"][0]
    note = parse_note(bytes.fromhex(text["note_hex"]))
    assert sign_note(note.text, [signer]).to_bytes() == note.to_bytes()
    assert seed.hex() not in repr(signer)


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n")))
def test_any_text_round_trips(text):
    note = sign_note(text + "\n", KEY.signers())
    again = parse_note(note.to_bytes())
    assert again == note
    assert len(verify_note(again, KEY.log_verifiers())) == 1


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_t21_one_changed_bit_is_never_accepted(data):
    original = sign_note("log.example\n7\nroot\n", KEY.signers()).to_bytes()
    changed = bytearray(original)
    changed[data.draw(st.integers(0, len(original) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    try:
        held = verify_note(parse_note(bytes(changed)), KEY.log_verifiers())
    except IntegrityError:
        return
    assert held == ()  # the name or the key id changed: an unknown key, which is ignored


def test_mutant_a_reader_that_takes_any_base64_accepts_two_spellings(monkeypatch):
    data = next(t for t in VECTORS["tests"] if t["comment"] == "base64 with other last bits")
    with pytest.raises(IntegrityError):
        parse_note(bytes.fromhex(data["note_hex"]))
    monkeypatch.setattr(note_module, "_decode_base64", note_module.base64.b64decode)
    assert parse_note(bytes.fromhex(data["note_hex"])).signatures


def test_t21_mutant_a_reader_that_ignores_bad_lines_of_known_keys_accepts_them(monkeypatch):
    bad = next(t for t in VECTORS["tests"] if t["comment"].startswith("a good line and a bad"))
    note = parse_note(bytes.fromhex(bad["note_hex"]))
    with pytest.raises(IntegrityError):
        verify_note(note, [open_verifier(PETER)])
    monkeypatch.setattr(note_module, "ed25519_verifies", lambda *_: True)
    assert verify_note(note, [open_verifier(PETER)])


def test_mutant_a_key_under_which_anybody_can_sign(monkeypatch):
    # The identity point: this "signature" verifies for every text, and no private key exists.
    point = bytes([1]) + bytes(31)
    forged = point + bytes(32)
    with pytest.raises(InputError, match="forge"):
        VerifierKey(name="log.example", type=SignatureType.ED25519, public_key=point)
    monkeypatch.setattr(note_module, "_check_ed25519_key", lambda *_: None)
    key = VerifierKey(name="log.example", type=SignatureType.ED25519, public_key=point)
    assert Ed25519Verifier(key=key).verify("whatever\n", forged)


def test_a_note_too_large_is_not_read():
    with pytest.raises(IntegrityError, match="longer than"):
        parse_note(b"x" * (MAX_NOTE_BYTES + 1))
    with pytest.raises(IntegrityError, match="blank line"):
        parse_note(b"x" * MAX_NOTE_BYTES)


def test_a_hundred_signatures_are_read():
    note = sign_note("text\n", KEY.signers() * MAX_SIGNATURES)
    assert parse_note(note.to_bytes()) == note
    with pytest.raises(IntegrityError, match="more than 100"):
        parse_note(sign_note("text\n", KEY.signers() * (MAX_SIGNATURES + 1)).to_bytes())


def test_texts_and_signers_that_make_no_note():
    for text in ("no newline", "tab\t\n"):
        with pytest.raises(InputError, match="newline"):
            sign_note(text, KEY.signers())
    with pytest.raises(InputError, match="at least one"):
        sign_note("text\n", [])


def test_names_of_keys():
    check_key_name("é" * 127 + "e")
    for name in ("", "a b", "a+b", "a\u2003b", "a\x00b", "é" * 128):
        with pytest.raises(InputError, match="name of a key"):
            check_key_name(name)


def test_a_key_of_another_length_is_refused():
    prime = (2**255 - 19).to_bytes(32, "little")
    with pytest.raises(InputError, match="forge"):
        VerifierKey(name="a", type=SignatureType.ED25519, public_key=prime)
    with pytest.raises(InputError, match="31 bytes"):
        VerifierKey(name="a", type=SignatureType.ED25519, public_key=bytes(31))


def test_two_keys_that_cannot_be_told_apart_are_refused(monkeypatch):
    note = sign_note("text\n", KEY.signers())
    other = SigningKey(origin="log.example", ed25519_seed=bytes(range(1, 33)))
    same = [*KEY.log_verifiers(), *KEY.log_verifiers()]
    assert len(verify_note(note, same)) == 1
    monkeypatch.setattr(VerifierKey, "key_id", property(lambda _: b"same"))
    with pytest.raises(InputError, match="share the name"):
        verify_note(note, [*KEY.log_verifiers(), *other.log_verifiers()])
