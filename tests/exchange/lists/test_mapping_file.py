"""A mapping is written so that it reads back the same, and every fault is told with its line."""

import re
import tomllib
from itertools import count
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import table_of

from habeas.errors import InputError
from habeas.exchange.lists import mapping_faults, mapping_file
from habeas.exchange.lists.mapping import ClaimRule, Mapping
from habeas.exchange.lists.mapping_faults import rule_sensitivity, rule_type
from habeas.exchange.lists.mapping_file import (
    check_mapping,
    mapping_text,
    read_mapping,
    unmatched,
)
from habeas.exchange.lists.toml_lines import error_line, lines_of

HEADERS = ["ردیف", "نام", "نام خانوادگی", "نام پدر", "تاریخ اعدام", "سن", "طول", "عرض", "منبع"]
TABLE = table_of(HEADERS, sheet="list")

WORDS = st.text(max_size=12)
SOME = st.lists(WORDS, max_size=3).map(tuple)


def rules() -> st.SearchStrategy[ClaimRule]:
    maybe = st.none() | WORDS
    calendar = st.sampled_from([None, "gregorian", "solar_hijri", "hijri_tabular"])
    return st.builds(
        ClaimRule,
        predicate=WORDS, columns=SOME, slots=SOME, split=maybe, calendar=calendar,
        serial=st.sampled_from([None, "1900", "1904"]), terms=st.dictionaries(WORDS, WORDS),
        unit=maybe, counts=maybe, lang=maybe, scheme=maybe,
        location_kind=st.sampled_from([None, "exact", "random"]), uncertainty=maybe, by=maybe,
        by_column=maybe, holds=maybe, sensitivity=st.sampled_from([None, "public", "sealed"]),
        nothing=SOME, unread=st.sampled_from(["hold", "words"]),
    )  # fmt: skip


def mappings() -> st.SearchStrategy[Mapping]:
    return st.builds(
        Mapping,
        source=WORDS, subject=st.sampled_from(["person", "site", "event", "place", "org"]),
        sensitivity=st.sampled_from(["public", "partners", "team", "sealed"]),
        calendar=st.sampled_from([None, "gregorian", "solar_hijri"]), lang=st.none() | WORDS,
        sheets=SOME, needs=SOME, left_out=SOME, claims=st.lists(rules(), max_size=4).map(tuple),
    )  # fmt: skip


def read(text: str, tmp_path: Path) -> Mapping:
    path = tmp_path / "mapping.toml"
    path.write_text(text, encoding="utf-8", newline="")
    return read_mapping(path)


