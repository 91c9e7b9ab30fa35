"""The one door: what a file is, and that nothing it may hold breaks anything. Names invented."""

from __future__ import annotations

import json
import os
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from habeas.errors import HabeasError, InputError
from habeas.exchange.tables import reading
from habeas.exchange.tables.kinds import kind_of, kind_of_headers, kind_of_json
from habeas.exchange.tables.reading import open_table_file
from habeas.exchange.tables.table import TableFile


def opened(path: Path, content: bytes | str) -> TableFile:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return open_table_file(path)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("name,city\na,b\n", "csv"),
        ("name\tcity\na\tb\n", "tsv"),
        ('[{"name": "a"}]', "json"),
        (' {"name": "a"}\n{"name": "b"}\n', "jsonl"),
        ("[id],[name]\n1,a\n", "csv"),
        ("[1],a,b\n[2],c,d\n", "csv"),
        ('[1, {"name": "a"}]', "json"),
        ("{id},{name}\n1,a\n", "csv"),
        ("<name>,<city>\na,b\n", "csv"),
        ("Title,text__en,text__fa\na,b,c\n", "uwazi"),
        ("title__en,place_geolocation\na,1|2\n", "uwazi"),
        ("Title,Date added,Template,Name,Geolocation,Documents\na,b,c,d,e,f\n", "uwazi"),
        ("claim,subject,predicate,words,claim_json\n1,a,b,c,{}\n", "habeas"),
        ("name,text__en\na,b\n", "csv"),
    ],
)
def test_the_format_is_told_by_content(tmp_path: Path, content: str, found: str) -> None:
    assert opened(tmp_path / "misleading.xlsx", content).format == found


def test_a_workbook_goes_to_its_reader(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["name", "city"])
    book.active.append(["a", "b"])
    book.save(tmp_path / "list.csv")
    file = open_table_file(tmp_path / "list.csv")
    assert (file.format, [row.cells for row in file.tables[0].rows()]) == ("xlsx", [("a", "b")])


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"SQLite format 3\0" + b"\0" * 84, "geopackage"),
        (b'<?xml version="1.0"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">', "kml"),
        (b"\xef\xbb\xbf<kml>", "kml"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "workbook"),
        (b"%PDF-1.7", None),
        (b"<!DOCTYPE html><table>", None),
        (b'<?xml version="1.0"?><Workbook>', None),
        (b"\x1f\x8b\x08", None),
        ("\ufeff[{".encode("utf-16-le"), "json"),
        (b"", "text"),
        (b"[", "json"),
        (b"name", "text"),
    ],
)
def test_kinds_by_the_first_bytes(head: bytes, kind: str | None) -> None:
    assert kind_of(head) == kind


def test_a_zipped_kml(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a", "w") as archive:
        archive.writestr("doc.kml", "<kml/>")
    assert kind_of((tmp_path / "a").read_bytes()) == "kml"


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ({"type": "FeatureCollection", "features": []}, "geojson"),
        ({"features": [{"type": "Feature", "geometry": None}], "x": 1}, "geojson"),
        ({"geometry": {"coordinates": [1, 2]}, "type": "Feature"}, "geojson"),
        ({"actors": [{"class": "actor", "id": 1, "name": "a"}]}, "bayanat"),
        ({"bulletins": [{"class": "bulletin", "id": 1}]}, "bayanat"),
        ([{"id": "a", "schema": "Person", "properties": {"name": ["a"]}}], "followthemoney"),
        ([{"entity_id": "a", "prop": "name", "value": "a", "dataset": "d"}], "followthemoney"),
        ({"type": "list", "people": [{"id": 1, "schema": "x"}]}, None),
    ],
)  # fmt: skip
def test_kinds_of_json(tmp_path: Path, value: object, kind: str | None) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(value))
    assert kind_of_json(reading.find_json(path).elements()) == kind


