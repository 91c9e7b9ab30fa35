"""verify.sh on whole, spoilt and forged dossiers, with nothing on its PATH but what it may use."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import packs
import pytest
from packs import Bench, flipped, forged, mutant

from habeas.ledger.keys import generate_key
from habeas.publishing.proofs import SCRIPT
from habeas.publishing.sealing import seal_pack

SHOWN = ("low", "high", "photo", "late")
SHELLS = [
    pytest.param(shell, marks=pytest.mark.skipif(not shutil.which(shell[0]), reason="not here"))
    for shell in (("sh",), ("dash",), ("busybox", "sh"), ("bash", "--posix"), ("bash",))
]


@pytest.fixture(scope="module")
def bench(tmp_path_factory) -> Bench:
    return Bench(tmp_path_factory.mktemp("bench"))


@pytest.fixture(scope="module")
def made(tmp_path_factory, timestamp_authority):
    """A sealed, stamped and witnessed dossier of four claims; its registry's key; their digests."""
    with packs.new_registry(tmp_path_factory.mktemp("made") / "registry") as registry:
        digests = packs.record(registry, timestamp_authority)
        shown = [digests[name] for name in SHOWN]
        files = packs.pack(
            registry, shown, key=registry.key(), authorities=timestamp_authority.roots
        )
        return files, registry.key(), digests


@pytest.fixture(scope="module")
def files(made):
    return made[0]


def path_of(files, pattern: str) -> str:
    (found,) = [path for path in files if re.fullmatch(pattern, path)]
    return found


def entry_of(files, number: int) -> str:
    """The leaf hash of the entry of a claim."""
    return files["proofs/claims.txt"].decode().splitlines()[number].split()[2]


def edit(files, path: str, old: str, new: str) -> dict[str, bytes]:
    text = files[path].decode()
    assert old in text
    return {path: text.replace(old, new, 1).encode()}


# Whole dossiers


@pytest.mark.parametrize("shell", SHELLS)
def test_a_whole_dossier_is_proved_by_any_shell_with_four_tools(bench, files, shell):
    checked = bench.check(files, shell=shell)
    assert checked.code == 0, checked.said
    assert "all 4 claims are proved" in checked.said
    assert "3 of them existed on" in checked.said
    assert (
        f"the witness {packs.WITNESS.origin} saw log 1 with 10 entries on 2026-09-21T14:13:20Z"
        in checked.said
    )
    assert checked.failed_steps == []


def test_a_dossiers_own_script_finds_its_folder_and_leaves_no_file(bench, files, tmp_path):
    folder = bench.lay(files)
    before = sorted(bench.folder.rglob("*"))
    checked = bench.run(folder, own=True, TMPDIR=str(tmp_path))
    assert checked.code == 0
    assert sorted(bench.folder.rglob("*")) == before
    assert list(tmp_path.iterdir()) == []
    shutil.rmtree(folder)


def test_the_script_uses_no_other_program_than_the_four_and_no_path(files):
    code = SCRIPT.read_text("utf-8")
    code = re.sub(r"^words_\w+\(\) \{.*?^\}", "", code, flags=re.S | re.M)
    code = re.sub(r"^\s*#.*$", "", code, flags=re.M)
    tools = (
        "cat|sed|grep|awk|cut|head|tail|tr|sort|find|mktemp|rm|mkdir|date|od|dd|wc|cmp|expr|"
        "basename|dirname|python|perl|test"
    )
    others = rf"(?:^|[|;(`]|\$\()\s*({tools})\b"
    assert re.findall(others, code, flags=re.M) == []
    assert not re.search(
        r"\[\[|\blocal\b|\bfunction\b|\$'|<\(|/usr/|/bin/|\becho\b", code.removeprefix("#!/bin/sh")
    )
    assert b"\r" not in SCRIPT.read_bytes()


