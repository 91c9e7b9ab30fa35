"""What a look says enters the record as claims of a run, once, behind the gate."""

from __future__ import annotations

import csv
import importlib.util
import io
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from msgspec import structs
from shapely.geometry import box

from habeas.claims.agreement import Agreement
from habeas.claims.claim import Claim
from habeas.claims.values import File, Point, Quantity, Ref, Term, Text, When, Where
from habeas.errors import InputError, IntegrityError, NotFoundError
from habeas.monitoring.disturbance import Interval
from habeas.monitoring.looks import look_files, news, recording
from habeas.monitoring.looks.reading import record_reading
from habeas.monitoring.looks.recorded import recorded_watch
from habeas.monitoring.looks.recording import record_look
from habeas.monitoring.looks.site_level import level_of_site
from habeas.monitoring.looks.watch_shown import gather_watch
from habeas.registry import clearance
from habeas.registry.changing import reclassify, withdraw
from habeas.registry.exporting import export_bundle
from habeas.registry.importing import import_bundle
from habeas.registry.rebuilding import rebuild
from habeas.registry.registry import create_registry, open_registry
from habeas.registry.undoing import withdraw_run
from habeas.registry.verification import verify

_spec = importlib.util.spec_from_file_location("watched", Path(__file__).parent / "watched.py")
watched = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(watched)

SITE = watched.SITE
BIG = Interval(best=5600, low=5300, high=5900)


@pytest.fixture
def registry(tmp_path):
    with create_registry(tmp_path / "registry", organisation="Lantern Watch") as made:
        yield made


@pytest.fixture(scope="module")
def cube():
    return watched.cube(step=40)


@pytest.fixture
def quick(monkeypatch):
    """Pictures that are drawn elsewhere are left out here: the files of the others stay."""
    monkeypatch.setattr(recording, "pictures", lambda *_: [])
    monkeypatch.setattr(recording, "curve_pictures", lambda _: [])


def about(registry, digest, level="team"):
    return {
        one.claim.predicate: one.claim.value
        for one in registry.view(level).about(digest)
        if one.claim.subject == f"claim:{digest}"
    }


def of_site(registry, predicate, level="team"):
    return registry.view(level).claims(subject=SITE, predicate=predicate)


def quiet(cube, **other):
    return watched.look(watched.assessment(cube, (), **other), cube)


def test_a_disturbance_is_a_claim_of_a_run_with_all_that_it_rests_on(registry, cube):
    made = record_look(registry, watched.look(of=cube))
    (digest,) = made.found
    shown = registry.view("team").claim(digest)
    assert shown.claim.subject == SITE
    assert shown.claim.source == made.run
    assert not shown.claim.rests_on  # a suggestion is no finding
    assert (shown.claim.value.earliest, shown.claim.value.latest) == ("2021-02-20", "2021-03-24")
    told = about(registry, digest)
    assert told["alarm_date"].earliest == "2021-04-09"
    assert (told["disturbance_area"].low, told["disturbance_area"].high) == ("1300", "1900")
    assert told["kind_hypothesis"].term == "bulldozed"
    assert "0.71" in told["kind_hypothesis"].text
    assert told["disturbance_pace"] == Term(term="abrupt")
    run = {one.claim.predicate: one.claim.value for one in
           registry.view("team").claims(subject=made.run)}  # fmt: skip
    assert run["method"].text == "habeas watch"
    assert run["parameter"] == Text(text="alarms_per_site_year=0.02")
    rate = run["false_alarm_rate"]
    assert (rate.low, rate.high) == ("0.0080", "0.0340")
    assert "0.02 asked for" in rate.text
    scenes = look_files.scenes_file(watched.look(of=cube))
    assert run["input"].size == len(scenes)
    with registry.evidence.open(run["input"].sha256) as opened:
        assert opened.read() == scenes
    assert b"INVENTED_2019-01-05" in scenes
    assert verify(registry).passed


def test_the_list_of_scenes_tells_how_each_was_taken(cube):
    look = watched.look(of=cube)
    first, second, third = look.images.scenes[:3]
    scenes = (
        structs.replace(first, shift=(-0.0, 12.3), remarks=("it lay off", "an assumed baseline")),
        structs.replace(second, sha256={}, pixels_sha256="5e" * 32),
        structs.replace(third, used=False, clear=None, reason="it is broken"),
    )
    look = replace(look, images=replace(look.images, scenes=scenes))
    rows = list(csv.DictReader(io.StringIO(look_files.scenes_file(look).decode())))
    assert [(one["shift_east_m"], one["shift_north_m"]) for one in rows] == [
        ("0.0", "12.3"), ("", ""), ("", "")]  # fmt: skip
    assert [one["remarks"] for one in rows] == ["it lay off; an assumed baseline", "", ""]
    assert [one["pixels_sha256"] for one in rows] == ["", "5e" * 32, ""]
    assert [bool(one["files"]) for one in rows] == [True, False, True]


