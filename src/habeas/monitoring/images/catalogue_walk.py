"""A catalogue without search, walked from document to document, each read once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from pystac_client.exceptions import APIError

from habeas.errors import InputError
from habeas.monitoring.images.raster_file import is_remote

Json = Mapping[str, Any]

Item = tuple[Json, str]
"""The JSON of an item, and where it was read."""

LARGEST = 200_000
"""Documents that are read at most."""

_GIVEN_UP_AFTER = 3


class SilenceError(Exception):
    """The server stopped answering: what was read until then is kept."""


def walk(source: str, fetch: Callable[[str], str], remarks: list[str]) -> Iterator[Item]:
    """Every item of a catalogue.

    A document that cannot be read costs what hangs on it, and is told; a server that fails three
    times in a row is taken to be silent.

    Args:
        source: the first document.
        fetch: reads one.
        remarks: on what was not read; grows.

    Raises:
        InputError: the first document is no part of a catalogue.
        SilenceError: the server does not answer.
    """
    waiting, seen, read, failures = [source], {source}, 0, 0
    while waiting and read < LARGEST:
        address = waiting.pop()
        read += 1
        try:
            items, links = _parts(document_at(address, fetch), address)
        except (SilenceError, InputError) as problem:
            failures += isinstance(problem, SilenceError)
            if address == source or failures >= _GIVEN_UP_AFTER:
                raise
            reason = problem.reason if isinstance(problem, InputError) else problem
            remarks.append(f"{_name(address)} of the catalogue was not read: {reason}")
            continue
        failures = 0
        yield from items
        waiting += [link for link in links if link not in seen]
        seen.update(links)
    if waiting:
        remarks.append(
            f"{len(waiting)} documents of the catalogue, and what hangs on them, were not read: "
            f"{LARGEST} are at most"
        )


def document_at(address: str, fetch: Callable[[str], str]) -> Json:
    """A document of a catalogue.

    Raises:
        SilenceError: it cannot be read, or is none.
    """
    try:
        document = json.loads(fetch(address))
    except (APIError, OSError, ValueError, RecursionError) as problem:
        raise SilenceError(plain(problem)) from problem
    if not isinstance(document, dict):
        raise SilenceError("what it sends is no catalogue")
    return document


def address_of(item: Json, base: str) -> str:
    """Where an item says that it lies; else where it was read."""
    links = item.get("links")
    for link in links if isinstance(links, list) else ():
        if (
            isinstance(link, dict)
            and link.get("rel") == "self"
            and is_remote(str(link.get("href")))
        ):
            return str(link["href"])
    return base


def plain(problem: Exception) -> str:
    """A short reason; without addresses, which may carry a token."""
    words = " ".join(word for word in str(problem).split() if "://" not in word and "?" not in word)
    return words[:160] or type(problem).__name__


def _parts(document: Json, address: str) -> tuple[list[Item], list[str]]:
    """The items of a document, and where the catalogue goes on."""
    features = _objects(document, "features", address)
    items = [(document, address)] if document.get("type") == "Feature" else []
    items += [(item, address_of(item, address)) for item in features]
    return items, _links(_objects(document, "links", address), address)


def _objects(document: Json, key: str, address: str) -> list[Json]:
    """A list of objects in a document; empty where it is left out."""
    found = document.get(key)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise InputError(
            f"what a catalogue calls {key} is no list of objects there", place=_name(address),
            mend="Tell whoever keeps the catalogue",
        )  # fmt: skip
    return found


def _links(links: list[Json], base: str) -> list[str]:
    """Where a catalogue goes on; nowhere off the web from a catalogue on the web, nor onto it."""
    found = []
    for link in links:
        if link.get("rel") not in ("child", "item", "items"):
            continue
        there = _there(str(link.get("href")), base)
        if there is not None:
            found.append(there)
    return list(dict.fromkeys(found))[::-1]


def _there(href: str, base: str) -> str | None:
    if not is_remote(base):
        return str((Path(base).parent / href).absolute()) if "://" not in href else None
    try:
        there = urljoin(base, href)
    except ValueError as problem:
        raise InputError(
            "a link in it is no address", place=_name(base), mend="Tell whoever keeps the catalogue"
        ) from problem
    return there if is_remote(there) else None


def _name(address: str) -> str:
    """A document by its name: without folders or hosts, and without what may be a token."""
    return address.split("?", maxsplit=1)[0].rstrip("/").rsplit("/", 1)[-1]
