"""What a dossier holds, before anybody decides how it looks.

The same contents feed HTML, PDF and JSON, in every language: nothing here is marked up, translated
or written out. Each claim stands once, in `Contents.claims`, under its number; everything else
points to claims by number. Names of entities stand in `Contents.mentions`. Predicates, terms and
kinds are words of the vocabulary or keys of the catalogue (`wording` turns them into sentences).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from habeas.claims.claim import By, Sensitivity
from habeas.claims.locator import Selector
from habeas.claims.values import Value, When

FORMAT = "habeas-dossier/1"

WHOLE = "all"
"""Stands for the entity when the dossier is that of the whole registry."""

Degree = Literal["compatible", "differ", "exclusive"]
"""How far claims disagree; `habeas.claims.agreement` defines the words."""


class Statement(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One claim as it is shown. The fields between `subject` and `standard` are the claim's own."""

    number: int
    """Its number in this dossier, from 1."""
    digest: str
    """By which the proof pack proves it."""
    subject: str
    predicate: str
    value: Value
    source: str
    locator: tuple[Selector, ...] = ()
    by: By | None = None
    holds: When | None = None
    credibility: int | None = None
    reading: str | None = None
    note: str | None = None
    standard: str | None = None
    rests_on: tuple[str, ...] = ()
    """Digests, as the claim names them; those shown here are in `Finding.rests_on` by number."""
    sensitivity: Sensitivity
    recorded: str
    """When, by the recorder's clock: UTC, `YYYY-MM-DDTHH:MM:SSZ`."""
    withdrawn: bool = False
    forked: bool = False
    """Whether the log in which it stands is forked."""
    about: tuple[int, ...] = ()
    """The claims that speak of this one, withdrawals and findings left out."""


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """Claims that say the same of one thing."""

    claims: tuple[int, ...]
    origins: tuple[tuple[int, ...], ...]
    """The same claims, grouped: those of one group go back to one origin and count once."""

    @property
    def independent(self) -> int:
        """From how many independent sources it comes."""
        return len(self.origins)


