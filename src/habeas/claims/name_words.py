"""The words by which a name is read: given names, titles, joints, endings of surnames.

They are data, in `name_words/*.yaml`, read when first asked for. `word_of` says of one word all
that a reading needs to know; it is asked for the same words again and again, and remembers them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec

from habeas.claims.name_keys import FOLDER, NORMAL, keys_of
from habeas.claims.names import normalise, script_of

_CACHED = 65_536

_PERSIAN_LISTS = ("persian", "arabic", "kurdish", "azeri", "baluch_turkmen")
_WHOLE = ("s/o", "d/o", "w/o", "h/o", "a.k.a.", "a.k.a", "b.", "bt.", "&")
"""Words that are not cut at their marks."""

_KEYS_TRIED = 2
"""How many of its keys a Latin word may be known by as a given name: the likeliest."""

_LEAST_KEY = 3
"""Classes that a key has at least by which a given name is known."""


ABD = frozenset(("عبد", "abd", "abdul", "abdol", "abdel", "abdal", "abdoul", "ebd"))
"""Abd, with which the next word is one given name."""

ARTICLES = frozenset(("al", "el", "ul", "ol", "il", "ال"))
"""Articles that stand before any word; others (as-, ar-) only where the word begins so."""

JOINING = ABD | {"الدین", "الله", "اله"}
"""Words that make one given name with their neighbour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Words with a duty of their own, such as a title of two words."""

    words: tuple[str, ...]
    duty: str
    """`before`, `after`, `child`, `within`, `father`, `nickname`... as in the data."""


class Word(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is known of one word of a name, whatever stands around it."""

    form: str
    """Normalised; empty when it holds no letter or digit."""
    keys: tuple[str, ...]
    script: str
    clean: bool
    """The normalised form is all that `normalise` would make of it within any name."""
    given: bool
    """It is a known given name."""
    surname: bool
    """It looks like a surname."""
    spanish: bool
    bosnian: bool
    """It ends like a Bosnian surname."""
    capitals: bool
    """It is written in capitals."""
    ending: bool
    """It ends a surname: زاده, -pour."""
    nisba: bool
    """It names a place, and ends a surname or is one."""
    begins: bool
    """It begins a surname of several words."""
    number: bool
    article: bool
    """An Arabic article is written with it."""
    head: bool
    """It may be the first part of a compound given name."""
    tail: bool
    """It may be the second part of one."""
    pair: str
    """Its key or form, where it stands in a list of compounds."""
    din: bool
    """It is the Din of Nur al-Din."""
    split: tuple[int, int]
    """How many letters of it are a title, and how many the first part of a compound, if it is a
    given name: سیدمحمد, محمدرضا."""
    stem: int
    """How many letters stand before an ending that is written with it: رضازاده; 0 for none."""
    phrases: tuple[Phrase, ...]
    """Those that begin with this word, the longest first."""
    sort: int = 0
    """Words of one sort are read alike in any name; 0 for those that are not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """All words, normalised."""

    given: frozenset[str]
    given_keys: frozenset[str]
    spanish: frozenset[str]
    spanish_surnames: frozenset[str]
    heads: frozenset[str]
    tails: frozenset[str]
    head_keys: frozenset[str]
    tail_keys: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    """Compounds, by their forms and by their keys."""
    pair_words: frozenset[str]
    """Forms and keys that stand in one of them."""
    latin_heads: tuple[str, ...]
    latin_tails: frozenset[str]
    endings: frozenset[str]
    attached: tuple[str, ...]
    beginnings: frozenset[str]
    nisbas: frozenset[str]
    nisba_keys: frozenset[str]
    tails_of_surnames: tuple[str, ...]
    not_surnames: frozenset[str]
    given_in_ye: frozenset[str]
    """Keys of given names that end like a surname."""
    article_not: frozenset[str]
    attached_titles: tuple[str, ...]
    phrases: Mapping[str, tuple[Phrase, ...]]
    phrase_words: frozenset[str]
    """Every word of every phrase, and words by which others are joined to them."""


@lru_cache(maxsize=_CACHED)
def word_of(text: str) -> Word:
    """What is known of a word.

    Args:
        text: one word, as found.
    """
    small = text.casefold()
    plain = NORMAL.issuperset(text)
    normal = small if plain or small in _WHOLE else normalise(text)
    form = normal.replace(" ", "")
    known = lexicon()
    script = _script(text, plain=plain)
    keys = keys_of(text) if form else ()
    arabic = script == "Arab"
    given = form in known.given or (not arabic and _given_by_key(form, keys, known))
    article = _has_article(form, text, known)
    nisba = form in known.nisbas or (not arabic and keys[:1] != () and keys[0] in known.nisba_keys)
    exact = len(form) == len(text)
    tried = () if arabic else keys[:_PAIR_KEYS_TRIED]
    word = Word(
        form=form,
        keys=keys,
        script=script,
        clean=normal == form and small not in _WHOLE and _INNER_SIGNS.isdisjoint(text),
        given=given,
        surname=_looks_like_surname(form, known) or nisba,
        spanish=form in known.spanish or form in known.spanish_surnames,
        bosnian=small.endswith(_BOSNIAN_ENDS),
        capitals=len(text) > 1 and text.isupper() and text != small,
        ending=form in known.endings,
        nisba=nisba,
        begins=form in known.beginnings,
        number=form.isdigit(),
        article=article,
        head=form in known.heads or not known.head_keys.isdisjoint(tried),
        tail=form in known.tails or not known.tail_keys.isdisjoint(tried),
        pair=_pair_word(form, keys, known),
        din=keys[:1] == ("dyn",),
        split=_given_split(form, known) if exact else (0, 0),
        stem=_stem(form, known) if exact and not given else 0,
        phrases=known.phrases.get(form, ()),
    )
    return msgspec.structs.replace(word, sort=_sort_of(word, known))


_SORTS: dict[tuple[object, ...], int] = {}


def _sort_of(word: Word, known: Lexicon) -> int:
    """The number of the words that are read alike: all but the spelling itself is the same.

    Words that are read by the very word behind them, such as abu, are of no sort.
    """
    duties = {phrase.duty for phrase in word.phrases}
    if "kunya" in duties or ("article" in duties and word.form not in ARTICLES):
        return 0
    spelling = word.form if word.form in known.phrase_words else ""
    facts = (
        spelling, word.script, word.clean, word.given, word.surname, word.spanish, word.bosnian,
        word.capitals, word.ending, word.nisba, word.begins, word.number, word.article, word.head,
        word.tail, word.din, word.split, word.stem, word.form.startswith("ال"),
    )  # fmt: skip
    return _SORTS.setdefault(facts, len(_SORTS) + 1)


_INNER_SIGNS = frozenset("-'’\u200c")
_BOSNIAN_ENDS = ("ić", "ic", "ић")
_PAIR_KEYS_TRIED = 3
_LONGEST_HEAD = 9


def _script(text: str, *, plain: bool) -> str:
    if plain:
        return "Arab"
    return "Latn" if text.isascii() and text.isalpha() else script_of(text)


def _pair_word(form: str, keys: tuple[str, ...], known: Lexicon) -> str:
    if form in known.pair_words:
        return form
    return keys[0] if keys and keys[0] in known.pair_words else ""


def _has_article(form: str, text: str, known: Lexicon) -> bool:
    found = form.startswith("ال") and text.startswith("ال")
    return found and len(form) > 4 and form not in known.article_not


def _given_split(form: str, known: Lexicon) -> tuple[int, int]:
    title = 0
    if form not in known.given and form.startswith(known.attached_titles):
        for one in known.attached_titles:
            rest = form.removeprefix(one)
            if rest != form and (rest in known.given or _head_of(rest, known)):
                title = len(one)
                break
    return title, _head_of(form[title:], known)


def _head_of(form: str, known: Lexicon) -> int:
    """How many letters of a compound given name are its first part; 0 if it is none."""
    if form.isascii():
        if not form.startswith(known.latin_heads):
            return 0
        for head in known.latin_heads:
            if form.startswith(head) and form[len(head) :] in known.latin_tails:
                return len(head)
        return 0
    for at in range(2, min(len(form) - 1, _LONGEST_HEAD)):
        head, tail = form[:at], form[at:]
        pair = (head in known.heads and tail in known.tails) or (head, tail) in known.pairs
        if pair and not tail.startswith("ال"):
            return 0 if head == "عبد" else at
    return 0


def _stem(form: str, known: Lexicon) -> int:
    if not form.endswith(known.attached):
        return 0
    for ending in known.attached:
        if form.endswith(ending) and len(form) - len(ending) >= 3:
            return len(form) - len(ending)
    return 0


def _given_by_key(form: str, keys: tuple[str, ...], known: Lexicon) -> bool:
    if form in known.spanish:
        return True
    if form in known.spanish_surnames:
        return False
    if _looks_like_surname(form, known):  # Fathi, Murtaza: not every one of them is
        return keys[0] in known.given_in_ye if keys and len(form) < 7 else False
    return any(key in known.given_keys for key in keys[:_KEYS_TRIED])


def _looks_like_surname(form: str, known: Lexicon) -> bool:
    if len(form) < 4 or form in known.not_surnames:
        return False
    return form.endswith(known.tails_of_surnames) or form in known.spanish_surnames


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The words of all lists, read once."""
    given, surnames = _read("given"), _read("surnames")
    names = _words(" ".join(given[name] for name in _PERSIAN_LISTS))
    compounds = _compounds(given["compounds"], [name for name in names if " " in name])
    heads, tails = _words(given["compound_heads"]), _words(given["compound_tails"])
    nisbas = _words(surnames["nisbas"])
    phrases = _all_phrases()
    keys = {key for name in names for key in keys_of(name.replace(" ", ""))}
    return Lexicon(
        given=frozenset(
            {name.replace(" ", "") for name in names}
            | _words(given["bosnian"])
            | _words(given["latin"])
        ),
        given_keys=frozenset(key for key in keys if len(key) >= _LEAST_KEY),
        spanish=_words(given["spanish"]),
        spanish_surnames=_words(surnames["spanish"]),
        heads=heads,
        tails=tails,
        head_keys=_keys(heads),
        tail_keys=_keys(tails),
        pairs=compounds,
        pair_words=frozenset(word for pair in compounds for word in pair),
        latin_heads=tuple(sorted(given["latin_heads"].split(), key=len, reverse=True)),
        latin_tails=frozenset(given["latin_tails"].split()),
        endings=_words(surnames["endings"]) | _words(surnames["latin_endings"]),
        attached=_longest_first(surnames["attached"] + " " + surnames["latin_attached"]),
        beginnings=_words(surnames["beginnings"]),
        nisbas=frozenset(word.replace(" ", "") for word in nisbas),
        nisba_keys=frozenset(
            key for word in nisbas for key in keys_of(word.replace(" ", "")) if len(key) > 3
        ),
        tails_of_surnames=(*_words(surnames["tails"]), *surnames["latin_tails"].split()),
        not_surnames=_words(surnames["given_in_ye"]) | _words(given["latin"]),
        given_in_ye=frozenset(k for k in _keys(_words(surnames["given_in_ye"])) if len(k) > 2),
        article_not=_words(surnames["article_not"]) | _words(surnames["latin_article_not"]),
        attached_titles=_longest_first(_read("titles")["attached"]),
        phrases=phrases,
        phrase_words=frozenset(
            word for all_of_one in phrases.values() for one in all_of_one for word in one.words
        )
        | JOINING,
    )


