"""Research packages: a bag that `bagit` accepts, a crate that `rocrate` reads, nothing hidden."""

from __future__ import annotations

import json
import shutil
from hashlib import sha256
from pathlib import Path

import bagit
import pytest
from rocrate.rocrate import ROCrate

from habeas.claims.claim import Claim
from habeas.claims.values import File, Ref, Text
from habeas.errors import InputError, IntegrityError, NotFoundError, StorageError
from habeas.evidence.custody import CustodyEvent
from habeas.exchange import bagit as tags
from habeas.exchange import ro_crate as writing
from habeas.exchange.ro_crate import write_ro_crate
from habeas.registry.changing import withdraw
from habeas.registry.keeping import keep
from habeas.registry.registry import Registry, create_registry

ORG = "org:invented-archive"
SITE = "site:invented-field"
RUN = "run:invented-method"
SECRET = "invented hidden words"


def said(subject, predicate, value, source=ORG, sensitivity="public", **more) -> Claim:
    if isinstance(value, str):
        value = Text(text=value)
    return Claim(subject=subject, predicate=predicate, value=value, source=source,
                 sensitivity=sensitivity, **more)  # fmt: skip


@pytest.fixture
def made(tmp_path):
    """A registry with public and hidden claims, a kept file, a run, a withdrawn claim."""
    with create_registry(
        tmp_path / "registry", organisation="Invented archive\nبایگانی ساختگی", organisation_id=ORG
    ) as registry:
        with registry.recording() as recording:
            recording.entry([said("source:report", "title", "An invented report")])
            recording.entry([said("source:secret", "title", SECRET, sensitivity="team")])
            (label,) = recording.entry([said(SITE, "label", "Field / دشت", "source:report")])
            recording.entry([said(SITE, "label", SECRET, "source:secret", "team")])
            recording.entry([said(SITE, "label", "Computed", RUN)])
            file = File(sha256="0" * 64, size=1, media_type="text/plain")
            recording.entry([said(RUN, "method", "invented"), said(RUN, "input", file)])
            (wrong,) = recording.entry([said(SITE, "label", "Wrong", "source:report")])
        withdraw(registry, wrong, "invented mistake")
        path = tmp_path / "note.txt"
        path.write_bytes(b"invented words\n")
        digest = sha256(b"invented words\n").hexdigest()
        custody = CustodyEvent(item=digest, act="collected", receiver=ORG,
                               time="2026-01-02T03:04:05Z")  # fmt: skip
        keep(registry, path, source="source:report", custody=custody, sensitivity="public")
        registry.digest = digest
        registry.label = label
        registry.wrong = wrong
        yield registry


