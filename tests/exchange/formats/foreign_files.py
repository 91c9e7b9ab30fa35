"""What the tests of the formats of other systems share: small invented files, read and planned."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

from habeas.errors import HabeasError
from habeas.exchange.lists.proposing import propose
from habeas.exchange.lists.row_reading import ReadRow, read_row
from habeas.exchange.lists.row_rules import compile_rules
from habeas.exchange.tables.reading import open_table_file
from habeas.exchange.tables.table import Row, Table, TableFile


def written(folder: Path, content: str | bytes, name: str = "list") -> Path:
    """A file with this content; its name tells nothing."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def opened(folder: Path, content: str | bytes) -> TableFile:
    """The content as tables."""
    return open_table_file(written(folder, content))


def cell(table: Table, row: Row, column: str) -> str:
    """A cell by the name of its column."""
    return row.cells[[one.name for one in table.columns].index(column)]


def said(file: TableFile, **changes: object) -> list[ReadRow]:
    """What each row says under the mapping that is proposed, with changes to it."""
    import msgspec

    mapping = msgspec.structs.replace(propose(file, "source:invented").mapping, **changes)
    return [
        read_row(row, compile_rules(mapping, table), f"{mapping.subject}:x")
        for table in file.tables
        for row in table.rows()
    ]


def located(file: TableFile, kind: str = "approximate") -> list[ReadRow]:
    """As `said`, once somebody told of what kind the positions are."""
    import msgspec

    mapping = propose(file, "source:invented").mapping
    rules = tuple(
        msgspec.structs.replace(rule, location_kind=kind) if rule.predicate == "location" else rule
        for rule in mapping.claims
    )
    return said(file, claims=rules)


def read_whole(path: Path) -> None:
    """Reads everything; what is refused is refused as it should be."""
    try:
        for table in open_table_file(path).tables:
            for _ in table.rows():
                pass
    except HabeasError:
        pass


@st.composite
def broken(draw: st.DrawFn, whole: bytes) -> bytes:
    """A file of which some bytes were changed, taken out or put in."""
    data = bytearray(whole)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        cut = draw(st.integers(0, 8))
        data[at : at + cut] = draw(st.binary(max_size=8))
    return bytes(data)
