"""The bundles of `tests/vectors/bundle.json`: how each is made, and why it is refused.

`scripts/write_bundle_vectors.py` writes them; `test_bundle.py` reads them. Everything is invented.
"""

from __future__ import annotations

import tarfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import exchange_parts as parts
from tampering import (
    OTHER_LOGS,
    PHOTO,
    SPELLINGS,
    announcing,
    announcing_twice,
    change_opening,
    digest_twice,
    earlier,
    flipped,
    leaf_beyond,
    link,
    other_salt,
    photograph,
    relogged,
    resigned,
    tar_with,
    twice,
)

from habeas.registry.exporting import export_bundle

FLAGS = {
    "Truncated": "the file ends too early",
    "Trailing": "there are bytes that nothing announces",
    "Link": "a member that is no plain file",
    "PathTraversal": "a path outside the bundle",
    "Duplicate": "something stands twice",
    "WrongHash": "bytes that are not those announced",
    "WrongKey": "a signature by another key",
    "WrongRoot": "leaf hashes that do not give the signed root",
    "Beyond": "something beyond the newest checkpoint",
    "WrongEntry": "an entry that is not the leaf at its place",
    "WrongOpening": "an opening that no entry names",
    "NotCanonical": "a second spelling of one value",
    "WrongLog": "an opening that is not bound to the log that shows it",
}

Make = Callable[[Path, Path], object]
"""Writes a file from the valid bundle, without gzip: (bundle, target)."""


@dataclass(frozen=True, kw_only=True)
class Vector:
    """A bundle that every reader refuses.

    Attributes:
        file: its name.
        comment: what is wrong with it.
        flags: of `FLAGS`.
        make: how it is made.
        words: how this reader says what is wrong (regular expression): no vector may be refused
            for something else.
    """

    file: str
    comment: str
    flags: tuple[str, ...]
    make: Make
    words: str


def _edit(**edits: Callable[[bytes], bytes]) -> Make:
    return lambda bundle, target: parts.edited(bundle, target, **edits)


def _opening(change: Callable[[bytes], bytes]) -> Make:
    return _edit(entries=lambda data: change_opening(data, change))


def _relog(change: Callable[[bytes], bytes], **edits: Callable[[dict], dict]) -> Make:
    return lambda bundle, target: relogged(bundle, target, change, **edits)


def _outside(bundle: Path, target: Path) -> None:
    tar_with(bundle, target, tarfile.TarInfo("../escaped"))


_SPELLED = (
    ("opening-duplicate-key", "duplicate key", "canonical form|cannot be read"),
    ("opening-white-space", "white space", "canonical form"),
    ("opening-needless-escape", "needless escape", "canonical form"),
    ("opening-lone-surrogate", "lone surrogate", "cannot be read"),
    ("opening-nan", "NaN", "cannot be read"),
    ("opening-2-53-plus-1", "2^53+1", "cannot be read"),
    ("opening-float", "float", "canonical form|cannot be read"),
    ("opening-null", "null", "canonical form|cannot be read"),
    ("opening-unknown-field", "unknown field", "cannot be read"),
)
_UNBOUND = (
    ("opening-other-log", "another log", "it names another log", "recorded in another log"),
    ("opening-without-log", "no log", "it names no log (an earlier form)", "cannot be read"),
    ("opening-short-log", "31 digits", "its log has 31 digits", "a log of 32 hexadecimal digits"),
)

