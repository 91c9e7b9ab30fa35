"""Lists of a registry as a table: clusters, strata, and no trace of what is hidden."""

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.claims.claim import Claim
from habeas.claims.values import Name, Ref, Term, Text, When
from habeas.errors import InputError, NotFoundError
from habeas.estimation import registry_lists
from habeas.estimation.registry_lists import read_lists
from habeas.registry.changing import withdraw
from habeas.registry.registry import create_registry

ORG = "org:invented-archive"
LISTS = ("source:invented-a", "source:invented-b", "source:invented-c")


def said(subject, predicate, value, source, sensitivity="public"):
    return Claim(
        subject=subject, predicate=predicate, value=value, source=source, sensitivity=sensitivity
    )


def row(person, source, *more, sensitivity="public"):
    named = said(person, "name", Name(text=f"Invented {person[7:]}"), source, sensitivity)
    return [named, *(said(person, *one, source, sensitivity) for one in more)]


def when(earliest, latest, calendar="gregorian"):
    return When(
        text=f"{earliest} to {latest}", calendar=calendar, earliest=earliest, latest=latest,
        precision="range",
    )  # fmt: skip


def same(one, other, sensitivity="public"):
    return [said(one, "same_as", Ref(id=other), ORG, sensitivity)]


@pytest.fixture
def registry(tmp_path):
    with create_registry(
        tmp_path / "registry", organisation="Invented archive", organisation_id=ORG
    ) as made:
        yield made


def record(registry, *entries):
    with registry.recording() as recording:
        return [recording.entry(entry) for entry in entries]


def cells(lists):
    overlap = lists.overlap
    return {
        (label, int(pattern)): int(count)
        for label, counts in zip(overlap.strata, overlap.counts, strict=True)
        for pattern, count in zip(overlap.patterns, counts, strict=True)
        if count
    }


def test_rows_that_are_linked_are_one_person_on_several_lists(registry):
    record(
        registry,
        row("person:a1", LISTS[0]),
        row("person:a2", LISTS[0]),
        row("person:b1", LISTS[1]),
        row("person:c1", LISTS[2]),
        row("person:bridge", "source:invented-elsewhere"),
        same("person:bridge", "person:a1"),
        same("person:b1", "person:bridge"),
    )
    found = read_lists(registry.view("public"), LISTS)
    assert found.overlap.lists == ("invented-a", "invented-b", "invented-c")
    assert cells(found) == {((), 0b001): 1, ((), 0b011): 1, ((), 0b100): 1}
    assert (found.records, found.persons, found.clearance) == (4, 3, "public")


def test_a_withdrawn_link_joins_nobody_and_a_withdrawn_row_is_on_no_list(registry):
    *_, gone, link = record(
        registry,
        row("person:a1", LISTS[0]),
        row("person:b1", LISTS[1]),
        row("person:b2", LISTS[1]),
        same("person:a1", "person:b1"),
    )
    view = registry.view("public")
    assert cells(read_lists(view, LISTS[:2])) == {((), 0b11): 1, ((), 0b10): 1}
    withdraw(registry, link[0], why="an invented mistake")
    withdraw(registry, gone[0], why="an invented mistake")
    assert cells(read_lists(registry.view("public"), LISTS[:2])) == {((), 1): 1, ((), 2): 1}


def test_strata_by_time_place_and_predicate_keep_those_without_a_label(registry):
    record(
        registry,
        row("person:a1", LISTS[0], ("died", when("1988-07-28", "1988-07-28")),
            ("sex", Term(term="female")), ("died_at", Ref(id="place:town"))),
        row("person:b1", LISTS[1], ("disappeared", when("1988-08-01", "1988-08-31"))),
        row("person:a2", LISTS[0], ("died", when("1988-07-01", "1988-08-30"))),
        row("person:b2", LISTS[1], ("died_at", Text(text=" an  invented province"))),
        [
            said("place:town", "part_of", Ref(id="place:county"), ORG),
            said("place:county", "part_of", Ref(id="place:province"), ORG),
            said("place:province", "place_kind", Term(term="province"), ORG),
        ],
    )  # fmt: skip
    view = registry.view("public")
    months = read_lists(view, LISTS[:2], ["month"])
    assert cells(months) == {
        (("1988-07",), 1): 1, (("1988-08",), 2): 1, (("",), 1): 1, (("",), 2): 1,
    }  # fmt: skip
    assert months.without_label == {"month": 2}
    assert months.disputed == {"month": 0}
    assert cells(read_lists(view, LISTS[:2], ["solar_month"]))[("1367-05",), 1] == 1
    assert cells(read_lists(view, LISTS[:2], ["year"]))[("1988",), 1] == 2
    assert cells(read_lists(view, LISTS[:2], ["month:disappeared"])) == {
        (("1988-08",), 2): 1, (("",), 1): 2, (("",), 2): 1,
    }  # fmt: skip
    both = cells(read_lists(view, LISTS[:2], ["province", "sex"]))
    assert both[("place:province", "female"), 1] == 1
    assert both[("an invented province", ""), 2] == 1


