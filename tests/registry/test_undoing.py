"""A run is undone whole, or not at all; and nobody undoes another organisation's."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from habeas.claims.claim import Claim
from habeas.claims.values import Quantity, Text
from habeas.errors import InputError, NotFoundError
from habeas.ledger.entry import log_id
from habeas.registry import undoing
from habeas.registry.backup import backup
from habeas.registry.changing import withdraw
from habeas.registry.exporting import export_bundle
from habeas.registry.importing import import_bundle
from habeas.registry.registry import open_registry
from habeas.registry.restore import restore
from habeas.registry.undoing import withdraw_run
from habeas.registry.verification import verify

_spec = importlib.util.spec_from_file_location(
    "exchange_parts", Path(__file__).parent / "exchange_parts.py"
)
parts = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(parts)

RUN = "run:list-1"


@pytest.fixture
def registry(tmp_path):
    with parts.make(tmp_path / "a", "A") as registry:
        parts.record(registry, parts.named("before", "Before"))
        yield registry


def run(registry, rows=3, run_id=RUN, sensitivity="team", log=None):
    """Record some rows, and the run that says which entries they are."""
    with registry.recording() as recording:
        made = [
            recording.entry(
                [
                    parts.named(f"r{row}", f"Name {row}", sensitivity),
                    Claim(
                        subject=f"person:r{row}",
                        predicate="occupation",
                        value=Text(text="invented"),
                        source="source:list",
                        sensitivity="public",
                    ),
                ]
            )
            for row in range(rows)
        ]
        first, following = recording.span
        recording.entry(
            [
                Claim(
                    subject=run_id,
                    predicate="recorded_entries",
                    value=Quantity(
                        text=f"{first}-{following - 1}",
                        low=str(first),
                        high=str(following - 1),
                        counts=log or log_id(registry.log.origin),
                    ),
                    source=run_id,
                    sensitivity="team",
                )
            ]
        )
    return [digest for digests in made for digest in digests]


def standing(registry, subject=None):
    return {s.digest for s in registry.view("sealed").stream(subject=subject) if not s.withdrawn}


def test_all_that_a_run_recorded_is_withdrawn_and_nothing_else(registry):
    before = standing(registry)
    digests = run(registry)
    told = standing(registry, RUN)
    assert withdraw_run(registry, RUN, "the wrong file") == 6
    view = registry.view("sealed")
    assert all(view.claim(digest).withdrawn for digest in digests)
    assert before | told <= standing(registry)
    (why,) = view.claims(subject=RUN, predicate="undone")
    assert why.claim.value == Text(text="the wrong file")
    assert verify(registry).passed


def test_undoing_twice_withdraws_nothing_more(registry):
    run(registry)
    withdraw_run(registry, RUN, "once")
    size = registry.store.size(registry.log.id)
    assert withdraw_run(registry, RUN, "twice") == 0
    assert registry.store.size(registry.log.id) == size


def test_what_was_withdrawn_before_is_left_alone(registry):
    digests = run(registry)
    withdraw(registry, digests[0], "by hand")
    assert withdraw_run(registry, RUN, "the rest") == 5
    assert len(registry.view("sealed").about(digests[0])) == 1


def test_two_runs_are_undone_apart(registry):
    one, two = run(registry), run(registry, run_id="run:list-2")
    withdraw_run(registry, "run:list-2", "only this one")
    view = registry.view("sealed")
    assert not any(view.claim(digest).withdrawn for digest in one)
    assert all(view.claim(digest).withdrawn for digest in two)


def test_withdrawals_are_as_hidden_as_what_they_withdraw(registry):
    digests = run(registry, sensitivity="sealed")
    withdraw_run(registry, RUN, "the wrong file")
    assert registry.view("team").about(digests[0]) == []
    assert len(registry.view("sealed").about(digests[0])) == 1


def test_a_run_that_nobody_knows(registry):
    with pytest.raises(NotFoundError, match="no such run"):
        withdraw_run(registry, "run:other", "why")
    with pytest.raises(InputError, match="reason"):
        withdraw_run(registry, RUN, " ")


def test_a_run_whose_entries_are_told_twice_or_not_at_all(registry):
    run(registry)
    run(registry)
    with pytest.raises(InputError, match="more than one claim"):
        withdraw_run(registry, RUN, "why")
    for shown in registry.view("sealed").claims(subject=RUN):
        withdraw(registry, shown.digest, "wrong")
    with pytest.raises(InputError, match="does not tell which entries"):
        withdraw_run(registry, RUN, "why")


def give(tmp_path, sender, receiver):
    """Everything of one registry into another one."""
    bundle = tmp_path / "bundle.habeas"
    export_bundle(sender, bundle, clearance="sealed")
    import_bundle(receiver, bundle, trust={sender.key().fingerprint()})


def test_nobody_undoes_another_organisations_run(registry, tmp_path):
    run(registry)
    with parts.make(tmp_path / "b", "B") as other:
        give(tmp_path, registry, other)
        with pytest.raises(InputError, match="another organ"):
            withdraw_run(other, RUN, "not ours")


def test_a_stranger_cannot_name_our_entries_for_undoing(registry, tmp_path):
    """A run in their log that says it made entries of ours."""
    with parts.make(tmp_path / "s", "S") as stranger:
        run(stranger, run_id="run:theirs", log=log_id(registry.log.origin))
        give(tmp_path, stranger, registry)
    before = standing(registry)
    with pytest.raises(InputError, match="another organ"):
        withdraw_run(registry, "run:theirs", "why")
    assert standing(registry) == before


def test_a_stranger_cannot_without_the_check_of_the_log(registry, tmp_path, monkeypatch):
    """The mutant of the test above: without the check, our claims would be withdrawn."""
    with parts.make(tmp_path / "s", "S") as stranger:
        run(stranger, run_id="run:theirs", log=log_id(registry.log.origin))
        give(tmp_path, stranger, registry)
    monkeypatch.setattr(undoing, "_own_log", lambda registry, *_: registry.log)
    assert withdraw_run(registry, "run:theirs", "why") > 0


def test_a_run_is_undone_after_a_restore(registry, tmp_path):
    digests = run(registry)
    archive, salts = tmp_path / "archive", tmp_path / "salts"
    backup(registry, archive, salts)
    restore(archive, salts, tmp_path / "again", None)
    with open_registry(tmp_path / "again") as again:
        assert withdraw_run(again, RUN, "the wrong file") == 6
        assert all(again.view("sealed").claim(digest).withdrawn for digest in digests)


def test_nothing_is_undone_by_halves(registry, monkeypatch):
    run(registry)
    before = standing(registry)

    def fails(*_):
        raise OSError("the disk")

    monkeypatch.setattr(undoing, "_undone", fails)
    with pytest.raises(OSError, match="the disk"):
        withdraw_run(registry, RUN, "why")
    assert standing(registry) == before


def run_that_withdraws(registry, target=None):
    """A run that records a name, and a withdrawal: of it, or of something older."""
    with registry.recording() as recording:
        first, _ = recording.span
        (name,) = recording.entry([parts.named("w", "W")])
        recording.entry([parts.about(target or name, "withdrawn")])
        last = recording.span[1] - 1
        recording.entry(
            [
                Claim(
                    subject=RUN,
                    predicate="recorded_entries",
                    value=Quantity(
                        text=f"{first}-{last}",
                        low=str(first),
                        high=str(last),
                        counts=log_id(registry.log.origin),
                    ),
                    source=RUN,
                    sensitivity="team",
                )
            ]
        )
    return name


def test_what_a_run_recorded_and_withdrew_stays_withdrawn(registry):
    name = run_that_withdraws(registry)
    assert registry.view("sealed").claim(name).withdrawn
    withdraw_run(registry, RUN, "the wrong table")
    assert registry.view("sealed").claim(name).withdrawn


def test_what_a_run_withdrew_of_others_stands_again(registry):
    (older,) = parts.record(registry, parts.named("o", "Older"))
    name = run_that_withdraws(registry, older)
    withdraw_run(registry, RUN, "the wrong table")
    view = registry.view("sealed")
    assert not view.claim(older).withdrawn
    assert view.claim(name).withdrawn


def test_the_mutant_that_undoes_a_runs_own_withdrawals_is_caught(registry, monkeypatch):
    name = run_that_withdraws(registry)
    monkeypatch.setattr(undoing, "_withdraws_own", lambda *_: False)
    withdraw_run(registry, RUN, "the wrong table")
    assert not registry.view("sealed").claim(name).withdrawn
