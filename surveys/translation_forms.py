"""A survey in one more language, as coordinators write it: each text beside the one it stands for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Final

from django import forms
from django.core import signing

from surveys import questions as judgement
from surveys.choices import WITH_ENDS, WITH_OPTIONS
from surveys.languages import POINTS, Original, Words, lines_for, options_in, original_of
from surveys.models import Question, QuestionTranslation, Survey, Translation
from surveys.question_forms import OptionsField
from surveys.questions import LONGEST_END, MOST_OPTIONS
from ui.forms import UpwellForm
from ui.layout import Level

FIVE = 5
CHANGED: Final = "Changed since it was translated"
NOT_SHOWN: Final = (
    "This page was older than what it translates. Nothing you typed is lost: compare it with the words as they are "
    "now, then save again."
)


class TranslationForm(UpwellForm):
    """Made by :func:`translation_form`. Nothing has to be translated: what is left empty falls back, and says so."""

    survey: ClassVar[Survey]
    questions: ClassVar[Sequence[Question]] = ()

    shown = forms.CharField(required=False, widget=forms.HiddenInput)
    """What each field translates, as it stood on the page; signed, so that it was said by the survey once."""

    def clean_shown(self) -> Original:
        try:
            title, introduction, questions = signing.loads(self.cleaned_data["shown"], salt=_salt(self.survey))
        except signing.BadSignature:
            self.data = {**self.data.dict(), "shown": shown_of(self.survey, self.questions)}  # type: ignore[attr-defined]
            self.add_error(None, NOT_SHOWN)
            return original_of(self.survey, self.questions)
        said = {
            int(key): Words(words, tuple(options), tuple(ends)) for key, (words, options, ends) in questions.items()
        }
        return Original(title, introduction, said)

    def clean_points(self) -> list[str]:
        points: list[str] = self.cleaned_data["points"]
        if points and len(points) != FIVE:
            raise forms.ValidationError(f"These are {len(points)}. Name all five, or none.")
        for point in points:
            if len(point) > LONGEST_END:
                raise forms.ValidationError(f"“{point}” is too long. Keep to {LONGEST_END} characters.")
        return points

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        for question in self.questions:
            words = self._words(question)
            for column, sentence in judgement.against_translation(question, words.options, words.ends):
                self.add_error(f"{column}_{question.pk}", sentence)
        return said

    def by_question(self) -> dict[int, Words]:
        return {question.pk: self._words(question) for question in self.questions}

    def _words(self, question: Question) -> Words:
        def said(column: str, empty: Any) -> Any:
            return self.cleaned_data.get(f"{column}_{question.pk}") or empty

        return Words(said("words", ""), tuple(said("options", ())), (said("lowest", ""), said("highest", "")))


def translation_form(
    survey: Survey, questions: Sequence[Question], there: Translation | None = None
) -> type[TranslationForm]:
    """``there`` is what is translated so far: where the survey says something else since, its field tells so."""
    said = there or Translation()
    by_question = {each.question_id: each for each in there.questions.all()} if there else {}
    fields: dict[str, forms.Field] = {
        "title": forms.CharField(
            label="Title", required=False, max_length=120, help_text=_beside(survey.title, said.title, said.of_title)
        ),
        "introduction": forms.CharField(
            label="Introduction",
            required=False,
            max_length=1000,
            widget=forms.Textarea,
            help_text=_beside(survey.introduction, said.introduction, said.of_introduction),
        ),
        "points": OptionsField(label="The five points of a scale, from the low end", most=FIVE),
    }
    layout: list[object] = ["shown", Level("The survey", *fields)]
    for question in questions:
        made = _fields(question, by_question.get(question.pk, QuestionTranslation()))
        layout.append(Level(f"{question.position}. {question.words}", *made))
        fields |= made
    if any(CHANGED in str(field.help_text) for field in fields.values()):
        fields["looked_over"] = forms.BooleanField(
            label="I have looked over everything that has changed: as it stands now, it fits",
            required=False,
            help_text="Otherwise what you leave as it was is still not shown.",
        )
        layout.append(Level("What has changed", "looked_over"))
    more = {"survey": survey, "questions": questions, "layout": layout}
    return type("FormOfTranslation", (TranslationForm,), {**fields, **more})


def shown_of(survey: Survey, questions: Sequence[Question]) -> str:
    own = original_of(survey, questions)
    said = {key: (words.words, words.options, words.ends) for key, words in own.questions.items()}
    return signing.dumps((own.title, own.introduction, said), salt=_salt(survey), compress=True)


def _salt(survey: Survey) -> str:
    return f"surveys.translation:{survey.pk}"


def _beside(own: str, said: object, of: str) -> str:
    """What a field translates; and where something is said of it, that this was said of other words."""
    return f"{own} ({CHANGED}, from: {of})".strip() if said and of != own else own


def _fields(question: Question, there: QuestionTranslation) -> dict[str, forms.Field]:
    key = question.pk
    changed = there.words and there.of_words != question.words
    made: dict[str, forms.Field] = {
        f"words_{key}": forms.CharField(
            label="The question", required=False, max_length=240,
            help_text=_beside(question.words, there.words, there.of_words) if changed else "",
        )
    }  # fmt: skip
    if question.kind in WITH_OPTIONS:
        own, stale = _listed(question.options), there.options and not options_in(there, question)
        made[f"options_{key}"] = OptionsField(
            label="Its options, in the same order", most=MOST_OPTIONS,
            help_text=_beside(own, stale, _listed(there.of_options)),
        )  # fmt: skip
    if question.kind in WITH_ENDS and question.lowest:
        made[f"lowest_{key}"] = forms.CharField(
            label="The low end", required=False, max_length=LONGEST_END,
            help_text=_beside(question.lowest, there.lowest, there.of_lowest),
        )  # fmt: skip
        made[f"highest_{key}"] = forms.CharField(
            label="The high end", required=False, max_length=LONGEST_END,
            help_text=_beside(question.highest, there.highest, there.of_highest),
        )  # fmt: skip
    return made


def _listed(options: Sequence[str]) -> str:
    return " · ".join(options)


def initial_of(
    survey: Survey, language: str, questions: Sequence[Question], there: Translation | None
) -> dict[str, Any]:
    """What is translated so far; where nothing is, what we suggest to call the points."""
    initial: dict[str, Any] = {"shown": shown_of(survey, questions)}
    if there is None:
        return {**initial, "points": list(POINTS.get(language, ()))}
    initial |= {"title": there.title, "introduction": there.introduction, "points": there.points}
    by_key = {question.pk: question for question in questions}
    for each in there.questions.all():
        initial |= {
            f"words_{each.question_id}": each.words,
            f"options_{each.question_id}": lines_for(by_key[each.question_id].options, each) if each.options else [],
            f"lowest_{each.question_id}": each.lowest, f"highest_{each.question_id}": each.highest,
        }  # fmt: skip
    return initial
