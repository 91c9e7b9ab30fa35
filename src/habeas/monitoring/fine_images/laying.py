"""A fine image into the record: the original as evidence, its working copy laid on the ground.

Both tell where the site lies, and are bound to it: nothing about them, and no claim that names
their bytes, is shown below the team until the place of the site may be published; where the team
may not see the place, they are sealed.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from pyproj import CRS
from shapely import contains_xy

from habeas.claims.claim import Sensitivity
from habeas.claims.values import Ref, Text, When
from habeas.errors import InputError, NotFoundError
from habeas.evidence.custody import CustodyEvent
from habeas.evidence.detail import Detail
from habeas.monitoring.figures.ground import margin_around
from habeas.monitoring.fine_images.control_points import check_inside
from habeas.monitoring.fine_images.fine_image import (
    Bounds,
    FineImage,
    lay_on_ground,
    read_on_ground,
    write_working_copy,
)
from habeas.monitoring.fine_images.fine_source import is_georeferenced, laid_facts, picture_size
from habeas.monitoring.fine_images.outline_sought import Outline
from habeas.monitoring.fine_images.registration import ControlPoint, Form, Registration, register
from habeas.monitoring.looks.look_claims import LEVEL, SHOWS_LOCATION
from habeas.monitoring.looks.site_level import level_of_site
from habeas.monitoring.site_area import Ground, SiteArea, utm_zone
from habeas.monitoring.site_area import ground as make_ground
from habeas.registry.keeping import Prepared, prepare, record_kept, require_source
from habeas.registry.registry import Registry

_COPY: Final = "laid-on-the-ground.tif"
"""The name of a working copy; what the original is called stays with the original."""


@dataclass(frozen=True, kw_only=True, eq=False)
class SiteGround:
    """Where a site lies, as fine images are laid around it.

    Attributes:
        site: `site:` id.
        outline: in `crs`.
        crs: the UTM zone of the site.
        level: of what is made of it: `looks.site_level.level_of_site`.
    """

    site: str
    outline: Ground
    crs: CRS
    level: Sensitivity = LEVEL

    @property
    def bounds(self) -> Bounds:
        """Of the ground that is laid: the outline and a little around it, metres."""
        west, south, east, north = self.outline.buffer(margin_around(self.outline)).bounds
        return west, south, east, north

    @property
    def code(self) -> str:
        """Of the coordinate reference system."""
        return f"EPSG:{self.crs.to_epsg()}"


def site_ground(registry: Registry, site: str, outline: Outline, uncertainty: float) -> SiteGround:
    """The ground of a site of the record.

    Args:
        registry: where.
        site: `site:` id.
        outline: see `outline_sought`.
        uncertainty: metres by which it may be off.

    Raises:
        NotFoundError: nothing is recorded of the site.
        InputError: the outline is none, or a point without an uncertainty.
    """
    if next(registry.view("sealed").stream(subject=site), None) is None:
        raise NotFoundError(f"there is no {site}", mend="Record the site first: `habeas record`")
    area = SiteArea(outline=outline.ground, uncertainty=uncertainty)
    crs = utm_zone(area)
    return SiteGround(site=site, outline=make_ground(area, crs), crs=crs,
                      level=level_of_site(registry, site))  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class Picture:
    """A fine image that was brought.

    Attributes:
        path: of the file; it is only read.
        source: the `source:` that it is.
        time: when it came into the organisation's hands: ISO 8601 with a zone.
        taken: when it was taken, if the day is known.
    """

    path: Path
    source: str
    time: str
    taken: date | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Laid:
    """What became of a fine image.

    Attributes:
        original: its `item:` id.
        working_copy: that of its working copy; the original's for a file with its own coordinates.
        registration: how it was laid; none for a file with its own coordinates.
        resolution: metres a pixel.
        shown: share of the outline that it shows.
    """

    original: str
    working_copy: str
    registration: Registration | None
    resolution: float
    shown: float


def lay_picture(
    registry: Registry,
    ground: SiteGround,
    picture: Picture,
    points: Sequence[ControlPoint],
    form: Form = "affine",
    *,
    recorder: str | None = None,
) -> Laid:
    """Lay a picture without coordinates on the ground, and keep it and its working copy.

    Args:
        registry: where.
        ground: of the site that it shows.
        picture: which.
        points: see `control_points.read_control_points`, in `ground.crs`.
        form: see `registration.Registration`.
        recorder: who records.

    Raises:
        InputError: the file is no picture, a point lies outside of it, the points are too few or on
            a line, or the picture does not show the site. Nothing was recorded.
        NotFoundError: the source is not in the record.
        StorageError: the disk refused. Nothing was recorded.
    """
    require_source(registry, picture.source)
    check_inside(points, *picture_size(picture.path))
    registration = register(points, ground.code, form)
    resolution = _pixel(registration, ground)
    image = lay_on_ground(picture.path, registration, resolution, bounds=ground.bounds,
                          taken=picture.taken)  # fmt: skip
    shown = _require_shown(image, ground, picture.path.name)
    with tempfile.TemporaryDirectory(prefix="habeas-") as folder:
        copy = Path(folder) / _COPY
        write_working_copy(image, copy, registration)
        original = _prepared(registry, ground, picture)
        laid = _prepared(
            registry, ground, replace(picture, path=copy), copy_of=original.item.id,
            words=_words(registration),
        )  # fmt: skip
    first, second = record_kept(registry, [original, laid], recorder=recorder)
    return Laid(original=first.item.id, working_copy=second.item.id, registration=registration,
                resolution=resolution, shown=shown)  # fmt: skip


def take_in(
    registry: Registry, ground: SiteGround, picture: Picture, *, recorder: str | None = None
) -> Laid:
    """Keep a GeoTIFF that has its own coordinates as it is.

    Args:
        registry: where.
        ground: of the site that it shows.
        picture: which.
        recorder: who records.

    Raises:
        InputError: it has no coordinates, or does not show the site. Nothing was recorded.
        NotFoundError: the source is not in the record.
        StorageError: the disk refused. Nothing was recorded.
    """
    require_source(registry, picture.source)
    if not is_georeferenced(picture.path):
        picture_size(picture.path)  # what is no picture is said to be none
        raise InputError(
            "the picture does not say where on earth it lies",
            place=picture.path.name,
            mend="Give control points: --points POINTS.csv",
        )
    facts = laid_facts(picture.path, ground.crs)
    coarse = max(facts.resolution, _side(ground) / 500)  # enough to see what is shown
    image = read_on_ground(picture.path, ground.code, coarse, ground.bounds)
    shown = _require_shown(image, ground, picture.path.name)
    prepared = _prepared(registry, ground, picture)
    (kept,) = record_kept(registry, [prepared], recorder=recorder)
    return Laid(original=kept.item.id, working_copy=kept.item.id, registration=None,
                resolution=facts.resolution, shown=shown)  # fmt: skip


def _pixel(registration: Registration, ground: SiteGround) -> float:
    """Metres a pixel of the picture at the site, to two digits: the grid of its working copy."""
    column, row = registration.to_picture([ground.outline.centroid.coords[0]])[0]
    corners = registration.to_ground([(column, row), (column + 1, row), (column, row + 1)])
    right, down = corners[1] - corners[0], corners[2] - corners[0]
    side = math.sqrt(abs(float(right[0] * down[1] - right[1] * down[0])))
    if not (math.isfinite(side) and side > 0):
        raise InputError(
            "the control points do not fix where the site lies in the picture",
            mend="Give points on all sides of the site, at least three that lie on no line",
        )
    return float(f"{side:.2g}")


def _side(ground: SiteGround) -> float:
    west, south, east, north = ground.bounds
    return max(east - west, north - south)


def _require_shown(image: FineImage, ground: SiteGround, name: str) -> float:
    """The share of the outline that an image shows.

    Raises:
        InputError: none of it.
    """
    rows, columns = image.shown.nonzero()
    x = image.west + image.resolution * (columns + 0.5)
    y = image.north - image.resolution * (rows + 0.5)
    inside = int(contains_xy(ground.outline, x, y).sum())
    if not inside:
        raise InputError(
            "the picture does not show the site",
            place=name,
            mend="Check the coordinates, and which of them is longitude",
        )
    return min(inside * image.resolution**2 / ground.outline.area, 1.0)


def _prepared(
    registry: Registry, ground: SiteGround, picture: Picture, *, copy_of: str = "", words: str = ""
) -> Prepared:
    shows = [Detail(predicate=SHOWS_LOCATION, value=Ref(id=ground.site))]
    if picture.taken is not None:
        shows.append(Detail(predicate="captured", value=_day(picture.taken)))
    if words:
        shows.append(Detail(predicate="description", value=Text(text=words, lang="en")))
    custody = CustodyEvent(
        item="0" * 64, act="copied" if copy_of else "received", time=picture.time,
        receiver=registry.organisation, method="habeas watch picture" if copy_of else None,
    )  # fmt: skip
    return prepare(
        registry, picture.path, source=picture.source, custody=custody,
        working_copy_of=copy_of or None, sensitivity=ground.level, shows=shows,
    )  # fmt: skip


def _words(registration: Registration) -> str:
    """How a working copy was made."""
    error = registration.error
    left_out = f", {error:.2f} m where one is left out" if math.isfinite(error) else ""
    return (
        f"Laid on the ground by {len(registration.points)} control points ({registration.form}); "
        f"they are off by {registration.rmse:.2f} m (root mean square){left_out}."
    )


def _day(day: date) -> When:
    return When(text=day.isoformat(), calendar="gregorian", earliest=day.isoformat(),
                latest=day.isoformat(), precision="day")  # fmt: skip
