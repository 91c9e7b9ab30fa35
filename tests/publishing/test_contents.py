"""What a dossier holds: every source, contradictions as such, questions, and the same each time."""

import shutil

import invented
import msgspec
import pytest
from invented import CASE, EVENT, PERSON, SITE, claim, figure, term, when

from habeas.claims.agreement import Agreement, compare
from habeas.errors import NotFoundError
from habeas.publishing import differences as differing
from habeas.publishing import questions
from habeas.publishing.contents import WHOLE, Statement
from habeas.publishing.differences import differences
from habeas.publishing.gathering import gather
from habeas.registry.registry import open_registry


def topic(contents, subject, predicate):
    found = [t for s in contents.sections for t in s.topics]
    return next(t for t in found if (t.subject, t.predicate) == (subject, predicate))


def test_every_claim_has_one_number_and_stands_once(case_contents):
    numbers = [one.number for one in case_contents.claims]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len({one.digest for one in case_contents.claims}) == len(numbers)


def test_every_number_that_is_named_is_a_claim(case_contents):
    def numbers(value):
        if isinstance(value, dict):
            for key, one in value.items():
                if key in ("claims", "origins", "about", "cited_by", "rests_on", "names", "by"):
                    yield from (n for n in flat(one) if isinstance(n, int))
                yield from numbers(one)
        elif isinstance(value, list):
            for one in value:
                yield from numbers(one)

    def flat(value):
        return [n for one in value for n in flat(one)] if isinstance(value, list) else [value]

    raw = msgspec.json.decode(msgspec.json.encode(case_contents))
    raw["claims"] = [{k: v for k, v in c.items() if k == "about"} for c in raw["claims"]]
    raw["logs"] = raw["glance"] = {}
    named = list(numbers(raw))
    assert named
    assert set(named) <= set(range(1, len(case_contents.claims) + 1))


def test_a_repost_does_not_count_as_another_source(case_contents):
    status = topic(case_contents, SITE, "status")
    assert status.independent == 2
    shown = sorted([case_contents.claim(n).source for n in said.claims] for said in status.said)
    assert shown in ([["source:paper"], ["source:report"]], [["source:paper"], ["source:repost"]])


def test_claims_that_go_back_to_one_origin_are_told(tmp_path):
    again = claim(SITE, "access", term("open"), "source:report")
    copied = claim(SITE, "access", term("open"), "source:repost")
    with invented.build(tmp_path / "r", again, copied) as registry:
        contents = gather(registry.view(), SITE)
    (said,) = topic(contents, SITE, "access").said
    assert (len(said.claims), said.independent) == (2, 1)
    assert [len(origin) for origin in said.origins] == [2]


def test_a_source_that_is_derived_brings_its_original(case_contents):
    cards = {card.source: card for card in case_contents.sources}
    assert cards["source:repost"].derived_from == ("source:report",)
    assert cards["source:report"].published_earliest == "2019-05-03"


def test_contradictions_stand_as_such_the_gravest_first(case_contents):
    found = {(c.subject, c.predicate): c for c in case_contents.contradictions}
    assert found[SITE, "status"].degree == "exclusive"
    dates = found[EVENT, "occurred"]
    assert [d.kind for d in dates.differences] == ["dates_apart"]
    assert dates.differences[0].figure == "419"  # from 30 June 2016 to 23 August 2017
    remains = found[SITE, "remains_believed"]
    assert [(d.kind, d.figure) for d in remains.differences] == [
        ("ranges_apart", "28"),
        ("scopes", ""),
    ]
    order = ["exclusive", "differ", "compatible"]
    degrees = [order.index(c.degree) for c in case_contents.contradictions]
    assert degrees == sorted(degrees)


def test_a_withdrawn_claim_is_listed_with_its_reason_and_nowhere_else(case_contents):
    (withdrawal,) = case_contents.withdrawn
    assert case_contents.claim(withdrawal.claim).withdrawn
    why = case_contents.claim(withdrawal.by[0])
    assert why.value.text == "recorded twice, by mistake"
    elsewhere = [n for s in case_contents.sections for t in s.topics for a in t.said
                 for n in a.claims]  # fmt: skip
    assert withdrawal.claim not in elsewhere


def test_a_finding_names_its_standard_and_the_claims_it_rests_on(case_contents):
    (finding,) = case_contents.findings
    assert finding.standard == "reasonable_grounds"
    assert len(finding.rests_on) == 2
    assert finding.missing == ()
    assert {case_contents.claim(n).predicate for n in finding.rests_on} == {
        "status",
        "remains_believed",
    }


def test_a_claim_about_a_claim_stands_under_it(case_contents):
    spoken_of = [one for one in case_contents.claims if one.about]
    assert [case_contents.claim(one.about[0]).predicate for one in spoken_of] == ["disputed"]


def test_an_event_is_told_with_its_site_and_dated_under_it(site_contents):
    assert [s.entity for s in site_contents.sections] == [SITE, EVENT]
    assert {row.group for row in site_contents.timeline} == {SITE}
    assert [row.text for row in site_contents.timeline] == ["June 2016", "شهریور ۱۳۹۶"]


def test_open_questions_are_worked_out_and_recorded_ones_kept(case_contents):
    found = {(q.kind, q.subject) for q in case_contents.questions}
    assert found >= {
        ("recorded", SITE),
        ("no_coordinates", SITE),
        ("dates", EVENT),
        ("figures", SITE),
        ("contradiction", SITE),
        ("method", SITE),
        ("single_source", PERSON),
        ("fate_open", PERSON),
    }
    dates = next(q for q in case_contents.questions if q.kind == "dates")
    assert (dates.start, dates.end) == ("2016-05-31", "2017-09-23")


