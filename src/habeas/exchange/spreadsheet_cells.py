"""Texts as cells of spreadsheets: harmless, visible, short enough, and brought back again.

The words of sources come from anywhere. A spreadsheet takes a cell that begins with `=`, `+`, `-`,
`@`, a tab, a carriage return or a line feed for a formula and runs it, full-width signs in some
languages and signs behind blanks in some programs too (OWASP, CSV injection). Such a cell is
written with an apostrophe before it, and so is one that begins with an apostrophe itself: what was
there can always be told. A plain decimal number is left as it is.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

from habeas.errors import InputError

MAX_CELL: Final = 32_000
"""UTF-16 code units in a cell. A spreadsheet holds 32,767, and cuts off the rest unasked."""

SEAM: Final = "|"
"""Stands on both sides of a cut, so that no piece looks like a number or ends in a blank."""

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")
_LINE_END = re.compile("\r\n?")
_TWO_ESCAPES = re.compile(r"(?<=_x[0-9A-Fa-f]{4})_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPE_OF_XML = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def harmless(cell: str) -> str:
    """A cell that no spreadsheet runs; `unharmed` gives back what was there."""
    if not cell or _NUMBER.fullmatch(cell):
        return cell
    return f"'{cell}" if cell[0] == "'" or _may_run(cell) else cell


def unharmed(cell: str) -> str:
    """What `harmless` was given."""
    return cell[1:] if cell.startswith("'") else cell


def _may_run(cell: str) -> bool:
    for character in cell:
        if character in "\t\r\n":
            return True
        if not _passed_over(character):
            # NFKC makes full-width, small and raised signs plain: ＝ ﹣ ⁺
            return unicodedata.normalize("NFKC", character)[:1] in ("=", "+", "-", "@")
    return False


def _passed_over(character: str) -> bool:
    """Blanks, controls and marks without width: some programs trim them."""
    return character.isspace() or unicodedata.category(character) in ("Cc", "Cf")


def visible(text: str) -> str:
    """A text as a cell that people read: what no cell can hold is shown as a sign.

    Line ends become line feeds, control characters their pictures (U+2400), and what is too long
    is cut off with `…`. The text itself stands in `claim_json`.
    """
    if text[:1].isalnum() and len(text) < 100 and "_" not in text and text.isprintable():
        return text  # most cells
    shown = _CONTROL.sub(_picture, _LINE_END.sub("\n", text))
    # Two escapes of XML that share an underscore are read wrongly by every reader of workbooks.
    shown = _TWO_ESCAPES.sub("＿", shown)
    if len(shown) * 2 > MAX_CELL:
        shown = _cut(shown)
    return harmless(shown)


def _picture(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code > 0x7F:
        return "\ufffd"
    return "␡" if code == 0x7F else chr(0x2400 + code)


def _cut(text: str) -> str:
    units = text.encode("utf-16-le")
    if len(units) <= 2 * MAX_CELL:
        return text
    return units[: 2 * MAX_CELL].decode("utf-16-le", errors="ignore") + "…"


def plain_json(value: object) -> str:
    """JSON in printing ASCII alone: no encoding, normalisation or direction can change it.

    Args:
        value: what `json` takes; keys are sorted.
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":")).replace("\x7f", "\\u007f")
    return _ESCAPE_OF_XML.sub(r"\\u005f", text)


def pieces(text: str) -> Iterator[str]:
    """A text of ASCII in as many cells as it takes, `SEAM` on both sides of every cut."""
    size = MAX_CELL - 2 * len(SEAM)
    for at in range(0, len(text), size):
        before = SEAM if at else ""
        behind = SEAM if at + size < len(text) else ""
        yield f"{before}{text[at : at + size]}{behind}"


def count_pieces(length: int) -> int:
    """How many cells a text of ASCII takes."""
    size = MAX_CELL - 2 * len(SEAM)
    return max(1, -(-length // size))


def joined(cells: Sequence[str]) -> str:
    """The text that stands in several cells.

    Raises:
        InputError: a piece is missing.
    """
    written = [cell for cell in cells if cell]
    begins = [cell.startswith(SEAM) for cell in written]
    ends = [cell.endswith(SEAM) for cell in written]
    between = [True] * (len(written) - 1)
    if begins != [False, *between] or ends != [*between, False]:
        raise InputError(
            "a part of this row's claim_json is missing",
            mend="Take the row again from the file as it was exported",
        )
    cut = zip(written, begins, ends, strict=True)
    return "".join(cell[begin : len(cell) - end] for cell, begin, end in cut)


def same_cell(found: str, written: str, *, number: bool = False) -> bool:
    """Whether a cell still says what was written into it, as far as a spreadsheet lets it.

    Programs set the apostrophe apart, use line ends of their own, and keep 15 digits of a number.

    Args:
        found: as it was read.
        written: as it was exported.
        number: whether the column holds numbers.
    """
    if found == written:
        return True
    before, after = (unharmed(_LINE_END.sub("\n", cell)) for cell in (written, found))
    if before == after:
        return True
    return number and _number(before) is not None and _number(before) == _number(after)


def _number(cell: str) -> float | None:
    return float(f"{float(cell):.15g}") if _NUMBER.fullmatch(cell) else None
