"""The pictures of a watched site: what they say, what they leave out, the same bytes each time."""

from __future__ import annotations

import importlib.util
import re
from collections import Counter
from datetime import date
from pathlib import Path

import matplotlib.axes
import numpy as np
import pytest
import shapely.affinity

from habeas.drawing import bidi
from habeas.errors import InputError
from habeas.monitoring.figures import chips, curve, footprint, ground, wording

_spec = importlib.util.spec_from_file_location("watched", Path(__file__).parent / "watched.py")
watched = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(watched)

DAY = re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?")
PLACE = re.compile(r"\{[a-z]*\}")


@pytest.fixture(scope="module")
def cube():
    return watched.cube(step=40)


def draw(kind, cube, language):
    found = watched.disturbance()
    match kind:
        case "chips":
            return chips.draw_chips(cube, watched.OUTLINE, found, language=language)
        case "curve":
            return curve.draw_curve(watched.assessment(cube), language=language)
        case _:
            return footprint.draw_footprint(cube, watched.OUTLINE, [found], language=language)


@pytest.fixture
def said(monkeypatch):
    """Every text that is put on a figure, as Matplotlib gets it."""
    from matplotlib.text import Text

    texts = []
    real = Text.set_text

    def listen(self, text):
        texts.append(str(text))
        return real(self, text)

    monkeypatch.setattr(Text, "set_text", listen)
    return texts


@pytest.mark.parametrize(
    ("kind", "language"), [("chips", "fa"), ("curve", "en"), ("footprint", "fa")]
)
def test_the_same_values_give_the_same_bytes(kind, language, cube):
    one, other = draw(kind, cube, language), draw(kind, cube, language)
    assert one == other
    assert one.startswith(b"<?xml")


def bare_days(texts):
    """Dates among Persian letters that nothing isolates: they would be shown reversed."""
    found = []
    for text in texts:
        inside = re.sub(f"{bidi.LRI}[^{bidi.PDI}]*{bidi.PDI}", "", text)
        if DAY.search(inside) and bidi.direction_of(inside.replace(bidi.RLI, "")) == "rtl":
            found.append(text)
    return found


@pytest.mark.parametrize("kind", ["chips", "curve"])
def test_a_date_among_persian_words_is_isolated(kind, cube, said, monkeypatch):
    draw(kind, cube, "fa")
    assert any(DAY.search(text) and bidi.RLI in text for text in said)
    assert not bare_days(said)
    said.clear()
    monkeypatch.setattr(chips if kind == "chips" else curve, "words", lambda text, _: text)
    draw(kind, cube, "fa")  # the mutant: words as they come
    assert bare_days(said)


def test_a_map_bears_no_coordinates_unless_asked(cube, said):
    found = [watched.disturbance()]
    footprint.draw_footprint(cube, watched.OUTLINE, found)
    assert not [text for text in said if re.search(r"[0-9]{6}|EPSG", text)]
    footprint.draw_footprint(cube, watched.OUTLINE, found, coordinates=True)
    assert [text for text in said if "EPSG:32639" in text]


def test_both_images_are_stretched_alike(cube):
    places = ground.two_dates(cube, watched.disturbance())
    before, after = chips._stretched(cube, places, chips.COMPOSITIONS["true_colour"])
    still = np.ones(before.shape[:2], dtype=bool)
    still[6:10, 6:10] = False
    assert abs(before[still].mean() - after[still].mean()) < 0.1
    assert after[~still].mean() > before[~still].mean() + 0.3


def test_the_images_shown_lie_on_both_sides_of_the_change_and_are_clear():
    cube = watched.cube()
    found = watched.disturbance()
    before, after = ground.two_dates(cube, found)
    for band in cube.data_vars:
        cube[band].values[before, :8] = np.nan  # half of the nearest image is under cloud
    other, same = ground.two_dates(cube, found)
    assert other == before - 1
    assert same == after
    assert ground.day_of(cube["time"].values[other]) <= found.last_without
    assert ground.day_of(cube["time"].values[after]) >= found.alarm


@pytest.mark.parametrize("gradual", [True, None])
def test_a_slow_change_is_shown_a_year_later_in_the_same_season(gradual):
    cube = watched.cube()
    found = watched.disturbance(gradual=gradual)
    before, after = ground.two_dates(cube, found)
    days = cube["time"].values.astype("datetime64[D]")
    assert abs((days[after] - days[before]).astype(int) - 365) <= 10
    early = cube.isel(time=slice(0, after - 3))  # the watch has no image of then yet
    assert ground.two_dates(early, found) == (before, early.sizes["time"] - 1)
    for band in cube.data_vars:
        cube[band].values[after, :8] = np.nan
    assert abs(ground.two_dates(cube, found)[1] - after) == 1


