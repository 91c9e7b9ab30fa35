"""What the columns of formats with fixed names mean: rules that ship with Habeas, as data.

`presets/<format>.toml` holds `[[claim]]` rules as a mapping does, the `subject` of a row, and under
`left_out` the columns that say nothing about it. A column is named by its header or by its path; a
`*` in it stands for any place in an array, the same one in all columns of the rule. A rule also
stands for the columns that the file has in several languages (`name__fa`), with their language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from habeas.exchange.lists.mapping import ClaimRule, Subject
from habeas.exchange.lists.mapping_faults import rule_type
from habeas.exchange.tables.table import Column, Format

FOLDER: Final = Path(__file__).parent / "presets"
"""Where the files are."""


class Preset(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    rename={"claims": "claim"},
):
    """What one format says by itself."""

    subject: Subject = "person"
    """What a row describes, where its rules are used."""
    left_out: tuple[str, ...] = ()
    """Columns that say nothing about the subject: ids of the program, colours of a map."""
    claims: tuple[ClaimRule, ...] = ()


@cache
def preset_of(format: Format) -> Preset | None:
    """What a format says by itself; None when its columns have no fixed names."""
    path = FOLDER / f"{format}.toml"
    if not path.is_file():
        return None
    return msgspec.toml.decode(path.read_bytes(), type=Preset)


def preset(format: Format, columns: Sequence[Column]) -> tuple[ClaimRule, ...]:
    """The rules of a format of which the columns are there, with the names that they have here.

    Args:
        format: what the file turned out to be.
        columns: of its table.
    """
    known = preset_of(format)
    if known is None:
        return ()
    by_lang = {column.lang: _names_in(column.lang, columns) for column in columns}
    rules = [
        made
        for rule in known.claims
        for lang, names in by_lang.items()
        for made in _present(_in_language(rule, lang), names, by_lang.get(None, {}))
    ]
    dates = {rule.predicate for rule in rules if rule_type(rule) == "when"}
    kept: list[ClaimRule] = []
    for rule in rules:
        holds = rule.holds if rule.holds in dates else None
        present = msgspec.structs.replace(rule, holds=holds)
        if present not in kept:
            kept.append(present)
    return tuple(kept)


def preset_left_out(format: Format, columns: Sequence[Column]) -> tuple[str, ...]:
    """The names of the columns that a format leaves out knowingly."""
    found = preset_of(format)
    names = _names(columns)
    patterns = [] if found is None else [_pattern(column) for column in found.left_out]
    langs = {column.name: f"__{column.lang}" for column in columns}
    return tuple(
        dict.fromkeys(
            name
            for key, name in names.items()
            if any(pattern.fullmatch(key.removesuffix(langs[name])) for pattern in patterns)
        )
    )


def _names_in(lang: str | None, columns: Sequence[Column]) -> dict[str, str]:
    """As `_names`, of the columns in one language, without its tag."""
    names = _names([column for column in columns if column.lang == lang])
    return {key.removesuffix(f"__{lang}"): name for key, name in names.items()}


def _in_language(rule: ClaimRule, lang: str | None) -> ClaimRule:
    if lang is None or rule_type(rule) not in ("name", "text"):
        return rule
    return msgspec.structs.replace(rule, lang=lang)


def _names(columns: Sequence[Column]) -> dict[str, str]:
    """Headers and paths to the unique names of the columns; a name goes before a path."""
    return {column.address: column.name for column in columns} | {
        column.name: column.name for column in columns
    }


def _present(rule: ClaimRule, names: dict[str, str], shared: dict[str, str]) -> Iterator[ClaimRule]:
    """The rule with the columns that are there: once, or once for each place in an array.

    Who says so may stand in a column of no language, for those of all languages.
    """
    for place in _places(rule.columns, names):
        columns = tuple(name.replace("*", place) for name in rule.columns)
        if not all(name in names for name in columns):
            continue
        by = rule.by_column and (shared | names).get(rule.by_column.replace("*", place))
        yield msgspec.structs.replace(
            rule, columns=tuple(names[name] for name in columns), by_column=by
        )


def _places(columns: Sequence[str], names: dict[str, str]) -> tuple[str, ...]:
    """What `*` stands for in the columns of a rule, in the order of the table."""
    starred = [_pattern(column) for column in columns if "*" in column]
    if not starred:
        return ("",)
    found = (starred[0].fullmatch(name) for name in names)
    return tuple(dict.fromkeys(match[1] for match in found if match))


def _pattern(column: str) -> re.Pattern[str]:
    before, star, after = column.partition("*")
    inside = re.escape(after).replace(r"\*", r"\1")
    return re.compile(re.escape(before) + (r"(\d+)" if star else "") + inside)
