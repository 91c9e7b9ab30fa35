"""What is in the code stands in `docs/`: undocumented is red."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import habeas
from habeas.claims.vocabulary import vocabulary
from habeas.cli.commands_page import commands, help_of, page
from habeas.errors import HabeasError

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))

PACKAGES = sorted(folder.name for folder in (ROOT / "src" / "habeas").iterdir() if folder.is_dir())
"""Every room of the house."""

OWN_NAME = {"cli": "commands"}
"""Packages whose page is called after what the reader looks for."""

TERMS = (
    "claim", "finding", "withdrawn", "source", "case source", "item", "custody event", "entry",
    "log", "checkpoint", "bundle", "registry", "view", "clearance", "list", "row", "link", "site",
    "disturbance", "estimate", "communication", "fate and whereabouts", "run",
)  # fmt: skip
"""The glossary of the architecture."""

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


def read(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def test_the_commands_page_is_what_the_program_says():
    assert read("commands.md") == page(), "make docs"


def test_whatever_can_call_out_is_told_on_the_commands_page():
    """Whoever adds a way to the network changes this list, and what the page promises."""
    calls = re.compile(
        r"(?:import|from|import_module\(.) ?(?:requests|pystac_client|distributed|socket|http"
        r"|urllib\.request|ftplib|smtplib|httpx|aiohttp|urllib3)\b|vsicurl"
    )
    source = ROOT / "src" / "habeas"
    found = {
        path.relative_to(source).as_posix()
        for path in source.rglob("*.py")
        if calls.search(path.read_text(encoding="utf-8"))
    }
    assert found == {
        "evidence/authority.py",  # stamp --authority
        "monitoring/images/asset_store.py",  # watch run of a site whose images lie at an address
        "monitoring/images/catalogue.py",
        "monitoring/images/catalogue_walk.py",
        "monitoring/images/raster_file.py",
        "monitoring/looks/cluster.py",  # watch run --scheduler
    }
    (said,) = re.findall(r"- \*\*Nothing calls out\*\*.*?\.\n", page(), re.DOTALL)
    assert all(word in said for word in ("stamp --authority", "watch run", "--scheduler"))


def test_the_commands_page_holds_every_command_option_and_exit_code():
    written = page()
    found = list(commands())
    assert len(found) > 20
    for path, command in found:
        assert f"## `{path}`" in written
        for parameter in command.params:
            name = parameter.opts[0] if parameter.opts[0].startswith("-") else parameter.metavar
            assert name in help_of(path, command)
            assert parameter.help, (path, name)
    for kind in error_kinds(HabeasError):
        assert f"| {kind.exit_code} | `" in written
        assert kind.__name__ in written or kind.exit_code == kind.__base__.exit_code


def error_kinds(kind: type[HabeasError]) -> list[type[HabeasError]]:
    """A kind of error and every kind below it, in all modules of the house."""
    for module in pkgutil.walk_packages(habeas.__path__, "habeas."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    found = [kind]
    for one in kind.__subclasses__():
        found += error_kinds(one)
    return found


def test_no_two_kinds_of_error_share_an_exit_code():
    own = [k for k in error_kinds(HabeasError)[1:] if k.exit_code != k.__base__.exit_code]
    assert len({kind.exit_code for kind in own}) == len(own)


def test_a_command_without_a_page_is_caught():
    from habeas.cli.main import app

    @app.command("undocumented")
    def undocumented() -> None:
        """Nobody wrote this down."""

    try:
        assert read("commands.md") != page()
    finally:
        app.registered_commands.pop()
    assert read("commands.md") == page()


@pytest.mark.parametrize("package", [name for name in PACKAGES if not name.startswith("_")])
def test_each_package_has_its_page(package):
    text = read(f"{OWN_NAME.get(package, package)}.md")
    assert len(text) > 500
    assert package in OWN_NAME or f"habeas.{package}" in text


def test_every_predicate_and_every_term_is_documented():
    written = read("vocabulary.md")
    for predicate in vocabulary().predicates:
        assert f"### `{predicate.name}`" in written
    for name, terms in vocabulary().lists.items():
        assert f"### {name}\n" in written
        for term in terms.terms:
            assert f"`{term}`" in written


def test_every_public_name_is_documented():
    pages = "".join(path.read_text(encoding="utf-8") for path in PAGES)
    for name in habeas.__all__:
        assert re.search(rf"\bhabeas\.{name}\b|`{name}`", pages), name
        assert getattr(habeas, name).__doc__, name


def test_every_term_of_the_glossary_is_explained():
    written = read("glossary.md")
    found = re.findall(r"^\*\*(.+?)\*\*: ", written, re.MULTILINE)
    assert set(TERMS) <= set(found)
    assert found == sorted(found)


@pytest.mark.parametrize("path", [*PAGES, ROOT / "README.md"], ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    for target in LINK.findall(text):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        file, _, heading = target.partition("#")
        found = (path.parent / file).resolve() if file else path
        assert found.exists(), target
        if heading:
            assert heading in headings(found.read_text(encoding="utf-8")), target


def headings(text: str) -> set[str]:
    """The anchors that a page's headings make."""
    found = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.lower()).strip().replace(" ", "-") for line in found}


def test_a_broken_link_is_caught(tmp_path):
    broken = tmp_path / "page.md"
    broken.write_text("See [there](nowhere.md).", encoding="utf-8")
    with pytest.raises(AssertionError, match="nowhere"):
        test_links_lead_somewhere(broken)


@pytest.mark.parametrize(
    "path", [path for path in PAGES if ">>> " in path.read_text("utf-8")], ids=lambda p: p.stem
)
def test_examples_give_what_they_say(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = doctest.testfile(str(path), module_relative=False, encoding="utf-8")
    assert result.attempted
    assert result.failed == 0


COMMAND = re.compile(r"(?:^ {4}|`|^\$ )(habeas(?: [a-z]+){1,2})\b", re.MULTILINE)


@pytest.mark.parametrize("path", [*PAGES, ROOT / "README.md"], ids=lambda path: path.name)
def test_commands_named_in_pages_exist(path):
    known = {name for name, _ in commands()}
    groups = {name.rpartition(" ")[0] for name in known}
    for line in COMMAND.findall(path.read_text(encoding="utf-8")):
        words = line.split()
        two, three = " ".join(words[:2]), " ".join(words[:3])
        assert two in known or three in known or two in groups, line


def test_benchmarks_that_make_bench_leaves_out_are_named():
    listed = re.search(
        r"NAMES = \((.*?)\)", (ROOT / "benchmarks" / "__main__.py").read_text(), re.S
    )
    run = set(re.findall(r'"(\w+)"', listed[1]))
    there = {
        path.stem for path in ROOT.glob("benchmarks/*.py") if "\ndef main(" in path.read_text()
    }
    lead = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8").split("## ")[0]
    told = set(re.findall(r"`(\w+)`", lead)) & there
    assert run <= there
    assert told - {"coverage"} == there - run