def test_its_files_depict_the_site_in_both_languages(registry, cube):
    made = record_look(registry, watched.look(of=cube))
    view = registry.view("team")
    items = {s.claim.subject for s in view.claims(ref=SITE, predicate="depicts")}
    bound = {s.claim.subject for p in ("shows_location_of", "shows_watch_of")
             for s in view.claims(ref=SITE, predicate=p)}  # fmt: skip
    assert items == bound
    assert len(items) == 3 * 2 + 3  # before and after, footprint, curve in two languages; 3 tables
    words = {(s.claim.value.lang, s.claim.subject) for item in items
             for s in view.claims(subject=item, predicate="description")}  # fmt: skip
    assert {lang for lang, _ in words} == {"en", "fa"}
    assert made.run


@pytest.mark.parametrize("level", ["public", "partners"])
def test_nothing_of_it_is_shown_below_the_team(registry, cube, quick, level):
    record_look(registry, watched.look(of=cube))
    view = registry.view(level)
    assert not view.claims(subject=SITE)
    assert not view.entities("run")
    assert not view.entities("item")


# A place that the team may not see


def placed(registry, *levels, predicate="location"):
    """Claims of where the site lies, each at a level."""
    where = Where(kind="approximate", geometry=Point(coordinates=("3.0", "0.0")))
    value = where if predicate == "location" else Text(text="behind the invented mill")
    with registry.recording() as batch:
        return batch.entry([
            Claim(subject=SITE, predicate=predicate, value=value, source=f"source:invented-{at}",
                  sensitivity=level) for at, level in enumerate(levels)])  # fmt: skip


def seen_by_the_team(registry):
    """What of a watch the team sees: claims of the site, runs and files."""
    view = registry.view("team")
    told = {shown.claim.predicate for shown in view.claims(subject=SITE)}
    return (
        told - {"location", "place_description"}
        | set(view.entities("run"))
        | set(view.entities("item"))
    )


@pytest.mark.parametrize(
    ("levels", "predicate"),
    [
        (("sealed",), "location"),
        (("sealed", "team"), "location"),  # the strictest of them counts
        (("sealed",), "place_description"),
    ],
)
def test_what_the_team_may_not_see_is_in_no_look_for_the_team(
    registry, cube, quick, levels, predicate
):
    placed(registry, *levels, predicate=predicate)
    (digest,) = record_look(registry, watched.look(of=cube)).found
    moved = watched.disturbance(earliest=date(2021, 3, 5), latest=date(2021, 3, 22))
    assert record_look(registry, later(cube, moved)).refined
    reading(registry, digest, kind="bulldozing")
    assert seen_by_the_team(registry) == set()
    sealed = registry.view("sealed")
    assert len(sealed.entities("run")) == 2
    assert len(sealed.entities("item")) == 4  # two tables a run
    assert of_site(registry, "disturbance_kind", "sealed")


def test_a_place_that_is_sealed_later_seals_files_and_the_looks_that_come(registry, cube, quick):
    (where,) = placed(registry, "team")
    made = record_look(registry, watched.look(of=cube))
    before = seen_by_the_team(registry)
    assert made.run in before
    reclassify(registry, where, "sealed", "the place is not for all of the team")
    assert not registry.view("team").entities("item")
    assert of_site(registry, "disturbance_detected")  # what was said in words stands as it was
    moved = watched.disturbance(earliest=date(2021, 3, 5), latest=date(2021, 3, 22))
    assert record_look(registry, later(cube, moved)).refined
    reading(registry, made.found[0], kind="bulldozing")
    assert seen_by_the_team(registry) <= before


def test_a_withdrawn_place_counts_where_no_other_stands(registry, cube, quick):
    (where,) = placed(registry, "sealed")
    withdraw(registry, where, "misread")
    assert level_of_site(registry, SITE) == "sealed"
    placed(registry, "team")
    assert level_of_site(registry, SITE) == "team"
    assert level_of_site(registry, "site:nowhere") == "team"


