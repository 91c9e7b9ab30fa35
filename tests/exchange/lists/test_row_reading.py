"""What one row becomes: claims with the words as they stand, or questions, or a rejection."""

from __future__ import annotations

import re
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented_lists import HEADERS, MAPPING, ROWS, SOURCE, table

from habeas.claims.claim import read_opening, seal
from habeas.claims.locator import Cell
from habeas.claims.names import script_of
from habeas.claims.values import Name, NamePart, Point, Quantity, Ref, Term, Text, When, Where
from habeas.exchange.lists.cell_values import script_of_name
from habeas.exchange.lists.mapping import ClaimRule, Mapping
from habeas.exchange.lists.row_reading import new_subjects, read_row
from habeas.exchange.lists.row_rules import compile_rules
from habeas.exchange.tables.table import Fault, Row


def read(cells, rules, headers=None, *, row=None, **mapping):
    """One row, read by some rules."""
    headers = headers or tuple(dict.fromkeys(c for rule in rules for c in rule.columns))
    found = row or Row(number=7, cells=tuple(cells))
    made = Mapping(
        source=SOURCE, claims=tuple(rules), **{"needs": (rules[0].predicate,), **mapping}
    )
    return read_row(found, compile_rules(made, table((), headers, sheet="S")), "person:x")


def one(text, predicate, row=None, **rule):
    """The value of one cell; else its question."""
    mapping = {"subject": rule.pop("subject", "person")}
    columns = rule.pop("columns", ("c",))
    cells = text if isinstance(text, tuple) else (text,)
    got = read(cells, [ClaimRule(predicate=predicate, columns=columns, **rule)], row=row, **mapping)
    if got.questions:
        return got.questions[0].describe()
    (claim,) = got.claims
    return claim.value


def test_a_whole_row():
    rules = compile_rules(MAPPING, table(sheet="Sheet"))
    got = read_row(Row(number=2, cells=ROWS[0]), rules, "person:x")
    assert (got.questions, got.rejected, got.warnings) == ((), "", ())
    by_predicate = [(claim.predicate, claim.value) for claim in got.claims]
    assert by_predicate[0] == (
        "name",
        Name(
            text="پرند سنگ‌زاده", lang="fa", script="Arab",
            parts=(NamePart(slot="given", text="پرند"), NamePart(slot="surname", text="سنگ‌زاده")),
        ),
    )  # fmt: skip
    assert got.claims[0].locator == (
        Cell(row=2, sheet="Sheet", column="A"), Cell(row=2, sheet="Sheet", column="B"),
    )  # fmt: skip
    latin = dict(by_predicate[1:])["name"]
    assert latin == Name(text="Parand Sangzadeh", lang="fa", script="Latn")
    age = next(claim for claim in got.claims if claim.predicate == "age")
    died = next(claim for claim in got.claims if claim.predicate == "died")
    assert age.holds == died.value
    assert died.value.earliest == died.value.latest == "1988-07-29"
    assert {claim.sensitivity for claim in got.claims} == {"team"}
    assert {claim.subject for claim in got.claims} == {"person:x"}


def test_what_can_be_read_can_be_sealed():
    rules = compile_rules(MAPPING, table())
    for row in table().rows():
        claims = read_row(row, rules, next(new_subjects("person"))).claims
        for opening, claim in zip(seal(claims, "0" * 32), claims, strict=True):
            assert read_opening(opening)[1] == claim


def test_subjects_are_never_made_from_words():
    """By chance: two runs over the same list share none; in one run they grow, with gaps."""
    one, other = (list(islice(new_subjects("person"), 1000)) for _ in range(2))
    assert len({*one, *other}) == 2000
    assert one == sorted(one)
    numbers = [int(subject[-8:], 32) for subject in one]
    gaps = {after - before for before, after in pairwise(numbers)}
    assert len(gaps) > 900
    assert all(re.fullmatch("person:[0-9a-v]{16}", subject) for subject in one)


# Names


def test_an_original_is_never_guessed_and_a_full_name_is_not_parsed():
    assert one("Parand Sangzadeh", "name") == Name(text="Parand Sangzadeh", script="Latn")


@given(st.text(st.sampled_from("abZéяا‌یپ ـًۀ.-1۲x'ʿ"), max_size=8))
def test_scripts_are_told_as_everywhere(text):
    assert script_of_name(text) == script_of(text)


def test_parts_that_are_empty_are_not_said():
    slots = {"columns": ("a", "b", "c"), "slots": ("given", "father", "surname")}
    found = one(("پرند", "", "سنگی"), "name", **slots)
    assert found.text == "پرند سنگی"
    assert [part.slot for part in found.parts] == ["given", "surname"]


