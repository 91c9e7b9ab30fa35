"""The coding sheet against its vectors, and every check against a mutant without it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from habeas.claims import checking
from habeas.claims.claim import Claim
from habeas.errors import InputError
from habeas.exchange import coding_sheet, sheet_checks, sheet_claims, sheet_recording, sheet_values
from habeas.exchange.sheet_complaints import SHOWN
from habeas.exchange.sheet_recording import SoundSheets, order, read_sheets

VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors" / "coding-sheet.json").read_text(encoding="utf-8")
)
TESTS = VECTORS["tests"]


def sheets_of(test: dict[str, Any]) -> list[bytes]:
    if "sheets" in test:
        return [sheet.encode() for sheet in test["sheets"]]
    return [bytes.fromhex(sheet) for sheet in test["sheets_hex"]]


def named(tests: list[dict[str, Any]]) -> dict[str, Any]:
    return {"argvalues": tests, "ids": [f"{t['id']} {t['comment']}" for t in tests]}


def of_result(result: str) -> dict[str, Any]:
    return named([test for test in TESTS if test["result"] == result])


def test_the_vectors_name_every_flag() -> None:
    assert {flag for test in TESTS for flag in test["flags"]} == set(VECTORS["flags"])
    assert [test["id"] for test in TESTS] == list(range(1, len(TESTS) + 1))


@pytest.mark.parametrize("test", **of_result("valid"))
def test_what_is_accepted_becomes_these_claims(test: dict[str, Any]) -> None:
    sound = read_sheets(sheets_of(test), organisation="org:own")
    assert sound.warnings == ()
    found = [
        [
            {
                "label": claim.label,
                **({"about": claim.about.name} if claim.about else {}),
                **({"rests_on": sorted(m.name for m in claim.rests_on)} if claim.rests_on else {}),
                "claim": msgspec.to_builtins(claim.claim),
            }
            for claim in batch
        ]
        for batch in order(sound.sheets)
    ]
    assert json.loads(json.dumps(found)) == test["entries"]


@pytest.mark.parametrize("test", **of_result("invalid"))
def test_what_is_refused_says_where_and_why(test: dict[str, Any]) -> None:
    with pytest.raises(InputError) as error:
        read_sheets(sheets_of(test), organisation="org:own")
    message = str(error.value)
    assert f":{test['line']}" in message
    assert test["says"] in message
    assert error.value.exit_code == 2


@pytest.mark.parametrize("test", **of_result("warning"))
def test_what_is_worth_a_look_is_recorded_all_the_same(test: dict[str, Any]) -> None:
    sound = read_sheets(sheets_of(test), organisation="org:own")
    (warning,) = sound.warnings
    assert warning.line == test["line"]
    assert test["says"] in warning.reason


# ---- mutants: without the check, the broken vector is accepted


def nothing(*_: object, **__: object) -> None:
    return None


def no(*_: object, **__: object) -> bool:
    return False


Mutant = tuple[object, str, object]
MUTANTS: dict[str, Mutant] = {
    "an entity nobody introduced": (sheet_checks._Check, "_known_entity", nothing),
    "a source nobody introduced": (sheet_checks._Check, "_known_entity", nothing),
    "a party nobody introduced": (sheet_checks._Check, "_known_entity", nothing),
    "an entity without a name": (sheet_checks._Check, "_named", nothing),
    "a page outside its source": (sheet_checks, "outside", nothing),
    "a row outside its source": (sheet_checks, "outside", nothing),
    "characters outside their source": (sheet_checks, "outside", nothing),
    "a time outside its recording": (sheet_checks, "outside", nothing),
    "a source derived from itself": (sheet_checks._Check, "_leads", no),
    "a witness whose id may tell who": (sheet_checks._Check, "_protected", nothing),
    "a relative shown outside the team": (sheet_checks._Check, "_protected", nothing),
    "a reference to the wrong kind of entity": (sheet_claims, "check_claim", nothing),
    "a coordinate outside the earth": (checking, "check_where", nothing),
    "an uncertainty below zero": (checking, "check_where", nothing),
    "low above high": (checking, "_check_quantity", nothing),
    "an interval that ends before it begins": (checking, "_check_when", nothing),
    "an unknown reading": (sheet_claims, "check_claim", nothing),
    "an unknown term": (sheet_claims, "check_claim", nothing),
    "a predicate of another kind of entity": (sheet_claims, "check_claim", nothing),
    "an unknown standard": (sheet_claims.ClaimReader, "_is_standard", lambda *_: True),
    "an unknown key": (coding_sheet.FieldReader, "refuse_unknown", nothing),
    "an unknown key of an entry": (coding_sheet.FieldReader, "refuse_unknown", nothing),
    "a label of several claims where one is meant": (
        sheet_checks._Check,
        "_mention_label",
        nothing,
    ),
    "two claims about each other": (sheet_recording, "order", lambda sheets: []),
    "a finding that rests on itself": (sheet_recording, "order", lambda sheets: []),
    "two values of what has one": (coding_sheet, "_hold_apart", lambda claims: True),
}


@pytest.mark.parametrize("comment", MUTANTS)
def test_mutant(comment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check taken away, the broken sheet passes: so it is this check that refuses it."""
    (test,) = [test for test in TESTS if test["comment"] == comment]
    with pytest.raises(InputError):
        read_sheets(sheets_of(test), organisation="org:own")
    target, name, replacement = MUTANTS[comment]
    monkeypatch.setattr(target, name, replacement)
    assert read_sheets(sheets_of(test), organisation="org:own").sheets