def test_without_the_level_of_the_place_the_team_would_see_the_look(
    registry, cube, quick, monkeypatch
):
    placed(registry, "sealed")
    monkeypatch.setattr(recording, "level_of_site", lambda *_: "team")
    record_look(registry, watched.look(of=cube))
    assert seen_by_the_team(registry)


def everything_reclassified(registry):
    """What somebody does who wants all of it to be public."""
    for shown in registry.view("sealed").claims():
        reclassify(registry, shown.digest, "public", "pressed for it")


PUBLIC_IN_THE_END = {
    "disturbance_detected", "disturbance_area", "disturbance_pace", "false_alarm_rate", "method",
    "method_version", "parameter", "run_time", "recorded_entries", "reclassified", "organisation",
    "name", "label",
}  # fmt: skip


def test_what_may_not_be_public_is_not_even_when_all_is_reclassified(registry, cube, quick):
    record_look(registry, watched.look(of=cube))
    everything_reclassified(registry)
    shown = registry.view("public").claims()
    assert {one.claim.predicate for one in shown} <= PUBLIC_IN_THE_END
    assert not [one for one in shown if isinstance(one.claim.value, File)]
    words = " ".join(str(one.claim) for one in shown)
    for secret in ("INVENTED_", "2020-07-01", "2021-04-09", "rubbish", "Polygon"):
        assert secret not in words


@pytest.mark.parametrize(
    ("name", "mutant", "leaks"),
    [
        ("least", lambda _: 0, {"watched_period", "alarm_date", "kind_hypothesis"}),
        ("files_of", lambda _: set(), {"file", "input", "output", "depicts"}),
    ],
)
def test_each_gate_holds_something_back(registry, cube, quick, monkeypatch, name, mutant, leaks):
    record_look(registry, watched.look(of=cube))
    everything_reclassified(registry)
    monkeypatch.setattr(clearance, name, mutant)
    rebuild(registry)
    assert leaks <= {one.claim.predicate for one in registry.view("public").claims()}


def test_forgetting_to_bind_the_files_would_show_them(registry, cube, quick, monkeypatch):
    monkeypatch.setattr(recording, "binding_claims", lambda *_, **__: [
        Claim(subject=SITE, predicate="label", value=Text(text="x"), source="org:x",
              sensitivity="team")])  # fmt: skip
    record_look(registry, watched.look(of=cube))
    everything_reclassified(registry)
    assert [one for one in registry.view("public").claims() if isinstance(one.claim.value, File)]


def test_the_footprint_may_be_public_where_the_place_is_and_the_watch_never(registry, cube, quick):
    record_look(registry, watched.look(of=cube))
    everything_reclassified(registry)
    with registry.recording() as batch:
        batch.entry([Claim(subject=SITE, predicate="publish_location",
                           value=Term(term="already_public"), source=registry.organisation,
                           sensitivity="public")])  # fmt: skip
    view = registry.view("public")
    items = view.entities("item")
    assert len(items) == 1
    with registry.evidence.open(items[0].removeprefix("item:")) as opened:
        assert b'"Polygon"' in opened.read()


def test_twice_on_the_same_images_adds_nothing(registry, cube, quick, monkeypatch):
    first = record_look(registry, watched.look(of=cube))
    size = registry.store.size(registry.log.id)
    again = record_look(registry, watched.look(of=watched.cube(step=40)))
    assert first.run
    assert again == recording.LookRecorded()
    assert registry.store.size(registry.log.id) == size
    monkeypatch.setattr(recording, "_same", lambda *_: False)
    monkeypatch.setattr(news, "_recorded", lambda *_: None)  # the mutant
    assert record_look(registry, watched.look(of=cube)).found


def later(cube, *found, watched_to=date(2022, 5, 25), step=39):
    """Another look, on other images."""
    more = watched.cube(step=step)
    return watched.look(
        watched.assessment(more, found or (watched.disturbance(),), watched_to=watched_to), more
    )


def test_a_later_run_does_not_tell_of_a_known_disturbance_again(registry, cube, quick):
    record_look(registry, watched.look(of=cube))
    assert record_look(registry, later(cube)) == recording.LookRecorded()


def test_the_earliest_alarm_stands_and_dates_are_refined(registry, cube, quick):
    (first,) = record_look(registry, watched.look(of=cube)).found
    moved = watched.disturbance(alarm=date(2021, 5, 19), earliest=date(2021, 3, 5),
                                latest=date(2021, 3, 22))  # fmt: skip
    made = record_look(registry, later(cube, moved))
    assert not made.found
    (refined,) = made.refined
    told = about(registry, refined)
    assert told["refines"] == Ref(id=f"claim:{first}")
    assert "alarm_date" not in told
    (held,) = recorded_watch(registry, SITE).disturbances
    assert (held.first, held.newest) == (first, refined)
    assert held.alarm == date(2021, 4, 9)
    assert (held.earliest, held.latest) == (date(2021, 3, 5), date(2021, 3, 22))
    assert not registry.view("team").claim(first).withdrawn
    assert record_look(registry, later(cube, moved)) == recording.LookRecorded()


