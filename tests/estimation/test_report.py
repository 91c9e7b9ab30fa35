"""The report card: interval first, assumption always, refusals in words; whole or not at all."""

import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from habeas.drawing.bidi import embedded_runs
from habeas.errors import InputError, StorageError
from habeas.estimation.overlap import Overlap
from habeas.estimation.report import writing
from habeas.estimation.report.again import command_of, table_file
from habeas.estimation.report.card import Asked, make_card
from habeas.estimation.report.document import plain
from habeas.estimation.report.writing import report_files, write_report
from habeas.estimation.saying import Saying
from habeas.estimation.table_file import parse_overlap
from habeas.estimation.wording import LANGUAGES, load_words

QUICK = {
    "loglinear": {"tables": 60},
    "latent_class": {"draws": 60, "burn_in": 60},
    "sample_coverage": {"tables": 60},
    "independence": {"tables": 60},
}
CLOSED = ("decomposable", "loglinear", "chao", "independence")
VOID = {"meta", "link", "br", "hr"}


class Page(HTMLParser):
    """Elements with attributes, and texts with the names of the elements around them."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.texts, self.stack, self.errors = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs), tuple(self.stack)))
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs), tuple(self.stack)))

    def handle_endtag(self, tag):
        if self.stack and self.stack[-1] == tag:
            self.stack.pop()
        else:
            self.errors.append(tag)

    def handle_data(self, data):
        if data.strip():
            self.texts.append((data, tuple(self.stack)))

    def words(self):
        return " ".join(" ".join(text.split()) for text, _ in self.texts)


def asked(**more):
    return Asked(**{"methods": CLOSED, "options": {"loglinear": QUICK["loglinear"]}, **more})


@pytest.fixture(scope="module")
def kosovo(table):
    """All methods on the table, the chains far too short."""
    return make_card(table("Kosovo"), Asked(options=QUICK, origin="Ball and others 2002"))


@pytest.fixture(scope="module")
def pages(kosovo):
    return {language: report_files(kosovo, language) for language in LANGUAGES}


def page_of(files):
    return Page(files["report.html"].decode())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_stands_alone_and_is_well_formed(pages, language):
    page = page_of(pages[language])
    assert page.errors == []
    assert page.stack == []
    names = {tag for tag, _, _ in page.elements}
    assert not names & {"script", "iframe", "object", "link", "img"}
    assert page.elements[0][0] == "html"
    words = load_words(language)
    assert page.elements[0][1]["lang"] == language
    assert page.elements[0][1]["dir"] == words.direction
    for _, attributes, _ in page.elements:
        assert not any(name.startswith("on") for name in attributes)
        for name in ("src", "href", "xlink:href"):
            assert attributes.get(name, "#").startswith("#")
    ids = [attributes["id"] for _, attributes, _ in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = {a["xlink:href"][1:] for _, a, _ in page.elements if "xlink:href" in a}
    assert targets
    assert targets <= set(ids)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_picture_has_words_and_the_same_as_a_table(pages, language):
    page = page_of(pages[language])
    svgs = [(a, around) for tag, a, around in page.elements if tag == "svg"]
    assert len(svgs) == sum(name.endswith(".svg") for name in pages[language])
    assert all(a["role"] == "img" and len(a["aria-label"]) > 40 for a, _ in svgs)
    after = [tag for tag, _, _ in page.elements if tag in ("svg", "table")]
    assert all(after[at + 1] == "table" for at, tag in enumerate(after) if tag == "svg"), (
        "a picture without its table"
    )
    for tag, a, _ in page.elements:
        if tag == "th":
            assert a["scope"] in ("col", "row")


def test_interval_before_point_and_the_assumption_with_every_estimate(pages, kosovo):
    text = pages["en"]["report.html"].decode()
    articles = re.findall(r"<article.*?</article>", text, re.DOTALL)
    assert len(articles) == len(kosovo.outcomes)
    for outcome, article in zip(kosovo.outcomes, articles, strict=True):
        said = outcome.result.summary()
        low, high, point = (f"{one:,.0f}" for one in (said.low, said.high, said.point))
        assert article.index(f"{low} to {high}") < article.index(point)
        assert outcome.result.assumption in article
    assert "NOT CONVERGED" in articles[2]
    assert "for comparison only" in articles[-1]


def test_chains_that_do_not_agree_are_no_part_of_what_is_said(pages, kosovo):
    document = json.loads(pages["en"]["report.json"])
    states = {one["method"]: one["state"] for one in document["outcomes"]}
    assert states["latent_class"] == "not_converged"
    assert states["chao"] == states["sample_coverage"] == "floor"
    assert document["publishable"] is True
    assert "do NOT agree well enough" in page_of(pages["en"]).words()
    stance = re.search(r'class="stance">(.*?)</p>', pages["en"]["report.html"].decode()).group(1)
    graphs, models = (kosovo.outcomes[at].result.summary() for at in (0, 1))
    low, high = min(graphs.low, models.low), max(graphs.high, models.high)
    assert stance.startswith(
        f"2 methods against which nothing stands give intervals from {low:,.0f}"
    )
    assert f"to {high:,.0f}." in stance


def test_persian_is_isolated_and_its_figures_are_persian(pages):
    page = page_of(pages["fa"])
    words = page.words()
    assert "۹٬۸۲۷ تا ۱۶٬۵۴۵" in words
    for text, around in page.texts:
        if {"bdi", "code", "pre", "style", "svg", "title"} & set(around):
            continue
        for start, end in embedded_runs(text, "rtl"):
            run = text[start:end]
            assert not re.search("[A-Za-z0-9]", run), run
            assert re.fullmatch("[۰-۹٬٫٪]+", run), run


def test_an_unisolated_word_would_be_seen():
    assert embedded_runs("فهرست OSCE و 1988-07-28", "rtl")


def test_the_document_holds_the_table_the_seed_and_every_value(pages, kosovo):
    document = json.loads(pages["en"]["report.json"])
    assert document["table"]["digest"] == kosovo.overlap.digest
    assert sum(map(sum, document["table"]["counts"])) == kosovo.overlap.observed
    assert (document["seed"], document["level"], document["version"]) == (1, 0.95, kosovo.version)
    for one, outcome in zip(document["outcomes"], kosovo.outcomes, strict=True):
        assert one["interval"]["low"] <= one["point"]["value"] <= one["interval"]["high"]
        assert one["assumption"]["en"] == outcome.result.assumption
        assert one["assumption"]["fa"] == outcome.result.assumption_fa
        keys = list(one)
        assert keys.index("interval") < keys.index("point")
        shares = list(one["quantiles"].values())
        assert shares == sorted(shares)
    assert len(document["checks"]["internal_consistency"]) == 4
    assert pages["en"]["report.json"] == pages["fa"]["report.json"]


def test_each_list_is_left_out_and_each_pair_made_one(pages, kosovo):
    checks = json.loads(pages["en"]["report.json"])["checks"]
    assert len(checks["leave_one_list_out"]) == 4
    assert len(checks["merged_pairs"]) == 6
    assert checks["merged_pairs"][0]["lists"][0] == "EXH + ABA"
    without = checks["leave_one_list_out"][3]
    fresh = make_card(kosovo.overlap.without("HRW"), asked(methods=("decomposable",)))
    assert without["low"] == fresh.outcomes[0].result.summary().low
    assert all(checks[name] for name in TRACED)


def test_numbers_that_json_does_not_know():
    found = plain({"a": float("inf"), "b": float("nan"), "c": np.float64(2), "d": [np.int64(3)]})
    assert found == {"a": "infinite", "b": None, "c": 2.0, "d": [3]}


def test_the_same_table_and_seed_give_the_same_bytes(table):
    cards = [make_card(table("spina_bifida"), asked()) for _ in range(2)]
    files = [report_files(card, "fa") for card in cards]
    assert files[0] == files[1]
    other = report_files(make_card(table("spina_bifida"), asked(seed=2)), "fa")
    assert other["report.json"] != files[0]["report.json"]


def test_a_table_that_is_refused_gives_a_card_without_figures(table):
    card = make_card(table("Artificial_3"), asked())
    for language in LANGUAGES:
        files = report_files(card, language)
        page = page_of(files)
        words = load_words(language)
        assert words("page.nothing") in page.words()
        assert words("chart.forest.no_estimate") in files["report.html"].decode()
        articles = re.findall(r"<article.*?</article>", files["report.html"].decode(), re.DOTALL)
        assert len(articles) == len(CLOSED)
        assert not any('class="interval"' in one for one in articles)
        assert "no_overlap" in page.words()
    document = json.loads(files["report.json"])
    assert document["publishable"] is False
    assert {one["state"] for one in document["outcomes"]} == {"refused"}
    assert not any("interval" in one for one in document["outcomes"])
    checks = document["checks"]
    assert checks["refused"] == "table"
    assert checks["internal_consistency"]
    assert not any(checks[name] for name in TRACED), "a refused table must not leak an estimate"


WANTS_COMPLETE = Overlap.from_counts(
    "ABCD",
    {
        "1000": 120, "0100": 120, "0010": 120, "0001": 110, "1100": 20, "1010": 20, "0110": 20,
        "1110": 90, "1001": 25, "0101": 24, "0011": 22, "1101": 5, "1011": 6, "0111": 5, "1111": 22,
    },
)  # fmt: skip
"""Nothing stands against it, but the complete graph against the lists A, B and C by themselves."""


def test_the_checks_carry_what_is_refused_of_them():
    card = make_card(WANTS_COMPLETE, asked(methods=("decomposable",)))
    checks = card.checks
    assert [one.publishable for one in checks.left_out] == [True, True, True, False]
    assert "complete graph" in str(checks.left_out[3].against)
    two, three, four = checks.trajectory
    assert two.estimate is None
    assert "fewer than three lists" in str(two.refused)
    assert three.estimate == checks.left_out[3].estimate
    assert "complete graph" in str(three.against)
    assert four.publishable
    assert [one.against is None for one in checks.predictions] == [True, True, True, False]
    files = report_files(card, "en")
    document = json.loads(files["report.json"])["checks"]
    assert [one["publishable"] for one in document["trajectory"]] == [False, False, True]
    assert "complete graph" in document["leave_one_list_out"][3]["against"]
    said = page_of(files).words()
    assert "NOT TO BE PUBLISHED (the prior speaks" in said
    assert "2 of the steps gave no figure that may be published" in said
    why = {"complete_graph": "told to whoever reads it"}
    passed = make_card(WANTS_COMPLETE, asked(methods=("decomposable",), override=why)).checks
    assert passed.trajectory[1].publishable
    assert all(one.publishable for one in passed.left_out)


def test_known_sizes_of_three_lists_are_told_with_what_would_be_refused(table):
    card = make_card(table("spina_bifida"), asked(methods=("decomposable",)))
    for one in card.checks.predictions:
        assert one.covered is not None
        assert "fewer than three lists" in str(one.against)
    assert "3 of the predictions would be refused" in page_of(report_files(card, "en")).words()


def test_the_sensitivity_of_a_refused_estimate_says_so():
    worst = WANTS_COMPLETE.without("D")
    card = make_card(worst, asked(methods=("decomposable",)))
    assert "complete graph" in str(card.checks.moved_against)
    files = report_files(card, "en")
    assert json.loads(files["report.json"])["checks"]["highest_order_against"]
    assert "NOT TO BE PUBLISHED (the prior speaks" in page_of(files).words()


TRACED = ("trajectory", "leave_one_list_out", "merged_pairs", "highest_order")


def test_an_override_stands_beside_the_figure_with_its_reason(table):
    reason = "List C is of another town; invented reason"
    card = make_card(table("Artificial_3"), asked(override={"no_overlap": reason}))
    files = report_files(card, "en")
    document = json.loads(files["report.json"])
    given = [one for one in document["outcomes"] if "interval" in one]
    assert given
    assert {one["state"] for one in given} <= {"overridden", "doubtful"}
    assert document["publishable"] is False
    assert document["override"] == {"no_overlap": reason}
    articles = re.findall(r"<article.*?</article>", files["report.html"].decode(), re.DOTALL)
    assert sum(reason in one for one in articles) == len(given)


def test_an_override_without_words_is_refused(table):
    with pytest.raises(InputError):
        make_card(table("Artificial_3"), asked(override={"no_overlap": " "}))


@pytest.fixture(scope="module")
def strata(table):
    """Two strata of one table, and one whose label is not known."""
    whole = table("spina_bifida")
    counts = np.vstack([whole.totals, whole.totals * 2, np.arange(len(whole.patterns))])
    return Overlap(
        whole.lists, whole.patterns, counts, (("north",), ("south",), ("",)), ("region",)
    )


def test_strata_stand_apart_and_pooled_and_nobody_is_dropped(strata):
    card = make_card(strata, asked())
    files = report_files(card, "en")
    text = page_of(files).words()
    document = json.loads(files["report.json"])["strata"]
    apart, pooled = document["separate"], document["pooled"]
    assert [one["labels"] for one in apart["strata"]] == [["north"], ["south"]]
    known = sum(one["observed"] + one["dealt"] for one in apart["strata"])
    assert known == pytest.approx(strata.observed)
    assert apart["strata"][0]["low"] < apart["strata"][1]["low"]
    for found in (apart, pooled):
        total = found["total"]
        assert f"{total['low']:,.0f} to {total['high']:,.0f}" in text
        assert found["assumption"]["en"] in text
    heading = text.index("interval, apart")
    assert heading < text.index("Median, apart") < text.index("interval, pooled")


def test_strata_that_cannot_be_fitted_are_told(table):
    whole = table("Artificial_3")
    two = np.vstack([whole.totals, whole.totals])
    card = make_card(
        Overlap(whole.lists, whole.patterns, two, (("north",), ("south",)), ("region",)), asked()
    )
    assert card.strata.separate is None
    assert "share nobody" in str(card.strata.refused)
    assert str(card.strata.refused) in page_of(report_files(card, "en")).words()


def test_those_on_no_list_follow_the_highest_interaction(table):
    card = make_card(table("Kosovo"), asked())
    at = {one.factor: one for one in card.checks.moved}
    said = card.outcomes[0].result.summary()
    assert (at[1.0].estimate, at[1.0].low, at[1.0].high) == (said.point, said.low, said.high)
    assert at[2.0].estimate - 4400 == pytest.approx(2 * (said.point - 4400))
    three = make_card(table("spina_bifida"), asked()).checks.moved
    assert three[0].estimate > three[-1].estimate, "with an odd number of lists it is the inverse"


def test_the_table_beside_the_page_is_the_table(strata, table):
    censored = Overlap.from_counts(
        ["A", "B", "C"], {"110": 9, "011": 7, "100": 30, "010": 20, "001": 18}, unrecorded=["101"]
    )
    for overlap in (strata, table("UKdat"), censored):
        again = parse_overlap(table_file(overlap), "table.csv", strata=overlap.stratified_by)
        met = overlap.pooled()
        assert again.pooled().totals.tolist() == met.totals.tolist()
        assert again.unrecorded == overlap.unrecorded
        assert set(again.strata) == set(overlap.strata)
    card = make_card(censored, asked())
    assert card.checks.method == "loglinear"
    assert card.checks.odds == ()
    assert card.checks.moved == ()  # the missing are not on no list alone


def test_many_lists_are_told_what_is_not_checked():
    random = np.random.default_rng(2)
    on = random.random((900, 7)) < 0.3
    on = on[on.any(axis=1)]
    columns = {f"L{at}": on[:, at].astype(int) for at in range(7)}
    overlap = Overlap.from_records(columns, lists=list(columns))
    card = make_card(overlap, Asked(methods=("chao", "independence"), options=QUICK_TWO))
    assert card.checks.refused == "lists"
    assert load_words("en")("checks.lists") in page_of(report_files(card, "en")).words()


QUICK_TWO = {"independence": {"tables": 20}}


def test_names_of_lists_are_words_and_nothing_else(table):
    whole = table("spina_bifida")
    names = ("<script>alert(1)</script>", "فهرست «ب»", "C & D \u202e")
    card = make_card(Overlap(names, whole.patterns, whole.counts), asked())
    for language in LANGUAGES:
        files = report_files(card, language)
        page = page_of(files)
        assert page.errors == []
        assert "script" not in {tag for tag, _, _ in page.elements}
        assert "\u202e" not in files["report.html"].decode().replace("&#", "")
        assert "[U+202E]" in page.words()


def test_the_command_names_what_is_not_the_default(table):
    reason = "an invented reason, with 'quotes'"
    card = make_card(table("spina_bifida"), asked(override={"inside": reason}, seed=7, level=0.9))
    words = command_of(card, "fa")
    assert "--seed 7" in words
    assert "--level 0.9" in words
    assert "--method decomposable,loglinear,chao,independence" in words
    assert "--option loglinear.tables=60" in words
    assert "inside=" in words


def left_behind(folder):
    return sorted(path.name for path in folder.iterdir())


def fails_at(monkeypatch, count):
    """The disk refuses the file of this number."""
    real, done = writing._write, []

    def write(path, content):
        done.append(path)
        if len(done) == count:
            raise OSError(28, "No space left on device")
        real(path, content)

    monkeypatch.setattr(writing, "_write", write)


@pytest.fixture(scope="module")
def card(table):
    return make_card(table("spina_bifida"), asked(methods=("chao", "independence")))


@pytest.mark.parametrize("count", [1, 3, 8])
def test_a_full_disk_leaves_nothing_behind(card, tmp_path, monkeypatch, count):
    fails_at(monkeypatch, count)
    with pytest.raises(StorageError) as error:
        write_report(card, tmp_path / "report")
    assert error.value.mend
    assert left_behind(tmp_path) == []


def test_a_writer_that_leaves_half_would_be_seen(card, tmp_path, monkeypatch):
    monkeypatch.setattr(writing.shutil, "rmtree", lambda *_, **__: None)
    fails_at(monkeypatch, 3)
    with pytest.raises(StorageError):
        write_report(card, tmp_path / "report")
    assert left_behind(tmp_path) != []


def test_what_stands_there_is_not_overwritten(card, tmp_path):
    (tmp_path / "report").mkdir()
    paths = write_report(card, tmp_path / "report")
    assert all((tmp_path / "report" / path).is_file() for path in paths)
    before = (tmp_path / "report" / "report.json").read_bytes()
    for folder in (tmp_path / "report", tmp_path / "nowhere" / "report"):
        with pytest.raises(InputError):
            write_report(card, folder)
    assert (tmp_path / "report" / "report.json").read_bytes() == before
    assert left_behind(tmp_path) == ["report"]


REFUSED = Overlap.from_counts(("فهرست الف", "B2", "C"), {"100": 40, "010": 30, "001": 20})
ENGLISH = re.compile("[A-Za-z]{3,}[ ,]+[A-Za-z]{3,}")


def told(card):
    """The page in Persian without what is not ours: lists, code, names of variants."""
    page = page_of(report_files(card, "fa"))
    return [text for text, stack in page.texts if not {"code", "pre", "style"} & set(stack)]


@pytest.mark.parametrize("override", [{}, {"no_overlap": "دلیل ساختگی"}])
def test_no_english_sentence_is_left_on_a_persian_page_of_refusals(override):
    card = make_card(REFUSED, asked(override=override))
    texts = told(card)
    assert [text for text in texts if ENGLISH.search(text)] == []
    assert any("هیچ‌کس را با دیگر فهرست‌ها مشترک ندارند" in text for text in texts)
    if override:
        assert any("هیچ مدلی بر این جدول برآوردی ندارد" in text for text in texts)


def test_the_mutant_that_tells_refusals_in_english_is_caught(monkeypatch):
    tell = Saying.tell
    monkeypatch.setattr(Saying, "tell", lambda self, words: tell(self, load_words("en")))
    assert [text for text in told(make_card(REFUSED, asked())) if ENGLISH.search(text)]
