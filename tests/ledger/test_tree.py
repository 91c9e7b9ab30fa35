"""The hash tree against RFC 6962's reference data, against pymerkle, and against broken proofs."""

import json
from pathlib import Path

import pymerkle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.errors import ForkError, InputError, IntegrityError
from habeas.ledger import tree
from habeas.ledger.tree import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    frontier_of,
    inclusion_proof,
    leaf_hash,
    node_hash,
    verify_consistency,
    verify_inclusion,
)

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/ledger-tree.json").read_text())
LEAVES = [bytes.fromhex(leaf) for leaf in VECTORS["leaves"]]
SIZES = st.integers(min_value=1, max_value=300)


def vectors(kind):
    tests = [test for test in VECTORS["tests"] if test["kind"] == kind]
    return pytest.mark.parametrize(
        "test", tests, ids=lambda test: f"{test['id']}-{test['comment']}"
    )


def unhex(hashes):
    return [bytes.fromhex(digest) for digest in hashes]


def leaf_hashes(size):
    return [leaf_hash(b"entry %d" % i) for i in range(size)]


def nodes_of(leaves):
    """The nodes of a tree, by the definition in RFC 6962, 2.1: as slow as it is plain."""

    def root(part):
        if len(part) == 1:
            return part[0]
        left = 1
        while left * 2 < len(part):
            left *= 2
        return node_hash(root(part[:left]), root(part[left:]))

    return lambda level, index: root(leaves[index << level : (index + 1) << level])


def oracle(size):
    other = pymerkle.InmemoryTree(algorithm="sha256")
    for i in range(size):
        other.append_entry(b"entry %d" % i)
    return other


def test_leaf_hashes_of_the_reference_data():
    assert [leaf_hash(leaf).hex() for leaf in LEAVES] == VECTORS["leaf_hashes"]


def test_leaf_hash_of_a_public_log():
    # The entry of the Go checksum database for a published module, and its leaf hash, both from
    # the documentation of github.com/transparency-dev (tlog-verify).
    module = "github.com/transparency-dev/tessera v1.0.0"
    entry = (
        f"{module} h1:4OT1V9xJLa5NnYlFWWlCdZkCm18/o12rdd+bCTje7XE=\n"
        f"{module}/go.mod h1:TLvfjlkbmsmKVEJUtzO2eb9Q2IBnK3EJ0dI4G0oxEOU=\n"
    )
    expected = "0fa57c511c3b2ffcc0a05ad63172568d265aaf9844e9b636a0978795396f2ab1"
    assert leaf_hash(entry.encode()).hex() == expected


@vectors("root")
def test_root_vectors(test):
    hashes = [leaf_hash(leaf) for leaf in LEAVES[: test["size"]]]
    assert Frontier().append(hashes).root().hex() == test["root"]


@vectors("inclusion")
def test_t28_inclusion_vectors(test):
    arguments = (
        bytes.fromhex(test["leaf_hash"]),
        test["index"],
        test["size"],
        unhex(test["proof"]),
        bytes.fromhex(test["root"]),
    )
    if test["result"] == "valid":
        verify_inclusion(*arguments)
        made = inclusion_proof(
            test["index"], test["size"], nodes_of([leaf_hash(leaf) for leaf in LEAVES])
        )
        assert made == unhex(test["proof"])
    else:
        with pytest.raises(IntegrityError, match=r"[a-z]"):
            verify_inclusion(*arguments)


@vectors("consistency")
def test_t28_consistency_vectors(test):
    arguments = (
        test["old_size"],
        test["new_size"],
        unhex(test["proof"]),
        bytes.fromhex(test["old_root"]),
        bytes.fromhex(test["new_root"]),
    )
    if test["result"] == "valid":
        verify_consistency(*arguments)
        made = consistency_proof(
            test["old_size"], test["new_size"], nodes_of([leaf_hash(leaf) for leaf in LEAVES])
        )
        assert made == unhex(test["proof"])
    else:
        with pytest.raises(IntegrityError) as caught:
            verify_consistency(*arguments)
        assert isinstance(caught.value, ForkError) == ("Fork" in test["flags"])


