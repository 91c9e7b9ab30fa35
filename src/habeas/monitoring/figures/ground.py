"""What the pictures of the ground share: outlines, scale bar, north, two dates to compare."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
from shapely.geometry import MultiPolygon, Polygon

from habeas.drawing import svg
from habeas.drawing.figure import Language, words
from habeas.errors import InputError
from habeas.monitoring.cube import bands_of
from habeas.monitoring.disturbance import Disturbance
from habeas.monitoring.figures.wording import count, word

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

Shape = Polygon | MultiPolygon
"""In the coordinate reference system of the cube."""

ENOUGH: Final = 0.9
"""The share of clear pixels with which an image is good enough to be shown."""

NEAREST: Final = 50.0
FARTHEST: Final = 300.0
"""Metres around a site that a picture shows, at least and at most."""

EDGE: Final = "#ffffff"
CHANGE: Final = svg.MARK


def day_of(moment: np.datetime64) -> date:
    """The day of a moment of a cube."""
    return date.fromisoformat(str(moment.astype("datetime64[D]")))


def around(cube: xr.Dataset, outline: Shape) -> xr.Dataset:
    """The part of a cube that shows a site and a little of what lies around it.

    Raises:
        InputError: the outline lies outside of the images.
    """
    west, south, east, north = outline.bounds
    margin = margin_around(outline)
    x, y = cube["x"].values, cube["y"].values
    inside_x = (x >= west - margin) & (x <= east + margin)
    inside_y = (y >= south - margin) & (y <= north + margin)
    if not inside_x.any() or not inside_y.any():
        raise InputError("the outline lies outside of the images", mend="Give images of the site")
    return cube.isel(x=np.flatnonzero(inside_x), y=np.flatnonzero(inside_y))


def margin_around(outline: Shape) -> float:
    """Metres around an outline that a picture of it shows."""
    west, south, east, north = outline.bounds
    return min(max(0.6 * max(east - west, north - south), NEAREST), FARTHEST)


def extent(cube: xr.Dataset) -> tuple[float, float, float, float]:
    """West, east, south and north edges of a cube's pixels, metres."""
    x, y = cube["x"].values.astype(float), cube["y"].values.astype(float)
    half = pixel(cube) / 2
    return x.min() - half, x.max() + half, y.min() - half, y.max() + half


def pixel(cube: xr.Dataset) -> float:
    """The side of a pixel, metres."""
    for axis in ("x", "y"):
        if cube.sizes[axis] > 1:
            return float(abs(np.diff(cube[axis].values.astype(float))[0]))
    raise InputError("the cube has a single pixel", mend="Take in some ground around the site")


_YEAR = np.timedelta64(365, "D")


def two_dates(cube: xr.Dataset, found: Disturbance) -> tuple[int, int]:
    """The positions in a cube of the images to show: the last good one without, and one with.

    The first with it; of a change that took months, or may have, the one nearest to a year after
    the other: little is to be seen on the day of its alarm, and the season is the same.

    Args:
        cube: images of the site.
        found: a disturbance.

    Raises:
        InputError: the cube has no image on one side of it.
    """
    days = np.asarray(cube["time"].values, dtype="datetime64[D]")
    clear = _clear(cube)
    last = np.datetime64(found.last_without or found.earliest)
    first = np.datetime64(max(found.first_with, found.alarm))
    before = _nearest_good(np.flatnonzero(days <= last)[::-1], clear)
    later = np.flatnonzero(days >= first)
    if before is not None and found.gradual is not False:
        apart = np.abs((days[later] - (days[before] + _YEAR)).astype(np.int64))
        later = later[np.argsort(apart, kind="stable")]
    after = _nearest_good(later, clear)
    if before is None or after is None:
        raise InputError(
            "there is no image on one side of the change",
            place=f"{found.earliest} to {found.latest}",
            mend="Give the images with which the disturbance was found",
        )
    return before, after


def _clear(cube: xr.Dataset) -> npt.NDArray[np.float64]:
    """The share of clear pixels of each image; shape (t,)."""
    seen = [np.isfinite(cube[band].values).mean(axis=(1, 2)) for band in bands_of(cube)]
    return np.asarray(np.min(seen, axis=0), dtype=np.float64)


def _nearest_good(places: npt.NDArray[np.intp], clear: npt.NDArray[np.float64]) -> int | None:
    """The first of some images that is clear enough; else the clearest of them."""
    if not len(places):
        return None
    good = places[clear[places] >= ENOUGH]
    return int(good[0]) if len(good) else int(places[np.argmax(clear[places])])


def rings(shape: Shape) -> Iterator[tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]]:
    """The rings of a shape as eastings and northings."""
    parts = shape.geoms if isinstance(shape, MultiPolygon) else [shape]
    for part in parts:
        for ring in (part.exterior, *part.interiors):
            found = np.asarray(ring.coords, dtype=np.float64)
            yield found[:, 0], found[:, 1]


def draw_shape(axes: Axes, shape: Shape, **look: Any) -> None:
    """The rings of a shape as lines; the label, if any, is given once."""
    label = look.pop("label", None)
    for x, y in rings(shape):
        axes.plot(x, y, label=label, **look)
        label = None


def title(axes: Axes, text: str, language: Language) -> None:
    """A title at the side where reading begins."""
    axes.set_title("", loc="left")
    axes.set_title(words(text, language), loc="left" if language == "en" else "right")


def scale_bar(axes: Axes, language: Language, colour: str = EDGE) -> None:
    """A bar of a round length, a quarter of the width at most, at the foot of the axes."""
    from matplotlib import patheffects

    west, east = axes.get_xlim()
    south, north = axes.get_ylim()
    width, height = east - west, north - south
    length = round_length(width / 4)
    left, base = west + 0.05 * width, south + 0.06 * height
    halo = [patheffects.withStroke(linewidth=4, foreground="#00000066")]
    effects = halo if colour == EDGE else []
    axes.plot([left, left + length], [base, base], color=colour, lw=2.4, path_effects=effects,
              solid_capstyle="butt")  # fmt: skip
    text = words(word("metres", language, length=count(length, language)), language)
    axes.text(left + length / 2, base + 0.02 * height, text, color=colour, ha="center",
              va="bottom", fontsize=8, path_effects=effects)  # fmt: skip


def round_length(metres: float) -> float:
    """The largest of 1, 2, 5, 10, 20, 50... that is no more than a length."""
    power = 10.0 ** np.floor(np.log10(metres))
    return float(max(step * power for step in (1, 2, 5) if step * power <= metres * 1.0000001))


def north_arrow(axes: Axes, language: Language, colour: str = svg.INK) -> None:
    """An arrow to grid north in the upper corner."""
    arrow = {"arrowstyle": "-|>", "color": colour, "lw": 1.2}
    axes.annotate("", xy=(0.94, 0.96), xytext=(0.94, 0.84), xycoords="axes fraction",
                  arrowprops=arrow)  # fmt: skip
    axes.text(0.94, 0.83, words(word("north", language), language), transform=axes.transAxes,
              ha="center", va="top", color=colour, fontsize=8)  # fmt: skip
