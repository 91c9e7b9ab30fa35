"""The lines of a text file, one at a time, within limits."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TextIO

from habeas.errors import InputError
from habeas.exchange.tables.damage import DAMAGE
from habeas.exchange.tables.limits import MAX_LINE


class TextLines:
    """The lines of one open file, with their ends: line feed, carriage return, or both.

    Whoever takes several lines as one record sets `held` to 0 after each, so that a record that
    never ends is noticed.
    """

    def __init__(self, file: TextIO, name: str) -> None:
        self.number = 0
        """Of the line that was read last; the first is 1."""
        self.held = 0
        """Characters since the last record ended."""
        self.damaged = False
        """Whether a line since this was last set back holds words that were broken before."""
        self._search = DAMAGE.search
        self._file = file
        self._name = name

    def __iter__(self) -> Iterator[str]:
        """Reads on.

        Raises:
            InputError: a line or record is too long, or holds a NUL.
        """
        try:
            for line in iter(partial(self._file.readline, MAX_LINE + 1), ""):
                self.number += 1
                self.held += len(line)
                if self.held > MAX_LINE:
                    raise self.fault(
                        f"a line or a quoted cell is longer than {MAX_LINE:,} characters",
                        "Is it a list? Look for a quotation mark that is never closed",
                    )
                if "\0" in line:
                    at = line.index("\0") + 1
                    raise self.fault(
                        f"a NUL stands at character {at}: the file is damaged, or it is no text",
                        "Save it again from the program that made it",
                    )
                if not line.isascii() and self._search(line):
                    self.damaged = True
                yield line
        except UnicodeError:
            raise self.fault("the file changed while it was read", "Try again") from None

    def fault(self, reason: str, mend: str, *, line: int | None = None) -> InputError:
        """An error at the line that was read last, or at another."""
        return InputError(reason, place=f"{self._name}, line {line or self.number}", mend=mend)


class Unchanged:
    """Holds that a file is read a second time as it was the first."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = _state(path)

    def check(self) -> None:
        """Raises `InputError` when the file is not as it was."""
        if _state(self._path) != self._seen:
            raise InputError(
                "the file changed while it was read", place=self._path.name, mend="Try again"
            )


def _state(path: Path) -> tuple[int, int, int] | None:
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_ino, state.st_size, state.st_mtime_ns
