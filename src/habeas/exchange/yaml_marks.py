"""YAML in which every value is words, exactly as written, and knows its line.

A coding sheet is written by hand, so none of YAML's surprises may reach it: `no` stays `no`,
`1988-07-19` and `012` stay what they are. What could hide something from a reader is refused: a key
written twice, an anchor or alias (one line that means another), a tag, a second document. The file
is read as events (libyaml), never as objects.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from habeas.errors import InputError

MAX_BYTES = 32 * 1024 * 1024
"""The largest file that is read. A hundred thousand claims fit."""

MAX_CHARACTERS = 100_000
"""The longest single value: some forty printed pages."""

MAX_DEPTH = 20
"""How deep blocks may stand inside one another."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Words:
    """One value, as written."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Series:
    """Several values under one another."""

    items: tuple[Marked, ...]
    line: int

    def __iter__(self) -> Iterator[Marked]:
        return iter(self.items)


@dataclass(frozen=True, slots=True)
class Block:
    """Keys and their values, in the order of the file."""

    pairs: dict[str, Marked]
    line: int
    key_lines: dict[str, int]

    def line_of(self, key: str) -> int:
        """The line on which a key stands; that of the block when it has no such key."""
        return self.key_lines.get(key, self.line)


Marked = Words | Series | Block


def read_yaml_file(path: Path) -> Marked:
    """What a YAML file holds.

    Args:
        path: the file; its name as given stands in every message.

    Raises:
        InputError: no such file, too large, or nothing that `read_yaml` takes.
    """
    name = str(path)
    try:
        if not path.is_file():
            raise InputError(
                "there is no such file",
                place=name,
                mend="Check its name, and the folder you are in",
            )
        size = path.stat().st_size
        data = path.read_bytes() if size <= MAX_BYTES else b""
    except OSError as error:
        raise InputError(
            f"this file cannot be read: {error.strerror}", place=name, mend="Check who may read it"
        ) from error
    if size > MAX_BYTES:
        raise InputError(
            f"this file has {size} bytes; at most {MAX_BYTES} are read",
            place=name,
            mend="Split it into several sheets",
        )
    return read_yaml(data, name)


def read_yaml(data: bytes, name: str) -> Marked:
    """What the bytes of a YAML file hold.

    Args:
        data: the file, UTF-8 without a byte order mark.
        name: what to call it in messages.

    Raises:
        InputError: the bytes are no UTF-8, empty, broken, or use what a sheet may not.
    """
    text = _decode(data, name)
    try:
        return _build(text, name)
    except yaml.YAMLError as error:
        raise _syntax_error(error, text, name) from error


def _decode(data: bytes, name: str) -> str:
    if data.startswith(_BOMS):
        raise InputError(
            "the file begins with a byte order mark",
            place=f"{name}:1",
            mend="Save it again as UTF-8 without BOM (not UTF-16, not “UTF-8 with BOM”)",
        )
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"byte {error.start + 1} is no UTF-8",
            place=f"{name}:{line}",
            mend="Save it again as UTF-8",
        ) from error
    if not text.strip():
        raise InputError(
            "the file is empty", place=f"{name}:1", mend="Begin with: habeas: coding-sheet/1"
        )
    return text


@dataclass(slots=True)
class _Open:
    """A block or series whose end has not come yet."""

    line: int
    is_block: bool
    pairs: dict[str, Marked] = field(default_factory=dict)
    key_lines: dict[str, int] = field(default_factory=dict)
    items: list[Marked] = field(default_factory=list)
    key: str | None = None

    def add(self, value: Marked, name: str) -> None:
        if not self.is_block:
            self.items.append(value)
        elif self.key is None:
            self._add_key(value, name)
        else:
            self.pairs[self.key] = value
            self.key = None

    def _add_key(self, value: Marked, name: str) -> None:
        place = f"{name}:{value.line}"
        if not isinstance(value, Words):
            raise InputError("a key has to be plain words", place=place, mend="Put it in quotes")
        if value.text in self.pairs:
            raise InputError(
                f"“{_short(value.text)}” is written twice here (first on line "
                f"{self.key_lines[value.text]})",
                place=place,
                mend="Keep one of the two; several values are written as one list: [first, second]",
            )
        self.key = value.text
        self.key_lines[value.text] = value.line

    def close(self) -> Marked:
        if self.is_block:
            return Block(self.pairs, self.line, self.key_lines)
        return Series(tuple(self.items), self.line)


def _build(text: str, name: str) -> Marked:
    stack: list[_Open] = []
    found: Marked | None = None
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        value: Marked
        if isinstance(event, yaml.ScalarEvent):
            value = _scalar(event, name)
        elif isinstance(event, yaml.CollectionStartEvent):
            _refuse_hidden(event, name)
            _refuse_deep(event, stack, name)
            stack.append(_Open(_line(event), isinstance(event, yaml.MappingStartEvent)))
            continue
        elif isinstance(event, yaml.CollectionEndEvent):
            value = stack.pop().close()
        else:
            _refuse_other(event, found, name)
            continue
        if stack:
            stack[-1].add(value, name)
        else:
            found = value
    if found is None:
        raise InputError(
            "the file is empty", place=f"{name}:1", mend="Begin with: habeas: coding-sheet/1"
        )
    return found


def _line(event: yaml.Event) -> int:
    mark = event.start_mark
    return 1 if mark is None else int(mark.line) + 1


def _scalar(event: yaml.ScalarEvent, name: str) -> Words:
    _refuse_hidden(event, name)
    text: str = event.value
    if _CONTROL.search(text):
        raise InputError(
            "this value holds a control character, which no text has",
            place=f"{name}:{_line(event)}",
            mend="Take the escape (such as \\0 or \\x07) out of the quotes",
        )
    if len(text) > MAX_CHARACTERS:
        raise InputError(
            f"this value has {len(text)} characters; at most {MAX_CHARACTERS} are read",
            place=f"{name}:{_line(event)}",
            mend="Quote the part that matters, and keep the whole text as a file: habeas keep FILE",
        )
    return Words(text, _line(event))


def _refuse_hidden(event: yaml.ScalarEvent | yaml.CollectionStartEvent, name: str) -> None:
    place = f"{name}:{_line(event)}"
    if event.anchor is not None:
        raise InputError(
            f"“&{event.anchor}” is an anchor, and a sheet has none",
            place=place,
            mend="Write the words out; put words that begin with & or * in quotes",
        )
    if event.tag is not None:
        raise InputError(
            f"“{event.tag}” is a tag, and a sheet has none",
            place=place,
            mend="Take it away; put words that begin with ! in quotes",
        )


def _refuse_deep(event: yaml.Event, stack: list[_Open], name: str) -> None:
    if len(stack) >= MAX_DEPTH:
        raise InputError(
            f"blocks stand more than {MAX_DEPTH} deep here",
            place=f"{name}:{_line(event)}",
            mend="Put words that begin with [ or { in quotes",
        )


def _refuse_other(event: yaml.Event, found: Marked | None, name: str) -> None:
    if isinstance(event, yaml.AliasEvent):
        raise InputError(
            f"“*{event.anchor}” is an alias, and a sheet has none",
            place=f"{name}:{_line(event)}",
            mend="Write the words out; put words that begin with & or * in quotes",
        )
    if isinstance(event, yaml.DocumentStartEvent) and found is not None:
        raise InputError(
            "a second document begins here",
            place=f"{name}:{_line(event)}",
            mend="Put it in a file of its own, or take the line --- away",
        )


def _syntax_error(error: yaml.YAMLError, text: str, name: str) -> InputError:
    if isinstance(error, yaml.reader.ReaderError):
        line = text.encode().count(b"\n", 0, error.position) + 1
        return InputError(
            "here stands a control character, which no text has",
            place=f"{name}:{line}",
            mend="Delete it; type the words again rather than pasting them",
        )
    mark = getattr(error, "problem_mark", None)
    place = f"{name}:{mark.line + 1}" if mark is not None else name
    problem = getattr(error, "problem", None) or str(error)
    return InputError(
        f"this is no YAML: {problem}",
        place=place,
        mend="Check the indentation, and put words that hold “: ”, “#” or quotes in quotes",
    )


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
