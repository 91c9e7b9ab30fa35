"""How an outcome is told: its state, the reason in words, names of methods, in each language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from habeas.estimation.agreement import COMPARED
from habeas.estimation.figures.forest import ForestRow, State
from habeas.estimation.fitting import Outcome
from habeas.estimation.refusal import Refusal
from habeas.estimation.report.card import Card, inner_level
from habeas.estimation.strata import Stratum
from habeas.estimation.wording import Words


def method_name(method: str) -> Callable[[Words], str]:
    """The name of a method, by language."""
    return lambda words: words(f"method.{method}")


def refusals_of(outcome: Outcome) -> tuple[Refusal, ...]:
    """What speaks against an outcome, overridden or not."""
    return outcome.refusals if outcome.result is None else outcome.result.refusals


def state_of(outcome: Outcome) -> State:
    """How an outcome is to be taken."""
    if outcome.result is None:
        return "refused"
    against = outcome.result.refusals
    if any(one.code == "not_converged" and one.stands for one in against):
        return "not_converged"
    if any(one.stands for one in against):
        return "doubtful"
    if against:
        return "overridden"
    if outcome.method == COMPARED:
        return "comparison"
    return "floor" if outcome.result.summary().floor else "sound"


def row_of(outcome: Outcome) -> ForestRow:
    """An outcome as a row of the forest plot."""
    label, state = method_name(outcome.method), state_of(outcome)
    if outcome.result is None:
        return ForestRow(label=label, state=state, reason=lambda words: reasons(outcome, words))
    said = outcome.result.summary()
    inner = inner_level(said.level)
    low, high = _quantiles(outcome.result.draws, inner)
    against = bool(outcome.result.refusals)
    return ForestRow(
        label=label,
        state=state,
        low=said.low,
        high=said.high,
        inner_low=max(low, said.low),
        inner_high=min(high, said.high),
        point=said.point,
        reason=(lambda words: reasons(outcome, words)) if against else None,
    )


def _quantiles(draws: Any, level: float) -> tuple[float, float]:
    import numpy as np

    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def reasons(outcome: Outcome, words: Words) -> str:
    """Why there is no result, or what speaks against it, and who said otherwise."""
    against = refusals_of(outcome)
    if against:
        return words.several([refusal_words(one, words) for one in against])
    return "" if outcome.why is None else outcome.why.tell(words)


def refusal_words(refusal: Refusal, words: Words) -> str:
    """A refusal with its figure, and the reason for which it was overridden."""
    said = refusal.saying.tell(words)
    if refusal.stands:
        return said
    return words("refusal.overridden", refusal=said, reason=refusal.overridden)


def assumption_of(outcome: Outcome, words: Words) -> str:
    """What identifies the number of missing, in words; empty where there is no result."""
    if outcome.result is None:
        return ""
    return outcome.result.assumption if words.language == "en" else outcome.result.assumption_fa


def against_stratum(one: Stratum, words: Words) -> str:
    """What speaks against a stratum by itself; empty where nothing does."""
    against = [refusal_words(refusal, words) for refusal in one.refusals]
    if against or one.point is not None or one.why is None:
        return words.several(against)
    return one.why.tell(words)


def labels_of(labels: tuple[str, ...], words: Words) -> str:
    """A stratum by its labels; an empty one is said to be unknown."""
    return words.listed([label or words("stratum.unknown") for label in labels])


def standing(card: Card) -> tuple[Outcome, ...]:
    """Methods against which nothing stands; floors and what is only compared are not among them."""
    return tuple(one for one in card.outcomes if state_of(one) == "sound")


def is_publishable(card: Card) -> bool:
    """Whether two methods or more have a figure against which nothing stands."""
    return len(standing(card)) > 1
