"""Claims on positions, with what has to stand beside a position on every map."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import msgspec

from habeas.claims.claim import Sensitivity
from habeas.claims.values import Geometry, Where, words
from habeas.registry.view import Shown, View


class LocatedClaim(msgspec.Struct, frozen=True, kw_only=True):
    """A position, and who says what of it."""

    claim: str
    """Digest."""
    subject: str
    label: str
    predicate: str
    kind: str
    """exact, approximate, representative or random."""
    uncertainty_m: str | None
    """Metres, in the digits of the claim; None when nobody said."""
    method: str
    words: str
    source: str
    source_label: str
    by: str
    sensitivity: Sensitivity
    withdrawn: bool
    forked: bool
    """Whether the log in which the claim stands is forked."""
    geometry: Geometry


def located_claims(
    view: View, *, subject: str | None = None, lang: str = "en"
) -> Iterator[tuple[Shown, LocatedClaim]]:
    """Every claim with coordinates that may be seen.

    Args:
        view: at a clearance.
        subject: only the claims about this entity.
        lang: of the labels of entities.
    """
    label = cache(lambda entity: view.label(entity, lang))
    for shown in view.stream(subject=subject):
        claim, value = shown.claim, shown.claim.value
        if isinstance(value, Where) and value.geometry is not None:
            yield (
                shown,
                LocatedClaim(
                    claim=shown.digest,
                    subject=claim.subject,
                    label=label(claim.subject),
                    predicate=claim.predicate,
                    kind=value.kind,
                    uncertainty_m=value.uncertainty,
                    method=value.method or "",
                    words=words(value),
                    source=claim.source,
                    source_label=label(claim.source),
                    by="" if claim.by is None else claim.by.text,
                    sensitivity=shown.sensitivity,
                    withdrawn=shown.withdrawn,
                    forked=shown.forked,
                    geometry=value.geometry,
                ),
            )
