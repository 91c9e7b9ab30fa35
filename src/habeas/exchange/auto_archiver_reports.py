"""What auto-archiver wrote about its captures: its CSV and JSON, as the program leaves them.

bellingcat/auto-archiver 1.x. `csv_db` writes Python's own notation of its `Metadata` and `Media`
into the cells; it is read as notation here and never run. The HTML page that it writes for each
capture is read by `auto_archiver_html`.
"""

from __future__ import annotations

import ast
import csv
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeGuard

import msgspec

COLUMNS: Final = ["status", "metadata", "media"]
"""The header of the table of `csv_db`."""

MAX_REPORT: Final = 32 * 1024 * 1024
"""Bytes of one report; larger files are not looked into."""

_MAX_CELL: Final = 4 * 1024 * 1024
_MAX_MARKS: Final = 200_000
"""Signs that may begin a new part of a notation; each part takes some hundred bytes to read."""

_DEPTH: Final = 12


class ArchivedMedia(msgspec.Struct, frozen=True, kw_only=True):
    """A file that auto-archiver stored, as it says."""

    keys: tuple[str, ...]
    """Where it was stored: its key, and its addresses."""
    hash: str = ""
    """`SHA-256:…` or `SHA3-512:…`; empty when none is stated."""
    tsa: str = ""
    """The timestamp authority, when the file is a token."""
    id: str = ""
    """The name that a module gave it: `timestamped_hashes`, `_final_media`, `screenshot`."""
    inner: tuple[ArchivedMedia, ...] = ()
    """Files that hang on it: thumbnails, tokens, certificates."""

    def flat(self) -> Iterator[ArchivedMedia]:
        """The file and all that hang on it."""
        yield self
        for media in self.inner:
            yield from media.flat()


class ArchivedPage(msgspec.Struct, frozen=True, kw_only=True):
    """One capture, as a report tells of it."""

    place: str
    """Which report, and where in it."""
    url: str = ""
    title: str = ""
    processed: object = None
    """When it was captured, as written."""
    tool: str = ""
    media: tuple[ArchivedMedia, ...] = ()


def read_csv(path: Path, name: str) -> list[ArchivedPage]:
    """The captures in a table of `csv_db`; none when it is another table."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        return []
    before = csv.field_size_limit(MAX_REPORT)
    try:
        rows = list(csv.reader(text.splitlines(keepends=True)))
    except csv.Error:
        return []
    finally:
        csv.field_size_limit(before)
    if not rows or rows[0] != COLUMNS:
        return []
    return [
        _page(notation(row[1]), notation(row[2]), f"{name}, row {number}")
        for number, row in enumerate(rows[1:], 2)
        if len(row) == len(COLUMNS)
    ]


def read_json(path: Path, name: str) -> list[ArchivedPage]:
    """The capture in a JSON form of `Metadata`; none when it is another document."""
    try:
        found = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return []
    if not (isinstance(found, dict) and isinstance(found.get("metadata"), dict)):
        return []
    if not isinstance(found.get("media"), list):
        return []
    return [_page(found["metadata"], found["media"], name)]


def notation(text: str) -> object:
    """A value in Python's notation, of plain data and `datetime.datetime` alone; None for others.

    Times become ISO 8601.
    """
    if len(text) > _MAX_CELL or sum(map(text.count, ",[({:+-~.*/")) > _MAX_MARKS:
        return None
    try:
        return _value(ast.parse(text, mode="eval").body, _DEPTH)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _value(node: ast.expr, depth: int) -> object:
    if depth < 0:
        return None
    match node:
        case ast.Constant(value=str() | int() | float() | None as value):
            return value
        case ast.Dict(keys=keys, values=values):
            pairs = zip(keys, values, strict=True)
            return {str(_value(key, 0)): _value(value, depth - 1) for key, value in pairs if key}
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
            return [_value(part, depth - 1) for part in parts]
        case ast.Call(func=ast.Attribute(attr="datetime"), args=args, keywords=keywords):
            return _time(args, keywords)
        case _:
            return None


def _time(args: list[ast.expr], keywords: list[ast.keyword]) -> str | None:
    """`datetime.datetime(2024, 5, 1, 12, 0, tzinfo=datetime.timezone.utc)`."""
    numbers = [part.value for part in args if isinstance(part, ast.Constant)]
    whole = [number for number in numbers if isinstance(number, int)]
    zone = next((k.value for k in keywords if k.arg == "tzinfo"), None)
    utc = isinstance(zone, ast.Attribute) and zone.attr == "utc"
    if len(whole) != len(args) or not 3 <= len(whole) <= 7 or (zone is not None and not utc):
        return None
    try:
        made = datetime(*whole, tzinfo=UTC if utc else None)  # type: ignore[arg-type, misc]
    except (ValueError, OverflowError):
        return None
    return made.isoformat(sep=" ")


def _page(metadata: object, media: object, place: str) -> ArchivedPage:
    said: Mapping[str, object] = metadata if isinstance(metadata, dict) else {}
    return ArchivedPage(
        place=place,
        url=_text(said.get("url")),
        title=_text(said.get("title")),
        processed=said.get("_processed_at"),
        tool="bellingcat/auto-archiver",
        media=tuple(_media(one, _DEPTH) for one in _list(media) if _is_media(one)),
    )


def _media(found: Mapping[str, object], depth: int) -> ArchivedMedia:
    given = found.get("properties")
    properties: Mapping[str, object] = given if isinstance(given, dict) else {}
    keys = [found.get("_key") or found.get("key"), *_list(found.get("urls"))]
    inner = [
        one for value in properties.values() for one in [*_list(value), value] if _is_media(one)
    ]
    return ArchivedMedia(
        keys=tuple(key for key in keys if isinstance(key, str) and key),
        hash=_text(properties.get("hash")),
        tsa=_text(properties.get("tsa")),
        id=_text(properties.get("id")),
        inner=tuple(_media(one, depth - 1) for one in inner) if depth else (),
    )


def _is_media(found: object) -> TypeGuard[dict[str, object]]:
    return isinstance(found, dict) and "filename" in found and "properties" in found


def _list(found: object) -> list[object]:
    return found if isinstance(found, list) else []


def _text(found: object) -> str:
    return found if isinstance(found, str) else ""
