"""What stands on the screen: tables that hold two directions of writing, progress, JSON.

Every line of data is wrapped first and isolated afterwards (UAX #9), so that neither Persian nor
Latin moves its neighbours; letters are never shaped here, the terminal does that. Characters that
could steer the terminal are shown as their code.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.measure import Measurement
    from rich.table import Table

    from habeas.drawing.bidi import Direction

Advance = Callable[[int], None]

_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
"""The blocks of Unicode whose letters run from right to left."""


def emit(document: Any) -> None:
    """Write a document as the one JSON text on standard output."""
    import msgspec

    text = msgspec.json.format(msgspec.json.encode(document), indent=2)
    sys.stdout.write(text.decode() + "\n")


def screen() -> Console:
    """Standard output for people: no markup, no emoji, nothing highlighted by guess."""
    from rich.console import Console

    return Console(markup=False, emoji=False, highlight=False)


def margin() -> Console:
    """Standard error: progress, warnings, questions."""
    from rich.console import Console

    return Console(stderr=True, markup=False, emoji=False, highlight=False)


def warn(words: str) -> None:
    """A warning on standard error."""
    from habeas.drawing.bidi import show_controls

    sys.stderr.write(f"warning: {show_controls(words)}\n")


def say(words: str) -> None:
    """One sentence on standard output; data in it must have been isolated."""
    sys.stdout.write(words + "\n")


def isolated(text: str) -> str:
    """One line of data inside a sentence of ours; marks only where they are needed."""
    from habeas.drawing.bidi import direction_of, show_controls

    return _one_line(show_controls(text), direction_of(text))


class Words:
    """Words of a source or a label in a cell: wrapped to the cell, then isolated line by line.

    Args:
        text: as it stands.
        style: a style of Rich.
    """

    def __init__(self, text: str, style: str = "") -> None:
        from habeas.drawing.bidi import show_controls

        self.text = show_controls(text.expandtabs(4))
        self.style = style

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        from rich.measure import Measurement
        from rich.text import Text

        return Measurement.get(console, options, Text(self.text))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from rich.text import Text

        from habeas.drawing.bidi import direction_of

        for paragraph in self.text.split("\n"):
            base = direction_of(paragraph)
            for line in Text(paragraph).wrap(console, options.max_width):
                shown = _one_line(line.plain.rstrip(), base)
                yield Text(shown, style=self.style, no_wrap=True, end="\n")


def _one_line(text: str, base: Direction) -> str:
    """One line with everything in it isolated that would move its neighbours."""
    from habeas.drawing.bidi import LRI, PDI, RLI, Output, isolate_within

    if not _RIGHT_TO_LEFT.search(text):
        return text  # nothing can move, and what is copied from the screen stays clean
    begin = RLI if base == "rtl" else LRI
    return f"{begin}{isolate_within(text, Output.PLAIN, base=base)}{PDI}"


def table(*headings: str, leading: int = 0) -> Table:
    """A table with a rule under its head and no other lines.

    Args:
        headings: of the columns.
        leading: blank lines between rows, for rows of several lines.
    """
    from rich import box
    from rich.table import Table

    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, leading=leading)
    for heading in headings:
        made.add_column(Words(heading, "bold"), overflow="fold", vertical="top")
    return made


@contextmanager
def progress(what: str, total: int | None, *, silent: bool) -> Iterator[Advance]:
    """A bar on standard error; nothing when nobody is looking.

    Args:
        what: is being done.
        total: how many steps; None when it is not known.
        silent: for machines.
    """
    if silent or not sys.stderr.isatty():
        yield _ignore
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(),
        TimeElapsedColumn(),
    )  # fmt: skip
    with Progress(*columns, console=margin(), transient=True) as bars:
        task = bars.add_task(what, total=total)

        def advance(steps: int) -> None:
            bars.advance(task, steps)

        yield advance


def _ignore(_: int) -> None:
    return