def test_a_little_movement_is_not_told(registry, cube, quick):
    record_look(registry, watched.look(of=cube))
    near = watched.disturbance(latest=date(2021, 3, 20))
    assert record_look(registry, later(cube, near)) == recording.LookRecorded()


PLANTED = {"planted": 0.8, "bulldozed": 0.2}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"kinds": PLANTED, "kind": "planted"}, ("kind_hypothesis", "planted")),
        ({"kind": None}, ("kind_hypothesis", "undetermined")),
        ({"gradual": True}, ("disturbance_pace", "gradual")),
        ({"area": Interval(best=6000, low=1500, high=9000)}, ("disturbance_area", "1500")),
        ({"area": Interval(best=1350, low=1300, high=1400)}, ("disturbance_area", "1300")),
    ],
)
def test_another_kind_pace_or_area_is_told_anew(registry, cube, quick, changed, told):
    (first,) = record_look(registry, watched.look(of=cube)).found
    look = later(cube, watched.disturbance(**changed))
    (refined,) = record_look(registry, look).refined
    predicate, said = told
    value = about(registry, refined)[predicate]
    assert (value.term if isinstance(value, Term) else str(value.low)) == said
    assert about(registry, refined)["refines"] == Ref(id=f"claim:{first}")
    with registry.evidence.open(footprint_of(registry, refined)) as opened:
        assert str(round(look.assessment.disturbances[0].area.best)).encode() in opened.read()
    again = later(cube, watched.disturbance(**changed), step=38)
    assert record_look(registry, again) == recording.LookRecorded()


def test_where_no_kind_is_estimated_none_is_recorded_until_one_is_named(registry, cube, quick):
    none = watched.disturbance(kinds={}, kind=None)
    (first,) = record_look(registry, watched.look(watched.assessment(cube, (none,)), cube)).found
    assert "kind_hypothesis" not in about(registry, first)
    (shown,) = gather_watch(registry, registry.view("team"), SITE).disturbances
    assert (shown.kind, shown.kinds) == ("", "")
    abstains = watched.disturbance(kind=None)
    assert record_look(registry, later(cube, abstains)) == recording.LookRecorded()
    (refined,) = record_look(registry, later(cube, watched.disturbance())).refined
    assert about(registry, refined)["kind_hypothesis"].term == "bulldozed"


def footprint_of(registry, digest):
    """The hash of the footprint of the run that made a claim."""
    view = registry.view("team")
    run = view.claim(digest).claim.source
    items = {s.claim.subject for s in view.claims(source=run, predicate="shows_location_of")}
    return next(item[5:] for item in items for s in view.claims(subject=item, predicate="label")
                if s.claim.value.text == "footprint.geojson")  # fmt: skip


@pytest.mark.parametrize(
    "wavering",
    [
        {"area": Interval(best=1880, low=1590, high=2100)},  # each best within the other's ends
        {"area": Interval(best=1299.7, low=1200.2, high=1600.4)},  # in whole square metres
        {"kinds": {"bulldozed": 0.51, "planted": 0.49}},
        {"kinds": {}, "kind": None},
    ],
)
def test_what_wavers_within_what_was_told_is_not_told_again(registry, cube, quick, wavering):
    record_look(registry, watched.look(of=cube))
    look = later(cube, watched.disturbance(**wavering))
    assert record_look(registry, look) == recording.LookRecorded()


def test_what_others_say_of_a_change_is_not_what_the_watch_told(registry, cube, quick, tmp_path):
    (first,) = record_look(registry, watched.look(of=cube)).found
    with create_registry(tmp_path / "other", organisation="Invented others") as other:
        with other.recording() as batch:
            batch.entry([
                Claim(subject=f"claim:{first}", predicate=predicate, value=value,
                      source="org:others", sensitivity="team")
                for predicate, value in (("disturbance_pace", Term(term="gradual")),
                                         ("rejected", Text(text="no")))])  # fmt: skip
        export_bundle(other, tmp_path / "other.habeas", clearance="team")
        known = {other.key().fingerprint()}
    import_bundle(registry, tmp_path / "other.habeas", trust=known)
    (held,) = recorded_watch(registry, SITE).disturbances
    assert (held.pace, held.rejected) == ("abrupt", False)


