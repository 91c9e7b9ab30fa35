"""What the words at the head of a column say, by `header_words.yaml`; cells are not looked at."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from habeas.claims.names import normalise, script_of

_FILE: Final = Path(__file__).with_name("header_words.yaml")

_ELIDED = re.compile(r"(?<!\w)[dlDL]['’](?=\w)")
_HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z])")
_INSIDE = re.compile(r"[(\[（]([^)\]）]*)[)\]）]")
_LAST_NUMBER = re.compile(r"(?<=\w) ?\d{1,2}$")

Key = tuple[str, ...]
"""The words of a phrase that matter, sorted: “date of birth” and “birth date” are one."""


class Meaning(NamedTuple):
    """What a phrase may say."""

    predicate: str
    part: str = ""
    """A slot of the value (`surname`, `year`, `latitude`); with `?` when the list decides."""
    holds: str = ""
    """The date at which a number holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderReading:
    """What one header says."""

    said: Mapping[Meaning, frozenset[str]] = field(default_factory=dict)
    """What it may say, and in which languages (BCP 47; `bs` for all of its kind)."""
    calendar: str = ""
    """`solar_hijri`, `gregorian`, or `hijri` for a lunar calendar without its variant."""
    script: str = ""
    """The script that the header promises (ISO 15924)."""
    unit: str = ""
    partial: bool = False
    """Whether some of its words are not known here."""
    numbered: bool = False
    """Whether it is one of several alike: `prison 2`."""

    @property
    def meanings(self) -> tuple[Meaning, ...]:
        """None: nothing that is known here; several: it says too much."""
        return tuple(self.said)

    @property
    def langs(self) -> frozenset[str]:
        """All languages in which its words say something."""
        return frozenset[str]().union(*self.said.values())

    def among(self, lang: str | None) -> HeaderReading:
        """What it says in a language, when it says several things in several languages."""
        said = {meaning: langs for meaning, langs in self.said.items() if lang in langs}
        return replace(self, said=said) if len(self.said) > 1 and said else self


@dataclass(frozen=True, slots=True)
class _Words:
    """The phrases of one kind of subject, and what stands beside them."""

    phrases: dict[Key, dict[Meaning, set[str]]] = field(default_factory=dict)
    beside: dict[str, dict[Key, str]] = field(default_factory=dict)
    """`calendar`, `script` and `unit`: words to what they say."""


def read_header(header: str, subject: str) -> HeaderReading:
    """What a header says of a subject.

    Args:
        header: as it stands.
        subject: `person` or `site`; of others nothing is known.
    """
    words = _words(subject)
    text = _HUMPS.sub(" ", header).replace("#", " number ")
    found = (
        _whole(text, words)
        or _without_brackets(text, words)
        or _beside(normalise(text), words)
        or _two_scripts(normalise(text), words)
        or _alternatives(text, words)
        or _numbered(text, words)
    )
    return found or HeaderReading()


@cache
def several() -> frozenset[str]:
    """Predicates of which a cell often holds several values."""
    return frozenset(_data()["several"])


def bare_part(header: str) -> str:
    """What a header such as `تاریخ` or `place` says without saying of what: `date`, `place`..."""
    key = _key(_LAST_NUMBER.sub("", normalise(header)))
    return next(
        (
            part
            for part, words in _data()["parts"].items()
            if any(_key(phrase) == key for _, phrase in _phrases(words))
        ),
        "",
    )


def is_guarded(header: str) -> bool:
    """Whether a header tells of those who speak or can be reached: informants, telephones."""
    text = _LAST_NUMBER.sub("", normalise(header))
    pieces = (text, *re.split(r"[/|\n()]", header), *_by_script(text))
    return any(_key(piece) in _guarded() for piece in pieces if normalise(piece))


@cache
def _guarded() -> frozenset[Key]:
    return frozenset(_key(phrase) for _, phrase in _phrases(_data()["guarded"]))


@cache
def name_words(kind: str) -> frozenset[str]:
    """Words of names, normalised: `honorifics`, or what begins a `kunya` (Abu, Umm)."""
    return frozenset(normalise(word) for word in _data()[kind])


def _whole(text: str, words: _Words) -> HeaderReading | None:
    key = _key(text)
    meanings = words.phrases.get(key) if key else None
    if not meanings:
        return None
    return HeaderReading(said={one: frozenset(langs) for one, langs in meanings.items()})


def _without_brackets(text: str, words: _Words) -> HeaderReading | None:
    """`تاریخ تولد (شمسی)`: what stands in brackets says how to read, or is not known."""
    inside = [found[1] for found in _INSIDE.finditer(text)]
    if not inside:
        return None
    outside = _INSIDE.sub(" ", text)
    found = _whole(outside, words) or _beside(normalise(outside), words)
    if found is None:
        return None
    for piece in inside:
        told = [(kind, words.beside[kind].get(_key(piece), "")) for kind in words.beside]
        if any(said for _, said in told):
            for kind, said in told:
                found = _with(found, kind, said) if said else found
        else:
            same = _whole(piece, words)
            alike = same is not None and bool(same.said.keys() & found.said.keys())
            found = replace(found, partial=found.partial or not (alike or _is_choice(piece)))
    return found


def _with(found: HeaderReading, kind: str, said: str) -> HeaderReading:
    match kind:
        case "calendar":
            return replace(found, calendar=said)
        case "script":
            return replace(found, script=said)
        case _:
            return replace(found, unit=said)


