"""Bundles as untrusted files: what is refused, and that each refusal has teeth."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import exchange_parts as parts
import pytest
from bundle_vectors import REFUSED, TRUNCATED
from hypothesis import given, settings
from hypothesis import strategies as st
from tampering import (
    OTHER_LOGS,
    PHOTO,
    SPELLINGS,
    announcing,
    announcing_twice,
    change_opening,
    digest_twice,
    earlier,
    flipped,
    leaf_beyond,
    link,
    other_salt,
    photograph,
    relogged,
    resigned,
    tar_with,
    twice,
)

from habeas.claims import encoding
from habeas.claims.claim import digest
from habeas.errors import HabeasError, IntegrityError, KeyFileError, StorageError
from habeas.ledger import archive, history
from habeas.ledger.archive import Limits, pack
from habeas.ledger.bundle import ALLOWED, MANIFEST, open_bundle, read_manifest
from habeas.ledger.envelope import is_sealed, open_file, seal_file
from habeas.ledger.history import records
from habeas.ledger.keys import generate_key, new_origin
from habeas.ledger.note import Note, parse_note
from habeas.registry.exporting import export_bundle


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sender")
    with parts.make(folder / "registry") as registry:
        for number in range(5):
            parts.record(
                registry, parts.named(f"p{number}", "نام ساختگی"), parts.named("q", f"N {number}")
            )
        parts.record(registry, photograph(registry, folder))
        export_bundle(registry, folder / "whole.bundle", compress=False)
        export_bundle(registry, folder / "whole.bundle.gz")
    return folder / "whole.bundle"


def opened(path: Path, tmp_path: Path, limits: Limits | None = None):
    folder = tmp_path / "out"
    folder.mkdir()
    return open_bundle(path, folder, limits)


def refused(path: Path, tmp_path: Path, words: str, limits: Limits | None = None) -> None:
    with pytest.raises(IntegrityError, match=words):
        opened(path, tmp_path, limits)
    outside = [one for one in tmp_path.iterdir() if one.name not in ("out", path.name)]
    assert outside == []


# What is accepted


def test_a_bundle_reads_back_as_it_was_written(bundle, tmp_path):
    found = opened(bundle, tmp_path)
    (log,) = found.histories
    entries = list(records(log))
    assert log.size == 7
    assert [entry.position for entry in entries] == list(range(7))
    assert all(
        digest(opening) == id_.hex() for entry in entries for id_, opening, _ in entry.openings
    )
    assert len(found.files) == 1


def test_gzip_and_plain_hold_the_same(bundle, tmp_path):
    zipped = bundle.with_name("whole.bundle.gz")
    assert parts.members(zipped) == parts.members(bundle)
    assert opened(zipped, tmp_path).manifest == read_manifest(
        parts.members(bundle)[MANIFEST], "bundle"
    )


def test_standard_tar_reads_it(bundle):
    with tarfile.open(bundle) as tar:
        names = tar.getnames()
    assert names[0] == MANIFEST
    assert names[1:] == sorted(names[1:])


def test_the_same_content_has_the_same_bytes(bundle, tmp_path):
    again = parts.write(tmp_path / "again", parts.members(bundle))
    assert again.read_bytes() == bundle.read_bytes()


def test_no_decoy_salt_is_in_a_bundle(tmp_path):
    with parts.make(tmp_path / "registry") as registry:
        parts.record(registry, parts.named("p", "N"))
        export_bundle(registry, tmp_path / "x", compress=False)
        decoys = [row.decoys for row in registry.store.entries(registry.log.id)]
    data = (tmp_path / "x").read_bytes()
    salts = [row[at : at + 32] for row in decoys for at in range(0, len(row), 32)]
    assert salts
    assert not any(salt in data or salt.hex().encode() in data for salt in salts)


# Fault 34: paths, links, devices, collisions


def evil_members():
    for name in ("../escaped", "/tmp/habeas-escaped", "logs/0/../../../escaped", "C:\\x", "NUL"):
        yield pytest.param(tarfile.TarInfo(name), id=f"path {name}")
    for kind, what in (
        (tarfile.SYMTYPE, "symlink"),
        (tarfile.LNKTYPE, "hard link"),
        (tarfile.CHRTYPE, "character device"),
        (tarfile.BLKTYPE, "block device"),
        (tarfile.FIFOTYPE, "pipe"),
        (tarfile.DIRTYPE, "folder"),
    ):
        info = tarfile.TarInfo("logs/0/leaves")
        info.type, info.linkname = kind, "/etc/passwd"
        yield pytest.param(info, id=what)
    for name in ("logs/0/vkeys", "logs/0/VKEYS", "logs/0/vkey\u0455", "bundle.json", "x" * 300):
        yield pytest.param(tarfile.TarInfo(name), id=f"name {name[:20]}")


@pytest.mark.parametrize("info", list(evil_members()))
def test_t34_a_member_that_the_manifest_does_not_name(bundle, tmp_path, info):
    refused(tar_with(bundle, tmp_path / "evil", info), tmp_path, "not taken in")


@pytest.mark.parametrize(
    "name",
    ["../escaped", "/escaped", "logs/0/../../escaped", "logs/00/vkeys", "evidence/AB", "a\\b", ""],
)
def test_t34_a_path_outside_that_the_manifest_names(bundle, tmp_path, name):
    refused(announcing(bundle, tmp_path / "evil", name), tmp_path, "announce")


def test_t34_a_link_in_the_place_of_a_file(bundle, tmp_path):
    data = bundle.read_bytes()
    at = data.index(b"logs/0/leaves\0")
    head = link("logs/0/leaves").tobuf(tarfile.USTAR_FORMAT, "ascii", "strict")
    path = tmp_path / "evil"
    path.write_bytes(data[:at] + head + data[at + 512 :])
    refused(path, tmp_path, "a symbolic link")


def test_t34_a_file_twice_in_the_manifest(bundle, tmp_path):
    refused(announcing_twice(bundle, tmp_path / "evil"), tmp_path, "twice or out of order")


def test_t34_mutant_a_reader_that_believes_headers_writes_outside(bundle, tmp_path, monkeypatch):
    def naive(stream, folder, member, place):
        head = stream.read(512)
        name = head[:100].rstrip(b"\0").decode()
        size = int(head[124:135], 8)
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(stream.read(size))
        stream.read(-size % 512)

    path = tmp_path / "evil"
    data = bundle.read_bytes()
    at = data.index(b"logs/0/tokens\0")
    info = tarfile.TarInfo("../../escaped")
    path.write_bytes(data[:at] + info.tobuf(tarfile.USTAR_FORMAT) + data[at + 512 :])
    monkeypatch.setattr(archive, "_take", naive)
    with pytest.raises((HabeasError, OSError)):
        opened(path, tmp_path / "deep") if (tmp_path / "deep").mkdir() is None else None
    assert (tmp_path / "escaped").exists()


# Fault 33: bombs


def test_t33_a_bomb_is_refused_before_it_unpacks(bundle, tmp_path):
    files = parts.members(bundle)
    files["evidence/" + "0" * 64] = b""
    told = json.loads(files[MANIFEST])
    told["members"].insert(0, {"path": "evidence/" + "0" * 64, "sha256": "0" * 64, "size": 2**32})
    path = parts.write(tmp_path / "evil", files, manifest=told)
    refused(path, tmp_path, "more than may be asked for")
    assert not any((tmp_path / "out").iterdir())


def zeros_bundle(tmp_path: Path, size: int) -> Path:
    import hashlib

    zeros = bytes(size)
    name = hashlib.sha256(zeros).hexdigest()
    files = {"bundle.json": b'{"format":"habeas-bundle/1","logs":[],"members":[]}'}
    files[f"evidence/{name}"] = zeros
    plain = parts.write(tmp_path / "plain", files)
    path = tmp_path / "bomb"
    with path.open("wb") as file, archive.compressed(file) as stream:
        stream.write(plain.read_bytes())
    plain.unlink()
    return path


def test_t33_gzip_of_zeros(tmp_path, monkeypatch):
    path = zeros_bundle(tmp_path, 8 << 20)
    refused(path, tmp_path, "more than may be asked for")
    monkeypatch.setattr(archive, "_check_members", lambda *_: None)  # the mutant
    (tmp_path / "out").rmdir()
    opened(path, tmp_path)
    assert sum(one.stat().st_size for one in (tmp_path / "out").rglob("*")) > 8 << 20


def test_t33_limits_on_the_number_of_files_and_the_manifest(bundle, tmp_path):
    refused(bundle, tmp_path, "more than 3 files", Limits(members=3))
    (tmp_path / "out").rmdir()
    refused(bundle, tmp_path, "larger than 10 bytes", Limits(manifest=10))


def test_t33_a_manifest_of_gigabytes_is_not_read(bundle, tmp_path):
    path = tmp_path / "evil"
    path.write_bytes(archive.header(MANIFEST, 8**11 - 1) + bundle.read_bytes()[512:])
    refused(path, tmp_path, "larger than")


def test_a_disk_without_room_is_told_before_anything_is_written(bundle, tmp_path, monkeypatch):
    from collections import namedtuple

    usage = namedtuple("usage", "free")
    monkeypatch.setattr(archive, "disk_usage", lambda _: usage(free=100))
    with pytest.raises(StorageError, match="no room"):
        opened(bundle, tmp_path)
    assert not any((tmp_path / "out").iterdir())


# Cut off, damaged, not a bundle


@settings(max_examples=40, deadline=None)
@given(share=st.floats(0, 0.999))
def test_truncated_anywhere(bundle, tmp_path_factory, share):
    for name in ("whole.bundle", "whole.bundle.gz"):
        data = bundle.with_name(name).read_bytes()
        tmp_path = tmp_path_factory.mktemp("cut")
        (tmp_path / "cut").write_bytes(data[: int(share * len(data))])
        with pytest.raises(IntegrityError):
            opened(tmp_path / "cut", tmp_path)


@settings(max_examples=60, deadline=None)
@given(share=st.floats(0, 0.9999), bit=st.integers(0, 7))
def test_one_bit_flipped_anywhere(bundle, tmp_path_factory, share, bit):
    data = bytearray(bundle.read_bytes())
    data[int(share * len(data))] ^= 1 << bit
    tmp_path = tmp_path_factory.mktemp("flip")
    (tmp_path / "flipped").write_bytes(data)
    with pytest.raises(IntegrityError):
        opened(tmp_path / "flipped", tmp_path)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\x1f\x8b\x08\x00", bytes(4096)])
def test_not_a_bundle(tmp_path, data):
    (tmp_path / "x").write_bytes(data)
    refused(tmp_path / "x", tmp_path, "cut off|does not begin")


def test_more_after_the_end(bundle, tmp_path):
    (tmp_path / "x").write_bytes(bundle.read_bytes() + b"x")
    refused(tmp_path / "x", tmp_path, "more in it")


def test_wrong_hash_and_its_mutant(bundle, tmp_path, monkeypatch):
    flipped(bundle, tmp_path / "x", PHOTO, 5)
    refused(tmp_path / "x", tmp_path, "other bytes than its SHA-256")

    def unhashed(source, target, member, place):
        target.write(source.read(member.size))

    monkeypatch.setattr(archive, "_copy", unhashed)
    import shutil

    shutil.rmtree(tmp_path / "out")
    opened(tmp_path / "x", tmp_path)


def test_something_hidden_between_files_and_its_mutant(bundle, tmp_path, monkeypatch):
    flipped(bundle, tmp_path / "x", PHOTO, 100)
    refused(tmp_path / "x", tmp_path, "hidden")
    monkeypatch.setattr(archive, "_skip_padding", lambda s, size, _: s.read(-size % 512))
    import shutil

    shutil.rmtree(tmp_path / "out")
    opened(tmp_path / "x", tmp_path)


# Fault 25: other spellings


def manifests():
    base = '{"format":"habeas-bundle/1","logs":[],"members":[]%s}'
    yield "duplicate key", base % ',"members":[]'
    yield "NaN", base % ',"x":NaN'
    yield (
        "too large a number",
        '{"format":"habeas-bundle/1","logs":[{"origin":"x","size":9007199254740993}],"members":[]}',
    )
    yield "white space", ' {"format":"habeas-bundle/1","logs":[],"members":[]}'
    yield "other order", '{"logs":[],"format":"habeas-bundle/1","members":[]}'
    yield "unknown field", base % ',"z":1'
    yield (
        "lone surrogate",
        '{"format":"habeas-bundle/1","logs":[{"origin":"\\ud800","size":1}],"members":[]}',
    )
    yield "deep nesting", '{"format":' + "[" * 100_000 + "]" * 100_000 + "}"
    yield "another format", '{"format":"habeas-bundle/2","logs":[],"members":[]}'
    yield "not JSON", "format: habeas-bundle/1"


@pytest.mark.parametrize(("what", "text"), list(manifests()), ids=[what for what, _ in manifests()])
def test_t25_manifest_in_another_spelling(tmp_path, what, text):
    files = {"bundle.json": b""}
    path = parts.write(tmp_path / "x", files, manifest=text.encode())
    refused(path, tmp_path, "manifest")


@pytest.mark.parametrize("what", SPELLINGS)
def test_t25_opening_in_another_spelling(bundle, tmp_path, what):
    path = relogged(bundle, tmp_path / "x", SPELLINGS[what])
    refused(path, tmp_path, "cannot be read|canonical form")


@pytest.mark.parametrize("what", ["duplicate key", "white space", "needless escape", "null"])
def test_t25_mutant_a_tolerant_reader_takes_another_spelling(bundle, tmp_path, monkeypatch, what):
    monkeypatch.setattr(
        encoding.CanonicalReader, "read", lambda self, data: self._decoder.decode(data)
    )
    opened(relogged(bundle, tmp_path / "x", SPELLINGS[what]), tmp_path)


@pytest.mark.parametrize("what", OTHER_LOGS)
def test_t51_an_opening_that_is_not_bound_to_its_log(bundle, tmp_path, what, monkeypatch):
    path = relogged(bundle, tmp_path / "x", OTHER_LOGS[what])
    refused(path, tmp_path, "another log|log of 32|cannot be read")
    monkeypatch.setattr(history, "require_log", lambda *_: None)  # the mutant
    (out := tmp_path / "mutant").mkdir()
    if what == "another log":
        open_bundle(path, out)
    else:  # the form of an opening stands guard without it
        with pytest.raises(IntegrityError):
            open_bundle(path, out)


def test_relogging_without_a_change_is_accepted(bundle, tmp_path):
    opened(relogged(bundle, tmp_path / "x", lambda opening: opening), tmp_path)


# Faults 24, 51, 52, 53: entries and openings that do not belong


def test_t24_an_entry_with_other_bytes(bundle, tmp_path, monkeypatch):
    path = parts.edited(bundle, tmp_path / "x", entries=earlier)
    refused(path, tmp_path, "not the one that stands at this place")
    monkeypatch.setattr(history, "leaf_hash", lambda data: leaf_of(bundle, data))
    import shutil

    shutil.rmtree(tmp_path / "out")
    opened(path, tmp_path)  # the mutant compares nothing


def leaf_of(bundle: Path, data: bytes) -> bytes:
    """A leaf hash that always agrees: that of the entry with the true year."""
    from habeas.ledger.tree import leaf_hash

    return leaf_hash(data.replace(b'"recorded":"1', b'"recorded":"2', 1))


def test_t51_an_opening_under_another_entry(bundle, tmp_path, monkeypatch):
    def move(data: bytes) -> bytes:
        lines = data.split(b"\n")
        at = next(n for n, line in enumerate(lines) if line.startswith(b"["))
        line = lines.pop(at)
        return b"\n".join([*lines[:-1], line, b""])

    path = parts.edited(bundle, tmp_path / "x", entries=move)
    refused(path, tmp_path, "belongs to no claim of this entry")


def test_t51_an_opening_before_any_entry(bundle, tmp_path):
    path = parts.edited(bundle, tmp_path / "x", entries=lambda data: b'["x"]\n' + data)
    refused(path, tmp_path, "where none can")


def test_t51_mutant_a_reader_that_does_not_look_into_the_entry(bundle, tmp_path, monkeypatch):
    def believing(lines, entry, origin, place):
        return tuple((bytes(32), line, None) for line in lines)

    monkeypatch.setattr(history, "_openings", believing)
    path = parts.edited(
        bundle, tmp_path / "x", entries=lambda data: change_opening(data, lambda o: o + b" ")
    )
    opened(path, tmp_path)


def test_t52_one_opening_twice(bundle, tmp_path):
    double = {"entries": lambda data: change_opening(data, twice)}
    path = parts.edited(bundle, tmp_path / "x", **double)
    refused(path, tmp_path, "twice or out of order")


def test_t52_two_openings_for_one_digest(bundle, tmp_path):
    """A second opening has a second digest: it belongs to no claim."""
    change = {"entries": lambda data: change_opening(data, other_salt)}
    refused(parts.edited(bundle, tmp_path / "x", **change), tmp_path, "belongs to no claim")


@pytest.mark.parametrize(
    ("what", "edit", "words"),
    [
        ("twice", digest_twice, "twice"),
        ("no digest", lambda e: {**e, "claims": []}, "cannot be read"),
        ("unpadded", lambda e: {**e, "claims": e["claims"][:3]}, "no padded size"),
        ("unsorted", lambda e: {**e, "claims": e["claims"][::-1]}, "not sorted"),
    ],
)  # fmt: skip
def test_t52_entries_that_are_none(bundle, tmp_path, what, edit, words):
    path = relogged(bundle, tmp_path / "x", lambda opening: opening, entry=edit)
    refused(path, tmp_path, words)


def test_t52_mutant_a_reader_that_only_decodes_entries(bundle, tmp_path, monkeypatch):
    edit = lambda e: {**e, "claims": sorted([*e["claims"], e["claims"][0]])}  # noqa: E731
    path = relogged(bundle, tmp_path / "x", lambda opening: opening, entry=edit)
    from habeas.ledger import entry

    monkeypatch.setattr(history, "read_entry", entry._reader.read)
    opened(path, tmp_path)


def test_t53_an_entry_beyond_the_signed_checkpoint(bundle, tmp_path):
    line = next(
        line
        for line in parts.members(bundle)["logs/0/entries"].split(b"\n")
        if line.startswith(b"0 ")
    )
    path = parts.edited(bundle, tmp_path / "x", entries=lambda data: data + b"7" + line[1:] + b"\n")
    refused(path, tmp_path, "beyond the last signed checkpoint")


def test_t53_a_leaf_beyond_the_signed_checkpoint_and_its_mutant(bundle, tmp_path, monkeypatch):
    path = leaf_beyond(bundle, tmp_path / "x")
    refused(path, tmp_path, "bytes of leaf hashes")
    monkeypatch.setattr(history, "_check_roots", lambda _: None)
    import shutil

    shutil.rmtree(tmp_path / "out")
    assert len(list(records(opened(path, tmp_path).histories[0]))) == 8


def test_root_that_the_leaves_do_not_give(bundle, tmp_path):
    path = parts.edited(bundle, tmp_path / "x", leaves=lambda data: data[:-1] + b"\0")
    refused(path, tmp_path, "do not give the root")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d.replace(b"0 {", b"00 {", 1), "no later entry"),
        (lambda d: d.replace(b"1 {", b"0 {", 1), "no later entry"),
        (lambda d: d[:-1], "unfinished"),
        (lambda d: d + b"\n", "empty"),
        (lambda d: d + b"-1 {}\n", "no later entry"),
    ],
)
def test_lines_that_are_not_those_of_entries(bundle, tmp_path, change, words):
    refused(parts.edited(bundle, tmp_path / "x", entries=change), tmp_path, words)


# Fault 21: keys and signatures


def test_t21_a_checkpoint_signed_by_another_key(bundle, tmp_path, monkeypatch):
    path = parts.edited(bundle, tmp_path / "x", checkpoints=resigned)
    refused(path, tmp_path, "not signed by the key")

    def unverified(data, log, *, place=""):
        from habeas.ledger.checkpoint import SignedCheckpoint, parse_checkpoint

        note: Note = parse_note(data)
        return SignedCheckpoint(checkpoint=parse_checkpoint(note.text), note=note)

    monkeypatch.setattr(history, "open_checkpoint", unverified)
    import shutil

    shutil.rmtree(tmp_path / "out")
    opened(path, tmp_path)  # the mutant looks at no signature


def test_t21_keys_of_another_log(bundle, tmp_path):
    stranger = generate_key(new_origin()).log_verifiers()[0].key.encode() + "\n"
    path = parts.edited(bundle, tmp_path / "x", vkeys=lambda _: stranger.encode())
    refused(path, tmp_path, "another log")


def test_an_origin_that_could_be_taken_for_another(bundle, tmp_path):
    files = parts.members(bundle)
    told = json.loads(files[MANIFEST])
    told["logs"][0]["origin"] = "evil.invalid/log/" + told["logs"][0]["origin"][-32:]
    files[MANIFEST] = json.dumps(told).encode()
    refused(parts.write(tmp_path / "x", files), tmp_path, "not the origin")


@pytest.mark.parametrize("change", [lambda d: d + d, lambda d: d.splitlines(True)[-1] + d])
def test_checkpoints_out_of_order(bundle, tmp_path, change):
    refused(parts.edited(bundle, tmp_path / "x", checkpoints=change), tmp_path, "larger one")


def test_a_manifest_that_forgets_a_file_of_a_log(bundle, tmp_path):
    files = parts.members(bundle)
    del files["logs/0/tokens"]
    refused(parts.write(tmp_path / "x", files), tmp_path, "logs/0/tokens")


def test_evidence_under_another_name(bundle, tmp_path):
    files = parts.members(bundle)
    files["evidence/" + "0" * 64] = b"other"
    refused(parts.write(tmp_path / "x", files), tmp_path, "another SHA-256")


# Envelopes


def test_t31_an_envelope_for_another_recipient(bundle, tmp_path):
    import pyrage

    reader, stranger = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    seal_file(bundle, tmp_path / "x.age", [str(reader.to_public())])
    assert is_sealed(tmp_path / "x.age")
    assert not is_sealed(bundle)
    with pytest.raises(KeyFileError, match="cannot be opened"):
        open_file(tmp_path / "x.age", tmp_path / "out", [str(stranger)])
    open_file(tmp_path / "x.age", tmp_path / "again", [str(reader)])
    assert (tmp_path / "again").read_bytes() == bundle.read_bytes()
    with pytest.raises(KeyFileError, match="encrypted"):
        open_file(tmp_path / "x.age", tmp_path / "out", [])
    for call, text in ((seal_file, "age1nobody"), (open_file, "AGE-SECRET-KEY-1")):
        with pytest.raises(HabeasError, match="no age"):
            call(bundle, tmp_path / "out2", [text])


# The container alone


def test_pack_refuses_a_file_that_changed(tmp_path):
    (tmp_path / "file").write_bytes(b"one")
    member = archive.member_of("evidence/" + "0" * 64, tmp_path / "file")
    (tmp_path / "file").write_bytes(b"two")
    with pytest.raises(IntegrityError, match="other bytes"):
        pack(io.BytesIO(), MANIFEST, b"{}", [(member, tmp_path / "file")])


def test_the_vectors(tmp_path):
    """`tests/vectors/bundle.json`: bundles that every reader takes or refuses."""
    folder = Path(__file__).parents[1] / "vectors"
    vectors = json.loads((folder / "bundle.json").read_text(encoding="utf-8"))
    assert {test["file"] for test in vectors["tests"]} == {
        path.name for path in (folder / "bundle").iterdir()
    }
    words = {vector.file: vector.words for vector in REFUSED} | {"truncated.bundle": TRUNCATED}
    for test in vectors["tests"]:
        assert set(test["flags"]) <= set(vectors["flags"])
        out = tmp_path / str(test["id"])
        out.mkdir()
        path = folder / "bundle" / test["file"]
        if test["result"] == "valid":
            found = open_bundle(path, out)
            assert [log.origin for log in found.histories] == test["origins"], test["comment"]
            assert sum(len(list(records(log))) for log in found.histories) == test["entries"]
        else:
            with pytest.raises(IntegrityError, match=words[test["file"]]):
                open_bundle(path, out)


def test_unpack_names_only_what_is_allowed():
    assert ALLOWED.fullmatch("logs/0/vkeys")
    assert not ALLOWED.fullmatch("logs/0/vkeys\n")
