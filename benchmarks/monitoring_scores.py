"""How the methods of benchmarks/monitoring.py are scored against what truly happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
from scipy.stats import binomtest

from benchmarks.monitoring_methods import Event, Said
from habeas.monitoring.disturbance import KINDS

ALARM = (-10, 548)
EARLIEST = -60
"""Days from the onset within which an alarm is a hit, and the earliest date that it may give, from
the last clear image before the onset: where images are weeks apart, the likeliest date of a true
change lies before its first day half the time, and within a winter without images any day is as
good as another; but no alarm can be raised by what has not happened yet."""

DATED = (-10, 548)
STRICT = (-30, 365)
"""Days from the onset within which the *date* is, for F1 by date; the second is that of the pixel
trials."""

Window = tuple[int, int]


@dataclass(frozen=True, kw_only=True, eq=False)
class Case:
    """A site with its truth and what one method says of it.

    Attributes:
        kind: of the change; none at a stable site.
        onset: its first day.
        gradual: whether it went on over months.
        footprint: its pixels, those beyond the site too.
        inside: how many of them lie in the site, of which alone the area is asked.
        watch: first and last day of the watch.
        said: by the method.
        label: for the list of failures.
        end: the last day of the change.
        shown: the last day up to the onset on which half of the site was clear.
        seen: days from the onset to the first clear image on which 200 square metres are changed,
            to the first on which 400 are, and to the second of these; none where it is not known.
    """

    kind: str | None
    onset: date | None
    gradual: bool | None
    footprint: npt.NDArray[np.bool_]
    watch: tuple[date, date]
    said: Said
    label: str
    end: date | None = None
    inside: int = 0
    shown: date | None = None
    seen: tuple[int, int, int] | None = None

    @property
    def half_done(self) -> date:
        """The day on which half of the works are done."""
        return self.onset + ((self.end or self.onset) - self.onset) / 2


def off(event: Event, case: Case) -> int:
    """Days from the true onset to the date that is given."""
    return (event.began - case.onset).days


def too_early(event: Event, case: Case) -> bool:
    """Whether a date lies before what images without the change could leave open."""
    return (event.began - (case.shown or case.onset)).days < EARLIEST


def is_hit(event: Event, case: Case, window: Window | None = None) -> bool:
    """Whether an event is the true change: by its alarm, or by its date where a window is given."""
    if case.onset is None:
        return False
    if window is not None:
        return window[0] <= off(event, case) <= window[1]
    late = (event.alarm - case.onset).days
    return ALARM[0] <= late <= ALARM[1] and not too_early(event, case)


def first_hit(case: Case, window: Window | None = None) -> Event | None:
    """The first event, if it is the true change: a premature alarm is a miss."""
    events = case.said.events
    return events[0] if events and is_hit(events[0], case, window) else None


def any_hit(case: Case) -> Event | None:
    """The first event that is the true change."""
    return next((event for event in case.said.events if is_hit(event, case)), None)


def f1(cases: Sequence[Case], window: Window | None = None) -> tuple[float, float, float]:
    """F1, recall and precision by site, the first event of each counting."""
    changed = [case for case in cases if case.kind]
    hits = sum(first_hit(case, window) is not None for case in changed)
    false = sum(bool(case.said.events) for case in cases) - hits
    recall = hits / max(len(changed), 1)
    precision = hits / max(hits + false, 1)
    return 2 * recall * precision / max(recall + precision, 1e-9), recall, precision


def is_false(event: Event, case: Case) -> bool:
    """Whether an event is a false alarm: at a stable site, or raised or dated too early."""
    if case.onset is None:
        return True
    return (event.alarm - case.onset).days < ALARM[0] or too_early(event, case)


def false_alarms(cases: Sequence[Case]) -> tuple[int, float, float, float]:
    """False alarms, site-years without a change, and the ends of a 95 % interval of the rate.

    All events at stable sites, and those at changed ones that came, or are dated, too early.
    """
    count, years = 0, 0.0
    for case in cases:
        ends = case.watch[1] if case.onset is None else case.onset
        years += (ends - case.watch[0]).days / 365.25
        count += sum(is_false(event, case) for event in case.said.events)
    trials = max(round(years), count, 1)
    ends = binomtest(count, trials).proportion_ci(method="exact")
    return count, years, ends.low, ends.high


def overlap(event: Event, case: Case) -> float:
    """Intersection over union of the footprints."""
    union = (event.pixels | case.footprint).sum()
    return float((event.pixels & case.footprint).sum() / max(union, 1))


def covered(event: Event, case: Case) -> bool:
    """Whether the true onset lies in the interval."""
    return event.earliest <= case.onset <= event.latest


def holds_area(event: Event, case: Case) -> bool:
    """Whether the true number of changed pixels of the site lies in the interval of the area."""
    return event.area[0] <= case.inside <= event.area[1]


def kind_scores(pairs: Sequence[tuple[str, str | None]]) -> tuple[float, float, float]:
    """Macro-F1 of those that are named, macro-F1 with abstaining as a miss, share that abstains.

    Args:
        pairs: the true kind and the one that is said.
    """
    named = [pair for pair in pairs if pair[1] is not None]
    abstained = 1 - len(named) / max(len(pairs), 1)
    return _macro(named), _macro(pairs), abstained


def named_false_alarms(cases: Sequence[Case]) -> tuple[int, int]:
    """How many false alarms are given a kind, and how many there are."""
    false = [event for case in cases for event in case.said.events if is_false(event, case)]
    return sum(event.kind is not None for event in false), len(false)


def _macro(pairs: Sequence[tuple[str, str | None]]) -> float:
    scores = []
    for kind in KINDS:
        right = sum(true == said == kind for true, said in pairs)
        true_count = sum(true == kind for true, _ in pairs)
        said_count = sum(said == kind for _, said in pairs)
        if true_count:
            scores.append(2 * right / max(true_count + said_count, 1))
    return float(np.mean(scores)) if scores else float("nan")
