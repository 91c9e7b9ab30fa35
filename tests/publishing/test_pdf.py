"""The PDF: archival, tagged, the same bytes each time; data stays data; nothing hidden is in it."""

from __future__ import annotations

import io
import os
import pickle
import re
import subprocess
import sys
from datetime import UTC, datetime

import invented
import msgspec
import pikepdf
import pypdf
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from habeas.claims.values import Text
from habeas.drawing.assets import ARABIC, LATIN
from habeas.errors import HabeasError, InputError
from habeas.publishing import pdf, typst_claims, typst_text
from habeas.publishing.gathering import gather
from habeas.publishing.pdf import pdf_bytes
from habeas.publishing.twins import twin_files
from habeas.publishing.typst_blocks import Document, Heading, Paragraph
from habeas.publishing.typst_document import write_document
from habeas.publishing.typst_text import Run, address, code, figure, foreign, prose, visible

EMPTY = dict.fromkeys(
    (
        "sections",
        "contradictions",
        "timeline",
        "places",
        "findings",
        "items",
        "withdrawn",
        "questions",
        "sources",
        "logs",
    ),
    (),
)
CODE = '#read("/etc/passwd") #panic("x") #{1+1} $x^2$ *b* `c` @ref <label> \\u{41} // end'


@pytest.fixture(scope="module")
def twins(case_contents):
    return twin_files(case_contents)


@pytest.fixture(scope="module")
def english(case_contents, twins):
    return pdf_bytes(case_contents, lang="en", attachments=twins)


@pytest.fixture(scope="module")
def persian(case_contents, twins):
    return pdf_bytes(case_contents, lang="fa", attachments=twins)


def opened(data):
    return pikepdf.open(io.BytesIO(data))


def text_of(data):
    """The text of all pages, without white space: where lines end is no matter here."""
    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


def everything(data):
    """Every byte of the PDF after decompression, every string in it, its text, its attachments."""
    found = [text_of(data).encode()]
    with opened(data) as document:
        for thing in document.objects:
            if isinstance(thing, pikepdf.Stream):
                found.append(thing.read_bytes())
            found.append(thing.unparse() if not isinstance(thing, pikepdf.Stream) else b"")
        found += [str(value).encode() for value in document.docinfo.values()]
        found += [one.get_file().read_bytes() for one in document.attachments.values()]
    return b"\n".join(found)


def holds(data, words):
    return any(words.encode(coding) in everything(data) for coding in ("utf-8", "utf-16-be"))


# ---- what kind of file


@pytest.mark.parametrize("lang", ["en", "fa"])
def test_it_says_that_it_is_pdf_a_3a_and_pdf_ua_1(lang, english, persian):
    with opened(english if lang == "en" else persian) as document:
        with document.open_metadata() as metadata:
            assert metadata["pdfaid:part"] == "3"
            assert metadata["pdfaid:conformance"] == "A"
            assert metadata["pdfuaid:part"] == "1"
        assert str(document.Root.Lang) == lang
        assert bool(document.Root.MarkInfo.Marked)
        assert bool(document.Root.ViewerPreferences.DisplayDocTitle)
        assert "/OutputIntents" in document.Root
        assert document.docinfo["/Author"] == "Invented Archive"


def test_it_has_a_title_in_its_language(case_contents, english, persian):
    with opened(english) as document:
        assert str(document.docinfo["/Title"]) == "Invented case · Dossier"
    with opened(persian) as document:
        title = case_contents.label(invented.CASE, "fa")
        assert str(document.docinfo["/Title"]).startswith(title)


def test_every_typeface_is_vendored_and_embedded(english, persian):
    for data in (english, persian):
        with opened(data) as document:
            fonts = [
                thing
                for thing in document.objects
                if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/FontDescriptor"
            ]
            assert fonts
            for font in fonts:
                family = str(font["/FontName"]).partition("+")[2].replace("-", " ").lower()
                vendored = (LATIN.replace(" ", "").lower(), ARABIC.lower())
                assert family.replace(" ", "").startswith(vendored)
                assert {"/FontFile2", "/FontFile3"} & set(font.keys())


