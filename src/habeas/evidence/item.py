"""An evidence item: one kept file, known by its SHA-256.

The entity id is `item:` and the digest, so two organisations that keep the same file speak of the
same item without ever having agreed on a number.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from habeas.claims.values import File, Ref, Term, Text
from habeas.evidence.detail import Detail, text_detail
from habeas.evidence.media_type import disagreement, media_type
from habeas.evidence.metadata import metadata
from habeas.evidence.store import EvidenceStore


class EvidenceItem(msgspec.Struct, frozen=True, kw_only=True):
    """A kept file and what its bytes say."""

    sha256: str
    """64 lower-case hexadecimal digits."""
    size: int
    """In bytes."""
    media_type: str
    """By content."""
    name: str
    """The name of the file as it came, without its folder."""
    working_copy_of: str | None = None
    """The SHA-256 of the evidentiary copy that this file was made from; none for an original."""
    inside: tuple[Detail, ...] = ()
    """What the file says of itself."""
    new: bool = True
    """False when the store already held these bytes."""

    @property
    def id(self) -> str:
        """The entity id."""
        return item_id(self.sha256)


def item_id(sha256: str) -> str:
    """The entity id of the file with this digest: `item:<sha256>`."""
    return f"item:{sha256}"


def keep_item(
    store: EvidenceStore, original: Path, *, working_copy_of: str | None = None
) -> EvidenceItem:
    """Keep a file as evidence: stored once, hashed, typed by its content, its metadata read.

    The stored copy is what is read, so the item describes the kept bytes and no others.

    Args:
        store: where it is kept.
        original: the file; it is only read.
        working_copy_of: the SHA-256 of the stored file that this one was derived from.

    Raises:
        HabeasError: as `EvidenceStore.keep`; the file named by `working_copy_of` is not held whole.
    """
    if working_copy_of is not None:
        store.check(working_copy_of)
    kept = store.keep(original)
    with store.open(kept.sha256) as file:
        found = media_type(file, original.name)
        inside = metadata(file, found)
    return EvidenceItem(
        sha256=kept.sha256,
        size=kept.size,
        media_type=found,
        name=original.name,
        working_copy_of=working_copy_of,
        inside=tuple(inside),
        new=kept.new,
    )


def item_details(item: EvidenceItem) -> list[Detail]:
    """Everything that the item's first entry says: the file, its name, its copy, its metadata.

    The name stands in a claim of its own: it can name a person, and the digest must be free to be
    published without it.
    """
    file = File(sha256=item.sha256, size=item.size, media_type=item.media_type)
    kind = Term(term="working" if item.working_copy_of else "evidentiary")
    details = [
        Detail(predicate="file", value=file),
        Detail(predicate="copy_kind", value=kind),
        *text_detail("file_name", item.name),
    ]
    if item.working_copy_of:
        original = Ref(id=item_id(item.working_copy_of))
        details.append(Detail(predicate="working_copy_of", value=original))
    warning = disagreement(item.name, item.media_type)
    if warning:
        words = Text(text=warning, lang="en")
        details.append(Detail(predicate="media_type_disagrees", value=words))
    return [*details, *item.inside]
