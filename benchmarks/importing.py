"""A list of 1,000,000 rows and 12 columns, taken in by the program as a user would.

The file is invented: words drawn by chance. What is measured is `habeas import LIST --yes` in a
process of its own, from the file to the signed checkpoint: its time and its largest memory. Beside
it stands what reading the same file with Python's csv module alone costs.
"""

from __future__ import annotations

import csv
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import habeas
from benchmarks.machine import describe, table

ROWS = 1_000_000
GOAL_SECONDS = 600
GOAL_GIGABYTES = 2.0

_GIVEN = (
    "پرند/Parand", "رخشان/Rakhshan", "آذرنوش/Azarnoush", "کیان/Kian", "مهرآیین/Mehrayin",
    "سپنتا/Sepanta", "بهرخ/Behrokh", "شاهو/Shaho", "تارا/Tara", "ژیوان/Zhivan", "نورس/Nowras",
)  # fmt: skip
_PARTS = (
    "سنگ/Sang", "شیشه/Shisheh", "ابر/Abr", "باران/Baran", "کاغذ/Kaghaz", "دریا/Darya",
    "چراغ/Cheragh", "پنجره/Panjereh", "ریگ/Rig", "صنوبر/Sanobar", "آهن/Ahan", "گندم/Gandom",
    "زعفران/Zafaran", "ارغوان/Arghavan",
)  # fmt: skip
_ENDINGS = (("زاده", "zadeh"), ("نژاد", "nejad"), ("پور", "pour"), ("فر", "far"), ("یان", "ian"))
_TOWNS = tuple(f"شهر ساختگی {number}" for number in "۱۲۳۴۵۶۷")
HEADER = (
    "ردیف", "نام و نام خانوادگی", "Name", "نام پدر", "تاریخ تولد", "محل تولد", "سن", "شغل",
    "زندان", "تاریخ اعدام", "جنسیت", "ملاحظات",
)  # fmt: skip

MAPPING = """\
format = "habeas-mapping/1"
source = "source:invented-list"
calendar = "solar_hijri"
"""
RULES = (
    ("list_number", "ردیف"), ("name", "نام و نام خانوادگی"), ("name", "Name"),
    ("father_name", "نام پدر"), ("born", "تاریخ تولد"), ("birthplace", "محل تولد"), ("age", "سن"),
    ("occupation", "شغل"), ("detained_at", "زندان"), ("died", "تاریخ اعدام"), ("sex", "جنسیت"),
    ("remark", "ملاحظات"),
)  # fmt: skip


def write_list(path: Path, rows: int, seed: int = 1988) -> None:
    """An invented list; nobody in it exists."""
    chance = random.Random(seed)
    with path.open("w", encoding="utf-8", newline="") as opened:
        out = csv.writer(opened)
        out.writerow(HEADER)
        for number in range(1, rows + 1):
            out.writerow(_row(number, chance))


def _row(number: int, chance: random.Random) -> tuple[str, ...]:
    persian, latin = chance.choice(_GIVEN).split("/")
    father, _ = chance.choice(_GIVEN).split("/")
    first, latin_first = chance.choice(_PARTS).split("/")
    second, latin_second = chance.choice(_PARTS).split("/")
    ending, latin_ending = chance.choice(_ENDINGS)
    letter = chance.choice("ابپتجچحخدرزسشفقکگلمنوهی")
    born = chance.randint(1315, 1349)
    return (
        str(number),
        f"{persian} {letter}{first}{second}{ending}",
        f"{latin} {latin_first}{latin_second.lower()}{latin_ending}",
        father,
        str(born),
        chance.choice(_TOWNS),
        str(1367 - born),
        "شغل ساختگی",
        "زندان ساختگی",
        f"1367/{chance.randint(4, 7)}/{chance.randint(1, 30)}",
        chance.choice(("مرد", "زن")),
        f"سطر ساختگی {number}",
    )


def write_mapping(path: Path) -> None:
    """The mapping of the invented list."""
    rules = [
        f'[[claim]]\npredicate = "{predicate}"\ncolumns = ["{column}"]\n'
        for predicate, column in RULES
    ]
    path.write_text("\n".join((MAPPING, *rules)), encoding="utf-8")


def import_list(folder: Path, rows: int) -> tuple[float, float, str]:
    """Seconds, largest memory in GB, and what the program said."""
    write_list(folder / "list.csv", rows)
    write_mapping(folder / "mapping.toml")
    habeas.create_registry(folder / "registry", organisation="Benchmark (invented)").close()
    command = [
        sys.executable, "-m", "habeas", "import", str(folder / "list.csv"),
        "--mapping", str(folder / "mapping.toml"), "--registry", str(folder / "registry"), "--yes",
    ]  # fmt: skip
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    taken = time.perf_counter() - start
    if done.returncode:
        sys.exit(f"the import failed:\n{done.stdout}\n{done.stderr}")
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
    return taken, memory, done.stdout


def read_alone(path: Path) -> float:
    """Seconds that Python's csv module takes over the same file."""
    start = time.perf_counter()
    with path.open(encoding="utf-8", newline="") as opened:
        for _ in csv.reader(opened):
            pass
    return time.perf_counter() - start


def main() -> None:
    """Run and print. `HABEAS_BENCH_ROWS` takes fewer rows."""
    rows = int(os.environ.get("HABEAS_BENCH_ROWS", ROWS))
    folder = Path(tempfile.mkdtemp(prefix="habeas-benchmark-"))
    try:
        taken, memory, said = import_list(folder, rows)
        alone = read_alone(folder / "list.csv")
        print(f"Importing {rows:,} rows of {len(HEADER)} columns ({describe()})")
        table(
            ("", "seconds", "rows/s", "GB", "goal"),
            (
                ("habeas import --yes", f"{taken:.0f}", f"{rows / taken:,.0f}", f"{memory:.2f}",
                 f"{GOAL_SECONDS} s, {GOAL_GIGABYTES} GB"),
                ("csv module, the file read and thrown away", f"{alone:.1f}",
                 f"{rows / alone:,.0f}", "", ""),
            ),
        )  # fmt: skip
        print(said)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
