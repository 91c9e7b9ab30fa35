"""Every byte of a registry checked: logs, claims, views, evidence, timestamps.

Each check is a function of a registry and gives what it found; none stops at the first fault. The
checks of the record read what is stored and hash it again; nothing is believed because it was
checked before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from habeas.errors import BusyError, HabeasError
from habeas.registry.registry import Registry
from habeas.registry.verifying_claims import check_claims
from habeas.registry.verifying_files import check_evidence, check_timestamps
from habeas.registry.verifying_logs import check_logs
from habeas.registry.verifying_views import check_structure, check_views

SIDE_BY_SIDE = 50_000
"""From this many claims on, two processes share the work."""

MAX_PROBLEMS = 100
"""How many problems of one kind are listed in full."""


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of check and what it found."""

    name: str
    count: int
    """How many things were looked at."""
    what: str
    """What they are."""
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """What is not wrong but worth knowing: a token that could not be judged, a withheld file."""

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All checks of a registry."""

    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong anywhere."""
        return all(check.passed for check in self.checks)


Finding = tuple[int, Sequence[str], Sequence[str]]
"""What a check gives: how many things it looked at, problems, notes."""

_CHECKS: dict[str, tuple[str, Callable[[Registry], Finding]]] = {
    "structure": ("database pages and indexes", check_structure),
    "logs": ("entries, tiles, checkpoints and signatures", check_logs),
    "claims": ("claims and their digests", check_claims),
    "views": ("rows of views and search", check_views),
    "evidence": ("files", check_evidence),
    "timestamps": ("timestamp tokens", check_timestamps),
}

_HALVES = (("structure", "logs", "claims"), ("views",), ("evidence",), ("timestamps",))


def verify(registry: Registry, progress: Callable[[str], None] | None = None) -> Report:
    """Check a registry, every byte of it.

    Args:
        registry: which.
        progress: called with the name of each check when it is done.

    Returns:
        What was found; an old but valid copy of a registry passes, since nothing inside it can
        tell: compare its checkpoint with one kept outside (`registry.comparing.compare`).
    """
    halves = _many(registry) if registry.store.many(SIDE_BY_SIDE) else _one(registry)
    found: dict[str, Check] = {}
    for checks in halves:
        for check in checks:
            found[check.name] = check
            if progress is not None:
                progress(check.name)
    return Report(checks=tuple(found[name] for name in _CHECKS))


def _one(registry: Registry) -> Iterator[list[Check]]:
    for names in _HALVES:
        yield _run(registry, names)


def _many(registry: Registry) -> Iterator[list[Check]]:
    from concurrent.futures import ProcessPoolExecutor, as_completed
    from multiprocessing import get_context

    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        jobs = [pool.submit(run_checks, registry.path, names) for names in _HALVES]
        for job in as_completed(jobs):
            yield job.result()


def run_checks(path: Path, names: Sequence[str]) -> list[Check]:
    """Some checks of the registry in a folder; what each process of `verify` runs."""
    with Registry(path) as registry:
        return _run(registry, names)


def _run(registry: Registry, names: Sequence[str]) -> list[Check]:
    done = []
    for name in names:
        what, check = _CHECKS[name]
        with registry.store.snapshot():
            count, problems, notes = _found(check, registry)
        done.append(
            Check(name=name, count=count, what=what, problems=_cut(problems), notes=_cut(notes))
        )
    return done


def _found(check: Callable[[Registry], Finding], registry: Registry) -> Finding:
    """What a check finds; what it cannot read at all is a problem, and the next check is made.

    One bit in the head of a row turns bytes into a number or into nothing, and then any reading of
    it may fail in any of these ways: that is damage, and must never end as a pass.
    """
    try:
        return check(registry)
    except BusyError:
        raise
    except HabeasError as error:
        return 0, [str(error)], []
    except (TypeError, ValueError, AttributeError, ArithmeticError, LookupError) as error:
        return 0, [f"a row of the database cannot be read as what it should be ({error})"], []


def _cut(lines: Sequence[str]) -> tuple[str, ...]:
    more = len(lines) - MAX_PROBLEMS
    return (*lines[:MAX_PROBLEMS], *((f"and {more} more",) if more > 0 else ()))
