"""Mappings proposed for lists as organisations keep them. All rows are invented (ساختگی)."""

# ruff: noqa: E501 - a list of columns reads best on few lines

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import file_of, table_of

from habeas.claims.values import Point
from habeas.errors import InputError
from habeas.exchange.lists import column_rules, proposing
from habeas.exchange.lists.column_contents import SAMPLED, contents_of
from habeas.exchange.lists.column_dates import dates_in
from habeas.exchange.lists.column_terms import known_words, terms_in
from habeas.exchange.lists.header_meanings import (
    Meaning,
    _data,
    _words,
    bare_part,
    read_header,
)
from habeas.exchange.lists.mapping import ClaimRule, Mapping
from habeas.exchange.lists.mapping_faults import rule_columns
from habeas.exchange.lists.mapping_file import check_mapping, mapping_text, read_mapping
from habeas.exchange.lists.proposing import Proposal, propose
from habeas.exchange.tables.reading import open_table_file
from habeas.exchange.tables.table import Column, Table

# Words that nobody is called: colours, birds, tools. Each column cycles through its own.
GIVEN = ["آبی", "بنفش", "نارنجی", "سبزک"]
SURNAME = ["چکش‌ساختگی", "ارهٔ‌ساختگی", "انبردست", "میخ‌ساختگی"]
FATHER = ["خاکستری", "سرمه‌ای", "کبود", "زردک"]
WHOLE = [f"{given} {surname}" for given, surname in zip(GIVEN, SURNAME, strict=True)]
LATIN = ["Blueish", "Violetine", "Orangeen", "Greenek"]
LATIN_SURNAME = ["Inventedhammer", "Inventedsaw", "Inventedplier", "Inventednail"]
LATIN_WHOLE = [f"{a} {b}" for a, b in zip(LATIN, LATIN_SURNAME, strict=True)]
ARABIC = ["أزرق", "بنفسجي", "برتقالي", "أخضر"]
ARABIC_FAMILY = ["المطرقة", "المنشار", "الكماشة", "المسمار"]
TOWNS = ["شهر ساختگی", "دهکدهٔ ساختگی", "بندر ساختگی", "کوه ساختگی"]
LATIN_TOWNS = ["Invented Town", "Invented Village", "Invented Port", "Invented Hill"]
SOLAR = ["۱۳۶۷/۵/۶", "1367/06/10", "تابستان ۱۳۶۷", "۱۳۶۰/۴/۷"]
SHORT = ["67/5/6", "67/6/10", "۶۷", "60/4/7"]
GREGORIAN = ["1988-07-28", "1981-06-28", "28 July 1988", "1988"]
NUMBERS = ["1", "2", "3", "4", "5", "6"]
AGES = ["۲۴", "31", "19", "45"]
WORDS = ["گفته‌ای ساختگی", "گفته‌ای دیگر", "ساختگی", "شرحی بلند و ساختگی"]
ENGLISH = ["Invented words", "More invented words", "Words", "An invented remark"]


def listed(columns: dict[str, list[str]], rows: int = 12) -> Proposal:
    """The proposal for a list of these columns, whose cells are repeated."""
    cells = [[values[row % len(values)] for values in columns.values()] for row in range(rows)]
    table = table_of(list(columns), cells)
    file = file_of(table)
    proposal = propose(file, "source:invented")
    if proposal.mapping.claims:
        check_mapping(proposal.mapping, file.tables)
    assert list(proposal.reasons) == [column.name for column in table.columns]
    return proposal


def short(rule: ClaimRule) -> str:
    """A rule on one line: predicate, columns, and what else it says."""
    raw = msgspec.to_builtins(rule)
    head = f"{raw.pop('predicate')}: {' + '.join(raw.pop('columns'))}"
    return head + "".join(
        f" {key}={'/'.join(value) if isinstance(value, tuple | list) else value}"
        for key, value in sorted(raw.items())
        if key != "terms"
    )


def rules(proposal: Proposal) -> list[str]:
    return [short(rule) for rule in proposal.mapping.claims]


