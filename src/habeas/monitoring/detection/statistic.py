"""How far the site is from what its seasons and surroundings foretell, date by date.

A model is learned from the history: for every pixel its seasons, and how it follows the greenness
and the brightness of its surroundings; how the bands vary together. What is left over after that is
whitened, pooled over patches of 2 by 2, 3 by 3 and 5 by 5 pixels, and over the
last 4, 8 and 16 clear observations; each pair of patch and window gives a statistic T2
(Hotelling 1947) whose covariance is measured in the history, so that noise that persists counts as
such. Small patches find a small change that is strong, large ones and long windows a large one
that is weak.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from habeas.monitoring.detection.compiling import compiled
from habeas.monitoring.detection.patches import SIDES, Patches, Spill, patch_means
from habeas.monitoring.detection.season import (
    Fit,
    Problem,
    fit,
    left_out,
    spread,
    year_terms,
    years_back,
)
from habeas.monitoring.detection.stack import Bools, Days, Floats, Stack
from habeas.monitoring.detection.surroundings import Surroundings, choose, common_to, often_seen
from habeas.monitoring.detection.thin_cloud import confirmed, ways_of_cloud
from habeas.monitoring.detection.whitening import capped, whitened, whitener
from habeas.monitoring.detection.windows import windows

WINDOWS = (4, 8, 16)
"""Clear observations that are taken together."""

_DRAWN_TO_MEAN = 20.0
"""Observations' worth by which a pixel's own spread is drawn to that of all."""

_TWO_WAVES = 80
"""Clear dates of the history from which two waves a year are fitted rather than one."""

_STEADY = 0.3
"""The middle length of whitened observations on the quietest dates; others are brought to it."""

SEASONS = 12
"""Seasons of a year, each with its own usual T2."""

_YEARS_TO_ONE = 1.0
_YEARS_TO_ALL = 1.5
"""Years' worth by which a season's usual T2 is drawn to 1, and a patch's to the scene's."""

_MOST = 30.0
"""T2 from which a window of the history says no more of what is usual."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Model:
    """What the history teaches; learned anew with each quiet year, unchanged in between.

    Attributes:
        known: pixels that the history shows often enough to tell what they do; the others are
            taken for hidden; shape (pixels,).
        sensors: sensors that the history has.
        waves: of the seasons, a year.
        seasons: of every pixel.
        surroundings: what the site is held against.
        centre: mean of the surroundings' greenness and brightness; shape (2,).
        following: how every pixel follows them.
        whiten: turns bands into independent components; shape (bands, bands).
        spill: what the site's outermost pixels see of what lies outside.
        ways_of_cloud: the direction in which thin cloud moves each patch; shape (patches, bands).
        patch_whiten: the same for patches, by kind; shape (kinds, bands, bands).
        window_whiten: for windows of patches; shape (kinds, windows, bands, bands).
        patch_spread: what each patch and window had in the history, by season, over what its kind
            has; shape (windows, seasons, patches).
    """

    known: Bools
    sensors: int
    waves: int
    seasons: Fit
    surroundings: Surroundings
    centre: Floats
    following: Fit
    whiten: Floats
    spill: Spill
    ways_of_cloud: Floats
    patch_whiten: Floats
    window_whiten: Floats
    patch_spread: Floats


