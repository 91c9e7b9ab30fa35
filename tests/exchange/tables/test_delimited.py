"""Delimited text: encodings, delimiters, quotation marks, ragged rows. All names are invented."""

from __future__ import annotations

import csv
import io
import re
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from habeas.errors import InputError
from habeas.exchange.tables import decoding, delimited, letters
from habeas.exchange.tables.damage import damage
from habeas.exchange.tables.delimited import SWALLOWED, open_delimited
from habeas.exchange.tables.finding import BEYOND
from habeas.exchange.tables.limits import MAX_CELL, MAX_COLUMNS, MAX_LINE
from habeas.exchange.tables.table import Row, TableFile

FA = "نام,نام خانوادگی,شهر\nحسن,ساختگی پور,تبریز\nژاله,گل ساخته,اصفهان\n".replace("ی", "ي")
AR = "الاسم,المدينة\nفلان الفلاني,بغداد\nعلان العلاني,الموصل\n"

Write = Callable[[str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(content: str | bytes) -> Path:
        path = tmp_path / "list.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return written


def rows(file: TableFile, table: int = 0) -> list[Row]:
    return list(file.tables[table].rows())


def cells(file: TableFile, table: int = 0) -> list[tuple[str, ...]]:
    return [row.cells for row in rows(file, table)]


def names(file: TableFile, table: int = 0) -> list[str]:
    return [column.name for column in file.tables[table].columns]


# ---- delimiters and quotation marks


@pytest.mark.parametrize("sign", list(",;\t|،؛"))
def test_the_delimiter_is_found(write: Write, sign: str) -> None:
    file = open_delimited(write(f"نام{sign}شهر\nالف{sign}ب\nپ{sign}ت\n"))
    assert (names(file), cells(file)) == (["نام", "شهر"], [("الف", "ب"), ("پ", "ت")])
    assert file.format == ("tsv" if sign == "\t" else "csv")


def test_semicolons_before_decimal_commas(write: Write) -> None:
    assert cells(open_delimited(write("a;b\n1,5;2,5\n2,5;3\n"))) == [("1,5", "2,5"), ("2,5", "3")]


def test_the_line_that_names_the_delimiter(write: Write) -> None:
    file = open_delimited(write("sep=;\r\nname;city\r\nx;y, z\r\n"))
    assert cells(file) == [("x", "y, z")]
    assert [(line.number, line.cells) for line in file.loose] == [(1, ("sep=;",))]


def test_the_user_names_the_delimiter(write: Write) -> None:
    path = write("a~b,c\nd~e,f\n")
    assert names(open_delimited(path, delimiter="~")) == ["a", "b,c"]
    for wrong in ("", "ab", '"', "\n"):
        with pytest.raises(InputError, match="cannot part cells"):
            open_delimited(path, delimiter=wrong)


def test_quotation_marks_and_line_feeds_in_cells(write: Write) -> None:
    file = open_delimited(write('name,note\nx,"a ""b""\nc, d"\ny,z\n'))
    assert [(row.number, row.cells) for row in rows(file)] == [
        (2, ("x", 'a "b"\nc, d')), (4, ("y", "z")),
    ]  # fmt: skip


def test_a_space_between_delimiter_and_quotation_mark(write: Write) -> None:
    assert cells(open_delimited(write('name, city, x\n1, "b, c", 2\n'))) == [("1", "b, c", "2")]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('name,city\nx,"y\nz"\nw,"q\nr\n', 4),
        ('name,city\n"a ""b""",c\n"x ""y""","q\nr', 3),
        ('name,city\nx,"y\nz",\nw,"', 4),
        ('name,city\n"x\ny","z', 3),
    ],
)
def test_a_quotation_mark_that_is_never_closed(write: Write, text: str, line: int) -> None:
    with pytest.raises(InputError, match="never closed") as error:
        open_delimited(write(text))
    assert error.value.place == f"list.csv, line {line}"


def test_words_behind_a_closing_quotation_mark(write: Write) -> None:
    with pytest.raises(InputError, match="behind the closing quotation mark") as error:
        open_delimited(write('name,city\na,b\n"a","b"c\n'))
    assert error.value.place == "list.csv, line 3"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(write: Write, end: str) -> None:
    file = open_delimited(write(end.join(["name,city", "a,b", "", "c,d"])))
    assert [(row.number, row.cells) for row in rows(file)] == [(2, ("a", "b")), (4, ("c", "d"))]


def test_line_separators_of_unicode_stand_inside_of_cells(write: Write) -> None:
    assert cells(open_delimited(write("name,city\na\u2028b\x85c\x0b,d\n"))) == [
        ("a\u2028b\x85c\x0b", "d")
    ]