def test_another_place_or_another_time_is_another_disturbance(registry, cube, quick):
    record_look(registry, watched.look(of=cube))
    west, north = watched.WEST, watched.NORTH
    elsewhere = watched.disturbance(outline=box(west + 80, north - 118, west + 100, north - 108))
    made = record_look(registry, later(cube, watched.disturbance(), elsewhere))
    assert len(made.found) == 1
    afterwards = watched.disturbance(alarm=date(2021, 11, 1), earliest=date(2021, 9, 1),
                                     latest=date(2021, 10, 20))  # fmt: skip
    made = record_look(registry, later(cube, watched.disturbance(), elsewhere, afterwards, step=38))
    assert len(made.found) == 1
    assert len(recorded_watch(registry, SITE).disturbances) == 3


def far_away():
    west, north = watched.WEST, watched.NORTH
    return watched.disturbance(
        alarm=date(2021, 5, 9), outline=box(west + 80, north - 118, west + 100, north - 108)
    )


def test_what_was_told_of_damaged_ground_is_not_refined_by_guess(registry, cube, quick):
    """Changed ground that cannot be read may be any ground: nothing is recorded over it."""
    (first,) = record_look(registry, watched.look(of=cube)).found
    path = registry.evidence.path(footprint_of(registry, first))
    whole = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(whole.replace(b"5", b"6", 1))
    count = len(list(registry.view("sealed").claims()))
    with pytest.raises(IntegrityError):
        record_look(registry, later(cube, far_away()))
    assert len(list(registry.view("sealed").claims())) == count
    path.write_bytes(whole)
    made = record_look(registry, later(cube, far_away()))
    assert (len(made.found), len(made.refined)) == (1, 0)


def test_ground_that_was_erased_is_known_by_its_alarm_alone(registry, cube, quick):
    (first,) = record_look(registry, watched.look(of=cube)).found
    path = registry.evidence.path(footprint_of(registry, first))
    path.parent.chmod(0o700)
    path.unlink()
    overlapping = far_away()
    assert overlapping.earliest <= watched.disturbance().latest
    made = record_look(registry, later(cube, watched.disturbance(area=BIG), overlapping))
    assert (len(made.found), len(made.refined)) == (1, 1)


@pytest.mark.parametrize(("alone", "told"), [(True, 1), (False, 2)])
def test_two_first_runs_at_once_record_once(tmp_path, cube, quick, monkeypatch, alone, told):
    """The second waits and sees what the first recorded; without the lock both would tell."""
    create_registry(tmp_path / "registry", organisation="Lantern Watch").close()
    read, both = recording.recorded_watch, threading.Barrier(2)

    def slowly(*args, **options):
        found = read(*args, **options)
        with suppress(threading.BrokenBarrierError):
            both.wait(2)
        return found

    def record(step):
        with open_registry(tmp_path / "registry") as opened:
            return record_look(opened, later(cube, watched.disturbance(), step=step))

    monkeypatch.setattr(recording, "recorded_watch", slowly)
    if not alone:
        monkeypatch.setattr(recording, "_alone", lambda _: nullcontext())
    with ThreadPoolExecutor(2) as pool:
        found = [one for made in pool.map(record, (36, 36)) for one in made.found]
    assert len(found) == told


def test_nothing_found_is_said_so_and_never_as_no_change(registry, cube, quick):
    record_look(registry, quiet(cube))
    (shown,) = of_site(registry, "no_disturbance_found")
    assert (shown.claim.value.earliest, shown.claim.value.latest) == ("2020-07-01", "2022-05-25")
    assert not of_site(registry, "disturbance_detected")
    assert recorded_watch(registry, SITE).status == "no_disturbance_found"


def test_what_cannot_be_assessed_is_recorded_with_its_reason(registry, cube, quick):
    reasons = ("12 clear dates, 30 are needed",)
    look = quiet(cube, status="cannot_assess", reasons=reasons, calibration=None, curve=None,
                 watched_from=None, watched_to=None)  # fmt: skip
    record_look(registry, look)
    (shown,) = of_site(registry, "not_assessed")
    assert shown.claim.value.text == reasons[0]
    assert not of_site(registry, "no_disturbance_found")
    assert not of_site(registry, "watched_period")
    assert recorded_watch(registry, SITE).status == "cannot_assess"
    assert record_look(registry, look) == recording.LookRecorded()


