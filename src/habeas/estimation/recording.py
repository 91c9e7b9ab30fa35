"""Estimates into the record: claims of a run, each with interval, method and assumption.

A run says of a case, an event or a site what each method found. The assumption is a claim about the
claim, in both languages, and rule 13 of what is never published asks for it. What was refused, and
taken all the same, is recorded under another predicate that is never published, with the reason
beside it. Chains that did not converge, and what stands for comparison only, are in the kept report
and in no claim.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import msgspec

from habeas.claims.claim import Claim, Sensitivity, prefix_of, strictest
from habeas.claims.values import File, Quantity, Ref, Text
from habeas.errors import InputError, NotFoundError
from habeas.estimation.fitting import Outcome
from habeas.estimation.report.again import table_file
from habeas.estimation.report.card import Card
from habeas.estimation.report.charts import charts_of
from habeas.estimation.report.document import document_of
from habeas.estimation.report.telling import is_publishable, method_name, refusals_of, state_of
from habeas.estimation.wording import LANGUAGES, load_words
from habeas.registry.registry import Registry
from habeas.registry.running import Output, RecordedRun, Run, Said, new_run, record_run

METHOD: Final = "multiple systems estimation"

SUBJECTS: Final = ("case", "event", "site")
"""What an estimate can be about."""

CLAIMED: Final = {"sound": "estimate", "floor": "estimate", "overridden": "estimate_withheld"}
"""States of which a claim is made, and its predicate."""


TELLING: Final = ("forest", "overlaps", "consistency", "sensitivity")
"""Pictures that a dossier of the subject shows; the others are kept beside the report."""


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What was recorded.

    Attributes:
        run: its id, claims and items.
        estimates: methods of which an estimate was claimed, in the order of `run.claims`.
        left_out: methods of which there is no claim, and how they are to be taken.
    """

    run: RecordedRun
    estimates: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...]


def record_estimates(
    registry: Registry,
    card: Card,
    about: str,
    *,
    sources: Sequence[str] = (),
    recorder: str | None = None,
) -> Recorded:
    """Record what a card says of a case, an event or a site, with its table, report and pictures.

    Everything is `team`, or above where rows above `team` were counted.

    Args:
        registry: where.
        card: what was computed.
        about: `case:`, `event:` or `site:` that the record knows.
        sources: the lists, when they are of this registry.
        recorder: who records.

    Raises:
        InputError: another kind of subject; fewer than two methods of which a claim can be made.
        NotFoundError: the record knows nothing of the subject.
        StorageError: the disk refused. Nothing was recorded.
    """
    level = strictest("team", *(_level(card.asked.clearance) if card.asked.clearance else ()))
    _require_subject(registry, about, level)
    claimed = [one for one in card.outcomes if state_of(one) in CLAIMED]
    if len(claimed) < 2:
        raise InputError(
            "fewer than two methods have a figure that can be recorded",
            mend="Estimate by all methods: one method alone is no result. A refusal is passed over "
            "with --override CODE=REASON",
        )
    table = table_file(card.overlap).encode()
    run = _run(card, table, sources)
    said: list[Said] = []
    for outcome in claimed:
        said.append([_estimate(card, outcome, about, run.id, level)])
        said.append(partial(_beside, outcome, run.id, level))
    made = record_run(
        registry, run, said, _outputs(card, about, table), sensitivity=level, recorder=recorder
    )
    return Recorded(
        run=made,
        estimates=tuple(one.method for one in claimed),
        left_out=tuple(
            (one.method, state_of(one)) for one in card.outcomes if state_of(one) not in CLAIMED
        ),
    )


def _level(clearance: str) -> tuple[Sensitivity]:
    return (msgspec.convert(clearance, Sensitivity),)


def _require_subject(registry: Registry, about: str, level: Sensitivity) -> None:
    if prefix_of(about) not in SUBJECTS:
        raise InputError(
            f"an estimate is not about {about!r}", mend="Name a case:, an event: or a site:"
        )
    if next(iter(registry.view(level).stream(subject=about)), None) is None:
        raise NotFoundError(
            f"there is no {about} in the record",
            mend="Record it first: `habeas record SHEET.yaml`",
        )


