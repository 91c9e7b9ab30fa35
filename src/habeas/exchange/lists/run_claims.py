"""What the record says of an import itself: the file that was read, the run, and its account."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
from msgspec.structs import replace

from habeas.claims.claim import Claim, Sensitivity, strictest
from habeas.claims.values import File, Quantity, Ref, Value
from habeas.errors import InputError
from habeas.evidence.custody import CustodyEvent
from habeas.evidence.item import EvidenceItem, item_details
from habeas.exchange.lists.mapping import Mapping
from habeas.exchange.lists.mapping_file import mapping_text
from habeas.exchange.lists.reconciliation import Totals
from habeas.registry import running
from habeas.registry.keeping import custody_claims
from habeas.registry.registry import Registry
from habeas.registry.running import run_details

METHOD: Final = "habeas import"


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One import, as the record tells of it."""

    begun: running.Run
    mapping: Mapping

    @property
    def id(self) -> str:
        """`run:` id."""
        return self.begun.id

    @property
    def time(self) -> str:
        """When it began: UTC, ISO 8601."""
        return self.begun.time

    @property
    def parameters(self) -> tuple[str, ...]:
        """`name=value`, besides the mapping."""
        return self.begun.parameters


def new_run(mapping: Mapping, parameters: Sequence[str] = ()) -> Run:
    """A run that begins now.

    Args:
        mapping: by which the list is read.
        parameters: `name=value`: what else decides how it is read.
    """
    return Run(begun=running.new_run(METHOD, parameters=parameters), mapping=mapping)


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
    first, last, log = span
    inputs = (
        File(sha256=item.sha256, size=item.size, media_type=item.media_type, text=item.name),
        File(sha256=hashlib.sha256(text.encode()).hexdigest(), size=len(text.encode()),
             media_type="application/toml", text="mapping"),
    )  # fmt: skip
    parameters = (f"mapping={text}", *run.parameters)
    details = replace(run.begun, inputs=inputs, parameters=parameters)
    said: list[tuple[str, Value]] = [
        *run_details(details),
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
