"""From a shown claim to a proof that stands alone: checked here with nothing but its own bytes."""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path

import pytest

from habeas.errors import IntegrityError, NotFoundError
from habeas.ledger.checkpoint import open_checkpoint
from habeas.ledger.cosignature import open_verifier
from habeas.ledger.entry import read_entry
from habeas.ledger.tree import leaf_hash, node_hash
from habeas.registry.provenance import entry_of, provenance

_spec = importlib.util.spec_from_file_location(
    "exchange_parts", Path(__file__).parent / "exchange_parts.py"
)
parts = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(parts)


@pytest.fixture
def registry(tmp_path):
    with parts.make(tmp_path / "a", "A") as registry:
        yield registry


def root_of(index: int, size: int, leaf: bytes, hashes) -> bytes:
    """The root that an inclusion proof gives: RFC 9162, 2.1.3.2, written down once more."""
    here, last, found = index, size - 1, leaf
    for one in hashes:
        if here & 1 or here == last:
            found = node_hash(one, found)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            found = node_hash(found, one)
        here, last = here >> 1, last >> 1
    return found


def proven(found) -> None:
    assert hashlib.sha256(found.opening).hexdigest() == found.digest
    assert found.digest in read_entry(found.entry).claims
    verifiers = [open_verifier(vkey) for vkey in found.vkeys]
    checkpoint = open_checkpoint(found.proof.checkpoint, verifiers).checkpoint
    assert checkpoint.origin == found.origin
    leaf = leaf_hash(found.entry)
    assert found.proof.index == found.position
    assert root_of(found.position, checkpoint.size, leaf, found.proof.hashes) == checkpoint.root


def test_every_claim_is_proven_under_every_checkpoint_that_covers_it(registry):
    named = [parts.record(registry, parts.named("p", f"N{n}"))[0] for n in range(9)]
    view = registry.view("partners")
    for position, digest in enumerate(named, 1):
        shown = view.claim(digest)
        assert view.standing(shown).position == position
        proven(view.provenance(shown))
        for size in range(1, 11):
            if size > position:
                proven(view.provenance(shown, size=size))
            else:
                with pytest.raises(IntegrityError, match="not covered"):
                    view.provenance(shown, size=size)
        with pytest.raises(IntegrityError, match="not covered"):
            view.provenance(shown, size=11)


def test_a_proof_of_another_entry_proves_nothing(registry):
    first, second = (parts.record(registry, parts.named("p", n))[0] for n in "NM")
    view = registry.view("partners")
    one, other = (view.provenance(view.claim(digest)) for digest in (first, second))
    verifiers = [open_verifier(vkey) for vkey in one.vkeys]
    checkpoint = open_checkpoint(one.proof.checkpoint, verifiers).checkpoint
    leaf = leaf_hash(other.entry)
    assert root_of(one.position, checkpoint.size, leaf, one.proof.hashes) != checkpoint.root


def test_a_claim_that_is_not_held(registry):
    for question in (provenance, entry_of):
        with pytest.raises(NotFoundError, match="there is no claim"):
            question(registry.store, "0" * 64)
