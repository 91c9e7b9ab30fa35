"""A forked log: whoever reads a claim that stands in it is told, whatever shows the claim.

`OUTPUTS` has everything that shows claims. A new output belongs in it.
"""

from __future__ import annotations

import csv
import hashlib
import importlib
import json
import pkgutil
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import openpyxl
import pypdf
import pytest

import habeas
from habeas.claims.claim import Claim
from habeas.claims.values import Point, Quantity, Ref, Term, Text, Where
from habeas.exchange.claims_table_reading import read_claims_table
from habeas.registry import view as view_module
from habeas.registry.exporting import export_bundle
from habeas.registry.importing import import_bundle
from habeas.registry.registry import create_registry, open_registry

SITE = "site:invented-field"
HILL = "site:invented-hill"
WORDS = {"en": "LOG FORKED", "fa": "دفتر دوشاخه شده"}
EXPLAINED = {"en": "marks claims of a forked log", "fa": "دفتری است که دوشاخه شده"}
TAGS = {"en": "log forked", "fa": "دفتر دوشاخه شده"}


def said_of(site: str, name: str) -> list[Claim]:
    """Claims that have a place in every output, and contradict each other."""
    first, second = (f"source:{site[5:]}-{number}" for number in (1, 2))
    values = [
        ("label", Text(text=name, lang="en"), first),
        ("remains_believed", Quantity(text="5", low="5", high="5", unit="person"), first),
        ("remains_believed", Quantity(text="7", low="7", high="7", unit="person"), second),
        ("location", Where(kind="exact", uncertainty="5",
                           geometry=Point(coordinates=("10.5", "20.25"))), first),
    ]  # fmt: skip
    item, event = f"item:{kept_for(site)}", f"event:custody-of-{site[5:]}"
    custody = [
        (event, "event_kind", Term(term="custody")), (event, "custody_item", Ref(id=item)),
        (item, "from_source", Ref(id=first)),
    ]  # fmt: skip
    told = [(site, *one) for one in values] + [(*one, first) for one in custody]
    return [
        Claim(subject=subject, predicate=predicate, value=value, source=source, sensitivity="team")
        for subject, predicate, value, source in told
    ]


def kept_for(site: str) -> str:
    """The SHA-256 under which an invented item of evidence goes."""
    return hashlib.sha256(site.encode()).hexdigest()


def record(registry, *claims: Claim) -> tuple[str, ...]:
    with registry.recording() as recording:
        return recording.entry(claims)


