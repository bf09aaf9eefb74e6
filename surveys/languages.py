"""A survey in the language somebody reads it in. Answers are stored in the words it was written in, whatever it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pairings.choices import Agreeing
from people.languages import name_of
from surveys import questions as judgement
from surveys.choices import WITH_OPTIONS, QuestionKind
from surveys.models import Question, QuestionTranslation, Survey, Translation

POINTS: Final[Mapping[str, tuple[str, ...]]] = {
    "de": ("Gar nicht", "Wenig", "Teilweise", "Überwiegend", "Völlig"),
    "fr": ("Pas du tout", "Un peu", "En partie", "En grande partie", "Tout à fait"),
    "es": ("Nada", "Un poco", "En parte", "En gran parte", "Del todo"),
    "it": ("Per niente", "Un po’", "In parte", "In gran parte", "Del tutto"),
    "nl": ("Helemaal niet", "Een beetje", "Gedeeltelijk", "Grotendeels", "Volledig"),
}
"""What we suggest to call the five points; coordinators may change it."""


@dataclass(frozen=True, slots=True)
class Words:
    """What of a question can be said in another language."""

    words: str = ""
    options: tuple[str, ...] = ()
    ends: tuple[str, str] = ("", "")

    def __bool__(self) -> bool:
        return bool(self.words or self.options or any(self.ends))


class Spoken:
    """A survey in one language: a text that is not translated stands in the one the survey was written in."""

    def __init__(self, survey: Survey, translation: Translation | None = None) -> None:
        self.survey, self.translation = survey, translation
        self.language = translation.language if translation else survey.language
        self._by_question: dict[int, QuestionTranslation] = (
            {each.question_id: each for each in translation.questions.all()} if translation else {}
        )

    @property
    def title(self) -> str:
        return (self.translation.title if self.translation else "") or self.survey.title

    @property
    def introduction(self) -> str:
        return (self.translation.introduction if self.translation else "") or self.survey.introduction

    @property
    def points(self) -> list[tuple[int, str]]:
        """The scale from “Not at all” to “Fully”."""
        own = self.translation.points if self.translation else []
        return list(zip(Agreeing.values, own, strict=True)) if own else list(Agreeing.choices)

    def words(self, question: Question) -> str:
        there = self._by_question.get(question.pk)
        return (there.words if there else "") or question.words

    def options(self, question: Question) -> list[tuple[str, str]]:
        """Each option as it is stored, and as it is read."""
        there = self._by_question.get(question.pk)
        read = there.options if there and len(there.options) == len(question.options) else question.options
        return list(zip(question.options, read, strict=True))

    def ends(self, question: Question) -> tuple[str, str]:
        there = self._by_question.get(question.pk)
        return (there.lowest, there.highest) if there and there.lowest else (question.lowest, question.highest)

    def is_whole(self, question: Question) -> bool:
        """Whether nothing of this question stands in another language."""
        if self.translation is None:
            return True
        there = self._by_question.get(question.pk)
        if there is None or not there.words or (question.kind in WITH_OPTIONS and not there.options):
            return False
        if question.lowest:
            return bool(there.lowest)
        on_our_scale = question.kind in (QuestionKind.SCALE, QuestionKind.MATRIX)
        return bool(self.translation.points) if on_our_scale else question.kind != QuestionKind.TEN

    def left_in(self, questions: Iterable[Question]) -> str:
        """That some questions are not, or not wholly, in this language, in a sentence; nothing where all are."""
        left = sum(not self.is_whole(question) for question in questions)
        if not left:
            return ""
        here, own = name_of(self.language), name_of(self.survey.language)
        if left == 1:
            return f"One question is not wholly in {here}, and falls back to {own}."
        return f"{left} questions are not wholly in {here}, and fall back to {own}."


def reasons_against(translation: Translation, questions: Sequence[Question]) -> Iterable[tuple[Question, str]]:
    """What no longer fits the questions it translates, in their order."""
    there = {each.question_id: each for each in translation.questions.all()}
    for question in questions:
        if (each := there.get(question.pk)) is not None:
            for _, sentence in judgement.against_translation(question, each.options, (each.lowest, each.highest)):
                yield question, sentence
