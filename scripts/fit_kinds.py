"""Fit the models that tell kinds of change (`src/habeas/monitoring/detection/kind_model.json`).

Changed sites are simulated of the calibration split; the footprint, the date and whether it went on
over months are blurred as a detector blurs them, and the images end some weeks, some months or a
year after the beginning: a model for each. The regressions, their temperatures and the
probabilities below which they abstain come from that split alone (folds of it); what they do on the
test split is printed and goes into the file as provenance. Run it with
`OMP_NUM_THREADS=1 uv run python scripts/fit_kinds.py`; it takes some minutes on two cores.
"""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.ndimage import binary_dilation
from scipy.optimize import minimize, minimize_scalar

from habeas.monitoring.detection.kind import KindModel, columns
from habeas.monitoring.detection.kind_features import NAMES, features
from habeas.monitoring.detection.spectra import Split, spectra_digest
from habeas.monitoring.disturbance import KINDS
from habeas.monitoring.simulation import Change, Truth, simulate_site

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]

PATH = Path(__file__).parents[1] / "src/habeas/monitoring/detection/kind_model.json"
SITES = {"calibration": 1500, "test": 500}
FIRST_SEED = {"calibration": 1_000_000, "test": 5_000_000}
SPANS = ((25, 120), (120, 300), (300, 540))
"""Days after the beginning between which the images of each model end."""

RIDGE = 0.01
FOLDS = 5
RIGHT = 0.8
"""The share of those it names that are to be right, in the folds."""

NEVER = 1.01
"""A probability that is never reached."""


def main() -> None:
    """Fit, measure, write."""
    parts = []
    for (first, last), learnt, tried in zip(
        SPANS, sites("calibration"), sites("test"), strict=True
    ):
        model, told = fitted(*learnt, until=None if last == SPANS[-1][1] else last)
        beyond = measured(model, *tried)
        print(f"images end {first} to {last} days after; in folds: {told}; on test: {beyond}")
        parts.append(written(model) | {"in_folds_of_calibration": told, "on_test": beyond})
    document = {
        "what": "multinomial logistic regressions of the kind of a change",
        "written_by": "scripts/fit_kinds.py",
        "spectra_sha256": spectra_digest(),
        "sites": SITES,
        "first_seed": FIRST_SEED,
        "ridge": RIDGE,
        "spans": SPANS,
        "kinds": KINDS,
        "features": NAMES,
        "models": parts,
    }
    text = json.dumps(document, indent=1)
    PATH.write_text(text + "\n", encoding="utf-8")


def written(model: KindModel) -> dict[str, object]:
    """A model as it stands in the file."""
    return {
        "until": model.until,
        "temperature": round(model.temperature, 4),
        "least": model.least,
        "mean": np.round(model.mean, 5).tolist(),
        "spread": np.round(model.spread, 5).tolist(),
        "weights": np.round(model.weights, 5).tolist(),
    }


def sites(split: Split) -> list[tuple[Floats, Numbers]]:
    """Features and kinds of simulated changed sites of a split, for each of `SPANS`."""
    jobs = [(split, number) for number in range(SITES[split])]
    with ProcessPoolExecutor(2) as pool:
        found = list(pool.map(_site, jobs, chunksize=20))
    parts = []
    for at in range(len(SPANS)):
        seen = [(one[at], number % len(KINDS)) for number, one in enumerate(found)]
        told = [(values, kind) for values, kind in seen if values is not None]
        parts.append(
            (np.stack([values for values, _ in told]), np.array([kind for _, kind in told]))
        )
    return parts


def _site(job: tuple[Split, int]) -> list[Floats | None]:
    """The features of a site when its images end in each of `SPANS`."""
    split, number = job
    seed, kind = FIRST_SEED[split] + number, number % len(KINDS)
    made = simulate_site(seed, change=Change(kind=KINDS[kind]), split=split)
    rng = np.random.default_rng([seed, 1])
    x, y = np.meshgrid(made.cube["x"].values, made.cube["y"].values)
    left, low, right, high = made.outline.bounds
    site = (x > left) & (x < right) & (y > low) & (y < high)
    footprint = _blurred(rng, made.truth.footprint & site, site)
    late = rng.normal(5, 15) + (rng.exponential(30) if made.truth.gradual else 0)
    onset = made.truth.onset + timedelta(days=int(late))  # type: ignore[operator]
    guessed, days = _guessed(rng, made.truth), made.cube["time"].values
    found = []
    for first, last in SPANS:
        end = np.datetime64(onset + timedelta(days=int(rng.integers(first, last))), "D")
        until = made.cube.isel(time=days <= end)
        found.append(features(until, footprint, onset, guessed, ~site))
    return found


