"""The chips of a site: read from images."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from odc.geo.geobox import GeoBox

from habeas.errors import InputError
from habeas.monitoring.acquisition import Acquisition
from habeas.monitoring.chip import Chip, read_chip
from habeas.monitoring.clear_ground import Clear
from habeas.monitoring.day import name_of
from habeas.monitoring.file_facts import FileFacts
from habeas.monitoring.raster_file import is_remote


@dataclass(frozen=True, kw_only=True)
class ChipReader:
    """Reads the chips of one site.

    Attributes:
        bands: common names, in order.
        grid: of the site.
        clear: what counts as clear ground.
        facts: hashes of files.
    """

    bands: tuple[str, ...]
    grid: GeoBox
    clear: Clear
    facts: FileFacts

    def read(self, image: Acquisition) -> tuple[Chip, Mapping[str, str]]:
        """The chip of an image, and the hashes of its files, by name.

        Raises:
            InputError: the image cannot be read.
        """
        try:
            hashes = {
                name_of(href): self.facts.sha256(href)
                for href in image.hrefs
                if not is_remote(href)
            }
        except OSError as problem:
            raise InputError(f"a file cannot be read ({problem.strerror})") from problem
        return read_chip(image, self.bands, self.grid, self.clear), hashes
