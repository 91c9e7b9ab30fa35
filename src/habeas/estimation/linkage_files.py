"""Tables of sampled linkages from files: a folder of tables, or one table with a column `draw`.

Each draw of a linkage gives one overlap table, in any of the shapes of `table_file`. Nothing is
passed over: what lies in the folder and is no table, a table with other lists, or a draw that is
refused by itself is named, because an average that silently lost a draw is another average.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from habeas.errors import InputError
from habeas.estimation.checks import require_table
from habeas.estimation.overlap import Overlap
from habeas.estimation.refusal import checked_overrides, overridden, table_refusals, united
from habeas.estimation.table_file import read_overlap

DRAW = "draw"
"""The column that says of which sampled linkage a row is."""

_NAMED = 3
"""How many refused draws an error names; it counts the others."""


@dataclass(frozen=True)
class LinkageTables:
    """One overlap table a sampled linkage.

    Attributes:
        place: the folder or the file.
        names: of the draws: the file of each, or what the column `draw` says.
        tables: one a draw, of one stratum, all with the same lists.
    """

    place: str
    names: tuple[str, ...]
    tables: tuple[Overlap, ...]


def read_linkages(
    path: str | Path,
    *,
    lists: Sequence[str] | None = None,
    count: str | None = None,
    person: str | None = None,
) -> LinkageTables:
    """The overlap tables of sampled linkages.

    Args:
        path: a folder with one table a draw and nothing else (files whose name begins with a dot
            aside), or a file with a column `draw`.
        lists: as `read_overlap` has it.
        count: the column of counts.
        person: a column with the person's id; in a folder only, for ids begin anew in each draw.

    Raises:
        InputError: an empty folder, something in it that is no table, a draw without a name or
            without persons, tables that differ in their lists or in what could not be recorded,
            one draw alone; and what `read_overlap` raises.
    """
    place = Path(path)
    if place.is_dir():
        found = _of_folder(place, lists, count, person)
    else:
        found = _of_file(place, lists, count, person)
    _check(found)
    return found


def require_sound(linkages: LinkageTables, override: Mapping[str, str] | None = None) -> None:
    """Refuse draws that are refused by themselves, by name, before anything is fitted.

    What is refused of one draw is refused of all: to leave it out would choose among linkages by
    what they say of the estimate.

    Raises:
        InputError: a draw cannot carry an estimate, and that is not overridden.
    """
    passed = checked_overrides(override)
    standing = {}
    for name, table in zip(linkages.names, linkages.tables, strict=True):
        against = overridden(table_refusals(table), passed)
        if any(one.stands for one in against):
            standing[name] = tuple(one for one in against if one.stands)
    if not standing:
        return
    refusals = united(list(standing.values()), len(linkages.tables), "linkages")
    named = ", ".join(list(standing)[:_NAMED])
    more = f" and {len(standing) - _NAMED} more" if len(standing) > _NAMED else ""
    over = " ".join(f'--override {one.code}="REASON"' for one in refusals)
    raise InputError(
        "; ".join(one.reason for one in refusals),
        place=f"{linkages.place}, draws {named}{more}",
        mend="What is refused of one linkage is refused of the average. Look at these links; or "
        f"say why it is to be estimated all the same ({over})",
    )


def _of_folder(
    folder: Path, lists: Sequence[str] | None, count: str | None, person: str | None
) -> LinkageTables:
    files = sorted(one for one in folder.iterdir() if not one.name.startswith("."))
    if not files:
        raise InputError(
            "the folder is empty", place=str(folder), mend="Put one overlap table a draw into it"
        )
    tables = (read_overlap(one, lists=lists, count=count, person=person) for one in files)
    return LinkageTables(str(folder), tuple(one.name for one in files), tuple(tables))


def _of_file(
    path: Path, lists: Sequence[str] | None, count: str | None, person: str | None
) -> LinkageTables:
    if person:
        raise InputError(
            "ids of persons begin anew in each draw",
            place=str(path),
            mend="Give a folder with one table a draw, or leave the column of persons out",
        )
    whole = read_overlap(path, lists=lists, strata=(DRAW,), count=count)
    if ("",) in whole.strata:
        raise InputError(
            f"a row says in {DRAW!r} of no draw",
            place=str(path),
            mend="Give every row the number of its draw",
        )
    tables = tuple(whole.stratum(labels) for labels in whole.strata)
    return LinkageTables(str(path), tuple(label for (label,) in whole.strata), tables)


def _check(found: LinkageTables) -> None:
    """Refuse draws that are not tables of the same lists."""
    first = found.tables[0]
    for name, table in zip(found.names, found.tables, strict=True):
        place = f"{found.place}, draw {name}"
        if table.lists != first.lists:
            raise InputError(
                f"the lists are {', '.join(table.lists)}, and those of {found.names[0]} are "
                f"{', '.join(first.lists)}",
                place=place,
                mend="Give every draw the same lists, in the same order",
            )
        if table.unrecorded != first.unrecorded:
            raise InputError(
                f"other patterns could not be recorded (empty counts) than in {found.names[0]}",
                place=place,
                mend="What lists can record is the same in every draw; write 0 for nobody",
            )
        try:
            require_table(table)
        except InputError as error:
            raise InputError(error.reason, place=place, mend=error.mend) from None
    if len(found.tables) == 1:
        raise InputError(
            "one draw alone says nothing of how uncertain the linkage is",
            place=found.place,
            mend="Give more sampled linkages, or estimate from the one table",
        )
