"""What the record holds of a watched site: its runs and the disturbances that they told of.

Only what this registry recorded itself and did not withdraw; what another organisation's watch says
stands beside it and decides nothing here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from habeas.claims.claim import Claim
from habeas.claims.values import File, Quantity, Ref, Term, Text, When
from habeas.monitoring.disturbance import Interval
from habeas.monitoring.looks.look import METHOD
from habeas.monitoring.looks.look_claims import (
    ALARM,
    AREA,
    DETECTED,
    KIND,
    NOT_ASSESSED,
    NOTHING_FOUND,
    PACE,
    REFINES,
    SHOWS_LOCATION,
    WATCHED,
    area_told,
)
from habeas.monitoring.looks.reading import PREDICATES
from habeas.registry.registry import Registry
from habeas.registry.view import Shown, View, order


@dataclass(frozen=True, kw_only=True)
class RecordedDisturbance:
    """A disturbance as the record has it.

    Attributes:
        first: the digest of the claim that told of it first; the alarm is its.
        newest: the digest of the claim that refined it last; the same if none did.
        alarm: the date of the alarm.
        earliest: the lower end of the interval, as told last.
        latest: the upper end.
        outline: the changed ground, longitude and latitude; none if its file is not held, or was
            not read.
        area: as told last; none if it is not told.
        pace: a term of `disturbance_pace`; empty if none is told.
        kind: a term of `kind_hypothesis`; empty if none is told.
        rejected: whether those who read it reject it, and nobody confirms it; the last word of
            each counts.
    """

    first: str
    newest: str
    alarm: date
    earliest: date
    latest: date
    outline: BaseGeometry | None
    area: Interval | None = None
    pace: str = ""
    kind: str = ""
    rejected: bool = False


@dataclass(frozen=True, kw_only=True)
class RecordedWatch:
    """What was recorded of a site.

    Attributes:
        runs: ids, the oldest first.
        disturbances: in the order in which they were recorded.
        status: of the newest run; empty if there is none.
        reasons: why it could not be assessed, in the newest run's words.
        watched_to: the last date that a run looked at.
        changed_ground: how ground that changed is watched since, in words of the newest run.
        inputs: SHA-256 of what the newest run read.
        parameters: of the newest run.
        version: of the method, in the newest run.
    """

    runs: tuple[str, ...]
    disturbances: tuple[RecordedDisturbance, ...]
    status: str
    reasons: str
    watched_to: date | None
    changed_ground: str
    inputs: tuple[str, ...]
    parameters: tuple[str, ...]
    version: str


def recorded_watch(
    registry: Registry, site: str, *, view: View | None = None, outlines: bool = True
) -> RecordedWatch:
    """Everything that the own watch recorded of a site.

    Args:
        registry: where.
        site: which.
        view: through which; the recorder's own, which shows everything, if left out.
        outlines: whether the changed ground is read out of its files.

    Raises:
        IntegrityError: a file that is held is not what was recorded, so that nobody can say
            whether what is found now was told before.
    """
    view = view or registry.view("sealed")
    owns = frozenset(log.origin for log in registry.store.logs() if log.own)
    claims = [shown for shown in view.claims(subject=site) if _own(owns, view, shown)]
    runs = tuple(dict.fromkeys(shown.claim.source for shown in claims))
    ground = _outlines(registry, view, runs) if outlines else {}
    newest = runs[-1] if runs else ""
    of_newest = {s.claim.predicate: s.claim.value for s in claims if s.claim.source == newest}
    about_run = [s.claim for s in view.claims(subject=newest) if not s.withdrawn] if newest else []
    reasons = of_newest.get(NOT_ASSESSED)
    ends = [_end(s.claim.value) for s in claims if s.claim.predicate == WATCHED]
    return RecordedWatch(
        runs=runs,
        disturbances=tuple(_disturbances(view, claims, owns, ground)),
        status=_status(of_newest, claims),
        reasons=reasons.text if isinstance(reasons, Text) else "",
        watched_to=max((end for end in ends if end is not None), default=None),
        changed_ground=next(
            (s.claim.note or "" for s in claims
             if s.claim.predicate == WATCHED and s.claim.source == newest), "",
        ),
        inputs=tuple(c.value.sha256 for c in about_run
                     if c.predicate == "input" and isinstance(c.value, File)),
        parameters=tuple(c.value.text for c in about_run
                         if c.predicate == "parameter" and isinstance(c.value, Text)),
        version=next((c.value.text for c in about_run
                      if c.predicate == "method_version" and isinstance(c.value, Text)), ""),
    )  # fmt: skip


def _own(owns: frozenset[str], view: View, shown: Shown) -> bool:
    """Whether a claim is what a watch of this registry says and still stands by."""
    run = shown.claim.source
    told = shown.claim.predicate in (DETECTED, NOTHING_FOUND, NOT_ASSESSED, WATCHED)
    if shown.withdrawn or not told or not run.startswith("run:"):
        return False
    methods = [one.claim.value for one in view.claims(subject=run, predicate="method")]
    return shown.origin in owns and any(
        isinstance(value, Text) and value.text == METHOD for value in methods
    )


def _status(of_newest: dict[str, Any], claims: Sequence[Shown]) -> str:
    """The status that the newest run gives; once disturbed, a site is said to be so."""
    if any(shown.claim.predicate == DETECTED for shown in claims):
        return "disturbed"
    if NOT_ASSESSED in of_newest:
        return "cannot_assess"
    return "no_disturbance_found" if NOTHING_FOUND in of_newest else ""


def _end(value: Any) -> date | None:
    known = isinstance(value, When) and value.latest
    return date.fromisoformat(value.latest) if known else None


def _disturbances(
    view: View,
    claims: Sequence[Shown],
    owns: frozenset[str],
    outlines: Mapping[tuple[str, str, str], BaseGeometry],
) -> list[RecordedDisturbance]:
    detected = {s.digest: s.claim for s in claims if s.claim.predicate == DETECTED}
    about = {digest: _about(view, digest, owns) for digest in detected}
    lines = [_line(digest, about) for digest in detected]
    found = (_disturbance(line, detected[line[-1]], about, outlines) for line in lines)
    return [one for one in found if one is not None]


def _disturbance(
    line: Sequence[str],
    newest: Claim,
    about: Mapping[str, Sequence[Shown]],
    outlines: Mapping[tuple[str, str, str], BaseGeometry],
) -> RecordedDisturbance | None:
    """What a line of refinements tells; nothing where it begins without an alarm."""
    alarm, value = _told(about[line[0]]).get(ALARM), newest.value
    if not isinstance(alarm, When) or alarm.earliest is None:
        return None
    if not isinstance(value, When) or value.earliest is None or value.latest is None:
        return None
    return RecordedDisturbance(
        first=line[0],
        newest=line[-1],
        alarm=date.fromisoformat(alarm.earliest),
        earliest=date.fromisoformat(value.earliest),
        latest=date.fromisoformat(value.latest),
        outline=outlines.get((newest.source, value.earliest, value.latest)),
        rejected=_rejected([one for part in line for one in about[part]]),
        **_description(_told(about[line[-1]])),
    )


def _about(view: View, digest: str, owns: frozenset[str]) -> list[Shown]:
    """What this registry says about a claim and stands by."""
    return [
        one
        for one in view.about(digest)
        if one.claim.subject == f"claim:{digest}" and not one.withdrawn and one.origin in owns
    ]


def _told(about: Sequence[Shown]) -> dict[str, Any]:
    """What stands about a claim, by predicate."""
    return {one.claim.predicate: one.claim.value for one in about}


def _line(digest: str, about: Mapping[str, Sequence[Shown]]) -> list[str]:
    """The line of refinements that begins with a claim, the last one last."""
    line = [digest]
    while True:
        after = [
            other
            for other, said in about.items()
            if isinstance(told := _told(said).get(REFINES), Ref) and told.id == f"claim:{line[-1]}"
        ]
        if not after:
            return line
        line.append(after[-1])


def _rejected(about: Sequence[Shown]) -> bool:
    """Whether people reject a disturbance: one at least, and nobody confirms it."""
    last = {
        "" if one.claim.by is None else one.claim.by.text: one.claim.predicate
        for one in sorted(about, key=order)
        if one.claim.predicate in PREDICATES.values()
    }
    said = set(last.values())
    return PREDICATES["reject"] in said and PREDICATES["confirm"] not in said


def _description(told: Mapping[str, Any]) -> dict[str, Any]:
    """The area, pace and kind that are told of a disturbance."""
    area, pace, kind = (told.get(predicate) for predicate in (AREA, PACE, KIND))
    return {
        "area": area_told(area) if isinstance(area, Quantity) else None,
        "pace": pace.term if isinstance(pace, Term) else "",
        "kind": kind.term if isinstance(kind, Term) else "",
    }


def _outlines(
    registry: Registry, view: View, runs: Sequence[str]
) -> dict[tuple[str, str, str], BaseGeometry]:
    """The changed ground by run and interval, out of the footprints that are held.

    Two that have one run and one interval are taken together.
    """
    found: dict[tuple[str, str, str], BaseGeometry] = {}
    for run in runs:
        for shown in view.claims(source=run, predicate=SHOWS_LOCATION):
            for feature in _features(registry, shown.claim.subject):
                told = feature.get("properties", {})
                if "alarm" in told:
                    key = (run, str(told["earliest"]), str(told["latest"]))
                    ground = shape(feature["geometry"])
                    found[key] = found[key].union(ground) if key in found else ground
    return found


def _features(registry: Registry, item: str) -> list[Any]:
    """The features of a kept footprint; none if the file is another, or was erased."""
    sha256 = item.removeprefix("item:")
    if not registry.evidence.path(sha256).exists():
        return []
    registry.evidence.check(sha256)
    with registry.evidence.open(sha256) as opened:
        content = opened.read()
    if not content.startswith(b"{"):
        return []
    document = json.loads(content)
    return document.get("features", []) if isinstance(document, dict) else []
