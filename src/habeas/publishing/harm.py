"""A second look before anything leaves the house: refuses rather than leaks.

The registry's gate hides by clearance; this looks at the contents themselves, of every dossier
below the clearance `team`, and knows thirteen things that are never published (do-no-harm rules,
`shared/reference/domain.md` 5.3; the vocabulary marks the predicates that fall under one). A rule
that is broken stops the whole dossier: what to reclassify is said, and nothing is written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Final

from habeas.claims.claim import SENSITIVITIES, prefix_of
from habeas.claims.values import Quantity, Ref, Term, Text, Value, Where
from habeas.claims.vocabulary import Predicate, vocabulary
from habeas.errors import HabeasError, InputError
from habeas.publishing.confidential import KINDS, TELLABLE, names_nobody
from habeas.publishing.contents import Contents, Statement

Complaint = tuple[Statement, int, str]
"""The claim, the number of the rule that it breaks, what is wrong with it."""

LOCATION_RULE: Final = "publish_location"
ESTIMATE: Final = "estimate"
ADULT: Final = 18

_PUBLISHED: Final = frozenset({"already_public", "test_passed"})
_IDENTIFYING: Final = frozenset(
    {"same_as", "identification_basis", "fate", "whereabouts", "buried_at", "match_state"}
)
_LEVELS: Final = SENSITIVITIES.index("team")
_DIGITS: Final = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
_TEN: Final = re.compile(r"(?<![0-9A-Za-z/=._-])[0-9]{10}(?![0-9A-Za-z/=_-])")
_PHONE: Final = re.compile(r"(?<![0-9])(?:\+|00)[0-9](?:[ ()-]?[0-9]){8,13}(?![0-9])")
_MAIL: Final = re.compile(r"[^\s@<>()]+@[^\s@<>()]+\.[A-Za-z]{2,}")
_POSITION: Final = re.compile(
    r"[0-9]{1,2}[.,٫][0-9]{3,}\s*°?\s*[NSns]?\s*[,;،/ ]\s*[0-9]{1,3}[.,٫][0-9]{3,}"
)


class HarmError(HabeasError):
    """A dossier would publish what is never published; nothing was written."""

    exit_code = 9


def check_harm(contents: Contents) -> None:
    """Refuse contents that break a do-no-harm rule.

    Below the clearance `team` only: inside the team what is seen is the gate's business.

    Args:
        contents: what a dossier would show.

    Raises:
        HarmError: the first rule that is broken, with the claim that breaks it.
    """
    if SENSITIVITIES.index(contents.clearance) >= _LEVELS:
        return
    for check in CHECKS:
        for statement, rule, reason in check(contents):
            raise HarmError(
                f"{reason} (do-no-harm rule {rule})",
                place=f"claim {statement.digest[:12]}, {statement.subject} {statement.predicate}",
                mend="Reclassify the claim (`habeas reclassify`), or withdraw it; then try again",
            )


def check_predicates(contents: Contents) -> Iterator[Complaint]:
    """Rules 1 to 12: predicates that the vocabulary keeps from publication, gate or no gate."""
    clearance = SENSITIVITIES.index(contents.clearance)
    for statement in contents.claims:
        found = _predicate(statement.predicate)
        if found is None:
            yield statement, 11, "a predicate that this version does not know cannot be judged"
        elif SENSITIVITIES.index(found.least) > clearance:
            rule = found.never_publish or 11
            yield statement, rule, f"“{found.label()}” is never shown at this clearance"
        elif SENSITIVITIES.index(statement.sensitivity) > clearance:
            yield statement, 11, f"this claim is {statement.sensitivity}"


def check_witnesses(contents: Contents) -> Iterator[Complaint]:
    """Rule 1: a witness or relative is nobody to a reader: no title, no name, no telling id."""
    withheld = {card.source for card in contents.sources if card.withheld}
    for card in contents.sources:
        if card.kind in KINDS and not card.withheld and not _is_open(contents, card.source):
            told = [contents.claim(n) for n in (*card.claims, *card.cited_by)]
            for statement in told[:1]:
                yield statement, 1, f"{card.source} is a witness whose identity would be shown"
    for statement in contents.claims:
        named = {statement.subject, statement.source} & withheld
        if any(not names_nobody(source) for source in named):
            yield statement, 1, "the id of the witness may tell who it is (a role and a number do)"
        if statement.subject in withheld and statement.predicate not in TELLABLE:
            yield statement, 1, "a witness would be described"
        parties = () if statement.by is None else statement.by.parties
        if statement.source in withheld and any(prefix_of(p) == "person" for p in parties):
            yield statement, 1, "the words of a witness are attributed to a named person"


def check_contacts(contents: Contents) -> Iterator[Complaint]:
    """Rules 1 and 4: contacts and numbers of identity inside free words."""
    for statement in contents.claims:
        if prefix_of(statement.subject) in ("source", "org", "log", "run"):
            continue
        words = _words(statement)
        if _MAIL.search(words) or _PHONE.search(words):
            yield statement, 1, "there is an address or a telephone number in its words"
        if any(_is_national_number(found) for found in _TEN.findall(words)):
            yield statement, 4, "there is a national number in its words"


def check_locations(contents: Contents) -> Iterator[Complaint]:
    """Rule 5: where a site lies, in figures or words, unless it may be published."""
    open_sites = _open_sites(contents)
    sites = _sites_of_events(contents)
    for statement in contents.claims:
        site = sites.get(statement.subject, statement.subject)
        if prefix_of(site) != "site" or site in open_sites:
            continue
        value = statement.value
        if isinstance(value, Where) and value.kind in ("exact", "approximate"):
            if value.geometry is not None:
                yield statement, 5, "it tells where a site lies that may not be published"
        elif _POSITION.search(_words(statement)):
            yield statement, 5, "there are coordinates in its words"


def check_pictures(contents: Contents) -> Iterator[Complaint]:
    """Rule 5 again: a picture of a site that a run made tells where it lies, as coordinates do."""
    sites = _sites_of_events(contents)
    open_sites = _open_sites(contents)
    for picture in contents.pictures:
        for entity in picture.depicts:
            site = sites.get(entity, entity)
            if prefix_of(site) == "site" and site not in open_sites:
                statement = contents.claim(picture.claim)
                yield statement, 5, "it is a picture of a site whose place may not be published"


def _open_sites(contents: Contents) -> set[str]:
    """The sites of which it was decided that their place may be published."""
    return {
        one.subject
        for one in contents.claims
        if one.predicate == LOCATION_RULE
        and isinstance(one.value, Term)
        and one.value.term in _PUBLISHED
        and not one.withdrawn
    }


def check_children(contents: Contents) -> Iterator[Complaint]:
    """Rule 9: nobody who is a child in the record is shown, unless that was decided."""
    for statement in contents.claims:
        if prefix_of(statement.subject) != "person" or statement.predicate != "age":
            continue
        if _is_young(statement.value) and not _may_be_displayed(contents, statement.subject):
            yield statement, 9, "the person is a child, and nobody decided that it be shown"


def check_matches(contents: Contents) -> Iterator[Complaint]:
    """Rule 12: what a method suggests is no identification until a person accepts it."""
    for statement in contents.claims:
        if prefix_of(statement.source) == "run" and statement.predicate in _IDENTIFYING:
            accepted = any(
                contents.claim(n).predicate == "accepted" and not contents.claim(n).withdrawn
                for n in statement.about
            )
            if not accepted:
                yield statement, 12, "a match that no person accepted would look like identity"


def check_estimates(contents: Contents) -> Iterator[Complaint]:
    """Rule 13: a model's figure comes with interval, method and assumption, or not at all."""
    methods = {
        one.subject for one in contents.claims if one.predicate == "method" and not one.withdrawn
    }
    for statement in contents.claims:
        value = statement.value
        if prefix_of(statement.source) != "run" or not isinstance(value, Quantity):
            continue
        if value.low is None or value.high is None or value.low == value.high:
            yield statement, 13, "an estimate without an interval"
        elif statement.source not in methods:
            yield statement, 13, "an estimate whose method is not shown"
        elif statement.predicate == ESTIMATE and not _assumes(contents, statement):
            yield statement, 13, "an estimate whose assumption is not shown"


