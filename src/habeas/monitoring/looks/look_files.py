"""The files of a look: the scenes with their hashes, the curve as a table, the footprint, pictures.

Each is deterministic: the same look gives the same bytes, so that a second run on the same images
can be told from a new one.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from pyproj import CRS
from shapely.geometry import mapping

from habeas.drawing.figure import Language
from habeas.monitoring.disturbance import Disturbance
from habeas.monitoring.figures.chips import describe_chips, draw_chips
from habeas.monitoring.figures.curve import describe_curve, draw_curve
from habeas.monitoring.figures.footprint import describe_footprint, draw_footprint
from habeas.monitoring.figures.ground import Shape
from habeas.monitoring.looks.look import Look
from habeas.monitoring.projection import DEGREES, crs_of, projected
from habeas.registry.running import Output

LANGUAGES: Final[tuple[Language, ...]] = ("en", "fa")

_PLACES: Final = 6
"""Decimals of a degree: a tenth of a metre."""


_SCENE_COLUMNS: Final = (
    "scene", "date", "sensor", "used", "reason", "clear", "files", "pixels_sha256",
    "shift_east_m", "shift_north_m", "remarks",
)  # fmt: skip
"""`files` are names with their hashes; where a server sent parts of them alone, `pixels_sha256` is
the hash of what was read. The shift is the one that was told, whether the date was moved or not."""


def scenes_file(look: Look) -> bytes:
    """Every image that was looked at: used, or why not, how it was taken, and its hashes."""
    rows: list[list[str]] = [list(_SCENE_COLUMNS)]
    for scene in look.images.scenes:
        hashes = " ".join(f"{name}={sha256}" for name, sha256 in sorted(scene.sha256.items()))
        rows.append([
            scene.id, "" if scene.date is None else scene.date.isoformat(), scene.sensor,
            "yes" if scene.used else "no", scene.reason,
            "" if scene.clear is None else f"{scene.clear:.3f}", hashes, scene.pixels_sha256,
            *_metres(scene.shift), "; ".join(scene.remarks),
        ])  # fmt: skip
    return _csv(rows)


def _metres(shift: tuple[float, float] | None) -> tuple[str, str]:
    if shift is None:
        return "", ""
    east, north = (f"{metres + 0.0:.1f}" for metres in shift)  # no zero has a sign then
    return east, north


def curve_file(look: Look) -> bytes:
    """The curve as a table: date, the site, its surroundings, the statistic over its threshold."""
    curve = look.assessment.curve
    rows = [["date", "site", "surroundings", "statistic"]]
    if curve is not None:
        days = curve.dates.astype("datetime64[D]")
        for at, day in enumerate(days):
            figures = (curve.site[at], curve.ring[at], curve.statistic[at])
            rows.append([str(day), *(f"{x:.5f}" if np.isfinite(x) else "" for x in figures)])
    return _csv(rows)


def footprint_file(look: Look) -> bytes:
    """The outline of the site and of each disturbance, as GeoJSON (longitude, latitude)."""
    crs = crs_of(str(look.images.cube.attrs["crs"]))
    features = [_feature(look.images.outline, crs, {"what": "site"})]
    features += [
        _feature(found.outline, crs, _properties(found)) for found in look.assessment.disturbances
    ]
    document = {"type": "FeatureCollection", "features": features}
    return (json.dumps(document, sort_keys=True, indent=1) + "\n").encode()


def _feature(shape: Shape, crs: CRS, properties: dict[str, Any]) -> dict[str, Any]:
    geometry = mapping(projected(shape, crs, DEGREES))
    return {
        "type": "Feature",
        "geometry": {"type": geometry["type"], "coordinates": _rounded(geometry["coordinates"])},
        "properties": properties,
    }


def _rounded(part: Any) -> Any:
    if isinstance(part, float | int):
        return round(float(part), _PLACES)
    return [_rounded(inner) for inner in part]


def _properties(found: Disturbance) -> dict[str, Any]:
    return {
        "what": "disturbance suggested by a method",
        "alarm": found.alarm.isoformat(),
        "earliest": found.earliest.isoformat(),
        "latest": found.latest.isoformat(),
        "best": found.best.isoformat(),
        "level": found.level,
        "area_m2": [round(found.area.low), round(found.area.best), round(found.area.high)],
        "kinds": {name: round(share, 3) for name, share in sorted(found.kinds.items())},
    }


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(rows)
    return written.getvalue().encode()


def pictures(look: Look, shown: Sequence[Disturbance]) -> list[Output]:
    """The pictures that show where a site lies: before and after, and the footprint.

    Args:
        look: with its images.
        shown: the disturbances to show before and after; the map shows all.
    """
    cube, outline = look.images.cube, look.images.outline
    every = look.assessment.disturbances
    made: list[Output] = []
    for language in LANGUAGES:
        for found in shown:
            name = f"before-and-after-{every.index(found) + 1}"
            drawn = draw_chips(cube, outline, found, language=language)
            said = [describe_chips(cube, outline, found, other) for other in LANGUAGES]
            made.append(_picture(look, name, drawn, language, said))
        if shown:
            drawn = draw_footprint(cube, outline, every, language=language)
            said = [describe_footprint(every, other) for other in LANGUAGES]
            made.append(_picture(look, "footprint", drawn, language, said))
    return made


def curve_pictures(look: Look) -> list[Output]:
    """The curve in both languages; nothing where there was too little to follow."""
    if look.assessment.curve is None or not len(look.assessment.curve.dates):
        return []
    said = [describe_curve(look.assessment, other) for other in LANGUAGES]
    return [
        _picture(look, "curve", draw_curve(look.assessment, language=language), language, said)
        for language in LANGUAGES
    ]


def _picture(
    look: Look, name: str, drawn: bytes, language: Language, said: Sequence[str]
) -> Output:
    """A picture as it is kept: SVG, from which a PNG is made where one is wanted."""
    return Output(
        name=f"{name}-{language}.svg",
        content=drawn,
        depicts=(look.site,),
        language=language,
        description=said[0],
        description_fa=said[1],
    )
