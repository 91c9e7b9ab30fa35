"""`habeas estimate`: side by side, refused in words, recorded with its assumption, by the gate."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from habeas.claims.claim import Claim
from habeas.claims.values import Name, Ref, Term, Text
from habeas.registry.changing import reclassify
from habeas.registry.registry import create_registry, open_registry

ROOT = Path(__file__).parents[2]
KOSOVO = ROOT / "examples" / "tables" / "kosovo.csv"
ORG = "org:invented-archive"
CASE = "case:invented-case"
LISTS = ("source:invented-a", "source:invented-b", "source:invented-c")
COUNTS = {"100": 30, "010": 25, "001": 20, "110": 12, "101": 10, "011": 9, "111": 6}
QUICK = ("--method", "decomposable,loglinear,chao", "--option", "loglinear.tables=40")
REFUSED = "A,B,C,count\n1,0,0,40\n0,1,0,30\n0,0,1,20\n1,1,0,6\n"


def said(subject, predicate, value, source, sensitivity="public"):
    return Claim(
        subject=subject, predicate=predicate, value=value, source=source, sensitivity=sensitivity
    )


def rows(counts=COUNTS, *, hidden=()):
    """A row a person and list, and the links between the rows of one; `hidden` are sealed."""
    entries = []
    for pattern, count in counts.items():
        for at in range(count):
            ids = []
            for source, digit in zip(LISTS, pattern, strict=True):
                if digit == "1":
                    ids.append(f"person:{source[-1]}-{pattern}-{at}")
                    level = "sealed" if (source, at) in hidden else "public"
                    entries.append(
                        [said(ids[-1], "name", Name(text=f"Invented {at}"), source, level),
                         said(ids[-1], "sex", Term(term="female" if at % 2 else "male"),
                              source, level)]
                    )  # fmt: skip
            entries += [[said(one, "same_as", Ref(id=ids[0]), ORG)] for one in ids[1:]]
    return entries


def make_registry(path, entries):
    made = create_registry(path, organisation="Invented archive", organisation_id=ORG)
    with made as registry, registry.recording() as recording:
        recording.entry([said(CASE, "label", Text(text="Invented case", lang="en"), ORG)])
        for source in LISTS:
            recording.entry([said(source, "title", Text(text=f"Invented list {source[-1]}"), ORG)])
        for entry in entries:
            recording.entry(entry)
    return path


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    """A registry that no test changes."""
    return make_registry(tmp_path_factory.mktemp("lists") / "registry", rows())


def run(*args, code=0, registry=None):
    from habeas.cli.main import app

    env = {"HABEAS_REGISTRY": str(registry)} if registry else {}
    result = CliRunner(env=env).invoke(app, [str(arg) for arg in args], catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result


def plain(text):
    return re.sub("[\u2066\u2067\u2069]", "", text)


def flat(text):
    """The words of a screen, its columns aside."""
    return " ".join(plain(text).split())


def test_a_table_is_estimated_side_by_side_with_the_interval_first():
    for command in (("estimate", KOSOVO), ("estimate", "fit", KOSOVO)):
        shown = flat(run(*command, *QUICK).stdout)
        assert "4,400 persons observed, 4 lists" in shown
        assert shown.index("9,827 to 16,545") < shown.index("12,595")
        assert shown.count("It assumes:") == 3
        assert "floor: at least" in shown
        assert "It is no single number" in shown


def test_one_method_alone_is_warned_of():
    told = run("estimate", KOSOVO, "--method", "decomposable").stderr
    assert "one method alone is no result" in told
    assert "alone" not in run("estimate", KOSOVO, *QUICK).stderr


def test_persian_words_and_figures():
    shown = flat(run("estimate", KOSOVO, *QUICK, "--lang", "fa").stdout)
    assert "۹٬۸۲۷ تا ۱۶٬۵۴۵" in shown
    assert shown.count("فرض آن:") == 3
    assert not re.search("[A-Za-z]", shown)


def test_json_is_one_document_with_every_value():
    found = json.loads(run("estimate", KOSOVO, *QUICK, "--json").stdout)
    assert [one["method"] for one in found["outcomes"]] == ["decomposable", "loglinear", "chao"]
    assert found["outcomes"][0]["interval"]["low"] == 9827
    assert found["outcomes"][1]["settings"]["tables"] == 40
    assert found["checks"]["refused"] == "not_asked"


def test_a_table_that_is_refused_says_place_reason_and_mend(tmp_path):
    (tmp_path / "table.csv").write_text(REFUSED)
    failed = run("estimate", tmp_path / "table.csv", code=2)
    assert failed.stdout == ""
    assert "reason: " in failed.stderr
    assert "share nobody" in failed.stderr
    assert "mend:" in failed.stderr
    assert '--override no_overlap="REASON"' in failed.stderr
    as_json = json.loads(run("estimate", tmp_path / "table.csv", "--json", code=2).stdout)
    assert as_json["error"]["exit_code"] == 2
    over = ("--override", "no_overlap=List C is of another town; invented")
    shown = flat(run("estimate", tmp_path / "table.csv", *QUICK, *over).stdout)
    assert "REFUSAL OVERRIDDEN" in shown
    assert "of another town" in shown


@pytest.mark.parametrize(
    "words",
    [
        ("--override", "no_overlap"),
        ("--override", "no_overlap= "),
        ("--override", "nonsense=why"),
        ("--override", "not_converged=I say so"),
        ("--method", "guess"),
        ("--option", "tables=3"),
        ("--option", "loglinear.nonsense=3"),
        ("--level", "95"),
        ("--record",),
        ("--about", CASE),
        ("--column", "EXH"),
        ("--column", "lists=EXH"),
        ("--column", "count=EXH"),
        ("--column", "count=count", "--column", "count=EXH"),
        ("--override", "inside=one reason", "--override", "inside=another"),
        ("--option", "loglinear.tables=40", "--option", "loglinear.tables=50"),
        ("--lists", "EXH,EXH,OSCE"),
        ("--strata", "count"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(words):
    failed = run("estimate", KOSOVO, "--method", "loglinear", *words, code=2)
    assert "reason: " in failed.stderr
    assert "mend:" in failed.stderr


GOOD = "A,B,C,count\n1,0,0,30\n0,1,0,25\n0,0,1,20\n1,1,0,12\n1,0,1,10\n0,1,1,9\n1,1,1,6\n"
NO_TABLES = {
    "negative": GOOD.replace("30", "-30"),
    "fraction": GOOD.replace("30", "30.5"),
    "nan": GOOD.replace("30", "nan"),
    "inf": GOOD.replace("30", "inf"),
    "no end": GOOD.replace("30", "1e400"),
    "more than are alive": GOOD.replace("30", "1e15"),
    "nobody": "A,B,C,count\n1,0,0,0\n1,1,0,0\n",
    "one list empty": "A,B,C,count\n1,0,0,30\n0,1,0,25\n1,1,0,12\n0,0,1,0\n",
    "one name": GOOD.replace("A,B", "A,A"),
    "no name": GOOD.replace("A,B", "A,"),
    "row twice": GOOD + "1,0,0,30\n",
    "the unseen": GOOD + "0,0,0,31\n",
    "nothing": "",
    "header only": "A,B,C,count\n",
    "two lists": "A,B,count\n1,0,30\n0,1,25\n1,1,12\n",
    "one list": "A,count\n1,30\n",
    "inside": "A,B,C,count\n1,0,0,30\n0,0,1,20\n1,1,0,12\n1,0,1,10\n1,1,1,6\n",
    "no overlap": "A,B,C,count\n1,0,0,30\n0,1,0,25\n0,0,1,20\n",
    "not UTF-8": GOOD.replace("A", "\xe9").encode("latin-1"),
    "UTF-16": GOOD.encode("utf-16"),
}


@pytest.mark.parametrize("what", NO_TABLES)
def test_bad_tables_are_refused_with_place_reason_and_mend(tmp_path, what):
    path = tmp_path / "bad.csv"
    given = NO_TABLES[what]
    path.write_bytes(given if isinstance(given, bytes) else given.encode())
    failed = run("estimate", path, "--method", "chao", code=2)
    assert failed.stdout == ""
    told = "".join(failed.stderr.split())
    assert told.startswith("place:")
    assert told.index("bad.csv") < told.index("reason:") < told.index("mend:")


def test_the_table_that_the_bad_ones_are_made_of_is_taken(tmp_path):
    (tmp_path / "good.csv").write_text(GOOD)
    assert "112 persons" in plain(run("estimate", tmp_path / "good.csv", "--method", "chao").stdout)


def test_an_empty_count_is_told_to_be_unknown(tmp_path):
    (tmp_path / "table.csv").write_text(GOOD.replace("1,0,0,30", "1,0,0,"))
    told = run("estimate", tmp_path / "table.csv", "--method", "chao")
    assert "exactly on A: taken as unknown, not as zero" in flat(told.stderr)


def test_strata_of_nobody_and_of_one_person_are_told(tmp_path):
    rows = GOOD.replace("count", "place,count").splitlines()
    north = [rows[0], *(",".join((*row.split(",")[:3], "north", row.split(",")[3]))
                        for row in rows[1:])]  # fmt: skip
    text = "\n".join((*north, "1,0,0,south,1", "1,1,0,west,0"))
    (tmp_path / "table.csv").write_text(text + "\n")
    asked = ("estimate", tmp_path / "table.csv", "--strata", "place", "--method", "chao", "--json")
    found = json.loads(run(*asked).stdout)["strata"]["separate"]["strata"]
    by_label = {one["labels"][0]: one for one in found}
    assert by_label["north"]["point"] is not None
    assert by_label["south"]["point"] is None
    assert by_label["south"]["refusals"]
    assert by_label["west"]["point"] is None
    assert "nobody in it is listed" in by_label["west"]["reason"]


def test_columns_of_a_table_are_named(tmp_path):
    table = tmp_path / "odd.csv"
    table.write_text(KOSOVO.read_text().replace("count", "Zahl"))
    run("estimate", table, *QUICK, code=2)
    assert "9,827" in run("estimate", table, *QUICK, "--column", "count=Zahl").stdout
    people = tmp_path / "people.csv"
    people.write_text("id,A,B,C\n" + "".join(f"p{at},1,{at % 2},{at % 3 % 2}\n" for at in range(9)))
    given = ("estimate", people, "--method", "chao", "--override", "inside=invented", "--json")
    found = json.loads(run(*given, "--column", "person=id").stdout)
    assert found["table"]["observed"] == 9
    people.write_text(people.read_text() + "p0,1,0,0\n")
    run(*given, "--column", "person=id", code=2)


def test_nothing_to_estimate_from(tmp_path):
    assert (
        "--column" in run("estimate", "--lists", "source:a", "--column", "count=n", code=2).stderr
    )
    assert "--lists" in run("estimate", "--level", "0.9", code=2).stderr
    assert "reason: " in run("estimate", tmp_path / "nowhere.csv", code=2).stderr


def test_lists_of_a_registry_are_counted_and_parted(registry):
    given = ("estimate", "--lists", ",".join(LISTS), *QUICK)
    found = json.loads(run(*given, "--json", registry=registry).stdout)
    assert found["clearance"] == "team"
    assert found["table"]["lists"] == ["invented-a", "invented-b", "invented-c"]
    patterns, (counts,) = found["table"]["patterns"], found["table"]["counts"]
    assert dict(zip(patterns, counts, strict=True)) == COUNTS
    parted = run(*given, "--strata", "sex", registry=registry)
    assert "female" in parted.stdout
    assert "read at clearance team" in flat(parted.stdout)


def test_hidden_rows_leave_no_trace(tmp_path):
    hidden = {(LISTS[0], at) for at in range(8)}
    all_rows = rows(hidden=hidden)
    visible = [one for one in all_rows if all(c.sensitivity == "public" for c in one)]
    given = ("estimate", "--lists", ",".join(LISTS), *QUICK, "--json", "--clearance")
    told = {}
    for name, entries in (("all", all_rows), ("visible", visible)):
        path = make_registry(tmp_path / name, entries)
        for clearance in ("public", "sealed"):
            told[name, clearance] = run(*given, clearance, registry=path).stdout
    assert told["all", "public"] == told["visible", "public"]
    assert '"clearance": "public"' in told["all", "public"]
    assert told["all", "sealed"] != told["visible", "sealed"], "the gate is what makes them equal"


def files_of(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_report_is_a_folder_and_its_command_makes_it_again(tmp_path, monkeypatch):
    quick = ("--method", "decomposable,independence", "--option", "independence.tables=30")
    shown = run("estimate", "report", KOSOVO, "--out", tmp_path / "card", *quick, "--lang", "fa",
                "--origin", "Ball and others 2002, 'published'")  # fmt: skip
    assert "report.html" in shown.stdout
    first = files_of(tmp_path / "card")
    assert {"report.html", "report.json", "reproduce.txt", "table.csv"} <= set(first)
    assert {name.rpartition(".")[2] for name in first if "figures/" in name} == {"svg", "png"}
    import shlex

    command = shlex.split(first["reproduce.txt"].decode().splitlines()[0])
    assert command[:3] == ["habeas", "estimate", "report"]
    monkeypatch.chdir(tmp_path / "card")
    run(*command[1:])
    assert files_of(tmp_path / "card" / "again") == first
    run("estimate", "report", KOSOVO, "--out", tmp_path / "card", *quick, code=2)


def test_the_report_of_a_refused_table_says_why(tmp_path):
    (tmp_path / "table.csv").write_text(REFUSED)
    made = run("estimate", "report", tmp_path / "table.csv", "--out", tmp_path / "card")
    assert "not to be published" in made.stderr
    assert "NOT TO BE PUBLISHED" in (tmp_path / "card" / "report.html").read_text()


def test_a_report_of_a_registry_is_public_unless_told_otherwise(tmp_path, registry):
    given = ("estimate", "report", "--lists", ",".join(LISTS), *QUICK)
    run(*given, "--out", tmp_path / "public", registry=registry)
    run(*given, "--out", tmp_path / "team", "--clearance", "team", registry=registry)
    said_of = {name: json.loads((tmp_path / name / "report.json").read_text())["clearance"]
               for name in ("public", "team")}  # fmt: skip
    assert said_of == {"public": "public", "team": "team"}
    assert (tmp_path / "public").stat().st_mode & 0o077
    assert not (tmp_path / "team").stat().st_mode & 0o077
    assert "clearance public" in (tmp_path / "public" / "report.html").read_text()


@pytest.fixture
def recorded(tmp_path):
    """A registry in which the estimates are recorded, and what was said of it."""
    path = make_registry(tmp_path / "registry", rows())
    given = ("estimate", "--lists", ",".join(LISTS), *QUICK, "--record", "--about", CASE)
    return path, json.loads(run(*given, "--json", registry=path).stdout)


def test_estimates_are_recorded_with_interval_method_and_assumption(recorded):
    path, told = recorded
    with open_registry(path) as registry:
        view = registry.view("team")
        estimates = view.claims(subject=CASE, predicate="estimate")
        assert len(estimates) == 3
        for shown, outcome in zip(estimates, told["outcomes"], strict=True):
            value = shown.claim.value
            assert int(value.low) == round(outcome["interval"]["low"])
            assert int(value.high) == round(outcome["interval"]["high"])
            assert value.text.index(" to ") < value.text.index("%")
            assert shown.sensitivity == "team"
            assert shown.claim.source == told["recorded"]["run"]
            beside = view.claims(subject=f"claim:{shown.digest}", predicate="assumes")
            assert {one.claim.value.text for one in beside} == set(outcome["assumption"].values())
        assert registry.view("public").claims(subject=CASE, predicate="estimate") == []
        run_said = {one.claim.predicate: one.claim.value for one in
                    view.claims(subject=told["recorded"]["run"])}  # fmt: skip
        assert run_said["seed"].text == "1"
        run_id = told["recorded"]["run"]
        parameters = [
            one.claim.value.text for one in view.claims(subject=run_id, predicate="parameter")
        ]
        assert f"table={told['table']['digest']}" in parameters
        inputs = [one.claim.value for one in
                  view.claims(subject=told["recorded"]["run"], predicate="input")]  # fmt: skip
        assert {one.id for one in inputs if isinstance(one, Ref)} == set(LISTS)
        (file,) = [one for one in inputs if not isinstance(one, Ref)]
        assert f"item:{file.sha256}" in told["recorded"]["items"]
        shown = {one.claim.subject for one in view.claims(predicate="depicts", ref=CASE)}
        languages = [one.claim.value.text for one in view.claims(predicate="language")
                     if one.claim.subject in shown]  # fmt: skip
        assert sorted(languages) == ["en"] * 4 + ["fa"] * 4


def test_the_dossier_of_the_case_shows_them_and_the_picture(recorded, tmp_path):
    path, told = recorded
    for lang in ("en", "fa"):
        out = tmp_path / lang
        run("dossier", CASE, "--out", out, "--clearance", "team", "--unsealed", "--lang", lang,
            registry=path)  # fmt: skip
        page = plain((out / "index.html").read_text())
        for outcome in told["outcomes"]:
            low = f"{outcome['interval']['low']:,.0f} to "
            assert low in page
            assert outcome["assumption"][lang].split(".")[0][:60] in page
        assert "multiple systems estimation" in page
        assert list((out / "pictures").glob("*.svg"))


def publish(path, *, without=()):
    """Make public what the run said, but some predicates."""
    with open_registry(path) as registry:
        view = registry.view("sealed")
        for shown in list(view.stream()):
            if shown.claim.predicate in PUBLISHED and shown.claim.predicate not in without:
                if_team(registry, shown)


PUBLISHED = ("estimate", "assumes", "method", "method_version", "run_time")


def if_team(registry, shown):
    if shown.sensitivity == "team":
        reclassify(registry, shown.digest, "public", why="an invented decision")


def test_an_estimate_is_published_with_its_assumption_or_not_at_all(recorded, tmp_path):
    path, _ = recorded
    publish(path, without=("assumes",))
    failed = run("dossier", CASE, "--out", tmp_path / "one", "--unsealed", code=9, registry=path)
    assert "assumption" in failed.stderr
    assert "rule 13" in failed.stderr
    publish(path)
    run("dossier", CASE, "--out", tmp_path / "two", "--unsealed", registry=path)
    assert "It is no floor" in plain((tmp_path / "two" / "index.html").read_text())


def test_what_was_refused_is_recorded_apart_with_its_reason_and_stays_inside(tmp_path):
    counts = {"100": 40, "010": 30, "001": 20, "110": 6}
    path = make_registry(tmp_path / "registry", rows(counts))
    given = ("estimate", "--lists", ",".join(LISTS), "--method", "decomposable,chao", "--record",
             "--about", CASE)  # fmt: skip
    run(*given, code=2, registry=path)
    reason = "list c is of another town, an invented reason"
    shown = json.loads(
        run(*given, "--override", f"no_overlap={reason}", "--override",
            f"complete_graph={reason}", "--json", registry=path).stdout
    )  # fmt: skip
    assert shown["publishable"] is False
    with open_registry(path) as registry:
        view = registry.view("team")
        assert view.claims(subject=CASE, predicate="estimate") == []
        (*withheld,) = view.claims(subject=CASE, predicate="estimate_withheld")
        assert len(withheld) == 2
        for one in withheld:
            why = view.claims(subject=f"claim:{one.digest}", predicate="refusal_overridden")
            assert why
            assert all(reason in said_.claim.value.text for said_ in why)
            reclassify(registry, one.digest, "public", why="an invented decision")
        assert registry.view("public").claims(subject=CASE, predicate="estimate_withheld") == []
        assert view.claims(predicate="depicts", ref=CASE) == []


def test_nothing_is_recorded_by_halves(tmp_path, registry):
    before = registry_size(registry)
    given = ("estimate", KOSOVO, "--record")
    run(*given, "--method", "decomposable", "--about", CASE, code=2, registry=registry)
    run(*given, *QUICK, "--about", "person:invented", code=2, registry=registry)
    run(*given, *QUICK, "--about", "case:nowhere", code=3, registry=registry)
    assert registry_size(registry) == before


def registry_size(path):
    with open_registry(path) as found:
        return sum(1 for _ in found.view("sealed").stream())


def test_rows_above_team_are_estimated_at_their_own_level(tmp_path):
    path = make_registry(tmp_path / "registry", rows(hidden={(LISTS[0], 3)}))
    given = ("estimate", "--lists", ",".join(LISTS), *QUICK, "--record", "--about", CASE,
             "--clearance", "sealed")  # fmt: skip
    run(*given, registry=path)
    with open_registry(path) as registry:
        assert registry.view("team").claims(subject=CASE, predicate="estimate") == []
        assert len(registry.view("sealed").claims(subject=CASE, predicate="estimate")) == 3


def test_the_commands_beside_the_example_work(tmp_path, monkeypatch):
    page = (ROOT / "examples" / "tables" / "README.md").read_text(encoding="utf-8")
    commands = re.findall("^ {4}habeas (estimate .*)$", page, re.MULTILINE)
    assert len(commands) == 2
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    for command in commands:
        run(*command.split(), *QUICK)
    assert (tmp_path / "card" / "report.html").is_file()


def test_the_pictures_of_the_page_are_those_that_the_script_draws():
    from importlib.util import module_from_spec, spec_from_file_location

    spec = spec_from_file_location("draw_estimates", ROOT / "scripts" / "draw_estimates.py")
    script = module_from_spec(spec)
    spec.loader.exec_module(script)
    page = (ROOT / "docs" / "estimation-report.md").read_text(encoding="utf-8")
    named = {f"estimate-{name}-{language}.png" for name, language in script.SHOWN}
    assert set(re.findall(r"images/(estimate-[a-z-]+\.png)", page)) == named
    assert all((script.IMAGES / name).read_bytes().startswith(b"\x89PNG") for name in named)
    assert script.TABLE.resolve() == KOSOVO


APART = "A,B,C,D,count\n" + "".join(
    f"{','.join(pattern)},{count}\n"
    for pattern, count in {
        "1000": 180, "0100": 648, "1100": 64, "0010": 240, "1010": 252, "0110": 56, "1110": 276,
        "0001": 308, "1001": 48, "0101": 92, "1101": 24, "0011": 48, "1011": 308, "0111": 38,
        "1111": 372,
    }.items()
)  # fmt: skip


@pytest.mark.parametrize(("lang", "word"), [("en", "CONTRADICTION"), ("fa", "ناسازگاری")])
def test_methods_that_contradict_each_other_are_told_in_words(tmp_path, lang, word):
    file = tmp_path / "apart.csv"
    file.write_text(APART, encoding="utf-8")
    shown = run("estimate", str(file), *QUICK, "--lang", lang)
    assert word in shown.output
    agreeing = run("estimate", str(KOSOVO), *QUICK, "--lang", lang)
    assert word not in agreeing.output
