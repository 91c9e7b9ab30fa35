"""The parts of the PDF around the claims: contradictions, questions, evidence, sources."""

from __future__ import annotations

from collections.abc import Iterator

from habeas.publishing.contents import Contradiction, Item, Question, SourceCard
from habeas.publishing.sentences import (
    degree_sentence,
    difference_sentence,
    question_sentence,
    settling_sentences,
)
from habeas.publishing.typst_blocks import Block, Claim, Heading, Paragraph, Row, Table
from habeas.publishing.typst_claims import BETWEEN, ClaimSetter
from habeas.publishing.typst_text import (
    BREAK,
    Runs,
    address,
    code,
    figure,
    joined,
    link,
    quiet,
    strong,
)

_ROWFUL = 900
"""Characters above which a row of a table may be parted by the end of a page."""


def row(cells: tuple[Runs, ...], length: int, *, label: str = "") -> Row:
    """A row that stays on one page unless it is long."""
    return Row(cells=cells, whole=length < _ROWFUL, label=label)


def lead(setter: ClaimSetter, key: str) -> Paragraph:
    """The words under the heading of a part."""
    return Paragraph(runs=setter.say(f"dossier.{key}"), style="lead")


def contradictions_part(setter: ClaimSetter) -> list[Block]:
    """Every contradiction, its claims side by side."""
    found = setter.contents.contradictions
    if not found:
        return [Paragraph(runs=setter.say("dossier.no_contradictions"))]
    made: list[Block] = [lead(setter, "contradictions_lead")]
    for one in found:
        made += _contradiction(setter, one)
    return made


def _contradiction(setter: ClaimSetter, found: Contradiction) -> list[Block]:
    teller = setter.teller
    number = teller.number(str(found.number))
    subject = setter.foreign(teller.label(found.subject))
    predicate = setter.text(teller.predicate(found.predicate))
    count = [
        teller.count("claims", len(found.claims)),
        teller.count("independent", found.independent),
    ]
    sentence = f"{degree_sentence(teller, found)} {teller.listed(count)}."
    ways = [setter.text(difference_sentence(teller, found, one)) for one in found.differences]
    return [
        Heading(
            level=2,
            runs=(*setter.text(f"{number}. "), *subject, *setter.text(": "), *predicate),
            label=f"k{found.number}",
            listed=True,
        ),
        Paragraph(runs=setter.text(sentence), follows=True),
        *(Paragraph(runs=quiet(way), style="small", follows=True) for way in ways),
        Table(
            caption=(),
            widths=(0, 5, 6),
            head=tuple(setter.say(f"dossier.{key}") for key in ("number", "value", "who")),
            rows=tuple(_beside(setter, claim) for claim in found.claims),
        ),
    ]


def _beside(setter: ClaimSetter, number: int) -> Row:
    statement = setter.contents.claim(number)
    said = setter.said(statement)
    for line in setter.reading(statement):
        said = (*said, *BREAK, *quiet(line))
    origin = setter.origin(statement)
    if statement.by is not None:
        origin = (*setter.foreign(statement.by.text), *BREAK, *quiet(origin))
    length = len(setter.teller.said(statement))
    return row((setter.link(number), said, origin), length)


def questions_part(setter: ClaimSetter) -> list[Block]:
    """Open questions, each with what would settle it."""
    if not setter.contents.questions:
        return [Paragraph(runs=setter.say("dossier.no_questions"))]
    made: list[Block] = [lead(setter, "questions_lead")]
    last = ""
    for question in setter.contents.questions:
        if question.subject != last and len(setter.contents.sections) > 1:
            name = setter.foreign(setter.teller.label(question.subject))
            made.append(Heading(level=2, runs=name))
        last = question.subject
        made += _question(setter, question)
    return made


def _question(setter: ClaimSetter, question: Question) -> Iterator[Paragraph]:
    own = question.kind != "recorded"
    asked = question_sentence(setter.teller, question)
    runs = setter.text(asked) if own else setter.foreign(asked)
    yield Paragraph(runs=strong(runs), style="question", follows=True)
    for number in () if own else question.settle:
        words = setter.teller.said(setter.contents.claim(number))
        before, _, after = setter.words("dossier.settles", text="\0").partition("\0")
        where = setter.say("claim.number", number=setter.teller.number(str(number)))
        told = (*setter.text(" ("), *link(where, f"c{number}"), *setter.text(")"))
        runs = (*setter.text(before), *setter.foreign(words), *setter.text(after), *told)
        yield Paragraph(runs=runs, follows=bool(question.claims))
    if own:
        settling = " ".join(settling_sentences(setter.teller, question))
        runs = setter.say("dossier.settles", text=settling)
        yield Paragraph(runs=runs, follows=bool(question.claims))
    if question.claims:
        concerned = setter.with_links("dossier.concerns", question.claims)
        yield Paragraph(runs=quiet(concerned), style="small")


def findings_part(setter: ClaimSetter) -> list[Block]:
    """What the organisation concluded."""
    if not setter.contents.findings:
        return [Paragraph(runs=setter.say("dossier.no_findings"))]
    made: list[Block] = [lead(setter, "findings_lead")]
    for finding in setter.contents.findings:
        made += setter.finding(finding)
    return made


