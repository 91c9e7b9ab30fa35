"""A checked capture into the record: its files kept byte for byte, what is said of them recorded.

All of it in one batch, or nothing. What the record says already is not said again, so importing the
same capture twice adds nothing. Everything is `team`: what was captured, and by whom, can betray.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from habeas.claims.checking import check_claim
from habeas.claims.claim import Claim, Sensitivity
from habeas.claims.values import File, Quantity, Ref, Value
from habeas.errors import InputError
from habeas.evidence.custody import CustodyEvent
from habeas.evidence.item import EvidenceItem, item_details, item_id, keep_item
from habeas.exchange.capture import Capture, CaptureAccount, CapturedFile
from habeas.ledger.entry import log_id
from habeas.registry.keeping import custody_claims, require_source
from habeas.registry.registry import Registry
from habeas.registry.running import Run, new_run, run_details
from habeas.registry.view import View

LEVEL: Final[Sensitivity] = "team"
METHOD: Final = "habeas import"

_LOT: Final = 500
"""Claims of one entry, at most; an entry holds 768."""


class _Seen:
    """What stands in the record about items, and what is being added to it."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._of: dict[str, set[bytes]] = {}
        self._known: dict[str, bool] = {}

    def _load(self, subject: str) -> set[bytes]:
        if subject not in self._of:
            standing = [s.claim for s in self._view.stream(subject=subject) if not s.withdrawn]
            self._of[subject] = {_mark(claim) for claim in standing}
            self._known[subject] = any(claim.predicate == "file" for claim in standing)
        return self._of[subject]

    def described(self, subject: str) -> bool:
        """Whether the record says which bytes the item is."""
        self._load(subject)
        return self._known[subject]

    def new(self, claims: Iterable[Claim]) -> list[Claim]:
        """The claims that nobody has recorded yet; from now on they count as recorded."""
        fresh = []
        for claim in claims:
            marks = self._load(claim.subject)
            if (mark := _mark(claim)) not in marks:
                marks.add(mark)
                fresh.append(claim)
                self._known[claim.subject] |= claim.predicate == "file"
        return fresh


def _mark(claim: Claim) -> bytes:
    """What makes two claims say the same, in the same place of the same source."""
    parts = (claim.predicate, claim.value, claim.source, claim.locator, claim.holds)
    return msgspec.json.encode(parts)


def plan_capture(registry: Registry, capture: Capture, source: str) -> CaptureAccount:
    """What recording a capture would do. Nothing is recorded or kept.

    Args:
        registry: where to.
        capture: read by `read_wacz` or `read_auto_archiver`.
        source: the `source:` that the capture is.

    Raises:
        NotFoundError: the source is not in the record.
        InputError: it is no source.
    """
    require_source(registry, source)
    return _account(capture, _known(registry, capture, source))


def record_capture(
    registry: Registry, capture: Capture, source: str, *, recorder: str | None = None
) -> CaptureAccount:
    """Keep the files of a capture that passed, and record what is said of them.

    Args:
        registry: where to.
        capture: read by `read_wacz` or `read_auto_archiver`.
        source: the `source:` that the capture is.
        recorder: who records.

    Raises:
        NotFoundError: the source is not in the record.
        InputError: it is no source, or a file changed since it was checked.
        StorageError: the disk refused; nothing was recorded.
    """
    require_source(registry, source)
    run = new_run(METHOD, parameters=(f"reader={capture.reader}",))
    seen = _Seen(registry.view("sealed"))
    entries: list[list[Claim]] = []
    inputs: list[Claim] = []
    already = _known(registry, capture, source)
    for file in _to_keep(capture):
        made, item = _entries_of(registry, file, source, seen, run.time)
        entries += made
        if item is not None:
            inputs.append(_said(registry, run.id, "input", _file(item)))
    if not entries:
        return _account(capture, already)
    account = _account(capture, already, run.id)
    with registry.recording(recorder=recorder) as recording:
        first = recording.span[1]
        for claims in entries:
            recording.entry(claims)
        span = Quantity(
            text=f"{first}-{recording.span[1] - 1}",
            low=str(first),
            high=str(recording.span[1] - 1),
            counts=log_id(registry.log.origin),
        )
        told = _run_claims(registry, run, account)
        told.append(_said(registry, run.id, "recorded_entries", span))
        for lot in _lots([*told, *inputs]):
            recording.entry(lot)
    return account


