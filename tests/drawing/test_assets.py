"""Vendored files are the ones listed, licensed, and readable."""

import hashlib
import tomllib

import pytest
import shapely

from habeas.drawing import assets
from habeas.errors import IntegrityError

LISTED = {entry.path: entry for entry in assets.manifest()}


def test_every_file_is_listed_and_every_listed_file_is_there():
    found = {
        path.relative_to(assets.FOLDER).as_posix()
        for path in assets.FOLDER.rglob("*")
        if path.is_file()
    }
    assert found == set(LISTED) | {"manifest.toml"}


@pytest.mark.parametrize("path", sorted(LISTED))
def test_the_hash_of_each_file_is_the_listed_one(path):
    content = (assets.FOLDER / path).read_bytes()
    assert hashlib.sha256(content).hexdigest() == LISTED[path].sha256


def test_each_file_names_its_origin_version_and_a_licence_text_that_is_here():
    packages = tomllib.loads((assets.FOLDER / "manifest.toml").read_text("utf-8"))["package"]
    origins = tuple(package["origin"] for package in packages)
    assert all(len(package["sha256"]) == 64 for package in packages)
    for entry in LISTED.values():
        assert entry.version
        assert entry.made
        assert entry.origin.startswith((*origins, "https://www.naturalearthdata.com/"))
        assert (assets.FOLDER / entry.licence_file).read_text("utf-8").strip()
        assert entry.licence in {"OFL-1.1", "public domain"}


def test_the_folder_stays_small():
    assert sum(p.stat().st_size for p in assets.FOLDER.rglob("*") if p.is_file()) < 2_500_000


@pytest.fixture
def changed_font(tmp_path, monkeypatch):
    """A copy of the assets in which one byte of one font was changed."""
    for path in LISTED:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes((assets.FOLDER / path).read_bytes())
    font = tmp_path / "fonts" / "Vazirmatn-Regular.ttf"
    content = bytearray(font.read_bytes())
    content[1000] ^= 1
    font.write_bytes(content)
    monkeypatch.setattr(assets, "FOLDER", tmp_path)
    return "fonts/Vazirmatn-Regular.ttf"


def test_a_changed_file_is_refused(changed_font):
    with pytest.raises(IntegrityError, match="was changed"):
        assets.read_asset(changed_font)
    with pytest.raises(IntegrityError, match="was changed"):
        assets.font_folder()


def test_mutant_without_the_hash_check_a_changed_file_passes(changed_font, monkeypatch):
    expected = LISTED[changed_font].sha256

    class Agreeable:
        def hexdigest(self):
            return expected

    monkeypatch.setattr(assets.hashlib, "sha256", lambda _: Agreeable())
    assert assets.read_asset(changed_font)


def test_a_missing_or_unlisted_file_is_refused(tmp_path, monkeypatch):
    with pytest.raises(IntegrityError, match="not in the manifest"):
        assets.read_asset("fonts/../../__init__.py")
    monkeypatch.setattr(assets, "FOLDER", tmp_path)
    with pytest.raises(IntegrityError, match="cannot be read"):
        assets.read_asset("outlines/land.bin")


def test_outlines_hold_the_world_as_it_is():
    land = [shapely.Polygon(ring.points).buffer(0) for ring in assets.outline("land")]

    def dry(longitude, latitude):
        return any(shapely.contains_xy(polygon, longitude, latitude) for polygon in land)

    assert dry(51.39, 35.69)  # Tehran
    assert dry(18.41, 43.86)  # Sarajevo
    assert not dry(-30.0, 30.0)  # mid-Atlantic
    lakes = [shapely.Polygon(ring.points).buffer(0) for ring in assets.outline("lakes")]
    assert any(shapely.contains_xy(lake, 33.0, -1.0) for lake in lakes)  # Victoria
    for layer in ("land", "lakes", "countries", "provinces"):
        for ring in assets.outline(layer):
            west, south, east, north = ring.bounds
            assert -180 <= west <= east <= 180
            assert -90 <= south <= north <= 90.001


def test_country_names_come_in_both_languages():
    names = {name.en: name.fa for name in assets.country_names()}
    assert names["Iran"] == "ایران"
    assert names["Bosnia and Herzegovina"] == "بوسنی و هرزگوین"
    assert len(names) == 177


def test_font_rules_point_to_files_or_carry_them():
    linked = assets.font_faces(folder="fonts")
    assert all(f"fonts/{name}" in linked for name in assets.web_fonts())
    carried = assets.font_faces()
    assert carried.count("data:font/woff2;base64,") == len(assets.web_fonts()) == 4
    assert "http" not in carried


def test_widths_are_those_of_tabular_figures():
    latin = assets.advances(assets.LATIN)
    assert len({latin[ord(digit)] for digit in "0123456789"}) == 1
    assert assets.advances(assets.ARABIC)[ord("خ")] > 0
