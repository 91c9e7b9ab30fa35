"""One claim, and everything that proves where and when it was recorded."""

from __future__ import annotations

import msgspec

from habeas.cli.options import Language
from habeas.cli.readings import predicate_label
from habeas.cli.statement import Statement, Teller
from habeas.cli.terminal import Words, screen
from habeas.errors import IntegrityError
from habeas.registry.provenance import Provenance, Token
from habeas.registry.view import View


class Stamp(msgspec.Struct, frozen=True, kw_only=True):
    """What a timestamp token says; `habeas verify` judges it."""

    time: str
    authority: str
    sha256: str


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """Where a claim stands in its log, checked on the way."""

    log: str
    position: int
    recorded: str
    recorder: str
    checkpoint_size: int
    checkpoint_root: str
    checkpoint: str
    """The signed note itself."""
    timestamps: tuple[Stamp, ...]


class ClaimShown(msgspec.Struct, frozen=True, kw_only=True):
    """A claim and its proof. The keys of the JSON output."""

    statement: Statement
    subject_label: str
    proof: Proof


def claim_shown(view: View, name: str, lang: Language) -> ClaimShown:
    """Find a claim by its digest and prove it.

    Raises:
        NotFoundError, InputError: as `View.claim`.
        IntegrityError: the proof does not hold.
    """
    shown = view.claim(name)
    teller = Teller(view, lang)
    return ClaimShown(
        statement=teller.tell(shown),
        subject_label=teller.label(shown.claim.subject),
        proof=_prove(view.provenance(shown)),
    )


def _prove(found: Provenance) -> Proof:
    from habeas.claims.claim import digest
    from habeas.ledger.cosignature import open_verifier
    from habeas.ledger.entry import read_entry, require_log

    entry = read_entry(found.entry)
    if digest(found.opening) != found.digest or found.digest not in entry.claims:
        raise IntegrityError(
            "the words held are not those that the entry commits to",
            place=f"claim:{found.digest}",
            mend="Run `habeas verify`",
        )
    require_log(found.opening, found.origin, place=f"claim:{found.digest}")
    signed = found.proof.verify(found.entry, [open_verifier(key) for key in found.vkeys])
    return Proof(
        log=found.origin,
        position=found.position,
        recorded=entry.recorded,
        recorder=entry.recorder,
        checkpoint_size=signed.checkpoint.size,
        checkpoint_root=signed.checkpoint.root.hex(),
        checkpoint=found.proof.checkpoint.decode(),
        timestamps=tuple(_stamp(token) for token in found.tokens),
    )


def _stamp(token: Token) -> Stamp:
    from habeas.evidence.timestamp import read_token

    read = read_token(token.token)
    return Stamp(time=read.time.isoformat(), authority=read.authority, sha256=read.sha256)


def print_claim(shown: ClaimShown, lang: Language) -> None:
    """A claim and its proof, for people."""
    from rich.table import Table

    from habeas.cli.entity_text import print_statement

    out = screen()
    statement, proof = shown.statement, shown.proof
    out.print(Words(f"claim:{statement.claim}", "dim"))
    label = predicate_label(statement.predicate, lang)
    out.print(Words(f"{shown.subject_label} · {label}", "bold"))
    print_statement(out, statement, lang)
    out.print()
    made = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    made.add_column(no_wrap=True)
    made.add_column(overflow="fold")
    for name, text in _proof_rows(proof, forked=statement.forked):
        made.add_row(Words(name, "dim"), Words(text))
    out.print(made)


def _proof_rows(proof: Proof, *, forked: bool) -> list[tuple[str, str]]:
    fork = "the key of this log signed two histories that contradict each other; both are kept"
    rows = [
        ("log", proof.log),
        *([("forked", fork)] if forked else []),
        ("entry", f"{proof.position}, recorded {proof.recorded} by {proof.recorder}"),
        ("checkpoint", f"{proof.checkpoint_size} entries, root {proof.checkpoint_root}"),
        ("proof", "the entry is included, and the log's key signed the checkpoint"),
    ]
    for stamp in proof.timestamps:
        rows.append(("timestamp", f"{stamp.time} {stamp.authority}".strip()))
    if not proof.timestamps:
        rows.append(("timestamp", "none yet: `habeas stamp`"))
    return rows
