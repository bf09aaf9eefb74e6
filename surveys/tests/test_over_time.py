"""What is told of the change from one wave to the next, and to whom."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest

from people.models import Person
from people.tests.factories import EvaFactory
from programs.choices import Side
from surveys import charts, queries
from surveys.models import Survey
from surveys.over_time import compared, interval, wilson
from surveys.tests.factories import CLOSES_ON, OPENS_ON, SurveyFactory, opened, released, three_questions
from surveys.tests.test_queries import answers


@pytest.mark.parametrize(("some", "of"), [(0, 5), (3, 7), (12, 40), (40, 40)])
def test_the_interval_of_a_share_is_scipy_s(some, of):
    from scipy.stats import binomtest  # takes as long to load as all other tests of surveys

    theirs = binomtest(some, of).proportion_ci(0.95, method="wilson")
    assert wilson(some, of) == pytest.approx((theirs.low, theirs.high), abs=1e-6)


def test_the_interval_of_a_difference_is_that_of_the_paper():
    """Newcombe 1998, table II, method 10, example (a): 56 of 70 less 48 of 80."""
    assert interval(48, 80, 56, 70) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert interval(0, 10, 0, 10)[0] < 0 < interval(0, 10, 0, 10)[1]


def wave(program, months: int, points: list[int], *people: tuple[Person, Side], **put_to: str) -> Survey:
    days = timedelta(days=30 * months)
    survey = SurveyFactory(program=program, opens_on=OPENS_ON + days, closes_on=CLOSES_ON + days, **put_to)
    three_questions(survey)
    opened(survey, *people)
    for side in Side:
        answers(survey, side, *points)
    return survey


FEW_AGREE, MANY_AGREE = [4] * 10 + [3] * 15, [4] * 20 + [3] * 5


def test_a_change_is_told_with_its_interval_and_called_chance_where_it_may_be(program):
    first, second = wave(program, 0, FEW_AGREE), wave(program, 3, MANY_AGREE)
    third = wave(program, 6, MANY_AGREE)
    read = [released(each) for each in (first, second, third)]
    eva = EvaFactory()
    two = queries.waves_up_to(second, read[1], read_by=eva)
    [statement] = compared(two)
    everybody, mentors, _ = statement.changes
    assert (everybody.before.words, everybody.now.words, everybody.words) == ("40%", "80%", "+40 (+21 to +55)")
    assert mentors.low is not None
    assert mentors.high is not None
    assert mentors.high - mentors.low > 35, "of fewer people less is known"
    [again] = compared(queries.waves_up_to(third, read[2], read_by=eva))
    assert again.changes[0].words == "0 (\u221216 to +16), may be chance"
    assert [each.words for each in again.shares] == ["40%", "80%", "80%"]


def test_a_survey_that_was_put_to_other_people_is_no_earlier_one(program):
    """What mentors say and what everybody says differ without any change."""
    eva, usual = EvaFactory(), wave(program, 0, FEW_AGREE)
    mentors = wave(program, 3, MANY_AGREE, asks_side="mentor")
    under_way = wave(program, 6, MANY_AGREE, asks="has_a_pair")
    said_so = wave(program, 9, MANY_AGREE, asks="had_a_pair")
    read = {survey: released(survey) for survey in (usual, mentors, under_way, said_so)}
    earlier = {
        survey: [each.survey for each in queries.waves_up_to(survey, read[survey], read_by=eva)][:-1]
        for survey in (mentors, under_way, said_so)
    }
    assert earlier == {mentors: [], under_way: [], said_so: [usual]}, "the last says what is usual in so many words"


def test_nothing_is_told_of_a_change_from_or_to_what_is_hidden(program):
    first, second = wave(program, 0, [4, 3]), wave(program, 3, MANY_AGREE)
    released(first)
    [statement] = compared(queries.waves_up_to(second, released(second), read_by=EvaFactory()))
    assert {change.words for change in statement.changes} == {"hidden to protect others"}


def test_a_single_wave_or_other_questions_bring_no_comparison(program):
    only = wave(program, 0, MANY_AGREE)
    results = released(only)
    assert compared(queries.waves_up_to(only, results, read_by=EvaFactory())) == ()
    assert [chart.title for chart in charts.of(results)][:2] == ["How true is it for you?", "How true is it, by side?"]


def test_who_was_not_asked_before_is_told_of_this_time_alone(client, program, mina, otto):
    first = wave(program, 0, FEW_AGREE, (otto, Side.MENTEE))
    second = wave(program, 3, MANY_AGREE, (mina, Side.MENTOR), (otto, Side.MENTEE))
    released(first)
    results = released(second)
    assert len(queries.waves_up_to(second, results, read_by=otto)) == 2
    assert len(queries.waves_up_to(second, results, read_by=mina)) == 1
    for person, told in ((otto, True), (mina, False)):
        client.force_login(person)
        page = client.get(f"/surveys/{second.pk}/results/").text
        assert ("+40 (+21 to +55)" in page, "Since 21 Jun 2027" in page) == (told, told)
        assert ("Since the last time" in client.get(f"/surveys/{second.pk}/results.csv").text) is told


def test_only_released_waves_are_compared_and_the_newest_of_them(program):
    surveys = [wave(program, month, MANY_AGREE) for month in range(8)]
    last = released(surveys[-1])
    eva = EvaFactory()
    assert len(queries.waves_up_to(surveys[-1], last, read_by=eva)) == 1
    for survey in surveys[:-1]:
        released(survey)
    waves = queries.waves_up_to(surveys[-1], last, read_by=eva)
    assert [each.survey for each in waves] == surveys[-queries.WAVES :]


def test_the_interval_is_wider_than_the_difference_of_the_ends_of_neither():
    low, high = interval(10, 50, 40, 50)
    assert low < 0.6 < high
    assert math.isclose(high - low, 0.307, abs_tol=0.02)
