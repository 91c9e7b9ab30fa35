"""Numbers in words: Persian cardinals and ordinals, years in full, English and Arabic ordinals."""

from __future__ import annotations

from collections.abc import Iterator

from habeas.claims.date_meanings import Meaning

_UNITS = (
    "یک", "دو", "سه", "چهار", "پنج", "شش", "هفت", "هشت", "نه",
)  # fmt: skip
_TEENS = (
    "ده", "یازده", "دوازده", "سیزده", "چهارده", "پانزده", "شانزده", "هفده", "هجده", "نوزده",
)  # fmt: skip
_TENS = {
    20: "بیست", 30: "سی", 40: "چهل", 50: "پنجاه", 60: "شصت", 70: "هفتاد", 80: "هشتاد", 90: "نود",
}  # fmt: skip
_LATIN_TENS = {
    "bist": 20, "chehel": 40, "panjah": 50, "shast": 60, "haftad": 70, "hashtad": 80, "navad": 90,
}  # fmt: skip
"""Romanised tens, for decades. "si" (30) is left out: it is a word of too many languages."""
_CENTURIES = {1200: "دویست", 1300: "سیصد", 1400: "چهارصد", 1900: "نهصد"}
_OTHER_SPELLINGS = {"هجدهم": "هیجدهم,هژدهم", "هجده": "هیجده,هژده", "سی ام": "سیام"}
_IRREGULAR = {1: "یکم", 2: "دوم", 3: "سوم", 30: "سی ام"}

_ENGLISH = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh",
    "eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth",
    "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth",
)  # fmt: skip
_ARABIC = (
    "الاول", "الثانی", "الثالث", "الرابع", "الخامس", "السادس", "السابع", "الثامن", "التاسع",
    "العاشر",
)  # fmt: skip
_ARABIC_UNITS = ("الحادی", *_ARABIC[1:9])


def number_phrases() -> Iterator[tuple[str, Meaning]]:
    """Every number in words that is read, normalised, with what it means."""
    for number in range(1, 100):
        for spelling in _cardinals(number):
            yield spelling, Meaning("n", number)
    for name, number in _LATIN_TENS.items():
        yield name, Meaning("n", number)
    yield from _years()
    for number, spelling in _ordinals():
        yield spelling, Meaning("n", number, ordinal=True)


def _cardinals(number: int) -> list[str]:
    """`بیست و هشت`, also with the `و` written together with the unit."""
    if number < 10:
        found = [_UNITS[number - 1]]
    elif number < 20:
        found = [_TEENS[number - 10]]
    elif number % 10 == 0:
        found = [_TENS[number]]
    else:
        tens, unit = _TENS[number - number % 10], _UNITS[number % 10 - 1]
        found = [f"{tens} و {unit}", f"{tens} و{unit}"]
    return found + _respelled(found)


def _respelled(found: list[str]) -> list[str]:
    known = [_OTHER_SPELLINGS[one] for one in found if one in _OTHER_SPELLINGS]
    return [other for spellings in known for other in spellings.split(",")]


def _years() -> Iterator[tuple[str, Meaning]]:
    """`هزار و سیصد و شصت و هفت` and `یک هزار و نهصد و هشتاد و هشت`."""
    for century, name in _CENTURIES.items():
        for thousand in ("هزار", "یک هزار", "یکهزار"):
            begin = f"{thousand} و {name}"
            yield begin, Meaning("Y", century)
            for number in range(1, 100):
                for spelling in _cardinals(number):
                    yield f"{begin} و {spelling}", Meaning("Y", century + number)


def _ordinals() -> Iterator[tuple[int, str]]:
    for number in range(1, 32):
        for spelling in _persian_ordinals(number):
            yield number, spelling
    yield from ((1, one) for one in ("اول", "نخست", "نخستین", "اولین"))
    for number, spelling in enumerate(_ENGLISH, 1):
        yield number, spelling
    for tens, begin in ((20, "twenty"), (30, "thirty")):
        for unit in range(1, 10 if tens == 20 else 2):
            yield tens + unit, f"{begin} {_ENGLISH[unit - 1]}"
    yield 30, "thirtieth"
    yield from _arabic_ordinals()


def _persian_ordinals(number: int) -> list[str]:
    if number in _IRREGULAR:
        found = [_IRREGULAR[number]]
    elif number <= 20:
        found = [f"{one}م" for one in _cardinals(number)]
    else:
        tens, unit = _TENS[number - number % 10], number % 10
        last = _IRREGULAR.get(unit, f"{_UNITS[unit - 1]}م")
        found = [f"{tens} و {last}", f"{tens} و{last}"]
    return list(dict.fromkeys(found + _respelled(found)))


def _arabic_ordinals() -> Iterator[tuple[int, str]]:
    yield from enumerate(_ARABIC, 1)
    yield from ((10 + unit, f"{one} عشر") for unit, one in enumerate(_ARABIC_UNITS, 1))
    for tens, names in ((20, ("العشرون", "العشرین")), (30, ("الثلاثون", "الثلاثین"))):
        for name in names:
            yield tens, name
            for unit in range(1, 10 if tens == 20 else 2):
                yield tens + unit, f"{_ARABIC_UNITS[unit - 1]} و{name}"
                yield tens + unit, f"{_ARABIC_UNITS[unit - 1]} و {name}"