# ---- encodings


@pytest.mark.parametrize(
    ("codec", "text", "found"),
    [
        ("utf-8", FA, "utf-8"), ("utf-8-sig", FA, "utf-8-sig"), ("utf-16", FA, "utf-16"),
        ("utf-16-le", FA, "utf-16-le"), ("utf-16-be", FA, "utf-16-be"), ("utf-32", FA, "utf-32"),
        ("cp1256", FA, "cp1256"), ("cp1256", AR, "cp1256"), ("iso8859_6", AR, "iso8859_6"),
        ("mac_farsi", FA, "mac_farsi"), ("ascii", "name,city\na,b\n", "utf-8"),
        ("cp1252", "nom,ville\nRené,Besançon\n", "cp1252"),
    ],
)  # fmt: skip
def test_the_encoding_is_found(write: Write, codec: str, text: str, found: str) -> None:
    path = write(text.encode(codec))
    assert decoding.find_encoding(path).codec == found
    expected = list(csv.reader(io.StringIO(text)))
    file = open_delimited(path)
    assert [tuple(names(file)), *cells(file)] == [tuple(row) for row in expected]


@pytest.mark.parametrize("codec", ["utf-16-be", "utf-32-be"])
def test_marks_of_the_other_byte_order(write: Write, codec: str) -> None:
    file = open_delimited(write("\ufeff".encode(codec) + FA.encode(codec)))
    assert names(file)[0] == "نام"


def test_a_mark_is_no_letter_when_the_user_names_the_encoding(write: Write) -> None:
    path = write(("\ufeff" + FA).encode("utf-16-le"))
    assert names(open_delimited(path, encoding="utf-16-le"))[0] == "نام"
    path = write(("\ufeff" + FA).encode())
    assert names(open_delimited(path, encoding="UTF8"))[0] == "نام"


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("cp1250", "ime,grad\nHodžić,Invented\n"),  # also Hodžiæ
        ("cp1254", "ad,il\nŞahin Yıldız,Uydurma\n"),  # also Þahin Yýldýz
        ("cp1251", "имя,город\nИван,Выдуманный\nПётр,Выдуманная\n"),
        ("cp1255", "שם,עיר\nדוד,מומצא\nמשה,מומצאת\n"),
        ("cp1253", "όνομα,πόλη\nΓιώργος,Επινοημένη\n"),
        ("gbk", "姓名,城市\n张三,虚构\n李四,虚构\n"),
        ("cp1256", "علي"),  # too short
        ("latin-1", "a\xff\xfe\xfd,b\n"),
    ],
)
def test_an_encoding_that_cannot_be_told_is_asked_for(write: Write, codec: str, text: str) -> None:
    with pytest.raises(InputError, match="cannot be told") as error:
        open_delimited(write(text.encode(codec)))
    assert "--encoding" in error.value.mend
    assert names(open_delimited(write(text.encode(codec)), encoding=codec))


def test_the_users_encoding_is_checked(write: Write) -> None:
    path = write(b"name,city\na,b\n" + b"\xff\xff,c\n")
    with pytest.raises(InputError, match="byte 14 is not utf-8") as error:
        open_delimited(path, encoding="utf8")
    assert error.value.place == "list.csv, line 3"
    for wrong in ("nonsense", "zip", "unicode_escape", "utf-7", "a\0b"):
        with pytest.raises(InputError, match="there is no encoding"):
            open_delimited(path, encoding=wrong)


def test_two_encodings_in_one_file_are_refused_with_lines_and_byte(write: Write) -> None:
    path = write("نام,شهر\nالف,ب\n".encode() + "حسن,تبريز\n".encode("cp1256"))
    with pytest.raises(InputError, match="line 1 has words in UTF-8, line 3 is not") as error:
        open_delimited(path)
    assert error.value.place == "list.csv, line 3, byte 24"


def test_two_encodings_in_one_line_are_refused(write: Write) -> None:
    line = "ساختگی,".encode() + "حسن\n".encode("cp1256")
    with pytest.raises(InputError, match="other words of the same line"):
        open_delimited(write(b"name,city\n" + line * 3))


