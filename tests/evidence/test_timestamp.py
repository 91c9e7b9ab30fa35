"""RFC 3161: requests, tokens, verification by two verifiers; fault 30 and flipped bits."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
import rfc3161_client

from habeas.errors import InputError, IntegrityError
from habeas.evidence import openssl_ts, timestamp
from habeas.evidence.openssl_ts import openssl_time, verify_with_openssl
from habeas.evidence.timestamp import accept, make_request, read_token, verify_token

DATA = b"example.org/invented-log\n7\nbase64root=\n"
OLD, NOW_EXPIRED = "20150601120000Z", "20200601120000Z"


@pytest.fixture(scope="module")
def authority(timestamp_authority):
    return timestamp_authority


@pytest.fixture(scope="module")
def request_():
    return make_request(DATA)


@pytest.fixture(scope="module")
def good(authority, request_) -> bytes:
    return authority.reply(request_.der)


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_a_request_holds_the_hash_a_nonce_and_asks_for_certificates(request_) -> None:
    parsed = rfc3161_client._rust.parse_timestamp_request(request_.der)
    assert request_.sha256 == digest(DATA)
    assert parsed.nonce == request_.nonce
    assert parsed.cert_req
    assert DATA not in request_.der
    assert make_request(DATA).nonce != request_.nonce


def test_nothing_cannot_be_stamped() -> None:
    with pytest.raises(InputError, match="nothing to timestamp"):
        make_request(b"")


def test_a_good_token(authority, request_, good) -> None:
    token = accept(request_, good)
    assert abs(token.time - datetime.now(UTC)) < timedelta(minutes=5)
    assert token.authority == "CN=Invented Authority"
    assert token.policy == "1.3.6.1.4.1.99999.1"
    assert int(token.serial) >= 0x100
    assert (token.hash_algorithm, token.imprint) == ("sha256", digest(DATA))
    assert token.sha256 == hashlib.sha256(good).hexdigest()
    verdict = verify_token(good, DATA, roots=authority.roots)
    assert (verdict.token, verdict.verifier) == (token, "rfc3161-client")


@pytest.mark.parametrize("algorithm", ["sha384", "sha512"])
def test_other_safe_hashes_are_read(authority, algorithm: str) -> None:
    response = authority.reply(authority.query(DATA, algorithm))
    assert verify_token(response, DATA, roots=authority.roots).token.hash_algorithm == algorithm


def test_the_expert_needs_only_openssl(authority, good, tmp_path) -> None:
    (tmp_path / "checkpoint").write_bytes(DATA)
    (tmp_path / "cp.tsr").write_bytes(good)
    (tmp_path / "ca.crt").write_bytes(authority.roots)
    command = "openssl ts -verify -data checkpoint -in cp.tsr -CAfile ca.crt"
    done = subprocess.run(
        command.split(), cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert "Verification: OK" in done.stdout


# Fault 30


def by_client(response: bytes, data: bytes, authority) -> str:
    roots = timestamp.load_certificates(authority.roots, "roots")
    token = msgspec.structs.replace(read_token(response), imprint=digest(data))
    return timestamp._refusal_by_client(response, token, roots, [])


def by_openssl(response: bytes, data: bytes, authority, time: datetime) -> str:
    try:
        verify_with_openssl(response, digest(data), time=time, roots=authority.roots)
    except IntegrityError as error:
        return error.reason
    return ""


def test_t30_a_token_for_other_data(authority, good) -> None:
    with pytest.raises(IntegrityError, match="for other data"):
        verify_token(good, DATA + b"x", roots=authority.roots)
    assert "Mismatch" in by_client(good, DATA + b"x", authority)
    assert "imprint" in by_openssl(good, DATA + b"x", authority, datetime.now(UTC))


@pytest.fixture(scope="module")
def faulty(authority, good):
    """Name of a fault -> a response with it."""
    module = sys.modules["habeas_test_authority"]
    intermediate = authority.intermediate

    def signed(name="Invented Authority", years=(2001, 2099), issuer=intermediate, time=None,
               **more):  # fmt: skip
        signer = module.issue(name, issuer, years=years, **{"usage": module.STAMPING} | more)
        return authority.forge(good, signer, time=time, certificates=(intermediate,))

    return {
        "expired": signed(years=(2014, 2016), time=NOW_EXPIRED),
        "not yet valid": signed(years=(2030, 2040)),
        "self-signed": signed(issuer=None),
        "stranger's root": signed(issuer=authority.stranger),
        "wrong purpose": signed(usage=module.CODE_SIGNING),
        "no purpose": signed(usage=None),
        "purpose not critical": signed(critical=False),
        "another's name": signed("Some Other Authority"),
        "old and good": signed(years=(2014, 2016), time=OLD),
        "good": signed(),
    }


FAULTS = ["expired", "not yet valid", "self-signed", "stranger's root", "wrong purpose",
          "no purpose", "purpose not critical", "another's name"]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_t30_a_faulty_certificate_is_refused_by_both(authority, faulty, fault: str) -> None:
    with pytest.raises(IntegrityError, match=r"does not verify.*rfc3161-client.*openssl"):
        verify_token(faulty[fault], DATA, roots=authority.roots)
    time = read_token(faulty[fault]).time
    assert by_client(faulty[fault], DATA, authority)
    assert by_openssl(faulty[fault], DATA, authority, time)


@pytest.mark.parametrize("fault", FAULTS)
def test_t30_mutant_without_the_verifiers_any_certificate_passes(
    authority, faulty, fault: str, monkeypatch
) -> None:
    monkeypatch.setattr(timestamp, "_refusal_by_client", lambda *_: "")
    assert verify_token(faulty[fault], DATA, roots=authority.roots)


def test_t30_the_forger_makes_good_tokens_too(authority, faulty) -> None:
    """So the faults above are refused for their fault and not for how they were made."""
    assert verify_token(faulty["good"], DATA, roots=authority.roots)
    time = read_token(faulty["good"]).time
    assert by_client(faulty["good"], DATA, authority) == ""
    assert by_openssl(faulty["good"], DATA, authority, time) == ""


def test_t30_an_old_token_is_judged_at_its_own_time(authority, faulty) -> None:
    old = faulty["old and good"]
    verdict = verify_token(old, DATA, roots=authority.roots)
    assert verdict.token.time == datetime(2015, 6, 1, 12, tzinfo=UTC)
    assert by_openssl(old, DATA, authority, verdict.token.time) == ""


def test_t30_mutant_judging_an_old_token_today_refuses_it(authority, faulty) -> None:
    assert "expired" in by_openssl(faulty["old and good"], DATA, authority, datetime.now(UTC))


def test_t30_the_root_of_somebody_else_is_refused(authority, good) -> None:
    with pytest.raises(IntegrityError, match="root certificate"):
        verify_token(good, DATA, roots=authority.stranger.pem)


def test_t30_roots_of_one_call_do_not_leak_into_the_next(authority, good) -> None:
    assert verify_token(good, DATA, roots=authority.roots)
    with pytest.raises(IntegrityError):
        verify_token(good, DATA, roots=authority.stranger.pem)
    assert verify_token(good, DATA, roots=authority.stranger.pem + authority.roots)


def test_t30_reordered_certificates_need_the_second_verifier(authority, request_, good) -> None:
    reordered = authority.ordered(good, reverse=True)
    assert reordered != good
    token = accept(request_, reordered)
    expected = read_token(good)
    assert token.sha256 != expected.sha256
    for field in token.__struct_fields__:
        assert field == "sha256" or getattr(token, field) == getattr(expected, field), field
    verdict = verify_token(reordered, DATA, roots=authority.roots)
    assert verdict.verifier == "openssl"
    assert "InvalidSetOrdering" in verdict.refusal
    with pytest.raises(IntegrityError, match="for other data"):
        verify_token(reordered, DATA + b"x", roots=authority.roots)
    with pytest.raises(IntegrityError, match="openssl refuses"):
        verify_token(reordered, DATA, roots=authority.stranger.pem)


def test_t30_mutant_without_openssl_reordered_certificates_are_lost(
    authority, good, monkeypatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(IntegrityError, match="openssl is not installed"):
        verify_token(authority.ordered(good, reverse=True), DATA, roots=authority.roots)
    assert verify_token(good, DATA, roots=authority.roots).verifier == "rfc3161-client"


def test_t30_a_bad_nonce(authority, request_) -> None:
    replayed = authority.reply(make_request(DATA).der)
    with pytest.raises(IntegrityError, match="random number"):
        accept(request_, replayed)
    with pytest.raises(IntegrityError, match="random number"):
        accept(request_, authority.reply(authority.query(DATA, "sha256")))


def test_t30_mutant_without_the_nonce_an_old_answer_passes(authority, request_) -> None:
    replayed = authority.reply(make_request(DATA).der)
    blind = timestamp.TimestampRequest(
        der=request_.der, sha256=request_.sha256, nonce=int(read_token(replayed).nonce)
    )
    assert accept(blind, replayed)


def test_t30_an_answer_for_another_hash(authority, request_) -> None:
    other = authority.reply(make_request(b"other").der)
    with pytest.raises(IntegrityError, match="another hash"):
        accept(request_, other)


def test_a_refusal_of_the_authority_is_told() -> None:
    # PKIStatusInfo: status 2 (rejection), statusString "closed"
    rejected = b"\x30\x0f\x30\x0d\x02\x01\x02\x30\x08\x0c\x06closed"
    with pytest.raises(IntegrityError, match=r"did not grant.*rejection \(closed\)"):
        read_token(rejected)


@pytest.mark.parametrize("junk", [b"", b"junk", b"\x30\x80", b"<html>", b"\x30\x03\x02\x01\x00"])
def test_junk_is_no_response(junk: bytes) -> None:
    with pytest.raises(IntegrityError, match="not a timestamp response"):
        read_token(junk)


def test_a_cut_response(good) -> None:
    with pytest.raises(IntegrityError):
        read_token(good[:-1])


@pytest.mark.parametrize("pem", [b"", b"junk", b"-----BEGIN CERTIFICATE-----\nAA\n"])
def test_roots_that_are_none(good, pem: bytes) -> None:
    with pytest.raises(InputError, match=r"the trust roots.*PEM"):
        verify_token(good, DATA, roots=pem)


def test_t08_a_flipped_bit_in_a_token_is_refused_or_changes_nothing_signed(authority, good) -> None:
    """Unsigned parts are malleable, so the log records the token's own hash (integrity.md, 6)."""
    expected = read_token(good)
    roots = timestamp.load_certificates(authority.roots, "roots")
    passed = 0
    for bit in range(0, len(good) * 8, 5):
        flipped = bytearray(good)
        flipped[bit // 8] ^= 1 << bit % 8
        if timestamp._refusal_by_client(bytes(flipped), expected, roots, []):
            continue
        passed += 1
        token = read_token(bytes(flipped))
        assert token.sha256 != expected.sha256
        assert (token.time, token.imprint) == (expected.time, expected.imprint)
    assert passed < len(good) * 8 / 5 / 20


def test_t08_mutant_without_the_signature_flipped_times_pass(authority, good) -> None:
    later = good.replace(b"\x18\x0f20", b"\x18\x0f19")
    assert read_token(later).time.year < 2000
    with pytest.raises(IntegrityError, match="does not verify"):
        verify_token(later, DATA, roots=authority.roots)


def test_t08_a_flipped_bit_never_crashes_the_reader(good, monkeypatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")  # the second reader is too slow to ask 2,000 times
    read = refused = 0
    for bit in range(0, len(good) * 8, 5):
        flipped = bytearray(good)
        flipped[bit // 8] ^= 1 << bit % 8
        try:
            token = read_token(bytes(flipped))
        except IntegrityError:
            refused += 1
        else:
            read += 1
            assert token.sha256 == digest(flipped)
    assert read > 100
    assert refused > 100


def test_times_as_openssl_prints_them() -> None:
    expected = datetime(2026, 11, 3, 5, 6, 7, tzinfo=UTC)
    assert openssl_time("Nov  3 05:06:07 2026 GMT") == expected
    assert openssl_time("Nov  3 05:06:07.125 2026 GMT") == expected
    with pytest.raises(IntegrityError):
        openssl_time("bad time value")


def test_an_openssl_that_hangs(authority, good, monkeypatch, tmp_path) -> None:
    slow = tmp_path / "openssl"
    slow.write_text("#!/bin/sh\nexec sleep 20\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    monkeypatch.setattr(openssl_ts, "_TIMEOUT", 0.2)
    with pytest.raises(IntegrityError, match="did not answer within"):
        verify_with_openssl(good, digest(DATA), time=datetime.now(UTC), roots=authority.roots)


def test_names_are_the_same_by_both_readers() -> None:
    assert timestamp._slashed_name("DirName:/C=XX/CN=Name") == "CN=Name,C=XX"
    assert timestamp._slashed_name("unspecified") == ""