@pytest.mark.parametrize(
    ("check", "flag"),
    [
        ("there is no such entry", "IndexBeyondSize"),
        ("a hash too many", "ExtraHash"),
        ("a hash too few", "MissingHash"),
        ("another root", "WrongHash"),
    ],
)
def test_t28_mutant_a_verifier_without_one_check_lets_a_broken_proof_pass(check, flag):
    broken = [
        test
        for test in VECTORS["tests"]
        if test["kind"] == "inclusion" and test["result"] == "invalid" and flag in test["flags"]
    ]
    assert any(_careless_verify(test, without=flag) for test in broken), check


def _careless_verify(test, *, without):
    """RFC 9162, 2.1.3.2, with one check left out; says whether it would accept."""
    digest, position, last = bytes.fromhex(test["leaf_hash"]), test["index"], test["size"] - 1
    if position > last and without != "IndexBeyondSize":
        return False
    for sibling in unhex(test["proof"]):
        if last <= 0:
            if without != "ExtraHash":
                return False
            break
        if position % 2 or position == last:
            digest = node_hash(sibling, digest)
            while position % 2 == 0 and position:
                position, last = position >> 1, last >> 1
        else:
            digest = node_hash(digest, sibling)
        position, last = position >> 1, last >> 1
    if last > 0 and without not in ("MissingHash", "IndexBeyondSize"):
        return False
    return without in ("WrongHash", "MissingHash") or digest.hex() == test["root"]


def test_t28_mutant_a_tree_without_prefixes_takes_a_node_for_an_entry(monkeypatch):
    hashes = leaf_hashes(4)
    root = Frontier().append(hashes).root()
    forged = hashes[0] + hashes[1]
    proof = [node_hash(hashes[2], hashes[3])]
    with pytest.raises(IntegrityError):
        verify_inclusion(leaf_hash(forged), 0, 2, proof, root)
    monkeypatch.setattr(tree, "leaf_hash", lambda entry: tree.sha256(b"\x01" + entry).digest())
    verify_inclusion(tree.leaf_hash(forged), 0, 2, proof, root)


def test_t19_mutant_a_verifier_that_forgets_the_old_root_sees_no_fork(monkeypatch):
    old, new = leaf_hashes(5), [leaf_hash(b"rewritten"), *leaf_hashes(9)[1:]]
    old_root, new_root = Frontier().append(old).root(), Frontier().append(new).root()
    proof = consistency_proof(5, 9, nodes_of(new))
    with pytest.raises(tree.RootForkError) as caught:
        verify_consistency(5, 9, proof, old_root, new_root)
    assert caught.value.earlier_root == Frontier().append(new[:5]).root()
    monkeypatch.setattr(tree, "_roots_from_consistency_proof", lambda *_: (old_root, new_root))
    verify_consistency(5, 9, proof, old_root, new_root)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(min_value=0, max_value=70), max_size=8))
def test_frontier_does_not_depend_on_the_batches(batches):
    hashes = leaf_hashes(sum(batches))
    grown, start = Frontier(), 0
    for batch in batches:
        grown = grown.append(hashes[start : start + batch])
        start += batch
    assert grown == Frontier().append(hashes)
    assert grown == frontier_of(len(hashes), nodes_of(hashes))
    assert grown.root() == bytes(oracle(len(hashes)).get_root())


@settings(max_examples=40, deadline=None)
@given(SIZES, st.data())
def test_inclusion_proofs_agree_with_pymerkle(size, data):
    index = data.draw(st.integers(min_value=0, max_value=size - 1))
    grown = data.draw(st.integers(min_value=size, max_value=size + 50))
    hashes, other = leaf_hashes(grown), oracle(size)
    proof = inclusion_proof(index, size, nodes_of(hashes))
    assert proof == other.prove_inclusion(index + 1, size).path[1:]
    verify_inclusion(hashes[index], index, size, proof, other.get_root())


