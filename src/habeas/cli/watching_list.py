"""`habeas watch add`, `drop`, `list`: the list of the sites that are watched."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from habeas.cli import options, site_options

if TYPE_CHECKING:
    from habeas.monitoring.looks.watch_list import WatchedSite
    from habeas.registry.registry import Registry

Images = Annotated[
    str,
    typer.Option(
        "--images", metavar="FOLDER|URL",
        help="A folder of GeoTIFFs (nothing leaves this machine), or the address of a STAC "
        "catalogue (its server learns what is asked for).",
    ),
]  # fmt: skip

Uncertainty = Annotated[
    float | None,
    typer.Option(
        "--uncertainty", metavar="METRES", min=0, show_default=False,
        help="How far the outline may be off; a point is watched as a circle of this radius.",
    ),
]  # fmt: skip

WholeTiles = Annotated[
    bool,
    typer.Option(
        "--whole-tiles",
        help="Ask a server for whole tiles, so that it does not learn which site matters.",
    ),
]


def add(
    site: site_options.Site,
    *,
    images: Images,
    outline: site_options.Outline = None,
    uncertainty: Uncertainty = None,
    whole_tiles: WholeTiles = False,
    registry: options.Registry = None,
    as_json: options.Json = False,
) -> None:
    """Put a site on the list of those that are watched.

    The list is a file in the registry's folder that only you can read; it is no part of the record.
    """
    from habeas.cli.opening import opened
    from habeas.monitoring.fine_images.outline_sought import seek_outline
    from habeas.monitoring.looks.watch_list import WatchedSite, add_site

    source = _source(images)
    with opened(registry) as found:
        chosen = seek_outline(found, site, outline, uncertainty)
        watched = WatchedSite(
            site=site, images=source, outline=chosen.ground, uncertainty=chosen.uncertainty,
            whole_tiles=whole_tiles,
        )  # fmt: skip
        _check(found, watched)
        again = add_site(found.path, watched)
    outline_from = f"claim:{chosen.claim}" if chosen.claim else str(outline)
    _tell_added(watched, outline_from, again=again, as_json=as_json)


def _source(images: str) -> str:
    """A folder by its whole path, or an address."""
    from habeas.errors import InputError

    if images.startswith(("http://", "https://")):
        return images
    if "://" in images:
        raise InputError(
            "addresses of this kind are not read", place=images.partition("://")[0] + "://…",
            mend="Name a folder, or the https:// address of a STAC catalogue; files at s3:// "
            "addresses or behind signed ones must be fetched first",
        )  # fmt: skip
    folder = Path(images)
    if not folder.exists():
        raise InputError(
            "there is no such folder of images", place=images,
            mend="Name a folder of GeoTIFFs, or the address of a STAC catalogue",
        )  # fmt: skip
    return str(folder.resolve())


def _check(registry: Registry, watched: WatchedSite) -> None:
    """Refuse what could not be watched: a site nobody recorded, an outline that is none."""
    from habeas.errors import NotFoundError

    if next(registry.view("sealed").stream(subject=watched.site), None) is None:
        raise NotFoundError(
            f"there is no {watched.site}", mend="Record the site first: `habeas record`"
        )
    _ = watched.area  # refuses an outline that crosses itself, a point without a radius


def _caution(watched: WatchedSite) -> str:
    """What a server learns that is asked for windows; empty where none is."""
    if "://" not in watched.images or watched.whole_tiles:
        return ""
    return (
        "whoever runs the server of the catalogue, and those it leads to, learns which place is "
        "asked for; with --whole-tiles, a square of 100 km and no more"
    )


def _tell_added(watched: WatchedSite, outline_from: str, *, again: bool, as_json: bool) -> None:
    from habeas.cli.terminal import emit, say

    caution = _caution(watched)
    if as_json:
        emit({
            "site": watched.site, "images": watched.images, "uncertainty": watched.uncertainty,
            "whole_tiles": watched.whole_tiles, "outline_from": outline_from, "again": again,
            "caution": caution,
        })  # fmt: skip
        return
    what = "is watched anew" if again else "is watched"
    say(f"{watched.site} {what}; its outline is from {outline_from}, "
        f"within {watched.uncertainty:g} m.")  # fmt: skip
    if caution:
        say(f"Caution: {caution}.")
    say("Look at it with `habeas watch run`.")


def drop(
    site: site_options.Site,
    *,
    registry: options.Registry = None,
    as_json: options.Json = False,
) -> None:
    """Take a site off the list; what was recorded of it stays."""
    from habeas.cli.opening import opened
    from habeas.cli.terminal import emit, say
    from habeas.monitoring.looks.watch_list import drop_site

    with opened(registry) as found:
        drop_site(found.path, site)
    emit({"site": site}) if as_json else say(f"{site} is watched no longer.")


def list_(*, registry: options.Registry = None, as_json: options.Json = False) -> None:
    """The sites that are watched."""
    from habeas.cli.opening import opened
    from habeas.cli.terminal import emit, isolated, say
    from habeas.monitoring.looks.watch_list import read_watch_list

    with opened(registry) as found:
        sites = read_watch_list(found.path)
    if as_json:
        emit({"sites": [
            {"site": one.site, "images": one.images, "uncertainty": one.uncertainty,
             "whole_tiles": one.whole_tiles} for one in sites]})  # fmt: skip
        return
    for one in sites:
        say(f"{one.site}: {isolated(one.images)}")
    say(f"{len(sites)} sites are watched.")