def _is_choice(text: str) -> bool:
    """`M/F`, `مرد/زن`: the words that may stand in the cells."""
    return len(words := re.split(r"[/|]", text)) > 1 and all(len(word) < 8 for word in words)


def _beside(text: str, words: _Words) -> HeaderReading | None:
    """`name en`, `تاریخ شمسی تولد`: words of a calendar, script or unit among the others."""
    tokens = text.split()
    for length in range(min(3, len(tokens) - 1), 0, -1):
        for start in range(len(tokens) - length + 1):
            piece = " ".join(tokens[start : start + length])
            rest = " ".join(tokens[:start] + tokens[start + length :])
            for kind, known in words.beside.items():
                said = known.get(_key(piece))
                found = _whole(rest, words) if said else None
                if found and said:
                    return _with(found, kind, said)
    return None


def _two_scripts(text: str, words: _Words) -> HeaderReading | None:
    """`نام پدر / Father`: the same in two scripts, or one of the two not known."""
    return _common(_by_script(text), words)


def _by_script(text: str) -> list[str]:
    """The words of each script, apart."""
    parts: dict[str, list[str]] = {}
    for word in text.split():
        parts.setdefault(script_of(word), []).append(word)
    parts.pop("Zyyy", None)
    return [" ".join(part) for part in parts.values()]


def _alternatives(text: str, words: _Words) -> HeaderReading | None:
    """`سازمان/گروه`: two words for one thing, or for two."""
    return _common([piece for piece in re.split(r"[/|\n]", text) if normalise(piece)], words)


def _common(pieces: Sequence[str], words: _Words) -> HeaderReading | None:
    """What several pieces of a header say alike; all that they say when they differ."""
    read = [_whole(piece, words) for piece in pieces]
    known = [found for found in read if found]
    if len(pieces) < 2 or not known:
        return None
    common = set(known[0].said).intersection(*(found.said for found in known))
    said = {
        meaning: frozenset[str]().union(*(found.said.get(meaning, frozenset()) for found in known))
        for meaning in dict.fromkeys(one for found in known for one in found.said)
        if not common or meaning in common
    }
    return HeaderReading(said=said, partial=len(known) < len(read))


def _numbered(text: str, words: _Words) -> HeaderReading | None:
    """`affiliation 2`, `prison2`: one of several alike."""
    shorter = _LAST_NUMBER.sub("", normalise(text))
    found = _whole(shorter, words) if shorter and shorter != normalise(text) else None
    return replace(found, numbered=True) if found else None


# The data


@cache
def _data() -> dict[str, Any]:
    import yaml

    # Without the surprises of YAML: `no` is a word here, and means “number”.
    content: dict[str, Any] = yaml.load(_FILE.read_bytes(), Loader=yaml.CBaseLoader)  # noqa: S506
    return content


@cache
def _unimportant() -> frozenset[str]:
    return frozenset(_data()["unimportant"])


def _key(text: str) -> Key:
    words = [_bare(word) for word in normalise(_ELIDED.sub(" ", text)).split()]
    return tuple(sorted(word for word in words if word not in _unimportant())) or tuple(words)


def _bare(word: str) -> str:
    """A word without the Arabic article."""
    return word[2:] if word.startswith("ال") and len(word) > 3 else word


@cache
def _words(subject: str) -> _Words:
    data = _data()
    words = _Words()
    for kind in ("calendar", "script", "unit"):
        words.beside[kind] = {
            _key(phrase): said for said, phrases in data[kind].items() for phrase in phrases
        }
    if subject not in ("person", "site"):
        return words
    for section in (data["any"], data[subject]):
        for meaning, phrases in section.items():
            for lang, phrase in _phrases(phrases):
                _add(words, phrase, _meaning(meaning), lang)
    if subject == "person":
        _add_events(words, data)
    return words


def _add(words: _Words, phrase: str, meaning: Meaning, lang: str) -> None:
    words.phrases.setdefault(_key(phrase), {}).setdefault(meaning, set()).add(lang)


def _add_events(words: _Words, data: Mapping[str, Any]) -> None:
    """“date of birth”, “محل دستگیری”: parts and events joined; phrases that are told go first."""
    told = frozenset(words.phrases)
    for event, given in data["events"].items():
        made = {
            "": Meaning(event), "date": Meaning(event), "age": Meaning("age", holds=event),
            **{part: Meaning(event, part) for part in ("year", "month", "day")},
        }  # fmt: skip
        made |= {part: Meaning(given[part]) for part in ("place", "manner") if part in given}
        for lang, phrase in _phrases(given):
            for part, meaning in made.items():
                for joined in _joined(part, phrase, data["parts"], lang):
                    if _key(joined) not in told:
                        _add(words, joined, meaning, lang)


def _joined(part: str, phrase: str, parts: Mapping[str, Any], lang: str) -> Iterator[str]:
    if not part:
        yield phrase
    for word in parts.get(part, {}).get(lang, ()):
        yield f"{word} {phrase}"
        for date in parts["date"].get(lang, ()) if part in ("year", "month", "day") else ():
            yield f"{date} {word} {phrase}"


def _phrases(given: Mapping[str, Iterable[str] | str]) -> Iterator[tuple[str, str]]:
    for lang, phrases in given.items():
        if not isinstance(phrases, str):
            for phrase in phrases:
                yield lang, phrase


def _meaning(text: str) -> Meaning:
    predicate, _, part = text.partition("/")
    return Meaning(predicate, part)
