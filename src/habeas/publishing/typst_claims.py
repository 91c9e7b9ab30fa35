"""Claims for the PDF: each under its number, in the words of the source, with who says so.

The same sentences as on the web page (`html_claims`); set as data for the template.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from habeas.drawing.bidi import Direction
from habeas.publishing.contents import Finding, Said, Section, Statement, Topic
from habeas.publishing.typst_blocks import Block, Claim, Heading, Paragraph, Style
from habeas.publishing.typst_text import (
    Runs,
    address,
    code,
    figure,
    foreign,
    is_address,
    joined,
    link,
    plain,
    prose,
    quiet,
    strong,
)
from habeas.publishing.wording import Teller

BETWEEN: Final = "\u00a0· "
"""Between the parts of a line; never at its beginning."""

PREFIX: Final = 16
"""Digits of a digest that are printed; the whole stands in the register and in the proofs."""

_PAGEFUL: Final = 1200
"""Characters above which a claim may be parted by the end of a page."""


class ClaimSetter:
    """Sets claims of one dossier; remembers which have their place in the document already.

    Attributes:
        teller: contents and words.
    """

    def __init__(self, teller: Teller) -> None:
        self.teller = teller
        self.words = teller.words
        self.base: Direction = teller.words.direction
        self.contents = teller.contents
        self.sections = frozenset(section.entity for section in teller.contents.sections)
        self._placed: set[int] = set()

    # Small pieces

    def say(self, key: str, **values: str) -> Runs:
        """Words of the catalogue as a sentence of the document."""
        return prose(self.words(key, **values), self.base)

    def text(self, words: str) -> Runs:
        """A sentence of ours that is put together already."""
        return prose(words, self.base)

    def foreign(self, words: str, lang: str = "") -> Runs:
        """Words that are not ours."""
        return foreign(words, self.base, lang=lang)

    @property
    def comma(self) -> str:
        """The comma of the language, with its space."""
        return "، " if self.words.language == "fa" else ", "

    def link(self, number: int) -> Runs:
        """The number of a claim, linked to its place."""
        return link(plain(self.teller.reference(number)), f"c{number}")

    def with_links(self, key: str, numbers: Sequence[int], **values: str) -> Runs:
        """A sentence of the catalogue whose `{claims}` are links."""
        before, _, after = self.words(key, claims="\0", **values).partition("\0")
        return (*self.text(before), *self.links(numbers), *self.text(after))

    def links(self, numbers: Sequence[int]) -> Runs:
        """Numbers of claims, linked; runs of three and more in short."""
        runs: list[list[int]] = []
        for number in sorted(numbers):
            if runs and number == runs[-1][-1] + 1:
                runs[-1].append(number)
            else:
                runs.append([number])
        parts: list[Runs] = []
        for run in runs:
            if len(run) > 2:
                between = plain(" تا " if self.words.language == "fa" else "–")
                parts.append((*self.link(run[0]), *between, *self.link(run[-1])))
            else:
                parts += [self.link(number) for number in run]
        return joined(parts, self.comma)

    def placed(self, number: int) -> str:
        """The label of a claim, the first time it is set; empty after that."""
        if number in self._placed:
            return ""
        self._placed.add(number)
        return f"c{number}"

    @property
    def unplaced(self) -> list[Statement]:
        """The claims that have no place in the document yet."""
        return [claim for claim in self.contents.claims if claim.number not in self._placed]

    def entity(self, entity: str) -> Runs:
        """The name of an entity, linked to its section if it has one."""
        name = self.foreign(self.teller.label(entity))
        return link(name, anchor(entity)) if entity in self.sections else name

    def source(self, source: str) -> Runs:
        """The title of a source, linked to its place in the list."""
        title = self.foreign(self.teller.source_title(source))
        card = self.teller.cards.get(source)
        return title if card is None else link(title, f"s{card.number}")

    # Claims

    def claim(self, number: int) -> Claim:
        """One claim: number, words, reading, source, digest, and what is said about it."""
        statement = self.contents.claim(number)
        lines = (
            Paragraph(runs=self.said(statement), style="said"),
            *(Paragraph(runs=runs, style="small") for runs in self.reading(statement)),
            Paragraph(runs=self._origin(statement), style="from"),
            *self._note(statement),
        )
        label = self.placed(number)
        length = len(self.teller.said(statement)) + len(statement.note or "")
        return Claim(
            number=number,
            lines=lines,
            label=label,
            whole=length < _PAGEFUL,
            about=tuple(self._about(statement)),
        )

    def claims(self, numbers: Iterable[int]) -> list[Block]:
        """Several claims."""
        return [self.claim(number) for number in numbers]

    def words_of(self, statement: Statement) -> Runs:
        """The words, in their own direction; an address of the web is a link."""
        said = self.teller.said(statement)
        if is_address(said):
            return address(said)
        return self.foreign(said, self.teller.said_language(statement))

    def said(self, statement: Statement) -> Runs:
        """The words, in their own direction, within quotation marks if they are not ours."""
        words = self.words_of(statement)
        if self.teller.is_quoted(statement):
            first, last = ("«", "»") if self.words.language == "fa" else ("“", "”")
            words = (*plain(first), *words, *plain(last))
        marks = [strong(self.text(mark)) for mark in self.teller.marks(statement)]
        return joined([words, *marks], " ")

    def reading(self, statement: Statement) -> Iterator[Runs]:
        """How the words are read, and when the statement holds."""
        reading = self.teller.reading(statement)
        if reading and reading != self.teller.said(statement):
            yield self.say("claim.reading", text=reading)
        holds = self.teller.holds(statement)
        if holds:
            yield self.text(holds)

    def origin(self, statement: Statement) -> Runs:
        """Who says so, where, how it was read, how it is rated."""
        teller = self.teller
        parts = [self.source(statement.source)]
        card = teller.cards.get(statement.source)
        if card is not None and not card.withheld:
            parts.append(self.foreign(teller.publishers(card)))
            parts.append(self.text(teller.published(card)))
        for part in (
            teller.attribution(statement),
            teller.locator(statement),
            teller.how_read(statement),
            teller.rating(statement),
        ):
            parts.append(self.text(part))
        return joined(parts, BETWEEN)

    def _origin(self, statement: Statement) -> Runs:
        return joined([self.origin(statement), self.digest(statement)], BETWEEN)

    def digest(self, statement: Statement) -> Runs:
        """The beginning of the digest."""
        return figure(f"{statement.digest[:PREFIX]}…", "ltr")

    def _note(self, statement: Statement) -> Iterator[Paragraph]:
        if statement.note:
            yield Paragraph(runs=self.say("claim.note", text=statement.note), style="from")

    def _about(self, statement: Statement) -> Iterator[Claim | Paragraph]:
        if statement.about:
            heading = strong(self.say("dossier.about_claim"))
            yield Paragraph(runs=heading, style="small", follows=True)
        for number in statement.about:
            predicate = self.teller.predicate(self.contents.claim(number).predicate)
            yield Paragraph(runs=self.text(predicate), style="label", follows=True)
            yield self.claim(number)

    def told(self, numbers: Iterable[int]) -> list[Block]:
        """Claims, each under the label of its predicate."""
        made: list[Block] = []
        for number in numbers:
            predicate = self.teller.predicate(self.contents.claim(number).predicate)
            made.append(Paragraph(runs=self.text(predicate), style="label", follows=True))
            made.append(self.claim(number))
        return made

    # Topics and sections

    def section(self, section: Section) -> list[Block]:
        """Everything known about one entity."""
        kind = self.say(f"dossier.{section.entity.partition(':')[0]}")
        made: list[Block] = [
            Heading(
                level=2,
                runs=self.foreign(self.teller.label(section.entity)),
                label=anchor(section.entity),
                listed=True,
            ),
            self._small(joined([kind, code(section.entity)], BETWEEN), follows=True),
        ]
        if section.linked:
            names = self.teller.listed(self.teller.label(entity) for entity in section.linked)
            made.append(self._small(self.say("dossier.linked", entities=names)))
        if section.names:
            made.append(Heading(level=3, runs=self.say("dossier.names")))
            made += self.claims(section.names)
        for topic in section.topics:
            made += self._topic(topic)
        return made

    def _topic(self, topic: Topic) -> list[Block]:
        tag: Runs = ()
        if topic.contradiction:
            number = self.teller.number(str(topic.contradiction))
            words = self.say("dossier.see_contradiction", number=number)
            tag = link(words, f"k{topic.contradiction}")
        label = self.text(self.teller.predicate(topic.predicate))
        made: list[Block] = [Heading(level=3, runs=label, tag=tag)]
        for said in topic.said:
            made += self._group(said)
        return made

    def _group(self, said: Said) -> list[Block]:
        made = self.claims(said.claims)
        if len(said.claims) > 1:
            sentences = [self.text(self.teller.count("independent", said.independent) + ".")]
            sentences += [
                self.with_links("dossier.same_origin", group)
                for group in said.origins
                if len(group) > 1
            ]
            made.append(self._small(joined(sentences, " "), style="indent"))
        return made

    def finding(self, finding: Finding) -> list[Block]:
        """A finding: what is concluded, by which standard, on which claims."""
        statement = self.contents.claim(finding.claim)
        predicate = self.text(self.teller.predicate(statement.predicate))
        heading = joined([self.foreign(self.teller.label(statement.subject)), predicate], BETWEEN)
        standard = self.say("dossier.no_standard")
        if finding.standard:
            term = self.teller.term("standard_of_proof", finding.standard)
            standard = self.say("dossier.standard", standard=term)
        rests: list[Runs] = []
        if finding.rests_on:
            rests.append(self.with_links("dossier.rests_on", finding.rests_on))
        if finding.missing:
            digests = self.teller.listed(f"{digest[:PREFIX]}…" for digest in finding.missing)
            rests.append(self.say("dossier.missing", digests=digests))
        return [
            Heading(level=2, runs=heading),
            self.claim(finding.claim),
            Paragraph(runs=standard, style="indent"),
            Paragraph(runs=joined(rests, " "), style="indent"),
        ]

    def _small(self, runs: Runs, *, style: Style = "small", follows: bool = False) -> Paragraph:
        return Paragraph(runs=quiet(runs), style=style, follows=follows)


def anchor(entity: str) -> str:
    """The label of the section of an entity."""
    return "e-" + entity.replace(":", "-")
