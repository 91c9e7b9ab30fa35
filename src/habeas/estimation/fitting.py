"""Fit a table by one method, or by all side by side; refuse what no table should be asked.

A result is never a single number, and one method's result never stands alone: `fit_all` sets the
methods beside each other, those that refused with their refusals among them.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from typing import Any, get_type_hints

import msgspec

from habeas import __version__
from habeas.errors import InputError
from habeas.estimation import closed_methods, methods
from habeas.estimation.checks import DRAWS, require_level, require_table
from habeas.estimation.doubly_robust import doubly_robust
from habeas.estimation.grid import Grid
from habeas.estimation.overlap import Overlap
from habeas.estimation.refusal import (
    Refusal,
    RefusedError,
    checked_overrides,
    overridden,
    table_refusals,
)
from habeas.estimation.result import Answer, Estimation, Result
from habeas.estimation.saying import Saying, why

Method = Callable[..., Answer]
"""A stratum, the level, the seed and options to an answer."""

METHODS: Mapping[str, Method] = {
    "decomposable": methods.decomposable,
    "loglinear": methods.loglinear,
    "latent_class": methods.latent_class,
    "sample_coverage": closed_methods.sample_coverage,
    "chao": closed_methods.chao,
    "independence": methods.independence,
}
"""What a table can be fitted by, in the order in which methods stand side by side."""

OF_RECORDS = "doubly_robust"
"""The method that needs records with covariates, not a table."""

_OPTIONS_OF_RECORDS: Mapping[str, object] = {
    **{
        name: one.default
        for name, one in inspect.signature(doubly_robust).parameters.items()
        if name not in ("records", "seed", "level")
    },
    "draws": DRAWS,
}


def fit(
    data: Overlap | Any,
    method: str = "decomposable",
    *,
    level: float = 0.95,
    seed: int = 1,
    override: Mapping[str, str] | None = None,
    **options: Any,
) -> Estimation:
    """Estimate how many there are, those on no list among them.

    Args:
        data: one stratum as an `Overlap`; for `doubly_robust` records as `Overlap.from_records`
            takes them, with `lists=` and `covariates=`.
        method: `decomposable`, `loglinear`, `latent_class`, `sample_coverage`, `chao` (floors),
            `independence` or `doubly_robust`.
        level: of the intervals.
        seed: of the random numbers.
        override: refusals to pass over, each with the reason in words.
        options: of the method; see `habeas.estimation.methods`.

    Returns:
        The estimate with its interval, draws, diagnostics, assumption and refusals. Look at
        `publishable` first.

    Raises:
        RefusedError: the table cannot carry an estimate, and that is not overridden.
        InputError: no table, no such method or option, an override without a reason, or what the
            method itself refuses.
    """
    require_level(level)
    passed = checked_overrides(override)
    if not isinstance(seed, int) or isinstance(seed, bool) or seed < 0:
        raise InputError(f"{seed!r} is no seed", mend="Give a whole number, 0 or more")
    if method == OF_RECORDS:
        return _fit_records(data, level, seed, passed, options)
    if method not in METHODS:
        raise InputError(
            f"there is no method {method!r}", mend=f"There are {', '.join((*METHODS, OF_RECORDS))}"
        )
    overlap = _table(data)
    asked = _asked(METHODS[method], options)
    before = _let_pass(overlap, passed, fewest=3)
    answer = METHODS[method](overlap, level, seed, **options)
    return _result(
        method, overlap, (level, seed), asked, before=before, answer=answer, passed=passed
    )


def _fit_records(
    records: Any, level: float, seed: int, passed: Mapping[str, str], options: dict[str, Any]
) -> Estimation:
    """Doubly robust: a method for two lists too, for it takes more than lists."""
    if isinstance(records, Overlap) or "lists" not in options or "covariates" not in options:
        raise InputError(
            "doubly_robust needs records with covariates, not a table",
            mend="Give the records, and lists= and covariates= as names of their columns",
        )
    _known_options(OF_RECORDS, options, set(_OPTIONS_OF_RECORDS))
    names = tuple(options["lists"])
    overlap = Overlap.from_records(records, lists=names, person=options.get("person"))
    before = _let_pass(overlap, passed, fewest=2)
    own = {name: value for name, value in options.items() if name != "lists"}
    own["covariates"] = tuple(options["covariates"])
    answer = closed_methods.doubly_robust(records, overlap, level, seed, **own)
    asked = {**_OPTIONS_OF_RECORDS, **own, "lists": names}
    return _result(
        OF_RECORDS, overlap, (level, seed), asked, before=before, answer=answer, passed=passed
    )


def _table(data: Any) -> Overlap:
    if not isinstance(data, Overlap):
        raise InputError(
            "what is to be fitted is no overlap table",
            mend="Make one: Overlap.from_counts, Overlap.from_records, or read_overlap for a file",
        )
    require_table(data)
    return data


def _let_pass(overlap: Overlap, passed: Mapping[str, str], *, fewest: int) -> tuple[Refusal, ...]:
    found = overridden(table_refusals(overlap, fewest=fewest), passed)
    standing = tuple(one for one in found if one.stands)
    if standing:
        raise RefusedError(standing)
    return found


def _asked(method: Method, options: Mapping[str, Any]) -> dict[str, Any]:
    """The options of a method with those that were left at their defaults."""
    defaults = {
        name: one.default
        for name, one in inspect.signature(method).parameters.items()
        if one.kind is one.KEYWORD_ONLY
    }
    _known_options(method.__name__, options, set(defaults))
    hints = get_type_hints(method)
    for name, value in options.items():
        _right_type(method.__name__, name, value, hints[name])
    return defaults | dict(options)


def check_options(method: str, options: Mapping[str, Any]) -> None:
    """Refuse what is no option of a method.

    Raises:
        InputError: an option that it does not have, or a value of the wrong type.
    """
    _asked(METHODS[method], options)


def _known_options(method: str, options: Mapping[str, Any], known: set[str]) -> None:
    unknown = sorted(set(options) - known)
    if unknown:
        raise InputError(
            f"the method {method} has no option {unknown[0]!r}",
            mend=f"It has {', '.join(sorted(known))}",
        )


def _right_type(method: str, name: str, value: object, declared: Any) -> None:
    """Refuse a plain value, as it comes from a command line, that is not of the declared type."""
    if not isinstance(value, bool | int | float | str | list | dict | None):
        return
    reason = f"the option {name} of the method {method} cannot be {value!r}"
    if isinstance(value, list | dict):
        raise InputError(
            reason, mend="It is set from Python, if it is more than a number or a word"
        )
    try:
        msgspec.convert(value, declared)
    except msgspec.ValidationError as problem:
        raise InputError(reason, mend=str(problem)) from problem


def _result(
    method: str,
    overlap: Overlap,
    run: tuple[float, int],
    asked: Mapping[str, Any],
    *,
    before: tuple[Refusal, ...],
    answer: Answer,
    passed: Mapping[str, str],
) -> Estimation:
    return Estimation(
        method=method,
        overlap=overlap,
        level=run[0],
        seed=run[1],
        version=__version__,
        settings={name: _plain(value) for name, value in asked.items()},
        refusals=(*before, *overridden(answer.refusals, passed)),
        answer=answer,
    )


def _plain(value: Any) -> object:
    """A setting as it can be written down."""
    if isinstance(value, Grid):
        return {"first": float(value.missing[0]), "last": float(value.missing[-1])}
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return list(value) if isinstance(value, tuple) else value


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of one method.

    Attributes:
        method: which.
        result: none where it refused.
        refusals: what it was refused for; empty where there is a result.
        why: why there is no result; none where there is one. `reason` is the same in English.
    """

    method: str
    result: Result | None
    refusals: tuple[Refusal, ...] = ()
    why: Saying | None = None

    @property
    def reason(self) -> str:
        """Why there is no result, in English; empty where there is one."""
        return "" if self.why is None else str(self.why)


