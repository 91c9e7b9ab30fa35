"""A registry as the one who records into it sees it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from habeas.registry.recording import Recording
from habeas.registry.registry import Registry


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
