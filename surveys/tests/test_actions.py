from __future__ import annotations

import json
from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.utils import IntegrityError

from notifications.models import Notice
from pairings.models import Pairing
from pairings.tests.factories import PairingFactory
from participants.tests.factories import MenteeFactory, MentorFactory
from people.tests.factories import CoraFactory, PersonFactory
from programs.choices import Measure, Side, Stage
from programs.rules import NotACoordinator
from programs.tests.factories import program_with
from surveys import actions, queries, rules
from surveys.choices import BEFORE_PAIRS, SurveyKind
from surveys.models import Answer, Invitation, Question, Survey
from surveys.questions import Values, put_to, reasons_against
from surveys.templates import TEMPLATES
from surveys.tests.factories import (
    CLOSES_ON,
    OPENED_AT,
    OPENS_ON,
    QuestionFactory,
    SurveyFactory,
    opened,
    pairs,
    three_questions,
)


def open_(survey: Survey, by) -> list[Invitation]:
    return actions.open_survey(survey, by=by, at=OPENED_AT)


def say(survey: Survey, person, value: int = 4) -> bool:
    question = survey.questions.all()[0]
    return actions.answer(survey, by=person, on=OPENS_ON, values={question.pk: value})


# Preparing


@pytest.mark.parametrize(
    ("start", "kind"),
    [(actions.start_end_of_term, SurveyKind.END_OF_TERM), (actions.start_halfway, SurveyKind.MID_TERM)],
)
def test_a_survey_begins_with_our_questions_and_asks_nobody_yet(program, cora, pairing, start, kind):
    survey = start(program, by=cora, at=OPENED_AT, opens_on=OPENS_ON, closes_on=CLOSES_ON)
    assert (survey.kind, survey.is_opened) == (kind, False)
    questions = list(survey.questions.all())
    assert [question.position for question in questions] == list(range(1, len(questions) + 1))
    assert [question.measure for question in questions].count(Measure.WORTH_THE_TIME) == 1
    asked_again = [question for question in questions if question.measure == Measure.WOULD_DO_AGAIN]
    assert len(asked_again) == (kind == SurveyKind.END_OF_TERM)
    assert not Invitation.objects.exists()
    assert not Notice.objects.exists()


@pytest.mark.parametrize("name", TEMPLATES)
def test_each_of_our_templates_holds_together_and_can_be_opened(program, cora, pairing, name):
    template = TEMPLATES[name]
    survey = actions.start_survey(program, name, by=cora, opens_on=OPENS_ON, closes_on=CLOSES_ON)
    assert (survey.kind, survey.title) == (template.kind, template.title)
    asks = list(survey.questions.all())
    assert list(reasons_against(asks)) == []
    assert len(asks) == sum(each.listed is None for each in template.questions)
    assert "{" not in "".join(each.words for each in asks)
    for side in Side:
        assert put_to(asks, side)
    program.stage = Stage.INTEREST if template.kind in BEFORE_PAIRS else Stage.RUNNING
    program.save()
    if template.kind == SurveyKind.EXIT:
        end_early(pairing)
    assert open_(survey, cora)


def test_the_questions_of_a_template_come_with_their_ends_sides_pages_and_conditions(program, cora):
    given = {"by": cora, "opens_on": OPENS_ON, "closes_on": CLOSES_ON}
    asks = actions.start_survey(program, "end_of_term_by_side", **given).questions
    assert list(asks.filter(asked_of="mentor").values_list("begins_page", flat=True)) == [True, False]
    assert asks.get(kind="ten").highest == "Very likely"
    depends = actions.start_survey(program, SurveyKind.EXIT, **given).questions.get(kind="short")
    assert (depends.only_if, depends.only_if_answers) == (5, ["Perhaps later", "No"])


def test_only_a_coordinator_of_the_program_starts_or_opens_a_survey(program, survey, questions, pairing, mina):
    other = CoraFactory(email="another.cora@example.org")
    program_with(other, name="Another")
    for person in (other, mina):
        with pytest.raises(NotACoordinator):
            actions.start_end_of_term(program, by=person, at=OPENED_AT, opens_on=OPENS_ON, closes_on=CLOSES_ON)
        with pytest.raises(NotACoordinator):
            open_(survey, person)
    assert not Invitation.objects.exists()


