"""The geometries of a GeoPackage: its binary form, and from other systems of coordinates."""

from __future__ import annotations

import struct
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from habeas.exchange.tables.limits import MAX_CELL
from habeas.exchange.tables.map_geometries import Shape, ShapeError, shape_of

if TYPE_CHECKING:
    from pyproj import Transformer
    from shapely.geometry.base import BaseGeometry

WGS84: Final = frozenset(("EPSG:4326", "OGC:CRS84"))

_ENVELOPES: Final = (0, 32, 48, 48, 64)
"""Bytes of the envelope by its code (2.1.3.1.1)."""

_DIGITS: Final = 8
"""Decimals of a transformed coordinate: about a millimetre."""


class Transform(NamedTuple):
    """How coordinates become WGS 84."""

    transformer: Transformer | None = None
    remark: str = ""
    refused: str = ""
    """Why they cannot."""

    @property
    def moves(self) -> bool:
        """Whether the coordinates are not WGS 84 already."""
        return self.transformer is not None or bool(self.refused)


def transform_of(system: str) -> Transform:
    """How coordinates of a system become WGS 84. Grids of shifts are never fetched.

    Args:
        system: `EPSG:32639`.
    """
    if system in WGS84:
        return Transform()
    unknown = f"its coordinates are of no system that is known here ({system[:40]})"
    if not system.startswith("EPSG:") or not system[5:].isdecimal():
        return Transform(refused=unknown, remark=unknown)
    from pyproj import Transformer
    from pyproj.exceptions import ProjError
    from pyproj.network import set_network_enabled  # type: ignore[attr-defined]

    set_network_enabled(active=False)
    try:
        made = Transformer.from_crs(system, "EPSG:4326", always_xy=True, allow_ballpark=False)
        made.transform(0, 0)
    except ProjError:
        return Transform(refused=unknown, remark=unknown)
    near = f", to within {made.accuracy:g} m" if made.accuracy and made.accuracy > 0 else ""
    return Transform(made, f"coordinates were transformed from {system} to WGS 84{near}")


class Blob:
    """A geometry in the binary form of GeoPackage (2.1.3).

    Args:
        data: what stands in the column.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data

    def geometry(self) -> BaseGeometry:
        """The geometry.

        Raises:
            ShapeError: it is none.
        """
        from shapely import from_wkb
        from shapely.errors import ShapelyError

        data = self._data
        if len(data) < 13 or data[:2] != b"GP" or data[2] != 0:
            raise ShapeError("this is no geometry of a GeoPackage")
        flags = data[3]
        code = flags >> 1 & 0x07
        if code >= len(_ENVELOPES) or flags & 0x20:
            raise ShapeError("a kind of geometry that is not read here")
        try:
            return from_wkb(data[8 + _ENVELOPES[code] :])
        except (ShapelyError, struct.error, ValueError) as error:
            raise ShapeError("the geometry is damaged, or of a kind not read here") from error

    def text(self) -> str:
        """The geometry as well-known text; empty when it is none, or too long for a cell."""
        from shapely import to_wkt

        try:
            text = str(to_wkt(self.geometry(), rounding_precision=-1))
        except ShapeError:
            return ""
        return text if len(text) <= MAX_CELL else ""


def shape_of_blob(blob: Blob, transform: Transform) -> Shape:
    """A geometry in WGS 84.

    Raises:
        ShapeError: it is none, or of a system that is not known.
    """
    if transform.refused:
        raise ShapeError(transform.refused)
    geometry = blob.geometry()
    if geometry.is_empty:
        raise ShapeError("the geometry is empty")
    moved = _Moved(transform.transformer)
    found = geometry.__geo_interface__
    coordinates = moved.nested(found.get("coordinates"))
    return shape_of(found["type"], coordinates)


class _Moved:
    """Nested coordinates as nested lists of digits, transformed where need be."""

    def __init__(self, transformer: Transformer | None) -> None:
        self._transformer = transformer

    def nested(self, value: Any) -> Any:
        """Tuples of tuples of floats."""
        if value is None:
            return None
        if value and isinstance(value[0], float):
            return self._position(value)
        return [self.nested(inner) for inner in value]

    def _position(self, value: tuple[float, ...]) -> list[str]:
        if self._transformer is None:
            return [_digits(number) for number in value]
        x, y = self._transformer.transform(value[0], value[1])
        return [_digits(round(x, _DIGITS)), _digits(round(y, _DIGITS)), *map(_digits, value[2:])]


def _digits(number: float) -> str:
    """The shortest digits that are this binary number."""
    return format(Decimal(repr(float(number))), "f").removesuffix(".0")