_PLAIN = (
    Vector(
        file="trailing",
        comment="one byte after the end",
        flags=("Trailing",),
        make=lambda bundle, target: target.write_bytes(bundle.read_bytes() + b"x"),
        words="more in it",
    ),
    Vector(
        file="symlink",
        comment="a symbolic link after the announced files",
        flags=("Link",),
        make=lambda bundle, target: tar_with(bundle, target, link("logs/0/leaves")),
        words="not taken in",
    ),
    Vector(
        file="parent-path",
        comment="a file outside the bundle",
        flags=("PathTraversal",),
        make=_outside,
        words="not taken in",
    ),
    Vector(
        file="parent-path-announced",
        comment="a file outside the bundle, named by the manifest",
        flags=("PathTraversal",),
        make=lambda bundle, target: announcing(bundle, target, "../escaped"),
        words="announce",
    ),
    Vector(
        file="member-twice",
        comment="a file twice in the manifest",
        flags=("Duplicate",),
        make=announcing_twice,
        words="twice or out of order",
    ),
    Vector(
        file="wrong-hash",
        comment="a file with other bytes than announced",
        flags=("WrongHash",),
        make=lambda bundle, target: flipped(bundle, target, PHOTO, 5),
        words="other bytes than its SHA-256",
    ),
    Vector(
        file="hidden-padding",
        comment="bytes hidden between two files",
        flags=("Trailing",),
        make=lambda bundle, target: flipped(bundle, target, PHOTO, 100),
        words="hidden",
    ),
    Vector(
        file="other-key",
        comment="a checkpoint signed by a stranger under the name of the log",
        flags=("WrongKey",),
        make=_edit(checkpoints=resigned),
        words="not signed by the key",
    ),
    Vector(
        file="wrong-leaf",
        comment="a leaf hash that is not under the signed root",
        flags=("WrongRoot",),
        make=_edit(leaves=lambda data: data[:-1] + bytes([data[-1] ^ 1])),
        words="do not give the root",
    ),
    Vector(
        file="leaf-beyond",
        comment="a leaf beyond the newest checkpoint",
        flags=("Beyond",),
        make=leaf_beyond,
        words="bytes of leaf hashes",
    ),
    Vector(
        file="changed-entry",
        comment="an entry that is not the leaf at its place",
        flags=("WrongEntry",),
        make=_edit(entries=earlier),
        words="not the one that stands at this place",
    ),
    Vector(
        file="strange-opening",
        comment="an opening that its entry does not name",
        flags=("WrongOpening",),
        make=_opening(other_salt),
        words="belongs to no claim",
    ),
    Vector(
        file="opening-twice",
        comment="an opening twice under one entry",
        flags=("Duplicate",),
        make=_opening(twice),
        words="twice or out of order",
    ),
)

_SIGNED = (
    *(
        Vector(
            file=file,
            comment=f"a signed opening that is not canonical: {what}",
            flags=("NotCanonical",),
            make=_relog(SPELLINGS[what]),
            words=words,
        )
        for file, what, words in _SPELLED
    ),
    Vector(
        file="entry-digest-twice",
        comment="a signed entry in which one digest stands twice",
        flags=("Duplicate",),
        make=_relog(lambda opening: opening, entry=digest_twice),
        words="one stands twice",
    ),
    *(
        Vector(
            file=file,
            comment=f"a signed opening that is not of its log: {comment}",
            flags=("WrongLog",),
            make=_relog(OTHER_LOGS[what]),
            words=words,
        )
        for file, what, comment, words in _UNBOUND
    ),
)

REFUSED = tuple(replace(one, file=f"{one.file}.bundle") for one in (*_PLAIN, *_SIGNED))
"""Made from the valid bundle. `truncated.bundle` is beside them: it is cut after gzip."""

TRUNCATED = "cut off"
"""How this reader says that a file ends too early."""


def write_valid(folder: Path, target: Path) -> tuple[str, int]:
    """The bundle that every reader takes, without gzip; its log's origin and its entries.

    Args:
        folder: where the invented registry is made.
        target: the bundle.
    """
    with parts.make(folder / "registry", recorder="r-000000", post_quantum=True) as registry:
        parts.record(
            registry,
            parts.named("invented", "نام ساختگی", "public"),
            parts.named("invented", "Invented, above the clearance", "sealed"),
        )
        parts.record(registry, photograph(registry, folder, "public"))
        exported = export_bundle(registry, target, clearance="public", compress=False)
        return registry.log.origin, exported.entries
