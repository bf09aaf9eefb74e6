"""Whom a survey is put to, when it opens, and what follows it."""

from __future__ import annotations

import html
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import clock
from notifications import kinds
from notifications.models import Notice
from pairings.tests.factories import PairingFactory
from participants.tests.factories import MentorFactory
from participants.tests.instant import while_another_waits
from people.tests.factories import CoraFactory, PersonFactory
from programs.choices import AskedOf, Side, Stage
from programs.rules import NotACoordinator
from programs.tests.factories import program_with
from surveys import actions, queries, rules
from surveys.actions import drawn
from surveys.choices import OpensWith, SurveyKind, Whom
from surveys.models import Invitation, Survey
from surveys.tests.factories import CLOSES_ON, OPENED_AT, OPENS_ON, QuestionFactory, SurveyFactory, pairs
from surveys.tests.test_admin import row, written


def noon(on: date) -> datetime:
    return datetime.combine(on, time(12), tzinfo=UTC)


def own(program, **said: object) -> Survey:
    survey: Survey = SurveyFactory(program=program, kind=SurveyKind.OWN, **said)
    QuestionFactory(survey=survey, position=1)
    return survey


def people_of(survey: Survey) -> set:
    return {person for person, _ in queries.people_to_ask(survey, on=OPENS_ON)}


# Whom


def test_a_survey_can_be_put_to_others_than_usual(program, pairing, mina, otto):
    waiting = MentorFactory(program=program).person
    MentorFactory(program=program, withdrawn_at=OPENED_AT)
    over = PairingFactory(program=program, ended_on=OPENS_ON - timedelta(days=9))
    had = {over.mentor.person, over.mentee.person}
    assert people_of(own(program)) == {mina, otto} | had
    assert people_of(own(program, asks=Whom.HAS_A_PAIR)) == {mina, otto}
    assert people_of(own(program, asks=Whom.TAKES_PART)) == {mina, otto, waiting} | had
    beside = PersonFactory(rank=2)
    assert people_of(own(program, asks=Whom.MAY_TAKE_PART)) >= {mina, otto, waiting, beside}


def test_of_those_one_side_alone(program, pairing, mina, otto):
    for side, person in ((AskedOf.MENTORS, mina), (AskedOf.MENTEES, otto)):
        assert people_of(own(program, asks_side=side)) == {person}


def test_only_kinds_that_make_sense_to_others_can_be_put_to_them(program):
    with pytest.raises(IntegrityError, match="survey_asks_others_where_it_may"), transaction.atomic():
        SurveyFactory(program=program, kind=SurveyKind.EXIT, asks=Whom.HAD_A_PAIR)
    with pytest.raises(IntegrityError, match="survey_sample_not_too_small"), transaction.atomic():
        SurveyFactory(program=program, sample=9)


def test_a_sample_is_drawn_from_a_seed_that_is_kept_and_draws_the_same_again(program, cora):
    pairs(program, 10)
    survey = own(program, sample=12)
    everybody = queries.people_to_ask(survey, on=OPENS_ON)
    asked = actions.open_survey(survey, by=cora, at=OPENED_AT)
    survey.refresh_from_db()
    assert (len(everybody), len(asked)) == (20, 12)
    assert survey.seed is not None
    again = drawn(everybody[::-1], 12, seed=survey.seed)
    assert {person for person, _ in again} == {invitation.person for invitation in asked}
    assert Notice.objects.filter(kind=actions.INVITATION).count() == 12


def test_who_draws_does_not_choose_and_everybody_has_the_same_chance(program):
    people = pairs(program, 5)
    seen = [person.pk for seed in range(400) for person, _ in drawn(people, 5, seed=seed)]
    assert all(140 < seen.count(person.pk) < 260 for person, _ in people)


def test_where_there_are_no_more_than_it_may_ask_nobody_is_drawn(program, cora):
    pairs(program, 5)
    survey = own(program, sample=10)
    assert len(actions.open_survey(survey, by=cora, at=OPENED_AT)) == 10
    survey.refresh_from_db()
    assert survey.seed is None


