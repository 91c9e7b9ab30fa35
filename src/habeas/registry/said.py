"""SQLite's errors in our words: the place, the reason, the mend."""

from __future__ import annotations

import functools
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from habeas.errors import BusyError, HabeasError, IntegrityError, StorageError

C = TypeVar("C", bound=type)


@contextmanager
def said(path: Path) -> Iterator[None]:
    """Whatever SQLite raises inside is raised as a `HabeasError`."""
    try:
        yield
    except sqlite3.Error as error:
        raise _in_our_words(error, path) from error


def in_our_words(cls: C) -> C:
    """Class decorator: every public method, generators too, raises `HabeasError`s.

    The class has its file's path in `_path`.
    """
    for base in reversed(cls.__mro__[:-1]):
        for name, method in list(vars(base).items()):
            if callable(method) and not name.startswith("_") and isinstance(method, _FUNCTION):
                setattr(cls, name, _wrapped(method))
    return cls


_FUNCTION = type(said)


def _wrapped(method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def call(self: Any, *args: Any, **named: Any) -> Any:
        try:
            found = method(self, *args, **named)
        except sqlite3.Error as error:
            raise _in_our_words(error, self._path) from error
        return _iterated(found, self._path) if isinstance(found, _GENERATOR) else found

    return call


_GENERATOR = type(_ for _ in ())


def _iterated(rows: Iterator[Any], path: Path) -> Iterator[Any]:
    try:
        yield from rows
    except sqlite3.Error as error:
        raise _in_our_words(error, path) from error


_DAMAGE = re.compile(
    "no such (table|column|index|module)|could not decode|malformed", re.IGNORECASE
)
"""What SQLite calls operational errors, and what are damaged names or texts."""


def _in_our_words(error: sqlite3.Error, path: Path) -> HabeasError:
    text = str(error)
    if not isinstance(error, sqlite3.OperationalError) or "decode" in text:
        return IntegrityError(
            f"the database is damaged ({text})",
            place=str(path),
            mend="Restore it from a backup: `habeas restore`",
        )
    if "locked" in text or "busy" in text:
        return BusyError(
            "another process is writing to this registry",
            place=str(path),
            mend="Wait until it has finished, then try again; nothing was changed",
        )
    return StorageError(
        f"the disk refused ({text})",
        place=str(path),
        mend="Free some space or mount it writable, then try again; nothing was recorded by halves",
    )
