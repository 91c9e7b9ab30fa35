"""Claims of every form that the format has, for properties."""

from hypothesis import strategies as st

from habeas.claims.claim import SENSITIVITIES, By, Claim
from habeas.claims.locator import Box, Cell, Page, Place, Position, Quote, Time
from habeas.claims.values import (
    File,
    LineString,
    MultiPolygon,
    Name,
    NamePart,
    Point,
    Polygon,
    Quantity,
    Ref,
    Term,
    Text,
    When,
    Where,
)

TEXT = st.text(max_size=8)
MAYBE = st.none() | TEXT
SAFE = st.integers(0, 2**53 - 1)
COUNT = st.integers(1, 2**53 - 1)
DECIMAL = st.decimals(-(10**6), 10**6, places=3).map("{:f}".format) | st.integers(0, 999).map(str)
DAY = st.dates().map(str)
DIGEST = st.binary(min_size=32, max_size=32).map(bytes.hex)
_NAME = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,9}", fullmatch=True)
_KINDS = st.sampled_from(
    ["person", "site", "event", "org", "place", "source", "case", "run", "log"]
)
ID = (
    st.builds("{}:{}".format, _KINDS, _NAME)
    | DIGEST.map("claim:{}".format)
    | DIGEST.map("item:{}".format)
)
_PAIR = st.tuples(DECIMAL, DECIMAL)
_RING = st.lists(_PAIR, max_size=4).map(tuple)
_RINGS = st.lists(_RING, max_size=2).map(tuple)
GEOMETRY = st.one_of(
    st.builds(Point, coordinates=_PAIR),
    st.builds(LineString, coordinates=_RING),
    st.builds(Polygon, coordinates=_RINGS),
    st.builds(MultiPolygon, coordinates=st.lists(_RINGS, max_size=2).map(tuple)),
)
WHEN = st.builds(
    When,
    text=TEXT,
    calendar=st.sampled_from(["gregorian", "solar_hijri", "hijri_umm_al_qura", "hijri_tabular"]),
    earliest=st.none() | DAY,
    latest=st.none() | DAY,
    precision=TEXT,
)
VALUES = {
    Text: st.builds(Text, text=TEXT, lang=MAYBE),
    Name: st.builds(
        Name, text=TEXT, lang=MAYBE, script=MAYBE, scheme=MAYBE,
        parts=st.lists(st.builds(NamePart, slot=TEXT, text=TEXT), max_size=2).map(tuple),
    ),
    When: WHEN,
    Where: st.builds(
        Where, text=MAYBE, geometry=st.none() | GEOMETRY, uncertainty=st.none() | DECIMAL,
        kind=st.sampled_from(["exact", "approximate", "representative", "random"]), method=MAYBE,
    ),
    Quantity: st.builds(
        Quantity, text=TEXT, low=st.none() | DECIMAL, high=st.none() | DECIMAL, unit=MAYBE,
        counts=MAYBE,
    ),
    Term: st.builds(Term, term=TEXT, text=MAYBE),
    Ref: st.builds(Ref, id=ID, text=MAYBE),
    File: st.builds(File, sha256=DIGEST, size=SAFE, media_type=TEXT, text=MAYBE),
}  # fmt: skip
SELECTORS = st.one_of(
    st.builds(Page, number=COUNT),
    st.builds(Quote, exact=TEXT, prefix=MAYBE, suffix=MAYBE),
    st.builds(Position, start=SAFE, end=COUNT),
    st.builds(Cell, row=COUNT, sheet=MAYBE, column=MAYBE),
    st.builds(Time, start=DECIMAL, end=st.none() | DECIMAL),
    st.builds(Box, x=DECIMAL, y=DECIMAL, width=DECIMAL, height=DECIMAL),
    st.builds(Place, text=TEXT),
)


def claims(value=None):
    """Claims with every field there and not there."""
    return st.builds(
        Claim,
        subject=ID,
        predicate=st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True),
        value=st.one_of(*VALUES.values()) if value is None else value,
        source=st.builds("{}:{}".format, st.sampled_from(["source", "run", "org"]), _NAME),
        locator=st.lists(SELECTORS, max_size=2).map(tuple),
        by=st.none() | st.builds(By, text=TEXT, parties=st.lists(ID, max_size=2).map(tuple)),
        holds=st.none() | WHEN,
        credibility=st.none() | st.integers(1, 6),
        reading=MAYBE,
        note=MAYBE,
        rests_on=st.lists(DIGEST, max_size=2).map(tuple),
        standard=MAYBE,
        sensitivity=st.sampled_from(SENSITIVITIES),
    )
