"""Whatever stands in a sheet, it is read or refused in words: never anything else."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from habeas.errors import InputError
from habeas.exchange import coding_sheet, sheet_claims, sheet_locators, sheet_values
from habeas.exchange.sheet_recording import order, read_sheets

KEYS = st.sampled_from(
    [
        *coding_sheet._TOP,
        *coding_sheet._ENTRY,
        *sheet_claims.DETAILS,
        *sheet_locators.KEYS,
        *(field for fields in sheet_values._FIELDS.values() for field in fields),
        "predicate", "rests_on", "standard", "label", "location", "published", "derived_from",
        "type", "parties", "site:a", "source:a", "source:w-123456", "claim:a", "x", "",
    ]
)  # fmt: skip
WORDS = st.one_of(
    st.sampled_from(
        [
            "coding-sheet/1", "public", "gregorian", "solar_hijri", "site:a", "source:a", "org:own",
            "case:a", "claim n1", "n1", "claim:0123456789", "label", "victims_killed", "occurred",
            "location", "derived_from", "source_kind", "status", "name", "arrested", "output",
            "exact", "5", "-5", ">3", "9-3", "67", "1988", "1988-02-30", "witness_direct", "1e999",
            "reasonable_grounds", "0.5", "181", "Point", "given", "٣", "²", "", " ",
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8),
)  # fmt: skip
TREES = st.recursive(
    WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=12,
)
ITEM = st.fixed_dictionaries(
    {},
    optional={
        "id": WORDS,
        "subject": WORDS,
        "predicate": WORDS,
        "value": TREES,
        "holds": TREES,
        "by": TREES,
        "counts": TREES,
        "rests_on": TREES,
        "standard": WORDS,
    },
)
SHEETS = st.fixed_dictionaries(
    {"habeas": st.just("coding-sheet/1")},
    optional={
        "case": TREES,
        "sensitivity": TREES,
        "calendar": TREES,
        "parties": TREES,
        "sources": st.dictionaries(KEYS, TREES, max_size=3) | TREES,
        "entities": st.dictionaries(KEYS, TREES, max_size=3) | TREES,
        "entries": st.lists(
            st.fixed_dictionaries(
                {"source": WORDS, "claims": st.lists(ITEM, max_size=3) | TREES},
                optional={"locator": TREES, "subject": WORDS, "credibility": TREES},
            ),
            max_size=2,
        )
        | TREES,
        "findings": st.lists(ITEM, max_size=2) | TREES,
    },
)


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(SHEETS)
def test_law_any_sheet_is_read_or_refused(sheet: object) -> None:
    """JSON is YAML; every scalar is words."""
    try:
        sound = read_sheets(
            [json.dumps(sheet, ensure_ascii=False).encode()], organisation="org:own"
        )
    except InputError:
        return
    assert order(sound.sheets)
