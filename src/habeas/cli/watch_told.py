"""What a run of the watch recorded in English words, told in Persian.

The record keeps the words of the run as they are; these are ours, read off them. What is worded
otherwise (another version, another organisation) is shown as it is recorded.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from habeas.cli.options import Language
from habeas.cli.readings import vocabulary_label
from habeas.cli.words import decimal

NO_CHANGE: Final = "no change"


def told(text: str, lang: Language) -> str:
    """The words of a run in a language; as they are recorded where they are not known here."""
    if lang == "en":
        return text
    for pattern, retold in _RETOLD:
        found = pattern.fullmatch(text)
        if found is not None:
            return retold(found)
    return text


def _dates(found: re.Match[str]) -> str:
    first, last, level, best = found.groups()
    within = f"از {first} تا {last} (بازهٔ {decimal(level, 'fa')} درصد)"
    return f"{within}، به احتمال زیاد آغاز در {best}" if best else within


def _kinds(found: re.Match[str]) -> str:
    shares = (part.rpartition(" ") for part in found[1].split(", "))
    return "احتمال‌ها: " + "، ".join(
        f"{_kind(name)} {decimal(share, 'fa')}" for name, _, share in shares
    )


def _kind(name: str) -> str:
    if name == NO_CHANGE:
        return "بی دگرگونی"
    return vocabulary_label("kind_hypothesis", name.replace(" ", "_"), "fa")


def _measured(found: re.Match[str]) -> str:
    best, low, high, level, asked, hundred = (decimal(part, "fa") for part in found.groups())
    return (
        f"{best} در هر محل و سال ({low} تا {high}، بازهٔ {level} درصد) در همین تصویرها؛ "
        f"{_wanted(asked, hundred)}"
    )


def _unmeasured(found: re.Match[str]) -> str:
    asked, hundred = (decimal(part, "fa") for part in found.groups())
    return f"{_wanted(asked, hundred)}؛ برای سنجش آن جایی نبود"


def _watched_again(found: re.Match[str]) -> str:
    alarm, first, since = found.groups()
    return f"آنچه تا {alarm} دگرگون شده بود از {first} باز پایش می‌شود؛ پیشینهٔ آن از {since} است"


def _not_yet(found: re.Match[str]) -> str:
    alarm, first = found.groups()
    until = f"تا دو سال تصویر از وضع کنونی آن باشد، یعنی از {first}"
    return f"آنچه تا {alarm} دگرگون شده بود پایش نمی‌شود {until}"


def _not_again(found: re.Match[str]) -> str:
    return f"آنچه تا {found[1]} دگرگون شده بود باز پایش نمی‌شود: {found[2]}"


def _wanted(asked: str, hundred: str) -> str:
    return f"خواسته‌شده {asked}، یعنی {hundred} در سال برای صد محل"


_DAY: Final = r"(\d{4}-\d{2}-\d{2})"
_FIGURE: Final = r"([\d.]+|inf|nan)"
_ASKED: Final = rf"{_FIGURE} asked for, {_FIGURE} a year over a hundred sites"

_RETOLD: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...]] = (
    (
        re.compile(rf"{_DAY} to {_DAY} \((\d+)% interval\)(?:, most likely begun on {_DAY})?"),
        _dates,
    ),
    (re.compile(r"probabilities: ([a-z ]+ [\d.]+(?:, [a-z ]+ [\d.]+)*)"), _kinds),
    (
        re.compile(
            rf"{_FIGURE} per site and year \({_FIGURE} to {_FIGURE}, (\d+)% interval\), "
            rf"as the same images gave; {_ASKED}"
        ),
        _measured,
    ),
    (
        re.compile(
            rf"what had changed by {_DAY} is watched again from {_DAY}, its history from {_DAY} on"
        ),
        _watched_again,
    ),
    (
        re.compile(
            rf"what had changed by {_DAY} is not watched until there are two years of images of "
            rf"what it is like now, from {_DAY} on"
        ),
        _not_yet,
    ),
    (re.compile(rf"what had changed by {_DAY} is not watched again: (.+)"), _not_again),
    (re.compile(rf"{_ASKED}; the (?:surroundings|images) have no room to measure .+"), _unmeasured),
)