def test_nothing_in_it_runs_or_leads_elsewhere_unasked(english):
    with opened(english) as document:
        for thing in document.objects:
            if isinstance(thing, pikepdf.Dictionary):
                assert not {"/JS", "/JavaScript", "/AA", "/OpenAction"} & set(thing.keys())
                assert thing.get("/S") not in ("/Launch", "/JavaScript", "/GoToR", "/SubmitForm")
                if "/URI" in thing:
                    assert str(thing["/URI"]).startswith(("https://", "http://"))


# ---- what is inside


def test_the_twins_are_inside_byte_for_byte(english, twins):
    with opened(english) as document:
        inside = {name: one.get_file().read_bytes() for name, one in document.attachments.items()}
        kinds = {name: one.relationship for name, one in document.attachments.items()}
        assert len(document.Root.AF) == len(twins)
    assert inside == twins
    assert kinds == {"dossier.json": "/Source", "places.geojson": "/Data"}


def test_any_bytes_can_be_inside(site_contents):
    files = {"all.bin": bytes(range(256)), "empty.txt": b"", "nul.txt": b"t\x00\r\n\xef\xbb\xbf"}
    with opened(pdf_bytes(site_contents, lang="en", attachments=files)) as document:
        assert {n: a.get_file().read_bytes() for n, a in document.attachments.items()} == files


@pytest.mark.parametrize("name", ["", "../x", "a/b", "a\\b", "a\nb"])
def test_an_attachment_has_a_plain_name(site_contents, name):
    with pytest.raises(InputError):
        pdf_bytes(site_contents, lang="en", attachments={name: b""})


def test_every_claim_shown_has_its_digest_and_one_place(case_contents, english):
    text = text_of(english)
    missing = [c.number for c in case_contents.claims if c.digest[:16] not in text]
    assert missing == []
    places = [
        label
        for label in labels(write_document(case_contents, "en", {}))
        if re.fullmatch(r"c\d+", label)
    ]
    assert sorted(places) == sorted(f"c{c.number}" for c in case_contents.claims)


def labels(document):
    """Every label of a document, in its JSON form."""
    found = []

    def walk(thing):
        if isinstance(thing, dict):
            found.extend([thing["label"]] if thing.get("label") else [])
            for value in thing.values():
                walk(value)
        elif isinstance(thing, list):
            for value in thing:
                walk(value)

    walk(msgspec.json.decode(msgspec.json.encode(document)))
    return found


def test_a_mutant_that_leaves_the_register_out_loses_claims(case_contents, monkeypatch):
    monkeypatch.setattr(typst_claims.ClaimSetter, "unplaced", property(lambda _: []))
    with pytest.raises(HabeasError, match="could not be set"):
        pdf_bytes(case_contents, lang="en")


def test_text_stands_in_logical_order(english, persian):
    assert "Readas:10to12;counts:onetrench" in text_of(english)
    words = text_of(
        persian
    )  # pypdf gives right-to-left words in logical order, lines from the left
    assert all(word in words for word in ("پروندهٔ", "ساختگی", "تناقض", "زنجیرهٔ"))


def test_a_long_dossier_has_a_table_of_contents_and_a_short_one_has_none(case_contents):
    assert write_document(case_contents, "en", {}).contents == "Contents"
    glance = replace(case_contents.glance, topics=())
    short = replace(case_contents, claims=case_contents.claims[:1], glance=glance, **EMPTY)
    assert write_document(short, "en", {}).contents == ""


# ---- the same bytes


def test_the_same_contents_give_the_same_bytes(case_contents, twins, english):
    assert pdf_bytes(case_contents, lang="en", attachments=twins) == english


