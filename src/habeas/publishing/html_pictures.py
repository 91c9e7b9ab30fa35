"""Timeline and map in a page, each with a table that says the same; the pictures of runs."""

from __future__ import annotations

import re
from itertools import groupby

from habeas.claims.values import LineString, MultiPolygon, Polygon, Where
from habeas.drawing.markup import Html, element, figure, foreign, image, join
from habeas.publishing.calendar_words import interval_in_words, solar_in_words
from habeas.publishing.contents import Dated, Placed
from habeas.publishing.html_claims import ClaimPage
from habeas.publishing.map import MapPlace, draw_map
from habeas.publishing.run_pictures import Pictures, in_language, path_of, words_of
from habeas.publishing.timeline import TimelineRow, draw_timelines
from habeas.publishing.wording import Teller

_ID = re.compile(r'(\bid="|url\(#|href="#)([\w-]+)')


def timeline_rows(teller: Teller) -> list[TimelineRow]:
    """The rows of the timeline in a language, for the picture."""
    return [_row(teller, dated) for dated in teller.contents.timeline]


def _row(teller: Teller, dated: Dated) -> TimelineRow:
    statement = teller.contents.claim(dated.claim)
    by = "" if statement.by is None else statement.by.text
    return TimelineRow(
        label=dated_label(teller, dated),
        by=by or teller.source_title(statement.source),
        earliest=dated.earliest,
        latest=dated.latest,
        said="" if dated.text in (dated.earliest, dated.latest) else dated.text,
        group=teller.label(dated.group),
        event=f"{dated.entity} {dated.predicate} {dated.term}",
        reference=teller.reference(dated.claim),
    )


def dated_label(teller: Teller, dated: Dated) -> str:
    """What is dated, in words: the term, the event, or the predicate."""
    if dated.term:
        return teller.term_of(dated.predicate, dated.term)
    if dated.entity != dated.group:
        return teller.label(dated.entity)
    return teller.predicate(dated.predicate)


def map_places(teller: Teller) -> list[MapPlace]:
    """The marks of the map in a language."""
    return [_place(teller, placed) for placed in teller.contents.places]


def _place(teller: Teller, placed: Placed) -> MapPlace:
    value = teller.contents.claim(placed.claim).value
    return MapPlace(
        label=teller.label(placed.entity),
        kind=placed.kind,
        longitude=float(placed.longitude),
        latitude=float(placed.latitude),
        uncertainty=None if placed.uncertainty is None else float(placed.uncertainty),
        polygons=_rings(value) if isinstance(value, Where) else (),
        reference=teller.reference(placed.claim),
    )


def _rings(where: Where) -> tuple[tuple[tuple[float, float], ...], ...]:
    match where.geometry:
        case Polygon(coordinates=rings):
            lines = [rings[0]]
        case MultiPolygon(coordinates=parts):
            lines = [rings[0] for rings in parts]
        case LineString(coordinates=line):
            lines = [line]
        case _:
            lines = []
    return tuple(tuple((float(x), float(y)) for x, y in line) for line in lines)


def timeline_part(page: ClaimPage) -> list[Html]:
    """The pictures of the timeline, and the same as a table."""
    if not page.contents.timeline:
        return [element("p", page.say("dossier.no_timeline"))]
    rows = timeline_rows(page.teller)
    pictures = draw_timelines(rows, language=page.teller.language)
    made = [element("p", page.say("dossier.timeline_lead"), class_="lead")]
    made += [_picture(svg, f"t{n}") for n, svg in enumerate(pictures, 1)]
    return [*made, _timeline_table(page)]


def map_part(page: ClaimPage) -> list[Html]:
    """The map, and the same as a table."""
    if not page.contents.places:
        return [element("p", page.say("dossier.no_map"))]
    drawn = draw_map(map_places(page.teller), language=page.teller.language)
    lead = element("p", page.say("dossier.map_lead"), class_="lead")
    return [lead, _picture(drawn, "m"), _map_table(page)]


