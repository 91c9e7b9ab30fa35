"""The other parts of a page: contradictions, questions, evidence, withdrawals, sources."""

from __future__ import annotations

from habeas.drawing.markup import Html, element, figure, foreign, join
from habeas.publishing.contents import Contradiction, Item, Question, SourceCard, Withdrawal
from habeas.publishing.html_claims import ClaimPage
from habeas.publishing.sentences import (
    degree_sentence,
    difference_sentence,
    question_sentence,
    settling_sentences,
)


def contradictions_part(page: ClaimPage) -> list[Html]:
    """Every contradiction, its claims side by side."""
    found = page.contents.contradictions
    if not found:
        return [element("p", page.say("dossier.no_contradictions"))]
    lead = element("p", page.say("dossier.contradictions_lead"), class_="lead")
    return [lead, *(_contradiction(page, one) for one in found)]


def _contradiction(page: ClaimPage, found: Contradiction) -> Html:
    teller = page.teller
    number = teller.number(str(found.number))
    kind = "tag" if found.degree == "compatible" else "tag strong"
    heading = element(
        "h3",
        figure(number), ". ", page.entity(found.subject), ": ",
        page.text(teller.predicate(found.predicate)), " ",
        element("span", page.words(f"degree.{found.degree}.short"), class_=kind),
        id=f"k{found.number}",
    )  # fmt: skip
    ways = [page.text(difference_sentence(teller, found, one)) for one in found.differences]
    claims = teller.count("claims", len(found.claims))
    independent = teller.count("independent", found.independent)
    line = teller.listed([claims, independent])
    return element(
        "div",
        heading,
        element("p", page.text(f"{degree_sentence(teller, found)} {line}.")),
        element("ul", *(element("li", way) for way in ways), class_="ways"),
        element("ul", *(page.claim(n, brief=True) for n in found.claims), class_="claims beside"),
        class_="contradiction",
    )


def questions_part(page: ClaimPage) -> list[Html]:
    """Open questions, each with what would settle it."""
    if not page.contents.questions:
        return [element("p", page.say("dossier.no_questions"))]
    lead = element("p", page.say("dossier.questions_lead"), class_="lead")
    made: list[Html] = [lead]
    last = ""
    for question in page.contents.questions:
        if question.subject != last and len(page.contents.sections) > 1:
            made.append(element("h3", page.entity(question.subject)))
        last = question.subject
        made.append(_question(page, question))
    return made


def _question(page: ClaimPage, question: Question) -> Html:
    own = question.kind != "recorded"
    asked = question_sentence(page.teller, question)
    parts = [element("p", page.text(asked) if own else foreign(asked), class_="q")]
    for number in question.settle if not own else ():
        words = page.teller.said(page.contents.claim(number))
        answer = page.around("dossier.settles", "text", foreign(words))
        parts.append(element("p", answer, " ", page.link(number)))
    if own:
        settling = " ".join(settling_sentences(page.teller, question))
        parts.append(element("p", page.say("dossier.settles", text=settling)))
    if question.claims:
        line = page.with_links("dossier.concerns", question.claims)
        parts.append(element("p", line, class_="small"))
    return element("div", *parts, class_="question")


def findings_part(page: ClaimPage) -> list[Html]:
    """What the organisation concluded."""
    if not page.contents.findings:
        return [element("p", page.say("dossier.no_findings"))]
    lead = element("p", page.say("dossier.findings_lead"), class_="lead")
    return [lead, *(page.finding(finding) for finding in page.contents.findings)]


def custody_part(page: ClaimPage) -> list[Html]:
    """Items of evidence and their custody."""
    made = [element("p", page.say("dossier.custody_lead"), class_="lead")]
    if not page.contents.items:
        made.append(element("p", page.say("dossier.no_items")))
    made += [_item(page, item) for item in page.contents.items]
    if page.contents.clearance in ("public", "partners"):
        made.append(element("p", page.say("dossier.custody_below")))
    return made


