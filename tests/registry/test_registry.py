"""A registry is made whole or not at all, and opened as it was made."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from habeas.errors import InputError, IntegrityError, KeyFileError, NotFoundError
from habeas.registry.registry import create_registry, open_registry, organisation_id_of
from habeas.registry.verification import verify

_spec = importlib.util.spec_from_file_location(
    "exchange_parts", Path(__file__).parent / "exchange_parts.py"
)
parts = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(parts)


def test_a_new_registry_says_whose_it_is(tmp_path):
    with create_registry(tmp_path / "a", organisation="Invented Organisation") as a:
        view = a.view()
        assert a.organisation == "org:invented-organisation"
        assert view.label(a.organisation) == "Invented Organisation"
        (owner,) = view.claims(predicate="organisation")
        assert owner.claim.subject == f"log:{a.log.origin.rpartition('/')[2]}"
        assert verify(a).passed
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == [
        "evidence", "habeas.toml", "keys", "registry.sqlite",
    ]  # fmt: skip


def test_the_key_is_for_its_owner_alone(tmp_path):
    with parts.make(tmp_path / "a", passphrase="open sesame") as a:
        file = a.key_file(a.log.origin)
        assert file.stat().st_mode & 0o077 == 0
        assert file.parent.stat().st_mode & 0o077 == 0
        private = a.key()
        assert private.fingerprint()
    assert b"open sesame" not in file.read_bytes()


@pytest.mark.parametrize("post_quantum", [False, True])
def test_keys_of_both_kinds(tmp_path, post_quantum):
    with parts.make(tmp_path / "a", post_quantum=post_quantum) as a:
        parts.record(a, parts.named("p", "N"))
        assert len(a.log.vkeys.splitlines()) == 1 + post_quantum
        (line, *_) = (row.lines for row in a.store.checkpoints(a.log.id))
        assert len(line) == 1 + post_quantum
        assert verify(a).passed


@pytest.mark.parametrize(
    "named",
    [
        {"organisation": ""},
        {"organisation": "  "},
        {"organisation": "a\udcff"},
        {"organisation": "A", "organisation_id": "invented"},
        {"organisation": "A", "organisation_id": "org:Not Allowed"},
        {"organisation": "A", "organisation_id": "person:somebody"},
        {"organisation": "A", "recorder": "A Person"},
    ],
)
def test_what_cannot_be_leaves_nothing_behind(tmp_path, named):
    folder = tmp_path / "a"
    with pytest.raises(InputError):
        create_registry(folder, **named)
    assert not folder.exists() or not list(folder.iterdir())
    create_registry(folder, organisation="A").close()


def test_only_an_empty_folder(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "something").touch()
    with pytest.raises(InputError, match="not empty"):
        create_registry(tmp_path / "a", organisation="A")
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["something"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Invented & Sons", "org:invented-sons"),
        ("--", None),
        ("خاوران", None),
        ("x" * 200, "org:" + "x" * 60),
        ("x" * 59 + " y", "org:" + "x" * 59),
    ],
)
def test_an_id_from_a_name(tmp_path, name, expected):
    made = organisation_id_of(name)
    assert expected in (None, made)
    with create_registry(tmp_path / "a", organisation=name) as a:
        assert verify(a).passed


def test_a_registry_that_lost_its_key_or_its_log(tmp_path):
    with parts.make(tmp_path / "a") as a:
        file = a.key_file(a.log.origin)
        file.rename(file.with_suffix(".away"))
    with open_registry(tmp_path / "a") as a:
        with pytest.raises(KeyFileError):
            parts.record(a, parts.named("p", "N"))
        a.store.begin()
        a.store.disown(a.log.id)
        a.store.commit()
        with pytest.raises(NotFoundError, match="no log of its own"):
            parts.record(a, parts.named("p", "N"))


@pytest.mark.parametrize("data", [b"", b"no database" * 1000])
def test_a_file_that_is_no_registry(tmp_path, data):
    parts.make(tmp_path / "a").close()
    (tmp_path / "a" / "registry.sqlite").write_bytes(data)
    with pytest.raises(IntegrityError):
        open_registry(tmp_path / "a")


def test_nowhere(tmp_path):
    with pytest.raises(InputError, match="there is no registry here"):
        open_registry(tmp_path / "nowhere")
