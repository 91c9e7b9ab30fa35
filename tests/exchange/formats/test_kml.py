"""KML and KMZ as tables. All names and places are invented."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path

import pytest
from foreign_files import broken, cell, located, opened, read_whole, written
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.claims.values import LineString, MultiPolygon, Point, Polygon
from habeas.errors import InputError
from habeas.exchange.tables import kml
from habeas.exchange.tables.table import Row, TableFile

HEAD = '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2">'
RING = "<LinearRing><coordinates>0,0 1,0 1,1 0,0</coordinates></LinearRing>"
AREA = f"<Polygon><outerBoundaryIs>{RING}</outerBoundaryIs></Polygon>"
HOLED = AREA.replace("</Polygon>", f"<innerBoundaryIs>{RING}</innerBoundaryIs></Polygon>")
POINT = "<Point><coordinates>\n 51.40,35.10,1200 \n</coordinates></Point>"
PATH = "<LineString><coordinates>1,2 3,4</coordinates></LineString>"
DATA = (
    '<ExtendedData><Data name="persons"><value>12</value></Data><SchemaData schemaUrl="#a">'
    '<SimpleData name="depth">2.50</SimpleData></SchemaData></ExtendedData>'
)
LAYER = (
    f"{HEAD}<Document><name>doc</name><Folder><name>گروه</name>"
    "<NetworkLink><Link><href>http://example.org/x.kml</href></Link></NetworkLink>"
    f'<Placemark id="a"><name>دشت ساختگی</name>{POINT}{DATA}'
    "<TimeSpan><begin>1988</begin><end>1989-02</end></TimeSpan>"
    "<description><![CDATA[<img src='http://example.org/a.png'>]]></description></Placemark>"
    "</Folder></Document></kml>"
)


def marks(*shapes: str) -> str:
    inner = "".join(f"<Placemark><name>n</name>{shape}</Placemark>" for shape in shapes)
    return f"{HEAD}<Document>{inner}</Document></kml>"


def rows(file: TableFile) -> list[Row]:
    return list(file.tables[0].rows())


def test_a_placemark_is_a_row(tmp_path):
    file = opened(tmp_path, LAYER)
    (row,) = rows(file)
    table = file.tables[0]
    assert file.format == "kml"
    assert row.geometries[0] == Point(coordinates=("51.40", "35.10"))
    assert [cell(table, row, name) for name in
            ("name", "Folder", "persons", "depth", "TimeSpan/begin", "TimeSpan/end", "id")] == [
        "دشت ساختگی", "گروه", "12", "2.50", "1988", "1989-02", "a",
    ]  # fmt: skip
    assert {claim.predicate for claim in located(file)[0].claims} == {
        "name", "location", "description", "depth",
    }  # fmt: skip


def test_what_lies_elsewhere_is_told_and_never_fetched(tmp_path):
    """Sockets are closed to tests: a fetch would fail."""
    told = " ".join(opened(tmp_path, LAYER).remarks)
    for what in ("links to other files", "references to pictures", "descriptions with pictures",
                 "heights"):  # fmt: skip
        assert what in told


def test_shapes(tmp_path):
    shapes = [POINT, PATH, RING, AREA, HOLED, f"<MultiGeometry>{AREA}{AREA}</MultiGeometry>",
              f"<MultiGeometry>{POINT}</MultiGeometry>"]  # fmt: skip
    kinds = [type(row.geometries[0]) for row in rows(opened(tmp_path, marks(*shapes)))]
    assert kinds == [Point, LineString, LineString, Polygon, Polygon, MultiPolygon, Point]
    (holed,) = rows(opened(tmp_path, marks(HOLED)))
    assert len(holed.geometries[0].coordinates) == 2


@pytest.mark.parametrize(
    ("shape", "reason"),
    [(f"<MultiGeometry>{POINT}{AREA}</MultiGeometry>", "make a row of each"),
     ("<MultiGeometry/>", "nothing in it"), (f"{POINT}{POINT}", "several geometries"),
     ("<Point><coordinates>1,2 3,4</coordinates></Point>", "2 positions"),
     ("<Point><coordinates>1;2</coordinates></Point>", "less than two"),
     ("<Point/>", "0 positions"), ("<Polygon/>", "without an outline"), ("<Model/>", "a Model"),
     ("<Point><coordinates>35,151</coordinates></Point>", "outside the earth"),
     ("<Point><coordinates>nan,1</coordinates></Point>", "outside the earth")],
)  # fmt: skip
def test_what_is_no_place_is_asked_about(shape, reason, tmp_path):
    (row,) = rows(opened(tmp_path, marks(shape)))
    assert reason in row.faults[0].reason
    assert row.geometries == {}


ENTITY = '<!DOCTYPE kml [<!ENTITY x "%s">]>'
HOSTILE = {
    "an entity": HEAD.replace("?><kml", "?>" + ENTITY % "a" + "<kml"),
    "a file": HEAD.replace(
        "?><kml", '?><!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]><kml'
    ),
    "a document type elsewhere": HEAD.replace(
        "?><kml", '?><!DOCTYPE kml SYSTEM "http://example.org/x.dtd"><kml'
    ),
    "a bomb": HEAD.replace(
        "?><kml",
        '?><!DOCTYPE kml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><kml',
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_xml_is_refused(name, tmp_path):
    body = f"<Placemark><name>n</name>{POINT}</Placemark></kml>"
    with pytest.raises(InputError, match="hostile"):
        opened(tmp_path, HOSTILE[name] + body)


def test_hostile_xml_mutant(tmp_path, monkeypatch):
    """With the parser of the standard library the entity is taken in."""
    from xml.etree import ElementTree

    from defusedxml import ElementTree as Defused

    def undefended(file, events, **_):
        return ElementTree.iterparse(file, events)

    monkeypatch.setattr(Defused, "iterparse", undefended)
    body = f"<Placemark><name>&x;</name>{POINT}</Placemark></kml>"
    file = opened(tmp_path, HOSTILE["an entity"] + body)
    assert cell(file.tables[0], rows(file)[0], "name") == "a"


def test_elements_far_inside_one_another_are_refused(tmp_path, monkeypatch):
    text = f"{HEAD}{'<Folder>' * 90}{'</Folder>' * 90}<Placemark>{POINT}</Placemark></kml>"
    with pytest.raises(InputError, match="inside one another"):
        opened(tmp_path, text)
    monkeypatch.setattr(kml, "MAX_NESTED", 1000)
    assert rows(opened(tmp_path, text))


def test_a_large_document_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(kml, "MAX_KML", 100)
    with pytest.raises(InputError, match="100 bytes"):
        opened(tmp_path, LAYER)


@pytest.mark.parametrize("broken_", [LAYER[:-30], LAYER.replace("</name>", "", 1), HEAD])
def test_damaged_xml(broken_, tmp_path):
    with pytest.raises(InputError, match="damaged"):
        opened(tmp_path, broken_)


def kmz(**parts: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name.replace("_", "."), content)
    return file.getvalue()


def test_a_package(tmp_path):
    file = opened(tmp_path, kmz(doc_kml=LAYER, other_kml=marks(POINT)))
    assert len(rows(file)) == 1
    assert "read from doc.kml of the package" in file.remarks
    assert any("further KML documents" in remark for remark in file.remarks)


def test_a_package_that_is_a_bomb(tmp_path):
    with pytest.raises(InputError, match="bomb"):
        opened(tmp_path, kmz(doc_kml=HEAD + " " * (kml.MAX_KML + 1)))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_broken_files_are_refused_or_read(data):
    whole = data.draw(st.sampled_from([LAYER.encode(), kmz(doc_kml=LAYER)]))
    with tempfile.TemporaryDirectory() as folder:
        read_whole(written(Path(folder), data.draw(broken(whole))))
