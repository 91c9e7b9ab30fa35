"""`habeas watch review`: what a person says who looked at what the watch suggests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from habeas.cli import options, site_options

if TYPE_CHECKING:
    from habeas.monitoring.looks.watch_shown import DisturbanceShown
    from habeas.registry.registry import Registry
    from habeas.registry.view import View

Verdict = Literal["confirm", "reject", "undecided"]


def review(
    site: site_options.Site,
    *,
    disturbance: Annotated[
        int | None,
        typer.Option(
            "--disturbance", metavar="NUMBER", min=1, show_default=False,
            help="Which, as `watch show` numbers them; may be left out when there is one.",
        ),
    ] = None,
    verdict: Annotated[
        Verdict | None,
        typer.Option(
            "--verdict", show_default=False,
            help="confirm, reject, or undecided; asked for if left out.",
        ),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(
            "--kind", metavar="TERM", show_default=False,
            help="What was done to the ground, a term of disturbance_kind; only with confirm.",
        ),
    ] = None,
    note: Annotated[
        str | None,
        typer.Option(
            "--note", metavar="TEXT", show_default=False,
            help="What was looked at and seen; asked for if left out.",
        ),
    ] = None,
    reader: site_options.Reader = None,
    passphrase_file: options.PassphraseFile = None,
    registry: options.Registry = None,
    as_json: options.Json = False,
) -> None:  # fmt: skip
    """Record what a person says who looked at what the watch suggests.

    It is a claim of its own beside the run's, and changes nothing in it.
    """
    from habeas.cli.opening import opened
    from habeas.cli.terminal import emit, say
    from habeas.monitoring.looks.reading import record_reading

    with opened(registry, passphrase_file) as found:
        one = _chosen(found, found.view("sealed"), site, disturbance)
        answer = verdict or _asked_verdict(one)
        words = note if note is not None else _asked_note()
        who = reader or found.settings.recorder
        digests = record_reading(
            found, one.first_claim, verdict=answer, kind=kind, note=words, reader=who,
            recorder=reader,
        )  # fmt: skip
    if as_json:
        emit({"site": site, "disturbance": one.number, "claim": one.first_claim,
              "verdict": answer, "kind": kind, "reader": who, "claims": list(digests)})  # fmt: skip
        return
    say(f"Recorded beside claim {one.first_claim[:12]}: {answer}, by reader {who}.")
    say("The claim of the run stands as it was.")


def _chosen(registry: Registry, view: View, site: str, number: int | None) -> DisturbanceShown:
    from habeas.errors import InputError, NotFoundError
    from habeas.monitoring.looks.watch_shown import gather_watch

    found = gather_watch(registry, view, site).disturbances
    if not found:
        raise NotFoundError(f"the watch suggests no disturbance of {site}")
    if number is None and len(found) > 1:
        raise InputError(
            f"the watch suggests {len(found)} disturbances", place=site,
            mend="Say which: --disturbance NUMBER, as `habeas watch show` numbers them",
        )  # fmt: skip
    if number is not None and number > len(found):
        raise NotFoundError(f"there is no disturbance {number}", place=site)
    return found[(number or 1) - 1]


def _asked_verdict(one: DisturbanceShown) -> Verdict:
    import sys

    from habeas.errors import InputError

    answers: dict[str, Verdict] = {"c": "confirm", "r": "reject", "u": "undecided"}
    if not sys.stdin.isatty():
        raise InputError(
            "no verdict was given, and there is nobody to ask",
            mend="Give --verdict confirm, reject or undecided",
        )
    typer.echo(f"A change, {one.dates}; {one.area}.", err=True)
    while True:
        answer = typer.prompt("[c]onfirm, [r]eject, [u]ndecided", err=True).strip().lower()[:1]
        if answer in answers:
            return answers[answer]


def _asked_note() -> str:
    import sys

    from habeas.errors import InputError

    if not sys.stdin.isatty():
        raise InputError("no note was given", mend="Say what was looked at: --note TEXT")
    return str(typer.prompt("What did you look at, and what did you see?", err=True))