def test_a_scheme_is_of_latin_forms_only():
    assert one("Parand", "name", scheme="ijmes").scheme == "ijmes"
    assert one("پرند", "name", scheme="ijmes").scheme is None


def test_several_values_in_one_cell():
    rule = ClaimRule(predicate="nickname", columns=("c",), split="؛")
    got = read(("پرند؛ شاهو ؛",), [rule])
    assert [claim.value.text for claim in got.claims] == ["پرند", "شاهو"]
    as_list = Row(number=1, cells=("x",), lists={0: ("a", " ", "b")})
    got = read((), [ClaimRule(predicate="nickname", columns=("c",))], row=as_list)
    assert [claim.value.text for claim in got.claims] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "warning"),
    [("Pаrand", "letters in one word"), ("Par\u202eand", "U+202E"), ("پر\u200bند", "U+200B")],
)
def test_odd_letters_are_recorded_and_told(text, warning):
    got = read((text,), [ClaimRule(predicate="name", columns=("c",))])
    assert got.claims[0].value.text == text
    assert warning in got.warnings[0][2]


def test_half_a_surrogate_pair_is_asked_wherever_it_stands():
    rules = [ClaimRule(predicate="name", columns=("c",))]
    compiled = compile_rules(Mapping(source=SOURCE, claims=tuple(rules)), table((), ("c",)))
    for text in ("first", "\ud800", "پرند", "x\ud800"):
        got = read_row(Row(number=1, cells=(text,)), compiled, "person:x")
        assert bool(got.questions) == ("\ud800" in text), text
    party = ClaimRule(predicate="name", columns=("c",), by_column="d")
    assert read(("a", "\ud800"), [party], ("c", "d")).questions


# Dates


@pytest.mark.parametrize(
    ("cells", "rule", "days"),
    [
        (("1367", "5", "7"), {"calendar": "solar_hijri"}, ("1988-07-29", "1988-07-29")),
        (("۱۳۶۷", "مرداد", "۷"), {}, ("1988-07-29", "1988-07-29")),
        (("1367", "5", ""), {"calendar": "solar_hijri"}, ("1988-07-23", "1988-08-22")),
        (("1988", "", ""), {}, ("1988-01-01", "1988-12-31")),
    ],
)
def test_dates_in_three_columns(cells, rule, days):
    found = one(cells, "died", columns=("a", "b", "c"), slots=("year", "month", "day"), **rule)
    assert (found.earliest, found.latest) == days
    assert found.text == " ".join(cell for cell in cells if cell)


@pytest.mark.parametrize("cells", [("", "5", "7"), ("1367", "", "7"), ("1367", "13", "7")])
def test_dates_in_three_columns_with_holes_are_asked(cells):
    rule = {"columns": ("a", "b", "c"), "slots": ("year", "month", "day")}
    assert isinstance(one(cells, "died", calendar="solar_hijri", **rule), str)


@pytest.mark.parametrize(
    ("text", "rule", "asked"),
    [
        ("67/5/7", {}, "calendar"),
        ("67", {}, "calendar"),
        ("7/5/1367", {"calendar": "solar_hijri"}, "which number is the day"),
        ("1988-07-28", {"calendar": "solar_hijri"}, "solar_hijri"),
        ("32352", {}, "serial"),
        ("1367", {"serial": "1900"}, "may be a year"),
        ("soon after", {}, "soon"),
    ],
)
def test_dates_that_are_asked(text, rule, asked):
    assert asked in one(text, "died", **rule)


def test_dates_as_numbers_of_days():
    assert one("32352", "died", serial="1900").earliest == "1988-07-28"
    assert one("30890", "died", serial="1904").earliest == "1988-07-28"
    assert one("32352.75", "died", serial="1900").latest == "1988-07-28"
    assert one("1988-07-28", "died", serial="1900").earliest == "1988-07-28"


def test_dates_that_the_file_itself_holds():
    row = Row(number=1, cells=("28-Jul-88",), days={0: "1988-07-28"})
    found = one((), "died", row=row, calendar="solar_hijri")
    assert found == When(
        text="28-Jul-88", calendar="gregorian", earliest="1988-07-28", latest="1988-07-28",
        precision="day",
    )  # fmt: skip
    old = Row(number=1, cells=("1367-05-07",), days={0: "1367-05-07"})
    assert "Gregorian year 1367" in one((), "died", row=old)