def not_assessed(step, *reasons, **other):
    cube = watched.cube(step=step)
    return quiet(cube, status="cannot_assess", reasons=reasons, calibration=None, curve=None,
                 **{"watched_from": None, "watched_to": None, **other})  # fmt: skip


def test_a_reason_with_another_count_is_no_other_reason(registry, cube, quick):
    few, short = "the history has {} clear dates; it takes 30", "the history is {} days long"
    made = [
        record_look(registry, not_assessed(40 - at, few.format(12 + at), short.format(300 + at)))
        for at in range(3)
    ]
    assert [bool(one.run) for one in made] == [True, False, False]
    assert record_look(registry, not_assessed(36, few.format(16))).run  # a reason less
    watch = {"watched_from": date(2021, 1, 1), "watched_to": date(2021, 3, 1)}
    assert not record_look(registry, not_assessed(35, few.format(17), **watch)).run
    assert record_look(registry, not_assessed(34)).run
    assert not record_look(registry, not_assessed(33)).run  # without a reason, too


def test_why_it_cannot_be_assessed_is_said_again_after_a_while(registry, cube, quick):
    begun = date(2021, 1, 1)
    days = (date(2021, 3, 1), date(2021, 5, 1), date(2021, 6, 1))
    made = [
        record_look(registry, not_assessed(40 - at, "no clear date", watched_from=begun,
                                           watched_to=day))
        for at, day in enumerate(days)
    ]  # fmt: skip
    assert [bool(one.run) for one in made] == [True, False, True]


def test_that_nothing_was_found_is_not_said_over_a_disturbance(registry, cube, quick):
    (digest,) = record_look(registry, watched.look(of=cube)).found
    silent = [
        quiet(watched.cube(step=39 - at), watched_to=day)
        for at, day in enumerate((date(2022, 8, 30), date(2022, 12, 30), date(2023, 4, 30)))
    ]
    assert record_look(registry, silent[0]).run
    held = recorded_watch(registry, SITE)
    assert (held.status, held.watched_to) == ("disturbed", date(2022, 8, 30))
    assert not of_site(registry, "no_disturbance_found")
    reading(registry, digest, verdict="reject", reader="r-one")
    reading(registry, digest, verdict="confirm", reader="r-two")
    assert record_look(registry, silent[1]).run
    assert not of_site(registry, "no_disturbance_found")
    reading(registry, digest, verdict="undecided", reader="r-two")  # the last word counts
    assert record_look(registry, silent[2]).run
    (said,) = of_site(registry, "no_disturbance_found")
    assert said.claim.value.latest == "2023-04-30"


def test_it_is_said_of_a_period_that_the_disturbance_does_not_touch(registry, cube, quick):
    record_look(registry, watched.look(of=cube))
    after = {"watched_from": date(2021, 3, 25), "watched_to": date(2022, 8, 30)}
    record_look(registry, quiet(watched.cube(step=39), **after))
    (said,) = of_site(registry, "no_disturbance_found")
    assert said.claim.value.earliest == "2021-03-25"


def test_what_is_left_of_a_watch_whose_disturbance_was_withdrawn_is_told_anew(
    registry, cube, quick
):
    made = record_look(registry, watched.look(of=cube))
    look = quiet(watched.cube(step=39), watched_to=date(2022, 8, 30))
    record_look(registry, look)
    withdraw_run(registry, made.run, "a wrong outline")
    assert recorded_watch(registry, SITE).status == ""
    assert record_look(registry, look).run
    assert recorded_watch(registry, SITE).status == "no_disturbance_found"
    assert record_look(registry, look) == recording.LookRecorded()


def test_how_changed_ground_is_watched_since_is_said_where_the_period_is(registry, cube, quick):
    """The record must not read as if ground that changed had been watched on."""
    waiting = "what had changed by 2021-04-09 is not watched until 2023-10-07"
    again = "what had changed by 2021-04-09 is watched again from 2023-10-11"

    def told(step, *notes):
        found = watched.assessment(watched.cube(step=step), (watched.disturbance(),),
                                   changed_ground=notes)  # fmt: skip
        return record_look(registry, watched.look(found, watched.cube(step=step)))

    assert told(40, waiting).run
    (shown,) = of_site(registry, "watched_period")
    assert shown.claim.note == waiting
    assert recorded_watch(registry, SITE).changed_ground == waiting
    assert told(39, waiting.replace("-07", "-09")) == recording.LookRecorded()
    assert told(38, again).run
    assert recorded_watch(registry, SITE).changed_ground == again
    assert told(37, again) == recording.LookRecorded()
    assert len(of_site(registry, "disturbance_detected")) == 1


