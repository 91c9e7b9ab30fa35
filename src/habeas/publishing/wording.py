"""Puts the contents of a dossier into words of one language: plain text, no markup.

What a source said is never translated or rounded: `said` gives its own words. What stands beside
them (`reading`, `holds`, `locator`, `rating`) is ours and in the reader's language. A renderer
isolates directions (`bidi.isolate_within`) and escapes; nothing here does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cache

from habeas.claims.claim import prefix_of
from habeas.claims.locator import Box, Cell, Page, Place, Position, Quote, Selector, Time
from habeas.claims.places import positions
from habeas.claims.values import File, Name, Quantity, Ref, Term, Text, When, Where, words
from habeas.claims.vocabulary import vocabulary
from habeas.errors import InputError
from habeas.publishing.calendar_words import day_words, interval_in_words, solar_in_words
from habeas.publishing.catalogue import Language, load_words
from habeas.publishing.contents import WHOLE, Contents, SourceCard, Statement

FORKED = "*"
"""Stands behind the number of a claim whose log is forked."""


class Teller:
    """Words for one dossier in one language.

    Attributes:
        contents: what is told.
        words: the catalogue of the language.
    """

    def __init__(self, contents: Contents, language: Language) -> None:
        self.contents = contents
        self.words = load_words(language)
        self.cards = {card.source: card for card in contents.sources}
        self._labels = {mention.entity: mention.labels for mention in contents.mentions}
        self.number = self.words.number
        self.term = cache(self._term)

    @property
    def language(self) -> Language:
        """`en` or `fa`."""
        return self.words.language

    # Names

    def title(self) -> str:
        """The title of the dossier."""
        if self.contents.entity == WHOLE:
            organisation = self.label(self.contents.organisation)
            return self.words("dossier.title_all", organisation=organisation)
        return self.label(self.contents.entity)

    def kind(self) -> str:
        """What kind of entity the dossier is about."""
        return self.words(f"dossier.{prefix_of(self.contents.entity)}")

    def label(self, entity: str) -> str:
        """The name of an entity; its id when nobody named it."""
        card = self.cards.get(entity)
        if card is not None and card.withheld:
            return self.words("source.withheld")
        labels = self._labels.get(entity)
        return entity if labels is None else labels[self.language]

    def predicate(self, name: str) -> str:
        """The label of a predicate."""
        try:
            return vocabulary().label(name, self.language)
        except InputError:
            return name

    def _term(self, list_name: str, term: str) -> str:
        """The label of a term of a controlled vocabulary."""
        try:
            return vocabulary().term_label(list_name, term, self.language)
        except InputError:
            return term

    def term_of(self, predicate: str, term: str) -> str:
        """The label of a term under the predicate whose value it is."""
        try:
            return self.term(vocabulary().predicate(predicate).vocabulary, term)
        except InputError:
            return term

    # Claims

    def said(self, statement: Statement) -> str:
        """What is said: the words of the source, or the name of the term or entity it means."""
        match statement.value:
            case Term(term=term, text=None):
                return self.term_of(statement.predicate, term)
            case Ref(id=entity, text=None):
                return self.label(entity)
            case Where(text=None):
                return self.reading(statement)
            case File(text=None, sha256=sha256):
                return sha256
            case value:
                return words(value)

    def marks(self, statement: Statement) -> list[str]:
        """What has to be told beside the words of a claim wherever they stand; mostly nothing."""
        keys = [key for key in ("withdrawn", "forked") if getattr(statement, key)]
        return [self.words(f"claim.{key}") for key in keys]

    def reference(self, number: int) -> str:
        """The number of a claim where the claim itself stands elsewhere.

        `FORKED` stands behind it when the log of the claim is forked: `cautions` explains it.
        """
        forked = self.contents.claim(number).forked
        return self.number(str(number)) + (FORKED if forked else "")

    def cautions(self) -> list[str]:
        """What a reader has to know before all else; mostly nothing."""
        forked = any(statement.forked for statement in self.contents.claims)
        return [self.words("dossier.forked", sign=FORKED)] if forked else []

    def said_language(self, statement: Statement) -> str:
        """The BCP 47 tag of what `said` gives; empty when the source does not tell."""
        match statement.value:
            case Text(lang=lang) | Name(lang=lang):
                return lang or ""
            case Term(text=None) | Ref(text=None) | Where(text=None):
                return self.language
            case _:
                return ""

    def is_quoted(self, statement: Statement) -> bool:
        """Whether `said` gives words that are not ours."""
        return getattr(statement.value, "text", None) is not None

    def reading(self, statement: Statement) -> str:
        """How the words are read: interval, range, place, term; empty when they say it all."""
        match statement.value:
            case When() as when:
                return self._when(when)
            case Quantity() as quantity:
                return self._quantity(quantity)
            case Where() as where:
                return self._where(where)
            case Term(term=term, text=str()):
                return self.term_of(statement.predicate, term)
            case Ref(id=entity, text=str()):
                return self.label(entity)
            case File() as file:
                size = self.number(str(file.size))
                return self.words(
                    "file.reading", media=file.media_type, size=size, sha256=file.sha256
                )
            case _:
                return ""

    def _when(self, when: When) -> str:
        interval = self.interval(when.earliest, when.latest)
        hidden = ("second", "range", "unknown", "before", "after")
        if when.precision in hidden:
            return interval
        return self.listed((interval, self.term("date_precision", when.precision)))

    def interval(self, earliest: str | None, latest: str | None) -> str:
        """A Gregorian interval, in Persian with its Solar Hijri reading; empty when unknown."""
        gregorian = interval_in_words(earliest or None, latest or None, self.words)
        if self.language != "fa" or not gregorian:
            return gregorian
        solar = solar_in_words(earliest or None, latest or None, self.words)
        return self.words("dates.both", gregorian=gregorian, solar=solar)

    def day(self, day: str) -> str:
        """One Gregorian day, ISO 8601 or the beginning of a time, in words."""
        return day_words(day[:10], self.words)

    def time(self, moment: str) -> str:
        """A moment, `YYYY-MM-DDTHH:MM:SSZ`, with its day in words."""
        if not moment:
            return ""
        return self.words("dates.time", day=self.day(moment), time=self.number(moment[11:16]))

    def _quantity(self, quantity: Quantity) -> str:
        low, high = (self._figure(end) for end in (quantity.low, quantity.high))
        match bool(low), bool(high):
            case False, False:
                figure = ""
            case True, False:
                figure = self.words("figure.at_least", figure=low)
            case False, True:
                figure = self.words("figure.at_most", figure=high)
            case _ if low == high:
                figure = low
            case _:
                figure = self.words("figure.range", low=low, high=high)
        unit = f" {quantity.unit}" if figure and quantity.unit else ""
        counts = self.words("figure.counts", scope=quantity.counts) if quantity.counts else ""
        mark = "؛ " if self.language == "fa" else "; "
        return mark.join(p for p in (figure + unit, counts) if p and p != quantity.text)

    def _figure(self, figure: str | None) -> str:
        """Digits in groups of three, in the digits of the language."""
        if figure is None:
            return ""
        whole, dot, rest = figure.partition(".")
        grouped = f"{int(whole):,}".replace(",", "٬" if self.language == "fa" else ",")
        return self.number(f"{grouped}{dot}{rest}")

    def figure(self, figure: str) -> str:
        """A decimal of ours as the language writes it."""
        return self._figure(figure)

    def _where(self, where: Where) -> str:
        parts = [self.term("location_kind", where.kind)]
        if where.geometry is not None:
            longitude, latitude = next(positions(where.geometry))
            parts.append(self.position(longitude, latitude))
        if where.uncertainty is not None:
            parts.append(self.words("place.within", distance=self.metres(where.uncertainty)))
        if where.method is not None:
            parts.append(where.method)
        return self.listed(parts)

    def position(self, longitude: str, latitude: str) -> str:
        """A position as it is written: latitude first, in Latin digits with their direction."""
        north = "S" if latitude.startswith("-") else "N"
        east = "W" if longitude.startswith("-") else "E"
        return f"{latitude.lstrip('-')}° {north}, {longitude.lstrip('-')}° {east}"

    def metres(self, figure: str) -> str:
        """A distance in metres, from 1,000 on in kilometres."""
        metres = Decimal(figure)
        if metres < 1000:
            return self.words("map.metres", figure=self._figure(figure))
        kilometres = format((metres / 1000).normalize(), "f")
        return self.words("map.kilometres", figure=self._figure(kilometres))

    def holds(self, statement: Statement) -> str:
        """When the statement holds, when it says so."""
        when = statement.holds
        if when is None:
            return ""
        interval = self.interval(when.earliest, when.latest)
        both = when.text if interval in ("", when.text) else f"{when.text} = {interval}"
        return self.words("claim.held", text=both)

    def locator(self, statement: Statement) -> str:
        """Where in the source it stands."""
        return self.listed(self._selector(selector) for selector in statement.locator)

    def _selector(self, selector: Selector) -> str:
        say = self.words
        match selector:
            case Page(number=number):
                return say("locator.page", number=self.number(str(number)))
            case Quote(exact=exact):
                return say("locator.quote", text=exact)
            case Position(start=start, end=end):
                start_, end_ = self.number(str(start)), self.number(str(end))
                return say("locator.position", start=start_, end=end_)
            case Cell(row=row, sheet=sheet, column=column):
                parts = [say("locator.sheet", sheet=sheet)] if sheet else []
                parts.append(say("locator.row", row=self.number(str(row))))
                parts += [say("locator.column", column=column)] if column else []
                return self.listed(parts)
            case Time(start=start, end=end):
                if end is None:
                    return say("locator.from", start=self.number(start))
                return say("locator.time", start=self.number(start), end=self.number(end))
            case Box(x=x, y=y, width=width, height=height):
                x, y, width, height = (self.number(part) for part in (x, y, width, height))
                return say("locator.box", x=x, y=y, width=width, height=height)
            case Place(text=text):
                return text

    def attribution(self, statement: Statement) -> str:
        """To whom the source attributes it; empty when it speaks for itself."""
        return "" if statement.by is None else self.words("claim.by", text=statement.by.text)

    def how_read(self, statement: Statement) -> str:
        """At which level the claim was read."""
        if not statement.reading:
            return ""
        level = self.term("reading_level", statement.reading)
        return self.words("claim.read", level=level)

    def rating(self, statement: Statement) -> str:
        """Reliability of the source and credibility of the information, rated apart."""
        card = self.cards.get(statement.source)
        parts = []
        if card is not None and card.reliability:
            label = self.term("reliability", card.reliability)
            parts.append(self.words("claim.reliability", letter=card.reliability, words=label))
        if statement.credibility is not None:
            digit = str(statement.credibility)
            label = self.term("credibility", digit)
            parts.append(self.words("claim.credibility", digit=digit, words=label))
        return self.listed(parts)

    def source_title(self, source: str) -> str:
        """The title of a source, or the name of the organisation that speaks for itself."""
        card = self.cards.get(source)
        if card is None:
            return self.label(source)
        if card.withheld:
            return self.words("source.withheld")
        return card.title or self.label(source)

    def publishers(self, card: SourceCard) -> str:
        """Publishers, or authors where no publisher is known."""
        return self.listed(self.label(name) for name in card.publisher or card.author)

    def published(self, card: SourceCard) -> str:
        """When a source was published, in the words of the record, with its reading."""
        interval = self.interval(card.published_earliest, card.published_latest)
        return interval or card.published

    # Lists and counts

    def listed(self, parts: Iterable[str]) -> str:
        """What is not empty of some parts, with the comma of the language between."""
        return ("، " if self.language == "fa" else ", ").join(part for part in parts if part)

    def count(self, what: str, count: int) -> str:
        """A count with its noun: `count("claims", 3)`."""
        key = "one" if count == 1 else "other"
        return self.words(f"count.{what}.{key}", count=self._figure(str(count)))

    def claim_list(self, claims: Sequence[int]) -> str:
        """Numbers of claims, runs of three and more in short: `3, 5–8`."""
        runs: list[list[int]] = []
        for number in sorted(claims):
            if runs and number == runs[-1][-1] + 1:
                runs[-1].append(number)
            else:
                runs.append([number])
        parts: list[str] = []
        for run in runs:
            ends = [self.number(str(end)) for end in (run[0], run[-1])]
            if len(run) > 2:
                parts.append(self.words("dates.range", first=ends[0], last=ends[1]))
            else:
                parts += [self.number(str(number)) for number in run]
        return self.listed(part.replace(" – ", "–") for part in parts)
