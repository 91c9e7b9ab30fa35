"""The encoding of a text file: told from its bytes, or asked for. Never guessed by halves.

First a byte-order mark, then UTF-8 to the last byte: text in another encoding is hardly ever valid
UTF-8. What is left is an encoding of one byte a letter, and nothing in the file says which. Arabic
script is told from Latin by where the high bytes stand (in words of their own, or among ASCII
letters), and Windows-1256 from ISO 8859-6 and the Macintosh's by how often each letter stands in
Persian and Arabic. Where two readings are left that differ, the user is asked.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from habeas.errors import InputError
from habeas.exchange.tables.letters import Reading, arabic_readings, latin_readings, script

CHUNK: Final = 1 << 20
_SAMPLE: Final = 1 << 18
"""Bytes of lines beyond ASCII that are looked at."""

_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UTF8_WORD: Final = re.compile(rb"[\xd8-\xdb][\x80-\xbf]" * 3)
"""Three Arabic letters in UTF-8. In Windows-1256 it would be three times a letter and a sign."""
_NO_TEXT: Final = frozenset(
    ("idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7")
)
"""Codecs of Python in which no list is written, and which make halves of characters."""
_CERTAIN: Final = 8.0
"""Natural logarithm of the odds at which one reading is taken over another (3,000 to 1)."""
_THINKABLE: Final = -5.0
_LIKELY: Final = -3.9
"""Mean logarithm of a letter's share below which a text is in no language that is known here."""


class Encoding(msgspec.Struct, frozen=True, kw_only=True):
    """How the bytes of a file become text."""

    codec: str
    """A name that Python knows."""
    remark: str
    """In words, for the reader."""


def find_encoding(path: Path, *, encoding: str | None = None) -> Encoding:
    """The encoding of a text file, checked to its last byte.

    Args:
        path: the file.
        encoding: what the user says; it is checked, too.

    Raises:
        InputError: the file is in no encoding that can be told, in two, or not text.
    """
    head = _head(path)
    if encoding is not None:
        codec = _without_mark(_named(encoding), head)
        _check(path, codec)
        return Encoding(codec=codec, remark=f"read as {codec}, as asked")
    for mark, codec in _MARKS:
        if head.startswith(mark):
            _check(path, codec)
            return Encoding(codec=codec, remark=f"{codec.removesuffix('-sig').upper()} by its mark")
    if wide := _wide(head):
        _check(path, wide)
        return Encoding(codec=wide, remark=f"{wide.upper()} without a mark")
    offset = _first_fault(path, "utf-8")
    if offset is None:
        return Encoding(codec="utf-8", remark="UTF-8")
    return _legacy(path, offset)


def _named(encoding: str) -> str:
    try:
        "a".encode(encoding)  # a codec of text, not one such as zip or base64
        name = codecs.lookup(encoding).name
        if name in _NO_TEXT:
            raise LookupError
    except (LookupError, ValueError):
        raise InputError(
            f"there is no encoding “{encoding}”",
            mend="Name one such as utf-8, windows-1256, windows-1252, utf-16",
        ) from None
    return "utf-8-sig" if name == "utf-8" else name


def _without_mark(codec: str, head: bytes) -> str:
    """The codec that takes a mark at the beginning for a mark, not for a letter."""
    for mark, family in _MARKS:
        if head.startswith(mark):
            return family if codec.startswith(family) else codec
    return codec


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4096)


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark: of ASCII signs (delimiters, digits) every other byte is zero."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if even + odd < 2 or b"\0\0" in head:
        return None
    if even == 0:
        return "utf-16-le"
    return "utf-16-be" if odd == 0 else None


def chunks(path: Path) -> Iterator[bytes]:
    """The bytes of a file, a piece at a time."""
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            yield piece


def _first_fault(path: Path, codec: str) -> int | None:
    """The offset of the first byte that the encoding does not have; None when all is well."""
    decoder = codecs.getincrementaldecoder(codec)()
    passed = 0
    try:
        for piece in chunks(path):
            held = len(decoder.getstate()[0])
            decoder.decode(piece)
            passed += len(piece)
        held = len(decoder.getstate()[0])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        return passed - held + error.start
    except UnicodeError:
        return passed
    return None


