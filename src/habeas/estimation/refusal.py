"""When there should be no estimate, or none that is published, and who said otherwise, and why.

Some tables cannot carry an estimate: fitting them is refused, with the figure that says so and the
threshold that it passed. Some estimates can be looked at but not published: they carry what speaks
against them. Whoever goes on all the same says why, in words, and the reason stays with the result.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import isfinite

from habeas.errors import InputError
from habeas.estimation.consistency import apart_pairs, nearly_inside
from habeas.estimation.overlap import Overlap


@dataclass(frozen=True)
class Rule:
    """What is refused.

    Attributes:
        code: a short name, the same for ever.
        words: what it is, in English.
        words_fa: in Persian.
        threshold: the figure beyond which it is refused.
        stage: `table`, before anything is fitted, or `result`, before it is published.
        overridable: whether a reason in words lets it pass.
    """

    code: str
    words: str
    words_fa: str
    threshold: float
    stage: str = "result"
    overridable: bool = True


_RULES = (
    Rule(
        "few_lists",
        "fewer than three lists: how they depend on one another cannot be seen",
        "کمتر از سه فهرست: وابستگی فهرست‌ها به یکدیگر دیده نمی‌شود",
        3,
        "table",
    ),
    Rule(
        "no_overlap",
        "lists that share nobody with the others",
        "فهرست‌هایی که هیچ‌کس را با دیگر فهرست‌ها مشترک ندارند",
        0,
        "table",
    ),
    Rule(
        "inside",
        "a list that is nearly inside another",
        "فهرستی که تقریباً به‌تمامی در فهرستی دیگر است",
        0.9,
        "table",
    ),
    Rule(
        "complete_graph",
        "the prior speaks, not the data: the complete graph, of which the data say nothing of the "
        "missing, has too much weight",
        "توزیع پیشین سخن می‌گوید نه داده‌ها: گراف کامل، که در آن داده‌ها دربارهٔ ثبت‌نشدگان چیزی "
        "نمی‌گویند، وزن بیش از اندازه دارد",
        0.1,
    ),
    Rule(
        "like_prior",
        "the prior speaks, not the data: the posterior hardly differs from it",
        "توزیع پیشین سخن می‌گوید نه داده‌ها: توزیع پسین با آن تفاوت چندانی ندارد",
        0.1,
    ),
    Rule(
        "grid_tail",
        "too much of the posterior lies beyond the grid, or the grid is too coarse",
        "بخش زیادی از توزیع پسین بیرون از شبکه است، یا شبکه بیش از اندازه درشت است",
        1e-3,
    ),
    Rule(
        "edge",
        "the posterior presses against the largest population that was allowed",
        "توزیع پسین به بزرگ‌ترین جمعیتی که مجاز شمرده شده فشرده می‌شود",
        1e-3,
    ),
    Rule(
        "not_converged",
        "the chains did not converge",
        "زنجیره‌ها همگرا نشدند",
        0,
        overridable=False,
    ),
    Rule(
        "search",
        "the search over graphs may have missed much of the posterior",
        "ممکن است جست‌وجوی گراف‌ها بخش زیادی از توزیع پسین را نیافته باشد",
        0.9,
    ),
    Rule(
        "no_end",
        "the interval has no upper end",
        "بازه کران بالا ندارد",
        0,
    ),
    Rule(
        "below_listed",
        "the estimate is below the number of those who are listed: what the method assumes does "
        "not hold here",
        "برآورد از شمار فهرست‌شدگان کمتر است: فرض روش این‌جا برقرار نیست",
        0,
    ),
    Rule(
        "failed_tables",
        "too many of the tables drawn anew have no estimate",
        "شمار زیادی از جدول‌های بازنمونه‌گیری‌شده برآوردی ندارند",
        0.05,
    ),
)

RULES: Mapping[str, Rule] = {rule.code: rule for rule in _RULES}
"""All rules by their codes."""


@dataclass(frozen=True)
class Refusal:
    """What speaks against an estimate.

    Attributes:
        code: of the rule.
        reason: in words, with the figure.
        figure: what was found.
        threshold: beyond which it is refused.
        overridden: why somebody went on all the same; empty where nobody did.
    """

    code: str
    reason: str
    figure: float
    threshold: float
    overridden: str = ""

    @property
    def stands(self) -> bool:
        """Whether nobody has overridden it."""
        return not self.overridden

    def describe(self) -> str:
        """The reason, and why it was overridden."""
        return f"{self.reason}; overridden: {self.overridden}" if self.overridden else self.reason


class RefusedError(InputError):
    """The table cannot carry an estimate.

    Args:
        refusals: what speaks against it; at least one.
    """

    def __init__(self, refusals: tuple[Refusal, ...]) -> None:
        self.refusals = refusals
        codes = ", ".join(one.code for one in refusals)
        super().__init__(
            "; ".join(one.reason for one in refusals),
            mend=f"Change the table, or say in words why it is to be estimated all the same "
            f"(an override of {codes})",
        )


def refuse(code: str, figure: float, said: str = "") -> Refusal:
    """A refusal by a rule.

    Args:
        code: of the rule.
        figure: what was found.
        said: what exactly, in words.
    """
    rule = RULES[code]
    reason = f"{rule.words}: {said}" if said else rule.words
    return Refusal(code, reason, figure, rule.threshold)


def above(code: str, figure: float, said: str) -> tuple[Refusal, ...]:
    """A refusal if the figure is above the threshold of the rule, or no number."""
    return () if figure <= RULES[code].threshold else (refuse(code, figure, said),)


def below(code: str, figure: float, said: str) -> tuple[Refusal, ...]:
    """A refusal if the figure is below the threshold of the rule, or no number."""
    return () if figure >= RULES[code].threshold else (refuse(code, figure, said),)


def without_end(intervals: Mapping[str, tuple[float, float]]) -> tuple[Refusal, ...]:
    """A refusal if an interval has an end that is not finite."""
    endless = [name for name, ends in intervals.items() if not all(map(isfinite, ends))]
    return above("no_end", len(endless), ", ".join(endless))


def below_listed(point: float, observed: int) -> tuple[Refusal, ...]:
    """A refusal if an estimate is below what is seen already: an interval would hide it."""
    return above("below_listed", observed - point, f"{point:,.0f}, and {observed:,} are listed")


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
        found.append(refuse("few_lists", overlap.k, f"{overlap.k}"))
    groups = separate_groups(overlap)
    if len(groups) > 1:
        said = " | ".join(", ".join(group) for group in groups)
        found.append(refuse("no_overlap", len(groups) - 1, said))
    inside = nearly_inside(overlap, share=RULES["inside"].threshold)
    if inside:
        worst = max(inside, key=lambda one: one.share)
        said = ", ".join(f"{one.share:.0%} of {one.inner} in {one.outer}" for one in inside)
        found.append(refuse("inside", worst.share, said))
    return tuple(found)


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


def united(found: Sequence[tuple[Refusal, ...]], count: int, of: str) -> tuple[Refusal, ...]:
    """What is refused of any of several: each rule once, with its first figure, and how often.

    Args:
        found: the refusals of each that has any.
        count: how many there are.
        of: what they are, in the plural.
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
        replace(one, reason=f"{one.reason} (in {times[code]} of {count} {of})")
        for code, one in first.items()
    )
