"""The vocabulary is whole: labels, definitions, origins, references; and it refuses helpfully."""

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from habeas.claims.claim import SENSITIVITIES
from habeas.claims.values import PREFIXES
from habeas.claims.vocabulary import FOLDER, TermDefinition, vocabulary
from habeas.claims.vocabulary_page import page
from habeas.errors import InputError

ROOT = Path(__file__).parents[2]
TYPES = {"text", "name", "when", "where", "quantity", "term", "ref", "file"}
NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
ADMIRALTY = {"reliability": "ABCDEF", "credibility": "123456"}

WORDS = vocabulary()
TERMS = [term for terms in WORDS.lists.values() for term in terms.terms.values()]

# Letters that look right and are not Persian: Arabic ye, alef maksura, kaf, teh marbuta, digits.
NOT_PERSIAN = set("يىكةەہھ٤٥٦")
PERSIAN = re.compile(r"[\u0621-\u064a\u067e\u0686\u0698\u06a9\u06af\u06cc\u0654\u0651\u064b\u200c]")

# What the published statements about 1988 need; the names that the case gave them first.
CASE_PREDICATES = """
    victims_killed victims_secretly_buried names_recorded executions_in_year scope_of_figure
    persons_verified persons_documented start period first_wave_start order panel number_of_cities
    number_of_prisons places_with_dedicated_section state_position legal_characterisation
    suspected_grave_locations mapped_grave_locations sites_destroyed_or_at_risk
    sites_destroyed_or_damaged grave_locations_traced grave_places_listed mass_grave_threshold
    disturbance_kinds designated place_description area_m2 coordinates_public remains_believed event
    order_content remains_exhumed cameras_installed intent_attributed graves_counted event_duration
    planned_use status remains_found victims_executed_in present_use remains_fate grave_plots
    grave_areas acknowledged_by who_is_buried sent made_public signatories statement
    cases_transmitted cases_clarified author author_of_companion_sentence recommends topic mandate
    died arrested first_instance appeal supreme_court released counts_of_murder period_charged
    defence_position
"""
CASE_EVENTS = """
    grave_discovered_by_families markers_destroyed concrete_poured new_burials_ordered cement_poured
    new_individual_plots road_works asphalt bulldozing grave_uncovered forced_burials destroyed
    rubbish_dump built_over building road_built tree_planting wall_built soil_mounds parking_lot
"""
CASE_SOURCES = """
    ngo_web news ngo_press party_media ngo_report repost encyclopaedia web transcript un_press blog
    article un_document journal book
"""
FIELDS = {
    "person": "name nickname organisational_name father_name mother_name grandfather_name sex born "
    "birthplace national_id shenasnameh_number occupation affiliation minority detained_at "
    "last_seen spouse parent child sibling physical_description dental_record "
    "reference_dna_status fate whereabouts consent_record consent_publish display_level",
    "site": "name other_name location admin_unit landowner access grave_type length width depth "
    "area remains_believed remains_found status protection surveillance_risk disturbance_kind "
    "image publish_location threshold_definition in_case gap",
    "event": "event_kind occurred period site at_place participant alleged_perpetrator means "
    "custody_item custody_giver custody_receiver custody_time custody_place custody_purpose "
    "custody_method custody_seal_before custody_hash_after custody_condition custody_signature",
    "source": "source_kind title author publisher published url language access_level interest "
    "reliability derived_from read_in row_count duration characters page_count",
    "item": "item_type description copy_kind working_copy_of file second_hash timestamp_token "
    "acquisition_method acquirer acquired acquired_at authenticity_check retention from_source",
    "log": "organisation predecessor forked timestamp_token cosigned succession",
    "claim": "withdrawn erased reclassified scope_of_figure disputed",
    "org": "name cases_transmitted cases_clarified mandate mass_grave_threshold",
    "case": "arrested first_instance appeal supreme_court released defence_position title",
    "place": "name other_name place_kind location part_of",
    "run": "method method_version parameter seed input output",
}


def test_every_predicate_is_whole():
    for predicate in WORDS.predicates:
        assert NAME.fullmatch(predicate.name), predicate.name
        assert predicate.subjects, predicate.name
        assert set(predicate.subjects) <= set(PREFIXES), predicate.name
        assert predicate.values, predicate.name
        assert set(predicate.values) <= TYPES, predicate.name
        assert predicate.least in SENSITIVITIES, predicate.name
        assert predicate.origin, predicate.name
        assert set(predicate.labels) == set(predicate.definitions) == {"en", "fa"}, predicate.name
        assert ("term" in predicate.values) == bool(predicate.vocabulary), predicate.name
        assert ("ref" in predicate.values) == bool(predicate.targets), predicate.name
        assert set(predicate.targets) <= set(PREFIXES), predicate.name
        if predicate.vocabulary:
            assert WORDS.terms(predicate.vocabulary)
        if predicate.governed_by:
            assert WORDS.predicate(predicate.governed_by)


