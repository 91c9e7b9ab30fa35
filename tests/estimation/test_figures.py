"""The pictures: what they say in words and tables is what they show; nothing covers anything."""

from dataclasses import replace
from itertools import combinations, pairwise
from string import Formatter

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from habeas.drawing.bidi import LRI, PDI, RLI
from habeas.drawing.figure import figure
from habeas.estimation.consistency import Figures, internal_consistency, trajectory
from habeas.estimation.decomposable import average_graphs
from habeas.estimation.figures.against_prior import AgainstPrior, binned
from habeas.estimation.figures.axis import person_axis
from habeas.estimation.figures.forest import Forest, ForestRow
from habeas.estimation.figures.known_sizes import KnownSizes
from habeas.estimation.figures.overlaps import MOST, Overlaps
from habeas.estimation.figures.picture import to_picture
from habeas.estimation.figures.sensitivity import Sensitivity, SensitivityPoint
from habeas.estimation.figures.steps import Steps
from habeas.estimation.figures.strata import StrataForest, StratumRow
from habeas.estimation.figures.traces import Traces
from habeas.estimation.mixing import mixing_of
from habeas.estimation.overlap import Overlap
from habeas.estimation.saying import say
from habeas.estimation.wording import LANGUAGES, load_words

TABLES = ("Kosovo", "UKdat", "Artificial_3")
ISOLATES = str.maketrans("", "", LRI + RLI + PDI)


def both(en, fa):
    return lambda words: en if words.language == "en" else fa


METHOD = both("Decomposable graphs", "گراف‌های تجزیه‌پذیر")


def graphs(overlap):
    found = average_graphs(overlap).posterior
    return (found.quantile(0.5), *found.interval(0.95))


def forest(overlap):
    point, low, high = graphs(overlap)
    given = {"low": low, "high": high, "inner_low": low * 1.02, "inner_high": high * 0.9}
    rows = (
        ForestRow(label=METHOD, point=point, **given),
        ForestRow(label=both("Chao", "چائو"), state="floor", point=point, **given),
        ForestRow(label=both("Latent", "پنهان"), state="not_converged", point=point, **given),
        ForestRow(
            label=both("Coverage", "پوشش"),
            state="refused",
            reason=both("lists that share nobody", "بی‌اشتراک"),
        ),
        ForestRow(
            label=both("Endless", "بی‌کران"),
            state="overridden",
            low=low,
            high=float("inf"),
            point=point,
        ),
    )
    return Forest(observed=overlap.observed, level=0.95, inner_level=0.9, rows=rows)


def against_prior(overlap):
    posterior = average_graphs(overlap).posterior
    edges, after, before = binned(
        posterior.draws(2000, 1), overlap.observed, lambda sizes: -np.log(sizes)
    )
    low, high = posterior.interval(0.95)
    return AgainstPrior(
        name="prior",
        method=METHOD,
        edges=edges,
        posterior=after,
        prior=before,
        observed=overlap.observed,
        low=low,
        high=high,
        level=0.95,
        prior_words=both("proportional to 1/N", "متناسب با 1/N"),
    )


def steps(overlap):
    found = trajectory(overlap, graphs)
    labels = tuple(lambda _, name=step.lists[-1]: f"+ {name}" for step in found)
    return Steps(name="trajectory", method=METHOD, level=0.95, steps=found, labels=labels)


def doubted(overlap):
    return Figures(*graphs(overlap), say("rule.complete_graph"))


def doubtful_steps(overlap):
    found = trajectory(overlap, doubted)
    return replace(steps(overlap), steps=(*trajectory(overlap, graphs)[:1], *found[1:]))


def doubtful_sizes(overlap):
    return replace(known_sizes(overlap), predictions=internal_consistency(overlap, doubted))


def doubtful_sensitivity(overlap):
    return replace(sensitivity(overlap), against=say("rule.complete_graph"))


def sensitivity(overlap):
    point, low, high = (one - overlap.observed for one in graphs(overlap))
    points = tuple(
        SensitivityPoint(
            factor=factor,
            estimate=overlap.observed + factor * point,
            low=overlap.observed + factor * low,
            high=overlap.observed + factor * high,
        )
        for factor in (0.25, 1 / 3, 0.5, 1, 2, 3, 4)
    )
    return Sensitivity(method=METHOD, level=0.95, observed=overlap.observed, points=points)


def traces(overlap):
    draws = overlap.observed + np.random.default_rng(1).gamma(3, 900, size=(4, 600))
    return Traces(method=METHOD, draws=draws, mixing=mixing_of(draws))


def known_sizes(overlap):
    return KnownSizes(method=METHOD, level=0.95, predictions=internal_consistency(overlap, graphs))


