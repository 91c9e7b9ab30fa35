"""How long a report card takes on the table of Kosovo, and reading the lists of a registry."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.machine import describe, table
from habeas.claims.claim import Claim
from habeas.claims.values import Name, Ref, Term, Value, When
from habeas.estimation.registry_lists import read_lists
from habeas.estimation.report.card import make_card
from habeas.estimation.report.writing import report_files
from habeas.estimation.table_file import read_overlap
from habeas.registry.registry import create_registry

PERSONS = 5_000
LISTS = ("source:invented-a", "source:invented-b", "source:invented-c")
ORG = "org:invented-archive"
KOSOVO = Path(__file__).parent.parent / "examples" / "tables" / "kosovo.csv"


def entries(seed: int = 1988) -> Iterator[list[Claim]]:
    """Rows of four claims, and the links between the rows of one person. Nobody in them exists."""
    chance = random.Random(seed)
    for at in range(PERSONS):
        on = [source for source in LISTS if chance.random() < 0.4] or [LISTS[0]]
        rows = [f"person:{source[-1]}-{at}" for source in on]
        day = f"1988-0{chance.randint(1, 9)}-1{chance.randint(0, 9)}"
        said: list[tuple[str, Value]] = [
            ("name", Name(text=f"Invented {at}")),
            ("father_name", Name(text=f"Invented father {at}")),
            ("sex", Term(term="male")),
            ("died", When(text=day, calendar="gregorian", earliest=day, latest=day,
                          precision="day")),
        ]  # fmt: skip
        for person, source in zip(rows, on, strict=True):
            yield [_claim(person, predicate, value, source) for predicate, value in said]
        if len(rows) > 1:
            yield [_claim(row, "same_as", Ref(id=rows[0]), ORG) for row in rows[1:]]


def _claim(subject: str, predicate: str, value: Value, source: str) -> Claim:
    return Claim(
        subject=subject, predicate=predicate, value=value, source=source, sensitivity="public"
    )


def timed(make: Callable[[], object]) -> tuple[float, object]:
    """Seconds, and what was made."""
    start = time.perf_counter()
    made = make()
    return time.perf_counter() - start, made


def main() -> None:
    """Run and print."""
    print(f"Estimates, from lists and as a report card ({describe()})")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        made = create_registry(
            Path(folder) / "registry", organisation="Invented", organisation_id=ORG
        )
        with made as registry:
            with registry.recording() as recording:
                for entry in entries():
                    recording.entry(entry)
            view = registry.view("public")
            plain, found = timed(lambda: read_lists(view, LISTS))
            parted, _ = timed(lambda: read_lists(view, LISTS, ["month", "sex"]))
    records = getattr(found, "records", 0)
    rows.append((f"lists of a registry, {records:,} rows", f"{plain:.2f} s", ""))
    rows.append(("the same, by month and sex", f"{parted:.2f} s", ""))
    overlap = read_overlap(KOSOVO)
    card_time, card = timed(lambda: make_card(overlap))
    files_time, _ = timed(lambda: report_files(card))  # type: ignore[arg-type]
    rows.append(("card of Kosovo, all methods and checks", f"{card_time:.1f} s", ""))
    rows.append(("its page, pictures and documents", f"{files_time:.1f} s", ""))
    table(("", "measured", ""), rows)
