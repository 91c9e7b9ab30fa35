"""Keys of names: skeletons of consonants that a name has in every script and every romanisation.

A word of the Arabic script has one key. A Latin or Cyrillic word has several, the likeliest first:
"Rida" may be رضا or ردة, and nobody can tell from the letters. Two names may be the same when they
share a key; that they do says no more than that somebody should look.

The classes of sounds are data: `name_words/sounds.yaml`. Short vowels fall away, as they do in
writing; و and ی are kept, because they are written; alef and ain count only where a word begins.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from typing import Any

from habeas.claims.names import normalise

FOLDER = Path(__file__).parent / "name_words"
"""Where the data are."""

MOST_KEYS = 12
"""How many keys a word has at most."""

_DEAREST = 3
"""Readings that cost more than this are not thought of."""

_HELD = 32
"""How many readings of the beginning of a word are held while the rest is read."""

_JOINED = 6
"""How many keys of a word are joined to those of the words before it."""

_LONGEST = 100
"""Letters that a word has at most; what is longer is no word of a name, and has no key."""

_CACHED = 65_536

_Options = tuple[tuple[str, int], ...]
"""Readings with their costs: classes, or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sounds:
    """The tables of `sounds.yaml`, ready to be used."""

    arabic: Mapping[str, str]
    spelt: Mapping[str, _Options]
    first: Mapping[str, _Options]
    last: Mapping[str, _Options]
    letters: re.Pattern[str]
    no_article: frozenset[str]
    """Words in which al- is none."""


def keys_of(word: str) -> tuple[str, ...]:
    """The script-neutral keys of one word of a name.

    Args:
        word: as found or normalised; accents and letters such as š and ḥ, where they are kept,
            make the keys fewer and better.

    Returns:
        Keys of ASCII letters, the likeliest first, at most `MOST_KEYS`: one for a word of the
        Arabic script, several for a Latin or Cyrillic one, none for numbers and other scripts.
    """
    return tuple(key for key, _ in _weighed(word))


def joined_keys(words: Sequence[str]) -> tuple[str, ...]:
    """The keys of several words as if they were written as one: محمد رضا like محمدرضا.

    Args:
        words: in their order, each as for `keys_of`.

    Returns:
        As `keys_of`; empty when no word has a key.
    """
    return _joined(tuple(words))


_CUT = re.compile(r"[^\w\u0300-\u036f\u064b-\u065f\u0670'’‘ʻʼ`]+|_+")
_LATIN_ARTICLES = frozenset(["al", "ale", "el", "ul", "ol", "il", "e", "ye", "i", "yi"])
_ASSIMILATED = re.compile("[ae](?:sh|dh|th|[sdrntz])")
_ARABIC_ARTICLES = frozenset(("ال", "آل", "الـ"))
_ABDUL = re.compile("abd[aeou]l|ab[aeou]{1,2}l", re.IGNORECASE)


def name_keys(text: str) -> tuple[str, ...]:
    """The keys of a whole name, whether its words are written as one or apart.

    Articles that stand alone, and the ezafe, are left out.

    Args:
        text: a given name or a surname of one or more words, as found.

    Returns:
        As `keys_of`.
    """
    words = [word for word in _CUT.split(text) if word]
    return joined_keys([word for at, word in enumerate(words) if not _is_article(words, at)])


def _is_article(words: Sequence[str], at: int) -> bool:
    if at == len(words) - 1:
        return False
    word = normalise(words[at])
    if _ASSIMILATED.fullmatch(word):
        return words[at + 1].casefold().startswith(words[at].casefold()[1:])
    return words[at] in _ARABIC_ARTICLES or word in _LATIN_ARTICLES


@lru_cache(maxsize=_CACHED)
def _joined(words: tuple[str, ...]) -> tuple[str, ...]:
    states: dict[str, int] = {}
    for at, word in enumerate(words):
        behind_it = at < len(words) - 1 and _ABDUL.fullmatch(word)
        options = _weighed(word[:-1] if behind_it else word)
        if states and options:
            behind = tuple((key.removeprefix("a"), cost) for key, cost in options[:_JOINED])
            states = _cheapest(_extended(states, behind), _HELD)
        elif options:
            states = dict(options)
    return tuple(_settled(_cheapest(states, MOST_KEYS)))


