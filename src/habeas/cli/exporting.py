"""`habeas export`: claims for other programs, at a clearance that is said out loud."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, NamedTuple

import typer

from habeas.cli import options

if TYPE_CHECKING:
    from habeas.registry.view import View

Format = Literal["csv", "xlsx", "geojson", "geopackage", "jsonl"]


class Form(NamedTuple):
    """How a format is written."""

    writer: str
    """Module and function; loaded only when it is asked for."""
    kind: Literal["text", "file"]
    """`text`: given a view, it yields pieces of text. `file`: given a view and a path, it writes a
    new file there."""
    takes: tuple[str, ...] = ("subject", "lang")
    """Which of these options it takes by name."""


FORMS: Final[dict[Format, Form]] = {
    "csv": Form("habeas.exchange.csv:csv", "text"),
    "xlsx": Form("habeas.exchange.xlsx:write_xlsx", "file"),
    "geojson": Form("habeas.exchange.geojson:geojson", "text"),
    "geopackage": Form("habeas.exchange.geopackage:write_geopackage", "file"),
    "jsonl": Form("habeas.exchange.jsonl:jsonl", "text", ("subject",)),
}


def export(
    *,
    format_: Annotated[
        Format,
        typer.Option(
            "--format",
            help="csv, xlsx: tables, taken in again without loss. geojson, geopackage: maps. "
            "jsonl: everything, for programs.",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help="A new file; standard output if left out and the format is text.",
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
    """Write claims for other programs: tables, maps, JSON Lines."""
    from habeas.cli.opening import viewed
    from habeas.cli.terminal import emit, isolated, say

    form = FORMS[format_]
    _check_out(out, form, as_json=as_json)
    with viewed(registry, clearance) as view:
        given = {"subject": subject, "lang": lang}
        asked = {name: given[name] for name in form.takes}
        write: Callable[..., Any] = pkgutil.resolve_name(form.writer)
        if out is None:
            for piece in write(view, **asked):
                typer.echo(piece, nl=False)
            return
        size = _write(write, form, view, out, asked)
    told = {"file": str(out), "format": format_, "clearance": clearance, "bytes": size}
    emit(told) if as_json else say(f"{isolated(str(out))}: {size} bytes, at clearance {clearance}")


def _check_out(out: Path | None, form: Form, *, as_json: bool) -> None:
    from habeas.errors import InputError

    if out is None and as_json:
        raise InputError("--json needs a file to write to", mend="Give --out FILE")
    if out is None and form.kind != "text":
        raise InputError("this format is no text for the screen", mend="Give --out FILE")


def _write(
    write: Callable[..., Any], form: Form, view: View, out: Path, asked: dict[str, str | None]
) -> int:
    """Write a new file, whole or not at all; its size in bytes."""
    from habeas.cli.writing import write_pieces

    if form.kind == "text":
        return write_pieces(out, (piece.encode() for piece in write(view, **asked)))
    return _write_whole(out, lambda draft: write(view, draft, **asked))


def _write_whole(file: Path, make: Callable[[Path], None]) -> int:
    """A file that something else writes; it appears under its name when it is whole."""
    import os
    from contextlib import suppress

    from habeas.cli.writing import refuse_existing
    from habeas.errors import StorageError

    refuse_existing(file)
    draft = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        make(draft)
        with draft.open("rb+") as written:
            os.fsync(written.fileno())
        size = draft.stat().st_size
        refuse_existing(file)
        draft.replace(file)
    except OSError as error:
        raise StorageError(
            f"the disk refused ({error.strerror or error})",
            place=str(file),
            mend="Free some space, or choose a folder that can be written to",
        ) from error
    finally:
        with suppress(OSError):
            draft.unlink()
    return size
