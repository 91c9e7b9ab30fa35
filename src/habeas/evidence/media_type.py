"""What kind of file this is, judged by its bytes.

The first rule that matches decides, in this order: signatures at a fixed place (table below), what
a ZIP or a gzip holds, text (HTML, XML and its dialects, JSON, plain), a PDF header within the first
1024 bytes, the puremagic table. A file that is two things at once (a polyglot) is therefore what
its first bytes say. A name never decides: it only tells apart kinds of plain text that are all
inert (CSV, YAML, Markdown), and `disagreement` says when it contradicts the content.
"""

from __future__ import annotations

import gzip
import json
import mimetypes
import re
import zipfile
import zlib
from io import BufferedReader
from pathlib import PurePath

UNKNOWN = "application/octet-stream"

_HEAD = 65536
_JSON_LIMIT = 16 * 1024 * 1024
_MEMBER_LIMIT = 256
_PUREMAGIC_LEAST = 6

_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF-", "application/pdf"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (0, b"II+\x00", "image/tiff"),
    (0, b"MM\x00+", "image/tiff"),
    (8, b"WEBP", "image/webp"),
    (8, b"WAVE", "audio/x-wav"),
    (8, b"AVI ", "video/x-msvideo"),
    (0, b"SQLite format 3\x00", "application/vnd.sqlite3"),
    (0, b"WARC/1.", "application/warc"),
    (0, b"WARC/0.", "application/warc"),
    (0, b"age-encryption.org/v1\n", "application/x-age"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"OggS", "application/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
)
"""Offset, bytes, media type. The three at offset 8 stand behind `RIFF` and a length."""

_BRANDS = {
    b"heic": "image/heic", b"heix": "image/heic", b"heim": "image/heic", b"heis": "image/heic",
    b"hevc": "image/heic-sequence", b"mif1": "image/heif", b"msf1": "image/heif-sequence",
    b"avif": "image/avif", b"qt  ": "video/quicktime", b"M4A ": "audio/mp4",
    b"3gp4": "video/3gpp", b"3gp5": "video/3gpp", b"3gp6": "video/3gpp",
}  # fmt: skip
"""ISO base media files by their major brand; any other brand is `video/mp4`."""

_OFFICE = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}

_XML_ROOTS = {
    "svg": "image/svg+xml",
    "kml": "application/vnd.google-earth.kml+xml",
    "gpx": "application/gpx+xml",
    "html": "text/html",
}

_REFINED_BY_NAME = {
    ".csv": "text/csv", ".tsv": "text/tab-separated-values", ".md": "text/markdown",
    ".yaml": "application/yaml", ".yml": "application/yaml",
}  # fmt: skip

_NAMES = {
    ".heic": "image/heic", ".heif": "image/heif", ".avif": "image/avif", ".webp": "image/webp",
    ".warc": "application/warc", ".wacz": "application/wacz", ".jsonl": "text/plain",
    ".geojson": "application/json", ".kml": "application/vnd.google-earth.kml+xml",
    ".kmz": "application/vnd.google-earth.kmz", ".gpx": "application/gpx+xml",
    ".sqlite": "application/vnd.sqlite3", ".db": "application/vnd.sqlite3",
    ".mkv": "video/x-matroska", ".m4a": "audio/mp4", ".rtf": "application/rtf",
    ".7z": "application/x-7z-compressed", ".rar": "application/vnd.rar", ".amr": "audio/amr",
    ".ogg": "application/ogg", ".oga": "application/ogg", ".ogv": "application/ogg",
    ".opus": "application/ogg", ".flac": "audio/flac", ".wav": "audio/x-wav",
    ".doc": "application/x-ole-storage", ".xls": "application/x-ole-storage",
    ".ppt": "application/x-ole-storage", ".msg": "application/x-ole-storage",
    ".zip": "application/zip", ".gz": "application/gzip", ".xml": "application/xml",
    **_REFINED_BY_NAME,
}  # fmt: skip

_SAME = (
    {"image/heic", "image/heif"},
    {"video/mp4", "video/quicktime", "audio/mp4", "video/3gpp"},
    {"application/wacz", "application/zip"},
)
"""Types so near to each other that a name of one for the other says nothing."""

_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")


def media_type(file: BufferedReader, name: str = "") -> str:
    """The media type of an open file.

    Args:
        file: at its beginning; it is left there.
        name: the name that the file came with; it decides nothing but the kind of plain text.

    Returns:
        An IANA media type, or the usual `x-` one; `application/octet-stream` when nothing matches.
    """
    head = file.read(_HEAD)
    found = (
        _by_signature(head)
        or _by_container(file, head)
        or _by_text(file, head)
        or _by_late_pdf(head)
        or _by_puremagic(head)
        or UNKNOWN
    )
    file.seek(0)
    if found == "text/plain":
        return _REFINED_BY_NAME.get(PurePath(name).suffix.lower(), found)
    return found