def test_whom_it_was_put_to_and_how_they_were_drawn_stays(program, cora):
    pairs(program, 10)
    survey = own(program, sample=12)
    actions.open_survey(survey, by=cora, at=OPENED_AT)
    for change in ({"seed": 1}, {"sample": 20}, {"asks": Whom.HAS_A_PAIR}, {"asks_side": "mentor"}):
        with pytest.raises(IntegrityError, match="This survey has been opened"), transaction.atomic():
            Survey.objects.filter(pk=survey.pk).update(**change)


# When


@pytest.fixture
def planned(program, pairing, cora) -> Survey:
    return actions.plan_survey(own(program), by=cora, at=noon(OPENS_ON - timedelta(days=40)))


def test_a_planned_survey_opens_by_itself_once_on_its_day_in_the_name_of_whoever_planned_it(planned, cora, mina):
    assert actions.open_planned_surveys(at=noon(OPENS_ON - timedelta(days=1))) == 0
    assert not Notice.objects.exists()
    assert actions.open_planned_surveys(at=noon(OPENS_ON)) == 1
    assert actions.open_planned_surveys(at=noon(OPENS_ON)) == 0
    planned.refresh_from_db()
    assert (planned.opened_by, planned.opened_at) == (cora, noon(OPENS_ON))
    assert Invitation.objects.filter(person=mina).count() == 1


def test_a_survey_nobody_planned_stays_shut(program, pairing):
    own(program)
    assert actions.open_planned_surveys(at=noon(OPENS_ON)) == 0


def test_a_plan_is_taken_back(planned, cora):
    actions.keep_from_opening(planned, by=cora, at=OPENED_AT)
    assert actions.open_planned_surveys(at=noon(OPENS_ON)) == 0


@pytest.mark.django_db(transaction=True)
def test_a_plan_that_is_taken_back_at_the_last_moment_does_not_open(planned, cora):
    """The tick has found it due, and waits for whoever takes it back."""
    with transaction.atomic():
        actions.keep_from_opening(planned, by=cora, at=OPENED_AT)
        ended = while_another_waits(lambda: actions.open_planned_surveys(at=noon(OPENS_ON)))
    assert ended() == [0]
    planned.refresh_from_db()
    assert (planned.is_opened, Invitation.objects.count()) == (False, 0)


@pytest.mark.django_db(transaction=True)
def test_a_planned_survey_that_is_moved_at_the_last_moment_waits_for_its_new_day(planned):
    with transaction.atomic():
        Survey.objects.filter(pk=planned.pk).update(
            opens_on=OPENS_ON + timedelta(days=7), closes_on=CLOSES_ON + timedelta(days=7)
        )
        ended = while_another_waits(lambda: actions.open_planned_surveys(at=noon(OPENS_ON)))
    assert ended() == [0]
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    ("waits_for", "opens_on"),
    [(OpensWith.HALFWAY, date(2027, 4, 5)), (OpensWith.END_OF_TERM, date(2027, 7, 5))],
)
def test_a_survey_waits_for_the_life_of_the_program_and_moves_with_it(program, pairing, cora, waits_for, opens_on):
    program.starts_on, program.ends_on, program.term_weeks = date(2027, 1, 4), date(2027, 12, 31), 26
    program.save()
    survey = actions.plan_survey(own(program, opens_with=waits_for), by=cora, at=noon(date(2027, 1, 5)))
    assert rules.opening_day(survey, on=date(2027, 1, 5)) == opens_on
    program.starts_on += timedelta(days=7)
    program.save()
    later = opens_on + timedelta(days=7)
    assert actions.open_planned_surveys(at=noon(later - timedelta(days=1))) == 0
    assert actions.open_planned_surveys(at=noon(later)) == 1
    survey.refresh_from_db()
    assert (survey.opens_on, survey.closes_on) == (later, later + (CLOSES_ON - OPENS_ON))


def test_a_survey_waits_for_the_review(program, pairing, cora):
    survey = actions.plan_survey(own(program, opens_with=OpensWith.REVIEW), by=cora, at=OPENED_AT)
    assert actions.open_planned_surveys(at=noon(CLOSES_ON + timedelta(days=90))) == 0
    program.stage = Stage.REVIEW
    program.save()
    assert actions.open_planned_surveys(at=noon(CLOSES_ON + timedelta(days=90))) == 1
    survey.refresh_from_db()
    assert survey.opens_on == CLOSES_ON + timedelta(days=90)


