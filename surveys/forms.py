"""A survey as a form: one field a question, every one of them optional."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from django import forms

from pairings.choices import Agreeing
from privacy.audiences import COMMENTS, GROUPS
from surveys import rules
from surveys.choices import QuestionKind
from surveys.models import Question
from ui import widgets
from ui.forms import BoundField, UpwellForm


class QuestionField(BoundField):
    """A question says once, above the form, that it may be skipped; only a comment repeats it."""

    @property
    def is_optional(self) -> bool:
        return isinstance(self.field.widget, forms.Textarea)


class SurveyForm(UpwellForm):
    """Made by :func:`form_of`, with the fields and audiences of one survey."""

    bound_field_class = QuestionField
    questions: ClassVar[Mapping[str, Question]] = {}

    def values(self) -> dict[int, int | str]:
        """What was answered, by the primary key of the question; skipped questions are absent."""
        given = {question.pk: self.cleaned_data[name] for name, question in self.questions.items()}
        return {key: value for key, value in given.items() if value not in (None, "")}


def form_of(questions: Iterable[Question]) -> type[SurveyForm]:
    """The form of a survey: a field for each question, in their order."""
    named = {f"q{question.pk}": question for question in questions}
    fields = {
        name: _field(question, f"{number}. {question.words}")
        for number, (name, question) in enumerate(named.items(), start=1)
    }
    audiences = {name: COMMENTS if each.kind == QuestionKind.COMMENT else GROUPS for name, each in named.items()}
    return type("FormOfSurvey", (SurveyForm,), {**fields, "audiences": audiences, "questions": named})


def _field(question: Question, label: str) -> forms.Field:
    if question.kind == QuestionKind.SCALE:
        return forms.TypedChoiceField(
            label=label, choices=Agreeing.choices, coerce=int, empty_value=None, required=False, widget=widgets.Scale
        )
    if question.kind == QuestionKind.CHOICE:
        choices = [(option, option) for option in question.options]
        return forms.ChoiceField(label=label, choices=choices, required=False, widget=widgets.Chips)
    return forms.CharField(
        label=label,
        help_text="Please leave out names. Comments are read in random order, after the survey closes.",
        max_length=rules.LONGEST_COMMENT, required=False, widget=widgets.Textarea,
    )  # fmt: skip