def _run(card: Card, table: bytes, sources: Sequence[str]) -> Run:
    asked = card.asked
    parameters = [
        f"methods={','.join(asked.methods)}",
        f"level={asked.level:g}",
        f"lists={','.join(card.overlap.lists)}",
        f"table={card.overlap.digest}",
        *(f"strata={','.join(card.overlap.stratified_by)}" for _ in card.overlap.stratified_by[:1]),
        *(f"clearance={asked.clearance}" for _ in asked.clearance[:1]),
        *(f"origin={asked.origin}" for _ in asked.origin[:1]),
        *(
            f"{method}.{name}={value}"
            for method, options in asked.options.items()
            for name, value in options.items()
        ),
        *(f"override.{code}={reason}" for code, reason in asked.override.items()),
    ]
    file = File(sha256=hashlib.sha256(table).hexdigest(), size=len(table), media_type="text/csv")
    inputs: list[File | Ref] = [file, *(Ref(id=source) for source in sources)]
    return new_run(METHOD, parameters=parameters, seed=str(asked.seed), inputs=inputs)


def _estimate(card: Card, outcome: Outcome, about: str, run: str, level: Sensitivity) -> Claim:
    """Interval first, then the point, then the method: in one claim, so that none is lost."""
    if outcome.result is None:
        raise AssertionError("an outcome without a result has no claim")
    said = outcome.result.summary()
    words = load_words("en")
    text = words(
        "claim.floor" if state_of(outcome) == "floor" else "claim.estimate",
        interval=words.interval(said.low, said.high),
        level=words.level(said.level),
        point=words(f"page.{said.point_is}", count=words.count(said.point)),
        method=method_name(outcome.method)(words),
    )
    return Claim(
        subject=about,
        predicate=CLAIMED[state_of(outcome)],
        value=Quantity(
            text=text,
            low=_whole(said.low),
            high=_whole(said.high),
            unit="person",
            counts=words(
                "claim.counts", lists=", ".join(card.overlap.lists),
                origin=card.asked.origin or words("claim.no_origin"),
            ),
        ),
        source=run,
        sensitivity=level,
    )  # fmt: skip


def _whole(end: float) -> str | None:
    """An end in whole persons; none where it has no end."""
    return f"{end:.0f}" if math.isfinite(end) else None


def _beside(outcome: Outcome, run: str, level: Sensitivity, digests: Sequence[str]) -> list[Claim]:
    """What stands beside the last estimate: its assumption, and what was overridden, why."""
    if outcome.result is None:
        raise AssertionError("an outcome without a result has no claim")
    subject = f"claim:{digests[-1]}"
    said = [
        ("assumes", Text(text=outcome.result.assumption, lang="en")),
        ("assumes", Text(text=outcome.result.assumption_fa, lang="fa")),
        *(
            ("refusal_overridden", Text(text=f"{one.code}: {one.overridden}"))
            for one in refusals_of(outcome)
            if not one.stands
        ),
    ]
    return [
        Claim(subject=subject, predicate=predicate, value=value, source=run, sensitivity=level)
        for predicate, value in said
    ]


def _outputs(card: Card, about: str, table: bytes) -> list[Output]:
    """The table, the report, and the pictures; these depict the subject if they may be shown."""
    from habeas.estimation.figures.picture import to_picture

    document = msgspec.json.format(msgspec.json.encode(document_of(card)), indent=2) + b"\n"
    depicts = (about,) if is_publishable(card) else ()
    made = [
        Output(name="table.csv", content=table, description="The overlap table estimated from."),
        Output(
            name="report.json",
            content=document,
            depicts=depicts,
            description="Every value of the estimates.",
            description_fa="همهٔ مقدارهای برآوردها.",
        ),
    ]
    for chart in charts_of(card):
        said = {language: chart.describe(load_words(language)) for language in LANGUAGES}
        made += [
            Output(
                name=f"{chart.name}-{language}.svg",
                content=to_picture(chart, language).svg,
                depicts=depicts if chart.name in TELLING else (),
                language=language,
                description=said["en"],
                description_fa=said["fa"],
            )
            for language in LANGUAGES
        ]
    return made