def test_a_picture_shows_the_site_and_a_little_around_it(cube):
    outline = watched.CHANGED
    part = ground.around(cube, outline)
    west, east, south, north = ground.extent(part)
    assert west <= outline.bounds[0] - 45
    assert east >= outline.bounds[2] + 45
    assert (east - west, north - south) <= (160, 160)
    with pytest.raises(InputError, match="outside of the images"):
        ground.around(cube, shapely.affinity.translate(outline, 5_000, 0))


def test_a_change_with_images_on_one_side_only_is_not_drawn(cube):
    late = cube.sel(time=slice("2021-06-01", None))
    with pytest.raises(InputError, match="no image on one side"):
        chips.draw_chips(late, watched.OUTLINE, watched.disturbance())


@pytest.mark.parametrize(
    ("bands", "names"),
    [
        ((), ["true_colour", "false_colour"]),
        (("green", "red", "nir", "swir16"), ["false_colour"]),
        (("red", "green", "blue"), ["true_colour"]),
        (("red", "nir"), ["single_band"]),
    ],
)
def test_what_bands_there_are_decides_what_is_shown(bands, names):
    cube = watched.cube(step=60, bands=bands)
    assert [name for name, _ in chips._compositions(cube)] == names
    if names == ["single_band"]:
        assert draw("chips", cube, "en").startswith(b"<?xml")


def test_time_runs_with_the_writing(cube, monkeypatch):
    drawn = {}
    real = matplotlib.axes.Axes.invert_xaxis
    monkeypatch.setattr(
        matplotlib.axes.Axes, "invert_xaxis", lambda axes: drawn.update(turned=1) or real(axes)
    )
    draw("curve", cube, "en")
    assert not drawn
    draw("curve", cube, "fa")
    assert drawn


def test_several_disturbances_are_told_apart_without_colour(cube, said):
    found = (
        watched.disturbance(),
        watched.disturbance(alarm=date(2021, 10, 1), earliest=date(2021, 8, 1),
                            latest=date(2021, 9, 20)),
    )  # fmt: skip
    footprint.draw_footprint(cube, watched.OUTLINE, found)
    curve.draw_curve(watched.assessment(cube, found))
    assert any("changed ground 2: about 1,600" in text for text in said)
    assert any(text.startswith("2: alarm 2021-10-01") for text in said)


def test_where_changed_ground_is_not_watched_is_drawn_and_told(cube, said):
    spells = ((date(2021, 4, 9), date(2021, 9, 30)), (date(2022, 1, 1), date(2022, 5, 25)))
    curve.draw_curve(watched.assessment(cube, unwatched=spells))
    assert said.count("what had changed is not watched") == 1
    beside = curve.describe_curve(watched.assessment(cube, unwatched=spells), "en")
    assert "From 2021-04-09 to 2021-09-30 what had changed is not watched." in beside
    assert "not watched" not in curve.describe_curve(watched.assessment(cube), "en")
    said.clear()
    curve.draw_curve(watched.assessment(cube))
    assert "what had changed is not watched" not in said


def test_without_a_curve_nothing_is_drawn():
    nothing = watched.assessment(found=(), status="cannot_assess", curve=None,
                                 reasons=("12 clear dates of 30",))  # fmt: skip
    with pytest.raises(InputError, match="no curve"):
        curve.draw_curve(nothing)


def test_the_words_beside_a_picture_state_no_fact(cube):
    found = watched.disturbance()
    for language, doubt in (("en", "suggests"), ("fa", "پیشنهاد")):
        assert doubt in chips.describe_chips(cube, watched.OUTLINE, found, language)
    quiet = watched.assessment(cube, ())
    assert "does not mean that nothing happened" in curve.describe_curve(quiet, "en")
    assert "no change" not in curve.describe_curve(quiet, "en")
    assert "2021-04-09" in curve.describe_curve(watched.assessment(cube), "fa")
    assert "1,600 square metres in one part." in footprint.describe_footprint([found], "en")
    assert "3,200 square metres in 2 parts." in footprint.describe_footprint([found, found], "en")
    assert "یکپارچه" in footprint.describe_footprint([found], "fa")


def test_every_word_is_there_in_both_languages():
    english, persian = (wording.load_words(language).entries for language in ("en", "fa"))
    assert set(english) == set(persian)
    for key, said in english.items():
        assert Counter(PLACE.findall(said)) == Counter(PLACE.findall(persian[key])), key


@pytest.mark.parametrize(("metres", "length"), [(40, 20), (9.9, 5), (100, 100), (260, 200)])
def test_a_scale_bar_has_a_round_length(metres, length):
    assert ground.round_length(metres) == length
