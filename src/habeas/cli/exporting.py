"""`habeas export`: claims for other programs, at a clearance that is said out loud."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final, Literal, NamedTuple

import typer

from habeas.cli import options

Format = Literal[
    "csv", "xlsx", "geojson", "geopackage", "jsonl", "ftm", "uwazi", "ro-crate"
]  # fmt: skip


class Form(NamedTuple):
    """How a format is written."""

    writer: str
    """Module and function; loaded only when it is asked for."""
    kind: Literal["text", "file", "folder"]
    """`text`: given a view, it yields pieces of text, or gives an object with `lines` and, to be
    called when they have been written, `dropped`: what could not be carried, in words.
    `file`: given a view and a path, it writes a new file there.
    `folder`: given a registry and a path, it writes a new folder, whole or not at all, and may
    give an object with `dropped`."""
    takes: tuple[str, ...] = ("subject", "lang")
    """Which options it takes by name: `subject`, `lang`, `clearance`."""


FORMS: Final[dict[Format, Form]] = {
    "csv": Form("habeas.exchange.csv:csv", "text"),
    "xlsx": Form("habeas.exchange.xlsx:write_xlsx", "file"),
    "geojson": Form("habeas.exchange.geojson:geojson", "text"),
    "geopackage": Form("habeas.exchange.geopackage:write_geopackage", "file"),
    "jsonl": Form("habeas.exchange.jsonl:jsonl", "text", ("subject",)),
    "ftm": Form("habeas.exchange.followthemoney:followthemoney", "text"),
    "uwazi": Form("habeas.exchange.uwazi:uwazi", "text"),
    "ro-crate": Form(
        "habeas.exchange.ro_crate:write_ro_crate", "folder", ("subject", "lang", "clearance")
    ),
}


def export(
    *,
    format_: Annotated[
        Format,
        typer.Option(
            "--format",
            help="csv, xlsx: tables, taken in again without loss. geojson, geopackage: maps. "
            "jsonl: everything, for programs. ftm (FollowTheMoney), uwazi: other systems, and what "
            "they cannot carry is told. ro-crate: a folder for archives, with kept files.",
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
    from habeas.cli.opening import opened
    from habeas.cli.writing import readable_for

    form = FORMS[format_]
    _check_out(out, form, as_json=as_json)
    given = {"subject": subject, "lang": lang, "clearance": clearance}
    asked = {name: given[name] for name in form.takes}
    size: int | None = None
    dropped: Sequence[str] = ()
    with opened(registry) as found, readable_for(clearance):
        make = pkgutil.resolve_name(form.writer)
        if form.kind == "text":
            size, dropped = _write_text(make(found.view(clearance), **asked), out)
        elif out is not None and form.kind == "file":
            size = _write_whole(out, partial(make, found.view(clearance)), asked)
        elif out is not None:
            written = make(found, out, **asked)
            size = _size(out)
            dropped = written.dropped() if hasattr(written, "dropped") else ()
    _tell(
        {"file": str(out), "format": format_, "clearance": clearance, "bytes": size}, dropped,
        as_json=as_json,
    )  # fmt: skip


def _tell(told: dict[str, Any], dropped: Sequence[str], *, as_json: bool) -> None:
    from habeas.cli.terminal import emit, isolated, say, warn

    if as_json:
        emit({**told, "dropped": list(dropped)})
        return
    for words in dropped:
        warn(words)
    if told["bytes"] is not None:
        say(f"{isolated(told['file'])}: {told['bytes']} bytes, at clearance {told['clearance']}")


def _check_out(out: Path | None, form: Form, *, as_json: bool) -> None:
    """Refuse to put on the screen what is no text, or text among JSON."""
    from habeas.errors import InputError

    if out is None and as_json:
        raise InputError("--json needs a file to write to", mend="Give --out FILE")
    if out is None and form.kind != "text":
        raise InputError("this format is no text for the screen", mend="Give --out FILE")


def _write_text(found: Any, out: Path | None) -> tuple[int | None, Sequence[str]]:
    """Write pieces of text; the size of the file in bytes, and what could not be carried."""
    from habeas.cli.writing import write_pieces

    lines: Iterable[str] = getattr(found, "lines", found)
    size = None
    if out is None:
        for piece in lines:
            typer.echo(piece, nl=False)
    else:
        size = write_pieces(out, (piece.encode() for piece in lines))
    return size, found.dropped() if hasattr(found, "dropped") else ()


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _write_whole(file: Path, make: Callable[..., object], asked: dict[str, str | None]) -> int:
    """A file that something else writes; it appears under its name when it is whole."""
    import os
    from contextlib import suppress

    from habeas.cli.writing import refuse_existing
    from habeas.errors import StorageError

    refuse_existing(file)
    draft = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        make(draft, **asked)
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