def test_mutant_the_sheets_calendar_would_make_67_the_year_1967(
    read: Callable[..., SoundSheets], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        sheet_values.ValueReader,
        "_date",
        lambda self, text: sheet_values.read_date(text, calendar=self.calendar),
    )
    entry = (
        "entries:\n- {source: source:report, claims: "
        '[{subject: event:day, predicate: occurred, value: "67"}]}\n'
    )
    (claim,) = [c.claim for c in read(entry, head=True).sheets[0].entries[-1].claims]
    assert claim.value.earliest == "1967-01-01"


# ---- all complaints at once


def test_every_complaint_is_told_at_once_in_the_order_of_lines(
    refusal: Callable[..., str],
) -> None:
    message = refusal(
        "entries:\n"
        "  - source: source:report\n"
        "    subject: event:day\n"
        "    claims:\n"
        "      - {predicate: victims_kiled, value: 5}\n"
        "      - {predicate: occurred, value: 1988-02-30}\n"
        "      - {predicate: victims_killed, value: 5, by: }\n",
        head=True,
    )
    places = [line.partition(": ")[0] for line in message.splitlines()[1:]]
    assert places == ["sheet 1:12", "sheet 1:13", "sheet 1:14"]
    assert "3 things to mend" in message
    assert message.endswith("Nothing was recorded")


def test_complaints_of_several_sheets_name_their_files(
    tmp_path: Path,
) -> None:
    paths = [tmp_path / "a.yaml", tmp_path / "b.yaml"]
    for path in paths:
        path.write_text("habeas: coding-sheet/1\nfoo: bar\n", encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_sheets(paths, organisation="org:own")
    assert f"{paths[0]}:2" in str(error.value)
    assert f"{paths[1]}:2" in str(error.value)


def test_a_thousand_mistakes_are_counted_and_the_first_are_shown(
    refusal: Callable[..., str],
) -> None:
    claims = "".join(
        f"      - {{subject: site:feld-{n}, predicate: status, value: suspected}}\n"
        for n in range(1000)
    )
    message = refusal(
        f"entries:\n  - source: source:report\n    claims:\n{claims}".replace("status", "statis"),
        head=True,
    )
    assert len(message.splitlines()) == SHOWN + 2
    assert "and 950 more" in message


# ---- what is written once for several claims


def claims_of(sound: SoundSheets) -> list[Claim]:
    return [found.claim for found in sound.sheets[0].entries[-1].claims]


def test_an_entry_says_once_what_holds_for_its_claims(read: Callable[..., SoundSheets]) -> None:
    first, second = claims_of(
        read(
            "entries:\n"
            "  - source: source:report\n"
            "    locator: {page: 3}\n"
            "    subject: event:day\n"
            "    by: families\n"
            "    reading: reported\n"
            "    credibility: 3\n"
            "    holds: 1988\n"
            "    claims:\n"
            "      - {predicate: victims_killed, value: 5}\n"
            "      - {predicate: victims_killed, value: 6, by: others, credibility: 2,\n"
            "         holds: 1989, reading: memory, subject: site:field}\n",
            head=True,
        )
    )
    assert (first.subject, first.by.text, first.reading) == ("event:day", "families", "reported")
    assert (first.credibility, first.holds.text) == (3, "1988")
    assert (second.subject, second.by.text, second.reading) == ("site:field", "others", "memory")
    assert (second.credibility, second.holds.text) == (2, "1989")
    assert first.locator == second.locator != ()


def test_metadata_and_labels_are_said_by_the_organisation(
    read: Callable[..., SoundSheets],
) -> None:
    sound = read("", head=True)
    assert {found.claim.source for found in sound.sheets[0].claims} == {"org:own"}


def test_the_organisation_may_speak_of_a_claim_in_an_entry_of_its_own(
    read: Callable[..., SoundSheets], refusal: Callable[..., str]
) -> None:
    sheet = (
        "entries:\n"
        "  - source: source:report\n"
        "    claims: [{id: n1, subject: event:day, predicate: victims_killed, value: 5}]\n"
        "  - source: org:own\n"
        "    claims: [{subject: claim n1, predicate: disputed, value: see page 4}]\n"
    )
    assert claims_of(read(sheet, head=True))[0].source == "org:own"
    assert "org:other is no source" in refusal(sheet.replace("org:own", "org:other"), head=True)
