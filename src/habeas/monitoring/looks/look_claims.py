"""What a look says, as claims of its run: each about the site, or about another of its claims."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

import msgspec

from habeas.claims.claim import Claim, Sensitivity
from habeas.claims.values import Quantity, Ref, Term, Text, Value, When
from habeas.monitoring.disturbance import Interval

if TYPE_CHECKING:
    from habeas.monitoring.disturbance import Assessment, Calibration, Disturbance
    from habeas.monitoring.looks.look import Look

LEVEL: Final[Sensitivity] = "team"
"""Everything that a watch says, unless the place of the site is sealed (`site_level`) or somebody
reclassifies it; many floors stand under that."""

DETECTED = "disturbance_detected"
NOTHING_FOUND = "no_disturbance_found"
NOT_ASSESSED = "not_assessed"
WATCHED = "watched_period"
ALARM = "alarm_date"
AREA = "disturbance_area"
PACE = "disturbance_pace"
KIND = "kind_hypothesis"
UNDETERMINED = "undetermined"
REFINES = "refines"
SHOWS_LOCATION = "shows_location_of"
SHOWS_WATCH = "shows_watch_of"

_BEST: Final = re.compile(r"about (\d+) m2 ")

_LABELS = (
    Text(text="a watch over satellite images", lang="en"),
    Text(text="پایش تصویرهای ماهواره‌ای", lang="fa"),
)


def said(run: str, subject: str, predicate: str, value: Value) -> Claim:
    """A claim of a run."""
    return Claim(subject=subject, predicate=predicate, value=value, source=run, sensitivity=LEVEL)


def status_claims(run: str, look: Look, *, quiet: bool = True) -> list[Claim]:
    """From when to when the site was watched, and what came of it where nothing was found.

    Args:
        run: whose claims they are.
        look: what came of it.
        quiet: whether the record, too, holds no disturbance in this period: otherwise it is not
            said that none was found.
    """
    found = look.assessment
    claims = [said(run, run, "label", words) for words in _LABELS]
    if found.watched_from is not None and found.watched_to is not None:
        period = _period(found.watched_from, found.watched_to)
        watched = said(run, look.site, WATCHED, period)
        note = "; ".join(found.changed_ground) or None
        claims.append(msgspec.structs.replace(watched, note=note))
        if found.status == "no_disturbance_found" and quiet:
            claims.append(said(run, look.site, NOTHING_FOUND, period))
    if found.status == "cannot_assess":
        words = Text(text=why_not_assessed(found), lang="en")
        claims.append(said(run, look.site, NOT_ASSESSED, words))
    return claims


def why_not_assessed(found: Assessment) -> str:
    """Why a site cannot be assessed, in words."""
    return "; ".join(found.reasons) or "there are too few clear images"


def detection_claim(run: str, site: str, found: Disturbance) -> Claim:
    """That the ground changed, between which dates."""
    text = f"{found.earliest} to {found.latest} ({found.level:.0%} interval)"
    return Claim(
        subject=site,
        predicate=DETECTED,
        value=_interval(text, found.earliest, found.latest),
        source=run,
        note=f"most likely begun on {found.best}",
        sensitivity=LEVEL,
    )


def detail_claims(run: str, digest: str, found: Disturbance, opinion: str = "") -> list[Claim]:
    """What else is said of a detected disturbance, as claims about the claim.

    Args:
        run: whose claims they are.
        digest: of the claim that tells its dates.
        found: the disturbance.
        opinion: what another method says of it, in words.
    """
    told: list[tuple[str, Value]] = []
    if found.last_without is not None:
        told.append(("last_image_without", _day(found.last_without)))
    told += [
        ("first_image_with", _day(found.first_with)),
        (AREA, _area(found.area)),
        (PACE, Term(term=pace_of(found))),
    ]
    if found.kinds:
        told.append((KIND, _kind(found)))
    if opinion:
        told.append(("second_opinion", Text(text=opinion, lang="en")))
    return [said(run, f"claim:{digest}", predicate, value) for predicate, value in told]


def alarm_claim(run: str, digest: str, found: Disturbance) -> Claim:
    """The date of the alarm: said once, by the run that raised it."""
    return said(run, f"claim:{digest}", ALARM, _day(found.alarm))


def refinement_claim(run: str, digest: str, earlier: str) -> Claim:
    """That what an earlier claim tells is told anew."""
    return said(run, f"claim:{digest}", REFINES, Ref(id=f"claim:{earlier}"))


def calibration_claim(run: str, found: Calibration) -> Claim:
    """The rate of false alarms that was asked for, and the one that the same images gave."""
    rate = found.rate
    if not found.placements:
        return said(run, run, "false_alarm_rate", _not_measured(found))
    text = (
        f"{rate.best:.3f} per site and year ({rate.low:.3f} to {rate.high:.3f}, {rate.level:.0%} "
        f"interval), as the same images gave; {_asked(found)}"
    )
    counts = (
        f"{found.alarms} alarms at {found.placements} places without a known change, "
        f"{found.years:.0f} site-years"
    )
    low, high = f"{rate.low:.4f}", f"{rate.high:.4f}"
    value = Quantity(text=text, low=low, high=high, unit="1/site-year", counts=counts)
    return said(run, run, "false_alarm_rate", value)


def _not_measured(found: Calibration) -> Quantity:
    text = f"{_asked(found)}; the surroundings have no room to measure what they gave"
    return Quantity(text=text, unit="1/site-year")


def _asked(found: Calibration) -> str:
    return f"{found.asked:g} asked for, {100 * found.asked:g} a year over a hundred sites"


def binding_claims(run: str, site: str, file: tuple[str, str], *, location: bool) -> list[Claim]:
    """What a file of the watch shows, by which the gate binds it, and our short name for it.

    Args:
        run: whose claims they are.
        site: that it shows.
        file: its `item:` id and its name.
        location: whether it tells where the site lies; otherwise how it is watched.
    """
    item, name = file
    predicate = SHOWS_LOCATION if location else SHOWS_WATCH
    return [
        said(run, item, predicate, Ref(id=site)),
        said(run, item, "label", Text(text=name)),
    ]


def _kind(found: Disturbance) -> Term:
    """The hypothesis, with the probability of each kind in its words."""
    ordered: Sequence[tuple[str, float]] = sorted(found.kinds.items(), key=lambda one: -one[1])
    words = ", ".join(f"{name.replace('_', ' ')} {share:.2f}" for name, share in ordered)
    return Term(term=kind_of(found), text=f"probabilities: {words}")


def kind_of(found: Disturbance) -> str:
    """The term of the hypothesis of its kind; empty if none is told."""
    return (found.kind or UNDETERMINED) if found.kinds else ""


def _area(area: Interval) -> Quantity:
    text = (
        f"about {area.best:.0f} m2 ({area.low:.0f} to {area.high:.0f}, {area.level:.0%} interval)"
    )
    return Quantity(text=text, low=f"{area.low:.0f}", high=f"{area.high:.0f}", unit="m2")


def area_told(value: Quantity) -> Interval | None:
    """The area that a claim tells, as `_area` wrote it; none if it is open or tells no best."""
    best = _BEST.match(value.text)
    if best is None or value.low is None or value.high is None:
        return None
    return Interval(best=float(best[1]), low=float(value.low), high=float(value.high))


def pace_of(found: Disturbance) -> str:
    """The term of its pace."""
    if found.gradual is None:
        return "unknown"
    return "gradual" if found.gradual else "abrupt"


def _day(day: date) -> When:
    return When(text=day.isoformat(), calendar="gregorian", earliest=day.isoformat(),
                latest=day.isoformat(), precision="day")  # fmt: skip


def _period(first: date, last: date) -> When:
    return _interval(f"{first} to {last}", first, last)


def _interval(text: str, first: date, last: date) -> When:
    return When(text=text, calendar="gregorian", earliest=first.isoformat(),
                latest=last.isoformat(), precision="range")  # fmt: skip
