"""Measured spectra of ground and of what is put on it, averaged over the bands of the satellites.

They are an extract of earthlib 1.1.0 (see NOTICE), written by `scripts/build_spectra.py`. Each
sample belongs to one of two splits for good: what is fitted or calibrated on simulated ground sees
`calibration`, what is measured on it sees `test`, so that no sample is ever in both.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

import numpy as np
import numpy.typing as npt

from habeas.errors import IntegrityError

Split = Literal["calibration", "test"]

PLATFORMS = ("sentinel-2a", "sentinel-2b", "landsat")
"""The satellites whose bands the spectra are averaged over; Landsat stands for 8 and 9."""

_HOME = "habeas.monitoring.detection"
GROUPS = {
    "soil": ("soil", "dirt", "sand"),
    "gravel": ("gravel",),
    "asphalt": ("asphalt", "parking_lot", "road"),
    "concrete": ("bridge", "driveway", "sidewalk", "concrete_tile"),
    "roof": ("comp_shingle", "tile", "concrete_tile", "wood_shingle", "metal"),
    "canopy": ("canopy",),
    "litter": ("litter", "npv"),
    "wood": ("wood", "bark"),
    "char": ("char",),
    "rubbish": ("paint", "metal", "glass", "mixed", "other", "wood", "tile", "wood_shingle"),
}
"""The materials of earthlib under the words that are used here; a material may stand in two."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Spectra:
    """A table of spectra.

    Attributes:
        samples: names of the samples, as earthlib has them.
        materials: of each; the words of earthlib.
        places: of each soil a number of its place, else -1; shape (sample,).
        values: reflectance; shape (sample, platform, band), bands as `cube.BANDS`, float32.
        groups: the rows of each of `GROUPS`.
    """

    samples: tuple[str, ...]
    materials: tuple[str, ...]
    places: npt.NDArray[np.int64]
    values: npt.NDArray[np.float32]
    groups: Mapping[str, npt.NDArray[np.int64]]

    def of(self, group: str) -> npt.NDArray[np.int64]:
        """The rows of a group (`GROUPS`)."""
        return self.groups[group]


@cache
def load_spectra(split: Split) -> Spectra:
    """The spectra of one split.

    Raises:
        IntegrityError: the table is not what was shipped.
    """
    rows = [line.split(",") for line in _text().splitlines() if not line.startswith("#")]
    rows = [cells for cells in rows if cells[2] == split]
    figures = np.array([cells[4:] for cells in rows], dtype=np.float32) / np.float32(10_000)
    figures.flags.writeable = False
    return Spectra(
        samples=tuple(cells[0] for cells in rows),
        materials=tuple(cells[1] for cells in rows),
        places=np.array([int(cells[3] or -1) for cells in rows]),
        values=figures.reshape(len(rows), len(PLATFORMS), -1),
        groups={
            group: np.array(
                [row for row, cells in enumerate(rows) if cells[1] in kept], dtype=np.int64
            )
            for group, kept in GROUPS.items()
        },
    )


def spectra_digest() -> str:
    """The SHA-256 of the table, as a run that used it records it."""
    return hashlib.sha256(_bytes()).hexdigest()


def _text() -> str:
    data = _bytes()
    told = (
        (files("habeas.monitoring.detection") / "spectra.sha256")
        .read_text(encoding="ascii")
        .split()[0]
    )
    if hashlib.sha256(data).hexdigest() != told:
        raise IntegrityError(
            "the table of spectra is not what was shipped",
            place="habeas/monitoring/detection/spectra.csv.gz",
            mend="Install Habeas anew",
        )
    return gzip.decompress(data).decode("utf-8")


def _bytes() -> bytes:
    return (files(_HOME) / "spectra.csv.gz").read_bytes()
