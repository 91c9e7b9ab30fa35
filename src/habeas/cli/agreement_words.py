"""How far two readers agree, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from habeas.cli.options import Language
from habeas.cli.watch_words import said
from habeas.cli.words import number

if TYPE_CHECKING:
    from habeas.monitoring.fine_images.agreeing import ReadersAgree


def agreement_words(one: ReadersAgree, lang: Language) -> str:
    """How far two readers agree; where it cannot be told beyond chance, that."""
    if not one.places:
        return said("nothing_shared", lang)
    share = said("the_same", lang, number(one.same, lang), number(one.places, lang))
    if one.kappa is None or one.low is None or one.high is None:
        kappa = said("no_kappa", lang)
    else:
        ends = (f"{value:.2f}" for value in (one.kappa, one.low, one.high))
        kappa = said("kappa", lang, *ends)
    return f"{share}; {kappa}"