def test_what_keeps_a_planned_survey_from_opening_is_told_and_keeps_no_other_from_it(planned, program, pairing, cora):
    nobody = own(program, asks=Whom.HAS_A_PAIR, asks_side=AskedOf.MENTEES)
    pairing.ended_on = OPENS_ON - timedelta(days=1)
    pairing.save()
    actions.plan_survey(nobody, by=cora, at=OPENED_AT)
    assert actions.open_planned_surveys(at=noon(OPENS_ON)) == 1
    nobody.refresh_from_db()
    assert queries.why_not_opened(nobody, on=OPENS_ON) == (
        "Nobody in this program on the side of mentees has a pair under way."
    )
    assert queries.why_not_opened(nobody, on=OPENS_ON - timedelta(days=1)) == ""
    assert queries.why_not_opened(planned, on=OPENS_ON) == ""


def test_a_survey_does_not_open_for_somebody_who_coordinates_no_more(planned, program, cora):
    program.duties.filter(person=cora).delete()
    assert actions.open_planned_surveys(at=noon(OPENS_ON)) == 0
    assert queries.why_not_opened(planned, on=OPENS_ON) == "Only a coordinator of this program can do this."


def test_what_cannot_open_is_not_planned(program, cora, mina):
    empty = SurveyFactory(program=program)
    with pytest.raises(rules.NoQuestions):
        actions.plan_survey(empty, by=cora, at=OPENED_AT)
    late = own(program)
    with pytest.raises(rules.ClosesInThePast):
        actions.plan_survey(late, by=cora, at=noon(CLOSES_ON + timedelta(days=1)))
    for act in (actions.plan_survey, actions.keep_from_opening, actions.stop_repeating):
        for person in (mina, CoraFactory(email=f"{act.__name__}@example.org")):
            with pytest.raises(NotACoordinator):
                act(late, by=person, at=OPENED_AT)


# Again


@pytest.fixture
def repeated(program, pairing, cora) -> Survey:
    program.ends_on = OPENS_ON + timedelta(weeks=9)
    program.save()
    survey = own(program, repeats_after_weeks=4, sample=10, asks=Whom.TAKES_PART)
    QuestionFactory(survey=survey, position=2, kind="choice", words="Tea?", options=["Yes", "No"])
    actions.open_survey(survey, by=cora, at=OPENED_AT)
    return Survey.objects.get(pk=survey.pk)


OVER = CLOSES_ON + timedelta(days=2)


def test_a_repeated_survey_is_planned_again_once_its_results_are_out_and_opens_by_itself(repeated, cora, mina):
    assert actions.plan_next_waves(at=noon(OVER - timedelta(days=1))) == 0
    assert actions.plan_next_waves(at=noon(OVER)) == 1
    assert actions.plan_next_waves(at=noon(OVER)) == 0
    following = Survey.objects.get(follows=repeated)
    four_weeks = timedelta(weeks=4)
    assert (following.wave, following.opens_on, following.closes_on) == (
        2,
        OPENS_ON + four_weeks,
        CLOSES_ON + four_weeks,
    )
    assert (following.title, following.sample, following.asks) == (repeated.title, 10, Whom.TAKES_PART)
    assert [(each.words, each.options) for each in following.questions.all()] == [
        (each.words, each.options) for each in repeated.questions.all()
    ]
    assert repeated.questions.count() == 2
    assert actions.open_planned_surveys(at=noon(following.opens_on)) == 1
    assert Invitation.objects.filter(survey=following, person=mina, answered=False).exists()


def test_it_goes_on_until_the_program_ends(repeated):
    on = OVER
    while actions.plan_next_waves(at=noon(on)):
        newest = Survey.objects.order_by("-wave")[0]
        actions.open_planned_surveys(at=noon(newest.opens_on))
        on = newest.closes_on + timedelta(days=2)
    assert list(Survey.objects.order_by("wave").values_list("wave", flat=True)) == [1, 2, 3]


def test_it_stops_when_a_coordinator_says_so_or_the_program_is_closed(repeated, program, cora):
    program.stage = Stage.CLOSED
    program.save()
    assert actions.plan_next_waves(at=noon(OVER)) == 0
    program.stage = Stage.RUNNING
    program.save()
    actions.stop_repeating(repeated, by=cora, at=OPENED_AT)
    assert actions.plan_next_waves(at=noon(OVER)) == 0
    with pytest.raises(rules.NotRepeated):
        actions.stop_repeating(repeated, by=cora, at=OPENED_AT)