class Topic(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is said of one subject under one predicate."""

    subject: str
    predicate: str
    said: tuple[Said, ...]
    independent: int
    """How many independent sources speak, whatever they say."""
    contradiction: int = 0
    """The number of the contradiction among them, 0 for none."""


class Section(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything known about one entity: the dossier's own first, related ones after it."""

    entity: str
    names: tuple[int, ...]
    """The claims that name it, each with who uses the name."""
    topics: tuple[Topic, ...]
    linked: tuple[str, ...] = ()
    """Entities that a reviewer's `same_as` makes one with this one; their claims are among these.
    """


class Difference(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """In which way claims disagree.

    `kind` is one of: `dates_apart`, `dates_overlap`, `ranges_apart`, `ranges_overlap`, `within`
    (one figure lies within the range of another), `units`, `scopes` (they count different things),
    `terms`, `entities`, `places_apart`, `places_near`, `times` (they hold at different times),
    `words`.
    """

    kind: str
    claims: tuple[int, ...]
    """Every claim that differs from another in this way."""
    figure: str = ""
    """The widest gap between two of them: days, metres or the unit of the figures; or empty."""


class Contradiction(msgspec.Struct, frozen=True, kw_only=True):
    """Claims on what has one true value, side by side. Which is right is not decided here."""

    number: int
    subject: str
    predicate: str
    degree: Degree
    """Of the worst pair."""
    claims: tuple[int, ...]
    independent: int
    differences: tuple[Difference, ...]


class Dated(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One claim about when something happened: a row of the timeline."""

    claim: int
    entity: str
    predicate: str
    """What is dated; for an event its kind is told by `term`."""
    term: str = ""
    """The term whose time it is (`bulldozing`), when `holds` gives the time."""
    text: str
    """The date in the words of the source."""
    earliest: str | None = None
    latest: str | None = None
    precision: str
    group: str
    """The entity under whose heading it stands: the site of an event, else the entity."""


class Placed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One claim about where something is, with coordinates: a mark and a row of the map."""

    claim: int
    entity: str
    kind: Literal["exact", "approximate", "representative", "random"]
    longitude: str
    latitude: str
    """Decimal degrees, WGS 84, as written; of a line or an area its first position."""
    uncertainty: str | None = None
    """Metres."""
    method: str | None = None


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What an organisation concluded."""

    claim: int
    organisation: str
    standard: str
    """A term of `standard_of_proof`, or empty when it was not named."""
    rests_on: tuple[int, ...]
    missing: tuple[str, ...]
    """Digests of claims it rests on that are not held here: erased, or another registry's."""


class Item(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One piece of evidence and its custody, as far as this clearance shows it."""

    item: str
    claims: tuple[int, ...]
    """What is said of it."""
    sha256: str = ""
    size: int | None = None
    media_type: str = ""
    custody: tuple[tuple[int, ...], ...] = ()
    """The claims of each custody event, in the order in which they were recorded."""
    faults: tuple[tuple[int, str], ...] = ()
    """Where the chain does not hold: the number of the event, and why, in English."""


class RunPicture(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A picture that a run made of an entity of this dossier; kept as an item of evidence."""

    item: str
    claim: int
    """The claim that names its bytes."""
    run: str
    depicts: tuple[str, ...]
    sha256: str
    language: str = ""
    """Of the words in it; empty when there are none."""
    descriptions: Mapping[str, str] = {}
    """Language to the words that are said of it."""


class Withdrawal(msgspec.Struct, frozen=True, kw_only=True):
    """A claim that was withdrawn."""

    claim: int
    by: tuple[int, ...]
    """The claims that withdraw it: their text says why."""


class Question(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is open, and what would settle it.

    `kind` is a key of the catalogue (`question.<kind>`, `settle.<kind>`): `no_coordinates`,
    `fate_open`, `dates`, `figures`, `contradiction`, `method`, `single_source`; or `recorded` when
    somebody put the question into the record.
    """

    kind: str
    subject: str
    predicate: str = ""
    claims: tuple[int, ...] = ()
    """What it arises from; of a recorded question the claim that asks it."""
    settle: tuple[int, ...] = ()
    """Recorded claims that say what would settle it."""
    start: str = ""
    """First and last day between which something has to be looked for, when it is known."""
    end: str = ""


class SourceCard(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A source of this dossier. Empty fields: nobody said."""

    number: int
    """Its number in the list of sources, from 1."""
    source: str
    withheld: bool = False
    """The identity is not shown: nothing but its kind and reliability is told."""
    title: str = ""
    title_lang: str = ""
    author: tuple[str, ...] = ()
    publisher: tuple[str, ...] = ()
    published: str = ""
    """In the words in which the date was recorded."""
    published_earliest: str = ""
    published_latest: str = ""
    kind: str = ""
    """A term of `source_kind`."""
    interest: str = ""
    reliability: str = ""
    url: tuple[str, ...] = ()
    archived_url: tuple[str, ...] = ()
    document_number: tuple[str, ...] = ()
    language: str = ""
    read_in: tuple[str, ...] = ()
    derived_from: tuple[str, ...] = ()
    """Sources that it repeats, translates, excerpts or reports: it does not corroborate them."""
    claims: tuple[int, ...] = ()
    """The claims that say all this of the source."""
    cited_by: tuple[int, ...] = ()
    """The claims that were read in it."""


class Mention(msgspec.Struct, frozen=True, kw_only=True):
    """The name of an entity in each language; its id when nobody named it."""

    entity: str
    labels: Mapping[str, str]
    """`en` and `fa`."""
    claims: tuple[int, ...]
    """The claims that give these names."""


class LogState(msgspec.Struct, frozen=True, kw_only=True):
    """A log in which claims of this dossier stand, as its newest checkpoint signs it."""

    origin: str
    organisation: str
    """Whose log it is, as the log itself says; empty when that is not shown."""
    vkeys: tuple[str, ...]
    """Verifier keys (C2SP signed-note)."""
    size: int
    """Entries covered."""
    root: str
    """SHA-256 of the tree, hexadecimal."""
    claims: int
    """How many of the claims shown stand in it."""
    newest: str
    """When the newest claim shown of it was recorded, by the recorder's clock."""
    stamped: str = ""
    """The earliest trusted timestamp over a checkpoint that covers all of them; UTC, or empty."""
    authority: str = ""
    """Who gave that timestamp, as its certificate names itself."""
    forked: bool = False
    """Whether its key signed another history that contradicts this one."""


class Glance(msgspec.Struct, frozen=True, kw_only=True):
    """Counts for the first page. They count what is shown, nothing else."""

    claims: int
    sources: int
    independent: int
    """Groups of sources that share no origin."""
    contradictions: int
    """Of degree `exclusive` or `differ`."""
    questions: int
    findings: int
    topics: tuple[Topic, ...]
    """What a reader looks for first: status, fate, whereabouts, figures."""


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a dossier says. A function of the log, the clearance and the entity."""

    format: str
    entity: str
    """`site:khavaran`, `case:iran-1988`... or `all`."""
    clearance: Sensitivity
    organisation: str
    """Who keeps the registry that this comes from."""
    glance: Glance
    sections: tuple[Section, ...]
    contradictions: tuple[Contradiction, ...]
    timeline: tuple[Dated, ...]
    places: tuple[Placed, ...]
    findings: tuple[Finding, ...]
    items: tuple[Item, ...]
    pictures: tuple[RunPicture, ...]
    withdrawn: tuple[Withdrawal, ...]
    questions: tuple[Question, ...]
    sources: tuple[SourceCard, ...]
    logs: tuple[LogState, ...]
    mentions: tuple[Mention, ...]
    claims: tuple[Statement, ...]

    def claim(self, number: int) -> Statement:
        """A claim by its number in this dossier."""
        return self.claims[number - 1]

    def source(self, entity: str) -> SourceCard | None:
        """A source by its id."""
        return next((card for card in self.sources if card.source == entity), None)

    def label(self, entity: str, lang: str) -> str:
        """The name of an entity in a language, or its id."""
        found = next((mention for mention in self.mentions if mention.entity == entity), None)
        return entity if found is None else found.labels[lang]
