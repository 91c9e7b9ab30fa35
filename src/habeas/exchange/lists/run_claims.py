"""What the record says of an import itself: the file that was read, the run, and its account."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from habeas import __version__
from habeas.claims.claim import Claim, Sensitivity, strictest
from habeas.claims.values import File, Quantity, Ref, Text, Value, When
from habeas.errors import InputError
from habeas.evidence.custody import CustodyEvent
from habeas.evidence.item import EvidenceItem, item_details
from habeas.exchange.lists.mapping import Mapping
from habeas.exchange.lists.mapping_file import mapping_text
from habeas.exchange.lists.reconciliation import Totals
from habeas.registry.keeping import custody_claims
from habeas.registry.registry import Registry

METHOD: Final = "habeas import"


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One import, as the record tells of it."""

    id: str
    """`run:` id."""
    mapping: Mapping
    parameters: tuple[str, ...] = ()
    """`name=value`, besides the mapping."""
    time: str
    """UTC, ISO 8601."""


def new_run(mapping: Mapping, parameters: Sequence[str] = ()) -> Run:
    """A run that begins now.

    Args:
        mapping: by which the list is read.
        parameters: `name=value`: what else decides how it is read.
    """
    name = base64.b32encode(os.urandom(10)).decode().lower()
    time = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Run(id=f"run:{name}", mapping=mapping, parameters=tuple(parameters), time=time)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal.

    Raises:
        InputError: it cannot be read.
    """
    try:
        with path.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        raise InputError(
            f"the file cannot be read ({error.strerror})", place=str(path), mend="Check its name"
        ) from error


def level_of(mapping: Mapping) -> Sensitivity:
    """The sensitivity of what is said of the run and its file.

    `team` at least: the number of rows of a hidden list must not be told by its import.
    """
    return strictest("team", mapping.sensitivity)


def item_claims(registry: Registry, run: Run, item: EvidenceItem) -> list[list[Claim]]:
    """The entries that describe the kept list: the file, and how its custody began.

    Args:
        registry: whose organisation says so.
        run: that read it.
        item: the kept file.
    """
    level = level_of(run.mapping)
    described = [
        _said(registry, item.id, "from_source", Ref(id=run.mapping.source), level),
        *(
            Claim(
                subject=item.id,
                predicate=detail.predicate,
                value=detail.value,
                source=registry.organisation,
                note=detail.note,
                sensitivity=level,
            )
            for detail in item_details(item)
        ),
    ]
    custody = CustodyEvent(
        item=item.sha256, act="collected", time=run.time, receiver=registry.organisation
    )
    return [described, custody_claims(registry, item.id, custody, level)[1]]


def run_claims(
    registry: Registry, run: Run, item: EvidenceItem, totals: Totals, span: tuple[int, int, str]
) -> list[Claim]:
    """The last entry of an import.

    Args:
        registry: whose organisation says so.
        run: the run.
        item: the list that it read.
        totals: the account.
        span: positions of the first and the last entry of the rows, and the name of the log.
    """
    text = mapping_text(run.mapping)
    day = run.time[:10]
    first, last, log = span
    said: list[tuple[str, Value]] = [
        ("method", Text(text=METHOD, lang="en")),
        ("method_version", Text(text=__version__)),
        ("run_time", When(text=run.time, calendar="gregorian", earliest=day, latest=day,
                          precision="second")),
        ("input", File(sha256=item.sha256, size=item.size, media_type=item.media_type,
                       text=item.name)),
        ("input", File(sha256=hashlib.sha256(text.encode()).hexdigest(), size=len(text.encode()),
                       media_type="application/toml", text="mapping")),
        ("parameter", Text(text=f"mapping={text}")),
        *(("parameter", Text(text=parameter)) for parameter in run.parameters),
        ("recorded_entries", Quantity(text=f"{first}-{last}", low=str(first), high=str(last),
                                      counts=log)),
        ("rows_read", _count(totals.read)),
        ("rows_recorded", _count(totals.recorded)),
        ("rows_held", _count(totals.held)),
        ("rows_rejected", _count(totals.rejected)),
    ]  # fmt: skip
    level = level_of(run.mapping)
    return [_said(registry, run.id, predicate, value, level) for predicate, value in said]


def _count(number: int) -> Quantity:
    return Quantity(text=str(number), low=str(number), high=str(number))


def _said(
    registry: Registry, subject: str, predicate: str, value: Value, level: Sensitivity
) -> Claim:
    return Claim(
        subject=subject,
        predicate=predicate,
        value=value,
        source=registry.organisation,
        sensitivity=level,
    )