CHECKS: Final[tuple[Callable[[Contents], Iterator[Complaint]], ...]] = (
    check_predicates,
    check_witnesses,
    check_contacts,
    check_locations,
    check_pictures,
    check_children,
    check_matches,
    check_estimates,
)
"""All of them, in the order in which they are asked."""


def _assumes(contents: Contents, statement: Statement) -> bool:
    """Whether what a statement assumes is shown beside it."""
    beside = [contents.claim(n) for n in statement.about]
    return any(one.predicate == "assumes" and not one.withdrawn for one in beside)


def _predicate(name: str) -> Predicate | None:
    try:
        return vocabulary().predicate(name)
    except InputError:
        return None


def _is_young(value: Value) -> bool:
    known = isinstance(value, Quantity) and (value.low or value.high)
    return bool(known) and Decimal(known or "0") < ADULT


def _is_open(contents: Contents, source: str) -> bool:
    return any(
        one.subject == source
        and one.predicate == "access_level"
        and isinstance(one.value, Term)
        and one.value.term == "open"
        for one in contents.claims
    )


def _sites_of_events(contents: Contents) -> dict[str, str]:
    """What lies at a site, to the site."""
    return {
        one.subject: one.value.id
        for one in contents.claims
        if one.predicate in ("site", "part_of")
        and isinstance(one.value, Ref)
        and prefix_of(one.value.id) == "site"
    }


def _may_be_displayed(contents: Contents, person: str) -> bool:
    """Whether the organisation decided that a person may be shown to everybody."""
    return any(
        one.subject == person
        and one.predicate == "display_level"
        and isinstance(one.value, Term)
        and one.value.term == "public"
        and one.source == contents.organisation
        and not one.withdrawn
        for one in contents.claims
    )


def _words(statement: Statement) -> str:
    """Everything in free words that a claim says, in Latin digits. Web addresses are left out."""
    value = statement.value
    said = [value.text or "", statement.note or "", statement.by.text if statement.by else ""]
    if isinstance(value, Text) and statement.predicate in ("url", "archived_url"):
        said = said[1:]
    said += [getattr(selector, "text", "") or "" for selector in statement.locator]
    said += [getattr(selector, "exact", "") or "" for selector in statement.locator]
    words = re.sub(r"https?://\S+", " ", " \n ".join(said))
    return words.translate(_DIGITS)


def _is_national_number(digits: str) -> bool:
    """The check digit of Iranian national numbers (ten digits, weights 10 to 2, modulus 11)."""
    if len(set(digits)) == 1:
        return False
    rest = sum(int(d) * weight for d, weight in zip(digits[:9], range(10, 1, -1), strict=True)) % 11
    return int(digits[9]) == (rest if rest < 2 else 11 - rest)
