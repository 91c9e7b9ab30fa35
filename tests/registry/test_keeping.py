"""A file becomes evidence: described, its custody begun, and nothing of it shown too widely."""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path

import pytest

from habeas.claims.claim import Claim
from habeas.claims.values import Text
from habeas.errors import InputError, NotFoundError
from habeas.evidence.custody import CustodyEvent, read_custody
from habeas.registry.keeping import hand_over, keep, page_count
from habeas.registry.verification import verify

_spec = importlib.util.spec_from_file_location(
    "exchange_parts", Path(__file__).parent / "exchange_parts.py"
)
parts = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(parts)

SOURCE = "source:invented-list"


@pytest.fixture
def registry(tmp_path):
    with parts.make(tmp_path / "a", "A") as registry:
        parts.record(
            registry,
            Claim(
                subject=SOURCE,
                predicate="title",
                value=Text(text="An invented list"),
                source="org:a",
                sensitivity="public",
            ),
        )
        yield registry


@pytest.fixture
def paper(tmp_path):
    path = tmp_path / "paper.txt"
    path.write_text("An invented paper.\n")
    return path


@pytest.fixture
def photograph(tmp_path):
    """A picture that says inside when and with what it was taken: invented."""
    from PIL import Image

    exif = Image.Exif()
    exif[0x010F] = "Invented Maker"
    exif[0x0132] = "2020:01:02 03:04:05"
    path = tmp_path / "photograph.jpg"
    Image.new("RGB", (8, 8)).save(path, exif=exif)
    return path


def custody(**named) -> CustodyEvent:
    return CustodyEvent(
        **{"item": "0" * 64, "act": "collected", "time": "2026-05-01T14:30:00+03:30", **named}
    )


def test_a_kept_file_is_described_and_in_custody(registry, paper):
    kept = keep(registry, paper, source=SOURCE, custody=custody(place="An office"))
    sha256 = hashlib.sha256(paper.read_bytes()).hexdigest()
    assert kept.item.sha256 == sha256
    with registry.evidence.open(sha256) as file:
        assert file.read() == paper.read_bytes()
    view = registry.view("team")
    said = {shown.claim.predicate for shown in view.claims(subject=f"item:{sha256}")}
    assert {"from_source", "file"} <= said
    assert {shown.digest for shown in view.claims(subject=f"item:{sha256}")} == set(kept.claims)
    event = read_custody(
        (shown.claim.predicate, shown.claim.value) for shown in view.claims(subject=kept.custody)
    )
    assert event == custody(item=sha256, place="An office")
    assert verify(registry).passed


def test_what_a_file_says_of_its_inside_stays_in_the_team(registry, photograph):
    kept = keep(registry, photograph, source=SOURCE, custody=custody(), sensitivity="public")
    inside = {detail.predicate for detail in kept.item.inside}
    assert inside
    public = registry.view("public").claims(subject=kept.item.id)
    assert public
    assert inside.isdisjoint(shown.claim.predicate for shown in public)
    team = registry.view("team").claims(subject=kept.item.id)
    assert inside <= {shown.claim.predicate for shown in team}
    assert all(b"Invented Maker" not in repr(shown).encode() for shown in public)
    assert registry.view("public").claims(subject=kept.custody) == []  # custody: never public


def test_mutant_an_inside_that_nobody_guards(registry, photograph, monkeypatch):
    from habeas.registry import clearance, keeping

    monkeypatch.setattr(keeping, "strictest", lambda one, _: one)
    monkeypatch.setattr(clearance, "_rule", lambda _: (0, False))
    kept = keep(registry, photograph, source=SOURCE, custody=custody(), sensitivity="public")
    public = registry.view("public").claims(subject=kept.item.id)
    inside = {detail.predicate for detail in kept.item.inside}
    assert inside <= {shown.claim.predicate for shown in public}


def test_a_sealed_file_is_sealed_throughout(registry, photograph):
    kept = keep(registry, photograph, source=SOURCE, custody=custody(), sensitivity="sealed")
    view = registry.view("team")
    assert view.claims(subject=kept.item.id) == view.claims(subject=kept.custody) == []


@pytest.mark.parametrize(
    ("source", "error"),
    [("source:nowhere", NotFoundError), ("person:p", InputError), ("", InputError)],
)
def test_a_source_that_nobody_recorded(registry, paper, source, error):
    before = parts.state(registry)
    with pytest.raises(error):
        keep(registry, paper, source=source, custody=custody())
    assert parts.state(registry) == before
    assert list(registry.evidence) == []


@pytest.mark.parametrize("named", [{"act": "no such act"}, {"time": "yesterday"}])
def test_a_custody_that_cannot_be_leaves_no_file(registry, paper, named):
    before = parts.state(registry)
    with pytest.raises(InputError):
        keep(registry, paper, source=SOURCE, custody=custody(**named))
    assert parts.state(registry) == before
    assert list(registry.evidence) == []


def test_a_hand_over_adds_an_event(registry, paper):
    kept = keep(registry, paper, source=SOURCE, custody=custody())
    event = hand_over(registry, kept.item.id, custody(act="transferred"))
    assert event != kept.custody
    events = {one.claim.subject for one in registry.view("team").claims(ref=kept.item.id)}
    assert {event, kept.custody} <= events
    with pytest.raises(NotFoundError, match="there is no item"):
        hand_over(registry, f"item:{'0' * 64}", custody(act="transferred"))


def test_pages_come_from_what_is_kept(registry, tmp_path):
    import pikepdf

    path = tmp_path / "paper.pdf"
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.add_blank_page()
        pdf.save(path)
    assert page_count(registry, SOURCE) is None
    keep(registry, path, source=SOURCE, custody=custody())
    assert page_count(registry, SOURCE) == 2
