"""How names are read: parts in their slots, nothing lost, nothing rewritten. All names invented."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.claims import name_reading as module
from habeas.claims.name_reading import NO_LETTERS, TOO_LONG, read_name
from habeas.claims.name_row import name_row
from habeas.claims.name_tokens import cut
from habeas.claims.names import normalise
from habeas.claims.values import Name, NamePart
from habeas.claims.vocabulary import vocabulary

TABLE = [
    line
    for line in (Path(__file__).parent / "name_readings.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
]

SLOTS = set(vocabulary().lists["name_slot"].terms)

PIECES = (
    "علی", "رضا", "محمدرضا", "سید", "سنگی", "زاده", "فرزند", "معروف به", "بن", "أبو", "الصخري",
    "آل", "و", "نام پدر", "با نام سازمانی", "(", ")", "«", "»", "،", "/", "-", "\u200c", " ", " ",
    " ", '"', "۱۲", "خان", "Ali", "al-", "Reza", "son of", "a.k.a.", "Seyed", "Cheraghi", "Zadeh",
    "de la", "García", "y", ".", ":", "\u202e", "\u0651", "'", "Ли", "as-", "Salem", "s/o", "b.",
)  # fmt: skip
"""What names are made of, to be thrown together in any order."""

names = st.one_of(
    st.text(max_size=40), st.lists(st.sampled_from(PIECES), max_size=12).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=8).map(" ".join),
)  # fmt: skip


def parts(text: str) -> str:
    return "; ".join(f"{part.slot} {part.text}" for part in read_name(text).parts)


@pytest.mark.parametrize("line", TABLE)
def test_names_as_they_are_written(line):
    text, _, expected = line.partition(" = ")
    unsure = text.startswith("? ")
    text = text.removeprefix("? ")
    assert parts(text) == expected
    assert read_name(text).sure is not unsure


def test_the_table_is_long_enough_and_uses_nearly_all_slots():
    assert len(TABLE) >= 150
    used = {part.split(" ")[0] for line in TABLE for part in line.partition(" = ")[2].split("; ")}
    assert used == SLOTS


@given(names)
def test_parts_are_stretches_of_the_text_in_order_and_no_word_is_lost(text):
    reading = read_name(text)
    at = 0
    covered = []
    for part in reading.parts:
        assert part.slot in SLOTS
        start = text.index(part.text, at)
        at = start + len(part.text)
        covered.append((start, at))
    if not reading.parts:
        assert reading.remarks == (NO_LETTERS,)
        assert not cut(text)
    left = "".join(
        " " if any(a <= i < b for a, b in covered) else letter for i, letter in enumerate(text)
    )
    assert not any(token.word.form for token in cut(left)), (left, reading.parts)


@given(names)
def test_parts_and_what_is_between_them_are_the_original(text):
    at, rebuilt = 0, ""
    for part in read_name(text).parts:
        start = text.index(part.text, at)
        rebuilt += text[at:start] + part.text
        at = start + len(part.text)
    assert rebuilt + text[at:] == text


@given(names)
@settings(max_examples=300)
def test_the_form_is_the_normalised_name(text):
    assert read_name(text).form == normalise(text)
    assert normalise(read_name(text).form) == read_name(text).form


@given(names)
@settings(max_examples=300)
def test_a_remembered_pattern_reads_like_the_first_time(text):
    module._PATTERNS.clear()
    first = read_name(text)
    for other in ("بهرام سنگچین", "Ali Reza", "سید علی"):
        read_name(other)
    assert read_name(text) == first


def test_mutant_patterns_of_all_words_alike_are_caught(monkeypatch):
    """Were the sort of a word not part of the pattern, names would be read like the one before."""
    monkeypatch.setattr(module, "_PATTERNS", {})
    read_name("سید علی")
    only = next(iter(module._PATTERNS.values()))
    monkeypatch.setattr(module, "_pattern_of", lambda tokens: only)
    assert parts("علی سنگی") != "given علی; surname سنگی"


def test_mutant_without_titles_is_caught(monkeypatch):
    from habeas.claims import name_slots

    monkeypatch.setattr(name_slots, "take_titles", lambda tokens, found: tokens)
    monkeypatch.setattr(module, "_PATTERNS", {})
    assert parts("سید رضا آفتابی") != "honorific سید; given رضا; surname آفتابی"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("محمد رضا", "compound"), ("سنگی علی", "first"), ("علی سنگی (گرگ)", "brackets"),
        ("أحمد سالم الصخري", "chain"), ("علی و حسن سنگی", "several"), ("ناشناس", "not known"),
        ("Ali Khan", "title"), ("Salem bin Sakhr", "bin"), ("سنگی", "one word"), ("--", "letter"),
        ("علی فرزند حسن سنگی", "father's or"), ("Zxv Qwk", "order"), ("حاج آقا", "title"),
        ("علی سنگ تراش", "family name begins"), ("علی سنگی / Ali Sangi", "stroke"),
        ("علی سنگی، حسن گلدانی", "several"), ("علی سنگی، گرگ", "comma"), ("أم سالم", "kunya"),
        ("علی سنگی (Ali Sangi)", "script"), ("علی کریم سنگی", "father"),
    ],
)  # fmt: skip
def test_what_could_be_read_in_two_ways_is_said(text, word):
    reading = read_name(text)
    assert not reading.sure
    assert any(word in remark for remark in reading.remarks), reading.remarks


def test_keys_leave_titles_out_and_join_what_may_be_one_word():
    apart, joined = read_name("سید محمد رضا سنگی نژاد"), read_name("محمدرضا سنگی‌نژاد")
    assert "syd" not in apart.keys
    assert {"mhmd", "rz", "mhmdrz", "sngynjd"} <= set(apart.keys)
    assert {"mhmdrz", "sngynjd"} <= set(joined.keys)
    assert set(apart.keys) & set(read_name("Mohammadreza Sanginezhad").keys)
    assert "mhmd" in read_name("سیدمحمد سنگی").keys


def test_an_original_script_is_never_guessed():
    reading = read_name("Mohammad Reza Cheraghi")
    assert reading.script == "Latn"
    assert "".join((reading.form, *reading.keys, *reading.tokens)).isascii()


@pytest.mark.parametrize("kind", ["place", "organisation"])
def test_only_persons_have_parts(kind):
    reading = read_name("بهشت زهرا", kind=kind)
    assert reading.parts == ()
    assert reading.sure
    assert reading.keys == ("bhwt", "zhr")


def test_a_row_says_what_is_compared():
    row = name_row(Name(text="سید محمدرضا سنگی‌نژاد (فرزند حسن)"))
    assert (row.given, row.surname, row.father) == ("محمد رضا", "سنگی نژاد", "حسن")
    assert row.form == "سید محمدرضا سنگی نژاد فرزند حسن"
    assert row.honorific == "سید"
    assert row.keys.split() == sorted(set(row.keys.split()))
    latin = name_row(Name(text="Mohammad-Reza Sanginezhad"))
    assert set(row.given_keys.split()) <= set(latin.given_keys.split())
    assert set(row.surname_keys.split()) <= set(latin.surname_keys.split())


def test_what_a_list_states_about_parts_goes_before_the_reading():
    stated = (NamePart(slot="surname", text="علی"), NamePart(slot="given", text="سنگی"))
    row = name_row(Name(text="سنگی علی", parts=stated))
    assert (row.given, row.surname, row.sure) == ("سنگی", "علی", True)
    read = name_row(Name(text="سنگی علی"))
    assert (read.given, read.surname, read.sure) == ("علی", "سنگی", False)


@given(names)
@settings(max_examples=100)
def test_every_text_has_a_row(text):
    assert name_row(Name(text=text)).form == normalise(text)


@pytest.mark.parametrize("text", ["علی " * 100_000, "b.ʻ" * 100_000])
def test_a_text_of_more_words_than_a_name_has_is_not_taken_apart(text, monkeypatch):
    monkeypatch.setattr(module, "_PATTERNS", {})
    taken_apart = []
    for step in ("is_plain", "stretches", "decide"):
        monkeypatch.setattr(module, step, lambda *given: taken_apart.append(given))
    reading = read_name(text)
    assert [part.slot for part in reading.parts] == ["other"]
    assert reading.remarks == (TOO_LONG,)
    assert len(reading.keys) == 1
    assert taken_apart == []


@pytest.mark.parametrize("text", ["ع" * 1_000_000, "a" * 1_000_000])
def test_a_word_longer_than_words_are_has_no_key(text):
    reading = read_name(text)
    assert [part.text for part in reading.parts] == [text]
    assert reading.keys == ()


def test_brackets_around_nothing_are_no_name():
    reading = read_name("(" * 300_000)
    assert reading.parts == reading.keys == ()
    assert reading.remarks == (NO_LETTERS,)


def test_a_name_of_a_known_pattern_is_not_taken_apart_again(monkeypatch):
    monkeypatch.setattr(module, "_PATTERNS", {})
    assert parts("بهرام سنگچین") == "given بهرام; surname سنگچین"
    taken_apart = []
    monkeypatch.setattr(module, "_read", lambda *given: taken_apart.append(given))
    assert parts("بهرام سنگکار") == "given بهرام; surname سنگکار"
    assert taken_apart == []
