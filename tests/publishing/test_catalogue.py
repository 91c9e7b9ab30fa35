"""Both languages have the same words to say."""

import re

import pytest

from habeas.errors import NotFoundError
from habeas.publishing.catalogue import LANGUAGES, load_words


def test_both_languages_have_the_same_keys_and_the_same_fields():
    english, persian = (load_words(language).entries for language in LANGUAGES)
    assert set(english) == set(persian)
    for key, words in english.items():
        assert sorted(re.findall(r"{\w*}", words)) == sorted(re.findall(r"{\w*}", persian[key])), (
            key
        )


def test_no_words_are_empty_and_persian_words_are_persian():
    for key, words in load_words("fa").entries.items():
        assert re.search("[\u0600-\u06ff]", words), key


def test_a_missing_word_and_a_missing_language_are_errors():
    with pytest.raises(NotFoundError, match="no words for 'nothing'"):
        load_words("en")("nothing")
    with pytest.raises(NotFoundError, match="Choose one of en, fa"):
        load_words("xx")


def test_numbers_are_written_as_the_language_does():
    assert load_words("fa").number("35.5") == "۳۵٫۵"
    assert load_words("en").number("35.5") == "35.5"
