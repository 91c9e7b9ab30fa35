"""`habeas backup` and `restore`: two files, an archive of any age and the newest salts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from habeas.cli import options

if TYPE_CHECKING:
    from habeas.registry.restore import Restored

IdentityFile = Annotated[
    Path | None,
    typer.Option("--identity-file", metavar="FILE", help="Your age identity.", show_default=False),
]


def backup(
    archive: Annotated[Path, typer.Argument(metavar="ARCHIVE", help="A new file.")],
    salts: Annotated[
        Path, typer.Argument(metavar="SALTS", help="A new file; keep it apart from archives.")
    ],
    *,
    to: Annotated[
        list[str] | None,
        typer.Option("--to", metavar="AGE1...", help="Encrypt to this age recipient; repeatable."),
    ] = None,
    registry: options.Registry = None,
    as_json: options.Json = False,
) -> None:
    """Write a backup: an archive, and the salts that open it.

    Archives may be kept for ever; of the salts keep exactly one file, the newest, and destroy the
    one before: then no archive gives back what was erased.
    """
    from habeas.cli.opening import opened
    from habeas.cli.terminal import emit, isolated, say, warn
    from habeas.registry.backup import backup as write

    with opened(registry) as found:
        made = write(found, archive, salts, recipients=to or ())
    if as_json:
        emit(
            {
                "archive": str(made.archive),
                "sha256": made.sha256,
                "salts": str(made.salts),
                "entries": made.entries,
                "claims": made.claims,
                "files": made.files,
                "unprotected_key": made.unprotected_key,
            }
        )
        return
    say(f"{isolated(str(archive))}: {made.claims} claims in {made.entries} entries, ")
    say(f"{made.files} files. SHA-256 {made.sha256}")
    say(f"{isolated(str(salts))}: the salts. Keep them elsewhere, and destroy the ones before.")
    if made.unprotected_key:
        warn("the signing key in the archive has no passphrase: keep the archive like a key")


def restore(
    archive: Annotated[Path, typer.Argument(metavar="ARCHIVE", help="What `backup` wrote.")],
    salts: Annotated[Path, typer.Argument(metavar="SALTS", help="The newest salts file.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
    *,
    identity_file: IdentityFile = None,
    unproven: Annotated[
        bool,
        typer.Option("--unproven", help="Go on without the old key; the new log proves nothing."),
    ] = False,
    passphrase_file: options.PassphraseFile = None,
    as_json: options.Json = False,
) -> None:
    """Make a registry from a backup, with a new log that follows the old.

    Compare it afterwards with a checkpoint kept elsewhere: `habeas verify --against FILE`.
    """
    from habeas.cli import passphrase
    from habeas.cli.terminal import emit
    from habeas.cli.writing import read_identities
    from habeas.registry.restore import restore as bring_back

    made = bring_back(
        archive,
        salts,
        folder,
        None if unproven else passphrase.if_any(passphrase_file),
        identities=read_identities(identity_file),
        unproven=unproven,
    )
    if as_json:
        emit(_told(made))
    else:
        _print(made)


def _told(made: Restored) -> dict[str, object]:
    import msgspec

    return {**msgspec.structs.asdict(made), "path": str(made.path)}


def _print(made: Restored) -> None:
    from habeas.cli.terminal import isolated, say, warn

    say(f"{isolated(str(made.path))}: {made.claims} claims in {made.entries} entries, ")
    say(f"{made.files} files; {made.silent} claims stay silent, because their salts are gone.")
    say(f"It writes to a new log, {made.new_origin}")
    proof = "proves by the old key" if made.proven else "says, and cannot prove,"
    say(f"which {proof} that it follows {made.old_origin}")
    for warning in made.warnings:
        warn(warning)
    say("Compare it with a checkpoint kept elsewhere: `habeas verify --against FILE`.")
