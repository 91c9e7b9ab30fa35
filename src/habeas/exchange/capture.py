"""What a capture tool handed over: files, what it says of them, and what came of checking them.

Readers (`wacz`, `auto_archiver`) make it without touching the record; `capture_recording` puts it
there. Every file has a fate, so that files in = kept + held back + rejected, to the file.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec

from habeas.claims.locator import Selector
from habeas.claims.values import Sha256, Text, Value, When
from habeas.errors import HabeasError
from habeas.evidence.detail import WORDS_LIMIT, words_of

Fate = Literal["kept", "held", "rejected"]
"""`held`: it is not what was promised, and a person has to look; `rejected`: it cannot be kept."""


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One thing said of a captured file."""

    predicate: str
    value: Value
    locator: tuple[Selector, ...] = ()
    """Where in the capture it is said."""
    holds: When | None = None
    checked: bool = False
    """True for what Habeas found when it checked; else the capture says it of itself."""


class CapturedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a capture."""

    path: Path
    name: str
    """Its place in the capture, parted by `/`."""
    fate: Fate
    reason: str = ""
    """Why it is not kept."""
    sha256: Sha256 | None = None
    """Of its bytes as they were checked; none when it could not be read."""
    said: tuple[Said, ...] = ()


class Capture(msgspec.Struct, frozen=True, kw_only=True):
    """A whole capture, read and checked. Nothing of it is recorded yet."""

    name: str
    reader: str
    """By which reader: `wacz` or `auto-archiver`."""
    files: tuple[CapturedFile, ...]
    """By name."""
    remarks: tuple[str, ...] = ()
    """What a person should know besides the fate of the files."""


class CaptureAccount(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the files of a capture, or would become of them."""

    name: str
    reader: str
    read: int
    kept: int
    """Files that the record holds afterwards, `already` among them."""
    already: int
    """Files of which the record said all of this before."""
    held: int
    rejected: int
    unkept: tuple[tuple[str, Fate, str], ...]
    """Name, fate and reason of each file that is not kept."""
    remarks: tuple[str, ...] = ()
    run: str | None = None
    """The `run:` that recorded it; none when nothing was recorded."""

    def check(self) -> CaptureAccount:
        """This account, when it is right.

        Raises:
            HabeasError: a file was lost or counted twice.
        """
        if self.read != self.kept + self.held + self.rejected or self.already > self.kept:
            raise HabeasError(
                f"the account is wrong: {self.line()}",
                place=self.name,
                mend="Nothing was recorded. This is a fault of Habeas itself: report it",
            )
        return self

    def line(self) -> str:
        """The account in one line."""
        before = f" + {self.already} kept before" if self.already else ""
        verb = "to keep" if self.run is None else "kept"
        return (
            f"{self.read} files in = {self.kept - self.already} {verb}{before}"
            f" + {self.held} held back + {self.rejected} rejected"
        )


def said_words(
    predicate: str,
    raw: object,
    *,
    locator: tuple[Selector, ...] = (),
    holds: When | None = None,
) -> list[Said]:
    """A text that the capture says, or nothing when there are no usable words."""
    words = words_of(raw) if isinstance(raw, str) else None
    if words is None:
        return []
    return [Said(predicate=predicate, value=Text(text=words), locator=locator, holds=holds)]


def found(words: str) -> Said:
    """What a check of Habeas came to, in words."""
    value = Text(text=words[:WORDS_LIMIT], lang="en")
    return Said(predicate="authenticity_check", value=value, checked=True)


def moment(raw: object) -> When | None:
    """A time as a capture tool writes it: ISO 8601, RFC 3339, or seconds since 1970.

    The day is the one that the words give; the words stay as they stand.

    Returns:
        None when it is no such time.
    """
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        return None
    try:
        at = (
            datetime.fromisoformat(raw)
            if isinstance(raw, str)
            else datetime.fromtimestamp(raw, UTC)
        )
    except (ValueError, OverflowError, OSError):
        return None
    day = at.date().isoformat()
    return When(text=str(raw), calendar="gregorian", earliest=day, latest=day, precision="second")
