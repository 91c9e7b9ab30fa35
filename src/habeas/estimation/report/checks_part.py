"""The part of the page that asks the lists about one another."""

from __future__ import annotations

from collections.abc import Mapping

from habeas.drawing.markup import Html
from habeas.estimation.consistency import OddsRatio
from habeas.estimation.figures.picture import Picture, Table
from habeas.estimation.report.card import Card
from habeas.estimation.report.parts import paragraph, picture_of, table_of
from habeas.estimation.wording import Words

CHARTS = ("consistency", "trajectory", "leave_one_out", "merged", "sensitivity")


def checks_part(card: Card, pictures: Mapping[str, Picture], words: Words) -> list[Html]:
    """Known sizes found again, estimates as lists come and go, dependence of pairs."""
    made = [picture_of(pictures[name], words) for name in CHARTS if name in pictures]
    if card.checks.refused:
        made.append(paragraph(words(f"checks.{card.checks.refused}"), words))
    if card.checks.odds:
        table = odds_table(card.checks.odds, card.checks.level, words)
        made += [
            paragraph(words("odds.lead"), words),
            table_of(table, words, words("odds.title")),
        ]
    return made


def odds_table(odds: tuple[OddsRatio, ...], level: float, words: Words) -> Table:
    """How pairs of lists depend among persons whom another list has; interval first."""
    rows = []
    for one in odds:
        interval = words("interval", low=words.decimal(one.low), high=words.decimal(one.high))
        verdict = "apart" if one.high < 1 else "together" if one.low > 1 else "unknown"
        note = words(f"odds.{verdict}")
        rows.append(
            (
                " × ".join(one.lists),
                words.listed(one.given),
                interval,
                words.decimal(one.ratio),
                words("odds.corrected", verdict=note) if one.corrected else note,
            )
        )
    heading = (
        words("odds.pair"),
        words("odds.given"),
        words("column.interval", level=words.level(level)),
        words("odds.ratio"),
        words("odds.verdict"),
    )
    return Table(heading=heading, rows=tuple(rows))
