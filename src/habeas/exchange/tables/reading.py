"""The one door: a file of any kind as tables."""

from __future__ import annotations

import pkgutil
from pathlib import Path
from typing import Final

import msgspec

from habeas.errors import InputError
from habeas.exchange.tables.delimited import open_delimited
from habeas.exchange.tables.json_rows import find_json, json_tables
from habeas.exchange.tables.kinds import HEAD, foreign, kind_of, kind_of_headers, kind_of_json
from habeas.exchange.tables.table import Format, TableFile
from habeas.exchange.tables.uwazi import uwazi_file

_OPENERS: Final[dict[Format, str]] = {
    "xlsx": "workbook:open_workbook",
    "geojson": "geojson:open_geojson",
    "geopackage": "geopackage:open_geopackage",
    "kml": "kml:open_kml",
    "bayanat": "bayanat:open_bayanat",
    "followthemoney": "followthemoney:open_followthemoney",
}
"""Who reads what is no plain text: module and function, imported only when such a file comes."""

_SAVE: Final = "Save the list as .xlsx, .ods or .csv"


def open_table_file(
    path: Path, *, encoding: str | None = None, delimiter: str | None = None
) -> TableFile:
    """The tables of a file, whatever it is; its name does not matter.

    Args:
        path: a file.
        encoding: of text, when the user names it.
        delimiter: of delimited text, when the user names it; the file is then read as such.

    Raises:
        InputError: it cannot be read, is of a kind that holds no tables, or is broken.
    """
    try:
        return _open(path, encoding, delimiter)
    except OSError as error:
        raise InputError(
            f"the file cannot be read ({error.strerror or error})",
            place=str(path),
            mend="Check its name and who may read it",
        ) from error


def _open(path: Path, encoding: str | None, delimiter: str | None) -> TableFile:
    if not path.is_file():
        reason = "this is no file" if path.exists() else "there is no such file"
        raise InputError(reason, place=str(path), mend="Check its name")
    with path.open("rb") as file:
        head = file.read(HEAD)
    kind = "text" if delimiter is not None else kind_of(head)
    if kind is None:
        raise InputError(f"it is {foreign(head)}, not a list", place=path.name, mend=_SAVE)
    if kind == "text":
        return _open_text(path, encoding, delimiter)
    if kind == "json":
        return _open_json(path, encoding)
    if kind == "workbook":
        return _named(_open_as("xlsx", path))
    return _open_as(kind, path)


def _open_text(path: Path, encoding: str | None, delimiter: str | None) -> TableFile:
    file = _named(open_delimited(path, encoding=encoding, delimiter=delimiter))
    if file.format == "uwazi":
        return uwazi_file(file)
    if file.format == "followthemoney" or file.format in _OPENERS:
        return _open_as(file.format, path)
    return file


def _open_json(path: Path, encoding: str | None) -> TableFile:
    file = find_json(path, encoding=encoding)
    found = kind_of_json(file.elements())
    return json_tables(file) if found is None else _open_as(found, path)


def _named(file: TableFile) -> TableFile:
    """The file with the format that its headers show."""
    for table in file.tables[:1]:
        if found := kind_of_headers([column.header for column in table.columns]):
            return msgspec.structs.replace(file, format=found)
    return file


def _open_as(kind: Format, path: Path) -> TableFile:
    opener = _OPENERS.get(kind)
    if opener is None:
        raise InputError(f"{kind} is not read here", place=path.name, mend=_SAVE)
    opened: TableFile = pkgutil.resolve_name(f"{__package__}.{opener}")(path)
    return opened