def subproof(old, leaves, complete, root):
    """SUBPROOF of RFC 6962, 2.1.2, word for word."""
    if old == len(leaves):
        return [] if complete else [root(leaves)]
    left = 1
    while left * 2 < len(leaves):
        left *= 2
    if old <= left:
        return [*subproof(old, leaves[:left], complete, root), root(leaves[left:])]
    return [*subproof(old - left, leaves[left:], False, root), root(leaves[:left])]


@settings(max_examples=40, deadline=None)
@given(SIZES, st.data())
def test_consistency_proofs_agree_with_the_definition_and_pymerkles_roots(new_size, data):
    old_size = data.draw(st.integers(min_value=1, max_value=new_size))
    hashes, other = leaf_hashes(new_size), oracle(new_size)
    proof = consistency_proof(old_size, new_size, nodes_of(hashes))
    assert proof == subproof(old_size, hashes, True, lambda part: Frontier().append(part).root())
    verify_consistency(old_size, new_size, proof, other.get_root(old_size), other.get_root())


@settings(max_examples=60, deadline=None)
@given(SIZES, st.data())
def test_t28_any_change_to_an_inclusion_proof_is_refused(size, data):
    index = data.draw(st.integers(min_value=0, max_value=size - 1))
    hashes = leaf_hashes(size)
    proof = inclusion_proof(index, size, nodes_of(hashes))
    root = Frontier().append(hashes).root()
    at = data.draw(st.integers(min_value=0, max_value=len(proof)))
    changed = data.draw(
        st.sampled_from(
            [[*proof[:at], root, *proof[at:]], proof[:at] + proof[at + 1 :], proof[::-1]]
        )
    )
    if changed != proof:
        with pytest.raises(IntegrityError):
            verify_inclusion(hashes[index], index, size, changed, root)
    other = data.draw(st.integers(min_value=0, max_value=size + 5).filter(lambda i: i != index))
    with pytest.raises(IntegrityError):
        verify_inclusion(hashes[index], other, size, proof, root)


def test_empty_root():
    assert Frontier().root() == EMPTY_ROOT
    assert Frontier().append([]) == Frontier()


def test_proofs_of_what_is_not_there_are_not_made():
    for index in (-1, 4):
        with pytest.raises(InputError, match="there is no entry"):
            inclusion_proof(index, 4, nodes_of(leaf_hashes(4)))
    for old in (-1, 5):
        with pytest.raises(InputError, match="cannot have grown"):
            consistency_proof(old, 4, nodes_of(leaf_hashes(4)))


def test_a_frontier_that_no_tree_has_is_refused():
    for size, hashes in [(1, ()), (3, (EMPTY_ROOT,)), (-1, (EMPTY_ROOT,)), (1, (b"short",))]:
        with pytest.raises(IntegrityError):
            Frontier(size=size, hashes=hashes)


def test_t28_roots_made_to_fit_a_proof_of_the_wrong_length_are_refused():
    a, b, c, d, x = leaf_hashes(5)
    with pytest.raises(IntegrityError, match="lacks hashes"):
        verify_inclusion(a, 0, 2, [], a)
    with pytest.raises(IntegrityError, match="more hashes"):
        verify_inclusion(a, 0, 1, [x], node_hash(x, a))
    with pytest.raises(IntegrityError, match="lacks hashes"):
        verify_consistency(2, 4, [], a, a)
    old, new = node_hash(node_hash(a, b), c), node_hash(node_hash(a, b), node_hash(c, d))
    proof = [c, d, node_hash(a, b)]
    verify_consistency(3, 4, proof, old, new)
    with pytest.raises(IntegrityError, match="more hashes"):
        verify_consistency(3, 4, [*proof, x], node_hash(x, old), node_hash(x, new))


@pytest.mark.parametrize(("old", "new"), [(2, 1), (1, 0), (-1, 1)])
def test_t20_a_shrinking_log_is_refused_whatever_the_proof(old, new):
    with pytest.raises(IntegrityError, match="shrank"):
        verify_consistency(old, new, [], EMPTY_ROOT, EMPTY_ROOT)
