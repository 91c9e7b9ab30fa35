"""What runs record in English words is told in Persian, whatever figures stand in it."""

from __future__ import annotations

import importlib.util
import re
from dataclasses import replace
from pathlib import Path

import pytest

from habeas.cli.watch_told import told
from habeas.monitoring.detection.calibration import rate_of
from habeas.monitoring.detection.succession import again, not_before, too_little_since
from habeas.monitoring.detection.watch_state import Succession
from habeas.monitoring.disturbance import OUTCOMES, Calibration
from habeas.monitoring.looks.look_claims import calibration_claim, detail_claims, detection_claim

_PATH = Path(__file__).parents[2] / "monitoring" / "watched.py"
_spec = importlib.util.spec_from_file_location("watched", _PATH)
watched = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(watched)


def recorded():
    """Every sentence of a run that `watch show` prints, as the run records it."""
    one = watched.disturbance(kinds={name: 1 / len(OUTCOMES) for name in OUTCOMES})
    claim = detection_claim("run:a", "site:a", one)
    yield claim.value.text
    yield f"{claim.value.text}, {claim.note}"
    yield next(c.value.text for c in detail_claims("run:a", "0" * 64, one)
               if c.predicate == "kind_hypothesis")  # fmt: skip
    rate = Calibration(asked=0.02, threshold=2, placements=3, years=9, alarms=1,
                       rate=rate_of(1, 9, 0.9))  # fmt: skip
    yield calibration_claim("run:a", rate).value.text
    nowhere = replace(rate, placements=0, years=0, alarms=0, rate=rate_of(0, 0, 0.9))
    yield calibration_claim("run:a", nowhere).value.text
    later = Succession(since=18_000, first=18_800, state=None)
    yield not_before(later)
    yield again(later)


@pytest.mark.parametrize("text", list(recorded()))
def test_no_english_is_left_and_every_figure_stays(text):
    persian = told(text, "fa")
    assert persian != text
    assert not re.search(r"[A-Za-z]", persian)
    figures = persian.translate(str.maketrans("۰۱۲۳۴۵۶۷۸۹٫", "0123456789."))
    assert sorted(re.findall(r"[\d.]*\d", figures)) == sorted(re.findall(r"[\d.]*\d", text))
    assert told(text, "en") == text


def test_why_changed_ground_is_not_watched_again_is_told_with_the_reason_as_it_is_recorded():
    persian = told(too_little_since(18_000, ("the history has 3 clear dates; it takes 30",)), "fa")
    assert persian.startswith("آنچه تا 2018-10-15 دگرگون شده بود")
    assert persian.endswith("the history has 3 clear dates; it takes 30")


def test_what_is_worded_otherwise_stays_as_it_is_recorded():
    for text in ("", "in the spring of 2021", "2021-01-01 to 2021-02-01", "probabilities:"):
        assert told(text, "fa") == text
