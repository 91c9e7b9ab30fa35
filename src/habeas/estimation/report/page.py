"""The report card as one page: no script, no network, nothing outside the file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from habeas.drawing.assets import font_faces
from habeas.drawing.markup import Html, element, figure, foreign, join, prose
from habeas.estimation.agreement import disagreements
from habeas.estimation.consistency import apart_pairs, nearly_inside
from habeas.estimation.figures.forest import DOUBTED, state_words
from habeas.estimation.figures.picture import Picture, Table
from habeas.estimation.fitting import Outcome
from habeas.estimation.report.card import Card
from habeas.estimation.report.checks_part import checks_part
from habeas.estimation.report.parts import bullets, paragraph, picture_of, say, table_of
from habeas.estimation.report.strata_part import strata_part
from habeas.estimation.report.telling import (
    assumption_of,
    is_publishable,
    method_name,
    reasons,
    refusal_words,
    refusals_of,
    row_of,
    standing,
)
from habeas.estimation.saying import Saying
from habeas.estimation.wording import Language, Words, load_words

STYLE: Final = Path(__file__).parent / "report.css"

_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)

NOT: Final = ("names", "alone", "unreachable", "links", "exact", "person", "elsewhere")
"""What the number is not; words under `not.`."""

PRESUMED: Final = ("closed", "linked", "members", "definition", "feed", "alike")
"""What every method presumes; words under `presumed.`."""

Pictures = Mapping[str, Picture]
Part = Callable[[Card, Pictures, Words], list[Html]]


def write_page(
    card: Card, pictures: Pictures, commands: tuple[str, ...], language: Language = "en"
) -> str:
    """The page.

    Args:
        card: what was computed.
        pictures: its charts, drawn, by name.
        commands: how to come to the same card again.
        language: of our words; names of lists and reasons of users stay as they are.
    """
    words = load_words(language)
    body = element(
        "body",
        element("a", say(words, "page.skip"), href="#main", class_="skip"),
        element(
            "div",
            _cover(card, words),
            element(
                "main",
                *(_section(key, part(card, pictures, words), words) for key, part in PARTS),
                _section("again", _again(card, commands, words), words),
                _section("sign", [_signatures(words)], words),
                id="main",
            ),
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
        element("title", words("page.kicker")),
        element("style", Html(font_faces() + STYLE.read_text(encoding="utf-8"))),
    )
    page = element("html", head, "\n", body, lang=language, dir=words.direction)
    return f"<!doctype html>\n{page}\n"


def _section(key: str, body: list[Html], words: Words) -> Html:
    if not body:
        return Html("")
    heading = element("h2", say(words, f"page.{key}"), id=key)
    return element("section", heading, *body, aria_labelledby=key)


def _cover(card: Card, words: Words) -> Html:
    facts = [
        words("page.observed", count=words.count(card.overlap.observed)),
        words("page.lists", count=words.count(card.overlap.k)),
        words("page.level", level=words.level(card.asked.level)),
    ]
    if card.asked.clearance:
        facts.append(words("page.clearance", clearance=card.asked.clearance))
    return element(
        "header",
        paragraph(words("page.kicker"), words, class_="kicker"),
        element("h1", say(words, "page.title")),
        element("p", foreign(card.asked.origin)) if card.asked.origin else Html(""),
        bullets(facts, words, class_="facts"),
        _stance(card, words),
    )


def _stance(card: Card, words: Words) -> Html:
    """What may be said in one sentence; or that nothing may be."""
    given = [row_of(one) for one in standing(card)]
    ends = [(row.low, row.high) for row in given if row.low is not None and row.high is not None]
    if not is_publishable(card):
        said = words("page.nothing")
        return element("p", element("b", prose(said, words.direction)), class_="warning")
    said = words(
        "page.stance",
        methods=words.count(len(ends)),
        low=words.count(min(low for low, _ in ends)),
        high=words.count(max(high for _, high in ends)),
    )
    return paragraph(said, words, class_="stance")


def _methods(card: Card, pictures: Pictures, words: Words) -> list[Html]:
    return [
        picture_of(pictures["forest"], words, open_table=True),
        *(
            element("div", paragraph(one.describe(words.language), words), class_="warning")
            for one in disagreements(card.outcomes)
        ),
        *(_method(outcome, words) for outcome in card.outcomes),
        *_beside(card, words),
    ]


def _method(outcome: Outcome, words: Words) -> Html:
    """Interval first, then the point, then what it assumes, then what speaks against it."""
    row = row_of(outcome)
    name = element("h3", prose(row.label(words), words.direction))
    if row.low is None or outcome.result is None:
        refused = paragraph(state_words(row, words), words)
        return element("article", name, element("div", refused, class_="warning"), class_="method")
    said = outcome.result.summary()
    point = words(f"page.{said.point_is}", count=words.count(row.point))
    interval = words(
        "page.interval", level=words.level(said.level), interval=words.interval(row.low, row.high)
    )
    note = "warning" if row.state in DOUBTED else "assumes"
    told = [] if row.state == "sound" else [state_words(row, words)]
    return element(
        "article",
        name,
        element(
            "p",
            prose(interval, words.direction),
            " ",
            element("span", prose(point, words.direction), class_="point"),
            class_="interval",
        ),
        element(
            "p",
            element("b", say(words, "page.assumes")),
            " ",
            prose(assumption_of(outcome, words), words.direction),
            class_="assumes",
        ),
        *(element("p", prose(text, words.direction), class_=note) for text in told),
        class_="method",
    )


def _beside(card: Card, words: Words) -> list[Html]:
    """Other intervals and estimates of the same methods."""
    rows = []
    for outcome in card.outcomes:
        if outcome.result is None:
            continue
        said = outcome.result.summary()
        name = method_name(outcome.method)(words)
        for kind, (low, high) in said.intervals.items():
            rows.append(
                (name, words.kind(kind), words.interval(low, high), words.count(said.point))
            )
        for line in said.beside:
            rows.append((name, words.kind(line.name), words.interval(line.low, line.high),
                         words.count(line.point)))  # fmt: skip
    if not rows:
        return []
    heading = (
        words("column.method"),
        words("column.kind"),
        words("column.interval", level=words.level(card.asked.level)),
        words("column.point"),
    )
    table = Table(heading=heading, rows=tuple(rows))
    return [
        element("details", element("summary", say(words, "page.beside")),
                table_of(table, words, words("page.beside")))
    ]  # fmt: skip


def _assumptions(card: Card, _: Pictures, words: Words) -> list[Html]:
    """A checklist: what the analyst has to answer for, no list can."""
    own = [
        words("presumed.own", method=method_name(one.method)(words), said=assumption_of(one, words))
        for one in card.outcomes
        if one.result is not None
    ]
    presumed = [words(f"presumed.{key}") for key in PRESUMED]
    return [
        paragraph(words("page.assumptions_lead"), words),
        bullets([*presumed, *own], words, class_="check"),
    ]


def _not(_: Card, __: Pictures, words: Words) -> list[Html]:
    return [bullets([words(f"not.{key}") for key in NOT], words)]


def _refusals(card: Card, _: Pictures, words: Words) -> list[Html]:
    """Every refusal with its figure, and every override with its reason."""
    rows = []
    for outcome in card.outcomes:
        name = method_name(outcome.method)(words)
        for one in refusals_of(outcome):
            rows.append((name, one.code, refusal_words(one, words),
                         one.overridden or words("page.stands")))  # fmt: skip
        if outcome.result is None and not outcome.refusals:
            rows.append((name, "", reasons(outcome, words), words("page.stands")))
    if not rows:
        return [paragraph(words("page.no_refusals"), words)]
    heading = (
        words("column.method"), words("column.code"), words("column.reason"),
        words("column.override"),
    )  # fmt: skip
    return [table_of(Table(heading=heading, rows=tuple(rows)), words, words("page.refusals"))]


def _lists(card: Card, pictures: Pictures, words: Words) -> list[Html]:
    pooled = card.overlap.pooled()
    warnings = [
        words("lists.inside", inner=one.inner, outer=one.outer, share=words.share(one.share))
        for one in nearly_inside(pooled)
    ]
    warnings += [words("lists.apart", one=one, other=other) for one, other in apart_pairs(pooled)]
    made = [picture_of(pictures["overlaps"], words)]
    return [*made, bullets(warnings, words)] if warnings else made


def _posteriors(_: Card, pictures: Pictures, words: Words) -> list[Html]:
    return [
        picture_of(picture, words)
        for name, picture in pictures.items()
        if name.startswith("prior_of_") or name == "traces"
    ]


def _diagnostics(card: Card, _: Pictures, words: Words) -> list[Html]:
    made: list[Html] = []
    for outcome in card.outcomes:
        if outcome.result is None:
            continue
        rows = tuple(
            (key, _value(value, words)) for key, value in outcome.result.diagnostics().items()
        )
        table = Table(heading=(words("column.diagnostic"), words("column.value")), rows=rows)
        name = method_name(outcome.method)(words)
        made.append(
            element(
                "details",
                element("summary", prose(name, words.direction)),
                table_of(table, words, name),
            )
        )
    return made


def _value(value: object, words: Words) -> str:
    match value:
        case None:
            return words("none")
        case bool():
            return words("answer.yes" if value else "answer.no")
        case int() | float():
            return words.figure(float(value))
        case Saying():
            return value.tell(words)
        case Mapping():
            return "; ".join(f"{key} {_value(one, words)}" for key, one in value.items())
        case list() | tuple():
            return "; ".join(
                " ".join(_value(part, words) for part in one)
                if isinstance(one, list | tuple)
                else _value(one, words)
                for one in value
            )
        case _:
            return str(value)


def _again(card: Card, commands: tuple[str, ...], words: Words) -> list[Html]:
    facts = (
        ("again.version", figure(card.version)),
        ("again.digest", element("code", card.overlap.digest, dir="ltr")),
        ("again.seed", figure(str(card.asked.seed))),
        ("again.level", figure(f"{card.asked.level:g}")),
    )
    return [
        paragraph(words("again.lead"), words),
        element("pre", element("code", "\n".join(commands)), dir="ltr"),
        element(
            "dl",
            *(join((element("dt", say(words, key)), element("dd", said))) for key, said in facts),
        ),
    ]


def _signatures(words: Words) -> Html:
    heading = element(
        "tr",
        *(element("th", say(words, f"sign.{key}"), scope="col") for key in ("who", "role", "date")),
    )
    empty = element("tr", *(element("td", "") for _ in range(3)))
    return join(
        (
            paragraph(words("sign.lead"), words),
            element("table", element("thead", heading), element("tbody", empty, empty),
                    class_="sign"),
        )
    )  # fmt: skip


PARTS: Final[tuple[tuple[str, Part], ...]] = (
    ("methods", _methods),
    ("not", _not),
    ("assumptions", _assumptions),
    ("refusals", _refusals),
    ("overlaps", _lists),
    ("checks", checks_part),
    ("strata", strata_part),
    ("posteriors", _posteriors),
    ("diagnostics", _diagnostics),
)
"""The parts of the page in order, by the key of their heading."""
