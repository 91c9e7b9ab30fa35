#!/usr/bin/env python3
"""Write the three messy lists under tests/exchange/lists/messy.

Everybody in them is invented: the surnames are Persian words for household things that nobody
bears, and each list says so in its title. The lists are messy on purpose, as lists of victims
arrive; `<name>.expected.yaml` beside each, written by hand, says what a careful reader makes of it.

Run by hand when a list changes: `uv run python scripts/write_messy_lists.py [FOLDER]`. The bytes
are the same on every run with the same xlsxwriter.
"""

from __future__ import annotations

import datetime
import json
import sys
from pathlib import Path
from typing import TypeAlias

import xlsxwriter

FOLDER = Path(__file__).parents[1] / "tests" / "exchange" / "lists" / "messy"
TITLE = "فهرست ساختگی / invented list"
TOWN = "شهر ساختگی"

Cell: TypeAlias = str | int | datetime.date | None

FIRST_TABLE: tuple[tuple[Cell, ...], ...] = (
    ("ردیف", "نام و نام خانوادگی", "نام پدر", "Name", "تاریخ", "تاریخ", "محل", "یادداشت"),
    (1, "لیلا لیوان\u200cپور", "منصور", "Leila Livanpour", "۶ مرداد ۱۳۶۷",
     datetime.date(1982, 3, 5), TOWN, "داخلی ۱"),
    (2, "بهرام قندان\u200cزاده", "یوسف", "Bahram Ghandanzadeh", "1367/5/6",
     datetime.date(1981, 10, 2), TOWN, None),
    (3, "بهرام  قندانزاده", "يوسف", "Bahraam Qandanzade", "مرداد ۶۷",
     "2 October 1981", TOWN, None),
    (4, "پروین چمدان\u200cفر", "نادر", "Parvin Chamedanfar", "تابستان ۱۳۶۷",
     datetime.date(1983, 1, 9), TOWN, "در ردیف پنهان"),
    (5, "سهراب کتری\u200cنژاد", None, "فرزند جواد", 1367, "1360/7/10", TOWN, None),
    (6, "رضا آبپاش\u200cزاده فرزند کریم", None, "Reza Abpashzadeh", "5 Mordad 1367",
     "10 Mehr 1360 (2 October 1981)", TOWN, None),
    (7, "شیرین دکمه\u200cچی\u200cفر", "احمد", "Shirin Dokmechifar", "شهریور ۱۳۶۷",
     datetime.date(1982, 6, 1), TOWN, None),
    (8, "کاوه نعلبکی\u200cپور", "حسن", "Kaveh Nalbekipour", "شهریور ۱۳۶۷",
     datetime.date(1982, 6, 2), None, None),
    (9, "مینا سماورزاد", "علی", "Mina Samavarzad", "05/06/67", "?", TOWN, None),
    (10, None, "رحیم", None, "۸ مرداد ۱۳۶۷", None, TOWN, None),
)  # fmt: skip
"""Rows 4 to 14 of the first sheet. Two columns are headed alike."""

SECOND_TABLE: tuple[tuple[Cell, ...], ...] = (
    ("نام", "نام خانوادگی", "نام پدر", "تاریخ تولد", "سن"),
    ("نسرین", "پنجره\u200cباد", "غلام", "۱۳۴۰", "۲۷"),
    ("نسرین", "پنجره باد", "غلام", 1340, 27),
    ("Nasrin", "Panjarehbad", "Gholam", 2535, 12),
    ("هوشنگ", "ملاقه\u200cای\u200cفر", None, "۳۰ اسفند ۱۳۴۱", None),
)
"""Rows 18 to 22 of the first sheet."""

SECOND_SHEET: tuple[tuple[Cell, ...], ...] = (
    ("Name", "Father", "Date of birth", "Date of death", "Remark"),
    ("Livanpour, Leila", "Mansour", datetime.date(1961, 4, 12), "28 July 1988", "invented"),
    ("LEYLA LIVANPUR", "Mansur", "12/04/1961", "28/07/1988", "invented"),
    ("Ghandanzadeh, Bahram", "Yousef", 22383, "6 Mordad 67", "invented"),
    ("Mina Samavarzad; Mina Samawarzad", "Ali", None, "after July 1988", "invented"),
)

