"""The part of the page that shows each stratum by itself, and what they add up to."""

from __future__ import annotations

from collections.abc import Mapping

from habeas.drawing.markup import Html
from habeas.estimation.figures.picture import Picture, Table
from habeas.estimation.report.card import Card, Strata
from habeas.estimation.report.parts import paragraph, picture_of, table_of
from habeas.estimation.report.telling import against_stratum, labels_of, method_name, refusal_words
from habeas.estimation.saying import refused_words
from habeas.estimation.strata import StratifiedEstimation, Stratum
from habeas.estimation.wording import Words


def strata_part(card: Card, pictures: Mapping[str, Picture], words: Words) -> list[Html]:
    """A row a stratum, apart and pooled; the total last; what speaks against it in words."""
    strata = card.strata
    if strata is None:
        return []
    method = method_name(strata.method)(words)
    if strata.separate is None:
        said = refused_words(strata.refused, words)
        return [paragraph(said, words, class_="warning")]
    made = [
        paragraph(words("strata.lead", method=method), words),
        picture_of(pictures["strata"], words),
        table_of(strata_table(card, words), words, words("strata.title", method=method)),
        paragraph(assumed(strata.separate, words), words, class_="assumes"),
    ]
    if strata.pooled is not None:
        made.append(paragraph(assumed(strata.pooled, words), words, class_="assumes"))
    against = [
        refusal_words(one, words)
        for found in (strata.separate, strata.pooled)
        if found is not None
        for one in found.refusals
    ]
    made += [paragraph(text, words, class_="warning") for text in dict.fromkeys(against)]
    return made


def assumed(found: StratifiedEstimation, words: Words) -> str:
    """What the sum of strata assumes, in words."""
    said = found.assumption if words.language == "en" else found.assumption_fa
    return f"{words('page.assumes')} {said}"


def strata_table(card: Card, words: Words) -> Table:
    """Interval before point; strata apart, then pooled; the totals in the last row."""
    heading = (
        words.listed(card.overlap.stratified_by),
        words("column.observed"),
        words("column.dealt"),
        words("column.interval_apart", level=words.level(card.asked.level)),
        words("column.point_apart"),
        words("column.interval_pooled", level=words.level(card.asked.level)),
        words("column.point_pooled"),
        words("column.state"),
    )
    if card.strata is None or card.strata.separate is None:
        return Table(heading=heading, rows=())
    return Table(heading=heading, rows=(*_rows(card.strata, words), _total(card.strata, words)))


def _rows(strata: Strata, words: Words) -> list[tuple[str, ...]]:
    apart = strata.separate.strata if strata.separate is not None else ()
    pooled = {one.labels: one for one in strata.pooled.strata} if strata.pooled else {}
    return [_row(one, pooled.get(one.labels), words) for one in apart]


def _row(one: Stratum, pooled: Stratum | None, words: Words) -> tuple[str, ...]:
    return (
        labels_of(one.labels, words),
        words.count(one.observed),
        words.count(one.dealt),
        words.interval(one.low, one.high),
        words.count(one.point),
        words.interval(pooled.low, pooled.high) if pooled else words("none"),
        words.count(pooled.point) if pooled else words("none"),
        against_stratum(one, words) or words("state.sound"),
    )


def _total(strata: Strata, words: Words) -> tuple[str, ...]:
    cells: list[str] = []
    observed = 0
    state = ""
    for found in (strata.separate, strata.pooled):
        if found is None:
            cells += [words("none"), words("none")]
            continue
        said = found.summary()
        observed = said.observed
        cells += [words.interval(said.low, said.high), words.count(said.point)]
        state = state or ("" if found.publishable else words("state.doubtful"))
    return (
        words("strata.total"),
        words.count(observed),
        words("none"),
        *cells,
        state or words("state.sound"),
    )
