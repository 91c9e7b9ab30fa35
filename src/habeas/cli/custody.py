"""`habeas custody add` and `show`: the chain of hands that an item went through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from habeas.cli import options

if TYPE_CHECKING:
    from habeas.cli.custody_shown import Chain

app = typer.Typer(help="Who held an item, from whose hands into whose.", no_args_is_help=True)

Item = Annotated[str, typer.Argument(metavar="ITEM", help="item: and the file's SHA-256.")]


def _words(flag: str, help_: str, metavar: str = "TEXT") -> Any:
    return typer.Option(flag, metavar=metavar, help=help_, show_default=False)


def now() -> str:
    """The time of this machine with its zone, to the second."""
    from datetime import datetime

    return datetime.now().astimezone().replace(microsecond=0).isoformat()


@app.command("add")
def add(
    item: Item,
    *,
    act: Annotated[str, typer.Option("--act", metavar="TERM", help="What was done (custody_act).")],
    receiver: Annotated[str, _words("--to", "Who holds it from then on.", "ID")],
    giver: Annotated[str | None, _words("--from", "Who handed it over.", "ID")] = None,
    time: Annotated[
        str | None, _words("--time", "When, with its zone; now if left out.", "TIME")
    ] = None,
    place: Annotated[str | None, _words("--place", "Where.")] = None,
    purpose: Annotated[str | None, _words("--purpose", "What for.")] = None,
    method: Annotated[str | None, _words("--method", "How it travelled.")] = None,
    hash_before: Annotated[
        str | None, _words("--hash-before", "SHA-256 of the file as handed over.", "HASH")
    ] = None,
    hash_after: Annotated[
        str | None, _words("--hash-after", "SHA-256 of the file as received.", "HASH")
    ] = None,
    seal_before: Annotated[str | None, _words("--seal-before", "The seal it came with.")] = None,
    seal_after: Annotated[str | None, _words("--seal-after", "The seal from then on.")] = None,
    condition: Annotated[str | None, _words("--condition", "Its state, in words.")] = None,
    signature: Annotated[
        str | None, _words("--signature", "Who signed, and where that is kept.")
    ] = None,
    recorder: options.Recorder = None,
    passphrase_file: options.PassphraseFile = None,
    registry: options.Registry = None,
    as_json: options.Json = False,
) -> None:
    """Record that an item changed hands, place or state."""
    from habeas.cli.opening import opened
    from habeas.cli.terminal import emit, say
    from habeas.evidence.custody import CustodyEvent
    from habeas.registry.keeping import hand_over

    event = CustodyEvent(
        item=item.removeprefix("item:"), act=act, time=time or now(), giver=giver,
        receiver=receiver, place=place, purpose=purpose, method=method, hash_before=hash_before,
        hash_after=hash_after, seal_before=seal_before, seal_after=seal_after,
        condition=condition, signature=signature,
    )  # fmt: skip
    with opened(registry, passphrase_file) as found:
        made = hand_over(found, f"item:{event.item}", event, recorder=recorder)
    emit({"event": made}) if as_json else say(f"recorded as {made}")


@app.command("show")
def show(
    item: Item,
    *,
    clearance: options.Clearance = "team",
    registry: options.Registry = None,
    as_json: options.Json = False,
) -> None:
    """Show the custody of an item, and where the chain has gaps or contradicts itself."""
    from habeas.cli.custody_shown import chain, print_chain
    from habeas.cli.opening import viewed
    from habeas.cli.terminal import emit

    with viewed(registry, clearance) as view:
        found: Chain = chain(view, f"item:{item.removeprefix('item:')}")
    emit(found) if as_json else print_chain(found)
