"""`habeas init`: a new registry."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from habeas.cli import options


def init(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A new or empty folder.", show_default=False)
    ],
    *,
    organisation: Annotated[
        str,
        typer.Option("--organisation", metavar="NAME", help="The name of your organisation."),
    ],
    organisation_id: Annotated[
        str | None,
        typer.Option(
            "--id",
            metavar="org:NAME",
            help="Its id in the record; made from the name if left out.",
            show_default=False,
        ),
    ] = None,
    recorder: options.Recorder = None,
    post_quantum: Annotated[
        bool,
        typer.Option("--post-quantum", help="Sign with ML-DSA-44 too (2.4 kB a checkpoint)."),
    ] = False,
    no_passphrase: Annotated[
        bool, typer.Option("--no-passphrase", help="Leave the signing key unprotected.")
    ] = False,
    passphrase_file: options.PassphraseFile = None,
    as_json: options.Json = False,
) -> None:
    """Make a registry, its log and the key that signs it."""
    from habeas.cli import passphrase
    from habeas.cli.log_identity import identity, print_identity
    from habeas.cli.terminal import emit, isolated, say, warn
    from habeas.registry.registry import create_registry

    words = None if no_passphrase else (lambda: passphrase.chosen(passphrase_file))
    with create_registry(
        folder,
        organisation=organisation,
        organisation_id=organisation_id,
        passphrase=words,
        recorder=recorder,
        post_quantum=post_quantum,
    ) as registry:
        made = identity(registry)
    if no_passphrase:
        warn("the signing key has no passphrase: whoever copies it can sign in your name")
    if as_json:
        emit(made)
        return
    say(f"The registry of {isolated(organisation)} is made, in {isolated(str(folder))}.")
    print_identity(made)
    say("Publish the key's fingerprint where your partners can compare it, and keep a copy of")
    say("keys/ and of its passphrase elsewhere: without them this log cannot be continued.")
