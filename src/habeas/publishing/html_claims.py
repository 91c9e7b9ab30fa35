"""Claims as HTML: each under its number, in the words of the source, with who says so and where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from habeas.drawing.markup import Html, element, figure, foreign, join, prose
from habeas.publishing.contents import Finding, Said, Section, Statement, Topic
from habeas.publishing.wording import Teller


class ClaimPage:
    """Writes claims of one dossier; remembers which claims have their place on the page already.

    Attributes:
        teller: contents and words.
    """

    def __init__(self, teller: Teller) -> None:
        self.teller = teller
        self.words = teller.words
        self.base = teller.words.direction
        self.contents = teller.contents
        self._placed: set[int] = set()
        self._sections = {section.entity for section in teller.contents.sections}

    # Small pieces

    def say(self, key: str, **values: str) -> Html:
        """Words of the catalogue as a sentence of the page."""
        return prose(self.words(key, **values), self.base)

    def text(self, words: str) -> Html:
        """A sentence of ours that is put together already."""
        return prose(words, self.base)

    def link(self, number: int) -> Html:
        """The number of a claim, linked to its place."""
        return element("a", figure(self.teller.reference(number)), href=f"#c{number}")

    def links(self, numbers: Iterable[int]) -> Html:
        """Several numbers of claims, linked."""
        comma = "، " if self.words.language == "fa" else ", "
        return join([self.link(number) for number in numbers], comma)

    def around(self, key: str, field: str, inside: Html) -> Html:
        """A sentence of the catalogue around a piece that keeps its own direction."""
        before, _, after = self.words(key, **{field: "\0"}).partition("\0")
        return join([prose(before, self.base), inside, prose(after, self.base)])

    def with_links(self, key: str, numbers: Sequence[int], **values: str) -> Html:
        """A sentence of the catalogue whose `{claims}` are links."""
        before, _, after = self.words(key, claims="\0", **values).partition("\0")
        return join([prose(before, self.base), self.links(numbers), prose(after, self.base)])

    def placed(self, number: int) -> str | None:
        """The anchor of a claim, the first time it is written; None after that."""
        if number in self._placed:
            return None
        self._placed.add(number)
        return f"c{number}"

    @property
    def unplaced(self) -> list[Statement]:
        """The claims that have no place on the page yet."""
        return [claim for claim in self.contents.claims if claim.number not in self._placed]

    def entity(self, entity: str) -> Html:
        """The name of an entity, linked to its section if it has one."""
        name = foreign(self.teller.label(entity))
        if entity in self._sections:
            return element("a", name, href=f"#{anchor(entity)}")
        return name

    # Claims

    def claim(self, number: int, *, brief: bool = False) -> Html:
        """One claim: number, words, reading, source, what is said about it, digest.

        Args:
            number: of the claim.
            brief: leave out the claims about it.
        """
        statement = self.contents.claim(number)
        parts = [
            self.said(statement),
            *self._reading(statement),
            self.origin_line(statement),
            *self._notes(statement),
            element("p", element("code", statement.digest), class_="digest"),
        ]
        if statement.about and not brief:
            parts.append(self._about(statement))
        digits = self.teller.number(str(number))
        name = self.words("claim.number", number=digits)
        shown = element("a", figure(digits), href=f"#c{number}", class_="no", aria_label=name)
        kind = "claim withdrawn" if statement.withdrawn else "claim"
        return element("li", shown, element("div", *parts), class_=kind, id=self.placed(number))

    def claims(self, numbers: Sequence[int], *, brief: bool = False) -> Html:
        """A list of claims."""
        return element("ul", *(self.claim(n, brief=brief) for n in numbers), class_="claims")

    def said(self, statement: Statement) -> Html:
        """The words, in their own direction."""
        words = self.teller.said(statement)
        lang = self.teller.said_language(statement)
        inside = foreign(words, lang=lang, tag="q" if self.teller.is_quoted(statement) else "span")
        tags = [
            part
            for mark in self.teller.marks(statement)
            for part in (Html(" "), element("span", mark, class_="tag strong"))
        ]
        return element("p", inside, *tags, class_="said")

    def _reading(self, statement: Statement) -> list[Html]:
        said = self.teller.said(statement)
        lines = []
        reading = self.teller.reading(statement)
        if reading and reading != said:
            lines.append(self.say("claim.reading", text=reading))
        holds = self.teller.holds(statement)
        if holds:
            lines.append(self.text(holds))
        return [element("p", line, class_="reading") for line in lines]

    def origin_line(self, statement: Statement) -> Html:
        """Who says so, where, how it was read, how it is rated."""
        teller = self.teller
        title = foreign(teller.source_title(statement.source))
        card = teller.cards.get(statement.source)
        if card is not None:
            title = element("a", title, href=f"#s{card.number}")
        parts = [title]
        if card is not None and not card.withheld:
            parts += [foreign(part) for part in (teller.publishers(card),) if part]
            parts += [self.text(part) for part in (teller.published(card),) if part]
        if statement.by is not None:
            parts.append(self.around("claim.by", "text", foreign(statement.by.text)))
        for part in (
            teller.locator(statement),
            teller.how_read(statement),
            teller.rating(statement),
        ):
            if part:
                parts.append(self.text(part))
        return element("p", join(parts, " · "), class_="from")

    def _notes(self, statement: Statement) -> list[Html]:
        if not statement.note:
            return []
        note = self.around("claim.note", "text", foreign(statement.note))
        return [element("p", note, class_="small")]

    def _about(self, statement: Statement) -> Html:
        heading = element("p", element("b", self.say("dossier.about_claim")), class_="small")
        parts = []
        for number in statement.about:
            predicate = self.teller.predicate(self.contents.claim(number).predicate)
            parts.append(element("p", self.text(predicate), class_="small"))
            parts.append(self.claims([number]))
        return element("div", heading, *parts, class_="about-claim")

    # Topics and sections

    def topic(self, topic: Topic, level: str = "h4") -> Html:
        """What is said of one thing: each value with every source."""
        label = self.text(self.teller.predicate(topic.predicate))
        parts: list[str] = [label]
        if topic.contradiction:
            found = self.contents.contradictions[topic.contradiction - 1]
            number = self.teller.number(str(topic.contradiction))
            words = self.words("dossier.see_contradiction", number=number)
            kind = "tag" if found.degree == "compatible" else "tag strong"
            parts += [" ", element("a", words, href=f"#k{found.number}", class_=kind)]
        return join([element(level, *parts), *(self._group(said) for said in topic.said)])

    def _group(self, said: Said) -> Html:
        parts = [self.claims(said.claims)]
        if len(said.claims) > 1:
            count = self.teller.count("independent", said.independent)
            line: list[str] = [self.text(count + ".")]
            for group in said.origins:
                if len(group) > 1:
                    line += [" ", self.with_links("dossier.same_origin", group)]
            parts.append(element("p", *line, class_="origin"))
        return join(parts)

    def section(self, section: Section) -> Html:
        """Everything known about one entity."""
        heading = element(
            "h3", foreign(self.teller.label(section.entity)), id=anchor(section.entity)
        )
        kind = self.words(f"dossier.{section.entity.partition(':')[0]}")
        parts = [
            heading,
            element("p", kind, " · ", element("code", section.entity), class_="small"),
        ]
        if section.linked:
            names = self.teller.listed(self.teller.label(e) for e in section.linked)
            parts.append(element("p", self.say("dossier.linked", entities=names), class_="small"))
        if section.names:
            parts.append(element("h4", self.say("dossier.names")))
            parts.append(self.claims(section.names))
        parts += [self.topic(topic) for topic in section.topics]
        return element("section", *parts, aria_labelledby=anchor(section.entity))

    def finding(self, finding: Finding) -> Html:
        """A finding: what is concluded, by which standard, on which claims."""
        statement = self.contents.claim(finding.claim)
        subject = self.entity(statement.subject)
        predicate = self.text(self.teller.predicate(statement.predicate))
        lines = [element("h3", subject, " · ", predicate), self.claims([finding.claim])]
        if finding.standard:
            standard = self.teller.term("standard_of_proof", finding.standard)
            lines.append(element("p", self.say("dossier.standard", standard=standard)))
        else:
            lines.append(element("p", self.say("dossier.no_standard")))
        rests = [self.with_links("dossier.rests_on", finding.rests_on)] if finding.rests_on else []
        if finding.missing:
            digests = self.teller.listed(digest[:16] + "…" for digest in finding.missing)
            rests += [Html(" "), self.say("dossier.missing", digests=digests)]
        lines.append(element("p", *rests))
        return element("div", *lines)


def anchor(entity: str) -> str:
    """The anchor of the section of an entity."""
    return "e-" + entity.replace(":", "-")
