"""What bands are called: by Sentinel-2, by Landsat, and in the names of files.

Landsat numbers: bands 1 to 5 and 7 of TM and ETM+ (Landsat 4, 5, 7) are bands 2 to 7 of OLI
(Landsat 8, 9): USGS, Landsat Collection 2 Level-2 science product guides. Harmonized Landsat and
Sentinel-2 (HLS, version 2) has the numbers of each sensor: S30 those of Sentinel-2, L30 those of
OLI (NASA, HLS product user guide).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath

from habeas.monitoring.cube import BANDS

SENTINEL_2 = "sentinel-2"
LANDSAT = "landsat"
UNKNOWN = "unknown"

MASKS = {
    "scl": "scl", "qa_pixel": "qa_pixel", "fmask": "fmask", "udm2": "udm2", "mask": "supplied",
}  # fmt: skip
"""Names of masks in files and settings, and what kind they are."""

_COMMON = {name: name for name in (*BANDS, *MASKS)}

_SENTINEL_2_NUMBERS = {
    "b02": "blue", "b03": "green", "b04": "red", "b08": "nir", "b8a": "nir",
    "b11": "swir16", "b12": "swir22",
}  # fmt: skip

_BY_SENSOR = {
    SENTINEL_2: _SENTINEL_2_NUMBERS
    | {"b2": "blue", "b3": "green", "b4": "red", "b8": "nir", "nir08": "nir"},
    "tm": {
        "sr_b1": "blue", "sr_b2": "green", "sr_b3": "red", "sr_b4": "nir", "sr_b5": "swir16",
        "sr_b7": "swir22", "nir08": "nir",
    },
    "oli": {
        "sr_b2": "blue", "sr_b3": "green", "sr_b4": "red", "sr_b5": "nir", "sr_b6": "swir16",
        "sr_b7": "swir22", "nir08": "nir",
    },
    "hls": {
        "b02": "blue", "b03": "green", "b04": "red", "b05": "nir", "b06": "swir16",
        "b07": "swir22",
    },
}  # fmt: skip

_FILE_NAME = re.compile(
    r"(?P<scene>.*?)(?:^|[_.\- ])"
    r"(?P<band>sr_b\d|b\d{1,2}a?|scl|qa_pixel|fmask|udm2|blue|green|red|nir08|nir|swir16|swir22"
    r"|(?:cloud_?)?mask)(?:[_.\-](?P<resolution>\d{2,3})m|(?<=udm2)_clip|_\(raw\))?",
    re.IGNORECASE,
)
_LANDSAT = re.compile(r"L[CETO]0?(?P<number>[45789])(?=_|L2|\d)", re.IGNORECASE)
_HLS = re.compile(r"HLS[._](?P<of>[SL])30[._]", re.IGNORECASE)
_SENTINEL = re.compile(r"(?:S2[A-D]_|(?:^|[_/])T\d{2}[C-X][A-Z]{2}_\d{8}T)", re.IGNORECASE)
_EARTH_ENGINE = re.compile(
    r"(?:^|[_/])\d{8}T\d{6}_\d{8}T\d{6}_T\d{2}[C-X][A-Z]{2}(?![A-Z0-9])", re.IGNORECASE
)


_BROWSER = re.compile(r"_Sentinel-2_L2A(?![A-Z0-9])", re.IGNORECASE)
_EARTH_SEARCH = re.compile(r"(?:^|[_/])S2[A-D]_\d{1,2}[C-X][A-Z]{2}_\d{8}_\d+_L2A", re.IGNORECASE)


@dataclass(frozen=True)
class BandFile:
    """What the name of a file says.

    Attributes:
        scene: what is left of the name without the band; empty if it is nothing but the band.
        band: as it stands in the name, lower case; `mask` for any mask of clouds.
        resolution: metres, if the name says it.
    """

    scene: str
    band: str
    resolution: int | None


def band_file(path: PurePath, names: tuple[str, ...] = ()) -> BandFile | None:
    """Read a file name as that of one band of a scene; none if it names no band.

    Args:
        path: of the file.
        names: further words for bands.
    """
    for name in names:
        if path.stem.lower().endswith(name.lower()):
            return BandFile(path.stem[: -len(name)].rstrip("_.- "), name.lower(), None)
    found = _FILE_NAME.fullmatch(path.stem)
    if found is None:
        return None
    metres = found["resolution"]
    band = found["band"].lower()
    plain = "mask" if band.startswith("cloud") else band
    return BandFile(found["scene"], plain, int(metres) if metres else None)


def sensor_of(name: str) -> str:
    """The sensor that the name of a scene tells: `sentinel-2`, `landsat` or `unknown`."""
    harmonised = _HLS.match(name)
    if harmonised is not None:
        return SENTINEL_2 if harmonised["of"] in "Ss" else LANDSAT
    if _LANDSAT.match(name):
        return LANDSAT
    known = _SENTINEL.search(name) or is_earth_engine(name) or is_copernicus_browser(name)
    return SENTINEL_2 if known else UNKNOWN


def is_hls(name: str) -> bool:
    """Whether a scene is one of HLS, by its name: its numbers are coded as neither sensor's are."""
    return _HLS.match(name) is not None


def is_earth_engine(name: str) -> bool:
    """Whether a Sentinel-2 scene is named as Earth Engine names it.

    It has the offset of 2022 taken off in one of its collections and left in another, under the
    same name.
    """
    return _EARTH_ENGINE.search(name) is not None


def is_copernicus_browser(name: str) -> bool:
    """Whether a Sentinel-2 scene is named as the Copernicus Browser names it.

    What its whole numbers mean depends on the kind of file that was asked for.
    """
    return _BROWSER.search(name) is not None


def is_earth_search(name: str) -> bool:
    """Whether a Sentinel-2 scene is named as Earth Search names it.

    It has the offset of 2022 taken off in most of its images and left in others, and neither the
    name nor the file tells which (its issues 66 and 71; cirrus-earth-search 21, 26, 33).
    """
    return _EARTH_SEARCH.search(name) is not None


def common_name(band: str, sensor: str, scene: str) -> str | None:
    """The common name of a band, or the name of a mask; none if it is of no use here.

    Args:
        band: as a file or a catalogue calls it.
        sensor: see `sensor_of`.
        scene: its name, which tells which Landsat it is.
    """
    word = band.lower()
    if word in _COMMON:
        return _COMMON[word]
    if sensor == LANDSAT:
        number = _LANDSAT.match(scene)
        early = number is not None and number["number"] in "457"
        if is_hls(scene):
            return _BY_SENSOR["hls"].get(word)
        return _BY_SENSOR["tm" if early else "oli"].get(word)
    return _BY_SENSOR[SENTINEL_2].get(word)
