"""What a PDF says of itself: pages, title, author, producer, dates; from its info and its XMP.

Dates: PDF 32000-1, 7.9.4 (`D:20170603123011+04'30'`) and XMP (ISO 8601). Memory that a hostile file
may claim while it is unpacked is capped.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from io import BufferedReader
from typing import TYPE_CHECKING, Any

from habeas.claims.values import Text, When
from habeas.evidence.detail import Detail, count_detail, text_detail, unreadable, words_of

if TYPE_CHECKING:
    from pikepdf import Pdf

_MEMORY = 64 * 1024 * 1024
_DATE = re.compile(r"(?:D:)?(\d{4})(?:-?(\d{2})(?:-?(\d{2})(?:[T\d].*)?)?)?")

_CLOCK = re.compile(r"T\d{2}:|\d{14}")

_TEXTS = {
    "pdf_title": ("/Title", "{http://purl.org/dc/elements/1.1/}title"),
    "pdf_author": ("/Author", "{http://purl.org/dc/elements/1.1/}creator"),
    "pdf_producer": ("/Producer", "{http://ns.adobe.com/pdf/1.3/}Producer"),
    "software": ("/Creator", "{http://ns.adobe.com/xap/1.0/}CreatorTool"),
}
_DATES = {
    "pdf_created": ("/CreationDate", "{http://ns.adobe.com/xap/1.0/}CreateDate"),
    "pdf_modified": ("/ModDate", "{http://ns.adobe.com/xap/1.0/}ModifyDate"),
}

_FAULTS = (OSError, ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError,
           RecursionError, RuntimeError, SyntaxError, MemoryError, Warning)  # fmt: skip
"""What pikepdf and lxml raise on a malformed file, besides pikepdf's own errors."""


def pdf_metadata(file: BufferedReader) -> list[Detail]:
    """The details of an open PDF, or one detail that says why it could not be read.

    The info dictionary and XMP may contradict each other: both are given.

    Args:
        file: a PDF.
    """
    import pikepdf

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            with _capped_memory(), pikepdf.open(file, suppress_warnings=True) as pdf:
                return _details(pdf)
    except pikepdf.PasswordError:
        return [_encryption("encrypted: it opens only with a password")]
    except pikepdf.exceptions.PikepdfError as error:
        return [unreadable(_why(error))]
    except _FAULTS as error:
        return [unreadable(_why(error))]


@contextmanager
def _capped_memory() -> Iterator[None]:
    """Limit what unpacking may take; qpdf keeps these limits for the whole process."""
    from pikepdf import settings

    before: dict[str, Any] = {**settings.get_qpdf_limits()}
    settings.set_qpdf_limits(flate_max_memory=_MEMORY, png_max_memory=_MEMORY,
                             run_length_max_memory=_MEMORY, tiff_max_memory=_MEMORY,
                             dct_max_memory=_MEMORY)  # fmt: skip
    try:
        yield
    finally:
        settings.set_qpdf_limits(**before)


def _details(pdf: Pdf) -> list[Detail]:
    details = [count_detail("page_count", len(pdf.pages))]
    if pdf.is_encrypted:
        details.append(_encryption("encrypted, but it opens without a password"))
    info = {str(key): str(value) for key, value in pdf.docinfo.items()}
    xmp = _xmp(pdf)
    for predicate, (in_info, in_xmp) in _TEXTS.items():
        for words in _both(info.get(in_info), xmp.get(in_xmp)):
            details += text_detail(predicate, words)
    for predicate, (in_info, in_xmp) in _DATES.items():
        for words in _both(info.get(in_info), xmp.get(in_xmp)):
            details += _date(predicate, words)
    return details


def _xmp(pdf: Pdf) -> dict[str, str]:
    metadata = pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False)
    found: dict[str, str] = {}
    for key, value in metadata.items():
        several = isinstance(value, (list, set, tuple))
        found[str(key)] = "; ".join(str(part) for part in value) if several else str(value)
    return found


def _both(info: str | None, xmp: str | None) -> list[str]:
    """The distinct words of the two places; dates that mean the same in two spellings are two."""
    return list(dict.fromkeys(words for words in (info, xmp) if words))


def _date(predicate: str, raw: str) -> list[Detail]:
    text = words_of(raw)
    if text is None:
        return []
    earliest, latest, precision = _read_date(text)
    note = "as the program that wrote the file put it"
    value = When(
        text=text, calendar="gregorian", earliest=earliest, latest=latest, precision=precision
    )
    return [Detail(predicate=predicate, value=value, note=note)]


def _read_date(text: str) -> tuple[str | None, str | None, str]:
    """Earliest, latest, precision; the day is read as far as the words go."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None, None, "unknown"
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        first = date(year or 0, month or 1, day or 1)
    except ValueError:
        return None, None, "unknown"
    if day:
        precision = "second" if _CLOCK.search(text) else "day"
        return first.isoformat(), first.isoformat(), precision
    if month:
        last = date.fromordinal(_next_month(first).toordinal() - 1)
        return first.isoformat(), last.isoformat(), "month"
    return first.isoformat(), first.replace(month=12, day=31).isoformat(), "year"


def _next_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def _encryption(words: str) -> Detail:
    return Detail(predicate="pdf_encryption", value=Text(text=words, lang="en"))


def _why(error: BaseException) -> str:
    """The library's words without the name of the open file object."""
    return words_of(re.sub(r"^stream <[^>]*>:? ?", "", str(error))) or type(error).__name__
