"""Opening image files: GeoTIFF and JPEG 2000, and nothing that could reach further.

GDAL opens by content: a file called `B04.tif` may be a virtual raster that names an address, and
opening it would tell a server which ground is looked at. So each file is opened by the one driver
that its first bytes, or its name, call for, and GDAL looks for no neighbours of it.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import rasterio
from rasterio.errors import NotGeoreferencedWarning, RasterioError

from habeas.errors import InputError

ENDINGS = (".tif", ".tiff", ".jp2")

_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_JPEG_2000 = (b"\0\0\0\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51")

SECONDS = 30
"""After which a server that says nothing is given up."""

_SETTINGS = {
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "GDAL_HTTP_MAX_RETRY": 1,
    "GDAL_HTTP_RETRY_DELAY": 1,
    "GDAL_HTTP_MERGE_CONSECUTIVE_RANGES": "YES",
    # What one run got, or did not get, from a server is not taken for what the next would get.
    "CPL_VSIL_CURL_NON_CACHED": "/vsicurl/",
}


def is_remote(href: str) -> bool:
    """Whether a file is on a server."""
    return href.startswith(("http://", "https://"))


def host_of(href: str) -> str:
    """The host of an address, without names or passwords; empty for a file on a disk."""
    if not is_remote(href):
        return ""
    return href.split("/", maxsplit=3)[2].split("?", maxsplit=1)[0].rpartition("@")[2].lower()


def driver_of(href: str) -> str:
    """The driver that a file calls for.

    Raises:
        InputError: it is neither GeoTIFF nor JPEG 2000, or it cannot be read.
    """
    if is_remote(href):
        return "JP2OpenJPEG" if href.split("?", maxsplit=1)[0].lower().endswith(".jp2") else "GTiff"
    try:
        with Path(href).open("rb") as file:
            first = file.read(12)
    except OSError as problem:
        raise InputError(
            f"the file cannot be read ({problem.strerror})", place=Path(href).name
        ) from problem
    if first.startswith(_TIFF):
        return "GTiff"
    if first.startswith(_JPEG_2000):
        return "JP2OpenJPEG"
    raise InputError(
        "the file is neither GeoTIFF nor JPEG 2000",
        place=Path(href).name,
        mend="Save it as GeoTIFF",
    )


@contextmanager
def reading_settings(seconds: float = SECONDS) -> Iterator[None]:
    """GDAL's settings while images are read; `seconds` bounds the wait for a server."""
    whole = max(round(seconds), 1)
    with rasterio.Env(
        **{**_SETTINGS, "GDAL_HTTP_TIMEOUT": whole, "GDAL_HTTP_CONNECTTIMEOUT": whole}
    ):
        yield


@contextmanager
def open_raster(href: str) -> Iterator[Any]:
    """Open an image file to read.

    Raises:
        InputError: it cannot be read; what GDAL says is part of the reason.
    """
    driver = driver_of(href)
    name = href.split("?", maxsplit=1)[0].rsplit("/", 1)[-1]
    try:
        with warnings.catch_warnings():
            # A file without a place on earth is found out by what reads it.
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with rasterio.open(href, driver=driver) as file:
                yield file
    except RasterioError as problem:
        cause = problem.__cause__ or problem
        raise InputError(f"the file cannot be read: {_plain(str(cause))}", place=name) from problem


def _plain(text: str) -> str:
    """What GDAL says, on one line, without the path or address (which may carry a token)."""
    return " ".join(word for word in text.split() if "/" not in word)[:200].rstrip(". ")
