"""Whether the views are what the record gives: row by row, and word by word in the search index."""

from __future__ import annotations

from collections.abc import Iterator

from habeas.claims.claim import opened_claim
from habeas.errors import IntegrityError
from habeas.registry.clearance import Effects
from habeas.registry.fold import Folded, fold
from habeas.registry.registry import Registry
from habeas.registry.store import AboutRow, ClaimRow, OpeningRow, Store


def check_structure(registry: Registry) -> tuple[int, list[str], list[str]]:
    """The database's own check of its pages and indexes."""
    try:
        registry.store.check_structure()
    except IntegrityError as error:
        return 1, [str(error)], []
    return 1, [], []


def check_views(registry: Registry) -> tuple[int, list[str], list[str]]:
    """Every row of the views against the claim it was folded from."""
    walk = _Walk(registry.store)
    if registry.store.search_differs(walk.words()):
        walk.problems.append("the search index is not what the claims give")
    about = set(registry.store.about_rows())
    if about != walk.about:
        walk.problems.append("the view of claims about claims is not what the claims give")
    if walk.problems:
        walk.problems.append("`habeas rebuild` folds the views again from the record")
    return walk.count, walk.problems, []


class _Walk:
    """One pass over claims and their rows, side by side."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._effects = Effects(store)
        self._watched = store.has_about()
        self.count = 0
        self.problems: list[str] = []
        self.about: set[AboutRow] = set()
        self._names = store.name_rows()
        self._name = next(self._names, None)

    def words(self) -> Iterator[tuple[int, str]]:
        """Check each row, and give the words that the search index should hold."""
        rows = self._store.claim_rows()
        held = next(rows, None)
        for opening in self._store.openings():
            while held is not None and held.id < opening.id:
                self.problems.append(f"a row of the view (number {held.id}) has no claim")
                held = next(rows, None)
            self.count += 1
            try:
                folded = fold(opening.id, opened_claim(opening.data))
            except IntegrityError:
                continue  # said by the check of the claims
            expected = self._expected(opening, folded)
            if held is None or held != expected:
                self.problems.append(f"claim {opening.digest.hex()}: its row in the view differs")
            if held is not None and held.id == opening.id:
                held = next(rows, None)
            self.about.update(folded.about)
            self._check_name(opening, folded)
            if folded.words:
                yield opening.id, folded.words
        if held is not None:
            self.problems.append(f"rows of the view from number {held.id} on have no claim")
        if self._name is not None:
            self.problems.append("the view of names holds names that no claim gives")

    def _check_name(self, opening: OpeningRow, folded: Folded) -> None:
        """The reading of a name against the name; both come in the order of their claims."""
        held = self._name
        if held is not None and held.claim == opening.id:
            self._name = next(self._names, None)
        elif folded.name is None:
            return
        if held != folded.name:
            self.problems.append(f"claim {opening.digest.hex()}: the reading of its name differs")

    def _expected(self, opening: OpeningRow, folded: Folded) -> ClaimRow:
        if not folded.entangled and not (self._watched and self._store.about(opening.digest)):
            return folded.row
        effect = self._effects.of(opening)
        return folded.row._replace(sensitivity=effect.sensitivity, withdrawn=int(effect.withdrawn))