@lru_cache(maxsize=_CACHED)
def _weighed(word: str) -> _Options:
    """The keys of a word with their costs."""
    if len(word) > _LONGEST:
        return ()
    if any("\u0600" <= letter <= "\u06ff" for letter in word):
        key = _arabic_key(word)
        return ((key, 0),) if key else ()
    return _latin_keys(word)


# The Arabic script

_SILENT = re.compile("(?<=خ)و(?=ا)|(?<=^عمر)و$")
"""The vav of خواجه and of عمرو."""

_ARTICLE = re.compile("(?<=^عبد)ال(?=.)|(?<=^ابو)ال(?=.)|ال(?=دین$)|^و?ال(?!له)(?=...)")
"""What is not heard, or not always: عبدالرحمن is Abdurrahman, الحسینی Husayni as well."""

_FAINT_HEH = re.compile("(?<=..[^اه])ه$|(?<=لل)ه$")
"""A final he that is but a vowel."""

NORMAL = frozenset("ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی")
"""Letters that are normalised already. Others are, save that the Kurdish short e, which
`normalise` takes for he, is not heard."""


def _arabic_key(word: str) -> str:
    if not NORMAL.issuperset(word):
        if word[0] == "ئ":
            word = "ا" + word[1:]
        if word.endswith("اة"):
            word = word[:-1] + "ت"
        word = normalise(word.replace("ە", "")).replace(" ", "")
    if word not in _sounds().no_article:
        word = _ARTICLE.sub("", word)
    heard = _FAINT_HEH.sub("", _SILENT.sub("", word))
    classes = _sounds().arabic
    key = "".join([classes.get(letter, "") for letter in heard])
    return _squeezed(("a" if heard[:1] in ("ا", "ع") else "") + key)


# Latin and Cyrillic

_LATIN_ARTICLE = re.compile(
    r"(?<=^[ae]bd)(?:ou|[aeouü])l(?!ah?$)(?=.)|(?<=^ab)[aeou]{1,2}l(?=...)"
    r"|(?<=[aeou])l(?=d{1,2}(?:in|een|ine)$)"
)
_LETTERS_TWICE = re.compile(r"(kh|sh|th|dh|gh|ch|zh|[b-df-hj-np-rtv-xz])\1+|s(?=s)(?=sh)")
_MARKS = re.compile("[\u0300-\u036f]")
_NOT_LETTERS = re.compile(r"[\W\d_ʻʼʿʾʹʺˈ]+")


def _latin_keys(word: str) -> _Options:
    spelt = _spelling(word)
    if not spelt:
        return ()
    states = {"": 0}
    for options in _segments(spelt, ended=word[-1] not in _AIN):
        states = _cheapest(_extended(states, options), _HELD)
    return tuple(_settled(_cheapest(states, MOST_KEYS)).items())


def _spelling(word: str) -> str:
    """Letters alone, in small, those with a meaning of their own composed, other accents gone."""
    folded = _NOT_LETTERS.sub("", unicodedata.normalize("NFC", word.casefold().replace("i̇", "i")))
    if not folded.isascii():
        known = _sounds().spelt
        folded = "".join([_bare(letter, known) for letter in folded])
    return _LETTERS_TWICE.sub(r"\1", _LATIN_ARTICLE.sub(_article, folded))


def _article(found: re.Match[str]) -> str:
    """Abolfazl as Abufazl, Abdolreza as Abdreza, Nuroldin as Nurodin."""
    return "u" if found.string.startswith("ab") and found.start() == 2 else ""


def _bare(letter: str, known: Mapping[str, _Options]) -> str:
    if letter in known:
        return letter
    return _MARKS.sub("", unicodedata.normalize("NFKD", letter))


