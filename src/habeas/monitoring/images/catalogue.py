"""A STAC catalogue on the web or on a disk, read as a list of acquisitions.

Whoever runs the server learns what is asked: with a search, the bounds that are sent; with windows
of files, the window. `whole_tiles` asks for nothing finer than a square of 100 km.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from pystac_client import Client
from pystac_client.exceptions import APIError
from pystac_client.stac_api_io import StacApiIO
from pystac_client.warnings import PystacClientWarning

from habeas.errors import InputError
from habeas.monitoring.images.acquisition import Acquisition
from habeas.monitoring.images.found import Found
from habeas.monitoring.images.raster_file import SECONDS, is_remote
from habeas.monitoring.images.scene import Scene
from habeas.monitoring.images.stac_item import item_acquisition

Json = Mapping[str, Any]
Bounds = tuple[float, float, float, float]

COLLECTIONS = ("sentinel-2-c1-l2a", "sentinel-2-l2a", "landsat-c2-l2")
"""What is asked for where the user names no collection and the server has any of these."""

LARGEST = 200_000
"""Documents of a catalogue without search that are read at most."""

_GIVEN_UP_AFTER = 3

_Item = tuple[Json, str]
"""The JSON of an item, and where it was read."""


class _SilenceError(Exception):
    """The server stopped answering: what was read until then is kept."""


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
    gathered: list[_Item] = []
    remarks: list[str] = []
    try:
        for item in _items(source, bounds, (since, until), collections, seconds, remarks):
            gathered.append(item)
    except _SilenceError as problem:
        if not gathered:
            raise InputError(
                f"the catalogue does not answer: {problem}", place=source, mend="Try again later"
            ) from problem
        remarks.append(
            f"the catalogue stopped answering after {len(gathered)} images: there may be more "
            f"({problem})"
        )
    if not gathered:
        raise InputError("the catalogue lists no images of the place and dates", place=source)
    return _found(gathered, remarks)


def _found(items: Iterable[_Item], remarks: Sequence[str]) -> Found:
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
    return Found(tuple(ordered), tuple(dropped), tuple(remarks))


def _items(  # noqa: PLR0917
    source: str,
    bounds: Bounds,
    dates: tuple[date | None, date | None],
    collections: Sequence[str] | None,
    seconds: float,
    remarks: list[str],
) -> Iterator[_Item]:
    if not is_remote(source):
        yield from _walk(source, lambda path: Path(path).read_text(encoding="utf-8"), remarks)
        return
    web = StacApiIO(timeout=seconds, max_retries=1)

    def fetch(address: str) -> str:
        return web.request(address)

    root = _document(source, fetch)
    if _can_search(root):
        yield from _search(source, web, bounds, dates, collections)
    else:
        yield from _walk(source, fetch, remarks)


def _can_search(root: Json) -> bool:
    return any("item-search" in str(name) for name in root.get("conformsTo") or ())


def _search(
    source: str,
    web: StacApiIO,
    bounds: Bounds,
    dates: tuple[date | None, date | None],
    collections: Sequence[str] | None,
) -> Iterator[_Item]:
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
                yield item, _self(item, source)
    except (APIError, ValueError, KeyError) as problem:
        raise _SilenceError(_plain(problem)) from problem


def _known(client: Client) -> list[str]:
    there = {collection.id for collection in client.get_collections()}
    return [name for name in COLLECTIONS if name in there]


def _interval(dates: tuple[date | None, date | None]) -> str | None:
    since, until = (day.isoformat() if day else ".." for day in dates)
    return None if (since, until) == ("..", "..") else f"{since}/{until}"


def _self(item: Json, base: str) -> str:
    for link in item.get("links") or ():
        if link.get("rel") == "self" and is_remote(str(link.get("href"))):
            return str(link["href"])
    return base


def _walk(source: str, fetch: Callable[[str], str], remarks: list[str]) -> Iterator[_Item]:
    """Every item of a catalogue without search, each document read once.

    A document that cannot be read costs what hangs on it, and is told; a server that fails three
    times in a row is taken to be silent.
    """
    waiting, seen, failures = [source], {source}, 0
    while waiting and len(seen) < LARGEST:
        address = waiting.pop()
        try:
            document = _document(address, fetch)
        except _SilenceError as problem:
            failures += 1
            if address == source or failures >= _GIVEN_UP_AFTER:
                raise
            remarks.append(f"{address.rsplit('/', 1)[-1]} of the catalogue was not read: {problem}")
            continue
        failures = 0
        if document.get("type") == "Feature":
            yield document, address
        for item in document.get("features") or ():
            yield item, _self(item, address)
        for link in _links(document, address):
            if link not in seen:
                seen.add(link)
                waiting.append(link)


def _links(document: Json, base: str) -> list[str]:
    """Where a catalogue goes on; nowhere off the web from a catalogue on the web, nor onto it."""
    links = []
    for link in document.get("links") or ():
        if link.get("rel") not in ("child", "item", "items"):
            continue
        href = str(link.get("href"))
        if is_remote(base):
            there = urljoin(base, href)
        else:
            there = str((Path(base).parent / href).absolute())
        if is_remote(there) if is_remote(base) else "://" not in href:
            links.append(there)
    return links[::-1]


def _document(address: str, fetch: Callable[[str], str]) -> Json:
    try:
        document = json.loads(fetch(address))
    except (APIError, OSError, ValueError, RecursionError) as problem:
        raise _SilenceError(_plain(problem)) from problem
    if not isinstance(document, dict):
        raise _SilenceError("what it sends is no catalogue")
    return document


def _plain(problem: Exception) -> str:
    """A short reason; without addresses, which may carry a token."""
    words = " ".join(word for word in str(problem).split() if "://" not in word and "?" not in word)
    return words[:160] or type(problem).__name__
