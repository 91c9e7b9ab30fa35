"""In which way claims disagree: said for every pair, gathered by kind, decided for none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Final

from habeas.claims.agreement import Agreement, compare, compare_intervals, distance, time_told
from habeas.claims.names import normalise
from habeas.claims.values import Quantity, Ref, Term, Value, When, Where
from habeas.publishing.contents import Difference, Statement

Way = tuple[str, Decimal | None]
"""A kind of difference, and how wide the gap is where that can be told."""

ORDER: Final = (
    "dates_apart", "ranges_apart", "places_apart", "terms", "entities", "units", "ranges_overlap",
    "dates_overlap", "within", "places_near", "scopes", "times", "words",
)  # fmt: skip
"""The kinds, the gravest first."""


def differences(statements: Sequence[Statement]) -> tuple[Difference, ...]:
    """Every way in which some claims with one subject and one predicate differ.

    Args:
        statements: the claims, two or more.

    Returns:
        One for each kind that occurs, the gravest first, with every claim concerned.
    """
    claims: dict[str, set[int]] = {}
    gaps: dict[str, Decimal] = {}
    for one, other in combinations(statements, 2):
        for kind, gap in _ways(one, other):
            claims.setdefault(kind, set()).update((one.number, other.number))
            if gap is not None:
                gaps[kind] = max(gap, gaps.get(kind, gap))
    return tuple(
        Difference(
            kind=kind,
            claims=tuple(sorted(claims[kind])),
            figure=format(gaps[kind], "f") if kind in gaps else "",
        )
        for kind in ORDER
        if kind in claims
    )


def differences_of_dates(
    said: Sequence[Statement], measured: Sequence[Statement]
) -> tuple[Difference, ...]:
    """How the times that sources give differ from measured ones; the nearest of these counts.

    Args:
        said: claims that say when something held.
        measured: claims whose value is an interval.
    """
    claims: dict[str, set[int]] = {}
    gaps: list[Decimal] = []
    for statement in said:
        degree, near = min(_with(statement, other) for other in measured)
        if degree is Agreement.SAME:
            continue
        kind = "dates_apart" if degree is _EXCLUSIVE else "dates_overlap"
        claims.setdefault(kind, set()).update((statement.number, near))
        if degree is _EXCLUSIVE:
            gaps.append(_gap_of_dates(statement, measured))
    figures = {"dates_apart": format(max(gaps), "f") if gaps else ""}
    return tuple(
        Difference(kind=kind, claims=tuple(sorted(claims[kind])), figure=figures.get(kind, ""))
        for kind in ORDER
        if kind in claims
    )


def _with(said: Statement, measured: Statement) -> tuple[Agreement, int]:
    told = time_told(said.value, said.holds)
    if told is None or not isinstance(measured.value, When):
        return Agreement.SAME, measured.number
    return compare_intervals(told, measured.value), measured.number


def _gap_of_dates(said: Statement, measured: Sequence[Statement]) -> Decimal:
    """Days to the nearest measured interval."""
    times = [one.value for one in measured if isinstance(one.value, When)]
    told = time_told(said.value, said.holds)
    gaps = [_days(told, time) for time in times] if told is not None else []
    return min((gap for gap in gaps if gap is not None), default=Decimal(0))


def _ways(one: Statement, other: Statement) -> Iterator[Way]:
    if one.holds and other.holds and compare_intervals(one.holds, other.holds) is _EXCLUSIVE:
        yield "times", None
        return
    degree = compare(one.value, other.value)
    if degree is not Agreement.SAME:
        yield _way(one.value, other.value, degree)
    if isinstance(one.value, Quantity) and isinstance(other.value, Quantity):
        scopes = {normalise(value.counts or "") for value in (one.value, other.value)}
        if len(scopes) > 1 and degree is not Agreement.SAME:
            yield "scopes", None


_EXCLUSIVE: Final = Agreement.EXCLUSIVE


def _way(one: Value, other: Value, degree: Agreement) -> Way:
    apart = degree is _EXCLUSIVE
    match one, other:
        case When(), When() if degree is not Agreement.DIFFER:
            return ("dates_apart", _days(one, other)) if apart else ("dates_overlap", None)
        case Quantity(), Quantity():
            return _of_figures(one, other, degree)
        case Where(), Where() if one.geometry is not None and other.geometry is not None:
            metres = Decimal(round(distance(one, other)))
            return ("places_near" if degree is Agreement.COMPATIBLE else "places_apart", metres)
        case Term(), Term():
            return "terms", None
        case Ref(), Ref():
            return "entities", None
        case _:
            return "words", None


def _of_figures(one: Quantity, other: Quantity, degree: Agreement) -> Way:
    if (one.unit or "") != (other.unit or ""):
        return "units", None
    gap = _gap(one, other)
    if degree is Agreement.EXCLUSIVE or gap is not None:
        return "ranges_apart", gap
    match degree:
        case Agreement.COMPATIBLE:
            return "within", None
        case _:
            unread = any(q.low is None and q.high is None for q in (one, other))
            return ("words" if unread else "ranges_overlap"), None


def _days(one: When, other: When) -> Decimal | None:
    """Days between two intervals that do not touch."""
    for early, late in ((one, other), (other, one)):
        if early.latest and late.earliest and early.latest < late.earliest:
            gap = date.fromisoformat(late.earliest) - date.fromisoformat(early.latest)
            return Decimal(gap.days)
    return None


def _gap(one: Quantity, other: Quantity) -> Decimal | None:
    for small, large in ((one, other), (other, one)):
        if small.high is not None and large.low is not None:
            gap = Decimal(large.low) - Decimal(small.high)
            if gap > 0:
                return gap
    return None
