"""Which sites are watched, and with which images: a plain file in the registry's folder.

It is no part of the record and is never exported: the list of the sites that somebody watches is
itself a secret. Nobody but the owner of the files may read it (mode 0600).
"""

from __future__ import annotations

import json
import os
import secrets
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from shapely.errors import ShapelyError
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from habeas.errors import InputError, NotFoundError, StorageError
from habeas.monitoring.site_area import SiteArea

FOLDER: Final = "watch"
NAME: Final = "sites.toml"
CACHE: Final = "cache"

_SECRET: Final = 32
"""Bytes of the secret of a site."""


@dataclass(frozen=True, kw_only=True)
class WatchedSite:
    """A site on the list.

    Attributes:
        site: `site:` id.
        images: a folder, or the address of a STAC catalogue.
        outline: longitude and latitude, degrees; a point is watched as a circle.
        uncertainty: metres by which the outline may be off.
        whole_tiles: ask a server for whole tiles, so that it does not learn which site matters.
        secret: by which runs tell that they watched the same outline, and nobody else can find out
            which; made when the site is put on the list. Empty for one that an earlier version put
            there, until the list is written again.
    """

    site: str
    images: str
    outline: BaseGeometry
    uncertainty: float = 0.0
    whole_tiles: bool = False
    secret: bytes = field(default=b"", repr=False, compare=False)

    @property
    def area(self) -> SiteArea:
        """The ground of the site, as images are read for it."""
        return SiteArea(outline=self.outline, uncertainty=self.uncertainty)


def read_watch_list(registry: Path) -> tuple[WatchedSite, ...]:
    """The sites that are watched, in the order in which they were added.

    Args:
        registry: the folder of a registry.

    Raises:
        InputError: the file is not as this version writes it.
    """
    path = registry / FOLDER / NAME
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
        return tuple(_site(raw) for raw in found.get("site", ()))
    except FileNotFoundError:
        return ()
    except (
        OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError,
        ShapelyError, AttributeError,
    ) as error:  # fmt: skip
        raise InputError(
            f"the list of watched sites cannot be read ({error})",
            place=str(path),
            mend="Put it back as `habeas watch add` wrote it, or remove it and add the sites again",
        ) from error


def watched_site(registry: Path, site: str) -> WatchedSite:
    """One site on the list.

    Raises:
        NotFoundError: it is not watched.
    """
    for found in read_watch_list(registry):
        if found.site == site:
            return found
    raise NotFoundError(
        f"{site} is not watched", mend=f"Add it: `habeas watch add {site} --images FOLDER`"
    )


def add_site(registry: Path, site: WatchedSite) -> bool:
    """Put a site on the list; what the list said of it before is replaced, save its secret.

    Returns:
        Whether it was on the list before.

    Raises:
        StorageError: the disk refused; the list is as it was.
    """
    held = read_watch_list(registry)
    kept = [other for other in held if other.site != site.site]
    before = next((other.secret for other in held if other.site == site.site), b"")
    _write(registry, [*kept, replace(site, secret=site.secret or before)])
    return len(kept) < len(held)


def drop_site(registry: Path, site: str) -> None:
    """Take a site off the list. What was recorded of it stays.

    Raises:
        NotFoundError: it is not watched.
        StorageError: the disk refused; the list is as it was.
    """
    watched_site(registry, site)
    _write(registry, (other for other in read_watch_list(registry) if other.site != site))


def cache_of(registry: Path) -> Path:
    """Where what was read of images is kept from one run to the next."""
    return _folder(registry) / CACHE


def _site(raw: dict[str, Any]) -> WatchedSite:
    return WatchedSite(
        site=str(raw["id"]),
        images=str(raw["images"]),
        outline=shape(json.loads(raw["outline"])),
        uncertainty=float(raw.get("uncertainty", 0.0)),
        whole_tiles=bool(raw.get("whole_tiles", False)),
        secret=bytes.fromhex(raw.get("secret", "")),
    )


def _folder(registry: Path) -> Path:
    folder = registry / FOLDER
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise _refused(error, folder) from error
    return folder


def _write(registry: Path, sites: Iterable[WatchedSite]) -> None:
    """The whole list, or the old one: a file of its own that takes the place of the old.

    A site without a secret gets one.
    """
    path = _folder(registry) / NAME
    lines = [
        "# The sites that are watched. This list is a secret: it tells what somebody looks at.",
        "# `habeas watch add` and `habeas watch drop` write it.",
    ]
    for site in sites:
        outline = json.dumps(mapping(site.outline), sort_keys=True)
        lines += [
            "", "[[site]]",
            f"id = {json.dumps(site.site)}",
            f"images = {_quoted(site.images)}",
            f"outline = {_quoted(outline)}",
            f"uncertainty = {float(site.uncertainty)}",
            f"whole_tiles = {str(site.whole_tiles).lower()}",
            f'secret = "{(site.secret or secrets.token_bytes(_SECRET)).hex()}"',
        ]  # fmt: skip
    draft = path.with_name(f".{NAME}.{os.getpid()}.part")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise _refused(error, path) from error


def _quoted(text: str) -> str:
    """A TOML string: JSON's, but TOML wants DEL escaped too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _refused(error: OSError, path: Path) -> StorageError:
    return StorageError(
        f"the disk refused ({error.strerror})",
        place=str(path),
        mend="Free some space, or mount the disk writable, then try again",
    )