def test_every_term_is_whole():
    for term in TERMS:
        if term.vocabulary not in ADMIRALTY:
            assert NAME.fullmatch(term.name), term
        assert set(term.labels) == {"en", "fa"}, term
        assert all(term.labels.values()), term
        assert term.definition, term
        assert term.origin, term
    for name, letters in ADMIRALTY.items():
        assert "".join(WORDS.terms(name)) == letters


def test_no_word_stands_twice():
    # YAML keeps the last of two equal keys in silence, so the text itself is counted.
    text = "\n".join(path.read_text("utf-8") for path in sorted(FOLDER.glob("*.yaml")))
    names = re.findall(r"^- name: (\w+)$", text, re.MULTILINE)
    assert len(names) == len(set(names)) == len(WORDS.predicates)
    assert len(re.findall(r"^      \S+: \{en:", text, re.MULTILINE)) == len(TERMS)
    assert len(re.findall(r"^  \w+:\n    label:", text, re.MULTILINE)) == len(WORDS.lists)


def test_what_others_call_a_word_means_one_word_only():
    for words in (WORDS.predicates, *(found.terms.values() for found in WORDS.lists.values())):
        names = {word.name for word in words}
        others = [other for word in words for other in word.also]
        assert len(others) == len(set(others))
        assert not names & set(others)


def test_labels_differ_within_a_vocabulary():
    for terms in WORDS.lists.values():
        for lang in ("en", "fa"):
            labels = [term.label(lang) for term in terms.terms.values()]
            assert len(labels) == len(set(labels)), (terms.name, lang)


def test_persian_is_written_in_persian_letters():
    texts = [text for predicate in WORDS.predicates for text in
             (predicate.label("fa"), predicate.definition("fa"))]  # fmt: skip
    texts += [term.label("fa") for term in (*TERMS, *WORDS.lists.values())]
    for text in texts:
        assert not set(text) & NOT_PERSIAN, text
        assert PERSIAN.search(text), text
        assert not re.search(r"(?<!\w)(?:ن?می) |  | \u200c|\u200c ", text), text


def test_the_fields_of_every_kind_of_subject_are_there():
    for prefix, names in FIELDS.items():
        for name in names.split():
            assert prefix in WORDS.predicate(name).subjects, (prefix, name)


def known(vocabularies: tuple[str, ...]) -> set[str]:
    return {word for name in vocabularies for term in WORDS.terms(name).values()
            for word in (term.name, *term.also)}  # fmt: skip


def test_what_the_1988_case_says_can_be_said():
    predicates = {word for found in WORDS.predicates for word in (found.name, *found.also)}
    assert not set(CASE_PREDICATES.split()) - predicates
    assert not set(CASE_EVENTS.split()) - known(("disturbance_kind", "event_kind"))
    assert not set(CASE_SOURCES.split()) - known(("source_kind",))


def test_what_must_never_be_published_cannot_be_public():
    rules = set()
    for predicate in WORDS.predicates:
        rules.add(predicate.never_publish)
        if predicate.never_publish:
            assert predicate.least in ("team", "sealed"), predicate.name
    # 5 in part (exact locations: publish_location); 13 in part (what else: publishing.harm).
    assert rules == set(range(14))


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("real_identity", "sealed"), ("contact", "sealed"), ("filed_by", "sealed"),
        ("dental_record", "sealed"), ("national_id", "sealed"), ("sexual_violence", "sealed"),
        ("child", "sealed"), ("visiting_days", "team"), ("monitoring_schedule", "team"),
        ("alleged_perpetrator", "team"), ("minority", "team"), ("may_be_same_as", "team"),
        ("gps_position", "team"), ("victims_killed", "public"), ("cameras_installed", "public"),
    ],
)  # fmt: skip
def test_floors(name, level):
    assert WORDS.predicate(name).least == level


def test_what_tells_a_place_waits_for_a_decision():
    governed = {found.name for found in WORDS.predicates if found.governed_by == "publish_location"}
    assert governed == {"location", "place_description", "grave_plots", "shows_location_of"}


def test_what_binds_a_file_and_what_dates_a_disturbance():
    assert WORDS.binding == {"shows_location_of", "shows_watch_of"}
    assert WORDS.predicate("shows_watch_of").least == "team"
    assert WORDS.dating == {"disturbance_detected"}
    for name in WORDS.dating:
        found = WORDS.predicate(name)
        assert "when" in found.values
        assert {"term"} <= set(WORDS.predicate(found.dates).values)
        assert WORDS.predicate(found.within).value == "when"


