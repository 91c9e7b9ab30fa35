"""Fault 43: words that must not leave, looked for in everything that is written.

Three canaries: the words of a sealed claim, the passphrase, the seed of the signing key. The
database itself holds the words of every claim (docs/faults.md); nothing else that is written may,
and passphrase and seed stand nowhere at all. Dumps of memory are not looked at.
"""

from __future__ import annotations

import base64
import gzip
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import fault_parts
import pytest
from fault_parts import named, record

from habeas.exchange.csv import csv
from habeas.exchange.geojson import geojson
from habeas.exchange.jsonl import jsonl
from habeas.publishing.dossier import write_dossier
from habeas.registry.backup import backup
from habeas.registry.exporting import export_bundle
from habeas.registry.registry import Registry, create_registry

WORDS = "canarywordsnobodymaysee"
WHO = "canary-person-nobody-may-see"
PASSPHRASE = "canary passphrase for tests only"


def forms(secret: bytes) -> set[bytes]:
    """A secret as it could stand somewhere: plain, hexadecimal, base64 at each of its offsets."""
    found = {secret, secret.hex().encode(), secret.hex().upper().encode()}
    for shift in range(3):
        # the digits that do not depend on what stands before or after
        digits = base64.b64encode(b"\0" * shift + secret).rstrip(b"=")
        found.add(digits[-(-8 * shift // 6) : len(digits) - 1])
    found.add(secret.decode("latin-1").encode("utf-16-le"))
    return found


def leaked(data: bytes, secrets: list[bytes]) -> list[bytes]:
    """The secrets that stand in some bytes, compressed ones opened."""
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    return [secret for secret in secrets if any(form in data for form in forms(secret))]


def leaks(folder: Path, secrets: list[bytes]) -> dict[str, list[bytes]]:
    """What leaked where, over every file below a folder; names of files are looked at too."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    found = {str(path): leaked(path.read_bytes(), secrets) for path in files}
    found["names"] = leaked("\n".join(found).encode(), secrets)
    return {path: secrets for path, secrets in found.items() if secrets}


def fill(registry: Registry, sensitivity: str) -> None:
    record(registry, named("seen", "Invented Public Name", "public"))
    record(registry, named(WHO, WORDS, sensitivity), named("seen", "Shared", "partners"))


def write_everything(registry: Registry, out: Path) -> None:
    """All that is handed out to those who may not see sealed claims."""
    out.mkdir()
    view = registry.view("public")
    (out / "claims.csv").write_text("".join(csv(view)))
    (out / "claims.jsonl").write_text("".join(jsonl(view)))
    (out / "places.geojson").write_text("".join(geojson(view)))
    export_bundle(registry, out / "bundle", clearance="partners")
    write_dossier(registry, "all", out / "dossier", pdf=False)
    backup(registry, out / "archive", out.parent / "salts")
    (out / "tables").write_text(repr(structure(registry)))


def structure(registry: Registry) -> dict[str, list]:
    """The log itself: what everybody gets who gets any of it."""
    db = sqlite3.connect(registry.path / "registry.sqlite")
    try:
        names = ("log", "tile", "checkpoint", "signature", "token", "about", "digest")
        found = {name: db.execute(f"SELECT * FROM {name}").fetchall() for name in names}
        return {
            **found,
            "entry": db.execute("SELECT id, log, position, bytes FROM entry").fetchall(),
        }
    finally:
        db.close()


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """A registry with a passphrase, its temporary folder watched; opened once (scrypt is slow)."""
    folder = tmp_path_factory.mktemp("guarded")
    temporary = folder / "temporary"
    temporary.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(temporary))
        patch.setattr("tempfile.tempdir", None)
        made = create_registry(folder / "registry", organisation="Invented", passphrase=PASSPHRASE)
        with made as registry:
            fill(registry, "sealed")
            write_everything(registry, folder / "out")
            yield folder, registry


def seeds(registry: Registry) -> list[bytes]:
    return [registry.key().ed25519_seed]


def test_t43_nothing_sealed_in_what_is_handed_out(guarded):
    folder, registry = guarded
    assert leaks(folder / "out", [WORDS.encode(), WHO.encode()]) == {}
    assert any(shown.claim.subject == f"person:{WHO}" for shown in registry.view("sealed").claims())


def test_t43_passphrase_and_seed_stand_nowhere(guarded):
    """Not in the registry, its journal, what it hands out, the salts, the temporary folder."""
    folder, registry = guarded
    assert (registry.path / "registry.sqlite-wal").stat().st_size > 0
    assert leaks(folder, [PASSPHRASE.encode(), *seeds(registry)]) == {}


def test_t43_nothing_left_in_temporary_folders(guarded):
    folder, registry = guarded
    assert list((folder / "temporary").iterdir()) == []
    assert not list((registry.path / "quarantine").iterdir())


def test_t43_the_database_is_where_the_words_are(guarded):
    """The search for canaries finds them where they have to be."""
    _, registry = guarded
    places = leaks(registry.path, [WORDS.encode()])
    assert {Path(place).name.removesuffix("-wal") for place in places} == {"registry.sqlite"}


def test_t43_mutant_a_public_claim_is_found_everywhere(tmp_path):
    """The same words, public: every export, the bundle and the dossier hold them."""
    with create_registry(tmp_path / "registry", organisation="Invented") as registry:
        fill(registry, "public")
        write_everything(registry, tmp_path / "out")
    found = leaks(tmp_path / "out", [WORDS.encode()])
    names = {Path(place).name for place in found}
    assert {"claims.csv", "claims.jsonl", "bundle", "index.html"} <= names
    assert "tables" not in names


def test_t43_mutant_key_without_passphrase(tmp_path):
    """A key file without protection holds the seed, and the search sees it, in the archive too."""
    with create_registry(tmp_path / "registry", organisation="Invented") as registry:
        secrets = seeds(registry)
    places = leaks(tmp_path / "registry", secrets)
    assert [Path(place).suffix for place in places] == [".key"]


@pytest.mark.parametrize(
    "words",
    [
        ("show", f"person:{WHO}"),
        ("find", WORDS),
        ("withdraw", "0" * 64, "--why", "invented"),
        ("verify", "nowhere"),
        ("dossier", f"person:{WHO}", "--out", "dossier"),
    ],
    ids=lambda words: words[0],
)
def test_t43_failing_commands(guarded, tmp_path, words):
    """What a failing command says holds no more than what was typed; it leaves no files."""
    folder, registry = guarded
    environment = {
        **os.environ,
        "HABEAS_REGISTRY": str(registry.path),
        "HABEAS_PASSPHRASE": PASSPHRASE,
        "TMPDIR": str(folder / "temporary"),
    }
    done = subprocess.run(
        [sys.executable, "-m", "habeas", *words],
        capture_output=True, cwd=tmp_path, env=environment, check=False,
    )  # fmt: skip
    said = done.stdout + done.stderr
    assert b"Traceback" not in said
    assert done.returncode or words[0] == "find"
    typed = [word.encode() for word in words]
    hidden = [WORDS.encode(), WHO.encode(), PASSPHRASE.encode(), *seeds(registry)]
    untyped = [secret for secret in hidden if not any(secret in word for word in typed)]
    assert leaked(said, untyped) == []
    assert list((folder / "temporary").iterdir()) == []
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_t43_damaged_claim_is_named_not_shown(tmp_path):
    """Verification speaks of a damaged claim by its digest, never by its words."""
    here = tmp_path / "registry"
    with create_registry(here, organisation="Invented") as registry:
        fill(registry, "sealed")
    data = bytearray((here / "registry.sqlite").read_bytes())
    at = data.index(WORDS.encode()) - 3
    data[at] ^= 1
    (here / "registry.sqlite").write_bytes(data)
    assert fault_parts.judge(here) == "failed"
    done = subprocess.run(
        [sys.executable, "-m", "habeas", "verify", str(here)], capture_output=True, check=False
    )
    assert done.returncode == 4
    assert leaked(done.stdout + done.stderr, [WORDS.encode(), WHO.encode()]) == []
