"""Tiles: the hash tree cut into squares of 256 hashes, and the entries in bundles of 256.

C2SP tlog-tiles (0.1.0), height 8. A tile of level L holds the roots of perfect subtrees of
`256**L` leaves each; the tile at the right edge of a level may be partial, and is replaced by a
wider one as the log grows. Nothing here does I/O: `tiles_written` says which tiles an append
writes, `TileReader` reads through a function that the caller gives.

An append, for a store that keeps one row a tile (the newest, widest one)::

    partials = {level: read(level, index) for level, index, width in partial_tiles(size)}
    rows = tiles_written(size, leaf_hashes, partials)      # store each, replacing narrower ones
    frontier = frontier.append(leaf_hashes)                # the new root, for the checkpoint
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache

import msgspec

from habeas.errors import InputError, IntegrityError
from habeas.ledger.tree import HASH_SIZE, parent_hashes

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
MAX_ENTRY_BYTES = 0xFFFF
"""What the 16-bit length prefix of an entry bundle can say."""

_MAX_LEVEL = 63
_INDEX = r"(?P<index>(?:x[0-9]{3}/)*[0-9]{3})"
_WIDTH = r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
_TILE_PATH = re.compile(rf"tile/(?P<level>0|[1-9][0-9]?)/{_INDEX}{_WIDTH}", re.ASCII)
_ENTRIES_PATH = re.compile(rf"tile/entries/{_INDEX}{_WIDTH}", re.ASCII)

ReadTile = Callable[[int, int, int], bytes]
"""`read_tile(level, index, width)`: that tile's bytes, or those of a wider one in its place."""


class Tile(msgspec.Struct, frozen=True, kw_only=True):
    """One tile.

    Attributes:
        level: 0 for leaf hashes.
        index: of the tile in its level, from 0.
        width: number of hashes, 1-256; below 256 the tile is partial.
        data: the hashes, one after the other: `32 * width` bytes.
    """

    level: int
    index: int
    width: int
    data: bytes

    @property
    def path(self) -> str:
        """Where C2SP tlog-tiles puts it: `tile/0/x001/x234/067.p/8`."""
        return tile_path(self.level, self.index, self.width)


def partial_tiles(size: int) -> list[tuple[int, int, int]]:
    """The partial tiles of a tree: at most one a level, as (level, index, width).

    These are the tiles that an append to the tree has to be given (`tiles_written`).
    """
    found: list[tuple[int, int, int]] = []
    level, nodes = 0, size
    while nodes:
        index, width = divmod(nodes, TILE_WIDTH)
        if width:
            found.append((level, index, width))
        level, nodes = level + 1, index
    return found


def tiles_written(
    size: int, leaf_hashes: Sequence[bytes], partials: Mapping[int, bytes]
) -> Iterator[Tile]:
    """The tiles that an append writes, from the leaves upwards, each level from left to right.

    A partial tile comes out once, at its new width, and takes the place of the narrower one; a
    tile that is full is final. Over a log's life each full tile comes out exactly once.

    Args:
        size: of the tree before the append.
        leaf_hashes: of the new entries, 32 bytes each, in order.
        partials: level -> bytes of the tile that `partial_tiles(size)` names at that level. Levels
            that the append does not reach may be left out.

    Yields:
        The new or wider tiles.

    Raises:
        IntegrityError: a partial tile is missing or has not the width that `size` demands.
    """
    level, nodes, hashes = 0, size, list(leaf_hashes)
    while hashes:
        index, width = divmod(nodes, TILE_WIDTH)
        hashes = _split(_partial(partials, level, index, width)) + hashes
        roots: list[bytes] = []
        for first in range(0, len(hashes), TILE_WIDTH):
            row = hashes[first : first + TILE_WIDTH]
            yield Tile(level=level, index=index, width=len(row), data=b"".join(row))
            if len(row) == TILE_WIDTH:
                roots.append(_root(row))
            index += 1
        level, nodes, hashes = level + 1, nodes // TILE_WIDTH, roots


class TileReader:
    """The nodes of a stored tree, by (level, index), read through its tiles.

    Calling it gives what `tree.inclusion_proof` and its siblings ask for. Tiles are read once and
    kept, the least recently used are dropped. It checks widths, not hashes: what it returns is
    only as true as the root that the proof is later verified against.

    Args:
        read_tile: `(level, index, width) -> bytes`. May return a wider tile than asked, since a
            log that grew has replaced the narrower one.
        size: of the tree; nodes beyond it are refused.
        cached_tiles: how many tiles to keep (8 KiB each).
    """

    def __init__(self, read_tile: ReadTile, size: int, *, cached_tiles: int = 256) -> None:
        self.size = size
        self._read_tile = read_tile
        self._tile = lru_cache(maxsize=cached_tiles)(self._load)

    def __call__(self, level: int, index: int) -> bytes:
        """The 32-byte root of the perfect subtree `index` of that level.

        Raises:
            InputError: the tree has no such node.
            IntegrityError: a tile has not the bytes that its width demands.
        """
        if index < 0 or (index + 1) << level > self.size:
            raise InputError(f"a tree of {self.size} entries has no node {index} at level {level}")
        tile_level, height = divmod(level, TILE_HEIGHT)
        tile_index, offset = divmod(index << height, TILE_WIDTH)
        row = self._tile(tile_level, tile_index)[offset : offset + (1 << height)]
        return _root(row)

    def _load(self, level: int, index: int) -> list[bytes]:
        width = min(TILE_WIDTH, (self.size >> TILE_HEIGHT * level) - index * TILE_WIDTH)
        data = self._read_tile(level, index, width)
        too_long = len(data) > HASH_SIZE * TILE_WIDTH or len(data) % HASH_SIZE
        if len(data) < HASH_SIZE * width or too_long:
            raise _damaged(level, index, width, data)
        return _split(data)[:width]


