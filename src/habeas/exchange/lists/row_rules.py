"""A mapping made ready for one table: each rule knows its columns by number, and how to read them.

Lists repeat themselves: what a rule made of the words of a cell is kept for the next row with the
same words, so that a million rows cost little. What is kept is bounded, and no row changes what
another one gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeVar

import msgspec

from habeas.claims.checking import check_claim
from habeas.claims.claim import By, Claim, Sensitivity
from habeas.claims.encoding import canonical
from habeas.claims.values import Name, Text, Value, Where, words
from habeas.claims.vocabulary import vocabulary
from habeas.errors import HabeasError, InputError
from habeas.exchange.lists.cell_dates import when_of_day
from habeas.exchange.lists.cell_values import (
    joined,
    one_cell,
    several_cells,
    where_of,
)
from habeas.exchange.lists.mapping import ClaimRule, Mapping
from habeas.exchange.lists.mapping_faults import rule_columns, rule_sensitivity, rule_type
from habeas.exchange.lists.odd_letters import odd
from habeas.exchange.tables.table import Row, Table

_KEPT: Final = 16_384
"""How many different cells of one rule are kept."""

_SHORT: Final = 200
"""Letters of a cell that is kept; longer ones hardly come twice."""


Cells = TypeVar("Cells")


class Read(NamedTuple):
    """What a rule makes of its cells in one row."""

    values: tuple[Value, ...] = ()
    asked: InputError | None = None
    """The question, when they cannot be read with certainty."""
    odd: str = ""
    """What a reader should know of the letters."""


EMPTY: Final = Read()
"""Nothing stands in the cells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowRule:
    """One rule of a mapping for one table."""

    rule: ClaimRule
    """With calendar and language filled in."""
    name: str
    """The names of its columns, for people."""
    columns: tuple[int, ...]
    """All that it reads, that of `by_column` too."""
    read: Callable[[Row], Read]
    says: Callable[[Row], By | None] | None
    """To whom the list attributes it; None when to itself."""
    holds: int | None
    """Which rule gives the date for which the statement holds."""
    sensitivity: Sensitivity


@dataclass(frozen=True, slots=True, kw_only=True)
class RowRules:
    """All rules of a mapping that one table has the columns for."""

    table: Table
    source: str
    subject: str
    rules: tuple[RowRule, ...]
    """Those that need the date of another one come last."""
    needs: frozenset[str]
    """Predicates of which a row must have one."""
    unread: tuple[int, ...]
    """Columns without a rule."""
    note: str | None = None
    """Of every claim."""


def compile_rules(mapping: Mapping, table: Table, *, note: str | None = None) -> RowRules:
    """A mapping for one table; rules of which a column is missing are left away.

    Args:
        mapping: as `check_mapping` accepts it.
        table: of the list.
        note: of every claim: how its value reached the record.

    Raises:
        InputError: a rule cannot be carried out.
    """
    places = {column.name: number for number, column in enumerate(table.columns)}
    possible = [rule for rule in mapping.claims if places.keys() >= set(rule_columns(rule))]
    possible.sort(key=lambda rule: rule.holds is not None)
    dates = {rule.predicate: n for n, rule in enumerate(possible) if rule_type(rule) == "when"}
    rules = tuple(_row_rule(mapping, rule, places, dates) for rule in possible)
    read = {number for rule in rules for number in rule.columns}
    return RowRules(
        table=table,
        source=mapping.source,
        subject=mapping.subject,
        rules=rules,
        needs=frozenset(mapping.needs or _NEEDS.get(mapping.subject, ("name",))),
        unread=tuple(number for number in places.values() if number not in read),
        note=note,
    )


_NEEDS: Final = {"site": ("name", "location")}
"""What a row must say at least one of, when the mapping does not tell."""


def _row_rule(
    mapping: Mapping, rule: ClaimRule, places: dict[str, int], dates: dict[str, int]
) -> RowRule:
    full = msgspec.structs.replace(
        rule, calendar=rule.calendar or mapping.calendar, lang=rule.lang or mapping.lang
    )
    sensitivity = rule_sensitivity(mapping, rule)
    sound = _Sound(mapping, rule.predicate, sensitivity)
    columns = tuple(places[name] for name in rule.columns)
    by_column = None if rule.by_column is None else places[rule.by_column]
    read = _one(full, columns[0], sound) if len(columns) == 1 else _several(full, columns, sound)
    return RowRule(
        rule=full,
        name=" + ".join(rule.columns),
        columns=columns if by_column is None else (*columns, by_column),
        read=read if by_column is None else _with_party(read, by_column),
        says=_attribution(rule, by_column),
        holds=None if rule.holds is None else dates.get(rule.holds),
        sensitivity=sensitivity,
    )


def _attribution(rule: ClaimRule, column: int | None) -> Callable[[Row], By | None] | None:
    if column is not None:
        return lambda row: By(text=text) if (text := row.cells[column].strip()) else None
    if rule.by is not None:
        always = By(text=rule.by)
        return lambda _: always
    return None


