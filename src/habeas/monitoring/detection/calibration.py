"""Where the threshold lies: so many false alarms a site and year, chosen beforehand.

Two things set it. The surroundings say how restless this scene is on the day in question (a late
spring, a drought, snow, a sensor that drifts): what three of four of their patches go beyond is
taken off the site's own statistic (`less_unrest`). What is left is measured on stable simulated
sites (split `calibration`; never those of the benchmark): for each size of patch and each window,
how often stable ground goes beyond a bound in a year, and how far, as a generalised Pareto
distribution (Coles 2001, chapter 4), because no single scene has room for the hundreds of
site-years that a rate of one in fifty needs. An alarm is raised where any of them goes beyond what
is equally rare for all; how rare that must be, so that all together keep to the rate, is measured
on the same sites. What looks like works (`works`) need not go as far: most of the rate is given to
it, and how far it has to go is measured on the same sites too. `scripts/fit_alarms.py` writes the
figures. Only images up to a day decide about that day, so that no later image changes an alarm.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincinv

from habeas.monitoring.detection.patches import Patches
from habeas.monitoring.detection.stack import Floats
from habeas.monitoring.disturbance import Calibration, Interval

BEYOND = 0.75
"""The share of the surroundings' patches whose statistic is taken to be usual on a date."""

_FEW = 6
"""Patches of the surroundings of one size from which that share can be told."""

_RESERVE = 0.6
"""Part of the rate asked for at which the threshold aims. The tails are estimates, and the first
year of a watch, which has the shortest history, has more alarms than the later ones: on other sites
than they were measured on the rate was up to one and a half times what was aimed at."""

_RESERVE_OF_WORKS = 0.3
"""The same for what looks like works: the tail was measured on materials that the models of kinds
learned from, and on others twice as much of what is stable looks like works."""

_WHATEVER = 0.3
"""Part of the rate that is left to what goes far beyond, whatever it looks like, where the bands
tell what looks like works: a change that no simulated one resembles must raise an alarm too."""

PIXELS = 64
"""Pixels of the sites that the tails were measured on."""


@dataclass(frozen=True, kw_only=True)
class Tail:
    """How often stable ground goes beyond a bound, and how far.

    Attributes:
        bound: of the statistic.
        rate: how often a site goes beyond it, a year.
        scale: of the generalised Pareto distribution.
        shape: of the same.
    """

    bound: float
    rate: float
    scale: float
    shape: float

    def level(self, rarity: float) -> float:
        """The statistic that stable ground goes beyond once in so many site-years.

        Args:
            rarity: natural logarithm of the site-years.
        """
        beyond = rarity + float(np.log(self.rate))
        if beyond <= 0 or abs(self.shape) < 1e-6:
            return self.bound + self.scale * beyond
        return self.bound + self.scale / self.shape * float(np.expm1(self.shape * beyond))

    def rarity(self, said: Floats) -> Floats:
        """Natural logarithm of the site-years between two such values; the inverse of `level`."""
        apart = (np.asarray(said, dtype=np.float64) - self.bound) / self.scale
        bent = apart
        if abs(self.shape) >= 1e-6:
            with np.errstate(invalid="ignore"):
                bent = np.log(np.maximum(1 + self.shape * apart, 1e-3)) / self.shape
        found = np.where(apart > 0, bent, apart) - np.log(self.rate)
        return np.asarray(found, dtype=np.float32)


@dataclass(frozen=True, kw_only=True)
class AlarmModel:
    """What stable sites do, for images of so many bands.

    Attributes:
        single: of each kind of patch and each window; kinds by windows.
        whole: of the rarest of all of them together, as `Tail.rarity` gives it.
        works: of the rarest on dates on which it looks like works; none where too few bands tell.
    """

    single: tuple[tuple[Tail, ...], ...]
    whole: Tail
    works: Tail | None

    def rarity(self, asked: float, pixels: int) -> float:
        """How rare a patch must be to raise an alarm: logarithm of the site-years between two.

        Args:
            asked: false alarms a site and year.
            pixels: of the site; one that is larger than those measured has more room for alarms.
        """
        part = 1.0 if self.works is None else _WHATEVER
        return self.whole.level(_years_apart(_RESERVE * part * asked, pixels))

    def rarity_of_works(self, asked: float, pixels: int) -> float | None:
        """The same for a patch that looks like works; none where the bands do not tell."""
        if self.works is None:
            return None
        enough = self.works.level(_years_apart(_RESERVE_OF_WORKS * (1 - _WHATEVER) * asked, pixels))
        return min(max(enough, self.works.bound), self.rarity(asked, pixels))

    def levels(self, rarity: float) -> Floats:
        """Logarithm of the statistic that raises an alarm; shape (kinds, windows)."""
        return np.array(
            [[tail.level(rarity) for tail in windows] for windows in self.single], dtype=np.float32
        )


