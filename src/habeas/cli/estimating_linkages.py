"""`habeas estimate linkages`: the methods side by side, averaged over sampled linkages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from habeas.cli import estimate_options, options

Draws = Annotated[
    Path,
    typer.Argument(
        metavar="DRAWS",
        help="A folder of overlap tables, one a sampled linkage and nothing else; or one table "
        "with a column `draw`.",
        show_default=False,
    ),
]
Lists = Annotated[
    str,
    typer.Option(
        "--lists", metavar="NAME,NAME", help="The columns of the lists.", show_default=False
    ),
]


def linkages(
    draws: Draws,
    *,
    lists: Lists = "",
    column: estimate_options.Columns = None,
    method: estimate_options.Methods = "all",
    level: estimate_options.Level = 0.95,
    seed: estimate_options.Seed = 1,
    override: estimate_options.Override = None,
    option: estimate_options.Option = None,
    lang: options.Lang = "en",
    as_json: options.Json = False,
) -> None:
    """Average over linkages that were sampled, because which records are of one person is not sure.

    Each method is fitted to the table of every draw and its answers are mixed; how much of the
    variance lies between linkages is told. What is refused of one draw is refused of all.
    """
    from habeas.cli.linkages_shown import linkages_shown, print_linkages
    from habeas.cli.terminal import emit, progress, warn
    from habeas.estimation.linkage import fit_all_linked
    from habeas.estimation.linkage_files import read_linkages, require_sound

    asked = estimate_options.asked_for(method, level, seed, (override or (), option or ()), "")
    columns = estimate_options.columns_of(column or ())
    found = read_linkages(draws, lists=estimate_options.several(lists) or None, **columns)
    require_sound(found, asked.override)
    estimate_options.tell_unrecorded(found.tables[0])
    with progress("estimating", None, silent=False):
        outcomes = fit_all_linked(
            found.tables,
            names=asked.methods,
            level=level,
            seed=seed,
            override=asked.override,
            options=asked.options,
        )
    estimate_options.require_figures(
        outcomes, found.place, "See each table by itself: `habeas estimate TABLE`"
    )
    if len(asked.methods) == 1:
        warn("one method alone is no result: --method all sets the others beside it")
    if as_json:
        emit(linkages_shown(found, asked, outcomes))
    else:
        print_linkages(found, asked, outcomes, lang)
