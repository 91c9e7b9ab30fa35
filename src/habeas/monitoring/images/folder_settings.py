"""What the one who made a folder of images may say of it, in a file `images.toml` beside them."""

from __future__ import annotations

import re
import tomllib
from datetime import date, timedelta
from pathlib import Path

import msgspec

from habeas.errors import InputError
from habeas.monitoring.cube import BANDS
from habeas.monitoring.images.band_names import MASKS

FILE = "images.toml"

_PARTS = {
    "YYYY": r"(?P<year>\d{4})",
    "MM": r"(?P<month>\d{2})",
    "DDD": r"(?P<of_year>\d{3})",
    "DD": r"(?P<day>\d{2})",
}
_SPLIT = r"(YYYY|MM|DDD|DD)"
_DASHED = re.compile(r"(?<!\d)((?:19|20)\d{2})([-_.]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")
_OF_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})([0-3]\d{2})(?!\d)")


class FolderSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """See `docs/monitoring-images.md`.

    Attributes:
        sensor: of all images in the folder.
        bands: of files with so many bands, in order; `""` or any other word for what is not used.
        names: further words at the end of file names, and the band that each means.
        scale: reflectance = number x scale + offset.
        offset: see `scale`.
        nodata: the number that stands for no data.
        date: how dates stand in names: `YYYY`, `MM`, `DD`, `DDD` (day of the year) among
            characters that stand for themselves.
        mask_clear: numbers of a supplied mask at which the ground is clear.
    """

    sensor: str | None = None
    bands: tuple[str, ...] = ()
    names: dict[str, str] = {}
    scale: float | None = None
    offset: float | None = None
    nodata: float | None = None
    date: str | None = None
    mask_clear: tuple[int, ...] = (0,)


def read_settings(folder: Path) -> FolderSettings:
    """The settings of a folder; those of none if it has no `images.toml`.

    Raises:
        InputError: the file is no TOML, or says what is not known here.
    """
    path = folder / FILE
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        settings = msgspec.convert(raw, FolderSettings)
    except FileNotFoundError:
        return FolderSettings()
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError) as problem:
        raise InputError(
            f"the settings cannot be read: {problem}",
            place=str(path),
            mend="See docs/monitoring-images.md",
        ) from problem
    if settings.date is not None:
        _check_pattern(settings.date, path)
    unknown = set(settings.names.values()) - {*BANDS, *MASKS}
    if unknown:
        raise InputError(
            f"no band is called {sorted(unknown)[0]!r}",
            place=str(path),
            mend=f"Use {', '.join((*BANDS, *MASKS))}",
        )
    return settings


def _check_pattern(pattern: str, path: Path) -> None:
    parts = sorted(part for part in re.split(_SPLIT, pattern) if part in _PARTS)
    if parts not in (["DD", "MM", "YYYY"], ["DDD", "YYYY"]):
        raise InputError(
            f"the pattern of dates tells no day: {pattern!r}",
            place=str(path),
            mend="Use YYYY, MM and DD once each, or YYYY and DDD",
        )


def date_in(text: str, pattern: str | None = None) -> date | None:
    """The first date in the name of a file; none if it holds none.

    Args:
        text: the name.
        pattern: see `FolderSettings.date`; without one `2020-01-15`, `20200115` and `2020015`
            are found, with `-`, `_`, `.` or nothing between the parts.
    """
    if pattern is not None:
        found = re.search(_expression(pattern), text)
        return _date(found.groupdict()) if found else None
    for match in _DASHED.finditer(text):
        made = _date({"year": match[1], "month": match[3], "day": match[4]})
        if made:
            return made
    found = _OF_YEAR.search(text)
    return _date({"year": found[1], "of_year": found[2]}) if found else None


def _expression(pattern: str) -> str:
    parts = re.split(_SPLIT, pattern)
    return "".join(_PARTS.get(part, re.escape(part)) for part in parts)


def _date(parts: dict[str, str]) -> date | None:
    try:
        if "of_year" in parts:
            first = date(int(parts["year"]), 1, 1)
            made = first + timedelta(days=int(parts["of_year"]) - 1)
            return made if made.year == first.year and int(parts["of_year"]) > 0 else None
        return date(int(parts["year"]), int(parts["month"]), int(parts["day"]))
    except (ValueError, KeyError):
        return None
