"""The words of dates: what each means and which calendar it names.

A table, not a parser. Each line gives the phrases of one meaning, parted by commas, as sources
write them; they are looked up normalised (`habeas.claims.names.normalise`). Persian and English
first, then Arabic, Dari, Kurdish, French, Spanish, Turkish and Bosnian as far as they are plain.
"""

from __future__ import annotations

from collections.abc import Iterable

from habeas.claims.date_meanings import Meaning
from habeas.claims.date_months import GREGORIAN, HIJRI, KURDISH, NAMED_DAYS, SOLAR, ZODIAC
from habeas.claims.date_numbers import number_phrases
from habeas.claims.names import normalise

_SEASONS = (
    "spring,بهار,bahar,ربیع,printemps,ilkbahar,proljeće,proljeća,بەهار,پسرلی",
    "summer,تابستان,tabestan,صیف,الصیف,été,yaz,ljeto,ljeta,هاوین,اوړی",
    "autumn,fall,پاییز,خزان,paiz,payiz,خریف,الخریف,automne,sonbahar,jesen,jeseni,منی",
    "winter,زمستان,zemestan,شتاء,الشتاء,hiver,kış,zima,zime,زستان,ژمی",
)  # fmt: skip
"""Not in Spanish: a verano of Argentina is a winter of Spain."""

