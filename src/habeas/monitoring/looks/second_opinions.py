"""What another method, COLD, says of a site on the same images.

It is asked at every site, not only where our method suggests something: a change that COLD alone
sees is told to whoever started the run, as COLD's. It never becomes a disturbance of ours, and what
goes wrong with COLD costs nothing but its opinion.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from habeas.errors import InputError
from habeas.monitoring.disturbance import Assessment, Disturbance
from habeas.monitoring.images.day import DamagedCacheError
from habeas.monitoring.images.read_images import Images

if TYPE_CHECKING:
    from habeas.monitoring.detection.cold import ColdEvent

COLD: Final = "COLD (pyxccd)"


@dataclass(frozen=True, kw_only=True)
class Opinions:
    """What another method says.

    Attributes:
        of_disturbances: the number of a disturbance, from 0, to what is said of it, in words.
        remarks: what is said of changes that our method does not suggest, or why nothing is.
    """

    of_disturbances: Mapping[int, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


def ask_cold(images: Images, assessment: Assessment) -> Opinions:
    """What COLD says of the period that was watched.

    Raises:
        DamagedCacheError: what was kept of the images is damaged.
    """
    if assessment.watched_from is None:
        return Opinions()
    from habeas.monitoring.detection.cold import second_opinion

    try:
        found = second_opinion(
            images.cube, images.outline, watched_from=assessment.watched_from
        ).events
    except DamagedCacheError:
        raise
    except InputError as problem:
        return _not_asked(problem.reason)
    except Exception as problem:  # noqa: BLE001  (another's code: its faults are not the site's)
        return _not_asked(f"{type(problem).__name__}: {problem}")
    return _opinions(found, assessment.disturbances)


def _not_asked(reason: str) -> Opinions:
    return Opinions(remarks=(f"{COLD} gives no second opinion: {reason}",))


def _opinions(events: Sequence[ColdEvent], disturbances: Sequence[Disturbance]) -> Opinions:
    """What is said of each disturbance, and of what is none of them."""
    near = [_nearest(events, one) for one in disturbances]
    other = [event for event in events if not any(event is one for one in near)]
    return Opinions(
        of_disturbances={number: _of_disturbance(event) for number, event in enumerate(near)},
        remarks=tuple(_alone(event) for event in other),
    )


def _nearest(events: Sequence[ColdEvent], one: Disturbance) -> ColdEvent | None:
    """Of the events on the ground of a disturbance, the one that began nearest to it."""
    agreeing = [event for event in events if (event.pixels & one.footprint).any()]
    return min(agreeing, key=lambda event: abs(event.began - one.best), default=None)


def _of_disturbance(event: ColdEvent | None) -> str:
    if event is None:
        return f"{COLD} sees no change of this ground"
    return f"{COLD} sees this ground change about {event.began}, sure by {event.confirmed}"


def _alone(event: ColdEvent) -> str:
    return (
        f"{COLD} alone sees ground of the site change about {event.began}, sure by "
        f"{event.confirmed}; the watch suggests nothing of it, and it is not recorded"
    )