def custody_part(setter: ClaimSetter) -> list[Block]:
    """Items of evidence and their custody."""
    made: list[Block] = [lead(setter, "custody_lead")]
    if not setter.contents.items:
        made.append(Paragraph(runs=setter.say("dossier.no_items")))
    for item in setter.contents.items:
        made += _item(setter, item)
    if setter.contents.clearance in ("public", "partners"):
        made.append(Paragraph(runs=setter.say("dossier.custody_below")))
    return made


def _item(setter: ClaimSetter, item: Item) -> list[Block]:
    teller = setter.teller
    facts = [(*figure("SHA-256"), *setter.text(" "), *code(item.sha256))] if item.sha256 else []
    facts += [figure(part) for part in (item.media_type,) if part]
    if item.size is not None:
        facts.append(setter.say("dossier.size", size=teller.figure(str(item.size))))
    label = teller.label(item.item)
    name = code(label) if label == item.item else setter.foreign(label)
    made: list[Block] = [
        Heading(level=2, runs=name),
        Paragraph(runs=joined(facts, BETWEEN), style="small", follows=True),
        *setter.told(item.claims),
    ]
    for number, event in enumerate(item.custody, 1):
        words = setter.say("dossier.custody_event", number=teller.number(str(number)))
        made += [Heading(level=3, runs=words), *setter.told(event)]
    if item.faults:
        made.append(Heading(level=3, runs=setter.say("dossier.custody_faults")))
        for place, fault in item.faults:
            runs = (*setter.text(f"{teller.number(str(place))}. "), *setter.foreign(fault))
            made.append(Paragraph(runs=runs))
    return made


def withdrawn_part(setter: ClaimSetter) -> list[Block]:
    """Withdrawn claims, marked, with the reason."""
    if not setter.contents.withdrawn:
        return [Paragraph(runs=setter.say("dossier.no_withdrawn"))]
    made: list[Block] = [lead(setter, "withdrawn_lead")]
    for one in setter.contents.withdrawn:
        statement = setter.contents.claim(one.claim)
        subject = setter.foreign(setter.teller.label(statement.subject))
        predicate = setter.text(setter.teller.predicate(statement.predicate))
        made.append(Heading(level=2, runs=(*subject, *setter.text(": "), *predicate)))
        made.append(setter.claim(one.claim))
        made += setter.told(one.by)
    return made


def sources_part(setter: ClaimSetter) -> list[Block]:
    """The list of sources."""
    cards = [_source(setter, card) for card in setter.contents.sources]
    return [lead(setter, "sources_lead"), *cards]


def _source(setter: ClaimSetter, card: SourceCard) -> Claim:
    teller = setter.teller
    title = strong(setter.foreign(teller.source_title(card.source), card.title_lang))
    first: list[Runs] = []
    if not card.withheld:
        first.append(setter.foreign(teller.publishers(card)))
        first.append(setter.text(teller.published(card)) or setter.say("source.undated"))
        first += [setter.foreign(part) for part in card.document_number]
    lines = [Paragraph(runs=title), Paragraph(runs=joined(first, BETWEEN), style="small")]
    lines.append(Paragraph(runs=_rated(setter, card), style="from"))
    lines += [Paragraph(runs=setter.foreign(part), style="from") for part in card.read_in]
    for url in (*card.url, *card.archived_url):
        lines.append(Paragraph(runs=address(url), style="from"))
    if card.derived_from:
        lines.append(Paragraph(runs=_derived(setter, card), style="small"))
    lines += _used(setter, card)
    shown = tuple(line for line in lines if line.runs)
    return Claim(number=card.number, lines=shown, label=f"s{card.number}")


def _rated(setter: ClaimSetter, card: SourceCard) -> Runs:
    """Kind, interest and reliability of a source."""
    teller = setter.teller
    parts = []
    if card.kind:
        parts.append(setter.text(teller.term("source_kind", card.kind)))
    if card.interest:
        parts.append(setter.text(teller.term("interest", card.interest)))
    if card.reliability:
        words = teller.term("reliability", card.reliability)
        parts.append(setter.say("claim.reliability", letter=card.reliability, words=words))
    else:
        parts.append(setter.say("claim.unrated"))
    return joined(parts, BETWEEN)


def _derived(setter: ClaimSetter, card: SourceCard) -> Runs:
    before, _, after = setter.words("dossier.derived", sources="\0").partition("\0")
    named: list[Runs] = []
    for source in card.derived_from:
        other = setter.teller.cards.get(source)
        name = setter.source(source)
        if other is not None:
            number = setter.teller.number(str(other.number))
            note = link(setter.say("dossier.see_source", number=number), f"s{other.number}")
            name = (*name, *setter.text(" ("), *note, *setter.text(")"))
        named.append(name)
    return (*setter.text(before), *joined(named, setter.comma), *setter.text(after))


def _used(setter: ClaimSetter, card: SourceCard) -> Iterator[Paragraph]:
    """For which claims it is cited, and which describe it."""
    parts = []
    if card.cited_by:
        parts.append(setter.with_links("dossier.cited", card.cited_by))
    if card.claims:
        parts.append(setter.with_links("dossier.described", card.claims))
    if parts:
        yield Paragraph(runs=joined(parts, BETWEEN), style="from")
