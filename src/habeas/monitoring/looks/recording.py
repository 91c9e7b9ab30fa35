"""A look at a site into the record: what is new of it, as the claims and files of one run.

The earliest alarm stands for good. A later run does not tell of a disturbance again that is
recorded already; it may tell its dates, area, pace and kind anew, from more images, in a claim that
says which one it refines. Two runs on the same images record once. A site of which nothing new is
to be said (`news`) is recorded again only after a while, so that the record does not fill with
silence. That nothing was found is not said over a disturbance that the record holds. Of two runs at
the same time the second waits until the first has recorded, and sees what it said.
All of it is as hidden as the place of the site is (`site_level`).
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from habeas import __version__
from habeas.claims.claim import Claim, Sensitivity
from habeas.claims.values import File
from habeas.evidence.item import item_id
from habeas.monitoring.looks.look import CURVE, FOOTPRINT, METHOD, SCENES, Look
from habeas.monitoring.looks.look_claims import (
    alarm_claim,
    binding_claims,
    calibration_claim,
    detail_claims,
    detection_claim,
    refinement_claim,
    status_claims,
)
from habeas.monitoring.looks.look_files import (
    curve_file,
    curve_pictures,
    footprint_file,
    pictures,
    scenes_file,
)
from habeas.monitoring.looks.news import Change, News, gainsaid, news_of
from habeas.monitoring.looks.recorded import RecordedWatch, recorded_watch
from habeas.monitoring.looks.site_level import level_of_site
from habeas.registry.registry import Registry
from habeas.registry.running import Output, Said, new_run, record_run


@dataclass(frozen=True, kw_only=True)
class LookRecorded:
    """What became of a look.

    Attributes:
        run: its id; empty if there was nothing new to record.
        found: digests of the claims that tell of new disturbances.
        refined: digests of the claims that tell of known ones anew.
    """

    run: str = ""
    found: tuple[str, ...] = ()
    refined: tuple[str, ...] = ()


def record_look(registry: Registry, look: Look, *, recorder: str | None = None) -> LookRecorded:
    """Record what is new of a look, in one batch; nothing if nothing is.

    Args:
        registry: where.
        look: what came of it.
        recorder: who records.

    Raises:
        IntegrityError: a file of what was recorded before is damaged. Nothing was recorded.
        StorageError: the disk refused. Nothing was recorded.
    """
    with _alone(registry.path):
        return _recorded(registry, look, recorder)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait until no other process compares a look with the record of this registry."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _recorded(registry: Registry, look: Look, recorder: str | None) -> LookRecorded:
    held = recorded_watch(registry, look.site)
    scenes = scenes_file(look)
    if _same(held, look, scenes):
        return LookRecorded()
    news = news_of(look, held)
    if not (news.changes or news.status):
        return LookRecorded()
    run = new_run(METHOD, parameters=look.parameters, inputs=[_file(scenes)])
    watch, place = _outputs(look, news, scenes)
    said, first = _said(run.id, look, news, quiet=not gainsaid(look.assessment, held))
    said += [
        binding_claims(run.id, look.site, (_item(output), output.name), location=location)
        for outputs, location in ((watch, False), (place, True))
        for output in outputs
    ]
    level = level_of_site(registry, look.site)
    made = record_run(
        registry, run, [_at(level, one) for one in said], [*watch, *place], sensitivity=level,
        recorder=recorder,
    )  # fmt: skip
    told = list(zip(news.changes, made.claims[first:], strict=False))
    return LookRecorded(
        run=run.id,
        found=tuple(digest for change, digest in told if not change.earlier),
        refined=tuple(digest for change, digest in told if change.earlier),
    )


def _same(held: RecordedWatch, look: Look, scenes: bytes) -> bool:
    """Whether the newest run read the same images, was asked the same and was the same method.

    Not where what it said was withdrawn: that may be told again.
    """
    asked = (hashlib.sha256(scenes).hexdigest(),), tuple(look.parameters), __version__
    return bool(held.status) and asked == (held.inputs, held.parameters, held.version)


def _outputs(look: Look, news: News, scenes: bytes) -> tuple[list[Output], list[Output]]:
    """The files that show how the site is watched, and those that show where it lies."""
    watch = [_table(look, SCENES, scenes)]
    drawn = curve_pictures(look)
    if drawn:
        watch += [_table(look, CURVE, curve_file(look)), *drawn]
    shown = [change.found for change in news.changes]
    if not shown:
        return watch, []
    return watch, [_table(look, FOOTPRINT, footprint_file(look)), *pictures(look, shown)]


_WORDS: Final = {
    SCENES: (
        "The images that a watch looked at, with their hashes.",
        "تصویرهایی که پایش به آن‌ها نگریسته، همراه با درهم‌ساز آن‌ها.",
    ),
    CURVE: ("The curve of the site as a table.", "منحنی محل به صورت جدول."),
    FOOTPRINT: (
        "The outline of the site and of the changed ground.",
        "مرز محل و زمین دگرگون‌شده.",
    ),
}


def _table(look: Look, name: str, content: bytes) -> Output:
    english, persian = _WORDS[name]
    return Output(name=name, content=content, depicts=(look.site,), description=english,
                  description_fa=persian)  # fmt: skip


def _said(run: str, look: Look, news: News, *, quiet: bool) -> tuple[list[Said], int]:
    """The entries of a run, and the place among its claims of the first that tells dates.

    All claims that tell dates come one after the other, and then what is said about each.
    """
    before = [status_claims(run, look, quiet=quiet)]
    if look.assessment.calibration is not None:
        before.append([calibration_claim(run, look.assessment.calibration)])
    said: list[Said] = [claims for claims in before if claims]
    first = sum(len(claims) for claims in before)
    said += [[detection_claim(run, look.site, change.found)] for change in news.changes]
    said += [
        partial(_about, run, change, look, first + number)
        for number, change in enumerate(news.changes)
    ]
    return said, first


def _about(run: str, change: Change, look: Look, at: int, digests: Sequence[str]) -> list[Claim]:
    """What is said about the claim that stands at a place among those of the run."""
    digest, found = digests[at], change.found
    opinion = look.second_opinions.get(look.assessment.disturbances.index(found), "")
    if change.earlier:
        first = refinement_claim(run, digest, change.earlier)
    else:
        first = alarm_claim(run, digest, found)
    return [first, *detail_claims(run, digest, found, opinion)]


def _at(level: Sensitivity, said: Said) -> Said:
    """The claims of an entry at a level."""
    if callable(said):
        return lambda digests: _all_at(level, said(digests))
    return _all_at(level, said)


def _all_at(level: Sensitivity, claims: Sequence[Claim]) -> list[Claim]:
    return [msgspec.structs.replace(claim, sensitivity=level) for claim in claims]


def _item(output: Output) -> str:
    return item_id(hashlib.sha256(output.content).hexdigest())


def _file(content: bytes) -> File:
    digest = hashlib.sha256(content).hexdigest()
    return File(sha256=digest, size=len(content), media_type="text/csv")
