"""The machine-readable twins of a dossier: the same contents as JSON, its places as GeoJSON.

`dossier.json` is `contents.Contents` in UTF-8, keys in a fixed order, each claim on a line of its
own. The key `digest` stands in it for shown claims only, in the order of their numbers.
`places.geojson` (RFC 7946) has one feature for each claim about a position.
"""

from __future__ import annotations

import json
from typing import Any, Final

import msgspec

from habeas.claims.values import Value, Where
from habeas.publishing.contents import Contents, Placed

JSON_NAME: Final = "dossier.json"
GEOJSON_NAME: Final = "places.geojson"


def twin_files(contents: Contents) -> dict[str, bytes]:
    """Both files, by name; the same bytes for the same contents."""
    return {JSON_NAME: write_json(contents), GEOJSON_NAME: write_geojson(contents)}


def write_json(contents: Contents) -> bytes:
    """Everything that the dossier says. Empty fields that stand for "nobody said" are left out."""
    raw = msgspec.to_builtins(contents)
    lines = ["{"]
    items = list(raw.items())
    for at, (key, value) in enumerate(items):
        comma = "," if at + 1 < len(items) else ""
        lines.append(f"{json.dumps(key)}:{_value(value)}{comma}")
    return ("\n".join([*lines, "}"]) + "\n").encode("utf-8")


def _value(value: Any) -> str:
    if isinstance(value, list | tuple) and value:
        return "[\n" + ",\n".join(_compact(one) for one in value) + "\n]"
    return _compact(value)


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def write_geojson(contents: Contents) -> bytes:
    """The places, longitude first, WGS 84. Kind and uncertainty stand beside each position.

    Coordinates are the decimals of the claim, digit for digit: no float comes between.
    """
    features = [_feature(contents, placed) for placed in contents.places]
    head = '{"type":"FeatureCollection","features":['
    body = ",\n".join(features)
    return f"{head}\n{body}\n]}}\n".encode() if features else f"{head}]}}\n".encode()


def _feature(contents: Contents, placed: Placed) -> str:
    statement = contents.claim(placed.claim)
    properties = {
        "claim": placed.claim,
        "digest": statement.digest,
        "entity": placed.entity,
        "label_en": contents.label(placed.entity, "en"),
        "label_fa": contents.label(placed.entity, "fa"),
        "kind": placed.kind,
        "uncertainty_metres": placed.uncertainty,
        "method": placed.method,
        "text": statement.value.text,
        "source": statement.source,
        "attributed_to": None if statement.by is None else statement.by.text,
        "forked": statement.forked or None,
    }
    known = {key: value for key, value in properties.items() if value is not None}
    geometry = _geometry(statement.value)
    return f'{{"type":"Feature","geometry":{geometry},"properties":{_compact(known)}}}'


def _geometry(value: Value) -> str:
    geometry = value.geometry if isinstance(value, Where) else None
    if geometry is None:
        return "null"
    kind = type(geometry).__name__
    return f'{{"type":"{kind}","coordinates":{_numbers(geometry.coordinates)}}}'


def _numbers(coordinates: Any) -> str:
    """Nested tuples of decimal strings as JSON numbers."""
    if isinstance(coordinates, str):
        return coordinates
    return "[" + ",".join(_numbers(one) for one in coordinates) + "]"
