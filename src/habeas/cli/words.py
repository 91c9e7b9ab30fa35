"""The few words that the command line itself says around what sources say, in English and Persian.

Labels of predicates and terms come from the vocabulary, not from here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from habeas.cli.options import Language

_WORDS: Final[dict[str, dict[Language, str]]] = {
    "at_least": {"en": "from {} up", "fa": "از {} به بالا"},
    "at_most": {"en": "up to {}", "fa": "تا {}"},
    "range": {"en": "{} to {}", "fa": "{} تا {}"},
    "from": {"en": "{} or later", "fa": "{} یا پس از آن"},
    "until": {"en": "{} or earlier", "fa": "{} یا پیش از آن"},
    "position": {"en": "lat {} lon {}", "fa": "عرض {} طول {}"},
    "within": {"en": "within {} m", "fa": "با خطای تا {} متر"},
    "by": {"en": "by {}", "fa": "به گفتهٔ {}"},
    "held": {"en": "holds {}", "fa": "ناظر به {}"},
    "reliability": {"en": "source {}", "fa": "منبع {}"},
    "credibility": {"en": "information {}", "fa": "اطلاعات {}"},
    "withdrawn": {"en": "WITHDRAWN", "fa": "پس گرفته شد"},
    "disputed": {"en": "DISPUTED", "fa": "محل اختلاف"},
    "forked": {"en": "LOG FORKED", "fa": "دفتر دوشاخه شده"},
    "rests_on": {"en": "finding, rests on", "fa": "یافته، بر پایهٔ"},
    "standard": {"en": "standard: {}", "fa": "معیار: {}"},
    "note": {"en": "note: {}", "fa": "یادداشت: {}"},
    "claim": {"en": "{} claim", "fa": "{} گزاره"},
    "claims": {"en": "{} claims", "fa": "{} گزاره"},
    "independent": {"en": "{} independent sources", "fa": "{} منبع مستقل"},
    "clearance": {"en": "clearance {}", "fa": "سطح دسترسی {}"},
    "linked": {"en": "the same as", "fa": "همان است با"},
    "named_in": {"en": "named in", "fa": "یاد شده در"},
    "said_here": {"en": "said in this source", "fa": "گفته‌شده در این منبع"},
    "more": {"en": "and more: --all shows them", "fa": "و بیشتر: با --all"},
    "nothing_found": {"en": "nothing found", "fa": "چیزی یافت نشد"},
    "more_hits": {"en": "and more: --limit", "fa": "و بیشتر: با --limit"},
    "no_contradictions": {"en": "no source contradicts another", "fa": "تناقضی یافت نشد"},
    "agreement.0": {"en": "the same", "fa": "یکسان"},
    "agreement.1": {"en": "compatible", "fa": "سازگار"},
    "agreement.2": {"en": "differ", "fa": "متفاوت"},
    "agreement.3": {"en": "cannot both hold", "fa": "جمع‌ناپذیر"},
    "independent_one": {"en": "1 independent source", "fa": "۱ منبع مستقل"},
    "value": {"en": "what", "fa": "چه"},
    "who": {"en": "who says so", "fa": "چه کسی می‌گوید"},
    "said_on": {"en": "published", "fa": "تاریخ انتشار"},
    "rating": {"en": "rated", "fa": "ارزیابی"},
    "digest": {"en": "claim", "fa": "گزاره"},
    "about": {"en": "about", "fa": "دربارهٔ"},
    "predicate": {"en": "says", "fa": "می‌گوید"},
}

_PERSIAN_DIGITS: Final = str.maketrans("0123456789.", "۰۱۲۳۴۵۶۷۸۹٫")


def word(key: str, lang: Language, *fill: str) -> str:
    """Words of ours, filled in.

    Args:
        key: see the table.
        lang: the language.
        fill: what stands in place of each `{}`.
    """
    return _WORDS[key][lang].format(*fill)


def number(count: int, lang: Language) -> str:
    """A count of ours in the digits of the language; never for dates, ids and coordinates."""
    return decimal(str(count), lang)


def decimal(figure: str, lang: Language) -> str:
    """A figure of ours, whole or with a point, in the digits of the language."""
    return figure.translate(_PERSIAN_DIGITS) if lang == "fa" else figure


def listed(parts: Iterable[str], lang: Language) -> str:
    """What is not empty of some parts, with the comma of the language between."""
    return ("، " if lang == "fa" else ", ").join(part for part in parts if part)
