"""JSON as it stands (RFC 8259, strictly): digits kept, doubled keys refused, nesting bounded."""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator
from functools import lru_cache
from typing import Any, Final, NamedTuple, NoReturn, TypeAlias

from habeas.errors import InputError
from habeas.exchange.tables.limits import MAX_CELL, MAX_DEPTH

Json: TypeAlias = "dict[str, Json] | list[Json] | str | bool | None"
"""A JSON value. A number is the text of its digits: `1367`, `1.50`."""

Path: TypeAlias = tuple[str, ...]

_HOLDERS: Final = (dict, list)
_SPACE: Final = re.compile(r"[ \t\n\r]*")


class _RefusedError(ValueError):
    """JSON that Python would take."""


class Element(NamedTuple):
    """One value of a document: an element of an array, or a scalar of an object."""

    path: Path
    """The keys that lead to the array or the scalar."""
    number: int | None
    """The place in the array, the first is 1; None for a scalar of an object."""
    value: Json


class Field(NamedTuple):
    """One value inside of an element, with the path that leads to it."""

    path: str
    """Keys and places in arrays, the first is 0: `names/0/text`. In a key `~` is written `~0` and
    `/` is written `~1` (JSON Pointer, RFC 6901)."""
    text: str
    values: tuple[str, ...] | None
    """The values of an array of scalars."""


class Document:
    """The text of a JSON document, walked through without being held as objects."""

    def __init__(self, text: str, name: str) -> None:
        self._text = text
        self._name = name

    def walk(self) -> Iterator[Element]:
        """The elements of all arrays at the top and in objects of objects, and the scalars there.

        Raises:
            InputError: it is no JSON, with line and column; a key twice; nested too deeply.
        """
        start = self._skip(0)
        opening = self._text[start : start + 1]
        if opening == "[":
            end = yield from self._array(start, ())
        elif opening == "{":
            end = yield from self._object(start, ())
        else:
            self._fail(start, "it begins with neither an object nor an array")
        rest = self._skip(end)
        if rest < len(self._text):
            self._fail(rest, "more stands behind the end of the JSON")

    def whole(self) -> Json:
        """The document as one value.

        Raises:
            InputError: as `walk`.
        """
        return self._value(self._skip(0))[0]

    def _skip(self, at: int) -> int:
        match = _SPACE.match(self._text, at)
        return match.end() if match else at

    def _array(self, at: int, path: Path) -> Generator[Element, None, int]:
        at = self._skip(at + 1)
        if self._text[at : at + 1] == "]":
            return at + 1
        index = 0
        while True:
            index += 1
            value, at = self._value(at)
            yield Element(path, index, value)
            at = self._skip(at)
            if self._text[at : at + 1] == "]":
                return at + 1
            at = self._pass(at, ",", "a comma or ] is missing")

    def _object(self, at: int, path: Path) -> Generator[Element, None, int]:
        if len(path) > MAX_DEPTH:
            self._fail(at, f"more than {MAX_DEPTH} objects stand inside one another")
        at = self._skip(at + 1)
        if self._text[at : at + 1] == "}":
            return at + 1
        keys: set[str] = set()
        while True:
            key, at = self._key(at, keys)
            opening = self._text[at : at + 1]
            if opening == "[":
                at = yield from self._array(at, (*path, key))
            elif opening == "{":
                at = yield from self._object(at, (*path, key))
            else:
                value, at = self._value(at)
                yield Element((*path, key), None, value)
            at = self._skip(at)
            if self._text[at : at + 1] == "}":
                return at + 1
            at = self._pass(at, ",", "a comma or } is missing")

    def _key(self, at: int, keys: set[str]) -> tuple[str, int]:
        if self._text[at : at + 1] != '"':
            self._fail(at, "a key in double quotation marks is missing")
        key, end = self._value(at)
        if not isinstance(key, str) or key in keys:
            self._fail(at, f"the key “{key}” stands twice in one object")
        keys.add(key)
        return key, self._pass(self._skip(end), ":", "a colon is missing")

    def _pass(self, at: int, sign: str, reason: str) -> int:
        if self._text[at : at + 1] != sign:
            self._fail(at, reason)
        return self._skip(at + 1)

    def _value(self, at: int) -> tuple[Json, int]:
        try:
            return _DECODER.raw_decode(self._text, at)
        except json.JSONDecodeError as error:
            self._fail(error.pos, f"it is not JSON: {error.msg}")
        except StopIteration:
            self._fail(at, "a value is missing")
        except RecursionError:
            self._fail(at, f"more than {MAX_DEPTH} arrays and objects stand inside one another")
        except _RefusedError as error:
            self._fail(at, str(error))

    def _fail(self, at: int, reason: str) -> NoReturn:
        line = self._text.count("\n", 0, at) + 1
        column = at - self._text.rfind("\n", 0, at)
        if at >= len(self._text):
            reason += " (the file ends here: is it whole?)"
        raise InputError(
            reason,
            place=f"{self._name}, line {line}, column {column}",
            mend="Save it again from the program that made it",
        )


