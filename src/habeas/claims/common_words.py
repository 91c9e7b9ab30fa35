"""Common words of the two languages, which are looked up as they are and get no key.

A key finds every word of the same consonants; for a name that is wanted, for "prison" (which would
find "person") it is not. Being in this list only makes a word's search exact.
"""

from __future__ import annotations

COMMON_WORDS = frozenset(
    """
    a about above according accused act after again against age agency ago all along already also
    although always am among amnesty an and another any appeal archive are area army arrest arrested
    article as ask asked asphalt association at attack august author authorities authority back be
    became because become been before began behind being believed below beside best better between
    black block board bodies body book both box brother brothers building built bulldozed bulldozers
    bulldozing burial burials buried bury but by call called came camera cameras can car case cases
    cause cemetery cement center centre certain change charge chief child children cities citizens
    city claim claimed claims clear close code commission committee concrete condition conditions
    confirmed construction contact could council countries country court crime crimes cut daily date
    dated daughter day days dead death deaths december decision deputy described destroyed
    destruction detained detention did died different directly disappeared disappearance do document
    documents does done down due during dug each earlier early earth east eight either eleven else
    end enforced entire estimate even ever every evidence example excavation executed execution
    executions eyewitness fact families family far father fatwa february few field fifty figure final
    find first five following for force forced forces former found four free friday from front full
    further gate gave general get give given go going government grave graves gravesite ground group
    groups guard guards had half hand hanged hanging has have he hearing held help her here high
    hill him his history home hospital hour house how human hundred hundreds i if image images in
    including independent information inquiry inside intelligence international interview into
    investigation is islamic issue it its january journal judge july june justice kept kilometres
    killed killing killings kind known land large last late later law lawyer leader least led left
    less letter level life like line list lists little local location locations long lot made main
    major make man many map maps march marked massacre mass may mayor me means media meeting member
    members memory men metres middle military minister ministry minority missing monday month months
    more morning most mother mothers mound mounds much municipality murder must my name named names
    nation national near nearly never new news newspaper next night nine no none nor north northern
    not note november now number numbers october of office officer official officials old on once one
    only open or order ordered organisation organization other others our out outside over own page
    pages paper park parking part parts party past path people per period person persons photo
    photograph photographs photos place placed places plan plot plots police political post power
    present president press prison prisoner prisoners prisons private probably program project
    prosecutor protest public published put quarter question rapporteur reach read reason reburied
    received record recorded records red refused regime relative relatives released religious
    remains report reported reports repost request resolution revolution revolutionary right rights
    road roads rock round row rubbish rule sat satellite saturday say says scene school season second
    secret secretly section security see seen sent sentence sentenced september series seven several
    shall she short should side sign since single sister site sites situation six small so society
    soil some son soon source sources south southern special spring stage state stated statement
    states status still stone stones stop stopped story street such summer sunday system take taken
    team ten than that the their them then there these they thing third this those thousand thousands
    three through thursday time times title to today together told took total toward town tree trees
    trench trenches trial tribunal tuesday twelve twenty two type un under union unit united unknown
    until up upon us use used very victim victims video village violations visit wall walls war was
    water way we website wednesday week weeks well went were west western what when where whether
    which while white who whole whom whose why wife will winter with within without witness witnesses
    woman women word words work workers works world would writer written year years yes yet you young
    your
    و در به از که این ان است بود شد شده را با برای تا هم یا بر نیز اما اگر هر همه هیچ چه چرا کجا کی من
    تو او ما شما ایشان انها انان خود دیگر یک دو سه چهار پنج شش هفت هشت نه ده صد هزار هزاران میلیون
    باید شاید نباید می نمی های ها ای اند ام اش ات بوده باشد نبود نیست هست هستند بودند شدند شود کرد کرده
    کردند کند کنند گفت گفته گفتند گوید دارد دارند داشت داشته داده دادند دهد روز ماه سال هفته شب صبح
    امروز دیروز فردا بعد قبل پس پیش سپس هنگام زمان تاریخ دهه تابستان پاییز زمستان بهار فروردین اردیبهشت
    خرداد تیر مرداد شهریور مهر ابان اذر دی بهمن اسفند شنبه یکشنبه دوشنبه جمعه گور گورها گورهای گورستان
    قبر قبرها قبرستان جمعی دسته زندان زندانی زندانیان اعدام اعدامها اعدامی کشتار قتل مرگ کشته شهید
    دفن مدفون پیکر پیکرها جسد اجساد بقایا خانواده خانوادهها خانوادههای مادر مادران پدر برادر خواهر پسر
    دختر فرزند همسر زن مرد کودک مردم فرد افراد نفر تن نام نامه گزارش خبر خبرگزاری روزنامه کتاب سند اسناد
    مقاله شاهد شاهدان منبع منابع گروه سازمان حزب دولت حکومت جمهوری اسلامی دادگاه انقلاب دادستان قاضی حکم
    اتهام پرونده مقامات مقام وزارت اطلاعات سپاه ارتش پلیس شهرداری شهر شهرستان استان روستا محل مکان منطقه
    خیابان جاده راه میدان بلوار قطعه ردیف بخش زمین خاک دیوار دوربین اسفالت سیمان بتن تخریب ویران ساخت ساختمان
    درخت پارک حقوق بشر ملل متحد بین الملل جهان کشور ایران عفو شورا کمیته قربانی قربانیان ناپدید ناپدیدشده قهری
    سیاسی بازداشت دستگیر شکنجه مخفی مخفیانه شمار تعداد حدود بیش کمتر بیشتر حداقل بزرگ کوچک اول دوم سوم
    شرق غرب شمال جنوب مرکز نزدیک دور زیر روی بالا پایین درون بیرون میان کنار
    """.split()
)
"""Normalised, in the form that `names.normalise` gives."""
