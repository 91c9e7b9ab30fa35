"""`habeas show`, `find`, `contradictions`: what is in the record."""

from __future__ import annotations

from typing import Annotated

import typer

from habeas.cli import options


def show(
    id_: Annotated[
        str,
        typer.Argument(metavar="ID", help="An entity (site:…, person:…), or a claim's digest."),
    ],
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="All claims elsewhere that name it, however many.")
    ] = False,
    clearance: options.Clearance = "team",
    lang: options.Lang = "en",
    registry: options.Registry = None,
    as_json: options.Json = False,
) -> None:
    """Show everything known of an entity or a claim.

    Person, site, event, source, item: each line with its source. A claim: with its proof.
    """
    from habeas.cli.opening import viewed
    from habeas.cli.terminal import emit

    with viewed(registry, clearance) as view:
        if _is_claim(id_):
            from habeas.cli.proof_of_claim import claim_shown, print_claim

            claim = claim_shown(view, id_, lang)
            emit(claim) if as_json else print_claim(claim, lang)
            return
        from habeas.cli.entity import everything as gather
        from habeas.cli.entity_text import print_entity

        entity = gather(view, id_, lang, complete=everything)
        emit(entity) if as_json else print_entity(entity, lang)


def _is_claim(id_: str) -> bool:
    return id_.startswith("claim:") or ":" not in id_


def find(
    text: Annotated[
        list[str], typer.Argument(metavar="TEXT", help="Words or names, in any spelling.")
    ],
    *,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many claims at most.")] = 100,
    clearance: options.Clearance = "team",
    lang: options.Lang = "en",
    registry: options.Registry = None,
    as_json: options.Json = False,
) -> None:
    """Find claims by their words, in Persian or Latin letters."""
    from habeas.cli.hits import hits, print_hits
    from habeas.cli.opening import viewed
    from habeas.cli.terminal import emit

    with viewed(registry, clearance) as view:
        found = hits(view, " ".join(text), limit, lang)
    emit(found) if as_json else print_hits(found, lang)


def contradictions(
    id_: Annotated[
        str | None,
        typer.Argument(metavar="ID", help="Look at one entity only.", show_default=False),
    ] = None,
    *,
    clearance: options.Clearance = "team",
    lang: options.Lang = "en",
    registry: options.Registry = None,
    as_json: options.Json = False,
) -> None:
    """Show where sources disagree, side by side."""
    from habeas.cli.contradiction import contradictions as gather
    from habeas.cli.contradiction import print_contradictions
    from habeas.cli.opening import viewed
    from habeas.cli.terminal import emit

    with viewed(registry, clearance) as view:
        found = gather(view, id_, lang)
    emit({"contradictions": found}) if as_json else print_contradictions(found, lang)
