from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from shapely.geometry import box

from habeas.errors import InputError
from habeas.monitoring.fine_images.fine_image import FineImage
from habeas.monitoring.fine_images.pair_figure import draw_pair

OUTLINE = box(500_020, 3_999_930, 500_060, 3_999_970)


def image(seed=0, **more):
    """Invented ground, in brown."""
    random = np.random.default_rng(seed)
    pixels = np.clip(random.normal((150, 120, 90), 12, (100, 120, 3)), 0, 255).astype(np.uint8)
    pixels[40:60, 50:80] = (200, 200, 205) if seed else (110, 130, 80)
    made = FineImage(
        pixels=np.moveaxis(pixels, -1, 0), shown=np.ones((100, 120), np.bool_), crs="EPSG:32639",
        west=500_000.0, north=4_000_000.0, resolution=1.0, original="0" * 64,
    )  # fmt: skip
    return replace(made, **more)


@pytest.fixture
def said(monkeypatch):
    from matplotlib.text import Text

    texts = []
    real = Text.set_text

    def listen(self, text):
        texts.append(str(text))
        return real(self, text)

    monkeypatch.setattr(Text, "set_text", listen)
    return texts


@pytest.mark.parametrize("language", ["en", "fa"])
def test_a_pair_is_the_same_bytes_each_time(language):
    pair = image(taken=date(2003, 5, 1), error=2.34), image(1, taken=date(2017, 9, 3))
    first = draw_pair(*pair, OUTLINE, [box(500_050, 3_999_940, 500_080, 3_999_960)],
                      language=language)  # fmt: skip
    assert first == draw_pair(*pair, OUTLINE, [box(500_050, 3_999_940, 500_080, 3_999_960)],
                              language=language)  # fmt: skip
    assert first[0].startswith(b"<?xml")
    assert first[1].startswith(b"\x89PNG")


def test_a_pair_tells_its_dates_and_errors(said):
    draw_pair(image(taken=date(2003, 5, 1), error=2.34), image(1), OUTLINE)
    words = " ".join(said)
    assert "earlier image: 2003-05-01" in words
    assert "later image: date not known" in words
    assert "off by about 2.3 m" in words
    assert "own coordinates" in words


def test_images_of_two_grids_are_no_pair():
    with pytest.raises(InputError, match="one grid"):
        draw_pair(image(), image(1, west=500_001.0), OUTLINE)
    with pytest.raises(InputError, match="before the earlier"):
        draw_pair(image(taken=date(2004, 1, 1)), image(1, taken=date(2003, 1, 1)), OUTLINE)
