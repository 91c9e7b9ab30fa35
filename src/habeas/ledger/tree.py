"""The hash tree of RFC 6962 over SHA-256, without I/O.

Leaves are hashed with the prefix `0x00`, inner nodes with `0x01`, so that neither passes for the
other. A node is named by (level, index): the root of the perfect subtree over the leaves
`index * 2**level` up to `(index + 1) * 2**level`. Proofs are made from a callable that returns such
nodes (`tile.TileReader` is one) and are checked by the algorithms of RFC 9162, 2.1.3.2 and 2.1.4.2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256

import msgspec

from habeas.errors import ForkError, InputError, IntegrityError

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()
"""The root of a tree without leaves (RFC 6962, 2.1)."""

NodeHashes = Callable[[int, int], bytes]
"""`hashes(level, index)`: the 32-byte root of that perfect subtree."""


class RootForkError(ForkError):
    """Two roots that cannot belong to one log.

    Attributes:
        earlier_root: the root that the later tree has at the earlier size, shown by the proof.
    """

    def __init__(self, reason: str, *, earlier_root: bytes, place: str = "") -> None:
        self.earlier_root = earlier_root
        super().__init__(reason, place=place)


def leaf_hash(entry: bytes) -> bytes:
    """The 32-byte leaf hash of an entry's bytes (RFC 6962, 2.1)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The 32-byte hash of an inner node over its two 32-byte children (RFC 6962, 2.1)."""
    return sha256(b"\x01" + left + right).digest()


def parent_hashes(nodes: Sequence[bytes]) -> list[bytes]:
    """The hashes of the nodes one level up; a last node without a sibling is left out."""
    pairs = iter(nodes)
    return [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs)]  # noqa: B905


class Frontier(msgspec.Struct, frozen=True, kw_only=True):
    """The right edge of a tree: all that is needed to append to it and to know its root.

    Attributes:
        size: number of leaves.
        hashes: the roots of the perfect subtrees that the tree is made of, largest (leftmost)
            first: one 32-byte hash for each bit set in `size`.
    """

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.hashes) != self.size.bit_count():
            raise IntegrityError(
                f"a tree of {self.size} entries has no right edge of {len(self.hashes)} hashes",
                mend="Rebuild the tree from the entries",
            )
        for digest in self.hashes:
            _require_hash(digest, "right edge of the tree")

    def append(self, leaf_hashes: Sequence[bytes]) -> Frontier:
        """The frontier after these 32-byte leaf hashes were added, in order."""
        edge = dict(zip(_levels(self.size), self.hashes, strict=True))
        size = self.size + len(leaf_hashes)
        nodes, level = list(leaf_hashes), 0
        while nodes:
            if level in edge:
                nodes.insert(0, edge.pop(level))
            if len(nodes) % 2:
                edge[level] = nodes[-1]
            nodes, level = parent_hashes(nodes), level + 1
        return Frontier(size=size, hashes=tuple(edge[level] for level in _levels(size)))

    def root(self) -> bytes:
        """The 32-byte root of the tree."""
        return _fold(self.hashes) if self.hashes else EMPTY_ROOT


def frontier_of(size: int, hashes: NodeHashes) -> Frontier:
    """The frontier of the first `size` leaves, read from stored nodes."""
    return Frontier(size=size, hashes=tuple(_subtree_hashes(0, size, hashes)))


def inclusion_proof(index: int, size: int, hashes: NodeHashes) -> list[bytes]:
    """The proof that leaf `index` stands in the tree of the first `size` leaves.

    Args:
        index: of the leaf, counted from 0.
        size: of the tree that the proof is for.
        hashes: the nodes of that tree or of any tree that it grew into.

    Returns:
        Sibling hashes from the leaf's up to the root's child (RFC 6962, 2.1.1).

    Raises:
        InputError: there is no such leaf.
    """
    if not 0 <= index < size:
        raise InputError(f"there is no entry {index} in a log of {size} entries")
    proof: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _left_width(end - start)
        if index < middle:
            proof.append(_range_root(middle, end, hashes))
            end = middle
        else:
            proof.append(_range_root(start, middle, hashes))
            start = middle
    return proof[::-1]


def consistency_proof(old_size: int, new_size: int, hashes: NodeHashes) -> list[bytes]:
    """The proof that the tree of `new_size` leaves begins with the tree of `old_size` leaves.

    Empty when the sizes are equal or the old tree is empty (C2SP tlog-witness).

    Args:
        old_size: of the earlier tree.
        new_size: of the later tree.
        hashes: the nodes of the later tree or of any tree that it grew into.

    Returns:
        The hashes in the order of RFC 6962, 2.1.2.

    Raises:
        InputError: the earlier tree is larger than the later one.
    """
    if not 0 <= old_size <= new_size:
        raise InputError(f"a log of {new_size} entries cannot have grown out of one of {old_size}")
    if old_size in (0, new_size):
        return []
    proof: list[bytes] = []
    start, end = 0, new_size
    while end != old_size:
        middle = start + _left_width(end - start)
        if old_size <= middle:
            proof.append(_range_root(middle, end, hashes))
            end = middle
        else:
            proof.append(_range_root(start, middle, hashes))
            start = middle
    if start:
        proof.append(_range_root(start, end, hashes))
    return proof[::-1]


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes, *, place: str = ""
) -> None:
    """Check that a leaf stands at `index` in the tree of `size` leaves with this root.

    The algorithm of RFC 9162, 2.1.3.2. Nothing is taken for granted: a proof with a hash too many
    or too few, or for an index outside the tree, is refused.

    Args:
        leaf: the 32-byte leaf hash.
        index: counted from 0.
        size: of the tree.
        proof: the hashes of `inclusion_proof`.
        root: the 32-byte root, from a verified checkpoint.
        place: what is being checked, for the message.

    Raises:
        IntegrityError: the proof does not hold.
    """
    if not 0 <= index < size:
        raise IntegrityError(
            f"the proof is for entry {index}, which a log of {size} entries does not have",
            place=place,
        )
    _require_hashes(proof, "inclusion proof", place, leaf, root)
    position, last, digest = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise IntegrityError("the inclusion proof has more hashes than needed", place=place)
        if position % 2 or position == last:
            digest = node_hash(sibling, digest)
            while position % 2 == 0 and position:
                position, last = position >> 1, last >> 1
        else:
            digest = node_hash(digest, sibling)
        position, last = position >> 1, last >> 1
    if last:
        raise IntegrityError("the inclusion proof lacks hashes", place=place)
    if digest != root:
        raise IntegrityError(
            "the inclusion proof does not lead to the signed root: the entry is not the one that "
            "was recorded there, or the proof belongs to another tree",
            place=place,
        )


