"""Whether a claim may be recorded: the vocabulary allows it, and its values can be."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache

from habeas.claims.claim import Claim, prefix_of
from habeas.claims.places import check_where
from habeas.claims.values import Name, Quantity, Ref, Term, Text, Value, When, Where, value_type
from habeas.claims.vocabulary import Predicate, vocabulary
from habeas.errors import InputError


def check_claim(claim: Claim, place: str = "") -> None:
    """Refuse a claim that the vocabulary does not know or that no world can hold.

    Args:
        claim: the claim.
        place: where it stands (file and line), for the message.

    Raises:
        InputError: an unknown predicate or term, a value of the wrong type, an interval that ends
            before it begins, a coordinate outside the earth, a finding without its standard.
    """
    terms = vocabulary()
    value = claim.value
    predicate = terms.check(prefix_of(claim.subject), claim.predicate, value_type(value), place)
    if isinstance(value, Term):
        terms.term(predicate.vocabulary, value.term, place)
    elif isinstance(value, Ref):
        _check_target(predicate, value, place)
    elif not isinstance(value, Text):
        _check_value(value, place)
    if claim.holds is not None:
        _check_when(claim.holds, place)
    if claim.reading is not None:
        terms.term("reading_level", claim.reading, place)
    if claim.rests_on or claim.standard is not None:
        _check_finding(claim, place)


def _check_target(predicate: Predicate, value: Ref, place: str) -> None:
    if predicate.targets and prefix_of(value.id) not in predicate.targets:
        raise InputError(
            f"`{predicate.name}` cannot name {value.id}",
            place=place,
            mend=f"It names one of: {', '.join(predicate.targets)}",
        )


def _check_value(value: Value, place: str) -> None:
    match value:
        case Name(parts=parts):
            for part in parts:
                vocabulary().term("name_slot", part.slot, place)
        case When():
            _check_when(value, place)
        case Quantity():
            _check_quantity(value, place)
        case Where():
            check_where(value, place)
        case _:
            pass


def _check_quantity(value: Quantity, place: str) -> None:
    if value.low is None or value.high is None:
        return
    if Decimal(value.low) > Decimal(value.high):
        raise InputError(
            f"the range {value.low} to {value.high} ends before it begins",
            place=place,
            mend="Give the smaller number as `low`",
        )


def _check_when(value: When, place: str) -> None:
    vocabulary().term("date_precision", value.precision, place)
    for end in (value.earliest, value.latest):
        if end is not None and not _is_day(end):
            raise InputError(
                f"{end} is no day of the Gregorian calendar",
                place=place,
                mend="Look at the month and the day; intervals are Gregorian, YYYY-MM-DD",
            )
    if value.earliest is not None and value.latest is not None and value.earliest > value.latest:
        raise InputError(
            f"the interval {value.earliest} to {value.latest} ends before it begins",
            place=place,
            mend="Give the earlier day as `earliest`",
        )


@lru_cache(maxsize=65_536)
def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _check_finding(claim: Claim, place: str) -> None:
    if claim.standard is None or not claim.rests_on:
        raise InputError(
            "a finding names the claims it rests on and its standard of proof; one is missing",
            place=place,
            mend="Give both `rests_on` and `standard`",
        )
    vocabulary().term("standard_of_proof", claim.standard, place)
    if prefix_of(claim.source) not in ("org", "run"):
        raise InputError(
            "a finding is the organisation's own claim",
            place=place,
            mend="Its source is the organisation (`org:`), not one of the sources",
        )
    if list(claim.rests_on) != sorted(set(claim.rests_on)):
        raise InputError(
            "the claims that a finding rests on are not sorted, or one stands twice",
            place=place,
            mend="Sort the digests and name each once",
        )