def strata(overlap):
    point, low, high = graphs(overlap)
    rows = tuple(
        StratumRow(
            label=both(f"province {at}", f"استان {'ابپتج'[at - 1]}"),
            observed=overlap.observed // at,
            apart=None if at == 3 else (low / at, point / at, high / at),
            pooled=(low / at, point / at, 0.9 * high / at),
            reason=both("too few" if at == 3 else "", "کم" if at == 3 else ""),
        )
        for at in range(1, 6)
    )
    return StrataForest(method=METHOD, level=0.95, rows=rows)


CHARTS = {
    "strata": strata,
    "forest": forest,
    "overlaps": Overlaps.of,
    "prior": against_prior,
    "trajectory": steps,
    "sensitivity": sensitivity,
    "traces": traces,
    "consistency": known_sizes,
    "doubtful trajectory": doubtful_steps,
    "doubtful consistency": doubtful_sizes,
    "doubtful sensitivity": doubtful_sensitivity,
}


def texts_of(chart, language, *, height=1.0):
    """The texts of a drawn chart with the boxes that they take, and the box of the picture."""
    words = load_words(language)
    wide, high = chart.size()
    with figure(wide, high * height, language) as drawn:
        drawn.get_layout_engine().set(w_pad=0.1, h_pad=0.08)
        chart.draw(drawn, words)
        canvas = FigureCanvasAgg(drawn)
        canvas.draw()
        renderer = canvas.get_renderer()
        shown = [one for one in drawn.findobj(Text) if one.get_text().strip() and one.get_visible()]
        boxes = [(one.get_text(), one.get_window_extent(renderer)) for one in shown]
        inside = [
            (text, box)
            for text, box in boxes
            if box.width > 0 and box.x1 > drawn.bbox.x0 and box.x0 < drawn.bbox.x1
        ]
        return inside, drawn.bbox


def covering(texts):
    """Pairs of texts of which one covers the other by more than a hair."""
    return [
        (one, other)
        for (one, a), (other, b) in combinations(texts, 2)
        if min(a.x1, b.x1) - max(a.x0, b.x0) > 1 and min(a.y1, b.y1) - max(a.y0, b.y0) > 1.5
    ]


@pytest.fixture(scope="module")
def chart(table):
    """A chart by its kind and table, made once."""
    made = {}

    def make(kind, name):
        if (kind, name) not in made:
            made[kind, name] = CHARTS[kind](table(name))
        return made[kind, name]

    return make


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("kind", CHARTS)
def test_no_words_cover_others_or_leave_the_picture(chart, kind, name, language):
    texts, page = texts_of(chart(kind, name), language)
    assert texts
    assert covering(texts) == []
    for text, box in texts:
        assert box.x0 >= page.x0 - 1, text
        assert box.x1 <= page.x1 + 1, text
        assert box.y0 >= page.y0 - 1, text
        assert box.y1 <= page.y1 + 1, text


def test_words_that_cover_others_are_seen(chart):
    texts, _ = texts_of(chart("forest", "Kosovo"), "en", height=0.4)
    assert covering(texts)


@pytest.mark.parametrize("kind", CHARTS)
def test_the_same_chart_gives_the_same_bytes_and_a_table(chart, kind):
    for language in LANGUAGES:
        once = to_picture(chart(kind, "Kosovo"), language)
        again = to_picture(chart(kind, "Kosovo"), language)
        assert (once.svg, once.png) == (again.svg, again.png)
        assert once.png.startswith(b"\x89PNG")
        assert b"<svg" in once.svg
        assert b"<script" not in once.svg
        assert once.table.rows
        assert {len(row) for row in once.table.rows} == {len(once.table.heading)}
        assert once.description.endswith((".", "۔"))
        assert any("۰" <= letter <= "۹" for letter in once.description) == (language == "fa")


@pytest.mark.parametrize("kind", CHARTS)
def test_persian_figures_are_persian_and_nothing_in_them_is_turned(chart, kind):
    texts, _ = texts_of(chart(kind, "Kosovo"), "fa")
    assert any("۰" <= letter <= "۹" for text, _ in texts for letter in text)
    for text, _ in texts:
        plain = text.translate(ISOLATES)
        if any(letter in "0123456789" for letter in plain):  # names, scales: isolated
            assert LRI in text, plain


def test_interval_before_point_and_doubt_in_words(chart):
    forest_of = chart("forest", "Kosovo")
    shown = [text.translate(ISOLATES) for text, _ in texts_of(forest_of, "en")[0]]
    assert "9,827 to 16,545 (12,595)" in shown
    assert any("NOT CONVERGED" in text for text in shown)
    assert any("REFUSED" in text for text in shown)
    assert any("floor" in text for text in shown)
    heading = forest_of.table(load_words("en")).heading
    assert heading.index("95 % interval") < heading.index("Estimate")
    rows = {row[0]: row for row in forest_of.table(load_words("en")).rows}
    assert rows["Coverage"][1] == "none"
    assert "lists that share nobody" in rows["Coverage"][4]
    assert rows["Endless"][1].startswith("from ")
    assert "2 of" not in forest_of.describe(load_words("en"))
    assert "3 of the methods gave no figure" in forest_of.describe(load_words("en"))


