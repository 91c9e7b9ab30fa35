"""YAML with lines: nothing is reinterpreted, nothing hidden gets through."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from habeas.errors import InputError
from habeas.exchange import yaml_marks
from habeas.exchange.yaml_marks import Block, Series, Words, read_yaml, read_yaml_file


def test_every_scalar_is_words_as_written_with_its_line() -> None:
    found = read_yaml(
        b"a: no\nb: 1988-07-19\nc:\n  - 012\n  - 1e3\n  - ~\n  - 'x'\nd: {e: 0x1F}\n", "s.yaml"
    )
    assert isinstance(found, Block)
    assert found.pairs["a"] == Words("no", 1)
    assert found.pairs["b"] == Words("1988-07-19", 2)
    assert found.pairs["c"] == Series(
        (Words("012", 4), Words("1e3", 5), Words("~", 6), Words("x", 7)), 4
    )
    assert found.pairs["d"] == Block({"e": Words("0x1F", 8)}, 8, {"e": 8})
    assert found.line_of("d") == 8


REFUSED = [
    (b"a: 1\nb: 2\na: 3\n", 3, "“a” is written twice"),
    (b"a:\n  b: 1\n  b: 1\n", 3, "“b” is written twice"),
    (b"x: &one 1\n", 1, "anchor"),
    (b"x: 1\ny: *one\n", 2, "alias"),
    (b"x: !!int 5\n", 1, "tag"),
    (b"x: !x [1]\n", 1, "tag"),
    (b"a: 1\n---\nb: 2\n", 2, "second document"),
    (b"\xef\xbb\xbfa: 1\n", 1, "byte order mark"),
    ("a: 1\n".encode("utf-16"), 1, "byte order mark"),
    (b"a: 1\nb: caf\xe9\n", 2, "no UTF-8"),
    (b"a: 1\nb: x\x07\n", 2, "control character"),
    ("ü: 1\nü2: ü\nb: x\x07\n".encode(), 3, "control character"),
    (b'a: "x\\0y"\n', 1, "control character"),
    (b"", 1, "empty"),
    (b"# only a comment\n", 1, "empty"),
    (b" \n\n", 1, "empty"),
    (b"a: b: c\n", 1, "no YAML"),
    (b"a: [1\n", 2, "no YAML"),
    (b"a: 1\n\tb: 2\n", 2, "no YAML"),
    (b"[a]: b\n", 1, "a key has to be plain words"),
    (b"a: " + b"[" * 30 + b"]" * 30, 1, "deep"),
    (b"a: " + b"x" * 100_001, 1, "100001 characters"),
]


@pytest.mark.parametrize(("data", "line", "reason"), REFUSED)
def test_what_is_refused(data: bytes, line: int, reason: str) -> None:
    with pytest.raises(InputError) as error:
        read_yaml(data, "s.yaml")
    assert error.value.place == f"s.yaml:{line}"
    assert reason in error.value.reason
    assert error.value.mend


def test_mutant_a_plain_loader_lets_duplicates_and_aliases_through() -> None:
    """What PyYAML itself would do, and so what would reach the record without the checks."""
    assert yaml.safe_load(b"a: 1\na: 3\n") == {"a": 3}
    assert yaml.safe_load(b"x: &one 1\ny: *one\n") == {"x": 1, "y": 1}
    assert yaml.safe_load(b"a: no\n") == {"a": False}


def test_mutant_without_the_check_for_hidden_things(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_marks, "_refuse_hidden", lambda event, name: None)
    assert read_yaml(b"x: !!int 5\n", "s") == Block({"x": Words("5", 1)}, 1, {"x": 1})


def test_mutant_without_the_check_for_a_second_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_marks, "_refuse_other", lambda event, found, name: None)
    assert read_yaml(b"a: 1\n---\nb: 2\n", "s") == Block({"b": Words("2", 3)}, 3, {"b": 3})


def test_a_file_that_is_not_there_or_is_no_file(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path):
        with pytest.raises(InputError, match="no such file"):
            read_yaml_file(path)


def test_a_file_that_is_too_large_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "large.yaml"
    path.write_bytes(b"a: 1\n" * 10)
    monkeypatch.setattr(yaml_marks, "MAX_BYTES", 49)
    with pytest.raises(InputError, match="50 bytes; at most 49"):
        read_yaml_file(path)


def test_a_value_of_fifty_megabytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    path.write_bytes(b"a: " + b"x" * 50_000_000)
    with pytest.raises(InputError, match="bytes; at most"):
        read_yaml_file(path)


PRINTABLE = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cn"], exclude_characters="\ufeff\u2028\u2029"),
    max_size=30,
)


@given(st.dictionaries(PRINTABLE, PRINTABLE, min_size=1, max_size=5))
def test_law_words_in_quotes_come_back_as_they_were(pairs: dict[str, str]) -> None:
    lines = [f"{_quote(key)}: {_quote(value)}" for key, value in pairs.items()]
    found = read_yaml("\n".join(lines).encode(), "s")
    assert isinstance(found, Block)
    texts = {key: v.text for key, v in found.pairs.items() if isinstance(v, Words)}
    assert texts == pairs
    assert [found.line_of(key) for key in pairs] == list(range(1, len(pairs) + 1))


def _quote(text: str) -> str:
    return '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'


@given(st.binary(max_size=200))
def test_law_any_bytes_are_read_or_refused_with_a_place(data: bytes) -> None:
    refusal = None
    try:
        read_yaml(data, "s.yaml")
    except InputError as error:
        refusal = error
    assert refusal is None or (refusal.place.startswith("s.yaml") and refusal.mend)
