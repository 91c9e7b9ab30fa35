"""From sheets to the record: order, digests, all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from habeas.claims.claim import Claim
from habeas.claims.values import words
from habeas.errors import InputError
from habeas.exchange import sheet_checks
from habeas.exchange.sheet_background import Held
from habeas.exchange.sheet_recording import SoundSheets, read_sheets, record_sheets
from habeas.registry.registry import Registry, create_registry

HEAD = """\
habeas: coding-sheet/1
calendar: gregorian
sources:
  source:report: {title: An invented report, page_count: 63}
entities:
  event:day: {label: The day}
"""
CLAIMS = """\
entries:
  - source: source:report
    locator: {page: 3}
    subject: event:day
    claims:
      - {id: n3, subject: claim n2, predicate: disputed, value: by nobody}
      - {id: n2, subject: claim n1, predicate: scope_of_figure, value: one day only}
      - {id: n1, predicate: victims_killed, value: ">5"}
      - {id: n4, predicate: grave_places_listed, value: [Here, There]}
"""
FINDING = """\
habeas: coding-sheet/1
findings:
  - id: f1
    subject: event:day
    predicate: conclusion
    value: More than five were killed, in two places.
    rests_on: [n1, n4]
    standard: reasonable_grounds
"""


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Registry]:
    with create_registry(tmp_path / "r", organisation="An invented organisation") as found:
        yield found


def sound(own: Registry, *sheets: str, known: bool = False) -> SoundSheets:
    background = Held(own.view("sealed")) if known else None
    data = [sheet.encode() for sheet in sheets]
    return read_sheets(data, organisation=own.organisation, background=background)


def recorded(own: Registry) -> list[Claim]:
    return [shown.claim for shown in own.view("sealed").claims()]


def test_a_claim_comes_after_those_it_speaks_of(registry, read: Callable[..., SoundSheets]) -> None:
    made = record_sheets(registry, read(HEAD + CLAIMS, FINDING).sheets)
    subjects = [[claim.subject for claim in batch] for batch in registry.batches]
    (n1,), (n2,) = made.digests["n1"], made.digests["n2"]
    assert subjects[-3:] == [[f"claim:{n1}"], ["event:day"], [f"claim:{n2}"]]
    places = [[selector.number for selector in b[0].locator] for b in registry.batches[2:]]
    assert places == [[3], [3], [], [3]]
    (finding,) = registry.batches[-2]
    assert finding.rests_on == tuple(sorted((n1, *made.digests["n4"])))
    assert (made.entries, made.claims, made.findings) == (6, 9, 1)


def test_sheets_are_recorded_into_a_registry(own: Registry) -> None:
    made = record_sheets(own, sound(own, HEAD + CLAIMS, FINDING).sheets)
    view = own.view("team")
    (about,) = view.about(made.digests["n1"][0])[:1]
    assert words(about.claim.value) in {
        "one day only",
        "More than five were killed, in two places.",
    }
    assert words(view.claim(made.digests["f1"][0]).claim.value).startswith("More than five")
    assert own.view("public").claims(subject="event:day") == []


def test_nothing_is_recorded_when_the_registry_refuses_one_claim(
    own: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheets = sound(own, HEAD + CLAIMS).sheets
    before = recorded(own)
    from habeas.registry import preparing

    real = preparing.check_claim

    def refuse(claim: Claim, place: str = "") -> None:
        if claim.predicate == "disputed":
            raise InputError("refused")
        real(claim, place)

    monkeypatch.setattr(preparing, "check_claim", refuse)
    with pytest.raises(InputError, match="refused"):
        record_sheets(own, sheets)
    assert recorded(own) == before


def test_a_later_sheet_speaks_of_what_is_recorded(own: Registry) -> None:
    made = record_sheets(own, sound(own, HEAD + CLAIMS).sheets)
    digest = made.digests["n1"][0]
    later = (
        "habeas: coding-sheet/1\n"
        "entries:\n"
        "  - source: source:report\n"
        "    locator: {page: 63}\n"
        "    claims:\n"
        "      - {subject: event:day, predicate: victims_killed, value: 7}\n"
        f"      - {{subject: 'claim:{digest[:10]}…', predicate: disputed, value: on page 63}}\n"
        "findings:\n"
        "  - {subject: event:day, predicate: conclusion, value: some,\n"
        f"     rests_on: ['claim:{digest[:8]}'], standard: reasonable_suspicion}}\n"
    )
    with pytest.raises(InputError, match="nobody introduced"):
        sound(own, later)
    record_sheets(own, sound(own, later, known=True).sheets)
    kinds = sorted(shown.claim.predicate for shown in own.view("team").about(digest))
    assert kinds == ["conclusion", "disputed", "scope_of_figure"]
    with pytest.raises(InputError, match="page 64 lies outside a source of 63 pages"):
        sound(own, later.replace("page: 63", "page: 64"), known=True)
    with pytest.raises(InputError, match="there is no claim"):
        sound(own, later.replace(digest[:10], "0" * 10), known=True)


def test_a_circle_of_derivation_through_what_is_recorded_is_refused(own: Registry) -> None:
    first = "habeas: coding-sheet/1\nsources:\n  source:a: {title: a}\n"
    second = "habeas: coding-sheet/1\nsources:\n  source:b: {title: b, derived_from: source:a}\n"
    third = "habeas: coding-sheet/1\nsources:\n  source:a: {derived_from: source:b}\n"
    record_sheets(own, sound(own, first).sheets)
    record_sheets(own, sound(own, second, known=True).sheets)
    with pytest.raises(InputError, match="derived from itself"):
        sound(own, third, known=True)


def test_a_sheet_is_not_recorded_twice(own: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    record_sheets(own, sound(own, HEAD + CLAIMS, known=True).sheets)
    with pytest.raises(InputError, match="3 claims from here on are recorded already"):
        sound(own, HEAD + CLAIMS, known=True)
    monkeypatch.setattr(sheet_checks._Check, "_recorded_before", lambda self, sheet: None)
    assert sound(own, HEAD + CLAIMS, known=True).sheets  # the mutant lets it through


def test_what_a_source_says_may_be_said_again_with_a_warning(own: Registry) -> None:
    record_sheets(own, sound(own, HEAD + CLAIMS).sheets)
    again = sound(own, "habeas: coding-sheet/1\n" + CLAIMS.replace("n1", "x1"), known=True)
    (warning,) = again.warnings
    assert "recorded already" in warning.reason


def test_a_sheet_of_a_thousand_claims_is_read(read: Callable[..., SoundSheets]) -> None:
    claims = "".join(
        f"  - source: source:report\n    locator: {{page: {n % 63 + 1}}}\n    by: families\n"
        f"    claims:\n      - {{id: n{n}, subject: event:day, predicate: victims_killed, "
        f'value: ">{n}", holds: 1988-07-{n % 30 + 1:02d}, note: invented}}\n'
        for n in range(1000)
    )
    sheet = HEAD + "entries:\n" + claims
    assert len(list(read(sheet).sheets[0].claims)) == 1003