def _item(page: ClaimPage, item: Item) -> Html:
    teller = page.teller
    parts = [element("h3", foreign(teller.label(item.item)))]
    facts = [element("code", f"SHA-256 {item.sha256}")] if item.sha256 else []
    facts += [figure(part) for part in (item.media_type,) if part]
    if item.size is not None:
        facts.append(page.say("dossier.size", size=teller.figure(str(item.size))))
    parts.append(element("p", join(facts, " · "), class_="small"))
    parts.append(_told(page, item.claims))
    for number, event in enumerate(item.custody, 1):
        words = page.words("dossier.custody_event", number=teller.number(str(number)))
        parts += [element("h4", words), _told(page, event)]
    if item.faults:
        parts.append(element("h4", page.say("dossier.custody_faults")))
        rows = [f"{teller.number(str(place))}. {fault}" for place, fault in item.faults]
        parts.append(element("ul", *(element("li", foreign(row)) for row in rows)))
    return element("div", *parts)


def _told(page: ClaimPage, numbers: tuple[int, ...]) -> Html:
    """Claims, each under the label of its predicate."""
    parts = []
    for number in numbers:
        predicate = page.teller.predicate(page.contents.claim(number).predicate)
        parts += [element("p", page.text(predicate), class_="small"), page.claims([number])]
    return join(parts)


def withdrawn_part(page: ClaimPage) -> list[Html]:
    """Withdrawn claims, marked, with the reason."""
    if not page.contents.withdrawn:
        return [element("p", page.say("dossier.no_withdrawn"))]
    lead = element("p", page.say("dossier.withdrawn_lead"), class_="lead")
    return [lead, *(_withdrawal(page, one) for one in page.contents.withdrawn)]


def _withdrawal(page: ClaimPage, one: Withdrawal) -> Html:
    statement = page.contents.claim(one.claim)
    predicate = page.text(page.teller.predicate(statement.predicate))
    heading = element("h3", page.entity(statement.subject), ": ", predicate)
    return element("div", heading, page.claims([one.claim]), _told(page, one.by))


def sources_part(page: ClaimPage) -> list[Html]:
    """The list of sources."""
    lead = element("p", page.say("dossier.sources_lead"), class_="lead")
    rows = [_source(page, card) for card in page.contents.sources]
    return [lead, element("ol", *rows, class_="sources")]


def _source(page: ClaimPage, card: SourceCard) -> Html:
    teller = page.teller
    title = teller.source_title(card.source)
    lines = [element("p", foreign(title, lang=card.title_lang), class_="title")]
    first: list[str] = []
    if not card.withheld:
        first += [foreign(part) for part in (teller.publishers(card),) if part]
        first.append(page.text(teller.published(card) or page.words("source.undated")))
        first += [foreign(part) for part in card.document_number]
    lines.append(element("p", join(first, " · ")))
    rated = [teller.term("source_kind", card.kind)] if card.kind else []
    rated += [teller.term("interest", card.interest)] if card.interest else []
    label = teller.term("reliability", card.reliability) if card.reliability else ""
    rated.append(
        page.words("claim.reliability", letter=card.reliability, words=label)
        if card.reliability
        else page.words("claim.unrated")
    )
    lines.append(element("p", join([page.text(part) for part in rated], " · "), class_="small"))
    lines += [element("p", foreign(part), class_="small") for part in card.read_in]
    lines += [
        element("p", _address(part), class_="small") for part in (*card.url, *card.archived_url)
    ]
    if card.derived_from:
        lines.append(element("p", _derived(page, card), class_="small"))
    lines += _used(page, card)
    number = element("span", figure(teller.number(str(card.number))), class_="no")
    return element("li", number, element("div", *lines), id=f"s{card.number}")


def _address(url: str) -> Html:
    """A web address; a link only if it is one of the web, so that nothing else can run."""
    shown = element("bdi", url, dir="ltr")
    if url.startswith(("https://", "http://")):
        return element("a", shown, href=url, rel="noreferrer nofollow")
    return shown


def _derived(page: ClaimPage, card: SourceCard) -> Html:
    before, _, after = page.words("dossier.derived", sources="\0").partition("\0")
    named: list[str] = []
    for source in card.derived_from:
        name = foreign(page.teller.source_title(source))
        other = page.teller.cards.get(source)
        named.append(element("a", name, href=f"#s{other.number}") if other else name)
    comma = "، " if page.words.language == "fa" else ", "
    return join([before, join(named, comma), after])


def _used(page: ClaimPage, card: SourceCard) -> list[Html]:
    lines = []
    if card.cited_by:
        lines.append(page.with_links("dossier.cited", card.cited_by))
    if card.claims:
        lines.append(page.with_links("dossier.described", card.claims))
    return [element("p", line, class_="small") for line in lines]