def test_silence_is_recorded_again_only_after_a_while(registry, cube, quick):
    record_look(registry, quiet(cube))
    for day, recorded in ((date(2022, 6, 30), False), (date(2022, 8, 30), True)):
        more = watched.look(watched.assessment(cube, (), watched_to=day), watched.cube(step=39))
        assert bool(record_look(registry, more).run) == recorded


def test_a_site_that_can_be_assessed_no_longer_is_said_so(registry, cube, quick):
    record_look(registry, quiet(cube))
    look = watched.look(
        watched.assessment(cube, (), status="cannot_assess", reasons=("clouds",), curve=None,
                           calibration=None), watched.cube(step=39))  # fmt: skip
    assert record_look(registry, look).run
    assert recorded_watch(registry, SITE).status == "cannot_assess"


def test_a_run_is_undone_as_one_and_can_be_told_again(registry, cube, quick):
    made = record_look(registry, watched.look(of=cube))
    withdraw_run(registry, made.run, "a wrong outline")
    assert recorded_watch(registry, SITE).runs == ()
    assert all(one.withdrawn for one in registry.view("sealed").claims(source=made.run))
    again = record_look(registry, watched.look(of=cube))
    assert len(again.found) == 1
    assert verify(registry).passed


def test_what_another_organisation_watched_decides_nothing_here(registry, cube, quick):
    foreign = Claim(subject=SITE, predicate="disturbance_detected",
                    value=When(text="x", calendar="gregorian", earliest="2021-02-20",
                               latest="2021-03-24", precision="range"),
                    source="run:foreign", sensitivity="team")  # fmt: skip
    with registry.recording() as batch:
        batch.entry([foreign])
    assert recorded_watch(registry, SITE).disturbances == ()
    assert len(record_look(registry, watched.look(of=cube)).found) == 1


def test_a_look_that_cannot_be_recorded_leaves_nothing(registry, cube, quick, monkeypatch):
    monkeypatch.setattr(recording, "detail_claims", lambda run, digest, *_: [
        Claim(subject=f"claim:{digest}", predicate="no_such_word", value=Text(text="x"),
              source=run, sensitivity="team")])  # fmt: skip
    with pytest.raises(InputError):
        record_look(registry, watched.look(of=cube))
    assert not of_site(registry, "disturbance_detected", "sealed")


# A person's reading


def reading(registry, digest, **given):
    values = {"verdict": "confirm", "reader": "r-one", "note": "seen on a finer image"}
    return record_reading(registry, digest, **{**values, **given})


def test_a_reading_is_a_claim_of_its_own_and_both_are_seen(registry, cube, quick):
    (digest,) = record_look(registry, watched.look(of=cube)).found
    before = registry.view("team").claim(digest)
    _, named, _ = reading(registry, digest, kind="bulldozing")
    assert registry.view("team").claim(digest) == before
    told = about(registry, digest)
    assert told["accepted"] == Text(text="seen on a finer image")
    kind = registry.view("team").claim(named).claim
    assert (kind.subject, kind.predicate) == (SITE, "disturbance_kind")
    assert kind.source == registry.organisation
    assert kind.by.text == "reader r-one"
    assert (kind.holds.earliest, kind.holds.latest) == ("2021-02-20", "2021-03-24")
    assert about(registry, named)["reading_of"] == Ref(id=f"claim:{digest}")
    assert told["kind_hypothesis"].term == "bulldozed"  # the machine's stays beside it


@pytest.mark.parametrize(
    ("verdict", "predicate"), [("reject", "rejected"), ("undecided", "undecided")]
)
def test_a_reader_may_reject_or_not_decide(registry, cube, quick, verdict, predicate):
    (digest,) = record_look(registry, watched.look(of=cube)).found
    reading(registry, digest, verdict=verdict)
    assert predicate in about(registry, digest)
    assert not of_site(registry, "disturbance_kind")
    with pytest.raises(InputError, match="not confirmed"):
        reading(registry, digest, verdict=verdict, kind="road")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"reader": "Ms Invented"}, "handle"),
        ({"kind": "bulldozed"}, "no term of disturbance_kind"),
    ],
)
def test_a_reading_that_cannot_be_leaves_nothing(registry, cube, quick, given, says):
    (digest,) = record_look(registry, watched.look(of=cube)).found
    with pytest.raises(InputError, match=says):
        reading(registry, digest, **given)
    assert "accepted" not in about(registry, digest)


