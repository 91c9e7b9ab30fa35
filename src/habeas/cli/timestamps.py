"""`habeas stamp`: checkpoints pinned in time by a trusted authority, now or later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from habeas.cli import options

if TYPE_CHECKING:
    from habeas.registry.stamping import Stamped

WAITING = 8
"""The exit code when an authority gave no token: that of `AuthorityError`."""


def stamp(
    *,
    authority: Annotated[
        str | None,
        typer.Option(
            "--authority",
            metavar="URL",
            help="An RFC 3161 authority; it learns a hash and your network address.",
            show_default=False,
        ),
    ] = None,
    pending: Annotated[
        bool, typer.Option("--pending", help="Only list the checkpoints that wait.")
    ] = False,
    recorder: options.Recorder = None,
    passphrase_file: options.PassphraseFile = None,
    registry: options.Registry = None,
    as_json: options.Json = False,
) -> None:
    """Have checkpoints stamped by a trusted authority.

    The newest and all that wait; without --authority the newest is only put in the queue.
    """
    from habeas.cli.opening import opened
    from habeas.cli.terminal import emit
    from habeas.registry import stamping

    with opened(registry, passphrase_file) as found:
        if not pending:
            stamping.queue(found)
        stamped = (
            list(stamping.stamp(found, authority, recorder=recorder))
            if authority and not pending
            else []
        )
        waiting = list(stamping.pending(found))
    if as_json:
        emit({"stamped": [_stamped(one) for one in stamped], "pending": waiting})
    else:
        _print(stamped, waiting)
    if any(one.token is None for one in stamped):
        raise typer.Exit(WAITING)


def _stamped(one: Stamped) -> dict[str, object]:
    return {
        "size": one.size,
        "time": "" if one.token is None else one.token.time.isoformat(),
        "authority": "" if one.token is None else one.token.authority,
        "sha256": "" if one.token is None else one.token.sha256,
        "problem": one.problem,
    }


def _print(stamped: list[Stamped], waiting: list[str]) -> None:
    from habeas.cli.terminal import isolated, say, warn

    for one in stamped:
        if one.token is None:
            warn(f"checkpoint of {one.size} entries: {one.problem}")
        else:
            say(f"checkpoint of {one.size} entries: {isolated(one.token.time.isoformat())}")
    say(f"{len(waiting)} checkpoints wait for a timestamp.")
    for sha256 in waiting:
        say(f"  {sha256}")
