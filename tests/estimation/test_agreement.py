"""Methods that contradict each other or the floor: said in words, in both languages."""

from __future__ import annotations

import pytest

from habeas.estimation import Overlap, agreement, disagreements, fit_all
from habeas.estimation.report.card import Asked, make_card
from habeas.estimation.report.document import document_of
from habeas.estimation.report.writing import report_files

LISTS = ["A", "B", "C", "D"]
APART = {"1000": 180, "0100": 648, "1100": 64, "0010": 240, "1010": 252, "0110": 56, "1110": 276,
         "0001": 308, "1001": 48, "0101": 92, "1101": 24, "0011": 48, "1011": 308, "0111": 38,
         "1111": 372}  # fmt: skip
BELOW = {"1000": 46, "0100": 59, "1100": 18, "0010": 36, "1010": 19, "0110": 19, "1110": 53,
         "0001": 33, "1001": 10, "0101": 21, "1101": 11, "0011": 9, "1011": 11, "0111": 7,
         "1111": 39}  # fmt: skip
ASKED = ("decomposable", "loglinear", "chao", "independence")
FEW = {"loglinear": {"tables": 50}, "independence": {"tables": 50}}


def fitted(counts, names=ASKED):
    overlap = Overlap.from_counts(LISTS, counts)
    return fit_all(overlap, names=names, options={name: FEW.get(name, {}) for name in names})


def test_intervals_that_do_not_meet_are_told():
    (found,) = disagreements(fitted(APART))
    assert (found.kind, found.method, found.other) == ("apart", "decomposable", "loglinear")
    assert found.high < found.other_low
    assert "do not meet" in found.describe()
    assert "به هم نمی‌رسند" in found.describe("fa")


def test_an_estimate_below_the_floor_is_told():
    (found,) = disagreements(fitted(BELOW))
    assert (found.kind, found.method, found.other) == ("point_below", "loglinear", "chao")
    assert found.point < found.other_low < found.high
    assert "below the floor" in found.describe()
    assert "زیر کف" in found.describe("fa")


def test_an_interval_below_the_floor_is_told(table):
    floor = fit_all(table("Kosovo"), names=["chao"])  # of other, more persons
    (found,) = disagreements([*fitted(APART, ["decomposable"]), *floor])
    assert found.kind == "interval_below"
    assert "wholly below" in found.describe()


def test_methods_that_agree_say_nothing_and_the_comparison_is_left_out(table, monkeypatch):
    outcomes = fit_all(table("Kosovo"), names=ASKED, options=FEW)
    assert disagreements(outcomes) == ()
    # The mutant that holds the comparison against the floor too: independence is far below it.
    monkeypatch.setattr(agreement, "COMPARED", "")
    assert [one.method for one in disagreements(outcomes)][:1] == ["independence"]


@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_card_says_so_in_its_language(language):
    card = make_card(Overlap.from_counts(LISTS, APART), Asked(methods=ASKED, options=FEW))
    (found,) = disagreements(card.outcomes)
    document = document_of(card)
    assert document["disagreements"][0][language] == found.describe(language)
    page = report_files(card, language)["report.html"].decode()
    assert {"en": "CONTRADICTION", "fa": "ناسازگاری"}[language] in page
