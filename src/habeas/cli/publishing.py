"""`habeas dossier`: a folder for others, at a clearance that is said out loud."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from habeas.cli import options


def dossier(
    id_: Annotated[
        str, typer.Argument(metavar="ID", help="site:…, person:…, event:…, case:…, or `all`.")
    ],
    *,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="A new or empty folder.")],
    clearance: options.Clearance = "public",
    lang: options.Lang = "en",
    unsealed: Annotated[
        bool,
        typer.Option(
            "--unsealed",
            help="Do not sign the list of its files; the claims still prove themselves.",
        ),
    ] = False,
    with_files: Annotated[
        bool,
        typer.Option(
            "--with-files",
            help="Put in the files of evidence, save those of which anything lies above the "
            "clearance.",
        ),
    ] = False,
    authorities: Annotated[
        Path | None,
        typer.Option(
            "--authorities",
            metavar="PEM",
            help="Roots of timestamp authorities; authorities.pem of the registry if left out.",
            show_default=False,
        ),
    ] = None,
    passphrase_file: options.PassphraseFile = None,
    registry: options.Registry = None,
    as_json: options.Json = False,
) -> None:
    """Write a dossier: a folder that verifies itself, offline."""
    from habeas.cli.opening import opened
    from habeas.cli.terminal import emit, isolated, say, warn
    from habeas.cli.writing import read_small
    from habeas.publishing.dossier import write_dossier

    with opened(registry, passphrase_file) as found:
        pem = authorities or found.path / "authorities.pem"
        made = write_dossier(
            found,
            id_,
            out,
            clearance=clearance,
            lang=lang,
            seal=not unsealed,
            evidence=with_files,
            authorities=read_small(pem) if authorities or pem.is_file() else b"",
        )
    if as_json:
        emit(
            {
                "folder": str(made.folder),
                "page": str(made.page),
                "files": made.files,
                "claims": made.claims,
                "lang": made.language,
                "clearance": made.clearance,
                "evidence": list(made.evidence),
                "left_out": list(made.left_out),
            }
        )
        return
    for sha256 in made.left_out:
        warn(f"the file {sha256} was left out: something about it lies above {made.clearance}")
    say(f"{made.claims} claims, {made.files} files, nothing above the clearance {made.clearance}.")
    say(f"Open {isolated(str(made.page))}")
    say(f"Check with: sh {isolated(str(made.folder / 'verify.sh'))}")