def test_a_survey_does_not_close_before_it_opens(program, cora):
    with pytest.raises(ValidationError, match="closes before it opens"):
        actions.start_halfway(program, by=cora, at=OPENED_AT, opens_on=CLOSES_ON, closes_on=OPENS_ON)


# Opening


def test_everybody_with_a_pair_is_asked_and_nobody_else(program, survey, questions, pairing, cora, mina, otto):
    MentorFactory(program=program)  # waits without a pair
    PairingFactory()  # in another program
    gone = PairingFactory(program=program, mentor__person__is_active=False)
    open_(survey, cora)
    assert sorted(Invitation.objects.values_list("person", "side", "answered")) == sorted(
        [(mina.pk, "mentor", False), (otto.pk, "mentee", False), (gone.mentee.person_id, "mentee", False)]
    )
    survey.refresh_from_db()
    assert (survey.opened_at, survey.opened_by) == (OPENED_AT, cora)


def test_halfway_only_pairs_under_way_are_asked(program, cora, pairing, mina, otto):
    PairingFactory(program=program, ended_on=date(2027, 3, 1))
    survey = actions.start_halfway(program, by=cora, at=OPENED_AT, opens_on=OPENS_ON, closes_on=CLOSES_ON)
    assert {person for person, _ in queries.people_to_ask(survey, on=OPENS_ON)} == {mina, otto}


def test_somebody_on_both_sides_is_asked_once_for_the_newer_pair(program, survey, questions, cora, pairing, mina):
    leading = MenteeFactory(program=program, person=mina)
    PairingFactory(program=program, mentee=leading, started_on=date(2027, 2, 1))
    open_(survey, cora)
    assert list(Invitation.objects.filter(person=mina).values_list("side", flat=True)) == [Side.MENTEE]


def end_early(pairing) -> None:
    pairing.ended_on = OPENS_ON - timedelta(days=2)
    pairing.save()


def test_after_an_early_end_those_without_another_pair_are_asked_once(program, cora, pairing, mina, otto):
    PairingFactory(program=program)  # goes on
    other = PairingFactory(program=program, mentee=pairing.mentee, mentee_place=2)
    end_early(pairing)
    given = {"by": cora, "opens_on": OPENS_ON, "closes_on": CLOSES_ON}
    first = actions.start_survey(program, SurveyKind.EXIT, **given)
    assert [invitation.person for invitation in open_(first, cora)] == [mina], "Otto has another pair"
    end_early(other)
    second = actions.start_survey(program, SurveyKind.EXIT, **given)
    assert mina not in [invitation.person for invitation in open_(second, cora)]
    third = actions.start_survey(program, SurveyKind.EXIT, **given)
    with pytest.raises(rules.NobodyToAsk, match="had a pair that ended early and was not asked about it before"):
        open_(third, cora)


def test_a_pair_that_was_closed_on_its_last_day_did_not_end_early(program, cora, pairing):
    last = OPENS_ON - timedelta(days=2)
    Pairing.objects.filter(pk=pairing.pk).update(runs_until=last, ended_on=last, ended_by=pairing.mentor.person)
    survey = actions.start_survey(program, SurveyKind.EXIT, by=cora, opens_on=OPENS_ON, closes_on=CLOSES_ON)
    assert queries.people_to_ask(survey, on=OPENS_ON) == []


@pytest.mark.parametrize(
    ("stage", "may"),
    [
        (Stage.DRAFT, True),
        (Stage.INTEREST, True),
        (Stage.ENROLMENT, True),
        (Stage.MATCHING, False),
        (Stage.RUNNING, False),
    ],
)
def test_readiness_is_asked_of_those_who_may_take_part_before_anybody_is_matched(program, cora, mina, otto, stage, may):
    program.stage = stage
    program.save()
    survey = actions.start_survey(program, SurveyKind.READINESS, by=cora, opens_on=OPENS_ON, closes_on=CLOSES_ON)
    if may:
        assert {mina, otto} <= {invitation.person for invitation in open_(survey, cora)}
    else:
        with pytest.raises(rules.NotBeforePairs):
            open_(survey, cora)


def test_nobody_is_asked_for_whom_there_is_no_question(survey, pairing, cora, mina, otto):
    QuestionFactory(survey=survey, asked_of=Side.MENTOR)
    open_(survey, cora)
    assert list(Invitation.objects.values_list("person", flat=True)) == [mina.pk]
    assert not Notice.objects.filter(person=otto, kind=actions.INVITATION).exists()


