"""`habeas import`: a list into the record, told first and recorded whole."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from habeas.cli import options
from habeas.cli.used_mapping import Found

if TYPE_CHECKING:
    from habeas.exchange.lists.mapping import CalendarName, Mapping
    from habeas.exchange.lists.survey import Plan
    from habeas.exchange.tables.table import TableFile
    from habeas.registry.registry import Registry

MAPPINGS = "mappings"
"""The folder in the registry where the mapping of each source is kept."""


def import_list(
    list_: Annotated[
        Path | None,
        typer.Argument(metavar="LIST", help="The list; it is read, never touched."),
    ] = None,
    *,
    source: Annotated[
        str | None,
        typer.Option(
            "--source", metavar="ID", help="The source: that the list is.", show_default=False
        ),
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option(
            "--mapping",
            metavar="FILE",
            help="What the columns mean (docs/lists.md); that of the source if left out.",
            show_default=False,
        ),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Record it; without this it is only told.")
    ] = False,
    undo: Annotated[
        str | None,
        typer.Option(
            "--undo", metavar="RUN", help="Withdraw all that a run recorded.", show_default=False
        ),
    ] = None,
    why: Annotated[
        str | None,
        typer.Option(
            "--why", metavar="TEXT", help="With --undo: the reason, in words.", show_default=False
        ),
    ] = None,
    held: Annotated[
        Path | None,
        typer.Option(
            "--held",
            metavar="FILE",
            help="Where rows that are not recorded are written, .csv or .xlsx; with --yes beside "
            "the list if left out.",
            show_default=False,
        ),
    ] = None,
    calendar: Annotated[
        str | None,
        typer.Option(
            "--calendar",
            metavar="C",
            help="Of dates that name none: gregorian, solar-hijri, hijri-umm-al-qura, "
            "hijri-tabular; else the mapping's.",
            show_default=False,
        ),
    ] = None,
    encoding: Annotated[
        str | None,
        typer.Option(
            "--encoding", metavar="NAME", help="Of a text file; else found.", show_default=False
        ),
    ] = None,
    delimiter: Annotated[
        str | None,
        typer.Option(
            "--delimiter",
            metavar="SIGN",
            help="What parts the columns of a text file; else found.",
            show_default=False,
        ),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Show every row that is not recorded, up to 1000.")
    ] = False,
    recorder: options.Recorder = None,
    passphrase_file: options.PassphraseFile = None,
    registry: options.Registry = None,
    as_json: options.Json = False,
) -> None:
    """Take in a list of people or sites.

    Without --yes it is only told what was understood, and what was not, row by row.
    """
    from habeas.cli.importing_capture import is_capture, take_in_capture
    from habeas.cli.importing_claims import take_in_table
    from habeas.cli.opening import opened

    with opened(registry, passphrase_file) as found:
        if undo is not None:
            _undo(found, undo, why, list_, recorder=recorder, as_json=as_json)
            return
        if list_ is not None and is_capture(list_):
            take_in_capture(
                found, list_, source=source, yes=yes, recorder=recorder, as_json=as_json
            )
            return
        path = _there(list_)
        file = _opened(path, encoding, delimiter)
        if file.format == "habeas":
            take_in_table(found, path, held=held, yes=yes, recorder=recorder, as_json=as_json)
            return
        used = _mapping(found, file, source, mapping, _calendar(calendar), yes=yes)
        settings = {"encoding": encoding, "delimiter": delimiter}
        plan = _take_in(
            found, path, file, used, held=held, yes=yes, recorder=recorder, as_json=as_json,
            parameters=tuple(f"{name}={value}" for name, value in settings.items() if value),
        )  # fmt: skip
        if plan.run is not None:
            _remember(found, used.mapping)
        _tell(plan, used, yes=yes, every=every, as_json=as_json)


def _there(list_: Path | None) -> Path:
    from habeas.errors import InputError

    if list_ is None:
        raise InputError(
            "no list was given", mend="habeas import LIST --source ID, or --undo RUN --why TEXT"
        )
    if not list_.is_file():
        raise InputError("there is no such file", place=str(list_), mend="Look at its name")
    return list_


def _opened(path: Path, encoding: str | None, delimiter: str | None) -> TableFile:
    from habeas.exchange.tables.reading import open_table_file

    return open_table_file(path, encoding=encoding, delimiter=delimiter)


# The mapping


def _calendar(name: str | None) -> CalendarName | None:
    """The calendar of that name, with hyphens or without."""
    from typing import get_args

    from habeas.errors import InputError
    from habeas.exchange.lists.mapping import CalendarName

    if name is None:
        return None
    known: tuple[CalendarName, ...] = get_args(CalendarName)
    for calendar in known:
        if calendar == name.replace("-", "_"):
            return calendar
    raise InputError(f"there is no calendar “{name}”", mend=f"It is one of {', '.join(known)}")


def _mapping(
    registry: Registry,
    file: TableFile,
    source: str | None,
    given: Path | None,
    calendar: CalendarName | None,
    *,
    yes: bool,
) -> Found:
    """The mapping that was given, the one kept for the source, or a new proposal."""
    import msgspec

    from habeas.exchange.lists.mapping_file import read_mapping
    from habeas.exchange.lists.survey import check_tables, readable

    path = given or _place(registry, source)
    if given is None and not path.exists():
        found = _proposed(file, path, source or "", calendar, yes=yes)
    else:
        mapping = read_mapping(path)
        check_tables(mapping, readable(file), path=path)
        found = Found(mapping, path, new=False)
    changed = msgspec.structs.replace(
        found.mapping,
        source=source or found.mapping.source,
        calendar=calendar or found.mapping.calendar,
    )
    return found._replace(mapping=changed)


def _place(registry: Registry, source: str | None) -> Path:
    """Where the mapping of a source is kept."""
    import re

    from habeas.errors import InputError

    if source is None:
        raise InputError(
            "it is not told which source this list is",
            mend="Name it: --source source:a-short-name, or give a mapping that does: --mapping",
        )
    if not re.fullmatch(r"source:[a-z0-9][a-z0-9._-]{0,99}", source):
        raise InputError(
            f"{source!r} is no id of a source", mend="Write it like source:invented-list-2019"
        )
    return registry.path / MAPPINGS / f"{source.partition(':')[2]}.toml"


def _proposed(
    file: TableFile, path: Path, source: str, calendar: CalendarName | None, *, yes: bool
) -> Found:
    """A new mapping, written down for a person to look at. What nobody saw is not recorded by."""
    import msgspec

    from habeas.errors import InputError
    from habeas.exchange.lists.mapping_file import mapping_text
    from habeas.exchange.lists.proposing import propose
    from habeas.exchange.lists.remainder import write_private

    if yes:
        raise InputError(
            "nobody has seen yet how the columns of this source are understood",
            place=source,
            mend="Import it without --yes first, and look; then with --yes, or give --mapping",
        )
    made = propose(file, source)
    mapping = msgspec.structs.replace(made.mapping, calendar=calendar or made.mapping.calendar)
    text = mapping_text(mapping, reasons=made.reasons, unsure=made.unsure)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    write_private(path, [text])
    unsure = tuple(f"{name}: {made.reasons.get(name, 'look at it')}" for name in made.unsure)
    return Found(mapping, path, new=True, unsure=unsure)


def _remember(registry: Registry, mapping: Mapping) -> None:
    """Keep a mapping that recorded something for the next list of its source, if none is kept."""
    from habeas.exchange.lists.mapping_file import mapping_text
    from habeas.exchange.lists.remainder import write_private

    place = _place(registry, mapping.source)
    if not place.exists():
        place.parent.mkdir(mode=0o700, exist_ok=True)
        write_private(place, [mapping_text(mapping)])


# Reading and recording


def _take_in(
    registry: Registry,
    path: Path,
    file: TableFile,
    used: Found,
    *,
    held: Path | None,
    yes: bool,
    recorder: str | None,
    parameters: tuple[str, ...],
    as_json: bool,
) -> Plan:
    from habeas.cli.terminal import progress
    from habeas.exchange.lists import importing

    with progress("recording rows" if yes else "reading rows", None, silent=as_json) as advance:
        if not yes:
            return importing.plan(
                registry.view("sealed"), file, used.mapping, held=held, progress=advance
            )
        return importing.record(
            registry, path, file, used.mapping, held=held, recorder=recorder, progress=advance,
            parameters=parameters,
        )  # fmt: skip


def _tell(plan: Plan, used: Found, *, yes: bool, every: bool, as_json: bool) -> None:
    from habeas.cli.importing_shown import show
    from habeas.cli.terminal import emit

    if as_json:
        emit(
            {
                **_builtins(plan),
                "recorded": plan.run is not None,
                "mapping": str(used.path),
                "mapping_is_new": used.new,
                "unsure": used.unsure,
            }
        )
    else:
        show(plan, used, yes=yes, every=every)


def _builtins(plan: Plan) -> dict[str, object]:
    import msgspec

    found: dict[str, object] = msgspec.to_builtins(plan)
    return found


def _undo(
    registry: Registry,
    run: str,
    why: str | None,
    list_: Path | None,
    *,
    recorder: str | None,
    as_json: bool,
) -> None:
    from habeas.cli.terminal import emit, progress, say
    from habeas.errors import InputError
    from habeas.registry.undoing import withdraw_run

    if list_ is not None:
        raise InputError("a list and --undo were given", mend="Give one of the two")
    if not why:
        raise InputError("no reason was given", place=run, mend="Say why, in words: --why TEXT")
    with progress("withdrawing", None, silent=as_json) as advance:
        count = withdraw_run(registry, run, why, recorder=recorder, progress=advance)
    if as_json:
        emit({"run": run, "withdrawn": count})
    elif count:
        claims, they = ("1 claim", "It stays") if count == 1 else (f"{count} claims", "They stay")
        say(f"{claims} of {run} withdrawn. {they} in the record, marked.")
    else:
        say(f"{run} was undone before; nothing was recorded.")
