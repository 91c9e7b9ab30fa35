"""Fault 4: no room left, at each write. What was acknowledged stays; nothing stays half-written."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path

import fault_parts
import pytest
from fault_parts import check_survived, check_verified, command, copied, record, run, tmpfs

from habeas.claims.claim import Claim
from habeas.claims.values import Text
from habeas.errors import HabeasError, StorageError
from habeas.evidence.custody import CustodyEvent
from habeas.publishing import pack_folder
from habeas.publishing.dossier import write_dossier
from habeas.registry import handing_out
from habeas.registry.exporting import export_bundle
from habeas.registry.importing import import_bundle
from habeas.registry.keeping import keep
from habeas.registry.registry import create_registry, open_registry

BLOCK = 4096


def told(error: StorageError) -> None:
    assert error.place
    assert error.reason
    assert error.mend


LIMITS = [0, 1, 31, 32, 4096, 32_767, 32_768, *range(33_000, 420_000, 9_000)]


def test_t04_file_size_limit(folder, tmp_path):
    """RLIMIT_FSIZE in the child, lifted after the error; the same process records again then."""
    refused = 0
    for limit in fault_parts.sample(LIMITS, 9):
        here = copied(folder, tmp_path / str(limit))
        said = run(command(here, 4, "full", f"limit-{limit}"))
        for error in said.errors:
            assert error["error"] == "StorageError"
            assert error["place"]
            assert error["reason"]
            assert error["mend"]
        refused += len(said.errors)
        if said.errors:
            assert said.acknowledged[-1]["again"], "did not record again when there was room"
        check_survived(here, said.acknowledged)
    assert refused >= 3


def test_t04_mutant_error_taken_for_success(folder):
    """A recorder that acknowledges what the disk refused is caught."""
    said = run(command(folder, 2, "full", "limit-40000-ignored"))
    with pytest.raises((AssertionError, IndexError), match="acknowledged, lost"):
        check_survived(folder, said.acknowledged)


class Disk:
    """A small disk with a ballast that leaves just so much room."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.ballast = path / "ballast"

    def leave(self, room: int) -> None:
        """Fill the disk up, then give `room` bytes back."""
        with self.ballast.open("wb", buffering=0) as file:
            try:
                while file.write(b"\0" * BLOCK):
                    pass
            except OSError:
                pass
            size = file.tell()
            file.truncate(max(0, size - room) // BLOCK * BLOCK)

    def free(self) -> None:
        self.ballast.unlink()


@pytest.fixture
def disk(tmp_path):
    with tmpfs(tmp_path / "disk", "size=3m") as path:
        yield Disk(path)


ROOMS = [0, *range(BLOCK, 40 * BLOCK, BLOCK)]


def test_t04_disk_full_while_recording(folder, disk):
    refused = 0
    kept = []
    here = copied(folder, disk.path / "registry")
    for room in fault_parts.sample(ROOMS, 8):
        disk.leave(room)
        said = run(command(here, 3, f"room-{room}"))
        disk.free()
        refused += len(said.errors)
        assert {error["error"] for error in said.errors} <= {"StorageError"}, said.lines
        kept += said.acknowledged
        check_survived(here, kept)
    assert refused >= 3


def refuse_creating(disk: Disk, room: int) -> bool:
    """Whether there was too little room for a new registry; then nothing of it may be left."""
    here = disk.path / "new"
    disk.leave(room)
    try:
        create_registry(here, organisation="Invented Organisation").close()
    except StorageError as error:
        told(error)
        assert not here.exists() or not list(here.iterdir()), "half a registry was left"
        return True
    finally:
        disk.free()
    return False


def test_t04_disk_full_while_creating(disk):
    refused = [refuse_creating(disk, room) for room in (0, *range(BLOCK, 400_000, 13 * BLOCK))
               if not (disk.path / "new" / "habeas.toml").exists()]  # fmt: skip
    assert refused[0]
    assert not refused[-1]
    check_survived(disk.path / "new", [])


def test_t12_two_processes_creating(tmp_path, monkeypatch):
    """The one that comes second is refused, and takes nothing of the first's away."""
    here = tmp_path / "new"
    create_registry(here, organisation="The First").close()
    monkeypatch.setattr("habeas.registry.registry._make_folder", lambda folder: None)
    with pytest.raises(HabeasError):
        create_registry(here, organisation="The Second")
    assert (here / "habeas.toml").read_text().count("The First") == 1
    check_survived(here, [])


def test_t04_mutant_half_a_registry_left(disk, monkeypatch):
    monkeypatch.setattr("habeas.registry.registry._whole_or_not_there", lambda _: nullcontext())
    with pytest.raises(AssertionError, match="half a registry"):
        refuse_creating(disk, 30 * BLOCK)


def test_t04_disk_full_while_keeping(folder, disk, tmp_path):
    here = copied(folder, disk.path / "registry")
    photo = tmp_path / "photo"
    photo.write_bytes(b"an invented photograph" * 3_000)
    event = CustodyEvent(item="0" * 64, act="collected", time="2026-05-01T14:30:00+03:30")
    with open_registry(here) as registry:
        source = "source:invented-list"
        title = Claim(
            subject=source,
            predicate="title",
            value=Text(text="An invented list"),
            source=registry.organisation,
            sensitivity="team",
        )
        record(registry, title)
        refused = 0
        for room in fault_parts.sample(ROOMS, 6):
            disk.leave(room)
            try:
                keep(registry, photo, source=source, custody=event)
            except StorageError as error:
                refused += 1
                told(error)
            finally:
                disk.free()
            assert not list((here / "evidence" / "incoming").glob("*")), "a part was left"
            check_verified(registry)
        assert refused >= 2
        keep(registry, photo, source=source, custody=event)
        check_verified(registry)
    check_survived(here, [])


def refuse_export(here: Path, disk: Disk, room: int) -> None:
    """Export onto a disk without room; nothing may be left there."""
    disk.leave(room)
    try:
        with open_registry(here) as registry, pytest.raises(StorageError) as caught:
            export_bundle(registry, disk.path / "bundle", compress=False)
        told(caught.value)
        assert [path.name for path in disk.path.iterdir()] == ["ballast"], "half a bundle was left"
    finally:
        disk.free()


def test_t04_disk_full_while_exporting(whole, disk, tmp_path):
    here = copied(whole, tmp_path / "sender")
    for room in fault_parts.sample(ROOMS[:10], 3):
        refuse_export(here, disk, room)
    with open_registry(here) as registry:
        export_bundle(registry, disk.path / "bundle", compress=False)


def test_t04_mutant_half_a_bundle_left(whole, disk, tmp_path, monkeypatch):
    class Lasting(type(Path())):
        def unlink(self, missing_ok: bool = False) -> None:
            """Whatever was written stays."""

    here = copied(whole, tmp_path / "sender")
    original = handing_out.hand_out

    def hand_out(path, *rest):
        return original(Lasting(path), *rest)

    monkeypatch.setattr("habeas.registry.exporting.hand_out", hand_out)
    with pytest.raises(AssertionError, match="half a bundle"):
        refuse_export(here, disk, 2 * BLOCK)


def test_t04_disk_full_while_importing(whole, folder, disk, tmp_path):
    with open_registry(copied(whole, tmp_path / "sender")) as sender:
        export_bundle(sender, tmp_path / "bundle")
        trust = {sender.key().fingerprint()}
    here = copied(folder, disk.path / "registry")
    with open_registry(here) as registry:
        before = registry.store.logs()
        for room in (0, 2 * BLOCK, 8 * BLOCK, 16 * BLOCK):
            disk.leave(room)
            try:
                with pytest.raises(StorageError) as caught:
                    import_bundle(registry, tmp_path / "bundle", trust=trust)
            finally:
                disk.free()
            told(caught.value)
            assert registry.store.logs() == before, "half a bundle was taken in"
            assert not list((here / "quarantine").iterdir())
            check_verified(registry)
        import_bundle(registry, tmp_path / "bundle", trust=trust)
        assert len(registry.store.logs()) == len(before) + 1
    check_survived(here, [])


def refuse_dossier(here: Path, disk: Disk, room: int, out: str) -> None:
    """Write a dossier onto a disk without room; nothing of it may be left."""
    disk.leave(room)
    try:
        with open_registry(here) as registry, pytest.raises(StorageError) as caught:
            write_dossier(registry, "person:p0", disk.path / out, pdf=False)
        told(caught.value)
        left = disk.path / out
        assert not left.exists() or not list(left.iterdir()), "half a dossier was left"
    finally:
        disk.free()


def test_t04_disk_full_while_writing_a_dossier(whole, disk, tmp_path):
    here = copied(whole, tmp_path / "registry")
    for room in (0, BLOCK, 4 * BLOCK, 8 * BLOCK):
        refuse_dossier(here, disk, room, f"dossier-{room}")
    with open_registry(here) as registry:
        write_dossier(registry, "person:p0", disk.path / "dossier-0", pdf=False)
    names = {path.name for path in (disk.path / "dossier-0").iterdir()}
    assert pack_folder.LAST in names
    assert pack_folder.UNFINISHED not in names


def test_t04_mutant_half_a_dossier_left(whole, disk, tmp_path, monkeypatch):
    here = copied(whole, tmp_path / "registry")
    monkeypatch.setattr(pack_folder, "_clear", lambda folder: None)
    with pytest.raises(AssertionError, match="half a dossier"):
        refuse_dossier(here, disk, 4 * BLOCK, "dossier")


def test_t04_killed_while_writing_a_dossier(tmp_path):
    """A kill leaves what cannot be verified: the script comes last, whatever the moment."""
    import subprocess

    program = (
        "import os, signal, sys; from pathlib import Path\n"
        "from habeas.publishing import pack_folder\n"
        "left = int(sys.argv[2])\n"
        "plain = Path.replace\n"
        "def replace(path, target):\n"
        "    global left\n"
        "    left -= 1\n"
        "    if left < 0: os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return plain(path, target)\n"
        "Path.replace = replace\n"
        "files = {'verify.sh': b'#', 'a': b'1', 'index.html': b'2', 'z/b': b'3'}\n"
        "pack_folder.write_pack(Path(sys.argv[1]), files)\n"
    )
    for moves in range(4):
        out = tmp_path / str(moves)
        words = [sys.executable, "-c", program, str(out), str(moves)]
        assert subprocess.run(words, check=False).returncode != 0
        assert not (out / pack_folder.LAST).exists()
        assert (out / pack_folder.UNFINISHED / pack_folder.LAST).exists()
