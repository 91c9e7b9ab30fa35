"""Selectors: their W3C form and their words."""

import msgspec
import pytest

from habeas.claims.locator import (
    Box,
    Cell,
    Page,
    Place,
    Position,
    Quote,
    Selector,
    Time,
    describe,
    w3c,
)

MEDIA = "http://www.w3.org/TR/media-frags/"
CASES = [
    (Page(number=3), ("http://tools.ietf.org/rfc/rfc3778", "page=3"), "page 3"),
    (Quote(exact="the words"), {"type": "TextQuoteSelector", "exact": "the words"}, "“the words”"),
    (
        Quote(exact="b", prefix="a", suffix="c"),
        {"type": "TextQuoteSelector", "exact": "b", "prefix": "a", "suffix": "c"},
        "“b”",
    ),
    (
        Position(start=0, end=7),
        {"type": "TextPositionSelector", "start": 0, "end": 7},
        "characters 0-7",
    ),
    (Cell(row=5), ("http://tools.ietf.org/rfc/rfc7111", "row=5"), "row 5"),
    (
        Cell(row=5, sheet="S", column="C"),
        ("http://tools.ietf.org/rfc/rfc7111", "row=5"),
        "sheet S, row 5, column C",
    ),
    (Time(start="12.5"), (MEDIA, "t=12.5"), "from 12.5 s"),
    (Time(start="0", end="7"), (MEDIA, "t=0,7"), "0-7 s"),
    (
        Box(x="1", y="2.5", width="30", height="4"),
        (MEDIA, "xywh=percent:1,2.5,30,4"),
        "box 1,2.5 30×4 %",
    ),
    (
        Place(text="second note"),
        {"type": "FragmentSelector", "value": "second note"},
        "second note",
    ),
]


@pytest.mark.parametrize(("selector", "form", "text"), CASES, ids=str)
def test_w3c_and_words(selector, form, text):
    if isinstance(form, tuple):
        form = {"type": "FragmentSelector", "conformsTo": form[0], "value": form[1]}
    assert w3c(selector) == form
    assert describe(selector) == text


def test_every_kind_of_selector_is_tried():
    assert {type(case[0]) for case in CASES} == set(Selector.__args__)


@pytest.mark.parametrize(
    "text",
    [
        '{"type":"page","number":0}',
        '{"type":"page","number":1.5}',
        '{"type":"page"}',
        '{"type":"page","number":9007199254740992}',
        '{"type":"position","start":-1,"end":2}',
        '{"type":"position","start":0,"end":0}',
        '{"type":"cell","row":0}',
        '{"type":"time","start":1}',
        '{"type":"time","start":"1e3"}',
        '{"type":"box","x":"1","y":"1","width":"1"}',
        '{"type":"place","text":"here","more":"there"}',
        '{"type":"chapter","number":1}',
    ],
)
def test_a_selector_of_another_form_is_refused(text):
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(text, type=Selector)
