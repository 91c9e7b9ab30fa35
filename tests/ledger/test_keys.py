"""Key files: the lines, the passphrase, the disk; and what is published of a key."""

import errno
import json
import os
import stat
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from habeas.errors import InputError, KeyFileError, StorageError
from habeas.ledger import keys as keys_module
from habeas.ledger.keys import (
    SigningKey,
    ed25519_pem,
    encode_key,
    generate_key,
    is_protected,
    key_fingerprint,
    new_origin,
    parse_key,
    read_key_file,
    write_key_file,
)
from habeas.ledger.note import check_key_name

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/ledger-key.json").read_text())
KEY = SigningKey(
    origin=new_origin(), ed25519_seed=bytes(range(32)), ml_dsa_44_seed=bytes(range(32, 64))
)


@pytest.fixture(scope="session")
def protected(tmp_path_factory):
    """A key file with a passphrase; scrypt takes seconds, so it is made once."""
    path = tmp_path_factory.mktemp("keys") / "log.key"
    write_key_file(path, KEY, "چهار واژه‌ی اتفاقی")
    return path


@pytest.mark.parametrize(
    "test", VECTORS["tests"], ids=lambda test: f"{test['id']}-{test['comment']}"
)
def test_key_vectors(test):
    if test["result"] == "valid":
        key = parse_key(test["text"])
        assert key.origin == test["origin"]
        assert [signer.key.encode() for signer in key.signers()] == test["public"]
        assert (key.fingerprint(), key.public_pem()) == (test["fingerprint"], test["pem"])
        assert encode_key(key) in test["text"]
    else:
        with pytest.raises(KeyFileError, match=r"log\.key: this is not a Habeas key file"):
            parse_key(test["text"], place="log.key")


def test_a_protected_key_opens_with_its_passphrase_only(protected):
    assert is_protected(protected.read_bytes())
    assert b"PRIVATE" not in protected.read_bytes()
    assert read_key_file(protected, "چهار واژه‌ی اتفاقی") == KEY
    with pytest.raises(KeyFileError, match="Type the passphrase again") as caught:
        read_key_file(protected, "another")
    assert caught.value.place == str(protected)


@pytest.mark.parametrize("passphrase", [None, ""])
def test_a_protected_key_asks_for_its_passphrase(protected, passphrase):
    with pytest.raises(KeyFileError, match="Give the passphrase"):
        read_key_file(protected, passphrase)


def test_a_damaged_protected_file_is_refused(protected, tmp_path):
    path = tmp_path / "log.key"
    path.write_bytes(protected.read_bytes()[:200])
    with pytest.raises(KeyFileError, match="or the file is damaged"):
        read_key_file(path, "whatever")


def test_a_file_that_asks_for_hours_of_work_is_refused(tmp_path):
    import base64

    # An age header whose scrypt cost is 2^30: opening it would take this machine far too long.
    header = (
        b"age-encryption.org/v1\n-> scrypt YxoVZtXWYlSRr4YSNoNaQQ 30\n"
        b"ESyKRgfi/lNS/3yNer/m9QVUo5iavSsjESyKRgfi/lM\n--- "
        b"ESyKRgfi/lNS/3yNer/m9QVUo5iavSsjESyKRgfi/lM\n"
    ) + bytes(48)
    body = base64.b64encode(header).decode()
    lines = "\n".join(body[at : at + 64] for at in range(0, len(body), 64))
    path = tmp_path / "log.key"
    path.write_text(
        f"-----BEGIN AGE ENCRYPTED FILE-----\n{lines}\n-----END AGE ENCRYPTED FILE-----\n"
    )
    with pytest.raises(KeyFileError, match="more work than this machine"):
        read_key_file(path, "whatever")


def test_an_unprotected_key_says_so_in_its_first_line(tmp_path):
    path = tmp_path / "log.key"
    write_key_file(path, KEY, None)
    assert path.read_text().startswith("# UNPROTECTED")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not is_protected(path.read_bytes())
    assert read_key_file(path) == read_key_file(path, "ignored") == KEY


def test_nothing_is_ever_overwritten(tmp_path):
    path = tmp_path / "log.key"
    path.write_text("something else")
    with pytest.raises(KeyFileError, match="never overwritten"):
        write_key_file(path, KEY, None)
    assert path.read_text() == "something else"


def test_mutant_a_writer_without_o_excl_destroys_the_key_that_is_there(tmp_path, monkeypatch):
    path = tmp_path / "log.key"
    path.write_text("the only copy of another key")
    monkeypatch.setattr(keys_module.os, "O_EXCL", os.O_TRUNC)
    write_key_file(path, KEY, None)
    assert read_key_file(path) == KEY


def test_an_empty_passphrase_is_refused_and_no_file_left(tmp_path):
    with pytest.raises(InputError, match="passphrase is empty"):
        write_key_file(tmp_path / "log.key", KEY, "")
    assert not list(tmp_path.iterdir())


def test_a_full_disk_leaves_no_half_written_key(tmp_path, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(keys_module.os, "fsync", full)
    with pytest.raises(StorageError, match="No space left"):
        write_key_file(tmp_path / "log.key", KEY, None)
    assert not list(tmp_path.iterdir())


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(StorageError, match="cannot be written"):
        write_key_file(tmp_path / "nowhere" / "log.key", KEY, None)


def test_files_that_are_no_key_files(tmp_path):
    with pytest.raises(KeyFileError, match="cannot be read"):
        read_key_file(tmp_path / "missing")
    for content in (b"\xff\xfe", b"x" * 20_000, b"hello\n"):
        path = tmp_path / "log.key"
        path.write_bytes(content)
        with pytest.raises(KeyFileError, match="not a Habeas key file"):
            read_key_file(path)


def test_openssl_reads_the_public_key_and_gives_its_fingerprint(tmp_path):
    (tmp_path / "log.pem").write_text(KEY.public_pem())
    command = ["openssl", "pkey", "-pubin", "-in", "log.pem", "-outform", "DER"]
    der = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True).stdout
    assert sha256(der).hexdigest() == KEY.fingerprint()


def test_an_ml_dsa_44_key_has_no_pem_here():
    key = KEY.signers()[1].key
    for use in (ed25519_pem, key_fingerprint):
        with pytest.raises(InputError, match="not an Ed25519 key"):
            use(key)


def test_origins_are_random_and_tell_nothing():
    origins = {new_origin() for _ in range(50)}
    assert len(origins) == 50
    for origin in origins:
        check_key_name(origin)
        assert origin.startswith("habeas.invalid/log/")
        assert len(bytes.fromhex(origin.rpartition("/")[2])) == 16


def test_generated_keys_differ():
    made = [generate_key(KEY.origin, post_quantum=post_quantum) for post_quantum in (0, 0, 1, 1)]
    assert len({key.ed25519_seed for key in made}) == 4
    assert [len(key.signers()) for key in made] == [1, 1, 2, 2]
    assert [parse_key(encode_key(key)) for key in made] == made
    with pytest.raises(InputError):
        generate_key("two words")


def test_a_key_shows_no_secret():
    shown = repr(KEY) + str(KEY) + repr(KEY.signers())
    for seed in (KEY.ed25519_seed, KEY.ml_dsa_44_seed):
        assert seed.hex() not in shown
        assert repr(seed) not in shown