def _read(name: str) -> dict[str, str]:
    import yaml

    content: dict[str, Any] = yaml.load(
        (FOLDER / f"{name}.yaml").read_bytes(), Loader=yaml.CSafeLoader
    )
    return content


def _words(listed: str) -> frozenset[str]:
    return frozenset(normalise(word) for word in listed.split())


def _longest_first(listed: str) -> tuple[str, ...]:
    return tuple(sorted((normalise(word) for word in listed.split()), key=len, reverse=True))


def _keys(words: Iterable[str]) -> frozenset[str]:
    return frozenset(key for word in words for key in keys_of(word))


def _compounds(listed: str, names: Iterable[str]) -> frozenset[tuple[str, str]]:
    """Compounds of two words, by their forms and by their keys."""
    found = set()
    for phrase in (*map(normalise, listed.split(",")), *names):
        first, _, second = phrase.partition(" ")
        found.add((first, second))
        if keys_of(first) and keys_of(second):
            found.add((keys_of(first)[0], keys_of(second)[0]))
    return frozenset(found)


def _all_phrases() -> dict[str, tuple[Phrase, ...]]:
    """Every phrase of titles and joints, under its first word, the longest first."""
    found: dict[str, dict[tuple[str, ...], Phrase]] = {}
    for file in ("joints", "titles"):
        for duty, listed in _read(file).items():
            if duty == "attached":
                continue
            for phrase in listed.split(","):
                words = tuple(_phrase_words(phrase))
                key = (*words, duty) if duty == "after" else words
                found.setdefault(words[0], {}).setdefault(key, Phrase(words=words, duty=duty))
    return {
        first: tuple(sorted(phrases.values(), key=lambda phrase: -len(phrase.words)))
        for first, phrases in found.items()
    }


def _phrase_words(phrase: str) -> Iterable[str]:
    for piece in phrase.split():
        if piece in _WHOLE:
            yield piece
        else:
            yield from normalise(piece).split()
