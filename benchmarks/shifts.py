"""Shifts between dates: how far each method errs on real Sentinel-2 moved by known shifts.

    python -m benchmarks.shifts

The cubes come with `nrt` 0.2.0 (Romania, 10 m and 20 m). Clear dates are moved up to a pixel by
cubic splines; what a method tells before is taken from what it tells after. Printed beside
scikit-image's phase correlation against the same reference.
"""

from __future__ import annotations

from importlib.resources import files

import numpy as np
import xarray as xr
from scipy.ndimage import shift
from skimage.registration import phase_cross_correlation

from benchmarks.machine import describe, table
from habeas.monitoring.images.shifts import estimate_shifts

CUBES = {
    "10 m": ("sentinel2_cube_subset_romania_10m.nc", ("B3", "B4", "B8")),
    "20 m": ("sentinel2_cube_subset_romania_20m.nc", ("B4", "B8A", "B11")),
}
HIDDEN = (0.0, 0.3)
DATES = 30


def main() -> None:
    """Print the figures."""
    print(describe())
    rows = []
    for name, (file, bands) in CUBES.items():
        values, clear = _cube(file, bands)
        stack = np.where(clear[:, None], values, np.nan)
        found = estimate_shifts(stack)
        judged = np.isfinite(found.east)
        off = np.maximum(np.abs(found.east), np.abs(found.south))[judged]
        print(
            f"{name}: {judged.sum()} of {len(stack)} dates judged; length, quartiles: "
            f"{np.quantile(found.length[judged], (0.25, 0.5, 0.75)).round(2)} pixels; more than "
            f"half a pixel off either way: {np.mean(off > 0.5):.0%}"
        )
        chosen = np.flatnonzero(judged & (clear.mean(axis=(1, 2)) > 0.9))[:DATES]
        for hidden in HIDDEN:
            ours, theirs = _errors(values, stack, chosen, hidden)
            for method, errors in (("habeas", ours), ("scikit-image", theirs)):
                told = np.isfinite(errors).all(axis=1)
                size = np.abs(errors[told])
                figures = (f"{np.median(size):.3f}", f"{np.quantile(size, 0.9):.3f}")
                share = f"{told.sum()} of {len(chosen)}"
                rows.append((name, f"{hidden:.0%}", method, share, *figures))
    table(("pixels", "hidden", "method", "judged", "median error", "90 %"), rows)


def _cube(file: str, bands: tuple[str, ...]):
    with xr.open_dataset(files("nrt.data") / file) as cube:
        values = np.stack([cube[band].values / 1e4 for band in bands], axis=1).astype(np.float64)
        return values, np.isin(cube["SCL"].values, (4, 5, 7))


def _errors(values, stack, chosen, hidden: float):
    """Of both methods, in pixels; shape (date, 2)."""
    random = np.random.default_rng(1)
    reference = np.nanmedian(stack, axis=0)
    reference = np.where(np.isfinite(reference), reference, np.nanmedian(reference))
    ours, theirs = [], []
    for at in chosen:
        known = random.uniform(-1, 1, 2)
        moved = np.stack([shift(band, known, order=3, mode="nearest") for band in values[at]])
        side = int(np.sqrt(hidden) * moved.shape[1])
        row, column = random.integers(0, moved.shape[1] - side, 2)
        moved[:, row : row + side, column : column + side] = np.nan
        only = np.arange(len(stack)) == at
        changed = stack.copy()
        changed[at] = moved
        before, after = estimate_shifts(stack, only), estimate_shifts(changed, only)
        told = np.array([after.south[at] - before.south[at], after.east[at] - before.east[at]])
        ours.append(told - known)
        theirs.append(_theirs(moved, reference) - _theirs(values[at], reference) - known)
    return np.array(ours), np.array(theirs)


def _theirs(image, reference):
    """The middle of the bands by scikit-image, what is hidden filled by the median."""
    return np.median(
        [
            phase_cross_correlation(
                np.where(np.isfinite(band), band, np.nanmedian(band)), other, upsample_factor=50
            )[0]
            for band, other in zip(image, reference, strict=True)
        ],
        axis=0,
    )


if __name__ == "__main__":
    main()