def lines(folder: Path) -> list[dict]:
    text = (folder / "data" / "claims.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


def provenance(folder: Path) -> dict:
    return json.loads((folder / "data" / "provenance.json").read_text("utf-8"))


def everything(folder: Path) -> bytes:
    return b"\n".join(
        path.name.encode() + b"\n" + path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    )


@pytest.mark.parametrize("clearance", ["public", "partners", "team", "sealed"])
@pytest.mark.parametrize("lang", ["en", "fa"])
def test_real_readers_accept_it(made, tmp_path, clearance, lang):
    out = tmp_path / "out"
    written = write_ro_crate(made, out, clearance=clearance, lang=lang)
    bag = bagit.Bag(str(out))
    bag.validate()
    assert bag.info["Payload-Oxum"] == f"{written.bytes}.{written.files}"
    assert bag.info["Source-Organization"] == "Invented archive بایگانی ساختگی"
    assert bag.info["Habeas-Clearance"] == clearance
    assert not [name for name in bag.info if "Contact" in name]
    crate = ROCrate(str(out / "data"))
    assert crate.root_dataset["datePublished"]
    assert crate.root_dataset["license"]["@id"] == "#terms"
    files = {entity.id for entity in crate.data_entities}
    on_disk = {
        p.relative_to(out / "data").as_posix() for p in (out / "data").rglob("*") if p.is_file()
    }
    assert files == on_disk - {"ro-crate-metadata.json"}
    for entity in crate.data_entities:
        size = (out / "data" / entity.id).stat().st_size
        assert entity["contentSize"] == str(size)
    assert len(lines(out)) == written.claims


def test_the_claims_are_those_of_the_view_and_no_others(made, tmp_path):
    for clearance in ("public", "team"):
        out = tmp_path / clearance
        write_ro_crate(made, out, clearance=clearance)
        shown = {one.digest for one in made.view(clearance).stream()}
        assert {line["digest"] for line in lines(out)} == shown
    public, team = everything(tmp_path / "public"), everything(tmp_path / "team")
    for words in (SECRET.encode(), b"source:secret", b"source/secret", b"note.txt"):
        assert words not in public
        assert words in team


def test_the_mutant_that_looks_at_everything_is_seen(made, tmp_path, monkeypatch):
    everything_ = made.view("sealed")
    monkeypatch.setattr(made, "view", lambda _: everything_, raising=False)
    write_ro_crate(made, tmp_path / "out")
    assert SECRET.encode() in everything(tmp_path / "out")


def test_nobody_who_recorded_is_named(made, tmp_path):
    write_ro_crate(made, tmp_path / "out", clearance="sealed")
    assert made.settings.recorder.encode() not in everything(tmp_path / "out")


def test_a_file_of_which_something_is_hidden_stays_out(made, tmp_path, monkeypatch):
    written = write_ro_crate(made, tmp_path / "public")
    assert (written.evidence, written.left_out) == ((), (made.digest,))
    assert not (tmp_path / "public" / "data" / "evidence").exists()
    written = write_ro_crate(made, tmp_path / "team", clearance="team")
    assert (written.evidence, written.left_out) == ((made.digest,), ())
    copy = tmp_path / "team" / "data" / "evidence" / made.digest
    assert copy.read_bytes() == b"invented words\n"
    monkeypatch.setattr(Registry, "shows_whole", lambda *_: True)
    assert write_ro_crate(made, tmp_path / "mutant").evidence == (made.digest,)


def test_a_kept_file_that_was_changed_stops_it(made, tmp_path):
    path = made.evidence.path(made.digest)
    path.chmod(0o644)
    path.write_bytes(b"invented worde\n")
    with pytest.raises(IntegrityError):
        write_ro_crate(made, tmp_path / "out", clearance="team")
    assert not list(tmp_path.glob("*out*"))


def test_the_same_view_gives_the_same_bytes(made, tmp_path):
    for name in ("one", "two"):
        write_ro_crate(made, tmp_path / name, clearance="team")
    first, second = ({p.relative_to(tmp_path / n): p.read_bytes() for p in (tmp_path / n).rglob("*")
                      if p.is_file()} for n in ("one", "two"))  # fmt: skip
    assert first == second


@pytest.mark.parametrize("name", ["data/claims.jsonl", "bag-info.txt", "data/provenance.json"])
def test_any_change_is_noticed_by_bagit(made, tmp_path, name):
    out = tmp_path / "out"
    write_ro_crate(made, out)
    (out / name).write_bytes((out / name).read_bytes().replace(b"a", b"b", 1))
    with pytest.raises(bagit.BagValidationError):
        bagit.Bag(str(out)).validate()


def test_names_in_a_manifest_are_encoded(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "not\nsure").write_text("x")
    assert tags.write_tags(tmp_path, {"External-Description": "a\nContact-Name: b"}) == (1, 1)
    bag = bagit.Bag(str(tmp_path))
    bag.validate()
    assert "Contact-Name" not in bag.info


# Provenance


def test_provenance_names_nothing_that_is_not_declared(made, tmp_path):
    for clearance in ("public", "sealed"):
        write_ro_crate(made, tmp_path / clearance, clearance=clearance)
        found = provenance(tmp_path / clearance)
        known = {kind: set(found.get(kind, {})) for kind in ("entity", "activity", "agent")}
        roles = {
            "prov:entity": "entity", "prov:generatedEntity": "entity", "prov:usedEntity": "entity",
            "prov:activity": "activity", "prov:informed": "activity", "prov:informant": "activity",
            "prov:agent": "agent",
        }  # fmt: skip
        for section, relations in found.items():
            if section in ("prefix", "entity", "activity", "agent"):
                continue
            for relation in relations.values():
                for role, name in relation.items():
                    if role in roles:
                        assert name in known[roles[role]], (section, role, name)


def test_provenance_says_where_a_claim_comes_from(made, tmp_path):
    write_ro_crate(made, tmp_path / "out")
    found = provenance(tmp_path / "out")
    claim = f"habeas:claim/{made.label}"
    (generated,) = [g for g in found["wasGeneratedBy"].values() if g["prov:entity"] == claim]
    assert generated["prov:activity"].startswith("habeas:entry/")
    assert found["activity"][generated["prov:activity"]]["prov:startTime"] == generated["prov:time"]
    (source,) = [d for d in found["wasDerivedFrom"].values() if d["prov:generatedEntity"] == claim]
    assert source["prov:usedEntity"] == "habeas:source/report"
    assert source["prov:type"] == {"$": "prov:PrimarySource", "type": "prov:QUALIFIED_NAME"}
    (gone,) = found["wasInvalidatedBy"].values()
    assert gone["prov:entity"] == f"habeas:claim/{made.wrong}"
    assert [u["prov:activity"] for u in found["used"].values()] == ["habeas:run/invented-method"]
    assert found["wasInformedBy"]
    assert found["agent"]["habeas:org/invented-archive"]["prov:label"].startswith(
        "Invented archive"
    )


def test_a_withdrawal_without_effect_invalidates_nothing(made, tmp_path):
    (withdrawal,) = made.view("sealed").claims(predicate="withdrawn")
    withdraw(made, withdrawal.digest, "it was right after all, invented")
    write_ro_crate(made, tmp_path / "out")
    invalid = [r["prov:entity"] for r in provenance(tmp_path / "out")["wasInvalidatedBy"].values()]
    assert invalid == [f"habeas:claim/{withdrawal.digest}"]


# One entity; refusals


def test_about_one_entity_its_sources_and_their_files_go_along(made, tmp_path):
    written = write_ro_crate(made, tmp_path / "out", subject=SITE, clearance="team")
    subjects = {line["claim"]["subject"] for line in lines(tmp_path / "out")}
    assert {SITE, "source:report", "source:secret", f"item:{made.digest}"} <= subjects
    assert RUN in subjects
    assert "claim:" + made.wrong not in subjects
    assert written.evidence == (made.digest,)
    bagit.Bag(str(tmp_path / "out")).validate()


def test_what_cannot_be_seen_is_not_there(made, tmp_path):
    for subject in ("source:secret", "site:nowhere"):
        with pytest.raises(NotFoundError) as error:
            write_ro_crate(made, tmp_path / "out", subject=subject)
        assert str(error.value).startswith(f"nothing is said of {subject}")
    assert not (tmp_path / "out").exists()


def test_nothing_is_written_over_anything(made, tmp_path, monkeypatch):
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("empty", "link"):
        with pytest.raises(InputError, match="nothing is overwritten"):
            write_ro_crate(made, tmp_path / name)
    assert not list((tmp_path / "empty").iterdir())


def test_it_is_written_whole_or_not_at_all(made, tmp_path, monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    for place, name in ((writing, "write_tags"), (shutil, "copyfile"), (writing, "_sync")):
        with monkeypatch.context() as patch:
            patch.setattr(place, name, full)
            with pytest.raises(StorageError, match="No space left"):
                write_ro_crate(made, tmp_path / "out", clearance="team")
        assert not [p for p in tmp_path.iterdir() if "out" in p.name]
    write_ro_crate(made, tmp_path / "out", clearance="team")


def test_an_unnamed_source_and_a_ref_go_through(made, tmp_path):
    with made.recording() as recording:
        recording.entry([said("source:copy", "derived_from", Ref(id="source:report"), ORG)])
    write_ro_crate(made, tmp_path / "out")
    graph = json.loads((tmp_path / "out/data/ro-crate-metadata.json").read_text("utf-8"))["@graph"]
    names = {one["@id"]: one["name"] for one in graph if one["@id"].startswith("#source:")}
    assert names == {"#source:report": "An invented report", "#source:copy": "source:copy"}