_THIRDS = (
    "early,beginning,start,early in,اوایل,اوائل,آغاز,ابتدای,avayel,بداية,بدایات,مطلع,أوائل,"
    "début,principios de,inicios de,početkom,početak",
    "mid,middle,اواسط,میانه,میانهٔ,avaset,منتصف,أواسط,mi,mediados de,sredinom,sredina",
    "late,end,اواخر,پایان,انتهای,avakher,نهاية,أواخر,fin,finales de,fines de,krajem,kraj",
)  # fmt: skip
_DAYS_OF_MONTH = (
    "first days,روزهای اول,روزهای نخست,روزهای نخستین,روزهای آغازین,اولین روزهای,نخستین روزهای",
    "middle days,روزهای میانی",
    "last days,final days,روزهای آخر,روزهای پایانی,آخرین روزهای,واپسین روزهای",
)
_MONTHS_OF_YEAR = (
    "first months,ماههای اول,ماه های اول,ماههای نخست,ماه های نخست,ماههای آغازین,نخستین ماههای",
    "middle months,ماههای میانی",
    "last months,ماههای آخر,ماه های آخر,ماههای پایانی,ماه های پایانی,آخرین ماههای,واپسین ماههای",
)
_HALVES = (
    "first half,1st half,نیمه اول,نیمه نخست,نیمهٔ یکم,نیم سال اول,نیمسال اول,"
    "nimeh avval,nimeh aval,nimeye avval,nime avval,النصف الأول,première moitié,primera mitad",
    "second half,2nd half,latter half,نیمه دوم,نیم سال دوم,نیمسال دوم,"
    "nimeh dovom,nimeh dovvom,nimeye dovom,nime dovom,النصف الثاني,deuxième moitié,segunda mitad",
)  # fmt: skip
_TEN_DAYS = (
    "first ten days,ده روز اول,ده روز نخست,ده روزه اول,دهه اول,دهه نخست,دهه یکم,"
    "daheh avval,العشر الأوائل",
    "second ten days,ده روز دوم,دهه دوم,daheh dovom",
    "last ten days,ده روز آخر,دهه سوم,دهه آخر,daheh sevom",
)  # fmt: skip
_WEEKS = (
    "first week,1st week,هفته اول,هفته نخست,hafteh avval,الأسبوع الأول",
    "second week,2nd week,هفته دوم,hafteh dovom,الأسبوع الثاني",
    "third week,3rd week,هفته سوم,hafteh sevom,الأسبوع الثالث",
)  # fmt: skip
_LAST_WEEK = "last week,هفته آخر,هفته پایانی,آخرین هفته,الأسبوع الأخير"
_EDGES = (
    "اول سال,ابتدای سال,آغاز سال,بدو",
    "آخر,آخر سال,پایان سال,آخر ماه,آخرین روز,last day",
)  # fmt: skip
_DECADES = {
    20: "twenties", 30: "thirties", 40: "forties", 50: "fifties",
    60: "sixties", 70: "seventies", 80: "eighties", 90: "nineties",
}  # fmt: skip
_CALENDARS = {
    "gregorian": "ce,ad,a d,c e,gregorian,میلادی,م,الميلادي,ميلادية,miladi,n e,زایینی",
    "solar_hijri": "ap,a p,sh,s h,a h s,a h s h,ahs,h sh,solar hijri,solar,hijri shamsi,"
    "shamsi,jalali,persian,"
    "persian calendar,iranian calendar,هجری شمسی,هجری خورشیدی,خورشیدی,شمسی,ه ش,هش,ه خ,ش,جلالی,"
    "هجری شمسی,هیجری شەمسی,کۆچی هەتاوی,هەتاوی,لمریز,هجری لمریز",
    "hijri": "ah,a h,lunar hijri,islamic,qamari,lunar,هجری قمری,قمری,ه ق,هق,ق,هجری قمری,کۆچی مانگی,"
    "hicri kameri",
    "either_hijri": "hijri,hejri,h,هجری,ه,هجریه,hicri",
    "imperial": "imperial,shahanshahi,shahanshahi calendar,شاهنشاهی",
    "rumi": "rumi,رومی,رومیه,مالی,hicri rumi",
}
_WEEKDAYS = (
    "monday,mon,دو شنبه,دوشنبه,الاثنين,الإثنين,اثنین,lundi,lunes,"
    "pazartesi,ponedjeljak,دووشەممە",
    "tuesday,tue,tues,سه شنبه,سهشنبه,الثلاثاء,ثلاثاء,mardi,martes,salı,utorak,سێشەممە",
    "wednesday,wed,چهار شنبه,چهارشنبه,الأربعاء,أربعاء,mercredi,miércoles,"
    "çarşamba,srijeda,چوارشەممە",
    "thursday,thu,thur,thurs,پنج شنبه,پنجشنبه,الخميس,خميس,jeudi,jueves,perşembe,četvrtak,پێنجشەممە",
    "friday,fri,جمعه,آدینه,الجمعة,vendredi,viernes,cuma,petak,هەینی",
    "saturday,sat,شنبه,السبت,samedi,sábado,cumartesi,subota,شەممە",
    "sunday,sun,یک شنبه,یکشنبه,الأحد,dimanche,domingo,pazar,nedjelja,یەکشەممە",
)  # fmt: skip
_OTHERS = {
    "D": "decade,decade of,دهه,دهه ی,دهههای,دهه های,dahe,daheh,عقد,décennie,década",
    "A": "about,around,circa,ca,c,approximately,approx,roughly,حدود,حدودا,در حدود,تقریبا,حوالی,"
    "حدودهای,تقریبی,تخمینی,approximate,estimated,est,نزدیک به,نزدیکیهای,hodud,حوالي,نحو,"
    "تقريبا,environ,"
    "vers,hacia,alrededor de,oko,yaklaşık",
    "B": "before,earlier than,prior to,پیش از,قبل از,تا پیش از,تا قبل از,قبل,avant,antes de,prije,"
    "qabl az,pish az",
    "U": "by,no later than,not later than,at the latest,or earlier,or before,"
    "حداکثر تا,به قبل,یا پیش از آن,یا قبل از آن,یا زودتر",
    "F": "after,later than,پس از,بعد از,بعد,après,después de,nakon,poslije,ba'd az,pas az",
    "O": "from,since,no earlier than,not before,onwards,onward,or later,or after,از,به بعد,"
    "یا پس از آن,یا بعد از آن,یا دیرتر,تاکنون,تا کنون,تا امروز,تا به امروز,to present,"
    "to the present,"
    "to date,until now,until today,"
    "منذ,من,depuis,à partir de,desde,a partir de,od,az",
    "T": "to,through,until,till,up to,تا,الی,إلى,حتى,لغاية,ta,au,jusqu'à,jusqu'en,hasta,do",
    "G": "between,بین,میان,مابین,ما بین,در فاصله,entre,između",
    "&": "and,or,و,یا,أو,et,ou,y,i,ili,va",
    "K": "unknown,undated,not known,no date,date unknown,unknown date,date not known,n d,s d,"
    "نامعلوم,نا معلوم,نامشخص,نا مشخص,بی تاریخ,بدون تاریخ,تاریخ نامعلوم,تاریخ نامشخص,معلوم نیست,"
    "مشخص نیست,مجهول,غير معروف,غير معلوم,بدون تاريخ,inconnu,inconnue,date inconnue,sans date,"
    "desconocido,desconocida,fecha desconocida,sin fecha,nepoznato,nepoznat,bilinmiyor",
    "R": "today,yesterday,now,this year,last year,this month,last month,امروز,دیروز,امسال,پارسال,"
    "سال گذشته,سال پیش,ماه گذشته,ماه پیش,اليوم,أمس",
    "Q": "morning,dawn,noon,midday,afternoon,evening,in the morning,in the evening,صبح,بامداد,سحر,"
    "سحرگاه,ظهر,پیش از ظهر,قبل از ظهر,بعد از ظهر,بعدازظهر,عصر,غروب,شامگاه,صباح,مساء",
    "I": "year,month,day,سال,ماه,روز,عام,العام,سنة,شهر,يوم,año,mes,día,sal,mah,saal,ساڵی,ساڵ,année,"
    "mois,jour",
    "_": "the,of,in,on,at,during,day of,dated,date,ی,های,در,طی,در طی,طول,در طول,تاریخ,مورخ,"
    "مورخه,به تاریخ,بتاریخ,در تاریخ,"
    "في,خلال,le,la,en,el,de,del,du,godine,god,yılı,e,ye",
}
_UNITS = "years,months,days,سالهای,ماههای,روزهای,سالها,años,meses,días"
"""They say nothing, save behind a number: five days in July."""

