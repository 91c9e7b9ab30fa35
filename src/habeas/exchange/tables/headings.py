"""Telling a header from a row and from a title, by its words and by what stands under it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import dropwhile, pairwise, takewhile
from operator import not_

from habeas.exchange.tables.heading_words import is_figure, is_header_word, says_nothing

Cells = Sequence[str]

Line = tuple[int, Cells]
"""The number of a line (a row of a sheet, a line of a file; rising) and its cells."""

_WIDE = 256
"""Cells of a line that are looked at for words of headers."""
_NEAR = 12
"""Lines below a title within which its header stands."""
_TOLD = 3
"""Lines of several cells that may stand above a header: `Compiled by | …`, `Date | …`."""


class Above:
    """How often something, and how often a figure, stands in each column of a table."""

    def __init__(self) -> None:
        self._filled: Counter[int] = Counter()
        self._figures: Counter[int] = Counter()

    def see(self, line: Cells) -> None:
        """One more row."""
        for place, cell in enumerate(line[:_WIDE]):
            if cell.strip():
                self._filled[place] += 1
                self._figures[place] += is_figure(cell)

    def is_mixed(self, place: int) -> bool:
        """Whether words and figures both stand in a column."""
        return 0 < self._figures[place] < self._filled[place]

    def differs(self, rows: Sequence[Cells]) -> bool:
        """Whether words stand in all these rows where figures are usual in this table."""
        return any(
            figures * 2 > self._filled[place] and all(_holds_words(row, place) for row in rows)
            for place, figures in self._figures.items()
        )


def is_blank(line: Cells) -> bool:
    """Whether nothing but spaces stands in a line."""
    return not any(map(str.strip, line))


def filled(line: Cells) -> int:
    """How many cells of a line hold something."""
    return sum(map(bool, map(str.strip, line)))


def trimmed(line: Cells) -> list[str]:
    """The cells without the spaces around them and without the empty ones at the end."""
    cells = [*map(str.strip, line)]
    if cells and not cells[-1]:
        return [*dropwhile(not_, reversed(cells))][::-1]
    return cells


def is_title(line: Cells, below: Sequence[Cells]) -> bool:
    """Whether a line at the head of a grid is a title above the header.

    Args:
        line: not empty.
        below: the lines that follow, without the empty ones.
    """
    if _is_strong(line) or _is_groups(line, below):
        return False
    for offset, header in enumerate(below[:_NEAR]):
        if _is_strong(header):
            above = [filled(one) for one in (line, *below[:offset])]
            few = max(above) * 5 <= filled(header) * 3
            return few and sum(count > 1 for count in above) <= _TOLD
    counts = Counter(filled(one) for one in (line, *below))
    typical = max(counts, key=lambda count: (counts[count], count))
    return typical > 1 and filled(line) <= max(1, typical // 3)


def header_rows(line: Cells, below: Sequence[Cells]) -> int:
    """How many rows the header has that begins with this line: none, one, or two.

    Args:
        line: not empty, no title.
        below: the lines that follow, the empty ones too.
    """
    if _is_groups(line, below):
        return 2
    return int(_is_header(line, [one for one in below if not is_blank(one)]))


def begins_table(
    line: Cells, below: Sequence[Cells], *, after_gap: bool, columns: int, above: Above
) -> bool:
    """Whether a further table begins at a line under another one.

    Here it takes words of headers, or, after an empty line, figures below and something that the
    rows above have not: a row that is taken for a header would be lost, and a header that is taken
    for a row puts the rows below it under columns that are not theirs.

    Args:
        line: not empty.
        below: the lines that follow, the empty ones too.
        after_gap: an empty line or a title stands directly above.
        columns: of the table above.
        above: what stands in it.
    """
    count = filled(line[:_WIDE])
    if count < 2:
        return False
    words = _words(line)
    if words >= 2 and is_header_word(next(cell for cell in line if cell.strip())):
        return words * 2 >= count if after_gap else words * 3 >= count * 2
    if not after_gap:
        return False
    if _is_groups(line, below):
        return True
    if not _stands_over_figures(line, below):
        return False
    if filled(line) != columns:
        return max(map(filled, _directly_under(below))) <= filled(line)
    return may_head(line, below, above) and above.differs(_directly_under(below))


def may_head(line: Cells, below: Sequence[Cells], above: Above) -> bool:
    """Whether a line may be a header, no row: words over figures, and they do not say “unknown”.

    Args:
        line: not empty.
        below: the lines that follow, the empty ones too.
        above: what stands in the table above. A column in which words and figures stand by turns
            tells nothing.
    """
    if any(letter.isdigit() for cell in line[:_WIDE] for letter in cell):
        return False
    under = _directly_under(below)
    told = [
        cell
        for place, cell in enumerate(line[:_WIDE])
        if cell.strip() and not above.is_mixed(place) and _is_mostly_figures(place, under)
    ]
    return len(under) >= 2 and bool(told) and not any(map(says_nothing, told))


def headers(rows: Sequence[Cells]) -> list[str]:
    """The words above each place of the grid; of two rows, group and column: `Birth / year`."""
    if len(rows) < 2:
        return list(rows[0]) if rows else []
    width = max(map(len, rows))
    upper, lower = ([*row, *[""] * (width - len(row))] for row in rows)
    group, joined = "", []
    for above, under in zip(upper, lower, strict=True):
        if above.strip():
            group = above if under.strip() else ""
        if under.strip() and group:
            joined.append(f"{group.strip()} / {under.strip()}")
        else:
            joined.append(under if under.strip() else above)
    return joined


def _words(line: Cells) -> int:
    return sum(map(is_header_word, line[:_WIDE]))


def _is_strong(line: Cells) -> bool:
    """Words of headers in at least half of the cells, and in two of them."""
    words = _words(line)
    return words >= 2 and words * 2 >= filled(line[:_WIDE])


def _is_groups(line: Cells, below: Sequence[Cells]) -> bool:
    """Whether a line names groups of columns, and the line under it the columns."""
    if not below or is_blank(below[0]) or any(map(is_figure, line)):
        return False
    under = below[0]
    at = [place for place, cell in enumerate(line) if cell.strip()]
    gaps = [gap for one, other in pairwise(at) for gap in range(one + 1, other)]
    if not any(gap < len(under) and under[gap].strip() for gap in gaps):
        return False
    return _is_strong(under) and filled(under) >= filled(line)


def _is_header(line: Cells, below: Sequence[Cells]) -> bool:
    """Whether the first full line of a grid is its header. Files mostly have one."""
    count, words = filled(line[:_WIDE]), _words(line)
    if words * 2 >= count:
        return True
    if count == 1:
        return False
    figures = [place for place, cell in enumerate(line) if is_figure(cell)]
    if len(figures) * 2 >= count or (figures and not below):
        return False
    if any(_is_mostly_figures(place, below) for place in figures):
        return False
    return words > 0 or not _recurs(line, below)


def _recurs(line: Cells, below: Sequence[Cells]) -> bool:
    """Whether a cell stands in its column again: then it is a value."""
    others = below
    if _stands_over_figures(line, below):  # a header that may be repeated at every page
        others = [other for other in below if trimmed(other) != trimmed(line)]
    return any(
        cell.strip() and place < len(other) and other[place] == cell
        for other in others
        for place, cell in enumerate(line)
    )


def _is_mostly_figures(place: int, below: Sequence[Cells]) -> bool:
    values = [one[place] for one in below if place < len(one) and one[place].strip()]
    return bool(values) and sum(map(is_figure, values)) * 2 > len(values)


def _holds_words(line: Cells, place: int) -> bool:
    cell = line[place] if place < len(line) else ""
    return cell.strip() != "" and not is_figure(cell)


def _stands_over_figures(line: Cells, below: Sequence[Cells]) -> bool:
    """Words in a line and, in the lines up to the next empty one, figures under one of them."""
    if any(map(is_figure, line)):
        return False
    under = _directly_under(below)
    return len(under) >= 2 and any(
        cell.strip() and _is_mostly_figures(place, under) for place, cell in enumerate(line)
    )


def _directly_under(below: Sequence[Cells]) -> list[Cells]:
    """The lines up to the next empty one."""
    return [*takewhile(lambda one: not is_blank(one), below)]
