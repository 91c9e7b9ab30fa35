"""`habeas log` and `witness`: the own log, and a partner's checkpoint that we have seen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from habeas.cli import options

if TYPE_CHECKING:
    from habeas.cli.log_identity import LogIdentity


def log(
    *,
    checkpoint: Annotated[
        bool, typer.Option("--checkpoint", help="Only the newest signed checkpoint.")
    ] = False,
    pem: Annotated[
        bool, typer.Option("--pem", help="Only the public key, as openssl reads it.")
    ] = False,
    registry: options.Registry = None,
    as_json: options.Json = False,
) -> None:
    """Show the own log: origin, size, keys, fingerprint."""
    from habeas.cli.log_identity import identity, print_identity
    from habeas.cli.opening import opened
    from habeas.cli.terminal import emit

    with opened(registry) as found:
        shown: LogIdentity = identity(found)
    if as_json:
        emit(shown)
    elif checkpoint:
        typer.echo(shown.checkpoint, nl=False)
    elif pem:
        typer.echo(shown.pem, nl=False)
    else:
        print_identity(shown)


def witness(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A signed checkpoint: a partner's, or ours.")
    ],
    *,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write to a new file.", show_default=False),
    ] = None,
    passphrase_file: options.PassphraseFile = None,
    registry: options.Registry = None,
    as_json: options.Json = False,
) -> None:
    """Countersign a partner's checkpoint, or take in our own.

    A partner's: its log is known here from a bundle and continues what we saw before. Ours: the
    lines that partners put under it are kept.
    """
    from habeas.cli.opening import opened
    from habeas.cli.terminal import emit, say
    from habeas.cli.writing import read_small, write_new
    from habeas.ledger.checkpoint import parse_checkpoint
    from habeas.ledger.note import parse_note
    from habeas.registry import witnessing

    offered = read_small(file)
    origin = parse_checkpoint(parse_note(offered, place=str(file)).text, place=str(file)).origin
    with opened(registry, passphrase_file) as found:
        if origin == found.log.origin:
            known = witnessing.take_in_lines(found, offered, place=str(file))
            emit({"witnesses": known}) if as_json else say(
                f"taken in; known witnesses of this checkpoint: {', '.join(known) or 'none'}"
            )
            return
        note = witnessing.countersign(found, offered, place=str(file))
    if out is not None:
        write_new(out, note)
    if as_json:
        emit({"origin": origin, "checkpoint": note.decode()})
    elif out is None:
        typer.echo(note.decode(), nl=False)
    else:
        say(f"countersigned, in {out}")
