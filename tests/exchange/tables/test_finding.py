"""Headers, rows and loose lines in a grid. All names are invented."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.errors import InputError
from habeas.exchange.tables import finding, headings
from habeas.exchange.tables.columns import column_letters, name_columns
from habeas.exchange.tables.finding import ALONE, BEYOND, MAY_HEAD, Found, find_tables
from habeas.exchange.tables.limits import MAX_LOOSE


def lines(text: str) -> list[tuple[int, list[str]]]:
    return [(n, row.split(",") if row else []) for n, row in enumerate(text.split("\n"), start=1)]


def found(text: str) -> Found:
    return find_tables(lines(text))


def rows(text: str, table: int = 0) -> list[tuple[str, ...]]:
    block = found(text).blocks[table]
    return [block.cells(line) for _, line in block.rows(lines(text))]


def names(text: str, table: int = 0) -> list[str]:
    return [column.name for column in found(text).blocks[table].columns]


def loose(text: str) -> list[int]:
    return [line.number for line in found(text).loose]


LIST = "ردیف,نام,نام پدر,سال\n1,الف,ب,1367\n2,پ,ت,1366"


def test_titles_above_the_header_are_loose() -> None:
    text = f"فهرست ساختگی\nتهیه:,انجمن ساختگی\n\n{LIST}"
    assert loose(text) == [1, 2]
    assert found(text).blocks[0].header_rows == (4,)
    assert names(text) == ["ردیف", "نام", "نام پدر", "سال"]
    assert len(rows(text)) == 2


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Name,Father's name,City", "Alef,Be,Pe"),
        ("الاسم,اسم الأب,المدينة", "ألف,باء,تاء"),
        ("نام,نام پدر,شهر", "الف,ب,پ"),
        ("\u200fنـام,نام‌ پدر,شهر:", "الف,ب,پ"),
    ],
)
def test_a_header_is_known_by_its_words(header: str, row: str) -> None:
    text = f"A list (invented)\n\n{header}\n{row}"
    assert (found(text).blocks[0].header_rows, loose(text)) == ((3,), [1])


def test_a_second_table_under_the_first() -> None:
    text = f"{LIST}\n\nفهرست دوم\n\nنام,شهر\nث,ج\nچ,ح"
    blocks = found(text).blocks
    assert [block.header_rows for block in blocks] == [(1,), (7,)]
    assert rows(text, 1) == [("ث", "ج"), ("چ", "ح")]
    assert loose(text) == [5]


def test_a_second_table_without_an_empty_line_between() -> None:
    text = f"{LIST}\nنام,شهر,استان\nث,ج,چ"
    assert [block.header_rows for block in found(text).blocks] == [(1,), (4,)]


def test_a_second_table_without_words_of_headers_over_figures() -> None:
    text = "name,city\nalef,be\n\nwhen,who,how\n1367,x,y\n1366,z,w"
    assert [block.header_rows for block in found(text).blocks] == [(1,), (4,)]


def test_a_row_of_words_after_an_empty_line_stays_a_row() -> None:
    text = "name,city,prison\nalef,execution,prison\n\nbe,prison,city\npe,te,se"
    assert len(found(text).blocks) == 1
    assert len(rows(text)) == 3


def test_repeated_headers_are_loose() -> None:
    text = f"{LIST}\nردیف,نام,نام پدر,سال\n3,ث,ج,1365"
    assert (loose(text), len(rows(text)), len(found(text).blocks)) == ([4], 3, 1)


@pytest.mark.parametrize(
    "total", ["جمع کل,3,,", "Total: 3", "المجموع,,,3", "Grand total,,,3", "جمع کل: ۳"]
)
def test_totals_are_loose(total: str) -> None:
    text = f"{LIST}\n{total}\n3,ث,ج,1365"
    assert (loose(text), len(rows(text))) == ([4], 3)


def test_who_is_called_like_a_total_is_a_row() -> None:
    assert len(rows("name,father,city\nTotal,Alef,Be\nSum,Pe,Te")) == 2


def test_notes_at_the_foot_are_loose() -> None:
    text = f"{LIST}\n\nتوضیح: فهرست ساختگی است\nAlles erfunden"
    assert loose(text) == [5, 6]


def test_a_lonely_cell_that_may_be_a_row_is_a_row_with_a_doubt() -> None:
    text = "name,father,city\nalef,be,pe\n\nte,,\n\nse,jim,che"
    block = found(text).blocks[0]
    assert block.doubts == {4: ALONE}
    assert len(rows(text)) == 3


def test_a_row_of_which_only_the_name_is_known_is_a_row() -> None:
    text = "name,father,city\nalef,be,pe\nte,,\nse,jim,che"
    assert (found(text).blocks[0].doubts, len(rows(text))) == ({}, 3)


def test_where_rows_often_have_little_there_is_no_doubt() -> None:
    text = "name,father,city\n" + "alef,be,pe\nte,,\n" * 40 + "\njim,,"
    block = found(text).blocks[0]
    assert block.last == 83
    assert not [number for number in block.doubts if number < 83]
    assert len(rows(text)) == 81


def test_a_sentence_under_the_last_row_is_doubted() -> None:
    text = "name,father,city\nalef,be,pe\nte,,\nCompiled by an invented association,,"
    assert found(text).blocks[0].doubts == {4: ALONE}


def test_a_title_over_the_same_header_again_is_loose() -> None:
    text = f"{LIST}\n\nفهرست دیگر\nردیف,نام,نام پدر,سال\n3,ث,ج,1365"
    assert (loose(text), len(rows(text)), len(found(text).blocks)) == ([5, 6], 3, 1)


def test_a_lone_name_over_a_page_break_is_doubted_and_a_page_number_loose() -> None:
    text = "name,father,city\nalef,be,pe\nte,,\nPage 2 of 3\nname,father,city\nse,jim,he"
    assert (loose(text), found(text).blocks[0].doubts) == ([4, 5], {3: ALONE})


def test_words_where_the_other_rows_have_their_number_are_doubted() -> None:
    text = f"{LIST}\nاستان ساختگی,,,\n3,ث,ج,1365\n4,,,"
    assert found(text).blocks[0].doubts == {4: ALONE}


def test_empty_lines_between_all_rows_say_nothing() -> None:
    text = "name,father,city\n\n" + "alef,be,pe\n\n" * 8 + "te,,\n\njim,che,he"
    block = found(text).blocks[0]
    assert (len(rows(text)), block.doubts, loose(text)) == (10, {}, [])


def test_groups_above_the_header() -> None:
    text = "ردیف,مشخصات,,محل,\n,نام,نام پدر,شهر,استان\n1,الف,ب,پ,ت"
    assert found(text).blocks[0].header_rows == (1, 2)
    assert names(text) == ["ردیف", "مشخصات / نام", "مشخصات / نام پدر", "محل / شهر", "محل / استان"]


@pytest.mark.parametrize(
    "text",
    [
        "alef,be,1367\npe,te,1366\nse,jim,1365",
        "alef,x\nbe,x\npe,x",
        "1,2",
        "a\nb\nc",
        "x,y\nx,y\nz,w",
    ],
)
def test_no_header_at_all(text: str) -> None:
    block = found(text).blocks[0]
    assert block.header_rows == ()
    assert [column.name for column in block.columns] == list("ABC"[: len(block.columns)])
    assert len(rows(text)) == len(text.split("\n"))


def test_a_header_of_unknown_words_that_is_repeated() -> None:
    assert loose("quux,blah\nalef,1367\nbe,1366\nquux,blah\npe,1365") == [4]


def test_only_a_header() -> None:
    block = found("name,city").blocks[0]
    assert (block.header_rows, block.first, block.last) == ((1,), 0, 0)


def test_nothing() -> None:
    assert found("") == Found(blocks=(), loose=())
    assert found("\n , \n\u00a0") == Found(blocks=(), loose=())


def test_columns_without_header_are_kept_when_something_stands_there() -> None:
    text = ",name,,city,,\nx,a,,b,,\n,c,,d,,e"
    assert [(c.name, c.header, c.address) for c in found(text).blocks[0].columns] == [
        ("A", "", "A"), ("name", "name", "B"), ("city", "city", "D"), ("F", "", "F"),
    ]  # fmt: skip
    assert rows(text) == [("x", "a", "b", ""), ("", "c", "d", "e")]


def test_names_of_columns_are_unique() -> None:
    columns = name_columns(["نام", " نام ", "نام (2)", "", "C"], ["A", "B", "C", "D", "E"])
    assert [column.name for column in columns] == ["نام", "نام (3)", "نام (2)", "D", "C"]
    assert columns[1].header == " نام "


@given(st.lists(st.sampled_from(["", "a", "a (2)", "A", "B", " a"]), max_size=8))
def test_names_are_unique_whatever_the_headers(headers: list[str]) -> None:
    columns = name_columns(headers, [column_letters(i) for i in range(len(headers))])
    assert len({column.name for column in columns}) == len(headers)


def test_letters() -> None:
    assert [column_letters(i) for i in (0, 25, 26, 701, 702, 16_383)] == [
        "A",
        "Z",
        "AA",
        "ZZ",
        "AAA",
        "XFD",
    ]


def test_more_loose_lines_than_are_kept_are_refused() -> None:
    text = "name,father,city\na,b,c\n" + "Total,1,2\n" * (MAX_LOOSE + 1) + "d,e,f"
    with pytest.raises(InputError, match="neither header nor row"):
        found(text)


def test_more_tables_than_are_read_are_refused() -> None:
    with pytest.raises(InputError, match="more than 100 tables"):
        found("name,city,year\ncity,name,date\n" * 60)


# ---- laws

CELLS = st.sampled_from(
    ["", "", "", " ", "نام", "شهر", "name", "city", "date", "total", "جمع کل", "Source: x", "* n",
     "1367", "۱۲", "3/4/88", "الف", "be", "pe te", "x" * 120, "note", "ردیف"]
)  # fmt: skip
GRIDS = st.lists(
    st.one_of(st.just([]), st.lists(CELLS, max_size=6), st.just(["نام", "شهر", "سال"])), max_size=40
)


def places(grid: list[list[str]]) -> dict[int, list[str]]:
    """Every line that is not empty, with what it became."""
    numbered = list(enumerate(grid, start=1))
    result = find_tables(numbered)
    became: dict[int, list[str]] = {n: [] for n, line in numbered if any(map(str.strip, line))}
    for block in result.blocks:
        for number in block.header_rows:
            became[number].append("header")
        for number, line in block.rows(numbered):
            became[number].append("row")
            kept = [cell for cell in block.cells(line) if cell.strip()]
            assert kept == [cell for cell in line if cell.strip()], "a cell was lost"
        assert set(block.doubts) <= {number for number, _ in block.rows(numbered)}
        assert len({column.name for column in block.columns}) == len(block.columns)
    for line in result.loose:
        became[line.number].append("loose")
    return became


@settings(max_examples=400)
@given(GRIDS)
def test_every_line_is_exactly_one_of_header_row_and_loose(grid: list[list[str]]) -> None:
    assert all(len(kinds) == 1 for kinds in places(grid).values())


@settings(max_examples=50)
@given(st.lists(st.tuples(st.sampled_from("abcd"), st.text("xyz", min_size=1)), min_size=1))
def test_full_rows_under_a_header_are_all_rows(grid: list[tuple[str, str]]) -> None:
    became = places([["name", "city"], *map(list, grid)])
    assert list(became.values()) == [["header"], *[["row"]] * len(grid)]


def test_mutant_that_forgets_loose_lines_breaks_the_law(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding._Finder, "_set_apart", lambda *_: None)
    assert places([["name", "city"], ["a", "b"], ["name", "city"]])[3] == []


def test_mutant_that_keeps_repeated_headers_as_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding._Finder, "_is_loose", lambda *_, **__: False)
    assert places([["name", "city"], ["a", "b"], ["name", "city"]])[3] == ["row"]


def test_mutant_that_sees_no_empty_cells_loses_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding._Growing, "take", lambda self, number, _: (
        setattr(self, "first", self.first or number), setattr(self, "last", number)))  # fmt: skip
    with pytest.raises(AssertionError, match="a cell was lost"):
        places([["name", "city"], ["a", "b", "c"]])


def test_mutant_that_takes_any_words_for_a_header_loses_a_row(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "name,city,prison\nalef,execution,prison\n\nbe,prison,city\npe,te,se"
    monkeypatch.setattr(finding, "begins_table", lambda line, *_, **__: headings._words(line) > 0)
    assert len(found(text).blocks) > 1


_GRAVES = "قبر,شمار,جا\nالف,4,شمال\nب,5,جنوب"


def test_a_second_table_with_as_many_columns_of_another_kind() -> None:
    text = f"ردیف,نام,سال\n1,پ,1367\n2,ت,1366\n\n{_GRAVES}"
    assert [block.header_rows for block in found(text).blocks] == [(1,), (5,)]
    assert rows(text, 1) == [("الف", "4", "شمال"), ("ب", "5", "جنوب")]


def test_mutant_that_does_not_compare_the_rows_puts_graves_under_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(headings.Above, "differs", lambda *_: False)
    text = f"ردیف,نام,سال\n1,پ,1367\n2,ت,1366\n\n{_GRAVES}"
    assert len(found(text).blocks) == 1


def test_words_over_figures_after_an_empty_line_are_asked_about() -> None:
    text = "name,city,seen\nalef,be,1367\npe,te,1366\n\nwer,wo,tot\nse,jim,1365\nche,he,1364"
    assert found(text).blocks[0].doubts == {5: MAY_HEAD}
    assert len(rows(text)) == 5


@pytest.mark.parametrize(
    "row", ["se,,unknown,te", "se,jim,نامعلوم,te", "se,jim,?,te", "se,jim,تابستان ۱۳۶۷,te"]
)
def test_a_row_whose_date_is_not_known_is_no_header_after_an_empty_line(row: str) -> None:
    text = f"name,father,year,city\nalef,be,1360,pe\n\n{row}\nche,he,1362,te\nkhe,re,1363,te"
    block = found(text).blocks[0]
    assert (len(found(text).blocks), len(rows(text)), block.doubts) == (1, 4, {})


def test_a_lone_name_at_the_foot_may_be_a_person() -> None:
    text = "name,father,year\nalef,be,1360\npe,te,1361\n\nse jim"
    assert (found(text).blocks[0].doubts, loose(text)) == ({5: ALONE}, [])


def test_cells_that_moved_beyond_the_last_header_are_asked_about() -> None:
    text = f"{LIST}\n,3,ث,ج,1365\n4,چ,ح,1364"
    assert found(text).blocks[0].doubts == {4: BEYOND}


def test_where_words_and_figures_stand_by_turns_a_row_of_words_is_a_row() -> None:
    group = "alef,ward,qom\nbe,12,rasht\npe,14,qom"
    text = "name,cell,city\n" + "\n\n".join([group] * 4)
    block = found(text).blocks[0]
    assert (len(found(text).blocks), len(rows(text)), block.doubts) == (1, 12, {})