def test_mutant_without_the_look_for_utf8_reads_the_mixture_as_one(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    legacy = "\n".join(f"{one},{one}ي,ساختگي" for one in WORDS * 3).encode("cp1256")
    path = write("نام,شهر,نام خانوادگی\n".encode() + legacy)
    with pytest.raises(InputError, match="two encodings"):
        open_delimited(path)
    monkeypatch.setattr(decoding, "_multibyte", lambda line: 0)
    monkeypatch.setattr(decoding, "_UTF8_WORD", re.compile(rb"(?!)"))
    assert names(open_delimited(path))[0] != "نام"


def test_a_file_cut_off_inside_of_a_letter(write: Write) -> None:
    with pytest.raises(InputError, match="its end is missing"):
        open_delimited(write("نام,شهر\nالف,ب".encode()[:-1]))


WORDS = [
    *("حسن", "علي", "محمد", "رضا", "مريم", "زهرا", "پروين", "ژاله", "گلنار", "چنگيز", "احمد"),
    *("حسين", "فاطمه", "شيراز", "تبريز", "اصفهان", "بغداد", "سنه", "ديوار", "نادر", "كاوه"),
    *("ظريف", "غلام", "ثريا", "ذبيح", "ضياء", "قاسم", "طاهر", "صادق", "خسرو"),
]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(*[st.sampled_from(WORDS)] * 2), min_size=1, max_size=12),
    st.sampled_from(["cp1256", "iso8859_6", "mac_farsi"]),
)
def test_a_list_in_another_encoding_is_read_rightly_or_asked_about(
    write: Write, table: list[tuple[str, str]], codec: str
) -> None:
    text = "نام,شهر\n" + "\n".join(map(",".join, table))
    assume(codec != "iso8859_6" or not set(text) & set("پژگچ"))
    path = write(text.encode(codec))
    if len(set(table)) > 5:
        assert cells(open_delimited(path)) == table
    else:
        with suppress(InputError):
            assert cells(open_delimited(path)) == table


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("\ufffd\ufffd", "a letter was lost before"),
        ("ساختگی".encode().decode("cp1252", errors="ignore"), "wrong encoding before"),
        ("ساختگی".encode().decode("cp1256"), "wrong encoding before"),
        ("Renée".encode().decode("cp1252"), "wrong encoding before"),
    ],
)
def test_words_that_were_broken_before_are_a_fault(write: Write, cell: str, reason: str) -> None:
    found = rows(open_delimited(write(f"name,city\nعلی,São Paulo\nc,{cell}\n")))
    assert found[0].faults == ()
    assert [fault.column for fault in found[1].faults] == [1]
    assert reason in found[1].faults[0].reason


@given(st.text(st.sampled_from("ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهیكيىةأإآ\u200c ،؛؟")))
def test_sound_words_are_never_called_broken(text: str) -> None:
    assert damage(text) is None or re.search("[طظعغ]\\W", text)


# ---- ragged rows


def test_ragged_rows_carry_faults_and_lose_nothing(write: Write) -> None:
    found = rows(open_delimited(write("a,b,c\n1,2,3\n4,5\n6,7,8,9\n1,2,3,,\n")))
    assert [row.cells for row in found] == [
        ("1", "2", "3", ""), ("4", "5", "", ""), ("6", "7", "8", "9"), ("1", "2", "3", ""),
    ]  # fmt: skip
    assert [[fault.reason for fault in row.faults] for row in found] == [
        [],
        ["2 cells where there are 3 headers: some may be missing"],
        ["4 cells where there are 3 headers: one may have been parted in two"],
        [],
    ]


