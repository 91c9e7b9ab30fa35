"""`habeas export` and `dossier`: files for others, at a clearance that is said out loud."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from habeas.cli import options

if TYPE_CHECKING:
    from habeas.registry.view import View

Format = Literal["geojson", "csv", "jsonl"]


def export(
    *,
    format_: Annotated[
        Format, typer.Option("--format", help="geojson for maps, csv for tables, jsonl for all.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help="A new file; standard output if left out.",
            show_default=False,
        ),
    ] = None,
    subject: Annotated[
        str | None,
        typer.Option("--about", metavar="ID", help="Only this entity.", show_default=False),
    ] = None,
    clearance: options.Clearance = "public",
    lang: options.Lang = "en",
    registry: options.Registry = None,
    as_json: options.Json = False,
) -> None:
    """Write claims for other programs: GeoJSON, CSV, JSON Lines."""
    from habeas.cli.opening import viewed
    from habeas.cli.terminal import emit, say
    from habeas.cli.writing import write_pieces
    from habeas.errors import InputError

    if out is None and as_json:
        raise InputError("--json needs a file to write to", mend="Give --out FILE")
    with viewed(registry, clearance) as view:
        pieces = _pieces(view, format_, subject, lang)
        if out is None:
            for piece in pieces:
                typer.echo(piece, nl=False)
            return
        size = write_pieces(out, (piece.encode() for piece in pieces))
    told = {"file": str(out), "format": format_, "clearance": clearance, "bytes": size}
    emit(told) if as_json else say(f"{out}: {size} bytes, at clearance {clearance}")


def _pieces(
    view: View, format_: Format, subject: str | None, lang: options.Language
) -> Iterator[str]:
    if format_ == "geojson":
        from habeas.exchange.geojson import geojson

        return geojson(view, subject=subject, lang=lang)
    if format_ == "csv":
        from habeas.exchange.csv import csv

        return csv(view, subject=subject, lang=lang)
    from habeas.exchange.jsonl import jsonl

    return jsonl(view, subject=subject)


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
