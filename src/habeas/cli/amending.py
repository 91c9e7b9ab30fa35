"""`habeas withdraw`, `reclassify`, `erase`: changes, which are claims themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from habeas.cli import options

if TYPE_CHECKING:
    from habeas.registry.changing import Change

ClaimArgument = Annotated[
    str, typer.Argument(metavar="CLAIM", help="The claim's digest, or its first digits.")
]


def withdraw(
    claim: ClaimArgument,
    *,
    why: options.Why,
    recorder: options.Recorder = None,
    passphrase_file: options.PassphraseFile = None,
    registry: options.Registry = None,
    as_json: options.Json = False,
) -> None:
    """Withdraw a claim; it stays in the record, marked."""
    from habeas.cli.opening import opened
    from habeas.registry import changing

    with opened(registry, passphrase_file) as found:
        change = changing.withdraw(found, claim, why, recorder=recorder)
    _tell(change, "withdrawn", as_json=as_json)


def reclassify(
    claim: ClaimArgument,
    sensitivity: Annotated[
        options.Level, typer.Argument(metavar="LEVEL", help="public, partners, team or sealed.")
    ],
    *,
    why: options.Why,
    recorder: options.Recorder = None,
    passphrase_file: options.PassphraseFile = None,
    registry: options.Registry = None,
    as_json: options.Json = False,
) -> None:
    """Change who may see a claim.

    The floors of the vocabulary stay under it.
    """
    from habeas.cli.opening import opened
    from habeas.registry import changing

    with opened(registry, passphrase_file) as found:
        change = changing.reclassify(found, claim, sensitivity, why, recorder=recorder)
    _tell(change, f"reclassified as {sensitivity}", as_json=as_json)


def erase(
    claim: ClaimArgument,
    *,
    why: options.Why,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask: there is no way back.")] = False,
    recorder: options.Recorder = None,
    passphrase_file: options.PassphraseFile = None,
    registry: options.Registry = None,
    as_json: options.Json = False,
) -> None:
    """Destroy the words and the salt of a claim.

    Its digest stays, and every other proof still holds. Copies elsewhere are not reached.
    """
    from habeas.cli.opening import opened
    from habeas.registry import changing

    with opened(registry, passphrase_file) as found:
        digest = found.view("sealed").claim(claim).digest
        _confirm(digest, yes=yes)
        change = changing.erase(found, digest, why, recorder=recorder)
    _tell(change, "erased", as_json=as_json)


def _confirm(digest: str, *, yes: bool) -> None:
    import sys

    from habeas.errors import InputError

    if yes:
        return
    if not sys.stdin.isatty():
        raise InputError(
            "an erasure cannot be undone, and there is nobody to ask",
            place=f"claim:{digest}",
            mend="Give --yes if it is meant",
        )
    typer.echo(f"claim:{digest} will be destroyed; copies elsewhere are not reached.", err=True)
    if not typer.confirm("Is that what you want?", err=True):
        raise InputError("nothing was erased", mend="Answer y to erase")


def _tell(change: Change, what: str, *, as_json: bool) -> None:
    from habeas.cli.terminal import emit, say, warn

    if as_json:
        emit(change)
        return
    if not change.effective:
        warn(
            "the claim is another organisation's: yours stands beside it as what you say, "
            "and changes nothing in theirs"
        )
    say(f"{what}, by claim:{change.digest}")
