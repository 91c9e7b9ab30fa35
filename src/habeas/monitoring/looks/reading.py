"""A person's reading of what a watch suggests: a claim of its own beside the run's.

The reader confirms, rejects or cannot tell, and may name the kind of disturbance. Nothing of the
run is changed; whoever looks sees both, and whose word each is.
"""

from __future__ import annotations

from functools import partial
from typing import Final, Literal

import msgspec

from habeas.claims.claim import By, Claim, Sensitivity, strictest
from habeas.claims.values import Ref, Term, Text, When
from habeas.errors import InputError
from habeas.monitoring.looks.site_level import place_is_sealed
from habeas.registry.recording import check_recorder
from habeas.registry.registry import Registry
from habeas.registry.view import Shown

Verdict = Literal["confirm", "reject", "undecided"]

PREDICATES: Final[dict[Verdict, str]] = {
    "confirm": "accepted",
    "reject": "rejected",
    "undecided": "undecided",
}


def _period(when: When) -> When:
    """The interval of a disturbance, in plain words."""
    return msgspec.structs.replace(when, text=f"{when.earliest} to {when.latest}")


def record_reading(
    registry: Registry,
    detection: str,
    *,
    verdict: Verdict,
    reader: str,
    note: str,
    kind: str | None = None,
    sensitivity: Sensitivity = "team",
    recorder: str | None = None,
) -> tuple[str, ...]:
    """Record what a person says who looked at a disturbance that a watch suggests.

    Args:
        registry: where.
        detection: the digest of the claim that tells of the disturbance.
        verdict: confirm, reject, or undecided.
        reader: a handle, as recorders have; never a person's name.
        note: what was looked at, and what was seen.
        kind: a term of `disturbance_kind`; only with `confirm`.
        sensitivity: of the claims; never laxer than what is read, nor than the place of the site.
        recorder: who records.

    Returns:
        The digests of the claims: the verdict, then the kind and what it is a reading of.

    Raises:
        NotFoundError: there is no such claim.
        InputError: it tells of no disturbance, the handle or the kind cannot be, or a kind is named
            of what is not confirmed.
    """
    shown, when = _disturbance(registry, detection)
    sealed = place_is_sealed(registry, shown.claim.subject)
    level = "sealed" if sealed else strictest(sensitivity, shown.sensitivity)
    if kind is not None and verdict != "confirm":
        raise InputError(
            "the kind is named of what is not confirmed", mend="Confirm it, or leave the kind out"
        )
    claim = partial(
        Claim,
        source=registry.organisation,
        by=By(text=f"reader {check_recorder(reader)}"),
        sensitivity=level,
    )
    run_claim = f"claim:{shown.digest}"
    said = claim(subject=run_claim, predicate=PREDICATES[verdict], value=Text(text=note))
    with registry.recording(recorder=recorder) as recording:
        digests = recording.entry([said])
        if kind is not None:
            named = claim(
                subject=shown.claim.subject, predicate="disturbance_kind", value=Term(term=kind),
                holds=_period(when), note=note,
            )  # fmt: skip
            (of_kind,) = recording.entry([named])
            cites = claim(
                subject=f"claim:{of_kind}", predicate="reading_of", value=Ref(id=run_claim)
            )
            digests += (of_kind, *recording.entry([cites]))
    return digests


def _disturbance(registry: Registry, detection: str) -> tuple[Shown, When]:
    """The claim that tells of a disturbance, and the interval of it."""
    shown = registry.view("sealed").claim(detection)
    when = shown.claim.value
    if shown.claim.predicate != "disturbance_detected" or not isinstance(when, When):
        raise InputError(
            "this claim tells of no disturbance",
            place=f"claim:{shown.digest[:12]}",
            mend="Look with `habeas watch show SITE`",
        )
    return shown, when
