"""Writes the pages of `docs/` that come from the code: `make docs`. Tests compare them with it."""

from __future__ import annotations

from pathlib import Path

from habeas.claims.vocabulary import vocabulary
from habeas.claims.vocabulary_page import page as vocabulary_page
from habeas.cli.commands_page import page as commands_page

DOCS = Path(__file__).parent.parent / "docs"

if __name__ == "__main__":
    (DOCS / "commands.md").write_text(commands_page(), encoding="utf-8")
    (DOCS / "vocabulary.md").write_text(vocabulary_page(vocabulary()), encoding="utf-8")
