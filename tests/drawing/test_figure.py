"""Charts: our faces, both directions, the same bytes each time."""

from __future__ import annotations

import pytest

from habeas.drawing import assets
from habeas.drawing.figure import figure, to_png, to_svg, words


def draw(language, text):
    with figure(4, 2, language) as drawn:
        axes = drawn.subplots()
        axes.plot([1, 2, 3], [3, 1, 2])
        axes.set_title(words(text, language))
        return to_svg(drawn), to_png(drawn, 100)


@pytest.mark.parametrize(
    ("language", "text"), [("en", "Kosovo, 4 lists"), ("fa", "برآورد شمار، 1988-07-28")]
)
def test_the_same_figure_gives_the_same_bytes(language, text):
    first, second = draw(language, text), draw(language, text)
    assert first == second
    assert first[0].startswith(b"<?xml")
    assert first[1].startswith(b"\x89PNG")


def test_nothing_in_it_tells_of_this_machine_or_day():
    made, picture = draw("en", "x")
    assert b"<dc:date>" not in made
    assert b"Matplotlib" not in picture


def test_every_letter_has_a_face(recwarn):
    """Matplotlib warns of a letter that no face has; warnings are errors here."""
    draw("fa", "گورهای دسته‌جمعی، پژوهش و برآورد ۱۲۳ ابهام ۀ (OSCE)")
    assert not recwarn.list


def test_words_of_two_directions_are_isolated():
    assert words("plain") == "plain"
    shown = words("بازهٔ 1988-07-28", "fa")
    assert "\u2066" in shown
    assert shown.endswith("\u2069")


def test_the_faces_are_the_vendored_ones():
    import matplotlib.font_manager as fonts

    draw("en", "x")
    found = fonts.findfont(assets.ARABIC, fallback_to_default=False)
    assert "drawing/assets/fonts" in found.replace("\\", "/")
