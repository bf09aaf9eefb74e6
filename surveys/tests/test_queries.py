from __future__ import annotations

from datetime import date, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from people.tests.factories import AdaFactory, CoraFactory, EvaFactory, PersonFactory, SiaFactory
from programs.choices import Duty, Measure, Side
from programs.tests.factories import DutyFactory, program_with
from surveys import actions, queries, releases
from surveys.models import Answer, Invitation, Survey
from surveys.tests.factories import (
    CLOSES_ON,
    OPENS_ON,
    READABLE_ON,
    QuestionFactory,
    SurveyFactory,
    opened,
    released,
    three_questions,
)

FEW = "fewer than 5"


def answers(survey: Survey, side: Side, *points: int, choice: str = "", comment: str = "") -> None:
    """Answers as they are stored, one for each point on the scale."""
    scale, several, words = survey.questions.all()
    for point in points:
        values: dict[str, object] = {str(scale.pk): point}
        if choice:
            values[str(several.pk)] = choice
        if comment:
            values[str(words.pk)] = comment
        Answer.objects.create(survey=survey, side=side, values=values)


def results(survey: Survey) -> releases.Results:
    """As they would be let out now."""
    return releases.count(survey).results


# Who


def test_only_who_is_asked_opens_the_survey(asked, survey, mina, otto, bo, sten, cora):
    people = [mina, otto, bo, sten, cora, AdaFactory()]
    assert [person for person in people if queries.visible_to(person).exists()] == [mina, otto]


def test_home_says_of_each_survey_where_it_stands(asked, mina, bo):
    def told(person, on):
        return [(card.words, card.answered, card.action) for card in queries.asked_of(person, on)]

    assert told(mina, OPENS_ON - timedelta(days=1)) == []
    assert told(mina, CLOSES_ON) == [("Open until 21 June.", False, "Answer")]
    Invitation.objects.filter(person=mina).update(answered=True)
    assert told(mina, CLOSES_ON) == [("Results from 23 June.", True, "")]
    assert told(mina, CLOSES_ON + timedelta(days=1)) == [("Results from 23 June.", True, "")]
    released(asked)
    assert told(mina, READABLE_ON) == [("Closed.", True, "Read the results")]
    assert told(bo, CLOSES_ON) == []


def test_home_asks_the_database_once_for_all_surveys_and_shows_the_newest(asked, program, mina):
    counts = []
    for more in (0, queries.SHOWN_AT_HOME):
        for number in range(more):
            opened(SurveyFactory(program=program, title=f"Wave {number}"), (mina, Side.MENTOR))
        with CaptureQueriesContext(connection) as captured:
            cards = queries.asked_of(mina, CLOSES_ON)
        counts.append(len(captured))
    assert counts == [1, 1]
    assert [card.title for card in cards] == ["Wave 4", "Wave 3", "Wave 2", "Wave 1", "Wave 0"]


def test_a_survey_nobody_has_opened_is_visible_to_nobody(survey, questions, pairing, mina, cora):
    assert not queries.visible_to(mina).exists()
    assert not queries.results_visible_to(cora).exists()


def test_results_are_for_those_asked_coordinators_sponsors_and_executives(asked, program, mina, otto, bo, sten, cora):
    other = CoraFactory(email="another.cora@example.org")
    program_with(other, name="Another")
    sponsor, sia = PersonFactory(), SiaFactory()
    DutyFactory(program=program, person=sponsor, duty=Duty.SPONSOR)
    DutyFactory(program=program, person=sia, duty=Duty.SUPERVISOR)
    eva = EvaFactory()
    people = [mina, otto, bo, sten, cora, other, sponsor, sia, eva, AdaFactory()]
    reading = [person for person in people if queries.results_visible_to(person).filter(pk=asked.pk).exists()]
    assert reading == [mina, otto, cora, sponsor, eva]


# What waits


def test_an_open_survey_waits_until_it_is_answered_or_closed(asked, questions, mina):
    item = queries.waiting_for(mina, OPENS_ON)[0]
    assert (item.what, item.detail, item.url) == (
        "End-of-term survey",
        "Three questions, open until 21 June.",
        f"/surveys/{asked.pk}/",
    )
    assert queries.waiting_for(mina, OPENS_ON - timedelta(days=1)) == []
    assert len(queries.waiting_for(mina, CLOSES_ON)) == 1
    assert queries.waiting_for(mina, CLOSES_ON + timedelta(days=1)) == []
    actions.answer(asked, by=mina, on=OPENS_ON, values={questions[0].pk: 3})
    assert queries.waiting_for(mina, OPENS_ON) == []


