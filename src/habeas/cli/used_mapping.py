"""Which mapping an import goes by."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from habeas.exchange.lists.mapping import Mapping


class Found(NamedTuple):
    """The mapping that is used, and where it stands."""

    mapping: Mapping
    path: Path
    new: bool
    """Whether it was proposed just now."""
    unsure: tuple[str, ...] = ()
    """What a person has to look at, a line each."""
