"""An invented population of claims, large and plain. No person or site in it exists."""

from __future__ import annotations

import random
from collections.abc import Iterator

from habeas.claims.claim import By, Claim
from habeas.claims.values import Name, Quantity, Ref, Term, Text, Value, When

SITES = 500
PER_ENTRY = 10

_PERSIAN = list("ابپتجچحخدرزژسشفقکگلمنوهی")
_LATIN = [*"abdefghiklmnorstuvz", "sh", "kh", "gh", "ch"]


def _words(letters: list[str], count: int, seed: int) -> list[str]:
    chance = random.Random(seed)
    return ["".join(chance.choices(letters, k=chance.randint(3, 7))) for _ in range(count)]


class Population:
    """Entries of ten claims: nine of ten about a person of a list, the tenth about a site.

    Args:
        entries: how many.
        seed: of the chance that makes them.
    """

    def __init__(self, entries: int, seed: int = 1988) -> None:
        self._entries = entries
        self._chance = random.Random(seed)
        self._persian = _words(_PERSIAN, 6000, seed)
        self._latin = _words(_LATIN, 6000, seed + 1)

    def entries(self) -> Iterator[list[Claim]]:
        """The entries, one at a time."""
        for number in range(self._entries):
            yield self._site(number) if number % 10 == 9 else self._person(number)

    def _said(self, words: list[str], count: int) -> str:
        return " ".join(self._chance.choices(words, k=count))

    def _person(self, number: int) -> list[Claim]:
        person = f"person:invented-{number:07d}"
        source = f"source:invented-list-{number // 5000:03d}"
        year = self._chance.randint(1320, 1350)
        said: list[tuple[str, Value]] = [
            ("name", Name(text=self._said(self._persian, 2), lang="fa", script="Arab")),
            ("name", Name(text=self._said(self._latin, 2), lang="en", script="Latn")),
            ("father_name", Name(text=self._said(self._persian, 1), lang="fa", script="Arab")),
            ("born", _year(year)),
            ("occupation", Text(text=self._said(self._persian, 1), lang="fa")),
            ("detained_at", Ref(id=f"place:invented-prison-{number % 40:02d}")),
            ("last_seen", _year(1367)),
            ("fate", Term(term="executed", text="اعدام")),
            ("affiliation", Text(text=self._said(self._persian, 2), lang="fa")),
            ("description", Text(text=self._said(self._persian, 8), lang="fa")),
        ]
        return [_claim(person, predicate, value, source) for predicate, value in said]

    def _site(self, number: int) -> list[Claim]:
        site = f"site:invented-{number // 10 % SITES:04d}"
        source = f"source:invented-report-{number // 1000:03d}"
        low = self._chance.randint(5, 400)
        said: list[tuple[str, Value]] = [
            ("label", Text(text=self._said(self._latin, 2), lang="en")),
            ("label", Text(text=self._said(self._persian, 2), lang="fa")),
            ("remains_believed", Quantity(text=f">={low}", low=str(low))),
            ("graves_counted", Quantity(text=str(low), low=str(low), high=str(low))),
            ("status", Term(term="suspected")),
            ("at_place", Text(text=self._said(self._latin, 1))),
            ("discovered", _year(1367)),
            ("disturbance_kind", Term(term="bulldozing")),
            ("present_use", Text(text=self._said(self._latin, 4), lang="en")),
            ("description", Text(text=self._said(self._latin, 8), lang="en")),
        ]
        by = By(text="families, in an invented report")
        return [_claim(site, predicate, value, source, by) for predicate, value in said]


def _claim(subject: str, predicate: str, value: Value, source: str, by: By | None = None) -> Claim:
    return Claim(
        subject=subject,
        predicate=predicate,
        value=value,
        source=source,
        by=by,
        sensitivity="team",
    )


def _year(year: int) -> When:
    return When(
        text=str(year),
        calendar="solar_hijri",
        earliest=f"{year + 621}-03-21",
        latest=f"{year + 622}-03-20",
        precision="year",
    )
