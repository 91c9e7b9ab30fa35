"""One entity on the screen: what is said on the left, who says so and where on the right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from habeas.cli.entity import DEGREES, EntityShown, Group, Mentions
from habeas.cli.options import Language
from habeas.cli.readings import predicate_label, vocabulary_label
from habeas.cli.statement import SHORT, Statement
from habeas.cli.terminal import Words, screen
from habeas.cli.words import listed, number, word

if TYPE_CHECKING:
    from rich.console import Console
    from rich.console import Group as Stack
    from rich.table import Table

DEPTH = 3
"""How deep claims about claims about claims are shown."""


def print_entity(shown: EntityShown, lang: Language) -> None:
    """Everything known of an entity, for people."""
    out = screen()
    out.print(Words(shown.label, "bold"))
    others = [name for name in shown.names if name != shown.label]
    for name in others:
        out.print(Words(name))
    count = word("claim" if shown.claims == 1 else "claims", lang, number(shown.claims, lang))
    level = vocabulary_label("sensitivity", shown.clearance, lang)
    out.print(Words(shown.entity, "dim"))
    out.print(Words(f"{count} · {word('clearance', lang, level)}", "dim"))
    if shown.linked:
        out.print(Words(f"{word('linked', lang)}: {', '.join(shown.linked)}"))
    for group in shown.groups:
        out.print()
        out.print(_heading(group, lang))
        out.print(_table(group.statements, lang))
    for key, mentions in (("named_in", shown.named_in), ("said_here", shown.said_here)):
        if mentions.statements:
            out.print()
            out.print(Words(word(key, lang), "bold"))
            out.print(_mentions(mentions, lang))


def _heading(group: Group, lang: Language) -> Words:
    parts = [group.label]
    if len(group.statements) > 1:
        parts.append(word("claims", lang, number(len(group.statements), lang)))
        parts.append(independent_words(group.independent, lang))
    if group.agreement:
        parts.append(agreement_words(group.agreement, lang))
    return Words(" · ".join(parts), "bold red" if group.agreement == "exclusive" else "bold")


def independent_words(count: int, lang: Language) -> str:
    """How many independent sources, in words."""
    if count == 1:
        return word("independent_one", lang)
    return word("independent", lang, number(count, lang))


def agreement_words(name: str, lang: Language) -> str:
    """How much claims agree, in words."""
    return word(f"agreement.{DEGREES.index(name)}", lang)


def _columns() -> Table:
    from rich.table import Table

    made = Table(box=None, show_header=False, expand=True, padding=(0, 2, 0, 0), pad_edge=False)
    made.add_column(ratio=5, vertical="top")
    made.add_column(ratio=6, vertical="top")
    return made


def _table(statements: tuple[Statement, ...], lang: Language) -> Table:
    made = _columns()
    for statement in statements:
        for depth, one in _unfolded(statement, 0):
            made.add_row(what(one, lang, depth), who(one, lang))
    return made


def _unfolded(statement: Statement, depth: int) -> Iterator[tuple[int, Statement]]:
    yield depth, statement
    if depth < DEPTH:
        for other in statement.about:
            yield from _unfolded(other, depth + 1)


def what(statement: Statement, lang: Language, depth: int = 0) -> Stack:
    """The words of a claim, its reading, and whether it still stands."""
    from rich.console import Group as Stack
    from rich.padding import Padding

    lines = []
    marks = marked(statement, lang)
    if marks:
        lines.append(Words(marks, "bold yellow"))
    style = "strike dim" if statement.withdrawn else ""
    if depth:
        lines.append(Words(f"↳ {predicate_label(statement.predicate, lang)}", "italic"))
    if statement.words:
        lines.append(Words(statement.words, style))
    if statement.reading:
        lines.append(Words(f"= {statement.reading}", "cyan"))
    if statement.holds:
        lines.append(Words(word("held", lang, statement.holds), "cyan"))
    return Stack(*(Padding(line, (0, 0, 0, 2 * (depth + 1))) for line in lines))


def marked(statement: Statement, lang: Language) -> str:
    """What has to be told beside the words of a claim wherever they stand; mostly nothing."""
    keys = [key for key in ("withdrawn", "disputed", "forked") if getattr(statement, key)]
    return " · ".join(word(key, lang) for key in keys)


def who(statement: Statement, lang: Language) -> Stack:
    """Who says so and where, how it is rated, under which digest."""
    from rich.console import Group as Stack

    lines = [Words(statement.source_title)]
    if statement.by:
        lines.append(Words(word("by", lang, statement.by)))
    if statement.where:
        lines.append(Words(statement.where, "dim"))
    if statement.standard:
        lines.append(Words(_finding(statement, lang)))
    if statement.note:
        lines.append(Words(word("note", lang, statement.note), "dim"))
    lines.append(Words(_small_print(statement, lang), "dim"))
    return Stack(*lines)


def _finding(statement: Statement, lang: Language) -> str:
    standard = vocabulary_label("standard_of_proof", statement.standard, lang)
    digests = listed((digest[:SHORT] for digest in statement.rests_on), lang)
    return f"{word('rests_on', lang)} {digests}; {word('standard', lang, standard)}"


def _small_print(statement: Statement, lang: Language) -> str:
    parts = [rating(statement, lang), vocabulary_label("sensitivity", statement.sensitivity, lang)]
    if statement.read:
        parts.append(vocabulary_label("reading_level", statement.read, lang))
    parts.append(statement.claim[:SHORT])
    return " · ".join(part for part in parts if part)


def rating(statement: Statement, lang: Language) -> str:
    """The Admiralty rating: the source A to F, the information 1 to 6, each when it was rated."""
    parts = []
    if statement.reliability:
        parts.append(word("reliability", lang, statement.reliability))
    if statement.credibility is not None:
        parts.append(word("credibility", lang, str(statement.credibility)))
    return listed(parts, lang)


def print_statement(out: Console, statement: Statement, lang: Language) -> None:
    """One claim with the claims about it."""
    out.print(_table((statement,), lang))


def _mentions(mentions: Mentions, lang: Language) -> Table:
    made = _columns()
    for statement in mentions.statements:
        label = predicate_label(statement.predicate, lang)
        made.add_row(Words(f"  {statement.subject}: {label}"), what(statement, lang, 0))
    if mentions.more:
        made.add_row(Words(f"  {word('more', lang)}", "dim"), "")
    return made
