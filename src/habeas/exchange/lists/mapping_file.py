"""A mapping as a file: readable TOML, written with the reasons and read with every fault told.

Nothing of what stands in the cells of a list is ever written into it, save words that the mapping
itself gives terms to.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from habeas.errors import InputError
from habeas.exchange.lists.mapping import FORMAT, ClaimRule, Mapping
from habeas.exchange.lists.mapping_faults import faults_of, rule_columns
from habeas.exchange.lists.toml_lines import Path as KeyPath
from habeas.exchange.lists.toml_lines import error_line, lines_of
from habeas.exchange.sheet_complaints import Complaint, Complaints, raise_complaints
from habeas.exchange.tables.table import Table

MAX_BYTES: Final = 4 * 1024 * 1024
"""The largest mapping that is read; a rule for each column that a sheet can hold fits."""

_LONG_KEY = re.compile(r"(?<![\w\"'-])(?:[\w\"'-]++\s*+\.\s*+){200}")
"""Keys of many parts: no mapping has one, and the time that the parser takes grows as their square.
"""

_NONE: Final[Dictionary[str, str]] = {}

_WORDS: Final = 'Words stand in quotes: predicate = "name"; lists in brackets: ["a", "b"]'

Made = TypeVar("Made", bound=msgspec.Struct)

_JOINERS = "\u200c\u200d"
"""Invisible characters that belong to Persian spelling; all other invisible ones are escaped."""

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


# Reading


def read_mapping(path: Path) -> Mapping:
    """What a mapping file says.

    Args:
        path: a TOML file in UTF-8; its name as given stands in every message.

    Raises:
        InputError: no such file, no TOML, or keys and values that a mapping does not have: all of
            them at once, each with its line. Whether it fits a list is told by `check_mapping`.
    """
    text = _text_of(path)
    raw = _parsed(text, str(path))
    complaints = _Placed(Complaints(str(path)), lines_of(text))
    mapping = _mapping_of(raw, complaints)
    complaints.all.raise_if_any()
    if mapping is None:
        raise InputError("this is no mapping", place=str(path))
    return mapping


@dataclass(frozen=True, slots=True)
class _Placed:
    """Complaints that know the lines of the keys."""

    all: Complaints
    lines: Dictionary[KeyPath, int]

    def add(self, path: KeyPath, reason: str, mend: str = "") -> None:
        self.all.add(_line(self.lines, path), reason, mend)


def _text_of(path: Path) -> str:
    name = str(path)
    try:
        if not path.is_file():
            raise InputError("there is no such file", place=name, mend="Check its name")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(
            f"this file cannot be read: {error.strerror}", place=name, mend="Check who may read it"
        ) from error
    if len(data) > MAX_BYTES:
        raise InputError(
            f"this file is larger than {MAX_BYTES} bytes", place=name, mend="Is it a mapping?"
        )
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"byte {error.start + 1} is no UTF-8", place=f"{name}:{line}", mend="Save it as UTF-8"
        ) from error


def _parsed(text: str, name: str) -> dict[str, Any]:
    if found := _LONG_KEY.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise InputError("a key has hundreds of parts", place=f"{name}:{line}", mend=_WORDS)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(
            f"this is no TOML: {str(error).partition(' (at ')[0]}",
            place=f"{name}:{error_line(error, text)}",
            mend=_WORDS,
        ) from error
    except RecursionError as error:
        raise InputError(
            "brackets stand too deep inside one another", place=name, mend="A mapping has two"
        ) from error


def _mapping_of(raw: dict[str, Any], complaints: _Placed) -> Mapping | None:
    if raw.get("format") != FORMAT:
        complaints.add(("format",), "this is no mapping that is read here", f'format = "{FORMAT}"')
        return None
    fields = dict(raw)
    listed = fields.pop("claim", [])
    if not isinstance(listed, list):
        complaints.add(("claim",), "“claim” stands once", "Write [[claim]] with two brackets")
        listed = []
    head = _converted(fields, Mapping, (), complaints, known_too=("claim",))
    rules = [
        _converted(rule, ClaimRule, ("claim", number), complaints)
        for number, rule in enumerate(listed)
    ]
    if head is None or None in rules:
        return None
    return msgspec.structs.replace(head, claims=tuple(rule for rule in rules if rule is not None))


def _converted(
    raw: Any, kind: type[Made], path: KeyPath, complaints: _Placed, known_too: Sequence[str] = ()
) -> Made | None:
    """A rule or the head of a mapping; None when something is wrong, and all of it is noted."""
    if not isinstance(raw, dict):
        complaints.add(path, "a rule is a table of keys and values", "Write [[claim]] above it")
        return None
    fields = _fields(kind)
    values: dict[str, Any] = {}
    before = len(complaints.all.found)
    for key, value in raw.items():
        if key not in fields or key in known_too:
            mend = complaints.all.did_you_mean(key, fields, f"Known are {', '.join(fields)}")
            complaints.add((*path, key), f"“{key}” is nothing that a mapping says", mend)
            continue
        try:
            values[fields[key].name] = msgspec.convert(value, fields[key].type)
        except msgspec.ValidationError:
            complaints.add((*path, key), *_wrong_type(key, value, fields[key].type))
    for key, field in fields.items():
        if field.required and key not in raw:
            complaints.add(path, f"“{key}” is missing here")
    return kind(**values) if len(complaints.all.found) == before else None


@cache
def _fields(kind: type[msgspec.Struct]) -> dict[str, msgspec.structs.FieldInfo]:
    return {field.encode_name: field for field in msgspec.structs.fields(kind)}


def _wrong_type(key: str, value: Any, type_: Any) -> tuple[str, str]:
    """The reason and the mend for a value of another type than its key has."""
    shown = repr(value) if isinstance(value, str | int | float | bool) else "what stands here"
    info = msgspec.inspect.type_info(type_)
    kinds = info.types if isinstance(info, msgspec.inspect.UnionType) else (info,)
    match kinds[0]:
        case msgspec.inspect.LiteralType(values=values):
            return f"“{key}” cannot be {shown}", f"It is one of {', '.join(map(repr, values))}"
        case msgspec.inspect.VarTupleType():
            return f"“{key}” is a list of words", f'Write {key} = ["...", "..."]'
        case msgspec.inspect.DictType():
            return (
                f"“{key}” gives words of the list their terms",
                'Write "word" = "term", a line each',
            )
        case _:
            return f"“{key}” is words in quotes, not {shown}", f'Write {key} = "..."'


def _line(lines: Dictionary[KeyPath, int], path: KeyPath) -> int:
    """The line of the nearest key that stands in the text."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


