"""A run as the record tells of it: what was run, on what, what it says, and the files it made.

The machine is a source like any other: what a run says bears the run's id as its source. Its files
(a picture, a table) are kept as evidence items. Everything goes into one batch, or nothing does,
and the run says which entries are its own, so that it can be taken back (decision 12).
"""

from __future__ import annotations

import base64
import os
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from habeas import __version__
from habeas.claims.claim import Claim, Sensitivity
from habeas.claims.values import File, Quantity, Ref, Text, Value, When
from habeas.evidence.item import EvidenceItem, item_details, keep_item
from habeas.ledger.entry import log_id
from habeas.registry.registry import Registry


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One execution of a method."""

    id: str
    """`run:` id."""
    method: str
    time: str
    """When it began: UTC, `YYYY-MM-DDTHH:MM:SSZ`."""
    parameters: tuple[str, ...] = ()
    """`name=value`: everything that decides its result, besides its inputs."""
    seed: str = ""
    """Of its random numbers, if it has any."""
    inputs: tuple[File | Ref, ...] = ()
    """What it read: files by their hash, claims and items by reference."""


class Output(msgspec.Struct, frozen=True, kw_only=True):
    """A file that a run made."""

    name: str
    """Of the file, with its ending."""
    content: bytes
    depicts: tuple[str, ...] = ()
    """The entities that it shows; a dossier of them carries it, if it may be seen."""
    language: str = ""
    """Of the words in it: `en`, `fa`; empty when there are none. A dossier takes its own."""
    description: str = ""
    """What it shows, in one English sentence: the words for those who do not see it."""
    description_fa: str = ""
    """The same in Persian."""


Said = Sequence[Claim] | Callable[[Sequence[str]], Sequence[Claim]]
"""The claims of an entry, or what makes them from the digests of the claims that stand before."""


class RecordedRun(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a run."""

    id: str
    claims: tuple[str, ...]
    """Digests of what it says, in the order given."""
    items: tuple[EvidenceItem, ...]
    """The kept outputs, in the order given."""


def new_run(
    method: str,
    *,
    parameters: Sequence[str] = (),
    seed: str = "",
    inputs: Sequence[File | Ref] = (),
) -> Run:
    """A run that begins now, under an id that nobody has."""
    return Run(
        id=f"run:{base64.b32encode(os.urandom(10)).decode().lower()}",
        method=method,
        time=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        parameters=tuple(parameters),
        seed=seed,
        inputs=tuple(inputs),
    )


def run_details(run: Run) -> list[tuple[str, Value]]:
    """What every run says of itself: method, version, time, parameters, seed, inputs."""
    day = run.time[:10]
    return [
        ("method", Text(text=run.method, lang="en")),
        ("method_version", Text(text=__version__)),
        ("run_time", When(text=run.time, calendar="gregorian", earliest=day, latest=day,
                          precision="second")),
        *(("input", value) for value in run.inputs),
        *(("parameter", Text(text=parameter)) for parameter in run.parameters),
        *([("seed", Text(text=run.seed))] if run.seed else []),
    ]  # fmt: skip


def record_run(
    registry: Registry,
    run: Run,
    said: Sequence[Said],
    outputs: Sequence[Output] = (),
    *,
    sensitivity: Sensitivity = "team",
    recorder: str | None = None,
) -> RecordedRun:
    """Record a run, what it says and its files, in one batch.

    Args:
        registry: where.
        run: which.
        said: the claims of the run, each an entry; their source is `run.id`. Claims about claims
            of the same run are given as a function of the digests of those that stand before.
        outputs: files that it made.
        sensitivity: of what is said of the run itself and of its files.
        recorder: who records.

    Raises:
        InputError: a claim that the vocabulary does not allow. Nothing was recorded.
        StorageError: the disk refused. Nothing was recorded.
    """
    items = _kept(registry, outputs)
    with registry.recording(recorder=recorder) as recording:
        first, _ = recording.span
        for item, output in zip(items, outputs, strict=True):
            recording.entry(_item_claims(registry, run, item, output, sensitivity))
        digests: list[str] = []
        for one in said:
            digests += recording.entry(one(digests) if callable(one) else one)
        last = recording.span[1] - 1
        span = (str(first), str(max(first, last)), log_id(registry.log.origin))
        recording.entry(_run_claims(registry, run, items, span, sensitivity))
    return RecordedRun(id=run.id, claims=tuple(digests), items=items)


def _kept(registry: Registry, outputs: Sequence[Output]) -> tuple[EvidenceItem, ...]:
    """The outputs in the evidence store. A file that no claim names yet is swept one day."""
    with tempfile.TemporaryDirectory(prefix="habeas-") as folder:
        items = []
        for at, output in enumerate(outputs):
            inside = Path(folder) / str(at)
            inside.mkdir()
            path = inside / output.name
            path.write_bytes(output.content)
            items.append(keep_item(registry.evidence, path))
        return tuple(items)


def _item_claims(
    registry: Registry, run: Run, item: EvidenceItem, output: Output, level: Sensitivity
) -> list[Claim]:
    """What is said of a file that a run made. Its name is ours and tells nothing: it stays out."""
    said: list[tuple[str, Value]] = [("from_source", Ref(id=run.id))]
    details = item_details(item)
    said += [(one.predicate, one.value) for one in details if one.predicate != "file_name"]
    if output.language:
        said.append(("language", Text(text=output.language)))
    said += [("depicts", Ref(id=entity)) for entity in output.depicts]
    for words, lang in ((output.description, "en"), (output.description_fa, "fa")):
        if words:
            said.append(("description", Text(text=words, lang=lang)))
    return [
        Claim(
            subject=item.id, predicate=predicate, value=value, source=registry.organisation,
            sensitivity=level,
        )
        for predicate, value in said
    ]  # fmt: skip


def _run_claims(
    registry: Registry,
    run: Run,
    items: Sequence[EvidenceItem],
    span: tuple[str, str, str],
    level: Sensitivity,
) -> list[Claim]:
    first, last, log = span
    said: list[tuple[str, Value]] = [
        *run_details(run),
        *(("output", File(sha256=item.sha256, size=item.size, media_type=item.media_type))
          for item in items),
        ("recorded_entries", Quantity(text=f"{first}-{last}", low=first, high=last, counts=log)),
    ]  # fmt: skip
    return [
        Claim(
            subject=run.id, predicate=predicate, value=value, source=registry.organisation,
            sensitivity=level,
        )
        for predicate, value in said
    ]  # fmt: skip
