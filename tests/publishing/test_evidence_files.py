"""Files of evidence in a dossier: only those of which nothing lies above the clearance."""

import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from habeas.claims.claim import Claim
from habeas.claims.values import Text
from habeas.evidence.custody import CustodyEvent
from habeas.publishing.dossier import write_dossier
from habeas.registry.keeping import keep
from habeas.registry.registry import Registry, create_registry

PARTNERS = "partners"


@pytest.fixture
def registry(tmp_path):
    with create_registry(tmp_path / "registry", organisation="Invented archive") as made:
        with made.recording() as recording:
            recording.entry([said("source:report", "title", "An invented report")])
        yield made


def said(subject: str, predicate: str, words: str) -> Claim:
    return Claim(
        subject=subject,
        predicate=predicate,
        value=Text(text=words),
        source="org:invented-archive",
        sensitivity="public",
    )


def kept(registry, tmp_path: Path, name: str, data: bytes) -> str:
    path = tmp_path / name
    path.write_bytes(data)
    custody = CustodyEvent(
        item=sha256(data).hexdigest(),
        act="collected",
        receiver="org:invented-archive",
        time="2026-01-02T03:04:05Z",
    )
    made = keep(registry, path, source="source:report", custody=custody, sensitivity="public")
    return made.item.sha256


def verified(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", folder / "verify.sh"], capture_output=True, text=True, check=False, cwd="/"
    )


def test_a_file_of_which_something_is_hidden_stays_out(registry, tmp_path):
    digest = kept(registry, tmp_path, "witness-name.txt", b"invented words\n")
    made = write_dossier(registry, "source:report", tmp_path / "out", evidence=True)
    assert made.evidence == ()
    assert made.left_out == (digest,)
    assert not (tmp_path / "out" / "evidence").exists()
    assert verified(made.folder).returncode == 0


def test_with_the_clearance_it_is_there_and_is_checked(registry, tmp_path):
    digest = kept(registry, tmp_path, "note.txt", b"invented words\n")
    out = tmp_path / "out"
    made = write_dossier(registry, "source:report", out, clearance="team", evidence=True)
    assert made.evidence == (digest,)
    assert verified(out).returncode == 0
    file = out / "evidence" / digest
    file.chmod(0o644)
    file.write_bytes(b"invented worde\n")
    found = verified(out)
    assert found.returncode == 1
    assert digest in found.stdout


def test_the_mutant_that_does_not_look_gives_the_file_away(registry, tmp_path, monkeypatch):
    digest = kept(registry, tmp_path, "witness-name.txt", b"invented words\n")
    monkeypatch.setattr(Registry, "shows_whole", lambda *_: True)
    made = write_dossier(registry, "source:report", tmp_path / "out", evidence=True)
    assert made.evidence == (digest,)


def test_nothing_is_put_in_unasked(registry, tmp_path):
    kept(registry, tmp_path, "note.txt", b"invented words\n")
    made = write_dossier(registry, "source:report", tmp_path / "out", clearance="team")
    assert made.evidence == made.left_out == ()