def _blurred(
    rng: np.random.Generator, true: npt.NDArray[np.bool_], site: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """A tenth of the pixels is lost, a fifth of those about it is taken in."""
    rim = binary_dilation(true) & site & ~true
    blurred = (true & (rng.random(true.shape) > 0.1)) | (rim & (rng.random(true.shape) < 0.2))
    return np.asarray(blurred if blurred.any() else true)


def _guessed(rng: np.random.Generator, truth: Truth) -> bool | None:
    """Whether it was gradual: unknown in three of ten, wrong in two."""
    luck = rng.random()
    if luck < 0.3:
        return None
    return truth.gradual if luck < 0.8 else not truth.gradual


def fitted(seen: Floats, true: Numbers, *, until: int | None) -> tuple[KindModel, dict[str, float]]:
    """The model, and what it does in folds; `until`: see `KindModel`."""
    mean, spread = seen.mean(axis=0), seen.std(axis=0) + 1e-6
    table = columns((seen - mean) / spread)
    scores = np.zeros((len(true), len(KINDS)))
    fold = np.random.default_rng(0).integers(0, FOLDS, len(true))
    for number in range(FOLDS):
        rest = fold != number
        scores[~rest] = table[~rest] @ _weights(table[rest], true[rest]).T
    found = minimize_scalar(_loss, bounds=(0.3, 4), args=(scores, true), method="bounded")
    temperature = float(found.x)
    chances = _chances(scores / temperature)
    limits = np.round(np.arange(0.3, 0.95, 0.02), 2).tolist()
    right, sure = chances.argmax(axis=1) == true, chances.max(axis=1)
    least = next((limit for limit in limits if right[sure >= limit].mean() >= RIGHT), NEVER)
    model = KindModel(
        until=until,
        mean=mean,
        spread=spread,
        weights=_weights(table, true),
        temperature=temperature,
        least=least,
    )
    return model, summary(chances, true, least)


def measured(model: KindModel, seen: Floats, true: Numbers) -> dict[str, float]:
    """What a model does on other sites."""
    return summary(model.probabilities(seen), true, model.least)


def summary(chances: Floats, true: Numbers, least: float) -> dict[str, float]:
    """Macro-F1 of all and of those named, the share that abstains, calibration."""
    said, sure = chances.argmax(axis=1), chances.max(axis=1)
    named = sure >= least
    return {
        "macro_f1_of_all": round(_macro(said, true), 3),
        "macro_f1_of_named": round(_macro(said[named], true[named]), 3),
        "abstains": round(1 - float(named.mean()), 3),
        "calibration_error": round(calibration_error(sure, said == true), 3),
    }


def calibration_error(sure: Floats, right: npt.NDArray[np.bool_]) -> float:
    """Mean distance of what is said from how often it is right, in ten parts of equal count."""
    parts = np.array_split(np.argsort(sure), 10)
    return float(sum(abs(sure[p].mean() - right[p].mean()) * len(p) for p in parts) / len(sure))


def _macro(said: Numbers, true: Numbers) -> float:
    """The mean over kinds of F1."""
    scores = []
    for kind in range(len(KINDS)):
        both = ((said == kind) & (true == kind)).sum()
        scores.append(2 * both / max((said == kind).sum() + (true == kind).sum(), 1))
    return float(np.mean(scores))


def _weights(table: Floats, true: Numbers) -> Floats:
    """Multinomial logistic regression with a ridge on all but the constants."""
    wanted = np.eye(len(KINDS))[true]
    shape = (len(KINDS), table.shape[1])

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights = flat.reshape(shape)
        chances = _chances(table @ weights.T)
        fit = -np.log(np.maximum((chances * wanted).sum(axis=1), 1e-12)).mean()
        slope = (chances - wanted).T @ table / len(true)
        slope[:, 1:] += RIDGE * weights[:, 1:]
        return float(fit + RIDGE / 2 * (weights[:, 1:] ** 2).sum()), slope.ravel()

    start = np.zeros(shape[0] * shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 1000})
    return np.asarray(found.x.reshape(shape))


def _loss(temperature: float, scores: Floats, true: Numbers) -> float:
    chances = _chances(scores / temperature)
    return float(-np.log(np.maximum(chances[np.arange(len(true)), true], 1e-12)).mean())


def _chances(scores: Floats) -> Floats:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


if __name__ == "__main__":
    main()
