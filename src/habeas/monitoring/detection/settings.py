"""What is chosen before a site is watched: the rate of false alarms first of all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from habeas.errors import InputError

HISTORY_DAYS = 730
"""Days before the watch that teach the model what the seasons do; less cannot tell."""

UNLESS_SAID_DAYS = 1096
"""Days of history where nobody said when the watch begins."""

CLEAR_DATES = 30
"""Clear dates that the history must have."""

LEAST_BANDS = 3
"""Bands below which weather is not told from works: quiet ground goes off far more often than was
asked for."""

YEAR_DAYS = 365
"""Days of a year of the watch, after which the model learns anew if all was quiet."""

GAP_DAYS = 60
"""A longer spell without a clear date is listed."""

LEAST_HISTORY_DAYS = HISTORY_DAYS - GAP_DAYS
"""From the first clear date of the history to the last: the two years may begin and end in a spell
that is no gap."""


@dataclass(frozen=True, kw_only=True)
class DetectionSettings:
    """How a site is watched.

    Attributes:
        alarms_per_site_year: false alarms that are accepted, between 0.001 and 0.5.
        watch_from: first day of the watch; what came before is the history that teaches the model,
            and is taken to be undisturbed. None: three years after the first image, whatever comes
            after it, so that no later image moves the beginning.
        uncertainty: metres by which the outline may be wrong; it is widened by them.
        level: of the intervals, between 0.5 and 0.99.
        ring: nearest and farthest pixel of the surroundings, counted from the site.

    Raises:
        InputError: a figure outside what is said above.
    """

    alarms_per_site_year: float = 0.02
    watch_from: date | None = None
    uncertainty: float = 0.0
    level: float = 0.9
    ring: tuple[int, int] = (3, 8)

    def __post_init__(self) -> None:
        if not 0.001 <= self.alarms_per_site_year <= 0.5:
            raise InputError(
                f"{self.alarms_per_site_year} false alarms per site and year cannot be kept",
                mend="Choose between 0.001 and 0.5; 0.02 is two a year over a hundred sites",
            )
        if not 0.5 <= self.level <= 0.99:
            raise InputError(
                f"{self.level} is no level of an interval here", mend="Choose between 0.5 and 0.99"
            )
        if not self.uncertainty >= 0:
            raise InputError(
                f"an outline cannot be wrong by {self.uncertainty} metres",
                mend="Give 0 or more metres",
            )
        if not 1 <= self.ring[0] <= self.ring[1]:
            raise InputError(
                f"surroundings from pixel {self.ring[0]} to {self.ring[1]} are no ring",
                mend="Give the nearest pixel, 1 or more, then the farthest",
            )
