"""A program says its reminders in its own words: in whose language, what may stand in them, and what always follows."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from pairings import sayings as pairs
from people.tests.factories import CoraFactory, OttoFactory, PersonFactory
from programs import actions, rules, sayings
from programs.choices import Duty
from programs.models import Rewording
from programs.sayings import Words
from programs.tests.factories import DutyFactory, ProgramFactory

AT = datetime(2026, 12, 1, 9, tzinfo=UTC)
GERMAN = Words("Wie läuft es, {you}?", "Zwanzig Sekunden", "Treffen Sie {partner}?\n\nDanke, {you}!", "Antworten")


@pytest.fixture
def program(db):
    return ProgramFactory(name="Two-Way")


@pytest.fixture
def cora(program):
    return DutyFactory(program=program, person=CoraFactory(), duty=Duty.COORDINATOR).person


def reworded(program, cora, words=GERMAN, *, saying=pairs.CHECK_IN, language="de", changes=0):
    return actions.reword(program, saying, language=language, words=words, changes=changes, by=cora, at=AT)


def heard(program, *languages, saying=pairs.CHECK_IN, **values):
    reader = PersonFactory(given_name="Mina", languages=list(languages))
    return sayings.say(saying, program, reader, link="/here/", values={"partner": "Otto", **values})


# In whose language


def test_whoever_reads_the_language_first_reads_the_words_of_the_program_and_all_others_ours(program, cora):
    reworded(program, cora)
    german = heard(program, "de", "en")
    assert (german.subject, german.heading, german.action) == ("Wie läuft es, Mina?", "Zwanzig Sekunden", "Antworten")
    assert german.paragraphs[:2] == ("Treffen Sie Otto?", "Danke, Mina!")
    assert german.language == "de"
    for languages in (("en", "de"), ("fr",), ()):
        assert heard(program, *languages).subject == "How is it going with Otto?"
    assert heard(ProgramFactory(), "de").subject == "How is it going with Otto?", "another program keeps its own"


def test_english_may_be_reworded_too_and_taken_back(program, cora):
    own = Words("Checking in", "A minute", "How are you and {partner}?", "Go")
    reworded(program, cora, own, language="en")
    assert heard(program, "fr").subject == "Checking in"
    actions.take_words_back(program, pairs.CHECK_IN, language="en", changes=1, by=cora)
    actions.take_words_back(program, pairs.CHECK_IN, language="en", changes=1, by=cora)
    assert heard(program, "fr").subject == "How is it going with Otto?"


def test_days_are_written_in_the_language_of_the_words(program, cora):
    words = Words("Ende am {last_day}", "Ende", "Bis {last_day}.", "Öffnen")
    reworded(program, cora, words, saying=pairs.END_WITH_PROGRAM)
    last_day = date(2027, 12, 7)
    assert heard(program, "de", saying=pairs.END_WITH_PROGRAM, last_day=last_day).subject == "Ende am 7. Dezember 2027"
    assert "7 December 2027" in heard(program, "en", saying=pairs.END_WITH_PROGRAM, last_day=last_day).subject


# What is promised


@pytest.mark.parametrize("language", ["de", "fr", "es", "it", "nl", "pl", "en"])
def test_no_words_of_a_program_take_a_promise_away(program, cora, language):
    reworded(program, cora, Words("x", "x", "Nothing is confidential.", "x"), language=language)
    message = heard(program, language)
    promise = (pairs.CHECK_IN.promise.get(language) or pairs.CHECK_IN.promise["en"])[0].replace("{partner}", "Otto")
    assert message.paragraphs[-1] == promise
    assert message.footnote, "nor what stands at the foot"
    assert message.in_english == ((promise,) if language == "pl" else ()), "what we cannot say in it is told apart"
    assert message.footnote_language == ("en" if language == "pl" else language)


def test_every_promise_is_there_in_the_languages_we_can_say_it_in():
    for saying in sayings.all_sayings():
        if saying.promise:
            assert set(saying.promise) == {"en", "de", "fr", "es", "it", "nl"}, saying.name
            assert len({len(promise) for promise in saying.promise.values()}) == 1, saying.name


# What may stand in them


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("text", "Hello {boss}", "{boss} stands for nothing in this message. These do: {you}, {program}, {partner}."),
        ("text", "Hello {you.__class__}", "{you.__class__} stands for nothing in this message."),
        ("text", "Hello {you!r:>10}", "{you!r:>10} stands for nothing in this message."),
        ("subject", "Hello {", "A brace stands alone."),
        ("heading", "Hello }{you}", "A brace stands alone."),
        ("text", "{{you}}", "A brace stands alone."),
        ("action", "   ", "Say something here."),
        ("subject", "Hello\r\nBcc: all@example.org", "This is one line, and a sign in it cannot be shown."),
        ("text", "Hello \x1b[31m", "A sign in it cannot be shown."),
        ("text", "{program} " * 60, "With all these names put in the text grows too long."),
        ("text", "a\n\nb\n\nc\n\nd\n\ne\n\nf\n\ng\n\nh\n\ni", "A reminder has 8 paragraphs at most; these are 9."),
    ],
)
def test_words_that_cannot_be_said_are_refused_with_the_place_and_a_sentence(program, cora, field, typed, sentence):
    words = Words(
        **{**{name: getattr(GERMAN, name) for name in ("subject", "heading", "text", "action")}, field: typed}
    )
    with pytest.raises(rules.NotSaid) as refusal:
        reworded(program, cora, words)
    assert any(told.startswith(sentence) for told in refusal.value.message_dict[field])
    assert not Rewording.objects.exists()


def test_there_is_no_template_language_and_a_name_with_braces_is_a_name(program, cora):
    words = Words("%(you)s $you <b>{partner}</b>", "{you}", "&amp; {partner}", "ok")
    reworded(program, cora, words, language="en")
    message = heard(program, "en", partner="{you}")
    assert (message.subject, message.heading) == ("%(you)s $you <b>{you}</b>", "Mina")
    assert message.paragraphs[0] == "&amp; {you}"


def test_words_that_no_longer_fit_are_left_aside(program, cora):
    """A saying may lose a name in braces with an update; its old words would leave a hole."""
    rewording = reworded(program, cora)
    Rewording.objects.filter(pk=rewording.pk).update(text="See {a_name_of_before}")
    assert heard(program, "de").subject == "How is it going with Otto?"


def test_ours_can_all_be_said_and_are_registered_once():
    ours = sayings.all_sayings()
    assert len(ours) >= 25
    assert all(not sayings.reasons_against(saying, saying.words) for saying in ours)
    with pytest.raises(ValueError, match="Two sayings"):
        sayings.register(sayings.Saying("pairings.check_in", "Twin", GERMAN), place=1)
    apps = [saying.name.partition(".")[0] for saying in ours]
    assert list(dict.fromkeys(apps)) == ["participants", "matching", "pairings", "surveys"], "as a program lives"


# Who changes them, and how two do at once


def test_only_a_coordinator_of_the_program_changes_its_words(program):
    elsewhere = DutyFactory(program=ProgramFactory(), person=CoraFactory(), duty=Duty.COORDINATOR).person
    for stranger in (elsewhere, OttoFactory()):
        with pytest.raises(rules.NotACoordinator):
            reworded(program, stranger)
        with pytest.raises(rules.NotACoordinator):
            actions.take_words_back(program, pairs.CHECK_IN, language="de", changes=0, by=stranger)


def test_the_same_words_twice_are_kept_once_and_nothing_of_a_colleague_is_overwritten_unseen(program, cora):
    first = reworded(program, cora)
    assert reworded(program, cora) == first
    assert Rewording.objects.get().changes == 1
    mine = Words("Meins", "Meins", "Meins", "Meins")
    with pytest.raises(rules.NotSaid, match="has changed these words since you opened them"):
        reworded(program, cora, mine)
    with pytest.raises(rules.NotSaid, match="has changed these words"):
        actions.take_words_back(program, pairs.CHECK_IN, language="de", changes=0, by=cora)
    assert reworded(program, cora, mine, changes=1).changes == 2
    actions.take_words_back(program, pairs.CHECK_IN, language="de", changes=2, by=cora)
    with pytest.raises(rules.NotSaid, match="gone back to our words"):
        reworded(program, cora, changes=2)


def test_the_database_keeps_one_wording_for_each_language_and_none_that_is_empty(program, cora):
    rewording = reworded(program, cora)
    for broken in ({"language": "xx"}, {"text": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Rewording.objects.filter(pk=rewording.pk).update(**broken)
    rewording.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        rewording.save(force_insert=True)
