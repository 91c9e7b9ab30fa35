"""The claims of a coding sheet, before they are recorded.

A claim in a sheet may speak of another that has no digest yet; it names it by the label that its
writer gave it. So a sheet holds claims with mentions, and `SheetClaim.resolved` makes the claim
once the mentioned digests are known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec

from habeas.claims.checking import check_claim
from habeas.claims.claim import By, Claim, Sensitivity, seal
from habeas.claims.locator import Selector
from habeas.claims.values import Quantity, Value, When
from habeas.claims.vocabulary import vocabulary
from habeas.errors import InputError
from habeas.exchange.sheet_fields import FieldReader, Mention
from habeas.exchange.sheet_values import ValueReader
from habeas.exchange.yaml_marks import Block, Marked, Series, Words

NOBODY = "claim:" + "0" * 64
NO_LOG = "0" * 32
"""Stands for a claim whose digest is not known yet."""

DETAILS = ("id", "value", "counts", "by", "holds", "credibility", "reading", "note", "sensitivity")
"""What may be said of a claim beside its subject and predicate."""

SHARED = ("subject", "by", "holds", "credibility", "reading", "sensitivity")
"""What an entry may say once for all of its claims."""

_FINDING = ("id", "value", "counts", "holds", "note", "sensitivity", "rests_on", "standard")


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetClaim:
    """One claim as the sheet has it.

    `claim` is whole but for the digests of the claims it is about or rests on.
    """

    claim: Claim
    line: int
    item: int
    """The line on which its item begins. A list of values is one item and several claims."""
    label: str | None = None
    about: Mention | None = None
    rests_on: tuple[Mention, ...] = ()

    @property
    def mentions(self) -> tuple[Mention, ...]:
        """Every claim that has to be recorded before this one."""
        return self.rests_on if self.about is None else (self.about, *self.rests_on)

    def resolved(self, digests: Mapping[str, Sequence[str]]) -> Claim:
        """The claim to record.

        Args:
            digests: the digests under each label recorded so far.
        """
        if not self.mentions:
            return self.claim
        subject = self.claim.subject
        if self.about is not None:
            subject = f"claim:{_digests(self.about, digests)[0]}"
        rests_on = {digest for mention in self.rests_on for digest in _digests(mention, digests)}
        return msgspec.structs.replace(
            self.claim, subject=subject, rests_on=tuple(sorted(rests_on))
        )


def _digests(mention: Mention, digests: Mapping[str, Sequence[str]]) -> Sequence[str]:
    return digests[mention.name] if mention.is_label else (mention.name,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What holds for a claim unless it says otherwise."""

    source: str
    sensitivity: Sensitivity
    subject: str = ""
    about: Mention | None = None
    locator: tuple[Selector, ...] = ()
    by: By | None = None
    holds: When | None = None
    credibility: int | None = None
    reading: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimReader:
    """Reads the claims of one sheet; what is wrong goes to the complaints of `fields`."""

    fields: FieldReader
    values: ValueReader

    def shared(self, block: Block, given: Given) -> Given:
        """What an entry, or a claim, says over what holds already."""
        for key in SHARED:
            if key in block.pairs:
                given = self._with(given, key, block.pairs[key])
        return given

    def claims(self, block: Block, given: Given) -> Iterator[SheetClaim]:
        """The claims of one item of `claims:`; several when its value is a list."""
        self.fields.refuse_unknown(block, ("subject", "predicate", *DETAILS), "a claim")
        predicate = self._predicate(block)
        if predicate is not None:
            yield from self._stated(block, predicate, self.shared(block, given))

    def statements(self, marked: Marked, predicate: Words, given: Given) -> Iterator[SheetClaim]:
        """The claims under one predicate of a source or an entity: `title: words`.

        Args:
            marked: words, a block of the value's fields, a block with `value` and details, or a
                list of these.
            predicate: the predicate, which is the key.
            given: subject and source.
        """
        if isinstance(marked, Series):
            for item in marked:
                yield from self.statements(item, predicate, given)
        elif isinstance(marked, Block) and "value" in marked.pairs:
            self.fields.refuse_unknown(marked, DETAILS, "a statement")
            yield from self._stated(marked, predicate, self.shared(marked, given))
        else:
            block = Block({"value": marked}, marked.line, {})
            yield from self._stated(block, predicate, given)

    def finding(self, block: Block, given: Given) -> Iterator[SheetClaim]:
        """The claims of one item of `findings:`."""
        self.fields.refuse_unknown(block, ("subject", "predicate", *_FINDING), "a finding")
        predicate = self._predicate(block)
        rests_on = self.fields.mentions(block.pairs.get("rests_on"))
        standard = self.fields.text(block, "standard")
        if standard is None or not rests_on:
            self.fields.complaints.add(
                block.line,
                "a finding says on which claims it rests and by which standard of proof",
                "Give both: rests_on: [labels or digests], standard: a term of standard_of_proof",
            )
        elif predicate is not None and self._is_standard(standard, block.line_of("standard")):
            for found in self._stated(block, predicate, self.shared(block, given)):
                claim = msgspec.structs.replace(found.claim, standard=standard)
                yield replace(found, claim=claim, rests_on=rests_on)

    def _stated(self, block: Block, predicate: Words, given: Given) -> Iterator[SheetClaim]:
        """The claims of one item, one for each of its values."""
        label, note = self.fields.label(block), self.fields.text(block, "note")
        types, values = self._types(predicate), block.pairs.get("value")
        if values is None:
            self.fields.complaints.add(block.line, "this claim has no value")
        if not self._has_subject(block, given) or types is None or values is None:
            return
        for marked in values if isinstance(values, Series) else (values,):
            value = self._counted(self.values.read(marked, types), block)
            if value is None:
                continue
            claim = _claim(given, predicate.text, value, note)
            if self._check(claim, marked.line):
                yield SheetClaim(
                    claim=claim, line=marked.line, item=block.line, label=label, about=given.about
                )

    def _has_subject(self, block: Block, given: Given) -> bool:
        if given.subject or given.about is not None:
            return True
        if "subject" not in block.pairs:
            self.fields.complaints.add(
                block.line, "this claim has no subject", "Say what it is about: subject: site:..."
            )
        return False

    def _check(self, claim: Claim, line: int) -> bool:
        try:
            check_claim(claim)
            seal([claim], NO_LOG)
        except InputError as error:
            self.fields.complaints.add_error(line, error)
            return False
        return True

    def _is_standard(self, standard: str, line: int) -> bool:
        try:
            vocabulary().term("standard_of_proof", standard)
        except InputError as error:
            self.fields.complaints.add_error(line, error)
            return False
        return True

    def _types(self, predicate: Words) -> tuple[str, ...] | None:
        try:
            return vocabulary().predicate(predicate.text).values
        except InputError as error:
            self.fields.complaints.add_error(predicate.line, error)
            return None

    def _counted(self, value: Value | None, block: Block) -> Value | None:
        """The value with what it counts, when the claim says so."""
        counts = self.fields.text(block, "counts")
        if counts is None or value is None:
            return value
        line = block.line_of("counts")
        if not isinstance(value, Quantity):
            self.fields.complaints.add(line, "only a quantity counts something")
            return None
        if value.counts is not None:
            self.fields.complaints.add(line, "“counts” stands twice", "Keep one of the two")
        return msgspec.structs.replace(value, counts=counts)

    def _with(self, given: Given, key: str, marked: Marked) -> Given:
        match key:
            case "subject":
                subject, about = self.fields.subject(marked)
                return replace(given, subject=subject, about=about)
            case "by":
                return replace(given, by=self.fields.by(marked))
            case "holds":
                return replace(given, holds=self.values.when(marked))
            case "credibility":
                return replace(given, credibility=self.fields.credibility(marked))
            case "reading":
                return replace(given, reading=self.fields.words(marked, "reading"))
            case _:
                level = self.fields.sensitivity(marked)
                return given if level is None else replace(given, sensitivity=level)

    def _predicate(self, block: Block) -> Words | None:
        value = block.pairs.get("predicate")
        if isinstance(value, Words) and value.text.strip():
            return value
        self.fields.complaints.add(
            block.line, "this claim has no predicate", "docs/vocabulary.md lists them"
        )
        return None


def _claim(given: Given, predicate: str, value: Value, note: str | None) -> Claim:
    return Claim(
        subject=given.subject if given.about is None else NOBODY,
        predicate=predicate,
        value=value,
        source=given.source,
        locator=given.locator,
        by=given.by,
        holds=given.holds,
        credibility=given.credibility,
        reading=given.reading,
        note=note,
        sensitivity=given.sensitivity,
    )
