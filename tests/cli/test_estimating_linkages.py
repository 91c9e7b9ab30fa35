"""`habeas estimate linkages`: real files, variance parted by its law, every draw answered for."""

import json

import pytest
from tests.cli.test_estimating import flat, run

from habeas.estimation import fit, linkage, read_overlap

PATTERNS = ("100", "010", "110", "001", "101", "011", "111")
DRAWS = (
    (300, 250, 90, 200, 70, 60, 20),
    (330, 280, 60, 200, 70, 60, 20),
    (310, 260, 80, 220, 50, 60, 20),
)
QUICK = ("--method", "decomposable,loglinear,chao", "--option", "loglinear.tables=40")


def rows(counts, lead=""):
    return [f"{lead}{','.join(pattern)},{count}"
            for pattern, count in zip(PATTERNS, counts, strict=True)]  # fmt: skip


def write_table(path, counts, header="A,B,C,count"):
    path.write_text("\n".join([header, *rows(counts)]) + "\n")


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "draws"
    made.mkdir()
    for at, counts in enumerate(DRAWS):
        write_table(made / f"{at}.csv", counts)
    return made


def as_json(*args):
    return json.loads(run("estimate", "linkages", *args, "--json").stdout)


def parted_by_the_law(folder):
    """The spread of the population that the command tells, and that of the mixture by its moments.

    The variance of a mixture is its mean square less the square of its mean; no share is needed.
    """
    (outcome,) = as_json(folder, "--method", "decomposable")["outcomes"]
    told = outcome["spreads"][0]
    assert told["scale"] == "population"
    alone = [fit(read_overlap(path)).detail.posterior for path in sorted(folder.iterdir())]
    means, variances = [one.mean() for one in alone], [one.variance() for one in alone]
    mean = sum(means) / len(means)
    square = sum(v + m * m for v, m in zip(variances, means, strict=True)) / len(means)
    within = sum(variances) / len(means)
    return told, within, square - mean * mean


def holds(told, within, total):
    return (
        told["within"] + told["between"] == pytest.approx(total)
        and told["within_share"] == pytest.approx(within / total)
        and told["between_share"] == pytest.approx(1 - within / total)
        and 0.05 < told["between_share"] < 0.95
    )


def test_the_shares_follow_the_law_of_total_variance(folder):
    assert holds(*parted_by_the_law(folder))


