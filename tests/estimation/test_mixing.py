"""R-hat and effective sample sizes: what ArviZ gives, what theory gives, and what must be seen."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from habeas.errors import InputError
from habeas.estimation import mixing
from habeas.estimation.mixing import (
    bulk_size,
    mixing_of,
    r_hat,
    single_chain_size,
    tail_size,
)


def chains(kind: str, shape: tuple[int, int], seed: int = 3):
    rng = np.random.default_rng(seed)
    drawn = rng.normal(size=shape)
    if kind == "walk":
        return np.cumsum(drawn, axis=1)
    if kind == "whole":
        return np.floor(2 * drawn)
    if kind == "sticky":
        kernel = 0.9 ** np.arange(60)
        return np.stack([np.convolve(row, kernel)[: len(row)] for row in drawn])
    if kind == "heavy":
        return np.tan(np.pi * (rng.random(shape) - 0.5))
    if kind == "alternating":
        drawn[:, 1:] -= 0.7 * drawn[:, :-1]
    return drawn


KINDS = ("independent", "walk", "whole", "sticky", "heavy", "alternating")
SHAPES = ((4, 300), (4, 301), (2, 60))


def test_the_figures_are_those_of_arviz():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import arviz

        for kind in KINDS:
            for shape in SHAPES:
                drawn = chains(kind, shape)
                data = arviz.convert_to_dataset(drawn)
                said = [
                    float(found["x"])
                    for found in (
                        arviz.rhat(data),
                        arviz.ess(data, method="bulk"),
                        arviz.ess(data, method="tail", prob=(0.05, 0.95)),
                    )
                ]
                assert [r_hat(drawn), bulk_size(drawn), tail_size(drawn)] == pytest.approx(
                    said, rel=1e-9
                ), (kind, shape)


@pytest.mark.parametrize("carried", [0.0, 0.5, 0.9, -0.5])
def test_an_autoregression_has_the_size_that_theory_says(carried):
    rng = np.random.default_rng(7)
    noise = rng.normal(size=(4, 50_000))
    drawn = np.empty_like(noise)
    drawn[:, 0] = noise[:, 0] / np.sqrt(1 - carried**2)
    for at in range(1, noise.shape[1]):
        drawn[:, at] = carried * drawn[:, at - 1] + noise[:, at]
    expected = drawn.size * (1 - carried) / (1 + carried)
    assert bulk_size(drawn) == pytest.approx(expected, rel=0.1)
    assert single_chain_size(drawn[0]) == pytest.approx(expected / 4, rel=0.15)


def shifted(drawn):
    return drawn + np.arange(len(drawn))[:, None] * 0.5


def test_good_chains_converge_and_bad_ones_do_not():
    good = chains("independent", (4, 1000))
    assert mixing_of(good).converged
    assert not mixing_of(shifted(good)).converged, "the chains are in different places"
    assert not mixing_of(good * np.arange(1, 5)[:, None]).converged, "as wide as they differ"
    assert not mixing_of(good[:3]).converged, "three chains are too few"
    assert not mixing_of(chains("sticky", (4, 1000))).converged
    assert not mixing_of(np.ones((4, 1000))).converged, "what never moves has shown nothing"
    assert "NOT CONVERGED" in mixing_of(shifted(good)).describe()


def test_a_mutant_without_the_folded_half_misses_what_differs_in_width(monkeypatch):
    wide = chains("independent", (4, 1000)) * np.array([[1], [1], [1], [4]])
    assert r_hat(wide) > 1.05
    monkeypatch.setattr(mixing.np, "fmax", lambda first, second: first)
    assert r_hat(wide) < 1.01


def test_a_mutant_without_the_split_misses_a_drift(monkeypatch):
    drift = chains("independent", (4, 1000)) + np.linspace(0, 3, 1000)
    assert r_hat(drift) > 1.1
    monkeypatch.setattr(mixing, "_halves", lambda draws: draws)
    assert r_hat(drift) < 1.01


def test_ranks_do_not_depend_on_the_scale():
    drawn = chains("sticky", (4, 500))
    assert bulk_size(np.exp(drawn)) == pytest.approx(bulk_size(drawn), rel=1e-12)


@pytest.mark.parametrize("bad", [np.ones(10), np.ones((2, 3)), np.ones((2, 5, 5))])
def test_another_shape_is_refused(bad):
    with pytest.raises(InputError, match="shape"):
        mixing_of(bad)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_finite_is_refused(value):
    drawn = chains("independent", (4, 10))
    drawn[2, 3] = value
    with pytest.raises(InputError, match="not finite"):
        mixing_of(drawn)
