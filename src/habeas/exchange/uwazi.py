"""Entities for Uwazi's CSV import (huridocs/uwazi, `app/api/csv`): one row an entity.

The headers are those that the importer takes: `title__en` for each language, `..._geolocation` with
latitude first, a bar between several values, spans of days with a colon. Properties that the
template does not have are passed over by Uwazi: which ones it needs is in `docs/formats.md`.
Whatever is left out is listed (`PartialExport.dropped`).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import Final

from habeas.claims.claim import prefix_of
from habeas.claims.names import script_of
from habeas.claims.values import (
    File,
    Name,
    Quantity,
    Ref,
    Term,
    Text,
    Value,
    When,
    Where,
    words,
)
from habeas.claims.vocabulary import vocabulary
from habeas.exchange.partial_export import Losses, PartialExport, bare_position
from habeas.exchange.spreadsheet_cells import harmless
from habeas.registry.view import Shown, View

LANGS: Final = ("en", "fa")
BAR: Final = "|"

_ARABIC: Final = frozenset(("fa", "ar", "ckb", "ku", "ur", "ps"))
_POSITION: Final = re.compile(r"-?\d+(\.\d+)?\|-?\d+(\.\d+)?")
_TITLE: Final = "title"
_ID: Final = "Habeas id"
_SOURCES: Final = "Habeas sources"

_Cells = dict[str, dict[str, None]]
"""Headers to values."""


def uwazi(
    view: View,
    *,
    kind: str = "person",
    subject: str | None = None,
    lang: str = "en",
    langs: Sequence[str] = LANGS,
) -> PartialExport:
    """The entities of one kind as a CSV file that Uwazi takes in.

    Args:
        view: at a clearance.
        kind: of the entities: `person`, `site`, `event`, `org`, `place`; Uwazi's template is one.
        subject: only this entity; its kind is taken.
        lang: Uwazi's default language.
        langs: the languages of the Uwazi instance.

    Returns:
        Lines of CSV, in UTF-8, the header first. Withdrawn claims are not carried.
    """
    losses = Losses()
    chosen = prefix_of(subject) if subject else kind
    known = tuple(dict.fromkeys((lang, *langs)))
    return PartialExport(_Table(view, chosen, subject, known, losses).lines(), losses)


class _Table:
    """The rows of one kind of entities."""

    def __init__(
        self, view: View, kind: str, subject: str | None, langs: tuple[str, ...], losses: Losses
    ) -> None:
        self._view = view
        self._entities = [one for one in view.entities(kind) if subject in (None, one)]
        self._kind = kind
        self._subject = subject
        self._langs = langs
        self._losses = losses

    def lines(self) -> Iterator[str]:
        """The header, then the rows; the columns are found in a first pass over the entities."""
        headers: dict[str, None] = {f"{_TITLE}__{lang}": None for lang in self._langs}
        headers |= {_ID: None, _SOURCES: None}
        for entity in self._entities:
            headers.update(dict.fromkeys(self._row(entity, Losses())))
        headers = self._in_every_language(headers)
        yield self._line(list(headers))
        for entity in self._entities:
            row = self._row(entity, self._losses)
            yield self._line([self._cell(row.get(header, {})) for header in headers])
        for shown in self._view.stream(subject=self._subject):
            if prefix_of(shown.claim.subject) != self._kind:
                self._losses.drop(shown.claim, f"its subject is no {self._kind}")

    def _in_every_language(self, headers: dict[str, None]) -> dict[str, None]:
        """Uwazi refuses a property that has a language, and not the default one."""
        full: dict[str, None] = {}
        for header in headers:
            name, parted, lang = header.rpartition("__")
            if parted and lang in self._langs:
                full |= {f"{name}__{one}": None for one in self._langs}
            else:
                full[header] = None
        return full

    def _row(self, entity: str, losses: Losses) -> _Cells:
        row: _Cells = {
            f"{_TITLE}__{lang}": {self._view.label(entity, lang): None} for lang in self._langs
        }
        row[_ID] = {entity: None}
        for shown in self._view.claims(subject=entity):
            header, text, reason = self._read(shown, row)
            if reason:
                losses.drop(shown.claim, reason)
                continue
            losses.carried(shown)
            row.setdefault(header, {})[text] = None
            source = self._view.label(shown.claim.source, self._langs[0]).replace(BAR, "/")
            row.setdefault(_SOURCES, {})[source] = None
        return row

    def _read(self, shown: Shown, row: _Cells) -> tuple[str, str, str]:
        """The header and the words of a claim; or why it has none."""
        claim, value = shown.claim, shown.claim.value
        label = vocabulary().label(claim.predicate)
        if shown.withdrawn:
            return "", "", "it was withdrawn"
        if isinstance(value, File):
            return "", "", "files are not carried in a CSV"
        if isinstance(value, Where) and value.geometry is not None:
            return self._position(label, value, row)
        if isinstance(value, When):
            span = _span(value)
            return label, span, "" if span else "the date was not read, and Uwazi keeps days alone"
        text = self._words(claim.predicate, value)
        if BAR in text or not text.strip():
            return "", "", "a bar in its words would part it in two" if text else "it has no words"
        return self._header(label, value), text, ""

    def _words(self, predicate: str, value: Value) -> str:
        match value:
            case Term():
                list_ = vocabulary().predicate(predicate).vocabulary
                return vocabulary().term_label(list_, value.term, self._langs[0])
            case Ref():
                return self._view.label(value.id, self._langs[0])
            case _:
                return words(value)

    def _header(self, label: str, value: Value) -> str:
        """Words stand in the column of their language; what has none, in that of its script."""
        if isinstance(value, Term | Ref | Quantity | Where):
            return label
        told = value.lang if isinstance(value, Text | Name) else None
        lang = (told or "").partition("-")[0] if told in self._langs else ""
        if not lang:
            arabic = script_of(words(value)) == "Arab"
            lang = next((one for one in self._langs if (one in _ARABIC) == arabic), self._langs[0])
        return f"{label}__{lang}"

    def _position(self, label: str, value: Where, row: _Cells) -> tuple[str, str, str]:
        position, header = bare_position(value), f"{label}_geolocation"
        if position is None:
            return "", "", "a position without its kind and uncertainty would be read as exact"
        if header in row:
            return "", "", "Uwazi keeps one position, and there is another already"
        return header, f"{position[1]}|{position[0]}", ""

    def _cell(self, values: dict[str, None]) -> str:
        text = BAR.join(values)
        if _POSITION.fullmatch(text):
            return text
        safe = harmless(text)
        if safe != text:
            self._losses.escaped()
        return safe

    def _line(self, cells: Sequence[str]) -> str:
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow(cells)
        return line.getvalue()


def _span(value: When) -> str:
    """From the first day to the last: a year is never shown as its first day."""
    if value.earliest is None and value.latest is None:
        return ""
    return f"{value.earliest or ''}:{value.latest or ''}"
