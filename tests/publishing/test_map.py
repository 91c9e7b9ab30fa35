"""The map draws how surely something is placed, to scale, and claims nothing of its own."""

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import msgspec
import pytest
import shapely
import typst
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from habeas.drawing import assets
from habeas.errors import InputError
from habeas.publishing import basemap, labels
from habeas.publishing.basemap import Frame
from habeas.publishing.catalogue import load_words
from habeas.publishing.graticule import distance_words
from habeas.publishing.labels import Box, Wanted, leader, place_labels
from habeas.publishing.map import HEIGHT, WIDTH, MapPlace, MapTown, draw_map

SVG = "{http://www.w3.org/2000/svg}"
ENGLISH = load_words("en")


def place(kind="exact", longitude=51.57083, latitude=35.55694, **more):
    named = {"label": f"Invented {kind} site", "uncertainty": 5000.0} | more
    return MapPlace(kind=kind, longitude=longitude, latitude=latitude, **named)


EVERY = [
    place("exact", 18.40, 43.85),
    place("approximate", 18.9, 44.2),
    place("representative", 19.2, 44.05),
    place("random", 18.6, 44.4),
    place("exact", 18.1, 44.15, label="Invented area", uncertainty=None,
          polygons=(((18.0, 44.1), (18.2, 44.08), (18.22, 44.2), (18.05, 44.22)),)),
]  # fmt: skip


def words_in(picture):
    return [
        re.sub("[\u2066-\u2069]", "", "".join(text.itertext()))
        for text in ET.fromstring(picture).iter(f"{SVG}text")
    ]


@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_same_places_give_the_same_bytes_in_another_process(language):
    script = (
        "import sys, msgspec; from habeas.publishing.map import *; "
        "places = msgspec.json.decode(sys.stdin.buffer.read(), type=list[MapPlace]); "
        f"sys.stdout.buffer.write(draw_map(places, language={language!r}).encode())"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], input=msgspec.json.encode(EVERY), capture_output=True,
        check=True, env=os.environ | {"PYTHONHASHSEED": "7"},
    )  # fmt: skip
    assert run.stdout == draw_map(EVERY, language=language).encode()


@pytest.mark.parametrize("kind", ["exact", "approximate", "representative", "random"])
def test_each_kind_is_said_in_label_and_legend_and_no_other_is(kind):
    said = words_in(draw_map([place(kind)], language="en"))
    assert ENGLISH(f"map.legend.{kind}") in said
    assert ENGLISH("map.within", kind=ENGLISH(f"map.kind.{kind}"), distance="5 km") in said
    for other in {"exact", "approximate", "representative", "random"} - {kind}:
        assert ENGLISH(f"map.legend.{other}") not in said


def outlines(picture):
    """Shapes drawn in the marks' colour, without where they stand: what tells kinds apart."""
    found = []
    for shape in ET.fromstring(picture).iter():
        if "#8c2f21" in (shape.get("stroke"), shape.get("fill")) and shape.tag != f"{SVG}line":
            found.append((shape.tag, shape.get("fill") == "#8c2f21", shape.get("stroke-dasharray"),
                          shape.get("fill", "").startswith("url")))  # fmt: skip
    return tuple(sorted(set(found), key=str))


def test_kinds_differ_by_shape_not_by_colour():
    drawn = {
        kind: outlines(draw_map([place(kind)], language="en"))
        for kind in ("exact", "approximate", "representative", "random")
    }
    assert len(set(drawn.values())) == 4


def test_uncertainty_is_drawn_to_the_scale_of_the_bar():
    picture = ET.fromstring(draw_map([place(uncertainty=5000.0)], language="en"))
    ring = picture.find(f".//{SVG}ellipse")
    bar = next(r for r in picture.iter(f"{SVG}rect") if r.get("height") == "5")
    label = next(w for w in words_in(ET.tostring(picture)) if re.fullmatch(r"\d+ km", w))
    metres = int(label.removesuffix(" km")) * 1000
    assert float(ring.get("ry")) / 5000 == pytest.approx(float(bar.get("width")) / metres, rel=0.01)
    assert float(ring.get("rx")) == pytest.approx(float(ring.get("ry")), rel=0.01)


