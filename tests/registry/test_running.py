"""A run, what it says and the files it made: one batch, one source, taken back as one."""

from __future__ import annotations

import pytest

from habeas import Claim, Quantity, Text, create_registry
from habeas.errors import InputError
from habeas.registry.running import Output, new_run, record_run
from habeas.registry.undoing import withdraw_run

PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg"/>'


@pytest.fixture
def registry(tmp_path):
    with create_registry(tmp_path / "registry", organisation="Lantern Watch") as made:
        yield made


def said(run, predicate="remains_believed", value=None):
    value = value or Quantity(text="40", low="40", high="40")
    return [
        Claim(
            subject="site:oldtown", predicate=predicate, value=value, source=run.id,
            sensitivity="team",
        )
    ]  # fmt: skip


def recorded(registry):
    run = new_run("habeas watch", parameters=("rate=0.02",), seed="7")
    output = Output(name="curve.svg", content=PICTURE, depicts=("site:oldtown",), description="x")
    return run, record_run(registry, run, [said(run)], [output])


def test_a_run_is_a_source_and_tells_of_itself(registry):
    run, found = recorded(registry)
    view = registry.view("team")
    assert [one.digest for one in view.claims(source=run.id, subject="site:oldtown")] == [
        *found.claims
    ]
    about = {one.claim.predicate for one in view.claims(subject=run.id)}
    assert {"method", "method_version", "run_time", "parameter", "seed", "output"} <= about
    with registry.evidence.open(found.items[0].sha256) as opened:
        assert opened.read() == PICTURE
    shown = {one.claim.predicate for one in view.claims(subject=found.items[0].id)}
    assert {"file", "depicts", "description", "from_source"} <= shown


def test_nothing_of_it_is_public(registry):
    recorded(registry)
    view = registry.view("public")
    assert not view.claims(subject="site:oldtown")
    assert not view.entities("item")
    assert not view.entities("run")


def test_it_is_taken_back_as_one(registry):
    run, _ = recorded(registry)
    withdraw_run(registry, run.id, why="a wrong outline")
    standing = [one for one in registry.view("team").claims(source=run.id) if not one.withdrawn]
    assert not standing


def test_a_claim_that_cannot_be_leaves_nothing(registry):
    run = new_run("habeas watch")
    with pytest.raises(InputError):
        record_run(registry, run, [said(run, "no_such_predicate", Text(text="x"))])
    assert not registry.view("sealed").claims(subject=run.id)
