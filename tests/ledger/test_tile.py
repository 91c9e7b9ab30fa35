"""Tiles: what an append writes, what is read back, how paths and bundles are spelt."""

import json
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.errors import InputError, IntegrityError
from habeas.ledger import tile
from habeas.ledger.tile import (
    MAX_ENTRY_BYTES,
    Tile,
    TileReader,
    decode_entries,
    encode_entries,
    entries_path,
    parse_entries_path,
    parse_tile_path,
    partial_tiles,
    tile_path,
    tiles_written,
)
from habeas.ledger.tree import (
    Frontier,
    consistency_proof,
    frontier_of,
    inclusion_proof,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/ledger-tile.json").read_text())
LEAVES = [leaf_hash(b"%d" % i) for i in range(200_000)]


def vectors(kind):
    tests = [test for test in VECTORS["tests"] if test["kind"] == kind]
    return pytest.mark.parametrize(
        "test", tests, ids=lambda test: f"{test['id']}-{test['comment']}"
    )


class Store(dict):
    """What a database holds: the widest tile at each place."""

    def append(self, size, hashes):
        partials = {level: self[level, index] for level, index, _ in partial_tiles(size)}
        written = list(tiles_written(size, hashes, partials))
        self.update({(new.level, new.index): new.data for new in written})
        return written

    def read(self, level, index, width):
        return self[level, index]


@vectors("tile_path")
def test_tile_path_vectors(test):
    if test["result"] == "valid":
        place = (test["level"], test["index"], test["width"])
        assert parse_tile_path(test["path"]) == place
        assert tile_path(*place) == test["path"]
        assert Tile(level=place[0], index=place[1], width=place[2], data=b"").path == test["path"]
    else:
        with pytest.raises(InputError):
            parse_tile_path(test["path"])


@vectors("entries_path")
def test_entries_path_vectors(test):
    if test["result"] == "valid":
        assert parse_entries_path(test["path"]) == (test["index"], test["width"])
        assert entries_path(test["index"], test["width"]) == test["path"]
    else:
        with pytest.raises(InputError):
            parse_entries_path(test["path"])


@vectors("partial_tiles")
def test_partial_tiles_vectors(test):
    assert [list(place) for place in partial_tiles(test["size"])] == test["tiles"]


@vectors("entries")
def test_entries_vectors(test):
    data = bytes.fromhex(test["data"])
    if test["result"] == "valid":
        entries = [bytes.fromhex(entry) for entry in test["entries"]]
        assert decode_entries(data, test["width"]) == entries
        assert encode_entries(entries) == data
    else:
        with pytest.raises(IntegrityError):
            decode_entries(data, test["width"], place="bundle")


@vectors("tiles")
def test_tiles_vectors(test):
    written = list(tiles_written(0, LEAVES[: test["size"]], {}))
    assert [[new.path, sha256(new.data).hexdigest()] for new in written] == test["tiles"]
    assert Frontier().append(LEAVES[: test["size"]]).root().hex() == test["root"]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(min_value=1, max_value=700), min_size=1, max_size=6))
def test_tiles_do_not_depend_on_the_batches(batches):
    store, size = Store(), 0
    for batch in batches:
        store.append(size, LEAVES[size : size + batch])
        size += batch
    whole = Store()
    written = whole.append(0, LEAVES[:size])
    assert store == whole
    assert len({(new.level, new.index) for new in written}) == len(written)
    assert frontier_of(size, TileReader(store.read, size)) == Frontier().append(LEAVES[:size])