def learn(
    history: Stack, site: Bools, ring: Bools, patches: Patches, before: Model | None = None
) -> Model:
    """Learn from the images before a day of the watch.

    Args:
        history: the images.
        site: shape (pixels,).
        ring: pixels from which the surroundings are chosen; shape (pixels,).
        patches: of the site and its copies.
        before: what a year less of the same images taught; the surroundings stay those chosen then.
    """
    known = often_seen(history)
    history = history.only(known)
    sensors = int(history.sensors.max()) + 1
    waves = 2 if history.clear[:, site].mean(axis=1).sum() >= _TWO_WAVES else 1
    if before is not None and (before.sensors, before.waves) != (sensors, waves):
        return learn(history, site, ring, patches)
    design = year_terms(history.days, history.sensors, sensors, waves)
    slack = np.concatenate((np.full(sensors, 1e-3), np.full(2 * waves, 0.1)))
    problem = Problem(design, history.values, history.clear, slack)
    seasons, _ = fit(problem, before.seasons if before else None)
    anomalies = seasons.left_over(design, history.values, history.clear)
    surroundings = before.surroundings if before else choose(history, anomalies, site, ring)
    own = _common(anomalies, history.clear, surroundings, seasons)
    course = _Course(design, slack, _covariates(history, own))
    following, left, clear = _follow(history, own, course, sensors, before)
    whiten = whitener(left / following.scale, clear)
    ways = ways_of_cloud(history, following.scale, whiten, patches.members)
    pixels = whiten @ (patches.spill.taken_off(left, history.bands) / following.scale)
    means, seen, _ = _means_of(pixels, clear, surroundings, patches, ways)
    single, whole, apart = _of_patches(means, seen, history.days, patches)
    return Model(
        known=known,
        sensors=sensors,
        waves=waves,
        seasons=seasons,
        surroundings=surroundings,
        centre=course.centre,
        following=following,
        whiten=whiten,
        spill=patches.spill,
        ways_of_cloud=ways,
        patch_whiten=single,
        window_whiten=whole,
        patch_spread=apart,
    )


@dataclass(frozen=True, eq=False)
class _Course:
    """What the pixels are to follow.

    Attributes:
        design: terms of the seasons; shape (t, terms).
        slack: variance that is taken for granted of each term; shape (terms,).
        covariates: of the surroundings; shape (t, 2).
    """

    design: Floats
    slack: npt.NDArray[np.float64]
    covariates: Floats

    @property
    def centre(self) -> Floats:
        """The mean of the covariates; shape (2,)."""
        return np.asarray(np.nanmean(self.covariates, axis=0))


def _follow(
    history: Stack, ring: Floats, course: _Course, sensors: int, before: Model | None
) -> tuple[Fit, Floats, Bools]:
    """How pixels follow their surroundings, what is left in years that no fit saw, where clear."""
    variation = np.nanvar(course.covariates, axis=0).astype(np.float64) + 1e-5
    response, clear = _against(history.values, history.clear, ring)
    moved = np.nan_to_num(course.covariates - course.centre)
    problem = Problem(
        np.concatenate((course.design, moved), axis=1),
        response,
        clear,
        np.concatenate((course.slack, 10.0 * variation)),
    )
    following, weights = fit(problem, before.following if before else None)
    towards = np.zeros_like(following.coefficients)
    towards[:sensors] = following.coefficients[:sensors]  # a sensor that only one year has
    left = left_out(replace(problem, towards=towards), weights, years_back(history.days))
    return Fit(following.coefficients, _drawn(left, clear)), left, clear


def _common(anomalies: Floats, clear: Bools, surroundings: Surroundings, seasons: Fit) -> Floats:
    chosen = surroundings.reference  # np.compress lays what it takes by rows, unlike an index
    return common_to(
        np.compress(chosen, anomalies, axis=2),
        np.compress(chosen, clear, axis=1),
        np.compress(chosen, seasons.scale, axis=1),
    )


def left_whitened(model: Model, images: Stack) -> tuple[Floats, Bools]:
    """What the model does not explain, whitened; (t, bands, pixels), and where it is clear."""
    images = images.only(model.known)
    design = year_terms(images.days, images.sensors, model.sensors, model.waves)
    anomalies = model.seasons.left_over(design, images.values, images.clear)
    ring = _common(anomalies, images.clear, model.surroundings, model.seasons)
    covariates = np.nan_to_num(_covariates(images, ring) - model.centre)
    response, clear = _against(images.values, images.clear, ring)
    wide = np.concatenate((design, covariates), axis=1).astype(np.float32)
    left = model.following.left_over(wide, response, clear)
    left = model.spill.taken_off(left, images.bands)
    return model.whiten @ (left / model.following.scale), clear


@dataclass(frozen=True, eq=False)
class Pooled:
    """Observations of patches.

    Attributes:
        values: whitened means of pixels; shape (patches, bands, t).
        clear: whether half of a patch is clear; shape (patches, t).
        days: since 1970; shape (t,).
        cloud: how far the last clear date of each patch lies along its way of thin cloud; shape
            (patches,).
    """

    values: Floats
    clear: Bools
    days: Days
    cloud: Floats