def _with_party(read: Callable[[Row], Read], column: int) -> Callable[[Row], Read]:
    """A rule whose attribution stands in a column: that must be text, too."""

    def both(row: Row) -> Read:
        try:
            row.cells[column].encode()
        except UnicodeEncodeError:
            return Read(asked=_unwritable("text holds half of a surrogate pair"))
        return read(row)

    return both


class _Sound:
    """Makes values and looks whether they can be recorded, by the checks that recording makes."""

    def __init__(self, mapping: Mapping, predicate: str, sensitivity: Sensitivity) -> None:
        self._mapping = mapping
        self._predicate = predicate
        self._sensitivity = sensitivity
        self._passed: set[tuple[type, bool]] = set()

    def read(self, make: Callable[[], Iterable[Value]]) -> Read:
        try:
            values = tuple(make())
            for value in values:
                self._check(value)
        except InputError as error:
            return Read(asked=error)
        return Read(values, None, next(filter(None, map(odd, values)), ""))

    def _check(self, value: Value) -> None:
        """Of words, only the letters can be wrong once one such value has passed."""
        kind = type(value), isinstance(value, Name) and bool(value.parts)
        if kind not in self._passed:
            self._check_whole(value)
            if isinstance(value, Text | Name):
                self._passed.add(kind)
        elif (text := words(value)) and not text.isascii():
            try:
                text.encode()
            except UnicodeEncodeError as error:
                raise _unwritable("half of a surrogate pair") from error

    def _check_whole(self, value: Value) -> None:
        claim = Claim(
            subject=f"{self._mapping.subject}:x",
            predicate=self._predicate,
            value=value,
            source=self._mapping.source,
            sensitivity=self._sensitivity,
        )
        try:
            same = msgspec.json.decode(canonical(claim), type=Claim) == claim
        except (HabeasError, msgspec.MsgspecError, UnicodeError) as error:
            reason = error.reason if isinstance(error, HabeasError) else str(error)
            raise _unwritable(reason) from error
        if not same:
            raise _unwritable("it would be read back as something else")
        check_claim(claim)


def _unwritable(why: str) -> InputError:
    return InputError(f"this cannot be written down: {why}", mend="Write it in another way")


def _is_nothing(rule: ClaimRule) -> Callable[[str], bool]:
    nothing = frozenset(word.strip().casefold() for word in rule.nothing)
    return lambda text: not text or (bool(nothing) and text.casefold() in nothing)


def _where_in(row: Row, column: int, rule: ClaimRule) -> Where:
    """The place that the file itself holds, with what it tells of its kind, else the mapping."""
    if column in row.wheres:
        return row.wheres[column]
    said = row.cells[column].strip()
    words_ = None if not said or said.startswith("{") else said
    return where_of(rule, words_, row.geometries[column])


def _one(rule: ClaimRule, column: int, sound: _Sound) -> Callable[[Row], Read]:
    """How a rule of one column reads a row."""
    make = one_cell(rule, vocabulary().predicate(rule.predicate))
    is_nothing = _is_nothing(rule)
    type_ = rule_type(rule)
    kept: dict[str, Read] = {}

    def values(texts: Sequence[str]) -> Read:
        said = [
            part.strip()
            for text in texts
            for part in (text.split(rule.split) if rule.split else (text,))
            if not is_nothing(part.strip())
        ]
        return sound.read(lambda: [make(text) for text in said]) if said else EMPTY

    def typed(row: Row, text: str) -> Read | None:
        """What the file itself holds as more than words."""
        if type_ == "when" and column in row.days:
            return sound.read(lambda: [when_of_day(text.strip(), row.days[column])])
        if type_ == "where" and column in row.geometries:
            return sound.read(lambda: [_where_in(row, column, rule)])
        return values(row.lists[column]) if column in row.lists else None

    def read(row: Row) -> Read:
        text = row.cells[column]
        if (row.days or row.lists or row.geometries) and (found := typed(row, text)) is not None:
            return found
        if not text:
            return EMPTY
        known = kept.get(text)
        if known is None:
            known = values((text,))
            if len(text) <= _SHORT:
                _keep(kept, text, known)
        return known

    return read


def _several(rule: ClaimRule, columns: tuple[int, ...], sound: _Sound) -> Callable[[Row], Read]:
    """How a rule of several columns reads a row."""
    make = several_cells(rule, vocabulary().predicate(rule.predicate))
    is_nothing = _is_nothing(rule)
    kept: dict[tuple[str, ...], Read] = {}

    def value(texts: tuple[str, ...]) -> Read:
        said = ["" if is_nothing(text.strip()) else text.strip() for text in texts]
        return sound.read(lambda: [make(said)]) if joined(said) else EMPTY

    def read(row: Row) -> Read:
        cells = row.cells
        texts = tuple([cells[column] for column in columns])
        known = kept.get(texts)
        if known is None:
            known = value(texts)
            if sum(map(len, texts)) <= _SHORT:
                _keep(kept, texts, known)
        return known

    return read


def _keep(kept: dict[Cells, Read], cells: Cells, read: Read) -> None:
    """Remember what was made of some cells; forget all when it becomes too much."""
    if len(kept) >= _KEPT:
        kept.clear()
    kept[cells] = read