def test_opening_twice_is_refused_and_asks_nobody_twice(survey, questions, pairing, cora):
    open_(survey, cora)
    with pytest.raises(rules.AlreadyOpened):
        open_(survey, cora)
    assert Invitation.objects.count() == 2


def test_a_survey_needs_questions_people_and_time(program, cora, survey):
    with pytest.raises(rules.NoQuestions):
        open_(survey, cora)
    three_questions(survey)
    with pytest.raises(rules.NobodyToAsk):
        open_(survey, cora)
    late = SurveyFactory(program=program, opens_on=date(2027, 1, 1), closes_on=OPENS_ON - timedelta(days=1))
    QuestionFactory(survey=late)
    PairingFactory(program=program)
    with pytest.raises(rules.ClosesInThePast, match="would have closed on 6 June 2027"):
        open_(late, cora)


def test_each_is_owed_an_invitation_and_two_reminders(survey, questions, pairing, cora, mina):
    open_(survey, cora)
    owed = Notice.objects.filter(person=mina).order_by("due_at")
    assert [(notice.kind, notice.due_at.date()) for notice in owed] == [
        (actions.INVITATION, OPENS_ON),
        (actions.REMINDER, date(2027, 6, 11)),
        (actions.REMINDER, date(2027, 6, 19)),
    ]


def test_a_survey_opened_ahead_invites_on_its_first_day(program, pairing, cora, mina):
    survey = SurveyFactory(program=program, opens_on=date(2027, 6, 10), closes_on=date(2027, 6, 12))
    QuestionFactory(survey=survey)
    open_(survey, cora)
    assert [notice.due_at.date() for notice in Notice.objects.filter(person=mina)] == [date(2027, 6, 10)]


# Frozen


