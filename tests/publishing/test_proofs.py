"""The proof pack: what is in it, what is not, and that it proves what a redacted dossier shows."""

from __future__ import annotations

import itertools
import re
from hashlib import sha256

import packs
import pytest
from packs import Bench, claim, forged, mutant

from habeas.claims import claim as claims_module
from habeas.claims.claim import read_opening
from habeas.claims.encoding import canonical
from habeas.claims.values import Text
from habeas.errors import InputError, NotFoundError
from habeas.ledger.cosignature import open_verifier
from habeas.ledger.keys import generate_key
from habeas.ledger.proof import parse_proof
from habeas.publishing.pack_folder import FIXED_TIME, write_pack
from habeas.publishing.proofs import claim_files, proof_pack
from habeas.publishing.sealing import SEAL, seal_pack
from habeas.registry import preparing as recording_module
from habeas.registry.appending import note_of
from habeas.registry.changing import erase
from habeas.registry.stamping import queue, stamp
from habeas.registry.store import TokenRow

DICTIONARY = ("invented-almond", "invented-birch", "invented-cedar", "invented-date")


@pytest.fixture(scope="module")
def bench(tmp_path_factory) -> Bench:
    return Bench(tmp_path_factory.mktemp("bench"))


@pytest.fixture
def registry(tmp_path):
    with packs.new_registry(tmp_path / "registry") as made:
        yield made


def entry_lines(files) -> dict[str, str]:
    """The leaf hash of each claim's entry, by the claim's digest."""
    lines = files["proofs/claims.txt"].decode().splitlines()[1:]
    return {digest: leaf for _, digest, leaf in (line.split() for line in lines)}


# What is in a pack


def test_the_same_record_makes_the_same_bytes(registry):
    found = packs.record(registry)
    shown = [found["late"], found["low"]]
    key = registry.key()
    assert packs.pack(registry, shown, key=key, evidence=False) == packs.pack(
        registry, shown, key=key, evidence=False
    )


def test_claims_bear_the_numbers_of_the_dossier_and_exact_bytes(registry):
    found = packs.record(registry)
    files = packs.pack(registry, [found["late"], found["low"]], evidence=False)
    for number, name in ((1, "late"), (2, "low")):
        assert sha256(files[f"claims/{number:04}.opening.json"]).hexdigest() == found[name]
    for leaf in entry_lines(files).values():
        assert sha256(b"\x00" + files[f"entries/{leaf}.json"]).hexdigest() == leaf


def test_many_claims_get_names_that_sort(registry):
    assert claim_files(2)[1] == "claims/0002.opening.json"
    names = claim_files(10_000)
    assert names[-1] == "claims/10000.opening.json"
    assert sorted(names) == names


def test_an_entry_with_several_shown_claims_is_there_once(registry):
    with registry.recording() as recording:
        both = recording.entry([claim("description", Text(text=f"part {n}")) for n in (1, 2)])
    files = packs.pack(registry, both, evidence=False)
    assert len([path for path in files if re.fullmatch(r"entries/.*\.json", path)]) == 1


def test_other_tools_read_the_proofs(registry):
    found = packs.record(registry)
    files = packs.pack(registry, [found["low"], found["late"]], evidence=False)
    keys = [open_verifier(line) for line in files["logs/1/vkeys.txt"].decode().splitlines()]
    for leaf in entry_lines(files).values():
        proof = parse_proof(files[f"entries/{leaf}.tlog-proof"])
        proof.verify(files[f"entries/{leaf}.json"], keys)


def test_nothing_to_show_twice_shown_and_unnamed_evidence_are_refused(registry):
    found = packs.record(registry)
    view = registry.view("public")
    low = view.claim(found["low"])
    with pytest.raises(InputError, match="at least one claim"):
        proof_pack(view, [])
    with pytest.raises(InputError, match="each claim once"):
        proof_pack(view, [low, low])
    with pytest.raises(InputError, match="no claim that is shown names the file"):
        proof_pack(view, [low], evidence=[packs.ITEM_SHA256])
    with pytest.raises(InputError, match="does not speak"):
        proof_pack(view, [low], language="xx")


@pytest.mark.parametrize(
    "path",
    ["../x", "/x", "a//b", "a b", ".x", "a/.x", "a/../b", "ا", "SHA256SUMS", "seal/x", "a\n"],
)
def test_a_list_of_files_takes_only_names_that_every_system_writes_alike(path):
    with pytest.raises(InputError):
        seal_pack({path: b""}, None)