def test_what_waits_is_read_in_one_query_for_one_survey_and_for_three(program, asked, mina):
    def queries_needed() -> int:
        with CaptureQueriesContext(connection) as needed:
            queries.waiting_for(mina, OPENS_ON)
        return len(needed)

    one = queries_needed()
    for _ in range(2):
        more = SurveyFactory(program=program)
        QuestionFactory(survey=more)
        opened(more, (mina, Side.MENTOR))
    assert len(queries.waiting_for(mina, OPENS_ON)) == 3
    assert queries_needed() == one == 1


# Results


def test_large_groups_are_shown_by_side(asked):
    answers(asked, Side.MENTOR, *[4] * 10, *[5] * 10, *[3] * 5)
    answers(asked, Side.MENTEE, *[4] * 6, *[5] * 6, *[3] * 8)
    found = results(asked)
    assert found.answered.words == "45"
    assert [(side, figure.words) for side, figure in found.by_side] == [("Mentors", "25"), ("Mentees", "20")]
    assert [each.words for each in found.scales] == ["It was worth my time."]
    assert [(name, figure.number) for name, figure in found.scales[0].agreeing] == [
        ("All", 71),
        ("Mentors", 80),
        ("Mentees", 60),
    ]


def labels(survey: Survey) -> list[str]:
    return [bar.label for bar in results(survey).scales[0].released.total.bars]


def test_answers_are_counted_as_finely_as_hides_nothing(asked):
    answers(asked, Side.MENTOR, *[1] * 5, *[3] * 5, *[4] * 6, *[5] * 6)
    answers(asked, Side.MENTEE, *[2] * 5, *[3] * 5, *[4] * 5, *[5] * 5)
    assert labels(asked) == ["Little or not", "Partly", "Mostly", "Fully"]


def test_rare_answers_of_one_side_are_counted_with_their_neighbours(asked):
    answers(asked, Side.MENTOR, *[1] * 3, *[3] * 5, *[4] * 6, *[5] * 6)
    answers(asked, Side.MENTEE, *[2] * 5, *[3] * 5, *[4] * 5, *[5] * 5)
    assert labels(asked) == ["Partly or less", "Mostly", "Fully"]


def test_where_few_chose_the_upper_answers_only_two_parts_are_left(asked):
    answers(asked, Side.MENTOR, *[1] * 3, *[3] * 5, *[4] * 2, *[5] * 6)
    answers(asked, Side.MENTEE, *[2] * 5, *[3] * 5, *[4] * 5, *[5] * 5)
    assert labels(asked) == ["Partly or less", "Mostly or fully"]
    assert [figure.number for _, figure in results(asked).scales[0].agreeing] == [50, 50, 50]


def test_a_small_side_cannot_be_subtracted_from_the_margin(asked):
    answers(asked, Side.MENTOR, *[4] * 10, *[5] * 10)
    answers(asked, Side.MENTEE, *[1] * 3)
    found = results(asked)
    by_side = dict(found.by_side)
    assert by_side["Mentees"].words == FEW
    shown_numbers = [each.is_shown for each in (found.answered, by_side["Mentors"])]
    assert shown_numbers != [True, True]
    everybody, mentors, mentees = (figure for _, figure in found.scales[0].agreeing)
    assert not mentees.is_shown
    assert not (everybody.is_shown and mentors.is_shown)


def test_four_answers_show_nothing_at_all(asked):
    answers(asked, Side.MENTOR, 1, 3, 4, 5, choice="Yes", comment="CANARY")
    found = results(asked)
    assert found.answered.words == FEW
    assert [figure.is_shown for _, figure in found.scales[0].agreeing] == [False] * 3
    assert not any(bar.count.is_shown and bar.count.number for bar in found.choices[0].released.total.bars)
    assert not found.comments[0].is_open
    assert "CANARY" not in repr(releases.count(asked))


def test_nobody_answering_shows_nothing_and_breaks_nothing(asked):
    found = results(asked)
    assert [figure.is_shown for _, figure in found.scales[0].agreeing] == [False] * 3
    assert not found.comments[0].is_open


def test_everybody_saying_the_same_is_not_shown(asked):
    answers(asked, Side.MENTOR, *[1] * 8)
    assert not results(asked).scales[0].agreeing[0][1].is_shown


