"""A laid image, named by its item or by the file that it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from habeas.claims.values import When
from habeas.errors import InputError, NotFoundError
from habeas.registry.registry import Registry


@dataclass(frozen=True, kw_only=True)
class LaidImage:
    """An image that lies on the ground.

    Attributes:
        path: of its bytes.
        name: for what is said of it.
        item: its `item:` id; empty for a file that is not of the record.
        taken: when, as the record says.
    """

    path: Path
    name: str
    item: str = ""
    taken: date | None = None


def find_image(registry: Registry, named: str) -> LaidImage:
    """The laid image that an item id or the name of a file stands for.

    An original that has a working copy stands for that.

    Raises:
        NotFoundError: there is no such item in the record, or no such file.
        InputError: the item has several working copies.
        IntegrityError: its bytes are not those that were kept.
    """
    if not named.startswith("item:"):
        if not Path(named).is_file():
            raise NotFoundError(
                "there is no such image",
                place=named,
                mend="Take one in: `habeas watch picture`; `habeas show SITE` lists those held",
            )
        return LaidImage(path=Path(named), name=Path(named).name)
    view = registry.view("sealed")
    copies = {
        one.claim.subject
        for one in view.claims(ref=named, predicate="working_copy_of")
        if not one.withdrawn
    }
    if len(copies) > 1:
        raise InputError(
            f"the item has {len(copies)} working copies", place=named[:17],
            mend=f"Name one of them: {', '.join(sorted(copies))}",
        )  # fmt: skip
    item = next(iter(copies), named)
    if not view.claims(subject=item, predicate="file"):
        raise NotFoundError(f"there is no {item}", mend="Lay it first: `habeas watch picture`")
    sha256 = item.removeprefix("item:")
    registry.evidence.check(sha256)
    return LaidImage(path=registry.evidence.path(sha256), name=item[:17], item=item,
                     taken=_taken(registry, item))  # fmt: skip


def _taken(registry: Registry, item: str) -> date | None:
    """The one day on which an item was captured, if claims agree on one."""
    days = {
        (one.claim.value.earliest, one.claim.value.latest)
        for one in registry.view("sealed").claims(subject=item, predicate="captured")
        if not one.withdrawn and isinstance(one.claim.value, When)
    }
    if len(days) != 1:
        return None
    earliest, latest = days.pop()
    return date.fromisoformat(earliest) if earliest and earliest == latest else None


def is_sealed(registry: Registry, items: Sequence[str]) -> bool:
    """Whether the team may not see one of some items: then it may not see what shows it either."""
    team = registry.view("team")
    return not all(team.claims(subject=item, predicate="file") for item in items)
