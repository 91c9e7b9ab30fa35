"""Uwazi's CSV as a table: no language and no position is lost. All names are invented."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from foreign_files import broken, located, opened, read_whole, said, written
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.claims.values import Point
from habeas.exchange.tables import uwazi
from habeas.exchange.tables.table import Row, TableFile

LIST = (
    "title__en,title__fa,title__ar,Date of birth,nickname__fa,place_geolocation,link\n"
    "Invented One,سنگ ساختگی,حجر وهمي,1988-01-01~1988-12-31,الف|ب,35.50|51.4,see|https://example.org\n"
    "Invented Two,پرند ساختگی,,1988-03-04:1988-03-04,,,\n"
)
EXPORTED = (
    "Title,Date added,Template,Date of death,Geolocation,Documents,Attachments,Published\n"
    "Invented,2020-01-02,Person,1988-08-01~1988-08-31,-35.5|51,/files/a.pdf,,Published\n"
)


def rows(file: TableFile) -> list[Row]:
    return list(file.tables[0].rows())


def names(read) -> list[tuple[str, str | None]]:
    return [(c.value.text, c.value.lang) for c in read.claims if c.predicate == "name"]


def test_every_language_is_kept_with_its_tag(tmp_path):
    file = opened(tmp_path, LIST)
    assert file.format == "uwazi"
    assert "languages: ar, en, fa" in file.remarks
    first, second = said(file)
    assert names(first) == [("Invented One", "en"), ("سنگ ساختگی", "fa"), ("حجر وهمي", "ar")]
    assert names(second) == [("Invented Two", "en"), ("پرند ساختگی", "fa")]
    nicknames = [c.value for c in first.claims if c.predicate == "nickname"]
    assert [(value.text, value.lang) for value in nicknames] == [("الف", "fa"), ("ب", "fa")]


def test_every_language_mutant(tmp_path, monkeypatch):
    """A reader that takes the suffixes for a part of the words."""
    monkeypatch.setattr(uwazi, "_split", lambda header: (header, None))
    assert {lang for _, lang in names(said(opened(tmp_path, LIST))[0])} <= {None}


def test_spans_of_days(tmp_path):
    first, second = said(opened(tmp_path, LIST))
    spans = [
        (value.earliest, value.latest)
        for read in (first, second)
        for value in (c.value for c in read.claims if c.predicate == "born")
    ]
    assert spans == [("1988-01-01", "1988-12-31"), ("1988-03-04", "1988-03-04")]


def test_a_link_is_one_value(tmp_path):
    row = rows(opened(tmp_path, LIST))[0]
    assert 6 not in row.lists
    assert row.cells[6] == "see|https://example.org"


def test_positions_have_latitude_first_and_keep_their_digits(tmp_path):
    assert rows(opened(tmp_path, LIST))[0].geometries == {5: Point(coordinates=("51.4", "35.50"))}
    (exported,) = rows(opened(tmp_path, EXPORTED))
    assert exported.geometries == {4: Point(coordinates=("51", "-35.5"))}


@pytest.mark.parametrize("wrong", ["35.5", "35.5|", "|51", "a|b", "35.5|51|x", "95|51", "0|0"])
def test_no_position_is_lost_silently(wrong, tmp_path):
    file = opened(tmp_path, f"title__en,place_geolocation\nInvented,{wrong}\n")
    (row,) = rows(file)
    assert row.faults[0].column == 1
    from habeas.exchange.lists.mapping import ClaimRule

    rules = (
        ClaimRule(predicate="name", columns=("title__en",)),
        ClaimRule(
            predicate="location", columns=("place_geolocation",), location_kind="approximate"
        ),
    )
    (read,) = said(file, subject="site", claims=rules)
    assert read.questions


def test_no_position_is_lost_silently_mutant(tmp_path, monkeypatch):
    monkeypatch.setattr(uwazi, "_POSITION", __import__("re").compile("never"))
    assert not rows(opened(tmp_path, "title__en,place_geolocation\nInvented,35.5\n"))[0].faults


def test_an_exported_file(tmp_path):
    file = opened(tmp_path, EXPORTED)
    (read,) = said(file)
    assert file.format == "uwazi"
    assert names(read) == [("Invented", None)]
    assert [(c.value.earliest, c.value.latest) for c in read.claims if c.predicate == "died"] == [
        ("1988-08-01", "1988-08-31"),
    ]  # fmt: skip


def test_a_site(tmp_path):
    file = opened(tmp_path, EXPORTED)
    from habeas.exchange.lists.mapping import ClaimRule

    rules = (
        ClaimRule(predicate="name", columns=("Title",)),
        ClaimRule(predicate="location", columns=("Geolocation",), location_kind="approximate"),
    )
    (read,) = said(file, subject="site", claims=rules)
    assert [claim.predicate for claim in read.claims] == ["name", "location"]
    assert read.claims[1].value.text == "-35.5|51"
    assert located(file)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_broken_files_are_refused_or_read(data):
    with tempfile.TemporaryDirectory() as folder:
        read_whole(written(Path(folder), data.draw(broken(LIST.encode()))))
