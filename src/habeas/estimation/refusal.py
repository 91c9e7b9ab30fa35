"""When there should be no estimate, or none that is published, and who said otherwise, and why.

Some tables cannot carry an estimate: fitting them is refused, with the figure that says so and the
threshold that it passed. Some estimates can be looked at but not published: they carry what speaks
against them. Whoever goes on all the same says why, in words, and the reason stays with the result.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import combinations
from math import isfinite
from typing import Literal

from habeas.errors import InputError
from habeas.estimation.consistency import apart_pairs, nearly_inside
from habeas.estimation.overlap import Overlap
from habeas.estimation.saying import Saying, Share, ToldError, Value, say


@dataclass(frozen=True)
class Rule:
    """What is refused.

    Attributes:
        code: a short name, the same for ever.
        threshold: the figure beyond which it is refused.
        stage: `table`, before anything is fitted, or `result`, before it is published.
        overridable: whether a reason in words lets it pass.
    """

    code: str
    threshold: float
    stage: str = "result"
    overridable: bool = True

    @property
    def saying(self) -> Saying:
        """What it is."""
        return say(f"rule.{self.code}")


_RULES = (
    Rule(
        "few_lists",
        3,
        "table",
    ),
    Rule(
        "no_overlap",
        0,
        "table",
    ),
    Rule(
        "inside",
        0.9,
        "table",
    ),
    Rule(
        "complete_graph",
        0.1,
    ),
    Rule(
        "like_prior",
        0.1,
    ),
    Rule(
        "grid_tail",
        1e-3,
    ),
    Rule(
        "edge",
        1e-3,
    ),
    Rule(
        "not_converged",
        0,
        overridable=False,
    ),
    Rule(
        "search",
        0.9,
    ),
    Rule(
        "no_end",
        0,
    ),
    Rule(
        "below_listed",
        0,
    ),
    Rule(
        "failed_tables",
        0.05,
    ),
    Rule(
        "clipped",
        0.05,
    ),
    Rule(
        "no_estimate",
        0,
    ),
    Rule(
        "unrecorded",
        0,
    ),
)

RULES: Mapping[str, Rule] = {rule.code: rule for rule in _RULES}
"""All rules by their codes."""


@dataclass(frozen=True)
class Refusal:
    """What speaks against an estimate.

    Attributes:
        code: of the rule.
        saying: what it is, with the figure; `reason` is the same in English.
        figure: what was found.
        threshold: beyond which it is refused.
        overridden: why somebody went on all the same; empty where nobody did.
    """

    code: str
    saying: Saying
    figure: float
    threshold: float
    overridden: str = ""

    @property
    def reason(self) -> str:
        """In English words, with the figure."""
        return str(self.saying)

    @property
    def stands(self) -> bool:
        """Whether nobody has overridden it."""
        return not self.overridden

    def describe(self) -> str:
        """The reason, and why it was overridden."""
        return f"{self.reason}; overridden: {self.overridden}" if self.overridden else self.reason


class RefusedError(ToldError):
    """The table cannot carry an estimate.

    Args:
        refusals: what speaks against it; at least one.
    """

    def __init__(self, refusals: tuple[Refusal, ...]) -> None:
        self.refusals = refusals
        codes = ", ".join(one.code for one in refusals)
        super().__init__(refused(refusals), say("refusal.mend", codes=codes))


def refuse(code: str, figure: float, **said: Value) -> Refusal:
    """A refusal by a rule.

    Args:
        code: of the rule.
        figure: what was found.
        said: what exactly: fills in the words under `found.` and the code.
    """
    rule = RULES[code]
    saying = say("refusal.said", rule=rule.saying, found=say(f"found.{code}", **said))
    return Refusal(code, saying, figure, rule.threshold)


def above(code: str, figure: float, **said: Value) -> tuple[Refusal, ...]:
    """A refusal if the figure is above the threshold of the rule, or no number."""
    return () if figure <= RULES[code].threshold else (refuse(code, figure, **said),)


def below(code: str, figure: float, **said: Value) -> tuple[Refusal, ...]:
    """A refusal if the figure is below the threshold of the rule, or no number."""
    return () if figure >= RULES[code].threshold else (refuse(code, figure, **said),)


def without_end(intervals: Mapping[str, tuple[float, float]]) -> tuple[Refusal, ...]:
    """A refusal if an interval has an end that is not finite."""
    endless = [name for name, ends in intervals.items() if not all(map(isfinite, ends))]
    kinds = tuple(say(f"kind.{name}") for name in endless)
    return above("no_end", len(endless), intervals=kinds)


def refused(refusals: Sequence[Refusal]) -> Saying:
    """What is refused, one after the other; at least one."""
    first, *others = (one.saying for one in refusals)
    return reduce(lambda one, other: say("refusal.and", one=one, other=other), others, first)


def below_listed(point: float, observed: int) -> tuple[Refusal, ...]:
    """A refusal if an estimate is below what is seen already: an interval would hide it."""
    return above("below_listed", observed - point, point=round(point), observed=observed)


def uncounted(overlap: Overlap) -> tuple[Refusal, ...]:
    """A refusal if some patterns could not be recorded: nobody estimates who stands in them."""
    cells = len(overlap.unrecorded)
    return above("unrecorded", cells, cells=cells)


def table_refusals(overlap: Overlap, *, fewest: int = 3) -> tuple[Refusal, ...]:
    """What speaks against any estimate from this table.

    Args:
        overlap: one stratum.
        fewest: how many lists the method needs; 3 but for methods that are made for two.

    Raises:
        InputError: as `checks.require_table`.
    """
    found = []
    if overlap.k < fewest:
        found.append(refuse("few_lists", overlap.k, lists=overlap.k))
    groups = separate_groups(overlap)
    if len(groups) > 1:
        found.append(refuse("no_overlap", len(groups) - 1, groups=_beside(groups)))
    inside = nearly_inside(overlap, share=RULES["inside"].threshold)
    if inside:
        worst = max(inside, key=lambda one: one.share)
        pairs = tuple(
            say("found.inside.pair", share=Share(one.share), inner=one.inner, outer=one.outer)
            for one in inside
        )
        found.append(refuse("inside", worst.share, pairs=pairs))
    return tuple(found)


def _beside(groups: Sequence[tuple[str, ...]]) -> Saying:
    """Groups of lists with a bar between."""
    first, *others = (say("found.group", lists=group) for group in groups)
    return reduce(lambda one, other: say("found.beside", one=one, other=other), others, first)


def separate_groups(overlap: Overlap) -> tuple[tuple[str, ...], ...]:
    """Groups of lists that share nobody with lists of another group; one where all hang together.

    Args:
        overlap: one stratum.

    Raises:
        InputError: as `checks.require_table`.
    """
    apart = set(apart_pairs(overlap))
    group = {name: {name} for name in overlap.lists}
    for one, other in combinations(overlap.lists, 2):
        if (one, other) not in apart and group[one] is not group[other]:
            group[one] |= group[other]
            for name in group[other]:
                group[name] = group[one]
    found = {tuple(name for name in overlap.lists if name in names) for names in group.values()}
    return tuple(sorted(found, key=lambda names: (-len(names), overlap.lists.index(names[0]))))


def checked_overrides(override: Mapping[str, str] | None) -> dict[str, str]:
    """The overrides, each with its reason.

    Raises:
        InputError: an unknown code, one that cannot be overridden, or no reason in words.
    """
    found = {}
    for code, reason in (override or {}).items():
        if code not in RULES:
            raise InputError(
                f"there is no refusal {code!r} to override",
                mend=f"There are {', '.join(sorted(RULES))}",
            )
        if not RULES[code].overridable:
            raise InputError(
                f"{code} cannot be overridden", mend="Fit again with longer chains (draws, burn_in)"
            )
        if not isinstance(reason, str) or not any(letter.isalpha() for letter in reason):
            raise InputError(
                f"{code} is overridden without a reason",
                mend="Say in words why; the reason is kept with the result",
            )
        found[code] = reason.strip()
    return found


def overridden(refusals: Iterable[Refusal], override: Mapping[str, str]) -> tuple[Refusal, ...]:
    """The refusals with the reasons for which they are overridden."""
    return tuple(replace(one, overridden=override.get(one.code, "")) for one in refusals)


def united(
    found: Sequence[tuple[Refusal, ...]],
    count: int,
    of: Literal["strata", "tables", "linkages", "dealings"],
) -> tuple[Refusal, ...]:
    """What is refused of any of several: each rule once, with its first figure, and how often.

    Args:
        found: the refusals of each that has any.
        count: how many there are.
        of: what they are: `strata`, `tables`, `linkages` or `dealings`.
    """
    first: dict[str, Refusal] = {}
    times: dict[str, int] = {}
    for refusals in found:
        for one in refusals:
            first.setdefault(one.code, one)
            times[one.code] = times.get(one.code, 0) + 1
    if count == 1:
        return tuple(first.values())
    return tuple(
        replace(
            one,
            saying=say(f"refusal.often_{of}", refusal=one.saying, times=times[code], count=count),
        )
        for code, one in first.items()
    )
