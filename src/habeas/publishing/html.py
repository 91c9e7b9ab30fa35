"""The dossier as one web page that needs no network, no script and no software of ours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from habeas.drawing.assets import font_faces, web_fonts
from habeas.drawing.markup import Html, element, figure, foreign, join
from habeas.publishing.catalogue import Language
from habeas.publishing.contents import Contents, LogState, Statement, Topic
from habeas.publishing.html_claims import ClaimPage, anchor
from habeas.publishing.html_lists import (
    contradictions_part,
    custody_part,
    findings_part,
    questions_part,
    sources_part,
    withdrawn_part,
)
from habeas.publishing.html_pictures import map_part, run_pictures_part, table, timeline_part
from habeas.publishing.run_pictures import Pictures, picture_files
from habeas.publishing.wording import Teller

STYLE: Final = Path(__file__).parent / "templates" / "dossier.css"

FONTS: Final = "fonts"
"""The folder of the typefaces beside the page."""

BESIDE: Final = {
    "pdf": "dossier.pdf",
    "json": "dossier.json",
    "geojson": "places.geojson",
    "sums": "SHA256SUMS",
}
"""The files beside the page that a reader may want."""

COMMAND: Final = "sh verify.sh"

_POLICY: Final = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)

Part = Callable[[ClaimPage], list[Html]]


def html_files(
    contents: Contents, language: Language, pictures: Pictures | None = None
) -> dict[str, bytes]:
    """The files of the page: `index.html`, its style, its typefaces.

    Args:
        contents: of the dossier.
        language: of our own words; what sources say stays as it is.
        pictures: made by runs, that may be shown.

    Returns:
        Path to bytes, the same for the same contents.
    """
    style = font_faces(folder=FONTS) + STYLE.read_text(encoding="utf-8")
    held = picture_files(contents.pictures, language, pictures or {})
    page = write_page(contents, language, pictures or {}).encode()
    files = {"index.html": page, "dossier.css": style.encode(), **held}
    return files | {f"{FONTS}/{name}": data for name, data in web_fonts().items()}


def write_page(contents: Contents, language: Language, pictures: Pictures | None = None) -> str:
    """The page itself."""
    page = ClaimPage(Teller(contents, language))
    parts = _parts(page, pictures or {})
    body = element(
        "body",
        element("a", page.say("dossier.skip"), href="#main", class_="skip"),
        element(
            "div",
            _cover(page),
            _navigation(page, parts),
            element("main", *(_part(page, *part) for part in parts), id="main"),
            _footer(page),
            class_="page",
        ),
    )
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="referrer", content="no-referrer"),
        element("meta", name="robots", content="noindex"),
        element("title", f"{page.teller.title()} · {page.words('dossier.kicker')}"),
        element("link", rel="stylesheet", href="dossier.css"),
    )
    page_ = element("html", head, "\n", body, lang=language, dir=page.base)
    return f"<!doctype html>\n{page_}\n"


def _parts(page: ClaimPage, held: Pictures) -> list[tuple[str, str, list[Html]]]:
    """Key, number and body of each part. Claims have their anchor where they stand in full."""
    known = _known(page)
    shown = picture_files(page.contents.pictures, page.teller.language, held)
    writers: list[tuple[str, Part]] = [
        ("glance", _glance),
        ("contradictions", contradictions_part),
        ("timeline", timeline_part),
        ("map", map_part),
        *([("pictures", lambda page: run_pictures_part(page, held))] if shown else []),
        ("findings", findings_part),
        ("questions", questions_part),
        ("known", lambda _: known),
        ("custody", custody_part),
        ("withdrawn", withdrawn_part),
        ("sources", sources_part),
        ("register", _register),
        ("about", _about),
    ]
    return [
        (key, page.teller.number(str(number)), write(page))
        for number, (key, write) in enumerate(writers, 1)
    ]


def _part(page: ClaimPage, key: str, number: str, body: list[Html]) -> Html:
    heading = element(
        "h2", element("span", number, class_="n"), page.words(f"dossier.{key}"), id=key
    )
    return element("section", heading, *body, aria_labelledby=key)


def _cover(page: ClaimPage) -> Html:
    teller, contents = page.teller, page.contents
    newest = max((log.newest for log in contents.logs), default="")
    level = teller.term("sensitivity", contents.clearance)
    facts = [
        page.say("dossier.by", organisation=teller.label(contents.organisation)),
        page.say("dossier.clearance", level=level),
        page.say("dossier.as_of", time=teller.time(newest)),
        *(page.text(caution) for caution in teller.cautions()),
    ]
    return element(
        "header",
        element("p", f"{page.words('dossier.kicker')} · {teller.kind()}", class_="kicker"),
        element("h1", foreign(teller.title())),
        element("ul", *(element("li", fact) for fact in facts), class_="facts"),
        element("p", page.say("dossier.stance"), class_="stance"),
        class_="cover",
    )


def _navigation(page: ClaimPage, parts: Sequence[tuple[str, str, list[Html]]]) -> Html:
    rows = []
    for key, number, _ in parts:
        entry = [
            element("span", number, class_="n"),
            element("a", page.say(f"dossier.{key}"), href=f"#{key}"),
        ]
        rows.append(element("li", *entry))
    heading = element("h2", page.say("dossier.contents"), id="contents")
    lists = [element("ol", *rows)]
    if len(page.contents.sections) > 1:
        lists.append(_section_links(page))
    return element("nav", heading, *lists, class_="contents", aria_labelledby="contents")


def _section_links(page: ClaimPage) -> Html:
    """Links to the sections; events are left to the section list of their site."""
    shown = [s.entity for s in page.contents.sections if not s.entity.startswith("event:")]
    items = [
        element("li", element("a", foreign(page.teller.label(e)), href=f"#{anchor(e)}"))
        for e in shown
    ]
    return element("ul", *items)


def _glance(page: ClaimPage) -> list[Html]:
    glance, teller = page.contents.glance, page.teller
    counts = [
        ("claims", glance.claims),
        ("sources", glance.sources),
        ("independent", glance.independent),
        ("contradictions", glance.contradictions),
        ("questions", glance.questions),
        ("findings", glance.findings),
    ]
    tiles = []
    for key, count in counts:
        shown = teller.figure(str(count))
        label = teller.count(key, count).replace(shown, "").strip()
        tiles.append(element("li", element("b", shown), label))
    made = [element("ul", *tiles, class_="counts")]
    if glance.topics:
        rows = [_glance_row(page, topic) for topic in glance.topics]
        keys = ["entity", "statement", "value", "independent"]
        made.append(table(page, "dossier.glance_table", keys, rows))
    return made


def _glance_row(page: ClaimPage, topic: Topic) -> Html:
    """One thing that can be asked, every answer side by side, each with its first claim."""
    teller = page.teller
    answers = [_answer(page, said.claims[0]) for said in topic.said]
    return element(
        "tr",
        element("th", page.entity(topic.subject), scope="row"),
        element("td", page.text(teller.predicate(topic.predicate))),
        element("td", element("ul", *(element("li", a) for a in answers), class_="answers")),
        element("td", figure(teller.figure(str(topic.independent)))),
    )


def _answer(page: ClaimPage, number: int) -> Html:
    statement = page.contents.claim(number)
    teller = page.teller
    parts = [foreign(teller.said(statement), lang=teller.said_language(statement))]
    holds = teller.holds(statement)
    if holds:
        parts.append(page.text(f" ({holds})"))
    by = statement.by.text if statement.by else teller.source_title(statement.source)
    return join([*parts, Html(" · "), foreign(by), Html(" · "), page.link(number)])


def _known(page: ClaimPage) -> list[Html]:
    lead = element("p", page.say("dossier.known_lead"), class_="lead")
    return [lead, *(page.section(section) for section in page.contents.sections)]


def _register(page: ClaimPage) -> list[Html]:
    """Claims that stand nowhere else on the page in full: names and descriptions of sources."""
    lead = element("p", page.say("dossier.register_lead"), class_="lead")
    rows = [_register_row(page, claim) for claim in page.unplaced]
    keys = ["number", "entity", "statement", "value", "who", "digest"]
    return [lead, table(page, "dossier.register", keys, rows)] if rows else [lead]


def _register_row(page: ClaimPage, claim: Statement) -> Html:
    teller = page.teller
    subject = claim.subject
    name = f"{subject[:18]}…" if subject.startswith("claim:") else teller.label(subject)
    return element(
        "tr",
        element("th", figure(teller.reference(claim.number)), scope="row"),
        element("td", foreign(name)),
        element("td", page.text(teller.predicate(claim.predicate))),
        element("td", foreign(teller.said(claim), lang=teller.said_language(claim))),
        element("td", foreign(teller.source_title(claim.source))),
        element("td", element("code", claim.digest)),
        id=page.placed(claim.number),
    )


def _about(page: ClaimPage) -> list[Html]:
    teller, contents = page.teller, page.contents
    rows: list[tuple[str, str]] = [
        ("organisation", foreign(teller.label(contents.organisation))),
        ("entity", join([foreign(teller.title()), element("code", contents.entity)], " · ")),
        ("clearance", teller.term("sensitivity", contents.clearance)),
        ("format", figure(contents.format)),
    ]
    made = [_facts(page, rows), *(_log(page, log) for log in contents.logs)]
    made += [
        element("h3", page.say("about.verify")),
        element("p", page.say("about.verify_text")),
        element("pre", element("code", COMMAND)),
    ]
    made += [element("p", page.say(f"about.{key}")) for key in ("verify_after", "key")]
    made += [element("h3", page.say("about.files")), _files(page)]
    for key in ("redaction", "side", "licences"):
        made.append(element("h3", page.say(f"about.{key}")))
        made.append(element("p", page.say(f"about.{key}_text")))
    return made


def _files(page: ClaimPage) -> Html:
    """What lies beside the page."""
    rows = [
        element("li", element("code", name), " · ", page.say(f"about.file_{key}"))
        for key, name in BESIDE.items()
    ]
    return element("ul", *rows)


def _facts(page: ClaimPage, rows: Sequence[tuple[str, str]]) -> Html:
    cells = [
        cell
        for key, value in rows
        for cell in (element("dt", page.say(f"about.{key}")), element("dd", value))
    ]
    return element("dl", *cells, class_="about")


def _log(page: ClaimPage, log: LogState) -> Html:
    teller = page.teller
    size = teller.count("entries", log.size)
    claims = teller.count("claims", log.claims)
    stamped = page.words("about.unstamped")
    if log.stamped:
        stamped = teller.listed([teller.time(log.stamped), log.authority])
    owner = foreign(teller.label(log.organisation)) if log.organisation else "?"
    keys = join([element("code", vkey) for vkey in log.vkeys], Html("<br>"))
    forked = [("forked", page.say("about.forked_text"))] if log.forked else []
    return _facts(
        page,
        [
            ("log", element("code", log.origin)),
            *forked,
            ("owner", owner),
            ("keys", keys),
            ("checkpoint", page.text(teller.listed([size, claims]))),
            ("root", element("code", log.root)),
            ("newest", page.text(teller.time(log.newest))),
            ("stamped", page.text(stamped)),
        ],
    )


def _footer(page: ClaimPage) -> Html:
    back = element("a", page.say("dossier.top"), href="#contents", class_="top")
    return element("footer", element("p", page.say("dossier.stance")), element("p", back))
