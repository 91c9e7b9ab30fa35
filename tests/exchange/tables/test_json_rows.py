"""JSON and JSON Lines as tables. All names are invented."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from habeas.errors import InputError
from habeas.exchange.tables import json_rows, json_values
from habeas.exchange.tables.json_rows import open_json
from habeas.exchange.tables.limits import MAX_CELL, MAX_COLUMNS, MAX_DEPTH
from habeas.exchange.tables.table import Row, TableFile

Write = Callable[[str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(content: str | bytes) -> Path:
        path = tmp_path / "list.json"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return written


def rows(file: TableFile, table: int = 0) -> list[Row]:
    return list(file.tables[table].rows())


def names(file: TableFile, table: int = 0) -> list[str]:
    return [column.name for column in file.tables[table].columns]


def test_an_array_of_objects(write: Write) -> None:
    text = '[{"name": "الف", "n": 1.50, "big": 12345678901234567890123}, {"n": 1e2, "x": true}]'
    file = open_json(write(text))
    assert (file.format, names(file)) == ("json", ["name", "n", "big", "x"])
    assert [(row.number, row.cells) for row in rows(file)] == [
        (1, ("الف", "1.50", "12345678901234567890123", "")), (2, ("", "1e2", "", "true")),
    ]  # fmt: skip


def test_paths_and_lists(write: Write) -> None:
    text = '[{"names": [{"text": "a"}, {"text": "b"}], "tags": ["p", 2, null], "a/b": {"~c": 1}}]'
    file = open_json(write(text))
    assert [(c.name, c.address) for c in file.tables[0].columns] == [
        ("names/0/text", "names/0/text"), ("names/1/text", "names/1/text"), ("tags", "tags"),
        ("a/b/~c", "a~1b/~0c"),
    ]  # fmt: skip
    (row,) = rows(file)
    assert (row.cells, row.lists) == (("a", "b", "p; 2", "1"), {2: ("p", "2")})


def test_an_object_that_holds_one_array_of_objects(write: Write) -> None:
    file = open_json(write('{"version": 3, "people": [{"n": 1}, 5, {"n": 2}], "notes": ["x"]}'))
    assert [table.sheet for table in file.tables] == [None]
    assert [row.number for row in rows(file)] == [1, 3]
    assert [(line.number, line.cells) for line in file.loose] == [
        (0, ("version", "3")), (2, ("5",)), (1, ("x",)),
    ]  # fmt: skip


def test_several_arrays_are_several_tables(write: Write) -> None:
    file = open_json(write('{"a": [{"x": 1}], "b": {"c": [{"y": 2}]}}'))
    assert [table.sheet for table in file.tables] == ["a", "b/c"]
    assert rows(file, 1)[0].cells == ("2",)


def test_one_object_alone_is_one_row(write: Write) -> None:
    file = open_json(write('{"name": "a", "born": {"year": 1350}, "aliases": ["b"]}'))
    assert [row.cells for row in rows(file)] == [("a", "1350", "b")]


def test_lines(write: Write) -> None:
    file = open_json(write('{"a": 1}\r\n\r\n{"b": [1, 2], "a": null}\r\n'))
    assert (file.format, names(file)) == ("jsonl", ["a", "b"])
    assert [(row.number, row.cells, row.lists) for row in rows(file)] == [
        (1, ("1", ""), {}), (3, ("", "1; 2"), {1: ("1", "2")}),
    ]  # fmt: skip


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16"])
def test_marks(write: Write, codec: str) -> None:
    assert rows(open_json(write('[{"نام": "الف"}]'.encode(codec))))[0].cells == ("الف",)


def test_a_letter_that_was_lost_before_is_a_fault(write: Write) -> None:
    assert rows(open_json(write('[{"a": 1, "b": "\ufffd"}]')))[0].faults[0].column == 1


BROKEN = [
    ('[{"a": 1, "a": 2}]', "stands twice", "line 1, column 2"),
    ('{"b": 1, "b": [{"a": 1}]}', "stands twice", "line 1, column 10"),
    ('{"a": 1}\n{"a": 1, "a": 2}\n', "stands twice", "line 2"),
    ('[{"a": NaN}]', "no number", "line 1, column 2"),
    ('[\n{"a": -Infinity}]', "no number", "line 2, column 1"),
    ('[{"a": 1}', "is it whole", "line 1, column 10"),
    ('[{"a": 1},\n {"a": "x', "Unterminated", "line 2, column 8"),
    ('[{"a": 1},]', "Expecting value", "line 1, column 11"),
    ('[{"a": 1}] [{"b": 2}]', "more stands behind", "line 1, column 12"),
    ('{"a": 1}{"b": 2}', "more stands behind", "line 1, column 9"),
    ('{\n"a": 1\n}\n{\n"a": 2\n}', "more stands behind", "line 4, column 1"),
    ('{"a": 1}\n{"a":\n', "Expecting value", "line 2, column 6"),
    ('{"a": 1}\n[1]\n', "no object", "line 2"),
    ("", "neither", "line 1, column 1"),
    ("nul", "neither", "line 1, column 1"),
    ("[]", "no objects", ""),
    ("{}", "no objects", ""),
    ("[[1, 2], [3, 4]]", "no objects", ""),
    ('{"a" 1}', "colon", "line 1, column 6"),
    ("{'a': 1}", "double quotation marks", "line 1, column 2"),
    ('{"a": {"b": [', "Expecting value", "line 1, column 14"),
    ('[{"a": 01}]', "Expecting ',' delimiter", "line 1, column 9"),
    ('[{"a": "x\ny"}]', "control character", "line 1, column 10"),
    ('[{"a": "\\ud800"}]', "half a character", "object 1, a"),
    ('[{"\\udfff": 1}]', "half a character", "a key"),
    ('[{"a": ["\\u0000"]}]', "NUL", "object 1, a"),
    ("[" * 100_000, "inside one another", "line 1, column 2"),
    ('{"a":' * 100_000, "inside one another", ""),
    ('[{"a":' * MAX_DEPTH + "1" + "}]" * MAX_DEPTH, "inside one another", "object 1"),
    ('[{"a": "' + "x" * (MAX_CELL + 1) + '"}]', "longer than", "object 1, a"),
    ('[{"a": [' + '{"b":1},' * (MAX_COLUMNS + 1) + "1]}]", "columns", "object 1"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message", "place"), BROKEN, ids=range(len(BROKEN)))
def test_broken_json_is_refused_with_its_place(
    write: Write, text: str, message: str, place: str
) -> None:
    with pytest.raises(InputError, match=message) as error:
        open_json(write(text))
    assert place in error.value.place


def test_mutant_without_the_look_for_doubled_keys_loses_a_value(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    lenient = json.JSONDecoder(parse_int=str)
    monkeypatch.setattr(json_values, "_DECODER", lenient)
    assert rows(open_json(write('[{"a": 1, "a": 2}]')))[0].cells == ("2",)


def test_mutant_with_floats_changes_digits(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_values, "_DECODER", json.JSONDecoder())
    assert rows(open_json(write('[{"a": 1.50}]')))[0].cells != ("1.50",)


def test_a_document_larger_than_is_read_whole(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_rows, "MAX_JSON", 20)
    with pytest.raises(InputError, match="read whole") as error:
        open_json(write('[{"a": 1}, {"a": 2}, {"a": 3}]'))
    assert "JSON Lines" in error.value.mend
    assert len(rows(open_json(write('{"a": 1}\n' * 30)))) == 30


def test_a_file_that_changes_between_two_readings(write: Write) -> None:
    file = open_json(write('[{"a": 1}]'))
    write('[{"a": 1}, {"b": 2}]')
    with pytest.raises(InputError, match="changed"):
        rows(file)


LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufffd")
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.text(LETTERS, max_size=5))
KEYS = st.sampled_from(["a", "b", "a/b", "~", "", "0"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.sampled_from(["a", "b", "c", "a/b", "~1"]), VALUES, max_size=4)


def leaves(value: object) -> list[str]:
    if isinstance(value, dict):
        return [leaf for inner in value.values() for leaf in leaves(inner)]
    if isinstance(value, list):
        return [leaf for inner in value for leaf in leaves(inner)]
    return [] if value is None else [value if isinstance(value, str) else json.dumps(value)]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(OBJECTS, min_size=1, max_size=4), st.booleans())
def test_every_value_of_every_object_stands_in_its_row(
    write: Write, objects: list[dict[str, object]], in_lines: bool
) -> None:
    text = "\n".join(map(json.dumps, [*objects, {}])) if in_lines else json.dumps(objects)
    file = open_json(write(text))
    found = {row.number: row for table in file.tables for row in table.rows()}
    for number, value in enumerate(objects, start=1):
        if number not in found:
            assert not any(leaf.strip() for leaf in leaves(value))
            continue
        row = found[number]
        kept = [v for i, cell in enumerate(row.cells) for v in row.lists.get(i, (cell,)) if v]
        assert sorted(kept) == sorted(leaf for leaf in leaves(value) if leaf)
