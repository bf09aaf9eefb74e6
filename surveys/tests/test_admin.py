from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

import clock
from notifications.models import Notice
from people.tests.factories import AdaFactory, CoraFactory
from programs.choices import Side
from programs.tests.factories import program_with
from surveys.choices import SurveyKind
from surveys.models import Answer, Invitation, Survey
from surveys.templates import TEMPLATES
from surveys.tests.factories import QuestionFactory, opened

LIST = "/desk/surveys/survey/"


@pytest.fixture
def desk(client, cora):
    client.force_login(cora)
    return client


def row(survey: Survey, what: str = "change") -> str:
    return reverse(f"admin:surveys_survey_{what}", args=[survey.pk])


def written(program, **changed: object) -> dict[str, object]:
    return {
        "program": program.pk, "kind": "end_of_term", "title": "How was it?", "introduction": "",
        "opens_on": "2027-06-07", "closes_on": "2027-06-21", "opens_with": "day", "asks_side": "both", "language": "en",
        "questions-TOTAL_FORMS": "0", "questions-INITIAL_FORMS": "0", **changed,
    }  # fmt: skip


def row_of(number: int, **said: str) -> dict[str, str]:
    """One question as the form of the desk posts it."""
    given = {"position": str(number + 1), "kind": "scale", "options": "", "asked_of": "both", "measure": "", **said}
    return {f"questions-{number}-{name}": value for name, value in given.items()}


def test_cora_writes_a_survey_and_it_begins_with_our_questions(desk, program):
    assert desk.get(f"{LIST}add/").status_code == 200
    assert desk.post(f"{LIST}add/", written(program)).status_code == 302
    survey = Survey.objects.get()
    assert (survey.title, survey.kind, survey.is_opened) == ("How was it?", SurveyKind.END_OF_TERM, False)
    assert survey.questions.count() == 8


def test_cora_looks_through_our_questions_and_begins_with_some_of_them(desk, program):
    text = desk.get(f"{LIST}templates/").text
    assert "Is it a place for reverse mentoring?" in text
    assert "Our meetings start from the mentor’s questions and views." in text
    assert f"{LIST}add/?begin_with=own_beginning" in text
    form = desk.get(f"{LIST}add/?begin_with=own_beginning").text
    assert 'value="The first meetings"' in form
    assert '<option value="own_beginning" selected>' in form
    begun = written(program, kind="own", title="The first meetings", begin_with="own_beginning")
    assert desk.post(f"{LIST}add/", begun).status_code == 302
    assert Survey.objects.get().questions.get(position=1).words == "How often have you met?"


@pytest.mark.parametrize("kind", SurveyKind)
def test_a_survey_of_each_kind_begins_with_questions_for_it(desk, program, kind):
    assert desk.post(f"{LIST}add/", written(program, kind=kind)).status_code == 302
    [survey] = Survey.objects.all()
    assert list(survey.questions.values_list("words", flat=True)) == [
        each.words_in(program) for each in TEMPLATES[kind].questions if each.listed is None
    ]


def test_questions_for_another_kind_are_refused_at_their_field(desk, program):
    answer = desk.post(f"{LIST}add/", written(program, kind="exit", begin_with="own_guidance"))
    assert answer.status_code == 422
    assert "These questions are for another kind: A survey of your own." in answer.text
    assert desk.post(f"{LIST}add/", written(program, begin_with="nonsense")).status_code == 422
    assert not Survey.objects.exists()


def test_cora_writes_questions_of_her_own(desk, program):
    own = row_of(0, words="Tea?", kind="choice", options="Yes, please\r\nNo\r\n")
    assert desk.post(f"{LIST}add/", written(program, **{"questions-TOTAL_FORMS": "1", **own})).status_code == 302
    question = Survey.objects.get().questions.get()
    assert (question.words, question.options) == ("Tea?", ["Yes, please", "No"])


def test_what_contradicts_itself_is_said_at_its_field_and_nothing_is_saved(desk, program):
    own = {
        "questions-TOTAL_FORMS": "4",
        **row_of(0, words="Tea?", kind="choice", options="Yes"),
        **row_of(1, words="Which?", kind="several", options="Black\nblack"),
        **row_of(2, words="How hot?", only_if="4", only_if_answers="5", lowest="Cold"),
    }
    answer = desk.post(f"{LIST}add/", written(program, **own, **row_of(3, words="", kind="short")))
    assert answer.status_code == 422
    assert "Please answer this." in answer.text  # what is missing in one row comes before what rows say to each other
    answer = desk.post(f"{LIST}add/", written(program, **own, **row_of(3, words="Why?", kind="short")))
    assert answer.status_code == 422
    for sentence in (
        "This needs at least two options, each in a line of its own.", "“black” stands there twice.",
        "There is no question 4 before this one", "Give words for both ends, or for neither.",
    ):  # fmt: skip
        assert sentence in answer.text
    assert not Survey.objects.exists()


FOLDED = '<details class="uw-more uw-folded">'
"""Beside it, one that says something stands open."""


