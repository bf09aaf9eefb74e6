"""The questions we suggest. Coordinators may change them until a survey is opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from programs.choices import Measure, Side
from programs.models import Program
from surveys.choices import Interest, QuestionKind, SurveyKind


@dataclass(frozen=True, slots=True)
class QuestionTemplate:
    kind: QuestionKind
    words: str
    options: tuple[str, ...] = ()
    measure: Measure | None = None

    def words_in(self, program: Program) -> str:
        """With what the program calls its mentors."""
        return self.words.replace("{mentor}", program.word(Side.MENTOR))


@dataclass(frozen=True, slots=True)
class SurveyTemplate:
    title: str
    introduction: str
    questions: tuple[QuestionTemplate, ...]


_SPEAK: Final = QuestionTemplate(QuestionKind.SCALE, "I can say what I really think.")
_START: Final = QuestionTemplate(QuestionKind.SCALE, "Our meetings start from the {mentor}’s questions and views.")
_USED: Final = QuestionTemplate(QuestionKind.SCALE, "I learned something I have used.")
_TURN: Final = QuestionTemplate(QuestionKind.SCALE, "I know whom to turn to if it goes wrong.")
_MANAGER: Final = QuestionTemplate(QuestionKind.SCALE, "My line manager leaves me the time for it.")

TEMPLATES: Final[Mapping[SurveyKind, SurveyTemplate]] = {
    SurveyKind.INTEREST: SurveyTemplate(
        "Interest survey",
        "We think about starting a program in which somebody less senior mentors somebody more senior. Before we "
        "decide, we ask whether people would want it. Your answer commits you to nothing.",
        (
            QuestionTemplate(QuestionKind.CHOICE, "Would you take part?", tuple(Interest.values)),
            QuestionTemplate(QuestionKind.SCALE, "I could find one to two hours a month for it."),
            QuestionTemplate(
                QuestionKind.SCALE, "I could say what I really think to somebody far above or below me here."
            ),
            QuestionTemplate(QuestionKind.SCALE, "My line manager would leave me the time for it."),
            QuestionTemplate(QuestionKind.COMMENT, "What would you want to show or to learn? What keeps you away?"),
        ),
    ),
    SurveyKind.MID_TERM: SurveyTemplate(
        "Halfway survey",
        "How it goes so far, while there is time to change something.",
        (
            _SPEAK,
            _START,
            _USED,
            _TURN,
            _MANAGER,
            QuestionTemplate(QuestionKind.SCALE, "It is worth my time so far.", measure=Measure.WORTH_THE_TIME),
            QuestionTemplate(QuestionKind.COMMENT, "What should we change?"),
        ),
    ),
    SurveyKind.END_OF_TERM: SurveyTemplate(
        "End-of-term survey",
        "What it brought, what it cost, and what we should do differently next time.",
        (
            QuestionTemplate(QuestionKind.SCALE, "I could say what I really think."),
            QuestionTemplate(QuestionKind.SCALE, "Our meetings started from the {mentor}’s questions and views."),
            _USED,
            QuestionTemplate(QuestionKind.SCALE, "I knew whom to turn to if it went wrong."),
            QuestionTemplate(QuestionKind.SCALE, "It was worth my time.", measure=Measure.WORTH_THE_TIME),
            QuestionTemplate(QuestionKind.SCALE, "I would do it again.", measure=Measure.WOULD_DO_AGAIN),
            QuestionTemplate(
                QuestionKind.CHOICE,
                "If you did it again, on which side?",
                ("The same side", "The other side", "Either side"),
            ),
            QuestionTemplate(QuestionKind.COMMENT, "What should we keep, and what should we change?"),
        ),
    ),
}
