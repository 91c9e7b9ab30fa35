"""Two laid images of a site on one grid, drawn side by side, and the picture as files of a run."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Final

import msgspec
from shapely.geometry import MultiPolygon, Polygon

from habeas.claims.claim import Claim, Sensitivity
from habeas.claims.values import Ref, Text
from habeas.drawing.figure import Language
from habeas.errors import InputError
from habeas.evidence.item import item_id
from habeas.monitoring.figures.ground import Shape
from habeas.monitoring.fine_images.annotating import marks_of
from habeas.monitoring.fine_images.fine_image import FineImage, read_on_ground
from habeas.monitoring.fine_images.fine_source import laid_facts
from habeas.monitoring.fine_images.laid_image import LaidImage, is_sealed
from habeas.monitoring.fine_images.laying import SiteGround
from habeas.monitoring.fine_images.pair_figure import describe_pair, draw_pair
from habeas.monitoring.looks.look_claims import binding_claims
from habeas.monitoring.looks.look_files import LANGUAGES
from habeas.monitoring.projection import DEGREES, projected
from habeas.registry.registry import Registry
from habeas.registry.running import Output, RecordedRun, new_run, record_run

METHOD: Final = "habeas watch pair"
"""The method of a run that drew a pair, as the record names it."""

FINEST: Final = 1_200
"""Pixels along the longer side of a picture of a pair."""

POINT: Final = 2.0
"""Metres around a point that a reader marked, where it is drawn."""

_LABELS: Final = (("a pair of fine images", "en"), ("یک جفت تصویر دقیق", "fa"))


@dataclass(frozen=True, kw_only=True, eq=False)
class Pair:
    """Two images of a site on one grid.

    Attributes:
        earlier: the image before.
        later: the image after.
        items: their `item:` ids; empty for a file that is not of the record.
        marked: what readers marked in them, in the coordinates of the images.
        marks: digests of the claims that tell of it.
    """

    earlier: FineImage
    later: FineImage
    items: tuple[str, str]
    marked: tuple[Shape, ...] = ()
    marks: tuple[str, ...] = ()


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


def with_marks(registry: Registry, ground: SiteGround, pair: Pair) -> Pair:
    """A pair with what readers marked in its images, as far as the team may see that."""
    marks = [
        mark
        for item in dict.fromkeys(filter(None, pair.items))
        for mark in marks_of(registry, item, clearance="team")
    ]
    shapes = [projected(mark.place, DEGREES, ground.crs) for mark in marks]
    drawn = [shape if shape.area else shape.buffer(POINT) for shape in shapes]
    return replace(
        pair,
        marked=tuple(shape for shape in drawn if isinstance(shape, Polygon | MultiPolygon)),
        marks=tuple(mark.claim for mark in marks),
    )


def draw(pair: Pair, ground: SiteGround, language: Language) -> tuple[bytes, bytes]:
    """The picture of a pair as SVG and PNG; see `figures.fine_pair.draw_pair`."""
    return draw_pair(pair.earlier, pair.later, ground.outline, pair.marked, language=language)


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
    level: Sensitivity = "sealed" if is_sealed(registry, pair.items) else ground.level
    run = new_run(
        METHOD,
        parameters=(f"resolution={pair.earlier.resolution:.6g}", f"crs={ground.code}"),
        inputs=[Ref(id=name) for name in (*pair.items, *(f"claim:{one}" for one in pair.marks))],
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
