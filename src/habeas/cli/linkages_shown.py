"""Estimates over sampled linkages on the terminal and as JSON: what linkage adds beside each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from habeas.cli.options import Language

if TYPE_CHECKING:
    from habeas.estimation.fitting import Outcome
    from habeas.estimation.linkage import LinkedEstimation
    from habeas.estimation.linkage_files import LinkageTables
    from habeas.estimation.report.card import Asked
    from habeas.estimation.wording import Words as Wording

FORMAT: Final = "habeas-linked-estimate/1"


def linkages_shown(
    found: LinkageTables, asked: Asked, outcomes: Sequence[Outcome]
) -> dict[str, Any]:
    """The draws and the methods as one JSON document."""
    from dataclasses import asdict

    from habeas import __version__
    from habeas.estimation.agreement import disagreements
    from habeas.estimation.report.document import plain

    return dict(
        plain(
            {
                "format": FORMAT,
                "version": __version__,
                "lists": list(found.tables[0].lists),
                "draws": [
                    {"name": name, "observed": table.observed, "digest": table.digest}
                    for name, table in zip(found.names, found.tables, strict=True)
                ],
                "level": asked.level,
                "seed": asked.seed,
                "override": dict(asked.override),
                "disagreements": [
                    asdict(one) | {"en": one.describe("en"), "fa": one.describe("fa")}
                    for one in disagreements(outcomes)
                ],
                "outcomes": [_outcome(one) for one in outcomes],
            }
        )
    )


def _outcome(outcome: Outcome) -> dict[str, Any]:
    from dataclasses import asdict

    from habeas.estimation.linkage import LinkedEstimation
    from habeas.estimation.report.document import outcome_document

    shown = outcome_document(outcome)
    if isinstance(outcome.result, LinkedEstimation):
        shown["exact"] = outcome.result.has_posterior
        shown["spreads"] = [
            asdict(one) | {"within_share": one.within_share, "between_share": one.between_share}
            for one in outcome.result.spreads
        ]
    return shown


def print_linkages(
    found: LinkageTables, asked: Asked, outcomes: Sequence[Outcome], lang: Language
) -> None:
    """The methods as a table, each with the shares of its variance; what it is not."""
    from habeas.cli.terminal import Words, screen
    from habeas.estimation.agreement import disagreements
    from habeas.estimation.wording import load_words

    words = load_words(lang)
    console = screen()
    observed = [table.observed for table in found.tables]
    differ = len({table.digest for table in found.tables})
    facts = [
        words("linkage.draws", count=words.count(len(observed)), differ=words.count(differ)),
        words("page.observed", count=words.interval(min(observed), max(observed)))
        if min(observed) < max(observed)
        else words("page.observed", count=words.count(observed[0])),
        words("page.lists", count=words.count(found.tables[0].k)),
    ]
    console.print(Words(words.listed(facts)))
    console.print(_methods(asked, outcomes, words))
    said = [one.describe(lang) for one in disagreements(outcomes)]
    said += [words(f"linkage.{key}") for key in ("between", "right")]
    said += [words(f"not.{key}") for key in ("alone", "unreachable")]
    for sentence in said:
        console.print(Words(sentence))


def _methods(asked: Asked, outcomes: Sequence[Outcome], words: Wording) -> Any:
    from habeas.cli.terminal import Words, table
    from habeas.estimation.report.telling import row_of

    made = table(
        words("column.method"),
        words("column.interval", level=words.level(asked.level)),
        words("column.point"),
        words("column.take"),
        leading=1,
    )
    for outcome in outcomes:
        row = row_of(outcome)
        made.add_row(
            Words(row.label(words)),
            Words(words.interval(row.low, row.high)),
            Words(words.count(row.point)),
            Words("\n".join(_taken(outcome, words))),
        )
    return made


def _shares(result: LinkedEstimation, words: Wording) -> str:
    """Within and between, of the population where it has a variance."""
    one = result.spreads[0]
    return words(
        "linkage.shares" if one.scale == "population" else "linkage.shares_log",
        within=words.share(one.within_share, 1),
        between=words.share(one.between_share, 1),
    )


def _taken(outcome: Outcome, words: Wording) -> list[str]:
    """How the method is to be taken, what was mixed, and what it assumes."""
    from habeas.estimation.figures.forest import state_words
    from habeas.estimation.linkage import LinkedEstimation
    from habeas.estimation.report.telling import assumption_of, row_of

    row = row_of(outcome)
    said = [state_words(row, words)] if row.state != "sound" else []
    if isinstance(outcome.result, LinkedEstimation):
        said.append(_shares(outcome.result, words))
        said.append(words("linkage.mixed" if outcome.result.has_posterior else "linkage.drawn"))
        said.append(f"{words('page.assumes')} {assumption_of(outcome, words)}")
    return said
