"""`habeas record`, `conclude`, `keep`: what goes into the record."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from habeas.cli import options

if TYPE_CHECKING:
    from habeas.exchange.sheet_recording import Recorded, SoundSheets
    from habeas.registry.registry import Registry

Sheets = Annotated[
    list[Path], typer.Argument(metavar="FILE", help="Coding sheets (docs/coding-sheet.md).")
]

Check = Annotated[bool, typer.Option("--check", help="Read and check only; record nothing.")]


def record(
    files: Sheets,
    *,
    check: Check = False,
    recorder: options.Recorder = None,
    passphrase_file: options.PassphraseFile = None,
    registry: options.Registry = None,
    as_json: options.Json = False,
) -> None:
    """Record the claims of coding sheets: all, or nothing."""
    from habeas.cli.opening import opened

    with opened(registry, passphrase_file) as found:
        _take_in(found, files, recorder=recorder, check=check, as_json=as_json)


def conclude(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A coding sheet with the section `findings`.")
    ],
    *,
    check: Check = False,
    recorder: options.Recorder = None,
    passphrase_file: options.PassphraseFile = None,
    registry: options.Registry = None,
    as_json: options.Json = False,
) -> None:
    """Record findings of our own.

    What we hold, on which claims, by which standard of proof.
    """
    from habeas.cli.opening import opened
    from habeas.errors import InputError

    def only_findings(read: SoundSheets) -> None:
        if not any(sheet.findings for sheet in read.sheets):
            raise InputError(
                "there is no finding in this sheet",
                place=str(file),
                mend="Write findings with `rests_on` and `standard`, or use `habeas record`",
            )

    with opened(registry, passphrase_file) as found:
        _take_in(
            found, [file], recorder=recorder, check=check, as_json=as_json, require=only_findings
        )


def _take_in(
    registry: Registry,
    files: list[Path],
    *,
    recorder: str | None,
    check: bool,
    as_json: bool,
    require: Callable[[SoundSheets], None] | None = None,
) -> None:
    from habeas.cli.recorder import RecordsAs
    from habeas.cli.terminal import progress, warn
    from habeas.exchange.sheet_background import Held
    from habeas.exchange.sheet_recording import read_sheets, record_sheets

    read = read_sheets(
        files, organisation=registry.organisation, background=Held(registry.view("sealed"))
    )
    if require is not None:
        require(read)
    if not as_json:
        for warning in read.warnings:
            warn(warning.describe())
    recorded = None
    if not check:
        count = sum(1 for sheet in read.sheets for _ in sheet.claims)
        with progress("recording", count, silent=as_json) as advance:
            recorded = record_sheets(RecordsAs(registry, recorder, advance), read.sheets)
    _tell(files, read, recorded, as_json=as_json)


def _tell(
    files: list[Path], read: SoundSheets, recorded: Recorded | None, *, as_json: bool
) -> None:
    from habeas.cli.terminal import emit, say

    claims = sum(1 for sheet in read.sheets for _ in sheet.claims)
    findings = sum(sheet.findings for sheet in read.sheets)
    if as_json:
        emit(
            {
                "files": [str(file) for file in files],
                "read": claims,
                "recorded": 0 if recorded is None else recorded.claims,
                "entries": 0 if recorded is None else recorded.entries,
                "findings": findings,
                "digests": {} if recorded is None else recorded.digests,
                "warnings": [warning.describe() for warning in read.warnings],
            }
        )
        return
    what = f"{claims} claims read, {findings} of them findings"
    if recorded is None:
        say(f"{what}; nothing to mend, nothing recorded.")
    else:
        say(f"{what}; {recorded.claims} recorded in {recorded.entries} entries, 0 rejected.")


def keep(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="It is read, never touched.")],
    *,
    source: Annotated[
        str, typer.Option("--source", metavar="ID", help="The source that the file is.")
    ],
    act: Annotated[
        str, typer.Option("--act", help="How it came: collected, received... (custody_act).")
    ] = "collected",
    giver: Annotated[
        str | None,
        typer.Option("--from", metavar="ID", help="Who handed it over.", show_default=False),
    ] = None,
    time: Annotated[
        str | None,
        typer.Option(
            "--time",
            metavar="TIME",
            help="When, with its zone: 2026-05-01T14:30:00+03:30; now if left out.",
            show_default=False,
        ),
    ] = None,
    copy_of: Annotated[
        str | None,
        typer.Option(
            "--working-copy-of",
            metavar="ITEM",
            help="The item that it was made from, when it is no original.",
            show_default=False,
        ),
    ] = None,
    sensitivity: Annotated[
        options.Level, typer.Option("--sensitivity", help="Of the claims that describe it.")
    ] = "team",
    recorder: options.Recorder = None,
    passphrase_file: options.PassphraseFile = None,
    registry: options.Registry = None,
    as_json: options.Json = False,
) -> None:
    """Keep a file as evidence.

    It is hashed, typed by its content and stored once; its custody begins.
    """
    from habeas.cli.custody import now
    from habeas.cli.opening import opened
    from habeas.cli.terminal import emit, isolated, say
    from habeas.evidence.custody import CustodyEvent
    from habeas.registry.keeping import keep as keep_file

    with opened(registry, passphrase_file) as found:
        custody = CustodyEvent(
            item="0" * 64, act=act, time=time or now(), giver=giver, receiver=found.organisation
        )
        kept = keep_file(
            found,
            file,
            source=source,
            custody=custody,
            working_copy_of=copy_of,
            sensitivity=sensitivity,
            recorder=recorder,
        )
    if as_json:
        emit(kept)
        return
    item = kept.item
    say(item.id)
    again = "" if item.new else "; these bytes were held already"
    say(f"{isolated(file.name)}: {item.media_type}, {item.size} bytes{again}")
    say(f"{len(kept.claims)} claims describe it; its custody begins with {kept.custody}")