def test_the_seal_is_over_a_text_that_no_log_signs():
    key = generate_key("habeas.invalid/log/" + "a" * 32)
    files = seal_pack({"index.html": b"x"}, key)
    head, digest, end = files["seal/statement.txt"].decode().split("\n")
    assert (head, end) == (SEAL, "")
    assert digest == sha256(files["SHA256SUMS"]).hexdigest()
    assert not head.startswith(("habeas.invalid/", "cosignature/", "habeas-succession/"))
    assert (
        f"{sha256(files['seal/key.pem']).hexdigest()}  seal/key.pem" in files["SHA256SUMS"].decode()
    )


def test_the_folder_tells_nothing_of_when_it_was_written(tmp_path):
    kept = tmp_path / "kept"
    kept.write_bytes(packs.ITEM)
    folder = tmp_path / "dossier"
    write_pack(folder, {"verify.sh": b"", "a/b.txt": b""}, evidence={packs.ITEM_SHA256: kept})
    written = [folder, *folder.rglob("*")]
    assert {path.stat().st_mtime for path in written} == {FIXED_TIME}
    assert (folder / "verify.sh").stat().st_mode & 0o111
    assert (folder / "evidence" / packs.ITEM_SHA256).read_bytes() == packs.ITEM
    with pytest.raises(InputError, match="not empty"):
        write_pack(folder, {"a": b""})


# Redaction


def test_a_claim_above_the_clearance_cannot_be_put_in(registry):
    found = packs.record(registry)
    hidden = registry.view("sealed").claim(found["secret"])
    with pytest.raises(NotFoundError):
        proof_pack(registry.view("public"), [hidden])


def test_a_redacted_pack_holds_nothing_of_what_it_hides(registry):
    found = packs.record(registry)
    files = packs.pack(registry, [found["low"]], evidence=False)
    _, *rest = (path for path, data in files.items() if found["secret"].encode() in data)
    assert rest == []  # the entry alone holds the digest, as one among its decoys
    salt, _ = read_opening(registry.store.opening(bytes.fromhex(found["secret"])).data)
    for path, data in files.items():
        assert packs.CANARY.encode() not in data, path
        assert salt.encode() not in data, path
    (leaf,) = set(entry_lines(files).values())
    entries = {path for path in files if path.startswith("entries/")}
    assert entries == {f"entries/{leaf}.json", f"entries/{leaf}.tlog-proof"}


def test_the_number_of_hidden_claims_does_not_show(tmp_path):
    """One claim alone, or with three hidden ones beside it: the same names and sizes of files."""
    sizes = []
    for hidden in range(4):
        with packs.new_registry(tmp_path / str(hidden), recorder="r-invented") as registry:
            secret = [claim("description", Text(text="x" * 99), sensitivity="sealed")] * hidden
            with registry.recording() as recording:
                shown, *_ = recording.entry([packs.about_200(), *secret])
            files = packs.pack(registry, [shown], key=registry.key(), evidence=False)
            hexes = re.compile("[0-9a-f]{64}")
            sizes.append(sorted((hexes.sub("*", path), len(data)) for path, data in files.items()))
    assert sizes[0] == sizes[1] == sizes[2] == sizes[3]


def test_what_is_recorded_afterwards_does_not_show(registry):
    found = packs.record(registry)
    shown = [found["low"], found["high"]]
    before = packs.pack(registry, shown, key=registry.key(), evidence=False)
    with registry.recording() as recording:
        for number in range(9):
            text = Text(text=f"hidden {number}")
            recording.entry([claim("description", text, sensitivity="sealed")])
    assert packs.pack(registry, shown, key=registry.key(), evidence=False) == before


def enumerate_digests(files, log: str, salts) -> set[str]:
    """What an attacker finds who knows the form of a hidden claim, but not the name in it."""
    known = set(re.findall(rb"[0-9a-f]{64}", b"\n".join(files.values())))
    guesses = set()
    for word, salt in itertools.product(DICTIONARY, salts):
        guess = claim("label", Text(text=word), sensitivity="sealed")
        opening = canonical((salt, log, guess))
        forms = [
            opening,
            canonical(guess),
            canonical((guess,)),
            word.encode(),
        ]
        if any(sha256(form).hexdigest().encode() in known for form in forms):
            guesses.add(word)
    return guesses