def test_only_what_a_watch_suggests_is_read(registry, cube, quick):
    record_look(registry, quiet(cube))
    (shown,) = of_site(registry, "no_disturbance_found")
    with pytest.raises(InputError, match="tells of no disturbance"):
        reading(registry, shown.digest)
    with pytest.raises(NotFoundError):
        reading(registry, "ab" * 32)


# Against what witnesses say


def witness(registry, earliest, latest, term="bulldozing"):
    when = When(text=f"{earliest} to {latest}", calendar="gregorian", earliest=earliest,
                latest=latest, precision="range")  # fmt: skip
    with registry.recording() as batch:
        (digest,) = batch.entry([
            Claim(subject=SITE, predicate="disturbance_kind", value=Term(term=term),
                  source="source:invented-witness", holds=when, sensitivity="team")])  # fmt: skip
    return digest


@pytest.mark.parametrize(
    ("period", "verdict"),
    [
        (("2021-03-01", "2021-03-31"), Agreement.COMPATIBLE),
        (("2021-09-01", "2021-10-31"), Agreement.DIFFER),
        (("2021-02-20", "2021-03-24"), None),  # the same
        (("2003-01-01", "2003-12-31"), None),  # nobody watched then
    ],
)
def test_a_date_that_a_witness_gives_is_compared_where_the_watch_looked(
    registry, cube, quick, period, verdict
):
    said = witness(registry, *period)
    (detected,) = record_look(registry, watched.look(of=cube)).found
    found = registry.view("team").contradictions(SITE)
    assert [one.agreement for one in found] == ([] if verdict is None else [verdict])
    for one in found:
        assert one.predicate == "disturbance_detected"
        assert {shown.digest for shown in one.claims} == {said, detected}
        assert registry.view("team").contradictions() == found
    assert registry.view("public").contradictions() == []


def test_what_a_reader_dates_by_the_run_is_no_second_witness(registry, cube, quick):
    (detected,) = record_look(registry, watched.look(of=cube)).found
    reading(registry, detected, kind="bulldozing")
    moved = watched.disturbance(earliest=date(2021, 3, 5), latest=date(2021, 3, 22))
    record_look(registry, later(cube, moved))
    assert registry.view("team").contradictions(SITE) == []
    witness(registry, "2021-09-01", "2021-10-31", "road")
    (found,) = registry.view("team").contradictions(SITE)
    assert {one.claim.source for one in found.claims if one.claim.source[:3] != "run"} == {
        "source:invented-witness"
    }


def test_a_date_of_an_event_at_the_site_is_compared_too(registry, cube, quick):
    event, source = "event:invented-works", "source:invented-witness"
    when = When(text="autumn 2021", calendar="gregorian", earliest="2021-09-23",
                latest="2021-12-20", precision="season")  # fmt: skip

    def told(predicate, value):
        return Claim(subject=event, predicate=predicate, value=value, source=source,
                     sensitivity="team")  # fmt: skip

    with registry.recording() as batch:
        batch.entry([told("site", Ref(id=SITE)), told("occurred", when)])
    (detected,) = record_look(registry, watched.look(of=cube)).found
    assert registry.view("team").contradictions(SITE) == []  # it may have been anything
    with registry.recording() as batch:
        batch.entry([told("disturbance_kind", Term(term="road"))])
    (found,) = registry.view("team").contradictions(SITE)
    assert found.agreement is Agreement.DIFFER
    assert {shown.claim.predicate for shown in found.claims} == {"disturbance_detected", "occurred"}
    assert detected in {shown.digest for shown in found.claims}


def test_with_two_changes_the_nearest_counts_and_a_withdrawn_one_does_not(registry, cube, quick):
    said = witness(registry, "2021-09-01", "2021-10-31")
    second = watched.disturbance(alarm=date(2021, 11, 20), earliest=date(2021, 10, 1),
                                 latest=date(2021, 11, 10))  # fmt: skip
    look = watched.look(watched.assessment(cube, (watched.disturbance(), second)), cube)
    record_look(registry, look)
    (found,) = registry.view("team").contradictions(SITE)
    assert found.agreement is Agreement.COMPATIBLE
    withdraw(registry, said, "misread")
    assert registry.view("team").contradictions(SITE) == []


def test_a_number_stays_a_range(registry, cube, quick):
    (digest,) = record_look(registry, watched.look(of=cube)).found
    area = about(registry, digest)["disturbance_area"]
    assert isinstance(area, Quantity)
    assert area.low != area.high