_TWO_SENSES = {
    "Is it the night before or after that day? Write the day": "شب,نیمه شب,نیمهشب,شبانگاه,night,"
    "midnight,night of,on the night of,the night of,شب هنگام,ليلة,eve of",
    "Is it the middle, the 15th, or one of the two halves? Write mid, or first or second half": (
        "نیمه,نیمهٔ,nimeh,nime"
    ),
    "Does it end with the 28th, or with the month? Write the days": "هفته چهارم,fourth week,"
    "4th week,"
    "الأسبوع الرابع",
    "Nowruz is a day and also the holidays after it; write the day": "نوروز,عید نوروز,"
    "نوروزی,nowruz,"
    "norouz,noruz,newroz,nauroz,نەورۆز",
    "Does it mean that there is no such date, or that it is not known? Write unknown, or nothing": (
        "n a,na,not available,not applicable,none,nil,ندارد,لا يوجد"
    ),
}


def _phrases(words: str, meaning: Meaning) -> Iterable[tuple[tuple[str, ...], Meaning]]:
    return ((tuple(normalise(phrase).split()), meaning) for phrase in words.split(","))


def _series() -> Iterable[tuple[str, Meaning]]:
    """The phrases of every meaning that has a number."""
    for kind, names in (("S", _SEASONS), ("P", _THIRDS), ("H", _HALVES), ("X", _TEN_DAYS),
                        ("V", _WEEKS), ("L", _EDGES)):  # fmt: skip
        for number, words in enumerate(names, 1):
            yield words, Meaning(kind, number)
    for note, names in (("days", _DAYS_OF_MONTH), ("months", _MONTHS_OF_YEAR)):
        for number, words in enumerate(names, 1):
            yield words, Meaning("P", number, note=note)
    yield _LAST_WEEK, Meaning("V", 9)
    for number, words in _DECADES.items():
        yield words, Meaning("W", number)
    for number, words in enumerate(_WEEKDAYS):
        yield words, Meaning("N", number)
    yield from _months()
    for (month, day), words in NAMED_DAYS.items():
        yield words, Meaning("J", 100 * month + day, "hijri")


def _months() -> Iterable[tuple[str, Meaning]]:
    for calendar, series in (("gregorian", GREGORIAN), ("hijri", HIJRI)):
        for number, words in enumerate(series, 1):
            yield words, Meaning("M", number, calendar)
    for number, words in enumerate(SOLAR, 1):
        joined = (f"{word}{mah}" for word in words.split(",") for mah in ("", "ماه"))
        yield ",".join(joined), Meaning("M", number, "solar_hijri")
    for number, words in enumerate(KURDISH, 1):
        joined = (f"{word}{ending}" for word in words.split(",") for ending in ("", "ی"))
        yield ",".join(joined), Meaning("M", number, "solar_hijri", note="kurdish")
    for number, words in enumerate(ZODIAC, 1):
        yield words, Meaning("M", number, "solar_hijri", note="zodiac")


def _table() -> dict[tuple[str, ...], Meaning]:
    table = {tuple(words.split()): meaning for words, meaning in number_phrases()}
    for kind, words in _OTHERS.items():
        table.update(_phrases(words, Meaning(kind)))
    table.update(_phrases(_UNITS, Meaning("_", note="unit")))
    for why, words in _TWO_SENSES.items():
        table.update(_phrases(words, Meaning("?", note=why)))
    for calendar, words in _CALENDARS.items():
        table.update(_phrases(words, Meaning("C", calendar=calendar)))
    for words, meaning in _series():
        table.update(_phrases(words, meaning))
    return table


PHRASES = _table()
"""Normalised words of a phrase to what it means."""


def _longest() -> dict[str, int]:
    found: dict[str, int] = {}
    for phrase in PHRASES:
        found[phrase[0]] = max(len(phrase), found.get(phrase[0], 0))
    return found


LONGEST = _longest()
"""The first word of a phrase to the number of words of the longest that begins with it."""

IMPERIAL = range(2500, 2541)
"""Years of the imperial calendar of Iran, in use 1976 to 1978; it is not read."""

RUMI = range(1256, 1343)
"""Years of the Rumi calendar of the Ottoman state that a source may mean; it is not read."""