@pytest.mark.parametrize("salted", [True, False])
def test_t46_a_dictionary_finds_no_hidden_claim_unless_there_is_no_salt(
    tmp_path, monkeypatch, salted
):
    fixed = "0" * 64
    with packs.new_registry(tmp_path / "registry") as registry:
        if not salted:  # the mutant, which proves that the attack has teeth
            monkeypatch.setattr(claims_module, "new_salts", lambda count: [fixed] * count)
        with registry.recording() as recording:
            hidden = claim("label", Text(text=DICTIONARY[2]), sensitivity="sealed")
            shown, _ = recording.entry([packs.about_200(), hidden])
        files = packs.pack(registry, [shown], evidence=False)
        log = registry.log.origin.rpartition("/")[2]
    salt_shown, _ = read_opening(files["claims/0001.opening.json"])
    assert salted == (salt_shown != fixed)
    found = enumerate_digests(files, log, ["", fixed, salt_shown])
    assert found == (set() if salted else {DICTIONARY[2]})


def test_t48_a_redacted_dossier_verifies_and_nothing_in_it_can_be_altered(registry, bench):
    found = packs.record(registry)
    files = packs.pack(registry, [found["low"]], key=registry.key(), evidence=False)
    assert bench.check(files).code == 0
    words = files["claims/0001.opening.json"]
    salt, _ = read_opening(words)
    other_salt = ("1" if salt[0] == "0" else "0") + salt[1:]
    leaf = entry_lines(files)[found["low"]]
    entry = files[f"entries/{leaf}.json"]
    other_digest = entry.replace(found["secret"].encode(), b"0" * 64)
    listed = files["proofs/claims.txt"]
    more = listed.replace(b" en 1\n", b" en 2\n") + f"0002 {found['secret']} {leaf}\n".encode()
    invented = words.replace(b"about 200", b"about 999")
    added = sha256(invented).hexdigest()
    own = listed.replace(b" en 1\n", b" en 2\n") + f"0002 {added} {leaf}\n".encode()
    altered = {
        "words": {"claims/0001.opening.json": words.replace(b"about 200", b"about 201")},
        "salt": {"claims/0001.opening.json": words.replace(salt.encode(), other_salt.encode())},
        "digest": {f"entries/{leaf}.json": other_digest},
        "listed digest": {"proofs/claims.txt": listed.replace(found["low"].encode(), b"0" * 64)},
        "added without words": {"proofs/claims.txt": more},
        "added with invented words": {
            "proofs/claims.txt": own,
            "claims/0002.opening.json": invented,
        },
    }
    for name, changes in altered.items():
        page = packs.pages([found["low"], added][: 2 if "invented" in name else 1])
        checked = bench.check(forged(files, **changes, **page))
        assert checked.code == 1, name
        assert set(checked.failed_steps) & {2, 3}, name
    # The mutant that trusts the list of digests takes altered words.
    blind = mutant('elif [ "$actual" != "$2" ]; then', "elif false; then")
    assert bench.check(forged(files, **altered["words"]), script=blind).code == 3


def test_t48_a_decoy_cannot_pass_for_a_claim(registry, bench):
    """Whoever knows a decoy's salt can open it, and it says nothing."""
    found = packs.record(registry)
    files = packs.pack(registry, [found["high"]], evidence=False)
    row = registry.store.entry(registry.store.opening(bytes.fromhex(found["high"])).entry)
    opening = b'["' + row.decoys[:32].hex().encode() + b'","decoy"]'
    digest, leaf = sha256(opening).hexdigest(), entry_lines(files)[found["high"]]
    assert digest.encode() in files[f"entries/{leaf}.json"]
    changes = {
        "claims/0001.opening.json": opening,
        "proofs/claims.txt": files["proofs/claims.txt"].replace(
            found["high"].encode(), digest.encode()
        ),
        **packs.pages([digest]),
    }
    checked = bench.check(forged(files, **changes))
    assert (checked.code, "this is no claim" in checked.step(2)) == (1, True)
    blind = mutant('elif ! is_claim "$1"; then', "elif false; then")
    assert bench.check(forged(files, **changes), script=blind).code == 3


