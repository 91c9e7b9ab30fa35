"""Claims as a table: one claim a row, to be read by people, and to be taken in again without loss.

The columns of `COLUMNS` are for people: words, readings, labels. Behind them stands `claim_json`:
the line that the JSON Lines export has for the claim, and the labels that stand in the row. From it
the claim is made again, and by it every other cell of the row is checked (`claims_table_reading`).
`csv` and `xlsx` write the same cells, so that a table which a spreadsheet program saves in the
other form is still the same table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import sha256
from typing import Final

import msgspec

from habeas.claims.claim import Claim, Sensitivity
from habeas.claims.locator import describe
from habeas.claims.places import positions
from habeas.claims.values import (
    File,
    Point,
    Quantity,
    Ref,
    Sha256,
    Term,
    Value,
    When,
    Where,
    value_type,
    words,
)
from habeas.errors import BusyError
from habeas.exchange.spreadsheet_cells import MAX_CELL, count_pieces, pieces, plain_json, visible
from habeas.registry.view import Shown, View

COLUMNS: Final = (
    "claim", "subject", "subject_label", "predicate", "type", "words", "reading", "earliest",
    "latest", "calendar", "low", "high", "unit", "counts", "longitude", "latitude", "uncertainty_m",
    "location_kind", "source", "source_label", "by", "locator", "credibility", "standard",
    "sensitivity", "withdrawn", "log", "forked", "position", "recorded", "note",
)  # fmt: skip
"""The columns that people read."""

NUMBERS: Final = frozenset(
    ("low", "high", "longitude", "latitude", "uncertainty_m", "credibility", "position")
)
"""The columns that hold decimal numbers and nothing else."""

WHOLE: Final = "claim_json"
"""The column from which the claim is made again; its overflow stands in `claim_json_2`..."""

MAX_LABEL: Final = 200
"""Characters of a label; what is longer is cut off with `…`."""


class TableLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What stands in `claim_json`, after `check`. Its keys are stable.

    For what they mean see `jsonl.ClaimLine`.
    """

    claim: Claim
    digest: Sha256
    labels: tuple[str, str]
    """Of the subject and of the source, as they stand in the row."""
    log: str
    position: int
    recorded: str
    sensitivity: Sensitivity
    withdrawn: bool
    forked: bool = False
    """False where an older table does not say it."""


class Grid(msgspec.Struct, frozen=True, kw_only=True):
    """A table on its way into a file."""

    header: tuple[str, ...]
    rows: Iterator[list[str]]
    """Each as long as the header; every cell harmless and short enough for a spreadsheet."""


def whole_columns(count: int) -> tuple[str, ...]:
    """The names of the columns over which `claim_json` runs."""
    return (WHOLE, *(f"{WHOLE}_{number}" for number in range(2, count + 1)))


def claims_grid(view: View, *, subject: str | None = None, lang: str = "en") -> Grid:
    """The table that a view holds.

    The view is gone through twice: once for the longest claim, which decides how many columns
    there are, once for the rows.

    Args:
        view: at a clearance.
        subject: only the claims about this entity, and what is said of those claims.
        lang: of the labels of entities.

    Raises:
        BusyError: while the rows are gone through: the registry grew meanwhile.
    """
    longest = max((_length(shown) for shown in _shown(view, subject)), default=0)
    width = count_pieces(longest)
    return Grid(header=(*COLUMNS, *whole_columns(width)), rows=_rows(view, subject, lang, width))


def _rows(view: View, subject: str | None, lang: str, width: int) -> Iterator[list[str]]:
    label = cache(lambda entity: _short(view.label(entity, lang)))
    for shown in _shown(view, subject):
        labels = label(shown.claim.subject), label(shown.claim.source)
        line = _line(view, shown, labels)
        cells = cells_of(line)
        whole = list(pieces(written(line)))
        if len(whole) > width:
            raise BusyError(
                "a longer claim was recorded while the table was written", mend="Export again"
            )
        blank = [""] * (width - len(whole))
        yield [*(cells[column] for column in COLUMNS), *whole, *blank]


def _shown(view: View, subject: str | None) -> Iterator[Shown]:
    """The claims, and for one entity also what is said of them: a withdrawal, a dispute."""
    ahead = list(view.stream(subject=subject)) if subject is not None else []
    if subject is None:
        yield from view.stream()
    seen = {shown.digest for shown in ahead}
    while ahead:
        yield from ahead
        told = [other for shown in ahead for other in view.about(shown.digest)]
        ahead = []
        for other in told:
            if other.digest not in seen and other.claim.subject.startswith("claim:"):
                seen.add(other.digest)
                ahead.append(other)


