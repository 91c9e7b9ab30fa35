"""The options that several commands share, each defined once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

Level = Literal["public", "partners", "team", "sealed"]
"""`claims.claim.Sensitivity`, written again so that reading the help loads nothing."""

Language = Literal["en", "fa"]

Registry = Annotated[
    Path | None,
    typer.Option(
        "--registry",
        envvar="HABEAS_REGISTRY",
        metavar="DIR",
        help="The registry's folder; the working folder if left out.",
        show_default=False,
    ),
]

Json = Annotated[
    bool, typer.Option("--json", help="One JSON document on standard output, errors too.")
]

Clearance = Annotated[
    Level,
    typer.Option("--clearance", help="Show nothing above this."),
]

Lang = Annotated[Language, typer.Option("--lang", help="The language of labels.")]

PassphraseFile = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file",
        metavar="FILE",
        help="Read the key's passphrase from this file instead of asking or HABEAS_PASSPHRASE.",
        show_default=False,
    ),
]

Recorder = Annotated[
    str | None,
    typer.Option(
        "--recorder",
        metavar="HANDLE",
        help="The handle of the one who records; that of the registry if left out.",
        show_default=False,
    ),
]

Why = Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason, in words.")]
