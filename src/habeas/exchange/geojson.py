"""Positions as GeoJSON (RFC 7946): one feature a claim, never a position without its uncertainty.

A map drawn from this file can and should draw what `kind` and `uncertainty_m` say: a
`representative` position stands in for a place, such as its town, and is no grave. Numbers are
written with the digits that the claim has. Claims without coordinates are not in this file.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, Final, Literal

import msgspec

from habeas.claims.claim import Sensitivity
from habeas.claims.values import Geometry, Where, words
from habeas.registry.view import Shown, View

_HEAD: Final = '{"type":"FeatureCollection","habeas":%s,"features":['


class Properties(msgspec.Struct, frozen=True, kw_only=True):
    """What is said beside a position. The keys are stable."""

    claim: str
    """Digest."""
    subject: str
    label: str
    predicate: str
    kind: str
    """exact, approximate, representative or random."""
    uncertainty_m: msgspec.Raw | None
    """Metres; null when nobody said."""
    method: str
    words: str
    source: str
    source_label: str
    by: str
    sensitivity: Sensitivity
    withdrawn: bool


class Feature(msgspec.Struct, frozen=True, kw_only=True):
    """One claim on a position."""

    type: Literal["Feature"] = "Feature"
    id: str
    geometry: dict[str, Any]
    properties: Properties


def geojson(view: View, *, subject: str | None = None, lang: str = "en") -> Iterator[str]:
    """A feature collection of every position that may be seen, in pieces of text.

    Args:
        view: at a clearance.
        subject: only the claims about this entity.
        lang: of the labels of entities.
    """
    label = cache(lambda entity: view.label(entity, lang))
    head = {"format": "habeas-geojson/1", "clearance": view.clearance}
    yield _HEAD % msgspec.json.encode(head).decode()
    comma = "\n"
    for shown in view.stream(subject=subject):
        value = shown.claim.value
        if isinstance(value, Where) and value.geometry is not None:
            feature = Feature(
                id=f"claim:{shown.digest}",
                geometry=_geometry(value.geometry),
                properties=Properties(
                    label=label(shown.claim.subject),
                    source_label=label(shown.claim.source),
                    **_said(shown, value),
                ),
            )
            yield comma + msgspec.json.encode(feature).decode()
            comma = ",\n"
    yield "\n]}\n"


def _said(shown: Shown, value: Where) -> dict[str, Any]:
    claim = shown.claim
    return {
        "claim": shown.digest,
        "subject": claim.subject,
        "predicate": claim.predicate,
        "kind": value.kind,
        "uncertainty_m": None if value.uncertainty is None else _digits(value.uncertainty),
        "method": value.method or "",
        "words": words(value),
        "source": claim.source,
        "by": "" if claim.by is None else claim.by.text,
        "sensitivity": shown.sensitivity,
        "withdrawn": shown.withdrawn,
    }


def _geometry(geometry: Geometry) -> dict[str, Any]:
    return {"type": type(geometry).__name__, "coordinates": _numbers(geometry.coordinates)}


def _numbers(nested: str | tuple[Any, ...]) -> object:
    return _digits(nested) if isinstance(nested, str) else [_numbers(one) for one in nested]


def _digits(decimal: str) -> msgspec.Raw:
    """A decimal string as a JSON number with the same digits: no float comes between."""
    return msgspec.Raw(decimal.encode())
