"""Damaged workbooks of every kind: an error of ours or rows; never anything else."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from habeas.errors import HabeasError
from habeas.exchange.tables.workbook import open_workbook

FEW = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

Edit = tuple[int, int, bytes]
ODD = [b"\xff\xff\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\x7f", b"9999999", b'"', b"<", b"-1", b""]
edits = st.lists(
    st.tuples(
        st.integers(0, 1 << 20),
        st.integers(0, 40),
        st.one_of(st.sampled_from(ODD), st.binary(max_size=4)),
    ),
    min_size=1,
    max_size=12,
)
WORDS = [
    "-1", "99999999", "1e999", "nan", "", "A1", "ZZZZ1", "0", "x", "٣", "1_0", "s", "n", "d", "b",
    "e", "inlineStr", "9" * 5000, "60", "2958466", "1988-13-01", "_xD800_", "A1:XFD1048576", "2:1",
]  # fmt: skip
changes = st.lists(
    st.tuples(st.integers(0, 1 << 20), st.integers(0, 3), st.sampled_from(WORDS)),
    min_size=1,
    max_size=4,
)


def _old(workbooks) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("list")
    for row in range(6):
        for column in range(4):
            sheet.write(row, column, f"cell {row}" if row * column % 3 else row / 7)
    sheet.write_merge(6, 7, 0, 1, "merged")
    sheet.write(8, 0, 32327, xlwt.easyxf(num_format_str="YYYY-MM-DD"))
    sheet.write(8, 1, xlwt.Formula("1+1"))
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _new(workbooks) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["name", "day", "sum"], ["a", 32327, "=1+1"], ["b", 0.5, True], ["c", "d", None]):
        sheet.append(row)
    sheet["B2"].number_format = "yyyy-mm-dd"
    sheet.merge_cells("C3:C4")
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _open(workbooks) -> bytes:
    rows = (
        workbooks.ods_row("name", "day", "note")
        + '<table:table-row table:number-rows-repeated="2"><table:table-cell '
        'office:value-type="date" office:date-value="1988-07-03" table:number-columns-repeated="2"'
        ' table:number-rows-spanned="2"/><table:table-cell office:value-type="float" '
        'office:value="1.5"><text:p>1.5<text:s text:c="2"/></text:p></table:table-cell>'
        "</table:table-row>"
    )
    styles = (
        '<style:style style:name="ce1" style:family="table-cell" style:data-style-name="N1" '
        'style:parent-style-name="ce1"/>'
        '<number:date-style style:name="N1"><number:year/></number:date-style>'
    )
    return workbooks.ods(rows, styles).read_bytes()


def _read(path: Path) -> bool:
    """Whether it could be read to its end."""
    try:
        for table in open_workbook(path).tables:
            for row in table.rows():
                assert len(row.cells) == len(table.columns)
    except HabeasError:
        return False
    return True


def _edited(content: bytes, changes: list[Edit]) -> bytes:
    edited = bytearray(content)
    for place, removed, put in changes:
        at = place % (len(edited) + 1)
        edited[at : at + min(removed, len(put) if removed % 2 else removed)] = put
    return bytes(edited)


@pytest.mark.parametrize("make", [_old, _new, _open])
def test_what_is_made_can_be_read(workbooks, tmp_path: Path, make: Callable[..., bytes]) -> None:
    (tmp_path / "sound").write_bytes(make(workbooks))
    assert _read(tmp_path / "sound")


@pytest.mark.parametrize("make", [_old, _new, _open])
@FEW
@given(changes=edits)
def test_bytes_that_are_changed(
    workbooks, tmp_path: Path, make: Callable[..., bytes], changes: list[Edit]
) -> None:
    (tmp_path / "changed").write_bytes(_edited(make(workbooks), changes))
    _read(tmp_path / "changed")


@pytest.mark.parametrize("make", [_old, _new, _open])
def test_files_that_are_cut_short(workbooks, tmp_path: Path, make: Callable[..., bytes]) -> None:
    content = make(workbooks)
    for end in range(0, len(content), max(1, len(content) // 60)):
        (tmp_path / "short").write_bytes(content[:end])
        assert not _read(tmp_path / "short")


def _rewritten(xml: str, changes: list[tuple[int, int, str]]) -> str:
    """XML with tags left out, doubled, or with other values; mostly well-formed."""
    tokens = re.findall(r"<[^>]*>|[^<]+", xml)
    for place, kind, word in changes:
        at = place % len(tokens)
        if kind == 0 and not tokens[at].startswith("<"):
            tokens[at] = word
        elif kind == 1 and tokens[at].endswith("/>"):
            tokens[at] *= 2
        elif kind == 2 and tokens[at].endswith("/>"):
            tokens[at] = " "
        else:
            values = re.findall(r'"[^"]*"', tokens[at])
            if values:
                tokens[at] = tokens[at].replace(values[place % len(values)], f'"{word}"')
    return "".join(tokens)


@pytest.mark.parametrize("make", [_new, _open])
@FEW
@given(part=st.integers(0, 50), changes=changes)
def test_parts_that_are_changed(
    workbooks, tmp_path: Path, make: Callable[..., bytes], part: int,
    changes: list[tuple[int, int, str]],
) -> None:  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(make(workbooks))) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    texts = sorted(name for name, content in parts.items() if content.startswith(b"<"))
    name = texts[part % len(texts)]
    parts[name] = _rewritten(parts[name].decode(), changes).encode()
    _read(workbooks.zip(parts, "changed.zip"))
