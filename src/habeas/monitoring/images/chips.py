"""The chips of a site: from the cache where they are kept, from the images where they are not."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec
from odc.geo.geobox import GeoBox

from habeas.errors import InputError
from habeas.monitoring.images.acquisition import Acquisition
from habeas.monitoring.images.chip import Measured, read_chip
from habeas.monitoring.images.chip_store import ChipStore
from habeas.monitoring.images.clear_ground import Clear
from habeas.monitoring.images.day import ChipRead, name_of
from habeas.monitoring.images.file_facts import FileFacts
from habeas.monitoring.images.likelihood import hides_brighter, why_unlikely
from habeas.monitoring.images.raster_file import SECONDS

_SILENT = "not read: the server had stopped answering"
_GIVEN_UP_AFTER = 2


@dataclass(kw_only=True)
class ChipReader:
    """Reads the chips of one site.

    Attributes:
        bands: common names, in order.
        grid: of the site.
        clear: what counts as clear ground.
        facts: hashes of files.
        store: of chips; none to keep none.
        seconds: after which a server that says nothing is given up: twice in a row, and no more
            is asked of it.
    """

    bands: tuple[str, ...]
    grid: GeoBox
    clear: Clear
    facts: FileFacts
    store: ChipStore | None = None
    seconds: float = SECONDS
    _silences: int = field(default=0, init=False)

    def read(self, image: Acquisition) -> ChipRead:
        """The chip of an image, and what tells it apart: hashes of files, or of what was read.

        Raises:
            InputError: the image cannot be read.
            StorageError: the chip cannot be kept.
        """
        hashes = self.hashes(image)
        key = self.key(image, hashes)
        measured = self.store.measured(key) if self.store is not None else None
        if measured is None:
            measured = self._from_files(image)
            self._refuse_changed(hashes)
            if self.store is not None:
                self.store.put(key, measured)
        digest = measured.digest() if _is_on_a_server(image) else ""
        chip = measured.chip()
        unlikely = why_unlikely(chip.values, self.bands, offset_assumed=image.offset_assumed)
        supplied = any(mask.kind == "supplied" for mask in image.masks)
        brighter = hides_brighter(measured) if supplied else None
        return ChipRead(key, chip, by_name(hashes), digest, unlikely, brighter,
                        bool(measured.zeros))  # fmt: skip

    def _refuse_changed(self, hashes: Mapping[str, str]) -> None:
        """Refuse an image whose hash may be that of what stood in its file before it was read."""
        try:
            changed = any(not self.facts.is_as_it_was(href) for href in hashes)
        except OSError as problem:
            raise InputError(f"a file cannot be read ({problem.strerror})") from problem
        if changed:
            raise InputError("the file was changed while it was read", mend="Run it again")

    def hashes(self, image: Acquisition) -> Mapping[str, str]:
        """The hashes of the files of an image that lie on a disk, by path.

        Raises:
            InputError: one cannot be read.
        """
        try:
            return {href: self.facts.sha256(href) for href in image.local}
        except OSError as problem:
            raise InputError(f"a file cannot be read ({problem.strerror})") from problem

    def key(self, image: Acquisition, hashes: Mapping[str, str]) -> str:
        """What decides a chip, besides its grid."""
        return _key(image, self.bands, self.clear, hashes)

    def _from_files(self, image: Acquisition) -> Measured:
        """The chip of an image, unless its server has been silent twice in a row."""
        if _is_on_a_server(image) and self._silences >= _GIVEN_UP_AFTER:
            raise InputError(_SILENT)
        began = time.monotonic()
        try:
            measured = read_chip(image, self.bands, self.grid, self.clear)
        except InputError:
            waited = time.monotonic() - began
            self._silences = self._silences + 1 if waited >= 0.9 * self.seconds else 0
            raise
        self._silences = 0
        return measured


def _is_on_a_server(image: Acquisition) -> bool:
    return len(image.local) < len(image.hrefs)


def by_name(hashes: Mapping[str, str]) -> Mapping[str, str]:
    """Hashes by the names of files, without their folders."""
    return {name_of(href): digest for href, digest in hashes.items()}


def _key(
    image: Acquisition, bands: tuple[str, ...], clear: Clear, hashes: Mapping[str, str]
) -> str:
    """What decides a chip, besides its grid: the files, by hash, and how they are read."""
    layers = [image.layers[name] for name in bands] + [mask.layer for mask in image.masks]
    said = [
        image.id,
        image.processed,
        [
            (hashes.get(layer.href) or layer.href.split("?")[0], layer.index, layer.scale,
             layer.offset, layer.nodata)
            for layer in layers
        ],
        [mask.kind for mask in image.masks],
        [clear.scl, clear.supplied],
    ]  # fmt: skip
    return hashlib.sha256(msgspec.json.encode(said)).hexdigest()
