"""From scores to alarms: day by day, each with what was known that day and no more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from habeas.monitoring.detection.patches import Patches
from habeas.monitoring.detection.stack import Bools, Days, Floats

QUIET = 180
"""Days after an alarm in which whatever else goes off belongs to the same change."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Alarm:
    """A site that went off.

    Attributes:
        day: since 1970.
        patch: the pixels that went furthest; shape (y, x).
        strength: the statistic over the level that raises an alarm by itself, as a ratio; below 1
            where it was raised because it looks like works.
        covered: pixels that are not watched after it, until the model has learned anew; shape
            (y, x).
    """

    day: int
    patch: Bools
    strength: float
    covered: Bools


@dataclass(frozen=True, eq=False)
class Scores:
    """What alarms are read off.

    Attributes:
        days: since the watch began; shape (t,).
        values: of each patch over the level that raises an alarm; shape (t, patches).
        told: dates on which enough of the site is clear; shape (t,).
        patches: which.
        works: the patch of each owner that looks like works and goes far enough for that, below 0
            where there is none; shape (t, owners).
    """

    days: Days
    values: Floats
    told: Bools
    patches: Patches
    works: Days

    def margin(self, owner: int, allowed: Bools) -> tuple[Floats, Days]:
        """How far the best patch of an owner is over its level, and which it is.

        Args:
            owner: 0 for the site, 1 and up for a null placement.
            allowed: patches that count; shape (patches,).
        """
        chosen = np.flatnonzero((self.patches.owners == owner) & allowed)
        if not len(chosen):
            return np.full(len(self.days), -np.inf, dtype=np.float32), np.zeros(
                len(self.days), dtype=np.int64
            )
        part = self.values[:, chosen]
        part = np.where(np.isfinite(part), part, -np.inf)
        best = part.argmax(axis=1)
        top = part[np.arange(len(part)), best]
        return top.astype(np.float32), chosen[best]

    def beyond(self, owner: int, allowed: Bools) -> Days:
        """The patch of an owner that raises an alarm on each date, -1 where none does.

        Args:
            owner: 0 for the site, 1 and up for a null placement.
            allowed: patches that count; shape (patches,).

        Returns:
            Shape (t,).
        """
        margin, best = self.margin(owner, allowed)
        works = self.works[:, owner]
        works = np.where((works >= 0) & allowed[works], works, -1)
        found = np.where(margin > 0, best, works)
        return np.asarray(np.where(self.told, found, -1) if owner == 0 else found)


Cover = Callable[[int, Bools], Bools]
"""From the day of an alarm and its patch to the pixels it changed, as known when it is quiet."""


def alarms_of(
    scores: Scores, shape: tuple[int, int], before: Sequence[Alarm], cover: Cover
) -> tuple[Alarm, ...]:
    """Every alarm, those of earlier runs first and as they were.

    Args:
        scores: since the watch began.
        shape: rows and columns of the images.
        before: alarms of earlier runs.
        cover: what each changed.
    """
    found = list(before)
    while True:
        alarm = _next(scores, shape, found, cover)
        if alarm is None:
            return tuple(found)
        found.append(alarm)


def _next(
    scores: Scores,
    shape: tuple[int, int],
    found: Sequence[Alarm],
    cover: Cover,
) -> Alarm | None:
    allowed = np.ones(len(scores.patches.owners), dtype=np.bool_)
    since = -np.inf
    for alarm in found:
        grown = ndimage.binary_dilation(alarm.covered, structure=np.ones((3, 3)))
        allowed &= scores.patches.members[grown.ravel()].sum(axis=0) == 0
        since = alarm.day + QUIET
    beyond = scores.beyond(0, allowed)
    late = np.flatnonzero((beyond >= 0) & (scores.days > since))
    if not len(late):
        return None
    at = int(late[0])
    patch = (scores.patches.members[:, beyond[at]] > 0).reshape(shape)
    day = int(scores.days[at])
    strength = float(np.exp(scores.values[at, beyond[at]]))
    return Alarm(day=day, patch=patch, strength=strength, covered=cover(day, patch))


def went_off(scores: Scores) -> bool:
    """Whether the site ever went off."""
    allowed = np.ones(len(scores.patches.owners), dtype=np.bool_)
    return bool((scores.beyond(0, allowed) >= 0).any())


def false_alarms(scores: Scores) -> tuple[Bools, Floats]:
    """Whether each null placement went off, and for how many days it was watched until then.

    What was truly done beside the site goes off for good: it counts once, and the placement is
    watched no longer. Both of shape (placements,).
    """
    allowed = np.ones(len(scores.patches.owners), dtype=np.bool_)
    count = len(scores.patches.rooms)
    off, days = np.zeros(count, dtype=np.bool_), np.zeros(count, dtype=np.float32)
    for owner in range(1, count + 1):
        beyond = scores.days[scores.beyond(owner, allowed) >= 0]
        off[owner - 1] = len(beyond) > 0
        days[owner - 1] = (beyond if len(beyond) else scores.days[-1:])[0] - scores.days[0]
    return np.asarray(off), np.asarray(days)
