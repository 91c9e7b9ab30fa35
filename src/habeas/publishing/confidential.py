"""Sources whose identity is not shown: witnesses and relatives who spoke in confidence.

Below the clearance `team` such a source is "a witness (identity withheld)": of what is said about
it only kind, reliability and derivation are shown, and none of its claims is proven but those.
Its id stands inside every claim that it made, so the id itself must name nobody.
"""

from __future__ import annotations

import re
from typing import Final

from habeas.claims.claim import SENSITIVITIES
from habeas.claims.values import Term
from habeas.registry.view import View

KINDS: Final = frozenset({"witness_direct", "witness_hearsay", "relative"})
"""Kinds of source (terms of `source_kind`) that stand for a person at risk."""

TELLABLE: Final = frozenset({"source_kind", "reliability", "interest", "derived_from"})
"""What may be said of a source whose identity is withheld."""

_ROLES: Final = frozenset(
    {
        "anonymous", "confidential", "family", "hearsay", "i", "interview", "r", "relative", "s",
        "source", "statement", "t", "testimony", "w", "witness",
    }
)  # fmt: skip
_NUMBER = re.compile(r"[a-z]{0,2}[0-9]+|[0-9a-f]*[0-9][0-9a-f]*")


def is_outside(view: View) -> bool:
    """Whether a view is for people outside the team."""
    return SENSITIVITIES.index(view.clearance) < SENSITIVITIES.index("team")


def is_withheld(view: View, source: str) -> bool:
    """Whether the identity of a source is not to be shown in this view.

    A witness or relative who published openly (`access_level` open) is a source like any other.
    """
    if not is_outside(view) or not source.startswith("source:"):
        return False
    access = _terms(view, source, "access_level")
    if "confidential" in access:
        return True
    return bool(_terms(view, source, "source_kind") & KINDS) and "open" not in access


def names_nobody(source: str) -> bool:
    """Whether the id of a source is made of a role and a number, such as `source:witness-012`."""
    parts = re.split(r"[._-]+", source.partition(":")[2])
    return all(part in _ROLES or _NUMBER.fullmatch(part) for part in parts if part)


def _terms(view: View, source: str, predicate: str) -> set[str]:
    return {
        shown.claim.value.term
        for shown in view.claims(subject=source, predicate=predicate)
        if isinstance(shown.claim.value, Term) and not shown.withdrawn
    }
