"""The list of sources: what each is, from which it derives, and what was read in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from habeas.claims.claim import prefix_of
from habeas.claims.values import Ref, Term, Text, When, words
from habeas.publishing.contents import SourceCard
from habeas.publishing.naming import DESCRIBED, describing
from habeas.publishing.numbering import Numbering, entities_named
from habeas.registry.view import Shown

SUBSTANTIVE: Final = frozenset(
    {"statement", "recommends", "signatories", "sent", "reply_due", "made_public", "topic",
     "author_of_companion_sentence", "internally_deduplicated", "description", "gap"}
)  # fmt: skip
"""What is said of a document for its own sake: then it has a section in the dossier of a case."""


def gather_sources(numbering: Numbering) -> tuple[SourceCard, ...]:
    """The cards of all sources that the claims numbered so far name. Numbers nothing new."""
    order: dict[str, list[int]] = {}
    for number, shown in enumerate(numbering.shown, 1):
        for entity in entities_named(shown.claim):
            if prefix_of(entity) in DESCRIBED:
                cited = order.setdefault(entity, [])
                if entity == shown.claim.source:
                    cited.append(number)
    return tuple(
        _card(numbering, place, source, cited)
        for place, (source, cited) in enumerate(order.items(), 1)
    )


def _card(numbering: Numbering, number: int, source: str, cited: Sequence[int]) -> SourceCard:
    claims = describing(numbering, source)
    title = next((s.claim.value for s in claims if s.claim.predicate == "title"), None)
    when = next((s.claim.value for s in claims if s.claim.predicate == "published"), None)
    dated = when if isinstance(when, When) else None
    return SourceCard(
        number=number,
        source=source,
        withheld=numbering.withheld(source),
        title="" if title is None else words(title),
        title_lang=(title.lang or "") if isinstance(title, Text) else "",
        author=_all(claims, "author"),
        publisher=_all(claims, "publisher"),
        published="" if when is None else words(when),
        published_earliest=(dated.earliest or "") if dated else "",
        published_latest=(dated.latest or "") if dated else "",
        kind=_term(claims, "source_kind"),
        interest=_term(claims, "interest"),
        reliability=_term(claims, "reliability"),
        url=_all(claims, "url"),
        archived_url=_all(claims, "archived_url"),
        document_number=_all(claims, "document_number"),
        language=next(iter(_all(claims, "language")), ""),
        read_in=_all(claims, "read_in"),
        derived_from=_all(claims, "derived_from"),
        claims=numbering.numbers(claims),
        cited_by=tuple(cited),
    )


def _all(claims: Sequence[Shown], predicate: str) -> tuple[str, ...]:
    values = (s.claim.value for s in claims if s.claim.predicate == predicate)
    return tuple(dict.fromkeys(v.id if isinstance(v, Ref) else words(v) for v in values))


def _term(claims: Sequence[Shown], predicate: str) -> str:
    values = (s.claim.value for s in claims if s.claim.predicate == predicate)
    return next((value.term for value in values if isinstance(value, Term)), "")