def test_both_languages_have_the_same_sentences_with_the_same_gaps_and_all_that_are_used():
    text = SCRIPT.read_text("utf-8")
    tables = {}
    for lang in ("en", "fa"):
        body = re.search(rf"^words_{lang}\(\) \{{(.*?)^\}}", text, flags=re.S | re.M)[1]
        tables[lang] = dict(re.findall(r"^    (\w+)\) w='(.*?)' ;;$", body, flags=re.S | re.M))
    gaps = {
        lang: {key: words.count("%s") for key, words in table.items()}
        for lang, table in tables.items()
    }
    assert gaps["en"] == gaps["fa"]
    code = text.rpartition("words_fa() {")[2].partition("\n}\n")[2]
    used = set(re.findall(r"(?:begin|tell|failed|give_up) ([a-z]\w+)", code))
    used |= {key for pair in re.findall(r"say ([a-z]+) ([a-z]\w+)", code) for key in pair}
    assert used | {"failed"} == set(tables["en"])
    assert all(re.search("[\u0600-\u06ff]", words) for words in tables["fa"].values())


@pytest.mark.parametrize(
    ("arguments", "env"),
    [(("--lang", "fa"), {}), ((), {"LANG": "fa_IR.UTF-8"}), ((), {"LC_ALL": "fa_IR", "LANG": "C"})],
)
def test_it_speaks_persian_when_asked(bench, files, arguments, env):
    checked = bench.check(files, *arguments, **env)
    assert checked.code == 0
    assert "هر 4 گزاره اثبات شد" in checked.said


def test_it_speaks_the_dossiers_language_unless_asked(bench, files):
    changed = edit(files, "proofs/claims.txt", "habeas-proofs/1 en", "habeas-proofs/1 fa")
    assert "هر 4 گزاره اثبات شد" in bench.check(forged(files, **changed)).said
    assert "all 4 claims" in bench.check(forged(files, **changed), "--lang", "en").said


def test_every_claim_is_listed_on_demand(bench, files):
    said = bench.check(files, "--list").said
    assert re.search(r"claim 0001: proved, in log 1, entry 1, existed on 20\d\d-", said)
    assert "claim 0004: proved, in log 1, entry 11, no timestamp" in said
    spoilt = files | {"claims/0001.opening.json": b"[]"}
    assert "claim 0001: NOT PROVED" in bench.check(spoilt, "--list").said


@pytest.mark.parametrize(
    "arguments",
    [
        ("--nope",),
        ("--lang", "xx"),
        ("--lang",),
        ("--fingerprint", "12"),
        ("--authority", "nowhere.pem"),
        ("nowhere",),
    ],
)
def test_wrong_use_checks_nothing_and_says_so(bench, files, arguments):
    checked = bench.check(files, *arguments)
    assert checked.code == 2
    assert "RESULT" not in checked.said


def test_help_says_how_it_ends(bench, files):
    checked = bench.check(files, "--help")
    assert checked.code == 0
    assert "3: all claims are proved, but" in checked.said


def test_a_missing_tool_and_an_old_openssl_are_named(bench, files, tmp_path):
    poor = Bench(tmp_path / "poor")
    (poor.bin / "xxd").unlink()
    checked = poor.check(files)
    assert (checked.code, "lacks the program xxd" in checked.said) == (2, True)
    old = Bench(tmp_path / "old")
    (old.bin / "openssl").unlink()
    (old.bin / "openssl").write_text("#!/bin/sh\necho OpenSSL 1.1.1w\n")
    (old.bin / "openssl").chmod(0o755)
    checked = old.check(files)
    assert (checked.code, "OpenSSL 1.1.1w" in checked.said) == (2, True)


# One byte anywhere


def named(path: str, said: str) -> bool:
    """Whether a file is named, by itself or as what it is."""
    other = {"SHA256SUMS": "list of files", "seal/statement.txt": "key did not sign this list",
             "seal/statement.sig": "key did not sign this list"}  # fmt: skip
    return path in said or other.get(path, path) in said


