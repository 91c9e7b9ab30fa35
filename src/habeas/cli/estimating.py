"""`habeas estimate`: how many nobody listed, by several methods side by side; the report card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from habeas.cli import options

if TYPE_CHECKING:
    from habeas.estimation.overlap import Overlap
    from habeas.estimation.report.card import Asked, Card
    from habeas.registry.registry import Registry

FIT = "fit"
"""The command that is meant when none is named: `habeas estimate table.csv`."""


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
Lists = Annotated[
    str,
    typer.Option(
        "--lists",
        metavar="NAME,NAME",
        help="The lists: sources of the registry (source:a,source:b), or columns of the table.",
        show_default=False,
    ),
]
Strata = Annotated[
    str,
    typer.Option(
        "--strata",
        metavar="NAME,NAME",
        help="What parts the persons: province, month, year, solar_month, solar_year or a "
        "predicate (month:disappeared); of a table, its columns.",
        show_default=False,
    ),
]
Columns = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        metavar="count=NAME",
        help="The column of counts (count=NAME) or of the persons' ids (person=NAME) of a table. "
        "May be repeated.",
    ),
]
Methods = Annotated[
    str,
    typer.Option(
        "--method",
        metavar="NAME,NAME",
        help="all, or some of decomposable, loglinear, latent_class, sample_coverage, chao, "
        "independence.",
    ),
]
Level = Annotated[float, typer.Option("--level", help="Of the intervals.")]
Seed = Annotated[int, typer.Option("--seed", help="Of the random numbers.")]
Override = Annotated[
    list[str] | None,
    typer.Option(
        "--override",
        metavar="CODE=REASON",
        help="Pass over a refusal; the reason is kept with the result. May be repeated.",
    ),
]
Option = Annotated[
    list[str] | None,
    typer.Option(
        "--option",
        metavar="METHOD.NAME=VALUE",
        help="An option of a method (latent_class.draws=20000). May be repeated.",
    ),
]
Origin = Annotated[
    str,
    typer.Option(
        "--origin", metavar="TEXT", help="Where the counts are from, in words.", show_default=False
    ),
]


@app.command(FIT)
def fit(
    table: Table = None,
    *,
    lists: Lists = "",
    strata: Strata = "",
    column: Columns = None,
    method: Methods = "all",
    level: Level = 0.95,
    seed: Seed = 1,
    override: Override = None,
    option: Option = None,
    origin: Origin = "",
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
        raise _misused("--record and --about go together", "Name the case: --about case:…")
    asked = _asked(method, level, seed, (override or (), option or ()), origin)
    card = _card(table, (lists, strata, column or ()), asked, (registry, clearance), checked=record)
    _require_figures(card, _place(table, lists))
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
    lists: Lists = "",
    strata: Strata = "",
    column: Columns = None,
    method: Methods = "all",
    level: Level = 0.95,
    seed: Seed = 1,
    override: Override = None,
    option: Option = None,
    origin: Origin = "",
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
    asked = _asked(method, level, seed, (override or (), option or ()), origin)
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


def _misused(reason: str, mend: str) -> Exception:
    from habeas.errors import InputError

    return InputError(reason, mend=mend)


def _asked(
    method: str, level: float, seed: int, pairs: tuple[Sequence[str], Sequence[str]], origin: str
) -> Asked:
    """What is asked, from the words on the command line."""
    from habeas.estimation.fitting import METHODS
    from habeas.estimation.report.card import Asked

    named = tuple(METHODS) if method == "all" else _several(method)
    return Asked(
        methods=named,
        level=level,
        seed=seed,
        override=_pairs(pairs[0], "CODE=REASON"),
        options=_options(pairs[1]),
        origin=origin,
    )


def _several(words: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in words.split(",") if word.strip())


def _pair(said: str, form: str) -> tuple[str, str]:
    name, equals, value = said.partition("=")
    if not equals or not name.strip():
        raise _misused(f"{said!r} is not {form}", f"Write {form}")
    return name.strip(), value.strip()


def _pairs(said: Sequence[str], form: str) -> dict[str, str]:
    """Values by name; a name that comes twice is a slip, for one value would be dropped."""
    found: dict[str, str] = {}
    for one in said:
        name, value = _pair(one, form)
        if name in found:
            raise _misused(f"{name!r} is given twice", f"Write {form} once for each")
        found[name] = value
    return found


def _columns(said: Sequence[str]) -> dict[str, str]:
    found = _pairs(said, "count=NAME")
    for name in found:
        if name not in ("count", "person"):
            raise _misused(f"{name!r} is no kind of column", "Write count=NAME or person=NAME")
    return found


def _options(said: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
    """Options by method; whole numbers, decimals, true and false are read, other words stand."""
    import json

    found: dict[str, dict[str, Any]] = {}
    for one in said:
        name, value = _pair(one, "METHOD.NAME=VALUE")
        method, dot, option = name.partition(".")
        if not dot:
            raise _misused(f"{one!r} names no method", "Write METHOD.NAME=VALUE")
        try:
            read = json.loads(value)
        except ValueError:
            read = value
        if option in found.setdefault(method, {}):
            raise _misused(f"{name!r} is given twice", "Write METHOD.NAME=VALUE once for each")
        found[method][option] = read
    return found


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

    lists, strata = _several(names[0]), _several(names[1])
    columns = _columns(names[2])
    if columns and table is None:
        raise _misused("--column is of a table", "Give the table, or leave --column out")
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
        raise _misused("nothing to estimate from", "Give a table, or --lists source:a,source:b")
    _require_table(overlap, _place(table, names[0]))
    _tell_unrecorded(overlap)
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


def _tell_unrecorded(overlap: Overlap) -> None:
    """An empty count is not a zero: whoever forgot to fill it in should hear of it."""
    from habeas.cli.terminal import warn

    for pattern in sorted(overlap.unrecorded):
        names = [name for at, name in enumerate(overlap.lists) if pattern >> at & 1]
        warn(f"no count of those exactly on {', '.join(names)}: taken as unknown, not as zero")


def _tell_unknown(without: Mapping[str, int], disputed: Mapping[str, int]) -> None:
    from habeas.cli.terminal import warn

    for name, count in without.items():
        if count:
            warn(f"{name}: not known of {count} persons; they are dealt out to the strata")
    for name, count in disputed.items():
        if count:
            warn(f"{name}: sources disagree on {count} persons; they are taken as not known")


def _require_figures(card: Card, place: str) -> None:
    """Refuse to print a table of nothing: why stands in the error."""
    from habeas.errors import InputError

    if any(one.result is not None for one in card.outcomes):
        return
    first = card.outcomes[0]
    card_says = "`habeas estimate report` writes a card that says why, method by method"
    codes = [one.code for one in first.refusals if one.stands]
    if codes:
        over = " ".join(f'--override {code}="REASON"' for code in codes)
        card_says = f"Change the table; or say why it is to be estimated all the same ({over}). "
        card_says += "`habeas estimate report` writes a card that says why not"
    raise InputError(first.reason or "no method gave an estimate", place=place, mend=card_says)


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
        return record_estimates(found, card, about, sources=_several(lists), recorder=who[1])
