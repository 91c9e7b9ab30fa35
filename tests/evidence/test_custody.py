"""Custody events as claims and back, and the chain's gaps and contradictions in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.claims.checking import check_claim
from habeas.claims.claim import Claim
from habeas.claims.values import Ref, Term, Text, When
from habeas.claims.vocabulary import vocabulary
from habeas.errors import InputError
from habeas.evidence import custody_chain
from habeas.evidence.custody import CustodyEvent, custody_details, read_custody, read_time
from habeas.evidence.custody_chain import check_chain

ITEM, OTHER = "a" * 64, "b" * 64
FINDER, OFFICE, COURT = "person:invented-finder", "org:invented-office", "org:invented-court"


def event(**fields) -> CustodyEvent:
    common = {"item": ITEM, "act": "transferred", "time": "2026-05-01T10:00:00+03:30"}
    return CustodyEvent(**(common | fields))


CHAIN = [
    event(act="collected", receiver=FINDER, hash_after=ITEM, seal_after="bag 7"),
    event(time="2026-05-02T09:00:00+00:00", giver=FINDER, receiver=OFFICE, hash_before=ITEM,
          hash_after=ITEM, seal_before="bag 7", seal_after="bag 8"),
    event(time="2026-05-02T12:30:00+03:30", giver=OFFICE, receiver=COURT, hash_before=ITEM,
          hash_after=ITEM, seal_before="bag 8"),
]  # fmt: skip

words = st.text(min_size=1, max_size=20).filter(str.strip)
entity = st.sampled_from([FINDER, OFFICE, COURT])
sha256 = st.sampled_from([ITEM, OTHER])
events = st.builds(
    CustodyEvent, item=sha256, act=st.sampled_from(["collected", "transferred"]),
    time=st.datetimes(timezones=st.timezones()).map(
        lambda moment: moment.replace(microsecond=0, fold=0).isoformat()
    ).filter(lambda text: text.count(":") == 3),
    giver=st.none() | entity, receiver=st.none() | entity, hash_before=st.none() | sha256,
    hash_after=st.none() | sha256,
    **{name: st.none() | words for name in
       ("place", "purpose", "method", "seal_before", "seal_after", "condition", "signature")},
)  # fmt: skip


@given(events)
def test_an_event_comes_back_from_its_claims(event: CustodyEvent) -> None:
    assert read_custody(custody_details(event)) == event
    assert read_custody(reversed(custody_details(event))) == event


def test_the_claims_of_an_event() -> None:
    details = {detail.predicate: detail.value for detail in custody_details(CHAIN[1])}
    assert details["event_kind"] == Term(term="custody")
    assert details["custody_item"] == Ref(id=f"item:{ITEM}")
    assert details["custody_giver"] == Ref(id=FINDER)
    assert details["custody_time"] == When(
        text="2026-05-02T09:00:00+00:00", calendar="gregorian", earliest="2026-05-02",
        latest="2026-05-02", precision="second",
    )  # fmt: skip
    assert details["custody_seal_after"] == Text(text="bag 8")
    assert "custody_condition" not in details


def test_the_vocabulary_has_every_field() -> None:
    full = event(giver=FINDER, receiver=OFFICE, place="room 3", purpose="analysis",
                 method="by hand", hash_before=ITEM, hash_after=ITEM, condition="dry",
                 seal_before="bag 7", seal_after="bag 8", signature="form 12")  # fmt: skip
    details = custody_details(full)
    assert len(details) == len(CustodyEvent.__struct_fields__) + 1
    for predicate, value in details:
        claim = Claim(subject="event:custody-1", predicate=predicate, value=value,
                      source=OFFICE, sensitivity="team")  # fmt: skip
        check_claim(claim)


def test_the_vocabulary_shows_no_custody_below_team() -> None:
    for predicate, _ in custody_details(CHAIN[1]):
        if predicate != "event_kind":
            assert vocabulary().predicate(predicate).least in ("team", "sealed")


@pytest.mark.parametrize("time", ["2026-05-01T10:00:00", "yesterday", "2026-05-01", ""])
def test_a_time_without_a_zone_is_refused(time: str) -> None:
    with pytest.raises(InputError, match=r"zone.*Write it like"):
        read_time(time)
    with pytest.raises(InputError):
        custody_details(event(time=time))


@pytest.mark.parametrize("hidden", ["custody_item", "custody_act", "custody_time"])
def test_an_event_with_a_hidden_core_is_none(hidden: str) -> None:
    pairs = [tuple(detail) for detail in custody_details(CHAIN[0]) if detail.predicate != hidden]
    assert read_custody(pairs) is None
    assert read_custody([]) is None


def test_a_whole_chain_has_no_fault() -> None:
    assert check_chain(ITEM, CHAIN) == []
    assert check_chain(ITEM, CHAIN[:1]) == []


def changed(position: int, **fields) -> list[CustodyEvent]:
    old = {name: getattr(CHAIN[position], name) for name in CustodyEvent.__struct_fields__}
    return [*CHAIN[:position], CustodyEvent(**(old | fields)), *CHAIN[position + 1 :]]


BROKEN = [
    ([], [("gap", 0)], "no custody was recorded"),
    (CHAIN[::2], [("gap", 2), ("seal", 2)], f"last with {FINDER}, but here {OFFICE}"),
    (changed(1, giver=None), [("gap", 2)], "nobody named"),
    (changed(1, receiver=None), [("gap", 2)], "who held the item after"),
    (changed(2, time="2026-05-02T12:00:00+03:30"), [("time", 3)], "lies before"),
    (changed(2, time="noon"), [("time", 3)], "not a time with a zone"),
    (changed(1, hash_after=OTHER), [("hash", 2), ("hash", 3)], "not that of the kept file"),
    (changed(1, seal_before="bag 9"), [("seal", 2)], "sealed with bag 7, but came with bag 9"),
    (changed(1, seal_before=None), [("seal", 2)], "no seal named"),
    (changed(1, item=OTHER), [("item", 2)], "another item"),
]  # fmt: skip


@pytest.mark.parametrize(("chain", "faults", "says"), BROKEN)
def test_a_broken_chain_says_where(chain, faults, says) -> None:
    found = check_chain(ITEM, chain)
    assert [(fault.kind, fault.position) for fault in found] == faults
    assert any(says in fault.text for fault in found)


def test_mutant_a_check_of_each_event_alone_sees_no_gap(monkeypatch) -> None:
    monkeypatch.setattr(custody_chain, "_between", lambda *_: [])
    assert check_chain(ITEM, CHAIN[::2]) == []


@given(st.lists(events, max_size=5))
def test_any_chain_is_judged_without_raising(chain: list[CustodyEvent]) -> None:
    for fault in check_chain(ITEM, chain):
        assert 0 <= fault.position <= len(chain)
        assert fault.text
