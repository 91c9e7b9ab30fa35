"""Nothing that stands in Persian text is moved by it, and no data moves anything."""

import re
from html.parser import HTMLParser

import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.drawing import assets, bidi
from habeas.drawing.bidi import LRI, PDI, RLI, Output

CONTROLS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
PERSIAN = (
    "سازمان عفو بین‌الملل در تاریخ 1988-07-28 در گزارش MDE 13/9421/2018 "
    "(Amnesty International) از محل 35.55694, 51.57083 نوشت."
)
ATOMS = ("1988-07-28", "MDE 13/9421/2018", "Amnesty International", "35.55694, 51.57083")

TEXTS = st.text(
    st.sampled_from("ab Z09.-/()[]·،خآ۱ \u200c" + CONTROLS + "\u200f\u200b\u0007\n\ufeff"),
    max_size=40,
)


class Reader(HTMLParser):
    """Text outside and inside `bdi`."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.depth = 0
        self.bare = ""
        self.isolated = []
        self.whole = ""

    def handle_starttag(self, tag, attrs):
        assert tag == "bdi"
        assert dict(attrs)["dir"] in {"ltr", "rtl"}
        self.depth += 1
        self.isolated.append("")

    def handle_endtag(self, tag):
        self.depth -= 1

    def handle_data(self, data):
        self.whole += data
        if self.depth:
            self.isolated[-1] += data
        else:
            self.bare += data + "\0"


def read(markup):
    reader = Reader()
    reader.feed(markup)
    reader.close()
    return reader


def bare_pieces(text):
    """An own oracle: Latin letters, or digits joined by separators, outside every isolate."""
    return re.findall(r"[A-Za-z]+|[0-9]+(?:[-./:][0-9]+)+", text)


@pytest.mark.parametrize("atom", ATOMS)
def test_each_date_reference_coordinate_and_name_in_persian_text_is_isolated(atom):
    assert any(atom in piece for piece in read(bidi.isolate_within(PERSIAN, Output.HTML)).isolated)


def test_nothing_that_needs_isolation_is_left_bare():
    assert bare_pieces(read(bidi.isolate_within(PERSIAN, Output.HTML)).bare) == []


def test_mutant_without_finding_runs_a_bare_date_is_seen(monkeypatch):
    monkeypatch.setattr(bidi, "embedded_runs", lambda text, base: ())
    assert "1988-07-28" in bare_pieces(read(bidi.isolate_within(PERSIAN, Output.HTML)).bare)


def test_a_name_in_brackets_before_a_reference_stays_two_pieces():
    text = "عفو بین‌الملل (Amnesty International) · k10"
    pieces = [text[a:b] for a, b in bidi.embedded_runs(text, "rtl")]
    assert pieces == ["Amnesty International", "k10"]


@pytest.mark.parametrize(
    ("text", "base", "pieces"),
    [
        ("بیش از >30000 تن", "rtl", [">30000"]),
        ("در سال ۱۳۶۷", "rtl", []),
        ("در سال 1988 بود", "rtl", []),
        ("دمای −35.5° بود", "rtl", ["−35.5°"]),
        ("صندوق Fund (AI) گفت", "rtl", ["Fund (AI)"]),
        ("تاریخ ۱۳۶۷/۰۵/۰۶ بود", "rtl", ["۱۳۶۷/۰۵/۰۶"]),
        ("به نشانی https://example.org/a/ رفت", "rtl", ["https://example.org/a/"]),
        ("The site خاوران (گلستان جاوید), 1988", "ltr", ["خاوران (گلستان جاوید)"]),
        ("عفو 1988-07-28", "ltr", ["عفو"]),
        ("plain", "ltr", []),
    ],
)
def test_runs_are_whole(text, base, pieces):
    assert [text[a:b] for a, b in bidi.embedded_runs(text, base)] == pieces


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("خاوران", "rtl"),
        ("«Khavaran»", "ltr"),
        ("1988-07-28", "ltr"),
        ("", "ltr"),
        ("۱۳۶۷ سال", "rtl"),
    ],
)
def test_direction_is_that_of_the_first_strong_character(text, direction):
    assert bidi.direction_of(text) == direction


def test_isolate_says_direction_and_forbids_breaking():
    assert (
        bidi.isolate("1988-07-28", Output.HTML) == '<bdi dir="ltr" class="nowrap">1988-07-28</bdi>'
    )
    assert bidi.isolate("A <b>", Output.HTML, wraps=True) == '<bdi dir="ltr">A &lt;b&gt;</bdi>'
    assert bidi.isolate("35.5", Output.TYPST) == '#isolated(ltr, "35.5");'
    assert bidi.isolate("خاوران", Output.PLAIN) == RLI + "خاوران" + PDI


def balanced(text):
    depth = 0
    for character in text:
        depth += character in LRI + RLI
        depth -= character == PDI
        if depth < 0:
            return False
    return depth == 0


@given(TEXTS, st.sampled_from([None, "ltr", "rtl"]))
@settings(max_examples=200)
def test_t39_no_data_can_open_or_close_an_isolate(text, base):
    for shown in (
        bidi.isolate(text, Output.PLAIN, direction=base),
        bidi.isolate_within(text, Output.PLAIN, base=base),
    ):
        assert balanced(shown)
        assert not re.search("[\u202a-\u202e\u2068\u200b\ufeff\u0007]", shown)


def test_t39_mutant_obeying_controls_lets_data_close_the_isolate(monkeypatch):
    monkeypatch.setattr(bidi, "show_controls", lambda text: text)
    assert not balanced(bidi.isolate("a\u2069b", Output.PLAIN))


@given(TEXTS, st.sampled_from([None, "ltr", "rtl"]))
@settings(max_examples=200)
def test_t39_the_words_are_all_there_with_controls_as_their_codes(text, base):
    shown = bidi.show_controls(text)
    assert read(bidi.isolate_within(text, Output.HTML, base=base)).whole == shown
    plain = bidi.isolate_within(text, Output.PLAIN, base=base)
    assert re.sub("[\u2066\u2067\u2069]", "", plain) == shown
    assert bidi.show_controls(shown) == shown


def test_t39_a_name_with_an_override_is_shown_with_its_code():
    assert bidi.show_controls("Ali\u202eazeR") == "Ali[U+202E]azeR"
    assert bidi.show_controls("می‌خواهم\u200f") == "می‌خواهم\u200f"


def test_t39_invisible_and_imitated_letters_are_reported():
    found = bidi.oddities("A\u202eB \u0410li Boris\u200f B\u043eris")
    assert [(o.kind, o.text) for o in found] == [
        ("control", "[U+202E]"),
        ("mark", "[U+200F]"),
        ("mixed", "\u0410li (U+0410 U+006C U+0069)"),
        ("mixed", "B\u043eris (U+0042 U+043E U+0072 U+0069 U+0073)"),
    ]
    assert bidi.oddities("Сребреница Srebrenica خاوران می‌روم") == ()


def compiled(body, direction="rtl", **inputs):
    source = f"""
