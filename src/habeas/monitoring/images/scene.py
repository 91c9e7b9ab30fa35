"""What became of an image: used, or why not. Every image that was looked at leaves one of these."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """One image and what became of it.

    Attributes:
        id: of the scene.
        date: none if it could not be told.
        sensor: see `acquisition.Acquisition`.
        files: names of its files, without folders or query strings.
        sha256: of each file, by name; empty for files that were read in parts from a server.
        pixels_sha256: of what was read of such files instead (`chip.Measured.digest`): it is no
            hash of a file. Empty where files are hashed, and where nothing was read.
        used: whether it stands in the cube.
        reason: why not; empty if used.
        clear: share of the ground of the site that it shows clearly; none if it was not read.
        shift: metres east and north by which it lies off the others, as estimated; none if there
            was too little to go by.
        remarks: what was assumed of it.
        hides_brighter: reflectance by which what its supplied mask hides is brighter than what it
            shows; none where it has no such mask, or too little is hidden or shown to tell.
    """

    id: str
    date: date | None
    sensor: str = ""
    files: tuple[str, ...] = ()
    sha256: Mapping[str, str] = msgspec.field(default_factory=dict)
    pixels_sha256: str = ""
    used: bool = False
    reason: str = ""
    clear: float | None = None
    shift: tuple[float, float] | None = None
    remarks: tuple[str, ...] = ()
    hides_brighter: float | None = None
