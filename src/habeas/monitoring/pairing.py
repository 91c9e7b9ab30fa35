"""Two laid images of a site on one grid, drawn side by side, and the picture as files of a run."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

import msgspec

from habeas.claims.claim import Claim, Sensitivity
from habeas.claims.values import Ref, Text, When
from habeas.drawing.figure import Language
from habeas.errors import InputError, NotFoundError
from habeas.evidence.item import item_id
from habeas.monitoring.figures.fine_pair import describe_pair, draw_pair
from habeas.monitoring.figures.ground import Shape
from habeas.monitoring.fine_image import FineImage, read_on_ground
from habeas.monitoring.fine_source import laid_facts
from habeas.monitoring.laying import SiteGround
from habeas.monitoring.look_claims import binding_claims
from habeas.monitoring.look_files import LANGUAGES
from habeas.registry.registry import Registry
from habeas.registry.running import Output, RecordedRun, new_run, record_run

METHOD: Final = "habeas watch pair"
"""The method of a run that drew a pair, as the record names it."""

FINEST: Final = 1_200
"""Pixels along the longer side of a picture of a pair."""

_LABELS: Final = (("a pair of fine images", "en"), ("یک جفت تصویر دقیق", "fa"))


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


@dataclass(frozen=True, kw_only=True, eq=False)
class Pair:
    """Two images of a site on one grid.

    Attributes:
        earlier: the image before.
        later: the image after.
        items: their `item:` ids; empty for a file that is not of the record.
    """

    earlier: FineImage
    later: FineImage
    items: tuple[str, str]


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
            raise NotFoundError("there is no such image", place=named)
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


def make_pair(ground: SiteGround, before: LaidImage, after: LaidImage) -> Pair:
    """Read two images on one grid around a site, as fine as the finer of them, within `FINEST`.

    Args:
        ground: of the site.
        before: the earlier image.
        after: the later.

    Raises:
        InputError: a file is no image with coordinates, or does not show the site.
    """
    facts = [laid_facts(one.path, ground.crs, one.name) for one in (before, after)]
    west, south, east, north = ground.bounds
    resolution = max(min(one.resolution for one in facts), max(east - west, north - south) / FINEST)
    earlier, later = (
        replace(
            read_on_ground(image.path, ground.code, resolution, ground.bounds,
                           taken=image.taken or fact.taken),
            error=fact.error,
        )
        for image, fact in zip((before, after), facts, strict=True)
    )  # fmt: skip
    return Pair(earlier=earlier, later=later, items=(before.item, after.item))


def draw(
    pair: Pair, ground: SiteGround, language: Language, marked: Sequence[Shape] = ()
) -> tuple[bytes, bytes]:
    """The picture of a pair as SVG and PNG; see `figures.fine_pair.draw_pair`."""
    return draw_pair(pair.earlier, pair.later, ground.outline, marked, language=language)


def record_pair(
    registry: Registry, ground: SiteGround, pair: Pair, *, recorder: str | None = None
) -> RecordedRun:
    """Record the picture of a pair, in both languages, as the files of a run.

    They depict the site and tell where it lies: a dossier at `team` carries them, none below that
    does until the place of the site may be published.

    Args:
        registry: where.
        ground: of the site.
        pair: of two items of the record.
        recorder: who records.

    Raises:
        InputError: an image is a file that is not of the record. Nothing was recorded.
        StorageError: the disk refused. Nothing was recorded.
    """
    if not all(pair.items):
        raise InputError(
            "an image is not of the record, so that nobody could check the picture",
            mend="Keep it first (`habeas watch picture`), and name it by its item",
        )
    level: Sensitivity = "sealed" if _is_sealed(registry, pair.items) else ground.level
    run = new_run(
        METHOD,
        parameters=(f"resolution={pair.earlier.resolution:.6g}", f"crs={ground.code}"),
        inputs=[Ref(id=item) for item in pair.items],
    )
    outputs = [_output(pair, ground, language) for language in LANGUAGES]
    said = [
        Claim(subject=run.id, predicate="label", value=Text(text=words, lang=lang), source=run.id,
              sensitivity=level)
        for words, lang in _LABELS
    ]  # fmt: skip
    bound = [_bound(run.id, ground.site, output) for output in outputs]
    claims = [msgspec.structs.replace(one, sensitivity=level) for part in bound for one in part]
    return record_run(registry, run, [[*said, *claims]], outputs, sensitivity=level,
                      recorder=recorder)  # fmt: skip


def _is_sealed(registry: Registry, items: Sequence[str]) -> bool:
    """Whether the team may not see one of some items: then it may not see what shows it either."""
    team = registry.view("team")
    return not all(team.claims(subject=item, predicate="file") for item in items)


def _output(pair: Pair, ground: SiteGround, language: Language) -> Output:
    svg, _ = draw(pair, ground, language)
    return Output(
        name=f"pair-{language}.svg", content=svg, depicts=(ground.site,), language=language,
        description=describe_pair(pair.earlier, pair.later, "en"),
        description_fa=describe_pair(pair.earlier, pair.later, "fa"),
    )  # fmt: skip


def _bound(run: str, site: str, output: Output) -> list[Claim]:
    item = item_id(hashlib.sha256(output.content).hexdigest())
    return binding_claims(run, site, (item, output.name), location=True)