def test_statements_of_followthemoney_as_csv() -> None:
    columns = ["canonical_id", "entity_id", "prop", "prop_type", "schema", "value", "dataset"]
    assert kind_of_headers(columns) == "followthemoney"


def test_a_format_without_a_reader_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_OPENERS", {})
    with pytest.raises(InputError, match="geojson is not read here"):
        opened(tmp_path / "a", '{"type": "FeatureCollection", "features": []}')
    with pytest.raises(InputError, match="geopackage is not read here"):
        opened(tmp_path / "a", b"SQLite format 3\0")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"%PDF-1.7\n", "a PDF"), (b"<html><table>", "a web page"), (b"<?xml?><Workbook/>", "XML"),
        (b"\x1f\x8b\x08", "gzip"), (b"\x89PNG\r\n", "a picture"), (b"", "empty"),
        (b"PK\x03\x04cut off", ""), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1cut off", ""),
    ],
)  # fmt: skip
def test_files_that_hold_no_list(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message or None):
        opened(tmp_path / "list.csv", content)


def test_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        open_table_file(tmp_path / "nothing")
    with pytest.raises(InputError, match="this is no file"):
        open_table_file(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="this is no file"):
        open_table_file(tmp_path / "pipe")


def test_what_the_user_names(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes('[a]~b\n"c"~"حسن"\n'.encode("cp1256"))
    file = open_table_file(path, encoding="windows-1256", delimiter="~")
    assert [row.cells for row in file.tables[0].rows()] == [("c", "حسن")]


# ---- whatever stands in a file, it is read or refused

VALID = [
    b"sep=;\nname;city\nx;y, z\n",
    b'name,city\nx,"y\nz"\nw,"q"\n',
    "نام,شهر\nعلی,شیراز\n\nجمع کل,2\n\nنام,سن\nا,1\n".encode(),
    "نام,شهر\nحسن,تبريز\nرضا,شيراز\n".encode("cp1256"),
    "نام,شهر\nحسن,تبريز\n".encode("utf-16"),
    b'[{"name":"x","n":1.5,"tags":["a"]},{"a":{"b":[{"c":1}]}}]',
    b'{"a":1}\n{"a":2,"b":[1,2]}\n',
    b'{"v":1,"p":[{"n":1},5],"q":{"r":[{"s":1}]}}',
]
PIECES = [
    b'"', b",", b"\n", b"\r", b"\0", b"{", b"}", b"[", b"]", b"\xff", b"\xef\xbb\xbf", b"\xd8\xb9",
    b"\xcd", b";", b"\t", b'"a":', b"\\ud800", b"name", "نام".encode(), b"total", b"\n\n", b"1",
    b"PK\x03\x04", b"sep=", b"\xff\xfe", b"<kml>", b"e9", b"\x1f", b"\xd0\xcf\x11\xe0",
]  # fmt: skip
CHANGES = st.lists(
    st.tuples(st.integers(0, 80), st.integers(0, 3), st.sampled_from(PIECES)), max_size=5
)


def outcome(path: Path, content: bytes) -> None:
    """Reads everything; whatever is raised is ours and says what to do."""
    with suppress(HabeasError):
        file = opened(path, content)
        for table in file.tables:
            for row in table.rows():
                assert len(row.cells) == len(table.columns)
                "".join(row.cells).encode()


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(max_size=200), st.lists(st.sampled_from(PIECES)).map(b"".join)))
@example(b'{"a":1}\n\xff')
def test_random_bytes(tmp_path: Path, content: bytes) -> None:
    outcome(tmp_path / "fuzz", content)


@settings(max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(VALID), CHANGES)
def test_valid_files_that_were_damaged(
    tmp_path: Path, content: bytes, changes: list[tuple[int, int, bytes]]
) -> None:
    for at, cut, piece in changes:
        content = content[:at] + piece + content[at + cut :]
    outcome(tmp_path / "fuzz", content)
