"""Control points: where a photograph lies on the ground, and how well that is known.

A scanned photograph or a picture from the air has no coordinates. Points that can be recognised in
it and on the ground give them, by least squares of distances on the ground. Each form needs one
point more than it has freedom for, so that what is left over says something; what is left over at a
point that the fit did not see (leave-one-out) says more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares

from habeas.errors import InputError

Floats = npt.NDArray[np.float64]
Form = Literal["similarity", "affine", "projective"]

FEWEST: dict[Form, int] = {"similarity": 3, "affine": 4, "projective": 5}
"""Points that each form needs: one more than fixes it."""

_FLAT = 0.02
"""Points whose spread across is less than that of their spread along lie on a line."""


@dataclass(frozen=True, kw_only=True)
class ControlPoint:
    """A place that is recognised in a picture and on the ground.

    Attributes:
        column: pixels from the left edge of the picture.
        row: pixels from its upper edge.
        x: metres east, in the coordinate reference system of the registration.
        y: metres north.
        name: what it is ("north-east corner of the wall").
    """

    column: float
    row: float
    x: float
    y: float
    name: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Registration:
    """How a picture lies on the ground.

    Attributes:
        form: similarity (turned and scaled), affine, or projective (seen aslant).
        matrix: (column, row, 1) to (x, y, 1) times a factor; shape (3, 3).
        crs: coordinate reference system, in metres.
        points: what it rests on.
        residuals: metres that each point is off; shape (n,).
        rmse: root of their mean square, metres, per degree of freedom left.
        left_out: metres that each point is off where the others alone decide; shape (n,); not a
            number where the others do not suffice.
    """

    form: Form
    matrix: Floats
    crs: str
    points: tuple[ControlPoint, ...]
    residuals: Floats
    rmse: float
    left_out: Floats

    @property
    def error(self) -> float:
        """Metres by which a place in the picture may be off: root mean square, left one out."""
        known = self.left_out[np.isfinite(self.left_out)]
        return float(np.sqrt(np.mean(known**2))) if known.size else float("nan")

    def to_ground(self, pixels: npt.ArrayLike) -> Floats:
        """Places on the ground of places in the picture (column, row); shape (n, 2)."""
        return _carried(self.matrix, np.asarray(pixels, dtype=np.float64))

    def to_picture(self, places: npt.ArrayLike) -> Floats:
        """Places in the picture (column, row) of places on the ground; shape (n, 2)."""
        inverse = np.asarray(np.linalg.inv(self.matrix), dtype=np.float64)
        return _carried(inverse, np.asarray(places, dtype=np.float64))

    def before_horizon(self, places: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """Which places on the ground lie before the horizon of a picture seen aslant; shape (n,).

        What lies behind the camera would come out in the picture too, by the same formula.
        """
        ground = np.asarray(places, dtype=np.float64)
        known = np.array([(point.x, point.y) for point in self.points])
        last = np.linalg.inv(self.matrix)[2]
        depth, side = ground @ last[:2] + last[2], np.median(known @ last[:2] + last[2])
        return np.asarray(depth * side > 0)


def register(points: Sequence[ControlPoint], crs: str, form: Form = "affine") -> Registration:
    """Fit a registration to control points.

    Args:
        points: at least 3 for a similarity, 4 for an affine form, 5 for a projective one.
        crs: of their `x` and `y`, in metres.
        form: see `Registration`.

    Raises:
        InputError: there are too few points, they lie on a line, or they mirror the picture.
    """
    pixels = np.array([(point.column, point.row) for point in points], dtype=np.float64)
    ground = np.array([(point.x, point.y) for point in points], dtype=np.float64)
    if len(points) < FEWEST[form]:
        raise InputError(
            f"{len(points)} control points are too few for a registration that is {form}",
            mend=f"Give at least {FEWEST[form]}, far apart and not on a line",
        )
    if not np.isfinite(pixels).all() or not np.isfinite(ground).all():
        raise InputError(
            "a control point has a coordinate that is no number",
            mend="Give its pixel and its place as numbers",
        )
    matrix = _fit(pixels, ground, form)
    if _mirrors(matrix, pixels):
        raise InputError(
            "the control points turn the picture over, like a mirror",
            mend="Rows count downward from the upper edge; check which point is which",
        )
    residuals = np.hypot(*(_carried(matrix, pixels) - ground).T)
    free = 2 * len(points) - _freedom(form)
    return Registration(
        form=form,
        matrix=matrix,
        crs=crs,
        points=tuple(points),
        residuals=residuals,
        rmse=float(np.sqrt((residuals**2).sum() / (free / 2))),
        left_out=_left_out(pixels, ground, form),
    )


def _freedom(form: Form) -> int:
    return {"similarity": 4, "affine": 6, "projective": 8}[form]


def _left_out(pixels: Floats, ground: Floats, form: Form) -> Floats:
    errors = np.full(len(pixels), np.nan)
    for at in range(len(pixels)):
        others = np.arange(len(pixels)) != at
        try:
            matrix = _fit(pixels[others], ground[others], form)
        except InputError:  # without this one the others lie on a line
            continue
        errors[at] = np.hypot(*(_carried(matrix, pixels[at : at + 1]) - ground[at])[0])
    return errors


def _fit(pixels: Floats, ground: Floats, form: Form) -> Floats:
    """The matrix, fitted in coordinates of about one, so that no digits are lost."""
    from_pixels, small_pixels = _small(pixels)
    from_ground, small_ground = _small(ground)
    solved = {"similarity": _similarity, "affine": _affine, "projective": _projective}[form](
        small_pixels, small_ground
    )
    matrix = np.linalg.inv(from_ground) @ solved @ from_pixels
    return np.asarray(matrix / matrix[2, 2])


def _small(places: Floats) -> tuple[Floats, Floats]:
    """A matrix to coordinates around zero of about one, and the places in these.

    Raises:
        InputError: the places lie on a line, or on one place.
    """
    middle = places.mean(axis=0)
    spread = np.linalg.svd(places - middle, compute_uv=False)
    if spread[0] == 0 or spread[-1] < _FLAT * spread[0]:
        raise InputError(
            "the control points lie on a line, or nearly",
            mend="Add points to both sides of it, as far away as the picture allows",
        )
    size = spread[0] / np.sqrt(len(places))
    matrix = np.array([[1 / size, 0, -middle[0] / size], [0, 1 / size, -middle[1] / size],
                       [0, 0, 1]])  # fmt: skip
    return matrix, (places - middle) / size


def _similarity(pixels: Floats, ground: Floats) -> Floats:
    """Turned, scaled, moved; rows run down and y runs up, so rows are counted upward first."""
    column, row = pixels[:, 0], -pixels[:, 1]
    one, zero = np.ones(len(pixels)), np.zeros(len(pixels))
    design = np.concatenate([
        np.stack([column, -row, one, zero], axis=1), np.stack([row, column, zero, one], axis=1)
    ])  # fmt: skip
    a, b, x, y = np.linalg.lstsq(design, ground.T.ravel(), rcond=None)[0]
    return np.array([[a, b, x], [b, -a, y], [0, 0, 1]])


def _affine(pixels: Floats, ground: Floats) -> Floats:
    design = np.column_stack([pixels, np.ones(len(pixels))])
    solved = np.linalg.lstsq(design, ground, rcond=None)[0]
    return np.vstack([solved.T, [0, 0, 1]])


def _projective(pixels: Floats, ground: Floats) -> Floats:
    """Begun by the direct linear transformation, then distances on the ground made least."""
    (column, row), (x, y) = pixels.T, ground.T
    one, zero = np.ones(len(pixels)), np.zeros(len(pixels))
    design = np.concatenate([
        np.stack([column, row, one, zero, zero, zero, -x * column, -x * row, -x], axis=1),
        np.stack([zero, zero, zero, column, row, one, -y * column, -y * row, -y], axis=1),
    ])  # fmt: skip
    _, strength, turned = np.linalg.svd(design)
    if strength[7] < 1e-6 * strength[0] or abs(turned[-1, -1]) < 1e-9:
        raise InputError(
            "the control points do not fix how the picture was seen aslant",
            mend="Give four or more of which no three lie on a line",
        )
    first = turned[-1] / turned[-1, -1]

    def off(parameters: Floats) -> Floats:
        return (_carried(np.append(parameters, 1).reshape(3, 3), pixels) - ground).ravel()

    return np.append(least_squares(off, first[:8], xtol=1e-12).x, 1).reshape(3, 3)


def _carried(matrix: Floats, places: Floats) -> Floats:
    carried = np.column_stack([places, np.ones(len(places))]) @ matrix.T
    return np.asarray(carried[:, :2] / carried[:, 2:])


def _mirrors(matrix: Floats, pixels: Floats) -> bool:
    """Whether columns, rows (downward) and the ground do not turn the same way round."""
    middle = pixels.mean(axis=0)
    corner = _carried(matrix, middle + np.array([(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)]))
    right, down = corner[1] - corner[0], corner[2] - corner[0]
    return bool(right[0] * down[1] - right[1] * down[0] >= 0)
