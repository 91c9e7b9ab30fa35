"""Registries of every kind of claim, and what they hold without the digests that salts make."""

from __future__ import annotations

import hashlib
from collections import Counter

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
from habeas.claims.vocabulary import vocabulary
from habeas.exchange.claims_table_references import named_claims, renamed
from habeas.registry.registry import Registry
from habeas.registry.view import View

AWKWARD = (
    "=1+1", "'=1+1", "''", "+x", "-2+3", "@a", "\tx", "\rx", "\nx", "＝x", "﹣x", " =x", "\u200f=x",
    "a\r\nb", "a\rb", "a\nb", 'say "so"', "a,b;c\td", "a\x00b", "\x1f", "\x7f", "\x85", "\u2028",
    "\u202eabc", "\u2066x", "\ufeffx", "x\ufffe", "\uffff", "😀", "𐭀", "_x000D_", "_x0041_x0042_",
    " both ", "007", "1e5", "1988-07-01", "TRUE", "سید محمد‌رضا", "e\u0301", "\u00e9", "|x|", "|",
    "{", "", "ي", "ی", "#REF!", "<&>]]>", "x" * 33_000, "ژ" * 12_000, "=" * 40_000, "😀" * 17_000,
)  # fmt: skip
"""Texts that files, spreadsheets and their readers are known to change."""

WORDS = st.sampled_from([text for text in AWKWARD if len(text) < 100]) | st.text(max_size=12)
MAYBE = st.none() | WORDS
DAYS = st.dates().map(str)
DIGEST = st.binary(min_size=32, max_size=32).map(bytes.hex)
NAMES = st.sampled_from(["a", "b", "c-1", "d.2"])
LEVELS = st.sampled_from(SENSITIVITIES)
NUMBER = st.decimals(0, 10**6, places=3).map("{:f}".format) | st.integers(0, 99).map(str)
LON = st.decimals(-180, 180, places=9).map("{:f}".format)
LAT = st.decimals(-90, 90, places=18).map("{:f}".format)
PAIR = st.tuples(LON, LAT)
RING = st.lists(PAIR, min_size=3, max_size=4).map(lambda found: (*found, found[0]))
RINGS = st.lists(RING, min_size=1, max_size=2).map(tuple)


def entity(*kinds: str):
    """Ids of some kinds; none of claims."""
    plain = [kind for kind in kinds if kind not in ("claim", "item")]
    found = [DIGEST.map("item:{}".format)] if "item" in kinds else []
    if plain:
        found.append(st.builds("{}:{}".format, st.sampled_from(plain), NAMES))
    return st.one_of(found)


def term(name: str):
    return st.sampled_from(sorted(vocabulary().lists[name].terms))


def _interval(days):
    first, last = days
    return (first, last) if not first or not last or first <= last else (last, first)


@st.composite
def whens(draw):
    first, last = _interval((draw(st.none() | DAYS), draw(st.none() | DAYS)))
    calendar = st.sampled_from(["gregorian", "solar_hijri", "hijri_umm_al_qura", "hijri_tabular"])
    return When(
        text=draw(WORDS), calendar=draw(calendar), precision=draw(term("date_precision")),
        earliest=first, latest=last,
    )  # fmt: skip


@st.composite
def quantities(draw):
    low, high = draw(st.none() | NUMBER), draw(st.none() | NUMBER)
    if low and high and float(low) > float(high):
        low, high = high, low
    return Quantity(text=draw(WORDS), low=low, high=high, unit=draw(MAYBE), counts=draw(MAYBE))


GEOMETRY = st.one_of(
    st.builds(Point, coordinates=PAIR),
    st.builds(LineString, coordinates=st.lists(PAIR, min_size=2, max_size=3).map(tuple)),
    st.builds(Polygon, coordinates=RINGS),
    st.builds(MultiPolygon, coordinates=st.lists(RINGS, min_size=1, max_size=2).map(tuple)),
)
SELECTORS = st.one_of(
    st.builds(Page, number=st.integers(1, 2**53 - 1)),
    st.builds(Quote, exact=WORDS, prefix=MAYBE, suffix=MAYBE),
    st.builds(Position, start=st.integers(0, 9), end=st.integers(1, 2**53 - 1)),
    st.builds(Cell, row=st.integers(1, 9), sheet=MAYBE, column=MAYBE),
    st.builds(Time, start=NUMBER, end=st.none() | NUMBER),
    st.builds(Box, x=NUMBER, y=NUMBER, width=NUMBER, height=NUMBER),
    st.builds(Place, text=WORDS),
)
BY = st.none() | st.builds(
    By, text=WORDS, parties=st.lists(entity("org", "person"), max_size=2).map(tuple)
)


