"""A written dossier: the same bytes each time, and nothing in it that may not be seen."""

import shutil
import subprocess

import invented
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from invented import CANARY, CASE, EVENT, PERSON, SITE, claim, figure, point, term, when

from habeas.claims.claim import By
from habeas.claims.values import Name, Text
from habeas.errors import InputError, NotFoundError
from habeas.publishing import dossier as writing
from habeas.publishing import numbering
from habeas.publishing.contents import WHOLE
from habeas.publishing.dossier import dossier_files, write_dossier
from habeas.publishing.gathering import gather
from habeas.publishing.harm import HarmError
from habeas.registry.rebuilding import rebuild
from habeas.registry.registry import create_registry, open_registry


def files_of(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def written(invented_registry, tmp_path_factory):
    out = tmp_path_factory.mktemp("out") / "dossier"
    return write_dossier(invented_registry, CASE, out)


def test_a_dossier_has_its_page_its_twins_and_its_proofs(written):
    names = set(files_of(written.folder))
    assert {
        "index.html",
        "dossier.css",
        "dossier.json",
        "places.geojson",
        "verify.sh",
        "dossier.pdf",
    } <= names
    assert written.page.is_file()
    assert written.claims == sum(name.startswith("claims/") for name in names)


def test_the_dossier_verifies_with_the_tools_of_a_stranger(written):
    done = subprocess.run(
        ["sh", "verify.sh"], cwd=written.folder, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_two_runs_write_the_same_bytes(invented_registry, written, tmp_path):
    again = write_dossier(invented_registry, CASE, tmp_path / "again")
    assert files_of(again.folder) == files_of(written.folder)


def test_a_rebuilt_copy_writes_the_same_bytes(invented_registry, written, tmp_path):
    shutil.copytree(invented_registry.path, tmp_path / "copy")
    with open_registry(tmp_path / "copy") as registry:
        rebuild(registry)
        again = write_dossier(registry, CASE, tmp_path / "again")
    assert files_of(again.folder) == files_of(written.folder)


def test_a_mutant_that_counts_on_local_numbers_is_seen(tmp_path, monkeypatch):
    """With the order of this registry instead of the log's, the order of digests is lost."""
    with invented.build(tmp_path / "r") as registry:
        right = gather(registry.view(), CASE)
        backwards = lambda _, claims: sorted(claims, key=lambda s: s.digest[::-1])  # noqa: E731
        monkeypatch.setattr(numbering.Numbering, "in_order", backwards)
        assert gather(registry.view(), CASE) != right


def test_nothing_is_written_when_a_rule_is_broken(tmp_path):
    bad = claim(SITE, "description", "write to witness@example.invalid")
    with invented.build(tmp_path / "r", bad) as registry, pytest.raises(HarmError):
        write_dossier(registry, SITE, tmp_path / "out", pdf=False)
    assert not (tmp_path / "out").exists()


def test_a_mutant_without_the_second_look_is_seen(tmp_path, monkeypatch):
    bad = claim(SITE, "description", "write to witness@example.invalid")
    monkeypatch.setattr(writing, "check_harm", lambda contents: None)
    with invented.build(tmp_path / "r", bad) as registry:
        write_dossier(registry, SITE, tmp_path / "out", pdf=False)
    assert b"witness@example.invalid" in (tmp_path / "out" / "index.html").read_bytes()


def test_a_folder_that_holds_something_is_left_alone(invented_registry, tmp_path):
    (tmp_path / "mine").write_text("x")
    with pytest.raises(InputError, match="not empty"):
        write_dossier(invented_registry, CASE, tmp_path)
    assert (tmp_path / "mine").read_text() == "x"


def test_an_unknown_entity_writes_nothing(invented_registry, tmp_path):
    with pytest.raises(NotFoundError):
        write_dossier(invented_registry, "site:nowhere", tmp_path / "out", pdf=False)
    assert not (tmp_path / "out").exists()


# Nothing that is hidden leaves the house


def secrets(registry, clearance="public"):
    """What no dossier at a clearance may hold: canaries, salts of hidden claims, handles, paths."""
    shown = {one.digest for one in registry.view(clearance).stream()}
    hidden = [
        registry.view("sealed").provenance(one)
        for one in registry.view("sealed").stream()
        if one.digest not in shown
    ]
    salts = [found.opening[2:66] for found in hidden]
    assert salts
    return [CANARY.encode(), *salts, str(registry.path).encode(), b"/tmp/"]


def leaks(files, forbidden):
    return {
        (name, word)
        for name, data in files.items()
        for word in forbidden
        if word in data and not name.startswith("fonts/")
    }


@pytest.mark.parametrize("entity", [CASE, SITE, PERSON, EVENT, WHOLE])
@pytest.mark.parametrize("lang", ["en", "fa"])
def test_t43_canaries_of_hidden_claims_stand_in_no_file(invented_registry, entity, lang):
    view = invented_registry.view("public")
    files = dossier_files(view, gather(view, entity), lang=lang, pdf=entity == CASE)
    assert leaks(files, secrets(invented_registry)) == set()


def test_t43_a_mutant_that_gathers_with_another_clearance_is_seen(invented_registry, monkeypatch):
    monkeypatch.setattr(writing, "check_harm", lambda contents: None)
    view = invented_registry.view("sealed")
    files = dossier_files(view, gather(view, CASE))
    assert leaks(files, secrets(invented_registry))


def test_t43_a_mutant_that_tells_of_witnesses_is_seen(invented_registry, monkeypatch):
    monkeypatch.setattr(writing, "check_harm", lambda contents: None)
    monkeypatch.setattr(numbering, "is_withheld", lambda view, source: False)
    view = invented_registry.view()
    assert leaks(dossier_files(view, gather(view, CASE)), [CANARY.encode()])


def of_evidence(registry, contents, files):
    """What files hold of kept files: their bytes, pictures, what they say of themselves."""
    found = {name for name in files if name.endswith((".jpg", ".jpeg", ".png", ".tif", ".mp4"))}
    for item in contents.items:
        kept = registry.evidence.path(item.sha256).read_bytes()
        found |= {name for name, data in files.items() if kept in data}
        told = {contents.claim(number).predicate for number in item.claims}
        found |= told - {"file", "from_source", "item_type", "copy_kind"}
    return found


def test_t44_no_byte_of_evidence_and_nothing_a_file_says_of_itself(invented_registry):
    view = invented_registry.view()
    contents = gather(view, CASE)
    assert contents.items
    assert of_evidence(invented_registry, contents, dossier_files(view, contents)) == set()


def test_t44_mutants_that_copy_a_file_or_tell_its_name_are_seen(invented_registry):
    contents = gather(invented_registry.view(), CASE)
    kept = invented_registry.evidence.path(contents.items[0].sha256).read_bytes()
    assert of_evidence(invented_registry, contents, {"copy.bin": kept}) == {"copy.bin"}
    inside = gather(invented_registry.view("team"), CASE)
    assert "file_name" in of_evidence(invented_registry, inside, {})


WORDS = st.sampled_from(["north wall", "یک دیوار", "three stones", "<b>bold</b>"])
LEVELS = st.sampled_from(["public", "partners", "team", "sealed"])
VALUES = st.one_of(
    st.tuples(st.just("description"), st.builds(lambda w: Text(text=w), WORDS)),
    st.tuples(st.just("other_name"), st.builds(lambda w: Name(text=w), WORDS)),
    st.tuples(st.just("status"), st.sampled_from([term("alleged"), term("destroyed")])),
    st.tuples(st.just("remains_believed"), st.sampled_from([figure("9", "9", "9"), figure("x")])),
    st.tuples(st.just("designated"), st.just(when("1981", "1981-01-01", "1981-12-31", "year"))),
    st.tuples(st.just("location"), st.sampled_from(
        [point("1.0", "2.0"), point("1.5", "2.5", "exact"), point("3.0", "2.5", "random")])),
    st.tuples(st.just("guards"), st.builds(lambda w: Text(text=w), WORDS)),
)  # fmt: skip


@st.composite
def generated(draw):
    """Claims about one site; every one that is not public bears the canary."""
    made = []
    for _ in range(draw(st.integers(1, 7))):
        predicate, value = draw(VALUES)
        level = draw(LEVELS)
        note = None if level == "public" else f"{CANARY} {len(made)}"
        by = None if level == "public" else By(text=CANARY)
        made.append(claim("site:generated", predicate, value, sensitivity=level, note=note, by=by))
    return [*made, claim("site:generated", "label", "Generated")]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(generated())
def test_redaction_never_widens(tmp_path_factory, claims):
    folder = tmp_path_factory.mktemp("g")
    with create_registry(folder / "r", organisation="Invented", organisation_id=invented.OWN) as r:
        with r.recording() as recording:
            recording.entry(claims)
        view = r.view()
        contents = gather(view, "site:generated")
        visible = {one.digest for one in view.stream()}
        assert {one.digest for one in contents.claims} <= visible
        files = dossier_files(view, contents, pdf=False)
        assert leaks(files, [CANARY.encode(), str(folder).encode()]) == set()
        salts = [
            r.view("sealed").provenance(one).opening[2:66]
            for one in r.view("sealed").stream()
            if one.digest not in visible
        ]
        assert leaks(files, salts) == set()
    shutil.rmtree(folder)
