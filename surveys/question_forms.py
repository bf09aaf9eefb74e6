"""Questions as coordinators write them: what contradicts itself is said at the field."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.forms import BaseInlineFormSet

from programs.choices import AskedOf
from surveys import questions
from surveys.choices import MAY_ASK_OTHERS, USUALLY, SurveyKind
from surveys.models import RESULTS_AFTER, Question
from surveys.questions import LONGEST_OPTION, MOST_OPTIONS, TEN
from surveys.templates import TEMPLATES
from ui import widgets
from ui.fields import LinesField
from ui.forms import UpwellModelForm
from ui.lines import NO_LINE, is_one_line

HIGHEST = 999
FIRST = ("position", "words", "kind", "options")
FOLDED = ("lowest", "highest", "required", "asked_of", "begins_page", "only_if", "only_if_answers", "measure")
"""What most questions leave as it is."""


class OptionsField(LinesField):
    def __init__(self, *, most: int, **kwargs: Any) -> None:
        super().__init__(
            widget=widgets.Textarea({"rows": 3}), required=False, max_length=2 * most * LONGEST_OPTION, **kwargs
        )

    def clean(self, value: Any) -> Any:
        lines: list[str] = super().clean(value)
        for line in lines:
            if len(line) > LONGEST_OPTION:
                raise forms.ValidationError(f"“{line[:40]}…” is too long. Keep to {LONGEST_OPTION} characters a line.")
            if not is_one_line(line):
                raise forms.ValidationError(NO_LINE)
        return lines


class SurveyForm(UpwellModelForm):
    """What a survey is, and the questions it begins with, which are asked for only while it is being added."""

    begin_with = forms.ChoiceField(
        label="Begin with", required=False,
        choices=[
            ("", "Our questions for this kind"),
            *(
                (kind.label, [(name, each.name) for name, each in TEMPLATES.items() if each.kind == kind])
                for kind in SurveyKind
            ),
        ],
        help_text="They can be changed until the survey is opened.",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        kind = said.get("kind")
        if said.get("asks") and kind and kind not in MAY_ASK_OTHERS:
            usual = USUALLY[SurveyKind(kind)].label.lower()
            self.add_error("asks", f"A survey of this kind is put to {usual}. Leave this empty, or change the kind.")
        opens_on, closes_on, weeks = (said.get(each) for each in ("opens_on", "closes_on", "repeats_after_weeks"))
        if weeks and opens_on and closes_on and closes_on + RESULTS_AFTER > opens_on + timedelta(weeks=weeks):
            self.add_error(
                "repeats_after_weeks",
                "The next one would open before the results of this one are out. Leave more weeks between.",
            )
        if (before := self.instance.follows) is not None:
            for name in ("program", "kind", "asks", "asks_side"):
                if name in said and said[name] != getattr(before, name):
                    self.add_error(
                        name, f"This survey follows “{before.title}” and is compared with it. Leave it as it was there."
                    )
        if (chosen := TEMPLATES.get(said.get("begin_with", ""))) and kind and chosen.kind != kind:
            self.add_error(
                "begin_with", f"These questions are for another kind: {chosen.kind.label}. Change the kind, or these."
            )
        return said


class QuestionForm(UpwellModelForm):
    position = forms.IntegerField(label="Number", min_value=1, max_value=HIGHEST, help_text="Lower numbers come first.")
    options = OptionsField(
        label="Options", most=MOST_OPTIONS,
        help_text="What can be chosen, put in order, or the statements of a matrix: each in a line of its own.",
    )  # fmt: skip
    only_if = forms.IntegerField(
        label="Only if question number", min_value=1, max_value=HIGHEST, required=False,
        help_text="An earlier one, with a scale or with options. Empty: it is always asked.",
    )  # fmt: skip
    only_if_answers = OptionsField(
        label="and it was answered with", most=len(TEN),
        help_text="One of these, each in a line: options as they stand there, or points of a scale, as 4.",
    )  # fmt: skip

    class Meta:
        model = Question
        fields = (*FIRST, *FOLDED)
        widgets: ClassVar = {"words": forms.TextInput({"class": "uw-long"})}

    @property
    def is_plain(self) -> bool:
        """Whether all that is folded away is as it is in most questions, so that it can stay folded."""
        return all(self[name].value() in (None, "", False, [], AskedOf.BOTH) for name in FOLDED)

    def _get_validation_exclusions(self) -> set[str]:
        """``QuestionRows`` judges all questions together, at their fields; the database keeps it all the same."""
        return {*super()._get_validation_exclusions(), *JUDGED_TOGETHER}  # type: ignore[misc]


JUDGED_TOGETHER = frozenset({"position", "options", "lowest", "measure", "only_if"})


class QuestionRows(BaseInlineFormSet):
    """All questions of a survey, judged together."""

    def validate_unique(self) -> None:
        """Two may change places, so no row is compared with what is stored."""

    def clean(self) -> None:
        super().clean()
        kept = [form for form in self.forms if self._is_kept(form)]
        if any(form.errors for form in kept):
            return
        by_question = {id(form.instance): form for form in kept}
        for question, column, sentence in questions.reasons_against(
            [form.instance for form in kept], of_side=AskedOf(self.instance.asks_side)
        ):
            by_question[id(question)].add_error(column, sentence)

    def _is_kept(self, form: Any) -> bool:
        return (form.instance.pk is not None or form.has_changed()) and form not in self.deleted_forms