def test_another_process_writes_the_same_bytes(case_contents, twins, persian, tmp_path):
    (tmp_path / "in").write_bytes(pickle.dumps((case_contents, twins)))
    program = (
        "import pickle,sys\n"
        "from habeas.publishing.pdf import pdf_bytes\n"
        "contents, twins = pickle.load(open('in', 'rb'))\n"
        "sys.stdout.buffer.write(pdf_bytes(contents, lang='fa', attachments=twins))\n"
    )
    for seed, zone in (("1", "Asia/Tehran"), ("4711", "America/Lima")):
        made = subprocess.run(
            [sys.executable, "-c", program],
            cwd=tmp_path,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C"},
            capture_output=True,
            check=True,
        )
        assert made.stdout == persian


def test_the_time_in_it_is_that_of_the_newest_claim(case_contents, english):
    with opened(english) as document:
        stamped = str(document.docinfo["/CreationDate"])
    newest = re.sub("[-T:Z]", "", case_contents.logs[0].newest)
    assert stamped.startswith(f"D:{newest}")


def test_a_mutant_that_asks_the_clock_is_seen(case_contents, twins, english, monkeypatch):
    monkeypatch.setattr(pdf, "_moment", lambda _: datetime(2031, 5, 6, tzinfo=UTC))
    assert pdf_bytes(case_contents, lang="en", attachments=twins) != english


# ---- nothing hidden


def test_nothing_hidden_is_in_it(english, persian):
    assert not holds(english, invented.CANARY)
    assert not holds(persian, invented.CANARY)


def test_a_mutant_without_the_gate_is_seen(invented_registry):
    contents = gather(invented_registry.view("sealed"), invented.SITE)
    shown = pdf_bytes(contents, lang="en")
    assert holds(shown, invented.CANARY)
    assert invented.CANARY in text_of(shown)


# ---- data stays data


def page(*paragraphs, title="An invented dossier", lang="en"):
    """A document with some paragraphs."""
    return Document(
        title=title,
        shown_title=foreign(visible(title), "ltr"),
        author="Invented",
        description="",
        lang=lang,
        dir="rtl" if lang == "fa" else "ltr",
        digits="0123456789",
        kicker=(),
        facts=(),
        stance=(),
        contents="",
        running=(),
        clearance=(),
        root=(),
        page="{page}/{pages}",
        blocks=(
            Heading(level=1, runs=foreign(visible(title), "ltr")),
            *(Paragraph(runs=runs) for runs in paragraphs),
        ),
        attachments=(),
    )


def compiled(document):
    return pdf._compile(document, {}, datetime(2026, 1, 1, tzinfo=UTC))


def test_code_in_a_claim_is_text(case_contents):
    nasty = tuple(
        replace(claim, value=Text(text=CODE)) if isinstance(claim.value, Text) else claim
        for claim in case_contents.claims
    )
    cards = tuple(replace(card, title=CODE) for card in case_contents.sources)
    text = text_of(pdf_bytes(replace(case_contents, claims=nasty, sources=cards), lang="en"))
    assert "".join(CODE.split()) in text
    assert "root:" not in text


def test_a_mutant_that_evaluates_what_it_is_given_is_seen(tmp_path, monkeypatch):
    template = pdf.TEMPLATE.read_text(encoding="utf-8")
    mutant = template.replace("{ text(words) }", '{ eval(words, mode: "markup") }', 1)
    assert mutant != template
    (tmp_path / "mutant.typ").write_text(mutant, encoding="utf-8")
    monkeypatch.setattr(pdf, "TEMPLATE", tmp_path / "mutant.typ")
    assert "2" in text_of(compiled(page(foreign("#{1+1}", "ltr"))))
    with pytest.raises(HabeasError):
        compiled(page(foreign(CODE, "ltr")))


@pytest.mark.parametrize("path", ["/etc/passwd", "../../../../etc/passwd"])
def test_even_the_template_may_read_no_file(path, tmp_path, monkeypatch):
    (tmp_path / "reads.typ").write_text(f'#read("{path}")', encoding="utf-8")
    monkeypatch.setattr(pdf, "TEMPLATE", tmp_path / "reads.typ")
    with pytest.raises(HabeasError, match="could not be set"):
        compiled(page())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=120), st.sampled_from(["en", "fa"]))
