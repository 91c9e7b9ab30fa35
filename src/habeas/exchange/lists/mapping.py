"""A mapping: what the columns of one source's list mean. The format: `docs/lists.md`.

Kept as a readable TOML file that a documenter can change by hand. Reading and writing it is
`mapping_file`'s affair, proposing one `proposing`'s.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from habeas.claims.claim import Sensitivity

FORMAT: Final = "habeas-mapping/1"

Subject = Literal["person", "site", "event", "place", "org"]

CalendarName = Literal["gregorian", "solar_hijri", "hijri_umm_al_qura", "hijri_tabular"]


class ClaimRule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True,
                forbid_unknown_fields=True):  # fmt: skip
    """How one claim is made from the cells of a row.

    A column may stand in several rules (one value, two claims); a rule may take several columns
    (given name and surname, day, month and year, longitude and latitude) and make one claim.
    """

    predicate: str
    """A term of the vocabulary."""
    columns: tuple[str, ...]
    """Names of columns (`Column.name`). Several: a name in parts, a date in year, month and day,
    a position in longitude and latitude; the words are joined by spaces, each cell is a locator."""
    slots: tuple[str, ...] = ()
    """For a name: the slot of each column, terms of `name_slot`. For a date: `year`, `month`,
    `day`. For a position: `longitude`, `latitude`, `uncertainty`. For a number: `low`, `high`."""
    split: str | None = None
    """Several values stand in one cell, parted by this."""
    calendar: CalendarName | None = None
    """Of dates that name none; that of the mapping when left out."""
    serial: Literal["1900", "1904"] | None = None
    """The epoch of dates that stand as bare numbers of days (spreadsheets)."""
    terms: dict[str, str] = {}
    """Words of the list to terms of the vocabulary that the predicate names. Words are compared
    normalised."""
    unit: str | None = None
    counts: str | None = None
    lang: str | None = None
    """BCP 47; that of the mapping when left out."""
    scheme: str | None = None
    """The romanisation scheme of Latin forms, when the source names one."""
    location_kind: Literal["exact", "approximate", "representative", "random"] | None = None
    uncertainty: str | None = None
    """Metres, of every position of the column."""
    by: str | None = None
    """To whom the list attributes this, in words."""
    by_column: str | None = None
    """The column that says to whom the list attributes this."""
    holds: str | None = None
    """The predicate of a date of the same row for which the statement holds (an age at death)."""
    sensitivity: Sensitivity | None = None
    nothing: tuple[str, ...] = ()
    """Words that mean that the list says nothing: `-`, `n/a`. An empty cell always does."""
    unread: Literal["hold", "words"] = "hold"
    """What becomes of a date or number that cannot be read: the row is held back with a question,
    or the words are recorded without a reading (a date of precision `unknown`)."""


class Mapping(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True,
              forbid_unknown_fields=True, rename={"claims": "claim"}):  # fmt: skip
    """What the columns of one source's list mean."""

    format: Literal["habeas-mapping/1"] = FORMAT
    source: str
    """`source:` id of the list."""
    subject: Subject = "person"
    """What a row describes."""
    sensitivity: Sensitivity = "team"
    calendar: CalendarName | None = None
    lang: str | None = None
    sheets: tuple[str, ...] = ()
    """The sheets that are read; all when empty."""
    needs: tuple[str, ...] = ()
    """Predicates of which a row must have one; a row without any is rejected. `name` for persons,
    `name` or `location` for sites when left out."""
    left_out: tuple[str, ...] = ()
    """Columns that are left out knowingly. Every other column without a rule is told each time."""
    claims: tuple[ClaimRule, ...] = ()
