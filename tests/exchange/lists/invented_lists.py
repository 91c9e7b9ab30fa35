"""Invented lists: nobody in them exists."""

from __future__ import annotations

from pathlib import Path

from habeas.exchange.lists.mapping import ClaimRule, Mapping
from habeas.exchange.tables.columns import column_letters, name_columns
from habeas.exchange.tables.table import Row, Table, TableFile
from habeas.registry.registry import Registry, create_registry

SOURCE = "source:invented-list"
HEADERS = ("نام", "نام خانوادگی", "Name", "سن", "تاریخ", "جنسیت", "ملاحظات")

RULES = (
    ClaimRule(predicate="name", columns=("نام", "نام خانوادگی"), slots=("given", "surname")),
    ClaimRule(predicate="name", columns=("Name",)),
    ClaimRule(predicate="age", columns=("سن",), holds="died"),
    ClaimRule(predicate="died", columns=("تاریخ",)),
    ClaimRule(predicate="sex", columns=("جنسیت",)),
    ClaimRule(predicate="description", columns=("ملاحظات",)),
)

MAPPING = Mapping(source=SOURCE, calendar="solar_hijri", lang="fa", claims=RULES)

ROWS = (
    ("پرند", "سنگ‌زاده", "Parand Sangzadeh", "۲۵", "۱۳۶۷/۵/۷", "زن", ""),
    ("شاهو", "ابرپور", "", "حدود ۳۰", "تابستان ۶۷", "مرد", "یادداشت ساختگی"),
    ("", "", "", "", "", "", ""),
    ("تارا", "کاغذیان", "Tara Kaghazian", "40", "7/5/1367", "female", ""),
)


def table(rows=ROWS, headers=HEADERS, *, sheet=None, first=2, **more) -> Table:
    """A table in memory, its rows numbered from `first`; `more` are fields of every row."""
    letters = [column_letters(n) for n in range(len(headers))]
    made = [
        row if isinstance(row, Row) else Row(number=first + n, cells=tuple(row), **more)
        for n, row in enumerate(rows)
    ]
    return Table(
        sheet=sheet, header_row=first - 1, columns=name_columns(headers, letters),
        rows=lambda: iter(made),
    )  # fmt: skip


def listed(*tables: Table, name="invented.csv", format_="csv") -> TableFile:
    return TableFile(name=name, format=format_, tables=tables)


def registry(folder: Path) -> Registry:
    return create_registry(folder, organisation="Invented Organisation")


def write_csv(path: Path, rows=ROWS, headers=HEADERS) -> Path:
    """The same list as a file."""
    import csv

    with path.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(headers)
        writer.writerows(rows)
    return path
