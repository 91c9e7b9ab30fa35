"""Before and after: two images of one site, stretched alike, with its outline and the change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from habeas.drawing import svg
from habeas.drawing.figure import Language, figure, to_svg, words
from habeas.monitoring.cube import bands_of
from habeas.monitoring.disturbance import Disturbance
from habeas.monitoring.figures.ground import (
    CHANGE,
    EDGE,
    Shape,
    around,
    day_of,
    draw_shape,
    extent,
    scale_bar,
    two_dates,
)
from habeas.monitoring.figures.wording import day, sensor, word

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.patheffects import AbstractPathEffect

COMPOSITIONS: Final = {
    "true_colour": ("red", "green", "blue"),
    "false_colour": ("swir16", "nir", "red"),
}
"""Which bands are shown as red, green and blue."""


def draw_chips(
    cube: xr.Dataset, outline: Shape, found: Disturbance, *, language: Language = "en"
) -> bytes:
    """The site before and after a disturbance, in true and in false colour.

    Each composition is stretched alike in both images: what looks changed is changed. In Persian
    the earlier image stands on the right, where reading begins.

    Args:
        cube: images of the site.
        outline: of the site, in the coordinate reference system of the cube.
        found: the disturbance.
        language: of the words.

    Returns:
        The picture as SVG; `drawing.raster` makes a PNG of it.

    Raises:
        InputError: the cube has no image on one side of the change.
    """
    cube = around(cube, outline)
    places = two_dates(cube, found)
    chosen = _compositions(cube)
    with figure(7.2, 3.55 * len(chosen) + 0.5, language) as drawn:
        drawn.suptitle(words(word("chips.title", language), language), fontweight="bold")
        grid = drawn.subplots(len(chosen), 2, squeeze=False)
        for row, (name, bands) in zip(grid, chosen, strict=True):
            sides = row if language == "en" else row[::-1]
            pair = _stretched(cube, places, bands)
            for axes, image, at, side in zip(sides, pair, places, ("before", "after"), strict=True):
                _draw(axes, image, extent(cube), (outline, found.outline))
                scale_bar(axes, language)
                title = word(f"chips.{side}", language, day=day(day_of(cube["time"].values[at])),
                             sensor=sensor(str(cube["sensor"].values[at]), language))  # fmt: skip
                axes.set_title(words(title, language), fontsize=9, loc="center")
                axes.set_xlabel(words(_name(name, bands, language), language), fontsize=8)
        _legend(drawn, language)
        return to_svg(drawn)


def describe_chips(cube: xr.Dataset, outline: Shape, found: Disturbance, language: Language) -> str:
    """The words for those who do not see the picture."""
    places = two_dates(around(cube, outline), found)
    before, after = (day(day_of(cube["time"].values[at])) for at in places)
    return word("chips.words", language, before=before, after=after)


def _compositions(cube: xr.Dataset) -> list[tuple[str, tuple[str, ...]]]:
    """Those whose bands the cube has; a single band where it has those of none."""
    held = bands_of(cube)
    whole: list[tuple[str, tuple[str, ...]]] = [
        (name, bands) for name, bands in COMPOSITIONS.items() if set(bands) <= set(held)
    ]
    return whole or [("single_band", held[:1] * 3)]


def _name(name: str, bands: tuple[str, ...], language: Language) -> str:
    return word(f"chips.{name}", language, band=bands[0])


def _stretched(
    cube: xr.Dataset, places: tuple[int, int], bands: tuple[str, ...]
) -> list[npt.NDArray[np.float64]]:
    """Both images, 0 to 1, from black to the brightest of both; shape (y, x, 3).

    Clouds are left grey.
    """
    raw = [
        np.stack([cube[band].values[at].astype(np.float64) for band in bands], axis=-1)
        for at in places
    ]
    seen = np.concatenate([image[np.isfinite(image)] for image in raw])
    bright = max(float(np.percentile(seen, 99)), 1e-3) if len(seen) else 1.0
    shown = [np.clip(image / bright, 0, 1) for image in raw]
    return [np.where(np.isfinite(image).all(axis=-1, keepdims=True), image, 0.6) for image in shown]


def _draw(
    axes: Axes,
    image: npt.NDArray[np.float64],
    box: tuple[float, float, float, float],
    shapes: tuple[Shape, Shape],
) -> None:
    """One image, with the outline of the site and that of the change."""
    axes.imshow(image, extent=box, interpolation="nearest", origin="upper")
    draw_shape(axes, shapes[0], color=EDGE, lw=1.8, path_effects=_halo(svg.INK))
    draw_shape(axes, shapes[1], color=CHANGE, lw=1.8, ls="--", path_effects=_halo(EDGE))
    axes.set_xlim(box[:2])
    axes.set_ylim(box[2:])
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(False)


def _legend(drawn: Figure, language: Language) -> None:
    """The two lines by shape, so that colour alone tells nothing."""
    from matplotlib.lines import Line2D

    lines = [
        Line2D([], [], color=EDGE, lw=1.8, path_effects=_halo(svg.INK)),
        Line2D([], [], color=CHANGE, lw=1.8, ls="--"),
    ]
    names = [words(word(key, language), language) for key in ("outline", "changed")]
    drawn.legend(lines, names, loc="outside lower center", ncols=2, frameon=False, fontsize=8)


def _halo(colour: str) -> list[AbstractPathEffect]:
    """An edge round a line, so that it is seen on every ground."""
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=3.2, foreground=colour)]