def _years_apart(aim: float, pixels: int) -> float:
    """Logarithm of the years between two alarms on a site of the size that was measured."""
    return float(np.log(max(pixels, PIXELS) / PIXELS / aim))


_COARSEST = 20.0
"""Metres of the largest pixels that the rate was looked at."""


@cache
def _models() -> Mapping[int, AlarmModel]:
    text = (files("habeas.monitoring.detection") / "alarm_model.json").read_text(encoding="utf-8")
    return {int(bands): _model(part) for bands, part in json.loads(text)["bands"].items()}


def _model(part: Mapping[str, object]) -> AlarmModel:
    single: list[list[list[float]]] = part["single"]  # type: ignore[assignment]
    whole: list[float] = part["whole"]  # type: ignore[assignment]
    works: list[float] | None = part.get("works")  # type: ignore[assignment]
    return AlarmModel(
        single=tuple(tuple(_tail(numbers) for numbers in windows) for windows in single),
        whole=_tail(whole),
        works=None if works is None else _tail(works),
    )


def _tail(numbers: list[float]) -> Tail:
    bound, rate, scale, shape = numbers
    return Tail(bound=bound, rate=rate, scale=scale, shape=shape)


def alarm_model(bands: int) -> AlarmModel:
    """What stable sites do in images of so many bands, or of the nearest number measured."""
    models = _models()
    return models[min(models, key=lambda known: (abs(known - bands), known))]


def is_measured(bands: int, size: float) -> bool:
    """Whether the rate of false alarms was measured for such images: in bands, and metres a pixel.

    On simulated ground the pixels have ten metres; on the real cubes ten and twenty.
    """
    return bands in _models() and size <= _COARSEST


def less_unrest(said: Floats, patches: Patches) -> Floats:
    """The statistic less what most of the surroundings go beyond on the same date.

    Args:
        said: logarithm of the statistic of each window and patch; shape (windows, t, patches); not
            a number where not clear.
        patches: which; those of the surroundings tell, patches of one size about that size.
    """
    less = said.copy()
    around = ~patches.site & patches.telling
    for kind in np.unique(patches.kinds):
        own = patches.kinds == kind
        like = around & own
        if like.sum() < _FEW:
            like = around & (patches.kinds <= 1)
        less[:, :, own] -= np.maximum(_usual(said[:, :, like]), 0)[:, :, None]
    return less


def _usual(said: Floats) -> Floats:
    """What three of four of these patches stay below, date by date; 0 where few are clear."""
    seen = np.isfinite(said).sum(axis=2)
    if said.shape[2] < _FEW:
        return np.zeros(said.shape[:2], dtype=np.float32)
    ranked = np.sort(np.where(np.isfinite(said), said, np.inf), axis=2)
    place = np.ceil(BEYOND * seen).astype(np.int64).clip(1) - 1
    found = np.take_along_axis(ranked, place[:, :, None], axis=2)[:, :, 0]
    return np.asarray(np.where(seen >= _FEW, found, 0), dtype=np.float32)


def realised(
    asked: float, rarity: float, beyond: npt.NDArray[np.bool_], years: Floats, level: float
) -> Calibration:
    """What the threshold gave on null placements in the same images.

    Args:
        asked: false alarms a site and year.
        rarity: how rare a patch must be to raise an alarm, as `AlarmModel.rarity` gives it.
        beyond: whether each null placement went off; shape (placements,).
        years: for how many site-years each was watched until then; shape (placements,).
        level: of the interval.
    """
    alarms, together = int(beyond.sum()), float(years.sum())
    return Calibration(
        asked=asked,
        threshold=float(np.exp(rarity)),
        placements=len(beyond),
        years=together,
        alarms=alarms,
        rate=rate_of(alarms, together, level),
    )


def rate_of(alarms: int, years: float, level: float) -> Interval:
    """So many alarms in so many site-years as a rate, with its exact interval."""
    low, high = poisson_ends(alarms, level)
    return Interval(
        best=alarms / years if years else float("nan"),
        low=low / years if years else 0.0,
        high=high / years if years else float("inf"),
        level=level,
    )


def poisson_ends(count: int, level: float) -> tuple[float, float]:
    """The exact interval of a Poisson mean (Garwood 1936)."""
    low = float(gammaincinv(count, (1 - level) / 2)) if count else 0.0
    return low, float(gammaincinv(count + 1, (1 + level) / 2))
