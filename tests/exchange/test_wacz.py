"""WACZ in: hashed again to the last record, held back when anything is not as stated."""

from __future__ import annotations

import gzip
import sys
import zipfile
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.claims.claim import Claim
from habeas.claims.values import File, Quantity, Text
from habeas.errors import InputError, NotFoundError
from habeas.evidence.timestamp import make_request
from habeas.exchange import wacz as reading
from habeas.exchange import wacz_records, wacz_signature
from habeas.exchange.capture_recording import plan_capture, record_capture
from habeas.exchange.wacz import read_wacz
from habeas.exchange.wacz_records import check_records
from habeas.registry.registry import create_registry
from habeas.registry.undoing import withdraw_run

sys.path.insert(0, str(Path(__file__).parent))
import web_captures as web

SOURCE = "source:invented-capture"


@pytest.fixture
def registry(tmp_path):
    with create_registry(tmp_path / "registry", organisation="Invented archive") as made:
        with made.recording() as recording:
            recording.entry(
                [
                    Claim(
                        subject=SOURCE,
                        predicate="title",
                        value=Text(text="An invented capture"),
                        source="org:invented-archive",
                        sensitivity="team",
                    )
                ]
            )
        yield made


def only(capture):
    (file,) = capture.files
    return file


def checks(file) -> str:
    return " | ".join(said.value.text for said in file.said if said.checked)


def records(data: bytes):
    return check_records(iter([data]), "data.warc", packed=len(data))


# A good package


def test_a_good_package_is_kept_with_its_pages(tmp_path):
    file = only(read_wacz(web.write_wacz(tmp_path / "a.wacz")))
    assert (file.fate, file.reason) == ("kept", "")
    said = [(one.predicate, one.value.text) for one in file.said if not one.checked]
    assert said == [
        ("title", "An invented collection"),
        ("capture_tool", "invented-crawler 1.0"),
        ("url", "https://invented.example/page"),
        ("title", "An invented page / صفحهٔ ساختگی"),
        ("url", "https://invented.example/other"),
        ("captured", "2024-05-01T10:00:00Z/2024-05-02T11:30:00Z"),
    ]
    page = next(one for one in file.said if one.predicate == "url")
    assert page.locator[0].text == "pages/pages.jsonl, line 2"
    assert page.holds.text == "2024-05-01T10:00:00Z"
    assert "3 files hashed again" in checks(file)
    assert "3 WARC records read whole: the digests of 3 computed again" in checks(file)


def test_plain_records_are_read_as_packed_ones_are(tmp_path):
    plain, packed = records(web.warc(packed=False)), records(web.warc())
    assert plain == packed
    assert (plain.count, plain.verified, plain.faults) == (3, 3, ())


def test_it_is_recorded_once_byte_for_byte_and_undone(registry, tmp_path):
    path = web.write_wacz(tmp_path / "a.wacz")
    planned = plan_capture(registry, read_wacz(path), SOURCE)
    assert planned.line() == "1 files in = 1 to keep + 0 held back + 0 rejected"
    assert not list(registry.evidence)
    made = record_capture(registry, read_wacz(path), SOURCE)
    assert made.run
    assert made.line() == "1 files in = 1 kept + 0 held back + 0 rejected"
    (sha256,) = registry.evidence
    assert registry.evidence.path(sha256).read_bytes() == path.read_bytes()
    view = registry.view("team")
    assert not registry.view("partners").claims(subject=f"item:{sha256}")
    urls = [c.claim for c in view.claims(subject=f"item:{sha256}", predicate="url")]
    assert {claim.source for claim in urls} == {SOURCE}
    (stored,) = view.claims(subject=f"item:{sha256}", predicate="file")
    assert isinstance(stored.claim.value, File)
    assert stored.claim.value.media_type == "application/wacz"
    (kept,) = view.claims(subject=made.run, predicate="files_kept")
    assert isinstance(kept.claim.value, Quantity)

    size = registry.store.size(registry.log.id)
    again = record_capture(registry, read_wacz(path), SOURCE)
    assert (again.run, again.already) == (None, 1)
    assert plan_capture(registry, read_wacz(path), SOURCE).already == 1
    assert registry.store.size(registry.log.id) == size

    assert withdraw_run(registry, made.run, "invented reason") > 5
    assert record_capture(registry, read_wacz(path), SOURCE).run


