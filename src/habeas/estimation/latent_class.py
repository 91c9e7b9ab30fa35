"""Latent classes: how many are missing if the population falls into classes that lists see apart.

Persons of one class have the same chances to be listed, and their lists are independent; how many
classes there are is not fixed: a Dirichlet process decides, cut at a largest number. Dependence
between lists comes from the classes alone. The model is that of Manrique-Vallier (2016); the prior
of the population is proportional to 1/N and has no end unless one is given.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from habeas.errors import InputError
from habeas.estimation.grid import Floats
from habeas.estimation.latent_class_state import Model, patterns_of, room_for
from habeas.estimation.mixing import Mixing, mixing_of
from habeas.estimation.overlap import Overlap
from habeas.estimation.prior import Prior
from habeas.estimation.records import Counts
from habeas.estimation.saying import NoEstimateError

ASSUMPTION = (
    "Every person belongs to one of a few classes; within a class everybody has the same chances "
    "to be listed, and being on one list says nothing about being on another. Classes that no list "
    "could reach are not seen, and not counted."
)
"""What identifies the number of missing."""

JUDGED = ("population", "concentration")
"""The quantities whose chains must agree before a fit counts as converged."""

_SHORTEST_BURN_IN = 40


@dataclass(frozen=True, kw_only=True)
class LatentClassSettings:
    """How to fit.

    Attributes:
        classes: the most classes (K of the truncated stick).
        shape: of the gamma prior of the concentration.
        rate: of that prior.
        prior: of the size of the population.
        chains: independent ones, each from another beginning; fewer than 4 never count as
            converged.
        draws: kept in each chain, every one after the burn-in.
        burn_in: iterations before, in which steps are fitted.
        steps: the most in one trajectory.
    """

    classes: int = 10
    shape: float = 0.25
    rate: float = 0.25
    prior: Prior = field(default_factory=Prior)
    chains: int = 4
    draws: int = 5000
    burn_in: int = 2000
    steps: int = 60

    def __post_init__(self) -> None:
        for name, least in (
            ("classes", 1),
            ("chains", 1),
            ("draws", 4),
            ("burn_in", _SHORTEST_BURN_IN),
            ("steps", 1),
        ):
            if getattr(self, name) < least:
                raise NoEstimateError("too_few", name=name, given=getattr(self, name), least=least)
        for name in ("shape", "rate"):
            value = getattr(self, name)
            if not (np.isfinite(value) and value > 0):
                raise NoEstimateError("not_above_zero", name=name, given=value)


@dataclass(frozen=True, eq=False)
class LatentClassFit:
    """Draws from the posterior, and whether they can be trusted.

    Attributes:
        overlap: the table.
        settings: of the fit.
        seed: of the random numbers.
        population: N; shape (chains, draws).
        concentration: of the Dirichlet process; shape (chains, draws).
        occupied: classes with a person in them; shape (chains, draws).
        accepted: the share of trajectories accepted, by chain; shape (chains,).
    """

    overlap: Overlap
    settings: LatentClassSettings
    seed: int
    population: Floats
    concentration: Floats
    occupied: Counts
    accepted: Floats

    @property
    def observed(self) -> int:
        """Persons on at least one list."""
        return self.overlap.observed

    @property
    def assumption(self) -> str:
        """What identifies the number of missing, in words."""
        return ASSUMPTION

    @property
    def traces(self) -> Mapping[str, Floats]:
        """Every quantity followed, by name; shape (chains, draws)."""
        return {
            "population": self.population,
            "concentration": self.concentration,
            "occupied": self.occupied.astype(np.float64),
        }

    @cached_property
    def mixing(self) -> Mapping[str, Mixing]:
        """How well the chains mix, by quantity."""
        return {name: mixing_of(draws) for name, draws in self.traces.items()}

    @property
    def converged(self) -> bool:
        """Whether the chains agree on the population and the concentration: see `Mixing`."""
        return all(self.mixing[name].converged for name in JUDGED)

    @property
    def has_moments(self) -> bool:
        """Whether the posterior is known to have a mean and a variance: if its prior has an end.

        Without one the tail may be too heavy for either, which no number of draws can show: theirs
        are always finite, and would grow with their number.
        """
        return self.settings.prior.largest is not None

    def mean(self) -> float:
        """The mean over all draws: that of the posterior only where it `has_moments`."""
        return float(self.population.mean())

    def quantile(self, share: float) -> float:
        """The size of the population with this share of the draws at or below it.

        Raises:
            InputError: no share between 0 and 1.
        """
        if not 0 < share < 1:
            raise InputError(f"{share} is no share between 0 and 1", mend="Give 0.5 for the median")
        return float(np.quantile(self.population, share, method="inverted_cdf"))

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """The ends between which this share lies, as much of the rest below as above."""
        return self.quantile((1 - level) / 2), self.quantile((1 + level) / 2)

    def draws(self, count: int, seed: int) -> Floats:
        """Sizes of the population drawn from those of all chains, with replacement.

        Args:
            count: how many; shape (count,).
            seed: of the random numbers.
        """
        return np.random.default_rng(seed).choice(self.population.ravel(), size=count)

    def describe(self) -> str:
        """Median, interval and convergence in one line."""
        low, high = self.interval()
        said = (
            f"{self.quantile(0.5):,.0f} [{low:,.0f} to {high:,.0f}], "
            f"prior of N {self.settings.prior.describe()}"
        )
        return f"{said}; {self.mixing['population'].describe()}" + (
            "" if self.converged else "; NOT CONVERGED: not to be published"
        )


def fit_latent_classes(
    overlap: Overlap, *, settings: LatentClassSettings | None = None, seed: int = 1
) -> LatentClassFit:
    """Fit latent classes to one table by several chains.

    The draws depend on the seed and the settings alone, not on how many chains run at once.

    Args:
        overlap: one stratum, 2 to 62 lists.
        settings: priors and lengths; the published ones when left out.
        seed: of the random numbers.

    Returns:
        The draws. Look at `converged` first.

    Raises:
        InputError: several strata, nobody observed, one list, patterns that could not be recorded,
            a largest population below the persons observed.
    """
    found = settings or LatentClassSettings()
    _check(overlap, found)
    seeds = np.random.SeedSequence(seed).spawn(found.chains)
    with ThreadPoolExecutor(found.chains) as pool:
        chains = list(pool.map(lambda one: _run(overlap, found, one), seeds))
    population, concentration, occupied, accepted = zip(*chains, strict=True)
    return LatentClassFit(
        overlap=overlap,
        settings=found,
        seed=seed,
        population=np.stack(population),
        concentration=np.stack(concentration),
        occupied=np.stack(occupied),
        accepted=np.array(accepted),
    )


def _run(
    overlap: Overlap, settings: LatentClassSettings, seed: np.random.SeedSequence
) -> tuple[Floats, Floats, Counts, float]:
    """One chain from a beginning of its own. Numba is loaded here: it takes a second."""
    from habeas.estimation.latent_class_kernel import run_chain

    rng = np.random.default_rng(seed)
    prior = settings.prior
    on, counts = patterns_of(overlap)
    model = Model(
        on=on,
        counts=counts,
        observed=overlap.observed,
        shape=float(settings.shape),
        rate=float(settings.rate),
        power=1.0 if prior.kind == "uniform" else 0.0,
        largest=float("inf") if prior.largest is None else float(prior.largest),
    )
    room = room_for(rng, (settings.classes, overlap.k), len(counts), settings.draws)
    run_chain(rng, model, room, settings.burn_in, settings.steps)
    trace = room.trace
    return trace.population, trace.concentration, trace.occupied, float(trace.accepted[0])


def _check(overlap: Overlap, settings: LatentClassSettings) -> None:
    if len(overlap.strata) > 1:
        raise NoEstimateError("several_strata")
    if not overlap.observed:
        raise NoEstimateError("no_persons")
    if overlap.k < 2:
        raise NoEstimateError("one_list")
    if overlap.unrecorded:
        raise NoEstimateError("unrecorded")
    largest = settings.prior.largest
    if largest is not None and largest < overlap.observed:
        raise NoEstimateError("largest", largest=largest, observed=overlap.observed)
