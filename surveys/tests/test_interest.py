from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

import clock
from disclosure import distribution
from notifications import kinds
from notifications.models import Notice
from people.tests.factories import EvaFactory, PersonFactory
from programs import actions as programs
from programs.choices import Duty, Side, Stage
from programs.rules import MayNotMove, NotACoordinator, missing_for
from programs.tests.factories import DutyFactory, program_with
from surveys import actions, queries, rules
from surveys.choices import Interest, SurveyKind
from surveys.interest import most_pairs, recommendation
from surveys.models import Answer, Forecast, Invitation, Survey
from surveys.tests.factories import (
    CLOSES_ON,
    OPENED_AT,
    OPENS_ON,
    QuestionFactory,
    SurveyFactory,
    opened,
    released,
)


def answered(mentor: int, mentee: int, either: int, not_now: int):
    given = [Interest.MENTOR] * mentor + [Interest.MENTEE] * mentee
    given += [Interest.EITHER] * either + [Interest.NOT_NOW] * not_now
    return distribution({key: str(value) for key, value in enumerate(given)}, tuple(Interest.values))


def test_enough_on_both_sides_is_go_with_its_numbers():
    advice = recommendation(answered(12, 7, 5, 20), target=10)
    assert (advice.go, advice.headline) == (True, "Go: enough people want it")
    assert advice.reasons == (
        "12 would mentor, 7 would be mentored, 5 would do either.",
        "That is enough for 12 pairs, if everybody has one partner and the rules allow it. The objective is 10.",
    )
    assert advice.advice == ()


def test_a_side_that_is_too_small_is_not_yet_and_is_named():
    advice = recommendation(answered(30, 6, 0, 20), target=10)
    assert advice.headline == "Not yet"
    assert advice.advice == (
        "Mentees are the smaller side. Ask them in person, with the sponsor, before you open it.",
        "Some mentors will have to wait. Say so from the start.",
    )
    assert "Mentors are the smaller side." in recommendation(answered(6, 30, 0, 20), target=10).advice[0]


def test_an_answer_of_fewer_than_five_counts_as_none_and_its_number_is_not_said():
    advice = recommendation(answered(10, 4, 0, 20), target=None)
    assert not advice.go
    assert " 4 " not in " ".join(advice.reasons)
    assert advice.reasons[0].startswith("Would mentor: ")
    assert "Would be mentored: fewer than 5. " in advice.reasons[0]
    assert advice.reasons[1].startswith("What is hidden counts as none, and the rest is enough for 0 pairs")


def test_both_a_little_short_is_said_without_blaming_a_side():
    advice = recommendation(answered(8, 7, 6, 20), target=12)
    assert not advice.go
    assert advice.advice == (
        "Both sides are a little short. A later start, a lower target or more levels would change it.",
    )


@pytest.mark.parametrize("answers", [answered(1, 1, 0, 1), answered(0, 0, 0, 30)])
def test_where_nothing_may_be_shown_there_is_no_number(answers):
    advice = recommendation(answers, target=None)
    assert not advice.go
    assert advice.reasons == ("Too few people answered, or all alike, to show what they said.",)


def test_a_changed_question_cannot_be_counted():
    assert recommendation(None, target=3).reasons == (
        "The question whether somebody would take part was changed, so there is nothing to count.",
    )


@pytest.mark.parametrize(
    ("mentors", "mentees", "either", "pairs"), [(5, 5, 0, 5), (9, 1, 2, 3), (1, 9, 20, 15), (0, 0, 7, 3), (0, 4, 0, 0)]
)
def test_those_who_would_do_either_fill_the_smaller_side(mentors, mentees, either, pairs):
    assert most_pairs(mentors, mentees, either) == pairs
    ways = range(either + 1)
    assert max(min(mentors + way, mentees + either - way) for way in ways) == pairs


# From the stage to the decision


@pytest.fixture
def program(cora, sia):
    return program_with(cora, supervisor=sia, name="Two-Way Northwind", stage=Stage.INTEREST)


@pytest.fixture
def sia(db):
    return PersonFactory(given_name="Sia", rank=4)


@pytest.fixture
def interest(program, cora) -> Survey:
    return actions.start_interest(program, by=cora, at=OPENED_AT, opens_on=OPENS_ON, closes_on=CLOSES_ON)


def say(survey: Survey, person, answer: Interest) -> None:
    question = survey.questions.get(words="Would you take part?")
    assert actions.answer(survey, by=person, on=OPENS_ON, values={question.pk: answer.value})