def _check(path: Path, codec: str) -> None:
    offset = _first_fault(path, codec)
    if offset is not None:
        raise InputError(
            f"byte {offset:,} is not {codec}",
            place=f"{path.name}, line {_line_of(path, offset)}",
            mend="Say --encoding, or save the file again as UTF-8",
        )


def _line_of(path: Path, offset: int) -> int:
    """The line on which a byte stands (encodings in which a line feed is one byte)."""
    line, passed = 1, 0
    for piece in chunks(path):
        line += piece[: max(0, offset - passed)].count(b"\n")
        passed += len(piece)
        if passed >= offset:
            break
    return line


def _legacy(path: Path, fault: int) -> Encoding:
    """One of the encodings of one byte a letter; an error when it cannot be told which."""
    sample = _beyond_ascii(path, fault)
    kind = script(sample)
    read = {"arabic": arabic_readings, "latin": latin_readings}.get(kind)
    readings = read(sample) if read else []
    best = readings[0] if readings else None
    if kind == "arabic" and best and len(readings) > 1:
        others = [one for one in readings[1:] if one.letters != best.letters]
        if others and best.likelihood - others[0].likelihood < _CERTAIN:
            best = None
    if kind == "latin" and len({one.letters for one in readings}) > 1:
        best = None
    if best is None or best.mean < _LIKELY:
        raise _unknown(path, fault, readings)
    _check(path, best.codec)
    return Encoding(
        codec=best.codec, remark=f"not UTF-8; by its letters {best.name}: “{best.example}”"
    )


def _unknown(path: Path, fault: int, readings: list[Reading]) -> InputError:
    shown = [
        f"{one.name}: “{one.example}”"
        for one in readings[:4]
        if one.example and one.mean >= _THINKABLE
    ]
    seen = f" ({'; '.join(shown)})" if shown else ""
    return InputError(
        f"it is not UTF-8, and which encoding it is cannot be told{seen}",
        place=f"{path.name}, line {_line_of(path, fault)}, byte {fault:,}",
        mend="Say which with --encoding, for example --encoding windows-1256",
    )


def _beyond_ascii(path: Path, fault: int) -> bytes:
    """Lines that are not ASCII, up to the size of a sample; all lines are checked for UTF-8.

    Raises:
        InputError: some lines are UTF-8, others are not; or a line is too long.
    """
    kept: list[bytes] = []
    size = 0
    utf8: int | None = None
    other: int | None = None
    with path.open("rb") as file:
        for number, line in enumerate(iter(lambda: file.readline(CHUNK), b""), start=1):
            if line.isascii():
                continue
            valid = _multibyte(line)
            if utf8 is None and (valid >= 3 or _UTF8_WORD.search(line)):
                utf8 = number
            if other is None and valid < 0:
                other = number
            if size < _SAMPLE:
                kept.append(line[:_SAMPLE])
                size += len(kept[-1])
    if utf8 is not None and other is not None:
        raise _mixed(path, utf8, other, fault)
    return b"".join(kept)


def _multibyte(line: bytes) -> int:
    """How many letters of several bytes a line holds in UTF-8; -1 when it is not UTF-8."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return -1
    return sum(not sign.isascii() for sign in text)


def _mixed(path: Path, utf8: int, other: int, fault: int) -> InputError:
    place = f"{path.name}, line {_line_of(path, fault)}, byte {fault:,}"
    if path.stat().st_size - fault < 4:
        return InputError(
            "the file ends in the middle of a letter of UTF-8: its end is missing",
            place=place,
            mend="Copy it again from where it came",
        )
    where = f"line {other} is not" if other != utf8 else "other words of the same line are not"
    return InputError(
        f"two encodings in one file: line {utf8} has words in UTF-8, {where}",
        place=place,
        mend="Save the parts in one encoding before they are put into one file",
    )
