"""Estimates on the terminal and as JSON: interval before point, the assumption under each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from habeas.cli.options import Language

if TYPE_CHECKING:
    from habeas.estimation.recording import Recorded
    from habeas.estimation.report.card import Card


def card_shown(card: Card, recorded: Recorded | None) -> dict[str, Any]:
    """The card as one JSON document, with what was recorded."""
    from habeas.estimation.report.document import document_of

    found = document_of(card)
    if recorded is not None:
        found["recorded"] = {
            "run": recorded.run.id,
            "estimates": list(recorded.estimates),
            "left_out": dict(recorded.left_out),
            "items": [item.id for item in recorded.run.items],
        }
    return found


def print_card(card: Card, recorded: Recorded | None, lang: Language) -> None:
    """The methods as a table, each with what it assumes; strata below; what it is not."""
    from habeas.cli.terminal import say, screen
    from habeas.estimation.agreement import disagreements
    from habeas.estimation.wording import load_words

    words = load_words(lang)
    console = screen()
    facts = [
        words("page.observed", count=words.count(card.overlap.observed)),
        words("page.lists", count=words.count(card.overlap.k)),
    ]
    if card.asked.clearance:
        facts.append(words("page.clearance", clearance=card.asked.clearance))
    _sentence(words.listed(facts))
    console.print(_methods(card, lang))
    for one in disagreements(card.outcomes):
        _sentence(one.describe(lang))
    _sentence(words("not.alone"))
    _sentence(words("not.unreachable"))
    if card.strata is not None:
        console.print(_strata(card, lang))
        _against_strata(card, lang)
    if recorded is not None:
        say(f"{len(recorded.estimates)} estimates recorded by {recorded.run.id}")
        for method, state in recorded.left_out:
            _sentence(f"{words(f'method.{method}')}: {words(f'state.{state}')}")


def _sentence(text: str) -> None:
    from habeas.cli.terminal import Words, screen

    screen().print(Words(text))


def _methods(card: Card, lang: Language) -> Any:
    from habeas.cli.terminal import Words, table
    from habeas.estimation.figures.forest import state_words
    from habeas.estimation.report.telling import assumption_of, row_of
    from habeas.estimation.wording import load_words

    words = load_words(lang)
    made = table(
        words("column.method"),
        words("column.interval", level=words.level(card.asked.level)),
        words("column.point"),
        words("column.take"),
        leading=1,
    )
    for outcome in card.outcomes:
        row = row_of(outcome)
        assumed = assumption_of(outcome, words)
        said = [state_words(row, words)] if row.state != "sound" else []
        if assumed:
            said.append(f"{words('page.assumes')} {assumed}")
        made.add_row(
            Words(row.label(words)),
            Words(words.interval(row.low, row.high)),
            Words(words.count(row.point)),
            Words("\n".join(said)),
        )
    return made


def _against_strata(card: Card, lang: Language) -> None:
    """What speaks against strata, and what their sum assumes, in words."""
    from habeas.estimation.report.strata_part import assumed, strata_table
    from habeas.estimation.saying import refused_words
    from habeas.estimation.wording import load_words

    words = load_words(lang)
    if card.strata is None:
        return
    if card.strata.separate is None:
        _sentence(refused_words(card.strata.refused, words))
        return
    for row in strata_table(card, words).rows:
        if row[-1] != words("state.sound"):
            _sentence(f"{row[0]}: {row[-1]}")
    _sentence(assumed(card.strata.separate, words))


def _strata(card: Card, lang: Language) -> Any:
    from habeas.cli.terminal import Words, table
    from habeas.estimation.report.strata_part import strata_table
    from habeas.estimation.wording import load_words

    found = strata_table(card, load_words(lang))
    shown = (0, 1, 3, 4, 5, 6)
    made = table(*(found.heading[at] for at in shown))
    for row in found.rows:
        made.add_row(*(Words(row[at]) for at in shown))
    return made
