"""Statements of succession: who may make one, and what they cannot be taken for."""

import pytest

from habeas.errors import IntegrityError
from habeas.ledger import succession
from habeas.ledger.checkpoint import Checkpoint, parse_checkpoint
from habeas.ledger.keys import SigningKey
from habeas.ledger.note import parse_note, sign_note
from habeas.ledger.succession import HEAD, read_succession, sign_succession

OLD, NEW, STRANGER = ("habeas.invalid/log/" + digit * 32 for digit in "123")


def key(origin, number, *, post_quantum=False):
    seed = bytes([number]) * 32
    return SigningKey(
        origin=origin, ed25519_seed=seed, ml_dsa_44_seed=seed if post_quantum else None
    )


def vkeys(*keys):
    return [verifier.key.encode() for one in keys for verifier in one.log_verifiers()]


OLD_KEY, OLD_BOTH = key(OLD, 1), key(OLD, 1, post_quantum=True)
NEW_KEY = key(NEW, 2, post_quantum=True)
OTHER = key(STRANGER, 3)
SAME_NAME = key(OLD, 3)


def note(lines, signer=OLD_KEY):
    return sign_note("\n".join(lines) + "\n", signer.signers()[:1]).to_bytes().decode()


def published(one):
    return "\n".join(vkeys(one))


@pytest.mark.parametrize("old", [OLD_KEY, OLD_BOTH], ids=["ed25519", "post-quantum"])
def test_what_is_signed_is_read(old):
    statement = sign_succession(old, 41, vkeys(NEW_KEY))
    read = read_succession(statement, published(old))
    assert (read.origin, read.size) == (OLD, 41)
    assert list(read.successors) == vkeys(NEW_KEY)
    assert len(parse_note(statement.encode()).signatures) == 1


def test_the_post_quantum_key_alone_signs_no_succession():
    statement = sign_succession(OLD_BOTH, 41, vkeys(NEW_KEY))
    second = vkeys(OLD_BOTH)[1]
    with pytest.raises(IntegrityError, match="did not sign"):
        read_succession(statement, second)


def test_no_key_signs_a_succession_as_a_witness():
    text = "\n".join([HEAD, OLD, "41", *vkeys(NEW_KEY)]) + "\n"
    for signer in OLD_BOTH.cosigners(time=1):
        with pytest.raises(IntegrityError):
            sign_note(text, [signer])


def test_without_a_known_key_nothing_is_believed():
    with pytest.raises(IntegrityError, match="did not sign"):
        read_succession(sign_succession(OTHER, 1, vkeys(NEW_KEY)), "")


@pytest.mark.parametrize("signer", [OTHER, SAME_NAME], ids=["other name", "same name"])
def test_another_key_says_nothing_about_this_log(signer):
    forged = note([HEAD, OLD, "41", *vkeys(NEW_KEY)], signer)
    with pytest.raises(IntegrityError, match="did not sign"):
        read_succession(forged, published(OLD_KEY))


def test_a_log_does_not_speak_for_another():
    forged = note([HEAD, OLD, "41", *vkeys(NEW_KEY)], OTHER)
    with pytest.raises(IntegrityError, match="did not sign"):
        read_succession(forged, published(OTHER))


@pytest.mark.parametrize(
    ("old", "new"),
    [("\n41\n", "\n40\n"), (OLD, STRANGER), (vkeys(NEW_KEY)[0], vkeys(OTHER)[0])],
    ids=["size", "origin", "successor"],
)
def test_a_changed_statement_is_refused(old, new):
    statement = sign_succession(OLD_KEY, 41, vkeys(NEW_KEY))
    assert statement.count(old) >= 1
    with pytest.raises(IntegrityError):
        read_succession(statement.replace(old, new, 1), published(OLD_KEY))


@pytest.mark.parametrize(
    "lines",
    [
        ["habeas-succession/2", OLD, "41", *vkeys(NEW_KEY)],
        [HEAD, OLD, "41"],
        [HEAD, OLD],
        [HEAD],
        [HEAD, OLD, "041", *vkeys(NEW_KEY)],
        [HEAD, OLD, "-1", *vkeys(NEW_KEY)],
        [HEAD, OLD, "٤١", *vkeys(NEW_KEY)],
        [HEAD, OLD, "41", "no key"],
        [HEAD, OLD, "41", *vkeys(NEW_KEY), ""],
        [HEAD + "\u2028" + OLD, "41", *vkeys(NEW_KEY)],
        ["\u2028".join([HEAD, OLD, "41", *vkeys(NEW_KEY)])],
        [""],
    ],
    ids=str,
)
def test_another_text_of_the_right_key_is_no_succession(lines):
    with pytest.raises(IntegrityError):
        read_succession(note(lines), published(OLD_KEY))


@pytest.mark.parametrize("text", ["", "\ud800", "no note", "\n\n\n"], ids=ascii)
def test_what_is_no_note_is_refused(text):
    with pytest.raises(IntegrityError):
        read_succession(text, published(OLD_KEY))


def test_a_statement_is_never_a_checkpoint():
    text = parse_note(sign_succession(OLD_KEY, 41, vkeys(NEW_KEY)).encode()).text
    with pytest.raises(IntegrityError):
        parse_checkpoint(text)
    numbered = key("41", 1)
    text = parse_note(sign_succession(numbered, 41, vkeys(NEW_KEY)).encode()).text
    with pytest.raises(IntegrityError):
        parse_checkpoint(text)


def test_a_checkpoint_is_never_a_statement():
    named = key(HEAD, 1)
    checkpoint = Checkpoint(origin=HEAD, size=41, root=bytes(32), extensions=tuple(vkeys(NEW_KEY)))
    for signer in (named, OLD_KEY):
        statement = sign_note(checkpoint.text, signer.signers()[:1]).to_bytes().decode()
        with pytest.raises(IntegrityError):
            read_succession(statement, published(signer))


def test_mutant_signing_with_every_key(monkeypatch):
    monkeypatch.setattr(
        succession, "sign_note", lambda text, _: sign_note(text, OLD_BOTH.signers())
    )
    with pytest.raises(IntegrityError, match="checkpoint"):
        sign_succession(OLD_BOTH, 41, vkeys(NEW_KEY))


def test_mutant_a_reader_that_checks_no_signature(monkeypatch):
    forged = note([HEAD, OLD, "41", *vkeys(NEW_KEY)], OTHER)
    monkeypatch.setattr(succession, "verify_note", lambda *_, **__: ("held",))
    assert read_succession(forged, published(OLD_KEY)).origin == OLD
