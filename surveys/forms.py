"""One page of a survey as a form, and all that somebody has typed so far.

Pages work without a script: what was typed on other pages travels along in hidden inputs, under the same names, and is
judged again each time. Nothing is kept here before the last page is sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict

from privacy.audiences import comments_of, groups_of
from programs.choices import Side
from surveys import questions as judgement
from surveys import receipts, releases
from surveys.choices import IN_WORDS, QuestionKind
from surveys.languages import Spoken
from surveys.models import Question
from surveys.questions import LONGEST_COMMENT, LONGEST_LINE, TEN, Value
from ui import widgets
from ui.forms import BoundField, UpwellForm
from ui.layout import Level

NOT_AT_ALL, VERY_MUCH = "Not at all", "Very much"
PLACES = ("1st", "2nd", "3rd", "4th", "5th", "6th", "7th")
SHORT_OPTION = 24
"""Options up to this length stand side by side."""


class QuestionField(BoundField):
    """A survey says once, above the form, that questions may be skipped; only a comment repeats it."""

    @property
    def is_optional(self) -> bool:
        return not self.field.required and isinstance(self.field.widget, forms.Textarea)


class SurveyForm(UpwellForm):
    """Made by :func:`form_of`, with the fields and audiences of some questions of a survey."""

    bound_field_class = QuestionField
    questions: ClassVar[Sequence[Question]] = ()

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        for question in self.questions:
            if question.kind == QuestionKind.RANKING:
                self._insist_order(question, said)
        return said

    def _insist_order(self, question: Question, said: Mapping[str, Any]) -> None:
        names = names_of(question)
        if any(name in self.errors for name in names):
            return
        places = [said[name] for name in names]
        for number, (name, place) in enumerate(zip(names, places, strict=True)):
            if place is None and any(places):
                self.add_error(name, "Give this a place too, or leave all of them empty.")
            elif place is not None and place in places[:number]:
                self.add_error(name, f"Two are {PLACES[place - 1]}. Give each a place of its own.")

    def values(self) -> dict[int, Value]:
        """What was answered and fits, by the primary key of the question; skipped questions are absent."""
        found = {question.pk: self._value(question) for question in self.questions}
        return {key: value for key, value in found.items() if value not in (None, "", [], {})}

    def _value(self, question: Question) -> Value | None:
        names = names_of(question)
        given = [self.cleaned_data.get(name) for name in names]
        if question.kind == QuestionKind.MATRIX:
            points = dict(zip(question.options, given, strict=True))
            return {statement: point for statement, point in points.items() if point is not None}
        if question.kind == QuestionKind.RANKING:
            return [] if None in given else [option for _, option in sorted(zip(given, question.options, strict=True))]
        if question.kind == QuestionKind.SEVERAL:
            return [option for option in question.options if option in (given[0] or ())]
        value: Value | None = given[0]
        return value


def names_of(question: Question) -> list[str]:
    """The inputs of a question: one, or one for each option that gets a place or a point."""
    name = f"q{question.pk}"
    if question.kind in (QuestionKind.RANKING, QuestionKind.MATRIX):
        return [f"{name}_{number}" for number in range(len(question.options))]
    return [name]


def form_of(questions: Iterable[Question], spoken: Spoken, *, first: int = 1) -> type[SurveyForm]:
    """The form of some questions in one language, in their order, numbered from ``first``."""
    asked = list(questions)
    fields: dict[str, forms.Field] = {}
    layout: list[object] = []
    for number, question in enumerate(asked, start=first):
        label = f"{number}. {spoken.words(question)}{' (please answer)' if question.required else ''}"
        named = dict(zip(names_of(question), _fields(question, label, spoken), strict=True))
        fields |= named
        if len(named) > 1 or question.kind in (QuestionKind.RANKING, QuestionKind.MATRIX):
            layout.append(Level(label, *named, help=HELP.get(question.kind, "")))
        else:
            layout += named
    numbers = releases.in_people()
    in_words, counted = comments_of(numbers["enough_texts"]), groups_of(numbers["enough"])
    audiences = {
        name: in_words if question.kind in IN_WORDS else counted for question in asked for name in names_of(question)
    }
    said = {"audiences": audiences, "questions": asked, "layout": layout}
    return type("FormOfSurvey", (SurveyForm,), {**fields, **said})


HELP: Mapping[str, str] = {QuestionKind.RANKING: "Give each a place of its own; 1st is what matters most to you."}


def _fields(question: Question, label: str, spoken: Spoken) -> list[forms.Field]:
    kind, required, options = question.kind, question.required, spoken.options(question)
    if kind == QuestionKind.MATRIX:
        return [_scale(question, statement, spoken) for _, statement in options]
    if kind == QuestionKind.RANKING:
        here = PLACES[: len(question.options)]
        places = [("", "No place yet"), *((place, words) for place, words in enumerate(here, start=1))]
        return [
            forms.TypedChoiceField(label=option, choices=places, coerce=int, empty_value=None, required=required)
            for _, option in options
        ]
    if kind == QuestionKind.SCALE:
        return [_scale(question, label, spoken)]
    if kind == QuestionKind.TEN:
        lowest, highest = spoken.ends(question)
        ends = f"0: {lowest or NOT_AT_ALL}. 10: {highest or VERY_MUCH}."
        return [
            forms.TypedChoiceField(
                label=label, help_text=ends, choices=[(point, str(point)) for point in TEN], coerce=int,
                empty_value=None, required=required, widget=widgets.Chips,
            )
        ]  # fmt: skip
    if kind in (QuestionKind.CHOICE, QuestionKind.SEVERAL):
        return [_options(question, label, options)]
    if kind == QuestionKind.SHORT:
        return [forms.CharField(label=label, help_text=NO_NAMES, max_length=LONGEST_LINE, required=required)]
    return [
        forms.CharField(
            label=label, help_text=NO_NAMES, max_length=LONGEST_COMMENT, required=required, widget=widgets.Textarea
        )
    ]


NO_NAMES = (
    "Please leave out names. What people write is read in random order, after the survey closes, and in the language "
    "they wrote it in."
)


def _scale(question: Question, label: str, spoken: Spoken) -> forms.Field:
    points, (lowest, highest) = spoken.points, spoken.ends(question)
    if lowest:
        ends = {points[0][0]: lowest, points[-1][0]: highest}
        points = [(point, ends.get(point, str(point))) for point, _ in points]
    return forms.TypedChoiceField(
        label=label, choices=points, coerce=int, empty_value=None, required=question.required, widget=widgets.Scale
    )


def _options(question: Question, label: str, choices: Sequence[tuple[str, str]]) -> forms.Field:
    short = all(len(option) <= SHORT_OPTION for _, option in choices)
    if question.kind == QuestionKind.CHOICE:
        widget = widgets.Chips if short else widgets.Rows
        return forms.ChoiceField(label=label, choices=choices, required=question.required, widget=widget)
    several = widgets.ChipsMany if short else widgets.RowsMany
    return forms.MultipleChoiceField(
        label=label, help_text="Choose any.", choices=choices, required=question.required, widget=several
    )


class ReceiptForm(UpwellForm):
    """The code of an answer that is to be taken back."""

    code = forms.CharField(
        label="Your receipt", max_length=60, help_text="Sixteen letters and digits, as XXXX-XXXX-XXXX-XXXX.",
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )  # fmt: skip

    def clean_code(self) -> str:
        code = receipts.read(self.cleaned_data["code"])
        if code is None:
            raise forms.ValidationError("A receipt has sixteen letters and digits. Some are missing, or too many.")
        return code


# Pages


class Sheets:
    """A survey as somebody of one side goes through it, with what they have typed so far."""

    def __init__(
        self, questions: Sequence[Question], side: Side, spoken: Spoken, typed: QueryDict | None = None
    ) -> None:
        self.questions, self.side, self.spoken = judgement.put_to(questions, side), side, spoken
        self.typed = typed if typed is not None else QueryDict()
        self.pages = judgement.pages(questions, side)
        given = form_of(self.questions, spoken)(self.typed)
        given.is_valid()
        self.values = judgement.kept(self.questions, given.values(), side=side)
        self.asked = {question.pk for question in judgement.asked(self.questions, self.values, side=side)}

    def of(self, number: int) -> list[Question]:
        """What is asked on one page, after what was answered before it; nothing once the last page is behind."""
        here = self.pages[number] if number < len(self.pages) else []
        return [question for question in here if question.pk in self.asked]

    def after(self, number: int) -> int | None:
        return next((later for later in range(number + 1, len(self.pages)) if self.of(later)), None)

    def before(self, number: int) -> int | None:
        return next((earlier for earlier in range(number - 1, -1, -1) if self.of(earlier)), None)

    @property
    def first(self) -> int:
        return self.after(-1) or 0

    def place(self, number: int) -> int:
        """Which of the pages that are asked this is, counted from one."""
        return 1 + sum(bool(self.of(earlier)) for earlier in range(number))

    def still_to_come(self, number: int) -> tuple[int, int]:
        """How many pages follow for certain, and how many at most: some depend on what is answered from here on."""
        open_yet = {question.position for question in self.of(number)}
        certain = most = 0
        for page in self.pages[number + 1 :]:
            possible = [each for each in page if each.pk in self.asked or each.only_if in open_yet]
            open_yet |= {question.position for question in possible}
            certain += any(each.pk in self.asked and each.only_if not in open_yet for each in possible)
            most += bool(possible)
        return certain, most

    def form(self, number: int, *, judged: bool) -> SurveyForm:
        """The form of one page: judged, or only filled in with what was typed."""
        asked = self.of(number)
        first = 1 + sum(len(self.of(earlier)) for earlier in range(number))
        made = form_of(asked, self.spoken, first=first)
        if judged:
            return made(self.typed)
        fields = form_of(asked, self.spoken)().fields
        initial = {name: field.widget.value_from_datadict(self.typed, {}, name) for name, field in fields.items()}
        return made(initial=initial)

    def refused(self) -> tuple[int, SurveyForm] | None:
        """The first page on which something does not fit or is missing."""
        for number in range(len(self.pages)):
            form = self.form(number, judged=True)
            if self.of(number) and not form.is_valid():
                return number, form
        return None

    def carried(self, number: int) -> list[tuple[str, str]]:
        """What was typed on other pages, as it was typed, asked or not: going back may bring it up again."""
        here = {name for question in self.of(number) for name in names_of(question)}
        names = [name for question in self.questions for name in names_of(question) if name not in here]
        return [(name, value) for name in names for value in self.typed.getlist(name)]