def test_what_most_questions_leave_as_it_is_is_folded_until_it_says_something(desk, program, survey):
    plain = QuestionFactory(survey=survey, position=1)
    assert desk.get(row(survey)).text.count(FOLDED) == 3  # with two empty rows
    QuestionFactory(survey=survey, position=2, only_if=1, only_if_answers=["4"])
    assert desk.get(row(survey)).text.count(FOLDED) == 3
    said = {
        "questions-TOTAL_FORMS": "1", "questions-INITIAL_FORMS": "1", "questions-0-id": str(plain.pk),
        "questions-0-survey": str(survey.pk), **row_of(0, words="Tea?", only_if="1", only_if_answers="4"),
    }  # fmt: skip
    wrong = desk.post(row(survey), written(program, **said)).text
    assert ("A question cannot depend on itself." in wrong, FOLDED in wrong) == (True, False)


def test_two_questions_change_places_in_one_saving(desk, survey, questions, program):
    stored = {
        "questions-TOTAL_FORMS": "3", "questions-INITIAL_FORMS": "3",
        **{f"questions-{number}-id": str(question.pk) for number, question in enumerate(questions)},
        **{f"questions-{number}-survey": str(survey.pk) for number in range(3)},
        **row_of(0, position="2", words="It was worth my time.", measure="worth_the_time"),
        **row_of(1, position="1", words="Again?", kind="choice", options="Yes\nNo"),
        **row_of(2, words="What should we change?", kind="comment", only_if="1", only_if_answers="No"),
    }  # fmt: skip
    assert desk.post(row(survey), written(program, **stored)).status_code == 302
    told = [(each.words, each.position, each.only_if_answers) for each in survey.questions.all()]
    assert told == [("Again?", 1, []), ("It was worth my time.", 2, []), ("What should we change?", 3, ["No"])]


def test_cora_writes_surveys_for_her_own_programs_only(desk, program):
    another = program_with(CoraFactory(email="another.cora@example.org"), name="Another")
    assert "Another" not in desk.get(f"{LIST}add/").text
    assert desk.post(f"{LIST}add/", written(another)).status_code == 422
    assert not Survey.objects.exists()


def test_cora_opens_the_survey_with_one_button(desk, survey, questions, pairing):
    assert "Open the survey" in desk.get(row(survey)).text
    answer = desk.post(row(survey, "open"), follow=True)
    assert answer.status_code == 200
    survey.refresh_from_db()
    assert survey.is_opened
    assert Invitation.objects.count() == 2
    assert Notice.objects.count() > 0
    again = desk.post(row(survey, "open"), follow=True)
    assert "This survey has been opened already." in again.text
    assert Invitation.objects.count() == 2


def test_the_button_is_a_post(desk, survey, questions):
    assert desk.get(row(survey, "open")).status_code == 405


def test_an_opened_survey_is_read_and_a_change_is_refused_in_words(desk, asked, program):
    assert "0 of 2 people" in desk.get(row(asked)).text
    answer = desk.post(row(asked), written(program, title="Something else"), follow=True)
    assert "This survey has been opened. Its questions no longer change" in answer.text
    asked.refresh_from_db()
    assert asked.title == "End-of-term survey"


@pytest.mark.parametrize(
    ("opens", "closes", "word"),
    [(-9, -3, "Closed"), (-3, 9, "Open"), (3, 9, "Opens later"), (None, None, "Being written")],
)
def test_the_list_says_where_a_survey_stands(desk, survey, opens, closes, word):
    if opens is not None:
        today = clock.now().date()
        Survey.objects.filter(pk=survey.pk).update(
            opens_on=today + timedelta(days=opens), closes_on=today + timedelta(days=closes), opened_at=clock.now()
        )
    assert f'<td class="field-state">{word}</td>' in desk.get(LIST).text


def test_the_desk_shows_no_answer(desk, asked, questions, mina):
    Answer.objects.create(survey=asked, side=Side.MENTOR, values={str(questions[2].pk): "CANARY"})
    for url in (LIST, row(asked), "/desk/"):
        assert "CANARY" not in desk.get(url).text
    for model in ("answer", "invitation", "question"):
        assert desk.get(f"/desk/surveys/{model}/").status_code == 404


def test_surveys_of_other_programs_do_not_exist(client, survey, questions, pairing, mina, otto, bo, sten):
    other = CoraFactory(email="another.cora@example.org")
    program_with(other, name="Another")
    for person in (other, mina, otto, bo, sten, AdaFactory()):
        client.force_login(person)
        assert client.get(row(survey)).status_code == 404
        assert client.post(row(survey, "open")).status_code == 404
    survey.refresh_from_db()
    assert not survey.is_opened


def test_an_opened_survey_of_another_program_gives_no_hint(client, program, asked):
    other = CoraFactory(email="another.cora@example.org")
    client.force_login(other)
    answer = client.post(row(opened(asked)), written(program))
    assert answer.status_code == 404