def pooled(
    model: Model, images: Stack, patches: Patches, cloud: Floats | None = None
) -> tuple[Pooled, Bools]:
    """Whitened means of patches; also which pixels were clear (t, pixels).

    Args:
        model: what the history taught.
        images: which.
        patches: which.
        cloud: of the images before these, as `Pooled` has it; none where there are none.
    """
    left, clear = left_whitened(model, images)
    values, seen, last = _means_of(
        left, clear, model.surroundings, patches, model.ways_of_cloud, cloud=cloud
    )
    values = capped(whitened(model.patch_whiten, values, patches.kinds))
    return Pooled(values, seen, images.days, last), clear


def statistic(model: Model, observed: Pooled, patches: Patches, first: int) -> Floats:
    """Logarithm of T2 over its mean, of each window and patch; shape (windows, t - first, patches).

    Args:
        model: what the history taught.
        observed: whitened means of patches.
        patches: which.
        first: the first date that is answered for.
    """
    said = []
    for place, length in enumerate(WINDOWS):
        means, told = windows(observed.values, observed.clear, observed.days, length, first)
        turned = whitened(model.window_whiten[:, place], means, patches.kinds)
        usual = model.patch_spread[place][_season(observed.days[first:])]
        squares = np.maximum(_mean_square(turned).T / usual, 1e-6)
        said.append(np.where(told.T, np.log(squares), np.float32(np.nan)))
    return np.stack(said)


def _mean_square(values: Floats) -> Floats:
    """Of the bands; shape (patches, t)."""
    return np.asarray(np.einsum("pbt,pbt->pt", values, values) / np.float32(values.shape[1]))


def _covariates(images: Stack, ring: Floats) -> Floats:
    """Greenness and brightness of the surroundings; shape (t, 2)."""
    nir, red = images.band("nir"), images.band("red", "green", "blue")
    green = ring[:, nir] - ring[:, red] if nir is not None and red is not None else 0 * ring[:, 0]
    return np.stack((green, ring.mean(axis=1)), axis=1).astype(np.float32)


def _against(values: Floats, clear: Bools, ring: Floats) -> tuple[Floats, Bools]:
    """Values less the anomaly of the surroundings, where there are any."""
    seen = clear & np.isfinite(ring.sum(axis=1))[:, None]
    return _less(values, np.nan_to_num(ring), seen), seen


@compiled
def _less(values: Floats, ring: Floats, seen: Bools) -> Floats:
    """Values less those of the surroundings; 0 where not seen; shape (t, bands, pixels)."""
    dates, bands, pixels = values.shape
    less = np.empty_like(values)
    for at in range(dates):
        for band in range(bands):
            for pixel in range(pixels):
                apart = values[at, band, pixel] - ring[at, band]
                less[at, band, pixel] = apart * seen[at, pixel]
    return less


def _drawn(left: Floats, clear: Bools) -> Floats:
    """The spread of each pixel, drawn to that of all where it was seldom seen."""
    own = np.square(spread(left, clear))
    count = clear.sum(axis=0)
    middle = np.median(own, axis=1, keepdims=True)
    return np.asarray(
        np.sqrt((count * own + _DRAWN_TO_MEAN * middle) / (count + _DRAWN_TO_MEAN)), np.float32
    )