def test_the_next_one_does_not_open_before_results_of_the_last_are_out(program):
    with pytest.raises(IntegrityError, match="survey_repeats_after_closing"), transaction.atomic():
        SurveyFactory(program=program, repeats_after_weeks=2)
    SurveyFactory(program=program, repeats_after_weeks=3)
    with pytest.raises(ValidationError, match="The next one would open before"):
        SurveyFactory.build(program=program, repeats_after_weeks=2).full_clean()


def test_a_wave_is_put_to_whom_the_one_before_it_was_put(repeated, program, cora, client):
    actions.plan_next_waves(at=noon(OVER))
    following = Survey.objects.get(follows=repeated)
    other = program_with(cora, name="Another")
    for change in ({"asks_side": "mentor"}, {"asks": ""}, {"kind": SurveyKind.MID_TERM}, {"program": other}):
        with pytest.raises(IntegrityError, match="survey_follows_its_like"), transaction.atomic():
            Survey.objects.filter(pk=following.pk).update(**change)
    Survey.objects.filter(pk=following.pk).update(title="Once more")
    client.force_login(cora)
    said = written(
        program, kind="own", asks="takes_part", asks_side="mentor", opens_on=following.opens_on,
        closes_on=following.closes_on,
    )  # fmt: skip
    refused = client.post(row(following), said)
    assert refused.status_code == 422
    assert f"This survey follows “{repeated.title}” and is compared with it." in refused.text
    following.refresh_from_db()
    assert following.asks_side == AskedOf.BOTH


def test_questions_of_ours_fit_whom_a_survey_is_put_to(program, pairing, cora):
    survey = SurveyFactory(program=program, asks_side=AskedOf.MENTEES)
    actions.put_our_questions(survey, "end_of_term_by_side")
    asks = list(survey.questions.all())
    assert {each.asked_of for each in asks} == {AskedOf.BOTH, AskedOf.MENTEES}
    assert not any(each.measure for each in asks)
    assert [each.position for each in asks] == list(range(1, len(asks) + 1)), "no number is left out"
    assert actions.open_survey(survey, by=cora, at=OPENED_AT)


def test_reminders_of_every_wave_go_to_those_who_have_not_answered_it(repeated, mina, otto):
    actions.plan_next_waves(at=noon(OVER))
    following = Survey.objects.get(follows=repeated)
    actions.open_planned_surveys(at=noon(following.opens_on))
    actions.answer(following, by=mina, on=following.opens_on, values={following.questions.get(position=1).pk: 4})
    reminder = kinds.named(actions.REMINDER)
    at = noon(following.opens_on + timedelta(days=5))
    told = {
        notice.person: reminder.compose(notice, at)
        for notice in Notice.objects.filter(kind=actions.REMINDER, subject=following.pk)
    }
    assert (told[mina], told[otto] is None) == (None, False)


# At the desk


@pytest.fixture
def desk(client, cora):
    client.force_login(cora)
    return client


def test_cora_plans_a_survey_keeps_it_and_stops_its_repeating(desk, program, pairing):
    today = clock.today(CoraFactory.build().zone)
    said = {
        "kind": "own", "asks": "takes_part", "asks_side": "mentor", "sample": "25", "opens_with": "day",
        "repeats_after_weeks": "5", "opens_on": today + timedelta(days=3), "closes_on": today + timedelta(days=17),
    }  # fmt: skip
    assert desk.post("/desk/surveys/survey/add/", written(program, **said)).status_code == 302
    survey = Survey.objects.get()
    assert (survey.asks, survey.asks_side, survey.sample, survey.repeats_after_weeks) == ("takes_part", "mentor", 25, 5)
    text = desk.get(row(survey)).text
    assert "Everybody who takes part, with a pair or without, on the side of mentors, is asked: 1 today." in text
    answer = desk.post(row(survey, "plan"), follow=True).text
    assert "The survey is planned. It opens on" in answer
    assert '<td class="field-state">Planned</td>' in desk.get("/desk/surveys/survey/").text
    assert "The survey waits until you open it." in desk.post(row(survey, "keep"), follow=True).text
    assert desk.post(row(survey, "open"), follow=True).status_code == 200
    assert "Let this be the last one" in desk.get(row(survey)).text
    assert "No other one is planned after this." in desk.post(row(survey, "stop"), follow=True).text
    assert "This survey is put once." in desk.post(row(survey, "stop"), follow=True).text