CHANGES = {
    "add": lambda question: QuestionFactory(survey=question.survey, position=9),
    "alter": lambda question: Question.objects.filter(pk=question.pk).update(words="Are you happy?"),
    "remove": lambda question: question.delete(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_database_keeps_the_questions_of_an_opened_survey(asked, questions, change):
    with pytest.raises(IntegrityError, match="This survey has been opened"), transaction.atomic():
        CHANGES[change](questions[0])
    assert [question.words for question in asked.questions.all()] == [question.words for question in questions]


def test_questions_do_not_move_into_an_opened_survey(asked, program):
    writing = QuestionFactory(survey=SurveyFactory(program=program), position=9)
    with pytest.raises(IntegrityError, match="This survey has been opened"), transaction.atomic():
        Question.objects.filter(pk=writing.pk).update(survey=asked)


def test_questions_of_a_survey_being_written_change_freely(survey, questions):
    questions[0].words = "It was worth the time I gave."
    questions[0].save()
    questions[2].delete()
    assert survey.questions.count() == 2


def test_our_questions_are_not_put_into_an_opened_survey(asked):
    with pytest.raises(rules.QuestionsFrozen):
        actions.put_our_questions(asked, SurveyKind.OWN)


def test_the_database_refuses_a_choice_without_options_and_a_measure_without_a_scale(survey):
    with pytest.raises(IntegrityError, match="question_choice_has_options"), transaction.atomic():
        QuestionFactory(survey=survey, kind="choice", options=["Only one"])
    with pytest.raises(IntegrityError, match="question_measure_on_scale"), transaction.atomic():
        QuestionFactory(survey=survey, kind="comment", measure=Measure.WORTH_THE_TIME)


# Answering


def test_an_answer_is_stored_without_its_person(asked, questions, mina):
    scale, choice, comment = questions
    values: Values = {scale.pk: 5, choice.pk: "Yes", comment.pk: "More time."}
    assert actions.answer(asked, by=mina, on=OPENS_ON, values=values) is True
    stored = Answer.objects.get()
    assert (stored.side, stored.values) == ("mentor", {str(key): value for key, value in values.items()})
    assert {field.name for field in Answer._meta.get_fields()} == {"id", "survey", "side", "values", "receipt"}
    assert Invitation.objects.get(person=mina).answered is True


def test_the_first_answer_counts_and_only_once(asked, mina):
    assert say(asked, mina, 5) is True
    assert say(asked, mina, 1) is False
    assert [list(answer.values.values()) for answer in Answer.objects.all()] == [[5]]


@pytest.mark.parametrize("on", [CLOSES_ON + timedelta(days=1), OPENS_ON - timedelta(days=1)])
def test_outside_its_days_nothing_is_stored(asked, questions, mina, on):
    refusal = rules.SurveyClosed if on > CLOSES_ON else rules.SurveyNotOpen
    with pytest.raises(refusal):
        actions.answer(asked, by=mina, on=on, values={questions[0].pk: 3})
    assert not Answer.objects.exists()
    assert not Invitation.objects.filter(answered=True).exists()


def test_who_is_not_asked_does_not_answer(asked, sten, bo, cora):
    for person in (sten, bo, cora):
        with pytest.raises(rules.NotInvited):
            say(asked, person)
    assert not Answer.objects.exists()


def test_answers_that_do_not_fit_are_refused_and_the_person_may_try_again(asked, questions, mina):
    scale, choice, comment = questions
    unfit: list[Values] = [{scale.pk: 6}, {scale.pk: "5"}, {choice.pk: "Maybe"}, {comment.pk: "x" * 1001}, {0: 3}]
    for values in unfit:
        with pytest.raises(rules.DoesNotFit):
            actions.answer(asked, by=mina, on=OPENS_ON, values=values)
    with pytest.raises(rules.NothingAnswered):
        actions.answer(asked, by=mina, on=OPENS_ON, values={})
    assert say(asked, mina) is True


@pytest.mark.django_db(transaction=True)
def test_a_double_click_in_two_threads_is_one_answer(asked, mina):
    start = Barrier(2)
    said: list[object] = []

    def click(value: int) -> None:
        try:
            start.wait(timeout=10)
            said.append(say(asked, mina, value))
        except Exception as failure:
            said.append(failure)
        finally:
            connection.close()

    clicks = [Thread(target=click, args=[value]) for value in (1, 5)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join(timeout=20)
    assert sorted(map(repr, said)) == ["False", "True"]
    assert Answer.objects.count() == 1
    assert Invitation.objects.filter(answered=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_people_who_answer_at_the_same_instant_are_all_counted(program):
    asking = pairs(program, 4)
    survey = SurveyFactory(program=program)
    QuestionFactory(survey=survey)
    opened(survey, *asking)
    start, failures = Barrier(len(asking)), []

    def click(person) -> None:
        try:
            start.wait(timeout=10)
            say(survey, person)
        except Exception as failure:
            failures.append(failure)
        finally:
            connection.close()

    clicks = [Thread(target=click, args=[person]) for person, _ in asking]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join(timeout=30)
    assert failures == []
    assert Answer.objects.count() == len(asking)
    assert Invitation.objects.filter(answered=True).count() == len(asking)


# No physical trace


def rows_as_they_lie(table: str) -> list[tuple]:
    """Hidden columns and all, in the order in which PostgreSQL keeps the rows."""
    with connection.cursor() as cursor:
        cursor.execute(f"select xmin::text, cmin::text, * from {table} order by ctid")  # noqa: S608
        rows: list[tuple] = cursor.fetchall()
    return rows


@pytest.mark.django_db(transaction=True)
def test_neither_transaction_nor_place_joins_an_answer_to_an_invitation(program):
    # Without a transaction around the test, each answer is a transaction of its own, as in life.
    asking = [(PersonFactory(), Side.MENTOR) for _ in range(24)]
    survey = SurveyFactory(program=program)
    QuestionFactory(survey=survey)
    opened(survey, *asking)
    answering = [person for person, _ in asking[:20]]
    for number, person in enumerate(answering):
        actions.answer(survey, by=person, on=OPENS_ON, values={survey.questions.get().pk: number % 5 + 1})

    answers, invitations = rows_as_they_lie("surveys_answer"), rows_as_they_lie("surveys_invitation")
    assert len(answers) == 20
    assert len(invitations) == 24
    assert len({row[0] for row in answers + invitations}) == 1, "every row was written by the last transaction"
    for rows in (answers, invitations):
        assert len({row[1] for row in rows}) == 1, "and by one command of it"
    order_of_answering = [number % 5 + 1 for number in range(20)]
    as_they_lie = [next(iter(json_of(row).values())) for row in answers]
    assert sorted(as_they_lie) == sorted(order_of_answering)
    assert as_they_lie != order_of_answering
    people_as_they_lie = [row for row in invitations if True in row]
    assert len(people_as_they_lie) == 20
    assert [person_of(row, answering) for row in people_as_they_lie] != [person.pk for person in answering]


def json_of(row: tuple) -> dict:
    found = next(cell for cell in row if isinstance(cell, str) and cell.startswith("{"))
    loaded: dict = json.loads(found)
    return loaded


def person_of(row: tuple, people) -> int:
    keys = {person.pk for person in people}
    return int(next(cell for cell in row if cell in keys))


def test_the_keys_of_answers_are_random(asked, mina, otto):
    say(asked, mina)
    say(asked, otto)
    assert {answer.pk.version for answer in Answer.objects.all()} == {4}


def test_an_answer_prints_nothing(asked, mina):
    say(asked, mina, 5)
    assert str(Answer.objects.get()) == "An answer"


def test_surveys_do_not_disturb_each_other(program, asked, mina, otto):
    other = SurveyFactory(program=program)
    QuestionFactory(survey=other)
    opened(other, (mina, Side.MENTOR), (otto, Side.MENTEE))
    say(other, otto, 1)
    say(asked, mina, 5)
    assert Answer.objects.filter(survey=other).count() == 1
    assert Invitation.objects.filter(survey=other, answered=True).count() == 1


# What the database keeps of questions


CONTRADICTIONS: list[tuple[dict[str, object], str]] = [
    ({"kind": "several"}, "question_choice_has_options"),
    ({"options": ["Yes", "No"]}, "question_choice_has_options"),
    ({"kind": "choice", "options": ["Tea", " tea "]}, "Two options of a question are the same"),
    ({"kind": "choice", "options": ["Tea", " "]}, "Two options of a question are the same, or one is empty"),
    ({"lowest": "Hot", "highest": "hot"}, "Two options of a question are the same"),
    ({"lowest": "Cold"}, "question_ends_of_a_scale"),
    ({"kind": "short", "lowest": "Cold", "highest": "Hot"}, "question_ends_of_a_scale"),
    ({"only_if": 9, "only_if_answers": ["5"]}, "question_only_if_earlier"),
    ({"only_if": 1}, "question_only_if_earlier"),
    ({"only_if_answers": ["5"]}, "question_only_if_earlier"),
    ({"words": ""}, "question_asks_something"),
    ({"kind": "riddle"}, "question_kind_known"),
    ({"asked_of": "boss"}, "question_side_known"),
    ({"measure": Measure.WORTH_THE_TIME, "asked_of": "mentor"}, "question_measure_on_scale"),
]


def test_the_database_refuses_questions_that_contradict_themselves(survey):
    for said, refusal in CONTRADICTIONS:
        with pytest.raises(IntegrityError, match=refusal), transaction.atomic():
            QuestionFactory(survey=survey, position=9, **said)
    assert not survey.questions.exists()


def test_the_database_opens_no_survey_whose_conditions_nobody_can_meet(survey, questions, cora, pairing):
    depends = QuestionFactory(survey=survey, position=4, only_if=2, only_if_answers=["Perhaps"])
    with pytest.raises(IntegrityError, match="depends on an answer that nobody can give"), transaction.atomic():
        opened(survey)
    with pytest.raises(rules.DoesNotHold, match="Question 4: “Perhaps” is no answer to question 2"):
        open_(Survey.objects.get(pk=survey.pk), cora)
    depends.only_if_answers = ["No"]
    depends.save()
    assert len(open_(Survey.objects.get(pk=survey.pk), cora)) == 2


def test_what_an_opened_survey_is_stays_and_it_never_closes_later(asked, program, cora):
    for change in (
        {"title": "Another"}, {"introduction": "Not anonymous."}, {"kind": SurveyKind.MID_TERM}, {"opened_at": None},
        {"opens_on": OPENS_ON - timedelta(days=1)}, {"closes_on": CLOSES_ON + timedelta(days=1)},
        {"program": program_with(cora, name="Another")},
    ):  # fmt: skip
        with pytest.raises(IntegrityError, match="This survey has been opened"), transaction.atomic():
            Survey.objects.filter(pk=asked.pk).update(**change)
    assert Survey.objects.filter(pk=asked.pk).update(closes_on=CLOSES_ON - timedelta(days=1)) == 1