#set page(width: 200pt, height: 30pt, margin: 5pt)
#set text(font: ("Source Sans 3", "Vazirmatn"), dir: {direction}, lang: "fa")
#set align(right)
{bidi.TYPST_PRELUDE}
{body}
"""
    fonts = [str(assets.font_folder())]
    return typst.compile(
        source.encode(), format="png", font_paths=fonts, ignore_system_fonts=True, sys_inputs=inputs
    )


def test_in_typst_an_isolated_date_reads_forward_and_a_bare_one_does_not():
    # Beside Persian, drawn by hand in the order a reader must see: the date left of the word.
    wanted = compiled('#box(text(dir: ltr, "1988-07-28"))#box(text(dir: rtl, "تا "))', "ltr")
    shown = compiled(bidi.isolate_within("تا 1988-07-28", Output.TYPST))
    assert shown == wanted
    assert compiled("تا 1988-07-28") != wanted


@pytest.mark.parametrize(
    "hostile", ['"#panic()', "\\", "#panic()", 'a\\"); #panic(', "\n\n= x", "*_`$@<"]
)
def test_nothing_in_data_is_read_as_typst(hostile):
    """It is drawn like words that never stood in the source of the document."""
    for wraps, call in ((False, "isolated"), (True, "isolated-flow")):
        shown = compiled(bidi.isolate(hostile, Output.TYPST, wraps=wraps))
        assert shown == compiled(f"#{call}(ltr, sys.inputs.words)", words=hostile)
    shown = compiled(bidi.isolate_within(hostile + " خاوران", Output.TYPST, base="ltr"))
    assert shown == compiled('#sys.inputs.words#isolated(rtl, "خاوران")', words=hostile + " ")