def test_what_does_not_fit_is_said_at_its_field(desk, program):
    for said, sentence in (
        ({"kind": "exit", "asks": "takes_part"}, "A survey of this kind is put to everybody whose pair ended early."),
        ({"repeats_after_weeks": "1"}, "The next one would open before the results of this one are out."),
        ({"sample": "3"}, "10"),
    ):
        answer = desk.post("/desk/surveys/survey/add/", written(program, **said))
        assert answer.status_code == 422
        assert sentence in answer.text
    assert not Survey.objects.exists()


def test_the_desk_says_why_a_planned_survey_is_not_open(desk, program, cora):
    survey = own(program, opens_on=date(2026, 1, 5), closes_on=date(2026, 1, 20))
    Survey.objects.filter(pk=survey.pk).update(planned_at=OPENED_AT, planned_by=cora)
    assert "It cannot open yet. The survey would have closed on 20 January 2026." in desk.get(row(survey)).text
    assert "Planned, and not open though its day has come" in desk.get("/desk/surveys/survey/").text


def test_the_list_asks_as_often_for_three_that_do_not_open_as_for_one(desk, program, cora):
    def more() -> None:
        survey = own(program, opens_on=date(2026, 1, 5), closes_on=date(2026, 1, 20))
        Survey.objects.filter(pk=survey.pk).update(planned_at=OPENED_AT, planned_by=cora)

    counted = []
    for surveys in (1, 2):
        for _ in range(surveys):
            more()
        with CaptureQueriesContext(connection) as asked:
            page = desk.get("/desk/surveys/survey/").text
        assert page.count("Planned, and not open though its day has come") == Survey.objects.count()
        counted.append(len(asked))
    assert counted[0] == counted[1]


def test_a_wave_with_a_question_that_is_refused_by_now_stays_closed_and_the_desk_says_why(desk, program, pairing, cora):
    """Written and asked once, before options that results use themselves were refused."""
    survey = own(program, opens_on=date(2026, 1, 5), closes_on=date(2026, 12, 20))
    QuestionFactory(survey=survey, position=2, kind="choice", words="Again?", options=["Yes", "No answer"])
    other = own(program, opens_on=date(2026, 1, 5), closes_on=date(2026, 12, 20))
    Survey.objects.update(planned_at=OPENED_AT, planned_by=cora)
    assert actions.open_planned_surveys(at=noon(date(2026, 1, 5))) == 1
    survey.refresh_from_db()
    other.refresh_from_db()
    assert (survey.is_opened, other.is_opened) == (False, True)
    told = "Question 2: Results call those “No answer” who skip the question. Name the option differently."
    assert queries.why_not_opened(survey, on=date(2026, 1, 5)) == told
    assert f"It cannot open yet. {told}" in html.unescape(desk.get(row(survey)).text)


def test_plans_of_other_programs_do_not_exist(client, planned, mina, bo, sten):
    other = CoraFactory(email="another.cora@example.org")
    program_with(other, name="Another")
    for person in (other, mina, bo, sten):
        client.force_login(person)
        for move in ("plan", "keep", "stop"):
            assert client.post(reverse(f"admin:surveys_survey_{move}", args=[planned.pk])).status_code == 404


def test_who_was_drawn_is_told_at_the_desk(desk, program, cora):
    pairs(program, 6)
    survey = own(program, sample=10)
    actions.open_survey(survey, by=cora, at=OPENED_AT)
    survey.refresh_from_db()
    assert f"Yes, from the seed {survey.seed}" in desk.get(row(survey)).text


def test_sides_of_those_who_take_part_without_a_pair(program, pairing, mina):
    MentorFactory(program=program)
    sides = {side for _, side in queries.people_to_ask(own(program, asks=Whom.TAKES_PART), on=OPENS_ON)}
    assert sides == {Side.MENTOR, Side.MENTEE}
