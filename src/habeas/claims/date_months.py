"""The names of months: which month of which calendar each spelling means.

One string a month, spellings parted by commas, as sources write them; `date_words` normalises them.
A name that means different months in different languages (listopad, gulan in Latin script) is left
out: it is refused, not guessed.
"""

from __future__ import annotations

GREGORIAN = (
    "January,Jan,janvier,enero,ene,ژانویه,ژانویۀ,جنوری,يناير,كانون الثاني,جانفي,کانوونی دووەم,"
    "Ocak,Januar,januara,Kanun al thani,siječanj,siječnja,јануар,јануара",
    "February,Feb,février,fév,febrero,فوریه,فبروری,فبراير,شباط,شوبات,فيفري,"
    "Shubat,Şubat,Februar,februara,veljača,veljače,фебруар,фебруара",
    "March,Mar,mars,marzo,مارس,مارچ,آذار,ئازار,ئادار,Mart,März,marta,ožujak,ožujka,март,марта",
    "April,Apr,avril,avr,abril,abr,آوریل,اوریل,اپریل,آپریل,أبريل,ابريل,إبريل,نيسان,أفريل,"
    "Nisan,aprila,travanj,travnja,април,априла",
    "May,mai,mayo,مه,می,مايو,أيار,ايار,ئایار,ماي,Ayyar,Mayıs,maj,maja,svibanj,svibnja,мај,маја",
    "June,Jun,juin,junio,ژوئن,ژوین,جون,يونيو,يونيه,حزيران,حوزەیران,جوان,Haziran,Juni,juna,"
    "lipanj,lipnja,јун,јуна,јуни",
    "July,Jul,juillet,juil,julio,ژوئیه,ژوییه,جولای,جولائی,يوليو,يوليه,تموز,تەمموز,تەممووز,جويلية,"
    "Tammuz,Tamuz,Temmuz,Juli,jula,srpanj,srpnja,јул,јула,јули",
    "August,Aug,août,agosto,اوت,آگوست,اگوست,اگست,أغسطس,اغسطس,آب,ئاب,أوت,"
    "Ağustos,augusta,avgust,avgusta,kolovoz,kolovoza,август,августа",
    "September,Sep,Sept,septembre,septiembre,سپتامبر,سپتمبر,سبتمبر,أيلول,ايلول,ئەیلوول,ئەیلول,"
    "Aylul,Eylül,septembar,septembra,rujan,rujna,септембар,септембра",
    "October,Oct,octobre,octubre,اکتبر,اکتوبر,أكتوبر,تشرين الأول,تشرین اول,تشرینی یەکەم,"
    "Tishrin al awwal,Ekim,Oktober,oktobar,oktobra,октобар,октобра",
    "November,Nov,novembre,noviembre,نوامبر,نومبر,نوفمبر,تشرين الثاني,تشرینی دووەم,"
    "Tishrin al thani,Kasım,novembar,novembra,studeni,studenog,studenoga,новембар,новембра",
    "December,Dec,décembre,déc,diciembre,dic,دسامبر,دسمبر,ديسمبر,كانون الأول,کانوونی یەکەم,"
    "Kanun al awwal,Aralık,Dezember,decembar,decembra,prosinac,prosinca,децембар,децембра",
)  # fmt: skip
"""English, French, Spanish, German, Persian, Dari, Arabic (Egypt, the Levant and Iraq, Algeria),
Kurdish (Iraq), Turkish, Bosnian, Croatian and Serbian."""

SOLAR = (
    "Farvardin,Farwardin,فروردین", "Ordibehesht,Ordibehest,Ordibehasht,Urdibihisht,اردیبهشت",
    "Khordad,Xordad,Khurdad,خرداد", "Tir,تیر", "Mordad,Amordad,Murdad,Amurdad,امرداد,مرداد",
    "Shahrivar,Shahriwar,Sharivar,شهریور", "Mehr,Mihr,مهر", "Aban,آبان", "Azar,آذر", "Dey,دی",
    "Bahman,بهمن", "Esfand,Isfand,Espand,اسفند",
)  # fmt: skip
"""Iran. `date_words` adds the form with ماه (mah) joined to it."""

