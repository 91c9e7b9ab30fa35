"""`habeas watch review`: what a person says who looked, beside what the run says."""

from __future__ import annotations

import json

import pytest
from tests.cli.watching.invented import DESTROYED, FIRST, POINT, QUIET, run, size


def test_a_person_reads_and_both_are_shown(after):
    told = json.loads(
        run(after, "watch", "review", DESTROYED, *FIRST, "--verdict", "confirm", "--kind",
            "concrete_slab", "--note", "a finer image of 2020-09-01", "--reader", "r-two",
            "--json").output
    )  # fmt: skip
    assert len(told["claims"]) == 3
    run(after, "watch", "review", DESTROYED, *FIRST, "--verdict", "undecided", "--note", "coarse")
    shown = json.loads(run(after, "watch", "show", DESTROYED, "--json").output)
    readings = shown["disturbances"][0]["readings"]
    assert [(one["verdict"], one["kind"]) for one in readings] == [
        ("confirm", "concrete_slab"), ("undecided", "")]  # fmt: skip
    assert readings[0]["by"] == "reader r-two"
    words = run(after, "watch", "show", DESTROYED).output
    assert "confirmed" in words
    assert "concrete slab" in words


def test_whether_readers_agree_is_shown(after):
    for reader, verdict in (("r-one", "reject"), ("r-two", "confirm"), ("r-one", "confirm"),
                            ("r-three", "undecided")):  # fmt: skip
        run(after, "watch", "review", DESTROYED, *FIRST, "--verdict", verdict, "--note", "coarse",
            "--reader", reader)  # fmt: skip
    told = json.loads(run(after, "watch", "show", DESTROYED, "--json").output)["agreement"]
    assert [(one["first"], one["second"], one["same"], one["places"]) for one in told] == [
        ("reader r-one", "reader r-three", 0, 1),
        ("reader r-one", "reader r-two", 1, 1),  # what was said last counts
        ("reader r-three", "reader r-two", 0, 1),
    ]
    assert {one["kappa"] for one in told} == {None}
    words = run(after, "watch", "show", DESTROYED).output
    assert "reader r-one, reader r-two: the same at 1 of 1; too few" in " ".join(words.split())
    assert "هم‌نظر" in run(after, "watch", "show", DESTROYED, "--lang", "fa").output


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        ([DESTROYED, *FIRST], 2, "no verdict"),
        ([DESTROYED, *FIRST, "--verdict", "reject"], 2, "no note"),
        (
            [DESTROYED, *FIRST, "--verdict", "reject", "--note", "x", "--kind", "road"],
            2,
            "not confirmed",
        ),
        (
            [DESTROYED, *FIRST, "--verdict", "confirm", "--note", "x", "--kind", "sabotage"],
            2,
            "no term",
        ),
        ([DESTROYED, "--verdict", "confirm", "--note", "x", "--disturbance", "9"], 3, "no dist"),
        ([QUIET, "--verdict", "confirm", "--note", "x"], 3, "no disturbance"),
        ([POINT, "--verdict", "confirm", "--note", "x"], 3, "no watch"),
    ],
)
def test_a_review_that_cannot_be_is_refused(after, arguments, code, reason):
    before = size(after)
    assert reason in run(after, "watch", "review", *arguments, code=code).output
    assert size(after) == before
