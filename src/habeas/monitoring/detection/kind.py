"""What kind of change it may have been: a hypothesis, with its probabilities, or none.

Multinomial logistic regressions over what is seen of the change (`kind_features`), fitted on
what was found at simulated sites of the calibration split by `scripts/fit_kinds.py`: one for a
change that began some weeks ago, others for one that has been seen for months, because half-done
works look like others; the probabilities of each are calibrated by one temperature. They learned
from false alarms too, so that one outcome is that there was no change. Where that is the likeliest,
or no kind is likely enough, none is named. That plots were dug or rubbish was tipped stays a
hypothesis until a person has looked at finer images.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import xarray as xr

from habeas.monitoring.cube import BANDS, bands_of
from habeas.monitoring.detection.kind_features import NAMES, features, logs_of
from habeas.monitoring.disturbance import KINDS, OUTCOMES

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True, kw_only=True, eq=False)
class KindModel:
    """A fitted model.

    Attributes:
        until: days since the beginning up to which it is for; none for whatever is longer.
        mean: of each feature where it was fitted; shape (feature,).
        spread: standard deviations; shape (feature,).
        weights: shape (outcome, column): a constant, each feature, then its square.
        temperature: by which the scores are divided.
        least: the probability below which no kind is named.
    """

    until: int | None
    mean: Floats
    spread: Floats
    weights: Floats
    temperature: float
    least: float

    def probabilities(self, seen: Floats) -> Floats:
        """The probability of each of `OUTCOMES`; shape (..., outcome)."""
        scores = columns((seen - self.mean) / self.spread) @ self.weights.T / self.temperature
        scores = scores - scores.max(axis=-1, keepdims=True)
        powers = np.exp(scores)
        return np.asarray(powers / powers.sum(axis=-1, keepdims=True))

    def named(self, chances: Floats) -> str | None:
        """The likeliest outcome, if it is a kind and likely enough; chances: shape (outcome,)."""
        best = OUTCOMES[int(chances.argmax())]
        return best if best in KINDS and chances.max() >= self.least else None


def columns(standard: Floats) -> Floats:
    """The columns of the regression: a constant, the standardised features, their squares."""
    bounded = np.clip(standard, -4, 4)
    one = np.ones((*bounded.shape[:-1], 1))
    return np.concatenate([one, bounded, bounded**2 - 1], axis=-1)


def kinds(
    cube: xr.Dataset, footprint: Mask, onset: date, gradual: bool | None, ring_mask: Mask
) -> tuple[Mapping[str, float], str | None]:
    """The probability of each outcome, and the kind, or none where none is likely enough.

    Args:
        cube: images of the site (`habeas.monitoring.cube`), up to the last that counts.
        footprint: the changed pixels; shape (y, x).
        onset: when the change began, most likely.
        gradual: whether it went on over months; none if that cannot be told.
        ring_mask: the pixels of the surroundings; shape (y, x).

    Returns:
        No probabilities and no kind where the images lack a band or clear dates: nothing is
        estimated then.
    """
    seen = None
    if bands_of(cube) == BANDS and footprint.any() and ring_mask.any():
        seen = features(logs_of(cube, ring_mask), footprint, onset, gradual)
    if seen is None:
        return {}, None
    model = model_after(int((cube["time"].values[-1] - np.datetime64(onset, "ns")) / _DAY))
    found = model.probabilities(seen)
    return dict(zip(OUTCOMES, found.tolist(), strict=True)), model.named(found)


def model_after(days: int) -> KindModel:
    """The model for a change that began so many days before the last image."""
    models = load_kind_models()
    return next(model for model in models if model.until is None or days < model.until)


@cache
def load_kind_models() -> tuple[KindModel, ...]:
    """The models that are shipped (`kind_model.json`, which says how they were fitted)."""
    text = (files("habeas.monitoring.detection") / "kind_model.json").read_text(encoding="utf-8")
    said = json.loads(text)
    if tuple(said["features"]) != NAMES or tuple(said.get("outcomes", ())) != OUTCOMES:
        raise ValueError("kind_model.json was fitted to other features; run scripts/fit_kinds.py")
    return tuple(
        KindModel(
            until=one["until"],
            mean=np.array(one["mean"]),
            spread=np.array(one["spread"]),
            weights=np.array(one["weights"]),
            temperature=float(one["temperature"]),
            least=float(one["least"]),
        )
        for one in said["models"]
    )
