"""What each method assumes, in words, English and Persian: it stands beside every estimate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Words(NamedTuple):
    """The same sentence in two languages."""

    english: str
    persian: str


_ALIKE = Words(
    "Every person of a stratum has the same chances to be listed",
    "احتمال ثبت‌شدن در فهرست‌ها برای همهٔ افراد یک لایه یکسان است",
)

ASSUMPTIONS: Mapping[str, Words] = {
    "decomposable": Words(
        "The lists depend on each other only as some decomposable graph says, and not all together "
        f"in the highest order. {_ALIKE.english}",
        "وابستگی فهرست‌ها به یکدیگر تنها به شکلی است که یک گراف تجزیه‌پذیر بیان می‌کند، و میان همهٔ "
        f"فهرست‌ها با هم وابستگی از بالاترین مرتبه وجود ندارد. {_ALIKE.persian}",
    ),
    "loglinear": Words(
        "The interaction of all lists together is absent, and so are those that the chosen model "
        f"leaves out. {_ALIKE.english}",
        "برهم‌کنش همهٔ فهرست‌ها با هم وجود ندارد، و برهم‌کنش‌هایی که مدلِ برگزیده کنار گذاشته است نیز "
        f"وجود ندارند. {_ALIKE.persian}",
    ),
    "independence": Words(
        f"Being on one list says nothing of being on another. {_ALIKE.english}",
        f"بودن در یک فهرست چیزی دربارهٔ بودن در فهرست دیگر نمی‌گوید. {_ALIKE.persian}",
    ),
    "latent_class": Words(
        "Every person belongs to one of a few classes; within a class everybody has the same "
        "chances to be listed, and being on one list says nothing about being on another. Classes "
        "that no list could reach are not seen, and not counted",
        "هر فرد به یکی از چند دسته تعلق دارد؛ درون هر دسته احتمال ثبت‌شدن برای همه یکسان است و بودن "
        "در یک فهرست چیزی دربارهٔ بودن در فهرست دیگر نمی‌گوید. دسته‌هایی که هیچ فهرستی به آن‌ها "
        "دسترسی نداشته دیده و شمرده نمی‌شوند",
    ),
    "chao": Words(
        "A floor: persons may differ in how easily any list finds them, and then the truth is "
        "higher. It is no floor where lists avoid each other (who is on one is seldom on another)",
        "یک کران پایین: ممکن است یافتن افراد برای فهرست‌ها به یک اندازه آسان نباشد و در آن صورت "
        "شمار واقعی بیشتر است. اگر فهرست‌ها از یکدیگر دوری کنند (کسی که در یکی هست کمتر در دیگری "
        "باشد) این عدد کران پایین نیست",
    ),
    "sample_coverage": Words(
        "The dependence of each pair of lists among those on no list is that among the listed, "
        "measured by one coefficient a pair; three lists together add none",
        "وابستگی هر دو فهرست در میان کسانی که در هیچ فهرستی نیستند همان است که در میان ثبت‌شدگان "
        "دیده می‌شود و با یک ضریب برای هر جفت سنجیده می‌شود؛ سه فهرست با هم چیزی بر آن نمی‌افزایند",
    ),
    "sample_coverage_one_step": Words(
        "A floor where lists depend positively: the dependence of pairs is taken into account as "
        "far as a first guess of the population tells of it",
        "اگر وابستگی فهرست‌ها مثبت باشد، یک کران پایین: وابستگی جفت‌ها تا آنجا به حساب آمده که حدس "
        "نخستِ شمار جمعیت نشان می‌دهد",
    ),
}
"""By method."""

COMPLETE_GRAPH = Words(
    " The complete graph counts too: as far as it has weight, the prior decides",
    " گراف کامل نیز به حساب آمده است: به اندازهٔ وزن آن، توزیع پیشین تعیین‌کننده است",
)

OF_LINKAGE = Words(
    ". Linkage: the ways of linking the records are drawn from what the linkage knows, which the "
    "estimate does not change",
    ". پیوند رکوردها: شیوه‌های پیوند دادن رکوردها از آنچه مدل پیوند می‌داند نمونه‌گیری شده‌اند و "
    "برآورد آن را تغییر نمی‌دهد",
)

OF_STRATA = Words(
    ". Strata: given what they are, their populations say nothing of each other",
    ". لایه‌ها: با معلوم بودن لایه‌ها، جمعیت هر لایه چیزی دربارهٔ جمعیت لایهٔ دیگر نمی‌گوید",
)
OF_POOLING = Words(
    ". Strata: how many are missing per person observed differs between strata as a normal "
    "distribution of its logarithm says, which is learnt from all strata. The interval of the "
    "total holds two answers, each with half the weight: strata pooled, and strata by "
    "themselves where they can be estimated by themselves",
    ". لایه‌ها: نسبت ثبت‌نشدگان به ثبت‌شدگان در لایه‌ها چنان تفاوت می‌کند که لگاریتم آن توزیع نرمال "
    "دارد، و این توزیع از همهٔ لایه‌ها آموخته می‌شود. بازهٔ مجموع دو پاسخ را با وزن برابر در بر دارد: "
    "لایه‌های درهم‌آموخته، و هر لایه به‌تنهایی در جایی که به‌تنهایی برآوردپذیر است",
)
OF_LABELS = Words(
    ". Persons whose stratum is not known: it is missing for reasons that the lists on which they "
    "stand tell of",
    ". کسانی که لایهٔ آنان معلوم نیست: نامعلوم بودن آن دلایلی دارد که از فهرست‌های دربردارندهٔ آنان "
    "پیداست",
)


def of_a_pair(pair: tuple[str, str], covariates: tuple[str, ...], others: int) -> Words:
    """What doubly robust estimation from a pair of lists assumes.

    Args:
        pair: the two lists.
        covariates: by which persons are alike.
        others: how many other lists there are.
    """
    one, other = pair
    alike = f" who are alike in {', '.join(covariates)}" if covariates else ""
    rest = " and on no other list" if others else ""
    alike_fa = f" که از نظر {'، '.join(covariates)} همانندند" if covariates else ""
    rest_fa = " و در هیچ فهرست دیگری نیستند" if others else ""
    return Words(
        f"Among persons{alike}{rest}, the lists {one} and {other} are independent: being on one "
        "says nothing of being on the other. Every such person can be on both",
        f"در میان افرادی{alike_fa}{rest_fa}، فهرست‌های {one} و {other} مستقل‌اند: بودن در یکی چیزی "
        "دربارهٔ بودن در دیگری نمی‌گوید. هر یک از این افراد می‌تواند در هر دو باشد",
    )
