"""`habeas bundle export` and `import`: what two organisations exchange, by a stick if need be."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from habeas.cli import options
from habeas.errors import ForkError

if TYPE_CHECKING:
    from habeas.registry.exporting import Exported
    from habeas.registry.importing import Imported

app = typer.Typer(help="Exchange records with another organisation.", no_args_is_help=True)

FORKED = ForkError.exit_code
"""The exit code when what came in shows that a log has two histories."""


@app.command("export")
def export(
    out: Annotated[Path, typer.Argument(metavar="FILE", help="A new file.")],
    *,
    about: Annotated[
        list[str] | None,
        typer.Option("--about", metavar="ID", help="Only this entity; may be repeated."),
    ] = None,
    claim: Annotated[
        list[str] | None,
        typer.Option("--claim", metavar="CLAIM", help="Only this claim; may be repeated."),
    ] = None,
    find: Annotated[
        list[str] | None,
        typer.Option("--find", metavar="TEXT", help="Only what holds these words."),
    ] = None,
    relay: Annotated[
        bool, typer.Option("--relay", help="Also what other organisations' logs say.")
    ] = False,
    to: Annotated[
        list[str] | None,
        typer.Option("--to", metavar="AGE1...", help="Encrypt to this age recipient; repeatable."),
    ] = None,
    clearance: options.Clearance = "public",
    registry: options.Registry = None,
    as_json: options.Json = False,
) -> None:
    """Write a bundle: the whole log, or a selection of it.

    Claims above the clearance go along as digests only, so that the log can be checked.
    """
    from habeas.cli.opening import opened
    from habeas.cli.terminal import emit
    from habeas.registry.exporting import export_bundle
    from habeas.registry.selection import Selection

    chosen = Selection(
        entities=tuple(about or ()), claims=tuple(claim or ()), find=tuple(find or ())
    )
    with opened(registry) as found:
        made = export_bundle(
            found, out, selection=chosen, clearance=clearance, relay=relay, recipients=to or ()
        )
    if as_json:
        emit({"path": str(made.path), **_without_path(made)})
    else:
        _print_exported(made, clearance)


def _without_path(made: Exported) -> dict[str, object]:
    import msgspec

    found = msgspec.structs.asdict(made)
    found.pop("path")
    return found


def _print_exported(made: Exported, clearance: str) -> None:
    from habeas.cli.terminal import isolated, say, warn

    say(f"{isolated(str(made.path))}: {made.size} bytes")
    say(f"{made.claims} claims in {made.entries} entries of {made.logs} logs, {made.files} files,")
    say(f"nothing above the clearance {clearance}.")
    say(f"SHA-256 {made.sha256}")
    say("Tell the receiver this number by another way than the bundle itself.")
    for sha256 in made.missing:
        warn(f"item:{sha256} is named but not held here, and is not in the bundle")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The bundle, from anybody.")],
    *,
    trust: Annotated[
        list[str] | None,
        typer.Option(
            "--trust",
            metavar="FINGERPRINT",
            help="A log's key that you compared with its organisation; may be repeated.",
        ),
    ] = None,
    identity_file: Annotated[
        Path | None,
        typer.Option(
            "--identity-file", metavar="FILE", help="Your age identity.", show_default=False
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what it would bring; change nothing.")
    ] = False,
    passphrase_file: options.PassphraseFile = None,
    registry: options.Registry = None,
    as_json: options.Json = False,
) -> None:
    """Take in a bundle: all of it or nothing, any number of times.

    Exits with 4 when it shows that a log has two histories.
    """
    from habeas.cli.opening import opened
    from habeas.cli.terminal import emit
    from habeas.cli.writing import read_identities
    from habeas.registry.importing import import_bundle

    with opened(registry, passphrase_file) as found:
        taken = import_bundle(
            found,
            file,
            trust=trust or (),
            identities=read_identities(identity_file),
            dry_run=dry_run,
        )
    emit(_told(taken)) if as_json else _print_imported(taken)
    if taken.forks or taken.overtaken:
        raise typer.Exit(FORKED)


def _told(taken: Imported) -> dict[str, object]:
    import msgspec

    forks = [
        {"origin": fork.origin, "parted": fork.parted, "own": fork.own} for fork in taken.forks
    ]
    return {**msgspec.structs.asdict(taken), "forks": forks, "changed": taken.changed}


def _print_imported(taken: Imported) -> None:
    from habeas.cli.terminal import say, warn

    verb = "would bring" if taken.dry_run else "brought"
    say(f"{verb} {taken.claims} claims in {taken.entries} entries, {taken.files} files;")
    say(f"{taken.held} claims were held already, {taken.refused} are erased and stay out,")
    say(f"{taken.destroyed} were destroyed by an erasure that came with it.")
    for fork in taken.forks:
        whose = "YOUR OWN LOG" if fork.own else "a log"
        warn(
            f"{whose} has two histories that cannot both be true, from entry {fork.parted} on: "
            f"{fork.origin}. Both are kept, with the proof; ask its organisation"
        )
    if taken.forks and not taken.forks_recorded:
        warn("the proof is not yet in your log: it goes in with the next thing that you record")
    for origin in taken.overtaken:
        warn(
            f"the bundle knows more of your own log {origin} than this registry: this is an old "
            "copy. Do not record into it; restore from the newest backup"
        )
