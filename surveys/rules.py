"""When a survey may be opened, changed, answered and read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from django.core.exceptions import ValidationError

from programs.choices import BEFORE_ENROLMENT, AskedOf, Side, Stage
from surveys import languages, questions
from surveys.choices import BEFORE_PAIRS, OpensWith, SurveyKind, Whom
from surveys.constraints import REFUSAL
from surveys.questions import Values

if TYPE_CHECKING:
    from programs.models import Program
    from surveys.models import Question, Survey, Translation

MOST_ASKED: Final = 1000
"""People asked before there are pairs: enough to know within three or four percent, and nobody else is bothered."""


WHOM: Final[Mapping[Whom, str]] = {
    Whom.MAY_TAKE_PART: "may take part under its rules",
    Whom.TAKES_PART: "takes part yet",
    Whom.HAD_A_PAIR: "has a pair to be asked about",
    Whom.HAS_A_PAIR: "has a pair under way",
    Whom.ENDED_EARLY: "had a pair that ended early and was not asked about it before",
}
"""In the sentence “Nobody in this program …”."""


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
    def __init__(self, closes_on: date) -> None:
        super().__init__(f"The survey would have closed on {closes_on:%-d %B %Y}. Choose a later day.", code="too_late")


class NotRepeated(SurveyRefusal):
    def __init__(self) -> None:
        super().__init__("This survey is put once. There is nothing to stop.", code="not_repeated")


class NobodyToAsk(SurveyRefusal):
    def __init__(self, survey: Survey) -> None:
        side = "" if survey.asks_side == AskedOf.BOTH else f" on the side of {AskedOf(survey.asks_side).label.lower()}"
        super().__init__(f"Nobody in this program{side} {WHOM[survey.whom]}.", code="nobody")


class NotBeforePairs(SurveyRefusal):
    def __init__(self) -> None:
        super().__init__(
            "A readiness check is for the time before people are matched. Halfway, ask those who have a pair.",
            code="stage",
        )


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


class ReceiptTaken(SurveyRefusal):
    def __init__(self) -> None:
        super().__init__("Your receipt was used before, so it is another one now. Send once more.", code="receipt")


class WrittenInIt(SurveyRefusal):
    def __init__(self) -> None:
        super().__init__("The survey is written in this language. Choose another one.", code="language")


class TranslationDoesNotFit(SurveyRefusal):
    """A question was changed after it had been translated."""

    def __init__(self, translation: Translation, question: Question, sentence: str) -> None:
        super().__init__(
            f"Question {question.position} in {translation.get_language_display()}: {sentence}", code="translation"
        )


class NothingAnswered(SurveyRefusal):
    def __init__(self) -> None:
        super().__init__("Nothing is answered yet. Answer one question or more.", code="nothing")


class NotAnswered(SurveyRefusal):
    def __init__(self, question: Question) -> None:
        super().__init__(f"“{question.words}” has to be answered.", code="not_answered")


class DoesNotFit(SurveyRefusal):
    def __init__(self) -> None:
        super().__init__("An answer does not fit its question. Load the page again.", code="does_not_fit")


def insist_may_be_translated(survey: Survey, language: str) -> None:
    insist_questions_may_change(survey)
    if language == survey.language:
        raise WrittenInIt


def insist_translation_fits(translation: Translation, asks: Sequence[Question]) -> None:
    for question, sentence in languages.reasons_against(translation, asks):
        raise TranslationDoesNotFit(translation, question, sentence)


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


def opening_day(survey: Survey, *, on: date) -> date | None:
    """The day on which a planned survey opens, as things stand; None while nobody can say."""
    program = survey.program
    first_term = timedelta(weeks=program.term_weeks)
    match OpensWith(survey.opens_with):
        case OpensWith.DAY:
            return survey.opens_on
        case OpensWith.HALFWAY:
            return min(program.starts_on + first_term / 2, program.ends_on)
        case OpensWith.END_OF_TERM:
            return min(program.starts_on + first_term, program.ends_on)
        case OpensWith.REVIEW:
            return on if program.stage in (Stage.REVIEW, Stage.CLOSED) else None


def closing_day(survey: Survey, opens_on: date) -> date:
    """The last day, if the survey opens on that day and stays open as long as was written."""
    return opens_on + (survey.closes_on - survey.opens_on)


def insist_may_be_planned(survey: Survey, *, asks: Sequence[Question], on: date) -> None:
    if survey.is_opened:
        raise AlreadyOpened
    insist_hold_together(survey, asks)
    day = opening_day(survey, on=on)
    if day is not None and closing_day(survey, day) < on:
        raise ClosesInThePast(closing_day(survey, day))


def insist_hold_together(survey: Survey, asks: Sequence[Question]) -> None:
    if not asks:
        raise NoQuestions
    for question, _, sentence in questions.reasons_against(asks, of_side=AskedOf(survey.asks_side)):
        raise DoesNotHold(question, sentence)


def insist_may_be_opened(survey: Survey, *, asks: Sequence[Question], people: int, closes_on: date, on: date) -> None:
    if survey.is_opened:
        raise AlreadyOpened
    insist_hold_together(survey, asks)
    if closes_on < on:
        raise ClosesInThePast(closes_on)
    if survey.kind == SurveyKind.INTEREST and survey.program.stage != Stage.INTEREST:
        raise NotBeforeEnrolment(survey.program)
    if survey.kind == SurveyKind.READINESS and survey.program.stage not in (*BEFORE_ENROLMENT, Stage.ENROLMENT):
        raise NotBeforePairs
    if not people:
        raise NobodyToAsk(survey)


def insist_may_be_released(survey: Survey, *, on: date) -> None:
    """Only once nobody anywhere can still answer: results that move could be subtracted from one another.

    ``on`` is a day in UTC.
    """
    if not survey.is_opened or on < survey.results_on:
        raise CanStillBeAnswered(survey)


def is_due(survey: Survey, *, on: date) -> bool:
    """Whether the day of a planned survey has come."""
    day = opening_day(survey, on=on)
    return day is not None and day <= on


def next_opening_day(survey: Survey, *, on: date) -> date | None:
    """When the next wave opens; None where there is to be none, or not before this one is over."""
    if survey.repeats_after_weeks is None or not survey.is_opened or on < survey.results_on:
        return None
    day = survey.opens_on + timedelta(weeks=survey.repeats_after_weeks)
    return day if survey.program.stage != Stage.CLOSED and day <= survey.program.ends_on else None


def most_asked(survey: Survey, people: int) -> int:
    """How many of so many are asked where nobody said."""
    return MOST_ASKED if survey.kind in BEFORE_PAIRS else people


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