def verify_consistency(
    old_size: int,
    new_size: int,
    proof: Sequence[bytes],
    old_root: bytes,
    new_root: bytes,
    *,
    place: str = "",
) -> None:
    """Check that the tree of `new_size` leaves begins with the tree of `old_size` leaves.

    The algorithm of RFC 9162, 2.1.4.2. It tells two failures apart. A proof that leads to the new
    root, yet to another old root, shows what the new tree truly begins with: that is a fork, and
    the proof is evidence of it. A proof that does not lead to the new root shows nothing; anybody
    can make one. (When the old size is a power of two, the form of the proof allows only the
    second: `checkpoint.require_same_history` settles it with the log's tiles.)

    Args:
        old_size: of the earlier tree.
        new_size: of the later tree.
        proof: the hashes of `consistency_proof`.
        old_root: the earlier 32-byte root, from a verified checkpoint.
        new_root: the later 32-byte root, from a verified checkpoint.
        place: what is being checked, for the message.

    Raises:
        RootForkError: the two roots cannot belong to one log.
        IntegrityError: the proof does not hold.
    """
    if not 0 <= old_size <= new_size:
        raise IntegrityError(
            f"the log shrank from {old_size} to {new_size} entries, which no log can",
            place=place,
        )
    _require_hashes(proof, "consistency proof", place, old_root, new_root)
    if proof and old_size in (0, new_size):
        raise IntegrityError(
            f"from {old_size} to {new_size} entries the consistency proof must be empty",
            place=place,
        )
    if old_size == new_size and old_root != new_root:
        raise RootForkError(
            f"there are two different roots for one size of {new_size}",
            earlier_root=new_root,
            place=place,
        )
    if old_size == 0 and old_root != EMPTY_ROOT:
        raise IntegrityError("an empty log has only one possible root, not this one", place=place)
    if old_size in (0, new_size):
        return
    old, new = _roots_from_consistency_proof(old_size, new_size, proof, old_root, place)
    if new != new_root:
        raise IntegrityError(
            "the consistency proof does not lead to the root of the later checkpoint",
            place=place,
            mend="Ask for the whole log: its entries show whether it was rewritten",
        )
    if old != old_root:
        raise RootForkError(
            f"the log of {new_size} entries does not begin with the {old_size} entries that the "
            "same log showed before",
            earlier_root=old,
            place=place,
        )


def _roots_from_consistency_proof(
    old_size: int, new_size: int, proof: Sequence[bytes], old_root: bytes, place: str
) -> tuple[bytes, bytes]:
    """The old and the new root that the proof leads to; `0 < old_size < new_size`."""
    hashes = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    if not hashes:
        raise IntegrityError("the consistency proof lacks hashes", place=place)
    position, last = old_size - 1, new_size - 1
    while position % 2:
        position, last = position >> 1, last >> 1
    old = new = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            raise IntegrityError("the consistency proof has more hashes than needed", place=place)
        if position % 2 or position == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while position % 2 == 0 and position:
                position, last = position >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        position, last = position >> 1, last >> 1
    if last:
        raise IntegrityError("the consistency proof lacks hashes", place=place)
    return old, new


def _require_hashes(proof: Sequence[bytes], what: str, place: str, *roots: bytes) -> None:
    for digest in (*roots, *proof):
        _require_hash(digest, what, place)


def _require_hash(digest: bytes, what: str, place: str = "") -> None:
    if len(digest) != HASH_SIZE:
        raise IntegrityError(
            f"the {what} holds a hash of {len(digest)} bytes instead of {HASH_SIZE}", place=place
        )


def _left_width(width: int) -> int:
    """The largest power of two below `width` (RFC 6962, 2.1); `width` is at least 2."""
    return 1 << ((width - 1).bit_length() - 1)


def _levels(size: int) -> list[int]:
    """The levels of the perfect subtrees of a tree, largest first."""
    return [level for level in range(size.bit_length() - 1, -1, -1) if size >> level & 1]


def _subtree_hashes(start: int, end: int, hashes: NodeHashes) -> list[bytes]:
    """The roots of the perfect subtrees over a range that begins where a subtree begins."""
    found: list[bytes] = []
    for level in _levels(end - start):
        found.append(hashes(level, start >> level))
        start += 1 << level
    return found


def _range_root(start: int, end: int, hashes: NodeHashes) -> bytes:
    return _fold(_subtree_hashes(start, end, hashes))


def _fold(subtrees: Sequence[bytes]) -> bytes:
    """The root over perfect subtrees, largest first."""
    digest = subtrees[-1]
    for left in reversed(subtrees[:-1]):
        digest = node_hash(left, digest)
    return digest