def test_nothing_that_tells_how_a_site_is_watched_is_public():
    for name in (
        "watched_period", "alarm_date", "last_image_without", "first_image_with", "not_assessed",
        "no_disturbance_found", "kind_hypothesis", "second_opinion", "scene_id",
    ):  # fmt: skip
        assert WORDS.predicate(name).least == "team", name


def test_single_and_derivation():
    assert {"victims_killed", "number_of_cities", "occurred", "status"} <= WORDS.single
    assert not {"name", "other_name", "disturbance_kind", "event_kind", "title"} & WORDS.single
    assert WORDS.derivations == {"derived_from"}


def test_a_claim_that_can_be_made_passes():
    found = WORDS.check("site", "status", "term")
    assert found is WORDS.predicate("status")
    assert found.value == "term"
    assert found.vocabulary == "site_status"


@pytest.mark.parametrize(
    ("given", "reason", "mend"),
    [
        (("site", "statuss", "term"), "there is no predicate “statuss”", "status"),
        (("event", "victim_killed", "quantity"), "there is no predicate", "victims_killed"),
        (("site", "area_m2", "quantity"), "there is no predicate", "area?"),
        (("site", "وضعیت", "term"), "there is no predicate", "status"),
        (("site", "qqqq", "text"), "there is no predicate", "habeas vocabulary"),
        (("person", "status", "term"), "not said of a person", "site"),
        (("site", "status", "text"), "no value of type text", "term"),
    ],
)
def test_a_claim_that_cannot_be_made_is_refused(given, reason, mend):
    with pytest.raises(InputError) as caught:
        WORDS.check(*given, "sheet.yaml:7")
    assert reason in caught.value.reason
    assert mend in caught.value.mend
    assert caught.value.place == "sheet.yaml:7"


@pytest.mark.parametrize(
    ("vocabulary_name", "term", "mend"),
    [
        ("disturbance_kind", "parking_lot", "parking_asphalt"),
        ("disturbance_kind", "buldozing", "bulldozing"),
        ("reading_level", "R", "source_itself"),
        ("sex", "qqqq", "female, male, other, unknown"),
        ("sight_status", "alleged", "site_status"),
    ],
)
def test_an_unknown_term_is_refused(vocabulary_name, term, mend):
    with pytest.raises(InputError) as caught:
        WORDS.term(vocabulary_name, term)
    assert mend in caught.value.mend


def test_labels_in_both_languages():
    assert WORDS.label("whereabouts") == "whereabouts"
    assert WORDS.label("whereabouts", "fa") == "محل نگهداری یا دفن"
    assert WORDS.term_label("event_kind", "disappearance", "fa") == "ناپدیدسازی قهری"
    assert WORDS.term_label("event_kind", "disappearance", "de") == "enforced disappearance"


def test_the_page_is_up_to_date():
    written = (ROOT / "docs" / "vocabulary.md").read_text("utf-8")
    assert written == page(WORDS), "python -m habeas.claims.vocabulary_page docs/vocabulary.md"


def test_mutant_a_page_that_lags_behind_is_seen():
    changed = replace(WORDS, predicates=WORDS.predicates[1:])
    assert page(changed) != (ROOT / "docs" / "vocabulary.md").read_text("utf-8")


def test_mutant_an_unchecked_vocabulary_would_let_an_unknown_predicate_pass(monkeypatch):
    everything = replace(WORDS, _allowed=_Everything(WORDS.predicate("status")))
    assert everything.check("site", "statuss", "text")
    with pytest.raises(InputError):
        WORDS.check("site", "statuss", "text")


class _Everything(dict):
    def __init__(self, answer):
        self.answer = answer

    def get(self, key):
        return self.answer


def test_a_check_is_a_look_up():
    """It needs nothing but its table, of which it asks once."""
    table = _Asked(WORDS._allowed)
    alone = replace(WORDS, predicates=(), lists={}, _by_name={}, _terms={}, _allowed=table)
    assert alone.check("site", "status", "term") is WORDS.predicate("status")
    assert table.keys_asked == [("site", "status", "term")]


class _Asked(dict):
    def __init__(self, known):
        super().__init__(known)
        self.keys_asked = []

    def get(self, key):
        self.keys_asked.append(key)
        return super().get(key)


def test_nothing_is_read_before_it_is_asked_for():
    code = (
        "import habeas.claims.vocabulary as v, sys; "
        "assert 'yaml' not in sys.modules; assert v.vocabulary.cache_info().currsize == 0"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_term_keeps_its_own_origin():
    assert isinstance(WORDS.term("disturbance_kind", "road"), TermDefinition)
    assert WORDS.term("disturbance_kind", "road").origin == "Amnesty International 2018; A/75/384"
