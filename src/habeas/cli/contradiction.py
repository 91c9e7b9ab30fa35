"""Where sources disagree, side by side."""

from __future__ import annotations

import msgspec

from habeas.cli.entity import DEGREES
from habeas.cli.entity_text import agreement_words, independent_words, marked, rating
from habeas.cli.options import Language
from habeas.cli.readings import predicate_label
from habeas.cli.statement import SHORT, Statement, Teller
from habeas.cli.terminal import Words, screen, table
from habeas.cli.words import word
from habeas.registry.view import View


class Contradiction(msgspec.Struct, frozen=True, kw_only=True):
    """What sources say of one thing that has one true value. The keys of the JSON output."""

    subject: str
    label: str
    predicate: str
    predicate_label: str
    agreement: str
    """exclusive, differ or compatible."""
    independent: int
    statements: tuple[Statement, ...]


def contradictions(view: View, subject: str | None, lang: Language) -> list[Contradiction]:
    """Every disagreement that may be seen, the strongest first.

    Args:
        view: at a clearance.
        subject: look at one entity only.
        lang: of labels.
    """
    teller = Teller(view, lang)
    return [
        Contradiction(
            subject=found.subject,
            label=teller.label(found.subject),
            predicate=found.predicate,
            predicate_label=predicate_label(found.predicate, lang),
            agreement=DEGREES[found.agreement],
            independent=found.independent,
            statements=tuple(teller.tell(shown) for shown in found.claims),
        )
        for found in view.contradictions(subject)
    ]


def print_contradictions(found: list[Contradiction], lang: Language) -> None:
    """The disagreements, for people: one table each."""
    out = screen()
    if not found:
        out.print(Words(word("no_contradictions", lang)))
    for contradiction in found:
        out.print(_heading(contradiction, lang))
        out.print(_table(contradiction, lang))


def _heading(found: Contradiction, lang: Language) -> Words:
    parts = (
        found.label,
        found.predicate_label,
        agreement_words(found.agreement, lang),
        independent_words(found.independent, lang),
    )
    return Words(" · ".join(parts), "bold red" if found.agreement == "exclusive" else "bold")


def _table(found: Contradiction, lang: Language) -> object:
    made = table(
        *(word(key, lang) for key in ("value", "who", "said_on", "rating", "digest")), leading=1
    )
    made.expand = True
    for column, ratio in zip(made.columns, (4, 5), strict=False):
        column.ratio = ratio
    for column in made.columns[2:]:
        column.no_wrap = True
    for statement in found.statements:
        made.add_row(
            Words(_what(statement, lang)),
            Words(_who(statement, lang)),
            Words(statement.source_published),
            Words(rating(statement, lang)),
            Words(statement.claim[:SHORT], "dim"),
        )
    return made


def _what(statement: Statement, lang: Language) -> str:
    said = [part for part in (marked(statement, lang), statement.words) if part]
    if statement.reading:
        said.append(f"= {statement.reading}")
    if statement.holds:
        said.append(word("held", lang, statement.holds))
    return "\n".join(said)


def _who(statement: Statement, lang: Language) -> str:
    by = f"\n{word('by', lang, statement.by)}" if statement.by else ""
    return statement.source_title + by