def _steadied(values: Floats, clear: Bools, reference: Bools) -> Floats:
    """Whitened observations in units of what the surroundings do on the same date.

    Half-melted snow, thin cloud, leaves that come out and images out of place make every pixel of a
    date less sure, and a clear summer's day makes it surer; the middle of the surroundings' lengths
    tells by how much.
    """
    around = np.compress(reference, values, axis=2)
    length = np.sqrt(np.einsum("tbp,tbp->tp", around, around) / np.float32(values.shape[1]))
    seen = np.compress(reference, clear, axis=1)
    ranked = np.sort(np.where(seen, length, np.float32(np.inf)), axis=1)
    count = seen.sum(axis=1)
    middle = ranked[np.arange(len(count)), np.maximum(count - 1, 0) // 2]
    middle = np.where(count > 0, middle, 1.0)
    unit = (_STEADY / np.maximum(middle, _STEADY)).astype(np.float32)
    return np.asarray(values * unit[:, None, None])


def _means_of(
    pixels: Floats,
    clear: Bools,
    surroundings: Surroundings,
    patches: Patches,
    ways: Floats,
    *,
    cloud: Floats | None = None,
) -> tuple[Floats, Bools, Floats]:
    """Means of the clear pixels of each patch (patches, bands, t), and where half are clear.

    Freed of thin cloud that no second date confirms; the third is as `Pooled.cloud`.
    """
    pixels = capped(_steadied(pixels, clear, surroundings.reference))
    means, seen = patch_means(pixels, clear, patches)
    if cloud is None:
        cloud = np.zeros(len(patches.kinds), dtype=np.float32)
    means, last = confirmed(means, seen, ways, cloud)
    return means, seen, last


def _of_patches(
    means: Floats, seen: Bools, days: Days, patches: Patches
) -> tuple[Floats, Floats, Floats]:
    """What the history says of patches and windows: the last three of `Model`."""
    bands, kinds = means.shape[1], len(SIDES) + 1
    shown = means * seen[:, None]
    single = np.stack([np.eye(bands, dtype=np.float32)] * kinds)
    telling = patches.telling
    alike = [(patches.kinds == kind) & telling for kind in range(kinds)]
    for kind in np.unique(patches.kinds):
        single[kind] = whitener(shown[alike[kind]], seen[alike[kind]])
    values = capped(whitened(single, shown, patches.kinds))
    whole = np.zeros((kinds, len(WINDOWS), bands, bands), dtype=np.float32)
    apart = np.ones((len(WINDOWS), SEASONS, len(patches.kinds)), dtype=np.float32)
    for place, length in enumerate(WINDOWS):
        found, told = windows(values, seen, days, length, 0)
        for kind, chosen in enumerate(alike):
            whole[kind, place] = (
                whitener(found[chosen], told[chosen], len(days) / length)
                if told[chosen].sum() > 3 * bands
                else np.eye(bands) * np.sqrt(length)
            )
        turned = whitened(whole[:, place], found, patches.kinds)
        squares = np.minimum(_mean_square(turned), np.float32(_MOST))
        apart[place] = _by_season(squares, told, days, telling)
    return single, whole, apart


def _season(days: Days) -> Days:
    """The season of each day, from 0."""
    return np.asarray((days / 365.2425 * SEASONS).astype(np.int64) % SEASONS)


def _by_season(squares: Floats, seen: Bools, days: Days, telling: Bools) -> Floats:
    """Mean of T2 (patches, t) of each patch by season and its neighbours; (seasons, patches).

    The leaves come out when they will, and not for all trees at once: some seasons are noisier than
    others, in some places more. A patch is drawn to what all of the scene have in that season, that
    to 1, because a season comes once a year.
    """
    seasons = _season(days)
    own = seasons[:, None] == np.arange(SEASONS)
    count = (seen @ own.astype(np.float32)).T.astype(np.float64)
    total = ((squares * seen) @ own.astype(np.float32)).T.astype(np.float64)
    shown, year = seen[telling].any(axis=0), (days / 365.2425).astype(np.int64)
    years = np.array([[len(np.unique(year[shown & its]))] for its in own.T], dtype=np.float64)
    total, count = (one + (np.roll(one, 1, 0) + np.roll(one, -1, 0)) / 2 for one in (total, count))
    years = np.maximum(np.maximum(years, np.roll(years, 1, 0)), np.roll(years, -1, 0))
    scene = total[:, telling].sum(axis=1, keepdims=True)
    scene /= np.maximum(count[:, telling].sum(axis=1, keepdims=True), 1)
    scene = (years * scene + _YEARS_TO_ONE) / (years + _YEARS_TO_ONE)
    told = years * (count > 0)
    mean = (told * total / np.maximum(count, 1e-6) + _YEARS_TO_ALL * scene) / (told + _YEARS_TO_ALL)
    return np.asarray(np.maximum(mean, 0.5), dtype=np.float32)
