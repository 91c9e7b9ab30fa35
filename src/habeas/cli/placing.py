"""`habeas place`: which places words may name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from habeas.cli import options

if TYPE_CHECKING:
    from habeas.claims.gazetteer import Candidate, Place
    from habeas.claims.gazetteer_place import Span

_SHOWN = 8


def place(
    text: Annotated[
        list[str], typer.Argument(metavar="WORDS", help="A place, as it stands in the source.")
    ],
    *,
    country: Annotated[
        str | None,
        typer.Option(
            "--country",
            metavar="CC",
            help="Only places filed under this country (ISO 3166-1: IR, IQ, SY…).",
            show_default=False,
        ),
    ] = None,
    on: Annotated[
        str | None,
        typer.Option(
            "--on",
            metavar="DATE",
            help="The date of what is told: 1988, ۱۳۶۷, 1988-07-28…",
            show_default=False,
        ),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help=f"All candidates, not only the first {_SHOWN}.")
    ] = False,
    clearance: options.Clearance = "team",
    registry: Annotated[
        Path | None,
        typer.Option(
            "--registry",
            envvar="HABEAS_REGISTRY",
            metavar="DIR",
            help="The folder of a registry, whose own places come first; none if left out.",
            show_default=False,
        ),
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Show which places words may name, with reasons; none is chosen.

    Towns and provinces of Iran, its neighbours and Syria, and with --registry your own places.
    """
    from habeas.claims.gazetteer import match
    from habeas.cli.terminal import emit

    written = " ".join(text)
    found = match(
        written,
        country=None if country is None else country.upper(),
        on=_span(on),
        own=_own(registry, clearance),
    )
    if as_json:
        emit(_document(written, on, found))
    else:
        _print(written, found, len(found) if everything else _SHOWN)


def _span(on: str | None) -> Span | None:
    """The span of a date.

    Raises:
        InputError: the words are no date, or mean no days.
    """
    if on is None:
        return None
    from habeas.claims.dates import read_date
    from habeas.claims.gazetteer_place import span_of
    from habeas.errors import InputError

    span = span_of(read_date(on))
    if span is None:
        raise InputError(f"“{on}” gives no days", mend="Give a year or a day")
    return span


def _own(registry: Path | None, clearance: options.Level) -> tuple[Place, ...]:
    """The places of a registry, where one is named."""
    if registry is None:
        return ()
    from habeas.cli.opening import viewed
    from habeas.registry.own_places import own_places

    with viewed(registry, clearance) as view:
        return own_places(view)


def _document(written: str, on: str | None, found: tuple[Candidate, ...]) -> dict[str, object]:
    from habeas.claims.gazetteer import ATTRIBUTION

    return {
        "text": written,
        "on": on,
        "candidates": [_candidate(one) for one in found],
        "attribution": ATTRIBUTION,
    }


def _candidate(one: Candidate) -> dict[str, object]:
    import msgspec

    from habeas.claims.gazetteer import where_of

    return {
        "id": one.place.id,
        "kind": one.place.kind,
        "name": one.name.text,
        "labels": _labels(one.place),
        "country": one.place.country,
        "words": one.words,
        "likeness": one.likeness,
        "reasons": one.reasons,
        "within": msgspec.to_builtins(one.place.within),
        "where": msgspec.to_builtins(where_of(one.place)),
    }


def _labels(found: Place) -> list[str]:
    """The first names in Persian or Arabic and in Latin letters."""
    scripts = dict.fromkeys(("Arab", "Latn"))
    names = {name.script: name.text for name in reversed(found.names)}
    return [names[script] for script in scripts if script in names] or [found.label()]


def _print(written: str, found: tuple[Candidate, ...], limit: int) -> None:
    from habeas.claims.gazetteer import ATTRIBUTION
    from habeas.cli.terminal import Words, isolated, say, screen, table

    say(isolated(written))
    if not found:
        say("no place of the gazetteer bears this name or sounds like it")
        say("Look for other spellings, or record it as a place of your own")
        return
    made = table("place", "id", "why it may be, or may not", leading=1)
    for one in found[:limit]:
        labels = "\n".join((*_labels(one.place), _kind(one.place)))
        made.add_row(Words(labels), Words(one.place.id), Words("\n".join(one.reasons)))
    screen().print(made)
    if len(found) > limit:
        say(f"and {len(found) - limit} more (--all)")
    say(f"None is chosen. Towns: {ATTRIBUTION}; countries as filed there.")


def _kind(found: Place) -> str:
    kind = found.kind.replace("_", " ")
    return kind if found.country is None else f"{kind}, {found.country}"
