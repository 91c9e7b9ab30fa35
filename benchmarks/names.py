"""Names: how many are read in a second, and how well keys cross scripts.

The tables of names were written by hand by somebody who had not seen the code. Rules were mended
while looking at the first; nobody who wrote the code has looked at the second, the frozen one.
"""

from __future__ import annotations

import csv
import random
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from benchmarks.machine import describe, percentile, table
from habeas.claims import name_keys, name_reading, name_row, name_words
from habeas.claims.name_keys import name_keys as keys
from habeas.claims.name_row import name_row as row
from habeas.claims.values import Name

VECTORS = Path(__file__).parents[1] / "tests" / "vectors"
READ = 200_000

Rows = list[dict[str, str]]


def rows(name: str) -> Rows:
    """The originals and their Latin forms in one table."""
    with (VECTORS / f"names-{name}.tsv").open(encoding="utf-8") as file:
        return list(
            csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t")
        )


def recall(found: Rows) -> float:
    """The share of rows in which the key of the original is among those of the Latin form."""
    crossed = sum((keys(r["original"]) or ("?",))[0] in keys(r["latin"]) for r in found)
    return crossed / len(found)


def false_share(found: Rows) -> float:
    """The share of all pairs of an original and the Latin form of another that share a key."""
    by_key: dict[str, set[str]] = defaultdict(set)
    for original in {r["original"] for r in found}:
        for key in keys(original)[:1]:
            by_key[key].add(original)
    own: dict[str, set[str]] = defaultdict(set)
    for one in found:
        own[one["latin"].casefold()].add(one["original"])
    originals = {r["original"] for r in found}
    shared = pairs = 0
    for latin, names in own.items():
        hit = {name for key in keys(latin) for name in by_key[key]}
        shared += len(hit - names)
        pairs += len(originals) - len(names)
    return shared / pairs


def invented(found: Rows, count: int) -> list[str]:
    """Mostly distinct full names, half of them Persian, half Latin.

    Of the words of a table and of words made of syllables.
    """
    chance = random.Random(7)
    out = []
    for at in range(count):
        script = "original" if at % 2 else "latin"
        given = chance.choice(found)[script]
        made = chance.choice(found)[script] if chance.random() < 0.7 else _made(chance, script)
        title = chance.choice(("سید ", "حاج ") if at % 2 else ("Seyed ", "Haj "))
        ending = chance.choice((" نژاد", "‌زاده") if at % 2 else (" Nejad", "-Zadeh"))
        out.append(
            f"{title if chance.random() < 0.1 else ''}{given} {made}"
            f"{ending if chance.random() < 0.1 else ''}"
        )
    return out


_SYLLABLES = {
    "original": tuple("مرسدبنکتپلزخچ"),
    "latin": ("ma", "ri", "sa", "de", "ba", "na", "ko", "ti", "po", "la", "za", "kho", "che"),
}


def _made(chance: random.Random, script: str) -> str:
    made = "".join(chance.choice(_SYLLABLES[script]) for _ in range(chance.randint(2, 4)))
    return made + "ی" if script == "original" else f"{made}i".capitalize()


def forget() -> None:
    """Empty what readings remember."""
    name_words.word_of.cache_clear()
    name_keys._weighed.cache_clear()
    name_keys._joined.cache_clear()
    name_row._derived.cache_clear()
    name_reading._PATTERNS.clear()


def rate(names: Sequence[str]) -> float:
    """Names read in a second of this core's time."""
    start = time.process_time()
    for name in names:
        name_reading.read_name(name)
    return len(names) / (time.process_time() - start)


def row_rate(names: Sequence[str]) -> float:
    """Rows for the view of a registry made in a second of this core's time."""
    values = [Name(text=name) for name in names]
    start = time.process_time()
    for value in values:
        row(value)
    return len(values) / (time.process_time() - start)


def main() -> None:
    """Run and print."""
    tables = {name: rows(name) for name in ("dev", "frozen")}
    names = invented(tables["dev"], READ)
    words = {word for name in names for word in name.split()}
    forget()
    cold = rate(names[:2_000])
    forget()
    first, again, made = rate(names), rate(names), row_rate(names)
    forget()
    words_cold = rate(sorted(words))
    print(f"Names ({describe()})")
    head = f"{len(names):,} names, {len(set(names)):,} distinct, of {len(words):,} words"
    table(
        ("", "measured", "goal"),
        (
            (f"{head}: read", f"{first:,.0f} /s", "40,000 /s"),
            ("  the same again", f"{again:,.0f} /s", ""),
            ("  the first 2,000, nothing remembered", f"{cold:,.0f} /s", ""),
            ("  every word alone, each new", f"{words_cold:,.0f} /s", ""),
            ("  rows for the view", f"{made:,.0f} /s", ""),
            *(line for name, found in tables.items() for line in _quality(name, found)),
        ),
    )


def _quality(name: str, found: Rows) -> list[tuple[str, str, str]]:
    counts = [len(keys(one["latin"])) for one in found]
    spread = Counter(counts)
    return [
        (f"{name}: key of the original among those of the Latin form, {len(found):,} rows",
         f"{recall(found):.2%}", "97 %"),
        (f"{name}: pairs of different names that share a key",
         f"{false_share(found):.3%}", "0.5 %"),
        (f"{name}: keys of a Latin form, median / 90 % / most",
         f"{percentile(counts, 0.5):.0f} / {percentile(counts, 0.9):.0f} / {max(spread)}", ""),
    ]  # fmt: skip


if __name__ == "__main__":
    main()
