"""The image files of a folder, gathered by scene: what belongs together by its name.

A mask need not lie beside its image: it is joined to the one image of its name, else to the one
image of its date. Files of auxiliary kinds (previews, aerosol, temperature, footprints of
detectors) are counted and left aside: some have names that read like those of bands.
"""

from __future__ import annotations

import os
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from habeas.monitoring.images.band_names import MASKS, UNKNOWN, BandFile, band_file, sensor_of
from habeas.monitoring.images.folder_settings import FolderSettings, date_in
from habeas.monitoring.images.raster_file import ENDINGS

_RESOLUTION_FOLDERS = {"r10m", "r20m", "r60m"}

_MASK_FOLDERS = {"mask", "masks", "cloudmask", "cloudmasks", "cloud_mask", "cloud_masks"}

_AUXILIARY = re.compile(
    r"MSK_.*"  # Sentinel-2: footprints of detectors, quality, probabilities
    r"|(?:.*_)?(?:TCI|AOT|WVP|PVI|CLDPRB|SNWPRB|CLASSI)(?:_\d\dm)?"
    r"|(?:L[CETO]\d\d_.*_)?ST_\w+"  # Landsat: temperature, and what it was made of
    r"|(?:.*_)?(?:SR_QA_AEROSOL|QA_RADSAT|SR_ATMOS_OPACITY|SR_CLOUD_QA)"
    r"|(?:L[CETO]\d\d_|HLS\.).*[_.](?:VAA|VZA|SAA|SZA)"  # angles
    r"|.*_udm(?:_clip)?",  # Planet: the first form of its mask
    re.IGNORECASE,
)


@dataclass(frozen=True)
class SceneFile:
    """A file, and the band that its name tells; none if it tells none."""

    path: Path
    band: BandFile | None


@dataclass(frozen=True)
class SceneFiles:
    """Files of one scene: its name, where it lies, and the words that may tell of it."""

    name: str
    words: str
    files: tuple[SceneFile, ...]


@dataclass(frozen=True)
class Gathered:
    """The files of a folder.

    Attributes:
        scenes: images, with their masks.
        masks: those that belong to no image.
        aside: how many files of auxiliary kinds there are.
    """

    scenes: tuple[SceneFiles, ...]
    masks: tuple[SceneFiles, ...]
    aside: int


def image_files(folder: Path) -> Iterator[str]:
    """The path of every file in a folder, and in those in it, whose name ends as an image's."""
    for place, inner, names in os.walk(folder):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        for name in sorted(names):
            if name.lower().endswith(ENDINGS) and not name.startswith("."):
                yield f"{place}{os.sep}{name}"  # a `Path` for each takes longer


def gather(folder: Path, paths: Sequence[Path], settings: FolderSettings) -> Gathered:
    """Files by scene: the same name but for the band, in the same product."""
    taken = [path for path in paths if not _is_auxiliary(path, settings)]
    scenes = _by_name(folder, taken, settings)
    images = [scene for scene in scenes if not _is_mask(scene, settings)]
    masks = [scene for scene in scenes if _is_mask(scene, settings)]
    joined, alone = _joined(images, masks, settings)
    return Gathered(_told_apart(joined), tuple(alone), len(paths) - len(taken))


def _is_auxiliary(path: Path, settings: FolderSettings) -> bool:
    if any(path.stem.lower().endswith(name.lower()) for name in settings.names):
        return False
    if _AUXILIARY.fullmatch(path.stem):
        return True
    inside = path.parent.as_posix().upper().rpartition(".SAFE/")[2].split("/")
    return inside[0] == "GRANULE" and "IMG_DATA" not in inside


