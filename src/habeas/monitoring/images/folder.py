"""A folder of image files, read as a list of acquisitions: nothing but names and headers is read.

Known layouts: one file a date with all bands; one file a band and date, as Sentinel-2 (SAFE folders
as they come, or the band files alone) and Landsat Collection 2 name them, or under the common names
of bands. `docs/monitoring-images.md` has them all.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from habeas.errors import InputError
from habeas.monitoring.cube import BANDS
from habeas.monitoring.images.acquisition import Acquisition, Layer, Mask
from habeas.monitoring.images.band_names import (
    LANDSAT,
    MASKS,
    SENTINEL_2,
    UNKNOWN,
    BandFile,
    band_file,
    common_name,
    is_earth_engine,
    is_earth_search,
    is_hls,
    sensor_of,
)
from habeas.monitoring.images.file_facts import FileFacts, Header
from habeas.monitoring.images.folder_settings import FILE as SETTINGS
from habeas.monitoring.images.folder_settings import FolderSettings, date_in, read_settings
from habeas.monitoring.images.found import Found
from habeas.monitoring.images.image_place import place_of
from habeas.monitoring.images.raster_file import ENDINGS
from habeas.monitoring.images.reflectance import (
    HLS_NO_DATA,
    HLS_SCALE,
    LANDSAT_OFFSET,
    LANDSAT_SCALE,
    OFFSET_SINCE,
    SENTINEL_2_SCALE,
    baseline_in,
    sentinel_2_offset,
)
from habeas.monitoring.images.scene import Scene

SENSOR_TAG = "SENSOR"
"""The tag of a TIFF under which the sensor may stand, where the name does not tell it."""

_RESOLUTION_FOLDERS = {"r10m", "r20m", "r60m"}
_TOP_OF_ATMOSPHERE = ("MSIL1C", "_L1TP_", "_L1GT_", "_L1GS_")
_DATE_TAGS = ("ACQUISITIONDATETIME", "ACQUISITION_DATE", "DATE_ACQUIRED", "TIFFTAG_DATETIME")


@dataclass(frozen=True)
class _File:
    path: Path
    band: BandFile | None


@dataclass(frozen=True)
class _Group:
    """Files of one scene: its name, where it lies, and the words that may tell of it."""

    name: str
    words: str
    files: tuple[_File, ...]


class _UnusableError(Exception):
    """Why a scene of a folder cannot be used: becomes the reason of its `Scene`."""


_Signature = tuple[tuple[str, int, int], ...]
"""Path, size and time of last change of every file that decides what a folder holds."""

_remembered: dict[Path, tuple[_Signature, Found]] = {}
_REMEMBERED = 8


def read_folder(folder: Path, facts: FileFacts) -> Found:
    """List the images of a folder, and of the folders in it.

    What was listed is remembered as long as no file changes: many sites share a folder.

    Args:
        folder: where.
        facts: what is known of files already; grows.

    Raises:
        InputError: it is no folder, holds no GeoTIFF or JPEG 2000, or its `images.toml` is wrong.
    """
    if not folder.is_dir():
        raise InputError("there is no such folder of images", place=str(folder))
    folder = folder.absolute()
    files = list(_image_files(folder))
    signature = _signature([*files, folder / SETTINGS])
    kept = _remembered.get(folder)
    if kept is not None and kept[0] == signature:
        return kept[1]
    found = _listed(folder, files, facts)
    if len(_remembered) >= _REMEMBERED:
        _remembered.clear()
    _remembered[folder] = (signature, found)
    return found


def _signature(files: Sequence[Path]) -> _Signature:
    """Of those that are there."""
    found = []
    for path in files:
        try:
            status = path.stat()
        except FileNotFoundError:
            continue
        found.append((str(path), status.st_size, status.st_mtime_ns))
    return tuple(found)


def _listed(folder: Path, files: Sequence[Path], facts: FileFacts) -> Found:
    settings = read_settings(folder)
    groups = _groups(folder, files, settings)
    if not groups:
        raise InputError(
            "the folder holds no images",
            place=str(folder),
            mend=f"Put files there that end in {', '.join(ENDINGS)}",
        )
    acquisitions, dropped = [], []
    for group in groups:
        try:
            acquisitions.append(_acquisition(group, settings, facts))
        except (_UnusableError, InputError, OSError) as problem:
            reason = problem.reason if isinstance(problem, InputError) else str(problem)
            names = tuple(file.path.name for file in group.files)
            dropped.append(
                Scene(id=group.name, date=date_in(group.words, settings.date), files=names,
                      sensor=settings.sensor or sensor_of(group.name), reason=reason)
            )  # fmt: skip
    acquisitions.sort(key=lambda found: (found.date, found.id))
    return Found(tuple(acquisitions), tuple(dropped), mask_clear=settings.mask_clear)


def _image_files(folder: Path) -> Iterator[Path]:
    for place, inner, names in os.walk(folder):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        for name in sorted(names):
            if name.lower().endswith(ENDINGS) and not name.startswith("."):
                yield Path(place) / name


def _groups(folder: Path, images: Sequence[Path], settings: FolderSettings) -> list[_Group]:
    """Files by scene: the same name but for the band, in the same product."""
    gathered: dict[tuple[Path, str], list[_File]] = defaultdict(list)
    for path in images:
        band = band_file(path, tuple(settings.names))
        gathered[(_product(path.parent), band.scene if band else path.stem)].append(
            _File(path, band)
        )
    groups = []
    for (product, scene), files in gathered.items():
        inside = product.relative_to(folder).as_posix() if product != folder else ""
        name = product.stem if product.suffix.upper() == ".SAFE" else scene or product.name
        groups.append(_Group(name, f"{scene}/{inside}" if scene else product.name, tuple(files)))
    names = Counter(group.name for group in groups)
    return [
        group
        if names[group.name] == 1
        else _Group(group.words, group.words, group.files)
        for group in groups
    ]  # fmt: skip


@lru_cache(maxsize=4096)
def _product(inner: Path) -> Path:
    """The folder of one product: that of its files, without the folders inside a SAFE product."""
    for parent in (inner, *inner.parents):
        if parent.suffix.upper() == ".SAFE":
            return parent
    return inner.parent if inner.name.lower() in _RESOLUTION_FOLDERS else inner


def _acquisition(group: _Group, settings: FolderSettings, facts: FileFacts) -> Acquisition:
    sensor = settings.sensor or sensor_of(group.name)
    if sensor == UNKNOWN:
        sensor = sensor_of(group.words)
    if any(mark in f"{group.name}/{group.words}" for mark in _TOP_OF_ATMOSPHERE):
        raise _UnusableError("its numbers are not reflectance at the ground (level 1, not level 2)")
    chosen = _chosen(group, settings, sensor, facts)
    bands = [name for name in BANDS if name in chosen]
    if not bands:
        raise _UnusableError("none of its bands is known by name; name them in images.toml")
    header = min((facts.header(chosen[name].href) for name in bands), key=_pixel)
    if sensor == UNKNOWN:
        sensor = header.tags.get(SENSOR_TAG, UNKNOWN)
    taken = _date(group, settings, header)
    grid, footprint = place_of(header)
    scale, offset, remark = _numbers(group, settings, sensor, taken, header)
    known = sensor in (SENTINEL_2, LANDSAT) and not header.dtype.startswith("float")
    empty = float(HLS_NO_DATA) if is_hls(group.name) else 0.0
    nodata = settings.nodata if settings.nodata is not None else (empty if known else None)
    return Acquisition(
        id=group.name,
        date=taken,
        sensor=sensor,
        layers={
            name: Layer(href=chosen[name].href, index=chosen[name].index, scale=scale,
                        offset=offset, nodata=nodata)
            for name in bands
        },
        masks=tuple(Mask(layer=chosen[name], kind=kind)  # type: ignore[arg-type]
                    for name, kind in MASKS.items() if name in chosen),
        footprint=footprint,
        grid=grid,
        processed=f"{baseline_in(group.name) or 0:05.2f} {group.name}",
        remarks=(remark,) if remark else (),
        offset_assumed=bool(remark) and offset != 0,
    )  # fmt: skip


def _pixel(header: Header) -> float:
    return abs(header.transform[0])


def _chosen(
    group: _Group, settings: FolderSettings, sensor: str, facts: FileFacts
) -> dict[str, Layer]:
    """A layer for each band and mask of a scene: the finest, where there are several."""
    chosen: dict[str, tuple[int, Layer]] = {}
    for file in group.files:
        names = _names(file, settings, sensor, group, facts)
        for index, (name, rank) in enumerate(names, 1):
            if name and (name not in chosen or rank < chosen[name][0]):
                chosen[name] = (rank, Layer(href=str(file.path), index=index))
    return {name: layer for name, (_, layer) in chosen.items()}


def _names(
    file: _File, settings: FolderSettings, sensor: str, group: _Group, facts: FileFacts
) -> Sequence[tuple[str | None, int]]:
    """What each band of a file is, and how it ranks among others of that name."""
    if file.band is not None:
        word = next((settings.names[name] for name in settings.names
                     if name.lower() == file.band.band), file.band.band)  # fmt: skip
        rank = file.band.resolution or 0
        # Band 8A lies closer to Landsat's, band 8 is finer: where both are there, band 8 it is.
        return [(common_name(word, sensor, group.name), rank + (1000 if word == "b8a" else 0))]
    words = settings.bands or facts.header(str(file.path)).descriptions
    return [(common_name(word, sensor, group.name) if word else None, 0) for word in words]


def _date(group: _Group, settings: FolderSettings, header: Header) -> date:
    found = date_in(group.words, settings.date)
    for tag in _DATE_TAGS:
        found = found or date_in(header.tags.get(tag, "").replace(":", "-"))
    if found is None:
        raise _UnusableError("no date is in its name or its tags; say how it stands in images.toml")
    return found


def _numbers(
    group: _Group, settings: FolderSettings, sensor: str, taken: date, header: Header
) -> tuple[float, float, str]:
    """Scale, offset, and what was assumed; what is stated goes before what is known."""
    if settings.scale is not None:
        return settings.scale, settings.offset or 0.0, ""
    scale, offset, remark = _known_numbers(group, settings, sensor, taken, header)
    return (scale, offset, remark) if settings.offset is None else (scale, settings.offset, "")


def _known_numbers(
    group: _Group, settings: FolderSettings, sensor: str, taken: date, header: Header
) -> tuple[float, float, str]:
    """Scale and offset by what the file, its name and its sensor tell, and what was assumed."""
    if header.scales[0] != 1 or header.offsets[0] != 0:
        return header.scales[0], header.offsets[0], ""
    if header.dtype.startswith("float"):
        return 1.0, 0.0, ""
    if is_hls(group.name):
        return HLS_SCALE, 0.0, ""
    if sensor == LANDSAT:
        return LANDSAT_SCALE, LANDSAT_OFFSET, ""
    if sensor == SENTINEL_2 and not is_earth_engine(group.name):
        words = f"{group.name}/{group.words}"
        if is_earth_search(words) and taken >= OFFSET_SINCE and settings.offset is None:
            raise _UnusableError(
                "Earth Search takes the offset of 2022 off most of its images and leaves it in "
                "others, and nothing in this one says which; state offset in images.toml (0 where "
                "it has been taken off, -0.1 where not)"
            )
        baseline = baseline_in(words)
        return SENTINEL_2_SCALE, *sentinel_2_offset(baseline, taken)
    raise _UnusableError(
        "its numbers are whole, and nothing says what they mean; state scale in images.toml"
    )
