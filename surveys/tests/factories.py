"""Surveys for tests, and people of pairs who are asked."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import factory
from factory.django import DjangoModelFactory

from pairings.tests.factories import PairingFactory
from people.models import Person
from programs.choices import AskedOf, Measure, Side
from programs.models import Program
from surveys import actions, queries
from surveys.choices import QuestionKind, SurveyKind
from surveys.models import Invitation, Question, Survey
from surveys.releases import Results

OPENS_ON = date(2027, 6, 7)
CLOSES_ON = date(2027, 6, 21)
READABLE_ON = date(2027, 6, 23)
OPENED_AT = datetime(2027, 6, 7, 8, 0, tzinfo=UTC)


class SurveyFactory(DjangoModelFactory):
    """An end-of-term survey without questions that nobody has opened."""

    class Meta:
        model = Survey

    kind = SurveyKind.END_OF_TERM
    title = "End-of-term survey"
    opens_on = OPENS_ON
    closes_on = CLOSES_ON


class QuestionFactory(DjangoModelFactory):
    class Meta:
        model = Question

    survey = factory.SubFactory(SurveyFactory)
    position = factory.Sequence(lambda n: n + 1)
    kind = QuestionKind.SCALE
    words = "I can say what I really think."


def three_questions(survey: Survey) -> tuple[Question, Question, Question]:
    """A scale that counts for the objective, one of several, and a comment."""
    return (
        QuestionFactory(survey=survey, position=1, words="It was worth my time.", measure=Measure.WORTH_THE_TIME),
        QuestionFactory(
            survey=survey, position=2, kind=QuestionKind.CHOICE, words="Again?", options=["Yes", "No"]
        ),
        QuestionFactory(survey=survey, position=3, kind=QuestionKind.COMMENT, words="What should we change?"),
    )  # fmt: skip


def one_of_each_kind(survey: Survey) -> list[Question]:
    """On three pages, with a condition, and one question for mentors alone."""
    K = QuestionKind
    asked: list[dict[str, object]] = [
        {"kind": K.SCALE, "words": "We listen.", "lowest": "Hardly", "highest": "Always"},
        {"kind": K.TEN, "words": "Would you recommend it?", "required": True},
        {"kind": K.CHOICE, "words": "Again?", "options": ["Yes", "No"]},
        {"kind": K.SEVERAL, "words": "What helped?", "options": ["Time", "Trust", "Tea"], "only_if": 3,
         "only_if_answers": ["Yes"]},
        {"kind": K.SHORT, "words": "What would it take?", "only_if": 3, "only_if_answers": ["No"]},
        {"kind": K.RANKING, "words": "What matters most?", "options": ["Learning", "Showing"], "begins_page": True},
        {"kind": K.MATRIX, "words": "How is it here?", "options": ["Mistakes are told.", "Questions are asked."]},
        {"kind": K.COMMENT, "words": "Anything else?", "asked_of": AskedOf.MENTORS},
    ]  # fmt: skip
    return [QuestionFactory(survey=survey, position=number, **each) for number, each in enumerate(asked, start=1)]


def opened(survey: Survey, *people: tuple[Person, Side]) -> Survey:
    """Open it without messages, for these people."""
    survey.opened_at = OPENED_AT
    survey.save()
    Invitation.objects.bulk_create(Invitation(survey=survey, person=person, side=side) for person, side in people)
    return survey


def released(survey: Survey) -> Results:
    """Let its results out on the first day on which that may be, and read them as everybody does."""
    survey = Survey.objects.get(pk=survey.pk)
    actions.release_results(survey, at=datetime.combine(survey.results_on, time(1), tzinfo=UTC))
    found = queries.released_results(Survey.objects.get(pk=survey.pk))
    assert found is not None
    return found


def pairs(program: Program, count: int) -> list[tuple[Person, Side]]:
    """``count`` pairs, and their people with the side each takes."""
    found: list[tuple[Person, Side]] = []
    for _ in range(count):
        pairing = PairingFactory(program=program)
        found += [(pairing.mentor.person, Side.MENTOR), (pairing.mentee.person, Side.MENTEE)]
    return found
