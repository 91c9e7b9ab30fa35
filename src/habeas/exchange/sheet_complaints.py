"""Everything that is wrong with a coding sheet, gathered, so that its writer mends it in one go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches

from habeas.errors import InputError

SHOWN = 50
"""How many complaints one message lists."""


@dataclass(frozen=True, slots=True, order=True)
class Complaint:
    """One thing to mend."""

    file: str
    line: int
    reason: str
    mend: str = ""

    def describe(self) -> str:
        """The complaint on one line: place, reason, mend."""
        head = f"{self.file}:{self.line}: {self.reason}"
        return f"{head}. {self.mend}" if self.mend else head


@dataclass(slots=True)
class Complaints:
    """The complaints about one or several sheets.

    Args:
        file: the sheet being read, as named in messages.
    """

    file: str = ""
    found: list[Complaint] = field(default_factory=list)
    warnings: list[Complaint] = field(default_factory=list)

    def add(self, line: int, reason: str, mend: str = "") -> None:
        """Note something that has to be mended before anything is recorded."""
        self.found.append(Complaint(self.file, line, reason, mend))

    def add_error(self, line: int, error: InputError) -> None:
        """Note what another part of Habeas refused."""
        self.add(line, error.reason, error.mend)

    def warn(self, line: int, reason: str, mend: str = "") -> None:
        """Note something that a reader should know and that stops nothing."""
        self.warnings.append(Complaint(self.file, line, reason, mend))

    def did_you_mean(self, wrong: str, known: Iterable[str], otherwise: str = "") -> str:
        """The mend for a word that is not known: the nearest one that is, else `otherwise`."""
        if len(self.found) >= SHOWN:  # these are not shown any more: do not spend the time
            return otherwise
        near = get_close_matches(wrong, list(known), n=1, cutoff=0.6)
        return f"Did you mean “{near[0]}”?" if near else otherwise

    def raise_if_any(self) -> None:
        """End with one error that lists everything found.

        Raises:
            InputError: there is something to mend. One complaint keeps its place, reason and
                mend; several are listed in the reason, in the order of the files' lines.
        """
        raise_complaints(self.found)


def raise_complaints(found: Iterable[Complaint]) -> None:
    """Raise one `InputError` for all complaints, in order; return when there is none."""
    listed = sorted(set(found))
    if not listed:
        return
    if len(listed) == 1:
        one = listed[0]
        raise InputError(one.reason, place=f"{one.file}:{one.line}", mend=one.mend)
    lines = [complaint.describe() for complaint in listed[:SHOWN]]
    if len(listed) > SHOWN:
        lines.append(f"and {len(listed) - SHOWN} more")
    files = sorted({complaint.file for complaint in listed})
    raise InputError(
        f"{len(listed)} things to mend:\n" + "\n".join(lines),
        place=", ".join(files),
        mend="Nothing was recorded",
    )
