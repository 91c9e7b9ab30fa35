"""Habeas: the record of mass graves and enforced disappearances.

Every statement attributed, nothing silently changed, safe to share, checkable by a stranger. The
names here are the public interface; they are loaded when first used, so that importing Habeas is
quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from habeas.claims.claim import By, Claim
    from habeas.claims.values import File, Name, Quantity, Ref, Term, Text, When, Where
    from habeas.errors import HabeasError
    from habeas.registry.registry import Registry, create_registry, open_registry
    from habeas.registry.view import View

__version__ = "0.1.0"

_HOMES = {
    "By": "habeas.claims.claim",
    "Claim": "habeas.claims.claim",
    "File": "habeas.claims.values",
    "HabeasError": "habeas.errors",
    "Name": "habeas.claims.values",
    "Quantity": "habeas.claims.values",
    "Ref": "habeas.claims.values",
    "Registry": "habeas.registry.registry",
    "Term": "habeas.claims.values",
    "Text": "habeas.claims.values",
    "View": "habeas.registry.view",
    "When": "habeas.claims.values",
    "Where": "habeas.claims.values",
    "create_registry": "habeas.registry.registry",
    "open_registry": "habeas.registry.registry",
}

__all__ = [
    "By",
    "Claim",
    "File",
    "HabeasError",
    "Name",
    "Quantity",
    "Ref",
    "Registry",
    "Term",
    "Text",
    "View",
    "When",
    "Where",
    "create_registry",
    "open_registry",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'habeas' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
