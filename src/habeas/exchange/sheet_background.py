"""What is already known beside the sheets: what the registry holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from habeas.claims.claim import Claim
from habeas.claims.values import Value
from habeas.errors import NotFoundError
from habeas.registry.view import View


class Background(Protocol):
    """What a sheet may speak of without introducing it."""

    def knows(self, entity: str) -> bool:
        """Whether anything is recorded of an entity."""

    def values(self, subject: str, predicate: str) -> Sequence[Value]:
        """What is recorded of an entity under one predicate, withdrawn claims left out."""

    def holds(self, claim: Claim) -> bool:
        """Whether this very claim is recorded already, and not withdrawn."""

    def digest(self, beginning: str) -> str:
        """The digest of the claim that begins with some hexadecimal digits.

        Raises:
            NotFoundError: there is no such claim.
            InputError: several claims begin with them.
        """


class Nothing:
    """The background of a first sheet: nothing is known yet."""

    def knows(self, entity: str) -> bool:
        """No."""
        del entity
        return False

    def values(self, subject: str, predicate: str) -> Sequence[Value]:
        """None."""
        del subject, predicate
        return ()

    def holds(self, claim: Claim) -> bool:
        """No."""
        del claim
        return False

    def digest(self, beginning: str) -> str:
        """None has that digest.

        Raises:
            NotFoundError: always.
        """
        raise NotFoundError(f"there is no claim {beginning}", mend="Look with `habeas find`")


class Held:
    """What a registry holds.

    Args:
        view: seen at the clearance of those who record; the messages of a refused sheet go to them.
    """

    def __init__(self, view: View) -> None:
        self._view = view

    def knows(self, entity: str) -> bool:
        """Whether anything is recorded of an entity."""
        return next(self._view.stream(subject=entity), None) is not None

    def values(self, subject: str, predicate: str) -> Sequence[Value]:
        """What is recorded of an entity under one predicate, withdrawn claims left out."""
        return [
            shown.claim.value
            for shown in self._view.stream(subject=subject, predicate=predicate)
            if not shown.withdrawn
        ]

    def holds(self, claim: Claim) -> bool:
        """Whether this very claim is recorded already, and not withdrawn."""
        held = self._view.stream(
            subject=claim.subject, predicate=claim.predicate, source=claim.source
        )
        return any(shown.claim == claim and not shown.withdrawn for shown in held)

    def digest(self, beginning: str) -> str:
        """The digest of the claim that begins with some hexadecimal digits.

        Raises:
            NotFoundError: there is no such claim.
            InputError: several claims begin with them.
        """
        return self._view.claim(beginning).digest