SETS = {
    "Persian, name in parts": (
        {"ردیف": NUMBERS, "نام": GIVEN, "نام خانوادگی": SURNAME, "نام پدر": FATHER, "تاریخ تولد": SOLAR,
         "محل تولد": TOWNS, "سن": AGES, "جنسیت": ["مرد", "زن"], "تحصیلات": WORDS, "شغل": TOWNS},
        ["list_number: ردیف", "name: نام + نام خانوادگی slots=given/surname", "father_name: نام پدر",
         "born: تاریخ تولد calendar=solar_hijri", "birthplace: محل تولد", "age: سن",
         "sex: جنسیت", "education: تحصیلات", "occupation: شغل"],
        [], "person", "fa",
    ),
    "Persian, whole names": (
        {"شماره": NUMBERS, "نام و نام خانوادگی": WHOLE, "فرزند": FATHER, "گروه": TOWNS,
         "تاریخ اعدام": SOLAR, "محل اعدام": TOWNS, "نحوه": ["تیرباران", "اعدام"], "محل دفن": TOWNS,
         "منبع": WORDS, "ملاحظات": WORDS},
        ["list_number: شماره", "name: نام و نام خانوادگی", "father_name: فرزند", "affiliation: گروه",
         "died: تاریخ اعدام calendar=solar_hijri", "died_at: محل اعدام", "cause_of_death: نحوه",
         "fate: نحوه", "buried_at: محل دفن", "cited_source: منبع", "remark: ملاحظات"],
        [], "person", "fa",
    ),
    "Persian, prisoners": (
        {"نام": GIVEN, "نام خانوادگی": SURNAME, "نام مستعار": FATHER, "نام سازمانی": FATHER,
         "وابستگی سازمانی": ["الف ساختگی؛ ب ساختگی", "ساختگی"], "تاریخ دستگیری": SOLAR,
         "محل دستگیری": TOWNS, "زندان": TOWNS, "حکم": WORDS, "توضیحات": WORDS},
        ["name: نام + نام خانوادگی slots=given/surname", "nickname: نام مستعار",
         "organisational_name: نام سازمانی", "affiliation: وابستگی سازمانی split=؛",
         "arrested: تاریخ دستگیری calendar=solar_hijri", "arrest_place: محل دستگیری",
         "detained_at: زندان", "sentence: حکم", "remark: توضیحات"],
        [], "person", "fa",
    ),
    "Persian, dates in three columns": (
        {"نام و نام خانوادگی": WHOLE, "روز شهادت": ["6", "۱۰", "28"], "ماه شهادت": ["مرداد", "5"],
         "سال شهادت": ["1367", "۱۳۶۰"], "سال تولد": ["1340", "1338"]},
        ["name: نام و نام خانوادگی",
         "died: سال شهادت + ماه شهادت + روز شهادت calendar=solar_hijri slots=year/month/day",
         "born: سال تولد calendar=solar_hijri"],
        [], "person", "fa",
    ),
    "Persian, years of two digits": (
        {"نام و نام خانوادگی": WHOLE, "تاریخ اعدام": SHORT, "نام پدر": FATHER, "سال تولد": ["40", "38"]},
        ["name: نام و نام خانوادگی", "died: تاریخ اعدام", "father_name: نام پدر", "born: سال تولد"],
        ["تاریخ اعدام", "سال تولد"], "person", "fa",
    ),
    "Persian, the calendar in the header": (
        {"نام و نام خانوادگی": WHOLE, "تاریخ اعدام (شمسی)": SHORT, "تاریخ اعدام (میلادی)": GREGORIAN,
         "محل اعدام": TOWNS},
        ["name: نام و نام خانوادگی", "died: تاریخ اعدام (شمسی) calendar=solar_hijri",
         "died: تاریخ اعدام (میلادی) calendar=gregorian", "died_at: محل اعدام"],
        [], "person", "fa",
    ),
    "Persian, years of this century beside older ones": (
        {"نام و نام خانوادگی": WHOLE, "تاریخ دستگیری": ["1398/08/25", "1401/06/30", "۱۴۰۱/۷/۱"],
         "محل دستگیری": TOWNS},
        ["name: نام و نام خانوادگی", "arrested: تاریخ دستگیری calendar=solar_hijri",
         "arrest_place: محل دستگیری"],
        [], "person", "fa",
    ),
    "Persian, years that may be lunar": (
        {"نام و نام خانوادگی": WHOLE, "تاریخ دستگیری": ["1401/06/30", "۱۴۰۱/۷/۱"], "زندان": TOWNS},
        ["name: نام و نام خانوادگی", "arrested: تاریخ دستگیری", "detained_at: زندان"],
        ["تاریخ دستگیری"], "person", "fa",
    ),
    "names in two scripts": (
        {"نام": GIVEN, "نام خانوادگی": SURNAME, "First name": LATIN, "Last name": LATIN_SURNAME,
         "نام پدر": FATHER, "تاریخ اعدام": SOLAR},
        ["name: نام + نام خانوادگی slots=given/surname",
         "name: First name + Last name lang=fa-Latn slots=given/surname", "father_name: نام پدر",
         "died: تاریخ اعدام calendar=solar_hijri"],
        [], "person", "fa",
    ),
    "whole names in two scripts": (
        {"Name (Persian)": WHOLE, "Name (English)": LATIN_WHOLE, "Father's name": LATIN,
         "Date of execution": GREGORIAN, "Place of execution": LATIN_TOWNS},
        ["name: Name (Persian)", "name: Name (English)", "father_name: Father's name",
         "died: Date of execution calendar=gregorian", "died_at: Place of execution"],
        [], "person", None,
    ),
    "bilingual headers": (
        {"نام و نام خانوادگی / Full name": WHOLE, "نام پدر / Father": FATHER, "سن / Age": AGES,
         "تاریخ اعدام / Date of execution": SOLAR},
        ["name: نام و نام خانوادگی / Full name", "father_name: نام پدر / Father", "age: سن / Age",
         "died: تاریخ اعدام / Date of execution calendar=solar_hijri"],
        [], "person", None,
    ),
    "English": (
        {"No.": NUMBERS, "First Name": LATIN, "Surname": LATIN_SURNAME, "Father": LATIN,
         "Date of birth": GREGORIAN, "Sex": ["M", "F"], "Occupation": LATIN_TOWNS,
         "Nationality": LATIN_TOWNS, "Age at death": AGES, "Date of death": GREGORIAN,
         "Source": ENGLISH, "Notes": ENGLISH},
        ["list_number: No.", "name: First Name + Surname slots=given/surname", "father_name: Father",
         "born: Date of birth calendar=gregorian", "sex: Sex", "occupation: Occupation",
         "nationality: Nationality", "age: Age at death holds=died",
         "died: Date of death calendar=gregorian", "cited_source: Source", "remark: Notes"],
        [], "person", None,
    ),
    "names of programs": (
        {"id": NUMBERS, "fullName": LATIN_WHOLE, "fatherName": LATIN, "dob": GREGORIAN,
         "date_of_arrest": GREGORIAN, "place_of_arrest": LATIN_TOWNS, "marital_status": ENGLISH},
        ["list_number: id", "name: fullName", "father_name: fatherName",
         "born: dob calendar=gregorian", "arrested: date_of_arrest calendar=gregorian",
         "arrest_place: place_of_arrest", "marital_status: marital_status"],
        [], "person", None,
    ),
    "English, Persian years": (
        {"Name": LATIN_WHOLE, "Date of arrest": ["1367", "1360/4/7"], "Prison 1": LATIN_TOWNS,
         "Prison 2": LATIN_TOWNS, "Alias": LATIN},
        ["name: Name", "arrested: Date of arrest calendar=solar_hijri", "detained_at: Prison 1",
         "detained_at: Prison 2", "nickname: Alias"],
        [], "person", None,
    ),
    "Arabic, Syria": (
        {"الرقم": NUMBERS, "الاسم": ARABIC, "الكنية": ARABIC_FAMILY, "اسم الأب": ARABIC,
         "اسم الأم": ARABIC, "تاريخ الميلاد": GREGORIAN, "مكان الولادة": ARABIC_FAMILY,
         "تاريخ الاعتقال": GREGORIAN, "مكان الاعتقال": ARABIC_FAMILY, "الجنسية": ARABIC,
         "جهة الاعتقال": ARABIC_FAMILY, "ملاحظات": ARABIC},
        ["list_number: الرقم", "name: الاسم + الكنية slots=given/surname", "father_name: اسم الأب",
         "mother_name: اسم الأم", "born: تاريخ الميلاد calendar=gregorian", "birthplace: مكان الولادة",
         "arrested: تاريخ الاعتقال calendar=gregorian", "arrest_place: مكان الاعتقال",
         "nationality: الجنسية", "arrested_by: جهة الاعتقال", "remark: ملاحظات"],
        ["الكنية"], "person", "ar",
    ),
    "Arabic, four names": (
        {"الاسم الأول": ARABIC, "اسم الأب": ARABIC, "اسم الجد": ARABIC, "النسبة": ARABIC_FAMILY,
         "تاريخ الوفاة": GREGORIAN, "مكان الدفن": ARABIC_FAMILY, "سبب الوفاة": ARABIC},
        ["name: الاسم الأول + النسبة slots=given/surname", "father_name: اسم الأب",
         "grandfather_name: اسم الجد", "died: تاريخ الوفاة calendar=gregorian",
         "buried_at: مكان الدفن", "cause_of_death: سبب الوفاة"],
        [], "person", "ar",
    ),
    "Arabic, bynames": (
        {"الاسم الكامل": [f"{a} {b}" for a, b in zip(ARABIC, ARABIC_FAMILY, strict=True)],
         "الكنية": ["أبو أزرق", "أم بنفسجي"], "تاريخ الاختفاء": GREGORIAN, "العمر": AGES,
         "الجنس": ["ذكر", "أنثى"]},
        ["name: الاسم الكامل", "nickname: الكنية", "disappeared: تاريخ الاختفاء calendar=gregorian",
         "age: العمر", "sex: الجنس"],
        [], "person", "ar",
    ),
    "Arabic, years that may be lunar": (
        {"الاسم الكامل": [f"{a} {b}" for a, b in zip(ARABIC, ARABIC_FAMILY, strict=True)],
         "تاريخ الاعتقال": ["1395/5/6", "1398"], "مكان الاعتقال": ARABIC_FAMILY},
        ["name: الاسم الكامل", "arrest_place: مكان الاعتقال"],
        ["تاريخ الاعتقال"], "person", "ar",
    ),
    "Spanish, Mexico": (
        {"Folio": NUMBERS, "Nombre": LATIN, "Apellido paterno": LATIN_SURNAME,
         "Apellido materno": LATIN_SURNAME, "CURP": ["XXXX010101", "YYYY020202"], "Edad": AGES,
         "Sexo": ["H", "M"], "Fecha de desaparición": GREGORIAN, "Señas particulares": ENGLISH,
         "Estado civil": ENGLISH},
        ["list_number: Folio",
         "name: Nombre + Apellido paterno + Apellido materno slots=given/surname/second_surname",
         "national_id: CURP sensitivity=sealed", "age: Edad", "sex: Sexo",
         "disappeared: Fecha de desaparición calendar=gregorian",
         "physical_description: Señas particulares sensitivity=sealed", "marital_status: Estado civil"],
        [], "person", "es",
    ),
    "Spanish, Spain": (
        {"Nombre": LATIN, "Apellidos": LATIN_WHOLE, "Profesión": LATIN_TOWNS, "Vecindad": LATIN_TOWNS,
         "Militancia": LATIN_TOWNS, "Fecha de fusilamiento": ["1936-08-12", "1937"], "Fosa": LATIN_TOWNS},
        ["name: Nombre + Apellidos slots=given/surname", "occupation: Profesión",
         "residence: Vecindad", "affiliation: Militancia",
         "died: Fecha de fusilamiento calendar=gregorian", "buried_at: Fosa"],
        [], "person", "es",
    ),
    "Bosnian": (
        {"R. br.": NUMBERS, "Prezime": LATIN_SURNAME, "Ime oca": LATIN, "Ime": LATIN,
         "JMBG": ["0101960000000", "0202958000000"], "Datum rođenja": GREGORIAN,
         "Datum nestanka": ["12.07.1995", "13.07.1995"], "Mjesto nestanka": LATIN_TOWNS,
         "Spol": ["muški", "ženski"]},
        ["list_number: R. br.", "name: Ime + Prezime slots=given/surname", "father_name: Ime oca",
         "national_id: JMBG sensitivity=sealed", "born: Datum rođenja calendar=gregorian",
         "disappeared: Datum nestanka calendar=gregorian", "disappeared_at: Mjesto nestanka",
         "sex: Spol"],
        ["Datum nestanka"], "person", "bs",
    ),
    "French": (
        {"Nom": LATIN_SURNAME, "Prénom": LATIN, "Date de naissance": GREGORIAN,
         "Lieu de disparition": LATIN_TOWNS, "Remarques": ENGLISH},
        ["name: Prénom + Nom slots=given/surname", "born: Date de naissance calendar=gregorian",
         "disappeared_at: Lieu de disparition", "remark: Remarques"],
        [], "person", "fr",
    ),
    "Kurdish": (
        {"ژمارە": NUMBERS, "ناوی سیانی": [f"{a} {b} {c}" for a, b, c in
                                          zip(GIVEN, FATHER, SURNAME, strict=True)],
         "ناوی باوک": FATHER, "ناوی دایک": FATHER, "تەمەن": AGES, "ڕەگەز": ["نێر", "مێ"],
         "شوێنی لەدایکبوون": TOWNS, "تێبینی": WORDS},
        ["list_number: ژمارە", "name: ناوی سیانی", "father_name: ناوی باوک", "mother_name: ناوی دایک",
         "age: تەمەن", "sex: ڕەگەز", "birthplace: شوێنی لەدایکبوون", "remark: تێبینی"],
        [], "person", "ckb",
    ),
    "a date that is none": (
        {"نام و نام خانوادگی": WHOLE, "تاریخ اعدام": TOWNS, "نام پدر": NUMBERS, "محل تولد": SOLAR,
         "سن": TOWNS, "زندان": NUMBERS},
        ["name: نام و نام خانوادگی"],
        ["تاریخ اعدام", "نام پدر", "محل تولد", "سن", "زندان"], "person", "fa",
    ),
    "words that have no term": (
        {"Name": LATIN_WHOLE, "Sex": ["male", "female", "male", "Invented"], "Fate": ENGLISH,
         "Status": ["executed", "executed", "died under torture", "Invented"]},
        ["name: Name", "sex: Sex", "fate: Status"],
        ["Sex", "Fate", "Status"], "person", None,
    ),
    "a letter alone is no sex": (
        {"Name": LATIN_WHOLE, "Sex": ["M"]},
        ["name: Name"], ["Sex"], "person", None,
    ),
    "dates of nobody knows what": (
        {"نام": GIVEN, "نام خانوادگی": SURNAME, "تاریخ": SOLAR, "سال": ["1367"], "کد ساختگی": WORDS},
        ["name: نام + نام خانوادگی slots=given/surname"],
        ["تاریخ", "سال", "کد ساختگی"], "person", None,
    ),
    "one word for a name": (
        {"نام": GIVEN, "نام پدر": FATHER, "سن": AGES},
        ["name: نام", "father_name: نام پدر", "age: سن"], ["نام"], "person", "fa",
    ),
    "the same header twice": (
        {"نام": WHOLE, "محل دفن": TOWNS, "محل خاکسپاری": TOWNS},
        ["name: نام", "buried_at: محل دفن"], ["محل خاکسپاری"], "person", "fa",
    ),
    "empty columns": (
        {"نام و نام خانوادگی": WHOLE, "تاریخ اعدام": [""], "نام مادر": ["", "-"]},
        ["name: نام و نام خانوادگی", "died: تاریخ اعدام", "mother_name: نام مادر nothing=-"],
        ["تاریخ اعدام", "نام مادر"], "person", "fa",
    ),
    "days of the spreadsheet as numbers": (
        {"Name": LATIN_WHOLE, "Date of death": ["32352", "29765"]},
        ["name: Name", "died: Date of death"], ["Date of death"], "person", None,
    ),
    "graves of persons": (
        {"Name": LATIN_WHOLE, "Father": LATIN, "Mother": LATIN, "Age": AGES, "Latitude": ["35.1"],
         "Longitude": ["51.2"], "Grave number": ["12/3"], "Date of burial": GREGORIAN},
        ["name: Name", "father_name: Father", "mother_name: Mother", "age: Age", "grave_position: Grave number", "buried: Date of burial calendar=gregorian"],
        ["Latitude", "Longitude"], "person", None,
    ),
    "sites": (
        {"Site name": LATIN_TOWNS, "Latitude": ["35.125", "36.5"], "Longitude": ["51.5", "-4.2"],
         "Grave type": ["mass grave", "single"], "Number of victims": ["10-20", "5"],
         "Province": LATIN_TOWNS, "Length (m)": ["12", "3.5"], "Remarks": ENGLISH},
        ["name: Site name", "location: Longitude + Latitude slots=longitude/latitude",
         "grave_type: Grave type", "remains_believed: Number of victims", "admin_unit: Province",
         "length: Length (m) unit=m", "remark: Remarks"],
        ["Latitude", "Longitude"], "site", None,
    ),
    "Persian sites": (
        {"نام گورستان": TOWNS, "استان": TOWNS, "عرض جغرافیایی": ["۳۵٫۱", "36.5"],
         "طول جغرافیایی": ["51.2", "۵۲٫۳"], "نوع گور": ["گور جمعی", "کانال"], "توضیحات": WORDS},
        ["name: نام گورستان", "admin_unit: استان",
         "location: طول جغرافیایی + عرض جغرافیایی slots=longitude/latitude", "grave_type: نوع گور",
         "remark: توضیحات"],
        ["عرض جغرافیایی", "طول جغرافیایی"], "site", "fa",
    ),
    "coordinates exchanged": (
        {"Site name": LATIN_TOWNS, "Latitude": ["151.2", "120"], "Longitude": ["35.1", "36.5"],
         "Grave type": ["mass grave", "single"]},
        ["name: Site name", "grave_type: Grave type"], ["Latitude", "Longitude"], "site", None,
    ),
    "no header is known": (
        {"ستون الف": NUMBERS[:4] * 3, "ستون ب": ["مرد", "زن"], "ستون ج": WORDS},
        ["sex: ستون ب"], ["ستون الف", "ستون ب", "ستون ج"], "person", None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SETS.values(), ids=SETS)
def test_headers_and_contents_give_the_mapping(case):
    columns, expected, unsure, subject, lang = case
    proposal = listed(columns)
    assert sorted(rules(proposal)) == sorted(expected)
    assert list(proposal.unsure) == unsure
    assert proposal.mapping.subject == subject
    assert proposal.mapping.lang == lang
    assert proposal.mapping.sensitivity == "team"


def test_a_proposal_reads_back_from_its_file(tmp_path):
    path = tmp_path / "mapping.toml"
    for columns, *_ in SETS.values():
        proposal = listed(columns)
        text = mapping_text(proposal.mapping, proposal.reasons, proposal.unsure)
        path.write_text(text, encoding="utf-8")
        assert read_mapping(path) == proposal.mapping
        for name in proposal.unsure:
            assert f"# ASK {name}: " in text


# Laws

HEADERS = sorted({header for columns, *_ in SETS.values() for header in columns})
CELLS = st.lists(
    st.sampled_from([*SOLAR, *SHORT, *GREGORIAN, *AGES, *GIVEN, *LATIN_WHOLE, "-", "", "a;b", "M"])
    | st.text(max_size=8),
    min_size=1,
    max_size=6,
)


@settings(max_examples=60, deadline=None)
@given(columns=st.dictionaries(st.sampled_from(HEADERS) | st.text(max_size=6), CELLS, max_size=6))
def test_law_whatever_stands_there_the_proposal_is_sound(columns):
    proposal = listed(columns, rows=6)
    assert set(proposal.unsure) <= set(proposal.reasons)
    ruled = {name for rule in proposal.mapping.claims for name in rule_columns(rule)}
    assert ruled <= set(proposal.reasons)
    for name in set(proposal.reasons) - ruled:
        assert name in proposal.unsure  # nothing is left away in silence


SECRET = "زمردساختگی"


@settings(max_examples=40, deadline=None)
@given(headers=st.lists(st.sampled_from(HEADERS), min_size=1, max_size=8, unique=True),
       around=st.sampled_from(["{}", "{} 1367", "1367/5/6 {}", "{};{}", "{}؛ ب", "۶۷ {}"]))  # fmt: skip
def test_law_no_cell_stands_in_what_is_written(headers, around):
    cell = around.format(SECRET, SECRET)
    proposal = listed({header: [cell] for header in headers})
    assert SECRET not in mapping_text(proposal.mapping, proposal.reasons, proposal.unsure)


def test_mutant_a_reason_with_a_sample_would_be_seen(monkeypatch):
    spoken = column_rules.is_words
    monkeypatch.setattr(column_rules, "_in_script", lambda column: f", such as {column.cells[0]}")
    assert spoken(SECRET)
    proposal = listed({"نام پدر": [SECRET]})
    assert SECRET in mapping_text(proposal.mapping, proposal.reasons)


def test_mutant_headers_alone_would_give_what_the_cells_refute(monkeypatch):
    columns, expected, *_ = SETS["a date that is none"]
    monkeypatch.setattr(column_rules, "HALF", -1.0)
    monkeypatch.setattr(column_rules, "_WORDS_SHARE", -1.0)
    assert len(rules(listed(columns))) > len(expected)


def test_mutant_a_calendar_that_is_guessed_would_be_seen(monkeypatch):
    columns, expected, *_ = SETS["Persian, years of two digits"]
    guessed = dates_in(contents_of([table_of(["a"], [["1367"]])])[0])
    monkeypatch.setattr(column_rules, "dates_in", lambda *_: guessed)
    assert guessed.calendar == "solar_hijri"
    assert sorted(rules(listed(columns))) != sorted(expected)


# Lists that are messy, and what a careful reader makes of them (messy/*.expected.yaml)

MESSY = Path(__file__).parent / "messy"
SAME = {("remark", "note")}
"""Predicates that the reader and the proposal call by two names."""


def careful(name: str, tables: Sequence[Table]) -> dict[str, set[str]]:
    """The predicates that the careful reader gives each column, by its name."""
    found: dict[str, set[str]] = {}
    sidecar = yaml.safe_load((MESSY / f"{name}.expected.yaml").read_text("utf-8"))
    for said in sidecar["mapping"]["columns"]:
        table = tables[said.get("table", 1) - 1]
        names = {column.address: column.name for column in table.columns}
        for column in said.get("columns", [said.get("column", said.get("path"))]):
            found.setdefault(names.get(column, column), set()).add(said["predicate"])
    return found


@pytest.mark.parametrize("name", ["two-tables.xlsx", "windows-1256.csv", "nested-utf-16.json"])
def test_what_is_proposed_for_a_messy_list_is_what_a_careful_reader_says(name):
    file = open_table_file(MESSY / name)
    proposal = propose(file, "source:invented")
    check_mapping(proposal.mapping, file.tables)
    expected = careful(name, file.tables)
    left_out = {"ردیف", "یادداشت", "Remark", "شماره", "id"}
    for rule in proposal.mapping.claims:
        for column in rule.columns:
            if column in proposal.unsure or column in left_out:
                continue
            said = expected.get(column, set())
            assert rule.predicate in said or any((rule.predicate, one) in SAME for one in said)
    known = {column for rule in proposal.mapping.claims for column in rule.columns}
    assert set(expected) <= known | set(proposal.unsure)


# What the file itself tells


def test_an_unknown_manner_of_death_is_no_unknown_fate():
    columns = {"نام و نام خانوادگی": WHOLE, "نحوه": ["تیرباران", "نامعلوم"]}
    assert rules(listed(columns)) == ["name: نام و نام خانوادگی", "cause_of_death: نحوه"]


def test_a_header_of_another_subject_is_told():
    found = listed({"نام و نام خانوادگی": WHOLE, "نام پدر": FATHER, "استان": TOWNS})
    assert "“administrative unit”, which is not said of a person" in found.reasons["استان"]


@pytest.mark.parametrize(
    "header",
    [
        "Contact person",
        "Phone 1",
        "شاهد / Witness",
        "Witness (invented)",
        "شماره تماس",
        "گزارش‌دهنده",
        "صلة القرابة",
        "Testigos",
    ],
)
def test_who_speaks_is_never_proposed(header):
    found = listed({"نام و نام خانوادگی": WHOLE, header: LATIN_WHOLE})
    assert rules(found) == ["name: نام و نام خانوادگی"]
    assert "informant" in found.reasons[header]


def test_no_header_of_a_claim_is_guarded():
    guarded = {phrase for phrases in _data()["guarded"].values() for phrase in phrases}
    for subject in ("person", "site"):
        assert [one for one in guarded if read_header(one, subject).meanings] == []


def test_mutant_a_guard_that_sleeps_would_be_seen(monkeypatch):
    monkeypatch.setattr(proposing, "is_guarded", lambda header: False)
    found = listed({"نام و نام خانوادگی": WHOLE, "شاهد": ["مرد", "زن"]})
    assert "informant" not in found.reasons["شاهد"]
    assert "sex: شاهد" in rules(found)


def test_a_hidden_column_is_told():
    column = Column(header="Name", name="Name", address="A", hidden=True)
    found = propose(file_of(table_of(["Name"], [LATIN_WHOLE[:1]], columns=[column])), "source:x")
    assert found.reasons["Name"].endswith("hidden in the sheet")


def test_the_rows_are_closed_when_enough_are_read():
    closed = []

    def rows():
        try:
            yield from table_of(["a"], [["1"]] * 3 * SAMPLED).rows()
        finally:
            closed.append(True)

    contents_of([msgspec.structs.replace(table_of(["a"]), rows=rows)])
    assert closed


def test_days_of_the_spreadsheet_are_gregorian():
    rows = [[name, ""] for name in LATIN_WHOLE]
    table = table_of(["Name", "Date of death"], rows, days={n: {1: "1988-07-28"} for n in range(4)})
    found = propose(file_of(table), "source:x")
    assert rules(found) == ["name: Name", "died: Date of death calendar=gregorian"]
    assert found.unsure == ()


def test_days_in_years_of_another_calendar_are_asked_for():
    table = table_of(["Date of death"], [[""]], days={0: {0: "1367-05-06"}})
    found = propose(file_of(table), "source:x")
    assert found.mapping.claims == ()
    assert found.unsure == ("Date of death",)


def test_several_values_of_the_file_are_not_parted_again():
    def several_values(row):
        return msgspec.structs.replace(row, lists={1: ("A; B", "C")})

    table = table_of(["Name", "Affiliation"], [[LATIN_WHOLE[0], "x"]], change=several_values)
    assert "affiliation: Affiliation" in rules(propose(file_of(table), "source:x"))


def test_geometries_are_positions_of_sites():
    point = Point(coordinates=("51.1", "35.2"))
    table = table_of(
        ["name", "geometry"],
        [["Invented Hill", ""]],
        change=lambda row: msgspec.structs.replace(row, geometries={1: point}),
    )
    found = propose(file_of(table, format="kml"), "source:x")
    assert rules(found) == ["name: name", "location: geometry"]
    assert found.mapping.subject == "site"


def test_a_format_with_fixed_names_goes_before_the_headers():
    columns = [
        Column(header=name, name=name, address=name) for name in ("name", "description", "depth")
    ]
    table = table_of(["name", "description", "depth"], [["A", "b", "3"]], columns=columns)
    found = propose(file_of(table, format="kml"), "source:x")
    assert rules(found) == ["name: name", "description: description", "depth: depth"]
    assert found.reasons["name"] == "a column of the format kml"


def test_columns_of_several_sheets_are_one_when_they_have_one_name():
    first = table_of(["نام و نام خانوادگی", "سن"], [[WHOLE[0], "20"]], sheet="a")
    second = table_of(["نام و نام خانوادگی", "زندان"], [[WHOLE[1], TOWNS[0]]], sheet="b")
    found = propose(file_of(first, second), "source:x")
    assert rules(found) == ["name: نام و نام خانوادگی", "age: سن", "detained_at: زندان"]
    assert contents_of([first, second])[0].rows == 2


def test_a_list_without_tables_or_rows_has_an_empty_proposal():
    assert propose(file_of(), "source:x") == Proposal(
        mapping=Mapping(source="source:x"), reasons={}, unsure=()
    )
    assert propose(file_of(table_of([])), "source:x").reasons == {}


def test_only_the_first_rows_are_read():
    read = 0

    def rows():
        nonlocal read
        for row in table_of(["a"], [["1"]] * 3).rows():
            for _ in range(1000):
                read += 1
                yield row

    table = msgspec.structs.replace(table_of(["a"]), rows=rows)
    assert contents_of([table])[0].rows == SAMPLED
    assert read <= SAMPLED + 1


def test_each_header_of_a_wide_list_is_read_a_few_times_however_many_there_are(monkeypatch):
    read = Counter()

    def counted(header, subject):
        read[header] += 1
        return read_header(header, subject)

    monkeypatch.setattr(proposing, "read_header", counted)
    wide = {f"{name} {n}": [str(n)] for n in range(5) for name in HEADERS}
    proposal = listed(wide)
    assert len(proposal.reasons) == 5 * len(HEADERS)
    assert proposal.mapping.claims
    assert set(read) == set(wide)
    assert max(read.values()) <= 5


# Headers


@pytest.mark.parametrize(
    ("header", "meaning"),
    [
        ("سن هنگام اعدام", Meaning("age", holds="died")),
        ("سن در زمان دستگیری", Meaning("age", holds="arrested")),
        ("age at time of arrest", Meaning("age", holds="arrested")),
        ("العمر عند الوفاة", Meaning("age", holds="died")),
        ("YEAR OF BIRTH", Meaning("born", "year")),
        ("تاریخ تولد سال", Meaning("born", "year")),
        ("Date_Of_Arrest", Meaning("arrested")),
        ("arrestDate", Meaning("arrested")),
        ("تاريخ اعدام", Meaning("died")),
        ("تاریخِ اعدام:", Meaning("died")),
        ("سازمان/گروه", Meaning("affiliation")),
        ("Prison / detention centre", Meaning("detained_at")),
        ("ت.تولد", Meaning("born")),
        ("Date d'arrestation", Meaning("arrested")),
        ("#", Meaning("list_number")),
        ("№", Meaning("list_number")),
        ("place of detention", Meaning("detained_at")),
        ("date of detention", Meaning("arrested")),
        ("Sex (M/F)", Meaning("sex")),
        ("fecha de último avistamiento", Meaning("last_seen")),
        ("Último avistamiento", Meaning("last_seen")),
    ],
)
def test_a_header_says_one_thing(header, meaning):
    found = read_header(header, "person")
    assert found.meanings == (meaning,)
    assert not found.partial


@pytest.mark.parametrize("header", ["", " ", "-", "()", "ستون", "تاریخ دقیق و کامل اعدام", "۱۲"])
def test_a_header_that_is_not_known_says_nothing(header):
    assert read_header(header, "person").meanings == ()


def test_what_stands_beside_the_words_says_how_to_read():
    assert read_header("تاریخ تولد (قمری)", "person").calendar == "hijri"
    assert read_header("تاریخ شمسی تولد", "person").calendar == "solar_hijri"
    assert read_header("name_fa", "person").script == "Arab"
    assert read_header("Depth (m)", "site").unit == "m"
    assert read_header("نام (به شناسنامه)", "person").partial
    assert read_header("name", "event").meanings == ()


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("تاریخ", "date"),
        ("Date 2", "date"),
        ("مكان", "place"),
        ("Year", "year"),
        ("نام", ""),
        ("", ""),
    ],
)
def test_a_date_of_nobody_knows_what_is_told(header, part):
    assert bare_part(header) == part


