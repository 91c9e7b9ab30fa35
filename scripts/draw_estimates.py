"""Draws the pictures of docs/estimation-report.md from the table of Kosovo, the same each time.

uv run python scripts/draw_estimates.py
"""

from __future__ import annotations

from pathlib import Path

from habeas.estimation.figures.picture import to_picture
from habeas.estimation.report.card import Asked, Card, make_card
from habeas.estimation.report.charts import charts_of
from habeas.estimation.table_file import read_overlap
from habeas.estimation.wording import Language

ROOT = Path(__file__).parent.parent
TABLE = ROOT / "examples" / "tables" / "kosovo.csv"
IMAGES = ROOT / "docs" / "images"

SHOWN: tuple[tuple[str, Language], ...] = (
    ("overlaps", "en"),
    ("forest", "en"),
    ("forest", "fa"),
    ("consistency", "en"),
    ("sensitivity", "en"),
)
"""Charts of the page, each in a language."""


def pictures(card: Card) -> dict[str, bytes]:
    """The PNG files of the page, by name."""
    charts = {chart.name: chart for chart in charts_of(card)}
    return {
        f"estimate-{name}-{language}.png": to_picture(charts[name], language).png
        for name, language in SHOWN
    }


if __name__ == "__main__":
    made = make_card(read_overlap(TABLE), Asked())
    for file, content in pictures(made).items():
        (IMAGES / file).write_bytes(content)
