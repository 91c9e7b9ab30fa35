"""What `habeas estimate` and its commands are asked with, and how the words are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from habeas.estimation.fitting import Outcome
    from habeas.estimation.overlap import Overlap
    from habeas.estimation.report.card import Asked

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


def misused(reason: str, mend: str) -> Exception:
    """An error of what was typed, with what to type instead."""
    from habeas.errors import InputError

    return InputError(reason, mend=mend)


def asked_for(
    method: str, level: float, seed: int, pairs: tuple[Sequence[str], Sequence[str]], origin: str
) -> Asked:
    """What is asked, from the words on the command line."""
    from habeas.estimation.fitting import METHODS
    from habeas.estimation.report.card import Asked

    named = tuple(METHODS) if method == "all" else several(method)
    return Asked(
        methods=named,
        level=level,
        seed=seed,
        override=_pairs(pairs[0], "CODE=REASON"),
        options=_options(pairs[1]),
        origin=origin,
    )


def several(words: str) -> tuple[str, ...]:
    """Names that commas part."""
    return tuple(word.strip() for word in words.split(",") if word.strip())


def _pair(said: str, form: str) -> tuple[str, str]:
    name, equals, value = said.partition("=")
    if not equals or not name.strip():
        raise misused(f"{said!r} is not {form}", f"Write {form}")
    return name.strip(), value.strip()


def _pairs(said: Sequence[str], form: str) -> dict[str, str]:
    """Values by name; a name that comes twice is a slip, for one value would be dropped."""
    found: dict[str, str] = {}
    for one in said:
        name, value = _pair(one, form)
        if name in found:
            raise misused(f"{name!r} is given twice", f"Write {form} once for each")
        found[name] = value
    return found


def columns_of(said: Sequence[str]) -> dict[str, str]:
    """Columns of a table by what they hold: `count` or `person`."""
    found = _pairs(said, "count=NAME")
    for name in found:
        if name not in ("count", "person"):
            raise misused(f"{name!r} is no kind of column", "Write count=NAME or person=NAME")
    return found


def _options(said: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
    """Options by method; whole numbers, decimals, true and false are read, other words stand."""
    import json

    found: dict[str, dict[str, Any]] = {}
    for one in said:
        name, value = _pair(one, "METHOD.NAME=VALUE")
        method, dot, option = name.partition(".")
        if not dot:
            raise misused(f"{one!r} names no method", "Write METHOD.NAME=VALUE")
        try:
            read = json.loads(value)
        except ValueError:
            read = value
        if option in found.setdefault(method, {}):
            raise misused(f"{name!r} is given twice", "Write METHOD.NAME=VALUE once for each")
        found[method][option] = read
    return found


def tell_unrecorded(overlap: Overlap) -> None:
    """An empty count is not a zero: whoever forgot to fill it in should hear of it."""
    from habeas.cli.terminal import warn

    for pattern in sorted(overlap.unrecorded):
        names = [name for at, name in enumerate(overlap.lists) if pattern >> at & 1]
        warn(f"no count of those exactly on {', '.join(names)}: taken as unknown, not as zero")


def require_figures(outcomes: Sequence[Outcome], place: str, elsewhere: str) -> None:
    """Refuse to print a table of nothing: why stands in the error.

    Args:
        outcomes: the methods side by side.
        place: where the counts are from.
        elsewhere: what to do besides, in words.
    """
    from habeas.errors import InputError

    if any(one.result is not None for one in outcomes):
        return
    first = outcomes[0]
    mend = elsewhere
    codes = [one.code for one in first.refusals if one.stands]
    if codes:
        over = " ".join(f'--override {code}="REASON"' for code in codes)
        mend = f"Change the table; or say why it is to be estimated all the same ({over}). {mend}"
    raise InputError(first.reason or "no method gave an estimate", place=place, mend=mend)
