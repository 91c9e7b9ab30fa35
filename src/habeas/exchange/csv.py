"""Claims as a table for spreadsheets: one claim a row (RFC 4180, UTF-8 with a byte order mark).

The words of sources come from anywhere, and a spreadsheet takes a cell that begins with `=`, `+`,
`-`, `@`, a tab or a carriage return for a formula and runs it (OWASP, CSV injection). Such a cell
is written with an apostrophe before it; a plain decimal number is left as it is.
"""

from __future__ import annotations

import csv as table
import io
import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from habeas.claims.locator import describe
from habeas.claims.places import positions
from habeas.claims.values import (
    File,
    Point,
    Quantity,
    Ref,
    Term,
    Value,
    When,
    Where,
    value_type,
    words,
)
from habeas.registry.view import Shown, View

COLUMNS: Final = (
    "claim", "subject", "subject_label", "predicate", "type", "words", "reading", "earliest",
    "latest", "calendar", "low", "high", "unit", "counts", "longitude", "latitude", "uncertainty_m",
    "location_kind", "source", "source_label", "by", "locator", "credibility", "standard",
    "sensitivity", "withdrawn", "log", "position", "recorded", "note",
)  # fmt: skip

BYTE_ORDER_MARK: Final = "\ufeff"

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def csv(view: View, *, subject: str | None = None, lang: str = "en") -> Iterator[str]:
    """The table that a view holds, a row at a time, the head first.

    Args:
        view: at a clearance.
        subject: only the claims about this entity.
        lang: of the labels of entities.
    """
    label = cache(lambda entity: view.label(entity, lang))
    yield BYTE_ORDER_MARK + _line(COLUMNS)
    for shown in view.stream(subject=subject):
        place = view.standing(shown)
        cells = {
            **_said(shown),
            **_read(shown.claim.value),
            "subject_label": label(shown.claim.subject),
            "source_label": label(shown.claim.source),
            "log": place.origin,
            "position": str(place.position),
            "recorded": place.recorded,
        }
        yield _line([harmless(cells.get(column, "")) for column in COLUMNS])


def harmless(cell: str) -> str:
    """A cell that no spreadsheet runs."""
    if cell.startswith(_FORMULA) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def _line(cells: tuple[str, ...] | list[str]) -> str:
    line = io.StringIO()
    table.writer(line).writerow(cells)
    return line.getvalue()


def _said(shown: Shown) -> dict[str, str]:
    claim = shown.claim
    return {
        "claim": shown.digest,
        "subject": claim.subject,
        "predicate": claim.predicate,
        "type": value_type(claim.value),
        "words": words(claim.value),
        "source": claim.source,
        "by": "" if claim.by is None else claim.by.text,
        "locator": "; ".join(describe(selector) for selector in claim.locator),
        "credibility": "" if claim.credibility is None else str(claim.credibility),
        "standard": claim.standard or "",
        "sensitivity": shown.sensitivity,
        "withdrawn": "yes" if shown.withdrawn else "no",
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
