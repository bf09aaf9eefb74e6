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


@dataclass(frozen=True, slots=True)
class Original:
    """What a survey says in the language it was written in, as whoever translates it has it before their eyes."""

    title: str
    introduction: str
    questions: Mapping[int, Words]


def original_of(survey: Survey, questions: Iterable[Question]) -> Original:
    return Original(
        survey.title,
        survey.introduction,
        {each.pk: Words(each.words, tuple(each.options), (each.lowest, each.highest)) for each in questions},
    )


def lines_for(options: Iterable[str], there: QuestionTranslation) -> list[str]:
    """One for each of these options: as it was translated; where it was reworded, as the one in its place was, to be
    looked over; and where it is new, an empty one."""
    pairs, own = list(zip(there.of_options, there.options, strict=False)), list(options)
    said = dict(pairs)
    return [
        said.get(option, pairs[place][1] if place < len(pairs) and pairs[place][0] not in own else "")
        for place, option in enumerate(own)
    ]


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
        there = self.translation
        return there.title if there and there.title and there.of_title == self.survey.title else self.survey.title

    @property
    def introduction(self) -> str:
        there, own = self.translation, self.survey.introduction
        return there.introduction if there and there.introduction and there.of_introduction == own else own

    @property
    def points(self) -> list[tuple[int, str]]:
        """The scale from “Not at all” to “Fully”."""
        own = self.translation.points if self.translation else []
        return list(zip(Agreeing.values, own, strict=True)) if own else list(Agreeing.choices)

    def words(self, question: Question) -> str:
        return self._words(question) or question.words

    def options(self, question: Question) -> list[tuple[str, str]]:
        """Each option as it is stored, and as it is read."""
        return list(zip(question.options, self._options(question) or question.options, strict=True))

    def ends(self, question: Question) -> tuple[str, str]:
        return self._ends(question) or (question.lowest, question.highest)

    def _words(self, question: Question) -> str:
        """Its words in this language; nothing where these are not the words that were translated."""
        there = self._by_question.get(question.pk)
        return there.words if there and there.of_words == question.words else ""

    def _options(self, question: Question) -> list[str]:
        there = self._by_question.get(question.pk)
        return options_in(there, question) if there else []

    def _ends(self, question: Question) -> tuple[str, str] | None:
        there, own = self._by_question.get(question.pk), (question.lowest, question.highest)
        is_said = there and there.lowest and (there.of_lowest, there.of_highest) == own
        return (there.lowest, there.highest) if there and is_said else None

    def is_whole(self, question: Question) -> bool:
        """Whether nothing of this question stands in another language."""
        if self.translation is None:
            return True
        if not self._words(question) or (question.kind in WITH_OPTIONS and not self._options(question)):
            return False
        if question.lowest:
            return self._ends(question) is not None
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
            options = options_in(each, question) or each.options
            for _, sentence in judgement.against_translation(question, options, (each.lowest, each.highest)):
                yield question, sentence


def options_in(there: QuestionTranslation, question: Question) -> list[str]:
    """The options of a question as this translation says them, each by what it translates and not by its place; none
    where one of them was not translated in these words."""
    said = dict(zip(there.of_options, there.options, strict=False))
    return [said[option] for option in question.options] if said.keys() >= set(question.options) else []
