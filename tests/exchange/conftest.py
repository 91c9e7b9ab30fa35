"""What the tests of the coding sheet share: a reader of one sheet, a registry that only counts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest

from habeas.claims.claim import Claim
from habeas.errors import InputError
from habeas.exchange.sheet_recording import SoundSheets, read_sheets

HEAD = """\
habeas: coding-sheet/1
calendar: gregorian
sources:
  source:report: {title: An invented report, page_count: 63}
entities:
  site:field: {label: The field}
  event:day: {label: The day}
"""


class FakeRegistry:
    """Keeps what it is given, and gives digests back."""

    organisation = "org:own"

    def __init__(self) -> None:
        self.batches: list[tuple[Claim, ...]] = []

    @contextmanager
    def recording(self) -> Iterator[FakeRegistry]:
        yield self

    def entry(self, claims: Sequence[Claim]) -> tuple[str, ...]:
        self.batches.append(tuple(claims))
        number = len(self.batches)
        return tuple(
            hashlib.sha256(f"{number}.{place}".encode()).hexdigest()
            for place, _ in enumerate(claims)
        )


@pytest.fixture
def registry() -> FakeRegistry:
    return FakeRegistry()


@pytest.fixture
def read() -> Callable[..., SoundSheets]:
    """Reads sheets given as text or bytes; with `head`, after sources and entities to speak of."""

    def read_all(*sheets: str | bytes, head: bool = False, **more: object) -> SoundSheets:
        texts = [sheet if isinstance(sheet, bytes) else sheet.encode() for sheet in sheets]
        if head:
            texts[0] = HEAD.encode() + texts[0]
        return read_sheets(texts, organisation="org:own", **more)

    return read_all


@pytest.fixture
def refusal(read: Callable[..., SoundSheets]) -> Callable[..., str]:
    """The whole message with which sheets are refused."""

    def refuse(*sheets: str | bytes, **more: object) -> str:
        with pytest.raises(InputError) as error:
            read(*sheets, **more)
        return str(error.value)

    return refuse
