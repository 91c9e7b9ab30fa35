"""The report card for programs: every value, where it is from, and what speaks against it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

import numpy as np

from habeas.estimation.agreement import disagreements
from habeas.estimation.consistency import Step
from habeas.estimation.fitting import Outcome
from habeas.estimation.overlap import Overlap
from habeas.estimation.refusal import Refusal
from habeas.estimation.report.card import Card, Checks, Strata
from habeas.estimation.report.telling import is_publishable, refusals_of, state_of
from habeas.estimation.saying import Saying
from habeas.estimation.strata import StratifiedEstimation, Stratum
from habeas.estimation.wording import load_words

FORMAT: Final = "habeas-estimate/1"

_SHARES: Final = (0.005, 0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975, 0.995)
"""Quantiles of the draws that are written down."""


def document_of(card: Card) -> dict[str, Any]:
    """The whole card as one JSON object; a number without end is the word `infinite`."""
    asked = card.asked
    found: dict[str, Any] = {
        "format": FORMAT,
        "version": card.version,
        "origin": asked.origin,
        "clearance": asked.clearance,
        "table": table_document(card.overlap),
        "level": asked.level,
        "seed": asked.seed,
        "override": dict(asked.override),
        "publishable": is_publishable(card),
        "disagreements": [
            asdict(one) | {"en": one.describe("en"), "fa": one.describe("fa")}
            for one in disagreements(card.outcomes)
        ],
        "outcomes": [outcome_document(one) for one in card.outcomes],
        "checks": _checks(card.checks),
        "strata": None if card.strata is None else _strata(card.strata),
    }
    return dict(plain(found))


def table_document(overlap: Overlap) -> dict[str, Any]:
    """An overlap table, whole."""
    return {
        "digest": overlap.digest,
        "lists": list(overlap.lists),
        "observed": overlap.observed,
        "sizes": overlap.sizes.tolist(),
        "patterns": [_digits(int(pattern), overlap.k) for pattern in overlap.patterns],
        "counts": overlap.counts.tolist(),
        "stratified_by": list(overlap.stratified_by),
        "strata": [list(labels) for labels in overlap.strata],
        "unrecorded": [_digits(pattern, overlap.k) for pattern in sorted(overlap.unrecorded)],
    }


def outcome_document(outcome: Outcome) -> dict[str, Any]:
    """One method: interval before point; the assumption always with it."""
    result = outcome.result
    found: dict[str, Any] = {
        "method": outcome.method,
        "state": state_of(outcome),
        "publishable": result is not None and result.publishable,
        "refusals": [_refusal(one) for one in refusals_of(outcome)],
    }
    if result is None:
        return {**found, "reason": outcome.reason}
    said = result.summary()
    return {
        **found,
        "interval": {"low": said.low, "high": said.high, "level": said.level,
                     "kind": said.interval},
        "point": {"value": said.point, "is": said.point_is},
        "floor": said.floor,
        "mean": said.mean,
        "intervals": {name: list(ends) for name, ends in said.intervals.items()},
        "beside": [asdict(line) for line in said.beside],
        "assumption": {"en": result.assumption, "fa": result.assumption_fa},
        "quantiles": {
            f"{share:g}": float(value)
            for share, value in zip(_SHARES, np.quantile(result.draws, _SHARES), strict=True)
        },
        "settings": dict(result.settings),
        "diagnostics": dict(result.diagnostics()),
    }  # fmt: skip


def _refusal(one: Refusal) -> dict[str, Any]:
    return {
        "code": one.code,
        "reason": one.reason,
        "reason_fa": one.saying.tell(load_words("fa")),
        "figure": one.figure,
        "threshold": one.threshold,
        "overridden": one.overridden,
    }


def _checks(checks: Checks) -> dict[str, Any]:
    return {
        "method": checks.method,
        "level": checks.level,
        "refused": checks.refused,
        "internal_consistency": [
            {**asdict(one), "refused": one.refused, "against": one.against, "covered": one.covered}
            for one in checks.predictions
        ],
        "trajectory": [_step(one) for one in checks.trajectory],
        "leave_one_list_out": [_step(one) for one in checks.left_out],
        "merged_pairs": [_step(one) for one in checks.merged],
        "odds_ratios": [asdict(one) for one in checks.odds],
        "highest_order": [asdict(one) for one in checks.moved],
        "highest_order_against": checks.moved_against,
    }


def _step(one: Step) -> dict[str, Any]:
    return {**asdict(one), "refused": one.refused, "against": one.against,
            "publishable": one.publishable}  # fmt: skip


def _strata(strata: Strata) -> dict[str, Any]:
    return {
        "method": strata.method,
        "refused": strata.refused,
        "separate": None if strata.separate is None else _stratified(strata.separate),
        "pooled": None if strata.pooled is None else _stratified(strata.pooled),
    }


def _stratified(found: StratifiedEstimation) -> dict[str, Any]:
    said = found.summary()
    return {
        "pooling": found.pooling,
        "publishable": found.publishable,
        "total": {"low": said.low, "high": said.high, "level": said.level, "point": said.point},
        "assumption": {"en": found.assumption, "fa": found.assumption_fa},
        "beside": [asdict(line) for line in said.beside],
        "refusals": [_refusal(one) for one in found.refusals],
        "diagnostics": dict(found.diagnostics()),
        "strata": [_stratum(one) for one in found.strata],
    }


def _stratum(one: Stratum) -> dict[str, Any]:
    found = asdict(one)
    del found["why"]
    return {**found, "refusals": [_refusal(other) for other in one.refusals], "reason": one.reason}


def plain(value: Any) -> Any:
    """A value as JSON has it: no arrays of NumPy, no number that is none."""
    match value:
        case Mapping():
            return {str(key): plain(one) for key, one in value.items()}
        case list() | tuple():
            return [plain(one) for one in value]
        case Saying():
            return str(value)
        case np.generic():
            return plain(value.item())
        case float():
            if math.isnan(value):
                return None
            return value if math.isfinite(value) else "infinite"
        case _:
            return value


def _digits(pattern: int, k: int) -> str:
    return "".join(str(pattern >> bit & 1) for bit in range(k))