def test_a_source_that_nobody_recorded_is_refused(registry, tmp_path):
    capture = read_wacz(web.write_wacz(tmp_path / "a.wacz"))
    with pytest.raises(NotFoundError):
        plan_capture(registry, capture, "source:unknown")
    with pytest.raises(NotFoundError):
        record_capture(registry, capture, "source:unknown")
    assert not list(registry.evidence)


def test_a_file_that_changed_after_it_was_checked_is_refused(registry, tmp_path):
    path = web.write_wacz(tmp_path / "a.wacz")
    capture = read_wacz(path)
    path.write_bytes(path.read_bytes() + b"\0")
    size = registry.store.size(registry.log.id)
    with pytest.raises(InputError, match="changed after it was checked"):
        record_capture(registry, capture, SOURCE)
    assert registry.store.size(registry.log.id) == size


# What is not as stated


def changed(name: str, data: bytes) -> dict[str, bytes]:
    return {**web.files(), name: data}


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        (changed("archive/data.warc.gz", web.warc(2)), "archive/data.warc.gz is not what"),
        (changed("pages/pages.jsonl", web.PAGES.encode() + b" "), "pages/pages.jsonl is not what"),
        (changed("fuzzy.js", b"x"), "fuzzy.js is in the package, and no list names it"),
        (
            {name: data for name, data in web.files().items() if "index" not in name},
            "indexes/index.cdx is listed and missing",
        ),
    ],
)
def test_a_package_that_differs_from_its_list_is_held(tmp_path, registry, parts, words):
    path = web.write_wacz(tmp_path / "a.wacz", parts, listed=web.package(web.files()))
    capture = read_wacz(path)
    assert only(capture).fate == "held"
    assert words in only(capture).reason
    account = record_capture(registry, capture, SOURCE)
    assert (account.run, account.held) == (None, 1)
    assert not list(registry.evidence)


def test_the_mutant_that_does_not_compare_keeps_it(tmp_path, monkeypatch):
    parts = changed("archive/data.warc.gz", web.warc(2))
    path = web.write_wacz(tmp_path / "a.wacz", parts, listed=web.package(web.files()))
    monkeypatch.setattr(reading, "_resource_fault", lambda *_: "")
    assert only(read_wacz(path)).fate == "kept"


def test_a_seal_of_another_list_is_a_fault(tmp_path, monkeypatch):
    path = web.write_wacz(tmp_path / "a.wacz", seal=web.digest(b"{}"))
    assert "is not the one that datapackage-digest.json seals" in only(read_wacz(path)).reason
    monkeypatch.setattr(reading, "_check_seal", lambda *_: None)
    assert only(read_wacz(path)).fate == "kept"


@pytest.mark.parametrize("seal", [b"", b"{", b"[" * 100_000, b'{"hash": 1}', b"\xff"])
def test_a_seal_that_cannot_be_read_is_a_fault(tmp_path, seal):
    path = web.write_wacz(tmp_path / "a.wacz", seal=seal)
    assert "datapackage-digest.json cannot be read" in only(read_wacz(path)).reason


def test_what_is_missing_without_harm_is_told(tmp_path):
    parts = {"archive/data.warc": web.warc(packed=False)}
    path = tmp_path / "a.wacz"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("archive/data.warc", parts["archive/data.warc"])
        made.writestr("datapackage.json", web.package(parts))
    capture = read_wacz(path)
    assert only(capture).fate == "kept"
    told = " ".join(capture.remarks)
    assert "nothing seals" in told
    assert "no index" in told
    assert "no list of pages" in told
    # when the package was made is not when its pages were captured
    assert not [said for said in only(capture).said if said.predicate == "captured"]


def test_a_package_without_a_web_archive_is_held(tmp_path):
    path = web.write_wacz(tmp_path / "a.wacz", {"pages/pages.jsonl": web.PAGES.encode()})
    assert "no WARC file" in only(read_wacz(path)).reason