KURDISH = (
    "خاکەلێوە", "گوڵان", "جۆزەردان", "پووشپەڕ,پوشپەڕ", "گەلاوێژ", "خەرمانان", "ڕەزبەر",
    "گەڵاڕێزان,خەزەڵوەر", "سەرماوەز", "بەفرانبار", "ڕێبەندان", "ڕەشەمێ,ڕەشەممە",
)  # fmt: skip
"""Kurdish months of the Solar Hijri calendar; `date_words` adds the form with ی."""

ZODIAC = (
    "Hamal,حمل,وری", "Sawr,Saur,Sowr,Thawr,ثور,غویی", "Jawza,Jauza,Jowza,جوزا,جوزای,جوزاء,غبرګولی",
    "Saratan,سرطان,چنګاښ", "Asad,Assad,اسد,زمری", "Sunbula,Sunbulah,Sonbola,سنبله,وږی",
    "Mizan,میزان,تله", "Aqrab,عقرب,لړم", "Qaws,Qaus,Qows,قوس,لیندۍ", "Jadi,جدی,مرغومی",
    "Dalw,دلو,سلواغه", "Hut,Hoot,حوت,کب",
)  # fmt: skip
"""Afghanistan: Dari and Pashto. They too are months of the Solar Hijri calendar."""

HIJRI = (
    "Muharram,Moharram,Muharrem,محرم,محرم الحرام", "Safar,Safer,صفر,صفر المظفر",
    "Rabi al awwal,Rabi al awal,Rabi I,Rabi ol avval,ربیع الاول,ربیع‌الاول,ربيع أول",
    "Rabi al thani,Rabi al akhir,Rabi ath thani,Rabi II,Rabi os sani,ربیع الثانی,ربیع الآخر",
    "Jumada al awwal,Jumada al ula,Jumada I,Jamadi ol avval,جمادی الاول,جمادی الاولی",
    "Jumada al thani,Jumada al akhira,Jumada al akhirah,Jumada II,Jamadi os sani,جمادی الثانی,"
    "جمادی الثانیه,جمادی الآخره,جمادی الآخر",
    "Rajab,Recep,رجب,رجب المرجب", "Shaban,Şaban,شعبان,شعبان المعظم",
    "Ramadan,Ramazan,رمضان,رمضان المبارک,رمضان مبارک", "Shawwal,Shavval,Şevval,شوال,شوال المکرم",
    "Dhu al qida,Dhu al qadah,Dhul qada,Dhul qadah,Dhul qida,Zilqada,Ziqada,"
    "Zi al qadeh,Zi qadeh,Zilqadeh,Zu al qadeh,Zilkade,"
    "ذی القعده,ذیقعده,ذی قعده,ذو القعده,ذوالقعده,ذیقعده الحرام",
    "Dhu al hijja,Dhu al hijjah,Dhul hijja,Dhul hijjah,Zi hajjeh,Zilhajjeh,Zilhajja,"
    "Zi al hajjeh,Zu al hijjeh,Zilhicce,"
    "ذی الحجه,ذیحجه,ذو الحجه,ذوالحجه,ذی حجه,ذیحجه الحرام",
)  # fmt: skip
"""The lunar months in English, Persian, Arabic and Turkish."""

NAMED_DAYS = {
    (1, 10): "Ashura,عاشورا,عاشورای,عاشورای حسینی,روز عاشورا",
    (1, 9): "Tasua,تاسوعا,تاسوعای,تاسوعای حسینی",
    (8, 15): "Nimeh Shaban,نیمه شعبان,نیمهٔ شعبان",
}  # fmt: skip
"""Days with a name that have one date in the lunar calendar: month and day."""