def test_mutant_without_the_count_of_cells_gives_ragged_rows_as_sound(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("a,b,c\n1,2,3\n4,5\n6,7,8,9\n")
    assert any(row.faults for row in rows(open_delimited(path)))
    monkeypatch.setattr(delimited, "_faults", lambda *_: ())
    assert not any(row.faults for row in rows(open_delimited(path)))


def test_without_header_a_row_is_ragged_beside_the_others(write: Write) -> None:
    found = rows(open_delimited(write("x,y,1\nz,w,2\nq,3\nr,s,4\n")))
    assert [bool(row.faults) for row in found] == [False, False, True, False]


def test_doubled_headers_and_headers_that_are_missing(write: Write) -> None:
    file = open_delimited(write("نام,نام,,city\na,b,c,d\n"))
    assert names(file) == ["نام", "نام (2)", "C", "city"]
    assert [column.address for column in file.tables[0].columns] == list("ABCD")


# ---- bad input


@pytest.mark.parametrize("content", ["", "\n\n", " , ,\n", "\ufeff"])
def test_an_empty_file(write: Write, content: str) -> None:
    with pytest.raises(InputError, match="the file is empty"):
        open_delimited(write(content))


def test_only_a_header(write: Write) -> None:
    assert rows(open_delimited(write("name,city\n"))) == []


@pytest.mark.parametrize(
    ("content", "message", "line"),
    [
        ("name,city\nx\0,y\n", "a NUL stands at character 2", 2),
        ("a,b\n" + "," * 1_000_000 + "\n", "1,000,001 cells", 2),
        ("a,b\n" + "," * MAX_COLUMNS + "\n", "16,385 cells", 2),
        ("a,b\nc," + "x" * (MAX_CELL + 1) + "\n", "a cell is longer", 2),
        ("a,b\nc," + "x" * 50_000_000, "longer than 4,000,000", 2),
        ("a,b\nc,d\n" + 'e,"' + "x\n" * MAX_CELL, "a cell is longer", 3),
        ("a,b\n" + '"\n",' * MAX_LINE, "longer than 4,000,000", 1_000_002),
    ],
)
def test_what_is_too_large_or_no_text(write: Write, content: str, message: str, line: int) -> None:
    with pytest.raises(InputError, match=message) as error:
        open_delimited(write(content))
    assert error.value.place == f"list.csv, line {line}"


def test_a_cell_of_the_greatest_size(write: Write) -> None:
    assert len(cells(open_delimited(write("a,b\nc," + "x" * MAX_CELL)))[0][1]) == MAX_CELL


def test_a_file_that_changes_between_two_readings(write: Write) -> None:
    file = open_delimited(write("name,city\na,b\n"))
    write("name,city\na,b\nc,d\n")
    with pytest.raises(InputError, match="changed"):
        rows(file)


def test_rows_are_streamed(write: Write) -> None:
    path = write("name,city,note\n" + "الف,ب,پ\n" * 60_000)
    tracemalloc.start()
    file = open_delimited(path)
    assert sum(1 for _ in file.tables[0].rows()) == 60_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 6_000_000


def test_a_word_that_stands_often_tells_no_more_of_the_encoding(write: Write) -> None:
    text = "نام,شهر\nحسن,بغداد" + "\nبغداد,بغداد" * 3
    with suppress(InputError):
        assert cells(open_delimited(write(text.encode("iso8859_6"))))[0] == ("حسن", "بغداد")


def test_mutant_that_counts_every_word_reads_other_letters(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters, "_HIGH_WORD", re.compile(rb"[\x80-\xff]"))
    text = "نام,شهر\nحسن,بغداد" + "\nبغداد,بغداد" * 3
    one = letters.arabic_readings(text.encode("iso8859_6"))[0]
    monkeypatch.undo()
    other = letters.arabic_readings(text.encode("iso8859_6"))[0]
    assert len(other.letters) < len("".join(text.split()))
    assert one.letters != other.letters


@pytest.mark.parametrize(
    "text",
    [
        'No,Name,City\n1,"Ali,x\n2,Reza",y\n4,Tara,z\n',
        'No,Name,Father,City\n1,"Alef,Be,x\r\n2,Pe,Te,y\r\n3,Se",Jim,z\n4,Che,He,x\n',
    ],
)
def test_rows_that_a_stray_quotation_mark_swallows_are_asked_about(write: Write, text: str) -> None:
    first, second = rows(open_delimited(write(text)))
    assert [fault.reason for fault in first.faults] == [SWALLOWED]
    assert second.faults == ()


def test_a_testimony_of_several_lines_is_no_row_that_was_swallowed(write: Write) -> None:
    text = 'No,Name,Testimony\n1,Alef,"He was, I think,\nin the yard, or, so they said,\nwas not"\n'
    assert rows(open_delimited(write(text)))[0].faults == ()


def test_a_cell_too_many_is_asked_about_though_the_header_has_room_for_it(write: Write) -> None:
    text = "Name,Age,City,\n" + "Alef,33,Be,\n" * 4 + "Alef, Pe,34,Te,\nSe,35,Jim\n"
    found = rows(open_delimited(write(text)))
    assert [row.number for row in found if BEYOND in [fault.reason for fault in row.faults]] == [6]


def test_a_column_without_header_in_which_most_rows_have_something_is_a_column(
    write: Write,
) -> None:
    found = rows(open_delimited(write("Name,Age,City,\n" + "Alef,33,Be,x\n" * 4 + "Pe,34,Te,\n")))
    assert all(row.faults == () for row in found)


def test_a_header_without_any_known_word_is_told(write: Write) -> None:
    told = open_delimited(write("Stein Anna,Berg\nHolz Otto,Tal\n")).remarks
    assert [remark for remark in told if "read as headers" in remark]
    known = open_delimited(write("Name,Wo\nHolz Otto,Tal\n")).remarks
    assert not [remark for remark in known if "read as headers" in remark]


def test_tables_side_by_side_are_told(write: Write) -> None:
    told = open_delimited(write("name,year,,city,count\na,1367,,b,3\nc,1366,,d,4\n")).remarks
    assert [remark for remark in told if remark.startswith("column C is empty")]