def test_everybody_who_may_take_part_is_asked_once_and_nobody_else(interest, cora, mina, otto, sten):
    newcomer = PersonFactory(rank=2, hired_on=OPENS_ON - timedelta(days=20))
    left = PersonFactory(rank=2, left_on=OPENS_ON)
    asked = actions.open_survey(interest, by=cora, at=OPENED_AT)
    sides = {invitation.person: invitation.side for invitation in asked}
    assert (sides[mina], sides[otto]) == (Side.MENTOR, Side.MENTEE)
    assert not {newcomer, left, cora if cora.level is None else left} & set(sides)
    assert Notice.objects.filter(kind=actions.INVITATION).count() == len(asked) == len(sides)


def test_the_message_says_that_it_commits_to_nothing(interest, cora, mina):
    actions.open_survey(interest, by=cora, at=OPENED_AT)
    message = kinds.named(actions.INVITATION).compose(
        Notice.objects.get(person=mina, kind=actions.INVITATION), OPENED_AT
    )
    assert message is not None
    assert "would like to know whether you would take part. It commits you to nothing" in message.paragraphs[0]


def test_where_there_are_many_a_thousand_are_drawn_by_chance(interest, cora, mina, otto, monkeypatch):
    PersonFactory.create_batch(6, rank=2)
    monkeypatch.setattr(rules, "MOST_ASKED", 3)
    assert len(actions.open_survey(interest, by=cora, at=OPENED_AT)) == 3
    assert Invitation.objects.filter(survey=interest).count() == 3


@pytest.mark.parametrize(
    ("stage", "advice"),
    [
        (Stage.DRAFT, "Take the program to its interest survey first."),
        (Stage.ENROLMENT, "People can volunteer already, or could; that tells more than a survey."),
    ],
)
def test_interest_is_asked_before_enrolment_only(interest, program, cora, mina, stage, advice):
    program.stage = stage
    program.save()
    with pytest.raises(rules.NotBeforeEnrolment) as refusal:
        actions.open_survey(interest, by=cora, at=OPENED_AT)
    assert refusal.value.messages == [f"Interest is asked before enrolment. {advice}"]
    assert not Invitation.objects.exists()


def test_where_nobody_may_take_part_nobody_is_asked(interest, program, cora):
    program.mentor_months_here = 120
    program.mentee_lowest_level = program.mentor_highest_level.__class__.objects.order_by("-rank").first()
    program.save()
    with pytest.raises(rules.NobodyToAsk) as refusal:
        actions.open_survey(interest, by=cora, at=OPENED_AT)
    assert refusal.value.messages == ["Nobody in this program may take part under its rules."]


def test_enrolment_waits_until_nobody_is_asked_any_more_and_the_draft_is_gone(interest, program, cora, mina, otto):
    assert missing_for(program, Stage.DRAFT, on=OPENS_ON) == []
    actions.open_survey(interest, by=cora, at=OPENED_AT)
    assert missing_for(program, Stage.DRAFT, on=OPENS_ON) == [
        "People have been asked whether they would take part, so this cannot become a draft again."
    ]
    open_still = "People still answer the interest survey, until 21 June 2027. It can be closed earlier."
    assert open_still in missing_for(program, Stage.ENROLMENT, on=CLOSES_ON)
    assert missing_for(program, Stage.ENROLMENT, on=CLOSES_ON + timedelta(days=1)) == []
    with pytest.raises(MayNotMove):
        programs.move_to(program, stage=Stage.ENROLMENT, by=cora, at=OPENED_AT)


def test_closed_today_it_lets_those_who_write_finish_and_nobody_is_reminded_later(interest, cora, mina, otto):
    actions.open_survey(interest, by=cora, at=OPENED_AT)
    with pytest.raises(NotACoordinator):
        actions.close_today(interest, by=mina, at=OPENED_AT)
    closed = actions.close_today(interest, by=cora, at=OPENED_AT)
    assert closed.closes_on == OPENS_ON
    say(interest, mina, Interest.MENTOR)
    reminders = Notice.objects.filter(kind=actions.REMINDER, person=otto)
    assert reminders.exists()
    later = OPENED_AT + timedelta(days=4)
    assert {kinds.named(actions.REMINDER).compose(each, later) for each in reminders} == {None}
    with pytest.raises(rules.SurveyClosed):
        actions.close_today(interest, by=cora, at=OPENED_AT + timedelta(days=1))
    with pytest.raises(rules.CanStillBeAnswered):
        actions.release_results(closed, at=OPENED_AT + timedelta(days=1))