def fit_all(
    overlap: Overlap,
    *,
    names: Sequence[str] = tuple(METHODS),
    level: float = 0.95,
    seed: int = 1,
    override: Mapping[str, str] | None = None,
    options: Mapping[str, Mapping[str, Any]] | None = None,
) -> tuple[Outcome, ...]:
    """Fit a table by several methods, side by side.

    Args:
        overlap: one stratum.
        names: of the methods; all that take a table when left out.
        level: of the intervals.
        seed: of the random numbers.
        override: refusals to pass over, each with the reason in words.
        options: by method.

    Returns:
        One outcome a method, in order: a result, or why there is none.

    Raises:
        InputError: no table at all, no such method, an override without a reason.
    """
    _table(overlap)
    checked_overrides(override)
    require_level(level)
    unknown = [name for name in (*names, *(options or {})) if name not in METHODS]
    if unknown:
        raise InputError(f"there is no method {unknown[0]!r}", mend=f"Take {', '.join(METHODS)}")
    common = {"level": level, "seed": seed, "override": override}
    return tuple(_outcome(overlap, name, common, (options or {}).get(name, {})) for name in names)


def _outcome(
    overlap: Overlap, name: str, common: Mapping[str, Any], options: Mapping[str, Any]
) -> Outcome:
    _asked(METHODS[name], options)
    try:
        found = fit(overlap, name, **common, **options)
    except RefusedError as error:
        return Outcome(method=name, result=None, refusals=error.refusals, why=error.saying)
    except InputError as error:
        return Outcome(method=name, result=None, why=why(error))
    return Outcome(method=name, result=found)
