"""Timeline and map in the PDF, each with a table that says the same; the pictures of runs."""

from __future__ import annotations

from itertools import groupby
from typing import Final

from habeas.publishing.calendar_words import interval_in_words, solar_in_words
from habeas.publishing.contents import Dated, Placed
from habeas.publishing.html_pictures import dated_label, map_places, timeline_rows
from habeas.publishing.map import draw_map
from habeas.publishing.run_pictures import Pictures, in_language, words_of
from habeas.publishing.timeline import draw_timelines
from habeas.publishing.typst_blocks import Block, Paragraph, Picture, Row, Table
from habeas.publishing.typst_claims import BETWEEN, ClaimSetter
from habeas.publishing.typst_parts import lead, row
from habeas.publishing.typst_text import Runs, figure, joined

TALLEST: Final = 860.0
"""Height of a picture of the timeline, so that heading and caption stand on its page."""


def timeline_part(setter: ClaimSetter) -> list[Block]:
    """The pictures of the timeline, and the same as a table."""
    dated = setter.contents.timeline
    if not dated:
        return [Paragraph(runs=setter.say("dossier.no_timeline"))]
    language = setter.teller.language
    pictures = draw_timelines(timeline_rows(setter.teller), language=language, tallest=TALLEST)
    words = setter.words
    alt = words("timeline.description", count=setter.teller.figure(str(len(dated))))
    caption = setter.say("timeline.title")
    return [
        lead(setter, "timeline_lead"),
        *(Picture(svg=svg, caption=caption, alt=alt) for svg in pictures),
        _timeline_table(setter),
    ]


def _timeline_table(setter: ClaimSetter) -> Table:
    persian = setter.teller.language == "fa"
    keys = ["statement", "as_written", "reading", *(["solar"] if persian else []), "who", "number"]
    rows: list[Row] = []
    for group, members in groupby(setter.contents.timeline, key=lambda dated: dated.group):
        rows.append(Row(cells=(setter.foreign(setter.teller.label(group)),), group=True))
        rows += [_timeline_row(setter, dated, persian=persian) for dated in members]
    return Table(
        caption=setter.say("dossier.timeline_table"),
        widths=(4, 4, 4, *((4,) if persian else ()), 6, 0),
        head=tuple(setter.say(f"dossier.{key}") for key in keys),
        rows=tuple(rows),
    )


def _timeline_row(setter: ClaimSetter, dated: Dated, *, persian: bool) -> Row:
    teller = setter.teller
    unknown = setter.words("timeline.undated")
    days = interval_in_words(dated.earliest, dated.latest, teller.words) or unknown
    cells = [
        setter.foreign(dated_label(teller, dated)),
        setter.foreign(dated.text),
        setter.text(days),
    ]
    if persian:
        solar = solar_in_words(dated.earliest, dated.latest, teller.words)
        cells.append(setter.text(solar or unknown))
    cells += [_who(setter, dated.claim), setter.link(dated.claim)]
    return row(tuple(cells), len(dated.text))


def _who(setter: ClaimSetter, number: int) -> Runs:
    """To whom a claim is attributed, and its source."""
    statement = setter.contents.claim(number)
    by = () if statement.by is None else setter.foreign(statement.by.text)
    return joined([by, setter.source(statement.source)], BETWEEN)


def map_part(setter: ClaimSetter) -> list[Block]:
    """The map, and the same as a table."""
    places = setter.contents.places
    if not places:
        return [Paragraph(runs=setter.say("dossier.no_map"))]
    words = setter.words
    return [
        lead(setter, "map_lead"),
        Picture(
            svg=draw_map(map_places(setter.teller), language=setter.teller.language),
            caption=setter.say("map.title"),
            alt=words("map.description", count=setter.teller.figure(str(len(places)))),
        ),
        Table(
            caption=setter.say("dossier.map_table"),
            widths=(4, 3, 0, 0, 4, 4, 0),
            head=tuple(
                setter.say(f"dossier.{key}")
                for key in ("entity", "kind", "position", "uncertainty", "method", "who", "number")
            ),
            rows=tuple(_map_row(setter, placed) for placed in places),
        ),
    ]


def _map_row(setter: ClaimSetter, placed: Placed) -> Row:
    teller = setter.teller
    unknown = setter.words("dossier.unknown")
    position = teller.position(placed.longitude, placed.latitude)
    distance = setter.text(teller.metres(placed.uncertainty) if placed.uncertainty else unknown)
    method = setter.foreign(placed.method or unknown)
    cells = (
        setter.entity(placed.entity),
        setter.text(teller.term("location_kind", placed.kind)),
        figure(position, "ltr"),
        distance,
        method,
        _who(setter, placed.claim),
        setter.link(placed.claim),
    )
    return row(cells, len(placed.method or ""))


def run_pictures_part(setter: ClaimSetter, held: Pictures) -> list[Block]:
    """The pictures that runs made, each with its words and what made it."""
    language = setter.teller.language
    made: list[Block] = [lead(setter, "pictures_lead")]
    for one in in_language(setter.contents.pictures, language):
        if one.sha256 not in held:
            continue
        words = words_of(one, language)
        run = setter.foreign(setter.teller.label(one.run))
        caption = joined([setter.foreign(words), run, setter.link(one.claim)], BETWEEN)
        made.append(Picture(svg=held[one.sha256].decode("utf-8"), caption=caption, alt=words))
    return made
