"""Pictures that runs made, in the dossier of what they depict: shown, or without a trace."""

from __future__ import annotations

import hashlib

import invented
import pypdf
import pytest

from habeas.claims.values import Quantity, Text
from habeas.publishing import harm
from habeas.publishing.dossier import write_dossier
from habeas.publishing.gathering import gather
from habeas.publishing.harm import HarmError
from habeas.registry.registry import Registry
from habeas.registry.running import Output, new_run, record_run

WORDS = "An invented curve that falls in an invented spring."
WORDS_FA = "منحنی ساختگی که در بهاری ساختگی فرو می‌افتد."


def drawing(text):
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20" width="40" height="20">'
        f'<title>{text}</title><path d="M0 0L40 20" stroke="#000"/></svg>'
    ).encode()


def output(text, language="", depicts=(invented.SITE,)):
    return Output(
        name="curve.svg", content=drawing(text), depicts=depicts, language=language,
        description=WORDS, description_fa=WORDS_FA,
    )  # fmt: skip


@pytest.fixture
def registry(tmp_path):
    made = invented.build(tmp_path / "registry")
    yield made
    made.close()


def run_with(registry, outputs, *, sensitivity="team"):
    run = new_run("habeas watch", parameters=("rate=0.02",))
    said = invented.claim(
        invented.SITE, "area", Quantity(text="10-20", low="10", high="20"),
        source=run.id, sensitivity=sensitivity,
    )  # fmt: skip
    return record_run(registry, run, [[said]], outputs, sensitivity=sensitivity)


def written(registry, folder, **options):
    write_dossier(registry, invented.SITE, folder, **options)
    return sorted((folder / "pictures").glob("*")) if (folder / "pictures").exists() else []


def test_a_picture_stands_in_the_dossier_of_what_it_depicts(registry, tmp_path):
    run = run_with(registry, [output("a")])
    found = written(registry, tmp_path / "out", clearance="team")
    assert [path.read_bytes() for path in found] == [drawing("a")]
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert f'<img src="pictures/{found[0].name}" alt="{WORDS}">' in page
    assert run.id in page
    sums = (tmp_path / "out" / "SHA256SUMS").read_text(encoding="utf-8")
    assert hashlib.sha256(drawing("a")).hexdigest() in sums


def test_each_language_has_its_own_picture(registry, tmp_path):
    run_with(registry, [output("a", "en"), output("b", "fa"), output("c")])
    english = written(registry, tmp_path / "en", clearance="team", pdf=False)
    persian = written(registry, tmp_path / "fa", clearance="team", lang="fa", pdf=False)
    assert {path.read_bytes() for path in english} == {drawing("a"), drawing("c")}
    assert {path.read_bytes() for path in persian} == {drawing("b"), drawing("c")}
    assert WORDS_FA in (tmp_path / "fa" / "index.html").read_text(encoding="utf-8")


def test_below_its_clearance_there_is_no_trace(registry, tmp_path):
    before = tmp_path / "before"
    write_dossier(registry, invented.SITE, before, seal=False, pdf=False)
    run = run_with(registry, [output("a")])
    assert not written(registry, tmp_path / "out", seal=False, pdf=False)
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert run.id not in page
    assert "pictures" not in (tmp_path / "out" / "SHA256SUMS").read_text(encoding="utf-8")
    assert 'id="pictures"' not in page


def test_a_picture_of_which_something_is_hidden_is_left_out(registry, tmp_path, monkeypatch):
    run = run_with(registry, [output("a")])
    with registry.recording() as recording:
        recording.entry([invented.claim(run.items[0].id, "description", "x", sensitivity="sealed")])
    assert not written(registry, tmp_path / "out", clearance="team", pdf=False)
    monkeypatch.setattr(Registry, "shows_whole", lambda *_: True)
    assert written(registry, tmp_path / "mutant", clearance="team", pdf=False)


def test_a_public_picture_of_a_site_whose_place_is_closed_is_refused(
    registry, tmp_path, monkeypatch
):
    run_with(registry, [output("a")], sensitivity="public")
    contents = gather(registry.view("public"), invented.SITE)
    assert contents.pictures
    with pytest.raises(HarmError, match="picture of a site"):
        write_dossier(registry, invented.SITE, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    checks = tuple(check for check in harm.CHECKS if check is not harm.check_pictures)
    monkeypatch.setattr(harm, "CHECKS", checks)
    assert written(registry, tmp_path / "mutant", pdf=False)


def test_a_picture_that_nobody_ran_is_no_picture_of_a_run(registry):
    run = run_with(registry, [output("a", depicts=(invented.CASE,))])
    contents = gather(registry.view("team"), invented.SITE)
    assert not contents.pictures
    assert run.items


def test_the_pdf_shows_it(registry, tmp_path):
    run_with(registry, [output("a")])
    write_dossier(registry, invented.SITE, tmp_path / "with", clearance="team")
    pages = pypdf.PdfReader(tmp_path / "with" / "dossier.pdf").pages
    assert WORDS in " ".join(" ".join(page.extract_text().split()) for page in pages)


def test_words_are_text_and_never_markup(registry, tmp_path):
    run = new_run("habeas watch")
    sly = Output(
        name="x.svg", content=drawing("a"), depicts=(invented.SITE,),
        description='"><script>alert(1)</script>',
    )  # fmt: skip
    record_run(registry, run, [[invented.claim(run.id, "label", Text(text="x"))]], [sly])
    write_dossier(registry, invented.SITE, tmp_path / "out", clearance="team", pdf=False)
    assert "<script" not in (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
