"""When a survey may be opened, changed, answered and read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from django.core.exceptions import ValidationError

from programs.choices import Side, Stage
from surveys import questions
from surveys.choices import SurveyKind
from surveys.constraints import REFUSAL
from surveys.questions import Values

if TYPE_CHECKING:
    from programs.models import Program
    from surveys.models import Question, Survey

MOST_ASKED: Final = 1000
"""People an interest survey asks: enough to know within three or four percent, and nobody else is bothered."""


class SurveyRefusal(ValidationError):
    """Something that cannot be done with this survey now."""


class QuestionsFrozen(SurveyRefusal):
    def __init__(self) -> None:
        super().__init__(REFUSAL, code="frozen")


class AlreadyOpened(SurveyRefusal):
    def __init__(self) -> None:
        super().__init__("This survey has been opened already.", code="already_opened")


class NoQuestions(SurveyRefusal):
    def __init__(self) -> None:
        super().__init__("There is no question yet. Add at least one.", code="no_questions")


class ClosesInThePast(SurveyRefusal):
    def __init__(self, survey: Survey) -> None:
        super().__init__(
            f"The survey would have closed on {survey.closes_on:%-d %B %Y}. Choose a later day.", code="too_late"
        )


class NobodyToAsk(SurveyRefusal):
    def __init__(self, survey: Survey) -> None:
        interest = survey.kind == SurveyKind.INTEREST
        whom = "may take part under its rules" if interest else "has a pair to be asked about"
        super().__init__(f"Nobody in this program {whom}.", code="nobody")


class NotBeforeEnrolment(SurveyRefusal):
    def __init__(self, program: Program) -> None:
        advice = (
            "Take the program to its interest survey first."
            if program.stage == Stage.DRAFT
            else "People can volunteer already, or could; that tells more than a survey."
        )
        super().__init__(f"Interest is asked before enrolment. {advice}", code="stage")


class SurveyClosed(SurveyRefusal):
    def __init__(self, survey: Survey) -> None:
        super().__init__(
            f"This survey closed on {survey.closes_on:%-d %B %Y}. Your answers were not stored.", code="closed"
        )


class SurveyNotOpen(SurveyRefusal):
    def __init__(self, survey: Survey) -> None:
        super().__init__(f"This survey opens on {survey.opens_on:%-d %B %Y}.", code="not_open")


class CanStillBeAnswered(SurveyRefusal):
    def __init__(self, survey: Survey) -> None:
        super().__init__(
            f"This survey can be answered until it has closed everywhere. Its results are released on "
            f"{survey.results_on:%-d %B %Y}.",
            code="can_be_answered",
        )


class NotInvited(SurveyRefusal):
    def __init__(self) -> None:
        super().__init__("This survey was put to other people.", code="not_invited")


class DoesNotHold(SurveyRefusal):
    """A question contradicts itself or another one."""

    def __init__(self, question: Question, sentence: str) -> None:
        super().__init__(f"Question {question.position}: {sentence}", code="does_not_hold")


class NothingAnswered(SurveyRefusal):
    def __init__(self) -> None:
        super().__init__("Nothing is answered yet. Answer one question or more.", code="nothing")


class NotAnswered(SurveyRefusal):
    def __init__(self, question: Question) -> None:
        super().__init__(f"“{question.words}” has to be answered.", code="not_answered")


class DoesNotFit(SurveyRefusal):
    def __init__(self) -> None:
        super().__init__("An answer does not fit its question. Load the page again.", code="does_not_fit")


def is_open(survey: Survey, *, on: date) -> bool:
    return survey.is_opened and survey.opens_on <= on <= survey.closes_on


def insist_open(survey: Survey, *, on: date) -> None:
    if not survey.is_opened or on < survey.opens_on:
        raise SurveyNotOpen(survey)
    if on > survey.closes_on:
        raise SurveyClosed(survey)


def insist_questions_may_change(survey: Survey) -> None:
    if survey.is_opened:
        raise QuestionsFrozen


def insist_may_be_opened(survey: Survey, *, asks: Sequence[Question], people: int, on: date) -> None:
    if survey.is_opened:
        raise AlreadyOpened
    if not asks:
        raise NoQuestions
    for question, _, sentence in questions.reasons_against(asks):
        raise DoesNotHold(question, sentence)
    if survey.closes_on < on:
        raise ClosesInThePast(survey)
    if survey.kind == SurveyKind.INTEREST and survey.program.stage != Stage.INTEREST:
        raise NotBeforeEnrolment(survey.program)
    if not people:
        raise NobodyToAsk(survey)


def insist_may_be_released(survey: Survey, *, on: date) -> None:
    """Only once nobody anywhere can still answer: results that move could be subtracted from one another.

    ``on`` is a day in UTC.
    """
    if not survey.is_opened or on < survey.results_on:
        raise CanStillBeAnswered(survey)


def insist_answers_fit(asks: Sequence[Question], values: Values, *, side: Side) -> None:
    """Refuses what was not asked of this side after these answers, and what nobody can answer to a question."""
    if not values:
        raise NothingAnswered
    asked = questions.asked(asks, values, side=side)
    if not values.keys() <= {question.pk for question in asked}:
        raise DoesNotFit
    for question in asked:
        if question.pk not in values:
            if question.required:
                raise NotAnswered(question)
        elif not questions.fits(question, values[question.pk]):
            raise DoesNotFit
