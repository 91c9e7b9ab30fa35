"""The images of one date and sensor, made one: tiles put together, duplicates resolved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

import numpy as np
import numpy.typing as npt

from habeas.errors import InputError
from habeas.monitoring.images.acquisition import Acquisition
from habeas.monitoring.images.chip import Chip
from habeas.monitoring.images.scene import Scene

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, eq=False)
class Day:
    """One date and sensor.

    Attributes:
        date: in universal time.
        sensor: see `acquisition.Acquisition`.
        values: reflectance; shape (band, y, x); none if nothing of the site could be read.
        scene: the id of the image, several joined by `+`.
        scenes: what became of each image of that date.
        pixel: metres, of the image; 0 if it is not known.
    """

    date: date
    sensor: str
    values: npt.NDArray[np.float32] | None
    scene: str
    scenes: tuple[Scene, ...]
    pixel: float = 0.0


class Reader(Protocol):
    """What reads the chip of an image."""

    def read(self, image: Acquisition) -> tuple[Chip, Mapping[str, str]]:
        """The chip, and the hashes of the files that it was read from, by name.

        Raises:
            InputError: the image cannot be read.
        """
        ...


def scene_of(image: Acquisition) -> Scene:
    """What is known of an image before it is read."""
    return Scene(
        id=image.id,
        date=image.date,
        sensor=image.sensor,
        files=tuple(sorted({name_of(href) for href in image.hrefs})),
        remarks=image.remarks,
    )


def name_of(href: str) -> str:
    """The name of a file, without folders and without what follows a question mark."""
    return href.split("?", maxsplit=1)[0].rsplit("/", 1)[-1]


def read_day(images: Sequence[Acquisition], reader: Reader, inside: Flags) -> Day:
    """Read the images of one date and sensor until the whole grid is covered.

    Images of one date and sensor are either tiles of one swath or processings of one image: both
    saw the same ground at the same moment. So the first that can be read counts, another fills in
    only where that has no data, and what would add nothing is not even read.

    Args:
        images: of one date and sensor, the best first.
        reader: of their chips.
        inside: the pixels of the site; shape (y, x).
    """
    values: npt.NDArray[np.float32] | None = None
    covered = np.zeros_like(inside)
    used: list[str] = []
    scenes: list[Scene] = []
    for image in images:
        scene = scene_of(image)
        if used and covered.all():
            scenes.append(replace(scene, reason="another image of the same date shows all of it"))
            continue
        try:
            chip, hashes = reader.read(image)
        except InputError as problem:
            place = f"{problem.place}: " if problem.place else ""
            scenes.append(replace(scene, reason=f"{place}{problem.reason}"))
            continue
        scene = replace(scene, sha256=hashes)
        new = chip.covered & ~covered
        if not (chip.covered & inside).any():
            scenes.append(replace(scene, reason="it has no data where the site is"))
            continue
        if not new.any():
            scenes.append(replace(scene, reason="another image of the same date shows all of it"))
            continue
        values = np.full_like(chip.values, np.nan) if values is None else values
        values[:, new] = chip.values[:, new]
        covered |= new
        used.append(image.id)
        scenes.append(replace(scene, used=True, clear=chip.clear(inside)))
    first = images[0]
    pixel = first.grid.resolution if first.grid else 0.0
    return Day(date=first.date, sensor=first.sensor, values=values, scene="+".join(used),
               scenes=tuple(scenes), pixel=pixel)  # fmt: skip
