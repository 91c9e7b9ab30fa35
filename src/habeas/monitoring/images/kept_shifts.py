"""Shifts told in earlier runs, and what a new date is compared with."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np

from habeas.monitoring.images.sealed_file import read_sealed, write_sealed
from habeas.monitoring.images.shifts import References

Shift = tuple[float, float]
"""Pixels of the image, east and south; not numbers if it was not judged."""

_VERSION = 1


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a date before its pixels are read.

    Attributes:
        bands: that are judged.
        rows: of the grid, as coarse as the sensor's own.
        columns: of it.
        clear: pixels that are.
    """

    bands: int
    rows: int
    columns: int
    clear: int


class _References(msgspec.Struct, frozen=True):
    shape: tuple[int, int, int, int]
    medians: bytes
    seen: bytes


class _Kept(msgspec.Struct, frozen=True):
    version: int
    facts: dict[str, Facts]
    shifts: dict[str, Shift]
    references: dict[str, _References]


class KeptShifts:
    """What is known of the dates of one grid, by what decides their pixels.

    A date that was used once is not dropped later because the others have changed.

    Args:
        path: of the file; none to keep nothing.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._changed = False
        kept = _load(path) if path is not None else _Kept(_VERSION, {}, {}, {})
        self.facts, self.shifts = kept.facts, kept.shifts
        self._earlier, self._references = kept.references, dict[str, _References]()

    def learn(self, key: str, facts: Facts) -> None:
        """Keep what is known of a date."""
        self.facts[key] = facts
        self._changed = True

    def put(self, key: str, shift: Shift) -> None:
        """Keep a shift."""
        self.shifts[key] = shift
        self._changed = True

    def references(self, key: str) -> References | None:
        """What was compared with, made of certain dates; none if it is not kept."""
        held = self._earlier.get(key)
        if held is None:
            return None
        self._references[key] = held
        try:
            return References(
                medians=np.frombuffer(held.medians, np.float32).reshape(held.shape),
                seen=np.frombuffer(held.seen, np.bool_).reshape(held.shape[2:]),
            )
        except ValueError:  # lengths that do not fit: it is made anew
            return None

    def keep_references(self, key: str, made: References) -> None:
        """Keep what is compared with."""
        bands, rows, columns = made.medians.shape[1:]
        self._references[key] = _References(
            (2, bands, rows, columns), made.medians.tobytes(), made.seen.tobytes()
        )
        self._changed = True

    def save(self) -> None:
        """Write what is new.

        Raises:
            StorageError: the disk refused.
        """
        if self._path is not None and self._changed:
            references = self._references or self._earlier
            kept = _Kept(_VERSION, self.facts, self.shifts, references)
            write_sealed(self._path, msgspec.msgpack.encode(kept))
            self._changed = False


def _load(path: Path) -> _Kept:
    """What was kept; nothing if it is damaged or of another version: it is learnt again."""
    content = read_sealed(path)
    try:
        kept = msgspec.msgpack.decode(content or b"", type=_Kept)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _Kept(_VERSION, {}, {}, {})
    return kept if kept.version == _VERSION else _Kept(_VERSION, {}, {}, {})
