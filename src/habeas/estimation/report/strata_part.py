"""The part of the page that shows each stratum by itself."""

from __future__ import annotations

from collections.abc import Mapping

from habeas.drawing.markup import Html
from habeas.estimation.figures.forest import state_words
from habeas.estimation.figures.picture import Picture, Table
from habeas.estimation.report.card import Card
from habeas.estimation.report.parts import paragraph, table_of
from habeas.estimation.report.telling import labels_of, method_name, row_of
from habeas.estimation.wording import Words


def strata_part(card: Card, _: Mapping[str, Picture], words: Words) -> list[Html]:
    """A row a stratum; refusals told, persons without a label kept."""
    if not card.strata:
        return []
    method = method_name(card.strata[0].outcome.method)(words)
    return [
        paragraph(words("strata.lead", method=method), words),
        table_of(strata_table(card, words), words, words("strata.title", method=method)),
    ]


def strata_table(card: Card, words: Words) -> Table:
    """Interval before point."""
    rows = []
    for one in card.strata:
        row = row_of(one.outcome)
        rows.append(
            (
                labels_of(one.labels, words),
                words.count(one.overlap.observed),
                words.interval(row.low, row.high),
                words.count(row.point),
                state_words(row, words),
            )
        )
    heading = (
        words.listed(card.overlap.stratified_by),
        words("column.observed"),
        words("column.interval", level=words.level(card.asked.level)),
        words("column.point"),
        words("column.state"),
    )
    return Table(heading=heading, rows=tuple(rows))
