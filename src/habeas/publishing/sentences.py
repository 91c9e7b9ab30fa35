"""Whole sentences of a dossier: what a contradiction is, what is open, what would settle it."""

from __future__ import annotations

from habeas.claims.values import Quantity
from habeas.publishing.contents import Contradiction, Difference, Question
from habeas.publishing.wording import Teller


def degree_sentence(teller: Teller, found: Contradiction) -> str:
    """How far the claims disagree."""
    return teller.words(f"degree.{found.degree}")


def difference_sentence(teller: Teller, found: Contradiction, one: Difference) -> str:
    """One way in which they differ, with the claims concerned and the widest gap."""
    claims = teller.claim_list(one.claims)
    key = f"difference.{one.kind}"
    if not one.figure or f"{key}.figure" not in teller.words.entries:
        return teller.words(key, claims=claims)
    figure = teller.figure(one.figure)
    if one.kind == "dates_apart":
        figure = teller.count("days", int(one.figure))
    elif one.kind == "ranges_apart":
        value = teller.contents.claim(one.claims[0]).value
        figure += f" {value.unit}" if isinstance(value, Quantity) and value.unit else ""
    return teller.words(f"{key}.figure", claims=claims, figure=figure)


def question_sentence(teller: Teller, question: Question) -> str:
    """The question: in the words in which it was put, or ours."""
    if question.kind == "recorded" and question.claims:
        return teller.said(teller.contents.claim(question.claims[0]))
    key = f"question.{question.kind}"
    subject = teller.label(question.subject)
    if "{predicate}" in teller.words.entries[key]:
        return teller.words(key, subject=subject, predicate=teller.predicate(question.predicate))
    return teller.words(key, subject=subject)


def settling_sentences(teller: Teller, question: Question) -> list[str]:
    """What would settle a question: recorded words, or ours for the kind of question."""
    if question.kind == "recorded":
        return [teller.said(teller.contents.claim(number)) for number in question.settle]
    key = f"settle.{question.kind}"
    if question.kind == "dates" and question.start and question.end:
        start, end = teller.day(question.start), teller.day(question.end)
        return [teller.words(f"{key}.between", start=start, end=end)]
    return [teller.words(key)]
