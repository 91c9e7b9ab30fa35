"""The words by which a header, a total or a note is told from a row.

English, Persian and Arabic; of headers some Spanish and French ones. Words of a header stand in
column heads and hardly ever as a value of a list. They help to find where a table begins; what a
column means is decided elsewhere.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_LETTERS: Final = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "ٱ": "ا", "ـ": None})
_INVISIBLE: Final = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
_APART: Final = re.compile(r"[\W_]+")


_PAGE: Final = re.compile(r"(page|صفحه) \d+")


def plain(text: str) -> str:
    """The words of a text for comparison: no case, marks or punctuation, one `ی` and one `ک`."""
    loose = _INVISIBLE.sub(" ", text).casefold()
    bare = "".join(c for c in unicodedata.normalize("NFKD", loose) if not unicodedata.combining(c))
    return _APART.sub(" ", bare.translate(_LETTERS)).strip()


def _listed(text: str) -> list[str]:
    return [word.strip() for word in text.replace("\n", ",").split(",") if word.strip()]


def _words(text: str) -> frozenset[str]:
    return frozenset(map(plain, _listed(text)))


_HEADER_LIST: Final = """
    name, names, full name, first name, last name, given name, given names, family name,
    surname, forename, middle name, father, father name, father's name, fathers name,
    name of father, mother, mother name, mother's name, grandfather, grandfather name, nickname,
    alias, title, sex, gender, age, birth, date of birth, birth date, birthdate, dob,
    year of birth, birth year, place of birth, birthplace, death, date of death, place of death,
    cause of death, date, dates, day, month, year, arrest, date of arrest, arrest date,
    place of arrest, execution, executed, date of execution, place of execution, disappearance,
    date of disappearance, last seen, place, location, city, town, village, province,
    governorate, district, region, country, state, address, prison, court, sentence, charge,
    charges, organisation, organization, affiliation, party, group, occupation, profession, job,
    education, marital status, nationality, ethnicity, religion, status, fate, grave,
    grave number, cemetery, burial, place of burial, burial place, latitude, longitude, lat,
    lon, lng, coordinates, source, sources, reference, references, remark, remarks, note, notes,
    comment, comments, description, id, no, nr, number, row, serial, code, type, category,
    count, quantity, value, unit, photo, link, url, phone, email, uncertainty, identifier,
    record, details, information, circumstances, witness, informant, branch, ward, نام,
    نام کوچک, نام خانوادگی, نام خانواده, نام و نام خانوادگی, نام ونام خانوادگی, اسم, شهرت, لقب,
    نام مستعار, نام پدر, اسم پدر, پدر, فرزند, نام مادر, نام پدربزرگ, نام جد, جنس, جنسیت, سن,
    تولد, تاریخ تولد, سال تولد, محل تولد, زادگاه, متولد, تاریخ, روز, ماه, سال, دستگیری, بازداشت,
    تاریخ دستگیری, تاریخ بازداشت, محل دستگیری, محل بازداشت, اعدام, تاریخ اعدام, محل اعدام,
    شهادت, تاریخ شهادت, محل شهادت, درگذشت, تاریخ درگذشت, مرگ, تاریخ مرگ, محل, مکان, شهر,
    شهرستان, استان, روستا, بخش, کشور, نشانی, آدرس, زندان, دادگاه, حکم, اتهام, سازمان, گروه,
    وابستگی, حزب, شغل, حرفه, تحصیلات, میزان تحصیلات, تاهل, وضعیت تاهل, ملیت, قومیت, مذهب, دین,
    وضعیت, سرنوشت, گور, مزار, قطعه, ردیف قبر, شماره قبر, آرامگاه, گورستان, محل دفن,
    عرض جغرافیایی, طول جغرافیایی, عرض, طول, مختصات, منبع, منابع, ماخذ, توضیح, توضیحات, ملاحظات,
    یادداشت, شرح, ردیف, شماره, شماره ردیف, کد, نوع, تعداد, مقدار, واحد, عکس, شناسنامه,
    شماره شناسنامه, کد ملی, مشخصات, نحوه شهادت, علت مرگ, نوع اعدام, نحوه اعدام, الاسم,
    الاسم الكامل, الاسم الثلاثي, الاسم الأول, الاسم الاول, اسم العائلة, اللقب, الكنية, الشهرة,
    اسم الأب, اسم الاب, الأب, اسم الأم, اسم الام, اسم الجد, الجنس, العمر, السن, المواليد,
    تاريخ الولادة, تاريخ الميلاد, مكان الولادة, محل الولادة, سنة الولادة, التاريخ, تاريخ, اليوم,
    الشهر, السنة, تاريخ الاعتقال, مكان الاعتقال, تاريخ الوفاة, مكان الوفاة, سبب الوفاة,
    تاريخ الاختفاء, تاريخ الفقدان, مكان الاختفاء, مكان الفقدان, تاريخ الإعدام, تاريخ الاستشهاد,
    المكان, الموقع, المدينة, المحافظة, القضاء, الناحية, القرية, المنطقة, البلد, العنوان, السجن,
    المحكمة, التهمة, الحكم, المنظمة, المهنة, الحالة الاجتماعية, الجنسية, القومية, الديانة,
    الحالة, المصير, القبر, رقم القبر, المقبرة, مكان الدفن, خط العرض, خط الطول, الإحداثيات,
    المصدر, المصادر, الملاحظات, الوصف, ت, الرقم, رقم, التسلسل, تسلسل, الرمز, النوع, العدد,
    الوحدة, الصورة, التفاصيل,
    nombre, nombres, nombre completo, apellido, apellidos, apodo, padre, madre, sexo, edad, fecha,
    fecha de nacimiento, fecha de detención, fecha de desaparición, fecha de muerte, lugar,
    lugar de detención, lugar de nacimiento, localidad, provincia, país, profesión, ocupación,
    observaciones, fuente, nº, núm, nom, nom de famille, prénom, sexe, âge, date de naissance,
    date d'arrestation, date de disparition, date de décès, lieu, ville, wilaya, profession
