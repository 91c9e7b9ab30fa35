"""The vendored files: fonts, outlines for maps, and the manifest that says where each is from.

Every read is checked against the manifest's SHA-256, so a dossier is never drawn from a file that
somebody changed. `scripts/vendor_assets.py` writes the folder; nothing here reaches the network.
"""

from __future__ import annotations

import base64
import hashlib
import json
import tomllib
import zlib
from array import array
from collections.abc import Mapping
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Final, Literal

import msgspec

from habeas.errors import IntegrityError

FOLDER: Final = Path(__file__).parent / "assets"
OUTLINE_SCALE: Final = 1000
"""Outlines are packed in thousandths of a degree."""

LATIN: Final = "Source Sans 3"
"""The face for Latin, Greek and Cyrillic; its figures are tabular."""
ARABIC: Final = "Vazirmatn"
"""The face for Arabic script, and for Latin inside it."""

Layer = Literal["land", "lakes", "countries", "provinces"]
"""`land` and `lakes` are closed rings; `countries` and `provinces` are boundary lines."""


class VendoredFile(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the manifest.

    Attributes:
        path: inside the assets folder.
        name: what it is.
        version: the upstream version.
        licence: SPDX identifier, or `public domain`.
        licence_file: the licence's text, inside the assets folder.
        origin: registry, package, version and member it was taken from.
        made: what was done to it.
        sha256: of the file as vendored, lower-case hexadecimal.
    """

    path: str
    name: str
    version: str
    licence: str
    licence_file: str
    origin: str
    made: str
    sha256: str


class Ring(msgspec.Struct, frozen=True):
    """One line or closed ring of an outline.

    Attributes:
        points: longitude and latitude, degrees, WGS 84.
        bounds: west, south, east, north.
    """

    points: tuple[tuple[float, float], ...]
    bounds: tuple[float, float, float, float]


class CountryName(msgspec.Struct, frozen=True, kw_only=True):
    """A country's name as Natural Earth writes it, and where Natural Earth writes it.

    Attributes:
        en: in English.
        fa: in Persian.
        longitude: of the label, degrees.
        latitude: of the label, degrees.
        rank: Natural Earth's label rank, 1 the most prominent.
    """

    en: str
    fa: str
    longitude: float
    latitude: float
    rank: int


@lru_cache(maxsize=1)
def manifest() -> tuple[VendoredFile, ...]:
    """Every vendored file, in the order of its path."""
    parsed = tomllib.loads((FOLDER / "manifest.toml").read_text(encoding="utf-8"))
    return tuple(msgspec.convert(entry, VendoredFile) for entry in parsed["file"])


def read_asset(path: str) -> bytes:
    """The bytes of one vendored file.

    Args:
        path: as in the manifest.

    Raises:
        IntegrityError: the file is not in the manifest, is missing, or is not the file listed.
    """
    expected = next((entry.sha256 for entry in manifest() if entry.path == path), None)
    mend = "Install Habeas again from a package you trust."
    if expected is None:
        raise IntegrityError("not in the manifest of vendored files", place=path, mend=mend)
    try:
        content = (FOLDER / path).read_bytes()
    except OSError as error:
        raise IntegrityError("a vendored file cannot be read", place=path, mend=mend) from error
    if hashlib.sha256(content).hexdigest() != expected:
        raise IntegrityError("a vendored file was changed", place=path, mend=mend)
    return content


def font_folder() -> Path:
    """The folder to hand to Typst as its only font path, after checking every font in it.

    Raises:
        IntegrityError: a font is missing or was changed.
    """
    for entry in manifest():
        if entry.path.endswith(".ttf"):
            read_asset(entry.path)
    return FOLDER / "fonts"


def web_fonts() -> dict[str, bytes]:
    """The WOFF2 files to put beside an HTML dossier, by file name."""
    return {
        Path(entry.path).name: read_asset(entry.path)
        for entry in manifest()
        if entry.path.endswith(".woff2")
    }


def font_faces(*, folder: str | None = None) -> str:
    """The `@font-face` rules of both families.

    Args:
        folder: where the HTML finds the files of `web_fonts`, for example `fonts`; without it
            the fonts are written into the rules as data addresses (about 400 kB).
    """
    rules = []
    for name, content in sorted(web_fonts().items()):
        stem, _, style = name.removesuffix(".woff2").partition("-")
        family = LATIN if stem.startswith("Source") else ARABIC
        weight = 700 if style == "Bold" else 400
        inline = f"data:font/woff2;base64,{base64.b64encode(content).decode()}"
        address = inline if folder is None else f"{folder}/{name}"
        rules.append(
            f'@font-face{{font-family:"{family}";font-weight:{weight};font-style:normal;'
            f'src:url("{address}") format("woff2");}}'
        )
    return "\n".join(rules) + "\n"


@lru_cache(maxsize=4)
def outline(layer: Layer) -> tuple[Ring, ...]:
    """Natural Earth's lines of one layer, unpacked.

    The packing is described in `scripts/vendor_assets.py`: a count, then lengths, starts and
    steps, byte-planed and deflated.
    """
    packed = zlib.decompress(read_asset(f"outlines/{layer}.bin"))
    count = int.from_bytes(packed[:4], "little")
    lengths, rest = _unplaned("I", packed[4:], count)
    starts, rest = _unplaned("i", rest, 2 * count)
    steps = sum(lengths) - count
    steps_x, rest = _unplaned("h", rest, steps)
    steps_y, _ = _unplaned("h", rest, steps)
    rings, at = [], 0
    for index, length in enumerate(lengths):
        end = at + length - 1
        xs = accumulate(steps_x[at:end], initial=starts[2 * index])
        ys = accumulate(steps_y[at:end], initial=starts[2 * index + 1])
        rings.append(_ring([x / OUTLINE_SCALE for x in xs], [y / OUTLINE_SCALE for y in ys]))
        at = end
    return tuple(rings)


def _ring(xs: list[float], ys: list[float]) -> Ring:
    points = tuple(zip(xs, ys, strict=True))
    return Ring(points, (min(xs), min(ys), max(xs), max(ys)))


def _unplaned(typecode: str, packed: bytes, count: int) -> tuple[array[int], bytes]:
    """Undo the byte-planing of `count` little-endian numbers; also what follows them."""
    values = array(typecode)
    size = values.itemsize
    interleaved = bytearray(count * size)
    for plane in range(size):
        interleaved[plane::size] = packed[plane * count : (plane + 1) * count]
    values.frombytes(bytes(interleaved))
    if int.from_bytes(array("H", [1]).tobytes(), "little") != 1:
        values.byteswap()
    return values, packed[count * size :]


@lru_cache(maxsize=1)
def country_names() -> tuple[CountryName, ...]:
    """Natural Earth's names of countries, the most prominent first."""
    return tuple(msgspec.json.decode(read_asset("outlines/names.json"), type=list[CountryName]))


@lru_cache(maxsize=2)
def advances(family: str) -> Mapping[int, int]:
    """Width of each character of a family, in thousandths of the font size, by code point.

    For Arabic letters it is the mean of the joining forms: enough to lay out a picture, and the
    same on every machine, which measuring with a font engine is not.
    """
    table = json.loads(read_asset("fonts/advances.json"))[family]
    return {int(code, 16): width for code, width in table.items()}
