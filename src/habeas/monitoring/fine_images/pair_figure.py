"""Two fine images of one place side by side, on one grid, with what a person read from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from habeas.drawing import svg
from habeas.drawing.figure import Language, figure, to_png, to_svg, words
from habeas.errors import InputError
from habeas.monitoring.figures.ground import (
    CHANGE,
    EDGE,
    Shape,
    draw_shape,
    north_arrow,
    scale_bar,
)
from habeas.monitoring.figures.wording import day, figure_of, word
from habeas.monitoring.fine_images.fine_image import FineImage

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_pair(
    earlier: FineImage,
    later: FineImage,
    outline: Shape,
    marked: Sequence[Shape] = (),
    *,
    language: Language = "en",
) -> tuple[bytes, bytes]:
    """Two images of one place, each with its date, its error, a scale bar and north.

    In Persian the earlier image stands on the right, where reading begins.

    Args:
        earlier: the image before.
        later: the image after, on the same grid.
        outline: of the site, in the coordinates of the images.
        marked: what a person marked.
        language: of the words.

    Returns:
        The picture as SVG and as PNG.

    Raises:
        InputError: the two are not on one grid, or the later was taken before the earlier.
    """
    _check(earlier, later)
    with figure(7.2, 4.3, language) as drawn:
        drawn.suptitle(words(word("pair.title", language), language), fontweight="bold")
        axes = list(drawn.subplots(1, 2))
        sides = axes if language == "en" else axes[::-1]
        for side, image, name in zip(sides, (earlier, later), ("earlier", "later"), strict=True):
            _draw(side, image, outline, marked)
            scale_bar(side, language)
            north_arrow(side, language, EDGE)
            when = day(image.taken) if image.taken else word("pair.undated", language)
            heading = word(f"pair.{name}", language, day=when)
            side.set_title(words(heading, language), fontsize=9, loc="center")
            side.set_xlabel(words(_error(image, language), language), fontsize=8)
        handles, names = sides[0].get_legend_handles_labels()
        told = [words(word(name, language), language) for name in names]
        drawn.legend(handles, told, loc="outside lower center", ncols=2, frameon=False, fontsize=8)
        return to_svg(drawn), to_png(drawn)


def describe_pair(earlier: FineImage, later: FineImage, language: Language) -> str:
    """What a pair shows, in words for those who do not see it."""
    days = [
        word("pair.taken", language, day=day(image.taken)) if image.taken
        else word("pair.undated", language)
        for image in (earlier, later)
    ]  # fmt: skip
    return word("pair.words", language, earlier=days[0], later=days[1])


def _check(earlier: FineImage, later: FineImage) -> None:
    grids = [
        (image.crs, image.west, image.north, image.resolution, image.shown.shape)
        for image in (earlier, later)
    ]
    if grids[0] != grids[1]:
        raise InputError(
            "the two images do not lie on one grid",
            mend="Lay both on the ground with the same bounds and resolution",
        )
    if earlier.taken and later.taken and later.taken < earlier.taken:
        raise InputError("the later image was taken before the earlier", mend="Change them round")


def _error(image: FineImage, language: Language) -> str:
    if image.error is None:
        return word("pair.own", language)
    metres = figure_of(max(round(image.error, 1), 0.1), language)
    return word("pair.error", language, metres=metres)


def _draw(axes: Axes, image: FineImage, outline: Shape, marked: Sequence[Shape]) -> None:
    from matplotlib.patheffects import withStroke

    rows, columns = image.shown.shape
    east = image.west + columns * image.resolution
    south = image.north - rows * image.resolution
    colours = np.moveaxis(np.where(image.shown, image.pixels, 153), 0, -1)
    axes.imshow(colours, extent=(image.west, east, south, image.north), interpolation="nearest")
    dark = [withStroke(linewidth=3.2, foreground=svg.INK)]
    light = [withStroke(linewidth=3.2, foreground=EDGE)]
    draw_shape(axes, outline, color=EDGE, lw=1.8, path_effects=dark, label="outline")
    for at, shape in enumerate(marked):
        name = "_" if at else "pair.read"
        draw_shape(axes, shape, color=CHANGE, lw=1.8, ls="--", path_effects=light, label=name)
    axes.set_xlim(image.west, east)
    axes.set_ylim(south, image.north)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(False)
