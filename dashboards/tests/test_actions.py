"""The forecast that follows from released interest: made once, from counts."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from dashboards import actions
from people.tests.factories import CoraFactory, EvaFactory, PersonFactory
from programs.choices import Duty, Side, Stage
from programs.models import Program
from programs.tests.factories import DutyFactory, program_with
from surveys import queries
from surveys.choices import Interest, QuestionKind, SurveyKind
from surveys.models import Answer, Forecast, Survey
from surveys.tests.factories import OPENED_AT, QuestionFactory, SurveyFactory, opened, released


@pytest.fixture
def program(db) -> Program:
    return program_with(CoraFactory(), stage=Stage.INTEREST)


@pytest.fixture
def survey(program) -> Survey:
    survey = SurveyFactory(program=program, kind=SurveyKind.INTEREST)
    QuestionFactory(
        survey=survey, kind=QuestionKind.CHOICE, words="Would you take part?", options=list(Interest.values)
    )  # fmt: skip
    return opened(survey)


def say(survey: Survey, wish: Interest, people: int) -> None:
    question = str(survey.questions.get().pk)
    for _ in range(people):
        Answer.objects.create(survey=survey, side=Side.MENTOR, values={question: wish})


def test_a_forecast_is_made_once_when_results_are_out_and_read_with_the_advice(program, survey):
    for rank in (2, 6):
        PersonFactory.create_batch(12, rank=rank)
    say(survey, Interest.MENTOR, 8)
    say(survey, Interest.MENTEE, 7)
    assert actions.forecast_pairs(at=OPENED_AT) == 0, "before there are results there is nothing to say"
    results = released(survey)
    assert actions.forecast_pairs(at=OPENED_AT) == 1
    assert actions.forecast_pairs(at=OPENED_AT) == 0
    kept = Forecast.objects.get()
    assert 1 <= (kept.nearly_always or 0) <= (kept.middle or 0) <= 7
    eva = EvaFactory()
    DutyFactory(program=program, person=eva, duty=Duty.SPONSOR)
    advice = queries.recommendation(Survey.objects.get(), results, to=eva)
    assert advice is not None
    assert "The program’s rules would allow about" in advice.reasons[-1]
    with pytest.raises(IntegrityError), transaction.atomic():
        Forecast.objects.update(middle=99)


def test_where_too_few_answered_no_number_is_made_and_none_is_tried_again(survey):
    say(survey, Interest.MENTOR, 3)
    released(survey)
    assert actions.forecast_pairs(at=OPENED_AT) == 1
    assert Forecast.objects.get().middle is None
    assert actions.forecast_pairs(at=OPENED_AT) == 0
