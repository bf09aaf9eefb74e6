"""What languages are called, how a day is written in them, and which one somebody reads first."""

from __future__ import annotations

from datetime import date

import pytest

from people.choices import Language
from people.languages import day_in, direction_of, name_of, preferred


@pytest.mark.parametrize(
    ("language", "day"),
    [
        ("en", "2 March 2027"), ("de", "2. März 2027"), ("fr", "2 mars 2027"), ("es", "2 de marzo de 2027"),
        ("no", "2. mars 2027"), ("it", "2 marzo 2027"), ("pt", "2 de março de 2027"), ("tr", "2 Mart 2027"),
        ("uk", "2 березня 2027 р."), ("zh", "2027年3月2日"),
    ],
)  # fmt: skip
def test_a_day_is_written_as_one_writes_it_there(language, day):
    assert day_in(language, date(2027, 3, 2)) == day


def test_every_working_language_has_a_name_a_direction_and_a_day():
    for language in Language.values:
        assert name_of(language)
        assert direction_of(language) == ("rtl" if language == "ar" else "ltr")
        assert "2027" in day_in(language, date(2027, 3, 2))


def test_the_first_language_that_is_offered_is_taken_and_otherwise_the_common_one():
    assert preferred({"en", "de", "fr"}, ["it", "fr", "de"], otherwise="en") == "fr"
    assert preferred({"en", "de"}, ["it"], otherwise="en") == "en"
    assert preferred({"en", "de"}, [], otherwise="en") == "en"
