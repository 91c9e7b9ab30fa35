"""`habeas estimate`: how many nobody listed, by several methods side by side; the report card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from habeas.cli import estimate_options, estimating_linkages, options
from habeas.cli.estimate_options import (
    asked_for,
    columns_of,
    misused,
    require_figures,
    several,
    tell_unrecorded,
)

if TYPE_CHECKING:
    from habeas.estimation.overlap import Overlap
    from habeas.estimation.report.card import Asked, Card
    from habeas.registry.registry import Registry

FIT = "fit"
"""The command that is meant when none is named: `habeas estimate table.csv`."""

REPORT_SAYS = "`habeas estimate report` writes a card that says why, method by method"


class Estimate(TyperGroup):
    """A group whose first word may be a file, or an option of `fit`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put `fit` in front of what names no command."""
        if args and args[0] not in (*self.commands, *ctx.help_option_names):
            args = [FIT, *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=Estimate,
    no_args_is_help=True,
    help="Estimate how many nobody listed: several methods side by side.",
)

Table = Annotated[
    Path | None,
    typer.Argument(
        metavar="TABLE",
        help="An overlap table (CSV); without it, lists of the registry are counted.",
        show_default=False,
    ),
]


@app.command(FIT)
def fit(
    table: Table = None,
    *,
    lists: estimate_options.Lists = "",
    strata: estimate_options.Strata = "",
    column: estimate_options.Columns = None,
    method: estimate_options.Methods = "all",
    level: estimate_options.Level = 0.95,
    seed: estimate_options.Seed = 1,
    override: estimate_options.Override = None,
    option: estimate_options.Option = None,
    origin: estimate_options.Origin = "",
    record: Annotated[
        bool,
        typer.Option("--record", help="Record the estimates as claims of a run; needs --about."),
    ] = False,
    about: Annotated[
        str,
        typer.Option(
            "--about",
            metavar="ID",
            help="case:…, event:… or site:… that they are about.",
            show_default=False,
        ),
    ] = "",
    clearance: options.Clearance = "team",
    lang: options.Lang = "en",
    recorder: options.Recorder = None,
    passphrase_file: options.PassphraseFile = None,
    registry: options.Registry = None,
    as_json: options.Json = False,
) -> None:
    """Estimate by several methods, side by side; `fit` need not be written.

    Each method with its interval first, and with what it assumes. Without TABLE the lists are those
    of the registry: persons that `same_as` joins count once.
    """  # fmt: skip
    from habeas.cli.estimates_shown import card_shown, print_card
    from habeas.cli.terminal import emit, warn

    if record != bool(about):
        raise misused("--record and --about go together", "Name the case: --about case:…")
    asked = asked_for(method, level, seed, (override or (), option or ()), origin)
    card = _card(table, (lists, strata, column or ()), asked, (registry, clearance), checked=record)
    require_figures(card.outcomes, _place(table, lists), REPORT_SAYS)
    if len(asked.methods) == 1:
        warn("one method alone is no result: --method all sets the others beside it")
    recorded = None
    if record:
        recorded = _record(card, about, lists if table is None else "", registry,
                           (passphrase_file, recorder))  # fmt: skip
    emit(card_shown(card, recorded)) if as_json else print_card(card, recorded, lang)


@app.command("report")
def report(
    table: Table = None,
    *,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="A new or empty folder.")],
    lists: estimate_options.Lists = "",
    strata: estimate_options.Strata = "",
    column: estimate_options.Columns = None,
    method: estimate_options.Methods = "all",
    level: estimate_options.Level = 0.95,
    seed: estimate_options.Seed = 1,
    override: estimate_options.Override = None,
    option: estimate_options.Option = None,
    origin: estimate_options.Origin = "",
    clearance: options.Clearance = "public",
    lang: options.Lang = "en",
    registry: options.Registry = None,
    as_json: options.Json = False,
) -> None:
    """Write a report card: methods side by side, checks, pictures, assumptions, how to repeat it.

    A folder with a page for people (`report.html`), every value (`report.json`), the pictures, the
    table and the command that computes the same again. A table that is refused gets a card that says why.
    """  # noqa: E501
    from habeas.cli.terminal import emit, isolated, say, warn
    from habeas.cli.writing import readable_for
    from habeas.estimation.report.telling import is_publishable
    from habeas.estimation.report.writing import refuse_existing, write_report

    refuse_existing(out)
    asked = asked_for(method, level, seed, (override or (), option or ()), origin)
    card = _card(table, (lists, strata, column or ()), asked, (registry, clearance), checked=True)
    with readable_for("public" if table is not None else clearance):
        files = write_report(card, out, lang)
    publishable = is_publishable(card)
    if as_json:
        emit({"folder": str(out), "files": list(files), "publishable": publishable})
        return
    if not publishable:
        warn("not to be published: fewer than two methods gave a figure; the card says why")
    say(f"{len(files)} files. Open {isolated(str(out / 'report.html'))}")


def _card(
    table: Path | None,
    names: tuple[str, str, Sequence[str]],
    asked: Asked,
    where: tuple[Path | None, options.Level],
    *,
    checked: bool,
) -> Card:
    """The card of a file, or of lists of the registry as they may be seen."""
    from dataclasses import replace

    from habeas.cli.terminal import progress
    from habeas.estimation.report.card import make_card

    lists, strata = several(names[0]), several(names[1])
    columns = columns_of(names[2])
    if columns and table is None:
        raise misused("--column is of a table", "Give the table, or leave --column out")
    if table is not None:
        from habeas.estimation.table_file import read_overlap

        overlap = read_overlap(table, lists=lists or None, strata=strata, **columns)
    elif lists:
        from habeas.cli.opening import viewed
        from habeas.estimation.registry_lists import read_lists

        with viewed(*where) as view:
            found = read_lists(view, lists, strata)
        overlap = found.overlap
        asked = replace(asked, clearance=found.clearance)
        _tell_unknown(found.without_label, found.disputed)
    else:
        raise misused("nothing to estimate from", "Give a table, or --lists source:a,source:b")
    _require_table(overlap, _place(table, names[0]))
    tell_unrecorded(overlap)
    with progress("estimating", None, silent=False):
        return make_card(overlap, asked, checked=checked)


def _place(table: Path | None, lists: str) -> str:
    """Where the counts are from, for errors."""
    return lists if table is None else str(table)


def _require_table(overlap: Overlap, place: str) -> None:
    """Refuse what is no table at all, and say which."""
    from habeas.errors import InputError
    from habeas.estimation.checks import require_table

    try:
        require_table(overlap.pooled())
    except InputError as error:
        raise InputError(error.reason, place=place, mend=error.mend) from error


def _tell_unknown(without: Mapping[str, int], disputed: Mapping[str, int]) -> None:
    from habeas.cli.terminal import warn

    for name, count in without.items():
        if count:
            warn(f"{name}: not known of {count} persons; they are dealt out to the strata")
    for name, count in disputed.items():
        if count:
            warn(f"{name}: sources disagree on {count} persons; they are taken as not known")


def _record(
    card: Card,
    about: str,
    lists: str,
    folder: Path | None,
    who: tuple[Path | None, str | None],
) -> Any:
    from habeas.cli.opening import opened
    from habeas.estimation.recording import record_estimates

    found: Registry
    with opened(folder, who[0]) as found:
        return record_estimates(found, card, about, sources=several(lists), recorder=who[1])


app.command("linkages")(estimating_linkages.linkages)
