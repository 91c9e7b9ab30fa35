"""The words in the pictures of a watched site, in English and Persian."""

from __future__ import annotations

from datetime import date
from typing import Final

from habeas.drawing.figure import Language

_PERSIAN_DIGITS: Final = str.maketrans("0123456789.,", "۰۱۲۳۴۵۶۷۸۹٫٬")

_WORDS: Final[dict[str, dict[Language, str]]] = {
    "before": {"en": "before: {}, {}", "fa": "پیش: {}، {}"},
    "after": {"en": "after: {}, {}", "fa": "پس: {}، {}"},
    "true_colour": {"en": "true colour", "fa": "رنگ طبیعی"},
    "false_colour": {
        "en": "false colour (short-wave infrared, near infrared, red)",
        "fa": "رنگ مجازی (فروسرخ کوتاه، فروسرخ نزدیک، قرمز)",
    },
    "single_band": {"en": "one band ({})", "fa": "تک‌باند ({})"},
    "outline": {"en": "outline of the site", "fa": "مرز محل"},
    "changed": {"en": "changed ground", "fa": "زمین دگرگون‌شده"},
    "changed_number": {
        "en": "changed ground {}: about {} m²",
        "fa": "زمین دگرگون‌شدهٔ {}: حدود {} متر مربع",
    },
    "metres": {"en": "{} m", "fa": "{} متر"},
    "north": {"en": "N", "fa": "شمال"},
    "east_of_centre": {
        "en": "metres east of the centre of the site",
        "fa": "متر به شرق مرکز محل",
    },
    "north_of_centre": {
        "en": "metres north of the centre of the site",
        "fa": "متر به شمال مرکز محل",
    },
    "easting": {"en": "easting, m ({})", "fa": "مختصات شرقی، متر ({})"},
    "northing": {"en": "northing, m ({})", "fa": "مختصات شمالی، متر ({})"},
    "site": {"en": "the site", "fa": "محل"},
    "ring": {"en": "its surroundings", "fa": "پیرامون محل"},
    "watched": {"en": "watched", "fa": "دورهٔ پایش"},
    "gap": {"en": "no clear image for over 60 days", "fa": "بیش از ۶۰ روز بی تصویر روشن"},
    "band": {
        "en": "change began between these dates ({} %)",
        "fa": "آغاز دگرگونی در این بازه ({} درصد)",
    },
    "alarm": {"en": "alarm", "fa": "هشدار"},
    "alarm_on": {"en": "alarm {}", "fa": "هشدار {}"},
    "statistic": {"en": "change ÷ threshold", "fa": "نسبت دگرگونی به آستانه"},
    "threshold": {"en": "threshold", "fa": "آستانه"},
    "earlier": {"en": "earlier", "fa": "پیش‌تر"},
    "later": {"en": "later", "fa": "پس‌تر"},
    "sentinel-2": {"en": "Sentinel-2", "fa": "سنتینل ۲"},
    "landsat": {"en": "Landsat", "fa": "لندست"},
    "chips_title": {
        "en": "Before and after a change of the ground",
        "fa": "پیش و پس از دگرگونی زمین",
    },
    "curve_title": {
        "en": "The site against its surroundings",
        "fa": "محل در برابر پیرامونش",
    },
    "footprint_title": {"en": "Where the ground changed", "fa": "جایی که زمین دگرگون شد"},
    "chips_words": {
        "en": "Satellite images of the site before ({}) and after ({}) a change of its ground that "
        "a method suggests; the outline of the site and the changed ground are drawn on both.",
        "fa": "تصویر ماهواره‌ای محل پیش ({}) و پس ({}) از دگرگونی زمین که یک روش پیشنهاد می‌کند؛ مرز "
        "محل و زمین دگرگون‌شده بر هر دو کشیده شده است.",
    },
    "curve_words": {
        "en": "The index {} of the site and of its surroundings on {} dates from {} to {}.",
        "fa": "شاخص {} محل و پیرامونش در {} تاریخ از {} تا {}.",
    },
    "band_words": {
        "en": " Change {}: begun between {} and {}, alarm on {}.",
        "fa": " دگرگونی {}: آغاز میان {} و {}، هشدار در {}.",
    },
    "no_band_words": {
        "en": " No disturbance was found in it; that does not mean that nothing happened.",
        "fa": " دست‌کاری در آن یافت نشد؛ این بدان معنا نیست که چیزی رخ نداده است.",
    },
    "footprint_words_one": {
        "en": "A map of the site without coordinates: its outline, and the changed ground, about "
        "{} square metres in one part.",
        "fa": "نقشهٔ محل بی مختصات: مرز آن، و زمین دگرگون‌شده، حدود {} متر مربع یکپارچه.",
    },
    "footprint_words": {
        "en": "A map of the site without coordinates: its outline, and the changed ground, about "
        "{} square metres in {} parts.",
        "fa": "نقشهٔ محل بی مختصات: مرز آن، و زمین دگرگون‌شده، حدود {} متر مربع در {} بخش.",
    },
}


def word(key: str, language: Language, *fill: str) -> str:
    """Words of a picture, filled in.

    Args:
        key: see the table.
        language: `en` or `fa`.
        fill: what stands in place of each `{}`.
    """
    return _WORDS[key][language].format(*fill)


def sensor(name: str, language: Language) -> str:
    """The name of a sensor; as the cube has it when it is none of ours."""
    return _WORDS[name][language] if name in _WORDS else name


def count(value: float, language: Language) -> str:
    """A whole number, with its thousands apart, in the digits of the language."""
    text = f"{value:,.0f}"
    return text.translate(_PERSIAN_DIGITS) if language == "fa" else text


def index_name(name: str, language: Language) -> str:
    """The name of an index; in Persian too, when it is one of those that are known here."""
    return _INDICES.get(name, name) if language == "fa" else name


_INDICES: Final = {
    "brightness": "روشنایی",
    "mean reflectance of the bands": "میانگین بازتاب باندها",
    "NDVI": "نمایهٔ پوشش گیاهی (NDVI)",
}


def figure_of(value: float, language: Language) -> str:
    """A number of an axis in the digits of the language."""
    text = f"{value:.4g}".replace("-", "−")
    return text.translate(_PERSIAN_DIGITS) if language == "fa" else text


def day(value: date) -> str:
    """A date as it stands in every language: ISO 8601; whoever draws it isolates it."""
    return value.isoformat()
