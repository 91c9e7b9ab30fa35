"""What is known of image files without opening them again: their headers and hashes.

Kept by path, size and time of last change, as version control does: a file that has all three
unchanged is taken to be the same. Without a folder to keep them in they live as long as a run.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from habeas.monitoring.images.raster_file import open_raster
from habeas.monitoring.images.sealed_file import read_sealed, write_sealed

FOLDER = "facts"
_VERSION = 1


Transform = tuple[float, float, float, float, float, float]
"""From pixels to coordinates (rasterio's order)."""


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What the header of an image file says.

    Attributes:
        crs: coordinate reference system, as text; empty if it names none.
        transform: from pixels to coordinates.
        width: pixels.
        height: pixels.
        dtype: of its numbers.
        descriptions: of its bands.
        scales: of its bands.
        offsets: of its bands.
        nodata: none if it names none.
        tags: what it says of itself.
    """

    crs: str
    transform: Transform
    width: int
    height: int
    dtype: str
    descriptions: tuple[str, ...]
    scales: tuple[float, ...]
    offsets: tuple[float, ...]
    nodata: float | None
    tags: Mapping[str, str]


_NONE = msgspec.Raw(msgspec.msgpack.encode(None))


class _Fact(msgspec.Struct, frozen=True):
    """The header is left as it is written until it is asked for."""

    size: int
    changed: int
    header: msgspec.Raw = _NONE
    sha256: str = ""


class _Kept(msgspec.Struct, frozen=True):
    version: int
    facts: dict[str, _Fact]


class FileFacts:
    """Headers and hashes of files, each looked at once: this is of one run.

    Args:
        folder: where they are kept between runs; none to keep nothing.
        source: of the images; each has a file of its own, so that one site does not read what is
            known of the images of all others.
    """

    def __init__(self, folder: Path | None = None, source: str = "") -> None:
        name = hashlib.sha256(source.encode()).hexdigest()[:32]
        self._path = folder / FOLDER / f"{name}.msgpack" if folder is not None else None
        self._facts = _load(self._path) if self._path is not None else {}
        self._looked_at: dict[str, _Fact] = {}
        self._headers: dict[str, Header] = {}
        self._changed = False

    def header(self, href: str) -> Header:
        """The header of a file.

        Raises:
            InputError: the file cannot be read.
        """
        if href in self._headers:
            return self._headers[href]
        fact = self._of(href)
        header = msgspec.msgpack.decode(fact.header, type=Header | None)
        if header is None:
            header = read_header(href)
            told = msgspec.Raw(msgspec.msgpack.encode(header))
            self._put(href, msgspec.structs.replace(fact, header=told))
        self._headers[href] = header
        return header

    def sha256(self, href: str) -> str:
        """The hash of a local file.

        Raises:
            OSError: the file cannot be read.
        """
        fact = self._of(href)
        if not fact.sha256:
            with Path(href).open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            fact = msgspec.structs.replace(fact, sha256=digest)
            self._put(href, fact)
        return fact.sha256

    def looked_at(self, files: Iterable[tuple[str, int, int]]) -> None:
        """That files were looked at just now: path, size, and time of last change of each."""
        for href, size, changed in files:
            known = self._facts.get(href)
            if known is None or (known.size, known.changed) != (size, changed):
                known = _Fact(size, changed)
            self._looked_at[href] = known
            self._headers.pop(href, None)

    def is_as_it_was(self, href: str) -> bool:
        """Whether a local file still has the size and time of last change of when it was looked at.

        Raises:
            OSError: it is gone.
        """
        status, known = os.stat(href), self._of(href)  # noqa: PTH116
        return (status.st_size, status.st_mtime_ns) == (known.size, known.changed)

    def save(self) -> None:
        """Keep what was learnt."""
        if self._path is not None and self._changed:
            write_sealed(self._path, msgspec.msgpack.encode(_Kept(_VERSION, self._facts)))
            self._changed = False

    def _of(self, href: str) -> _Fact:
        if href not in self._looked_at:
            status = os.stat(href)  # noqa: PTH116  (a `Path` for each takes longer)
            self.looked_at([(href, status.st_size, status.st_mtime_ns)])
        return self._looked_at[href]

    def _put(self, href: str, fact: _Fact) -> None:
        self._facts[href] = self._looked_at[href] = fact
        self._changed = True


def _load(path: Path) -> dict[str, _Fact]:
    """What was kept; nothing if it is damaged or of another version: it is learnt again."""
    content = read_sealed(path)
    try:
        kept = msgspec.msgpack.decode(content or b"", type=_Kept)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}
    return kept.facts if kept.version == _VERSION else {}


def read_header(href: str) -> Header:
    """Read the header of a file, on a disk or a server.

    Raises:
        InputError: the file cannot be read.
    """
    with open_raster(href) as file:
        crs = file.crs
        code = crs.to_epsg() if crs else None
        return Header(
            crs=f"EPSG:{code}" if code else (crs.to_wkt() if crs else ""),
            transform=tuple(file.transform)[:6],
            width=file.width,
            height=file.height,
            dtype=file.dtypes[0],
            descriptions=tuple(name or "" for name in file.descriptions),
            scales=tuple(file.scales),
            offsets=tuple(file.offsets),
            nodata=file.nodata,
            tags=dict(file.tags()),
        )