def value_of(type_: str, predicate):
    """Values of a type that a predicate allows."""
    slot = term("name_slot")
    parts = st.lists(st.builds(NamePart, slot=slot, text=WORDS), max_size=2).map(tuple)
    kinds = predicate.targets or ("person", "item", "source")
    return {
        "text": lambda: st.builds(Text, text=WORDS, lang=MAYBE),
        "name": lambda: st.builds(
            Name, text=WORDS, lang=MAYBE, script=MAYBE, scheme=MAYBE, parts=parts
        ),
        "when": whens,
        "where": lambda: st.builds(
            Where, text=MAYBE, geometry=GEOMETRY, uncertainty=st.none() | NUMBER, method=MAYBE,
            kind=st.sampled_from(["exact", "approximate", "representative", "random"]),
        ),
        "quantity": quantities,
        "term": lambda: st.builds(Term, term=term(predicate.vocabulary), text=MAYBE),
        "ref": lambda: st.builds(Ref, id=entity(*kinds), text=MAYBE),
        "file": lambda: st.builds(
            File, sha256=DIGEST, size=st.integers(0, 2**53 - 1), media_type=WORDS, text=MAYBE
        ),
    }[type_]()  # fmt: skip


_PLAIN = [
    (predicate, type_)
    for predicate in vocabulary().predicates
    for type_ in predicate.values
    if set(predicate.subjects) - {"claim"} and set(predicate.targets) != {"claim"}
]
"""Predicates whose subject is no claim."""


@st.composite
def plain_claims(draw):
    """Claims that speak of no other claim, with every field there and not there."""
    predicate, type_ = draw(st.sampled_from(_PLAIN))
    return Claim(
        subject=draw(entity(*(kind for kind in predicate.subjects if kind != "claim"))),
        predicate=predicate.name,
        value=draw(value_of(type_, predicate)),
        source=draw(st.builds("{}:{}".format, st.sampled_from(["source", "run", "org"]), NAMES)),
        locator=draw(st.lists(SELECTORS, max_size=2).map(tuple)),
        by=draw(BY),
        holds=draw(st.none() | whens()),
        credibility=draw(st.none() | st.integers(1, 6)),
        reading=draw(st.none() | term("reading_level")),
        note=draw(MAYBE),
        sensitivity=draw(LEVELS),
    )


SAYING = ("withdrawn", "withdrawn", "disputed", "reclassified", "corrected_by", "finding", "party")


@st.composite
def histories(draw, most: int = 5):
    """What is recorded entry by entry: claims, or functions of the digests recorded so far."""
    entries = [[Claim(
        subject="site:a", predicate="description", value=Text(text="an invented field"),
        source="source:a", sensitivity="team",
    )]]  # fmt: skip
    few = st.lists(plain_claims(), min_size=1, max_size=4)
    for claims in draw(st.lists(few, max_size=3)):
        entries.append(claims)
        if draw(st.booleans()):
            entries.append(claims)  # the very same, recorded again
    for _ in range(draw(st.integers(0, most))):
        entries.append([draw(sayings())])
    return entries


@st.composite
def sayings(draw):
    """A function that makes a claim about claims from the digests that are there."""
    kind = draw(st.sampled_from(SAYING))
    numbers = draw(st.lists(st.integers(0, 10**6), min_size=3, max_size=3))
    level, words = draw(LEVELS), draw(st.sampled_from(["why", "=why", "چرا"]))

    def make(digests: list[str]) -> Claim:
        one, two, three = (digests[number % len(digests)] for number in numbers)
        shared = {"source": "org:own", "sensitivity": level}
        about = {"subject": f"claim:{one}", "predicate": kind, **shared}
        if kind == "reclassified":
            return Claim(value=Term(term=SENSITIVITIES[numbers[1] % 4], text=words), **about)
        if kind == "corrected_by":
            return Claim(value=Ref(id=f"claim:{two}", text=words), **about)
        if kind == "party":
            by = By(text=words, parties=(f"claim:{two}",))
            return Claim(value=Text(text=words), by=by, **{**about, "predicate": "disputed"})
        if kind == "finding":
            return Claim(
                subject="site:a", predicate="description", value=Text(text=words),
                rests_on=tuple(sorted({one, two, three})),
                standard=sorted(vocabulary().lists["standard_of_proof"].terms)[0], **shared,
            )  # fmt: skip
        return Claim(value=Text(text=words), **about)

    return make


def record(registry: Registry, history) -> list[str]:
    """Record a history; all digests in order."""
    digests: list[str] = []
    with registry.recording() as recording:
        for entry in history:
            claims = [one if isinstance(one, Claim) else one(digests) for one in entry]
            digests += recording.entry(claims)
    return digests


def held(view: View) -> Counter:
    """What a view holds, with its effects; claims that are named stand as what they say."""
    claims = {shown.digest: shown for shown in view.stream()}
    known: dict[str, str] = {}

    def deep(digest: str) -> str:
        if digest not in claims:
            return digest
        if digest not in known:
            claim = claims[digest].claim
            names = {target: deep(target) for target in named_claims(claim)}
            known[digest] = hashlib.sha256(repr(renamed(claim, names)).encode()).hexdigest()
        return known[digest]

    return Counter(
        (deep(digest), shown.sensitivity, shown.withdrawn, shown.claim.subject)
        if shown.claim.subject.startswith("run:")
        else (deep(digest), shown.sensitivity, shown.withdrawn, shown.claim.predicate)
        for digest, shown in claims.items()
    )