def _to_keep(capture: Capture) -> list[CapturedFile]:
    return [file for file in capture.files if file.fate == "kept"]


def _known(registry: Registry, capture: Capture, source: str) -> int:
    """How many files there are of which the record says all of this."""
    seen = _Seen(registry.view("sealed"))
    return sum(
        seen.described(item_id(str(file.sha256))) and not seen.new(_claims(registry, file, source))
        for file in _to_keep(capture)
    )


def _entries_of(
    registry: Registry, file: CapturedFile, source: str, seen: _Seen, time: str
) -> tuple[list[list[Claim]], EvidenceItem | None]:
    """The entries for one file, which is kept when it is new; no entry when all was said before."""
    subject = item_id(str(file.sha256))
    known = seen.described(subject)
    claims = seen.new(_claims(registry, file, source))
    for claim in claims:
        check_claim(claim)  # what cannot be recorded must not leave a file behind
    if known:
        return _places(claims), None
    item = keep_item(registry.evidence, file.path)
    if item.sha256 != file.sha256:
        raise InputError(
            "the file changed after it was checked; nothing was recorded",
            place=str(file.path),
            mend="Wait until nothing writes to it any more, then import again",
        )
    described = seen.new(
        [
            _said(registry, subject, detail.predicate, detail.value, detail.note)
            for detail in item_details(item)
        ]
    )
    custody = CustodyEvent(
        item=item.sha256,
        act="collected",
        time=time,
        receiver=registry.organisation,
        hash_after=item.sha256,
    )
    handed = custody_claims(registry, item.id, custody, LEVEL)[1]
    return [described, handed, *_places(claims)], item


def _claims(registry: Registry, file: CapturedFile, source: str) -> list[Claim]:
    """What is said of a file, apart from what its bytes say themselves."""
    subject = item_id(str(file.sha256))
    from_source = "from_source", Ref(id=source)
    made = [] if not source.startswith("source:") else [_said(registry, subject, *from_source)]
    made += [
        Claim(
            subject=subject,
            predicate=said.predicate,
            value=said.value,
            source=registry.organisation if said.checked else source,
            locator=said.locator,
            holds=said.holds,
            sensitivity=LEVEL,
        )
        for said in file.said
    ]
    return made


def _places(claims: Sequence[Claim]) -> list[list[Claim]]:
    """Claims parted into entries: one for each place of one source."""
    groups: dict[bytes, list[Claim]] = {}
    for claim in claims:
        place = msgspec.json.encode((claim.source, claim.locator))
        groups.setdefault(place, []).append(claim)
    return [lot for group in groups.values() for lot in _lots(group)]


def _lots(claims: Sequence[Claim]) -> list[list[Claim]]:
    return [list(claims[at : at + _LOT]) for at in range(0, len(claims), _LOT)]


def _account(capture: Capture, already: int, run: str | None = None) -> CaptureAccount:
    fates = [file.fate for file in capture.files]
    return CaptureAccount(
        name=capture.name,
        reader=capture.reader,
        read=len(capture.files),
        kept=fates.count("kept"),
        already=already,
        held=fates.count("held"),
        rejected=fates.count("rejected"),
        unkept=tuple(
            (file.name, file.fate, file.reason) for file in capture.files if file.fate != "kept"
        ),
        remarks=capture.remarks,
        run=run,
    ).check()


def _run_claims(registry: Registry, run: Run, account: CaptureAccount) -> list[Claim]:
    """What the record says of an import of a capture."""
    said: list[tuple[str, Value]] = [
        *run_details(run),
        ("files_read", _count(account.read)),
        ("files_kept", _count(account.kept)),
        ("files_held", _count(account.held)),
        ("files_rejected", _count(account.rejected)),
    ]
    return [_said(registry, run.id, predicate, value) for predicate, value in said]


def _count(number: int) -> Quantity:
    return Quantity(text=str(number), low=str(number), high=str(number))


def _file(item: EvidenceItem) -> File:
    return File(sha256=item.sha256, size=item.size, media_type=item.media_type)


def _said(
    registry: Registry, subject: str, predicate: str, value: Value, note: str | None = None
) -> Claim:
    return Claim(
        subject=subject,
        predicate=predicate,
        value=value,
        source=registry.organisation,
        note=note,
        sensitivity=LEVEL,
    )