def disagreement(name: str, found: str) -> str | None:
    """What a file's name promises against what its bytes are; nothing when they agree.

    Args:
        name: the name that the file came with.
        found: its media type by content.
    """
    suffix = PurePath(name).suffix.lower()
    promised = _NAMES.get(suffix) or mimetypes.MimeTypes().guess_type(f"x{suffix}")[0]
    if promised is None or promised == found:
        return None
    if found == "text/plain" and promised.startswith("text/") and promised != "text/html":
        return None
    if any({promised, found} <= same for same in _SAME):
        return None
    return f"the name ends in {suffix} ({promised}), the content is {found}"


def _by_signature(head: bytes) -> str | None:
    for offset, magic, found in _SIGNATURES:
        if head[offset : offset + len(magic)] == magic and (offset == 0 or head[:4] == b"RIFF"):
            return found
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video/mp4")
    if head[:4] == b"\x1aE\xdf\xa3":
        return "video/webm" if b"webm" in head[:64] else "video/x-matroska"
    return None


def _by_container(file: BufferedReader, head: bytes) -> str | None:
    if head[:2] == b"\x1f\x8b":
        return _in_gzip(file)
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return _in_zip(file)
    return None


def _in_gzip(file: BufferedReader) -> str:
    file.seek(0)
    try:
        with gzip.open(file) as inner:
            return "application/warc" if inner.read(5) == b"WARC/" else "application/gzip"
    except (OSError, EOFError, zlib.error):
        return "application/gzip"


def _in_zip(file: BufferedReader) -> str:
    """The kind of ZIP: by its `mimetype` member (ODF, EPUB), else by the names in it."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
            if names and names[0] == "mimetype" and archive.infolist()[0].file_size < _MEMBER_LIMIT:
                said = archive.read("mimetype").decode("ascii").strip()
                if re.fullmatch(r"application/[a-z0-9.+-]+", said):
                    return said
    except (zipfile.BadZipFile, OSError, EOFError, zlib.error, ValueError, NotImplementedError,
            RuntimeError):  # fmt: skip
        return "application/zip"
    return _by_member_names(set(names))


def _by_member_names(names: set[str]) -> str:
    if "[Content_Types].xml" in names:
        for folder, found in _OFFICE.items():
            if any(name.startswith(folder) for name in names):
                return found
    if "datapackage.json" in names and any(name.startswith("archive/") for name in names):
        return "application/wacz"
    if "doc.kml" in names:
        return "application/vnd.google-earth.kmz"
    return "application/zip"


def _by_text(file: BufferedReader, head: bytes) -> str | None:
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _utf16(head)
    body = head.removeprefix(b"\xef\xbb\xbf")
    if not body or _CONTROL.search(body):
        return None
    start = body.lstrip()[:1024].lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "text/html"
    if start.startswith(b"<"):
        return _xml(body)
    if start[:1] in (b"{", b"["):
        return _json(file)
    return "text/plain"


def _utf16(head: bytes) -> str | None:
    even = head[: len(head) // 2 * 2]
    words = even.decode("utf-16", "replace")
    return None if "\x00" in words else "text/plain"


def _xml(body: bytes) -> str:
    """The dialect by the first element's name, read without parsing (no entities, no bombs)."""
    # Only the first page: the pattern is slow on hostile repetitions.
    text = re.sub(
        rb"<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(\[.*?\])?\s*>", b"", body[:4096], flags=re.S
    )
    root = re.match(rb"\s*<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)", text)
    if root is None:
        return "text/plain"
    known = _XML_ROOTS.get(root[1].decode("ascii", "replace").lower())
    if known:
        return known
    return "application/xml" if body.lstrip().startswith(b"<?xml") else "text/plain"


def _json(file: BufferedReader) -> str:
    file.seek(0)
    content = file.read(_JSON_LIMIT + 1)
    if len(content) > _JSON_LIMIT:
        return "text/plain"
    try:
        json.loads(content)
    except (ValueError, RecursionError):
        return "text/plain"
    return "application/json"


def _by_late_pdf(head: bytes) -> str | None:
    """Readers of PDF accept the header anywhere in the first 1024 bytes, and so may an attacker."""
    return "application/pdf" if b"%PDF-" in head[:1024] else None


def _by_puremagic(head: bytes) -> str | None:
    import puremagic  # reads its table on import

    try:
        matches = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return None
    for match in matches:
        # Two or three bytes match by chance, and footers are those of the head here.
        long_enough = len(match.byte_match) >= _PUREMAGIC_LEAST
        if long_enough and match.offset >= 0 and "/" in match.mime_type:
            return str(match.mime_type)
    return None