def refused(text: str, tmp_path: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        read(text, tmp_path)
    return caught.value


# Writing and reading


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("mappings")


@settings(max_examples=80, deadline=None)
@given(mapping=mappings(), reasons=st.dictionaries(WORDS, WORDS, max_size=4))
def test_law_what_is_written_reads_back_the_same(mapping, reasons, folder):
    text = mapping_text(mapping, reasons, tuple(reasons))
    assert read(text, folder) == mapping


@settings(max_examples=80, deadline=None)
@given(mapping=mappings(), reasons=st.dictionaries(WORDS, WORDS, max_size=4))
def test_law_every_rule_and_key_has_its_line(mapping, reasons):
    text = mapping_text(mapping, reasons)
    found, lines = lines_of(text), text.split("\n")
    for number, rule in enumerate(mapping.claims):
        assert lines[found["claim", number] - 1] == "[[claim]]"
        assert lines[found["claim", number, "predicate"] - 1].startswith("predicate = ")
        for word in rule.terms:
            assert " = " in lines[found["claim", number, "terms", word] - 1]


def test_mutant_a_column_that_is_not_escaped_would_be_seen(folder, monkeypatch):
    mapping = Mapping(source="source:x", claims=(ClaimRule(predicate="name", columns=('a"\nb',)),))
    assert read(mapping_text(mapping), folder) == mapping
    monkeypatch.setattr(mapping_file, "_escaped", lambda letter: letter)
    with pytest.raises(InputError):
        read(mapping_text(mapping), folder)


HOSTILE = 'x\n[[claim]]\npredicate = "child"\ncolumns = ["نام"]\n#'


def test_a_column_cannot_write_a_rule_into_the_file(folder):
    mapping = Mapping(source="source:x")
    text = mapping_text(mapping, {HOSTILE: "odd\r\n[[claim]]", "نام": "a name"})
    assert read(text, folder) == mapping


def test_mutant_a_comment_that_is_not_cleaned_would_write_a_rule(folder, monkeypatch):
    monkeypatch.setattr(mapping_file, "_plain", lambda text: text)
    text = mapping_text(Mapping(source="source:x"), {HOSTILE: "odd"})
    assert read(text, folder).claims


def test_what_cannot_be_seen_is_escaped_and_a_persian_joiner_is_not():
    names = ("می\u200cخواهم", "\u202eevil", "a\u00a0b", "\U000e0041")
    text = mapping_text(Mapping(source="source:x", left_out=names))
    assert "می\u200cخواهم" in text
    assert r"\u202Eevil" in text
    assert r"a\u00A0b" in text
    assert r"\U000E0041" in text


def test_half_a_character_is_refused():
    with pytest.raises(InputError, match="half a character"):
        mapping_text(Mapping(source="source:x", left_out=("\ud800",)))


def test_the_file_tells_why_and_what_has_no_rule():
    mapping = Mapping(
        source="source:invented",
        lang="fa",
        claims=(
            ClaimRule(
                predicate="name", columns=("نام", "نام خانوادگی"), slots=("given", "surname")
            ),
            ClaimRule(predicate="fate", columns=("سرنوشت",), terms={"اعدام": "executed"}),
        ),
    )
    reasons = {"نام": "given names", "نام خانوادگی": "surnames", "سرنوشت": "words", "کد": "unknown"}
    assert mapping_text(mapping, reasons, ("کد",)).splitlines() == [
        "# What the columns of this list mean: docs/lists.md. Change it by hand, then import.",
        'format = "habeas-mapping/1"',
        'source = "source:invented"',
        'subject = "person"',
        'sensitivity = "team"',
        'lang = "fa"',
        "",
        "# نام: given names",
        "# نام خانوادگی: surnames",
        "[[claim]]",
        'predicate = "name"',
        'columns = ["نام", "نام خانوادگی"]',
        'slots = ["given", "surname"]',
        "",
        "# سرنوشت: words",
        "[[claim]]",
        'predicate = "fate"',
        'columns = ["سرنوشت"]',
        "[claim.terms]",
        '"اعدام" = "executed"',
        "",
        "# Columns without a rule. Write one, or name the column in left_out.",
        "# ASK کد: unknown",
    ]


def test_windows_line_ends_and_a_byte_order_mark_are_read(tmp_path):
    mapping = Mapping(source="source:x", claims=(ClaimRule(predicate="name", columns=("a",)),))
    text = "\ufeff" + mapping_text(mapping).replace("\n", "\r\n")
    assert read(text, tmp_path) == mapping


HEAD = 'format = "habeas-mapping/1"\nsource = "source:x"\n'


@pytest.mark.parametrize(
    ("text", "line", "reason", "mend"),
    [
        (HEAD + "claim = \n", 3, "no TOML", "quotes"),
        (HEAD + "[[claim]]\npredicate = name\n", 4, "no TOML", "quotes"),
        (HEAD + 'lang = "fa\n', 3, "no TOML", ""),
        (HEAD + "[[claim]\n", 3, "no TOML", ""),
        (HEAD + 'lang = "fa"\nlang = "ar"\n', 4, "no TOML", ""),
        (HEAD + 'sensitivty = "team"\n', 3, "“sensitivty”", "“sensitivity”"),
        (HEAD + 'sensitivity = "secret"\n', 3, "cannot be 'secret'", "'partners'"),
        (HEAD + 'calendar = "jalali"\n', 3, "“calendar” cannot be", "'solar_hijri'"),
        (HEAD + '[[claim]]\npredicate = "name"\ncolumns = "نام"\n', 5, "list of words", "["),
        (HEAD + '[[claim]]\npredicate = 3\ncolumns = ["a"]\n', 4, "words in quotes", '"'),
        (HEAD + '[[claim]]\npredicate = "name"\n', 3, "“columns” is missing", ""),
        (HEAD + '[claim]\npredicate = "name"\n', 3, "stands once", "[[claim]]"),
        (HEAD + "claim = [3]\n", 3, "a rule is a table", "[[claim]]"),
        (HEAD + '[[claim]]\npredicate="a"\ncolumns=["a"]\nterms="x"\n', 6, "their terms", "="),
        (HEAD + "[[claim]]\npredicate='a'\ncolumns=['a']\nsplitt=';'\n", 6, "splitt", "“split”"),
        ('format = "habeas-mapping/9"\n', 1, "no mapping", "habeas-mapping/1"),
        ("", 1, "no mapping", "habeas-mapping/1"),
        ('format = "habeas-mapping/1"\n', 1, "“source” is missing", ""),
        (HEAD + "lang = 1367-05-06\n", 3, "words in quotes", ""),
    ],
)
def test_a_file_that_is_no_mapping_is_refused_with_its_line(text, line, reason, mend, tmp_path):
    error = refused(text, tmp_path)
    assert error.place == f"{tmp_path / 'mapping.toml'}:{line}"
    assert reason in error.reason
    assert mend in error.mend


def test_everything_that_is_wrong_is_told_at_once(tmp_path):
    text = HEAD + 'x = 1\n[[claim]]\npredicate = 3\ncolumns = "a"\n[[claim]]\ncolumns = ["a"]\n'
    error = refused(text, tmp_path)
    assert error.reason.startswith("4 things to mend")
    assert re.findall(r"toml:(\d+):", error.reason) == ["3", "5", "6", "7"]


@pytest.mark.parametrize("data", [b"\xff\xfea", b"a = \x80", b"x" * (mapping_file.MAX_BYTES + 1)])
def test_bytes_that_are_no_text_or_too_many_are_refused(data, tmp_path):
    path = tmp_path / "mapping.toml"
    path.write_bytes(data)
    with pytest.raises(InputError):
        read_mapping(path)


def test_a_file_of_brackets_ends_in_a_message(tmp_path):
    assert "brackets" in refused("a = " + "[" * 100_000, tmp_path).reason
    assert "brackets" in refused("a = " + "{a=" * 50_000, tmp_path).reason


@pytest.mark.parametrize(
    "key", ["a" + ".a" * 50_000, "a" + ' . "b"' * 50_000, "x = {a" + ".a" * 50_000 + " = 1}\ny"]
)
def test_a_key_of_many_parts_never_reaches_the_parser(key, tmp_path, monkeypatch):
    parsed = []
    monkeypatch.setattr(tomllib, "loads", parsed.append)
    assert "hundreds of parts" in refused(HEAD + key + " = 1\n", tmp_path).reason
    assert parsed == []


def test_a_long_word_or_a_dotted_column_is_none(tmp_path):
    mapping = Mapping(source="source:x", left_out=("a" * 500_000, "ا.ب.ج." * 20, "." * 5_000))
    assert read(mapping_text(mapping), tmp_path) == mapping


def test_no_file_is_told(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_mapping(tmp_path / "none.toml")
    with pytest.raises(InputError, match="no such file"):
        read_mapping(tmp_path)


def test_lines_of_quotes_comments_and_arrays():
    text = (
        '# c\na = [ # [[claim]]\n  "x]", """[[claim]]\ny""",\n]\n[[claim]]\nb = {c = "d", e = 1}\n'
    )
    assert tomllib.loads(text)
    assert lines_of(text) == {("a",): 2, ("claim", 0): 6, ("claim", 0, "b"): 7}


def test_an_error_at_the_end_is_on_the_last_line():
    with pytest.raises(tomllib.TOMLDecodeError) as caught:
        tomllib.loads("a = 1\nb = [")
    assert error_line(caught.value, "a = 1\nb = [") == 2


# Checking against a list


def mapping_of(*claims: ClaimRule, **more: object) -> Mapping:
    return Mapping(source="source:x", claims=claims, **more)


def rule(predicate: str, *columns: str, **more: object) -> ClaimRule:
    return ClaimRule(predicate=predicate, columns=columns, **more)


SOUND = mapping_of(
    rule("list_number", "ردیف"),
    rule("name", "نام", "نام خانوادگی", slots=("given", "surname"), by_column="منبع"),
    rule("father_name", "نام پدر"),
    rule("died", "تاریخ اعدام", calendar="solar_hijri"),
    rule("age", "سن", unit="years", holds="died"),
    rule("national_id", "ردیف", sensitivity="sealed"),
    sheets=("list",),
    needs=("name",),
)


def test_a_sound_mapping_passes_and_not_for_a_list_without_its_columns():
    assert passes(SOUND, TABLE)
    assert passes(SOUND, TABLE, table_of(["other"], sheet="second"))
    assert not passes(SOUND, table_of(HEADERS[1:], sheet="list"))
    assert not passes(SOUND, table_of(HEADERS, sheet="second"))


def passes(mapping, *tables):
    try:
        check_mapping(mapping, tables)
    except InputError:
        return False
    return True


NAME = rule("name", "نام")
BROKEN = {
    "unknown predicate": (mapping_of(rule("fathername", "نام پدر")), "predicate", "father_name"),
    "not said of a person": (mapping_of(rule("grave_type", "نام")), "predicate", "site"),
    "a file": (mapping_of(rule("photograph", "نام")), "predicate", "by hand"),
    "calendar of a text": (
        mapping_of(rule("education", "نام", calendar="gregorian")), "calendar", "text"),
    "serial of a name": (mapping_of(rule("name", "نام", serial="1900")), "serial", "name"),
    "terms of a text": (mapping_of(rule("charge", "نام", terms={"a": "b"})), "terms", "text"),
    "unit of a date": (mapping_of(rule("died", "نام", unit="m")), "unit", "when"),
    "scheme of a text": (mapping_of(rule("charge", "نام", scheme="UN")), "scheme", "text"),
    "kind of a text": (
        mapping_of(rule("charge", "نام", location_kind="exact")), "location_kind", ""),
    "language of a date": (mapping_of(rule("died", "نام", lang="fa")), "lang", "when"),
    "unread words": (mapping_of(rule("charge", "نام", unread="words")), "unread", "text"),
    "unknown column": (mapping_of(rule("name", "نام خانوداگی")), "columns", "“نام خانوادگی”"),
    "Arabic letters": (mapping_of(rule("father_name", "نام پدر ")), "columns", "“نام پدر”"),
    "column far off": (mapping_of(rule("name", "qqqq")), "columns", "“ردیف”, “نام”"),
    "no columns": (mapping_of(rule("name")), "columns", ""),
    "a column twice": (mapping_of(rule("name", "نام", "نام")), "columns", "once"),
    "unknown by_column": (mapping_of(rule("name", "نام", by_column="منبغ")), "by_column", "“منبع”"),
    "two who say so": (
        mapping_of(rule("name", "نام", by="x", by_column="منبع")), "by_column", "one"),
    "unknown term": (mapping_of(rule("fate", "نام", terms={"x": "hanged"})), "terms", "executed"),
    "two terms for a word": (
        mapping_of(rule("sex", "نام", terms={"مرد": "male", "مرد.": "female"})), "terms", "one"),
    "unknown slot": (mapping_of(rule("name", "نام", slots=("first",))), "slots", "given"),
    "too few slots": (
        mapping_of(rule("name", "نام", "نام خانوادگی", slots=("given",))), "slots", "each"),
    "slots of a text": (mapping_of(rule("charge", "نام", slots=("given",))), "slots", ""),
    "a day without a year": (
        mapping_of(rule("died", "نام", "سن", slots=("month", "day"))), "slots", "column"),
    "a day without a month": (
        mapping_of(rule("died", "نام", "سن", slots=("year", "day"))), "slots", "month"),
    "a slot twice": (
        mapping_of(rule("died", "نام", "سن", slots=("year", "year"))), "slots", "own"),
    "a number in two columns": (mapping_of(rule("age", "نام", "سن")), "columns", "low, high"),
    "a term in two columns": (mapping_of(rule("fate", "نام", "سن")), "columns", "each"),
    "an empty split": (mapping_of(rule("name", "نام", split="")), "split", "“;”"),
    "split and join": (mapping_of(rule("charge", "نام", "سن", split=";")), "split", "each"),
    "less than the least": (
        mapping_of(rule("national_id", "نام", sensitivity="team")), "sensitivity", "sealed"),
    "holds no date": (mapping_of(NAME, rule("age", "سن", holds="died")), "holds", "none"),
    "holds the name": (mapping_of(NAME, rule("age", "سن", holds="name")), "holds", ""),
    "holds itself": (mapping_of(rule("died", "نام", holds="died")), "holds", ""),
    "no language": (mapping_of(rule("name", "نام", lang="Persian!")), "lang", "fa"),
    "a rule twice": (mapping_of(NAME, NAME), "", "one of the two"),
}  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_what_is_wrong_with_a_rule_is_told_with_its_line_and_a_mend(broken, tmp_path):
    mapping, key, mend = broken
    path = tmp_path / "mapping.toml"
    path.write_text(mapping_text(mapping), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        check_mapping(mapping, [TABLE], path=path)
    line = int(caught.value.place.rpartition(":")[2])
    shown = path.read_text("utf-8").split("\n")[line - 1]
    assert re.match({"": r"\[\[claim", "terms": r"\[claim.terms|\""}.get(key, key), shown)
    assert mend in caught.value.mend


@pytest.mark.parametrize("name", [name for name in BROKEN if name != "a rule twice"])
def test_mutant_a_rule_that_nobody_looks_at_would_pass(name, monkeypatch):
    mapping = BROKEN[name][0]
    assert not passes(mapping, TABLE)
    monkeypatch.setattr(mapping_faults, "_column_faults", lambda rule, columns: ())
    monkeypatch.setattr(mapping_faults, "_claim_faults", lambda mapping, rule: ())
    assert passes(mapping, TABLE)


def test_mutant_rules_that_nobody_compares_would_stand_twice(monkeypatch):
    mapping = BROKEN["a rule twice"][0]
    assert not passes(mapping, TABLE)
    each = count()
    monkeypatch.setattr(msgspec.json, "encode", lambda rule: next(each))
    assert passes(mapping, TABLE)


@pytest.mark.parametrize(
    ("mapping", "reason", "mend"),
    [
        (msgspec.structs.replace(SOUND, source="x"), "no source", "source:name"),
        (msgspec.structs.replace(SOUND, source="person:x"), "no source", ""),
        (msgspec.structs.replace(SOUND, lang="فارسی"), "no language tag", "fa"),
        (msgspec.structs.replace(SOUND, sheets=("list", "lst")), "no sheet “lst”", "“list”"),
        (msgspec.structs.replace(SOUND, needs=("born",)), "no rule makes “born”", "“name”"),
        (msgspec.structs.replace(SOUND, left_out=("نام",)), "left out, and", "here or there"),
        (msgspec.structs.replace(SOUND, left_out=("توضیح",)), "no column “توضیح”", "“ردیف”"),
        (mapping_of(), "no column has a rule", "[[claim]]"),
    ],
)
def test_what_is_wrong_with_the_head_is_told(mapping, reason, mend):
    with pytest.raises(InputError) as caught:
        check_mapping(mapping, [TABLE])
    assert reason in caught.value.reason
    assert mend in caught.value.mend


def test_all_faults_of_all_rules_come_in_one_message():
    claims = [found.claims[-1] for found, _, _ in BROKEN.values()]
    with pytest.raises(InputError) as caught:
        check_mapping(mapping_of(*claims), [TABLE])
    assert int(caught.value.reason.split()[0]) >= len(claims) - 2  # two of them need a date
    lines = [int(line) for line in re.findall(r"^the mapping:(\d+):", caught.value.reason, re.M)]
    assert lines == sorted(lines)


def test_columns_of_sheets_that_are_left_out_do_not_count():
    other = table_of(["کد"], sheet="second")
    with pytest.raises(InputError, match="کد"):
        check_mapping(mapping_of(rule("name", "کد"), sheets=("list",)), [TABLE, other])
    check_mapping(mapping_of(rule("name", "کد")), [TABLE, other])


def test_columns_of_tables_that_are_not_there_are_no_fault_in_a_part_of_the_list():
    two = mapping_of(
        rule("name", "نام"), rule("sex", "Sex"), left_out=("Place",), sheets=("list", "x")
    )
    with pytest.raises(InputError, match="3 things to mend"):
        check_mapping(two, [TABLE])
    check_mapping(two, [TABLE], part=True)


def test_a_slip_is_found_in_a_part_of_the_list_too():
    table = table_of(["نام", "Remarks"])
    with pytest.raises(InputError, match="Did you mean “Remarks”"):
        check_mapping(
            mapping_of(rule("name", "نام"), rule("remark", "Remraks")), [table], part=True
        )
    check_mapping(
        mapping_of(rule("name", "نام"), rule("remark", "Remark"), left_out=("Remarks",)),
        [table],
        part=True,
    )
    with pytest.raises(InputError, match="dieed"):
        check_mapping(mapping_of(rule("dieed", "نام")), [table], part=True)


@pytest.mark.parametrize(
    ("given_rule", "type_"),
    [
        (rule("arrested", "a"), "when"),
        (rule("birthplace", "a"), "text"),
        (rule("spouse", "a"), "name"),
        (rule("arrest_place", "a", location_kind="exact"), "where"),
        (rule("arrest_place", "a", "b", slots=("latitude", "longitude")), "where"),
        (rule("arrest_place", "a"), "text"),
        (rule("remains_exhumed", "a", unit="1"), "quantity"),
        (rule("remains_exhumed", "a"), "text"),
        (rule("photograph", "a"), ""),
        (rule("fate", "a"), "term"),
    ],
)
def test_the_type_is_what_the_options_tell(given_rule, type_):
    assert rule_type(given_rule) == type_


def test_the_sensitivity_is_never_less_than_the_least():
    public = mapping_of(sensitivity="public")
    assert rule_sensitivity(public, rule("name", "a")) == "public"
    assert rule_sensitivity(public, rule("name", "a", sensitivity="partners")) == "partners"
    assert rule_sensitivity(public, rule("remark", "a")) == "team"
    assert rule_sensitivity(public, rule("national_id", "a")) == "sealed"


# A later version of the list


def test_columns_that_are_new_and_columns_that_are_gone_are_told():
    later = table_of(["نام", "نام خانوادگی", "نام پدر", "تاریخ اعدام", "سن", "منبع", "تازه", "کد"])
    mapping = msgspec.structs.replace(SOUND, left_out=("کد",))
    found = unmatched(mapping, later)
    assert found.columns == ("تازه",)
    assert found.missing == ("ردیف",)
    assert [gone.predicate for gone in found.rules] == ["list_number", "national_id"]


def test_a_list_that_is_the_same_has_nothing_to_tell():
    mapping = msgspec.structs.replace(SOUND, left_out=("طول", "عرض"))
    found = unmatched(mapping, TABLE)
    assert (found.columns, found.rules, found.missing) == ((), (), ())
