"""Write the measured spectra (`monitoring/detection/spectra.csv.gz`) from earthlib 1.1.0.

The package `earthlib` (MIT) holds measured spectra of soils, built surfaces, wood, litter and ash,
and modelled ones of canopies, from 0.4 to 2.45 micrometres. They are averaged over the six bands
that Sentinel-2 and Landsat share. Run it with `uv run python scripts/build_spectra.py`; the same
package always gives the same bytes, whose SHA-256 stands beside them in `spectra.sha256`.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import re
from collections.abc import Iterator
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt

FOLDER = Path(__file__).parents[1] / "src/habeas/monitoring"

BANDS = {
    "sentinel-2a": (
        (492.4, 66), (559.8, 36), (664.6, 31), (832.8, 106), (1613.7, 91), (2202.4, 175),
    ),
    "sentinel-2b": (
        (492.1, 66), (559.0, 36), (664.9, 31), (832.9, 106), (1610.4, 94), (2185.7, 185),
    ),
    "landsat": (
        (482.0, 60), (561.4, 57), (654.6, 37), (864.7, 28), (1608.9, 85), (2200.7, 187),
    ),
}  # fmt: skip
"""Centre and width at half of the maximum, nanometres, of blue, green, red, nir, swir16, swir22.

Sentinel-2: ESA, MultiSpectral Instrument overview; Landsat 8 and 9 (OLI): USGS.
"""

CANOPIES = 600
"""Modelled canopies that are kept, of 2,000."""

HEAD = """\
# Spectra of earthlib {version} (Christopher Anderson, MIT licence; https://github.com/earth-chris):
# soils of the ICRAF-ISRIC library, urban materials of Santa Barbara, wood, litter and ash
# (measured), canopies (PROSAIL, modelled). Averaged over bands by scripts/build_spectra.py;
# reflectance x 10,000. Columns: sample, material, split, place (a number a place of soils), then
# blue green red nir swir16 swir22 of {platforms}.
"""


def main() -> None:
    """Write the table and its digest, and say how much it is."""
    data = packed(table())
    (FOLDER / "spectra.csv.gz").write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    (FOLDER / "spectra.sha256").write_text(f"{digest}  spectra.csv.gz\n", encoding="ascii")
    print(f"{len(data)} bytes, SHA-256 {digest}")


def table() -> str:
    """The table, a sample a line, by material and name."""
    folder = files("earthlib") / "data"
    rows = list(csv.DictReader((folder / "spectra.csv").read_text(encoding="utf-8").splitlines()))
    head = (folder / "spectra.sli.hdr").read_text(encoding="utf-8")
    found = re.search(r"wavelength = \{([^}]*)\}", head)
    if found is None:
        raise ValueError("the header of earthlib's spectra names no wavelengths")
    waves = np.array([float(word) for word in found.group(1).split(",")]) * 1000
    flat = np.frombuffer((folder / "spectra.sli").read_bytes(), dtype="<f4")
    averaged = banded(flat.reshape(len(rows), len(waves)), waves)
    kept = sorted(_kept(rows), key=lambda row: (rows[row]["LEVEL_3"], rows[row]["NAME"]))
    lines = [HEAD.format(version=version("earthlib"), platforms=", ".join(BANDS))]
    numbers: dict[str, int] = {}
    for row in kept:
        key = kin(rows[row])
        place = str(numbers.setdefault(key, len(numbers))) if _of_profile(rows[row]) else ""
        cells = (rows[row]["NAME"], rows[row]["LEVEL_3"], split(key), place)
        figures = np.rint(averaged[row] * 10_000).astype(int).tolist()
        lines.append(",".join((*cells, *map(str, figures))) + "\n")
    return "".join(lines)


def banded(
    spectra: npt.NDArray[np.float32], waves: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """The means over each band of each platform, linear between the wavelengths.

    The response of a band is taken as a box of its width: what is lost by that is far below what
    the samples of one material differ among themselves.

    Args:
        spectra: shape (sample, wavelength).
        waves: nanometres, ascending.

    Returns:
        Shape (sample, platform x band).
    """
    columns = []
    for centre, width in (band for platform in BANDS.values() for band in platform):
        inside = np.linspace(centre - width / 2, centre + width / 2, 65)
        weights = np.zeros(len(waves))
        place = np.interp(inside, waves, np.arange(len(waves)))
        below = np.minimum(place.astype(int), len(waves) - 2)
        np.add.at(weights, below, 1 - (place - below))
        np.add.at(weights, below + 1, place - below)
        columns.append(spectra @ (weights / weights.sum()))
    return np.clip(np.stack(columns, axis=1), 0, 1)


def split(key: str) -> str:
    """Whether a sample serves calibration or test, by a hash of what it belongs to (`kin`)."""
    return ("calibration", "test")[hashlib.sha256(key.encode()).digest()[0] % 2]


def kin(row: dict[str, str]) -> str:
    """What a sample belongs to: the layers of one profile of soil are near kin, by their place."""
    return f"{row['LAT']} {row['LON']}" if _of_profile(row) else row["NAME"]


def _of_profile(row: dict[str, str]) -> bool:
    return row["SOURCE"] == "icraf-isric-soil-database"


def _kept(rows: list[dict[str, str]]) -> Iterator[int]:
    """All, but of the modelled canopies those whose names have the smallest hashes."""
    canopies = [row for row in range(len(rows)) if rows[row]["LEVEL_3"] == "canopy"]
    canopies.sort(key=lambda row: hashlib.sha256(rows[row]["NAME"].encode()).digest())
    dropped = set(canopies[CANOPIES:])
    seen: set[tuple[str, str]] = set()
    for row, cells in enumerate(rows):
        name = (cells["NAME"], cells["LEVEL_3"])
        if row not in dropped and name not in seen:
            seen.add(name)
            yield row


def packed(text: str) -> bytes:
    """The text, compressed; without time and file name, so that equal text gives equal bytes."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, compresslevel=9, mtime=0) as file:
        file.write(text.encode())
    return buffer.getvalue()


if __name__ == "__main__":
    main()
