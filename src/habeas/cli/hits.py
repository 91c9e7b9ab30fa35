"""What a search found."""

from __future__ import annotations

import msgspec

from habeas.cli.entity_text import marked
from habeas.cli.options import Language
from habeas.cli.readings import predicate_label
from habeas.cli.statement import SHORT, Statement, Teller
from habeas.cli.terminal import Words, screen, table
from habeas.cli.words import word
from habeas.registry.view import View


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """One claim that holds the words asked for."""

    label: str
    """The name of what it is about."""
    statement: Statement


class Hits(msgspec.Struct, frozen=True, kw_only=True):
    """All of them, by what they are about. The keys of the JSON output."""

    text: str
    hits: tuple[Hit, ...]
    more: bool
    """Whether there are others above the limit."""


def hits(view: View, text: str, limit: int, lang: Language) -> Hits:
    """Search at the clearance of a view.

    Raises:
        InputError: there is no word in the text.
    """
    teller = Teller(view, lang)
    found = view.find(text, limit=limit + 1)
    return Hits(
        text=text,
        hits=tuple(
            Hit(label=teller.label(shown.claim.subject), statement=teller.tell(shown, deep=False))
            for shown in found[:limit]
        ),
        more=len(found) > limit,
    )


def print_hits(found: Hits, lang: Language) -> None:
    """What was found, for people."""
    out = screen()
    if not found.hits:
        out.print(Words(word("nothing_found", lang)))
        return
    made = table(*(word(key, lang) for key in ("about", "value", "who", "digest")), leading=1)
    made.expand = True
    for column, ratio in zip(made.columns, (4, 5, 4), strict=False):
        column.ratio = ratio
    for hit in found.hits:
        one = hit.statement
        label = one.subject if hit.label == one.subject else f"{hit.label}\n{one.subject}"
        said = (predicate_label(one.predicate, lang), marked(one, lang), one.words)
        made.add_row(
            Words(label),
            Words("\n".join(part for part in said if part)),
            Words(one.source_title),
            Words(one.claim[:SHORT], "dim"),
        )
    out.print(made)
    if found.more:
        out.print(Words(word("more_hits", lang), "dim"))
