"""Places: candidates with reasons, in the units of the time; nothing is chosen or rewritten."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.claims import gazetteer_towns
from habeas.claims.dates import read_date
from habeas.claims.gazetteer import (
    RADIUS,
    Place,
    match,
    place,
    units_on,
    where_of,
)
from habeas.claims.gazetteer_place import PlaceName, Within, named, overlaps, span_of
from habeas.claims.gazetteer_towns import Gazetteer, form_of, gazetteer
from habeas.claims.gazetteer_units import units
from habeas.claims.gazetteer_words import parts_of, spans_of
from habeas.claims.names import script_of
from habeas.claims.places import check_where
from habeas.errors import InputError

IRANIAN = [town for town in gazetteer().towns() if town.country == "IR"]

PERSIAN_NAMES = [
    (town, name.text) for town in IRANIAN for name in town.names if name.script == "Arab"
]

SUMMER_1988 = read_date("تابستان ۱۳۶۷")


def ids(words: str, **asked) -> list[str]:
    return [candidate.place.id for candidate in match(words, **asked)]


def first(words: str, **asked):
    return match(words, **asked)[0]


def said(candidate) -> str:
    return "; ".join(candidate.reasons)


def unit_ids(at: Place, on=None) -> list[str]:
    return [within.unit for within in units_on(at, on)]


# Names as they are written


def arabic_letters(name: str) -> str:
    return name.replace("ی", "ي").replace("ک", "ك")


VARIANTS = {
    "as written": str,
    "Arabic ye and kaf": arabic_letters,
    "Persian ye and kaf": lambda name: name.replace("ي", "ی").replace("ك", "ک"),
    "tatweel": lambda name: name[0] + "\u0640" + name[1:],
    "zero-width non-joiner for a space": lambda name: name.replace(" ", "\u200c"),
    "written together": lambda name: name.replace(" ", ""),
    "marks of direction": lambda name: f"\u200f{name}\u200e",
    "final he for teh marbuta": lambda name: name.replace("ة", "ه"),
}


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PERSIAN_NAMES), st.sampled_from(sorted(VARIANTS)))
def test_every_persian_name_finds_its_place_however_it_is_written(pair, variant):
    town, name = pair
    assert town.id in ids(VARIANTS[variant](name))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(IRANIAN), st.data())
def test_every_latin_name_finds_its_place(town, data):
    names = [name.text for name in town.names if name.script == "Latn"]
    name = data.draw(st.sampled_from(names or [town.names[0].text]))
    assert town.id in ids(name.upper())


@pytest.fixture
def unread():
    """The gazetteer, read afresh in the test and again after it."""
    caches = (gazetteer, form_of)
    for cached in caches:
        cached.cache_clear()
    yield
    for cached in caches:
        cached.cache_clear()


def test_qarchak_is_found_and_keeps_the_letters_of_its_source():
    assert ids("قرچک") == ["geonames:32767"]
    assert place("geonames:32767").label("Arab") == "قرچك", "the name of the source stays as it is"


@pytest.mark.usefixtures("unread")
def test_mutant_without_normalising_qarchak_is_not_found_by_its_letters(monkeypatch):
    monkeypatch.setattr(gazetteer_towns, "normalise", str.strip)
    assert not [found for found in match("قرچک") if found.likeness != "sound"]


@pytest.mark.parametrize(
    ("words", "town"),
    [
        ("ورامین", "geonames:112214"),
        ("ورامين", "geonames:112214"),
        ("Varamin", "geonames:112214"),
        ("بندرعباس", None),
        ("Ghazvin", "geonames:119505"),
        ("Boroujerd", None),
        ("Savah", "geonames:116667"),
        ("Shahr-e Rey", "geonames:9533872"),
        ("شهر ری", "geonames:9533872"),
        ("ری", "geonames:9533872"),
        ("Esfahan", None),
        ("Ahwaz", None),
        ("Damascus", "geonames:170654"),
        ("دمشق", "geonames:170654"),
        ("هەولێر", "geonames:95446"),
        ("Halabja", "geonames:96205"),
    ],
)
def test_names_in_other_spellings(words, town):
    found = ids(words)
    assert found
    if town:
        assert town in found


def test_a_name_alike_by_sound_says_so_and_only_where_none_is_alike_by_letters():
    by_sound = next(found for found in match("Ghazvin") if found.place.id == "geonames:119505")
    assert by_sound.likeness == "sound"
    assert "same consonant key" in said(by_sound)
    assert "sound" not in {candidate.likeness for candidate in match("Qazvin")}


def test_likeness_is_told_apart():
    assert first("تهران").likeness == "written"
    assert "same name in Persian or Arabic letters" in first("تهران").reasons
    assert first("قرچک").likeness == "letters"
    assert "after normalising" in said(first("قرچک"))
    assert first("خرم‌آباد").likeness == "letters"
    assert first("خرمآباد").likeness == "joined"
    assert "together or apart" in said(first("خرمآباد"))


def test_the_words_stay_as_they_are():
    candidate = first("استان  تهران ")
    assert candidate.words == "استان  تهران"


# Time


def test_gohardasht_lay_in_tehran_province_in_1988_and_lies_in_alborz_today():
    quarter = first("گوهردشت", on=SUMMER_1988)
    assert unit_ids(quarter.place, SUMMER_1988) == ["habeas:IR-tehran"]
    assert unit_ids(quarter.place, date(2011, 1, 1)) == ["habeas:IR-alborz"]
    assert unit_ids(quarter.place) == ["habeas:IR-alborz"]
    assert "in Tehran province until 2010-06-22, which holds for the date given" in quarter.reasons
    assert "today in Alborz province since 2010-06-23" in quarter.reasons
    later = first("گوهردشت", on=date(2011, 1, 1))
    assert "Tehran" not in said(later)


def test_mutant_without_time_every_unit_would_hold(monkeypatch):
    karaj = place("geonames:128747")
    monkeypatch.setattr(Within, "held", lambda self, span: True)
    assert len(units_on(karaj, SUMMER_1988)) == 2


def test_gohardasht_was_renamed_only_after_the_summer_of_1988():
    renamed = first("رجایی‌شهر", on=SUMMER_1988)
    assert renamed.place.id == "habeas:IR-gohardasht"
    assert "not the official one at the date given" in said(renamed)
    assert "not the official" not in said(first("رجایی‌شهر", on=date(1990, 1, 1)))


@pytest.mark.parametrize(
    ("words", "on", "unit"),
    [
        ("اردبیل", date(1988, 8, 1), "IR-east-azerbaijan"),
        ("اردبیل", date(1993, 4, 10), "IR-east-azerbaijan"),
        ("اردبیل", date(1993, 4, 11), "IR-ardabil"),
        ("قم", date(1985, 1, 1), "IR-markazi"),
        ("قم", date(1988, 8, 1), "IR-tehran"),
        ("قم", date(2000, 1, 1), "IR-qom"),
        ("گرگان", date(1988, 8, 1), "IR-mazandaran"),
        ("گرگان", date(2000, 1, 1), "IR-golestan"),
        ("قزوین", date(1988, 8, 1), "IR-zanjan"),
        ("تاکستان", date(1988, 8, 1), "IR-zanjan"),
        ("قزوین", date(2005, 1, 1), "IR-qazvin"),
        ("مشهد", date(1988, 8, 1), "IR-khorasan"),
        ("مشهد", date(2005, 1, 1), "IR-razavi-khorasan"),
        ("بجنورد", date(1988, 8, 1), "IR-khorasan"),
        ("بیرجند", date(2005, 1, 1), "IR-south-khorasan"),
        ("فردوس", date(2005, 1, 1), "IR-razavi-khorasan"),
        ("فردوس", date(2008, 1, 1), "IR-south-khorasan"),
        ("قائن", date(2004, 8, 1), "IR-razavi-khorasan"),
        ("طبس", date(1988, 8, 1), "IR-khorasan"),
        ("طبس", date(2005, 1, 1), "IR-yazd"),
        ("طبس", date(2014, 1, 1), "IR-south-khorasan"),
        ("کرج", date(2010, 6, 22), "IR-tehran"),
        ("کرج", date(2010, 6, 23), "IR-alborz"),
        ("Halabja", date(1988, 3, 16), "IQ-sulaymaniyah"),
        ("Halabja", date(2020, 1, 1), "IQ-halabja"),
    ],
)
def test_towns_in_the_units_of_the_time(words, on, unit):
    towns = [found.place for found in match(words) if found.place.kind == "settlement"]
    assert [f"habeas:{unit}"] in [unit_ids(town, on) for town in towns]


def test_where_the_day_of_a_change_is_not_known_both_units_are_given():
    qom = next(found.place for found in match("قم") if found.place.kind == "settlement")
    assert unit_ids(qom, date(1996, 1, 1)) == ["habeas:IR-tehran", "habeas:IR-qom"]
    reasons = said(next(f for f in match("قم", on=date(1996, 1, 1)) if f.place == qom))
    assert "at the latest" in reasons
    assert "at the earliest" in reasons


def test_a_span_over_a_change_gives_both_units():
    karaj = place("geonames:128747")
    assert len(units_on(karaj, (date(2010, 1, 1), date(2010, 12, 31)))) == 2
    assert len(units_on(karaj, read_date("2010"))) == 2
    assert len(units_on(karaj, (None, None))) == 2


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(IRANIAN), st.dates(date(1979, 2, 11), date(2026, 1, 1)))
def test_every_iranian_place_lies_somewhere_on_every_day(town, day):
    if not town.within:
        assert town.label() == "Tunb-e Bozorg", "only this one is filed under no province"
        return
    held = units_on(town, day)
    assert held
    assert len(units_on(town)) == 1
    if len(held) > 1:
        assert not all(stay.since_known and stay.until_known for stay in held)


def test_units_come_and_go():
    assert (
        "a unit until 2004-05-17: not at the date given"
        in first("خراسان", country="IR", on=date(2020, 1, 1)).reasons
    )
    assert "a unit since 2010-06-23: not at the date given" in said(
        first("استان البرز", on=SUMMER_1988)
    )


def test_before_the_time_that_is_covered_it_is_said():
    assert "changes before 1979-02-11 are not recorded" in said(
        next(f for f in match("کرج", on=date(1960, 1, 1)) if f.place.id == "geonames:128747")
    )


def test_older_names_are_found_and_told():
    urmia = first("رضائیه")
    assert urmia.place.label() == "Orūmīyeh"
    assert "older name, in use until 1979" in urmia.reasons
    assert "not the official" in said(first("رضائیه", on=SUMMER_1988))
    assert "not the official" not in said(first("رضائیه", on=date(1975, 1, 1)))
    assert "older name, in use from 1979 to 1999" in first("باختران", on=SUMMER_1988).reasons


def test_mutant_a_name_out_of_its_time_would_pass(monkeypatch):
    monkeypatch.setattr(PlaceName, "held", lambda self, span: True)
    assert "not the official" not in said(first("رضائیه", on=SUMMER_1988))


# Several places, words of kind, places beside each other


def test_ambiguous_names_give_all_candidates():
    found = [candidate for candidate in match("Maragheh") if candidate.likeness != "sound"]
    assert len(found) >= 2
    assert all(f"{len(found)} places bear this name" in candidate.reasons for candidate in found)


def test_a_province_and_its_town_are_both_given_the_one_of_the_kind_first():
    assert ids("استان تهران")[:2] == ["habeas:IR-tehran", "geonames:112931"]
    assert ids("شهر تهران")[:2] == ["geonames:112931", "habeas:IR-tehran"]
    assert "but this is a province" in said(match("شهر تهران")[1])
    assert "bears its name" in said(first("شهرستان کرج"))


@pytest.mark.parametrize(
    "words",
    [
        "Gohardasht, Tehran province", "استان تهران، گوهردشت", "گوهردشت (استان تهران)",
        "استان تهران گوهردشت", "کرج - گوهردشت", "زندان گوهردشت کرج", "گوهردشت از توابع کرج",
        "Gohardasht prison in Karaj", "ایران، گوهردشت",
    ],
)  # fmt: skip
def test_what_lies_in_what_is_named_beside_it_stands_first(words):
    found = match(words, on=SUMMER_1988)
    assert found[0].place.id == "habeas:IR-gohardasht"
    assert "named beside it" in said(found[0])
    assert len(found) > 1, "what is named beside it is a candidate too"


def test_a_village_near_the_town_that_is_named_beside_it():
    near = first("نیک از توابع قائن")
    assert near.place.id == "geonames:122216"
    assert "km from" in said(near)


def test_a_prison_is_no_place_of_the_gazetteer():
    evin = first("تهران - زندان اوین")
    assert evin.place.kind == "neighbourhood"
    assert "sites stand in the record, not here" in said(evin)
    kinds = {town.kind for town in gazetteer().towns()} | {p.kind for p in units().places.values()}
    assert kinds == {"settlement", "province", "country"}


def test_country_and_kind_narrow_down():
    assert {found.place.country for found in match("Halabja", country="IQ")} == {"IQ"}
    assert match("Halabja", country="IR") == ()
    assert {found.place.kind for found in match("تهران", kind="province")} == {"province"}
    assert "province" not in {found.place.kind for found in match("تهران", kind="city")}


def test_the_order_does_not_hang_on_anything_hidden():
    assert match("خرم آباد") == match("خرم آباد")


# The user's own


def own(key: str, text: str, **facts) -> Place:
    return Place(id=f"place:{key}", kind="other", names=(named(text),), **facts)


def test_own_places_come_first_and_say_so():
    mine = own("invented-gohardasht", "گوهردشت")
    found = match("گوهردشت", own=[mine])
    assert [candidate.place.id for candidate in found] == [mine.id, "habeas:IR-gohardasht"]
    assert found[0].reasons[0].startswith("your own place")
    assert "2 places bear this name" in found[0].reasons


def test_own_places_are_found_by_sound_too():
    mine = own("invented", "بلوط‌زار ساختگی")
    assert ids("Balutzar-e Sakhtegi", own=[mine])[0] == mine.id
    assert ids("Balutzar-e Sakhtegi") == []


def test_mutant_without_own_places_they_are_not_found():
    assert "place:invented-gohardasht" not in ids("گوهردشت")


def test_an_own_place_that_did_not_exist_then_says_so():
    mine = own("invented", "بلوط‌زار", existed=(date(1990, 1, 1), None))
    assert "did not exist" in said(first("بلوط‌زار", own=[mine], on=SUMMER_1988))
    assert "did not exist" not in said(first("بلوط‌زار", own=[mine], on=date(1991, 1, 1)))


# Positions


def test_the_point_of_a_town_stands_for_it_with_its_radius():
    where = where_of(place("geonames:32767"))
    check_where(where)
    assert where.kind == "representative"
    assert where.geometry.coordinates == ("51.57757", "35.42873")
    assert where.uncertainty == str(RADIUS[3])
    assert where.method == "gazetteer of towns: GeoNames 32767 (CC BY 4.0)"
    assert (
        where_of(place("habeas:IR-gohardasht")).geometry
        == where_of(place("geonames:128747")).geometry
    )


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(list(gazetteer().towns())))
def test_every_position_is_sound(town):
    where = where_of(town)
    check_where(where)
    assert int(where.uncertainty) >= RADIUS[0]


def test_a_province_has_no_point():
    assert where_of(place("habeas:IR-tehran")).geometry is None


def test_an_own_place_keeps_its_own_position():
    mine = own("invented", "بلوط‌زار", longitude="50.5", latitude="35.5", uncertainty="300")
    where = where_of(mine)
    assert (where.uncertainty, where.method) == ("300", "places of the record: place:invented")


# What is no place


@pytest.mark.parametrize("words", ["", "  ", "؟؟؟", "1234567", "qqqqqq zzzzzz"])
def test_words_that_are_no_place_give_nothing(words):
    assert match(words) == ()


def test_a_text_too_long_is_refused():
    with pytest.raises(InputError, match="no place"):
        match("تهران " * 100)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_whatever_stands_there_is_matched_or_not(words):
    for candidate in match(words):
        assert candidate.reasons
        assert candidate.words in words


def test_parts_and_spans():
    parts = parts_of("روستای کلاته از توابع شهرستان بیرجند")
    assert [(part.text, part.kind) for part in parts] == [
        ("کلاته", "village"), ("بیرجند", "county"),
    ]  # fmt: skip
    assert [part.text for part in parts_of("Bandar-e Anzali")] == ["Bandar-e Anzali"]
    assert next(spans_of("a b c"))[0] == "a b"


def test_spans_of_dates():
    assert span_of(date(2000, 1, 1)) == (date(2000, 1, 1), date(2000, 1, 1))
    assert span_of(read_date("unknown")) is None
    assert span_of(None) is None
    assert overlaps((None, date(2000, 1, 1)), (date(2000, 1, 1), None))
    assert not overlaps((None, date(2000, 1, 1)), (date(2000, 1, 2), None))


def test_a_name_is_looked_up_in_an_index_that_is_made_once(monkeypatch):
    made, taken = [], []
    names_in, place_of = Gazetteer._names, Gazetteer.place
    monkeypatch.setattr(
        Gazetteer, "_names", lambda self, script: made.append(script) or names_in(self, script)
    )
    monkeypatch.setattr(
        Gazetteer, "place", lambda self, key: taken.append(key) or place_of(self, key)
    )
    gazetteer.cache_clear()
    names = [name for _, name in PERSIAN_NAMES[:500]]
    assert all(match(name) for name in names)
    assert made == ["Arab"]
    assert len(taken) < 10 * len(names), "of tens of thousands of places"


def test_scripts_of_names_are_those_of_their_letters():
    for town in IRANIAN[:300]:
        for name in town.names:
            assert script_of(name.text) == name.script
            assert form_of(name.text)