def test_two_things_in_one_header_are_asked_for():
    assert len(read_header("نام/سن", "person").meanings) == 2
    found = listed({"نام و نام خانوادگی": WHOLE, "سن/محل تولد": TOWNS})
    assert found.unsure == ("سن/محل تولد",)


def test_a_word_of_two_languages_is_told_by_the_list():
    found = read_header("شهر تولد", "person")
    assert len(found.meanings) == 2
    assert found.among("fa").meanings == (Meaning("birthplace"),)
    assert found.among("ar").meanings == (Meaning("born", "month"),)
    assert found.among("es") == found


# The words themselves

TWO_MEANINGS = {("site", "estado")}
"""Headers that mean two things in one language, and are asked for each time."""


def test_in_one_language_a_phrase_has_one_meaning():
    twice = {
        (subject, " ".join(key))
        for subject in ("person", "site")
        for key, found in _words(subject).phrases.items()
        if len(found) > 1
        and len(set.union(*found.values())) < sum(len(langs) for langs in found.values())
    }
    assert twice == TWO_MEANINGS


@pytest.mark.parametrize(("subject", "other"), [("person", "site"), ("site", "person")])
def test_every_meaning_is_said_of_its_subject_and_few_of_another(subject, other):
    partial = ("month", "day", "longitude", "latitude", "uncertainty")
    found = {meaning for phrase in _words(subject).phrases.values() for meaning in phrase}
    whole = {meaning for meaning in found if meaning.part.rstrip("?") not in partial}
    assert len(whole) > 20
    assert {meaning for meaning in whole if not _is_said(meaning, subject)} == set()
    assert sum(_is_said(meaning, other) for meaning in whole) < len(whole) / 2