def test_words_without_a_reading_when_the_mapping_says_so():
    found = one("soon after", "died", unread="words", calendar="solar_hijri")
    assert found == When(text="soon after", calendar="solar_hijri", precision="unknown")
    assert one("9x9", "age", unread="words") == Quantity(text="9x9")


# Numbers, terms, entities


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("25", ("25", "25")), ("۲۵", ("25", "25")), ("25-30", ("25", "30")),
        ("حدود ۳۰", (None, None)), ("۲۵ ساله", ("25", "25")), ("بیش از ۳۰", ("30", None)),
        ("about 30 years old", (None, None)), ("جوان", (None, None)),
    ],
)  # fmt: skip
def test_numbers(text, ends):
    found = one(text, "age", unit="year")
    assert (found.low, found.high) == ends
    assert (found.text, found.unit) == (text, "year")


def test_numbers_that_are_asked():
    for text in ("25 or so 3", "30-25", "1234567890123456789012"):
        assert isinstance(one(text, "age"), str), text


def test_the_ends_of_a_number_in_two_columns():
    slots = {"columns": ("a", "b"), "slots": ("low", "high")}
    found = one(("25", "۳۰"), "age", **slots)
    assert found == Quantity(text="25 ۳۰", low="25", high="30")
    assert one(("25", ""), "age", **slots) == Quantity(text="25", low="25")
    assert isinstance(one(("30", "25"), "age", **slots), str)
    assert isinstance(one(("about 30", ""), "age", **slots), str)


def test_terms_by_mapping_label_and_name():
    assert one("خانم", "sex", terms={"خانم": "female"}) == Term(term="female", text="خانم")
    for text in ("female", "زن", " Female "):
        assert one(text, "sex").term == "female"
    asked = one("f.", "sex")
    assert "terms" in asked
    assert "female" in asked


def test_entities_only_where_the_vocabulary_allows_them():
    assert one("place:invented", "birthplace") == Ref(id="place:invented")
    assert one("org:invented", "birthplace").startswith("c: ")
    assert one("شهر ساختگی", "birthplace") == Text(text="شهر ساختگی")
    assert one("org:invented", "occupation") == Text(text="org:invented")


# Places

PLACE = {"columns": ("x", "y", "u"), "slots": ("longitude", "latitude", "uncertainty")}


def test_positions():
    site = {"subject": "site", "location_kind": "approximate"}
    assert one(("51.6", "35.56", "250"), "location", **PLACE, **site) == Where(
        text="51.6 35.56 250", kind="approximate", uncertainty="250",
        geometry=Point(coordinates=("51.6", "35.56")),
    )  # fmt: skip
    alone = one(("51.6", "35.56", ""), "location", uncertainty="99", **PLACE, **site)
    assert alone.uncertainty == "99"


@pytest.mark.parametrize(
    ("cells", "rule", "asked"),
    [
        (("51.6", "35.56", ""), {}, "location_kind"),
        (("51.6", "", ""), {"location_kind": "exact"}, "missing"),
        (("0", "0.000", ""), {"location_kind": "exact"}, "0, 0"),
        (("35.5", "151.6", ""), {"location_kind": "exact"}, "swapped"),
        (("51.6", "35.56", "about"), {"location_kind": "exact"}, "single number"),
    ],
)
def test_positions_that_are_asked(cells, rule, asked):
    assert asked in one(cells, "location", subject="site", **PLACE, **rule)


def test_geometries_of_the_file_and_in_words():
    point = Point(coordinates=("51.6", "35.56"))
    rule = {"subject": "site", "location_kind": "exact"}
    row = Row(number=1, cells=("",), geometries={0: point})
    assert one((), "location", row=row, **rule) == Where(kind="exact", geometry=point)
    text = '{"type":"Point","coordinates":["51.6","35.56"]}'
    assert one(text, "location", **rule).geometry == point
    assert one("کنار جادهٔ ساختگی", "location", subject="site", location_kind="representative") == (
        Where(text="کنار جادهٔ ساختگی", kind="representative")
    )
    outside = Row(number=1, cells=("",), geometries={0: Point(coordinates=("51.6", "95"))})
    assert "outside the earth" in one((), "location", row=outside, **rule)


# Attribution, sensitivity, nothing


def test_to_whom_the_list_attributes_it():
    rule = ClaimRule(predicate="charge", columns=("a",), by_column="b")
    (claim,) = read(("x", "دادستان ساختگی"), [rule], ("a", "b")).claims
    assert claim.by.text == "دادستان ساختگی"
    assert [cell.column for cell in claim.locator] == ["A", "B"]
    (claim,) = read(("x", " "), [rule], ("a", "b")).claims
    assert claim.by is None
    (claim,) = read(("x",), [ClaimRule(predicate="charge", columns=("a",), by="families")]).claims
    assert claim.by.text == "families"


