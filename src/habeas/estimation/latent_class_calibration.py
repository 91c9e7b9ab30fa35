"""Whether the latent class sampler draws from the posterior that it claims to draw from.

Populations are drawn from the prior, lists from them, and each is fitted with that same prior: the
true size must then fall anywhere among the draws with the same chance (simulation-based
calibration; Talts and others 2018). It needs a prior that can be drawn from: N uniform to an end.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from habeas.errors import InputError
from habeas.estimation.latent_class import LatentClassSettings, fit_latent_classes
from habeas.estimation.overlap import Overlap


def drawn_tables(
    settings: LatentClassSettings, *, lists: int, tables: int, seed: int
) -> Iterator[tuple[int, Overlap]]:
    """Populations drawn from the prior with their overlap tables, those left out that show nobody.

    Args:
        settings: with a uniform prior of N.
        lists: how many.
        tables: how many.
        seed: of the random numbers.

    Raises:
        InputError: a prior that cannot be drawn from.
    """
    if settings.prior.kind != "uniform" or settings.prior.largest is None:
        raise InputError(
            f"a population cannot be drawn from a prior {settings.prior.describe()}",
            mend='Give Prior(kind="uniform", largest=...)',
        )
    rng = np.random.default_rng(seed)
    names = [f"L{at}" for at in range(lists)]
    made = 0
    while made < tables:
        size = int(rng.integers(1, int(settings.prior.largest) + 1))
        alpha = rng.gamma(settings.shape, 1 / settings.rate)
        sticks = np.append(rng.beta(1, max(alpha, 1e-12), settings.classes - 1), 1.0)
        shares = sticks * np.append(1.0, np.cumprod(1 - sticks)[:-1])
        chances = rng.random((settings.classes, lists))
        member = rng.choice(settings.classes, size=size, p=shares / shares.sum())
        on = rng.random((size, lists)) < chances[member]
        seen = on[on.any(axis=1)]
        if len(seen):
            made += 1
            records = {name: seen[:, at].astype(int) for at, name in enumerate(names)}
            yield size, Overlap.from_records(records, lists=names)


def calibration_ranks(
    settings: LatentClassSettings, *, lists: int, tables: int, kept: int = 99, seed: int = 1
) -> npt.NDArray[np.int64]:
    """Where the true size stands among the draws of its own posterior; shape (tables,).

    Args:
        settings: of the fits; the prior of N uniform to an end.
        lists: in each population.
        tables: how many populations.
        kept: draws that are ranked, taken evenly from all chains; ranks run from 0 to this.
        seed: of the random numbers.

    Returns:
        Ranks that are uniform if the sampler is right; ties are broken by chance.

    Raises:
        InputError: a prior that cannot be drawn from.
    """
    rng = np.random.default_rng([seed, 1])
    ranks = np.empty(tables, dtype=np.int64)
    drawn = drawn_tables(settings, lists=lists, tables=tables, seed=seed)
    for at, (size, overlap) in enumerate(drawn):
        fitted = fit_latent_classes(overlap, settings=settings, seed=seed + at)
        every = fitted.population.ravel()
        draws = every[np.linspace(0, len(every) - 1, kept).astype(int)]
        ranks[at] = (draws < size).sum() + rng.integers(0, (draws == size).sum() + 1)
    return ranks
