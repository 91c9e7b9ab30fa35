"""The words of dates, in English and Persian: what each means and which calendar it names.

A table, not a parser. Each line gives the phrases of one meaning, already normalised
(`habeas.claims.names.normalise`), parted by commas; a phrase may have several words.
"""

from __future__ import annotations

from typing import NamedTuple


class Meaning(NamedTuple):
    """What a phrase stands for in the grammar of `habeas.claims.dates`."""

    kind: str
    """One letter, see `KINDS`."""
    number: int = 0
    calendar: str = ""
    """The calendar that the phrase names; `hijri` when it names no variant."""


KINDS = {
    "M": "month", "S": "season", "D": "the word decade", "W": "a decade in words", "P": "part",
    "A": "about", "B": "before", "U": "until", "F": "after", "O": "from", "T": "to",
    "G": "between", "&": "and", "C": "calendar", "K": "unknown", "_": "nothing",
}  # fmt: skip
"""The kinds of phrases. Numbers are Y (three digits or more), n (two or fewer), E (with an s)."""

_GREGORIAN = (
    "january,jan,janvier,enero,ژانویه", "february,feb,fevrier,febrero,فوریه",
    "march,mar,mars,marzo,مارس", "april,apr,avril,abril,اوریل", "may,mai,mayo,مه,می",
    "june,jun,juin,junio,ژوین,ژوین,جون", "july,jul,juillet,julio,ژوییه,جولای",
    "august,aug,aout,agosto,اوت,اگوست,اگست", "september,sep,sept,septembre,septiembre,سپتامبر",
    "october,oct,octobre,octubre,اکتبر", "november,nov,novembre,noviembre,نوامبر",
    "december,dec,decembre,diciembre,دسامبر",
)  # fmt: skip
_SOLAR = (
    "farvardin,فروردین,hamal,حمل", "ordibehesht,اردیبهشت,sawr,thawr,ثور",
    "khordad,xordad,خرداد,jawza,جوزا", "tir,تیر,saratan,سرطان",
    "mordad,amordad,مرداد,امرداد,asad,اسد", "shahrivar,sharivar,شهریور,sunbula,سنبله",
    "mehr,مهر,mizan,میزان", "aban,ابان,aqrab,عقرب", "azar,اذر,qaws,قوس",
    "dey,دی,jadi,جدی", "bahman,بهمن,dalw,دلو", "esfand,isfand,اسفند,hut,حوت",
)  # fmt: skip
_HIJRI = (
    "muharram,moharram,محرم", "safar,صفر",
    "rabi al awwal,rabi al awal,rabi i,rabi ol avval,ربیع الاول",
    "rabi al thani,rabi al akhir,rabi ath thani,rabi ii,rabi os sani,ربیع الثانی,ربیع الاخر",
    "jumada al awwal,jumada al ula,jumada i,jamadi ol avval,جمادی الاول,جمادی الاولی",
    "jumada al thani,jumada al akhira,jumada ii,jamadi os sani,جمادی الثانی,"
    "جمادی الثانیه,جمادی الاخره",
    "rajab,رجب", "shaban,شعبان", "ramadan,ramazan,رمضان", "shawwal,shavval,شوال",
    "dhu al qida,dhu al qadah,dhul qada,zi qadeh,zilqadeh,zu al qadeh,"
    "ذی القعده,ذیقعده,ذو القعده,ذوالقعده",
    "dhu al hijja,dhu al hijjah,dhul hijja,dhul hijjah,zi hajjeh,zilhajjeh,zu al hijjeh,"
    "ذی الحجه,ذیحجه,ذو الحجه,ذوالحجه,ذی حجه",
)  # fmt: skip
_SEASONS = ("spring,بهار", "summer,تابستان", "autumn,fall,پاییز,خزان", "winter,زمستان")
_PARTS = (
    "early,beginning,start,first days,اوایل,اغاز,ابتدای",
    "mid,middle,اواسط,نیمه,میانه", "late,end,last days,اواخر,پایان,انتهای",
)  # fmt: skip
_DECADES = {
    20: "twenties,بیست", 30: "thirties,سی", 40: "forties,چهل", 50: "fifties,پنجاه",
    60: "sixties,شصت", 70: "seventies,هفتاد", 80: "eighties,هشتاد", 90: "nineties,نود",
}  # fmt: skip
_CALENDARS = {
    "gregorian": "ce,ad,a d,c e,gregorian,میلادی",
    "solar_hijri": "ap,a p,sh,s h,solar hijri,hijri shamsi,shamsi,jalali,persian calendar,"
    "هجری شمسی,هجری خورشیدی,خورشیدی,شمسی,ه ش,هش,جلالی",
    "hijri": "ah,a h,hijri,lunar hijri,qamari,هجری قمری,قمری,ه ق,هق",
}
_OTHERS = {
    "D": "decade,دهه",
    "A": "about,around,circa,ca,c,approximately,roughly,حدود,حدودا,در حدود,تقریبا,حوالی",
    "B": "before,earlier than,prior to,پیش از,قبل از",
    "U": "by,until,till,up to,no later than,not later than,حداکثر تا",
    "F": "after,later than,پس از,بعد از",
    "O": "from,since,no earlier than,not before,از",
    "T": "to,through,تا",
    "G": "between,بین,میان,مابین",
    "&": "and,و",
    "K": "unknown,undated,not known,no date,date unknown,نامعلوم,نامشخص,بی تاریخ",
    "_": "the,of,in,on,at,year,month,day,day of,ه,ی,سال,ماه,روز,در,تاریخ,مورخ,"
    "monday,tuesday,wednesday,thursday,friday,saturday,sunday,"
    "شنبه,یک شنبه,یکشنبه,دو شنبه,دوشنبه,سه شنبه,چهار شنبه,چهارشنبه,پنج شنبه,پنجشنبه,جمعه",
}


def _phrases(words: str, meaning: Meaning) -> dict[tuple[str, ...], Meaning]:
    return {tuple(phrase.split()): meaning for phrase in words.split(",")}


def _table() -> dict[tuple[str, ...], Meaning]:
    table: dict[tuple[str, ...], Meaning] = {}
    for kind, words in _OTHERS.items():
        table |= _phrases(words, Meaning(kind))
    for calendar, words in _CALENDARS.items():
        table |= _phrases(words, Meaning("C", calendar=calendar))
    for number, words in _DECADES.items():
        table |= _phrases(words, Meaning("W", number))
    for kind, names in (("S", _SEASONS), ("P", _PARTS)):
        for number, words in enumerate(names, 1):
            table |= _phrases(words, Meaning(kind, number))
    months = (("gregorian", _GREGORIAN), ("solar_hijri", _SOLAR), ("hijri", _HIJRI))
    for calendar, series in months:
        for number, words in enumerate(series, 1):
            table |= _phrases(words, Meaning("M", number, calendar))
    return table


PHRASES = _table()
"""Normalised words of a phrase to what it means."""

LONGEST = max(len(phrase) for phrase in PHRASES)
"""Words of the longest phrase."""

IMPERIAL = range(2500, 2541)
"""Years of the imperial calendar of Iran, in use 1976 to 1978; it is not read."""