def test_a_chart_without_any_estimate_says_so():
    rows = (ForestRow(label=METHOD, state="refused", reason=both("one list", "یک فهرست")),)
    nothing = Forest(observed=40, level=0.95, inner_level=0.9, rows=rows)
    for language in LANGUAGES:
        picture = to_picture(nothing, language)
        assert load_words(language)("chart.forest.no_estimate") in picture.description


def test_overlaps_hold_the_table_and_leave_none_out(table):
    for name in TABLES:
        overlap = table(name)
        found = Overlaps.of(overlap)
        assert found.observed == overlap.observed
        assert sum(found.counts) == overlap.observed
        assert list(found.counts) == sorted(found.counts, reverse=True)
        assert len(found.table(load_words("en")).rows) == len(found.patterns) + overlap.k


def test_patterns_beyond_what_is_drawn_and_unrecorded_ones_are_told():
    counts = {f"{at:06b}": at for at in range(1, 64)}
    del counts["111111"]
    found = Overlaps.of(Overlap.from_counts(list("ABCDEF"), counts, unrecorded=["111111"]))
    words = load_words("en")
    assert f"{MOST} largest of 63" in found.describe(words)
    assert len(found.table(words).rows) == 63 + 6
    assert any("not zero" in row[1] for row in found.table(words).rows)


def test_of_many_strata_the_largest_are_drawn_and_all_are_in_the_table():
    rows = tuple(
        StratumRow(
            label=both(f"s{at}", f"s{at}"), observed=10 + at % 60, apart=(20, 30, 50), pooled=None,
            reason=both("", ""),
        )
        for at in range(120)
    )  # fmt: skip
    chart_of = StrataForest(method=METHOD, level=0.95, rows=rows)
    assert len(chart_of.shown) == 40
    assert min(row.observed for row in chart_of.shown) >= 10 + 40
    assert len(chart_of.table(load_words("en")).rows) == 120
    assert "40 with most persons" in chart_of.describe(load_words("en"))
    assert "0 have no estimate" in chart_of.describe(load_words("en"))


def test_a_prior_of_one_over_n_is_level_on_a_logarithmic_axis():
    draws = np.exp(np.random.default_rng(3).uniform(np.log(100), np.log(1e6), 20_000))
    edges, after, before = binned(draws, 90, lambda sizes: -np.log(sizes))
    widths = np.diff(np.log(edges))
    assert sum(before) == pytest.approx(1)
    assert np.asarray(before) / widths == pytest.approx(1 / widths.sum(), rel=1e-2)
    assert 0.99 < sum(after) <= 1
    chart_of = AgainstPrior(
        name="prior", method=METHOD, edges=edges, posterior=after, prior=before, observed=90,
        low=100, high=1e6, level=0.95, prior_words=both("1/N", "1/N"),
    )  # fmt: skip
    assert chart_of.overlap > 0.95
    moved = binned(draws / 50 + 90, 90, np.zeros_like)
    apart = AgainstPrior(
        name="prior", method=METHOD, edges=moved[0], posterior=moved[1], prior=moved[2],
        observed=90, low=100, high=1e6, level=0.95, prior_words=both("1/N", "1/N"),
    )  # fmt: skip
    assert apart.overlap < 0.7


@pytest.mark.parametrize(("low", "high"), [(120, 210), (96, 9_000), (4400, 12_000), (5, 7)])
def test_bins_of_whole_numbers_do_not_jump(low, high):
    draws = np.random.default_rng(5).integers(low, high, 4000).astype(float)
    edges, after, before = binned(draws, low - 1, lambda sizes: -np.log(sizes))
    assert 2 <= len(edges) <= 40
    assert all(edge == round(edge) for edge in edges)
    widths = np.diff(edges)
    steps = widths if high / low <= 12 else np.diff(np.log(edges))
    assert steps.max() / steps.min() < 1.2
    assert sum(after) > 0.98
    assert list(before) == sorted(before, reverse=True) or high / low > 12


def test_an_axis_is_logarithmic_only_where_it_must_be():
    words = load_words("fa")
    for numbers, scale in (([4400, 12_000], "linear"), ([96, 7000, float("inf")], "log")):
        with figure(4, 2, "fa") as drawn:
            axes = drawn.subplots()
            low, high = person_axis(axes, words, numbers)
            assert axes.get_xscale() == scale
            assert low < min(numbers)
            assert high > 7000
            ticks = axes.get_xticks()
            assert 2 <= len(ticks) <= 8
            assert all(a < b for a, b in pairwise(ticks))
            assert all(tick == round(tick) for tick in ticks)


def test_both_languages_have_the_same_words():
    en, fa = (load_words(language).entries for language in LANGUAGES)
    assert list(en) == list(fa)
    for key, said in en.items():
        places = [
            {name for _, name, _, _ in Formatter().parse(one) if name} for one in (said, fa[key])
        ]
        assert places[0] == places[1], key