def _by_name(folder: Path, paths: Iterable[Path], settings: FolderSettings) -> list[SceneFiles]:
    gathered: dict[tuple[Path, str], list[SceneFile]] = defaultdict(list)
    for path in paths:
        band = band_file(path, tuple(settings.names)) or _in_mask_folder(path)
        scene = band.scene if band else path.stem
        gathered[_product(path.parent), scene].append(SceneFile(path, band))
    found = []
    for (product, scene), files in gathered.items():
        inside = product.relative_to(folder).as_posix() if product != folder else ""
        name = product.stem if product.suffix.upper() == ".SAFE" else scene or product.name
        words = f"{scene}/{inside}" if scene else product.name
        found.append(SceneFiles(name, words, tuple(files)))
    return found


def _in_mask_folder(path: Path) -> BandFile | None:
    """What a file is whose folder says that it holds masks, and whose name says nothing."""
    if path.parent.name.lower() not in _MASK_FOLDERS:
        return None
    return BandFile(scene=path.stem, band="mask", resolution=None)


@lru_cache(maxsize=4096)
def _product(inner: Path) -> Path:
    """The folder of one product: that of its files, without the folders inside a SAFE product."""
    for parent in (inner, *inner.parents):
        if parent.suffix.upper() == ".SAFE":
            return parent
    return inner.parent if inner.name.lower() in _RESOLUTION_FOLDERS else inner


def _told_apart(scenes: Sequence[SceneFiles]) -> tuple[SceneFiles, ...]:
    """Scenes of one name in several folders are called by both."""
    names = Counter(scene.name for scene in scenes)
    return tuple(
        scene if names[scene.name] == 1 else replace(scene, name=scene.words) for scene in scenes
    )


def _is_mask(scene: SceneFiles, settings: FolderSettings) -> bool:
    return len(_masks_of(scene, settings)) == len(scene.files)


def _masks_of(scene: SceneFiles, settings: FolderSettings) -> list[str]:
    """The masks among the files of a scene, by their names."""
    meant = {name.lower(): band for name, band in settings.names.items()}
    words = [file.band.band for file in scene.files if file.band is not None]
    return [name for word in words if (name := meant.get(word, word)) in MASKS]


def _joined(
    images: Sequence[SceneFiles], masks: Sequence[SceneFiles], settings: FolderSettings
) -> tuple[list[SceneFiles], list[SceneFiles]]:
    """The images with the masks that are theirs, and the masks that are nobody's."""
    joined, alone = list(images), []
    owners = _Owners(images, settings) if masks else None
    for mask in masks:
        at = owners.of(mask) if owners is not None else None
        if at is None or {*_masks_of(mask, settings)} & {*_masks_of(joined[at], settings)}:
            alone.append(mask)
        else:
            joined[at] = replace(joined[at], files=(*joined[at].files, *mask.files))
    return joined, alone


class _Owners:
    """Which image a mask belongs to.

    Args:
        images: all there are.
        settings: of the folder.
    """

    def __init__(self, images: Sequence[SceneFiles], settings: FolderSettings) -> None:
        self._pattern = settings.date
        self._named = _places(images, lambda image: [image.name])
        self._begun = _places(images, lambda image: _beginnings(image.name))
        self._dated = _places(images, lambda image: [date_in(image.words, settings.date)])

    def of(self, mask: SceneFiles) -> int | None:
        """The place of its image; none if there is none, or if it may be of several."""
        found = self._named.get(mask.name, [])
        day = date_in(mask.words, self._pattern)
        if not found and day is not None:
            found = self._begun.get(mask.name, [])
        if not found and day is not None and sensor_of(mask.name) == UNKNOWN:
            found = self._dated.get(day, [])
        return found[0] if len(found) == 1 else None


def _places(
    images: Sequence[SceneFiles], words: Callable[[SceneFiles], Iterable[object]]
) -> Mapping[object, list[int]]:
    """The places of images by some words for each."""
    found: dict[object, list[int]] = defaultdict(list)
    for at, image in enumerate(images):
        for word in words(image):
            found[word].append(at)
    return found


def _beginnings(name: str) -> list[str]:
    """What a name begins with, up to each underscore."""
    return [name[:at] for at, letter in enumerate(name) if letter == "_"]
