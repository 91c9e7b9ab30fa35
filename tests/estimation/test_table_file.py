"""Overlap tables from files: every usual shape says the same; what is doubtful is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.errors import InputError
from habeas.estimation import fit, read_overlap, table_file
from habeas.estimation.overlap import Overlap
from habeas.estimation.table_file import parse_overlap

COUNTED = "A,B,C,count\n1,0,0,5\n0,1,0,4\n0,0,1,3\n1,1,0,2\n0,1,1,2\n1,1,1,1\n"
SAME = Overlap.from_counts("ABC", {"100": 5, "010": 4, "001": 3, "110": 2, "011": 2, "111": 1})


@pytest.mark.parametrize(
    "text",
    [
        COUNTED,
        COUNTED.replace(",", "\t"),
        COUNTED.replace(",", ";"),
        COUNTED.replace("count", "Freq"),
        COUNTED.replace("\n1,0,0,5", "\n\n TRUE ,false,0.0, 5.0"),
        COUNTED + "0,0,0,\n",
        COUNTED + "0,0,0,0\n",
        COUNTED.replace("\n", "\r\n"),
        "pattern,count\n100,5\n010,4\n001,3\n110,2\n011,2\n111,1\n101,0\n",
    ],
)
def test_the_shapes_of_a_table_say_the_same(text):
    lists = list("ABC") if text.startswith("pattern") else None
    assert parse_overlap(text, "x.csv", lists=lists).digest == SAME.digest


def test_one_row_a_person_is_counted():
    rows = [line[:5] for line in COUNTED.splitlines()[1:] for _ in range(int(line[6:]))]
    assert parse_overlap("A,B,C\n" + "\n".join(rows), "x.csv").digest == SAME.digest


@given(
    st.dictionaries(
        st.tuples(st.sampled_from(["north", "south", ""]), st.integers(1, 15)),
        st.integers(0, 99),
        min_size=1,
    )
)
def test_a_table_that_is_written_and_read_is_the_same(cells):
    lines = [
        f"{','.join(format(pattern, '04b')[::-1])},{place},{number}"
        for (place, pattern), number in cells.items()
    ]
    text = "A,B,C,D,place,n\n" + "\n".join(lines)
    found = parse_overlap(text, "x.csv", strata=["place"])
    assert found.observed == sum(cells.values())
    assert found.strata == tuple(sorted({(place,) for place, _ in cells}))
    for (place, pattern), number in cells.items():
        row = found.counts[found.strata.index((place,))]
        held = dict(zip(found.patterns.tolist(), row.tolist(), strict=True))
        assert held.get(pattern, 0) == number


def test_an_empty_count_is_unrecorded_not_zero():
    found = parse_overlap(COUNTED + "1,0,1,\n", "x.csv")
    assert found.unrecorded == {0b101}
    assert found.digest != parse_overlap(COUNTED + "1,0,1,0\n", "x.csv").digest


def test_names_of_columns_and_digits():
    renamed = COUNTED.replace("count", "howmany")
    assert parse_overlap(renamed, "x.csv", count="howmany").digest == SAME.digest
    named = COUNTED.replace("A,B", "n,B")
    found = parse_overlap(named, "x.csv", lists=["n", "B", "C"])
    assert found.lists == ("n", "B", "C")
    assert found.observed == 17
    assert parse_overlap("pattern,n\n10,3\n11,1\n", "x.csv").lists == ("list 1", "list 2")


def test_a_file_is_read(tmp_path):
    path = tmp_path / "جدول.csv"
    path.write_text("﻿" + COUNTED, encoding="utf-8")
    assert read_overlap(path).digest == SAME.digest
    with pytest.raises(InputError, match="cannot be read"):
        read_overlap(tmp_path / "none.csv")
    path.write_bytes(COUNTED.replace("A", "é").encode("latin-1"))
    with pytest.raises(InputError, match="not UTF-8"):
        read_overlap(path)


BAD = [
    (COUNTED.replace("0,0,1,3", "0,0,1,-3"), {}, "line 4.*no whole number"),
    (COUNTED.replace("0,0,1,3", "0,0,1,3.5"), {}, "line 4.*no whole number"),
    (COUNTED.replace("0,0,1,3", "0,0,1,nan"), {}, "line 4.*no whole number"),
    (COUNTED.replace("0,0,1,3", "0,0,1,inf"), {}, "line 4.*no whole number"),
    (COUNTED.replace("0,0,1,3", "0,0,1,NA"), {}, "line 4.*no number"),
    (COUNTED.replace("0,0,1,3", "0,0,1,1_000"), {}, "line 4.*no number"),
    (COUNTED + "1,0,0,5\n", {}, "line 8.*line 2 already"),
    (COUNTED + "0,0,0,70\n", {}, "line 8.*those on no list"),
    (COUNTED + "0,0,0,0\n0,0,0,\n", {}, "line 9.*already"),
    (COUNTED.replace("0,0,1,3", "0,0,2,3"), {}, "'C' has '2'"),
    (COUNTED.replace("0,0,1,3", "0,0,2,3"), {"lists": ["A", "B", "C"]}, "line 4.*neither 1 nor 0"),
    (COUNTED.replace("0,0,1,3", "0,0,,3"), {"lists": ["A", "B", "C"]}, "line 4.*neither 1 nor 0"),
    (COUNTED.replace("0,0,1,3", "0,0,1"), {}, "line 4.*3 cells"),
    (COUNTED.replace("A,B,C", "A,A,C"), {}, "two columns have the name"),
    (COUNTED.replace("A,B,C", "n,B,C"), {}, "may both be counts"),
    (COUNTED, {"strata": ["place"]}, "no column 'place'"),
    (COUNTED, {"count": "many"}, "no column 'many'"),
    (COUNTED, {"lists": ["A", "count"], "count": "count"}, "and as something else"),
    (COUNTED.split("\n", maxsplit=1)[0], {}, "no header with rows"),
    ("", {}, "no header with rows"),
    ("A,B\n1,0\n0,0\n", {}, "line 3.*on no list"),
    ("A,B,id\n1,0,x\n1,1,x\n", {"person": "id"}, "line 3.*'x' stands on line 2"),
    ('A,B\n1,"0\n', {}, "no table"),
    ("pattern,count\n100,1\n11,2\n", {}, "differ in length"),
    ("pattern,count\n100,1\n", {"lists": ["A", "B"]}, "3 digits, and there are 2"),
    ("pattern,other\n100,1\n", {}, "no column of counts"),
    ("pattern,count\n1x0,1\n", {}, "line 2.*neither 1 nor 0"),
    ("A,B,s,n\n1,0,x,\n1,0,y,4\n1,1,y,1\n", {"strata": ["s"]}, "none in another stratum"),
    ("count\n3\n", {}, "0 lists"),
    (COUNTED.replace("A,B,C", "A,,C"), {}, "column 2 has no name"),
    (COUNTED.replace("0,0,1,3", "0,0,1,1e15"), {}, "line 4.*more persons than there are"),
    (COUNTED, {"lists": ["A", "A", "C"]}, "'A' is named twice"),
    (COUNTED, {"lists": ["A", "B"], "strata": ["C", "C"]}, "'C' is named twice"),
    # Seven patterns with their counts are no seven persons.
    (COUNTED, {"strata": ["count"]}, "'count' has numbers"),
    (COUNTED.replace("count", "Zahl"), {"lists": ["A", "B", "C"]}, "'Zahl' has numbers"),
    ("A,B,id\n1,0,x\n1,1,\n", {"person": "id"}, "line 3.*without an id"),
]


@pytest.mark.parametrize(("text", "asked", "match"), BAD)
def test_files_that_are_no_table(text, asked, match):
    with pytest.raises(InputError, match=match):
        parse_overlap(text, "x.csv", **asked)


def test_the_mutant_that_takes_the_last_of_two_rows_is_caught(monkeypatch):
    def take(cells, cell, said, sheet, line):
        cells.counts[cell] = int(said)

    monkeypatch.setattr(table_file, "_take", take)
    assert parse_overlap(COUNTED + "1,0,0,5\n", "x.csv").observed == 17


def test_what_a_file_holds_can_be_fitted():
    assert fit(parse_overlap(COUNTED, "x.csv"), "chao").observed == 17