@example(CODE, "en")
@example("ab\u202ecd\u2066\u200b\x00\x07\ufeff\U000e0041", "fa")
@example("中文 😀 \ue000 \u0378 \u0301", "en")
@example("\n\n\t \u200c", "fa")
@example("https://example.invalid/" + "a" * 300, "fa")
@example("https://example.invalid/\n#x", "en")
def test_any_text_can_be_set_anywhere(text, lang):
    base = "rtl" if lang == "fa" else "ltr"
    runs = [foreign(text, base, lang=text), prose(text, base), figure(text), code(text)]
    made = compiled(page(*runs, address(text), title=f"x{text}".replace("\n", " "), lang=lang))
    assert made.startswith(b"%PDF-1.7")


@pytest.mark.parametrize("text", ["中", "\u202e", "\ue000"])
def test_a_mutant_that_shows_everything_as_it_is_cannot_be_set(text, monkeypatch):
    compiled(page(foreign(text, "ltr")))
    monkeypatch.setattr(typst_text, "visible", lambda text: text)
    if text == "\u202e":
        assert foreign(text, "ltr")[0].text == text
        return
    with pytest.raises(HabeasError, match="could not be set"):
        compiled(page(foreign(text, "ltr")))


@given(st.text(max_size=80))
def test_what_is_set_is_what_is_there(text):
    """No character is lost or added on the way into pieces, but those shown as their code."""
    for made in (foreign(text, "rtl"), prose(text, "ltr"), code(text), figure(text)):
        assert spelled(made) == visible(text)


def spelled(runs):
    return "".join("\n" if r.kind == "break" else r.text + spelled(r.inside) for r in runs)


# ---- two directions


def bare(runs, base):
    """Pieces of right-to-left text with Latin letters or dates that nothing isolates."""
    for run in runs:
        inner = run.dir or base
        mixed = re.search(r"[A-Za-z]|[0-9][-./:][0-9]", run.text)
        if mixed and base == "rtl" and run.kind in ("text", "strong", "quiet", "link"):
            yield run.text
        yield from bare(run.inside, inner)


def all_runs(document):
    """Every piece of a document that stands in a line of its own direction."""
    found = []

    def walk(thing):
        if isinstance(thing, Run):
            found.append(thing)
        elif isinstance(thing, msgspec.Struct):
            for name in thing.__struct_fields__:
                walk(getattr(thing, name))
        elif isinstance(thing, tuple):
            for one in thing:
                walk(one)

    walk(document)
    return found


def test_nothing_stands_bare_in_persian(case_contents):
    assert list(bare(all_runs(write_document(case_contents, "fa", {})), "rtl")) == []


def test_a_mutant_that_isolates_nothing_is_seen(case_contents, monkeypatch):
    monkeypatch.setattr(typst_text, "embedded_runs", lambda text, base: ())
    assert list(bare(all_runs(write_document(case_contents, "fa", {})), "rtl"))


@pytest.mark.parametrize("piece", ["1988-07-28", "35.70° N, 51.40° E", "E/CN.4/1989/26", "-35.5"])
def test_dates_positions_and_references_are_never_broken(piece):
    for base in ("rtl", "ltr"):
        runs = prose(f"در {piece} گفته شد", base) if base == "rtl" else figure(piece)
        assert any(r.kind == "whole" and r.text == piece and r.dir == "ltr" for r in runs)


def test_a_figure_of_a_claim_reads_from_left_to_right_in_persian():
    assert foreign(">=44", "rtl")[0].dir == "ltr"


def test_what_is_too_long_for_a_line_may_be_broken():
    long = "a" * 300
    for runs in (prose(long, "ltr"), figure(long), address(f"https://x.invalid/{long}")):
        pieces = [run for run in flat(runs) if run.text]
        assert max(len(run.text) for run in pieces) <= 64


def flat(runs):
    return [one for run in runs for one in (run, *flat(run.inside))]
