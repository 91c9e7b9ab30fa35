"""A registry as the coding sheet needs it: what it already holds, and who records into it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from habeas.claims.values import Value
from habeas.errors import InputError, NotFoundError
from habeas.registry.recording import Recording
from habeas.registry.registry import Registry


class RegistryBackground:
    """What a registry already holds, seen by its keepers: `exchange.sheet_checks.Background`."""

    def __init__(self, registry: Registry) -> None:
        self._view = registry.view("sealed")

    def knows(self, entity: str) -> bool:
        """Whether anything is recorded of an entity."""
        return next(iter(self._view.stream(subject=entity)), None) is not None

    def values(self, subject: str, predicate: str) -> Sequence[Value]:
        """What is recorded of an entity under one predicate, withdrawn claims left out."""
        found = self._view.stream(subject=subject, predicate=predicate)
        return [shown.claim.value for shown in found if not shown.withdrawn]

    def digests(self, beginning: str) -> Sequence[str]:
        """The digests of claims that begin with some digits; two stand for several."""
        try:
            return [self._view.claim(beginning).digest]
        except NotFoundError:
            return []
        except InputError:
            return [beginning, beginning]


class RecordsAs:
    """A registry into which one person records: `exchange.sheet_recording.RecordsClaims`."""

    def __init__(
        self, registry: Registry, recorder: str | None, progress: Callable[[int], None]
    ) -> None:
        self._registry = registry
        self._recorder = recorder
        self._progress = progress

    @property
    def organisation(self) -> str:
        """The `org:` id of the organisation."""
        return self._registry.organisation

    def recording(self) -> AbstractContextManager[Recording]:
        """A batch: all of it is recorded, or nothing."""
        return self._registry.recording(recorder=self._recorder, progress=self._progress)
