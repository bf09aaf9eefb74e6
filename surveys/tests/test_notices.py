from __future__ import annotations

from datetime import timedelta

import pytest

from notifications import kinds
from notifications.actions import owe
from notifications.models import Notice
from programs import actions as programs
from programs import reminders
from programs.choices import Side
from programs.sayings import Words
from surveys import actions, sayings
from surveys.choices import SurveyKind
from surveys.tests.factories import OPENED_AT, OPENS_ON, QuestionFactory, SurveyFactory, opened


@pytest.fixture
def minas(survey, questions, pairing, cora, mina) -> dict[str, Notice]:
    actions.open_survey(survey, by=cora, at=OPENED_AT)
    return {notice.kind: notice for notice in Notice.objects.filter(person=mina)}


@pytest.mark.parametrize("kind", [actions.INVITATION, actions.REMINDER])
def test_a_message_says_what_is_stored_and_leads_to_the_survey(minas, survey, kind):
    message = kinds.named(kind).compose(minas[kind], OPENED_AT)
    assert message is not None
    assert message.link == f"/surveys/{survey.pk}/"
    assert "What you answered is stored apart." in " ".join(message.paragraphs)


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        (SurveyKind.READINESS, "would like to know first how open it is here"),
        (SurveyKind.INTEREST, "would like to know whether you would take part"),
        (SurveyKind.END_OF_TERM, "We would like to know how Two-Way Northwind is for you."),
        (SurveyKind.EXIT, "A pair of yours in Two-Way Northwind ended before its time. That needs no reason."),
        (SurveyKind.OWN, "We have some questions about Two-Way Northwind."),
    ],
)
def test_an_invitation_says_what_it_is_about(program, mina, kind, sentence):
    survey = opened(SurveyFactory(program=program, kind=kind), (mina, Side.MENTOR))
    owe(kind=actions.INVITATION, subject=survey.pk, person=mina, at=OPENED_AT)
    message = kinds.named(actions.INVITATION).compose(Notice.objects.get(), OPENED_AT)
    assert message is not None
    assert sentence in message.paragraphs[0]


@pytest.mark.parametrize("required", [False, True])
def test_a_reminder_promises_what_is_true_about_skipping(minas, survey, mina, program, required):
    other = SurveyFactory(program=program)
    QuestionFactory(survey=other, required=required)
    opened(other, (mina, Side.MENTOR))
    owe(kind=actions.REMINDER, subject=other.pk, person=mina, at=OPENED_AT)
    message = kinds.named(actions.REMINDER).compose(Notice.objects.get(subject=other.pk), OPENED_AT)
    assert message is not None
    assert ("You may skip any question." in message.paragraphs) is not required


def test_what_may_be_skipped_is_said_in_the_language_of_the_message(program, mina, cora):
    words = Words("{survey} bis {closes}", "Bis {closes}", "Ihre Sicht fehlt noch.", "Antworten")
    programs.reword(program, sayings.REMINDER, language="de", words=words, changes=0, by=cora, at=OPENED_AT)
    survey = SurveyFactory(program=program)
    QuestionFactory(survey=survey)
    opened(survey, (mina, Side.MENTOR))
    owe(kind=actions.REMINDER, subject=survey.pk, person=mina, at=OPENED_AT)
    compose = kinds.named(actions.REMINDER).compose
    for languages, sentence in (
        (["de"], "Sie können jede Frage überspringen."),
        (["en"], "You may skip any question."),
    ):
        mina.languages = languages
        mina.save()
        message = compose(Notice.objects.get(subject=survey.pk), OPENED_AT)
        assert message is not None
        assert (message.language, message.paragraphs[-1]) == (languages[0], sentence)
        assert (message.footnote_language, message.in_english) == (languages[0], ())


@pytest.mark.parametrize("kind", [actions.INVITATION, actions.REMINDER])
def test_who_has_answered_is_written_nothing(minas, survey, questions, mina, kind):
    actions.answer(survey, by=mina, on=OPENS_ON, values={questions[0].pk: 3})
    assert kinds.named(kind).compose(minas[kind], OPENED_AT + timedelta(days=4)) is None


@pytest.mark.parametrize("kind", [actions.INVITATION, actions.REMINDER])
def test_nothing_is_written_after_the_survey_has_closed(minas, kind):
    assert kinds.named(kind).compose(minas[kind], OPENED_AT + timedelta(days=15)) is None


@pytest.mark.parametrize(
    ("emptied", "left"),
    [
        ((), {11, 19}),
        ((reminders.SURVEY,), {19}),
        ((reminders.SURVEY_CLOSES,), {11}),
        ((reminders.SURVEY, reminders.SURVEY_CLOSES), set()),
    ],
)
def test_a_rule_of_reminding_that_is_emptied_stops_its_own_reminders_and_no_others(minas, program, mina, emptied, left):
    for rule in emptied:
        setattr(program, rule, [])
    program.save()
    owed = [(each.due_at.day, each) for each in Notice.objects.filter(person=mina, kind=actions.REMINDER)]
    compose = kinds.named(actions.REMINDER).compose
    assert {day for day, each in owed if compose(each, each.due_at) is not None} == left


def test_a_reminder_of_both_rules_leaves_while_one_of_them_reminds(survey, questions, pairing, cora, mina, program):
    setattr(program, reminders.SURVEY_CLOSES, [(survey.closes_on - OPENS_ON).days - 4])
    program.save()
    actions.open_survey(survey, by=cora, at=OPENED_AT)
    notice = Notice.objects.get(person=mina, kind=actions.REMINDER)
    compose = kinds.named(actions.REMINDER).compose
    for days, wanted in (([4], True), ([], False)):
        setattr(program, reminders.SURVEY, [])
        setattr(program, reminders.SURVEY_CLOSES, days)
        program.save()
        assert (compose(notice, notice.due_at) is not None) is wanted