"""

HEADER_WORDS: Final = _words(_HEADER_LIST)
"""Whole cells, as `plain` leaves them."""

_TOTAL_LIST: Final = (
    "total, totals, grand total, sub total, subtotal, sum, overall total, "
    "جمع, جمع کل, مجموع, مجموع کل, جمع صفحه, جمع بخش, تعداد کل, سرجمع, المجموع, المجموع الكلي, "
    "الإجمالي, اجمالي, الاجمالي, العدد الكلي"
)
_TOTALS: Final = _words(_TOTAL_LIST)
_KNOWN: Final = frozenset(
    form
    for word in _listed(_HEADER_LIST) + _listed(_TOTAL_LIST)
    for form in (word.casefold(), plain(word))
)
_NOTES: Final = tuple(
    plain(word)
    for word in (
        "note", "notes", "nb", "source", "sources", "remark", "remarks", "compiled by",
        "prepared by", "last updated", "page", "توضیح", "توضیحات", "یادداشت", "منبع", "منابع",
        "ماخذ", "ملاحظات", "تهیه کننده", "گردآورنده", "تذکر", "پی نوشت", "صفحه", "ملاحظة",
        "المصدر", "المصادر", "اعداد", "صفحة", "تنبیه",
    )
)  # fmt: skip
_NOTHING: Final = _words(
    "unknown, not known, not available, n/a, na, none, nil, نامعلوم, نا معلوم, نامشخص, نا مشخص, "
    "معلوم نیست, مشخص نیست, ندارد, مجهول, مجهولة, غير معروف, غير معلوم, لا يوجد, desconocido, "
    "desconocida, sin datos, inconnu, inconnue"
)
_FIGURES: Final = re.compile(r"[\d\s.,:/%()+\-–—٫٬،]*")


_EDGES: Final = " \t\r\n\u00a0:.*#\u200c\u200e\u200f"


def may_matter(cell: str) -> bool:
    """Whether a cell may be a word of headers or totals: cheap, for the first cell of every row."""
    return cell.strip(_EDGES).casefold() in _KNOWN


def is_header_word(cell: str) -> bool:
    """Whether a cell is a word that heads columns."""
    return len(cell) < 60 and plain(cell) in HEADER_WORDS


def is_figure(cell: str) -> bool:
    """Whether a cell is a number or a date in digits, of any script. Not when empty."""
    return len(cell) < 60 and cell != "" and _FIGURES.fullmatch(cell.strip()) is not None


def is_total(cell: str) -> bool:
    """Whether a cell begins a line of totals: `Total`, `جمع کل: ۴۵`."""
    if len(cell) > 60:
        return False
    words = plain(cell)
    return words in _TOTALS or re.sub(r"[\d ]+$", "", words) in _TOTALS


def is_note(cell: str) -> bool:
    """Whether a cell that stands alone begins a note: `Source: …`, `* …`, `توضیح: …`."""
    head = cell.strip()[:60]
    if head.startswith(("*", "†", "‡", "※")):
        return True
    words = plain(head)
    if _PAGE.match(words):
        return True
    return any(words == note or words.startswith(note + " ") for note in _NOTES) and (
        ":" in head or words in _NOTES or _FIGURES.fullmatch(words.split(" ", 1)[-1]) is not None
    )


def says_nothing(cell: str) -> bool:
    """Whether a cell says that something is not known, or not there."""
    return len(cell) < 60 and (not plain(cell) or plain(cell) in _NOTHING)


def is_wordy(cell: str) -> bool:
    """Whether a cell is more than a name or a number: a sentence, or `Compiled by: …`."""
    return ":" in cell or len(cell) > 40 or len(cell.split()) > 4