def run_pictures_part(page: ClaimPage, held: Pictures) -> list[Html]:
    """The pictures that runs made, each with its words and what made it."""
    language = page.teller.language
    made = [element("p", page.say("dossier.pictures_lead"), class_="lead")]
    for one in in_language(page.contents.pictures, language):
        if one.sha256 not in held:
            continue
        words = words_of(one, language)
        caption = element(
            "figcaption", foreign(words), " · ", foreign(page.teller.label(one.run)), " · ",
            page.link(one.claim),
        )  # fmt: skip
        made.append(element("figure", image(path_of(one), words), caption))
    return made


def _picture(svg: str, prefix: str) -> Html:
    """A picture inside the page; its ids made its own, since several stand in one page."""
    own = _ID.sub(rf"\1{prefix}-\2", svg.strip())
    return element("figure", element("div", Html(own), class_="picture"))


def _timeline_table(page: ClaimPage) -> Html:
    persian = page.teller.language == "fa"
    keys = ["statement", "as_written", "reading", *(["solar"] if persian else []), "who", "number"]
    body = []
    for group, rows in groupby(page.contents.timeline, key=lambda row: row.group):
        heading = element("th", page.entity(group), colspan=str(len(keys)), scope="rowgroup")
        body.append(element("tr", heading, class_="group"))
        body += [_timeline_row(page, row, persian=persian) for row in rows]
    return table(page, "dossier.timeline_table", keys, body)


def _timeline_row(page: ClaimPage, dated: Dated, *, persian: bool) -> Html:
    teller = page.teller
    statement = page.contents.claim(dated.claim)
    unknown = page.words("timeline.undated")
    days = interval_in_words(dated.earliest, dated.latest, teller.words) or unknown
    cells = [
        element("th", foreign(dated_label(teller, dated)), scope="row"),
        element("td", foreign(dated.text)),
        element("td", page.text(days)),
    ]
    if persian:
        solar = solar_in_words(dated.earliest, dated.latest, teller.words)
        cells.append(element("td", page.text(solar or unknown)))
    who = teller.source_title(statement.source)
    said = [foreign(who)]
    if statement.by is not None:
        said = [foreign(statement.by.text), foreign(who)]
    cells += [element("td", join(said, " · ")), element("td", page.link(dated.claim))]
    return element("tr", *cells)


def _map_table(page: ClaimPage) -> Html:
    keys = ["entity", "kind", "position", "uncertainty", "method", "who", "number"]
    body = [_map_row(page, placed) for placed in page.contents.places]
    return table(page, "dossier.map_table", keys, body)


def _map_row(page: ClaimPage, placed: Placed) -> Html:
    teller = page.teller
    unknown = page.words("dossier.unknown")
    statement = page.contents.claim(placed.claim)
    distance = teller.metres(placed.uncertainty) if placed.uncertainty else unknown
    return element(
        "tr",
        element("th", page.entity(placed.entity), scope="row"),
        element("td", teller.term("location_kind", placed.kind)),
        element("td", figure(teller.position(placed.longitude, placed.latitude))),
        element("td", figure(distance)),
        element("td", foreign(placed.method or unknown)),
        element("td", foreign(teller.source_title(statement.source))),
        element("td", page.link(placed.claim)),
    )


def table(page: ClaimPage, caption: str, keys: list[str], body: list[Html]) -> Html:
    """A table that scrolls inside itself on a narrow screen, reachable by keyboard."""
    head = element("tr", *(element("th", page.say(f"dossier.{key}"), scope="col") for key in keys))
    name = page.words(caption)
    made = element(
        "table", element("caption", name), element("thead", head), element("tbody", *body)
    )
    kind = "scroll wide" if len(keys) > 4 else "scroll"
    return element("div", made, class_=kind, tabindex="0", role="region", aria_label=name)
