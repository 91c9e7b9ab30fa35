"""`habeas verify` and `rebuild`: is the record whole, and do its views follow from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from habeas.cli import options
from habeas.errors import IntegrityError

if TYPE_CHECKING:
    from habeas.registry.comparing import Comparison
    from habeas.registry.registry import Registry
    from habeas.registry.verification import Report

FAILED = IntegrityError.exit_code
"""The exit code of a verification that found something."""


def verify(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="DIR", help="The registry's folder.", show_default=False),
    ] = None,
    *,
    against: Annotated[
        Path | None,
        typer.Option(
            "--against",
            metavar="CHECKPOINT",
            help="Compare with a signed checkpoint that was kept elsewhere.",
            show_default=False,
        ),
    ] = None,
    registry: options.Registry = None,
    as_json: options.Json = False,
) -> None:
    """Check every byte of a registry.

    Log, proofs, checkpoints, timestamps, evidence, views. Exits with 4 when anything is wrong. An
    old copy of a registry passes all of that; only a checkpoint kept elsewhere can tell.
    """
    from habeas.cli.opening import opened
    from habeas.cli.terminal import emit, progress
    from habeas.registry import verification

    with (
        opened(folder or registry) as found,
        progress("verifying", 6, silent=as_json) as advance,
    ):
        report = verification.verify(found, lambda _: advance(1))
        comparison = None if against is None else _compare(found, against)
    passed = report.passed and (comparison is None or comparison.verdict.value == "fine")
    if as_json:
        checks = [{**_named(check), "passed": check.passed} for check in report.checks]
        told = None if comparison is None else _named(comparison)
        emit({"passed": passed, "checks": checks, "against": told})
    else:
        _print(report)
        if comparison is not None:
            _print_comparison(comparison)
    if not passed:
        raise typer.Exit(FAILED)


def _compare(registry: Registry, against: Path) -> Comparison:
    from habeas.cli.writing import read_small
    from habeas.registry.comparing import compare

    return compare(registry, read_small(against), place=str(against))


def _print_comparison(comparison: Comparison) -> None:
    from habeas.cli.terminal import Words, screen

    style = "bold green" if comparison.verdict.value == "fine" else "bold red"
    said = f"against the checkpoint kept elsewhere: {comparison.describe()}"
    screen().print(Words(said, style))


def _named(check: object) -> dict[str, object]:
    import msgspec

    return msgspec.structs.asdict(check)  # type: ignore[arg-type]


def _print(report: Report) -> None:
    from habeas.cli.terminal import Words, screen, table

    out = screen()
    made = table("check", "looked at", "result")
    for check in report.checks:
        result = "whole" if check.passed else f"{len(check.problems)} problems"
        made.add_row(
            Words(check.name, "bold"),
            Words(f"{check.count} {check.what}"),
            Words(result, "green" if check.passed else "bold red"),
        )
    out.print(made)
    for check in report.checks:
        for problem in check.problems:
            out.print(Words(f"{check.name}: {problem}", "red"))
        for note in check.notes:
            out.print(Words(f"{check.name}: {note}", "dim"))
    verdict = (
        ("Everything is as it was signed.", "bold green")
        if report.passed
        else ("This registry is not as it was signed. Restore from a backup.", "bold red")
    )
    out.print(Words(*verdict))


def rebuild(
    *,
    registry: options.Registry = None,
    as_json: options.Json = False,
) -> None:
    """Make the views again from the log: they come out the same."""
    from habeas.cli.opening import opened
    from habeas.cli.terminal import emit, progress, say
    from habeas.registry.rebuilding import rebuild as fold_again

    with opened(registry) as found, progress("folding", None, silent=as_json) as advance:
        count = fold_again(found, advance)
    emit({"claims": count}) if as_json else say(f"The views over {count} claims are made again.")