@given(
    st.floats(-70, 70), st.floats(-180, 180), st.floats(500, 200_000), st.floats(-8, 8),
)  # fmt: skip
@settings(max_examples=100)
def test_rings_match_geodesic_distances(latitude, longitude, metres, away):
    frame = basemap.fit(
        (longitude - 1, latitude - 8, longitude + 1, latitude + 8),
        x=0, y=0, width=760, height=520, least_metres=10_000,
    )  # fmt: skip
    at = latitude + away * 0.5
    rx, ry = frame.radii(at, metres)
    geod = Geod(ellps="WGS84")
    east = geod.fwd(longitude, at, 90, metres)
    north = geod.fwd(longitude, at, 0, metres)
    x, y = frame.point(longitude, at)
    assert abs(frame.point(east[0], east[1])[0] - x) == pytest.approx(rx, rel=0.012, abs=0.02)
    assert abs(frame.point(north[0], north[1])[1] - y) == pytest.approx(ry, rel=0.012, abs=0.02)


def test_an_area_is_drawn_by_its_edge_and_has_no_point():
    picture = draw_map([EVERY[4]], language="en")
    assert "<polygon" in picture
    assert "<circle" not in picture
    assert ENGLISH("map.legend.area") in words_in(picture)


def test_the_map_gives_its_origin_and_disclaims_boundaries():
    said = " ".join(words_in(draw_map(EVERY, language="en")))
    assert "Made with Natural Earth." in said
    assert "no opinion on any boundary, name or status" in said
    assert "Equirectangular projection, WGS 84; the scale is true along 44.1° N" in said
    persian = " ".join(words_in(draw_map(EVERY, language="fa")))
    assert "Natural Earth" in persian


def test_names_of_countries_are_natural_earths_alone():
    iran = [place("representative", 48.7, 31.3), place("representative", 59.6, 36.3)]
    drawn = draw_map(iran, language="fa")
    names = [t for t in ET.fromstring(drawn).iter(f"{SVG}text") if t.get("fill") == "#a5abae"]
    known = {name.fa for name in assets.country_names()}
    assert names
    assert all(re.sub("[\u2066-\u2069]", "", n.text) in known for n in names)


def test_it_refers_to_nothing_outside_itself_and_clips_are_its_own():
    first, second = draw_map(EVERY, language="en"), draw_map(EVERY[:1], language="en")
    for picture in (first, second):
        assert set(re.findall(r"https?://[^\"<]*", picture)) == {"http://www.w3.org/2000/svg"}
        assert not re.search(r"<(script|image|use|foreignObject|style)", picture)
        clips = set(re.findall(r'clipPath id="([^"]+)"', picture))
        assert clips == set(re.findall(r'clip-path="url\(#([^)]+)\)"', picture))
    clips = [set(re.findall(r'clipPath id="([^"]+)"', p)) for p in (first, second)]
    assert not clips[0] & clips[1]


def test_a_place_across_the_antimeridian_stays_near():
    places = [place("approximate", 179.5, -17.0), place("exact", -179.2, -16.5)]
    picture = draw_map(places, language="en")
    said = words_in(picture)
    assert "179.5° W" in said
    assert "179.5° E" in said
    assert "20 km" in said or "50 km" in said


def test_the_frame_holds_every_ring_and_fits_the_whole_earth():
    far = [place(longitude=-170.0, latitude=-60.0), place(longitude=5.0, latitude=80.0)]
    ET.fromstring(draw_map(far, language="en"))
    near = draw_map([place(uncertainty=250_000.0)], language="en")
    ring = ET.fromstring(near).find(f".//{SVG}ellipse")
    assert float(ring.get("cx")) + float(ring.get("rx")) < WIDTH
    assert float(ring.get("cy")) + float(ring.get("ry")) < HEIGHT


@pytest.mark.parametrize(
    "wrong", [{"longitude": 181.0}, {"latitude": -90.5}, {"polygons": (((0.0, 91.0),),)},
              {"longitude": float("nan")}],
)  # fmt: skip
def test_a_coordinate_outside_the_earth_is_refused(wrong):
    with pytest.raises(InputError, match="not on the earth"):
        draw_map([place(**wrong)], language="en")


def test_no_places_are_refused():
    with pytest.raises(InputError, match="at least one place"):
        draw_map([], language="en")


def test_towns_help_to_find_the_place_and_claim_nothing():
    tehran = MapTown(label="Tehran", longitude=51.39, latitude=35.69)
    far = MapTown(label="Oslo", longitude=10.75, latitude=59.91)
    said = words_in(draw_map([place()], language="en", towns=(tehran, far)))
    assert "Tehran" in said
    assert "Oslo" not in said


def test_t39_controls_in_labels_are_shown_and_markup_is_text():
    picture = draw_map([place(label="Site\u202e<b>&")], language="fa")
    assert "Site[U+202E]<b>&" in words_in(picture)
    assert "\u202e" not in picture


