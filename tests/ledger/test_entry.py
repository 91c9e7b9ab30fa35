"""Entries: sorted, padded, silent about how much was said (faults 51, 52)."""

import json
import re
from hashlib import sha256

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.claims.claim import Claim, digest, digests, opened_log, read_opening, seal
from habeas.claims.values import Text
from habeas.errors import InputError, IntegrityError
from habeas.ledger import entry as module
from habeas.ledger.entry import (
    MAX_ENTRY_BYTES,
    SIZES,
    decoy_digests,
    decoy_opening,
    log_id,
    log_name,
    make_entry,
    read_entry,
    require_log,
)
from habeas.ledger.keys import new_origin

TIME, HANDLE = "2026-11-23T15:04:05Z", "r-5f2c9a"
LOG = "0123456789abcdef" * 2
ORIGIN = f"habeas.invalid/log/{LOG}"


def made(claims, recorded=TIME, recorder=HANDLE):
    return make_entry(claims, recorded=recorded, recorder=recorder)


def some(count):
    return [sha256(b"invented %d" % number).hexdigest() for number in range(count)]


def spelled(claims, **changes):
    fields = {"claims": claims, "recorded": TIME, "recorder": HANDLE, "type": "habeas-entry/1"}
    return rfc8785.dumps({**fields, **changes})


def opening(text="invented", log=LOG):
    one = Claim(
        subject="site:a",
        predicate="label",
        value=Text(text=text),
        source="org:a",
        sensitivity="team",
    )
    return seal([one], log)[0]


@settings(max_examples=60, deadline=None)
@given(st.integers(1, SIZES[-1]), st.randoms())
def test_an_entry_is_sorted_padded_and_holds_what_it_was_given(count, random):
    given_digests = some(count)
    random.shuffle(given_digests)
    data, salts = made(given_digests)
    entry = read_entry(data)
    assert list(entry.claims) == sorted(set(entry.claims))
    assert len(entry.claims) == min(size for size in SIZES if size >= count)
    assert set(entry.claims) - set(given_digests) == set(decoy_digests(salts))
    assert set(given_digests) <= set(entry.claims)
    assert len(salts) == 32 * (len(entry.claims) - count)
    assert data == spelled(list(entry.claims))
    assert len(data) <= MAX_ENTRY_BYTES


@pytest.mark.parametrize("size", SIZES)
def test_the_sizes_are_reached_and_left(size):
    assert len(read_entry(made(some(size))[0]).claims) == size
    if size < SIZES[-1]:
        assert len(read_entry(made(some(size + 1))[0]).claims) > size


def test_the_sizes_are_those_of_the_specification():
    assert SIZES == (4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768)


def test_no_entry_tells_by_its_length_how_many_claims_it_holds():
    lengths = {len(made(some(count))[0]) for count in range(5, 9)}
    assert len(lengths) == 1


def test_decoys_are_digests_like_others():
    data, salts = made(some(1))
    decoys = decoy_digests(salts)
    assert len(set(decoys)) == 3
    for at, found in enumerate(decoys):
        text = salts[32 * at : 32 * at + 32].hex()
        assert decoy_opening(text) == f'["{text}","decoy"]'.encode()
        assert found == sha256(decoy_opening(text)).hexdigest()
    assert all(re.fullmatch("[0-9a-f]{64}", one) for one in read_entry(data).claims)
    assert decoy_digests(b"") == []


def test_where_the_claims_stand_says_nothing():
    """With fresh decoys, one digest in the middle of the range stands now here and now there."""
    middle = "7" + "f" * 63
    places = {read_entry(made([middle])[0]).claims.index(middle) for _ in range(100)}
    assert places == {0, 1, 2, 3}


def test_salts_of_decoys_are_never_twice():
    salts = b"".join(made(some(1))[1] for _ in range(200))
    assert len({salts[at : at + 32] for at in range(0, len(salts), 32)}) == 600


def test_a_decoy_opens_no_claim():
    with pytest.raises(IntegrityError):
        read_opening(decoy_opening("0" * 64))