def _segments(word: str, *, ended: bool) -> list[_Options]:
    """The readings of each letter or group of letters of a word.

    Args:
        word: small letters.
        ended: whether its last letter is heard as the last: not in Zariʻ.
    """
    sounds = _sounds()
    groups = sounds.letters.findall(word)
    found = [sounds.spelt[group] for group in groups]
    for length in (2, 1):
        if ended and len(groups) > length and (last := sounds.last.get("".join(groups[-length:]))):
            found[-length:] = [last]
            break
    if groups and groups[0] in sounds.first:
        found[0] = sounds.first[groups[0]]
    if _JOINED_ARTICLE.match(word):
        found[:2] = [(("al", 0), ("", 1))]
    return found


_AIN = "ʻʿ'’ʼʾ`"
"""Marks of ain and hamze, behind which a final vowel is none."""

_JOINED_ARTICLE = re.compile("[aeu]l(?=[^aeiouyl]....)")
"""The article in Alhusseini; whether it is one in Alborz cannot be told."""


def _extended(states: dict[str, int], options: _Options) -> dict[str, int]:
    """Every reading so far with every reading of what follows."""
    if len(options) == 1 and not options[0][1]:
        return _lengthened(states, options[0][0])
    found: dict[str, int] = {}
    for classes, cost in options:
        most = _DEAREST - cost
        for key, so_far in states.items():
            if so_far <= most:
                longer = key + classes if classes and key[-1:] != classes else key
                total = so_far + cost
                if found.get(longer, _NEVER) > total:
                    found[longer] = total
    return found


def _lengthened(states: dict[str, int], classes: str) -> dict[str, int]:
    """Every reading so far with what can be read in one way only."""
    if not classes:
        return states
    found = {key + classes: cost for key, cost in states.items() if key[-1:] != classes}
    if len(found) < len(states):
        for key, cost in states.items():
            if key[-1:] == classes and found.get(key, _NEVER) > cost:
                found[key] = cost
    return found


_NEVER = 99


def _cheapest(states: dict[str, int], most: int) -> dict[str, int]:
    if len(states) <= most:
        return states
    return dict(sorted(states.items(), key=_COST)[:most])


_COST = itemgetter(1)


def _settled(states: dict[str, int]) -> dict[str, int]:
    """Keys as they are compared, the likeliest first."""
    found: dict[str, int] = {}
    for key, cost in sorted(states.items(), key=_COST):
        settled = _squeezed(key) if "wh" in key or "nb" in key else key
        if len(settled) > 1 or (settled and not found):
            found.setdefault(settled, cost)
    return found


_DOUBLED = re.compile(r"(.)\1+")


def _squeezed(key: str) -> str:
    """No class twice in a row; no h behind sh, as in Mashad; nb as it is spoken, as in Jumblatt."""
    return _DOUBLED.sub(r"\1", key.replace("wh", "w").replace("nb", "mb"))


# The data


@lru_cache(maxsize=1)
def _sounds() -> _Sounds:
    import yaml

    content: dict[str, Any] = yaml.load(
        (FOLDER / "sounds.yaml").read_bytes(), Loader=yaml.CSafeLoader
    )
    spelt = {**_table(content["latin"]), **_table(content["cyrillic"])}
    first, last = _table(content["first"]), _table(content["last"])
    for letters, options in spelt.items():
        if letters[0] in content["vowels"]:
            first.setdefault(letters, tuple((f"a{key}", cost) for key, cost in options))
    return _Sounds(
        arabic={
            letter: key for key, letters in content["arabic"].items() for letter in letters.split()
        },
        spelt=spelt,
        first=first,
        last=last,
        letters=re.compile(_longest(spelt)),
        no_article=frozenset(normalise(word) for word in content["no_article"].split()),
    )


def _longest(table: Mapping[str, _Options]) -> str:
    return "|".join(sorted(map(re.escape, table), key=len, reverse=True))


def _table(written: Mapping[str, str]) -> dict[str, _Options]:
    """`ch: c w1 x2` as the readings with their costs."""
    return {
        unicodedata.normalize("NFC", letters): tuple(map(_option, options.split()))
        for letters, options in written.items()
    }


def _option(written: str) -> tuple[str, int]:
    key = written.rstrip("0123456789")
    return ("" if key == "-" else key), int(written[len(key) :] or 0)
