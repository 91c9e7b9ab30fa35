"""The footprint on a map: the outline of the site and the changed ground, on a grid in metres."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from shapely.geometry import MultiPolygon

from habeas.drawing import svg
from habeas.drawing.figure import COLOURS, Language, figure, to_svg, words
from habeas.monitoring.cube import bands_of
from habeas.monitoring.disturbance import Disturbance
from habeas.monitoring.figures.ground import (
    Shape,
    around,
    draw_shape,
    extent,
    north_arrow,
    rings,
    scale_bar,
    title,
    two_dates,
)
from habeas.monitoring.figures.wording import count, word

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

HATCHES: Final = ("////", "\\\\\\\\", "xxxx", "....", "||||", "----")
"""Of several disturbances side by side; colour alone tells nothing."""

_CHANGES: Final = (COLOURS[1], COLOURS[0], *COLOURS[2:])


def draw_footprint(
    cube: xr.Dataset,
    outline: Shape,
    found: Sequence[Disturbance],
    *,
    language: Language = "en",
    coordinates: bool = False,
) -> bytes:
    """The changed ground on a map, over the last image in grey.

    Args:
        cube: images of the site.
        outline: of the site, in the coordinate reference system of the cube.
        found: the disturbances; they are numbered in this order.
        language: of the words.
        coordinates: name the grid by its coordinates; otherwise by the distance from the centre.

    Returns:
        The picture as SVG; `drawing.raster` makes a PNG of it.
    """
    cube = around(cube, outline)
    with figure(5.2, 5.6, language) as drawn:
        axes = drawn.subplots()
        title(axes, word("footprint.title", language), language)
        _background(axes, cube, found)
        draw_shape(axes, outline, color=svg.INK, lw=1.8,
                   label=words(word("outline", language), language))  # fmt: skip
        for number, one in enumerate(found):
            _hatch(axes, one, number, language)
        _frame(axes, cube, outline, language, coordinates=coordinates)
        drawn.legend(loc="outside lower center", frameon=False, fontsize=8)
        return to_svg(drawn)


def describe_footprint(found: Sequence[Disturbance], language: Language) -> str:
    """The words for those who do not see the picture."""
    area = sum(one.area.best for one in found)
    parts = sum(
        len(one.outline.geoms) if isinstance(one.outline, MultiPolygon) else 1 for one in found
    )
    key = "footprint.words_one" if parts == 1 else "footprint.words"
    return word(key, language, area=count(area, language), parts=count(parts, language))


def _background(axes: Axes, cube: xr.Dataset, found: Sequence[Disturbance]) -> None:
    """The image after the last change, faint."""
    at = two_dates(cube, found[-1])[1] if found else cube.sizes["time"] - 1
    held = bands_of(cube)
    band = "red" if "red" in held else held[0]
    image = cube[band].values[at].astype(np.float64)
    axes.imshow(image, extent=extent(cube), cmap="Greys_r", alpha=0.35, origin="upper",
                interpolation="nearest")  # fmt: skip


def _hatch(axes: Axes, one: Disturbance, number: int, language: Language) -> None:
    colour = _CHANGES[number % len(_CHANGES)]
    text = word("changed_number", language, number=count(number + 1, language),
                area=count(one.area.best, language))  # fmt: skip
    label: str | None = words(text, language)
    for x, y in rings(one.outline):
        axes.fill(x, y, facecolor="none", edgecolor=colour, hatch=HATCHES[number % len(HATCHES)],
                  lw=1.6, label=label)  # fmt: skip
        label = None
    middle = one.outline.representative_point()
    axes.text(middle.x, middle.y, count(number + 1, language), color=colour, fontweight="bold",
              ha="center", va="center", fontsize=10,
              bbox={"boxstyle": "circle", "fc": svg.PAPER, "ec": colour})  # fmt: skip


def _frame(
    axes: Axes, cube: xr.Dataset, outline: Shape, language: Language, *, coordinates: bool
) -> None:
    box = extent(cube)
    axes.set_xlim(box[:2])
    axes.set_ylim(box[2:])
    axes.set_aspect("equal")
    axes.grid(color=svg.QUIET, lw=0.4, alpha=0.6)
    if coordinates:
        crs = str(cube.attrs["crs"])
        x = word("footprint.easting", language, crs=crs)
        y = word("footprint.northing", language, crs=crs)
        axes.ticklabel_format(useOffset=False, style="plain")
        axes.tick_params(axis="x", labelrotation=30)
    else:
        _from_centre(axes, outline, language)
        x = word("footprint.east_of_centre", language)
        y = word("footprint.north_of_centre", language)
    axes.set_xlabel(words(x, language))
    axes.set_ylabel(words(y, language))
    scale_bar(axes, language, svg.INK)
    north_arrow(axes, language)


def _from_centre(axes: Axes, outline: Shape, language: Language) -> None:
    """Ticks every round distance from the centre of the site."""
    centre = outline.centroid
    west, east = axes.get_xlim()
    south, north = axes.get_ylim()
    step = max(10.0, _step((east - west) / 6))
    for low, high, middle, place in (
        (west, east, centre.x, axes.xaxis), (south, north, centre.y, axes.yaxis),
    ):  # fmt: skip
        first, last = np.ceil((low - middle) / step), np.floor((high - middle) / step)
        marks = np.arange(first, last + 1) * step
        labels = [words(_signed(mark, language), language) for mark in marks]
        place.set_ticks(marks + middle, labels)


def _step(metres: float) -> float:
    power = 10.0 ** np.floor(np.log10(metres))
    return float(min(step * power for step in (1, 2, 5, 10) if step * power >= metres))


def _signed(value: float, language: Language) -> str:
    sign = "−" if value < 0 else ""
    return f"{sign}{count(abs(value), language)}"
