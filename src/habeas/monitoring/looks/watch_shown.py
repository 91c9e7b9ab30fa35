"""What the record says of a watched site, gathered from a view: nothing above its clearance.

Whoever may not see the watch gets the same answer as where there is none.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from habeas.claims.values import File, Quantity, Term, Text, When, words
from habeas.errors import IntegrityError, NotFoundError
from habeas.monitoring.looks.look import CURVE
from habeas.monitoring.looks.look_claims import SHOWS_LOCATION, SHOWS_WATCH, WATCHED
from habeas.monitoring.looks.reading import PREDICATES
from habeas.monitoring.looks.recorded import RecordedDisturbance, recorded_watch
from habeas.registry.registry import Registry
from habeas.registry.view import Shown, View

_VERDICTS: Final = {predicate: verdict for verdict, predicate in PREDICATES.items()}


@dataclass(frozen=True, kw_only=True)
class ReadingShown:
    """What a person said who looked at a disturbance."""

    verdict: str
    by: str
    note: str
    kind: str
    claim: str


@dataclass(frozen=True, kw_only=True)
class DisturbanceShown:
    """A disturbance that a watch suggests, in figures and words."""

    number: int
    claim: str
    """The digest of the claim that tells its dates last."""
    forked: bool
    """Whether the log in which that claim stands is forked."""
    first_claim: str
    earliest: str
    latest: str
    dates: str
    """In the words of the run."""
    alarm: str
    last_image_without: str
    first_image_with: str
    area_low: str
    area_high: str
    area: str
    pace: str
    kind: str
    """A hypothesis: a term of `kind_hypothesis`."""
    kinds: str
    second_opinion: str
    readings: tuple[ReadingShown, ...]


@dataclass(frozen=True, kw_only=True)
class CurvePoint:
    """One date of the curve; what is not known is none."""

    date: str
    site: float | None
    surroundings: float | None
    statistic: float | None


@dataclass(frozen=True, kw_only=True)
class WatchShown:
    """Everything that may be seen of the watch over a site."""

    site: str
    status: str
    reasons: str
    watched_from: str
    watched_to: str
    changed_ground: str
    false_alarms: str
    disturbances: tuple[DisturbanceShown, ...]
    curve: tuple[CurvePoint, ...]
    curve_is_whole: bool
    """False where the table of the curve was recorded, and is not held here as it was."""
    runs: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PictureShown:
    """A picture or table of the watch that may be seen."""

    name: str
    sha256: str


def gather_watch(registry: Registry, view: View, site: str) -> WatchShown:
    """What may be seen of the watch over a site.

    Args:
        registry: that holds its files.
        view: at a clearance.
        site: `site:` id.

    Raises:
        NotFoundError: nothing of a watch over it may be seen.
    """
    held = recorded_watch(registry, site, view=view, outlines=False)
    if not held.runs:
        raise NotFoundError(
            f"there is no watch over {site} in the record",
            mend="Watch it: `habeas watch add`, then `habeas watch run`; the watch over a site "
            "whose place is sealed is shown with `--clearance sealed`",
        )
    periods = [
        shown.claim.value
        for shown in view.claims(subject=site, predicate=WATCHED)
        if shown.claim.source in held.runs and not shown.withdrawn
        and isinstance(shown.claim.value, When)
    ]  # fmt: skip
    curve = _curve(registry, view, held.runs)
    return WatchShown(
        site=site,
        status=held.status,
        reasons=held.reasons,
        watched_from=min((p.earliest for p in periods if p.earliest), default=""),
        watched_to=max((p.latest for p in periods if p.latest), default=""),
        changed_ground=held.changed_ground,
        false_alarms=_false_alarms(view, held.runs),
        disturbances=tuple(
            _disturbance(view, number, one) for number, one in enumerate(held.disturbances, 1)
        ),
        curve=curve or (),
        curve_is_whole=curve is not None,
        runs=held.runs,
    )


def _false_alarms(view: View, runs: Sequence[str]) -> str:
    said = [
        words(shown.claim.value)
        for run in runs
        for shown in view.claims(subject=run, predicate="false_alarm_rate")
        if not shown.withdrawn
    ]
    return said[-1] if said else ""


def _disturbance(view: View, number: int, held: RecordedDisturbance) -> DisturbanceShown:
    shown = view.claim(held.newest)
    claim = shown.claim
    told = {one.claim.predicate: one.claim.value for one in _about(view, held.newest)}
    area = told.get("disturbance_area")
    kind = told.get("kind_hypothesis")
    pace = told.get("disturbance_pace")
    ends = (area.low or "", area.high or "") if isinstance(area, Quantity) else ("", "")
    readings = [*_readings(view, held.first)]
    if held.newest != held.first:
        readings += _readings(view, held.newest)
    return DisturbanceShown(
        number=number,
        claim=held.newest,
        forked=shown.forked,
        first_claim=held.first,
        earliest=held.earliest.isoformat(),
        latest=held.latest.isoformat(),
        dates=", ".join(part for part in (words(claim.value), claim.note or "") if part),
        alarm=held.alarm.isoformat(),
        last_image_without=_said(told.get("last_image_without")),
        first_image_with=_said(told.get("first_image_with")),
        area_low=ends[0],
        area_high=ends[1],
        area=_said(area),
        pace=pace.term if isinstance(pace, Term) else "",
        kind=kind.term if isinstance(kind, Term) else "",
        kinds=_said(kind),
        second_opinion=_said(told.get("second_opinion")),
        readings=tuple(readings),
    )


def _said(value: object) -> str:
    return words(value) if isinstance(value, When | Quantity | Text | Term) else ""


def _about(view: View, digest: str) -> list[Shown]:
    """What stands about a claim."""
    return [
        one
        for one in view.about(digest)
        if one.claim.subject == f"claim:{digest}" and not one.withdrawn
    ]


def _readings(view: View, digest: str) -> Iterator[ReadingShown]:
    kinds = dict(_kinds_read(view, digest))
    for one in _about(view, digest):
        if one.claim.predicate in _VERDICTS:
            by = "" if one.claim.by is None else one.claim.by.text
            yield ReadingShown(
                verdict=_VERDICTS[one.claim.predicate],
                by=by,
                note=words(one.claim.value),
                kind=kinds.get(by, "") if one.claim.predicate == "accepted" else "",
                claim=one.digest,
            )


def _kinds_read(view: View, digest: str) -> Iterator[tuple[str, str]]:
    """Who named which kind of a disturbance."""
    for one in view.claims(ref=f"claim:{digest}", predicate="reading_of"):
        if one.withdrawn:
            continue
        named = view.claim(one.claim.subject)
        if isinstance(named.claim.value, Term) and not named.withdrawn:
            yield "" if named.claim.by is None else named.claim.by.text, named.claim.value.term


def pictures_of(view: View, runs: Sequence[str], lang: str) -> list[PictureShown]:
    """The files of a watch that may be seen, the newest of each name; in one language.

    Args:
        view: at a clearance.
        runs: the oldest first.
        lang: `en` or `fa`; files without words are among them.
    """
    found: dict[str, PictureShown] = {}
    for run in runs:
        for predicate in (SHOWS_LOCATION, SHOWS_WATCH):
            for shown in view.claims(source=run, predicate=predicate):
                item = _item(view, shown.claim.subject)
                if shown.withdrawn or item is None or item[1] not in ("", lang):
                    continue
                found[item[0].name] = item[0]
    return sorted(found.values(), key=lambda one: one.name)


def _item(view: View, item: str) -> tuple[PictureShown, str] | None:
    """The name, the bytes and the language of a kept file; none if its bytes are not shown."""
    name = language = sha256 = ""
    for one in view.claims(subject=item):
        value = one.claim.value
        if one.withdrawn:
            continue
        if one.claim.predicate == "label" and isinstance(value, Text):
            name = value.text
        elif one.claim.predicate == "language" and isinstance(value, Text):
            language = value.text
        elif one.claim.predicate == "file" and isinstance(value, File):
            sha256 = value.sha256
    return (PictureShown(name=name, sha256=sha256), language) if name and sha256 else None


def _curve(registry: Registry, view: View, runs: Sequence[str]) -> tuple[CurvePoint, ...] | None:
    """The curve of the newest run that has one; none if its table was erased or is damaged."""
    tables = [one for one in pictures_of(view, runs, "en") if one.name == CURVE]
    if not tables:
        return ()
    try:
        registry.evidence.check(tables[-1].sha256)
    except IntegrityError:
        return None
    with registry.evidence.open(tables[-1].sha256) as opened:
        rows = list(csv.DictReader(io.StringIO(opened.read().decode(), newline="")))
    return tuple(
        CurvePoint(
            date=row["date"],
            site=_number(row["site"]),
            surroundings=_number(row["surroundings"]),
            statistic=_number(row["statistic"]),
        )
        for row in rows
    )


def _number(text: str) -> float | None:
    return float(text) if text else None