@settings(max_examples=30, deadline=None)
@given(st.integers(min_value=1, max_value=1500), st.data())
def test_proofs_are_read_from_tiles_also_for_earlier_sizes(size, data):
    store = Store()
    store.append(0, LEAVES[:1500])
    index = data.draw(st.integers(min_value=0, max_value=size - 1))
    old = data.draw(st.integers(min_value=0, max_value=size))
    reader = TileReader(store.read, size)
    root, old_root = (Frontier().append(LEAVES[:n]).root() for n in (size, old))
    proof, link = inclusion_proof(index, size, reader), consistency_proof(old, size, reader)
    verify_inclusion(LEAVES[index], index, size, proof, root)
    verify_consistency(old, size, link, old_root, root)
    with pytest.raises(IntegrityError):
        verify_inclusion(LEAVES[size], index, size, proof, root)
    with pytest.raises(IntegrityError):
        verify_consistency(old, size, link, LEAVES[size], root)


def test_a_proof_in_a_large_log_reads_eight_tiles_at_most_and_each_once():
    store, size = Store(), len(LEAVES)
    store.append(0, LEAVES)
    root = frontier_of(size, TileReader(store.read, size)).root()
    for index in (0, 77_777, size - 1):
        read = []
        reader = TileReader(lambda *place: read.append(place) or store[place[:2]], size)  # noqa: B023
        proof = inclusion_proof(index, size, reader)
        assert len(read) == len(set(read)) <= 8
        verify_inclusion(LEAVES[index], index, size, proof, root)


def test_the_reader_asks_for_the_width_that_the_size_has():
    store = Store()
    store.append(0, LEAVES[:70_000])
    asked = set()

    def read(level, index, width):
        asked.add((level, index, width))
        return store[level, index][: width * 32]

    reader = TileReader(read, 70_000)
    assert reader(0, 69_999) == LEAVES[69_999]
    assert reader(16, 0) == Frontier().append(LEAVES[:65_536]).root()
    assert asked == {(0, 273, 112), (2, 0, 1)}


def test_nodes_beyond_the_log_are_refused():
    reader = TileReader(lambda *_: b"", 5)
    for level, index in [(0, 5), (0, -1), (2, 1), (3, 0)]:
        with pytest.raises(InputError, match="no node"):
            reader(level, index)


@pytest.mark.parametrize("data", [b"", b"x" * 31, b"x" * 33, b"x" * 32 * 3, b"x" * 32 * 257])
def test_a_tile_of_another_width_is_refused(data):
    if len(data) == 96:
        with pytest.raises(IntegrityError, match=r"tile/0/000\.p/4"):
            TileReader(lambda *_: data, 4)(0, 0)
    with pytest.raises(IntegrityError, match="Rebuild"):
        TileReader(lambda *_: data, 5)(0, 0)
    with pytest.raises(IntegrityError, match="should hold"):
        list(tiles_written(5, LEAVES[:1], {0: data}))


def test_mutant_a_writer_that_trusts_the_stored_tile_builds_another_tree(monkeypatch):
    short = {0: b"".join(LEAVES[:4])}
    with pytest.raises(IntegrityError):
        list(tiles_written(5, LEAVES[5:6], short))
    monkeypatch.setattr(tile, "_partial", lambda partials, level, *_: partials.get(level, b""))
    (written,) = tiles_written(5, LEAVES[5:6], short)
    assert written.data != b"".join(LEAVES[:6])


def test_what_cannot_be_a_tile_has_no_path():
    for level, index, width in [(-1, 0, 1), (64, 0, 1), (0, -1, 1), (0, 0, 0), (0, 0, 257)]:
        with pytest.raises(InputError):
            tile_path(level, index, width)


def test_an_entry_bundle_holds_up_to_256_entries_of_up_to_65535_bytes():
    whole = [bytes(MAX_ENTRY_BYTES)] * 256
    assert decode_entries(encode_entries(whole), 256) == whole
    for entries in ([], [b""] * 257):
        with pytest.raises(InputError, match="1 to 256"):
            encode_entries(entries)
    with pytest.raises(InputError, match="several acts"):
        encode_entries([bytes(MAX_ENTRY_BYTES + 1)])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.binary(max_size=40), min_size=1, max_size=20))
def test_entry_bundles_round_trip(entries):
    assert decode_entries(encode_entries(entries), len(entries)) == entries
