"""`habeas vocabulary`: what can be said, in English and Persian."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from habeas.cli import options

if TYPE_CHECKING:
    from habeas.claims.vocabulary import Predicate, TermList


def vocabulary(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME",
            help="A predicate, a vocabulary, or a kind of entity (site, person...).",
            show_default=False,
        ),
    ] = None,
    *,
    lang: options.Lang = "en",
    as_json: options.Json = False,
) -> None:
    """Print what can be said: predicates and terms."""
    from habeas.cli.terminal import emit

    predicates, lists = _chosen(name)
    if as_json:
        emit(
            {
                "predicates": [_predicate(one) for one in predicates],
                "vocabularies": [_list(one) for one in lists],
            }
        )
        return
    _print_predicates(predicates, lang)
    _print_lists(lists)


def _chosen(name: str | None) -> tuple[list[Predicate], list[TermList]]:
    from habeas.claims.values import PREFIXES
    from habeas.claims.vocabulary import vocabulary as terms

    known = terms()
    if name is None:
        return list(known.predicates), list(known.lists.values())
    if name in PREFIXES:
        return [one for one in known.predicates if name in one.subjects], []
    predicates = [one for one in known.predicates if one.name == name]
    lists = [known.lists[name]] if name in known.lists else []
    for one in predicates:
        if one.vocabulary and known.lists[one.vocabulary] not in lists:
            lists.append(known.lists[one.vocabulary])
    if not predicates and not lists:
        known.predicate(name)
    return predicates, lists


def _predicate(one: Predicate) -> dict[str, object]:
    return {
        "name": one.name,
        "subjects": one.subjects,
        "values": one.values,
        "vocabulary": one.vocabulary,
        "single": one.single,
        "least": one.least,
        "labels": dict(one.labels),
        "definitions": dict(one.definitions),
        "origin": one.origin,
    }


def _list(one: TermList) -> dict[str, object]:
    return {
        "name": one.name,
        "labels": dict(one.labels),
        "origin": one.origin,
        "terms": [
            {
                "name": term.name,
                "labels": dict(term.labels),
                "definition": term.definition,
                "origin": term.origin,
            }
            for term in one.terms.values()
        ],
    }


def _print_predicates(predicates: list[Predicate], lang: options.Language) -> None:
    from habeas.cli.terminal import Words, screen, table

    if not predicates:
        return
    made = table("predicate", "meaning", leading=1)
    made.expand = True
    for column, ratio in zip(made.columns, (4, 5), strict=True):
        column.ratio = ratio
    for one in predicates:
        made.add_row(Words(_form(one)), Words(f"{_labels(one)}\n{one.definition(lang)}"))
    screen().print(made)


def _form(one: Predicate) -> str:
    """What it is said of, and with which value."""
    value = f"{' or '.join(one.values)}" + (f" ({one.vocabulary})" if one.vocabulary else "")
    least = "" if one.least == "public" else f"\nat least {one.least}"
    return f"{one.name}\nof {', '.join(one.subjects)}\n{value}{least}"


def _labels(one: Predicate) -> str:
    return f"{one.labels['en']}\n{one.labels['fa']}"


def _print_lists(lists: list[TermList]) -> None:
    from habeas.cli.terminal import Words, screen, table

    for one in lists:
        made = table("term", "English", "Persian", "meaning", leading=1)
        for term in one.terms.values():
            made.add_row(
                Words(term.name, "bold"), Words(term.labels["en"]), Words(term.labels["fa"]),
                Words(term.definition),
            )  # fmt: skip
        out = screen()
        out.print(Words(one.name, "bold"))
        out.print(made)