@pytest.mark.parametrize("listed", [b"", b"[]", b'{"resources": 1}', b"[" * 100_000, b"\xff"])
def test_a_list_that_cannot_be_read_is_refused(tmp_path, listed):
    path = web.write_wacz(tmp_path / "a.wacz", listed=listed)
    with pytest.raises(InputError, match=r"datapackage\.json cannot be read"):
        read_wacz(path)


@pytest.mark.parametrize("data", [b"PK\x05\x06", b"no zip at all"])
def test_what_is_no_zip_is_refused(tmp_path, data):
    path = tmp_path / "a.wacz"
    path.write_bytes(data)
    with pytest.raises(InputError, match="zip"):
        read_wacz(path)


def test_another_zip_is_refused(tmp_path):
    path = tmp_path / "a.wacz"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("a.txt", "x")
    with pytest.raises(InputError, match="this is no WACZ"):
        read_wacz(path)


@pytest.mark.parametrize("name", ["../../outside.warc", "/etc/outside", "C:/outside"])
def test_names_that_lead_out_are_refused(tmp_path, name):
    path = web.write_wacz(tmp_path / "a.wacz", {**web.files(), name: b"x"})
    with pytest.raises(InputError, match="leads out"):
        read_wacz(path)


def test_a_bomb_in_the_zip_is_refused(tmp_path):
    path = tmp_path / "a.wacz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("archive/data.warc", bytes(100_000_000))
        made.writestr("datapackage.json", "{}")
    with pytest.raises(InputError, match="bomb"):
        read_wacz(path)


def test_a_damaged_part_is_a_fault(tmp_path):
    path = web.write_wacz(tmp_path / "a.wacz")
    data = bytearray(path.read_bytes())
    at = data.index(web.files()["indexes/index.cdx"])
    data[at] ^= 1
    path.write_bytes(data)
    assert "the part indexes/index.cdx is damaged" in only(read_wacz(path)).reason


# The records


def flipped(data: bytes, words: bytes) -> bytes:
    at = data.index(words)
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def test_one_wrong_digest_is_told_with_its_url_and_place():
    made = records(flipped(web.warc(packed=False), b"invented page 1"))
    assert (made.count, made.verified) == (3, 2)
    (fault,) = made.faults
    assert f"{web.URL}/1" in fault
    assert "record at byte" in fault
    assert "digest failed" in fault


def test_a_package_with_one_wrong_record_is_held(tmp_path, monkeypatch):
    parts = {"archive/data.warc": flipped(web.warc(packed=False), b"invented page 1")}
    path = web.write_wacz(tmp_path / "a.wacz", parts)
    assert f"{web.URL}/1" in only(read_wacz(path)).reason
    right = wacz_records.Records(count=3, verified=3, bare=0, faults=())
    monkeypatch.setattr(reading, "check_records", lambda *_, **__: right)
    assert only(read_wacz(path)).fate == "kept"


@pytest.mark.parametrize("packed", [True, False])
def test_a_cut_file_is_told_wherever_it_is_cut(packed):
    whole = web.warc(2, packed=packed)
    ends = {len(whole)} | ({len(whole) - n for n in (1, 2, 3, 4)} if not packed else set())
    for at in range(1, len(whole), 37):
        if at not in ends:
            made = records(whole[:at])
            assert made.faults or made.count == 1, at  # cut between two records, nothing can tell
            if made.count == 1 and not made.faults:
                assert whole[at:].startswith((b"WARC/", b"\x1f\x8b", b"\r\n", b"\n"))
    assert not records(whole).faults


def test_the_mutant_that_does_not_count_misses_the_cut(monkeypatch):
    whole = web.warc(1, packed=False)
    cut = whole[: len(whole) - 50]
    assert "cut short" in records(cut).faults[0]

    def careless(record):
        while record.raw_stream.read(1000):
            pass
        return []

    monkeypatch.setattr(wacz_records, "_read_whole", careless)
    assert not records(cut).faults


