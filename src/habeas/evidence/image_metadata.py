"""What an image says of itself: size, EXIF date, position, device.

Tags: EXIF 2.32 (CIPA DC-008). Only headers are read; pixels are never decoded. What a camera wrote
is a claim of that camera: its clock may be wrong and anybody can change the tags.
"""

from __future__ import annotations

import re
import struct
import warnings
from datetime import date
from fractions import Fraction
from io import BufferedReader
from typing import TYPE_CHECKING, Any

from habeas.claims.values import Point, When, Where
from habeas.evidence.detail import (
    Detail,
    count_detail,
    decimal_digits,
    text_detail,
    unreadable,
    words_of,
)

if TYPE_CHECKING:
    from PIL.Image import Exif, Image

_FIRST_PHOTOGRAPH = 1826
_DAY = re.compile(r"(\d{4})[:-](\d{2})[:-](\d{2})(?:[ T].*)?")
_PLACES = 7
"""Decimal places of a degree: about a centimetre, finer than any camera."""

_CAMERA, _GPS, _THUMBNAIL = 34665, 34853, -1
"""The tables inside EXIF as Pillow numbers them (`ExifTags.IFD`)."""

_TEXTS = {271: "camera_make", 272: "camera_model", 305: "software"}
_DATES = ((36867, 36881, "exif_datetime_original"), (36868, 36882, "exif_datetime_digitized"),
          (306, 36880, "exif_datetime_modified"))  # fmt: skip
"""The tag of a date, the tag of its offset from UTC, the predicate."""

_FAULTS = (OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError, AttributeError,
           OverflowError, ZeroDivisionError, RecursionError, EOFError, NotImplementedError,
           struct.error)  # fmt: skip
"""What Pillow raises on a malformed image (its own errors derive from these, bombs included)."""


def image_metadata(file: BufferedReader) -> list[Detail]:
    """The details of an open image, or one detail that says why it could not be read.

    Args:
        file: an image in a format that Pillow opens.
    """
    from PIL import Image

    try:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            with Image.open(file) as image:
                details = _details(image)
    except Image.DecompressionBombError as error:
        return [unreadable(str(error))]
    except _FAULTS as error:
        # The text names the open file object: of no use to a reader.
        why = re.sub(r"<[^>]*>", "the file", str(error)) or type(error).__name__
        return [unreadable(words_of(why) or type(error).__name__)]
    return details + _complaints(said)


def _complaints(said: list[warnings.WarningMessage]) -> list[Detail]:
    """A corrupt tag is a warning in Pillow; here it is told."""
    told = "; ".join(dict.fromkeys(str(warning.message).strip() for warning in said))
    return [unreadable(f"in part: {told}")] if told else []


def _details(image: Image) -> list[Detail]:
    exif = image.getexif()
    camera = exif.get_ifd(_CAMERA)
    details = [
        count_detail("image_width", image.width, "pixel"),
        count_detail("image_height", image.height, "pixel"),
    ]
    for tag, predicate in _TEXTS.items():
        details += text_detail(predicate, _text(exif.get(tag, "")))
    orientation = exif.get(274)
    if isinstance(orientation, int) and 1 <= orientation <= 8:
        details.append(count_detail("image_orientation", orientation))
    for tag, offset, predicate in _DATES:
        raw = camera.get(tag, exif.get(tag, ""))
        details += _date(predicate, _text(raw), _text(camera.get(offset, "")))
    details += _position(exif.get_ifd(_GPS))
    return details + _thumbnail(exif)


def _text(raw: object) -> str:
    """EXIF text is ASCII by the standard, UTF-8 in practice; Pillow reads it as Latin-1."""
    if isinstance(raw, bytes):
        return raw.decode("utf-8", "replace")
    if not isinstance(raw, str):
        return str(raw)
    try:
        return raw.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return raw


def _date(predicate: str, raw: str, offset: str) -> list[Detail]:
    text = words_of(raw)
    if text is None:
        return []
    zone = words_of(offset)
    note = "the camera's clock; the file names no time zone"
    if zone and re.fullmatch(r"[+-]\d{2}:\d{2}", zone):
        text, note = text + zone, "the camera's clock, with the zone that the file names"
    day = _day(text)
    if day is None:
        note = "as the camera wrote it; not read as a date"
    elif day.year < _FIRST_PHOTOGRAPH:
        day, note = None, (
            "a year before photography: a clock never set, or another calendar than the "
            "Gregorian; not read as a date"
        )  # fmt: skip
    known = day.isoformat() if day else None
    value = When(
        text=text,
        calendar="gregorian",
        earliest=known,
        latest=known,
        precision=_precision(text) if day else "unknown",
    )
    return [Detail(predicate=predicate, value=value, note=note)]