LINES = (
    "فهرست ساختگي / invented list",
    "",
    "شماره;نام;نام خانوادگي;نام پدر;تاريخ دستگيري;محل;توضيح",
    '1;ليلا;ليوان\u200cپور;منصور;6 مرداد 1360;شهر ساختگي;"يك يادداشت با ""نقل قول"""',
    '2;بهرام;قندان زاده;يوسف;1360/7/10;شهر ساختگي;"سطر اول\nسطر دوم; با نقطه ويرگول"',
    "3;پروين;چمدان\u200cفر;;تابستان 60;شهر ساختگي;",
    "4;سهراب;كتري\u200cنژاد",
    "5;رضا;آبپاش\u200cزاده;كريم;10 مهر 1360;شهر ساختگي;;زائد",
    '6;شيرين;دكمه\u200cچي\u200cفر;احمد;"&#1777;&#1779;&#1782;&#1776;/&#1783;/&#1777;&#1776;";'
    "شهر ساختگي;",
    "7;;;رحيم;8 مرداد 1360;شهر ساختگي;",
    "8;کاوه;نعلبکي\u200cپور;حسن;05/06/60;شهر ساختگي;",
    "9;مينا;سماورزاد;علي;31 مهر 1360;شهر ساختگي;",
    "9;مينا;سماور زاد;علي;1360/12/29;شهر ساختگي;",
    "",
    "يادداشت: اين فهرست ساختگي است و كسي در آن واقعي نيست",
)
"""Windows-1256 has no Persian digits and no Persian ye: a form sent in it wrote the digits of
row 6 as character references, as browsers do. Keheh it has; the list uses both letters."""

PERSONS = (
    {"id": 1,
     "names": {"fa": "لیلا لیوان\u200cپور", "latin": ["Leila Livanpour", "Leyla Livanpur"]},
     "father": {"name": "منصور"}, "died": "۶ مرداد ۱۳۶۷", "places": [TOWN, "Invented Town"],
     "age": 27},
    {"id": 2, "names": {"fa": "ليلا ليوانپور", "latin": []}, "father": {"name": "Mansour"},
     "died": {"text": "1367/5/6", "calendar": "solar_hijri"}, "places": TOWN, "age": "۲۷"},
    {"id": 3, "names": ["بهرام قندان\u200cزاده", "Bahram Ghandanzadeh"],
     "father": {"name": "یوسف"}, "died": "تابستان ۶۷", "places": []},
    {"id": 4, "names": {"fa": None, "latin": []}, "father": {"name": "رحیم"},
     "died": "۸ مرداد ۱۳۶۷"},
    {"id": 5, "names": {"fa": "پروین چمدان\u200cفر"}, "father": None,
     "died": ["۶ مرداد ۱۳۶۷", "28 July 1988"], "places": [TOWN]},
    {"id": 6, "names": {"fa": "سهراب کتری\u200cنژاد"}, "died": 1367, "age": 27.0},
    {"id": 7, "names": {"fa": "\u200fMina سماورزاد\u200e", "latin": ["Minа Samavarzad"]},
     "father": {"name": "علي"}, "died": "١٣٦٧"},
    {"id": 8, "names": {"fa": "کاوه نعلبکی\u200cپور"}, "father": {"name": "حسن"},
     "died": "05/06/67", "places": [TOWN, None]},
)  # fmt: skip
"""Number 7 has direction marks in the Persian form and a Cyrillic а in the Latin one."""


def write_workbook(path: Path) -> None:
    """Write the workbook: two tables and a total in one sheet, a second sheet."""
    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"title": TITLE, "created": datetime.datetime(2026, 1, 1)})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("فهرست")
    sheet.right_to_left()
    sheet.merge_range("A1:H1", TITLE)
    sheet.write("A2", "هیچ\u200cیک از این نام\u200cها واقعی نیست / no name here is real")
    _write_rows(sheet, 3, FIRST_TABLE, day)
    sheet.merge_range("G11:G12", TOWN)
    sheet.write("A15", "جمع")
    sheet.write_formula("B15", "=COUNT(A5:A14)", None, 10)
    sheet.write("A17", "جدول دوم: همه ساختگی / second table, all invented")
    _write_rows(sheet, 17, SECOND_TABLE, day)
    sheet.set_column("H:H", None, None, {"hidden": True})
    sheet.set_row(7, None, None, {"hidden": True})
    _write_rows(book.add_worksheet("Sheet2"), 0, SECOND_SHEET, day)
    book.close()


def _write_rows(
    sheet: xlsxwriter.worksheet.Worksheet,
    top: int,
    rows: tuple[tuple[Cell, ...], ...],
    day: xlsxwriter.format.Format,
) -> None:
    for number, row in enumerate(rows, top):
        for column, cell in enumerate(row):
            if isinstance(cell, datetime.date):
                sheet.write_datetime(number, column, cell, day)
            elif cell is not None:
                sheet.write(number, column, cell)


def write_delimited(path: Path) -> None:
    """Write the list in Windows-1256, parted by semicolons, with ragged rows."""
    path.write_bytes("".join(f"{line}\r\n" for line in LINES).encode("cp1256"))


def write_json(path: Path) -> None:
    """Write the list as JSON in UTF-16 with a byte order mark, little end first."""
    text = json.dumps({"title": TITLE, "persons": PERSONS}, ensure_ascii=False, indent=1)
    path.write_bytes(b"\xff\xfe" + text.encode("utf-16-le"))


def main() -> None:
    """Write all three into the folder given, or into that of the tests."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    write_workbook(folder / "two-tables.xlsx")
    write_delimited(folder / "windows-1256.csv")
    write_json(folder / "nested-utf-16.json")


if __name__ == "__main__":
    main()
