"""The page of the vocabulary, `docs/vocabulary.md`, written from the vocabulary itself.

`python -m habeas.claims.vocabulary_page docs/vocabulary.md` writes it; a test holds it up to date.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from habeas.claims.vocabulary import Predicate, TermList, Vocabulary, vocabulary

_HEAD = """\
# The vocabulary

Written from `src/habeas/claims/vocabulary/*.yaml`; do not edit this page.

A claim has a predicate from the first part. Where its value is a term, the term is from one of the
vocabularies of the second part. A word that is in neither is refused, and the message names the
nearest ones. When a statement holds (a disturbance, a detention) stands in the claim's `holds`.

- **About**: the kinds of subjects that the predicate may have.
- **Value**: the types of value; the first is what bare words in a coding sheet are read as.
- **One value**: the world holds one true value at one time, so that sources may contradict each
  other.
- **At least**: the least sensitivity of such a claim, whatever is written on it; *rule n* is the
  number in the list of what is never published.
- **Needs** `x`: the predicate `x` has to be decided before the claim may be public.
"""


def page(words: Vocabulary) -> str:
    """The whole page.

    Args:
        words: the vocabulary.

    Returns:
        Markdown.
    """
    lines = [_HEAD, "## Predicates", ""]
    for predicate in sorted(words.predicates, key=lambda found: found.name):
        lines += _predicate(predicate)
    lines += ["## Vocabularies", ""]
    for name in sorted(words.lists):
        lines += _terms(words.lists[name])
    return "\n".join(lines).rstrip() + "\n"


def _predicate(predicate: Predicate) -> Iterator[str]:
    yield f"### `{predicate.name}`"
    yield ""
    yield f"{predicate.label()} · {predicate.label('fa')}"
    yield ""
    yield f"{predicate.definition()} {predicate.definition('fa')}"
    yield ""
    yield " · ".join(_facts(predicate))
    yield ""


def _facts(predicate: Predicate) -> Iterator[str]:
    yield f"About: {', '.join(predicate.subjects)}"
    types = {
        "term": f"term of [`{predicate.vocabulary}`](#{predicate.vocabulary})",
        "ref": f"ref to {', '.join(predicate.targets)}",
    }
    yield f"Value: {' or '.join(types.get(type_, type_) for type_ in predicate.values)}"
    if predicate.single:
        yield "One value"
    if predicate.least != "public":
        rule = f" (rule {predicate.never_publish})" if predicate.never_publish else ""
        yield f"At least: {predicate.least}{rule}"
    if predicate.governed_by:
        yield f"Needs `{predicate.governed_by}`"
    if predicate.binds:
        yield "Binds every claim about its subject, and every claim that names it"
    if predicate.dates:
        yield f"Dates `{predicate.dates}`, within `{predicate.within}`"
    if predicate.derivation:
        yield "Derivation: such sources do not corroborate each other"
    yield f"From: {predicate.origin}"


def _terms(terms: TermList) -> Iterator[str]:
    yield f"### {terms.name}"
    yield ""
    yield f"{terms.label()} · {terms.label('fa')}"
    yield ""
    yield "| Term | English | Persian | Meaning | From |"
    yield "|---|---|---|---|---|"
    for term in terms.terms.values():
        cells = (f"`{term.name}`", term.label(), term.label("fa"), term.definition, term.origin)
        yield f"| {' | '.join(cells)} |"
    yield ""


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(vocabulary()), encoding="utf-8")
