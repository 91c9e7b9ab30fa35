"""`habeas show`, `find`, `contradictions`: what is shown, and what is not."""

from __future__ import annotations

import json

import pytest

SITE = "site:invented-field"


def shown(case, *args: str) -> dict:
    return json.loads(case.run(*args, "--json").stdout)


@pytest.fixture(autouse=True)
def wide_screen(monkeypatch):
    """Wide enough that no sentence is broken; other widths are tested apart."""
    monkeypatch.setenv("COLUMNS", "200")


def test_show_gives_every_claim_with_its_source_place_rating_and_digest(case):
    text = case.run("show", SITE).stdout
    for words in (
        "Invented field", "about 200", "= 150 to 250 person", "Invented report", "page 34",
        "“about 200 people”", "by families, as told to the", "source B, information 2",
        case.claims["two hundred"][:12], "cannot both hold", "2 independent sources",
        "finding, rests on", "reasonable grounds to believe", "= approximate, lat 20.25 lon 10.5",
        "within 500 m", "read off a sketch map", "event:invented-works",
    ):  # fmt: skip
        assert words in text, words


def test_a_disputed_claim_is_marked_and_the_dispute_stands_under_it(case):
    text = case.run("show", SITE).stdout
    assert text.index("DISPUTED") < text.index("the number counts a whole")
    (group,) = (
        g for g in shown(case, "show", SITE)["groups"] if g["predicate"] == "remains_believed"
    )
    disputed = [s for s in group["statements"] if s["disputed"]]
    assert [s["claim"] for s in disputed] == [case.claims["four hundred"]]
    assert disputed[0]["about"][0]["claim"] == case.claims["dispute"]


def test_a_repost_is_no_second_source(case):
    (group,) = (
        g for g in shown(case, "show", SITE)["groups"] if g["predicate"] == "remains_believed"
    )
    assert (len(group["statements"]), group["independent"]) == (4, 2)


def test_a_withdrawn_claim_is_marked_with_its_reason_and_counts_no_more(case):
    case.run("withdraw", case.claims["four hundred"], "--why", "read from the wrong page")
    text = case.run("show", SITE).stdout
    assert text.index("WITHDRAWN") < text.index("read from the wrong page")
    (group,) = (
        g for g in shown(case, "show", SITE)["groups"] if g["predicate"] == "remains_believed"
    )
    assert group["independent"] == 1


@pytest.mark.parametrize(
    ("clearance", "seen"), [("public", False), ("team", False), ("sealed", True)]
)
def test_what_is_above_the_clearance_leaves_no_trace(case, clearance, seen):
    for command in (("show", SITE), ("find", "nightingale")):
        for form in ((), ("--json",)):
            text = case.run(*command, "--clearance", clearance, *form).stdout
            assert ("nobody may see" in text) is seen
            assert (case.claims["sealed"][:12] in text) is seen
    code = 0 if seen else 3
    hidden = case.run("show", case.claims["sealed"], "--clearance", clearance, code=code)
    unknown = case.run("show", "ab" * 32, "--clearance", clearance, code=3)
    if not seen:
        digits = case.claims["sealed"]
        assert hidden.stderr.replace(digits, "X") == unknown.stderr.replace("ab" * 32, "X")


def test_show_of_a_claim_proves_it(case):
    text = case.run("show", case.claims["two hundred"][:12]).stdout
    assert f"claim:{case.claims['two hundred']}" in text
    assert "the entry is included" in text
    proof = shown(case, "show", f"claim:{case.claims['two hundred']}")["proof"]
    assert proof["checkpoint_size"] > proof["position"]
    assert proof["checkpoint"].splitlines()[0] == proof["log"]


def test_show_of_a_claim_whose_words_were_changed_fails(case):
    import sqlite3

    digest = case.claims["two hundred"]
    with sqlite3.connect(case.path / "registry.sqlite") as database:
        database.execute(
            "UPDATE opening SET bytes = CAST(replace(CAST(bytes AS TEXT), 'about 200', 'about 900')"
            " AS BLOB) WHERE digest = ?",
            (bytes.fromhex(digest),),
        )
    result = case.run("show", digest, code=4)
    assert "not those that the entry commits to" in result.stderr
    assert "about 900" not in result.output


def test_show_of_a_claim_mutant_without_the_check_is_caught(case, monkeypatch):
    from habeas.cli import proof_of_claim

    monkeypatch.setattr("habeas.claims.claim.digest", lambda _: case.claims["two hundred"])
    with pytest.raises(AssertionError):
        test_show_of_a_claim_whose_words_were_changed_fails(case)
    assert proof_of_claim


def test_persian_labels_and_isolated_lines(case):
    text = case.run("show", SITE, "--lang", "fa").stdout
    assert "شمار پیکرهای" in text
    assert "جمع‌ناپذیر" in text
    for line in text.splitlines():
        opened = sum(line.count(mark) for mark in "\u2066\u2067\u2068")
        assert opened == line.count("\u2069"), line


def test_ids_and_digests_copy_clean(case):
    """No invisible character stands on a line that needs none."""
    text = case.run("show", case.claims["two hundred"]).stdout
    assert not set(text) & set("\u2066\u2067\u2068\u2069")


def test_find_finds_persian_and_latin_spellings(case):
    assert SITE in case.run("find", "خیالی").stdout
    assert SITE in case.run("find", "invented", "field").stdout
    assert "nothing found" in case.run("find", "zanzibar").stdout
    assert shown(case, "find", "report", "--limit", "1")["more"] is True


def test_contradictions_side_by_side_strongest_first(case):
    found = shown(case, "contradictions")["contradictions"]
    assert [(one["subject"], one["agreement"]) for one in found] == [(SITE, "exclusive")]
    assert found[0]["independent"] == 2
    assert case.claims["finding"] not in {s["claim"] for s in found[0]["statements"]}
    text = case.run("contradictions", SITE).stdout
    assert "cannot both hold" in text
    assert "2003-02-01" in text
    assert "no source contradicts another" in case.run("contradictions", "org:nobody").stdout


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("lang", ["en", "fa"])
def test_nothing_is_wider_than_the_screen(case, columns, lang, monkeypatch):
    from rich.cells import cell_len

    monkeypatch.setenv("COLUMNS", str(columns))
    for command in (("show", SITE), ("contradictions",), ("find", "report")):
        for line in case.run(*command, "--lang", lang).stdout.splitlines():
            assert cell_len(line) <= columns, line


def test_words_of_a_source_cannot_steer_the_terminal(case):
    from habeas.claims.values import Text
    from habeas.registry.registry import open_registry

    with open_registry(case.path) as registry, registry.recording() as recording:
        from habeas.claims.claim import Claim

        evil = Text(text="\x1b[2J\x1b]0;owned\x07 [bold]x[/] \u202egnp.exe")
        recording.entry(
            [
                Claim(
                    subject=SITE, predicate="description", value=evil, source="source:report",
                    sensitivity="public",
                )
            ]
        )  # fmt: skip
    for command in (("show", SITE), ("find", "owned")):
        text = case.run(*command).stdout
        assert "\x1b]" not in text
        assert "\x07" not in text
        assert "\u202e" not in text
        assert "[U+202E]" in text
        assert "[bold]" in text