@pytest.mark.parametrize("by", [-40, -1, 1, 40, 10**9, 10**30])
def test_a_record_that_lies_about_its_length_is_told(by):
    data = web.warc(2, packed=False)
    head, _, rest = data.partition(b"Content-Length: ")
    said, _, rest = rest.partition(b"\r\n")
    lie = head + b"Content-Length: " + str(int(said) + by).encode() + b"\r\n" + rest
    assert records(lie).faults


@pytest.mark.parametrize("said", [b"-5", b"x", b"", "۵".encode(), b"1e3"])
def test_a_record_without_a_length_is_told(said):
    data = web.warc(1, packed=False)
    head, _, rest = data.partition(b"Content-Length: ")
    rest = rest.partition(b"\r\n")[2]
    assert records(head + b"Content-Length: " + said + b"\r\n" + rest).faults


def test_something_after_the_last_record_is_told():
    (fault,) = records(web.warc(2) + b"trailing").faults
    assert "no gzip after a record" in fault
    assert records(web.warc(2, packed=False) + b"trailing").faults


def test_a_bomb_among_the_records_ends_soon(monkeypatch):
    monkeypatch.setattr(wacz_records, "FREE", 1_000_000)
    bomb = web.warc(1) + gzip.compress(b"WARC/1.1\r\n" + bytes(30_000_000))
    assert records(bomb).faults
    line = records(gzip.compress(b"WARC/1.1\r\nX: " + b"a" * 5_000_000)).faults
    assert line
    lines = gzip.compress(b"WARC/1.1\r\n" + b"X: a\r\n" * 900_000)
    monkeypatch.setattr(wacz_records, "FREE", 100_000_000)
    assert "headers" in records(lines).faults[0]


def test_content_that_unpacks_to_very_much_is_a_bomb(monkeypatch):
    head = b"WARC/1.1\r\nWARC-Type: resource\r\nContent-Length: 50000000\r\n\r\n"
    data = gzip.compress(head + bytes(50_000_000) + b"\r\n\r\n")
    monkeypatch.setattr(wacz_records, "FREE", 1_000_000)
    monkeypatch.setattr(wacz_records, "MAX_FACTOR", 2)
    assert "a bomb" in records(data).faults[0]
    monkeypatch.setattr(wacz_records, "MAX_FACTOR", 10_000)
    assert not records(data).faults


@given(data=st.binary(max_size=300), start=st.sampled_from([b"", b"WARC/1.1\r\n", b"\x1f\x8b"]))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_read_or_told(data, start):
    made = records(start + data)
    assert made.faults or made.count


@given(at=st.integers(0, 2000), to=st.integers(0, 255))
@settings(max_examples=150, deadline=None)
def test_no_changed_byte_of_the_content_goes_unnoticed(at, to):
    whole = web.warc(1)
    at %= len(whole)
    changed_ = whole[:at] + bytes([to]) + whole[at + 1 :]
    try:
        same = gzip.decompress(changed_) == gzip.decompress(whole)
    except (OSError, EOFError, zlib.error):
        same = False
    assert records(changed_).faults or same


# Signatures


def signed_by_nobody(listed: bytes, key, *, raw: bool = False) -> bytes:
    data = f"sha256:{web.sha256(listed)}".encode()
    signature = key.sign(data, ec.ECDSA(hashes.SHA256()))
    if raw:
        width = (key.key_size + 7) // 8
        signature = b"".join(n.to_bytes(width) for n in decode_dss_signature(signature))
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return web.digest(
        listed,
        signature=web.text64(signature),
        publicKey=web.text64(public),
        created="2024-05-03T00:00:00Z",
        software="invented",
    )


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1()])
@pytest.mark.parametrize("raw", [True, False])
def test_an_anonymous_signature_verifies_and_names_nobody(tmp_path, curve, raw):
    listed = web.package(web.files())
    seal = signed_by_nobody(listed, ec.generate_private_key(curve), raw=raw)
    file = only(read_wacz(web.write_wacz(tmp_path / "a.wacz", seal=seal)))
    assert file.fate == "kept"
    assert "signed by an anonymous key" in checks(file)