def established(fate, whereabouts):
    found = [claim(PERSON, "fate_established", term(fate))] if fate else []
    if whereabouts:
        found.append(claim(PERSON, "whereabouts_established", term(whereabouts)))
    return found


def fate_open(folder, *extra):
    with invented.build(folder, *extra) as registry:
        asked = gather(registry.view(), PERSON).questions
    return any(question.kind == "fate_open" for question in asked)


@pytest.mark.parametrize(
    ("fate", "whereabouts", "is_open"),
    [("yes", None, True), (None, "yes", True), ("yes", "no", True), ("yes", "yes", False)],
)
def test_a_disappearance_is_open_until_fate_and_whereabouts_are_known(
    tmp_path, fate, whereabouts, is_open
):
    assert fate_open(tmp_path / "r", *established(fate, whereabouts)) is is_open


def test_a_mutant_that_takes_fate_alone_for_an_answer_is_seen(tmp_path, monkeypatch):
    monkeypatch.setattr(questions, "_ESTABLISHED", ("fate_established",))
    assert fate_open(tmp_path / "r", *established("yes", None)) is False


def test_a_coordinate_of_the_site_itself_answers_where_and_a_stand_in_does_not(tmp_path):
    allowed = claim(SITE, "publish_location", term("already_public", "printed in 1996"))
    with invented.build(tmp_path / "r", allowed) as registry:
        contents = gather(registry.view(), SITE)
    assert {p.kind for p in contents.places} == {"exact", "representative"}
    assert not any(q.kind == "no_coordinates" for q in contents.questions)


def test_the_whole_registry_is_a_dossier_too(invented_registry, case_contents):
    whole = gather(invented_registry.view(), WHOLE)
    assert {one.digest for one in case_contents.claims} <= {one.digest for one in whole.claims}


def test_an_unknown_and_a_hidden_entity_give_the_same_answer(tmp_path):
    hidden = claim("site:hidden", "description", "x", sensitivity="sealed")
    with invented.build(tmp_path / "r", hidden) as registry:
        answers = []
        for name in ("site:hidden", "site:nobody"):
            with pytest.raises(NotFoundError) as refused:
                gather(registry.view(), name)
            answers.append(str(refused.value).replace(name, "X"))
    assert answers[0] == answers[1]


def test_custody_is_shown_inside_the_team_only(invented_registry, case_contents):
    inside = gather(invented_registry.view("team"), CASE)
    assert [len(item.custody) for item in inside.items] == [1]
    assert [item.custody for item in case_contents.items] == [()]
    assert case_contents.items[0].sha256 == inside.items[0].sha256


def test_the_log_is_named_with_its_checkpoint_and_no_clock(case_contents):
    (log,) = case_contents.logs
    assert log.claims == len(case_contents.claims)
    assert len(log.root) == 64
    assert log.newest == max(one.recorded for one in case_contents.claims)


def test_a_copy_of_the_log_gives_the_same_contents(invented_registry, tmp_path, case_contents):
    copy = tmp_path / "copy"
    shutil.copytree(invented_registry.path, copy)
    with open_registry(copy) as registry:
        assert gather(registry.view(), CASE) == case_contents


# How claims differ


def statements(*values, holds=None):
    return [
        Statement(
            number=n, digest="0" * 64, subject=SITE, predicate="x", value=value,
            source="source:a", sensitivity="public", recorded="", holds=holds and holds[n - 1],
        )
        for n, value in enumerate(values, 1)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "kinds"),
    [
        ((figure("a", "1", "2"), figure("b", "5", "6")), [("ranges_apart", "3")]),
        ((figure("a", "1", "5"), figure("b", "2", "9")), [("ranges_overlap", "")]),
        ((figure("a", "1", "9"), figure("b", "2", "3")), [("within", "")]),
        ((figure("a", "1", "1", unit="m"), figure("b", "2", "2", unit="km")), [("units", "")]),
        ((figure("some"), figure("b", "2", "2")), [("words", "")]),
        ((term("a"), term("b")), [("terms", "")]),
        ((when("a", "2001-01-01", "2001-12-31"), when("b", "2001-05-01", "2002-01-01")),
         [("dates_overlap", "")]),
        ((when("a", "2001-01-01", "2001-01-01"), when("b", "2001-01-04", None)),
         [("dates_apart", "3")]),
    ],
)  # fmt: skip
def test_the_way_in_which_claims_differ_is_told(values, kinds):
    found = differences(statements(*values))
    assert [(d.kind, d.figure) for d in found] == kinds
    assert all(kind in differing.ORDER for kind, _ in kinds)


def test_claims_of_different_times_do_not_contradict():
    holds = [when("1988", "1988-01-01", "1988-12-31"), when("2020", "2020-01-01", "2020-12-31")]
    found = differences(statements(figure("3", "3", "3"), figure("5", "5", "5"), holds=holds))
    assert [d.kind for d in found] == ["times"]


def test_a_mutant_that_finds_all_values_the_same_is_seen(monkeypatch):
    values = (term("a"), term("b"))
    assert compare(*values) is Agreement.EXCLUSIVE
    monkeypatch.setattr(differing, "compare", lambda one, other: Agreement.SAME)
    assert differences(statements(*values)) == ()