def decode_line(text: str, place: str) -> Json:
    """The value on one line of JSON Lines.

    Args:
        text: the line.
        place: file and line.

    Raises:
        InputError: it is not one JSON value; a key twice; nested too deeply.
    """
    try:
        value: Json = _DECODER.decode(text.rstrip("\r\n"))
    except json.JSONDecodeError as error:
        reason, place = f"it is not JSON: {error.msg}", f"{place}, column {error.colno}"
    except RecursionError:
        reason = f"more than {MAX_DEPTH} arrays and objects stand inside one another"
    except _RefusedError as error:
        reason = str(error)
    else:
        return value
    raise InputError(reason, place=place, mend="One object stands on each line of JSON Lines")


def fields(value: Json, place: str) -> list[Field]:
    """The values inside of one element, each with its path. `null` is nothing.

    Args:
        value: an element.
        place: where it stands, for errors.

    Raises:
        InputError: a text is too long, or holds a NUL or half a character; nested too deeply.
    """
    found: list[Field] = []
    _collect(value, "", place, 0, found)
    return found


def _collect(value: Json, path: str, place: str, depth: int, found: list[Field]) -> None:
    if depth > MAX_DEPTH:
        raise InputError(
            f"more than {MAX_DEPTH} arrays and objects stand inside one another", place=place
        )
    if isinstance(value, dict):
        before = f"{path}/" if depth else ""
        for key, inner in value.items():
            at = before + _step(key)
            if isinstance(inner, _HOLDERS):
                _collect(inner, at, place, depth + 1, found)
            else:
                found.append(Field(at, _text(inner, at, place), None))
    elif isinstance(value, list) and any(isinstance(inner, _HOLDERS) for inner in value):
        for index, inner in enumerate(value):
            _collect(inner, f"{path}/{index}", place, depth + 1, found)
    elif isinstance(value, list):
        texts = tuple([_text(inner, path, place) for inner in value if inner is not None])
        if texts:
            found.append(Field(path, _text("; ".join(texts), path, place), texts))
    else:
        found.append(Field(path, _text(value, path, place), None))


@lru_cache(maxsize=4096)
def _step(key: str) -> str:
    """A key as a step of a path; sound, for it becomes the name of a column."""
    return _text(key, "", "a key").replace("~", "~0").replace("/", "~1")


def _text(value: Json, path: str, place: str) -> str:
    if not isinstance(value, str):
        return "" if value is None else str(value).lower()
    if len(value) > MAX_CELL:
        raise InputError(
            f"a text is longer than {MAX_CELL:,} characters", place=f"{place}, {path[:100]}"
        )
    if "\0" in value or not (value.isascii() or _is_whole(value)):
        raise InputError(
            "a text holds a NUL or half a character (a lone surrogate)",
            place=f"{place}, {path[:100]}",
            mend="Take it out, or save the file again from the program that made it",
        )
    return value


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _object_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _RefusedError(f"the key “{twice[:100]}” stands twice in one object")
    return found


def _no_number(word: str) -> NoReturn:
    raise _RefusedError(f"{word} is no number in JSON")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object_once, parse_int=str, parse_float=str, parse_constant=_no_number
)
