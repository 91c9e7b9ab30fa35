"""The page: everything escaped, everything isolated, usable without colour, script or network."""

import re
from html.parser import HTMLParser
from itertools import pairwise

import invented
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invented import CASE, SITE

from habeas.drawing import markup
from habeas.drawing.bidi import Output, direction_of, embedded_runs, isolate_within
from habeas.drawing.markup import Html, element, foreign, prose
from habeas.publishing import html_claims, html_lists
from habeas.publishing.catalogue import LANGUAGES
from habeas.publishing.gathering import gather
from habeas.publishing.html import html_files, write_page

VOID = {"meta", "link", "br", "hr"}


class Page(HTMLParser):
    """What a page holds: elements with their attributes, texts with the elements around them."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.texts, self.stack, self.errors = [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.stack.append((tag, dict(attrs)))

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.stack or self.stack.pop()[0] != tag:
            self.errors.append(tag)

    def handle_data(self, data):
        if data.strip():
            self.texts.append((data, list(self.stack)))

    def attributes(self, name):
        return [attrs[name] for _, attrs in self.elements if name in attrs]


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request):
    return request.param


@pytest.fixture(scope="module")
def text(case_contents, language):
    return write_page(case_contents, language)


@pytest.fixture(scope="module")
def page(text):
    return Page(text)


def test_every_element_is_closed_and_every_id_stands_once(page):
    assert page.errors == []
    assert page.stack == []
    ids = page.attributes("id")
    assert len(ids) == len(set(ids))


def test_every_link_inside_the_page_leads_somewhere(page):
    ids = set(page.attributes("id"))
    inside = {href[1:] for href in page.attributes("href") if href.startswith("#")}
    assert inside
    assert inside <= ids


def test_every_claim_has_its_place_and_its_digest(page, text, case_contents):
    ids = set(page.attributes("id"))
    for one in case_contents.claims:
        assert f"c{one.number}" in ids
        assert one.digest in text


def test_a_title_with_markup_is_text(page):
    tags = [tag for tag, _ in page.elements]
    assert "script" not in tags
    assert any("<script>alert('x')</script>" in data for data, _ in page.texts)
    assert not any(href.lower().startswith("javascript") for href in page.attributes("href"))
    assert not any(name.startswith("on") for _, attrs in page.elements for name in attrs)


def test_a_mutant_that_does_not_escape_is_seen(case_contents, monkeypatch):
    monkeypatch.setattr(markup, "_within", lambda text, base: Html(text))
    tags = [tag for tag, _ in Page(write_page(case_contents, "en")).elements]
    assert "script" in tags


def test_a_mutant_that_links_any_address_is_seen(case_contents, monkeypatch):
    monkeypatch.setattr(html_lists, "_address", lambda url: element("a", url, href=url))
    links = Page(write_page(case_contents, "en")).attributes("href")
    assert "javascript:alert(1)" in links


def test_nothing_is_fetched_and_nothing_runs(page):
    fetched = page.attributes("src") + [
        attrs["href"] for tag, attrs in page.elements if tag == "link"
    ]
    assert fetched == ["dossier.css"]
    (policy,) = [a["content"] for _, a in page.elements if a.get("http-equiv")]
    assert policy.startswith("default-src 'none'")


def test_the_style_names_no_address_of_the_web(case_contents):
    files = html_files(case_contents, "fa")
    addresses = re.findall(r"url\(\"?([^)\"]+)", files["dossier.css"].decode())
    assert addresses
    assert all(address in files for address in addresses)


def test_the_page_says_its_language_and_direction(page, language):
    tag, attrs = page.elements[0]
    assert tag == "html"
    assert (attrs["lang"], attrs["dir"]) == (language, "rtl" if language == "fa" else "ltr")


def test_a_reader_by_keyboard_or_ear_finds_their_way(page):
    tags = [tag for tag, _ in page.elements]
    assert tags.count("h1") == tags.count("main") == 1
    levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    skip = next(attrs for _, attrs in page.elements if attrs.get("class") == "skip")
    assert skip["href"] == "#main"
    regions = [attrs for _, attrs in page.elements if attrs.get("role") == "region"]
    assert all(region["tabindex"] == "0" and region["aria-label"] for region in regions)
    labelled = set(page.attributes("aria-labelledby"))
    assert labelled <= set(page.attributes("id"))
    assert tags.count("caption") == tags.count("table")
    assert all(attrs.get("scope") for tag, attrs in page.elements if tag == "th")


def bare(page):
    """Dates, coordinates and Latin words that stand in right-to-left text without an isolate."""
    found = []
    for data, stack in page.texts:
        if any(tag in ("svg", "title", "pre", "code", "head") for tag, _ in stack):
            continue
        nearest = next((a["dir"] for _, a in reversed(stack) if "dir" in a), "ltr")
        if nearest == "rtl":
            found += [data[a:b] for a, b in embedded_runs(data, "rtl")]
    return found


def test_nothing_stands_bare_in_persian(case_contents):
    assert bare(Page(write_page(case_contents, "fa"))) == []


def test_a_mutant_that_does_not_isolate_is_seen(case_contents, monkeypatch):
    plain = lambda text, *_, **__: Html(markup.html.escape(text))  # noqa: E731
    monkeypatch.setattr(html_claims, "prose", plain)
    assert bare(Page(write_page(case_contents, "fa")))


def test_persian_numbers_with_a_space_keep_their_order():
    assert isolate_within("اعدام‌های ۱۹۸۸ (۱۳۶۷) در", Output.PLAIN) == "اعدام‌های ۱۹۸۸ (۱۳۶۷) در"
    assert "\u2066" in isolate_within("در 1988 (1367) بود", Output.PLAIN)


def test_a_persian_page_reads_dates_in_both_calendars(case_contents):
    persian = write_page(case_contents, "fa")
    assert "شهریور ۱۳۹۶" in persian
    assert "۲۳\u00a0اوت\u00a0۲۰۱۷" in persian
    assert "30\u00a0June" not in persian


def test_the_table_is_equal_to_the_picture(page, case_contents):
    captions = [data for data, stack in page.texts if stack[-1][0] == "caption"]
    assert len(captions) == 4
    rows = [attrs for tag, attrs in page.elements if tag == "th" and attrs.get("scope") == "row"]
    pictured = len(case_contents.timeline) + len(case_contents.places)
    assert len(rows) >= pictured
    assert sum(tag == "svg" for tag, _ in page.elements) == 2


def test_the_words_of_a_source_keep_their_own_language(text):
    assert 'lang="fa"' in text
    assert "گزارش روزنامهٔ ساختگی" in text
    assert "شهریور ۱۳۹۶" in text


def test_a_witness_is_withheld_in_words(invented_registry, text, language):
    words = {"en": "a witness (identity withheld)", "fa": "یک شاهد (هویت محفوظ)"}[language]
    assert words in re.sub("<[^>]+>", "", text)
    assert invented.CANARY not in text


@pytest.mark.parametrize("entity", [SITE, CASE, "person:invented-1", "all", "org:invented-archive"])
def test_every_kind_of_dossier_has_a_page(invented_registry, entity, language):
    page = Page(write_page(gather(invented_registry.view(), entity), language))
    assert page.errors == []


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_text(words):
    for made in (foreign(words), prose(words, "rtl"), element("p", words, title=words)):
        read = Page(made)
        assert {tag for tag, _ in read.elements} <= {"bdi", "p"}
        assert read.errors == []
    assert direction_of(words) in ("ltr", "rtl")