def test_a_claim_copied_into_another_log_is_told(tmp_path, bench, monkeypatch):
    sealed = recording_module.seal
    with packs.new_registry(tmp_path / "registry") as registry:
        monkeypatch.setattr(recording_module, "seal", lambda some, log: sealed(some, "f" * 32))
        with registry.recording() as recording:
            (copied,) = recording.entry([packs.about_200()])
        files = packs.pack(registry, [copied], key=registry.key(), evidence=False)
    checked = bench.check(files)
    assert (checked.code, checked.failed_steps) == (1, [3])
    assert "Claim 0001 was recorded in another log" in checked.said
    assert bench.check(files, script=mutant("\n        check_log\n", "\n")).code == 0


def test_t54_a_claim_erased_beside_one_that_is_disclosed(registry, bench):
    with registry.recording() as recording:
        kept, erased = recording.entry(
            [packs.about_200(), claim("description", Text(text=packs.CANARY))]
        )
    reason = erase(registry, erased, "the family asked for it").digest
    with pytest.raises(NotFoundError):
        packs.pack(registry, [kept, erased], evidence=False)
    # The other still verifies, and so does what says why.
    files = packs.pack(registry, [kept, reason], key=registry.key(), evidence=False)
    checked = bench.check(files)
    assert checked.code == 0, checked.said
    assert f"claim {erased[:12]}... stands in the log, but was erased" in checked.step(2)
    assert "Claim 0002 says why" in checked.step(2)
    leaf = entry_lines(files)[kept]
    assert erased.encode() in files[f"entries/{leaf}.json"]
    assert all(packs.CANARY.encode() not in data for data in files.values())
    # Nobody can call a claim erased that no claim says was, nor put words in its place.
    lie = forged(files, **{"proofs/erased.txt": f"{kept} {leaf} 0002\n".encode()})
    assert bench.check(lie).failed_steps == [2]
    blind = mutant(
        '*\'"predicate":"erased"\'*"\\"subject\\":\\"claim:$digest\\""*) ;; *) words=\'\' ;; esac',
        "*) ;; esac",
    )
    assert bench.check(lie, script=blind).code == 3
    # Where what says why is hidden, the erasure leaves no trace.
    alone = packs.pack(registry, [kept], key=registry.key(), evidence=False)
    assert bench.check(alone).code == 0
    assert alone["proofs/erased.txt"] == b""


# Which checkpoints


def stamps_of(files) -> list[str]:
    return sorted(path for path in files if path.endswith(".tsr"))


def test_a_token_that_proves_nothing_is_left_out(registry, timestamp_authority):
    """A partner's bundle may bring one; the dossier does not fail for it."""
    found = packs.record(registry)
    log, size = registry.log, registry.store.size(registry.log.id)
    note = note_of(registry.store.checkpoint(log.id, size))
    other = timestamp_authority.reply(timestamp_authority.query(b"other data"))
    registry.store.begin()
    for junk in (b"junk", other):
        registry.store.add_token(TokenRow(log.id, size, note, junk))
    registry.store.commit()
    assert stamps_of(packs.pack(registry, [found["low"]], evidence=False)) == []


def test_each_claim_gets_the_earliest_stamp_that_covers_it_and_no_later_one(
    registry, bench, timestamp_authority
):
    sizes = []
    with registry.recording() as recording:
        (first,) = recording.entry([packs.about_200()])
    for number in range(3):
        queue(registry)
        (stamped,) = stamp(registry, timestamp_authority.url)
        sizes.append(stamped.size)
        with registry.recording() as recording:
            (last,) = recording.entry([claim("description", Text(text=f"later {number}"))])
    files = packs.pack(registry, [first], key=registry.key(), evidence=False)
    assert stamps_of(files) == [f"logs/1/{sizes[0]}/stamp-1.tsr"]
    files = packs.pack(
        registry, [last, first], key=registry.key(), evidence=False,
        authorities=timestamp_authority.roots,
    )  # fmt: skip
    assert stamps_of(files) == [f"logs/1/{sizes[0]}/stamp-1.tsr"]
    checked = bench.check(files, "--list")
    assert checked.code == 0
    assert "1 of them existed on" in checked.said
    queue(registry)
    (stamped,) = stamp(registry, timestamp_authority.url)
    files = packs.pack(
        registry, [last, first], key=registry.key(), evidence=False,
        authorities=timestamp_authority.roots,
    )  # fmt: skip
    both = {f"logs/1/{sizes[0]}/stamp-1.tsr", f"logs/1/{stamped.size}/stamp-1.tsr"}
    assert set(stamps_of(files)) == both
    assert "All of them existed on" in bench.check(files).said
