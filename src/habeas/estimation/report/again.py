"""How to come to the same card again: the table beside it, and the command."""

from __future__ import annotations

import csv
import io
import shlex
from typing import Final

from habeas.estimation.fitting import METHODS
from habeas.estimation.overlap import Overlap
from habeas.estimation.report.card import Card
from habeas.estimation.wording import Language

TABLE: Final = "table.csv"
"""The file of the table, beside the page."""

AGAIN: Final = "again"
"""The folder that the command writes."""


def command_of(card: Card, language: Language) -> str:
    """The command that makes the card again from the table beside it."""
    asked = card.asked
    words = ["habeas", "estimate", "report", TABLE, "--out", AGAIN, "--lang", language]
    if card.overlap.stratified_by:
        words += ["--strata", ",".join(card.overlap.stratified_by)]
    if asked.methods != tuple(METHODS):
        words += ["--method", ",".join(asked.methods)]
    words += ["--level", f"{asked.level:g}", "--seed", str(asked.seed)]
    for code, reason in asked.override.items():
        words += ["--override", f"{code}={reason}"]
    for method, options in asked.options.items():
        for name, value in options.items():
            words += ["--option", f"{method}.{name}={value}"]
    if asked.origin:
        words += ["--origin", asked.origin]
    return shlex.join(words)


def reproduce_text(card: Card, language: Language) -> str:
    """`reproduce.txt`: the command, and what it must find."""
    return (
        f"{command_of(card, language)}\n\n"
        f"Run it in this folder. It reads {TABLE}, whose table has the SHA-256\n"
        f"{card.overlap.digest}\n"
        f"Made with Habeas {card.version}, seed {card.asked.seed}. report.json holds every value.\n"
    )


def table_file(overlap: Overlap) -> str:
    """The table as `read_overlap` takes it: columns of strata, of the lists, and the count.

    Patterns that could not be recorded have no count.
    """
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow([*overlap.stratified_by, *overlap.lists, "count"])
    for labels, counts in zip(overlap.strata, overlap.counts, strict=True):
        for pattern, count in zip(overlap.patterns, counts, strict=True):
            writer.writerow([*labels, *_bits(int(pattern), overlap.k), int(count)])
        for pattern in sorted(overlap.unrecorded):
            writer.writerow([*labels, *_bits(pattern, overlap.k), ""])
    return written.getvalue()


def _bits(pattern: int, k: int) -> list[int]:
    return [pattern >> bit & 1 for bit in range(k)]