def _is_said(meaning, subject):
    part = meaning.part.rstrip("?")
    rule = ClaimRule(predicate=meaning.predicate, columns=("a",), slots=(part,) if part else ())
    try:
        check_mapping(
            Mapping(source="source:x", subject=subject, claims=(rule,)), [table_of(["a"])]
        )
    except InputError:
        return False
    return True


def test_every_word_of_a_term_stands_for_one_term():
    from habeas.claims.names import normalise
    from habeas.claims.vocabulary import vocabulary
    from habeas.exchange.lists.column_terms import _data as term_data

    for name, terms in term_data().items():
        if name == "sex_letters":
            continue
        seen = {}
        for term, words in terms.items():
            assert vocabulary().term(name, term)
            for word in words:
                assert normalise(word), (name, word)
                assert seen.setdefault(normalise(word), term) == term, (name, word)
                assert known_words(name)[normalise(word)] == term, (name, word)


def test_letters_mean_a_sex_only_in_pairs():
    assert terms_in(["M", "F", "m"], "sex").terms == {"M": "male", "F": "female"}
    assert terms_in(["H", "M"], "sex").terms == {"H": "male", "M": "female"}
    assert terms_in(["M"], "sex").terms == {}
    assert terms_in(["M", "F", "H"], "sex").terms == {}
    assert re.fullmatch("0(.0)?", str(terms_in([], "sex").known))
