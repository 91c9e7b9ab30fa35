"""What can go wrong, said so that the reader knows what to do next.

Every error that Habeas raises on purpose is a `HabeasError`. Its text has three parts: the place,
the reason, the mend. Nothing here knows how an error is shown; the command line decides that.
"""

from __future__ import annotations


class HabeasError(Exception):
    """The root of every error that Habeas raises on purpose.

    Args:
        reason: what is wrong, one sentence without a full stop.
        place: where: a file with its line, a claim, an entry of a log.
        mend: what to do about it.
    """

    exit_code = 1

    def __init__(self, reason: str, *, place: str = "", mend: str = "") -> None:
        self.reason = reason
        self.place = place
        self.mend = mend
        super().__init__(self.describe())

    def describe(self) -> str:
        """The whole message on one line: place, reason, mend."""
        head = f"{self.place}: {self.reason}" if self.place else self.reason
        return f"{head}. {self.mend}" if self.mend else head


class InputError(HabeasError):
    """What a user handed in cannot be taken as it is; nothing was changed."""

    exit_code = 2


class NotFoundError(HabeasError):
    """Nothing of that name may be seen here (it may be hidden: the two are not told apart)."""

    exit_code = 3


class IntegrityError(HabeasError):
    """Bytes are not what was signed, hashed or promised."""

    exit_code = 4


class ForkError(IntegrityError):
    """One key signed two histories that cannot both be true."""


class KeyFileError(HabeasError):
    """A key cannot be opened or is not the one that is needed."""

    exit_code = 5


class BusyError(HabeasError):
    """Another process is writing to this registry."""

    exit_code = 6


class StorageError(HabeasError):
    """The disk refused: full, read-only or failing. What was acknowledged before is kept."""

    exit_code = 7
