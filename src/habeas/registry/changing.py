"""Changes, which are claims: a withdrawal, a reclassification, an erasure. Nothing is edited."""

from __future__ import annotations

from typing import get_args

import msgspec

from habeas.claims.claim import Claim, Sensitivity, strictest
from habeas.claims.values import Term, Text, Value
from habeas.errors import InputError
from habeas.registry.erasing import destroy, destroy_files, is_final
from habeas.registry.lineage import Lineages
from habeas.registry.registry import Registry
from habeas.registry.view import Shown


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What was recorded, and whether it takes effect."""

    digest: str
    """Of the claim that records the change."""
    effective: bool
    """False when the claim it names is another organisation's: then it is what we say of it."""


def withdraw(registry: Registry, claim: str, why: str, *, recorder: str | None = None) -> Change:
    """Withdraw a claim by a later one.

    Args:
        registry: where it is held.
        claim: its digest or the first digits.
        why: in words.
        recorder: who records.

    Raises:
        NotFoundError, InputError: see `View.claim`; or no reason was given.
    """
    target = registry.view("sealed").claim(claim)
    return _speak(registry, target, "withdrawn", Text(text=_reason(why)), recorder)


def reclassify(
    registry: Registry,
    claim: str,
    sensitivity: Sensitivity,
    why: str,
    *,
    recorder: str | None = None,
) -> Change:
    """Give a claim another sensitivity, by a later claim.

    The floors of the vocabulary and of what the claim rests on stay under it.
    """
    if sensitivity not in get_args(Sensitivity):
        raise InputError(
            f"there is no sensitivity {sensitivity!r}",
            mend=f"Use one of {', '.join(get_args(Sensitivity))}",
        )
    target = registry.view("sealed").claim(claim)
    value = Term(term=sensitivity, text=_reason(why))
    return _speak(registry, target, "reclassified", value, recorder)


def erase(registry: Registry, claim: str, why: str, *, recorder: str | None = None) -> Change:
    """Destroy the words and the salt of a claim; its digest stays in the log.

    Every proof of every other claim still holds. A kept file that no other claim names is destroyed
    with it. What was copied elsewhere (backups, partners, the disk's own spare blocks) is out of
    reach: `docs/registry.md` says what to do about it.

    Raises:
        NotFoundError, InputError: see `View.claim`; or no reason was given; or the claim is itself
            an erasure.
    """
    target = registry.view("sealed").claim(claim)
    _require_erasable(target)
    value = Text(text=_reason(why))
    said = _claim_about(registry, target, "erased", value)
    with registry.recording(recorder=recorder) as recording:
        (digest,) = recording.entry([said])
        recording.write()
        row = registry.store.opening(bytes.fromhex(target.digest))
        if row is not None:
            destroy(registry.store, row)
    destroy_files(registry, [target.claim])
    registry.store.purge()
    return Change(digest=digest, effective=True)


def _require_erasable(target: Shown) -> None:
    if is_final(target.claim):
        raise InputError(
            "this claim is itself an erasure; without it, what it erased could come back",
            place=f"claim:{target.digest}",
            mend="An erasure is final. If the reason it gives says too much, seal it: "
            "`habeas reclassify CLAIM sealed --why TEXT`",
        )


def _speak(
    registry: Registry, target: Shown, predicate: str, value: Value, recorder: str | None
) -> Change:
    claim = _claim_about(registry, target, predicate, value)
    with registry.recording(recorder=recorder) as recording:
        (digest,) = recording.entry([claim])
    return Change(digest=digest, effective=_is_own(registry, target.digest))


def _claim_about(registry: Registry, target: Shown, predicate: str, value: Value) -> Claim:
    sensitivity = target.sensitivity
    if isinstance(value, Term):
        sensitivity = strictest(target.sensitivity, _as_sensitivity(value.term))
    return Claim(
        subject=f"claim:{target.digest}",
        predicate=predicate,
        value=value,
        source=registry.organisation,
        sensitivity=sensitivity,
    )


def _as_sensitivity(term: str) -> Sensitivity:
    return next(level for level in get_args(Sensitivity) if level == term)


def _is_own(registry: Registry, digest: str) -> bool:
    row = registry.store.opening(bytes.fromhex(digest))
    return row is not None and Lineages(registry.store).own(row.entry)


def _reason(why: str) -> str:
    if not why.strip():
        raise InputError("no reason was given", mend="Say why, in words: --why TEXT")
    return why
