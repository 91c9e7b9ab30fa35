"""Fit the models that tell kinds of change (`src/habeas/monitoring/detection/kind_model.json`).

Sites of the calibration split are simulated and watched; what is fitted is what the detector found:
true changes of each kind, and false alarms at stable sites, at which it is set to go off often. The
images end some weeks, some months or a year after the beginning: a model for each. The regressions,
their temperatures and the probabilities below which they abstain come from that split alone (folds
of it); what they do on the test split is printed and goes into the file as provenance. Run it after
`scripts/fit_alarms.py`, with `OMP_NUM_THREADS=1 uv run python scripts/fit_kinds.py`; it takes a
quarter of an hour on two cores.
"""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from multiprocessing import get_context
from pathlib import Path
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize, minimize_scalar

from habeas.monitoring.detection import assessing
from habeas.monitoring.detection import detect as detection
from habeas.monitoring.detection.calibration import AlarmModel, alarm_model
from habeas.monitoring.detection.detect import detect
from habeas.monitoring.detection.kind import KindModel, columns
from habeas.monitoring.detection.kind_features import NAMES, features, logs_of
from habeas.monitoring.detection.settings import DetectionSettings
from habeas.monitoring.detection.spectra import Split, spectra_digest
from habeas.monitoring.detection.surroundings import ring_of, site_mask
from habeas.monitoring.disturbance import KINDS, OUTCOMES, Assessment, Disturbance
from habeas.monitoring.simulation import Change, simulate_site

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]

PATH = Path(__file__).parents[1] / "src/habeas/monitoring/detection/kind_model.json"
CHANGED = {"calibration": 1500, "test": 500}
STABLE = {"calibration": 600, "test": 200}
"""Sites with a change, and without."""

FIRST_SEED = {"calibration": 1_000_000, "test": 5_000_000}
SIZE, SITE = 24, 8
WATCH = date(2020, 1, 1)
SELDOM, OFTEN = 0.02, 0.4
"""False alarms a site and year that are asked for at changed sites and at stable ones: alarms at
the usual rate would be too few to learn from."""

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
        "changed": CHANGED,
        "stable": STABLE,
        "first_seed": FIRST_SEED,
        "ridge": RIDGE,
        "spans": SPANS,
        "outcomes": OUTCOMES,
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
    """Features and outcomes of what is found at simulated sites, for each of `SPANS`."""
    jobs = [(split, number) for number in range(CHANGED[split] + STABLE[split])]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        found = list(pool.map(_site, jobs, chunksize=20))
    parts = []
    for at in range(len(SPANS)):
        seen = [(one[at], outcome) for one, outcome in found if one]
        told = [(values, outcome) for values, outcome in seen if values is not None]
        parts.append(
            (np.stack([values for values, _ in told]), np.array([outcome for _, outcome in told]))
        )
    return parts


def _site(job: tuple[Split, int]) -> tuple[list[Floats | None], int]:
    """The features of what is found at a site when its images end in each of `SPANS`."""
    split, number = job
    seed = FIRST_SEED[split] + number
    stable = number >= CHANGED[split]
    outcome = len(KINDS) if stable else number % len(KINDS)
    change = None if stable else Change(kind=KINDS[outcome])
    made = simulate_site(seed, change=change, split=split, size=SIZE, site=SITE)
    settings = DetectionSettings(watch_from=WATCH, alarms_per_site_year=OFTEN if stable else SELDOM)
    with (
        patch.object(detection, "kinds", return_value=({}, None)),  # they are fitted here
        patch.object(assessing, "alarm_model", by_itself),
    ):
        found = _found(detect(made.cube, made.outline, settings=settings), made.truth.onset)
    if found is None:
        return [], outcome
    ring = ring_of(site_mask(made.cube, made.outline, 0.0), settings.ring)
    rng = np.random.default_rng([seed, 1])
    seen: list[Floats | None] = []
    for first, last in SPANS:
        end = max(found.best + timedelta(days=int(rng.integers(first, last))), found.alarm)
        if (end - found.best).days >= last:
            seen.append(None)
            continue
        until = made.cube.isel(time=made.cube["time"].values <= np.datetime64(end, "D"))
        seen.append(features(logs_of(until, ring), found.footprint, found.best, found.gradual))
    return seen, outcome


def by_itself(bands: int) -> AlarmModel:
    """What stable sites do, without what looks like works, which rests on what is fitted here."""
    return replace(alarm_model(bands), works=None)


def _found(assessment: Assessment, onset: date | None) -> Disturbance | None:
    """The first disturbance of a stable site, or that which is the true change of another."""
    for one in assessment.disturbances:
        if onset is None or one.alarm >= onset:
            return one
    return None


def fitted(seen: Floats, true: Numbers, *, until: int | None) -> tuple[KindModel, dict[str, float]]:
    """The model, and what it does in folds; `until`: see `KindModel`."""
    mean, spread = seen.mean(axis=0), seen.std(axis=0) + 1e-6
    table = columns((seen - mean) / spread)
    scores = np.zeros((len(true), len(OUTCOMES)))
    fold = np.random.default_rng(0).integers(0, FOLDS, len(true))
    for number in range(FOLDS):
        rest = fold != number
        scores[~rest] = table[~rest] @ _weights(table[rest], true[rest]).T
    found = minimize_scalar(_loss, bounds=(0.3, 4), args=(scores, true), method="bounded")
    temperature = float(found.x)
    chances = _chances(scores / temperature)
    limits = np.round(np.arange(0.3, 0.95, 0.02), 2).tolist()
    said, sure = chances.argmax(axis=1), chances.max(axis=1)
    kind = said < len(KINDS)
    right = [(said == true)[kind & (sure >= limit)].mean() for limit in limits]
    least = next((limit for limit, part in zip(limits, right, strict=True) if part >= RIGHT), NEVER)
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
    """Macro-F1 of true changes and of those named, the shares that are named, calibration."""
    said, sure = chances.argmax(axis=1), chances.max(axis=1)
    named = (sure >= least) & (said < len(KINDS))
    change = true < len(KINDS)
    return {
        "macro_f1_of_all": round(_macro(said[change], true[change]), 3),
        "macro_f1_of_named": round(_macro(said[change & named], true[change & named]), 3),
        "abstains": round(1 - float(named[change].mean()), 3),
        "names_a_false_alarm": round(float(named[~change].mean()), 3),
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
    wanted = np.eye(len(OUTCOMES))[true]
    shape = (len(OUTCOMES), table.shape[1])

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
