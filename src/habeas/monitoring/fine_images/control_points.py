"""Control points in a table: a place in a picture and on the ground in each row."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from pyproj import CRS
from pyproj.exceptions import CRSError
from shapely.geometry import Point

from habeas.errors import InputError
from habeas.monitoring.fine_images.registration import ControlPoint
from habeas.monitoring.projection import DEGREES, projected

LARGEST: Final = 1_000_000
"""Bytes of a table of control points."""

_MEND: Final = (
    "Write the columns column,row,x,y (with --crs EPSG:n) or column,row,longitude,latitude, and "
    "name if you like"
)


def read_control_points(path: Path, target: CRS, crs: str | None = None) -> list[ControlPoint]:
    """The control points in a CSV file, on the ground in a coordinate reference system in metres.

    Args:
        path: of a table with the columns `column` and `row` (pixels from the upper left corner),
            and `x` and `y` or `longitude` and `latitude` (degrees, WGS 84); `name` if wished.
        target: in which the points are given back.
        crs: of `x` and `y`, as `EPSG:32639`.

    Raises:
        InputError: the file cannot be read, a column is missing, a field is no number, or nothing
            says what `x` and `y` are.
    """
    rows = _rows(path)
    degrees = {"longitude", "latitude"} <= rows[0].keys()
    if degrees and crs is not None:
        raise InputError(
            "--crs is for x and y; longitude and latitude need none", place=path.name,
            mend="Leave --crs out",
        )  # fmt: skip
    names = ("longitude", "latitude") if degrees else ("x", "y")
    source = DEGREES if degrees else _system(crs)
    points = [_point(row, names, f"{path.name}, row {at}") for at, row in enumerate(rows, 2)]
    return [_carried(point, source, target, f"{path.name}, row {at}")
            for at, point in enumerate(points, 2)]  # fmt: skip


def check_inside(points: Sequence[ControlPoint], width: int, height: int) -> None:
    """Refuse points that lie outside of a picture.

    Args:
        points: of the picture.
        width: of it, pixels.
        height: of it, pixels.

    Raises:
        InputError: one lies outside.
    """
    for number, point in enumerate(points, 1):
        if not (0 <= point.column <= width and 0 <= point.row <= height):
            raise InputError(
                f"control point {point.name or number} lies outside of the picture, which measures "
                f"{width} x {height} pixels",
                mend="Count columns from the left edge and rows from the upper one",
            )


def _rows(path: Path) -> list[Mapping[str, str]]:
    try:
        with path.open("rb") as opened:
            data = opened.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise InputError(
                "the file is too large for control points",
                place=path.name,
                mend="Give a file with a line a point",
            )
        reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        rows = [{(k or "").strip().lower(): str(v or "").strip() for k, v in row.items()}
                for row in reader]  # fmt: skip
    except OSError as error:
        raise InputError(
            f"the file cannot be read ({error.strerror})", place=path.name, mend="Check its name"
        ) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError("this is no table of control points", place=path.name, mend=_MEND) from (
            error
        )
    known = rows[0].keys() if rows else set[str]()
    complete = {"column", "row"} <= known and (
        {"x", "y"} <= known or {"longitude", "latitude"} <= known
    )
    if not complete:
        raise InputError("a column is missing, or every row", place=path.name, mend=_MEND)
    return list(rows)


def _system(crs: str | None) -> CRS:
    if crs is None:
        raise InputError(
            "nothing says in which coordinate reference system x and y are",
            mend="Give --crs EPSG:n, or use the columns longitude and latitude",
        )
    try:
        return CRS.from_user_input(crs)
    except CRSError as error:
        raise InputError(
            f"no coordinate reference system is called {crs!r}", mend="Give it as EPSG:32639"
        ) from error


def _point(row: Mapping[str, str], names: tuple[str, str], place: str) -> ControlPoint:
    try:
        column, line, x, y = (float(row[name]) for name in ("column", "row", *names))
    except ValueError as error:
        raise InputError(
            "a coordinate is no number",
            place=place,
            mend="Give longitude and latitude in degrees, and the pixel, as numbers",
        ) from error
    if not all(map(math.isfinite, (column, line, x, y))):
        raise InputError(
            "a coordinate is no number",
            place=place,
            mend="Give longitude and latitude in degrees, and the pixel, as numbers",
        )
    if names[0] == "longitude" and not (abs(x) <= 180 and abs(y) <= 90):
        raise InputError(
            "this is no longitude and latitude", place=place, mend="Give decimal degrees"
        )
    return ControlPoint(column=column, row=line, x=x, y=y, name=row.get("name", ""))


def _carried(point: ControlPoint, source: CRS, target: CRS, place: str) -> ControlPoint:
    where = projected(Point(point.x, point.y), source, target)
    if not isinstance(where, Point) or not (math.isfinite(where.x) and math.isfinite(where.y)):
        raise InputError(
            "the point lies where its coordinate reference system ends",
            place=place,
            mend="Give longitude and latitude in degrees (WGS 84)",
        )
    return replace(point, x=where.x, y=where.y)
