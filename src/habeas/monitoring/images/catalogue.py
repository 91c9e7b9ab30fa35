"""A STAC catalogue on the web or on a disk, read as a list of acquisitions.

Whoever runs the server learns what is asked: with a search, the bounds that are sent; with windows
of files, the window. `whole_tiles` asks for nothing finer than a square of 100 km.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from pystac_client import Client
from pystac_client.exceptions import APIError
from pystac_client.stac_api_io import StacApiIO
from pystac_client.warnings import PystacClientWarning
from requests import Request

from habeas.errors import InputError
from habeas.monitoring.images.acquisition import Acquisition
from habeas.monitoring.images.catalogue_walk import (
    Item,
    Json,
    SilenceError,
    address_of,
    document_at,
    plain,
    walk,
)
from habeas.monitoring.images.found import Found
from habeas.monitoring.images.raster_file import SECONDS, host_of, is_remote
from habeas.monitoring.images.scene import Scene
from habeas.monitoring.images.stac_item import item_acquisition

Bounds = tuple[float, float, float, float]

COLLECTIONS = ("sentinel-2-c1-l2a", "sentinel-2-l2a", "landsat-c2-l2")
"""What is asked for where the user names no collection and the server has any of these."""


def read_catalogue(
    source: str,
    bounds: Bounds,
    *,
    since: date | None = None,
    until: date | None = None,
    collections: Sequence[str] | None = None,
    seconds: float = SECONDS,
) -> Found:
    """List the images that a catalogue has of a place.

    Args:
        source: the address of a STAC API or of a static catalogue; or the path of a static one.
        bounds: west, south, east, north in degrees: this is sent to a STAC API.
        since: the first date.
        until: the last date.
        collections: to search.
        seconds: after which a server that says nothing is given up.

    Raises:
        InputError: the catalogue does not answer, is none, or lists no image.
    """
    gathered: list[Item] = []
    remarks: list[str] = []
    hosts: set[str] = set()
    web = _web(seconds, hosts)
    try:
        for item in _items(source, bounds, (since, until), collections, web, remarks):
            gathered.append(item)
    except SilenceError as problem:
        if not gathered:
            raise InputError(
                f"the catalogue does not answer: {problem}", place=source, mend="Try again later"
            ) from problem
        remarks.append(
            f"the catalogue stopped answering after {len(gathered)} images: there may be more "
            f"({problem})"
        )
    if not gathered:
        raise InputError(
            "the catalogue lists no images of the place and dates",
            place=source,
            mend="Check its collections, and whether it has images of the place",
        )
    return replace(_found(gathered), remarks=tuple(remarks), hosts=frozenset(hosts))


def _web(seconds: float, hosts: set[str]) -> StacApiIO:
    """What asks servers; the host of each is put into `hosts`, those of redirects too."""

    def asking(request: Request) -> Request:
        hosts.add(host_of(str(request.url)))
        return request

    web = StacApiIO(timeout=seconds, max_retries=1, request_modifier=asking)
    web.session.hooks["response"].append(lambda answer, **_: hosts.add(host_of(answer.url)))
    return web


def _found(items: Iterable[Item]) -> Found:
    acquisitions: dict[tuple[str, tuple[str, ...]], Acquisition] = {}
    dropped = []
    for item, base in items:
        try:
            image = item_acquisition(item, base)
        except InputError as problem:
            dropped.append(Scene(id=str(item.get("id", "")), date=None, reason=problem.reason))
            continue
        acquisitions[image.id, image.hrefs] = image
    ordered = sorted(acquisitions.values(), key=lambda image: (image.date, image.id))
    return Found(tuple(ordered), tuple(dropped))


def _items(  # noqa: PLR0917
    source: str,
    bounds: Bounds,
    dates: tuple[date | None, date | None],
    collections: Sequence[str] | None,
    web: StacApiIO,
    remarks: list[str],
) -> Iterator[Item]:
    if not is_remote(source):
        yield from walk(source, lambda path: Path(path).read_text(encoding="utf-8"), remarks)
        return

    def fetch(address: str) -> str:
        return web.request(address)

    root = document_at(source, fetch)
    if _can_search(root):
        yield from _search(source, web, bounds, dates, collections)
    else:
        yield from walk(source, fetch, remarks)


def _can_search(root: Json) -> bool:
    conforms = root.get("conformsTo")
    return isinstance(conforms, list) and any("item-search" in str(name) for name in conforms)


def _search(
    source: str,
    web: StacApiIO,
    bounds: Bounds,
    dates: tuple[date | None, date | None],
    collections: Sequence[str] | None,
) -> Iterator[Item]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PystacClientWarning)
            client = Client.open(source, stac_io=web)
            wanted = list(collections) if collections else _known(client)
            search = client.search(
                bbox=bounds,
                datetime=_interval(dates),
                collections=wanted or None,
                limit=100,
            )
            for item in search.items_as_dicts():
                yield item, address_of(item, source)
    except (APIError, ValueError, KeyError) as problem:
        raise SilenceError(plain(problem)) from problem
    except (AttributeError, TypeError) as problem:  # what it sends has another form than STAC's
        raise InputError(
            "what the catalogue sends is not well formed", place=source,
            mend="Tell whoever keeps the catalogue",
        ) from problem  # fmt: skip


def _known(client: Client) -> list[str]:
    there = {collection.id for collection in client.get_collections()}
    return [name for name in COLLECTIONS if name in there]


def _interval(dates: tuple[date | None, date | None]) -> str | None:
    since, until = (day.isoformat() if day else ".." for day in dates)
    return None if (since, until) == ("..", "..") else f"{since}/{until}"