@pytest.mark.parametrize(
    ("claims", "changes", "reason"),
    [
        ([], {}, "without claims"),
        (some(769), {}, "769 claims"),
        (some(2) * 2, {}, "stands twice"),
        (["A" * 64], {}, "cannot be written down"),
        (["a" * 63], {}, "cannot be written down"),
        (["a" * 64 + "\n"], {}, "cannot be written down"),
        (some(1), {"recorded": "2026-11-23"}, "cannot be written down"),
        (some(1), {"recorded": TIME + "\n"}, "cannot be written down"),
        (some(1), {"recorder": "An Invented Person"}, "cannot be written down"),
        (some(1), {"recorder": ""}, "cannot be written down"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_what_no_reader_would_accept_is_not_made(claims, changes, reason):
    with pytest.raises(InputError, match=reason):
        made(claims, **changes)


def test_mutant_an_entry_that_is_not_read_before_it_is_given_out(monkeypatch):
    monkeypatch.setattr(module, "read_entry", lambda _: None)
    data, _ = made(some(2) * 2)
    with pytest.raises(IntegrityError):
        read_entry(data)


FOUR = sorted(some(4))
REFUSED = {
    "no digest": (spelled([]), "cannot be read"),
    "not sorted": (spelled(FOUR[::-1]), "not sorted"),
    "two exchanged": (spelled([*FOUR[:2], FOUR[3], FOUR[2]]), "not sorted"),
    "one digest twice": (spelled([FOUR[0], *FOUR[:3]]), "stands twice"),
    "not padded": (spelled(FOUR[:3]), "no padded size"),
    "one more": (spelled(sorted(some(5))), "no padded size"),
    "too many": (spelled(sorted(some(900))), "no padded size"),
    "too long": (spelled(sorted(some(1024))), "entry of 68"),
    "an unknown field": (spelled(FOUR, subject="site:a"), "cannot be read"),
    "another type": (spelled(FOUR, type="habeas-entry/2"), "cannot be read"),
    "white space": (spelled(FOUR).replace(b",", b", "), "canonical form"),
    "a key twice": (spelled(FOUR).replace(b"{", b'{"recorder":"a",', 1), "canonical form"),
    "a digest and a newline": (spelled([*FOUR[:3], "f" * 64 + "\n"]), "cannot be read"),
    "an array": (b"[]", "cannot be read"),
    "nothing": (b"", "cannot be read"),
}


@pytest.mark.parametrize(("data", "reason"), REFUSED.values(), ids=REFUSED)
def test_t52_an_entry_of_another_form_is_refused(data, reason):
    with pytest.raises(IntegrityError, match=reason) as caught:
        read_entry(data)
    assert caught.value.mend


def is_taken(reader, *given):
    try:
        reader(*given)
    except IntegrityError:
        return False
    return True


@pytest.mark.parametrize("name", ["not padded", "one more", "too many", "too long"])
def test_mutant_of_any_size(monkeypatch, name):
    data = REFUSED[name][0]
    assert not is_taken(read_entry, data)
    monkeypatch.setattr(module, "SIZES", range(10_000))
    monkeypatch.setattr(module, "MAX_ENTRY_BYTES", 10**9)
    assert is_taken(read_entry, data)


def test_mutant_the_length_alone(monkeypatch):
    """Each of the two checks refuses on its own."""
    monkeypatch.setattr(module, "MAX_ENTRY_BYTES", 10**9)
    with pytest.raises(IntegrityError, match="no padded size"):
        read_entry(REFUSED["too long"][0])
    monkeypatch.undo()
    monkeypatch.setattr(module, "SIZES", range(10_000))
    with pytest.raises(IntegrityError, match="68"):
        read_entry(REFUSED["too long"][0])


@pytest.mark.parametrize("name", ["not sorted", "two exchanged", "one digest twice"])
def test_mutant_in_any_order(monkeypatch, name):
    data = REFUSED[name][0]
    assert not is_taken(read_entry, data)
    monkeypatch.setattr(module, "zip", lambda *_, **__: (), raising=False)
    assert is_taken(read_entry, data)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_t24_no_two_entries_have_one_leaf(data):
    one = spelled(FOUR)
    at = data.draw(st.integers(0, len(one) * 8 - 1))
    changed = bytearray(one)
    changed[at // 8] ^= 1 << at % 8
    assert sha256(b"\0" + one).digest() != sha256(b"\0" + bytes(changed)).digest()


def test_t51_an_opening_belongs_to_the_entry_that_names_it_and_to_no_other():
    here, elsewhere = opening("one"), opening("other")
    entry = read_entry(made(digests([here]))[0])
    assert digest(here) in entry.claims
    assert digest(elsewhere) not in entry.claims
    changed = here.replace(b"one", b"two")
    assert digest(changed) not in entry.claims


def test_t51_a_digest_that_was_copied_into_another_log_counts_for_nothing():
    copied = opening(log="f" * 32)
    entry = read_entry(made(digests([copied]))[0])
    assert digest(copied) in entry.claims
    with pytest.raises(IntegrityError, match="another log") as caught:
        require_log(copied, ORIGIN, "a bundle")
    assert caught.value.place == "a bundle"
    assert is_taken(require_log, opening(), ORIGIN)


def test_mutant_openings_of_any_log(monkeypatch):
    copied = opening(log="f" * 32)
    assert not is_taken(require_log, copied, ORIGIN)
    monkeypatch.setattr(module, "opened_log", lambda _: LOG)
    assert is_taken(require_log, copied, ORIGIN)


def test_t52_two_openings_for_one_digest_would_be_a_collision():
    one, other = opening("same"), opening("same")
    assert one != other
    assert digest(one) != digest(other)
    assert json.loads(one)[2] == json.loads(other)[2]


def test_names_of_logs():
    assert (log_name(ORIGIN), log_id(ORIGIN)) == (LOG, f"log:{LOG}")
    assert opened_log(opening(log=log_name(new_origin())))
