"""The page for documenters says what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from habeas.exchange import coding_sheet, sheet_claims, sheet_locators, sheet_values
from habeas.exchange.sheet_checks import EXTENTS, PROTECTED
from habeas.exchange.sheet_quantities import read_quantity
from habeas.exchange.sheet_recording import read_sheets, record_sheets

PAGE = (Path(__file__).parents[2] / "docs" / "coding-sheet.md").read_text(encoding="utf-8")
SHEETS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def test_the_invented_example_can_be_recorded(registry) -> None:
    sound = read_sheets([sheet.encode() for sheet in SHEETS], organisation="org:own")
    assert sound.warnings == ()
    recorded = record_sheets(registry, sound.sheets)
    assert set(recorded.digests) == {"k1", "k2", "f1"}
    assert recorded.findings == 1
    assert all(c.sensitivity in ("team", "sealed") for batch in registry.batches for c in batch)


def test_the_example_says_that_it_is_invented() -> None:
    for sheet in SHEETS:
        before = PAGE[: PAGE.index(sheet)].rstrip("`yaml\n").rstrip()
        assert "nvented" in before.rsplit("\n\n", 1)[-1]


@pytest.mark.parametrize(
    "key",
    sorted(
        {
            *coding_sheet._TOP,
            *coding_sheet._ENTRY,
            *sheet_claims.DETAILS,
            *sheet_claims._FINDING,
            *sheet_locators.KEYS,
            *(field for fields in sheet_values._FIELDS.values() for field in fields),
            *sheet_values.CALENDARS,
            *PROTECTED,
            *EXTENTS.values(),
        }
    ),
)
def test_every_key_is_told(key: str) -> None:
    assert re.search(rf"[`{{ ]{key}[`:,]", PAGE), key


def test_the_table_of_numbers_is_right() -> None:
    table = PAGE.split("**Numbers.**")[1].split("Digits that fit")[0]
    for row in table.splitlines()[4:]:
        if not row.startswith("| `"):
            continue
        examples, low, high = (cell.strip() for cell in row.strip("|").split(" | "))
        for number, example in enumerate(re.findall(r"`\"?(.*?)\"?`", examples)):
            found = read_quantity(example)
            assert found is not None, example
            assert (found.low is None) == (low in {"open"} or low.startswith("not said"))
            assert (found.high is None) == (high in {"open"} or high.startswith("not said"))
            if number == 0 and found.low:
                assert found.low == low.split(",")[0]