MUTANTS = {
    "swapped": lambda told, plain, weights: linkage.Spread(told.scale, told.between, told.within),
    "nothing between": lambda told, plain, weights: linkage.Spread(told.scale, told.within, 0.0),
    "variance of deviations": lambda told, plain, weights: linkage.Spread(
        told.scale, told.within, float(plain[:, 0].var(ddof=1))
    ),
    "first table alone": lambda told, plain, weights: linkage.Spread(
        told.scale, float(plain[0, 1]), told.between
    ),
    "deviations, not variances": lambda told, plain, weights: linkage.Spread(
        told.scale, told.within**0.5, told.between**0.5
    ),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_mutants_of_the_shares_are_caught(folder, monkeypatch, mutant):
    true = linkage._spread
    monkeypatch.setattr(
        linkage,
        "_spread",
        lambda scale, plain, weights: MUTANTS[mutant](true(scale, plain, weights), plain, weights),
    )
    assert not holds(*parted_by_the_law(folder))


def test_methods_side_by_side_with_shares_and_assumptions(folder):
    shown = flat(run("estimate", "linkages", folder, *QUICK).stdout)
    assert "3 sampled linkages (3 tables that differ), 990 to 1,020 persons observed" in shown
    assert shown.count("It assumes:") == 3
    assert shown.count("Linkage: the ways of linking") == 3
    assert shown.count("within linkages and") == 3
    assert shown.count("It has no posterior") == 2
    assert "floor: at least" in shown
    assert "It is no single number" in shown
    persian = flat(run("estimate", "linkages", folder, *QUICK, "--lang", "fa").stdout)
    assert persian.count("از واریانس") == 3
    assert "alone" in run("estimate", "linkages", folder, "--method", "chao").stderr


def test_a_file_with_a_column_of_draws_says_the_same(folder, tmp_path):
    table = tmp_path / "draws.csv"
    lines = [line for at, counts in enumerate(DRAWS) for line in rows(counts, f"{at},")]
    table.write_text("\n".join(["draw,A,B,C,count", *lines]))
    one, other = as_json(folder, *QUICK), as_json(table, *QUICK)
    assert one["outcomes"] == other["outcomes"]
    assert [draw["name"] for draw in other["draws"]] == ["0", "1", "2"]
    assert [draw["digest"] for draw in one["draws"]] == [draw["digest"] for draw in other["draws"]]
    table.write_text(table.read_text().replace("\n2,", "\n,"))
    assert "of no draw" in run("estimate", "linkages", table, code=2).stderr
    failed = run("estimate", "linkages", table, "--column", "person=count", code=2)
    assert "begin anew" in failed.stderr


def test_draws_of_one_table_have_nothing_between(folder):
    for path in folder.iterdir():
        write_table(path, DRAWS[0])
    found = as_json(folder, "--method", "decomposable,chao")
    for outcome in found["outcomes"]:
        assert {one["between"] for one in outcome["spreads"]} == {0.0}
        assert {one["within_share"] for one in outcome["spreads"]} == {1.0}


def test_a_draw_that_is_refused_by_itself_refuses_the_average(folder):
    write_table(folder / "1.csv", (300, 250, 90, 200, 0, 0, 0))
    failed = run("estimate", "linkages", folder, code=2)
    assert failed.stdout == ""
    assert "draws 1.csv" in flat(failed.stderr)
    assert "in 1 of 3 linkages" in flat(failed.stderr)
    assert '--override no_overlap="REASON"' in flat(failed.stderr)
    over = ("--override", "no_overlap=one draw of many; invented")
    shown = flat(run("estimate", "linkages", folder, "--method", "decomposable,chao", *over).stdout)
    assert "REFUSAL OVERRIDDEN" in shown
    assert shown.count("one draw of many") == 2


def spoil_lists(folder):
    write_table(folder / "2.csv", DRAWS[2], header="A,B,D,count")


def spoil_unrecorded(folder):
    write_table(folder / "2.csv", (*DRAWS[2][:-1], ""))


def spoil_persons(folder):
    write_table(folder / "2.csv", (0,) * 7)


def leave(count):
    def spoil(folder):
        for path in sorted(folder.iterdir())[count:]:
            path.unlink()

    return spoil


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (spoil_lists, "draw 2.csv: the lists are A, B, D, and those of 0.csv are A, B, C"),
        (spoil_unrecorded, "draw 2.csv: other patterns could not be recorded"),
        (spoil_persons, "draw 2.csv: the table has no persons"),
        (leave(0), "the folder is empty"),
        (leave(1), "one draw alone says nothing"),
        (lambda folder: (folder / "notes.txt").write_text("invented\n"), "notes.txt"),
        (lambda folder: (folder / "older").mkdir(), "older"),
    ],
)
def test_draws_that_are_none_are_named(folder, spoil, said):
    from habeas.errors import InputError
    from habeas.estimation import read_linkages

    spoil(folder)
    with pytest.raises(InputError) as caught:
        read_linkages(folder)
    assert said in str(caught.value)
    failed = run("estimate", "linkages", folder, code=2)
    assert "mend:" in failed.stderr
    assert failed.stdout == ""


def test_options_called_draws_reach_the_method(folder):
    given = ("--method", "decomposable", "--option", "decomposable.draws=200")
    (outcome,) = as_json(folder, *given)["outcomes"]
    assert outcome["settings"]["draws"] == 200
    failed = run("estimate", "linkages", folder, "--option", "decomposable.weights=2", code=2)
    assert "no option" in failed.stderr
