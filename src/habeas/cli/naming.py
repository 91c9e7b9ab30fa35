"""`habeas name`: how a name is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from habeas.cli import options

if TYPE_CHECKING:
    from habeas.claims.name_reading import NameReading
    from habeas.claims.values import NamePart

_NAMES = (("given", "compound"), ("surname", "suffix"), ("second_surname",), ("father",))
"""Slots that make one name, for which spellings are shown."""

_KEYS_SHOWN = 8


def name(
    text: Annotated[
        list[str], typer.Argument(metavar="TEXT", help="A name, as it stands in the source.")
    ],
    *,
    lang: options.Lang = "en",
    as_json: options.Json = False,
) -> None:
    """Show how a name is read: parts, keys, spellings."""
    from habeas.claims.name_reading import read_name

    written = " ".join(text)
    reading = read_name(written)
    if as_json:
        from habeas.cli.terminal import emit

        emit({"text": written, **_document(written, reading)})
        return
    _show(written, reading, lang)


def _document(written: str, reading: NameReading) -> dict[str, object]:
    from habeas.claims.name_oddities import oddities
    from habeas.claims.name_schemes import schemes_of

    return {
        "script": reading.script,
        "form": reading.form,
        "parts": [{"slot": part.slot, "text": part.text} for part in reading.parts],
        "tokens": sorted(reading.tokens),
        "keys": reading.keys,
        "sure": reading.sure,
        "remarks": reading.remarks,
        "schemes": schemes_of(written),
        "spellings": _spellings(reading.parts),
        "oddities": oddities(written),
    }


def _spellings(parts: tuple[NamePart, ...]) -> dict[str, tuple[str, ...]]:
    """Known spellings of the names within the name."""
    from habeas.claims.name_spellings import spellings_of

    found: dict[str, tuple[str, ...]] = {}
    for slots in _NAMES:
        names = [part.text for part in parts if part.slot in slots]
        for text in dict.fromkeys((" ".join(names), *names)):
            if text and (spellings := spellings_of(text)):
                found[text] = spellings
    return found


def _show(written: str, reading: NameReading, lang: options.Language) -> None:
    from habeas.claims.vocabulary import vocabulary
    from habeas.cli.terminal import Words, isolated, say, screen, table

    say(isolated(written))
    if reading.parts:
        slots = vocabulary().lists["name_slot"].terms
        made = table("part", "slot", "meaning")
        for part in reading.parts:
            made.add_row(Words(part.text, "bold"), Words(part.slot), slots[part.slot].label(lang))
        screen().print(made)
    _facts(written, reading)


def _facts(written: str, reading: NameReading) -> None:
    from habeas.claims.name_oddities import oddities
    from habeas.claims.name_schemes import schemes_of
    from habeas.cli.terminal import isolated, say

    say(f"normalised  {isolated(reading.form) or 'nothing'}")
    say(f"keys        {_some(reading.keys)}")
    if schemes := schemes_of(written):
        say(f"romanised   perhaps by {' or '.join(schemes)}")
    for remark in reading.remarks:
        say(f"not sure    {remark}")
    for oddity in oddities(written):
        say(f"look out    {isolated(oddity)}")
    for text, spellings in _spellings(reading.parts).items():
        shown = ", ".join(isolated(spelling) for spelling in spellings)
        say(f"same key    {isolated(text)}: {shown}")


def _some(keys: tuple[str, ...]) -> str:
    """The first keys, and how many there are besides."""
    more = len(keys) - _KEYS_SHOWN
    shown = " ".join(keys[:_KEYS_SHOWN]) or "none"
    return f"{shown} and {more} more (--json)" if more > 0 else shown
