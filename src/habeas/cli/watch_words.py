"""The words that `habeas watch` says around what the record holds, in English and Persian.

What its pictures say, too, stands in `monitoring.figures.text` alone.
"""

from __future__ import annotations

from typing import Final

from habeas.cli.options import Language

_WORDS: Final[dict[str, dict[Language, str]]] = {
    "disturbed": {
        "en": "a disturbance is suggested",
        "fa": "روش یک دست‌کاری را پیشنهاد می‌کند",
    },
    "no_disturbance_found": {
        "en": "no disturbance was found; this does not say that nothing happened",
        "fa": "دست‌کاری‌ای یافت نشد؛ این نمی‌گوید که چیزی رخ نداده است",
    },
    "cannot_assess": {
        "en": "cannot be assessed; this does not say that nothing happened",
        "fa": "ارزیابی‌پذیر نیست؛ این نمی‌گوید که چیزی رخ نداده است",
    },
    "": {
        "en": "what was said of it was withdrawn; look again: `habeas watch run`",
        "fa": "آنچه گفته شده بود پس گرفته شد؛ دوباره بنگرید: `habeas watch run`",
    },
    "failed": {"en": "could not be looked at", "fa": "بررسی نشد"},
    "forked": {"en": "LOG FORKED", "fa": "دفتر دوشاخه شده"},
    "watched": {"en": "watched from {} to {}", "fa": "پایش از {} تا {}"},
    "number": {"en": "Disturbance {}", "fa": "دست‌کاری {}"},
    "suggestion": {
        "en": "a suggestion of a method, not an observation by a person",
        "fa": "پیشنهاد یک روش، نه مشاهدهٔ یک فرد",
    },
    "began": {"en": "began", "fa": "آغاز"},
    "images": {"en": "images", "fa": "تصویرها"},
    "without_with": {
        "en": "last clear one without it {}, first with it {}",
        "fa": "واپسین تصویر روشن بی آن {}، نخستین با آن {}",
    },
    "area": {"en": "area", "fa": "مساحت"},
    "square_metres": {"en": "{} to {} square metres", "fa": "{} تا {} متر مربع"},
    "pace": {"en": "pace", "fa": "شتاب"},
    "kind": {"en": "kind, a hypothesis", "fa": "نوع، گمانه"},
    "opinion": {"en": "second opinion", "fa": "نظر دوم"},
    "reading": {"en": "read by", "fa": "خوانش"},
    "confirm": {"en": "confirmed", "fa": "تأیید شد"},
    "reject": {"en": "rejected", "fa": "رد شد"},
    "undecided": {"en": "undecided", "fa": "بی تصمیم"},
    "unread": {
        "en": "nobody has looked at it yet: `habeas watch review {}`",
        "fa": "هنوز کسی آن را ندیده است: `habeas watch review {}`",
    },
    "agreement": {"en": "Do those who read agree?", "fa": "آیا خوانندگان هم‌نظرند؟"},
    "reviews": {"en": "what the watch suggests", "fa": "آنچه پایش پیشنهاد می‌کند"},
    "image": {"en": "image {}", "fa": "تصویر {}"},
    "the_same": {"en": "the same at {} of {}", "fa": "یکسان در {} از {}"},
    "nothing_shared": {
        "en": "they marked no place in common",
        "fa": "هیچ جای مشترکی را نشان نکرده‌اند",
    },
    "kappa": {
        "en": "beyond chance (kappa) {}, {} to {}",
        "fa": "فراتر از تصادف (کاپا) {}، {} تا {}",
    },
    "no_kappa": {
        "en": "too few, or too much alike, to tell agreement beyond chance",
        "fa": "برای سنجش هم‌نظری فراتر از تصادف بسیار کم یا بسیار همانند است",
    },
    "claim": {"en": "claim", "fa": "گزاره"},
    "calibration": {"en": "False alarms", "fa": "هشدار نادرست"},
    "reasons": {"en": "because", "fa": "زیرا"},
    "curve": {"en": "Curve", "fa": "منحنی"},
    "no_curve": {
        "en": "The curve is not held here as it was recorded: `habeas verify` tells why",
        "fa": "منحنی چنان که ثبت شده بود در اینجا نیست: `habeas verify` علت را می‌گوید",
    },
    "marks": {"en": "= began, ! alarm", "fa": "= آغاز، ! هشدار"},
    "runs": {"en": "runs: {}", "fa": "اجراها: {}"},
    "written": {"en": "{} files in {}", "fa": "{} پرونده در {}"},
}


def said(key: str, lang: Language, *fill: str) -> str:
    """Words of ours, filled in.

    Args:
        key: see the table.
        lang: the language.
        fill: what stands in place of each `{}`.
    """
    return _WORDS[key][lang].format(*fill)
