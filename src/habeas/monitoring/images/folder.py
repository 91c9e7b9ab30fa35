"""A folder of image files, read as a list of acquisitions: nothing but names and headers is read.

Known layouts: one file a date with all bands; one file a band and date, as Sentinel-2 (SAFE folders
as they come, or the band files alone) and Landsat Collection 2 name them, or under the common names
of bands. `docs/monitoring-images.md` has them all.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from habeas.errors import InputError
from habeas.monitoring.cube import BANDS
from habeas.monitoring.images.acquisition import NO_MASK, Acquisition, Layer, Mask
from habeas.monitoring.images.band_names import (
    LANDSAT,
    MASKS,
    SENTINEL_2,
    UNKNOWN,
    common_name,
    is_copernicus_browser,
    is_earth_engine,
    is_earth_search,
    is_hls,
    sensor_of,
)
from habeas.monitoring.images.file_facts import FileFacts, Header
from habeas.monitoring.images.folder_settings import FILE as SETTINGS
from habeas.monitoring.images.folder_settings import FolderSettings, date_in, read_settings
from habeas.monitoring.images.found import Found
from habeas.monitoring.images.image_place import is_turned, pixel_of, place_of
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
from habeas.monitoring.images.scene_files import SceneFile, SceneFiles, gather, image_files

SENSOR_TAG = "SENSOR"
"""The tag of a TIFF under which the sensor may stand, where the name does not tell it."""

_TOP_OF_ATMOSPHERE = ("MSIL1C", "_L1TP_", "_L1GT_", "_L1GS_", "Sentinel-2_L1C")
CLOUDS_TAG = "CLOUDS"
"""The tag of a TIFF that says `hidden` where clouds were taken out of the pixels themselves."""

_DATE_TAGS = ("ACQUISITIONDATETIME", "ACQUISITION_DATE", "DATE_ACQUIRED", "TIFFTAG_DATETIME")


_TURNED = "its rows run aslant, and the nearest pixel was taken"
_NO_IMAGE = "a mask that belongs to no image by its name or date"


class _UnusableError(Exception):
    """Why a scene of a folder cannot be used: becomes the reason of its `Scene`."""


_Signature = tuple[tuple[str, int, int], ...]
"""Path, size and time of last change of every file that decides what a folder holds."""

_remembered: dict[Path, tuple[_Signature, Found]] = {}
_REMEMBERED = 64
"""Folders; the sites of a run come as they are listed, not folder by folder. What is remembered of
five hundred images takes some two megabytes."""


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
        raise InputError(
            "there is no such folder of images",
            place=str(folder),
            mend="Name the folder that holds the images",
        )
    folder = folder.absolute()
    files = list(image_files(folder))
    signature = _signature([*files, str(folder / SETTINGS)])
    facts.looked_at(signature)
    kept = _remembered.get(folder)
    if kept is not None and kept[0] == signature:
        return kept[1]
    found = _listed(folder, [Path(file) for file in files], facts)
    if len(_remembered) >= _REMEMBERED:
        _remembered.clear()
    _remembered[folder] = (signature, found)
    return found


def _signature(files: Sequence[str]) -> _Signature:
    """Of those that are there."""
    found = []
    for path in files:
        try:
            status = os.stat(path)  # noqa: PTH116  (a `Path` for each takes longer)
        except FileNotFoundError:
            continue
        found.append((path, status.st_size, status.st_mtime_ns))
    return tuple(found)


def _listed(folder: Path, files: Sequence[Path], facts: FileFacts) -> Found:
    settings = read_settings(folder)
    gathered = gather(folder, files, settings)
    if not gathered.scenes and not gathered.masks:
        raise InputError(
            "the folder holds no images",
            place=str(folder),
            mend=f"Put files there that end in {', '.join(ENDINGS)}",
        )
    acquisitions = []
    dropped = [_dropped(mask, settings, _NO_IMAGE) for mask in gathered.masks]
    for group in gathered.scenes:
        try:
            acquisitions.append(_acquisition(group, settings, facts))
        except (_UnusableError, InputError, OSError) as problem:
            reason = problem.reason if isinstance(problem, InputError) else str(problem)
            dropped.append(_dropped(group, settings, reason))
    acquisitions.sort(key=lambda found: (found.date, found.id))
    return Found(tuple(acquisitions), tuple(dropped), _left_aside(gathered.aside),
                 mask_clear=settings.mask_clear)  # fmt: skip


def _dropped(group: SceneFiles, settings: FolderSettings, reason: str) -> Scene:
    return Scene(
        id=group.name,
        date=date_in(group.words, settings.date),
        files=tuple(file.path.name for file in group.files),
        sensor=settings.sensor or sensor_of(group.name),
        reason=reason,
    )


def _left_aside(files: int) -> tuple[str, ...]:
    if not files:
        return ()
    return (f"files of auxiliary kinds were left aside, such as previews and angles: {files}",)


def _acquisition(group: SceneFiles, settings: FolderSettings, facts: FileFacts) -> Acquisition:
    sensor = settings.sensor or sensor_of(group.name)
    if sensor == UNKNOWN:
        sensor = sensor_of(group.words)
    if any(mark in f"{group.name}/{group.words}" for mark in _TOP_OF_ATMOSPHERE):
        raise _UnusableError("its numbers are not reflectance at the ground (level 1, not level 2)")
    chosen = _chosen(group, settings, sensor, facts)
    bands = [name for name in BANDS if name in chosen]
    if not bands:
        raise _UnusableError(_why_no_band(group, settings, facts))
    files = dict.fromkeys(chosen[name].href for name in bands)
    header = min(map(facts.header, files), key=pixel_of)
    if sensor == UNKNOWN:
        sensor = header.tags.get(SENSOR_TAG, UNKNOWN)
    taken = _date(group, settings, header)
    grid, footprint = place_of(header)
    scale, offset, remark = _numbers(group, settings, sensor, taken, header)
    nodata = _nodata(group, settings, sensor, header)
    masks = tuple(Mask(layer=chosen[name], kind=kind)  # type: ignore[arg-type]
                  for name, kind in MASKS.items() if name in chosen)  # fmt: skip
    hidden = bool(masks) or header.tags.get(CLOUDS_TAG) == "hidden"
    return Acquisition(
        id=group.name,
        date=taken,
        sensor=sensor,
        layers={
            name: Layer(href=chosen[name].href, index=chosen[name].index, scale=scale,
                        offset=offset, nodata=nodata)
            for name in bands
        },
        masks=masks,
        footprint=footprint,
        grid=grid,
        processed=f"{baseline_in(group.name) or 0:05.2f} {group.name}",
        remarks=tuple(filter(None, (
            remark, "" if hidden else NO_MASK, _TURNED if is_turned(header) else "",
        ))),
        offset_assumed=bool(remark) and offset != 0,
    )  # fmt: skip


def _nodata(
    group: SceneFiles, settings: FolderSettings, sensor: str, header: Header
) -> float | None:
    """The number that stands for no data; none where nothing but the file may say it."""
    if settings.nodata is not None:
        return settings.nodata
    if sensor not in (SENTINEL_2, LANDSAT) or header.dtype.startswith("float"):
        return None
    return float(HLS_NO_DATA) if is_hls(group.name) else 0.0


def _why_no_band(group: SceneFiles, settings: FolderSettings, facts: FileFacts) -> str:
    counts = {
        len(facts.header(str(file.path)).descriptions) for file in group.files if file.band is None
    }
    if settings.bands and counts:
        return (
            f"images.toml names {len(settings.bands)} bands and it has {max(counts)}: bands holds "
            "for files of that number alone"
        )
    return "none of its bands is known by name; name them in images.toml"


def _chosen(
    group: SceneFiles, settings: FolderSettings, sensor: str, facts: FileFacts
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
    file: SceneFile, settings: FolderSettings, sensor: str, group: SceneFiles, facts: FileFacts
) -> Sequence[tuple[str | None, int]]:
    """What each band of a file is, and how it ranks among others of that name."""
    if file.band is not None:
        word = next((settings.names[name] for name in settings.names
                     if name.lower() == file.band.band), file.band.band)  # fmt: skip
        rank = file.band.resolution or 0
        # Band 8A lies closer to Landsat's, band 8 is finer: where both are there, band 8 it is.
        return [(common_name(word, sensor, group.name), rank + (1000 if word == "b8a" else 0))]
    words: Sequence[str] = facts.header(str(file.path)).descriptions
    if len(settings.bands) == len(words):
        words = settings.bands
    return [(common_name(word, sensor, group.name) if word else None, 0) for word in words]


def _date(group: SceneFiles, settings: FolderSettings, header: Header) -> date:
    found = date_in(group.words, settings.date)
    for tag in _DATE_TAGS:
        found = found or date_in(header.tags.get(tag, "").replace(":", "-"))
    if found is None:
        raise _UnusableError("no date is in its name or its tags; say how it stands in images.toml")
    return found


def _numbers(
    group: SceneFiles, settings: FolderSettings, sensor: str, taken: date, header: Header
) -> tuple[float, float, str]:
    """Scale, offset, and what was assumed; what is stated goes before what is known."""
    if settings.scale is not None:
        return settings.scale, settings.offset or 0.0, ""
    scale, offset, remark = _known_numbers(group, settings, sensor, taken, header)
    return (scale, offset, remark) if settings.offset is None else (scale, settings.offset, "")


def _known_numbers(
    group: SceneFiles, settings: FolderSettings, sensor: str, taken: date, header: Header
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
    unclear = is_earth_engine(group.name) or is_copernicus_browser(group.name)
    if sensor == SENTINEL_2 and not unclear:
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