def _precision(text: str) -> str:
    """`second` when the words give the time of day; the interval is of whole days all the same."""
    return "second" if re.search(r"[ T]\d{1,2}[:.]", text) else "day"


def _day(text: str) -> date | None:
    match = _DAY.fullmatch(text)
    try:
        return date(*(int(part) for part in match.groups())) if match else None
    except ValueError:
        return None


def _position(gps: dict[int, Any]) -> list[Detail]:
    """GPS tags as a position. The words are kept even where no position can be read."""
    if not gps or 2 not in gps or 4 not in gps:
        return []
    south, west = str(gps.get(1, "")).strip("\x00 "), str(gps.get(3, "")).strip("\x00 ")
    text = words_of(f"{_degrees_text(gps[2])} {south}, {_degrees_text(gps[4])} {west}")
    latitude, longitude = _degrees(gps[2], south, "NS"), _degrees(gps[4], west, "EW")
    point, note = _point(latitude, longitude, words_of(_text(gps.get(18, ""))))
    if 31 in gps and point:
        note += f"; the device gives a horizontal error of {gps[31]} m"
    # A position that cannot be read is no exact place: it is only words.
    kind = "exact" if point else "approximate"
    value = Where(text=text, kind=kind, geometry=point, method="EXIF")  # type: ignore[arg-type]
    details = [Detail(predicate="gps_position", value=value, note=note)]
    return details + _gps_time(gps)


def _point(
    latitude: Fraction | None, longitude: Fraction | None, datum: str | None
) -> tuple[Point | None, str]:
    if latitude is None or longitude is None:
        return None, "EXIF GPS tags that do not make a position; kept as words"
    if latitude == longitude == 0:
        return None, "0, 0 is what devices write without a fix; not read as a position"
    if datum and datum.upper().replace(" ", "").replace("-", "") not in ("WGS84", "WGS1984"):
        return None, f"given in the datum {datum}, not WGS 84; kept as words"
    longitude_latitude = (decimal_digits(longitude, _PLACES), decimal_digits(latitude, _PLACES))
    return Point(coordinates=longitude_latitude), (
        "EXIF GPS tags: where the device believed it was; uncertainty not known"
    )  # fmt: skip


def _degrees_text(parts: object) -> str:
    return " ".join(str(part) for part in parts) if isinstance(parts, tuple) else str(parts)


def _degrees(parts: object, reference: str, references: str) -> Fraction | None:
    """Degrees, minutes, seconds as signed degrees; nothing when out of range or not numbers."""
    if not isinstance(parts, tuple) or len(parts) != 3 or reference not in tuple(references):
        return None
    try:
        degrees, minutes, seconds = (
            Fraction(int(part.numerator), int(part.denominator)) for part in parts
        )
    except (AttributeError, ZeroDivisionError, ValueError, OverflowError):
        return None
    total = degrees + minutes / 60 + seconds / 3600
    limit = 90 if references == "NS" else 180
    if min(degrees, minutes, seconds) < 0 or total > limit:
        return None
    return -total if reference == references[1] else total


def _gps_time(gps: dict[int, Any]) -> list[Detail]:
    """The time by satellite: in UTC, and surer than the camera's clock."""
    details = []
    day = words_of(_text(gps.get(29, "")))
    if day:
        hour = gps.get(7, ())
        clock = ":".join(str(part) for part in hour) if isinstance(hour, tuple) else ""
        text = f"{day} {clock} UTC" if clock else f"{day} UTC"
        found = _day(text)
        known = found.isoformat() if found else None
        value = When(
            text=text,
            calendar="gregorian",
            earliest=known,
            latest=known,
            precision=_precision(text) if found else "unknown",
        )
        details.append(Detail(predicate="gps_datetime", value=value, note="EXIF GPS date, in UTC"))
    return details


def _thumbnail(exif: Exif) -> list[Detail]:
    """A thumbnail can still show what was cut out of, or painted over in, the image itself."""
    size = exif.get_ifd(_THUMBNAIL).get(514)
    if isinstance(size, int) and size > 0:
        return [count_detail("embedded_thumbnail", size, "byte")]
    return []
