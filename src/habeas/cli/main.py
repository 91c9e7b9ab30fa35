"""The program `habeas`: the table of its commands, and what happens when one fails."""

from __future__ import annotations

import os
import sys
from types import TracebackType
from typing import Annotated, Any, Final

import typer
from typer.core import TyperGroup
from typer.main import get_command

from habeas import __version__
from habeas.cli import (
    amending,
    backups,
    bundles,
    checking,
    creating,
    custody,
    dating,
    estimating,
    exporting,
    failures,
    importing,
    logs,
    naming,
    placing,
    publishing,
    reading,
    recording,
    terms,
    timestamps,
    watching,
)
from habeas.errors import HabeasError, InputError

SHARED = ("--registry", "--passphrase-file")
"""Options with a value that may also stand before the command's name."""

TRACEBACK = "HABEAS_TRACEBACK"
"""Set this in the environment to see where a fault of Habeas itself comes from."""


class Program(TyperGroup):
    """The commands; says every failure in words or as JSON, and sets the exit code."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take shared options that stand before the command as if they stood behind it."""
        ctx.meta["as_json"] = "--json" in args
        return super().parse_args(ctx, _behind(args))

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        as_json = bool(ctx.meta["as_json"])
        try:
            return super().invoke(ctx)
        except HabeasError as error:
            failures.report(error, as_json=as_json)
            raise typer.Exit(error.exit_code) from error
        except typer.TyperException as error:
            if not as_json:
                raise
            said = InputError(error.format_message(), mend="See `habeas COMMAND --help`")
            failures.report(said, as_json=True)
            raise typer.Exit(said.exit_code) from error
        except KeyboardInterrupt as error:
            typer.echo("\nstopped; nothing was recorded by halves", err=True)
            raise typer.Exit(failures.INTERRUPTED) from error
        except BrokenPipeError:
            raise
        except OSError as error:
            said_of_system = failures.from_system(error)
            failures.report(said_of_system, as_json=as_json)
            raise typer.Exit(said_of_system.exit_code) from error


def _behind(args: list[str]) -> list[str]:
    """`--registry DIR show ID` as `show ID --registry DIR`."""
    count = 0
    while count < len(args):
        if args[count] in SHARED:
            count += 2
        elif args[count] == "--json" or args[count].startswith(tuple(f"{o}=" for o in SHARED)):
            count += 1
        else:
            break
    first, rest = args[:count], args[count:]
    at = rest.index("--") if "--" in rest else len(rest)
    return [*rest[:at], *first, *rest[at:]]


SETTINGS: Final = {"help_option_names": ["-h", "--help"]}
"""Of every command."""

app = typer.Typer(
    name="habeas",
    cls=Program,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    no_args_is_help=True,
    context_settings=SETTINGS,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"habeas {__version__}")
        raise typer.Exit


@app.callback()
def habeas(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", callback=_version, is_eager=True),
    ] = False,
) -> None:
    """The record of mass graves and enforced disappearances: attributed, signed, verifiable."""


def _add() -> None:
    """Every command, in the order of the help."""
    for name, command in (
        ("init", creating.init),
        ("record", recording.record),
        ("import", importing.import_list),
        ("keep", recording.keep),
        ("conclude", recording.conclude),
        ("show", reading.show),
        ("find", reading.find),
        ("contradictions", reading.contradictions),
        ("withdraw", amending.withdraw),
        ("reclassify", amending.reclassify),
        ("erase", amending.erase),
        ("verify", checking.verify),
        ("rebuild", checking.rebuild),
        ("dossier", publishing.dossier),
        ("export", exporting.export),
        ("log", logs.log),
        ("stamp", timestamps.stamp),
        ("witness", logs.witness),
        ("backup", backups.backup),
        ("restore", backups.restore),
        ("date", dating.date_),
        ("vocabulary", terms.vocabulary),
        ("name", naming.name),
        ("place", placing.place),
    ):
        app.command(name)(command)
    app.add_typer(bundles.app, name="bundle")
    app.add_typer(custody.app, name="custody")
    app.add_typer(estimating.app, name="estimate")
    app.add_typer(watching.app, name="watch")


_add()


def main() -> None:
    """Run the program; its own faults, too, are told in three lines."""
    if not os.environ.get(TRACEBACK):
        sys.excepthook = _own_fault
    get_command(app)(prog_name="habeas")  # calling `app` would put its own hook in place


def _own_fault(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    code = "" if trace is None else trace.tb_frame.f_code.co_filename
    line = 0 if trace is None else trace.tb_lineno
    said = HabeasError(
        f"a fault of Habeas itself ({kind.__name__}: {error})",
        place=f"{code}:{line}",
        mend=f"Report it with what you did; {TRACEBACK}=1 shows more",
    )
    failures.report(said, as_json="--json" in sys.argv)
