"""What a folder or a catalogue turned out to hold."""

from __future__ import annotations

from dataclasses import dataclass

from habeas.monitoring.images.acquisition import Acquisition
from habeas.monitoring.images.scene import Scene


@dataclass(frozen=True)
class Found:
    """What a source holds.

    Attributes:
        acquisitions: in order of their dates.
        dropped: what cannot be used, and why.
        remarks: on the whole source.
        mask_clear: numbers of a supplied mask at which the ground is clear.
        hosts: of all servers that were asked for it.
    """

    acquisitions: tuple[Acquisition, ...]
    dropped: tuple[Scene, ...] = ()
    remarks: tuple[str, ...] = ()
    mask_clear: tuple[int, ...] = (0,)
    hosts: frozenset[str] = frozenset()