@pytest.fixture(autouse=True)
def wide_screen(monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture
def with_partner(case, tmp_path):
    """The invented registry, with a partner's claims about a hill."""
    partner = tmp_path / "partner"
    with create_registry(partner, organisation="Invented partner") as other:
        shutil.copytree(partner, tmp_path / "copy")
        record(other, *said_of(HILL, "Invented hill"))
        export_bundle(other, tmp_path / "from-partner", clearance="team")
        trust = {other.key().fingerprint()}
    with open_registry(case.path) as own:
        record(own, *said_of(SITE, "Field"))
        import_bundle(own, tmp_path / "from-partner", trust=trust)
    return case


@pytest.fixture
def forked(with_partner, tmp_path):
    """The same; the partner's key signed another history in a copy, and that came here, too."""
    with open_registry(tmp_path / "copy") as copy, open_registry(with_partner.path) as own:
        record(copy, *said_of(HILL, "Hill as another history has it"))
        export_bundle(copy, tmp_path / "from-copy", clearance="team")
        assert import_bundle(own, tmp_path / "from-copy").forks
    return with_partner


# What shows claims: whether the claims about a site bear the mark. All of them do, or none.


def one(found) -> bool:
    (marked,) = set(found)
    return bool(marked)


def statements(told) -> list[dict]:
    """Everything in a document that is a claim as it is told."""
    if isinstance(told, list):
        return [found for part in told for found in statements(part)]
    if not isinstance(told, dict):
        return []
    own = [told] if {"claim", "words", "source"} <= set(told) else []
    return own + [found for part in told.values() for found in statements(part)]


def in_json(*command: str):
    def output(case, site, _):
        words = [word.format(site=site) for word in command]
        told = json.loads(case.run(*words, "--clearance", "team", "--json").stdout)
        found = [said for said in statements(told) if said["subject"] == site]
        return one(said["forked"] for said in found)

    return output


def in_words(lang: str, *command: str):
    def output(case, site, _):
        words = [word.format(site=site) for word in command]
        return WORDS[lang] in case.run(*words, "--clearance", "team", "--lang", lang).stdout

    return output


def claim_of(case, site: str) -> str:
    with open_registry(case.path) as registry:
        return registry.view("team").claims(subject=site, predicate="location")[0].digest


def claim_in_json(case, site, _):
    told = json.loads(case.run("show", claim_of(case, site), "--json").stdout)
    return told["statement"]["forked"]


def claim_in_words(case, site, _):
    text = case.run("show", claim_of(case, site)).stdout
    assert (WORDS["en"] in text) is ("signed two histories" in text)
    return WORDS["en"] in text


def exported(case, site: str, folder: Path, format_: str, *more: str) -> Path:
    folder.mkdir(exist_ok=True)
    out = folder / f"{site[5:]}.{format_}"
    case.run("export", "--format", format_, "--about", site, "--clearance", "team", "--out", out,
             *more)  # fmt: skip
    return out


def in_jsonl(case, site, folder):
    lines = exported(case, site, folder, "jsonl").read_text().splitlines()
    return one(json.loads(line)["forked"] for line in lines)


def in_csv(case, site, folder):
    text = exported(case, site, folder, "csv").read_text(encoding="utf-8-sig")
    rows = [row for row in csv.DictReader(text.splitlines()) if row["subject"] == site]
    assert {json.loads(row["claim_json"])["forked"] for row in rows} == {
        row["forked"] == "yes" for row in rows
    }
    found = one(row["forked"] == "yes" for row in rows)
    remarks = read_claims_table(exported(case, site, folder / "again", "csv")).remarks
    assert any("forked log" in remark for remark in remarks) is found
    return found


def in_xlsx(case, site, folder):
    head, *rows = openpyxl.load_workbook(exported(case, site, folder, "xlsx")).active.values
    forked, subject = head.index("forked"), head.index("subject")
    return one(row[forked] == "yes" for row in rows if row[subject] == site)


def in_geojson(case, site, folder):
    told = json.loads(exported(case, site, folder, "geojson").read_text())
    return one(feature["properties"]["forked"] for feature in told["features"])


def in_geopackage(case, site, folder):
    with closing(sqlite3.connect(exported(case, site, folder, "geopackage"))) as db:
        rows = "SELECT forked FROM points UNION ALL SELECT forked FROM uncertainty"
        return one(forked for (forked,) in db.execute(rows))


def in_crate(case, site, folder):
    data = exported(case, site, folder, "ro-crate") / "data"
    lines = [json.loads(line) for line in (data / "claims.jsonl").read_text().splitlines()]
    found = one(line["forked"] for line in lines if line["claim"]["subject"] == site)
    agents = json.loads((data / "provenance.json").read_text())["agent"]
    logs = {name: told for name, told in agents.items() if name.startswith("habeas:log/")}
    log = next(line["log"] for line in lines if line["claim"]["subject"] == site)
    told = logs["habeas:log/" + log.rpartition("/")[2]]
    assert (told.get("habeas:forked") == "true") is found
    return found


def in_losses(format_: str, *more: str):
    def output(case, site, folder):
        out = folder / f"{site[5:]}.{format_}"
        told = json.loads(case.run(
            "export", "--format", format_, "--about", site, "--clearance", "team", "--out", out,
            "--json",
        ).stdout)  # fmt: skip
        return any("is forked" in words for words in told["dropped"])

    return output


def dossier(case, site: str, folder: Path, lang: str) -> Path:
    out = folder / f"{site[5:]}-{lang}"
    if not out.exists():
        case.run("dossier", site, "--out", out, "--clearance", "team", "--lang", lang)
    return out


def in_dossier_json(case, site, folder):
    out = dossier(case, site, folder, "en")
    told = json.loads((out / "dossier.json").read_text())
    found = one(c.get("forked", False) for c in told["claims"] if c["subject"] == site)
    origins = {log["origin"]: log["forked"] for log in told["logs"]}
    assert any(origins.values()) is found
    places = json.loads((out / "places.geojson").read_text())["features"]
    assert one(feature["properties"].get("forked", False) for feature in places) is found
    return found


def in_page(lang: str):
    def output(case, site, folder):
        out = dossier(case, site, folder, lang)
        text = (out / "index.html").read_text(encoding="utf-8")
        told = json.loads((out / "dossier.json").read_text())
        marked = {c["number"] for c in told["claims"] if c.get("forked")}
        links = re.findall(r'<a href="#c(\d+)">(.*?)</a>', text)
        assert links  # wherever a claim is named by its number alone, the number bears the sign
        assert all(("*" in inside) is (int(number) in marked) for number, inside in links)
        tag = f'<span class="tag strong">{TAGS[lang]}</span>' in text
        assert tag is (EXPLAINED[lang] in text) is bool(marked)
        return tag

    return output


def in_pdf(lang: str):
    def output(case, site, folder):
        pages = pypdf.PdfReader(dossier(case, site, folder, lang) / "dossier.pdf").pages
        text = "".join("".join(page.extract_text().split()) for page in pages)
        tag = "".join(TAGS[lang].split()) in text
        assert tag is ("*" in text)
        return tag

    return output


def in_custody(case, site, _):
    told = case.run("custody", "show", kept_for(site), "--clearance", "team")
    as_json = case.run("custody", "show", kept_for(site), "--clearance", "team", "--json")
    assert json.loads(as_json.stdout)["forked"] is ("forked log" in told.stdout)
    return "forked log" in told.stdout


OUTPUTS = {
    "custody": in_custody,
    "show": in_json("show", "{site}"),
    "show in English": in_words("en", "show", "{site}"),
    "show in Persian": in_words("fa", "show", "{site}"),
    "show a claim": claim_in_json,
    "show a claim in English": claim_in_words,
    "show a claim in Persian": in_words("fa", "show", "{site}"),
    "find": in_json("find", "invented"),
    "contradictions": in_json("contradictions", "{site}"),
    "contradictions in English": in_words("en", "contradictions", "{site}"),
    "csv": in_csv,
    "xlsx": in_xlsx,
    "jsonl": in_jsonl,
    "geojson": in_geojson,
    "geopackage": in_geopackage,
    "ro-crate": in_crate,
    "ftm": in_losses("ftm"),
    "uwazi": in_losses("uwazi"),
    "dossier.json": in_dossier_json,
    "index.html": in_page("en"),
    "index.html in Persian": in_page("fa"),
    "dossier.pdf": in_pdf("en"),
}


def marked(case, site: str, folder: Path) -> dict[str, bool]:
    """Which outputs mark the claims about a site."""
    folder.mkdir()
    return {name: output(case, site, folder) for name, output in OUTPUTS.items()}


def test_whatever_shows_a_claim_of_a_forked_log_says_so(forked, tmp_path):
    assert marked(forked, HILL, tmp_path / "hill") == dict.fromkeys(OUTPUTS, True)
    assert marked(forked, SITE, tmp_path / "site") == dict.fromkeys(OUTPUTS, False)


def test_mutant_a_gate_that_drops_the_mark(forked, tmp_path, monkeypatch):
    monkeypatch.setattr(view_module, "forked_origins", lambda _: frozenset())
    assert marked(forked, HILL, tmp_path / "hill") == dict.fromkeys(OUTPUTS, False)


def test_no_form_of_a_claim_that_tells_of_withdrawal_forgets_the_fork():
    """Every struct of an output that has `withdrawn` for a claim has `forked` beside it."""
    found = {}
    for module in pkgutil.walk_packages(habeas.__path__, "habeas."):
        for thing in vars(importlib.import_module(module.name)).values():
            if isinstance(thing, type) and issubclass(thing, msgspec.Struct):
                told = {field.name: field.type for field in msgspec.structs.fields(thing)}
                if told.get("withdrawn") is bool:
                    found[f"{thing.__module__}.{thing.__name__}"] = "forked" in told
    assert len(found) >= 6
    assert all(found.values()), found