def tile_path(level: int, index: int, width: int = TILE_WIDTH) -> str:
    """The path of a tile under the log's prefix (C2SP tlog-tiles).

    Raises:
        InputError: no tile has that level, index or width.
    """
    if not 0 <= level <= _MAX_LEVEL:
        raise InputError(f"there is no tile of level {level}")
    return f"tile/{level}/{_index_path(index, width)}"


def entries_path(index: int, width: int = TILE_WIDTH) -> str:
    """The path of an entry bundle under the log's prefix (C2SP tlog-tiles).

    Raises:
        InputError: no bundle has that index or width.
    """
    return f"tile/entries/{_index_path(index, width)}"


def parse_tile_path(path: str) -> tuple[int, int, int]:
    """(level, index, width) of a tile's path; any other spelling is refused.

    Raises:
        InputError: it is no tile's path.
    """
    match = _TILE_PATH.fullmatch(path)
    if match:
        level, (index, width) = int(match["level"]), _index_and_width(match)
        if level <= _MAX_LEVEL and tile_path(level, index, width) == path:
            return level, index, width
    raise InputError(f"{path!r} is not the path of a tile")


def parse_entries_path(path: str) -> tuple[int, int]:
    """(index, width) of an entry bundle's path; any other spelling is refused.

    Raises:
        InputError: it is no entry bundle's path.
    """
    match = _ENTRIES_PATH.fullmatch(path)
    if match:
        index, width = _index_and_width(match)
        if width <= TILE_WIDTH and entries_path(index, width) == path:
            return index, width
    raise InputError(f"{path!r} is not the path of an entry bundle")


def encode_entries(entries: Sequence[bytes]) -> bytes:
    """An entry bundle: each entry after its length as 16 bits, big-endian (C2SP tlog-tiles).

    Raises:
        InputError: an entry is longer than 65,535 bytes, or there are not 1 to 256 of them.
    """
    if not 1 <= len(entries) <= TILE_WIDTH:
        raise InputError(f"an entry bundle holds 1 to {TILE_WIDTH} entries, not {len(entries)}")
    for entry in entries:
        if len(entry) > MAX_ENTRY_BYTES:
            raise InputError(
                f"an entry of {len(entry)} bytes is longer than {MAX_ENTRY_BYTES}",
                mend="Record it in several acts",
            )
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def decode_entries(data: bytes, width: int, *, place: str = "") -> list[bytes]:
    """The entries of a bundle of that width.

    Raises:
        IntegrityError: the bytes are not exactly `width` entries.
    """
    entries: list[bytes] = []
    position = 0
    while position < len(data):
        start = position + 2
        position = start + int.from_bytes(data[position:start], "big")
        if start > len(data) or position > len(data):
            raise IntegrityError(f"the entry bundle ends inside entry {len(entries)}", place=place)
        entries.append(data[start:position])
    if len(entries) != width:
        raise IntegrityError(
            f"the entry bundle holds {len(entries)} entries instead of {width}", place=place
        )
    return entries


def _index_path(index: int, width: int) -> str:
    if index < 0 or not 1 <= width <= TILE_WIDTH:
        raise InputError(f"there is no tile {index} of width {width}")
    digits = str(index)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    path = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return path if width == TILE_WIDTH else f"{path}.p/{width}"


def _index_and_width(match: re.Match[str]) -> tuple[int, int]:
    index = int(match["index"].replace("/", "").replace("x", ""))
    # `.p/256` is not a full tile's spelling: the round trip refuses it.
    return index, int(match["width"] or TILE_WIDTH)


def _partial(partials: Mapping[int, bytes], level: int, index: int, width: int) -> bytes:
    data = partials.get(level, b"") if width else b""
    if len(data) != HASH_SIZE * width:
        raise _damaged(level, index, width, data)
    return data


def _damaged(level: int, index: int, width: int, data: bytes) -> IntegrityError:
    return IntegrityError(
        f"the tile should hold {width} hashes, {HASH_SIZE * width} bytes, not {len(data)}",
        place=tile_path(level, index, width),
        mend="Rebuild the tiles from the entries",
    )


def _split(data: bytes) -> list[bytes]:
    return [data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE)]


def _root(nodes: list[bytes]) -> bytes:
    """The root over a power of two of sibling nodes."""
    while len(nodes) > 1:
        nodes = parent_hashes(nodes)
    return nodes[0]
