"""Whether the files and the timestamps are the ones that were kept."""

from __future__ import annotations

import hashlib

from habeas.claims.claim import read_opening
from habeas.claims.values import File, Quantity
from habeas.errors import HabeasError, IntegrityError
from habeas.evidence.timestamp import read_token, verify_token
from habeas.ledger.entry import log_id
from habeas.registry.appending import note_of
from habeas.registry.lineage import Lineages
from habeas.registry.registry import Registry
from habeas.registry.store import CheckpointRow, LogRow, TokenRow

AUTHORITIES = "authorities.pem"
"""The certificates of timestamp authorities that the organisation trusts, in its folder."""


def check_evidence(registry: Registry) -> tuple[int, list[str], list[str]]:
    """Every file that a claim names, hashed again; files that nothing names are listed."""
    own, others, tabled = _named_files(registry)
    problems = [str(fault) for fault in registry.evidence.check_all(sorted(own))]
    held = set(registry.evidence)
    notes = [
        f"file {sha256}: named by another organisation's claim, not held here"
        for sha256 in sorted(others - own - held)
    ]
    notes += [
        f"file {sha256}: named in a table of claims that was taken in, not held here; the file "
        "comes with a bundle of the organisation that has it"
        for sha256 in sorted(tabled - own - held)
    ]
    others |= tabled
    problems += [str(fault) for fault in registry.evidence.check_all(sorted((others - own) & held))]
    notes += [f"file {stray}: no claim names it" for stray in sorted(held - own - others)]
    problems += [f"{path}: does not belong here" for path in registry.evidence.strangers()]
    return len(own | others), problems, notes


def _named_files(registry: Registry) -> tuple[set[str], set[str], set[str]]:
    """SHA-256 of the files that own claims, others' claims, and claims out of tables name."""
    lineages = Lineages(registry.store)
    tables = _tables(registry)
    own: set[str] = set()
    others: set[str] = set()
    tabled: set[str] = set()
    for predicate in ("file", "forked"):
        for held in registry.store.held(3, predicate=predicate):
            value = read_opening(held.opening)[1].value
            if not isinstance(value, File):
                continue
            if not lineages.own(held.entry):
                others.add(value.sha256)
            elif any(log == held.log and held.position in span for log, span in tables):
                tabled.add(value.sha256)
            else:
                own.add(value.sha256)
    return own, others, tabled


def _tables(registry: Registry) -> list[tuple[int, range]]:
    """The logs and positions of entries that came out of a table of claims: it brings no files."""
    logs = {log_id(log.origin): log.id for log in registry.store.logs()}
    lineages = Lineages(registry.store)
    found = []
    for held in registry.store.held(3, predicate="parameter"):
        said = read_opening(held.opening)[1]
        if said.value.text != "format=habeas" or not lineages.own(held.entry):
            continue
        for told in registry.store.held(3, subject=said.subject, predicate="recorded_entries"):
            span = read_opening(told.opening)[1].value
            if isinstance(span, Quantity) and span.low and span.high and told.log == held.log:
                log = logs.get(span.counts or "", -1)
                found.append((log, range(int(span.low), int(span.high) + 1)))
    return found


def check_timestamps(registry: Registry) -> tuple[int, list[str], list[str]]:
    """Every token against its checkpoint, and the trusted authorities when there are any."""
    roots = _roots(registry)
    problems: list[str] = []
    notes: list[str] = []
    count = 0
    for log in registry.store.logs():
        for row in registry.store.tokens(log.id):
            count += 1
            wrong, said = _check_token(registry, log, row, roots)
            problems += wrong
            notes += said
        problems += _lost_tokens(registry, log)
    if count and roots is None:
        notes.append(
            "the authorities' signatures were not judged: put their certificates into "
            f"{AUTHORITIES}"
        )
    return count, problems, notes


def _check_token(
    registry: Registry, log: LogRow, row: TokenRow, roots: bytes | None
) -> tuple[list[str], list[str]]:
    """The problems of one token, and what is worth knowing of it."""
    problems: list[str] = []
    notes: list[str] = []
    place = f"log {log.origin}, timestamp of checkpoint {row.size}"
    checkpoint = registry.store.checkpoint(log.id, row.size)
    if not _stamps(row, checkpoint):
        problems.append(f"{place}: stamps a checkpoint that the log does not have")
    try:
        token = read_token(row.token)
        if token.imprint != hashlib.new(token.hash_algorithm, row.note).hexdigest():
            problems.append(f"{place}: is for other data")
        if roots is not None:
            verdict = verify_token(row.token, row.note, roots=roots)
            if verdict.refusal:
                notes.append(f"{place}: accepted by openssl only ({verdict.refusal})")
    except (HabeasError, ValueError) as error:
        problems.append(f"{place}: {error}")
    return problems, notes


def _stamps(row: TokenRow, checkpoint: CheckpointRow | None) -> bool:
    """Whether a token's note is this checkpoint, whoever signed it later."""
    if checkpoint is None or checkpoint.size != row.size:
        return False
    return note_of(checkpoint).startswith(row.note.split(b"\n\n")[0])


def _lost_tokens(registry: Registry, log: LogRow) -> list[str]:
    """Tokens whose hash is in the log while the token is gone or changed."""
    if not log.own:
        return []
    held = {hashlib.sha256(row.token).hexdigest() for row in registry.store.tokens(log.id)}
    lost = []
    for claim in registry.store.held(3, predicate="timestamp_token"):
        said = read_opening(claim.opening)[1]
        value, entry = said.value, registry.store.entry(claim.entry)
        if not said.subject.startswith("log:"):
            continue  # a token over a kept file, which is an item itself
        if isinstance(value, File) and entry and entry.log == log.id and value.sha256 not in held:
            lost.append(
                f"log {log.origin}: the timestamp token {value.sha256} is lost or was changed"
            )
    return lost


def _roots(registry: Registry) -> bytes | None:
    path = registry.path / AUTHORITIES
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise IntegrityError(f"cannot be read ({error.strerror})", place=str(path)) from error