# Checking against a list


def check_mapping(
    mapping: Mapping, tables: Iterable[Table], *, path: Path | None = None, part: bool = False
) -> None:
    """Whether a mapping fits the vocabulary and the tables of a list.

    Args:
        mapping: as read or proposed.
        tables: those of the file; of sheets that the mapping leaves out no column is looked at.
        path: the file that the mapping was read from. Without one the lines in messages are those
            of `mapping_text(mapping)`.
        part: only some tables of the list are there, as in a file of rows that were held back: a
            column that is missing may be one of the others.

    Raises:
        InputError: everything that is wrong, each with its line and what to do about it.
    """
    text = _text_of(path) if path else mapping_text(mapping)
    lines = lines_of(text)
    name = str(path) if path else "the mapping"
    raise_complaints(
        Complaint(name, _line(lines, fault.path), fault.reason, fault.mend)
        for fault in faults_of(mapping, tuple(tables), part=part)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmatched:
    """How a table differs from what a mapping was made for."""

    columns: tuple[str, ...]
    """Columns of the table without a rule that are not left out knowingly."""
    rules: tuple[ClaimRule, ...]
    """Rules of which a column is missing."""
    missing: tuple[str, ...]
    """Columns that rules name and the table has not, each once."""


def unmatched(mapping: Mapping, table: Table) -> Unmatched:
    """What to tell the user each time: columns nobody reads, rules that have nothing to read."""
    there = {column.name for column in table.columns}
    read = {name for rule in mapping.claims for name in rule_columns(rule)}
    known = read | set(mapping.left_out)
    return Unmatched(
        columns=tuple(column.name for column in table.columns if column.name not in known),
        rules=tuple(rule for rule in mapping.claims if not there.issuperset(rule_columns(rule))),
        missing=tuple(
            dict.fromkeys(
                name for rule in mapping.claims for name in rule_columns(rule) if name not in there
            )
        ),
    )


# Writing


def mapping_text(
    mapping: Mapping,
    reasons: Dictionary[str, str] = _NONE,
    unsure: Collection[str] = (),
) -> str:
    """A mapping as TOML that a documenter can read and change; `read_mapping` gives it back.

    Args:
        mapping: what to write.
        reasons: for each column of the list why its rule, or none, is proposed.
        unsure: columns of which a person has to look; marked with `ASK` in the text.

    Raises:
        InputError: a name holds half a character (a lone surrogate), which no file can.
    """
    notes = _Notes(reasons, frozenset(unsure))
    parts = [_head(mapping)]
    parts += [notes.of(rule_columns(rule)) + _rule(rule) for rule in mapping.claims]
    read = {name for rule in mapping.claims for name in rule_columns(rule)}
    rest = [name for name in reasons if name not in read]
    if rest:
        title = "# Columns without a rule. Write one, or name the column in left_out.\n"
        parts.append(title + notes.of(rest))
    text = "\n".join(parts)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InputError(
            "the name of a column holds half a character", mend="Rename it in the list"
        ) from error
    return text


@dataclass(frozen=True, slots=True)
class _Notes:
    reasons: Dictionary[str, str]
    unsure: frozenset[str]

    def of(self, columns: Iterable[str]) -> str:
        """A comment for each column that has a reason."""
        return "".join(
            f"# {'ASK ' if name in self.unsure else ''}{_plain(name)}: "
            f"{_plain(self.reasons[name])}\n"
            for name in dict.fromkeys(columns)
            if name in self.reasons
        )


_HEAD_KEYS = (
    "format", "source", "subject", "sensitivity", "calendar", "lang", "sheets", "needs", "left_out",
)  # fmt: skip
_ALWAYS = ("format", "source", "subject", "sensitivity")
_RULE_KEYS = tuple(name for name in ClaimRule.__struct_fields__ if name != "terms")


def _head(mapping: Mapping) -> str:
    lines = ["# What the columns of this list mean: docs/lists.md. Change it by hand, then import."]
    for key in _HEAD_KEYS:
        value = getattr(mapping, key)
        if key in _ALWAYS or value not in (None, ()):
            lines.append(f"{key} = {_toml(value)}")
    return "\n".join(lines) + "\n"


def _rule(rule: ClaimRule) -> str:
    defaults = dict(
        zip(ClaimRule.__struct_fields__[2:], ClaimRule.__struct_defaults__, strict=True)
    )
    lines = ["[[claim]]"]
    for key in _RULE_KEYS:
        value = getattr(rule, key)
        if key not in defaults or value != defaults[key]:
            lines.append(f"{key} = {_toml(value)}")
    if rule.terms:
        lines.append("[claim.terms]")
        lines += [f"{_quoted(word)} = {_quoted(term)}" for word, term in rule.terms.items()]
    return "\n".join(lines) + "\n"


def _toml(value: str | tuple[str, ...]) -> str:
    if isinstance(value, str):
        return _quoted(value)
    return f"[{', '.join(map(_quoted, value))}]"


def _quoted(text: str) -> str:
    """A TOML basic string; what cannot be seen stands as an escape, so that nothing hides."""
    return f'"{"".join(map(_escaped, text))}"'


def _plain(text: str) -> str:
    """Words for a comment: on one line, and nothing that cannot be seen."""
    return "".join(letter if _shows(letter) else " " for letter in text)


def _escaped(letter: str) -> str:
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    if _shows(letter) or 0xD800 <= ord(letter) < 0xE000:
        return letter
    code = ord(letter)
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"


def _shows(letter: str) -> bool:
    return letter.isprintable() or letter in _JOINERS
