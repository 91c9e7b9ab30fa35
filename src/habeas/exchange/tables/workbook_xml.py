"""Reading the XML of a workbook piece by piece, with what hostile XML needs refused.

The policy is that of defusedxml (no entities are declared, nothing outside is referred to), with
bounds besides that it has not: on depth, and on a single tag that never ends, over which the
parser would go again and again. The parser is used as it is because defusedxml's own wrappers
make objects for every element and take three times as long on a sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, Protocol
from xml.parsers import expat

from habeas.errors import InputError

MAX_TAG: Final = 4 * 1024 * 1024
"""Bytes of one tag, comment or instruction."""

MAX_NESTED: Final = 256
"""Elements inside one another; a sheet has 8."""

_MEND: Final = "Open the file in a spreadsheet program and save it anew"


class Part(Protocol):
    """What takes the elements of one XML part. Names are `namespace name`."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, data: str) -> None:
        """Text within the element that began last or goes on."""


def parse(chunks: Iterable[bytes], part: Part, *, place: str) -> Iterator[None]:
    """Gives the elements of a part to `part`; pauses after each chunk.

    Raises:
        InputError: it is no well-formed XML, or it is made to do harm.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = part.start
    parser.EndElementHandler = part.end
    parser.CharacterDataHandler = part.text
    _defuse(parser, place)
    fed = 0
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
            fed += len(chunk)
            if fed - parser.CurrentByteIndex > MAX_TAG:
                raise _refusal(place, f"a tag is longer than {MAX_TAG:,} bytes")
            yield
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise _refusal(place, f"the XML is damaged ({error})") from None
    yield


def parse_whole(chunks: Iterable[bytes], part: Part, *, place: str) -> None:
    """Gives all elements of a part to `part`.

    Raises:
        InputError: it is no well-formed XML, or it is made to do harm.
    """
    for _ in parse(chunks, part, place=place):
        pass


def _defuse(parser: expat.XMLParserType, place: str) -> None:
    def entity(name: str, *_: object) -> None:
        reason = f"the XML declares an entity ({name[:40]!r}), as hostile files do"
        raise InputError(reason, place=place, mend="Do not open this file in other programs either")

    def outside(*_: object) -> int:
        reason = "the XML refers to another file, as hostile files do; nothing was fetched"
        raise InputError(reason, place=place, mend="Do not open this file in other programs either")

    parser.EntityDeclHandler = entity
    parser.UnparsedEntityDeclHandler = entity
    parser.ExternalEntityRefHandler = outside
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)


def _refusal(place: str, reason: str) -> InputError:
    return InputError(reason, place=place, mend=_MEND)


def too_deep(place: str) -> InputError:
    """The error of elements too far inside one another."""
    return _refusal(place, f"more than {MAX_NESTED} elements stand inside one another")


class Outline:
    """A part of which only the elements and their attributes matter.

    Args:
        visit: is called for each element with the local names from the root down to it, and its
            attributes.
        place: for errors.
    """

    def __init__(self, visit: Callable[[list[str], dict[str, str]], object], *, place: str) -> None:
        self._visit = visit
        self._place = place
        self._path: list[str] = []
        self._known: dict[str, str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        known = self._known
        self._path.append(known.get(name) or known.setdefault(name, local(name)))
        if len(self._path) > MAX_NESTED:
            raise too_deep(self._place)
        self._visit(self._path, attributes)

    def end(self, _: str) -> None:
        """An element ends."""
        self._path.pop()

    def text(self, data: str) -> None:
        """Text, which does not matter."""


def local(name: str) -> str:
    """The name of an element without its namespace."""
    return name.rpartition(" ")[2]