def test_a_crowd_falls_back_to_numbers_rather_than_covering_labels():
    crowd = [
        place("approximate", 51 + n % 10 / 50, 35 + n // 10 / 50, label=f"Invented site number {n}",
              reference=f"r{n}")
        for n in range(120)
    ]  # fmt: skip
    said = words_in(draw_map(crowd, language="en"))
    for n in range(120):
        assert f"r{n}" in said or f"Invented site number {n}" in said


MARKS = st.lists(
    st.tuples(st.floats(30, 700), st.floats(30, 480), st.floats(20, 200), st.floats(12, 40)),
    min_size=1, max_size=15,
)  # fmt: skip
AREA = Box(0, 0, 760, 520)


def wanted(marks):
    return [Wanted(x=x, y=y, width=w, height=h, reach=9) for x, y, w, h in marks]


@given(MARKS, st.booleans())
@settings(max_examples=80, deadline=None)
def test_labels_cover_neither_labels_nor_marks_nor_leaders(marks, mirrored):
    asked = wanted(marks)
    taken = [Box(w.x - 7, w.y - 7, 14, 14) for w in asked]
    boxes = place_labels(asked, area=AREA, taken=taken, mirrored=mirrored)
    placed = [(w, b) for w, b in zip(asked, boxes, strict=True) if b is not None]
    for index, (label, box) in enumerate(placed):
        assert box.within(AREA)
        assert not any(box.meets(mark) for mark in taken)
        assert not any(box.meets(other) for _, other in placed[:index])
        line = leader(label, box)
        if line is not None:
            assert not any(other.crossed_by(line) for _, other in placed if other != box)


@given(st.tuples(*[st.floats(-20, 20)] * 4))
def test_a_segment_crosses_a_box_when_shapely_says_so(ends):
    x1, y1, x2, y2 = ends
    box = Box(-5, -5, 10, 10)
    inner = shapely.box(-4.999, -4.999, 4.999, 4.999)
    outer = shapely.box(-5.001, -5.001, 5.001, 5.001)
    line = shapely.LineString([(x1, y1), (x2, y2)])
    if inner.intersection(line).length > 1e-6:
        assert box.crossed_by(((x1, y1), (x2, y2)))
    if not outer.intersects(line):
        assert not box.crossed_by(((x1, y1), (x2, y2)))


def test_mutant_labels_that_ignore_each_other_are_caught(monkeypatch):
    monkeypatch.setattr(labels, "_is_free", lambda *_: True)
    monkeypatch.setattr(labels, "_mistakable", lambda *_: False)
    boxes = place_labels(wanted([(300, 200, 100, 20), (302, 201, 100, 20)]), area=AREA)
    assert boxes[0].meets(boxes[1])


def test_a_label_without_a_leader_stands_nearest_to_its_own_mark():
    asked = wanted([(300, 200, 100, 20), (330, 200, 100, 20), (360, 210, 100, 20)])
    taken = [Box(w.x - 7, w.y - 7, 14, 14) for w in asked]
    for label, box in zip(asked, place_labels(asked, area=AREA, taken=taken), strict=True):
        if leader(label, box) is None:
            distances = [labels._distance(other, box) for other in asked]
            assert min(distances) == labels._distance(label, box)
            assert sorted(distances)[1] >= min(distances) + 5


def test_distances_in_words():
    assert distance_words(500, ENGLISH) == "500 m"
    assert distance_words(15_000, ENGLISH) == "15 km"
    assert distance_words(1_500, load_words("fa")) == "۱٫۵ کیلومتر"


def test_longitudes_are_unwrapped_to_the_frame():
    frame = Frame(west=170, south=-20, east=190, north=-10, x=0, y=0, width=200, height=100)
    assert frame.point(-175, -15) == pytest.approx((150, 50))
    assert frame.point(175, -15) == pytest.approx((50, 50))


@pytest.mark.parametrize("language", ["en", "fa"])
def test_typst_finds_every_letter_in_the_vendored_fonts(tmp_path, language):
    # A letter without a face is drawn as nothing: the picture must differ when words do.
    named = {"en": ("Khavaran", "Khavarxn"), "fa": ("خاوران", "خاورین")}[language]
    pages = []
    for label in named:
        (tmp_path / "map.svg").write_text(
            draw_map([place(label=label)], language=language), encoding="utf-8"
        )
        (tmp_path / "page.typ").write_text('#image("map.svg", width: 160mm)', encoding="utf-8")
        pages.append(
            typst.compile(
                str(tmp_path / "page.typ"), format="png", ppi=60,
                font_paths=[str(assets.font_folder())], ignore_system_fonts=True,
            )
        )  # fmt: skip
    assert pages[0] != pages[1]