def test_comments_open_with_the_tenth(asked):
    for number in range(9):
        answers(asked, Side.MENTOR, 4, comment=f"Comment {number}")
    nine = releases.count(asked)
    assert (nine.results.comments[0].is_open, nine.texts) == (False, {})
    answers(asked, Side.MENTEE, 4, comment="Comment 9")
    ten = releases.count(asked)
    assert sorted(*ten.texts.values()) == [f"Comment {number}" for number in range(10)]
    assert ten.results.comments[0].is_open


def test_the_number_asked_is_told_only_when_it_gives_nobody_away(asked, mina, otto):
    answers(asked, Side.MENTOR, *[4] * 5, *[5] * 5)
    assert results(asked).asked is None  # two asked, ten answers: not a number to print
    for _ in range(16):
        asked.invitations.create(person=PersonFactory(), side=Side.MENTOR)
    assert asked.invitations.count() == 18
    assert results(asked).asked == 20  # to the nearest ten, or it would tell from the pairs who is in two


def test_one_who_skipped_a_question_is_counted_with_the_rare_answers(asked):
    answers(asked, Side.MENTOR, *[5] * 5, *[4] * 5, *[3] * 5)
    answers(asked, Side.MENTEE, *[5] * 6, *[4] * 6, *[3] * 5)
    scale = asked.questions.first()
    skipping = Answer.objects.filter(survey=asked, side=Side.MENTOR, values={str(scale.pk): 3})[0]
    skipping.values = {}
    skipping.save()
    found = results(asked)
    scale_result = found.scales[0].released
    assert [(bar.label, bar.count.words) for bar in scale_result.groups["Mentors"].bars] == [
        ("Partly or less, or no answer", "5"), ("Mostly", "5"), ("Fully", "5")
    ]  # fmt: skip
    assert found.answered.words == scale_result.total.n.words == "32"


def test_one_who_skipped_a_choice_is_not_told_by_a_second_number(asked):
    answers(asked, Side.MENTOR, *[5] * 12, choice="Yes")
    answers(asked, Side.MENTOR, *[5] * 11, choice="No")
    answers(asked, Side.MENTOR, 5)
    answers(asked, Side.MENTEE, *[5] * 10, choice="Yes")
    answers(asked, Side.MENTEE, *[5] * 10, choice="No")
    released = results(asked).choices[0].released
    assert released.total.n.number == 44
    mentors = {bar.label: bar.count for bar in released.groups["Mentors"].bars}
    assert not mentors["No answer"].is_shown
    assert not all(mentors[option].is_shown for option in ("Yes", "No"))


def test_five_who_skipped_may_be_told(asked):
    answers(asked, Side.MENTOR, *[5] * 12, choice="Yes")
    answers(asked, Side.MENTOR, *[5] * 11, choice="No")
    answers(asked, Side.MENTOR, *[5] * 5)
    released = results(asked).choices[0].released
    assert [bar.label for bar in released.total.bars] == ["Yes", "No"]
    assert released.total.n.number == 23


# Worth the time


def test_worth_the_time_comes_from_the_newest_survey_whose_results_are_released(program, asked):
    answers(asked, Side.MENTOR, *[5] * 10, *[3] * 10)
    answers(asked, Side.MENTEE, *[4] * 15, *[3] * 5)
    earlier = SurveyFactory(program=program, opens_on=date(2027, 3, 1), closes_on=date(2027, 3, 14))
    three_questions(earlier)
    answers(opened(earlier), Side.MENTOR, *[3] * 10, *[2] * 10)

    released(earlier)
    before = queries.asked_for(Measure.WORTH_THE_TIME, program)
    assert before is not None
    assert before.survey == earlier
    released(asked)
    worth = queries.asked_for(Measure.WORTH_THE_TIME, program)
    assert worth is not None
    assert (worth.survey, worth.total.number) == (asked, 62)


def test_a_program_without_a_survey_has_no_figure(program):
    assert queries.asked_for(Measure.WORTH_THE_TIME, program) is None


def test_the_objective_says_no_more_than_the_results_page(asked):
    answers(asked, Side.MENTOR, *[5] * 4, *[3] * 10)
    page = released(asked)
    worth = queries.asked_for(Measure.WORTH_THE_TIME, asked.program)
    assert worth is not None
    assert worth.total == page.scales[0].agreeing[0][1]
    assert not worth.total.is_shown
