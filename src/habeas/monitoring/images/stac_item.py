"""An item of a STAC catalogue, read as an acquisition.

What an item says is read as it stands (versions 1.0 and 1.1; extensions eo, raster, projection,
processing), because catalogues differ in what they say where, and none is believed too much: only
files at http(s) addresses are taken from a catalogue on the web, only files on the disk from one
there.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from pyproj import CRS
from pyproj.exceptions import CRSError
from shapely import make_valid
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from habeas.errors import InputError
from habeas.monitoring.cube import BANDS
from habeas.monitoring.images.acquisition import NO_MASK, Acquisition, Layer, Mask, PixelGrid
from habeas.monitoring.images.band_names import (
    LANDSAT,
    MASKS,
    SENTINEL_2,
    UNKNOWN,
    common_name,
    is_hls,
    sensor_of,
)
from habeas.monitoring.images.raster_file import ENDINGS, is_remote
from habeas.monitoring.images.reflectance import (
    HLS_SCALE,
    LANDSAT_OFFSET,
    LANDSAT_SCALE,
    SENTINEL_2_SCALE,
    item_offset,
)

Json = Mapping[str, Any]

_NO_MEASUREMENT = {"thumbnail", "overview", "visual", "metadata"}
_LEVEL_1 = ("l1c", "level-1", "l1tp", "l1gt", "l1gs", "-l1")


def item_acquisition(item: Json, base: str) -> Acquisition:
    """Read an item.

    Args:
        item: its JSON.
        base: the address, or the absolute path, that it was read from.

    Raises:
        InputError: it is no item, or one of no use here.
    """
    try:
        return _acquisition(item, base)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, ShapelyError) as problem:
        raise InputError(f"the item of the catalogue is not well formed ({problem!r})") from problem


def _acquisition(item: Json, base: str) -> Acquisition:
    name, properties = str(item["id"]), item["properties"]
    words = " ".join(
        str(word).lower()
        for word in (item.get("collection"), properties.get("constellation"),
                     properties.get("platform"), properties.get("processing:level"),
                     properties.get("landsat:correction"))
    )  # fmt: skip
    if any(mark in words for mark in _LEVEL_1):
        raise InputError("its numbers are not reflectance at the ground (level 1, not level 2)")
    sensor = _sensor(name, words)
    taken = _date(properties)
    chosen = _chosen(item, sensor, base)
    bands = {band: chosen[band] for band in BANDS if band in chosen}
    if not bands:
        raise InputError(_no_band(item, base))
    layers, remarks = {}, set()
    for band, (asset, about, layer) in bands.items():
        scale, offset, remark = _numbers(item, asset, about, sensor, taken)
        layers[band] = replace(layer, scale=scale, offset=offset)
        remarks.add(remark)
    grids = [_grid(properties, asset) for asset, _, _ in bands.values()]
    known = [grid for grid in grids if grid is not None]
    masks = tuple(Mask(layer=chosen[mask][2], kind=kind)  # type: ignore[arg-type]
                  for mask, kind in MASKS.items() if mask in chosen)  # fmt: skip
    remarks.add("" if masks else NO_MASK)
    return Acquisition(
        id=name,
        date=taken,
        sensor=sensor,
        layers=layers,
        footprint=_footprint(item),
        masks=masks,
        grid=min(known, key=lambda grid: grid.resolution) if known else None,
        processed=_processed(name, properties),
        remarks=tuple(sorted(remarks - {""})),
    )  # fmt: skip


def _no_band(item: Json, base: str) -> str:
    """Why an item has no band that can be used."""
    hrefs = [str(asset["href"]) for asset in item["assets"].values()]
    elsewhere = {href.partition("://")[0] for href in hrefs if "://" in href and _is_image(href)}
    if not is_remote(base) and elsewhere & {"http", "https"}:
        return (
            "its files lie at https:// addresses, and a catalogue on a disk never leads onto the "
            "web: name the address of the catalogue, or fetch the files"
        )
    if elsewhere - {"http", "https"}:
        kinds = ", ".join(f"{scheme}://" for scheme in sorted(elsewhere - {"http", "https"}))
        return f"its files lie at {kinds} addresses; none but https:// and http:// are read"
    return "none of its bands is known by name"


def _sensor(name: str, words: str) -> str:
    for sensor in (SENTINEL_2, LANDSAT):
        if sensor in words:
            return sensor
    found = sensor_of(name)
    return found if found != UNKNOWN else words.split(maxsplit=1)[0].replace("none", UNKNOWN)


def _date(properties: Json) -> date:
    text = properties.get("datetime") or properties["start_datetime"]
    return datetime.fromisoformat(str(text).replace("Z", "+00:00")).date()


def _footprint(item: Json) -> BaseGeometry:
    found = make_valid(shape(item["geometry"]))
    if found.is_empty or not all(math.isfinite(end) for end in found.bounds):
        raise InputError("it does not say where on earth it lies")
    return found


def _processed(name: str, properties: Json) -> str:
    """Sorts later for a newer processing: by baseline, then by the time it was made."""
    made = next(
        (properties[key] for key in ("s2:generation_time", "processing:datetime", "created")
         if properties.get(key)), "")  # fmt: skip
    baseline = properties.get("s2:processing_baseline") or properties.get("processing:version")
    return f"{baseline or '':>6} {made} {name}"


Chosen = tuple[Json, Json, Layer]
"""An asset, what it says of one of its bands, and the layer that this is."""


def _chosen(item: Json, sensor: str, base: str) -> dict[str, Chosen]:
    """A layer for each band and mask: the finest, and GeoTIFF before JPEG 2000."""
    best: dict[str, tuple[tuple[int, float, str], Chosen]] = {}
    for key, asset in item["assets"].items():
        if _NO_MEASUREMENT & set(asset.get("roles") or ()) or key == "visual":
            continue
        href = _href(str(asset["href"]), base)
        if href is None:
            continue
        for index, (word, about) in enumerate(_words(key, asset), 1):
            band = common_name(word, sensor, str(item["id"])) if word else None
            if band is None:
                continue
            narrow = word.lower() in ("nir08", "b8a") and sensor == SENTINEL_2
            pixel = float(about.get("gsd") or about.get("spatial_resolution")
                          or asset.get("gsd") or 0)  # fmt: skip
            rank = (int(narrow) + 2 * int(_is_jpeg(href)), pixel, key)
            if band not in best or rank < best[band][0]:
                best[band] = (rank, (asset, about, Layer(href=href, index=index)))
    return {band: chosen for band, (_, chosen) in best.items()}


def _is_image(href: str) -> bool:
    return href.split("?", maxsplit=1)[0].lower().endswith(ENDINGS)


def _is_jpeg(href: str) -> bool:
    return href.split("?", maxsplit=1)[0].lower().endswith(".jp2")


def _href(href: str, base: str) -> str | None:
    """Where a file is; none if a catalogue may not send anybody there, or it is no image."""
    if not _is_image(href):
        return None
    if is_remote(base):
        there = urljoin(base, href)
        return there if is_remote(there) else None
    if "://" in href or href.startswith("/vsi"):
        return None
    return str((Path(base).parent / href).absolute())


def _words(key: str, asset: Json) -> Iterator[tuple[str, Json]]:
    """The name of each band of an asset, and what is said of it."""
    said: Sequence[Json] = asset.get("bands") or asset.get("eo:bands") or ()
    raster: Sequence[Json] = asset.get("raster:bands") or ()
    count = max(len(said), len(raster), 1)
    for at in range(count):
        about = {**(raster[at] if at < len(raster) else {}), **(said[at] if at < len(said) else {})}
        common = about.get("eo:common_name") or about.get("common_name")
        if (count == 1 and key.lower() in (*BANDS, *MASKS, "nir08")) or (count == 1 and not said):
            yield key, about
        else:
            yield str(common or about.get("name") or (key if count == 1 else "")), about


def _numbers(
    item: Json, asset: Json, about: Json, sensor: str, taken: date
) -> tuple[float, float, str]:
    """Scale, offset, and what was assumed."""

    def stated(what: str) -> float | None:
        for place, key in ((about, what), (about, f"raster:{what}"), (asset, f"raster:{what}")):
            if place.get(key) is not None:
                return float(place[key])
        return None

    scale, offset = stated("scale"), stated("offset")
    kind = str(about.get("data_type") or asset.get("data_type") or "")
    if is_hls(str(item["id"])):
        return scale or HLS_SCALE, offset or 0.0, ""
    if kind.startswith("float"):
        return (1.0 if scale is None else scale), offset or 0.0, ""
    if sensor == SENTINEL_2:
        found, remark = item_offset(item["properties"], offset, taken)
        return scale or SENTINEL_2_SCALE, found, remark
    if sensor == LANDSAT:
        return scale or LANDSAT_SCALE, LANDSAT_OFFSET if offset is None else offset, ""
    if scale is None:
        raise InputError("its numbers are whole, and the catalogue does not say what they mean")
    return scale, offset or 0.0, ""


@lru_cache(maxsize=256)
def _is_known(crs: str) -> bool:
    try:
        CRS(crs)
    except CRSError:
        return False
    return True


def _grid(properties: Json, asset: Json) -> PixelGrid | None:
    for said in (asset, properties):
        code = said.get("proj:code") or said.get("proj:epsg") or properties.get("proj:code")
        code = code or properties.get("proj:epsg")
        affine = said.get("proj:transform")
        if code and affine and not affine[1] and not affine[3]:
            name = str(code) if ":" in str(code) else f"EPSG:{code}"
            if not _is_known(name) or not all(map(math.isfinite, map(float, affine[:6]))):
                continue
            if not affine[0]:
                continue
            return PixelGrid(crs=name, resolution=abs(float(affine[0])),
                             corner=(float(affine[2]), float(affine[5])))  # fmt: skip
    return None
