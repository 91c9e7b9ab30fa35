"""Media types by content, with names that lie."""

from __future__ import annotations

import gzip
import io
import sqlite3
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from habeas.evidence import media_type as module
from habeas.evidence.media_type import UNKNOWN, disagreement, media_type


def judge(content: bytes, name: str = "") -> str:
    file = io.BufferedReader(io.BytesIO(content))
    found = media_type(file, name)
    assert file.tell() == 0
    return found


def archive(*members: tuple[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, content in members:
            packed.writestr(name, content)
    return out.getvalue()


def image(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (3, 2)).save(out, kind)
    return out.getvalue()


OOXML = "application/vnd.openxmlformats-officedocument"
ODS = "application/vnd.oasis.opendocument.spreadsheet"

KINDS = [
    (b"%PDF-1.7\n", "application/pdf"),
    (b"\n\n%PDF-1.4\n\x00\x01", "application/pdf"),
    (image("JPEG"), "image/jpeg"),
    (image("PNG"), "image/png"),
    (image("TIFF"), "image/tiff"),
    (image("GIF"), "image/gif"),
    (image("WEBP"), "image/webp"),
    (image("AVIF"), "image/avif"),
    (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "image/heic"),
    (b"\0\0\0\x18ftypisom\0\0\0\0isomavc1", "video/mp4"),
    (b"\0\0\0\x14ftypqt  \0\0\0\0", "video/quicktime"),
    (b"\x1aE\xdf\xa3\x01\0\0\0\x42\x82\x84webm", "video/webm"),
    (b"RIFF\x10\0\0\0WAVEfmt ", "audio/x-wav"),
    (b"WARC/1.1\r\nWARC-Type: warcinfo\r\n", "application/warc"),
    (gzip.compress(b"WARC/1.0\r\n"), "application/warc"),
    (gzip.compress(b"anything"), "application/gzip"),
    (b"\x1f\x8b broken", "application/gzip"),
    (archive(("[Content_Types].xml", "<a/>"), ("word/document.xml", "")),
     f"{OOXML}.wordprocessingml.document"),
    (archive(("[Content_Types].xml", "<a/>"), ("xl/workbook.xml", "")),
     f"{OOXML}.spreadsheetml.sheet"),
    (archive(("mimetype", ODS), ("content.xml", "")), ODS),
    (archive(("datapackage.json", "{}"), ("archive/data.warc.gz", "")), "application/wacz"),
    (archive(("doc.kml", "<kml/>")), "application/vnd.google-earth.kmz"),
    (archive(("a.txt", "a")), "application/zip"),
    (archive(("mimetype", "text/html"), ("a", "")), "application/zip"),
    (b"PK\x03\x04 broken", "application/zip"),
    (b"<!DOCTYPE html>\n<title>x</title>", "text/html"),
    (b"  <HTML><body>", "text/html"),
    (b"<?xml version='1.0'?><!-- x --><html/>", "text/html"),
    (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
    (b"<?xml version='1.0'?><!DOCTYPE k [<!ENTITY a 'b'>]><kml/>",
     "application/vnd.google-earth.kml+xml"),
    (b"<?xml version='1.0'?><x/>", "application/xml"),
    (b"<3 is not markup", "text/plain"),
    (b'{"a": 1}', "application/json"),
    (b"[" * 100_000, "text/plain"),
    (b"[half", "text/plain"),
    ("نام,سال\nناشناس,۱۳۶۷\n".encode(), "text/plain"),
    ("نام".encode("utf-16"), "text/plain"),
    ("نام پدر\r\n".encode("cp1256", "ignore"), "text/plain"),
    (b"\xef\xbb\xbfname\n", "text/plain"),
    (b"\x00\x01\x02\x03", UNKNOWN),
    (b"\xff\xfe\x00\x00\x01\x02", UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize(("content", "expected"), KINDS, ids=[kind for _, kind in KINDS])
def test_the_content_decides(content: bytes, expected: str) -> None:
    assert judge(content, "photo.jpg") == expected


def test_sqlite(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "x.db") as database:
        database.execute("create table t (a)")
    database.close()
    assert judge((tmp_path / "x.db").read_bytes()) == "application/vnd.sqlite3"


def test_puremagic_knows_the_rare_ones_by_long_signatures_only() -> None:
    assert judge(b"\x7fELF\x02\x01") == UNKNOWN
    assert judge(b"MZ\x90\x00\x03\x00") == UNKNOWN


def test_a_name_tells_apart_plain_text_and_nothing_else() -> None:
    assert judge(b"a,b\n1,2\n", "list.CSV") == "text/csv"
    assert judge(b"claims:\n", "sheet.yaml") == "application/yaml"
    assert judge(b"a,b\n", "page.html") == "text/plain"
    assert judge(b"%PDF-1.4", "list.csv") == "application/pdf"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"GIF89a/*<html><script>*/", "image/gif"),
        (b"%PDF-1.4\n" + archive(("a", "b")), "application/pdf"),
        (b"<html>%PDF-1.4", "text/html"),
        (image("JPEG") + archive(("a", "b")), "image/jpeg"),
    ],
)
def test_a_polyglot_is_what_its_first_bytes_say(content: bytes, expected: str) -> None:
    assert judge(content) == expected


def test_a_name_that_lies_is_reported() -> None:
    assert disagreement("photo.jpg", "application/pdf") == (
        "the name ends in .jpg (image/jpeg), the content is application/pdf"
    )
    assert disagreement("page.html", "text/plain")
    for name, found in [
        ("photo.JPEG", "image/jpeg"), ("list.csv", "text/csv"), ("noname", "text/plain"),
        ("x.heif", "image/heic"), ("x.geojson", "application/json"), ("a.strange", "image/png"),
        ("x.mov", "video/mp4"), ("readme.rst", "text/plain"),
    ]:  # fmt: skip
        assert disagreement(name, found) is None, name


def test_mutant_trusting_the_name_sees_no_lie(monkeypatch) -> None:
    monkeypatch.setattr(module, "_by_signature", lambda head: "image/jpeg")
    assert disagreement("photo.jpg", judge(b"%PDF-1.4", "photo.jpg")) is None


@settings(max_examples=150, deadline=None)
@given(content=st.binary(max_size=300), start=st.sampled_from([k for k, _ in KINDS]))
def test_anything_has_a_type(content: bytes, start: bytes) -> None:
    assert "/" in judge(start[:40] + content)
    assert "/" in judge(content)


def test_hostile_markup_is_text() -> None:
    assert judge(b"<!DOCTYPE a[" * 6000) == "text/plain"