def test_one_byte_changed_in_any_file_is_noticed_and_the_file_named(bench, files):
    spoilt = {
        path: files | {path: flipped(data, len(data) // 2)} for path, data in files.items() if data
    }
    for path, checked in bench.check_all(spoilt).items():
        assert checked.code == 1, path
        assert named(path, checked.said), path
        assert "does NOT hold" in checked.said, path


def test_any_file_cut_short_is_noticed(bench, files):
    spoilt = {path: files | {path: data[: len(data) // 2]} for path, data in files.items() if data}
    for path, checked in bench.check_all(spoilt).items():
        assert checked.code in {1, 2}, path
        assert named(path, checked.said), path


def test_any_file_taken_away_is_noticed_and_named(bench, files):
    spoilt = {path: {p: d for p, d in files.items() if p != path} for path in files}
    for path, checked in bench.check_all(spoilt).items():
        assert checked.code == (2 if path == "proofs/claims.txt" else 1), path
        assert path in checked.said, path


EXTRA = ["added.html", ".hidden", "claims/0005.opening.json", "claims/read.txt", "claims/.0005",
         "evidence/" + "0" * 64, "entries/x.json", "logs/2/key.pem", "new/deep/f.txt"]  # fmt: skip


def test_any_file_added_is_noticed(bench, files):
    for path, checked in bench.check_all({path: files | {path: b"x"} for path in EXTRA}).items():
        assert checked.code == 1, path
        assert path in checked.said or "a file of a strange name" in checked.said, path


def test_a_link_is_noticed_even_in_place_of_a_file(bench, files, tmp_path):
    for path in ("added", "index.html"):
        folder = bench.lay(files)
        (tmp_path / path).write_bytes(files["index.html"])
        (folder / path).unlink(missing_ok=True)
        (folder / path).symlink_to(tmp_path / path)
        checked = bench.run(folder)
        assert (checked.code, f"{path} is a link" in checked.said) == (1, True)


def test_names_that_play_with_the_terminal_are_not_printed(bench, files):
    folder = bench.lay(files)
    (folder / "\x1b[31mred").write_bytes(b"x")
    (folder / "claims" / "$(touch run) `x`\n.opening.json").write_bytes(b"x")
    checked = bench.run(folder)
    assert checked.code == 1
    assert "\x1b" not in checked.said
    assert "touch" not in checked.said


# A forger who writes the list of files anew

BINDING = (
    r"claims/0001\.opening\.json", r"logs/1/10/checkpoint\.txt",
    r"logs/1/10/checkpoint\.sig", r"logs/1/\d\d/checkpoint", r"logs/1/10/stamp-1\.note",
    r"logs/1/10/witness-1\.txt", r"logs/1/10/witness-1\.sig", r"proofs/paths\.txt",
    r"proofs/logs\.txt", r"proofs/claims\.txt", r"entries/.*\.json",
)  # fmt: skip


def test_a_forger_who_writes_the_list_anew_is_stopped_wherever_a_byte_binds(bench, files):
    spoilt = {}
    for path, data in files.items():
        if any(re.fullmatch(pattern, path) for pattern in BINDING):
            for at in sorted({0, len(data) // 2, len(data) - 1}):
                spoilt[f"{path} {at}"] = forged(files, **{path: flipped(data, at)})
    assert len(spoilt) > 40
    results = bench.check_all(spoilt)
    assert [name for name, checked in results.items() if checked.code not in {1, 2}] == []


def test_the_experts_trial_a_changed_claim_stops_at_step_2(bench, files):
    changed = edit(files, "claims/0001.opening.json", "about 200", "about 900")
    checked = bench.check(forged(files, **changed))
    assert (checked.code, checked.failed_steps) == (1, [2])
    assert (
        "Claim 0001 (claims/0001.opening.json): these are not the words that were recorded."
        in checked.step(2)
    )
    assert "3 of 4 claims are proved" in checked.said


def test_the_experts_trial_a_changed_entry_stops_at_step_3(bench, files):
    changed = edit(files, f"entries/{entry_of(files, 1)}.json", '"recorder":"r-', '"recorder":"s-')
    checked = bench.check(forged(files, **changed))
    assert (checked.code, checked.failed_steps) == (1, [3])
    assert "(claims 0001): this entry was never in the log, or was changed." in checked.step(3)


def test_a_forger_who_changes_words_digest_entry_and_leaf_still_stops_at_step_3(bench, files):
    """Everything below the signature is rewritten; the root is not."""
    from hashlib import sha256

    words = edit(files, "claims/0001.opening.json", "about 200", "about 900")[
        "claims/0001.opening.json"
    ]
    old = files["proofs/claims.txt"].decode().splitlines()[1].split()
    digest = sha256(words).hexdigest()
    data = files[f"entries/{old[2]}.json"].decode().replace(old[1], digest).encode()
    leaf = sha256(b"\x00" + data).hexdigest()
    rewritten = {
        path: text.replace(old[1].encode(), digest.encode()).replace(old[2].encode(), leaf.encode())
        for path, text in files.items()
        if path.startswith("proofs/") or path == "dossier.json"
    }
    rest = {path: data for path, data in files.items() if old[2] not in path}
    checked = bench.check(
        forged(
            rest, **rewritten, **{"claims/0001.opening.json": words, f"entries/{leaf}.json": data}
        )
    )
    assert (checked.code, checked.failed_steps) == (1, [3])


def test_two_claims_exchanged_are_both_named(bench, files):
    one, two = "claims/0001.opening.json", "claims/0002.opening.json"
    checked = bench.check(forged(files, **{one: files[two], two: files[one]}))
    assert (checked.code, checked.failed_steps) == (1, [2])
    assert "Claim 0001 (" in checked.said
    assert "Claim 0002 (" in checked.said


def test_t51_an_opening_against_another_entry_or_none_is_rejected(bench, files):
    lines = files["proofs/claims.txt"].decode().splitlines()
    other = lines[1].replace(entry_of(files, 1), entry_of(files, 2))
    elsewhere = {
        "proofs/claims.txt": files["proofs/claims.txt"].replace(lines[1].encode(), other.encode())
    }
    checked = bench.check(forged(files, **elsewhere))
    assert (checked.code, 2 in checked.failed_steps) == (1, True)
    assert "Claim 0001 is not among the claims of its entry" in checked.said
    # The mutant that does not look into the entry takes it.
    blind = mutant('elif ! names_digest "$3" "$2"; then', "elif false; then")
    rest = {
        p: d
        for p, d in forged(files, **elsewhere).items()
        if p not in {"SHA256SUMS", "proofs/paths.txt"}
    }
    paths = files["proofs/paths.txt"].decode().splitlines(keepends=True)
    kept = "".join(line for line in paths if not line.startswith(entry_of(files, 1)))
    alone = seal_pack(rest | {"proofs/paths.txt": kept.encode()}, None)
    assert bench.check(alone).code == 1
    assert bench.check(alone, script=blind).code == 3
    # Against no entry: the entry, or its proof, is not there.
    gone = {p: d for p, d in files.items() if entry_of(files, 1) not in p}
    checked = bench.check(forged(gone))
    assert (checked.code, checked.failed_steps) == (1, [2, 3])
    checked = bench.check(forged(files, **{"proofs/paths.txt": kept.encode()}))
    assert (checked.code, checked.failed_steps) == (1, [3])
    assert "Claim 0001: there is no proof that its entry stands in a log." in checked.said


def test_a_page_changed_is_noticed_by_the_seal_alone(bench, files):
    page = {"index.html": b"<p>Other words</p>"}
    resummed = forged(files, **page)
    kept = {path: data for path, data in files.items() if path.startswith("seal/")}
    checked = bench.check(
        seal_pack({p: d for p, d in resummed.items() if p != "SHA256SUMS"}, None) | kept
    )
    assert checked.code == 1
    assert "(SHA256SUMS) is not the one that was sealed" in checked.step(7)
    # Without the seal the claims are proved, and the page is said not to be.
    checked = bench.check(resummed)
    assert (checked.code, "Only the claims are proved" in checked.said) == (3, True)
    assert "the pages are NOT SEALED" in checked.said


def test_a_seal_by_a_strangers_key_is_told_and_refused_by_the_fingerprint(bench, made):
    files, key, _ = made
    stranger = generate_key("habeas.invalid/log/" + "e" * 32)
    rest = {p: d for p, d in forged(files, **{"index.html": b"x"}).items() if p != "SHA256SUMS"}
    resealed = seal_pack(rest, stranger)
    checked = bench.check(resealed)
    assert (checked.code, "the key of the seal signed none of the logs" in checked.said) == (
        3,
        True,
    )
    checked = bench.check(resealed, "--fingerprint", key.fingerprint())
    assert (checked.code, checked.failed_steps) == (1, [7])
    assert f"fingerprint {stranger.fingerprint()} is none of those that you gave" in checked.said


def test_a_whole_dossier_by_another_key_is_refused_by_the_fingerprint(bench, made, tmp_path):
    """A forger with a log of his own can prove anything about it, but not that it is theirs."""
    _, key, _ = made
    with packs.new_registry(tmp_path / "forger") as registry:
        digests = packs.record(registry)
        own = packs.pack(registry, [digests["low"]], key=registry.key(), evidence=False)
    assert bench.check(own).code == 0
    checked = bench.check(own, "--fingerprint", key.fingerprint())
    assert (checked.code, checked.failed_steps) == (1, [6, 7])


@pytest.mark.parametrize(
    "form", [str, str.upper, lambda hexes: ":".join(hexes[i : i + 2] for i in range(0, 64, 2))]
)
def test_the_right_fingerprint_is_taken_in_any_form(bench, made, form):
    files, key, _ = made
    checked = bench.check(files, "--fingerprint", form(key.fingerprint()))
    assert (checked.code, "every key is one of those that you gave" in checked.said) == (0, True)


def test_dossier_json_has_to_show_the_claims_that_are_proved(bench, made):
    files, _, digests = made
    shown = [digests[name] for name in SHOWN]
    for other in (
        shown[:3],
        [*shown, shown[0]],
        [shown[1], shown[0], *shown[2:]],
        [digests["secret"], *shown[1:]],
    ):
        checked = bench.check(forged(files, **{"dossier.json": packs.pages(other)["dossier.json"]}))
        assert (checked.code, checked.failed_steps) == (1, [7])
        assert "dossier.json shows" in checked.said
    pretty = files["dossier.json"].replace(b'"digest":"', b'\n  "digest": "')
    assert bench.check(forged(files, **{"dossier.json": pretty})).code == 3


def test_an_evidence_file_exchanged_stops_at_step_1(bench, files):
    path = f"evidence/{packs.ITEM_SHA256}"
    checked = bench.check(forged(files, **{path: b"another photograph"}))
    assert (checked.code, checked.failed_steps) == (1, [1])
    assert f"{path} is not the file that claim 0003 names" in checked.said


# Time, witnesses, history


def test_a_timestamp_for_other_data_is_named(bench, files, timestamp_authority):
    reply = timestamp_authority.reply(timestamp_authority.query(b"other data"))
    checked = bench.check(forged(files, **{"logs/1/10/stamp-1.tsr": reply}))
    assert (checked.code, checked.failed_steps) == (1, [5])
    assert "logs/1/10/stamp-1.tsr is for other data" in checked.said


def test_a_timestamp_by_a_stranger_or_backdated_is_refused_and_the_mutant_takes_it(
    bench, files, timestamp_authority
):
    good = files["logs/1/10/stamp-1.tsr"]
    stranger = timestamp_authority.forge(good, timestamp_authority.stranger)
    spoilt = forged(files, **{"logs/1/10/stamp-1.tsr": stranger})
    checked = bench.check(spoilt)
    assert (checked.code, checked.failed_steps) == (1, [5])
    assert "not signed by an authority whose certificate is given" in checked.said
    text = SCRIPT.read_text("utf-8")
    line = next(line for line in text.splitlines() if "openssl ts -verify" in line)
    assert bench.check(spoilt, script=mutant(line, "        answer='Verification: OK'")).code == 3


def test_the_readers_own_certificates_are_asked_too(bench, files, timestamp_authority, tmp_path):
    bare = forged({p: d for p, d in files.items() if not p.startswith("authorities/")})
    checked = bench.check(bare)
    assert (checked.code, "NOT CHECKED: timestamp logs/1/10/stamp-1.tsr says" in checked.said) == (
        3,
        True,
    )
    assert "No time is proved." in checked.said
    (tmp_path / "the root.pem").write_bytes(timestamp_authority.roots)
    (tmp_path / "stranger.pem").write_bytes(timestamp_authority.stranger.pem)
    stranger, root = str(tmp_path / "stranger.pem"), str(tmp_path / "the root.pem")
    assert bench.check(bare, "--authority", stranger).failed_steps == [5]
    checked = bench.check(bare, "--authority", stranger, "--authority", root)
    assert (checked.code, "3 of them existed on" in checked.said) == (3, True)


def test_a_token_whose_status_imitates_a_time_is_refused(bench, files):
    """The status text is not signed, and openssl prints it before what is."""
    good = files["logs/1/10/stamp-1.tsr"]
    at = good.index(b"\x30\x03\x02\x01\x00")
    text = b"granted\nTime stamp: Jan  1 00:00:00 2001 GMT"
    status = b"\x02\x01\x00" + sequence(b"\x0c" + bytes([len(text)]) + text)
    liar = forged(files, **{"logs/1/10/stamp-1.tsr": sequence(sequence(status) + good[at + 5 :])})
    checked = bench.check(liar)
    assert (checked.code, checked.failed_steps) == (1, [5])
    assert "existed on 2001" not in checked.said
    blind = mutant('            [ -z "$epoch" ] || return 1\n', "")
    assert bench.check(liar, script=blind).code == 3


def sequence(content: bytes) -> bytes:
    """A DER sequence."""
    size = len(content)
    length = bytes([size]) if size < 128 else b"\x82" + size.to_bytes(2, "big")
    return b"\x30" + length + content


def test_a_history_that_was_rewritten_is_noticed(bench, files):
    checked = bench.check(forged(files, **longer_growth(files)))
    assert (checked.code, checked.failed_steps) == (1, [4, 5])
    assert "its state of 10 entries is not the beginning of its state of 12 entries" in checked.said


def longer_growth(files) -> dict[str, bytes]:
    """The consistency proof with one hash of another value."""
    text = files["proofs/logs.txt"].decode()
    line = next(line for line in text.splitlines() if line.startswith("checkpoint 1 10 "))
    changed = line[:-64] + "0" * 64
    return {"proofs/logs.txt": text.replace(line, changed).encode()}


def test_a_witness_who_did_not_sign_is_named(bench, files):
    signature = files["logs/1/10/witness-1.sig"]
    checked = bench.check(forged(files, **{"logs/1/10/witness-1.sig": flipped(signature, 9)}))
    assert (checked.code, checked.failed_steps) == (1, [5])
    assert f"The witness {packs.WITNESS.origin} did not sign" in checked.said


def test_a_second_signature_is_told_of_and_an_unstamped_dossier_proves_no_time(bench, tmp_path):
    with packs.new_registry(tmp_path / "registry", post_quantum=True) as registry:
        digests = packs.record(registry)
        files = packs.pack(registry, [digests["low"]], key=registry.key(), evidence=False)
    checked = bench.check(files)
    assert checked.code == 0, checked.said
    assert "OpenSSL 3.0 cannot check it" in checked.step(4)
    assert "NONE: no timestamp." in checked.step(5)
    assert "No time is proved." in checked.said


@pytest.mark.parametrize(
    ("printed", "epoch", "iso"),
    [
        ("Nov 23 15:10:01 2026 GMT", 1795446601, "2026-11-23T15:10:01Z"),
        ("Feb 29 08:09:09.5 2028 GMT", 1835424549, "2028-02-29T08:09:09Z"),
        ("Jan  1 00:00:00 1970 GMT", 0, "1970-01-01T00:00:00Z"),
        ("Dec 31 23:59:59 2099 GMT", 4102444799, "2099-12-31T23:59:59Z"),
        ("Mar  1 00:00:00 2100 GMT", 4107542400, "2100-03-01T00:00:00Z"),
    ],
)
def test_times_are_read_as_openssl_prints_them_and_told_in_utc(
    bench, tmp_path, printed, epoch, iso
):
    functions = re.split(r"^# -+ begin$", SCRIPT.read_text("utf-8"), flags=re.M)[0]
    probe = tmp_path / "probe.sh"
    said = (
        f'read_time {printed}\nprintf "%s %s " "$epoch" "$iso"\nday_of "$epoch"\nprintf %s "$iso"\n'
    )
    probe.write_text(f"{functions}\n{said}")
    done = subprocess.run(
        ["sh", str(probe)], check=False, capture_output=True, text=True, timeout=30
    )
    assert done.stdout == f"{epoch} {iso} {iso}"


# Each check has a mutant without it, which takes what the check refuses


def stranger_key(files):
    other = generate_key("habeas.invalid/log/" + "d" * 32)
    return {"logs/1/key.pem": other.public_pem().encode()}


def wrong_hash_in_path(files):
    text = files["proofs/paths.txt"].decode()
    line = text.splitlines()[0]
    return {"proofs/paths.txt": text.replace(line, line[:-64] + "0" * 64).encode()}


def changed_words(files):
    return edit(files, "claims/0001.opening.json", "about 200", "about 900")


def changed_entry(files):
    return edit(files, f"entries/{entry_of(files, 1)}.json", '"recorder":"r-', '"recorder":"s-')


def changed_item(files):
    return {f"evidence/{packs.ITEM_SHA256}": b"another photograph"}


def other_note(files):
    path = "logs/1/12/checkpoint"
    return {path: files[path].replace(b"\n12\n", b"\n13\n")}


def other_witness(files):
    other = generate_key("habeas.invalid/log/" + "b" * 32)
    return {"logs/1/10/witness-1.pem": other.public_pem().encode()}


def other_json(files):
    return {"dossier.json": files["dossier.json"].replace(b'"digest":"', b'"digest":"0', 1)}


def longer_list(files):
    return edit(files, "proofs/claims.txt", " en 4", " en 3")


MUTANTS = [
    ('elif [ "$actual" != "$file" ]; then', "elif false; then", changed_item),
    ('elif [ "$actual" != "$2" ]; then', "elif false; then", changed_words),
    ('leaf "entries/$entry_of.json"', "hash=$entry_of", changed_entry),
    ('$path && [ "$hash" = "$root" ]; then', "$path; then", wrong_hash_in_path),
    ('    answer=$(openssl pkeyutl', "    return 0; answer=$(openssl pkeyutl", stranger_key),
    ('[ "$old" = "$state_root" ] && [ "$hash" = "$root" ]; then', "true; then", longer_growth),
    ("if ! note_agrees; then", "if false; then", other_note),
    ('! signed "$base.pem" "$base.txt" "$base.sig"; then', "false; then", other_witness),
    ('[ "$1" = "$actual" ] || failed json_claim "$place" "$place"', ":", other_json),
]  # fmt: skip


@pytest.mark.parametrize(
    ("check", "without", "spoil"), MUTANTS, ids=lambda part: getattr(part, "__name__", "")
)
def test_each_check_refuses_what_a_script_without_it_takes(bench, files, check, without, spoil):
    spoilt = forged(files, **spoil(files))
    assert bench.check(spoilt).code == 1
    assert bench.check(spoilt, script=mutant(check, without)).code == 3


def test_the_checks_of_the_whole_have_mutants_too(bench, made):
    files = made[0]
    changed = files | {"index.html": b"other"}
    assert bench.check(changed).code == 1
    assert bench.check(changed, script=mutant('failed file_changed "${line%%: *}"', ":")).code == 0
    gone = {path: data for path, data in files.items() if path != "index.html"}
    assert bench.check(gone, script=mutant('failed file_missing "$name"', ":")).code == 0
    added = files | {"added.html": b"x"}
    assert (
        bench.check(
            added, script=mutant("    check_list\n    check_extra\n", "    check_list\n")
        ).code
        == 0
    )
    page = {path: data for path, data in forged(changed).items() if path != "SHA256SUMS"}
    resummed = seal_pack(page | {"seal-key": b""}, None) | {
        p: d for p, d in files.items() if p.startswith("seal/")
    }
    assert bench.check(resummed).code == 1
    blind = mutant('|| [ "$line2" != "${hash%% *}" ]; then', "; then")
    assert "not the one that was sealed" not in bench.check(resummed, script=blind).said
    other = generate_key("habeas.invalid/log/" + "c" * 32).fingerprint()
    assert bench.check(files, "--fingerprint", other).code == 1
    assert (
        bench.check(
            files, "--fingerprint", other, script=mutant('*) failed key_foreign "$1" ;;', "*) ;;")
        ).code
        == 0
    )


# By hand


def test_the_commands_of_the_page_do_what_the_script_does(bench, files):
    page = (Path(__file__).parents[2] / "docs" / "verifying.md").read_text("utf-8")
    commands = "\n".join(re.findall(r"^```sh\n(.*?)^```", page, flags=re.S | re.M))

    def run(some) -> int:
        folder = bench.lay(some)
        done = subprocess.run(
            ["sh", "-e"],
            check=False,
            input=commands.encode(),
            cwd=folder,
            capture_output=True,
            timeout=60,
        )
        return done.returncode

    assert run(files) == 0
    for spoil in (changed_words, changed_entry, wrong_hash_in_path, stranger_key, changed_item):
        assert run(forged(files, **spoil(files))) != 0, spoil.__name__
    assert run(files | {"index.html": b"other"}) != 0