def test_advice_is_for_those_who_decide_and_rests_on_what_all_may_read(interest, program, cora, mina):
    mentors, mentees = PersonFactory.create_batch(7, rank=2), PersonFactory.create_batch(6, rank=6)
    actions.open_survey(interest, by=cora, at=OPENED_AT)
    for person, wish in [
        *((each, Interest.MENTOR) for each in mentors),
        *((each, Interest.MENTEE) for each in mentees),
    ]:
        say(interest, person, wish)
    sponsor, eva = PersonFactory(rank=6), EvaFactory()
    DutyFactory(program=program, person=sponsor, duty=Duty.SPONSOR)
    interest.refresh_from_db()
    results = released(interest)
    for reader in (cora, sponsor):
        advice = queries.recommendation(interest, results, to=reader)
        assert advice is not None
        assert (advice.go, advice.reasons[0]) == (True, "7 would mentor, 6 would be mentored, nobody would do either.")
    for reader in (mina, eva, mentors[0]):
        assert queries.recommendation(interest, results, to=reader) is None


def test_advice_and_forecast_rest_on_the_same_question_where_two_are_put_in_the_same_words(program, cora):
    survey: Survey = SurveyFactory(program=program, kind=SurveyKind.INTEREST)
    of_days, of_sides = (
        QuestionFactory(survey=survey, position=place, kind="choice", words="Would you take part?", options=options)
        for place, options in enumerate((["In spring", "In autumn"], list(Interest.values)), start=1)
    )
    opened(survey)
    for number in range(14):
        wish = Interest.MENTOR if number < 8 else Interest.MENTEE
        day = "In spring" if number % 2 else "In autumn"
        Answer.objects.create(
            survey=survey, side=Side.MENTOR, values={str(of_days.pk): day, str(of_sides.pk): wish}
        )  # fmt: skip
    results = released(survey)
    survey = Survey.objects.get(pk=survey.pk)
    advice = queries.recommendation(survey, results, to=cora)
    assert advice is not None
    assert advice.reasons[0] == "8 would mentor, 6 would be mentored, nobody would do either."
    assert queries.interested(survey) == (8, 6, 0)


def test_a_survey_of_another_kind_brings_no_advice(interest, cora, mina, otto):
    actions.open_survey(interest, by=cora, at=OPENED_AT)
    interest.refresh_from_db()
    interest.kind = SurveyKind.END_OF_TERM
    results = released(interest)
    assert queries.recommendation(interest, results, to=cora) is None


def test_the_desk_s_link_fills_in_our_title_and_two_weeks(client, cora, program):
    client.force_login(cora)
    page = client.get(reverse("admin:surveys_survey_add") + f"?program={program.pk}&kind=interest")
    assert 'value="Interest survey"' in page.text
    assert client.get(reverse("admin:surveys_survey_add") + "?kind=nonsense").status_code == 200


def test_the_desk_opens_and_closes_it_and_names_whom_it_asks(client, cora, program, mina, otto):
    client.force_login(cora)
    today = clock.today(cora.zone)
    survey = actions.start_interest(program, by=cora, at=OPENED_AT, opens_on=today, closes_on=today + timedelta(days=9))
    page = reverse("admin:surveys_survey_change", args=[survey.pk])
    assert "Everybody who may take part is asked" in client.get(page).text
    assert client.post(reverse("admin:surveys_survey_open", args=[survey.pk])).status_code == 302
    closing = reverse("admin:surveys_survey_close", args=[survey.pk])
    assert closing in client.get(page).text
    assert client.get(closing).status_code == 405
    assert "The survey closes at the end of today." in client.post(closing, follow=True).text
    assert closing not in client.get(page).text


FORECAST = Forecast(middle=4, nearly_always=3, changes=[["10 more mentors", 6]])


def test_the_rules_decide_and_what_would_bring_more_is_said_where_it_is_too_few():
    answers = distribution({n: Interest.MENTOR if n < 8 else Interest.MENTEE for n in range(20)}, list(Interest.values))
    without = recommendation(answers, target=5)
    assert without.go
    told = recommendation(answers, target=5, forecast=FORECAST)
    assert not told.go
    assert "would allow about 4 pairs, and at least 3 in nine of ten draws" in told.reasons[-1]
    assert "With 10 more mentors it would be about 6 pairs." in told.advice
    assert (
        "With 10 more mentors it would be about 6 pairs."
        not in recommendation(answers, target=3, forecast=FORECAST).advice
    )
