"""Pictures as dots: the same dots each time, as large as the picture."""

from __future__ import annotations

import io

from PIL import Image

from habeas.drawing.figure import figure, to_svg
from habeas.drawing.raster import svg_to_png


def test_a_picture_becomes_dots():
    with figure(2, 1) as drawn:
        drawn.subplots().fill([0, 1, 1, 0], [0, 0, 1, 1], color="#1f5a7a")
        picture = to_svg(drawn)
    made = svg_to_png(picture, 100)
    assert made == svg_to_png(picture, 100)
    with Image.open(io.BytesIO(made)) as opened:
        assert opened.format == "PNG"
        assert abs(opened.width - 200) <= 2
        assert abs(opened.height - 100) <= 2
        assert (31, 90, 122) in {colour[:3] for _, colour in opened.getcolors(100_000)}