def test_sensitivity_is_the_rules_else_the_mappings_and_never_below_the_vocabularys():
    def level(predicate, **more):
        rule = ClaimRule(predicate=predicate, columns=("a",), sensitivity=more.pop("rule", None))
        return read(("x",), [rule], **more).claims[0].sensitivity

    assert level("charge") == "team"
    assert level("charge", sensitivity="public") == "public"
    assert level("charge", sensitivity="public", rule="sealed") == "sealed"
    assert level("national_id", sensitivity="public") == "sealed"


def test_what_says_nothing():
    rule = ClaimRule(predicate="charge", columns=("a",), nothing=("-", "N/A"))
    name = ClaimRule(predicate="name", columns=("n",))
    for cell in ("", "  ", "-", "n/a", " N/A "):
        got = read(("پرند", cell), [name, rule])
        assert [claim.predicate for claim in got.claims] == ["name"], cell


# Questions and rejections


def test_a_row_with_any_question_is_held_whole():
    got = read(("پرند", "nonsense"), [
        ClaimRule(predicate="name", columns=("a",)), ClaimRule(predicate="died", columns=("b",)),
    ])  # fmt: skip
    assert got.claims == ()
    assert not got.rejected
    assert got.questions[0].column == "b"
    assert got.questions[0].words == "nonsense"


def test_faults_of_the_file_hold_a_row_when_the_mapping_reads_there():
    rules = compile_rules(MAPPING, table())
    for fault, held in (
        (Fault(reason="merged", column=0), True), (Fault(reason="ragged"), True),
    ):  # fmt: skip
        got = read_row(Row(number=2, cells=ROWS[0], faults=(fault,)), rules, "person:x")
        assert bool(got.questions) is held
    unread = compile_rules(MAPPING, table((), (*HEADERS, "more")))
    fault = Fault(reason="error", column=len(HEADERS))
    row = Row(number=2, cells=(*ROWS[0], "#REF!"), faults=(fault,))
    assert read_row(row, unread, "person:x").claims


def test_rejections_say_what_is_missing():
    name = ClaimRule(predicate="name", columns=("a",))
    charge = ClaimRule(predicate="charge", columns=("b",))
    assert read(("", "x"), [name, charge], needs=()).rejected == "the row has no name"
    assert "nothing stands" in read(("", ""), [name, charge]).rejected
    assert read(("", "x"), [name, charge], needs=("charge",)).claims
    site = Mapping(source=SOURCE, subject="site", claims=(name,))
    got = read_row(Row(number=1, cells=("",)), compile_rules(site, table((), ("a",))), "site:x")
    assert got.rejected
    other = compile_rules(Mapping(source=SOURCE, claims=(name,)), table((), ("z",)))
    assert "no column" in read_row(Row(number=1, cells=("x",)), other, "person:x").rejected


def test_more_than_an_entry_holds_is_asked():
    rule = ClaimRule(predicate="nickname", columns=("a",), split=",")
    name = ClaimRule(predicate="name", columns=("b",))
    assert read((",".join("x" * 769), "n"), [name, rule], ("a", "b")).questions
    assert read((",".join("x" * 767), "n"), [name, rule], ("a", "b")).claims


def test_a_testimony_in_the_wrong_column_is_asked_at_once_and_briefly():
    for text in ("9" + " " * 500_000 + "x", "9" * 500_000, "الف " * 200_000, "9,9 " * 100_000):
        for predicate, more in (
            ("died", {}), ("age", {}), ("sex", {}), ("died", {"serial": "1900"}),
        ):  # fmt: skip
            asked = one(text, predicate, **more)
            assert "letters stand where" in asked
            assert len(asked) < 1500
        position = one((text, text, ""), "location", subject="site", location_kind="exact", **PLACE)
        assert len(position) < 1500
    assert one("x" * 500_000, "name").text == "x" * 500_000


def test_a_row_reads_the_same_after_many_others():
    """What is kept of other rows never changes a row, however many have passed."""
    from habeas.exchange.lists import row_rules

    rules = compile_rules(MAPPING, table())
    row = Row(number=2, cells=ROWS[0])
    first = read_row(row, rules, "person:x")
    for number in range(row_rules._KEPT + 10):
        rules.rules[1].read(Row(number=3, cells=("", "", f"n{number}", "", "", "", "")))
    assert read_row(row, rules, "person:x") == first
