"""Latent classes: exact posteriors of small cases, what the R package LCMCR gives, invariances."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from scipy.special import betaln, gammaln
from scipy.stats import chisquare

from habeas.errors import InputError
from habeas.estimation import latent_class_kernel as kernel
from habeas.estimation.latent_class import LatentClassSettings, fit_latent_classes
from habeas.estimation.latent_class_calibration import calibration_ranks, drawn_tables
from habeas.estimation.latent_class_state import Model, patterns_of, room_for
from habeas.estimation.mixing import bulk_size, mixing_of
from habeas.estimation.overlap import Overlap
from habeas.estimation.prior import Prior

SMALL = Overlap.from_counts(
    ["A", "B", "C"], {"100": 4, "010": 2, "110": 2, "111": 1, "001": 2, "011": 1}
)


def agrees(draws, sizes, below) -> float:
    """The largest distance of the draws from a distribution function, in standard errors."""
    worst = 0.0
    for share in (0.05, 0.25, 0.5, 0.75, 0.95):
        at = int(np.searchsorted(below, share))
        said = (draws <= sizes[at]).astype(float)
        error = np.sqrt(below[at] * (1 - below[at]) / bulk_size(said))
        worst = max(worst, abs(said.mean() - below[at]) / error)
    return worst


def one_class(overlap: Overlap, power: float, largest: int):
    """N under independence, list probabilities integrated out: a closed form."""
    sizes = np.arange(overlap.observed, largest + 1.0)
    missing = sizes - overlap.observed
    said = gammaln(sizes + 1) - gammaln(missing + 1) + (power - 1) * np.log(sizes)
    for count in overlap.sizes:
        said = said + betaln(1 + count, 1 + sizes - count)
    mass = np.exp(said - said.max())
    return sizes, np.cumsum(mass / mass.sum())


def two_classes(overlap: Overlap, shape: float, rate: float, largest: int):
    """N under two classes: a sum over all ways to deal the persons out, alpha by quadrature."""
    ways = np.zeros((1, 2 + overlap.k))  # log of the number of ways; persons in class one; listed
    for pattern, count in zip(overlap.membership, overlap.totals, strict=True):
        taken = np.arange(count + 1)
        part = np.zeros((len(taken), 2 + overlap.k))
        part[:, 0] = gammaln(count + 1) - gammaln(taken + 1) - gammaln(count - taken + 1)
        part[:, 1] = taken
        part[:, 2:] = taken[:, None] * pattern
        ways = (ways[:, None, :] + part[None, :, :]).reshape(-1, 2 + overlap.k)
    grid = np.linspace(-60, 5, 1500)
    prior = shape * grid - rate * np.exp(grid)
    prior -= np.logaddexp.reduce(prior)
    said = []
    for size in range(overlap.observed, largest + 1):
        missing = size - overlap.observed
        unseen = np.arange(missing + 1)
        other = np.arange(size + 1)  # persons in class two
        alpha = np.exp(grid)[:, None]
        stick = np.logaddexp.reduce(
            prior[:, None] + np.log(alpha) + betaln(1 + size - other, alpha + other), axis=0
        )
        first = ways[:, 1, None] + unseen
        term = ways[:, 0, None] + gammaln(missing + 1) - gammaln(unseen + 1)
        term = term - gammaln(missing - unseen + 1) + stick[(size - first).astype(int)]
        for at in range(overlap.k):
            one, two = ways[:, 2 + at, None], overlap.sizes[at] - ways[:, 2 + at, None]
            term = term + betaln(1 + one, 1 + first - one)
            term = term + betaln(1 + two, 1 + size - first - two)
        ordered = gammaln(size + 1) - gammaln(missing + 1) - np.log(size)
        said.append(ordered + np.logaddexp.reduce(term.ravel()))
    mass = np.exp(np.array(said) - max(said))
    return np.arange(overlap.observed, largest + 1.0), np.cumsum(mass / mass.sum())


@pytest.mark.parametrize(("kind", "largest"), [("reciprocal", None), ("uniform", 60)])
def test_one_class_has_its_closed_form(kind, largest):
    settings = LatentClassSettings(
        classes=1, prior=Prior(kind=kind, largest=largest), draws=8000, steps=10
    )
    fitted = fit_latent_classes(SMALL, settings=settings, seed=5)
    power = 1.0 if kind == "uniform" else 0.0
    assert agrees(fitted.population, *one_class(SMALL, power, largest or 20_000)) < 3.5
    other = one_class(SMALL, 1.0 - power, largest or 20_000)
    assert agrees(fitted.population, *other) > 10, "the other prior is told apart"


def test_two_classes_are_what_the_sum_over_all_deals_gives():
    settings = LatentClassSettings(
        classes=2, shape=2.0, rate=1.0, prior=Prior(largest=50), draws=10_000, steps=10
    )
    fitted = fit_latent_classes(SMALL, settings=settings, seed=6)
    assert fitted.population.max() == 50
    assert agrees(fitted.population, *two_classes(SMALL, 2.0, 1.0, 50)) < 3.5
    assert agrees(fitted.population, *two_classes(SMALL, 0.1, 1.0, 50)) > 5
    assert agrees(fitted.population, *one_class(SMALL, 0.0, 50)) > 5


@pytest.mark.parametrize("name", ["Kosovo", "Korea", "spina_bifida"])
def test_lcmcr_gives_the_same_posterior(name, table, reference):
    fitted = fit_latent_classes(table(name), seed=2)
    assert fitted.converged
    said = max(reference(name, "LCMCR"), key=lambda row: size_of(row["notes"]))
    notes = dict(part.split("=") for part in said["notes"].split(";")[:3])
    size, spread = float(notes["ess"]), float(notes["sd"])
    ours = bulk_size(fitted.population)
    # Heavy tails: the mean of either is known no better than its own spread says.
    spread = max(spread, float(fitted.population.std()))
    error = spread * np.sqrt(1 / size + 1 / ours)
    assert abs(fitted.mean() - float(notes["mean"])) < 3 * error
    for column, share in (("lo", 0.025), ("estimate", 0.5), ("hi", 0.975)):
        value = float(said[column])
        low = (fitted.population < value - 0.5).mean()
        high = (fitted.population <= value + 0.5).mean()
        error = np.sqrt(share * (1 - share) * (1 / size + 1 / ours))
        assert low - 3 * error <= share <= high + 3 * error, column


def size_of(notes: str) -> float:
    return float(notes.split("ess=")[1].split(";", maxsplit=1)[0])


def test_the_bimodal_table_converges_where_the_anchor_does_not(table):
    fitted = fit_latent_classes(table("UKdat_5"), seed=4)
    assert fitted.mixing["population"].r_hat < 1.02
    assert np.ptp(np.median(fitted.population, axis=1)) < 0.1 * fitted.quantile(0.5)


def model_of(overlap: Overlap, power: float = 0.0) -> Model:
    on, counts = patterns_of(overlap)
    return Model(on, counts, overlap.observed, 0.25, 0.25, power, float("inf"))


def definition(overlap: Overlap, state, power: float) -> float:
    """The log density by the book: patterns, sticks with alpha integrated out, Jacobians."""
    chance = 1 / (1 + np.exp(-state.logit))
    seen = 1 - np.prod(1 - chance, axis=1)
    share = np.exp(state.size) / np.exp(state.size).sum()
    said = 0.0
    for pattern, count in zip(overlap.membership, overlap.totals, strict=True):
        cells = np.prod(np.where(pattern, chance, 1 - chance), axis=1)
        said += count * np.log(share @ (cells / seen))
    piece = share / seen
    rest = np.cumsum(piece[::-1])[::-1]
    said += np.log(piece / rest).sum() + power * np.log(rest[0])
    said -= (0.25 + len(seen) - 1) * np.log(0.25 + np.log(rest[0] / piece[-1]))
    said += (np.log(chance) + np.log1p(-chance)).sum()
    return said - 0.5 * (np.log(np.exp(state.size).sum()) / kernel.SPREAD) ** 2


@pytest.mark.parametrize("power", [0.0, 1.0])
@pytest.mark.parametrize("name", ["UKdat_5", "Kosovo"])
def test_density_and_gradient_are_as_defined(name, power, table):
    """UKdat_5 has nobody on all lists: patterns end at different places."""
    overlap = table(name)
    model = model_of(overlap, power)
    rng = np.random.default_rng(8)
    state = room_for(rng, (10, overlap.k), len(model.counts), 4).state
    state.logit[:] = rng.normal(-3, 2, size=state.logit.shape)
    assert kernel._density(model, state) == pytest.approx(definition(overlap, state, power))
    kernel._pull(model, state)
    for array, gradient in (
        (state.logit, state.pull_logit.copy()),
        (state.size, state.pull_size.copy()),
    ):
        for at in ((0, 0), (3, 1), (9, 3)):
            place = at if array.ndim == 2 else at[:1]
            kept = array[place]
            array[place] = kept + 1e-5
            above = kernel._density(model, state)
            array[place] = kept - 1e-5
            below = kernel._density(model, state)
            array[place] = kept
            assert (above - below) / 2e-5 == pytest.approx(gradient[place], rel=1e-5, abs=1e-5)


def test_sticks_too_small_for_a_float_do_not_vanish(table):
    model = model_of(table("Korea"))
    state = room_for(np.random.default_rng(1), (4, 3), len(model.counts), 4).state
    state.size[:] = [0.0, -1.0, -2000.0, -5000.0]
    assert np.isfinite(kernel._density(model, state))
    first = kernel._density(model, state)
    state.size[3] -= 100
    assert kernel._density(model, state) != first
    kernel._pull(model, state)
    assert np.isfinite(state.pull_size).all()


PLAIN = """
import json
import sys
from habeas.estimation.latent_class import LatentClassSettings, fit_latent_classes
from habeas.estimation.overlap import Overlap
overlap = Overlap.from_counts(["A", "B", "C"], json.loads(sys.argv[1]))
settings = LatentClassSettings(classes=3, chains=1, draws=50, burn_in=50, steps=4)
fitted = fit_latent_classes(overlap, settings=settings, seed=9)
print(json.dumps([fitted.population.tolist(), fitted.concentration.tolist()]))
"""


def test_without_numba_the_draws_are_the_same():
    counts = {"100": 14, "010": 12, "110": 6, "101": 3, "001": 9}
    found = []
    for disabled in ("0", "1"):
        ran = subprocess.run(
            [sys.executable, "-c", PLAIN, json.dumps(counts)],
            env={**os.environ, "NUMBA_DISABLE_JIT": disabled},
            capture_output=True,
            text=True,
            check=True,
        )
        found.append(np.array(json.loads(ran.stdout)))
    assert found[0][1] == pytest.approx(found[1][1], rel=1e-6)
    assert found[0][0].tolist() == found[1][0].tolist()


def quick(**said):
    return LatentClassSettings(**{"draws": 1000, "burn_in": 300, "steps": 10, **said})


def test_the_seed_decides_and_nothing_else():
    first = fit_latent_classes(SMALL, settings=quick(), seed=3)
    again = fit_latent_classes(SMALL, settings=quick(), seed=3)
    other = fit_latent_classes(SMALL, settings=quick(), seed=4)
    assert first.population.tolist() == again.population.tolist()
    assert first.population.tolist() != other.population.tolist()
    assert len(np.unique(first.population[:, :50], axis=0)) == 4, "chains differ"


def test_the_order_of_the_lists_does_not_matter(table):
    overlap = table("spina_bifida")
    turned = Overlap.from_counts(
        ["S3", "S1", "S2"],
        {
            f"{p >> 2 & 1}{p & 1}{p >> 1 & 1}": int(count)
            for p, count in zip(overlap.patterns, overlap.totals, strict=True)
        },
    )
    one = fit_latent_classes(overlap, settings=quick(draws=3000), seed=1)
    two = fit_latent_classes(turned, settings=quick(draws=3000), seed=2)
    error = np.sqrt(0.25 * (1 / bulk_size(one.population) + 1 / bulk_size(two.population)))
    assert abs((two.population <= one.quantile(0.5)).mean() - 0.5) < 4 * error


def test_no_hidden_cap_on_the_population():
    """LCMCR redraws until the unlisted are at most 20 times the observed."""
    sparse = Overlap.from_counts(["A", "B"], {"10": 300, "01": 300, "11": 1})
    free = fit_latent_classes(sparse, settings=quick(classes=2), seed=1)
    beyond = (free.population > 21 * sparse.observed).mean()
    assert beyond > 0.005
    bound = quick(classes=2, prior=Prior(largest=21 * sparse.observed))
    capped = fit_latent_classes(sparse, settings=bound, seed=1)
    assert capped.population.max() <= 21 * sparse.observed


def test_many_lists():
    rng = np.random.default_rng(4)
    on = rng.random((800, 62)) < np.where(rng.random(800) < 0.5, 0.02, 0.06)[:, None]
    seen = on[on.any(axis=1)]
    names = [f"L{at}" for at in range(62)]
    overlap = Overlap.from_records(
        {name: seen[:, at].astype(int) for at, name in enumerate(names)}, lists=names
    )
    fitted = fit_latent_classes(overlap, settings=quick(draws=100, burn_in=100, chains=2), seed=1)
    assert 700 < fitted.quantile(0.5) < 1000


def test_ranks_are_uniform_when_a_population_comes_from_the_prior(monkeypatch):
    settings = LatentClassSettings(
        classes=3,
        prior=Prior(kind="uniform", largest=60),
        chains=1,
        draws=600,
        burn_in=150,
        steps=8,
    )
    ranks = calibration_ranks(settings, lists=3, tables=120, seed=21)
    assert chisquare(np.bincount(ranks // 20, minlength=5)).pvalue > 1e-3
    true = [size for size, _ in drawn_tables(settings, lists=3, tables=120, seed=21)]
    assert 25 < np.mean(true) < 40
    # A mutant that forgets half of the missing is seen.
    whole = fit_latent_classes

    def halved(overlap, **said):
        fitted = whole(overlap, **said)
        fitted.population[:] = (fitted.population + overlap.observed) // 2
        return fitted

    from habeas.estimation import latent_class_calibration

    monkeypatch.setattr(latent_class_calibration, "fit_latent_classes", halved)
    ranks = calibration_ranks(settings, lists=3, tables=120, seed=21)
    assert chisquare(np.bincount(ranks // 20, minlength=5)).pvalue < 1e-3


def test_calibration_needs_a_prior_to_draw_from():
    with pytest.raises(InputError, match="cannot be drawn"):
        next(drawn_tables(quick(), lists=3, tables=1, seed=1))


def test_not_converged_is_said_and_carried(table):
    short = fit_latent_classes(table("UKdat"), settings=quick(draws=50, burn_in=40), seed=1)
    assert not short.converged
    assert "NOT CONVERGED" in short.describe()
    three = fit_latent_classes(table("Korea"), settings=quick(chains=3, draws=4000), seed=1)
    assert not three.converged, "three chains are too few"
    four = fit_latent_classes(table("Korea"), settings=quick(draws=5000), seed=1)
    assert four.converged
    assert "NOT CONVERGED" not in four.describe()
    apart = four.population.copy()
    apart[0] *= 2
    assert not mixing_of(apart).converged


def test_what_a_fit_carries():
    fitted = fit_latent_classes(SMALL, settings=quick(), seed=3)
    assert fitted.population.shape == fitted.concentration.shape == (4, 1000)
    assert set(fitted.traces) == set(fitted.mixing) == {"population", "concentration", "occupied"}
    assert fitted.population.min() >= SMALL.observed == fitted.observed
    assert (fitted.occupied >= 1).all()
    assert (fitted.occupied <= 10).all()
    assert ((fitted.accepted > 0.3) & (fitted.accepted <= 1)).all()
    low, high = fitted.interval(0.9)
    assert low <= fitted.quantile(0.5) <= high
    assert fitted.interval(0.5)[0] >= low
    assert fitted.draws(5, seed=1).tolist() == fitted.draws(5, seed=1).tolist()
    assert set(fitted.draws(50, seed=1)) <= set(fitted.population.ravel())
    assert "same chances" in fitted.assumption


@pytest.mark.parametrize("share", [0, 1, -0.1, float("nan")])
def test_no_share(share):
    fitted = fit_latent_classes(SMALL, settings=quick(draws=4, burn_in=40), seed=3)
    with pytest.raises(InputError, match="no share"):
        fitted.quantile(share)


@pytest.mark.parametrize(
    ("overlap", "reason"),
    [
        (Overlap.from_counts(["A"], {"1": 5}), "one list"),
        (Overlap.from_counts(["A", "B"], {"10": 0}), "no persons"),
        (
            Overlap.from_records(
                {"A": [1, 1], "B": [0, 1], "place": ["x", "y"]}, lists=["A", "B"], strata=["place"]
            ),
            "several strata",
        ),
        (Overlap.from_counts(["A", "B"], {"10": 3}, unrecorded=["01"]), "could not be recorded"),
    ],
)
def test_what_cannot_be_fitted_is_refused(overlap, reason):
    with pytest.raises(InputError, match=reason):
        fit_latent_classes(overlap)


def test_a_largest_population_below_the_observed_is_refused():
    with pytest.raises(InputError, match="largest"):
        fit_latent_classes(SMALL, settings=quick(prior=Prior(largest=11)))


@pytest.mark.parametrize(
    "said",
    [
        {"classes": 0},
        {"chains": 0},
        {"draws": 3},
        {"burn_in": 39},
        {"steps": 0},
        {"shape": 0.0},
        {"rate": float("nan")},
    ],
)
def test_settings_without_sense_are_refused(said):
    with pytest.raises(InputError):
        LatentClassSettings(**said)