def _line(view: View, shown: Shown, labels: tuple[str, str]) -> TableLine:
    place = view.standing(shown)
    return TableLine(
        claim=shown.claim,
        digest=shown.digest,
        labels=labels,
        log=place.origin,
        position=place.position,
        recorded=place.recorded,
        sensitivity=shown.sensitivity,
        withdrawn=shown.withdrawn,
        forked=shown.forked,
    )


_encoder = msgspec.json.Encoder()

_AROUND: Final = 2_000 + 2 * 6 * 2 * (MAX_LABEL + 1)
"""The most that stands in `claim_json` beside the claim: two labels, every letter escaped."""


def written(line: TableLine) -> str:
    """A line as JSON in printing ASCII, with a check of itself before all else."""
    return checked(plain_json(msgspec.to_builtins(line)))


def checked(body: str) -> str:
    """JSON of an object with a first member `check`: the beginning of the SHA-256 of the rest.

    It tells of a slip of the hand and of a damaged file. Whoever means to can make it again: what
    proves is a bundle.
    """
    digest = sha256(body.encode()).hexdigest()[:16]
    return f'{{"check":"{digest}",{body[1:]}'


def unchecked(text: str) -> str | None:
    """What `checked` was given; None when a sign of it has changed."""
    body = "{" + text[len('{"check":"0123456789abcdef",') :]
    return body if checked(body) == text else None


def _length(shown: Shown) -> int:
    """How long `claim_json` may be; 0 when it fits into one cell in any case."""
    around = _AROUND + 6 * len(shown.origin)
    if 6 * len(_encoder.encode(shown.claim)) + around < MAX_CELL - 2:  # six signs a byte at most
        return 0
    return len(plain_json(msgspec.to_builtins(shown.claim))) + around


def _short(label: str) -> str:
    return label if len(label) <= MAX_LABEL else label[:MAX_LABEL] + "…"


def cells_of(line: TableLine) -> dict[str, str]:
    """The cells that people read, by column: a function of the line alone."""
    found = dict.fromkeys(COLUMNS, "")
    found |= _said(line.claim)
    found |= _read(line.claim.value)
    found |= {
        "claim": line.digest,
        "subject_label": line.labels[0],
        "source_label": line.labels[1],
        "sensitivity": line.sensitivity,
        "withdrawn": "yes" if line.withdrawn else "no",
        "log": line.log,
        "forked": "yes" if line.forked else "no",
        "position": str(line.position),
        "recorded": line.recorded,
    }
    return {column: visible(cell) if cell else "" for column, cell in found.items()}


def _said(claim: Claim) -> dict[str, str]:
    return {
        "subject": claim.subject,
        "predicate": claim.predicate,
        "type": value_type(claim.value),
        "words": words(claim.value),
        "source": claim.source,
        "by": "" if claim.by is None else claim.by.text,
        "locator": "; ".join(describe(selector) for selector in claim.locator),
        "credibility": "" if claim.credibility is None else str(claim.credibility),
        "standard": claim.standard or "",
        "note": claim.note or "",
    }


def _read(value: Value) -> dict[str, str]:
    match value:
        case When():
            return {
                "earliest": value.earliest or "",
                "latest": value.latest or "",
                "calendar": value.calendar,
                "reading": value.precision,
            }
        case Quantity():
            return {
                "low": value.low or "",
                "high": value.high or "",
                "unit": value.unit or "",
                "counts": value.counts or "",
            }
        case Where():
            return _place(value)
        case Term(term=reading) | Ref(id=reading) | File(sha256=reading):
            return {"reading": reading}
        case _:
            return {}


def _place(value: Where) -> dict[str, str]:
    found = {"location_kind": value.kind, "uncertainty_m": value.uncertainty or ""}
    if isinstance(value.geometry, Point):
        found["longitude"], found["latitude"] = value.geometry.coordinates
    elif value.geometry is not None:
        path = ", ".join(f"{x} {y}" for x, y in positions(value.geometry))
        found["reading"] = f"{type(value.geometry).__name__}: {path}"
    return found


def is_claims_table(headers: Sequence[str]) -> bool:
    """Whether these are the heads of a table that `habeas export` writes."""
    return WHOLE in headers and "claim" in headers