def test_strata_that_sources_dispute_are_told_and_not_chosen(registry):
    record(
        registry,
        row("person:a1", LISTS[0], ("died", when("1988-07-28", "1988-07-28"))),
        row("person:b1", LISTS[1], ("died", when("1988-09-02", "1988-09-02"))),
        same("person:a1", "person:b1"),
        row("person:b2", LISTS[1]),
    )
    found = read_lists(registry.view("public"), LISTS[:2], ["month"])
    assert cells(found) == {(("",), 3): 1, (("",), 2): 1}
    assert found.disputed == {"month": 1}
    assert found.without_label == {"month": 1}


HIDDEN = ("partners", "team", "sealed")


def world(seed):
    """Rows, links and dates, some hidden; in an order of their own."""
    draw = random.Random(seed)
    entries = []
    for at in range(40):
        level = draw.choice(("public", "public", "public", *HIDDEN))
        month = draw.randint(7, 9)
        entries.append(
            row(f"person:p{at}", draw.choice(LISTS),
                ("died", when(f"1988-0{month}-01", f"1988-0{month}-02")), sensitivity=level)
        )  # fmt: skip
    for _ in range(14):
        one, other = draw.sample(range(40), 2)
        level = draw.choice(("public", "public", *HIDDEN))
        entries.append(same(f"person:p{one}", f"person:p{other}", level))
    entries += [row(f"person:sure{at}", source) for at, source in enumerate(LISTS)]
    draw.shuffle(entries)
    return entries


def visible(entry):
    return all(claim.sensitivity == "public" for claim in entry)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=8, deadline=None)
def test_hidden_rows_links_and_dates_leave_no_trace(tmp_path_factory, seed):
    tables = []
    for entries in (world(seed), [one for one in world(seed) if visible(one)]):
        folder = tmp_path_factory.mktemp("world") / "registry"
        with create_registry(folder, organisation="Invented", organisation_id=ORG) as made:
            record(made, *entries)
            tables.append(read_lists(made.view("public"), LISTS, ["month"]))
    seen, without = tables
    assert seen.overlap.digest == without.overlap.digest
    assert (seen.records, seen.persons) == (without.records, without.persons)
    assert seen.without_label == without.without_label


def test_a_reading_that_passes_the_gate_would_be_seen(registry):
    record(registry, *world(3))
    public = read_lists(registry.view("public"), LISTS, ["month"])
    sealed = read_lists(registry.view("sealed"), LISTS, ["month"])
    assert public.overlap.digest != sealed.overlap.digest
    assert public.clearance == "public"


def test_a_list_that_is_hidden_and_one_that_is_not_there_give_the_same_answer(registry):
    record(registry, row("person:a1", LISTS[0]), row("person:b1", LISTS[1], sensitivity="sealed"))
    told = []
    for source in (LISTS[1], "source:invented-nowhere"):
        with pytest.raises(NotFoundError) as error:
            read_lists(registry.view("public"), [LISTS[0], source])
        told.append(error.value.describe().replace(source, "SOURCE"))
    assert told[0] == told[1]


@pytest.mark.parametrize(
    ("sources", "strata"),
    [
        (LISTS[:1], []),
        ((LISTS[0], LISTS[0]), []),
        (("person:a1", LISTS[0]), []),
        (LISTS[:2], ["fortnight"]),
        (LISTS[:2], ["month:coordinates"]),
        (LISTS[:2], ["sex:name"]),
    ],
)
def test_what_makes_no_table_is_refused(registry, sources, strata):
    record(registry, row("person:a1", LISTS[0]), row("person:b1", LISTS[1]))
    with pytest.raises(InputError) as error:
        read_lists(registry.view("public"), sources, strata)
    assert error.value.mend


def test_long_chains_of_links_are_followed_to_their_end(registry):
    chain = [f"person:p{at:04d}" for at in range(600)]
    random.Random(1).shuffle(chain)
    record(
        registry,
        *(row(person, LISTS[at % 2]) for at, person in enumerate(chain)),
        *(same(one, other) for one, other in pairwise(chain)),
    )
    found = read_lists(registry.view("public"), LISTS[:2])
    assert found.persons == 1
    root = registry_lists._clusters(registry.view("public"), chain)
    assert {root(person) for person in chain} == {min(chain)}