def test_a_signature_over_something_else_is_a_fault(tmp_path, monkeypatch):
    listed = web.package(web.files())
    seal = signed_by_nobody(b"something else", ec.generate_private_key(ec.SECP256R1()))
    seal = seal.replace(web.sha256(b"something else").encode(), web.sha256(listed).encode())
    path = web.write_wacz(tmp_path / "a.wacz", seal=seal)
    assert "it does not verify" in only(read_wacz(path)).reason
    monkeypatch.setattr(wacz_signature, "_verify", lambda *_: None)
    assert only(read_wacz(path)).fate == "kept"


def domain_signed(listed: bytes, authority, **changes: str) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "invented.example")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(authority.root.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("invented.example")]), False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.root.key.public_key()),
            False,
        )
        .sign(authority.root.key, hashes.SHA256())
    )
    signature = web.text64(
        key.sign(f"sha256:{web.sha256(listed)}".encode(), ec.ECDSA(hashes.SHA256()))
    )
    stamped = changes.pop("stamped", signature)
    parts = {
        "signature": signature,
        "domain": "invented.example",
        "domainCert": certificate.public_bytes(Encoding.PEM).decode(),
        "timeSignature": web.text64(authority.reply(make_request(stamped.encode()).der)),
        "timestampCert": authority.tsa.pem.decode() + authority.intermediate.pem.decode(),
        "created": now.isoformat(),
        "software": "invented",
        **changes,
    }
    return web.digest(listed, **parts)


def test_a_domain_signature_is_judged_with_its_timestamp(tmp_path, timestamp_authority):
    listed = web.package(web.files())
    seal = domain_signed(listed, timestamp_authority)
    path = web.write_wacz(tmp_path / "a.wacz", seal=seal)
    without = checks(only(read_wacz(path)))
    assert "signed for the web domain invented.example: the signature verifies" in without
    assert "not verified, no root certificate was given" in without
    with_roots = checks(only(read_wacz(path, roots=timestamp_authority.roots)))
    assert ": verified by " in with_roots
    strange = only(read_wacz(path, roots=timestamp_authority.stranger.pem))
    assert "the signature of the package: the timestamp does not verify" in strange.reason


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"domain": "other.example"}, "not for the domain"),
        ({"created": "2020-01-01T00:00:00Z"}, "its timestamp is"),
        ({"created": "2020-01-01"}, "with a zone"),
        ({"stamped": "something else"}, "for other data"),
        ({"timeSignature": "AAAA"}, "not a timestamp response"),
        ({"timeSignature": "ä"}, "not base64"),
        ({"domainCert": "none"}, "no certificate"),
    ],
)
def test_a_domain_signature_with_a_false_part_is_a_fault(
    tmp_path, timestamp_authority, changes, words
):
    seal = domain_signed(web.package(web.files()), timestamp_authority, **changes)
    path = web.write_wacz(tmp_path / "a.wacz", seal=seal)
    assert words in only(read_wacz(path, roots=timestamp_authority.roots)).reason


def test_the_signature_of_another_key_is_a_fault(tmp_path, timestamp_authority):
    listed = web.package(web.files())
    other = web.text64(
        ec.generate_private_key(ec.SECP256R1()).sign(b"x", ec.ECDSA(hashes.SHA256()))
    )
    seal = domain_signed(listed, timestamp_authority, signature=other, stamped=other)
    assert (
        "it does not verify"
        in only(read_wacz(web.write_wacz(tmp_path / "a.wacz", seal=seal))).reason
    )


def test_pages_that_are_none_are_told_with_their_line(tmp_path):
    parts = {
        **web.files(),
        "pages/pages.jsonl": b'{"url": 1}\nno json\n\n{"url": "https://x.example"}\n',
    }
    capture = read_wacz(web.write_wacz(tmp_path / "a.wacz", parts))
    told = " ".join(capture.remarks)
    assert "line 1 is no page" in told
    assert "line 2 is no page" in told
    assert [s.value.text for s in only(capture).said if s.predicate == "url"] == [
        "https://x.example"
    ]


def test_too_many_pages_are_told(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MAX_PAGES", 1)
    capture = read_wacz(web.write_wacz(tmp_path / "a.wacz"))
    assert "1 pages are not told one by one" in " ".join(capture.remarks)
